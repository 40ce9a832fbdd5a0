//! Maxima of functions that are known with an error.

use infodyn_core::{Estimate, ulps};

/// Nodes of a window.
const NODES: usize = 24;

/// A maximum inside a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// Where.
    pub at: Estimate,
    /// The value there.
    pub height: Estimate,
}

/// The maximum of a smooth function on `[centre - half, centre + half]`; `None` where it has none inside.
///
/// # Formula and accuracy
/// As [`peak_of`].
///
/// # Errors
/// The first error of `f`.
pub fn peak<E>(f: impl Fn(f64) -> Result<Estimate, E>, centre: f64, half: f64) -> Result<Option<Peak>, E> {
    let values = abscissas().iter().map(|x| f(centre + half * x)).collect::<Result<Vec<_>, E>>()?;
    Ok(peak_of(&values).map(|p| {
        let mut at = p.at * Estimate::given(half) + Estimate::given(centre);
        // Every node was rounded where it was read.
        at = at.widened(ulps::NODE * f64::EPSILON * (centre.abs() + half.abs()));
        Peak { at, ..p }
    }))
}

/// Where [`peak_of`] wants the values: Chebyshev nodes of the first kind on `[-1, 1]`.
#[must_use]
pub fn abscissas() -> Vec<f64> {
    (0..NODES).map(|j| (std::f64::consts::PI * (j as f64 + 0.5) / NODES as f64).cos()).collect()
}

/// The maximum on `[-1, 1]` of a smooth function from its values at [`abscissas`]; `None` where it has none inside.
///
/// # Formula
/// The zero of the derivative of the Chebyshev interpolant.
///
/// # Accuracy
/// Radius of the place: (what the last four coefficients add to the derivative, plus each value's
/// radius times how much the derivative feels it) over the second derivative. Of the height: each value's radius times
/// how much the interpolant feels it, plus what the last four coefficients add. What the coefficients add is an
/// estimate of the series' rest, not a bound; and so are the units of rounding of the interpolant, one a coefficient.
#[must_use]
pub fn peak_of(values: &[Estimate]) -> Option<Peak> {
    let series = Chebyshev::through(&values.iter().map(|v| v.value()).collect::<Vec<_>>());
    // Newton's method from the largest of a fine raster.
    let raster = (-100..=100).map(|i| f64::from(i) / 100.0);
    let (mut x, _) = raster.fold((0.0, f64::NEG_INFINITY), |m, x| {
        let v = series.value(x);
        if v > m.1 { (x, v) } else { m }
    });
    for _ in 0..50 {
        let step = series.slope(x) / series.curvature(x);
        x -= step;
        if x.is_nan() || x.abs() > 1.0 {
            return None;
        }
        if step.abs() < 1e-15 {
            break;
        }
    }
    let curvature = series.curvature(x);
    if curvature >= 0.0 {
        return None;
    }
    let count = values.len();
    // How far the radii move the value and the slope.
    let mut felt = [0.0; 2];
    for (j, v) in values.iter().enumerate() {
        let unit: Vec<f64> = (0..count).map(|i| if i == j { 1.0 } else { 0.0 }).collect();
        let [value, slope, _] = Chebyshev::through(&unit).all(x);
        // Clock and node are rounded too.
        let radius = v.radius() + ulps::operations(7) * f64::EPSILON * v.value().abs();
        felt[0] += radius * value.abs();
        felt[1] += radius * slope.abs();
    }
    let ([height, slope, _], [short, short_slope, _]) = (series.all(x), series.without(4).all(x));
    let rounding = count as f64 * f64::EPSILON * values.iter().map(|v| v.value().abs()).fold(0.0, f64::max);
    Some(Peak {
        at: Estimate::new(x, (felt[1] + (short_slope - slope).abs()) / -curvature),
        height: Estimate::new(height, felt[0] + rounding + (short - height).abs()),
    })
}

/// `sum_n c_n T_n(x)`.
struct Chebyshev(Vec<f64>);

impl Chebyshev {
    /// The interpolant through values at [`abscissas`].
    fn through(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let coefficient = |m: usize| {
            let sum: f64 = values
                .iter()
                .enumerate()
                .map(|(j, v)| v * (std::f64::consts::PI * m as f64 * (j as f64 + 0.5) / n).cos())
                .sum();
            sum * if m == 0 { 1.0 } else { 2.0 } / n
        };
        Self((0..values.len()).map(coefficient).collect())
    }

    fn without(&self, last: usize) -> Self {
        Self(self.0[..self.0.len() - last].to_vec())
    }

    /// Value, first and second derivative, by the recurrence `T_{n+1} = 2 x T_n - T_{n-1}`.
    fn all(&self, x: f64) -> [f64; 3] {
        let (mut before, mut here) = ([1.0, 0.0, 0.0], [x, 1.0, 0.0]);
        let mut sum = [self.0[0], 0.0, 0.0];
        for c in &self.0[1..] {
            for i in 0..3 {
                sum[i] += c * here[i];
            }
            let next = [
                2.0 * x * here[0] - before[0],
                2.0 * here[0] + 2.0 * x * here[1] - before[1],
                4.0 * here[1] + 2.0 * x * here[2] - before[2],
            ];
            before = here;
            here = next;
        }
        sum
    }

    fn value(&self, x: f64) -> f64 {
        self.all(x)[0]
    }

    fn slope(&self, x: f64) -> f64 {
        self.all(x)[1]
    }

    fn curvature(&self, x: f64) -> f64 {
        self.all(x)[2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interpolant_has_the_derivatives_of_the_function() {
        let f: Vec<f64> = abscissas().iter().map(|x| (1.3 * x).sin()).collect();
        let [value, slope, curvature] = Chebyshev::through(&f).all(0.3);
        assert!((value - 0.39_f64.sin()).abs() < 1e-14);
        assert!((slope - 1.3 * 0.39_f64.cos()).abs() < 1e-13);
        assert!((curvature + 1.69 * 0.39_f64.sin()).abs() < 1e-11);
    }

    #[test]
    fn a_peak_and_none() {
        let found = peak(|x: f64| Ok::<_, ()>(Estimate::rounded((2.0 * x).sin(), 2.0)), 0.7, 0.5).unwrap().unwrap();
        assert!(found.at.contains(std::f64::consts::FRAC_PI_4) && found.at.radius() < 1e-12, "{found:?}");
        assert!(found.height.contains(1.0) && found.height.radius() < 1e-13);
        assert!(peak(|x: f64| Ok::<_, ()>(Estimate::near(x.exp())), 0.0, 0.5).unwrap().is_none());
    }
}
