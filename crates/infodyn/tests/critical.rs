//! `infodyn critical` on laws whose answers are known.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests, too

mod common;

use std::process::Output;

use common::example;
use serde_json::Value;

fn critical(law: &str, process: &str, more: &[&str]) -> Output {
    common::run(&[&["critical", "--law", law, "--process", process], more].concat())
}

fn json(law: &str, process: &str, more: &[&str]) -> Value {
    common::document(&[&["critical", "--law", law, "--process", process], more].concat())
}

fn list<'a>(document: &'a Value, name: &str) -> &'a [Value] {
    document[name].as_array().unwrap_or_else(|| panic!("no {name}"))
}

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("{field} of {value}"))
}

/// Bifurcations of one energy.
fn of_energy<'a>(document: &'a Value, energy: &str) -> Vec<&'a Value> {
    list(document, "bifurcations").iter().filter(|b| b["energy"] == energy).collect()
}

/// `snr` within its own error, which is at most 1e-10.
fn snr_is(entry: &Value, truth: f64) {
    let (snr, error) = (number(entry, "snr"), number(entry, "error"));
    assert!((snr - truth).abs() <= error && error <= 1e-10, "{entry}: {truth}");
}

#[test]
fn two_atoms_in_the_three_energies() {
    let document = json(&example("two-atoms.toml"), "vp-linear", &[]);
    assert_eq!(document["schema"], "infodyn.critical/1");
    assert_eq!((&document["law"]["kind"], &document["units"]), (&Value::from("atoms"), &Value::from("nats")));
    let marginal = of_energy(&document, "marginal");
    assert_eq!(marginal.len(), 1);
    assert_eq!((&marginal[0]["kind"], marginal[0]["multiplicity"].as_u64()), (&Value::from("pitchfork"), Some(1)));
    snr_is(marginal[0], 1.0);
    // alpha^2 = sqrt(2) - 1, t = 0.292641654328143 (theory.md C3; Raya & Ambrogioni 2023).
    let reverse = of_energy(&document, "reverse-sde");
    let alpha2 = 2.0_f64.sqrt() - 1.0;
    assert_eq!((reverse.len(), &reverse[0]["kind"]), (1, &Value::from("pitchfork")));
    snr_is(reverse[0], alpha2 / (1.0 - alpha2));
    assert!((number(reverse[0], "t") - 0.292_641_654_328_143).abs() < 1e-13);
    assert!(of_energy(&document, "probability-flow").is_empty());
    // Symmetric in the flow: the origin is unstable at every noise level.
    let flow = list(&document, "fixed_points").iter().filter(|p| p["energy"] == "probability-flow");
    let origins: Vec<&Value> = flow.filter(|p| p["at"][0].as_f64().unwrap().abs() < 1e-9).collect();
    assert!(origins.len() == 12 && origins.iter().all(|p| p["stable"] == false && number(p, "top_eigenvalue") > 0.0));
}

/// theory.md C8: `k_V`, `k_H`, `k_s`, `k_v`, and the heights of section 7 (34-digit arithmetic).
#[test]
fn peaks_of_two_atoms_stand_at_the_universal_offsets() {
    let edm = json(&example("two-atoms.toml"), "edm", &[]);
    let ve = json(&example("two-atoms.toml"), "ve", &[]);
    for (document, of, clock, k, height) in [
        (&edm, "label_posterior_entropy_variance", "log_snr", 1.345_477_669_725_041_7, 0.053_628_891_129_723_5),
        (&edm, "label_entropy_rate", "log_snr", 1.508_330_628_786_381, 0.239_757_985_317_567),
        (&edm, "label_entropy_rate", "sigma_over_alpha", 2.412_648_895_833_228, 0.667_770_528_668_034),
        (&edm, "label_entropy_rate", "t", 2.412_648_895_833_228, 0.667_770_528_668_034),
        (&edm, "conditional_entropy_rate", "t", 2.412_648_895_833_228, 0.667_770_528_668_034),
        (&ve, "label_entropy_rate", "t", 3.348_668_168_745_850_5, 0.5 * 1.130_486_024_893_05),
    ] {
        let here: Vec<&Value> =
            list(document, "peaks").iter().filter(|p| p["of"] == of && p["clock"] == clock).collect();
        assert_eq!(here.len(), 1, "{of} {clock}");
        let peak = here[0];
        snr_is(peak, k);
        assert!((number(peak, "snr") - k).abs() < 5e-13 * k, "{peak}: {k}");
        assert!((number(peak, "height") - height).abs() <= number(peak, "height_error") + 1e-15, "{peak}: {height}");
    }
    // H = (log 2)/2 at k = 1.044013315452508.
    let half = list(&edm, "speciation").iter().find(|s| s["found"] == "half-label-entropy").unwrap();
    assert!((number(half, "snr") - 1.044_013_315_452_508).abs() <= number(half, "error") + 1e-15, "{half}");
}

/// theory.md C8: of two atoms, one of weight 2.14e-5, the variance and the rate peak at one place, `k = 4.1253`. The
/// noise there is far below the variance of the law.
#[test]
fn a_tiny_weight_has_its_peaks() {
    let place = tempfile::tempdir().unwrap();
    let law = place.path().join("tiny.toml");
    std::fs::write(&law, "kind = \"atoms\"\npoints = [[1.0], [-1.0]]\nweights = [0.9999786, 0.0000214]\n").unwrap();
    let document = json(law.to_str().unwrap(), "edm", &[]);
    for of in ["label_posterior_entropy_variance", "label_entropy_rate"] {
        let here = list(&document, "peaks").iter().filter(|p| p["of"] == of && p["clock"] == "log_snr");
        let places: Vec<f64> = here.map(|p| number(p, "snr")).collect();
        assert!(places.len() == 1 && (places[0] / 4.1253 - 1.0).abs() < 2e-3, "{of}: {places:?}");
    }
}

/// theory.md C10, in edm: `t = sigma`.
#[test]
fn the_hierarchy_decides_twice() {
    let document = json(&example("hierarchy.toml"), "edm", &[]);
    let marginal = of_energy(&document, "marginal");
    assert!(marginal.iter().all(|b| b["kind"] == "pitchfork") && marginal.len() == 3);
    // The fine ones are folds in truth, moved by less than e^-100.
    assert!(number(marginal[1], "asymmetry") < 1e-70 && number(marginal[1], "asymmetry") > 0.0);
    for (of, clock, places) in [
        ("label_posterior_entropy_variance", "log_snr", [(8.688_19, 0.054_100), (0.862_108, 0.053_629)]),
        ("label_entropy_rate", "log_snr", [(7.999_60, 0.487_463 / 2.0), (0.814_239, 0.479_516 / 2.0)]),
        ("label_entropy_rate", "t", [(6.159_53, 0.069_935), (0.643_803, 0.667_771)]),
    ] {
        let here: Vec<&Value> =
            list(&document, "peaks").iter().filter(|p| p["of"] == of && p["clock"] == clock).collect();
        assert_eq!(here.len(), 2, "{of} {clock}");
        for (peak, (sigma, height)) in here.iter().zip(places) {
            assert!((number(peak, "t") - sigma).abs() < 6e-6, "{peak}: {sigma}");
            assert!((number(peak, "height") - height).abs() < 6e-7, "{peak}: {height}");
        }
    }
}

/// A pair in `R^64` (`a^2 = 16`, `q = 1`) is a pair on a line; C7: `snr (a^2 - q) = 1`.
#[test]
fn a_pair_in_many_dimensions_is_a_pair_on_a_line() {
    let document = json(&example("pair-64d.toml"), "ou", &["--grid", "snr:0.2"]);
    let marginal = of_energy(&document, "marginal");
    assert_eq!(marginal.len(), 1);
    snr_is(marginal[0], 1.0 / 15.0);
    assert_eq!(marginal[0]["at"].as_array().unwrap().len(), 64);
    // Lambda = 17: alpha^2 = 1/17.
    let half_log = list(&document, "speciation").iter().find(|s| s["found"] == "alpha2-variance").unwrap();
    assert!((number(half_log, "t") - 0.5 * 17.0_f64.ln()).abs() < 1e-13);
    let points: Vec<&Value> = list(&document, "fixed_points").iter().filter(|p| p["energy"] == "marginal").collect();
    assert_eq!(points.len(), 3);
    // The score vanishes there: x = alpha a tanh(alpha a x/v) along mu, a = 4, v = 1.
    let alpha = (0.2_f64 / 1.2).sqrt();
    for point in points {
        let x: Vec<f64> = point["at"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let along = x.iter().enumerate().map(|(i, v)| if i % 2 == 0 { v / 8.0 } else { -v / 8.0 }).sum::<f64>();
        assert!((along - 4.0 * alpha * (4.0 * alpha * along).tanh()).abs() < 1e-12, "{point}");
    }
}

#[test]
fn files_and_tables() {
    let place = tempfile::tempdir().unwrap();
    let law = place.path().join("uneven.toml");
    std::fs::write(&law, "kind = \"atoms\"\npoints = [[1.0], [-1.0]]\nweights = [0.7, 0.3]\n").unwrap();
    let out = place.path().join("uneven.csv");
    let output = critical(law.to_str().unwrap(), "ou", &["--out", out.to_str().unwrap()]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["bifurcations", "peaks", "speciation", "fixed points", "fold"] {
        assert!(text.contains(part), "{text}");
    }
    let csv = std::fs::read_to_string(&out).unwrap();
    assert!(csv.starts_with("energy,kind,t,snr,snr_error,multiplicity,at_0\n"), "{csv}");
    // C5 at 0.7/0.3, 30 digits by mpmath.
    let document = json(law.to_str().unwrap(), "ou", &[]);
    let marginal = of_energy(&document, "marginal");
    assert_eq!((marginal.len(), &marginal[0]["kind"]), (1, &Value::from("fold")));
    snr_is(marginal[0], 1.842_248_162_765_290_4);
}

#[test]
fn one_gaussian_patterns_and_collapse() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = place.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let gaussian = json(&file("g.toml", "kind = \"gaussian\"\nmean = [0.5]\ncovariance = 2.0\n"), "ou", &[]);
    assert!(of_energy(&gaussian, "marginal").is_empty() && gaussian["collapse"].is_null());
    assert!(list(&gaussian, "speciation").is_empty());
    // log N = D (log 2 - H(snr)): a corner of the cube is D independent bits.
    let patterns = file("p.toml", "kind = \"patterns\"\ncount = 4\ndim = 6\nseed = 1\n");
    let patterns = json(&patterns, "ou", &["--samples", "1024", "--grid", "snr:0.01"]);
    let collapse = &patterns["collapse"];
    let bit = std::f64::consts::LN_2 - infodyn_closed_form::pair::label_entropy(number(collapse, "snr")).value();
    assert!((6.0 * bit - number(collapse, "points").ln()).abs() < 1e-13, "{collapse}");
    assert_eq!(collapse["points"], patterns["law"]["components"]);
}

#[test]
fn bad_input_is_one_line_and_exit_2() {
    let law = example("two-atoms.toml");
    let cases: [(&str, &str, &[&str], &str); 5] = [
        ("missing.toml", "ou", &[], "missing.toml"),
        (&law, "no-such", &[], "--process"),
        (&law, "ou", &["--grid", "1:2"], "--grid"),
        (&law, "flow", &["--grid", "2.0"], "--grid"),
        (&law, "ou", &["--out", "answer.txt"], "--out"),
    ];
    for (law, process, more, part) in cases {
        let output = critical(law, process, more);
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(output.stdout.is_empty() && line.matches('\n').count() == 1 && line.contains(part), "{line:?}");
    }
}

/// theory.md C11: the origin branches in every direction at once, `snr R^2/D = 1 + kappa` with
/// `kappa = -c/(2 (1 + snr))` in vp, `c = 0, 1, 2`; above, a sphere of fixed points.
#[test]
fn spheres_break_every_rotation() {
    let place = tempfile::tempdir().unwrap();
    for (dim, radius) in [(3_usize, 1.5), (50, 2.0)] {
        let law = place.path().join(format!("sphere-{dim}.toml"));
        std::fs::write(&law, format!("kind = \"sphere\"\ndim = {dim}\nradius = {radius}\n")).unwrap();
        let critical = dim as f64 / (radius * radius);
        let grid = format!("snr:{},{}", 0.3 * critical, 4.0 * critical);
        let document = json(law.to_str().unwrap(), "ou", &["--grid", &grid]);
        assert_eq!((&document["law"]["kind"], &document["law"]["dim"]), (&Value::from("sphere"), &Value::from(dim)));
        let half = 0.5 * (critical - 1.0);
        let reverse = half + (half * half + 0.5 * critical).sqrt();
        for (energy, snr) in [("marginal", critical), ("reverse-sde", reverse), ("probability-flow", critical - 1.0)] {
            let found = of_energy(&document, energy);
            assert_eq!((found.len(), &found[0]["kind"]), (1, &Value::from("goldstone")), "{energy}");
            assert_eq!(found[0]["multiplicity"].as_u64(), Some(dim as u64));
            snr_is(found[0], snr);
        }
        let marginal: Vec<&Value> =
            list(&document, "fixed_points").iter().filter(|p| p["energy"] == "marginal").collect();
        assert_eq!(marginal.len(), 3);
        let index = |p: &Value| (p["index"].as_u64().unwrap(), p["orbit"].as_u64().unwrap_or(0));
        let ring = marginal.iter().find(|p| p["orbit"].is_u64()).unwrap();
        assert_eq!((index(ring), ring["stable"].as_bool()), ((0, dim as u64 - 1), Some(true)));
        assert_eq!(number(ring, "top_eigenvalue"), 0.0);
        let origins: Vec<(u64, u64)> = marginal.iter().filter(|p| p["orbit"].is_null()).map(|p| index(p)).collect();
        assert!(origins.contains(&(0, 0)) && origins.contains(&(dim as u64, 0)), "{origins:?}");
    }
}

/// theory.md C10 on two axes: the pairs `+-10` and `+-1` are independent, so entropies, rates and variances add. Peaks
/// of `V(100 k) + V(k)` and of `R(100 k) + R(k)`, `V` and `R` the variance and the rate of one pair as integrals, by
/// mpmath with 25 digits. The fine pair branches at each of the three fixed points of the coarse one.
#[test]
fn a_tree_on_two_axes_peaks_twice() {
    let place = tempfile::tempdir().unwrap();
    let law = place.path().join("tree.toml");
    std::fs::write(&law, "kind = \"tree\"\nscales = [10.0, 1.0]\n").unwrap();
    let document = json(law.to_str().unwrap(), "edm", &["--grid", "snr:0.1"]);
    for energy in ["marginal", "reverse-sde", "probability-flow"] {
        let found = of_energy(&document, energy);
        assert!(found.len() == 4 && found.iter().all(|b| b["kind"] == "pitchfork" && b["multiplicity"] == 1));
        assert!(found.iter().all(|b| b["asymmetry"].is_null()), "{found:?}");
        snr_is(found[0], 0.01);
        for (b, x) in found[1..].iter().zip([-10.0, 0.0, 10.0]) {
            snr_is(b, 1.0);
            let at: Vec<f64> = b["at"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
            assert!((at[0] - x).abs() < 1e-9 && at[1].abs() < 1e-9, "{b}");
        }
    }
    for (of, places) in [
        (
            "label_posterior_entropy_variance",
            [(0.013_487_677_436_739, 0.053_714_957_413_8), (1.345_477_669_724_9, 0.053_628_891_129_7)],
        ),
        ("label_entropy_rate", [(0.015_641_507_833_108, 0.247_321_216_862), (1.508_330_628_786_2, 0.239_757_985_318)]),
    ] {
        let peaks = list(&document, "peaks").iter().filter(|p| p["of"] == of && p["clock"] == "log_snr");
        let peaks: Vec<&Value> = peaks.collect();
        assert_eq!(peaks.len(), 2, "{of}: {peaks:?}");
        for (peak, (snr, height)) in peaks.iter().zip(places) {
            assert!((number(peak, "snr") - snr).abs() <= number(peak, "error") + 1e-13, "{peak}: {snr}");
            assert!((number(peak, "height") - height).abs() <= number(peak, "height_error") + 1e-12, "{peak}");
        }
    }
}

/// The digits by their class means: 1797 atoms under ten labels are followed as ten Gaussians.
#[test]
fn the_digits_are_followed_by_class_means() {
    let document = json(&example("digits.toml"), "ou", &["--grid", "snr:0.001", "--samples", "1024"]);
    let notes: Vec<&str> = list(&document, "notes").iter().map(|n| n.as_str().unwrap()).collect();
    assert!(notes.iter().any(|n| n.contains("10 Gaussians at the means of the labels")), "{notes:?}");
    let marginal = of_energy(&document, "marginal");
    assert!(marginal.iter().all(|b| b["kind"] == "fold" && number(b, "error") < 1e-8), "{marginal:?}");
    assert!(marginal.len() >= 9, "{marginal:?}");
    let found: Vec<&str> = list(&document, "speciation").iter().map(|s| s["found"].as_str().unwrap()).collect();
    assert!(found.contains(&"snr-variance") && found.contains(&"half-label-entropy"), "{found:?}");
    assert_eq!(number(&document["collapse"], "points"), 1797.0);
}

/// The whole answer of a pair on a line in the plane under a shift by 1e8 standard deviations, other units and a turn:
/// places, peaks and times within the errors of both.
#[test]
fn shifts_units_and_turns_change_no_answer() {
    let place = tempfile::tempdir().unwrap();
    let answer = |name: &str, scale: f64, shift: f64, [c, s]: [f64; 2]| {
        let at =
            |x: f64, y: f64| format!("[{:?}, {:?}]", scale * (c * x - s * y) + shift, scale * (s * x + c * y) - shift);
        let (means, q) = (format!("{}, {}", at(-1.0, 0.0), at(1.0, 0.5)), 0.25 * scale * scale);
        let law = place.path().join(format!("{name}.toml"));
        std::fs::write(
            &law,
            format!("kind = \"mixture\"\nmeans = [{means}]\nweights = [0.4, 0.6]\ncovariance = {q:?}\n"),
        )
        .unwrap();
        json(law.to_str().unwrap(), "ve", &["--grid", &format!("snr:{:?}", 8.0 / (scale * scale))])
    };
    let straight = [1.0, 0.0];
    let plain = answer("plain", 1.0, 0.0, straight);
    assert_eq!(of_energy(&plain, "marginal")[0]["kind"], "fold");
    for (name, scale, shift, turn) in [
        ("far", 1.0, 5e7, straight),
        ("small", 0.0625, 0.0, straight),
        ("large", 1e6, 0.0, straight),
        ("turned", 1.0, 0.0, [0.6, 0.8]),
    ] {
        let moved = answer(name, scale, shift, turn);
        assert_eq!(plain["notes"], moved["notes"], "{name}");
        for entries in ["fixed_points", "bifurcations", "peaks", "speciation"] {
            let (here, there) = (list(&plain, entries), list(&moved, entries));
            assert!(here.len() == there.len() && !here.is_empty(), "{name}: {entries}");
            for a in here.iter().filter(|_| entries != "fixed_points") {
                let room =
                    |b: &Value| number(a, "error") + number(b, "error") * scale * scale + 1e-15 * number(a, "snr");
                let near = |b: &&Value| {
                    let same = ["kind", "energy", "of", "clock", "found"].iter().all(|field| a[field] == b[field]);
                    same && (number(b, "snr") * scale * scale - number(a, "snr")).abs() <= room(b)
                };
                assert!(there.iter().any(|b| near(&b)), "{name}: {a}\n{there:?}");
            }
        }
    }
}

/// `N(m, C)` under the flow of a process that keeps the variance: along an axis of unit variance every point is at
/// rest.
#[test]
fn a_line_at_rest_holds_no_fixed_point() {
    let document = json(&example("gaussian-rank-deficient.toml"), "ou", &["--grid", "snr:1"]);
    let flow = list(&document, "fixed_points").iter().filter(|p| p["energy"] == "probability-flow");
    assert_eq!(flow.count(), 0);
    let notes: Vec<&str> = list(&document, "notes").iter().map(|n| n.as_str().unwrap()).collect();
    assert!(notes.len() == 1 && notes[0].starts_with("probability-flow: no isolated fixed point"), "{notes:?}");
}

/// Two classes on a line, each a Gaussian: everything is known by hand.
#[test]
fn sizes_windows_and_pairs_of_two_gaussians() {
    let place = tempfile::tempdir().unwrap();
    let law = place.path().join("law.toml");
    let text =
        "kind = \"mixture\"\nmeans = [[3.0, 1.0], [-1.0, 1.0]]\ncovariance = [0.25, 0.5]\nlabels = [\"a\", \"b\"]";
    std::fs::write(&law, text).unwrap();
    let told = common::document(&["critical", "--law", law.to_str().unwrap(), "--process", "edm"]);
    let number = |value: &Value| [value["value"].as_f64().unwrap(), value["error"].as_f64().unwrap()];
    // E|X|^2 = (1 + 4 + 1/4) + (1 + 1/2), of which the mean has 1 + 1.
    for (value, expected) in [
        (&told["sigma_data"]["about_zero"], (6.75_f64 / 2.0).sqrt()),
        (&told["sigma_data"]["about_mean"], (4.75_f64 / 2.0).sqrt()),
        (&told["sigma_min"], 0.01 * (4.75_f64 / 2.0).sqrt()),
        (&told["sigma_max"], (6.75_f64 / 0.02).sqrt()),
    ] {
        let [found, error] = number(value);
        assert!((found - expected).abs() <= error + 1e-15 && error < 1e-13, "{found} {error} {expected}");
        assert!(value.get("population_error").is_none());
    }
    let pair = &told["pairs"][0];
    assert_eq!(pair["labels"], serde_json::json!([0, 1]));
    let [top, error] = number(&pair["top_eigenvalue"]);
    assert!((top - 4.25).abs() <= error && (pair["between"].as_f64().unwrap() - 4.0 / 4.25).abs() < 1e-12);
    let snr = pair["snr"].as_f64().unwrap();
    assert!((snr - 1.0 / 4.25).abs() <= pair["error"].as_f64().unwrap());
    // The label's entropy is what `profile` says where the window opens and closes.
    for (edge, left) in [("opens", 0.95), ("closes", 0.05)] {
        let at = &told["guidance_window"][edge];
        let grid = format!("{:?}", at["t"].as_f64().unwrap());
        let asked = ["profile", "--law", law.to_str().unwrap(), "--process", "edm", "--grid", &grid];
        let known = common::document(&[&asked[..], &["--quantities", "label_entropy"]].concat());
        let entropy = known["points"][0]["label_entropy"]["value"].as_f64().unwrap();
        assert!((entropy / 2.0_f64.ln() - left).abs() < 1e-9, "{edge}: {entropy}");
    }
}

/// Pairs of classes with unequal weights, each of several Gaussians of covariances of their own: against sums that are
/// made here another way, from second moments about the origin. Every ingredient differs between the classes.
#[test]
fn pairs_of_uneven_classes_are_those_of_their_moments() {
    let place = tempfile::tempdir().unwrap();
    let law = place.path().join("law.toml");
    let weights = [0.1, 0.25, 0.05, 0.2, 0.3, 0.1];
    let means: [[f64; 2]; 6] = [[0.0, 0.5], [1.0, -1.0], [2.5, 2.0], [-1.0, 1.5], [-2.0, 0.0], [0.5, 3.0]];
    let variances: [[f64; 2]; 6] = [[0.3, 0.1], [0.2, 0.6], [0.5, 0.5], [0.05, 0.4], [0.7, 0.2], [0.1, 0.1]];
    let labels = [0_usize, 0, 1, 1, 2, 2];
    std::fs::write(
        &law,
        format!(
            "kind = \"mixture\"\nweights = {weights:?}\nmeans = {means:?}\ncovariances = {variances:?}\nlabels = {labels:?}\n"
        ),
    )
    .unwrap();
    let told = json(law.to_str().unwrap(), "edm", &["--grid", "snr:1"]);
    let pairs = list(&told, "pairs");
    assert_eq!(pairs.len(), 3);
    for pair in pairs {
        let of: Vec<usize> = pair["labels"].as_array().unwrap().iter().map(|y| y.as_u64().unwrap() as usize).collect();
        let mean_of = |f: &dyn Fn(usize) -> f64, chosen: &dyn Fn(usize) -> bool| {
            let there = (0..6).filter(|&k| chosen(k));
            let (sum, weight) = there.fold((0.0, 0.0), |(s, w), k| (s + weights[k] * f(k), w + weights[k]));
            sum / weight
        };
        let both = |k: usize| of.contains(&labels[k]);
        let centre = [0, 1].map(|i| mean_of(&|k| means[k][i], &both));
        let entry = |i: usize, j: usize| {
            let second = |k: usize| means[k][i] * means[k][j] + if i == j { variances[k][i] } else { 0.0 };
            mean_of(&second, &both) - centre[i] * centre[j]
        };
        let (a, b, c) = (entry(0, 0), entry(0, 1), entry(1, 1));
        let top = 0.5 * (a + c) + (0.25 * (a - c) * (a - c) + b * b).sqrt();
        let (value, error) = (number(&pair["top_eigenvalue"], "value"), number(&pair["top_eigenvalue"], "error"));
        assert!((value - top).abs() <= error + 1e-14 && error < 1e-12, "{pair}: {top}");
        assert!((number(pair, "snr") * top - 1.0).abs() < 1e-12, "{pair}");
        // What is left of it when the means of the two are taken away.
        let axis = [b, top - a];
        let norm = axis[0].hypot(axis[1]);
        let along = |k: usize| (means[k][0] * axis[0] + means[k][1] * axis[1]) / norm;
        let square = |k: usize| (0..2).map(|i| variances[k][i] * (axis[i] / norm).powi(2)).sum::<f64>();
        let share = |y: usize| mean_of(&|k| f64::from(u8::from(labels[k] == y)), &both);
        let within = |y: usize| {
            let own = |k: usize| labels[k] == y;
            let mean = mean_of(&along, &own);
            mean_of(&|k| square(k) + (along(k) - mean).powi(2), &own)
        };
        let between = 1.0 - of.iter().map(|&y| share(y) * within(y)).sum::<f64>() / top;
        assert!((number(pair, "between") - between).abs() < 1e-12, "{pair}: {between}");
    }
}

/// Half of an interval of level 0.997 about a mean of `n` squares: by Student's law, 3.04 standard errors of a hundred
/// of them.
#[test]
fn population_intervals_have_their_width() {
    let place = tempfile::tempdir().unwrap();
    // Far from 0, about a mean from which the squares have no skewness, that widens an interval.
    let point = |i: u32| 7.0 + (f64::from(i / 2) / 50.0 + 0.01).sqrt() * if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    let points: Vec<f64> = (0..100).map(point).collect();
    let rows: String = points.iter().enumerate().map(|(i, x)| format!("{x:?},{}\n", u8::from(i % 3 == 0))).collect();
    std::fs::write(place.path().join("x.csv"), rows).unwrap();
    let law = place.path().join("law.toml");
    std::fs::write(&law, "kind = \"dataset\"\npath = \"x.csv\"\nlabels = 1\nheader = false").unwrap();
    let told = json(law.to_str().unwrap(), "edm", &["--grid", "snr:1", "--samples", "1024"]);
    let n = points.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let centre = mean(&points);
    let squares: Vec<f64> = points.iter().map(|x| (x - centre) * (x - centre)).collect();
    let variance = mean(&squares);
    let spread = squares.iter().map(|s| (s - variance) * (s - variance)).sum::<f64>() / (n - 1.0);
    let top = &list(&told, "pairs")[0]["top_eigenvalue"];
    assert!((number(top, "value") - variance).abs() < 1e-9 * variance, "{top}: {variance}");
    let errors = number(top, "population_error") / (spread / n).sqrt();
    assert!((errors - 3.04).abs() < 0.02, "{errors} standard errors");
}

/// Of a data set that is sampled, what has no peak within the levels is named, and not left out without a word.
#[test]
fn peaks_that_are_left_out_are_named() {
    let place = tempfile::tempdir().unwrap();
    let law = place.path().join("law.toml");
    std::fs::write(&law, "kind = \"patterns\"\ncount = 12\ndim = 20\nseed = 3\n").unwrap();
    let document = json(law.to_str().unwrap(), "edm", &["--grid", "snr:0.1", "--samples", "1024"]);
    let notes: Vec<&str> = list(&document, "notes").iter().map(|n| n.as_str().unwrap()).collect();
    let left_out = notes.iter().find(|n| n.starts_with("peaks: left out"));
    for of in ["label_posterior_entropy_variance", "label_entropy_rate", "conditional_entropy_rate"] {
        for clock in ["t", "log_snr", "sigma_over_alpha"] {
            let there = list(&document, "peaks").iter().any(|p| p["of"] == of && p["clock"] == clock);
            let one = of == "label_posterior_entropy_variance" && clock != "log_snr";
            let named = left_out.is_some_and(|n| n.contains(&format!("{of} per {clock}")));
            assert!(there || named || one, "{of} per {clock}: {notes:?}");
        }
    }
}

/// Of a data set each has an interval for the law behind it, which holds for a law that is known: two Gaussians on a
/// line, by their quantiles. The collapse by classes is where the information that classes can have is that of the
/// points.
#[test]
fn data_sets_speak_of_the_law_behind() {
    let place = tempfile::tempdir().unwrap();
    // Fifty steps of a uniform law on [-1, 1] about -2 and 2: variance 1/3 within, 4 between.
    let row = |i: u32| {
        let (class, place) = (i % 2, f64::from(i / 2) + 0.5);
        format!("{:?},{class}\n", f64::from(class) * 4.0 - 2.0 + place / 25.0 - 1.0)
    };
    std::fs::write(place.path().join("x.csv"), (0..100).map(row).collect::<String>()).unwrap();
    let law = place.path().join("law.toml");
    std::fs::write(&law, "kind = \"dataset\"\npath = \"x.csv\"\nlabels = 1\nheader = false").unwrap();
    let told = common::document(&["critical", "--law", law.to_str().unwrap(), "--process", "edm"]);
    let top = &told["pairs"][0]["top_eigenvalue"];
    let within = |value: &Value, expected: f64| {
        let [found, error] = ["value", "population_error"].map(|name| value[name].as_f64().unwrap());
        assert!((found - expected).abs() < error && error < 0.3 * expected, "{found} {error} {expected}");
    };
    within(top, 4.0 + 1.0 / 3.0);
    within(&told["sigma_data"]["about_mean"], (13.0_f64 / 3.0).sqrt());
    within(&told["sigma_max"], (13.0_f64 / 3.0 / 0.02).sqrt());
    let classes = &told["collapse"]["classes"];
    assert!((classes["label_entropy"].as_f64().unwrap() - 2.0_f64.ln()).abs() < 1e-15);
    // log 2 + (1/2) log(1 + snr v) = log 100, v the variance of fifty points at distances of 1/25.
    let variance = (2500.0 - 1.0) / 12.0 / 625.0;
    let snr = classes["snr"].as_f64().unwrap();
    assert!((snr - (2500.0 - 1.0) / variance).abs() < classes["error"].as_f64().unwrap() + 1e-9 * snr, "{snr}");
}
