//! What `profile` says, route by route, held against definitions that share nothing with how it puts quantities
//! together.
//!
//! Nearly all of them are derivatives of one function: `H(alpha, sigma^2)`, the entropy of `alpha X_0 + sigma Z`, which
//! is enclosed with its derivatives from the log-density alone. Information is `H` without that of the noise; rates are
//! slopes along the process; `E|s|^2 = 2 dH/dsigma^2`; the mmse and what it loses are slopes in the signal-to-noise
//! ratio; what a label tells is the entropy that it takes away.

use std::sync::{Arc, OnceLock};

use infodyn_closed_form::{ClosedForm, SphereLaw};
use infodyn_core::{
    Channel, Comparison, Covariance, Estimate, Law as _, Mixture, NoiseLevel, NoiseProcess, Quantity, Route, Sphere,
    Support, profile, ulps,
};
use infodyn_enclosure::{Enclosure, Interval, Jet, Level, LineLaw, Moment, Number, Parameter};
use infodyn_monte_carlo::MonteCarlo;
use infodyn_quadrature::{Quadrature, derivative};

use crate::claims::{SAMPLED, SHARP, atoms, integral, labelled_mixture};
use crate::enclosed::{Curve, SHARPNESS, Slope, point};
use crate::rates::noise_entropy;
use crate::{Case, Check, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Result, bells};

/// A way to ask for a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    ClosedForm,
    Quadrature,
    Enclosure,
    MonteCarlo,
}

impl Way {
    fn kind(self) -> Kind {
        match self {
            Self::ClosedForm | Self::Quadrature => Kind::Quadrature,
            Self::Enclosure => Kind::Enclosure,
            Self::MonteCarlo => Kind::MonteCarlo,
        }
    }

    /// How it is called beside the kind of its evidence.
    fn name(self) -> &'static str {
        if self == Self::ClosedForm { " in closed form" } else { "" }
    }

    /// The part of the right side to which a difference is to be known; of a covariance of clones a sample says less.
    fn sharpness(self, quantity: Quantity) -> f64 {
        match self {
            Self::ClosedForm | Self::Quadrature => SHARP,
            Self::Enclosure => SHARPNESS,
            Self::MonteCarlo if quantity == Quantity::PosteriorEntropyVariance => 3.0 * SAMPLED,
            Self::MonteCarlo => SAMPLED,
        }
    }

    /// Whether its profile has the quantity, by other means than the definition. What one moment makes is made by the
    /// same function for all: of simulations the moment is enough.
    fn serves(self, quantity: Quantity) -> bool {
        use Quantity as Q;
        let of_a_point = matches!(
            quantity,
            Q::MarginalEntropy
                | Q::CloneAgreement
                | Q::LabelPosteriorEntropyVariance
                | Q::LabelSurprisalVariance
                | Q::PosteriorEntropyVariance
                | Q::SurprisalVariance
                | Q::PosteriorSquareTrace
        );
        let of_another = matches!(quantity, Q::MarginalEntropyRate | Q::ConditionalEntropyRate | Q::BandwidthFraction);
        match self {
            Self::Enclosure => !of_a_point,
            Self::MonteCarlo => !of_another,
            Self::ClosedForm | Self::Quadrature => true,
        }
    }

    fn ask(self, context: &Context, channel: &Channel, quantity: Quantity) -> Result<Estimate> {
        fn of<R: Route>(route: &R, channel: &Channel, quantity: Quantity) -> Result<Estimate>
        where
            Error: From<R::Error>,
        {
            profile(route, channel, &[quantity])?.get(quantity).ok_or(Error::NotFound(quantity.name()))
        }
        // How many times fewer samples than usual a tenth of the number takes.
        let cost = match quantity {
            Quantity::MeanScoreNorm2 | Quantity::LabelEntropyRate => 1,
            Quantity::MutualInformation | Quantity::CloneAgreement => 16,
            _ if quantity.unit() == "nats^2" => 2,
            _ => 4,
        };
        match self {
            Self::ClosedForm => of(&ClosedForm, channel, quantity),
            Self::Quadrature => of(&Quadrature, channel, quantity),
            Self::Enclosure => of(&Enclosure, channel, quantity),
            Self::MonteCarlo => of(&MonteCarlo(context.settings(cost)), channel, quantity),
        }
    }
}

/// What checks of some quantities share: the law, the ways to ask for them, and what they are by definition.
#[derive(Clone)]
struct Asked {
    case: Case,
    ways: &'static [Way],
    entropies: Entropies,
}

/// A law on the line, and the variances of independent Gaussian coordinates beside it.
#[derive(Clone)]
struct Entropies {
    line: LineLaw,
    /// The law given each label.
    given: Vec<LineLaw>,
    beside: Vec<Interval>,
}

impl Entropies {
    /// Of a law on the line, of a pair, or of one Gaussian whose axes are those of space.
    fn of(law: &Mixture) -> Result<Self> {
        if law.components() == 1 {
            let q = |i: usize| law.covariance(0).eigenvalue(i);
            let line = LineLaw::from_parts(&[1.0], &[0.0], &[q(0)]);
            return Ok(Self { given: vec![line.clone()], line, beside: (1..law.dim()).map(|i| point(q(i))).collect() });
        }
        let line = LineLaw::new(law)?;
        let given = |label: usize| {
            let of = || (0..law.components()).filter(|&k| law.labels()[k] == label);
            let weights: Vec<f64> = of().map(|k| law.weights()[k]).collect();
            // No entropy knows where the only component of a label lies.
            let means: Vec<f64> = of().map(|k| law.mean(k)[0]).collect();
            let variances: Vec<f64> = of().map(|k| law.covariance(k).eigenvalue(0)).collect();
            LineLaw::from_parts(&weights, &means, &variances)
        };
        let beside = vec![point(law.covariance(0).eigenvalue(0)); line.further];
        Ok(Self { given: (0..law.label_weights().len()).map(given).collect(), line, beside })
    }

    fn dim(&self) -> f64 {
        1.0 + self.beside.len() as f64
    }

    /// `H(alpha X_0 + sigma Z)`.
    fn entropy<P: Parameter>(&self, [alpha, sigma2]: [P; 2]) -> infodyn_enclosure::Result<P> {
        let line = self.line.at(alpha, sigma2)?.mean(Moment::LnDensity)?;
        let beside = |&q: &Interval| gaussian_entropy(alpha.sqr() * P::real(q) + sigma2);
        Ok(self.beside.iter().fold(line, |sum, q| sum + beside(q)))
    }

    /// `I(X_0;X_t)`.
    fn information<P: Parameter>(&self, kernel: [P; 2]) -> infodyn_enclosure::Result<P> {
        Ok(self.entropy(kernel)? - gaussian_entropy(kernel[1]).times(self.dim()))
    }

    /// `H(Y given X_t)`: the entropy of the label, less what `X_t` loses of its own once the label is known.
    fn of_label<P: Parameter>(&self, [alpha, sigma2]: [P; 2]) -> infodyn_enclosure::Result<P> {
        let mut sum = -self.line.at(alpha, sigma2)?.mean(Moment::LnDensity)?;
        for (weight, part) in self.line.label_weights().into_iter().zip(&self.given) {
            let within = part.at(alpha, sigma2)?.mean(Moment::LnDensity)?;
            sum = sum + P::real(weight) * within - P::real(weight * weight.ln());
        }
        Ok(sum)
    }

    /// `H(X_0)`: of atoms that of their weights.
    fn of_data(&self, support: Support) -> infodyn_enclosure::Result<Interval> {
        if support == Support::Atoms {
            return Ok(self.line.by_component().label_weights().iter().fold(Interval::ZERO, |h, w| h - *w * w.ln()));
        }
        self.entropy([Interval::ONE, Interval::ZERO])
    }
}

impl Asked {
    fn new(case: Case, ways: &'static [Way]) -> Result<Self> {
        let entropies = Entropies::of(case.law())?;
        Ok(Self { case, ways, entropies })
    }

    /// The true level: the enclosure of the kernel, and the doubles of the case.
    fn level(&self) -> Result<Level> {
        let read = self.case.truth().level()?;
        let level = Level::new(self.case.process(), self.case.t())?;
        let both = |enclosed: Interval, double: f64| enclosed.hull(point(double));
        Ok(Level {
            t: level.t,
            alpha: both(level.alpha, read.alpha()),
            sigma2: both(level.sigma2, read.sigma2()),
            f: both(level.f, read.f()),
            g2: both(level.g2, read.g2()),
        })
    }

    /// A quantity of the true law, by its definition.
    fn define(&self, quantity: Quantity) -> Result<Estimate> {
        let (law, of) = (self.case.law(), &self.entropies);
        let Level { alpha, sigma2, f, g2, .. } = self.level()?;
        let (one, still) = (Interval::ONE, Interval::ZERO);
        let moving = |value: Interval, slope: Interval| Slope { value, slope };
        // Along the process alpha' = f alpha and (sigma^2)' = 2 f sigma^2 + g^2.
        let along = [moving(alpha, f * alpha), moving(sigma2, (f * sigma2).times(2.0) + g2)];
        let noise = [moving(alpha, still), moving(sigma2, one)];
        let signal = [moving(alpha, one), moving(sigma2, still)];
        let kernel = [alpha, sigma2];
        let remaining = || Ok::<_, Error>(of.of_data(law.support())? - of.information(kernel)?);
        let components = || of.line.by_component().at(alpha, sigma2);
        let found = match quantity {
            Quantity::MarginalEntropy => of.entropy(kernel)?,
            Quantity::MarginalEntropyRate => of.entropy(along)?.slope,
            Quantity::MutualInformation => of.information(kernel)?,
            Quantity::ConditionalEntropy => remaining()?,
            Quantity::ConditionalEntropyRate => -of.information(along)?.slope,
            Quantity::MeanScoreNorm2 => of.entropy(noise)?.slope.times(2.0),
            Quantity::MeanScoreDivergence => of.entropy(noise)?.slope.times(-2.0),
            // Beside the line no direction is less curved.
            Quantity::MeanTopEigenvalue => Entropies { beside: vec![], ..of.clone() }.entropy(noise)?.slope.times(-2.0),
            // dI/dgamma = mmse/2, and dgamma = (2 alpha/sigma^2) dalpha.
            Quantity::Mmse => sigma2 / alpha * of.entropy(signal)?.slope,
            Quantity::BandwidthFraction => alpha * of.entropy(signal)?.slope / point(of.dim()),
            Quantity::PosteriorSquareTrace => {
                let twice = Curve { value: signal[0], slope: Jet { value: one, slope: still } };
                let h = of.entropy([twice, Curve::real(sigma2)])?.slope;
                (h.value / alpha - h.slope) * sigma2.sqr() / alpha.sqr().times(2.0)
            }
            Quantity::LabelEntropy => of.of_label(kernel)?,
            Quantity::LabelEntropyRate => of.of_label(along)?.slope,
            Quantity::CloneAgreement => of.line.at(alpha, sigma2)?.mean(Moment::Agreement)?,
            Quantity::LabelPosteriorEntropyVariance => of.line.at(alpha, sigma2)?.entropy_variance()?,
            Quantity::LabelSurprisalVariance => of.line.at(alpha, sigma2)?.surprisal_variance()?,
            Quantity::PosteriorEntropyVariance if law.support() == Support::Atoms => {
                components()?.entropy_variance()?
            }
            Quantity::SurprisalVariance if law.support() == Support::Atoms => components()?.surprisal_variance()?,
            // That of a chi-squared number over 2.
            Quantity::SurprisalVariance if law.components() == 1 => point(0.5 * of.dim()),
            Quantity::PosteriorEntropyVariance => {
                let square = bells::over_posteriors(&self.case, 1, |mean| mean * mean)?;
                return Ok(square - remaining()?.estimate().powi(2));
            }
            Quantity::SurprisalVariance => {
                let square = bells::over_posteriors(&self.case, 2, |mean| mean)?;
                return Ok(square - remaining()?.estimate().powi(2));
            }
        };
        Ok(found.estimate())
    }

    /// One check a quantity and a way that serves it.
    fn checks(&self, quantities: &[Quantity]) -> Vec<Check> {
        let mut checks = Vec::new();
        for &quantity in quantities {
            // Ways and mutants share the definition.
            let known = Arc::new(OnceLock::new());
            for &way in self.ways.iter().filter(|way| way.serves(quantity)) {
                let (asked, known) = (self.clone(), Arc::clone(&known));
                checks.push(check(&self.case, (way, quantity), move |context, case| {
                    let definition = match known.get() {
                        Some(&definition) => definition,
                        None => {
                            let definition = asked.define(quantity)?;
                            *known.get_or_init(|| definition)
                        }
                    };
                    let found = way.ask(context, &case.channel()?, quantity)?;
                    Ok(Comparison::new(found, definition, way.sharpness(quantity) * scale(case, quantity, definition)?))
                }));
            }
        }
        checks
    }
}

/// The size of the terms of a quantity: near equilibrium drift and diffusion of the marginal nearly cancel.
fn scale(case: &Case, quantity: Quantity, definition: Estimate) -> Result<f64> {
    let drift = if quantity == Quantity::MarginalEntropyRate { case.dim() * case.level()?.f().abs() } else { 0.0 };
    Ok(definition.value().abs() + drift)
}

/// `log(2 pi e v)/2`.
fn gaussian_entropy<P: Parameter>(v: P) -> P {
    ((v * P::real(Interval::PI.times(2.0))).ln() + P::real(Interval::ONE)).times(0.5)
}

/// What a profile says of a quantity; a mutant asks for that of a wrong model, of another clock or of another time.
fn check(
    case: &Case,
    (way, quantity): (Way, Quantity),
    run: impl Fn(&Context, &Case) -> Result<Comparison> + Send + Sync + 'static,
) -> Check {
    let run = Arc::new(run);
    let asks = || {
        let run = Arc::clone(&run);
        move |context: &Context, case: &Case| run(context, case)
    };
    let at = |share: f64| {
        let run = Arc::clone(&run);
        move |context: &Context, case: &Case| run(context, &case.at(share * case.t()))
    };
    let check = Check::new(way.kind(), case, &what(way, quantity), asks());
    let later = "asked at a time later by a hundredth";
    let is_mixed = [Quantity::PosteriorEntropyVariance, Quantity::SurprisalVariance].contains(&quantity);
    match (way, quantity) {
        (Way::Enclosure, _) => check.mutant(Ingredient::Time, later, at(1.01)),
        // Integrals over the posterior of a wrong model are not served.
        (Way::Quadrature, _) if is_mixed => check.mutant(Ingredient::Time, later, at(1.01)),
        (Way::MonteCarlo, Quantity::LabelEntropyRate) => check.breaking(&[Mutation::Clock]),
        // Near equilibrium these hardly move.
        (Way::MonteCarlo, Quantity::MeanScoreNorm2 | Quantity::MeanScoreDivergence | Quantity::MeanTopEigenvalue) => {
            check.breaking(&[Mutation::Sigma])
        }
        // Half of it is within some intervals.
        (Way::MonteCarlo, Quantity::MarginalEntropy | Quantity::PosteriorEntropyVariance) if case.law().dim() == 1 => {
            check.mutant(Ingredient::Time, "asked at a tenth of the time", at(0.1))
        }
        (Way::MonteCarlo, _) => check.mutant(Ingredient::Time, "asked at half of the time", at(0.5)),
        _ if quantity.unit().ends_with("unit time") => {
            check.breaking(&[Mutation::Weight, Mutation::Sigma, Mutation::Clock])
        }
        _ => check.breaking(&[Mutation::Weight, Mutation::Sigma]),
    }
}

fn what(way: Way, quantity: Quantity) -> String {
    format!("{} of a profile{}", quantity.name(), way.name())
}

/// A density on a line whose labels have several components.
fn dense() -> Result<Asked> {
    Asked::new(
        labelled_mixture()?.under(NoiseProcess::VP_COSINE, 0.5)?,
        &[Way::Quadrature, Way::Enclosure, Way::MonteCarlo],
    )
}

fn atomic() -> Result<Asked> {
    Asked::new(atoms()?.under(NoiseProcess::SUB_VP, 0.3)?, &[Way::Quadrature, Way::Enclosure, Way::MonteCarlo])
}

/// One Gaussian, of which profiles are formulas.
fn plain() -> Result<Asked> {
    let law = Mixture::gaussian(&[0.3, -0.2], Covariance::diagonal(&[1.4, 0.1])?)?;
    let case = NamedLaw::new("gaussian-axes", law).under(NoiseProcess::Ou, 0.4)?;
    Asked::new(case, &[Way::ClosedForm, Way::Quadrature])
}

/// Two components in four dimensions: a line, and three Gaussian coordinates beside it.
fn split() -> Result<Asked> {
    let case = NamedLaw::new("pair-4", Mixture::symmetric_pair(&[0.8; 4], 0.3)?).under(NoiseProcess::FLOW, 0.45)?;
    Asked::new(case, &[Way::Quadrature, Way::Enclosure, Way::MonteCarlo])
}

/// Checks of what exists with a label or without.
pub(crate) fn of_points(quantities: &[Quantity]) -> Result<Vec<Check>> {
    Ok([dense()?, atomic()?, split()?, plain()?].iter().flat_map(|asked| asked.checks(quantities)).collect())
}

/// Checks of what a label is needed for.
pub(crate) fn of_labels(quantities: &[Quantity]) -> Result<Vec<Check>> {
    Ok([dense()?, atomic()?, split()?].iter().flat_map(|asked| asked.checks(quantities)).collect())
}

/// The two components of one label.
fn given_label() -> Result<Asked> {
    let (law, _) = labelled_mixture()?.law.given_label(0)?;
    let case = NamedLaw::new("mixture-3 given a label", law).under(NoiseProcess::VP_COSINE, 0.5)?;
    Asked::new(case, &[Way::Quadrature, Way::MonteCarlo])
}

/// Checks of the law given a label.
pub(crate) fn within_label(quantities: &[Quantity]) -> Result<Vec<Check>> {
    Ok(given_label()?.checks(quantities))
}

/// Checks of the variances over the posterior of `X_0`: of a density they are integrals over `X_0` too, taken on a
/// line, and of a Gaussian formulas.
pub(crate) fn of_posteriors() -> Result<Vec<Check>> {
    let formulas = Asked { ways: &[Way::ClosedForm], ..plain()? };
    let mut checks = formulas.checks(&[Quantity::SurprisalVariance]);
    let both = [Quantity::PosteriorEntropyVariance, Quantity::SurprisalVariance];
    checks.extend([given_label()?, atomic()?].iter().flat_map(|asked| asked.checks(&both)));
    Ok(checks)
}

/// Radius of the sphere of which profiles are asked.
const RADIUS: f64 = 1.5;

/// Checks of the uniform law on a sphere in space, the one that is no mixture.
pub(crate) fn of_a_sphere() -> Vec<Check> {
    let (process, t) = (NoiseProcess::Ou, 0.4);
    let quantities = [Quantity::MutualInformation, Quantity::ConditionalEntropyRate, Quantity::MeanScoreDivergence];
    let ways = [Way::Quadrature, Way::MonteCarlo];
    let both = ways.into_iter().flat_map(|way| quantities.map(|quantity| (way, quantity)));
    let check = |(way, quantity): (Way, Quantity)| {
        let run = move |radius: f64| {
            move |context: &Context| {
                let definition = on_sphere(quantity, &process, t)?;
                let channel = Channel::new(SphereLaw::of(Sphere::new(3, radius)?), process, t)?;
                let found = way.ask(context, &channel, quantity)?;
                Ok(Comparison::new(found, definition, way.sharpness(quantity) * definition.value().abs()))
            }
        };
        Check::number(way.kind(), format!("sphere/{process}/t={t}: {}", what(way, quantity)), run(RADIUS)).variant(
            Ingredient::Law,
            "asked of a sphere larger by a fifth",
            run(1.2 * RADIUS),
        )
    };
    both.map(check).collect()
}

/// A quantity of the sphere by its definition: a slope of its entropy.
fn on_sphere(quantity: Quantity, process: &NoiseProcess, t: f64) -> Result<Estimate> {
    let information = |level: &NoiseLevel| Ok::<_, Error>(sphere_entropy(level)? - noise_entropy(3.0, level));
    let level = process.at(t)?;
    match quantity {
        Quantity::MutualInformation => information(&level),
        Quantity::ConditionalEntropyRate => Ok(-derivative(|t| information(&process.at(t)?), t, 0.4 * t)?),
        _ => {
            let sigma2 = level.sigma2();
            Ok(derivative(|v| sphere_entropy(&level.with_sigma2(v)?), sigma2, 0.4 * sigma2)? * -2)
        }
    }
}

/// `H(alpha X_0 + sigma Z)` of the uniform law on a sphere in space, over the distance `r` from its centre.
///
/// # Formula
/// With `a = alpha R` and `k = a r/sigma^2`, Archimedes' projection gives the density
/// `(2 pi sigma^2)^(-3/2) exp(-(r - a)^2/(2 sigma^2)) (1 - exp(-2 k))/(2 k)`.
fn sphere_entropy(level: &NoiseLevel) -> Result<Estimate> {
    let (sigma, sigma2) = (level.sigma(), Estimate::given(level.sigma2()));
    let a = Estimate::given(level.alpha()) * Estimate::given(RADIUS);
    let ln_norm = (Estimate::near(std::f64::consts::TAU) * sigma2).ln() * 3 / 2;
    let surprisal = |r: f64| -> Result<Estimate> {
        let r = Estimate::given(r);
        let (k, gap) = (a * r / sigma2, r - a);
        let ln_density = ((k * -2).exp_m1() / (k * -2)).ln() - gap * gap / sigma2 / 2 - ln_norm;
        Ok(-ln_density * ln_density.exp() * r * r * (Estimate::near(std::f64::consts::PI) * 4))
    };
    let (middle, reach) = (a.value(), bells::REACH * sigma);
    let inside = integral(surprisal, (middle - reach).max(0.0), middle)?;
    Ok((inside + integral(surprisal, middle, middle + reach)?).widened(1e3 * bells::TAIL))
}

/// A level of a process with an ingredient broken.
type Broken = fn(NoiseLevel) -> infodyn_core::Result<NoiseLevel>;

/// Checks of the processes: what each says of a time, `alpha`, `sigma^2`, `f` and `g^2`, against its own kernel,
/// enclosed with its slopes; and the time at which it has a given signal-to-noise ratio.
pub(crate) fn of_processes() -> Result<Vec<Check>> {
    let check = |process: NoiseProcess| {
        let end = process.time_range().1;
        let t = if end.is_finite() { 0.4 * end } else { 0.4 };
        let run = move |broken: Broken| move |_: &Context| kernel(process, t, broken);
        let name = format!("{process}/t={t}: alpha, sigma^2, f, g^2, and the time of a ratio");
        Check::number(Kind::Quadrature, name, run(Ok))
            .variant(Ingredient::Variance, "sigma in place of sigma^2", run(|level| level.with_sigma2(level.sigma())))
            .variant(Ingredient::Diffusion, "half of g^2", run(|level| level.with_g2(0.5 * level.g2())))
            .variant(
                Ingredient::Noise,
                "alpha larger by 1e-9",
                run(|level| level.with_alpha((1.0 + 1e-9) * level.alpha())),
            )
    };
    Ok(NoiseProcess::ALL.into_iter().chain([NoiseProcess::flow(3.0)?]).map(check).collect())
}

/// The largest relative difference of what a process says and what is enclosed, against 0.
fn kernel(process: NoiseProcess, t: f64, broken: Broken) -> Result<Comparison> {
    const SNR: f64 = 1.75;
    let (read, enclosed) = (broken(process.at(t)?)?, Level::new(&process, t)?);
    let time = process.time_at_snr(SNR)?;
    let there = Level::new(&process, time)?;
    // How far the ratio moves while the time does by its rounding.
    let rounded = (there.g2 / there.sigma2).times(time).magnitude();
    let units = ulps::level(read.log_snr());
    let pairs = [
        (read.alpha(), enclosed.alpha, units),
        (read.sigma2(), enclosed.sigma2, units),
        (read.f(), enclosed.f, units),
        (read.g2(), enclosed.g2, units),
        (SNR, there.snr(), ulps::level(SNR.ln()) + rounded),
    ];
    let gap = |(double, enclosed, units): (f64, Interval, f64)| {
        let size = if enclosed.contains(0.0) { 1.0 } else { enclosed.magnitude() };
        (Estimate::rounded(double, units) - enclosed.estimate()) / Estimate::given(size)
    };
    let sure = |gap: &Estimate| gap.value().abs() - gap.radius();
    let worst = pairs.into_iter().map(gap).max_by(|a, b| sure(a).total_cmp(&sure(b)));
    Ok(Comparison::new(worst.unwrap_or(Estimate::ZERO), Estimate::ZERO, SHARPNESS))
}
