//! Limits by extrapolation.

use infodyn_core::Estimate;

/// The limit at `h = 0` of a function with an expansion `L + c_1 h^p + c_2 h^{2p} + ..`, from its values
/// at `h, h/r, h/r^2, ..`.
///
/// # Formula
/// Richardson's tableau: `T_{i,j} = T_{i,j-1} + (T_{i,j-1} - T_{i-1,j-1})/(r^{pj} - 1)`.
///
/// # Accuracy
/// An entry's radius is what the values' radii add up to, plus its difference from the one above it in
/// its column, whose error is `r^{p(j+1)}` times larger once the expansion holds. The entry with the smallest is taken:
/// where the stated power is wrong the columns do not converge, and the radius stays large.
#[must_use]
pub fn limit(values: &[Estimate], r: f64, p: f64) -> Estimate {
    let mut best = Estimate::new(0.0, f64::INFINITY);
    let mut column = values.to_vec();
    let mut order = 1.0;
    while column.len() > 1 {
        for pair in column.windows(2) {
            let radius = pair[1].radius + (pair[1].value - pair[0].value).abs();
            if radius < best.radius {
                best = Estimate::new(pair[1].value, radius);
            }
        }
        let weight = 1.0 / (r.powf(p * order) - 1.0);
        column = column.windows(2).map(|v| v[1] * (1.0 + weight) + v[0] * -weight).collect();
        order += 1.0;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_a_smooth_function() {
        let values: Vec<Estimate> =
            (3..9).map(|i| 0.5_f64.powi(i)).map(|h| Estimate::rounded(h.exp_m1() / h, 4.0)).collect();
        let found = limit(&values, 2.0, 1.0);
        assert!(found.contains(1.0) && found.radius < 1e-8, "{found}");
        // With the wrong power nothing converges so fast.
        assert!(limit(&values, 2.0, 3.0).radius > 1e-4);
    }
}
