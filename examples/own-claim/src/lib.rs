//! A claim of one's own, stated and checked with infodyn.
//!
//! The claim: the Fisher information of the marginal is never above that of the noise,
//! `E|s|^2 <= D/sigma^2`, and the gap is `(alpha^2/sigma^4) mmse`. It is two lines of algebra away from
//! B3, which makes it a good first exercise: a check wires two routes to one comparison, lists the mutants
//! that it must refute, and the registry's runner does the rest.

use infodyn_claims::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};
use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess};

/// The claim.
pub const CLAIM: Claim = Claim {
    id: "X1",
    name: "fisher-gap",
    statement: "`D/sigma^2 - E|s|^2 = (alpha^2/sigma^4) mmse >= 0`",
    scope: "one mixture on a line under two processes",
    origin: Origin::New,
    uses: &["B3"],
    formulas: Vec::new,
    checks,
};

fn checks(_: &Context) -> Result<Vec<Check>> {
    let widths = Covariance::isotropics(&[0.1, 0.4])?;
    let law = Mixture::new(&[0.6, 0.4], &[vec![-1.0], vec![1.5]], widths)?;
    let named = NamedLaw::new("two-widths", law);
    let mut checks = Vec::new();
    for process in [NoiseProcess::Ou, NoiseProcess::FLOW] {
        let case = named.under(process, 0.4)?;
        let equal = Check::new(Kind::Quadrature, &case, "gap", |_, case| gap(case, 2))
            .breaking(&[Mutation::Weight, Mutation::Sigma])
            .mutant(Ingredient::Exponent, "sigma^2 in place of sigma^4", |_, case| gap(case, 1));
        let order = Check::new(Kind::Quadrature, &case, "sign", |_, case| sign(case, 0.0));
        // By Cramer and Rao E|s|^2 is above D/Var X_t, not much.
        let how = "the variance of X_t in place of the noise's";
        let order = order.mutant(Ingredient::Variance, how, |_, case| sign(case, 1.0));
        checks.extend([equal, order]);
    }
    Ok(checks)
}

/// The two sides by quadrature: a norm of the score against a spread of the posterior over `sigma^(2 power)`.
fn gap(case: &Case, power: i32) -> Result<Comparison> {
    let level = case.level()?;
    let means = case.mean(Detail::SCORES, 2, |s, out| (out[0], out[1]) = (s.norm2(), s.posterior_trace()))?;
    // Constants say how exact they are: a few operations in double precision.
    let lhs = Estimate::rounded(case.dim() / level.sigma2(), 1.0) - means[0];
    let rhs = means[1] * Estimate::rounded(level.snr() * level.sigma2().powi(1 - power), 5.0);
    Ok(Comparison::new(lhs, rhs, 1e-9 * rhs.value().abs()))
}

/// `E|s|^2 <= D/(sigma^2 + signal alpha^2 Var X_0)`, on the line.
fn sign(case: &Case, signal: f64) -> Result<Comparison> {
    let level = case.level()?;
    let norm2 = case.mean(Detail::SCORES, 1, |s, out| out[0] = s.norm2())?[0];
    let variance = level.sigma2() + signal * level.alpha().powi(2) * case.law().total_covariance()[(0, 0)];
    Ok(Comparison::at_most(norm2, Estimate::rounded(case.dim() / variance, 32.0), 1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use infodyn_claims::{Effort, falsify, verify};
    use infodyn_core::Verdict;

    #[test]
    fn the_claim_holds_and_its_mutants_do_not() {
        let context = Context::new(1, Effort::Quick);
        let report = verify(&context, &[CLAIM], &[], &|_, _| ()).unwrap();
        assert!(report.claims[0].evidence.iter().all(|e| e.verdict == Verdict::Holds));
        // One kind of evidence alone does not decide a claim.
        assert_eq!(report.verdict, Verdict::Undecided);
        let broken = falsify(&context, &[CLAIM], &[], &|_, _| ()).unwrap();
        let standing: Vec<_> = broken.mutants.iter().filter(|m| m.verdict != Verdict::Refuted).collect();
        assert!(standing.is_empty(), "{standing:#?}");
    }
}
