//! What a panel draws: curves, points and branches, read off columns of a table.

use infodyn_core::Column;

use crate::{Colour, Error, Result};

/// How a line is broken: the second channel beside colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dash {
    /// Unbroken.
    Solid,
    /// Long dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// Dashes and dots in turn.
    DashDot,
}

impl Dash {
    /// Lengths of dashes and gaps in turn, points.
    pub(crate) fn lengths(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[4.0, 2.4],
            Self::Dotted => &[1.1, 1.7],
            Self::DashDot => &[5.0, 1.8, 1.1, 1.8],
        }
    }
}

/// The shape of a point: the second channel beside colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A disc.
    Circle,
    /// A square.
    Square,
    /// A triangle that stands on its side.
    Triangle,
    /// A square that stands on its corner.
    Diamond,
}

impl Marker {
    /// Corners about 0, points, of equal visual weight.
    pub(crate) fn corners(self) -> Vec<(f64, f64)> {
        let regular = |n: u32, radius: f64, turn: f64| {
            (0..n)
                .map(|i| {
                    let angle = std::f64::consts::TAU * (f64::from(i) + turn) / f64::from(n);
                    (radius * angle.sin(), -radius * angle.cos())
                })
                .collect()
        };
        match self {
            Self::Circle => regular(24, 1.7, 0.0),
            Self::Square => regular(4, 2.2, 0.5),
            Self::Triangle => regular(3, 2.5, 0.0),
            Self::Diamond => regular(4, 2.4, 0.0),
        }
    }
}

/// One row of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) radius: f64,
    /// Largest eigenvalue of the linearised dynamics, for branches.
    pub(crate) eigenvalue: f64,
}

/// How the rows of a series are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Line,
    Band,
    Points,
    Branch,
    Area,
    Cells,
}

/// Rows of a table as one curve or set of points, with how it looks and what it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub(crate) label: String,
    pub(crate) rows: Vec<Option<Point>>,
    pub(crate) kind: Kind,
    pub(crate) colour: Colour,
    pub(crate) dash: Dash,
    pub(crate) marker: Marker,
    pub(crate) width: f64,
    pub(crate) direct: bool,
    pub(crate) dodge: f64,
    /// What stands in the cell of each row.
    pub(crate) texts: Vec<String>,
}

/// A number that can be drawn, or nothing where it is missing.
fn entry(column: &Column, row: usize) -> Result<Option<(f64, f64)>> {
    let Some(e) = column.values.get(row).copied().flatten() else { return Ok(None) };
    if e.is_finite() {
        return Ok(Some((e.value(), e.radius())));
    }
    let value = if e.value().is_finite() { e.radius() } else { e.value() };
    Err(Error::NotFinite { column: column.name.clone(), row, value })
}

impl Series {
    fn read(kind: Kind, label: &str, x: &Column, y: &Column, eigenvalue: Option<&Column>) -> Result<Self> {
        for other in std::iter::once(y).chain(eigenvalue) {
            if other.values.len() != x.values.len() {
                let (found, expected) = (other.values.len(), x.values.len());
                return Err(Error::Length { name: other.name.clone(), found, expected });
            }
        }
        let mut rows = Vec::with_capacity(x.values.len());
        for row in 0..x.values.len() {
            let (x, y) = (entry(x, row)?, entry(y, row)?);
            let eigenvalue = eigenvalue.map_or(Ok(None), |c| entry(c, row))?.map_or(0.0, |(v, _)| v);
            rows.push(x.zip(y).map(|((x, _), (y, radius))| Point { x, y, radius, eigenvalue }));
        }
        Ok(Self { kind, rows, ..Self::key(label) })
    }

    /// An entry of the legend without data: a line, for what several series share.
    #[must_use]
    pub fn key(label: &str) -> Self {
        Self {
            label: label.into(),
            rows: Vec::new(),
            kind: Kind::Line,
            colour: Colour::BLACK,
            dash: Dash::Solid,
            marker: Marker::Circle,
            width: 1.1,
            direct: false,
            dodge: 0.0,
            texts: Vec::new(),
        }
    }

    /// A line through the rows, broken where an entry is missing. An empty label names nothing.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`].
    pub fn line(label: &str, x: &Column, y: &Column) -> Result<Self> {
        Self::read(Kind::Line, label, x, y, None)
    }

    /// A line with the band that the radii of `y` leave around it.
    ///
    /// # Errors
    /// As [`Series::line`].
    pub fn band(label: &str, x: &Column, y: &Column) -> Result<Self> {
        Self::read(Kind::Band, label, x, y, None)
    }

    /// Markers with the radii of `y` as error bars.
    ///
    /// # Errors
    /// As [`Series::line`].
    pub fn points(label: &str, x: &Column, y: &Column) -> Result<Self> {
        Self::read(Kind::Points, label, x, y, None)
    }

    /// A branch of fixed points: solid where it is stable, dashed where `eigenvalue`, the largest of the linearised
    /// dynamics, is positive at either end of a segment.
    ///
    /// # Errors
    /// As [`Series::line`].
    pub fn branch(label: &str, x: &Column, y: &Column, eigenvalue: &Column) -> Result<Self> {
        Self::read(Kind::Branch, label, x, y, Some(eigenvalue))
    }

    /// The area between two curves over the same abscissas, for parts of a whole: `lower` and `upper` columns.
    ///
    /// # Errors
    /// As [`Series::line`].
    pub fn area(label: &str, x: &Column, lower: &Column, upper: &Column) -> Result<Self> {
        let top = Self::read(Kind::Area, label, x, upper, None)?;
        let mut area = Self::read(Kind::Area, label, x, lower, None)?;
        for (low, high) in area.rows.iter_mut().zip(&top.rows) {
            let middle = |(l, h): (Point, &Point)| Point { y: 0.5 * (l.y + h.y), radius: 0.5 * (h.y - l.y).abs(), ..l };
            *low = low.zip(high.as_ref()).map(middle);
        }
        Ok(area)
    }

    /// Cells of width and height 1 about the points of two linear axes, the darker the nearer to 1 their entry of
    /// `part` is, between 0 and 1; `texts` stand in them, one a row, or none at all.
    ///
    /// # Errors
    /// As [`Series::line`].
    pub fn cells(x: &Column, y: &Column, part: &Column, texts: &[String]) -> Result<Self> {
        Ok(Self { texts: texts.to_vec(), ..Self::read(Kind::Cells, "", x, y, Some(part))? })
    }

    /// The series in `colour`.
    #[must_use]
    pub fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// The series with its lines broken as `dash` says; a branch dashes by stability instead.
    #[must_use]
    pub fn dash(self, dash: Dash) -> Self {
        Self { dash, ..self }
    }

    /// The series with points of that shape.
    #[must_use]
    pub fn marker(self, marker: Marker) -> Self {
        Self { marker, ..self }
    }

    /// The series with lines `width` points wide (1.1 unless stated).
    #[must_use]
    pub fn width(self, width: f64) -> Self {
        Self { width, ..self }
    }

    /// The series named beside its curve, where there is room, rather than in the legend.
    #[must_use]
    pub fn direct(self) -> Self {
        Self { direct: true, ..self }
    }

    /// The series moved by `dodge` points to the right, so that error bars at the same abscissa stay apart.
    #[must_use]
    pub fn dodge(self, dodge: f64) -> Self {
        Self { dodge, ..self }
    }

    /// Rows that are there.
    pub(crate) fn points_present(&self) -> impl Iterator<Item = Point> {
        self.rows.iter().copied().flatten()
    }

    /// Whether radii are shown.
    pub(crate) fn shows_radius(&self) -> bool {
        matches!(self.kind, Kind::Band | Kind::Points | Kind::Area)
    }

    /// Runs of rows without a gap.
    pub(crate) fn runs(&self) -> impl Iterator<Item = Vec<Point>> {
        self.rows
            .split(Option::is_none)
            .map(|run| run.iter().copied().flatten().collect::<Vec<_>>())
            .filter(|r| !r.is_empty())
    }

    /// Runs of a line with the dash of each: a branch is cut where its stability changes.
    pub(crate) fn strokes(&self) -> Vec<(Vec<Point>, Dash)> {
        if self.kind != Kind::Branch {
            return self.runs().map(|r| (r, self.dash)).collect();
        }
        let mut strokes: Vec<(Vec<Point>, Dash)> = Vec::new();
        for run in self.runs() {
            let mut piece: Option<(Vec<Point>, Dash)> = None;
            for pair in run.windows(2) {
                let unstable = pair.iter().any(|p| p.eigenvalue > 0.0);
                let dash = if unstable { Dash::Dashed } else { Dash::Solid };
                match &mut piece {
                    Some((points, d)) if *d == dash => points.push(pair[1]),
                    _ => strokes.extend(piece.replace((pair.to_vec(), dash))),
                }
            }
            strokes.extend(piece);
        }
        strokes
    }
}

#[cfg(test)]
mod tests {
    use infodyn_core::{Estimate, Table};

    use super::*;

    fn column(values: &[f64]) -> Column {
        Table::new().with_exact("c", "", values.iter().copied()).columns.remove(0)
    }

    #[test]
    fn a_missing_entry_breaks_the_line() {
        let x = column(&[1.0, 2.0, 3.0, 4.0]);
        let mut y = column(&[1.0, 2.0, 3.0, 4.0]);
        y.values[1] = None;
        let lengths: Vec<_> = Series::line("", &x, &y).unwrap().runs().map(|r| r.len()).collect();
        assert_eq!(lengths, [1, 2]);
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        let x = column(&[1.0, 2.0]);
        let mut y = column(&[1.0, f64::NAN]);
        assert!(matches!(Series::line("", &x, &y), Err(Error::NotFinite { row: 1, .. })));
        y.values[1] = Some(Estimate::new(1.0, f64::INFINITY));
        assert!(matches!(Series::band("", &x, &y), Err(Error::NotFinite { row: 1, .. })));
        assert!(matches!(Series::line("", &x, &column(&[1.0])), Err(Error::Length { found: 1, expected: 2, .. })));
    }

    #[test]
    fn an_area_reaches_from_one_curve_to_the_other() {
        let (x, low, mut high) = (column(&[1.0, 2.0]), column(&[0.0, 1.0]), column(&[4.0, 1.5]));
        let area = Series::area("", &x, &low, &high).unwrap();
        let edges: Vec<_> = area.points_present().map(|p| (p.x, p.y - p.radius, p.y + p.radius)).collect();
        assert_eq!(edges, [(1.0, 0.0, 4.0), (2.0, 1.0, 1.5)]);
        high.values[0] = None;
        assert_eq!(Series::area("", &x, &low, &high).unwrap().points_present().count(), 1);
    }

    #[test]
    fn a_branch_is_cut_where_its_stability_changes() {
        let x = column(&[1.0, 2.0, 3.0, 4.0]);
        let branch = Series::branch("", &x, &x, &column(&[-1.0, 0.0, 0.5, 1.0])).unwrap();
        let strokes: Vec<_> = branch.strokes().into_iter().map(|(p, d)| (p.len(), d)).collect();
        assert_eq!(strokes, [(2, Dash::Solid), (3, Dash::Dashed)]);
    }
}
