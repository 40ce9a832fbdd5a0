//! B3: the same rate in its other forms.

use infodyn_core::{Comparison, Detail, Estimate};

use super::{SAMPLED, SHARP, cases};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result};

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

const ALPHA: &str = "alpha in place of alpha^2";
const HALF: &str = "mmse in place of mmse/2";

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
    for case in cases()? {
        let mut mutants = vec![Mutation::Weight, Mutation::Sigma];
        if case.level()?.alpha() != 1.0 {
            mutants.push(Mutation::Formula(ALPHA));
        }
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "norm against mmse", &mutants, norm));
        checks.push(Check::new_by_words(
            Kind::Quadrature,
            &case,
            "dI/dgamma",
            &[Mutation::Weight, Mutation::Formula(HALF)],
            information,
        ));
    }
    for case in cases()?.into_iter().chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Weight, Mutation::Sigma]);
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "error against divergence", &mutants, error));
    }
    Ok(checks)
}

fn norm(_: &Context, case: &Case) -> Result<Comparison> {
    let (level, d) = (case.level()?, case.dim());
    let both = case.mean(Detail::Score, 2, |s, out| (out[0], out[1]) = (s.norm2(), s.posterior_trace()))?;
    let lhs = (Estimate::given(d) / Estimate::given(level.sigma2()) - both[0]) * Estimate::given(level.g2()) / 2;
    let signal = if case.breaks(ALPHA) { level.alpha() } else { level.alpha() * level.alpha() };
    let rhs = both[1] * Estimate::rounded(0.5 * level.g2() * signal / (level.sigma2() * level.sigma2()), 4.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The slope of `I = H(X_t) - H(X_t given X_0)` in the signal-to-noise ratio.
fn information(_: &Context, case: &Case) -> Result<Comparison> {
    let (snr, d) = (case.level()?.snr(), case.dim());
    let (truth, process) = (case.truth(), *case.process());
    let read = |g: f64| -> Result<Estimate> {
        let t = process.time_at_snr(g)?;
        let s = truth.at(t);
        let level = s.level()?;
        // The time is rounded, so the ratio that it has is not exactly g: d I/d log gamma <= D/2.
        let drift = 0.5 * d * (level.snr() / g - 1.0).abs();
        let mut i = s.marginal_entropy()? + Estimate::rounded(-0.5 * d * level.sigma2().ln(), 2.0);
        i = i.widened(drift);
        Ok(i)
    };
    let (lowest, highest) = process.snr_range();
    let reach = 0.4 * (snr - lowest).min(highest - snr).min(snr);
    let lhs = infodyn_quadrature::derivative(read, snr, reach)?;
    let mmse = case.mean(Detail::Score, 1, |s, out| out[0] = s.posterior_trace())?[0];
    let rhs = mmse / if case.breaks(HALF) { 1 } else { 2 };
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The error of the posterior mean, by its definition, against the divergence of the score.
fn error(context: &Context, case: &Case) -> Result<Comparison> {
    let (level, d) = (case.level()?, case.dim());
    let scale = 0.5 * level.g2() * level.snr() / level.sigma2();
    let means = case.sample(context, Detail::Score, 2, &[], |row, out| {
        let seen = row.seen(0);
        let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
        out[0] = scale * error;
        out[1] = 0.5 * level.g2() * (d / level.sigma2() + seen.divergence());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
