//! When a label is decided: what makes `Var h` rise and fall, the window of a decision, decisions on several scales,
//! and whether two clones agree.

use std::sync::Arc;

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Channel, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, Points, ulps};
use infodyn_monte_carlo::{Draws, LabelPosterior, NoiseLaw, PathBatch, Reverse, Sampler, Scheme, Settings};
use infodyn_quadrature::{peak, root};

use crate::case::{Seen, pathwise::refined};
use crate::{Case, Context, Error, NamedLaw, Result};

/// `k` at which `Var h` of a symmetric pair peaks (theory.md C8).
pub(crate) const K_V: f64 = 1.345_477_669_725_041_686_4;

/// `E|grad h|^2 - Cov(h, b)`: what produces `Var h` (D3).
pub(crate) fn production(case: &Case) -> Result<Estimate> {
    balance(case, |s| s.label_gradient2())
}

/// The mean of a term against `Cov(h, b)`.
pub(crate) fn balance(case: &Case, gain: fn(&Seen<'_>) -> f64) -> Result<Estimate> {
    Ok(case.mean_of(Detail::LABELS, gain)?
        - case.covariance(
            Detail::LABEL_ENTROPY | Detail::LABEL_PRODUCTION,
            |s| s.label_entropy(),
            |s| s.label_production(),
        )?)
}

/// The same two sides by simulation: `E|grad h|^2`, `Cov(h, b)`, and their difference.
pub(crate) fn sampled_production(context: &Context, case: &Case) -> Result<[Estimate; 3]> {
    let asked = Detail::LABEL_ENTROPY | Detail::LABEL_PRODUCTION | Detail::LABEL_GRADIENT2;
    let means = case.sample(context, asked, 3, &[(1, 2)], |row, out| {
        let seen = row.seen(0);
        (out[0], out[1], out[2]) = (seen.label_gradient2(), seen.label_entropy(), seen.label_production());
    })?;
    let combine = |gradient: f64, covariance: f64| {
        let found = means.linear_with_covariances(&[(0, gradient)], &[((1, 2), covariance)], Context::CONFIDENCE);
        found.ok_or(Error::Product(1, 2))
    };
    Ok([means.mean(0, Context::CONFIDENCE), combine(0.0, 1.0)?, combine(1.0, -1.0)?])
}

/// The pair `+-a` with variance `q` on its line, at its pitchfork.
pub(crate) fn pair_on_a_line(a: f64, q: f64, process: NoiseProcess) -> Result<Case> {
    let law = Mixture::symmetric_pair(&[a], q)?;
    NamedLaw::new("pair", law).under(process, process.time_at_snr(1.0 / (a * a - q))?)
}

/// `log gamma` of a case of [`pair_on_a_line`] at which `k` has a value.
fn log_snr(case: &Case, k: f64) -> f64 {
    let (a, q) = (case.law().mean(0)[0], case.law().covariance(0).eigenvalue(0));
    (k / (a * a - q * k)).ln()
}

/// `log gamma` where `Var h` of a pair on its line is a share of its maximum, where it peaks, and where it is that
/// share again; by general quadrature.
pub(crate) fn variance_window(case: &Case, share: f64) -> Result<[Estimate; 3]> {
    let process = *case.process();
    let at = |l: f64| -> Result<Case> { Ok(case.at(process.time_at_snr(l.exp())?)) };
    let variance = |l: f64| at(l)?.variance(Detail::LABEL_ENTROPY, |s| s.label_entropy());
    let centre = log_snr(case, K_V);
    let missing = Error::NoRoot { what: "Var h", lo: centre - 0.5, hi: centre + 0.5 };
    let top = peak(variance, centre, 0.5)?.ok_or(missing)?;
    let above = |l: f64| -> Result<Estimate> { Ok(variance(l)? - top.height * Estimate::given(share)) };
    let first = root(above, log_snr(case, 0.1), centre)?;
    let middle = root(|l| production(&at(l)?), centre - 0.6, centre + 0.6)?;
    let last = root(above, centre, log_snr(case, 7.0))?;
    Ok([first, middle, last].map(|l| l.widened(ulps::level(l.value()) * f64::EPSILON)))
}

/// The time of `ou` at `log gamma`, `log(1 + 1/gamma)/2`.
pub(crate) fn ou_time(l: Estimate) -> Estimate {
    (-l).exp().ln_1p() / 2
}

/// `b = atanh(2 confidence - 1)`: half the log-odds at which a label is trusted.
pub(crate) fn bound(confidence: f64) -> f64 {
    (2.0 * confidence - 1.0).atanh()
}

/// Wald's mean of the signal at which that happens, `b tanh b` (D6).
///
/// # Accuracy
/// `b` is rounded, and `tanh` feels it by no more.
pub(crate) fn wald(confidence: f64) -> Estimate {
    let b = bound(confidence);
    Estimate::rounded(b * b.tanh(), 3.0 * ulps::HYPERBOLIC + ulps::OPERATION)
}

/// `+-A +-b` on a line, coarse label first.
pub(crate) fn tree_on_a_line(a: f64, b: f64) -> Result<NamedLaw> {
    Ok(NamedLaw::new("tree-line", Mixture::atoms(&[], &[vec![a + b], vec![a - b], vec![b - a], vec![-a - b]])?))
}

/// The same on two axes.
pub(crate) fn tree_on_axes(a: f64, b: f64) -> Result<NamedLaw> {
    Ok(NamedLaw::new("tree-axes", Mixture::atoms(&[], &[vec![a, b], vec![a, -b], vec![-a, b], vec![-a, -b]])?))
}

/// A quantity of a decision at a signal-to-noise ratio of the case's process.
pub(crate) fn at_snr(case: &Case, snr: f64, of: impl Fn(&Case) -> Result<Estimate>) -> Result<Estimate> {
    let moved = case.at(case.process().time_at_snr(snr)?);
    let value = of(&moved)?;
    // The time is rounded. By d log/d log gamma, which is taken to be at most 2 + k: that of `Var h` is 2 at its noisy
    // end and -k/2 at the other; no bound is proved in between.
    Ok(value.widened((2.0 + snr) * (moved.truth().level()?.snr() / snr - 1.0).abs() * value.value()))
}

/// `Var h`.
pub(crate) fn entropy_variance(case: &Case) -> Result<Estimate> {
    case.variance(Detail::LABEL_ENTROPY, |s| s.label_entropy())
}

/// Number of peaks of a quantity of decisions among `nodes` levels even in `log gamma`, each higher than its neighbours
/// beyond their errors. On two axes the two decisions are independent and their entropies, and the variances of these,
/// add (C10): each is integrated on its own line.
pub(crate) fn peaks_of(
    case: &Case,
    (low, high): (f64, f64),
    nodes: usize,
    of: fn(&Case) -> Result<Estimate>,
) -> Result<Estimate> {
    let level = |i: usize| (low + (high - low) * i as f64 / (nodes - 1) as f64).exp();
    let cases = if case.law().dim() == 1 { vec![case.clone()] } else { axes(case)?.into() };
    let read = |i: usize| cases.iter().map(|s| at_snr(s, level(i), of)).sum::<Result<Estimate>>();
    let values = (0..nodes).map(read).collect::<Result<Vec<_>>>()?;
    let above = |a: Estimate, b: Estimate| a.value() - b.value() > a.radius() + b.radius();
    Ok(Estimate::count(values.windows(3).filter(|v| above(v[1], v[0]) && above(v[1], v[2])).count()))
}

/// [`peaks_of`] `Var h`.
pub(crate) fn peaks(case: &Case, range: (f64, f64), nodes: usize) -> Result<Estimate> {
    peaks_of(case, range, nodes, entropy_variance)
}

/// The pairs `+-A` and `+-b` of a tree on two axes.
pub(crate) fn axes(case: &Case) -> Result<[Case; 2]> {
    let pair = |i: usize| {
        let law = Mixture::symmetric_pair(&[case.law().mean(0)[i]], 0.0)?;
        NamedLaw::new("axis", law).under(*case.process(), case.t())
    };
    Ok([pair(0)?, pair(1)?])
}

/// Two runs of a sampler from each `X_t` at `start`, their labels drawn at the end, with `n` and `2n` steps: the error
/// of a scheme is removed to leading order, and what was removed is added to the radius. The law is a pair with
/// `q = 1`, `|mu|^2 = dim`.
pub(crate) fn sampled_agreement(
    settings: &Settings,
    dim: usize,
    start: NoiseLevel,
    (scheme, steps): (Scheme, usize),
) -> Result<Estimate> {
    let d = dim as f64;
    let law = MixtureLaw::of(Mixture::symmetric_pair(&vec![1.0; dim], 1.0)?);
    let channel = Channel::new(Arc::clone(&law) as _, NoiseProcess::Ou, start.t())?;
    // Given X_s with alpha^2 D/sigma^2 = 200 there is nothing left to decide but by a label drawn there.
    let end = NoiseProcess::Ou.at_snr(200.0 / d)?;
    let sampler = Sampler::new(&*law, NoiseLaw::Gaussian);
    let reverse = |steps| Reverse::new(&channel, &[end, start], steps, scheme);
    let marginal = Marginal::new(&law, &end);
    refined(settings, reverse, (steps, scheme.order()), |reverse, rng, out| {
        let (mut draws, mut offsets, mut batch) = (Draws::default(), Vec::new(), PathBatch::default());
        sampler.draw(out.len(), rng, &mut draws);
        draws.offsets(&start, &mut offsets);
        let mut labels = [Vec::new(), Vec::new()];
        for ends in &mut labels {
            reverse.follow(&draws.anchors, &offsets, rng, &mut batch)?;
            let points = Points { anchors: &batch.anchors, offsets: &batch.offsets[0] };
            LabelPosterior::new(&marginal).draw(points, rng, ends);
        }
        let [a, b] = labels;
        out.iter_mut().zip(a.iter().zip(&b)).for_each(|(o, (a, b))| *o = f64::from(u8::from(a == b)));
        Ok(())
    })
}
