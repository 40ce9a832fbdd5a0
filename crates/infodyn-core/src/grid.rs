//! Noise levels to visit, as a user writes them.

use std::str::FromStr;

use crate::{Error, NoiseLevel, NoiseProcess, Result};

/// A list of noise levels: times of the process, or signal-to-noise ratios that serve any process.
///
/// # Syntax
/// `T0:T1:N` linear in `t`, `log:T0:T1:N`, `snr:G0:G1:N` log-spaced in the signal-to-noise ratio,
/// a comma list of times, or `snr:` and a comma list.
#[derive(Debug, Clone, PartialEq)]
pub enum Grid {
    /// Times.
    Times(Vec<f64>),
    /// Signal-to-noise ratios.
    Snr(Vec<f64>),
}

impl Grid {
    /// The noise levels of a process, in the order written.
    ///
    /// # Errors
    /// As [`NoiseProcess::at`] and [`NoiseProcess::time_at_snr`].
    pub fn levels(&self, process: &NoiseProcess) -> Result<Vec<NoiseLevel>> {
        match self {
            Self::Times(ts) => ts.iter().map(|&t| process.at(t)).collect(),
            Self::Snr(gs) => gs.iter().map(|&g| process.at_snr(g)).collect(),
        }
    }
}

/// `n` numbers from `a` to `b`, both exactly included, equally spaced.
fn linear(a: f64, b: f64, n: usize) -> Vec<f64> {
    let last = n - 1;
    (0..n)
        .map(|i| match i {
            0 => a,
            _ if i == last => b,
            _ => a + (b - a) * (i as f64 / last as f64),
        })
        .collect()
}

/// As [`linear`], equally spaced in the logarithm.
fn logarithmic(a: f64, b: f64, n: usize) -> Vec<f64> {
    let mut xs: Vec<f64> = linear(a.ln(), b.ln(), n).into_iter().map(f64::exp).collect();
    xs[0] = a;
    if n > 1 {
        xs[n - 1] = b;
    }
    xs
}

impl FromStr for Grid {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        const MOST: usize = 1_000_000;
        let wrong = |found: String, expected: &str| Error::Syntax {
            what: "grid",
            text: text.into(),
            found,
            expected: expected.into(),
        };
        let number = |s: &str| {
            s.trim()
                .parse::<f64>()
                .ok()
                .filter(|x| x.is_finite())
                .ok_or_else(|| wrong(format!("{s:?}"), "a finite number"))
        };
        let (kind, rest) = match text.split_once(':') {
            Some((k @ ("log" | "snr"), rest)) => (k, rest),
            _ => ("", text),
        };
        let parts: Vec<&str> = rest.split(':').collect();
        let values = match parts[..] {
            [list] if kind != "log" => list.split(',').map(number).collect::<Result<Vec<_>>>()?,
            [a, b, n] => {
                let (a, b) = (number(a)?, number(b)?);
                let n: usize = n
                    .trim()
                    .parse()
                    .ok()
                    .filter(|n| (1..=MOST).contains(n))
                    .ok_or_else(|| wrong(format!("{n:?} points"), "a whole number from 1 to 1000000"))?;
                if kind.is_empty() {
                    linear(a, b, n)
                } else if a > 0.0 && b > 0.0 {
                    logarithmic(a, b, n)
                } else {
                    return Err(wrong(format!("{a}:{b}"), "positive ends for logarithmic spacing"));
                }
            }
            _ => {
                return Err(wrong(
                    format!("{rest:?}"),
                    "T0:T1:N, log:T0:T1:N, snr:G0:G1:N, a comma list of times, or snr: and a comma list",
                ));
            }
        };
        Ok(if kind == "snr" { Self::Snr(values) } else { Self::Times(values) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_read() {
        assert_eq!("0:1:3".parse::<Grid>().unwrap(), Grid::Times(vec![0.0, 0.5, 1.0]));
        let Grid::Times(ts) = "log:0.05:4:20".parse::<Grid>().unwrap() else { unreachable!() };
        assert_eq!((ts.len(), ts[0], ts[19]), (20, 0.05, 4.0));
        assert_eq!("snr:1:4:1".parse::<Grid>().unwrap(), Grid::Snr(vec![1.0]));
        assert_eq!("snr:1,2".parse::<Grid>().unwrap(), Grid::Snr(vec![1.0, 2.0]));
        assert_eq!("0.3".parse::<Grid>().unwrap(), Grid::Times(vec![0.3]));
    }

    #[test]
    fn bad_ones_say_why() {
        for (text, part) in [
            ("", "a finite number"),
            ("0:1", "T0:T1:N"),
            ("0:1:0", "whole number"),
            ("log:0:1:3", "positive ends"),
            ("1,nan", "a finite number"),
            ("log:1,2", "T0:T1:N"),
        ] {
            let message = text.parse::<Grid>().unwrap_err().to_string();
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn snr_grids_serve_every_process() {
        let grid: Grid = "snr:0.01:10:4".parse().unwrap();
        for p in NoiseProcess::ALL {
            for (level, g) in grid.levels(&p).unwrap().iter().zip([0.01, 0.1, 1.0, 10.0]) {
                assert!((level.snr() / g - 1.0).abs() < 1e-11, "{p}");
            }
        }
    }
}
