//! Where a label can stand without covering data.

use crate::scene::{Area, At};

/// Owner of what belongs to no series: critical lines and levels.
pub(crate) const NOBODY: usize = usize::MAX;

/// Distance between the points that stand for a curve, points.
const STEP: f64 = 1.2;

/// Points along a line, at equal small distances.
pub(crate) fn along(line: &[At]) -> Vec<At> {
    let mut points = Vec::new();
    for pair in line.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let pieces = ((x1 - x0).hypot(y1 - y0) / STEP).ceil().clamp(1.0, 1e5) as usize;
        points.extend((0..pieces).map(|i| {
            let s = i as f64 / pieces as f64;
            (x0 + s * (x1 - x0), y0 + s * (y1 - y0))
        }));
    }
    points.extend(line.last());
    points
}

/// What the labels of a panel must not cover.
#[derive(Debug, Default, Clone)]
pub(crate) struct Obstacles {
    points: Vec<(usize, At)>,
    boxes: Vec<Area>,
}

impl Obstacles {
    /// Adds a curve that belongs to series `owner`.
    pub(crate) fn curve(&mut self, owner: usize, points: &[At]) {
        self.points.extend(along(points).into_iter().map(|p| (owner, p)));
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, area: Area) {
        self.boxes.push(area);
    }

    /// Whether `area` holds no text, and no data except, if so stated, lines that belong to nobody.
    pub(crate) fn free(&self, area: &Area, over_lines: bool) -> bool {
        !self.boxes.iter().any(|b| b.overlaps(area))
            && !self.points.iter().any(|(o, p)| !(over_lines && *o == NOBODY) && area.contains(*p))
    }

    /// Whether no curve but that of `owner` comes into `area`.
    fn only(&self, owner: usize, area: &Area) -> bool {
        !self.points.iter().any(|(o, p)| *o != owner && area.contains(*p))
    }

    /// The first place in `frame` for a box of that size that covers nothing: corners first, then a raster.
    /// With `over_lines` it may cover critical lines, not data.
    pub(crate) fn box_in(&self, frame: &Area, (w, h): (f64, f64), over_lines: bool) -> Option<Area> {
        let inner = frame.grown(-3.0);
        let (dx, dy) = (inner.width() - w, inner.height() - h);
        if dx < 0.0 || dy < 0.0 {
            return None;
        }
        let steps = |n: i32| (0..=n).map(move |i| f64::from(i) / f64::from(n));
        let corners = [(1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let raster = steps(6).flat_map(|v| steps(24).map(move |u| (u, v)));
        corners.into_iter().chain(raster).find_map(|(u, v)| {
            let (left, top) = (inner.left + u * dx, inner.top + v * dy);
            let area = Area { left, top, right: left + w, bottom: top + h };
            self.free(&area.grown(2.0), over_lines).then_some(area)
        })
    }

    /// The first place in `frame` for a box of that size beside the points of `owner`, near enough to name them and
    /// far from every other curve.
    pub(crate) fn beside(&self, owner: usize, points: &[At], frame: &Area, (w, h): (f64, f64)) -> Option<Area> {
        // From the middle outward; above, below, level; centred, right, left.
        let parts = (0..38).map(|i| 0.5 + if i % 2 == 0 { -0.0125 } else { 0.0125 } * f64::from(i));
        let sides =
            [(-0.5, -1.0), (0.0, -1.0), (-1.0, -1.0), (-0.5, 0.0), (0.0, 0.0), (-1.0, 0.0), (0.0, -0.5), (-1.0, -0.5)];
        let spots = parts.flat_map(|part| sides.map(|side| (part, side)));
        spots.into_iter().find_map(|(part, (u, v))| {
            let (x, y) = *points.get((part * points.len() as f64) as usize)?;
            let off = |part: f64| 2.5 * (2.0 * part + 1.0);
            let (left, top) = (x + u * w + off(u), y + v * h + off(v));
            let area = Area { left, top, right: left + w, bottom: top + h };
            let fits = area.within(frame) && self.free(&area.grown(1.0), false) && self.only(owner, &area.grown(5.0));
            fits.then_some(area)
        })
    }
}

impl Obstacles {
    /// A place in `frame` for a box of that size inside the area of `(x, upper, lower)`, rightward, where it is
    /// thickest.
    pub(crate) fn inside(&self, band: &[(f64, f64, f64)], frame: &Area, (w, h): (f64, f64)) -> Option<Area> {
        let mut spots: Vec<&(f64, f64, f64)> = band.iter().collect();
        spots.sort_by(|a, b| (b.2 - b.1).total_cmp(&(a.2 - a.1)));
        spots.into_iter().find_map(|&(x, _, _)| {
            let (left, right) = (x - 0.5 * w, x + 0.5 * w);
            let here = || band.iter().filter(|p| (left..=right).contains(&p.0));
            let (top, bottom) = here().fold((f64::MIN, f64::MAX), |(t, b), p| (t.max(p.1), b.min(p.2)));
            let middle = 0.5 * (top + bottom);
            let area = Area { left, top: middle - 0.5 * h, right, bottom: middle + 0.5 * h };
            let ends = band.first().is_some_and(|p| p.0 <= left) && band.last().is_some_and(|p| p.0 >= right);
            (ends && area.grown(3.0).within(frame) && self.free(&area.grown(1.0), false)).then_some(area)
        })
    }
}

/// The part of a line that lies in `area`, cut where it leaves.
pub(crate) fn clip(points: &[At], area: &Area) -> Vec<Vec<At>> {
    let mut pieces: Vec<Vec<At>> = Vec::new();
    let mut piece: Vec<At> = Vec::new();
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        // Liang and Barsky (1984): the part of the segment inside all four half-planes.
        let (mut s0, mut s1) = (0.0_f64, 1.0_f64);
        let sides = [
            (x0 - x1, x0 - area.left),
            (x1 - x0, area.right - x0),
            (y0 - y1, y0 - area.top),
            (y1 - y0, area.bottom - y0),
        ];
        for (p, q) in sides {
            if p < 0.0 {
                s0 = s0.max(q / p);
            } else if p > 0.0 {
                s1 = s1.min(q / p);
            } else if q < 0.0 {
                s1 = -1.0;
            }
        }
        if s0 < s1 {
            let at = |s: f64| (x0 + s * (x1 - x0), y0 + s * (y1 - y0));
            if s0 > 0.0 || piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
                piece.push(at(s0));
            }
            piece.push(at(s1));
            if s1 == 1.0 {
                continue;
            }
        }
        pieces.push(std::mem::take(&mut piece));
    }
    pieces.push(piece);
    pieces.retain(|p| !p.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Area = Area { left: 0.0, top: 0.0, right: 100.0, bottom: 50.0 };

    #[test]
    fn a_line_is_cut_where_it_leaves_and_returns() {
        let pieces = clip(&[(10.0, 25.0), (60.0, 75.0), (85.0, 50.0), (95.0, 40.0)], &FRAME);
        assert_eq!(pieces, [vec![(10.0, 25.0), (35.0, 50.0)], vec![(85.0, 50.0), (95.0, 40.0)]]);
    }

    #[test]
    fn a_box_avoids_the_curve_and_gives_up_where_there_is_no_room() {
        let mut obstacles = Obstacles::default();
        obstacles.curve(0, &[(0.0, 0.0), (100.0, 50.0)]);
        let area = obstacles.box_in(&FRAME, (30.0, 15.0), false).unwrap();
        assert!(obstacles.free(&area, false) && area.within(&FRAME));
        assert_eq!(obstacles.box_in(&FRAME, (80.0, 40.0), false), None);
        let label = obstacles.beside(0, &along(&[(0.0, 0.0), (100.0, 50.0)]), &FRAME, (20.0, 8.0)).unwrap();
        assert!(obstacles.free(&label, false) && label.within(&FRAME));
    }
}
