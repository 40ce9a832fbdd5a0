//! A scene as PNG: drawn by plotters on a finer grid of pixels, which are then averaged.

use ab_glyph::{Font, PxScale};
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBAColor, RGBColor};

use crate::scene::{At, Colour, Scene, Shape};
use crate::text::{Fonts, Glyph, Layout};
use crate::{Error, Result};

/// Pixels an inch of the picture.
pub(crate) const DPI: f64 = 300.0;
/// Pixels drawn for each pixel kept, along each side.
const FINER: usize = 3;

type Canvas<'a> = BitMapBackend<'a>;

fn solid(c: Colour) -> RGBColor {
    RGBColor(c.0, c.1, c.2)
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Drawing { reason: error.to_string() }
}

fn round((x, y): At) -> (i32, i32) {
    (x.round() as i32, y.round() as i32)
}

fn length((x, y): At) -> f64 {
    x.hypot(y)
}

/// Cuts a stroke into its dashes.
fn dashed(points: &[At], dashes: &[f64]) -> Vec<Vec<At>> {
    if dashes.is_empty() {
        return vec![points.to_vec()];
    }
    let (mut pieces, mut piece) = (Vec::new(), points.first().copied().into_iter().collect::<Vec<_>>());
    let (mut k, mut left) = (0, dashes[0]);
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let total = length((b.0 - a.0, b.1 - a.1));
        let mut done = 0.0;
        while total - done > left {
            done += left;
            let s = done / total;
            let p = (a.0 + s * (b.0 - a.0), a.1 + s * (b.1 - a.1));
            piece.push(p);
            if k % 2 == 0 {
                pieces.push(std::mem::take(&mut piece));
            }
            piece = vec![p];
            k += 1;
            left = dashes[k % dashes.len()];
        }
        left -= total - done;
        piece.push(b);
    }
    if k % 2 == 0 {
        pieces.push(piece);
    }
    pieces
}

/// A stroke as a rectangle for each segment and a disc at each bend: plotters' own wide paths
/// break at sharp turns between short segments.
fn stroke(canvas: &mut Canvas, points: &[At], width: f64, colour: Colour) -> Result<()> {
    let half = (0.5 * width).max(0.5);
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let l = length((b.0 - a.0, b.1 - a.1));
        if l == 0.0 {
            continue;
        }
        let (nx, ny) = (-(b.1 - a.1) / l * half, (b.0 - a.0) / l * half);
        let quad = [(a.0 + nx, a.1 + ny), (b.0 + nx, b.1 + ny), (b.0 - nx, b.1 - ny), (a.0 - nx, a.1 - ny)];
        canvas.fill_polygon(quad.map(round), &solid(colour)).map_err(failed)?;
    }
    for corner in points.windows(3) {
        let (a, b) = (
            (corner[1].0 - corner[0].0, corner[1].1 - corner[0].1),
            (corner[2].0 - corner[1].0, corner[2].1 - corner[1].1),
        );
        // A turn of less than 8 degrees leaves no gap that can be seen.
        let bent = a.0 * b.0 + a.1 * b.1 < 0.99 * length(a) * length(b);
        if bent && half > 1.5 {
            canvas.draw_circle(round(corner[1]), (half - 0.5) as u32, &solid(colour), true).map_err(failed)?;
        }
    }
    Ok(())
}

/// A band column by column, so that no pixel is mixed twice.
fn band(canvas: &mut Canvas, points: &[(f64, f64, f64)], colour: RGBAColor) -> Result<()> {
    for pair in points.windows(2) {
        let ((x0, u0, l0), (x1, u1, l1)) = (pair[0], pair[1]);
        for x in x0.round() as i32..x1.round() as i32 {
            let s = ((f64::from(x) + 0.5 - x0) / (x1 - x0)).clamp(0.0, 1.0);
            let (upper, lower) = (u0 + s * (u1 - u0), l0 + s * (l1 - l0));
            canvas.draw_line((x, upper.round() as i32), (x, lower.round() as i32), &colour).map_err(failed)?;
        }
    }
    Ok(())
}

fn text(canvas: &mut Canvas, fonts: &Fonts, layout: &Layout, at: At, upright: bool, colour: Colour) -> Result<()> {
    for g in &layout.glyphs {
        let font = fonts.face(g.face);
        let scale = PxScale::from((g.size * f64::from(font.height_unscaled()) / fonts.units_per_em(g.face)) as f32);
        // Along and across the baseline; the fraction along it is kept for even spacing.
        let (along, across) = if upright { (at.0 + g.dx, at.1 - g.dy) } else { (-at.1 + g.dx, at.0 - g.dy) };
        let origin = ab_glyph::point(along.rem_euclid(1.0) as f32, across.rem_euclid(1.0) as f32);
        let Some(outlined) = font.outline_glyph(g.id.with_scale_and_position(scale, origin)) else { continue };
        let corner = outlined.px_bounds().min;
        let (u0, v0) = (along.floor() as i32 + corner.x as i32, across.floor() as i32 + corner.y as i32);
        let mut result = Ok(());
        outlined.draw(|u, v, coverage| {
            let (u, v) = (u0 + u as i32, v0 + v as i32);
            let pixel = if upright { (u, v) } else { (v, -u) };
            let ink = solid(colour).mix(f64::from(coverage).min(1.0)).to_backend_color();
            if result.is_ok() {
                result = canvas.draw_pixel(pixel, ink);
            }
        });
        result.map_err(failed)?;
    }
    Ok(())
}

/// The scene as PNG, opaque on white, with its resolution.
///
/// # Errors
/// [`Error::Drawing`] when a picture of that size cannot be drawn.
pub(crate) fn write(scene: &Scene, fonts: &Fonts) -> Result<Vec<u8>> {
    let (w, h) = ((scene.width / 72.0 * DPI).round() as usize, (scene.height / 72.0 * DPI).round() as usize);
    let fine = paint(scene, fonts, w * FINER, h * FINER)?;
    let mut pixels = Vec::with_capacity(3 * w * h);
    for y in 0..h {
        for x in 0..w {
            for channel in 0..3 {
                let mut sum = 0;
                for i in 0..FINER * FINER {
                    let (row, column) = (y * FINER + i / FINER, x * FINER + i % FINER);
                    sum += usize::from(fine[3 * (row * w * FINER + column) + channel]);
                }
                pixels.push(((sum + FINER * FINER / 2) / (FINER * FINER)) as u8);
            }
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, w as u32, h as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let per_metre = (DPI / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

/// Paints the scene on `w` by `h` pixels, three bytes each, row-major.
fn paint(scene: &Scene, fonts: &Fonts, w: usize, h: usize) -> Result<Vec<u8>> {
    let mut buffer = vec![255; 3 * w * h];
    let mut canvas = Canvas::with_buffer_and_format(&mut buffer, (w as u32, h as u32)).map_err(failed)?;
    let scale = w as f64 / scene.width;
    let place = |(x, y): At| (x * scale, y * scale);
    for shape in &scene.shapes {
        match shape {
            Shape::Stroke { points, width, colour, dashes } => {
                for piece in dashed(points, dashes) {
                    let piece: Vec<_> = piece.into_iter().map(place).collect();
                    stroke(&mut canvas, &piece, width * scale, *colour)?;
                }
            }
            Shape::Polygon { points, colour } => {
                let points: Vec<_> = points.iter().map(|&p| round(place(p))).collect();
                canvas.fill_polygon(points, &solid(*colour)).map_err(failed)?;
            }
            Shape::Band { points, colour, opacity } => {
                let points: Vec<_> = points.iter().map(|&(x, u, l)| (x * scale, u * scale, l * scale)).collect();
                band(&mut canvas, &points, solid(*colour).mix(*opacity))?;
            }
            Shape::Text { layout, at, upright, colour, .. } => {
                let glyphs = layout
                    .glyphs
                    .iter()
                    .map(|g| Glyph { dx: g.dx * scale, dy: g.dy * scale, size: g.size * scale, ..*g })
                    .collect();
                let layout = Layout { glyphs, ..layout.clone() };
                text(&mut canvas, fonts, &layout, place(*at), *upright, *colour)?;
            }
        }
    }
    canvas.present().map_err(failed)?;
    drop(canvas);
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_keep_their_length_around_a_corner() {
        let pieces = dashed(&[(0.0, 0.0), (3.0, 0.0), (3.0, 7.0)], &[2.0, 1.0]);
        let lengths: Vec<f64> =
            pieces.iter().map(|p| p.windows(2).map(|w| length((w[1].0 - w[0].0, w[1].1 - w[0].1))).sum()).collect();
        assert_eq!(lengths, [2.0, 2.0, 2.0, 1.0]);
    }
}
