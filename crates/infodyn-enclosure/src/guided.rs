//! Where the guided probability flow of two classes ends, enclosed.

use crate::{Error, Interval, Result, Sum};

/// The law of guided samples of a class along the axis between two, in standard deviations of the class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GuidedFlow {
    /// Mean beyond the mean of the class.
    pub shift: Interval,
    /// Variance over that of the class.
    pub variance: Interval,
    /// `KL(samples || class)`, nats.
    pub divergence: Interval,
}

/// Order of the Taylor series.
const ORDER: usize = 14;
/// What a step may leave of its remainder.
const REMAINDER: f64 = 1e-11;
/// Where an infinite path is cut, and what lies beyond is bounded.
const CUT: f64 = 4.0;
/// Half the width of the strip in `Im n r`, and what `1 - tanh` and `sech^2` are at most there, by tan 1.3 = 3.6021 and
/// 1/cos^2 1.3 = 13.976.
const STRIP: f64 = 1.3;
const GAP: f64 = 4.61;
const SQUARE: f64 = 14.0;
/// The last node over the start.
const LAST: f64 = 8.0;
/// What the trapezoidal rule may leave.
const RULE: f64 = 1e-10;

/// The guided probability flow of two classes `N(+-mu, q I)` of equal weight toward that at `mu`, from pure noise to an
/// infinite signal, with a strength `omega >= 1` between two places of the clock `r`, the second of which may be
/// infinite, and 1 outside.
///
/// # Formula
/// With `V = alpha^2 q + sigma^2`, `r = alpha |mu|/V^{1/2}` and `n = x.mu/(|mu| V^{1/2})`: `dn/dr = omega + (1 - omega)
/// tanh(n r)`, `n ~ N(0, 1)` at `r = 0`, against `N(r, 1)` of the class.
///
/// One path: Taylor series, the remainder over a box that contains the path by the bounds `1 <= dn/dr <= 2 omega - 1`,
/// narrowed by Picard's iteration. The mean over the start: trapezoidal rule. For `|Im n| <= y` at the start, `y = b/R`
/// with `b = 1.3`, and `r <= R` the imaginary part of `n` falls in size, for `Im tanh(a + ib) = sin 2b/(cosh 2a + cos
/// 2b)` has the sign of `b` for `|b| < pi/2`; so `|Im n r| <= b`, where `|tanh|^2 = (sinh^2 a + sin^2 b)/(sinh^2 a +
/// cos^2 b) <= tan^2 b < 3.61^2` and `|sech^2| <= 1/cos^2 b < 14`: the map of the start to `m = n - r` is analytic
/// there, with `|m(R) - m(0)| <= 4.61 (omega - 1) r_w`, `r_w` the length of the stretch, and the logarithm `l` of its
/// slope at most `7 (omega - 1) R^2` in size. The rule errs by at most `2 N/(e^{2 pi y/h} - 1)`, `N` the integral of
/// the modulus on a line of the strip. Beyond `R`, `n` rises by 1 or more: `1 - tanh(n r) <= 2 e^{-2 n(R) r}`.
///
/// # Source
/// theory.md G5; for the rule L. N. Trefethen & J. A. C. Weideman, SIAM Review 56 (2014) 385, theorem 5.1.
///
/// # Accuracy
/// 1e-8 or better for strengths up to 10.
///
/// # Errors
/// [`Error::Strength`] unless `1 <= omega <= 100`, [`Error::Stretch`] unless the ends rise from 0 or more,
/// [`Error::Flow`] where a step cannot be bounded.
///
/// # Examples
/// ```
/// let found = infodyn_enclosure::guided_flow(3.0, [0.0, f64::INFINITY])?;
/// assert!(found.shift.contains(1.049_761_046_629_778_6) && found.shift.width() < 1e-8);
/// # Ok::<(), infodyn_enclosure::Error>(())
/// ```
pub fn guided_flow(omega: f64, [from, to]: [f64; 2]) -> Result<GuidedFlow> {
    if !(1.0..=100.0).contains(&omega) {
        return Err(Error::Strength { value: omega });
    }
    if !(from >= 0.0 && to > from && from.is_finite()) {
        return Err(Error::Stretch { from, to });
    }
    let end = to.min(CUT.max(from + 2.0));
    Path { extra: Interval::point(omega) - Interval::ONE, from, end, open: to > end }.means()
}

/// The stretch on which the flow is guided.
struct Path {
    /// `omega - 1`.
    extra: Interval,
    /// Where it begins and where it is followed to; before and after `n` grows as `r`.
    from: f64,
    end: f64,
    /// Whether the stretch goes on beyond the end.
    open: bool,
}

/// Where one start is carried.
struct End {
    /// `n - r`.
    ahead: Interval,
    /// The logarithm of the slope of the map.
    stretch: Interval,
}

impl Path {
    fn means(&self) -> Result<GuidedFlow> {
        let point = Interval::point;
        let extra = self.extra.hi();
        let y = (point(STRIP) / point(self.end)).lo();
        // |m| <= |Re start| + y + moved on the strip; |l| <= turned.
        let moved = (point(extra) * point(GAP) * (point(self.end) - point(self.from)) + point(y)).hi();
        let turned = (point(extra) * point(0.5 * SQUARE) * point(self.end).sqr()).hi();
        // The integral of |phi f| on a line of the strip, |phi(x + iy)| = phi(x) e^{y^2/2}: E(|Z| + c)^p <= (1 + c)^p.
        let height = point(y).sqr().times(0.5).exp();
        let sizes = [point(moved + 1.0).sqr(), point(moved + 1.0), point(turned)].map(|n| (n * height).hi());
        let mut per_unit = 8.0;
        let rule = |per_unit: f64, size: f64| {
            let decay = (Interval::PI.times(2.0) * point(y) * point(per_unit)).exp_m1();
            (point(2.0 * size) / decay).hi()
        };
        while rule(per_unit, sizes[0]) > RULE {
            per_unit += 1.0;
        }
        let h = point(1.0) / point(per_unit);
        let count = (LAST * per_unit) as i32;
        let norm = h / Interval::PI.times(2.0).sqrt();
        let (mut first, mut second, mut slope) = (Sum::default(), Sum::default(), Sum::default());
        // What the stretch adds beyond the end: bounds of the means of m, of |m| times it, and of l.
        let mut beyond = [0.0_f64; 3];
        for i in -count..=count {
            let start = point(f64::from(i)) / point(per_unit);
            let weight = norm * (-start.sqr().times(0.5)).exp();
            let end = self.follow(start)?;
            first.add(weight * end.ahead);
            second.add(weight * end.ahead.sqr());
            slope.add(weight * end.stretch);
            if self.open {
                // Starts from here to the next node; what is left falls as the start rises.
                let share = if i < 0 { (norm * (-(start + h).sqr().times(0.5)).exp()).hi() } else { weight.hi() };
                let [more, turn] = self.left(end.ahead);
                // The slope of the map is at most 1.
                let size = end.ahead.magnitude() + 1.0;
                beyond[0] += share * more;
                beyond[1] += share * more * (2.0 * size + more);
                beyond[2] += share * turn;
            }
        }
        let tails = self.tails();
        let whole = |sum: &Sum, i: usize, error: f64| {
            let outer = rule(per_unit, sizes[i]) + error;
            // Upward once more for the few additions of doubles above.
            sum.value().widened(outer * (1.0 + 1e-10))
        };
        let means = [whole(&first, 1, tails[1]), whole(&second, 0, tails[0]), whole(&slope, 2, tails[2])];
        // Beyond the end m grows and l falls.
        let grown = |mean: Interval, by: f64| mean + Interval::new(0.0, by * (1.0 + 1e-10));
        let shift = grown(means[0], beyond[0]);
        let square = grown(means[1], beyond[1]).hull(means[1] - Interval::new(0.0, beyond[1] * (1.0 + 1e-10)));
        let stretch = -grown(-means[2], beyond[2]);
        Ok(GuidedFlow {
            shift,
            variance: square - shift.sqr(),
            divergence: (square - Interval::ONE).times(0.5) - stretch,
        })
    }

    /// Bounds of what starts beyond the last node add to the means of `m^2`, `m` and `l`, twice over: once that the
    /// rule leaves out, once that is missing from the means of the whole path.
    ///
    /// # Formula
    /// By [`Path::left`] `|m| <= (2 omega - 1)(|x| + R + 1)` and `|l| <= (omega - 1)(|x| + R + 2)^2`, however far the
    /// stretch goes; `integral from L of (x + c)^2 e^{-x^2/2} <= e^{-L^2/2} ((L + c)^2/L + 2 (L + c)/L^2 + 2/L^3)`.
    fn tails(&self) -> [f64; 3] {
        let extra = self.extra.hi();
        let height = Interval::point(LAST).sqr().times(-0.5).exp().hi();
        let square = |c: f64| {
            let far = LAST + c;
            far.powi(2) / LAST + 2.0 * far / LAST.powi(2) + 2.0 / LAST.powi(3)
        };
        let moved = 4.0 * height * (1.0 + 2.0 * extra).powi(2) * square(self.end + 1.0);
        [moved, moved, 4.0 * height * extra * square(self.end + 2.0)]
    }

    /// What an infinite stretch adds beyond the end at most: to `m`, and to `-l`.
    ///
    /// # Formula
    /// For `n = n(R) > 0`: `(omega - 1) e^{-2Rn}/n` and `4 (omega - 1) e^{-2Rn}(R/(2n) + 1/(4 n^2))`. For every `n`:
    /// until it has risen to 0, within `|n|`, `1 - tanh <= 2` and `sech^2 <= 1`; from there on `n` is at least the way
    /// that `r` has gone, and the integrals are at most `(pi/2)^{1/2}` and 2.
    fn left(&self, ahead: Interval) -> [f64; 2] {
        let point = Interval::point;
        let (extra, r) = (self.extra, point(self.end));
        let n = ahead + r;
        let below = (-n.lo()).max(0.0);
        let far = (point(below).times(2.0) + point(1.2534)) * extra;
        let turn = (point(below) * (r + point(below)) + point(2.0)) * extra;
        if !n.is_positive() {
            return [far.hi(), turn.hi()];
        }
        let low = point(n.lo());
        let decay = extra * (-(r * low).times(2.0)).exp();
        let near = decay / low;
        let turning = decay.times(4.0) * (r / low.times(2.0) + (low.sqr().times(4.0)).recip());
        [near.hi().min(far.hi()), turning.hi().min(turn.hi())]
    }

    /// One path.
    fn follow(&self, start: Interval) -> Result<End> {
        let (mut r, mut ahead, mut stretch) = (self.from, start, Interval::ZERO);
        if self.extra == Interval::ZERO {
            return Ok(End { ahead, stretch });
        }
        let mut series = Series::ZERO;
        while r < self.end {
            series.expand(self.extra, Interval::point(r), ahead, ORDER);
            let mut next = (r + series.reach()).min(self.end);
            loop {
                // The step as the doubles have it.
                let step = Interval::point(next) - Interval::point(r);
                let [m, l] = series.remainder(self.extra, [r, next], ahead, step);
                if m.width() <= REMAINDER && l.width() <= 8.0 * REMAINDER {
                    let [moved, turned] = series.at(step);
                    (ahead, stretch) = (ahead + moved + m, stretch + turned + l);
                    break;
                }
                next = r + 0.7 * (next - r);
                if next - r < 1e-9 {
                    return Err(Error::Flow { at: r });
                }
            }
            r = next;
        }
        Ok(End { ahead, stretch })
    }
}

/// `1 - tanh u`, which falls in `u`.
fn gap(u: Interval) -> Interval {
    let of = |u: f64| {
        let u = Interval::point(u);
        if u.hi() > 300.0 {
            return Interval::new(0.0, 1e-200);
        }
        Interval::point(2.0) / (Interval::ONE + u.times(2.0).exp())
    };
    if !u.is_finite() {
        return Interval::new(0.0, 2.0);
    }
    Interval::new(of(u.hi()).lo(), of(u.lo()).hi())
}

/// Coefficients of the Taylor series of `m = n - r` and of the logarithm of the slope, about a place of the flow or, as
/// bounds, over a box.
struct Series {
    m: [Interval; ORDER + 2],
    l: [Interval; ORDER + 2],
}

impl Series {
    const ZERO: Self = Self { m: [Interval::ZERO; ORDER + 2], l: [Interval::ZERO; ORDER + 2] };

    /// # Formula
    /// `m' = extra e`, `e = 1 - tanh u`, `u = n r`; `e' = -v u'`, `v = 2 e - e^2`; `l' = -extra r v`.
    fn expand(&mut self, extra: Interval, r: Interval, ahead: Interval, order: usize) {
        let mut u = [Interval::ZERO; ORDER + 1];
        let (mut e, mut v) = (u, u);
        self.m[0] = ahead;
        self.l[0] = Interval::ZERO;
        for k in 0..order {
            let n = |j: usize| match j {
                0 => self.m[0] + r,
                1 => self.m[1] + Interval::ONE,
                _ => self.m[j],
            };
            u[k] = if k == 0 { r * n(0) } else { r * n(k) + n(k - 1) };
            if k == 0 {
                e[0] = gap(u[0]);
                v[0] = e[0] * (Interval::point(2.0) - e[0]);
            } else {
                let turn = |sum: Interval, j: usize| sum + u[j].times(j as f64) * v[k - j];
                e[k] = -((1..=k).fold(Interval::ZERO, turn) / Interval::point(k as f64));
                // 2 e - e^2, its two e_0 e_k taken with the first term.
                let inner = (1..k).fold(Interval::ZERO, |sum, j| sum + e[j] * e[k - j]);
                v[k] = (Interval::ONE - e[0]).times(2.0) * e[k] - inner;
            }
            let next = Interval::point((k + 1) as f64);
            self.m[k + 1] = extra * e[k] / next;
            let turned = if k == 0 { r * v[0] } else { r * v[k] + v[k - 1] };
            self.l[k + 1] = -(extra * turned / next);
        }
    }

    /// A length over which the terms fall by an eighth each; it proves nothing.
    fn reach(&self) -> f64 {
        let of = |k: usize| {
            let size = self.m[k].magnitude().max(self.l[k].magnitude());
            size.max(1e-290).powf(-1.0 / k as f64)
        };
        (of(ORDER).min(of(ORDER - 1)) / 8.0).min(0.5)
    }

    /// What `m` and `l` gain over a step, but for the remainder.
    fn at(&self, step: Interval) -> [Interval; 2] {
        let sum = |c: &[Interval]| c[1..=ORDER].iter().rev().fold(Interval::ZERO, |s, c| (s + *c) * step);
        [sum(&self.m), sum(&self.l)]
    }

    /// The remainders over a step: the next coefficient over a box that contains the path.
    fn remainder(&self, extra: Interval, [r, next]: [f64; 2], ahead: Interval, step: Interval) -> [Interval; 2] {
        let along = Interval::new(r, next);
        let way = Interval::new(0.0, step.hi());
        let mut path = ahead + way * extra * Interval::new(0.0, 2.0);
        for _ in 0..3 {
            path = ahead + way * extra * gap((path + along) * along);
        }
        let mut bound = Self::ZERO;
        bound.expand(extra, along, path, ORDER + 1);
        let power = (0..=ORDER).fold(Interval::ONE, |p, _| p * step);
        [bound.m[ORDER + 1] * power, bound.l[ORDER + 1] * power]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md G5, 16 digits: by long-double Taylor series.
    #[test]
    fn the_table_is_enclosed_to_eight_digits() {
        for (omega, shift, variance, divergence) in [
            (1.5, 0.382_738_348_570_667_042, 0.648_638_301_352_323_748, 0.130_060_997_940_652),
            (3.0, 1.049_761_046_629_778_60, 0.398_009_160_058_646_315, 0.750_462_292_539_866),
            (6.0, 1.861_384_202_134_209_67, 0.280_251_245_151_524_670, 2.049_803_183_690_06),
            (10.0, 2.610_792_616_747_446_55, 0.231_265_986_078_041_360, f64::NAN),
        ] {
            let found = guided_flow(omega, [0.0, f64::INFINITY]).unwrap();
            for (what, enclosed, known) in [
                ("shift", found.shift, shift),
                ("variance", found.variance, variance),
                ("divergence", found.divergence, divergence),
            ] {
                let near = Interval::near(known).widened(1e-14);
                let apart = !known.is_nan() && enclosed.intersection(near).is_none();
                assert!(!apart && enclosed.width() < 1e-8, "{omega} {what}: {enclosed:?} {known}");
            }
        }
    }

    /// Without guidance nothing moves; a window; and what is refused.
    #[test]
    fn windows_are_enclosed_and_bad_input_is_refused() {
        let none = guided_flow(1.0, [0.0, f64::INFINITY]).unwrap();
        assert!(none.shift.contains(0.0) && none.variance.contains(1.0) && none.variance.width() < 1e-9);
        // k from 1/4 to 4; theory.md has five decimals.
        let window = guided_flow(3.0, [0.5, 2.0]).unwrap();
        assert!((window.shift.mid() - 0.53400).abs() < 6e-6 && window.shift.width() < 1e-9, "{window:?}");
        assert!((window.variance.mid() - 0.38712).abs() < 6e-6, "{window:?}");
        assert!(matches!(guided_flow(0.5, [0.0, 1.0]), Err(Error::Strength { .. })));
        assert!(matches!(guided_flow(2.0, [1.0, 0.5]), Err(Error::Stretch { .. })));
    }
}
