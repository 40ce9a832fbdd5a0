//! Draws that lie evenly: the points of a lattice, shifted at random, and in many dimensions their mirror images.

use infodyn_core::{Law, Support};
use infodyn_kernels::{Kernel, Philox, normal_quantile, run};
use nalgebra::{DMatrix, SymmetricEigen};

use crate::{Draws, NoiseLaw};

/// The multipliers of the first coordinates, for `2^5` to `2^12` points.
///
/// # Formula
/// Component by component: each the one of 900 that makes the worst `P_2` over these numbers of points the smallest,
/// relative to the best for that number alone. Coordinate `j` counts `(j + 1)^-0.7` as much as the first.
///
/// # Source
/// Cools, Kuo & Nuyens, *Constructing embedded lattice rules for multivariate integration*, SIAM J. Sci. Comput. 28
/// (2006) 2162: the criterion.
const MULTIPLIERS: [u64; 14] = [1, 1745, 969, 3955, 3663, 2759, 935, 1267, 3033, 3785, 2607, 849, 1285, 1173];

/// In more dimensions than this the directions of the means are not looked for: that costs the cube of the dimension.
const LARGEST: usize = 256;

/// How the draws of a law are made from points of the unit cube.
///
/// The first coordinate chooses the component, in the order of the labels and within a label along the first direction;
/// then come, direction by direction, the noise and what the component spreads. The first directions are those along
/// which the means of the components spread most: what a posterior depends on, it depends on mostly through them.
/// Coordinates beyond the table are even one by one, in an order of their own; then each point has a mirror image with
/// the same `X_0` and the opposite noise, so that products of the two are even as well.
pub(crate) struct Even<'a> {
    law: &'a dyn Law,
    noise: NoiseLaw,
    atoms: bool,
    /// Where each component ends, in that order, and where it starts in the law's, with its weight.
    ends: Vec<f64>,
    places: Vec<(f64, f64)>,
    /// Reflections that together turn the first axes into the first directions, the last applied first.
    reflections: Vec<Vec<f64>>,
}

/// The points of one chunk.
pub(crate) struct Lattice {
    /// A power of two.
    points: u64,
    shifts: Vec<f64>,
    /// Of the coordinates beyond the table.
    keys: Vec<[u64; 2]>,
}

/// Turns uniforms into standard normals.
struct Normals<'a>(&'a mut [f64]);

impl Kernel for Normals<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        for u in self.0 {
            *u = normal_quantile(*u);
        }
    }
}

impl<'a> Even<'a> {
    /// `means` are those of the law's components, `K x D`, of the weights and labels given.
    pub(crate) fn new(law: &'a dyn Law, noise: NoiseLaw, means: &[f64], (weights, labels): (&[f64], &[usize])) -> Self {
        let (dim, atoms) = (law.dim(), law.support() == Support::Atoms);
        let directions = if noise == NoiseLaw::Gaussian { directions(means, weights, dim) } else { vec![] };
        let along = |k: usize| {
            let mean = &means[k * dim..(k + 1) * dim];
            directions.first().map_or(mean[0], |v| v.iter().zip(mean).map(|(v, m)| v * m).sum())
        };
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by(|&j, &k| labels[j].cmp(&labels[k]).then(along(j).total_cmp(&along(k))));
        let mut starts = Vec::with_capacity(weights.len());
        let mut sum = 0.0;
        for w in weights {
            starts.push(sum);
            sum += w;
        }
        let places: Vec<(f64, f64)> = order.iter().map(|&k| (starts[k], weights[k])).collect();
        let mut sum = 0.0;
        let end = |(_, w): &(f64, f64)| {
            sum += w;
            sum
        };
        let ends = places.iter().map(end).collect();
        Self { law, noise, atoms, ends, places, reflections: reflections(directions) }
    }

    /// Coordinates of a point.
    fn coordinates(&self) -> usize {
        1 + self.law.dim() * if self.atoms { 1 } else { 2 }
    }

    /// Points among `n` draws: the rest are mirror images.
    pub(crate) fn points(&self, n: u64) -> u64 {
        if self.coordinates() > MULTIPLIERS.len() { n / 2 } else { n }
    }

    /// The lattice of `n` draws, a power of two, with shifts and orders of its own.
    pub(crate) fn lattice(&self, n: u64, rng: &mut Philox) -> Lattice {
        let count = self.coordinates();
        let mut shifts = vec![0.0; count];
        rng.fill_unit(&mut shifts);
        let keys = (MULTIPLIERS.len()..count).map(|_| [rng.next_u64(), rng.next_u64()]).collect();
        Lattice { points: self.points(n), shifts, keys }
    }

    /// `n` draws: the points `first`, `first + step`, .. of a lattice, and their mirror images where there are some.
    pub(crate) fn draw(&self, lattice: &Lattice, (first, step): (u64, u64), n: usize, out: &mut Draws) {
        let (dim, half) = (self.law.dim(), self.points(n as u64) as usize);
        let mut uniforms = vec![0.0; half];
        out.xi.clear();
        out.xi.resize(n * dim, 0.0);
        out.noise.clear();
        out.noise.resize(n * dim, 0.0);
        out.anchors.clear();
        for (i, uniform) in uniforms.iter_mut().enumerate() {
            let at = first + step * i as u64;
            let row = i * dim..(i + 1) * dim;
            *uniform = self.uniform(lattice.coordinate(at, 0));
            for (j, z) in out.noise[row.clone()].iter_mut().enumerate() {
                *z = lattice.coordinate(at, if self.atoms { 1 + j } else { 1 + 2 * j });
            }
            if !self.atoms {
                for (j, x) in out.xi[row].iter_mut().enumerate() {
                    *x = lattice.coordinate(at, 2 + 2 * j);
                }
            }
        }
        let rows = half * dim;
        match self.noise {
            NoiseLaw::Gaussian => {
                run(Normals(&mut out.noise[..rows]));
                self.turn(&mut out.noise[..rows]);
            }
            NoiseLaw::Uniform => out.noise[..rows].iter_mut().for_each(|u| *u = NoiseLaw::uniform(*u)),
        }
        if !self.atoms {
            run(Normals(&mut out.xi[..rows]));
            self.turn(&mut out.xi[..rows]);
        }
        out.anchors.extend(uniforms.iter().zip(out.xi.chunks_exact_mut(dim)).map(|(&u, xi)| self.law.place(u, xi)));
        if half < n {
            out.anchors.extend_from_within(..);
            out.xi.copy_within(..rows, rows);
            let (own, mirrored) = out.noise.split_at_mut(rows);
            mirrored.iter_mut().zip(own).for_each(|(m, z)| *m = -*z);
        }
    }

    /// The number at which the law finds the component that `v` finds in the order of this.
    fn uniform(&self, v: f64) -> f64 {
        let at = self.ends.partition_point(|&end| end <= v).min(self.ends.len() - 1);
        let (start, weight) = self.places[at];
        let share = ((v - self.ends[at]) / weight + 1.0).clamp(0.0, 1.0);
        // Strictly inside, where rounding moves nothing to a neighbour.
        start + weight * (share * (1.0 - 1e-9) + 0.5e-9)
    }

    /// Turns rows of `D` normals, which stay such.
    fn turn(&self, rows: &mut [f64]) {
        for row in rows.chunks_exact_mut(self.law.dim()) {
            self.reflections.iter().rev().for_each(|u| reflect(u, row));
        }
    }
}

impl Lattice {
    /// A coordinate of a point, inside `(0, 1)`.
    ///
    /// # Formula
    /// `1 - |2 u - 1|`, `u = i z/m + shift` modulo 1: uniform, and of a function of it the lattice sees a periodic one.
    fn coordinate(&self, i: u64, j: usize) -> f64 {
        let mask = self.points - 1;
        let step = match MULTIPLIERS.get(j) {
            Some(z) => i.wrapping_mul(*z) & mask,
            None => {
                // A bijection of the numbers below a power of two: each line of it is one.
                let ([a, b], half) = (self.keys[j - MULTIPLIERS.len()], self.points.trailing_zeros() / 2 + 1);
                let x = (i ^ a).wrapping_mul(b | 1) & mask;
                let x = (x ^ (x >> half)).wrapping_mul((a >> 32) | 1) & mask;
                let x = (x ^ (x >> half)).wrapping_mul((b >> 32) | 1) & mask;
                x ^ (x >> half)
            }
        };
        let u = step as f64 / self.points as f64 + self.shifts[j];
        let u = if u >= 1.0 { u - 1.0 } else { u };
        (1.0 - (2.0 * u - 1.0).abs()).clamp(f64::EPSILON, 1.0 - f64::EPSILON)
    }
}

/// The directions along which weighted means, `K x D`, spread most, the first first: as many as the table has
/// multipliers for.
fn directions(means: &[f64], weights: &[f64], dim: usize) -> Vec<Vec<f64>> {
    if !(2..=LARGEST).contains(&dim) || weights.len() < 2 {
        return vec![];
    }
    let rows = DMatrix::from_row_slice(weights.len(), dim, means);
    let centre = rows.tr_mul(&nalgebra::DVector::from_column_slice(weights));
    let spread = DMatrix::from_fn(weights.len(), dim, |k, i| weights[k].sqrt() * (rows[(k, i)] - centre[i]));
    // The smaller of the two products has the same eigenvalues.
    let few = weights.len() < dim;
    let eigen = SymmetricEigen::new(if few { &spread * spread.transpose() } else { spread.tr_mul(&spread) });
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|&i, &j| eigen.eigenvalues[j].total_cmp(&eigen.eigenvalues[i]));
    let largest = order.first().map_or(0.0, |&i| eigen.eigenvalues[i]);
    let seen = order.into_iter().take(MULTIPLIERS.len() - 1).filter(|&i| eigen.eigenvalues[i] > 1e-9 * largest);
    let of = |i: usize| {
        let v = eigen.eigenvectors.column(i);
        let v = if few { spread.tr_mul(&v) } else { v.into_owned() };
        v.unscale(v.norm()).as_slice().to_vec()
    };
    seen.map(of).collect()
}

/// Reflections `1 - 2 u u^T` whose product, the first outermost, turns axis `j` into direction `j` or its opposite.
fn reflections(directions: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<f64>> = Vec::with_capacity(directions.len());
    for (j, mut v) in directions.into_iter().enumerate() {
        all.iter().for_each(|u| reflect(u, &mut v));
        // What rounding left of the axes that are taken.
        v[..j].fill(0.0);
        let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        v[j] += norm.copysign(v[j]);
        let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        v.iter_mut().for_each(|x| *x /= norm);
        all.push(v);
    }
    all
}

fn reflect(u: &[f64], x: &mut [f64]) {
    let along = 2.0 * u.iter().zip(&*x).map(|(u, x)| u * x).sum::<f64>();
    x.iter_mut().zip(u).for_each(|(x, u)| *x -= along * u);
}

#[cfg(test)]
mod tests {
    use infodyn_closed_form::MixtureLaw;
    use infodyn_core::{Covariance, Mixture};

    use super::*;
    use crate::stream;

    fn number(i: usize) -> f64 {
        ((i * 7919) % 1009) as f64 / 500.0 - 1.0
    }

    #[test]
    fn reflections_turn_axes_into_directions() {
        let (count, dim) = (5, 9);
        let means: Vec<f64> = (0..count * dim).map(number).collect();
        let found = directions(&means, &[0.2; 5], dim);
        assert_eq!(found.len(), 4);
        let turns = reflections(found.clone());
        for (j, v) in found.iter().enumerate() {
            let mut axis = vec![0.0; dim];
            axis[j] = 1.0;
            turns.iter().rev().for_each(|u| reflect(u, &mut axis));
            let along: f64 = axis.iter().zip(v).map(|(a, b)| a * b).sum();
            assert!((along.abs() - 1.0).abs() < 1e-12, "{j}: {along}");
        }
    }

    /// Over many shifts the draws have the weights, means and second moments of the law, off every symmetry.
    #[test]
    fn draws_have_the_law() {
        let q =
            vec![Covariance::full(&[vec![2.0, 0.6], vec![0.6, 0.5]]).unwrap(), Covariance::isotropic(0.25).unwrap()];
        let law =
            Mixture::new(&[0.3, 0.7], &[vec![1.0, 0.5], vec![-1.0, 5.0]], q).unwrap().with_labels(vec![1, 0]).unwrap();
        let law = MixtureLaw::of(law);
        let even = Even::new(&*law, NoiseLaw::Gaussian, &[1.0, 0.5, -1.0, 5.0], (&[0.3, 0.7], &[1, 0]));
        let (mut draws, mut rng, n) = (Draws::default(), stream(9, 0, 0), 64);
        let mut sums = [0.0; 7];
        let rounds = 2000;
        for _ in 0..rounds {
            let lattice = even.lattice(n, &mut rng);
            even.draw(&lattice, (0, 1), n as usize, &mut draws);
            for (i, &k) in draws.anchors.iter().enumerate() {
                let (x, z) = (&draws.xi[2 * i..2 * i + 2], &draws.noise[2 * i..2 * i + 2]);
                let first = f64::from(u8::from(k == 0));
                let terms =
                    [first, first * x[0] * x[0], first * x[0] * x[1], z[0], z[0] * z[0], z[0] * z[1], x[0] * z[0]];
                sums.iter_mut().zip(terms).for_each(|(s, t)| *s += t / (rounds * n) as f64);
            }
        }
        // Six standard errors of half as many independent draws.
        for (found, (truth, scale)) in
            sums.iter().zip([(0.3, 0.46), (0.6, 1.4), (0.18, 0.7), (0.0, 1.0), (1.0, 1.42), (0.0, 1.0), (0.0, 1.0)])
        {
            assert!((found - truth).abs() < 6.0 * scale / 64_000_f64.sqrt(), "{sums:?}");
        }
    }

    /// Every coordinate takes every place once.
    #[test]
    fn coordinates_are_even_one_by_one() {
        let law = MixtureLaw::of(Mixture::gaussian(&[0.0; 20], Covariance::isotropic(1.0).unwrap()).unwrap());
        let even = Even::new(&*law, NoiseLaw::Gaussian, &[0.0; 20], (&[1.0], &[0]));
        let lattice = even.lattice(64, &mut stream(2, 0, 0));
        assert_eq!(lattice.points, 32);
        for j in 0..even.coordinates() {
            let unfolded = |i: u64| {
                let folded = lattice.coordinate(i, j);
                // Either side of the fold, by the place that it comes from.
                [0.5 * folded, 1.0 - 0.5 * folded].map(|u| (u - lattice.shifts[j]).rem_euclid(1.0) * 32.0)
            };
            let places = |i: u64| {
                unfolded(i).into_iter().filter(|p| (p - p.round()).abs() < 1e-9).map(|p| p.round() as u64 % 32)
            };
            let mut seen: Vec<u64> = (0..32).flat_map(places).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), 32, "coordinate {j}");
        }
    }

    /// A smooth function of few coordinates is averaged with much less spread than by as many independent draws.
    #[test]
    fn means_of_smooth_functions_spread_little() {
        let law = MixtureLaw::of(Mixture::symmetric_pair(&[0.6, 0.8], 0.3).unwrap());
        let means: Vec<f64> = vec![0.6, 0.8, -0.6, -0.8];
        let even = Even::new(&*law, NoiseLaw::Gaussian, &means, (&[0.5, 0.5], &[0, 1]));
        let (mut draws, mut rng, n) = (Draws::default(), stream(4, 0, 0), 1024);
        let mut values = Vec::new();
        for _ in 0..100 {
            even.draw(&even.lattice(n, &mut rng), (0, 1), n as usize, &mut draws);
            let f = |i: usize| {
                let at = |j: usize| means[2 * draws.anchors[i] + j] + draws.xi[2 * i + j] + draws.noise[2 * i + j];
                (0.6 * at(0) + 0.8 * at(1)).tanh().powi(2)
            };
            values.push((0..n as usize).map(f).sum::<f64>() / n as f64);
        }
        let spread = crate::Moments::of(&values).variance();
        // The variance of one draw is about 0.1.
        assert!(spread < 0.1 / n as f64 / 5.0, "{spread:e}");
    }
}
