//! Two symmetric atoms against the signal-to-noise ratio: where each diagnostic says that the symmetry breaks.

use infodyn_closed_form::pair;
use infodyn_core::{Column, Estimate, Table};
use infodyn_quadrature::{Peak, peak};

use super::{logarithmic, places};
use crate::{Error, Result};

/// The clocks in which the entropy rate is read, with the power `p` of `k^p mmse` that it is, but for a constant.
const CLOCKS: [(&str, f64); 3] = [("log_snr", 1.0), ("sigma", 1.5), ("sigma2", 2.0)];

/// Two symmetric atoms against `k = alpha^2 a^2/sigma^2` (claims C2, C8): the fixed points of the score in units of
/// `alpha a` with the score's slope there in units of `1/sigma^2`, the variance of the label's pathwise entropy, and
/// the rate of the label's entropy per unit of `log gamma`, `sigma/alpha` and `sigma^2/alpha^2`, each over its maximum.
///
/// # Errors
/// When a peak is not bracketed.
pub fn offsets() -> Result<Table> {
    let ks = grid();
    let stable = |k: f64| if k == 1.0 { Some(Estimate::ZERO) } else { pair::fixed_point(k) };
    let branch = |sign: i32| ks.iter().map(|&k| stable(k).map(|m| m * sign)).collect();
    // sigma^2 ds/dx = k (1 - m^2) - 1 at a fixed point.
    let slope =
        |k: f64| if k == 1.0 { stable(k) } else { stable(k).map(|m| (Estimate::ONE - m * m) * Estimate::given(k) - 1) };
    let outer: Vec<_> = ks.iter().map(|&k| slope(k)).collect();
    let row = |(&k, column): (&f64, Estimate)| if k == 1.0 { Estimate::ONE } else { column };
    let mut table = Table::new().with("snr", "", ks.iter().zip(places(&ks)).map(row));
    for (name, values) in [
        ("fixed_point_upper", branch(1)),
        ("slope_upper", outer.clone()),
        ("fixed_point_centre", ks.iter().map(|_| Some(Estimate::ZERO)).collect()),
        ("slope_centre", ks.iter().map(|&k| Some(Estimate::given(k) - 1)).collect()),
        ("fixed_point_lower", branch(-1)),
        ("slope_lower", outer),
    ] {
        table.columns.push(Column { name: name.into(), unit: String::new(), values });
    }
    for (name, power) in CLOCKS {
        let top = rate_peak(power)?.height;
        table = table.with(
            &format!("rate_{name}"),
            "",
            ks.iter().map(|&k| pair::mmse(k) * Estimate::given(k).powf(power) / top),
        );
    }
    Ok(table.with("variance", "nats^2", ks.iter().map(|&k| pair::label_entropy_variance(k))))
}

/// Even in `log k`, finer near the pitchfork, where a branch leaves with infinite slope.
fn grid() -> Vec<f64> {
    let mut ks = logarithmic(0.05, 20.0, 97);
    ks.extend((0..24).map(|i| 1.0 + 1e-4 * 1.4_f64.powi(i)));
    ks.push(1.0);
    ks.sort_by(f64::total_cmp);
    ks
}

/// The places of theory.md C8, one row: the pitchfork, the peak of `Var h` with its height, and the peaks of the
/// entropy rate in the three clocks.
///
/// # Errors
/// When a peak is not bracketed.
pub fn offsets_critical() -> Result<Table> {
    let variance = top("Var h", pair::label_entropy_variance)?;
    let mut table = Table::new().with_exact("pitchfork", "", [1.0]).with("variance_peak", "", [place(&variance)]).with(
        "variance_height",
        "nats^2",
        [variance.height],
    );
    for (name, power) in CLOCKS {
        table = table.with(&format!("rate_{name}_peak"), "", [place(&rate_peak(power)?)]);
    }
    Ok(table)
}

fn rate_peak(power: f64) -> Result<Peak> {
    top("entropy rate", |k| pair::mmse(k) * Estimate::given(k).powf(power))
}

/// The peak of a function of `k` in `log k`, within a factor `e^0.8` of 2.
pub(super) fn top(what: &'static str, f: impl Fn(f64) -> Estimate) -> Result<Peak> {
    let (centre, half) = (std::f64::consts::LN_2, 0.8);
    let found = peak(|x| Ok::<_, Error>(f(x.exp())), centre, half)?;
    found.ok_or(Error::NoRoot { what, lo: centre - half, hi: centre + half })
}

/// Where it is, as a value of `k`.
pub(super) fn place(peak: &Peak) -> Estimate {
    peak.at.exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C8, and section 7 for the height.
    #[test]
    fn the_constants_of_two_atoms() {
        let table = offsets_critical().unwrap();
        for (name, truth) in [
            ("variance_peak", 1.345_477_669_725_041_7),
            ("variance_height", 0.053_628_891_129_723_5),
            ("rate_log_snr_peak", 1.508_330_628_786_381),
            ("rate_sigma_peak", 2.412_648_895_833_228_2),
            ("rate_sigma2_peak", 3.348_668_168_745_850_5),
        ] {
            let k = table.column(name).unwrap().values[0].unwrap();
            assert!(k.contains(truth) && k.radius() < 1e-10, "{name}: {k}");
        }
        let variance = offsets().unwrap();
        let (ks, values) = (variance.column("snr").unwrap(), variance.column("variance").unwrap());
        let row = ks.values.iter().position(|k| k.unwrap().value() == 1.0).unwrap();
        assert!(values.values[row].unwrap().contains(0.050_857_317_461_390_949_2));
    }
}
