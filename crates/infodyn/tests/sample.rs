//! `infodyn sample`: what it draws, what it writes, and what it refuses.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A folder with laws.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    file(
        "pair.toml",
        "kind = \"mixture\"\nmeans = [[1.5, 0.0], [-1.5, 0.0]]\ncovariance = 0.25\nweights = [0.25, 0.75]",
    );
    file("atoms.toml", "kind = \"atoms\"\npoints = [[-1.0], [1.0]]\nlabels = [\"cat\", \"dog\"]");
    place
}

fn run(place: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_infodyn")).arg("sample").args(args).current_dir(place).output().unwrap()
}

#[track_caller]
fn good(place: &Path, args: &[&str]) -> Value {
    let output = run(place, &[args, &["--json"]].concat());
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A file of doubles, and its shape.
fn read(path: &Path) -> (Vec<f64>, Vec<u64>) {
    let bytes = std::fs::read(path).unwrap();
    let file = npyz::NpyFile::new(&bytes[..]).unwrap();
    let shape = file.shape().to_vec();
    (file.into_vec().unwrap(), shape)
}

fn labels(path: &Path) -> Vec<i64> {
    npyz::NpyFile::new(&std::fs::read(path).unwrap()[..]).unwrap().into_vec().unwrap()
}

/// Mean and variance of a coordinate, with six standard errors of the mean of a sample of such variance.
#[track_caller]
fn is(values: &[f64], mean: f64, variance: f64) {
    let n = values.len() as f64;
    let found = values.iter().sum::<f64>() / n;
    let spread = values.iter().map(|x| (x - found).powi(2)).sum::<f64>() / n;
    assert!((found - mean).abs() < 6.0 * (variance / n).sqrt(), "mean {found}, not {mean}");
    assert!((spread / variance - 1.0).abs() < 6.0 * (2.0 / n).sqrt(), "variance {spread}, not {variance}");
}

#[test]
fn exact_draws_have_the_moments_of_the_law() {
    let place = place();
    let (here, base) = (place.path(), ["--law", "pair.toml", "--process", "ou", "--count", "40000", "--out", "x.npy"]);
    let told = good(here, &[&base[..], &["--labels", "y.npy"]].concat());
    assert_eq!((&told["schema"], &told["method"]), (&"infodyn.sample/1".into(), &"exact".into()));
    let ((x, shape), y) = (read(&here.join("x.npy")), labels(&here.join("y.npy")));
    assert_eq!((shape, y.len()), (vec![40000, 2], 40000));
    for (label, mean) in [(0, 1.5), (1, -1.5)] {
        let of = |j: usize| -> Vec<f64> { (0..y.len()).filter(|&i| y[i] == label).map(|i| x[2 * i + j]).collect() };
        let share = of(0).len() as f64 / 40000.0;
        assert!((share - [0.25, 0.75][label as usize]).abs() < 6.0 * (0.1875_f64 / 40000.0).sqrt(), "{label}: {share}");
        is(&of(0), mean, 0.25);
        is(&of(1), 0.0, 0.25);
    }
    // One class at t = 0.5: alpha = e^{-1/2}, sigma^2 = 1 - 1/e.
    good(here, &[&base[..], &["--class", "0", "--at", "0.5"]].concat());
    let (x, _) = read(&here.join("x.npy"));
    let first: Vec<f64> = x.iter().copied().step_by(2).collect();
    let e = (-1.0_f64).exp();
    is(&first, 1.5 * e.sqrt(), 0.25 * e + 1.0 - e);
}

/// By many steps of second order the class itself comes out, and the law.
#[test]
fn the_reverse_process_ends_in_the_law() {
    let place = place();
    let here = place.path();
    let base =
        ["--law", "pair.toml", "--process", "vp-linear", "--count", "20000", "--out", "x.npy", "--labels", "y.npy"];
    for sampler in ["heun", "dpmpp2m"] {
        good(here, &[&base[..], &["--sampler", sampler, "--steps", "100", "--class", "0"]].concat());
        let (x, _) = read(&here.join("x.npy"));
        let [first, second] = [0, 1].map(|j| x.iter().copied().skip(j).step_by(2).collect::<Vec<f64>>());
        is(&first, 1.5, 0.25);
        is(&second, 0.0, 0.25);
        assert!(labels(&here.join("y.npy")).iter().filter(|y| **y != 0).count() < 200);
    }
    good(here, &[&base[..], &["--sampler", "ancestral", "--steps", "200"]].concat());
    let (x, _) = read(&here.join("x.npy"));
    let first = x.iter().filter(|x| x.is_finite()).step_by(2).filter(|x| **x > 0.0).count() as f64 / 20000.0;
    assert!((first - 0.25).abs() < 0.02, "{first}");
}

/// theory.md G5: two equal classes at `a/q^{1/2} = 3` by the flow at strength 3 from a signal of 0.014; a shift of one
/// standard deviation, and a narrow class.
#[test]
fn guidance_overshoots() {
    let place = place();
    let here = place.path();
    std::fs::write(here.join("even.toml"), "kind = \"mixture\"\nmeans = [[1.5], [-1.5]]\ncovariance = 0.25").unwrap();
    let base = ["--law", "even.toml", "--process", "edm", "--count", "20000", "--out", "x.npy", "--class", "0"];
    let with = |more: &[&str]| {
        good(here, &[&base[..], &["--sampler", "heun", "--steps", "200"], more].concat());
        let (x, _) = read(&here.join("x.npy"));
        let mean = x.iter().sum::<f64>() / 20000.0;
        [(mean - 1.5) / 0.5, x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20000.0 / 0.25]
    };
    // A start at k = 1.5^2/80^2 loses about 2 k^{1/2} = 0.0375 of the shift.
    let [shift, variance] = with(&["--omega", "3"]);
    assert!((shift - 1.0498 + 0.0375).abs() < 0.03 && (variance - 0.398).abs() < 0.03, "{shift} {variance}");
    // k from 1/4 to 4, where k = 2.25/(0.25 + t^2).
    let [shift, variance] = with(&["--omega", "3", "--window", "0.559017:2.95804"]);
    assert!((shift - 0.534).abs() < 0.05 && (variance - 0.387).abs() < 0.03, "{shift} {variance}");
}

/// The same bits for any number of threads, and the first samples of more are those of fewer.
#[test]
fn bits_are_those_of_the_seed() {
    let place = place();
    let here = place.path();
    let bits = |more: &[&str]| {
        let base = ["--law", "pair.toml", "--process", "edm", "--class", "1", "--out", "x.npy", "--labels", "y.npy"];
        good(here, &[&base[..], &["--sampler", "ancestral", "--steps", "9", "--omega", "2"], more].concat());
        (std::fs::read(here.join("x.npy")).unwrap(), std::fs::read(here.join("y.npy")).unwrap())
    };
    let one = bits(&["--count", "1000", "--threads", "1"]);
    assert_eq!(one, bits(&["--count", "1000", "--threads", "2"]));
    assert_ne!(one, bits(&["--count", "1000", "--seed", "1"]));
    let few = bits(&["--count", "300"]);
    let (header, length) = (few.0.len() - 300 * 16, 300 * 16);
    assert_eq!(few.0[header..], one.0[header..header + length]);
    for threads in ["1", "2"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infodyn"));
        let args = "sample --law pair.toml --process edm --class 1 --out z.npy --sampler ancestral --steps 9 --omega 2 --count 1000";
        let output =
            command.args(args.split(' ')).env("RAYON_NUM_THREADS", threads).current_dir(here).output().unwrap();
        assert!(output.status.success());
        assert_eq!(std::fs::read(here.join("z.npy")).unwrap(), one.0);
    }
}

/// The levels of a schedule's answer, of its list, and of the flag.
#[test]
fn levels_come_from_a_schedule() {
    let place = place();
    let here = place.path();
    let schedule = |args: &[&str]| {
        let base = ["schedule", "--steps", "5", "--clock", "edm"];
        let output =
            Command::new(env!("CARGO_BIN_EXE_infodyn")).args(base).args(args).current_dir(here).output().unwrap();
        assert!(output.status.success());
    };
    schedule(&["--out", "s.json"]);
    schedule(&["--format", "npy", "--out", "s.npy"]);
    let with = |more: &[&str]| {
        let base = ["--law", "atoms.toml", "--process", "edm", "--count", "7", "--out", "x.npy", "--sampler", "euler"];
        let told = good(here, &[&base[..], more].concat());
        (told["sigmas"].clone(), std::fs::read(here.join("x.npy")).unwrap())
    };
    let flag = with(&["--steps", "5"]);
    assert_eq!(flag.0.as_array().unwrap().len(), 6);
    assert_eq!(flag, with(&["--schedule", "s.json"]));
    assert_eq!(flag, with(&["--schedule", "s.npy"]));
    let (sigmas, _) = with(&["--sigmas", "10,1,0.1", "--at", "0.5"]);
    assert_eq!(sigmas, serde_json::json!([10.0, 1.0, 0.5]));
    let base = ["--law", "atoms.toml", "--process", "edm", "--count", "7", "--out", "x.npy"];
    let told = good(here, &[&base[..], &["--class", "dog", "--at", "0.5"]].concat());
    assert_eq!((&told["class"], &told["at"]["t"]), (&1.into(), &0.5.into()));
}

#[test]
fn refusals_are_one_line_and_leave_no_file() {
    let place = place();
    std::fs::write(place.path().join("s.json"), "{\"schema\": \"x\"}").unwrap();
    std::fs::write(place.path().join("s.csv"), "sigma\n1\n").unwrap();
    let files = || std::fs::read_dir(place.path()).unwrap().count();
    let before = files();
    let law = ["--law", "atoms.toml", "--process", "edm", "--count", "5"];
    let to = ["--out", "x.npy"];
    let steps = ["--sampler", "euler", "--steps", "4"];
    for (args, parts) in [
        (vec![], &["--out", "missing"][..]),
        (vec!["--out", "x.csv"], &["--out", "x.csv", ".npy"]),
        (vec!["--out", "none/x.npy"], &["--out", "none/x.npy"]),
        ([&to[..], &["--labels", "y.txt"]].concat(), &["--labels", "y.txt"]),
        ([&to[..], &["--class", "bird"]].concat(), &["--class", "\"bird\"", "cat, dog"]),
        ([&to[..], &["--class", "0"]].concat(), &["--class", "\"0\"", "cat, dog"]),
        ([&to[..], &["--at", "-1"]].concat(), &["--at", "-1", "(0, inf)"]),
        ([&to[..], &["--steps", "4"]].concat(), &["--steps", "--sampler"]),
        ([&to[..], &["--omega", "3"]].concat(), &["--omega", "--sampler"]),
        ([&to[..], &["--sampler", "euler"]].concat(), &["--sampler", "--steps"]),
        ([&to[..], &["--sampler", "ddim9", "--steps", "4"]].concat(), &["--sampler", "ddim9", "dpmpp2m"]),
        ([&to[..], &steps, &["--omega", "3"]].concat(), &["--omega", "--class"]),
        ([&to[..], &steps, &["--class", "cat", "--omega", "nan"]].concat(), &["--omega", "NaN"]),
        ([&to[..], &steps, &["--class", "cat", "--window", "1:2"]].concat(), &["--window", "--omega"]),
        ([&to[..], &steps, &["--class", "cat", "--omega", "3", "--window", "2:1"]].concat(), &["--window", "rise"]),
        ([&to[..], &steps, &["--class", "cat", "--omega", "3", "--window", "2"]].concat(), &["--window", "T0:T1"]),
        ([&to[..], &["--sampler", "euler", "--schedule", "s.json"]].concat(), &["--schedule", "s.json", "sigmas"]),
        ([&to[..], &["--sampler", "euler", "--schedule", "s.csv"]].concat(), &["--schedule", "s.csv", ".npy"]),
        ([&to[..], &["--sampler", "euler", "--sigmas", "1,2"]].concat(), &["--sigmas", "fall"]),
        ([&to[..], &steps, &["--at", "100"]].concat(), &["--at", "100"]),
        ([&to[..], &["--count", "99999999999"]].concat(), &["--count"]),
    ] {
        let output = run(place.path(), &[&law[..], &args].concat());
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args:?}: {line}");
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{args:?}: {line:?}");
        assert!(parts.iter().all(|part| line.contains(part)), "{args:?}: {line:?} lacks one of {parts:?}");
        assert_eq!(files(), before, "{args:?} left a file");
    }
}
