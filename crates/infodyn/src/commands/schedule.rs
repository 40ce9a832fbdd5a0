//! `infodyn schedule`: noise levels to sample at, and what they cost.

mod delivery;
mod told;

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use infodyn_core::{Convention, Estimate, NoiseProcess, Support};
use infodyn_data::AnyLaw;
use infodyn_samplers::{Curve, TableError};

use self::delivery::Delivery;
use self::told::{Cost, Document, STARTS, Table, columns, drawn, entry, export_entry, text};
use crate::export::{Options, export};
use crate::measured::{DETERMINISTIC, Ends};
use crate::profile::{Settings, is_costly};
use crate::schedule::{
    Chosen, Clock, Data, Range, Refused, SAMPLERS, SIGMA_MAX, SIGMA_MIN, Schedule, TRIAL_STARTS, gaussian_end, given,
    measured, schedule,
};
use crate::text::{Destination, LawSummary, Outcome, ProcessName, Refusal, Running, short, with_error};

/// The flags of `schedule`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Law file, TOML or JSON, whose data are to be sampled.
    #[arg(long, value_name = "F", conflicts_with = "mse")]
    law: Option<PathBuf>,
    /// In place of a law: a .csv file of columns sigma,mse[,error], the error of your denoiser.
    #[arg(long, value_name = "TABLE")]
    mse: Option<PathBuf>,
    /// In place of a law: the .json file that `infodyn audit --out` wrote of your denoiser.
    #[arg(long, value_name = "JSON", conflicts_with_all = ["law", "mse"])]
    audit: Option<PathBuf>,
    /// Evaluations of the denoiser by a sampler of first order.
    #[arg(long, value_name = "N", allow_hyphen_values = true, required_unless_present = "sigmas",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    steps: Option<u32>,
    /// In place of a clock: a comma list of sigma/alpha that falls, whose cost or export is asked for.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true, conflicts_with_all = ["steps", "clock", "sigma_min", "sigma_max"])]
    sigmas: Option<String>,
    /// What spaces the levels: edm[:rho], log, cosine[:c], flow[:c], uniform-t, entropic, rescaled, kl, kl-s2,
    /// curvature1, curvature2, ays-sd15, ays-sdxl, ays-svd, or, by running --sampler on a law, auto and fitted
    /// [default: kl-s2 of a law or a table, entropic of a data set of 4194304 numbers or more, else flow].
    #[arg(long, value_name = "CLOCK")]
    clock: Option<String>,
    /// Last level before 0; 0 for equal increments of the clock down to 0 [default: 0 where the clock is finite
    /// there, else 0.002].
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    sigma_min: Option<f64>,
    /// Noisiest level [default: 80, or the highest of the table].
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    sigma_max: Option<f64>,
    /// Noise process whose times stand beside the levels.
    #[arg(long, value_name = "P", default_value = "edm")]
    process: String,
    /// Whose error at the end is told [default: all].
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(SAMPLERS.map(|s| s.0)))]
    sampler: Option<String>,
    /// Samples of Monte Carlo at each noise level, where the law needs it.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u64).range(1..))]
    samples: Option<u64>,
    #[command(flatten)]
    running: Running,
    /// Write the list as a library takes it: k-diffusion, diffusers-euler, diffusers-edm-euler, diffusers-flow-euler,
    /// diffusers-unipc, diffusers-heun, timesteps, azula, comfyui, csv, npy, json, or the class of a scheduler.
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Training table of the model, for formats that step through it: ddpm-linear, ddpm-scaled-linear, ddpm-cosine,
    /// with parameters as in convert.
    #[arg(long, value_name = "C")]
    table: Option<String>,
    /// `shift` of the flow scheduler, which is undone.
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    shift: Option<f64>,
    /// `mu` of dynamic shifting, which is undone.
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    mu: Option<f64>,
    /// How dynamic shifting takes `mu`.
    #[arg(long, value_name = "KIND", default_value = "exponential", value_parser = ["exponential", "linear"])]
    time_shift: String,
    /// `shift_terminal` of the flow scheduler.
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    shift_terminal: Option<f64>,
    #[command(flatten)]
    destination: Destination,
}

/// Answers the question.
pub fn run(args: &Args) -> Outcome {
    let delivery = Delivery::open(args.format.as_deref(), &args.destination)?;
    let sink = if delivery.is_none() { Some(args.destination.open_drawn()?) } else { None };
    let process: NoiseProcess = args.process.parse().map_err(|e| Refusal::flag("--process", e))?;
    let options = options(args)?;
    if delivery.is_none()
        && let Some(flag) = options.first_given()
    {
        return Err(Refusal::flag(flag, "given without --format, expected both"));
    }
    let known = args.law.is_some() || args.mse.is_some() || args.audit.is_some();
    let usual = if known { Clock::KlS2 } else { Clock::Flow { c: None } };
    let read = |c: &str| c.parse::<Clock>().map_err(|e| Refusal::flag("--clock", e));
    let clock = args.clock.as_deref().map_or(Ok(usual), read)?;
    if clock.needs_errors() && !known {
        let why = format!("{clock} needs the errors of a denoiser, expected --law, --mse or --audit");
        return Err(Refusal::flag("--clock", why));
    }
    let deterministic = |name: &str| DETERMINISTIC.iter().any(|s| s.0 == name);
    if clock.is_measured() && !args.sampler.as_deref().is_some_and(deterministic) {
        let names = DETERMINISTIC.map(|s| s.0).join(", ");
        let found = args.sampler.as_deref().unwrap_or("none");
        let kl = "; the clock of least path divergence of the ancestral one is kl";
        let why = format!("{found} with the clock {clock}, expected a deterministic sampler, one of {names}{kl}");
        return Err(Refusal::flag("--sampler", why));
    }
    let given = args.sigmas.as_deref().map(list).transpose()?;
    let to = match args.sigma_min {
        Some(s) if !(s.is_finite() && s >= 0.0) => {
            return Err(Refusal::flag("--sigma-min", format!("{s}, expected a level, or 0")));
        }
        to => to,
    };
    let bounded = matches!(clock, Clock::Flow { .. } | Clock::Cosine { .. });
    let from = match args.sigma_max {
        Some(s) if s.is_nan() || s <= 0.0 => {
            return Err(Refusal::flag("--sigma-max", format!("{s}, expected a positive level")));
        }
        Some(s) if s.is_infinite() && !bounded => {
            return Err(Refusal::flag("--sigma-max", format!("inf with the clock {clock}, expected flow or cosine")));
        }
        from => from.or_else(|| given.as_ref().map(|g| g.positive()[0])),
    };

    let from = match clock {
        Clock::Ays(model) if given.is_none() => {
            if let Some(s) = from.filter(|s| *s != model.from()) {
                return Err(Refusal::flag(
                    "--sigma-max",
                    format!("{s}, expected none: {clock} begins at {}", model.from()),
                ));
            }
            if let Some(s) = to {
                return Err(Refusal::flag("--sigma-min", format!("{s}, expected none: {clock} has its own levels")));
            }
            Some(model.from())
        }
        _ => from,
    };

    let file = args.law.as_deref().map(AnyLaw::read).transpose()?;
    let mut notes = Vec::new();
    // Where a sample costs milliseconds, matrices at every level do not pay.
    let costly = file.as_ref().is_some_and(|file| is_costly(&*crate::text::law(file)));
    let clock = if costly && args.clock.is_none() { Clock::Entropic } else { clock };
    let table = match (&args.mse, &args.audit) {
        (Some(path), _) => Some(read_table(path)?),
        (None, Some(path)) => Some(audited(path, &mut notes)?),
        (None, None) => None,
    };
    let from = from.or_else(|| table.as_ref().map(|(d, _)| d.range()[1])).unwrap_or(SIGMA_MAX);
    if let Some(least) = to.filter(|&least| least >= from) {
        return Err(Refusal::flag("--sigma-min", format!("{least}, expected a level below --sigma-max, {from}")));
    }
    if let Some((data, name)) = &table {
        covered(data, name, [to.filter(|&s| s > 0.0).unwrap_or(data.range()[0]), from])?;
    }
    let steps = given.as_ref().map_or(args.steps.unwrap_or(1) as usize, |g| g.positive().len());
    let range = Range { steps, from, to };
    let data = match (&file, &table) {
        (Some(file), _) => {
            let lowest = given.as_ref().and_then(|g| g.positive().last().copied()).or(to.filter(|&s| s > 0.0));
            let found = of_law(args, file, lowest, from)?;
            if crate::text::law(file).support() == Support::Atoms {
                notes.push(told_apart(&found.curve));
            }
            Some(found)
        }
        (None, Some((data, _))) => Some(data.clone()),
        (None, None) => None,
    };
    let main = match given {
        Some(given) => given,
        None => match (&data, &args.sampler) {
            (Some(data), Some(sampler)) if clock.is_measured() => {
                let found = work(args, || measured(clock, sampler, range, process, data))?;
                let Chosen { schedule, tried } = found.map_err(refusal)?;
                notes.push(chosen(clock, sampler, &tried));
                schedule
            }
            _ => schedule(clock, range, process, data.as_ref()).map_err(refusal)?,
        },
    };
    if let (Some((data, name)), Some(&lowest)) = (&table, main.positive().last()) {
        covered(data, name, [lowest, from])?;
    }
    let export = delivery.as_ref().map(|d| {
        let sigmas: Vec<f64> = main.sigmas.iter().map(|s| s.value()).collect();
        export(d.format, &sigmas, &options).map_err(refusal)
    });
    let export = export.transpose()?;
    let costs = match &data {
        Some(data) if from.is_finite() => costs(args, &main, range, process, data, &mut notes),
        Some(_) => {
            notes.push("costs are told from a finite --sigma-max".into());
            vec![]
        }
        None => vec![],
    };
    let finite = |values: Vec<f64>| if from.is_finite() { values } else { vec![] };
    let times = main.positive().into_iter().filter(|s| s.is_finite()).map(|s| process.time_at_snr(1.0 / (s * s)));
    let times = times.collect::<Result<Vec<f64>, _>>().map_err(|e| Refusal::flag("--process", e))?;
    let document = Document {
        schema: "infodyn.schedule/1",
        law: file.as_ref().map(LawSummary::of),
        table: table
            .as_ref()
            .map(|(data, name)| Table { file: name.clone(), levels: data.table.as_ref().map_or(0, Vec::len) }),
        process: ProcessName(process),
        clock: main.clock.to_string(),
        steps,
        convention: if main.to_zero { "N-to-zero" } else { "to-sigma-min" },
        seed: args.running.seed,
        version: env!("CARGO_PKG_VERSION"),
        sigmas: finite(main.sigmas.iter().map(|s| s.value()).collect()),
        errors: finite(main.sigmas.iter().map(|s| s.radius()).collect()),
        times: finite(times),
        costs: costs.iter().map(|c| entry(c, data.as_ref(), args.sampler.as_deref())).collect(),
        notes,
        export: export.as_ref().map(|e| export_entry(e, &main)),
    };
    let text = || text(&document, &main, &costs);
    match (delivery, export, sink) {
        (Some(delivery), Some(export), _) => delivery.deliver(&document, &export, args.destination.is_json(), text),
        (_, _, Some(sink)) => {
            sink.deliver_drawn(&document, || columns(&document), text, || drawn(&document, &main, &costs))
        }
        _ => Ok(()),
    }
}

/// Work on the law.
fn work<T: Send>(args: &Args, work: impl FnOnce() -> T + Send) -> Outcome<T> {
    args.running.work(args.law.as_deref().unwrap_or(Path::new("schedule")), work)
}

/// What the flags say of the scheduler.
fn options(args: &Args) -> Outcome<Options> {
    let read = |c: &str| c.parse::<Convention>().map_err(|e| Refusal::flag("--table", e));
    Ok(Options {
        table: args.table.as_deref().map(read).transpose()?,
        shift: args.shift,
        mu: args.mu,
        linear: args.time_shift == "linear",
        terminal: args.shift_terminal,
    })
}

/// A list of levels.
pub(super) fn list(text: &str) -> Outcome<Schedule> {
    let number = |cell: &str| {
        let finite = cell.trim().parse::<f64>().ok().filter(|x| x.is_finite());
        finite.ok_or_else(|| Refusal::flag("--sigmas", format!("{cell:?}, expected a number")))
    };
    given(&text.split(',').map(number).collect::<Outcome<Vec<f64>>>()?).map_err(refusal)
}

/// What is known of a law between the levels that are needed.
fn of_law(args: &Args, file: &AnyLaw, lowest: Option<f64>, from: f64) -> Outcome<Data> {
    let law = crate::text::law(file);
    // Of many points in many dimensions as few as give the mmse to 1 %.
    let usual = if is_costly(&*law) { 1 << 12 } else { infodyn_monte_carlo::Settings::default().samples };
    let samples = args.samples.unwrap_or(usual);
    let settings = Settings { samples: Some(samples), seed: args.running.seed, ..Settings::default() };
    let top = if from.is_finite() { from } else { SIGMA_MAX };
    let low = lowest.map_or(SIGMA_MIN, |s| s.min(SIGMA_MIN)).min(0.5 * top);
    let path = args.law.as_deref().map(|p| p.display().to_string()).unwrap_or_default();
    let found = work(args, || Data::of_law(&law, [low, top], &settings))?;
    found.map_err(|e| Refusal::flag(&path, e))
}

fn refusal(e: Refused) -> Refusal {
    Refusal::flag(e.flag, e.why)
}

/// What a table says, and the file's name.
fn read_table(path: &Path) -> Outcome<(Data, String)> {
    let name = path.display().to_string();
    let rows = infodyn_data::read_errors(path)?;
    let data = Data::of_table(rows).map_err(|e| Refusal::flag(&name, e))?;
    Ok((data, name))
}

/// What an audit says, and the file's name.
fn audited(path: &Path, notes: &mut Vec<String>) -> Outcome<(Data, String)> {
    let name = path.display().to_string();
    let file = infodyn_data::read_audit(path)?;
    let (data, said) = crate::audit::table(&file).map_err(|e| Refusal::flag(&name, e))?;
    notes.extend(said);
    Ok((data, name))
}

/// Refuses a table that does not reach the levels.
fn covered(data: &Data, name: &str, [to, from]: [f64; 2]) -> Outcome {
    let [low, high] = data.range();
    let slack = 1.0 + 1e-9;
    if to * slack < low || from > high * slack {
        return Err(Refusal::flag(name, TableError::Range { low, high, from, to }));
    }
    Ok(())
}

/// What a clock was chosen from, the nearest first.
fn chosen(clock: Clock, sampler: &str, tried: &[(Clock, Estimate)]) -> String {
    let told: Vec<String> = tried.iter().map(|(c, d)| format!("{c} {}", with_error(*d))).collect();
    let told = told.join(", ");
    format!("{clock}: distance of {sampler} from the exact flow over {TRIAL_STARTS} starts: {told}")
}

/// Below which level the points of the data set are told apart.
fn told_apart(curve: &Curve) -> String {
    const NATS: f64 = 0.1;
    curve.level_of_information_left(NATS).map_or_else(
        || "atoms: at every level the points are told apart".into(),
        |s| {
            format!(
                "atoms: below sigma {} H(X_0 given X_t) is under {NATS} nats, so that steps there only reproduce these points; of the law behind them `infodyn fit` makes one without atoms",
                short(s)
            )
        },
    )
}

/// What the schedule costs, and what edm and flow cost at equal steps.
fn costs(
    args: &Args,
    main: &Schedule,
    range: Range,
    process: NoiseProcess,
    data: &Data,
    notes: &mut Vec<String>,
) -> Vec<Cost> {
    let mut all = vec![main.clone()];
    for other in [Clock::Edm { rho: 7.0 }, Clock::Flow { c: Some(1.0) }] {
        // Each by its own convention.
        let found = schedule(other, Range { to: None, ..range }, process, Some(data));
        if let Some(found) = found.ok().filter(|s| all.iter().all(|a| a.sigmas != s.sigmas)) {
            all.push(found);
        }
    }
    let samplers = || SAMPLERS.into_iter().filter(move |s| args.sampler.as_deref().is_none_or(|name| name == s.0));
    let runs = ends_of_flow(args, range.from, data);
    if runs.is_some() {
        notes.push(format!(
            "distance: root mean square, from the ends of the exact flow from the same {STARTS} starts; relabelled: the \
             share of them that end in another label"
        ));
    }
    let mut costs: Vec<Cost> = Vec::new();
    for schedule in &all {
        let positive = schedule.positive();
        let last = positive.last().copied().unwrap_or(f64::NAN);
        let path = data.curve.path_divergence(&positive).ok();
        if path.is_none() {
            notes.push(format!("{}: its last level, {}, lies below what is known", schedule.clock, short(last)));
        }
        let ends = data.spectrum.iter().flat_map(|s| samplers().map(move |sampler| gaussian_end(schedule, sampler, s)));
        let measured = args
            .sampler
            .as_deref()
            .zip(runs.as_ref())
            .and_then(|(sampler, runs)| runs.distance(sampler, &positive).ok());
        let clock = schedule.clock.to_string();
        costs.push(Cost { clock, sigmas: positive, last, path, ends: ends.collect(), measured });
    }
    if costs.iter().any(|c| c.path.is_some()) {
        notes.push(
            "path divergence: of the ancestral sampler, exact denoiser and start, down to the last level before 0; \
             two compare where these agree"
                .into(),
        );
    }
    if data.spectrum.is_some() && !data.gaussian {
        notes.push("errors at the end are those on the Gaussian with the covariance of the law".into());
    }
    costs
}

/// The ends of the exact flow, where a deterministic sampler is asked about on a law that has them.
fn ends_of_flow(args: &Args, from: f64, data: &Data) -> Option<Ends> {
    let sampler = args.sampler.as_deref()?;
    let (law, _) = data.law.as_ref().filter(|_| DETERMINISTIC.iter().any(|s| s.0 == sampler))?;
    let scale = data.scale().filter(|c| *c > 0.0)?;
    let seed = args.running.seed.wrapping_add(1);
    work(args, || Ends::new(law, from, scale, STARTS, seed)).ok()?.ok()
}
