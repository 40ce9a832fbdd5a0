//! Labels as they are written, made indices.

/// Distinct labels in order (by value when all are numbers, else by text), and the index in that
/// list of each label given.
pub(crate) fn indexed(labels: &[String]) -> (Vec<usize>, Vec<String>) {
    let values: Option<Vec<f64>> = labels.iter().map(|l| l.parse().ok()).collect();
    let mut order: Vec<usize> = (0..labels.len()).collect();
    match &values {
        Some(v) => order.sort_by(|&i, &j| v[i].total_cmp(&v[j])),
        None => order.sort_by(|&i, &j| labels[i].cmp(&labels[j])),
    }
    let same = |i: usize, j: usize| values.as_ref().map_or(labels[i] == labels[j], |v| v[i] == v[j]);
    let mut names: Vec<String> = Vec::new();
    let mut indices = vec![0; labels.len()];
    let mut last = None;
    for i in order {
        if last.is_none_or(|j| !same(i, j)) {
            names.push(labels[i].clone());
        }
        indices[i] = names.len() - 1;
        last = Some(i);
    }
    (indices, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[&str]) -> (Vec<usize>, Vec<String>) {
        indexed(&labels.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn labels_are_ordered_by_value_or_text_without_gaps() {
        let (indices, names) = of(&["10", "9", "10", "-1"]);
        assert_eq!((indices, names.join(" ")), (vec![2, 1, 2, 0], "-1 9 10".into()));
        let (indices, names) = of(&["b", "a", "b"]);
        assert_eq!((indices, names.join(" ")), (vec![1, 0, 1], "a b".into()));
    }
}
