//! Which vector unit runs a kernel.

/// A vector unit, the widest of this machine by default: `unit.dispatch(kernel)` runs a kernel on it.
pub use pulp::Arch as Unit;
/// Work to be compiled for each vector unit: `call` and all that it calls is `#[inline(always)]`.
pub use pulp::NullaryFnOnce as Kernel;

/// Runs a kernel on the widest vector unit of this machine.
#[inline]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    Unit::new().dispatch(kernel)
}

/// Whether a register of the widest vector unit of this machine holds eight doubles. What a kernel computes must not
/// depend on it, only in how many registers at once.
#[must_use]
pub fn is_wide() -> bool {
    #[cfg(target_arch = "x86_64")]
    return matches!(Unit::new(), Unit::V4(_));
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
