//! B9: the score as a filter on the noise.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, Jet, Moment};

use super::{SAMPLED, SHARP, cases, gaussian};
use crate::case::paired;
use crate::enclosed::{self, Slope, pair_at, point, posterior, real};
use crate::pointwise::gain;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result, Seen};

pub(super) const CLAIM: Claim = Claim {
    id: "B9",
    name: "wiener-filter",
    statement: "For Gaussian data `alpha grad m` has eigenvalues {0}, `l` those of the covariance: the Wiener gains. For any law they are nonnegative and \
                can exceed 1, and {1}, so their expected sum is `D eta`",
    scope: "gains on a Gaussian with full covariance; the sum on every law",
    origin: Origin::Paper("abstract: the score acts as a dynamic nonlinear filter on the noise"),
    uses: &["A2", "B6"],
    formulas,
    checks,
};

/// The eigenvalues of `alpha grad m` for a Gaussian law of any covariance in the plane.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::theory::{
        Equation, Gaussian, Identity, Mixture, Noise, divergence, gradient, quantity, vanishing,
    };
    use infodyn_symbolic::{Expr, Symbol};

    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, b, c) = (Symbol::positive("a"), Symbol::real("b"), Symbol::positive("c"));
    let x = [Symbol::real("x_1"), Symbol::real("x_2")];
    // Covariance [[a, b], [b, c]] of X_0, and [[p, r], [r, q]] of X_t.
    let (p, q, r) = (alpha.pow(2) * &a + sigma.pow(2), alpha.pow(2) * &c + sigma.pow(2), alpha.pow(2) * &b);
    let determinant = &p * &q - r.pow(2);
    let log_density = -(&q * x[0].pow(2) - 2 * &r * &x[0] * &x[1] + &p * x[1].pow(2)) / (2 * &determinant);
    let s = gradient(&log_density, &x);
    let m: Vec<Expr> = (0..2).map(|i| (&x[i] + sigma.pow(2) * &s[i]) / alpha).collect();
    let entry = |i: usize, k: usize| alpha * m[i].diff(&x[k]);
    let root = (((&a - &c) / 2).pow(2) + b.pow(2)).sqrt();
    let line = Gaussian::general(1);
    let wiener = |l: &Expr, power: i32| alpha.pow(power) * l / (alpha.pow(power) * l + sigma.pow(2));
    let mean = (&line.x[0] + sigma.pow(2) * line.density().log().diff(&line.x[0])) / alpha;
    let [gain, l] = ["gain", "l"].map(quantity);
    let mut all = vec![Identity::of(
        "the gain of a Gaussian, D=1",
        &Equation::new(&gain, wiener(&Expr::from(&l), 2)),
        &[(&gain, alpha * mean.diff(&line.x[0])), (&l, Expr::from(&line.variances[0]))],
        ("alpha in place of alpha^2", wiener(&Expr::from(&l), 1)),
    )];
    let [trace, d, div_s] = ["tr grad m", "D", "div s"].map(quantity);
    let total = |sigma2: Expr| &d + sigma2 * &div_s;
    let sum = Equation::new(alpha * &trace, total(sigma.pow(2)));
    for (components, dim) in [(2, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let defined = [
            (&trace, divergence(&law.posterior_mean(), &law.x)),
            (&d, law.dim()),
            (&div_s, divergence(&law.score(), &law.x)),
        ];
        let broken = ("sigma in place of sigma^2", total(sigma.into()));
        all.push(Identity::of(format!("tr alpha grad m = D + sigma^2 div s, {}", law.name()), &sum, &defined, broken));
    }
    for (name, l) in [("larger", (&a + &c) / 2 + &root), ("smaller", (&a + &c) / 2 - &root)] {
        let characteristic = |gain: &Expr| (entry(0, 0) - gain) * (entry(1, 1) - gain) - entry(0, 1) * entry(1, 0);
        all.push(vanishing(
            format!("{name} Wiener gain is an eigenvalue of alpha grad m, D=2"),
            characteristic(&wiener(&l, 2)),
            ("alpha in place of alpha^2", characteristic(&wiener(&l, 1))),
        ));
    }
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for process in [NoiseProcess::Ou, NoiseProcess::VP_SCALED_LINEAR] {
        let case = gaussian()?.under(process, 0.4)?;
        for (axis, what) in ["first gain", "second gain"].into_iter().enumerate() {
            let check = Check::new(Kind::Quadrature, &case, what, move |_, case| wiener(case, axis, 2));
            let check = check.breaking(&[Mutation::Sigma]);
            let how = "alpha l in place of alpha^2 l";
            checks.push(check.mutant(Ingredient::Exponent, how, move |_, case| wiener(case, axis, 1)));
        }
    }
    let broken = [Mutation::Weight, Mutation::Sigma];
    for case in cases()? {
        checks.push(Check::new(Kind::Quadrature, &case, "sum of gains", sum).breaking(&broken));
    }
    for case in cases()?.into_iter().chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Weight, Mutation::Sigma]);
        checks.push(Check::new(Kind::MonteCarlo, &case, "sum of gains", sampled).breaking(&mutants));
    }
    let (mutants, x) = (enclosed::mutants(&broken), point(enclosed::X));
    let stages = enclosed::stages();
    checks.extend(enclosed::each(stages.clone(), "the gain at x=0.37", Mutation::None, &mutants, move |stage, m| {
        let [mean, _] = posterior(&stage.still::<Slope>()?, Jet::variable(x));
        let broken = stage.broken(m);
        Ok([stage.level()?.alpha * mean.slope, broken.level()?.snr() * broken.line()?.observe(x).posterior_variance()])
    }));
    checks.extend(enclosed::each(stages, "the mean gain is eta", Mutation::None, &mutants, |stage, mutation| {
        let gain = Interval::ONE + stage.level()?.sigma2 * stage.line()?.mean(Moment::ScoreDivergence)?;
        let broken = stage.broken(mutation);
        Ok([gain, broken.level()?.snr() * broken.line()?.mean(Moment::PosteriorVariance)?])
    }));
    let early = (Ingredient::Time, "k = 0.99, above the noise at which the gain passes 1", 0.99);
    checks.push(enclosed::at_most("two-atoms/k=1.5: a gain above 1", 1.5, &[early], |k: f64| {
        let [mean, _] = posterior(&pair_at(real::<Slope>(k))?, Jet::variable(Interval::ZERO));
        Ok([Interval::ONE, point(k).sqrt() * mean.slope])
    }));
    Ok(checks)
}

/// The gain measured against that of the filter of Wiener, `alpha^power l/(alpha^2 l + sigma^2)`, of power 2 in the
/// claim.
fn wiener(case: &Case, axis: usize, power: i32) -> Result<Comparison> {
    let (lhs, level) = (gain(case, axis)?, case.level()?);
    let (alpha, sigma2) = (level.alpha(), level.sigma2());
    let l = case.law().covariance(0).eigenvalue(axis);
    let rhs = Estimate::rounded(alpha.powi(power) * l / (alpha * alpha * l + sigma2), ulps::SAMPLE);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `E[div m] = -E[m.s]` by parts, and `D eta = gamma mmse`.
fn sum(_: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let both = case.mean(Detail::SCORE | Detail::MEAN_OFFSET | Detail::POSTERIOR_TRACE, 2, |s, out| {
        // m = mu_anchor + offset of the mean, and x = alpha mu_anchor + offset.
        let m = |s: &Seen<'_>, i: usize| (s.x(i) - s.offset()[i]) / level.alpha() + s.mean_offset()[i];
        out[0] = -s.score().iter().enumerate().map(|(i, v)| v * m(s, i)).sum::<f64>();
        out[1] = s.posterior_trace();
    })?;
    let (lhs, rhs) = (both[0] * Estimate::given(level.alpha()), both[1] * Estimate::rounded(level.snr(), ulps::SNR));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `E[div m] = E[Z.m]/sigma` by Gaussian partial integration; the error by its definition.
fn sampled(context: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let (gain, snr) = (level.alpha() / level.sigma(), level.snr());
    let means = case.sample(context, Detail::MEAN_OFFSET, 2, &[], |row, out| {
        let seen = row.seen(0);
        // E[Z.c] = 0 for any c that Z does not see: the true X_0 is the one that varies least.
        let error = || seen.mean_offset().iter().zip(row.xi()).map(|(m, x)| m - x);
        out[0] = gain * error().zip(row.noise()).map(|(e, z)| e * z).sum::<f64>();
        out[1] = snr * error().map(|e| e * e).sum::<f64>();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
