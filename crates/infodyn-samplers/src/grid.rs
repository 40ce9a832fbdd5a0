//! Grids of noise levels.

use std::cmp::Ordering;

use infodyn_core::Estimate;
use nalgebra::DMatrix;

use crate::Error;
use crate::path::rising;

/// Halvings of an interval of doubles until nothing lies between its ends, and some.
const HALVINGS: usize = 100;

/// The place in `[lo, hi]` at which a rising function passes a height, to the last place.
fn inverse<E>(mut lo: f64, mut hi: f64, below: impl Fn(f64) -> Result<bool, E>) -> Result<f64, E> {
    for _ in 0..HALVINGS {
        let middle = 0.5 * (lo + hi);
        if !(middle > lo && middle < hi) {
            break;
        }
        if below(middle)? { lo = middle } else { hi = middle }
    }
    Ok(hi)
}

/// `steps + 1` places from `from < to` between which a rising clock makes equal increments.
///
/// # Errors
/// When there is no step, or the ends do not rise; the first error of the clock.
pub fn even<E: From<Error>>(
    steps: usize,
    [from, to]: [f64; 2],
    clock: impl Fn(f64) -> Result<f64, E>,
) -> Result<Vec<f64>, E> {
    if steps == 0 || from.partial_cmp(&to) != Some(Ordering::Less) {
        return Err(Error::Grid { steps, from, to }.into());
    }
    let (start, end) = (clock(from)?, clock(to)?);
    let mut places = vec![from];
    for k in 1..steps {
        let target = start + (end - start) * (k as f64 / steps as f64);
        let ends = [places[k - 1], to];
        let heights = [start + (end - start) * ((k - 1) as f64 / steps as f64) - target, end - target];
        places.push(crossing::<E>(ends, heights, |x| Ok(clock(x)? - target))?);
    }
    places.push(to);
    Ok(places)
}

/// The zero of a rising function between two places, where its values are given: regula falsi, in which the end that
/// stays twice loses half of its weight (Illinois) and every third step bisects.
fn crossing<E>(
    [mut a, mut b]: [f64; 2],
    [mut fa, mut fb]: [f64; 2],
    f: impl Fn(f64) -> Result<f64, E>,
) -> Result<f64, E> {
    let (resolved, mut kept) = (4.0 * f64::EPSILON * (fb - fa), 0.0);
    for step in 0..HALVINGS {
        let falsi = (a * fb - b * fa) / (fb - fa);
        let x = if step % 3 < 2 && falsi > a && falsi < b { falsi } else { 0.5 * (a + b) };
        if !(x > a && x < b) {
            break;
        }
        let y = f(x)?;
        if y.abs() <= resolved {
            return Ok(x);
        }
        if y > 0.0 {
            (b, fb) = (x, y);
            fa *= if kept > 0.0 { 0.5 } else { 1.0 };
        } else {
            (a, fa) = (x, y);
            fb *= if kept < 0.0 { 0.5 } else { 1.0 };
        }
        kept = y;
    }
    Ok(0.5 * (a + b))
}

/// The levels of least path divergence of the ancestral sampler, and what they cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Least {
    /// The levels; the two ends are as given.
    pub snrs: Vec<Estimate>,
    /// `sum (Delta_k/2) mmse_k`, from which the information gained is to be taken.
    pub sum: Estimate,
}

/// The grid of `steps` steps between two signal-to-noise ratios on which a path of the ancestral sampler with the
/// exact denoiser loses least.
///
/// `curve` is `(mmse, E tr S^2)` at a signal-to-noise ratio; the second is the slope of the first, reversed.
///
/// # Formula
/// Where the sum is stationary, `gamma_{k+1} = gamma_k + (mmse_{k-1} - mmse_k)/E tr S^2(gamma_k)`; `gamma_1` is found
/// by bisection. A stationary grid need not be the least: [`least_grid`] asks all.
///
/// # Source
/// theory.md S2.
///
/// # Accuracy
/// Newton's step: the gradient that is left at the doubles found, through the inverse of the matrix of second
/// derivatives, twice.
///
/// # Errors
/// When the ends do not rise, or nothing ends at the second; the first error of the curve.
pub fn least_path<E: From<Error>>(
    steps: usize,
    [from, to]: [f64; 2],
    curve: impl Fn(f64) -> Result<[Estimate; 2], E>,
) -> Result<Least, E> {
    rising(&[from, to])?;
    if steps == 0 {
        return Err(Error::Grid { steps, from, to }.into());
    }
    let start = curve(from)?[0].value();
    // The levels after a first step; short when they run past the end.
    let shoot = |first: f64| -> Result<Vec<f64>, E> {
        let (mut snrs, mut before) = (vec![from, first], start);
        while snrs.len() <= steps && snrs[snrs.len() - 1] < to {
            let last = snrs[snrs.len() - 1];
            let [mmse, slope] = curve(last)?;
            snrs.push(last + (before - mmse.value()) / slope.value());
            before = mmse.value();
        }
        Ok(snrs)
    };
    let falls_short = |snrs: &[f64]| snrs.len() > steps && snrs[steps] < to;
    let first = if steps == 1 { to } else { inverse(from, to, |x| Ok::<_, E>(falls_short(&shoot(x)?)))? };
    let mut snrs = shoot(first)?;
    if snrs.len() <= steps {
        return Err(Error::Grid { steps, from, to }.into());
    }
    snrs[steps] = to;
    let known = snrs[..steps].iter().map(|&g| curve(g)).collect::<Result<Vec<_>, E>>()?;
    let step = |k: usize| Estimate::given(snrs[k + 1]) - Estimate::given(snrs[k]);
    let sum = (0..steps).map(|k| step(k) * known[k][0] / 2).sum::<Estimate>();
    let inner = steps - 1;
    let gradient: Vec<Estimate> =
        (1..steps).map(|k| (known[k - 1][0] - known[k][0] - step(k) * known[k][1]) / 2).collect();
    let mut second = DMatrix::<f64>::zeros(inner, inner);
    for k in 1..steps {
        let slope = known[k][1].value();
        // The slope of E tr S^2, by a difference: it only sizes the radius.
        let reach = 1e-3 * step(k).value();
        let bend = (curve(snrs[k] + reach)?[1].value() - slope) / reach;
        second[(k - 1, k - 1)] = slope - 0.5 * step(k).value() * bend;
        if k < inner {
            second[(k - 1, k)] = -0.5 * slope;
            second[(k, k - 1)] = -0.5 * slope;
        }
    }
    let inverse = if inner == 0 { Some(second) } else { second.try_inverse() };
    let Some(inverse) = inverse else { return Err(Error::Grid { steps, from, to }.into()) };
    let left = |j: usize| gradient[j].value().abs() + gradient[j].radius();
    let radii: Vec<f64> = (0..inner)
        .map(|k| 2.0 * (0..inner).map(|j| inverse[(k, j)].abs() * left(j)).sum::<f64>() + f64::EPSILON * snrs[k + 1])
        .collect();
    let missed: f64 = radii.iter().enumerate().map(|(j, r)| r * left(j)).sum();
    let level = |(k, &g): (usize, &f64)| match k {
        0 => Estimate::given(g),
        _ if k == steps => Estimate::given(g),
        _ => Estimate::new(g, radii[k - 1]),
    };
    Ok(Least { snrs: snrs.iter().enumerate().map(level).collect(), sum: sum.widened(missed) })
}

/// The grid of `steps` steps from the first of `places` to the last, which rise, with the least sum of `cost(a, b)`,
/// and that sum.
///
/// Dynamic programming on the places gives the least of all grids on them; each level is then moved among five places
/// around it, half as far apart each time, `halvings` times. The radius is what the last halving changed, and rounding.
///
/// # Errors
/// When the places do not rise, or are fewer than the levels; the first error of the cost.
pub fn least_grid<E: From<Error>>(
    places: &[f64],
    steps: usize,
    halvings: usize,
    cost: impl Fn(f64, f64) -> Result<f64, E>,
) -> Result<(Vec<f64>, Estimate), E> {
    rising(places)?;
    let (Some(&from), Some(&to)) = (places.first(), places.last()) else {
        return Err(Error::Grid { steps, from: f64::NAN, to: f64::NAN }.into());
    };
    if steps == 0 || places.len() <= steps {
        return Err(Error::Grid { steps, from, to }.into());
    }
    let inner = &places[1..places.len() - 1];
    let framed = |inner: Vec<Vec<f64>>| {
        let ends = |x: f64| std::iter::once(vec![x]);
        ends(from).chain(inner).chain(ends(to)).collect::<Vec<_>>()
    };
    let (mut grid, mut least) = shortest(&framed(vec![inner.to_vec(); steps - 1]), &cost)?;
    let apart = |x: f64| {
        let at = places.partition_point(|&p| p < x).clamp(1, places.len() - 2);
        0.5 * (places[at + 1] - places[at - 1])
    };
    let mut reach: Vec<f64> = grid[1..steps].iter().map(|&x| apart(x)).collect();
    let mut moved = f64::INFINITY;
    for _ in 0..halvings {
        reach.iter_mut().for_each(|r| *r *= 0.5);
        let around = |(&x, &r): (&f64, &f64)| {
            let all = (-2..=2).map(|i| x + f64::from(i) * r).filter(|&p| p > from && p < to);
            all.collect::<Vec<_>>()
        };
        let layers = framed(grid[1..steps].iter().zip(&reach).map(around).collect());
        let (finer, value) = shortest(&layers, &cost)?;
        (grid, moved, least) = (finer, (least - value).abs(), value);
    }
    Ok((grid, Estimate::new(least, moved + infodyn_core::ulps::sum(steps) * f64::EPSILON * least.abs())))
}

/// The way of least cost through one place of each layer, which rises.
fn shortest<E>(layers: &[Vec<f64>], cost: &impl Fn(f64, f64) -> Result<f64, E>) -> Result<(Vec<f64>, f64), E> {
    // The least cost of reaching each place of the layer, and from where.
    let mut reached = vec![0.0_f64; layers[0].len()];
    let mut ways: Vec<Vec<usize>> = Vec::new();
    for pair in layers.windows(2) {
        let mut next = vec![(f64::INFINITY, 0); pair[1].len()];
        for (i, (&a, &so_far)) in pair[0].iter().zip(&reached).enumerate() {
            for (&b, best) in pair[1].iter().zip(&mut next) {
                if b > a && so_far.is_finite() {
                    let value = so_far + cost(a, b)?;
                    if value < best.0 {
                        *best = (value, i);
                    }
                }
            }
        }
        reached = next.iter().map(|n| n.0).collect();
        ways.push(next.iter().map(|n| n.1).collect());
    }
    let mut at = 0;
    let least = reached[at];
    let mut grid = vec![layers[layers.len() - 1][at]];
    for (way, layer) in ways.iter().zip(layers).rev() {
        at = way[at];
        grid.push(layer[at]);
    }
    grid.reverse();
    Ok((grid, least))
}

/// The levels `sigma/alpha` from `from` down to `to` on which `steps` steps of the ancestral sampler leave an isotropic
/// Gaussian of variance `l` the nearest to its own variance.
///
/// # Formula
/// With `S = l sigma^2/(l + sigma^2)` the posterior variance, the ratios `rho_k = S_{k+1}/S_k` of the best grid obey
/// `rho_{k-1} = (1 + rho_k^2)/2`: all follow from the last, found by bisection.
///
/// # Source
/// theory.md S4.
///
/// # Errors
/// When `l`, the steps or the levels are not positive, or the levels do not fall.
pub fn ancestral_grid(steps: usize, l: f64, [from, to]: [f64; 2]) -> crate::Result<Vec<f64>> {
    if steps == 0 || !(l > 0.0 && to > 0.0 && from > to && from.is_finite()) {
        return Err(Error::Grid { steps, from, to });
    }
    let spread = |sigma: f64| l * sigma * sigma / (l + sigma * sigma);
    let total = spread(to) / spread(from);
    let ratios = |last: f64| {
        let mut ratios = vec![last];
        (1..steps).for_each(|_| ratios.push(0.5 * (1.0 + ratios[ratios.len() - 1].powi(2))));
        ratios.reverse();
        ratios
    };
    let last = inverse(0.0, 1.0, |r| crate::Result::Ok(ratios(r).iter().product::<f64>() < total))?;
    let mut posterior = spread(from);
    let inner = ratios(last).into_iter().take(steps - 1).map(|rho| {
        posterior *= rho;
        (l * posterior / (l - posterior)).sqrt()
    });
    Ok(std::iter::once(from).chain(inner).chain(std::iter::once(to)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `N(0, I)`: `mmse = 1/(1 + gamma)`; equal steps of `log(1 + gamma)` are best (theory.md S4).
    fn unit(gamma: f64) -> crate::Result<[Estimate; 2]> {
        let mmse = Estimate::ONE / (Estimate::given(gamma) + 1);
        Ok([mmse, mmse * mmse])
    }

    #[test]
    fn recurrence_programming_and_the_closed_form_agree() {
        let found = least_path(5, [0.0, 31.0], unit).unwrap();
        for (k, level) in found.snrs.iter().enumerate() {
            let known = 2.0_f64.powi(k as i32) - 1.0;
            assert!(level.contains(known) && level.radius() <= 1e-13 * (1.0 + known), "{k}: {level}");
        }
        assert!(found.sum.contains(2.5) && found.sum.radius() < 1e-14, "{}", found.sum);
        let places: Vec<f64> = (0..=200).map(|i| (32.0_f64.ln() * f64::from(i) / 200.0).exp_m1()).collect();
        let (grid, sum) = least_grid(&places, 5, 26, |a, b| crate::Result::Ok(0.5 * (b - a) / (1.0 + a))).unwrap();
        assert!(sum.contains(2.5) && sum.radius() < 1e-13, "{sum}");
        assert!((grid[3] - 7.0).abs() < 1e-5, "{grid:?}");
        let clock = even(5, [0.0, 31.0], |g: f64| crate::Result::Ok(g.ln_1p())).unwrap();
        assert!((clock[3] - 7.0).abs() < 1e-13, "{clock:?}");
    }

    #[test]
    fn bad_ends_are_refused() {
        assert!(matches!(least_path(2, [1.0, 1.0], unit), Err(Error::Level { index: 1, .. })));
        assert!(matches!(ancestral_grid(0, 1.0, [2.0, 1.0]), Err(Error::Grid { .. })));
        for (steps, ends) in [(0, [1.0, 2.0]), (2, [2.0, 1.0]), (2, [f64::NAN, 1.0])] {
            assert!(matches!(even(steps, ends, crate::Result::Ok), Err(Error::Grid { .. })));
        }
    }

    /// Moving a level of the best grid either way lowers the variance, which the ancestral sampler makes too small.
    #[test]
    fn the_ancestral_grid_is_best() {
        let ratio = |s: &[f64]| crate::Sampler::Ancestral.variance_ratio(s, &1.0, |x| x.ln());
        let grid = ancestral_grid(6, 1.0, [80.0, 0.02]).unwrap();
        for k in 1..6 {
            for factor in [0.999, 1.001] {
                let mut moved = grid.clone();
                moved[k] *= factor;
                assert!(ratio(&moved) < ratio(&grid), "{k}");
            }
        }
    }
}
