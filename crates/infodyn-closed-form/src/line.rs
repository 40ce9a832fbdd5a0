//! Posteriors of a few components of one width on the line, where a point costs little more than its exponentials: all
//! points of a call in one kernel, without room of its own.

use infodyn_core::{Detail, Observation, Points};
use infodyn_kernels::{Kernel, LANES, Lanes, run};

use crate::components::Components;
use crate::posterior::{Bayes, Top, bayes};
use crate::terms::{ZERO, each_lane, put, store};

/// Says what is asked at all points, and whether it did: where it is more than posteriors, or components are many,
/// differ in their widths or share labels, it says nothing.
pub(crate) fn observe(m: &Components<'_>, points: Points<'_>, asked: Detail, out: &mut Observation) -> bool {
    let frame = &*m.frame;
    let alike = m.law.dim() == 1 && frame.shared && frame.aligned && frame.by_component;
    if !alike || !Detail::POSTERIORS.contains(asked) {
        return false;
    }
    match m.law.components() {
        2 => run(Line::<2> { components: m, points, asked, out }),
        3 => run(Line::<3> { components: m, points, asked, out }),
        _ => return false,
    }
    true
}

/// `K` components, one a label.
struct Line<'a, 'm, const K: usize> {
    components: &'a Components<'m>,
    points: Points<'a>,
    asked: Detail,
    out: &'a mut Observation,
}

impl<const K: usize> Kernel for Line<'_, '_, K> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { components: m, points, asked, out } = self;
        let ([of_component, of_label], prior, means) = (asked.posteriors(), &m.frame.prior, m.law.means());
        let asked = of_component | of_label;
        let (alpha, precision) = (Lanes::splat(m.alpha), m.precision[0]);
        let (scale, ln_norm) = (Lanes::splat(-0.5 * m.alpha * precision), Lanes::splat(m.ln_component(0, 0.0)));
        let last = points.len() - 1;
        for start in (0..=last).step_by(LANES) {
            // The last point stands in beyond the end.
            let mut truth = [0; LANES];
            for l in 0..LANES {
                truth[l] = points.anchors[(start + l).min(last)];
            }
            let (u, base) = (Lanes::load(&points.offsets[start..], 0.0), each_lane(|l| means[truth[l]]));
            // With `r = u - alpha e` the place from another mean, `r^2 - u^2 = alpha e (alpha e - 2 u)`.
            let mut ratio = [ZERO; K];
            for k in 0..K {
                let shift = Lanes::splat(means[k]) - base;
                ratio[k] = shift * alpha.mul_add(shift, -(u + u)) * scale;
            }
            let (mut pi, top) = ([ZERO; K], Top::of(prior, &ratio));
            let seen = bayes(Bayes { prior, ratio: &ratio, top, truth, asked, among: 0..K, out: &mut pi });
            let mahalanobis = u * u * Lanes::splat(precision);
            let ln_anchor = mahalanobis.mul_add(Lanes::splat(-0.5), ln_norm);
            put(&mut out.ln_anchor, start, ln_anchor);
            put(&mut out.ln_density, start, ln_anchor + seen.ln_evidence);
            store(&mut out.component, start, &seen);
            store(&mut out.label, start, &seen);
        }
    }
}
