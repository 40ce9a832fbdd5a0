//! Whether the window of a decision sharpens as the dimension grows: in which coordinate.

use infodyn_core::{Detail, Estimate, NoiseProcess, Table, ulps};

use super::{logarithmic, places};
use crate::decisions::{ou_time, pair_on_a_line, variance_window};
use crate::{Case, Result};

/// Share of the maximum at which a window ends.
const HALF: f64 = 0.5;

/// The windows that are drawn: `D = 2^n`.
const DRAWN: [i32; 7] = [2, 5, 8, 11, 14, 17, 20];

/// Two atoms `+-mu` with `|mu|^2 = D`, reduced to their line.
fn case(dimension: f64, process: NoiseProcess) -> Result<Case> {
    pair_on_a_line(dimension.sqrt(), 0.0, process)
}

/// `sigma/alpha` at `log gamma`, the time of `edm`.
fn noise(l: Estimate) -> Estimate {
    (-l / 2).exp()
}

/// Claim C9: `Var h` of two atoms `+-mu`, `|mu|^2 = D`, for `D = 2^2, 2^5, .., 2^20`, along VP (`ou`) and `edm`, by
/// quadrature of the pair reduced to its line. A row is a value of `k`, from `50` down; for each `D = 2^n`
///
/// | column | what |
/// |---|---|
/// | `ou_t_n`, `ou_ratio_n`, `ou_log_n` | `t`, `t/t_V`, `log(gamma_V/gamma)` |
/// | `ou_variance_n` | `Var h`, nats squared |
/// | `edm_sigma_n`, `edm_ratio_n`, `edm_log_n` | `sigma`, `sigma/sigma_V`, `log sigma/log sigma_V` |
/// | `edm_variance_n` | `Var h`, nats squared |
///
/// with the index `V` where that `Var h` peaks.
///
/// # Errors
/// When a quadrature or a root fails.
pub fn sharpening() -> Result<Table> {
    let ks: Vec<f64> = logarithmic(50.0, 0.005, 65);
    let mut table = Table::new().with("k", "", places(&ks));
    for n in DRAWN {
        let dimension = 2.0_f64.powi(n);
        for process in [NoiseProcess::Ou, NoiseProcess::Edm] {
            let case = case(dimension, process)?;
            let peak = variance_window(&case, HALF)?[1];
            let mut rows: [Vec<Estimate>; 4] = Default::default();
            for k in &ks {
                let l = (Estimate::given(*k) / Estimate::given(dimension)).ln();
                let l = l.widened(ulps::level(l.value()) * f64::EPSILON);
                let variance = case
                    .at(process.time_at_snr(l.value().exp())?)
                    .variance(Detail::LABEL_ENTROPY, |s| s.label_entropy())?;
                let row = if process == NoiseProcess::Ou {
                    [ou_time(l), ou_time(l) / ou_time(peak), peak - l, variance]
                } else {
                    let logs = noise(l).ln() / noise(peak).ln();
                    [noise(l), noise(l) / noise(peak), logs, variance]
                };
                rows.iter_mut().zip(row).for_each(|(column, e)| column.push(e));
            }
            let names = if process == NoiseProcess::Ou { ["t", "ratio", "log"] } else { ["sigma", "ratio", "log"] };
            let prefix = if process == NoiseProcess::Ou { "ou" } else { "edm" };
            for (name, (column, unit)) in
                names.into_iter().chain(["variance"]).zip(rows.into_iter().zip(["", "", "", "nats^2"]))
            {
                table = table.with(&format!("{prefix}_{name}_{n}"), unit, column);
            }
        }
    }
    Ok(table)
}

/// The full width at half maximum of `Var h` for `D = 2^2, 2^3, .., 2^20` (column `dimension`), in the six coordinates:
/// `ou_t`, `ou_ratio`, `ou_log`, `edm_sigma`, `edm_ratio`, `edm_log`.
///
/// # Errors
/// When a root fails.
pub fn sharpening_widths() -> Result<Table> {
    let dimensions: Vec<f64> = (2..=20).map(|n| 2.0_f64.powi(n)).collect();
    let mut columns: [Vec<Estimate>; 6] = Default::default();
    for &d in &dimensions {
        columns.iter_mut().zip(widths(d)?).for_each(|(column, width)| column.push(width));
    }
    let mut table = Table::new().with_exact("dimension", "", dimensions);
    for (name, column) in ["ou_t", "ou_ratio", "ou_log", "edm_sigma", "edm_ratio", "edm_log"].into_iter().zip(columns) {
        table = table.with(name, "", column);
    }
    Ok(table)
}

/// The six widths at one dimension.
fn widths(dimension: f64) -> Result<[Estimate; 6]> {
    let window = variance_window(&case(dimension, NoiseProcess::Ou)?, HALF)?;
    let [noisy, peak, clean] = window.map(ou_time);
    let in_log = window[2] - window[0];
    let [first, middle, last] = variance_window(&case(dimension, NoiseProcess::Edm)?, HALF)?.map(noise);
    let logs = [first, middle, last].map(Estimate::ln);
    Ok([
        noisy - clean,
        (noisy - clean) / peak,
        in_log,
        first - last,
        (first - last) / middle,
        (logs[0] - logs[2]) / logs[1],
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C9, for atoms: relative widths in `ou` to six decimals; in `edm` the width in `sigma/sigma_V`; the
    /// width in `log gamma` is twice that in `log sigma`.
    #[test]
    fn the_widths_of_the_windows() {
        for (d, relative) in [(1e2, 0.478_917), (1e4, 0.235_475), (1e6, 0.155_285)] {
            let [_, ou_ratio, ou_log, _, edm_ratio, _] = widths(d).unwrap();
            assert!((ou_ratio.value() - relative).abs() < 5e-7 + ou_ratio.radius(), "{d}: {ou_ratio}");
            assert!((edm_ratio.value() - 1.163_681_071_741_6).abs() < 5e-14 + edm_ratio.radius(), "{d}: {edm_ratio}");
            assert!((ou_log.value() - 2.0 * 1.049_631_839_284_93).abs() < 1e-14 + ou_log.radius(), "{d}: {ou_log}");
            assert!(ou_log.radius() < 1e-9 && edm_ratio.radius() < 1e-9);
        }
    }
}
