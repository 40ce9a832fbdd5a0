//! The content of a TOML or JSON file before its meaning is known.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{one_line, quoted};
use crate::{Error, Result};

/// A value of a TOML or JSON file. Keys keep their order; a key that occurs twice is an error.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Truth(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
}

impl Node {
    /// Reads a file's text: JSON when the name ends in `.json`, TOML otherwise.
    pub(crate) fn parse(file: &str, text: &str, json: bool) -> Result<Self> {
        // The mark that Windows editors begin a file with.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if json {
            serde_json::from_str(text).map_err(|e| {
                let whole = e.to_string();
                let message = whole.split(" at line ").next().unwrap_or(&whole);
                syntax(file, e.line(), e.column(), message)
            })
        } else {
            toml::from_str(text).map_err(|e| {
                let before = text.get(..e.span().map_or(0, |s| s.start)).unwrap_or(text);
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
                syntax(file, line, column, e.message())
            })
        }
    }

    /// What the value is, for an error message.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Truth(b) => b.to_string(),
            Self::Whole(i) => i.to_string(),
            Self::Number(x) if x.is_nan() => "nan".into(),
            Self::Number(x) => format!("{x:?}"),
            Self::Text(s) => quoted(s),
            Self::List(l) => format!("a list of {}", l.len()),
            Self::Table(_) => "a table".into(),
        }
    }
}

fn syntax(file: &str, line: usize, column: usize, message: &str) -> Error {
    Error::Syntax { file: file.into(), line, column, message: one_line(message) }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, v: bool) -> std::result::Result<Node, E> {
        Ok(Node::Truth(v))
    }

    fn visit_i64<E>(self, v: i64) -> std::result::Result<Node, E> {
        Ok(Node::Whole(v.into()))
    }

    fn visit_u64<E>(self, v: u64) -> std::result::Result<Node, E> {
        Ok(Node::Whole(v.into()))
    }

    fn visit_i128<E>(self, v: i128) -> std::result::Result<Node, E> {
        Ok(Node::Whole(v))
    }

    fn visit_u128<E>(self, v: u128) -> std::result::Result<Node, E> {
        Ok(i128::try_from(v).map_or(Node::Number(v as f64), Node::Whole))
    }

    fn visit_f64<E>(self, v: f64) -> std::result::Result<Node, E> {
        Ok(Node::Number(v))
    }

    fn visit_str<E>(self, v: &str) -> std::result::Result<Node, E> {
        Ok(Node::Text(v.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = seq.next_element()? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Node, A::Error> {
        let mut table: Vec<(String, Node)> = Vec::new();
        while let Some((key, node)) = map.next_entry::<String, Node>()? {
            if table.iter().any(|(k, _)| *k == key) {
                return Err(de::Error::custom(format!("field {} occurs twice", quoted(&key))));
            }
            table.push((key, node));
        }
        Ok(Node::Table(table))
    }
}
