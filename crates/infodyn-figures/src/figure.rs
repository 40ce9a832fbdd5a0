//! Figures: panels in stacks that share a horizontal axis, laid out on a page of journal width.

use infodyn_core::Table;

use crate::Result;
use crate::axis::{Axis, Scale, Span};
use crate::series::{Point, Series};

/// Width of a page with two columns of text, millimetres.
pub const DOUBLE_COLUMN: f64 = 180.0;
/// Width of one column of text, millimetres.
pub const SINGLE_COLUMN: f64 = 88.0;

/// One pair of axes with what is drawn on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub(crate) title: String,
    pub(crate) x: Option<Axis>,
    pub(crate) y: Axis,
    pub(crate) height: f64,
    pub(crate) series: Vec<Series>,
    pub(crate) levels: Vec<(f64, String)>,
}

impl Panel {
    /// An empty panel, 36 mm high.
    #[must_use]
    pub fn new(title: &str, y: Axis) -> Self {
        Self { title: title.into(), x: None, y, height: 36.0, series: Vec::new(), levels: Vec::new() }
    }

    /// The panel with axes `height` millimetres high; panels side by side take the highest.
    #[must_use]
    pub fn height(self, height: f64) -> Self {
        Self { height, ..self }
    }

    /// The panel over a horizontal axis of its own, not that of its stack, whose lines and shades it does not show.
    /// Neighbours over equal axes share them.
    #[must_use]
    pub fn over(self, x: Axis) -> Self {
        Self { x: Some(x), ..self }
    }

    /// The panel with one more series, painted over the earlier ones.
    #[must_use]
    pub fn with(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// The panel with a horizontal line at `value`, named where there is room.
    #[must_use]
    pub fn level(mut self, value: f64, label: &str) -> Self {
        self.levels.push((value, label.into()));
        self
    }

    /// Every ordinate that must be in sight when abscissas are cut to `range`.
    pub(crate) fn ordinates(&self, range: Option<(f64, f64)>) -> impl Iterator<Item = f64> {
        let log = self.y.scale == Scale::Log;
        let series = self.series.iter().flat_map(move |s| {
            let radius = f64::from(u8::from(s.shows_radius()));
            let seen = move |p: &Point| range.is_none_or(|(lo, hi)| lo <= p.x && p.x <= hi);
            s.points_present().filter(seen).flat_map(move |p| {
                let low = p.y - radius * p.radius;
                // On a logarithmic axis an error bar that reaches 0 ends at the axis.
                [p.y, p.y + radius * p.radius, if log && low <= 0.0 { p.y } else { low }]
            })
        });
        series.chain(self.levels.iter().map(|l| l.0))
    }
}

/// Panels above one another that share their horizontal axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    pub(crate) x: Axis,
    pub(crate) panels: Vec<Panel>,
    pub(crate) critical: Vec<(f64, String)>,
    pub(crate) shaded: Vec<(f64, f64)>,
    pub(crate) tier: usize,
}

impl Stack {
    /// An empty stack.
    #[must_use]
    pub fn new(x: Axis) -> Self {
        Self { x, panels: Vec::new(), critical: Vec::new(), shaded: Vec::new(), tier: 0 }
    }

    /// The stack with one more panel below the others.
    #[must_use]
    pub fn with(mut self, panel: Panel) -> Self {
        self.panels.push(panel);
        self
    }

    /// The stack with a vertical line at `value` through all its panels, named above the topmost.
    #[must_use]
    pub fn critical(mut self, value: f64, label: &str) -> Self {
        self.critical.push((value, label.into()));
        self
    }

    /// The stack with the interval from `lo` to `hi` shaded in all its panels.
    #[must_use]
    pub fn shaded(mut self, lo: f64, hi: f64) -> Self {
        self.shaded.push((lo, hi));
        self
    }

    /// The stack on a tier of the page: stacks of one tier stand side by side, below those of the tier before.
    #[must_use]
    pub fn tier(self, tier: usize) -> Self {
        Self { tier, ..self }
    }

    /// The horizontal axis of a panel.
    pub(crate) fn axis<'a>(&'a self, panel: &'a Panel) -> &'a Axis {
        panel.x.as_ref().unwrap_or(&self.x)
    }

    /// What the horizontal axis of a panel spans: all panels over it, and lines and shades where it is the stack's.
    pub(crate) fn span(&self, panel: &Panel) -> Result<Span> {
        let alike = self.panels.iter().filter(|p| p.x == panel.x);
        let rows = alike.flat_map(|p| &p.series).flat_map(|s| s.points_present().map(|p| p.x));
        let lines = self.critical.iter().map(|c| c.0).chain(self.shaded.iter().flat_map(|s| [s.0, s.1]));
        Span::new(self.axis(panel), rows.chain(lines.filter(|_| panel.x.is_none())), 0.015)
    }
}

/// A picture with the numbers behind it and its caption.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Name of its files, without ending.
    pub name: String,
    /// One line that says what it shows.
    pub title: String,
    /// Caption, Markdown, with the ids of the claims that it shows.
    pub caption: String,
    /// Width of the page, millimetres.
    pub width: f64,
    /// Stacks of panels, from left to right, tier by tier.
    pub stacks: Vec<Stack>,
    /// Whether panels side by side have one vertical axis, labelled at the left only (small multiples).
    pub shared_y: bool,
    /// Every number that it draws.
    pub data: Table,
}
