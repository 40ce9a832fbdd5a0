//! Numbers that the program prints, as theorems for the proof checker.
//!
//! The values are those of [`profile`] and [`critical`]; that each lies within its
//! radius of the truth is then proved without them, in `proofs/numeric/Certified.v`.

use std::fmt::Write as _;
use std::sync::Arc;

use infodyn::critical::{self, Clock, Critical};
use infodyn::profile::Method;
use infodyn::{Error, Result};
use infodyn_bifurcation::Energy;
use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Channel, Estimate, Mixture, NoiseProcess, Quantity, profile};
use infodyn_quadrature::Quadrature;

/// What stands before the theorems, written by hand in the file itself: the terms in words, the checker's tactics.
fn head(committed: &str) -> &str {
    committed.find("\nDefinition two ").map_or("", |end| &committed[..end])
}

/// Radius of every certified value.
const RADIUS: f64 = 4e-9;

/// A law on the line: its name, weight and place of each atom, and the variances of the noise, all as the proof checker
/// writes them.
struct Law {
    name: &'static str,
    atoms: &'static [(&'static str, &'static str)],
    variances: &'static [&'static str],
}

const LAWS: [Law; 2] = [
    Law { name: "two", atoms: &[("1/2", "1"), ("1/2", "-1")], variances: &["4", "2", "1", "1/2", "1/4"] },
    Law { name: "three", atoms: &[("3/10", "-1"), ("1/2", "1/2"), ("1/5", "2")], variances: &["2", "1/2", "1/4"] },
];

/// A number that the program prints and the proof checker encloses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number {
    /// Name of the theorem.
    pub(crate) name: String,
    /// The program's value.
    pub(crate) estimate: Estimate,
}

/// The file of theorems under the head of the committed one, and the numbers in it.
///
/// # Accuracy
/// Each theorem says that the true number lies within 4e-9 of the value printed in it.
///
/// # Errors
/// When a number cannot be computed.
pub(crate) fn certificate(committed: &str) -> Result<(String, Vec<Number>)> {
    let mut file = File { text: head(committed).to_owned(), numbers: Vec::new() };
    for Law { name, atoms, variances } in LAWS {
        let weights: Vec<f64> = atoms.iter().map(|a| fraction(a.0)).collect();
        let places: Vec<Vec<f64>> = atoms.iter().map(|a| vec![fraction(a.1)]).collect();
        let law = Mixture::atoms(&weights, &places)?;
        let list: Vec<String> = atoms.iter().map(|(w, y)| format!("({w}, {y})")).collect();
        let _ = write!(
            file.text,
            "\nDefinition {name} : list (R * R) := [{}].\n\
             Lemma {name}_ne : {name} <> nil. Proof. discriminate. Qed.\n\
             Lemma {name}_pos a : In a {name} -> 0 < fst a. Proof. revert a; positive. Qed.\n\
             Lemma {name}_one : Sl {name} fst = 1. Proof. simpl; lra. Qed.\n",
            list.join("; ")
        );
        for v in variances {
            file.level(name, &law, v)?;
        }
    }
    file.constants()?;
    Ok((file.text, file.numbers))
}

/// Whether `committed` is what is written today: the same text, and each value within a hundredth of its radius of
/// today's; with the first line that differs, if not. And the whole of each of the program's intervals lies in the
/// certified one.
#[must_use]
pub(crate) fn differs(committed: &str, today: &str, numbers: &[Number]) -> Option<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (committed.lines().collect(), today.lines().collect());
    for i in 0..old.len().max(new.len()) {
        let (a, b) = (old.get(i).copied().unwrap_or_default(), new.get(i).copied().unwrap_or_default());
        let ((shape_a, values_a), (shape_b, values_b)) = (values(a), values(b));
        let near = |(x, y): (&f64, &f64)| (x - y).abs() <= 1e-2 * RADIUS;
        if shape_a != shape_b || !values_a.iter().zip(&values_b).all(near) {
            return Some(format!("line {}: {a:?}, expected {b:?}", i + 1));
        }
    }
    for number in numbers {
        let prefix = format!("Theorem {} : ", number.name);
        let Some((value, radius)) = old.iter().find_map(|line| stated(line.strip_prefix(&prefix)?)) else {
            return Some(format!("no theorem {} about a value and its radius", number.name));
        };
        let e = number.estimate;
        if (e.value() - value).abs() + e.radius() > radius {
            return Some(format!("{}: the program says {e}, expected within {radius:e} of {value}", number.name));
        }
    }
    None
}

/// Value and radius of the first `.. - VALUE) <= RADIUS`.
fn stated(statement: &str) -> Option<(f64, f64)> {
    let (difference, rest) = statement.split_once(") <= ")?;
    let (_, value) = difference.rsplit_once(" - ")?;
    let radius = rest.split(' ').next()?.trim_end_matches('.');
    Some((value.parse().ok()?, radius.parse().ok()?))
}

/// A line without its values, and the values: numbers of more than eight decimals.
fn values(line: &str) -> (String, Vec<f64>) {
    let (mut shape, mut found) = (String::new(), Vec::new());
    for word in line.split_inclusive(|c: char| !(c.is_ascii_digit() || c == '.')) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        match digits.split_once('.').filter(|(_, after)| after.len() > 8).and_then(|_| digits.parse().ok()) {
            Some(x) => {
                found.push(x);
                shape.push('#');
                shape.push_str(&word[digits.len()..]);
            }
            None => shape.push_str(word),
        }
    }
    (shape, found)
}

/// `p/q` or `p`.
fn fraction(text: &str) -> f64 {
    let (over, under) = text.split_once('/').unwrap_or((text, "1"));
    over.parse::<f64>().unwrap_or(f64::NAN) / under.parse::<f64>().unwrap_or(f64::NAN)
}

/// The largest `n` with `2^n` below nine tenths of `e`.
fn exponent(e: f64) -> i32 {
    (0.9 * e).log2().floor() as i32
}

struct File {
    text: String,
    numbers: Vec<Number>,
}

impl File {
    /// A theorem about a number.
    fn theorem(&mut self, name: String, estimate: Estimate, statement: &str, proof: &str) {
        let _ = write!(self.text, "Theorem {name} : {statement}.\nProof. {proof} Qed.\n");
        self.numbers.push(Number { name, estimate });
    }

    /// The numbers of a law at a variance `v` of the noise.
    fn level(&mut self, name: &str, law: &Mixture, v: &str) -> Result<()> {
        let variance = fraction(v);
        let channel = Channel::new(MixtureLaw::of(law.clone()), NoiseProcess::Ve, variance)?;
        let found = profile(&Quadrature, &channel, Quantity::ALL)?;
        let get = |quantity: Quantity| {
            found.get(quantity).ok_or(Error::NotFinite { quantity, t: variance, method: Method::Quadrature })
        };
        let entropy = get(Quantity::ConditionalEntropy)?;
        let squared = |variance: Estimate| variance.value() + entropy.value() * entropy.value();
        let (var_h, var_iota) = (get(Quantity::PosteriorEntropyVariance)?, get(Quantity::SurprisalVariance)?);
        let mmse = get(Quantity::Mmse)?;

        let (at, of) = (v.replace('/', "_"), format!("{name} fst snd ({v})"));
        let reach = if variance > 1.0 { 36 } else { 32 };
        let cut = |lemma: &str, e: f64| {
            format!(
                "by_cut @{lemma} {name} {name}_ne {name}_pos ({v}) {reach} ({})%Z {e:.1e}.",
                exponent(0.9 * e),
                e = 0.9 * e
            )
        };
        let near = |term: &str, value: f64, e: f64| format!("Rabs ({term} - {}) <= {e:.1e}", decimal(value));
        // `Rate` and `Divergence` are multiples of `M`, the variances of what two integrals give.
        let fine = RADIUS / 4.0;
        let coarse = 0.9 * RADIUS * (variance * variance).min(1.0);
        let term = format!("H {of}");
        self.theorem(format!("H_{name}_{at}"), entropy, &near(&term, entropy.value(), fine), &cut("H_cut", fine));
        let term = format!("mmse {of}");
        self.theorem(format!("M_{name}_{at}"), mmse, &near(&term, mmse.value(), coarse), &cut("M_cut", coarse));
        let rate = get(Quantity::ConditionalEntropyRate)?;
        self.theorem(
            format!("Rate_{name}_{at}"),
            rate,
            &near(&format!("Derive (H {name} fst snd) ({v})"), rate.value(), RADIUS),
            &format!("apply (rate_near _ _ _ {name}_ne {name}_pos ({v}) ltac:(lra) _ _ _ _ M_{name}_{at}); interval."),
        );
        let divergence = get(Quantity::MeanScoreDivergence)?;
        self.theorem(
            format!("Divergence_{name}_{at}"),
            divergence,
            &near(&format!("IR (fun x => p {of} x * Derive (score {of}) x)"), divergence.value(), RADIUS),
            &format!(
                "apply (divergence_near _ _ _ {name}_ne {name}_pos ({v}) ltac:(lra) _ _ _ _ {name}_one M_{name}_{at}); interval."
            ),
        );
        for (label, term, lemma, square, integral, value) in [
            ("h", "Var_h", "hh_cut", "Eh2", format!("IR (fun x => p {of} x * h_at {of} x ^ 2)"), var_h),
            ("iota", "Var_iota", "ii_cut", "Ei2", format!("E_iota {of} 2"), var_iota),
        ] {
            let _ = write!(
                self.text,
                "Lemma {square}_{name}_{at} : {}.\nProof. {} Qed.\n",
                near(&integral, squared(value), fine),
                cut(lemma, fine)
            );
            self.theorem(
                format!("Var_{label}_{name}_{at}"),
                value,
                &near(&format!("{term} {of}"), value.value(), RADIUS),
                &format!(
                    "apply (Var_{label}_near _ _ _ {name}_ne {name}_pos ({v}) ltac:(lra) _ _ _ _ _ _ \
                     {square}_{name}_{at} H_{name}_{at}); interval."
                ),
            );
        }
        Ok(())
    }

    /// The constants of C2, C3 and C8, of two atoms.
    fn constants(&mut self) -> Result<()> {
        let law: Arc<dyn infodyn_core::Law> = MixtureLaw::of(Mixture::atoms(&[], &[vec![1.0], vec![-1.0]])?);
        let found = |process: NoiseProcess| critical::critical(&law, "atoms", &process, &critical::Settings::default());
        let (ou, vp) = (found(NoiseProcess::Ou)?, found(NoiseProcess::VP_LINEAR)?);
        let near = |x: f64| format!("Rabs (x - {}) <= {RADIUS:e}", decimal(x));
        self.text.push_str("\n(* C2, C3: critical times *)\n");

        let ratio = branching(&ou, Energy::ReverseSde)?.0;
        let share = 1.0 / (1.0 + ratio.value());
        let estimate = Estimate::new(ratio.value() * share, ratio.radius() * share * share);
        self.theorem(
            "alpha2_reverse".into(),
            estimate,
            &format!("exists x, {} /\\ forall alpha, alpha ^ 2 = x -> reverse_critical alpha", near(estimate.value())),
            "exists (sqrt 2 - 1); split; [interval | exact reverse_at].",
        );
        for (energy, name, statement, square) in [
            (Energy::Marginal, "marginal", "marginal_critical", "(/ 2)"),
            (Energy::ReverseSde, "reverse", "reverse_critical", "(sqrt 2 - 1)"),
        ] {
            let time = branching(&ou, energy)?.1;
            self.theorem(
                format!("t_{name}_ou"),
                time,
                &format!("exists x, {} /\\ {statement} (exp (- x))", near(time.value())),
                &format!("exists (- ln {square} / 2); split; [interval | apply {name}_at, exp_half; interval]."),
            );
            let time = branching(&vp, energy)?.1;
            self.theorem(
                format!("t_{name}_vp_linear"),
                time,
                &format!("exists x, {} /\\ {statement} (exp (- (x / 20 + 199 / 40 * x ^ 2)))", near(time.value())),
                &format!(
                    "exists (vp_time (- ln {square} / 2)); split; [unfold vp_time; interval |]; \
                     rewrite vp_time_ok by interval; apply {name}_at, exp_half; interval."
                ),
            );
        }

        self.text.push_str("\n(* C8: peaks *)\n");
        for (name, index, of, process, clock) in [
            ("k_H", "1", Quantity::LabelEntropyRate, &ou, Clock::LogSnr),
            ("k_s", "(3/2)", Quantity::LabelEntropyRate, &ou, Clock::SigmaOverAlpha),
            ("k_v", "2", Quantity::LabelEntropyRate, &found(NoiseProcess::Ve)?, Clock::T),
        ] {
            let at = peak(process, of, clock)?;
            let side = |k: &End| {
                let v = 1.0 / k.ratio;
                let kernel = |n: i32, x: f64| x.powi(2 * n) * (-0.5 * v * x * x).exp() / x.cosh();
                let (b, c) = (on_line(|x| kernel(0, x)), on_line(|x| kernel(1, x)));
                format!("{} peak_side ({}) {} {} (-36)%Z 5e-11", k.replace(), k.inverse, decimal(b), decimal(c))
            };
            self.peak(
                name,
                at,
                &format!("rate_peaks_at {index} x"),
                &format!("rate_peak_between {index}"),
                "lra | ",
                side,
            );
        }
        let at = peak(&ou, Quantity::LabelPosteriorEntropyVariance, Clock::T)?;
        let (lo, hi) = (End::of(at.value(), -1), End::of(at.value(), 1));
        let side = |k: &End| {
            let v = 1.0 / k.ratio;
            let mean = |g: &dyn Fn(f64, f64) -> f64| {
                // With z = x/v the posterior probabilities are 1/(1 + exp(-2z)) and 1/(1 + exp(2z)).
                on_line(|x| {
                    let z = x / v;
                    let p = (-(x * x + 1.0) / (2.0 * v)).exp() * z.cosh() / (std::f64::consts::TAU * v).sqrt();
                    let h = (2.0 * z.cosh()).ln() - z * z.tanh();
                    p * g(h, z)
                })
            };
            let spread = |z: f64| 1.0 - z.tanh().powi(2);
            let values = [
                mean(&|h, _| h),
                mean(&|_, z| spread(z)),
                mean(&|_, z| (z * spread(z)).powi(2)),
                mean(&|h, z| h * spread(z)),
            ];
            let values: Vec<String> = values.into_iter().map(decimal).collect();
            format!("{} slope_side two two_ne two_pos ({}) {} (-36)%Z 2e-11", k.replace(), k.inverse, values.join(" "))
        };
        let peaks = format!("variance_peaks_at two fst snd {} {} x", lo.decimal, hi.decimal);
        self.peak("k_V", at, &peaks, "variance_peak_between two fst snd", "exact two_ne | exact two_pos | ", side);
        Ok(())
    }

    /// `exists x`, near `at`, with a property that a lemma gives from signs at both ends.
    fn peak(
        &mut self,
        name: &str,
        at: Estimate,
        property: &str,
        lemma: &str,
        first: &str,
        side: impl Fn(&End) -> String,
    ) {
        let (lo, hi) = (End::of(at.value(), -1), End::of(at.value(), 1));
        let statement = format!("exists x, Rabs (x - {}) <= {RADIUS:e} /\\ {property}", decimal(at.value()));
        let proof = format!(
            "destruct ({lemma} {} {}) as [x [h1 h2]]; [{first}lra | lra | {} | {} |];\n\
             exists x; split; [apply Rabs_le_between'; lra | exact h2].",
            lo.decimal,
            hi.decimal,
            side(&hi),
            side(&lo)
        );
        self.theorem(name.into(), at, &statement, &proof);
    }
}

/// An end of the interval in which a ratio `k` is certified.
struct End {
    ratio: f64,
    /// `k` and `1/k` as the proof checker reads them, and exact.
    decimal: String,
    inverse: String,
}

impl End {
    fn of(value: f64, sign: i32) -> Self {
        // The value as it is printed, and a radius below, exactly.
        let ratio = decimal(value).parse().unwrap_or(value) + f64::from(sign) * RADIUS;
        let decimal = decimal(ratio);
        let inverse = format!("10000000000000 / {}", decimal.replace('.', "").trim_start_matches('0'));
        Self { ratio, decimal, inverse }
    }

    fn replace(&self) -> String {
        format!("replace (/ {}) with ({}) by lra;", self.decimal, self.inverse)
    }
}

/// Where the origin turns unstable in an energy: the signal-to-noise ratio and the time.
fn branching(found: &Critical, energy: Energy) -> Result<(Estimate, Estimate)> {
    let missing = Error::NotFinite { quantity: Quantity::Mmse, t: 0.0, method: Method::Quadrature };
    let one = found.bifurcations.iter().find(|b| b.energy == energy).ok_or(missing)?;
    let speed = one.level.g2() / one.level.sigma2(); // |d log snr/dt|
    let time = Estimate::new(one.level.t(), one.snr.radius() / (one.snr.value() * speed));
    Ok((one.snr, time))
}

/// The signal-to-noise ratio of the only peak.
fn peak(found: &Critical, of: Quantity, clock: Clock) -> Result<Estimate> {
    let missing = Error::NotFinite { quantity: of, t: 0.0, method: Method::Quadrature };
    Ok(found.peaks.iter().find(|p| p.of == of && p.clock == clock).ok_or(missing)?.snr)
}

/// The trapezoidal rule for an analytic integrand that decays like a Gaussian: to a few roundings. What it gives is
/// only where the proof checker looks.
fn on_line(f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 64.0;
    (-1600..=1600).map(|i| f(STEP * f64::from(i))).sum::<f64>() * STEP
}

/// As the proof checker reads it.
fn decimal(x: f64) -> String {
    format!("{x:.13}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn committed() -> String {
        std::fs::read_to_string(
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proofs/numeric/Certified.v"),
        )
        .unwrap()
    }

    #[test]
    fn the_committed_theorems_are_about_the_numbers_of_today() {
        let (text, numbers) = certificate(&committed()).unwrap();
        assert!(numbers.len() >= 40, "{} numbers", numbers.len());
        assert_eq!(differs(&committed(), &text, &numbers), None);
        assert_eq!(differs(&text, &text, &numbers), None);
    }

    #[test]
    fn a_number_that_leaves_its_interval_is_noticed() {
        let (text, numbers) = certificate(&committed()).unwrap();
        for i in 0..numbers.len() {
            let mut moved = numbers.clone();
            // Every interval is at most 1e-8 wide.
            moved[i].estimate = moved[i].estimate + Estimate::near(5e-9);
            assert!(
                differs(&text, &text, &moved).unwrap().starts_with(&format!("{}: the program says", numbers[i].name))
            );
            let mut wide = numbers.clone();
            wide[i].estimate = Estimate::new(wide[i].estimate.value(), 5e-9);
            assert!(differs(&text, &text, &wide).is_some());
        }
    }

    #[test]
    fn a_stale_file_is_noticed() {
        let (text, numbers) = certificate(&committed()).unwrap();
        let changed = |from: &str, to: &str| {
            assert!(text.contains(from));
            differs(&text.replacen(from, to, 1), &text, &numbers)
        };
        // A value, a radius, a law, a lemma, a line.
        assert!(changed("0.1930750444931", "0.1930750544931").unwrap().contains("line "));
        assert!(changed("<= 4.0e-9", "<= 4.0e-2").is_some());
        assert!(changed("(3/10, -1)", "(3/10, 1)").is_some());
        assert!(changed("@H_cut", "@M_cut").is_some());
        assert!(changed("Theorem k_V", "Theorem k_W").is_some());
        assert!(differs(&format!("{text}Axiom more : False.\n"), &text, &numbers).is_some());
        assert!(differs(&text[..text.len() / 2], &text, &numbers).is_some());
        // The last digits of a value may differ between machines.
        assert_eq!(changed("0.1930750444931", "0.1930750444932"), None);
    }
}
