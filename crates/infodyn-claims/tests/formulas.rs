//! The exact half of the registry: every identity is decided and every mutant refuted, with a witness.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use std::collections::HashMap;
use std::time::Instant;

use infodyn_claims::registry;
use infodyn_closed_form::{Marginal, pair};
use infodyn_core::{Covariance, Density, Detail, Mixture as Law, NoiseLevel, NoiseProcess};
use infodyn_symbolic::theory::{Equation, Mixture, divergence, gradient, norm2};
use infodyn_symbolic::{Expr, Float, Symbol, is_identically_zero};
use num_dual::Dual2_64;
use rayon::prelude::*;

use infodyn_fixtures::Duals;

#[test]
fn identities_hold_and_mutants_are_refuted() {
    let all: Vec<_> = registry().into_iter().flat_map(|c| (c.formulas)().into_iter().map(move |i| (c.id, i))).collect();
    assert!(all.len() >= 215, "{}", all.len());
    let mut cases = std::collections::HashSet::new();
    for (id, identity) in &all {
        assert!(cases.insert((id, &identity.case)), "{id}: {} twice", identity.case);
    }
    let difference = |e: &Equation| &e.lhs - &e.rhs;
    let mut failures: Vec<String> = all
        .par_iter()
        .flat_map(|(id, identity)| {
            let label = format!("{id}: {}", identity.case);
            let clock = Instant::now();
            let verdict = identity.equation.decide();
            println!("{:8.3} {label}", clock.elapsed().as_secs_f64());
            let mut failures = Vec::new();
            if !verdict.is_zero() {
                failures.push(format!("{label}: {verdict:?}"));
            }
            if !identity.mutant.equation.decide().is_nonzero() {
                failures.push(format!("{label}: mutant ({}) not refuted", identity.mutant.broken));
            }
            // The normal form alone, without the help of evaluation, tells the mutant from zero.
            if is_identically_zero(&difference(&identity.mutant.equation)) == Some(true) {
                failures.push(format!("{label}: the normal form of the mutant vanished"));
            }
            failures
        })
        .collect();
    failures.sort();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn statements_are_filled() {
    for claim in registry() {
        let text = claim.text();
        assert!(!(0..10).any(|i| text.contains(&format!("{{{i}}}"))), "{}: {text}", claim.id);
        // Every formula stands whole between its marks, and no mark stands within one.
        let latex = claim.stated(|e| format!("$<{}>$", e.to_latex()), str::to_owned);
        for formula in latex.split("$<").skip(1) {
            let (formula, _) = formula.split_once(">$").unwrap();
            assert!(claim.cases().iter().any(|(e, _)| e.to_latex() == formula), "{}: {formula}", claim.id);
        }
        for (equation, _) in claim.cases() {
            if equation.to_string().len() < 2000 {
                let coq = equation.to_coq();
                assert!(!coq.contains(['|', '[', ']', '.', '\'', ',']), "{}: {coq} is no term", claim.id);
                let latex = equation.to_latex();
                assert!(!latex.contains('|') && !latex.contains("mathrm{d/"), "{}: {latex}", claim.id);
                equation.to_mathml().unwrap();
            }
        }
    }
}

/// The golden-ratio sequence.
struct Golden(f64);

impl Golden {
    fn within(&mut self, low: f64, high: f64) -> f64 {
        self.0 = (self.0 + 0.618_033_988_749_895).fract();
        low + (high - low) * self.0
    }
}

/// A mixture in numbers and, by name, the values of its symbols.
struct Drawn {
    law: Law,
    level: NoiseLevel,
    x: Vec<f64>,
    values: HashMap<String, f64>,
}

impl Drawn {
    /// Numbers for the symbols of `symbolic`; no value is small, so that both sides keep their digits.
    fn new(symbolic: &Mixture, random: &mut Golden) -> Self {
        let (components, dim) = (symbolic.weights.len(), symbolic.x.len());
        let raw: Vec<f64> = (0..components).map(|_| random.within(0.2, 1.0)).collect();
        let total: f64 = raw.iter().sum();
        let weights: Vec<f64> = raw.iter().map(|w| w / total).collect();
        let mut draw = |low: f64, high: f64| (0..dim).map(|_| random.within(low, high)).collect::<Vec<f64>>();
        let means: Vec<Vec<f64>> = (0..components).map(|_| draw(-1.5, 1.5)).collect();
        let x = draw(-2.0, 2.0);
        let variances: Vec<f64> = (0..components).map(|_| random.within(0.1, 0.8)).collect();
        let level = NoiseProcess::Ou.at(random.within(0.1, 1.5)).unwrap();
        let mut values = HashMap::from([("alpha".to_owned(), level.alpha()), ("sigma".to_owned(), level.sigma())]);
        let mut bind = |symbol: &Expr, value: f64| {
            values.insert(symbol.as_symbol().unwrap().name().to_owned(), value);
        };
        for j in 0..components {
            bind(&symbolic.weights[j], weights[j]);
            bind(&symbolic.variances[j], variances[j]);
            symbolic.means[j].iter().zip(&means[j]).for_each(|(mu, value)| bind(mu, *value));
        }
        symbolic.x.iter().zip(&x).for_each(|(x, value)| bind(x, *value));
        let covariances = variances.iter().map(|&q| Covariance::isotropic(q).unwrap()).collect();
        Self { law: Law::new(&weights, &means, covariances).unwrap(), level, x, values }
    }

    fn value(&self, e: &Expr) -> f64 {
        e.evaluate(&Float, |s: &Symbol| self.values.get(s.name()).copied()).unwrap()
    }
}

/// Both sides are rounded at a few hundred units of the size of their largest term, which these numbers keep below 1e3.
#[track_caller]
fn close(what: &str, numeric: f64, exact: f64) {
    assert!((numeric - exact).abs() <= 1e-10 * (1.0 + exact.abs()), "{what}: {numeric} against {exact}");
}

/// The numeric marginal against the expressions that the registry decides, at thousands of points.
#[test]
fn closed_forms_are_the_expressions() {
    let mut random = Golden(0.1);
    let mut compared = 0;
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let (ln_p, score) = (law.density().log(), law.score());
        let (div, trace) = (divergence(&score, &law.x), law.posterior_spread());
        let (h, b) = (law.posterior_entropy(), law.label_production());
        let (climb, mean) = (norm2(&gradient(&h, &law.x)), law.posterior_mean());
        for _ in 0..600 {
            let drawn = Drawn::new(&law, &mut random);
            let marginal = Marginal::new(&drawn.law, &drawn.level);
            let seen = marginal.observe_at(&drawn.x, Detail::all());
            let (anchor, _) = marginal.locate(&drawn.x);
            close("log p", seen.ln_density[0], drawn.value(&ln_p));
            for i in 0..dim {
                close("score", seen.score[i], drawn.value(&score[i]));
                close("mean", drawn.law.mean(anchor)[i] + seen.mean_offset[i], drawn.value(&mean[i]));
            }
            close("div s", seen.score_divergence[0], drawn.value(&div));
            close("tr S", seen.posterior_trace[0], drawn.value(&trace));
            close("h", seen.label.entropy[0], drawn.value(&h));
            close("b", seen.label_production[0], drawn.value(&b));
            close("|grad h|^2", seen.label_gradient2[0], drawn.value(&climb));
            compared += 1;
        }
    }
    assert_eq!(compared, 2400);
}

/// The numeric score and its divergence on a line against dual numbers run through the expression of `log p`.
#[test]
fn closed_forms_are_derivatives_of_the_density() {
    let mut random = Golden(0.7);
    for components in [2, 3] {
        let law = Mixture::general(components, 1);
        let ln_p = law.density().log();
        for _ in 0..1000 {
            let drawn = Drawn::new(&law, &mut random);
            let marginal = Marginal::new(&drawn.law, &drawn.level);
            let dual = |s: &Symbol| {
                let value = drawn.values.get(s.name()).map(|&v| Dual2_64::from_re(v));
                value.map(|v| if *s == law.x[0] { v.derivative() } else { v })
            };
            let jet = ln_p.evaluate(&Duals::<Dual2_64>::new(), dual).unwrap();
            close("log p", marginal.ln_density(&drawn.x), jet.re);
            close("score", marginal.score(&drawn.x)[0], jet.v1);
            close("div s", marginal.score_divergence(&drawn.x), jet.v2);
        }
    }
}

/// The equations of the registry hold between the numbers of the closed forms.
#[test]
fn closed_forms_obey_the_written_equations() {
    let mut random = Golden(0.4);
    let known = registry();
    let equations: Vec<(&str, Equation)> = known
        .iter()
        .filter(|c| ["A1", "B3", "B4", "B6"].contains(&c.id))
        .flat_map(|c| c.cases().into_iter().map(|(equation, _)| (c.id, equation)))
        .collect();
    let mut compared = 0;
    for _ in 0..1000 {
        let law = Mixture::general(3, 1);
        let drawn = Drawn::new(&law, &mut random);
        let marginal = Marginal::new(&drawn.law, &drawn.level);
        let seen = marginal.observe_at(&drawn.x, Detail::all());
        let (anchor, offset) = marginal.locate(&drawn.x);
        let pi: Vec<f64> = (0..3).map(|j| drawn.value(&law.posterior(j))).collect();
        let v = |j: usize| marginal.variance(j, 0);
        let values = HashMap::from([
            ("x", drawn.x[0]),
            ("D", 1.0),
            ("gamma", drawn.level.snr()),
            ("alpha", drawn.level.alpha()),
            ("sigma", drawn.level.sigma()),
            ("s", seen.score[0]),
            ("m", drawn.law.mean(anchor)[0] + seen.mean_offset[0]),
            ("div s", seen.score_divergence[0]),
            ("tr S", marginal.posterior_covariance(anchor, &offset)[(0, 0)]),
            ("sum pi|s_y-s|^2", seen.label_production[0]),
            ("sum pi div s_y", -(0..3).map(|j| pi[j] / v(j)).sum::<f64>()),
        ]);
        for (id, equation) in &equations {
            let at = |s: &Symbol| values.get(s.name()).copied();
            // An equation of averages or rates has no value at a point.
            let (Ok(lhs), Ok(rhs)) = (equation.lhs.evaluate(&Float, at), equation.rhs.evaluate(&Float, at)) else {
                continue;
            };
            close(id, lhs, rhs);
            compared += 1;
        }
    }
    assert_eq!(compared, 4000);
}

/// The pair's signal, fixed point and agreement are those of the symbolic pair.
#[test]
fn pair_functions_are_the_expressions() {
    let (a, q) = (Symbol::positive("a"), Symbol::positive("q"));
    let mut symbolic = Mixture::general(2, 1);
    symbolic.means = vec![vec![Expr::from(&a)], vec![-&a]];
    symbolic.variances = vec![Expr::from(&q); 2];
    symbolic.weights[1] = symbolic.weights[0].clone();
    let score = symbolic.score().swap_remove(0);
    let agreement = symbolic.posterior(0).pow(2) + symbolic.posterior(1).pow(2);
    let k = symbolic.noise.alpha.pow(2) * a.pow(2) / symbolic.spread(0);
    let mut random = Golden(0.3);
    let mut stable = 0;
    for _ in 0..1000 {
        let (a, q, t) = (random.within(0.5, 2.0), random.within(0.1, 0.9), random.within(0.1, 1.5));
        let level = NoiseProcess::Ou.at(t).unwrap();
        let at = |e: &Expr, x: f64| {
            let values =
                [("a", a), ("q", q), ("x", x), ("w_1", 0.5), ("alpha", level.alpha()), ("sigma", level.sigma())];
            e.evaluate(&Float, |s: &Symbol| values.iter().find(|v| v.0 == s.name()).map(|v| v.1)).unwrap()
        };
        let signal = pair::signal(a, q, &level);
        close("k", signal, at(&k, 0.0));
        if let Some(m) = pair::fixed_point(signal) {
            close("s at the fixed point", 0.0, at(&score, level.alpha() * a * m.value()));
            stable += 1;
        }
        let law = Law::symmetric_pair(&[a], q).unwrap();
        let marginal = Marginal::new(&law, &level);
        let x = random.within(-2.0, 2.0);
        close("agreement", marginal.observe_at(&[x], Detail::SCORES).label.agreement[0], at(&agreement, x));
    }
    assert!(stable > 100, "{stable}");
}
