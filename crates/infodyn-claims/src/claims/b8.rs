//! B8: the dimension that the data have.

use std::sync::Arc;

use infodyn_closed_form::{MixtureLaw, SphereLaw, sphere};
use infodyn_core::{
    Channel, Comparison, Covariance, Estimate, Law, Mixture, NoiseLevel, NoiseProcess, Quantity, Sphere, profile, ulps,
};
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_quadrature::Quadrature;
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::SAMPLED;
use crate::enclosed::{self, point};
use crate::limit::{Shared, exponent, settled};
use crate::{Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

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

/// A law, its information dimension, and that of space.
#[derive(Clone)]
struct Stratified {
    name: &'static str,
    law: Arc<dyn Law>,
    /// The law again, where it is a sphere.
    sphere: Option<Sphere>,
    /// The dimension of each component.
    ranks: Vec<f64>,
    ambient: f64,
    /// The smallest `gamma`, and how many fourfold steps from there.
    gammas: (f64, i32),
    /// `D eta` at each.
    known: Shared<Vec<Estimate>>,
}

/// How the dimensions of the strata are counted.
#[derive(Clone, Copy)]
enum Count {
    /// Each its own, with its weight.
    Own,
    /// Each as that of space.
    Ambient,
    /// Each its own, with equal weights.
    Evenly,
}

/// `D eta = gamma mmse`, by integration.
fn bandwidth(law: Arc<dyn Law>, gamma: f64) -> Result<Estimate> {
    let channel = Channel::new(law, NoiseProcess::Ve, 1.0 / gamma)?;
    let found = profile(&Quadrature, &channel, &[Quantity::Mmse])?.get(Quantity::Mmse);
    Ok(found.ok_or(Error::NotFound("the mmse"))? * Estimate::given(gamma))
}

impl Stratified {
    fn bandwidth(&self, gamma: f64) -> Result<Estimate> {
        bandwidth(Arc::clone(&self.law), gamma)
    }

    /// The mean of the dimensions of the strata.
    fn dimension(&self, count: Count) -> Estimate {
        let weights = self.law.mixture().map_or(&[1.0][..], Mixture::weights);
        let term = |(w, rank): (&f64, &f64)| match count {
            Count::Own => w * rank,
            Count::Ambient => w * self.ambient,
            Count::Evenly => rank / weights.len() as f64,
        };
        let sum: f64 = weights.iter().zip(&self.ranks).map(term).sum();
        Estimate::rounded(sum, ulps::operations(2 * weights.len()))
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
    let stratified = |name, law: Arc<dyn Law>, ranks: &[f64], ambient, gammas| Stratified {
        name,
        law,
        sphere: None,
        ranks: ranks.to_vec(),
        ambient,
        gammas,
        known: Shared::new(),
    };
    let mut all = vec![
        stratified(
            "gaussian of rank 1",
            MixtureLaw::of(Mixture::gaussian(&[0.1, 0.2], tilted)?),
            &[1.0],
            2.0,
            (100.0, 5),
        ),
        stratified(
            "an atom and a Gaussian apart",
            MixtureLaw::of(line([-4.0, 2.0], 0.1)?),
            &[0.0, 1.0],
            1.0,
            (200.0, 5),
        ),
        stratified("plane, line and atom apart", MixtureLaw::of(apart), &[2.0, 1.0, 0.0], 2.0, (50.0, 4)),
    ];
    for (name, dim, radius) in [("circle", 2, 1.0), ("sphere in R^3", 3, 1.5), ("sphere in R^50", 50, 2.0)] {
        let d = dim as f64;
        let start = 50.0 * d / (radius * radius);
        let sphere = Sphere::new(dim, radius)?;
        let named = stratified(name, SphereLaw::of(sphere), &[d - 1.0], d, (start, 5));
        all.push(Stratified { sphere: Some(sphere), ..named });
    }
    Ok(all)
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for mut named in strata()? {
        named.gammas.1 = context.sizes(named.gammas.1);
        let name = |what: &str| format!("{}: {what}", named.name);
        let limit = |count| {
            let of = named.clone();
            move |_: &Context| limit(&of, count)
        };
        let ambient = "the dimension of space in place of the stratum's";
        let mut check = Check::number(Kind::Quadrature, name("limit"), limit(Count::Own));
        check = check.variant(Ingredient::Dimension, ambient, limit(Count::Ambient));
        if named.ranks.len() > 1 {
            check = check.variant(Ingredient::Weight, "the strata counted equally", limit(Count::Evenly));
        }
        checks.push(check);
        let rate = |count| {
            let of = named.clone();
            move |_: &Context| rate(&of, count)
        };
        let check = Check::number(Kind::Quadrature, name("rate"), rate(Count::Own));
        checks.push(check.variant(Ingredient::Dimension, ambient, rate(Count::Ambient)));
        if let Some(law) = named.sphere {
            let coefficient = |dim: f64| {
                let of = named.clone();
                move |_: &Context| coefficient(&of, &law, dim)
            };
            let d = named.ambient;
            let check = Check::number(Kind::Quadrature, name("coefficient of 1/gamma"), coefficient(d));
            let how = "D - 1 in place of D in 5 - 2D";
            checks.push(check.variant(Ingredient::Dimension, how, coefficient(d - 1.0)));
            let check = Check::number(Kind::MonteCarlo, name("limit"), move |c| sampled(c, &law, Estimator::Mean));
            let how = "the best linear estimator in place of the posterior mean";
            checks.push(check.variant(Ingredient::Posterior, how, move |c| sampled(c, &law, Estimator::Linear)));
        }
    }
    let crossing = Crossing { known: Shared::new() };
    let limit = |line: f64| {
        let of = crossing.clone();
        move |_: &Context| of.limit(line)
    };
    let check = Check::number(Kind::Quadrature, "an atom in a Gaussian: limit", limit(Crossing::WEIGHTS[1]));
    let how = "the weight of the atom in place of the line's";
    checks.push(check.variant(Ingredient::Weight, how, limit(Crossing::WEIGHTS[0])));
    let rate = |growth| {
        let of = crossing.clone();
        move |_: &Context| of.rate(growth)
    };
    let check = Check::number(Kind::Quadrature, "an atom in a Gaussian: rate", rate(Growth::Logarithm));
    checks.push(check.variant(Ingredient::Time, "F as at the first gamma", rate(Growth::None)));
    let check = Check::number(Kind::Quadrature, "atoms: gap^2/8 is the rate", |_| atoms(1.0));
    checks.push(check.variant(Ingredient::Mean, "the next to smallest gap", |_| atoms(2.0)));
    checks.extend(enclosures());
    Ok(checks)
}

/// Bounds on the approach to the limit, for atoms and for a density.
fn enclosures() -> Vec<Check> {
    let eta = |law: &LineLaw, gamma: f64| -> infodyn_enclosure::Result<Interval> {
        let line = law.at(Interval::ONE, point(gamma).recip())?;
        Ok(point(gamma) * line.mean(Moment::PosteriorVariance)?)
    };
    let low = "a bound too low by less than 1 %";
    let atoms = [(8.0, 0.391), (40.0, 0.192)].map(|(k, share)| {
        let mutants = [
            (Ingredient::Exponent, "exp(-k) in place of exp(-k/2)", (-1.0, 1.0)),
            (Ingredient::Bound, low, (-0.5, share)),
        ];
        enclosed::at_most(
            format!("two-atoms/k={k}: eta <= k exp(-k/2)"),
            (-0.5, 1.0),
            &mutants,
            move |(power, share): (f64, f64)| {
                let pair = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0; 2]);
                Ok([eta(&pair, k)?, (point(k) * point(k).times(power).exp()).times(share)])
            },
        )
    });
    let dense = [(1e2, 0.879), (1e4, 0.976), (1e6, 0.978)].map(|(gamma, share)| {
        let mutants = [
            (Ingredient::Variance, "ten times the variance of the components", (1.0, 1.0)),
            (Ingredient::Bound, low, (0.1, share)),
        ];
        enclosed::at_most(
            format!("two Gaussians of variance 0.1/gamma={gamma:e}: 1 - eta <= 1/(gamma q)"),
            (0.1, 1.0),
            &mutants,
            move |(q, share): (f64, f64)| {
                let law = LineLaw::from_parts(&[0.3, 0.7], &[-1.0, 1.0], &[0.1, 0.1]);
                Ok([Interval::ONE - eta(&law, gamma)?, (point(q) * point(gamma)).recip().times(share)])
            },
        )
    });
    atoms.into_iter().chain(dense).collect()
}

fn values(named: &Stratified) -> Result<(Vec<f64>, Vec<f64>, Vec<Estimate>)> {
    let gammas = named.gammas();
    let steps = gammas.iter().map(|g| 1.0 / g).collect();
    let values = named.known.get(|| gammas.iter().map(|&g| named.bandwidth(g)).collect())?;
    Ok((gammas, steps, values))
}

/// `D eta`, extrapolated to infinite `gamma`, against the information dimension.
fn limit(named: &Stratified, count: Count) -> Result<Comparison> {
    let (_, steps, values) = values(named)?;
    let rhs = named.dimension(count);
    Ok(Comparison::new(infodyn_quadrature::limit(&steps, &values), rhs, 1e-4 * rhs.value()))
}

/// The exponent of the approach.
fn rate(named: &Stratified, count: Count) -> Result<Comparison> {
    let (gammas, steps, values) = values(named)?;
    let left: Vec<Estimate> = values.iter().map(|v| *v - named.dimension(count)).collect();
    Ok(Comparison::new(exponent(&gammas, &left, &steps), Estimate::from(-1), 0.01))
}

/// `(D eta - (D-1)) gamma R^2/(D-1) -> (5-2D)/2`.
fn coefficient(named: &Stratified, law: &Sphere, dim: f64) -> Result<Comparison> {
    let (gammas, steps, values) = values(named)?;
    let rank = named.dimension(Count::Own);
    let scale = Estimate::given(law.radius()) * Estimate::given(law.radius()) / rank;
    let scaled: Vec<Estimate> =
        values.iter().zip(&gammas).map(|(v, g)| (*v - rank) * Estimate::given(*g) * scale).collect();
    // Half an integer.
    let rhs = Estimate::given(2.5 - dim);
    Ok(Comparison::new(infodyn_quadrature::limit(&steps, &scaled), rhs, 1e-3 * rhs.value().abs()))
}

/// Atoms lose their error exponentially: `-log(gamma mmse)/gamma -> gap^2/8`, `gap` the smallest distance; with
/// a power of `gamma` before the exponential, `log gamma/gamma` is in the way and is taken out:
/// `mmse ~ c gamma^{-1/2} exp(-gamma gap^2/8)`.
fn atoms(gap: f64) -> Result<Comparison> {
    let law = Mixture::atoms(&[0.2, 0.3, 0.5], &[vec![-2.0], vec![0.0], vec![1.0]])?;
    let gammas: Vec<f64> = (0..5).map(|i| 30.0 + 15.0 * f64::from(i)).collect();
    let named = Stratified {
        name: "atoms",
        law: MixtureLaw::of(law),
        sphere: None,
        ranks: vec![0.0; 3],
        ambient: 1.0,
        gammas: (0.0, 0),
        known: Shared::new(),
    };
    let logs: Vec<Estimate> = gammas
        .iter()
        .map(|&g| {
            let g = Estimate::given(g);
            Ok((named.bandwidth(g.value())? / g).ln() + g.ln() / 2)
        })
        .collect::<Result<_>>()?;
    // Slopes between neighbours; what is left is a series in 1/gamma that starts at gamma^-2.
    let slopes: Vec<Estimate> = (1..gammas.len())
        .map(|i| (logs[i] - logs[i - 1]) / (Estimate::given(gammas[i - 1]) - Estimate::given(gammas[i])))
        .collect();
    let steps: Vec<f64> = (1..gammas.len()).map(|i| 1.0 / (gammas[i] * gammas[i - 1]).sqrt()).collect();
    let rhs = Estimate::given(gap * gap / 8.0);
    Ok(Comparison::new(infodyn_quadrature::limit(&steps, &slopes), rhs, 1e-3))
}

/// What estimates the point of the sphere.
#[derive(Clone, Copy)]
enum Estimator {
    Mean,
    Linear,
}

/// The same draws read at `gamma` and `4 gamma`: `(4 b - a)/3` is free of the term in `1/gamma`; that in
/// `1/gamma^2` is counted as the square of the one before, relative to the limit.
fn sampled(context: &Context, law: &Sphere, estimator: Estimator) -> Result<Comparison> {
    let (d, radius) = (law.dim(), law.radius());
    let snr = 2e3 * d as f64 / (radius * radius);
    let at = |gamma: f64| Ok::<NoiseLevel, Error>(NoiseProcess::Ve.at_snr(gamma)?);
    let levels = [at(snr)?, at(4.0 * snr)?];

    let means = crate::radial::sample_sphere(context, 16, (law, &levels[0]), 2, |data, x, out| {
        let half: Vec<f64> = data.iter().zip(x).map(|(a, x)| a + 0.5 * (x - a)).collect();
        for (i, x) in [x, &half[..]].into_iter().enumerate() {
            let r = x.iter().map(|v| v * v).sum::<f64>().sqrt();
            let gain = match estimator {
                Estimator::Mean => radius * sphere::alignment(d, levels[i].snr() * radius * r).mean / r,
                Estimator::Linear => 1.0 / (1.0 + d as f64 / (levels[i].snr() * radius * radius)),
            };
            let error: f64 = x.iter().zip(data).map(|(x, a)| (gain * x - a).powi(2)).sum();
            out[i] = levels[i].snr() * error;
        }
    })?;
    let mut lhs = means.linear(&[(0, -1.0 / 3.0), (1, 4.0 / 3.0)], Context::CONFIDENCE);
    let dimension = (d - 1) as f64;
    lhs = lhs.widened(dimension * ((5.0 - 2.0 * d as f64) / (2.0 * snr * radius * radius)).powi(2));
    let rhs = Estimate::count(d - 1);
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
            let law = MixtureLaw::of(Mixture::new(&Self::WEIGHTS, &[vec![0.0], vec![Self::MEAN]], covariances)?);
            let read = |i: i32| {
                let gamma = 1e4 * 4.0_f64.powi(i);
                Ok((gamma, bandwidth(Arc::clone(&law) as _, gamma)?))
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
        // The odds have a few operations and a logarithm of size below 10; each term an exponential of them.
        let units = ulps::sum(5121) + ulps::exp(10.0, ulps::operations(6)) + ulps::operations(10);
        Estimate::rounded(line / gamma.sqrt() * h * (-2560..=2560).map(term).sum::<f64>(), units)
    }

    /// The limit is the weight of the line.
    fn limit(&self, line: f64) -> Result<Comparison> {
        let left: Vec<Estimate> = self.values()?.iter().map(|(g, v)| *v - Self::predicted(*g, *g)).collect();
        Ok(Comparison::new(settled(&left), Estimate::given(line), 1e-4 * line))
    }

    /// The distance to the limit over what is predicted of it.
    fn rate(&self, growth: Growth) -> Result<Comparison> {
        let values = self.values()?;
        let first = values[0].0;
        let ratio = |&(g, v): &(f64, Estimate)| {
            let grown = if let Growth::Logarithm = growth { g } else { first };
            (v - Estimate::given(Self::WEIGHTS[1])) / Self::predicted(g, grown)
        };
        let ratios: Vec<Estimate> = values.iter().map(ratio).collect();
        Ok(Comparison::new(settled(&ratios), Estimate::ONE, 0.01))
    }
}

/// How `F` grows.
#[derive(Clone, Copy)]
enum Growth {
    Logarithm,
    None,
}
