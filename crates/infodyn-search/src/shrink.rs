//! The smallest counterexample: fewest components, lowest dimension, round numbers.

use infodyn_core::NoiseProcess;
use proptest::strategy::ValueTree;
use rayon::prelude::*;

use crate::case::{Effort, Judge, Outcome};
use crate::domain::Domain;
use crate::draft::{Components, Draft, diagonal};
use crate::generate::stretch;

/// A counterexample after shrinking.
pub(crate) struct Shrunk {
    pub(crate) draft: Draft,
    /// Simplifications that left the statement false.
    pub(crate) steps: usize,
}

/// Drafts judged at once: the same number for any number of threads, so that the same ones are.
const AT_ONCE: usize = 4;

struct Shrinking<'a> {
    domain: &'a Domain,
    judge: &'a dyn Judge,
    best: Draft,
    steps: usize,
    /// Cases that may still be tried.
    left: usize,
}

/// Simplifies a draft on which the statement is false, trying at most `budget` cases: a quarter of them along the tree
/// that made it, where it has one, then greedily.
pub(crate) fn shrink(
    domain: &Domain,
    judge: &dyn Judge,
    found: Draft,
    tree: Option<Box<dyn ValueTree<Value = Draft>>>,
    budget: usize,
) -> Result<Shrunk, String> {
    let mut s = Shrinking { domain, judge, best: found, steps: 0, left: budget };
    if let Some(tree) = tree {
        s.follow(tree, budget - budget / 4)?;
    }
    while s.left > 0 && s.once()? {}
    Ok(Shrunk { draft: s.best, steps: s.steps })
}

impl Shrinking<'_> {
    /// The first of some drafts on which the statement is false. All of them are judged at once.
    fn first_false(&mut self, drafts: Vec<Draft>) -> Result<Option<Draft>, String> {
        let cases: Vec<_> = drafts.iter().map(|d| d.case().filter(|_| self.domain.contains(d))).collect();
        self.left = self.left.saturating_sub(cases.iter().flatten().count());
        let judge = self.judge;
        let outcomes: Vec<_> = cases
            .par_iter()
            .map(|case| case.as_ref().map_or(Ok(Outcome::Outside), |case| judge.judge(case, Effort::Quick)))
            .collect::<Result<_, _>>()?;
        let is_false = outcomes.iter().position(|o| matches!(o, Outcome::Refuted { .. }));
        Ok(is_false.and_then(|i| drafts.into_iter().nth(i)))
    }

    fn follow(&mut self, mut tree: Box<dyn ValueTree<Value = Draft>>, keep: usize) -> Result<(), String> {
        let mut more = tree.simplify();
        while more && self.left > keep {
            more = match self.first_false(vec![tree.current()])? {
                Some(draft) => {
                    self.best = draft;
                    self.steps += 1;
                    tree.simplify()
                }
                None => tree.complicate(),
            };
        }
        Ok(())
    }

    /// Takes the first simpler draft on which the statement is false; says whether there was one.
    fn once(&mut self) -> Result<bool, String> {
        let now = self.complexity(&self.best);
        let mut simpler = candidates(&self.best, self.domain.processes());
        simpler.retain(|draft| self.complexity(draft) < now && self.domain.contains(draft));
        for some in simpler.chunks(AT_ONCE) {
            if self.left == 0 {
                return Ok(false);
            }
            if let Some(draft) = self.first_false(some.to_vec())? {
                self.best = draft;
                self.steps += 1;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Components, dimensions, then how much there is to write down. It falls with every step, so that shrinking ends.
    fn complexity(&self, draft: &Draft) -> (usize, usize, usize) {
        let rank = self.domain.processes().iter().position(|p| *p == draft.process).unwrap_or(usize::MAX / 2);
        let level = if self.judge.at_level() { digits(draft.log_snr.exp()) } else { usize::from(draft.log_snr != 0.0) };
        let Some(c) = draft.components() else { return (0, 0, rank + level) };
        let weights = if c.equal_weights() { 0 } else { 1 + c.weights.iter().map(|w| digits(*w)).sum::<usize>() };
        let means: usize = c.means.iter().flatten().map(|m| digits(*m)).sum();
        let matrix = |m: &Vec<f64>| m.iter().map(|v| digits(*v)).sum::<usize>();
        let covariances = if c.equal_covariances() {
            matrix(&c.covariances[0])
        } else {
            1 + c.covariances.iter().map(matrix).sum::<usize>()
        };
        (c.len(), c.dim(), rank + level + weights + means + covariances)
    }
}

/// Digits that a number needs: 0 for 0, 1 for 1, one more than those of its mantissa for others.
fn digits(x: f64) -> usize {
    if x == 0.0 {
        return 0;
    }
    if x.abs() == 1.0 {
        return 1;
    }
    // Fifteen digits: what a decimal loses in a double is no digit of it.
    let text = format!("{x:.14e}");
    let mantissa = text.split('e').next().unwrap_or_default();
    1 + mantissa.trim_start_matches('-').trim_end_matches('0').chars().filter(char::is_ascii_digit).count()
}

/// To so many significant digits.
fn in_digits(x: f64, digits: usize) -> f64 {
    format!("{x:.*e}", digits - 1).parse().unwrap_or(x)
}

/// Simpler drafts, the simplest first; not all of them are simpler, and not all are laws.
fn candidates(from: &Draft, processes: &[NoiseProcess]) -> Vec<Draft> {
    let mut all = Vec::new();
    let mut change = |f: &mut dyn FnMut(&mut Draft)| {
        let mut to = from.clone();
        f(&mut to);
        to.clamp();
        if to != *from {
            all.push(to);
        }
    };
    if let Some(c) = from.components() {
        structures(c, &mut |to| {
            change(&mut |d| {
                if let Some(c) = d.components_mut() {
                    *c = to.clone();
                }
            });
        });
        // Other units of length, in which the noise is another.
        for unit in units(c) {
            change(&mut |d| {
                if let Some(c) = d.components_mut() {
                    let dim = c.dim();
                    c.means.iter_mut().flatten().for_each(|m| *m /= unit);
                    c.covariances.iter_mut().for_each(|m| stretch(m, dim, |_| 1.0 / unit));
                    d.log_snr += 2.0 * unit.ln();
                    d.round(2);
                }
            });
        }
    }
    for &process in processes {
        change(&mut |d| d.process = process);
    }
    change(&mut |d| d.log_snr = 0.0);
    for digits in [1, 2, 3] {
        change(&mut |d| d.round(digits));
        change(&mut |d| d.log_snr = in_digits(d.log_snr.exp(), digits).ln());
    }
    if let Some(c) = from.components() {
        each_number(c, &mut |to| {
            change(&mut |d| {
                if let Some(c) = d.components_mut() {
                    *c = to.clone();
                }
            });
        });
    }
    all
}

impl Draft {
    /// Rounds every number.
    fn round(&mut self, digits: usize) {
        self.log_snr = in_digits(self.log_snr.exp(), digits).ln();
        if let Some(c) = self.components_mut() {
            c.round_weights(digits);
            c.means
                .iter_mut()
                .flatten()
                .chain(c.covariances.iter_mut().flatten())
                .for_each(|v| *v = in_digits(*v, digits));
        }
    }
}

impl Components {
    /// Rounds the weights, made to sum to 1, but the largest, which is what is left.
    fn round_weights(&mut self, digits: usize) {
        if self.equal_weights() {
            return self.tie_weights();
        }
        let sum: f64 = self.weights.iter().sum();
        let largest = (0..self.len()).max_by(|&i, &j| self.weights[i].total_cmp(&self.weights[j])).unwrap_or(0);
        self.weights.iter_mut().for_each(|w| *w = in_digits(*w / sum, digits));
        self.weights[largest] = 0.0;
        let rest = 1.0 - self.weights.iter().sum::<f64>();
        // The difference of decimals is a decimal.
        self.weights[largest] = in_digits(rest, 12);
    }
}

/// Laws with fewer components, coordinates or different numbers.
fn structures(c: &Components, push: &mut dyn FnMut(&Components)) {
    let mut change = |f: &dyn Fn(&mut Components)| {
        let mut to = c.clone();
        f(&mut to);
        push(&to);
    };
    let (k, d) = (c.len(), c.dim());
    if k > 1 {
        for i in 0..k {
            change(&|c| c.remove(i));
        }
        // A symmetric law loses two at a time.
        if let Some(mirror) = c.mirror().filter(|_| k > 2) {
            for i in (0..k).filter(|&i| mirror[i] > i) {
                change(&|c| {
                    c.remove(mirror[i]);
                    c.remove(i);
                });
            }
        }
    }
    if d > 1 {
        for j in 0..d {
            change(&|c| c.remove_coordinate(j));
        }
    }
    change(&Components::tie_weights);
    change(&Components::make_atoms);
    change(&|c| c.covariances.fill(diagonal(&vec![1.0; d])));
    for i in 0..k {
        change(&|c| {
            let one = c.covariances[i].clone();
            c.covariances.fill(one);
        });
    }
    change(&Components::make_isotropic);
    change(&|c| {
        for m in &mut c.covariances {
            let entries: Vec<f64> = (0..d).map(|j| m[j * (d + 1)]).collect();
            *m = diagonal(&entries);
        }
    });
    change(&Components::symmetrise);
    for i in 0..k {
        change(&|c| {
            let origin = c.means[i].clone();
            c.means.iter_mut().for_each(|m| m.iter_mut().zip(&origin).for_each(|(m, o)| *m -= o));
        });
    }
}

/// Lengths that may be 1: the largest mean and the largest and smallest width.
fn units(c: &Components) -> Vec<f64> {
    let d = c.dim();
    let widths = || c.covariances.iter().flat_map(|m| (0..d).map(move |j| m[j * (d + 1)].sqrt())).filter(|w| *w > 0.0);
    let mean = c.means.iter().flatten().fold(0.0_f64, |m, v| m.max(v.abs()));
    let widest = widths().fold(0.0_f64, f64::max);
    let thinnest = widths().fold(f64::INFINITY, f64::min);
    [mean, widest, thinnest].into_iter().filter(|u| u.is_finite() && *u > 0.0 && *u != 1.0).collect()
}

/// Each number in turn replaced by 0, 1 or itself in fewer digits.
fn each_number(c: &Components, push: &mut dyn FnMut(&Components)) {
    let (k, d) = (c.len(), c.dim());
    let simpler = |x: f64| [0.0, 1.0, -1.0, in_digits(x, 1), in_digits(x, 2)];
    if !c.equal_weights() {
        for digits in [1, 2] {
            let mut to = c.clone();
            to.round_weights(digits);
            push(&to);
        }
    }
    for i in 0..k {
        for j in 0..d {
            for value in simpler(c.means[i][j]) {
                let mut to = c.clone();
                to.means[i][j] = value;
                push(&to);
                // A pair moves together.
                if let Some(image) = c.mirror().map(|m| m[i]) {
                    to.means[image][j] = -value;
                    push(&to);
                }
            }
        }
    }
    for i in 0..k {
        for a in 0..d {
            for b in 0..=a {
                for value in simpler(c.covariances[i][a * d + b]) {
                    let mut to = c.clone();
                    to.covariances[i][a * d + b] = value;
                    to.covariances[i][b * d + a] = value;
                    if c.equal_covariances() {
                        let one = to.covariances[i].clone();
                        to.covariances.fill(one);
                    }
                    push(&to);
                }
            }
        }
    }
}
