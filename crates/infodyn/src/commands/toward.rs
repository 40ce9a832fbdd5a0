//! What the commands about guidance read: a class, and a window of noise.

use infodyn_core::{NoiseLevel, NoiseProcess};
use infodyn_data::LawFile;
use serde::Serialize;

use crate::text::{Outcome, Refusal};

/// Names that a refusal lists.
const LISTED: usize = 12;

/// The label that a class is called by: its name where the law file gives labels, else its number.
pub(crate) fn class(file: &LawFile, text: &str) -> Outcome<usize> {
    let labels = file.law.label_weights().len();
    let (found, expected) = match &file.label_names {
        Some(names) => {
            let shown: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
            let more = if names.len() > LISTED { ", ..." } else { "" };
            (names.iter().position(|name| name == text), format!("one of {}{more}", shown.join(", ")))
        }
        None => (text.parse().ok().filter(|&y| y < labels), format!("a label from 0 to {}", labels - 1)),
    };
    found.ok_or_else(|| Refusal::flag("--class", format!("{text:?}, expected {expected}")))
}

/// A window of noise: from one time of a process to a noisier one, either of which may be left out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    /// Its cleaner and its noisier end.
    pub(crate) ends: [Option<NoiseLevel>; 2],
}

/// The times of a window.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct WindowTimes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) t0: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) t1: Option<f64>,
}

impl Window {
    /// Reads `T0:T1`, `T0:` or `:T1`.
    pub(crate) fn read(text: &str, process: &NoiseProcess) -> Outcome<Self> {
        let wrong = |why: String| Refusal::flag("--window", why);
        let Some((from, to)) = text.split_once(':') else {
            return Err(wrong(format!("{text:?}, expected T0:T1, T0: or :T1")));
        };
        let end = |cell: &str| -> Outcome<Option<NoiseLevel>> {
            let cell = cell.trim();
            if cell.is_empty() {
                return Ok(None);
            }
            let t = cell.parse().map_err(|_| wrong(format!("{cell:?}, expected a time")))?;
            process.at(t).map(Some).map_err(|e| wrong(e.to_string()))
        };
        let ends = [end(from)?, end(to)?];
        match ends {
            [None, None] => Err(wrong(format!("{text:?}, expected a time before or after the colon"))),
            [Some(a), Some(b)] if a.snr() <= b.snr() => {
                Err(wrong(format!("{} to {}, expected times that rise", a.t(), b.t())))
            }
            _ => Ok(Self { ends }),
        }
    }

    /// The signal-to-noise ratios from which and below which it is open.
    pub(crate) fn snr(&self) -> (f64, f64) {
        let [clean, noisy] = self.ends;
        (noisy.map_or(0.0, |l| l.snr()), clean.map_or(f64::INFINITY, |l| l.snr()))
    }

    pub(crate) fn times(&self) -> WindowTimes {
        let [t0, t1] = self.ends.map(|end| end.map(|l| l.t()));
        WindowTimes { t0, t1 }
    }
}
