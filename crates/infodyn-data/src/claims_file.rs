//! A file of claims: statements, where they are tried, and what should come of them.

use std::path::Path;

use crate::error::{name_of, one_line, quoted};
use crate::fields::Fields;
use crate::node::Node;
use crate::{Error, Result, bounds};

/// A claim as it is written. What its texts mean, the reader of statements says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimText {
    /// Its name, unique in the file.
    pub id: String,
    /// The statement.
    pub statement: String,
    /// Families of laws, as the flag `--laws` takes them.
    pub laws: Option<String>,
    /// Processes, as `--process` takes them.
    pub process: Option<String>,
    /// Dimensions, as `--dim` takes them.
    pub dim: Option<String>,
    /// Numbers of components, as `--components` takes them.
    pub components: Option<String>,
    /// What every law has, as `--given` takes it.
    pub given: Option<String>,
    /// A hypothesis, as `--where` takes it.
    pub hypothesis: Option<String>,
    /// Where the statement is from.
    pub source: String,
    /// Whether it should survive; otherwise it should be refuted.
    pub survives: bool,
    /// Statements each of which must be refuted.
    pub mutants: Vec<String>,
}

/// A file of claims.
///
/// # File
/// TOML, or JSON when the name ends in `.json`: `title`, and tables `[[claim]]` of
///
/// | field | |
/// |---|---|
/// | `id` | a name, unique in the file |
/// | `statement` | the statement |
/// | `source` | where it is from |
/// | `expected` | `survives` or `refuted`; default `survives` |
/// | `laws`, `process`, `dim`, `components`, `given`, `where` | as the flags of `infodyn check`, each where it is not the default |
/// | `mutants` | a list of statements that must be refuted |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsFile {
    /// The name of the file.
    pub file: String,
    /// What it is about.
    pub title: String,
    /// The claims, at least one.
    pub claims: Vec<ClaimText>,
}

const FIELDS: [&str; 11] =
    ["id", "statement", "source", "expected", "laws", "process", "dim", "components", "given", "where", "mutants"];

impl ClaimsFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error`] in one line: the file, the field, what is there and what was expected.
    pub fn read(path: &Path) -> Result<Self> {
        let file = name_of(path);
        let text = bounds::text(path).map_err(|source| Error::Read { file: file.clone(), source })?;
        let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
        Self::parse(&file, &text, json)
    }

    fn parse(file: &str, text: &str, json: bool) -> Result<Self> {
        const TABLES: &str = "at least one table [[claim]]";
        let mut fields = Fields::new(file, Node::parse(file, text, json)?)?;
        fields.only(&["title", "claim"])?;
        let node = fields.need("title", "what the file is about")?;
        let title = fields.text("title", &node, "what the file is about")?;
        let list = match fields.need("claim", TABLES)? {
            Node::List(list) if !list.is_empty() => list,
            other => return Err(fields.wrong("claim", &other.describe(), TABLES)),
        };
        let mut claims: Vec<ClaimText> = Vec::new();
        for (i, node) in list.into_iter().enumerate() {
            let claim = claim(&fields, &format!("claim[{i}]"), node)?;
            if claims.iter().any(|c| c.id == claim.id) {
                return Err(fields.wrong(&format!("claim[{i}].id"), &quoted(&claim.id), "a name used once"));
            }
            claims.push(claim);
        }
        Ok(Self { file: file.into(), title: one_line(&title), claims })
    }
}

fn claim(file: &Fields, place: &str, node: Node) -> Result<ClaimText> {
    let Node::Table(entries) = node else {
        return Err(file.wrong(place, &node.describe(), "a table of a claim"));
    };
    let mut found = Entries { file, place, entries };
    if let Some((name, _)) = found.entries.iter().find(|(name, _)| !FIELDS.contains(&name.as_str())) {
        let expected = format!("one of {}", FIELDS.join(", "));
        return Err(file.wrong(&format!("{place}.{name}"), "unknown field", &expected));
    }
    let survives = match found.text("expected")?.as_deref() {
        None | Some("survives") => true,
        Some("refuted") => false,
        Some(other) => return Err(found.wrong("expected", &quoted(other), "survives or refuted")),
    };
    Ok(ClaimText {
        id: found.need("id")?,
        statement: found.need("statement")?,
        laws: found.text("laws")?,
        process: found.text("process")?,
        dim: found.text("dim")?,
        components: found.text("components")?,
        given: found.text("given")?,
        hypothesis: found.text("where")?,
        source: found.need("source")?,
        survives,
        mutants: found.texts("mutants")?,
    })
}

/// The fields of one claim.
struct Entries<'a> {
    file: &'a Fields,
    place: &'a str,
    entries: Vec<(String, Node)>,
}

impl Entries<'_> {
    fn wrong(&self, field: &str, found: &str, expected: &str) -> Error {
        self.file.wrong(&format!("{}.{field}", self.place), found, expected)
    }

    fn get(&self, field: &str) -> Option<&Node> {
        self.entries.iter().find(|(name, _)| name == field).map(|(_, node)| node)
    }

    /// A text that is not blank, on one line.
    fn line(&self, field: &str, node: &Node) -> Result<String> {
        match node {
            Node::Text(text) if !text.trim().is_empty() => Ok(one_line(text)),
            Node::Whole(i) if !matches!(field, "id" | "statement" | "source") => Ok(i.to_string()),
            other => Err(self.wrong(field, &other.describe(), "a text")),
        }
    }

    fn text(&mut self, field: &str) -> Result<Option<String>> {
        self.get(field).map(|node| self.line(field, node)).transpose()
    }

    fn need(&mut self, field: &str) -> Result<String> {
        self.text(field)?.ok_or_else(|| self.wrong(field, "missing", "a text"))
    }

    fn texts(&mut self, field: &str) -> Result<Vec<String>> {
        match self.get(field) {
            None => Ok(Vec::new()),
            Some(Node::List(list)) => {
                list.iter().enumerate().map(|(i, node)| self.line(&format!("{field}[{i}]"), node)).collect()
            }
            Some(other) => Err(self.wrong(field, &other.describe(), "a list of statements")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const GOOD: &str = "title = 'a paper'\n[[claim]]\nid = 'one'\nstatement = 'mmse <= gaussian.mmse'\nsource = 's'\n";

    #[test]
    fn a_file_is_read_and_a_bad_one_says_where() {
        let rest = "expected = 'refuted'\ndim = 1\nwhere = 'K == 2'\nmutants = ['mmse <= 0']\n";
        let file = ClaimsFile::parse("c.toml", &format!("{GOOD}{rest}"), false).unwrap();
        let claim = &file.claims[0];
        assert_eq!((claim.dim.as_deref(), claim.hypothesis.as_deref()), (Some("1"), Some("K == 2")));
        assert_eq!((claim.survives, claim.mutants.len()), (false, 1));
        for (text, message) in [
            ("title = 'a'", "c.toml: claim: missing, expected at least one table [[claim]]"),
            (&format!("{GOOD}[[claim]]\nid = 'two'"), "c.toml: claim[1].statement: missing, expected a text"),
            (
                &format!("{GOOD}law = 'all'"),
                "c.toml: claim[0].law: unknown field, expected one of id, statement, source",
            ),
            (&format!("{GOOD}expected = 'true'"), "c.toml: claim[0].expected: \"true\", expected survives or refuted"),
            (&format!("{GOOD}mutants = [1.5]"), "c.toml: claim[0].mutants[0]: 1.5, expected a text"),
            (&format!("{GOOD}{}", &GOOD[18..]), "c.toml: claim[1].id: \"one\", expected a name used once"),
        ] {
            let error = ClaimsFile::parse("c.toml", text, false).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
