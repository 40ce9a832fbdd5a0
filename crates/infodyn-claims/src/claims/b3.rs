//! B3: the same rate in its other forms.

use infodyn_core::{Comparison, Detail, Estimate, Quantity, ulps};
use infodyn_enclosure::{Moment, Number};

use super::{ALONE, SAMPLED, SHARP, cases, cases_on_a_line, crooked_cases};
use crate::case::paired;
use crate::enclosed::{self, point};
use crate::rates::{at_snr, information, mmse, per_time, square_error};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};
use crate::{asked, bells};

pub(super) const CLAIM: Claim = Claim {
    id: "B3",
    name: "equivalent-forms",
    statement: "The rate of B2 in other forms: {0}, {1}, and {2}; so `d/dgamma I(X_0;X_t) = mmse/2`",
    scope: "every law and process; per unit of the signal-to-noise ratio the rate is the same for every process",
    origin: Origin::Elsewhere("I-MMSE: Guo, Shamai & Verdu 2005"),
    uses: &["A2", "A3", "B2"],
    formulas,
    checks,
};

/// The three forms of the rate, from the schedule's relations and A2.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Gaussian, Identity, Mixture, Noise, divergence, norm2, quantity};

    let Noise { alpha, sigma, .. } = &Noise::general();
    let [rate, d, g, info] = ["d/dt H(X_0|X_t)", "D", "g", "E|s|^2"].map(quantity);
    let [mmse, gamma_rate] = ["mmse", "d/dt gamma"].map(quantity);
    let [div_s, spread] = ["div s", "tr S"].map(quantity);
    let by_norm = Equation::new(&rate, g.pow(2) / 2 * (&d / sigma.pow(2) - &info));
    let by_error = Equation::new(&rate, g.pow(2) * alpha.pow(2) / (2 * sigma.pow(4)) * &mmse);
    let by_gamma = Equation::new(&rate, -&gamma_rate / 2 * &mmse);
    let trace = |power: i32| alpha.pow(2) / sigma.pow(power) * &spread;
    let at_a_point = Equation::new(&d / sigma.pow(2) + &div_s, trace(4));
    let mut all = Vec::new();
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let defined = [
            (&rate, law.noise.in_time().of(&law.conditional_entropy())),
            (&d, law.dim()),
            (&g, Expr::from(&law.noise.g)),
            (&info, law.mean(&norm2(&law.score()))),
            (&mmse, law.mmse()),
            (&gamma_rate, law.noise.in_time().of(&law.noise.gamma())),
        ];
        let prior: Expr = law.variances.iter().map(Expr::from).sum();
        let broken = ("the sign of E|s|^2", g.pow(2) / 2 * (&d / sigma.pow(2) + &info));
        all.push(Identity::of(format!("by E|s|^2, Gaussian, D={dim}"), &by_norm, &defined, broken));
        let broken = ("no square on alpha", g.pow(2) * alpha / (2 * sigma.pow(4)) * &mmse);
        all.push(Identity::of(format!("by mmse, Gaussian, D={dim}"), &by_error, &defined, broken));
        let broken = ("the variance of X_0 in place of mmse", &[(&mmse, prior)][..]);
        all.push(Identity::redefined(format!("by gamma', Gaussian, D={dim}"), &by_gamma, &defined, broken));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let defined = [(&d, law.dim()), (&div_s, divergence(&law.score(), &law.x)), (&spread, law.posterior_spread())];
        let broken = ("sigma^2 in place of sigma^4", trace(2));
        all.push(Identity::of(format!("at a point, {}", law.name()), &at_a_point, &defined, broken));
    }
    all.extend(schedules());
    all
}

/// `alpha' = f alpha`, `(sigma^2)' = 2 f sigma^2 + g^2` and `gamma' = -gamma g^2/sigma^2`, for every process.
fn schedules() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Identity, Noise, quantity};

    use crate::symbols::{Process, processes};

    let [alpha_rate, sigma2_rate, gamma_rate] = ["d/dt alpha", "d/dt sigma^2", "d/dt gamma"].map(quantity);
    let [alpha, sigma, gamma, f, g] = ["alpha", "sigma", "gamma", "f", "g"].map(quantity);
    let signal = Equation::new(&alpha_rate, &f * &alpha);
    let noise = Equation::new(&sigma2_rate, 2 * &f * sigma.pow(2) + g.pow(2));
    let ratio = Equation::new(&gamma_rate, -&gamma * g.pow(2) / sigma.pow(2));
    let mut all = Vec::new();
    for Process { name, alpha: scale, sigma2, f: drift, g2, in_time } in processes() {
        let snr = scale.pow(2) / &sigma2;
        let defined = [
            (&alpha_rate, in_time.of(&scale)),
            (&sigma2_rate, in_time.of(&sigma2)),
            (&gamma_rate, in_time.of(&snr)),
            (&alpha, scale),
            (&sigma, sigma2.sqrt()),
            (&gamma, snr),
            (&f, drift),
            (&g, g2.sqrt()),
        ];
        let broken = ("a drift of f + 1/100", (&f + Expr::ratio(1, 100)) * &alpha);
        all.push(Identity::of(format!("alpha, {name}"), &signal, &defined, broken));
        let broken = ("half the diffusion", 2 * &f * sigma.pow(2) + g.pow(2) / 2);
        all.push(Identity::of(format!("sigma^2, {name}"), &noise, &defined, broken));
        let broken = ("no square on sigma", -&gamma * g.pow(2) / &sigma);
        all.push(Identity::of(format!("gamma, {name}"), &ratio, &defined, broken));
    }
    let any = Noise::general();
    let defined = [
        (&gamma_rate, any.in_time().of(&any.gamma())),
        (&gamma, any.gamma()),
        (&sigma, Expr::from(&any.sigma)),
        (&g, Expr::from(&any.g)),
    ];
    let broken = ("no square on sigma", -&gamma * g.pow(2) / &sigma);
    all.push(Identity::of("gamma, any process", &ratio, &defined, broken));
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let broken = [Mutation::Weight, Mutation::Sigma];
    for case in cases()? {
        let check = Check::new(Kind::Quadrature, &case, "norm against mmse", |_, case| norm(case, 2)).breaking(&broken);
        checks.push(if case.level()?.alpha() == 1.0 {
            check
        } else {
            check.mutant(Ingredient::Exponent, "alpha in place of alpha^2", |_, case| norm(case, 1))
        });
        let check = Check::new(Kind::Quadrature, &case, "dI/dgamma", |_, case| by_gamma(case, [information, mmse]));
        checks.push(check.breaking(&broken));
    }
    for case in cases_on_a_line()? {
        let what = format!("dI/dgamma {ALONE}");
        let run = |_: &Context, case: &Case| by_gamma(case, [bells::information, mmse_by_norm]);
        checks.push(Check::new(Kind::Quadrature, &case, &what, run).breaking(&broken));
    }
    for case in cases()?.into_iter().chain(crooked_cases()?).chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Weight, Mutation::Sigma]);
        checks.push(Check::new(Kind::MonteCarlo, &case, "error against divergence", error).breaking(&mutants));
    }
    let mutants = enclosed::mutants(&broken);
    checks.extend(enclosed::each(enclosed::stages(), "", Mutation::None, &mutants, |stage, mutation| {
        let (level, moving) = (stage.level()?, stage.moving()?);
        let gamma = moving.alpha().sqr() / moving.sigma2();
        let norm2 = stage.line()?.mean(Moment::ScoreNorm2)?;
        let mmse = stage.broken(mutation).line()?.mean(Moment::PosteriorVariance)?;
        Ok([level.g2.times(0.5) * (level.sigma2.recip() - norm2), gamma.slope.times(-0.5) * mmse])
    }));
    let line = (Ingredient::Dimension, "1 in place of D", 1.0);
    checks.extend(enclosed::in_planes("", 2.0, &[line], |level, plane, dim| {
        let m = plane.means(&[Moment::ScoreNorm2, Moment::PosteriorVariance])?;
        let half = level.g2.times(0.5);
        Ok([half * (point(dim) / level.sigma2 - m[0]), half * level.alpha.sqr() / level.sigma2.sqr() * m[1]])
    }));
    checks.extend(asked::of_points(&[Quantity::Mmse, Quantity::BandwidthFraction, Quantity::PosteriorSquareTrace])?);
    checks.extend(asked::of_processes()?);
    Ok(checks)
}

/// The rate by `E|s|^2` against that by `alpha^power mmse`, of power 2 in the claim.
fn norm(case: &Case, power: i32) -> Result<Comparison> {
    let level = case.level()?;
    let both = case.mean(Detail::SCORE | Detail::POSTERIOR_TRACE, 2, |s, out| {
        (out[0], out[1]) = (-s.norm2(), s.posterior_trace());
    })?;
    let lhs = per_time(case, both[0])?;
    let factor = 0.5 * level.g2() * level.alpha().powi(power) / (level.sigma2() * level.sigma2());
    let rhs = both[1] * Estimate::rounded(factor, ulps::operations(5));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `mmse` as the other form has it: `(sigma^2/gamma)(1/sigma^2 - E|s|^2)`.
fn mmse_by_norm(case: &Case) -> Result<Estimate> {
    let level = case.level()?;
    let sigma2 = Estimate::given(level.sigma2());
    Ok((Estimate::ONE - bells::norm2(case)? * sigma2) / Estimate::rounded(level.snr(), ulps::SNR))
}

/// The slope of `I(X_0;X_t)`, by entropies alone, in the signal-to-noise ratio.
fn by_gamma(case: &Case, [information, mmse]: [fn(&Case) -> Result<Estimate>; 2]) -> Result<Comparison> {
    let (snr, process) = (case.level()?.snr(), case.process());
    let read = |g: f64| -> Result<Estimate> {
        let (moved, off) = at_snr(&case.truth(), g)?;
        // d I/d log gamma <= D/2.
        Ok(information(&moved)?.widened(0.5 * case.dim() * off))
    };
    let (lowest, highest) = process.snr_range();
    let reach = 0.4 * (snr - lowest).min(highest - snr).min(snr);
    let lhs = infodyn_quadrature::derivative(read, snr, reach)?;
    let rhs = mmse(case)? / 2;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The error of the posterior mean, by its definition, against the divergence of the score.
fn error(context: &Context, case: &Case) -> Result<Comparison> {
    let (level, d) = (case.level()?, case.dim());
    let scale = 0.5 * level.g2() * level.snr() / level.sigma2();
    let means = case.sample(context, Detail::SCORE_DIVERGENCE | Detail::MEAN_OFFSET, 2, &[], |row, out| {
        let seen = row.seen(0);
        out[0] = scale * square_error(row, 0);
        out[1] = 0.5 * level.g2() * (d / level.sigma2() + seen.divergence());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
