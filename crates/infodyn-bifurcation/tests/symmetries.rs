//! What does not change when a law is shifted, read in other units or turned; and folds of laws far from the origin.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests, too

use infodyn_bifurcation::{Diagram, Energy, FixedPoint, Kind, Landscape, diagram};
use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Covariance, Mixture, NoiseProcess};
use nalgebra::{DMatrix, DVector};

/// Weights, means and covariances; the means are whole eighths, so that they can be shifted by whole numbers without
/// rounding.
struct Law(Vec<f64>, Vec<Vec<f64>>, Vec<DMatrix<f64>>);

/// `y -> scale turn y + shift`.
struct Move {
    scale: f64,
    turn: DMatrix<f64>,
    shift: Vec<f64>,
}

impl Move {
    fn point(&self, y: &[f64]) -> Vec<f64> {
        let turned = &self.turn * DVector::from_column_slice(y) * self.scale;
        turned.iter().zip(&self.shift).map(|(y, s)| y + s).collect()
    }

    fn law(&self, Law(weights, means, covariances): &Law) -> Mixture {
        let means: Vec<Vec<f64>> = means.iter().map(|m| self.point(m)).collect();
        let turned = covariances.iter().map(|c| {
            let c = &self.turn * c * self.turn.transpose() * (self.scale * self.scale);
            let rows: Vec<Vec<f64>> = c.row_iter().map(|r| r.iter().copied().collect()).collect();
            Covariance::full(&rows).unwrap()
        });
        Mixture::new(weights, &means, turned.collect()).unwrap()
    }
}

fn isotropic(dim: usize, q: f64) -> DMatrix<f64> {
    DMatrix::from_diagonal_element(dim, dim, q)
}

/// On a line, in the plane with and without a common covariance, and on a line in space.
fn laws() -> Vec<Law> {
    let long = |a: f64, b: f64, c: f64| DMatrix::from_row_slice(2, 2, &[a, c, c, b]);
    let plane = vec![vec![0.0, 0.0], vec![1.0, 0.0], vec![0.0, 2.0]];
    let line = vec![vec![-1.25], vec![0.375], vec![2.0]];
    let tilted = vec![vec![1.0, -0.5], vec![-1.0, 0.25]];
    let space = vec![vec![1.0, 2.0, -1.0], vec![-1.0, 0.5, 0.0]];
    vec![
        Law(vec![0.3, 0.5, 0.2], line, [0.05, 0.1, 0.2].map(|q| isotropic(1, q)).to_vec()),
        Law(vec![], plane, vec![isotropic(2, 0.25)]),
        Law(vec![0.6, 0.4], tilted, vec![long(0.5, 0.3, 0.2), long(0.2, 0.4, -0.1)]),
        Law(vec![0.45, 0.55], space, vec![isotropic(3, 0.5)]),
    ]
}

fn answers(law: &Mixture, process: NoiseProcess, energy: Energy, unit: f64) -> (Diagram, Vec<FixedPoint>) {
    let landscape = Landscape::new(MixtureLaw::of(law.clone()), process, energy).unwrap();
    let found = diagram(&landscape, (0.05 / unit, 500.0 / unit)).unwrap();
    let points = [0.5, 8.0, 100.0].iter().flat_map(|snr| found.fixed_points(&landscape, snr / unit).unwrap()).collect();
    (found, points)
}

/// The answers of a law and of the moved law, each within the radii of both; a place of a bifurcation, which has none,
/// to 1e-7.
fn agree(law: &Law, by: &Move, process: NoiseProcess, energy: Energy) {
    let none = Move { scale: 1.0, turn: isotropic(by.shift.len(), 1.0), shift: vec![0.0; by.shift.len()] };
    let unit = by.scale * by.scale;
    let (here, points) = answers(&none.law(law), process, energy, 1.0);
    let (there, moved) = answers(&by.law(law), process, energy, unit);
    let shifted = f64::EPSILON * by.shift.iter().map(|s| s.abs()).sum::<f64>();
    let apart = |a: &[f64], b: &[f64]| by.point(a).iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt();

    assert_eq!(here.bifurcations.len(), there.bifurcations.len(), "{energy} {here:?}\n{there:?}");
    for a in &here.bifurcations {
        let near = |b: &&infodyn_bifurcation::Bifurcation| apart(&a.at, &b.at) <= 1e-7 * by.scale + shifted;
        let b = there.bifurcations.iter().find(near).unwrap_or_else(|| panic!("{energy}: {a:?}\n{there:?}"));
        let room = a.error + b.error + 4.0 * f64::EPSILON * (1.0 + a.log_snr.abs() + b.log_snr.abs());
        assert!(a.kind == b.kind && (b.log_snr + unit.ln() - a.log_snr).abs() <= room, "{energy}: {a:?}\n{b:?}");
    }
    assert_eq!((here.lost, there.lost), (vec![], vec![]));
    assert_eq!(points.len(), moved.len(), "{energy}");
    for a in &points {
        let room = |b: &FixedPoint| a.error * by.scale + b.error + shifted;
        let same = |b: &&FixedPoint| {
            let level = (b.log_snr + unit.ln() - a.log_snr).abs() < 1e-9;
            level && apart(&a.at, &b.at) <= room(b) && a.index() == b.index()
        };
        let b = moved.iter().find(same).unwrap_or_else(|| panic!("{energy}: {a:?}\n{moved:?}"));
        for (x, y) in a.eigenvalues.iter().zip(&b.eigenvalues) {
            assert!((x - y).abs() <= 1e-9 * (1.0 + x.abs()), "{energy}: {a:?}\n{b:?}");
        }
    }
}

#[test]
fn a_shift_moves_every_answer_along() {
    for law in laws() {
        for far in [3.0, 1e8] {
            let shift: Vec<f64> = (0..law.1[0].len()).map(|i| far * [1.0, -0.5, 0.25][i]).collect();
            let by = Move { scale: 1.0, turn: isotropic(shift.len(), 1.0), shift };
            agree(&law, &by, NoiseProcess::Ve, Energy::ProbabilityFlow);
            agree(&law, &by, NoiseProcess::Ou, Energy::Marginal);
        }
    }
}

#[test]
fn units_do_not_matter() {
    for law in laws() {
        for scale in [2.0_f64.powi(-30), 1e-3, 3e7] {
            let dim = law.1[0].len();
            let by = Move { scale, turn: isotropic(dim, 1.0), shift: vec![0.0; dim] };
            agree(&law, &by, NoiseProcess::Edm, Energy::Marginal);
        }
    }
}

#[test]
fn a_turn_about_the_origin_turns_every_answer() {
    for law in laws().into_iter().skip(1) {
        let dim = law.1[0].len();
        let mut turn = isotropic(dim, 1.0);
        turn.view_mut((0, 0), (2, 2)).copy_from(&DMatrix::from_row_slice(2, 2, &[0.6, -0.8, 0.8, 0.6]));
        let by = Move { scale: 1.0, turn, shift: vec![0.0; dim] };
        for energy in Energy::ALL {
            agree(&law, &by, NoiseProcess::Ou, energy);
        }
    }
}

/// Roots of `G = 0, det dG/dy = 0` written out for the law, by Newton's method with 50 digits; and C2.
#[test]
fn folds_far_from_the_origin_are_found() {
    let found = |weights: &[f64], means: &[&[f64]], shift: &[f64], q: f64| {
        let far = |m: &&[f64]| m.iter().zip(shift).map(|(x, s)| x + s).collect();
        let means: Vec<Vec<f64>> = means.iter().map(far).collect();
        let law = Mixture::new(weights, &means, vec![Covariance::isotropic(q).unwrap()]).unwrap();
        let landscape = Landscape::new(MixtureLaw::of(law), NoiseProcess::Ve, Energy::Marginal).unwrap();
        diagram(&landscape, (0.01 / q, 200.0 / q)).unwrap().bifurcations
    };
    let places = [vec![0.0, 0.0], vec![500_000.0, 4_649_776.0]];
    for shift in &places {
        let fold = found(&[], &[&[0.0, 0.0], &[1.0, 0.0], &[0.0, 2.0]], shift, 0.25);
        assert!(fold.len() == 1 && fold[0].kind == Kind::Fold, "{fold:?}");
        assert!((fold[0].log_snr - 2.413_943_955_381_095_8_f64.ln()).abs() <= fold[0].error + 1e-15, "{fold:?}");
        assert!((fold[0].at[0] - shift[0] - 0.069_223_473_446_0).abs() < 1e-9 && fold[0].error < 1e-12);
    }
    for (weights, means, q, kind, snr, shift) in [
        ([0.4, 0.6], [-1.0, 1.0], 0.25, Kind::Fold, 2.378_666_278_929_439_5, 1e7),
        ([0.45, 0.55], [0.0, 60.0], 400.0, Kind::Fold, 0.003_412_228_767_893_652_2, 1.7e9),
        ([0.5, 0.5], [-1.0, 1.0], 0.25, Kind::Pitchfork, 4.0 / 3.0, 1e8),
    ] {
        for shift in [0.0, shift] {
            let found = found(&weights, &[&[means[0]], &[means[1]]], &[shift], q);
            assert!(found.len() == 1 && found[0].kind == kind && found[0].asymmetry.is_none(), "{found:?}");
            let miss = (found[0].log_snr - f64::ln(snr)).abs();
            assert!(miss <= found[0].error + 1e-15 && found[0].error < 1e-11, "{found:?}: {miss:e}");
        }
    }
}

/// Atoms at -1, 0 and 1 of weights `w`, `1 - 2w` and `w`: exact pitchforks, without an asymmetry wherever the law lies.
#[test]
fn a_mirror_image_has_no_asymmetry() {
    for (w, rest) in
        [(0.3486, 0.302_799_999_999_999_96), (0.345_719_327_018_118_64, 0.308_561_345_963_762_7), (0.36, 0.28)]
    {
        for shift in [0.0, 4096.0, 1e8] {
            let points: Vec<Vec<f64>> = [-1.0, 0.0, 1.0].map(|x| vec![x + shift]).to_vec();
            let law = Mixture::atoms(&[w, rest, w], &points).unwrap();
            let landscape = Landscape::new(MixtureLaw::of(law), NoiseProcess::Edm, Energy::Marginal).unwrap();
            let found = diagram(&landscape, (1e-2, 100.0)).unwrap().bifurcations;
            let kinds: Vec<Kind> = found.iter().map(|b| b.kind).collect();
            assert_eq!(kinds, [Kind::Pitchfork, Kind::Pitchfork], "{found:?}");
            assert!(found.iter().all(|b| b.asymmetry.is_none()), "{shift}: {found:?}");
        }
    }
}
