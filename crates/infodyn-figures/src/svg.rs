//! A scene as SVG. Text is written as outlines, as the page must look the same where the font is
//! not installed; its characters stand beside it in `data-text`.

use std::collections::BTreeMap;
use std::fmt::Write;

use ab_glyph::OutlineCurve;

use crate::scene::{At, Colour, Scene, Shape};
use crate::text::Fonts;

/// A length with at most two decimals.
fn number(x: f64) -> String {
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

fn hex(c: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", c.0, c.1, c.2)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn path(points: impl IntoIterator<Item = At>) -> String {
    let mut d = String::new();
    for (i, (x, y)) in points.into_iter().enumerate() {
        let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(x), number(y));
    }
    d
}

/// Outline of a glyph in font units, y downward.
fn outline(curves: &[OutlineCurve]) -> String {
    let mut d = String::new();
    let mut end = None;
    for curve in curves {
        let (start, rest, letter) = match curve {
            OutlineCurve::Line(a, b) => (a, vec![b], 'L'),
            OutlineCurve::Quad(a, b, c) => (a, vec![b, c], 'Q'),
            OutlineCurve::Cubic(a, b, c, e) => (a, vec![b, c, e], 'C'),
        };
        if end != Some(*start) {
            let _ = write!(d, "M{} {}", number(f64::from(start.x)), number(-f64::from(start.y)));
        }
        d.push(letter);
        for (i, p) in rest.iter().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            let _ = write!(d, "{gap}{} {}", number(f64::from(p.x)), number(-f64::from(p.y)));
            end = Some(**p);
        }
    }
    d
}

/// The scene as SVG; `name` keeps its identifiers apart from those of other figures on one page.
pub(crate) fn write(scene: &Scene, fonts: &Fonts, name: &str, title: &str) -> String {
    let mut glyphs = BTreeMap::new();
    let mut body = String::new();
    for shape in &scene.shapes {
        match shape {
            Shape::Stroke { points, width, colour, dashes } => {
                let _ = write!(
                    body,
                    r#"<path d="{}" fill="none" stroke="{}" stroke-width="{}""#,
                    path(points.iter().copied()),
                    hex(*colour),
                    number(*width)
                );
                if !dashes.is_empty() {
                    let list: Vec<_> = dashes.iter().map(|&v| number(v)).collect();
                    let _ = write!(body, r#" stroke-dasharray="{}""#, list.join(" "));
                }
                body.push_str("/>\n");
            }
            Shape::Polygon { points, colour } => {
                let _ = writeln!(body, r#"<path d="{}Z" fill="{}"/>"#, path(points.iter().copied()), hex(*colour));
            }
            Shape::Band { points, colour, opacity } => {
                let upper = points.iter().map(|&(x, u, _)| (x, u));
                let lower = points.iter().rev().map(|&(x, _, l)| (x, l));
                let (d, fill) = (path(upper.chain(lower)), hex(*colour));
                let _ = writeln!(body, r#"<path d="{d}Z" fill="{fill}" fill-opacity="{}"/>"#, number(*opacity));
            }
            Shape::Text { text, layout, at: (x, y), upright, colour } => {
                let turn = if *upright { "" } else { " rotate(-90)" };
                let place = format!("translate({} {}){turn}", number(*x), number(*y));
                let _ = write!(body, r#"<g data-text="{}" fill="{}" transform="{place}">"#, escape(text), hex(*colour));
                for g in &layout.glyphs {
                    let curves = fonts.outline(g.face, g.id);
                    if curves.is_empty() {
                        continue;
                    }
                    let id = format!("{name}-{}{}", g.face.letter(), g.id.0);
                    let scale = g.size / fonts.units_per_em(g.face);
                    let (dx, dy) = (number(g.dx), number(-g.dy));
                    let _ = write!(body, r##"<use href="#{id}" transform="translate({dx} {dy}) scale({scale:.6})"/>"##);
                    glyphs.entry(id).or_insert_with(|| outline(&curves));
                }
                body.push_str("</g>\n");
            }
        }
    }
    let (w, h) = (scene.width, scene.height);
    let mm = 25.4 / 72.0;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}mm" height="{}mm" viewBox="0 0 {} {}" role="img">"#,
        number(w * mm),
        number(h * mm),
        number(w),
        number(h)
    );
    let _ = writeln!(svg, "\n<title>{}</title>\n<defs>", escape(title));
    for (id, d) in glyphs {
        let _ = writeln!(svg, r#"<path id="{id}" d="{d}"/>"#);
    }
    let _ = write!(
        svg,
        "</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <g stroke-linejoin=\"round\" stroke-linecap=\"butt\">\n{body}</g>\n</svg>\n"
    );
    svg
}
