//! Expectations in one dimension: the whole-line trapezoidal rule, and adaptive Gauss-Kronrod
//! panels where the scales of the components are too disparate for it.

use infodyn_core::{Density, Estimate, ulps};

use crate::batch::{BATCH, Integrand, Scratch, Tally, in_order};
use crate::{Error, Result};

/// Standard deviations beyond which a Gaussian weight is zero in double precision.
const REACH: f64 = 38.5;
/// Change, in parts of all terms, at which the trapezoidal rule has settled, and disagreement at which a panel has.
/// Where they stop, what is left goes into the radius.
const SETTLED: f64 = 4.0 * f64::EPSILON;
const SMALL: f64 = f64::EPSILON / 16.0;
/// Standard deviations within which every node counts, whatever the scan saw.
const CORE: f64 = 9.0;
/// Step of the scan, in standard deviations of the component.
const SCAN: f64 = 0.5;
/// A term below this part of the largest is beyond the range of its output.
pub(crate) const NEGLIGIBLE: f64 = 1e-19;
/// Most nodes of the trapezoidal rule, a component.
pub(crate) const TRAPEZOID_NODES: f64 = 16384.0;
/// Smallest ratio of widths that the trapezoidal rule is tried on.
const RATIO: f64 = 1.0 / 48.0;
/// Most panels, over all components.
const PANELS: usize = 40_000;
/// Components up to which the crossings of all pairs are breakpoints.
const CROSSINGS: usize = 24;

/// Nodes in `(0, 1]` and weights of the 21-point Kronrod rule, weights of its 10-point Gauss rule.
/// Zeros of `P_10 E_11`, `E_11` the Stieltjes polynomial, computed with 50 digits.
const KRONROD: [(f64, f64, f64); 11] = [
    (0.0, 0.149_445_554_002_916_9, 0.0),
    (0.148_874_338_981_631_22, 0.147_739_104_901_338_49, 0.295_524_224_714_752_87),
    (0.294_392_862_701_460_2, 0.142_775_938_577_060_08, 0.0),
    (0.433_395_394_129_247_2, 0.134_709_217_311_473_34, 0.269_266_719_309_996_35),
    (0.562_757_134_668_604_7, 0.123_491_976_262_065_85, 0.0),
    (0.679_409_568_299_024_4, 0.109_387_158_802_297_64, 0.219_086_362_515_982_04),
    (0.780_817_726_586_416_9, 0.093_125_454_583_697_6, 0.0),
    (0.865_063_366_688_984_5, 0.075_039_674_810_919_96, 0.149_451_349_150_580_6),
    (0.930_157_491_355_708_2, 0.054_755_896_574_351_995, 0.0),
    (0.973_906_528_517_171_7, 0.032_558_162_307_964_725, 0.066_671_344_308_688_14),
    (0.995_657_163_025_808_1, 0.011_694_638_867_371_874, 0.0),
];
pub(crate) const PANEL_NODES: usize = 21;
/// Halvings without progress after which a panel's disagreement is taken for noise of the integrand
/// and left as it is, in the radius: the first number while it is below [`NOISE`].
const STALE: (u32, u32) = (3, 8);
/// Disagreement, in units of what counts as rounding, that noise seldom exceeds.
const NOISE: f64 = 1e6;
/// What halving must make of a disagreement to count as progress: noise gives 1/2, a kink 1/4.
const PROGRESS: f64 = 0.3;

/// A component in the variable `u = (x - centre)/sd`.
pub(crate) struct Component {
    pub(crate) k: usize,
    pub(crate) weight: f64,
    pub(crate) sd: f64,
    pub(crate) centre: f64,
}

pub(crate) fn components(density: &dyn Density) -> Vec<Component> {
    let mut centre = [0.0];
    (0..density.weights().len())
        .map(|k| {
            density.centre(k, &mut centre);
            Component { k, weight: density.weights()[k], sd: density.variance(k, 0).sqrt(), centre: centre[0] }
        })
        .collect()
}

/// What is known of one component: its integral, the size of its terms, their rounding, and the
/// difference of two resolutions.
struct Part {
    value: Vec<f64>,
    size: Vec<f64>,
    rounding: Vec<f64>,
    difference: Vec<f64>,
}

/// `E_p[F]` for every output of the integrand.
///
/// Every component is first tried with the trapezoidal rule; those on which it does not settle
/// get panels. See [`crate::expectation`] for what the radius covers.
pub(crate) fn integrate(integrand: &Integrand<'_>) -> Result<Vec<Estimate>> {
    let components = components(integrand.density);
    let width = integrand.width();
    let ranges = scan(integrand, &components)?;
    let mut parts = trapezoid(integrand, &components, ranges)?;
    let left: Vec<usize> = (0..components.len()).filter(|&i| parts[i].is_none()).collect();
    if !left.is_empty() {
        // The scan may have missed what only panels see: sizes count from the settled parts alone.
        let mut size = vec![0.0; width];
        for (c, part) in components.iter().zip(&parts) {
            if let Some(part) = part {
                size.iter_mut().zip(&part.size).for_each(|(s, p)| *s += c.weight * p);
            }
        }
        for (i, part) in left.iter().zip(panels(integrand, &components, &left, &size)?) {
            parts[*i] = Some(part);
        }
    }
    assemble(integrand, &components, &parts)
}

/// The sum over components, with the radius.
fn assemble(integrand: &Integrand<'_>, components: &[Component], parts: &[Option<Part>]) -> Result<Vec<Estimate>> {
    let mass = integrand.outputs;
    let mut total = Tally::new(integrand.width());
    let mut radius = vec![0.0; integrand.width()];
    for (c, part) in components.iter().zip(parts) {
        let Some(part) = part else { continue };
        let defect = (part.value[mass] - 1.0).abs();
        if defect > 1e-6 {
            return Err(Error::Mass { component: c.k, mass: part.value[mass] });
        }
        for o in 0..integrand.width() {
            total.sum[o].add(c.weight * part.value[o]);
            // The defect of the mass is what rounding of the common factor did to every term.
            let rounding = part.rounding[o] + defect * part.size[o];
            radius[o] += c.weight * (rounding + part.difference[o]);
        }
    }
    Ok((0..integrand.outputs)
        .map(|o| Estimate::new(total.sum[o].value(), radius[o] + f64::MIN_POSITIVE * BATCH as f64))
        .collect())
}

/// Where the terms of a component are, and its trapezoidal sum at the step of the scan.
struct Range {
    lo: f64,
    hi: f64,
    tally: Tally,
}

/// Nodes `u = (first + stride i) step`, `i` in `0..count`.
struct Run {
    component: usize,
    step: f64,
    first: i64,
    stride: i64,
    count: usize,
}

impl Run {
    fn u(&self, i: usize) -> f64 {
        (self.first + self.stride * i as i64) as f64 * self.step
    }

    /// Cut into batches.
    fn batches(self, out: &mut Vec<Self>) {
        let mut done = 0;
        while done < self.count {
            let count = BATCH.min(self.count - done);
            out.push(Self { first: self.first + self.stride * done as i64, count, ..self });
            done += count;
        }
    }
}

fn load(run: &Run, c: &Component, scratch: &mut Scratch) {
    scratch.anchors.clear();
    scratch.anchors.resize(run.count, c.k);
    scratch.offsets.clear();
    scratch.offsets.extend((0..run.count).map(|i| run.u(i) * c.sd));
}

/// Sums over a run that has been evaluated, to be multiplied by the step.
///
/// A node is a rounded number, half an ulp from where the rule wants it, and its distance from
/// another centre is rounded once more: the sum moves by that shift times the slope of the
/// integrand, which narrow components among wide ones make large.
fn read_run(run: &Run, c: &Component, scratch: &Scratch, width: usize) -> Tally {
    let mut tally = Tally::new(width);
    let spacing = run.stride as f64 * run.step;
    for i in 0..run.count {
        let shift = ulps::NODE * f64::EPSILON * run.u(i).abs() / spacing;
        for o in 0..width {
            let at = i * width + o;
            let v = scratch.values[at];
            let change = if i > 0 { (v - scratch.values[at - width]).abs() } else { 0.0 };
            tally.add(o, v * c.sd, (scratch.rounding[at] + shift * change) * c.sd);
        }
    }
    tally
}

/// Reads every component on a coarse grid out to where its weight vanishes: low noise moves the
/// whole of an integral far into the tails.
fn scan(integrand: &Integrand<'_>, components: &[Component]) -> Result<Vec<Range>> {
    let width = integrand.width();
    let half = (REACH / SCAN) as i64;
    let count = 2 * half as usize + 1;
    let runs: Vec<Run> =
        (0..components.len()).map(|component| Run { component, step: SCAN, first: -half, stride: 1, count }).collect();
    let rows = in_order(&runs, |run, scratch| {
        let c = &components[run.component];
        load(run, c, scratch);
        integrand.evaluate(scratch)?;
        Ok((read_run(run, c, scratch, width), scratch.values.clone()))
    })?;
    let mut largest = vec![0.0_f64; width];
    for (c, (_, values)) in components.iter().zip(&rows) {
        for row in values.chunks_exact(width) {
            for (m, v) in largest.iter_mut().zip(row) {
                *m = m.max(c.weight * c.sd * v.abs());
            }
        }
    }
    let ranges = components.iter().zip(rows).map(|(c, (tally, values))| {
        let counts = |row: &[f64]| row.iter().zip(&largest).any(|(v, m)| c.weight * c.sd * v.abs() > NEGLIGIBLE * m);
        let seen = values.chunks_exact(width).enumerate().filter(|(_, row)| counts(row)).map(|(i, _)| i as i64 - half);
        let (lo, hi) = seen.fold((0, 0), |(lo, hi), i| (lo.min(i), hi.max(i)));
        // Two more steps: the coarse grid brackets what lies between its nodes.
        let lo = ((lo - 2) as f64 * SCAN).clamp(-REACH, -CORE);
        let hi = ((hi + 2) as f64 * SCAN).clamp(CORE, REACH);
        Range { lo, hi, tally }
    });
    Ok(ranges.collect())
}

/// Width, in units of its own, of the narrowest component that lies within reach of component `i`.
fn narrowest(components: &[Component], i: usize) -> f64 {
    let c = &components[i];
    let near = |other: &&Component| (other.centre - c.centre).abs() <= REACH * (c.sd + other.sd);
    components.iter().filter(near).map(|other| other.sd / c.sd).fold(1.0, f64::min)
}

/// The trapezoidal rule, halved until two resolutions agree to rounding; `None` for components on
/// which it does not settle.
///
/// The error of the rule falls like `exp(-c/h)`, so it squares with every halving. One small
/// difference can be an accident of the phase of the nodes; two in a row, of which the earlier is
/// below 1e-4, cannot.
fn trapezoid(integrand: &Integrand<'_>, components: &[Component], ranges: Vec<Range>) -> Result<Vec<Option<Part>>> {
    let width = integrand.width();
    let share = 0.25 / components.len() as f64;
    let mut parts: Vec<Option<Part>> = components.iter().map(|_| None).collect();
    let mut before: Vec<Option<Vec<f64>>> = components.iter().map(|_| None).collect();
    let finest: Vec<f64> = (0..components.len()).map(|i| narrowest(components, i)).collect();
    let mut active: Vec<usize> = (0..components.len()).filter(|&i| finest[i] >= RATIO).collect();
    let (bounds, mut tallies): (Vec<_>, Vec<_>) = ranges.into_iter().map(|r| ((r.lo, r.hi), r.tally)).unzip();
    let mut steps = vec![SCAN; components.len()];
    let mut step = SCAN;
    while !active.is_empty() {
        let coarse = step;
        step *= 0.5;
        active.retain(|&i| (bounds[i].1 - bounds[i].0) / step <= TRAPEZOID_NODES);
        let mut runs = Vec::new();
        for &i in &active {
            let first = (bounds[i].0 / coarse).floor() as i64 * 2 + 1;
            let last = (bounds[i].1 / coarse).ceil() as i64 * 2 - 1;
            let count = ((last - first) / 2 + 1) as usize;
            Run { component: i, step, first, stride: 2, count }.batches(&mut runs);
        }
        let fresh = in_order(&runs, |run, scratch| {
            let c = &components[run.component];
            load(run, c, scratch);
            integrand.evaluate(scratch)?;
            Ok(read_run(run, c, scratch, width))
        })?;
        let old: Vec<Vec<f64>> = tallies.iter().map(|t| t.sum.iter().map(|s| s.value() * coarse).collect()).collect();
        for (run, tally) in runs.iter().zip(&fresh) {
            tallies[run.component].merge(tally);
        }
        let mut size = vec![0.0; width];
        active.iter().for_each(|&i| steps[i] = step);
        for ((c, t), h) in components.iter().zip(&tallies).zip(&steps) {
            size.iter_mut().zip(&t.size).for_each(|(s, v)| *s += c.weight * v * h);
        }
        active.retain(|&i| {
            let t = &tallies[i];
            let value: Vec<f64> = t.sum.iter().map(|s| s.value() * step).collect();
            let difference: Vec<f64> = value.iter().zip(&old[i]).map(|(a, b)| (a - b).abs()).collect();
            let w = components[i].weight;
            let settled = (0..width).all(|o| {
                let floor = (t.rounding[o] * step).max(SETTLED * size[o] * share / w);
                let earlier = before[i].as_ref().map_or(f64::INFINITY, |b| b[o]);
                difference[o] <= floor && (earlier <= floor || earlier <= 1e-4 * t.size[o] * step)
            });
            if settled && step <= 0.5 * finest[i] {
                let scaled = |v: &[f64]| v.iter().map(|x| x * step).collect();
                parts[i] = Some(Part { value, size: scaled(&t.size), rounding: scaled(&t.rounding), difference });
                return false;
            }
            before[i] = Some(difference);
            true
        });
    }
    Ok(parts)
}

/// An interval in `u` of one component with its Gauss-Kronrod sums.
struct Panel {
    component: usize,
    lo: f64,
    hi: f64,
    value: Vec<f64>,
    size: Vec<f64>,
    rounding: Vec<f64>,
    /// Gauss against Kronrod.
    difference: Vec<f64>,
    /// What the parent's disagreement was, in units of rounding, and for how many generations
    /// halving had not helped.
    parent: Option<(f64, u32)>,
}

/// A panel to be read: component, ends, and the parent's disagreement with its age.
#[derive(Clone)]
struct Todo {
    component: usize,
    lo: f64,
    hi: f64,
    parent: Option<(f64, u32)>,
}

impl Panel {
    /// The largest disagreement between Gauss and Kronrod, in units of what counts as rounding.
    fn excess(&self, size: &[f64], weight: f64) -> f64 {
        let floor = |o: usize| self.rounding[o].max(SMALL * size[o] / weight).max(f64::MIN_POSITIVE);
        (0..size.len()).map(|o| self.difference[o] / floor(o)).fold(0.0, f64::max)
    }
}

/// Adaptive panels for the components in `left`, bisected until Gauss and Kronrod agree to
/// rounding on every one; `settled` holds the sizes that other components contribute.
fn panels(integrand: &Integrand<'_>, components: &[Component], left: &[usize], settled: &[f64]) -> Result<Vec<Part>> {
    let width = integrand.width();
    let mut todo: Vec<Todo> = Vec::new();
    for &i in left {
        let ends = breakpoints(components, i);
        todo.extend(ends.windows(2).map(|b| Todo { component: i, lo: b[0], hi: b[1], parent: None }));
    }
    let mut done: Vec<Panel> = Vec::new();
    while !todo.is_empty() {
        if done.len() + todo.len() > PANELS {
            let nodes = (2 * PANELS * PANEL_NODES) as f64;
            return Err(Error::Nodes { component: components[todo[0].component].k, nodes, budget: 0.5 * nodes });
        }
        let chunks: Vec<&[Todo]> = todo.chunks(BATCH / PANEL_NODES).collect();
        done.extend(
            in_order(&chunks, |chunk, scratch| read_panels(integrand, components, chunk, scratch))?
                .into_iter()
                .flatten(),
        );
        let mut size = settled.to_vec();
        for p in &done {
            let w = components[p.component].weight;
            size.iter_mut().zip(&p.size).for_each(|(s, v)| *s += w * v);
        }
        todo.clear();
        let mut keep = Vec::with_capacity(done.len());
        for p in done {
            let excess = p.excess(&size, components[p.component].weight);
            let stale = match p.parent {
                Some((before, age)) if excess > PROGRESS * before => age + 1,
                _ => 0,
            };
            let patience = if excess < NOISE { STALE.0 } else { STALE.1 };
            if excess <= 1.0 || stale >= patience || p.hi - p.lo <= 1e-13 * p.lo.abs().max(p.hi.abs()) {
                keep.push(p);
                continue;
            }
            let middle = 0.5 * (p.lo + p.hi);
            let parent = Some((excess, stale));
            todo.push(Todo { component: p.component, lo: p.lo, hi: middle, parent });
            todo.push(Todo { component: p.component, lo: middle, hi: p.hi, parent });
        }
        done = keep;
    }
    // In order along the line, so that the sums do not depend on the order of bisection.
    done.sort_by(|a, b| a.component.cmp(&b.component).then(a.lo.total_cmp(&b.lo)));
    Ok(left.iter().map(|&i| sum_panels(done.iter().filter(|p| p.component == i), width)).collect())
}

fn sum_panels<'p>(panels: impl Iterator<Item = &'p Panel>, width: usize) -> Part {
    let mut total = Tally::new(width);
    let mut difference = vec![0.0; width];
    for p in panels {
        for o in 0..width {
            total.sum[o].add(p.value[o]);
            total.size[o] += p.size[o];
            total.rounding[o] += p.rounding[o];
            difference[o] += p.difference[o];
        }
    }
    let value = total.sum.iter().map(|s| s.value()).collect();
    Part { value, size: total.size, rounding: total.rounding, difference }
}

fn read_panels(
    integrand: &Integrand<'_>,
    components: &[Component],
    chunk: &[Todo],
    scratch: &mut Scratch,
) -> Result<Vec<Panel>> {
    let width = integrand.width();
    scratch.anchors.clear();
    scratch.offsets.clear();
    for t in chunk {
        let (i, lo, hi) = (t.component, t.lo, t.hi);
        let (middle, half) = (0.5 * (lo + hi), 0.5 * (hi - lo));
        for n in 0..PANEL_NODES {
            scratch.anchors.push(components[i].k);
            scratch.offsets.push((middle + half * kronrod(n).0) * components[i].sd);
        }
    }
    integrand.evaluate(scratch)?;
    let rows = scratch.values.chunks_exact(PANEL_NODES * width).zip(scratch.rounding.chunks_exact(PANEL_NODES * width));
    Ok(chunk.iter().zip(rows).map(|(todo, (values, rounding))| sum_panel(components, todo, values, rounding)).collect())
}

/// Node `n` of 21 from the left: abscissa, Kronrod and Gauss weight.
pub(crate) fn kronrod(n: usize) -> (f64, f64, f64) {
    let (x, k, g) = KRONROD[n.abs_diff(10)];
    (if n < 10 { -x } else { x }, k, g)
}

fn sum_panel(components: &[Component], todo: &Todo, values: &[f64], rounding: &[f64]) -> Panel {
    let &Todo { component, lo, hi, parent } = todo;
    let width = values.len() / PANEL_NODES;
    let scale = 0.5 * (hi - lo) * components[component].sd;
    let mut tally = Tally::new(width);
    let mut gauss = vec![0.0; width];
    for (n, row) in values.chunks_exact(width).enumerate() {
        let (_, k, g) = kronrod(n);
        for (o, v) in row.iter().enumerate() {
            tally.add(o, scale * k * v, scale * k * rounding[n * width + o]);
            gauss[o] += scale * g * v;
        }
    }
    // As in `read_run`: the shift of the nodes times the total variation of the integrand.
    let shift = ulps::NODE * f64::EPSILON * lo.abs().max(hi.abs()) * components[component].sd;
    for o in 0..width {
        let variation: f64 =
            (1..PANEL_NODES).map(|n| (values[n * width + o] - values[(n - 1) * width + o]).abs()).sum();
        tally.rounding[o] += shift * variation;
    }
    let value: Vec<f64> = tally.sum.iter().map(|s| s.value()).collect();
    let difference = value.iter().zip(&gauss).map(|(a, b)| (a - b).abs()).collect();
    Panel { component, lo, hi, value, size: tally.size, rounding: tally.rounding, difference, parent }
}

/// Where the integrand of component `i` can change its scale, in `u`: at and around every centre,
/// in units of every width, and where the posterior passes from one component to another.
pub(crate) fn breakpoints(components: &[Component], i: usize) -> Vec<f64> {
    let c = &components[i];
    let mut points = vec![-REACH, REACH];
    for other in components {
        let (at, width) = ((other.centre - c.centre) / c.sd, other.sd / c.sd);
        points.push(at);
        points.extend([1.0, 3.0, 9.0, 27.0].iter().flat_map(|m| [at - m * width, at + m * width]));
    }
    if components.len() <= CROSSINGS {
        for (j, a) in components.iter().enumerate() {
            for b in &components[j + 1..] {
                for (at, width) in crossings(a, b, c) {
                    points.extend([at - 4.0 * width, at, at + 4.0 * width]);
                }
            }
        }
    }
    points.retain(|p| p.abs() <= REACH);
    points.sort_by(f64::total_cmp);
    points.dedup_by(|a, b| (*a - *b).abs() <= 1e-12 * b.abs().max(1e-3));
    points
}

/// Where two Gaussian-shaped components weigh the same, and over what length the balance turns:
/// a hint for breakpoints, no more.
fn crossings(a: &Component, b: &Component, unit: &Component) -> Vec<(f64, f64)> {
    let place = |c: &Component| ((c.centre - unit.centre) / unit.sd, unit.sd / c.sd, (c.weight / c.sd).ln());
    let ((x, p, l), (y, q, m)) = (place(a), place(b));
    // l - (u-x)^2 p^2/2 = m - (u-y)^2 q^2/2, a quadratic in u.
    let (p2, q2) = (p * p, q * q);
    let (qa, qb, qc) = (0.5 * (q2 - p2), p2 * x - q2 * y, l - m - 0.5 * p2 * x * x + 0.5 * q2 * y * y);
    let disc = qb * qb - 4.0 * qa * qc;
    if disc <= 0.0 || disc.is_nan() {
        return Vec::new();
    }
    let s = -0.5 * (qb + disc.sqrt().copysign(qb));
    let slope = disc.sqrt();
    [qc / s, s / qa].into_iter().filter(|u| u.is_finite()).map(|u| (u, 1.0 / slope)).collect()
}
