//! C14: classes that differ in width only.

use infodyn_closed_form::{Marginal, pair};
use infodyn_core::{Comparison, Covariance, Density, Detail, Estimate, Mixture, NoiseProcess, stable};
use infodyn_quadrature::{Peak, peak};
use infodyn_symbolic::theory::{Equation, Identity, dot, identity, norm2, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::SAMPLED;
use crate::limit::halving;
use crate::radial::Length;
use crate::symbols::coefficient;
use crate::{Case, Check, Claim, Context, Error, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C14",
    name: "covariance-only",
    statement: "Two classes `N(0, q1 I)`, `N(0, q2 I)` of equal weight, `D -> infinity`: in `ou` {0}, `k` as in C8 (the log-likelihood ratio has \
                mean `2k` and variance `4k`), so `Var h` peaks at `(1/4) log D + (1/2) log|q1-q2| - 0.594047659115410`: a quarter, not half, \
                of `log D`. At finite `D` it stands later by {1}, which is of order `D^(-1/2)` (of order `1/D` when `q1 + q2 = 2`). The \
                Jacobian at the origin keeps its sign, and the origin is the only zero of the score",
    scope: "three pairs of widths in `ou` and one in `ve`, `D` from 100 to 1.6 million by an exact reduction to one dimension; in full dimension by simulation",
    origin: Origin::Elsewhere(
        "Achilli, Benedetti, Biroli & Mezard 2026, arXiv 2602.04404: a quarter of log D; the constant and the correction are new here",
    ),
    uses: &["C8", "D3"],
    formulas,
    checks,
};

/// Two centred classes in `ou`: the log-likelihood ratio has mean `2k` and variance `4k`, `k = D (q1-q2)^2 exp(-4t)/8`.
fn formulas() -> Vec<Identity> {
    let [q1, q2, d, k, t, alpha, y] = ["q_1", "q_2", "D", "k", "t", "alpha", "y"].map(Symbol::positive);
    let (late, gap) = (quantity("delta t"), Symbol::positive("delta"));
    // y = alpha^2 = exp(-2t) is small; the noised variances are 1 + y (q - 1).
    let ratio = (1 + &y * (&q1 - 1)) / (1 + &y * (&q2 - 1));
    let per_dimension = (&ratio - 1 - ratio.log()) / 2;
    let mean = &d * coefficient(&per_dimension, &y, 2);
    let variance = &d * coefficient(&((&ratio - 1).pow(2) / 2), &y, 2);
    let claim = &d * (&q1 - &q2).pow(2) / 8;
    let time = |share: i32| (&d * (&q1 - &q2).pow(2) / (8 * &k)).log() / share;
    // log(v_1/v_2) = c_1 y + c_2 y^2 + ..: where it has a given value, -log(y)/2 is later by y c_2/(2 c_1).
    let bend = coefficient(&ratio.log(), &y, 2) / coefficient(&ratio.log(), &y, 1);
    let lateness = |total: Expr| total * alpha.pow(2) / 4;
    // The score of two centred classes points to the origin.
    let mut law = infodyn_symbolic::theory::Mixture::general(2, 2);
    law.means = vec![vec![Expr::zero(); 2]; 2];
    let inward = dot(&law.position(), &law.score());
    let pull = |of: &dyn Fn(usize) -> Expr| -norm2(&law.position()) * law.average(of);
    vec![
        Identity::of(
            "the time at which k has a given value",
            &Equation::new(&t, time(4)),
            // The wider class is the first.
            &[(&k, &d * gap.pow(2) / 8 * (-4 * &t).exp()), (&q1, &q2 + &gap)],
            ("half of log D", time(2)),
        ),
        Identity::of(
            "the first correction",
            &Equation::new(&late, lateness(2 - &q1 - &q2)),
            &[(&late, &y * bend / 2), (&alpha, y.sqrt())],
            ("q1 + q2 in place of q1 + q2 - 2", lateness(-&q1 - &q2)),
        ),
        identity(
            "x.s = -|x|^2 E[1/v], two centred classes, D=2",
            inward,
            pull(&|j| 1 / law.spread(j)),
            ("v in place of 1/v", pull(&|j| law.spread(j))),
        ),
        identity("mean 2k", mean, 2 * &claim, ("k", claim.clone())),
        identity("variance 4k", variance, 4 * &claim, ("2k", 2 * &claim)),
        identity(
            "no term of first order",
            coefficient(&per_dimension, &y, 1),
            0,
            ("a ratio that is not compared with 1", coefficient(&ratio, &y, 1)),
        ),
    ]
}

/// theory.md.
const OFFSET: f64 = -0.594_047_659_115_410;
const HALF: &str = "half of log D";
const RATE_PEAK: &str = "the peak of the rate, k_H, in place of that of the variance";
const UNSHIFTED: &str = "q1 + q2 in place of q1 + q2 - 2";
const LATER: &str = "a quarter of a unit of time later";
const DISPLACED: &str = "classes that differ in place, at the same k";

/// Two centred classes of equal weight.
#[derive(Clone, Copy)]
struct Widths {
    name: &'static str,
    q: [f64; 2],
}

const WIDTHS: [Widths; 3] = [
    Widths { name: "widths-1.5-0.2", q: [1.5, 0.2] },
    Widths { name: "widths-1.6-0.4", q: [1.6, 0.4] },
    Widths { name: "widths-3-0", q: [3.0, 0.0] },
];

impl Widths {
    fn gap(&self) -> f64 {
        (self.q[0] - self.q[1]).abs()
    }

    fn named(&self, dim: usize) -> Result<NamedLaw> {
        let q = Covariance::isotropics(&self.q)?;
        Ok(NamedLaw::new(self.name, Mixture::new(&[], &vec![vec![0.0; dim]; 2], q)?))
    }
}

/// The label's posterior entropy of two centred classes in `R^D`, exactly reduced to the length of the point.
///
/// # Formula
/// With `l = log(v_1/v_2)` and `|x|^2 = v D e^s` under a class of variance `v`, the log-odds of the true class are
/// `(D/2) ((e^l - 1 - l) + (e^l - 1)(e^s - 1))`, `l` of the opposite sign for the other class.
struct Reduced {
    dim: f64,
    length: Length,
}

impl Reduced {
    fn new(dim: f64) -> Result<Self> {
        Ok(Self { dim, length: Length::new(dim)? })
    }

    /// `E f(h)` for `|f| <= 1` and `|f'| <= 1`.
    fn mean(&self, q: [f64; 2], snr: f64, f: impl Fn(f64) -> f64) -> Result<Estimate> {
        let l = (snr * (q[0] - q[1]) / (snr * q[1] + 1.0)).ln_1p();
        let under = |l: f64| {
            self.length.mean(|s| {
                let (own, moved) = (l.exp() * stable::relative_cost(-l), l.exp_m1() * s.exp_m1());
                let h = stable::binary_entropy(0.25 * self.dim * (own + moved));
                // |dh/du| = |u| sech^2 u < 1/2, and l itself is rounded.
                let shift = 0.25 * self.dim * f64::EPSILON * (own.abs() + moved.abs()) * 8.0;
                Ok(Estimate::new(f(h), 8.0 * f64::EPSILON * h + 0.5 * shift.min(1.0)))
            })
        };
        Ok((under(l)? + under(-l)?) / 2)
    }

    fn entropy(&self, q: [f64; 2], snr: f64) -> Result<Estimate> {
        self.mean(q, snr, |h| h)
    }

    fn variance(&self, q: [f64; 2], snr: f64) -> Result<Estimate> {
        let centre = self.entropy(q, snr)?.value();
        let first = self.mean(q, snr, |h| h - centre)?;
        Ok(self.mean(q, snr, |h| (h - centre) * (h - centre))? - first * first)
    }

    /// `log gamma` at which `Var h` peaks.
    fn peak(&self, q: [f64; 2], k_v: f64) -> Result<Estimate> {
        let guess = (8.0 * k_v / self.dim).sqrt() / (q[0] - q[1]).abs();
        // The mean of the two variances corrects the guess to first order.
        let guess = (guess / (1.0 - 0.5 * guess * (q[0] + q[1])).max(0.3)).ln();
        found(peak(|x| self.variance(q, x.exp()), guess, 0.4)?, guess)
    }
}

/// The place of a peak near `guess`.
fn found(peak: Option<Peak>, guess: f64) -> Result<Estimate> {
    peak.map(|p| p.at).ok_or(Error::NoRoot { what: "slope near the peak", lo: guess - 0.4, hi: guess + 0.4 })
}

/// `k_V` or `k_H`: where `Var h`, or the rate `k mmse/2`, of two symmetric atoms peaks.
fn critical(rate: bool) -> Result<Estimate> {
    let height = |x: f64| {
        let k = x.exp();
        Ok::<_, Error>(if rate { pair::mmse(k) * Estimate::given(k) } else { pair::label_entropy_variance(k) })
    };
    let x = found(peak(height, 0.35, 0.4)?, 0.35)?;
    let k = x.value().exp();
    Ok(Estimate::new(k, k * (x.radius() + 2.0 * f64::EPSILON)))
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = vec![Check::number_by_words(
        Kind::Quadrature,
        "offset: log(1/(8 k_V))/4",
        &[Mutation::Formula(RATE_PEAK)],
        offset,
    )];
    for widths in WIDTHS {
        let name = widths.name;
        let broken = [Mutation::Formula(HALF), Mutation::Formula(RATE_PEAK)];
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            format!("{name}/ou: place of the peak, D -> infinity"),
            &broken,
            move |context, mutation| place(context, &widths, mutation),
        ));
    }
    for widths in [WIDTHS[0], WIDTHS[2]] {
        let named = format!("{}/ou: correction times D^(1/2), D -> infinity", widths.name);
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            named,
            &[Mutation::Formula(UNSHIFTED)],
            move |context, mutation| rate(context, &widths, mutation),
        ));
    }
    let named = format!("{}/ve: place of the peak over D^(1/2), D -> infinity", WIDTHS[0].name);
    checks.push(Check::number_by_words(
        Kind::Quadrature,
        named,
        &[Mutation::Formula(RATE_PEAK)],
        |context, mutation| in_ve(context, &WIDTHS[0], mutation),
    ));
    for (widths, process, t) in [
        (WIDTHS[0], NoiseProcess::Ou, 0.7),
        (WIDTHS[1], NoiseProcess::VP_LINEAR, 0.35),
        (WIDTHS[2], NoiseProcess::Edm, 2.0),
    ] {
        let case = widths.named(64)?.under(process, t)?;
        let broken = [Mutation::Sigma];
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "E h in 64 dimensions", &broken, |c, s| {
            in_full(c, s, false)
        }));
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "Var h in 64 dimensions", &broken, |c, s| {
            in_full(c, s, true)
        }));
    }
    checks.push(Check::number_by_words(
        Kind::MonteCarlo,
        "widths-1.5-0.2/ou/D=100: Var h is stationary at the peak of the reduction",
        &[Mutation::Formula(LATER)],
        stationary,
    ));
    for widths in WIDTHS {
        let named = format!("{}/D=64: the largest eigenvalue at the origin stays below 0", widths.name);
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            named,
            &[Mutation::Formula(DISPLACED)],
            move |_, mutation| at_origin(&widths, mutation),
        ));
    }
    Ok(checks)
}

fn offset(_: &Context, mutation: Mutation) -> Result<Comparison> {
    let k = critical(mutation == Mutation::Formula(RATE_PEAK))?;
    let lhs = Estimate::new(-0.25 * (8.0 * k.value()).ln(), 0.25 * k.radius() / k.value() + 4.0 * f64::EPSILON);
    // The constant is written to 15 digits.
    Ok(Comparison::new(lhs, Estimate::new(OFFSET, 5e-16), 1e-12))
}

/// `t - log(D)/4 - log|q1-q2|/2` of the peak in `ou`, at `D = 100 4^i`.
fn places(context: &Context, widths: &Widths, power: f64) -> Result<Vec<Estimate>> {
    let k_v = critical(false)?.value();
    (0..context.sizes(8))
        .map(|i| {
            let dim = 100.0 * 4.0_f64.powi(i);
            let x = Reduced::new(dim)?.peak(widths.q, k_v)?;
            // t = log(1 + 1/gamma)/2.
            let t = Estimate::new(0.5 * (-x.value()).exp().ln_1p(), 0.5 * x.radius() + 2.0 * f64::EPSILON);
            Ok(t - Estimate::rounded(power * dim.ln(), 1.5) - Estimate::rounded(0.5 * widths.gap().ln(), 1.0))
        })
        .collect()
}

fn place(context: &Context, widths: &Widths, mutation: Mutation) -> Result<Comparison> {
    let power = if mutation == Mutation::Formula(HALF) { 0.5 } else { 0.25 };
    let lhs = halving(&places(context, widths, power)?, 1);
    let wrong = 0.25 * (critical(false)?.value() / critical(true)?.value()).ln();
    let rhs = OFFSET + if mutation == Mutation::Formula(RATE_PEAK) { wrong } else { 0.0 };
    Ok(Comparison::new(lhs, Estimate::new(rhs, 1e-15), 1e-7))
}

/// `(t - t_infinity) D^(1/2)` tends to `(2 - q1 - q2) (8 k_V)^(1/2)/(4 |q1-q2|)`.
fn rate(context: &Context, widths: &Widths, mutation: Mutation) -> Result<Comparison> {
    let scaled: Vec<Estimate> = places(context, widths, 0.25)?
        .iter()
        .enumerate()
        .map(|(i, t)| (*t - Estimate::new(OFFSET, 5e-16)) * (10 << i))
        .collect();
    let lhs = halving(&scaled, 1);
    let k = critical(false)?.value();
    let total = widths.q[0] + widths.q[1] - if mutation == Mutation::Formula(UNSHIFTED) { 0.0 } else { 2.0 };
    let rhs = Estimate::rounded(-total * (8.0 * k).sqrt() / (4.0 * widths.gap()), 16.0);
    Ok(Comparison::new(lhs, rhs, 1e-4 * rhs.value().abs()))
}

/// In `ve` the peak stands at `t = D^(1/2) |q1-q2|/(8 k_V)^(1/2)`, to leading order.
fn in_ve(context: &Context, widths: &Widths, mutation: Mutation) -> Result<Comparison> {
    let k_v = critical(false)?.value();
    let scaled = (0..context.sizes(8)).map(|i| {
        let dim = 100.0 * 4.0_f64.powi(i);
        let x = Reduced::new(dim)?.peak(widths.q, k_v)?;
        let t = (-x.value()).exp() / dim.sqrt();
        Ok(Estimate::new(t, t * (x.radius() + 4.0 * f64::EPSILON)))
    });
    let lhs = halving(&scaled.collect::<Result<Vec<_>>>()?, 1);
    let k = critical(mutation == Mutation::Formula(RATE_PEAK))?;
    let rhs = widths.gap() / (8.0 * k.value()).sqrt();
    Ok(Comparison::new(lhs, Estimate::new(rhs, rhs * k.radius()), 1e-6 * rhs))
}

/// Mean or variance of the posterior entropy of the mixture itself against the reduction.
fn in_full(context: &Context, case: &Case, variance: bool) -> Result<Comparison> {
    let q = [0, 1].map(|k| case.law().covariance(k).eigenvalue(0));
    let snr = case.level()?.snr();
    let means = case.sample(context, Detail::Posterior, 1, &[], |row, out| out[0] = row.seen(0).label_entropy())?;
    let reduced = Reduced::new(case.dim())?;
    let (lhs, rhs) = if variance {
        (means.variance(0, Context::CONFIDENCE), reduced.variance(q, snr)?)
    } else {
        (means.mean(0, Context::CONFIDENCE), reduced.entropy(q, snr)?)
    };
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}

/// D3 in full dimension: `E|grad h|^2 = Cov(h, b)` at the peak.
fn stationary(context: &Context, mutation: Mutation) -> Result<Comparison> {
    let widths = WIDTHS[0];
    let x = Reduced::new(100.0)?.peak(widths.q, critical(false)?.value())?;
    let later = if mutation == Mutation::Formula(LATER) { 0.25 } else { 0.0 };
    let t = NoiseProcess::Ou.time_at_snr(x.value().exp())? + later;
    let case = widths.named(100)?.under(NoiseProcess::Ou, t)?;
    let means = case.sample(context, Detail::Labels, 3, &[(1, 2)], |row, out| {
        let seen = row.seen(0);
        (out[0], out[1], out[2]) = (seen.label_gradient2(), seen.label_entropy(), seen.label_production());
    })?;
    let level = Context::CONFIDENCE;
    let missing = Error::Product(1, 2);
    let lhs = means.mean(0, level);
    let rhs = means.covariance(1, 2, level).ok_or(Error::Product(1, 2))?;
    let difference = means.linear_with_covariances(&[(0, 1.0)], &[((1, 2), -1.0)], level).ok_or(missing)?;
    Ok(Comparison::paired(lhs, rhs, difference, 2.0 * SAMPLED * lhs.value()))
}

/// `sigma^2` times the largest eigenvalue of `grad s` at the origin, the largest over ten decades of `gamma`.
fn at_origin(widths: &Widths, mutation: Mutation) -> Result<Comparison> {
    let dim = 64;
    let law = if mutation == Mutation::Formula(DISPLACED) {
        Mixture::symmetric_pair(&vec![0.25; dim], widths.q[1])?
    } else {
        widths.named(dim)?.law
    };
    let mut worst = f64::NEG_INFINITY;
    for i in 0..=200 {
        let snr = 10.0_f64.powf(-5.0 + f64::from(i) / 20.0);
        let level = NoiseProcess::Ve.at_snr(snr)?;
        let marginal = Marginal::new(&law, &level);
        let (anchor, offset) = marginal.locate(&vec![0.0; dim]);
        worst = worst.max(level.sigma2() * marginal.top_eigenvalue(anchor, &offset));
    }
    Ok(Comparison::at_most(Estimate::new(worst, 1e-12), Estimate::ZERO, 1e-9))
}
