//! Which fit to take: the one whose denoiser is best on points that it was not fitted to.

use crate::{Error, Fit, Points, Result, Shape, split};

/// How many components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Components {
    /// One for each class.
    PerClass,
    /// So many.
    Given(usize),
    /// 1, 2, 4, ... until two numbers in turn are no better than the best.
    Chosen,
}

/// Which rank a covariance of low rank has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rank {
    /// The shape says all.
    Of(Shape),
    /// 1, 2, 4, ... until two ranks in turn are no better than the best.
    Chosen,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// How many components.
    pub components: Components,
    /// What their covariances are.
    pub covariance: Rank,
    /// The ridge; without it one of `v, v/10^(1/2), v/10, ..., v/10^5`, `v` the mean variance of a coordinate.
    pub ridge: Option<f64>,
    /// The noise levels at which the denoiser is judged, positive.
    pub sigmas: Vec<f64>,
    /// Seed of every random number.
    pub seed: u64,
}

/// A fit that was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// Its components.
    pub components: usize,
    /// What their covariances are.
    pub covariance: Shape,
    /// The best ridge for it.
    pub ridge: f64,
    /// The mean over the noise levels of the error of its denoiser over that of the filter `v/(v + sigma^2)`, which
    /// shrinks all coordinates alike.
    pub ratio: f64,
}

/// The fit that was taken.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The fit, to all points.
    pub fit: Fit,
    /// The ridge to use it with.
    pub ridge: f64,
    /// What it was chosen from, in the order of trial; empty where there was nothing to choose.
    pub tried: Vec<Tried>,
    /// How many points the choice was judged on.
    pub judged: usize,
}

/// Share of the points that a choice is judged on, how many at most, and how many numbers where these are more than 128
/// points.
const SHARE: f64 = 0.2;
const MOST: f64 = 1024.0;
const MOST_NUMBERS: f64 = (1 << 18) as f64;

/// Ridges that are tried, two a factor of ten.
const RIDGES: i32 = 11;

/// The ridge of a search, in units of the mean variance, before one is chosen.
const FIRST_RIDGE: f64 = 1e-2;

/// Of the dimensions that a covariance may have whose eigenvectors are asked for.
const MOST_DIM: usize = 4096;

/// The fit and the ridge that denoise best, for points with labels below `classes` or without.
///
/// A fifth of the points, 1024 at most (2^18 numbers in many dimensions), judge fits to the others; what is returned
/// is fitted to all of them once more.
///
/// # Errors
/// Those of [`Fit::per_class`] and [`Fit::mixture`]; [`Error::OnePlace`].
pub fn choose(points: Points<'_>, labels: Option<(&[usize], usize)>, request: &Request) -> Result<Candidate> {
    let variance = mean_variance(points);
    // Of one place the variance is rounding.
    if variance <= 0.0 || points.places(2) < 2 {
        return Err(Error::OnePlace);
    }
    let wide = points.dim() > MOST_DIM;
    if wide && matches!(request.covariance, Rank::Chosen | Rank::Of(Shape::Full | Shape::LowRank(_))) {
        return Err(Error::Wide { dim: points.dim(), most: MOST_DIM });
    }
    let fit = |points: Points<'_>, labels: Option<&[usize]>, components: Components, shape: Shape, ridge: f64| match (
        components, labels,
    ) {
        (Components::PerClass, Some(y)) => Fit::per_class(points, y, labels_of(y), shape),
        (Components::Given(k), _) => Fit::mixture(points, k, shape, ridge, request.seed),
        _ => Fit::mixture(points, 1, shape, ridge, request.seed),
    };
    let classes = labels.map_or(0, |l| l.1);
    let all = labels.map(|l| l.0);
    if let Some(y) = all.filter(|_| request.components == Components::PerClass) {
        // A class without a point is told of before anything is fitted.
        if let Some(label) = (0..classes).find(|label| !y.contains(label)) {
            return Err(Error::Class { label, points: points.len() });
        }
    }
    if let (Some(ridge), Rank::Of(shape), Components::PerClass | Components::Given(_)) =
        (request.ridge, request.covariance, request.components)
    {
        let fit = fit(points, all, request.components, shape, ridge)?;
        return Ok(Candidate { fit, ridge, tried: vec![], judged: 0 });
    }

    let most = MOST.min((MOST_NUMBERS / points.dim() as f64).max(128.0));
    let (mine, judges) = split(points.len(), SHARE.min(most / points.len() as f64), request.seed.wrapping_add(1));
    let (mine, judges) = match (all, request.components) {
        (Some(y), Components::PerClass) => keep_classes(y, mine, judges),
        _ => (mine, judges),
    };
    let (rows, others) = (points.taken(&mine), points.taken(&judges));
    let (train, judge) = (Points::new(&rows, points.dim())?, Points::new(&others, points.dim())?);
    let train_labels: Option<Vec<usize>> = all.map(|y| mine.iter().map(|&i| y[i]).collect());
    let ridges: Vec<f64> = match request.ridge {
        Some(ridge) => vec![ridge],
        None => (0..RIDGES).map(|j| variance * 10.0_f64.powf(-0.5 * f64::from(j))).collect(),
    };
    let search_ridge = request.ridge.unwrap_or(FIRST_RIDGE * variance);
    let ratios = |fit: &Fit| -> Vec<f64> {
        let mut ratios = vec![0.0; ridges.len()];
        for &sigma in &request.sigmas {
            let plain = points.dim() as f64 * variance * sigma * sigma / (variance + sigma * sigma);
            let errors = fit.denoising_errors(judge, sigma, &ridges, request.seed.wrapping_add(1));
            for (ratio, error) in ratios.iter_mut().zip(&errors) {
                *ratio += error.iter().sum::<f64>() / (judge.len() as f64 * plain * request.sigmas.len() as f64);
            }
        }
        ratios
    };
    let mut tried: Vec<Tried> = Vec::new();
    // Of one component, or of classes, the full covariances have all others.
    let mut whole: Option<Fit> = None;
    let mut judged = |components: Components, shape: Shape| -> Result<f64> {
        let fit = match (shape, components) {
            (Shape::LowRank(rank), Components::PerClass | Components::Given(1)) => {
                let full = match whole.take() {
                    Some(full) => full,
                    None => fit(train, train_labels.as_deref(), components, Shape::Full, search_ridge)?,
                };
                whole.insert(full).of_rank(rank)?
            }
            _ => fit(train, train_labels.as_deref(), components, shape, search_ridge)?,
        };
        let ratios = ratios(&fit);
        let best = (0..ridges.len()).min_by(|&a, &b| ratios[a].total_cmp(&ratios[b])).unwrap_or(0);
        tried.push(Tried { components: fit.components(), covariance: shape, ridge: ridges[best], ratio: ratios[best] });
        Ok(ratios[best])
    };
    let mut ranked = |components: Components| match request.covariance {
        Rank::Of(shape) => judged(components, shape),
        Rank::Chosen if points.dim() < 2 => Err(Error::Rank { rank: 1, most: 0 }),
        Rank::Chosen => doubled(points.dim() - 1, |rank| judged(components, Shape::LowRank(rank))),
    };
    let places = train.places(train.len() / 4 + 1);
    match request.components {
        Components::Chosen => doubled(places, |k| ranked(Components::Given(k)))?,
        components => ranked(components)?,
    };
    let Some(best) = tried.iter().min_by(|a, b| a.ratio.total_cmp(&b.ratio)).cloned() else {
        return Err(Error::OnePlace);
    };
    let components = match request.components {
        Components::Chosen => Components::Given(best.components),
        asked => asked,
    };
    let fit = fit(points, all, components, best.covariance, best.ridge)?;
    Ok(Candidate { fit, ridge: best.ridge, tried, judged: judge.len() })
}

/// Tries 1, 2, 4, ... up to `most`, until two in turn are no better than the best, and says what the best comes to.
fn doubled(most: usize, mut cost: impl FnMut(usize) -> Result<f64>) -> Result<f64> {
    let (mut best, mut worse, mut n) = (f64::INFINITY, 0, 1);
    while n <= most && worse < 2 {
        let here = cost(n)?;
        worse = if here < best { 0 } else { worse + 1 };
        best = best.min(here);
        n *= 2;
    }
    Ok(best)
}

fn labels_of(labels: &[usize]) -> usize {
    labels.iter().max().map_or(0, |y| y + 1)
}

/// The same division, but that every class has a point to be fitted to.
fn keep_classes(labels: &[usize], mut mine: Vec<usize>, mut judges: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
    for label in 0..labels_of(labels) {
        if !mine.iter().any(|&i| labels[i] == label)
            && let Some(at) = judges.iter().position(|&i| labels[i] == label)
            && judges.len() > 1
        {
            mine.push(judges.remove(at));
        }
    }
    mine.sort_unstable();
    (mine, judges)
}

/// The mean over the coordinates of their variance.
fn mean_variance(points: Points<'_>) -> f64 {
    let (n, dim) = (points.len() as f64, points.dim());
    let mut mean = vec![0.0; dim];
    for row in points.rows().chunks_exact(dim) {
        mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / n);
    }
    let squares = |row: &[f64]| row.iter().zip(&mean).map(|(x, m)| (x - m) * (x - m)).sum::<f64>();
    points.rows().chunks_exact(dim).map(squares).sum::<f64>() / (n * dim as f64)
}
