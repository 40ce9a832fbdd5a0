//! Tables drawn as PNG and SVG; the only crate that knows plotters.
