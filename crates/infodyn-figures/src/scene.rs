//! What is on a page: a list of shapes in points (1/72 inch) from the top left corner, in the order
//! in which they are painted.

use crate::text::{Fonts, Layout};
use crate::{Error, Result};

/// A colour, 8 bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// The palette of Okabe and Ito, told apart with every common form of colour blindness.
///
/// # Source
/// M. Okabe, K. Ito, *Color Universal Design* (2008).
impl Colour {
    /// Black.
    pub const BLACK: Self = Self(0, 0, 0);
    /// Orange.
    pub const ORANGE: Self = Self(230, 159, 0);
    /// Sky blue.
    pub const SKY: Self = Self(86, 180, 233);
    /// Bluish green.
    pub const GREEN: Self = Self(0, 158, 115);
    /// Yellow; too pale for lines and text, for areas only.
    pub const YELLOW: Self = Self(240, 228, 66);
    /// Blue.
    pub const BLUE: Self = Self(0, 114, 178);
    /// Vermilion.
    pub const VERMILION: Self = Self(213, 94, 0);
    /// Reddish purple.
    pub const PURPLE: Self = Self(204, 121, 167);
    /// Grey, for what is not data.
    pub const GREY: Self = Self(110, 110, 110);

    /// The colour mixed with black until text in it reads on white (4.5 to 1, as WCAG asks).
    #[must_use]
    pub fn for_text(self) -> Self {
        let mut c = self;
        while 1.05 / (c.luminance() + 0.05) < 4.5 {
            let darker = |v: u8| (f64::from(v) * 0.95) as u8;
            c = Self(darker(c.0), darker(c.1), darker(c.2));
        }
        c
    }

    /// The colour mixed with white: `strength` 1 leaves it, 0 gives white.
    #[must_use]
    pub fn faded(self, strength: f64) -> Self {
        let mix = |v: u8| (255.0 - strength.clamp(0.0, 1.0) * (255.0 - f64::from(v))).round() as u8;
        Self(mix(self.0), mix(self.1), mix(self.2))
    }

    /// A colour for place `part` of an order, from 0 to 1: sky blue over blue to black, darker all the way.
    #[must_use]
    pub fn ordered(part: f64) -> Self {
        let part = 2.0 * part.clamp(0.0, 1.0);
        let (from, to, share) =
            if part < 1.0 { (Self::SKY, Self::BLUE, part) } else { (Self::BLUE, Self::BLACK, part - 1.0) };
        let mix = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
        Self(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
    }

    /// Relative luminance of sRGB, from 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

/// A point of the page: rightward, downward.
pub(crate) type At = (f64, f64);

/// An axis-parallel box: left, top, right, bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Area {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn contains(&self, (x, y): At) -> bool {
        x >= self.left && x <= self.right && y >= self.top && y <= self.bottom
    }

    pub(crate) fn within(&self, outer: &Self) -> bool {
        self.left >= outer.left && self.right <= outer.right && self.top >= outer.top && self.bottom <= outer.bottom
    }

    pub(crate) fn overlaps(&self, o: &Self) -> bool {
        self.left < o.right && o.left < self.right && self.top < o.bottom && o.top < self.bottom
    }

    /// Grown by `d` on every side.
    pub(crate) fn grown(&self, d: f64) -> Self {
        Self { left: self.left - d, top: self.top - d, right: self.right + d, bottom: self.bottom + d }
    }
}

/// Something painted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// A stroke through `points`, with the lengths of dashes and gaps in turn (none: solid).
    Stroke { points: Vec<At>, width: f64, colour: Colour, dashes: &'static [f64] },
    /// A convex polygon.
    Polygon { points: Vec<At>, colour: Colour },
    /// The area between two curves over the same increasing abscissas: `(x, upper, lower)`.
    Band { points: Vec<(f64, f64, f64)>, colour: Colour, opacity: f64 },
    /// Text with the origin of its baseline `at`, turned a quarter left when `upright` is false.
    Text { text: String, layout: Layout, at: At, upright: bool, colour: Colour },
}

/// Where a text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextStyle {
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) colour: Colour,
    pub(crate) anchor: Anchor,
    pub(crate) upright: bool,
}

impl TextStyle {
    pub(crate) fn new(size: f64, anchor: Anchor) -> Self {
        Self { size, bold: false, colour: Colour::BLACK, anchor, upright: true }
    }
}

/// A page with its shapes.
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) shapes: Vec<Shape>,
}

impl Scene {
    pub(crate) fn stroke(&mut self, points: Vec<At>, width: f64, colour: Colour) {
        self.shapes.push(Shape::Stroke { points, width, colour, dashes: &[] });
    }

    pub(crate) fn rectangle(&mut self, a: Area, colour: Colour) {
        let points = vec![(a.left, a.top), (a.right, a.top), (a.right, a.bottom), (a.left, a.bottom)];
        self.shapes.push(Shape::Polygon { points, colour });
    }

    /// Sets `text` with its baseline at `at`; the anchor moves it along the baseline.
    pub(crate) fn text(&mut self, fonts: &Fonts, text: &str, at: At, style: TextStyle) -> Result<()> {
        let layout = fonts.layout(text, style.size, style.bold)?;
        let back = match style.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5 * layout.width,
            Anchor::End => layout.width,
        };
        let at = if style.upright { (at.0 - back, at.1) } else { (at.0, at.1 + back) };
        let (upright, colour) = (style.upright, style.colour);
        self.shapes.push(Shape::Text { text: text.into(), layout, at, upright, colour });
        Ok(())
    }

    /// Every text with the box that it fills.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, Area)> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Text { text, layout: l, at: (x, y), upright: true, .. } => {
                Some((text.as_str(), Area { left: *x, top: y - l.ascent, right: x + l.width, bottom: y + l.descent }))
            }
            Shape::Text { text, layout: l, at: (x, y), .. } => {
                Some((text.as_str(), Area { left: x - l.ascent, top: y - l.width, right: x + l.descent, bottom: *y }))
            }
            _ => None,
        })
    }

    /// Refuses a page on which a text is cut by the edge or runs into another.
    ///
    /// # Errors
    /// [`Error::TextOutside`], [`Error::TextsOverlap`].
    pub(crate) fn check(&self) -> Result<()> {
        let page = Area { left: 0.0, top: 0.0, right: self.width, bottom: self.height };
        let texts: Vec<_> = self.texts().collect();
        for (i, (text, area)) in texts.iter().enumerate() {
            if !area.within(&page) {
                return Err(Error::TextOutside { text: (*text).into() });
            }
            // Ascent and descent are those of the tallest letters: boxes may touch.
            if let Some((other, _)) = texts[..i].iter().find(|(_, o)| o.grown(-0.5).overlaps(area)) {
                return Err(Error::TextsOverlap { text: (*text).into(), other: (*other).into() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_of_colours_darkens() {
        let luminances: Vec<f64> = (0..=10).map(|i| Colour::ordered(f64::from(i) / 10.0).luminance()).collect();
        assert!(luminances.windows(2).all(|l| l[0] > l[1]), "{luminances:?}");
        assert_eq!((Colour::ordered(0.0), Colour::ordered(1.0)), (Colour::SKY, Colour::BLACK));
    }

    #[test]
    fn a_page_with_cut_or_crossing_texts_is_refused() {
        let fonts = Fonts::load().unwrap();
        let check = |texts: &[(&str, At, bool)]| {
            let mut scene = Scene { width: 100.0, height: 50.0, shapes: Vec::new() };
            for &(text, at, upright) in texts {
                let style = TextStyle { upright, ..TextStyle::new(8.0, Anchor::Middle) };
                scene.text(&fonts, text, at, style).unwrap();
            }
            scene.check()
        };
        assert_eq!(check(&[("middle", (50.0, 30.0), true), ("side", (10.0, 25.0), false)]), Ok(()));
        assert_eq!(check(&[("middle", (95.0, 30.0), true)]), Err(Error::TextOutside { text: "middle".into() }));
        assert_eq!(
            check(&[("a very long text", (10.0, 25.0), false)]),
            Err(Error::TextOutside { text: "a very long text".into() })
        );
        assert_eq!(
            check(&[("one", (50.0, 30.0), true), ("two", (55.0, 33.0), true)]),
            Err(Error::TextsOverlap { text: "two".into(), other: "one".into() })
        );
    }

    #[test]
    fn coloured_text_reads_on_white() {
        let palette = [Colour::ORANGE, Colour::SKY, Colour::GREEN, Colour::YELLOW, Colour::BLUE, Colour::PURPLE];
        for colour in palette {
            assert!(1.05 / (colour.for_text().luminance() + 0.05) >= 4.5, "{colour:?}");
        }
        assert_eq!(Colour::BLUE.for_text(), Colour::BLUE);
        assert_eq!(Colour::BLACK.faded(0.0), Colour(255, 255, 255));
    }
}
