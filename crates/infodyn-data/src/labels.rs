//! Labels are texts: distinct texts are distinct labels.

use std::cmp::Ordering;

use crate::error::Wrong;

/// Points, `n` rows of `D`, and labels as text where they stand in the same file.
pub(crate) type Labelled = (Vec<Vec<f64>>, Option<Vec<String>>);

/// The points that were asked for, with their labels where these stand in the same file, and how many points there are.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) points: Vec<Vec<f64>>,
    pub(crate) labels: Option<Vec<String>>,
    pub(crate) total: usize,
}

/// Coordinates of a data set: 2 GiB as doubles, of which a law holds one copy and makes another.
const MOST: usize = 1 << 28;

/// Whether so many points of so many coordinates are held in memory.
pub(crate) fn few_enough(points: usize, dim: usize) -> Result<(), Wrong> {
    match points.checked_mul(dim) {
        Some(numbers) if numbers <= MOST => Ok(()),
        _ => Err(Wrong::new(
            format!("{points} points in dimension {dim}"),
            format!("at most {MOST} numbers, or so many within a smaller limit"),
        )),
    }
}

/// Where the labels of a data set stand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Labels {
    /// A file of their own, relative to the law file.
    File(String),
    /// A column of the CSV file, or an array of the npz file, by name.
    Name(String),
    /// A column of the CSV file or of the array, from 0.
    Column(usize),
}

/// Distinct labels in order, and the index in that list of each label given. The order is by value when
/// all are whole numbers or all are numbers, and by text between equal values and for names.
pub(crate) fn indexed(labels: &[String]) -> (Vec<usize>, Vec<String>) {
    let wholes: Option<Vec<i128>> = labels.iter().map(|l| l.parse().ok()).collect();
    let numbers: Option<Vec<f64>> = labels.iter().map(|l| l.parse().ok().filter(|x: &f64| x.is_finite())).collect();
    let by_value = |i: usize, j: usize| match (&wholes, &numbers) {
        (Some(v), _) => v[i].cmp(&v[j]),
        (None, Some(v)) => v[i].total_cmp(&v[j]),
        (None, None) => Ordering::Equal,
    };
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|&i, &j| by_value(i, j).then_with(|| labels[i].cmp(&labels[j])));
    let mut names: Vec<String> = Vec::new();
    let mut indices = vec![0; labels.len()];
    for i in order {
        if names.last() != Some(&labels[i]) {
            names.push(labels[i].clone());
        }
        indices[i] = names.len() - 1;
    }
    (indices, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[&str]) -> (Vec<usize>, String) {
        let (indices, names) = indexed(&labels.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        (indices, names.join(" "))
    }

    #[test]
    fn labels_are_ordered_by_value_or_text_without_gaps() {
        assert_eq!(of(&["10", "9", "10", "-1"]), (vec![2, 1, 2, 0], "-1 9 10".into()));
        assert_eq!(of(&["10.0", "9.5", "10.0"]), (vec![1, 0, 1], "9.5 10.0".into()));
        assert_eq!(of(&["b", "a", "b"]), (vec![1, 0, 1], "a b".into()));
    }

    #[test]
    fn distinct_texts_are_distinct_labels() {
        assert_eq!(of(&["01234", "1234", "1e1", "10"]).0, [2, 3, 1, 0]);
        assert_eq!(of(&["007", "7", "10"]), (vec![0, 1, 2], "007 7 10".into()));
        assert_eq!(of(&["9007199254740993", "9007199254740992"]).0, [1, 0]);
        assert_eq!(of(&["18446744073709551615", "-9223372036854775808", "18446744073709551614"]).0, [2, 0, 1]);
        assert_eq!(of(&["nan", "NaN", "inf"]).1, "NaN inf nan");
    }
}
