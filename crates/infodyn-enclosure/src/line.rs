//! A mixture on the line at a noise level: its posterior in every kind of number.

use crate::integrate::{Integrand, Region, Unsound, integrate};
use crate::{Error, Ground, Interval, Number, Parameter, Result};

/// A component of a law on the line.
#[derive(Clone, Copy, Debug)]
pub struct Component<P> {
    /// Its weight. The weights of a law sum to 1: [`Line::new`] takes them as they are.
    pub weight: P,
    /// Its mean in `X_0`.
    pub mean: P,
    /// Its variance in `X_0`.
    pub variance: P,
    /// Its label.
    pub label: usize,
}

/// The marginal `p_t` of a mixture on the line: components `N(alpha mu_k, alpha^2 q_k + sigma^2)`.
///
/// The parameters are intervals, and what is proved holds for every choice of numbers in them; or intervals with
/// derivatives ([`crate::Jet`]), and expectations come with their derivatives.
#[derive(Clone, Debug)]
pub struct Line<P> {
    components: Vec<Component<P>>,
    alpha: P,
    sigma2: P,
    centre: Vec<P>,
    variance: Vec<P>,
    ln_weight: Vec<P>,
    labels: Vec<Vec<usize>>,
    frames: Vec<usize>,
    regions: Vec<Region>,
    unsound: Unsound,
}

/// Standard deviations of the narrowest component in a frame beyond which another component gets a frame of its own.
const FRAME: f64 = 32.0;

/// A frame covers the line to this many of the largest standard deviations before tails are tried.
const REACH: f64 = 6.0;

impl<P: Parameter> Line<P> {
    /// A law under `X_t = alpha X_0 + sigma Z`.
    ///
    /// # Errors
    /// When there is no component, or a variance of `X_t` or a weight is not certainly positive.
    pub fn new(components: Vec<Component<P>>, alpha: P, sigma2: P) -> Result<Self> {
        let centre: Vec<P> = components.iter().map(|c| alpha * c.mean).collect();
        let variance: Vec<P> = components.iter().map(|c| alpha.sqr() * c.variance + sigma2).collect();
        for (component, (c, v)) in components.iter().zip(&variance).enumerate() {
            let (w, v) = (c.weight.ground(), v.ground());
            if !(v.is_positive() && v.is_finite() && w.is_positive() && centre[component].ground().is_finite()) {
                return Err(Error::Variance { component });
            }
        }
        if components.is_empty() {
            return Err(Error::Law { found: "no component".into() });
        }
        let most = components.iter().map(|c| c.label).max().unwrap_or(0);
        let labels: Vec<Vec<usize>> = (0..=most)
            .map(|y| (0..components.len()).filter(|&k| components[k].label == y).collect::<Vec<_>>())
            .filter(|members| !members.is_empty())
            .collect();
        let ln_weight = components.iter().map(|c| c.weight.ln()).collect();
        let mut line = Self {
            components,
            alpha,
            sigma2,
            centre,
            variance,
            ln_weight,
            labels,
            frames: Vec::new(),
            regions: Vec::new(),
            unsound: Unsound::No,
        };
        line.cut();
        Ok(line)
    }

    /// Chooses the frames, narrowest components first, and where one ends and the next begins.
    fn cut(&mut self) {
        let centre: Vec<f64> = self.centre.iter().map(|c| c.ground().mid()).collect();
        let sd: Vec<f64> = self.variance.iter().map(|v| v.ground().mid().sqrt()).collect();
        let mut order: Vec<usize> = (0..centre.len()).collect();
        order.sort_by(|&i, &j| sd[i].total_cmp(&sd[j]));
        for k in order {
            if self.frames.iter().all(|&o| (centre[k] - centre[o]).abs() > FRAME * sd[k]) {
                self.frames.push(k);
            }
        }
        self.frames.sort_by(|&i, &j| centre[i].total_cmp(&centre[j]));
        let widest = sd.iter().copied().fold(0.0, f64::max);
        let (left, right) = (self.frames[0], self.frames[self.frames.len() - 1]);
        let lowest = centre.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = centre.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut lo = lowest - centre[left] - REACH * widest;
        for (i, &o) in self.frames.iter().enumerate() {
            if let Some(&next) = self.frames.get(i + 1) {
                let distance = (self.centre[next] - self.centre[o]).ground();
                let hi = 0.5 * distance.mid();
                let start = hi - distance.mid();
                // Left end of the next region minus right end of this one, the centres' rounding included.
                let seam = distance + Interval::point(start) - Interval::point(hi);
                self.regions.push(Region { lo, hi, seam });
                lo = start;
            } else {
                let hi = highest - centre[right] + REACH * widest;
                self.regions.push(Region { lo, hi, seam: Interval::ZERO });
            }
        }
    }

    /// The same with a part of the proof left out.
    #[cfg(test)]
    pub(crate) fn broken(mut self, unsound: Unsound) -> Self {
        self.unsound = unsound;
        self
    }

    /// The components.
    #[must_use]
    pub fn components(&self) -> &[Component<P>] {
        &self.components
    }

    /// Number of labels that occur.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.labels.len()
    }

    /// Centre `alpha mu_k` of a component.
    #[must_use]
    pub fn centre(&self, k: usize) -> P {
        self.centre[k]
    }

    /// Variance `alpha^2 q_k + sigma^2` of a component.
    #[must_use]
    pub fn variance(&self, k: usize) -> P {
        self.variance[k]
    }

    /// `alpha`.
    #[must_use]
    pub fn alpha(&self) -> P {
        self.alpha
    }

    /// `sigma^2`.
    #[must_use]
    pub fn sigma2(&self) -> P {
        self.sigma2
    }

    /// `log(w_k N_k)` at the middle of the parameters: chooses anchors, proves nothing.
    fn rough_ln(&self, k: usize, origin: f64, u: f64) -> f64 {
        let (c, v) = (self.centre[k].ground().mid(), self.variance[k].ground().mid());
        let d = u + (origin - c);
        self.ln_weight[k].ground().mid() - 0.5 * v.ln() - d * d / (2.0 * v)
    }

    /// The most likely of some components at `origin + u`; at an infinite `u`, the one that is so far enough out.
    fn dominant(&self, of: &[usize], origin: f64, u: f64) -> usize {
        let key = |k: usize| {
            if u.is_finite() {
                return [self.rough_ln(k, origin, u), 0.0, 0.0];
            }
            let (c, v) = (self.centre[k].ground().mid(), self.variance[k].ground().mid());
            [v, c * u.signum(), self.ln_weight[k].ground().mid()]
        };
        let better = |a: [f64; 3], b: [f64; 3]| a.iter().zip(&b).map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne());
        let mut best = of[0];
        for &k in &of[1..] {
            if better(key(k), key(best)) == Some(std::cmp::Ordering::Greater) {
                best = k;
            }
        }
        best
    }

    /// How the posterior is written near `origin + u`; an infinite `u` stands for a tail.
    #[must_use]
    pub fn place(&self, origin: P, u: f64) -> Place<P> {
        let all: Vec<usize> = (0..self.components.len()).collect();
        let at = origin.ground().mid();
        let anchor = self.dominant(&all, at, u);
        let home = self.labels.iter().position(|l| l.contains(&anchor)).unwrap_or(0);
        let names: Vec<usize> = std::iter::once(home).chain((0..self.labels.len()).filter(|&y| y != home)).collect();
        let labels = names
            .iter()
            .map(|&y| {
                let members = &self.labels[y];
                let head = if y == home { anchor } else { self.dominant(members, at, u) };
                let rest = members.iter().filter(|&&k| k != head);
                Group {
                    head: self.relative(origin, head, anchor),
                    rest: rest.map(|&k| (self.relative(origin, k, head), self.relative(origin, k, anchor))).collect(),
                }
            })
            .collect();
        let v = self.variance[anchor];
        Place {
            drift: origin.variation(),
            offset: origin - self.centre[anchor],
            inverse: P::real(Interval::ONE) / v,
            ln_norm: self.ln_weight[anchor] - (v * P::real(Interval::PI.times(2.0))).ln().times(0.5),
            labels,
            names,
        }
    }

    /// Component `k` against component `j`, as polynomials in the offset from an origin.
    fn relative(&self, origin: P, k: usize, j: usize) -> Relative<P> {
        let (v, vj) = (self.variance[k], self.variance[j]);
        let (q, qj) = (self.components[k].variance, self.components[j].variance);
        let (d, dj) = (origin - self.centre[k], origin - self.centre[j]);
        let one = P::real(Interval::ONE);
        let inverse = one / v;
        // Differences of the data, so that what is equal there cancels exactly.
        let dv = self.alpha.sqr() * (q - qj);
        let dc = self.alpha * (self.components[k].mean - self.components[j].mean);
        // d ln N_k/dx - d ln N_j/dx = slope0 + slope1 u
        let slope1 = dv / (v * vj);
        let slope0 = dc / v + dj * slope1;
        // ln N_k - ln N_j at the origin: -d^2/2v + dj^2/2vj, with d = dj - dc.
        let shift = (dj.times(2.0) - dc) * dc / v.times(2.0) + dj.sqr() * slope1.times(0.5);
        let mut equal = true;
        dv.parts(&mut |part| equal &= part == Interval::ZERO);
        let ratio = if equal { P::real(Interval::ZERO) } else { (v / vj).ln() };
        let same = k == j;
        let ln_ratio = if same {
            P::real(Interval::ZERO)
        } else {
            self.ln_weight[k] - self.ln_weight[j] - ratio.times(0.5) + shift
        };
        // Posterior mean of X_0 within a component: mu + (alpha q/v)(x - c).
        let (gain, gain_j) = (self.alpha * q / v, self.alpha * qj / vj);
        let mean0 = self.components[k].mean - self.components[j].mean + gain * d - gain_j * dj;
        Relative {
            ln: [ln_ratio, slope0, slope1.times(0.5)],
            slope: [slope0, slope1],
            mean: [mean0, if same { P::real(Interval::ZERO) } else { gain - gain_j }],
            inverse,
            residual: self.sigma2 * q * inverse,
        }
    }

    /// Expectations under the marginal of several functions at once.
    ///
    /// # Accuracy
    /// Proved: the whole line, the tails and all rounding are in the intervals.
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn expect<F: Functional<P>>(&self, functional: &F) -> Result<Vec<P>> {
        let problem = Problem { line: self, functional };
        let parts = integrate(&problem, self.unsound)?;
        if parts.iter().any(|p| !p.is_finite()) {
            return Err(Error::NotFinite);
        }
        let mut parts = parts.into_iter();
        Ok((0..functional.count()).map(|_| P::assemble(&mut parts)).collect())
    }

    /// What the marginal says at a point of the line.
    #[must_use]
    pub fn observe(&self, x: P) -> Observation<P>
    where
        P: Parameter<Over<Interval> = P>,
    {
        let near = self.nearest(x.ground().mid());
        let origin = self.centre[near];
        // The offset carries the derivatives of x and of the centre.
        let u = x - origin;
        let mut place = self.place(origin, u.ground().mid());
        place.drift = P::real(Interval::ZERO);
        place.observe::<Interval>(u)
    }

    fn nearest(&self, x: f64) -> usize {
        let distance = |k: usize| (self.centre[k].ground().mid() - x).abs();
        (0..self.centre.len()).min_by(|&i, &j| distance(i).total_cmp(&distance(j))).unwrap_or(0)
    }

    /// Rough means of some functions, by a trapezoid under each component: proves nothing.
    pub(crate) fn rough<F: Functional<P>>(&self, functional: &F) -> Vec<f64> {
        let problem = Problem { line: self, functional };
        let mut means = vec![0.0; functional.count()];
        for k in 0..self.components.len() {
            let weight = self.components[k].weight.ground().mid();
            let (origin, sd) = (self.centre[k], self.variance[k].ground().mid().sqrt());
            for i in -10..=10 {
                let x = 0.5 * f64::from(i);
                let place = (self.place(origin, x * sd), origin, x * sd);
                let mut out = Vec::new();
                let ln_anchor = problem.at(&place, Interval::point(x * sd), &mut out);
                let seen = place.0.observe::<Interval>(place.0.fixed::<Interval>(Interval::point(x * sd)));
                // The outputs carry p over the anchor's density: divided out, and the component's own put in.
                let excess = (seen.ln_density().ground() - ln_anchor).exp().mid();
                let share = 0.5 * weight * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt() / excess;
                for (mean, f) in means.iter_mut().zip(out.iter().step_by(P::PARTS)) {
                    *mean += share * f.mid();
                }
            }
        }
        means.into_iter().map(|m| if m.is_finite() { m } else { 0.0 }).collect()
    }
}

/// Functions of a point whose expectations are sought.
pub trait Functional<P: Parameter> {
    /// How many.
    fn count(&self) -> usize;

    /// Appends their values. `at` is the point: an origin, exact, plus an offset.
    fn values<T: Ground>(&self, at: &At<P, T>, seen: &Observation<P::Over<T>>, out: &mut Vec<P::Over<T>>);
}

/// A point of the line: an origin plus an offset.
#[derive(Debug)]
pub struct At<P: Parameter, T: Ground> {
    /// The origin; it may depend on the parameters.
    pub origin: P,
    /// Offset from the origin, its derivatives those that keep the point where it is.
    pub offset: P::Over<T>,
    /// A double near the offset (infinite in the tails), by which to choose how formulas are written.
    pub near: f64,
    ground: T,
}

impl<P: Parameter, T: Ground> At<P, T> {
    /// The point itself.
    #[must_use]
    pub fn position(&self) -> P::Over<T> {
        P::Over::<T>::lift(self.origin) + self.offset
    }

    /// What another marginal says at this point.
    #[must_use]
    pub fn observe(&self, other: &Line<P>) -> Observation<P::Over<T>> {
        let place = other.place(self.origin, self.near);
        place.observe::<T>(place.fixed::<T>(self.ground))
    }
}

/// One component against another: `u` is the offset from an origin.
#[derive(Clone, Copy, Debug)]
struct Relative<P> {
    /// `log(w_k N_k/(w_j N_j))`, coefficients of `1, u, u^2`.
    ln: [P; 3],
    /// `s_k - s_j`, coefficients of `1, u`.
    slope: [P; 2],
    /// `m_k - m_j`, coefficients of `1, u`.
    mean: [P; 2],
    /// `1/v_k`.
    inverse: P,
    /// `sigma^2 q_k/v_k`: variance of `X_0` within the component.
    residual: P,
}

#[derive(Clone, Debug)]
struct Group<P> {
    /// The most likely component of the label, against the anchor.
    head: Relative<P>,
    /// The others: against the head, and against the anchor.
    rest: Vec<(Relative<P>, Relative<P>)>,
}

/// How the posterior is written near a point: everything relative to the most likely component, the anchor, and
/// within each label to its most likely one.
#[derive(Clone, Debug)]
pub struct Place<P> {
    drift: P,
    /// Origin minus the anchor's centre.
    offset: P,
    inverse: P,
    ln_norm: P,
    labels: Vec<Group<P>>,
    names: Vec<usize>,
}

/// What a component says at a point.
#[derive(Clone, Copy, Debug)]
struct Part<N> {
    /// Its posterior.
    posterior: N,
    /// Its posterior within its label.
    within: N,
    /// `s_k - s_j`, `m_k - m_j` against the anchor `j`.
    slope: N,
    mean: N,
    inverse: N,
    residual: N,
}

/// What a label says at a point: its posterior, minus the logarithm of it, and where its components end in the list of
/// parts.
type Label<N> = (N, N, usize);

/// What a marginal says at a point of the line, in any kind of number.
#[derive(Clone, Debug)]
pub struct Observation<N> {
    /// `log(w_j N_j)` of the anchor.
    ln_anchor: N,
    /// `Z = p/(w_j N_j) >= 1`.
    excess: N,
    ln_excess: N,
    anchor_score: N,
    parts: Vec<Part<N>>,
    labels: Vec<Label<N>>,
    /// Per label: which one it is.
    names: Vec<usize>,
}

impl<P: Parameter> Place<P> {
    /// The offset that stays where it is when the origin moves with the parameters.
    fn fixed<T: Ground>(&self, u: T) -> P::Over<T> {
        if P::PARTS == 1 {
            return P::Over::<T>::constant(u);
        }
        P::Over::<T>::constant(u) - P::Over::<T>::lift(self.drift)
    }

    /// What the marginal says at an offset.
    fn observe<T: Ground>(&self, u: P::Over<T>) -> Observation<P::Over<T>> {
        let lift = P::Over::<T>::lift;
        let one = P::Over::<T>::real(Interval::ONE);
        let zero = P::Over::<T>::real(Interval::ZERO);
        let linear = |c: &[P; 2]| lift(c[0]) + lift(c[1]) * u;
        let ln = |r: &Relative<P>| lift(r.ln[0]) + u * (lift(r.ln[1]) + u * lift(r.ln[2]));
        let count = self.labels.iter().map(|g| 1 + g.rest.len()).sum();
        let mut parts = Vec::with_capacity(count);
        let mut labels: Vec<Label<P::Over<T>>> = Vec::with_capacity(self.labels.len());
        // Sum over the other labels of p_y/(w_j N_j).
        let mut others = zero;
        for (y, group) in self.labels.iter().enumerate() {
            let from = parts.len();
            let part = |within: P::Over<T>, r: &Relative<P>, anchor: bool| Part {
                posterior: within,
                within,
                slope: if anchor { zero } else { linear(&r.slope) },
                mean: if anchor { zero } else { linear(&r.mean) },
                inverse: lift(r.inverse),
                residual: lift(r.residual),
            };
            parts.push(part(one, &group.head, y == 0));
            let mut rest = zero;
            for (k, (against_head, against_anchor)) in group.rest.iter().enumerate() {
                let g = ln(against_head).exp();
                rest = if k == 0 { g } else { rest + g };
                parts.push(part(g, against_anchor, false));
            }
            let (sum, ln_sum) = if group.rest.is_empty() { (one, zero) } else { (one + rest, rest.ln_1p()) };
            let (head, ln_head) = if y == 0 {
                (one, zero)
            } else {
                let l = ln(&group.head);
                (l.exp(), l)
            };
            for p in &mut parts[from..] {
                if !group.rest.is_empty() {
                    p.within = p.within / sum;
                }
                if y > 0 {
                    p.posterior = p.posterior * head;
                }
            }
            let (total, ln_total) = if y == 0 {
                (sum, ln_sum)
            } else if group.rest.is_empty() {
                (head, ln_head)
            } else {
                (head * sum, ln_head + ln_sum)
            };
            if y > 0 {
                others = if y == 1 { total } else { others + total };
            }
            labels.push((total, ln_total, parts.len()));
        }
        let (home, ln_home, _) = labels[0];
        let alone = self.labels.len() == 1;
        let home_alone = self.labels[0].rest.is_empty();
        let excess = if alone { home } else { home + others };
        let odds = if home_alone { others } else { others / home };
        let ln_odds = if alone { zero } else { odds.ln_1p() };
        if parts.len() > 1 {
            for p in &mut parts {
                p.posterior = p.posterior / excess;
            }
        }
        for (y, (total, ln_total, _)) in labels.iter_mut().enumerate() {
            if y == 0 {
                *ln_total = ln_odds;
                *total = if alone { one } else { *total / excess };
            } else {
                *ln_total = ln_odds + ln_home - *ln_total;
                *total = *total / excess;
            }
        }
        let distance = u + lift(self.offset);
        Observation {
            ln_anchor: lift(self.ln_norm) - distance.sqr() * lift(self.inverse).times(0.5),
            excess,
            ln_excess: ln_home + ln_odds,
            anchor_score: -(distance * lift(self.inverse)),
            parts,
            labels,
            names: self.names.clone(),
        }
    }
}

impl<N: Number> Observation<N> {
    fn sum(mut terms: impl Iterator<Item = N>) -> N {
        let first = terms.next().unwrap_or(N::real(Interval::ZERO));
        terms.fold(first, |a, b| a + b)
    }

    fn members(&self, y: usize) -> &[Part<N>] {
        let from = if y == 0 { 0 } else { self.labels[y - 1].2 };
        &self.parts[from..self.labels[y].2]
    }

    /// `log p`.
    #[must_use]
    pub fn ln_density(&self) -> N {
        self.ln_anchor + self.ln_excess
    }

    /// `s - s_j` of the anchor `j`.
    fn pull(&self) -> N {
        Self::sum(self.parts[1..].iter().map(|p| p.posterior * p.slope))
    }

    /// The score `s`.
    #[must_use]
    pub fn score(&self) -> N {
        if self.parts.len() == 1 { self.anchor_score } else { self.anchor_score + self.pull() }
    }

    /// `div s = s'`.
    #[must_use]
    pub fn score_divergence(&self) -> N {
        let pull = self.pull();
        Self::sum(self.parts.iter().map(|p| p.posterior * ((p.slope - pull).sqr() - p.inverse)))
    }

    /// Posterior variance `S` of `X_0`: a sum of terms that are not negative.
    #[must_use]
    pub fn posterior_variance(&self) -> N {
        let mean = Self::sum(self.parts[1..].iter().map(|p| p.posterior * p.mean));
        Self::sum(self.parts.iter().map(|p| p.posterior * ((p.mean - mean).sqr() + p.residual)))
    }

    /// Entropy `h` of the label's posterior, nats.
    #[must_use]
    pub fn entropy(&self) -> N {
        Self::sum(self.labels.iter().map(|&(posterior, surprisal, _)| posterior * surprisal))
    }

    /// `sum_y pi_y (log pi_y)^2`, nats^2.
    #[must_use]
    pub fn square_surprisal(&self) -> N {
        Self::sum(self.labels.iter().map(|&(posterior, surprisal, _)| posterior * surprisal.sqr()))
    }

    /// `sum_y pi_y^2`.
    #[must_use]
    pub fn agreement(&self) -> N {
        Self::sum(self.labels.iter().map(|&(posterior, _, _)| posterior.sqr()))
    }

    /// Posterior of a label, by its place among the labels that occur.
    #[must_use]
    pub fn posterior_of(&self, label: usize) -> N {
        let found = self.labels.iter().zip(&self.names).find(|(_, name)| **name == label);
        found.map_or(N::real(Interval::ZERO), |(l, _)| l.0)
    }

    /// `s_y - s` per label.
    fn label_pulls(&self) -> impl Iterator<Item = N> + '_ {
        let pull = self.pull();
        (0..self.labels.len()).map(move |y| Self::sum(self.members(y).iter().map(|p| p.within * p.slope)) - pull)
    }

    /// `b = sum_y pi_y (s_y - s)^2`.
    #[must_use]
    pub fn production(&self) -> N {
        Self::sum(self.labels.iter().zip(self.label_pulls()).map(|(l, pull)| l.0 * pull.sqr()))
    }

    /// `h' = -sum_y pi_y log pi_y (s_y - s)`.
    #[must_use]
    pub fn entropy_gradient(&self) -> N {
        Self::sum(self.labels.iter().zip(self.label_pulls()).map(|(l, pull)| l.0 * l.1 * pull))
    }

    /// `sum_y pi_y div s_y`.
    #[must_use]
    pub fn label_divergence(&self) -> N {
        Self::sum((0..self.labels.len()).map(|y| {
            let members = self.members(y);
            let own = Self::sum(members.iter().map(|p| p.within * p.slope));
            let divergence = members.iter().map(|p| p.within * ((p.slope - own).sqr() - p.inverse));
            self.labels[y].0 * Self::sum(divergence)
        }))
    }
}

/// The integral that belongs to an expectation.
struct Problem<'a, P: Parameter, F> {
    line: &'a Line<P>,
    functional: &'a F,
}

impl<P: Parameter, F: Functional<P>> Integrand for Problem<'_, P, F> {
    type Place = (Place<P>, P, f64);

    fn outputs(&self) -> usize {
        self.functional.count() * P::PARTS
    }

    fn regions(&self) -> &[Region] {
        &self.line.regions
    }

    fn place(&self, region: usize, u: f64) -> Self::Place {
        let origin = self.line.centre[self.line.frames[region]];
        (self.line.place(origin, u), origin, u)
    }

    /// Trapezoids of half a standard deviation around each centre, and of half a nat of log-odds around each point
    /// where two neighbours are equally likely: what is rare elsewhere happens there.
    fn samples(&self) -> Vec<(usize, f64, f64)> {
        let line = self.line;
        let centre = |k: usize| line.centre[k].ground().mid();
        let sd = |k: usize| line.variance[k].ground().mid().sqrt();
        let mut order: Vec<usize> = (0..line.components.len()).collect();
        order.sort_by(|&i, &j| centre(i).total_cmp(&centre(j)));
        // A component, an offset from its centre, a step.
        let mut grids: Vec<(usize, f64, f64)> = order.iter().map(|&k| (k, 0.0, 0.5 * sd(k))).collect();
        for pair in order.windows(2) {
            let (i, j) = (pair[0], pair[1]);
            let odds = |u: f64| line.rough_ln(i, centre(i), u) - line.rough_ln(j, centre(i), u);
            let (mut lo, mut hi) = (0.0, centre(j) - centre(i));
            if odds(lo) > 0.0 && odds(hi) < 0.0 {
                for _ in 0..60 {
                    let mid = 0.5 * (lo + hi);
                    *(if odds(mid) > 0.0 { &mut lo } else { &mut hi }) = mid;
                }
                let slope = (centre(i) + lo - centre(j)) / (sd(j) * sd(j)) - lo / (sd(i) * sd(i));
                grids.push((i, lo, (0.5 / slope.abs()).min(sd(i)).min(sd(j))));
            }
        }
        let mut samples = Vec::new();
        for (k, at, step) in grids {
            for i in -8..=8 {
                let u = at + f64::from(i) * step;
                let x = centre(k) + u;
                let distance = |r: usize| (centre(line.frames[r]) - x).abs();
                let near = (0..line.frames.len()).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap_or(0);
                samples.push((near, (centre(k) - centre(line.frames[near])) + u, step));
            }
        }
        samples
    }

    fn at<T: Ground>(&self, (place, origin, near): &Self::Place, u: T, out: &mut Vec<T>) -> T {
        let offset = place.fixed::<T>(u);
        let seen = place.observe::<T>(offset);
        let at = At { origin: *origin, offset, near: *near, ground: u };
        let mut values = Vec::with_capacity(self.functional.count());
        self.functional.values(&at, &seen, &mut values);
        let single = seen.parts.len() == 1;
        // p = exp(log(w_j N_j)) Z; the derivatives of the first factor go with the values.
        let mut factor = seen.excess;
        if P::PARTS > 1 {
            let varying = seen.ln_anchor.variation().exp();
            factor = if single { varying } else { factor * varying };
        }
        for v in values {
            let f = if single && P::PARTS == 1 { v } else { v * factor };
            f.parts(&mut |part| out.push(part));
        }
        seen.ln_anchor.ground()
    }
}
