//! A claim of one's own, stated and checked with infodyn from outside its workspace.
//!
//! The claim: the Fisher information of the marginal is never above that of the noise,
//! `E|s|^2 <= D/sigma^2`, and the gap is `(alpha^2/sigma^4) mmse`. It is two lines of algebra away from
//! B3, which makes it a good first exercise: a check wires two routes to one comparison, lists the mutants
//! that it must refute, and the registry's runner does the rest.

use infodyn_claims::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};
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
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(POWER)];
        checks.push(Check::new(Kind::Quadrature, &case, "gap", &mutants, gap));
        checks.push(Check::new(Kind::Quadrature, &case, "sign", &[], sign));
    }
    Ok(checks)
}

const POWER: &str = "sigma^2 in place of sigma^4";

/// The two sides by quadrature: a norm of the score against a spread of the posterior.
fn gap(_: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let means = case.mean(Detail::Score, 2, |s, out| (out[0], out[1]) = (s.norm2(), s.posterior_trace()))?;
    let lhs = means[0] * -1.0 + case.dim() / level.sigma2();
    let power = if case.breaks(POWER) { 1.0 } else { level.sigma2() };
    let rhs = means[1] * (level.snr() / power);
    Ok(Comparison::new(lhs, rhs, 1e-9 * rhs.value().abs()))
}

fn sign(_: &Context, case: &Case) -> Result<Comparison> {
    let norm2 = case.mean(Detail::Score, 1, |s, out| out[0] = s.norm2())?[0];
    Ok(Comparison::at_most(norm2, Estimate::rounded(case.dim() / case.level()?.sigma2(), 2.0), 1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use infodyn_claims::Effort;
    use infodyn_core::Verdict;

    #[test]
    fn the_claim_holds_and_its_mutants_do_not() {
        let context = Context { seed: 1, effort: Effort::Quick, digits: None, proofs: Vec::new() };
        for check in (CLAIM.checks)(&context).unwrap() {
            let answer = check.answer(&context, Mutation::None).unwrap();
            assert_eq!(answer.verdict(), Verdict::Holds, "{}", check.case);
            for &mutation in &check.refutes {
                let broken = check.answer(&context, mutation).unwrap();
                assert_eq!(broken.verdict(), Verdict::Refuted, "{}: {mutation}", check.case);
            }
        }
    }
}
