//! The page: frames in their places, and everything painted in order.

use std::collections::BTreeSet;

use crate::axis::Tick;
use crate::figure::{Figure, Stack};
use crate::frame::{Frame, KEY, KEY_GAP, LABEL_SIZE, LINE, TICK, TICK_SIZE};
use crate::scene::{Anchor, Area, Colour, Scene, Shape, TextStyle};
use crate::series::{Dash, Kind, Series};
use crate::text::Fonts;
use crate::{Error, Result};

/// Points in a millimetre.
const MM: f64 = 72.0 / 25.4;
/// Margin of the page.
const MARGIN: f64 = 4.0;
/// Right of a panel, for half a label of its last tick.
const RIGHT: f64 = 12.0;
/// Above a panel, for its title.
const TITLE: f64 = 13.0;
/// Between a panel and the title of the next.
const GAP: f64 = 7.0;
/// Below the lowest panel, for labels of ticks.
const TICK_LABELS: f64 = TICK + LINE;

const GRID: Colour = Colour(226, 226, 226);
const SHADE: Colour = Colour(240, 240, 240);
const INK: Colour = Colour(40, 40, 40);

/// The name of a critical line, above the topmost panel, on a line of its own where names are close.
struct Flag<'a> {
    x: f64,
    row: usize,
    left: f64,
    text: &'a str,
}

/// Tier, and row within it.
fn row(frame: &Frame<'_>) -> (usize, usize) {
    (frame.stack.tier, frame.place.1)
}

/// Frames in their places.
pub(crate) struct Page<'a> {
    figure: &'a Figure,
    fonts: &'a Fonts,
    height: f64,
    frames: Vec<Frame<'a>>,
    flags: Vec<Vec<Flag<'a>>>,
}

impl<'a> Page<'a> {
    /// Lays a figure out; a vertical axis is lengthened until its panel has room for its labels.
    pub(crate) fn arrange(figure: &'a Figure, fonts: &'a Fonts) -> Result<Self> {
        let mut frames = Vec::new();
        for (s, stack) in figure.stacks.iter().enumerate() {
            for p in 0..stack.panels.len() {
                let first = figure.stacks[..s].iter().all(|other| other.tier != stack.tier);
                frames.push(Frame::new(stack, (s, p), figure.shared_y && !first)?);
            }
        }
        if frames.is_empty() {
            return Err(Error::NothingToDraw { axis: figure.name.clone() });
        }
        let mut page = Self { figure, fonts, height: 0.0, frames, flags: Vec::new() };
        if figure.shared_y {
            page.share();
        }
        for attempt in 0.. {
            page.spread()?;
            let mut crowded = Vec::new();
            for frame in &mut page.frames {
                if !frame.name(fonts)? {
                    crowded.push(frame.place);
                }
            }
            if crowded.is_empty() {
                break;
            }
            page.lengthen(&crowded, attempt)?;
        }
        Ok(page)
    }

    /// Gives panels side by side the same vertical axis.
    fn share(&mut self) {
        let spans: Vec<_> = self.frames.iter().map(|f| (row(f), f.y.lo, f.y.hi)).collect();
        for frame in &mut self.frames {
            let own = row(frame);
            for (_, lo, hi) in spans.iter().filter(|s| s.0 == own) {
                frame.y.lo = frame.y.lo.min(*lo);
                frame.y.hi = frame.y.hi.max(*hi);
            }
        }
    }

    /// Makes room above the data of crowded panels, and of those that share their axis.
    fn lengthen(&mut self, crowded: &[(usize, usize)], attempt: usize) -> Result<()> {
        let rows: Vec<_> = self.frames.iter().filter(|f| crowded.contains(&f.place)).map(row).collect();
        for frame in &mut self.frames {
            let shared = self.figure.shared_y && rows.contains(&row(frame));
            if !shared && !crowded.contains(&frame.place) {
                continue;
            }
            if attempt == 10 || frame.panel.y.range.is_some() {
                return Err(Error::NoRoom { panel: frame.panel.title.clone() });
            }
            frame.y.hi += 0.12 * (frame.y.hi - frame.y.lo);
        }
        Ok(())
    }

    fn in_stack(&self, s: usize) -> impl Iterator<Item = &Frame<'a>> {
        self.frames.iter().filter(move |f| f.place.0 == s)
    }

    /// Gives every frame its place: tiers below one another, their stacks of equal width side by side, rows aligned.
    fn spread(&mut self) -> Result<()> {
        let tiers: BTreeSet<usize> = self.figure.stacks.iter().map(|s| s.tier).collect();
        self.flags.clear();
        self.flags.resize_with(self.figure.stacks.len(), Vec::new);
        let mut top = MARGIN;
        for tier in tiers {
            top = self.spread_tier(tier, top)?;
        }
        self.height = top + 0.5 * MARGIN;
        Ok(())
    }

    /// Stacks of a tier that starts at height `top`, and where it ends.
    fn spread_tier(&mut self, tier: usize, mut top: f64) -> Result<f64> {
        let figure = self.figure;
        let stacks: Vec<usize> = (0..figure.stacks.len()).filter(|&s| figure.stacks[s].tier == tier).collect();
        let rows = stacks.iter().map(|&s| figure.stacks[s].panels.len()).max().unwrap_or(0);
        let heights: Vec<f64> = (0..rows)
            .map(|r| {
                let here = self.frames.iter().filter(|f| row(f) == (tier, r));
                here.map(|f| f.panel.height * MM).fold(0.0, f64::max)
            })
            .collect();
        for frame in self.frames.iter_mut().filter(|f| f.stack.tier == tier) {
            // Ticks, and so margins, depend on the height.
            (frame.area.top, frame.area.bottom) = (0.0, heights[frame.place.1]);
        }
        let mut margins = Vec::new();
        for &s in &stacks {
            let mut widest = 0.0_f64;
            for frame in self.in_stack(s) {
                widest = widest.max(frame.left_margin(self.fonts)?);
            }
            margins.push(widest);
        }
        let spent = 2.0 * MARGIN + margins.iter().sum::<f64>() + stacks.len() as f64 * RIGHT - MARGIN;
        let width = (figure.width * MM - spent) / stacks.len() as f64;
        if width < 40.0 {
            return Err(Error::TooNarrow { figure: figure.name.clone(), width });
        }
        let mut left = MARGIN;
        for (&s, margin) in stacks.iter().zip(&margins) {
            left += margin;
            for frame in self.frames.iter_mut().filter(|f| f.place.0 == s) {
                (frame.area.left, frame.area.right) = (left, left + width);
            }
            left += width + RIGHT;
        }
        for &s in &stacks {
            self.flags[s] = self.raise_flags(s)?;
        }
        top += TITLE + self.header(tier);
        for (r, height) in heights.into_iter().enumerate() {
            let mut foot = 0.0_f64;
            for frame in self.frames.iter_mut().filter(|f| row(f) == (tier, r)) {
                (frame.area.top, frame.area.bottom) = (top, top + height);
                // Labels below the last panel of a stack meet no panel; below the last row they end the page.
                if frame.is_lowest() && (r + 1 < frame.stack.panels.len() || r + 1 == rows) {
                    foot = foot.max(TICK_LABELS + frame.x_label().len() as f64 * 1.2 * LABEL_SIZE);
                }
            }
            top += height + foot + if r + 1 == rows { MARGIN } else { GAP + TITLE };
        }
        Ok(top)
    }

    /// Names of the critical lines of a stack, each on the lowest line where it touches no other.
    fn raise_flags(&self, s: usize) -> Result<Vec<Flag<'a>>> {
        let Some(frame) = self.in_stack(s).find(|f| f.panel.x.is_none()) else { return Ok(Vec::new()) };
        let stack: &'a Stack = &self.figure.stacks[s];
        let mut lines: Vec<(f64, &'a str)> =
            stack.critical.iter().filter_map(|(v, text)| Some((frame.x_at(*v)?, text.as_str()))).collect();
        lines.retain(|(x, _)| (frame.area.left..=frame.area.right).contains(x));
        lines.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut flags: Vec<(Flag<'a>, f64)> = Vec::new();
        for (x, text) in lines {
            let width = self.fonts.layout(text, TICK_SIZE, false)?.width;
            let fits = x + 2.0 + width <= frame.area.right + RIGHT - 2.0;
            let left = if fits { x + 2.0 } else { x - 2.0 - width };
            let meets = |row: usize| {
                flags.iter().any(|(f, w)| {
                    let same = f.row == row && left < f.left + w + 3.0 && f.left < left + width + 3.0;
                    let crosses = f.row >= row && (left - 1.0..left + width + 1.0).contains(&f.x);
                    let crossed = f.row <= row && (f.left - 1.0..f.left + w + 1.0).contains(&x);
                    same || crosses || crossed
                })
            };
            // A line that would cross a name whatever its row keeps the row above all others.
            let above = flags.iter().map(|(f, _)| f.row + 1).max().unwrap_or(0);
            let row = (0..above).find(|r| !meets(*r)).unwrap_or(above);
            flags.push((Flag { x, row, left, text }, width));
        }
        Ok(flags.into_iter().map(|(f, _)| f).collect())
    }

    /// Everything on the page, in the order in which it is painted.
    pub(crate) fn paint(&self) -> Result<Scene> {
        let mut scene = Scene { width: self.figure.width * MM, height: self.height, shapes: Vec::new() };
        for frame in &self.frames {
            backdrop(&mut scene, frame);
        }
        for flags in self.flags.iter().zip(0..) {
            self.flags(&mut scene, flags.0, flags.1)?;
        }
        let single = self.frames.len() == 1;
        for frame in &self.frames {
            data(&mut scene, frame, self.fonts)?;
            axes(&mut scene, frame, self.fonts)?;
            names(&mut scene, frame, self.fonts)?;
            // Letters in reading order: along rows.
            let order = |f: &Frame<'_>| (row(f), f.place.0);
            let before = self.frames.iter().filter(|f| order(f) < order(frame)).count();
            let letter = if single { None } else { char::from_u32('a' as u32 + before as u32) };
            let header = if frame.place.1 == 0 { self.header(frame.stack.tier) } else { 0.0 };
            title(&mut scene, frame, self.fonts, letter, header)?;
        }
        Ok(scene)
    }

    /// Height of the names of critical lines of a tier.
    fn header(&self, tier: usize) -> f64 {
        let here = self.flags.iter().zip(&self.figure.stacks).filter(|(_, stack)| stack.tier == tier);
        LINE * here.flat_map(|(flags, _)| flags).map(|f| f.row + 1).max().unwrap_or(0) as f64
    }

    fn flags(&self, scene: &mut Scene, flags: &[Flag<'a>], s: usize) -> Result<()> {
        let Some(top) = self.in_stack(s).find(|f| f.panel.x.is_none()).map(|f| f.area.top) else { return Ok(()) };
        for flag in flags {
            let base = top - LINE * flag.row as f64 - 2.5;
            critical(scene, flag.x, base - 0.75 * TICK_SIZE, top);
            let style = TextStyle { colour: INK, ..TextStyle::new(TICK_SIZE, Anchor::Start) };
            scene.text(self.fonts, flag.text, (flag.left, base), style)?;
        }
        Ok(())
    }
}

/// A piece of a critical line.
fn critical(scene: &mut Scene, x: f64, top: f64, bottom: f64) {
    let (points, dashes) = (vec![(x, bottom), (x, top)], &[2.4, 1.4][..]);
    scene.shapes.push(Shape::Stroke { points, width: 0.7, colour: Colour::GREY, dashes });
}

/// Areas, shaded intervals, grid, critical lines and levels.
fn backdrop(scene: &mut Scene, frame: &Frame<'_>) {
    let area = frame.area;
    for series in frame.panel.series.iter().filter(|s| s.kind == Kind::Area) {
        scene.shapes.extend(frame.bands(series).into_iter().map(|points| band(series, points)));
    }
    for (lo, hi) in frame.stack.shaded.iter().filter(|_| frame.panel.x.is_none()) {
        if let (Some(a), Some(b)) = (frame.x_at(*lo), frame.x_at(*hi)) {
            let (left, right) = (a.clamp(area.left, area.right), b.clamp(area.left, area.right));
            scene.rectangle(Area { left, right, ..area }, SHADE);
        }
    }
    for (x, _) in ticks_on_x(frame).iter().filter(|t| !t.1.label.is_empty()) {
        scene.stroke(vec![(*x, area.top), (*x, area.bottom)], 0.35, GRID);
    }
    for (y, _) in ticks_on_y(frame).iter().filter(|t| !t.1.label.is_empty()) {
        scene.stroke(vec![(area.left, *y), (area.right, *y)], 0.35, GRID);
    }
    for x in frame.critical() {
        critical(scene, x, area.top, area.bottom);
    }
    for y in frame.panel.levels.iter().filter_map(|l| frame.y_at(l.0)) {
        if (area.top..=area.bottom).contains(&y) {
            scene.stroke(vec![(area.left, y), (area.right, y)], 0.7, Colour::GREY);
        }
    }
}

/// Cells, areas, bands, then lines, then points, each in the order of the series.
fn data(scene: &mut Scene, frame: &Frame<'_>, fonts: &Fonts) -> Result<()> {
    for (area, part, text) in frame.panel.series.iter().flat_map(|series| frame.cells(series)) {
        let colour = Colour::BLUE.faded(0.08 + 0.92 * part.clamp(0.0, 1.0));
        scene.rectangle(area.grown(-0.6), colour);
        let ink = if part > 0.6 { Colour(255, 255, 255) } else { INK };
        let style = TextStyle { colour: ink, ..TextStyle::new(TICK_SIZE, Anchor::Middle) };
        let at = (0.5 * (area.left + area.right), 0.5 * (area.top + area.bottom) + 0.36 * TICK_SIZE);
        if !text.is_empty() {
            scene.text(fonts, text, at, style)?;
        }
    }
    for series in &frame.panel.series {
        // Areas lie below the grid already.
        for points in frame.bands(series).into_iter().filter(|_| series.kind == Kind::Band) {
            scene.shapes.push(band(series, points));
        }
    }
    for series in &frame.panel.series {
        for (points, dash) in frame.lines(series) {
            let (width, colour, dashes) = (series.width, series.colour, dash.lengths());
            scene.shapes.push(Shape::Stroke { points, width, colour, dashes });
        }
    }
    for series in &frame.panel.series {
        for ((x, y), top, bottom) in frame.markers(series) {
            point(scene, series, (x, y), (top, bottom));
        }
    }
    Ok(())
}

/// The band around a curve, through which what is below shows; an area is filled.
fn band(series: &Series, points: Vec<(f64, f64, f64)>) -> Shape {
    let filled = series.kind == Kind::Area;
    let (colour, opacity) = if filled { (series.colour.faded(0.4), 1.0) } else { (series.colour, 0.25) };
    Shape::Band { points, colour, opacity }
}

/// A marker with its error bar, which is left out where the marker hides it.
fn point(scene: &mut Scene, series: &Series, (x, y): (f64, f64), (top, bottom): (f64, f64)) {
    if bottom - top > 2.0 {
        scene.stroke(vec![(x, top), (x, bottom)], 0.8, series.colour);
        for end in [top, bottom] {
            scene.stroke(vec![(x - 1.5, end), (x + 1.5, end)], 0.8, series.colour);
        }
    }
    let points = series.marker.corners().into_iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
    scene.shapes.push(Shape::Polygon { points, colour: series.colour });
}

fn ticks_on_x(frame: &Frame<'_>) -> Vec<(f64, Tick)> {
    let area = frame.area;
    frame.x_ticks().0.into_iter().map(|t| (area.left + frame.x.fraction(t.at) * area.width(), t)).collect()
}

fn ticks_on_y(frame: &Frame<'_>) -> Vec<(f64, Tick)> {
    let area = frame.area;
    frame.y_ticks().0.into_iter().map(|t| (area.bottom - frame.y.fraction(t.at) * area.height(), t)).collect()
}

/// Axes, ticks and their labels.
fn axes(scene: &mut Scene, frame: &Frame<'_>, fonts: &Fonts) -> Result<()> {
    let area = frame.area;
    let lowest = frame.is_lowest();
    scene.stroke(vec![(area.left, area.top), (area.left, area.bottom), (area.right, area.bottom)], 0.7, INK);
    for (x, tick) in ticks_on_x(frame) {
        let length = if tick.label.is_empty() { 0.6 * TICK } else { TICK };
        scene.stroke(vec![(x, area.bottom), (x, area.bottom + length)], 0.6, INK);
        if lowest && !tick.label.is_empty() {
            let style = TextStyle::new(TICK_SIZE, Anchor::Middle);
            scene.text(fonts, &tick.label, (x, area.bottom + TICK + 1.5 + 0.76 * TICK_SIZE), style)?;
        }
    }
    let mut widest = 0.0_f64;
    for (y, tick) in ticks_on_y(frame) {
        let length = if tick.label.is_empty() { 0.6 * TICK } else { TICK };
        scene.stroke(vec![(area.left - length, y), (area.left, y)], 0.6, INK);
        if !tick.label.is_empty() && !frame.unlabelled {
            widest = widest.max(fonts.layout(&tick.label, TICK_SIZE, false)?.width);
            let at = (area.left - TICK - 2.0, y + 0.36 * TICK_SIZE);
            scene.text(fonts, &tick.label, at, TextStyle::new(TICK_SIZE, Anchor::End))?;
        }
    }
    let style = TextStyle { upright: false, ..TextStyle::new(LABEL_SIZE, Anchor::Middle) };
    let label = if frame.unlabelled { Vec::new() } else { frame.y_label(fonts)? };
    for (i, line) in label.iter().rev().enumerate() {
        let x = area.left - TICK - 2.0 - widest - 4.0 - (0.24 + 1.2 * i as f64) * LABEL_SIZE;
        scene.text(fonts, line, (x, 0.5 * (area.top + area.bottom)), style)?;
    }
    if lowest {
        for (i, line) in frame.x_label().iter().enumerate() {
            let y = area.bottom + TICK_LABELS + (1.0 + 1.2 * i as f64) * LABEL_SIZE;
            let at = (0.5 * (area.left + area.right), y);
            scene.text(fonts, line, at, TextStyle::new(LABEL_SIZE, Anchor::Middle))?;
        }
    }
    Ok(())
}

/// Names of levels and curves, and the legend.
fn names(scene: &mut Scene, frame: &Frame<'_>, fonts: &Fonts) -> Result<()> {
    for name in &frame.names {
        let style = TextStyle { colour: name.colour, ..TextStyle::new(TICK_SIZE, Anchor::Start) };
        scene.text(fonts, &name.text, (name.area.left, name.area.top + 0.76 * TICK_SIZE), style)?;
    }
    let Some((area, width)) = frame.legend else { return Ok(()) };
    scene.rectangle(area.grown(1.0), Colour(255, 255, 255));
    let lines = (area.height() / LINE).round().max(1.0) as usize;
    for (i, &k) in frame.unnamed.iter().enumerate() {
        let series = &frame.panel.series[k];
        let (x, y) = (area.left + (i / lines) as f64 * width, area.top + ((i % lines) as f64 + 0.5) * LINE);
        key(scene, series, x, y);
        let style = TextStyle::new(TICK_SIZE, Anchor::Start);
        scene.text(fonts, &series.label, (x + KEY + KEY_GAP, y + 0.36 * TICK_SIZE), style)?;
    }
    Ok(())
}

/// The sample of a series in a legend, centred at height `y`.
fn key(scene: &mut Scene, series: &Series, x: f64, y: f64) {
    let (middle, colour) = (x + 0.5 * KEY, series.colour);
    if series.kind == Kind::Points {
        return point(scene, series, (middle, y), (y - 3.6, y + 3.6));
    }
    if matches!(series.kind, Kind::Band | Kind::Area) {
        scene.shapes.push(band(series, vec![(x, y - 2.6, y + 2.6), (x + KEY, y - 2.6, y + 2.6)]));
    }
    if series.kind == Kind::Area {
        return;
    }
    let dash = if series.kind == Kind::Branch { Dash::Solid } else { series.dash };
    let points = vec![(x, y), (x + KEY, y)];
    scene.shapes.push(Shape::Stroke { points, width: series.width, colour, dashes: dash.lengths() });
}

/// The panel's letter, bold, and its title.
fn title(scene: &mut Scene, frame: &Frame<'_>, fonts: &Fonts, letter: Option<char>, header: f64) -> Result<()> {
    let y = frame.area.top - header - 5.0;
    let mut x = frame.area.left;
    if let Some(letter) = letter {
        let text = letter.to_string();
        let style = TextStyle { bold: true, ..TextStyle::new(LABEL_SIZE + 1.0, Anchor::Start) };
        scene.text(fonts, &text, (x, y), style)?;
        x += fonts.layout(&text, LABEL_SIZE + 1.0, true)?.width + 5.0;
    }
    if frame.panel.title.is_empty() {
        return Ok(());
    }
    scene.text(fonts, &frame.panel.title, (x, y), TextStyle::new(LABEL_SIZE, Anchor::Start))
}
