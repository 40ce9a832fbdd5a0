//! Diagrams with known bifurcations: closed formulas, and roots by mpmath with 30 digits
//! (`findroot` on `G = 0, dG/dy = 0` written out for the law).

#![allow(clippy::unwrap_used)] // helpers of tests, too

use std::sync::Arc;

use infodyn_bifurcation::{Bifurcation, Diagram, Energy, Error, Kind, Landscape, diagram, fixed_points};
use infodyn_closed_form::{Marginal, MixtureLaw, SphereLaw};
use infodyn_core::{
    Covariance, Density, Detail, Law, Mixture, NoiseLevel, NoiseProcess, Observation, Points, Sphere, Support,
};
use nalgebra::DMatrix;

fn landscape(law: &Mixture, process: &str, energy: Energy) -> Landscape {
    Landscape::new(MixtureLaw::of(law.clone()), process.parse().unwrap(), energy).unwrap()
}

fn of(law: &Mixture, process: &str, energy: Energy, snr: (f64, f64)) -> Diagram {
    diagram(&landscape(law, process, energy), snr).unwrap()
}

fn atoms(weights: &[f64], points: &[&[f64]]) -> Mixture {
    Mixture::atoms(weights, &points.iter().map(|p| p.to_vec()).collect::<Vec<_>>()).unwrap()
}

/// The truth lies in the bracket, and the bracket is narrower than 1e-10.
fn stands(b: &Bifurcation, kind: Kind, snr: f64, at: &[f64]) {
    assert_eq!(b.kind, kind, "{b:?}");
    let miss = (b.log_snr - snr.ln()).abs();
    assert!(miss <= b.error + 4.0 * f64::EPSILON * (1.0 + b.log_snr.abs()), "{b:?}: {snr}, off by {miss:e}");
    assert!(b.error < 1e-10, "{b:?}");
    for (x, truth) in b.at.iter().zip(at) {
        assert!((x - truth).abs() < 1e-8, "{b:?}: {at:?}");
    }
}

fn triangle() -> Mixture {
    let h = 0.75_f64.sqrt();
    atoms(&[], &[&[1.0, 0.0], &[-0.5, h], &[-0.5, -h]])
}

const SQUARE: [&[f64]; 4] = [&[1.0, 1.0], &[1.0, -1.0], &[-1.0, 1.0], &[-1.0, -1.0]];
const LINE: [&[f64]; 4] = [&[11.0], &[9.0], &[-9.0], &[-11.0]];

/// theory.md C2 and C3: `snr = 1`; `alpha^2 = sqrt(2) - 1`; never.
#[test]
fn a_symmetric_pair_has_its_pitchfork_where_each_energy_says() {
    let pair = Mixture::symmetric_pair(&[1.0], 0.0).unwrap();
    let of_alpha2 = |a: f64| a / (1.0 - a);
    for process in ["vp-linear", "ou", "vp-cosine"] {
        let marginal = of(&pair, process, Energy::Marginal, (1e-3, 100.0)).bifurcations;
        assert_eq!(marginal.len(), 1);
        stands(&marginal[0], Kind::Pitchfork, 1.0, &[0.0]);
        let reverse = of(&pair, process, Energy::ReverseSde, (1e-3, 100.0)).bifurcations;
        assert_eq!(reverse.len(), 1);
        stands(&reverse[0], Kind::Pitchfork, of_alpha2(2.0_f64.sqrt() - 1.0), &[0.0]);
        assert_eq!(of(&pair, process, Energy::ProbabilityFlow, (1e-3, 100.0)).bifurcations, vec![]);
    }
    for energy in Energy::ALL {
        let found = of(&pair, "ve", energy, (1e-3, 100.0)).bifurcations;
        stands(&found[0], Kind::Pitchfork, 1.0, &[0.0]);
    }
    // a^2 + q < 1: the flow is critical at alpha^2 = (1 - q - a^2)/(1 - q)^2.
    let (a, q) = (0.5, 0.125);
    let narrow = Mixture::symmetric_pair(&[a], q).unwrap();
    let found = of(&narrow, "vp-linear", Energy::ProbabilityFlow, (1e-3, 1e4)).bifurcations;
    assert_eq!(found.len(), 1, "{found:?}");
    stands(&found[0], Kind::Pitchfork, of_alpha2((1.0 - q - a * a) / (1.0 - q).powi(2)), &[0.0]);
}

/// C2 with a variance: `snr (a^2 - q) = 1`, in any direction of `R^3`.
#[test]
fn a_pair_in_space_has_one_pitchfork() {
    let law = Mixture::symmetric_pair(&[0.6, -0.3, 1.0], 0.2).unwrap();
    let found = of(&law, "ou", Energy::Marginal, (1e-3, 100.0)).bifurcations;
    assert_eq!(found.len(), 1, "{found:?}");
    stands(&found[0], Kind::Pitchfork, 1.0 / (0.36 + 0.09 + 1.0 - 0.2), &[0.0; 3]);
}

/// theory.md C5: the fold of weights `w, 1-w` is at `snr = d^2`, `G(d) = log(w/(1-w))`; mpmath.
#[test]
fn unequal_weights_unfold_the_pitchfork_into_a_fold() {
    for (w, snr) in [(0.7, 1.842_248_162_765_290_399), (0.500_001, 1.000_208_017_036_497_4)] {
        let law = atoms(&[w, 1.0 - w], &[&[1.0], &[-1.0]]);
        let found = of(&law, "ou", Energy::Marginal, (1e-3, 100.0)).bifurcations;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].kind, Kind::Fold);
        // The double nearest to 0.500001 moves the fold by 1e-14; the bracket is as wide.
        assert!((found[0].log_snr - f64::ln(snr)).abs() <= found[0].error + 3e-13, "{found:?}");
        assert!(found[0].error < 1e-10 && found[0].at[0] < 0.0);
    }
}

/// Three Gaussians of unequal weights and variances; mpmath.
#[test]
fn three_unequal_gaussians_have_two_folds() {
    let q = Covariance::isotropics(&[0.05, 0.1, 0.2]).unwrap();
    let law = Mixture::new(&[0.3, 0.5, 0.2], &[vec![-1.2], vec![0.4], vec![2.0]], q).unwrap();
    let found = of(&law, "ou", Energy::Marginal, (1e-3, 1e3));
    assert_eq!(found.bifurcations.len(), 2);
    stands(&found.bifurcations[0], Kind::Fold, 2.912_206_053_486_735_027, &[-0.857_267_444_927_856]);
    stands(&found.bifurcations[1], Kind::Fold, 5.194_470_120_825_906_233, &[1.780_422_273_297_338]);
}

/// On a line: one exact pitchfork; the fine ones are folds in truth, by the pull of the other pair
/// (`e^{-180}` of the mass at distance 20): the reported asymmetry says so, and that it moves nothing.
#[test]
fn a_tree_on_a_line_has_pitchforks_to_double_precision() {
    let found = of(&atoms(&[], &LINE), "edm", Energy::Marginal, (1e-4, 100.0)).bifurcations;
    assert_eq!(found.len(), 3, "{found:?}");
    stands(&found[0], Kind::Pitchfork, 0.010_102_401_442_452_552_1, &[0.0]);
    assert_eq!(found[0].asymmetry, None);
    for (b, at) in found[1..].iter().zip([-10.0, 10.0]) {
        stands(b, Kind::Pitchfork, 1.0, &[at]);
        let asymmetry = b.asymmetry.unwrap();
        assert!((1e-90..1e-70).contains(&asymmetry), "{b:?}");
    }
    // The tilt of the other energies breaks the fine symmetry openly; mpmath.
    let reverse = of(&atoms(&[], &LINE), "vp-linear", Energy::ReverseSde, (1e-4, 100.0)).bifurcations;
    assert_eq!(reverse.len(), 3, "{reverse:?}");
    for (b, sign) in reverse[1..].iter().zip([-1.0, 1.0]) {
        stands(b, Kind::Fold, 6.298_632_032_967_568_753, &[sign * 9.744_454_523_688_492_53]);
    }
    let flow = of(&atoms(&[], &LINE), "vp-linear", Energy::ProbabilityFlow, (1e-4, 100.0)).bifurcations;
    assert_eq!(flow.len(), 2, "{flow:?}");
    stands(&flow[0], Kind::Fold, 11.443_491_758_489_967, &[-9.831_081_171_846_588]);
}

/// On two axes: the coarse pitchfork, then three fine ones at once, each of one vanishing eigenvalue.
#[test]
fn a_tree_on_two_axes_has_exact_pitchforks() {
    let points: [&[f64]; 4] = [&[10.0, 1.0], &[10.0, -1.0], &[-10.0, 1.0], &[-10.0, -1.0]];
    let found = of(&atoms(&[], &points), "edm", Energy::Marginal, (1e-4, 100.0)).bifurcations;
    assert_eq!(found.len(), 4, "{found:?}");
    stands(&found[0], Kind::Pitchfork, 0.01, &[0.0, 0.0]);
    for (b, at) in found[1..].iter().zip([-10.0, 0.0, 10.0]) {
        stands(b, Kind::Pitchfork, 1.0, &[at, 0.0]);
        assert_eq!((b.multiplicity, b.asymmetry), (1, None));
    }
}

/// An equilateral triangle: the origin loses stability in both directions at once at `snr = 2`, but
/// by then the three modes have long been born in folds (the mean-field Potts model with three
/// states, whose transition is of first order). The fold by mpmath.
#[test]
fn a_triangle_breaks_its_symmetry_by_folds_before_the_origin_does() {
    let found = of(&triangle(), "ou", Energy::Marginal, (1e-3, 100.0)).bifurcations;
    assert_eq!(found.len(), 4, "{found:?}");
    let r = 0.377_200_627_269_440_267;
    let h = r * 0.75_f64.sqrt();
    for at in [[-0.5 * r, -h], [-0.5 * r, h], [r, 0.0]] {
        let here = |b: &&Bifurcation| (b.at[0] - at[0]).hypot(b.at[1] - at[1]) < 1e-6;
        stands(found.iter().find(here).unwrap(), Kind::Fold, 1.830_429_051_155_149_597_9, &at);
    }
    let last = &found[3];
    stands(last, Kind::Symmetric, 2.0, &[0.0, 0.0]);
    assert_eq!(last.multiplicity, 2);
}

/// Four atoms on a square: two pitchforks at once, from which eight branches leave; all four atoms'
/// modes come from the one point. A tetrahedron: three eigenvalues, after four folds.
#[test]
fn a_square_and_a_tetrahedron() {
    let found = of(&atoms(&[], &SQUARE), "ou", Energy::Marginal, (1e-3, 100.0));
    assert_eq!(found.bifurcations.len(), 1, "{found:?}");
    stands(&found.bifurcations[0], Kind::Symmetric, 1.0, &[0.0, 0.0]);
    assert_eq!(found.bifurcations[0].multiplicity, 2);
    let marginal = |snr: f64| fixed_points(&landscape(&atoms(&[], &SQUARE), "ou", Energy::Marginal), snr).unwrap();
    assert_eq!((marginal(0.9).len(), marginal(1.1).len()), (1, 9));
    assert_eq!(marginal(1.1).iter().filter(|p| p.stable()).count(), 4);
    let solid: [&[f64]; 4] = [&[1.0, 1.0, 1.0], &[1.0, -1.0, -1.0], &[-1.0, 1.0, -1.0], &[-1.0, -1.0, 1.0]];
    let found = of(&atoms(&[], &solid), "ou", Energy::Marginal, (1e-2, 30.0)).bifurcations;
    let last = found.iter().find(|b| b.kind == Kind::Symmetric).unwrap();
    stands(last, Kind::Symmetric, 1.0, &[0.0; 3]);
    assert_eq!(last.multiplicity, 3);
    let folds: Vec<_> = found.iter().filter(|b| b.kind == Kind::Fold && b.log_snr < 0.0).collect();
    assert_eq!(folds.len(), 4, "{found:?}");
}

/// theory.md C17: atoms on `K` axes span `K - 1` dimensions; each class has its fold, before the centre branches at
/// `snr = K` in all directions at once. For `K = 5` and 6 saddles between two classes are born in folds too. Nothing
/// else happens, and of the `2^K - 1` zeros beyond `K` none is missing. Levels by 40-digit arithmetic.
#[test]
fn equidistant_atoms_fold_before_the_centre_branches() {
    for (k, one, two) in [
        (3, 2.745_643_576_732_724_396_9, None),
        (4, 3.218_741_088_336_956_245_6, None),
        (5, 3.564_501_808_493_887_034_9, Some(4.849_085_815_325_893_722_3)),
        (6, 3.836_372_495_453_502_900_8, Some(5.491_287_153_465_448_793_8)),
    ] {
        let unit = |j: usize| (0..k).map(|i| if i == j { 1.0 } else { 0.0 }).collect();
        let law = Mixture::atoms(&[], &(0..k).map(unit).collect::<Vec<Vec<f64>>>()).unwrap();
        let landscape = landscape(&law, "ve", Energy::Marginal);
        let found = diagram(&landscape, (0.5, 40.0)).unwrap();
        let folds: Vec<_> = found.bifurcations.iter().filter(|b| b.kind == Kind::Fold).collect();
        let heavy = |b: &&&Bifurcation| b.at.iter().filter(|&&p| p > 1.0 / k as f64).count();
        let (single, paired): (Vec<&&Bifurcation>, Vec<_>) = folds.iter().partition(|b| heavy(b) == 1);
        assert_eq!(single.len(), k, "K={k}: {folds:?}");
        single.iter().for_each(|b| stands(b, Kind::Fold, one, &[]));
        assert_eq!(paired.len(), if two.is_some() { k * (k - 1) / 2 } else { 0 }, "K={k}: {folds:?}");
        paired.iter().for_each(|b| stands(b, Kind::Fold, two.unwrap(), &[]));
        let rest: Vec<_> = found.bifurcations.iter().filter(|b| b.kind != Kind::Fold).collect();
        assert_eq!(rest.len(), 1, "K={k}: {rest:?}");
        stands(rest[0], Kind::Symmetric, k as f64, &vec![1.0 / k as f64; k]);
        assert_eq!((rest[0].multiplicity, &found.lost[..], found.truncated), (k - 1, &[][..], false));
        for (kappa, stable) in [(0.99 * one, 1), (1.01 * one, k + 1), (0.99 * k as f64, k + 1), (1.02 * k as f64, k)] {
            // One level by itself misses 8 of the 63 zeros of six classes; those that branches pass are all there.
            let points = found.fixed_points(&landscape, kappa).unwrap();
            assert_eq!(points.iter().filter(|p| p.stable()).count(), stable, "K={k}, kappa={kappa}");
            assert!(!landscape.incomplete(&points, kappa).unwrap(), "K={k}, kappa={kappa}");
            assert!(kappa < k as f64 || points.len() == (1 << k) - 1, "K={k}: {}", points.len());
        }
    }
}

/// For atoms of one norm under a variance-preserving process the equation depends on `y snr` alone:
/// the flow's critical ratio is the marginal's less 1, the reverse SDE's `g` solves
/// `g (1 + g)/(1/2 + g) = ` the marginal's.
#[test]
fn atoms_of_one_norm_relate_the_three_energies() {
    let uneven = atoms(&[0.7, 0.3], &[&[1.0], &[-1.0]]);
    for law in [&uneven, &triangle()] {
        let [marginal, reverse, flow] = Energy::ALL.map(|e| {
            of(law, "ou", e, (1e-3, 100.0)).bifurcations.iter().map(|b| (b.log_snr.exp(), b.kind)).collect::<Vec<_>>()
        });
        assert_eq!((marginal.len(), marginal.len()), (reverse.len(), flow.len()));
        for ((m, r), f) in marginal.iter().zip(&reverse).zip(&flow) {
            assert_eq!((m.1, m.1), (r.1, f.1));
            assert!((m.0 - 1.0 - f.0).abs() < 1e-10);
            assert!((r.0 * (1.0 + r.0) / (0.5 + r.0) - m.0).abs() < 1e-10);
        }
    }
}

/// Zeros at one level: the closed equation `y = tanh(snr y)`, and every one of them within its error.
#[test]
fn zeros_of_a_pair_solve_the_curie_weiss_equation() {
    let pair = Mixture::symmetric_pair(&[1.0], 0.0).unwrap();
    // Close to the branching all three lie between two neighbours of any grid, the middle one on a node of a symmetric
    // grid.
    for (snr, count) in [(0.5, 1), (1.0 - 1e-6, 1), (1.0 + 1e-6, 3), (1.0 + 1e-4, 3), (1.5, 3), (40.0, 3)] {
        let zeros = fixed_points(&landscape(&pair, "ou", Energy::Marginal), snr).unwrap();
        assert_eq!(zeros.len(), count);
        for zero in zeros {
            let y = zero.at[0];
            let flatness = (snr - 1.0_f64).abs().min(1.0);
            assert!(zero.error < 1e-12 / flatness && (y - (snr * y).tanh()).abs() < 1e-13, "{snr}: {y} {}", zero.error);
            assert_eq!(zero.stable(), count == 1 || y.abs() > 1e-4, "{snr}: {y}");
        }
    }
}

/// `N(0, 1)` in the flow's energy under VP: the velocity is 0 everywhere, and nothing is claimed.
#[test]
fn a_flat_energy_has_no_branches() {
    let law = Mixture::gaussian(&[0.0], Covariance::isotropic(1.0).unwrap()).unwrap();
    let found = of(&law, "ou", Energy::ProbabilityFlow, (1e-2, 10.0));
    assert!(found.branches.is_empty() && found.bifurcations.is_empty());
}

#[test]
fn a_range_must_ascend() {
    let pair = Mixture::symmetric_pair(&[1.0], 0.0).unwrap();
    let wrong = diagram(&landscape(&pair, "ou", Energy::Marginal), (2.0, 1.0));
    assert_eq!(wrong, Err(Error::Range { low: 2.0, high: 1.0 }));
}

/// theory.md C11: the origin branches at `snr = D/R^2` into a sphere of fixed points, whose radius solves
/// `r = R A_D(snr R r)` (mpmath, `findroot`), with `D - 1` eigenvalues exactly 0 and one negative.
#[test]
fn a_sphere_breaks_every_rotation_at_once() {
    let radius = 1.5;
    for (dim, root) in [(2, 1.247_193_037_131_385), (3, 1.183_329_849_943_794_9), (50, 1.067_749_572_212_750_1)] {
        let law = Sphere::new(dim, radius).unwrap();
        let landscape = |energy| Landscape::new(SphereLaw::of(law), NoiseProcess::Ou, energy).unwrap();
        let critical = dim as f64 / (radius * radius);
        // snr R^2/D = 1 + kappa, and in vp kappa = -c/(2 (1 + snr)), c = 0, 1, 2.
        let half = 0.5 * (critical - 1.0);
        let reverse = half + (half * half + 0.5 * critical).sqrt();
        let expected = [Some(critical), Some(reverse), Some(critical - 1.0).filter(|&g| g > 0.0)];
        for (energy, snr) in Energy::ALL.into_iter().zip(expected) {
            let found = diagram(&landscape(energy), (1e-2 * critical, 1e3 * critical)).unwrap().bifurcations;
            assert_eq!(found.len(), usize::from(snr.is_some()), "{found:?}");
            for (b, snr) in found.iter().zip(snr) {
                stands(b, Kind::Goldstone, snr, &vec![0.0; dim]);
                assert_eq!(b.multiplicity, dim);
            }
        }
        let landscape = landscape(Energy::Marginal);
        let below = fixed_points(&landscape, 0.9 * critical).unwrap();
        assert!(below.len() == 1 && below[0].stable() && below[0].orbit == 0);
        let above = fixed_points(&landscape, 2.0 * critical).unwrap();
        assert_eq!(above.len(), 2);
        assert_eq!((above[0].index(), above[0].orbit), (dim, 0));
        let ring = &above[1];
        assert!((ring.at[0] - root).abs() <= ring.error && ring.error < 1e-13, "{ring:?}");
        assert_eq!((ring.orbit, ring.eigenvalues.iter().filter(|&&e| e == 0.0).count()), (dim - 1, dim - 1));
        assert!(ring.stable() && ring.eigenvalues[dim - 1] < -0.1);
    }
}

/// Two centred Gaussians in three dimensions: rotations change nothing, and nothing branches.
#[test]
fn centred_gaussians_have_the_origin_alone() {
    let q = Covariance::isotropics(&[0.2, 3.0]).unwrap();
    let law = Mixture::new(&[], &[vec![0.0; 3], vec![0.0; 3]], q).unwrap();
    let found = of(&law, "ou", Energy::Marginal, (1e-3, 1e3));
    assert!(found.bifurcations.is_empty());
    let zeros = fixed_points(&landscape(&law, "ou", Energy::Marginal), 5.0).unwrap();
    assert!(zeros.len() == 1 && zeros[0].stable() && zeros[0].at == vec![0.0; 3]);
}

/// No density of any law (see [`Kind::Transcritical`]): `sigma^2 s = tau y + y^2 - y^3`, `tau = log snr`.
struct Crossing {
    tau: f64,
    sigma2: f64,
}

impl Density for Crossing {
    fn dim(&self) -> usize {
        1
    }
    fn alpha(&self) -> f64 {
        1.0
    }
    fn sigma2(&self) -> f64 {
        self.sigma2
    }
    fn eigenvalue(&self, _: usize, _: usize) -> f64 {
        0.0
    }
    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        out.resize(points.len(), 1, detail);
        for (s, y) in out.score.iter_mut().zip(points.offsets) {
            *s = y * (self.tau + y - y * y) / self.sigma2;
        }
    }
    fn score_jacobian(&self, _: usize, y: &[f64]) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, (self.tau + 2.0 * y[0] - 3.0 * y[0] * y[0]) / self.sigma2)
    }
    fn posterior_covariance(&self, _: usize, _: &[f64]) -> DMatrix<f64> {
        DMatrix::zeros(1, 1)
    }
}

#[derive(Debug)]
struct CrossingLaw;

impl Law for CrossingLaw {
    fn dim(&self) -> usize {
        1
    }
    fn density(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        Box::new(Crossing { tau: -level.sigma2().ln(), sigma2: level.sigma2() })
    }
    fn support(&self) -> Support {
        Support::Neither
    }
    fn place(&self, _: f64, _: &mut [f64]) -> usize {
        0
    }
}

/// `y = 0` and `tau = y^2 - y` cross at 0; the second turns at `y = 1/2`, `tau = -1/4`.
#[test]
fn branches_that_cross_are_told_from_folds() {
    let landscape = Landscape::new(Arc::new(CrossingLaw), NoiseProcess::Ve, Energy::Marginal).unwrap();
    let found = diagram(&landscape, (0.4, 2.5)).unwrap().bifurcations;
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].kind, found[1].kind), (Kind::Fold, Kind::Transcritical), "{found:?}");
    assert!((found[0].log_snr + 0.25).abs() <= found[0].error && (found[0].at[0] - 0.5).abs() < 1e-8);
    assert!(found[1].log_snr.abs() <= found[1].error && found[1].error < 1e-6 && found[1].at[0].abs() < 1e-8);
    assert!(found[1].asymmetry.is_some_and(|b| b < 1e-12));
}

/// Zeros that plain starts of Newton's method miss are found beside the others once those are deflated away, or from
/// draws of the law: over random mixtures in the plane, against 400 starts on a grid.
#[test]
fn deflation_finds_what_starts_at_the_law_miss() {
    let mut state = 7_u64;
    let mut uniform = || {
        state = state * 48_271 % 2_147_483_647;
        state as f64 / 2_147_483_647.0
    };
    let (mut zeros, mut missed, mut odd) = (0, 0, 0);
    for _ in 0..80 {
        let k = 3 + (4.0 * uniform()) as usize;
        let means: Vec<Vec<f64>> = (0..k).map(|_| vec![4.0 * uniform() - 2.0, 4.0 * uniform() - 2.0]).collect();
        let covariances = (0..k).map(|_| {
            let (a, b, r) = (0.02 + uniform(), 0.02 + uniform(), 1.8 * uniform() - 0.9);
            let c = r * (a * b).sqrt();
            Covariance::full(&[vec![a, c], vec![c, b]]).unwrap()
        });
        let law = Mixture::new(&[], &means, covariances.collect()).unwrap();
        let snr = 10.0_f64.powf(0.5 + 2.0 * uniform());
        let l = landscape(&law, "ve", Energy::Marginal);
        let found = fixed_points(&l, snr).unwrap();
        let incomplete = l.incomplete(&found, snr).unwrap();
        // One more is missing: an odd number becomes even, and the other way round.
        assert!(found.len() < 2 || l.incomplete(&found[1..], snr).unwrap() != incomplete);
        zeros += found.len();
        odd += usize::from(incomplete);
        let level = NoiseProcess::Ve.at(1.0 / snr).unwrap();
        let density = Marginal::new(&law, &level);
        let mut seen: Vec<nalgebra::DVector<f64>> = vec![];
        for i in 0..400 {
            let mut y = nalgebra::DVector::from_vec(vec![f64::from(i % 20) / 4.0 - 2.4, f64::from(i / 20) / 4.0 - 2.4]);
            for _ in 0..60 {
                let (anchor, offset) = density.locate(y.as_slice());
                let step = density.score_jacobian(anchor, &offset).lu().solve(&-density.score(y.as_slice())).unwrap();
                y += &step * (0.1 / step.norm()).min(1.0);
            }
            let settled = density.score(y.as_slice()).norm() < 1e-9 && y.norm() < 4.0;
            if settled && !seen.iter().any(|z| (z - &y).norm() < 1e-6) {
                seen.push(y);
            }
        }
        missed += seen.iter().filter(|y| !found.iter().any(|p| (p.at[0] - y[0]).hypot(p.at[1] - y[1]) < 1e-6)).count();
    }
    // 1 of 396 when this was written; with seeds 11, 1234 and 98765, which the search has not seen, 0 of 1084.
    assert!(100 * missed <= zeros && odd == 0, "{missed} of {zeros}, {odd} of 80");
}
