//! The evidence by interval arithmetic: for each claim that it reaches, both sides enclosed independently.
//!
//! One side is a derivative carried through the integrals or through the density, a root of it, or a complete list; the other
//! the formula of the claim. Each holds for the parameters given with the certainty that [`infodyn_enclosure`] states.

use infodyn_core::{Comparison, NoiseProcess};
use infodyn_enclosure::{
    At, Component, Drift, Functional, Ground, Interval, Jet, Level, Line, LineLaw, Moment, Number, Observation,
    Parameter, Root, common_zero, fixed_points, kernel, zero,
};

use crate::{Check, Kind, Twist};

type Slope = Jet<Interval>;
type Curve = Jet<Slope>;

/// Both sides at most this far apart, and each half as wide, relative to the right one.
const SHARPNESS: f64 = 0.5e-10;

/// An equality of two enclosures; `run` is told whether the ingredient is broken.
fn equal(
    case: impl Into<String>,
    broken: &'static str,
    run: impl Fn(bool) -> infodyn_enclosure::Result<[Interval; 2]> + Send + Sync + 'static,
) -> Check {
    Check::number(Kind::Enclosure, case, &[Twist::Formula(broken)], move |_, twist| {
        let [lhs, rhs] = run(twist == Twist::Formula(broken))?;
        let scale = if rhs == Interval::ZERO { 1.0 } else { rhs.magnitude() };
        Ok(Comparison::new(lhs.estimate(), rhs.estimate(), SHARPNESS * scale))
    })
}

/// An order of two enclosures.
fn at_most(
    case: impl Into<String>,
    broken: &'static str,
    run: impl Fn(bool) -> infodyn_enclosure::Result<[Interval; 2]> + Send + Sync + 'static,
) -> Check {
    Check::number(Kind::Enclosure, case, &[Twist::Formula(broken)], move |_, twist| {
        let [lhs, rhs] = run(twist == Twist::Formula(broken))?;
        Ok(Comparison::at_most(lhs.estimate(), rhs.estimate(), SHARPNESS * rhs.magnitude()))
    })
}

/// The length of a complete list. A count is a whole number, so a quarter to each side says the same, and can be refuted.
fn count(
    case: &str,
    list: impl Fn(f64) -> infodyn_enclosure::Result<Vec<Root>> + Send + Sync + 'static,
    sigma2: f64,
    expected: usize,
) -> Check {
    let broken = "one pair more";
    Check::number(Kind::Enclosure, case, &[Twist::Formula(broken)], move |_, twist| {
        let expected = expected + if twist == Twist::Formula(broken) { 2 } else { 0 };
        let found = Interval::new(-0.25, 0.25) + point(list(sigma2)?.len() as f64);
        Ok(Comparison::new(found.estimate(), point(expected as f64).estimate(), 0.5))
    })
}

/// A decimal of theory.md, with half a unit of its last place.
fn digits(value: f64, last_place: f64) -> Interval {
    Interval::near(value).widened(0.5 * last_place)
}

fn point(x: f64) -> Interval {
    Interval::point(x)
}

fn real<P: Parameter>(x: f64) -> P {
    P::real(point(x))
}

/// A law on the line under a process at a time.
#[derive(Clone)]
struct Stage {
    name: String,
    law: LineLaw,
    process: NoiseProcess,
    t: f64,
}

impl Stage {
    fn level(&self) -> infodyn_enclosure::Result<Level> {
        Level::new(&self.process, self.t)
    }

    fn line(&self) -> infodyn_enclosure::Result<Line<Interval>> {
        let level = self.level()?;
        self.law.at(level.alpha, level.sigma2)
    }

    /// The same with derivatives in time.
    fn moving(&self) -> infodyn_enclosure::Result<Line<Slope>> {
        let (alpha, sigma2) = kernel(&self.process, Jet::variable(point(self.t)))?;
        self.law.at(alpha, sigma2)
    }

    /// The marginal with derivatives in `x` of a kind of number, and that number at `x`.
    fn still<P: Parameter>(&self) -> infodyn_enclosure::Result<Line<P>> {
        let level = self.level()?;
        self.law.at(P::real(level.alpha), P::real(level.sigma2))
    }
}

/// Two equal atoms, three unequal ones, three Gaussians: under processes of each convention.
fn stages() -> Vec<Stage> {
    let stage = |name: &str, law: LineLaw, process: NoiseProcess, t: f64| Stage {
        name: format!("{name}/{process}/t={t}"),
        law,
        process,
        t,
    };
    let pair = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.0]);
    let atoms = LineLaw::from_parts(&[0.2, 0.3, 0.5], &[-2.0, 0.5, 1.5], &[0.0, 0.0, 0.0]);
    let mixture = LineLaw::from_parts(&[0.3, 0.5, 0.2], &[-1.2, 0.4, 2.0], &[0.05, 0.1, 0.2]);
    let vp = NoiseProcess::VpLinear { b0: 0.1, b1: 20.0 };
    vec![
        stage("two-atoms", pair, NoiseProcess::Ve, 0.8),
        stage("three-atoms", atoms, NoiseProcess::Ou, 0.4),
        stage("mixture-3", mixture, vp, 0.2),
    ]
}

fn atoms_only(stages: Vec<Stage>) -> Vec<Stage> {
    stages.into_iter().take(2).collect()
}

/// One check on each stage.
fn each(
    stages: Vec<Stage>,
    what: &str,
    broken: &'static str,
    run: impl Fn(&Stage, bool) -> infodyn_enclosure::Result<[Interval; 2]> + Clone + Send + Sync + 'static,
) -> Vec<Check> {
    let one = |stage: Stage| {
        let run = run.clone();
        let case = if what.is_empty() { stage.name.clone() } else { format!("{}: {what}", stage.name) };
        equal(case, broken, move |twisted| run(&stage, twisted))
    };
    stages.into_iter().map(one).collect()
}

/// `m` and `S` at a point by the plain formula: sums over the components.
fn posterior<P: Parameter>(line: &Line<P>, x: P) -> [P; 2] {
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
enum Rule<'a> {
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

fn mean_of(line: &Line<Interval>, rule: &Rule<'_>) -> infodyn_enclosure::Result<Vec<Interval>> {
    line.expect(rule)
}

/// Two atoms `+-1` at `k = alpha^2/sigma^2`, `sigma = 1`.
fn pair_at<P: Parameter>(k: P) -> infodyn_enclosure::Result<Line<P>> {
    let atom = |mean: f64, label| Component { weight: real(0.5), mean: real(mean), variance: real(0.0), label };
    Line::new(vec![atom(1.0, 0), atom(-1.0, 1)], k.sqrt(), real(1.0))
}

/// Where `k^power mmse(k)` peaks: the zero of its derivative, carried through the integral.
fn peak_by_derivative(power: f64, bracket: Interval) -> infodyn_enclosure::Result<Interval> {
    let root = zero(bracket, |k| {
        let k = Jet { value: k, slope: real::<Slope>(1.0) };
        let height = (k.ln().times(power)).exp() * pair_at(k)?.mean(Moment::PosteriorVariance)?;
        Ok(height.slope)
    })?;
    Ok(root.at)
}

/// The same by `d mmse/dk = -E S^2`: where `power mmse = k E S^2`.
fn peak_by_formula(power: f64, bracket: Interval) -> infodyn_enclosure::Result<Interval> {
    let root = zero(bracket, |k| {
        let m = pair_at(k)?.means(&[Moment::PosteriorVariance, Moment::SquarePosteriorVariance])?;
        Ok(m[0].times(power) - k * m[1])
    })?;
    Ok(root.at)
}

/// Where `E|grad h|^2 = Cov(h, b)`: the peak of `Var h`, claim D3.
fn variance_peak() -> infodyn_enclosure::Result<Interval> {
    let root = zero(Interval::new(1.3445, 1.3465), |k| {
        let line = pair_at(k)?;
        Ok(line.mean(Moment::Gradient2)? - line.entropy_production_covariance()?)
    })?;
    Ok(root.at)
}

/// The peak of `Var h` by its derivative.
fn variance_peak_by_derivative() -> infodyn_enclosure::Result<Interval> {
    let root = zero(Interval::new(1.3445, 1.3465), |k| {
        let k: Curve = Jet { value: k, slope: real::<Slope>(1.0) };
        Ok(pair_at(k)?.entropy_variance()?.slope)
    })?;
    Ok(root.at)
}

/// `k` at which `Var h` is half its maximum, in a bracket.
fn half_height(bracket: Interval) -> infodyn_enclosure::Result<Interval> {
    let top = pair_at(variance_peak()?)?.entropy_variance()?;
    let half = Jet { value: top.times(0.5), slope: Interval::ZERO };
    Ok(zero(bracket, |k| Ok(pair_at(k)?.entropy_variance()? - half))?.at)
}

/// The positive solution of `x = c tanh(c x/v)` by its own equation, in a bracket.
fn tanh_root(c: Interval, v: Interval, bracket: Interval) -> infodyn_enclosure::Result<Interval> {
    let root = zero(bracket, |x| {
        let (c, v) = (real::<Slope>(1.0) * Slope::real(c), Slope::real(v));
        let e = (-(c * x / v).times(2.0)).exp();
        let one = real::<Slope>(1.0);
        Ok(x - c * (one - e) / (one + e))
    })?;
    Ok(root.at)
}

/// When the Jacobian of a drift at the origin vanishes in `ou`, for a pair `+-a` with variance `q`: `-linear + factor s'(0)`.
fn critical_time(a: f64, q: f64, linear: f64, factor: f64, bracket: Interval) -> infodyn_enclosure::Result<Interval> {
    let law = LineLaw::from_parts(&[0.5, 0.5], &[-a, a], &[q, q]);
    let root = zero(bracket, |t| {
        let (alpha, sigma2) = kernel(&NoiseProcess::Ou, t)?;
        let divergence = law.at(alpha, sigma2)?.observe(real(0.0)).score_divergence();
        Ok(divergence.times(factor) + real::<Slope>(linear))
    })?;
    Ok(root.at)
}

/// The checks of a claim by enclosure; none for the claims that it does not reach.
pub(crate) fn checks(id: &str) -> Vec<Check> {
    match id.as_bytes().first() {
        Some(b'A') => score(id),
        Some(b'B') => production(id),
        Some(b'C') => bifurcations(id),
        Some(b'D') => pathwise(id),
        Some(b'E') => thermodynamics(id),
        _ => Vec::new(),
    }
}

/// A point at which identities of the score are read.
const X: f64 = 0.37;

fn score(id: &str) -> Vec<Check> {
    match id {
        "A1" => each(stages(), "at x=0.37", "m in place of alpha m", |stage, broken| {
            let level = stage.level()?;
            let derivative = stage.still::<Slope>()?.observe(Jet::variable(point(X))).ln_density().slope;
            let [mean, _] = posterior(&stage.line()?, point(X));
            // In `ve` alpha is 1, and a wrong power of sigma is the twin there.
            let wrong = if stage.process == NoiseProcess::Ve { mean.times(0.5) } else { mean };
            let signal = if broken { wrong } else { level.alpha * mean };
            Ok([derivative, (signal - point(X)) / level.sigma2])
        }),
        "A2" => each(stages(), "at x=0.37", "sigma^2 in place of sigma^4", |stage, broken| {
            let level = stage.level()?;
            let x: Curve = Jet { value: Jet::variable(point(X)), slope: real(1.0) };
            let second = stage.still::<Curve>()?.observe(x).ln_density().slope.slope;
            let [_, variance] = posterior(&stage.line()?, point(X));
            let power = if broken { level.sigma2 } else { level.sigma2.sqr() };
            Ok([second, level.alpha.sqr() / power * variance - level.sigma2.recip()])
        }),
        "A3" => {
            let mut all = each(stages(), "E div s = -E|s|^2", "the sign of the divergence", |stage, broken| {
                let m = stage.line()?.means(&[Moment::ScoreDivergence, Moment::ScoreNorm2])?;
                Ok([if broken { -m[0] } else { m[0] }, -m[1]])
            });
            all.extend(each(stages(), "E[s X] = -1", "X_0 in place of X_t", |stage, broken| {
                let m = stage.line()?.means(&[Moment::PositionScore])?;
                // E[s X_0] is 0.
                Ok([if broken { m[0] + Interval::ONE } else { m[0] }, point(-1.0)])
            }));
            all.extend(each(stages(), "E[s] = 0", "the score of the noise, -X/sigma^2 at X + 1", |stage, broken| {
                let m = stage.line()?.mean(Moment::Score)?;
                Ok([if broken { m + stage.level()?.sigma2.recip() } else { m }, Interval::ZERO])
            }));
            all
        }
        "A4" => each(stages(), "at x=0.37", "|s|^2 left out", |stage, broken| {
            let level = stage.level()?;
            let in_time = stage.moving()?.observe(real(X)).score().slope;
            let x: Jet<Curve> =
                Jet { value: Jet { value: Jet::variable(point(X)), slope: real(1.0) }, slope: real(1.0) };
            let ln_p = stage.still::<Jet<Curve>>()?.observe(x).ln_density();
            let (s, s1, s2) = (ln_p.slope.value.value, ln_p.slope.slope.value, ln_p.slope.slope.slope);
            let square = if broken { Interval::ZERO } else { (s * s1).times(2.0) };
            Ok([in_time, level.g2.times(0.5) * (s2 + square) - level.f * (s + point(X) * s1)])
        }),
        _ => Vec::new(),
    }
}

fn production(id: &str) -> Vec<Check> {
    match id {
        "B1" => each(stages(), "", "g^2 in place of g^2/2", |stage, broken| {
            let level = stage.level()?;
            let rate = stage.moving()?.mean(Moment::LnDensity)?.slope;
            let half = if broken { level.g2 } else { level.g2.times(0.5) };
            Ok([rate, level.f + half * stage.line()?.mean(Moment::ScoreNorm2)?])
        }),
        "B2" => {
            let right = |stage: &Stage, broken: bool| {
                let level = stage.level()?;
                let half = if broken { level.g2 } else { level.g2.times(0.5) };
                Ok(half * (level.sigma2.recip() + stage.line()?.mean(Moment::ScoreDivergence)?))
            };
            let mut all = each(atoms_only(stages()), "", "g^2 in place of g^2/2", move |stage, broken| {
                Ok([stage.moving()?.mean(Moment::Entropy)?.slope, right(stage, broken)?])
            });
            // With a density, H(X_0 given X_t) is a constant minus H(X_t) - log sigma.
            let dense = stages().into_iter().skip(2).collect();
            all.extend(each(dense, "", "g^2 in place of g^2/2", move |stage, broken| {
                let moving = stage.moving()?;
                let information = moving.mean(Moment::LnDensity)? - moving.sigma2().ln().times(0.5);
                Ok([-information.slope, right(stage, broken)?])
            }));
            all
        }
        "B3" => each(stages(), "", "gamma' in place of gamma'/2", |stage, broken| {
            let (level, line, moving) = (stage.level()?, stage.line()?, stage.moving()?);
            let m = line.means(&[Moment::ScoreNorm2, Moment::PosteriorVariance])?;
            let gamma = moving.alpha().sqr() / moving.sigma2();
            let factor = if broken { -1.0 } else { -0.5 };
            Ok([level.g2.times(0.5) * (level.sigma2.recip() - m[0]), gamma.slope.times(factor) * m[1]])
        }),
        "B4" => {
            let mut all = each(stages(), "", "g^2 in place of g^2/2", |stage, broken| {
                let level = stage.level()?;
                let half = if broken { level.g2 } else { level.g2.times(0.5) };
                let rate = stage.moving()?.mean(Moment::Entropy)?.slope;
                Ok([rate, half * stage.line()?.mean(Moment::Production)?])
            });
            all.extend(each(stages(), "by divergences", "E div s alone", |stage, broken| {
                let m = stage.line()?.means(&[Moment::Production, Moment::ScoreDivergence, Moment::LabelDivergence])?;
                Ok([m[0], if broken { m[1] } else { m[1] - m[2] }])
            }));
            all
        }
        "B5" => {
            let dense = stages().into_iter().skip(2).collect();
            each(dense, "", "I(X_0;X_t given Y) left out", |stage, broken| {
                let (level, line) = (stage.level()?, stage.line()?);
                let m = line.means(&[Moment::LnDensity, Moment::Entropy])?;
                let noise = ((Interval::PI.times(2.0) * level.sigma2).ln() + Interval::ONE).times(0.5);
                let (mut label, mut within) = (-m[1], Interval::ZERO);
                for (k, c) in line.components().iter().enumerate() {
                    label = label - c.weight * c.weight.ln();
                    within = within + c.weight * (line.variance(k) / level.sigma2).ln().times(0.5);
                }
                Ok([m[0] - noise, if broken { label } else { label + within }])
            })
        }
        "B6" => stages()
            .into_iter()
            .map(|stage| {
                at_most(format!("{}: mmse <= l/(1 + gamma l)", stage.name), "a fifth of the bound", move |broken| {
                    let (level, line) = (stage.level()?, stage.line()?);
                    let sum = |f: &dyn Fn(&Component<Interval>) -> Interval| {
                        line.components().iter().fold(Interval::ZERO, |s, c| s + c.weight * f(c))
                    };
                    let mean = sum(&|c| c.mean);
                    let l = sum(&|c| c.variance + (c.mean - mean).sqr());
                    let bound = l / (Interval::ONE + level.snr() * l);
                    Ok([line.mean(Moment::PosteriorVariance)?, if broken { bound.times(0.2) } else { bound }])
                })
            })
            .collect(),
        "B11" => vec![equal("gaussian/edm/sigma=0.7: slope of psi", "sigma^2 in place of sigma", |broken| {
            let (c2, sigma) = (1.7, 0.7);
            let law = LineLaw::from_parts(&[1.0], &[0.3], &[c2]);
            let (alpha, sigma2) = kernel(&NoiseProcess::Edm, Jet::variable(point(sigma)))?;
            let information = law.at(alpha, sigma2)?.mean(Moment::LnDensity)? - sigma2.ln().times(0.5);
            let weight = if broken { point(sigma).sqr() } else { point(sigma) };
            // The slope of c arctan(sigma/c).
            Ok([-(weight * information.slope), point(c2) / (point(c2) + point(sigma).sqr())])
        })],
        "B12" => each(stages(), "the model of a wrong weight", "E div r once", |stage, broken| {
            let (line, level) = (stage.line()?, stage.level()?);
            let count = line.components().len();
            let mut weights = vec![1.0; count];
            weights[0] = 3.0;
            let parts: Vec<[f64; 2]> = line.components().iter().map(|c| [c.mean.mid(), c.variance.mid()]).collect();
            let model = LineLaw::from_parts(
                &weights,
                &parts.iter().map(|p| p[0]).collect::<Vec<_>>(),
                &parts.iter().map(|p| p[1]).collect::<Vec<_>>(),
            );
            let model = model.at(level.alpha, level.sigma2)?;
            let m = mean_of(&line, &Rule::Model(&model, if broken { 1.0 } else { 2.0 }))?;
            let noise = level.sigma2.recip();
            Ok([noise + m[0], noise - line.mean(Moment::ScoreNorm2)? + m[1]])
        }),
        _ => Vec::new(),
    }
}

fn bifurcations(id: &str) -> Vec<Check> {
    match id {
        "C1" => vec![equal("two-atoms/ve/t=0.5: where s' = 0", "sigma in place of sigma^2", |broken| {
            let law = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.0]);
            let bracket = Interval::new(0.2, 1.0);
            let x = |x: Slope| -> infodyn_enclosure::Result<Slope> {
                Ok(law.at(real::<Slope>(1.0), real(0.5))?.observe(x).score_divergence())
            };
            let singular = zero(bracket, x)?.at;
            let level = if broken { point(0.5).sqrt() } else { point(0.5) };
            let marginal = zero(bracket, |x| {
                let [_, variance] = posterior(&law.at(real::<Slope>(1.0), real(0.5))?, x);
                Ok(variance - Slope::real(level))
            })?;
            Ok([singular, marginal.at])
        })],
        "C2" => {
            let (a, q) = (1.0, 0.25);
            let law = LineLaw::from_parts(&[0.5, 0.5], &[-a, a], &[q, q]);
            let list = move |sigma2: f64| fixed_points(&law.at(Interval::ONE, point(sigma2))?, Drift::marginal());
            let below = list.clone();
            vec![
                equal("pair/alpha=1/v=0.65: x*", "a^2 in place of a", move |broken| {
                    let roots = below(0.4)?;
                    let stable = roots.last().map_or(Interval::ZERO, |r| r.at);
                    let v = if broken { point(0.325) } else { point(0.4) + point(q) };
                    Ok([stable, tanh_root(point(a), v, Interval::new(0.4, 1.3))?])
                }),
                // v = 0.99 and 1.01, on either side of a^2.
                count("pair/alpha=1/v=0.99: fixed points on the line", list.clone(), 0.74, 3),
                count("pair/alpha=1/v=1.01: fixed points on the line", list, 0.76, 1),
            ]
        }
        "C3" => vec![
            equal("two-atoms/ou: alpha^2 of the reverse SDE", "the value of the marginal, 1/2", |broken| {
                let t = critical_time(1.0, 0.0, 1.0, 2.0, Interval::new(0.3, 0.7))?;
                let value = if broken { point(0.5) } else { point(2.0).sqrt() - Interval::ONE };
                Ok([t.times(-2.0).exp(), value])
            }),
            equal("pair a^2=0.3, q=0.2/ou: alpha^2 of the flow", "a^2 left out", |broken| {
                let a2 = point(0.3);
                let a = 0.3_f64.sqrt();
                // The mean is the double a; its square is taken back exactly.
                let square = point(a).sqr();
                let t = critical_time(a, 0.2, 1.0, 1.0, Interval::new(0.1, 0.4))?;
                let left = Interval::ONE - point(0.2) - if broken { a2.times(0.0) } else { square };
                Ok([t.times(-2.0).exp(), left / (Interval::ONE - point(0.2)).sqr()])
            }),
        ],
        "C5" => [1.2, 2.0]
            .into_iter()
            .map(|d| {
                equal(format!("N(+-{d}, 1): the log-odds of the fold"), "arccosh d once", move |broken| {
                    // Unknowns: the place, and b = log(w/(1-w)).
                    let system = |[x, b]: [Slope; 2]| {
                        let one = real::<Slope>(1.0);
                        let component = |weight: Slope, mean: f64, label| Component {
                            weight,
                            mean: real(mean),
                            variance: real(0.0),
                            label,
                        };
                        let (light, heavy) = (one / (one + b.exp()), one / (one + (-b).exp()));
                        let line = Line::new(vec![component(heavy, d, 0), component(light, -d, 1)], one, one)?;
                        let seen = line.observe(x);
                        Ok([seen.score(), seen.score_divergence()])
                    };
                    let root = (d * d - 1.0_f64).sqrt();
                    let guess = [-root, 2.0 * d * root - 2.0 * d.acosh()];
                    let [_, b] = common_zero(guess, &system)?;
                    let d = point(d);
                    let root = (d.sqr() - Interval::ONE).sqrt();
                    let acosh = (d + root).ln();
                    Ok([b, (d * root).times(2.0) - acosh.times(if broken { 1.0 } else { 2.0 })])
                })
            })
            .collect(),
        "C7" => vec![equal("pair D=10 r^2=1 q=0.2/ou: t_c", "Lambda in place of 1 + D r^2 - q", |broken| {
            let (a, q) = (10.0_f64.sqrt(), 0.2);
            let t = critical_time(a, q, 0.0, 1.0, Interval::new(0.6, 2.0))?;
            let a2 = point(a).sqr();
            let inside = if broken { a2 + point(q) } else { Interval::ONE + a2 - point(q) };
            Ok([t, inside.ln().times(0.5)])
        })],
        "C8" => {
            let peak = |name: &str, power: f64, lo: f64, hi: f64, broken: &'static str, other: f64| {
                equal(format!("two-atoms: {name}"), broken, move |twisted| {
                    let bracket = Interval::new(lo, hi);
                    let formula = if twisted { point(other) } else { peak_by_formula(power, bracket)? };
                    Ok([peak_by_derivative(power, bracket)?, formula])
                })
            };
            vec![
                equal("two-atoms: k_V", "the pitchfork, k = 1", |broken| {
                    Ok([variance_peak_by_derivative()?, if broken { Interval::ONE } else { variance_peak()? }])
                }),
                equal("two-atoms: k_V to the digits of the theory", "k_H", |broken| {
                    let k = if broken { 1.5083306287863809777 } else { 1.3454776697250416864 };
                    Ok([variance_peak()?, Interval::near(k)])
                }),
                peak("k_H", 1.0, 1.505, 1.511, "the clock sigma/alpha", 2.4126488958332281921),
                peak("k_s", 1.5, 2.41, 2.415, "the clock log gamma", 1.5083306287863809777),
                peak("k_v", 2.0, 3.345, 3.351, "the clock sigma/alpha", 2.4126488958332281921),
            ]
        }
        "C9" => vec![equal("two classes, q=1/ou: width of Var h", "at a quarter of the width", |broken| {
            let low = half_height(Interval::new(0.419, 0.4205))?;
            let high = half_height(Interval::new(3.42, 3.43))?;
            let factor = if broken { 0.25 } else { 0.5 };
            Ok([(high / low).ln().times(factor), digits(1.04963183928493, 1e-14)])
        })],
        "C13" => vec![equal("two-atoms: peak per unit of sigma", "per unit of x in ve", |broken| {
            let bracket = Interval::new(0.668, 0.671);
            let formula = if broken {
                peak_by_formula(1.0, Interval::new(1.505, 1.511))?
            } else {
                peak_by_formula(0.5, bracket)?
            };
            Ok([peak_by_derivative(0.5, bracket)?, formula])
        })],
        "C14" => vec![equal("two covariances/ou: the constant of the peak", "4 k in place of 8 k", |broken| {
            let factor = point(if broken { 4.0 } else { 8.0 });
            Ok([(factor * variance_peak()?).ln().times(-0.25), digits(-0.594047659115410, 1e-15)])
        })],
        "C15" => vec![equal("two-atoms/ve/t=0.8: E lambda_max", "k mmse/2", |broken| {
            let law = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.0]);
            let line = law.at(Interval::ONE, point(0.8))?;
            let m = line.means(&[Moment::ScoreDivergence, Moment::PosteriorVariance])?;
            let part = point(0.8).recip() * m[1].times(if broken { 0.5 } else { 1.0 });
            Ok([m[0], -(Interval::ONE - part) / point(0.8)])
        })],
        "C16" => vec![
            equal("pair/k=1", "sech^2 in place of sech^2/2", |broken| {
                let m = pair_at(Interval::ONE)?.means(&[Moment::Agreement, Moment::PosteriorVariance])?;
                Ok([m[0], Interval::ONE - m[1].times(if broken { 1.0 } else { 0.5 })])
            }),
            equal("pair q=1, D=100/ou/t=(1/2) log D", "q = 0", |broken| {
                let q = if broken { 0.0 } else { 1.0 };
                let law = LineLaw::from_parts(&[0.5, 0.5], &[-10.0, 10.0], &[q, q]);
                let alpha2 = point(100.0).recip();
                let line = law.at(point(10.0).recip(), Interval::ONE - alpha2)?;
                Ok([line.mean(Moment::Agreement)?, Interval::near(0.775200245396663585)])
            }),
        ],
        _ => Vec::new(),
    }
}

fn pathwise(id: &str) -> Vec<Check> {
    match id {
        "D1" => vec![equal(
            "three-atoms/ve: E[pi(X_s) given X_t = 0.37], s=0.5, t=0.9",
            "X_s given the mean of X_0",
            |broken| {
                let (s, t) = (0.5, 0.9);
                let (w, mu) = ([0.2, 0.3, 0.5], [-2.0, 0.5, 1.5]);
                let law = LineLaw::from_parts(&w, &mu, &[0.0; 3]);
                let (early, late) = (law.at(Interval::ONE, point(s))?, law.at(Interval::ONE, point(t))?);
                // X_s given X_t = x and X_0 = mu is N(mu + (s/t)(x - mu), s (t-s)/t): weights are the posterior at t.
                let seen = late.observe(point(X));
                let share = point(s) / point(t);
                let spread = point(s) * (point(t) - point(s)) / point(t);
                let bridge: Vec<Component<Interval>> = (0..3)
                    .map(|y| Component {
                        weight: seen.posterior_of(y),
                        mean: point(mu[y]) + share * (point(X) - if broken { Interval::ZERO } else { point(mu[y]) }),
                        variance: Interval::ZERO,
                        label: y,
                    })
                    .collect();
                let bridge = Line::new(bridge, Interval::ONE, spread)?;
                Ok([mean_of(&bridge, &Rule::Label(&early, 1))?[0], seen.posterior_of(1)])
            },
        )],
        "D3" => each(stages(), "", "Cov(h, b) left out", |stage, broken| {
            let (level, line) = (stage.level()?, stage.line()?);
            let rate = stage.moving()?.entropy_variance()?.slope;
            let covariance = line.entropy_production_covariance()?;
            let gradient = line.mean(Moment::Gradient2)?;
            Ok([-rate, level.g2 * if broken { gradient } else { gradient - covariance }])
        }),
        "D4" => each(stages(), "", "Var h left out", |stage, broken| {
            let line = stage.line()?;
            let within = mean_of(&line, &Rule::Varentropy)?[0];
            Ok([line.surprisal_variance()?, if broken { within } else { within + line.entropy_variance()? }])
        }),
        _ => Vec::new(),
    }
}

/// `-d/dt KL(p_t, N(0, 1))`, the cross entropy in closed form.
fn relaxation(stage: &Stage) -> infodyn_enclosure::Result<Interval> {
    let moving = stage.moving()?;
    let square = moving
        .components()
        .iter()
        .enumerate()
        .fold(real::<Slope>(0.0), |s, (k, c)| s + c.weight * (moving.variance(k) + moving.centre(k).sqr()));
    Ok(moving.mean(Moment::LnDensity)?.slope - square.slope.times(0.5))
}

fn thermodynamics(id: &str) -> Vec<Check> {
    // Variance-preserving: the last two stages.
    let preserving: Vec<Stage> = stages().into_iter().skip(1).collect();
    match id {
        "E1" => each(preserving, "", "s - x in place of s + x", |stage, broken| {
            let drift = mean_of(&stage.line()?, &Rule::Drift(if broken { -1.0 } else { 1.0 }, Interval::ONE))?;
            Ok([relaxation(stage)?, stage.level()?.g2.times(0.5) * drift[0]])
        }),
        "E2" => each(preserving, "", "f = 0", |stage, broken| {
            // E|f X - (g^2/2) s|^2 = f^2 E|X - (g^2/2f) s|^2.
            let level = stage.level()?;
            let ratio = -(level.g2.times(0.5) / level.f);
            let square = mean_of(&stage.line()?, &Rule::Drift(if broken { 0.0 } else { 1.0 }, ratio))?[0];
            Ok([relaxation(stage)?, point(2.0) / level.g2 * level.f.sqr() * square])
        }),
        "E3" => vec![equal("two-atoms/ve/t=0.6: m of Curie-Weiss", "k/2", |broken| {
            let law = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.0]);
            let roots = fixed_points(&law.at(Interval::ONE, point(0.6))?, Drift::marginal())?;
            let stable = roots.last().map_or(Interval::ZERO, |r| r.at);
            // Stationary points of F(m) = k m^2/2 - log cosh(k m), its derivative carried through.
            let k = if broken { point(0.525).recip() } else { point(0.6).recip() };
            let m = zero(Interval::new(0.4, 1.2), |m| {
                let m: Curve = Jet { value: m, slope: real::<Slope>(1.0) };
                let k = Curve::real(k);
                let u = k * m;
                let ln_cosh = u + (-u.times(2.0)).exp().ln_1p();
                Ok((k * m.sqr().times(0.5) - ln_cosh).slope)
            })?;
            Ok([stable, m.at])
        })],
        "E4" => vec![equal("gaussian q=0.7, N=1000, D=100: gamma_C", "N^(1/D) in place of N^(2/D)", |broken| {
            let q = 0.7;
            let law = LineLaw::from_parts(&[1.0], &[0.0], &[q]);
            let share = point(1000.0).ln() / point(100.0);
            let gamma = zero(Interval::new(0.15, 0.3), |gamma| {
                let noise = real::<Slope>(1.0) / gamma;
                let line = law.at(real(1.0), noise)?;
                let one = real::<Slope>(1.0);
                let entropy = ((Slope::real(Interval::PI.times(2.0)) * noise).ln() + one).times(0.5);
                Ok(line.mean(Moment::LnDensity)? - entropy - Slope::real(share))
            })?;
            let power = share.times(if broken { 1.0 } else { 2.0 });
            Ok([gamma.at, power.exp_m1() / point(q)])
        })],
        _ => Vec::new(),
    }
}
