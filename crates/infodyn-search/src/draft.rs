//! A law as a list of plain numbers, which can be rounded, dropped and tied.

use infodyn_core::{Covariance, Mixture, NoiseProcess};

use crate::case::Case;

/// A case before it is one: nothing here is checked, and a draft that is no case makes none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) form: Form,
    pub(crate) process: NoiseProcess,
    pub(crate) log_snr: f64,
}

/// The law of a draft.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// Components that may be changed.
    Free(Components),
    /// A law that the user gave, and that stays as it is.
    Given(Mixture),
}

/// Components of a mixture in `R^D`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Components {
    /// `K` positive numbers; only their ratios matter.
    pub(crate) weights: Vec<f64>,
    /// `K` rows of length `D`.
    pub(crate) means: Vec<Vec<f64>>,
    /// `K` matrices, `D x D`, row-major.
    pub(crate) covariances: Vec<Vec<f64>>,
}

impl Draft {
    /// The case; `None` when the numbers are no law.
    pub(crate) fn case(&self) -> Option<Case> {
        let law = match &self.form {
            Form::Free(components) => components.law()?,
            Form::Given(law) => law.clone(),
        };
        self.log_snr.is_finite().then_some(Case { law, process: self.process, log_snr: self.log_snr })
    }

    pub(crate) fn components(&self) -> Option<&Components> {
        if let Form::Free(components) = &self.form { Some(components) } else { None }
    }

    pub(crate) fn components_mut(&mut self) -> Option<&mut Components> {
        if let Form::Free(components) = &mut self.form { Some(components) } else { None }
    }

    /// Moves the level to the nearest one that the process reaches, a little within its ends.
    pub(crate) fn clamp(&mut self) {
        let (low, high) = self.process.snr_range();
        let (low, high) = (low.max(f64::MIN_POSITIVE).ln(), high.min(f64::MAX).ln());
        let inside = 1e-3 * (high - low).min(1.0);
        self.log_snr = self.log_snr.clamp(low + inside, high - inside);
    }
}

impl Components {
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    pub(crate) fn dim(&self) -> usize {
        self.means.first().map_or(0, Vec::len)
    }

    fn law(&self) -> Option<Mixture> {
        let dim = self.dim();
        let sum: f64 = self.weights.iter().sum();
        let weights: Vec<f64> = self.weights.iter().map(|w| w / sum).collect();
        let covariance = |c: &Vec<f64>| {
            let rows: Vec<&[f64]> = c.chunks_exact(dim).collect();
            Covariance::full(&rows).ok()
        };
        let covariances: Option<Vec<_>> = self.covariances.iter().map(covariance).collect();
        Mixture::new(if self.equal_weights() { &[] } else { &weights }, &self.means, covariances?).ok()
    }

    pub(crate) fn equal_weights(&self) -> bool {
        self.weights.iter().all(|w| *w == self.weights[0])
    }

    pub(crate) fn equal_covariances(&self) -> bool {
        self.covariances.iter().all(|c| *c == self.covariances[0])
    }

    /// Each covariance a multiple of the identity.
    pub(crate) fn isotropic(&self) -> bool {
        let d = self.dim();
        let is = |c: &Vec<f64>| (0..d * d).all(|i| c[i] == if i % (d + 1) == 0 { c[0] } else { 0.0 });
        self.covariances.iter().all(is)
    }

    pub(crate) fn atoms(&self) -> bool {
        self.covariances.iter().flatten().all(|v| *v == 0.0)
    }

    /// The component that `x -> -x` makes of each; `None` when the law is not symmetric about the origin.
    pub(crate) fn mirror(&self) -> Option<Vec<usize>> {
        let k = self.len();
        let opposite = |i: usize, j: usize| {
            let means = self.means[i].iter().zip(&self.means[j]).all(|(a, b)| *a == -*b);
            means && self.weights[i] == self.weights[j] && self.covariances[i] == self.covariances[j]
        };
        let mut partner: Vec<Option<usize>> = vec![None; k];
        for i in 0..k {
            if partner[i].is_none() {
                let j = (0..k).find(|&j| partner[j].is_none() && opposite(i, j) && j != i);
                // A component at the origin is its own image.
                let j = j.or_else(|| opposite(i, i).then_some(i))?;
                partner[i] = Some(j);
                partner[j] = Some(i);
            }
        }
        partner.into_iter().collect()
    }

    pub(crate) fn tie_weights(&mut self) {
        self.weights.fill(1.0);
    }

    pub(crate) fn tie_covariances(&mut self) {
        let first = self.covariances[0].clone();
        self.covariances.fill(first);
    }

    /// Each covariance becomes `tr(C)/D I`.
    pub(crate) fn make_isotropic(&mut self) {
        let d = self.dim();
        for c in &mut self.covariances {
            let q = (0..d).map(|i| c[i * (d + 1)]).sum::<f64>() / d as f64;
            *c = diagonal(&vec![q; d]);
        }
    }

    /// The first half of the components and their images; of an odd number one is put at the origin.
    pub(crate) fn symmetrise(&mut self) {
        let k = self.len();
        for i in 0..k / 2 {
            self.weights[k - 1 - i] = self.weights[i];
            self.means[k - 1 - i] = self.means[i].iter().map(|m| -m).collect();
            self.covariances[k - 1 - i] = self.covariances[i].clone();
        }
        if k % 2 == 1 {
            self.means[k / 2].fill(0.0);
        }
    }

    pub(crate) fn make_atoms(&mut self) {
        self.covariances.iter_mut().flatten().for_each(|v| *v = 0.0);
    }

    /// Leaves out components until `k` are left.
    pub(crate) fn truncate(&mut self, k: usize) {
        self.weights.truncate(k);
        self.means.truncate(k);
        self.covariances.truncate(k);
    }

    pub(crate) fn remove(&mut self, k: usize) {
        self.weights.remove(k);
        self.means.remove(k);
        self.covariances.remove(k);
    }

    /// Leaves out a coordinate: the law of the others.
    pub(crate) fn remove_coordinate(&mut self, j: usize) {
        let d = self.dim();
        for mean in &mut self.means {
            mean.remove(j);
        }
        for c in &mut self.covariances {
            *c = (0..d * d).filter(|i| i / d != j && i % d != j).map(|i| c[i]).collect();
        }
    }

    /// Variance of a coordinate, averaged over the `D` of them: of the whole law, and within its components.
    pub(crate) fn variances(&self) -> (f64, f64) {
        let (d, sum) = (self.dim(), self.weights.iter().sum::<f64>());
        let average = |of: &dyn Fn(usize) -> f64| (0..self.len()).map(|k| self.weights[k] * of(k)).sum::<f64>() / sum;
        let within = average(&|k| (0..d).map(|j| self.covariances[k][j * (d + 1)]).sum());
        let between: f64 = (0..d)
            .map(|j| {
                let centre = average(&|k| self.means[k][j]);
                average(&|k| (self.means[k][j] - centre).powi(2))
            })
            .sum();
        ((within + between) / d as f64, within / d as f64)
    }
}

/// A diagonal matrix, row-major.
pub(crate) fn diagonal(entries: &[f64]) -> Vec<f64> {
    let d = entries.len();
    (0..d * d).map(|i| if i % (d + 1) == 0 { entries[i / (d + 1)] } else { 0.0 }).collect()
}
