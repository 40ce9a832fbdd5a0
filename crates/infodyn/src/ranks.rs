//! Ranks of MPI as processes that share work: `mpirun -n 4 infodyn profile ...`.
//!
//! All that is known of MPI stands here: a rank hands its bytes to all, and gets theirs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, thread};

use infodyn_core::share;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};
use mpi::{Count, Threading};

use crate::commands::parts::{COMMANDS, words_of_work};
use crate::parts::Ranks;
use crate::text::{self, Outcome, Refusal};

/// By what a launcher tells a process that it is one of several: Open MPI's, PMIx's, MPICH's.
const LAUNCHED: [&str; 3] = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE"];

/// The command line of this process, answered by `asked`: with the other ranks, where a launcher of MPI has started it.
/// Rank 0 tells the answer and gives the exit code.
pub fn answer(asked: impl FnOnce() -> Outcome<ExitCode>) -> ExitCode {
    if LAUNCHED.iter().all(|name| env::var_os(name).is_none()) {
        return asked().unwrap_or_else(|refusal| refusal.tell());
    }
    // Loops end on a thread of their pool, one at a time.
    let Some((_universe, threading)) = mpi::initialize_with_threading(Threading::Serialized) else {
        return Refusal::said("MPI: it cannot be started, expected its launcher".into()).tell();
    };
    let world = SimpleCommunicator::world();
    let own = [world.rank(), world.size()].map(|n| n as usize);
    if own[1] == 1 {
        return asked().unwrap_or_else(|refusal| refusal.tell());
    }
    let ranked = || -> Outcome<ExitCode> {
        if threading < Threading::Serialized {
            return Err(Refusal::said(format!("MPI: {threading:?} threads, expected a library for several")));
        }
        let first = env::args().nth(1).unwrap_or_default();
        if !(COMMANDS.contains(&first.as_str()) || first.starts_with('-') || first == "help") {
            return Err(Refusal::flag("ranks", format!("{first:?}, expected one of {}", COMMANDS.join(", "))));
        }
        asked()
    };
    let words = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let ranks = Ranks::new(own, words_of_work(words), Box::new(all_gathered));
    let shared = || {
        let outcome = share::run(ranks.clone(), || if own[0] == 0 { ranked() } else { silent(ranked) });
        let outcome = outcome.unwrap_or_else(|failed| Err(Refusal::said(failed.to_string())));
        let end = ranks.end(outcome.as_ref().err().map(ToString::to_string));
        outcome.and_then(|code| end.map(|()| code).map_err(Refusal::said))
    };
    match catch_unwind(AssertUnwindSafe(shared)) {
        Ok(outcome) if own[0] == 0 => outcome.unwrap_or_else(|refusal| refusal.tell()),
        // The launcher ends the job with the first code that is not 0: that of rank 0, when it has told why.
        Ok(_) => ExitCode::SUCCESS,
        // The others wait for this rank in a loop that it will not come to.
        Err(_) => world.abort(101),
    }
}

/// Answers a command line without a word.
fn silent(ranked: impl FnOnce() -> Outcome<ExitCode>) -> Outcome<ExitCode> {
    text::kept(|| ranked().map(drop)).map(|_| ExitCode::SUCCESS)
}

/// The bytes of all ranks, in their order.
fn all_gathered(own: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let world = SimpleCommunicator::world();
    await_all(&world);
    let mut lengths = vec![0_u64; world.size() as usize];
    world.all_gather_into(&(own.len() as u64), &mut lengths[..]);
    let total: u64 = lengths.iter().sum();
    if Count::try_from(total).is_err() {
        return Err(format!("pieces of {total} bytes at once, expected at most {} for MPI; see --part", Count::MAX));
    }
    let counts: Vec<Count> = lengths.iter().map(|&n| n as Count).collect();
    let places: Vec<Count> = counts.iter().scan(0, |at, n| Some(std::mem::replace(at, *at + n))).collect();
    let mut all = vec![0_u8; total as usize];
    world.all_gather_varcount_into(own, &mut PartitionMut::new(&mut all[..], counts, places));
    let mut rest = &all[..];
    Ok(lengths.iter().map(|&n| rest.split_off(..n as usize).unwrap_or_default().to_vec()).collect())
}

/// Sleeps until all ranks are here; the library would spin, and take the cores of those that work.
fn await_all(world: &SimpleCommunicator) {
    let mut all_here = world.immediate_barrier();
    let mut pause = Duration::from_micros(1);
    while let Err(not_yet) = all_here.test() {
        all_here = not_yet;
        thread::sleep(pause);
        pause = (2 * pause).min(Duration::from_millis(2));
    }
}
