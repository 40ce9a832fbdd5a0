//! Elementary functions as straight-line arithmetic, so that a loop over them runs on vector units.
//!
//! Each is the same sequence of correctly rounded operations on every machine. To be called inside a
//! [`Kernel`](crate::Kernel), one lane at a time or through [`Lanes`](crate::Lanes).

use std::f64::consts::{FRAC_PI_2, LOG2_E};

/// `1.5 * 2^52`: adding it rounds to an integer, which the low bits then hold in two's complement.
const SHIFT: f64 = 6_755_399_441_055_744.0;
/// `log 2`, its leading 32 bits (a multiple of it by an exponent is exact) and the rest.
const LN_2: (f64, f64) = (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10);
/// Bits of a significand.
const FRACTION: u64 = (1 << 52) - 1;

/// `sum_i c_i x^i`.
#[inline(always)]
fn polynomial<const N: usize>(x: f64, c: [f64; N]) -> f64 {
    let mut sum = c[N - 1];
    for i in (0..N - 1).rev() {
        sum = sum.mul_add(x, c[i]);
    }
    sum
}

/// `exp(x)`, and exactly 0 below -690, so that no later step meets a subnormal number.
///
/// # Formula
/// `2^n (1 + r + r^2 q(r))`, `n = round(x / log 2)`, `|r| <= log(2)/2`; `q` of degree 9 makes the largest relative
/// error of the whole as small as it can be, 4e-18 (Remez's exchange in 60 digits).
///
/// # Accuracy
/// The correctly rounded value or a neighbour of it (tested at `2^20` numbers evenly spaced in `[-690, 709.78]`, in
/// `[-2, -1]`, in `[-1/2, 1/2]`, and evenly in the logarithm below 0).
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    const Q: [f64; 10] = [
        0.500_000_000_000_001_1,
        0.166_666_666_666_664_13,
        0.041_666_666_666_530_267,
        0.008_333_333_333_494_335,
        0.001_388_888_894_359_799_8,
        0.000_198_412_695_067_777_47,
        2.480_149_313_584_167_3e-5,
        2.755_758_626_743_288e-6,
        2.763_023_405_289_385_4e-7,
        2.500_007_219_021_583_5e-8,
    ];
    let y = if x < -690.0 { -690.0 } else { x };
    let y = if y > 710.0 { 710.0 } else { y };
    let shifted = y.mul_add(LOG2_E, SHIFT);
    let n = shifted - SHIFT;
    let r = n.mul_add(-LN_2.1, n.mul_add(-LN_2.0, y));
    let p = polynomial(r, Q).mul_add(r * r, r);
    // 2^(n - 1), which is finite where 2^n is not.
    let half = f64::from_bits(shifted.to_bits().wrapping_add(1022) << 52);
    let value = 2.0 * p.mul_add(half, half);
    if x < -690.0 { 0.0 } else { value }
}

/// `log x`; a subnormal number counts as 0.
///
/// # Accuracy
/// The correctly rounded value or a neighbour of it (tested at `2^20` numbers evenly spaced in each of `[1/2, 1]` and
/// `[1, 2]`, evenly in the logarithm over all normal numbers, and on both sides of 1).
#[inline(always)]
#[must_use]
pub fn ln(x: f64) -> f64 {
    where_it_is_defined(x, x, ln_of_normal(x, 0.0))
}

/// `log(1 + x)`.
///
/// # Accuracy
/// The correctly rounded value or a neighbour of it (tested as [`ln`], and evenly in the logarithm down to
/// `|x| = 1e-304`).
#[inline(always)]
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    let u = 1.0 + x;
    let lost = if x < 1.0 { x - (u - 1.0) } else { 1.0 - (u - x) };
    where_it_is_defined(x, u, ln_of_normal(u, lost / u))
}

/// `value` where `u` is positive and `x` finite, else what a logarithm of `u` is there: no branch, whatever `value` is.
#[inline(always)]
fn where_it_is_defined(x: f64, u: f64, value: f64) -> f64 {
    let outside = if u < 0.0 { f64::NAN } else { f64::NEG_INFINITY };
    let value = if u < f64::MIN_POSITIVE { outside } else { value };
    if x < f64::INFINITY { value } else { x }
}

/// `log x + low` of a positive normal number.
///
/// # Formula
/// `k log 2 + log(1 + f)`, `1 + f` in `[sqrt(1/2), sqrt 2)`; with `s = f/(2 + f)` and `R` the even rest,
/// `log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2))`.
///
/// # Source
/// Ng, `e_log.c` of FreeBSD's msun (1993), with its coefficients: the error of `R` is below `2^-58`.
#[inline(always)]
pub(crate) fn ln_of_normal(x: f64, low: f64) -> f64 {
    const R: [f64; 7] = [
        6.666_666_666_666_735_13e-01,
        3.999_999_999_940_941_908e-01,
        2.857_142_874_366_239_149e-01,
        2.222_219_843_214_978_396e-01,
        1.818_357_216_161_805_012e-01,
        1.531_383_769_920_937_332e-01,
        1.479_819_860_511_658_591e-01,
    ];
    const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const TWO_52: f64 = 4_503_599_627_370_496.0;
    let moved = x.to_bits().wrapping_add((1023 << 52) - ROOT_HALF);
    let k = f64::from_bits((moved >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    let f = f64::from_bits((moved & FRACTION) + ROOT_HALF) - 1.0;
    let s = f / (2.0 + f);
    let half = 0.5 * f * f;
    let z = s * s;
    let rest = s.mul_add(polynomial(z, R).mul_add(z, half), k.mul_add(LN_2.1, low));
    k.mul_add(LN_2.0, f - (half - rest))
}

/// The standard normal's quantile of `u`, `0 < u < 1`.
///
/// # Source
/// Wichura, *Algorithm AS 241: the percentage points of the normal distribution*, Appl. Statist. 37 (1988) 477: three
/// rational functions, the middle one of `u - 1/2`, the others of `sqrt(-log u)` in the tail.
///
/// # Accuracy
/// The tail that the result stands for is off by at most `8 eps (1 + z^2)` of itself (tested at `2^20` numbers evenly
/// spaced, and evenly in the logarithm down to `2^-53`).
#[inline(always)]
#[must_use]
pub fn normal_quantile(u: f64) -> f64 {
    const NEAR: [[f64; 8]; 2] = [
        [
            3.387_132_872_796_366_608,
            133.141_667_891_784_377_45,
            1_971.590_950_306_551_442_7,
            13_731.693_765_509_461_125,
            45_921.953_931_549_871_457,
            67_265.770_927_008_700_853,
            33_430.575_583_588_128_105,
            2_509.080_928_730_122_672_7,
        ],
        [
            1.0,
            42.313_330_701_600_911_252,
            687.187_007_492_057_908_3,
            5_394.196_021_424_751_107_7,
            21_213.794_301_586_595_867,
            39_307.895_800_092_710_61,
            28_729.085_735_721_942_674,
            5_226.495_278_852_854_561,
        ],
    ];
    const TAIL: [[f64; 8]; 2] = [
        [
            1.423_437_110_749_683_577_34,
            4.630_337_846_156_545_295_9,
            5.769_497_221_460_691_405_5,
            3.647_848_324_763_204_605_04,
            1.270_458_252_452_368_382_58,
            0.241_780_725_177_450_611_77,
            0.022_723_844_989_269_184_583_3,
            7.745_450_142_783_414_076_4e-4,
        ],
        [
            1.0,
            2.053_191_626_637_758_821_87,
            1.676_384_830_183_803_849_4,
            0.689_767_334_985_100_004_55,
            0.148_103_976_427_480_074_59,
            0.015_198_666_563_616_457_196_6,
            5.475_938_084_995_344_946e-4,
            1.050_750_071_644_416_843_24e-9,
        ],
    ];
    const FAR: [[f64; 8]; 2] = [
        [
            6.657_904_643_501_103_777_2,
            5.463_784_911_164_114_369_9,
            1.784_826_539_917_291_335_8,
            0.296_560_571_828_504_891_23,
            0.026_532_189_526_576_123_093,
            0.001_242_660_947_388_078_438_6,
            2.711_555_568_743_487_578_15e-5,
            2.010_334_399_292_288_132_65e-7,
        ],
        [
            1.0,
            0.599_832_206_555_887_937_69,
            0.136_929_880_922_735_805_31,
            0.014_875_361_290_850_614_852_5,
            7.868_691_311_456_132_591e-4,
            1.846_318_317_510_054_681_8e-5,
            1.421_511_758_316_445_888_7e-7,
            2.044_263_103_389_939_785_64e-15,
        ],
    ];
    let q = u - 0.5;
    let r = 0.180_625 - q * q;
    let tail = if q < 0.0 { u } else { 1.0 - u };
    let s = (-ln_of_normal(tail, 0.0)).sqrt();
    let near = [polynomial(r, NEAR[0]), polynomial(r, NEAR[1])];
    let middle = [polynomial(s - 1.6, TAIL[0]), polynomial(s - 1.6, TAIL[1])];
    let far = [polynomial(s - 5.0, FAR[0]), polynomial(s - 5.0, FAR[1])];
    let outside = [if s > 5.0 { far[0] } else { middle[0] }, if s > 5.0 { far[1] } else { middle[1] }];
    let scale = if q < 0.0 { -1.0 } else { 1.0 };
    let inside = q.abs() <= 0.425;
    let above = if inside { q * near[0] } else { scale * outside[0] };
    above / if inside { near[1] } else { outside[1] }
}

/// Sine and cosine of `2 pi u`, `0 <= u <= 1`.
///
/// # Formula
/// `sin r`, `cos r` with `r` the distance to the nearest quarter of a turn, exact in turns.
///
/// # Source
/// Ng, `k_sin.c` and `k_cos.c` of FreeBSD's msun (1993), with their coefficients: errors below `2^-57`.
///
/// # Accuracy
/// At most two floating-point numbers from the correctly rounded values (tested at every multiple of `2^-20`, and
/// beside those of `1/8`).
#[inline(always)]
#[must_use]
pub fn sin_cos_turns(u: f64) -> (f64, f64) {
    const S: [f64; 6] = [
        -1.666_666_666_666_663_243_48e-01,
        8.333_333_333_322_489_461_24e-03,
        -1.984_126_982_985_794_931_34e-04,
        2.755_731_370_707_006_767_89e-06,
        -2.505_076_025_340_686_341_95e-08,
        1.589_690_995_211_550_102_21e-10,
    ];
    const C: [f64; 6] = [
        4.166_666_666_666_660_190_37e-02,
        -1.388_888_888_887_410_957_49e-03,
        2.480_158_728_947_672_941_78e-05,
        -2.755_731_435_139_066_330_35e-07,
        2.087_572_321_298_174_827_90e-09,
        -1.135_964_755_778_819_482_65e-11,
    ];
    let shifted = u.mul_add(4.0, SHIFT);
    let quarter = shifted.to_bits();
    let r = u.mul_add(4.0, SHIFT - shifted) * FRAC_PI_2;
    let z = r * r;
    let sin = polynomial(z, S).mul_add(z * r, r);
    let cos = polynomial(z, C).mul_add(z * z, z.mul_add(-0.5, 1.0));
    let (a, b) = if quarter & 1 == 0 { (sin, cos) } else { (cos, sin) };
    let sign = |value: f64, quarter: u64| f64::from_bits(value.to_bits() ^ ((quarter & 2) << 62));
    (sign(a, quarter), sign(b, quarter.wrapping_add(1)))
}
