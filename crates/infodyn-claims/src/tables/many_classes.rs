//! Many classes at equal distances: where their modes are born, and where the three diagnostics stand.

use infodyn_core::{Estimate, Table, ulps};
use rayon::prelude::*;

use super::{logarithmic, places};
use crate::Result;
use crate::equidistant::{Known, fold, highest, known, peaks};

/// The numbers of classes that are looked at closely, with the name of their columns and the largest `kappa`.
const CLOSELY: [(&str, f64, f64); 2] = [("ten", 10.0, 30.0), ("thousand", 1000.0, 3000.0)];

/// The least `kappa`, over `log K`.
const LEAST: f64 = 0.3;

/// Where the peaks are looked for, over the fold: within a factor of 1.35 there are both, for 3 to a million classes.
const GUESS: f64 = 1.1;

/// Claim C17, the fixed points of `p = softmax(kappa p)` in which all classes but one weigh the same, for `K = 10`
/// (prefix `ten_`) and `K = 1000` (`thousand_`).
///
/// | column | what |
/// |---|---|
/// | `kappa`, `weight` | the branch that leaves the centre, and the weight of the one class on it |
/// | `slope` | the largest eigenvalue of the dynamics about it: unstable where positive |
/// | `centre_kappa`, `centre`, `centre_slope` | the same of the centre, where every class weighs `1/K` |
///
/// # Formula
/// At log-odds `t` of the one class, weights `a` of it and `b` of each other: `kappa = (log(K - 1) + t)/(a - b)`, with
/// the eigenvalues `kappa K a b - 1` along the branch and `kappa b - 1` among the others.
#[must_use]
pub fn many_classes_branches() -> Table {
    let mut table = Table::new();
    for (name, classes, most) in CLOSELY {
        let centre = -(classes - 1.0).ln();
        let place = |i: i32| if i == 0 { None } else { Some(centre + 0.05 * f64::from(i)) };
        let turn = fold(classes).0;
        let turn = (turn / (1.0 - turn)).ln();
        let mut odds: Vec<Option<f64>> = (-60..=600).map(place).chain([Some(turn), Some(most + centre)]).collect();
        odds.sort_by(|a, b| a.unwrap_or(centre).total_cmp(&b.unwrap_or(centre)));
        let rows: Vec<[Estimate; 3]> =
            odds.into_iter().map(|t| branch(classes, t)).filter(|row| row[0].value() <= 1.01 * most).collect();
        for (i, what) in ["kappa", "weight", "slope"].into_iter().enumerate() {
            table = table.with(&format!("{name}_{what}"), "", rows.iter().map(|row| row[i]));
        }
        let kappas = [LEAST * classes.ln(), classes, most];
        let count = Estimate::given(classes);
        table = table
            .with_exact(&format!("{name}_centre_kappa"), "", kappas)
            .with(&format!("{name}_centre"), "", kappas.map(|_| Estimate::ONE / count))
            .with(&format!("{name}_centre_slope"), "", kappas.map(|kappa| Estimate::given(kappa) / count - 1));
    }
    table
}

/// `kappa`, `a` and the largest eigenvalue at log-odds; at the centre without.
fn branch(classes: f64, odds: Option<f64>) -> [Estimate; 3] {
    let (count, others) = (Estimate::given(classes), Estimate::given(classes - 1.0));
    let Some(odds) = odds else { return [count, Estimate::ONE / count, Estimate::ZERO] };
    let t = Estimate::given(odds);
    let a = Estimate::ONE / ((-t).exp() + 1);
    let b = a * (-t).exp() / others;
    let kappa = (others.ln() + t) / (a - b);
    let (along, among) = (kappa * count * a * b - 1, kappa * b - 1);
    [kappa, a, if along.value() > among.value() { along } else { among }]
}

/// Claim C17, what is known of the class along `kappa`, for the same numbers of classes: the rate of its entropy per
/// unit of `log gamma`, nats (`rate`), and `Var h`, nats squared (`variance`), against `at`.
#[must_use]
pub fn many_classes_profile() -> Table {
    // Beyond, the class is known.
    const MOST: f64 = 60.0;
    let mut table = Table::new();
    for (name, classes, most) in CLOSELY {
        let kappas = logarithmic(LEAST * classes.ln(), most.min(MOST), 61);
        let found: Vec<Known> = kappas.par_iter().map(|&kappa| known(classes, kappa)).collect();
        let rates = found.iter().zip(&kappas).map(|(of, &kappa)| of.doubt * Estimate::given(0.5 * kappa));
        table = table
            .with(&format!("{name}_at"), "", places(&kappas))
            .with(&format!("{name}_rate"), "nats", rates)
            .with(&format!("{name}_variance"), "nats^2", found.iter().map(|of| of.variance));
    }
    table
}

/// Claim C17, in `kappa`, against the number of `classes`: where the modes of the classes are born (`fold`) and become
/// the highest (`highest`), where the rate per unit of `log gamma` and `Var h` peak (`rate_peak`, `variance_peak`), and
/// where the Jacobian at the centre changes its sign (`jacobian`); `share_NAME`, the same over `log K`, and
/// `ten_NAME` and `thousand_NAME`, one row each.
///
/// # Errors
/// When a peak is not found.
pub fn many_classes_places() -> Result<Table> {
    const NAMES: [&str; 5] = ["fold", "highest", "rate_peak", "variance_peak", "jacobian"];
    let numbers: [f64; 9] = [3.0, 5.0, 10.0, 30.0, 100.0, 1e3, 1e4, 1e5, 1e6];
    let row = |&classes: &f64| -> Result<[Estimate; 5]> {
        let born = fold(classes).1;
        let [(rate, _), (variance, _)] = peaks(classes, GUESS * born.value())?;
        Ok([born, highest(classes), rate, variance, Estimate::given(classes)])
    };
    let rows = numbers.par_iter().map(row).collect::<Result<Vec<_>>>()?;
    let mut table = Table::new().with_exact("classes", "", numbers);
    for (i, name) in NAMES.into_iter().enumerate() {
        table = table.with(name, "", rows.iter().map(|row| row[i]));
    }
    let log = |classes: f64| Estimate::rounded(classes.ln(), ulps::ELEMENTARY);
    for (i, name) in NAMES.into_iter().enumerate() {
        let shares = rows.iter().zip(numbers).map(|(row, classes)| row[i] / log(classes));
        table = table.with(&format!("share_{name}"), "", shares);
    }
    for (prefix, classes, _) in CLOSELY {
        let found = rows.iter().zip(numbers).find(|(_, number)| *number == classes);
        for (i, name) in NAMES.into_iter().enumerate() {
            table = table.with(&format!("{prefix}_{name}"), "", found.iter().map(|(row, _)| row[i]));
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C17: the branch turns at the fold and passes the centre at `K`.
    #[test]
    fn the_branch_turns_at_the_fold() {
        let table = many_classes_branches();
        for (name, classes, _) in CLOSELY {
            let column = |what: &str| table.column(&format!("{name}_{what}")).unwrap().values.clone();
            let rows: Vec<[f64; 3]> = (column("kappa").iter().zip(column("weight")).zip(column("slope")))
                .map(|((k, a), s)| [k.unwrap().value(), a.unwrap().value(), s.unwrap().value()])
                .collect();
            let upper = rows.iter().filter(|r| r[1] > 1.0 / classes);
            let least = upper.clone().map(|r| r[0]).fold(f64::INFINITY, f64::min);
            assert!((least - fold(classes).1.value()).abs() < 1e-12 * least, "{classes}: {least}");
            let (a, _) = fold(classes);
            assert!(upper.clone().all(|r| r[1] <= a + 1e-6 || r[2] < 0.0), "{classes}: stable beyond the fold");
            assert!(upper.clone().all(|r| r[1] >= a - 1e-6 || r[2] > 0.0), "{classes}: unstable before it");
        }
    }
}
