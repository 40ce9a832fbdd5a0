//! E4: when a data set is remembered.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Covariance, Density, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, stable};
use infodyn_monte_carlo::{Draws, Means, NoiseLaw, Sampler, View};
use infodyn_quadrature::{integral, peak, root};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::limit::halving;
use crate::radial::{Length, beyond};
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result};

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

const ONE: &str = "N^(1/D) in place of N^(2/D)";
const COLD: &str = "another temperature";
const FANO: &str = "the variance q gamma in place of q gamma/(1 + q gamma)";
const TWICE: &str = "I = 2 log N";
const OTHER: &str = "the posterior of another point";
const LARGEST: &str = "the largest posterior in place of the mean one";
const TENTH: &str = "I of a tenth of the dimensions";
const WINDOWS: &str = "the two windows in the other order";

/// A quarter's quantile of the standard normal, `Phi(z) = 3/4`.
const QUARTER: f64 = 0.674_489_750_196_081_7;

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    for (dim, n, q) in [(64.0, 1e6, 2.0), (12.0, 403.0, 1.0), (3072.0, 6e4, 0.3)] {
        let named = format!("N(0, {q} I), D={dim}, N={n}/ou: t_C");
        checks.push(Check::number_by_words(Kind::Quadrature, named, &[Mutation::Formula(ONE)], move |_, mutation| {
            time(dim, n, q, mutation)
        }));
    }
    for case in [
        super::mixture()?.under(P::VP_LINEAR, 0.2)?,
        super::atoms()?.under(P::Ou, 0.5)?,
        super::mixture()?.under(P::Edm, 0.7)?,
    ] {
        for what in ["random energies: their temperature", "random energies: their exponent is I"] {
            let place = what.ends_with("temperature");
            checks.push(Check::new_by_words(
                Kind::Quadrature,
                &case,
                what,
                &[Mutation::Formula(COLD)],
                move |_, case| energies(case, place),
            ));
        }
    }
    for (rate, q) in [(0.5, 1.0), (0.2, 3.0)] {
        let name = format!("N(0, {q} I), log N/D={rate}");
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            format!("{name}: the bound from below is 1/2 at gamma_C, D=400"),
            &[Mutation::Formula(ONE)],
            move |_, mutation| {
                let code = Code::new(400.0, rate, q)?;
                let gamma = if mutation == Mutation::Formula(ONE) { rate.exp_m1() / q } else { code.critical() };
                Ok(Comparison::new(code.lower(gamma)?, Estimate::ONE / 2, SHARP))
            },
        ));
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            format!("{name}: width times D^(1/2), D -> infinity"),
            &[Mutation::Formula(FANO)],
            move |context, mutation| width(context, rate, q, mutation),
        ));
        for above in [false, true] {
            let side = if above { "condensed" } else { "not condensed" };
            let named = format!("{name}: {side} at gamma_C to within a tenth, D=16384");
            checks.push(Check::number_by_words(
                Kind::Quadrature,
                named,
                &[Mutation::Formula(TWICE)],
                move |_, mutation| side_of(rate, q, above, mutation),
            ));
        }
    }
    for dim in [8, 11, 14] {
        let named = format!("data sets of exp(D/2) points in D={dim}: own posterior at gamma_C, from below");
        checks.push(Check::number_by_words(
            Kind::MonteCarlo,
            named,
            &[Mutation::Formula(OTHER)],
            move |context, mutation| at_critical(context, dim, mutation),
        ));
    }
    checks.push(Check::number_by_words(
        Kind::MonteCarlo,
        "data sets of 403 points in D=12: own posterior at gamma_C/4, from above",
        &[Mutation::Formula(TWICE)],
        below_critical,
    ));
    checks.push(Check::number_by_words(
        Kind::MonteCarlo,
        "data sets of 403 points in D=12: the own point is drawn from the posterior",
        &[Mutation::Formula(LARGEST), Mutation::Formula(OTHER)],
        own_is_typical,
    ));
    for factor in [0.25, 1.0, 4.0] {
        let named = format!("data sets of 403 points in D=12: information at {factor} gamma_C below min(I, log N)");
        checks.push(Check::number_by_words(
            Kind::MonteCarlo,
            named,
            &[Mutation::Formula(TENTH)],
            move |context, mutation| information(context, factor, mutation),
        ));
    }
    for label in [true, false] {
        let side = if label { "the label is known" } else { "the point is not" };
        let named = format!("labelled data sets of 403 points in D=12: between the windows {side}");
        checks.push(Check::number_by_words(
            Kind::MonteCarlo,
            named,
            &[Mutation::Formula(WINDOWS)],
            move |context, mutation| between(context, label, mutation),
        ));
    }
    Ok(checks)
}

/// `I(X_0;X_t)` of the case, from its log-density alone.
fn information_of(case: &Case) -> Result<Estimate> {
    let kernel = 0.5 * case.dim() * (std::f64::consts::TAU * std::f64::consts::E * case.level()?.sigma2()).ln();
    Ok(case.marginal_entropy()? + Estimate::rounded(-kernel, 4.0))
}

/// The root in `t` of `I(X_0;X_t) = log N`, `D` coordinates integrated one by one.
fn time(dim: f64, n: f64, q: f64, mutation: Mutation) -> Result<Comparison> {
    let law = Mixture::gaussian(&[0.0], Covariance::isotropic(q)?)?;
    let gap = |t: f64| {
        Ok::<_, crate::Error>(
            information_of(&crate::NamedLaw::new("gaussian", law.clone()).under(NoiseProcess::Ou, t)?)?
                * Estimate::given(dim)
                - Estimate::rounded(n.ln(), 1.0),
        )
    };
    let lhs = root(gap, 1e-3, 8.0)?;
    let power = if mutation == Mutation::Formula(ONE) { 1.0 } else { 2.0 };
    let rhs = Estimate::rounded(0.5 * (q / (power * n.ln() / dim).exp_m1()).ln_1p(), 16.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The exponent with which a fresh point of the law reaches the energy of the own one, per coordinate:
/// the largest over `b` of `b E[l] - E log E' exp(b l)`, with `l = log N(X_t; alpha X_0, sigma^2)`, `E'` over a fresh `X_0`.
fn energies(case: &Case, place: bool) -> Result<Comparison> {
    let level = case.level()?;
    let law = case.law();
    let truth = Marginal::new(law, &level);
    let exponent = |b: f64| -> Result<Estimate> {
        let noise = level.sigma2() / b;
        // exp(b l) is a Gaussian of variance sigma^2/b in X_t, up to a factor.
        let tilted = Marginal::new(law, &level.with_sigma2(noise)?);
        let surprisal = infodyn_quadrature::expectation(&truth, Detail::Score, 1, &|s, out| {
            out[0] = -tilted.ln_density(&[level.alpha() * law.mean(s.anchor)[0] + s.offset[0]]);
        })?[0];
        Ok(surprisal + Estimate::rounded(-0.5 * b - 0.5 * (std::f64::consts::TAU * noise).ln(), 8.0))
    };
    let cold = case.breaks(COLD);
    if place {
        let lhs = peak(exponent, 1.0, 0.5)?.map_or(Estimate::new(0.0, f64::INFINITY), |p| p.at);
        return Ok(Comparison::new(lhs, Estimate::near(if cold { 0.8 } else { 1.0 }), SHARP));
    }
    let lhs = if cold {
        exponent(0.6)?
    } else {
        peak(exponent, 1.0, 0.5)?.map_or(Estimate::new(0.0, f64::INFINITY), |p| p.height)
    };
    // The other side by the posterior of the components, and the Gaussian information within each.
    let channel = infodyn_quadrature::Channel::new(&truth, None, level);
    let rhs = infodyn_quadrature::mutual_information(&channel)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `N` random points of `N(0, q I_D)`, `log N = rate D`: bounds of the mean posterior of the own one.
///
/// # Formula
/// The information density of a point and its noised self is `i = D I_1 + (D g/(1+g))^{1/2} e^{s/2} b` with `g = q gamma`,
/// `I_1 = log(1+g)/2`, `b` standard normal and `D e^s` chi-square: `(u^2 - z^2)/2` is half the product of two independent
/// normals, for each coordinate. The mean over the other points of what they weigh against the own one is
/// `(N-1) e^{-i}`: by Jensen's inequality the posterior is at least `E 1/(1 + (N-1) e^{-i})`; by the converse of
/// Verdu and Han (1994), for every `c`, at most `P(i > log N - c) + e^{-c}`. `N - 1` is written `N`: `N` is huge.
struct Code {
    dim: f64,
    rate: f64,
    q: f64,
    length: Length,
}

impl Code {
    fn new(dim: f64, rate: f64, q: f64) -> Result<Self> {
        Ok(Self { dim, rate, q, length: Length::new(dim)? })
    }

    fn critical(&self) -> f64 {
        (2.0 * self.rate).exp_m1() / self.q
    }

    /// Mean and scale of `i - log N`.
    fn shape(&self, gamma: f64) -> (f64, f64) {
        let g = self.q * gamma;
        (self.dim * (0.5 * g.ln_1p() - self.rate), (self.dim * g / (1.0 + g)).sqrt())
    }

    fn lower(&self, gamma: f64) -> Result<Estimate> {
        let (mean, scale) = self.shape(gamma);
        // The mean is a difference of two rounded numbers of the size of D.
        let doubt = 4.0 * f64::EPSILON * self.dim * (self.rate + 1.0);
        self.length.mean(|s| {
            let spread = scale * (0.5 * s).exp();
            let over_b = |b: f64| -> Result<Estimate> {
                let x = mean + spread * b;
                let p = (-0.5 * b * b).exp() / std::f64::consts::TAU.sqrt() / (1.0 + (-x).exp());
                Ok(Estimate::new(p, p * (doubt + f64::EPSILON * (8.0 + b * b + x.abs()))))
            };
            // The logistic turns over 40 units of x around 0, and is 0 or 1 beyond.
            let (lo, hi) = ((-40.0 - mean) / spread, (40.0 - mean) / spread);
            let (lo, hi) = (lo.clamp(-9.0, 9.0), hi.clamp(-9.0, 9.0));
            let above = Estimate::rounded(beyond(hi), 16.0);
            Ok(integral(over_b, lo, hi)? + above + Estimate::new(0.0, 1e-16))
        })
    }

    fn upper(&self, gamma: f64, slack: f64) -> Result<Estimate> {
        let (mean, scale) = self.shape(gamma);
        let short = self.length.mean(|s| {
            let z = -(mean + slack) / (scale * (0.5 * s).exp());
            Ok(Estimate::new(beyond(z), 1e-14))
        })?;
        Ok(short + Estimate::rounded((-slack).exp(), 1.0))
    }
}

/// `(log gamma_{3/4} - log gamma_{1/4}) D^{1/2}`, `gamma_p` where the bound from below is `p`, against
/// `4 z (1 + q gamma_C)^{1/2}/(q gamma_C)^{1/2}`, `Phi(z) = 3/4`.
fn width(context: &Context, rate: f64, q: f64, mutation: Mutation) -> Result<Comparison> {
    let scaled = (0..context.sizes(5)).map(|i| {
        let code = Code::new(64.0 * 4.0_f64.powi(i), rate, q)?;
        let centre = code.critical().ln();
        let at = |p: f64| {
            root(|x| Ok::<_, crate::Error>(code.lower(x.exp())? - Estimate::given(p)), centre - 1.5, centre + 1.5)
        };
        Ok((at(0.75)? - at(0.25)?) * Estimate::rounded(code.dim.sqrt(), 1.0))
    });
    let lhs = halving(&scaled.collect::<Result<Vec<_>>>()?, 1);
    let g = (2.0 * rate).exp_m1();
    let spread = if mutation == Mutation::Formula(FANO) { g } else { g / (1.0 + g) };
    let rhs = Estimate::rounded(4.0 * QUARTER * spread.sqrt() * (1.0 + g) / g, 16.0);
    Ok(Comparison::new(lhs, rhs, 1e-3 * rhs.value()))
}

/// At `D = 16384`, a tenth above `gamma_C` the bound from below exceeds 0.99, a tenth below it that from above is less than 0.01.
fn side_of(rate: f64, q: f64, above: bool, mutation: Mutation) -> Result<Comparison> {
    let code = Code::new(16384.0, rate, q)?;
    let critical = if mutation == Mutation::Formula(TWICE) {
        // Half of log N for one side, twice for the other.
        (if above { rate } else { 4.0 * rate }).exp_m1() / q
    } else {
        code.critical()
    };
    let sharp = 1e-6;
    Ok(if above {
        Comparison::at_most(Estimate::near(0.99), code.lower(critical * 1.1)?, sharp)
    } else {
        Comparison::at_most(code.upper(critical * 0.9, 12.0)?, Estimate::near(0.01), sharp)
    })
}

/// Columns of [`experiment`].
pub(crate) const OWN: usize = 0;
/// `sum_i pi_i^2`.
const AGREEMENT: usize = 1;
/// `log N` minus the entropy of the posterior over points.
const GAINED: usize = 2;
const TOP: usize = 3;
/// The posterior of one of the other points.
const ANOTHER: usize = 4;
/// That of the true label.
pub(crate) const LABEL: usize = 5;
/// Whether the own point is of the first label; and [`OWN`] there.
pub(super) const FIRST: usize = 6;
pub(super) const OWN_FIRST: usize = 7;
const COLUMNS: usize = 8;

/// Data sets of `points` drawn from `law`, and their posterior at a noised point of each: every batch draws one data set, in which
/// the own point of each of its draws replaces one.
pub(crate) fn experiment(
    context: &Context,
    cost: u64,
    law: &Mixture,
    points: usize,
    level: NoiseLevel,
) -> Result<Means> {
    let settings = context.settings(cost);
    let marginal = Marginal::new(law, &level);
    let (dim, alpha) = (law.dim(), level.alpha());
    let views = [View::new(level, &marginal)];
    Ok(infodyn_monte_carlo::mean_of(&settings, law, &views, COLUMNS, &[], |batch, out| {
        let mut others = Draws::default();
        Sampler::new(law, NoiseLaw::Gaussian).draw(points - 1, &mut batch.auxiliary(), &mut others);
        let place = |anchor: usize, xi: &[f64]| -> Vec<f64> {
            law.mean(anchor).iter().zip(xi).map(|(m, x)| alpha * (m + x)).collect()
        };
        let centres: Vec<f64> =
            others.anchors.iter().zip(others.xi.chunks_exact(dim)).flat_map(|(&k, xi)| place(k, xi)).collect();
        let mut logs = vec![0.0; points];
        for (i, out) in out.chunks_exact_mut(COLUMNS).enumerate() {
            let anchor = batch.draws.anchors[i];
            let own = place(anchor, &batch.draws.xi[i * dim..(i + 1) * dim]);
            let x: Vec<f64> =
                own.iter().zip(&batch.draws.noise[i * dim..]).map(|(c, z)| c + level.sigma() * z).collect();
            let energy = |c: &[f64]| x.iter().zip(c).map(|(x, c)| (x - c) * (x - c)).sum::<f64>();
            let base = energy(&own);
            logs[0] = 0.0;
            for (l, c) in logs[1..].iter_mut().zip(centres.chunks_exact(dim)) {
                *l = 0.5 * (base - energy(c)) / level.sigma2();
            }
            let total = stable::ln_sum_exp(&logs);
            let label = |j: usize| law.labels()[if j == 0 { anchor } else { others.anchors[j - 1] }];
            out.fill(0.0);
            for (j, l) in logs.iter().enumerate() {
                let p = (l - total).exp();
                out[AGREEMENT] += p * p;
                out[GAINED] += stable::x_ln_x(p);
                out[TOP] = out[TOP].max(p);
                out[LABEL] += if label(j) == label(0) { p } else { 0.0 };
            }
            (out[OWN], out[ANOTHER]) = ((-total).exp(), (logs[1] - total).exp());
            out[GAINED] += (points as f64).ln();
            if label(0) == 0 {
                (out[FIRST], out[OWN_FIRST]) = (1.0, out[OWN]);
            }
        }
    })?)
}

/// `ou` at a signal-to-noise ratio.
pub(super) fn ou_at(snr: f64) -> Result<NoiseLevel> {
    Ok(NoiseProcess::Ou.at(NoiseProcess::Ou.time_at_snr(snr)?)?)
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

fn at_critical(context: &Context, dim: usize, mutation: Mutation) -> Result<Comparison> {
    let (code, _, means) = gaussian_sets(context, dim, 1.0)?;
    let rhs = means.mean(if mutation == Mutation::Formula(OTHER) { ANOTHER } else { OWN }, Context::CONFIDENCE);
    Ok(Comparison::at_most(code.lower(code.critical())?, rhs, SAMPLED))
}

fn below_critical(context: &Context, mutation: Mutation) -> Result<Comparison> {
    let (code, _, means) = gaussian_sets(context, 12, 0.25)?;
    // The bound for data sets of N^2 points is no bound for N.
    let rate = code.rate * if mutation == Mutation::Formula(TWICE) { 2.0 } else { 1.0 };
    let gamma = 0.25 * code.critical();
    let code = Code { rate, ..code };
    // Every slack gives a bound.
    let bounds = (1..40).map(|i| code.upper(gamma, 0.2 * f64::from(i))).collect::<Result<Vec<_>>>()?;
    let rhs = bounds.into_iter().fold(Estimate::ONE, |m, b| if b.value() < m.value() { b } else { m });
    Ok(Comparison::at_most(means.mean(OWN, Context::CONFIDENCE), rhs, SAMPLED))
}

/// Given the data set and `X_t`, the own point is a draw from the posterior: its mean posterior is `E sum pi^2`.
fn own_is_typical(context: &Context, mutation: Mutation) -> Result<Comparison> {
    let (_, _, means) = gaussian_sets(context, 12, 1.0)?;
    let lhs = match mutation {
        Mutation::Formula(LARGEST) => TOP,
        Mutation::Formula(OTHER) => ANOTHER,
        _ => OWN,
    };
    Ok(paired(&means, lhs, AGREEMENT, SAMPLED))
}

/// The mean information about a point of the data set is at most `log N`, and at most that of the population: information is
/// concave in the law of the data.
fn information(context: &Context, factor: f64, mutation: Mutation) -> Result<Comparison> {
    let (code, points, means) = gaussian_sets(context, 12, factor)?;
    let dim = code.dim * if mutation == Mutation::Formula(TENTH) { 0.1 } else { 1.0 };
    let population = 0.5 * dim * (factor * code.critical()).ln_1p();
    let rhs = Estimate::rounded(population.min((points as f64).ln()), 8.0);
    Ok(Comparison::at_most(means.mean(GAINED, Context::CONFIDENCE), rhs, SAMPLED))
}

/// Two classes `N(+-mu, I)`, `|mu|^2 = 30`, in 12 dimensions: at the geometric mean of the signal-to-noise ratios of the label's window
/// (`k = 1`) and of the points' collapse, the label is known to 0.9 and the point to less than 0.2.
fn between(context: &Context, label: bool, mutation: Mutation) -> Result<Comparison> {
    let (dim, a2, points) = (12, 30.0_f64, 403);
    let law = Mixture::symmetric_pair(&vec![(a2 / dim as f64).sqrt(); dim], 1.0)?;
    // alpha^2 a^2/(alpha^2 + sigma^2) = 1, and I = log N less the label's part.
    let first = 1.0 / (a2 - 1.0);
    let last = (2.0 * (0.5 * points as f64).ln() / dim as f64).exp_m1();
    let middle = (first * last).sqrt();
    let snr = match (mutation == Mutation::Formula(WINDOWS), label) {
        (false, _) => middle,
        (true, true) => first * first / middle,
        (true, false) => last * last / middle,
    };
    let means = experiment(context, 32, &law, points, ou_at(snr)?)?;
    let level = Context::CONFIDENCE;
    Ok(if label {
        Comparison::at_most(Estimate::near(0.9), means.mean(LABEL, level), SAMPLED)
    } else {
        Comparison::at_most(means.mean(OWN, level), Estimate::near(0.2), SAMPLED)
    })
}
