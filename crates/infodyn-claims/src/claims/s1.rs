//! S1: what a path of the ancestral sampler costs.

use infodyn_core::{Comparison, Estimate, Mixture, NoiseProcess};
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_samplers::{Sampler, Variance, path_divergence};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, gaussian};
use crate::chains::{BesideGaussian, chains};
use crate::enclosed::{self, digits, point};
use crate::schedule::{BySnr, Denoiser, kl, transitions};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S1",
    name: "path-divergence",
    statement: "Over levels `gamma_0 < ... < gamma_N < infinity` the ancestral sampler (noise of the posterior's \
                variance) with any denoiser `m_theta` and exact start has `KL(truth || sampler) = sum_k (Delta_k/2) \
                E|X_0 - m_theta(X_k)|^2 - (I(gamma_N) - I(gamma_0))` of the `N+1` states, and of the continuous paths; \
                a step is {0}. The loss is `mmse_k + E|m_theta - m|^2`: the discretisation (a left Riemann sum minus \
                its integral) and the error of the denoiser add without a cross term. A start at the Gaussian with the \
                mean of `X_0` is one step more, from `gamma = 0`. The divergence of the end points is at most this",
    scope: "every law of finite second moment and any linear process, under the true marginals; not a last step to \
            `sigma = 0`, the probability flow, or other reverse variances (S9)",
    origin: Origin::Elsewhere(
        "Aghapour, Bayraktar & Zhang, arXiv 2601.21943 (the abstract of June 2026); the gap of the discrete bound: \
         Kingma et al. 2107.00630; that it holds of states and of continuous paths alike, and the start as a step from \
         0, are new here",
    ),
    uses: &["B3"],
    formulas,
    checks,
};

/// One step for a Gaussian coordinate and a denoiser that is affine in the exact one.
fn formulas() -> Vec<Identity> {
    let [l, gamma, delta] = ["l", "gamma", "delta"].map(Symbol::positive);
    let [b, c] = ["b", "c"].map(Symbol::real);
    let [cost, step, loss, gained] = ["KL_k", "Delta", "E|X_0-m_theta|^2", "I(gamma')-I(gamma)"].map(quantity);
    let written = |share: i32| &step / share * &loss - &gained;
    let equation = Equation::new(&cost, written(2));
    let at = |from: Expr, case: &str| {
        let spread = &l / (1 + &from * &l);
        // m_theta = (1 + b) m + c, and E m^2 = l - S.
        let off = b.pow(2) * (&l - &spread) + c.pow(2);
        // p(y'|y) = N(y + Delta m, Delta + Delta^2 S) from N(y + Delta m_theta, Delta).
        let ratio = 1 + &delta * &spread;
        let kl = (&ratio - 1 - ratio.log() + &delta * &off) / 2;
        let defined = [(&cost, kl), (&step, Expr::from(&delta)), (&loss, &spread + &off), (&gained, ratio.log() / 2)];
        Identity::of(case, &equation, &defined, ("Delta in place of Delta/2", written(1)))
    };
    let v = |gamma: Expr| 1 + gamma * &l;
    let here = || v(Expr::from(&gamma));
    vec![
        at(Expr::from(&gamma), "Gaussian, an affine denoiser"),
        at(Expr::zero(), "Gaussian, the first step from 0"),
        identity(
            "I(gamma') - I(gamma) is log(1 + Delta S)/2 of a Gaussian",
            v(&gamma + &delta) / here(),
            1 + &delta * (&l / here()),
            ("the variance of X_0 in place of S", 1 + &delta * &l),
        ),
    ]
}

/// The grids of theory.md: one from 0, one from 0.1.
pub(super) const FROM_ZERO: [f64; 5] = [0.0, 0.5, 1.0, 2.0, 4.0];
pub(super) const GRID: [f64; 5] = [0.1, 0.4, 1.0, 2.5, 6.0];

/// What the sum takes of the law.
#[derive(Clone, Copy)]
struct Stairs {
    /// Whether the loss of a step is read at its right end.
    right: bool,
    /// What stands before `E|m_theta - m|^2`.
    share: f64,
}

const STAIRS: Stairs = Stairs { right: false, share: 1.0 };

/// What stands for the variance of the sampler's noise.
#[derive(Clone, Copy)]
enum Noise {
    Small,
    Large,
}

impl Noise {
    fn of(self, from: f64, to: f64) -> f64 {
        match self {
            Self::Small => to - from,
            Self::Large => (to - from) * to / from,
        }
    }

    fn variance(self) -> Variance {
        match self {
            Self::Small => Variance::Small,
            Self::Large => Variance::Large,
        }
    }
}

/// Three Gaussians of widths from 0.1 to 0.5.
pub(super) fn three() -> Result<BySnr> {
    BySnr::line("mixture-l3", &[0.5, 0.3, 0.2], &[-2.0, 0.5, 2.5], &[0.09, 0.25, 0.01])
}

/// Levels of the data set: a last step that resolves the images, so that the path divergence is large beside the
/// information, of which it is a difference.
const LEVELS: [f64; 3] = [0.01, 0.03, 5.0];

/// What the two sides of a check on the data set may differ by, relative.
const KNOWN: f64 = 0.01;

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let laws = [
        (BySnr::pair("two-atoms", 0.5)?, FROM_ZERO),
        (BySnr::pair("two-atoms, w=0.2", 0.2)?, GRID),
        (three()?, GRID),
        (BySnr::line("gaussian", &[1.0], &[0.3], &[0.8])?, GRID),
    ];
    for (law, grid) in laws {
        for denoiser in [Denoiser::Exact, Denoiser::Bent] {
            let bent = denoiser == Denoiser::Bent;
            if bent && grid[0] == 0.0 {
                continue;
            }
            let what = if bent { "0.9 m + 0.2 + 0.1 tanh y in place of m" } else { "the exact denoiser" };
            let run = |stairs, noise| {
                let law = law.clone();
                move |_: &Context| direct(&law, &grid, denoiser, stairs, noise)
            };
            let case = format!("{}: kernels integrated, {what}", law.0.name);
            let check = Check::number(Kind::Quadrature, case, run(STAIRS, Noise::Small));
            let how = "the loss at the right end of each step";
            let check = check.variant(Ingredient::Time, how, run(Stairs { right: true, ..STAIRS }, Noise::Small));
            checks.push(if bent {
                let how = "Delta in place of Delta/2 before the error of the denoiser";
                check.variant(Ingredient::Moment, how, run(Stairs { share: 2.0, ..STAIRS }, Noise::Small))
            } else if grid[0] > 0.0 {
                check.variant(Ingredient::Variance, "fixed large in place of small", run(STAIRS, Noise::Large))
            } else {
                check
            });
        }
    }
    let run = |share: f64| move |_: &Context| end_point(share);
    let check = Check::number(Kind::Quadrature, "gaussian, one step: the end is at most the path", run(1.0));
    checks.push(check.variant(Ingredient::Bound, "6.04 % of what the path costs", run(0.0604)));
    for case in [three()?.0.under(NoiseProcess::Ou, 0.5)?, gaussian()?.under(NoiseProcess::FLOW, 0.5)?] {
        let run = move |stairs, noise| move |c: &Context, case: &Case| simulated(c, case, stairs, noise);
        let check = Check::new(Kind::MonteCarlo, &case, "log-ratios of true chains", run(STAIRS, Noise::Small));
        let check = check.mutant(Ingredient::Variance, "fixed large in place of small", run(STAIRS, Noise::Large));
        let right = Stairs { right: true, ..STAIRS };
        checks.push(check.mutant(Ingredient::Time, "the loss at the right end", run(right, Noise::Small)));
    }
    if let Some(case) = super::digits_case(context)? {
        checks.extend(on_data(&case));
    }
    for (weight, grid, stated) in [(0.5, FROM_ZERO, 0.235_569_431_626_982_349), (0.2, GRID, 0.250_246_170_197_752_913)]
    {
        let mutants = [
            (Ingredient::Time, "the loss at the right end of each step", (true, weight)),
            (Ingredient::Weight, "a weight larger by 0.01 in the losses", (false, weight + 0.01)),
        ];
        let case = format!("two-atoms, w={weight}: the value of theory.md");
        checks.push(enclosed::equal(case, (false, weight), &mutants, move |(right, believed)| {
            Ok([stairs_of_atoms(weight, &grid, right, believed)?, digits(stated, 1e-17)])
        }));
    }
    Ok(checks)
}

/// `KL(truth || sampler)` by the sum and the entropies.
fn stairs(law: &BySnr, grid: &[f64], denoiser: Denoiser, of: Stairs) -> Result<Estimate> {
    let read = if of.right { &grid[1..] } else { &grid[..grid.len() - 1] };
    let losses = read.iter().map(|&g| law.loss(g, denoiser, of.share)).collect::<Result<Vec<_>>>()?;
    Ok(path_divergence(grid, law.0.law.dim(), Variance::Small, &losses, law.gained(grid)?)?)
}

fn direct(law: &BySnr, grid: &[f64], denoiser: Denoiser, of: Stairs, noise: Noise) -> Result<Comparison> {
    let lhs = transitions(&law.0.law, grid, denoiser, &|from, to, _| noise.of(from, to));
    let rhs = stairs(law, grid, denoiser, of)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// One step of `N(0, 1)` from `gamma = 1` to 4: `KL(truth || sampler)` at the end is at most a share of that of the
/// path, all of it in the claim.
fn end_point(share: f64) -> Result<Comparison> {
    let sigmas = [1.0, 0.5].map(Estimate::given);
    let ratio = Sampler::Ancestral.variance_ratio(&sigmas, &Estimate::ONE, |s| s.ln());
    let path =
        path_divergence(&[1.0, 4.0], 1, Variance::Small, &[Estimate::ONE / 2], (Estimate::from(5) / 2).ln() / 2)?;
    let (lhs, rhs) = (kl(Estimate::ONE / ratio), path * Estimate::given(share));
    Ok(Comparison::at_most(lhs, rhs, SHARP * rhs.value()))
}

/// The mean of `log p/q` of true chains at four levels about that of the case.
fn simulated(context: &Context, case: &Case, of: Stairs, noise: Noise) -> Result<Comparison> {
    let middle = case.level()?.snr();
    let snrs = [0.3, 0.8, 2.0, 5.0].map(|factor| factor * middle);
    let lhs = chains(context, case, &snrs, |from, to| noise.of(from, to))?;
    let law = BySnr(crate::NamedLaw::new("", Mixture::clone(case.law())));
    let rhs = stairs(&law, &snrs, Denoiser::Exact, of)?;
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value().abs()))
}

/// On a data set, the losses and the information by posteriors (`tr S`, what is known of the image) against log-ratios
/// of chains, and against squared errors and log-densities: three routes.
fn on_data(case: &Case) -> [Check; 2] {
    let how = "the loss at the right end of each step";
    let ratios = |right: bool, noise: Noise| {
        move |context: &Context, case: &Case| {
            BesideGaussian::new(case, &LEVELS)?.compare(
                context,
                (noise.variance(), KNOWN),
                |[own, gaussian], x0| {
                    let width = |from, to| noise.of(from, to);
                    own.ln_ratio(width) - gaussian.ln_ratio_given(x0, width)
                },
                |chain| chain.stairs(right),
            )
        }
    };
    let chains = Check::new(Kind::MonteCarlo, case, "log-ratios of true chains", ratios(false, Noise::Small));
    let chains = chains.mutant(Ingredient::Variance, "fixed large in place of small", ratios(false, Noise::Large));
    let chains = chains.mutant(Ingredient::Time, how, ratios(true, Noise::Small));
    let squares = |right: bool| {
        move |context: &Context, case: &Case| {
            BesideGaussian::new(case, &LEVELS)?.compare(
                context,
                (Variance::Small, KNOWN),
                |[own, gaussian], x0| own.squares(x0) - gaussian.squares(x0) - own.surprise(),
                |chain| chain.stairs(right),
            )
        }
    };
    let errors = Check::new(Kind::MonteCarlo, case, "squared errors and log-densities", squares(false));
    [chains, errors.mutant(Ingredient::Time, how, squares(true))]
}

/// The sum of two atoms `+-1` minus the information, `H(X_0) - H(X_0 given X_t)`; the losses with the weight that is
/// believed.
fn stairs_of_atoms(weight: f64, grid: &[f64; 5], right: bool, believed: f64) -> infodyn_enclosure::Result<Interval> {
    let pair = |w: f64| LineLaw::from_parts(&[w, 1.0 - w], &[1.0, -1.0], &[0.0; 2]);
    let read = |w: f64, gamma: f64, moment: Moment| pair(w).at(Interval::ONE, point(gamma).recip())?.mean(moment);
    let part = |w: f64| -(point(w) * point(w).ln());
    let prior = part(weight) + part(1.0 - weight);
    let mut sum = Interval::ZERO;
    for p in grid.windows(2) {
        let gamma = p[usize::from(right)];
        let mmse = if gamma == 0.0 {
            (point(believed) * (Interval::ONE - point(believed))).times(4.0)
        } else {
            read(believed, gamma, Moment::PosteriorVariance)?
        };
        sum = sum + (point(p[1]) - point(p[0])).times(0.5) * mmse;
    }
    let left = |gamma: f64| if gamma == 0.0 { Ok(prior) } else { read(weight, gamma, Moment::Entropy) };
    Ok(sum - (left(grid[0])? - left(grid[4])?))
}
