//! S9: what the variance of the reverse noise costs.

use infodyn_core::{Comparison, Estimate, Mixture, NoiseProcess};
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_quadrature::integral;
use infodyn_samplers::{Variance, path_divergence};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::s1::{FROM_ZERO, GRID, three};
use super::{SAMPLED, SHARP, plane};
use crate::chains::chains;
use crate::enclosed::{self, Sides, digits, point};
use crate::limit::halving;
use crate::schedule::{BySnr, Denoiser, cumulants, decimal, transitions};
use crate::symbols::limit;
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S9",
    name: "reverse-variance",
    statement: "The chain of S1 with reverse noise of variance `V_k` in the clock `y = alpha x/sigma^2` (in S1 `V = \
                Delta I`). (i) For `V = rho Delta I` a step costs {0}; the best `rho` is `1 + Delta L/D`, with which \
                the path loses `sum (D/2) log(1 + Delta_k L_k/D) - (I_N - I_0)`: nothing for isotropic Gaussians on \
                any grid, else `(1/4) sum Delta^2 (E tr S^2 - mmse^2/D)` to leading order. (ii) For `V = Delta I + \
                Delta^2 S(y)` it loses `sum (1/2) E log det(I + Delta_k S) - (I_N - I_0)`: nothing for any Gaussian, \
                else of order `1/N^2`, `sum Delta_k^3 E|kappa_3|^2/12` with `kappa_3` the third posterior cumulant. \
                (iii) \"Fixed large\" is `rho = gamma_{k+1}/gamma_k`",
    scope: "`KL(truth || sampler)` of paths, exact start; in (i) best among noises isotropic and constant in `y`; end \
            points may prefer others; mixtures and atoms on a line, a mixture in the plane by simulation",
    origin: Origin::Elsewhere(
        "the best isotropic variance is Analytic-DPM's: Bao et al. 2201.06503; what each choice costs in nats from the \
         loss curve, and the order of (ii), are new here",
    ),
    uses: &["S1", "B7"],
    formulas,
    checks,
};

/// A step for Gaussian coordinates of two variances, its best `rho`, and the variance of the forward step.
fn formulas() -> Vec<Identity> {
    let [gamma, delta, rho, l_1, l_2] = ["gamma", "delta", "rho", "l_1", "l_2"].map(Symbol::positive);
    let spread = |l: &Symbol| l / (1 + &gamma * l);
    let (s_1, s_2) = (spread(&l_1), spread(&l_2));
    let [cost, step, share, loss, dim, gained] = ["KL_k", "Delta", "rho", "L", "D", "I(gamma')-I(gamma)"].map(quantity);
    let written = |excess: Expr| &step / (2 * &share) * &loss + &dim / 2 * (excess + share.log()) - &gained;
    let equation = Equation::new(&cost, written(1 / &share - 1));
    // p(y'|y) = N(y + Delta m, Delta + Delta^2 S) from N(y + Delta m, rho Delta), coordinate by coordinate.
    let ratio = |s: &Expr| (1 + &delta * s) / &rho;
    let kl = |s: &Expr| (ratio(s) - 1 - ratio(s).log()) / 2;
    let information = |s: &Expr| (1 + &delta * s).log() / 2;
    let (mmse, total) = (&s_1 + &s_2, information(&s_1) + information(&s_2));
    let defined = [
        (&cost, kl(&s_1) + kl(&s_2)),
        (&step, Expr::from(&delta)),
        (&share, Expr::from(&rho)),
        (&loss, mmse.clone()),
        (&dim, Expr::from(2)),
        (&gained, total.clone()),
    ];
    let of = |rho_is: Expr| (kl(&s_1) + kl(&s_2)).substitute(&[(&rho, rho_is)]);
    let best = 1 + &delta * &mmse / 2;
    let closed = |dim: i32| (1 + &delta * &mmse / dim).log() - &total;
    let leading = |e: Expr| limit(&(e / delta.pow(2)), &delta);
    let excess = |dim: i32| (s_1.pow(2) + s_2.pow(2) - mmse.pow(2) / dim) / 4;
    let [before, after] = ["sigma", "tau"].map(Symbol::positive);
    let (from, to) = (before.pow(-2), after.pow(-2));
    // alpha = 1: x = sigma^2 y, so a variance in x is tau^4 times that in y.
    let forward = (before.pow(2) - after.pow(2)) / after.pow(4);
    vec![
        Identity::of("Gaussian, D=2", &equation, &defined, ("1 - 1/rho", written(1 - 1 / &share))),
        identity("the best rho, Gaussian, D=2", of(best.clone()), closed(2), ("D left out", closed(1))),
        identity(
            "its slope in rho vanishes, Gaussian, D=2",
            (kl(&s_1) + kl(&s_2)).diff(&rho).substitute(&[(&rho, best)]),
            0,
            ("at 1 + Delta mmse", (kl(&s_1) + kl(&s_2)).diff(&rho).substitute(&[(&rho, 1 + &delta * &mmse)])),
        ),
        identity("leading order, Gaussian, D=2", leading(closed(2)), excess(2), ("mmse^2 without D", excess(1))),
        identity(
            "the variance of the forward step is gamma'/gamma Delta",
            forward,
            &to / &from * (&to - &from),
            ("Delta, the posterior's", &to - &from),
        ),
    ]
}

/// The variance of the reverse noise.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Choice {
    Small,
    Large,
    Best,
    /// `1 + Delta mmse'/D` with the mmse at the end of the step.
    Late,
    /// `Delta + Delta^2 S(y)`.
    Covariance,
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    use Choice as C;
    let mut checks = Vec::new();
    let (half, fifth) = (BySnr::pair("two-atoms", 0.5)?, BySnr::pair("two-atoms, w=0.2", 0.2)?);
    let law = three()?;
    for (law, grid, choice, other, stated, last) in [
        (&law, GRID, C::Small, C::Large, 0.581_591_662_859_00, 1e-13),
        (&law, GRID, C::Large, C::Best, 0.324_585_864_840_36, 1e-13),
        (&law, GRID, C::Best, C::Late, 0.134_033_881_975_58, 1e-13),
        (&law, GRID, C::Covariance, C::Best, 0.047_154_050_356_4, 1e-12),
        (&half, FROM_ZERO, C::Best, C::Late, 0.086_255_995_545_806_560_8, 1e-16),
        (&fifth, GRID, C::Best, C::Late, 0.140_825_114_246_786_576, 1e-16),
    ] {
        let name = law.0.name;
        let run = |choice: Choice| {
            let law = law.clone();
            move |_: &Context| {
                let found = closed(&law, &grid, choice)?;
                Ok(Comparison::new(found, decimal(stated, last), 1e-9 * stated))
            }
        };
        let check = Check::number(Kind::Quadrature, format!("{name}, {choice:?}: the value of theory.md"), run(choice));
        checks.push(check.variant(Ingredient::Variance, &format!("{other:?}"), run(other)));
        let run = |choice: Choice, of: Choice| {
            let law = law.clone();
            move |_: &Context| {
                let lhs = direct(&law, &grid, of)?;
                let rhs = closed(&law, &grid, choice)?;
                Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
            }
        };
        let check =
            Check::number(Kind::Quadrature, format!("{name}, {choice:?}: kernels integrated"), run(choice, choice));
        let (ingredient, how) = if other == C::Late {
            (Ingredient::Time, "the mmse at the end of the step".to_owned())
        } else {
            (Ingredient::Variance, format!("kernels of {other:?}"))
        };
        checks.push(check.variant(ingredient, &how, run(choice, other)));
    }
    let run = |factor: f64| {
        let law = law.clone();
        move |_: &Context| order(&law, [0.1, 6.0], factor)
    };
    let check = Check::number(
        Kind::Quadrature,
        "mixture-l3, Covariance: N^2 KL on equal steps of gamma, N -> infinity",
        run(12.0),
    );
    checks.push(check.variant(Ingredient::Moment, "E|kappa_3|^2/6", run(6.0)));
    for case in [plane()?.under(NoiseProcess::FLOW, 0.45)?, three()?.0.under(NoiseProcess::VP_LINEAR, 0.3)?] {
        let run = move |dropped| move |c: &Context, case: &Case| simulated(c, case, dropped, Choice::Best);
        let check = Check::new(Kind::MonteCarlo, &case, "log-ratios of true chains, best rho", run(false));
        let late = |c: &Context, case: &Case| simulated(c, case, false, Choice::Small);
        let check = check.mutant(Ingredient::Variance, "the posterior's variance", late);
        checks.push(if case.law().dim() > 1 {
            check.mutant(Ingredient::Dimension, "rho = 1 + Delta mmse: D left out", run(true))
        } else {
            check
        });
    }
    let mutants = [(Ingredient::Time, "rho from the mmse at the end of the step", true)];
    checks.push(enclosed::equal("two-atoms, w=0.2, Best: the value of theory.md", false, &mutants, |late| {
        best_of_atoms(0.2, &GRID, late)
    }));
    Ok(checks)
}

/// The variance over `Delta` on each step, where it does not depend on `y`.
fn ratios(law: &BySnr, grid: &[f64], choice: Choice) -> Result<Vec<f64>> {
    let dim = law.0.law.dim() as f64;
    let ratio = |p: &[f64]| {
        let read = |g: f64| Ok::<_, Error>(1.0 + (p[1] - p[0]) * law.curve(g)?[0].value() / dim);
        match choice {
            Choice::Large => Ok(p[1] / p[0]),
            Choice::Best => read(p[0]),
            Choice::Late => read(p[1]),
            Choice::Small | Choice::Covariance => Ok(1.0),
        }
    };
    grid.windows(2).map(ratio).collect()
}

/// The divergence by the losses and the information.
fn closed(law: &BySnr, grid: &[f64], choice: Choice) -> Result<Estimate> {
    let gained = law.gained(grid)?;
    let losses = |read: &[f64]| read.iter().map(|&g| Ok(law.curve(g)?[0])).collect::<Result<Vec<_>>>();
    let (left, dim) = (&grid[..grid.len() - 1], law.0.law.dim());
    let by = |variance, losses: &[Estimate]| Ok(path_divergence(grid, dim, variance, losses, gained)?);
    match choice {
        Choice::Small => by(Variance::Small, &losses(left)?),
        Choice::Large => by(Variance::Large, &losses(left)?),
        Choice::Best => by(Variance::Best, &losses(left)?),
        Choice::Late => by(Variance::Best, &losses(&grid[1..])?),
        Choice::Covariance => {
            let term = |p: &[f64]| law.mean_log_spread(p[0], p[1] - p[0]);
            let sum = grid.windows(2).map(term).sum::<Result<Estimate>>()?;
            Ok(sum / 2 - gained)
        }
    }
}

/// The divergence by double integrals of the kernels.
fn direct(law: &BySnr, grid: &[f64], choice: Choice) -> Result<Estimate> {
    let ratios = ratios(law, grid, choice)?;
    let at = |from: f64| grid.iter().position(|&g| g == from).map_or(1.0, |k| ratios[k]);
    Ok(transitions(&law.0.law, grid, Denoiser::Exact, &|from, to, s| {
        let delta = to - from;
        if choice == Choice::Covariance { delta * (1.0 + delta * s) } else { delta * at(from) }
    }))
}

/// `N^2 KL` of (ii) on equal steps of `gamma`, extrapolated, against `(gamma_N - gamma_0)^2` times the integral of `E
/// kappa_3^2` over a number, 12 in the claim.
fn order(law: &BySnr, [from, to]: [f64; 2], number: f64) -> Result<Comparison> {
    let value = |n: usize| {
        let grid: Vec<f64> = (0..=n).map(|k| from + (to - from) * (k as f64 / n as f64)).collect();
        Ok(closed(law, &grid, Choice::Covariance)? * Estimate::count(n * n))
    };
    let lhs = halving(&[8, 16, 32, 64, 128].map(value).into_iter().collect::<Result<Vec<_>>>()?, 1);
    let third = |g: f64| law.mean_at(g, |law, y| cumulants(law, g, y)[2].powi(2));
    let range = Estimate::given(to) - Estimate::given(from);
    let rhs = integral(third, from, to)? * range * range / Estimate::given(number);
    Ok(Comparison::new(lhs, rhs, 1e-2 * rhs.value()))
}

/// The mean of `log p/q` of true chains at four levels about that of the case, against the sum.
fn simulated(context: &Context, case: &Case, dropped: bool, choice: Choice) -> Result<Comparison> {
    let middle = case.level()?.snr();
    let snrs = [0.15, 0.7, 3.0, 12.0].map(|factor| factor * middle);
    let law = BySnr(NamedLaw::new("", Mixture::clone(case.law())));
    let mut ratios = ratios(&law, &snrs, choice)?;
    if dropped {
        ratios.iter_mut().for_each(|r| *r = 1.0 + (*r - 1.0) * case.dim());
    }
    // The levels are those of the process nearest to the ratios.
    let at =
        |from: f64| snrs.iter().zip(&ratios).find(|(g, _)| (from / *g - 1.0).abs() < 1e-6).map_or(1.0, |(_, r)| *r);
    let lhs = chains(context, case, &snrs, |from, to| at(from) * (to - from))?;
    let rhs = closed(&law, &snrs, Choice::Best)?;
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value().abs()))
}

/// `sum (1/2) log(1 + Delta mmse) - (I_N - I_0)` of two atoms.
fn best_of_atoms(weight: f64, grid: &[f64; 5], late: bool) -> Sides {
    let law = LineLaw::from_parts(&[weight, 1.0 - weight], &[1.0, -1.0], &[0.0; 2]);
    let read = |gamma: f64, moment: Moment| law.at(Interval::ONE, point(gamma).recip())?.mean(moment);
    let mut sum = read(grid[4], Moment::Entropy)? - read(grid[0], Moment::Entropy)?;
    for p in grid.windows(2) {
        let delta = point(p[1]) - point(p[0]);
        sum = sum + (delta * read(p[usize::from(late)], Moment::PosteriorVariance)?).ln_1p().times(0.5);
    }
    Ok([sum, digits(0.140_825_114_246_786_576, 1e-17)])
}
