//! Sharpening with dimension, in six coordinates.

use infodyn_core::{Column, Table};

use super::{append, column};
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
The window of a decision, `Var h` of two atoms `+-mu` with `|mu|^2 = D`, for `D = 2^2, 2^5, .., 2^20` (light to dark), under VP (`ou`, above) and `edm` (middle): the same \
law and, at equal `gamma`, the same `Var h`. Noise grows to the right; the index `V` marks the peak. \
In its native clock the window of VP moves and keeps its width, that of `edm` widens with its place. Over its place (b, e) the window of VP sharpens \
and that of `edm` is one curve for all `D`. In a logarithm it is the other way round: in `log gamma` (c) VP has one curve too, and in \
`log sigma/log sigma_V` (f) `edm` sharpens. (g, h, i) Full width at half maximum in the coordinate above it, against `D`: `sqrt(D)`, \
constant, or falling as `1/log D`. Sharpening is a statement about a coordinate. \
By quadrature of the pair reduced to its line; errors are below 1e-6 of each number, far below the width of a line.

Claims: C9 (sharpening), C8 (universal-offsets). \
A reconstruction: the paper's own figures were not at hand.
";

/// Windows of `Var h` for several dimensions in six coordinates, and their widths.
///
/// `windows` has, for each exponent `n` of the dimension `2^n`, the columns `ou_variance_n` and `edm_variance_n` and
/// their abscissas `ou_t_n`, `ou_ratio_n`, `ou_log_n`, `edm_sigma_n`, `edm_ratio_n`, `edm_log_n`. `widths` has
/// `dimension` and the widths `ou_t`, `ou_ratio`, `ou_log`, `edm_sigma`, `edm_ratio`, `edm_log`.
///
/// # Errors
/// A missing column, a number that is not finite.
pub fn sharpening(windows: &Table, widths: &Table) -> Result<Figure> {
    let suffixes: Vec<&str> = windows.columns.iter().filter_map(|c| c.name.strip_prefix("ou_t_")).collect();
    let window = |title: &str, x: Axis, process: &str, coordinate: &str| -> Result<Panel> {
        let mut panel = Panel::new(title, Axis::linear("Var *h*(*X_{t}*)").unit("nats²")).height(33.0).over(x);
        for (i, n) in suffixes.iter().enumerate() {
            let read = |what: &str| column(windows, &format!("{process}_{what}_{n}"));
            let colour = Colour::ordered(i as f64 / (suffixes.len() - 1) as f64);
            let named = (process, coordinate) == ("ou", "t");
            let label = if named { format!("2^{{{n}}}") } else { String::new() };
            panel = panel.with(Series::line(&label, read(coordinate)?, read("variance")?)?.colour(colour).direct());
        }
        Ok(panel)
    };
    let width = |coordinate: &str, native: &str, labels: [&str; 2]| -> Result<Panel> {
        let read = |name: String| -> Result<&Column> { column(widths, &name) };
        let at = read("dimension".into())?;
        let dimension = Axis::log("dimension *D*");
        let ou = read(format!("ou_{}", if coordinate == "native" { "t" } else { coordinate }))?;
        let edm = read(format!("edm_{}", if coordinate == "native" { native } else { coordinate }))?;
        Ok(Panel::new("width at half maximum", Axis::log("width"))
            .height(33.0)
            .over(dimension)
            .with(Series::line("", at, ou)?.colour(Colour::BLUE))
            .with(Series::points(labels[0], at, ou)?.colour(Colour::BLUE))
            .with(Series::line("", at, edm)?.colour(Colour::VERMILION).dash(Dash::Dashed))
            .with(Series::points(labels[1], at, edm)?.colour(Colour::VERMILION).marker(Marker::Square)))
    };
    let stack =
        |above: Panel, below: Panel, widths: Panel| Stack::new(Axis::linear("")).with(above).with(below).with(widths);
    let stacks = vec![
        stack(
            window("VP: moves", Axis::linear("time *t*").between(0.0, 9.5), "ou", "t")?,
            window("EDM: widens", Axis::linear("*σ*").between(0.0, 1900.0), "edm", "sigma")?,
            width("native", "sigma", ["VP, *t*", "EDM, *σ*"])?,
        ),
        stack(
            window("VP: sharpens", Axis::linear("*t*/*t_{V}*").between(0.0, 3.0), "ou", "ratio")?,
            window("EDM: one curve", Axis::linear("*σ*/*σ_{V}*").between(0.0, 3.0), "edm", "ratio")?,
            width("ratio", "", ["VP, *t*/*t_{V}*", "EDM, *σ*/*σ_{V}*"])?,
        ),
        stack(
            window("VP: one curve", Axis::linear("log(*γ_{V}*/*γ*)").between(-3.6, 5.6), "ou", "log")?,
            window("EDM: sharpens", Axis::linear("log *σ*/log *σ_{V}*").between(-1.0, 3.0), "edm", "log")?,
            width("log", "", ["VP, log *γ*", "EDM, log *σ*/log *σ_{V}*"])?,
        ),
    ];
    Ok(Figure {
        name: "sharpening".into(),
        title: "Sharpening with dimension: the claim and its coordinate".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks,
        shared_y: true,
        data: append(&[windows, widths]),
    })
}
