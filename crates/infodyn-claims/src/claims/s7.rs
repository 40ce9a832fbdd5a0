//! S7: when the flow's divergence alone is an information rate.

use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_quadrature::root;
use infodyn_symbolic::theory::{Equation, Identity, Mixture as General, divergence, identity, minus, quantity, scale};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, atoms, mixture, plane};
use crate::case::paired;
use crate::enclosed::{self, point};
use crate::rates::information;
use crate::schedule::{BySnr, decimal};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S7",
    name: "sign-rule",
    statement: "In `flow` with data time `s = 1 - t` and velocity `v = dx/ds`, the information gained per `ds` is \
                `D/(1-s) + E div v`, and {0} with `eta` of B6: so `E div v > 0` exactly when `eta > s`, and it tends \
                to `-D` as `s -> 0` for every law. For `N(0, c^2 I)` it is positive exactly for `s > 1/(1 + c^2)`; for \
                two atoms `+-1` nowhere. A schedule of equal steps of the integral of `max(E div v, 0)`, the marginal \
                part alone, so has all its points at `s >= 1/2` for `N(0, I)`, at `s = (1/2)(1 + (2^p - 1)^{1/2})`, \
                and for the atoms none",
    scope: "every law in `flow`; the sign for Gaussians in symbols, for two atoms by enclosure at the place where \
            `eta` comes closest to `s`",
    origin: Origin::Elsewhere(
        "that the difference of conditional and marginal parts is the rate: arXiv 2605.16126; a released schedule \
         integrates the marginal part alone (as read in its code); the rule for the sign is new here",
    ),
    uses: &["B2", "B6"],
    formulas,
    checks,
};

/// `div v` at a point, the Gaussian's sign, and the grid of the clamped integral.
fn formulas() -> Vec<Identity> {
    let [div_v, d, s, eta] = ["div v", "D", "s", "eta"].map(quantity);
    let written = |power: i32| Equation::new(&div_v, &d / (1 - &s) * (&eta / s.pow(power) - 1));
    let time = Symbol::positive("s");
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = General::general(components, dim);
        // v = E[X_0 - Z given x] = (m - x)/(1 - s), with alpha = s and sigma = 1 - s.
        let v = scale(&(1 - Expr::from(&time)).pow(-1), &minus(&law.posterior_mean(), &law.position()));
        let at =
            |e: Expr| e.substitute(&[(&law.noise.alpha, Expr::from(&time)), (&law.noise.sigma, 1 - Expr::from(&time))]);
        let defined = [
            (&div_v, at(divergence(&v, &law.x))),
            (&d, law.dim()),
            (&s, Expr::from(&time)),
            (&eta, at(law.noise.gamma() * law.posterior_spread() / law.dim())),
        ];
        all.push(Identity::of(
            format!("at a point, {}", law.name()),
            &written(1),
            &defined,
            ("s^2 in place of s", written(2).rhs),
        ));
    }
    let c = Symbol::positive("c");
    let eta_of = |s: &Expr| s.pow(2) * c.pow(2) / (s.pow(2) * c.pow(2) + (1 - s).pow(2));
    let edge = |power: i32| 1 / (1 + c.pow(power));
    let gap = |s: Expr| eta_of(&s) - &s;
    all.push(identity("N(0, c^2): eta = s at 1/(1 + c^2)", gap(edge(2)), 0, ("1/(1 + c)", gap(edge(1)))));
    let p = Symbol::positive("p");
    let place = (1 + ((2 * Expr::from(2).log() * &p / 2).exp() - 1).sqrt()) / 2;
    // The integral of (2s - 1)/(s^2 + (1-s)^2) from 1/2, over its value at 1.
    let clamped = |s: &Expr| (2 * (s.pow(2) + (1 - s).pow(2))).log() / 2;
    let slope = clamped(&Expr::from(&time)).diff(&time);
    let one = |s: &Expr| (2 * s - 1) / (s.pow(2) + (1 - s).pow(2));
    all.push(identity(
        "N(0, 1): the clamped integral has slope E div v",
        slope,
        one(&Expr::from(&time)),
        ("twice that", 2 * one(&Expr::from(&time))),
    ));
    all.push(identity(
        "N(0, 1): where it is the part p of log(2)/2",
        2 * (place.pow(2) + (1 - &place).pow(2)),
        (Expr::from(2).log() * &p).exp(),
        ("p/2", (Expr::from(2).log() * &p / 2).exp()),
    ));
    all
}

/// What of the rule is broken.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    /// `t` for `s`.
    Time,
    /// The marginal part alone for the rate.
    Marginal,
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    for case in [mixture()?.under(P::FLOW, 0.6)?, atoms()?.under(P::FLOW, 0.3)?, plane()?.under(P::FLOW, 0.45)?] {
        let run = |wrong| move |_: &Context, case: &Case| rule(case, wrong);
        let check = Check::new(Kind::Quadrature, &case, "E div v by eta", run(Wrong::Nothing));
        checks.push(check.mutant(Ingredient::Time, "t in place of s", run(Wrong::Time)));
        if case.law().dim() > 1 {
            continue;
        }
        let run = |wrong| move |_: &Context, case: &Case| gained(case, wrong);
        let check = Check::new(Kind::Quadrature, &case, "the information gained", run(Wrong::Nothing));
        let check = check.breaking(&[Mutation::Weight]);
        checks.push(check.mutant(Ingredient::Moment, "E div v alone, without D/(1-s)", run(Wrong::Marginal)));
        let run = |wrong| move |c: &Context, case: &Case| sampled(c, case, wrong);
        let check = Check::new(Kind::MonteCarlo, &case, "the information gained over a stretch", run(Wrong::Nothing));
        checks.push(check.mutant(Ingredient::Moment, "E div v alone, without D/(1-s)", run(Wrong::Marginal)));
    }
    let unit = NamedLaw::new("gaussian-unit", Mixture::gaussian(&[0.0], Covariance::isotropic(1.0)?)?);
    for (s, rate, part) in [(0.25, 8.0 / 15.0, -0.8), (0.5, 2.0, 0.0), (0.75, 4.8, 0.8)] {
        let case = unit.under(P::FLOW, 1.0 - s)?;
        let run = move |wrong| {
            move |_: &Context, case: &Case| {
                let found = if wrong == Wrong::Marginal { flow_divergence(case)? } else { slope(case)? };
                Ok(Comparison::new(found, decimal(rate, 1e-15), SHARP * rate))
            }
        };
        let check = Check::new(Kind::Quadrature, &case, "the rate", run(Wrong::Nothing));
        checks.push(check.mutant(Ingredient::Moment, "E div v alone", run(Wrong::Marginal)));
        let run = move |time: f64| {
            move |_: &Context, case: &Case| {
                Ok(Comparison::new(flow_divergence(&case.at(time))?, decimal(part, 1e-15), SHARP))
            }
        };
        let check = Check::new(Kind::Quadrature, &case, "E div v", run(1.0 - s));
        checks.push(check.mutant(Ingredient::Time, "at t = 0.4", run(0.4)));
    }
    for (a, ends) in [(2.0, [0.20, 0.43]), (5.0, [0.04, 0.28])] {
        for (which, stated) in ends.into_iter().enumerate() {
            let run = move |a: f64| move |_: &Context| window(a, which, stated);
            let case = format!("atoms +-{a}: eta = s, {} end", if which == 0 { "first" } else { "second" });
            checks.push(Check::number(Kind::Quadrature, case, run(a)).variant(
                Ingredient::Mean,
                "atoms 10 % farther",
                run(1.1 * a),
            ));
        }
    }
    // eta comes closest to s near s = 1/2.
    for (s, share) in [(0.4, 0.75), (0.5, 0.895), (0.6, 0.73)] {
        let mutants = [(Ingredient::Bound, "a share of s that is too low by less than a tenth", (1.0, share))];
        checks.push(enclosed::at_most(
            format!("atoms +-1: eta <= s at s={s}"),
            (1.0, 1.0),
            &mutants,
            move |(a, share): (f64, f64)| {
                let gamma = (point(s) / (Interval::ONE - point(s))).sqr();
                let law = LineLaw::from_parts(&[0.5; 2], &[a, -a], &[0.0; 2]);
                let eta = gamma * law.at(Interval::ONE, gamma.recip())?.mean(Moment::PosteriorVariance)?;
                Ok([eta, point(s).times(share)])
            },
        ));
    }
    Ok(checks)
}

/// `E div v`, with `v = -(f x - (g^2/2) s)`.
fn flow_divergence(case: &Case) -> Result<Estimate> {
    let level = case.level()?;
    let half = Estimate::given(0.5 * level.g2());
    Ok(crate::rates::divergence(case)? * half - Estimate::given(level.f()) * Estimate::given(case.dim()))
}

/// The information gained per `ds`, the slope of `-I` in `t`.
fn slope(case: &Case) -> Result<Estimate> {
    case.slope(|s| Ok(-information(s)?))
}

fn rule(case: &Case, wrong: Wrong) -> Result<Comparison> {
    let (t, d) = (Estimate::given(case.t()), Estimate::given(case.dim()));
    let s = Estimate::ONE - t;
    let level = case.level()?;
    let eta = crate::rates::mmse(case)? * Estimate::rounded(level.snr(), ulps::SNR) / d;
    let s = if wrong == Wrong::Time { t } else { s };
    let rhs = d / t * (eta / s - 1);
    let lhs = flow_divergence(case)?;
    Ok(Comparison::new(lhs.widened(1e-14 * lhs.value().abs()), rhs, SHARP * rhs.value().abs().max(1.0)))
}

fn gained(case: &Case, wrong: Wrong) -> Result<Comparison> {
    let all =
        if wrong == Wrong::Marginal { Estimate::ZERO } else { Estimate::given(case.dim()) / Estimate::given(case.t()) };
    let (lhs, rhs) = (slope(case)?, all + flow_divergence(case)?);
    Ok(Comparison::new(lhs, rhs.widened(1e-14), SHARP * lhs.value().abs()))
}

/// Increments of `log p(X_t given X_0) - log p(X_t)` against the rate at a drawn time in between.
fn sampled(context: &Context, case: &Case, wrong: Wrong) -> Result<Comparison> {
    let d = case.dim();
    // What varies most here are the drawn times.
    let settings = case.settings(context, 2 * case.cost());
    let details = (Detail::empty(), Detail::SCORE_DIVERGENCE);
    let means = case.sample_between(&settings, case.stretch(), details, 2, |row, out| {
        let level = row.level(2);
        let cost = |r: usize| row.seen(r).ln_density() - row.ln_kernel(r);
        out[0] = cost(1) - cost(0);
        let all = if wrong == Wrong::Marginal { 0.0 } else { d / level.t() };
        out[1] = row.weight() * (all + 0.5 * level.g2() * row.seen(2).divergence() - level.f() * d);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// One end of the range in which `eta > s` for atoms `+-a`, against a decimal of two places.
fn window(a: f64, which: usize, stated: f64) -> Result<Comparison> {
    let law = BySnr::line("atoms", &[0.5, 0.5], &[a, -a], &[0.0; 2])?;
    let gap = |s: f64| {
        let ratio = s / (1.0 - s);
        let eta = law.curve(ratio * ratio)?[0] * Estimate::rounded(ratio * ratio, ulps::power(2, ulps::operations(1)));
        Ok::<_, crate::Error>(eta - Estimate::given(s))
    };
    let middle = if a < 3.0 { 0.3 } else { 0.15 };
    let (lo, hi) = if which == 0 { (0.01, middle) } else { (middle, 0.9) };
    Ok(Comparison::new(root(gap, lo, hi)?, decimal(stated, 1e-2), 1e-2))
}
