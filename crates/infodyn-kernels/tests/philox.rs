//! The streams against their known answers, another implementation, and from every place.

use infodyn_kernels::Philox;

/// Random123 1.14, `tests/kat_vectors`, lines `philox4x32 10`: counter, key, answer.
const KNOWN: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
    ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
    ),
];

fn at([c0, c1, c2, c3]: [u32; 4], key: [u32; 2]) -> Philox {
    Philox::new(key, [c2, c3], u64::from(c0) | (u64::from(c1) << 32))
}

#[test]
fn the_generator_gives_its_known_answers() {
    for (counter, key, [a, b, c, d]) in KNOWN {
        assert_eq!(rand_philox::philox4x32_10(counter, key), [a, b, c, d]);
        let mut rng = at(counter, key);
        for (low, high) in [(a, b), (c, d)] {
            assert_eq!(rng.next_u64(), u64::from(low) | (u64::from(high) << 32));
        }
    }
}

/// From a place where the low word of the counter runs over, with an even and an odd number of words read before.
#[test]
fn uniforms_are_the_words_of_the_stream() {
    let (start, key) = ([u32::MAX - 20, 7, 5, 3], [0xdead, 0xbeef]);
    let counter = start.iter().rev().fold(0_u128, |c, &w| (c << 32) | u128::from(w));
    for skipped in [0, 1] {
        for n in (0..70).chain([1000, 1001]) {
            let (mut rng, mut oracle) = (at(start, key), rand_philox::Philox::new(key, counter));
            for _ in 0..skipped {
                assert_eq!(rng.next_u64(), oracle.next_u64());
            }
            let mut units = vec![0.0; n];
            rng.fill_unit(&mut units);
            for u in units {
                assert_eq!(u, ((oracle.next_u64() >> 12) as f64 + 0.5) * f64::EPSILON);
            }
            if n % 2 == 1 {
                oracle.next_u64();
            }
            assert_eq!(rng.next_u64(), oracle.next_u64());
        }
    }
}

/// Pair by pair, by the library's functions: a normal does not depend on how many are drawn together.
#[test]
fn normals_are_those_of_box_and_muller() {
    let rng = at([0, 0, 1, 2], [3, 4]);
    let mut units = vec![0.0; 1 << 16];
    rng.clone().fill_unit(&mut units);
    let mut normals = vec![0.0; 1 << 16];
    rng.clone().fill_normal(&mut normals);
    for (z, u) in normals.chunks(2).zip(units.chunks(2)) {
        let (r, turn) = ((-2.0 * u[0].ln()).sqrt(), std::f64::consts::TAU * u[1]);
        assert!((z[0] - r * turn.cos()).abs() < 1e-14 && (z[1] - r * turn.sin()).abs() < 1e-14, "{u:?} {z:?}");
    }
    for n in [1, 2, 3, 15, 16, 17, 63, 64, 65, 200] {
        let mut rng = rng.clone();
        let mut few = vec![0.0; n];
        rng.fill_normal(&mut few);
        assert_eq!(few, normals[..n]);
        few.resize(2, 0.0);
        rng.fill_normal(&mut few);
        let next = n.next_multiple_of(2);
        assert_eq!(few[..1], normals[next..=next]);
    }
}

#[test]
fn what_is_passed_over_is_what_would_have_been_read() {
    let mut read = at([0, 0, 5, 3], [1, 2]);
    let mut passed = read.clone();
    read.fill_normal(&mut [0.0; 37]);
    passed.skip(19);
    assert_eq!(read.next_u64(), passed.next_u64());
}
