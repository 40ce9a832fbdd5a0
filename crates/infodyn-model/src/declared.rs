//! A network read by what is declared of it.

use infodyn_core::{Convention, NamedLevel, NoiseProcess};
use infodyn_data::{Declaration, InputScaling, ModelOutput, NoiseInput};

use crate::{Denoiser, Error, Result};

/// Steps that libraries cut the time of a continuous process into.
const STEPS: f64 = 1000.0;

/// A network as its file has it: two inputs, or one of data alone; one output, single precision.
pub trait Network: Sync {
    /// Dimension `D`.
    fn dim(&self) -> usize;

    /// Whether the second input takes whole numbers alone.
    fn whole_noise(&self) -> bool;

    /// What it answers to `x`, `n x D`, row-major, with `noise` for the second input of each row, where there is one.
    ///
    /// # Errors
    /// When it fails, or its answer has another size.
    fn run(&self, x: &[f32], noise: f64) -> Result<Vec<f32>>;
}

/// A [`Network`] and what it is declared to be: a [`Denoiser`].
///
/// # Formula
/// With `y_0 = a x_0 + b` the data of the network (`x_scale`, `x_shift`) and `alpha`, `sigma` those of its process at
/// `sigma/alpha = |a| s`, it is given `c_in (alpha (a x + b))` for `x = x_0 + s z`. Its output `o` at
/// `y = alpha (a x + b)` is read as `o`, `(y + sigma^2 o)/alpha`, `(y - sigma o)/alpha`, `y - sigma o` (`velocity`, of
/// a flow), or `alpha' y' - sigma' o` (`v`, with the variance-preserving `alpha'^2 + sigma'^2 = 1` of the same level).
#[derive(Debug, Clone, PartialEq)]
pub struct Declared<N> {
    network: N,
    declaration: Declaration,
}

impl<N: Network> Declared<N> {
    /// `network`, read by `declaration`.
    #[must_use]
    pub fn new(network: N, declaration: Declaration) -> Self {
        Self { network, declaration }
    }

    /// What is declared.
    #[must_use]
    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &N {
        &self.network
    }

    /// Whether only some levels can be told: steps of a table.
    fn steps(&self) -> bool {
        self.declaration.noise == NoiseInput::Index || self.network.whole_noise()
    }

    /// The process at `sigma/alpha`, in the units of the network.
    fn at(&self, s: f64) -> Result<NamedLevel> {
        let process = &self.declaration.process;
        process.at_snr(1.0 / (s * s)).map_err(|e| match e {
            infodyn_core::Error::SnrOutside { min, max, .. } => Error::Level {
                sigma: s,
                process: process.to_string(),
                low: max.sqrt().recip(),
                high: min.sqrt().recip(),
            },
            other => other.into(),
        })
    }

    /// What the second input gets for a level, in the units of the network.
    fn noise(&self, s: f64) -> Result<f64> {
        let noise = match self.declaration.noise {
            NoiseInput::Sigma => s,
            NoiseInput::LnSigma => s.ln(),
            NoiseInput::QuarterLnSigma => 0.25 * s.ln(),
            NoiseInput::None => 0.0,
            NoiseInput::T => self.at(s)?.t,
            NoiseInput::Index => match self.declaration.process {
                Convention::Ddpm(_) => self.at(s)?.t.round(),
                _ => (STEPS * self.at(s)?.t - 1.0).round().clamp(0.0, STEPS - 1.0),
            },
        };
        Ok(if self.network.whole_noise() { noise.round() } else { noise })
    }

    /// The level that a number in the second input stands for, in the units of the network.
    fn level(&self, noise: f64) -> Option<f64> {
        let process = &self.declaration.process;
        match self.declaration.noise {
            NoiseInput::None => None,
            NoiseInput::Sigma => Some(noise),
            NoiseInput::LnSigma => Some(noise.exp()),
            NoiseInput::QuarterLnSigma => Some((4.0 * noise).exp()),
            NoiseInput::T => Some(process.at(noise).ok()?.sigma_over_alpha),
            NoiseInput::Index => {
                let t = if matches!(process, Convention::Ddpm(_)) { noise } else { (noise + 1.0) / STEPS };
                Some(process.at(t).ok()?.sigma_over_alpha)
            }
        }
    }
}

impl<N: Network> Denoiser for Declared<N> {
    fn dim(&self) -> usize {
        self.network.dim()
    }

    fn nearest(&self, sigma: f64) -> Option<f64> {
        let scale = self.declaration.x_scale.abs();
        let s = scale * sigma;
        self.at(s).ok()?;
        if !self.steps() {
            return Some(sigma);
        }
        let found = self.level(self.noise(s).ok()?)?;
        (found.is_finite() && found > 0.0).then_some(found / scale)
    }

    fn denoise(&self, x: &[f64], sigma: f64, told: f64, out: &mut [f64]) -> Result<()> {
        let Declaration { output, x_scale: a, x_shift: b, c_in, .. } = self.declaration;
        let s = a.abs() * sigma;
        let level = self.at(s)?;
        let vp = 1.0 / s.hypot(1.0);
        let [alpha, sigma] = level.scales.unwrap_or([vp, s * vp]);
        let c_in = match c_in {
            InputScaling::None => 1.0,
            InputScaling::Edm { sigma_data } => 1.0 / s.hypot(sigma_data),
            InputScaling::Vp => vp,
        };
        let y = |x: f64| alpha * (a * x + b);
        let input: Vec<f32> = x.iter().map(|&x| (c_in * y(x)) as f32).collect();
        let answer = self.network.run(&input, self.noise(a.abs() * told)?)?;
        for ((out, &x), &o) in out.iter_mut().zip(x).zip(&answer) {
            let (y, o) = (y(x), f64::from(o));
            let denoised = match output {
                ModelOutput::Denoised => o,
                ModelOutput::Score => (y + sigma * sigma * o) / alpha,
                ModelOutput::Epsilon => (y - sigma * o) / alpha,
                ModelOutput::Velocity => y - sigma * o,
                ModelOutput::V => vp * vp * y / alpha - s * vp * o,
            };
            *out = (denoised - b) / a;
        }
        Ok(())
    }
}

/// A network that another holds.
impl<N: Network + ?Sized> Network for &N {
    fn dim(&self) -> usize {
        (**self).dim()
    }

    fn whole_noise(&self) -> bool {
        (**self).whole_noise()
    }

    fn run(&self, x: &[f32], noise: f64) -> Result<Vec<f32>> {
        (**self).run(x, noise)
    }
}

/// The declarations that could have been meant in place of `own`, each with how it differs: other outputs, other
/// numbers in the second input, and other processes.
#[must_use]
pub fn declarations(own: &Declaration) -> Vec<(String, Declaration)> {
    let mut processes = vec![own.process.clone()];
    let others = [
        NoiseProcess::Edm,
        NoiseProcess::Ve,
        NoiseProcess::VP_LINEAR,
        NoiseProcess::VP_SCALED_LINEAR,
        NoiseProcess::VP_COSINE,
        NoiseProcess::FLOW,
    ];
    processes.extend(others.map(Convention::Process).into_iter().filter(|p| *p != own.process));
    let mut found = Vec::new();
    for process in processes {
        let flow = matches!(process, Convention::Process(NoiseProcess::Flow { .. }));
        let table = matches!(process, Convention::Ddpm(_));
        let vp = matches!(
            process,
            Convention::Process(
                NoiseProcess::VpLinear { .. } | NoiseProcess::VpScaledLinear { .. } | NoiseProcess::VpCosine { .. }
            )
        );
        for noise in NoiseInput::ALL {
            // Whether there is a second input is no question.
            if (noise == NoiseInput::None) != (own.noise == NoiseInput::None) {
                continue;
            }
            // The time of `edm` is sigma.
            let same = noise == NoiseInput::T && process == Convention::Process(NoiseProcess::Edm);
            if same || noise == NoiseInput::T && table || noise == NoiseInput::Index && !(table || vp) {
                continue;
            }
            for output in ModelOutput::ALL.into_iter().filter(|&o| o != ModelOutput::Velocity || flow) {
                let other = Declaration { output, noise, process: process.clone(), ..own.clone() };
                if other != *own {
                    found.push((difference(own, &other), other));
                }
            }
        }
    }
    found
}

/// How a declaration differs from another, as a side file says it.
fn difference(own: &Declaration, other: &Declaration) -> String {
    let mut parts = Vec::new();
    if own.output != other.output {
        parts.push(format!("output = \"{}\"", other.output.name()));
    }
    if own.noise != other.noise {
        parts.push(format!("noise = \"{}\"", other.noise.name()));
    }
    if own.process != other.process {
        parts.push(format!("process = \"{}\"", other.process));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use infodyn_closed_form::MixtureLaw;
    use infodyn_core::{Covariance, Law, Mixture};

    use super::*;
    use crate::LawDenoiser;

    /// What a perfect network of a declaration would answer, from the law.
    struct Perfect {
        law: LawDenoiser,
        declaration: Declaration,
    }

    impl Network for Perfect {
        fn dim(&self) -> usize {
            self.law.dim()
        }

        fn whole_noise(&self) -> bool {
            false
        }

        fn run(&self, x: &[f32], noise: f64) -> Result<Vec<f32>> {
            let d = &self.declaration;
            let process = |t: f64| d.process.at(t).unwrap().sigma_over_alpha;
            let s = match d.noise {
                NoiseInput::Sigma => noise,
                NoiseInput::LnSigma => noise.exp(),
                NoiseInput::QuarterLnSigma => (4.0 * noise).exp(),
                NoiseInput::T => process(noise),
                NoiseInput::Index => process((noise + 1.0) / 1000.0),
                NoiseInput::None => unreachable!("told of every level"),
            };
            let [alpha, sigma] = d.process.at_snr(1.0 / (s * s)).unwrap().scales.unwrap();
            let c_in = match d.c_in {
                InputScaling::None => 1.0,
                InputScaling::Edm { sigma_data } => 1.0 / (s * s + sigma_data * sigma_data).sqrt(),
                InputScaling::Vp => 1.0 / (1.0 + s * s).sqrt(),
            };
            let y: Vec<f64> = x.iter().map(|&x| f64::from(x) / c_in).collect();
            // In the units of the law.
            let (a, b) = (d.x_scale, d.x_shift);
            let clean: Vec<f64> = y.iter().map(|y| (y / alpha - b) / a).collect();
            let mut denoised = vec![0.0; clean.len()];
            self.law.denoise(&clean, s / a.abs(), s / a.abs(), &mut denoised)?;
            let answer = y.iter().zip(&denoised).map(|(y, m)| {
                let m = a * m + b;
                let epsilon = (y - alpha * m) / sigma;
                (match d.output {
                    ModelOutput::Denoised => m,
                    ModelOutput::Score => -epsilon / sigma,
                    ModelOutput::Epsilon => epsilon,
                    ModelOutput::Velocity => epsilon - m,
                    ModelOutput::V => (epsilon - s * m) / (1.0 + s * s).sqrt(),
                }) as f32
            });
            Ok(answer.collect())
        }
    }

    #[test]
    fn every_declaration_reads_back_the_posterior_mean() {
        let wide = Covariance::full(&[vec![0.3, 0.12], vec![0.12, 0.2]]).unwrap();
        let law = Mixture::new(&[0.6, 0.4], &[vec![-1.0, 0.5], vec![1.2, 0.0]], vec![wide, Covariance::ZERO]).unwrap();
        let law: Arc<dyn Law> = MixtureLaw::of(law);
        let base = Declaration {
            output: ModelOutput::Denoised,
            noise: NoiseInput::Sigma,
            process: Convention::Process(NoiseProcess::Edm),
            x_scale: 1.0,
            x_shift: 0.0,
            c_in: InputScaling::None,
        };
        let mut all: Vec<Declaration> = declarations(&base).into_iter().map(|d| d.1).collect();
        assert!(all.len() > 80);
        for c_in in [InputScaling::Edm { sigma_data: 0.7 }, InputScaling::Vp] {
            all.push(Declaration { c_in, output: ModelOutput::V, ..base.clone() });
        }
        let flow = Convention::Process(NoiseProcess::FLOW);
        let scaled = Declaration { x_scale: -0.5, x_shift: 0.5, ..base.clone() };
        all.push(Declaration { process: flow, noise: NoiseInput::T, output: ModelOutput::Velocity, ..scaled.clone() });
        all.extend([scaled, base]);
        let x = [0.3, -0.4, -1.5, 0.9];
        for declaration in all {
            let network = Perfect { law: LawDenoiser::new(Arc::clone(&law)), declaration: declaration.clone() };
            let model = Declared::new(network, declaration);
            for sigma in [0.1, 0.7, 3.0] {
                let sigma = model.nearest(sigma).unwrap();
                let (mut found, mut truth) = ([0.0; 4], [0.0; 4]);
                model.denoise(&x, sigma, sigma, &mut found).unwrap();
                LawDenoiser::new(Arc::clone(&law)).denoise(&x, sigma, sigma, &mut truth).unwrap();
                for (f, t) in found.iter().zip(&truth) {
                    // Single precision, of numbers up to 50 (a score at sigma 0.1), times their scale.
                    assert!((f - t).abs() < 2e-5, "{:?} at {sigma}: {f} {t}", model.declaration());
                }
            }
        }
    }
}
