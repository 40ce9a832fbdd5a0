//! All zeros of the drift at one noise level.

use nalgebra::DVector;
use rand_philox::Philox;

use crate::landscape::Slice;

pub(crate) fn zeros(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    if slice.dim() == 1 {
        on_line(slice)
    } else if slice.is_linear() {
        // The ridge of one Gaussian is a point; along an axis on which the tilt cancels the pull it is none by itself.
        let pull = |i: usize| slice.sigma2 / slice.variance(0, i);
        let flat = |i: usize| (pull(i) + slice.tilt).abs() <= 64.0 * f64::EPSILON * pull(i);
        if (0..slice.dim()).any(flat) { vec![] } else { slice.ridge(&[1.0]).into_iter().collect() }
    } else {
        in_space(slice)
    }
}

fn on_line(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    let means: Vec<f64> = slice.means().iter().map(|m| m[0]).collect();
    let widest = (0..means.len()).map(|k| slice.variance(k, 0)).fold(0.0, f64::max).sqrt();
    let point = |u: f64| DVector::from_element(1, u);
    let wide = 40.0 * (slice.reach(&point(0.0)) + widest);
    // Where each component alone would be at rest, if that is farther: the zeros lie between those.
    let alone: Vec<f64> = alone(slice).filter_map(|u| Some(u?[0])).collect();
    let far = alone.iter().map(|y| 1.1 * y.abs()).fold(wide, f64::max);
    let mut nodes: Vec<f64> = Vec::new();
    for (k, m) in means.iter().enumerate() {
        let sd = slice.variance(k, 0).sqrt();
        nodes.extend((-60..=60).map(|i| m + 0.1 * sd * f64::from(i)));
    }
    nodes.extend((-400..=400).map(|i| wide / 40.0 * 0.005 * f64::from(i)));
    let mut y = wide / 20.0;
    while y < far * OUTWARDS {
        nodes.extend([y, -y]);
        y *= OUTWARDS;
    }
    nodes.extend(alone.iter().flat_map(|y| [y * (1.0 - 1e-3), y * (1.0 + 1e-3)]));
    nodes.sort_by(f64::total_cmp);
    nodes.dedup_by(|a, b| (*a - *b).abs() <= 1e-3 * slice.scale);
    let field = |y: f64| slice.field(&point(y))[0];
    let slope = |y: f64| slice.jacobian(&point(y))[(0, 0)];
    let mut found = Vec::new();
    // The last node: its place, the field's sign just beyond it, and the slope there.
    let mut last: Option<(f64, f64, f64)> = None;
    for &y in &nodes {
        let (g, d) = (field(y), slope(y));
        // A node may be a zero itself, as 0 is by symmetry: the slope there says which signs surround it.
        let (before, beyond) = if g == 0.0 { (-d, d) } else { (g, g) };
        if g == 0.0 {
            found.push(y);
        }
        if let Some((y0, g0, d0)) = last {
            if g0 * before < 0.0 {
                found.push(bisect(field, g0 < 0.0, y0, y));
            } else if d0 * d < 0.0 {
                // An extremum between two values of one sign: a pair of zeros when it has the other.
                let top = bisect(slope, d0 < 0.0, y0, y);
                if field(top) * g0 < 0.0 {
                    found.extend([bisect(field, g0 < 0.0, y0, top), bisect(field, g0 > 0.0, top, y)]);
                }
            }
        }
        last = Some((y, beyond, d));
    }
    found.into_iter().map(point).collect()
}

/// Where each component alone would be at rest.
fn alone<'s>(slice: &'s Slice<'_>) -> impl Iterator<Item = Option<DVector<f64>>> + 's {
    let count = slice.means().len();
    (0..count).map(move |k| slice.ridge(&(0..count).map(|j| f64::from(u8::from(j == k))).collect::<Vec<_>>()))
}

/// Each node far from the law over the one before.
const OUTWARDS: f64 = 1.015;

/// A sign change of `f` between `a`, just beyond which it is `negative` or not, and `b`, to the last place.
fn bisect(f: impl Fn(f64) -> f64, negative: bool, mut a: f64, mut b: f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (a + b);
        if middle <= a.min(b) || middle >= a.max(b) {
            break;
        }
        let value = f(middle);
        if value == 0.0 {
            return middle;
        }
        if (value < 0.0) == negative { a = middle } else { b = middle }
    }
    0.5 * (a + b)
}

fn in_space(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    let (means, scale) = (slice.means(), slice.scale);
    let mut found: Vec<DVector<f64>> = Vec::new();
    let add = |found: &mut Vec<DVector<f64>>, start: &DVector<f64>, y: Option<DVector<f64>>| {
        let near = |y: &DVector<f64>| y.norm() <= 40.0 * (slice.reach(start) + scale);
        let new = y.filter(|y| near(y) && !found.iter().any(|z| (z - y).norm() <= 1e-6 * scale));
        let any = new.is_some();
        found.extend(new);
        any
    };
    for start in starts(slice) {
        let y = slice.newton(&start, slice.unit(&start), 80);
        add(&mut found, &start, y);
    }
    if slice.dim() == 2 && means.len() <= MOST_DEFLATED {
        for start in of_two(slice).into_iter().chain(of_three(slice)) {
            let y = slice.newton(&start, slice.unit(&start), 80);
            add(&mut found, &start, y);
        }
    }
    // Zeros come in pairs: with those found deflated away, look on both sides of each, along the direction in which
    // the drift changes least, and between each and those before it.
    let mut i = if means.len() <= MOST_DEFLATED { 0 } else { usize::MAX };
    while i < found.len() && found.len() < MOST_ZEROS {
        let at = found[i].clone();
        let softest = slice.softest(&at) * (0.1 * scale);
        let between = found[..i].iter().take(MOST_PAIRED).map(|z| (z + &at) * 0.5);
        let starts: Vec<DVector<f64>> = [&at + &softest, &at - &softest].into_iter().chain(between).collect();
        for start in starts {
            let y = slice.newton_beside(&found, &start, scale, 40);
            add(&mut found, &start, y);
        }
        i += 1;
    }
    if means.len() > MOST_MEANS {
        return found;
    }
    let mut eigenvalues: Vec<Vec<f64>> = found.iter().map(|y| slice.eigenvalues(y)).collect();
    let mut uniform = Uniform::new(1);
    let least = if means.len() * slice.dim() <= MOST_NUMBERS { LEAST_DRAWN } else { 0 };
    for i in 0..MOST_DRAWN {
        if i >= least && !slice.unbalanced(eigenvalues.iter().map(|e| &e[..])) {
            break;
        }
        // By turns on the ridge near few components, and around one of them.
        let weights: Vec<f64> = means.iter().map(|_| (-uniform.next().ln()).powi(3)).collect();
        let ridge = if i % 2 == 0 { slice.ridge(&weights) } else { None };
        let start = ridge.unwrap_or_else(|| draw(slice, &mut uniform));
        let y = slice.newton(&start, scale, 80);
        if add(&mut found, &start, y) {
            eigenvalues.extend(found.last().map(|y| slice.eigenvalues(y)));
        }
    }
    found
}

/// Where two components alone would be at rest, of all pairs: the points of their ridge whose posterior odds are those
/// that the ridge has there.
///
/// # Source
/// Ray & Lindsay, Annals of Statistics 33 (2005) 2042, theorem 3.
fn of_two(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    let count = slice.means().len();
    let mut found = Vec::new();
    for (i, j) in (0..count).flat_map(|i| (0..i).map(move |j| (i, j))) {
        let place = |odds: f64| {
            let mut weights = vec![0.0; count];
            weights[i] = 1.0 / (1.0 + (-odds).exp());
            weights[j] = 1.0 / (1.0 + odds.exp());
            slice.ridge(&weights)
        };
        let off = |odds: f64| {
            let u = place(odds)?;
            Some(slice.ln_component(i, &u) - slice.ln_component(j, &u) - odds)
        };
        let at = |n: i32| f64::from(n) * STEP;
        let nodes: Vec<(f64, f64)> = (-STEPS..=STEPS).filter_map(|n| Some((at(n), off(at(n))?))).collect();
        for (a, b) in nodes.iter().zip(nodes.iter().skip(1)).filter(|(a, b)| a.1 * b.1 <= 0.0) {
            let odds = bisect(|x| off(x).unwrap_or(f64::NAN), a.1 < 0.0, a.0, b.0);
            found.extend(place(odds));
        }
    }
    found
}

/// Where three components alone would be at rest in the plane, of all triples: where their pulls are in balance with
/// their posteriors for weights. Newton's method makes the odds equal to those weights, which change little meanwhile.
fn of_three(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    let means = slice.means();
    let mut found: Vec<DVector<f64>> = Vec::new();
    let triples = (0..means.len()).flat_map(|i| (0..i).flat_map(move |j| (0..j).map(move |k| [i, j, k])));
    for of in triples {
        let mean = |w: [f64; 3]| of.iter().zip(w).fold(DVector::zeros(2), |sum, (&k, w)| sum + &means[k] * w);
        let starts = [[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
            .into_iter()
            .chain([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
            .map(|w: [f64; 3]| mean(w.map(|x| x / w.iter().sum::<f64>())));
        for start in starts {
            if let Some(u) = balance(slice, of, start)
                && !found.iter().any(|z| (z - &u).norm() <= 1e-6 * slice.scale)
            {
                found.push(u);
            }
        }
    }
    found
}

/// One point of [`of_three`].
fn balance(slice: &Slice<'_>, of: [usize; 3], mut u: DVector<f64>) -> Option<DVector<f64>> {
    for _ in 0..40 {
        let [p, q, r] = of.map(|k| slice.pull(k, &u));
        let cross = |a: &DVector<f64>, b: &DVector<f64>| a[0] * b[1] - a[1] * b[0];
        let weights = [cross(&q, &r), cross(&r, &p), cross(&p, &q)];
        let sum: f64 = weights.iter().sum();
        let logs = weights.map(|w| (w / sum).max(LEAST).ln());
        let [a, b, c] = of.map(|k| slice.ln_component(k, &u));
        let off = [(a - b) - (logs[0] - logs[1]), (a - c) - (logs[0] - logs[2])];
        // The score of a component is its pull, the tilt aside, over the variance of the noise.
        let (x, y) = ((&p - &q) / slice.sigma2, (&p - &r) / slice.sigma2);
        let det = cross(&x, &y);
        let mut step =
            DVector::from_vec(vec![(off[1] * x[1] - off[0] * y[1]) / det, (off[0] * y[0] - off[1] * x[0]) / det]);
        let (length, limit) = (step.norm(), slice.size());
        if !length.is_finite() {
            return None;
        }
        if length > limit {
            step *= limit / length;
        }
        u += step;
        if length <= 1e-9 * slice.scale {
            return weights.iter().all(|w| w / sum > LEAST).then_some(u);
        }
    }
    None
}

/// The least posterior of one of three components that are in balance.
const LEAST: f64 = 1e-9;
/// Steps of the logarithm of the odds of two components to either side of 0.
const STEPS: i32 = 120;
const STEP: f64 = 0.25;

/// A draw of a component chosen evenly, half as wide again as it is.
fn draw(slice: &Slice<'_>, uniform: &mut Uniform) -> DVector<f64> {
    let means = slice.means();
    let k = ((uniform.next() * means.len() as f64) as usize).min(means.len() - 1);
    // Box and Muller.
    let z = DVector::from_fn(slice.dim(), |i, _| {
        let (r, angle) = ((-2.0 * uniform.next().ln()).sqrt(), std::f64::consts::TAU * uniform.next());
        1.5 * slice.variance(k, i).sqrt() * r * angle.cos()
    });
    &means[k] + slice.axes(k).map_or_else(|| z.clone(), |axes| axes * &z)
}

/// Numbers in `(0, 1)`, the same in every run.
struct Uniform(Philox);

impl Uniform {
    fn new(stream: u32) -> Self {
        Self(Philox::new([0, stream], 0))
    }

    fn next(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) * f64::EPSILON
    }
}

/// Components up to which pairs are looked at.
const MOST_PAIRED: usize = 16;
/// Components up to which zeros are deflated away to find more.
const MOST_DEFLATED: usize = 8;
/// Zeros of one level beyond which deflation looks for no more.
const MOST_ZEROS: usize = 64;
/// Components up to which starts are made of the means.
const MOST_MEANS: usize = 64;
/// Draws from which a law of few numbers is searched, and how many coordinates of means are few.
const LEAST_DRAWN: usize = 128;
const MOST_NUMBERS: usize = 128;
/// Draws from which a missing zero is looked for.
const MOST_DRAWN: usize = 1024;

/// Where Newton's method starts: a list that depends on the law alone.
fn starts(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    let (means, dim) = (slice.means(), slice.dim());
    let mut starts = vec![DVector::zeros(dim), slice.origin()];
    starts.extend(slice.ridge(slice.weights()));
    if means.len() <= MOST_MEANS {
        starts.extend(means.iter().cloned());
        if slice.tilt != 0.0 {
            starts.extend(alone(slice).flatten());
        }
    }
    if means.len() <= MOST_PAIRED {
        starts.extend((0..means.len()).flat_map(|i| (0..i).map(move |j| (&means[i] + &means[j]) * 0.5)));
    }
    if means.len() * dim <= MOST_MEANS {
        // One standard deviation from each centre along each principal axis: a long component has zeros off the hull
        // of the means.
        for (k, m) in means.iter().enumerate() {
            for i in 0..dim {
                let unit = || DVector::from_fn(dim, |j, _| f64::from(u8::from(i == j)));
                let axis = slice.axes(k).map_or_else(unit, |a| a.column(i).into_owned()) * slice.variance(k, i).sqrt();
                starts.extend([m + &axis, m - &axis]);
            }
        }
    }
    if means.len() <= MOST_MEANS {
        let mut uniform = Uniform::new(0);
        for _ in 0..64 {
            let weights: Vec<f64> = means.iter().map(|_| -uniform.next().ln()).collect();
            let sum: f64 = weights.iter().sum();
            let between = means.iter().zip(&weights).fold(DVector::zeros(dim), |y, (m, w)| y + m * (w / sum));
            starts.push(between);
        }
    }
    starts
}
