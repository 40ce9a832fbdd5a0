//! Text as glyph outlines of the fonts that ship with the crate, so that its extent is known and
//! no font of the reader's machine is needed.

use ab_glyph::{Font, FontRef, GlyphId, OutlineCurve};

use crate::{Error, Result};

/// A cut of the shipped font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    Regular,
    Bold,
    Oblique,
}

impl Face {
    /// A letter that names the cut in identifiers.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Regular => 'r',
            Self::Bold => 'b',
            Self::Oblique => 'o',
        }
    }
}

/// The shipped fonts, parsed.
pub(crate) struct Fonts {
    faces: [FontRef<'static>; 3],
}

/// One glyph of a laid-out text: its baseline origin relative to the text's, and the size of an em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) face: Face,
    pub(crate) id: GlyphId,
    /// Rightward, points.
    pub(crate) dx: f64,
    /// Upward, points.
    pub(crate) dy: f64,
    /// Em, points.
    pub(crate) size: f64,
}

/// A text set on one line, with its extent about the origin of its baseline, points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) width: f64,
    pub(crate) ascent: f64,
    pub(crate) descent: f64,
}

/// Scale of sub- and superscripts, and how far they are lowered and raised, in ems.
const SCRIPT: f64 = 0.72;
const SUBSCRIPT: f64 = -0.18;
const SUPERSCRIPT: f64 = 0.36;

impl Fonts {
    pub(crate) fn load() -> Result<Self> {
        let parse = |bytes: &'static [u8]| FontRef::try_from_slice(bytes).map_err(|_| Error::BrokenFont);
        Ok(Self {
            faces: [
                parse(include_bytes!("../fonts/DejaVuSans.ttf"))?,
                parse(include_bytes!("../fonts/DejaVuSans-Bold.ttf"))?,
                parse(include_bytes!("../fonts/DejaVuSans-Oblique.ttf"))?,
            ],
        })
    }

    /// The font of a face.
    pub(crate) fn face(&self, face: Face) -> &FontRef<'static> {
        &self.faces[face as usize]
    }

    /// Units of the font in an em.
    pub(crate) fn units_per_em(&self, face: Face) -> f64 {
        self.face(face).units_per_em().map_or(2048.0, f64::from)
    }

    /// Outline of a glyph in font units, y upward.
    pub(crate) fn outline(&self, face: Face, id: GlyphId) -> Vec<OutlineCurve> {
        self.face(face).outline(id).map_or_else(Vec::new, |o| o.curves)
    }

    /// Sets `text` with an em of `size` points. `*x*` is oblique, `_{x}` a subscript and `^{x}` a
    /// superscript.
    ///
    /// # Errors
    /// [`Error::MissingGlyph`] for a character that the shipped fonts lack.
    pub(crate) fn layout(&self, text: &str, size: f64, bold: bool) -> Result<Layout> {
        let mut layout = Layout { glyphs: Vec::new(), width: 0.0, ascent: 0.0, descent: 0.0 };
        let (mut oblique, mut raise, mut scale) = (false, 0.0, 1.0);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' => oblique = !oblique,
                '_' | '^' if chars.peek() == Some(&'{') => {
                    chars.next();
                    raise = if c == '_' { SUBSCRIPT } else { SUPERSCRIPT };
                    scale = SCRIPT;
                }
                '}' if scale < 1.0 => (raise, scale) = (0.0, 1.0),
                _ => {
                    let face = if oblique {
                        Face::Oblique
                    } else if bold {
                        Face::Bold
                    } else {
                        Face::Regular
                    };
                    let font = self.face(face);
                    let id = font.glyph_id(c);
                    if id.0 == 0 {
                        return Err(Error::MissingGlyph { character: c, text: text.into() });
                    }
                    let em = scale * size;
                    let dy = raise * size;
                    layout.glyphs.push(Glyph { face, id, dx: layout.width, dy, size: em });
                    layout.width += f64::from(font.h_advance_unscaled(id)) / self.units_per_em(face) * em;
                    // Heights of the tallest letters of the font, not of the line.
                    layout.ascent = layout.ascent.max(dy + 0.76 * em);
                    layout.descent = layout.descent.max(0.24 * em - dy);
                }
            }
        }
        Ok(layout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_has_the_letters_of_the_theory() {
        let fonts = Fonts::load().unwrap();
        let letters = "αβγδεηθικλμνξπρστφχψωΓΔΘΛΣΦΨΩ∂∇∞√∑∫∝≈≠≤≥±×·−→←↔²³₀₁₂ℓ⟨⟩|°–’“”";
        for (bold, mark) in [(false, ""), (true, ""), (false, "*")] {
            let layout = fonts.layout(&format!("{mark}{letters}{mark}"), 8.0, bold).unwrap();
            assert_eq!(layout.glyphs.len(), letters.chars().count());
        }
        assert_eq!(fonts.layout("漢", 8.0, false), Err(Error::MissingGlyph { character: '漢', text: "漢".into() }));
    }

    #[test]
    fn scripts_are_small_and_shifted() {
        let fonts = Fonts::load().unwrap();
        let layout = fonts.layout("10^{−3}*X_{t}*", 10.0, false).unwrap();
        let sizes: Vec<_> = layout.glyphs.iter().map(|g| (g.face, g.size, g.dy)).collect();
        let (regular, oblique) = (Face::Regular, Face::Oblique);
        assert_eq!(sizes[1], (regular, 10.0, 0.0));
        assert_eq!(sizes[3], (regular, 10.0 * SCRIPT, 10.0 * SUPERSCRIPT));
        assert_eq!(sizes[5], (oblique, 10.0 * SCRIPT, 10.0 * SUBSCRIPT));
        // Advances of the font: 1303 units of 2048 for a digit.
        assert_eq!(layout.glyphs[1].dx, 10.0 * 1303.0 / 2048.0);
    }
}
