//! Containment of references of 32 digits for random mixtures.
//!
//! `references.tsv`: kind, weights, means, variances, alpha, sigma^2, then `H(X_t)`, `E s^2`, `mmse`, `H(Y given X_t)`,
//! `Var h`, `E b`, `E (h')^2`, `E sum pi^2`, `Var iota`, the component as label. All parameters are the doubles
//! written; weights are divided by their exact sum. The first 310 rows come from MPFR, and `references.py` gives the
//! same within 5e-33; the rest are the first that it writes with `--seed 1`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

use dashu_int::IBig;
use dashu_ratio::RBig;
use infodyn_core::Mixture;
use infodyn_enclosure::{Interval, LineLaw, Moment};

/// A decimal in scientific notation, exactly.
fn decimal(text: &str) -> RBig {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let n: IBig = format!("{whole}{places}").parse().unwrap();
    let exponent = exponent.parse::<i32>().unwrap() - i32::try_from(places.len()).unwrap();
    let power = IBig::from(10).pow(exponent.unsigned_abs() as usize);
    if exponent < 0 { RBig::from(n) / RBig::from(power) } else { RBig::from(n) * RBig::from(power) }
}

/// The last digits of a reference are uncertain by less than 1e-30 of it (of 1e-2 where it is smaller: the error
/// allowed is absolute).
fn contains(x: Interval, reference: &str) -> bool {
    let r = decimal(reference);
    let size = if r < RBig::ZERO { -r.clone() } else { r.clone() };
    let room = (size + decimal("1e-2")) * decimal("1e-30");
    RBig::try_from(x.lo()).unwrap() <= &r + &room && &r - room <= RBig::try_from(x.hi()).unwrap()
}

struct Row {
    kind: String,
    law: LineLaw,
    alpha: f64,
    sigma2: f64,
    references: Vec<String>,
}

fn rows(text: &str) -> Vec<Row> {
    let numbers = |t: &str| t.split(',').map(|x| x.parse().unwrap()).collect::<Vec<f64>>();
    let row = |line: &str| {
        let f: Vec<&str> = line.split('\t').collect();
        let weights = numbers(f[1]);
        Row {
            kind: f[0].into(),
            law: LineLaw::from_parts(&weights, &numbers(f[2]), &numbers(f[3])),
            alpha: f[4].parse().unwrap(),
            sigma2: f[5].parse().unwrap(),
            references: f[6..].iter().map(|&s| s.to_owned()).collect(),
        }
    };
    text.lines().filter(|l| !l.starts_with('#')).map(row).collect()
}

/// Checks every row: how many numbers, and the widest relative error per kind of law.
fn check(text: &str) -> usize {
    let mut worst: std::collections::BTreeMap<String, f64> = std::collections::BTreeMap::new();
    let mut checked = 0;
    for (i, row) in rows(text).iter().enumerate() {
        let line = row.law.at(Interval::point(row.alpha), Interval::point(row.sigma2)).unwrap();
        let m = line
            .means(&[
                Moment::LnDensity,
                Moment::ScoreNorm2,
                Moment::PosteriorVariance,
                Moment::Entropy,
                Moment::Production,
                Moment::Gradient2,
                Moment::Agreement,
                Moment::SquareSurprisal,
            ])
            .unwrap_or_else(|e| panic!("row {i} {}: {e}", row.kind));
        let variance = line.entropy_variance().unwrap_or_else(|e| panic!("row {i} {}: {e}", row.kind));
        let found = [m[0], m[1], m[2], m[3], variance, m[4], m[5], m[6], m[7] - m[3].sqr()];
        for (j, (x, reference)) in found.iter().zip(&row.references).enumerate() {
            assert!(contains(*x, reference), "row {i} ({}), number {j}: {x} misses {reference}", row.kind);
            checked += 1;
        }
        // The quantities that do not cancel: H(Y given X_t), mmse, E s^2.
        let widest = [m[1], m[2], m[3]]
            .iter()
            .map(|x| if x.magnitude() < 1e-80 { 0.0 } else { x.relative_width() })
            .fold(0.0, f64::max);
        let entry = worst.entry(row.kind.clone()).or_default();
        *entry = entry.max(widest);
    }
    for (kind, width) in &worst {
        eprintln!("{kind}: widest {width:.1e}");
        assert!(*width < 1e-8, "{kind}: {width:e}");
    }
    checked
}

#[test]
fn a_thousand_mixtures() {
    let checked = check(include_str!("references.tsv"));
    assert!(checked >= 9000, "{checked}");
}

/// The same on a longer table of the same form, named by the environment variable `INFODYN_REFERENCES`: `references.py`
/// writes it.
#[test]
#[ignore = "needs a table of its own"]
fn a_longer_table() {
    let path = std::env::var("INFODYN_REFERENCES").unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let complete = text.rsplit_once('\n').map_or("", |t| t.0);
    eprintln!("{} numbers contained", check(complete));
}

/// A law of the line agrees with its reading from a mixture.
#[test]
fn laws_are_read() {
    let law = Mixture::symmetric_pair(&[3.0, 4.0, 0.0], 0.5).unwrap();
    let line = LineLaw::new(&law).unwrap();
    assert_eq!(line.further, 2);
    let at = line.at(Interval::ONE, Interval::point(2.0)).unwrap();
    assert!(at.centre(0).contains(5.0) && at.centre(0).width() < 1e-14);
    let three = Mixture::atoms(&[0.2, 0.3, 0.5], &[vec![0.0, 1.0], vec![1.0, 0.0], vec![2.0, 2.0]]).unwrap();
    assert!(LineLaw::new(&three).is_err());
}
