//! Law files: `p_0` in words.

use std::path::Path;

use infodyn_core::{Covariance, Factored, Mixture, Part, Sphere};
use rand::{RngExt, SeedableRng};
use rand_philox::Philox;
use sha2::{Digest, Sha256};

use crate::bounds;
use crate::dataset::{self, Data};
use crate::error::{Wrong, name_of, quoted};
use crate::fields::Fields;
use crate::labels::indexed;
use crate::node::Node;
use crate::{Error, Result};

/// A law read from a file, ready for use.
///
/// # Law files
/// TOML, or JSON when the name ends in `.json`; `kind` says which of these it is:
///
/// | kind | fields |
/// |---|---|
/// | `gaussian` | `mean`, `covariance` |
/// | `mixture` | `means`, `covariances` or `covariance`, optional `weights`, `labels` (whole numbers or names) |
/// | `atoms` | `points`, optional `weights`, `labels` (whole numbers or names) |
/// | `sphere` | `dim`, `radius`; read by [`AnyLaw::read`] alone |
/// | `tree` | `scales`, optional `axes` (`"orthogonal"`, `"line"`), `level` from 1, the coarsest |
/// | `patterns` | `count`, `dim`, `seed` |
/// | `dataset` | `path`, optional `key`, `header`, `labels`, `labels_key`, `labels_header`, `limit`, `scale`, `shift` |
///
/// A covariance is a number (isotropic), a list of `D` (diagonal), `D` rows of `D` (full), or a table of `factor`, `D`
/// rows of `R`, and `diagonal`, a number or a list of `D`: `F F^T + diag(d)`.
/// Paths are relative to the law file; the points of a data set are `x * scale + shift`.
///
/// Atoms that coincide are one atom with the sum of their weights, so that the entropy of the
/// component is that of `X_0`; they must then agree in their label.
#[derive(Debug, Clone, PartialEq)]
pub struct LawFile {
    /// `kind`, as the file says it.
    pub kind: String,
    /// The law.
    pub law: Mixture,
    /// The names of labels `0, 1, ..`, where the file gives labels.
    pub label_names: Option<Vec<String>>,
    /// One sentence on each thing that was read as something else than it may seem: the points and labels of the
    /// files of a data set, and atoms that coincide.
    pub notes: Vec<String>,
    /// SHA-256 of the law itself in hexadecimal: weights, means, covariances and labels with the
    /// data they were read from. How the file is written does not enter.
    pub sha256: String,
}

/// The uniform law on a sphere, read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct SphereFile {
    /// The law.
    pub law: Sphere,
    /// SHA-256 of the law itself in hexadecimal: dimension and radius.
    pub sha256: String,
}

/// A law of any kind: a mixture of Gaussians (all kinds but one), or a sphere.
#[derive(Debug, Clone, PartialEq)]
pub enum AnyLaw {
    /// Every kind but `sphere`.
    Mixture(LawFile),
    /// The kind `sphere`.
    Sphere(SphereFile),
}

const KINDS: &[(&str, &[&str])] = &[
    ("gaussian", &["mean", "covariance"]),
    ("mixture", &["weights", "labels", "means", "covariances", "covariance"]),
    ("atoms", &["points", "weights", "labels"]),
    ("sphere", &["dim", "radius"]),
    ("tree", &["scales", "axes", "level"]),
    ("patterns", &["count", "dim", "seed"]),
    ("dataset", dataset::FIELDS),
];

/// The most atoms that a tree or random patterns may have.
const MOST_ATOMS: u64 = 1 << 16;

impl LawFile {
    /// What would be read from a file of this law.
    #[must_use]
    pub fn of(law: Mixture, label_names: Option<Vec<String>>) -> Self {
        let kind = if law.components() == 1 && label_names.is_none() { "gaussian" } else { "mixture" };
        let sha256 = digest(&law);
        Self { kind: kind.into(), law, label_names, notes: vec![], sha256 }
    }

    /// Reads a law file and the data that it points to.
    ///
    /// # Errors
    /// [`Error`] in one line: the file, the field, what is there and what was expected; a `sphere` is no
    /// mixture.
    pub fn read(path: &Path) -> Result<Self> {
        match AnyLaw::read(path)? {
            AnyLaw::Mixture(file) => Ok(file),
            AnyLaw::Sphere(_) => {
                let expected = "a mixture or atoms: of a sphere there are `profile` and `critical`";
                Err(Wrong::new(quoted("sphere"), expected).at(&name_of(path), "kind"))
            }
        }
    }
}

impl AnyLaw {
    /// Reads a law file of any kind, and the data that it points to.
    ///
    /// # Errors
    /// [`Error`] in one line: the file, the field, what is there and what was expected.
    pub fn read(path: &Path) -> Result<Self> {
        let (kind, mut fields) = opened(path)?;
        let plain = match kind.as_str() {
            "gaussian" => gaussian(&mut fields)?,
            "mixture" => mixture(&mut fields)?,
            "atoms" => atoms(&mut fields)?,
            "tree" => tree(&mut fields)?,
            "patterns" => patterns(&mut fields)?,
            "dataset" => data(dataset::read(&mut fields, path.parent().unwrap_or(Path::new("")))?),
            _ => return Ok(Self::Sphere(sphere(&mut fields)?)),
        };
        Ok(Self::Mixture(plain.build(&fields, kind)?))
    }
}

impl AnyLaw {
    /// SHA-256 of the law, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        match self {
            Self::Mixture(file) => &file.sha256,
            Self::Sphere(file) => &file.sha256,
        }
    }
}

/// A file that is no text is likely to be the data themselves.
fn said(source: std::io::Error) -> std::io::Error {
    let why = "no text, expected TOML or JSON; a law file of data says kind = \"dataset\" and path = \"FILE\"";
    match source.kind() {
        std::io::ErrorKind::InvalidData => std::io::Error::other(why),
        _ => source,
    }
}

/// The kind that a law file says, and its fields, none of an unknown name.
pub(crate) fn opened(path: &Path) -> Result<(String, Fields)> {
    let file = name_of(path);
    let text = bounds::text(path).map_err(|source| Error::Read { file: file.clone(), source: said(source) })?;
    let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let mut fields = Fields::new(&file, Node::parse(&file, &text, json)?)?;
    let kinds: Vec<&str> = KINDS.iter().map(|k| k.0).collect();
    let expected = format!("one of {}", kinds.join(", "));
    let node = fields.need("kind", &expected)?;
    let kind = fields.text("kind", &node, &expected)?;
    let Some((_, known)) = KINDS.iter().find(|k| k.0 == kind) else {
        return Err(fields.wrong("kind", &quoted(&kind), &expected));
    };
    fields.only(known)?;
    Ok((kind, fields))
}

/// The points of a data set as they stand in its files, in their order: what the law of kind `dataset` puts atoms on.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    /// Dimension `D`.
    pub dim: usize,
    /// The points, `n x D`, row-major, finite.
    pub points: Vec<f64>,
    /// The label of each, where the file gives labels: a number of `label_names`.
    pub labels: Option<Vec<usize>>,
    /// The names of labels `0, 1, ..`.
    pub label_names: Option<Vec<String>>,
    /// How the files were read, one sentence each.
    pub notes: Vec<String>,
    /// SHA-256 of dimension, points and labels, in hexadecimal.
    pub sha256: String,
}

impl DataSet {
    /// Reads the data set that a law file of kind `dataset` describes. Points that coincide stay apart, and may have
    /// different labels.
    ///
    /// # Errors
    /// [`Error`] in one line: the file, the field, what is there and what was expected; a law file of another kind.
    pub fn read(path: &Path) -> Result<Self> {
        let (kind, mut fields) = opened(path)?;
        if kind != "dataset" {
            return Err(fields.wrong("kind", &quoted(&kind), "dataset: points to fit a law to"));
        }
        let Data { points, labels, notes } = dataset::read(&mut fields, path.parent().unwrap_or(Path::new("")))?;
        let (dim, points) = (points.first().map_or(0, Vec::len), points.concat());
        let (labels, label_names) = labels.map(|l| indexed(&l)).unzip();
        let mut hash = Sha256::new();
        hash.update(b"infodyn.dataset/1");
        hash.update((dim as u64).to_le_bytes());
        points.iter().for_each(|&x: &f64| hash.update((x + 0.0).to_le_bytes()));
        labels.iter().flatten().for_each(|&y: &usize| hash.update((y as u64).to_le_bytes()));
        Ok(Self { dim, points, labels, label_names, notes, sha256: hexadecimal(hash) })
    }
}

/// What every kind of file comes to.
#[derive(Debug, Default)]
struct Plain {
    weights: Vec<f64>,
    means: Vec<Vec<f64>>,
    covariances: Vec<Covariance>,
    labels: Option<(Vec<usize>, Vec<String>)>,
    notes: Vec<String>,
    /// The names of the file's fields for the core's `means` and `covariances`.
    names: [&'static str; 2],
}

impl Plain {
    fn of_atoms(weights: Vec<f64>, means: Vec<Vec<f64>>, field: &'static str) -> Self {
        let covariances = vec![Covariance::ZERO];
        Self { weights, means, covariances, names: [field, "covariances"], ..Self::default() }
    }

    fn build(mut self, fields: &Fields, kind: String) -> Result<LawFile> {
        let in_file = |error| fields.law_error(error, |part| place(part, self.names));
        let mut law = Mixture::new(&self.weights, &self.means, self.covariances.clone()).map_err(in_file)?;
        if let Some((labels, _)) = &self.labels {
            law = law.with_labels(labels.clone()).map_err(in_file)?;
        }
        if law.is_atomic() {
            let first = first_there(&law);
            let torn = |&(i, &f): &(usize, &usize)| self.labels.is_some() && law.labels()[i] != law.labels()[f];
            if let Some((i, f)) = first.iter().enumerate().find(torn) {
                let found = format!("points {f} and {i} coincide with different labels");
                return Err(fields.wrong(self.names[0], &found, "one label for each point of space"));
            }
            let read = law.components();
            law = merged(law, &first, self.labels.is_some()).map_err(in_file)?;
            if law.components() < read {
                self.notes
                    .push(format!("{read} points in {} places: those that coincide are one atom", law.components()));
            }
        }
        let sha256 = digest(&law);
        Ok(LawFile { kind, law, label_names: self.labels.map(|l| l.1), notes: self.notes, sha256 })
    }
}

/// Where the parts of a law stand in a file that has `means` and `covariances` under these names; a
/// single one has no index.
fn place(part: Part, [means, covariances]: [&str; 2]) -> String {
    let item = |field: &str, k: usize| match field {
        "mean" | "covariance" => field.into(),
        list => format!("{list}[{k}]"),
    };
    match part {
        Part::Weight(k) => item("weights", k),
        Part::Means => means.into(),
        Part::Mean(k) => item(means, k),
        Part::Covariances => covariances.into(),
        Part::Covariance(k) => item(covariances, k),
        other => other.to_string(),
    }
}

fn gaussian(fields: &mut Fields) -> Result<Plain> {
    let node = fields.need("mean", "a list of D numbers")?;
    let mean = fields.numbers("mean", &node)?;
    let node = fields.need("covariance", COVARIANCE)?;
    let mut notes = vec![];
    let covariances = vec![covariance(fields, "covariance", &node, &mut notes)?];
    Ok(Plain { means: vec![mean], covariances, notes, names: ["mean", "covariance"], ..Plain::default() })
}

fn mixture(fields: &mut Fields) -> Result<Plain> {
    let node = fields.need("means", "K rows of D numbers")?;
    let means = fields.rows("means", &node)?;
    let mut notes = vec![];
    let weights = weights(fields, means.len(), &mut notes)?;
    let labels = fields.take("labels").map(|node| listed_labels(fields, &node, means.len())).transpose()?;
    let (covariances, name) = match (fields.take("covariances"), fields.take("covariance")) {
        (Some(_), Some(_)) => return Err(fields.wrong("covariance", "given beside covariances", "one of the two")),
        (None, None) => return Err(fields.wrong("covariances", "missing", "K covariances, or one `covariance`")),
        (None, Some(node)) => (vec![covariance(fields, "covariance", &node, &mut notes)?], "covariance"),
        (Some(Node::List(list)), None) => {
            // One entry for several components is a mistake here: the field for that is `covariance`.
            if list.len() != means.len() {
                let found = format!("{} entries", list.len());
                return Err(fields.wrong("covariances", &found, &means.len().to_string()));
            }
            let each = list.iter().enumerate();
            let each = each.map(|(i, n)| covariance(fields, &format!("covariances[{i}]"), n, &mut notes));
            (each.collect::<Result<Vec<_>>>()?, "covariances")
        }
        (Some(other), None) => {
            return Err(fields.wrong("covariances", &other.describe(), "a list of K covariances"));
        }
    };
    Ok(Plain { weights, means, covariances, labels, notes, names: ["means", name] })
}

const COVARIANCE: &str = "a number, a list of D, D rows of D, or a table of factor and diagonal";

/// `F F^T + diag(d)`.
fn factored(fields: &Fields, field: &str, node: &Node) -> Result<Covariance> {
    let mut own = Fields::new(&fields.file, node.clone())?;
    own.only(&["factor", "diagonal"])?;
    let mut need = |name: &str, expected: &str| {
        let found = own.take(name);
        found.ok_or_else(|| fields.wrong(&format!("{field}.{name}"), "missing", expected))
    };
    let (place, of_diagonal) = (format!("{field}.factor"), format!("{field}.diagonal"));
    let factor = fields.rows(&place, &need("factor", "D rows of R numbers")?)?;
    let diagonal = match need("diagonal", "a number, or a list of D")? {
        node @ Node::List(_) => fields.numbers(&of_diagonal, &node)?,
        node => vec![fields.number(&of_diagonal, &node)?],
    };
    let rank = factor.first().map_or(0, Vec::len);
    if rank == 0 {
        return Err(fields.wrong(&place, "no number", "D rows of R numbers, R from 1"));
    }
    if let Some((i, row)) = factor.iter().enumerate().find(|(_, row)| row.len() != rank) {
        return Err(fields.wrong(&format!("{place}[{i}]"), &format!("{} entries", row.len()), &rank.to_string()));
    }
    if diagonal.len() != 1 && diagonal.len() != factor.len() {
        let found = format!("{} entries", diagonal.len());
        return Err(fields.wrong(&of_diagonal, &found, &format!("a number, or {} entries", factor.len())));
    }
    if let Some((i, d)) = diagonal.iter().enumerate().find(|(_, d)| **d < 0.0) {
        let place = if diagonal.len() == 1 { of_diagonal } else { format!("{of_diagonal}[{i}]") };
        return Err(fields.wrong(&place, &d.to_string(), "a number from 0"));
    }
    Covariance::factored(Factored { diagonal, factor }).map_err(|error| fields.law_error(error, |_| field.into()))
}

fn covariance(fields: &Fields, field: &str, node: &Node, notes: &mut Vec<String>) -> Result<Covariance> {
    let law = match node {
        Node::List(list) if matches!(list.first(), Some(Node::List(_))) => {
            let rows = fields.rows(field, node)?;
            let law = Covariance::full(&rows);
            let mirrored = (0..rows.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
            if let Some((i, j)) = mirrored.filter(|_| law.is_ok()).find(|&(i, j)| rows[i][j] != rows[j][i]) {
                let differ = format!("{field}: entries ({i}, {j}) and ({j}, {i}) differ by rounding");
                notes.push(format!("{differ}, so the mean of each such pair is taken"));
            }
            law
        }
        Node::Table(_) => return factored(fields, field, node),
        Node::List(_) => Covariance::diagonal(&fields.numbers(field, node)?),
        Node::Whole(_) | Node::Number(_) => Covariance::isotropic(fields.number(field, node)?),
        _ => return Err(fields.wrong(field, &node.describe(), COVARIANCE)),
    };
    law.map_err(|error| {
        fields.law_error(error, |part| if let Part::Row(i) = part { format!("{field}[{i}]") } else { field.into() })
    })
}

/// Optional weights; a list that is there has `count` of them.
fn weights(fields: &mut Fields, count: usize, notes: &mut Vec<String>) -> Result<Vec<f64>> {
    let Some(node) = fields.take("weights") else {
        return Ok(vec![]);
    };
    let weights = fields.numbers("weights", &node)?;
    if weights.len() != count {
        return Err(fields.wrong("weights", &format!("{} entries", weights.len()), &count.to_string()));
    }
    if let Some(k) = weights.iter().position(|&w| w == 0.0) {
        return Err(fields.wrong(&format!("weights[{k}]"), "0", "a positive number: leave out what has no weight"));
    }
    let sum: f64 = weights.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        notes.push(format!("weights: they sum to {sum}, so each is divided by the sum"));
    }
    Ok(weights)
}

fn atoms(fields: &mut Fields) -> Result<Plain> {
    let node = fields.need("points", "K rows of D numbers")?;
    let points = fields.rows("points", &node)?;
    let mut notes = vec![];
    let weights = weights(fields, points.len(), &mut notes)?;
    let labels = fields.take("labels").map(|node| listed_labels(fields, &node, points.len())).transpose()?;
    Ok(Plain { labels, notes, ..Plain::of_atoms(weights, points, "points") })
}

fn listed_labels(fields: &Fields, node: &Node, count: usize) -> Result<(Vec<usize>, Vec<String>)> {
    let expected = format!("a list of {count} whole numbers, or of {count} names");
    let Node::List(list) = node else {
        return Err(fields.wrong("labels", &node.describe(), &expected));
    };
    if list.len() != count {
        return Err(fields.wrong("labels", &format!("{} entries", list.len()), &count.to_string()));
    }
    let whole = matches!(list.first(), Some(Node::Whole(_)));
    let expected = if whole { "a whole number, as the first" } else { "a name, as the first" };
    let texts: Result<Vec<String>> = list
        .iter()
        .enumerate()
        .map(|(i, n)| match n {
            Node::Whole(v) if whole => Ok(v.to_string()),
            Node::Text(s) if !whole && !s.is_empty() => Ok(s.clone()),
            _ => {
                let expected = if i == 0 { "a whole number or a name" } else { expected };
                Err(fields.wrong(&format!("labels[{i}]"), &n.describe(), expected))
            }
        })
        .collect();
    Ok(indexed(&texts?))
}

fn sphere(fields: &mut Fields) -> Result<SphereFile> {
    let expected = format!("a whole number from 2 to {MOST_ATOMS}");
    let node = fields.need("dim", &expected)?;
    let dim = fields.count("dim", &node, 2, MOST_ATOMS)? as usize;
    let node = fields.need("radius", "a positive number")?;
    let radius = fields.number("radius", &node)?;
    let law = Sphere::new(dim, radius).map_err(|error| fields.law_error(error, |part| part.to_string()))?;
    let mut hash = Sha256::new();
    hash.update(b"infodyn.sphere/1");
    hash.update((dim as u64).to_le_bytes());
    hash.update(radius.to_le_bytes());
    Ok(SphereFile { law, sha256: hexadecimal(hash) })
}

/// Atoms `+-s_1 +-s_2 ...`, the first sign slowest.
fn tree(fields: &mut Fields) -> Result<Plain> {
    let node = fields.need("scales", "a list of positive numbers, coarsest first")?;
    let scales = fields.numbers("scales", &node)?;
    let deepest = u64::from(MOST_ATOMS.ilog2());
    let depth = scales.len() as u64;
    if depth == 0 || depth > deepest {
        return Err(fields.wrong("scales", &format!("{depth} entries"), &format!("1 to {deepest}")));
    }
    if let Some(i) = scales.iter().position(|&s| s <= 0.0) {
        return Err(fields.wrong(&format!("scales[{i}]"), &scales[i].to_string(), "a positive number"));
    }
    let one_axis = match fields.take("axes") {
        None => false,
        Some(node) => match fields.text("axes", &node, "\"orthogonal\" or \"line\"")?.as_str() {
            "orthogonal" => false,
            "line" => true,
            other => return Err(fields.wrong("axes", &quoted(other), "\"orthogonal\" or \"line\"")),
        },
    };
    let level = match fields.take("level") {
        None => depth,
        Some(node) => fields.count("level", &node, 1, depth)?,
    };
    let depth = scales.len();
    let sign = |atom: usize, i: usize| if atom >> (depth - 1 - i) & 1 == 0 { 1.0 } else { -1.0 };
    let points = (0..1_usize << depth).map(|atom| {
        let steps = scales.iter().enumerate().map(|(i, s)| sign(atom, i) * s);
        if one_axis { vec![steps.sum()] } else { steps.collect() }
    });
    let plain = Plain::of_atoms(vec![], points.collect(), "scales");
    if level as usize == depth {
        return Ok(plain);
    }
    let labels = (0..1_usize << depth).map(|atom| atom >> (depth - level as usize)).collect();
    let signs = |y: usize| (0..level).map(|i| if y >> (level - 1 - i) & 1 == 0 { '+' } else { '-' }).collect();
    Ok(Plain { labels: Some((labels, (0..1 << level).map(signs).collect())), ..plain })
}

/// Random `+-1` atoms, reproducible elsewhere: entry `i` of the row-major list is `+1` when the top bit of word `i` of
/// Philox4x32-10 (Salmon et al. 2011) is set, else `-1`. Word `i` is word `i mod 4` of the block at count `c + i / 4`.
/// Key and first counter `c`, six 32-bit words with the lowest first, two for the key, are the first six outputs of
/// PCG32 (O'Neill 2014, XSH-RR) from state `seed`: `s <- 6364136223846793005 s + 11634580027462260723 mod 2^64`, then
/// `((s >> 18 ^ s) >> 27)`, its low 32 bits rotated right by `s >> 59`.
fn patterns(fields: &mut Fields) -> Result<Plain> {
    let mut whole = |field: &str, low: u64, high: u64| {
        let node = fields.need(field, &format!("a whole number from {low} to {high}"))?;
        fields.count(field, &node, low, high)
    };
    let count = whole("count", 1, MOST_ATOMS)?;
    let dim = whole("dim", 1, MOST_ATOMS)?;
    let seed = whole("seed", 0, i64::MAX as u64)?;
    if count * dim > 1 << 26 {
        return Err(fields.wrong("dim", &dim.to_string(), "count times dim at most 2^26"));
    }
    let mut rng = Philox::seed_from_u64(seed);
    let mut spin = || if rng.random::<bool>() { 1.0 } else { -1.0 };
    let points = (0..count).map(|_| (0..dim).map(|_| spin()).collect()).collect();
    Ok(Plain::of_atoms(vec![], points, "count"))
}

fn data(Data { points, labels, notes }: Data) -> Plain {
    Plain { labels: labels.map(|l| indexed(&l)), notes, ..Plain::of_atoms(vec![], points, "path") }
}

/// For each atom the first one, in the order of the file, that stands in the same place.
fn first_there(law: &Mixture) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..law.components()).collect();
    sorted.sort_unstable_by(|&i, &j| {
        let differ = law.mean(i).iter().zip(law.mean(j)).find(|(a, b)| a != b);
        differ.map_or(i.cmp(&j), |(a, b)| a.total_cmp(b))
    });
    let mut first: Vec<usize> = (0..law.components()).collect();
    for pair in sorted.windows(2) {
        if law.mean(pair[0]) == law.mean(pair[1]) {
            first[pair[1]] = first[pair[0]];
        }
    }
    first
}

/// The same atoms, those that coincide made one; they agree in their label if there are labels.
fn merged(law: Mixture, first: &[usize], labelled: bool) -> infodyn_core::Result<Mixture> {
    let kept: Vec<usize> = (0..law.components()).filter(|&i| first[i] == i).collect();
    if kept.len() == law.components() {
        return Ok(law);
    }
    let mut sums = vec![0.0; law.components()];
    for (w, &f) in law.weights().iter().zip(first) {
        sums[f] += w;
    }
    let weights: Vec<f64> = kept.iter().map(|&i| sums[i]).collect();
    let points: Vec<Vec<f64>> = kept.iter().map(|&i| law.mean(i).to_vec()).collect();
    let atoms = Mixture::atoms(&weights, &points)?;
    if labelled { atoms.with_labels(kept.iter().map(|&i| law.labels()[i]).collect()) } else { Ok(atoms) }
}

/// SHA-256 of a law, in hexadecimal, the same on every machine.
fn digest(law: &Mixture) -> String {
    let mut hash = Sha256::new();
    hash.update(b"infodyn.law/1");
    let mut whole = |n: usize| hash.update((n as u64).to_le_bytes());
    whole(law.dim());
    whole(law.components());
    law.labels().iter().for_each(|&y| whole(y));
    let mut number = |x: f64| hash.update((x + 0.0).to_le_bytes()); // -0 is 0
    law.weights().iter().chain(law.means()).for_each(|&x| number(x));
    let shared = law.shared_covariance().is_some();
    for k in 0..if shared { 1 } else { law.components() } {
        let covariance = law.covariance(k);
        if covariance.axes().is_some() {
            covariance.matrix(law.dim()).iter().for_each(|&x| number(x));
        } else {
            (0..law.dim()).for_each(|i| number(covariance.eigenvalue(i)));
        }
    }
    hexadecimal(hash)
}

pub(crate) fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
