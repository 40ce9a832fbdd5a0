//! Expectations in two and three dimensions: tensor trapezoidal rules in the principal axes of
//! each component.

use infodyn_core::{Density, Estimate};

use crate::batch::{BATCH, Integrand, Scratch, Tally, in_order};
use crate::{Error, Result};

/// The largest dimension that is integrated.
pub const MAX_DIM: usize = 3;

/// How much work an expectation is worth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aim {
    /// Difference of two resolutions at which integrands stop, relative to their terms.
    tolerance: f64,
    /// Relative radius above which the budget is too small.
    blunt: f64,
    /// Most nodes.
    budget: f64,
    /// Radius of the ball of nodes, in standard deviations.
    reach: f64,
    /// First step.
    coarse: f64,
}

/// As sharp as smooth integrands are of use: the weight outside the ball is below 1e-17.
pub(crate) const SHARP: Aim = Aim { tolerance: 1e-10, blunt: 1e-6, budget: 1.2e7, reach: 9.2, coarse: 0.5 };
/// The same for integrands with kinks.
pub(crate) const KINKED: Aim = Aim { tolerance: 1e-5, blunt: 1e-3, ..SHARP };
/// As rough as tells most falsehoods from truths: the weight outside the ball is below 1e-12.
pub(crate) const ROUGH: Aim = Aim { tolerance: 1e-7, blunt: 1e-3, budget: 3e5, reach: 7.5, coarse: 1.2 };
/// The same for integrands with kinks.
pub(crate) const ROUGH_KINKED: Aim = Aim { tolerance: 1e-4, blunt: 1e-2, ..ROUGH };

/// A component in the coordinates of its principal axes, in units of its standard deviations.
pub(crate) struct Frame {
    dim: usize,
    /// `D x D`, row-major: `x - centre = map u`.
    map: Vec<f64>,
    /// `prod sd`: the volume of the unit cube in `u`.
    pub(crate) volume: f64,
    sd: Vec<f64>,
}

impl Frame {
    pub(crate) fn new(density: &dyn Density, k: usize) -> Self {
        let dim = density.dim();
        let sd: Vec<f64> = (0..dim).map(|i| density.variance(k, i).sqrt()).collect();
        let axes = density.axes(k);
        let entry = |i: usize, j: usize| axes.map_or(if i == j { 1.0 } else { 0.0 }, |a| a[(i, j)]) * sd[j];
        let map = (0..dim * dim).map(|ij| entry(ij / dim, ij % dim)).collect();
        Self { dim, map, volume: sd.iter().product(), sd }
    }

    /// Appends `map u` to `offsets`.
    pub(crate) fn push(&self, u: &[f64; MAX_DIM], offsets: &mut Vec<f64>) {
        for row in self.map.chunks_exact(self.dim) {
            offsets.push(row.iter().zip(u).map(|(m, u)| m * u).sum());
        }
    }

    /// `u` of a vector from the centre.
    fn pull(&self, x: &[f64]) -> [f64; MAX_DIM] {
        let mut u = [0.0; MAX_DIM];
        for j in 0..self.dim {
            let projected: f64 = (0..self.dim).map(|i| self.map[i * self.dim + j] * x[i]).sum();
            u[j] = projected / (self.sd[j] * self.sd[j]);
        }
        u
    }
}

/// Rows of nodes with the same leading coordinates: a batch lists nodes of one component.
struct Block {
    component: usize,
    nodes: Vec<[i32; MAX_DIM]>,
}

/// `E_p[F]` for every output, to the tolerance of the size of its terms.
pub(crate) fn integrate(integrand: &Integrand<'_>, aim: Aim) -> Result<Vec<Estimate>> {
    let Aim { tolerance, blunt, budget, reach, coarse } = aim;
    let density = integrand.density;
    let (dim, width) = (density.dim(), integrand.width());
    let frames: Vec<Frame> = (0..integrand.components()).map(|k| Frame::new(density, k)).collect();
    let mut parts: Vec<Part> = frames.iter().map(|_| Part::new(width)).collect();
    let mut active: Vec<usize> = (0..frames.len()).collect();
    let mut step = coarse;
    let mut spent = 0.0;
    refine(integrand, &frames, &mut parts, (&active, reach), step, true)?;
    loop {
        let ball = if dim == 2 { std::f64::consts::PI } else { 4.0 / 3.0 * std::f64::consts::PI };
        let nodes = active.len() as f64 * ball * (2.0 * reach / step).powi(dim as i32);
        spent += nodes;
        if spent > budget {
            break;
        }
        step *= 0.5;
        refine(integrand, &frames, &mut parts, (&active, reach), step, false)?;
        let mut size = vec![0.0; width];
        for (part, w) in parts.iter().zip(density.weights()) {
            size.iter_mut().zip(&part.size).for_each(|(s, p)| *s += w * p);
        }
        let share = 0.5 / frames.len() as f64;
        active.retain(|&k| {
            let w = density.weights()[k];
            !(0..width).all(|o| {
                let p = &parts[k];
                let floor = p.rounding[o].max(tolerance * size[o] * share / w);
                p.difference[o] <= floor && (p.earlier[o] <= floor || p.earlier[o] <= 1e-3 * p.size[o])
            })
        });
        if active.is_empty() {
            break;
        }
    }
    let estimates = assemble(integrand, &frames, &parts, reach)?;
    if let Some(&k) = active.first() {
        // Out of budget: what has been reached may still be sharp enough to be of use.
        let blunt = |(e, size): (&Estimate, f64)| e.radius() > blunt * size;
        let sizes = (0..integrand.outputs)
            .map(|o| parts.iter().zip(density.weights()).map(|(p, w)| w * p.size[o]).sum::<f64>());
        if estimates.iter().zip(sizes).any(blunt) {
            return Err(Error::Nodes { component: k, nodes: spent, budget });
        }
    }
    Ok(estimates)
}

/// What is known of one component.
struct Part {
    sums: Tally,
    value: Vec<f64>,
    size: Vec<f64>,
    rounding: Vec<f64>,
    difference: Vec<f64>,
    earlier: Vec<f64>,
}

impl Part {
    fn new(width: usize) -> Self {
        let far = vec![f64::INFINITY; width];
        let zero = vec![0.0; width];
        Self {
            sums: Tally::new(width),
            value: zero.clone(),
            size: zero.clone(),
            rounding: zero,
            difference: far.clone(),
            earlier: far,
        }
    }
}

impl Part {
    /// What halving the step further may change of an output: as much as it did last, or twice what follows if every
    /// halving does as the last did, where that is more. The slowest that are counted on take half of the error, as of
    /// a needle that a line of nodes meets: there the last difference alone is no more than what is left.
    fn left(&self, o: usize) -> f64 {
        const SLOWEST: f64 = 0.5;
        let (last, earlier) = (self.difference[o], self.earlier[o]);
        if last <= self.rounding[o] {
            return last;
        }
        let ratio = (last / earlier).min(SLOWEST);
        last * (2.0 * ratio / (1.0 - ratio)).max(1.0)
    }
}

/// Adds the nodes of step `step` that no coarser step has (all of them when `first`).
fn refine(
    integrand: &Integrand<'_>,
    frames: &[Frame],
    parts: &mut [Part],
    (active, reach): (&[usize], f64),
    step: f64,
    first: bool,
) -> Result<()> {
    let (dim, width) = (integrand.density.dim(), integrand.width());
    let mut blocks: Vec<Block> = Vec::new();
    for &component in active {
        let mut nodes = Vec::with_capacity(BATCH);
        for_each_node(dim, (reach / step).floor() as i32, |n| {
            if first || n[..dim].iter().any(|i| i % 2 != 0) {
                nodes.push(n);
                if nodes.len() == BATCH {
                    blocks.push(Block { component, nodes: std::mem::replace(&mut nodes, Vec::with_capacity(BATCH)) });
                }
            }
        });
        if !nodes.is_empty() {
            blocks.push(Block { component, nodes });
        }
    }
    let fresh = in_order(&blocks, |block, scratch| read(integrand, frames, block, step, scratch))?;
    for (block, tally) in blocks.iter().zip(&fresh) {
        parts[block.component].sums.merge(tally);
    }
    for &k in active {
        let p = &mut parts[k];
        let cell = step.powi(dim as i32) * frames[k].volume;
        let value: Vec<f64> = p.sums.sum.iter().map(|s| s.value() * cell).collect();
        let difference = value.iter().zip(&p.value).map(|(a, b)| (a - b).abs());
        p.earlier = std::mem::replace(&mut p.difference, difference.collect());
        if first {
            p.difference = vec![f64::INFINITY; width];
        }
        p.value = value;
        p.size = p.sums.size.iter().map(|s| s * cell).collect();
        p.rounding = p.sums.rounding.iter().map(|s| s * cell).collect();
    }
    Ok(())
}

/// Integer points of the ball of radius `reach`, in a fixed order.
fn for_each_node(dim: usize, reach: i32, mut f: impl FnMut([i32; MAX_DIM])) {
    let r2 = i64::from(reach) * i64::from(reach);
    let depth = if dim == 3 { reach } else { 0 };
    for c in -depth..=depth {
        for b in -reach..=reach {
            let left = r2 - i64::from(b) * i64::from(b) - i64::from(c) * i64::from(c);
            if left < 0 {
                continue;
            }
            let half = (left as f64).sqrt() as i32;
            for a in -half..=half {
                f([a, b, c]);
            }
        }
    }
}

fn read(integrand: &Integrand<'_>, frames: &[Frame], block: &Block, step: f64, scratch: &mut Scratch) -> Result<Tally> {
    scratch.anchors.clear();
    scratch.anchors.resize(block.nodes.len(), block.component);
    scratch.offsets.clear();
    for n in &block.nodes {
        frames[block.component].push(&n.map(|i| f64::from(i) * step), &mut scratch.offsets);
    }
    integrand.evaluate(scratch)?;
    let mut tally = Tally::new(integrand.width());
    let width = integrand.width();
    for (row, rounding) in scratch.values.chunks_exact(width).zip(scratch.rounding.chunks_exact(width)) {
        for (o, (v, r)) in row.iter().zip(rounding).enumerate() {
            tally.add(o, *v, *r);
        }
    }
    Ok(tally)
}

fn assemble(integrand: &Integrand<'_>, frames: &[Frame], parts: &[Part], reach: f64) -> Result<Vec<Estimate>> {
    let mass = integrand.outputs;
    let mut total = Tally::new(integrand.width());
    let mut radius = vec![0.0; integrand.width()];
    for (k, (part, &w)) in parts.iter().zip(integrand.density.weights()).enumerate() {
        let defect = (part.value[mass] - 1.0).abs();
        if defect > 1e-6 {
            return Err(Error::Mass { component: k, mass: part.value[mass] });
        }
        let beyond = tail(integrand, frames, k, reach)?;
        for o in 0..integrand.width() {
            total.sum[o].add(w * part.value[o]);
            radius[o] += w * (part.rounding[o] + defect * part.size[o] + part.left(o) + beyond[o]);
        }
    }
    Ok((0..integrand.outputs)
        .map(|o| Estimate::new(total.sum[o].value(), radius[o] + f64::MIN_POSITIVE * BATCH as f64))
        .collect())
}

/// What component `k` has beyond the ball of nodes, estimated along the ways to every other
/// centre and along the axes: the largest term met there times the volume of a ball around it of
/// one standard deviation (at low noise a posterior turns over only there).
fn tail(integrand: &Integrand<'_>, frames: &[Frame], k: usize, reach: f64) -> Result<Vec<f64>> {
    const STEP: f64 = 0.25;
    const END: f64 = 38.5;
    let (density, width) = (integrand.density, integrand.width());
    let dim = density.dim();
    let (mut here, mut there) = (vec![0.0; dim], vec![0.0; dim]);
    density.centre(k, &mut here);
    let mut directions: Vec<[f64; MAX_DIM]> = Vec::new();
    for axis in 0..dim {
        for sign in [-1.0, 1.0] {
            let mut u = [0.0; MAX_DIM];
            u[axis] = sign;
            directions.push(u);
        }
    }
    for j in (0..frames.len()).filter(|&j| j != k) {
        density.centre(j, &mut there);
        let towards: Vec<f64> = there.iter().zip(&here).map(|(a, b)| a - b).collect();
        let u = frames[k].pull(&towards);
        let norm = u.iter().map(|v| v * v).sum::<f64>().sqrt();
        if norm > 0.0 && norm < 2.0 * END {
            directions.push(u.map(|v| v / norm));
        }
    }
    let mut beyond = vec![0.0; width];
    let mut scratch = Scratch::default();
    let ball = frames[k].volume * if dim == 2 { std::f64::consts::PI } else { 4.0 / 3.0 * std::f64::consts::PI };
    for u in directions {
        scratch.anchors.clear();
        scratch.offsets.clear();
        let mut r = reach;
        while r <= END {
            scratch.anchors.push(k);
            frames[k].push(&u.map(|v| v * r), &mut scratch.offsets);
            r += STEP;
        }
        integrand.evaluate(&mut scratch)?;
        let mut largest = vec![0.0_f64; width];
        for row in scratch.values.chunks_exact(width) {
            largest.iter_mut().zip(row).for_each(|(m, v)| *m = m.max(v.abs()));
        }
        beyond.iter_mut().zip(&largest).for_each(|(b, m)| *b += m * ball);
    }
    Ok(beyond)
}
