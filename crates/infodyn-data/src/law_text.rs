//! Mixtures as the text of a law file.

use std::fmt::Write;

use infodyn_core::{Covariance, Factored, Mixture};

/// A law file that reads back as the same law, bit for bit: kind `gaussian` or `mixture`, in JSON or in TOML.
/// `comments` are lines at its head, which JSON has no place for.
///
/// # Examples
/// ```
/// use infodyn_core::{Covariance, Mixture};
///
/// let law = Mixture::new(&[], &[vec![0.5]], vec![Covariance::isotropic(2.0)?])?;
/// let text = infodyn_data::law_text(&law, None, &["one line".into()], false);
/// assert_eq!(text, "# one line\nkind = \"gaussian\"\nmean = [0.5]\ncovariance = 2.0\n");
/// # Ok::<(), infodyn_core::Error>(())
/// ```
#[must_use]
pub fn law_text(law: &Mixture, label_names: Option<&[String]>, comments: &[String], json: bool) -> String {
    let dim = law.dim();
    let each = |k: usize| covariance(law.covariance(k), dim, json);
    let mut fields: Vec<(&str, String)> = Vec::new();
    if law.components() == 1 && label_names.is_none() {
        fields.push(("kind", quoted("gaussian", json)));
        fields.push(("mean", numbers(law.mean(0))));
        fields.push(("covariance", each(0)));
    } else {
        fields.push(("kind", quoted("mixture", json)));
        fields.push(("weights", numbers(law.weights())));
        if let Some(names) = label_names {
            let named: Vec<String> =
                law.labels().iter().map(|&y| quoted(names.get(y).map_or("", String::as_str), json)).collect();
            fields.push(("labels", format!("[{}]", named.join(", "))));
        }
        fields.push(("means", list((0..law.components()).map(|k| numbers(law.mean(k))))));
        match law.shared_covariance() {
            Some(_) => fields.push(("covariance", each(0))),
            None => fields.push(("covariances", list((0..law.components()).map(each)))),
        }
    }
    if json {
        let lines: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        return format!("{{\n{}\n}}\n", lines.join(",\n"));
    }
    let mut text = String::new();
    for comment in comments {
        let _ = writeln!(text, "# {}", crate::error::one_line(comment));
    }
    for (name, value) in fields {
        let _ = writeln!(text, "{name} = {value}");
    }
    text
}

/// A number, a list of `D`, a factor with its diagonal, or `D` rows.
fn covariance(matrix: &Covariance, dim: usize, json: bool) -> String {
    if let Some(Factored { diagonal, factor }) = matrix.parts() {
        let diagonal = match diagonal[..] {
            [one] => format!("{:?}", one + 0.0),
            _ => numbers(diagonal),
        };
        let factor = list(factor.iter().map(|row| numbers(row)));
        let name = |name: &str| if json { format!("\"{name}\":") } else { format!("{name} =") };
        return format!("{{ {} {diagonal}, {} {factor} }}", name("diagonal"), name("factor"));
    }
    match (matrix.as_isotropic(), matrix.axes()) {
        (Some(q), _) => format!("{q:?}"),
        (None, None) => numbers(&(0..dim).map(|i| matrix.eigenvalue(i)).collect::<Vec<_>>()),
        (None, Some(_)) => {
            let full = matrix.matrix(dim);
            list(full.column_iter().map(|c| numbers(&c.iter().copied().collect::<Vec<_>>())))
        }
    }
}

/// Numbers that read back as the same bits.
fn numbers(values: &[f64]) -> String {
    let digits: Vec<String> = values.iter().map(|x| format!("{:?}", x + 0.0)).collect();
    format!("[{}]", digits.join(", "))
}

/// One line an entry.
fn list(entries: impl Iterator<Item = String>) -> String {
    let entries: Vec<String> = entries.collect();
    format!("[\n{}\n]", entries.join(",\n"))
}

fn quoted(text: &str, json: bool) -> String {
    if json { serde_json::Value::from(text).to_string() } else { toml::Value::from(text).to_string() }
}
