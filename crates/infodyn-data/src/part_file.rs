//! Parts of a piece of work: files that are put together to the whole.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use infodyn_core::share::Piece;
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bounds;
use crate::error::{Wrong, name_of, one_line, quoted};
use crate::{Error, Result};

const SCHEMA: &str = "infodyn.part/1";
/// The longest part, in bytes.
const LONGEST: u64 = 1 << 32;

/// One part of a piece of work: what it is part of, and the pieces that were done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartFile {
    schema: String,
    /// Version of the program.
    pub version: String,
    /// Which part, from 1, of how many.
    pub part: [usize; 2],
    /// The command line, but for what no number depends on.
    pub words: Vec<String>,
    /// What the work is about: the law's SHA-256 and the like.
    pub of: BTreeMap<String, String>,
    /// The loops, in their order.
    pub loops: Vec<Loop>,
}

/// A loop of which the part has every `parts`-th piece, from its own number on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loop {
    /// In which section of the work.
    pub section: usize,
    /// What its pieces are.
    pub what: String,
    /// How many there are in all parts.
    pub count: usize,
    /// Those of this part, by their numbers from 0.
    pub pieces: BTreeMap<usize, Kept>,
}

/// A piece as a part keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    numbers: Vec<Number>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
}

impl From<Piece> for Kept {
    fn from(piece: Piece) -> Self {
        Self { numbers: piece.numbers.into_iter().map(Number).collect(), text: piece.text }
    }
}

impl Kept {
    /// The piece.
    #[must_use]
    pub fn piece(&self) -> Piece {
        Piece { numbers: self.numbers.iter().map(|x| x.0).collect(), text: self.text.clone() }
    }
}

/// A number that reads back to the same bits; one that is not finite is a text.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            x if x.is_finite() && x.fract() == 0.0 && x.abs() < 9e15 && (x != 0.0 || x.is_sign_positive()) => {
                serializer.serialize_i64(x as i64)
            }
            x if x.is_finite() => serializer.serialize_f64(x),
            x => serializer.serialize_str(&x.to_string()),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, \"inf\", \"-inf\" or \"NaN\"")
            }

            fn visit_f64<E: serde::de::Error>(self, x: f64) -> std::result::Result<Number, E> {
                Ok(Number(x))
            }

            fn visit_i64<E: serde::de::Error>(self, x: i64) -> std::result::Result<Number, E> {
                Ok(Number(x as f64))
            }

            fn visit_u64<E: serde::de::Error>(self, x: u64) -> std::result::Result<Number, E> {
                Ok(Number(x as f64))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Number, E> {
                match text {
                    "inf" => Ok(Number(f64::INFINITY)),
                    "-inf" => Ok(Number(f64::NEG_INFINITY)),
                    "NaN" => Ok(Number(f64::NAN)),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl PartFile {
    /// A part of which nothing is done yet.
    #[must_use]
    pub fn new(version: &str, part: [usize; 2], words: Vec<String>) -> Self {
        let (schema, version) = (SCHEMA.into(), version.into());
        Self { schema, version, part, words, of: BTreeMap::new(), loops: vec![] }
    }

    /// Whether a piece of a loop is done by this part.
    #[must_use]
    pub fn has(&self, piece: usize) -> bool {
        piece % self.part[1] + 1 == self.part[0]
    }

    /// Reads a part.
    ///
    /// # Errors
    /// When the file cannot be read, is no part, or lacks pieces.
    pub fn read(path: &Path) -> Result<Self> {
        let file = name_of(path);
        let bytes = bounds::whole(path, LONGEST).map_err(|source| Error::Read { file: file.clone(), source })?;
        let found: Self = serde_json::from_slice(&bytes).map_err(|e| Error::Syntax {
            file: file.clone(),
            line: e.line(),
            column: e.column(),
            message: one_line(&format!("{e}, expected a part of infodyn")),
        })?;
        let wrong = |field: &str, found: String, expected: String| Wrong::new(found, expected).at(&file, field);
        if found.schema != SCHEMA {
            return Err(wrong("schema", quoted(&found.schema), quoted(SCHEMA)));
        }
        let [part, parts] = found.part;
        if !(1..=parts).contains(&part) {
            return Err(wrong("part", format!("{part} of {parts}"), "a number from 1 to that of parts".into()));
        }
        for (i, of) in found.loops.iter().enumerate() {
            let expected = of.count / parts + usize::from(of.count % parts >= part);
            if of.pieces.len() != expected || of.pieces.keys().any(|&p| p >= of.count || !found.has(p)) {
                let said = format!("{} pieces", of.pieces.len());
                let expected = format!("all {expected} of {} that are of part {part}", of.count);
                return Err(wrong(&format!("loops[{i}].pieces"), said, expected));
            }
        }
        Ok(found)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// When they cannot be put together in memory.
    pub fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// How another part is of other work, in one line.
    fn differs(&self, other: &Self) -> Option<String> {
        if self.version != other.version {
            return Some(format!("version {}, expected {}", other.version, self.version));
        }
        if self.part[1] != other.part[1] {
            return Some(format!("part of {}, expected of {}", other.part[1], self.part[1]));
        }
        // What a value is of stands before it.
        let place = (0..self.words.len().max(other.words.len())).find(|&i| self.words.get(i) != other.words.get(i));
        if let Some(i) = place {
            let said = |words: &[String]| words[i.saturating_sub(1).min(words.len())..words.len().min(i + 1)].join(" ");
            return Some(format!("command {:?}, expected {:?}", said(&other.words), said(&self.words)));
        }
        let names = self.of.keys().chain(other.of.keys());
        let place = names.into_iter().find(|&name| self.of.get(name) != other.of.get(name))?;
        let said = |of: &BTreeMap<String, String>| of.get(place).map_or("missing".into(), |value| quoted(value));
        Some(format!("{place} {}, expected {}", said(&other.of), said(&self.of)))
    }

    /// Parts that fit, each with the name of its file, in their order.
    ///
    /// # Errors
    /// In one line that names the files, when they are of different work, overlap or leave a gap.
    pub fn fit(mut parts: Vec<(String, Self)>) -> std::result::Result<Vec<(String, Self)>, String> {
        let Some((first, of)) = parts.first() else { return Err("no parts, expected all of one run".into()) };
        for (file, other) in &parts {
            if let Some(how) = of.differs(other) {
                return Err(format!("{file}: {how} as in {first}"));
            }
        }
        let count = of.part[1];
        parts.sort_by_key(|(_, part)| part.part[0]);
        if let Some(two) = parts.windows(2).find(|two| two[0].1.part == two[1].1.part) {
            let part = two[0].1.part[0];
            return Err(format!("{} and {}: both are part {part} of {count}, expected each once", two[0].0, two[1].0));
        }
        let missing: Vec<String> =
            (1..=count).filter(|i| parts.iter().all(|p| p.1.part[0] != *i)).map(|i| i.to_string()).collect();
        if missing.is_empty() {
            return Ok(parts);
        }
        let plural = if missing.len() == 1 { "" } else { "s" };
        Err(format!("part{plural} {} of {count} missing, expected every part", missing.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn numbers_come_back_to_the_same_bits() {
        let numbers = vec![0.1, -0.0, 3.0, 1e300, f64::MIN_POSITIVE, f64::INFINITY, -2.5e-17, 9.1e15, f64::NAN];
        let kept = Kept::from(Piece { numbers: numbers.clone(), text: "\u{0} \"why\"\n".into() });
        let text = serde_json::to_string(&kept).unwrap();
        let back: Kept = serde_json::from_str(&text).unwrap();
        let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back.piece().numbers), bits(&numbers), "{text}");
        assert_eq!(back.piece().text, "\u{0} \"why\"\n");
        assert!(serde_json::from_str::<Kept>("{\"numbers\":[\"one\"]}").is_err());
    }
}
