//! C15: the average hides the instability.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess, Quantity, stable, ulps};
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_monte_carlo::View;
use infodyn_quadrature::{integral, root};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Noise, quantity};

use super::{SAMPLED, SHARP};
use crate::bells::REACH;
use crate::enclosed::{equal, point};
use crate::radial::beyond;
use crate::symbols::{Pair, pair as symbolic_pair};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result, asked};

pub(super) const CLAIM: Claim = Claim {
    id: "C15",
    name: "top-eigenvalue",
    statement: "`E div s = -E|s|^2 < 0` never crosses zero: it averages the sum of the local exponents, while branching is governed by the largest. The \
                Jacobians of the reverse drifts are {1} (reverse SDE) and {2} (flow) with `lambda` an eigenvalue of `grad s`, so the critical \
                values of `lambda_max(grad s)` are `0` (marginal), `f/g^2` and `2f/g^2`. `E lambda_max` need not cross: for two atoms {0} at a \
                point, `u = alpha a x/sigma^2`, so `E lambda_max = -(1 - k mmse)/sigma^2 < 0` always; for products of `n` equal pairs it is \
                positive exactly between two values of `k`: `1.38895496333782` and `3.64930851103620` (`n=4`), `1.06563186514231` and \
                `6.28867914011566` (10), `1.00082836466179` and `11.7401187066399` (100), and never for `n <= 3`",
    scope: "two atoms in 1, 2 and 16 dimensions; products of 2, 3 and 4 pairs in their own dimension, of up to 100 by order statistics",
    origin: Origin::New,
    uses: &["A3", "C1"],
    formulas,
    checks,
};

/// Two atoms: `ds/dx = -(1 - k sech^2)/sigma^2`, whose mean is `-(1 - k mmse)/sigma^2`; and the Jacobians of the
/// drifts.
fn formulas() -> Vec<Identity> {
    let Pair { law, a, q, .. } = symbolic_pair();
    let Noise { alpha, sigma, f, g } = &law.noise;
    let x = &law.x[0];
    let score = law.score().swap_remove(0);
    let slope = score.diff(x).substitute(&[(&q, Expr::zero())]);
    let k = alpha.pow(2) * a.pow(2) / sigma.pow(2);
    let half_odds = alpha * &a * x / sigma.pow(2);
    let [ds, signal, u] = ["ds/dx", "k", "u"].map(quantity);
    let written = Equation::new(&ds, -(1 - &signal / u.cosh().pow(2)) / sigma.pow(2));
    let broken = ("the opposite sign of k", -(1 + &signal / u.cosh().pow(2)) / sigma.pow(2));
    let [reverse, flow, lambda] = ["J_sde", "J_flow", "lambda"].map(quantity);
    let drift = |share: i32| (g.pow(2) / share * &score - f * x).diff(x);
    let zero_at = |share: i32, twice: i32| g.pow(2) / share * (&lambda - twice * f / g.pow(2));
    let jacobian = |name: &str, j: &infodyn_symbolic::Symbol, share: i32, broken| {
        let defined = [(j, drift(share)), (&lambda, score.diff(x))];
        Identity::of(name, &Equation::new(j, zero_at(share, share)), &defined, (broken, zero_at(share, 3 - share)))
    };
    vec![
        Identity::of("two atoms", &written, &[(&ds, slope), (&signal, k), (&u, half_odds)], broken),
        jacobian("reverse SDE: critical at f/g^2", &reverse, 1, "2f/g^2"),
        jacobian("flow: critical at 2f/g^2", &flow, 2, "f/g^2"),
    ]
}

/// The two zeros of `k E max sech^2 u - 1` for `n` pairs.
///
/// Computed with 30 digits by mpmath: `E max = 1 - integral of 2 sech^2 a tanh a P(|u| > a)^n da`, secant method.
const CROSSINGS: [(i32, f64, f64); 3] = [
    (4, 1.388_954_963_337_82, 3.649_308_511_036_2),
    (10, 1.065_631_865_142_31, 6.288_679_140_115_66),
    (100, 1.000_828_364_661_79, 11.740_118_706_639_9),
];

/// `n` pairs, of which the log-odds of each have a mean `2 k` and a variance `4 spread`.
#[derive(Debug, Clone, Copy)]
struct Pairs {
    n: i32,
    k: f64,
    spread: f64,
}

impl Pairs {
    fn new(n: i32, k: f64) -> Self {
        Self { n, k, spread: k }
    }

    /// `E max_i sech^2 u_i` over independent `u_i ~ N(k, spread)`.
    ///
    /// # Formula
    /// The largest `sech^2` has the smallest `|u|`, which exceeds `a` with probability `P(|u| > a)^n`; by parts,
    /// `1 - integral over a > 0 of 2 sech^2 a tanh a P(|u| > a)^n da`. Beyond 20 lies at most `sech^2 20 < 4 e^-40`.
    fn largest(self) -> infodyn_quadrature::Result<Estimate> {
        let width = self.spread.sqrt();
        let missing = integral(
            |a| {
                let farther: f64 =
                    [a - self.k, a + self.k].map(|z| beyond(Estimate::given(z / width)).value()).iter().sum();
                let value = 2.0 * stable::sech2(a) * a.tanh() * farther.powi(self.n);
                // erfc is good to 1e-15, its argument to an ulp: a relative error of z^2 eps, n times.
                let z = (a - self.k).max(0.0) / width;
                Ok(Estimate::rounded(value, 8.0 + f64::from(self.n) * (8.0 + 2.0 * z * z)))
            },
            0.0,
            20.0,
        )?;
        Ok((Estimate::ONE - missing).widened(4.0 * (-40.0_f64).exp()))
    }

    /// `E sum_i sech^2 u_i`, less `n - 1`: of the sum of the eigenvalues.
    fn sum(self) -> infodyn_quadrature::Result<Estimate> {
        Ok(Self { n: 1, ..self }.largest()? * self.n - Estimate::from(self.n - 1) / Estimate::given(self.k))
    }

    /// `sigma^2 E lambda_max` of the product of `n` pairs.
    fn top(self) -> infodyn_quadrature::Result<Estimate> {
        Ok(self.largest()? * Estimate::given(self.k) - 1)
    }
}

const PRIOR: &str = "the variance of X_0 in place of the mmse";
const SUM: &str = "the sum of the eigenvalues in place of the largest";
const UNIT: &str = "log-odds of variance 4 in place of 4 k";

/// The product of `n` pairs of atoms at `+-1` on `n` axes, read at `k`.
fn product(name: &'static str, n: usize, process: NoiseProcess, k: f64) -> Result<Case> {
    let corner = |i: usize| (0..n).map(|axis| if i >> axis & 1 == 0 { 1.0 } else { -1.0 }).collect();
    let points: Vec<Vec<f64>> = (0..1 << n).map(corner).collect();
    NamedLaw::new(name, Mixture::atoms(&[], &points)?).under(process, process.time_at_snr(k)?)
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    for case in [
        super::mixture()?.under(P::VP_SCALED_LINEAR, 0.15)?,
        super::atoms()?.under(P::FLOW, 0.4)?,
        super::pair()?.under(P::VP_COSINE, 0.6)?,
    ] {
        let check = Check::new(Kind::Quadrature, &case, "E div s = -E|s|^2", divergence);
        checks.push(check.breaking(&[Mutation::Weight, Mutation::Sigma]));
    }
    let line = NamedLaw::new("atoms-1", Mixture::atoms(&[], &[vec![1.3], vec![-1.3]])?);
    let plane = NamedLaw::new("atoms-plane", Mixture::atoms(&[], &[vec![1.2, 0.5], vec![-1.2, -0.5]])?);
    let far = NamedLaw::new("atoms-16", Mixture::atoms(&[], &[vec![0.5; 16], vec![-0.5; 16]])?);
    let quadrature: fn(&Context, &Case, Shrink) -> Result<Comparison> = |_, case, mmse| two_atoms(case, mmse);
    for (kind, run, case) in [
        (Kind::Quadrature, quadrature, line.under(P::Edm, 0.8)?),
        (Kind::Quadrature, quadrature, line.under(P::VP_LINEAR, 0.3)?),
        (Kind::Quadrature, quadrature, plane.under(P::Ou, 0.6)?),
        (Kind::MonteCarlo, sampled_two_atoms, plane.under(P::VP_COSINE, 0.5)?),
        (Kind::MonteCarlo, sampled_two_atoms, far.under(P::Ve, 3.0)?),
    ] {
        let with = move |shrink: Shrink| move |context: &Context, case: &Case| run(context, case, shrink);
        let check = Check::new(kind, &case, "E lambda_max of two atoms", with(pair::mmse_by_series));
        let check = check.breaking(&[Mutation::Sigma]);
        checks.push(check.mutant(Ingredient::Posterior, PRIOR, with(|_| Estimate::ONE)));
    }
    for k in [1.2, 2.0] {
        let pairs = Pairs::new(2, k);
        let run = move |ordered: Ordered, pairs: Pairs| {
            move |_: &Context| Ok(Comparison::new(both(k)?, ordered(pairs)?, SHARP))
        };
        let named = format!("product of 2 at k={k}: E lambda_max by order statistics");
        let check = Check::number(Kind::Quadrature, named, run(Pairs::largest, pairs));
        let check = check.variant(Ingredient::Moment, SUM, run(Pairs::sum, pairs));
        checks.push(check.variant(Ingredient::Variance, UNIT, run(Pairs::largest, Pairs { spread: 1.0, ..pairs })));
    }
    for (name, n, process, k) in
        [("product-3", 3, P::Ou, 2.2), ("product-4", 4, P::VP_LINEAR, CROSSINGS[0].1), ("product-4", 4, P::Edm, 2.4)]
    {
        let case = product(name, n, process, k)?;
        let run = move |ordered: Ordered| move |context: &Context, case: &Case| by_sampling(context, case, ordered);
        let check = Check::new(Kind::MonteCarlo, &case, "E lambda_max by order statistics", run(Pairs::largest));
        let check = check.breaking(&[Mutation::Sigma]).mutant(Ingredient::Moment, SUM, run(Pairs::sum));
        let narrow: Ordered = |pairs| Pairs { spread: 1.0, ..pairs }.largest();
        checks.push(check.mutant(Ingredient::Variance, UNIT, run(narrow)));
    }
    for (n, first, last) in CROSSINGS {
        for (what, value) in [("first", first), ("last", last)] {
            let named = format!("product of {n}: {what} zero of E lambda_max");
            let check = Check::number(Kind::Quadrature, named, move |_| crossing(n, value));
            checks.push(
                check.variant(Ingredient::Dimension, "n + 1 axes in place of n", move |_| crossing(n + 1, value)),
            );
        }
    }
    for (n, low) in [(1, -0.54), (2, -0.24), (3, -0.011)] {
        let run = move |n, bound| move |_: &Context| never(n, bound);
        let named = format!("product of {n}: E lambda_max stays below 0");
        let check = Check::number(Kind::Quadrature, named, run(n, 0.0));
        let check = check.variant(Ingredient::Dimension, "four axes, the fewest for which it does not", run(4, 0.0));
        checks.push(check.variant(Ingredient::Bound, &format!("{low} in place of 0"), run(n, low)));
    }
    let mutants = [(Ingredient::Posterior, PRIOR, Moment::One)];
    checks.push(equal("two-atoms/ve/t=0.8: E lambda_max", Moment::PosteriorVariance, &mutants, |shrink| {
        let law = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.0]);
        let m = law.at(Interval::ONE, point(0.8))?.means(&[Moment::ScoreDivergence, shrink])?;
        Ok([m[0], -(Interval::ONE - m[1] / point(0.8)) / point(0.8)])
    }));
    checks.extend(asked::of_points(&[Quantity::MeanTopEigenvalue])?);
    Ok(checks)
}

/// By how much `k` shrinks on average.
type Shrink = fn(f64) -> Estimate;

/// What is taken of the eigenvalues.
type Ordered = fn(Pairs) -> infodyn_quadrature::Result<Estimate>;

fn divergence(_: &Context, case: &Case) -> Result<Comparison> {
    let both = case
        .mean(Detail::SCORE | Detail::SCORE_DIVERGENCE, 2, |s, out| (out[0], out[1]) = (s.divergence(), -s.norm2()))?;
    Ok(Comparison::new(both[0], both[1], SHARP * both[1].value().abs()))
}

/// `-(1 - k mmse)/sigma^2`.
fn claimed(case: &Case, mmse: Shrink) -> Result<Estimate> {
    let level = case.truth().level()?;
    let a2: f64 = case.law().mean(0).iter().map(|m| m * m).sum();
    let k = pair::signal(a2.sqrt(), 0.0, &level);
    Ok((mmse(k) * Estimate::rounded(k, ulps::operations(6)) - 1) / Estimate::given(level.sigma2()))
}

fn two_atoms(case: &Case, mmse: Shrink) -> Result<Comparison> {
    let lhs = case.quantity(Quantity::MeanTopEigenvalue)?;
    let rhs = claimed(case, mmse)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `E lambda_max(grad s)` by simulation.
fn sampled_top(context: &Context, case: &Case) -> Result<Estimate> {
    let level = case.truth().level()?;
    let dim = case.law().dim();
    let cost = if dim > 8 { 16 } else { 8 };
    let settings = context.settings(cost);
    case.density(|p| {
        let views = [View::new(level, p)];
        let means = infodyn_monte_carlo::mean_of(&settings, case.law(), &views, 1, &[], |batch, out| {
            let reading = &batch.readings[0];
            for ((out, &anchor), offset) in out.iter_mut().zip(&reading.anchors).zip(reading.offsets.chunks_exact(dim))
            {
                *out = p.top_eigenvalue(anchor, offset);
            }
        })?;
        Ok(means.mean(0, Context::CONFIDENCE))
    })
}

fn sampled_two_atoms(context: &Context, case: &Case, mmse: Shrink) -> Result<Comparison> {
    let (lhs, rhs) = (sampled_top(context, case)?, claimed(case, mmse)?);
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value().abs()))
}

/// `E max(sech^2 u_1, sech^2 u_2)` by integration over both, folded to `u >= 0`.
fn both(k: f64) -> infodyn_quadrature::Result<Estimate> {
    let (mean, spread) = (Estimate::given(k), Estimate::given(k).sqrt());
    let scale = Estimate::near(std::f64::consts::TAU).sqrt() * spread;
    let density = |u: f64| {
        let bell = |from: Estimate| {
            let z = (Estimate::given(u) - from) / spread;
            (-(z * z) / 2).exp()
        };
        (bell(mean) + bell(-mean)) / scale
    };
    let end = k + REACH * k.sqrt();
    let sech2 = |u: f64| Estimate::rounded(stable::sech2(u), ulps::STABLE);
    let weighed = |f: &dyn Fn(f64) -> Estimate, lo: f64, hi: f64| integral(|u| Ok(f(u) * density(u)), lo, hi);
    // On each side of the diagonal the smaller one counts.
    let outer = |u: f64| -> infodyn_quadrature::Result<Estimate> {
        let smaller = weighed(&sech2, 0.0, u)?;
        let larger = weighed(&|_| Estimate::ONE, u, end)?;
        Ok((smaller + larger * sech2(u)) * density(u))
    };
    // What lies beyond, of either of the two and on either side, counts at most its probability.
    Ok(integral(outer, 0.0, end)?.widened(4.0 * beyond(Estimate::given(REACH)).value()))
}

/// `1 + sigma^2 E lambda_max = k E max sech^2 u`: the eigenvalue itself can have mean 0.
fn by_sampling(context: &Context, case: &Case, ordered: Ordered) -> Result<Comparison> {
    let level = case.truth().level()?;
    let lhs = sampled_top(context, case)? * Estimate::given(level.sigma2()) + 1;
    let k = level.snr();
    let rhs = ordered(Pairs::new(case.law().dim() as i32, k))? * Estimate::given(k);
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}

fn crossing(n: i32, value: f64) -> Result<Comparison> {
    // Between the two zeros lies 2.4, for these n and for n + 1.
    let (lo, hi) = if value < 2.4 { (1.0, 2.4) } else { (2.4, 16.0) };
    let lhs = root(|k| Pairs::new(n, k).top(), lo, hi)?;
    // Written to 15 digits.
    Ok(Comparison::new(lhs, Estimate::new(value, 5e-15 * value), 1e-11 * value))
}

/// The largest value of `sigma^2 E lambda_max` over `k` among those that show it to be below a bound in between: it
/// changes by at most `1 + n (phi(1) + phi(0) sqrt(k))` per unit of `k`, `phi` the normal density
/// (`|d P(|u| > a)/dk| <= phi(1)/k + phi(0)/sqrt(k)`), so that each excludes the bound as far as it stands below it. It
/// is at most `k - 1`, so below 0 for `k < 1`, and at most `n k mmse - 1`: for `k > 12`, where `k mmse` falls, below
/// `36 mmse(12) - 1`. The bound is 0 in the claim.
fn never(n: i32, bound: f64) -> Result<Comparison> {
    const END: f64 = 12.0;
    // A shorter step is not taken; what could stand in between is then added to the radius.
    const LEAST: f64 = 1e-3;
    let steepest = 1.0 + f64::from(n) * (0.242 + 0.399 * END.sqrt());
    let (mut k, mut worst, mut shown) = (1.0, Estimate::from(-1), true);
    while k < END {
        let value = Pairs::new(n, k).top()?;
        worst = if value.value() > worst.value() { value } else { worst };
        let step = (bound - value.value() - value.radius()) / steepest;
        shown &= step >= LEAST;
        k += step.max(LEAST);
    }
    // What stands above the bound refutes it by itself.
    shown |= worst.value() - worst.radius() > bound;
    let worst = if shown { worst } else { worst.widened(steepest * LEAST) };
    Ok(Comparison::at_most(worst, Estimate::given(bound), 1e-3))
}
