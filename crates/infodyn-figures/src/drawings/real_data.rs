//! The handwritten digits: what the points lose and what the classes lose.

use infodyn_core::{Column, Estimate, Table};

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
1797 handwritten digits of 64 pixels in ten classes, under `ou`; generation runs from right to left. Left, the points: (a) the bandwidth in the clock `log gamma`, \
`-dH(X_0 | X_t)/dlog gamma`, with that of the Gaussian of the same covariance, which bounds it; (c) the entropy of the posterior over points, and the mean posterior of the own point; \
vertical lines: where the latter is 1/2, and where the information of the Gaussian is `log N`, to the right of which the population's information cannot reach it. Right, the classes: \
all ten, and the two pairs whose means are farthest apart and nearest (named in the legend): (b) the class entropy, (d) its rate in `log gamma`, the increment from one time to the next, \
and (f) the variance of the pathwise class entropy `h(X_t)`, all in units of `log K`. (e) The spectral estimate `(1/2) log Lambda` of the speciation time of each family beside \
the time at which the rate of (d) peaks: bars reach over all stretches between two times that can hold the highest rate; the line is the collapse of (c).

Claims: B2, B3, B6 (bandwidth), B4 (label-production), C7 (speciation), E4 (collapse), C16 (the mean posterior is the agreement of clones). 8192 draws for each family, the same at all times; intervals at level 0.997; \
the program's default seed. A reconstruction: the paper's own figures were not at hand.
";

/// Points at the left, classes at the right. `table` is that of `infodyn_claims::tables::real_data`.
///
/// # Errors
/// A missing column, a number that is not finite, a time that is not positive.
pub fn real_data(table: &Table) -> Result<Figure> {
    Ok(Figure {
        name: "real-data".into(),
        title: "Handwritten digits: points and classes".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![points(table)?, classes(table)?],
        shared_y: false,
        data: table.clone(),
    })
}

fn axis() -> Axis {
    Axis::log("time *t*, data  ←   →  noise").between(0.02, 3.2)
}

fn points(table: &Table) -> Result<Stack> {
    let read = |name: &str| column(table, name);
    let t = read("t")?;
    let bandwidth = Panel::new("bandwidth", Axis::linear("−d*H*(*X*_{0}|*X_{t}*)/d log *γ*").unit("nats"))
        .height(40.0)
        .with(Series::line("Gaussian bound", t, read("gaussian_bandwidth")?)?.dash(Dash::Dotted).width(1.4))
        .with(Series::band("digits", t, read("bandwidth")?)?.colour(Colour::BLUE).width(1.4));
    let posterior = Panel::new("which point it was", Axis::linear("posterior over points"))
        .height(40.0)
        .with(
            Series::band("entropy *H*(*X*_{0}|*X_{t}*)/log *N*", t, read("point_entropy")?)?
                .colour(Colour::BLUE)
                .width(1.4),
        )
        .with(
            Series::band("own point's posterior", t, read("point_agreement")?)?
                .colour(Colour::VERMILION)
                .dash(Dash::Dashed)
                .width(1.4),
        );
    let families = Axis::linear("1: all ten,  2: far pair,  3: near pair").between(0.5, 3.5);
    let mut stack = Stack::new(axis()).with(bandwidth).with(posterior).with(estimates(table)?.over(families));
    for (name, label) in [("collapse", "own point 1/2"), ("gaussian_collapse", "Gaussian *I* = log *N*")] {
        for at in read(name)?.values.iter().flatten() {
            stack = stack.critical(at.value(), label);
        }
    }
    Ok(stack)
}

/// The speciation times of the three families side by side: a family is its number.
fn estimates(table: &Table) -> Result<Panel> {
    let read = |name: &str| column(table, name);
    let mut panel = Panel::new("when the classes part", Axis::linear("time *t*")).height(40.0);
    for (i, name) in ["ten", "far", "near"].into_iter().enumerate() {
        let number = Column { name: name.into(), unit: String::new(), values: vec![Some(Estimate::count(i + 1))] };
        let label = |text: &'static str| if i == 0 { text } else { "" };
        let spectral = Series::points(label("spectral, (1/2) log *Λ*"), &number, read(&format!("{name}_spectral"))?)?;
        let peak = Series::points(label("peak of the rate"), &number, read(&format!("{name}_peak"))?)?;
        panel = panel
            .with(spectral.colour(Colour::ORANGE).marker(Marker::Diamond).dodge(-4.0))
            .with(peak.colour(Colour::GREEN).dodge(4.0));
    }
    for at in read("collapse")?.values.iter().flatten() {
        panel = panel.level(at.value(), "own point 1/2");
    }
    Ok(panel)
}

fn classes(table: &Table) -> Result<Stack> {
    let read = |name: &str| column(table, name);
    let t = read("t")?;
    let pair = |name: &str| -> Result<String> {
        let class = |which: &str| -> Result<String> {
            Ok(read(&format!("{name}_{which}"))?.values.iter().flatten().map(|e| format!("{:.0}", e.value())).collect())
        };
        Ok(format!("{} and {}", class("first")?, class("second")?))
    };
    let families = [
        ("ten", "all ten".to_owned(), Colour::BLACK, Dash::Solid),
        ("far", format!("far pair: {}", pair("far")?), Colour::BLUE, Dash::Dashed),
        ("near", format!("near pair: {}", pair("near")?), Colour::VERMILION, Dash::DashDot),
    ];
    let mut panels = [
        Panel::new("class entropy", Axis::linear("*H*(*Y*|*X_{t}*)/log *K*")),
        Panel::new("its rate", Axis::linear("−d*H*/d log *γ* /log *K*")),
        Panel::new("variance of the pathwise class entropy", Axis::linear("Var *h* /log² *K*")),
    ]
    .map(|p| p.height(40.0));
    for (name, label, colour, dash) in &families {
        let quantities = [(t, "entropy"), (read("t_between")?, "rate"), (t, "variance")];
        for (i, (panel, (x, what))) in panels.iter_mut().zip(quantities).enumerate() {
            let label = if i == 0 { label.as_str() } else { "" };
            let band = Series::band(label, x, read(&format!("{name}_{what}"))?)?;
            *panel = panel.clone().with(band.colour(*colour).dash(*dash).width(1.4));
        }
    }
    Ok(panels.into_iter().fold(Stack::new(axis()), Stack::with))
}
