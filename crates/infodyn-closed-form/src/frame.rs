//! What the marginals of a mixture at all noise levels share.

use infodyn_core::Mixture;

use crate::posterior::Prior;

/// A mixture as its marginals need it, at any noise level.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Of the components, and of the labels.
    pub(crate) prior: Prior,
    pub(crate) labels: Prior,
    /// Components by label: those of label `y` are `order[first[y]..first[y + 1]]`.
    pub(crate) order: Vec<usize>,
    pub(crate) first: Vec<usize>,
    /// Whether the label is the component itself.
    pub(crate) by_component: bool,
    /// Variance in `X_0` of each covariance along each principal axis, `D` numbers a covariance.
    pub(crate) eigenvalue: Vec<f64>,
    /// Whether all components share one covariance.
    pub(crate) shared: bool,
    /// For each component with axes of its own the first that has the same covariance; all others themselves.
    pub(crate) alike: Vec<usize>,
    /// Whether every covariance is a multiple of the identity; has the coordinate axes.
    pub(crate) isotropic: bool,
    pub(crate) aligned: bool,
    pub(crate) centred: Option<Centred>,
}

/// The means from their average: what matrix products take.
#[derive(Debug, Clone)]
pub(crate) struct Centred {
    /// `y_k`, `K x D`, row-major.
    pub(crate) means: Vec<f64>,
    /// `|y_k|^2`, length `K`, and the largest `|y_k|`.
    pub(crate) norm2: Vec<f64>,
    pub(crate) largest: f64,
}

/// Below this many components or dimensions differences cost no more than products.
const PRODUCT_SIZE: (usize, usize) = (8, 16);

impl Frame {
    pub(crate) fn new(law: &Mixture) -> Self {
        let (count, dim) = (law.components(), law.dim());
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&k| law.labels()[k]);
        let first = (0..=law.label_weights().len()).map(|y| order.partition_point(|&k| law.labels()[k] < y)).collect();
        let shared = law.shared_covariance().is_some();
        let covariances = if shared { 1 } else { count };
        let isotropic = (0..covariances).all(|k| law.covariance(k).as_isotropic().is_some());
        // Where all share one, products are those of `Cloud`.
        let large = count >= PRODUCT_SIZE.0 && dim >= PRODUCT_SIZE.1 && !shared;
        Self {
            prior: Prior::new(law.weights()),
            labels: Prior::new(law.label_weights()),
            order,
            first,
            by_component: law.label_is_component(),
            eigenvalue: (0..covariances).flat_map(|k| (0..dim).map(move |i| law.covariance(k).eigenvalue(i))).collect(),
            alike: (0..count).map(|k| first_alike(law, k)).collect(),
            shared,
            isotropic,
            aligned: (0..covariances).all(|k| law.covariance(k).axes().is_none()),
            centred: (isotropic && large).then(|| Centred::new(law)),
        }
    }
}

fn first_alike(law: &Mixture, k: usize) -> usize {
    let covariance = law.covariance(k);
    let found = covariance.axes().and_then(|_| (0..k).find(|&j| law.covariance(j) == covariance));
    found.unwrap_or(k)
}

impl Centred {
    fn new(law: &Mixture) -> Self {
        let centre = law.total_mean();
        let rows = law.means().chunks_exact(law.dim());
        let means: Vec<f64> = rows.flat_map(|row| row.iter().zip(centre.iter()).map(|(m, c)| m - c)).collect();
        let norm2: Vec<f64> = means.chunks_exact(law.dim()).map(|y| y.iter().map(|y| y * y).sum()).collect();
        let largest = norm2.iter().copied().fold(0.0, f64::max).sqrt();
        Self { means, norm2, largest }
    }
}
