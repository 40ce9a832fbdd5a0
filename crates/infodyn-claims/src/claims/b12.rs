//! B12: what an approximate score says of the rate.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Covariance, Density, Detail, Estimate, Mixture as Law, Observation, Points};
use infodyn_monte_carlo::View;
use infodyn_symbolic::theory::{
    Equation, Identity, Mixture, Noise, divergence, gradient, identity, minus, norm2, normal, quantity, scale,
};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, atoms, mixture, plane};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result, Seen};

pub(super) const CLAIM: Claim = Claim {
    id: "B12",
    name: "plug-in-bound",
    statement: "For an approximate score `r` with denoiser `m_r = (x + sigma^2 r)/alpha`, under the true law, \
                `(g^2 alpha^2/(2 sigma^4)) E|X_0 - m_r(X_t)|^2 = (g^2/2)(D/sigma^2 + E|r|^2 + 2 E div r)` is the true rate plus `(g^2/2) E|r - s|^2`, never below it; \
                at a point {0}. The plug-ins `(g^2/2)(D/sigma^2 + E div r)` and `(g^2/2)(D/sigma^2 - E|r|^2)` err to either side",
    scope: "any r at a point, for K <= 3, D <= 2; integrated, for scores that are too large, too small, of shifted data, of blurred data and of wrong weights",
    origin: Origin::Elsewhere(
        "the upper bound: Stancevic, Handke & Ambrogioni, arXiv 2504.13612, section 5.2; its excess is that of score matching: Hyvarinen 2005, Vincent 2011; that the plug-ins err to either side is new here",
    ),
    uses: &["A1", "B2"],
    formulas,
    checks,
};

/// The plug-in bound: the expansion of the square, and the excess `|r - s|^2`.
fn formulas() -> Vec<Identity> {
    let mut all = Vec::new();

    let Noise { alpha, sigma, .. } = &Noise::general();
    let [d, div_s, error, excess] = ["D", "div s", "E[|X_0-m_r|^2|x]", "|r-s|^2"].map(quantity);
    let plug_in = Equation::new(alpha.pow(2) / sigma.pow(4) * &error, &d / sigma.pow(2) + &div_s + &excess);
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let r: Vec<Expr> = (1..=dim).map(|i| Symbol::real(format!("r_{i}")).into()).collect();
        let (x, m, s) = (law.position(), law.posterior_mean(), law.score());
        let error_of = |power: i32| {
            let denoiser: Vec<Expr> = x.iter().zip(&r).map(|(x, r)| (x + sigma.pow(power) * r) / alpha).collect();
            law.posterior_spread() + norm2(&minus(&m, &denoiser))
        };
        let defined = [
            (&d, law.dim()),
            (&div_s, divergence(&s, &law.x)),
            (&error, error_of(2)),
            (&excess, norm2(&minus(&r, &s))),
        ];
        let broken = ("a denoiser with sigma for sigma^2", &[(&error, error_of(1))][..]);
        all.push(Identity::redefined(format!("excess at a point, any r, {}", law.name()), &plug_in, &defined, broken));
    }
    // For one data point x_0 and any field r, here cubic: rho |z - r|^2 = rho (D/sigma^2 + |r|^2 + 2 div r) + div(..), with
    // z the score of the kernel and rho the kernel itself.
    let law = Mixture::general(1, 2);
    let Noise { alpha, sigma, .. } = &law.noise;
    let x = law.position();
    let coefficient = |name: &str| Expr::from(Symbol::real(name));
    let r = vec![
        coefficient("c_0") + coefficient("c_1") * &x[0] + coefficient("c_2") * &x[0] * x[1].pow(2),
        coefficient("e_0") + coefficient("e_1") * &x[1] + coefficient("e_2") * x[0].pow(3),
    ];
    let kernel = normal(&x, &scale(alpha, &law.means[0]), &sigma.pow(2));
    let z = gradient(&kernel.log(), &law.x);
    let current = minus(&scale(&kernel, &z), &scale(&(2 * &kernel), &r));
    let expanded = |twice: i32| {
        let inner = law.dim() / sigma.pow(2) + norm2(&r) + twice * divergence(&r, &law.x);
        &kernel * inner + divergence(&current, &law.x)
    };
    all.push(identity(
        "the computable form before integration, cubic r, D=2",
        &kernel * norm2(&minus(&z, &r)),
        expanded(2),
        ("div r in place of 2 div r", expanded(1)),
    ));
    all
}

/// An approximate score.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wrong {
    /// The true score times a number.
    Scaled(f64),
    /// That of the law with every mean shifted.
    Shifted,
    /// That of the marginal at twice the noise variance.
    Blurred,
    /// That of the law with equal weights.
    Equal,
}

impl Wrong {
    const ALL: [Self; 5] = [Self::Scaled(1.5), Self::Scaled(0.6), Self::Shifted, Self::Blurred, Self::Equal];

    fn name(self) -> &'static str {
        match self {
            Self::Scaled(c) if c > 1.0 => "a score too large",
            Self::Scaled(_) => "a score too small",
            Self::Shifted => "a score of shifted data",
            Self::Blurred => "a score of blurred data",
            Self::Equal => "a score of equal weights",
        }
    }

    fn law(self, law: &Law) -> Result<Law> {
        let shift = if self == Self::Shifted { 0.4 } else { 0.0 };
        let means: Vec<Vec<f64>> =
            (0..law.components()).map(|k| law.mean(k).iter().map(|m| m + shift).collect()).collect();
        let covariances: Vec<Covariance> = (0..law.components()).map(|k| law.covariance(k).clone()).collect();
        let weights = if self == Self::Equal { &[] } else { law.weights() };
        Ok(Law::new(weights, &means, covariances)?)
    }
}

/// The approximate score as a field: a marginal, and what its score is multiplied by.
struct Field<M> {
    marginal: M,
    factor: f64,
    sigma2: f64,
    alpha: f64,
}

/// What it says at a point.
struct Said {
    norm2: f64,
    divergence: f64,
    /// `|r - s|^2`.
    excess: f64,
    /// `m_r - mu_anchor`, length `D`.
    mean_offset: Vec<f64>,
}

impl<M: Density> Field<M> {
    /// At the point that the truth was observed at, its anchor `k`.
    fn at(&self, seen: &Seen<'_>, k: usize, law: &Law) -> Said {
        let mut own = vec![0.0; law.dim()];
        self.marginal.centre(k, &mut own);
        // The field writes the point from its own centre of the same component.
        let offset: Vec<f64> = seen
            .offset()
            .iter()
            .zip(law.mean(k).iter().zip(&own))
            .map(|(o, (m, c))| o + (self.alpha * m - c))
            .collect();
        let mut said = Observation::default();
        self.marginal.observe(Points { anchors: &[k], offsets: &offset }, Detail::Score, &mut said);
        let r: Vec<f64> = said.score.iter().map(|s| self.factor * s).collect();
        Said {
            norm2: r.iter().map(|r| r * r).sum(),
            divergence: self.factor * said.score_divergence[0],
            excess: r.iter().zip(seen.score()).map(|(r, s)| (r - s) * (r - s)).sum(),
            // m_r - mu = (x - alpha mu + sigma^2 r)/alpha.
            mean_offset: r.iter().zip(seen.offset()).map(|(r, o)| (o + self.sigma2 * r) / self.alpha).collect(),
        }
    }
}

/// Calls `f` with the approximate score of a case.
fn with_field<T>(case: &Case, wrong: Wrong, f: impl FnOnce(&Field<Marginal<'_>>) -> Result<T>) -> Result<T> {
    let level = case.process().at(case.t())?;
    let law = wrong.law(case.law())?;
    let blurred = if wrong == Wrong::Blurred { level.with_sigma2(2.0 * level.sigma2())? } else { level };
    let factor = if let Wrong::Scaled(c) = wrong { c } else { 1.0 };
    f(&Field { marginal: Marginal::new(&law, &blurred), factor, sigma2: level.sigma2(), alpha: level.alpha() })
}

const ONCE: &str = "div r in place of 2 div r";
const FREE: &str = "no excess";
const BELOW: &str = "the true rate above the computable one";
const OTHER_SIDE: &str = "the plug-in errs to the other side";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use infodyn_core::NoiseProcess as P;
    let mut checks = Vec::new();
    let cases = [mixture()?.under(P::VP_LINEAR, 0.2)?, atoms()?.under(P::Edm, 0.9)?, plane()?.under(P::FLOW, 0.45)?];
    for (case, wrong) in cases.iter().flat_map(|s| Wrong::ALL.map(|w| (s, w))) {
        let plane = case.law().dim() > 1;
        if plane && wrong != Wrong::Shifted {
            continue;
        }
        let both = [Mutation::Clock, Mutation::Formula(ONCE), Mutation::Formula(FREE)];
        checks.push(Check::new_by_words(Kind::Quadrature, case, wrong.name(), &both, move |_, s| excess(s, wrong)));
        let what = format!("the denoiser of {}", wrong.name());
        checks.push(Check::new_by_words(Kind::Quadrature, case, &what, &[Mutation::Formula(ONCE)], move |_, s| {
            forms(s, wrong)
        }));
        if !plane {
            checks.push(Check::new_by_words(Kind::MonteCarlo, case, wrong.name(), &both, move |c, s| {
                sampled(c, s, wrong, false)
            }));
        }
        if !plane && wrong == Wrong::Shifted {
            let run = move |c: &Context, s: &Case| sampled(c, s, wrong, true);
            checks.push(Check::new_by_words(Kind::MonteCarlo, case, &what, &both[..2], run));
        }
        if let Wrong::Scaled(_) = wrong {
            let what = format!("{} is never below", wrong.name());
            checks.push(Check::new_by_words(
                Kind::Quadrature,
                case,
                &what,
                &[Mutation::Formula(BELOW)],
                move |_, s| bound(s, wrong),
            ));
            for form in ["divergence", "norm"] {
                let what = format!("plug-in of the {form}, {}", wrong.name());
                let run = move |_: &Context, s: &Case| side(s, wrong, form);
                checks.push(Check::new_by_words(Kind::Quadrature, case, &what, &[Mutation::Formula(OTHER_SIDE)], run));
            }
        }
    }
    Ok(checks)
}

/// `E|r|^2`, `E div r`, `E|r - s|^2` and `E|X_0 - m_r|^2`, under the truth.
fn moments(case: &Case, wrong: Wrong) -> Result<Vec<Estimate>> {
    let law = case.law();
    with_field(case, wrong, |field| {
        case.truth().mean(Detail::Score, 4, |s, out| {
            let said = field.at(s, s.anchor(), law);
            let gap: f64 = said.mean_offset.iter().zip(s.mean_offset()).map(|(a, b)| (a - b) * (a - b)).sum();
            (out[0], out[1], out[2], out[3]) = (said.norm2, said.divergence, said.excess, s.posterior_trace() + gap);
        })
    })
}

/// The true rate: the slope of `H(X_t given X_0) - H(X_t)`.
fn rate(case: &Case) -> Result<Estimate> {
    let d = case.dim();
    case.slope(|s| Ok(Estimate::rounded(0.5 * d * s.level()?.sigma2().ln(), 2.0) - s.marginal_entropy()?))
}

/// `(g^2/2)(D/sigma^2 + E|r|^2 + 2 E div r)`.
fn computable(case: &Case, of: &[Estimate]) -> Result<Estimate> {
    let level = case.level()?;
    let twice = if case.breaks(ONCE) { 1.0 } else { 2.0 };
    Ok((of[0] + of[1] * Estimate::given(twice) + Estimate::given(case.dim()) / Estimate::given(level.sigma2()))
        * Estimate::given(level.g2())
        / 2)
}

fn excess(case: &Case, wrong: Wrong) -> Result<Comparison> {
    let of = moments(case, wrong)?;
    let lhs = computable(case, &of)?;
    let rate = rate(case)?;
    let rhs = if case.breaks(FREE) { rate } else { rate + of[2] * Estimate::given(case.level()?.g2()) / 2 };
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn forms(case: &Case, wrong: Wrong) -> Result<Comparison> {
    let level = case.level()?;
    let of = moments(case, wrong)?;
    let lhs = of[3] * Estimate::rounded(0.5 * level.g2() * level.snr() / level.sigma2(), 4.0);
    let rhs = computable(case, &of)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn bound(case: &Case, wrong: Wrong) -> Result<Comparison> {
    let (low, high) = (rate(case)?, computable(case, &moments(case, wrong)?)?);
    let (low, high) = if case.breaks(BELOW) { (high, low) } else { (low, high) };
    Ok(Comparison::at_most(low, high, SHARP * high.value().abs()))
}

/// For `r = c s`, `E div r = -c E|s|^2` and `E|r|^2 = c^2 E|s|^2`: both plug-ins fall below the rate for `c > 1` and above it for `c < 1`.
fn side(case: &Case, wrong: Wrong, form: &str) -> Result<Comparison> {
    let level = case.level()?;
    let of = moments(case, wrong)?;
    let plugged = if form == "norm" { -of[0] } else { of[1] };
    let plugged =
        (plugged + Estimate::given(case.dim()) / Estimate::given(level.sigma2())) * Estimate::given(level.g2()) / 2;
    let below = matches!(wrong, Wrong::Scaled(c) if c > 1.0) != case.breaks(OTHER_SIDE);
    let rate = rate(case)?;
    let (low, high) = if below { (plugged, rate) } else { (rate, plugged) };
    Ok(Comparison::at_most(low, high, SHARP * rate.value().abs()))
}

/// The computable form against the error of the denoiser by its definition, or against the error of the posterior mean plus the
/// excess, draw by draw.
fn sampled(context: &Context, case: &Case, wrong: Wrong, definition: bool) -> Result<Comparison> {
    let (d, half) = (case.law().dim(), 0.5 * case.level()?.g2());
    let level = case.process().at(case.t())?;
    let scale = 0.5 * level.g2() * level.snr() / level.sigma2();
    let truth = Marginal::new(case.law(), &level);
    let settings = context.settings(2);
    let means = with_field(case, wrong, |field| {
        let views = [View::new(level, &truth), View::new(level, &field.marginal)];
        let run = infodyn_monte_carlo::mean_of(&settings, case.law(), &views, 2, &[], |batch, out| {
            let [own, other] = batch.readings else { return };
            for (i, out) in out.chunks_exact_mut(2).enumerate() {
                let row = i * d..(i + 1) * d;
                let (x, xi) = (&own.offsets[row.clone()], &batch.draws.xi[row.clone()]);
                let (s, m) = (&own.observation.score[row.clone()], &own.observation.mean_offset[row.clone()]);
                let r: Vec<f64> = other.observation.score[row].iter().map(|s| field.factor * s).collect();
                let (mut norm2, mut excess, mut by_r, mut by_s) = (0.0, 0.0, 0.0, 0.0);
                for j in 0..d {
                    norm2 += r[j] * r[j];
                    excess += (r[j] - s[j]) * (r[j] - s[j]);
                    by_r += (xi[j] - (x[j] + level.sigma2() * r[j]) / level.alpha()).powi(2);
                    by_s += (xi[j] - m[j]) * (xi[j] - m[j]);
                }
                let free = if case.breaks(FREE) { 0.0 } else { half * excess };
                out[0] = if definition { scale * by_r } else { scale * by_s + free };
                let twice = if case.breaks(ONCE) { 1.0 } else { 2.0 };
                let divergence = field.factor * other.observation.score_divergence[i];
                out[1] = half * (d as f64 / level.sigma2() + norm2 + twice * divergence);
            }
        })?;
        Ok(run)
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
