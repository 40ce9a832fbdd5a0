//! E4: when a data set is remembered.

use infodyn_closed_form::Marginal;
use infodyn_core::stable::Sum;
use infodyn_core::{Comparison, Covariance, Density, Detail, Estimate, Mixture, NoiseProcess, Quantity, ulps};
use infodyn_enclosure::{Interval, LineLaw};
use infodyn_monte_carlo::Means;
use infodyn_quadrature::{peak, root};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::data_sets::{self, AGREEMENT, ANOTHER, GAINED, LABEL, OWN, TOP, experiment, ou_at};
use crate::enclosed::{self, Sides, point};
use crate::limit::halving;
use crate::radial::{Length, beyond};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "E4",
    name: "collapse",
    statement: "For `N` points drawn from a law, `D -> infinity` at fixed `log N/D`, the empirical posterior at a noised data point condenses on that point when \
                `I(X_0;X_t) = log N`, `I` of the population law. For `N(0, q I_D)` this is {0}, so {1}, and in `ou` {2}. At finite `D` the mean posterior of the own point \
                is a crossover, `Phi(w)` with `w = (I - log N)/(D q gamma/(1 + q gamma))^(1/2)`, of width of order `D^(-1/2)` in `log gamma`. \
                A labelled data set shows two windows when `t_C < t_S`: between them the label is known and the point is not",
    scope: "a Gaussian law, exactly in `D` up to 16384 by bounds of one integral and in data sets of 55 to 1097 points by simulation; a mixture and atoms as coordinates by the random energies",
    origin: Origin::Elsewhere(
        "Biroli, Bonnaire, de Bortoli & Mezard 2024, Dynamical regimes of diffusion models (arXiv 2402.18491); the width is that of random coding, Strassen 1962",
    ),
    uses: &["B3"],
    formulas,
    checks,
};

/// `I(X_0;X_t) = log N` for `N(0, q I_D)`, its time in `ou`, and the random energies of a Gaussian coordinate.
fn formulas() -> Vec<Identity> {
    let [q, n, d, gamma, t] = ["q", "N", "D", "gamma_C", "t_C"].map(Symbol::positive);
    let growth = quantity("N^(2/D)");
    // N^(2/D), written by its definition.
    let grown = (2 * n.log() / &d).exp();
    let information = |gamma: &Expr| &d / 2 * (1 + &q * gamma).log();
    let solved = (&growth - 1) / &q;
    let time = |share: i32| (1 + 1 / &gamma).log() / share;
    let gamma_in_ou = (-2 * &t).exp() / (1 - (-2 * &t).exp());
    let critical = (&grown - 1) / &q;
    // The energies of a coordinate at inverse temperature b: -log p of the marginal at noise sigma^2/b.
    let [alpha, sigma, b] = ["alpha", "sigma", "b"].map(Symbol::positive);
    let (noise, v) = (sigma.pow(2) / &b, alpha.pow(2) * &q + sigma.pow(2));
    let tilted = alpha.pow(2) * &q + &noise;
    let exponent = |v: &Expr| {
        -(&b / 2) - (2 * Expr::pi() * &noise).log() / 2 + (2 * Expr::pi() * &tilted).log() / 2 + v / (2 * &tilted)
    };
    let at_one = |e: &Expr| e.substitute(&[(&b, Expr::one())]);
    vec![
        Identity::of(
            "I = log N at gamma_C",
            &Equation::new(n.log(), information(&Expr::from(&gamma))),
            &[(&gamma, critical)],
            ("D in place of D/2", 2 * information(&Expr::from(&gamma))),
        ),
        Identity::of(
            "gamma_C from I = log N",
            &Equation::new(&gamma, solved.clone()),
            &[(&growth, (2 * information(&Expr::from(&gamma)) / &d).exp())],
            ("N^(2/D)/q", &growth / &q),
        ),
        Identity::of("t_C in ou", &Equation::new(&t, time(2)), &[(&gamma, gamma_in_ou)], ("twice t_C", time(1))),
        identity(
            "random energies of a Gaussian coordinate: stationary at b = 1",
            at_one(&exponent(&v).diff(&b)),
            0,
            ("typical points of the kernel", at_one(&exponent(&sigma.pow(2)).diff(&b))),
        ),
        identity(
            "random energies of a Gaussian coordinate: the exponent is I",
            at_one(&exponent(&v)),
            (1 + &q * alpha.pow(2) / sigma.pow(2)).log() / 2,
            ("twice I", (1 + &q * alpha.pow(2) / sigma.pow(2)).log()),
        ),
    ]
}

/// A quarter's quantile of the standard normal, `Phi(z) = 3/4`.
const QUARTER: f64 = 0.674_489_750_196_081_7;

/// The exponent of `N` in the growth `N^(2/D)`, times `D`.
const GROWTH: f64 = 2.0;
const SLOWER: (Ingredient, &str, f64) = (Ingredient::Exponent, "N^(1/D) in place of N^(2/D)", 1.0);

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = exact()?;
    checks.extend(simulated());
    let (ingredient, how, growth) = SLOWER;
    checks.push(enclosed::equal(
        "gaussian q=0.7, N=1000, D=100: gamma_C",
        GROWTH,
        &[(ingredient, how, growth)],
        solved,
    ));
    Ok(checks)
}

fn exact() -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    let (ingredient, how, slower) = SLOWER;
    for (dim, n, q) in [(64.0, 1e6, 2.0), (12.0, 403.0, 1.0), (3072.0, 6e4, 0.3)] {
        let run = move |growth| move |_: &Context| time(dim, n, q, growth);
        let check = Check::number(Kind::Quadrature, format!("N(0, {q} I), D={dim}, N={n}/ou: t_C"), run(GROWTH));
        checks.push(check.variant(ingredient, how, run(slower)));
    }
    for case in [
        super::mixture()?.under(P::VP_LINEAR, 0.2)?,
        super::atoms()?.under(P::Ou, 0.5)?,
        super::mixture()?.under(P::Edm, 0.7)?,
    ] {
        for (what, asked) in [
            ("random energies: their temperature", Asked::Temperature),
            ("random energies: their exponent is I", Asked::Exponent),
        ] {
            let check = Check::new(Kind::Quadrature, &case, what, move |_, case| energies(case, asked, 1.0));
            let how = "noise of variance 0.99 in place of 1 at the own point";
            checks.push(check.mutant(Ingredient::Noise, how, move |_, case| energies(case, asked, 0.99)));
        }
    }
    for (rate, q) in [(0.5, 1.0), (0.2, 3.0)] {
        let name = format!("N(0, {q} I), log N/D={rate}");
        let half = move |growth: f64| {
            move |_: &Context| {
                let code = Code::new(400.0, rate, q)?;
                Ok(Comparison::new(code.lower((growth * rate).exp_m1() / q)?, Estimate::ONE / 2, SHARP))
            }
        };
        let what = format!("{name}: the bound from below is 1/2 at gamma_C, D=400");
        checks.push(Check::number(Kind::Quadrature, what, half(GROWTH)).variant(ingredient, how, half(slower)));
        let what = format!("{name}: width times D^(1/2), D -> infinity");
        let check = Check::number(Kind::Quadrature, what, move |context| width(context, rate, q, 1));
        let fano = "the variance q gamma in place of q gamma/(1 + q gamma)";
        checks.push(check.variant(Ingredient::Variance, fano, move |context| width(context, rate, q, 0)));
        for side in [Side::Below, Side::Above] {
            let what = format!("{name}: {} at gamma_C to within a tenth, D=16384", side.name());
            let check = Check::number(Kind::Quadrature, what, move |_| side_of(rate, q, side, 0.1));
            checks.push(
                check.variant(Ingredient::Bound, "to within a twenty-fifth", move |_| side_of(rate, q, side, 0.04)),
            );
        }
    }
    Ok(checks)
}

fn simulated() -> Vec<Check> {
    let mut checks = Vec::new();
    for (dim, wrong) in [(8, 1.4), (11, 1.3), (14, 1.25)] {
        let what = format!("data sets of exp(D/2) points in D={dim}: own posterior at gamma_C, from below");
        let check = Check::number(Kind::MonteCarlo, what, move |c| at_critical(c, dim, OWN, 1.0))
            .variant(Ingredient::Posterior, ANOTHER_POINT, move |c| at_critical(c, dim, ANOTHER, 1.0))
            .variant(Ingredient::Bound, &format!("the bound at {wrong} gamma_C"), move |c| {
                at_critical(c, dim, OWN, wrong)
            });
        checks.push(check);
    }
    let what = "data sets of 403 points in D=12: own posterior at gamma_C/4, from above";
    let check = Check::number(Kind::MonteCarlo, what, |c| below_critical(c, 1.0));
    checks.push(check.variant(Ingredient::Bound, "the bound for N^1.6 points", |c| below_critical(c, 1.6)));
    let what = "data sets of 403 points in D=12: the own point is drawn from the posterior";
    let check = Check::number(Kind::MonteCarlo, what, |c| own_is_typical(c, OWN))
        .variant(Ingredient::Posterior, "the largest posterior in place of the own", |c| own_is_typical(c, TOP))
        .variant(Ingredient::Posterior, ANOTHER_POINT, |c| own_is_typical(c, ANOTHER));
    checks.push(check);
    for (factor, wrong) in [(0.25, 0.93), (1.0, 0.79), (4.0, 0.99)] {
        let what = format!("data sets of 403 points in D=12: information at {factor} gamma_C below min(I, log N)");
        let check = Check::number(Kind::MonteCarlo, what, move |c| information(c, factor, 1.0));
        let how = format!("{wrong} min(I, log N)");
        checks.push(check.variant(Ingredient::Bound, &how, move |c| information(c, factor, wrong)));
    }
    for (what, known, threshold, wrong) in
        [("the label is known", Known::Label, 0.95, 0.999), ("the point is not", Known::Point, 0.1, 0.03)]
    {
        let what = format!("labelled data sets of 403 points in D=12: between the windows {what}");
        let check = Check::number(Kind::MonteCarlo, what, move |c| between(c, known, threshold));
        let how = format!("{wrong} in place of {threshold}");
        checks.push(check.variant(Ingredient::Bound, &how, move |c| between(c, known, wrong)));
    }
    checks
}

const ANOTHER_POINT: &str = "the posterior of another point";

/// `I(X_0;X_t)` of the case, from its log-density alone.
fn information_of(case: &Case) -> Result<Estimate> {
    Ok(case.marginal_entropy()? - crate::rates::noise_entropy(case.dim(), &case.level()?))
}

/// The root in `t` of `I(X_0;X_t) = log N`, `D` coordinates integrated one by one.
fn time(dim: f64, n: f64, q: f64, growth: f64) -> Result<Comparison> {
    let law = NamedLaw::new("gaussian", Mixture::gaussian(&[0.0], Covariance::isotropic(q)?)?);
    let gap = |t: f64| {
        let coordinate = information_of(&law.under(NoiseProcess::Ou, t)?)?;
        Ok::<_, crate::Error>(coordinate * Estimate::given(dim) - Estimate::given(n).ln())
    };
    let lhs = root(gap, 1e-3, 8.0)?;
    let rate = Estimate::given(n).ln() * Estimate::given(growth) / Estimate::given(dim);
    let rhs = (Estimate::given(q) / rate.exp_m1()).ln_1p() / 2;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `gamma` at which `I` of a coordinate is `log N/D`, and `(N^(growth/D) - 1)/q`, for `N = 1000`, `D = 100`.
fn solved(growth: f64) -> Sides {
    let q = 0.7;
    let law = LineLaw::from_parts(&[1.0], &[0.0], &[q]);
    let share = point(1000.0).ln() / point(100.0);
    let gamma = data_sets::enclosed_collapse(&law, share, Interval::new(0.15, 0.3))?;
    Ok([gamma, share.times(growth).exp_m1() / point(q)])
}

/// What is asked of the random energies.
#[derive(Clone, Copy)]
enum Asked {
    /// Where their exponent is largest: at inverse temperature 1.
    Temperature,
    /// How large it is.
    Exponent,
}

/// The exponent with which a fresh point of the law reaches the energy of the own one, per coordinate: the largest over
/// `b` of `b E[l] - E log E' exp(b l)`, with `l = log N(X_t; alpha X_0, sigma^2)`, `E'` over a fresh `X_0`; the noise
/// of the own point has variance `noise sigma^2`, of 1 in the claim.
fn energies(case: &Case, asked: Asked, noise: f64) -> Result<Comparison> {
    let level = case.level()?;
    let law = case.law();
    let truth = Marginal::new(law, &level);
    let exponent = |b: f64| -> Result<Estimate> {
        let spread = level.sigma2() / b;
        // exp(b l) is a Gaussian of variance sigma^2/b in X_t, up to a factor.
        let tilted = Marginal::new(law, &level.with_sigma2(spread)?);
        let surprisal = infodyn_quadrature::expectation(&truth, Detail::SCORES, 1, &|s, out| {
            out[0] = -tilted.ln_density(&[level.alpha() * law.mean(s.anchor)[0] + s.offset[0]]);
        })?[0];
        let (heat, scale) = (0.5 * noise * b, (std::f64::consts::TAU * spread).ln());
        let rounding = ulps::formula(6, 1) * f64::EPSILON * (heat + scale.abs() + 1.0);
        Ok(surprisal - Estimate::new(heat + 0.5 * scale, rounding))
    };
    let found = peak(exponent, 1.0, 0.5)?.ok_or(Error::NotFound("the temperature of the random energies"))?;
    Ok(match asked {
        Asked::Temperature => Comparison::new(found.at, Estimate::ONE, SHARP),
        Asked::Exponent => {
            // The other side by the posterior of the components, and the Gaussian information within each.
            let rhs = case.truth().quantity(Quantity::MutualInformation)?;
            Comparison::new(found.height, rhs, SHARP * rhs.value())
        }
    })
}

/// `N` random points of `N(0, q I_D)`, `log N = rate D`: bounds of the mean posterior of the own one.
///
/// # Formula
/// The information density of a point and its noised self is `i = D I_1 + (D g/(1+g))^{1/2} e^{s/2} b` with
/// `g = q gamma`, `I_1 = log(1+g)/2`, `b` standard normal and `D e^s` chi-square: `(u^2 - z^2)/2` is half the product
/// of two independent normals, for each coordinate. The mean over the other points of what they weigh against the own
/// one is `(N-1) e^{-i}`: by Jensen's inequality the posterior is at least `E 1/(1 + (N-1) e^{-i})`; by the converse of
/// Verdu and Han (1994), for every `c`, at most `P(i > log N - c) + e^{-c}`. `N - 1` is written `N`: `N` is huge.
struct Code {
    dim: f64,
    rate: f64,
    q: f64,
    length: Length,
    nodes: Vec<(f64, Estimate)>,
}

impl Code {
    fn new(dim: f64, rate: f64, q: f64) -> Result<Self> {
        let length = Length::new(dim)?;
        Ok(Self { dim, rate, q, nodes: length.nodes(), length })
    }

    fn critical(&self) -> f64 {
        (2.0 * self.rate).exp_m1() / self.q
    }

    /// Mean and scale of `i - log N`.
    fn shape(&self, gamma: f64) -> (f64, f64) {
        let g = self.q * gamma;
        (self.dim * (0.5 * g.ln_1p() - self.rate), (self.dim * g / (1.0 + g)).sqrt())
    }

    /// What the mean is off by: a difference of two rounded numbers of the size of D, a logarithm and a rate.
    fn doubt(&self) -> f64 {
        ulps::formula(5, 1) * f64::EPSILON * self.dim * (self.rate + 1.0)
    }

    /// # Formula
    /// The logistic at `x` is the chance that a logistic variable `l` is less: `E beyond((l - mean)/(scale
    /// e^{s/2}))`, by the trapezoidal rule over `l` and `s`.
    ///
    /// # Accuracy
    /// The radius is what every second node of both makes a difference of, rounding, and what lies beyond `|l| = 40`.
    /// The logistic density has its first poles at `+-i pi`: the rule is right to `e^-65`, with twice the step to
    /// `e^-32`.
    fn lower(&self, gamma: f64) -> Result<Estimate> {
        const STEP: f64 = 0.3;
        const LAST: i32 = 134;
        let (mean, scale) = self.shape(gamma);
        let (doubt, lengths) = (self.doubt(), &self.nodes);
        let (mut all, mut half, mut noise) = (Sum::default(), Sum::default(), 0.0);
        let mass = [1, 2].map(|every| lengths.iter().step_by(every).map(|(_, w)| w.value()).sum::<f64>());
        for i in -LAST..=LAST {
            let l = STEP * f64::from(i);
            let small = (-l.abs()).exp();
            let density = STEP * small / ((1.0 + small) * (1.0 + small));
            let (mut over_all, mut over_half) = (0.0, 0.0);
            for (j, (s, weight)) in lengths.iter().enumerate() {
                let spread = scale * (0.5 * s).exp();
                let z = (l - mean) / spread;
                let off = doubt / spread + ulps::formula(8, 1) * f64::EPSILON * z.abs();
                let chance = beyond(Estimate::new(z, off));
                let term = density * weight.value() * chance.value();
                over_all += term;
                over_half += if j % 2 == 0 { term } else { 0.0 };
                let units = ulps::exp(l, 1.0) + ulps::operations(lengths.len() + 8);
                noise += density * (weight.value() * chance.radius() + weight.radius()) + units * f64::EPSILON * term;
            }
            all.add(over_all / mass[0]);
            half.add(if i % 2 == 0 { 2.0 * over_half / mass[1] } else { 0.0 });
        }
        let rest = 2.0 * (-STEP * f64::from(LAST)).exp() + 2.0 * (-44.0_f64).exp();
        Ok(Estimate::new(all.value(), (all.value() - half.value()).abs() + noise / mass[0] + rest))
    }

    fn upper(&self, gamma: f64, slack: f64) -> Result<Estimate> {
        let (mean, scale) = self.shape(gamma);
        let short = self.length.mean(|s| {
            let spread = scale * (0.5 * s).exp();
            let z = -(mean + slack) / spread;
            let doubt = self.doubt() / spread + ulps::formula(8, 1) * f64::EPSILON * z.abs();
            Ok(beyond(Estimate::new(z, doubt)))
        })?;
        Ok(short + Estimate::given(-slack).exp())
    }
}

/// `(log gamma_{3/4} - log gamma_{1/4}) D^{1/2}`, `gamma_p` where the bound from below is `p`, against
/// `4 z v^{1/2} (1 + g)/g` with `Phi(z) = 3/4`, `g = q gamma_C` and the variance `v = g/(1 + g)^power`, of power 1 in
/// the claim.
fn width(context: &Context, rate: f64, q: f64, power: i32) -> Result<Comparison> {
    let scaled = (0..context.sizes(5)).map(|i| {
        let code = Code::new(64.0 * 4.0_f64.powi(i), rate, q)?;
        let centre = code.critical().ln();
        let at = |p: f64| {
            root(|x| Ok::<_, crate::Error>(code.lower(x.exp())? - Estimate::given(p)), centre - 1.5, centre + 1.5)
        };
        Ok((at(0.75)? - at(0.25)?) * Estimate::given(code.dim).sqrt())
    });
    let lhs = halving(&scaled.collect::<Result<Vec<_>>>()?, 1);
    let g = Estimate::given(2.0 * rate).exp_m1();
    let spread = g / (g + 1).powi(power);
    let rhs = Estimate::near(QUARTER) * 4 * spread.sqrt() * (g + 1) / g;
    Ok(Comparison::new(lhs, rhs, 1e-3 * rhs.value()))
}

/// A side of `gamma_C`.
#[derive(Clone, Copy)]
enum Side {
    Below,
    Above,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Below => "not condensed",
            Self::Above => "condensed",
        }
    }
}

/// At `D = 16384`, a tenth above `gamma_C` the bound from below exceeds 0.99, a tenth below it that from above is less
/// than 0.01.
fn side_of(rate: f64, q: f64, side: Side, within: f64) -> Result<Comparison> {
    let code = Code::new(16384.0, rate, q)?;
    let sharp = 1e-6;
    Ok(match side {
        Side::Above => Comparison::at_most(Estimate::near(0.99), code.lower(code.critical() * (1.0 + within))?, sharp),
        Side::Below => {
            Comparison::at_most(code.upper(code.critical() * (1.0 - within), 12.0)?, Estimate::near(0.01), sharp)
        }
    })
}

/// `N(0, I)` in `dim` dimensions and `exp(dim/2)` points: the code, and the experiment at a multiple of `gamma_C`.
fn gaussian_sets(context: &Context, dim: usize, factor: f64) -> Result<(Code, usize, Means)> {
    let points = (0.5 * dim as f64).exp().round() as usize;
    let rate = (points as f64).ln() / dim as f64;
    let code = Code::new(dim as f64, rate, 1.0)?;
    let law = Mixture::gaussian(&vec![0.0; dim], Covariance::isotropic(1.0)?)?;
    let means = experiment(context, 24, &law, points, ou_at(factor * code.critical())?)?;
    Ok((code, points, means))
}

/// The bound at a multiple of `gamma_C`, in the claim 1, against a posterior there, in the claim the own point's.
fn at_critical(context: &Context, dim: usize, column: usize, factor: f64) -> Result<Comparison> {
    let (code, _, means) = gaussian_sets(context, dim, 1.0)?;
    let rhs = means.mean(column, Context::CONFIDENCE);
    Ok(Comparison::at_most(code.lower(factor * code.critical())?, rhs, SAMPLED))
}

/// The bound for data sets of `N^power` points, of power 1 in the claim: for more it is none.
fn below_critical(context: &Context, power: f64) -> Result<Comparison> {
    let (code, _, means) = gaussian_sets(context, 12, 0.25)?;
    let gamma = 0.25 * code.critical();
    let code = Code { rate: power * code.rate, ..code };
    // Every slack gives a bound.
    let bounds = (1..40).map(|i| code.upper(gamma, 0.2 * f64::from(i))).collect::<Result<Vec<_>>>()?;
    let rhs = bounds.into_iter().fold(Estimate::ONE, |m, b| if b.value() < m.value() { b } else { m });
    Ok(Comparison::at_most(means.mean(OWN, Context::CONFIDENCE), rhs, SAMPLED))
}

/// Given the data set and `X_t`, the own point is a draw from the posterior: its mean posterior is `E sum pi^2`.
fn own_is_typical(context: &Context, column: usize) -> Result<Comparison> {
    let (_, _, means) = gaussian_sets(context, 12, 1.0)?;
    Ok(paired(&means, column, AGREEMENT, SAMPLED))
}

/// The mean information about a point of the data set is at most `log N`, and at most that of the population:
/// information is concave in the law of the data.
fn information(context: &Context, factor: f64, share: f64) -> Result<Comparison> {
    let (code, points, means) = gaussian_sets(context, 12, factor)?;
    let population = 0.5 * code.dim * (factor * code.critical()).ln_1p();
    let rhs = Estimate::rounded(share * population.min((points as f64).ln()), ulps::formula(8, 1));
    Ok(Comparison::at_most(means.mean(GAINED, Context::CONFIDENCE), rhs, SAMPLED))
}

/// What is known of a noised point.
#[derive(Clone, Copy)]
enum Known {
    Label,
    Point,
}

/// Two classes `N(+-mu, I)`, `|mu|^2 = 30`, in 12 dimensions: at the geometric mean of the signal-to-noise ratios of
/// the label's window (`k = 1`) and of the points' collapse, the label is known to more than a threshold, in the claim
/// 0.95, and the point to less, in the claim 0.1.
fn between(context: &Context, known: Known, threshold: f64) -> Result<Comparison> {
    let (dim, a2, points) = (12, 30.0_f64, 403);
    let law = Mixture::symmetric_pair(&vec![(a2 / dim as f64).sqrt(); dim], 1.0)?;
    // alpha^2 a^2/(alpha^2 + sigma^2) = 1, and I = log N less the label's part.
    let first = 1.0 / (a2 - 1.0);
    let last = (2.0 * (0.5 * points as f64).ln() / dim as f64).exp_m1();
    let means = experiment(context, 32, &law, points, ou_at((first * last).sqrt())?)?;
    let (level, threshold) = (Context::CONFIDENCE, Estimate::near(threshold));
    Ok(match known {
        Known::Label => Comparison::at_most(threshold, means.mean(LABEL, level), SAMPLED),
        Known::Point => Comparison::at_most(means.mean(OWN, level), threshold, SAMPLED),
    })
}
