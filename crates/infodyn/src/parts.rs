//! Work in parts, and parts put together.
//!
//! A part goes through the whole command. Of each loop that is shared ([`share::each`]) it does every `parts`-th piece
//! and keeps these in its file ([`PartFile`]); pieces of its own stand in for the others, and nothing that is made of
//! them is told. Whoever has all parts goes through the command once more, with the pieces in place of the loops: what
//! then comes of it is what the whole run would have told, by the same code.
//!
//! [`Ranks`] go through the command side by side, and put the same parts together at the end of every loop.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use infodyn_core::share::{Piece, Share};
use infodyn_data::{Kept, Loop, PartFile};

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

/// The pieces of a loop from all parts, each with its name; `of` finds the loop in one.
fn put_together<'a>(
    what: &str,
    count: usize,
    parts: &'a [(String, PartFile)],
    of: impl Fn(&'a PartFile) -> Option<&'a Loop>,
) -> Result<Vec<Piece>, String> {
    let own = |(name, part): &'a (String, PartFile)| {
        let known = of(part).filter(|of| of.what == what && of.count == count);
        known.ok_or_else(|| format!("{name}: {what} are not in it, expected a part of the same work"))
    };
    let loops = parts.iter().map(own).collect::<Result<Vec<_>, _>>()?;
    let piece = |i: usize| loops[i % loops.len()].pieces.get(&i).map(Kept::piece);
    (0..count).map(|i| piece(i).ok_or_else(|| format!("piece {i} of {what}: missing"))).collect()
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
        put_together(what, count, &self.parts, |part| part.loops.iter().filter(|of| of.section == section).nth(place))
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

/// Hands the message of this process to all, and returns those of all in the order of their ranks.
pub type Exchange = dyn Fn(&[u8]) -> Result<Vec<Vec<u8>>, String> + Send + Sync;

/// One of several processes that go through the same command and meet at the end of every loop.
pub struct Ranks {
    /// Which rank, from 0, of how many.
    own: [usize; 2],
    exchange: Box<Exchange>,
    /// What the work is, and whether the ranks have parted: then they meet no more.
    kept: Mutex<(PartFile, bool)>,
}

impl fmt::Debug for Ranks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ranks").field("own", &self.own).finish_non_exhaustive()
    }
}

impl Ranks {
    /// A rank, from 0, of so many, of what a command line asks for.
    #[must_use]
    pub fn new([rank, ranks]: [usize; 2], words: Vec<String>, exchange: Box<Exchange>) -> Arc<Self> {
        let file = PartFile::new(env!("CARGO_PKG_VERSION"), [rank + 1, ranks], words);
        Arc::new(Self { own: [rank, ranks], exchange, kept: Mutex::new((file, false)) })
    }

    /// Tells the others what was done of a loop, of none where the work has ended, or why it cannot go on; what all
    /// have done.
    fn meet(&self, done: Result<Option<Loop>, String>) -> Result<Vec<(String, PartFile)>, String> {
        let mut kept = locked(&self.kept);
        let (file, parted) = &mut *kept;
        if *parted {
            return Err("the ranks have parted".into());
        }
        let read = |(rank, bytes): (usize, &Vec<u8>)| {
            let said = serde_json::from_slice::<Result<PartFile, String>>(bytes).map_err(|e| e.to_string());
            let name = format!("rank {rank}");
            said.flatten().map_err(|why| format!("{name}: {why}")).map(|part| (name, part))
        };
        let all = || -> Result<Vec<(String, PartFile)>, String> {
            let with = |of: Option<Loop>| {
                let mut own = file.clone();
                own.loops.extend(of);
                own
            };
            let bytes = serde_json::to_vec(&done.map(with)).map_err(|e| e.to_string())?;
            let found = (self.exchange)(&bytes)?.iter().enumerate().map(read).collect::<Result<_, _>>()?;
            let parts = PartFile::fit(found)?;
            let at = |part: &PartFile| part.loops.first().map_or("its end".into(), |of| of.what.clone());
            let first = at(&parts[0].1);
            match parts.iter().find(|(_, part)| at(part) != first) {
                Some((name, part)) => Err(format!("{name}: is at {}, expected {first} as in {}", at(part), parts[0].0)),
                None => Ok(parts),
            }
        };
        let found = all();
        *parted = found.is_err();
        found
    }

    /// The end of the work here, or why there is no answer; whether all others have come to their end, too.
    ///
    /// # Errors
    /// In one line, what another could not do. Whoever could not has been told already, or tells by this.
    pub fn end(&self, refused: Option<String>) -> Result<(), String> {
        if locked(&self.kept).1 {
            return Ok(());
        }
        self.meet(refused.map_or(Ok(None), Err)).map(drop)
    }
}

impl Share for Ranks {
    fn mine(&self, count: usize) -> Vec<usize> {
        let [rank, ranks] = self.own;
        (rank..count).step_by(ranks).collect()
    }

    fn gather(
        &self,
        what: &str,
        count: usize,
        found: Result<Vec<(usize, Piece)>, String>,
    ) -> Result<Vec<Piece>, String> {
        let of = |found: Vec<(usize, Piece)>| {
            let pieces = found.into_iter().map(|(i, piece)| (i, piece.into())).collect();
            Some(Loop { section: 0, what: what.into(), count, pieces })
        };
        put_together(what, count, &self.meet(found.map(of))?, |part| part.loops.first())
    }

    fn section(&self) {}

    fn is_complete(&self) -> bool {
        true
    }

    fn tells(&self) -> bool {
        self.own[0] == 0
    }

    fn meets(&self) -> bool {
        true
    }

    fn about(&self, name: &str, value: &str) -> Result<(), String> {
        // Compared where the ranks meet next.
        locked(&self.kept).0.of.insert(name.into(), value.into());
        Ok(())
    }
}
