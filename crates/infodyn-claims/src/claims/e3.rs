//! E3: the magnet behind the pair.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Detail, Estimate, Mixture as Law, NoiseProcess, stable, ulps};
use infodyn_enclosure::{Drift, Interval, Jet, LineLaw, Number, fixed_points, zero};
use infodyn_quadrature::{integral, peak};
use infodyn_symbolic::theory::{Equation, Identity, Noise, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::enclosed::{self, Curve, Sides, Slope, point, real};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "E3",
    name: "curie-weiss",
    statement: "For a symmetric pair, with `k = alpha^2 a^2/v`: {0} `= F(m)`, the free energy per spin of the Curie-Weiss magnet at inverse temperature `k` \
                (the law of `X_t` is that of one spin). Its slope is {1}: the stationary points solve `m = tanh(k m)` and are the fixed points of C2, the \
                minima the stable ones; the magnet of `N` spins has the partition function `2^N (N k/(2 pi))^(1/2) integral of exp(-N F)`, so `E m^2 -> m*^2`",
    scope: "pairs on a line and in 64 dimensions, above and below the branching; magnets of 1 to 25600 spins",
    origin: Origin::Elsewhere(
        "Ambrogioni 2023, The statistical thermodynamics of generative diffusion models (arXiv 2310.17467); the integral is Hubbard's and Stratonovich's",
    ),
    uses: &["C2"],
    formulas,
    checks,
};

/// The Curie-Weiss free energy is `-log p_t(alpha a m)` up to a constant, and its stationary points solve
/// `m = tanh(k m)`.
fn formulas() -> Vec<Identity> {
    let noise = Noise::general();
    let (a, q, m) = (Symbol::positive("a"), Symbol::positive("q"), Symbol::real("m"));
    let v = noise.alpha.pow(2) * &q + noise.sigma.pow(2);
    let k = noise.alpha.pow(2) * a.pow(2) / &v;
    let amplitude = &noise.alpha * &a;
    let energy = |m: &Expr| {
        let at = |mean: Expr| normal(&[&amplitude * m], &[mean], &v);
        -(at(amplitude.clone()) / 2 + at(-&amplitude) / 2).log()
    };
    let free = |k: &Expr, m: &Expr| k * m.pow(2) / 2 - (k * m).cosh().log();
    let force = |k: &Expr| k * (&*m - (k * &m).tanh());
    let [rise, slope, level] = ["-log(p(alpha a m)/p(0))", "dF/dm", "k"].map(quantity);
    vec![
        Identity::of(
            "F(m) = -log p(alpha a m) + log p(0)",
            &Equation::new(&rise, free(&level, &m)),
            &[(&rise, energy(&m) - energy(&Expr::zero())), (&level, k.clone())],
            ("twice the temperature", free(&(&level / 2), &m)),
        ),
        Identity::of(
            "F' = k (m - tanh(k m))",
            &Equation::new(&slope, force(&Expr::from(&level))),
            &[(&slope, energy(&Expr::from(&m)).diff(&m)), (&level, k.clone())],
            ("k^2", force(&level.pow(2))),
        ),
        identity(
            "F'' at 0 is k (1 - k): critical at k = 1",
            free(&k, &m).diff(&m).diff(&m).substitute(&[(&m, Expr::zero())]),
            &k * (1 - &k),
            ("1 - k", 1 - &k),
        ),
    ]
}

/// `k` of the pair in a case.
type Signal = fn(&Case) -> Result<f64>;

const WARM: (Ingredient, &str, Signal) =
    (Ingredient::Temperature, "twice the temperature", |case| Ok(0.5 * signal(case)?));
const NARROW: (Ingredient, &str, Signal) =
    (Ingredient::Variance, "the component's variance left out of v", |case| signal_of(case, 0.0));

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    let line = NamedLaw::new("pair-1", Law::symmetric_pair(&[1.5], 0.3)?);
    let below = [line.under(P::Ou, 0.4)?, line.under(P::Edm, 0.9)?, super::pair()?.under(P::VP_LINEAR, 0.2)?];
    let above = [line.under(P::Ou, 1.2)?, super::pair()?.under(P::FLOW, 0.8)?];
    for case in below.iter().chain(&above) {
        for (m, what) in [(0.4, "F at m = 0.4"), (0.9, "F at m = 0.9"), (-1.7, "F at m = -1.7")] {
            let run = move |k: Signal| move |_: &Context, case: &Case| energy(case, m, k(case)?);
            let check = Check::new(Kind::Quadrature, case, what, run(signal));
            let mutants = [WARM, NARROW].into_iter();
            checks.push(
                mutants.fold(check.breaking(&[Mutation::Weight, Mutation::Sigma]), |check, (ingredient, how, k)| {
                    check.mutant(ingredient, how, run(k))
                }),
            );
        }
    }
    let (ingredient, how, warm) = WARM;
    for case in &below {
        for (what, run) in [("minimum", minimum as fn(&Case, f64) -> Result<Comparison>), ("barrier", barrier)] {
            let check = Check::new(Kind::Quadrature, case, what, move |_, case| run(case, signal(case)?));
            let check = check.breaking(&[Mutation::Sigma]);
            checks.push(check.mutant(ingredient, how, move |_, case| run(case, warm(case)?)));
        }
    }
    // Above the branching a sample does not see the component's variance.
    for (case, mutants) in [(&below[0], [WARM, NARROW].as_slice()), (&below[1], &[WARM, NARROW]), (&above[0], &[WARM])]
    {
        let run = |k: Signal| move |context: &Context, case: &Case| sampled(context, case, 0.9, k(case)?);
        let check = Check::new(Kind::MonteCarlo, case, "F at m = 0.9", run(signal));
        checks.push(mutants.iter().fold(check, |check, &(ingredient, how, k)| check.mutant(ingredient, how, run(k))));
    }
    for (spins, k) in [(1, 0.7), (10, 1.3), (200, 1.02)] {
        let named = format!("magnet of {spins} spins at k={k}: partition function");
        let run = move |temperature: f64| {
            move |_: &Context| Ok(Comparison::new(magnet(spins, k)?.0, partition(spins, k / temperature)?, 1e-9))
        };
        checks.push(Check::number(Kind::Quadrature, named, run(1.0)).variant(ingredient, how, run(2.0)));
    }
    for k in [1.2, 1.5, 2.0] {
        let named = format!("magnet at k={k}: E m^2, N -> infinity");
        let run = move |temperature: f64| move |context: &Context| many_spins(context, k, temperature);
        checks.push(Check::number(Kind::Quadrature, named, run(1.0)).variant(ingredient, how, run(2.0)));
    }
    checks.push(enclosed::equal(
        "two-atoms/ve/t=0.6: m of Curie-Weiss",
        0.6,
        &[(ingredient, "the temperature 0.7 in place of sigma^2 = 0.6", 0.7)],
        magnetization,
    ));
    Ok(checks)
}

/// The stable zero of the score of two atoms at `sigma^2 = 0.6`, and the stationary point of
/// `F(m) = k m^2/2 - log cosh(k m)`, its derivative carried through, at a temperature.
fn magnetization(temperature: f64) -> Sides {
    let law = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.0]);
    let roots = fixed_points(&law.at(Interval::ONE, point(0.6))?, Drift::marginal())?;
    let stable = roots.last().map_or(Interval::ZERO, |r| r.at);
    let m = zero(Interval::new(0.4, 1.2), |m| {
        let m: Curve = Jet { value: m, slope: real::<Slope>(1.0) };
        let k = Curve::real(point(temperature).recip());
        let u = k * m;
        let ln_cosh = u + (-u.times(2.0)).exp().ln_1p();
        Ok((k * m.sqr().times(0.5) - ln_cosh).slope)
    })?;
    Ok([stable, m.at])
}

fn signal(case: &Case) -> Result<f64> {
    signal_of(case, case.law().covariance(0).eigenvalue(0))
}

/// `k` of the pair in the case, with components of variance `q`.
fn signal_of(case: &Case, q: f64) -> Result<f64> {
    let a = case.law().mean(0).iter().map(|m| m * m).sum::<f64>().sqrt();
    Ok(pair::signal(a, q, &case.truth().level()?))
}

/// `F(m)`.
fn free_energy(k: f64, m: f64) -> Estimate {
    let (bulk, entropy) = (0.5 * k * m * m, stable::ln_2cosh(k * m));
    let rounding = (ulps::STABLE + ulps::operations(4)) * f64::EPSILON * (bulk + entropy + 1.0);
    Estimate::new(bulk - (entropy - std::f64::consts::LN_2), rounding)
}

/// `-log p_t(alpha a m) + log p_t(0)`.
fn rise(case: &Case, m: f64) -> Result<Estimate> {
    let alpha = case.truth().level()?.alpha();
    let at: Vec<f64> = case.law().mean(0).iter().map(|mu| alpha * mu * m).collect();
    case.density(|p| {
        let (here, there) = (p.ln_density(&vec![0.0; at.len()]), p.ln_density(&at));
        let rounding = ulps::SAMPLE * f64::EPSILON * (here.abs() + there.abs() + at.len() as f64);
        Ok(Estimate::new(here - there, rounding))
    })
}

fn energy(case: &Case, m: f64, k: f64) -> Result<Comparison> {
    Ok(Comparison::new(rise(case, m)?, free_energy(k, m), SHARP))
}

/// Where the density is largest along `mu`, against the root of `m = tanh(k m)`.
fn minimum(case: &Case, k: f64) -> Result<Comparison> {
    let root = pair::fixed_point(signal(case)?).unwrap_or(Estimate::ONE).value();
    let found = peak(|m| rise(case, m).map(|r| -r), root, 0.6 * root)?;
    let lhs = found.map_or(Estimate::ZERO, |p| p.at);
    let rhs = pair::fixed_point(k).unwrap_or(Estimate::ZERO);
    Ok(Comparison::new(lhs, rhs, SHARP * root))
}

/// How much lower than at 0 it is there.
fn barrier(case: &Case, k: f64) -> Result<Comparison> {
    let m = pair::fixed_point(signal(case)?).unwrap_or(Estimate::ONE).value();
    let found = peak(|m| rise(case, m).map(|r| -r), m, 0.6 * m)?;
    let lhs = found.map_or(Estimate::ZERO, |p| p.height);
    let rhs = -free_energy(k, pair::fixed_point(k).map_or(0.0, |m| m.value()));
    Ok(Comparison::new(lhs, rhs, SHARP * lhs.value().abs()))
}

/// `E[N(alpha a m; alpha X_0, sigma^2)] = exp(-F(m)) E[N(0; alpha X_0, sigma^2)]` over the law of `X_0`.
fn sampled(context: &Context, case: &Case, m: f64, k: f64) -> Result<Comparison> {
    let level = case.truth().level()?;
    let place = level.alpha() * case.law().mean(0)[0].abs() * m;
    let ratio = (-free_energy(k, m).value()).exp();
    let means = case.sample(context, Detail::empty(), 2, &[], |row, out| {
        let data = level.alpha() * (case.law().mean(row.anchor())[0] + row.xi()[0]);
        let likelihood = |x: f64| (-0.5 * (x - data).powi(2) / level.sigma2()).exp();
        (out[0], out[1]) = (likelihood(place), ratio * likelihood(0.0));
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// `log(Z/2^N)/N` and `E m^2` of `N` spins with weight `exp(k N m^2/2)`, summed over the number that point up.
fn magnet(spins: i32, k: f64) -> Result<(Estimate, Estimate)> {
    let n = f64::from(spins);
    // log of 2^-N binomial(N, j), from that of j - 1.
    let mut log = stable::Sum::default();
    log.add(-n * std::f64::consts::LN_2);
    let mut logs = Vec::with_capacity(spins as usize + 1);
    let mut summed = n;
    for j in 0..=spins {
        if j > 0 {
            let step = (f64::from(spins - j + 1) / f64::from(j)).ln();
            log.add(step);
            summed += step.abs();
        }
        let m = (2.0 * f64::from(j) - n) / n;
        logs.push((log.value() + 0.5 * k * n * m * m, m * m));
    }
    let top = logs.iter().map(|l| l.0).fold(f64::NEG_INFINITY, f64::max);
    let weights = || logs.iter().map(|l| (l.0 - top).exp());
    let total: f64 = weights().collect::<stable::Sum>().value();
    let square = weights().zip(&logs).map(|(w, l)| w * l.1).collect::<stable::Sum>().value() / total;
    // Each logarithm is rounded; their sum is at most as large as theirs together. So are the last two.
    let unit = ulps::formula(5, 1) * f64::EPSILON;
    let (doubt, last) = (unit * (summed + k * n), unit * (1.0 + top.abs() + total.ln().abs()));
    Ok((Estimate::new((top + total.ln()) / n, (doubt + last) / n), Estimate::new(square, 2.0 * doubt * square)))
}

/// `log of ((N k/(2 pi))^(1/2) integral of exp(-N F))`, over `N`.
fn partition(spins: i32, k: f64) -> Result<Estimate> {
    let n = f64::from(spins);
    // F >= k m^2/2 - k |m|, so at |m| = 2 + r the exponent N F is above N k r^2/2: the integral beyond r = 12/sqrt(N k)
    // is below exp(-72) r.
    let reach = 2.0 + 12.0 / (n * k).sqrt();
    let rest = (-72.0_f64).exp() * (reach - 2.0);
    let floor = free_energy(k, pair::fixed_point(k).map_or(0.0, |m| m.value())).value();
    let half = integral(
        |m| -> Result<Estimate> {
            let energy = free_energy(k, m);
            let value = (-n * (energy.value() - floor)).exp();
            Ok(Estimate::new(value, value * (n * energy.radius() + ulps::ELEMENTARY * f64::EPSILON)))
        },
        0.0,
        reach,
    )?
    .widened(rest);
    // The floor, as the double that it is, is taken off and put back.
    let scale = (Estimate::from(spins) * Estimate::given(k) / Estimate::near(std::f64::consts::TAU)).sqrt();
    Ok((half * 2 * scale).ln() / spins - Estimate::given(floor))
}

/// `E m^2` at `N = 400 2^i` against the square of the root of `m = tanh(k m)`: the expansion is in `1/N`.
fn many_spins(context: &Context, k: f64, temperature: f64) -> Result<Comparison> {
    let values: Vec<Estimate> = (0..context.sizes(7)).map(|i| Ok(magnet(400 << i, k)?.1)).collect::<Result<_>>()?;
    let lhs = halving(&values, 1);
    let root = pair::fixed_point(k / temperature).unwrap_or(Estimate::ZERO);
    Ok(Comparison::new(lhs, root * root, 1e-6))
}
