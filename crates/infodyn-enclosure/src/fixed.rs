//! All fixed points of a drift on the line.

use crate::{Error, Interval, Jet, Line, Result, Root, zeros};

/// The drift `a x + b s(x)` with `b > 0`: minus the gradient of an energy.
#[derive(Clone, Copy, Debug)]
pub struct Drift {
    /// Factor of `x`.
    pub linear: Interval,
    /// Factor of the score.
    pub score: Interval,
}

impl Drift {
    /// The score itself: the energy `-log p_t`.
    #[must_use]
    pub fn marginal() -> Self {
        Self { linear: Interval::ZERO, score: Interval::ONE }
    }

    /// `-f x + g^2 s`: the potential of the reverse SDE.
    #[must_use]
    pub fn reverse_sde(f: Interval, g2: Interval) -> Self {
        Self { linear: -f, score: g2 }
    }
}

/// The complete list of zeros of a drift on the whole line, in order; `slope` of each is the drift's, negative at a
/// stable one.
///
/// # Formula
/// The drift is a mean of the straight lines `a x - b (x - c_k)/v_k`, with the posterior as weights. Where each slopes
/// downwards, all are positive to the left of their zeros and negative to the right: every zero of the drift lies in
/// the hull of `b c_k/(b - a v_k)`. That interval is covered by [`zeros`].
///
/// # Errors
/// When one of the lines does not slope downwards, or a zero is not simple.
pub fn fixed_points(line: &Line<Interval>, drift: Drift) -> Result<Vec<Root>> {
    let count = line.components().len();
    let mut hull: Option<Interval> = None;
    let mut narrowest = f64::INFINITY;
    for k in 0..count {
        let (c, v) = (line.centre(k), line.variance(k));
        let steep = drift.score - drift.linear * v;
        if !steep.is_positive() {
            return Err(Error::Root { bracket: "the whole line: the drift leads outwards".into() });
        }
        let zero = drift.score * c / steep;
        hull = Some(hull.map_or(zero, |h| h.hull(zero)));
        narrowest = narrowest.min(v.hi().sqrt());
    }
    let hull = hull.unwrap_or(Interval::ZERO);
    // A little outside, so that a zero at an end is inside.
    let bracket = hull.widened(0.05 * hull.width() + 1e-3 * narrowest);
    let lifted = lift(line)?;
    zeros(bracket, |x| {
        let seen = lifted.observe(x);
        let a = Jet { value: drift.linear, slope: Interval::ZERO };
        let b = Jet { value: drift.score, slope: Interval::ZERO };
        // The derivative of the score from its own formula: tighter on wide intervals.
        let divergence = line.observe(x.value).score_divergence();
        let score = Jet { value: seen.score().value, slope: divergence * x.slope };
        Ok(a * x + b * score)
    })
}

fn lift(line: &Line<Interval>) -> Result<Line<Jet<Interval>>> {
    let real = |x: Interval| Jet { value: x, slope: Interval::ZERO };
    let components = line.components().iter().map(|c| crate::Component {
        weight: real(c.weight),
        mean: real(c.mean),
        variance: real(c.variance),
        label: c.label,
    });
    Line::new(components.collect(), real(line.alpha()), real(line.sigma2()))
}
