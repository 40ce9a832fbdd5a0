//! Networks that would allocate, run or nest without end, under 1 GiB of address space: one line, exit 2.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use std::cell::RefCell;
use std::fs;
use std::process::{Command, Output};

use common::example;
use rten_onnx::onnx::{
    AttributeProto, AttributeType, DataType, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    TensorProto, TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};

/// A column of numbers, or a list of them, of any length.
fn value(name: &str, column: bool) -> ValueInfoProto {
    let any = Dimension { dim_param: Some("n".into()), ..Dimension::default() };
    let one = Dimension { dim_value: Some(1), ..Dimension::default() };
    let shape = TensorShapeProto { dim: if column { vec![any, one] } else { vec![any] } };
    let tensor = TypeProtoTensor { elem_type: Some(DataType::FLOAT), shape: Some(shape) };
    let kind = TypeProto { tensor_type: Some(tensor), ..TypeProto::default() };
    ValueInfoProto { name: Some(name.into()), r#type: Some(kind) }
}

fn node(op: &str, input: &[&str], output: &str) -> NodeProto {
    let input = input.iter().map(|&name| name.into()).collect();
    NodeProto { op_type: Some(op.into()), input, output: vec![output.into()], ..NodeProto::default() }
}

fn numbers(name: &str, dims: &[i64], values: &[i64]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        data_type: Some(DataType::INT64),
        dims: dims.to_vec(),
        raw_data: Some(RefCell::new(values.iter().flat_map(|v| v.to_le_bytes()).collect())),
        ..TensorProto::default()
    }
}

/// A network of `x` and `sigma` with these nodes, the last of which makes `y`.
fn network(node: Vec<NodeProto>, initializer: Vec<TensorProto>) -> Vec<u8> {
    let graph = GraphProto {
        node,
        initializer,
        input: vec![value("x", true), value("sigma", false)],
        output: vec![value("y", true)],
        ..GraphProto::default()
    };
    let opset = OperatorSetIdProto { domain: Some(String::new()), version: Some(17) };
    let (graph, opset_import) = (Some(graph), vec![opset]);
    ModelProto { ir_version: Some(8), graph, opset_import, ..ModelProto::default() }.write_buf().unwrap()
}

/// A message in another one, as field `number`.
fn within(number: u64, inner: Vec<u8>) -> Vec<u8> {
    let mut bytes = vec![(number << 3 | 2) as u8];
    let mut length = inner.len();
    while length >= 128 {
        bytes.push(length as u8 | 128);
        length >>= 7;
    }
    bytes.push(length as u8);
    [bytes, inner].concat()
}

fn audit(bytes: &[u8]) -> Output {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("net.onnx");
    fs::write(&file, bytes).unwrap();
    let limited = "ulimit -v 1048576; exec \"$0\" \"$@\"";
    let law = example("two-atoms.toml");
    let flags = ["--law", &law, "--output", "denoised", "--noise", "sigma", "--samples", "4096", "--threads", "1"];
    let mut command = Command::new("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_infodyn"), "audit", "--model"]).arg(&file).args(flags);
    command.output().unwrap()
}

#[test]
fn networks_without_end_are_refused() {
    let one = |op: &str, inputs: &[&str], shape: &[i64]| {
        network(
            vec![node(op, inputs, "z"), node("Identity", &["x"], "y")],
            vec![numbers("s", &[shape.len() as i64], shape)],
        )
    };
    let far = 1 << 40;
    // A chain of nodes, each of what the one before makes, beside the one that answers.
    let chain = |count: usize, of: &dyn Fn(&str, &str) -> NodeProto| -> Vec<NodeProto> {
        let name = |i: usize| if i == 0 { "x".to_owned() } else { format!("z{i}") };
        (0..count).map(|i| of(&name(i), &name(i + 1))).chain([node("Identity", &["x"], "y")]).collect()
    };
    let doubled = chain(40, &|from, to| node("Concat", &[from, from], to));
    let tiled = chain(20, &|from, to| node("Tile", &[from, "s"], to));
    let branch = {
        let graph = GraphProto { node: vec![node("Loop", &["s"], "z")], ..GraphProto::default() };
        let (name, kind) = (Some("then_branch".into()), Some(AttributeType::GRAPH));
        let attribute = AttributeProto { name, g: Some(graph), r#type: kind, ..AttributeProto::default() };
        NodeProto { attribute: vec![attribute], ..node("If", &["c"], "y") }
    };
    let deep = (0..40_000).fold(vec![], |inner, _| within(1, within(5, within(6, inner))));
    for (what, bytes, part) in [
        (
            "a tensor that is not there",
            network(vec![node("Identity", &["x"], "y")], vec![numbers("w", &[far], &[])]),
            "a shape that they fill",
        ),
        (
            "a shape without a size",
            network(vec![node("Identity", &["x"], "y")], vec![numbers("w", &[far, far], &[1])]),
            "a shape that they fill",
        ),
        (
            "a negative shape",
            network(vec![node("Identity", &["x"], "y")], vec![numbers("w", &[-1], &[1])]),
            "a shape that they fill",
        ),
        ("a constant", one("ConstantOfShape", &["s"], &[1 << 20, 1 << 20]), "ConstantOfShape, makes 1099511627776"),
        ("one that overflows", one("ConstantOfShape", &["s"], &[i64::MAX, i64::MAX, i64::MAX]), "at most 268435456"),
        ("an expansion", one("Expand", &["x", "s"], &[far, 1]), "Expand, makes"),
        ("a tile", one("Tile", &["x", "s"], &[1, far]), "Tile, makes"),
        ("tiles of tiles", network(tiled, vec![numbers("s", &[2], &[1, 8])]), "Tile, makes"),
        ("doubles of doubles", network(doubled, vec![]), "Concat, makes"),
        (
            "a loop",
            network(vec![node("Loop", &["s", ""], "y")], vec![numbers("s", &[], &[i64::MAX])]),
            "may run without end",
        ),
        ("a loop in a branch", network(vec![branch], vec![]), "may run without end"),
        ("depth", within(7, deep), "nested deeper than 64"),
    ] {
        let output = audit(&bytes);
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), line.matches('\n').count()), (Some(2), 1), "{what}: {line}");
        assert!(line.contains("net.onnx") && line.contains(part) && output.stdout.is_empty(), "{what}: {line}");
    }
    // What makes no more than a network may is read: the network itself is then refused for what it answers.
    let small = one("Tile", &["x", "s"], &[1, 16]);
    let output = audit(&small);
    assert!(String::from_utf8_lossy(&output.stderr).contains("x itself"), "{output:?}");
}
