//! The evidence by interval arithmetic: for each claim that it reaches, both sides enclosed independently.
//!
//! One side is a derivative carried through the integrals or through the density, a root of it, or a complete list; the other
//! the formula of the claim. Each holds for the parameters given with the certainty that [`infodyn_enclosure`] states.

use infodyn_core::Comparison;
use infodyn_enclosure::{
    Component, Drift, Interval, Jet, Line, LineLaw, Moment, Number, Parameter, Root, common_zero, fixed_points, zero,
};

use crate::enclosed::*;
use crate::{Check, Kind, Mutation};

/// An equality of two enclosures; `run` is told whether the ingredient is broken.
fn equal(
    case: impl Into<String>,
    broken: &'static str,
    run: impl Fn(bool) -> infodyn_enclosure::Result<[Interval; 2]> + Send + Sync + 'static,
) -> Check {
    Check::number_by_words(Kind::Enclosure, case, &[Mutation::Formula(broken)], move |_, mutation| {
        let [lhs, rhs] = run(mutation == Mutation::Formula(broken))?;
        let scale = if rhs == Interval::ZERO { 1.0 } else { rhs.magnitude() };
        Ok(Comparison::new(lhs.estimate(), rhs.estimate(), SHARPNESS * scale))
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
    Check::number_by_words(Kind::Enclosure, case, &[Mutation::Formula(broken)], move |_, mutation| {
        let expected = expected + if mutation == Mutation::Formula(broken) { 2 } else { 0 };
        let found = Interval::new(-0.25, 0.25) + point(list(sigma2)?.len() as f64);
        Ok(Comparison::new(found.estimate(), point(expected as f64).estimate(), 0.5))
    })
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
        equal(case, broken, move |mutated| run(&stage, mutated))
    };
    stages.into_iter().map(one).collect()
}

/// The checks of a claim by enclosure; none for the claims that it does not reach.
pub(crate) fn checks(id: &str) -> Vec<Check> {
    match id.as_bytes().first() {
        Some(b'C') => bifurcations(id),
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
        "C4" => {
            // The normal form at the pitchfork, U = (A/2) (v - v_c) x^2 + (B/24) x^4 with U = -log p, from derivatives at the origin:
            // all the limits of the claim are ratios of its two coefficients.
            let coefficients = || -> infodyn_enclosure::Result<[Interval; 2]> {
                let law = LineLaw::from_parts(&[0.5, 0.5], &[-PITCHFORK, PITCHFORK], &[0.0; 2]);
                let critical = point(PITCHFORK).sqr();
                // Outer derivative in v, inner in x.
                let x: Curve = Jet { value: Jet::variable(Interval::ZERO), slope: real(0.0) };
                let v: Curve = Jet { value: Slope::real(critical), slope: real(1.0) };
                let stiffness = -law.at(real::<Curve>(1.0), v)?.observe(x).score().slope.slope;
                let x: Jet<Curve> =
                    Jet { value: Jet { value: Jet::variable(Interval::ZERO), slope: real(1.0) }, slope: real(1.0) };
                let seen = law.at(real::<Jet<Curve>>(1.0), Jet::<Curve>::real(critical))?.observe(x);
                Ok([stiffness, -seen.score().slope.slope.slope])
            };
            let a4 = || point(PITCHFORK).sqr().sqr();
            let case = |what: &str| format!("two-atoms/a={PITCHFORK}/at the pitchfork: {what}");
            vec![
                equal(case("x*^2/(v_c - v)"), "an exponent of 1", move |broken| {
                    let [a, b] = coefficients()?;
                    Ok([a.times(6.0) / b, point(if broken { 1.0 } else { 3.0 })])
                }),
                equal(case("barrier over (v_c - v)^2"), "3/(2 a^4)", move |broken| {
                    let [a, b] = coefficients()?;
                    Ok([a.sqr().times(1.5) / b, point(if broken { 1.5 } else { 0.75 }) / a4()])
                }),
                equal(case("chi (v - v_c)"), "v_c^2/2, the value below", move |broken| {
                    Ok([coefficients()?[0].recip(), a4().times(if broken { 0.5 } else { 1.0 })])
                }),
                equal(case("x^3/e in a field"), "6 a^4", move |broken| {
                    Ok([point(6.0) / coefficients()?[1], a4().times(if broken { 6.0 } else { 3.0 })])
                }),
            ]
        }
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
        "C6" => vec![equal("N(+-d, 1)/at the cusp: G(d)/(d-1)^(3/2)", "an exponent of 1", |broken| {
            // s = beta b + kappa (d - 1) x - tau x^3 near the cusp, b the log-odds: folds at |b| = (2 tau/beta) (kappa (d-1)/(3 tau))^(3/2).
            fn score<P: Parameter<Over<Interval> = P>>(x: P, b: P, d: P) -> infodyn_enclosure::Result<P> {
                let one = real::<P>(1.0);
                let component = |weight: P, mean: P, label| Component { weight, mean, variance: real::<P>(0.0), label };
                let (light, heavy) = (one / (one + b.exp()), one / (one + (-b).exp()));
                Ok(Line::new(vec![component(heavy, d, 0), component(light, -d, 1)], one, one)?.observe(x).score())
            }
            let beta = score(real(0.0), Jet::variable(Interval::ZERO), real::<Slope>(1.0))?.slope;
            let x: Curve = Jet { value: Jet::variable(Interval::ZERO), slope: real(0.0) };
            let d: Curve = Jet { value: real(1.0), slope: real(1.0) };
            let kappa = score(x, real(0.0), d)?.slope.slope;
            let x: Jet<Curve> =
                Jet { value: Jet { value: Jet::variable(Interval::ZERO), slope: real(1.0) }, slope: real(1.0) };
            let tau = -(score(x, real(0.0), real(1.0))?.slope.slope.slope / point(6.0));
            let share = kappa / tau.times(3.0);
            let power = if broken { share } else { share * share.sqrt() };
            Ok([tau.times(2.0) / beta * power, point(2.0).sqrt().times(8.0) / point(3.0)])
        })],
        "C7" => vec![equal("pair D=10 r^2=1 q=0.2/ou: t_c", "Lambda in place of 1 + D r^2 - q", |broken| {
            let (a, q) = (10.0_f64.sqrt(), 0.2);
            let t = critical_time(a, q, 0.0, 1.0, Interval::new(0.6, 2.0))?;
            let a2 = point(a).sqr();
            let inside = if broken { a2 + point(q) } else { Interval::ONE + a2 - point(q) };
            Ok([t, inside.ln().times(0.5)])
        })],
        "C8" => {
            let peak = |name: &str, power: f64, lo: f64, hi: f64, broken: &'static str, other: f64| {
                equal(format!("two-atoms: {name}"), broken, move |mutated| {
                    let bracket = Interval::new(lo, hi);
                    let formula = if mutated { point(other) } else { peak_by_formula(power, bracket)? };
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
        "C10" => {
            let tree = || LineLaw::from_parts(&[0.25; 4], &[-11.0, -9.0, 9.0, 11.0], &[0.0; 4]);
            // By D3, and by the derivative of the variance itself.
            let by_balance = move |bracket: Interval| -> infodyn_enclosure::Result<Interval> {
                let root = zero(bracket, |sigma| {
                    let line = tree().at(real::<Slope>(1.0), sigma.sqr())?;
                    Ok(line.mean(Moment::Gradient2)? - line.entropy_production_covariance()?)
                })?;
                Ok(root.at)
            };
            let by_derivative = move |bracket: Interval| -> infodyn_enclosure::Result<Interval> {
                let root = zero(bracket, |sigma| {
                    let sigma: Curve = Jet { value: sigma, slope: real(1.0) };
                    Ok(tree().at(real::<Curve>(1.0), sigma.sqr())?.entropy_variance()?.slope)
                })?;
                Ok(root.at)
            };
            let (coarse, fine) = (Interval::new(8.687, 8.689), Interval::new(0.862, 0.8622));
            vec![
                equal(
                    "tree +-10 +-1 on a line/edm: sigma of the coarse peak of Var h",
                    "10/sqrt(k_V)",
                    move |broken| {
                        let other = if broken { point(10.0) / variance_peak()?.sqrt() } else { by_balance(coarse)? };
                        Ok([by_derivative(coarse)?, other])
                    },
                ),
                // Only the neighbours count there, up to exp(-(2A-b)^2/2b^2).
                equal("tree +-10 +-1 on a line/edm: sigma of the fine peak of Var h", "that of k_H", move |broken| {
                    let k = if broken { Interval::near(1.5083306287863809777) } else { variance_peak()? };
                    Ok([by_derivative(fine)?, k.sqrt().recip()])
                }),
            ]
        }
        "C12" => {
            let mut all =
                each(stages(), "at x=0.37: log-density along the flow", "g^2 in place of g^2/2", |stage, broken| {
                    let level = stage.level()?;
                    let in_time = stage.moving()?.observe(real(X)).ln_density().slope;
                    let seen = stage.line()?.observe(point(X));
                    let half = level.g2.times(if broken { 1.0 } else { 0.5 });
                    let u = level.f * point(X) - half * seen.score();
                    // The derivative of u by nested differentiation of log p.
                    let x: Curve = Jet { value: Jet::variable(point(X)), slope: real(1.0) };
                    let second = stage.still::<Curve>()?.observe(x).ln_density().slope.slope;
                    Ok([in_time + u * seen.score(), half * second - level.f])
                });
            all.extend(each(stages(), "E div u = d/dt H(X_t)", "g^2 in place of g^2/2", |stage, broken| {
                let level = stage.level()?;
                let half = level.g2.times(if broken { 1.0 } else { 0.5 });
                let divergence = level.f - half * stage.line()?.mean(Moment::ScoreDivergence)?;
                Ok([divergence, stage.moving()?.mean(Moment::LnDensity)?.slope])
            }));
            all
        }
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
