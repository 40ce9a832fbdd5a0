//! Means over a mixture on the line of functions of the place alone: one trapezoidal rule for all components.

use std::cell::Cell;
use std::f64::consts::{PI, TAU};

use infodyn_core::{Density, Detail, Estimate, Observation, Points, ulps};
use infodyn_kernels::{Kernel, LANES, Lanes, exp, run};

use crate::batch::BATCH;
use crate::line::{Component, NEGLIGIBLE, TRAPEZOID_NODES, components};

/// Smallest ratio of widths of components that share their nodes: the finest step is that of the narrowest.
const ALIKE: f64 = 0.25;
/// Largest distance of centres that share their nodes, in standard deviations of the narrowest component.
const SPAN: f64 = 64.0;
/// Standard deviations of a component within which there are nodes.
const REACH: f64 = 10.0;
/// Largest part of its largest term that an output may have where the nodes end: what is beyond is a tenth of that.
const TAIL: f64 = 1e-18;
/// An output whose largest term is below this may have lost others, since [`exp`] is 0 below 1e-300.
const LEAST: f64 = 1e-280;
/// The first step that may be the last, in standard deviations of the narrowest component, up to a factor of `sqrt(2)`;
/// the largest, where the step that will do is known.
const FIRST: f64 = 0.25;
const MOST: f64 = 0.46;
/// Where the nodes lie beside the centre of a component, in parts of the first step.
const THIRD: f64 = 1.0 / 3.0;
/// Part of the rounding below which a difference has settled.
const QUIET: f64 = 0.125;
/// Part of all terms below which a difference is followed by one of the order of its square.
const GEOMETRIC: f64 = 1e-4;
/// How many times what a strip promises an error may be: a pole of order three at its edge is worth four from step to
/// step, and sixteen over two of them.
const EDGE: f64 = 16.0;
/// Logarithm of the part of all terms that the error is below at the step aimed at: an eighth of [`QUIET`] of their
/// rounding, which is five units or more, over [`EDGE`].
const AIM: f64 = 41.5;
/// Halvings that are read at once on the way to the step aimed at.
const AT_ONCE: usize = 3;
/// Units of rounding of a term beside those of its exponent: an exponential, a product, and a sum with a correction,
/// whose product with the step is rounded in its place.
const TERM: f64 = ulps::ELEMENTARY + ulps::OPERATION + ulps::COMPENSATED;

/// Functions of the place alone, under a mixture of Gaussians on the line.
pub(crate) struct Integrand<'a> {
    pub(crate) density: &'a dyn Density,
    pub(crate) grid: &'a Grid,
    pub(crate) detail: Detail,
    pub(crate) outputs: usize,
    /// Writes one output at all observed places, and bounds for its rounding.
    pub(crate) column: &'a dyn Fn(usize, &Observation, Column<'_>),
}

/// Values at a batch of places, and bounds for their rounding.
pub(crate) struct Column<'a> {
    pub(crate) values: &'a mut [f64],
    pub(crate) bounds: &'a mut [f64],
}

impl Integrand<'_> {
    /// `E_p[F]` for every output; `None` where one does not settle or is not finite: then each component has a rule of
    /// its own.
    ///
    /// # Formula
    /// `h sum_j p(x_j) F(x_j)` with `x_j = c + j h - t`, `c` the centre of the first component. The first step is about
    /// a third of the narrowest component and `t` a third of that; every halving keeps the nodes there are. An output
    /// that has settled is read no more, and nodes are added where a term of another is above 1e-19 of its largest.
    /// There are none beyond 10 standard deviations of all components, where `F` grows like a polynomial, or `p F`
    /// falls like the lesser of two components: terms are below 1e-18 there, or the rule gives up, as where all are
    /// below 1e-280.
    ///
    /// # Accuracy
    /// Where `p F` is analytic in a strip `|Im x| < a` and `M` bounds its integrals along the lines there, the sum at
    /// step `h` is off by `e(h)`, at most `2 M q/(1 - q)` with `q = exp(-2 pi a/h)` (Trefethen & Weideman, *The
    /// exponentially convergent trapezoidal rule*, SIAM Review 56, 2014, theorem 5.1). Halving `h` squares `q`, so two
    /// sums differ by `e(2h) - e(h)`, which is `e(2h)` but for its square and more than `e(h)`: it goes into the
    /// radius.
    ///
    /// Of components of one width the strip is known ([`Strip`]), and with it by how much a step is better than
    /// another: what a difference says of `e(4h)` or `e(2h)` says how large `e(h)` can be, without a look at `h/2`.
    /// Then sixteen times the largest that follows from the last two differences, and from the size of the terms, goes
    /// into the radius, and the steps are halvings of one that brings this below rounding.
    ///
    /// The exception is a phase of the nodes at which `e(2h)` vanishes while `e(h)` does not. So one small difference
    /// is not believed: that before must be below 1e-4 of all terms, which leaves at most the fourth power of that to
    /// the phase that hides the next. Laws of round numbers would meet such phases, where `p F` is symmetric about an
    /// odd multiple of `h/2` from a node: `t` keeps every multiple of the first step or a half, a quarter, ... of it
    /// away from there. In a known strip both differences would have to meet one, and the residues at its edge to be
    /// larger than the terms.
    ///
    /// The radius also has the rounding of every term; what the rounding of a node moves it by, times the change
    /// between neighbours; and the amount by which the mass misses 1, times the size of the terms.
    pub(crate) fn means(&self) -> Option<Vec<Estimate>> {
        let mut rule = Rule::new(self);
        let found = rule.settle().and_then(|()| rule.estimates());
        KEPT.set(Some(rule.room));
        found
    }
}

/// A component from the grid.
struct Place {
    /// The origin of the grid from the centre, and what is rounded away of it.
    at: (f64, f64),
    precision: f64,
    weight: f64,
    ln_height: f64,
}

/// Where `p F` is analytic, of components of one variance: `|Im x| < width`.
///
/// # Formula
/// The components differ by factors `exp((c_k - c_0)(x + i y)/v)` times real constants, of phases `(c_k - c_0) y/v`:
/// while these spread over less than `pi`, all terms of the density lie in a half-plane and their sum is not 0. So `p`,
/// posteriors, their logarithms and what is made of them are analytic for `|y| < pi v/(c_max - c_min)`, and there
/// `|p(x + i y)| <= exp(y^2/(2 v)) p(x)`.
#[derive(Debug, Clone, Copy)]
struct Strip {
    variance: f64,
    width: f64,
}

impl Strip {
    /// `-log` of what the error at a step can be, in parts of what the terms come to on the line.
    ///
    /// # Formula
    /// The error is a sum of values of the Fourier transform at multiples of `k = 2 pi/h`; these are at most
    /// `exp(-k d)` times the integral along `Im x = d`, itself `exp(d^2/(2 v))` times one on the line. The best `d` is
    /// `k v`, or the edge.
    fn decay(self, step: f64) -> f64 {
        let k = TAU / step;
        let d = self.width.min(k * self.variance);
        k * d - 0.5 * d * d / self.variance
    }

    /// The step whose decay is this.
    fn step(self, decay: f64) -> f64 {
        let Self { variance, width } = self;
        let inner = (2.0 * decay / variance).sqrt();
        TAU / if inner * variance <= width { inner } else { decay / width + 0.5 * width / variance }
    }
}

/// Nodes `origin + j step`, each written from the component that has most of the density there.
pub(crate) struct Grid {
    places: Vec<Place>,
    /// The first step that may be the last, of few bits: multiples are exact.
    step: f64,
    /// Halvings to the step aimed at, where it is known.
    halvings: usize,
    strip: Option<Strip>,
    ends: (f64, f64),
}

impl Grid {
    /// For a mixture of Gaussians with these means in `X_0`; `None` where its components are too unlike or too far
    /// apart to share nodes.
    pub(crate) fn new(density: &dyn Density, means: &[f64]) -> Option<Self> {
        let (alpha, components) = (density.alpha(), components(density));
        let (narrowest, widest) = extremes(components.iter().map(|c| c.sd));
        let (left, right) = extremes(components.iter().map(|c| c.centre));
        let alike = narrowest >= ALIKE * widest && right - left <= SPAN * narrowest;
        let same = |(c, m): (&Component, &f64)| (alpha * m - c.centre).abs() <= f64::EPSILON * c.centre.abs();
        if !alike || means.len() != components.len() || !components.iter().zip(means).all(same) {
            return None;
        }
        let one_width = components.iter().all(|c| c.sd == narrowest);
        let variance = narrowest * narrowest;
        let strip = one_width.then_some(Strip { variance, width: PI * variance / (right - left) });
        let (step, halvings) = match strip {
            None => ((FIRST * narrowest).log2().round().exp2(), 0),
            Some(strip) => {
                let aim = strip.step(AIM).min(MOST * narrowest);
                // Five bits of it.
                let unit = (aim.log2().floor() - 4.0).exp2();
                let (aim, halvings) = ((aim / unit).floor() * unit, (MOST * narrowest / aim).log2().floor());
                (aim * halvings.exp2(), halvings as usize)
            }
        };
        let place = |(c, m): (&Component, &f64)| {
            // alpha times the difference of the means, to twice the digits.
            let gap = two_sum(means[0], -m);
            let product = alpha * gap.0;
            let (at, rest) = two_sum(product, -step * THIRD);
            let rest = rest + alpha.mul_add(gap.0, -product) + alpha * gap.1;
            Place { at: (at, rest), precision: 1.0 / c.sd, weight: c.weight, ln_height: (c.weight / c.sd).ln() }
        };
        let places: Vec<Place> = components.iter().zip(means).map(place).collect();
        let reach = |(p, c): (&Place, &Component)| [-p.at.0 - REACH * c.sd, -p.at.0 + REACH * c.sd];
        let ends = extremes(places.iter().zip(&components).flat_map(reach));
        Some(Self { places, step, halvings, strip, ends })
    }
}

/// The least and the largest.
fn extremes(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), x| (lo.min(x), hi.max(x)))
}

/// `a + b` and what is rounded away of it.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// What is known of one output: sums over all terms, to be multiplied by the step.
#[derive(Debug, Clone, Default)]
struct Output {
    sums: Sums,
    settled: bool,
    /// Where its terms are analytic.
    strip: Option<Strip>,
    /// At the last step: the value, by how much it differed from that before, how far from the truth it can be, the
    /// sizes of the terms and their rounding.
    value: f64,
    difference: f64,
    error: f64,
    size: f64,
    rounding: f64,
    /// `F` at the nodes, with bounds for its rounding.
    values: Vec<f64>,
    bounds: Vec<f64>,
}

impl Output {
    /// Forgets what it knew; of the mass, or a function as the strip has them.
    fn clear(&mut self, strip: Option<Strip>) {
        (self.sums, self.settled, self.strip) = (Sums::default(), false, strip);
        self.values.clear();
        self.bounds.clear();
        (self.value, self.difference) = (f64::INFINITY, f64::INFINITY);
    }

    /// Adds the terms of runs, and takes stock after each.
    fn read(&mut self, nodes: &Nodes, runs: &[Run]) {
        let mut start = 0;
        for one in runs {
            let which = start..start + one.count;
            run(Add {
                sums: &mut self.sums,
                density: &nodes.density[which.clone()],
                units: &nodes.units[which.clone()],
                errors: &nodes.errors[which.clone()],
                values: &self.values[which.clone()],
                bounds: &self.bounds[which.clone()],
            });
            self.stop(one.step);
            start = which.end;
        }
    }

    /// Takes stock at a step.
    fn stop(&mut self, step: f64) {
        let value = self.sums.times(step);
        let (difference, earlier) = ((value - self.value).abs(), self.difference);
        (self.value, self.difference) = (value, difference);
        (self.size, self.rounding) = (self.sums.size.sum() * step, self.sums.rounding.sum() * step);
        let floor = QUIET * self.rounding;
        self.error = self.strip.map_or(f64::INFINITY, |strip| {
            let gained = |from: f64| (strip.decay(from) - strip.decay(step)).exp();
            let from_differences = (difference * gained(2.0 * step)).max(earlier * gained(4.0 * step));
            EDGE * from_differences.max(self.size * (-strip.decay(step)).exp())
        });
        self.settled = self.error <= floor;
        if !self.settled && difference <= floor && earlier <= floor.max(GEOMETRIC * self.size) {
            (self.settled, self.error) = (true, difference);
        }
    }

    fn largest(&self) -> f64 {
        self.sums.largest.0.iter().copied().fold(0.0, f64::max)
    }

    /// Between which of the nodes read last there are terms above this part of the largest.
    fn above(&self, part: f64, nodes: &Nodes) -> Option<(f64, f64)> {
        let least = part * self.largest();
        let terms =
            nodes.density.iter().zip(&self.values).map(|(p, value)| if *p > 0.0 { (p * value).abs() } else { 0.0 });
        let ends = extremes(nodes.places.iter().zip(terms).filter(|(_, term)| *term > least).map(|(x, _)| *x));
        (ends.0 <= ends.1).then_some(ends)
    }
}

/// Sums over terms, the first with what was rounded away of it, and the largest of them: of every eighth in a lane.
#[derive(Debug, Clone, Default)]
struct Sums {
    sum: Lanes,
    rest: Lanes,
    size: Lanes,
    rounding: Lanes,
    largest: Lanes,
}

impl Sums {
    /// Times a step, rounded once: the product with the sum keeps what is rounded away of it.
    fn times(&self, step: f64) -> f64 {
        let (mut sum, mut rest) = (0.0, self.rest.sum());
        for x in self.sum.0 {
            let (whole, lost) = two_sum(sum, x);
            (sum, rest) = (whole, rest + lost);
        }
        let product = sum * step;
        product + (sum.mul_add(step, -product) + rest * step)
    }
}

/// Adds the terms of one output at neighbouring nodes, each with its rounding and what the place of its node is off by
/// times the change between neighbours.
struct Add<'a> {
    sums: &'a mut Sums,
    density: &'a [f64],
    units: &'a [f64],
    errors: &'a [f64],
    values: &'a [f64],
    bounds: &'a [f64],
}

impl Kernel for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { sums, density, units, errors, values, bounds } = self;
        let (zero, epsilon, mut last) = (Lanes::splat(0.0), Lanes::splat(f64::EPSILON), None);
        // In registers meanwhile.
        let Sums { mut sum, mut rest, size: mut sizes, mut rounding, mut largest } = *sums;
        for start in (0..density.len()).step_by(LANES) {
            let load = |x: &[f64]| Lanes::load(&x[start..], 0.0);
            let p = load(density);
            // Where there is no density `F` may be anything.
            let term = zero.select_less(p, p * load(values), zero);
            let size = term.abs();
            let [a, b, c, d, e, f, g, h] = term.0;
            let before = Lanes([last.unwrap_or(a), a, b, c, d, e, f, g]);
            last = Some(h);
            let (whole, lost) = two_sums(sum, term);
            (sum, rest) = (whole, rest + lost);
            sizes = sizes + size;
            let moved = (term - before).abs() * load(errors);
            rounding = rounding + (load(units) * epsilon * size + zero.select_less(p, p * load(bounds), zero) + moved);
            largest = largest.max(size);
        }
        *sums = Sums { sum, rest, size: sizes, rounding, largest };
    }
}

/// [`two_sum`] in every lane.
#[inline(always)]
fn two_sums(a: Lanes, b: Lanes) -> (Lanes, Lanes) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// Nodes `j = first + stride i`, `i` in `0..count`, at a step.
struct Run {
    first: i64,
    stride: i64,
    count: usize,
    step: f64,
}

impl Run {
    /// All multiples of a step in a range.
    fn every((lo, hi): (f64, f64), step: f64) -> Self {
        let (first, last) = ((lo / step).floor() as i64, (hi / step).ceil() as i64);
        Self { first, stride: 1, count: (last - first + 1) as usize, step }
    }

    /// The odd multiples, which halve the steps that cover a range.
    fn odd((lo, hi): (f64, f64), step: f64) -> Self {
        let (first, last) = ((0.5 * lo / step).floor() as i64, (0.5 * hi / step).ceil() as i64);
        Self { first: 2 * first + 1, stride: 2, count: (last - first) as usize, step }
    }
}

/// Nodes that are read together, with the density there.
#[derive(Default)]
struct Nodes {
    places: Vec<f64>,
    anchors: Vec<usize>,
    offsets: Vec<f64>,
    /// How far each may be off, in distances of two.
    errors: Vec<f64>,
    weights: Vec<f64>,
    observation: Observation,
    density: Vec<f64>,
    /// Units of rounding of a term, beside those of `F`.
    units: Vec<f64>,
}

impl Nodes {
    fn load(&mut self, runs: &[Run], grid: &Grid) {
        let count = runs.iter().map(|run| run.count).sum();
        self.anchors.resize(count, 0);
        let columns = [&mut self.places, &mut self.offsets, &mut self.errors, &mut self.weights];
        columns.into_iter().chain([&mut self.density, &mut self.units]).for_each(|column| column.resize(count, 0.0));
        run(Load(self, runs, grid));
    }

    fn observe(&mut self, density: &dyn Density, detail: Detail) {
        let points = Points { anchors: &self.anchors, offsets: &self.offsets };
        density.observe(points, detail | Detail::COMPONENT_SURPRISAL, &mut self.observation);
        run(Weigh(self));
    }
}

/// Sets the nodes of runs, each at the component that has most of the density there.
struct Load<'a>(&'a mut Nodes, &'a [Run], &'a Grid);

impl Kernel for Load<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self(nodes, runs, grid) = self;
        let splat = Lanes::splat;
        let mut start = 0;
        for run in runs {
            let (stride, end) = (run.stride as f64 * run.step, start + run.count);
            let (first, distance) = (splat(run.first as f64 * run.step), splat(1.0 / stride));
            for i in (0..run.count).step_by(LANES) {
                let x = first + (splat(i as f64) + Lanes([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])) * splat(stride);
                let near = grid.nearest(x);
                let (sum, rest) = two_sums(near.at, x);
                let (offset, rest) = two_sums(sum, rest + near.rest);
                // Its distance from another centre is rounded too.
                let error = rest.abs() + splat(ulps::OPERATION * f64::EPSILON) * offset.abs();
                let which = start + i..end.min(start + i + LANES);
                x.store(&mut nodes.places[which.clone()]);
                offset.store(&mut nodes.offsets[which.clone()]);
                (error * distance).store(&mut nodes.errors[which.clone()]);
                near.weight.store(&mut nodes.weights[which.clone()]);
                nodes.anchors[which].iter_mut().zip(near.anchor.0).for_each(|(anchor, k)| *anchor = k as usize);
            }
            start = end;
        }
    }
}

/// The component that has most of the density at each of eight places.
struct Nearest {
    height: Lanes,
    anchor: Lanes,
    at: Lanes,
    rest: Lanes,
    weight: Lanes,
}

impl Grid {
    #[inline(always)]
    fn nearest(&self, x: Lanes) -> Nearest {
        let (splat, low) = (Lanes::splat, Lanes::splat(f64::NEG_INFINITY));
        let mut best = Nearest { height: low, anchor: low, at: low, rest: low, weight: low };
        for (k, place) in self.places.iter().enumerate() {
            let u = (splat(place.at.0) + x) * splat(place.precision);
            let height = splat(place.ln_height) - splat(0.5) * u * u;
            let better = |new: f64, old: Lanes| best.height.select_less(height, splat(new), old);
            let (anchor, weight) = (better(k as f64, best.anchor), better(place.weight, best.weight));
            let (at, rest) = (better(place.at.0, best.at), better(place.at.1, best.rest));
            best = Nearest { height: best.height.max(height), anchor, at, rest, weight };
        }
        best
    }
}

/// Sets `p` at observed nodes, with the units of its rounding: by its own logarithm, or as `w_k p_k/pi_k` for the
/// anchor `k`, whose posterior is nearly 1 where components are apart. Each is the sharper where the other is not.
struct Weigh<'a>(&'a mut Nodes);

impl Kernel for Weigh<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Nodes { observation, weights, density, units, .. } = self.0;
        let logarithms = observation.ln_anchor.iter().zip(&observation.ln_density);
        let seen = logarithms.zip(&observation.component.surprisal).zip(&*weights);
        for ((((&ln_anchor, &ln_density), &surprisal), weight), out) in seen.zip(density.iter_mut().zip(units)) {
            // The two logarithms, and their sum where that is rounded; or also two products.
            let own = ln_anchor.abs() + (ln_density - ln_anchor).abs() + ulps::OPERATION * ln_density.abs();
            let anchored = ln_anchor.abs() + surprisal + 2.0 * ulps::OPERATION;
            let sum = ln_anchor + surprisal;
            let part = sum - ln_anchor;
            let rest = (ln_anchor - (sum - part)) + (surprisal - part);
            let (exponent, factor) = if own < anchored { (ln_density, 1.0) } else { (sum, weight * (1.0 + rest)) };
            *out.0 = factor * exp(exponent);
            *out.1 = TERM + own.min(anchored);
        }
    }
}

/// Room for a mean, kept from call to call.
#[derive(Default)]
struct Room {
    outputs: Vec<Output>,
    nodes: Nodes,
}

thread_local! {
    static KEPT: Cell<Option<Box<Room>>> = const { Cell::new(None) };
}

/// The sums of one mean.
struct Rule<'a> {
    integrand: &'a Integrand<'a>,
    room: Box<Room>,
}

impl<'a> Rule<'a> {
    fn new(integrand: &'a Integrand<'a>) -> Self {
        let mut room = KEPT.take().unwrap_or_default();
        // The last is the mass.
        room.outputs.resize_with(integrand.outputs + 1, Output::default);
        // The mass is entire.
        let strip = integrand.grid.strip;
        let of_mass = strip.map(|strip| Strip { width: f64::INFINITY, ..strip });
        let of = |o: usize| if o < integrand.outputs { strip } else { of_mass };
        room.outputs.iter_mut().enumerate().for_each(|(o, output)| output.clear(of(o)));
        Self { integrand, room }
    }

    /// Halves the step until every output has settled.
    fn settle(&mut self) -> Option<()> {
        let Grid { mut step, halvings: mut left, ends: mut range, .. } = *self.integrand.grid;
        // What no output can do without is read at once.
        self.read(&[Run::every(range, 4.0 * step), Run::odd(range, 2.0 * step), Run::odd(range, step)]);
        let Room { outputs, nodes } = &*self.room;
        let mut ends = outputs.iter().filter_map(|o| o.above(TAIL, nodes));
        let beyond = ends.any(|(lo, hi)| lo <= range.0 + step || hi >= range.1 - step);
        if beyond || outputs.iter().any(|o| o.largest() < LEAST) {
            return None;
        }
        while self.room.outputs.iter().any(|o| !o.settled) {
            let active = self.room.outputs.iter().filter(|o| !o.settled);
            let counting = active.filter_map(|o| o.above(NEGLIGIBLE, &self.room.nodes));
            if let Some((lo, hi)) = counting.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) {
                range = (range.0.max(lo - 2.0 * step), range.1.min(hi + 2.0 * step));
            }
            let at_once = if (1..=AT_ONCE).contains(&left) { left } else { 1 };
            left = left.saturating_sub(at_once);
            let runs: [Run; AT_ONCE] = std::array::from_fn(|i| Run::odd(range, step * 0.5_f64.powi(i as i32 + 1)));
            step = runs[at_once - 1].step;
            if range.1 - range.0 > TRAPEZOID_NODES * step {
                return None;
            }
            self.read(&runs[..at_once]);
        }
        Some(())
    }

    /// Reads the nodes of runs, each of which halves the step of the one before.
    fn read(&mut self, runs: &[Run]) {
        let Integrand { density, grid, detail, outputs, column } = *self.integrand;
        let nodes = &mut self.room.nodes;
        nodes.load(runs, grid);
        nodes.observe(density, detail);
        for (o, output) in self.room.outputs.iter_mut().enumerate().filter(|(_, output)| !output.settled) {
            output.values.resize(nodes.places.len(), 1.0);
            output.bounds.resize(nodes.places.len(), 0.0);
            if o < outputs {
                column(o, &nodes.observation, Column { values: &mut output.values, bounds: &mut output.bounds });
            }
            output.read(nodes, runs);
        }
    }

    fn estimates(&self) -> Option<Vec<Estimate>> {
        let (mass, outputs) = self.room.outputs.split_last()?;
        let defect = (mass.value - 1.0).abs();
        let radius = |o: &Output| o.rounding + o.error + defect * o.size + f64::MIN_POSITIVE * BATCH as f64;
        (defect <= 1e-6).then(|| outputs.iter().map(|o| Estimate::new(o.value, radius(o))).collect())
    }
}
