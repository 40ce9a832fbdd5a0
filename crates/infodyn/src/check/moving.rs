//! Derivatives, integrals and peaks along the process, of whatever a statement says.

use infodyn_core::{Estimate, NoiseLevel, ulps};
use infodyn_search::{Effort, Outcome};
use infodyn_statement::{Clock, Direction, Expr, Extreme};

use super::named::Way;
use super::world::World;
use super::{Finding, Found, Gap, Sides, value};

/// The level at a reading of a clock.
fn level(clock: Clock, u: f64, world: &World<'_>) -> Found<NoiseLevel> {
    let process = world.process();
    Ok(match clock {
        Clock::T => process.at(u)?,
        Clock::LogSnr => process.at_snr(u.exp())?,
        Clock::Snr => process.at_snr(u)?,
        Clock::SigmaOverAlpha => process.at_snr(1.0 / (u * u))?,
    })
}

/// What a clock reads at a level.
fn reading(clock: Clock, level: &NoiseLevel) -> f64 {
    match clock {
        Clock::T => level.t(),
        Clock::LogSnr => level.log_snr(),
        Clock::Snr => level.snr(),
        Clock::SigmaOverAlpha => level.sigma_over_alpha(),
    }
}

/// How fast a clock runs: `|d clock/d log snr|`.
fn pace(clock: Clock, level: &NoiseLevel) -> f64 {
    match clock {
        Clock::T => level.sigma2() / level.g2(),
        Clock::LogSnr => 1.0,
        Clock::Snr => level.snr(),
        Clock::SigmaOverAlpha => 0.5 * level.sigma_over_alpha(),
    }
}

/// How far the level is from where the clock was to read `u`, as an error of `log snr`.
fn off(clock: Clock, u: f64, level: &NoiseLevel) -> f64 {
    let rounding = (ulps::SNR + ulps::operations(2)) * f64::EPSILON;
    let missed = match clock {
        // The functions of the time are rounded.
        Clock::T => ulps::formula(2, 2) * f64::EPSILON,
        Clock::LogSnr => ulps::level(u) * f64::EPSILON + (level.snr() / u.exp() - 1.0).abs(),
        Clock::Snr => (level.snr() / u - 1.0).abs(),
        Clock::SigmaOverAlpha => (level.snr() * u * u - 1.0).abs(),
    };
    missed + rounding
}

/// A part read along a clock. `steepness` bounds how fast it moves per unit of `log snr`, for the rounding of the
/// level.
fn read(part: &Expr, (clock, way): (Clock, Way), u: f64, steepness: f64, world: &World<'_>) -> Found<Estimate> {
    let level = level(clock, u, world)?;
    let found = value(part, &world.at_level(level, way))?.number()?;
    if !found.is_finite() {
        return Err(Gap::Unknown("a side is not known to a stated error"));
    }
    Ok(found.widened(off(clock, u, &level) * (2.0 * steepness + found.value().abs())))
}

/// `d(part)/d(clock)`, from the values of the part alone.
///
/// # Accuracy
/// That of [`infodyn_quadrature::derivative`], the levels' rounding included.
pub(super) fn slope(part: &Expr, clock: Clock, world: &World<'_>) -> Found<Estimate> {
    let here = world.level()?;
    let u = reading(clock, &here);
    let (low, high) = world.process().snr_range();
    let reach = match clock {
        Clock::T => {
            let (first, last) = world.process().time_range();
            0.4 * (u - first).min(last - u).min(u)
        }
        Clock::LogSnr => (0.4 * (u - low.ln()).min(high.ln() - u)).min(0.5),
        Clock::Snr => 0.4 * (u - low).min(high - u).min(u),
        Clock::SigmaOverAlpha => {
            let (first, last) = (1.0 / high.sqrt(), 1.0 / low.sqrt());
            0.3 * (u - first).min(last - u).min(u)
        }
    };
    if !(reach > 0.0 && reach.is_finite()) {
        return Err(Gap::Outside);
    }
    // Where the derivative has its first nodes.
    let reach = 5.0 * (reach / 5.0).log2().floor().exp2();
    let along = (clock, Way::Beside(clock));
    let [up, down] = [read(part, along, u + reach, 0.0, world)?, read(part, along, u - reach, 0.0, world)?];
    let change = (up.value() - down.value()).abs();
    if up.radius() + down.radius() > HIDDEN * change {
        return Err(Gap::Unknown("the errors hide how a side moves"));
    }
    let steepness = change / (2.0 * reach) * pace(clock, &here);
    let at = |u: f64| read(part, along, u, steepness, world);
    infodyn_quadrature::derivative_within(at, u, reach, if quick(world) { 1e-6 } else { 0.0 })
}

/// Errors that are this part of a change leave nothing of its slope.
const HIDDEN: f64 = 0.1;

fn quick(world: &World<'_>) -> bool {
    world.effort() == Effort::Quick
}

/// `integral of part d(clock)` between two readings of the clock.
///
/// # Accuracy
/// That of [`infodyn_quadrature::integral`], and how far the ends are known.
pub(super) fn integral(part: &Expr, clock: Clock, ends: [Estimate; 2], world: &World<'_>) -> Found<Estimate> {
    let [a, b] = ends.map(Estimate::value);
    // Values within this part of themselves will do where thousands of cases are tried.
    let enough = if quick(world) { 1e-8 } else { 0.0 };
    let at = |u: f64| -> Found<Estimate> {
        let found = read(part, (clock, Way::Along), u, 0.0, world)?;
        Ok(found.widened(enough * found.value().abs()))
    };
    // Over decades the logarithm of the clock runs evenly.
    let even = matches!(clock, Clock::Snr | Clock::SigmaOverAlpha) && a > 0.0 && b > 0.0;
    let found = if even {
        let (from, to) = (Estimate::given(a).ln(), Estimate::given(b).ln());
        let of = |l: f64| Ok(at(l.exp())? * Estimate::given(l).exp());
        let found: Found<Estimate> = infodyn_quadrature::integral(of, from.value(), to.value());
        let rest = at(a)?.value().abs() * a * from.radius() + at(b)?.value().abs() * b * to.radius();
        found?.widened(2.0 * rest)
    } else {
        infodyn_quadrature::integral(at, a, b)?
    };
    let mut moved = 0.0;
    for end in ends.iter().filter(|end| end.radius() > 0.0) {
        // To first order, doubled.
        moved += 2.0 * at(end.value())?.value().abs() * end.radius();
    }
    Ok(found.widened(moved))
}

/// Step of the search for a peak in `log snr`, and half of the window in which it is found.
const STEP: f64 = 0.3;
const HALF: f64 = 0.6;
/// Peaks this close to the highest of the search are found too.
const RIVAL: f64 = 0.9;

/// Where a part is largest along the process, as a clock reads, or how large it is there.
///
/// # Accuracy
/// That of [`infodyn_quadrature::peak`]; a peak narrower than a third in `log snr` may be missed.
pub(super) fn peak(what: Extreme, part: &Expr, clock: Clock, world: &World<'_>) -> Found<Estimate> {
    let (low, high) = world.range()?;
    let at = |l: f64| read(part, (Clock::LogSnr, Way::Along), l, 0.0, world);
    let count = ((high - low) / STEP).ceil().max(4.0) as usize;
    let nodes: Vec<f64> = (0..=count).map(|i| low + (high - low) * i as f64 / count as f64).collect();
    let values = nodes.iter().map(|&l| at(l)).collect::<Found<Vec<_>>>()?;
    let top = values.iter().map(|v| v.value()).fold(f64::NEG_INFINITY, f64::max);
    let bottom = values.iter().map(|v| v.value()).fold(f64::INFINITY, f64::min);
    let close = |v: Estimate| v.value() + v.radius() >= bottom + RIVAL * (top - bottom);
    // Highest at an end: there is no peak.
    if [values.first(), values.last()].into_iter().flatten().any(|v| v.value() + v.radius() >= top) {
        return Err(Gap::Outside);
    }
    let mut peaks: Vec<infodyn_quadrature::Peak> = Vec::new();
    for i in 1..count {
        let [before, here, after] = [values[i - 1], values[i], values[i + 1]];
        if close(here) && here.value() >= before.value() && here.value() > after.value() {
            let centre = nodes[i].clamp(low + HALF, (high - HALF).max(low + HALF));
            let found = infodyn_quadrature::peak(at, centre, HALF.min(0.5 * (high - low)))?;
            peaks.push(found.ok_or(Gap::Unknown("a peak was not found"))?);
        }
    }
    peaks.sort_by(|a, b| b.height.value().total_cmp(&a.height.value()));
    let first = peaks.first().ok_or(Gap::Unknown("a peak was not found"))?;
    if let Some(second) = peaks.get(1) {
        let apart = (second.at.value() - first.at.value()).abs() > second.at.radius() + first.at.radius();
        let sure = second.height.value() + second.height.radius() < first.height.value() - first.height.radius();
        if what == Extreme::Argmax && apart && !sure {
            return Err(Gap::Unknown("two peaks are equally high"));
        }
    }
    if what == Extreme::Maximum {
        return Ok(first.height);
    }
    let place = first.at;
    let level = world.process().at_snr(place.value().exp())?;
    let radius = place.radius() + ulps::level(place.value()) * f64::EPSILON;
    Ok(match clock {
        Clock::LogSnr => place,
        Clock::Snr => place.exp(),
        Clock::SigmaOverAlpha => (-place / 2).exp(),
        Clock::T => Estimate::new(level.t(), 2.0 * radius * pace(clock, &level)),
    })
}

/// Levels at which a part that is said to move one way is read.
const LEVELS: usize = 24;

/// Whether a part moves one way along a clock, as far as its values at a row of levels say.
pub(super) fn monotone(
    statement: &Expr,
    direction: Direction,
    part: &Expr,
    clock: Clock,
    world: &World<'_>,
) -> Found<Finding> {
    let (low, high) = world.range()?;
    let levels = if quick(world) { LEVELS } else { 4 * LEVELS };
    let mut row = Vec::with_capacity(levels);
    for i in 0..levels {
        let l = low + (high - low) * i as f64 / (levels - 1) as f64;
        row.push(read(part, (Clock::LogSnr, Way::Along), l, 0.0, world)?);
    }
    // Time and noise run against the ratio.
    if matches!(clock, Clock::T | Clock::SigmaOverAlpha) {
        row.reverse();
    }
    // The steps that go furthest up and down, in units of their errors.
    let steps = || row.iter().zip(row.iter().skip(1));
    let rise = |a: Estimate, b: Estimate| {
        let step = b - a;
        if step.value() == 0.0 { 0.0 } else { step.value() / step.radius().max(f64::MIN_POSITIVE) }
    };
    let size = row.iter().map(|v| v.value().abs()).fold(0.0, f64::max);
    let width = row.iter().map(|v| v.radius()).fold(0.0, f64::max);
    let worst = |sign: f64| {
        steps().map(|(&a, &b)| (sign * rise(a, b), (a, b))).fold(None, |m: Option<(f64, _)>, s| match m {
            Some(m) if m.0 >= s.0 => Some(m),
            _ => Some(s),
        })
    };
    let (Some(up), Some(down)) = (worst(1.0), worst(-1.0)) else { return Err(Gap::Outside) };
    let (excess, (lhs, rhs)) = match direction {
        Direction::Increasing => down,
        Direction::Decreasing => up,
        Direction::Monotone => {
            if up.0 < down.0 {
                up
            } else {
                down
            }
        }
    };
    let excess = excess.min(1e300);
    let outcome = if size == 0.0 {
        Outcome::Undecided { excess: 0.0, why: "both sides are 0".to_owned() }
    } else if excess > 1.0 {
        Outcome::Refuted { excess }
    } else {
        Outcome::Holds { excess, power: 2.0 * width / size }
    };
    let sides = Sides { relation: statement.to_string(), lhs, rhs, label: world.label(), point: None };
    Ok(Finding { outcome, sides: Some(sides) })
}
