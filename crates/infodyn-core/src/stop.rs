//! Work that can be told to stop.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static CURRENT: RefCell<Option<Stop>> = const { RefCell::new(None) };
}

/// A request to stop, shared by whoever may ask for it and the threads that do the work.
///
/// Work under [`Stop::run`] comes past [`Stop::check`] often, and there it unwinds to the call. A thread that helps
/// takes the request over by [`Stop::enter`]; without one, `check` does nothing.
///
/// ```
/// use infodyn_core::{Stop, Stopped};
///
/// let stop = Stop::default();
/// assert_eq!(stop.run(|| { Stop::check(); 1 }), Ok(1));
/// stop.request();
/// assert_eq!(stop.run(|| { Stop::check(); 1 }), Err(Stopped));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

/// Work was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

impl Stop {
    /// Asks the work to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What this thread works under.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// This thread works under `stop` from now on.
    pub fn enter(stop: Option<Self>) {
        CURRENT.set(stop);
    }

    /// Does the work on this thread, unless it is stopped.
    ///
    /// # Errors
    /// [`Stopped`]. A panic is passed on.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> Result<T, Stopped> {
        let outer = CURRENT.replace(Some(self.clone()));
        let done = catch_unwind(AssertUnwindSafe(work));
        CURRENT.set(outer);
        done.map_err(|payload| if payload.is::<Stopped>() { Stopped } else { resume_unwind(payload) })
    }

    /// Unwinds to [`Stop::run`] if this thread's work was told to stop. The hook of panics is not called.
    pub fn check() {
        if CURRENT.with_borrow(|stop| stop.as_ref().is_some_and(Self::is_requested)) {
            resume_unwind(Box::new(Stopped));
        }
    }
}
