//! Means and central moments of a sample, mergeable in a fixed order.

/// Count, mean and sums of central powers of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// Number of samples.
    pub count: u64,
    /// Mean.
    pub mean: f64,
    /// `sum (x - mean)^p` for `p = 2, 3, 4`.
    pub powers: [f64; 3],
}

impl Moments {
    /// The moments of `n` numbers whose shifted power sums `sum (x - shift)^p`, `p = 1..4`, are
    /// given. Little cancels when the shift lies within a few standard deviations of the mean.
    #[must_use]
    pub fn from_shifted(count: u64, shift: f64, sums: [f64; 4]) -> Self {
        let n = count as f64;
        let [s1, s2, s3, s4] = sums;
        let d = s1 / n;
        let p2 = (s2 - d * s1).max(0.0);
        let p3 = s3 - 3.0 * d * s2 + 2.0 * d * d * s1;
        let p4 = (s4 - 4.0 * d * s3 + 6.0 * d * d * s2 - 3.0 * d * d * d * s1).max(0.0);
        Self { count, mean: shift + d, powers: [p2, p3, p4] }
    }

    /// The moments of a few numbers.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let shift = values.iter().sum::<f64>() / n;
        let mut sums = [0.0; 4];
        for v in values {
            add_powers(v - shift, &mut sums);
        }
        Self::from_shifted(values.len() as u64, shift, sums)
    }

    /// The moments of two samples together.
    ///
    /// # Source
    /// Pebay, *Formulas for robust, one-pass parallel computation of covariances and arbitrary-order
    /// statistical moments*, Sandia 2008, equations 3.1 and following.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        if self.count == 0 {
            return other;
        }
        if other.count == 0 {
            return self;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let n = a + b;
        let d = other.mean - self.mean;
        let [a2, a3, a4] = self.powers;
        let [b2, b3, b4] = other.powers;
        let p2 = a2 + b2 + d * d * a * b / n;
        let p3 = a3 + b3 + d * d * d * a * b * (a - b) / (n * n) + 3.0 * d * (a * b2 - b * a2) / n;
        let p4 = a4
            + b4
            + d * d * d * d * a * b * (a * a - a * b + b * b) / (n * n * n)
            + 6.0 * d * d * (a * a * b2 + b * b * a2) / (n * n)
            + 4.0 * d * (a * b3 - b * a3) / n;
        Self { count: self.count + other.count, mean: self.mean + d * b / n, powers: [p2, p3, p4] }
    }

    /// Unbiased estimate of the variance.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.powers[0] / (self.count as f64 - 1.0)
    }

    /// Standard error of the mean.
    #[must_use]
    pub fn std_error(&self) -> f64 {
        (self.variance() / self.count as f64).sqrt()
    }

    /// Unbiased estimate of the variance of `(x - mean)^2`, the mean of the sample taken as exact.
    #[must_use]
    pub fn square_variance(&self) -> f64 {
        let n = self.count as f64;
        ((self.powers[2] - self.powers[0] * self.powers[0] / n) / (n - 1.0)).max(0.0)
    }

    /// Skewness; 0 for a constant.
    #[must_use]
    pub fn skewness(&self) -> f64 {
        // Divided in turn: powers of small numbers vanish.
        let root = self.powers[0].sqrt();
        if root > 0.0 { (self.count as f64).sqrt() * self.powers[1] / root / root / root } else { 0.0 }
    }

    /// Kurtosis above the normal's 3; 0 for a constant.
    #[must_use]
    pub fn excess_kurtosis(&self) -> f64 {
        let p2 = self.powers[0];
        if p2 > 0.0 { self.count as f64 * self.powers[2] / p2 / p2 - 3.0 } else { 0.0 }
    }
}

/// Adds the first four powers of `d`.
pub(crate) fn add_powers(d: f64, sums: &mut [f64; 4]) {
    let d2 = d * d;
    sums[0] += d;
    sums[1] += d2;
    sums[2] += d2 * d;
    sums[3] += d2 * d2;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_parts_are_the_whole() {
        let values: Vec<f64> = (0..97).map(|i| 1e3 + (f64::from(i) * 0.7).sin().powi(3)).collect();
        let whole = Moments::of(&values);
        let merged = [&values[..20], &values[20..21], &values[21..]]
            .iter()
            .fold(Moments::default(), |m, part| m.merge(Moments::of(part)));
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let power = |p: i32| values.iter().map(|v| (v - mean).powi(p)).sum::<f64>();
        assert_eq!(merged.count, 97);
        for m in [whole, merged] {
            assert!((m.mean - mean).abs() < 1e-12);
            for (p, found) in (2..).zip(m.powers) {
                assert!((found - power(p)).abs() < 1e-11 * power(2), "{p}: {found} {}", power(p));
            }
        }
    }
}
