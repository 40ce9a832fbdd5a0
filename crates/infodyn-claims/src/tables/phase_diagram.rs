//! Two atoms of unequal weight: where there are two modes, and where the label is decided.

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Channel, Estimate, Mixture, NoiseProcess, Quantity, Table, profile, ulps};
use infodyn_quadrature::{Quadrature, peak};

use super::{logarithmic, places};
use crate::branching::{Uneven, fold_gap};
use crate::{Error, Result};

/// Weights of the first atom for which curves over the noise are drawn.
const WEIGHTS: [f64; 3] = [0.5, 0.8, 0.97];

/// Two atoms `+-a` of weights `w` and `1 - w` against `snr`, `k = alpha^2 a^2/sigma^2` (claims C5, C6): between
/// `fold_lower` and `fold_upper`, the weights at which `|log(w/(1-w))| = G(sqrt k)`, the marginal has two modes.
///
/// # Errors
/// When a number cannot be computed.
pub fn phase_folds() -> Table {
    let ks: Vec<f64> = (0..121).map(|i| 1.0 + 13.0 * (f64::from(i) / 120.0).powi(2)).collect();
    let upper = ks.iter().map(|&k| weight(k));
    Table::new()
        .with("fold_snr", "", ks.iter().map(|&k| Estimate::rounded(k, ulps::operations(5))))
        .with("fold_upper", "", upper.clone())
        .with("fold_lower", "", upper.map(|w| Estimate::ONE - w))
}

/// The weight above 1/2 whose log-odds are `G(sqrt k)`; `G' = 4 sqrt(d^2-1) <= 4 d`.
fn weight(k: f64) -> Estimate {
    at_odds(fold_gap(k.sqrt()).widened(4.0 * ulps::OPERATION * f64::EPSILON * k))
}

/// The weight with these log-odds.
fn at_odds(odds: Estimate) -> Estimate {
    Estimate::ONE / ((-odds).exp() + 1)
}

/// The fold that continuation finds for given weights `found_weight`, on either side of 1/2: `found_snr`, and in the
/// variables of the cusp: `cusp_excess`, `d - 1` with `d = sqrt k`; `cusp_bias`, `b = |log(w/(1-w))|`; `cusp_ratio`,
/// `b/(d-1)^{3/2}`, which tends to `8 sqrt(2)/3` as `d -> 1`.
///
/// # Errors
/// When no fold is found.
pub fn phase_found() -> Result<Table> {
    let mut rows = Vec::new();
    for (i, size) in logarithmic(0.004, 2.6, 12).into_iter().enumerate() {
        let bias = cusp(size);
        let w = at_odds(if i % 2 == 0 { bias } else { -bias });
        let (log_snr, _) = Uneven { w: w.value(), a: 1.0, q: 0.0 }.fold(NoiseProcess::Ou)?;
        let k = log_snr.value().exp();
        let doubt = log_snr.radius() + ulps::level(log_snr.value()) * f64::EPSILON;
        let d = k.sqrt();
        let excess = Estimate::new(d - 1.0, 0.5 * d * doubt);
        // The weight is rounded, and b is known through it.
        let bias = bias.widened(ulps::formula(5, 1) * f64::EPSILON * (1.0 + bias.value().exp()));
        rows.push((w, Estimate::new(k, 1.01 * k * doubt), excess, bias, bias * excess.powf(-1.5)));
    }
    Ok(Table::new()
        .with("found_weight", "", rows.iter().map(|r| r.0))
        .with("found_snr", "", rows.iter().map(|r| r.1))
        .with("cusp_excess", "", rows.iter().map(|r| r.2))
        .with("cusp_bias", "nats", rows.iter().map(|r| r.3))
        .with("cusp_ratio", "nats", rows.iter().map(|r| r.4)))
}

/// A bias of the size of `G(1 + x)`: what a pair is given before its fold is looked for.
fn cusp(x: f64) -> Estimate {
    Estimate::near(std::f64::consts::SQRT_2) * 8 / 3 * Estimate::given(x).powf(1.5)
}

/// `G` itself: `gap_excess`, `d - 1`; `gap`, `G(d)`; `gap_ratio`, `G(d)/(d-1)^{3/2}`; and in one row `cusp_limit`,
/// `8 sqrt(2)/3`.
#[must_use]
pub fn phase_cusp() -> Table {
    let xs = logarithmic(0.003, 3.0, 61);
    // 1 + x is rounded; G' = 4 sqrt(d^2-1).
    let gap = |x: f64| {
        let d = 1.0 + x;
        fold_gap(d).widened(4.0 * ulps::OPERATION * f64::EPSILON * d * (x * (2.0 + x)).sqrt())
    };
    Table::new()
        .with("gap_excess", "", places(&xs))
        .with("gap", "nats", xs.iter().map(|&x| gap(x)))
        .with("gap_ratio", "nats", xs.iter().map(|&x| gap(x) * Estimate::given(x).powf(-1.5)))
        .with("cusp_limit", "nats", [cusp(1.0)])
}

/// What the label does at `log k`: `Var h` and `-dH/dlog k`, by quadrature.
fn label(law: &Mixture, log_snr: f64) -> Result<[Estimate; 2]> {
    let t = (-log_snr).exp();
    let wanted = [Quantity::LabelPosteriorEntropyVariance, Quantity::LabelEntropyRate];
    let found = profile(&Quadrature, &Channel::new(MixtureLaw::of(law.clone()), NoiseProcess::Ve, t)?, &wanted)?;
    let get = |q| found.get(q).ok_or(Error::NotFound("a quantity of the label"));
    Ok([get(wanted[0])?, get(wanted[1])? * Estimate::given(t)])
}

/// Against `weight`, the `k` at which `Var h` and the entropy rate `-dH/dlog k` of the label peak: `variance_peak`,
/// `rate_peak` (claim C8 at weight 1/2). The law with the weights exchanged is the same but for the names, and is not
/// computed twice.
///
/// # Errors
/// When a peak is not bracketed.
pub fn phase_peaks() -> Result<Table> {
    let mut rows = Vec::new();
    // Even in the log-odds, which reach those of 0.99.
    for i in 0..=20 {
        let w = at_odds(Estimate::from(99).ln() * i / 20);
        let law = Uneven { w: w.value(), a: 1.0, q: 0.0 }.law()?;
        let at = [top(&law, 0)?, top(&law, 1)?];
        rows.push((w, at));
        if i > 0 {
            rows.push((Estimate::ONE - w, at));
        }
    }
    rows.sort_by(|a, b| a.0.value().total_cmp(&b.0.value()));
    Ok(Table::new()
        .with("weight", "", rows.iter().map(|r| r.0))
        .with("variance_peak", "", rows.iter().map(|r| r.1[0]))
        .with("rate_peak", "", rows.iter().map(|r| r.1[1])))
}

/// The `k` of the highest peak of one of [`label`]: on a raster, then by interpolation.
fn top(law: &Mixture, which: usize) -> Result<Estimate> {
    let mut best = (f64::NEG_INFINITY, 0.0);
    for i in -8..=16 {
        let x = 0.25 * f64::from(i);
        let height = label(law, x)?[which].value();
        if height > best.0 {
            best = (height, x);
        }
    }
    let found = peak(|x| Ok::<_, Error>(label(law, x)?[which]), best.1, 0.3)?;
    Ok(found.ok_or(Error::NotFound("a peak"))?.at.exp())
}

/// Three weights against `curve_snr`, `k`: `variance_W`, `Var h` of the label for the weight `W` per cent; and one row
/// each where the curves have their fold, `mark_snr`, `mark_variance`.
///
/// # Errors
/// When a number cannot be computed.
pub fn phase_curves() -> Result<Table> {
    let ks = logarithmic(0.3, 14.0, 57);
    let mut table = Table::new().with("curve_snr", "", places(&ks));
    let mut marks = Vec::new();
    for w in WEIGHTS {
        let pair = Uneven { w, a: 1.0, q: 0.0 };
        let law = pair.law()?;
        let values = ks.iter().map(|k| Ok(label(&law, k.ln())?[0])).collect::<Result<Vec<_>>>()?;
        table = table.with(&format!("variance_{:.0}", 100.0 * w), "nats^2", values);
        // Of equal weights the two folds are the pitchfork.
        let log_snr = if w == 0.5 { Estimate::ZERO } else { pair.fold(NoiseProcess::Ou)?.0 };
        marks.push((log_snr.exp(), label(&law, log_snr.value())?[0]));
    }
    Ok(table.with("mark_snr", "", marks.iter().map(|m| m.0)).with("mark_variance", "nats^2", marks.iter().map(|m| m.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C8, C6.
    #[test]
    fn the_peaks_of_equal_weights_and_the_cusp() {
        let peaks = phase_peaks().unwrap();
        let middle = peaks.rows() / 2;
        for (name, truth) in [("variance_peak", 1.345_477_669_725_041_7), ("rate_peak", 1.508_330_628_786_381)] {
            let k = peaks.column(name).unwrap().values[middle].unwrap();
            assert!(k.contains(truth) && k.radius() < 1e-8, "{name}: {k}");
        }
        let found = phase_found().unwrap();
        let value = |name: &str, row: usize| found.column(name).unwrap().values[row].unwrap();
        // The ratio is c (1 + (3/20) x + ..), and the fold that was found lies on G.
        let limit = phase_cusp().column("cusp_limit").unwrap().values[0].unwrap().value();
        assert!((value("cusp_ratio", 0).value() / limit - 1.0).abs() < 0.2 * value("cusp_excess", 0).value());
        for row in 0..found.rows() {
            let d = 1.0 + value("cusp_excess", row).value();
            let slope = 4.0 * (d * d - 1.0).sqrt();
            let doubt = slope * value("cusp_excess", row).radius() + value("cusp_bias", row).radius() + 1e-14 * d * d;
            assert!((fold_gap(d).value() - value("cusp_bias", row).value()).abs() <= 1.01 * doubt, "{row}");
        }
    }

    /// With weights far from equal the label is decided before the second mode is there.
    #[test]
    fn the_order_of_fold_and_peak_turns_around() {
        let (peaks, folds) = (phase_peaks().unwrap(), phase_folds());
        let last = |table: &Table, name: &str| table.column(name).unwrap().values.last().unwrap().unwrap().value();
        assert!(last(&peaks, "variance_peak") < last(&folds, "fold_snr"));
        assert!(last(&folds, "fold_upper") > 0.99);
    }
}
