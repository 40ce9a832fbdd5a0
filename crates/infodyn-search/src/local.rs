//! Local search: the residual over its error, made as large as the parameters of a law and the level allow.

use std::sync::atomic::{AtomicUsize, Ordering};

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::neldermead::NelderMead;

use crate::case::{Effort, Judge, Outcome};
use crate::domain::Domain;
use crate::draft::{Components, Draft};
use crate::generate::stretch;

/// What a case that decides nothing is worth: less than any that does.
const NOTHING: f64 = -1e9;

/// What the search makes large. Above 1 the statement is false. An order that surely holds is measured by its
/// margin relative to the sides, since over a small error any margin is large.
pub(crate) fn height(outcome: &Outcome) -> f64 {
    let height = match outcome {
        Outcome::Holds { excess, power } if *excess < 0.0 => excess * power,
        Outcome::Holds { excess, .. } => excess.min(1.0),
        Outcome::Refuted { excess } => excess.max(1.0 + f64::EPSILON),
        Outcome::Outside | Outcome::Undecided { .. } => NOTHING,
    };
    if height.is_nan() { NOTHING } else { height.max(NOTHING) }
}

/// A change of a draft by one number, 0 for none.
enum Move {
    /// Logarithm of the weights of these components.
    Weight(Vec<usize>),
    /// A coordinate of a mean, in units of the length; of its mirror image the opposite.
    Mean { of: usize, image: Option<usize>, axis: usize, unit: f64 },
    /// Logarithm of the standard deviation of these components, along one axis or all.
    Width { of: Vec<usize>, axis: Option<usize> },
    /// `log_snr`.
    Level,
}

/// The changes that keep what a draft has: equal weights, equal covariances, symmetry, isotropy, rank.
fn moves(draft: &Draft, at_level: bool) -> Vec<Move> {
    let mut moves = Vec::new();
    if let Some(c) = draft.components() {
        let mirror = c.mirror();
        // A component and its image move together; the one with the smaller index stands for both.
        let classes: Vec<Vec<usize>> = (0..c.len())
            .filter_map(|k| match mirror.as_ref().map_or(k, |m| m[k]) {
                image if image < k => None,
                image if image > k => Some(vec![k, image]),
                _ => Some(vec![k]),
            })
            .collect();
        if !c.equal_weights() {
            moves.extend(classes.iter().skip(1).map(|of| Move::Weight(of.clone())));
        }
        let unit = c.variances().0.sqrt();
        for of in &classes {
            // At the centre of symmetry a component stays.
            if mirror.is_none() || of.len() > 1 {
                let (of, image) = (of[0], of.get(1).copied());
                moves.extend((0..c.dim()).map(|axis| Move::Mean { of, image, axis, unit }));
            }
        }
        if !c.atoms() {
            let groups = if c.equal_covariances() { vec![(0..c.len()).collect()] } else { classes };
            for of in groups {
                let axes: Vec<_> = if c.isotropic() { vec![None] } else { (0..c.dim()).map(Some).collect() };
                moves.extend(axes.into_iter().map(|axis| Move::Width { of: of.clone(), axis }));
            }
        }
    }
    if at_level {
        moves.push(Move::Level);
    }
    moves
}

/// How far a climb goes from where it began, in each change: a factor of 20, or so many lengths. Farther out lie other
/// laws of the domain, which are drawn, and beyond them numbers that double precision does not tell apart.
const REACH: f64 = 3.0;

fn moved(draft: &Draft, moves: &[Move], by: &[f64]) -> Draft {
    let mut to = draft.clone();
    for (m, by) in moves.iter().zip(by) {
        let by = by.clamp(-REACH, REACH);
        match (m, to.components_mut()) {
            (Move::Weight(of), Some(c)) => of.iter().for_each(|&k| c.weights[k] *= by.exp()),
            (Move::Mean { of, image, axis, unit }, Some(c)) => {
                c.means[*of][*axis] += by * unit;
                if let Some(image) = image {
                    c.means[*image][*axis] = -c.means[*of][*axis];
                }
            }
            (Move::Width { of, axis }, Some(c)) => widen(c, of, *axis, by.exp()),
            (Move::Level, _) => to.log_snr += by,
            _ => {}
        }
    }
    to.clamp();
    to
}

fn widen(c: &mut Components, of: &[usize], axis: Option<usize>, by: f64) {
    let d = c.dim();
    for &k in of {
        stretch(&mut c.covariances[k], d, |j| if axis.is_none_or(|a| a == j) { by } else { 1.0 });
    }
}

struct Climb<'a> {
    domain: &'a Domain,
    judge: &'a dyn Judge,
    draft: &'a Draft,
    moves: Vec<Move>,
    trials: AtomicUsize,
}

impl CostFunction for &Climb<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, by: &Vec<f64>) -> Result<f64, Error> {
        let to = moved(self.draft, &self.moves, by);
        if !self.domain.contains(&to) {
            // Given laws are in the domain as they are.
            return Ok(-NOTHING);
        }
        let Some(case) = to.case() else { return Ok(-NOTHING) };
        self.trials.fetch_add(1, Ordering::Relaxed);
        let outcome = self.judge.judge(&case, Effort::Quick).map_err(Error::msg)?;
        Ok(-height(&outcome))
    }
}

/// What a climb found: the highest draft, how high it is and how many cases were tried.
pub(crate) struct Top {
    pub(crate) draft: Draft,
    pub(crate) height: f64,
    pub(crate) trials: usize,
}

/// Climbs from a draft by the simplex method, until the statement is false or the steps are used up.
pub(crate) fn climb(domain: &Domain, judge: &dyn Judge, draft: &Draft, steps: u64) -> Result<Top, String> {
    let moves = moves(draft, judge.at_level());
    let n = moves.len();
    let climb = Climb { domain, judge, draft, moves, trials: AtomicUsize::new(0) };
    if n == 0 {
        return Ok(Top { draft: draft.clone(), height: NOTHING, trials: 0 });
    }
    let mut simplex = vec![vec![0.0; n]; n + 1];
    for i in 0..n {
        // Not the same direction for all: a common factor would be no change of the weights.
        simplex[i + 1][i] = if i % 2 == 0 { 0.5 } else { -0.5 };
    }
    let run = Executor::new(&climb, NelderMead::new(simplex))
        .configure(|state| state.max_iters(steps).target_cost((-1.0_f64).next_down()))
        .timer(false)
        .run()
        .map_err(|error| error.to_string())?;
    let best = run.state().get_best_param().cloned().unwrap_or_else(|| vec![0.0; n]);
    let draft = moved(draft, &climb.moves, &best);
    Ok(Top { draft, height: -run.state().get_best_cost(), trials: climb.trials.into_inner() })
}
