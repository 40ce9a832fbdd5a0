//! Work that several processes share: who does which pieces, and how what these come to is put together.
//!
//! A loop over pieces is shared ([`each`]) where its caller has opened that ([`open`]), its pieces do not depend on who
//! does them, and what they come to is read in their order: then the answer has the same bits for any number of
//! processes. Loops within a piece are not shared.
//!
//! ```
//! use infodyn_core::share::{self, Piece};
//!
//! // By oneself, a shared loop is a loop.
//! let squares = |mine: Vec<usize>| -> Result<Vec<f64>, String> { Ok(mine.iter().map(|&i| (i * i) as f64).collect()) };
//! let found = share::each("squares", 4, squares, |x| Piece::of([*x]), |_, p| p.reader().number());
//! assert_eq!(found, Ok(vec![0.0, 1.0, 4.0, 9.0]));
//! ```

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use crate::{Comparison, Estimate, Relation, Rigor, Sampling};

/// What a piece of work came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Piece {
    /// Its numbers.
    pub numbers: Vec<f64>,
    /// Its words, if it has any.
    pub text: String,
}

/// The processes that share work, as one of them sees them.
pub trait Share: Send + Sync {
    /// The pieces of a loop of `count` that are done here, in their order.
    fn mine(&self, count: usize) -> Vec<usize>;

    /// All pieces of a loop from those that were done here, or from why they could not be.
    ///
    /// # Errors
    /// In one line, when a piece is missing or another process failed.
    fn gather(
        &self,
        what: &str,
        count: usize,
        found: Result<Vec<(usize, Piece)>, String>,
    ) -> Result<Vec<Piece>, String>;

    /// Loops from here on are counted anew: one process may have had more of them than another.
    fn section(&self);

    /// Whether what others found is known here when a loop ends; else pieces of one's own stand in for theirs, and what
    /// is made of them is told to nobody.
    fn is_complete(&self) -> bool;

    /// Whether this process tells the answer.
    fn tells(&self) -> bool;

    /// Whether the processes meet at the end of every loop: what is to be done may then follow from earlier loops.
    fn meets(&self) -> bool {
        false
    }

    /// What the work is about: a name and a value that all processes agree on.
    ///
    /// # Errors
    /// In one line, when they do not.
    fn about(&self, name: &str, value: &str) -> Result<(), String>;
}

/// Why shared work came to nothing, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

thread_local! {
    static CURRENT: RefCell<Option<Arc<dyn Share>>> = const { RefCell::new(None) };
    static OPEN: Cell<bool> = const { Cell::new(false) };
}

/// With whom this thread shares work.
#[must_use]
pub fn current() -> Option<Arc<dyn Share>> {
    CURRENT.with_borrow(Clone::clone)
}

/// This thread shares work from now on.
pub fn enter(share: Option<Arc<dyn Share>>) {
    CURRENT.set(share);
}

/// Does work that is shared; a thread that helps takes the share over by [`enter`].
///
/// # Errors
/// [`Failed`]. A panic is passed on.
pub fn run<T>(share: Arc<dyn Share>, work: impl FnOnce() -> T) -> Result<T, Failed> {
    let outer = CURRENT.replace(Some(share));
    let done = catch_unwind(AssertUnwindSafe(work));
    CURRENT.set(outer);
    done.map_err(|payload| match payload.downcast::<Failed>() {
        Ok(failed) => *failed,
        Err(payload) => resume_unwind(payload),
    })
}

/// Loops that `work` has on this thread are shared.
pub fn open<T>(work: impl FnOnce() -> T) -> T {
    set(current().is_some(), work)
}

fn set<T>(open: bool, work: impl FnOnce() -> T) -> T {
    /// Puts back what was, also where work unwinds.
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            OPEN.set(self.0);
        }
    }
    let _back = Back(OPEN.replace(open));
    work()
}

/// Whether what comes of shared loops is known here: see [`Share::is_complete`].
#[must_use]
pub fn is_complete() -> bool {
    current().is_none_or(|share| share.is_complete())
}

/// Whether this process tells the answer.
#[must_use]
pub fn tells() -> bool {
    current().is_none_or(|share| share.tells())
}

/// See [`Share::section`].
pub fn section() {
    if let Some(share) = current().filter(|_| OPEN.get()) {
        share.section();
    }
}

/// Says what the work is about. Unwinds to [`run`] where others say something else.
pub fn about(name: &str, value: &str) {
    let said = current().map_or(Ok(()), |share| share.about(name, value));
    said.unwrap_or_else(|why| fail(why));
}

fn fail(why: String) -> ! {
    resume_unwind(Box::new(Failed(why)))
}

/// Does a loop over `count` pieces, or its share of them: `work` does those of the given numbers, in their order, `to`
/// and `from` turn what comes of one into a piece and, by its number, back. Unwinds to [`run`] where others fail.
///
/// # Errors
/// Those of the work.
pub fn each<T, E: Display>(
    what: &str,
    count: usize,
    work: impl FnOnce(Vec<usize>) -> Result<Vec<T>, E>,
    to: impl Fn(&T) -> Piece,
    from: impl Fn(usize, &Piece) -> Option<T>,
) -> Result<Vec<T>, E> {
    let Some(share) = current().filter(|_| OPEN.get()) else { return work((0..count).collect()) };
    let mine = share.mine(count);
    match set(false, || work(mine.clone())) {
        Err(error) => {
            // The others learn of it; here it is an error like any.
            let _ = share.gather(what, count, Err(error.to_string()));
            Err(error)
        }
        Ok(found) => {
            let found = mine.into_iter().zip(found.iter().map(to)).collect();
            let all = share.gather(what, count, Ok(found)).unwrap_or_else(|why| fail(why));
            let read = |(i, piece): (usize, &Piece)| {
                from(i, piece).unwrap_or_else(|| fail(format!("piece {i} of {what}: it cannot be read as one")))
            };
            Ok(all.iter().enumerate().map(read).collect())
        }
    }
}

/// Does work by which all else is decided. Processes that meet share its loops; else each does all of it, and what it
/// comes to is kept as one piece. Unwinds to [`run`] where others fail.
///
/// # Errors
/// Those of the work.
pub fn decide<T, E: Display>(
    what: &str,
    work: impl Fn() -> Result<T, E>,
    to: impl Fn(&T) -> Piece,
    from: impl Fn(&Piece) -> Option<T>,
) -> Result<T, E> {
    if current().is_none_or(|share| share.meets()) {
        return work();
    }
    let all = |mine: Vec<usize>| mine.into_iter().map(|_| work()).collect();
    let found = each(what, 1, all, to, |_, piece| from(piece))?.pop();
    Ok(found.unwrap_or_else(|| fail(format!("{what}: missing"))))
}

impl Piece {
    /// Some numbers.
    #[must_use]
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        Self { numbers: numbers.into_iter().collect(), text: String::new() }
    }

    /// Words.
    #[must_use]
    pub fn text(text: String) -> Self {
        Self { numbers: vec![], text }
    }

    /// An estimate, with all that is known of it.
    pub fn estimate(&mut self, e: Estimate) {
        let rigor = match e.rigor() {
            Rigor::Sampled => 0.0,
            Rigor::Estimated => 1.0,
            Rigor::Enclosed => 2.0,
        };
        self.numbers.extend([e.value(), e.radius(), rigor, e.error_probability()]);
        let sampling = e.sampling().map(|s| [s.std_error, s.freedom.unwrap_or(0.0), s.level, s.samples as f64]);
        self.numbers.push(f64::from(u8::from(sampling.is_some())));
        self.numbers.extend(sampling.into_iter().flatten());
    }

    /// An estimate, or none.
    pub fn optional(&mut self, e: Option<Estimate>) {
        self.numbers.push(f64::from(u8::from(e.is_some())));
        e.into_iter().for_each(|e| self.estimate(e));
    }

    /// A comparison.
    pub fn comparison(&mut self, c: &Comparison) {
        self.numbers.push(f64::from(u8::from(c.relation() == Relation::AtMost)));
        [c.lhs(), c.rhs(), c.difference()].into_iter().for_each(|e| self.estimate(e));
        self.numbers.push(c.tolerance());
    }

    /// Reads the numbers in their order.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader(self.numbers.iter())
    }
}

/// The numbers of a [`Piece`], as they were written; `None` where there is something else.
#[derive(Debug, Clone)]
pub struct Reader<'a>(std::slice::Iter<'a, f64>);

impl Reader<'_> {
    /// A number.
    pub fn number(&mut self) -> Option<f64> {
        self.0.next().copied()
    }

    /// A whole number below `2^53`.
    pub fn whole(&mut self) -> Option<u64> {
        self.number().filter(|x| *x >= 0.0 && *x < 9e15 && x.fract() == 0.0).map(|x| x as u64)
    }

    /// As many numbers.
    pub fn numbers<const N: usize>(&mut self) -> Option<[f64; N]> {
        let mut all = [0.0; N];
        for x in &mut all {
            *x = self.number()?;
        }
        Some(all)
    }

    /// See [`Piece::estimate`].
    pub fn estimate(&mut self) -> Option<Estimate> {
        let [value, radius, rigor, error_probability] = self.numbers()?;
        let rigor = [Rigor::Sampled, Rigor::Estimated, Rigor::Enclosed].into_iter().nth(rigor as usize)?;
        let sampling = if self.whole()? == 1 {
            let [std_error, freedom, level, samples] = self.numbers()?;
            Some(Sampling { std_error, freedom: (freedom > 0.0).then_some(freedom), level, samples: samples as u64 })
        } else {
            None
        };
        Some(Estimate::from_parts(value, radius, rigor, error_probability, sampling))
    }

    /// See [`Piece::optional`].
    #[allow(clippy::option_option, reason = "nothing was written, or that there is nothing")]
    pub fn optional(&mut self) -> Option<Option<Estimate>> {
        if self.whole()? == 1 { self.estimate().map(Some) } else { Some(None) }
    }

    /// See [`Piece::comparison`].
    pub fn comparison(&mut self) -> Option<Comparison> {
        let ordered = self.whole()? == 1;
        let (lhs, rhs, difference) = (self.estimate()?, self.estimate()?, self.estimate()?);
        let found = Comparison::paired(lhs, rhs, difference, self.number()?);
        Some(if ordered { found.ordered() } else { found })
    }

    /// `Some` where nothing is left.
    #[must_use]
    pub fn end(mut self) -> Option<()> {
        self.0.next().is_none().then_some(())
    }
}
