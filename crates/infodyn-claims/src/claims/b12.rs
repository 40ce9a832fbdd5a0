//! B12: what an approximate score says of the rate.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Covariance, Density, Detail, Estimate, Mixture as Law, Observation, Points, ulps};
use infodyn_enclosure::Moment;
use infodyn_monte_carlo::View;
use infodyn_symbolic::theory::{
    Equation, Identity, Mixture, Noise, divergence, gradient, identity, minus, norm2, normal, quantity, scale,
};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, atoms, mixture, plane};
use crate::case::paired;
use crate::enclosed::{self, Rule, mean_of};
use crate::rates::{information, per_time};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result, Seen};

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
    // For one data point x_0 and any field r, here cubic: rho |z - r|^2 = rho (D/sigma^2 + |r|^2 + 2 div r) + div(..),
    // with z the score of the kernel and rho the kernel itself.
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
        self.marginal.observe(Points { anchors: &[k], offsets: &offset }, Detail::SCORES, &mut said);
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

/// What stands before `E div r` and before the excess: 2 and 1 in the claim.
#[derive(Clone, Copy)]
struct Terms {
    divergence: f64,
    excess: f64,
}

const TERMS: Terms = Terms { divergence: 2.0, excess: 1.0 };
const ONCE: Terms = Terms { divergence: 1.0, ..TERMS };
const FREE: Terms = Terms { excess: 0.0, ..TERMS };

/// What the computable form is sampled against.
#[derive(Clone, Copy)]
enum Against {
    /// The error of the denoiser, by its definition.
    Denoiser,
    /// The error of the posterior mean plus the excess.
    Excess,
}

/// A plug-in for `E div s`.
#[derive(Clone, Copy)]
enum PlugIn {
    Divergence,
    Norm,
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    use infodyn_core::NoiseProcess as P;
    let (once, free) = ("div r in place of 2 div r", "|r - s|^2 left out");
    let mut checks = Vec::new();
    let cases = [mixture()?.under(P::VP_LINEAR, 0.2)?, atoms()?.under(P::Edm, 0.9)?, plane()?.under(P::FLOW, 0.45)?];
    for (case, wrong) in cases.iter().flat_map(|s| Wrong::ALL.map(|w| (s, w))) {
        let plane = case.law().dim() > 1;
        if plane && wrong != Wrong::Shifted {
            continue;
        }
        let by = |terms| move |_: &Context, case: &Case| excess(case, wrong, terms);
        let check = Check::new(Kind::Quadrature, case, wrong.name(), by(TERMS)).breaking(&[Mutation::Clock]);
        checks.push(check.mutant(Ingredient::Moment, once, by(ONCE)).mutant(Ingredient::Moment, free, by(FREE)));
        let what = format!("the denoiser of {}", wrong.name());
        let by = |terms| move |_: &Context, case: &Case| forms(case, wrong, terms);
        let check = Check::new(Kind::Quadrature, case, &what, by(TERMS));
        checks.push(check.mutant(Ingredient::Moment, once, by(ONCE)));
        if !plane {
            let by = |terms| move |c: &Context, case: &Case| sampled(c, case, wrong, (Against::Excess, terms));
            let check = Check::new(Kind::MonteCarlo, case, wrong.name(), by(TERMS)).breaking(&[Mutation::Clock]);
            checks.push(check.mutant(Ingredient::Moment, once, by(ONCE)).mutant(Ingredient::Moment, free, by(FREE)));
        }
        if !plane && wrong == Wrong::Shifted {
            let by = |terms| move |c: &Context, case: &Case| sampled(c, case, wrong, (Against::Denoiser, terms));
            let check = Check::new(Kind::MonteCarlo, case, &what, by(TERMS)).breaking(&[Mutation::Clock]);
            checks.push(check.mutant(Ingredient::Moment, once, by(ONCE)));
        }
        if let Wrong::Scaled(c) = wrong {
            let what = format!("{} is never below", wrong.name());
            let check = Check::new(Kind::Quadrature, case, &what, move |_, s| bound(s, wrong, 0.0));
            let how = "by 1.01 times the excess";
            checks.push(check.mutant(Ingredient::Bound, how, move |_, s| bound(s, wrong, 1.01)));
            let barely = if c > 1.0 { 0.99 } else { 1.01 };
            for (form, name) in [(PlugIn::Divergence, "divergence"), (PlugIn::Norm, "norm")] {
                let what = format!("plug-in of the {name}, {}", wrong.name());
                let by = |factor| move |_: &Context, case: &Case| side(case, Wrong::Scaled(factor), form, Side::of(c));
                let check = Check::new(Kind::Quadrature, case, &what, by(c));
                checks.push(check.mutant(Ingredient::Bound, &format!("{barely} s in place of {c} s"), by(barely)));
            }
        }
    }
    let once = (Ingredient::Moment, once, 1.0);
    checks.extend(enclosed::each(enclosed::stages(), "the model of a wrong weight", 2.0, &[once], |stage, twice| {
        let (line, noise) = (stage.line()?, stage.level()?.sigma2.recip());
        let model = stage.broken(Mutation::Weight).line()?;
        let m = mean_of(&line, &Rule::Model(&model, twice))?;
        Ok([noise + m[0], noise - line.mean(Moment::ScoreNorm2)? + m[1]])
    }));
    Ok(checks)
}

/// `E|r|^2`, `E div r`, `E|r - s|^2` and `E|X_0 - m_r|^2`, under the truth.
fn moments(case: &Case, wrong: Wrong) -> Result<Vec<Estimate>> {
    let law = case.law();
    with_field(case, wrong, |field| {
        case.truth().mean(Detail::SCORE | Detail::MEAN_OFFSET | Detail::POSTERIOR_TRACE, 4, |s, out| {
            let said = field.at(s, s.anchor(), law);
            let gap: f64 = said.mean_offset.iter().zip(s.mean_offset()).map(|(a, b)| (a - b) * (a - b)).sum();
            (out[0], out[1], out[2], out[3]) = (said.norm2, said.divergence, said.excess, s.posterior_trace() + gap);
        })
    })
}

/// The true rate: the slope of `-I(X_0;X_t)`.
fn rate(case: &Case) -> Result<Estimate> {
    case.slope(|s| Ok(-information(s)?))
}

/// `(g^2/2)(D/sigma^2 + E|r|^2 + 2 E div r)`.
fn computable(case: &Case, of: &[Estimate], terms: Terms) -> Result<Estimate> {
    per_time(case, of[0] + of[1] * Estimate::given(terms.divergence))
}

/// A share of `(g^2/2) E|r - s|^2`.
fn excess_rate(case: &Case, of: &[Estimate], share: f64) -> Result<Estimate> {
    Ok(of[2] * Estimate::given(share) * Estimate::given(case.level()?.g2()) / 2)
}

fn excess(case: &Case, wrong: Wrong, terms: Terms) -> Result<Comparison> {
    let of = moments(case, wrong)?;
    let (lhs, rhs) = (computable(case, &of, terms)?, rate(case)? + excess_rate(case, &of, terms.excess)?);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn forms(case: &Case, wrong: Wrong, terms: Terms) -> Result<Comparison> {
    let level = case.level()?;
    let of = moments(case, wrong)?;
    let factor = 0.5 * level.g2() * level.snr() / level.sigma2();
    let lhs = of[3] * Estimate::rounded(factor, ulps::SNR + ulps::operations(3));
    let rhs = computable(case, &of, terms)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The true rate and a share of the excess, none of it in the claim, are at most the computable form.
fn bound(case: &Case, wrong: Wrong, share: f64) -> Result<Comparison> {
    let of = moments(case, wrong)?;
    let (low, high) = (rate(case)? + excess_rate(case, &of, share)?, computable(case, &of, TERMS)?);
    Ok(Comparison::at_most(low, high, SHARP * high.value().abs()))
}

/// On which side of the rate the plug-ins lie.
#[derive(Clone, Copy)]
enum Side {
    Below,
    Above,
}

impl Side {
    /// For `r = c s`, `E div r = -c E|s|^2` and `E|r|^2 = c^2 E|s|^2`.
    fn of(c: f64) -> Self {
        if c > 1.0 { Self::Below } else { Self::Above }
    }
}

fn side(case: &Case, wrong: Wrong, form: PlugIn, side: Side) -> Result<Comparison> {
    let of = moments(case, wrong)?;
    let plugged = match form {
        PlugIn::Divergence => of[1],
        PlugIn::Norm => -of[0],
    };
    let (plugged, rate) = (per_time(case, plugged)?, rate(case)?);
    let (low, high) = match side {
        Side::Below => (plugged, rate),
        Side::Above => (rate, plugged),
    };
    Ok(Comparison::at_most(low, high, SHARP * rate.value().abs()))
}

/// The computable form against what it says, draw by draw.
fn sampled(context: &Context, case: &Case, wrong: Wrong, (against, terms): (Against, Terms)) -> Result<Comparison> {
    let (d, half) = (case.law().dim(), 0.5 * case.level()?.g2());
    let level = case.process().at(case.t())?;
    let scale = 0.5 * level.g2() * level.snr() / level.sigma2();
    let truth = Marginal::new(case.law(), &level);
    let settings = context.even(4);
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
                out[0] = match against {
                    Against::Denoiser => scale * by_r,
                    Against::Excess => scale * by_s + terms.excess * half * excess,
                };
                let divergence = field.factor * other.observation.score_divergence[i];
                out[1] = half * (d as f64 / level.sigma2() + norm2 + terms.divergence * divergence);
            }
        })?;
        Ok(run)
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
