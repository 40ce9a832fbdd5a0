//! C11: a broken rotation.

use infodyn_bifurcation::{Energy, FixedPoint, Kind as Branching, Landscape, diagram, fixed_points};
use infodyn_closed_form::{Marginal, MixtureLaw, sphere};
use infodyn_core::{Comparison, Covariance, Density, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, Sphere};
use infodyn_monte_carlo::{Means, NoiseLaw, View};
use infodyn_symbolic::theory::{Equation, Identity, Noise, gradient, identity, norm2, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::symbols::nowhere;
use crate::{Check, Claim, Context, Error, Kind, Mutation, Origin, Result};

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

const DIMENSION: &str = "D - 1 in place of D";
const ATOMS: &str = "tanh, as for two atoms";
const OFF: &str = "a point off the sphere of fixed points";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let vp = P::VP_LINEAR;
    let mut checks = Vec::new();
    for (dim, radius, process) in [(2, 1.0, vp), (3, 1.5, P::Ou), (50, 2.0, P::FLOW)] {
        let law = Sphere::new(dim, radius)?;
        let name = format!("sphere D={dim} R={radius}/{process}");
        let mut number =
            |kind, what: &str, mutant: &'static str, run: fn(&Context, &Ball, bool) -> Result<Comparison>| {
                let ball = Ball { law, process };
                checks.push(Check::number_by_words(
                    kind,
                    format!("{name}: {what}"),
                    &[Mutation::Formula(mutant)],
                    move |context, mutation| run(context, &ball, mutation != Mutation::None),
                ));
            };
        number(Kind::Quadrature, "the branching", DIMENSION, branching);
        number(Kind::Quadrature, "radius of the fixed points", ATOMS, ring);
        number(Kind::Quadrature, "posterior mean", DIMENSION, angular);
        number(Kind::Quadrature, "zero eigenvalues", OFF, zero_modes);
        number(Kind::Quadrature, "the negative eigenvalue", OFF, radial);
        number(Kind::MonteCarlo, "posterior mean", ATOMS, sampled_mean);
        if dim < 4 {
            // In 50 dimensions hardly a draw comes near a given point.
            number(Kind::MonteCarlo, "balance at a fixed point", ATOMS, balance);
        }
    }
    Ok(checks)
}

/// A sphere along a process.
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

    fn landscape<T>(&self, f: impl FnOnce(&Landscape<'_>) -> Result<T>) -> Result<T> {
        let marginals = |level: &NoiseLevel| Box::new(sphere::Marginal::new(&self.law, level)) as Box<dyn Density>;
        f(&Landscape::new(&marginals, self.process, Energy::Marginal))
    }

    /// The sphere of fixed points: its radius over `alpha`.
    fn ring(&self) -> Result<FixedPoint> {
        let snr = self.level()?.snr();
        let points = self.landscape(|l| Ok(fixed_points(l, snr)?))?;
        points.into_iter().find(|p| p.at[0] > 0.0).ok_or(Error::NotFound("a sphere of fixed points"))
    }
}

/// `A_D(k)` as the average of `u` under `exp(k u)` on the unit sphere, `u` the first coordinate.
///
/// # Formula
/// `u` has density proportional to `(1-u^2)^{(D-3)/2}`; with `u = tanh z` that is `sech(z)^{D-1} dz`, analytic and
/// decaying on the whole line, where the trapezoidal rule converges exponentially. The radius is the difference
/// of two steps, and the rounding.
fn average(dim: usize, k: f64) -> Estimate {
    let rule = |h: f64| {
        let (mut mean, mut mass) = (0.0, 0.0);
        let count = (45.0 / h) as i32;
        for i in -count..=count {
            let z = h * f64::from(i);
            let weight = ((dim as f64 - 1.0) * (std::f64::consts::LN_2 - infodyn_core::stable::ln_2cosh(z))
                + k * (z.tanh() - 1.0))
                .exp();
            mean += weight * z.tanh();
            mass += weight;
        }
        mean / mass
    };
    let (coarse, fine) = (rule(0.05), rule(0.025));
    let rounding = f64::EPSILON * (16.0 + 2.0 * k + dim as f64);
    Estimate::new(fine, (fine - coarse).abs() + rounding)
}

/// The ratio at which continuation finds the branching of the origin.
fn branching(_: &Context, ball: &Ball, broken: bool) -> Result<Comparison> {
    let critical = ball.critical();
    let found = ball.landscape(|l| Ok(diagram(l, (0.05 * critical, 20.0 * critical))?.bifurcations))?;
    let here = found.iter().find(|b| b.kind == Branching::Goldstone && b.multiplicity == ball.law.dim());
    let b = here.ok_or(Error::NotFound("a branching in all directions"))?;
    let d = ball.law.dim() as f64 - if broken { 1.0 } else { 0.0 };
    let rhs = (d / ball.law.radius().powi(2)).ln();
    Ok(Comparison::new(
        Estimate::new(b.log_snr, b.error),
        Estimate::new(rhs, 4.0 * f64::EPSILON * (1.0 + rhs.abs())),
        1e-10,
    ))
}

/// At the fixed points that are found, `|x| = alpha R A_D(k)` with the average over the sphere for `A_D`.
fn ring(_: &Context, ball: &Ball, broken: bool) -> Result<Comparison> {
    let (point, snr) = (ball.ring()?, ball.level()?.snr());
    let radius = ball.law.radius();
    let k = snr * radius * point.at[0];
    let gain = if broken { Estimate::rounded(k.tanh(), 4.0) } else { average(ball.law.dim(), k) };
    // The slope of R A(k(r)) is below 1 there.
    let lhs = gain * Estimate::given(radius) + Estimate::new(0.0, point.error);
    let rhs = Estimate::new(point.at[0], point.error);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The length of `m` off the fixed points, from the marginal's Bessel functions and as an average.
fn angular(_: &Context, ball: &Ball, broken: bool) -> Result<Comparison> {
    let level = ball.level()?;
    let radius = ball.law.radius();
    let r = 0.6 * level.alpha() * radius + level.sigma();
    let mut x = vec![0.0; ball.law.dim()];
    x[1] = r;
    let value = sphere::Marginal::new(&ball.law, &level).observe_at(&x, Detail::Score).mean_offset[1];
    let dim = ball.law.dim() + usize::from(broken);
    let rhs = average(dim, level.alpha() * radius * r / level.sigma2()) * Estimate::given(radius);
    Ok(Comparison::new(Estimate::rounded(value, 16.0), rhs, SHARP * rhs.value()))
}

/// Derivatives of the score at a point on the first axis, `rho` away, along and across it, times `sigma^2`.
fn slopes(ball: &Ball, rho: f64) -> Result<[Estimate; 2]> {
    let level = ball.level()?;
    let density = sphere::Marginal::new(&ball.law, &level);
    let slope = |axis: usize| {
        let read = |h: f64| -> Result<Estimate> {
            let mut x = vec![0.0; ball.law.dim()];
            x[0] = rho;
            x[axis] += h;
            let s = density.score(&x)[axis];
            Ok(Estimate::new(s, 8.0 * f64::EPSILON * (s.abs() + (rho + h.abs()) / level.sigma2())))
        };
        Ok::<_, Error>(
            infodyn_quadrature::derivative(read, 0.0, 0.3 * level.sigma())? * Estimate::given(level.sigma2()),
        )
    };
    Ok([slope(0)?, slope(1)?])
}

/// Across the ray every derivative is the same by symmetry; it vanishes at the fixed points.
fn zero_modes(_: &Context, ball: &Ball, broken: bool) -> Result<Comparison> {
    let (point, level) = (ball.ring()?, ball.level()?);
    let rho = level.alpha() * point.at[0] * if broken { 1.1 } else { 1.0 };
    let [_, mut across] = slopes(ball, rho)?;
    // The eigenvalue A R/r - 1 moves by at most its own scale over r with the place.
    across = across.widened(2.0 * point.error / point.at[0]);
    Ok(Comparison::new(across, Estimate::ZERO, SHARP))
}

/// Along the ray it is below 0 there, and not at the origin.
fn radial(_: &Context, ball: &Ball, broken: bool) -> Result<Comparison> {
    let rho = if broken { 0.0 } else { ball.level()?.alpha() * ball.ring()?.at[0] };
    let [along, _] = slopes(ball, rho)?;
    Ok(Comparison::at_most(along, Estimate::ZERO, SHARP))
}

/// Draws of `X_0` on the sphere and `X_t`: `f` reads both and the noise level.
///
/// A standard normal vector scaled to the radius is uniform on the sphere.
pub(super) fn sample(
    context: &Context,
    cost: u64,
    (law, level): (&Sphere, &NoiseLevel),
    columns: usize,
    f: impl Fn(&[f64], &[f64], &mut [f64]) + Sync,
) -> Result<Means> {
    let dim = law.dim();
    let normal = MixtureLaw::of(Mixture::gaussian(&vec![0.0; dim], Covariance::isotropic(1.0)?)?);
    let marginal = Marginal::new(&normal, level);
    let mut settings = context.settings(cost);
    settings.noise = NoiseLaw::Gaussian;
    let views = [View::new(*level, &marginal)];
    Ok(infodyn_monte_carlo::mean_of(&settings, &*normal, &views, columns, &[], |batch, out| {
        let (mut data, mut x) = (vec![0.0; dim], vec![0.0; dim]);
        for (i, row) in out.chunks_exact_mut(columns).enumerate() {
            let xi = &batch.draws.xi[i * dim..(i + 1) * dim];
            let noise = &batch.draws.noise[i * dim..(i + 1) * dim];
            let scale = law.radius() / xi.iter().map(|v| v * v).sum::<f64>().sqrt();
            for j in 0..dim {
                data[j] = scale * xi[j];
                x[j] = level.alpha() * data[j] + level.sigma() * noise[j];
            }
            f(&data, &x, row);
        }
    })?)
}

/// `E[X_0.X_t/|X_t|] = E[R A_D(k)]`, by the tower property.
fn sampled_mean(context: &Context, ball: &Ball, broken: bool) -> Result<Comparison> {
    let (level, radius) = (ball.level()?, ball.law.radius());
    let means = sample(context, 8, (&ball.law, &level), 2, |data, x, out| {
        let r = x.iter().map(|v| v * v).sum::<f64>().sqrt();
        out[0] = data.iter().zip(x).map(|(a, b)| a * b).sum::<f64>() / r;
        let k = level.alpha() * radius * r / level.sigma2();
        out[1] = radius * if broken { k.tanh() } else { sphere::alignment(ball.law.dim(), k).mean };
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// At a fixed point `x`, `E[L alpha X_0.x/|x|] = |x| E[L]`, `L` the likelihood of a draw at `x`.
fn balance(context: &Context, ball: &Ball, broken: bool) -> Result<Comparison> {
    let (level, radius) = (ball.level()?, ball.law.radius());
    let snr = level.snr();
    let y = if broken {
        super::root(0.1 * radius, 2.0 * radius, |r| Ok(r - radius * (snr * radius * r).tanh()))?
    } else {
        ball.ring()?.at[0]
    };
    let x = level.alpha() * y;
    let means = sample(context, 1, (&ball.law, &level), 2, |data, _, out| {
        let along = level.alpha() * data[0];
        // |x - alpha X_0|^2 up to what is the same for every draw.
        let likelihood = (x * (along - level.alpha() * radius) / level.sigma2()).exp();
        (out[0], out[1]) = (likelihood * along, likelihood * x);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
