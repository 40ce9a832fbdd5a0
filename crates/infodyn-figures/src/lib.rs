//! Tables drawn as PNG and SVG; the only crate that knows plotters.
//!
//! A figure is a pure reader: it takes [`Table`](infodyn_core::Table)s whose numbers were computed elsewhere, and does
//! no numerics. [`Figure`] holds [`Stack`]s of [`Panel`]s that share a horizontal axis; a panel holds [`Series`].
//! Labels and legends are put where no data are, and a page on which a text is cut or runs into another is refused.
//!
//! No system font is used: the fonts of `fonts/` are part of the crate, and text is drawn as outlines. The same tables
//! give the same bytes.

mod axis;
mod drawings;
mod error;
mod figure;
mod frame;
mod page;
mod place;
mod raster;
mod render;
mod scene;
mod series;
mod svg;
mod text;

pub use axis::{Axis, Scale};
pub use drawings::{
    Guidance, SymmetryBreaking, bandwidth_identity, filter, generative_bandwidth, guidance, hierarchy, many_classes,
    mean_field, offsets, pathwise_entropy, phase_diagram, real_data, schedule_costs, schedules, sharpening,
    speciation_collapse, symmetry_breaking,
};
pub use error::Error;
pub use figure::{DOUBLE_COLUMN, Figure, Panel, SINGLE_COLUMN, Stack};
pub use render::Rendered;
pub use scene::Colour;
pub use series::{Dash, Marker, Series};

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
