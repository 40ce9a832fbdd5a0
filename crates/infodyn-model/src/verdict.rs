//! What follows from the numbers.

use crate::measure::{Level, Readings};

/// What an audit says of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nothing speaks against it.
    Accepted,
    /// A denoiser, with something to know.
    Warning,
    /// Not the denoiser that it is declared to be.
    Refused,
}

impl Verdict {
    /// As the answers write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Warning => "warning",
            Self::Refused => "refused",
        }
    }
}

/// Standard errors that a warning takes, and a place in the trusted range allows.
const SURE: f64 = 5.0;
const SLACK: f64 = 3.0;
/// Largest gap of a trusted level.
const GAP: f64 = 0.1;
/// Below 0 by less, an eigenvalue of the Jacobian is that of a network, which is a denoiser only nearly.
const NEGATIVE: f64 = 0.1;
/// Below this, in root mean square, nothing has changed: two digits above single precision.
const UNCHANGED: f64 = 1e-6;
/// Levels at which the calibration of sigma must be off.
const LEVELS: usize = 3;

/// What the rules say.
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) reasons: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) trusted: Option<[f64; 2]>,
}

/// The rules. `mixing` is the largest difference that other rows made to a row, where it is too much; `better` a
/// declaration that fits better.
pub(crate) fn judge(levels: &[Level], variance: f64, mixing: Option<f64>, better: Option<&str>) -> Judgement {
    let known: Vec<(f64, &Readings)> = levels.iter().filter_map(|l| Some((l.sigma, l.readings.as_ref()?))).collect();
    let every = |rule: &dyn Fn(&Readings) -> bool| !known.is_empty() && known.iter().all(|(_, r)| rule(r));
    let mut reasons = Vec::new();
    if known.is_empty() {
        reasons.push("no finite answer at any level".into());
    }
    let constant = every(&|r| r.spread < UNCHANGED);
    let identity = every(&|r| r.moved < UNCHANGED);
    if constant {
        reasons.push("the answer does not depend on x".into());
    }
    if identity {
        reasons.push("the answer is x itself: mse = d sigma^2".into());
    }
    if !constant && !identity && every(&|r| r.mse.value() - SLACK * std_error(r) > variance) {
        reasons.push("the error is above that of the constant mean at every level".into());
    }
    if let Some(difference) = mixing {
        reasons.push(format!(
            "the answer of a row depends on the other rows of its batch: by {difference:.1e} of its size"
        ));
    }
    // Of an answer that says nothing every other reading is as good.
    if let Some(better) = better.filter(|_| !constant && !identity) {
        reasons.push(format!("another declaration fits better: {better}"));
    }
    let mut warnings = Vec::new();
    if reasons.is_empty() {
        warnings = warned(levels, &known);
    }
    let verdict = match (reasons.is_empty(), warnings.is_empty()) {
        (false, _) => Verdict::Refused,
        (true, false) => Verdict::Warning,
        (true, true) => Verdict::Accepted,
    };
    let trusted = if reasons.is_empty() { trusted(levels) } else { None };
    Judgement { verdict, reasons, warnings, trusted }
}

/// Standard error of the error.
fn std_error(r: &Readings) -> f64 {
    r.mse.sampling().map_or(0.0, |s| s.std_error)
}

/// Whether a level is one at which the model can be trusted.
fn is_trusted(r: &Readings) -> bool {
    r.mse.value() <= r.linear_mmse + SLACK * std_error(r) && r.gap.value().abs() <= GAP.max(r.gap.radius())
}

/// The longest run of levels at which it can be.
fn trusted(levels: &[Level]) -> Option<[f64; 2]> {
    let mut best: Option<(usize, [f64; 2])> = None;
    let mut run: Option<(usize, [f64; 2])> = None;
    for level in levels {
        let good = level.readings.as_ref().is_some_and(is_trusted);
        run = good.then(|| run.map_or((1, [level.sigma; 2]), |(n, [low, _])| (n + 1, [low, level.sigma])));
        if run.map_or(0, |r| r.0) > best.map_or(0, |b| b.0) {
            best = run;
        }
    }
    best.map(|b| b.1)
}

/// Levels as words.
fn at(levels: &[Level], sigmas: &[f64]) -> String {
    // Runs of neighbours.
    let mut parts: Vec<(f64, f64)> = Vec::new();
    let mut before = false;
    for level in levels {
        let here = sigmas.contains(&level.sigma);
        match parts.last_mut() {
            Some(last) if here && before => last.1 = level.sigma,
            _ if here => parts.push((level.sigma, level.sigma)),
            _ => {}
        }
        before = here;
    }
    let shown: Vec<String> = parts
        .iter()
        .map(|(a, b)| if a == b { digits(*a) } else { format!("{} to {}", digits(*a), digits(*b)) })
        .collect();
    format!("at sigma {}", shown.join(", "))
}

/// A number to four digits.
pub(crate) fn digits(x: f64) -> String {
    let rounded: f64 = format!("{x:.3e}").parse().unwrap_or(x);
    format!("{rounded}")
}

fn warned(levels: &[Level], known: &[(f64, &Readings)]) -> Vec<String> {
    let mut warnings = Vec::new();
    let silent: Vec<f64> =
        levels.iter().filter(|l| l.readings.is_none() && l.failure.is_none()).map(|l| l.sigma).collect();
    if !silent.is_empty() {
        warnings.push(format!("not finite {}", at(levels, &silent)));
    }
    for level in levels {
        if let Some(failure) = &level.failure {
            warnings.push(format!("no answer at sigma {}: {failure}", digits(level.sigma)));
        }
    }
    // What is off by more than so much, and surely: the levels, and the worst.
    let off = |value: &dyn Fn(&Readings) -> Option<(f64, f64)>, least: f64| -> Option<(Vec<f64>, f64)> {
        let found: Vec<(f64, f64)> = known
            .iter()
            .filter_map(|(s, r)| {
                let (x, sure) = value(r)?;
                (x.abs() > sure && x.abs() > least).then_some((*s, x))
            })
            .collect();
        let worst = found.iter().map(|f| f.1).max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
        Some((found.into_iter().map(|f| f.0).collect(), worst))
    };
    let sure = |e: infodyn_core::Estimate| {
        let std_error = e.sampling().map_or(0.0, |s| s.std_error);
        // The radius beyond the interval is what is not sampled: the step of the differences.
        e.radius().max(SURE * std_error)
    };
    if let Some((s, _)) = off(&|r| Some((r.mse.value() - r.linear_mmse, SLACK * std_error(r))), 0.0) {
        let above: Vec<f64> = known
            .iter()
            .filter(|(sigma, r)| s.contains(sigma) && r.mse.value() > r.linear_mmse)
            .map(|(sigma, _)| *sigma)
            .collect();
        if !above.is_empty() {
            warnings.push(format!("a Wiener filter has less error {}", at(levels, &above)));
        }
    }
    if let Some((s, x)) = off(&|r| Some((r.gap.value(), sure(r.gap))), 0.05) {
        warnings.push(format!("the divergence form is off the error, by up to {:.0} %, {}", 100.0 * x, at(levels, &s)));
    }
    if let Some((s, x)) = off(&|r| Some((r.calibration_slope.value() - 1.0, sure(r.calibration_slope))), 0.01) {
        warnings.push(format!("calibration slope not 1, {} at worst, {}", digits(1.0 + x), at(levels, &s)));
    }
    if let Some((s, _)) = off(&|r| r.sigma_calibration.map(|e| (e.value() - 1.0, sure(e))), 0.05)
        && s.len() >= LEVELS
    {
        // The mean of the levels, each by what it is known to.
        let (mut sum, mut weight) = (0.0, 0.0);
        for c in known.iter().filter(|(k, _)| s.contains(k)).filter_map(|(_, r)| r.sigma_calibration) {
            sum += c.value() / (c.radius() * c.radius());
            weight += 1.0 / (c.radius() * c.radius());
        }
        let told = digits(format!("{:.2}", sum / weight).parse().unwrap_or(sum / weight));
        warnings.push(format!("the error is least when the model is told {told} of sigma, {}", at(levels, &s)));
    }
    let asymmetric = off(&|r| Some((r.asymmetry.value(), 0.1 + r.asymmetry.radius())), 0.1);
    if let Some((s, x)) = asymmetric {
        warnings.push(format!("the Jacobian is asymmetric, {} at worst, {}", digits(x), at(levels, &s)));
    }
    let below = |r: &Readings| r.negative.filter(|e| e.value() < 0.0).map(|e| (e.value(), NEGATIVE + e.radius()));
    if let Some((s, x)) = off(&below, NEGATIVE) {
        let found = format!("the Jacobian has a negative eigenvalue, {} or less at worst", digits(x));
        warnings.push(format!("{found}, {}", at(levels, &s)));
    }
    warnings
}
