//! B6: how wide the bandwidth can be.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, ulps};
use infodyn_enclosure::{Component, Interval, Moment};

use super::{SAMPLED, SHARP, atoms, gaussian, mixture, pair, plane};
use crate::enclosed::{self, Sides, Stage};
use crate::rates::{divergence, mmse, square_error};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};

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

/// The covariance that the linear estimator knows.
#[derive(Clone, Copy)]
enum Prior {
    Total,
    /// That of the first component alone.
    Within,
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    // With each, what makes a bound barely false: `eta` from below and from above, and `mmse` over its bound from
    // below.
    let several = [
        (mixture()?.under(NoiseProcess::VP_LINEAR, 0.2)?, [0.691, 0.692], 0.955),
        (atoms()?.under(NoiseProcess::Edm, 0.6)?, [0.299, 0.300], 0.468),
        (plane()?.under(NoiseProcess::flow(3.0)?, 0.25)?, [0.410, 0.411], 0.940),
        (pair()?.under(NoiseProcess::Ve, 3.0)?, [0.0975, 0.0976], 0.988),
    ];
    for (case, [low, high], share) in &several {
        let (low, high, share) = (*low, *high, *share);
        let check = Check::new(Kind::Quadrature, case, "eta < 1", |_, case| ceiling(case, 1.0));
        checks.push(check.mutant(Ingredient::Bound, &format!("{low} in place of 1"), move |_, s| ceiling(s, low)));
        let check = Check::new(Kind::Quadrature, case, "eta >= 0", |_, case| floor(case, 0.0, 1.0));
        checks.push(
            check.mutant(Ingredient::Bound, &format!("{high} in place of 0"), move |_, s| floor(s, high, 1.0)).mutant(
                Ingredient::Variance,
                "four sigma^2 in place of sigma^2",
                |_, s| floor(s, 0.0, 4.0),
            ),
        );
        checks.push(Check::new(Kind::Quadrature, case, "two forms of eta", forms).breaking(&[Mutation::Sigma]));
        let within = "the covariance within a component in place of Cov X_0";
        let check = Check::new(Kind::Quadrature, case, "linear bound", |_, case| linear(case, Prior::Total, 1.0));
        checks.push(check.mutant(Ingredient::Variance, within, |_, s| linear(s, Prior::Within, 1.0)).mutant(
            Ingredient::Bound,
            &format!("{share} of it"),
            move |_, s| linear(s, Prior::Total, share),
        ));
        // A sample sees less.
        let share = 0.95 * share;
        let check = Check::new(Kind::MonteCarlo, case, "linear bound", |c, s| sampled(c, s, Prior::Total, 1.0));
        checks.push(check.mutant(Ingredient::Variance, within, |c, s| sampled(c, s, Prior::Within, 1.0)).mutant(
            Ingredient::Bound,
            &format!("{share:.3} of it"),
            move |c, s| sampled(c, s, Prior::Total, share),
        ));
    }
    // Near either end of its range, where a bound of another value is barely false.
    let case = mixture()?.under(NoiseProcess::Edm, 0.05)?;
    let check = Check::new(Kind::Quadrature, &case, "eta < 1", |_, case| ceiling(case, 1.0));
    checks.push(check.mutant(Ingredient::Bound, "0.96 in place of 1", |_, case| ceiling(case, 0.96)));
    let case = mixture()?.under(NoiseProcess::Edm, 8.0)?;
    let check = Check::new(Kind::Quadrature, &case, "eta >= 0", |_, case| floor(case, 0.0, 1.0));
    let check = check.mutant(Ingredient::Bound, "0.022 in place of 0", |_, case| floor(case, 0.022, 1.0));
    let heavy = "1.05 sigma^2 in place of sigma^2";
    checks.push(check.mutant(Ingredient::Variance, heavy, |_, case| floor(case, 0.0, 1.05)));
    for process in [NoiseProcess::Ou, NoiseProcess::VP_COSINE] {
        let case = gaussian()?.under(process, 0.4)?;
        checks.push(Check::new(Kind::Quadrature, &case, "equality", equality).breaking(&[Mutation::Sigma]));
    }
    for (stage, share) in enclosed::stages().into_iter().zip([0.85, 0.758, 0.955]) {
        let mutants = [
            (Ingredient::Variance, "the variance within components in place of Var X_0", (Prior::Within, 1.0)),
            (Ingredient::Bound, "a bound too low by less than 1 %", (Prior::Total, share)),
        ];
        let case = format!("{}: mmse <= l/(1 + gamma l)", stage.name);
        checks.push(enclosed::at_most(case, (Prior::Total, 1.0), &mutants, move |(prior, share)| {
            enclosure(&stage, prior, share)
        }));
    }
    Ok(checks)
}

fn enclosure(stage: &Stage, prior: Prior, share: f64) -> Sides {
    let (level, line) = (stage.level()?, stage.line()?);
    let sum = |f: &dyn Fn(&Component<Interval>) -> Interval| {
        line.components().iter().fold(Interval::ZERO, |s, c| s + c.weight * f(c))
    };
    let mean = sum(&|c| c.mean);
    let l = match prior {
        Prior::Total => sum(&|c| c.variance + (c.mean - mean).sqr()),
        Prior::Within => sum(&|c| c.variance),
    };
    let bound = l / (Interval::ONE + level.snr() * l);
    Ok([line.mean(Moment::PosteriorVariance)?, bound.times(share)])
}

/// `sum_i l_i/(1 + gamma l_i)`.
fn bound(case: &Case, prior: Prior) -> Result<Estimate> {
    let (snr, law) = (case.level()?.snr(), case.law());
    let covariance = match prior {
        Prior::Total => law.total_covariance(),
        Prior::Within => law.covariance(0).matrix(law.dim()),
    };
    let values = covariance.symmetric_eigenvalues();
    let sum: f64 = values.iter().map(|l| l / (1.0 + snr * l)).sum();
    // A term moves by no more than its eigenvalue.
    Ok(Estimate::new(sum, ulps::eigenvalue(law.dim()) * f64::EPSILON * (sum.abs() + values.amax())))
}

/// `(gamma/D) mmse`.
fn eta(case: &Case) -> Result<Estimate> {
    Ok(mmse(case)? * Estimate::rounded(case.level()?.snr(), ulps::SNR) / Estimate::given(case.dim()))
}

/// `1 + (noise sigma^2/D) E[div s]`, of `noise = 1` in the claim.
fn by_divergence(case: &Case, noise: f64) -> Result<Estimate> {
    let sigma2 = Estimate::given(noise) * Estimate::given(case.level()?.sigma2());
    Ok(divergence(case)? * sigma2 / Estimate::given(case.dim()) + 1)
}

fn ceiling(case: &Case, bound: f64) -> Result<Comparison> {
    Ok(Comparison::at_most(eta(case)?, Estimate::given(bound), SHARP))
}

/// By the divergence: the other form is a sum of squares and could not fail.
fn floor(case: &Case, bound: f64, noise: f64) -> Result<Comparison> {
    Ok(Comparison::at_most(Estimate::given(bound), by_divergence(case, noise)?, SHARP))
}

fn forms(_: &Context, case: &Case) -> Result<Comparison> {
    let (lhs, rhs) = (by_divergence(case, 1.0)?, eta(case)?);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `mmse` against a share of its bound, all of it in the claim.
fn linear(case: &Case, prior: Prior, share: f64) -> Result<Comparison> {
    let rhs = bound(case, prior)? * Estimate::given(share);
    Ok(Comparison::at_most(mmse(case)?, rhs, SHARP * rhs.value().abs()))
}

fn equality(_: &Context, case: &Case) -> Result<Comparison> {
    let (lhs, rhs) = (mmse(case)?, bound(case, Prior::Total)?);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn sampled(context: &Context, case: &Case, prior: Prior, share: f64) -> Result<Comparison> {
    let means = case.sample(context, Detail::MEAN_OFFSET, 1, &[], |row, out| out[0] = square_error(row, 0))?;
    let rhs = bound(case, prior)? * Estimate::given(share);
    Ok(Comparison::at_most(means.mean(0, Context::CONFIDENCE), rhs, SAMPLED * rhs.value().abs()))
}
