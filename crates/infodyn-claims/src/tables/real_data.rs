//! The handwritten digits along `ou`: what the points lose and what the classes lose.

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Column, Density, Estimate, Mixture, NoiseLevel, NoiseProcess, Table, ulps};
use infodyn_monte_carlo::{Means, Range, View};
use infodyn_quadrature::root;

use super::{LEVEL, logarithmic, places};
use crate::decisions::ou_time;
use crate::{Context, Error, Result, claims};

/// What is read at every noise level.
const SPREAD: usize = 0;
const LABEL: usize = 1;
const POINT: usize = 2;
const AGREEMENT: usize = 3;
/// The class entropy at the next level less that at this one.
const INCREMENT: usize = 4;
const COLUMNS: usize = 5;

/// A law read at all levels with the same draws.
struct Readings {
    levels: Vec<NoiseLevel>,
    means: Means,
    labels: f64,
    points: f64,
}

impl Readings {
    fn new(context: &Context, stream: &str, law: &Mixture, ts: &[f64]) -> Result<Self> {
        let settings = context.for_part(&["real-data", stream]).settings(64);
        let levels = ts.iter().map(|&t| Ok(NoiseProcess::Ou.at(t)?)).collect::<Result<Vec<_>>>()?;
        let law = MixtureLaw::of(law.clone());
        let marginals: Vec<Marginal<'_>> = levels.iter().map(|l| Marginal::new(&law, l)).collect();
        let views: Vec<View<'_>> =
            levels.iter().zip(&marginals).map(|(l, m)| View::new(*l, m as &dyn Density)).collect();
        let columns = COLUMNS * levels.len();
        let means = infodyn_monte_carlo::mean_of(&settings, &*law, &views, columns, &[], |batch, out| {
            for (i, row) in out.chunks_exact_mut(columns).enumerate() {
                for (reading, row) in batch.readings.iter().zip(row.chunks_exact_mut(COLUMNS)) {
                    let seen = &reading.observation;
                    row[SPREAD] = reading.level.snr() * seen.posterior_trace[i];
                    row[LABEL] = seen.label.entropy[i];
                    row[POINT] = seen.component.entropy[i];
                    row[AGREEMENT] = seen.component.agreement[i];
                }
                for level in 0..batch.readings.len() - 1 {
                    row[COLUMNS * level + INCREMENT] =
                        row[COLUMNS * (level + 1) + LABEL] - row[COLUMNS * level + LABEL];
                }
            }
        })?;
        Ok(Self { levels, means, labels: law.label_weights().len() as f64, points: law.components() as f64 })
    }

    /// `gamma E tr S`.
    fn spread(&self) -> Vec<Estimate> {
        (0..self.levels.len()).map(|i| self.means.mean(COLUMNS * i + SPREAD, LEVEL)).collect()
    }

    /// The mean of one column of numbers between 0 and `most` at every level, in units of `most`.
    fn share(&self, what: usize, most: f64) -> Vec<Estimate> {
        let range = Range::always(0.0, most);
        let most = Estimate::rounded(most, ulps::ELEMENTARY);
        let of = |i: usize| self.means.bounded_mean(COLUMNS * i + what, range, LEVEL) / most;
        (0..self.levels.len()).map(of).collect()
    }

    fn label_entropy(&self) -> Vec<Estimate> {
        self.share(LABEL, self.labels.ln())
    }

    /// `Var h` over `(log K)^2`.
    fn variance(&self) -> Vec<Estimate> {
        let most = self.labels.ln();
        let square = Estimate::rounded(most, ulps::ELEMENTARY).powi(2);
        let of = |i: usize| self.means.bounded_variance(COLUMNS * i + LABEL, 0.0, most, LEVEL) / square;
        (0..self.levels.len()).map(of).collect()
    }

    /// `-dH/dlog gamma` over `log K`, its mean from each level to the next: increments of the entropy, draw by draw.
    fn label_rate(&self) -> Vec<Estimate> {
        let of = |i: usize| {
            let most = self.labels.ln();
            let [from, to] = [i, i + 1].map(|i| Estimate::rounded(self.levels[i].snr(), ulps::SNR));
            let span = (from / to).ln();
            let range = Range::always(-most, most);
            self.means.bounded_mean(COLUMNS * i + INCREMENT, range, LEVEL)
                / (Estimate::rounded(most, ulps::ELEMENTARY) * span)
        };
        (0..self.levels.len() - 1).map(of).collect()
    }

    /// Times halfway, in the logarithm of gamma, between neighbours.
    fn between(&self) -> Result<Vec<f64>> {
        let middle = |two: &[NoiseLevel]| Ok(NoiseProcess::Ou.time_at_snr((two[0].snr() * two[1].snr()).sqrt())?);
        self.levels.windows(2).map(middle).collect()
    }

    /// Where the rate peaks: from the first to the last stretch that can be the highest.
    fn rate_peak(&self) -> Estimate {
        let rates = self.label_rate();
        let sure = rates.iter().map(|r| r.value() - r.radius()).fold(f64::NEG_INFINITY, f64::max);
        let able: Vec<usize> = (0..rates.len()).filter(|&i| rates[i].value() + rates[i].radius() >= sure).collect();
        let first = able.first().map_or(0.0, |&i| self.levels[i].t());
        let last = able.last().map_or(f64::INFINITY, |&i| self.levels[i + 1].t());
        Estimate::new(0.5 * (first + last), 0.5 * (last - first))
    }

    /// Where the points' agreement falls through 1/2: between the last level at which it surely is above and the first
    /// at which it surely is below.
    fn collapse(&self) -> Result<Estimate> {
        let values = self.share(AGREEMENT, 1.0);
        let above = values.iter().rposition(|v| v.value() - v.radius() > 0.5);
        let below = values.iter().position(|v| v.value() + v.radius() < 0.5);
        let (Some(above), Some(below)) = (above, below) else { return Err(Error::NotFound("the collapse")) };
        let (low, high) = (self.levels[above].t(), self.levels[below].t());
        Ok(Estimate::new(0.5 * (low + high), 0.5 * (high - low)))
    }
}

/// The points of two classes.
fn two_classes(law: &Mixture, a: usize, b: usize) -> Result<Mixture> {
    let of: Vec<usize> = (0..law.components()).filter(|&k| law.labels()[k] == a || law.labels()[k] == b).collect();
    let points: Vec<Vec<f64>> = of.iter().map(|&k| law.mean(k).to_vec()).collect();
    let labels = of.iter().map(|&k| usize::from(law.labels()[k] == b)).collect();
    Ok(Mixture::atoms(&[], &points)?.with_labels(labels)?)
}

/// The two classes whose means are farthest apart, and those whose are nearest.
fn extreme_pairs(law: &Mixture) -> [(usize, usize); 2] {
    let (count, dim) = (law.label_weights().len(), law.dim());
    let mut means = vec![vec![0.0; dim]; count];
    for k in 0..law.components() {
        let y = law.labels()[k];
        let share = law.weights()[k] / law.label_weights()[y];
        means[y].iter_mut().zip(law.mean(k)).for_each(|(m, x)| *m += share * x);
    }
    let distance = |(a, b): (usize, usize)| means[a].iter().zip(&means[b]).map(|(x, y)| (x - y).powi(2)).sum::<f64>();
    let mut pairs: Vec<(usize, usize)> = (0..count).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
    pairs.sort_by(|a, b| distance(*a).total_cmp(&distance(*b)));
    [pairs[pairs.len() - 1], pairs[0]]
}

/// Units of the largest eigenvalue of the covariance of the whole law, a sum over its components, and of all others
/// relative to it.
fn covariance(law: &Mixture) -> f64 {
    ulps::eigenvalue(law.dim()) + ulps::sum(law.components())
}

/// `(1/2) log Lambda`, `Lambda` the largest eigenvalue of the covariance: the spectral estimate of the speciation time.
fn spectral(law: &Mixture) -> Estimate {
    let top = law.total_covariance().symmetric_eigenvalues().max();
    Estimate::rounded(top, covariance(law)).ln() / 2
}

/// The data set of the run along `ou`. Empty without one. Three families of classes: `ten`, all; `far` and `near`, the
/// two whose means are farthest apart and nearest. Intervals at level 0.997; every family has the same draws at all
/// times.
///
/// | column | what |
/// |---|---|
/// | `t` | time of `ou` |
/// | `bandwidth`, `gaussian_bandwidth` | `-dH(X_0 given X_t)/dlog gamma = D eta/2`, and what a Gaussian of the same covariance has, which bounds it (B6); nats |
/// | `point_entropy` | `H(X_0 given X_t)/log N` |
/// | `point_agreement` | `E sum_i pi_i^2`, the mean posterior of the own point |
/// | `F_entropy` | `H(Y given X_t)/log K` of a family `F` |
/// | `F_variance` | `Var h/(log K)^2` |
/// | `t_between`, `F_rate` | `-dH(Y given X_t)/dlog gamma/log K`, its mean between two times |
/// | `F_spectral`, `F_spectral_entropy`, `F_peak`, `F_peak_rate` | one row: `(1/2) log Lambda`, the entropy there, where the rate peaks, its height |
/// | `F_first`, `F_second` | one row: the classes of a pair |
/// | `collapse`, `gaussian_collapse` | one row: where `point_agreement` falls through 1/2, and where `I = log N` for the Gaussian: an upper bound of the time at which the population's `I` is `log N` |
///
/// # Errors
/// When the simulation fails.
pub fn real_data(context: &Context) -> Result<Table> {
    let Some(named) = claims::digits(context) else { return Ok(Table::new()) };
    let law = &named.law;
    let grid = logarithmic(0.02, 3.2, 22);
    let whole = Readings::new(context, "ten", law, &grid)?;
    let spectrum = law.total_covariance().symmetric_eigenvalues();
    let gaussian = |g: f64, f: fn(f64) -> f64| {
        let sum: f64 = spectrum.iter().map(|l| f(g * l.max(0.0))).sum();
        // A term moves by no more than gamma times what its eigenvalue is wrong by.
        let moved = covariance(law) * f64::EPSILON * g * spectrum.amax() * spectrum.len() as f64;
        Estimate::new(0.5 * sum, 0.5 * moved + ulps::sum(spectrum.len() + 8) * f64::EPSILON * sum)
    };
    let bound = whole.levels.iter().map(|l| gaussian(l.snr(), |x| x / (1.0 + x)));
    let mut table = Table::new()
        .with("t", "", places(&grid))
        .with("bandwidth", "nats", whole.spread().into_iter().map(|s| s / 2))
        .with("gaussian_bandwidth", "nats", bound)
        .with("point_entropy", "", whole.share(POINT, whole.points.ln()))
        .with("point_agreement", "", whole.share(AGREEMENT, 1.0))
        .with("t_between", "", whole.between()?.into_iter().map(|t| Estimate::rounded(t, ulps::level(t.ln()))));
    let target = Estimate::given(whole.points).ln();
    let snr = root(|x| Ok::<_, Error>(gaussian(x.exp(), f64::ln_1p) - target), -6.0, 8.0)?;
    let [far, near] = extreme_pairs(law);
    let (collapsed, mut families) = (whole.collapse()?, vec![("ten", spectral(law), whole, None)]);
    for (name, (a, b)) in [("far", far), ("near", near)] {
        let pair = two_classes(law, a, b)?;
        families.push((name, spectral(&pair), Readings::new(context, name, &pair, &grid)?, Some((a, b))));
    }
    for (name, spectral, readings, pair) in families {
        let (entropy, rates) = (readings.label_entropy(), readings.label_rate());
        // Between the entropies of the two neighbouring times, since it rises with the noise.
        let after = grid.iter().position(|&t| t > spectral.value()).unwrap_or(grid.len() - 1).max(1);
        let (low, high) = (entropy[after - 1], entropy[after]);
        let part = (spectral.value() / grid[after - 1]).ln() / (grid[after] / grid[after - 1]).ln();
        let there = low.value() + part * (high.value() - low.value());
        let doubt = (high.value() - there).max(there - low.value()) + low.radius().max(high.radius());
        let peak = rates.iter().copied().fold(rates[0], |m, r| if r.value() > m.value() { r } else { m });
        table = table
            .with(&format!("{name}_entropy"), "", entropy)
            .with(&format!("{name}_variance"), "", readings.variance())
            .with(&format!("{name}_rate"), "", rates)
            .with(&format!("{name}_spectral"), "", [spectral])
            .with(&format!("{name}_spectral_entropy"), "", [Estimate::new(there, doubt)])
            .with(&format!("{name}_peak"), "", [readings.rate_peak()])
            .with(&format!("{name}_peak_rate"), "", [peak]);
        if let Some((a, b)) = pair {
            table = table.with(&format!("{name}_first"), "", [Estimate::count(a)]).with(
                &format!("{name}_second"),
                "",
                [Estimate::count(b)],
            );
        }
    }
    let one =
        |name: &str, value: Estimate| Column { name: name.into(), unit: String::new(), values: vec![Some(value)] };
    table.columns.push(one("collapse", collapsed));
    table.columns.push(one("gaussian_collapse", ou_time(snr)));
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn four() -> Mixture {
        let points: Vec<Vec<f64>> = [-6.0, -5.0, 5.0, 6.0].map(|x| vec![x]).to_vec();
        Mixture::atoms(&[], &points).unwrap().with_labels(vec![0, 0, 1, 2]).unwrap()
    }

    #[test]
    fn the_farthest_and_the_nearest_classes() {
        assert_eq!(extreme_pairs(&four()), [(0, 2), (1, 2)]);
        assert_eq!(two_classes(&four(), 0, 2).unwrap().components(), 3);
    }

    /// Over all noise the classes lose `H(Y)` and the points `log N` (B7).
    #[test]
    fn the_rates_add_to_the_whole_entropy() {
        let context = Context::new(5, crate::Effort::Smallest).with_digits(four());
        let table = real_data(&context).unwrap();
        let values = |name: &str| table.column(name).unwrap().values.iter().map(|v| v.unwrap()).collect::<Vec<_>>();
        let entropy = values("ten_entropy");
        let (first, last) = (entropy[0], entropy[entropy.len() - 1]);
        assert!(first.value() < 0.01 && last.value() > 0.9, "{first} {last}");
        let ts = values("t");
        let ln_snr = |t: f64| NoiseProcess::Ou.at(t).unwrap().snr().ln();
        let total: f64 = values("ten_rate")
            .iter()
            .zip(ts.windows(2))
            .map(|(r, t)| r.value() * (ln_snr(t[0].value()) - ln_snr(t[1].value())))
            .sum();
        assert!((total - (last.value() - first.value())).abs() < 1e-9);
        assert!(
            values("bandwidth")
                .iter()
                .zip(values("gaussian_bandwidth"))
                .all(|(b, g)| b.value() <= g.value() + b.radius())
        );
    }
}
