//! B8: the dimension that the data have.

use infodyn_closed_form::{Marginal, sphere};
use infodyn_core::{Comparison, Covariance, Estimate, Mixture, NoiseLevel, NoiseProcess, Quantity, Sphere};
use infodyn_quadrature::{Channel, mmse, radial_profile};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::SAMPLED;
use crate::limit::{Shared, exponent, settled};
use crate::{Check, Claim, Context, Error, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "B8",
    name: "intrinsic-dimension",
    statement: "As `gamma -> infinity`, `D eta` tends to the information dimension of the data: the rank for a Gaussian (of variances `l_1` and `l_2` in three \
                dimensions {0}), 0 for atoms, 1 for a circle, `D-1` for a sphere in `R^D`, the mean over components for a mixture of such strata. The \
                distance to the limit falls like `1/gamma`, for the sphere as `(D-1)(5-2D)/(2 gamma R^2)`; for atoms exponentially; where an atom of weight `w_0` lies in a line \
                of density `w_1 r` like `gamma^{-1/2} w_1 r F(L)`, `F(L)` the integral of `u^2/(1+exp(u^2/2-L))` and `L = log(w_0 sqrt(gamma/(2 pi))/(w_1 r))`: as \
                `gamma^{-1/2} (log gamma)^{3/2}`",
    scope: "a Gaussian of rank 2 in three dimensions, in symbols; Gaussians, atoms, spheres in 2, 3 and 50 dimensions and mixed laws by quadrature at five or six values \
            of `gamma`, extrapolated, with the exponent of the approach; spheres by simulation",
    origin: Origin::Elsewhere(
        "the limit is the MMSE dimension of Wu & Verdu 2011; the rates for the sphere and for an atom in a line are new here",
    ),
    uses: &["B6"],
    formulas,
    checks,
};

/// For a Gaussian of rank 2 in the plane or more, `D eta -> 2` as `gamma -> infinity`; each null direction adds 0.
fn formulas() -> Vec<Identity> {
    let [e, l_1, l_2] = ["e", "l_1", "l_2"].map(Symbol::positive);
    // e = 1/gamma, and the variances l_1, l_2, 0.
    let part = |l: &Expr| l / &e / (1 + l / &e);
    let sum = part(&l_1) + part(&l_2) + part(&Expr::zero());
    let limit = sum.limit(&e).unwrap_or_else(|_| Expr::ratio(1, 0));
    let noise = infodyn_symbolic::theory::Noise::general();
    let snr = noise.alpha.pow(2) / noise.sigma.pow(2);
    let [eta, gain] = ["eta", "gamma"].map(quantity);
    let wiener = |l: &Symbol| noise.sigma.pow(2) * l / (noise.alpha.pow(2) * l + noise.sigma.pow(2));
    let written = |d: i32| {
        let part = |l: &Symbol| &gain * l / (1 + &gain * l);
        Equation::new(&eta, (part(&l_1) + part(&l_2)) / d)
    };
    let defined = [(&eta, &snr * (wiener(&l_1) + wiener(&l_2)) / 3), (&gain, snr.clone())];
    let fraction = Identity::of("eta of a Gaussian", &written(3), &defined, ("the rank in place of D", written(2).rhs));
    vec![fraction, identity("Gaussian of rank 2 in three dimensions", limit, 2, ("3", Expr::from(3)))]
}

const AMBIENT: &str = "the ambient dimension, or the dimension of the largest stratum";
const RATE: &str = "another rate of approach";
const LOGARITHM: &str = "gamma^(-1/2) without the growth of F";

/// A law, its information dimension, and that of space.
#[derive(Clone)]
struct Stratified {
    name: &'static str,
    law: Law,
    dimension: f64,
    ambient: f64,

    /// The smallest `gamma`, and how many fourfold steps from there.
    gammas: (f64, i32),
    /// `D eta` at each.
    known: Shared<Vec<Estimate>>,
}

#[derive(Clone)]
enum Law {
    Mixture(Mixture),
    Sphere(Sphere),
}

impl Stratified {
    /// `D eta = gamma mmse`, by integration.
    fn bandwidth(&self, gamma: f64) -> Result<Estimate> {
        let level = NoiseProcess::Ve.at_snr(gamma)?;
        let error = match &self.law {
            Law::Mixture(law) => mmse(&Channel::new(&Marginal::new(law, &level), None, level))?,
            Law::Sphere(law) => radial_profile(&sphere::Marginal::new(law, &level), &level)?
                .get(Quantity::Mmse)
                .ok_or(Error::NotFound("the mmse of a sphere"))?,
        };
        Ok(error * Estimate::given(gamma))
    }

    fn gammas(&self) -> Vec<f64> {
        (0..self.gammas.1).map(|i| self.gammas.0 * 4.0_f64.powi(i)).collect()
    }
}

fn strata() -> Result<Vec<Stratified>> {
    let flat = |q: &[f64]| Covariance::diagonal(q);
    let tilted = Covariance::full(&[vec![0.8, 0.4], vec![0.4, 0.2]])?;
    let line = |means: [f64; 2], q: f64| {
        let covariances = vec![flat(&[0.0])?, flat(&[q])?];
        Mixture::new(&[0.4, 0.6], &means.map(|m| vec![m]), covariances)
    };
    let apart = Mixture::new(
        &[0.5, 0.3, 0.2],
        &[vec![0.0, 0.0], vec![9.0, 0.0], vec![0.0, 9.0]],
        vec![flat(&[0.2, 0.2])?, flat(&[0.3, 0.0])?, flat(&[0.0, 0.0])?],
    )?;
    let stratified = |name, law, dimension, ambient, gammas| Stratified {
        name,
        law,
        dimension,
        ambient,
        gammas,
        known: Shared::new(),
    };
    let mut all = vec![
        stratified("gaussian of rank 1", Law::Mixture(Mixture::gaussian(&[0.1, 0.2], tilted)?), 1.0, 2.0, (100.0, 5)),
        stratified("an atom and a Gaussian apart", Law::Mixture(line([-4.0, 2.0], 0.1)?), 0.6, 1.0, (200.0, 5)),
        stratified("plane, line and atom apart", Law::Mixture(apart), 1.3, 2.0, (50.0, 4)),
    ];
    for (name, dim, radius) in [("circle", 2, 1.0), ("sphere in R^3", 3, 1.5), ("sphere in R^50", 50, 2.0)] {
        let d = dim as f64;
        let start = 50.0 * d / (radius * radius);
        all.push(stratified(name, Law::Sphere(Sphere::new(dim, radius)?), d - 1.0, d, (start, 5)));
    }
    Ok(all)
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for mut named in strata()? {
        named.gammas.1 = context.sizes(named.gammas.1);
        let of = named.clone();
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            format!("{}: limit", named.name),
            &[Mutation::Formula(AMBIENT)],
            move |_, mutation| limit(&of, mutation != Mutation::None),
        ));
        let of = named.clone();
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            format!("{}: rate", named.name),
            &[Mutation::Formula(RATE)],
            move |_, mutation| rate(&of, mutation != Mutation::None),
        ));
        if let Law::Sphere(law) = named.law {
            let name = format!("{}: coefficient of 1/gamma", named.name);
            let of = named.clone();
            checks.push(Check::number_by_words(
                Kind::Quadrature,
                name,
                &[Mutation::Formula(RATE)],
                move |_, mutation| coefficient(&of, &law, mutation != Mutation::None),
            ));
            let name = format!("{}: limit", named.name);
            checks.push(Check::number_by_words(
                Kind::MonteCarlo,
                name,
                &[Mutation::Formula(AMBIENT)],
                move |context, mutation| sampled(context, &law, mutation != Mutation::None),
            ));
        }
    }
    let crossing = Crossing { known: Shared::new() };
    for (what, mutant) in [("limit", AMBIENT), ("rate", LOGARITHM)] {
        let (of, name) = (crossing.clone(), format!("an atom in a Gaussian: {what}"));
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            name,
            &[Mutation::Formula(mutant)],
            move |_, mutation| {
                if what == "limit" { of.limit(mutation != Mutation::None) } else { of.rate(mutation != Mutation::None) }
            },
        ));
    }
    checks.push(Check::number_by_words(
        Kind::Quadrature,
        "atoms: gap^2/8 is the rate",
        &[Mutation::Formula(RATE)],
        |_, mutation| atoms(mutation != Mutation::None),
    ));
    Ok(checks)
}

fn values(named: &Stratified) -> Result<(Vec<f64>, Vec<f64>, Vec<Estimate>)> {
    let gammas = named.gammas();
    let steps = gammas.iter().map(|g| 1.0 / g).collect();
    let values = named.known.get(|| gammas.iter().map(|&g| named.bandwidth(g)).collect())?;
    Ok((gammas, steps, values))
}

/// `D eta`, extrapolated to infinite `gamma`, against the information dimension.
fn limit(named: &Stratified, broken: bool) -> Result<Comparison> {
    let (_, steps, values) = values(named)?;
    let rhs = if broken { named.ambient } else { named.dimension };
    Ok(Comparison::new(infodyn_quadrature::limit(&steps, &values), Estimate::rounded(rhs, 2.0), 1e-4 * rhs))
}

/// The exponent of the approach.
fn rate(named: &Stratified, broken: bool) -> Result<Comparison> {
    let (gammas, steps, values) = values(named)?;
    let left: Vec<Estimate> = values.iter().map(|v| *v - Estimate::given(named.dimension)).collect();
    let power = if broken { -0.5 } else { -1.0 };
    Ok(Comparison::new(exponent(&gammas, &left, &steps), Estimate::given(power), 0.01))
}

/// `(D eta - (D-1)) gamma R^2/(D-1) -> (5-2D)/2`.
fn coefficient(named: &Stratified, law: &Sphere, broken: bool) -> Result<Comparison> {
    let (gammas, steps, values) = values(named)?;
    let scale = law.radius().powi(2) / named.dimension;
    let scaled: Vec<Estimate> = values
        .iter()
        .zip(&gammas)
        .map(|(v, g)| (*v - Estimate::given(named.dimension)) * Estimate::rounded(g * scale, 2.0))
        .collect();
    let rhs = if broken { 3.0 } else { 5.0 } * 0.5 - named.ambient;
    Ok(Comparison::new(infodyn_quadrature::limit(&steps, &scaled), Estimate::given(rhs), 1e-3 * rhs.abs()))
}

/// Atoms lose their error exponentially: `-log(gamma mmse)/gamma -> gap^2/8`, `gap` the smallest distance; with
/// a power of `gamma` before the exponential, `log gamma/gamma` is in the way and is taken out:
/// `mmse ~ c gamma^{-1/2} exp(-gamma gap^2/8)`.
fn atoms(broken: bool) -> Result<Comparison> {
    let law = Mixture::atoms(&[0.2, 0.3, 0.5], &[vec![-2.0], vec![0.0], vec![1.0]])?;
    let gammas: Vec<f64> = (0..5).map(|i| 30.0 + 15.0 * f64::from(i)).collect();
    let named = Stratified {
        name: "atoms",
        law: Law::Mixture(law),
        dimension: 0.0,
        ambient: 1.0,
        gammas: (0.0, 0),
        known: Shared::new(),
    };
    let logs: Vec<Estimate> = gammas
        .iter()
        .map(|&g| {
            let mmse = named.bandwidth(g)? / Estimate::given(g);
            let log = mmse.value().ln() + 0.5 * g.ln();
            Ok(Estimate::new(log, 1.01 * mmse.radius() / mmse.value() + 8.0 * f64::EPSILON * (1.0 + log.abs())))
        })
        .collect::<Result<_>>()?;
    // Slopes between neighbours; what is left is a series in 1/gamma that starts at gamma^-2.
    let slopes: Vec<Estimate> = (1..gammas.len())
        .map(|i| (logs[i] - logs[i - 1]) / (Estimate::given(gammas[i - 1]) - Estimate::given(gammas[i])))
        .collect();
    let steps: Vec<f64> = (1..gammas.len()).map(|i| 1.0 / (gammas[i] * gammas[i - 1]).sqrt()).collect();
    let rhs = if broken { 0.5 } else { 0.125 };
    Ok(Comparison::new(infodyn_quadrature::limit(&steps, &slopes), Estimate::given(rhs), 1e-3))
}

/// The same draws read at `gamma` and `4 gamma`: `(4 b - a)/3` is free of the term in `1/gamma`; that in
/// `1/gamma^2` is counted as the square of the one before, relative to the limit.
fn sampled(context: &Context, law: &Sphere, broken: bool) -> Result<Comparison> {
    let (d, radius) = (law.dim(), law.radius());
    let snr = 2e3 * d as f64 / (radius * radius);
    let at = |gamma: f64| Ok::<NoiseLevel, Error>(NoiseProcess::Ve.at_snr(gamma)?);
    let levels = [at(snr)?, at(4.0 * snr)?];

    let means = crate::radial::sample_sphere(context, 16, (law, &levels[0]), 2, |data, x, out| {
        let half: Vec<f64> = data.iter().zip(x).map(|(a, x)| a + 0.5 * (x - a)).collect();
        for (i, x) in [x, &half[..]].into_iter().enumerate() {
            let r = x.iter().map(|v| v * v).sum::<f64>().sqrt();
            let gain = radius * sphere::alignment(d, levels[i].snr() * radius * r).mean / r;
            let error: f64 = x.iter().zip(data).map(|(x, a)| (gain * x - a).powi(2)).sum();
            out[i] = levels[i].snr() * error;
        }
    })?;
    let mut lhs = means.linear(&[(0, -1.0 / 3.0), (1, 4.0 / 3.0)], Context::CONFIDENCE);
    let dimension = (d - 1) as f64;
    lhs = lhs.widened(dimension * ((5.0 - 2.0 * d as f64) / (2.0 * snr * radius * radius)).powi(2));
    let rhs = Estimate::count(if broken { d } else { d - 1 });
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}

/// An atom of weight 0.4 at 0 in the Gaussian `N(1/2, 1)` of weight 0.6.
///
/// # Formula
/// Near the atom, in `u = x/sigma`, the posterior odds of the atom are `exp(L - u^2/2)`, and
/// `gamma Var[X_0 given x] = (1 - pi) + pi (1 - pi) u^2`: the mean of the first term is `w_1`, that of the
/// second `w_1 r sigma F(L)` up to relative order `1/gamma`.
#[derive(Clone)]
struct Crossing {
    known: Shared<Vec<(f64, Estimate)>>,
}

impl Crossing {
    const WEIGHTS: [f64; 2] = [0.4, 0.6];
    const MEAN: f64 = 0.5;

    fn values(&self) -> Result<Vec<(f64, Estimate)>> {
        self.known.get(|| {
            let covariances = Covariance::isotropics(&[0.0, 1.0])?;
            let law = Mixture::new(&Self::WEIGHTS, &[vec![0.0], vec![Self::MEAN]], covariances)?;
            let read = |i: i32| {
                let gamma = 1e4 * 4.0_f64.powi(i);
                let level = NoiseProcess::Ve.at_snr(gamma)?;
                Ok((gamma, mmse(&Channel::new(&Marginal::new(&law, &level), None, level))? * Estimate::given(gamma)))
            };
            (0..5).map(read).collect()
        })
    }

    /// `gamma^{-1/2} w_1 r F(L)`, with `L` at `grown`; `F` by the trapezoidal rule, exponentially accurate
    /// since the integrand is analytic within `|Im u| < 1/2`.
    fn predicted(gamma: f64, grown: f64) -> Estimate {
        let density = (-0.5 * Self::MEAN * Self::MEAN).exp() / std::f64::consts::TAU.sqrt();
        let line = Self::WEIGHTS[1] * density;
        let odds = (Self::WEIGHTS[0] * (grown / std::f64::consts::TAU).sqrt() / line).ln();
        let h = 1.0 / 64.0;
        let term = |i: i32| {
            let u = h * f64::from(i);
            u * u / (1.0 + (0.5 * u * u - odds).exp())
        };
        // A rounding a term, and the odds, a logarithm of size 10, within each.
        Estimate::rounded(line / gamma.sqrt() * h * (-2560..=2560).map(term).sum::<f64>(), 5121.0 + 64.0)
    }

    fn limit(&self, broken: bool) -> Result<Comparison> {
        let left: Vec<Estimate> = self.values()?.iter().map(|(g, v)| *v - Self::predicted(*g, *g)).collect();
        let rhs = if broken { 1.0 } else { Self::WEIGHTS[1] };
        Ok(Comparison::new(settled(&left), Estimate::given(rhs), 1e-4 * rhs))
    }

    /// The distance to the limit over what is predicted of it; in the false form `F` stays what it is at the
    /// first `gamma`.
    fn rate(&self, broken: bool) -> Result<Comparison> {
        let values = self.values()?;
        let first = values[0].0;
        let ratios: Vec<Estimate> = values
            .iter()
            .map(|(g, v)| {
                (*v - Estimate::given(Self::WEIGHTS[1])) / Self::predicted(*g, if broken { first } else { *g })
            })
            .collect();
        Ok(Comparison::new(settled(&ratios), Estimate::ONE, 0.01))
    }
}
