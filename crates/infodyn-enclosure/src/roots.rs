//! Roots with existence and uniqueness.

use crate::{Error, Interval, Jet, Number, Result};

/// A root that exists and is the only one in its neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Root {
    /// It lies here.
    pub at: Interval,
    /// It is the only one here.
    pub unique_in: Interval,
    /// Encloses the derivative at the root; its sign is certain.
    pub slope: Interval,
}

/// Smallest share of a bracket's width that is looked at on its own.
const FINEST: f64 = 1e-13;

/// Every zero of a function on an interval, in order: each exists and is simple, and there are no others.
///
/// `f` maps a variable with its derivative to the value with its derivative.
///
/// # Formula
/// A piece is discarded when `f(X)`, or `f(m) + f'(X)(X - m)`, excludes 0. Where `f'(X)` excludes 0 there is at most
/// one zero; the interval Newton step `N = m - f(m)/f'(X)` proves it when `N` lies in the interior of `X`. Other
/// pieces are halved. A piece is looked at with a margin of a tenth, so that a zero on a cut is inside
/// one of its sides; a zero at an end of the interval itself is not decided.
///
/// # Source
/// R. E. Moore, R. B. Kearfott, M. J. Cloud, *Introduction to Interval Analysis*, SIAM 2009, chapter 8.
///
/// # Errors
/// When a zero is not simple, or two are too close; or what `f` fails with.
pub fn zeros(bracket: Interval, mut f: impl FnMut(Jet<Interval>) -> Result<Jet<Interval>>) -> Result<Vec<Root>> {
    let mut found: Vec<Root> = Vec::new();
    let mut stack = vec![bracket];
    let finest = FINEST * bracket.width();
    while let Some(piece) = stack.pop() {
        let Some(wide) = piece.widened(0.1 * piece.width()).intersection(bracket) else { continue };
        let whole = f(Jet::variable(wide))?;
        if !whole.value.contains(0.0) && whole.value.is_finite() {
            continue;
        }
        if !whole.slope.contains(0.0) && whole.slope.is_finite() {
            let mid = Interval::point(wide.mid());
            let value = f(Jet::variable(mid))?.value;
            let newton = mid - value / whole.slope;
            if newton.intersection(wide).is_none() {
                continue;
            }
            if wide.interior_encloses(newton) {
                found.push(polish(newton, wide, &mut f)?);
                continue;
            }
            // The zero, if any, lies beyond the piece: in its neighbour, or outside the bracket.
            if newton.intersection(piece).is_none() {
                continue;
            }
        } else if whole.slope.is_finite() {
            let mid = Interval::point(wide.mid());
            let value = f(Jet::variable(mid))?.value + whole.slope * (wide - mid);
            if !value.contains(0.0) {
                continue;
            }
        }
        let mid = piece.mid();
        if piece.width() < finest || !(piece.lo() < mid && mid < piece.hi()) {
            return Err(Error::Multiple { at: mid });
        }
        stack.push(Interval::new(mid, piece.hi()));
        stack.push(Interval::new(piece.lo(), mid));
    }
    let mut distinct: Vec<Root> = Vec::new();
    found.sort_by(|a, b| a.at.lo().total_cmp(&b.at.lo()));
    for root in found {
        match distinct.last() {
            // Both are the only zero of one neighbourhood.
            Some(last) if last.unique_in.encloses(root.at) || root.unique_in.encloses(last.at) => {}
            Some(last) if last.at.intersection(root.at).is_some() => {
                return Err(Error::Multiple { at: root.at.mid() });
            }
            _ => distinct.push(root),
        }
    }
    Ok(distinct)
}

/// The only zero of a function on an interval.
///
/// # Errors
/// When there is none, more than one, or what [`zeros`] fails with.
pub fn zero(bracket: Interval, f: impl FnMut(Jet<Interval>) -> Result<Jet<Interval>>) -> Result<Root> {
    match zeros(bracket, f)?.as_slice() {
        [root] => Ok(*root),
        _ => Err(Error::Root { bracket: bracket.to_string() }),
    }
}

/// Newton steps until the interval no longer shrinks.
fn polish(
    newton: Interval,
    unique_in: Interval,
    f: &mut impl FnMut(Jet<Interval>) -> Result<Jet<Interval>>,
) -> Result<Root> {
    let mut at = newton;
    let mut slope = f(Jet::variable(at))?.slope;
    for _ in 0..20 {
        let mid = Interval::point(at.mid());
        let step = mid - f(Jet::variable(mid))?.value / slope;
        let Some(next) = step.intersection(at) else {
            return Err(Error::Root { bracket: at.to_string() });
        };
        let shrunk = next.width() < 0.5 * at.width();
        at = next;
        slope = f(Jet::variable(at))?.slope;
        if !shrunk {
            break;
        }
    }
    if slope.contains(0.0) || !slope.is_finite() {
        return Err(Error::Root { bracket: at.to_string() });
    }
    Ok(Root { at, unique_in, slope })
}

/// A function of two variables and its values, each with its derivative in one direction.
pub trait Pair {
    /// The values.
    ///
    /// # Errors
    /// When there is no enclosure of them.
    fn at(&self, x: [Jet<Interval>; 2]) -> Result<[Jet<Interval>; 2]>;
}

impl<F: Fn([Jet<Interval>; 2]) -> Result<[Jet<Interval>; 2]>> Pair for F {
    fn at(&self, x: [Jet<Interval>; 2]) -> Result<[Jet<Interval>; 2]> {
        self(x)
    }
}

/// The only common zero of two functions of two variables near a guess.
///
/// # Formula
/// Krawczyk: with `C` near the inverse of the Jacobian, `K(X) = m - C f(m) + (I - C f'(X))(X - m)`; where `K(X)` lies
/// in the interior of `X`, there is exactly one zero in `X`, and it lies in `K(X)`.
///
/// # Source
/// R. Krawczyk, *Computing* 4, 187-201 (1969).
///
/// # Errors
/// When no neighbourhood of the guess passes the test.
pub fn common_zero(guess: [f64; 2], f: &impl Pair) -> Result<[Interval; 2]> {
    let point = guess.map(Interval::point);
    let mut m = point;
    // Newton steps in plain numbers sharpen the guess.
    for _ in 0..20 {
        let (value, jacobian) = linearise(m, f)?;
        let Some(c) = inverse(jacobian.map(|row| row.map(Interval::mid))) else { break };
        let value = value.map(Interval::mid);
        let step = [0, 1].map(|i| c[i][0] * value[0] + c[i][1] * value[1]);
        if !step.iter().all(|s| s.is_finite()) {
            break;
        }
        m = [0, 1].map(|i| Interval::point(m[i].mid() - step[i]));
    }
    let scale = [0, 1].map(|i| m[i].magnitude().max(1e-3));
    for exponent in [-13, -11, -9, -7, -5, -3] {
        let radius = 10f64.powi(exponent);
        let mut x = [0, 1].map(|i| m[i].widened(radius * scale[i]));
        let mut proved = false;
        for _ in 0..10 {
            let Ok(Some(k)) = krawczyk(m, x, f) else { break };
            if (0..2).all(|i| x[i].interior_encloses(k[i])) {
                proved = true;
            }
            let (Some(a), Some(b)) = (k[0].intersection(x[0]), k[1].intersection(x[1])) else { break };
            let shrunk = a.width() < 0.5 * x[0].width() || b.width() < 0.5 * x[1].width();
            if proved {
                x = [a, b];
            }
            if !proved || !shrunk {
                break;
            }
            m = x.map(|x| Interval::point(x.mid()));
        }
        if proved {
            return Ok(x);
        }
    }
    Err(Error::Root { bracket: format!("the neighbourhood of ({:e}, {:e})", guess[0], guess[1]) })
}

/// Value and Jacobian.
fn linearise(x: [Interval; 2], f: &impl Pair) -> Result<([Interval; 2], [[Interval; 2]; 2])> {
    let seed = |i: usize| [0, 1].map(|j| if i == j { Jet::variable(x[j]) } else { Jet::constant(x[j]) });
    let (a, b) = (f.at(seed(0))?, f.at(seed(1))?);
    Ok(([a[0].value, a[1].value], [[a[0].slope, b[0].slope], [a[1].slope, b[1].slope]]))
}

fn inverse(a: [[f64; 2]; 2]) -> Option<[[f64; 2]; 2]> {
    let det = a[0][0] * a[1][1] - a[0][1] * a[1][0];
    let c = [[a[1][1] / det, -a[0][1] / det], [-a[1][0] / det, a[0][0] / det]];
    c.iter().flatten().all(|x| x.is_finite()).then_some(c)
}

fn krawczyk(m: [Interval; 2], x: [Interval; 2], f: &impl Pair) -> Result<Option<[Interval; 2]>> {
    let (value, at_mid) = linearise(m, f)?;
    let Some(c) = inverse(at_mid.map(|row| row.map(Interval::mid))) else { return Ok(None) };
    let (_, jacobian) = linearise(x, f)?;
    let c = c.map(|row| row.map(Interval::point));
    let mut k = m;
    for i in 0..2 {
        let mut sum = m[i] - (c[i][0] * value[0] + c[i][1] * value[1]);
        for j in 0..2 {
            let unit = if i == j { Interval::ONE } else { Interval::ZERO };
            let entry = unit - (c[i][0] * jacobian[0][j] + c[i][1] * jacobian[1][j]);
            sum = sum + entry * (x[j] - m[j]);
        }
        k[i] = sum;
    }
    Ok(k.iter().all(|k| k.is_finite()).then_some(k))
}
