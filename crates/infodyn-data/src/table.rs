//! Points and labels of `.csv` files, and whether the first row is a header.
//!
//! Messages count rows and columns from 1, the header included and blank lines left out.

use std::io::Read;

use crate::bounds::{Rows, room};
use crate::error::{Fault, Wrong, quoted};
use crate::labels::{Labelled, Labels, few_enough};

/// The rows, each held by itself.
fn records(bytes: impl Read) -> impl Iterator<Item = csv::Result<csv::StringRecord>> {
    let (bytes, seen) = Rows::of(bytes);
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(bytes);
    reader.into_records().inspect(move |_| seen.set(0))
}

fn bad_csv(e: &csv::Error) -> Wrong {
    Wrong::new(format!("not a .csv file ({e})"), "comma-separated numbers")
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok()
}

/// A text that can only be the name of a column: no number, nothing that begins as one, and no word for a missing one.
fn is_name(cell: &str) -> bool {
    const MISSING: [&str; 5] = ["na", "n/a", "null", "none", "missing"];
    !is_number(cell)
        && !cell.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && cell.contains(char::is_alphabetic)
        && !MISSING.contains(&cell.to_ascii_lowercase().as_str())
}

/// A whole number as a column may be called: digits alone.
fn is_digits(cell: &str) -> bool {
    !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit())
}

/// A text that is no number and stands nowhere else among the labels.
fn alone<'a>(first: &'a str, others: &'a [String]) -> bool {
    !is_number(first) && !others.is_empty() && others.iter().all(|l| l != first)
}

/// Whether each text stands there more than once.
fn all_recur(labels: &[String]) -> bool {
    let mut sorted: Vec<&String> = labels.iter().collect();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).all(|same| same.len() > 1)
}

/// Points, the labels of one column, and whether the first row was a header.
///
/// Without `header`, the first row is one when `labels` names a column, or when all its cells (the labels' aside) are
/// names. A first row of numbers is refused where they may be names of columns: all written in digits alone and
/// distinct, with no label that recurs, and 0, 1, ..., `D - 1`, or unlike any other row, or beside a name while all
/// other labels recur; so is one whose label is no number while all others are.
pub(crate) fn points(
    bytes: impl Read,
    header: Option<bool>,
    labels: Option<&Labels>,
) -> Result<(Labelled, bool), Fault> {
    let mut records = records(bytes).map(|r| r.map_err(|e| Fault::of_points(bad_csv(&e))));
    let empty = || Fault::of_points(Wrong::new("no data", "at least one row of at least one number"));
    let first = records.next().ok_or_else(empty)??;
    let width = first.len();
    let column = labels.map(|l| label_column(&first, header, l)).transpose().map_err(Fault::of_labels)?;
    let dim = width - usize::from(column.is_some());
    if dim == 0 {
        return Err(empty());
    }
    let coordinates = |record: &csv::StringRecord| {
        let cells = record.iter().enumerate().filter(|(j, _)| Some(*j) != column);
        cells.map(|c| c.1.to_owned()).collect::<Vec<_>>()
    };
    let heads = coordinates(&first);
    let named = matches!(labels, Some(Labels::Name(_)));
    let found = header.unwrap_or(named || heads.iter().all(|cell| is_name(cell)));
    let digits = heads.iter().all(|cell| is_digits(cell)) && (1..dim).all(|j| !heads[..j].contains(&heads[j]));

    let (mut points, mut names, mut others_too) = (Vec::new(), Vec::new(), false);
    let start = usize::from(found);
    for (i, record) in std::iter::once(Ok(first)).chain(records).enumerate().skip(start) {
        let (record, row) = (record?, i + 1);
        if record.len() != width {
            let wrong = Wrong::new(format!("row {row}: {} cells", record.len()), format!("{width} cells"));
            return Err(Fault::of_points(wrong));
        }
        if digits && i > 0 && !others_too {
            others_too = coordinates(&record).iter().all(|cell| is_digits(cell));
        }
        let mut point = Vec::with_capacity(dim);
        for (j, cell) in record.iter().enumerate() {
            let at = || format!("row {row}, column {}: {}", j + 1, quoted(cell));
            if Some(j) == column {
                if cell.is_empty() {
                    return Err(Fault::of_labels(Wrong::new(at(), "a label")));
                }
                names.push(cell.to_owned());
                continue;
            }
            let expected =
                if i == 0 && header.is_none() { "a finite number, or header = true" } else { "a finite number" };
            let finite = cell.parse::<f64>().ok().filter(|x| x.is_finite());
            point.push(finite.ok_or_else(|| Fault::of_points(Wrong::new(at(), expected)))?);
        }
        points.push(point);
        few_enough(points.len(), dim).map_err(Fault::of_points)?;
        if points.len().is_power_of_two() {
            room(2 * points.len(), dim, 0).map_err(Fault::of_points)?;
        }
    }
    if points.is_empty() {
        return Err(empty());
    }
    if header.is_none() && !found && points.len() > 1 {
        let (label, others) = names.split_first().map_or(("", &[][..]), |(l, others)| (l.as_str(), others));
        let lone = alone(label, others);
        let counted = heads.iter().enumerate().all(|(j, cell)| *cell == j.to_string());
        let like_names = digits && !others.iter().any(|l| l == label);
        if like_names && (counted || !others_too || lone && all_recur(others))
            || lone && others.iter().all(|l| is_number(l))
        {
            let shown = heads.iter().take(4).map(|cell| quoted(cell)).collect::<Vec<_>>().join(", ");
            let found = format!("row 1: {shown} may be a point or the names of columns");
            return Err(Fault::of_points(Wrong::new(found, "header = true or header = false")));
        }
    }
    Ok(((points, column.map(|_| names)), found))
}

/// The column of the labels.
fn label_column(first: &csv::StringRecord, header: Option<bool>, labels: &Labels) -> Result<usize, Wrong> {
    match labels {
        Labels::Column(c) if *c < first.len() => Ok(*c),
        Labels::Column(c) => Err(Wrong::new(format!("column {c}"), format!("a column below {}", first.len()))),
        Labels::Name(name) | Labels::File(name) => {
            if header == Some(false) {
                return Err(Wrong::new(quoted(name), "the number of a column: with header = false they have no names"));
            }
            let all: Vec<usize> = (0..first.len()).filter(|&j| &first[j] == name).collect();
            let shown: Vec<String> = first.iter().take(20).map(quoted).collect();
            match all[..] {
                [c] => Ok(c),
                [] => Err(Wrong::new(quoted(name), format!("a file or one of the columns {}", shown.join(", ")))),
                _ => {
                    Err(Wrong::new(format!("{} columns {}", all.len(), quoted(name)), "one, or the number of a column"))
                }
            }
        }
    }
}

/// The labels of `count` points from a file of one column, and whether its first row was a header.
///
/// Without `header`, the first row is one when there is one row too many and it is alone: no number, and found in no
/// other row. A first row that is alone among as many rows as points is refused.
pub(crate) fn labels(bytes: impl Read, header: Option<bool>, count: usize) -> Result<(Vec<String>, bool), Wrong> {
    let mut labels = Vec::new();
    for (i, record) in records(bytes).enumerate() {
        let record = record.map_err(|e| bad_csv(&e))?;
        match record.get(0) {
            Some(cell) if record.len() == 1 && !cell.is_empty() => labels.push(cell.to_owned()),
            _ => return Err(Wrong::new(format!("row {}: {} cells", i + 1, record.len()), "one label a row")),
        }
    }
    let Some((first, others)) = labels.split_first() else {
        return Err(Wrong::new("no labels", "one label a row"));
    };
    let lone = alone(first, others);
    if header.is_none() && lone && labels.len() == count {
        let found = format!("row 1: {} stands nowhere else: a label or the name of the column", quoted(first));
        return Err(Wrong::new(found, "labels_header = true or labels_header = false"));
    }
    let found = header.unwrap_or(lone && labels.len() == count + 1);
    if found {
        labels.remove(0);
    }
    Ok((labels, found))
}
