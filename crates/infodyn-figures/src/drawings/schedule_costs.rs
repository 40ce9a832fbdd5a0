//! What schedules cost: the path of the ancestral sampler by clock and law, and the ends of four samplers.

use infodyn_core::Table;

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
(a-d) What a path of the ancestral sampler loses against the true reverse process, `KL(truth from sampler)` of the whole path, by the number of times \
that it calls the denoiser, with the exact denoiser and start, for six ways to space the noise levels between the same two ends. (a) Two atoms `+-1`, \
`gamma` from 0.01 to 40. (b) Three Gaussians on a line, at -2, 0.5 and 2.5, of weights 0.5, 0.3, 0.2 and variances 0.09, 0.25, 0.01, `gamma` from 0.01 to 400. \
(c) A Gaussian of variances 1, 0.01 and 0.0001, `sigma/alpha` from 80 to 0.002. (d) 1797 handwritten digits of 64 pixels from -1 to 1, `sigma/alpha` from 80 to 0.2. \
Black: the levels that cost least, the floor of every spacing. EDM: the spacing of Karras et al. (2022), exponent 7; log-SNR: equal steps of `log gamma`; cosine: of `arctan(sigma/alpha)`; \
flow: of the time of a rectified flow; entropic: of the information. The entropic clock is near the floor for laws with a density and far above it for atoms, \
where it leaves the last decisions to few steps. (e, f) `KL(sampler from truth)` of the samples alone, for the Gaussian of (c), by four samplers at equal numbers of calls (Heun's method makes two a step), \
on two spacings: the ends are far better than the paths; DPM-Solver++ 2M is best throughout, and Heun's method overtakes DDIM between 24 and 48 calls. (a-c, e, f) By integration and by formula: every error is below the width of a line. \
(d) An interval of level 0.997 over 512 draws, the same at all levels.

Claims: S1 (path-kl), S2 (path-clock), S4 (gaussian-samplers), S5 (gaussian-budget), B10 (entropic-time).
";

/// The clocks: name of the column, label, colour and dash; the floor last, so that it is painted over the others.
const CLOCKS: [(&str, &str, Colour, Dash); 6] = [
    ("edm", "EDM", Colour::BLUE, Dash::Solid),
    ("log", "log-SNR", Colour::SKY, Dash::Dashed),
    ("cosine", "cosine", Colour::GREEN, Dash::DashDot),
    ("flow", "flow", Colour::ORANGE, Dash::Dotted),
    ("entropic", "entropic", Colour::VERMILION, Dash::Solid),
    ("least", "least", Colour::BLACK, Dash::Solid),
];

const SAMPLERS: [(&str, &str, Colour, Marker); 4] = [
    ("ancestral", "ancestral", Colour::VERMILION, Marker::Circle),
    ("ddim", "DDIM", Colour::BLUE, Marker::Square),
    ("heun", "Heun", Colour::GREEN, Marker::Triangle),
    ("multistep", "DPM-Solver++ 2M", Colour::PURPLE, Marker::Diamond),
];

/// The price of six clocks on four laws, and the error of four samplers on two.
///
/// `table` is that of `infodyn_claims::tables::schedule_costs`; without the columns of the digits their panel is left
/// out.
///
/// # Errors
/// A missing column, a number that is not finite or not positive.
pub fn schedule_costs(table: &Table) -> Result<Figure> {
    let axis = || Axis::log("calls of the denoiser").between(1.8, 142.0);
    let mut laws = vec![price(table, "atoms", "two atoms", true)?];
    if table.column("digits_least").is_some() {
        laws.push(price(table, "digits", "handwritten digits", false)?);
    }
    let mixture = price(table, "mixture", "three Gaussians on a line", false)?;
    let gaussian = price(table, "gaussian", "Gaussian, *D* = 3", false)?;
    let stacks = vec![
        laws.into_iter().fold(Stack::new(axis()), Stack::with),
        Stack::new(axis()).with(mixture).with(ends(table, "log", "ends of (c), log-SNR", true)?),
        Stack::new(axis()).with(gaussian).with(ends(table, "edm", "ends of (c), EDM", false)?),
    ];
    Ok(Figure {
        name: "schedule-costs".into(),
        title: "What a schedule costs".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks,
        shared_y: false,
        data: table.clone(),
    })
}

/// The path divergence on a law by each clock.
fn price(table: &Table, law: &str, title: &str, named: bool) -> Result<Panel> {
    let calls = column(table, "calls")?;
    let mut panel = Panel::new(title, Axis::log("path divergence").unit("nats")).height(52.0);
    for (clock, label, colour, dash) in CLOCKS {
        let label = if named { label } else { "" };
        let width = if clock == "least" { 1.8 } else { 1.2 };
        let curve = Series::band(label, calls, column(table, &format!("{law}_{clock}"))?)?;
        panel = panel.with(curve.colour(colour).dash(dash).width(width));
    }
    Ok(panel)
}

/// The divergence of the ends by each sampler on a clock.
fn ends(table: &Table, clock: &str, title: &str, named: bool) -> Result<Panel> {
    let calls = column(table, "calls")?;
    let mut panel = Panel::new(title, Axis::log("end-point divergence").unit("nats")).height(52.0);
    for (sampler, label, colour, marker) in SAMPLERS {
        let label = if named { label } else { "" };
        let found = column(table, &format!("end_{clock}_{sampler}"))?;
        panel = panel
            .with(Series::line("", calls, found)?.colour(colour).width(1.0))
            .with(Series::points(label, calls, found)?.colour(colour).marker(marker));
    }
    Ok(panel)
}
