//! D4: two variances that are not the same object.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Density, Detail, Estimate, NoiseProcess};

use super::{SAMPLED, SHARP, gaussian, labelled_cases};
use crate::{Case, Check, Claim, Context, Error, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "D4",
    name: "total-variance",
    statement: "{0}: the mean varentropy of the posterior and the variance of the pathwise entropy. The two variances are different objects: for Gaussian \
                data `Var` of the posterior entropy is 0 at every time, while {1}",
    scope: "every law with a label; the Gaussian statement by simulation",
    origin: Origin::Elsewhere(
        "the law of total variance; that the two variances differ along a diffusion, and the numbers, are new here",
    ),
    uses: &[],
    formulas,
    checks,
};

/// The law of total variance for two labels and two values of `X_t`, and the variance of a Gaussian's information density.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::theory::{Equation, Identity, identity, normal, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    // X_t takes two values with odds r : 1, and the posterior of the first label is logistic in u or in v.
    let r = Symbol::positive("r");
    let (chance, other) = (&r / (1 + &r), 1 / (1 + &r));
    let logistic = |u: &Symbol| [1 / (1 + (-u).exp()), 1 / (1 + u.exp())];
    let posteriors = [logistic(&Symbol::real("u")), logistic(&Symbol::real("v"))];
    let moment = |pi: &[Expr; 2], n: i32| pi.iter().map(|p| p * (-p.log()).pow(n)).sum::<Expr>();
    let over_x = |of: &dyn Fn(&[Expr; 2]) -> Expr| &chance * of(&posteriors[0]) + &other * of(&posteriors[1]);
    let h = |pi: &[Expr; 2]| moment(pi, 1);
    let total = over_x(&|pi| moment(pi, 2)) - over_x(&h).pow(2);
    let varentropy = over_x(&|pi| moment(pi, 2) - moment(pi, 1).pow(2));
    let spread = over_x(&|pi| h(pi).pow(2)) - over_x(&h).pow(2);
    // -log p(X_0 given X_t) for a Gaussian posterior, at X_0 = m + z sqrt(S) with z standard normal.
    let (s, z) = (Symbol::positive("S"), Symbol::real("z"));
    let point = &z * s.sqrt();
    let surprisal = -normal(std::slice::from_ref(&point), &[Expr::zero()], &s).log();
    let at = |e: &Expr, value: Expr| e.substitute(&[(&z, value)]);
    // The three-point Gauss-Hermite rule is exact to degree 5.
    let mean = |e: &Expr| {
        let node = Expr::from(3).sqrt();
        2 * at(e, Expr::zero()) / 3 + (at(e, node.clone()) + at(e, -node)) / 6
    };
    let variance = |e: &Expr| mean(&(e - mean(e)).pow(2));
    let [iota, within, of_h, density, rank] =
        ["Var iota", "E[Var(iota|X_t)]", "Var h", "Var(-log p(X_0|X_t))", "rank"].map(quantity);
    vec![
        Identity::of(
            "Var iota = E[Var(iota given X_t)] + Var h, two labels",
            &Equation::new(&iota, &within + &of_h),
            &[(&iota, total), (&within, varentropy), (&of_h, spread)],
            ("the varentropy left out", Expr::from(&of_h)),
        ),
        Identity::of(
            "the information density of a Gaussian has variance 1/2 per dimension",
            &Equation::new(&density, &rank / 2),
            &[(&density, variance(&surprisal)), (&rank, Expr::one())],
            ("rank", Expr::from(&rank)),
        ),
        identity(
            "the entropy of a Gaussian posterior does not depend on x",
            mean(&surprisal).diff(&z),
            0,
            ("the surprisal itself", surprisal.diff(&z)),
        ),
    ]
}

const ONE: &str = "the mean varentropy left out";
const RANK: &str = "rank in place of rank/2";

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in labelled_cases()? {
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(ONE)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "", &mutants, quadrature));
    }
    for case in labelled_cases()?.into_iter().filter(|s| s.law().dim() <= 3).chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Sigma, Mutation::Formula(ONE)]);
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "", &mutants, monte_carlo));
    }
    let case = gaussian()?.under(NoiseProcess::Ou, 0.4)?;
    checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "rank/2", &[Mutation::Formula(RANK)], half_rank));
    Ok(checks)
}

fn quadrature(_: &Context, case: &Case) -> Result<Comparison> {
    let lhs = case.variance(|s| s.label_surprisal())?;
    let rhs = case.variance(|s| s.label_entropy())?;
    let rhs = if case.breaks(ONE) { rhs } else { rhs + case.mean_of(|s| s.label_varentropy())? };
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn monte_carlo(context: &Context, case: &Case) -> Result<Comparison> {
    let means = case.sample(context, Detail::Posterior, 3, &[(0, 0), (1, 1)], |row, out| {
        let seen = row.seen(0);
        (out[0], out[1], out[2]) = (seen.label_surprisal(), seen.label_entropy(), seen.label_varentropy());
    })?;
    let level = Context::CONFIDENCE;
    let combine = |terms: &[(usize, f64)], pairs: &[((usize, usize), f64)]| {
        means.linear_with_covariances(terms, pairs, level).ok_or(Error::Product(0, 1))
    };
    let kept = if case.breaks(ONE) { 0.0 } else { 1.0 };
    let lhs = combine(&[], &[((0, 0), 1.0)])?;
    let rhs = combine(&[(2, kept)], &[((1, 1), 1.0)])?;
    let difference = combine(&[(2, -kept)], &[((0, 0), 1.0), ((1, 1), -1.0)])?;
    Ok(Comparison::paired(lhs, rhs, difference, SAMPLED * rhs.value().abs()))
}

/// `-log p(X_0 given X_t) = -log p_0(X_0) - log p(X_t given X_0) + log p_t(X_t)`.
fn half_rank(context: &Context, case: &Case) -> Result<Comparison> {
    let data = Marginal::of_data(case.law())?;
    let d = case.law().dim();
    let means = case.sample(context, Detail::Posterior, 1, &[(0, 0)], |row, out| {
        let x: Vec<f64> = (0..d).map(|i| case.law().mean(0)[i] + row.xi()[i]).collect();
        out[0] = row.seen(0).ln_density() - row.ln_kernel(0) - data.ln_density(&x);
    })?;
    let lhs = means.covariance(0, 0, Context::CONFIDENCE).ok_or(Error::Product(0, 0))?;
    let share = if case.breaks(RANK) { 1.0 } else { 0.5 };
    let rhs = Estimate::given(share) * Estimate::count(case.law().covariance(0).rank(d));
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}
