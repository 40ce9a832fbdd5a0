//! Ranks that meet at the end of every loop: the bytes of one process, one line where one of them fails, and with the
//! feature `mpi` the same under `mpirun`.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests

#[cfg(feature = "mpi")]
mod common;

use std::sync::{Arc, Barrier, Mutex};

use infodyn::parts::Ranks;
use infodyn_core::share::{self, Failed, Piece};

/// What comes of work on a rank.
type Found<T> = Result<Result<T, String>, Failed>;

/// Runs `work` on so many threads that are the ranks; what comes of each by its rank, and what its end was told.
fn side_by_side<T: Send>(
    ranks: usize,
    work: impl Fn(usize) -> Result<T, String> + Sync,
) -> Vec<(Found<T>, Result<(), String>)> {
    let (barrier, board) = (Arc::new(Barrier::new(ranks)), Arc::new(Mutex::new(vec![vec![]; ranks])));
    let rank = |rank: usize| {
        let (barrier, board) = (Arc::clone(&barrier), Arc::clone(&board));
        let exchange = move |own: &[u8]| {
            board.lock().unwrap()[rank] = own.to_vec();
            barrier.wait();
            let all = board.lock().unwrap().clone();
            barrier.wait();
            Ok(all)
        };
        let own = Ranks::new([rank, ranks], vec!["profile".into()], Box::new(exchange));
        let found = share::run(own.clone(), || share::open(|| work(rank)));
        let refused = match &found {
            Ok(Err(why)) => Some(why.clone()),
            Err(failed) => Some(failed.to_string()),
            Ok(Ok(_)) => None,
        };
        let end = own.end(refused);
        (found, end)
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..ranks).map(|i| scope.spawn(move || rank(i))).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// A loop over squares in which one piece may be refused, on whose sum another rests.
fn squares(count: usize, refused: Option<usize>) -> Result<Vec<f64>, String> {
    let square = |i: usize| if Some(i) == refused { Err(format!("{i} is no number")) } else { Ok((i * i) as f64) };
    let work = |mine: Vec<usize>| mine.into_iter().map(square).collect();
    let to = |x: &f64| Piece::of([*x]);
    let squares: Vec<f64> = share::each("squares", count, work, to, |_, piece| piece.reader().number())?;
    let sum: f64 = squares.iter().sum();
    let work = |mine: Vec<usize>| Ok::<_, String>(mine.into_iter().map(|i| sum + i as f64).collect());
    share::each("sums", 3, work, to, |_, piece| piece.reader().number())
}

#[test]
fn all_ranks_have_what_one_would_have() {
    for (ranks, count) in [(1, 5), (2, 5), (3, 1), (4, 9), (8, 0)] {
        for (found, end) in side_by_side(ranks, |_| squares(count, None)) {
            assert_eq!((found, end), (Ok(squares(count, None)), Ok(())), "{count} pieces on {ranks} ranks");
        }
    }
}

#[test]
fn what_one_rank_cannot_do_all_are_told() {
    let all = side_by_side(3, |_| squares(5, Some(4)));
    let told = "rank 1: 4 is no number";
    assert_eq!(all[0].0, Err(Failed(told.into())));
    assert_eq!(all[1].0, Ok(Err("4 is no number".into())));
    assert_eq!(all[2].0, Err(Failed(told.into())));
    assert!(all.iter().all(|(_, end)| end.is_ok()), "whoever has been told parts in peace");
    // One that refuses before any loop, and one after all of them.
    let all = side_by_side(2, |rank| if rank == 1 { Err("no such file".into()) } else { squares(5, None) });
    assert_eq!(all[0].0, Err(Failed("rank 1: no such file".into())));
    let late = |rank: usize| squares(5, None).and_then(|s| if rank == 1 { Err("no room".to_owned()) } else { Ok(s) });
    let all = side_by_side(2, late);
    assert_eq!(all[0], (Ok(squares(5, None)), Err("rank 1: no room".into())));
}

#[test]
fn ranks_at_other_work_are_told_apart() {
    let all = side_by_side(2, |rank| {
        share::about("law", ["aa", "bb"][rank]);
        squares(5, None)
    });
    let told = Err(Failed("rank 1: law \"bb\", expected \"aa\" as in rank 0".into()));
    assert!(all.iter().all(|(found, _)| *found == told), "{all:?}");
    let all = side_by_side(2, |rank| squares(5 + rank, None));
    assert!(all.iter().all(|(found, _)| found.is_err()), "{all:?}");
    // One that has no loop more.
    let all = side_by_side(2, |rank| if rank == 0 { squares(5, None) } else { Ok(vec![]) });
    assert!(all.iter().all(|(found, end)| found.is_err() || end.is_err()), "{all:?}");
}

/// Under `mpirun`, which may be missing.
#[cfg(feature = "mpi")]
mod launched {
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Output, Stdio};
    use std::time::{Duration, Instant};

    use crate::common::{example, few_digits, many, run};

    /// So many ranks of a command.
    fn launch(ranks: usize, words: &[&str]) -> Command {
        let mut command = Command::new("mpirun");
        let count = ranks.to_string();
        command.args(["--oversubscribe", "--bind-to", "none", "-n", &count, env!("CARGO_BIN_EXE_infodyn")]).args(words);
        // As the gate's own user may be.
        command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        command
    }

    fn on_ranks(ranks: usize, words: &[&str]) -> Output {
        launch(ranks, words).output().unwrap()
    }

    fn is_there() -> bool {
        let there = Command::new("mpirun").arg("--version").output().is_ok();
        if !there {
            println!("mpirun is not installed: nothing is run on ranks; Debian: apt-get install openmpi-bin");
        }
        there
    }

    /// What stands on standard error but for the launcher's words and the program's patience.
    fn lines(output: &Output) -> Vec<String> {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        text.lines().filter(|line| line.starts_with("error:")).map(str::to_owned).collect()
    }

    /// Without the lines that say how long something took.
    fn untimed(text: &[u8]) -> String {
        let text = String::from_utf8_lossy(text);
        text.lines().filter(|line| !line.contains("\"seconds\"")).collect::<Vec<_>>().join("\n")
    }

    /// That so many ranks of so many threads say and write what the program does by itself.
    #[track_caller]
    fn same(words: &[&str], counts: &[(usize, &str)]) {
        let place = tempfile::tempdir().unwrap();
        let flag = if ["verify", "falsify"].contains(&words[0]) { "--json" } else { "--out" };
        let named = |name: &str| place.path().join(name).display().to_string();
        let (alone, together) = (named("alone.json"), named("together.json"));
        let whole = run(&[words, &[flag, &alone]].concat());
        let written = untimed(&fs::read(&alone).unwrap());
        for &(count, threads) in counts {
            fs::remove_file(&together).unwrap_or_default();
            let found = on_ranks(count, &[words, &[flag, &together, "--threads", threads]].concat());
            let said = format!("{words:?} on {count} ranks: {}", String::from_utf8_lossy(&found.stderr));
            assert_eq!(found.status.code(), whole.status.code(), "{said}");
            assert!(untimed(&found.stdout) == untimed(&whole.stdout), "{said}");
            assert!(untimed(&fs::read(&together).unwrap()) == written, "{said}");
        }
    }

    #[test]
    fn any_number_of_ranks_gives_the_bytes_of_one_process() {
        if !is_there() {
            return;
        }
        let place = tempfile::tempdir().unwrap();
        let (digits, mixture) = (few_digits(place.path()), example("mixture-2d.toml"));
        let digits = ["profile", "--law", &digits, "--process", "edm", "--grid", "log:0.5:20:3"];
        same(&[&digits[..], &["--samples", "1024"]].concat(), &[(1, "2"), (2, "1"), (3, "2"), (4, "1"), (8, "1")]);
        // What a part could not know: when to stop.
        same(&[&digits[..], &["--quantities", "mmse", "--accuracy", "0.2"]].concat(), &[(3, "1")]);
        same(&["profile", "--law", &mixture, "--process", "ou", "--grid", "0.1,0.5,1"], &[(2, "1")]);
        same(&["paths", "--law", &mixture, "--process", "ou", "--grid", "0.1:2:3", "--n", "700"], &[(2, "1")]);
        same(&["check", "mmse <= 0.9*gaussian.mmse", "--laws", "mixture", "--cases", "60"], &[(2, "1")]);
    }

    #[test]
    fn ranks_refuse_in_one_line() {
        if !is_there() {
            return;
        }
        let law = example("mixture-3.toml");
        let profile = ["profile", "--law", &law, "--process", "ou", "--grid", "1"];
        for (words, said) in [
            (&["profile", "--law", "no-such.toml", "--process", "ou", "--grid", "1"][..], "no-such.toml"),
            (&["critical", "--law", &law, "--process", "ou"], "ranks: \"critical\", expected one of profile"),
            (&["merge", "a.json"], "ranks: \"merge\""),
            (&[], "ranks: \"\""),
            (&["check", "claims.toml"], "ranks: with a file of claims"),
            (&[&profile[..], &["--part", "1/2", "--out", "x.json"]].concat(), "--part: on several ranks"),
            (&[&profile[..], &["--grid", "1"]].concat(), "--grid"),
        ] {
            let found = on_ranks(3, words);
            let lines = lines(&found);
            assert_eq!((found.status.code(), lines.len()), (Some(2), 1), "{words:?}: {lines:?}");
            assert!(lines[0].contains(said) && found.stdout.is_empty(), "{words:?}: {lines:?}");
        }
        let help = on_ranks(2, &["--version"]);
        assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).matches("infodyn").count() == 1);
    }

    /// The processes that one has started.
    fn children(of: u32) -> Vec<u32> {
        let parent = |entry: fs::DirEntry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent: u32 = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            (parent == of).then_some(pid)
        };
        fs::read_dir("/proc").unwrap().filter_map(|entry| parent(entry.unwrap())).collect()
    }

    /// A rank that is killed at any time ends the job; the file is whole or not there, and what `--state` has is gone
    /// on from, to the same bytes.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_rank_that_is_killed_ends_the_job() {
        if !is_there() {
            return;
        }
        let place = tempfile::tempdir().unwrap();
        let law = few_digits(place.path());
        let [out, state] = ["out.json", "state.json"].map(|name| place.path().join(name));
        let own = ["profile", "--law", &law, "--process", "edm", "--grid", "log:0.5:20:34", "--samples", "2048"];
        let out_words = ["--threads", "1", "--out", out.to_str().unwrap()];
        let words = [&own[..], &out_words].concat();
        let with_state = [&words[..], &["--state", state.to_str().unwrap()]].concat();
        for words in [&words, &with_state] {
            let start = Instant::now();
            assert!(on_ranks(3, words).status.success());
            let time = start.elapsed();
            let whole = fs::read(&out).unwrap();
            // INFODYN_KILLS=50 for fifty, at times that are spread over a run.
            let kills: u32 = std::env::var("INFODYN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
            let (mut died, mut left) = (0, 0);
            for kill in 0..kills {
                [&out, &state].into_iter().for_each(|file| fs::remove_file(file).unwrap_or_default());
                let job = launch(3, words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
                std::thread::sleep(time.mul_f64(f64::from(kill + 1) / f64::from(kills)));
                let ranks = children(job.id());
                let rank = ranks.get(kill as usize % ranks.len().max(1)).copied();
                if let Some(rank) = rank {
                    Command::new("kill").args(["-9", &rank.to_string()]).status().unwrap();
                }
                let started = Instant::now();
                let found = job.wait_with_output().unwrap();
                assert!(started.elapsed() < time + Duration::from_secs(20), "the others wait for it");
                let said = String::from_utf8_lossy(&found.stderr).into_owned();
                if rank.is_some() && !found.status.success() {
                    died += 1;
                    assert!(said.contains("signal 9") && said.contains("rank"), "{said}");
                }
                left += u32::from(out.exists());
                assert!(!out.exists() || fs::read(&out).unwrap() == whole, "kill {kill}");
                if words.contains(&"--state") {
                    assert!(on_ranks(2, words).status.success(), "kill {kill}");
                    assert!(fs::read(&out).unwrap() == whole, "kill {kill}");
                }
            }
            println!("{kills} kills: {died} jobs died, {left} had their answer written");
            assert!(died > 0, "every job was done before a rank was killed");
            let strange = |name: &String| name.starts_with("out") && name != "out.json";
            let names = fs::read_dir(place.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
            assert_eq!(names.filter(strange).count(), 0);
            fs::remove_file(&state).unwrap_or_default();
        }
    }

    #[test]
    #[ignore = "takes long: run by night"]
    fn long_commands_give_the_bytes_of_one_process() {
        if !is_there() {
            return;
        }
        let both = |ranks: &[usize]| ranks.iter().flat_map(|&n| [(n, "1"), (n, "2")]).collect::<Vec<_>>();
        let digits = example("digits.toml");
        same(&["profile", "--law", &digits, "--process", "edm", "--grid", "log:0.5:20:3"], &both(&[1, 2, 4]));
        let place = tempfile::tempdir().unwrap();
        let many = many(place.path());
        same(
            &["profile", "--law", &many, "--process", "edm", "--grid", "1,4,16", "--samples", "1024"],
            &both(&[1, 2, 4]),
        );
        same(&["verify", "--evidence", "monte-carlo"], &both(&[1, 2, 4]));
        same(&["falsify"], &both(&[2, 4]));
        let law = example("mixture-2d.toml");
        same(
            &["study", "--law", &law, "--steps", "4,6", "--clocks", "edm,flow:1,kl-s2", "--starts", "256"],
            &[(2, "1"), (3, "2")],
        );
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models/exact.toml");
        let audit = ["audit", "--model", model.to_str().unwrap(), "--law", &law, "--sigmas", "0.2,1,5"];
        same(&[&audit[..], &["--samples", "2048"]].concat(), &[(2, "1"), (3, "2")]);
    }
}
