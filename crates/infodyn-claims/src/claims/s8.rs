//! S8: no bound by the square of Shannon's entropy.

use infodyn_core::{Comparison, Estimate, ulps};
use infodyn_quadrature::integral;
use infodyn_symbolic::theory::{Identity, identity, normal};
use infodyn_symbolic::{Expr, Symbol};

use super::SHARP;
use crate::limit::Shared;
use crate::schedule::{BySnr, decimal};
use crate::{Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S8",
    name: "no-shannon-bound",
    statement: "Two atoms of weights `w` and `1 - w`, ancestral sampler, the best grid of every `N`: `C = lim N KL` \
                (S2) over all noise levels is 3.145, 4.18, 9.43, 29.2, 174, 1175 and 65756 times `H^2`, `H` Shannon's \
                entropy, at `w` = 1/2, 0.2, 0.05, 0.01, 1e-3, 1e-4, 1e-6: no constant times `H^2` bounds what a path \
                loses times `N`. Of the square of Renyi's entropy of order 1/2 it is 3.14, 3.03, 2.84, 2.78, 2.90, \
                3.12, 3.62: nearly constant",
    scope: "two atoms at distance 2, weights down to 1e-6; that the ratio grows without bound is read off the trend, \
            not proved",
    origin: Origin::Elsewhere(
        "the bound in question: the abstract of the first version of arXiv 2601.21943, read literally (Shannon); that \
         of June 2026 has Renyi's entropy of order 1/2. That the revision was needed even for the best grid is new \
         here",
    ),
    uses: &["S2"],
    formulas,
    checks,
};

/// The density of `y` times `S^2` at a point: `2 (w w')^{1/2} phi(y) e^{-gamma/2} sech^3(y + b)`.
fn formulas() -> Vec<Identity> {
    let (w, v, gamma, y) = (Symbol::positive("w"), Symbol::positive("v"), Symbol::positive("gamma"), Symbol::real("y"));
    let at = |mean: Expr| normal(&[Expr::from(&y)], &[mean], &Expr::from(&gamma));
    let (up, down) = (&w * at(Expr::from(&gamma)), &v * at(-&gamma));
    let density = &up + &down;
    // m = (up - down)/density, so S = 4 up down/density^2.
    let spread = 4 * &up * &down / density.pow(2);
    let cosh = ((&w / &v).sqrt() * (Expr::from(&y)).exp() + (&v / &w).sqrt() * (-&y).exp()) / 2;
    let written = |power: i32| 2 * (&w * &v).sqrt() * at(Expr::zero()) * (-&gamma / 2).exp() * cosh.pow(power);
    vec![identity("E S^2 of two atoms, at a point", &density * spread.pow(2), written(-3), ("sech^4", written(-4)))]
}

/// Weights, `C/H^2` and `C/H_{1/2}^2`, with their last places.
const TABLE: [(f64, f64, f64, f64); 7] = [
    (0.5, 3.144_823, 1e-6, 3.1448),
    (0.2, 4.180_480, 1e-6, 3.0299),
    (0.05, 9.433_912, 1e-6, 2.8404),
    (0.01, 29.229_42, 1e-5, 2.7831),
    (1e-3, 174.4751, 1e-4, 2.9035),
    (1e-4, 1174.89, 1e-2, 3.1237),
    (1e-6, 65755.7, 1e-1, 3.6156),
];

/// The order of an entropy.
#[derive(Clone, Copy, PartialEq)]
enum Entropy {
    Shannon,
    Half,
}

fn entropy(w: f64, order: Entropy) -> Estimate {
    let w = Estimate::given(w);
    let rest = Estimate::ONE - w;
    match order {
        Entropy::Shannon => -(w * w.ln() + rest * (-w).ln_1p()),
        Entropy::Half => (w.sqrt() + rest.sqrt()).ln() * 2,
    }
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (w, shannon, last, half) in TABLE {
        let known = [Shared::new(), Shared::new()];
        let near = 1.01 * w.min(0.49);
        for (order, stated, last, name) in
            [(Entropy::Shannon, shannon, last, "H^2"), (Entropy::Half, half, 1e-4, "H_{1/2}^2")]
        {
            // Of equal weights all entropies are log 2.
            let equal = w == 0.5;
            if equal && order == Entropy::Half {
                continue;
            }
            let run = |order, v: f64| {
                let known = known[usize::from(v == near)].clone();
                move |_: &Context| {
                    let (c, h) = (known.get(|| constant(v))?, entropy(v, order));
                    Ok(Comparison::new(c / (h * h), decimal(stated, last), last))
                }
            };
            let check = Check::number(Kind::Quadrature, format!("two-atoms, w={w}: C over {name}"), run(order, w));
            let check = check.variant(Ingredient::Weight, "a weight 1 % larger", run(order, near));
            let other = if order == Entropy::Half { Entropy::Shannon } else { Entropy::Half };
            let how = "the other entropy";
            checks.push(if equal { check } else { check.variant(Ingredient::Moment, how, run(other, w)) });
        }
        if w < 0.1 && w > 1e-5 {
            let run = move |power: f64| move |_: &Context| twice(w, power);
            let check = Check::number(Kind::Quadrature, format!("two-atoms, w={w}: E S^2 by sech^3"), run(3.0));
            checks.push(check.variant(Ingredient::Exponent, "sech^2", run(2.0)));
        }
    }
    Ok(checks)
}

/// `C = (1/4) (integral of (E S^2)^{1/2})^2`.
///
/// # Accuracy
/// Beyond the last `gamma`, `E S^2 <= mmse <= 2 (w w')^{1/2} e^{-gamma/2}` (B7): the integral there is at most `4 (2
/// (w w')^{1/2})^{1/2} e^{-gamma/4}`.
fn constant(w: f64) -> Result<Estimate> {
    let law = BySnr::pair("two-atoms", w)?;
    let far = 120.0;
    let beyond = 6.0 * (-far / 4.0_f64).exp();
    let root = integral(|g| Ok::<_, Error>(law.curve(g)?[1].sqrt()), 0.0, far)?.widened(beyond);
    Ok(root * root / 4)
}

/// `E S^2` at the level where the weight `w` is decided, by the density of the law and by the form of a point.
fn twice(w: f64, power: f64) -> Result<Comparison> {
    let gamma = (0.5 * (1.0 / w).ln()).max(1.0);
    let lhs = BySnr::pair("two-atoms", w)?.curve(gamma)?[1];
    let (w, gamma) = (Estimate::given(w), Estimate::given(gamma));
    let rest = Estimate::ONE - w;
    let bias = (w / rest).ln() / 2;
    let reach = 14.0 * gamma.value().sqrt() + bias.value().abs();
    // A step at which the rule has no error, and beyond the reach there is none.
    let count = (64.0 * reach) as i32;
    let term = |i: i32| {
        let y = Estimate::from(i) / 64;
        let u = y + bias;
        let cosh = Estimate::rounded(u.value().cosh(), ulps::HYPERBOLIC);
        (-(y * y) / gamma / 2).exp() * cosh.widened(cosh.value() * u.radius().exp_m1()).powf(-power)
    };
    let sum: Estimate = (-count..=count).map(term).sum();
    let scale = (w * rest).sqrt() * 2 * (-gamma / 2).exp() / (gamma * Estimate::near(std::f64::consts::TAU)).sqrt();
    let rhs = scale * sum / 64;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}
