//! The texts of flags and files, as what the search takes.

use std::ops::RangeInclusive;
use std::path::Path;

use infodyn_core::{NoiseProcess, share};
use infodyn_data::AnyLaw;
use infodyn_search::{Domain, Edit, Family, Hypothesis, Judges, Said};
use infodyn_statement::Statement;

use super::{Judgement, Judgements};

/// Families of laws where none are named.
pub const LAWS: &str = "all";
/// Processes where none are named.
pub const PROCESS: &str = "all";
/// Dimensions where none are asked for: in three, integrals take seconds a level.
pub const DIM: &str = "1..2";
/// Numbers of components where none are asked for.
pub const COMPONENTS: &str = "2..4";

/// Names of processes that `all` stands for: every process that differs from the others in its levels or clocks.
const PROCESSES: [&str; 9] =
    ["ve", "edm", "ou", "vp-linear", "vp-scaled-linear", "vp-cosine", "sub-vp", "flow", "localization"];

/// Where a statement is tried, from the texts of `--laws`, `--process`, `--dim`, `--components` and `--given`.
///
/// # Errors
/// One line: the flag, what stands there and what was expected.
pub fn domain(laws: &str, process: &str, dim: &str, components: &str, given: Option<&str>) -> Result<Domain, String> {
    let mut families = Vec::new();
    for name in laws.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match name.split_once(':') {
            Some(("file" | "dataset", path)) => {
                let file = AnyLaw::read(Path::new(path)).map_err(|e| format!("--laws: {e}"))?;
                share::about(name, file.sha256());
                let AnyLaw::Mixture(file) = file else {
                    return Err(format!("--laws: {path}: a sphere, expected a mixture, atoms or a data set"));
                };
                families.push(Family::Given { name: name.to_owned(), law: file.law });
            }
            _ if name == "all" => families.extend(Family::RANDOM),
            _ => families.push(name.parse().map_err(|e| format!("--laws: {e}, file:F or dataset:F"))?),
        }
    }
    let mut processes: Vec<NoiseProcess> = Vec::new();
    for name in pieces(process) {
        let names = if name == "all" { PROCESSES.to_vec() } else { vec![name] };
        for name in names {
            processes.push(name.parse().map_err(|e| format!("--process: {e}"))?);
        }
    }
    let (dim, components) = (range("--dim", dim)?, range("--components", components)?);
    let mut domain =
        Domain::new(families, processes, dim, components).map_err(|e| format!("the domain is empty: {e}"))?;
    for name in given.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let found = Hypothesis::ALL.into_iter().find(|hypothesis| hypothesis.word() == name).ok_or_else(|| {
            let words = Hypothesis::ALL.map(Hypothesis::word).join(", ");
            format!("--given: {name:?}, expected one of {words}")
        })?;
        domain = domain.with(found);
    }
    Ok(domain)
}

/// A list of processes, whose parameters have commas of their own: a name begins with a letter and has no `=`.
fn pieces(list: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (i, _) in list.match_indices(',') {
        let next = &list[i + 1..];
        if !next.split([',', ':']).next().unwrap_or_default().contains('=') {
            found.push(&list[start..i]);
            start = i + 1;
        }
    }
    found.push(&list[start..]);
    found.into_iter().map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// `2`, or `1..3`, both ends included.
fn range(flag: &str, text: &str) -> Result<RangeInclusive<usize>, String> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let read = |part: &str| part.trim().trim_start_matches('=').parse::<usize>();
    match (read(low), read(high)) {
        (Ok(low), Ok(high)) => Ok(low..=high),
        _ => Err(format!("{flag}: {text:?}, expected a number such as 2 or a range such as 1..3")),
    }
}

/// The statement of a text under the hypothesis of another.
///
/// # Errors
/// One line with the column of what is wrong.
pub fn judgement(statement: &str, hypothesis: Option<&str>) -> Result<Judgement, String> {
    let read = |text: &str| Statement::parse(text);
    let hypothesis = hypothesis.map(read).transpose().map_err(|e| format!("--where: {e}"))?;
    Ok(Judgement::new(read(statement).map_err(|e| e.to_string())?, hypothesis))
}

/// The language of statements, for those that search.
#[derive(Debug, Clone, Copy, Default)]
pub struct Language;

impl infodyn_search::Language for Language {
    fn judges(&self, said: &[Said<'_>]) -> Result<Box<dyn Judges>, String> {
        let all = said.iter().map(|(statement, hypothesis)| judgement(statement, *hypothesis));
        Ok(Box::new(Judgements(all.collect::<Result<_, _>>()?)))
    }

    fn edits(&self, (statement, hypothesis): Said<'_>) -> Result<Vec<Edit>, String> {
        let whole = judgement(statement, hypothesis)?;
        let edit = |edit: infodyn_statement::Edit| Edit {
            label: edit.what,
            statement: edit.statement.to_string(),
            judge: Box::new(Judgement::new(edit.statement, whole.hypothesis().cloned())),
        };
        Ok(whole.statement().edits().into_iter().map(edit).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_processes_keep_their_parameters() {
        assert_eq!(pieces("ve, vp-linear:b0=0.1,b1=20,flow:shift=3"), ["ve", "vp-linear:b0=0.1,b1=20", "flow:shift=3"]);
        assert_eq!(range("--dim", "1..3"), Ok(1..=3));
        assert!(range("--dim", "one").is_err_and(|e| e.starts_with("--dim: \"one\"")));
        assert!(domain("", "ve", "1", "2", None).is_err_and(|e| e.starts_with("the domain is empty")));
        assert!(domain("gaussain", "ve", "1", "2", None).is_err_and(|e| e.contains("gaussain")));
        let given = |words| domain("all", "ve", "1", "2", Some(words)).map(|d| d.hypotheses().to_vec());
        assert_eq!(given("atoms, equal-weights"), Ok(vec![Hypothesis::Atoms, Hypothesis::EqualWeights]));
        assert!(given("atom").is_err_and(|e| e.starts_with("--given: \"atom\", expected one of equal-weights")));
    }
}
