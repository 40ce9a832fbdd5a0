//! What the page is told, natively: in the browser `tests/browser/explore.mjs` holds it against the program.

use infodyn_explore::{QUANTITIES, along, branches, curves, law, level, numbers, resting, reverse};

/// Two atoms at `-1` and `1`, equal, under `edm`.
fn two_atoms() {
    assert_eq!(law(2, 0.5, 2.0, 0.0, 0), 0);
}

#[test]
fn a_level_has_its_numbers() {
    two_atoms();
    assert_eq!(level(1.0), 3 + 2 * QUANTITIES.len());
    let told = numbers();
    assert_eq!(told[..3], [1.0, 1.0, 1.0]);
    // H(Y given X_t) of two atoms at signal-to-noise ratio 1, in nats.
    assert!((told[7] - 0.356_316_360_213_113_7).abs() <= told[8] && told[8] < 1e-14);
}

#[test]
fn one_fixed_point_becomes_three() {
    two_atoms();
    assert_eq!(resting(0.5), 3 * 4);
    assert_eq!(resting(2.0), 3 * 3 * 4);
    let unstable = numbers().chunks(4).filter(|p| p[3] > 0.0).map(|p| p[1]).collect::<Vec<_>>();
    assert_eq!(unstable.len(), 3);
    assert!(unstable.iter().all(|x| x.abs() < 1e-9));
    assert!(branches(1e-3, 1e3, 0) > 0);
    let forks = numbers().chunks(4).filter(|p| p[0] < 0.0).map(|p| p[1]).collect::<Vec<_>>();
    assert!(forks.len() == 1 && (forks[0] - 1.0).abs() < 1e-9, "{forks:?}");
}

/// A density on a fine lattice has the sum of one, and where two energies differ they differ by a tilt, `C y^2`.
#[test]
fn curves_are_densities_and_energies() {
    law(3, 0.2, 1.5, 0.3, 1);
    assert_eq!(curves(2.0, 8.0, 1601), 1601 * 5);
    let rows: Vec<Vec<f64>> = numbers().chunks(5).map(<[f64]>::to_vec).collect();
    let mass: f64 = rows.iter().map(|r| r[1]).sum::<f64>() * 0.01;
    assert!((mass - 1.0).abs() < 1e-12, "{mass}");
    let tilt = |r: &[f64]| (r[3] - r[2]) / (r[0] * r[0]);
    assert!(rows.iter().filter(|r| r[0] != 0.0).all(|r| (tilt(r) / tilt(&rows[0]) - 1.0).abs() < 1e-6));
}

#[test]
fn levels_and_paths_run_from_the_data_to_the_noise() {
    two_atoms();
    assert_eq!(along(0.1, 10.0, 3), 3 * (1 + 2 * QUANTITIES.len()));
    assert_eq!(numbers()[0], 10.0);
    assert_eq!(reverse(1e-2, 1e4, 5, 64), 5 + 64 * 5);
    let told = numbers();
    assert!(told[5..].chunks(5).all(|path| (path[0].abs() - 1.0).abs() < 0.06), "{told:?}");
}

#[test]
fn what_makes_no_sense_has_no_answer() {
    for (components, weight, distance, width) in
        [(2, 1.5, 2.0, 0.1), (2, 0.5, f64::NAN, 0.1), (0, 0.5, 2.0, 0.1), (3, 0.5, 2.0, f64::INFINITY)]
    {
        law(components, weight, distance, width, 0);
        assert_eq!(level(1.0), 0, "{components} {weight} {distance} {width}");
        assert!(numbers().is_empty());
    }
    two_atoms();
    assert_eq!(
        (level(-1.0), level(f64::NAN), resting(f64::NAN), branches(1.0, 0.5, 0), branches(0.1, 1.0, 3)),
        (0, 0, 0, 0, 0)
    );
}
