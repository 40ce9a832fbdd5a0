//! Networks from ONNX files.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use infodyn_data::{ModelFile, NoiseInput};
use rten::{Model, NodeId, RunOptions, ThreadPool, Value};
use rten_onnx::onnx::{DataType, ModelProto, ValueInfoProto};
use rten_tensor::Tensor;
use rten_tensor::prelude::*;

use crate::{Error, Network, Result, onnx_bounds};

/// Rows that a network sees at once, at most.
const BATCH: usize = 1024;
/// Names that say that an input is the noisy data.
const DATA: [&str; 7] = ["x", "x_t", "xt", "x_noisy", "sample", "input", "noisy"];
/// Names that say that an input is the noise level.
const NOISE: [&str; 13] = [
    "sigma",
    "sigmas",
    "log_sigma",
    "ln_sigma",
    "t",
    "timestep",
    "timesteps",
    "time",
    "noise",
    "noise_level",
    "noise_labels",
    "c_noise",
    "index",
];

/// A network from an ONNX file, which runs in single precision, on one thread for each that asks.
pub struct Onnx {
    file: String,
    model: Model,
    x: NodeId,
    /// None where the network is not told the level.
    noise: Option<NodeId>,
    output: NodeId,
    output_name: String,
    /// Shape of a row.
    shape: Vec<usize>,
    /// Rows at once, where the file fixes that.
    fixed: Option<usize>,
    /// Rows at once, at most.
    batch: usize,
    /// Shape of the second input, its first entry the rows; none for a scalar, `[1]` for one number for all.
    noise_rank: NoiseShape,
    whole: bool,
    notes: Vec<String>,
    names: [Vec<String>; 2],
    /// Of one thread each, as many as ran at once.
    pools: Mutex<Vec<Arc<ThreadPool>>>,
}

/// What shape the second input has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoiseShape {
    /// One number for all rows, of this rank.
    One(usize),
    /// One a row, of this rank.
    Rows(usize),
}

/// An input or output as the file declares it.
struct Declared {
    name: String,
    kind: DataType,
    /// `None` for a dimension that is free; none where the file says nothing.
    shape: Option<Vec<Option<usize>>>,
}

impl Declared {
    fn of(value: &ValueInfoProto) -> Self {
        let tensor = value.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
        let size =
            |d: &rten_onnx::onnx::Dimension| d.dim_value.and_then(|v| usize::try_from(v).ok()).filter(|&v| v > 0);
        Self {
            name: value.name.clone().unwrap_or_default(),
            kind: tensor.and_then(|t| t.elem_type).unwrap_or(DataType::FLOAT),
            shape: tensor.and_then(|t| t.shape.as_ref()).map(|s| s.dim.iter().map(size).collect()),
        }
    }
}

impl std::fmt::Debug for Onnx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Onnx").field("file", &self.file).field("shape", &self.shape).finish_non_exhaustive()
    }
}

impl Onnx {
    /// The network of a side file, for data of dimension `dim`.
    ///
    /// # Errors
    /// In one line, when the file is no network, or not one whose inputs take such data.
    pub fn load(file: &ModelFile, dim: usize) -> Result<Self> {
        let name = file.path.display().to_string();
        let broken = |found: String| Error::File { file: name.clone(), found: one_line(&found) };
        if file.bytes.is_empty() {
            return Err(broken("an empty file".into()));
        }
        let unbounded = |(found, expected): (String, String)| Error::Interface {
            file: name.clone(),
            part: "graph".into(),
            found,
            expected,
        };
        onnx_bounds::expect_shallow(&file.bytes).map_err(unbounded)?;
        let proto = ModelProto::parse_buf(&file.bytes).map_err(|e| broken(format!("not readable ({e})")))?;
        let graph = proto.graph.ok_or_else(|| broken("a file without a graph".into()))?;
        onnx_bounds::expect_bounded(&graph).map_err(unbounded)?;
        let constants: Vec<&str> = graph.initializer.iter().filter_map(|t| t.name.as_deref()).collect();
        let inputs: Vec<Declared> =
            graph.input.iter().map(Declared::of).filter(|i| !constants.contains(&i.name.as_str())).collect();
        let outputs: Vec<Declared> = graph.output.iter().map(Declared::of).collect();
        if graph.node.is_empty() || inputs.is_empty() || outputs.is_empty() {
            return Err(broken("a graph without inputs, nodes or outputs".into()));
        }
        let wrong = |part: &str, found: String, expected: &str| Error::Interface {
            file: name.clone(),
            part: part.into(),
            found,
            expected: expected.into(),
        };
        let list = |all: &[Declared]| all.iter().map(|i| format!("{:?}", i.name)).collect::<Vec<_>>().join(", ");
        let pick = |all: &[Declared], given: Option<&String>, known: &[&str], field: &str| -> Result<usize> {
            let found: Vec<usize> = match given {
                Some(given) => (0..all.len()).filter(|&i| all[i].name == *given).collect(),
                None => (0..all.len()).filter(|&i| known.contains(&all[i].name.to_lowercase().as_str())).collect(),
            };
            match found[..] {
                [one] => Ok(one),
                _ => {
                    let asked = given.map_or(String::new(), |g| format!("no {g:?} among "));
                    let expected = format!("names.{field} in the side file to be one of them");
                    let of = if field == "output" { "outputs" } else { "inputs" };
                    Err(wrong(of, format!("{asked}{}", list(all)), &expected))
                }
            }
        };
        let blind = file.declaration.noise == NoiseInput::None;
        let (count, expected) = if blind {
            (1, "one, the data: noise = \"none\"")
        } else {
            (2, "two: data and noise (noise = \"none\" of a network that is not told the level)")
        };
        if inputs.len() != count {
            return Err(wrong("inputs", format!("{} of them, {}", inputs.len(), list(&inputs)), expected));
        }
        if let Some(name) = file.names.noise.as_ref().filter(|_| blind) {
            return Err(wrong("names.noise", format!("{name:?}"), "none, with noise = \"none\""));
        }
        let (x, noise) = if blind {
            (file.names.x.as_ref().map_or(Ok(0), |name| pick(&inputs, Some(name), &DATA, "x"))?, None)
        } else {
            let (x, noise) = (
                pick(&inputs, file.names.x.as_ref(), &DATA, "x"),
                pick(&inputs, file.names.noise.as_ref(), &NOISE, "noise"),
            );
            // Of two inputs, one that is known leaves the other.
            let (x, noise) = match (x, noise) {
                (Ok(_), Err(e)) if file.names.noise.is_some() => return Err(e),
                (Err(e), Ok(_)) if file.names.x.is_some() => return Err(e),
                (Ok(x), Ok(n)) => (x, n),
                (Ok(x), Err(_)) => (x, 1 - x),
                (Err(_), Ok(n)) => (1 - n, n),
                (Err(e), Err(_)) => return Err(e),
            };
            if x == noise {
                return Err(wrong("names", format!("{:?} for both inputs", inputs[x].name), "two names"));
            }
            (x, Some(noise))
        };
        let output = match (&file.names.output, outputs.len()) {
            (None, 1) => 0,
            (given, _) => pick(&outputs, given.as_ref(), &[], "output")?,
        };
        let mut notes = Vec::new();
        for value in [&inputs[x], &outputs[output]] {
            match value.kind {
                DataType::FLOAT => {}
                DataType::FLOAT16 | DataType::BFLOAT16 => notes.push(format!(
                    "{:?} is declared in half precision: weights are right to 1e-3, and all is computed in single precision",
                    value.name
                )),
                DataType::DOUBLE => notes
                    .push(format!("{:?} is declared in double precision: all is computed in single precision", value.name)),
                other => return Err(wrong(&value.name, format!("numbers of type {other}"), "floating-point numbers")),
            }
        }
        let whole = match noise.map(|n| &inputs[n]) {
            None => false,
            Some(noise) => match noise.kind {
                DataType::INT32 | DataType::INT64 => true,
                DataType::FLOAT | DataType::DOUBLE | DataType::FLOAT16 | DataType::BFLOAT16 => false,
                other => return Err(wrong(&noise.name, format!("numbers of type {other}"), "numbers")),
            },
        };
        let (fixed, shape) = row_shape(&inputs[x], file.shape.as_deref(), dim)
            .map_err(|(part, found, expected)| wrong(&part, found, &expected))?;
        if let (Some(fixed), Some(asked)) = (fixed, file.batch)
            && fixed != asked
        {
            return Err(wrong("batch", asked.to_string(), &format!("{fixed}, which the file fixes")));
        }
        let noise_rank = match noise.and_then(|n| inputs[n].shape.as_deref()) {
            Some([]) => NoiseShape::One(0),
            Some(all @ [Some(1), rest @ ..]) if fixed != Some(1) && rest.iter().all(|d| *d == Some(1)) => {
                NoiseShape::One(all.len())
            }
            Some(all) => NoiseShape::Rows(all.len()),
            None => NoiseShape::Rows(1),
        };
        let load = || Model::load_file(PathBuf::from(&file.path));
        let model = load().map_err(|e| broken(format!("not readable ({e})")))?;
        let id = |value: &Declared| model.node_id(&value.name).map_err(|e| broken(e.to_string()));
        let ids = (id(&inputs[x])?, noise.map(|n| id(&inputs[n])).transpose()?, id(&outputs[output])?);
        let names = [&inputs, &outputs].map(|all| all.iter().map(|v| v.name.clone()).collect());
        Ok(Self {
            file: name,
            x: ids.0,
            noise: ids.1,
            output: ids.2,
            output_name: outputs[output].name.clone(),
            model,
            shape,
            fixed,
            batch: fixed.or(file.batch).unwrap_or(BATCH),
            noise_rank,
            whole,
            notes,
            names,
            pools: Mutex::default(),
        })
    }

    /// The names of the file's inputs, and of its outputs.
    #[must_use]
    pub fn names(&self) -> &[Vec<String>; 2] {
        &self.names
    }

    /// Sentences on what was read as something else than it may seem.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// One run, of as many rows as the file takes.
    fn run_batch(&self, x: &[f32], noise: f64, options: &RunOptions) -> Result<Vec<f32>> {
        let rows = x.len() / self.dim();
        let failed = |message: String| Error::Run { file: self.file.clone(), rows, message: one_line(&message) };
        let mut shape = vec![rows];
        shape.extend(&self.shape);
        let (rank, count) = match self.noise_rank {
            NoiseShape::One(rank) => (rank, 1),
            NoiseShape::Rows(rank) => (rank, rows),
        };
        let mut noise_shape = vec![1; rank];
        if let Some(first) = noise_shape.first_mut() {
            *first = count;
        }
        let data: Value = Tensor::from_data(shape.as_slice(), x.to_vec()).into();
        let noise: Value = if self.whole {
            Tensor::from_data(noise_shape.as_slice(), vec![noise as i32; count]).into()
        } else {
            Tensor::from_data(noise_shape.as_slice(), vec![noise as f32; count]).into()
        };
        let mut inputs = vec![(self.x, data.into())];
        inputs.extend(self.noise.map(|id| (id, noise.into())));
        let found = self.model.run(inputs, &[self.output], Some(options.clone())).map_err(|e| failed(e.to_string()))?;
        match found.into_iter().next() {
            Some(Value::FloatTensor(tensor)) if tensor.len() == x.len() => Ok(tensor.to_vec()),
            Some(value) => Err(Error::Answer {
                file: self.file.clone(),
                output: self.output_name.clone(),
                found: value.shape().to_vec(),
                expected: x.len(),
            }),
            None => Err(failed("no answer".into())),
        }
    }
}

impl Network for Onnx {
    fn dim(&self) -> usize {
        self.shape.iter().product()
    }

    fn whole_noise(&self) -> bool {
        self.whole
    }

    fn run(&self, x: &[f32], noise: f64) -> Result<Vec<f32>> {
        let free = || self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = free().pop().unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&pool)));
        let step = self.batch * self.dim();
        let mut answer = Vec::with_capacity(x.len());
        let run = |rows: &[f32]| -> Result<Vec<f32>> {
            if rows.len() == step || self.fixed.is_none() {
                return self.run_batch(rows, noise, &options);
            }
            // The last rows of a file of fixed size are filled up with the first of them.
            let filled: Vec<f32> = rows.iter().copied().cycle().take(step).collect();
            let mut found = self.run_batch(&filled, noise, &options)?;
            found.truncate(rows.len());
            Ok(found)
        };
        for rows in x.chunks(step) {
            answer.extend(run(rows)?);
        }
        free().push(pool);
        Ok(answer)
    }
}

/// What is wrong with a part of a file: the part, what is there, and what was expected.
type Wrong = (String, String, String);

/// Rows at once, where the file fixes that, and the shape of a row; else what is wrong, and what was expected.
fn row_shape(
    x: &Declared,
    given: Option<&[usize]>,
    dim: usize,
) -> std::result::Result<(Option<usize>, Vec<usize>), Wrong> {
    let shown = |shape: &[Option<usize>]| {
        let cells: Vec<String> = shape.iter().map(|d| d.map_or("any".into(), |d| d.to_string())).collect();
        format!("shape [{}]", cells.join(", "))
    };
    let wrong = |found: String, expected: String| (format!("input {}", x.name), found, expected);
    if let Some(shape) = given
        && shape.iter().try_fold(1_usize, |n, &d| n.checked_mul(d)) != Some(dim)
    {
        let found = format!("{shape:?} in the side file");
        return Err(("shape".into(), found, format!("entries whose product is the dimension of the law, {dim}")));
    }
    let Some(file) = x.shape.as_deref() else { return Ok((None, given.map_or_else(|| vec![dim], <[usize]>::to_vec))) };
    let [first, rest @ ..] = file else { return Err(wrong(shown(file), "a first dimension of rows".into())) };
    let fits =
        |shape: &[usize]| shape.len() == rest.len() && shape.iter().zip(rest).all(|(a, b)| b.is_none_or(|b| b == *a));
    if let Some(shape) = given {
        if fits(shape) {
            return Ok((*first, shape.to_vec()));
        }
        return Err(wrong(shown(file), format!("one that {shape:?}, `shape` in the side file, fits")));
    }
    let free = rest.iter().filter(|d| d.is_none()).count();
    let known: usize = rest.iter().flatten().product();
    let shape: Vec<usize> = match free {
        0 => rest.iter().flatten().copied().collect(),
        1 if known > 0 && dim.is_multiple_of(known) => rest.iter().map(|d| d.unwrap_or(dim / known)).collect(),
        1 => vec![],
        _ => return Err(wrong(shown(file), "`shape` in the side file to say the shape of a row".into())),
    };
    if rest.is_empty() || shape.iter().product::<usize>() != dim {
        return Err(wrong(shown(file), format!("rows of {dim} numbers, the dimension of the law")));
    }
    Ok((*first, shape))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
