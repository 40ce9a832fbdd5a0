//! D8: where pathwise entropies differ.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, Jet, LineLaw};
use infodyn_monte_carlo::View;
use infodyn_quadrature::integral;

use super::{SAMPLED, atoms, labelled_mixture, mixture, plane};
use crate::decisions::{at_snr, entropy_variance, peaks_of, tree_on_a_line, tree_on_axes};
use crate::enclosed::{self, Curve, Sides, point, real};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result, Seen};

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

/// What of a point's posterior varies.
type Functional = fn(&Seen<'_>) -> f64;
const ENTROPY: Functional = |s| s.label_entropy();
/// What these read.
const READ: Detail = Detail::LABEL_ENTROPY.union(Detail::LABEL_VARENTROPY);
const VARENTROPY: Functional = |s| s.label_varentropy();
const NOT_ENTROPY: &str = "the varentropy in place of the entropy";

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
        let what = "Var h/gamma as gamma -> 0";
        let check = Check::new(Kind::Quadrature, &case, what, |c, case| noisy_end(c, case, ENTROPY, 1.0))
            .breaking(&[Mutation::Weight])
            .mutant(Ingredient::Moment, NOT_ENTROPY, |c, case| noisy_end(c, case, VARENTROPY, 1.0))
            .mutant(Ingredient::Mean, "means from the origin in place of E X_0", |c, case| {
                noisy_end(c, case, ENTROPY, 0.0)
            });
        checks.push(check);
    }
    let case = pair.under(NoiseProcess::FLOW, 0.5)?;
    let what = "Var h/gamma^2 as gamma -> 0";
    let check = Check::new(Kind::Quadrature, &case, what, |c, case| even_end(c, case, ENTROPY));
    checks.push(check.mutant(Ingredient::Moment, NOT_ENTROPY, |c, case| even_end(c, case, VARENTROPY)));
    for process in [NoiseProcess::Ve, NoiseProcess::VP_COSINE] {
        let case = pair.under(process, process.time_at_snr(1.0)?)?;
        let what = "Var h exp(k/2) sqrt(2 pi k) as gamma -> infinity";
        let check = Check::new(Kind::Quadrature, &case, what, |c, case| clean_end(c, case, ENTROPY));
        checks.push(check.mutant(Ingredient::Moment, NOT_ENTROPY, |c, case| clean_end(c, case, VARENTROPY)));
    }
    let line = tree_on_a_line(10.0, 1.0)?;
    let three = {
        let signs = [-1.0, 1.0];
        let points =
            signs.iter().flat_map(|a| signs.iter().flat_map(move |b| signs.map(|c| vec![a * 100.0 + b * 10.0 + c])));
        NamedLaw::new("tree-3", Mixture::atoms(&[], &points.collect::<Vec<_>>())?)
    };
    for (named, scale, levels) in
        [(&pair, 1.0_f64, 1), (&line, 10.0, 2), (&tree_on_axes(10.0, 1.0)?, 10.0, 2), (&three, 100.0, 3)]
    {
        let range = (-2.0 * (4.0 * scale).ln(), 2.0 * 3.0_f64.ln());
        let run = move |of| {
            move |_: &Context, case: &Case| {
                Ok(Comparison::new(peaks_of(case, range, 40, of)?, Estimate::count(levels), 0.5))
            }
        };
        let what = format!("peaks of Var h at {levels} levels");
        let check = Check::new(Kind::Quadrature, &named.under(edm, 1.0)?, &what, run(entropy_variance));
        let mean = |case: &Case| case.mean_of(Detail::LABEL_ENTROPY, ENTROPY);
        checks.push(check.mutant(Ingredient::Moment, "E h in place of Var h", run(mean)));
    }
    // Noise levels around and between peaks, those of the peaks, and shares of `Var h` there that are barely less than
    // it is here.
    for (named, levels) in [
        (line, [(28.0, 8.7, 0.091), (2.8, 8.7, 0.084), (2.8, 0.86, 0.0845), (0.5, 0.86, 0.346)]),
        (three, [(28.0, 87.0, 0.0855), (28.0, 8.7, 0.0855), (2.8, 8.7, 0.084), (2.8, 0.86, 0.0845)]),
    ] {
        for (valley, top, share) in levels {
            let what = format!("Var h less at sigma = {valley}");
            let run = move |share| move |c: &Context, case: &Case| sampled(c, case, valley, share);
            let check = Check::new(Kind::MonteCarlo, &named.under(edm, top)?, &what, run(1.0));
            let how = format!("at most {share} of Var h at the peak");
            checks.push(check.mutant(Ingredient::Bound, &how, run(share)));
        }
    }
    checks.push(enclosed::equal(
        "three-atoms/gamma -> 0: Var h over gamma",
        [0.2, 0.3, 0.5],
        &[(Ingredient::Weight, "equal weights, on one side", [1.0; 3])],
        enclosed_noisy_end,
    ));
    Ok(checks)
}

/// `Var h` is even in `alpha`: half its second derivative at 0, at `sigma = 1`, against `c^2` of weights `w`.
fn enclosed_noisy_end(w: [f64; 3]) -> Sides {
    let mu = [-2.0, 0.5, 1.5];
    let law = |w: &[f64]| LineLaw::from_parts(w, &mu, &[0.0; 3]);
    let alpha: Curve = Jet { value: Jet::variable(Interval::ZERO), slope: real(1.0) };
    let second = law(&[0.2, 0.3, 0.5]).at(alpha, real::<Curve>(1.0))?.entropy_variance()?.slope.slope;
    let weights = law(&w).label_weights();
    let mean = weights.iter().zip(mu).fold(Interval::ZERO, |s, (w, m)| s + *w * point(m));
    let c = weights.iter().zip(mu).fold(Interval::ZERO, |s, (w, m)| s - *w * w.ln() * (point(m) - mean));
    Ok([second.times(0.5), c.sqr()])
}

/// The limit, as `gamma -> 0`, of the variance of a functional over `gamma^power`.
fn at_noise(case: &Case, power: i32, sizes: i32, of: Functional) -> Result<Estimate> {
    let at = |i: i32| -> Result<Estimate> {
        let snr = 0.05 * 0.5_f64.powi(i);
        Ok(at_snr(case, snr, |case| case.variance(READ, of))? / Estimate::given(snr).powi(power))
    };
    Ok(halving(&(0..sizes).map(at).collect::<Result<Vec<_>>>()?, 1))
}

/// `Var h/gamma`, extrapolated, against `|c|^2` of means from `centre E X_0`: in the claim from `E X_0`.
fn noisy_end(context: &Context, case: &Case, of: Functional, centre: f64) -> Result<Comparison> {
    let law = case.law();
    let mean = law.total_mean();
    // Of labels: the mean of the label's components.
    let of_label = |y: usize, i: usize| -> f64 {
        let own = (0..law.components()).filter(|&k| law.labels()[k] == y);
        own.map(|k| law.weights()[k] * (law.mean(k)[i] - centre * mean[i])).sum()
    };
    let labels = || law.label_weights().iter().enumerate();
    let c = |i: usize| -> f64 { labels().map(|(y, w)| -w.ln() * of_label(y, i)).sum() };
    let rhs = Estimate::rounded((0..law.dim()).map(|i| c(i).powi(2)).sum(), 2.0 * ulps::SAMPLE);
    Ok(Comparison::new(at_noise(case, 1, context.sizes(9), of)?, rhs, 1e-5 * rhs.value()))
}

/// `Var h/gamma^2` of a symmetric pair, extrapolated, against `a^4/2`.
fn even_end(context: &Context, case: &Case, of: Functional) -> Result<Comparison> {
    let rhs = Estimate::given(case.law().mean(0)[0]).powi(4) / 2;
    Ok(Comparison::new(at_noise(case, 2, context.sizes(8), of)?, rhs, 1e-5 * rhs.value()))
}

/// `Var h e^{k/2} sqrt(2 pi k)` of a symmetric pair at `k = 24, 48, .., 768`, extrapolated in `1/k`, against the
/// integral of `h_2(u)^2 cosh u`: for even `F`, `E F(u) = e^{-k/2}/sqrt(2 pi k) integral of F(u) cosh(u) e^{-u^2/2k}`.
fn clean_end(context: &Context, case: &Case, of: Functional) -> Result<Comparison> {
    let at = |i: i32| -> Result<Estimate> {
        let k = 24.0 * 2.0_f64.powi(i);
        let decay = Estimate::rounded((0.5 * k).exp() * (std::f64::consts::TAU * k).sqrt(), ulps::formula(4, 1));
        Ok(at_snr(case, k, |case| case.variance(READ, of))? * decay)
    };
    let lhs = halving(&(0..context.sizes(6)).map(at).collect::<Result<Vec<_>>>()?, 1);
    let density = |u: f64| -> Result<Estimate> {
        let h = infodyn_core::stable::binary_entropy(u);
        Ok(Estimate::rounded(2.0 * h * h * u.cosh(), ulps::power(2, ulps::STABLE) + ulps::HYPERBOLIC + ulps::OPERATION))
    };
    // h_2(u) < (2u + 1) e^{-2u}, so beyond 20 the integrand is below 8 u^2 e^{-3u}: its integral.
    let rest = 8.0 * (-60.0_f64).exp() * (400.0 / 3.0 + 40.0 / 9.0 + 2.0 / 27.0);
    let rhs = integral(density, 0.0, 20.0)?.widened(rest);
    Ok(Comparison::new(lhs, rhs, 1e-4 * rhs.value()))
}

/// `Var h` at another level against a share of it at the case's, all in the claim, from the same draws.
fn sampled(context: &Context, case: &Case, valley: f64, share: f64) -> Result<Comparison> {
    let levels = [case.process().at(valley)?, case.process().at(case.t())?];
    let marginals = levels.map(|l| Marginal::new(case.law(), &l));
    let views = [View::new(levels[0], &marginals[0]), View::new(levels[1], &marginals[1])];
    let settings = context.settings(2);
    let means = infodyn_monte_carlo::mean_of(&settings, case.law(), &views, 2, &[(0, 0), (1, 1)], |batch, out| {
        for (i, out) in out.chunks_exact_mut(2).enumerate() {
            out.iter_mut().zip(batch.readings).for_each(|(o, r)| *o = r.observation.label.entropy[i]);
        }
    })?;
    let combine = |low: f64, top: f64| {
        let pairs = [((0, 0), low), ((1, 1), top)];
        means.linear_with_covariances(&[], &pairs, Context::CONFIDENCE).ok_or(Error::Product(0, 1))
    };
    let (low, high, difference) = (combine(1.0, 0.0)?, combine(0.0, share)?, combine(1.0, -share)?);
    Ok(Comparison::paired(low, high, difference, SAMPLED * high.value()).ordered())
}
