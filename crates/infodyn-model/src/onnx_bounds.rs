//! What an ONNX file asks for before anything of it is run: how deep it nests, how many numbers it makes of constants,
//! and whether it may run without end.

use std::collections::HashMap;

use rten_onnx::onnx::{DataType, GraphProto, NodeProto, TensorProto};

/// Messages within messages, at most: a branch of a branch is four deeper than a branch.
const DEEPEST: usize = 64;
/// Numbers that a node makes of one, or of constants alone, at most.
const MOST: u64 = 1 << 28;
/// Entries of a constant that may be a shape, at most.
const LONGEST_SHAPE: usize = 64;

/// What was found, and what was expected.
type Refused = (String, String);

/// Which fields of a message are messages that may hold one like it, and of which kind: those of a model, a graph, a
/// node, an attribute, the type of a value, a value, a sequence.
const WITHIN: [&[(u64, usize)]; 7] =
    [&[(7, 1)], &[(1, 2), (11, 5), (12, 5), (13, 5)], &[(5, 3)], &[(6, 1)], &[(4, 6)], &[(2, 4)], &[(1, 4)]];

/// Refuses a file whose messages nest deeper than a reader that calls itself can follow.
pub(crate) fn expect_shallow(bytes: &[u8]) -> Result<(), Refused> {
    let (mut at, mut open) = (0, vec![(0, bytes.len())]);
    while let Some(&(kind, end)) = open.last() {
        if at >= end {
            open.pop();
            continue;
        }
        let Some(tag) = varint(bytes, &mut at) else { return Ok(()) };
        let length = match tag & 7 {
            0 => varint(bytes, &mut at).map(|_| 0),
            1 => Some(8),
            2 => varint(bytes, &mut at),
            5 => Some(4),
            _ => None,
        };
        // What is cut off, or no protocol buffer, is told by the reader itself.
        let Some(after) = length.and_then(|n| at.checked_add(usize::try_from(n).ok()?)).filter(|&a| a <= end) else {
            return Ok(());
        };
        match WITHIN[kind].iter().find(|(field, _)| *field == tag >> 3 && tag & 7 == 2) {
            Some(&(_, inner)) => open.push((inner, after)),
            None => at = after,
        }
        if open.len() > DEEPEST {
            return Err((format!("messages nested deeper than {DEEPEST}"), "no deeper".into()));
        }
    }
    Ok(())
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(value);
        }
    }
    None
}

/// Refuses a graph with a loop, with a tensor that is larger than the file holds, or in which a chain of nodes makes
/// too many numbers of one or of constants.
///
/// Not refused is what grows by products of matrices, by broadcasting, or by shapes that are computed from data.
pub(crate) fn expect_bounded(graph: &GraphProto) -> Result<(), Refused> {
    within(graph, &Known::default())
}

/// What is known of the values of a graph.
#[derive(Clone, Default)]
struct Known {
    /// Short constants.
    constants: HashMap<String, Vec<f64>>,
    /// Numbers that a value has for each number of the data, at least.
    growth: HashMap<String, u64>,
}

fn within(graph: &GraphProto, outer: &Known) -> Result<(), Refused> {
    let mut known = outer.clone();
    for tensor in &graph.initializer {
        known.hold(tensor.name.as_deref().unwrap_or_default(), tensor)?;
    }
    for node in &graph.node {
        let kind = node.op_type.as_deref().unwrap_or_default();
        let name = node.name.as_deref().or(node.output.first().map(String::as_str)).unwrap_or_default();
        if ["Loop", "Scan"].contains(&kind) {
            return Err((
                format!("node {name:?} is a {kind}, which may run without end"),
                "a graph without loops".into(),
            ));
        }
        for attribute in &node.attribute {
            if let Some(tensor) = &attribute.t {
                let constant = if kind == "Constant" { node.output.first().map_or("", String::as_str) } else { "" };
                known.hold(constant, tensor)?;
            }
            if let Some(branch) = &attribute.g {
                within(branch, &known)?;
            }
        }
        let growth = known.growth_of(kind, node);
        if growth > MOST {
            let found = format!("node {name:?}, a {kind}, makes {growth} numbers of constants or of each number");
            return Err((found, format!("at most {MOST}")));
        }
        known.growth.extend(node.output.iter().map(|output| (output.clone(), growth)));
    }
    Ok(())
}

/// A product that stays at the largest number where it has no room.
fn product(factors: impl Iterator<Item = f64>) -> u64 {
    factors.map(|x| x.abs().max(1.0)).product::<f64>() as u64
}

impl Known {
    /// Takes note of a tensor whose numbers the file has.
    fn hold(&mut self, name: &str, tensor: &TensorProto) -> Result<(), Refused> {
        let entries = tensor.dims.iter().try_fold(1_u64, |n, &d| n.checked_mul(u64::try_from(d).ok()?));
        let raw = tensor.raw_data.as_ref().map_or(0, |raw| raw.borrow().len());
        let lists =
            tensor.float_data.len() + tensor.int32_data.len() + tensor.int64_data.len() + tensor.double_data.len();
        // Eight numbers of four bits in an entry, at most; what stands in another file is held against it there.
        let held = 8 * (raw + lists) as u64;
        if entries.is_none_or(|n| n > held && tensor.external_data.is_empty()) {
            let found = format!(
                "tensor {name:?} of shape {:?}, of which the file has {} bytes and {lists} numbers",
                tensor.dims, raw
            );
            return Err((found, "a shape that they fill".into()));
        }
        if entries.is_some_and(|n| n <= LONGEST_SHAPE as u64) {
            let mut values: Vec<f64> = tensor.int64_data.iter().map(|&v| v as f64).collect();
            values.extend(tensor.float_data.iter().map(|&v| f64::from(v)));
            let bytes = tensor.raw_data.as_ref().map(|raw| raw.borrow());
            match (tensor.data_type, bytes) {
                (Some(DataType::INT64), Some(raw)) => {
                    values.extend(raw.as_chunks().0.iter().map(|&b| i64::from_le_bytes(b) as f64));
                }
                (Some(DataType::FLOAT), Some(raw)) => {
                    values.extend(raw.as_chunks().0.iter().map(|&b| f64::from(f32::from_le_bytes(b))));
                }
                _ => {}
            }
            self.constants.insert(name.into(), values);
        }
        Ok(())
    }

    /// How many numbers a node makes of each number of the data, or of constants alone, as far as constants say.
    fn growth_of(&self, kind: &str, node: &NodeProto) -> u64 {
        let constant = |i: usize| node.input.get(i).and_then(|name| self.constants.get(name)).map_or(&[][..], |v| v);
        let grown = |name: &String| self.growth.get(name).copied().unwrap_or(1);
        let before = node.input.iter().map(grown).max().unwrap_or(1);
        let all = |i: usize| product(constant(i).iter().copied());
        match kind {
            "Tile" => before.saturating_mul(all(1)),
            "ConstantOfShape" => all(0),
            "Expand" => before.max(all(1)),
            "Pad" => before.max(constant(1).iter().fold(0.0, |sum, pad| sum + pad.max(0.0)) as u64),
            "Range" => (constant(1).first().zip(constant(0).first()).zip(constant(2).first()))
                .map_or(before, |((limit, start), step)| ((limit - start) / step).max(0.0) as u64),
            "Concat" => node.input.iter().map(grown).fold(0, u64::saturating_add),
            "Upsample" => before.saturating_mul(all(1)),
            "Resize" => before.saturating_mul(all(2)).max(all(3)),
            "RandomNormal" | "RandomUniform" => product(node.attribute.iter().flat_map(|a| &a.ints).map(|&n| n as f64)),
            _ => before,
        }
    }
}
