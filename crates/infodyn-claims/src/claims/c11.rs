//! C11: a broken rotation.

use infodyn_bifurcation::{Energy, FixedPoint, Kind as Branching, Landscape, diagram, fixed_points};
use infodyn_closed_form::{SphereLaw, sphere};
use infodyn_core::{Comparison, Density, Detail, Estimate, NoiseLevel, NoiseProcess, Sphere, ulps};
use infodyn_symbolic::theory::{Equation, Identity, Noise, gradient, identity, norm2, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::radial::sample_sphere;
use crate::symbols::nowhere;
use crate::{Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C11",
    name: "goldstone",
    statement: "Uniform law on a sphere of radius `R` in `R^D`: the origin is unstable below `sigma^2 = alpha^2 R^2/D`; below it the nonzero fixed points form a \
                sphere, where `grad s` has `D-1` zero eigenvalues and one negative. Posterior mean `R A_D(k) x/|x|`, `k = alpha R|x|/sigma^2`, \
                `A_D = I_{D/2}/I_{D/2-1}`; in three dimensions its length is {0}",
    scope: "D = 3 in symbols; D = 2, 3 and 50 by quadrature (branchings by continuation, the posterior mean against an average over the sphere that knows no \
            Bessel function, the spectrum by differences of the score) and by simulation",
    origin: Origin::Elsewhere("Goldstone modes; von Mises-Fisher"),
    uses: &["A1", "C1"],
    formulas,
    checks,
};

/// The uniform law on a sphere in three dimensions: score, posterior mean, and the spectrum of `grad s`.
fn formulas() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let big_r = Symbol::positive("R");
    let x: Vec<Symbol> = (1..=3).map(|i| Symbol::real(format!("x_{i}"))).collect();
    let position: Vec<Expr> = x.iter().map(Expr::from).collect();
    let length = norm2(&position).sqrt();
    let k = alpha * &big_r * &length / sigma.pow(2);
    // The average of the kernel over the sphere, up to a constant: Archimedes' projection gives sinh(k)/k.
    let exponent = -(length.pow(2) + alpha.pow(2) * big_r.pow(2)) / (2 * sigma.pow(2));
    let p = exponent.exp() * k.sinh() / &k;
    let s = gradient(&p.log(), &x);
    let langevin = |k: &Expr| k.cosh() / k.sinh() - 1 / k;
    let score = |gain: Expr| (alpha * &big_r * gain * &x[0] / &length - &x[0]) / sigma.pow(2);
    let radial = Symbol::positive("rho");
    // On the axis, grad s is diagonal. At a fixed point alpha R A(k) = rho, the tangential entries vanish.
    let on_axis = [(&x[0], Expr::from(&radial)), (&x[1], Expr::zero()), (&x[2], Expr::zero())];
    let tangential = s[1].diff(&x[1]).substitute(&on_axis);
    let radial_k = alpha * &big_r * &radial / sigma.pow(2);
    let fixed = alpha * &big_r * langevin(&radial_k) - &radial;
    let zero = Symbol::positive("z");
    let slope_at_origin = (langevin(&zero) / &zero).limit(&zero).unwrap_or_else(|_| nowhere());
    let [mean, gain] = ["m", "k"].map(quantity);
    let length_of = |a: Expr| Equation::new(&mean, &big_r * a);
    let coth = gain.cosh() / gain.sinh() - 1 / &gain;
    let along = position.iter().zip(&s).map(|(x, s)| x * (x + sigma.pow(2) * s)).sum::<Expr>() / (alpha * &length);
    vec![
        Identity::of(
            "posterior mean, D=3",
            &length_of(coth),
            &[(&mean, along), (&gain, k.clone())],
            ("tanh, as for two atoms", &big_r * gain.sinh() / gain.cosh()),
        ),
        identity("score, D=3", &s[0], score(langevin(&k)), ("tanh, as for two atoms", score(k.tanh()))),
        identity(
            "tangential eigenvalue = radial score/rho, D=3",
            &tangential,
            &fixed / (sigma.pow(2) * &radial),
            ("no 1/rho", &fixed / sigma.pow(2)),
        ),
        identity(
            "A_3(k)/k -> 1/3: critical at sigma^2 = alpha^2 R^2/3",
            slope_at_origin,
            Expr::ratio(1, 3),
            ("1/2, as on the circle", Expr::ratio(1, 2)),
        ),
    ]
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    for (dim, radius, process) in [(2, 1.0, P::VP_LINEAR), (3, 1.5, P::Ou), (50, 2.0, P::FLOW)] {
        let ball = Ball { law: Sphere::new(dim, radius)?, process };
        let name = |what: &str| format!("sphere D={dim} R={radius}/{process}: {what}");
        let run = move |dim| move |_: &Context| branching(ball, dim);
        let check = Check::number(Kind::Quadrature, name("the branching"), run(dim));
        checks.push(check.variant(Ingredient::Dimension, FEWER, run(dim - 1)));
        for (what, run) in [("radius of the fixed points", ring as fn(Ball, Average) -> _), ("posterior mean", angular)]
        {
            let with = move |dim, gain| move |_: &Context| run(ball, Average { dim, gain });
            let check = Check::number(Kind::Quadrature, name(what), with(dim, uniform));
            let check = check.variant(Ingredient::Dimension, MORE, with(dim + 1, uniform));
            checks.push(check.variant(Ingredient::Posterior, ATOMS, with(dim, two_atoms)));
        }
        let run = move |share| move |_: &Context| zero_modes(ball, share);
        let check = Check::number(Kind::Quadrature, name("zero eigenvalues"), run(1.0));
        checks.push(check.variant(Ingredient::Point, "a tenth outside the sphere of fixed points", run(1.1)));
        let run = move |share| move |_: &Context| radial(ball, share);
        let check = Check::number(Kind::Quadrature, name("the negative eigenvalue"), run(1.0));
        checks.push(check.variant(
            Ingredient::Bound,
            "at 0.38 of the radius, where it has just changed its sign",
            run(0.38),
        ));
        let run = move |dim, spread| move |_: &Context| jacobian(ball, dim, spread);
        let check = Check::number(Kind::Quadrature, name("the matrix grad s off the axes"), run(dim, Spread::Variance));
        let check = check.variant(Ingredient::Dimension, MORE, run(dim + 1, Spread::Variance));
        let square = "E u^2 in place of Var u in the eigenvalue along the ray";
        checks.push(check.variant(Ingredient::Moment, square, run(dim, Spread::Square)));
        let run = move |gain: fn(usize, f64) -> f64| move |context: &Context| sampled_mean(context, ball, gain);
        let check =
            Check::number(Kind::MonteCarlo, name("posterior mean"), run(|dim, k| sphere::alignment(dim, k).mean));
        let check = check.variant(Ingredient::Posterior, ATOMS, run(|_, k| k.tanh()));
        checks.push(check.variant(Ingredient::Dimension, FEWER, run(|dim, k| sphere::alignment(dim - 1, k).mean)));
        if dim < 4 {
            // In 50 dimensions hardly a draw comes near a given point.
            let run = move |at: fn(Ball) -> Result<f64>| move |context: &Context| balance(context, ball, at(ball)?);
            let check = Check::number(Kind::MonteCarlo, name("balance at a fixed point"), run(|b| Ok(b.ring()?.at[0])));
            checks.push(check.variant(Ingredient::Posterior, ATOMS, run(Ball::as_two_atoms)));
        }
    }
    Ok(checks)
}

const FEWER: &str = "D - 1 in place of D";
const MORE: &str = "D + 1 in place of D";
const ATOMS: &str = "tanh, as for two atoms";

/// A sphere along a process.
#[derive(Clone, Copy)]
struct Ball {
    law: Sphere,
    process: NoiseProcess,
}

impl Ball {
    /// `D/R^2`.
    fn critical(&self) -> f64 {
        self.law.dim() as f64 / (self.law.radius() * self.law.radius())
    }

    /// The level at which the sphere of fixed points is looked at.
    fn level(&self) -> Result<NoiseLevel> {
        Ok(self.process.at_snr(2.5 * self.critical())?)
    }

    fn landscape(&self) -> Result<Landscape> {
        Ok(Landscape::new(SphereLaw::of(self.law), self.process, Energy::Marginal)?)
    }

    /// The sphere of fixed points: its radius over `alpha`.
    fn ring(&self) -> Result<FixedPoint> {
        let snr = self.level()?.snr();
        let points = fixed_points(&self.landscape()?, snr)?;
        points.into_iter().find(|p| p.at[0] > 0.0).ok_or(Error::NotFound("a sphere of fixed points"))
    }

    /// What the radius over `alpha` would be for two atoms at the distance `R`.
    fn as_two_atoms(self) -> Result<f64> {
        let (snr, radius) = (self.level()?.snr(), self.law.radius());
        super::root(0.1 * radius, 2.0 * radius, |r| Ok(r - radius * (snr * radius * r).tanh()))
    }
}

/// The means of `u` and `u^2` under `exp(k u)` on the unit sphere, `u` the first coordinate.
///
/// # Formula
/// `u` has density proportional to `(1-u^2)^{(D-3)/2}`; with `u = tanh z` that is `sech(z)^{D-1} dz`, analytic and
/// decaying on the whole line, where the trapezoidal rule converges exponentially. The radius is the difference
/// of two steps, and the rounding.
fn averages(dim: usize, k: f64) -> [Estimate; 2] {
    let rule = |h: f64| {
        let (mut means, mut mass) = ([0.0; 2], 0.0);
        let count = (45.0 / h) as i32;
        for i in -count..=count {
            let z = h * f64::from(i);
            let weight = ((dim as f64 - 1.0) * (std::f64::consts::LN_2 - infodyn_core::stable::ln_2cosh(z))
                + k * (z.tanh() - 1.0))
                .exp();
            means[0] += weight * z.tanh();
            means[1] += weight * z.tanh() * z.tanh();
            mass += weight;
        }
        means.map(|mean| mean / mass)
    };
    let (coarse, fine) = (rule(0.05), rule(0.025));
    // Each weight, with an exponent whose parts are of the size of k and D where it is not small; and the sums.
    let rounding = f64::EPSILON * (ulps::SAMPLE + 2.0 * k + dim as f64);
    [0, 1].map(|i| Estimate::new(fine[i], (fine[i] - coarse[i]).abs() + rounding))
}

/// `A_D(k)` as an average over the sphere.
fn uniform(dim: usize, k: f64) -> Estimate {
    averages(dim, k)[0]
}

/// The same for two atoms.
fn two_atoms(_: usize, k: f64) -> Estimate {
    Estimate::rounded(k.tanh(), ulps::HYPERBOLIC)
}

/// The alignment of `X_0` with `x`.
#[derive(Clone, Copy)]
struct Average {
    dim: usize,
    gain: fn(usize, f64) -> Estimate,
}

/// The ratio at which continuation finds the branching of the origin, against `dim/R^2`.
fn branching(ball: Ball, dim: usize) -> Result<Comparison> {
    let critical = ball.critical();
    let found = diagram(&ball.landscape()?, (0.05 * critical, 20.0 * critical))?.bifurcations;
    let here = found.iter().find(|b| b.kind == Branching::Goldstone && b.multiplicity == ball.law.dim());
    let b = here.ok_or(Error::NotFound("a branching in all directions"))?;
    let rhs = (Estimate::count(dim) / Estimate::given(ball.law.radius()).powi(2)).ln();
    Ok(Comparison::new(Estimate::new(b.log_snr, b.error), rhs, 1e-10))
}

/// At the fixed points that are found, `|x| = alpha R A_D(k)` with the average over the sphere for `A_D`.
fn ring(ball: Ball, Average { dim, gain }: Average) -> Result<Comparison> {
    let (point, snr) = (ball.ring()?, ball.level()?.snr());
    let radius = ball.law.radius();
    // The slope of R A(k(r)) is below 1 there.
    let lhs = gain(dim, snr * radius * point.at[0]) * Estimate::given(radius) + Estimate::new(0.0, point.error);
    let rhs = Estimate::new(point.at[0], point.error);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The length of `m` off the fixed points, from the marginal's Bessel functions and as an average.
fn angular(ball: Ball, Average { dim, gain }: Average) -> Result<Comparison> {
    let level = ball.level()?;
    let radius = ball.law.radius();
    let r = 0.6 * level.alpha() * radius + level.sigma();
    let mut x = vec![0.0; ball.law.dim()];
    x[1] = r;
    let value = sphere::Marginal::new(&ball.law, &level).observe_at(&x, Detail::SCORES).mean_offset[1];
    let rhs = gain(dim, level.alpha() * radius * r / level.sigma2()) * Estimate::given(radius);
    Ok(Comparison::new(Estimate::rounded(value, ulps::SAMPLE), rhs, SHARP * rhs.value()))
}

/// What is taken for the variance of `u`.
#[derive(Debug, Clone, Copy)]
enum Spread {
    Variance,
    Square,
}

/// `sigma^2 grad s` at a point off the axes and off the fixed points, entry by entry: the marginal's own against
/// `t I + (l - t) e e^T` with `l = (alpha R/sigma)^2 Var u - 1` along the ray `e` and `t = alpha R A/|x| - 1` across
/// it, averages over the sphere. The largest difference of two entries is compared with 0.
fn jacobian(ball: Ball, dim: usize, spread: Spread) -> Result<Comparison> {
    let (level, d) = (ball.level()?, ball.law.dim());
    let (reach, sigma2) = (level.alpha() * ball.law.radius(), level.sigma2());
    // A ray on which no coordinate is like another.
    let ray: Vec<f64> = (0..d).map(|i| 1.0 + 0.5 * i as f64 / d as f64).collect();
    let length = ray.iter().map(|e| e * e).sum::<f64>().sqrt();
    let r = 0.7 * reach;
    let x: Vec<f64> = ray.iter().map(|e| r * e / length).collect();
    let found = {
        let density = sphere::Marginal::new(&ball.law, &level);
        let (anchor, offset) = density.locate(&x);
        density.score_jacobian(anchor, &offset) * sigma2
    };
    let [mean, square] = averages(dim, reach * r / sigma2);
    let spread = match spread {
        Spread::Variance => square - mean * mean,
        Spread::Square => square,
    };
    let along = Estimate::rounded(reach * reach / sigma2, ulps::operations(4)) * spread - 1;
    let across = Estimate::rounded(reach / r, ulps::operations(2)) * mean - 1;
    let mut worst = Estimate::ZERO;
    for i in 0..d {
        for j in 0..d {
            let outer = Estimate::rounded(x[i] * x[j] / (r * r), ulps::operations(2 * d + 12));
            let unit = if i == j { across } else { Estimate::ZERO };
            let entry = unit + (along - across) * outer;
            // A closed form of a few terms, none larger than the signal.
            let own = Estimate::new(found[(i, j)], 4.0 * ulps::SAMPLE * f64::EPSILON * (1.0 + reach * reach / sigma2));
            let gap = own - entry;
            if gap.value().abs() - gap.radius() > worst.value().abs() - worst.radius() || worst == Estimate::ZERO {
                worst = gap;
            }
        }
    }
    Ok(Comparison::new(worst, Estimate::ZERO, SHARP))
}

/// Derivatives of the score at a point on the first axis, `rho` away, along and across it, times `sigma^2`.
fn slopes(ball: Ball, rho: f64) -> Result<[Estimate; 2]> {
    let level = ball.level()?;
    let density = sphere::Marginal::new(&ball.law, &level);
    let slope = |axis: usize| {
        let read = |h: f64| -> Result<Estimate> {
            let mut x = vec![0.0; ball.law.dim()];
            x[0] = rho;
            x[axis] += h;
            let s = density.score(&x)[axis];
            Ok(Estimate::new(s, ulps::READING * f64::EPSILON * (s.abs() + (rho + h.abs()) / level.sigma2())))
        };
        Ok::<_, Error>(
            infodyn_quadrature::derivative(read, 0.0, 0.3 * level.sigma())? * Estimate::given(level.sigma2()),
        )
    };
    Ok([slope(0)?, slope(1)?])
}

/// Across the ray every derivative is the same by symmetry; it vanishes at the fixed points. Read at a share of their
/// distance.
fn zero_modes(ball: Ball, share: f64) -> Result<Comparison> {
    let (point, level) = (ball.ring()?, ball.level()?);
    let [_, across] = slopes(ball, level.alpha() * point.at[0] * share)?;
    // The eigenvalue A R/r - 1 moves by at most its own scale over r with the place.
    Ok(Comparison::new(across.widened(2.0 * point.error / point.at[0]), Estimate::ZERO, SHARP))
}

/// Along the ray it is below 0 there.
fn radial(ball: Ball, share: f64) -> Result<Comparison> {
    let [along, _] = slopes(ball, ball.level()?.alpha() * ball.ring()?.at[0] * share)?;
    Ok(Comparison::at_most(along, Estimate::ZERO, SHARP))
}

/// `E[X_0.X_t/|X_t|] = E[R A_D(k)]`, by the tower property.
fn sampled_mean(context: &Context, ball: Ball, gain: fn(usize, f64) -> f64) -> Result<Comparison> {
    let (level, radius) = (ball.level()?, ball.law.radius());
    let means = sample_sphere(context, 8, (&ball.law, &level), 2, |data, x, out| {
        let r = x.iter().map(|v| v * v).sum::<f64>().sqrt();
        out[0] = data.iter().zip(x).map(|(a, b)| a * b).sum::<f64>() / r;
        out[1] = radius * gain(ball.law.dim(), level.alpha() * radius * r / level.sigma2());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// At a fixed point `x = alpha y`, `E[L alpha X_0.x/|x|] = |x| E[L]`, `L` the likelihood of a draw at `x`.
fn balance(context: &Context, ball: Ball, y: f64) -> Result<Comparison> {
    let (level, radius) = (ball.level()?, ball.law.radius());
    let x = level.alpha() * y;
    let means = sample_sphere(context, 1, (&ball.law, &level), 2, |data, _, out| {
        let along = level.alpha() * data[0];
        // |x - alpha X_0|^2 up to what is the same for every draw.
        let likelihood = (x * (along - level.alpha() * radius) / level.sigma2()).exp();
        (out[0], out[1]) = (likelihood * along, likelihood * x);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
