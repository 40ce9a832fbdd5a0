//! Points to fit to, and their division.

use infodyn_kernels::Philox;

use crate::{Error, Result};

/// Points of `R^D`, one a row.
#[derive(Debug, Clone, Copy)]
pub struct Points<'a> {
    rows: &'a [f64],
    dim: usize,
}

impl<'a> Points<'a> {
    /// `rows` is `n x D`, row-major, of finite numbers.
    ///
    /// # Errors
    /// [`Error::Shape`].
    pub fn new(rows: &'a [f64], dim: usize) -> Result<Self> {
        if dim == 0 || rows.is_empty() || !rows.len().is_multiple_of(dim) {
            return Err(Error::Shape { numbers: rows.len(), dim });
        }
        Ok(Self { rows, dim })
    }

    /// Number of points.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.rows.len() / self.dim
    }

    /// Dimension `D`.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// All coordinates, `n x D`, row-major.
    #[must_use]
    pub fn rows(&self) -> &'a [f64] {
        self.rows
    }

    /// Point `i`, length `D`.
    #[must_use]
    pub fn row(&self, i: usize) -> &'a [f64] {
        &self.rows[i * self.dim..(i + 1) * self.dim]
    }

    /// The numbers of some of the points, `n x D`, row-major.
    #[must_use]
    pub fn taken(&self, which: &[usize]) -> Vec<f64> {
        which.iter().flat_map(|&i| self.row(i).iter().copied()).collect()
    }

    /// How many different places the points lie in, up to `most`.
    pub(crate) fn places(&self, most: usize) -> usize {
        let mut order: Vec<usize> = (0..self.len()).collect();
        let compare = |a: usize, b: usize| {
            let differ = self.row(a).iter().zip(self.row(b)).map(|(x, y)| x.total_cmp(y));
            differ.into_iter().find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        };
        order.sort_unstable_by(|&a, &b| compare(a, b));
        let changes = order.windows(2).filter(|pair| compare(pair[0], pair[1]).is_ne()).take(most).count();
        (1 + changes).min(most)
    }
}

/// What the streams of random numbers are for: no two share a block.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Use {
    Split = 1,
    Start = 2,
    Noise = 3,
}

/// A stream of random numbers for one use: Philox4x32-10 with the seed as its key and the use and a number as the upper
/// half of its counter.
pub(crate) fn stream(seed: u64, of: Use, number: u32) -> Philox {
    Philox::new([(seed & 0xffff_ffff) as u32, (seed >> 32) as u32], [number, of as u32], 0)
}

/// A random division of the numbers below `count` in two, each ascending: the second has `round(share count)` of
/// them, at least one and not all.
///
/// # Examples
/// ```
/// let (first, second) = infodyn_fit::split(10, 0.2, 7);
/// assert_eq!((first.len(), second.len()), (8, 2));
/// ```
#[must_use]
pub fn split(count: usize, share: f64, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut keys = vec![0.0; count];
    stream(seed, Use::Split, 0).fill_unit(&mut keys);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    let apart = ((share * count as f64).round() as usize).clamp(1, count.saturating_sub(1).max(1));
    let (second, first) = order.split_at(apart.min(count));
    let (mut first, mut second) = (first.to_vec(), second.to_vec());
    first.sort_unstable();
    second.sort_unstable();
    (first, second)
}
