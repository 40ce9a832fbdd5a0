//! The side file of a network: what its inputs hold and what its output is.

use std::path::{Path, PathBuf};

use infodyn_core::{Convention, NoiseProcess};
use sha2::{Digest, Sha256};

use crate::bounds::{self, LONGEST_NETWORK};
use crate::error::{Wrong, name_of, one_line, quoted};
use crate::fields::Fields;
use crate::node::Node;
use crate::{Error, Result};

/// What a network answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelOutput {
    /// `E[X_0 given X_t]`.
    Denoised,
    /// The score of `X_t`.
    Score,
    /// The mean of the noise `Z`.
    Epsilon,
    /// The mean of `Z - X_0`, of a `flow`.
    Velocity,
    /// `a Z - s X_0` of the variance-preserving `a = (1 + sigma^2)^{-1/2}`, `s = sigma a`, `sigma` that over `alpha`.
    V,
}

/// What the second input of a network holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoiseInput {
    /// `sigma/alpha`.
    Sigma,
    /// `log(sigma/alpha)`.
    LnSigma,
    /// A quarter of that.
    QuarterLnSigma,
    /// The time of the process.
    T,
    /// A step of the training table, from 0; of a continuous process `1000 t - 1`.
    Index,
    /// Nothing: the network has one input, and is not told the level.
    None,
}

/// What is done to the first input before the network gets it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InputScaling {
    /// Nothing.
    None,
    /// `x / (sigma^2 + sigma_data^2)^{1/2}`.
    Edm {
        /// The `sigma_data` of the training.
        sigma_data: f64,
    },
    /// `x / (1 + sigma^2)^{1/2}`.
    Vp,
}

impl ModelOutput {
    /// All, in the order of the messages.
    pub const ALL: [Self; 5] = [Self::Denoised, Self::Score, Self::Epsilon, Self::Velocity, Self::V];

    /// As a side file names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Denoised => "denoised",
            Self::Score => "score",
            Self::Epsilon => "epsilon",
            Self::Velocity => "velocity",
            Self::V => "v",
        }
    }
}

impl NoiseInput {
    /// All, in the order of the messages.
    pub const ALL: [Self; 6] = [Self::Sigma, Self::LnSigma, Self::QuarterLnSigma, Self::T, Self::Index, Self::None];

    /// As a side file names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sigma => "sigma",
            Self::LnSigma => "ln-sigma",
            Self::QuarterLnSigma => "ln-sigma/4",
            Self::T => "t",
            Self::Index => "index",
            Self::None => "none",
        }
    }
}

/// How a network is to be understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// What it answers.
    pub output: ModelOutput,
    /// What its second input holds.
    pub noise: NoiseInput,
    /// The process of its `X_t` and of `t`, or a training table.
    pub process: Convention,
    /// What it gets for data `x`: `x_scale x + x_shift`, noised and scaled.
    pub x_scale: f64,
    /// See there.
    pub x_shift: f64,
    /// What is done to its first input.
    pub c_in: InputScaling,
}

/// The names of a network's inputs and of its output, where the side file gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InputNames {
    /// Of the noisy data.
    pub x: Option<String>,
    /// Of the noise level.
    pub noise: Option<String>,
    /// Of the output.
    pub output: Option<String>,
}

/// A side file, and the network's own.
///
/// # Side files
/// TOML, or JSON when the name ends in `.json`; of a network `net.onnx` that stands in place of its side file,
/// `net.toml` beside it.
///
/// | field | |
/// |---|---|
/// | `model` | the `.onnx` file, relative to the side file |
/// | `output` | `denoised`, `score`, `epsilon`, `velocity` (of a `flow`) or `v` |
/// | `noise` | `sigma` (over `alpha`), `ln-sigma`, `ln-sigma/4`, `t` or `index`; `none` of one that is not told |
/// | `process` | a process, or a training table; default `edm` |
/// | `names` | `x`, `noise`, `output`, each where the file's own do not say it |
/// | `shape` | of one row, default that of the file |
/// | `batch` | rows at once, default what the file fixes, else 1024 |
/// | `x_scale`, `x_shift` | the network was trained on `x_scale x + x_shift`; default 1 and 0 |
/// | `c_in` | `none`, `edm` (with `sigma_data`) or `vp`; default `none` |
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// The network's file.
    pub path: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
    /// SHA-256 of that, in hexadecimal.
    pub sha256: String,
    /// How it is to be understood.
    pub declaration: Declaration,
    /// The names of its inputs and its output.
    pub names: InputNames,
    /// Shape of one row, where it is given.
    pub shape: Option<Vec<usize>>,
    /// Rows at once, where they are given.
    pub batch: Option<usize>,
}

/// What is said in place of the fields of a side file, by a command line for one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// As the fields of these names.
    pub output: Option<ModelOutput>,
    /// See there.
    pub noise: Option<NoiseInput>,
    /// See there.
    pub process: Option<Convention>,
    /// Each by itself.
    pub names: InputNames,
    /// See there.
    pub shape: Option<Vec<usize>>,
    /// See there.
    pub batch: Option<usize>,
    /// See there.
    pub x_scale: Option<f64>,
    /// See there.
    pub x_shift: Option<f64>,
    /// With its `sigma_data`.
    pub c_in: Option<InputScaling>,
}

const FIELDS: [&str; 11] =
    ["model", "output", "noise", "process", "names", "shape", "batch", "x_scale", "x_shift", "c_in", "sigma_data"];

/// The most rows at once that may be asked for.
const MOST_ROWS: u64 = 1 << 20;

impl ModelFile {
    /// Reads a side file and the network's bytes.
    ///
    /// # Errors
    /// [`Error`] in one line: the file, the field, what is there and what was expected.
    pub fn read(path: &Path) -> Result<Self> {
        Self::read_with(path, &Overrides::default())
    }

    /// The same with other fields than those of the side file, which a network's own file then does not need.
    ///
    /// # Errors
    /// As [`ModelFile::read`].
    pub fn read_with(path: &Path, said: &Overrides) -> Result<Self> {
        let network = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("onnx"));
        let side = if network { path.with_extension("toml") } else { path.into() };
        let mut fields = if network && !side.exists() { Self::without(path, said)? } else { opened(&side)? };
        fields.only(&FIELDS)?;
        let expected = "the name of an .onnx file";
        let node = fields.need("model", expected)?;
        let model = fields.text("model", &node, expected)?;
        let model_path = side.parent().unwrap_or(Path::new("")).join(&model);
        let output = choice(&mut fields, "output", &ModelOutput::ALL.map(|o| (o.name(), o)), said.output)?;
        let noise = choice(&mut fields, "noise", &NoiseInput::ALL.map(|n| (n.name(), n)), said.noise)?;
        let process = process(&mut fields)?;
        let process = said.process.clone().unwrap_or(process);
        suits(&fields, output, noise, &process)?;
        let own = names(&mut fields)?;
        let names = InputNames {
            x: said.names.x.clone().or(own.x),
            noise: said.names.noise.clone().or(own.noise),
            output: said.names.output.clone().or(own.output),
        };
        let shape = shape(&mut fields)?;
        let batch = batch(&mut fields)?;
        let x_scale = number(&mut fields, "x_scale", 1.0, |x| x != 0.0, "a number other than 0")?;
        let x_shift = number(&mut fields, "x_shift", 0.0, |_| true, "a number")?;
        let c_in = scaling(&mut fields)?;
        if !model_path.extension().is_some_and(|e| e.eq_ignore_ascii_case("onnx")) {
            return Err(fields.wrong("model", &quoted(&model), "a name that ends in .onnx"));
        }
        let read = |e: std::io::Error| fields.wrong("model", &format!("{}: {e}", name_of(&model_path)), expected);
        let bytes = bounds::whole(&model_path, LONGEST_NETWORK).map_err(read)?;
        let sha256 = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        let declaration = Declaration {
            output,
            noise,
            process,
            x_scale: said.x_scale.unwrap_or(x_scale),
            x_shift: said.x_shift.unwrap_or(x_shift),
            c_in: said.c_in.unwrap_or(c_in),
        };
        let (shape, batch) = (said.shape.clone().or(shape), said.batch.or(batch));
        Ok(Self { path: model_path, bytes, sha256, declaration, names, shape, batch })
    }

    /// The fields of a network that has no side file, and needs none where enough is said.
    fn without(network: &Path, said: &Overrides) -> Result<Fields> {
        let name = network.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let fields = Fields::new(&name_of(network), Node::Table(vec![("model".into(), Node::Text(name))]))?;
        let missing = match (said.output, said.noise) {
            (None, _) => "output",
            (_, None) => "noise",
            _ => return Ok(fields),
        };
        let side = name_of(&network.with_extension("toml"));
        Err(fields.wrong(missing, "missing", &format!("the flag --{missing}, or a side file {side}")))
    }
}

fn opened(path: &Path) -> Result<Fields> {
    let file = name_of(path);
    let text = bounds::text(path).map_err(|source| Error::Read { file: file.clone(), source })?;
    let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    Fields::new(&file, Node::parse(&file, &text, json)?)
}

impl ModelFile {
    /// What a side file in JSON says of a network that is a function of the program called `name`, not a file:
    /// `output`, `noise`, `process`, `x_scale`, `x_shift` and `c_in`, with the defaults of [`ModelFile::read`].
    ///
    /// # Errors
    /// [`Error`] in one line: the name, the field, what is there and what was expected.
    pub fn of_function(name: &str, text: &str) -> Result<Self> {
        let mut fields = Fields::new(name, Node::parse(name, text, true)?)?;
        fields.only(&["output", "noise", "process", "x_scale", "x_shift", "c_in", "sigma_data"])?;
        let output = choice(&mut fields, "output", &ModelOutput::ALL.map(|o| (o.name(), o)), None)?;
        let noise = choice(&mut fields, "noise", &NoiseInput::ALL.map(|n| (n.name(), n)), None)?;
        let process = process(&mut fields)?;
        suits(&fields, output, noise, &process)?;
        let x_scale = number(&mut fields, "x_scale", 1.0, |x| x != 0.0, "a number other than 0")?;
        let x_shift = number(&mut fields, "x_shift", 0.0, |_| true, "a number")?;
        let c_in = scaling(&mut fields)?;
        let declaration = Declaration { output, noise, process, x_scale, x_shift, c_in };
        let (path, bytes, sha256, names) = (PathBuf::from(name), vec![], String::new(), InputNames::default());
        Ok(Self { path, bytes, sha256, declaration, names, shape: None, batch: None })
    }
}

/// One of a list of names, which must be there where it is not `said`.
fn choice<T: Copy>(fields: &mut Fields, field: &str, all: &[(&str, T)], said: Option<T>) -> Result<T> {
    let names: Vec<&str> = all.iter().map(|a| a.0).collect();
    let expected = format!("one of {}", names.join(", "));
    if let Some(said) = said {
        fields.take(field);
        return Ok(said);
    }
    let node = fields.need(field, &expected)?;
    let text = fields.text(field, &node, &expected)?;
    let found = all.iter().find(|a| a.0 == text).map(|a| a.1);
    found.ok_or_else(|| fields.wrong(field, &quoted(&text), &expected))
}

fn process(fields: &mut Fields) -> Result<Convention> {
    const EXPECTED: &str = "a process or a training table";
    let Some(node) = fields.take("process") else { return Ok(Convention::Process(NoiseProcess::Edm)) };
    let text = fields.text("process", &node, EXPECTED)?;
    let found: Convention = text
        .parse()
        .map_err(|e: infodyn_core::Error| Wrong::new(e.to_string(), EXPECTED).at(&fields.file, "process"))?;
    match found {
        Convention::Process(_) | Convention::Ddpm(_) => Ok(found),
        _ => Err(fields.wrong("process", &quoted(&text), EXPECTED)),
    }
}

/// Refuses what the process does not have.
fn suits(fields: &Fields, output: ModelOutput, noise: NoiseInput, process: &Convention) -> Result<()> {
    let table = matches!(process, Convention::Ddpm(_));
    if output == ModelOutput::Velocity && !matches!(process, Convention::Process(NoiseProcess::Flow { .. })) {
        return Err(fields.wrong("output", &format!("\"velocity\" under {process}"), "the process flow"));
    }
    if noise == NoiseInput::T && table {
        return Err(fields.wrong("noise", &format!("\"t\" of {process}"), "\"index\", or a process"));
    }
    if noise == NoiseInput::Index && !table && !has_index(process) {
        let expected = "ddpm-linear, ddpm-scaled-linear, ddpm-cosine, vp-linear, vp-scaled-linear or vp-cosine";
        return Err(fields.wrong("noise", &format!("\"index\" under {process}"), expected));
    }
    Ok(())
}

/// Whether a continuous process is one whose times libraries count in thousandths.
fn has_index(process: &Convention) -> bool {
    matches!(
        process,
        Convention::Process(
            NoiseProcess::VpLinear { .. } | NoiseProcess::VpScaledLinear { .. } | NoiseProcess::VpCosine { .. }
        )
    )
}

fn names(fields: &mut Fields) -> Result<InputNames> {
    const EXPECTED: &str = "a table of names x, noise, output";
    let Some(node) = fields.take("names") else { return Ok(InputNames::default()) };
    let Node::Table(_) = node else { return Err(fields.wrong("names", &node.describe(), EXPECTED)) };
    let mut own = Fields::new(&fields.file, node)?;
    let mut names = InputNames::default();
    for (name, place) in [("x", &mut names.x), ("noise", &mut names.noise), ("output", &mut names.output)] {
        if let Some(node) = own.take(name) {
            *place = Some(own.text(&format!("names.{name}"), &node, "a name in the ONNX file")?);
        }
    }
    own.only(&["x", "noise", "output"])?;
    Ok(names)
}

fn shape(fields: &mut Fields) -> Result<Option<Vec<usize>>> {
    const EXPECTED: &str = "a list of whole numbers, the shape of one row";
    const MOST: u64 = 1 << 24;
    let Some(node) = fields.take("shape") else { return Ok(None) };
    let Node::List(list) = &node else { return Err(fields.wrong("shape", &node.describe(), EXPECTED)) };
    if list.is_empty() {
        return Err(fields.wrong("shape", "an empty list", EXPECTED));
    }
    let entry = |(i, n): (usize, &Node)| Ok(fields.count(&format!("shape[{i}]"), n, 1, MOST)? as usize);
    list.iter().enumerate().map(entry).collect::<Result<_>>().map(Some)
}

fn batch(fields: &mut Fields) -> Result<Option<usize>> {
    let node = fields.take("batch");
    node.map(|node| Ok(fields.count("batch", &node, 1, MOST_ROWS)? as usize)).transpose()
}

fn number(fields: &mut Fields, field: &str, usual: f64, good: impl Fn(f64) -> bool, expected: &str) -> Result<f64> {
    let Some(node) = fields.take(field) else { return Ok(usual) };
    let value = fields.number(field, &node)?;
    if good(value) { Ok(value) } else { Err(fields.wrong(field, &node.describe(), expected)) }
}

fn scaling(fields: &mut Fields) -> Result<InputScaling> {
    let given = fields.take("sigma_data");
    let name = match fields.take("c_in") {
        Some(node) => fields.text("c_in", &node, "one of none, edm, vp")?,
        None => "none".into(),
    };
    let scaling = match (name.as_str(), &given) {
        ("none", None) => InputScaling::None,
        ("vp", None) => InputScaling::Vp,
        ("edm", Some(node)) => match fields.number("sigma_data", node)? {
            sigma_data if sigma_data > 0.0 => InputScaling::Edm { sigma_data },
            _ => return Err(fields.wrong("sigma_data", &node.describe(), "a positive number")),
        },
        ("edm", None) => return Err(fields.wrong("sigma_data", "missing", "a positive number, for c_in = \"edm\"")),
        ("none" | "vp", Some(node)) => {
            return Err(fields.wrong("sigma_data", &node.describe(), "c_in = \"edm\" with it"));
        }
        _ => return Err(fields.wrong("c_in", &quoted(&one_line(&name)), "one of none, edm, vp")),
    };
    Ok(scaling)
}
