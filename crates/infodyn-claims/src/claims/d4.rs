//! D4: two variances that are not the same object.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Density as _, Detail, Estimate, NoiseProcess, Quantity};

use super::{SAMPLED, SHARP, gaussian, labelled_cases};
use crate::enclosed::{self, Rule, mean_of};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, Origin, Result, Seen, asked};

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

/// The law of total variance for two labels and two values of `X_t`, and the variance of a Gaussian's information
/// density.
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

/// What of the surprisal given `X_t` is averaged.
type Spread = fn(&Seen<'_>) -> f64;

const VARENTROPY: Spread = |s| s.label_varentropy();
const SECOND_MOMENT: Spread = |s| s.label_varentropy() + s.label_entropy().powi(2);
const UNCENTRED: &str = "the mean square of the surprisal given X_t in place of its variance";

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in labelled_cases()? {
        let check = Check::new(Kind::Quadrature, &case, "", |_, case| quadrature(case, VARENTROPY));
        let check = check.breaking(&[Mutation::Weight, Mutation::Sigma]);
        checks.push(check.mutant(Ingredient::Moment, UNCENTRED, |_, case| quadrature(case, SECOND_MOMENT)));
    }
    for case in labelled_cases()?.into_iter().filter(|s| s.law().dim() <= 3).chain(super::digits_case(context)?) {
        let check = Check::new(Kind::MonteCarlo, &case, "", |context, case| monte_carlo(context, case, VARENTROPY));
        let check = check.breaking(&[Mutation::Sigma]);
        checks.push(check.mutant(Ingredient::Moment, UNCENTRED, |c, case| monte_carlo(c, case, SECOND_MOMENT)));
    }
    let case = gaussian()?.under(NoiseProcess::Ou, 0.4)?;
    let check = Check::new(Kind::MonteCarlo, &case, "rank/2", |c, case| half_rank(c, case, Density::Posterior));
    checks.push(check.mutant(
        Ingredient::Moment,
        "the information density in place of the posterior's surprisal",
        |context, case| half_rank(context, case, Density::Information),
    ));
    let mutants = enclosed::mutants(&[Mutation::Weight, Mutation::Sigma]);
    checks.extend(enclosed::each(enclosed::stages(), "", Mutation::None, &mutants, |stage, mutation| {
        let line = stage.broken(mutation).line()?;
        let within = mean_of(&line, &Rule::Varentropy)?[0];
        Ok([stage.line()?.surprisal_variance()?, within + line.entropy_variance()?])
    }));
    let of_label = [Quantity::LabelPosteriorEntropyVariance, Quantity::LabelSurprisalVariance];
    checks.extend(asked::of_labels(&of_label)?);
    checks.extend(asked::of_posteriors()?);
    Ok(checks)
}

fn quadrature(case: &Case, spread: Spread) -> Result<Comparison> {
    let lhs = case.variance(Detail::LABEL_SURPRISAL, |s| s.label_surprisal())?;
    let rhs = case.variance(Detail::LABEL_ENTROPY, |s| s.label_entropy())? + case.mean_of(Detail::all(), spread)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn monte_carlo(context: &Context, case: &Case, spread: Spread) -> Result<Comparison> {
    let means = case.sample(
        context,
        Detail::LABEL_ENTROPY | Detail::LABEL_SURPRISAL | Detail::LABEL_VARENTROPY,
        3,
        &[(0, 0), (1, 1)],
        |row, out| {
            let seen = row.seen(0);
            (out[0], out[1], out[2]) = (seen.label_surprisal(), seen.label_entropy(), spread(&seen));
        },
    )?;
    let combine = |terms: &[(usize, f64)], pairs: &[((usize, usize), f64)]| {
        means.linear_with_covariances(terms, pairs, Context::CONFIDENCE).ok_or(Error::Product(0, 1))
    };
    let lhs = combine(&[], &[((0, 0), 1.0)])?;
    let rhs = combine(&[(2, 1.0)], &[((1, 1), 1.0)])?;
    let difference = combine(&[(2, -1.0)], &[((0, 0), 1.0), ((1, 1), -1.0)])?;
    Ok(Comparison::paired(lhs, rhs, difference, SAMPLED * rhs.value().abs()))
}

/// Of what the variance is taken: `-log p(X_0 given X_t)`, or without the part of the prior.
#[derive(Clone, Copy)]
enum Density {
    Posterior,
    Information,
}

/// `-log p(X_0 given X_t) = -log p_0(X_0) - log p(X_t given X_0) + log p_t(X_t)`.
fn half_rank(context: &Context, case: &Case, density: Density) -> Result<Comparison> {
    let law = case.law();
    let data = Marginal::of_data(law)?;
    let means = case.sample(context, Detail::empty(), 1, &[(0, 0)], |row, out| {
        let x: Vec<f64> = law.mean(0).iter().zip(row.xi()).map(|(m, xi)| m + xi).collect();
        let prior = match density {
            Density::Posterior => data.ln_density(&x),
            Density::Information => 0.0,
        };
        out[0] = row.seen(0).ln_density() - row.ln_kernel(0) - prior;
    })?;
    let lhs = means.covariance(0, 0, Context::CONFIDENCE).ok_or(Error::Product(0, 0))?;
    let rhs = Estimate::count(law.covariance(0).rank(law.dim())) / 2;
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}
