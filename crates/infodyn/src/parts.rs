//! Work in parts, and parts put together.
//!
//! A part goes through the whole command. Of each loop that is shared ([`share::each`]) it does every `parts`-th piece
//! and keeps these in its file ([`PartFile`]); pieces of its own stand in for the others, and nothing that is made of
//! them is told. Whoever has all parts goes through the command once more, with the pieces in place of the loops: what
//! then comes of it is what the whole run would have told, by the same code.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use infodyn_core::share::{Piece, Share};
use infodyn_data::{Loop, PartFile};

#[cfg(doc)]
use infodyn_core::share;

/// One part of the work.
#[derive(Debug)]
pub struct Part {
    /// Which part, from 0, of how many.
    own: [usize; 2],
    kept: Mutex<(usize, PartFile)>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Part {
    /// A part, from 1, of so many, of what a command line asks for.
    #[must_use]
    pub fn new(part: [usize; 2], words: Vec<String>) -> Arc<Self> {
        let file = PartFile::new(env!("CARGO_PKG_VERSION"), part, words);
        Arc::new(Self { own: [part[0] - 1, part[1]], kept: Mutex::new((0, file)) })
    }

    /// What was done so far.
    #[must_use]
    pub fn file(&self) -> PartFile {
        locked(&self.kept).1.clone()
    }
}

impl Share for Part {
    fn mine(&self, count: usize) -> Vec<usize> {
        let [part, parts] = self.own;
        // Where there are fewer pieces than parts, one must stand in for all.
        if part < count { (part..count).step_by(parts).collect() } else { (0..count.min(1)).collect() }
    }

    fn gather(
        &self,
        what: &str,
        count: usize,
        found: Result<Vec<(usize, Piece)>, String>,
    ) -> Result<Vec<Piece>, String> {
        let found = found?;
        let [_, parts] = self.own;
        let stands_in = |i: usize| found.get(i / parts).or(found.last()).map(|(_, piece)| piece.clone());
        let all = (0..count).map(stands_in).collect::<Option<_>>().ok_or("no piece of one's own")?;
        let mut kept = locked(&self.kept);
        let (section, file) = &mut *kept;
        let pieces = found.into_iter().filter(|(i, _)| file.has(*i)).map(|(i, piece)| (i, piece.into())).collect();
        file.loops.push(Loop { section: *section, what: what.into(), count, pieces });
        Ok(all)
    }

    fn section(&self) {
        locked(&self.kept).0 += 1;
    }

    fn is_complete(&self) -> bool {
        false
    }

    fn tells(&self) -> bool {
        false
    }

    fn about(&self, name: &str, value: &str) -> Result<(), String> {
        locked(&self.kept).1.of.insert(name.into(), value.into());
        Ok(())
    }
}

/// All parts of the work, each with the name of its file.
#[derive(Debug)]
pub struct Whole {
    parts: Vec<(String, PartFile)>,
    /// The section, and the loops of it that were gone through.
    at: Mutex<[usize; 2]>,
}

impl Whole {
    /// Parts that fit ([`PartFile::fit`]).
    #[must_use]
    pub fn new(parts: Vec<(String, PartFile)>) -> Arc<Self> {
        Arc::new(Self { parts, at: Mutex::default() })
    }
}

impl Share for Whole {
    fn mine(&self, _: usize) -> Vec<usize> {
        vec![]
    }

    fn gather(&self, what: &str, count: usize, _: Result<Vec<(usize, Piece)>, String>) -> Result<Vec<Piece>, String> {
        let mut at = locked(&self.at);
        let [section, place] = *at;
        at[1] += 1;
        let own = |(name, part): &(String, PartFile)| -> Result<Loop, String> {
            let of = part.loops.iter().filter(|of| of.section == section).nth(place);
            let known = of.filter(|of| of.what == what && of.count == count).cloned();
            known.ok_or_else(|| format!("{name}: {what} are not in it, expected a part of the same work"))
        };
        let loops = self.parts.iter().map(own).collect::<Result<Vec<_>, _>>()?;
        let piece = |i: usize| loops[i % loops.len()].pieces.get(&i).map(|kept| kept.piece());
        (0..count).map(|i| piece(i).ok_or_else(|| format!("piece {i} of {what}: missing"))).collect()
    }

    fn section(&self) {
        let mut at = locked(&self.at);
        *at = [at[0] + 1, 0];
    }

    fn is_complete(&self) -> bool {
        true
    }

    fn tells(&self) -> bool {
        true
    }

    fn about(&self, name: &str, value: &str) -> Result<(), String> {
        let other = self.parts.iter().find(|(_, part)| part.of.get(name).is_none_or(|there| there != value));
        match other {
            None => Ok(()),
            Some((file, part)) => {
                let there = part.of.get(name).map_or("missing", String::as_str);
                Err(format!("{file}: {name} {there}, expected {value} as it is here"))
            }
        }
    }
}
