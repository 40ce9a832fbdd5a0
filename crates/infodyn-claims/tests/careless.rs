//! Three claims of a careless author, each false and each passing its own checks: the framework refuses or flags every
//! one.
#![allow(clippy::unwrap_used)]

use infodyn_claims::{
    Case, Check, Claim, ClaimReport, Context, Effort, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result,
    falsify, verify,
};
use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess, Verdict};
use infodyn_symbolic::theory::{Identity, identity, quantity};

const BLANK: Claim = Claim {
    id: "X1",
    name: "careless",
    statement: "",
    scope: "",
    origin: Origin::New,
    uses: &[],
    formulas: Vec::new,
    checks: |_| Ok(Vec::new()),
};

fn report(claim: Claim) -> ClaimReport {
    let report = verify(&Context::new(1, Effort::Smallest), &[claim], &[], &|_, _| ()).unwrap();
    report.claims.into_iter().next().unwrap()
}

fn refuted(claim: Claim) -> bool {
    falsify(&Context::new(1, Effort::Smallest), &[claim], &[], &|_, _| ()).unwrap().all_refuted()
}

/// Beside the point: true of anything, and a second kind of evidence.
fn beside_the_point() -> Vec<Identity> {
    let x = quantity("x");
    vec![identity("x = x", &x, &x, ("x = 2 x", 2 * &x))]
}

fn two_atoms(weights: [f64; 2], sigma: f64) -> Result<Case> {
    let law = Mixture::atoms(&weights, &[vec![1.0], vec![-1.0]])?;
    NamedLaw::new("two-atoms", law).under(NoiseProcess::Edm, sigma)
}

/// `mmse/Var X_0 <= share H(Y given X_t)/H(Y)`.
fn ordered(case: &Case, share: f64) -> Result<Comparison> {
    let [w, v] = [case.law().weights()[0], case.law().weights()[1]];
    let (variance, entropy) = (4.0 * w * v, -w * w.ln() - v * v.ln());
    let means = case.mean(Detail::all(), 2, |s, out| (out[0], out[1]) = (s.posterior_trace(), s.label_entropy()))?;
    let [lhs, rhs] = [means[0] / Estimate::rounded(variance, 2.0), means[1] * Estimate::rounded(share / entropy, 4.0)];
    Ok(Comparison::at_most(lhs, rhs, 1e-9))
}

fn orders(weights: [f64; 2]) -> Result<Vec<Check>> {
    [0.5, 1.0, 2.0]
        .map(|sigma| {
            let check =
                Check::new(Kind::Quadrature, &two_atoms(weights, sigma)?, "order", |_, case| ordered(case, 1.0));
            let check = check.mutant(Ingredient::Bound, "half of the right side", |_, case| ordered(case, 0.5));
            Ok(check.breaking(&[Mutation::Label]))
        })
        .into_iter()
        .collect()
}

/// An inequality between two numbers that holds for the weights at hand.
#[test]
fn a_false_inequality_on_one_pair_of_weights() {
    let claim = Claim { formulas: beside_the_point, checks: |_| orders([0.8, 0.2]), ..BLANK };
    let found = report(claim);
    assert!(found.evidence.iter().all(|e| e.verdict == Verdict::Holds), "{:?}", found.evidence);
    assert!(found.notes.iter().any(|n| n == "all cases: weights 0.8, 0.2"), "{:?}", found.notes);
    // The order leaves next to no room, which is told too.
    assert!(found.slack().unwrap() < 0.1, "{:?}", found.slack());
    // The other weights refute it.
    let claim = Claim { formulas: beside_the_point, checks: |_| orders([0.9, 0.1]), ..BLANK };
    assert_eq!(report(claim).verdict, Verdict::Refuted);
}

/// Without a mutant none of it runs.
#[test]
fn a_check_without_mutants() {
    fn checks(_: &Context) -> Result<Vec<Check>> {
        Ok(vec![Check::new(Kind::Quadrature, &two_atoms([0.8, 0.2], 1.0)?, "order", |_, case| ordered(case, 1.0))])
    }
    let claim = Claim { checks, ..BLANK };
    let refused = verify(&Context::new(1, Effort::Smallest), &[claim], &[], &|_, _| ());
    assert!(matches!(refused, Err(Error::NoMutant { claim: "X1", .. })), "{refused:?}");
}

/// `E b = (alpha |mu_1 - mu_2|/v)^2 E[1 - sum pi^2]/2` with `v` the variance of the first component.
fn production(case: &Case, power: i32) -> Result<Comparison> {
    let level = case.level()?;
    let law = case.law();
    let v = level.snr() * level.sigma2() * law.covariance(0).eigenvalue(0) + level.sigma2();
    let gap = level.alpha() * (law.mean(0)[0] - law.mean(1)[0]);
    let means = case.mean(Detail::all(), 2, |s, out| {
        (out[0], out[1]) = (s.label_production(), 1.0 - s.label_agreement());
    })?;
    Ok(Comparison::new(means[0], means[1] * Estimate::rounded(0.5 * gap * gap / v.powi(power), 16.0), 1e-9))
}

fn productions(widths: [f64; 2]) -> Result<Vec<Check>> {
    [[0.3, 0.7], [0.6, 0.4]]
        .map(|weights| {
            let covariances = widths.map(Covariance::isotropic).into_iter();
            let covariances = covariances.collect::<infodyn_core::Result<Vec<_>>>()?;
            let law = Mixture::new(&weights, &[vec![-1.0], vec![1.0]], covariances)?;
            let case = NamedLaw::new("two-widths", law).under(NoiseProcess::Ou, 0.4)?;
            let check = Check::new(Kind::Quadrature, &case, "", |_, case| production(case, 2));
            Ok(check.mutant(Ingredient::Exponent, "v in place of v^2", |_, case| production(case, 1)))
        })
        .into_iter()
        .collect()
}

/// An identity that needs equal widths, on equal widths.
#[test]
fn an_identity_on_equal_widths() {
    let claim = Claim { formulas: beside_the_point, checks: |_| productions([0.2, 0.2]), ..BLANK };
    let found = report(claim);
    assert_eq!(found.verdict, Verdict::Holds, "{:?}", found.evidence);
    assert!(refuted(claim));
    assert!(found.notes.iter().any(|n| n == "all cases: one covariance for all components"), "{:?}", found.notes);
    let claim = Claim { formulas: beside_the_point, checks: |_| productions([0.1, 0.4]), ..BLANK };
    assert_eq!(report(claim).verdict, Verdict::Refuted);
}

/// `H(Y given X_t) = share log 2` at `k = 1`, by a small sample: the truth is 0.5138 log 2.
fn half(context: &Context, case: &Case, share: f64) -> Result<Comparison> {
    let means = case.sample(context, Detail::POSTERIORS, 1, &[], |row, out| out[0] = row.seen(0).label_entropy())?;
    let rhs = Estimate::rounded(share * std::f64::consts::LN_2, 2.0);
    Ok(Comparison::new(means.mean(0, Context::CONFIDENCE), rhs, 0.1 * rhs.value()))
}

fn halves(_: &Context) -> Result<Vec<Check>> {
    let check =
        Check::new(Kind::MonteCarlo, &two_atoms([0.5, 0.5], 1.0)?, "", |context, case| half(context, case, 0.512));
    Ok(vec![check.mutant(Ingredient::Threshold, "a quarter", |context, case| half(context, case, 0.25))])
}

/// A number that is off by less than its interval: by itself undecided, and with a second kind of evidence told to be
/// coarse.
#[test]
fn a_false_number_by_a_coarse_sample() {
    let alone = report(Claim { checks: halves, ..BLANK });
    assert_eq!(alone.verdict, Verdict::Undecided);
    assert!(alone.notes.iter().any(|n| n == "one kind of evidence alone"), "{:?}", alone.notes);
    let found = report(Claim { formulas: beside_the_point, checks: halves, ..BLANK });
    assert_eq!(found.verdict, Verdict::Holds, "{:?}", found.evidence);
    assert!(found.power().unwrap() > 0.0035, "{:?}", found.power());
    assert!(found.says().starts_with("holds to ") && found.says().ends_with(" %"), "{}", found.says());
    // It is false: a sample that is larger refutes it.
    let claim = Claim { formulas: beside_the_point, checks: halves, ..BLANK };
    let large = verify(&Context::new(1, Effort::Standard), &[claim], &[], &|_, _| ()).unwrap();
    assert_eq!(large.verdict, Verdict::Refuted);
}
