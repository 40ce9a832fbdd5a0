//! Which clock serves a law: samplers run on the exact denoiser by many clocks, side by side.

use std::sync::Arc;

use infodyn_core::share::{self, Piece};
use infodyn_core::{Estimate, Law, NoiseProcess};

use crate::measured::{DETERMINISTIC, Distance, Ends};
use crate::profile::Settings;
use crate::schedule::{Clock, Data, Range, Refused, SIGMA_MAX, SIGMA_MIN, schedule};

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The clocks, each by its own convention.
    pub clocks: Vec<Clock>,
    /// Evaluations of the denoiser.
    pub evaluations: Vec<usize>,
    /// Starts of each run.
    pub starts: usize,
    /// How the law is asked.
    pub settings: Settings,
}

/// The clocks that are compared where none are named; `flow:auto` stands beside them.
pub const CLOCKS: [Clock; 9] = [
    Clock::Edm { rho: 7.0 },
    Clock::Entropic,
    Clock::Rescaled,
    Clock::KlS2,
    Clock::Curvature1,
    Clock::Curvature2,
    Clock::Cosine { c: None },
    Clock::Flow { c: Some(1.0) },
    Clock::Kl,
];

/// A sampler with a number of evaluations, by all clocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The sampler.
    pub sampler: &'static str,
    /// Evaluations of the denoiser at most.
    pub evaluations: usize,
    /// Levels above 0 that these serve.
    pub levels: usize,
    /// Beside each clock, in the order of the request: nothing where it has no such levels. Where the levels are
    /// sampled themselves, by curvature, twice the difference to those of another sample is in the radius.
    pub cells: Vec<Option<Distance>>,
    /// The scale `c` at which `flow:c` ends nearest, found on other starts, and its distance.
    pub flow: (f64, Option<Distance>),
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// Deterministic samplers: distances from the ends of the exact flow.
    pub rows: Vec<Row>,
    /// The ancestral sampler, whose path divergence is exact: evaluations, and nats beside each clock down to its own
    /// last level.
    pub ancestral: Vec<(usize, Vec<Option<Estimate>>)>,
    /// Scales that the covariance suggests: root mean square of a coordinate, and `(sum l^2/sum l)^(1/2)`.
    pub scales: [f64; 2],
}

/// What is told a row that is new, with its number.
pub type Told<'a> = &'a mut (dyn FnMut(usize, &Row) -> std::result::Result<(), Refused> + Send);

/// Runs every sampler by every clock.
///
/// # Errors
/// When the law has no flow or no covariance that is told, or cannot be asked.
pub fn study(law: &Arc<dyn Law>, request: &Request) -> std::result::Result<Study, Refused> {
    study_on(law, request, &[], &mut |_, _| Ok(()))
}

/// [`study`] from rows that are known, by their numbers, those of [`DETERMINISTIC`] samplers one after another; a new
/// one is `told`.
///
/// # Errors
/// As [`study`], and when a row cannot be told.
pub fn study_on(
    law: &Arc<dyn Law>,
    request: &Request,
    known: &[Option<Row>],
    told: Told<'_>,
) -> std::result::Result<Study, Refused> {
    let why = |e: crate::Error| Refused { flag: "--law", why: e.to_string() };
    // Rows are shared; what all of them rest on is not.
    let data = Data::of_law(law, [SIGMA_MIN, SIGMA_MAX], &request.settings).map_err(why)?;
    let none = || Refused { flag: "--law", why: "no covariance of it is known, expected a mixture".into() };
    let scales = data.scales().ok_or_else(none)?;
    let seed = request.settings.seed;
    let ends = Ends::new(law, SIGMA_MAX, scales[0], request.starts, seed).map_err(why)?;
    // A scale is not judged on the starts that it was chosen by.
    let trial =
        Ends::new(law, SIGMA_MAX, scales[0], crate::schedule::TRIAL_STARTS, seed.wrapping_add(1)).map_err(why)?;
    let levels = |clock: Clock, steps: usize, data: &Data| {
        let range = Range { steps, from: SIGMA_MAX, to: None };
        schedule(clock, range, NoiseProcess::Edm, Some(data)).ok().map(|s| s.positive())
    };
    // Clocks of curvature are sampled themselves.
    let again = data.asked_by(seed.wrapping_add(2));
    let row = |i: usize| -> std::result::Result<Row, Refused> {
        if let Some(row) = known.get(i).cloned().flatten() {
            return Ok(row);
        }
        let (sampler, each) = DETERMINISTIC[i / request.evaluations.len()];
        let evaluations = request.evaluations[i % request.evaluations.len()];
        let steps = evaluations.div_ceil(each);
        let cell = |clock: Clock| {
            let found = ends.distance(sampler, &levels(clock, steps, &data)?).ok()?;
            if !matches!(clock, Clock::Curvature1 | Clock::Curvature2) {
                return Some(found);
            }
            let other = ends.distance(sampler, &levels(clock, steps, &again)?).ok()?;
            let twice = |a: Estimate, b: Estimate| a.widened(2.0 * (a.value() - b.value()).abs());
            let distance = twice(found.distance, other.distance);
            Some(Distance { distance, relabelled: twice(found.relabelled, other.relabelled) })
        };
        let cells = request.clocks.iter().map(|&clock| cell(clock)).collect();
        let c = trial.best_scale(sampler, steps, scales[1]);
        let flow = (c, cell(Clock::Flow { c: Some(c) }));
        let row = Row { sampler, evaluations, levels: steps, cells, flow };
        told(i, &row)?;
        Ok(row)
    };
    let count = DETERMINISTIC.len() * request.evaluations.len();
    let work = |mine: Vec<usize>| mine.into_iter().map(row).collect();
    let rows = share::open(|| share::each("rows", count, work, to_piece, |_, piece| of_piece(piece)))?;
    let path = |clock: Clock, steps: usize| data.curve.path_divergence(&levels(clock, steps, &data)?).ok();
    let ancestral = |&n: &usize| (n, request.clocks.iter().map(|&clock| path(clock, n)).collect());
    Ok(Study { rows, ancestral: request.evaluations.iter().map(ancestral).collect(), scales })
}

/// A row as a piece of shared work.
fn to_piece(row: &Row) -> Piece {
    let sampler = DETERMINISTIC.iter().position(|s| s.0 == row.sampler).unwrap_or(usize::MAX);
    let whole = [sampler, row.evaluations, row.levels, row.cells.len()].map(|n| n as f64);
    let mut piece = Piece::of(whole.into_iter().chain([row.flow.0]));
    for cell in row.cells.iter().chain([&row.flow.1]) {
        piece.optional(cell.map(|d| d.distance));
        piece.optional(cell.map(|d| d.relabelled));
    }
    piece
}

fn of_piece(piece: &Piece) -> Option<Row> {
    let mut reader = piece.reader();
    let sampler = DETERMINISTIC.get(reader.whole()? as usize)?.0;
    let [evaluations, levels, count] = [reader.whole()? as usize, reader.whole()? as usize, reader.whole()? as usize];
    let scale = reader.number()?;
    let mut cell = || {
        let (distance, relabelled) = (reader.optional()?, reader.optional()?);
        Some(distance.zip(relabelled).map(|(distance, relabelled)| Distance { distance, relabelled }))
    };
    let cells = (0..count).map(|_| cell()).collect::<Option<_>>()?;
    let flow = (scale, cell()?);
    reader.end().map(|()| Row { sampler, evaluations, levels, cells, flow })
}

impl Study {
    /// Geometric mean over the rows of a clock's distance over the least in its row, and in how many rows it is nearer
    /// than another clock by more than their errors, and farther: `[nearer, farther]`.
    #[must_use]
    pub fn standing(&self, clock: usize, other: usize) -> (f64, [usize; 2]) {
        let (mut sum, mut count, mut sides) = (0.0, 0.0, [0, 0]);
        for row in &self.rows {
            let Some(own) = row.cells[clock] else { continue };
            let best = row.cells.iter().flatten().map(|d| d.distance.value()).fold(f64::INFINITY, f64::min);
            sum += (own.distance.value() / best).ln();
            count += 1.0;
            if let Some(other) = row.cells[other] {
                let off = own.distance - other.distance;
                sides[0] += usize::from(off.value() < -off.radius());
                sides[1] += usize::from(off.value() > off.radius());
            }
        }
        ((sum / count).exp(), sides)
    }
}
