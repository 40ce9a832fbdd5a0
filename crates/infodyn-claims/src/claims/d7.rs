//! D7: information is the energy of a difference of means.

use infodyn_core::{Comparison, Estimate, Mixture, NoiseLevel, NoiseProcess};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{
    self, Equation, Identity, Noise, dot, gradient, laplacian, minus, norm2, quantity, scale,
};

use super::{SAMPLED, SHARP, atoms, labelled_mixture, mixture, plane};
use crate::case::paired;
use crate::case::pathwise::fixed_integral;
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result, Seen};

pub(super) const CLAIM: Claim = Claim {
    id: "D7",
    name: "duncan",
    statement: "`I(Y;X_t) = (1/2) E integral over gamma' from 0 to gamma(t) of sum_y pi_y |m_y - m|^2`, with `m_y = E[X_0 given X_t, Y=y]`: {0}; along reverse \
                paths `H(Y) - h - (1/2) integral` and `log(pi_Y/w_Y) - (1/2) integral of |m_Y - m|^2` are zero-mean martingales: {1}",
    scope: "every law with a label; the information by quadrature, both martingales along paths (that of the true label for atoms)",
    origin: Origin::Elsewhere("Duncan 1970, SIAM J. Appl. Math. 19, 215"),
    uses: &["A1", "B4"],
    formulas,
    checks,
};

/// `sum pi |s_y - s|^2 = (alpha^4/sigma^4)(1/alpha^2) sum pi |m_y - m|^2`: the label's rate per unit of gamma.
fn formulas() -> Vec<Identity> {
    let [b, gamma_rate, spread, g] = ["sum pi|s_y-s|^2", "d/dt gamma", "sum pi|m_y-m|^2", "g"].map(quantity);
    let rate = Equation::new(g.pow(2) / 2 * &b, -&gamma_rate / 2 * &spread);
    let [gain, distance] = ["L log pi_Y", "|m_Y-m|^2"].map(quantity);
    let drift = Equation::new(&gain, -&gamma_rate / 2 * &distance);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = theory::Mixture::general(components, dim);
        let m = law.posterior_mean();
        let defined = [
            (&g, Expr::from(&law.noise.g)),
            (&b, law.label_production()),
            (&gamma_rate, law.noise.in_time().of(&law.noise.gamma())),
            (&spread, law.average(|j| norm2(&minus(&law.component_mean(j), &m)))),
        ];
        let broken = ("gamma' in place of gamma'/2", -&gamma_rate * &spread);
        all.push(Identity::of(format!("rate, {}", law.name()), &rate, &defined, broken));
    }
    for (components, dim) in [(2, 1), (2, 2)] {
        let law = theory::Mixture::general(components, dim);
        // In reverse time, given Y = 1, X has the drift of component 1 alone.
        let Noise { f, g, .. } = &law.noise;
        let velocity = minus(&scale(&g.pow(2), &law.component_score(0)), &scale(f, &law.position()));
        let log_pi = law.posterior(0).log();
        let generator = dot(&velocity, &gradient(&log_pi, &law.x)) + law.noise.half_g2() * laplacian(&log_pi, &law.x)
            - law.noise.in_time().of(&log_pi);
        let defined = [
            (&gain, generator),
            (&gamma_rate, law.noise.in_time().of(&law.noise.gamma())),
            (&distance, norm2(&minus(&law.component_mean(0), &law.posterior_mean()))),
        ];
        let broken = ("the opposite sign", &gamma_rate / 2 * &distance);
        all.push(Identity::of(format!("given Y, {}", law.name()), &drift, &defined, broken));
    }
    all
}

const HALF: &str = "the integral without its half";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    let whole = [
        labelled_mixture()?.under(P::Edm, 0.7)?,
        mixture()?.under(P::Ou, 0.5)?,
        atoms()?.under(P::Ve, 0.8)?,
        plane()?.under(P::FLOW, 0.45)?,
    ];
    for case in &whole {
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(HALF)];
        checks.push(Check::new_by_words(Kind::Quadrature, case, "information", &mutants, information));
    }
    for case in &whole {
        let mutants = [Mutation::Sigma, Mutation::Formula(HALF)];
        checks.push(Check::new_by_words(Kind::MonteCarlo, case, "entropy along paths", &mutants, entropy_along_paths));
    }
    let three = Mixture::atoms(&[0.5, 0.3, 0.2], &[vec![0.0, 1.0], vec![-1.0, -0.5], vec![1.2, -0.4]])?;
    for case in [whole[2].clone(), NamedLaw::new("atoms-2d-three", three).under(P::VP_LINEAR, 0.25)?] {
        let mutants = [Mutation::Sigma, Mutation::Formula(HALF)];
        checks.push(Check::new_by_words(
            Kind::MonteCarlo,
            &case,
            "true label along paths",
            &mutants,
            truth_along_paths,
        ));
    }
    Ok(checks)
}

fn share(case: &Case) -> f64 {
    if case.breaks(HALF) { 1.0 } else { 0.5 }
}

/// `sum_y pi_y |m_y - m|^2 = (sigma^4/alpha^2) b`.
fn spread(level: &NoiseLevel, production: f64) -> f64 {
    level.sigma2() * level.sigma2() / (level.alpha() * level.alpha()) * production
}

/// The divergence of the label's posterior from its prior, against the integral over the signal-to-noise ratio.
fn information(_: &Context, case: &Case) -> Result<Comparison> {
    let snr = case.truth().level()?.snr();
    let lhs = case.mean_of(|s| s.label_information())?;
    let energy = |snr: f64| {
        let there = case.at(case.process().time_at_snr(snr)?);
        let level = there.truth().level()?;
        there.mean_of(|s| spread(&level, s.label_production()))
    };
    // In log(1 + gamma) the energy varies evenly.
    // Where sigma is read for sigma^2 quadrature serves no level of very little signal: the nodes keep away from 0.
    let rhs = fixed_integral(|l| Ok(energy(l.exp_m1())? * Estimate::rounded(l.exp(), 2.0)), 0.0, snr.ln_1p())?
        * Estimate::given(share(case));
    Ok(Comparison::new(lhs, rhs, SHARP * lhs.value()))
}

/// `E[phi(X_t) (h(X_t) - h(X_s))]` against the energy between, at a ratio drawn between; `t` at a third of the ratio.
fn entropy_along_paths(context: &Context, case: &Case) -> Result<Comparison> {
    along_paths(context, case, |near, far, between, level| {
        let phi = 1.0 + far.label_entropy();
        (phi * (far.label_entropy() - near.label_entropy()), phi * spread(level, between.label_production()))
    })
}

/// `E[phi(X_t) log(pi_Y(X_s)/pi_Y(X_t))]` against the energy of `m_Y - m` between, for atoms: `m_Y` is the atom.
fn truth_along_paths(context: &Context, case: &Case) -> Result<Comparison> {
    along_paths(context, case, |near, far, between, _| {
        let phi = 1.0 + far.label_entropy();
        let distance2: f64 = between.mean_offset().iter().map(|m| m * m).sum();
        (phi * (far.label_surprisal() - near.label_surprisal()), phi * distance2)
    })
}

/// Both sides of the increment of a martingale between `snr/3` and `snr`, per unit of the ratio, the energy at a ratio
/// drawn between.
fn along_paths(
    context: &Context,
    case: &Case,
    of: impl Fn(&Seen<'_>, &Seen<'_>, &Seen<'_>, &NoiseLevel) -> (f64, f64) + Sync,
) -> Result<Comparison> {
    let high = case.truth().level()?.snr();
    let low = high / 3.0;
    let levels = |u: f64| {
        let drawn = low + (high - low) * u.clamp(1e-9, 1.0 - 1e-9);
        let levels = [high, drawn, low].map(|snr| case.process().at_snr(snr));
        Ok(levels.into_iter().collect::<infodyn_core::Result<Vec<_>>>()?)
    };
    let means = case.sample_paths(context, 2, 2, levels, |path, levels, out| {
        let (gain, energy) = of(&path[0], &path[2], &path[1], &levels[1]);
        (out[0], out[1]) = (gain, share(case) * (high - low) * energy);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
