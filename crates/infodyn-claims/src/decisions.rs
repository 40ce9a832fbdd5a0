//! When a label is decided: decisions on several scales, and what peaks at them.

use infodyn_core::{Estimate, Mixture};

use crate::{Case, NamedLaw, Result};

/// `+-A +-b` on a line, coarse label first.
pub(crate) fn tree_on_a_line(a: f64, b: f64) -> Result<NamedLaw> {
    Ok(NamedLaw::new("tree-line", Mixture::atoms(&[], &[vec![a + b], vec![a - b], vec![b - a], vec![-a - b]])?))
}

/// The same on two axes.
pub(crate) fn tree_on_axes(a: f64, b: f64) -> Result<NamedLaw> {
    Ok(NamedLaw::new("tree-axes", Mixture::atoms(&[], &[vec![a, b], vec![a, -b], vec![-a, b], vec![-a, -b]])?))
}

/// A quantity of a decision at a signal-to-noise ratio of the case's process.
pub(crate) fn at_snr(case: &Case, snr: f64, of: impl Fn(&Case) -> Result<Estimate>) -> Result<Estimate> {
    let moved = case.at(case.process().time_at_snr(snr)?);
    let value = of(&moved)?;
    // The time is rounded, and d log Var h/d log gamma is at most of the order of 2 + k.
    Ok(value.widened((2.0 + snr) * (moved.truth().level()?.snr() / snr - 1.0).abs() * value.value()))
}

/// `Var h`.
pub(crate) fn entropy_variance(case: &Case) -> Result<Estimate> {
    case.variance(|s| s.label_entropy())
}

/// Number of peaks of a quantity of decisions among `nodes` levels even in `log gamma`, each higher than its neighbours beyond their errors.
/// On two axes the two decisions are independent and their entropies, and the variances of these, add (C10): each is integrated on its own line.
pub(crate) fn peaks_of(
    case: &Case,
    (low, high): (f64, f64),
    nodes: usize,
    of: fn(&Case) -> Result<Estimate>,
) -> Result<Estimate> {
    let level = |i: usize| (low + (high - low) * i as f64 / (nodes - 1) as f64).exp();
    let cases = if case.law().dim() == 1 { vec![case.clone()] } else { axes(case)?.into() };
    let read = |i: usize| cases.iter().map(|s| at_snr(s, level(i), of)).sum::<Result<Estimate>>();
    let values = (0..nodes).map(read).collect::<Result<Vec<_>>>()?;
    let above = |a: Estimate, b: Estimate| a.value() - b.value() > a.radius() + b.radius();
    Ok(Estimate::count(values.windows(3).filter(|v| above(v[1], v[0]) && above(v[1], v[2])).count()))
}

/// [`peaks_of`] `Var h`.
pub(crate) fn peaks(case: &Case, range: (f64, f64), nodes: usize) -> Result<Estimate> {
    peaks_of(case, range, nodes, entropy_variance)
}

/// The pairs `+-A` and `+-b` of a tree on two axes.
pub(crate) fn axes(case: &Case) -> Result<[Case; 2]> {
    let pair = |i: usize| {
        let law = Mixture::symmetric_pair(&[case.law().mean(0)[i]], 0.0)?;
        NamedLaw::new("axis", law).under(*case.process(), case.t())
    };
    Ok([pair(0)?, pair(1)?])
}
