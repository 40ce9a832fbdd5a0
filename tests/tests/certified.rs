//! The program's numbers lie in the intervals that `proofs/numeric/*.v` certify.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use infodyn_closed_form::Marginal;
use infodyn_core::{Mixture, NoiseProcess, Quantity};
use infodyn_quadrature::Channel;

/// `Theorem NAME : Rabs (TERM K - VALUE) <= RADIUS.`, term, `K`, value and radius.
fn stated(line: &str) -> Option<(&str, f64, f64, f64)> {
    let (_, rest) = line.strip_prefix("Theorem ")?.split_once(": Rabs (")?;
    let (difference, radius) = rest.strip_suffix('.')?.rsplit_once(") <= ")?;
    let (term, value) = difference.split_once(" - ")?;
    let (term, k) = term.split_once(' ')?;
    let k = k.trim_matches(['(', ')']);
    let k = match k.split_once('/') {
        Some((over, under)) => over.parse::<f64>().ok()? / under.parse::<f64>().ok()?,
        None => k.parse().ok()?,
    };
    Some((term, k, value.parse().ok()?, radius.parse().ok()?))
}

#[test]
fn two_atoms_by_quadrature() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../proofs/numeric/TwoAtoms.v")).unwrap();
    let law = Mixture::atoms(&[], &[vec![1.0], vec![-1.0]]).unwrap();
    let theorems: Vec<&str> = text.lines().filter(|l| l.starts_with("Theorem ")).collect();
    assert!(theorems.len() >= 40, "{} certified numbers", theorems.len());
    for line in theorems {
        let (term, k, value, radius) = stated(line).unwrap();
        assert!(2.0 * radius <= 1e-8, "{line}: too wide");
        let quantity = match term {
            "H" => Quantity::LabelEntropy,
            "M" => Quantity::Mmse,
            "Rate" => Quantity::ConditionalEntropyRate,
            _ => panic!("{line}: expected H, M or Rate"),
        };
        // In `ve` time is the variance of the noise, and `k = 1/t`.
        let level = NoiseProcess::Ve.at(1.0 / k).unwrap();
        let marginal = Marginal::new(&law, &level);
        let p = infodyn_quadrature::profile(&Channel::new(&marginal, None, level), &[quantity], None).unwrap();
        let e = p.get(quantity).unwrap();
        // The whole of the program's interval lies in the certified one.
        assert!((e.value - value).abs() + e.radius <= radius, "{line}: the program says {e}");
    }
}
