//! `H(Y given X_t)` of two atoms at `k = 1`, enclosed here and by FLINT's `acb.integral` (python-flint), turn by turn in one run:
//! the median time of each, the median of the ratios of neighbours, and both widths.
//!
//! `cargo xtask bench --peers`. Needs `python3` with python-flint; without it, says so and ends with 2.
#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use infodyn_enclosure::{Interval, LineLaw, Moment};

const TURNS: usize = 60;

fn main() -> ExitCode {
    match run() {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("peers: {error}; expected python3 with python-flint (pip install python-flint)");
            ExitCode::from(2)
        }
    }
}

fn ours() -> Result<Interval, Box<dyn Error>> {
    let law = LineLaw::from_parts(&[0.5, 0.5], &[1.0, -1.0], &[0.0, 0.0]);
    Ok(law.at(Interval::ONE, Interval::ONE)?.mean(Moment::Entropy)?)
}

fn median(mut x: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    x[x.len() / 2]
}

fn run() -> Result<String, Box<dyn Error>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peer.py");
    let mut peer = Command::new("python3")
        .args([script, "1e-15"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (Some(mut ask), Some(answer)) = (peer.stdin.take(), peer.stdout.take()) else { return Err("no pipe".into()) };
    let mut answers = BufReader::new(answer).lines();
    let mut times = [Vec::new(), Vec::new()];
    let mut ratios = Vec::new();
    let mut theirs = [0.0; 2];
    let mut value = ours()?;
    for _ in 0..TURNS {
        let start = Instant::now();
        value = std::hint::black_box(ours()?);
        let own = start.elapsed().as_secs_f64();
        writeln!(ask)?;
        let line = answers.next().ok_or("the peer ended")??;
        let fields: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [seconds, lo, hi] = fields[..] else { return Err(format!("the peer said {line}").into()) };
        theirs = [lo, hi];
        times[0].push(own);
        times[1].push(seconds);
        ratios.push(seconds / own);
    }
    drop(ask);
    peer.wait()?;
    if value.intersection(Interval::new(theirs[0], theirs[1])).is_none() {
        return Err(format!("{value} and {theirs:?} are disjoint").into());
    }
    let [own, peer] = times.map(|t| 1e6 * median(t));
    Ok(format!(
        "two atoms at k=1, H(Y given X_t): {own:.0} us, width {:.1e}; acb.integral {peer:.0} us, width {:.1e}; ratio {:.1}",
        value.width(),
        theirs[1] - theirs[0],
        median(ratios)
    ))
}
