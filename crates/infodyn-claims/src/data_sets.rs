//! Random data sets, and how well a noised point tells its own point from the others.

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Mixture, NoiseLevel, NoiseProcess};
use infodyn_enclosure::{Interval, LineLaw, Moment, Number, zero};
use infodyn_monte_carlo::{Draws, Means, NoiseLaw, Sampler, View};

use crate::enclosed::{Slope, real};
use crate::{Context, Result};

/// Column of [`experiment`]: the posterior of the own point.
pub(crate) const OWN: usize = 0;
/// `sum_i pi_i^2`.
pub(crate) const AGREEMENT: usize = 1;
/// `log N` minus the entropy of the posterior over points.
pub(crate) const GAINED: usize = 2;
/// The largest posterior.
pub(crate) const TOP: usize = 3;
/// The posterior of one of the other points.
pub(crate) const ANOTHER: usize = 4;
/// That of the true label.
pub(crate) const LABEL: usize = 5;
/// Whether the own point is of the first label.
pub(crate) const FIRST: usize = 6;
/// [`OWN`] there, else 0.
pub(crate) const OWN_FIRST: usize = 7;
const COLUMNS: usize = 8;

/// Data sets of `points` drawn from `law`, and their posterior at a noised point of each: every batch draws one data
/// set, in which the own point of each of its draws replaces one.
pub(crate) fn experiment(
    context: &Context,
    cost: u64,
    law: &Mixture,
    points: usize,
    level: NoiseLevel,
) -> Result<Means> {
    let settings = context.settings(cost);
    let law = MixtureLaw::of(law.clone());
    let marginal = Marginal::new(&law, &level);
    let (dim, alpha) = (law.dim(), level.alpha());
    let views = [View::new(level, &marginal)];
    Ok(infodyn_monte_carlo::mean_of(&settings, &*law, &views, COLUMNS, &[], |batch, out| {
        let mut others = Draws::default();
        Sampler::new(&*law, NoiseLaw::Gaussian).draw(points - 1, &mut batch.auxiliary(), &mut others);
        let place = |anchor: usize, xi: &[f64]| -> Vec<f64> {
            law.mean(anchor).iter().zip(xi).map(|(m, x)| alpha * (m + x)).collect()
        };
        let centres: Vec<f64> =
            others.anchors.iter().zip(others.xi.chunks_exact(dim)).flat_map(|(&k, xi)| place(k, xi)).collect();
        let mut logs = vec![0.0; points];
        for (i, out) in out.chunks_exact_mut(COLUMNS).enumerate() {
            let anchor = batch.draws.anchors[i];
            let own = place(anchor, &batch.draws.xi[i * dim..(i + 1) * dim]);
            let x: Vec<f64> =
                own.iter().zip(&batch.draws.noise[i * dim..]).map(|(c, z)| c + level.sigma() * z).collect();
            let energy = |c: &[f64]| x.iter().zip(c).map(|(x, c)| (x - c) * (x - c)).sum::<f64>();
            let base = energy(&own);
            logs[0] = 0.0;
            for (l, c) in logs[1..].iter_mut().zip(centres.chunks_exact(dim)) {
                *l = 0.5 * (base - energy(c)) / level.sigma2();
            }
            let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // Of hundreds of points nothing below e^-45 of the most probable one is seen.
            let weight = |l: f64| if l < -45.0 { 0.0 } else { l.exp() };
            let label = |j: usize| law.labels()[if j == 0 { anchor } else { others.anchors[j - 1] }];
            out.fill(0.0);
            let (mut total, mut mean) = (0.0, 0.0);
            for (j, l) in logs.iter_mut().enumerate() {
                let log = *l - top;
                let p = weight(log);
                total += p;
                mean += p * log;
                out[AGREEMENT] += p * p;
                out[LABEL] += if label(j) == label(0) { p } else { 0.0 };
                *l = p;
            }
            // The posterior's logarithm is that of its weight less that of the total.
            out[GAINED] = mean / total - total.ln() + (points as f64).ln();
            out[AGREEMENT] /= total * total;
            out[LABEL] /= total;
            (out[OWN], out[ANOTHER], out[TOP]) = (logs[0] / total, logs[1] / total, 1.0 / total);
            if label(0) == 0 {
                (out[FIRST], out[OWN_FIRST]) = (1.0, out[OWN]);
            }
        }
    })?)
}

/// `ou` at a signal-to-noise ratio.
pub(crate) fn ou_at(snr: f64) -> Result<NoiseLevel> {
    Ok(NoiseProcess::Ou.at(NoiseProcess::Ou.time_at_snr(snr)?)?)
}

/// `gamma`, in a bracket, at which `I(X_0;X_t)` of a law on the line has a value.
pub(crate) fn enclosed_collapse(
    law: &LineLaw,
    information: Interval,
    bracket: Interval,
) -> infodyn_enclosure::Result<Interval> {
    let root = zero(bracket, |gamma| {
        let noise = real::<Slope>(1.0) / gamma;
        let kernel = ((Slope::real(Interval::PI.times(2.0)) * noise).ln() + real(1.0)).times(0.5);
        Ok(law.at(real(1.0), noise)?.mean(Moment::LnDensity)? - kernel - Slope::real(information))
    })?;
    Ok(root.at)
}
