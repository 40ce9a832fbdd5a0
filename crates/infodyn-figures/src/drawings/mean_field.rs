//! The exponents of the pitchfork on logarithmic axes.

use infodyn_core::Table;

use super::{append, column, with_error};
use crate::{Axis, Colour, DOUBLE_COLUMN, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
The pitchfork of two atoms `+-a` (`a = 1.3`, `ve`, `v = sigma^2`, `v_c = a^2`) has the exponents of mean-field theory. Points: computed \
fixed points of the score; lines: the power laws of C4 with their amplitudes, nothing fitted. Below each, the slope between neighbouring points with its error \
(which grows towards the branching where energies and slopes differ by little more than rounding), and the exponent of the theory (line). \
(a) Order parameter, the stable fixed point. (b) Susceptibility `1/|ds/dx|` on both sides: the same exponent, amplitudes in the ratio 2. (c) Barrier of \
`-log p` between the two stable points. (d) Critical isotherm: the fixed point at `v = v_c` in a uniform field `e` added to the score. In the legends: \
exponents extrapolated to the branching from six distances, with the error of the last digit. Nothing here is random.

Claims: C4 (mean-field-exponents), C2 (pitchfork), E3 (curie-weiss). \
A reconstruction: the paper's own figures were not at hand.
";

/// Four scaling laws, with the slopes between neighbouring points.
///
/// `laws` has the columns `distance`, `field`, `distance_between`, `field_between` and, for each `NAME` of `order`,
/// `barrier`, `chi_below`, `chi_above` (over the distance) and `response` (over the field), `NAME`, `NAME_theory` and
/// `NAME_slope` (over the column `..._between`). `exponents` has one row of `NAME_exponent` and `NAME_exponent_theory`.
///
/// # Errors
/// A missing column, a number that is not finite or, on a logarithmic axis, not positive.
pub fn mean_field(laws: &Table, exponents: &Table) -> Result<Figure> {
    let distance = || Axis::log("distance *δ* = |*v* − *v_{c}*|/*v_{c}*");
    let field = || Axis::log("field *ea*");
    let read = |name: &str| column(laws, name);
    let exponent = |name: &str| -> Result<String> {
        let column = column(exponents, &format!("{name}_exponent"))?;
        Ok(column.values.first().copied().flatten().map_or_else(String::new, with_error))
    };
    let law =
        |panel: Panel, name: &str, over: &str, words: [&str; 2], colour: Colour, marker: Marker| -> Result<Panel> {
            let (at, theory) = (read(over)?, read(&format!("{name}_theory"))?);
            let fitted = format!("{}exponent {}", words[1], exponent(name)?);
            Ok(panel
                .with(Series::line(words[0], at, theory)?.colour(colour).width(0.9))
                .with(Series::points(&fitted, at, read(name)?)?.colour(colour).marker(marker)))
        };
    let slopes = |panel: Panel, name: &str, over: &str, colour: Colour, marker: Marker, dodge: f64| -> Result<Panel> {
        let (at, slope) = (read(&format!("{over}_between"))?, read(&format!("{name}_slope"))?);
        Ok(panel.with(Series::points("", at, slope)?.colour(colour).marker(marker).dodge(dodge)))
    };
    let top = |title: &str, y: &str, x: Axis| Panel::new(title, Axis::log(y)).height(36.0).over(x);
    let below = |x: Axis, centre: f64, reach: f64, theory: &str| -> Result<Panel> {
        let level = column(exponents, &format!("{theory}_exponent_theory"))?;
        let panel = Panel::new("", Axis::linear("slope").between(centre - reach, centre + reach)).height(15.0).over(x);
        Ok(level.values.iter().flatten().fold(panel, |panel, e| panel.level(e.value(), "")))
    };
    let (black, circle, triangle) = (Colour::BLACK, Marker::Circle, Marker::Triangle);
    let order = top("order parameter", "stable point *x*/*a*", distance());
    let order = law(order, "order", "distance", ["theory (3*δ*)^{1/2}", ""], Colour::BLUE, circle)?;
    let order_slope = slopes(below(distance(), 0.5, 0.08, "order")?, "order", "distance", Colour::BLUE, circle, 0.0)?;
    let barrier = top("barrier between the stable points", "Δ*U*", distance());
    let barrier = law(barrier, "barrier", "distance", ["theory 3*δ*²/4", ""], Colour::GREEN, triangle)?;
    let barrier_slope = below(distance(), 2.0, 0.3, "barrier")?;
    let barrier_slope = slopes(barrier_slope, "barrier", "distance", Colour::GREEN, triangle, 0.0)?;
    let chi = top("susceptibility", "*χ*/*v_{c}*", distance());
    let above = ["theory 1/*δ*", "above *v_{c}*, "];
    let chi = law(chi, "chi_above", "distance", above, Colour::PURPLE, Marker::Diamond)?;
    let chi =
        law(chi, "chi_below", "distance", ["theory 1/(2*δ*)", "below *v_{c}*, "], Colour::VERMILION, Marker::Square)?;
    let chi_slope = below(distance(), -1.0, 0.3, "chi_above")?;
    let chi_slope = slopes(chi_slope, "chi_above", "distance", Colour::PURPLE, Marker::Diamond, -1.2)?;
    let chi_slope = slopes(chi_slope, "chi_below", "distance", Colour::VERMILION, Marker::Square, 1.2)?;
    let isotherm = top("critical isotherm", "point *x*/*a* at *v_{c}*", field());
    let isotherm = law(isotherm, "response", "field", ["theory (3*ea*)^{1/3}", ""], black, circle)?;
    let isotherm_slope = slopes(below(field(), 1.0 / 3.0, 0.08, "response")?, "response", "field", black, circle, 0.0)?;
    let stack = |panels: [Panel; 4]| panels.into_iter().fold(Stack::new(Axis::log("")), Stack::with);
    Ok(Figure {
        name: "mean-field".into(),
        title: "Mean-field exponents of the pitchfork".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![
            stack([order, order_slope, barrier, barrier_slope]),
            stack([chi, chi_slope, isotherm, isotherm_slope]),
        ],
        shared_y: false,
        data: append(&[laws, exponents]),
    })
}
