//! The two figures drawn from small synthetic tables: same bytes, honest gaps, errors for what cannot be drawn.

#![allow(clippy::unwrap_used, reason = "the helpers of a test fail it by panicking")]

use infodyn_core::{Column, Estimate, Table};
use infodyn_figures::{
    Axis, Colour, Dash, Error, Figure, Marker, Panel, Rendered, SINGLE_COLUMN, Series, Stack, bandwidth_identity,
    offsets,
};

/// Mean over `u = k + sqrt(k) z` of `f(u)`, by the trapezoid rule: good to the width of a line.
fn mean(k: f64, f: impl Fn(f64) -> f64) -> f64 {
    let steps = 400;
    (-steps..=steps)
        .map(|i| {
            let z = 8.0 * f64::from(i) / f64::from(steps);
            f(k + k.sqrt() * z) * (-0.5 * z * z).exp() * 8.0 / f64::from(steps) / std::f64::consts::TAU.sqrt()
        })
        .sum()
}

fn entropy(u: f64) -> f64 {
    (2.0 * u.abs().cosh()).ln() - u * u.tanh()
}

/// The root of `x = tanh(k x)` that is not negative.
fn fixed_point(k: f64) -> f64 {
    (0..2000).fold(1.0, |x: f64, _| (k * x).tanh())
}

fn optional(name: &str, values: Vec<Option<f64>>) -> Column {
    Column {
        name: name.into(),
        unit: String::new(),
        values: values.into_iter().map(|v| v.map(Estimate::given)).collect(),
    }
}

fn atoms() -> (Table, Table) {
    let k: Vec<f64> = (-120..=120).map(|i| 10f64.powf(f64::from(i) / 60.0 * (f64::from(i) / 120.0).abs())).collect();
    let root = |k: f64| (k >= 1.0).then(|| if k == 1.0 { 0.0 } else { fixed_point(k) });
    let slope = |k: f64, x: f64| k * (1.0 - x * x) - 1.0;
    let h = |k: f64| mean(k, entropy);
    // Heights of theory.md, section 7.
    let rate = |power: f64, top: f64| move |k: f64| k.powf(power) * mean(k, |u| 1.0 / u.cosh().powi(2)) / top;
    let estimates = |f: &dyn Fn(f64) -> f64| k.iter().map(|&k| Estimate::new(f(k), 1e-6)).collect::<Vec<_>>();
    let mut table = Table::new()
        .with_exact("snr", "", k.iter().copied())
        .with("rate_log_snr", "", estimates(&rate(1.0, 0.479_515_970_635_134)))
        .with("rate_sigma", "", estimates(&rate(1.5, 0.667_770_528_668_034)))
        .with("rate_sigma2", "", estimates(&rate(2.0, 1.130_486_024_893_05)))
        .with("variance", "nats^2", estimates(&|k| mean(k, |u| entropy(u).powi(2)) - h(k).powi(2)));
    let roots: Vec<_> = k.iter().map(|&k| root(k)).collect();
    let slopes: Vec<_> = k.iter().zip(&roots).map(|(&k, x)| x.map(|x| slope(k, x))).collect();
    table.columns.extend([
        optional("fixed_point_upper", roots.clone()),
        optional("fixed_point_centre", vec![Some(0.0); k.len()]),
        optional("fixed_point_lower", roots.iter().map(|r| r.map(|x| -x)).collect()),
        optional("slope_upper", slopes.clone()),
        optional("slope_centre", k.iter().map(|&k| Some(slope(k, 0.0))).collect()),
        optional("slope_lower", slopes),
    ]);
    let critical = Table::new()
        .with_exact("pitchfork", "", [1.0])
        .with_exact("variance_peak", "", [1.345_477_669_725_041_7])
        .with_exact("variance_height", "nats^2", [0.053_628_891_129_723_5])
        .with_exact("rate_log_snr_peak", "", [1.508_330_628_786_381])
        .with_exact("rate_sigma_peak", "", [2.412_648_895_833_228_2])
        .with_exact("rate_sigma2_peak", "", [3.348_668_168_745_850_5]);
    (table, critical)
}

/// A rate with a bump, read by three routes of which the first errs by up to `error`, the last by a tenth of it.
fn rates(rows: i32, scale: f64, error: f64) -> Table {
    let snr: Vec<f64> = (0..rows).map(|i| 10f64.powf(-3.0 + 6.0 * f64::from(i) / f64::from(rows - 1))).collect();
    let rate: Vec<f64> = snr.iter().map(|g| scale * g * (g / (1.0 + g) + 0.4) / (1.0 + g).powi(2)).collect();
    let wobble = |i: usize, size: f64| size * (12.9898 * (i as f64 + 1.0)).sin();
    let noisy = |size: f64| -> Vec<f64> { rate.iter().enumerate().map(|(i, r)| r + wobble(i, size)).collect() };
    let with_radius = |values: Vec<f64>, radius: f64| values.into_iter().map(move |v| Estimate::new(v, radius));
    let residual = |values: Vec<f64>| values.into_iter().zip(&rate).map(|(v, r)| v - r).collect::<Vec<_>>();
    Table::new()
        .with_exact("snr", "", snr.iter().copied())
        .with("rate_slope", "nats per unit of t", with_radius(noisy(0.7 * error), error))
        .with("rate_divergence", "nats per unit of t", with_radius(rate.clone(), 0.05 * error))
        .with("rate_covariance", "nats per unit of t", with_radius(noisy(0.07 * error), 0.1 * error))
        .with("residual_slope", "nats per unit of t", with_radius(residual(noisy(0.7 * error)), 1.05 * error))
        .with("residual_covariance", "nats per unit of t", with_radius(residual(noisy(0.07 * error)), 0.15 * error))
}

/// Renders, and leaves the pictures where they can be looked at.
fn render(figure: &Figure) -> Rendered {
    let files = figure.render().unwrap();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join(format!("{}.png", figure.name)), &files.png).unwrap();
    std::fs::write(folder.join(format!("{}.svg", figure.name)), &files.svg).unwrap();
    files
}

/// Width, height and dots a metre, read from the header of a PNG file.
fn png_header(bytes: &[u8]) -> (u32, u32, u32) {
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let dots = bytes.windows(4).position(|w| w == b"pHYs").unwrap() + 4;
    (number(16), number(20), number(dots))
}

#[test]
fn offsets_are_drawn_at_print_size_and_the_same_each_time() {
    let (profile, critical) = atoms();
    let figure = offsets(&profile, &critical).unwrap();
    let files = render(&figure);
    assert_eq!(files, figure.render().unwrap());
    let (width, height, dots) = png_header(&files.png);
    assert_eq!((width, dots), (2126, 11811));
    assert!((1400..2000).contains(&height), "{height}");
    assert!(files.svg.starts_with(r#"<svg xmlns="http://www.w3.org/2000/svg" width="180mm""#));
    assert!(!files.svg.contains("font-family") && !files.svg.contains("<text"));
    assert!(files.caption.contains("C8"));
}

#[test]
fn the_bandwidth_identity_is_drawn_and_says_the_same_each_time() {
    let figure = bandwidth_identity(&rates(31, 2.0, 1e-9), &rates(16, 60.0, 1.5)).unwrap();
    let files = render(&figure);
    assert_eq!(files, figure.render().unwrap());
    assert_eq!(png_header(&files.png).0, 2126);
    assert_eq!(
        figure.data.columns[..2].iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        ["mixture_snr", "mixture_rate_slope"]
    );
}

#[test]
fn a_missing_column_or_number_is_an_error() {
    let good = rates(9, 1.0, 0.1);
    let mut bad = good.clone();
    bad.columns.retain(|c| c.name != "rate_slope");
    assert!(matches!(bandwidth_identity(&good, &bad), Err(Error::MissingColumn { name, .. }) if name == "rate_slope"));
    let mut bad = good.clone();
    bad.columns[1].values[3] = Some(Estimate::new(f64::NAN, 0.0));
    assert!(matches!(bandwidth_identity(&bad, &good), Err(Error::NotFinite { row: 3, .. })));
    let mut gaps = good.clone();
    gaps.columns[2].values[4] = None;
    render(&Figure { name: "gaps".into(), ..bandwidth_identity(&gaps, &good).unwrap() });
}

/// One panel full of everything, in a single column.
fn crowded() -> Figure {
    let x: Vec<f64> = (0..60).map(|i| f64::from(i) / 59.0).collect();
    let wave = |phase: f64| x.iter().map(|x| Estimate::new((9.0 * x + phase).sin(), 0.12)).collect::<Vec<_>>();
    let mut data = Table::new()
        .with_exact("x", "", x.iter().copied())
        .with("first", "", wave(0.0))
        .with("second", "", wave(1.5))
        .with("third", "", wave(3.0));
    for row in 20..25 {
        data.columns[1].values[row] = None;
    }
    let column = |name: &str| data.column(name).unwrap();
    let panel = Panel::new("bands, gaps and levels", Axis::linear("wave").unit("nats"))
        .with(Series::band("first, with a gap", column("x"), column("first")).unwrap().colour(Colour::BLUE))
        .with(Series::line("second", column("x"), column("second")).unwrap().colour(Colour::ORANGE).dash(Dash::Dotted))
        .with(
            Series::points("third", column("x"), column("third"))
                .unwrap()
                .colour(Colour::GREEN)
                .marker(Marker::Triangle),
        )
        .level(1.3, "level");
    let stack = Stack::new(Axis::linear("position *x*").between(0.05, 0.95))
        .with(panel)
        .shaded(0.4, 0.55)
        .critical(0.2, "first event")
        .critical(0.22, "second event")
        .critical(0.93, "near the edge");
    Figure {
        name: "crowded".into(),
        title: "Crowded".into(),
        caption: "A test.".into(),
        width: SINGLE_COLUMN,
        stacks: vec![stack],
        shared_y: false,
        data: data.clone(),
    }
}

#[test]
fn a_crowded_panel_keeps_its_legend_off_the_data() {
    let files = render(&crowded());
    assert_eq!(png_header(&files.png).0, 1039);
    let mut fixed = crowded();
    let x = Table::new().with_exact("x", "", [0.0, 1.0]);
    let line = |y: [f64; 2]| {
        let table = x.clone().with_exact("y", "", y);
        Series::line("a name", &table.columns[0], &table.columns[1]).unwrap()
    };
    let mut full = Panel::new("no room", Axis::linear("y").between(0.0, 1.0));
    for i in 0..=12 {
        let y = f64::from(i) / 12.0;
        full = full.with(line([y, y]));
    }
    fixed.stacks = vec![Stack::new(Axis::linear("x")).with(full)];
    assert_eq!(fixed.render(), Err(Error::NoRoom { panel: "no room".into() }));
}

#[test]
fn small_multiples_share_their_axes() {
    let x: Vec<f64> = (0..50).map(|i| f64::from(i) / 10.0).collect();
    let mut data = Table::new().with_exact("x", "", x.iter().copied());
    let mut stacks = Vec::new();
    for rate in [1.0, 2.0, 4.0, 8.0] {
        let name = format!("decay_{rate}");
        data = data.with(&name, "", x.iter().map(|x| Estimate::new((-rate * x).exp(), 1e-9 + 0.2 * (-rate * x).exp())));
        let (x, y) = (&data.columns[0], data.column(&name).unwrap());
        let panel = |label: &str| {
            Panel::new(&format!("rate {rate}"), Axis::log("decay")).with(Series::band(label, x, y).unwrap())
        };
        let lower = Panel::new("", Axis::linear("decay")).height(20.0).with(Series::line("", x, y).unwrap());
        stacks.push(Stack::new(Axis::linear("time *t*")).with(panel("exp(−*rt*)")).with(lower));
    }
    let (title, caption) = ("Decays".to_owned(), String::new());
    let width = infodyn_figures::DOUBLE_COLUMN;
    render(&Figure { name: "multiples".into(), title, caption, width, stacks, shared_y: true, data: data.clone() });
}

#[test]
fn a_panel_can_stand_over_an_axis_of_its_own() {
    let data = Table::new().with_exact("x", "", [1.0, 10.0, 100.0]).with_exact("y", "", [1.0, 3.0, 2.0]);
    let line = || Series::line("", &data.columns[0], &data.columns[1]).unwrap();
    let panel = |title: &str| Panel::new(title, Axis::linear("height")).height(20.0).with(line());
    let figure = |lower: Panel| Figure {
        name: "own-axis".into(),
        title: String::new(),
        caption: String::new(),
        width: SINGLE_COLUMN,
        stacks: vec![Stack::new(Axis::log("ratio")).with(panel("stack's axis")).with(lower).critical(20.0, "event")],
        shared_y: false,
        data: data.clone(),
    };
    let height = |figure: &Figure| png_header(&render(figure).png).1;
    let shared = height(&figure(panel("the same")));
    let own = height(&figure(panel("its own").over(Axis::linear("distance"))));
    // A second row of labels.
    assert!(own > shared + 60, "{shared} {own}");
    let two = Stack::new(Axis::linear("unused"))
        .with(panel("first").over(Axis::log("ratio")))
        .with(panel("second").over(Axis::log("ratio")));
    assert_eq!(height(&Figure { stacks: vec![two], ..figure(panel("")) }) + 40, shared);
}

#[test]
fn text_that_does_not_fit_is_refused() {
    let mut figure = crowded();
    figure.stacks[0] = figure.stacks[0].clone().critical(0.5, &"long ".repeat(40));
    assert!(matches!(figure.render(), Err(Error::TextOutside { .. })));
    figure = crowded();
    figure.stacks[0] = figure.stacks[0].clone().critical(0.5, "漢");
    assert!(matches!(figure.render(), Err(Error::MissingGlyph { character: '漢', .. })));
    figure.width = 10.0;
    assert!(matches!(figure.render(), Err(Error::TooNarrow { .. })));
}

#[test]
fn tiers_stand_below_one_another_and_areas_carry_their_names() {
    let x: Vec<f64> = (0..50).map(|i| f64::from(i) / 10.0).collect();
    let data = Table::new()
        .with_exact("x", "", x.iter().copied())
        .with_exact("zero", "", x.iter().map(|_| 0.0))
        .with_exact("part", "", x.iter().map(|x| 1.0 / (1.0 + x)))
        .with_exact("whole", "", x.iter().map(|_| 1.0));
    let column = |name: &str| data.column(name).unwrap();
    let areas = || {
        Panel::new("parts", Axis::linear("share"))
            .with(Series::area("one part", column("x"), column("zero"), column("part")).unwrap().direct())
            .with(Series::area("the other", column("x"), column("part"), column("whole")).unwrap().direct())
    };
    let stack = |tier| Stack::new(Axis::linear("time *t*").descending()).with(areas()).tier(tier);
    let figure = |stacks| Figure {
        name: "tiers".into(),
        title: "Tiers".into(),
        caption: String::new(),
        width: infodyn_figures::DOUBLE_COLUMN,
        stacks,
        shared_y: true,
        data: data.clone(),
    };
    let height = |stacks| png_header(&render(&figure(stacks)).png).1;
    let one = height(vec![stack(0), stack(0)]);
    let two = height(vec![stack(0), stack(0), stack(1)]);
    assert!(two > one + one / 2 && two < 2 * one, "{one} {two}");
}
