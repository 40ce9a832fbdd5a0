//! A mixture in the plane at a noise level, to lower accuracy than on the line.

use infodyn_core::Mixture;

use crate::{Complex, Error, Ground, Interval, Moment, Result, Sum, rule};

/// Coefficients of `1, u, v`.
pub(crate) type Linear = [Interval; 3];

/// A symmetric matrix: `xx, xy, yy`.
type Symmetric = [Interval; 3];

/// The marginal `p_t` of a mixture in the plane: components `N(alpha mu_k, alpha^2 Q_k + sigma^2 I)`.
#[derive(Clone, Debug)]
pub struct Plane {
    parts: Vec<Part>,
    labels: Vec<Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Part {
    centre: [Interval; 2],
    mean: [Interval; 2],
    /// `V^-1`.
    precision: Symmetric,
    /// `alpha Q V^-1`: posterior mean of `X_0` per unit of `x`.
    gain: [[Interval; 2]; 2],
    /// `log(w/(2 pi sqrt(det V)))`.
    ln_norm: Interval,
    /// `sigma^2 tr(Q V^-1)`: trace of the covariance of `X_0` within the component.
    residual: Interval,
    /// Upper bound of the eigenvalues of `V`.
    widest: f64,
}

/// `m r` of a symmetric matrix.
fn apply(m: &Symmetric, r: [Interval; 2]) -> [Interval; 2] {
    [m[0] * r[0] + m[1] * r[1], m[1] * r[0] + m[2] * r[1]]
}

impl Plane {
    /// A law in the plane under `X_t = alpha X_0 + sigma Z`; all numbers are taken as the doubles that they are.
    ///
    /// # Errors
    /// For a law of another dimension or with a covariance that does not lie along the axes (its entries are kept as a
    /// rounded decomposition; [`Self::from_parts`] takes them), or when a variance of `X_t` is not certainly positive.
    pub fn new(law: &Mixture, alpha: Interval, sigma2: Interval) -> Result<Self> {
        let found = |what: &str| Err(Error::Law { found: what.into() });
        if law.dim() != 2 {
            return found(&format!("{} components in dimension {}", law.components(), law.dim()));
        }
        let mut parts = Vec::with_capacity(law.components());
        for k in 0..law.components() {
            let covariance = law.covariance(k);
            if covariance.axes().is_some() {
                return found("a covariance with entries off the diagonal");
            }
            let mean = [law.mean(k)[0], law.mean(k)[1]];
            parts.push((law.weights()[k], mean, [covariance.eigenvalue(0), 0.0, covariance.eigenvalue(1)]));
        }
        Self::from_parts(&parts, law.labels(), alpha, sigma2)
    }

    /// The same from weights (divided by their exact sum), means, covariances `xx, xy, yy`, and labels.
    ///
    /// # Errors
    /// When a variance of `X_t` is not certainly positive.
    pub fn from_parts(
        law: &[(f64, [f64; 2], [f64; 3])],
        labels: &[usize],
        alpha: Interval,
        sigma2: Interval,
    ) -> Result<Self> {
        let sum = law.iter().fold(Interval::ZERO, |s, part| s + Interval::point(part.0));
        let parts = law.iter().enumerate().map(|(k, &(weight, mean, q))| {
            let (mean, q) = (mean.map(Interval::point), q.map(Interval::point));
            let signal = alpha.sqr();
            let v = [signal * q[0] + sigma2, signal * q[1], signal * q[2] + sigma2];
            let det = v[0] * v[2] - v[1].sqr();
            if !(det.is_positive() && v[0].is_positive() && det.is_finite()) {
                return Err(Error::Variance { component: k });
            }
            let precision = [v[2] / det, -v[1] / det, v[0] / det];
            let row = |q: [Interval; 2]| apply(&precision, q).map(|g| alpha * g);
            let spread = q[0] * precision[0] + (q[1] * precision[1]).times(2.0) + q[2] * precision[2];
            let half = (v[0] - v[2]).times(0.5);
            let top = (v[0] + v[2]).times(0.5) + (half.sqr() + v[1].sqr()).sqrt();
            Ok(Part {
                centre: mean.map(|m| alpha * m),
                mean,
                precision,
                gain: [row([q[0], q[1]]), row([q[1], q[2]])],
                ln_norm: (Interval::point(weight) / sum).ln() - Interval::PI.times(2.0).ln() - det.ln().times(0.5),
                residual: sigma2 * spread,
                widest: top.hi(),
            })
        });
        let most = labels.iter().copied().max().unwrap_or(0);
        let of = (0..=most).map(|y| (0..law.len()).filter(|&k| labels[k] == y).collect::<Vec<_>>());
        Ok(Self { parts: parts.collect::<Result<_>>()?, labels: of.filter(|l| !l.is_empty()).collect() })
    }

    /// `log(w_k N_k)` in plain numbers: chooses what formulas are written against, proves nothing.
    fn rough_ln(&self, k: usize, at: [f64; 2]) -> f64 {
        let part = &self.parts[k];
        let d = [0, 1].map(|i| at[i] - part.centre[i].mid());
        let p = part.precision.map(Interval::mid);
        part.ln_norm.mid() - 0.5 * (p[0] * d[0] * d[0] + 2.0 * p[1] * d[0] * d[1] + p[2] * d[1] * d[1])
    }

    pub(crate) fn dominant(&self, of: &[usize], at: [f64; 2]) -> usize {
        of.iter().copied().max_by(|&i, &j| self.rough_ln(i, at).total_cmp(&self.rough_ln(j, at))).unwrap_or(0)
    }

    /// How the posterior is written around a point: against the most likely component there.
    fn place(&self, at: [f64; 2]) -> Place {
        let all: Vec<usize> = (0..self.parts.len()).collect();
        let anchor = self.dominant(&all, at);
        let own = self.form(anchor, at);
        let minus = |a: Linear, b: Linear| [0, 1, 2].map(|i| a[i] - b[i]);
        let labels = self.labels.iter().map(|members| {
            let head = self.dominant(members, at);
            let order = std::iter::once(head).chain(members.iter().copied().filter(|&k| k != head));
            let relative = order.map(|k| {
                let mut form = self.form(k, at);
                let same = k == anchor;
                for (c, o) in form.ln.iter_mut().zip(own.ln) {
                    *c = if same { Interval::ZERO } else { *c - o };
                }
                let difference = |a, b| if same { [Interval::ZERO; 3] } else { minus(a, b) };
                form.score = [0, 1].map(|i| difference(form.score[i], own.score[i]));
                form.mean = [0, 1].map(|i| difference(form.mean[i], own.mean[i]));
                (form, same)
            });
            relative.collect()
        });
        Place { own: own.clone(), labels: labels.collect() }
    }

    /// A component as polynomials in the offset from a point.
    pub(crate) fn form(&self, k: usize, at: [f64; 2]) -> Form {
        let part = &self.parts[k];
        let d = [0, 1].map(|i| Interval::point(at[i]) - part.centre[i]);
        let pull = apply(&part.precision, d);
        let p = part.precision;
        let along = |row: [Interval; 2], from: Interval| [from + row[0] * d[0] + row[1] * d[1], row[0], row[1]];
        Form {
            ln: [
                part.ln_norm - (pull[0] * d[0] + pull[1] * d[1]).times(0.5),
                -pull[0],
                -pull[1],
                -p[0].times(0.5),
                -p[1],
                -p[2].times(0.5),
            ],
            score: [[-pull[0], -p[0], -p[1]], [-pull[1], -p[1], -p[2]]],
            mean: [along(part.gain[0], part.mean[0]), along(part.gain[1], part.mean[1])],
            precision: p[0] + p[2],
            residual: part.residual,
        }
    }

    /// `|f(x)| <= A + B r^2` for every `x`, `r` its distance from the origin of [`Self::origin`]; none for moments that
    /// the plane does not serve.
    ///
    /// # Formula
    /// Every component has `|s_k| <= top_k (r + e_k)` and `|m_k - m_j| <= c + g r`; a posterior mean of squares is at
    /// most the largest, of squared differences `|s_y - s|^2` at most four times. `(a + b)^2 <= 2 a^2 + 2 b^2`. With
    /// `K` labels `h <= log K`, and `sum pi (log pi)^2 <= 4 K/e^2`.
    fn envelope(&self, moment: Moment, origin: [f64; 2]) -> Result<[f64; 2]> {
        let up = Interval::hi;
        let count = Interval::point(self.labels.len() as f64);
        let far = |k: usize| {
            let d = [0, 1].map(|i| self.parts[k].centre[i] - Interval::point(origin[i]));
            (d[0].sqr() + d[1].sqr()).sqrt()
        };
        let all = || 0..self.parts.len();
        let most = |f: &dyn Fn(usize) -> f64| all().map(f).fold(0.0, f64::max);
        let trace = |k: usize| self.parts[k].precision[0] + self.parts[k].precision[2];
        // |s_k|^2 <= tr(P)^2 (r + e)^2 <= 2 tr(P)^2 (r^2 + e^2).
        let score = [most(&|k| up((trace(k) * far(k)).sqr().times(2.0))), most(&|k| up(trace(k).sqr().times(2.0)))];
        let four = |x: [f64; 2]| x.map(|x| up(Interval::point(x).times(4.0)));
        Ok(match moment {
            Moment::One | Moment::Agreement => [1.0, 0.0],
            Moment::Entropy => [up(count.ln()).max(0.0), 0.0],
            Moment::SquareEntropy => [up(count.ln().sqr()), 0.0],
            // 4/e^2 < 0.55.
            Moment::SquareSurprisal => [up(count * Interval::point(0.55)), 0.0],
            Moment::ScoreNorm2 => score,
            Moment::Production => four(score),
            Moment::Gradient2 => {
                // (sum pi |log pi| |s_y - s|)^2 <= sum pi (log pi)^2 max |s_y - s|^2.
                let c = count * Interval::point(0.55);
                four(score).map(|x| up(c * Interval::point(x)))
            }
            Moment::ScoreDivergence | Moment::LabelDivergence => {
                let [a, b] = four(score);
                [up(Interval::point(a) + Interval::point(most(&|k| up(trace(k))))), b]
            }
            Moment::PosteriorVariance => {
                // tr S <= E|X_0 - mu_1|^2 given x <= max_k (2|mu_k + G d_k - mu_1|^2) + residual, d_k = x - c_k.
                let square = |k: usize| {
                    let p = &self.parts[k];
                    let g2 = p.gain.iter().flatten().fold(Interval::ZERO, |s, g| s + g.sqr());
                    let apart = [0, 1].map(|i| (p.mean[i] - self.parts[0].mean[i]).sqr());
                    // (a + g(r + e))^2 <= 2 a^2 + 4 g^2 (r^2 + e^2).
                    let a = (apart[0] + apart[1]).times(2.0) + (g2 * far(k).sqr()).times(4.0) + p.residual;
                    (up(a), up(g2.times(4.0)))
                };
                [most(&|k| square(k).0), most(&|k| square(k).1)]
            }
            Moment::LnDensity => {
                // log p <= log sum_k exp(ln_norm_k), and log p >= ln_norm_1 - tr(P) (r^2 + e^2).
                let top = all().fold(Interval::ZERO, |s, k| s + self.parts[k].ln_norm.exp()).ln();
                let low = self.parts[0].ln_norm - trace(0) * far(0).sqr();
                [top.magnitude().max(low.magnitude()), up(trace(0))]
            }
            _ => return Err(Error::Tail),
        })
    }

    /// Number of components.
    pub(crate) fn count(&self) -> usize {
        self.parts.len()
    }

    /// Upper bound of the eigenvalues of a component's covariance.
    pub(crate) fn widest(&self, k: usize) -> f64 {
        self.parts[k].widest
    }

    /// The determinant of a component's covariance.
    pub(crate) fn determinant(&self, k: usize) -> Interval {
        let p = self.parts[k].precision;
        (p[0] * p[2] - p[1].sqr()).recip()
    }

    /// The smallest standard deviation of a component, about.
    pub(crate) fn narrowest(&self) -> f64 {
        let variance = |p: &Part| 1.0 / (p.precision[0].hi() + p.precision[2].hi());
        self.parts.iter().map(variance).fold(f64::INFINITY, f64::min).sqrt()
    }

    /// The mean of the centres.
    pub(crate) fn origin(&self) -> [f64; 2] {
        let n = self.parts.len() as f64;
        [0, 1].map(|i| self.parts.iter().map(|p| p.centre[i].mid()).sum::<f64>() / n)
    }

    /// Means of several functions under the marginal, the traces and squared norms of the line's: relative width about
    /// 1e-8.
    ///
    /// # Formula
    /// A square around the origin is cut into rectangles. On one of half-widths `a, b` with `n x n` Gauss-Legendre
    /// points the error is at most `2 a b (64/15) (M_x rho^-2n + M_y rho^-2n)/(1 - rho^-2)`: first `x`, with
    /// `|f| <= M_x` for `x` inside the Bernstein ellipse and `y` on its side of the rectangle; then `y` for each node
    /// in `x`, the weights of which add up to `2 a`. Outside of the disc of radius `R` around the origin, `|f| <= A + B
    /// r^2`; per component, `r <= e + sqrt(v) |z|` with `z` standard normal and `v` the largest eigenvalue of its
    /// covariance, so that part is at most `exp(-T^2/2) (A + 2 B e^2 + 2 B v (T^2 + 2))`, `T = (R - e)/sqrt(v)`.
    ///
    /// # Errors
    /// For `Score`, `PositionScore` and `SquarePosteriorVariance`; when no enclosure was found.
    pub fn means(&self, moments: &[Moment]) -> Result<Vec<Interval>> {
        let origin = self.origin();
        let envelopes = moments.iter().map(|&m| self.envelope(m, origin)).collect::<Result<Vec<_>>>()?;
        let mut reach: f64 = 0.0;
        for p in &self.parts {
            let d = [0, 1].map(|i| p.centre[i].mid() - origin[i]);
            reach = reach.max(d[0].hypot(d[1]) + TAIL * p.widest.sqrt());
        }
        let mut work = Work {
            plane: self,
            moments,
            tolerance: self.sizes(moments, &envelopes),
            sums: vec![Sum::default(); moments.len()],
            values: Vec::with_capacity(moments.len()),
            bound: vec![0.0; moments.len()],
        };
        for (sum, envelope) in work.sums.iter_mut().zip(&envelopes) {
            let outside = self.outside(*envelope, origin, reach)?;
            sum.add(Interval::symmetric(outside));
        }
        let mut stack =
            vec![Rectangle { lo: origin.map(|o| (o - reach).next_down()), hi: origin.map(|o| (o + reach).next_up()) }];
        let mut panels = 0;
        while let Some(at) = stack.pop() {
            panels += 1;
            if panels > MOST_PANELS {
                return Err(Error::Panels { most: MOST_PANELS });
            }
            if let Some(axis) = work.panel(&at) {
                let mid = 0.5 * at.lo[axis] + 0.5 * at.hi[axis];
                let (mut left, mut right) = (at, at);
                left.hi[axis] = mid;
                right.lo[axis] = mid;
                stack.extend([right, left]);
            }
        }
        let means: Vec<Interval> = work.sums.iter().map(Sum::value).collect();
        if means.iter().all(|m| m.is_finite()) { Ok(means) } else { Err(Error::NotFinite) }
    }

    /// `Var h(X_t)`, nats^2, as `E h^2 - (E h)^2`.
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn entropy_variance(&self) -> Result<Interval> {
        let m = self.means(&[Moment::SquareEntropy, Moment::Entropy])?;
        Ok(m[0] - m[1].sqr())
    }

    /// A bound of the integral of `(A + B r^2) p` over `r > reach`; the square contains that disc.
    fn outside(&self, [a, b]: [f64; 2], origin: [f64; 2], reach: f64) -> Result<f64> {
        let (a, b) = (Interval::point(a), Interval::point(b));
        let mut sum = Interval::ZERO;
        for p in &self.parts {
            let d = [0, 1].map(|i| p.centre[i] - Interval::point(origin[i]));
            let e2 = d[0].sqr() + d[1].sqr();
            let v = Interval::point(p.widest);
            let t = (Interval::point(reach) - e2.sqrt()) / v.sqrt();
            if !t.is_positive() {
                return Err(Error::Tail);
            }
            let t2 = t.sqr();
            // The weights add up to 1: each is at most 1, and their part of the bound the largest.
            let part =
                (-t2.times(0.5)).exp() * (a + (b * e2).times(2.0) + (b * v).times(2.0) * (t2 + Interval::point(2.0)));
            sum = Interval::point(sum.hi().max(part.hi()));
        }
        if sum.is_finite() { Ok(sum.hi()) } else { Err(Error::Tail) }
    }

    /// What an error may be, from samples around the centres: proves nothing.
    fn sizes(&self, moments: &[Moment], envelopes: &[[f64; 2]]) -> Vec<f64> {
        let mut sizes = vec![0.0_f64; moments.len()];
        let mut values = Vec::new();
        let weight = 1.0 / (25 * self.parts.len()) as f64;
        for p in &self.parts {
            let sd = 0.75 * p.widest.sqrt();
            for i in -2..=2 {
                for j in -2..=2 {
                    let at = [p.centre[0].mid() + f64::from(i) * sd, p.centre[1].mid() + f64::from(j) * sd];
                    values.clear();
                    self.place(at).observe(Interval::ZERO, Interval::ZERO, moments, &mut values);
                    for (size, f) in sizes.iter_mut().zip(&values) {
                        *size += weight * f.magnitude();
                    }
                }
            }
        }
        let floor = |e: &[f64; 2]| FLOOR * (e[0] + e[1] * self.parts.iter().map(|p| p.widest).fold(0.0, f64::max));
        sizes.iter().zip(envelopes).map(|(s, e)| SHARE * s + floor(e)).collect()
    }
}

/// Standard deviations to which the square reaches.
const TAIL: f64 = 8.5;
/// Share of the size of an integral that the error of one panel may be.
const SHARE: f64 = 1e-11;
/// The same of the bound of the function.
const FLOOR: f64 = 1e-15;
/// Most rectangles.
const MOST_PANELS: usize = 100_000;
/// Bernstein ellipses that are tried, as on the line.
const ELLIPSES: [f64; 2] = [4.0, 2.4];
/// Slabs that cover the upper half of an ellipse.
const SLABS: usize = 4;

#[derive(Clone, Copy, Debug)]
struct Rectangle {
    lo: [f64; 2],
    hi: [f64; 2],
}

/// A component as polynomials in the offset from a point.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// `log(w N)`: coefficients of `1, u, v, u^2, uv, v^2`.
    pub(crate) ln: [Interval; 6],
    pub(crate) score: [Linear; 2],
    mean: [Linear; 2],
    /// `tr V^-1`.
    precision: Interval,
    residual: Interval,
}

/// Per label its components, the most likely first, each against the anchor, and whether it is the anchor.
#[derive(Clone, Debug)]
struct Place {
    own: Form,
    labels: Vec<Vec<(Form, bool)>>,
}

pub(crate) fn quadratic<T: Ground>(c: &[Interval; 6], u: T, v: T) -> T {
    let lift = T::lift;
    lift(c[0]) + u * (lift(c[1]) + lift(c[3]) * u + lift(c[4]) * v) + v * (lift(c[2]) + lift(c[5]) * v)
}

pub(crate) fn linear<T: Ground>(c: &Linear, u: T, v: T) -> T {
    T::lift(c[0]) + T::lift(c[1]) * u + T::lift(c[2]) * v
}

fn norm2<T: Ground>(x: [T; 2]) -> T {
    x[0].sqr() + x[1].sqr()
}

impl Place {
    /// Appends the functions times `p/(w_j N_j)` at an offset, and returns `log(w_j N_j)` of the anchor `j`.
    fn observe<T: Ground>(&self, u: T, v: T, moments: &[Moment], out: &mut Vec<T>) -> T {
        let (zero, one) = (T::real(Interval::ZERO), T::real(Interval::ONE));
        // Per label: p_y over the anchor's density, its logarithm, where its components end.
        let mut totals: Vec<(T, T, usize)> = Vec::with_capacity(self.labels.len());
        let mut ratios: Vec<T> = Vec::new();
        let mut forms: Vec<&Form> = Vec::new();
        // p over the anchor's density, without the anchor's own 1.
        let mut others = zero;
        for members in &self.labels {
            let (head, anchor) = &members[0];
            let head_ln = if *anchor { zero } else { quadratic(&head.ln, u, v) };
            let head_ratio = if *anchor { one } else { head_ln.exp() };
            let mut rest = zero;
            ratios.push(head_ratio);
            forms.push(head);
            for (form, _) in &members[1..] {
                let ratio = (quadratic(&form.ln, u, v) - head_ln).exp();
                rest = rest + ratio;
                ratios.push(ratio * head_ratio);
                forms.push(form);
            }
            let (total, ln) = if members.len() == 1 {
                (head_ratio, head_ln)
            } else {
                (head_ratio * (one + rest), head_ln + rest.ln_1p())
            };
            others = others + if *anchor { rest } else { total };
            totals.push((total, ln, ratios.len()));
        }
        let excess = one + others;
        let ln_excess = others.ln_1p();
        let inverse = one / excess;
        let shares: Vec<T> = ratios.iter().map(|&r| r * inverse).collect();
        let sum = |terms: &mut dyn Iterator<Item = T>| terms.fold(zero, |a, b| a + b);
        let pulls: Vec<[T; 2]> = forms.iter().map(|f| [linear(&f.score[0], u, v), linear(&f.score[1], u, v)]).collect();
        let pull = [0, 1].map(|i| sum(&mut shares.iter().zip(&pulls).map(|(&s, p)| s * p[i])));
        let apart = |a: [T; 2], b: [T; 2]| [a[0] - b[0], a[1] - b[1]];
        // Per label: posterior, minus its logarithm, s_y - s, and where it begins and ends.
        let labels: Vec<(T, T, [T; 2], std::ops::Range<usize>)> = (0..totals.len())
            .map(|y| {
                let (total, ln, end) = totals[y];
                let range = if y == 0 { 0 } else { totals[y - 1].2 }..end;
                let own = if range.len() == 1 {
                    pulls[range.start]
                } else {
                    [0, 1].map(|i| sum(&mut range.clone().map(|k| ratios[k] * pulls[k][i])) / total)
                };
                (total * inverse, ln_excess - ln, apart(own, pull), range)
            })
            .collect();
        let entropy = || sum(&mut labels.iter().map(|l| l.0 * l.1));
        for moment in moments {
            let f = match moment {
                Moment::LnDensity => -(quadratic(&self.own.ln, u, v) + ln_excess),
                Moment::ScoreNorm2 => norm2([0, 1].map(|i| linear(&self.own.score[i], u, v) + pull[i])),
                Moment::ScoreDivergence => sum(&mut (0..forms.len())
                    .map(|k| shares[k] * (norm2(apart(pulls[k], pull)) - T::lift(forms[k].precision)))),
                Moment::PosteriorVariance => {
                    let means: Vec<[T; 2]> =
                        forms.iter().map(|f| [linear(&f.mean[0], u, v), linear(&f.mean[1], u, v)]).collect();
                    let mean = [0, 1].map(|i| sum(&mut shares.iter().zip(&means).map(|(&s, m)| s * m[i])));
                    sum(&mut (0..forms.len())
                        .map(|k| shares[k] * (norm2(apart(means[k], mean)) + T::lift(forms[k].residual))))
                }
                Moment::Entropy => entropy(),
                Moment::SquareEntropy => entropy().sqr(),
                Moment::SquareSurprisal => sum(&mut labels.iter().map(|l| l.0 * l.1.sqr())),
                Moment::Production => sum(&mut labels.iter().map(|l| l.0 * norm2(l.2))),
                Moment::Gradient2 => norm2([0, 1].map(|i| sum(&mut labels.iter().map(|l| l.0 * l.1 * l.2[i])))),
                Moment::Agreement => sum(&mut labels.iter().map(|l| l.0.sqr())),
                Moment::LabelDivergence => sum(&mut labels.iter().map(|l| {
                    let own = [0, 1].map(|i| l.2[i] + pull[i]);
                    sum(&mut l
                        .3
                        .clone()
                        .map(|k| shares[k] * (norm2(apart(pulls[k], own)) - T::lift(forms[k].precision))))
                })),
                // The rest has no bound of its tails, and was refused.
                _ => one,
            };
            out.push(f * excess);
        }
        quadratic(&self.own.ln, u, v)
    }
}

struct Work<'a> {
    plane: &'a Plane,
    moments: &'a [Moment],
    tolerance: Vec<f64>,
    sums: Vec<Sum>,
    values: Vec<Interval>,
    bound: Vec<f64>,
}

impl Work<'_> {
    /// Adds the integral over a rectangle; where its error is too large, says which side to halve.
    fn panel(&mut self, at: &Rectangle) -> Option<usize> {
        let centre = [0, 1].map(|i| 0.5 * at.lo[i] + 0.5 * at.hi[i]);
        let place = self.plane.place(centre);
        // Offsets of the ends from the centre, as they are.
        let side = [0, 1].map(|i| {
            let c = Interval::point(centre[i]);
            [Interval::point(at.lo[i]) - c, Interval::point(at.hi[i]) - c]
        });
        let whole = side.map(|s| s[0].hull(s[1]));
        let width = [0, 1].map(|i| Interval::point(at.hi[i]) - Interval::point(at.lo[i]));
        let area = width[0] * width[1];
        self.values.clear();
        let w = place.observe(whole[0], whole[1], self.moments, &mut self.values).exp();
        let small = |f: &Interval, t: &f64| (*f * w * area).magnitude() <= *t;
        if self.values.iter().zip(&self.tolerance).all(|(f, t)| small(f, t)) {
            for (sum, f) in self.sums.iter_mut().zip(&self.values) {
                sum.add(*f * w * area);
            }
            return None;
        }
        let middle = side.map(|s| (s[0] + s[1]).times(0.5));
        let half = width.map(|w| w.times(0.5));
        let mut split = usize::from(width[1].hi() > width[0].hi());
        for rho in ELLIPSES {
            self.bound.fill(0.0);
            let mut failed = None;
            for axis in [split, 1 - split] {
                if !self.ellipse(&place, axis, middle[axis], half[axis], whole[1 - axis], rho) {
                    failed = Some(axis);
                    break;
                }
            }
            if let Some(axis) = failed {
                split = axis;
                continue;
            }
            if let Some(order) = rule::order(area.times(0.5), Interval::point(rho), &mut self.bound, &self.tolerance) {
                self.rule(&place, middle, half, order);
                for (sum, error) in self.sums.iter_mut().zip(&self.bound) {
                    sum.add(Interval::symmetric(*error));
                }
                return None;
            }
        }
        Some(split)
    }

    /// Adds to `bound` the largest moduli with one variable inside its ellipse; whether they are finite.
    fn ellipse(
        &mut self,
        place: &Place,
        axis: usize,
        middle: Interval,
        half: Interval,
        other: Interval,
        rho: f64,
    ) -> bool {
        let rho = Interval::point(rho);
        let inverse = rho.recip();
        let (a, b) = (half * (rho + inverse).times(0.5), half * (rho - inverse).times(0.5));
        let still = Complex { re: other, im: Interval::ZERO };
        let mut most = vec![0.0_f64; self.moments.len()];
        let mut values = Vec::with_capacity(self.moments.len());
        for slab in 0..SLABS {
            let end = |i: usize| 2.0 * i as f64 / SLABS as f64 - 1.0;
            let x = Interval::new(end(slab), end(slab + 1));
            let y = b * (Interval::ONE - Interval::point(x.mignitude()).sqr()).sqrt();
            let z = Complex { re: middle + a * x, im: Interval::new(0.0, y.hi()) };
            values.clear();
            let (u, v) = if axis == 0 { (z, still) } else { (still, z) };
            let modulus = place.observe(u, v, self.moments, &mut values).re.exp().hi();
            for (m, f) in most.iter_mut().zip(&values) {
                let size = (Interval::point(modulus) * Interval::point(f.magnitude())).hi();
                if !size.is_finite() {
                    return false;
                }
                *m = m.max(size);
            }
        }
        for (bound, m) in self.bound.iter_mut().zip(most) {
            *bound = (Interval::point(*bound) + Interval::point(m)).hi();
        }
        true
    }

    fn rule(&mut self, place: &Place, middle: [Interval; 2], half: [Interval; 2], order: usize) {
        let nodes: Vec<(Interval, Interval)> = rule::half(order).flat_map(|(x, w)| [(-x, w), (x, w)]).collect();
        let scale = half[0] * half[1];
        for (x, wx) in &nodes {
            let u = middle[0] + half[0] * *x;
            for (y, wy) in &nodes {
                self.values.clear();
                let v = middle[1] + half[1] * *y;
                let w = place.observe(u, v, self.moments, &mut self.values).exp() * (*wx * *wy * scale);
                for (sum, f) in self.sums.iter_mut().zip(&self.values) {
                    sum.add(w * *f);
                }
            }
        }
    }
}
