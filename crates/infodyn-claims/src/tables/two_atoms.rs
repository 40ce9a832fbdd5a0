//! Two symmetric atoms against the signal-to-noise ratio.

use infodyn_closed_form::pair;
use infodyn_core::{Estimate, Table};
use infodyn_quadrature::peak;

use super::logarithmic;
use crate::Result;

/// Two symmetric atoms against `k = alpha^2 a^2/sigma^2` (claims C2, C8, D4): the fixed points of the
/// score in units of `alpha a` with the score's slope there in units of `1/sigma^2`, the label's entropy,
/// its rate `-dH/dlog k`, and both variances.
///
/// # Errors
/// When a number cannot be computed.
pub fn two_atoms() -> Result<Table> {
    let ks = two_atom_grid();
    let stable = |k: f64| pair::fixed_point(k);
    let branch = |sign: f64| {
        ks.iter().map(move |&k| if k == 1.0 { Some(Estimate::exact(0.0)) } else { stable(k).map(|m| m * sign) })
    };
    // sigma^2 ds/dx = k (1 - m^2) - 1 at a fixed point.
    let slope = |m: Option<Estimate>, k: f64| m.map(|m| (m * m * -1.0 + 1.0) * k + -1.0);
    let outer: Vec<_> =
        ks.iter().map(|&k| if k == 1.0 { Some(Estimate::exact(0.0)) } else { slope(stable(k), k) }).collect();
    let mut table =
        Table::new().with("snr", "", ks.iter().map(|&k| Estimate::rounded(k, if k == 1.0 { 0.0 } else { 8.0 })));
    for (name, values) in [
        ("fixed_point_upper", branch(1.0).collect::<Vec<_>>()),
        ("slope_upper", outer.clone()),
        ("fixed_point_centre", ks.iter().map(|_| Some(Estimate::exact(0.0))).collect()),
        ("slope_centre", ks.iter().map(|&k| Some(Estimate::rounded(k - 1.0, 16.0))).collect()),
        ("fixed_point_lower", branch(-1.0).collect()),
        ("slope_lower", outer),
    ] {
        table.columns.push(infodyn_core::Column { name: name.into(), unit: String::new(), values });
    }
    let each = |f: fn(f64) -> Estimate| ks.iter().map(move |&k| f(k));
    Ok(table
        .with("label_entropy", "nats", each(pair::label_entropy))
        .with("label_entropy_rate", "nats", each(|k| pair::mmse(k) * (0.5 * k)))
        .with("label_posterior_entropy_variance", "nats^2", each(pair::label_entropy_variance))
        .with("label_surprisal_variance", "nats^2", each(pair::label_surprisal_variance)))
}

/// Even in `log k`, finer near the pitchfork, where a branch leaves with infinite slope.
fn two_atom_grid() -> Vec<f64> {
    let mut ks = logarithmic(0.05, 20.0, 97);
    ks.extend((0..24).map(|i| 1.0 + 1e-4 * 1.4_f64.powi(i)));
    ks.push(1.0);
    ks.sort_by(f64::total_cmp);
    ks
}

/// The places of theory.md C8: the pitchfork, the peak of `Var h` and the peak of the entropy rate in
/// `log k`, one row.
///
/// # Errors
/// When a peak is not bracketed.
pub fn two_atom_critical() -> Result<Table> {
    Ok(Table::new()
        .with("pitchfork", "", [Estimate::exact(1.0)])
        .with("variance_peak", "", [top("Var h", pair::label_entropy_variance)?])
        .with("rate_peak", "", [top("entropy rate", |k| pair::mmse(k) * k)?]))
}

/// The `k` in `[e^0.1, e^0.7]` at which a function of it peaks.
fn top(what: &'static str, f: impl Fn(f64) -> Estimate) -> Result<Estimate> {
    let found = peak(|x| Ok::<_, crate::Error>(f(x.exp())), 0.4, 0.3)?;
    let at = found.ok_or(crate::Error::NoRoot { what, lo: 0.1, hi: 0.7 })?.at;
    let k = at.value.exp();
    Ok(Estimate::new(k, k * (at.radius + 4.0 * f64::EPSILON)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C8.
    #[test]
    fn the_peaks_of_two_atoms() {
        let table = two_atom_critical().unwrap();
        for (name, truth) in [("variance_peak", 1.345_477_669_725_041_7), ("rate_peak", 1.508_330_628_786_381)] {
            let k = table.column(name).unwrap().values[0].unwrap();
            assert!(k.contains(truth) && k.radius < 1e-11, "{name}: {k}");
        }
    }
}
