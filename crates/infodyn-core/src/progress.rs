//! How far the work of this process has come, for the eye alone: no number depends on it.
//!
//! Work is counted in pieces, of which more may become known on the way: a chunk of samples, a noise level, a run of a
//! sampler.
//!
//! ```
//! use infodyn_core::progress;
//!
//! progress::expect(2);
//! progress::done();
//! let (done, known) = progress::so_far();
//! assert!(done >= 1 && known >= 2);
//! ```

use std::sync::atomic::{AtomicU64, Ordering};

static KNOWN: AtomicU64 = AtomicU64::new(0);
static DONE: AtomicU64 = AtomicU64::new(0);

/// So many pieces more are known of.
pub fn expect(pieces: u64) {
    KNOWN.fetch_add(pieces, Ordering::Relaxed);
}

/// One piece is done.
pub fn done() {
    DONE.fetch_add(1, Ordering::Relaxed);
}

/// Pieces that are done, and that are known of.
#[must_use]
pub fn so_far() -> (u64, u64) {
    let done = DONE.load(Ordering::Relaxed);
    (done, KNOWN.load(Ordering::Relaxed).max(done))
}
