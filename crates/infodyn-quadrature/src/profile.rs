//! The quantities of a law at one noise level.

use infodyn_core::stable::Sum;
use infodyn_core::{Density, Detail, Estimate, NoiseLevel, Profile, Quantity};

use crate::batch::{Integrand, Sample};
use crate::expectation::{integrate, rough_means};
use crate::{Error, Result, posterior, space};

/// A law seen through noise: the marginal of `X_t`, the density of `X_0` where the law has one,
/// and an independent factor that the law splits off.
#[derive(Clone, Copy)]
pub struct Channel<'a> {
    /// The density of `X_t`, in `R^D`.
    pub marginal: &'a dyn Density,
    /// The density of `X_0`, when the law has one: `alpha = 1`, `sigma = 0`.
    pub data: Option<&'a dyn Density>,
    /// The noise level at which `marginal` stands.
    pub level: NoiseLevel,
    /// Independent coordinates besides those of `marginal`.
    pub complement: Option<Complement<'a>>,
}

/// `multiplicity` independent coordinates with one and the same law of a single component: what is
/// left of `R^D` outside the span of the means when all covariances are one multiple of the identity.
#[derive(Clone, Copy)]
pub struct Complement<'a> {
    /// The density of one coordinate of `X_t`, one component in one dimension.
    pub marginal: &'a dyn Density,
    /// The density of that coordinate of `X_0`, when it has one.
    pub data: Option<&'a dyn Density>,
    /// Number of coordinates.
    pub multiplicity: usize,
}

impl<'a> Channel<'a> {
    /// A channel without complement.
    #[must_use]
    pub fn new(marginal: &'a dyn Density, data: Option<&'a dyn Density>, level: NoiseLevel) -> Self {
        Self { marginal, data, level, complement: None }
    }

    /// Total dimension.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.marginal.dim() + self.complement.map_or(0, |c| c.multiplicity)
    }

    /// The factor that is not the complement.
    fn main(&self) -> Self {
        Self { complement: None, ..*self }
    }

    /// One coordinate of the complement, and how many there are.
    fn rest(&self) -> Result<Option<(Self, f64)>> {
        let Some(c) = self.complement.filter(|c| c.multiplicity > 0) else {
            return Ok(None);
        };
        let (components, dim) = (c.marginal.weights().len(), c.marginal.dim());
        if (components, dim) != (1, 1) {
            return Err(Error::Complement { components, dim });
        }
        Ok(Some((
            Self { marginal: c.marginal, data: c.data, level: self.level, complement: None },
            c.multiplicity as f64,
        )))
    }

    /// Whether every component of the law is a point.
    fn is_atomic(&self) -> bool {
        let atomic =
            |d: &dyn Density| (0..d.weights().len()).all(|k| (0..d.dim()).all(|axis| d.eigenvalue(k, axis) == 0.0));
        atomic(self.marginal) && self.complement.is_none_or(|c| c.multiplicity == 0 || atomic(c.marginal))
    }

    /// Whether both factors carry the density of their data.
    fn has_density(&self) -> bool {
        self.data.is_some() && self.complement.is_none_or(|c| c.multiplicity == 0 || c.data.is_some())
    }
}

/// The expectations from which the quantities are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mean {
    /// `E[-log p]`.
    Entropy,
    /// `E|s|^2`.
    ScoreNorm2,
    /// `E[div s]`.
    ScoreDivergence,
    /// `E tr S`.
    Mmse,
    /// `E KL` of the component's posterior from its prior.
    Divergence,
    /// `E` of the entropy of the component's posterior.
    ComponentEntropy,
    /// `E h`.
    LabelEntropy,
    /// `E b`.
    LabelProduction,
    /// `E sum_y pi_y^2`.
    Agreement,
}

impl Mean {
    /// The value at a point, and a bound for its rounding beyond a few units of its own size.
    fn read(self, s: &Sample<'_>) -> (f64, f64) {
        let (o, i) = (s.observation, s.index);
        let value = match self {
            Self::Entropy => -o.ln_density[i],
            Self::ScoreNorm2 => o.score_norm2(i, s.offset.len()),
            Self::ScoreDivergence => o.score_divergence[i],
            Self::Mmse => o.posterior_trace[i],
            Self::Divergence => o.component.divergence[i],
            Self::ComponentEntropy => o.component.entropy[i],
            Self::LabelEntropy => o.label.entropy[i],
            Self::Agreement => o.label.agreement[i],
            Self::LabelProduction => {
                // Squares of differences of rounded scores, which at high noise hardly differ:
                // sum pi |s_y - s| |s_y| <= b + 2 |s| sqrt((1 - pi_top) b), and 1 - pi_top <= h.
                let b = o.label_production[i];
                let doubt = o.label.entropy[i].min(1.0);
                return (b, f64::EPSILON * (b + (doubt * b * o.score_norm2(i, s.offset.len())).sqrt()));
            }
        };
        (value, 0.0)
    }
}

/// The random variables of which the variance is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spread {
    /// Entropy of the label's posterior.
    LabelEntropy,
    /// Surprisal of the true label.
    LabelSurprisal,
    /// Entropy of the component's posterior.
    ComponentEntropy,
    /// Surprisal of the true component.
    ComponentSurprisal,
}

impl Spread {
    /// The variable in two forms that differ by a constant: the sharper one is used.
    fn read(self, s: &Sample<'_>) -> [f64; 2] {
        let (o, i) = (s.observation, s.index);
        match self {
            Self::LabelEntropy => [o.label.entropy[i], o.label.excess[i]],
            Self::ComponentEntropy => [o.component.entropy[i], o.component.excess[i]],
            Self::LabelSurprisal => [o.label.surprisal[i]; 2],
            Self::ComponentSurprisal => [o.component.surprisal[i]; 2],
        }
    }
}

/// Which expectations a quantity takes.
fn needs(quantity: Quantity, channel: &Channel<'_>) -> (Vec<Mean>, Vec<Spread>) {
    let line = channel.marginal.dim() == 1;
    match quantity {
        Quantity::MarginalEntropy => (vec![Mean::Entropy], vec![]),
        Quantity::MarginalEntropyRate | Quantity::MeanScoreNorm2 => (vec![Mean::ScoreNorm2], vec![]),
        Quantity::ConditionalEntropy if channel.is_atomic() => (vec![Mean::ComponentEntropy], vec![]),
        Quantity::ConditionalEntropy if channel.has_density() => (vec![Mean::Divergence], vec![]),
        Quantity::MutualInformation => (vec![Mean::Divergence], vec![]),
        Quantity::MeanScoreDivergence => (vec![Mean::ScoreDivergence], vec![]),
        Quantity::ConditionalEntropyRate | Quantity::Mmse | Quantity::BandwidthFraction => (vec![Mean::Mmse], vec![]),
        Quantity::LabelEntropy => (vec![Mean::LabelEntropy], vec![]),
        Quantity::LabelEntropyRate => (vec![Mean::LabelProduction], vec![]),
        Quantity::LabelPosteriorEntropyVariance => (vec![], vec![Spread::LabelEntropy]),
        Quantity::LabelSurprisalVariance => (vec![], vec![Spread::LabelSurprisal]),
        Quantity::PosteriorEntropyVariance if channel.is_atomic() => (vec![], vec![Spread::ComponentEntropy]),
        Quantity::SurprisalVariance if channel.is_atomic() => (vec![], vec![Spread::ComponentSurprisal]),
        Quantity::CloneAgreement => (vec![Mean::Agreement], vec![]),
        Quantity::MeanTopEigenvalue if line => (vec![Mean::ScoreDivergence], vec![]),
        _ => (vec![], vec![]),
    }
}

/// The expectations of one factor.
struct Known {
    means: Vec<(Mean, Estimate)>,
    spreads: Vec<(Spread, Estimate)>,
}

impl Known {
    fn compute(density: &dyn Density, means: &[Mean], spreads: &[Spread]) -> Result<Self> {
        if means.is_empty() && spreads.is_empty() {
            return Ok(Self { means: vec![], spreads: vec![] });
        }
        let detail = if means.contains(&Mean::LabelProduction) { Detail::Labels } else { Detail::Score };
        let centres = spread_centres(density, spreads)?;
        let (m, n) = (means.len(), spreads.len());
        let outputs = m + 2 * n;
        let f = |s: &Sample<'_>, out: &mut [f64]| {
            let (values, bounds) = out.split_at_mut(outputs);
            for ((v, r), mean) in values.iter_mut().zip(&mut *bounds).zip(means) {
                (*v, *r) = mean.read(s);
            }
            let pairs = values[m..].chunks_exact_mut(2).zip(bounds[m..].chunks_exact_mut(2));
            for (((v, r), spread), c) in pairs.zip(spreads).zip(&centres) {
                let x = spread.read(s)[c.form];
                let d = x - c.at;
                let rounding = f64::EPSILON * (x.abs() + c.at.abs());
                v.copy_from_slice(&[d, d * d]);
                r.copy_from_slice(&[rounding, 2.0 * d.abs() * rounding]);
            }
        };
        let e = integrate(&Integrand { density, detail, outputs, f: &f, bounded: true }, space::SHARP)?;
        let mut means: Vec<(Mean, Estimate)> = means.iter().copied().zip(e[..m].iter().copied()).collect();
        if let Some(entry) = means.iter_mut().find(|entry| entry.0 == Mean::Entropy) {
            entry.1 = entry.1.widened(entropy_rounding(density, entry.1.value()));
        }
        let spreads = spreads.iter().copied().zip(e[m..].chunks_exact(2).map(|v| v[1] - v[0] * v[0]));
        Ok(Self { means, spreads: spreads.collect() })
    }

    fn mean(&self, mean: Mean) -> Estimate {
        find(&self.means, mean)
    }

    fn spread(&self, spread: Spread) -> Estimate {
        find(&self.spreads, spread)
    }
}

/// The estimate of that name; an unusable one when it was not asked for, which no caller does.
fn find<T: PartialEq + Copy>(list: &[(T, Estimate)], name: T) -> Estimate {
    list.iter().find(|entry| entry.0 == name).map_or(Estimate::new(f64::NAN, f64::INFINITY), |entry| entry.1)
}

/// How much of `log p` is rounded away where its parts, the normaliser and the exponent, cancel.
fn entropy_rounding(density: &dyn Density, value: f64) -> f64 {
    let normaliser = |k: usize| (0..density.dim()).map(|i| 0.5 * density.variance(k, i).ln().abs() + 1.5).sum::<f64>();
    let parts: f64 = density.weights().iter().enumerate().map(|(k, w)| w * (normaliser(k) - w.ln())).sum();
    f64::EPSILON * (parts + value.abs())
}

/// What is subtracted from a variable before it is squared.
struct Centre {
    form: usize,
    at: f64,
}

fn spread_centres(density: &dyn Density, spreads: &[Spread]) -> Result<Vec<Centre>> {
    if spreads.is_empty() {
        return Ok(vec![]);
    }
    let rough = rough_means(density, Detail::Score, 4 * spreads.len(), &|s, out| {
        for (v, spread) in out.chunks_exact_mut(4).zip(spreads) {
            let [x, y] = spread.read(s);
            v.copy_from_slice(&[x, x.abs(), y, y.abs()]);
        }
    })?;
    Ok(rough
        .chunks_exact(4)
        .map(|r| if r[3] < r[1] { Centre { form: 1, at: r[2] } } else { Centre { form: 0, at: r[0] } })
        .collect())
}

/// All of `quantities` that exist for the law and that quadrature computes.
///
/// `accuracy` is the radius asked for, absolute; every quantity is computed as sharply as the
/// rules reach anyhow: in one dimension a few units in the last place of the size of the terms where
/// the density keeps its digits, in two and three 1e-8 or better (`mean_top_eigenvalue`, which has
/// kinks where two eigenvalues cross, 1e-5 or what the budget of nodes allows).
///
/// # Accuracy
/// As [`crate::expectation`]. Sums over the complement add its radii times its multiplicity.
///
/// # Errors
/// As [`crate::expectation`]; [`Error::Accuracy`] when a radius exceeds `accuracy`.
pub fn profile(channel: &Channel<'_>, quantities: &[Quantity], accuracy: Option<f64>) -> Result<Profile> {
    let (mut means, mut spreads) = (vec![], vec![]);
    for &q in quantities {
        let (m, s) = needs(q, channel);
        means.extend(m.into_iter().filter(|m| !means.contains(m)).collect::<Vec<_>>());
        spreads.extend(s.into_iter().filter(|s| !spreads.contains(s)).collect::<Vec<_>>());
    }
    let main = Known::compute(channel.marginal, &means, &spreads)?;
    let rest = match channel.rest()? {
        Some((one, count)) => Some((Known::compute(one.marginal, &means, &spreads)?, count)),
        None => None,
    };
    let known = Factors { main, rest };
    let mut profile = Profile::new();
    for &quantity in quantities {
        match assemble(channel, &known, quantity) {
            Ok(estimate) => {
                if let Some(asked) = accuracy.filter(|&a| estimate.radius() > a || estimate.radius().is_nan()) {
                    let methods = "closed-form or monte-carlo";
                    return Err(Error::Accuracy { quantity, radius: estimate.radius(), asked, methods });
                }
                profile.set(quantity, estimate);
            }
            Err(Error::Absent { .. } | Error::Unserved { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(profile)
}

/// The two independent factors.
struct Factors {
    main: Known,
    rest: Option<(Known, f64)>,
}

impl Factors {
    /// A mean that adds over independent coordinates.
    fn total(&self, mean: Mean) -> Estimate {
        let main = self.main.mean(mean);
        self.rest.as_ref().map_or(main, |(rest, count)| main + rest.mean(mean) * Estimate::given(*count))
    }

    fn total_spread(&self, spread: Spread) -> Estimate {
        let main = self.main.spread(spread);
        self.rest.as_ref().map_or(main, |(rest, count)| main + rest.spread(spread) * Estimate::given(*count))
    }
}

/// A quantity from the expectations.
fn assemble(channel: &Channel<'_>, known: &Factors, quantity: Quantity) -> Result<Estimate> {
    let level = &channel.level;
    Ok(match quantity {
        Quantity::MarginalEntropy => known.total(Mean::Entropy),
        Quantity::MarginalEntropyRate => {
            known.total(Mean::ScoreNorm2) * Estimate::given(level.g2()) / 2
                + Estimate::count(channel.dim()) * Estimate::given(level.f())
        }
        Quantity::ConditionalEntropy if channel.is_atomic() => known.total(Mean::ComponentEntropy),
        Quantity::ConditionalEntropy if channel.has_density() => data_entropy(channel)? - information(channel, known)?,
        Quantity::ConditionalEntropy => {
            let why = "it is mixed: neither atoms nor a density; only differences are defined, by mutual_information";
            return Err(Error::Absent { quantity, why });
        }
        // Of the equal forms of the rate this one is a mean of nonnegative numbers: it keeps its
        // relative accuracy where D/sigma^2 and E[div s] cancel.
        Quantity::ConditionalEntropyRate => {
            known.total(Mean::Mmse) * rounded(0.5 * level.g2() * level.snr() / level.sigma2())
        }
        Quantity::MutualInformation => information(channel, known)?,
        Quantity::MeanScoreDivergence => known.total(Mean::ScoreDivergence),
        Quantity::MeanScoreNorm2 => known.total(Mean::ScoreNorm2),
        Quantity::Mmse => known.total(Mean::Mmse),
        Quantity::BandwidthFraction => known.total(Mean::Mmse) * rounded(level.snr() / channel.dim() as f64),
        Quantity::LabelEntropy => known.main.mean(Mean::LabelEntropy),
        Quantity::LabelEntropyRate => known.main.mean(Mean::LabelProduction) * Estimate::given(level.g2()) / 2,
        Quantity::LabelPosteriorEntropyVariance => known.main.spread(Spread::LabelEntropy),
        Quantity::LabelSurprisalVariance => known.main.spread(Spread::LabelSurprisal),
        Quantity::PosteriorEntropyVariance if channel.is_atomic() => known.total_spread(Spread::ComponentEntropy),
        Quantity::SurprisalVariance if channel.is_atomic() => known.total_spread(Spread::ComponentSurprisal),
        Quantity::PosteriorEntropyVariance | Quantity::SurprisalVariance => posterior_variance(channel, quantity)?,
        Quantity::CloneAgreement => known.main.mean(Mean::Agreement),
        Quantity::MeanTopEigenvalue => top_eigenvalue(channel, known)?,
    })
}

/// A constant that took a few operations.
fn rounded(value: f64) -> Estimate {
    Estimate::rounded(value, 2.0)
}

/// `I(X_0; X_t)`: what the component's posterior tells, and the capacity of the Gaussian channel
/// inside each component.
fn information(channel: &Channel<'_>, known: &Factors) -> Result<Estimate> {
    let inside = |d: &dyn Density| {
        let snr = channel.level.snr();
        let one = |k: usize| (0..d.dim()).map(|i| 0.5 * (snr * d.eigenvalue(k, i)).ln_1p()).sum::<f64>();
        let sum: Sum = d.weights().iter().enumerate().map(|(k, w)| w * one(k)).collect();
        // snr is rounded: log(1 + x) moves by x/(1 + x) <= log(1 + x) of a relative error of x.
        Estimate::rounded(sum.value(), 4.0)
    };
    let total = known.total(Mean::Divergence) + inside(channel.marginal);
    Ok(match channel.rest()? {
        Some((rest, count)) => total + inside(rest.marginal) * Estimate::given(count),
        None => total,
    })
}

/// `H(X_0)`, differential.
fn data_entropy(channel: &Channel<'_>) -> Result<Estimate> {
    let entropy = |data: Option<&dyn Density>| match data {
        Some(data) => Ok(Known::compute(data, &[Mean::Entropy], &[])?.mean(Mean::Entropy)),
        None => {
            Err(Error::Absent { quantity: Quantity::ConditionalEntropy, why: "the density of the data is not given" })
        }
    };
    let main = entropy(channel.data)?;
    Ok(match channel.rest()? {
        Some((rest, count)) => main + entropy(rest.data)? * Estimate::given(count),
        None => main,
    })
}

/// `Var H[p(X_0 given X_t)]` or `Var[-log p(X_0 given X_t)]` of a law with a density.
fn posterior_variance(channel: &Channel<'_>, quantity: Quantity) -> Result<Estimate> {
    let one = |c: &Channel<'_>| match c.data {
        None => Err(Error::Absent { quantity, why: "it is mixed: neither atoms nor a density" }),
        Some(_) if c.marginal.dim() != 1 => {
            let why = "of a law with a density in more than one dimension";
            Err(Error::Unserved { quantity, why, methods: "monte-carlo (closed-form for a single Gaussian)" })
        }
        Some(data) => posterior::variance(c, data, quantity),
    };
    let main = one(&channel.main())?;
    Ok(match channel.rest()? {
        Some((rest, count)) => main + one(&rest)? * Estimate::given(count),
        None => main,
    })
}

/// `E lambda_max(grad s)`.
fn top_eigenvalue(channel: &Channel<'_>, known: &Factors) -> Result<Estimate> {
    let density = channel.marginal;
    let floor = match channel.rest()? {
        // One component in one dimension: its slope is the same everywhere.
        Some((rest, _)) => rest.marginal.top_eigenvalue(0, &[0.0]),
        None => f64::NEG_INFINITY,
    };
    if density.dim() == 1 && floor == f64::NEG_INFINITY {
        return Ok(known.main.mean(Mean::ScoreDivergence));
    }
    let f = |s: &Sample<'_>, out: &mut [f64]| {
        out[0] = if s.offset.len() == 1 {
            s.observation.score_divergence[s.index]
        } else {
            density.top_eigenvalue(s.anchor, s.offset)
        }
        .max(floor);
    };
    // Where two eigenvalues cross the largest has a kink, and the rules converge slowly.
    let integrand = Integrand { density, detail: Detail::Score, outputs: 1, f: &f, bounded: false };
    Ok(integrate(&integrand, space::KINKED)?[0])
}

macro_rules! single {
    ($($name:ident $quantity:ident : $doc:literal;)*) => { $(
        #[doc = $doc]
        ///
        /// # Accuracy
        /// As [`crate::expectation`].
        ///
        /// # Errors
        /// As [`crate::expectation`]; [`Error::Absent`] when the law has no such quantity,
        /// [`Error::Unserved`], which names the methods that serve, when this route has none.
        pub fn $name(channel: &Channel<'_>) -> Result<Estimate> {
            one(channel, Quantity::$quantity)
        }
    )* };
}

/// One quantity; the error says why when there is none.
fn one(channel: &Channel<'_>, quantity: Quantity) -> Result<Estimate> {
    let (means, spreads) = needs(quantity, channel);
    let main = Known::compute(channel.marginal, &means, &spreads)?;
    let rest = match channel.rest()? {
        Some((rest, count)) => Some((Known::compute(rest.marginal, &means, &spreads)?, count)),
        None => None,
    };
    assemble(channel, &Factors { main, rest }, quantity)
}

single! {
    marginal_entropy MarginalEntropy: "`H(X_t)`, nats: `E[-log p_t]`, from the density alone.";
    marginal_entropy_rate MarginalEntropyRate: "`d/dt H(X_t) = D f + (g^2/2) E|s|^2`, nats per unit time.";
    conditional_entropy ConditionalEntropy: "`H(X_0 given X_t)`, nats: mean entropy of the component's posterior for atoms, `H(X_0) - I(X_0;X_t)` for a law with a density.";
    conditional_entropy_rate ConditionalEntropyRate: "`d/dt H(X_0 given X_t)`, nats per unit time, as `(g^2 alpha^2/(2 sigma^4)) mmse`.";
    mutual_information MutualInformation: "`I(X_0;X_t)`, nats.";
    mean_score_divergence MeanScoreDivergence: "`E[div s]`.";
    mean_score_norm2 MeanScoreNorm2: "`E|s|^2`.";
    mmse Mmse: "`E tr Cov[X_0 given X_t]`.";
    bandwidth_fraction BandwidthFraction: "`eta = (gamma/D) mmse`.";
    label_entropy LabelEntropy: "`H(Y given X_t)`, nats.";
    label_entropy_rate LabelEntropyRate: "`d/dt H(Y given X_t) = (g^2/2) E sum_y pi_y |s_y - s|^2`, nats per unit time.";
    label_posterior_entropy_variance LabelPosteriorEntropyVariance: "`Var h(X_t)`, nats^2, from the entropy or its excess, whichever is smaller.";
    label_surprisal_variance LabelSurprisalVariance: "`Var[-log pi_Y(X_t)]`, nats^2.";
    posterior_entropy_variance PosteriorEntropyVariance: "`Var` over `X_t` of the entropy of `p(X_0 given X_t)`, nats^2: atoms in any served dimension, densities in `D = 1`.";
    surprisal_variance SurprisalVariance: "`Var[-log p(X_0 given X_t)]`, nats^2: atoms in any served dimension, densities in `D = 1`.";
    clone_agreement CloneAgreement: "`E sum_y pi_y^2`.";
    mean_top_eigenvalue MeanTopEigenvalue: "`E lambda_max(grad s)`.";
}
