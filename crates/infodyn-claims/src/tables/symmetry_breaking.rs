//! Two atoms under a variance-preserving process: paths, branches of three energies, landscapes, rate and variance.

use infodyn_bifurcation::{Energy, FixedPoint, Kind, diagram, fixed_points};
use infodyn_closed_form::{MixtureLaw, pair};
use infodyn_core::{Column, Estimate, Mixture, NoiseLevel, NoiseProcess, Table, ulps};
use infodyn_monte_carlo::{PathBatch, Paths, stream};
use infodyn_quadrature::peak;

use crate::claims::landscape;
use crate::{Context, Error, Result};

/// The process of Raya & Ambrogioni (2023).
const PROCESS: NoiseProcess = NoiseProcess::VP_LINEAR;
/// Times that are drawn.
const TIMES: (f64, f64) = (0.01, 0.6);
/// Paths of either outcome.
const PATHS: usize = 12;

fn atoms() -> Result<Mixture> {
    Ok(Mixture::symmetric_pair(&[1.0], 0.0)?)
}

/// `n` times, evenly spaced, with the most noise first.
fn times(n: usize) -> Vec<f64> {
    (0..n).map(|i| TIMES.1 + (TIMES.0 - TIMES.1) * i as f64 / (n - 1) as f64).collect()
}

/// `|d log snr/dt|` and the radius of a time that was found as `log snr`.
fn time_at(log_snr: Estimate) -> Result<Estimate> {
    let level = PROCESS.at_snr(log_snr.value().exp())?;
    let speed = level.g2() / level.sigma2();
    // Doubled for what the speed changes over the radius.
    let doubt = log_snr.radius() + ulps::level(log_snr.value()) * f64::EPSILON;
    Ok(Estimate::new(level.t(), 2.0 * doubt / speed))
}

/// Where the origin loses its stability, in `log snr`; the flow's never has it.
fn pitchfork(law: &Mixture, energy: Energy) -> Result<Option<Estimate>> {
    let found = diagram(&landscape(law, &PROCESS, energy)?, (0.02, 50.0))?.bifurcations;
    let at_origin = found.iter().find(|b| b.kind == Kind::Pitchfork && b.at[0].abs() < 1e-6);
    Ok(at_origin.map(|b| Estimate::new(b.log_snr, b.error)))
}

/// A fixed point `x` with the largest eigenvalue there, in units of `1/sigma^2`.
type Fixed = Option<(Estimate, Estimate)>;

fn in_place(level: &NoiseLevel, point: &FixedPoint) -> Fixed {
    let x = Estimate::new(point.at[0], point.error + f64::EPSILON * point.at[0].abs()) * Estimate::given(level.alpha());
    // A change of 1 of the eigenvalue takes a change of x by a tenth of sigma at least.
    let turn = point.error / level.sigma_over_alpha();
    let eigenvalue = Estimate::new(point.eigenvalues[0], 10.0 * turn + 4.0 * ulps::eigenvalue(1) * f64::EPSILON);
    (x.is_finite() && eigenvalue.is_finite() && x.radius() < 1e-3).then_some((x, eigenvalue))
}

/// Claims C2 and C3: the fixed points of the marginal energy, of the potential of the reverse SDE and of the potential
/// of the probability flow, for two atoms at `+-1` under `vp-linear`, with the most noise first.
///
/// Columns, for each `ENERGY` (`marginal`, `reverse-sde`, `probability-flow`): `ENERGY_time`; `ENERGY_upper`,
/// `ENERGY_centre`, `ENERGY_lower`, the fixed points `x`, missing where there is none; and each with `_eigenvalue`, the
/// largest of the linearised drift in units of `1/sigma^2`.
///
/// # Errors
/// When a landscape cannot be followed.
pub fn symmetry_breaking_branches() -> Result<Table> {
    let law = atoms()?;
    let mut table = Table::new();
    for energy in Energy::ALL {
        // Even in time, finer below the pitchfork, where a branch leaves with infinite slope.
        let mut rows: Vec<(Estimate, bool)> = times(119).into_iter().map(|t| (Estimate::given(t), false)).collect();
        if let Some(at) = pitchfork(&law, energy)? {
            let t = time_at(at)?;
            rows.push((t, true));
            rows.extend((0..16).map(|i| (Estimate::given(t.value() - 2e-5 * 1.6_f64.powi(i)), false)));
        }
        rows.sort_by(|a, b| b.0.value().total_cmp(&a.0.value()));
        let mut branches: [Vec<Fixed>; 3] = Default::default();
        for (t, critical) in &rows {
            if *critical {
                let meeting = Some((Estimate::ZERO, Estimate::ZERO));
                branches.iter_mut().for_each(|b| b.push(meeting));
                continue;
            }
            let level = PROCESS.at(t.value())?;
            let points = fixed_points(&landscape(&law, &PROCESS, energy)?, level.snr())?;
            let outer = points.len() == 3;
            let middle = &points[points.len() / 2];
            branches[0].push(points.last().filter(|_| outer).and_then(|p| in_place(&level, p)));
            branches[1].push(in_place(&level, middle));
            branches[2].push(points.first().filter(|_| outer).and_then(|p| in_place(&level, p)));
        }
        table = table.with(&format!("{energy}_time"), "", rows.iter().map(|r| r.0));
        for (name, branch) in ["upper", "centre", "lower"].iter().zip(branches) {
            let column = |what: &str, pick: fn((Estimate, Estimate)) -> Estimate| Column {
                name: format!("{energy}_{name}{what}"),
                unit: String::new(),
                values: branch.iter().map(|f| f.map(pick)).collect(),
            };
            table.columns.extend([column("", |f| f.0), column("_eigenvalue", |f| f.1)]);
        }
    }
    Ok(table)
}

/// Paths of the reverse diffusion between the same times, twelve that end in either atom.
///
/// They are drawn exactly, as forward paths read backwards, which have the same law. Columns: `path_time`, `plus_1` to
/// `minus_12`: `x` along paths that end at `1` and at `-1`.
///
/// # Errors
/// When a path cannot be drawn.
pub fn symmetry_breaking_paths(context: &Context) -> Result<Table> {
    let law = MixtureLaw::of(atoms()?);
    let mut times = times(260);
    times.reverse();
    let levels = times.iter().map(|&t| PROCESS.at(t)).collect::<infodyn_core::Result<Vec<_>>>()?;
    let settings = context.for_part(&["symmetry-breaking"]).settings(1);
    let mut paths = PathBatch::default();
    Paths::new(&*law, &levels)?.draw(8 * PATHS, &mut stream(settings.seed, settings.stream, 0), &mut paths);
    let mut table = Table::new().with_exact("path_time", "", times.iter().rev().copied());
    // Increments are below 8 in x/alpha.
    let rounding = 8.0 * ulps::path(levels.len()) * f64::EPSILON;
    for anchor in 0..law.components() {
        let sign = law.mean(anchor)[0];
        let name = if sign > 0.0 { "plus" } else { "minus" };
        let of_outcome = (0..paths.anchors.len()).filter(|&i| paths.anchors[i] == anchor).take(PATHS);
        for (n, i) in of_outcome.enumerate() {
            let x = levels
                .iter()
                .zip(&paths.offsets)
                .rev()
                .map(|(level, offsets)| Estimate::new(level.alpha() * sign + offsets[i], level.alpha() * rounding));
            table = table.with(&format!("{name}_{}", n + 1), "", x);
        }
    }
    Ok(table)
}

/// The five times of the landscapes, with the most noise first: before, at and between the pitchforks of the reverse
/// SDE and of the marginal energy, and after.
fn landscape_times() -> Result<[Estimate; 5]> {
    let law = atoms()?;
    let at = |energy| -> Result<Estimate> { time_at(pitchfork(&law, energy)?.ok_or(Error::NotFound("a pitchfork"))?) };
    let (sde, marginal) = (at(Energy::ReverseSde)?, at(Energy::Marginal)?);
    Ok([Estimate::ONE / 2, sde, marginal, Estimate::near(0.2), Estimate::near(0.15)])
}

/// The three energies in nats, less their value at 0, at five times: `-log p_t + c (f/g^2) x^2/2`, `c = 0, 1, 2`.
///
/// Columns: `landscape_time` (five rows), `x`, and `ENERGY_1` to `ENERGY_5`.
///
/// # Errors
/// When a landscape cannot be read.
pub fn symmetry_breaking_landscape() -> Result<Table> {
    let law = atoms()?;
    let xs: Vec<f64> = (-120..=120).map(|i| f64::from(i) / 50.0).collect();
    let times = landscape_times()?;
    let mut table = Table::new().with("landscape_time", "", times).with_exact("x", "", xs.iter().copied());
    for energy in Energy::ALL {
        for (n, t) in times.iter().enumerate() {
            let level = PROCESS.at(t.value())?;
            let landscape = landscape(&law, &PROCESS, energy)?;
            let height = |x: &f64| Ok(landscape.rise(&[0.0], &[x / level.alpha()], level.snr())?);
            let heights = xs.iter().map(height).collect::<Result<Vec<_>>>()?;
            // A time that was found is off by so much, times what a unit of log snr changes.
            let speed = level.g2() / level.sigma2() * t.radius();
            let moved = heights.iter().zip(&xs).map(|(h, x)| {
                Estimate::new(h.value(), h.radius() + speed * (x * x + h.value().abs() + 1.0) * (1.0 + level.snr()))
            });
            table = table.with(&format!("{energy}_{}", n + 1), "nats", moved);
        }
    }
    Ok(table)
}

/// `d H(Y given X_t)/dt` at a level: `(g^2/sigma^2) k mmse(k)/2`.
fn rate(level: &NoiseLevel) -> Estimate {
    let k = level.snr();
    pair::mmse(k) * Estimate::given(k) * Estimate::given(level.g2()) / Estimate::given(level.sigma2()) / 2
}

/// The label along the same times: `time`, `entropy_rate` in nats per unit of time, `variance`, that of the pathwise
/// conditional entropy (closed forms of theory.md C8).
///
/// # Errors
/// When a time lies outside the process.
pub fn symmetry_breaking_profile() -> Result<Table> {
    let times = times(237);
    let levels = times.iter().map(|&t| PROCESS.at(t)).collect::<infodyn_core::Result<Vec<_>>>()?;
    Ok(Table::new().with_exact("time", "", times).with("entropy_rate", "nats/*t*", levels.iter().map(rate)).with(
        "variance",
        "nats²",
        levels.iter().map(|l| pair::label_entropy_variance(l.snr())),
    ))
}

/// The times of the two pitchforks, of the peak of `Var h` and of the peak of the rate in this clock, one row.
///
/// # Errors
/// When one is not found.
pub fn symmetry_breaking_critical() -> Result<Table> {
    let [_, sde, marginal, ..] = landscape_times()?;
    let top = |what, f: &dyn Fn(&NoiseLevel) -> Estimate| -> Result<Estimate> {
        let found = peak(|t| Ok::<_, Error>(f(&PROCESS.at(t)?)), 0.22, 0.1)?;
        Ok(found.ok_or(Error::NoRoot { what, lo: 0.12, hi: 0.32 })?.at)
    };
    Ok(Table::new()
        .with("sde_pitchfork", "", [sde])
        .with("marginal_pitchfork", "", [marginal])
        .with("variance_peak", "", [top("Var h", &|l| pair::label_entropy_variance(l.snr()))?])
        .with("rate_peak", "", [top("entropy rate", &rate)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C3 and C8.
    #[test]
    fn the_critical_times_are_those_of_the_theory() {
        let table = symmetry_breaking_critical().unwrap();
        let read = |name: &str| table.column(name).unwrap().values[0].unwrap();
        // alpha^2 = sqrt 2 - 1 under vp-linear.
        let sde = read("sde_pitchfork");
        assert!(sde.contains(0.292_641_654_328_143) && sde.radius() < 1e-9, "{sde}");
        for (name, snr) in [("marginal_pitchfork", 1.0), ("variance_peak", 1.345_477_669_725_041_7)] {
            let (found, t) = (read(name), PROCESS.time_at_snr(snr).unwrap());
            assert!(found.contains(t) && found.radius() < 1e-9, "{name}: {found} {t}");
        }
    }

    /// The flow's origin never is stable, and its outer branches come from `+-sqrt 3` (the zeros of
    /// `tanh(k y) = alpha^2 y` as `alpha -> 0`).
    #[test]
    fn the_flow_has_no_pitchfork() {
        let law = atoms().unwrap();
        assert_eq!(pitchfork(&law, Energy::ProbabilityFlow).unwrap(), None);
        let table = symmetry_breaking_branches().unwrap();
        let first = |name: &str| table.column(name).unwrap().values[0].unwrap();
        assert!(first("probability-flow_centre_eigenvalue").value() > 0.0);
        let x = first("probability-flow_upper").value();
        assert!((x - 3.0_f64.sqrt()).abs() < 0.03, "{x}");
    }
}
