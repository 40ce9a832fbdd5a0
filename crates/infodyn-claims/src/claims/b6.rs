//! B6: how wide the bandwidth can be.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess};

use super::{SAMPLED, SHARP, atoms, gaussian, mixture, pair, plane};
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "B6",
    name: "bandwidth-bounds",
    statement: "`eta`, both sides of {0}, lies in `[0,1)`, and with `l_i` the eigenvalues of `Cov X_0`, \
                `mmse <= sum_i l_i/(1+gamma l_i)`, with equality at some `gamma > 0` exactly when `p_0` is Gaussian: {1}",
    scope: "every law; equality on a Gaussian, strict inequality on the others",
    origin: Origin::Elsewhere("the linear estimator's error bounds the best one's"),
    uses: &["B3"],
    formulas,
    checks,
};

/// `eta = 1 + (sigma^2/D) E[div s] = (gamma/D) mmse`, and the Gaussian value of mmse.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Gaussian, Identity, Mixture, Noise, divergence, quantity};

    let [mean, d, gamma, mmse] = ["E[div s]", "D", "gamma", "mmse"].map(quantity);
    let fraction = Equation::new(1 + Noise::general().sigma.pow(2) / &d * &mean, &gamma / &d * &mmse);
    let linear = quantity("sum l/(1+gamma l)");
    let attained = Equation::new(&mmse, &linear);
    let [div_s, spread] = ["div s", "tr S"].map(quantity);
    let at_a_point = Equation::new(1 + Noise::general().sigma.pow(2) / &d * &div_s, &gamma / &d * &spread);
    let mut all = Vec::new();
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let bound = |gamma: &Expr| law.variances.iter().map(|l| l / (1 + gamma * l)).sum::<Expr>();
        let defined = [
            (&mean, law.mean(&divergence(&law.score(), &law.x))),
            (&d, law.dim()),
            (&gamma, law.noise.gamma()),
            (&mmse, law.mmse()),
            (&linear, bound(&law.noise.gamma())),
        ];
        let broken = ("a factor D + 1 in place of D", &gamma / (&d + 1) * &mmse);
        all.push(Identity::of(format!("eta, Gaussian, D={dim}"), &fraction, &defined, broken));
        let broken = ("1/gamma in place of gamma", bound(&(1 / law.noise.gamma())));
        all.push(Identity::of(format!("the bound, Gaussian, D={dim}"), &attained, &defined, broken));
    }
    for (components, dim) in [(2, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let defined = [
            (&d, law.dim()),
            (&div_s, divergence(&law.score(), &law.x)),
            (&gamma, law.noise.gamma()),
            (&spread, law.posterior_spread()),
        ];
        let broken = ("gamma^2 in place of gamma", gamma.pow(2) / &d * &spread);
        all.push(Identity::of(format!("eta at a point, {}", law.name()), &at_a_point, &defined, broken));
    }
    all
}

const FOURFOLD: &str = "the noise variance four times too large";
const PRIOR: &str = "the prior variance in place of mmse";
const WITHIN: &str = "the covariance within components in place of Cov X_0";
const EQUALITY: &str = "equality for a law that is not Gaussian";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let several = [
        mixture()?.under(NoiseProcess::VP_LINEAR, 0.2)?,
        atoms()?.under(NoiseProcess::Edm, 0.6)?,
        plane()?.under(NoiseProcess::flow(3.0)?, 0.25)?,
        pair()?.under(NoiseProcess::Ve, 3.0)?,
    ];
    for case in &several {
        let wide = case.level()?.snr() * case.law().total_covariance().trace() > case.dim();
        let mutants: &[Mutation] = if wide { &[Mutation::Formula(PRIOR)] } else { &[] };
        checks.push(Check::new_by_words(Kind::Quadrature, case, "eta < 1", mutants, below_one));
        checks.push(Check::new_by_words(
            Kind::Quadrature,
            case,
            "eta >= 0",
            &[Mutation::Formula(FOURFOLD)],
            above_zero,
        ));
        checks.push(Check::new_by_words(Kind::Quadrature, case, "two forms of eta", &[Mutation::Sigma], forms));
        let mutants = [Mutation::Formula(WITHIN), Mutation::Formula(EQUALITY)];
        checks.push(Check::new_by_words(Kind::Quadrature, case, "linear bound", &mutants, linear));
        checks.push(Check::new_by_words(Kind::MonteCarlo, case, "linear bound", &[Mutation::Formula(WITHIN)], sampled));
    }
    for process in [NoiseProcess::Ou, NoiseProcess::VP_COSINE] {
        let case = gaussian()?.under(process, 0.4)?;
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "equality", &[Mutation::Sigma], equality));
    }
    Ok(checks)
}

fn mmse(case: &Case) -> Result<Estimate> {
    Ok(case.mean(Detail::Score, 1, |s, out| out[0] = s.posterior_trace())?[0])
}

/// `sum_i l_i/(1 + gamma l_i)`.
fn bound(case: &Case) -> Result<Estimate> {
    let snr = case.level()?.snr();
    let law = case.law();
    let total = if case.breaks(WITHIN) { law.covariance(0).matrix(law.dim()) } else { law.total_covariance() };
    let values = total.symmetric_eigenvalues();
    let sum: f64 = values.iter().map(|l| l / (1.0 + snr * l)).sum();
    // The eigenvalues are right to D roundings of the largest.
    let d = law.dim() as f64;
    Ok(Estimate::new(sum, 16.0 * d * f64::EPSILON * (sum.abs() + values.amax())))
}

fn eta(case: &Case) -> Result<Estimate> {
    let share = case.level()?.snr() / case.dim();
    if case.breaks(PRIOR) {
        return Ok(Estimate::rounded(case.law().total_covariance().trace() * share, 64.0));
    }
    Ok(mmse(case)? * Estimate::rounded(share, 2.0))
}

fn below_one(_: &Context, case: &Case) -> Result<Comparison> {
    Ok(Comparison::at_most(eta(case)?, Estimate::ONE, SHARP))
}

fn above_zero(_: &Context, case: &Case) -> Result<Comparison> {
    // By the divergence: the other form is a sum of squares and could not fail.
    let divergence = case.mean(Detail::Score, 1, |s, out| out[0] = s.divergence())?[0];
    let noise = if case.breaks(FOURFOLD) { 4.0 } else { 1.0 } * case.level()?.sigma2();
    let eta = divergence * Estimate::given(noise) / Estimate::given(case.dim()) + 1;
    Ok(Comparison::at_most(Estimate::ZERO, eta, SHARP))
}

fn forms(_: &Context, case: &Case) -> Result<Comparison> {
    let divergence = case.mean(Detail::Score, 1, |s, out| out[0] = s.divergence())?[0];
    let lhs = divergence * Estimate::given(case.level()?.sigma2()) / Estimate::given(case.dim()) + 1;
    let rhs = eta(case)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn linear(_: &Context, case: &Case) -> Result<Comparison> {
    let (lhs, rhs) = (mmse(case)?, bound(case)?);
    let tolerance = SHARP * rhs.value().abs();
    if case.breaks(EQUALITY) {
        return Ok(Comparison::new(lhs, rhs, tolerance));
    }
    Ok(Comparison::at_most(lhs, rhs, tolerance))
}

fn equality(_: &Context, case: &Case) -> Result<Comparison> {
    let (lhs, rhs) = (mmse(case)?, bound(case)?);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn sampled(context: &Context, case: &Case) -> Result<Comparison> {
    let means = case.sample(context, Detail::Score, 1, &[], |row, out| {
        let seen = row.seen(0);
        out[0] = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
    })?;
    let rhs = bound(case)?;
    Ok(Comparison::at_most(means.mean(0, Context::CONFIDENCE), rhs, SAMPLED * rhs.value().abs()))
}
