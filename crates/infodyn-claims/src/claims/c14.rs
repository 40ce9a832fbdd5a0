//! C14: classes that differ in width only.

use infodyn_closed_form::{Marginal, pair};
use infodyn_core::{Comparison, Covariance, Density, Detail, Estimate, Mixture, NoiseProcess, stable, ulps};
use infodyn_enclosure::Interval;
use infodyn_monte_carlo::Means;
use infodyn_quadrature::{Peak, peak};
use infodyn_symbolic::theory::{Equation, Identity, dot, identity, norm2, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::SAMPLED;
use crate::decisions::{ou_time, sampled_production};
use crate::enclosed::{self, digits, point};
use crate::limit::halving;
use crate::radial::Length;
use crate::symbols::coefficient;
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

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
                // |dh/du| = |u| sech^2 u < 1/2; l itself is rounded, which the first part feels as its square.
                let shift = 0.25 * self.dim * f64::EPSILON * (ulps::SAMPLE * own.abs() + ulps::READING * moved.abs());
                Ok(Estimate::new(f(h), ulps::READING * f64::EPSILON * h + 0.5 * shift.min(1.0)))
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

/// What peaks in the decision of two symmetric atoms.
#[derive(Debug, Clone, Copy)]
enum Peaking {
    /// `Var h`.
    Variance,
    /// The rate `k mmse/2`.
    Rate,
}

impl Peaking {
    /// `k` there: `k_V` or `k_H`.
    fn k(self) -> Result<Estimate> {
        let height = |x: f64| {
            let k = x.exp();
            Ok::<_, Error>(match self {
                Self::Rate => pair::mmse(k) * Estimate::given(k),
                Self::Variance => pair::label_entropy_variance(k),
            })
        };
        Ok(found(peak(height, 0.35, 0.4)?, 0.35)?.exp())
    }

    /// `log(1/(8 k))/4`.
    fn offset(self) -> Result<Estimate> {
        Ok(-(self.k()? * 8).ln() / 4)
    }
}

const RATE: &str = "the peak of the rate, k_H, in place of that of the variance";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use Peaking::{Rate, Variance};
    // The constant is written to 15 digits.
    let run =
        |peak: Peaking| move |_: &Context| Ok(Comparison::new(peak.offset()?, Estimate::new(OFFSET, 5e-16), 1e-12));
    let check = Check::number(Kind::Quadrature, "offset: log(1/(8 k_V))/4", run(Variance));
    let mut checks = vec![check.variant(Ingredient::Moment, RATE, run(Rate))];
    for widths in WIDTHS {
        let run = move |power, peak| move |context: &Context| place(context, &widths, power, peak);
        let named = format!("{}/ou: place of the peak, D -> infinity", widths.name);
        let check = Check::number(Kind::Quadrature, named, run(0.25, Variance));
        let check = check.variant(Ingredient::Exponent, "half of log D in place of a quarter", run(0.5, Variance));
        checks.push(check.variant(Ingredient::Moment, RATE, run(0.25, Rate)));
    }
    for widths in [WIDTHS[0], WIDTHS[2]] {
        let run = move |lost| move |context: &Context| rate(context, &widths, lost);
        let named = format!("{}/ou: correction times D^(1/2), D -> infinity", widths.name);
        let check = Check::number(Kind::Quadrature, named, run(1.0));
        let constant = "noise of variance 1 in place of 1 - alpha^2: q1 + q2 in place of q1 + q2 - 2";
        checks.push(check.variant(Ingredient::Variance, constant, run(0.0)));
    }
    let run = |peak| move |context: &Context| in_ve(context, &WIDTHS[0], peak);
    let named = format!("{}/ve: place of the peak over D^(1/2), D -> infinity", WIDTHS[0].name);
    let check = Check::number(Kind::Quadrature, named, run(Variance));
    checks.push(check.variant(Ingredient::Moment, RATE, run(Rate)));
    for (widths, process, t) in [
        (WIDTHS[0], NoiseProcess::Ou, 0.7),
        (WIDTHS[1], NoiseProcess::VP_LINEAR, 0.35),
        (WIDTHS[2], NoiseProcess::Edm, 2.0),
    ] {
        let case = widths.named(64)?.under(process, t)?;
        for (what, run) in [
            ("E h in 64 dimensions", mean_in_full as fn(&Context, &Case) -> _),
            ("Var h in 64 dimensions", variance_in_full),
        ] {
            checks.push(Check::new(Kind::MonteCarlo, &case, what, run).breaking(&[Mutation::Sigma]));
        }
    }
    let named = "widths-1.5-0.2/ou/D=100: Var h is stationary at the peak of the reduction";
    let check = Check::number(Kind::MonteCarlo, named, |context| stationary(context, 0.0));
    checks.push(check.variant(Ingredient::Time, "a quarter of a unit of time later", |c| stationary(c, 0.25)));
    for widths in WIDTHS {
        let run = move |place| move |_: &Context| at_origin(&widths, place);
        let named =
            format!("{}/D=64: the largest eigenvalue at the origin is below 0 at 201 noise levels", widths.name);
        let check = Check::number(Kind::Quadrature, named, run(Place::Same));
        let how = "narrow classes apart by a twentieth more than leaves the origin stable";
        checks.push(check.variant(Ingredient::Bound, how, run(Place::Apart)));
    }
    type Peak = fn() -> infodyn_enclosure::Result<Interval>;
    let rate: Peak = || enclosed::Rate::H.peak();
    let mutants = [(Ingredient::Moment, RATE, rate)];
    let named = "two covariances/ou: the constant of the peak";
    checks.push(enclosed::equal(named, enclosed::variance_peak as Peak, &mutants, |peak: Peak| {
        Ok([(point(8.0) * peak()?).ln().times(-0.25), digits(OFFSET, 1e-15)])
    }));
    Ok(checks)
}

/// `t - log(D)/4 - log|q1-q2|/2` of the peak in `ou`, at `D = 100 4^i`.
fn places(context: &Context, widths: &Widths, power: f64) -> Result<Vec<Estimate>> {
    let k_v = Peaking::Variance.k()?.value();
    (0..context.sizes(8))
        .map(|i| {
            let dim = 100.0 * 4.0_f64.powi(i);
            let x = Reduced::new(dim)?.peak(widths.q, k_v)?;
            let gap = Estimate::rounded(widths.gap(), ulps::OPERATION);
            Ok(ou_time(x) - Estimate::given(dim).ln() * Estimate::given(power) - gap.ln() / 2)
        })
        .collect()
}

/// The limit of the places, less `power log D`, against the offset.
fn place(context: &Context, widths: &Widths, power: f64, peak: Peaking) -> Result<Comparison> {
    let lhs = halving(&places(context, widths, power)?, 1);
    Ok(Comparison::new(lhs, peak.offset()?, 1e-7))
}

/// `(t - t_infinity) D^(1/2)` tends to `(2 - q1 - q2) (8 k_V)^(1/2)/(4 |q1-q2|)`: the noise loses `alpha^2` of its
/// variance, to leading order `lost alpha^2`.
fn rate(context: &Context, widths: &Widths, lost: f64) -> Result<Comparison> {
    let scaled: Vec<Estimate> = places(context, widths, 0.25)?
        .iter()
        .enumerate()
        .map(|(i, t)| (*t - Estimate::new(OFFSET, 5e-16)) * (10 << i))
        .collect();
    let lhs = halving(&scaled, 1);
    let k = Peaking::Variance.k()?.value();
    let total = widths.q[0] + widths.q[1] - 2.0 * lost;
    let rhs = Estimate::rounded(-total * (8.0 * k).sqrt() / (4.0 * widths.gap()), ulps::operations(10));
    Ok(Comparison::new(lhs, rhs, 1e-4 * rhs.value().abs()))
}

/// In `ve` the peak stands at `t = D^(1/2) |q1-q2|/(8 k_V)^(1/2)`, to leading order.
fn in_ve(context: &Context, widths: &Widths, peak: Peaking) -> Result<Comparison> {
    let k_v = Peaking::Variance.k()?.value();
    let scaled = (0..context.sizes(8)).map(|i| {
        let dim = 100.0 * 4.0_f64.powi(i);
        let x = Reduced::new(dim)?.peak(widths.q, k_v)?;
        Ok((-x).exp() / Estimate::rounded(dim.sqrt(), ulps::OPERATION))
    });
    let lhs = halving(&scaled.collect::<Result<Vec<_>>>()?, 1);
    let rhs = Estimate::given(widths.gap()) / (peak.k()? * 8).sqrt();
    Ok(Comparison::new(lhs, rhs, 1e-6 * rhs.value()))
}

/// Mean of the posterior entropy of the mixture itself against the reduction.
fn mean_in_full(context: &Context, case: &Case) -> Result<Comparison> {
    in_full(context, case, |means| means.mean(0, Context::CONFIDENCE), Reduced::entropy)
}

/// The same for its variance.
fn variance_in_full(context: &Context, case: &Case) -> Result<Comparison> {
    in_full(context, case, |means| means.variance(0, Context::CONFIDENCE), Reduced::variance)
}

fn in_full(
    context: &Context,
    case: &Case,
    read: fn(&Means) -> Estimate,
    reduced: fn(&Reduced, [f64; 2], f64) -> Result<Estimate>,
) -> Result<Comparison> {
    let q = [0, 1].map(|k| case.law().covariance(k).eigenvalue(0));
    let means = case.sample(context, Detail::LABEL_ENTROPY, 1, &[], |row, out| out[0] = row.seen(0).label_entropy())?;
    let rhs = reduced(&Reduced::new(case.dim())?, q, case.truth().level()?.snr())?;
    Ok(Comparison::new(read(&means), rhs, SAMPLED * rhs.value()))
}

/// D3 in full dimension: `E|grad h|^2 = Cov(h, b)` at the peak, or later.
fn stationary(context: &Context, later: f64) -> Result<Comparison> {
    let widths = WIDTHS[0];
    let x = Reduced::new(100.0)?.peak(widths.q, Peaking::Variance.k()?.value())?;
    let t = NoiseProcess::Ou.time_at_snr(x.value().exp())? + later;
    let case = widths.named(100)?.under(NoiseProcess::Ou, t)?;
    let [lhs, rhs, difference] = sampled_production(context, &case)?;
    Ok(Comparison::paired(lhs, rhs, difference, 2.0 * SAMPLED * lhs.value()))
}

/// Where the classes of a law stand.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Both at the origin.
    Same,
    /// At `+-0.1` on every axis, both as wide as the narrow one.
    Apart,
}

/// The largest ratio of [`at_origin`].
const MOST_SNR: f64 = 1e5;

/// `sigma^2` times the largest eigenvalue of `grad s` at the origin, the largest at 201 levels over ten decades of
/// `gamma`. (That it is negative at every level is its formula, an average of `-1/v`.)
fn at_origin(widths: &Widths, place: Place) -> Result<Comparison> {
    let dim = 64;
    let law = match place {
        Place::Same => widths.named(dim)?.law,
        // The origin stays stable while |mu|^2 - q is below all sigma^2/alpha^2.
        Place::Apart => {
            let far = 1.05 * widths.q[1].max(1.0 / MOST_SNR);
            Mixture::symmetric_pair(&vec![(far / dim as f64).sqrt(); dim], widths.q[1])?
        }
    };
    let mut worst = f64::NEG_INFINITY;
    for i in 0..=200 {
        let snr = MOST_SNR * 10.0_f64.powf(-f64::from(i) / 20.0);
        let level = NoiseProcess::Ve.at_snr(snr)?;
        let marginal = Marginal::new(&law, &level);
        let (anchor, offset) = marginal.locate(&vec![0.0; dim]);
        worst = worst.max(level.sigma2() * marginal.top_eigenvalue(anchor, &offset));
    }
    // A sum of terms -sigma^2/v of one sign, and of the spread of the means, which is 0 for classes in one place.
    Ok(Comparison::at_most(Estimate::rounded(worst, ulps::eigenvalue(dim)), Estimate::ZERO, 1e-9))
}
