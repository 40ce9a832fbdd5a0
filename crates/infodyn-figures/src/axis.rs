//! Axes: where a number stands on the page, and the ticks that say so.

use crate::{Error, Result};

/// How an axis grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equal lengths.
    Linear,
    /// Equal ratios are equal lengths; ticks are powers of ten.
    Log,
}

/// What an axis shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub(crate) label: String,
    pub(crate) unit: String,
    pub(crate) scale: Scale,
    pub(crate) range: Option<(f64, f64)>,
    pub(crate) descending: bool,
    pub(crate) names: Vec<String>,
}

impl Axis {
    /// A linear axis that spans its data. In labels `*x*` is oblique, `_{x}` a subscript and `^{x}` a
    /// superscript.
    #[must_use]
    pub fn linear(label: &str) -> Self {
        Self::of(label, Scale::Linear)
    }

    /// A linear axis of which each whole number has a name in place of itself, from 0 on.
    #[must_use]
    pub fn named(label: &str, names: &[String]) -> Self {
        Self { names: names.to_vec(), ..Self::linear(label) }
    }

    /// A logarithmic axis that spans its data.
    #[must_use]
    pub fn log(label: &str) -> Self {
        Self::of(label, Scale::Log)
    }

    fn of(label: &str, scale: Scale) -> Self {
        Self { label: label.into(), unit: String::new(), scale, range: None, descending: false, names: vec![] }
    }

    /// The axis with a unit, named in brackets after its label.
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = unit.into();
        self
    }

    /// The axis from `lo` to `hi`, `lo < hi`: data beyond are cut.
    #[must_use]
    pub fn between(mut self, lo: f64, hi: f64) -> Self {
        self.range = Some((lo, hi));
        self
    }

    /// The axis with its largest number at the left (or at the bottom): noise before data, as generation goes.
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// Lines of the label, with the unit and the power of ten that the ticks leave out.
    pub(crate) fn lines(&self, power: i32) -> Vec<String> {
        let scale = if power == 0 { String::new() } else { power_of_ten(power) };
        let gap = if power == 0 || self.unit.is_empty() { "" } else { " " };
        let unit = format!("{scale}{gap}{}", self.unit);
        let text = match (unit.as_str(), self.label.trim_end_matches(' ')) {
            ("", label) => label.to_owned(),
            (unit, "") => unit.to_owned(),
            (unit, label) if label.ends_with('\n') => format!("{label}({unit})"),
            (unit, label) => format!("{label} ({unit})"),
        };
        text.split('\n').filter(|l| !l.is_empty()).map(str::to_owned).collect()
    }
}

/// A tick: the number in axis coordinates and its label (empty for a minor tick).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// An axis with its range settled. Positions are in axis coordinates: the number itself, or its
/// decimal logarithm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    pub(crate) scale: Scale,
    pub(crate) lo: f64,
    pub(crate) hi: f64,
    pub(crate) descending: bool,
    pub(crate) names: Vec<String>,
}

impl Span {
    /// The span of `axis` over `data`, widened by `pad` of its length on both sides unless the axis
    /// states its range.
    ///
    /// # Errors
    /// [`Error::NotPositive`] for a logarithmic range that reaches 0, [`Error::BadRange`],
    /// [`Error::NothingToDraw`] without data.
    pub(crate) fn new(axis: &Axis, data: impl IntoIterator<Item = f64>, pad: f64) -> Result<Self> {
        let log = axis.scale == Scale::Log;
        let read = |v: f64| if log { v.log10() } else { v };
        if let Some((lo, hi)) = axis.range {
            if lo >= hi || !lo.is_finite() || !hi.is_finite() || (log && lo <= 0.0) {
                return Err(Error::BadRange { axis: axis.label.clone(), lo, hi });
            }
            return Ok(Self::of(axis, read(lo), read(hi)));
        }
        let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in data {
            if log && v <= 0.0 {
                return Err(Error::NotPositive { axis: axis.label.clone(), value: v });
            }
            lo = lo.min(read(v));
            hi = hi.max(read(v));
        }
        if lo > hi {
            return Err(Error::NothingToDraw { axis: axis.label.clone() });
        }
        if lo == hi {
            let d = if log || lo == 0.0 { 1.0 } else { 0.1 * lo.abs() };
            (lo, hi) = (lo - d, hi + d);
        }
        let d = pad * (hi - lo);
        Ok(Self::of(axis, lo - d, hi + d))
    }

    fn of(axis: &Axis, lo: f64, hi: f64) -> Self {
        Self { scale: axis.scale, lo, hi, descending: axis.descending, names: axis.names.clone() }
    }

    /// The number in axis coordinates; `None` where a logarithmic axis has no place for it.
    pub(crate) fn read(&self, v: f64) -> Option<f64> {
        match self.scale {
            Scale::Linear => Some(v),
            Scale::Log => (v > 0.0).then(|| v.log10()),
        }
    }

    /// Where axis coordinate `u` stands between 0 at `lo` and 1 at `hi`, or the other way round.
    pub(crate) fn fraction(&self, u: f64) -> f64 {
        let along = (u - self.lo) / (self.hi - self.lo);
        if self.descending { 1.0 - along } else { along }
    }

    /// Ticks, about `count` of them labelled, and the power of ten that was taken out of the labels.
    pub(crate) fn ticks(&self, count: f64) -> (Vec<Tick>, i32) {
        match self.scale {
            _ if !self.names.is_empty() => (self.name_ticks(), 0),
            Scale::Log if self.hi - self.lo >= 1.0 => (self.decades(count), 0),
            Scale::Log => {
                // Less than a decade: plain numbers at round values.
                let (a, b) = (10f64.powf(self.lo), 10f64.powf(self.hi));
                let (mut ticks, power) = linear_ticks(a, b, count);
                ticks.retain(|t| t.at > 0.0);
                for t in &mut ticks {
                    t.at = t.at.log10();
                }
                (ticks, power)
            }
            Scale::Linear => linear_ticks(self.lo, self.hi, count),
        }
    }

    /// A tick at each whole number that has a name.
    fn name_ticks(&self) -> Vec<Tick> {
        let at = |(i, name): (usize, &String)| Tick { at: i as f64, label: name.clone() };
        self.names.iter().enumerate().map(at).filter(|t| t.at >= self.lo && t.at <= self.hi).collect()
    }

    fn decades(&self, count: f64) -> Vec<Tick> {
        let (first, last) = ((self.lo - 1e-9).ceil() as i32, (self.hi + 1e-9).floor() as i32);
        let every = ((f64::from(last - first + 1) / count.max(1.0)).ceil() as i32).max(1);
        let mut ticks = Vec::new();
        for k in first - 1..=last {
            if k >= first {
                let label = if k.rem_euclid(every) == 0 { power_of_ten(k) } else { String::new() };
                ticks.push(Tick { at: f64::from(k), label });
            }
            if every == 1 {
                // Few labelled powers: name 2 and 5 as well.
                let named = last - first < 2;
                for m in 2..10 {
                    let at = f64::from(k) + f64::from(m).log10();
                    if at > self.lo && at < self.hi {
                        let label = if named && (m == 2 || m == 5) { multiple(m, k) } else { String::new() };
                        ticks.push(Tick { at, label });
                    }
                }
            }
        }
        ticks
    }
}

/// `10^{k}`, with the two that read better as they are.
fn power_of_ten(k: i32) -> String {
    match k {
        0 => "1".into(),
        1 => "10".into(),
        _ => format!("10^{{{}}}", signed(&k.to_string())),
    }
}

/// `m` times `10^k`, as it reads best.
fn multiple(m: i32, k: i32) -> String {
    match k {
        -1 => format!("0.{m}"),
        0 => m.to_string(),
        1 => format!("{m}0"),
        _ => format!("{m}×{}", power_of_ten(k)),
    }
}

/// The label of a number with a true minus sign.
pub(crate) fn signed(text: &str) -> String {
    text.replace('-', "−")
}

/// Distance of ticks: 1, 2 or 5 times a power of ten, so that about `count` fit, and two at least.
fn step(lo: f64, hi: f64, count: f64) -> f64 {
    let raw = (hi - lo) / count.max(1.0);
    let base = 10f64.powf(raw.log10().floor());
    let steps = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0].map(|m| m * base);
    let fits = steps.iter().position(|s| *s >= raw * 0.999).unwrap_or(6);
    let ticks = |s: f64| (hi / s + 1e-9).floor() - (lo / s - 1e-9).ceil() + 1.0;
    // A step that leaves one or two ticks on a long axis is refined, if that does not crowd it.
    let enough = if count >= 3.0 { 3.0 } else { 2.0 };
    let finer = steps[..=fits].iter().rev().copied().find(|s| ticks(*s) >= enough);
    finer.unwrap_or(steps[fits])
}

/// Multiples of the step.
fn linear_ticks(lo: f64, hi: f64, count: f64) -> (Vec<Tick>, i32) {
    let step = step(lo, hi, count);
    let top = lo.abs().max(hi.abs()).log10().floor() as i32;
    let power = if (-3..5).contains(&top) { 0 } else { top };
    let exponent = step.log10().floor() as i32 - power;
    let decimals = usize::try_from(-exponent).unwrap_or(0);
    let (first, last) = ((lo / step - 1e-9).ceil() as i64, (hi / step + 1e-9).floor() as i64);
    let ticks = (first..=last)
        .map(|i| {
            let at = i as f64 * step;
            let label = if i == 0 { "0".into() } else { signed(&format!("{:.decimals$}", at / 10f64.powi(power))) };
            Tick { at, label }
        })
        .collect();
    (ticks, power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis, data: impl IntoIterator<Item = f64>, count: f64) -> Vec<String> {
        let (ticks, _) = Span::new(axis, data, 0.0).unwrap().ticks(count);
        ticks.into_iter().map(|t| t.label).filter(|l| !l.is_empty()).collect()
    }

    #[test]
    fn names_stand_at_whole_numbers() {
        let names = ["coat", "bag", "boot"].map(str::to_owned);
        let axis = Axis::named("", &names);
        assert_eq!(labels(&axis, [0.0, 2.0], 1.0), ["coat", "bag", "boot"]);
        assert_eq!(labels(&axis.between(0.5, 1.5), [], 1.0), ["bag"]);
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(&Axis::linear(""), [-0.5, 1.0], 4.0), ["−0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(&Axis::log(""), [1e-2, 1e2], 8.0), ["10^{−2}", "10^{−1}", "1", "10", "10^{2}"]);
        assert_eq!(labels(&Axis::log(""), [0.4, 25.0], 8.0), ["0.5", "1", "2", "5", "10", "20"]);
        assert_eq!(labels(&Axis::log(""), [2.0, 6.0], 5.0), ["2", "3", "4", "5", "6"]);
        assert_eq!(labels(&Axis::log(""), [0.3, 14.0], 4.0), ["0.5", "1", "2", "5", "10"]);
        assert_eq!(labels(&Axis::log(""), [0.015, 0.3], 4.0), ["2×10^{−2}", "5×10^{−2}", "10^{−1}", "0.2"]);
        assert_eq!(labels(&Axis::log(""), [1e-16, 1.0], 5.0), ["10^{−16}", "10^{−12}", "10^{−8}", "10^{−4}", "1"]);
    }

    #[test]
    fn a_short_axis_has_two_ticks_and_a_long_one_three() {
        assert_eq!(labels(&Axis::linear(""), [0.0, 4.9], 1.5), ["0", "2", "4"]);
        assert_eq!(labels(&Axis::linear(""), [-1.9, 3.4], 3.8), ["−1", "0", "1", "2", "3"]);
    }

    #[test]
    fn small_numbers_share_a_power_of_ten() {
        let span = Span::new(&Axis::linear(""), [-2e-13, 2e-13], 0.0).unwrap();
        let (ticks, power) = span.ticks(4.0);
        assert_eq!(power, -13);
        assert_eq!(ticks.iter().map(|t| t.label.as_str()).collect::<Vec<_>>(), ["−2", "−1", "0", "1", "2"]);
    }

    #[test]
    fn a_descending_axis_starts_with_its_largest_number() {
        let span = Span::new(&Axis::log("").descending(), [1.0, 100.0], 0.0).unwrap();
        assert_eq!([0.0, 0.5, 2.0].map(|u| span.fraction(u)), [1.0, 0.75, 0.0]);
    }

    #[test]
    fn impossible_ranges_are_refused() {
        assert!(matches!(Span::new(&Axis::log(""), [0.0, 1.0], 0.0), Err(Error::NotPositive { .. })));
        assert!(matches!(Span::new(&Axis::linear(""), [], 0.0), Err(Error::NothingToDraw { .. })));
        assert!(matches!(Span::new(&Axis::linear("").between(1.0, 1.0), [], 0.0), Err(Error::BadRange { .. })));
    }
}
