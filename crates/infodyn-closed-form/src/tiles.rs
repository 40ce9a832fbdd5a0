//! Matrix products with eight places at a time, one a lane, in tiles that stay in the caches.

use std::ops::Range;

use infodyn_kernels::Lanes;

use crate::terms::ZERO;

/// Rows of a product that are formed at once: six sums of eight lanes fill twelve registers of four doubles.
pub(crate) const BLOCK: usize = 6;
/// Columns of a tile: as many numbers of a panel stay in the first cache.
pub(crate) const STEPS: usize = 256;
/// Numbers of the matrix in a tile, which stays in the second cache while panels take it in turn.
const TILE: usize = 24 << 10;

/// A matrix, its rows in blocks: of a block, the numbers of each column follow one another. Rows of zeros fill the
/// last.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    columns: usize,
    data: Vec<[f64; BLOCK]>,
}

impl Packed {
    pub(crate) fn new(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let mut data = Vec::with_capacity(rows.div_ceil(BLOCK) * columns);
        for first in (0..rows).step_by(BLOCK) {
            for column in 0..columns {
                let number = |row: usize| if row < rows { entry(row, column) } else { 0.0 };
                data.push(std::array::from_fn(|b| number(first + b)));
            }
        }
        Self { columns, data }
    }

    /// From blocks that are there: those of each block one after the other.
    pub(crate) fn of_blocks(columns: usize, data: Vec<[f64; BLOCK]>) -> Self {
        Self { columns, data }
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Rows, those of zeros too.
    pub(crate) fn rows(&self) -> usize {
        self.data.len() / self.columns.max(1) * BLOCK
    }

    /// Six rows, column by column.
    #[inline(always)]
    pub(crate) fn block(&self, block: usize) -> &[[f64; BLOCK]] {
        &self.data[block * self.columns..(block + 1) * self.columns]
    }

    /// One number.
    #[inline(always)]
    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.data[row / BLOCK * self.columns + column][row % BLOCK]
    }

    /// Runs of blocks that make a tile over `columns` columns.
    #[inline(always)]
    fn tiles(&self, columns: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let blocks = (TILE / (BLOCK * columns.max(1))).max(1);
        runs(0..self.rows() / BLOCK, blocks)
    }
}

/// A range in runs of at most `step`.
#[inline(always)]
pub(crate) fn runs(range: Range<usize>, step: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(step).map(move |start| start..end.min(start + step))
}

/// Arrays of panels one after the other: that of panel `p` begins at `p stride`.
#[derive(Clone, Copy)]
pub(crate) struct Stack<'a> {
    pub(crate) lanes: &'a [Lanes],
    pub(crate) stride: usize,
}

impl<'a> Stack<'a> {
    #[inline(always)]
    fn panel(self, p: usize) -> &'a [Lanes] {
        &self.lanes[p * self.stride..(p + 1) * self.stride]
    }
}

/// `out_r += sum_t a_rt x_t` of every panel, all rows of `a`; `out` has its rows a panel.
///
/// Each sum runs in the order of the columns, whatever is formed beside it.
#[inline(always)]
pub(crate) fn multiply(a: &Packed, x: Stack<'_>, out: &mut [Lanes], panels: usize, wide: bool) {
    for columns in runs(0..a.columns, STEPS) {
        for blocks in a.tiles(columns.len()) {
            let mut p = 0;
            while wide && p + 2 <= panels {
                multiply_tile::<2>(a, blocks.clone(), columns.clone(), x, out, p);
                p += 2;
            }
            while p < panels {
                multiply_tile::<1>(a, blocks.clone(), columns.clone(), x, out, p);
                p += 1;
            }
        }
    }
}

/// One tile with `P` panels from panel `p` on.
#[inline(always)]
pub(crate) fn multiply_tile<const P: usize>(
    a: &Packed,
    blocks: Range<usize>,
    columns: Range<usize>,
    x: Stack<'_>,
    out: &mut [Lanes],
    p: usize,
) {
    let stride = a.rows();
    for block in blocks {
        let rows = &a.block(block)[columns.clone()];
        let mut from = [rows_of(x, p, &columns); P];
        for q in 1..P {
            from[q] = rows_of(x, p + q, &columns);
        }
        let mut sums = sums_of::<P>(out, stride, p, block);
        for (t, row) in rows.iter().enumerate() {
            for q in 0..P {
                for b in 0..BLOCK {
                    sums[q][b] = from[q][t].mul_add(Lanes::splat(row[b]), sums[q][b]);
                }
            }
        }
        keep_sums(&sums, out, stride, p, block);
    }
}

/// As [`multiply`] over the columns that each panel names in `lists`, in their order: at most [`STEPS`] of a run. Panel
/// `p` writes at `out[(p every + part) rows..]`.
#[inline(always)]
pub(crate) fn multiply_listed(
    a: &Packed,
    x: Stack<'_>,
    out: &mut [Lanes],
    (every, part): (usize, usize),
    lists: &[Vec<usize>],
    wide: bool,
) {
    let rows = a.rows();
    for blocks in a.tiles(STEPS) {
        for (p, list) in lists.iter().enumerate().filter(|(_, list)| !list.is_empty()) {
            let out = &mut out[(p * every + part) * rows..][..rows];
            let mut block = blocks.start;
            if wide && blocks.len() % 2 == 1 && blocks.len() > 1 {
                multiply_some::<3>(a, block, list, x.panel(p), out);
                block += 3;
            }
            while wide && block + 2 <= blocks.end {
                multiply_some::<2>(a, block, list, x.panel(p), out);
                block += 2;
            }
            while block < blocks.end {
                multiply_some::<1>(a, block, list, x.panel(p), out);
                block += 1;
            }
        }
    }
}

/// `N` blocks with one panel.
#[inline(always)]
fn multiply_some<const N: usize>(a: &Packed, block: usize, list: &[usize], x: &[Lanes], out: &mut [Lanes]) {
    let mut rows = [a.block(block); N];
    for n in 1..N {
        rows[n] = a.block(block + n);
    }
    let x = &x[..a.columns];
    let mut sums = [[ZERO; BLOCK]; N];
    for n in 0..N {
        sums[n].copy_from_slice(&out[(block + n) * BLOCK..][..BLOCK]);
    }
    for &t in list {
        let x = x[t];
        for n in 0..N {
            let row = &rows[n][t];
            for b in 0..BLOCK {
                sums[n][b] = x.mul_add(Lanes::splat(row[b]), sums[n][b]);
            }
        }
    }
    for n in 0..N {
        out[(block + n) * BLOCK..][..BLOCK].copy_from_slice(&sums[n]);
    }
}

#[inline(always)]
fn rows_of<'a>(x: Stack<'a>, p: usize, columns: &Range<usize>) -> &'a [Lanes] {
    &x.panel(p)[columns.start..columns.end]
}

#[inline(always)]
fn sums_of<const P: usize>(out: &[Lanes], stride: usize, p: usize, block: usize) -> [[Lanes; BLOCK]; P] {
    let mut sums = [[ZERO; BLOCK]; P];
    for q in 0..P {
        sums[q].copy_from_slice(&out[(p + q) * stride + block * BLOCK..][..BLOCK]);
    }
    sums
}

#[inline(always)]
fn keep_sums<const P: usize>(sums: &[[Lanes; BLOCK]; P], out: &mut [Lanes], stride: usize, p: usize, block: usize) {
    for q in 0..P {
        out[(p + q) * stride + block * BLOCK..][..BLOCK].copy_from_slice(&sums[q]);
    }
}
