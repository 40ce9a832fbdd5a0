//! What the evidence by interval arithmetic shares: laws to stand on, both sides enclosed independently, and their
//! comparison.
//!
//! One side is a derivative carried through the integrals or through the density, a root of it, or a complete list; the
//! other the formula of the claim. Each holds for the parameters given with the certainty that [`infodyn_enclosure`]
//! states.
//!
//! The two sides take an ingredient as an argument: a check runs them with its true value, a mutant with another.

use std::sync::Arc;

use infodyn_bifurcation::Energy;
use infodyn_core::{Comparison, NoiseProcess};
use infodyn_enclosure::{
    At, Component, Functional, Ground, Interval, Jet, Level, Line, LineLaw, Moment, Number, Observation, Parameter,
    Plane, kernel, zero,
};

use crate::{Check, Context, Ingredient, Kind, Mutation};

pub(crate) type Slope = Jet<Interval>;
pub(crate) type Curve = Jet<Slope>;

/// The two sides of a claim.
pub(crate) type Sides = infodyn_enclosure::Result<[Interval; 2]>;

/// What a mutant breaks, how, and the value that it has in place of the true one.
pub(crate) type Wrong<P> = (Ingredient, &'static str, P);

/// An equality of two enclosures, narrow to 5e-11; `sides` takes the ingredient that the mutants break.
pub(crate) fn equal<P: Copy + Send + Sync + 'static>(
    case: impl Into<String>,
    truth: P,
    mutants: &[Wrong<P>],
    sides: impl Fn(P) -> Sides + Send + Sync + 'static,
) -> Check {
    check(case.into(), truth, mutants, &behind(sides), narrow(SHARPNESS))
}

/// An order of two enclosures, as [`equal`]; one mutant is barely false.
pub(crate) fn at_most<P: Copy + Send + Sync + 'static>(
    case: impl Into<String>,
    truth: P,
    mutants: &[Wrong<P>],
    sides: impl Fn(P) -> Sides + Send + Sync + 'static,
) -> Check {
    check(case.into(), truth, mutants, &behind(sides), |sides| narrow(SHARPNESS)(sides).ordered())
}

/// Two enclosures beside each other, narrow to a share of the right one, or to that number where it is 0.
fn narrow(sharpness: f64) -> impl Fn([Interval; 2]) -> Comparison + Copy + Send + Sync + 'static {
    move |[lhs, rhs]| {
        let scale = if rhs == Interval::ZERO { 1.0 } else { rhs.magnitude() };
        Comparison::new(lhs.estimate(), rhs.estimate(), sharpness * scale)
    }
}

/// The length of a complete list, as [`equal`]. A count is a whole number, so a quarter to each side says the same, and
/// can be refuted.
pub(crate) fn count<P: Copy + Send + Sync + 'static>(
    case: impl Into<String>,
    truth: P,
    mutants: &[Wrong<P>],
    expected: usize,
    list: impl Fn(P) -> infodyn_enclosure::Result<usize> + Send + Sync + 'static,
) -> Check {
    let sides = move |p: P| Ok([Interval::new(-0.25, 0.25) + point(list(p)? as f64), point(expected as f64)]);
    check(case.into(), truth, mutants, &behind(sides), |[found, expected]| {
        Comparison::new(found.estimate(), expected.estimate(), 0.5)
    })
}

/// An equality on each stage, as [`equal`].
pub(crate) fn each<P: Copy + Send + Sync + 'static>(
    stages: Vec<Stage>,
    what: &str,
    truth: P,
    mutants: &[Wrong<P>],
    sides: impl Fn(&Stage, P) -> Sides + Clone + Send + Sync + 'static,
) -> Vec<Check> {
    let one = |stage: Stage| {
        let sides = sides.clone();
        let case = if what.is_empty() { stage.name.clone() } else { format!("{}: {what}", stage.name) };
        equal(case, truth, mutants, move |p| sides(&stage, p))
    };
    stages.into_iter().map(one).collect()
}

/// An equality of two enclosures in the plane, narrow to 1e-7.
pub(crate) fn in_planes<P: Copy + Send + Sync + 'static>(
    what: &str,
    truth: P,
    mutants: &[Wrong<P>],
    sides: impl Fn(&Level, &Plane, P) -> Sides + Clone + Send + Sync + 'static,
) -> Vec<Check> {
    let one = |stage: PlaneStage| {
        let sides = sides.clone();
        let case = if what.is_empty() { stage.name.to_owned() } else { format!("{}: {what}", stage.name) };
        let sides = move |p: P| {
            let level = Level::new(&stage.process, stage.t)?;
            sides(&level, &Plane::from_parts(&stage.law, &stage.labels, level.alpha, level.sigma2)?, p)
        };
        check(case, truth, mutants, &behind(sides), narrow(PLANE_SHARPNESS))
    };
    planes().map(one).into()
}

/// Mutants that run a side on [`Stage::broken`].
pub(crate) fn mutants(mutations: &[Mutation]) -> Vec<Wrong<Mutation>> {
    let how = |mutation| match mutation {
        Mutation::Weight => "the first weight three times too large, on one side",
        Mutation::Sigma => "sigma in place of sigma^2, on one side",
        Mutation::Clock => "the clock of another process",
        _ => "nothing broken",
    };
    mutations.iter().map(|&m| (m.into(), how(m), m)).collect()
}

/// Sides behind a pointer.
fn behind<P>(sides: impl Fn(P) -> Sides + Send + Sync + 'static) -> Arc<dyn Fn(P) -> Sides + Send + Sync> {
    Arc::new(sides)
}

fn check<P: Copy + Send + Sync + 'static>(
    case: String,
    truth: P,
    mutants: &[Wrong<P>],
    sides: &Arc<dyn Fn(P) -> Sides + Send + Sync>,
    compare: impl Fn([Interval; 2]) -> Comparison + Copy + Send + Sync + 'static,
) -> Check {
    let with = |value: P| {
        let sides = sides.clone();
        move |_: &Context| Ok(compare(sides(value)?))
    };
    let check = Check::number(Kind::Enclosure, case, with(truth));
    mutants.iter().fold(check, |check, &(ingredient, how, value)| check.variant(ingredient, how, with(value)))
}

/// Both sides at most this far apart, and each half as wide, relative to the right one.
pub(crate) const SHARPNESS: f64 = 0.5e-10;

/// The same in the plane.
pub(crate) const PLANE_SHARPNESS: f64 = 1e-7;

/// A decimal of theory.md, with half a unit of its last place.
pub(crate) fn digits(value: f64, last_place: f64) -> Interval {
    Interval::near(value).widened(0.5 * last_place)
}

pub(crate) fn point(x: f64) -> Interval {
    Interval::point(x)
}

pub(crate) fn real<P: Parameter>(x: f64) -> P {
    P::real(point(x))
}

/// A law on the line under a process at a time.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) law: LineLaw,
    pub(crate) process: NoiseProcess,
    pub(crate) t: f64,
    mutation: Mutation,
}

impl Stage {
    /// The same with an ingredient broken: of the noise level and of the marginal there, not of [`Stage::moving`].
    pub(crate) fn broken(&self, mutation: Mutation) -> Self {
        Self { mutation, ..self.clone() }
    }

    /// The law under another process at another time; the name stays.
    pub(crate) fn under(&self, process: NoiseProcess, t: f64) -> Self {
        Self { process, t, ..self.clone() }
    }

    pub(crate) fn level(&self) -> infodyn_enclosure::Result<Level> {
        let level = Level::new(&self.process, self.t)?;
        Ok(match self.mutation {
            Mutation::Sigma => Level { sigma2: level.sigma2.sqrt(), ..level },
            // That of `ve`, or of `edm` where it is the process's own.
            Mutation::Clock if self.process == NoiseProcess::Ve => Level { g2: level.t.times(2.0), ..level },
            Mutation::Clock => Level { g2: Interval::ONE, ..level },
            _ => level,
        })
    }

    pub(crate) fn line(&self) -> infodyn_enclosure::Result<Line<Interval>> {
        self.still()
    }

    /// The same with derivatives in time.
    pub(crate) fn moving(&self) -> infodyn_enclosure::Result<Line<Slope>> {
        let (alpha, sigma2) = kernel(&self.process, Jet::variable(point(self.t)))?;
        self.law.at(alpha, sigma2)
    }

    /// The marginal with derivatives in `x` of a kind of number, and that number at `x`.
    pub(crate) fn still<P: Parameter>(&self) -> infodyn_enclosure::Result<Line<P>> {
        let level = self.level()?;
        let line = self.law.at(P::real(level.alpha), P::real(level.sigma2))?;
        if self.mutation != Mutation::Weight {
            return Ok(line);
        }
        let mut components = line.components().to_vec();
        components[0].weight = components[0].weight.times(3.0);
        let sum = components.iter().fold(real::<P>(0.0), |sum, c| sum + c.weight);
        components.iter_mut().for_each(|c| c.weight = c.weight / sum);
        Line::new(components, line.alpha(), line.sigma2())
    }
}

/// Two equal atoms, three unequal ones, three Gaussians: under processes of each convention.
pub(crate) fn stages() -> Vec<Stage> {
    let stage = |name: &str, law: LineLaw, process: NoiseProcess, t: f64| Stage {
        name: format!("{name}/{process}/t={t}"),
        law,
        process,
        t,
        mutation: Mutation::None,
    };
    let pair = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.0]);
    let atoms = LineLaw::from_parts(&[0.2, 0.3, 0.5], &[-2.0, 0.5, 1.5], &[0.0, 0.0, 0.0]);
    let mixture = LineLaw::from_parts(&[0.3, 0.5, 0.2], &[-1.2, 0.4, 2.0], &[0.05, 0.1, 0.2]);
    let vp = NoiseProcess::VP_LINEAR;
    vec![
        stage("two-atoms", pair, NoiseProcess::Ve, 0.8),
        stage("three-atoms", atoms, NoiseProcess::Ou, 0.4),
        stage("mixture-3", mixture, vp, 0.2),
    ]
}

/// A law in the plane under a process at a time.
#[derive(Clone, Copy)]
pub(crate) struct PlaneStage {
    pub(crate) name: &'static str,
    pub(crate) law: [(f64, [f64; 2], [f64; 3]); 3],
    pub(crate) labels: [usize; 3],
    pub(crate) process: NoiseProcess,
    pub(crate) t: f64,
}

/// Three atoms, and a class of two Gaussians, one of them correlated, beside an atom.
pub(crate) fn planes() -> [PlaneStage; 2] {
    [
        PlaneStage {
            name: "plane/three-atoms/ve/t=0.5",
            law: [(0.2, [-1.0, 0.0], [0.0; 3]), (0.3, [1.0, 0.5], [0.0; 3]), (0.5, [0.25, -1.0], [0.0; 3])],
            labels: [0, 1, 2],
            process: NoiseProcess::Ve,
            t: 0.5,
        },
        PlaneStage {
            name: "plane/two classes of three/ou/t=0.5",
            law: [
                (0.25, [-1.0, 0.5], [0.5, 0.25, 0.25]),
                (0.25, [1.0, 1.0], [0.0, 0.0, 0.25]),
                (0.5, [0.0, -1.0], [0.0; 3]),
            ],
            labels: [0, 0, 1],
            process: NoiseProcess::Ou,
            t: 0.5,
        },
    ]
}

/// `m` and `S` at a point by the plain formula: sums over the components.
pub(crate) fn posterior<P: Parameter>(line: &Line<P>, x: P) -> [P; 2] {
    let zero = real::<P>(0.0);
    let (mut total, mut first, mut second) = (zero, zero, zero);
    for (k, c) in line.components().iter().enumerate() {
        let (d, v) = (x - line.centre(k), line.variance(k));
        let weight = c.weight * (-(d.sqr() / v.times(2.0))).exp() / v.sqrt();
        let mean = c.mean + line.alpha() * c.variance / v * d;
        total = total + weight;
        first = first + weight * mean;
        second = second + weight * (mean.sqr() + line.sigma2() * c.variance / v);
    }
    let mean = first / total;
    [mean, second / total - mean.sqr()]
}

/// A function of a point whose mean is taken.
pub(crate) enum Rule<'a> {
    /// `(a x + b s)^2`.
    Drift(f64, Interval),
    /// Mean varentropy: `sum pi (log pi)^2 - h^2`.
    Varentropy,
    /// `r^2 + c r'`, and `(r - s)^2`, of another marginal's score `r`.
    Model(&'a Line<Interval>, f64),
    /// Another marginal's posterior of a label.
    Label(&'a Line<Interval>, usize),
}

impl Functional<Interval> for Rule<'_> {
    fn count(&self) -> usize {
        if matches!(self, Rule::Model(..)) { 2 } else { 1 }
    }

    fn values<T: Ground>(&self, at: &At<Interval, T>, seen: &Observation<T>, out: &mut Vec<T>) {
        match self {
            Rule::Drift(a, b) => out.push((at.position().times(*a) + T::real(*b) * seen.score()).sqr()),
            Rule::Varentropy => out.push(seen.square_surprisal() - seen.entropy().sqr()),
            Rule::Model(other, c) => {
                let model = at.observe(other);
                let r = model.score();
                out.push(r.sqr() + model.score_divergence().times(*c));
                out.push((r - seen.score()).sqr());
            }
            Rule::Label(other, label) => out.push(at.observe(other).posterior_of(*label)),
        }
    }
}

pub(crate) fn mean_of(line: &Line<Interval>, rule: &Rule<'_>) -> infodyn_enclosure::Result<Vec<Interval>> {
    line.expect(rule)
}

/// Two atoms `+-1` at `k = alpha^2/sigma^2`, `sigma = 1`.
pub(crate) fn pair_at<P: Parameter>(k: P) -> infodyn_enclosure::Result<Line<P>> {
    let atom = |mean: f64, label| Component { weight: real(0.5), mean: real(mean), variance: real(0.0), label };
    Line::new(vec![atom(1.0, 0), atom(-1.0, 1)], k.sqrt(), real(1.0))
}

/// What peaks in the decision of a pair: `k^power mmse(k)`, and a bracket of the peak.
#[derive(Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) power: f64,
    pub(crate) bracket: [f64; 2],
}

impl Rate {
    /// Per unit of `x` in `ve`, or of `log gamma`: the peak `k_H`.
    pub(crate) const H: Self = Self { power: 1.0, bracket: [1.505, 1.511] };
    /// Per unit of `sigma/alpha`: the peak `k_s`.
    pub(crate) const S: Self = Self { power: 1.5, bracket: [2.41, 2.415] };
    /// Per unit of `sigma^2/alpha^2`: the peak `k_v`.
    pub(crate) const V: Self = Self { power: 2.0, bracket: [3.345, 3.351] };
    /// A displacement in units of `sigma`.
    pub(crate) const DISPLACED: Self = Self { power: 0.5, bracket: [0.668, 0.671] };

    fn bracket(self) -> Interval {
        Interval::new(self.bracket[0], self.bracket[1])
    }

    /// The zero of its derivative, carried through the integral.
    pub(crate) fn peak_by_derivative(self) -> infodyn_enclosure::Result<Interval> {
        let root = zero(self.bracket(), |k| {
            let k = Jet { value: k, slope: real::<Slope>(1.0) };
            let height = (k.ln().times(self.power)).exp() * pair_at(k)?.mean(Moment::PosteriorVariance)?;
            Ok(height.slope)
        })?;
        Ok(root.at)
    }

    /// The same by `d mmse/dk = -E S^2`: where `power mmse = k E S^2`.
    pub(crate) fn peak(self) -> infodyn_enclosure::Result<Interval> {
        let root = zero(self.bracket(), |k| {
            let m = pair_at(k)?.means(&[Moment::PosteriorVariance, Moment::SquarePosteriorVariance])?;
            Ok(m[0].times(self.power) - k * m[1])
        })?;
        Ok(root.at)
    }
}

/// Where `E|grad h|^2 = Cov(h, b)`: the peak of `Var h`, claim D3.
pub(crate) fn variance_peak() -> infodyn_enclosure::Result<Interval> {
    let root = zero(Interval::new(1.3445, 1.3465), |k| {
        let line = pair_at(k)?;
        Ok(line.mean(Moment::Gradient2)? - line.entropy_production_covariance()?)
    })?;
    Ok(root.at)
}

/// The positive solution of `x = c tanh(c x/v)` by its own equation, in a bracket.
pub(crate) fn tanh_root(c: Interval, v: Interval, bracket: Interval) -> infodyn_enclosure::Result<Interval> {
    let root = zero(bracket, |x| {
        let (c, v) = (real::<Slope>(1.0) * Slope::real(c), Slope::real(v));
        let e = (-(c * x / v).times(2.0)).exp();
        let one = real::<Slope>(1.0);
        Ok(x - c * (one - e) / (one + e))
    })?;
    Ok(root.at)
}

/// When the Jacobian of an energy's drift at the origin vanishes in `ou`, where `f = -1` and `g^2 = 2`.
pub(crate) fn critical_time(law: &LineLaw, energy: Energy, bracket: Interval) -> infodyn_enclosure::Result<Interval> {
    let root = zero(bracket, |t| {
        let (alpha, sigma2) = kernel(&NoiseProcess::Ou, t)?;
        let slope = law.at(alpha, sigma2)?.observe(real(0.0)).score_divergence();
        Ok(match energy {
            Energy::Marginal => slope,
            Energy::ReverseSde => slope.times(2.0) + real::<Slope>(1.0),
            Energy::ProbabilityFlow => slope + real::<Slope>(1.0),
        })
    })?;
    Ok(root.at)
}

/// A point at which identities of the score are read.
pub(crate) const X: f64 = 0.37;
