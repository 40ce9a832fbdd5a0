//! One panel on the page: where its numbers stand, and where its labels can.

use crate::Result;
use crate::axis::{Span, Tick};
use crate::figure::{Panel, Stack};
use crate::place::{NOBODY, Obstacles, along, clip};
use crate::scene::{Area, At, Colour};
use crate::series::{Dash, Kind, Point, Series};
use crate::text::Fonts;

/// Sizes of type, points.
pub(crate) const TICK_SIZE: f64 = 7.0;
pub(crate) const LABEL_SIZE: f64 = 8.0;
/// Distance of two lines of small type.
pub(crate) const LINE: f64 = 9.6;
/// Length of a tick.
pub(crate) const TICK: f64 = 2.6;
/// Length of the sample of a line in a legend, and the gap after it.
pub(crate) const KEY: f64 = 19.0;
pub(crate) const KEY_GAP: f64 = 4.0;
/// Gap between columns of a legend.
const COLUMN_GAP: f64 = 10.0;

/// A name that has found its place.
pub(crate) struct Placed {
    pub(crate) text: String,
    pub(crate) area: Area,
    pub(crate) colour: Colour,
}

/// A panel with its place on the page.
pub(crate) struct Frame<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) stack: &'a Stack,
    /// Which stack, from the left, and which panel of it, from the top.
    pub(crate) place: (usize, usize),
    /// Whether the axis to the left speaks for this one.
    pub(crate) unlabelled: bool,
    pub(crate) area: Area,
    pub(crate) x: Span,
    pub(crate) y: Span,
    /// Names of levels and curves that stand beside them.
    pub(crate) names: Vec<Placed>,
    /// Series for the legend.
    pub(crate) unnamed: Vec<usize>,
    /// Where the legend stands, and the width of each of its columns.
    pub(crate) legend: Option<(Area, f64)>,
}

impl<'a> Frame<'a> {
    /// The panel with its spans, not yet on the page.
    pub(crate) fn new(stack: &'a Stack, place: (usize, usize), unlabelled: bool) -> Result<Self> {
        let panel = &stack.panels[place.1];
        Ok(Self {
            panel,
            stack,
            place,
            unlabelled,
            area: Area { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 },
            x: stack.span(panel)?,
            y: Span::new(&panel.y, panel.ordinates(stack.axis(panel).range), 0.05)?,
            names: Vec::new(),
            unnamed: Vec::new(),
            legend: None,
        })
    }

    pub(crate) fn x_at(&self, v: f64) -> Option<f64> {
        Some(self.area.left + self.x.fraction(self.x.read(v)?) * self.area.width())
    }

    pub(crate) fn y_at(&self, v: f64) -> Option<f64> {
        Some(self.area.bottom - self.y.fraction(self.y.read(v)?) * self.area.height())
    }

    /// Abscissas of the stack's critical lines that this panel shows.
    pub(crate) fn critical(&self) -> impl Iterator<Item = f64> {
        let shown = self.stack.critical.iter().filter(|_| self.panel.x.is_none());
        shown.filter_map(|c| self.x_at(c.0)).filter(|x| (self.area.left..=self.area.right).contains(x))
    }

    /// Whether the labels of the horizontal axis stand below this panel.
    pub(crate) fn is_lowest(&self) -> bool {
        self.stack.panels.get(self.place.1 + 1).is_none_or(|next| next.x != self.panel.x)
    }

    /// Ticks of the horizontal axis, and the power of ten that they leave out.
    pub(crate) fn x_ticks(&self) -> (Vec<Tick>, i32) {
        self.x.ticks(self.area.width() / 42.0)
    }

    /// Lines of the horizontal axis's label.
    pub(crate) fn x_label(&self) -> Vec<String> {
        self.stack.axis(self.panel).lines(self.x_ticks().1)
    }

    /// Height of `v`, or the edge of the panel when it lies beyond.
    pub(crate) fn y_within(&self, v: f64) -> f64 {
        self.y_at(v).unwrap_or(self.area.bottom).clamp(self.area.top, self.area.bottom)
    }

    pub(crate) fn at(&self, series: &Series, x: f64, y: f64) -> Option<At> {
        Some((self.x_at(x)? + series.dodge, self.y_at(y)?))
    }

    /// Lines of a series on the page, cut at the edge of the panel.
    pub(crate) fn lines(&self, series: &Series) -> Vec<(Vec<At>, Dash)> {
        if matches!(series.kind, Kind::Points | Kind::Area | Kind::Cells) {
            return Vec::new();
        }
        let mut lines = Vec::new();
        for (run, dash) in series.strokes() {
            let mut points: Vec<At> = run.iter().filter_map(|p| self.at(series, p.x, p.y)).collect();
            if let [(x, y)] = points[..] {
                // A row between two gaps is a dash, not nothing.
                points = vec![(x - 1.0, y), (x + 1.0, y)];
            }
            lines.extend(clip(&points, &self.area).into_iter().map(|piece| (piece, dash)));
        }
        lines
    }

    /// Points of a series in sight, with the ends of their error bars.
    pub(crate) fn markers(&self, series: &Series) -> Vec<(At, f64, f64)> {
        let in_sight = |p: Point| {
            let at = self.at(series, p.x, p.y).filter(|at| self.area.grown(0.01).contains(*at))?;
            Some((at, self.y_within(p.y + p.radius), self.y_within(p.y - p.radius)))
        };
        if series.kind == Kind::Points { series.points_present().filter_map(in_sight).collect() } else { Vec::new() }
    }

    pub(crate) fn bands(&self, series: &Series) -> Vec<Vec<(f64, f64, f64)>> {
        if !matches!(series.kind, Kind::Band | Kind::Area) {
            return Vec::new();
        }
        let edges = |p: Point| {
            let x = self.x_at(p.x).filter(|x| (self.area.left..=self.area.right).contains(x))?;
            Some((x + series.dodge, self.y_within(p.y + p.radius), self.y_within(p.y - p.radius)))
        };
        let rightward = |mut band: Vec<(f64, f64, f64)>| {
            if band.first().zip(band.last()).is_some_and(|(a, b)| a.0 > b.0) {
                band.reverse();
            }
            band
        };
        series.runs().map(|run| rightward(run.into_iter().filter_map(edges).collect())).collect()
    }

    /// The cells of a series, each with how dark it is and the text in it.
    pub(crate) fn cells<'s>(&self, series: &'s Series) -> Vec<(Area, f64, &'s str)> {
        let texts = series.texts.iter().map(String::as_str).chain(std::iter::repeat(""));
        let rows = series.rows.iter().zip(texts).filter(|_| series.kind == Kind::Cells);
        let cell = |(p, text): (&Option<Point>, &'s str)| {
            let p = (*p)?;
            let (left, right) = (self.x_at(p.x - 0.5)?, self.x_at(p.x + 0.5)?);
            let (top, bottom) = (self.y_at(p.y + 0.5)?, self.y_at(p.y - 0.5)?);
            Some((Area { left, top, right, bottom }, p.eigenvalue, text))
        };
        rows.filter_map(cell).collect()
    }

    pub(crate) fn obstacles(&self) -> Obstacles {
        let mut obstacles = Obstacles::default();
        for (k, series) in self.panel.series.iter().enumerate() {
            for (line, _) in self.lines(series) {
                obstacles.curve(k, &line);
            }
            for ((x, y), top, bottom) in self.markers(series) {
                obstacles.curve(k, &[(x, top.min(y - 2.0)), (x, bottom.max(y + 2.0))]);
            }
            for band in self.bands(series) {
                if series.kind == Kind::Area {
                    // Text may stand in an area, not on its edge.
                    obstacles.curve(k, &band.iter().map(|p| (p.0, p.1)).collect::<Vec<_>>());
                    obstacles.curve(k, &band.iter().map(|p| (p.0, p.2)).collect::<Vec<_>>());
                    continue;
                }
                for (x, top, bottom) in band {
                    obstacles.curve(k, &[(x, top), (x, bottom)]);
                }
            }
        }
        for x in self.critical() {
            obstacles.curve(NOBODY, &[(x, self.area.top), (x, self.area.bottom)]);
        }
        for y in self.panel.levels.iter().filter_map(|l| self.y_at(l.0)) {
            obstacles.curve(NOBODY, &[(self.area.left, y), (self.area.right, y)]);
        }
        obstacles
    }

    /// Puts levels, names of curves and the legend where no data are; false when there is no such place.
    pub(crate) fn name(&mut self, fonts: &Fonts) -> Result<bool> {
        self.names.clear();
        self.unnamed.clear();
        self.legend = None;
        let mut obstacles = self.obstacles();
        for (value, text) in self.panel.levels.iter().filter(|l| !l.1.is_empty()) {
            let Some(y) = self.y_at(*value) else { continue };
            let w = fonts.layout(text, TICK_SIZE, false)?.width;
            let spot = [self.area.right - w - 2.0, self.area.left + 3.0, 0.5 * (self.area.left + self.area.right - w)]
                .into_iter()
                .flat_map(|left| [(left, y - 1.0 - 0.95 * TICK_SIZE), (left, y + 1.5)])
                .map(|(left, top)| Area { left, top, right: left + w, bottom: top + 0.95 * TICK_SIZE })
                .find(|a| a.within(&self.area) && obstacles.free(a, false));
            let Some(area) = spot else { return Ok(false) };
            obstacles.text(area);
            self.names.push(Placed { text: text.clone(), area, colour: Colour::GREY });
        }
        for (k, series) in self.panel.series.iter().enumerate() {
            if series.label.is_empty() {
                continue;
            }
            let w = fonts.layout(&series.label, TICK_SIZE, false)?.width;
            let curve: Vec<At> = self.lines(series).iter().flat_map(|(line, _)| along(line)).collect();
            let spot = match series.kind {
                _ if !series.direct => None,
                Kind::Area => self.bands(series).iter().find_map(|b| obstacles.inside(b, &self.area, (w, TICK_SIZE))),
                _ => obstacles.beside(k, &curve, &self.area, (w, TICK_SIZE)),
            };
            if let Some(area) = spot {
                obstacles.text(area);
                self.names.push(Placed { text: series.label.clone(), area, colour: series.colour.for_text() });
            } else {
                self.unnamed.push(k);
            }
        }
        if self.unnamed.is_empty() {
            return Ok(true);
        }
        // One column first, then wider and flatter; over critical lines only when nothing else is free.
        let widest = self.legend_width(fonts)?;
        for over_lines in [false, true] {
            for columns in 1..=self.unnamed.len() {
                let lines = self.unnamed.len().div_ceil(columns);
                let size = (columns as f64 * widest - COLUMN_GAP, lines as f64 * LINE);
                if let Some(area) = obstacles.box_in(&self.area, size, over_lines) {
                    self.legend = Some((area, widest));
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Width of a column of the legend: key, longest label and gap.
    pub(crate) fn legend_width(&self, fonts: &Fonts) -> Result<f64> {
        let mut widest = 0.0_f64;
        for &k in &self.unnamed {
            widest = widest.max(fonts.layout(&self.panel.series[k].label, TICK_SIZE, false)?.width);
        }
        Ok(KEY + KEY_GAP + widest + COLUMN_GAP)
    }

    pub(crate) fn y_ticks(&self) -> (Vec<Tick>, i32) {
        self.y.ticks(self.area.height() / 20.0)
    }

    /// Lines of the vertical axis's label, broken where they would be longer than the axis.
    pub(crate) fn y_label(&self, fonts: &Fonts) -> Result<Vec<String>> {
        let mut lines: Vec<String> = Vec::new();
        for line in self.panel.y.lines(self.y_ticks().1) {
            let mut fresh = true;
            for word in line.split(' ') {
                let longer = lines.last().filter(|_| !fresh).map(|last| format!("{last} {word}"));
                match (longer, lines.last_mut()) {
                    (Some(longer), Some(last))
                        if fonts.layout(&longer, LABEL_SIZE, false)?.width <= self.area.height() =>
                    {
                        *last = longer;
                    }
                    _ => lines.push(word.into()),
                }
                fresh = false;
            }
        }
        Ok(lines)
    }

    /// Width from the axis to the left edge of its label.
    pub(crate) fn left_margin(&self, fonts: &Fonts) -> Result<f64> {
        if self.unlabelled {
            return Ok(TICK);
        }
        let mut widest = 0.0_f64;
        for tick in self.y_ticks().0 {
            widest = widest.max(fonts.layout(&tick.label, TICK_SIZE, false)?.width);
        }
        let lines = self.y_label(fonts)?.len();
        Ok(TICK + 2.0 + widest + 4.0 + lines as f64 * 1.2 * LABEL_SIZE)
    }
}
