//! The evidence by interval arithmetic: for each claim that it reaches, both sides enclosed independently.
//!
//! One side is a derivative carried through the integrals or through the density, a root of it, or a complete list; the other
//! the formula of the claim. Each holds for the parameters given with the certainty that [`infodyn_enclosure`] states.

use infodyn_core::{Comparison, NoiseProcess};
use infodyn_enclosure::{Component, Interval, Jet, Level, LineLaw, Moment, Number, Plane, kernel, zero};

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

/// An order of two enclosures.
fn at_most(
    case: impl Into<String>,
    broken: &'static str,
    run: impl Fn(bool) -> infodyn_enclosure::Result<[Interval; 2]> + Send + Sync + 'static,
) -> Check {
    Check::number_by_words(Kind::Enclosure, case, &[Mutation::Formula(broken)], move |_, mutation| {
        let [lhs, rhs] = run(mutation == Mutation::Formula(broken))?;
        Ok(Comparison::at_most(lhs.estimate(), rhs.estimate(), SHARPNESS * rhs.magnitude()))
    })
}

/// An equality of two enclosures in the plane, of lower accuracy.
fn in_planes(
    what: &str,
    broken: &'static str,
    run: impl Fn(&Level, &Plane, bool) -> infodyn_enclosure::Result<[Interval; 2]> + Clone + Send + Sync + 'static,
) -> Vec<Check> {
    let one = |stage: PlaneStage| {
        let run = run.clone();
        let case = if what.is_empty() { stage.name.to_owned() } else { format!("{}: {what}", stage.name) };
        Check::number_by_words(Kind::Enclosure, case, &[Mutation::Formula(broken)], move |_, mutation| {
            let level = Level::new(&stage.process, stage.t)?;
            let plane = Plane::from_parts(&stage.law, &stage.labels, level.alpha, level.sigma2)?;
            let [lhs, rhs] = run(&level, &plane, mutation == Mutation::Formula(broken))?;
            Ok(Comparison::new(lhs.estimate(), rhs.estimate(), PLANE_SHARPNESS * rhs.magnitude()))
        })
    };
    planes().map(one).into()
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
        equal(case, broken, move |mutated| run(&stage, mutated))
    };
    stages.into_iter().map(one).collect()
}

/// The checks of a claim by enclosure; none for the claims that it does not reach.
pub(crate) fn checks(id: &str) -> Vec<Check> {
    match id.as_bytes().first() {
        Some(b'A') => score(id),
        Some(b'B') => production(id),
        _ => Vec::new(),
    }
}

fn score(id: &str) -> Vec<Check> {
    match id {
        "A2" => each(stages(), "at x=0.37", "sigma^2 in place of sigma^4", |stage, broken| {
            let level = stage.level()?;
            let x: Curve = Jet { value: Jet::variable(point(X)), slope: real(1.0) };
            let second = stage.still::<Curve>()?.observe(x).ln_density().slope.slope;
            let [_, variance] = posterior(&stage.line()?, point(X));
            let power = if broken { level.sigma2 } else { level.sigma2.sqr() };
            Ok([second, level.alpha.sqr() / power * variance - level.sigma2.recip()])
        }),
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
        "B3" => {
            let mut all = each(stages(), "", "gamma' in place of gamma'/2", |stage, broken| {
                let (level, line, moving) = (stage.level()?, stage.line()?, stage.moving()?);
                let m = line.means(&[Moment::ScoreNorm2, Moment::PosteriorVariance])?;
                let gamma = moving.alpha().sqr() / moving.sigma2();
                let factor = if broken { -1.0 } else { -0.5 };
                Ok([level.g2.times(0.5) * (level.sigma2.recip() - m[0]), gamma.slope.times(factor) * m[1]])
            });
            all.extend(in_planes("", "D = 1", |level, plane, broken| {
                let m = plane.means(&[Moment::ScoreNorm2, Moment::PosteriorVariance])?;
                let half = level.g2.times(0.5);
                let dim = point(if broken { 1.0 } else { 2.0 });
                Ok([half * (dim / level.sigma2 - m[0]), half * level.alpha.sqr() / level.sigma2.sqr() * m[1]])
            }));
            all
        }
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
            all.extend(in_planes("by divergences", "E div s alone", |_, plane, broken| {
                let m = plane.means(&[Moment::Production, Moment::ScoreDivergence, Moment::LabelDivergence])?;
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
        "B7" => {
            let stages = atoms_only(stages());
            let mut all =
                each(stages.clone(), "gamma=4000: I is H(X_0)", "log K in place of H(X_0)", |stage, broken| {
                    let sigma2 = point(4000.0).recip();
                    let line = stage.law.at(Interval::ONE, sigma2)?;
                    let noise = ((Interval::PI.times(2.0) * sigma2).ln() + Interval::ONE).times(0.5);
                    let weights = stage.law.label_weights();
                    let all = weights.iter().fold(Interval::ZERO, |s, w| s - *w * w.ln());
                    // Two equal atoms have log K itself.
                    let wrong = point(weights.len() as f64).ln() + point(if weights.len() == 2 { 0.01 } else { 0.0 });
                    // What is left, H(X_0 given X_t), is enclosed too.
                    let left = line.mean(Moment::Entropy)?;
                    Ok([line.mean(Moment::LnDensity)? - noise, if broken { wrong } else { all } - left])
                });
            for stage in stages {
                all.extend([0.1, 1.0, 10.0].map(|gamma| {
                    let law = stage.law.clone();
                    let case = format!("{}: mmse({}) <= mmse({gamma})", stage.name, 1.25 * gamma);
                    at_most(case, "the other way round", move |broken| {
                        let mmse =
                            |gamma: f64| law.at(Interval::ONE, point(gamma).recip())?.mean(Moment::PosteriorVariance);
                        let [low, high] = [mmse(gamma)?, mmse(1.25 * gamma)?];
                        Ok(if broken { [low, high] } else { [high, low] })
                    })
                }));
            }
            all
        }
        "B8" => {
            let eta = |law: &LineLaw, gamma: f64| -> infodyn_enclosure::Result<Interval> {
                let line = law.at(Interval::ONE, point(gamma).recip())?;
                Ok(point(gamma) * line.mean(Moment::PosteriorVariance)?)
            };
            let atoms = [8.0, 40.0].map(|k| {
                at_most(format!("two-atoms/k={k}: eta <= k exp(-k/2)"), "k exp(-k)", move |broken| {
                    let pair = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0; 2]);
                    let power = point(if broken { -k } else { -0.5 * k });
                    Ok([eta(&pair, k)?, point(k) * power.exp()])
                })
            });
            let dense = [1e2, 1e4, 1e6].map(|gamma| {
                let case = format!("two Gaussians of variance 0.1/gamma={gamma:e}: 1 - eta <= 1/(gamma q)");
                at_most(case, "1/gamma^2", move |broken| {
                    let law = LineLaw::from_parts(&[0.3, 0.7], &[-1.0, 1.0], &[0.1, 0.1]);
                    let bound = (point(0.1) * point(gamma)).recip();
                    Ok([Interval::ONE - eta(&law, gamma)?, if broken { bound.sqr() } else { bound }])
                })
            });
            atoms.into_iter().chain(dense).collect()
        }
        "B9" => {
            let mut all = each(stages(), "the gain at x=0.37", "gamma S/2", |stage, broken| {
                let level = stage.level()?;
                let [mean, _] = posterior(&stage.still::<Slope>()?, Jet::variable(point(X)));
                let variance = stage.line()?.observe(point(X)).posterior_variance();
                Ok([level.alpha * mean.slope, level.snr() * variance.times(if broken { 0.5 } else { 1.0 })])
            });
            all.extend(each(stages(), "the mean gain is eta", "mmse in place of gamma mmse", |stage, broken| {
                let (level, line) = (stage.level()?, stage.line()?);
                let m = line.means(&[Moment::ScoreDivergence, Moment::PosteriorVariance])?;
                let eta = if broken { m[1] } else { level.snr() * m[1] };
                Ok([Interval::ONE + level.sigma2 * m[0], eta])
            }));
            all.push(at_most("two-atoms/k=1.5: a gain above 1", "the gain of one Gaussian", |broken| {
                let [mean, _] = posterior(&pair_at(real::<Slope>(1.5))?, Jet::variable(Interval::ZERO));
                let alpha = point(1.5).sqrt();
                let wiener = point(1.5) / point(2.5);
                Ok([Interval::ONE, if broken { wiener } else { alpha * mean.slope }])
            }));
            all
        }
        "B10" => vec![equal("three-atoms: gamma where H = 0.4, in ve and in ou", "t in place of gamma", |broken| {
            let law = LineLaw::from_parts(&[0.2, 0.3, 0.5], &[-2.0, 0.5, 1.5], &[0.0; 3]);
            let at = |process: NoiseProcess, bracket: Interval| -> infodyn_enclosure::Result<Interval> {
                let t = zero(bracket, |t| {
                    let (alpha, sigma2) = kernel(&process, t)?;
                    Ok(law.at(alpha, sigma2)?.mean(Moment::Entropy)? - real(0.4))
                })?;
                let (alpha, sigma2) = kernel(&process, t.at)?;
                Ok(if broken { t.at } else { alpha.sqr() / sigma2 })
            };
            Ok([
                at(NoiseProcess::Ve, Interval::new(0.440, 0.444))?,
                at(NoiseProcess::Ou, Interval::new(0.1825, 0.1840))?,
            ])
        })],
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
