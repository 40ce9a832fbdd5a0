//! Which vector unit runs a kernel.

use std::sync::OnceLock;

/// A vector unit: `unit.dispatch(kernel)` runs a kernel on it.
pub use pulp::Arch as Unit;
/// Work to be compiled for each vector unit: `call` and all that it calls is `#[inline(always)]`.
pub use pulp::NullaryFnOnce as Kernel;

/// The environment variable that holds a process to a narrower vector unit than the widest of its machine: `avx512`,
/// `avx2` or `none`.
pub const VECTORS: &str = "INFODYN_VECTORS";

/// The vector unit that kernels run on in this process: the widest of this machine, or what [`VECTORS`] says.
#[inline]
#[must_use]
pub fn unit() -> Unit {
    chosen().unwrap_or_else(|_| Unit::new())
}

/// As [`unit()`].
///
/// # Errors
/// In one line, when [`VECTORS`] is no unit of this machine.
pub fn chosen() -> Result<Unit, &'static str> {
    static CHOSEN: OnceLock<Result<Unit, String>> = OnceLock::new();
    let found = CHOSEN.get_or_init(|| match std::env::var_os(VECTORS) {
        None => Ok(Unit::new()),
        Some(asked) => named(&asked.to_string_lossy()),
    });
    found.as_ref().copied().map_err(String::as_str)
}

fn named(asked: &str) -> Result<Unit, String> {
    let there = units();
    let called = |unit: &Unit| match unit {
        #[cfg(target_arch = "x86_64")]
        Unit::V4(_) => "avx512",
        #[cfg(target_arch = "x86_64")]
        Unit::V3(_) => "avx2",
        Unit::Scalar => "none",
        _ => "widest",
    };
    there.iter().find(|unit| called(unit) == asked).copied().ok_or_else(|| {
        let mut names: Vec<&str> = there.iter().map(called).collect();
        names.dedup();
        format!("{VECTORS}: {asked:?}, expected one of this machine's: {}", names.join(", "))
    })
}

/// Runs a kernel on the vector unit of this process.
#[inline]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    unit().dispatch(kernel)
}

/// Whether a register of the vector unit of this process holds eight doubles. What a kernel computes must not depend on
/// it, only in how many registers at once.
#[must_use]
pub fn is_wide() -> bool {
    #[cfg(target_arch = "x86_64")]
    return matches!(unit(), Unit::V4(_));
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// The vector units of this machine, none last: for tests that a kernel gives the same bits on each
/// (`unit.dispatch(kernel)`).
#[must_use]
pub fn units() -> Vec<Unit> {
    let mut units = vec![Unit::new()];
    #[cfg(target_arch = "x86_64")]
    units.extend(pulp::x86::V3::try_new().map(Unit::V3));
    units.push(Unit::Scalar);
    units
}
