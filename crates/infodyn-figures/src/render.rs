//! A figure as files.

use crate::figure::Figure;
use crate::page::Page;
use crate::scene::Scene;
use crate::text::Fonts;
use crate::{Result, raster, svg};

/// The files of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// `NAME.png`: 300 dots an inch at print size.
    pub png: Vec<u8>,
    /// `NAME.svg`: text as outlines.
    pub svg: String,
    /// `NAME.md`: title and caption.
    pub caption: String,
}

impl Figure {
    /// Draws the figure. The same figure gives the same bytes.
    ///
    /// # Errors
    /// Whatever keeps a number or a label from being drawn where it can be read.
    pub fn render(&self) -> Result<Rendered> {
        let fonts = Fonts::load()?;
        let scene = self.scene(&fonts)?;
        Ok(Rendered {
            png: raster::write(&scene, &fonts)?,
            svg: svg::write(&scene, &fonts, &self.name, &self.title),
            caption: format!("# {}\n\n{}\n", self.title, self.caption.trim()),
        })
    }

    fn scene(&self, fonts: &Fonts) -> Result<Scene> {
        let scene = Page::arrange(self, fonts)?.paint()?;
        scene.check()?;
        Ok(scene)
    }
}
