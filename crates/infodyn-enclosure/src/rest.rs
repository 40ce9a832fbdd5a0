//! All fixed points of a drift in the plane.

use infodyn_core::Mixture;

use crate::plane::{Form, Linear, linear, quadratic};
use crate::{Drift, Error, Interval, Plane, Result};

/// A box, one interval a coordinate.
type Region = [Interval; 2];

/// A zero of a drift in the plane, which exists and is simple.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneRoot {
    /// It lies here.
    pub at: Region,
    /// It is the only one here.
    pub unique_in: Region,
    /// How many eigenvalues of the drift's Jacobian at it are positive: 0 at a stable one, 1 at a saddle, 2 at a
    /// maximum of the energy.
    pub index: usize,
}

/// The zeros of a drift in the plane: there is none outside `roots` and `undecided`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaneRoots {
    /// Those that exist, each once, in the order of their places.
    pub roots: Vec<PlaneRoot>,
    /// Where nothing was decided: zeros that are multiple or nearly so, if any.
    pub undecided: Vec<Region>,
}

impl PlaneRoots {
    /// Whether the list is complete.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.undecided.is_empty()
    }
}

/// Smallest share of the first box's width that is looked at on its own.
const FINEST: f64 = 1e-9;
/// Share of a box's width by which it is widened where it is looked at.
const MARGIN: f64 = 0.1;
/// The same of the box that one was cut from.
const AROUND: f64 = 0.01;
/// Widths by which two boxes that may hold one zero are widened, to prove that they do.
const ROOM: f64 = 100.0;
/// Most boxes that are looked at, over the number of pairs of components.
const MOST_WORK: usize = 2_000_000;
/// Most places that stay undecided.
const MOST_UNDECIDED: usize = 2000;

/// The list of zeros of a drift of a mixture in the plane, under `X_t = alpha X_0 + sigma Z`.
///
/// # Formula
/// The drift is a mean of linear ones, `g_k(x) = a x - b V_k^-1 (x - c_k)`, with the posterior as weights. With
/// `M_k = b V_k^-1 - a I` and any origin `o`, `(x - o).g_k(x) <= |x - o| |g_k(o)| - l_k |x - o|^2`, `l_k` the smallest
/// eigenvalue of `M_k`: where all are positive, every zero lies within `max_k |g_k(o)|/l_k` of `o`; where all `M_k` are
/// negative definite, the same holds of the drift's negative. The square around that disc is cut up. A box is
/// discarded when the mean of the `g_k` along some direction keeps its sign for all posteriors within their bounds, or
/// when the operator of Krawczyk, [`common_zero`](crate::common_zero)'s, leads out of it; there is exactly one zero
/// where the operator leads into the interior. Other boxes are cut to what the operator leaves, or halved. Each is
/// looked at with a margin of a tenth, so that a zero on a cut is inside one of its sides.
///
/// # Source
/// A. Neumaier, *Interval Methods for Systems of Equations*, Cambridge 1990, sections 5.2 and 5.6.
///
/// # Errors
/// [`Error::Law`] unless the law is in the plane; [`Error::Root`] where the drift leads outwards for some components
/// and inwards for others; [`Error::Pieces`] when the boxes are too many, as where a whole curve is at rest.
pub fn fixed_points_in_plane(law: &Mixture, alpha: Interval, sigma2: Interval, drift: Drift) -> Result<PlaneRoots> {
    if law.dim() != 2 {
        return Err(Error::Law { found: format!("{} components in dimension {}", law.components(), law.dim()) });
    }
    let part = |k: usize| {
        let (mean, q) = (law.mean(k), law.covariance(k).matrix(2));
        (law.weights()[k], [mean[0], mean[1]], [q[(0, 0)], q[(0, 1)], q[(1, 1)]])
    };
    let parts: Vec<_> = (0..law.components()).map(part).collect();
    let field = Field { plane: &Plane::from_parts(&parts, law.labels(), alpha, sigma2)?, drift };
    let whole = field.hull()?;
    let finest = whole.map(|side| FINEST * side.width());
    let most = MOST_WORK / (parts.len() * parts.len());
    let (mut found, mut looked_at) = (PlaneRoots::default(), 0);
    // Each with a margin that it is looked at with at least.
    let mut stack: Vec<(Region, [f64; 2])> = vec![(whole, [0.0; 2])];
    while let Some((piece, margin)) = stack.pop() {
        looked_at += 1;
        if looked_at > most || found.undecided.len() > MOST_UNDECIDED {
            return Err(Error::Pieces { most: looked_at - 1 });
        }
        let inside = |root: &PlaneRoot| (0..2).all(|i| root.unique_in[i].encloses(piece[i]));
        if found.roots.iter().any(inside) {
            continue;
        }
        let mut rest = piece;
        // Never so narrow that rounding keeps a zero from being proved.
        let wide = [0, 1].map(|i| piece[i].widened(margin[i].max(MARGIN * piece[i].width()).max(finest[i])));
        match field.look(wide) {
            Look::Empty => continue,
            Look::Root(root) => {
                found.add(root, &field);
                continue;
            }
            Look::Undecided(None) => {}
            Look::Undecided(Some(image)) => {
                let Some(cut) = common(image, piece) else { continue };
                rest = cut;
            }
        }
        let longer = usize::from(rest[1].width() / finest[1] > rest[0].width() / finest[0]);
        let mid = rest[longer].mid();
        if (0..2).any(|i| rest[i].width() < 0.5 * piece[i].width()) {
            stack.push((rest, piece.map(|side| AROUND * side.width())));
        } else if rest[longer].width() < finest[longer] || !(rest[longer].lo() < mid && mid < rest[longer].hi()) {
            found.undecided.push(rest);
        } else {
            let (mut low, mut high) = (rest, rest);
            low[longer] = Interval::new(rest[longer].lo(), mid);
            high[longer] = Interval::new(mid, rest[longer].hi());
            stack.extend([(high, [0.0; 2]), (low, [0.0; 2])]);
        }
    }
    found.undecided = joined(found.undecided);
    let place = |x: &Region| x.map(Interval::lo);
    found.roots.sort_by(|a, b| {
        let (a, b) = (place(&a.at), place(&b.at));
        a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
    });
    Ok(found)
}

impl PlaneRoots {
    fn add(&mut self, root: PlaneRoot, field: &Field<'_>) {
        let within = |a: &Region, b: &Region| (0..2).all(|i| a[i].encloses(b[i]));
        for other in &mut self.roots {
            if within(&other.unique_in, &root.at) || within(&root.unique_in, &other.at) {
                return;
            }
            if common(other.at, root.at).is_none() {
                continue;
            }
            // Both may be one, on a cut, each proved in a small box of its side.
            let both = [0, 1].map(|i| {
                let hull = root.at[i].hull(other.at[i]);
                hull.widened(ROOM * hull.width())
            });
            match field.look(both) {
                Look::Root(one) => *other = one,
                _ => self.undecided.push(root.at),
            }
            return;
        }
        self.roots.push(root);
    }
}

/// What two boxes have in common.
fn common(a: Region, b: Region) -> Option<Region> {
    Some([a[0].intersection(b[0])?, a[1].intersection(b[1])?])
}

/// Boxes that touch one another, as one.
fn joined(boxes: Vec<Region>) -> Vec<Region> {
    let mut groups: Vec<Region> = Vec::new();
    for mut one in boxes {
        // What has grown may touch more.
        while let Some(i) = groups.iter().position(|group| common(*group, one).is_some()) {
            let other = groups.swap_remove(i);
            one = [one[0].hull(other[0]), one[1].hull(other[1])];
        }
        groups.push(one);
    }
    groups
}

/// What a box holds.
enum Look {
    Empty,
    Root(PlaneRoot),
    /// Any zero in the box lies in this one.
    Undecided(Option<Region>),
}

/// A drift of a plane's marginal.
struct Field<'a> {
    plane: &'a Plane,
    drift: Drift,
}

/// The drift on a box, around the middle of it.
struct Local {
    /// Of each component the drift, linear in the offset.
    pulls: Vec<[Linear; 2]>,
    /// Logarithms of the component's density over that of the most likely one.
    forms: Vec<Form>,
}

impl Field<'_> {
    /// A square that holds all zeros.
    fn hull(&self) -> Result<Region> {
        let Drift { linear: a, score: b } = self.drift;
        let origin = self.plane.origin();
        let whole = self.around(origin);
        let bound = |steepness: &dyn Fn(usize) -> Interval| {
            let mut reach = 0.0_f64;
            for (k, pull) in whole.pulls.iter().enumerate() {
                let least = steepness(k);
                if !least.is_positive() {
                    return None;
                }
                let length = (pull[0][0].sqr() + pull[1][0].sqr()).sqrt();
                reach = reach.max((length / least).hi());
            }
            Some(reach)
        };
        // Eigenvalues of V are at most `widest`, and at least det V/widest.
        let wide = |k: usize| Interval::point(self.plane.widest(k));
        let inwards = bound(&|k| b / wide(k) - a);
        let outwards = || bound(&|k| a - b * (self.plane.determinant(k).recip() * wide(k)));
        let Some(reach) = inwards.or_else(outwards).filter(|r| r.is_finite()) else {
            return Err(Error::Root { bracket: "the whole plane: the drift leads outwards".into() });
        };
        // A little outside, so that a zero at the rim is inside, and one that lies on the axes is on no cut.
        let side = |o: f64| Interval::new(-1.033 * reach, 1.021 * reach) + Interval::point(o);
        Ok(origin.map(|o| side(o).widened(1e-3 * self.plane.narrowest())))
    }

    fn around(&self, at: [f64; 2]) -> Local {
        let count = self.plane.count();
        let all: Vec<usize> = (0..count).collect();
        let anchor = self.plane.dominant(&all, at);
        let own = self.plane.form(anchor, at).ln;
        let Drift { linear: a, score: b } = self.drift;
        let mut local = Local { pulls: Vec::with_capacity(count), forms: Vec::with_capacity(count) };
        for k in 0..count {
            let mut form = self.plane.form(k, at);
            for (c, o) in form.ln.iter_mut().zip(own) {
                *c = if k == anchor { Interval::ZERO } else { *c - o };
            }
            local.pulls.push([0, 1].map(|i| {
                let mut row = form.score[i].map(|c| b * c);
                row[0] = row[0] + a * Interval::point(at[i]);
                row[1 + i] = row[1 + i] + a;
                row
            }));
            local.forms.push(form);
        }
        local
    }

    fn look(&self, wide: Region) -> Look {
        let middle = wide.map(Interval::mid);
        let local = self.around(middle);
        let offset = [0, 1].map(|i| wide[i] - Interval::point(middle[i]));
        let value = local.value([Interval::ZERO; 2], &local.shares([Interval::ZERO; 2]));
        let shares = local.shares(offset);
        let towards = value.map(Interval::mid);
        if [towards, [towards[0], 0.0], [0.0, towards[1]]].iter().any(|&n| local.leads(n, offset, &shares)) {
            return Look::Empty;
        }
        let Some(image) = self.krawczyk(&local, middle, value, offset, &shares) else { return Look::Undecided(None) };
        if (0..2).all(|i| wide[i].interior_encloses(image[i])) {
            return match self.polish(image) {
                Some((at, index)) => Look::Root(PlaneRoot { at, unique_in: wide, index }),
                None => Look::Undecided(Some(image)),
            };
        }
        common(image, wide).map_or(Look::Empty, |rest| Look::Undecided(Some(rest)))
    }

    /// The operator of Krawczyk on the box `middle + offset`; none where it is not finite.
    fn krawczyk(
        &self,
        local: &Local,
        middle: [f64; 2],
        value: [Interval; 2],
        offset: [Interval; 2],
        shares: &[Interval],
    ) -> Option<Region> {
        let [xx, xy, yy] = local.jacobian(self.drift, offset, shares);
        let (p, q, r) = (xx.mid(), xy.mid(), yy.mid());
        let det = p * r - q * q;
        let inverse = [[r / det, -q / det], [-q / det, p / det]];
        if !inverse.iter().flatten().all(|x| x.is_finite()) {
            return None;
        }
        let inverse = inverse.map(|row| row.map(Interval::point));
        let jacobian = [[xx, xy], [xy, yy]];
        let image = [0, 1].map(|i| {
            let c = inverse[i];
            let step = Interval::point(middle[i]) - (c[0] * value[0] + c[1] * value[1]);
            (0..2).fold(step, |sum, j| {
                let unit = if i == j { Interval::ONE } else { Interval::ZERO };
                sum + (unit - (c[0] * jacobian[0][j] + c[1] * jacobian[1][j])) * offset[j]
            })
        });
        image.iter().all(|x| x.is_finite()).then_some(image)
    }

    /// Steps of the operator until the box no longer shrinks, and the index there.
    fn polish(&self, mut at: Region) -> Option<(Region, usize)> {
        for _ in 0..20 {
            let middle = at.map(Interval::mid);
            let local = self.around(middle);
            let offset = [0, 1].map(|i| at[i] - Interval::point(middle[i]));
            let shares = local.shares(offset);
            let value = local.value([Interval::ZERO; 2], &local.shares([Interval::ZERO; 2]));
            let next = self.krawczyk(&local, middle, value, offset, &shares).and_then(|image| common(image, at));
            if let Some(next) = next.filter(|next| (0..2).any(|i| next[i].width() < 0.5 * at[i].width())) {
                at = next;
                continue;
            }
            let [xx, xy, yy] = local.jacobian(self.drift, offset, &shares);
            let det = xx * yy - xy.sqr();
            return match (det.is_positive(), xx.is_negative(), xx.is_positive()) {
                (true, true, _) => Some((at, 0)),
                (true, _, true) => Some((at, 2)),
                _ if det.is_negative() => Some((at, 1)),
                _ => None,
            };
        }
        None
    }
}

impl Local {
    /// The posterior of each component.
    fn shares(&self, [u, v]: [Interval; 2]) -> Vec<Interval> {
        let ratios: Vec<Interval> = self.forms.iter().map(|form| quadratic(&form.ln, u, v).exp()).collect();
        let end = |x: f64| Interval::point(x);
        let share = |k: usize| {
            let others = || (0..ratios.len()).filter(move |&j| j != k);
            // r/(r + others) rises with r.
            let most = others().fold(Interval::ZERO, |s, j| s + end(ratios[j].hi()));
            let least = others().fold(Interval::ZERO, |s, j| s + end(ratios[j].lo()));
            let (lo, hi) = (end(ratios[k].lo()), end(ratios[k].hi()));
            let (low, high) = (lo / (lo + most), hi / (hi + least));
            let low = if low.is_finite() { low.lo().clamp(0.0, 1.0) } else { 0.0 };
            let high = if high.is_finite() { high.hi().clamp(low, 1.0) } else { 1.0 };
            Interval::new(low, high)
        };
        (0..ratios.len()).map(share).collect()
    }

    /// The drift.
    fn value(&self, [u, v]: [Interval; 2], shares: &[Interval]) -> [Interval; 2] {
        [0, 1].map(|i| {
            // Against the first component, so that equal pulls do not widen with the shares.
            let first = linear(&self.pulls[0][i], u, v);
            let terms = self.pulls.iter().zip(shares).skip(1);
            terms.fold(first, |sum, (pull, &share)| sum + share * (linear(&pull[i], u, v) - first))
        })
    }

    /// Whether the drift surely leads along `n` all over a box.
    ///
    /// # Formula
    /// The least mean of `h_k` over weights within their bounds that sum to 1 is, for any `t`, at least
    /// `t + sum_k min(w_k (h_k - t))`; the best `t` is the `h_k` at which the weights run out.
    fn leads(&self, n: [f64; 2], [u, v]: [Interval; 2], shares: &[Interval]) -> bool {
        let n = n.map(Interval::point);
        let along = |pull: &[Linear; 2]| {
            let row = [0, 1, 2].map(|j| n[0] * pull[0][j] + n[1] * pull[1][j]);
            linear(&row, u, v).lo()
        };
        let heights: Vec<f64> = self.pulls.iter().map(along).collect();
        if heights.iter().any(|h| !h.is_finite()) {
            return false;
        }
        let mut order: Vec<usize> = (0..heights.len()).collect();
        order.sort_by(|&i, &j| heights[i].total_cmp(&heights[j]));
        let mut left = 1.0 - shares.iter().map(|s| s.lo()).sum::<f64>();
        let mut threshold = heights[order[0]];
        for k in order {
            threshold = heights[k];
            left -= shares[k].hi() - shares[k].lo();
            if left <= 0.0 {
                break;
            }
        }
        let t = Interval::point(threshold);
        let least = heights.iter().zip(shares).fold(t, |sum, (&h, share)| {
            let above = Interval::point(h) - t;
            let weight = if h >= threshold { share.lo() } else { share.hi() };
            sum + Interval::point(weight) * above
        });
        least.is_positive()
    }

    /// The Jacobian of the drift, `xx, xy, yy`.
    ///
    /// # Formula
    /// `a I + b (-sum_k w_k V_k^-1 + C)`, `C = sum_{j<k} w_j w_k (s_j - s_k)(s_j - s_k)^T` the covariance of the
    /// components' scores under the posterior.
    fn jacobian(&self, drift: Drift, [u, v]: [Interval; 2], shares: &[Interval]) -> [Interval; 3] {
        let mut sum = [Interval::ZERO; 3];
        for (k, (form, &share)) in self.forms.iter().zip(shares).enumerate() {
            for (entry, own) in sum.iter_mut().zip([form.score[0][1], form.score[0][2], form.score[1][2]]) {
                *entry = *entry + share * own;
            }
            for (other, &others) in self.forms[..k].iter().zip(shares) {
                let weight = share * others;
                if weight.hi() == 0.0 {
                    continue;
                }
                let [x, y] = [0, 1].map(|i| {
                    let row = [0, 1, 2].map(|j| form.score[i][j] - other.score[i][j]);
                    linear(&row, u, v)
                });
                for (entry, product) in sum.iter_mut().zip([x.sqr(), x * y, y.sqr()]) {
                    *entry = *entry + weight * product;
                }
            }
        }
        let [xx, xy, yy] = sum.map(|entry| drift.score * entry);
        [drift.linear + xx, xy, drift.linear + yy]
    }
}
