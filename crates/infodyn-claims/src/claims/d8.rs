//! D8: where pathwise entropies differ.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Estimate, Mixture, NoiseProcess};
use infodyn_monte_carlo::View;
use infodyn_quadrature::integral;

use super::c10::{on_axes, on_line};
use super::{SAMPLED, atoms, labelled_mixture, mixture, plane};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Error, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "D8",
    name: "heterogeneity",
    statement: "`Var h` vanishes as `gamma -> 0`, at the rate {0} with `c = -sum_y w_y log w_y (mu_y - E X_0)` unless `c = 0`, as for equal weights, where the next order counts: \
                {1} for the pair `+-a`. For distinct atoms it vanishes as `gamma -> infinity`, for that pair as `C exp(-k/2)/sqrt(2 pi k)`, `k = gamma a^2`; for the hierarchy of C10 with \
                `A/b` large it peaks once per decision",
    scope: "the noisy end for atoms and mixtures on a line and in the plane; the other for a pair; hierarchies of one to three levels on a line, two on two axes",
    origin: Origin::New,
    uses: &["C8", "C10"],
    formulas,
    checks,
};

/// The first orders of the pathwise entropy at high noise, in `e = sqrt(gamma)` with `X_t/sigma = e mu_Y + z`.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use crate::symbols::coefficient;
    use infodyn_symbolic::theory::{Equation, Identity, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    let [e, r, a] = ["e", "r", "a"].map(Symbol::positive);
    let [z, m_1, m_2] = ["z", "mu_1", "mu_2"].map(Symbol::real);
    let weights = [&r / (1 + &r), 1 / (1 + &r)];
    // log-odds of a point x = e mu_1 + z in units of sigma.
    let entropy = |r: &Expr, m_1: &Expr, m_2: &Expr| {
        let x = &e * m_1 + &z;
        let odds = r * (&e * (m_1 - m_2) * &x - e.pow(2) * (m_1.pow(2) - m_2.pow(2)) / 2).exp();
        let pi = [&odds / (1 + &odds), 1 / (1 + &odds)];
        -(&pi[0] * pi[0].log() + &pi[1] * pi[1].log())
    };
    // Var of c z is c^2, of c (z^2 - 1) is 2 c^2.
    let (lead, slope) = (quantity("Var h"), quantity("c"));
    let gamma = quantity("gamma");
    let mean = &weights[0] * &m_1 + &weights[1] * &m_2;
    let c: Expr = -(&weights[0] * weights[0].log() * (&m_1 - &mean)) - &weights[1] * weights[1].log() * (&m_2 - &mean);
    let first = coefficient(&entropy(&r.clone().into(), &m_1.clone().into(), &m_2.clone().into()), &e, 1).diff(&z);
    let defined = [(&lead, &gamma * first.pow(2)), (&slope, c)];
    let linear = Identity::of(
        "two components, leading order",
        &Equation::new(&lead, &gamma * slope.pow(2)),
        &defined,
        ("c/2", &gamma * slope.pow(2) / 4),
    );
    let second = coefficient(&entropy(&Expr::one(), &a.clone().into(), &-&a), &e, 2).diff(&z).diff(&z) / 2;
    let half = quantity("a");
    let quadratic = Identity::of(
        "a symmetric pair, leading order",
        &Equation::new(&lead, gamma.pow(2) * half.pow(4) / 2),
        &[(&lead, 2 * gamma.pow(2) * second.pow(2)), (&half, Expr::from(&a))],
        ("no half", gamma.pow(2) * half.pow(4)),
    );
    vec![linear, quadratic]
}

const UNCENTRED: &str = "half of c";
const HALF: &str = "gamma^2 a^4";
const SLOWER: &str = "a quarter of the constant";
const ATOM: &str = "one peak per atom";
const VALLEY: &str = "the valley above the peak";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let edm = NoiseProcess::Edm;
    let pair = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.0], 0.0)?);
    let mut checks = Vec::new();
    for case in [
        atoms()?.under(NoiseProcess::Ve, 1.0)?,
        mixture()?.under(edm, 1.0)?,
        labelled_mixture()?.under(NoiseProcess::Ou, 1.0)?,
        plane()?.under(edm, 1.0)?,
    ] {
        let mutants = [Mutation::Weight, Mutation::Formula(UNCENTRED)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "Var h/gamma as gamma -> 0", &mutants, noisy_end));
    }
    let case = pair.under(NoiseProcess::FLOW, 0.5)?;
    checks.push(Check::new_by_words(
        Kind::Quadrature,
        &case,
        "Var h/gamma^2 as gamma -> 0",
        &[Mutation::Formula(HALF)],
        even_end,
    ));
    for process in [NoiseProcess::Ve, NoiseProcess::VP_COSINE] {
        let case = pair.under(process, process.time_at_snr(1.0)?)?;
        let what = "Var h exp(k/2) sqrt(2 pi k) as gamma -> infinity";
        checks.push(Check::new_by_words(Kind::Quadrature, &case, what, &[Mutation::Formula(SLOWER)], clean_end));
    }
    let three = {
        let signs = [-1.0, 1.0];
        let points =
            signs.iter().flat_map(|a| signs.iter().flat_map(move |b| signs.map(|c| vec![a * 100.0 + b * 10.0 + c])));
        NamedLaw::new("tree-3", Mixture::atoms(&[], &points.collect::<Vec<_>>())?)
    };
    for (named, scale, levels) in
        [(pair, 1.0_f64, 1), (on_line(10.0, 1.0)?, 10.0, 2), (on_axes(10.0, 1.0)?, 10.0, 2), (three.clone(), 100.0, 3)]
    {
        let case = named.under(edm, 1.0)?;
        let what = format!("peaks of Var h at {levels} levels");
        let run = move |_: &Context, s: &Case| {
            let range = (-2.0 * (4.0 * scale).ln(), 2.0 * 3.0_f64.ln());
            let claimed = if s.breaks(ATOM) { s.law().components() } else { levels };
            Ok(Comparison::new(peaks(s, range, 40)?, Estimate::count(claimed), 0.5))
        };
        checks.push(Check::new_by_words(Kind::Quadrature, &case, &what, &[Mutation::Formula(ATOM)], run));
    }
    // Noise levels at peaks, and around and between them.
    let valleys = [
        (on_line(10.0, 1.0)?, vec![(40.0, 8.7), (2.8, 8.7), (2.8, 0.86), (0.25, 0.86)]),
        (three, vec![(28.0, 87.0), (28.0, 8.7), (2.8, 8.7), (2.8, 0.86)]),
    ];
    for (named, levels) in valleys {
        for (valley, top) in levels {
            let case = named.under(edm, top)?;
            let what = format!("Var h less at sigma = {valley}");
            let run = move |c: &Context, s: &Case| sampled(c, s, valley);
            checks.push(Check::new_by_words(Kind::MonteCarlo, &case, &what, &[Mutation::Formula(VALLEY)], run));
        }
    }
    Ok(checks)
}

/// `Var h` at a signal-to-noise ratio of the case's process.
fn variance(case: &Case, snr: f64) -> Result<Estimate> {
    let moved = case.at(case.process().time_at_snr(snr)?);
    let mut value = moved.variance(|s| s.label_entropy())?;
    // The time is rounded, and d log Var h/d log gamma is at most of the order of 2 + k.
    value = value.widened((2.0 + snr) * (moved.truth().level()?.snr() / snr - 1.0).abs() * value.value());
    Ok(value)
}

/// `Var h/gamma`, extrapolated, against `|c|^2`.
fn noisy_end(context: &Context, case: &Case) -> Result<Comparison> {
    let values = (0..context.sizes(9))
        .map(|i| 0.05 * 0.5_f64.powi(i))
        .map(|snr| Ok(variance(case, snr)? / Estimate::given(snr)));
    let lhs = halving(&values.collect::<Result<Vec<_>>>()?, 1);
    let law = case.law();
    let mean = law.total_mean();
    // Of labels: the mean of the label's components.
    let c2: f64 = (0..law.dim())
        .map(|i| {
            let of_label = |y: usize| -> f64 {
                let own = (0..law.components()).filter(|&k| law.labels()[k] == y);
                own.map(|k| law.weights()[k] * (law.mean(k)[i] - mean[i])).sum()
            };
            law.label_weights().iter().enumerate().map(|(y, w)| -w.ln() * of_label(y)).sum::<f64>().powi(2)
        })
        .sum();
    let rhs = Estimate::rounded(c2 * if case.breaks(UNCENTRED) { 0.25 } else { 1.0 }, 32.0);
    Ok(Comparison::new(lhs, rhs, 1e-5 * rhs.value()))
}

/// `Var h/gamma^2` of a symmetric pair, extrapolated, against `a^4/2`.
fn even_end(context: &Context, case: &Case) -> Result<Comparison> {
    let values = (0..context.sizes(8))
        .map(|i| 0.05 * 0.5_f64.powi(i))
        .map(|snr| Ok(variance(case, snr)? / (Estimate::given(snr) * Estimate::given(snr))));
    let lhs = halving(&values.collect::<Result<Vec<_>>>()?, 1);
    let a4 = case.law().mean(0)[0].powi(4);
    let rhs = Estimate::rounded(a4 * if case.breaks(HALF) { 1.0 } else { 0.5 }, 4.0);
    Ok(Comparison::new(lhs, rhs, 1e-5 * rhs.value()))
}

/// `Var h e^{k/2} sqrt(2 pi k)` of a symmetric pair at `k = 24, 48, .., 768`, extrapolated in `1/k`, against the integral of
/// `h_2(u)^2 cosh u`: for even `F`, `E F(u) = e^{-k/2}/sqrt(2 pi k) integral of F(u) cosh(u) e^{-u^2/2k}`.
fn clean_end(context: &Context, case: &Case) -> Result<Comparison> {
    let at = |i: i32| -> Result<Estimate> {
        let k = 24.0 * 2.0_f64.powi(i);
        Ok(variance(case, k)? * Estimate::rounded((0.5 * k).exp() * (std::f64::consts::TAU * k).sqrt(), 4.0))
    };
    let lhs = halving(&(0..context.sizes(6)).map(at).collect::<Result<Vec<_>>>()?, 1);
    let density = |u: f64| -> Result<Estimate> {
        let h = infodyn_core::stable::binary_entropy(u);
        Ok(Estimate::rounded(2.0 * h * h * u.cosh(), 16.0))
    };
    // Beyond 20 the integrand is below 8 u^2 e^{-3u}: 1e-22.
    let whole = integral(density, 0.0, 20.0)? + Estimate::new(0.0, 1e-22);
    let rhs = whole / if case.breaks(SLOWER) { 4 } else { 1 };
    Ok(Comparison::new(lhs, rhs, 1e-4 * rhs.value()))
}

/// Number of peaks of `Var h` among `nodes` levels even in `log gamma`, each higher than its neighbours beyond their errors. On two axes
/// the two decisions are independent and their variances add (C10): each is integrated on its own line.
pub(super) fn peaks(case: &Case, (low, high): (f64, f64), nodes: usize) -> Result<Estimate> {
    let level = |i: usize| (low + (high - low) * i as f64 / (nodes - 1) as f64).exp();
    let cases = if case.law().dim() == 1 { vec![case.clone()] } else { axes(case)? };
    let read = |i: usize| -> Result<Estimate> {
        cases.iter().try_fold(Estimate::ZERO, |sum, s| Ok(sum + variance(s, level(i))?))
    };
    let values = (0..nodes).map(read).collect::<Result<Vec<_>>>()?;
    let above = |a: Estimate, b: Estimate| a.value() - b.value() > a.radius() + b.radius();
    let found = values.windows(3).filter(|v| above(v[1], v[0]) && above(v[1], v[2])).count();
    Ok(Estimate::rounded(found as f64, 1.0))
}

/// The pairs `+-A` and `+-b` of a tree on two axes.
pub(super) fn axes(case: &Case) -> Result<Vec<Case>> {
    let pair = |a: &f64| NamedLaw::new("axis", Mixture::symmetric_pair(&[*a], 0.0)?).under(*case.process(), case.t());
    case.law().mean(0).iter().map(pair).collect()
}

/// `Var h` at another level against that at the case's, from the same draws.
fn sampled(context: &Context, case: &Case, valley: f64) -> Result<Comparison> {
    let levels = [case.process().at(valley)?, case.process().at(case.t())?];
    let marginals = levels.map(|l| Marginal::new(case.law(), &l));
    let views = [View::new(levels[0], &marginals[0]), View::new(levels[1], &marginals[1])];
    let settings = context.settings(4);
    let means = infodyn_monte_carlo::mean_of(&settings, case.law(), &views, 2, &[(0, 0), (1, 1)], |batch, out| {
        for (i, out) in out.chunks_exact_mut(2).enumerate() {
            for r in 0..2 {
                out[r] = batch.readings[r].observation.label.entropy[i];
            }
        }
    })?;
    let combine = |own: f64, top: f64| {
        let pairs = [((0, 0), own), ((1, 1), top)];
        means.linear_with_covariances(&[], &pairs, Context::CONFIDENCE).ok_or(Error::Product(0, 1))
    };
    let (low, high, sign) = if case.breaks(VALLEY) {
        (combine(0.0, 1.0)?, combine(1.0, 0.0)?, -1.0)
    } else {
        (combine(1.0, 0.0)?, combine(0.0, 1.0)?, 1.0)
    };
    let difference = combine(sign, -sign)?;
    Ok(Comparison::paired(low, high, difference, SAMPLED * high.value()).ordered())
}
