//! The moments of a channel.

use infodyn_core::{
    Channel, Density, Detail, Estimate, Factors, Moment, NoiseLevel, Observation, Route, Support, ulps,
};

use crate::batch::{Functional, Integrand, Sample};
use crate::expectation::{integrate, rough_means};
use crate::shared::{Column, Grid};
use crate::space::Aim;
use crate::{Error, Result, posterior, radial, shared, space};

/// The route of integration: laws of at most three dimensions, or as few in the core of their factors, and laws that no
/// rotation changes in any dimension.
///
/// Every moment is taken as sharply as the rules reach: on the line a few units in the last place of the size of the
/// terms where the density keeps its digits, in two and three dimensions 1e-8 or better ([`Moment::TopEigenvalue`],
/// which has kinks where two eigenvalues cross, 1e-5 or what the budget of nodes allows). Moments of the posterior of
/// `X_0` itself are integrals over `X_0` and `X_t` together, and served on the line.
///
/// On the line components that are alike share their nodes: means of functions of the place alone are sums over one
/// grid, whatever the number of components and of moments.
///
/// # Accuracy
/// As [`crate::expectation`], and [`crate::radial_expectation`].
///
/// # Errors
/// As [`crate::expectation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quadrature;

impl Route for Quadrature {
    type Error = Error;

    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>> {
        means(channel, moments, [space::SHARP, space::KINKED])
    }

    fn reduces(&self, _: &Factors) -> bool {
        true
    }
}

/// [`Quadrature`] where thousands of laws are looked at: in two and three dimensions to 1e-7 of the size of the terms
/// (1e-4 of [`Moment::TopEigenvalue`]) with at most 300000 nodes, which is ten times quicker.
///
/// # Accuracy
/// As [`Quadrature`]: the radii say what was reached.
///
/// # Errors
/// As [`Quadrature`]; [`Error::Nodes`] where a radius would exceed 1e-3 of the terms (1e-2 of the eigenvalue's).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoughQuadrature;

impl Route for RoughQuadrature {
    type Error = Error;

    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>> {
        means(channel, moments, [space::ROUGH, space::ROUGH_KINKED])
    }

    fn reduces(&self, _: &Factors) -> bool {
        true
    }
}

fn means(channel: &Channel, moments: &[Moment], [aim, kinked]: [Aim; 2]) -> Result<Vec<Option<Estimate>>> {
    let level = channel.level();
    let density = channel.observed(&level);
    // On a line, and on a ray, the eigenvalue is one function more.
    let together = |m: &Moment| {
        is_pointwise(*m) && (*m != Moment::TopEigenvalue || density.dim() == 1 || channel.law().is_rotation_invariant())
    };
    let known: Vec<Moment> = moments.iter().copied().filter(together).collect();
    let mut pointwise = Pointwise { channel, density: &*density, aim }.means(&known)?.into_iter();
    let one = |&moment: &Moment| {
        if together(&moment) {
            return Ok(pointwise.next());
        }
        match moment {
            Moment::TopEigenvalue => top_eigenvalue(&*density, kinked).map(Some),
            Moment::DataEntropy if channel.law().support() == Support::Density => {
                let data = channel.observed(&NoiseLevel::DATA);
                Ok(Pointwise { channel, density: &*data, aim }.means(&[Moment::Entropy])?.pop())
            }
            Moment::DataEntropyVariance | Moment::DataSurprisalVariance => posterior::variance(channel, moment),
            _ => Ok(None),
        }
    };
    moments.iter().map(one).collect()
}

/// Whether it is the mean or the variance of a function of one point.
fn is_pointwise(moment: Moment) -> bool {
    !matches!(
        moment,
        Moment::DataEntropy
            | Moment::KernelEntropy
            | Moment::WithinInformation
            | Moment::DataSurprisal
            | Moment::DataSurprisalVariance
            | Moment::DataEntropyVariance
    )
}

/// Moments that are means or variances of functions of one point.
struct Pointwise<'a> {
    channel: &'a Channel,
    density: &'a dyn Density,
    aim: Aim,
}

/// What is subtracted from a variable before it is squared, and in which of its two forms.
#[derive(Debug, Clone, Copy)]
struct Centre {
    form: usize,
    at: f64,
}

/// A function whose mean is taken.
#[derive(Debug, Clone, Copy)]
enum Function {
    /// That whose mean is the moment.
    Of(Moment),
    /// The variable of which the moment is the variance, from a number near its mean; and the square of that.
    Distance(Moment, Centre),
    Square(Moment, Centre),
}

impl Function {
    /// Its value at a point, and a bound for its rounding beyond a few units of its own size.
    fn at(self, s: &Sample<'_>, density: &dyn Density) -> (f64, f64) {
        match self {
            Self::Of(moment) => value(moment, s, density),
            Self::Distance(moment, centre) => {
                let x = variable(moment, s)[centre.form];
                (x - centre.at, ulps::DIFFERENCE * f64::EPSILON * (x.abs() + centre.at.abs()))
            }
            Self::Square(moment, centre) => {
                let (d, rounding) = Self::Distance(moment, centre).at(s, density);
                (d * d, 2.0 * d.abs() * rounding)
            }
        }
    }

    /// The same at all points of a batch on the line, of a function of the place alone.
    fn fill(self, seen: &Observation, density: &dyn Density, column: Column<'_>) {
        let Column { values, bounds } = column;
        if let Self::Of(moment) = self
            && let Some(field) = field(moment, seen)
        {
            values.copy_from_slice(field);
            bounds.fill(0.0);
            return;
        }
        for (index, (value, bound)) in values.iter_mut().zip(bounds).enumerate() {
            let place = Sample { observation: seen, index, anchor: 0, offset: &[0.0] };
            (*value, *bound) = self.at(&place, density);
        }
    }
}

impl Pointwise<'_> {
    /// Where components share nodes, those that refer to the anchor by themselves: these do not.
    fn means(&self, moments: &[Moment]) -> Result<Vec<Estimate>> {
        let Some(grid) = self.grid() else { return self.together(moments, None) };
        let (anchored, of_place): (Vec<Moment>, Vec<Moment>) = moments.iter().partition(|&&m| is_surprisal(m));
        let mut anchored = self.together(&anchored, None)?.into_iter();
        let mut of_place = self.together(&of_place, Some(&grid))?.into_iter();
        Ok(moments.iter().filter_map(|&m| if is_surprisal(m) { anchored.next() } else { of_place.next() }).collect())
    }

    /// Nodes for all components, on the line, where the density is the truth's.
    fn grid(&self) -> Option<Grid> {
        let serves = self.density.dim() == 1 && self.channel.is_true();
        Grid::new(self.density, self.channel.law().mixture().filter(|_| serves)?.means())
    }

    fn together(&self, moments: &[Moment], grid: Option<&Grid>) -> Result<Vec<Estimate>> {
        if moments.is_empty() {
            return Ok(vec![]);
        }
        let (density, n) = (self.density, moments.len());
        let detail = moments.iter().fold(Detail::empty(), |all, &m| all | detail(m));
        let centres = self.centres(moments)?;
        // Means, and of variances the distance from the centre; then the squares of the distances.
        let both = || moments.iter().zip(&centres);
        let first = both().map(|(&m, centre)| centre.map_or(Function::Of(m), |c| Function::Distance(m, c)));
        let then = both().filter_map(|(&m, centre)| centre.map(|c| Function::Square(m, c)));
        let functions: Vec<Function> = first.chain(then).collect();
        let e = self.integrate(detail, &functions, grid)?;
        let mut squares = e[n..].iter();
        let estimate = |(i, centre): (usize, &Option<Centre>)| match (moments[i], centre) {
            (_, Some(_)) => squares.next().map_or(e[i], |&square| square - e[i] * e[i]),
            (Moment::Entropy, None) => e[i].widened(entropy_rounding(density, e[i].value())),
            (_, None) => e[i],
        };
        Ok(centres.iter().enumerate().map(estimate).collect())
    }

    /// On shared nodes where these serve.
    fn integrate(&self, detail: Detail, functions: &[Function], grid: Option<&Grid>) -> Result<Vec<Estimate>> {
        let (density, outputs) = (self.density, functions.len());
        let column = |o: usize, seen: &Observation, column: Column<'_>| functions[o].fill(seen, density, column);
        let shared = grid.map(|grid| shared::Integrand { density, grid, detail, outputs, column: &column });
        if let Some(found) = shared.and_then(|integrand| integrand.means()) {
            return Ok(found);
        }
        let f = |s: &Sample<'_>, out: &mut [f64]| {
            let (values, bounds) = out.split_at_mut(outputs);
            for ((function, value), bound) in functions.iter().zip(values).zip(bounds) {
                (*value, *bound) = function.at(s, density);
            }
        };
        let integrand = Integrand { density, detail, outputs, f: &f, bounded: true };
        let radial = self.channel.law().is_rotation_invariant();
        if radial { radial::integrate(&integrand) } else { integrate(&integrand, self.aim) }
    }

    /// For each moment that is a variance, a number near the mean of the variable.
    fn centres(&self, moments: &[Moment]) -> Result<Vec<Option<Centre>>> {
        let variances: Vec<Moment> = moments.iter().copied().filter(|&m| is_variance(m)).collect();
        let detail = variances.iter().fold(Detail::empty(), |all, &m| all | detail(m));
        if variances.is_empty() || self.channel.law().is_rotation_invariant() {
            return Ok(moments.iter().map(|&m| is_variance(m).then_some(Centre { form: 0, at: 0.0 })).collect());
        }
        let rough = rough_means(self.density, detail, 4 * variances.len(), &|s, out| {
            for (v, &moment) in out.chunks_exact_mut(4).zip(&variances) {
                let [x, y] = variable(moment, s);
                v.copy_from_slice(&[x, x.abs(), y, y.abs()]);
            }
        })?;
        let sharper = |r: &[f64]| if r[3] < r[1] { Centre { form: 1, at: r[2] } } else { Centre { form: 0, at: r[0] } };
        let mut found = rough.chunks_exact(4).map(sharper);
        Ok(moments.iter().map(|&m| if is_variance(m) { found.next() } else { None }).collect())
    }
}

fn is_variance(moment: Moment) -> bool {
    matches!(
        moment,
        Moment::LabelEntropyVariance
            | Moment::LabelSurprisalVariance
            | Moment::ComponentEntropyVariance
            | Moment::ComponentSurprisalVariance
    )
}

/// Whether it refers to the true label or component, which is the anchor's.
fn is_surprisal(moment: Moment) -> bool {
    matches!(moment, Moment::LabelSurprisalVariance | Moment::ComponentSurprisalVariance)
}

/// What is read of an observation for a moment, with what bounds its rounding.
fn detail(moment: Moment) -> Detail {
    let more = match moment {
        Moment::TopEigenvalue => Detail::SCORE_DIVERGENCE,
        Moment::PosteriorSquareTrace => Detail::POSTERIOR_TRACE,
        Moment::LabelProduction => Detail::LABEL_ENTROPY | Detail::SCORE,
        Moment::LabelEntropyVariance => Detail::LABEL_EXCESS,
        Moment::ComponentEntropyVariance => Detail::COMPONENT_EXCESS,
        _ => Detail::empty(),
    };
    moment.detail() | more
}

/// The field of an observation whose mean is the moment.
fn field(moment: Moment, o: &Observation) -> Option<&[f64]> {
    Some(match moment {
        Moment::ScoreDivergence => &o.score_divergence,
        Moment::PosteriorTrace => &o.posterior_trace,
        Moment::ComponentInformation => &o.component.divergence,
        Moment::ComponentEntropy => &o.component.entropy,
        Moment::LabelEntropy => &o.label.entropy,
        Moment::LabelAgreement => &o.label.agreement,
        _ => return None,
    })
}

/// The function whose mean is the moment, at a point, and a bound for its rounding beyond a few units of its own size.
fn value(moment: Moment, s: &Sample<'_>, density: &dyn Density) -> (f64, f64) {
    let (o, i) = (s.observation, s.index);
    if let Some(field) = field(moment, o) {
        return (field[i], 0.0);
    }
    let value = match moment {
        Moment::Entropy => -o.ln_density[i],
        Moment::ScoreNorm2 => o.score_norm2(i, s.offset.len()),
        Moment::TopEigenvalue if s.offset.len() == 1 => o.score_divergence[i],
        Moment::TopEigenvalue => density.top_eigenvalue(s.anchor, s.offset),
        Moment::PosteriorSquareTrace if s.offset.len() == 1 => o.posterior_trace[i] * o.posterior_trace[i],
        Moment::PosteriorSquareTrace => density.posterior_square_trace(s.anchor, s.offset),
        Moment::LabelProduction => {
            // Squares of differences of rounded scores, which at high noise hardly differ:
            // sum pi |s_y - s| |s_y| <= b + 2 |s| sqrt((1 - pi_top) b), and 1 - pi_top <= h.
            let b = o.label_production[i];
            let doubt = o.label.entropy[i].min(1.0);
            return (b, ulps::DIFFERENCE * f64::EPSILON * (b + (doubt * b * o.score_norm2(i, s.offset.len())).sqrt()));
        }
        // The others are no means of a function of a point.
        _ => f64::NAN,
    };
    (value, 0.0)
}

/// The variable of which a moment is the variance, in two forms that differ by a constant.
fn variable(moment: Moment, s: &Sample<'_>) -> [f64; 2] {
    let (o, i) = (s.observation, s.index);
    match moment {
        Moment::LabelEntropyVariance => [o.label.entropy[i], o.label.excess[i]],
        Moment::ComponentEntropyVariance => [o.component.entropy[i], o.component.excess[i]],
        Moment::LabelSurprisalVariance => [o.label.surprisal[i]; 2],
        _ => [o.component.surprisal[i]; 2],
    }
}

/// How much of `log p` is rounded away where its parts, the normaliser and the exponent, cancel.
fn entropy_rounding(density: &dyn Density, value: f64) -> f64 {
    let normaliser = |k: usize| (0..density.dim()).map(|i| 0.5 * density.variance(k, i).ln().abs() + 1.5).sum::<f64>();
    let parts: f64 = density.weights().iter().enumerate().map(|(k, w)| w * (normaliser(k) - w.ln())).sum();
    ulps::DIFFERENCE * f64::EPSILON * (parts + value.abs())
}

/// `E lambda_max(grad s)` above one dimension, in a run of its own: where two eigenvalues cross the largest has a kink,
/// and the rules converge slowly. An eigenvalue is right to units of the largest, however small it is.
fn top_eigenvalue(density: &dyn Density, aim: Aim) -> Result<Estimate> {
    let f: &Functional<'_> = &|s, out| out[0] = density.top_eigenvalue(s.anchor, s.offset);
    let integrand = Integrand { density, detail: Detail::empty(), outputs: 1, f, bounded: false };
    let units = ulps::eigenvalue(density.dim()) + ulps::sum(density.weights().len()) + ulps::READING;
    Ok(integrate(&integrand, aim)?[0].widened(units * f64::EPSILON * 2.0 * density.fisher_bound()))
}
