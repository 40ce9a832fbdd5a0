//! What schedules cost: paths of the ancestral sampler by clock and law, and the ends of four samplers on a Gaussian.

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Density, Detail, Estimate, NoiseLevel, NoiseProcess, Observation, Points, Table, ulps};
use infodyn_monte_carlo::{Draws, NoiseLaw, Sampler as Sampling, stream, studentised};
use infodyn_samplers::{Curve, DataClock, Rule, Sampler};
use rayon::prelude::*;

use super::LEVEL;
use crate::schedule::{BySnr, kl};
use crate::{Context, Error, Result, claims};

/// Calls of the denoiser; even, so that Heun's method takes whole steps.
const CALLS: [usize; 12] = [2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];

/// Eigenvalues of the covariance of the Gaussian.
const SPECTRUM: [f64; 3] = [1.0, 1e-2, 1e-4];
/// The levels `sigma/alpha` between which it is sampled: those of Karras et al. 2022.
const GAUSSIAN: [f64; 2] = [80.0, 0.002];

/// What spaces the levels.
#[derive(Debug, Clone, Copy)]
enum Spacing {
    Rule(Rule),
    Data(DataClock),
    /// The levels that cost least.
    Least,
}

const EDM: Rule = Rule::Edm { rho: 7.0 };

const CLOCKS: [(&str, Spacing); 6] = [
    ("edm", Spacing::Rule(EDM)),
    ("log", Spacing::Rule(Rule::Log)),
    ("cosine", Spacing::Rule(Rule::Cosine { c: 1.0 })),
    ("flow", Spacing::Rule(Rule::Flow { c: 1.0 })),
    ("entropic", Spacing::Data(DataClock::Entropic)),
    ("least", Spacing::Least),
];

const SAMPLERS: [(&str, Sampler); 4] = [
    ("ancestral", Sampler::Ancestral),
    ("ddim", Sampler::Ddim),
    ("heun", Sampler::Heun),
    ("multistep", Sampler::Multistep),
];

/// Levels in closed form, with their rounding.
fn by_rule(rule: Rule, steps: usize, ends: [f64; 2]) -> Result<Vec<Estimate>> {
    let level = |(k, s): (usize, f64)| {
        if k == 0 || k == steps { Estimate::given(s) } else { Estimate::rounded(s, rule.units(s)) }
    };
    Ok(rule.levels(steps, ends)?.into_iter().enumerate().map(level).collect())
}

/// A law by the least error of a denoiser, between two levels.
struct Priced {
    name: &'static str,
    curve: Curve,
    /// The same over groups of draws, where the curve is sampled.
    groups: Vec<Curve>,
    ends: [f64; 2],
}

impl Priced {
    fn new(
        name: &'static str,
        ends: [f64; 2],
        mmse: impl Fn(&[f64]) -> Result<Vec<Estimate>>,
        groups: Vec<Curve>,
    ) -> Result<Self> {
        let [from, to] = ends;
        Ok(Self { name, curve: Curve::new([to, from], mmse)?, groups, ends })
    }

    /// By integration, between two signal-to-noise ratios.
    fn integrated(name: &'static str, law: &BySnr, snrs: [f64; 2]) -> Result<Self> {
        let mmse = |sigmas: &[f64]| sigmas.iter().map(|s| Ok(law.curve(1.0 / (s * s))?[0])).collect();
        Self::new(name, snrs.map(|g| 1.0 / g.sqrt()), mmse, Vec::new())
    }

    /// The Gaussian, whose error is a formula.
    fn gaussian() -> Result<Self> {
        let one = |l: f64, s: f64| Estimate::rounded(l / (1.0 + l / (s * s)), ulps::operations(4));
        let mmse = |sigmas: &[f64]| {
            Ok(sigmas.iter().map(|&s| SPECTRUM.iter().map(|&l| one(l, s)).sum::<Estimate>()).collect())
        };
        Self::new("gaussian", GAUSSIAN, mmse, Vec::new())
    }

    /// The data set of the run, over draws that are the same at every level.
    ///
    /// # Accuracy
    /// A price is a small difference of large numbers, linear in the curve: each group of draws has a curve, and so a
    /// price, of its own.
    fn digits(context: &Context, ends: [f64; 2]) -> Result<Option<Self>> {
        const GROUPS: u32 = 16;
        let Some(named) = claims::digits(context) else { return Ok(None) };
        let law = MixtureLaw::of(named.law);
        let settings = context.for_part(&["schedule-costs"]).settings(64);
        let one = |g: u32| -> Result<Curve> {
            let mut draws = Draws::default();
            let rng = &mut stream(settings.seed, settings.stream, g);
            Sampling::new(&*law, NoiseLaw::Gaussian).draw(DRAWS, rng, &mut draws);
            let [from, to] = ends;
            Curve::new([to, from], |sigmas| sigmas.iter().map(|&s| spread(&law, &draws, s)).collect())
        };
        let groups: Vec<Curve> = (0..GROUPS).into_par_iter().map(one).collect::<Result<_>>()?;
        let count = Estimate::from(GROUPS);
        let pooled = |s: f64| groups.iter().map(|curve| curve.mmse(s)).sum::<Estimate>() / count;
        let mmse = |sigmas: &[f64]| Ok(sigmas.iter().map(|&s| pooled(s)).collect());
        Self::new("digits", ends, mmse, groups.clone()).map(Some)
    }

    fn levels(&self, spacing: Spacing, steps: usize) -> Result<Vec<Estimate>> {
        match spacing {
            Spacing::Rule(rule) => by_rule(rule, steps, self.ends),
            Spacing::Data(clock) => Ok(self.curve.levels(clock, steps, self.ends)?),
            Spacing::Least => Ok(self.curve.least(steps, self.ends)?),
        }
    }

    /// What a path of the ancestral sampler loses on the levels of a clock.
    fn price(&self, spacing: Spacing, steps: usize) -> Result<Estimate> {
        let levels = self.levels(spacing, steps)?;
        let sigmas: Vec<f64> = levels.iter().map(|s| s.value()).collect();
        let of = |curve: &Curve| Ok::<_, Error>(curve.path_divergence(&sigmas)?);
        if self.groups.is_empty() {
            return Ok(of(&self.curve)?.widened(moved(&self.curve, &levels)));
        }
        // The price is that of the levels, however these were found.
        let prices = self.groups.iter().map(of).collect::<Result<Vec<_>>>()?;
        let values: Vec<f64> = prices.iter().map(|p| p.value()).collect();
        let missed = prices.iter().map(|p| p.radius()).fold(0.0, f64::max);
        Ok(studentised(&values, (values.len() * DRAWS) as u64, LEVEL).widened(missed))
    }
}

/// Draws of a group.
const DRAWS: usize = 32;

/// Relative error up to which a sampled curve is followed.
const RESOLVED: f64 = 1e-4;

/// The mean of `tr S` over draws, at a level.
fn spread(law: &MixtureLaw, draws: &Draws, sigma: f64) -> Result<Estimate> {
    let level: NoiseLevel = NoiseProcess::Edm.at(sigma)?;
    let marginal = Marginal::new(law, &level);
    let (mut offsets, mut seen) = (Vec::new(), Observation::default());
    draws.offsets(&level, &mut offsets);
    let points = Points { anchors: &draws.anchors, offsets: &offsets };
    marginal.observe(points, Detail::POSTERIOR_TRACE, &mut seen);
    let mean = seen.posterior_trace.iter().sum::<f64>() / draws.anchors.len() as f64;
    Ok(Estimate::new(mean, RESOLVED * mean))
}

/// What a price moves by where its levels are off by their errors.
///
/// # Formula
/// Per `log sigma_k` the price has the slope `(Delta_k/2) dmmse/dlog sigma - gamma_k (mmse_{k-1} - mmse_k)`.
fn moved(curve: &Curve, levels: &[Estimate]) -> f64 {
    const REACH: f64 = 1e-4;
    let mmse = |s: f64| curve.mmse(s).value();
    let snr = |s: Estimate| s.value().powi(-2);
    let of = |three: &[Estimate]| {
        let s = three[1].value();
        let turn = (mmse(s * (1.0 + REACH)) - mmse(s * (1.0 - REACH))) / (2.0 * REACH);
        let step = snr(three[2]) - snr(three[1]);
        let slope = 0.5 * step * turn - snr(three[1]) * (mmse(three[0].value()) - mmse(s));
        slope.abs() * three[1].radius() / s
    };
    // The ends are as given.
    levels.windows(3).map(of).sum()
}

/// `KL(sampler || truth)` of the Gaussian at the last level, after so many calls of the denoiser.
fn end(sampler: Sampler, rule: Rule, calls: usize) -> Result<Estimate> {
    let steps = if sampler == Sampler::Heun { calls / 2 } else { calls };
    let sigmas = by_rule(rule, steps, GAUSSIAN)?;
    Ok(SPECTRUM.iter().map(|&l| kl(sampler.variance_ratio(&sigmas, &Estimate::given(l), |x| x.ln()))).sum())
}

/// Claims S1 and S2: the path divergence of the ancestral sampler against the calls of the denoiser, nats, and S5: the
/// divergence of the ends of four samplers on a Gaussian.
///
/// | column | what |
/// |---|---|
/// | `calls` | steps of the ancestral sampler; steps, or for `heun` two a step, of the others |
/// | `LAW_CLOCK` | `LAW`: `atoms`, two at `+-1`, `gamma` from 0.01 to 40; `mixture` on a line, to 400; `gaussian` of variances 1, 1e-2, 1e-4, `sigma` from 80 to 0.002; `digits`, to 0.2, where the run has a data set. `CLOCK`: `edm`, `log`, `cosine`, `flow`, `entropic`, `least` |
/// | `end_CLOCK_SAMPLER` | `CLOCK`: `log`, `edm`; `SAMPLER`: `ancestral`, `ddim`, `heun`, `multistep` |
///
/// # Accuracy
/// By integration, but for the digits: of these an interval of level 0.997 over 16 groups of 32 draws.
///
/// # Errors
/// When a route gives no answer.
pub fn schedule_costs(context: &Context) -> Result<Table> {
    let mixture = BySnr::line("mixture", &[0.5, 0.3, 0.2], &[-2.0, 0.5, 2.5], &[0.09, 0.25, 0.01])?;
    let mut laws = vec![
        Priced::integrated("atoms", &BySnr::pair("two-atoms", 0.5)?, [0.01, 40.0])?,
        Priced::integrated("mixture", &mixture, [0.01, 400.0])?,
        Priced::gaussian()?,
    ];
    laws.extend(Priced::digits(context, [80.0, 0.2])?);
    let mut table = Table::new().with_exact("calls", "", CALLS.map(|n| n as f64));
    for law in &laws {
        for (clock, spacing) in CLOCKS {
            let prices = CALLS.par_iter().map(|&n| law.price(spacing, n)).collect::<Result<Vec<_>>>()?;
            table = table.with(&format!("{}_{clock}", law.name), "nats", prices);
        }
    }
    for (clock, rule) in [("log", Rule::Log), ("edm", EDM)] {
        for (name, sampler) in SAMPLERS {
            let ends = CALLS.iter().map(|&n| end(sampler, rule, n)).collect::<Result<Vec<_>>>()?;
            table = table.with(&format!("end_{clock}_{name}"), "nats", ends);
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gaps of two atoms between `gamma = 0.01` and 40 in eight steps, by dynamic programming and descent (four
    /// digits), and the ends of DDIM.
    #[test]
    fn prices_of_two_atoms_in_eight_steps() {
        let atoms = Priced::integrated("atoms", &BySnr::pair("two-atoms", 0.5).unwrap(), [0.01, 40.0]).unwrap();
        for ((clock, spacing), known) in CLOCKS.into_iter().zip([0.6422, 0.5241, 0.4145, 0.4259, 1.831, 0.2512]) {
            let price = atoms.price(spacing, 8).unwrap();
            assert!((price.value() - known).abs() < 5.1e-4 * known && price.radius() < 1e-6, "{clock}: {price}");
        }
        let [coarse, fine] = [64, 128].map(|n| end(Sampler::Ddim, Rule::Log, n).unwrap().value());
        assert!((coarse / fine - 4.0).abs() < 0.1, "{coarse} {fine}");
    }
}
