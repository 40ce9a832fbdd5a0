//! When classes part and when points are remembered: theory and experiment.
//!
//! The law is a pair of classes `N(+-mu, I_D)` with `|mu|^2 = D`, in `ou`: the label's signal-to-noise ratio is
//! `k = D e^{-2t}`, and `t_S = (1/2) log D` (claims C7, C16).

use infodyn_closed_form::pair;
use infodyn_core::{Estimate, Mixture, NoiseProcess, Table, ulps};
use infodyn_monte_carlo::Scheme;
use infodyn_quadrature::root;

use super::{LEVEL, logarithmic, places};
use crate::data_sets::{self, LABEL, OWN};
use crate::radial::beyond;
use crate::{Context, Error, Result};

/// Dimensions of the clones.
const CLONES: [usize; 4] = [2, 8, 32, 128];
/// Where `N` is fixed, and where `D` is.
const POINTS: usize = 403;
const DIM: usize = 12;

/// Two clones end in the same class (claim C16). Against `ratio`, `t/t_S`: `agreement_D` for each dimension, by the
/// closed form; at `sampled_ratio` `sampled_D`, by two runs of the reverse diffusion from each `X_t` with 6 and 12
/// steps; and in one row `agreement_at_one`, what all curves have at `t_S`. Intervals at level 0.997.
///
/// # Errors
/// When the sampler fails.
pub fn clone_agreement(context: &Context) -> Result<Table> {
    let ratios: Vec<f64> = (0..=80).map(|i| 0.1 + 0.025 * f64::from(i)).collect();
    let signal = |dim: usize, ratio: f64| (dim as f64).powf(1.0 - ratio);
    let mut table = Table::new().with("ratio", "", ratios.iter().map(|&r| Estimate::rounded(r, ulps::operations(4))));
    for dim in CLONES {
        let values = ratios.iter().map(|&r| pair::clone_agreement(signal(dim, r)));
        table = table.with(&format!("agreement_{dim}"), "", values);
    }
    let sampled = [0.6, 1.0, 1.4];
    table = table.with("sampled_ratio", "", sampled.map(Estimate::near));
    for dim in CLONES {
        let values = sampled.iter().map(|r| {
            let start = NoiseProcess::Ou.at(0.5 * (dim as f64).ln() * r)?;
            let mut settings = context.for_part(&["clone-agreement", &dim.to_string(), &r.to_string()]).settings(64);
            settings.confidence = LEVEL;
            crate::decisions::sampled_agreement(&settings, dim, start, (Scheme::Exponential { noise: 1.0 }, 6))
        });
        table = table.with(&format!("sampled_{dim}"), "", values.collect::<Result<Vec<_>>>()?);
    }
    Ok(table.with("agreement_at_one", "", [pair::clone_agreement(1.0)]))
}

/// `I(X_0;X_t)` of the pair in `dim` dimensions at `gamma`: the label's part and that within the classes.
fn information(dim: f64, gamma: f64) -> (Estimate, Estimate) {
    let label = Estimate::near(std::f64::consts::LN_2) - pair::label_entropy(gamma * dim / (gamma + 1.0));
    (label, Estimate::rounded(gamma, ulps::SNR).ln_1p() * Estimate::given(0.5 * dim))
}

/// Whether the label's part of the information counts.
#[derive(Clone, Copy)]
enum Label {
    Counted,
    /// As in the formula for large `D`.
    LeftOut,
}

/// `t_C`: `I(X_0;X_t) = log N` (claims E4, E5).
fn collapse(dim: f64, points: f64, label: Label) -> Result<Estimate> {
    let gap = |x: f64| {
        let (of_label, within) = information(dim, x.exp());
        let whole = match label {
            Label::Counted => of_label + within,
            Label::LeftOut => within,
        };
        Ok::<_, Error>(whole - Estimate::given(points).ln())
    };
    Ok(crate::decisions::ou_time(root(gap, -12.0, 12.0)?))
}

/// `N = 403` points of the pair in `D = 12` dimensions against `t` (claims E4, E5): at `set_t`, in data sets, the mean
/// posterior of the own point, `set_own`, and of the own label, `set_label`; at `t` what the theory says of them to
/// leading order, `own`, `Phi(w)`, and for the population, `label`, `E sum pi^2`; and in one row the two times,
/// `speciation` and `collapse`.
///
/// # Errors
/// When the simulation fails.
pub fn regimes(context: &Context) -> Result<Table> {
    let (d, n) = (DIM as f64, POINTS as f64);
    let ts = logarithmic(0.05, 4.0, 81);
    let own = ts.iter().map(|&t| {
        let gamma = NoiseProcess::Ou.at(t)?.snr();
        let (label, within) = information(d, gamma);
        let scale = Estimate::rounded((d * gamma / (1.0 + gamma)).sqrt(), ulps::operations(6));
        Ok(beyond((Estimate::given(n).ln() - label - within) / scale))
    });
    let law = classes(DIM)?;
    let found = logarithmic(0.06, 3.4, 11);
    let runs = found.iter().map(|&t| experiment(context, &law, POINTS, t)).collect::<Result<Vec<_>>>()?;
    Ok(Table::new()
        .with("t", "", places(&ts))
        .with("own", "", own.collect::<Result<Vec<_>>>()?)
        .with("label", "", ts.iter().map(|&t| pair::clone_agreement(d * (-2.0 * t).exp())))
        .with("set_t", "", places(&found))
        .with("set_own", "", runs.iter().map(|r| r.0))
        .with("set_label", "", runs.iter().map(|r| r.1))
        .with("speciation", "", [Estimate::given(d).ln() / 2])
        .with("collapse", "", [collapse(d, n, Label::Counted)?]))
}

fn classes(dim: usize) -> Result<Mixture> {
    Ok(Mixture::symmetric_pair(&vec![1.0; dim], 1.0)?)
}

/// The mean posterior of the own point and of the own label in data sets at time `t`, on draws that are the same at
/// every `t`.
fn experiment(context: &Context, law: &Mixture, points: usize, t: f64) -> Result<(Estimate, Estimate)> {
    let context = context.for_part(&["regimes", &law.dim().to_string(), &points.to_string()]);
    let means = data_sets::experiment(&context, 64, law, points, NoiseProcess::Ou.at(t)?)?;
    Ok((means.mean(OWN, LEVEL), means.mean(LABEL, LEVEL)))
}

/// The time at which one of the two posteriors falls through `value`: between a time at which it surely is above and
/// one at which it surely is below, found in steps of a twenty-fifth from `guess`. Both fall with noise, as every
/// conditional probability of a discrete variable, averaged over itself, does (D1).
fn crossing(context: &Context, law: &Mixture, points: usize, guess: f64, which: usize, value: f64) -> Result<Estimate> {
    let at = |i: i32| guess * 1.04_f64.powi(i);
    // 1 where it surely is above, -1 where it surely is below, else 0.
    let side = |i: i32| -> Result<i32> {
        let (own, label) = experiment(context, law, points, at(i))?;
        let gap = if which == OWN { own } else { label } - Estimate::given(value);
        Ok(i32::from(gap.value() > gap.radius()) - i32::from(gap.value() < -gap.radius()))
    };
    let first = side(0)?;
    let (mut low, mut high) = ((first > 0).then_some(0), (first < 0).then_some(0));
    for step in 1..=25 {
        if low.is_none() {
            match side(-step)? {
                1 => low = Some(-step),
                -1 => high = Some(-step),
                _ => {}
            }
        }
        if high.is_none() {
            match side(step)? {
                -1 => high = Some(step),
                1 => low = Some(step),
                _ => {}
            }
        }
        if let (Some(low), Some(high)) = (low, high) {
            let (low, high) = (at(low), at(high));
            return Ok(Estimate::new(0.5 * (low + high), 0.5 * (high - low)));
        }
    }
    Err(Error::NotFound("the crossing"))
}

/// The two times in data sets: the label's posterior is what it is at `t_S` in the population, and the own point's 1/2.
fn measured(context: &Context, dim: usize, points: usize) -> Result<[Estimate; 2]> {
    let law = classes(dim)?;
    let agreement = pair::clone_agreement(1.0).value();
    let parted = crossing(context, &law, points, 0.5 * (dim as f64).ln(), LABEL, agreement)?;
    let known =
        crossing(context, &law, points, collapse(dim as f64, points as f64, Label::Counted)?.value(), OWN, 0.5)?;
    Ok([parted, known])
}

/// Against `dimension`, for 403 points: `speciation`, `(1/2) log D`; `spectral`, `(1/2) log(D + 1)`, half the logarithm
/// of the largest eigenvalue of the covariance (claim C7); `variance_peak`, where `Var h` is largest (C8); `collapse`,
/// and `collapse_large`, without the label's part; at `set_dimension` the two times found in data sets,
/// `set_speciation` and `set_collapse`, as brackets that hold at level 0.997 for each end.
///
/// # Errors
/// When the simulation fails.
pub fn times_against_dimension(context: &Context) -> Result<Table> {
    let dims = logarithmic(3.0, 64.0, 45);
    let each = |f: &dyn Fn(Estimate) -> Estimate| dims.iter().map(|&d| f(Estimate::given(d))).collect::<Vec<_>>();
    let n = POINTS as f64;
    let collapses = |label| dims.iter().map(|&d| collapse(d, n, label)).collect::<Result<Vec<_>>>();
    let found = [4_usize, 10, 28];
    let times = found.iter().map(|&d| measured(context, d, POINTS)).collect::<Result<Vec<_>>>()?;
    Ok(Table::new()
        .with("dimension", "", places(&dims))
        .with("speciation", "", each(&|d| d.ln() / 2))
        .with("spectral", "", each(&|d| d.ln_1p() / 2))
        .with("variance_peak", "", each(&|d| (d / Estimate::near(VARIANCE_PEAK)).ln() / 2))
        .with("collapse", "", collapses(Label::Counted)?)
        .with("collapse_large", "", collapses(Label::LeftOut)?)
        .with("set_dimension", "", found.iter().map(|&d| Estimate::count(d)))
        .with("set_speciation", "", times.iter().map(|t| t[0]))
        .with("set_collapse", "", times.iter().map(|t| t[1])))
}

/// `k_V` of theory.md C8.
const VARIANCE_PEAK: f64 = 1.345_477_669_725_041_7;

/// The same against `points`, `N`, in 12 dimensions, where only the second time moves.
///
/// # Errors
/// When the simulation fails.
pub fn times_against_points(context: &Context) -> Result<Table> {
    let d = DIM as f64;
    let ns = logarithmic(12.0, 4e4, 45);
    let collapses = |label| ns.iter().map(|&n| collapse(d, n, label)).collect::<Result<Vec<_>>>();
    let found = [25_usize, 100, 400, 1000];
    let times = found.iter().map(|&n| measured(context, DIM, n)).collect::<Result<Vec<_>>>()?;
    Ok(Table::new()
        .with("points", "", places(&ns))
        .with("speciation", "", ns.iter().map(|_| Estimate::given(d).ln() / 2))
        .with("collapse", "", collapses(Label::Counted)?)
        .with("collapse_large", "", collapses(Label::LeftOut)?)
        .with("set_points", "", found.iter().map(|&n| Estimate::count(n)))
        .with("set_speciation", "", times.iter().map(|t| t[0]))
        .with("set_collapse", "", times.iter().map(|t| t[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C16: one number for every dimension; E4: `t_C` in closed form without the label's part; E5: the part
    /// moves it to more noise.
    #[test]
    fn the_constants_of_the_two_times() {
        assert!((pair::clone_agreement(1.0).value() - 0.775_200_245_396_663_6).abs() < 1e-14);
        let (d, n) = (12.0, 403.0_f64);
        let large = collapse(d, n, Label::LeftOut).unwrap();
        let truth = 0.5 * (1.0 / (2.0 * n.ln() / d).exp_m1()).ln_1p();
        assert!((large.value() - truth).abs() <= large.radius() + 1e-14, "{large} {truth}");
        assert!(collapse(d, n, Label::Counted).unwrap().value() > large.value() + 0.01);
    }

    /// In a data set at `t_C` the own point's posterior is near 1/2, and the label is known.
    #[test]
    fn at_the_collapse_the_own_point_is_half_known() {
        let context = Context::new(3, crate::Effort::Smallest);
        let t = collapse(12.0, 403.0, Label::Counted).unwrap().value();
        let (own, label) = experiment(&context, &classes(12).unwrap(), 403, t).unwrap();
        assert!((own.value() - 0.5).abs() < 0.15 && label.value() > 0.99, "{own} {label}");
    }
}
