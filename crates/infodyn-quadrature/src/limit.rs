//! Limits by extrapolation.

use infodyn_core::Estimate;

/// The value at `h = 0` of what takes `values` at `steps`, when it is a power series in `h` there; of a series in `h^p`
/// the steps are `h^p`. Needs two values or more, at steps that shrink; else the radius is infinite.
///
/// # Formula
/// Neville's tableau: `T_{i,j} = T_{i,j-1} + (T_{i,j-1} - T_{i-1,j-1})/(h_{i-j}/h_i - 1)`, `T_{i,0}` the values.
///
/// # Accuracy
/// An entry's radius is what the values' radii add up to, plus its differences from both its neighbours: `T_{i,j-1}`
/// of lower order and `T_{i-1,j}` from larger steps, at the head of a column `T_{i-1,j-1}`. Each is at least its error
/// once the series rules, and both seldom vanish by chance. The entry with the smallest radius is taken: where the
/// series is of other powers the columns do not settle, and it stays large.
#[must_use]
pub fn limit(steps: &[f64], values: &[Estimate]) -> Estimate {
    let mut best = Estimate::new(values.last().map_or(f64::NAN, |v| v.value()), f64::INFINITY);
    let mut column = values.to_vec();
    for j in 1..values.len() {
        let lower = column.clone();
        // The entries above the head of the column stay what they were: the heads of those before.
        for i in j..values.len() {
            let ratio = Estimate::given(steps[i - j]) / Estimate::given(steps[i]);
            column[i] = lower[i] + (lower[i] - lower[i - 1]) / (ratio - 1);
            let across = (column[i].value() - lower[i].value()).abs();
            let along = (column[i].value() - column[i - 1].value()).abs();
            let radius = column[i].radius() + across + along;
            if radius < best.radius() {
                best = Estimate::new(column[i].value(), radius);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_and_series_are_extrapolated() {
        let steps = [0.3, 0.2, 0.1, 0.05];
        let at = |steps: &[f64], f: &dyn Fn(f64) -> f64| -> Vec<Estimate> {
            steps.iter().map(|&h| Estimate::rounded(f(h), 4.0)).collect()
        };
        let cubic = limit(&steps, &at(&steps, &|h| 2.0 - h + 3.0 * h * h - h * h * h));
        assert!(cubic.contains(2.0) && (cubic.value() - 2.0).abs() < 1e-13, "{cubic}");
        let more = [0.3, 0.2, 0.1, 0.05, 0.025];
        let curved = limit(&more, &at(&more, &f64::exp));
        assert!(curved.contains(1.0) && curved.radius() < 1e-3, "{curved}");
        let halved: Vec<f64> = (3..9).map(|i| 0.5_f64.powi(i)).collect();
        let quotient = at(&halved, &|h| h.exp_m1() / h);
        let found = limit(&halved, &quotient);
        assert!(found.contains(1.0) && found.radius() < 1e-8, "{found}");
        // With the wrong power nothing converges so fast.
        let cubes: Vec<f64> = halved.iter().map(|h| h.powi(3)).collect();
        let wrong = limit(&cubes, &quotient);
        assert!(wrong.contains(1.0) && wrong.radius() > 1e-4, "{wrong}");
    }
}
