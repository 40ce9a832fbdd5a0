//! S6: the loss of a denoiser as a rate.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, Moment, Number};
use infodyn_symbolic::theory::{Equation, Identity, Mixture, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, atoms, mixture, plane};
use crate::case::paired;
use crate::enclosed::{self, Stage};
use crate::rates::information;
use crate::symbols::{Process, processes};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S6",
    name: "loss-to-rate",
    statement: "The least mean square errors of what networks are trained on, summed over dimensions: of the noise \
                `gamma mmse`; of the score `alpha^2 mmse/sigma^4`; of `v = alpha eps - sigma X_0` {0}, in VP \
                `mmse/sigma^2`; of the velocity `eps - X_0` in `flow` `mmse/t^2`; of EDM's `F` `mmse (sigma^2 + \
                s_d^2)/(sigma^2 s_d^2)`. A trained loss adds the same factor times `E|m_theta - m|^2`. So `dH/dlog \
                gamma = -L_eps/2`, in VP `-alpha^2 L_v/2`; in `flow` {1}; in `edm` `dH/dlog sigma = L_eps = L_F \
                s_d^2/(sigma^2 + s_d^2)`; `I` is the integral of `L_eps/2` over `log gamma`, and the sum of S1 is \
                `(1/2) sum (Delta_k/gamma_k) L_eps(gamma_k)`",
    scope: "every law; losses without weights, as sums over dimensions (frameworks divide by `D`)",
    origin: Origin::Elsewhere(
        "Kingma & Gao 2303.00848; Stancevic, Handke & Ambrogioni 2504.13612, appendix F; Pan et al. 2026, eqs. 12 to \
         16",
    ),
    uses: &["B3"],
    formulas,
    checks,
};

/// The variance of each target given the point, for mixtures; and the rates, for a Gaussian.
fn formulas() -> Vec<Identity> {
    let [least, alpha, sigma, spread] = ["Var[v|x]", "alpha", "sigma", "tr S"].map(quantity);
    let of_v = |power: i32| Equation::new(&least, (alpha.pow(2) + sigma.pow(2)).pow(2) / sigma.pow(power) * &spread);
    let sd = Symbol::positive("s_d");
    let mut all = Vec::new();
    for components in [2, 3] {
        let law = Mixture::general(components, 1);
        let (a, s) = (&law.noise.alpha, &law.noise.sigma);
        // Var[p x + q X_0 given x] from the moments of the components.
        let variance = |p: Expr, q: Expr| {
            let x = &law.position()[0];
            let mean = |j: usize| &p * x + &q * &law.component_mean(j)[0];
            law.average(|j| mean(j).pow(2) + q.pow(2) * law.component_variance(j)) - law.average(mean).pow(2)
        };
        let defined = [
            (&least, variance(a / s, -(a.pow(2) + s.pow(2)) / s)),
            (&alpha, Expr::from(a)),
            (&sigma, Expr::from(s)),
            (&spread, law.posterior_spread()),
        ];
        all.push(Identity::of(format!("v, {}", law.name()), &of_v(2), &defined, ("sigma^4", of_v(4).rhs)));
        let plain = |name: &str, p: Expr, q: Expr, factor: Expr, wrong: Expr| {
            let case = format!("{name}, {}", law.name());
            let spread = law.posterior_spread();
            let broken = ("another factor", wrong * &spread);
            infodyn_symbolic::theory::identity(case, variance(p, q), factor * &spread, broken)
        };
        let gamma = a.pow(2) / s.pow(2);
        all.push(plain("eps", s.pow(-1), -a / s, gamma.clone(), gamma.pow(2)));
        all.push(plain("the score", -s.pow(-2), a / s.pow(2), &gamma / s.pow(2), gamma / s));
        // F = (X_0 - c_skip x)/c_out with c_out = sigma s_d/(sigma^2 + s_d^2)^{1/2}.
        let scale = (s.pow(2) + sd.pow(2)).sqrt() / (s * &sd);
        let skip = sd.pow(2) / (s.pow(2) + sd.pow(2));
        let factor = (s.pow(2) + sd.pow(2)) / (s.pow(2) * sd.pow(2));
        all.push(plain("F of EDM", -&skip * &scale, scale, factor.clone(), factor.sqrt()));
    }
    let [rate, t, loss] = ["d/dt H(X_0|X_t)", "t", "L_v"].map(quantity);
    let flow = |power: i32| Equation::new(&rate, ((1 - &t) / &t).pow(power) * &loss);
    let l = Symbol::positive("l");
    for Process { name, alpha, sigma2, in_time, .. } in processes() {
        let snr = alpha.pow(2) / &sigma2;
        let entropy = in_time.of(&(-(1 + &snr * &l).log() / 2));
        let mmse = &l / (1 + &snr * &l);
        let per_log = -&snr * &mmse / 2 * in_time.of(&snr) / &snr;
        if name == "flow" {
            let time = Symbol::positive("t");
            let defined = [(&rate, entropy), (&t, Expr::from(&time)), (&loss, mmse / time.pow(2))];
            all.push(Identity::of("Gaussian under flow", &flow(1), &defined, ("(1-t)^2/t^2", flow(2).rhs)));
        } else {
            let case = format!("dH/dlog gamma is -L_eps/2, Gaussian under {name}");
            all.push(infodyn_symbolic::theory::identity(case, entropy, per_log.clone(), ("L_eps", 2 * per_log)));
        }
    }
    all
}

/// What is learnt: `p X_0 + q Z`, and what its loss is divided by to give `dH/dt`.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Target {
    Noise,
    Score,
    V,
    Velocity,
    /// EDM's, for data of standard deviation 1/2.
    F,
}

const DATA: f64 = 0.5;

/// What of the factors is broken.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    /// The factor of another power.
    Power,
    /// The mean over dimensions.
    Mean,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::Score => "score",
            Self::V => "v",
            Self::Velocity => "velocity",
            Self::F => "F of EDM",
        }
    }

    /// Coefficients of `X_0` and of `Z`.
    fn parts(self, alpha: f64, sigma: f64) -> [f64; 2] {
        match self {
            Self::Noise => [0.0, 1.0],
            Self::Score => [0.0, -1.0 / sigma],
            Self::V => [-sigma, alpha],
            Self::Velocity => [-1.0, 1.0],
            Self::F => {
                let total = sigma * sigma + DATA * DATA;
                let (skip, out) = (DATA * DATA / total, sigma * DATA / total.sqrt());
                [(1.0 - skip) / out, -skip * sigma / out]
            }
        }
    }

    /// The loss of which `dH/dt = 1`.
    fn per_rate(self, case: &Case, wrong: Wrong) -> Result<f64> {
        let level = case.level()?;
        let (alpha, s2, t) = (level.alpha(), level.sigma2(), case.t());
        // dlog gamma/dt = -g^2/sigma^2.
        let noise = 2.0 * s2 / level.g2();
        let (factor, power) = match self {
            Self::Noise => (noise, alpha),
            Self::Score => (noise / s2, s2),
            Self::V => (noise / (alpha * alpha), s2),
            Self::Velocity => (t / (1.0 - t), t / (1.0 - t)),
            Self::F => (t * (s2 + DATA * DATA) / (DATA * DATA), s2),
        };
        Ok(match wrong {
            Wrong::Nothing => factor,
            Wrong::Power => factor * power,
            Wrong::Mean => factor / case.dim(),
        })
    }
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    for (case, target) in [
        (mixture()?.under(P::VP_LINEAR, 0.2)?, Target::V),
        (mixture()?.under(P::SUB_VP, 0.3)?, Target::Score),
        (atoms()?.under(P::Ou, 0.4)?, Target::V),
        (atoms()?.under(P::Edm, 0.9)?, Target::F),
        (plane()?.under(P::FLOW, 0.45)?, Target::Velocity),
        (mixture()?.under(P::VP_SCALED_LINEAR, 0.2)?, Target::Noise),
        (mixture()?.under(P::Edm, 0.7)?, Target::F),
    ] {
        let what = format!("loss of {}", target.name());
        let run = move |wrong| move |_: &Context, case: &Case| integrated(case, target, wrong);
        let check = Check::new(Kind::Quadrature, &case, &what, run(Wrong::Nothing)).breaking(&[Mutation::Weight]);
        let check = check.mutant(Ingredient::Exponent, "a factor of another power", run(Wrong::Power));
        checks.push(if case.law().dim() > 1 {
            check.mutant(Ingredient::Dimension, "the mean over dimensions", run(Wrong::Mean))
        } else {
            check
        });
        let run = move |wrong| move |c: &Context, case: &Case| sampled(c, case, target, wrong);
        let check = Check::new(Kind::MonteCarlo, &case, &what, run(Wrong::Nothing));
        checks.push(check.mutant(Ingredient::Exponent, "a factor of another power", run(Wrong::Power)));
    }
    let wrong = [(Ingredient::Exponent, "sigma in place of sigma^2", true)];
    checks.extend(enclosed::each(
        enclosed::stages(),
        "dH/dlog gamma is -L_eps/2",
        false,
        &wrong,
        |stage: &Stage, wrong| {
            let (level, moving) = (stage.level()?, stage.moving()?);
            let information = moving.mean(Moment::LnDensity)? - moving.sigma2().ln().times(0.5);
            let noise = if wrong { level.sigma2.sqrt() } else { level.sigma2 };
            let loss: Interval = level.alpha.sqr() / noise * stage.line()?.mean(Moment::PosteriorVariance)?;
            Ok([-information.slope, level.g2 / level.sigma2 * loss.times(0.5)])
        },
    ));
    Ok(checks)
}

/// The least loss, `E|T|^2 - E|best|^2`, against the slope of `-I` times its factor.
fn integrated(case: &Case, target: Target, wrong: Wrong) -> Result<Comparison> {
    let truth = case.truth();
    let level = truth.level()?;
    let (alpha, sigma, law) = (level.alpha(), level.sigma(), case.law());
    let [p, q] = target.parts(alpha, sigma);
    let d = law.dim();
    let means = case.mean(Detail::MEAN_OFFSET, 1, |s, out| {
        let best = |i: usize| {
            let m = s.mean_offset()[i] + law.mean(s.anchor())[i];
            p * m + q * (s.x(i) - alpha * m) / sigma
        };
        out[0] = (0..d).map(|i| best(i).powi(2)).sum();
    })?;
    let centre: f64 =
        (0..d).map(|i| (0..law.components()).map(|k| law.weights()[k] * law.mean(k)[i]).sum::<f64>().powi(2)).sum();
    let second = law.total_covariance().trace() + centre;
    let total = Estimate::rounded(p * p * second + q * q * case.dim(), ulps::SAMPLE);
    let rate = case.slope(|s| Ok(-information(s)?))?;
    let rhs = rate * Estimate::rounded(target.per_rate(&truth, wrong)?, ulps::SAMPLE);
    Ok(Comparison::new(total - means[0], rhs, SHARP * rhs.value().abs()))
}

/// The error of the best guess, draw by draw, against the increments of `log p(X_t) - log p(X_t given X_0)` over the
/// stretch, at a drawn time.
fn sampled(context: &Context, case: &Case, target: Target, wrong: Wrong) -> Result<Comparison> {
    let d = case.law().dim();
    let means = case.sample_over_time(context, (Detail::empty(), Detail::MEAN_OFFSET), 2, |row, out| {
        let level = row.level(2);
        let (alpha, sigma) = (level.alpha(), level.sigma());
        let [p, q] = target.parts(alpha, sigma);
        let seen = row.seen(2);
        // Both from the mean of the component: x - alpha mu is the offset.
        let error: f64 = (0..d)
            .map(|i| {
                let (xi, z, m) = (row.xi()[i], row.noise()[i], seen.mean_offset()[i]);
                (p * (xi - m) + q * (z - (seen.offset()[i] - alpha * m) / sigma)).powi(2)
            })
            .sum();
        let cost = |r: usize| row.seen(r).ln_density() - row.ln_kernel(r);
        out[0] = cost(1) - cost(0);
        let factor = case.at(level.t()).level().ok().and_then(|_| target.per_rate(&case.at(level.t()), wrong).ok());
        out[1] = row.weight() * error / factor.unwrap_or(f64::NAN);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
