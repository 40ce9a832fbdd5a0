//! A schedule in the units of the sampler that is to use it.
//!
//! What each library does with a list was read in its source and run (`tests/recorded.json`); where it cannot be told
//! the levels, or would change them without a word, there is a [`Refused`].

use infodyn_core::{Convention, DdpmTable};

use crate::schedule::{Refused, SIGMA_MAX, SIGMA_MIN};

/// Where a list goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `sample_*` of k-diffusion.
    KDiffusion,
    /// `EulerDiscreteScheduler`.
    Euler,
    /// `EDMEulerScheduler`.
    EdmEuler,
    /// `FlowMatchEulerDiscreteScheduler`, and pipelines that hand it `sigmas`.
    FlowEuler,
    /// `UniPCMultistepScheduler` with flow sigmas.
    UniPc,
    /// `HeunDiscreteScheduler`.
    Heun,
    /// Schedulers that take whole training steps.
    Timesteps,
    /// Samplers of azula.
    Azula,
    /// The node `ManualSigmas` of ComfyUI.
    ComfyUi,
    /// The numbers `sigma/alpha`, one a line.
    Csv,
    /// An array of them.
    Npy,
    /// The answer of the command.
    Json,
}

const DIFFUSERS: &str = "diffusers 0.42.1";

/// Name, the classes of that name, and the versions that were read.
const FORMATS: [(Format, &str, &[&str], &str); 12] = [
    (Format::KDiffusion, "k-diffusion", &[], "k-diffusion 0.1.1.post1"),
    (Format::Euler, "diffusers-euler", &["EulerDiscreteScheduler"], DIFFUSERS),
    (Format::EdmEuler, "diffusers-edm-euler", &["EDMEulerScheduler"], DIFFUSERS),
    (Format::FlowEuler, "diffusers-flow-euler", &["FlowMatchEulerDiscreteScheduler"], DIFFUSERS),
    (Format::UniPc, "diffusers-unipc", &["UniPCMultistepScheduler"], DIFFUSERS),
    (Format::Heun, "diffusers-heun", &["HeunDiscreteScheduler"], DIFFUSERS),
    (
        Format::Timesteps,
        "timesteps",
        &[
            "DDPMScheduler",
            "LCMScheduler",
            "TCDScheduler",
            "DPMSolverMultistepScheduler",
            "DPMSolverSinglestepScheduler",
        ],
        DIFFUSERS,
    ),
    (Format::Azula, "azula", &[], "azula 0.11.1"),
    (Format::ComfyUi, "comfyui", &["ManualSigmas"], "the pattern that ManualSigmas reads"),
    (Format::Csv, "csv", &[], ""),
    (Format::Npy, "npy", &[], ""),
    (Format::Json, "json", &[], ""),
];

/// Schedulers that cannot be told, and what to use instead.
const UNTOLD: [(&str, &str); 14] = [
    ("DDIMScheduler", "EulerDiscreteScheduler: at eta 0 its step is the same"),
    (
        "EulerAncestralDiscreteScheduler",
        "k-diffusion's sample_euler_ancestral, or DDPMScheduler with fixed_small: the same step",
    ),
    ("EDMDPMSolverMultistepScheduler", "k-diffusion's sample_dpmpp_2m, or EDMEulerScheduler"),
    ("FlowMatchHeunDiscreteScheduler", "FlowMatchEulerDiscreteScheduler"),
    ("DEISMultistepScheduler", "UniPCMultistepScheduler or DPMSolverMultistepScheduler"),
    ("KDPM2DiscreteScheduler", "k-diffusion's sample_dpm_2, or HeunDiscreteScheduler"),
    ("KDPM2AncestralDiscreteScheduler", "k-diffusion's sample_dpm_2_ancestral"),
    ("LMSDiscreteScheduler", "k-diffusion's sample_lms, or EulerDiscreteScheduler"),
    ("PNDMScheduler", "DPMSolverMultistepScheduler or EulerDiscreteScheduler"),
    ("SASolverScheduler", "k-diffusion's sample_dpmpp_2m_sde"),
    ("DPMSolverSDEScheduler", "k-diffusion's sample_dpmpp_sde"),
    ("IPNDMScheduler", "DPMSolverMultistepScheduler"),
    ("CMStochasticIterativeScheduler", "EDMEulerScheduler: it steps through whole indices of a table of its own"),
    ("CosineDPMSolverMultistepScheduler", "k-diffusion's sample_dpmpp_2m_sde"),
];

impl Format {
    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        FORMATS.iter().find(|f| f.0 == self).map_or("", |f| f.1)
    }

    /// The library whose behaviour was recorded.
    #[must_use]
    pub fn library(self) -> &'static str {
        FORMATS.iter().find(|f| f.0 == self).map_or("", |f| f.3)
    }

    /// A format by its name, or a scheduler by its class.
    ///
    /// # Errors
    /// When there is none; of a scheduler that cannot be told the levels, with what to use instead.
    pub fn of(name: &str) -> Result<Self, Refused> {
        if let Some(found) = FORMATS.iter().find(|f| f.1 == name || f.2.contains(&name)) {
            return Ok(found.0);
        }
        if let Some((_, instead)) = UNTOLD.iter().find(|(class, _)| *class == name) {
            return Err(refused("--format", format!("{name} cannot be told its levels, expected {instead}")));
        }
        if name.ends_with("Scheduler") {
            let classes = FORMATS.map(|f| f.2).concat().into_iter().filter(|c| c.ends_with("Scheduler"));
            let classes = classes.collect::<Vec<_>>().join(", ");
            let why = format!("what {name} does to a list is not recorded, expected one of {classes}");
            return Err(refused("--format", why));
        }
        let names = FORMATS.map(|f| f.1).join(", ");
        Err(refused("--format", format!("{name:?}, expected one of {names}, or the class of a scheduler")))
    }
}

/// What a scheduler does to a list of its own accord.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The training table of the model.
    pub table: Option<Convention>,
    /// `shift` of the scheduler.
    pub shift: Option<f64>,
    /// `mu` of dynamic shifting.
    pub mu: Option<f64>,
    /// Whether dynamic shifting is linear in place of exponential.
    pub linear: bool,
    /// `shift_terminal` of the scheduler.
    pub terminal: Option<f64>,
}

impl Options {
    /// The flag of an option that is given, if any is.
    #[must_use]
    pub fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--table", self.table.is_some()),
            ("--shift", self.shift.is_some()),
            ("--mu", self.mu.is_some()),
            ("--time-shift", self.linear),
            ("--shift-terminal", self.terminal.is_some()),
        ];
        given.into_iter().find(|g| g.1).map(|g| g.0)
    }
}

/// A list as it is to be handed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// Where it goes.
    pub format: Format,
    /// The numbers.
    pub values: Vec<f64>,
    /// The same as the library reads them: a list in Python, or a string.
    pub text: String,
    /// The line, or few, of Python that uses it; empty where there is none.
    pub python: String,
    /// `sigma/alpha` that the library steps through, in its own precision.
    pub achieved: Vec<f64>,
    /// What to know.
    pub notes: Vec<String>,
}

fn refused(flag: &'static str, why: impl std::fmt::Display) -> Refused {
    Refused { flag, why: why.to_string() }
}

/// The rounding that every library applies.
fn single(x: f64) -> f64 {
    f64::from(x as f32)
}

/// A list of `sigma/alpha`, which falls and ends in 0, in a format.
///
/// # Errors
/// When two levels are one in single precision, or the library cannot be told.
pub fn export(format: Format, sigmas: &[f64], options: &Options) -> Result<Export, Refused> {
    if let Some(pair) = sigmas.windows(2).find(|p| p[0].is_nan() || p[1].is_nan() || p[1] > p[0]) {
        return Err(refused("--sigmas", format!("{} after {}, expected levels that fall", pair[1], pair[0])));
    }
    if let Some(pair) = sigmas.windows(2).find(|p| p[0] as f32 <= p[1] as f32) {
        let why = format!("levels {} and {} are one in single precision, expected fewer steps", pair[0], pair[1]);
        return Err(refused("--steps", why));
    }
    let positive = &sigmas[..sigmas.len().saturating_sub(1)];
    let (Some(&first), Some(&last)) = (positive.first(), positive.last()) else {
        return Err(refused("--steps", "no positive level, expected at least one"));
    };
    let flow = matches!(format, Format::FlowEuler | Format::UniPc);
    if first.is_infinite() && !flow {
        return Err(refused(
            "--sigma-max",
            format!("inf, expected a format for flows: {} starts at a level", format.name()),
        ));
    }
    unused(format, options)?;
    let of = |values: Vec<f64>, achieved: Vec<f64>, python: String, notes: Vec<&str>| Export {
        format,
        text: list(&values),
        values,
        python,
        achieved,
        notes: notes.into_iter().map(str::to_owned).collect(),
    };
    let rounded = || sigmas.iter().map(|&s| single(s)).collect::<Vec<_>>();
    Ok(match format {
        Format::Csv | Format::Npy | Format::Json => of(sigmas.to_vec(), sigmas.to_vec(), String::new(), vec![]),
        Format::KDiffusion => {
            let python = format!(
                "sigmas = torch.tensor({})\nx = sigmas[0] * torch.randn(shape)\n\
                 x = k_diffusion.sampling.sample_euler(model, x, sigmas)",
                list(sigmas)
            );
            of(sigmas.to_vec(), rounded(), python, vec![])
        }
        Format::ComfyUi => {
            let text: Vec<String> = sigmas.iter().map(|&s| decimal(s)).collect();
            let text = text.join(", ");
            let achieved = sigmas.iter().map(|&s| single(decimal(s).parse().unwrap_or(s))).collect();
            let notes = vec!["for ManualSigmas; a flow model wants flow times: convert --to flow"];
            Export { text, ..of(sigmas.to_vec(), achieved, String::new(), notes) }
        }
        Format::Euler => {
            inside(table(options)?, positive)?;
            let python = format!("scheduler.set_timesteps(sigmas={})", list(sigmas));
            of(
                sigmas.to_vec(),
                rounded(),
                python,
                vec!["without num_inference_steps; use_karras_sigmas is passed over"],
            )
        }
        Format::Heun => {
            let table = inside(table(options)?, positive)?;
            let values: Vec<f64> = positive.iter().map(|&s| linear_index(table.sigmas(), s)).collect();
            let mut achieved: Vec<f64> = values.iter().map(|&t| linear_sigma(table.sigmas(), single(t))).collect();
            achieved.push(0.0);
            let python = format!("scheduler.set_timesteps(timesteps={})", list(&values));
            of(values, achieved, python, vec!["2 N - 1 evaluations of the model"])
        }
        Format::Timesteps => timesteps(format, positive, inside(table(options)?, positive)?)?,
        Format::EdmEuler => {
            let root = |s: f64| s.powf(1.0 / 7.0);
            let (top, width) = (root(SIGMA_MAX), root(SIGMA_MIN) - root(SIGMA_MAX));
            let values: Vec<f64> = positive.iter().map(|&s| (root(s) - top) / width).collect();
            let mut achieved: Vec<f64> = values.iter().map(|u| single((top + u * width).powi(7))).collect();
            achieved.push(0.0);
            let python =
                format!("scheduler.set_timesteps(sigmas=torch.tensor({}, dtype=torch.float64))", list(&values));
            let mut notes = vec![
                "positions on the ramp of EDMEulerScheduler(sigma_min=0.002, sigma_max=80.0, rho=7.0); a tensor, no list",
            ];
            if first.total_cmp(&SIGMA_MAX).is_ne() {
                notes.push("start at sqrt(sigma_max^2 + 1): init_noise_sigma is that of 80, whatever the list");
            }
            of(values, achieved, python, notes)
        }
        Format::FlowEuler | Format::UniPc => flows(format, positive, options)?,
        Format::Azula => {
            // The schedule has no 0: its last level is far below the last step's.
            let least = 1e-3 * last;
            let (span, low) = ((first / least).ln(), least.ln());
            let mut values: Vec<f64> = positive.iter().map(|&s| (s.ln() - low) / span).collect();
            values.push(0.0);
            let achieved = values.iter().map(|&t| single((low + single(t) * span).exp())).collect();
            let python = format!(
                "class Sampler(azula.sample.DDIMSampler):\n    @property\n    def timesteps(self):\n        \
                 return torch.tensor({})\nschedule = azula.noise.VESchedule(sigma_min={least:?}, sigma_max={first:?})",
                list(&values)
            );
            of(
                values,
                achieved,
                python,
                vec!["VESchedule has no 0: the last step goes to its sigma_min, 1e-3 of the level before"],
            )
        }
    })
}

/// Refuses options that the format has no use for.
fn unused(format: Format, options: &Options) -> Result<(), Refused> {
    let tables = matches!(format, Format::Euler | Format::Heun | Format::Timesteps);
    let flow = matches!(format, Format::FlowEuler | Format::UniPc);
    let euler = format == Format::FlowEuler;
    let given = [
        ("--table", options.table.is_some(), tables),
        ("--shift", options.shift.is_some(), flow),
        ("--mu", options.mu.is_some(), euler),
        ("--time-shift", options.linear, euler),
        ("--shift-terminal", options.terminal.is_some(), euler),
    ];
    match given.into_iter().find(|(_, given, used)| *given && !used) {
        Some((flag, _, _)) => Err(refused(flag, format!("{} has no use for it", format.name()))),
        None => Ok(()),
    }
}

/// The table that a format steps through.
fn table(options: &Options) -> Result<&DdpmTable, Refused> {
    match &options.table {
        Some(Convention::Ddpm(table)) => Ok(table),
        Some(other) => {
            Err(refused("--table", format!("{other}, expected ddpm-linear, ddpm-scaled-linear or ddpm-cosine")))
        }
        None => {
            Err(refused("--table", "missing, expected the model's: ddpm-linear, ddpm-scaled-linear or ddpm-cosine"))
        }
    }
}

/// Refuses levels that the model was not trained on: the library would tell it the nearest, without a word.
fn inside<'a>(table: &'a DdpmTable, positive: &[f64]) -> Result<&'a DdpmTable, Refused> {
    let [low, high] = table.range();
    match positive.iter().find(|&&s| single(s) < single(low) || single(s) > single(high)) {
        Some(s) => {
            let expected = format!("levels from {low} to {high}, or another --sigma-max or --sigma-min");
            Err(refused("--table", format!("sigma {s} is outside the training table, expected {expected}")))
        }
        None => Ok(table),
    }
}

/// Where numpy's `interp` of the table is this level.
fn linear_index(sigmas: &[f64], s: f64) -> f64 {
    let above = sigmas.partition_point(|&x| x <= s).clamp(1, sigmas.len() - 1);
    let (a, b) = (sigmas[above - 1], sigmas[above]);
    ((above - 1) as f64 + (s - a) / (b - a)).clamp(0.0, (sigmas.len() - 1) as f64)
}

/// What it is there.
fn linear_sigma(sigmas: &[f64], t: f64) -> f64 {
    let i = (t as usize).min(sigmas.len() - 2);
    single(sigmas[i] + (sigmas[i + 1] - sigmas[i]) * (t - i as f64))
}

/// Whole training steps: the nearest in `log sigma`.
fn timesteps(format: Format, positive: &[f64], table: &DdpmTable) -> Result<Export, Refused> {
    let sigmas = table.sigmas();
    let nearest = |s: f64| {
        let above = sigmas.partition_point(|&x| x <= s).clamp(1, sigmas.len() - 1);
        if s * s > sigmas[above - 1] * sigmas[above] { above } else { above - 1 }
    };
    let steps: Vec<usize> = positive.iter().map(|&s| nearest(s)).collect();
    if let Some(k) = (1..steps.len()).find(|&k| steps[k] >= steps[k - 1]) {
        let (a, b, step) = (positive[k - 1], positive[k], steps[k]);
        return Err(refused(
            "--steps",
            format!("levels {a} and {b} both fall on training step {step}, expected fewer steps"),
        ));
    }
    let mut achieved: Vec<f64> = steps.iter().map(|&i| sigmas[i]).collect();
    achieved.push(0.0);
    let values: Vec<f64> = steps.iter().map(|&i| i as f64).collect();
    let text = format!("[{}]", steps.iter().map(usize::to_string).collect::<Vec<_>>().join(", "));
    let python = format!("scheduler.set_timesteps(timesteps={text})");
    let notes = vec!["whole training steps: the levels that are reached stand beside those asked for".into()];
    Ok(Export { format, values, text, python, achieved, notes })
}

/// Flow times, with what the scheduler will do to them undone.
fn flows(format: Format, positive: &[f64], options: &Options) -> Result<Export, Refused> {
    let number = |flag, x: Option<f64>| match x {
        Some(x) if !(x.is_finite() && x > 0.0) => Err(refused(flag, format!("{x}, expected a positive number"))),
        other => Ok(other),
    };
    let shift = match (number("--shift", options.shift)?, options.mu) {
        (Some(_), Some(_)) => return Err(refused("--mu", "given beside --shift, expected one of them")),
        (Some(shift), None) => shift,
        (None, Some(mu)) if options.linear => number("--mu", Some(mu))?.unwrap_or(mu),
        (None, Some(mu)) if mu.is_finite() && mu.abs() < 100.0 => mu.exp(),
        (None, Some(mu)) => return Err(refused("--mu", format!("{mu}, expected a number between -100 and 100"))),
        (None, None) if options.linear => return Err(refused("--time-shift", "given without --mu, expected both")),
        (None, None) => 1.0,
    };
    let wanted: Vec<f64> = positive.iter().map(|&s| if s.is_finite() { s / (1.0 + s) } else { 1.0 }).collect();
    let last = wanted[wanted.len() - 1];
    if let Some(terminal) = options.terminal {
        if !(terminal > 0.0 && terminal < 1.0) {
            return Err(refused("--shift-terminal", format!("{terminal}, expected a flow time between 0 and 1")));
        }
        if (last / terminal - 1.0).abs() > 1e-6 {
            let why = format!(
                "{terminal}: the scheduler would stretch the list to end there, and it ends in {last}, expected --sigma-min {}",
                terminal / (1.0 - terminal)
            );
            return Err(refused("--shift-terminal", why));
        }
    }
    let values: Vec<f64> = wanted.iter().map(|f| f / (shift - (shift - 1.0) * f)).collect();
    // As the library computes it, in single precision.
    let s = shift as f32;
    let again = |f: f64| {
        let f = f as f32;
        f64::from(s * f / (1.0 + (s - 1.0) * f))
    };
    let mut achieved: Vec<f64> = values.iter().map(|&f| again(f)).map(|f| f / (1.0 - f)).collect();
    achieved.push(0.0);
    let mut notes = vec!["flow times without the last, 0, which the scheduler appends".to_owned()];
    if wanted[0] < 1.0 {
        let start = wanted[0];
        notes.push(format!("pipelines start from noise alone, whose flow time is 1, not {start:.5}: --sigma-max inf"));
    }
    let python = match format {
        Format::UniPc => {
            notes.push("with use_flow_sigmas=True; a first time of 1 becomes 0.999999, and the model is told whole numbers of t".to_owned());
            format!("scheduler.set_timesteps(sigmas=np.array({}))", list(&values))
        }
        _ => {
            let mu = options.mu.map_or(String::new(), |mu| format!(", mu={mu:?}"));
            format!("scheduler.set_timesteps(sigmas={}{mu})", list(&values))
        }
    };
    if options.mu.is_some() {
        notes.push("mu must be the one that the pipeline passes: it follows from the size of the image".into());
    }
    Ok(Export { format, text: list(&values), values, python, achieved, notes })
}

/// A list in Python; numbers read back to the same bits.
fn list(values: &[f64]) -> String {
    let number = |x: &f64| format!("{:?}", x + 0.0);
    format!("[{}]", values.iter().map(number).collect::<Vec<_>>().join(", "))
}

/// Nine significant digits without an exponent, which single precision reads back.
fn decimal(x: f64) -> String {
    if x == 0.0 {
        return "0".into();
    }
    let places = (8 - x.log10().floor() as i32).max(0) as usize;
    let text = format!("{x:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_name_and_by_class() {
        for (format, name, classes, _) in FORMATS {
            assert_eq!((Format::of(name), format.name()), (Ok(format), name));
            classes.iter().for_each(|class| assert_eq!(Format::of(class), Ok(format)));
        }
        for (class, instead) in UNTOLD {
            let why = Format::of(class).unwrap_err().to_string();
            assert!(why.contains(class) && why.contains(instead), "{why}");
        }
        // It takes levels, and changes them in ways that nobody recorded here.
        let why = Format::of("FlowMatchLCMScheduler").unwrap_err().to_string();
        assert!(why.contains("not recorded, expected one of EulerDiscreteScheduler, "), "{why}");
        assert!(Format::of("x").unwrap_err().to_string().contains("k-diffusion"));
    }

    #[test]
    fn decimals_have_no_exponent_and_read_back() {
        for x in [80.0, 0.002, 1.0 / 3.0, 2.5e-7, 12_345.678, 0.0] {
            let text = decimal(x);
            assert!(!text.contains('e') && text.parse::<f32>().unwrap() == x as f32, "{text}");
        }
    }
}
