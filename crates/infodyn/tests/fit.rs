//! `infodyn fit`: what it writes, what it says of the law behind the data, and what it refuses.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod common;

use std::fs;
use std::path::Path;

use infodyn_data::{DataSet, LawFile, law_text};
use serde_json::Value;

fn fitted(data: &str, out: &Path, more: &[&str]) -> Value {
    common::document(&[&["fit", "--data", data, "--out", out.to_str().unwrap()], more].concat())
}

/// A mean over points: its value, the half-width of its interval and its standard error.
fn number(value: &Value) -> [f64; 3] {
    ["value", "error", "std_error"].map(|name| value[name].as_f64().unwrap())
}

/// Held-out log-likelihoods of scikit-learn on the digits in [-1, 1] by another division of four fifths to one, as
/// value and error: Gaussians of the classes, and one Gaussian, at two ridges.
const REFERENCE: [(&str, &str, f64, f64); 4] = [
    ("per-class", "1e-3", 26.9, 2.1),
    ("per-class", "1e-2", 13.9, 0.8),
    ("1", "1e-3", 8.3, 1.8),
    ("1", "1e-2", -3.5, 0.5),
];

/// Two divisions see different points, and fits to them differ little beside: within the interval of the one and four
/// errors of the other.
#[test]
fn likelihoods_of_the_digits_are_those_of_another_library() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("law.toml");
    for (components, ridge, value, error) in REFERENCE {
        let told = fitted(&common::example("digits.toml"), &out, &["--components", components, "--ridge", ridge]);
        let [found, radius, _] = number(&told["log_likelihood"]);
        assert!((found - value).abs() < radius.hypot(4.0 * error), "{components} {ridge}: {found} {radius} {value}");
        assert!(told.get("tried").is_none());
    }
}

/// By itself: better than the Wiener filter at every level from a pixel's step on, on points held out, and the sizes
/// of the data are those that are known of the digits.
#[test]
fn classes_of_digits_denoise_better_than_a_linear_filter() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("law.toml");
    let told = fitted(&common::example("digits.toml"), &out, &[]);
    assert_eq!(
        (&told["per_class"], &told["covariance"], &told["fitted"]),
        (&true.into(), &"full".into(), &1438.into())
    );
    let levels = told["denoising"].as_array().unwrap();
    assert_eq!(levels.len(), 5);
    for level in &levels[1..] {
        let ([gain, radius, _], [mse, ..], [wiener, ..], [seen, ..]) =
            (number(&level["gain"]), number(&level["mse"]), number(&level["wiener"]), number(&level["seen"]));
        assert!(gain > radius, "{level}");
        assert!((wiener - mse - gain).abs() < 1e-9 && seen < mse, "{level}");
    }
    for (name, value) in [("about_zero", 0.847), ("about_mean", 0.542)] {
        let [found, radius, _] = ["value", "error", "error"].map(|f| told["sigma_data"][name][f].as_f64().unwrap());
        assert!((found - value).abs() < radius + 5e-4 && radius < 0.01, "{name}: {found}");
    }
    // The file is a law that every command takes, with the names of the classes.
    let law = LawFile::read(&out).unwrap();
    assert_eq!(law.sha256, told["law"]["sha256"]);
    assert_eq!(
        (law.kind.as_str(), law.law.components(), law.law.labels()),
        ("mixture", 10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9][..])
    );
    assert_eq!(law.label_names.unwrap()[7], "7");
    let of_data: f64 = DataSet::read(Path::new(&common::example("digits.toml"))).unwrap().labels.unwrap().len() as f64;
    assert!(law.law.weights().iter().all(|w| (w - 0.1).abs() < 6.0 * (0.09 / of_data).sqrt()));
    let asked = ["profile", "--law", out.to_str().unwrap(), "--process", "edm", "--grid", "0.5", "--samples", "8192"];
    let more = ["--method", "monte-carlo", "--quantities", "mmse,label_entropy"];
    let known = common::document(&[&asked[..], &more[..]].concat());
    assert_eq!(known["law"]["label_names"][3], "3");
    // The law's own error is what its denoiser makes on its own draws: below what it makes on the data.
    let own = known["points"][0]["mmse"]["value"].as_f64().unwrap();
    assert!(own > 2.5 && own < 3.8, "{own}");
}

/// What is written reads back as the same law: all shapes, in both languages, with names that must be escaped.
#[test]
fn law_files_keep_every_bit() {
    let place = tempfile::tempdir().unwrap();
    let name = |i: usize| ["a \"b\"", "c\\d\u{7f}"][i % 2];
    let row = |i: usize| format!("{},{},{}\n", (i * i) % 17, (i * 7) % 11, name(i).replace('"', "\"\""));
    let text: String = (0..300)
        .map(row)
        .map(|r| r.rsplit_once(',').map(|(x, y)| format!("{x},\"{}\"\n", y.trim_end())).unwrap())
        .collect();
    fs::write(place.path().join("x.csv"), text).unwrap();
    let data = place.path().join("data.toml");
    fs::write(&data, "kind = \"dataset\"\npath = \"x.csv\"\nlabels = 2\nheader = false").unwrap();
    for covariance in ["isotropic", "diagonal", "full", "low-rank:1"] {
        for components in ["per-class", "1", "3", "auto"] {
            for ending in ["toml", "json"] {
                let out = place.path().join(format!("law.{ending}"));
                let told =
                    fitted(data.to_str().unwrap(), &out, &["--covariance", covariance, "--components", components]);
                let law = LawFile::read(&out).unwrap();
                assert_eq!(
                    (&law.sha256[..], &law.kind[..]),
                    (told["law"]["sha256"].as_str().unwrap(), told["law"]["kind"].as_str().unwrap())
                );
                let again = law_text(&law.law, law.label_names.as_deref(), &[], ending == "json");
                let written = fs::read_to_string(&out).unwrap();
                assert!(written.ends_with(&again), "{covariance} {components}");
                assert_eq!(law.label_names.is_some(), components == "per-class");
            }
        }
    }
}

/// A covariance of low rank is written by its factor and its diagonal: so many numbers and no more.
#[test]
fn low_ranks_are_written_by_their_factors() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("law.toml");
    let asked = ["--covariance", "low-rank:3", "--components", "per-class", "--ridge", "0.01", "--sigmas", "0.5"];
    fitted(&common::example("digits.toml"), &out, &asked);
    let text = fs::read_to_string(&out).unwrap();
    let numbers = text.lines().filter(|l| !l.starts_with('#')).map(|l| l.matches(',').count()).sum::<usize>();
    // Ten classes: a mean of 64 and 64 rows of 3 each, a weight and a diagonal.
    assert!(numbers < 10 * (64 + 64 * 3 + 2 + 64), "{numbers}");
    let law = LawFile::read(&out).unwrap().law;
    let parts = law.covariance(7).parts().unwrap();
    assert_eq!((parts.factor.len(), parts.factor[0].len(), parts.diagonal.len()), (64, 3, 1));
    // What is left of three dimensions of 64 is the mean of the others and the ridge.
    assert!((3..64).all(|i| (law.covariance(7).eigenvalue(i) / parts.diagonal[0] - 1.0).abs() < 1e-9));
    assert!(law.covariance(7).eigenvalue(2) > 1.5 * parts.diagonal[0]);
}

/// The same file for any number of threads; another for another seed.
#[test]
fn the_same_seed_writes_the_same_file() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("law.toml");
    let text = |more: &[&str]| {
        let all = [&["--components", "3", "--covariance", "low-rank", "--sigmas", "0.2,0.5"], more].concat();
        let told = fitted(&common::example("digits.toml"), &out, &all);
        (fs::read_to_string(&out).unwrap(), told)
    };
    let first = text(&["--threads", "1"]);
    assert_eq!(first, text(&["--threads", "3"]));
    assert_ne!(first.0, text(&["--seed", "7"]).0);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
    file("few.csv", &(0..100).map(|i| format!("{}\n", f64::from(i) * 0.5 + 0.25)).collect::<String>());
    file("few.toml", "kind = \"dataset\"\npath = \"few.csv\"");
    file("same.csv", &"2.5,1.5\n".repeat(400));
    file("same.toml", "kind = \"dataset\"\npath = \"same.csv\"");
    file("atoms.toml", "kind = \"atoms\"\npoints = [[0.0], [1.0]]");
    let out = place.path().join("out.toml");
    let refused = |data: &str, out: &Path, more: &[&str], parts: &[&str]| {
        let data = place.path().join(data);
        let args = [&["fit", "--data", data.to_str().unwrap(), "--out", out.to_str().unwrap()], more].concat();
        let output = common::run(&args);
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len(), line.matches('\n').count()), (Some(2), 0, 1), "{line}");
        for part in parts {
            assert!(line.contains(part), "{line:?} lacks {part:?}");
        }
        assert!(!out.exists());
    };
    refused("atoms.toml", &out, &[], &["atoms.toml: kind: \"atoms\", expected dataset"]);
    refused("few.toml", &out, &[], &["few.toml: 20 of 100 points held out, expected at least 32"]);
    refused("few.toml", &out, &["--held-out", "1"], &["--held-out: 1, expected a number between 0 and 1"]);
    refused("few.toml", &out, &["--held-out", "nan"], &["--held-out: NaN"]);
    let half =
        |more: &[&str], parts: &[&str]| refused("few.toml", &out, &[&["--held-out", "0.4"], more].concat(), parts);
    half(&["--components", "per-class"], &["--components: per-class, but", "gives no labels"]);
    half(&["--components", "0"], &["--components: \"0\", expected per-class, auto or a number from 1"]);
    half(&["--components", "99"], &["99 components, expected at most"]);
    half(&["--covariance", "round"], &["--covariance: \"round\", expected isotropic"]);
    half(&["--covariance", "low-rank:1"], &["rank 1, expected 1 to 0"]);
    half(&["--ridge", "-1"], &["--ridge: \"-1\", expected auto or a number from 0"]);
    half(&["--sigmas", "0.1,0"], &["--sigmas: 0, expected positive finite numbers"]);
    refused("same.toml", &out, &[], &["all points lie in one place"]);
    refused("few.toml", &place.path().join("out.txt"), &[], &["--out: ending \"txt\", expected a law file"]);
    refused("few.toml", &place.path().join("none/out.toml"), &[], &["--out: ", "cannot write it"]);
}
