//! Trees of atoms: decisions on several scales.

use infodyn_bifurcation::{Energy, FixedPoint, fixed_points};
use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{
    Column, Density, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, Observation, Points, Table, ulps,
};
use infodyn_monte_carlo::{PathBatch, Paths, stream};
use infodyn_quadrature::peak;

use super::logarithmic;
use crate::claims::landscape;
use crate::{Case, Context, NamedLaw, Result};

/// Atoms at every `+-scale_1 +-scale_2 ..` on a line, in `edm`, between two noise levels.
struct Tree {
    prefix: &'static str,
    scales: &'static [f64],
    sigma: (f64, f64),
}

const FOUR: Tree = Tree { prefix: "four", scales: &[10.0, 1.0], sigma: (0.2, 30.0) };
const EIGHT: Tree = Tree { prefix: "eight", scales: &[16.0, 4.0, 1.0], sigma: (0.2, 50.0) };
/// Rows before those near a branching.
const ROWS: usize = 121;

/// What has peaks: the rate of `H` in `log sigma` and in `sigma`, and `Var h`.
#[derive(Clone, Copy)]
enum What {
    LogRate,
    Rate,
    Variance,
}

impl What {
    const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::LogRate, "log_rate", "nats"), (Self::Rate, "rate", "nats/*σ*"), (Self::Variance, "variance", "nats²")];

    fn at(self, case: &Case, sigma: f64) -> Result<Estimate> {
        let case = case.at(sigma);
        let rate = |power| -> Result<Estimate> {
            Ok(case.mean(Detail::POSTERIOR_TRACE, 1, |s, out| out[0] = s.posterior_trace())?[0]
                * Estimate::given(sigma).powi(power))
        };
        match self {
            Self::LogRate => rate(-2),
            Self::Rate => rate(-3),
            Self::Variance => case.variance(Detail::LABEL_ENTROPY, |s| s.label_entropy()),
        }
    }
}

impl Tree {
    /// The atoms in order, labelled by the signs of the first `levels` scales.
    fn law(&self, levels: usize) -> Result<Mixture> {
        let depth = self.scales.len();
        let sign = |leaf: usize, level: usize| if (leaf >> (depth - 1 - level)) & 1 == 1 { 1.0 } else { -1.0 };
        let place = |leaf| self.scales.iter().enumerate().map(|(level, s)| s * sign(leaf, level)).sum();
        let points: Vec<Vec<f64>> = (0..1 << depth).map(|leaf| vec![place(leaf)]).collect();
        let labels = (0..1 << depth).map(|leaf: usize| leaf >> (depth - levels)).collect();
        Ok(Mixture::atoms(&[], &points)?.with_labels(labels)?)
    }

    fn case(&self, levels: usize) -> Result<Case> {
        NamedLaw::new("tree", self.law(levels)?).under(NoiseProcess::Edm, self.sigma.1)
    }

    fn name(&self, what: &str) -> String {
        format!("{}_{what}", self.prefix)
    }

    /// The zeros of the score, in order.
    fn zeros(&self, sigma: f64) -> Result<Vec<FixedPoint>> {
        let law = self.law(self.scales.len())?;
        Ok(fixed_points(&landscape(&law, &NoiseProcess::Edm, Energy::Marginal)?, 1.0 / (sigma * sigma))?)
    }

    /// The largest noise at which level `level` of the tree has all its branches, by bisection.
    fn branching(&self, level: usize) -> Result<f64> {
        let (mut below, mut above) = (0.3 * self.scales[level], 1.5 * self.scales[level]);
        for _ in 0..26 {
            let middle = (below * above).sqrt();
            let all = self.zeros(middle)?.len() >= (4 << level) - 1;
            *(if all { &mut below } else { &mut above }) = middle;
        }
        Ok(below)
    }

    /// Noise levels, the most noise first.
    fn coarse(&self) -> Vec<f64> {
        logarithmic(self.sigma.1, self.sigma.0, ROWS)
    }

    /// The same, finer below each branching.
    fn fine(&self) -> Result<Vec<f64>> {
        let mut sigmas = self.coarse();
        for level in 0..self.scales.len() {
            let at = self.branching(level)?;
            sigmas.extend((0..10).map(|i| at * (1.0 - 1e-5 * f64::from(i) * 2.5_f64.powi(i))));
        }
        sigmas.sort_by(|a, b| b.total_cmp(a));
        Ok(sigmas)
    }

    /// `H(signs of the first levels given X_t)`.
    fn entropy(&self, levels: usize, sigma: f64) -> Result<Estimate> {
        self.case(levels)?.at(sigma).mean_of(Detail::LABEL_ENTROPY, |s| s.label_entropy())
    }

    /// Nats released so far, the clock in which entropy falls at constant rate.
    fn released(&self, sigma: f64) -> Result<Estimate> {
        let depth = self.scales.len();
        Ok(-self.entropy(depth, sigma)? + Estimate::from(1_u32 << depth).ln())
    }

    /// Noise levels, nats released, and what is left at the finest level, at it and the one above, and so on to the
    /// whole.
    fn levels(&self, sigmas: &[f64]) -> Result<Table> {
        let depth = self.scales.len();
        let whole = sigmas.iter().map(|&s| self.entropy(depth, s)).collect::<Result<Vec<_>>>()?;
        let all = Estimate::from(1_u32 << depth).ln();
        let mut table = Table::new().with_exact(&self.name("sigma"), "", sigmas.iter().copied()).with(
            &self.name("released"),
            "nats",
            whole.iter().map(|h| all - *h),
        );
        for known in (1..depth).rev() {
            let coarser = sigmas.iter().map(|&s| self.entropy(known, s)).collect::<Result<Vec<_>>>()?;
            let left = whole.iter().zip(coarser).map(|(h, c)| *h - c);
            table = table.with(&self.name(&format!("left_{}", depth - known)), "nats", left);
        }
        Ok(table.with(&self.name(&format!("left_{depth}")), "nats", whole))
    }

    /// Rates and variance as parts of their tallest peak, and the peaks.
    fn peaks(&self, sigmas: &[f64]) -> Result<Table> {
        let case = self.case(self.scales.len())?;
        let (mut table, mut logarithmic_rate) = (Table::new(), Vec::<Estimate>::new());
        for (what, name, unit) in What::ALL {
            let values = match what {
                // The rate in sigma is that in log sigma over sigma.
                What::Rate => logarithmic_rate.iter().zip(sigmas).map(|(r, s)| *r / Estimate::given(*s)).collect(),
                _ => sigmas.iter().map(|&s| what.at(&case, s)).collect::<Result<Vec<_>>>()?,
            };
            if matches!(what, What::LogRate) {
                logarithmic_rate.clone_from(&values);
            }
            let mut found = Vec::new();
            for (i, three) in values.windows(3).enumerate() {
                let top = three[1].value();
                if top > three[0].value() + three[0].radius() && top > three[2].value() + three[2].radius() {
                    found.extend(peak(|l: f64| what.at(&case, l.exp()), sigmas[i + 1].ln(), 0.3)?);
                }
            }
            let tallest =
                found.iter().map(|p| p.height).fold(Estimate::ZERO, |a, b| if b.value() > a.value() { b } else { a });
            let places: Vec<Estimate> = found.iter().map(|p| p.at.exp()).collect();
            // The clock runs by less than 1 nat per unit of log sigma.
            let released = places.iter().map(|s| {
                let at = self.released(s.value())?;
                Ok(Estimate::new(at.value(), at.radius() + s.radius() / s.value()))
            });
            let of = |part: &str| self.name(&format!("{name}{part}"));
            table = table
                .with(&of(""), "", values.into_iter().map(|v| v / tallest))
                .with(&of("_peak_released"), "nats", released.collect::<Result<Vec<_>>>()?)
                .with(&of("_peak_sigma"), "", places)
                .with(&of("_peak"), unit, found.iter().map(|p| p.height))
                .with(&of("_peak_part"), "", found.iter().map(|p| p.height / tallest));
        }
        Ok(table)
    }

    /// Zeros of the score by their place in the tree, `node_LEVEL_N`, and the slope of the score there in units of
    /// `1/sigma^2`.
    fn branches(&self, sigmas: &[f64]) -> Result<Table> {
        let zeros = sigmas.iter().map(|&s| self.zeros(s)).collect::<Result<Vec<_>>>()?;
        let mut table = Table::new();
        for level in 0..=self.scales.len() {
            for n in 0..1 << level {
                let pick = |found: &Vec<FixedPoint>| -> Option<FixedPoint> {
                    // Of a tree with all branches of some level, in order.
                    let count = found.len() + 1;
                    let depth = count.trailing_zeros() as usize - 1;
                    let full = count.is_power_of_two() && depth >= level;
                    full.then(|| found[((2 * n + 1) << (depth - level)) - 1].clone())
                };
                let nodes: Vec<Option<FixedPoint>> = zeros.iter().map(pick).collect();
                let radius = |p: &FixedPoint| p.error.min(1e-2 * self.scales[0]);
                let place = |p: FixedPoint| Estimate::new(p.at[0], radius(&p) + f64::EPSILON * p.at[0].abs());
                let slope = |(p, s): (FixedPoint, &f64)| {
                    Estimate::new(p.eigenvalues[0], 10.0 * radius(&p) / s + 4.0 * ulps::eigenvalue(1) * f64::EPSILON)
                };
                let name = self.name(&format!("node_{level}_{}", n + 1));
                let column = |name: String, values: Vec<Option<Estimate>>| Column { name, unit: String::new(), values };
                table.columns.push(column(name.clone(), nodes.iter().cloned().map(|p| p.map(place)).collect()));
                let slopes = nodes.iter().cloned().zip(sigmas).map(|(p, s)| p.map(|p| slope((p, s)))).collect();
                table.columns.push(column(name + "_slope", slopes));
            }
        }
        Ok(table)
    }

    /// One exact path to each atom, and the entropy of the posterior along it.
    fn paths(&self, sigmas: &[f64], context: &Context) -> Result<Table> {
        let law = MixtureLaw::of(self.law(self.scales.len())?);
        let levels: Vec<NoiseLevel> =
            sigmas.iter().rev().map(|&s| NoiseProcess::Edm.at(s)).collect::<infodyn_core::Result<_>>()?;
        let settings = context.for_part(&["hierarchy"]).settings(1);
        let mut paths = PathBatch::default();
        Paths::new(&*law, &levels)?.draw(256, &mut stream(settings.seed, settings.stream, 0), &mut paths);
        let mut table = Table::new();
        for leaf in 0..law.components() {
            let Some(i) = paths.anchors.iter().position(|&a| a == leaf) else { continue };
            let (mut places, mut entropies) = (Vec::new(), Vec::new());
            for (level, offsets) in levels.iter().zip(&paths.offsets).rev() {
                // Increments are below 8 sigma.
                let rounding = 8.0 * self.sigma.1 * ulps::path(levels.len()) * f64::EPSILON;
                places.push(Estimate::new(law.mean(leaf)[0] + offsets[i], rounding));
                let marginal = Marginal::new(&law, level);
                let mut seen = Observation::default();
                marginal.observe(Points { anchors: &[leaf], offsets: &offsets[i..=i] }, Detail::SCORES, &mut seen);
                // |grad h| is at most (range of the atoms/sigma^2) times a number below 1.
                let reach = 2.0 * self.scales.iter().sum::<f64>() / level.sigma2();
                let doubt = reach * rounding + 4.0 * ulps::SAMPLE * f64::EPSILON;
                entropies.push(Estimate::new(seen.label.entropy[0], doubt));
            }
            table = table.with(&self.name(&format!("path_{}", leaf + 1)), "", places).with(
                &self.name(&format!("path_entropy_{}", leaf + 1)),
                "nats",
                entropies,
            );
        }
        Ok(table)
    }
}

/// Claims C10, B5 and B10 for trees of four (`+-10 +-1`, prefix `four_`) and eight atoms (`+-16 +-4 +-1`, `eight_`) on
/// a line in `edm`, with the most noise first.
///
/// Columns: `sigma`; `released`, nats `H(Y) - H(Y given X_t)`; `left_N`, nats left in the `N` finest levels given those
/// above; `log_rate`, `rate` and `variance`, that is `dH/dlog sigma`, `dH/dsigma` and `Var h` as parts of their tallest
/// peak; of each, `_peak_sigma`, `_peak_released`, `_peak` (the height), `_peak_part`. For the eight also
/// `node_LEVEL_N`, the zeros of the score, with `_slope`, that of the score in units of `1/sigma^2`; `path_N` and
/// `path_entropy_N`, one exact path of the reverse diffusion to each atom, and `h` along it.
///
/// # Errors
/// When a route gives no answer.
pub fn hierarchy(context: &Context) -> Result<[Table; 2]> {
    let join = |parts: Vec<Table>| Table { columns: parts.into_iter().flat_map(|t| t.columns).collect() };
    let (coarse, fine) = (FOUR.coarse(), EIGHT.fine()?);
    Ok([
        join(vec![FOUR.levels(&coarse)?, FOUR.peaks(&coarse)?]),
        join(vec![EIGHT.levels(&fine)?, EIGHT.peaks(&fine)?, EIGHT.branches(&fine)?, EIGHT.paths(&fine, context)?]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of theory.md C10, to its digits.
    #[test]
    fn the_peaks_of_four_atoms() {
        let table = FOUR.peaks(&FOUR.coarse()).unwrap();
        let read = |name: &str, n: usize| table.column(name).unwrap().values[n].unwrap().value();
        for (name, n, place, height) in [
            ("four_variance", 0, 8.688_19, 0.054_100),
            ("four_variance", 1, 0.862_108, 0.053_629),
            ("four_log_rate", 0, 7.999_60, 0.487_463),
            ("four_log_rate", 1, 0.814_239, 0.479_516),
            ("four_rate", 0, 6.159_53, 0.069_935),
            ("four_rate", 1, 0.643_803, 0.667_771),
        ] {
            assert!((read(&format!("{name}_peak_sigma"), n) - place).abs() < 6e-6, "{name} {n}");
            assert!((read(&format!("{name}_peak"), n) - height).abs() < 6e-7, "{name} {n}");
        }
    }

    /// Levels of the tree are decided one after another: what each has left adds up to the whole (B5).
    #[test]
    fn eight_atoms_lose_log_8() {
        let table = EIGHT.levels(&[2000.0, 8.0, 0.05]).unwrap();
        let read = |name: &str, n: usize| table.column(name).unwrap().values[n].unwrap().value();
        assert!(read("eight_released", 0) < 1e-4 && (read("eight_released", 2) - 8.0_f64.ln()).abs() < 1e-9);
        for (name, all) in [("eight_left_1", 2.0_f64), ("eight_left_2", 4.0), ("eight_left_3", 8.0)] {
            assert!((read(name, 0) - all.ln()).abs() < 1e-3, "{name}");
        }
        assert!(read("eight_left_1", 1) > 0.68 && read("eight_left_3", 1) < 6.0_f64.ln());
    }
}
