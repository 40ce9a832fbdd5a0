//! What fixed points do where branches part: the stability of the origin, the fold of two unequal components, and the
//! mean-field laws on the way to a pitchfork.

use infodyn_bifurcation::{Energy, FixedPoint, Kind as Branching, diagram, fixed_points};
use infodyn_closed_form::Marginal;
use infodyn_core::{Covariance, Density, Estimate, Mixture, NoiseProcess, ulps};

use crate::claims::{landscape, root};
use crate::limit::exponent;
use crate::{Case, Error, Result};

/// `alpha^2 lambda_max(S(0))/sigma^2 - 1`, which changes sign where the origin loses its stability (C1).
pub(crate) fn instability(case: &Case) -> Result<Estimate> {
    let level = case.level()?;
    let dim = case.law().dim();
    case.density(|p| {
        let (anchor, offset) = p.locate(&vec![0.0; dim]);
        let covariance = p.posterior_covariance(anchor, &offset);
        let top = if dim == 1 { covariance[(0, 0)] } else { covariance.symmetric_eigenvalues().max() };
        let ratio = level.alpha() * level.alpha() * top / level.sigma2();
        Ok(Estimate::new(ratio - 1.0, ulps::eigenvalue(dim) * f64::EPSILON * (ratio.abs() + 1.0)))
    })
}

/// `G(d) = 2 d sqrt(d^2-1) - 2 arccosh d`, the log-odds at the fold of `N(+-d, 1)` (C5).
///
/// # Accuracy
/// Units of the two terms, in which `d - 1` is exact up to 2; `arccosh d <= sqrt(d^2-1)`.
pub(crate) fn fold_gap(d: f64) -> Estimate {
    let (root, angle) = (2.0 * d * ((d - 1.0) * (d + 1.0)).sqrt(), 2.0 * d.acosh());
    Estimate::new(root - angle, f64::EPSILON * (ulps::operations(6) * root + (ulps::HYPERBOLIC + 1.0) * angle))
}

/// Components `N(+-a, q)` of weights `w` and `1 - w`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uneven {
    pub(crate) w: f64,
    pub(crate) a: f64,
    pub(crate) q: f64,
}

impl Uneven {
    pub(crate) fn law(self) -> Result<Mixture> {
        let means = [vec![self.a], vec![-self.a]];
        Ok(Mixture::new(&[self.w, 1.0 - self.w], &means, vec![Covariance::isotropic(self.q)?])?)
    }

    /// `d` at a signal-to-noise ratio: `a/sqrt(q + 1/snr)` in the coordinates of the data.
    pub(crate) fn separation(self, snr: f64) -> f64 {
        self.a / (self.q + 1.0 / snr).sqrt()
    }

    /// The fold that continuation finds: `log snr` with its bracket, and the place.
    pub(crate) fn fold(self, process: NoiseProcess) -> Result<(Estimate, f64)> {
        let scale = self.a * self.a - self.q;
        let landscape = landscape(&self.law()?, &process, Energy::Marginal)?;
        let found = diagram(&landscape, (0.5 / scale, 50.0 / scale))?.bifurcations;
        let fold = found.iter().find(|b| b.kind == Branching::Fold).ok_or(Error::NotFound("a fold"))?;
        Ok((Estimate::new(fold.log_snr, fold.error), fold.at[0]))
    }
}

/// What is followed to the pitchfork of the atoms `+-a` in `ve` (C4), `v_c = a^2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MeanField {
    Order,
    Barrier,
    Below,
    Above,
    Field,
}

/// The normal form at the pitchfork, `-log p = (stiffness/2) (v - v_c) x^2 + (quartic/24) x^4`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NormalForm {
    pub(crate) stiffness: f64,
    pub(crate) quartic: f64,
}

impl NormalForm {
    /// Of the atoms `+-a`: `1/v_c^2`, and minus the fourth cumulant `-2 a^4` over `v_c^4`.
    pub(crate) fn of_atoms(a: f64) -> Self {
        Self { stiffness: a.powi(-4), quartic: 2.0 * a.powi(-4) }
    }
}

impl MeanField {
    pub(crate) const ALL: [Self; 5] = [Self::Order, Self::Barrier, Self::Below, Self::Above, Self::Field];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Order => "x*",
            Self::Barrier => "dU",
            Self::Below => "chi below",
            Self::Above => "chi above",
            Self::Field => "x in a field",
        }
    }

    /// Its power of `|v_c - v|`, or of the field.
    pub(crate) fn exponent(self) -> f64 {
        match self {
            Self::Order => 0.5,
            Self::Barrier => 2.0,
            Self::Below | Self::Above => -1.0,
            Self::Field => 1.0 / 3.0,
        }
    }

    /// The limit of the quantity over that power.
    pub(crate) fn amplitude(self, form: NormalForm) -> f64 {
        let NormalForm { stiffness, quartic } = form;
        match self {
            Self::Order => (6.0 * stiffness / quartic).sqrt(),
            Self::Barrier => 1.5 * stiffness * stiffness / quartic,
            Self::Below => 0.5 / stiffness,
            Self::Above => 1.0 / stiffness,
            Self::Field => (6.0 / quartic).cbrt(),
        }
    }

    /// `|v_c - v|` or the field at one size, in the units of the theorem.
    pub(crate) fn distance(self, a: f64, size: f64) -> f64 {
        size * if self == Self::Field { 1.0 / a } else { a * a }
    }

    /// The same with its rounding.
    pub(crate) fn far(self, a: f64, size: f64) -> Estimate {
        Estimate::rounded(self.distance(a, size), ulps::operations(2))
    }

    /// Distances from the branching, in units of `v_c`, or fields in units of `1/a`; each series goes in
    /// powers of what is returned besides.
    fn sizes(self) -> (Vec<f64>, Vec<f64>) {
        let i = |n: i32| 2.0_f64.powi(-n);
        match self {
            // x grows as the cube root of the field, and the series goes in x^2.
            Self::Field => (0..6).map(|n| (1e-2 * i(3 * n), i(2 * n))).unzip(),
            _ => (0..6).map(|n| (0.1 * i(n), i(n))).unzip(),
        }
    }

    /// What is followed at one distance from a noise `critical`, with its error, from the computed fixed points.
    fn value(self, a: f64, critical: f64, size: f64) -> Result<Estimate> {
        let pair = Mixture::symmetric_pair(&[a], 0.0)?;
        if self == Self::Field {
            let field = size / a;
            let level = NoiseProcess::Ve.at(critical)?;
            let density = Marginal::new(&pair, &level);
            let x = root(0.0, 2.0 * a, |x| Ok(density.score(&[x])[0] + field))?;
            // The score is rounded to a few units of (a + x)/v, and falls on the root at least as fast as its mean.
            let doubt = ulps::READING * f64::EPSILON * (a + x) / critical;
            return Ok(Estimate::new(x, doubt * x / field + ulps::ROOT * f64::EPSILON * x));
        }
        let v = critical * if self == Self::Above { 1.0 + size } else { 1.0 - size };
        let landscape = landscape(&pair, &NoiseProcess::Ve, Energy::Marginal)?;
        let points = fixed_points(&landscape, 1.0 / v)?;
        // The centre may stand a rounding below 0.
        let stable = |p: &&FixedPoint| p.stable() && p.at[0] >= -p.error;
        let point = points.iter().find(stable).ok_or(Error::NotFound("a stable fixed point"))?;
        Ok(match self {
            Self::Order => Estimate::new(point.at[0], point.error),
            // The energy is flat at its minimum: the error of the place enters as its square.
            Self::Barrier => landscape.rise(&point.at, &[0.0], 1.0 / v)?,
            // The eigenvalue, whose inverse it is, is rounded, and moves with the place by at most 2 (x/v) dx, in
            // units of 1/v.
            _ => {
                let slope = ulps::eigenvalue(1) * f64::EPSILON + 4.0 * point.at[0].abs() * point.error / critical;
                Estimate::ONE / Estimate::new(1.0 / point.susceptibility(), slope / v)
            }
        })
    }

    /// What is followed at one distance from the branching.
    pub(crate) fn at(self, a: f64, size: f64) -> Result<Estimate> {
        self.value(a, a * a, size)
    }

    /// The exponent fitted to values on the way to a noise `critical`, extrapolated.
    pub(crate) fn fitted_exponent(self, a: f64, critical: f64) -> Result<Estimate> {
        let (sizes, steps) = self.sizes();
        let values = sizes.iter().map(|&s| self.value(a, critical, s)).collect::<Result<Vec<_>>>()?;
        let xs: Vec<f64> = sizes.iter().map(|&s| self.distance(a, s)).collect();
        Ok(exponent(&xs, &values, &steps))
    }

    /// The amplitude over the exact power, extrapolated to the branching.
    pub(crate) fn fitted_amplitude(self, a: f64) -> Result<Estimate> {
        let (sizes, steps) = self.sizes();
        let ratio = |&s: &f64| Ok(self.at(a, s)? * self.far(a, s).powf(-self.exponent()));
        Ok(infodyn_quadrature::limit(&steps, &sizes.iter().map(ratio).collect::<Result<Vec<_>>>()?))
    }
}
