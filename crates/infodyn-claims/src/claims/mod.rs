//! One file per claim, each with a `CLAIM` that `registry` lists; and the laws and words that they share.

use infodyn_bifurcation::{Energy, Landscape};
use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Covariance, Estimate, Mixture, NoiseProcess};

use crate::{Case, Context, Mutation, NamedLaw, Result};

mod a1;
mod a2;
mod a3;
mod a4;
mod b1;
mod b10;
mod b11;
mod b12;
mod b2;
mod b3;
mod b4;
mod b5;
mod b6;
mod b7;
mod b8;
mod b9;
mod c1;
mod c10;
mod c11;
mod c12;
mod c13;
mod c14;
mod c15;
mod c16;
mod c17;
mod c2;
mod c3;
mod c4;
mod c5;
mod c6;
mod c7;
mod c8;
mod c9;
mod d1;
mod d2;
mod d3;
mod d4;
mod d5;
mod d6;
mod d7;
mod d8;
mod e1;
mod e2;
mod e3;
mod e4;
mod e5;
mod g1;
mod g2;
mod g3;
mod g5;
mod g7;
mod g8;
mod g9;
mod registry;
mod s1;
mod s2;
mod s3;
mod s4;
mod s5;
mod s6;
mod s7;
mod s8;
mod s9;

pub use registry::{Family, registry};

/// One energy of a mixture along a process.
pub(crate) fn landscape(law: &Mixture, process: &NoiseProcess, energy: Energy) -> Result<Landscape> {
    Ok(Landscape::new(MixtureLaw::of(law.clone()), *process, energy)?)
}

/// `integral of f from a to b`, as [`infodyn_quadrature::integral`].
pub(crate) fn integral(f: impl Fn(f64) -> Result<Estimate>, a: f64, b: f64) -> Result<Estimate> {
    infodyn_quadrature::integral(f, a, b)
}

/// The zero of `f` between `lo < hi`, where its values have opposite signs, to the last places.
pub(crate) fn root(lo: f64, hi: f64, f: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    Ok(infodyn_quadrature::root(|x| -> Result<Estimate> { Ok(Estimate::new(f(x)?, 0.0)) }, lo, hi)?.value())
}

/// A radius above 1e-7 of the right side would let an error of the theory's size pass.
pub(crate) const SHARP: f64 = 1e-7;

/// A sampled interval wider than a tenth of the right side says too little.
pub(crate) const SAMPLED: f64 = 0.1;

/// `N(mu, C)` in the plane, correlated.
pub(crate) fn gaussian() -> Result<NamedLaw> {
    let c = Covariance::full(&[vec![1.0, 0.6], vec![0.6, 0.5]])?;
    Ok(NamedLaw::new("gaussian-2d", Mixture::gaussian(&[0.3, -0.2], c)?))
}

/// Three components on a line with three weights and three widths.
pub(crate) fn mixture() -> Result<NamedLaw> {
    Ok(NamedLaw::new("mixture-3", mixture_law()?))
}

/// The same with the first two components under one label.
pub(crate) fn labelled_mixture() -> Result<NamedLaw> {
    Ok(NamedLaw::new("mixture-3-labelled", mixture_law()?.with_labels(vec![0, 0, 1])?))
}

fn mixture_law() -> Result<Mixture> {
    let q = Covariance::isotropics(&[0.05, 0.1, 0.2])?;
    Ok(Mixture::new(&[0.3, 0.5, 0.2], &[vec![-1.2], vec![0.4], vec![2.0]], q)?)
}

/// Two atoms of unequal weight.
pub(crate) fn atoms() -> Result<NamedLaw> {
    Ok(NamedLaw::new("atoms-asymmetric", Mixture::atoms(&[0.8, 0.2], &[vec![1.0], vec![-1.0]])?))
}

/// Two components in the plane with covariances that do not commute.
pub(crate) fn plane() -> Result<NamedLaw> {
    let a = Covariance::full(&[vec![0.5, 0.2], vec![0.2, 0.3]])?;
    let b = Covariance::full(&[vec![0.2, -0.1], vec![-0.1, 0.4]])?;
    Ok(NamedLaw::new("mixture-2d", Mixture::new(&[0.6, 0.4], &[vec![1.0, -0.5], vec![-1.0, 0.3]], vec![a, b])?))
}

/// A symmetric pair in 64 dimensions, `|mu| = 2`, `q = 0.3`.
pub(crate) fn pair() -> Result<NamedLaw> {
    Ok(NamedLaw::new("pair-64", Mixture::symmetric_pair(&[0.25; 64], 0.3)?))
}

/// The data set of the run, if it has one.
pub(crate) fn digits(context: &Context) -> Option<NamedLaw> {
    context.digits.as_deref().map(|law| NamedLaw::new("digits", law.clone()))
}

/// The cases on which quantities vary, each under another process: one Gaussian, mixtures in one
/// and two dimensions, atoms, and a pair in 64 dimensions.
pub(crate) fn cases() -> Result<Vec<Case>> {
    use NoiseProcess as P;
    Ok(vec![
        gaussian()?.under(P::Ou, 0.4)?,
        mixture()?.under(P::VP_LINEAR, 0.2)?,
        mixture()?.under(P::LOCALIZATION, 15.0)?,
        labelled_mixture()?.under(P::VP_COSINE, 0.5)?,
        atoms()?.under(P::SUB_VP, 0.3)?,
        atoms()?.under(P::Edm, 0.9)?,
        plane()?.under(P::FLOW, 0.45)?,
        plane()?.under(P::VP_SCALED_LINEAR, 0.2)?,
        pair()?.under(P::Ve, 3.0)?,
    ])
}

/// Those of [`cases`] with more than one label.
pub(crate) fn labelled_cases() -> Result<Vec<Case>> {
    Ok(cases()?.into_iter().filter(|s| s.law().label_weights().len() > 1).collect())
}

/// Those of [`cases`] on a line, where the marginal is differentiated by its definition ([`crate::bells`]).
pub(crate) fn cases_on_a_line() -> Result<Vec<Case>> {
    Ok(cases()?.into_iter().filter(|s| s.law().dim() == 1).collect())
}

/// What the checks of these cases are called.
pub(crate) const ALONE: &str = "from log p_t alone";

/// Laws off every symmetry: two correlated components in space, whose axes are turned by more than a reflection, and
/// forty of three widths in five dimensions under four labels.
pub(crate) fn crooked_cases() -> Result<Vec<Case>> {
    let a = Covariance::full(&[vec![0.6, 0.2, -0.1], vec![0.2, 0.3, 0.15], vec![-0.1, 0.15, 0.5]])?;
    let b = Covariance::full(&[vec![0.2, -0.05, 0.1], vec![-0.05, 0.5, 0.1], vec![0.1, 0.1, 0.3]])?;
    let space = Mixture::new(&[0.7, 0.3], &[vec![0.8, -0.4, 0.2], vec![-0.9, 0.3, 0.5]], vec![a, b])?;
    let waves = |k: usize| (0..5).map(|i| 2.0 * ((k + 1) as f64 * (1.3 + 0.7 * i as f64)).sin()).collect();
    let means: Vec<Vec<f64>> = (0..40).map(waves).collect();
    let widths: Vec<f64> = (0..40).map(|k| 0.05 * (1 + k % 3) as f64).collect();
    let crowd = Mixture::new(&[1.0 / 40.0; 40], &means, Covariance::isotropics(&widths)?)?;
    let crowd = crowd.with_labels((0..40).map(|k| k % 4).collect())?;
    Ok(vec![
        NamedLaw::new("mixture-3d", space).under(NoiseProcess::Ou, 0.4)?,
        NamedLaw::new("crowd", crowd).under(NoiseProcess::Edm, 0.8)?,
    ])
}

/// Laws with two labels that integration serves, each under another process.
pub(crate) fn two_labels() -> Result<Vec<Case>> {
    use NoiseProcess as P;
    Ok(vec![
        labelled_mixture()?.under(P::VP_COSINE, 0.5)?,
        atoms()?.under(P::SUB_VP, 0.3)?,
        atoms()?.under(P::Edm, 0.9)?,
        plane()?.under(P::FLOW, 0.45)?,
    ])
}

/// Points at which a case of [`two_labels`] is looked at: between the labels, and to one side.
pub(crate) fn points(case: &Case) -> Vec<Vec<f64>> {
    if case.law().dim() == 1 { vec![vec![0.15], vec![-0.6]] } else { vec![vec![0.2, -0.1]] }
}

/// The data set under the Ornstein-Uhlenbeck process, in the middle of its decisions.
pub(crate) fn digits_case(context: &Context) -> Result<Option<Case>> {
    digits(context).map(|named| named.under(NoiseProcess::Ou, 0.9)).transpose()
}

/// The mutants that a sampled check must refute on a case. Uniform noise and a wrong weight change an
/// average by little on most laws; they are asked about where a sample of the smallest size sees them at
/// twice its interval or more: uniform noise on the three components under `localization`, whose gaps are
/// a few `sigma`; a wrong weight on the atoms under `sub-vp`, whose weights are far from equal.
pub(crate) fn sampled_mutants(case: &Case, mutants: &[Mutation]) -> Vec<Mutation> {
    let shows = |mutation: &Mutation| match mutation {
        Mutation::Noise => matches!(case.process(), NoiseProcess::Localization { .. }),
        Mutation::Weight => matches!(case.process(), NoiseProcess::SubVp { .. }),
        _ => true,
    };
    mutants.iter().copied().filter(shows).collect()
}
