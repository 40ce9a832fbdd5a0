//! Standard output, standard error, and what the program's exit says.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use clap::error::ErrorKind;
use comfy_table::{CellAlignment, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use infodyn_closed_form::{MixtureLaw, SphereLaw};
use infodyn_core::{Convention, Estimate, Grid, Law, NoiseLevel, NoiseProcess, Stop, progress, share};
use infodyn_data::{AnyLaw, Columns, Format, LawFile, Output, Shards};
use infodyn_figures::Rendered;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

/// What an answer says of the law that it is about.
#[derive(Debug, serde::Serialize)]
pub struct LawSummary {
    pub kind: String,
    pub components: usize,
    pub dim: usize,
    sha256: String,
    /// The names of labels 0, 1, ..., where the law file gives labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    label_names: Option<Vec<String>>,
    /// How the files of a data set were read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// Labels that a table names.
const NAMED: usize = 10;

impl LawSummary {
    pub fn of(law: &AnyLaw) -> Self {
        match law {
            AnyLaw::Mixture(file) => Self::of_mixture(file),
            AnyLaw::Sphere(file) => Self {
                kind: "sphere".into(),
                components: 1,
                dim: file.law.dim(),
                sha256: file.sha256.clone(),
                label_names: None,
                notes: Vec::new(),
            },
        }
    }

    pub(crate) fn of_mixture(file: &LawFile) -> Self {
        Self {
            kind: file.kind.clone(),
            components: file.law.components(),
            dim: file.law.dim(),
            sha256: file.sha256.clone(),
            label_names: file.label_names.clone(),
            notes: file.notes.clone(),
        }
    }

    /// Of points that stay in their files.
    pub(crate) fn of_shards(shards: &Shards) -> Self {
        Self {
            kind: "dataset".into(),
            components: shards.count,
            dim: shards.dim,
            sha256: shards.sha256.clone(),
            label_names: None,
            notes: shards.notes.clone(),
        }
    }

    /// The name of a label: as the law file has it, in one line, or its number.
    pub(crate) fn label_name(&self, label: usize) -> String {
        let name = self.label_names.as_ref().and_then(|names| names.get(label));
        name.map_or_else(|| label.to_string(), |name| one_line(name))
    }

    /// The title of a picture.
    pub(crate) fn title(&self, process: &ProcessName) -> String {
        format!("{}: {} components in dimension {}; {}", self.kind, self.components, self.dim, process.0)
    }

    /// The first lines of a table: law, process, what else is `said`; then labels and notes.
    pub(crate) fn heading(&self, process: &ProcessName, said: &str) -> String {
        let Self { kind, components, dim, .. } = self;
        let plural = if *components == 1 { "" } else { "s" };
        let process = process.0;
        let mut text =
            format!("{kind}: {components} component{plural} in dimension {dim}; process {process}; nats{said}\n");
        if let Some(names) = &self.label_names {
            let shown: Vec<String> =
                (0..names.len().min(NAMED)).map(|y| format!("{y} = {}", self.label_name(y))).collect();
            let more = names.len() - shown.len();
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            text += &format!("labels: {}{more}\n", shown.join(", "));
        }
        self.notes.iter().for_each(|note| text += &format!("note: {note}\n"));
        text
    }
}

/// The law that a file holds.
pub fn law(file: &AnyLaw) -> Arc<dyn Law> {
    match file {
        AnyLaw::Mixture(file) => MixtureLaw::of(file.law.clone()),
        AnyLaw::Sphere(file) => SphereLaw::of(file.law),
    }
}

/// Why the program stops without an answer: one line.
#[derive(Debug)]
pub struct Refusal(String);

/// The result of a subcommand.
pub type Outcome<T = ()> = Result<T, Refusal>;

impl Refusal {
    /// A flag whose value does not do.
    pub fn flag(flag: &str, why: impl fmt::Display) -> Self {
        Self(format!("{flag}: {why}"))
    }

    /// A line that says it all.
    pub fn said(line: String) -> Self {
        Self(line)
    }

    /// Exit code 2 and one line on standard error.
    pub fn tell(&self) -> ExitCode {
        // Where even this cannot be written there is nobody to tell.
        let _ = writeln!(io::stderr(), "error: {self}");
        ExitCode::from(2)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.0))
    }
}

impl From<infodyn_data::Error> for Refusal {
    fn from(e: infodyn_data::Error) -> Self {
        Self(e.to_string())
    }
}

/// A program: its command line read and answered; with 2 and one line on standard error where it cannot be.
pub fn answer<C: clap::Parser>(run: impl FnOnce(C) -> Outcome<ExitCode>) -> ExitCode {
    asked(run).unwrap_or_else(|refusal| refusal.tell())
}

/// The command line of this process, read and answered.
pub fn asked<C: clap::Parser>(run: impl FnOnce(C) -> Outcome<ExitCode>) -> Outcome<ExitCode> {
    // What is no text no flag takes.
    WORDS.set(std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect());
    match C::try_parse() {
        Ok(cli) => run(cli),
        Err(e) if e.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let names: Vec<String> = C::command().get_subcommands().map(|c| c.get_name().to_owned()).collect();
            Err(Refusal(format!("no command, expected one of {}", names.join(", "))))
        }
        Err(e) if e.use_stderr() => Err(Refusal(usage_error(&e.to_string()))),
        Err(e) => print(&e.to_string()).map(|()| ExitCode::SUCCESS),
    }
}

/// The command line that `words` make, after the name of the program.
pub fn read<C: clap::Parser>(words: &[String]) -> Outcome<C> {
    WORDS.set(words.to_vec());
    let line = std::iter::once("infodyn").chain(words.iter().map(String::as_str));
    C::try_parse_from(line).map_err(|e| Refusal(usage_error(&e.to_string())))
}

thread_local! {
    /// What this thread has printed, while that is kept.
    static KEPT: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The command line that this thread answers, after the name of the program.
    static WORDS: RefCell<Vec<String>> = const { RefCell::new(vec![]) };
}

/// The command line that this thread answers, after the name of the program.
pub(crate) fn words() -> Vec<String> {
    WORDS.with_borrow(Clone::clone)
}

/// Runs a command whose answer is kept in place of printed; standard error is left alone.
pub fn kept(run: impl FnOnce() -> Outcome) -> Outcome<String> {
    KEPT.set(Some(String::new()));
    let outcome = run();
    let text = KEPT.take().unwrap_or_default();
    outcome.map(|()| text)
}

/// Whether the answer is kept, and nobody watches.
pub(crate) fn is_kept() -> bool {
    KEPT.with_borrow(Option::is_some)
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The part of a usage message that says what is wrong.
fn usage_error(message: &str) -> String {
    let end = ["\n\nUsage:", "\n\nFor more information"].iter().filter_map(|m| message.find(m)).min();
    let message = message[..end.unwrap_or(message.len())].trim();
    one_line(message.strip_prefix("error: ").unwrap_or(message))
}

/// Writes to standard output. A reader that has gone away is no error.
pub fn print(text: &str) -> Outcome {
    if !share::tells() {
        return Ok(());
    }
    let kept = KEPT.with_borrow_mut(|kept| kept.as_mut().map(|kept| kept.push_str(text)));
    if kept.is_some() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Refusal::flag("standard output", e)),
        _ => Ok(()),
    }
}

/// Where an answer goes; shared by all subcommands.
#[derive(Debug, clap::Args)]
pub struct Destination {
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Also write the answer to a file: .json, .csv or .npz by its ending; .png or .svg where it has a picture.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What every command that asks about a law under a process is told.
#[derive(Debug, clap::Args)]
pub struct Question {
    /// Law file, TOML or JSON.
    #[arg(long, value_name = "F")]
    pub law: PathBuf,
    /// Noise process: ve, edm, ou, vp-linear, vp-linear:b0=0.1,b1=20, vp-scaled-linear, vp-cosine,
    /// sub-vp, flow, flow:shift=3, localization, localization:T=50.
    #[arg(long, value_name = "P")]
    process: String,
    #[command(flatten)]
    pub running: Running,
    #[command(flatten)]
    pub destination: Destination,
}

/// How every command that computes is run.
#[derive(Debug, clap::Args)]
pub struct Running {
    /// Seed of the random numbers.
    #[arg(long, value_name = "N", allow_hyphen_values = true, default_value_t = infodyn_monte_carlo::SEED)]
    pub seed: u64,
    /// Threads [default: one a core].
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Say on standard error how far the work has come.
    #[arg(long)]
    progress: bool,
}

impl Running {
    /// Does the work on the threads asked for, and tells of it on standard error: how far it has come, where that is
    /// asked for; else, where standard error is no terminal, one line about `file` if it takes long.
    pub fn work<T: Send>(&self, file: &Path, work: impl FnOnce() -> T + Send) -> Outcome<T> {
        // Of processes that go through the same, one tells of it.
        if !self.progress || share::is_complete() && !share::tells() {
            return patiently(file, self.threads, work);
        }
        let pool = pool(self.threads)?;
        let (working, done) = mpsc::channel::<()>();
        Ok(thread::scope(|scope| {
            beside(scope, move || tell_progress(&file.display().to_string(), &done));
            let answer = pool.install(work);
            drop(working);
            answer
        }))
    }

    /// How many threads there are.
    pub fn thread_count(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(cores, usize::from)
    }

    /// Whether progress is told.
    pub fn tells(&self) -> bool {
        self.progress
    }
}

/// How often progress is told.
const TOLD: Duration = Duration::from_secs(2);

/// Until the work is done, a line now and then where that says something new; on a terminal in one place.
fn tell_progress(what: &str, done: &mpsc::Receiver<()>) {
    let (start, terminal) = (Instant::now(), io::stderr().is_terminal());
    let mut last = None;
    while done.recv_timeout(TOLD) == Err(mpsc::RecvTimeoutError::Timeout) {
        let now = progress::so_far();
        if last.replace(now) == Some(now) && !terminal {
            continue;
        }
        let line = progress_line(what, now, start.elapsed());
        let _ = if terminal { write!(io::stderr(), "\r\x1b[K{line}") } else { writeln!(io::stderr(), "{line}") };
    }
    if terminal {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}

/// What, how many pieces of how many that are known of, for how long, and for how much longer at this pace.
fn progress_line(what: &str, (done, known): (u64, u64), elapsed: Duration) -> String {
    let clock = |seconds: f64| format!("{}:{:02}", seconds as u64 / 60, seconds as u64 % 60);
    let seconds = elapsed.as_secs_f64();
    let left = match done {
        0 => String::new(),
        _ => format!(", about {} left", clock(seconds * (known - done) as f64 / done as f64)),
    };
    format!("{what}: {done} of {known} pieces, {}{left}", clock(seconds))
}

impl Question {
    /// The process.
    pub fn process(&self) -> Outcome<NoiseProcess> {
        self.process.parse().map_err(|e| Refusal::flag("--process", e))
    }

    /// The noise levels of a grid.
    pub fn levels(&self, grid: &str) -> Outcome<Vec<NoiseLevel>> {
        let grid: Grid = grid.parse().map_err(|e| Refusal::flag("--grid", e))?;
        grid.levels(&self.process()?).map_err(|e| Refusal::flag("--grid", e))
    }

    /// As [`Running::work`], of the law.
    pub fn work<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Outcome<T> {
        self.running.work(&self.law, work)
    }

    /// A refusal of the law.
    pub fn refusal(&self, why: impl fmt::Display) -> Refusal {
        Refusal::flag(&self.law.display().to_string(), why)
    }
}

/// Does the work on the threads asked for. Where standard error is no terminal it gets one line if that takes long.
pub fn patiently<T: Send>(file: &Path, threads: Option<u16>, work: impl FnOnce() -> T + Send) -> Outcome<T> {
    let pool = pool(threads)?;
    if io::stderr().is_terminal() || is_kept() {
        return Ok(pool.install(work));
    }
    let (working, done) = mpsc::channel::<()>();
    Ok(thread::scope(|scope| {
        beside(scope, move || {
            if done.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                let (file, seconds) = (file.display(), PATIENCE.as_secs());
                let _ = writeln!(io::stderr(), "{file}: this takes longer than {seconds} s");
            }
        });
        let answer = pool.install(work);
        drop(working);
        answer
    }))
}

/// Runs what only tells of the work; not at all where the system has no thread for it.
fn beside<'s>(scope: &'s thread::Scope<'s, '_>, tell: impl FnOnce() + Send + 's) {
    const STACK: usize = 1 << 18;
    let _ = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, tell);
}

/// How long a program may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// A pool of threads on the vector unit that the environment asks for; one a core unless the number is given. They stop
/// when the caller is told to, and share its work with whom it does.
pub fn pool(threads: Option<u16>) -> Outcome<rayon::ThreadPool> {
    infodyn_kernels::chosen().map_err(|why| Refusal::said(why.into()))?;
    let (stop, share) = (Stop::current(), share::current());
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, usize::from))
        .start_handler(move |_| {
            Stop::enter(stop.clone());
            share::enter(share.clone());
        })
        .build()
        .map_err(|e| Refusal::flag("--threads", e))
}

/// An answer whose destination was found good before the work began.
pub struct Sink {
    json: bool,
    file: Option<Output>,
}

impl Destination {
    /// Whether JSON is to be printed.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// The file, where one is asked for.
    pub fn path(&self) -> Option<&Path> {
        self.out.as_deref()
    }

    /// Checks the destination of an answer that is not drawn.
    pub fn open(&self) -> Outcome<Sink> {
        let sink = self.open_drawn()?;
        match self.path() {
            Some(path) if sink.is_drawn() => {
                Err(Refusal::flag("--out", format!("{}: this answer has no picture, {WRITTEN}", path.display())))
            }
            _ => Ok(sink),
        }
    }

    /// Where an answer is printed, beside a file that is written by other means.
    pub fn printed(&self) -> Sink {
        Sink { json: self.json, file: None }
    }

    /// Checks the destination of an answer that has a picture.
    pub fn open_drawn(&self) -> Outcome<Sink> {
        let file = self.out.as_deref().map(Output::new).transpose().map_err(|e| Refusal::flag("--out", e))?;
        Ok(Sink { json: self.json, file })
    }
}

/// The endings of an answer without a picture.
const WRITTEN: &str = "expected .json, .csv or .npz";

impl Sink {
    /// Whether a picture is asked for.
    pub fn is_drawn(&self) -> bool {
        self.file.as_ref().is_some_and(|file| matches!(file.format(), Format::Png | Format::Svg))
    }

    /// Writes the file first, then standard output.
    pub fn deliver(
        &self,
        document: &impl Serialize,
        columns: impl FnOnce() -> Columns,
        table: impl FnOnce() -> String,
    ) -> Outcome {
        // `open` has refused to draw it.
        let none = || Err(infodyn_figures::Error::NothingToDraw { axis: String::new() }.into());
        self.deliver_drawn(document, columns, table, none)
    }

    /// The same of an answer with a picture.
    pub fn deliver_drawn(
        &self,
        document: &impl Serialize,
        columns: impl FnOnce() -> Columns,
        table: impl FnOnce() -> String,
        picture: impl FnOnce() -> crate::Result<Rendered>,
    ) -> Outcome {
        if !share::tells() {
            return Ok(());
        }
        let picture = || picture().map_err(|e| Refusal::flag("--out", e));
        if let Some(file) = &self.file {
            let bytes = match file.format() {
                Format::Csv => columns().to_csv().map_err(|e| Refusal::flag("--out", e))?,
                Format::Npz => columns().to_npz().map_err(|e| Refusal::flag("--out", e))?,
                Format::Png => picture()?.png,
                Format::Svg => picture()?.svg.into_bytes(),
                _ => json(document)?.into_bytes(),
            };
            file.write(&bytes).map_err(|e| Refusal::flag("--out", e))?;
        }
        print(&if self.json { json(document)? } else { table() })
    }
}

/// A document as the lines of a JSON file, in which 0 has no sign.
pub fn json(document: &impl Serialize) -> Outcome<String> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Unsigned(PrettyFormatter::new()));
    document.serialize(&mut serializer).map_err(|e| Refusal::flag("--json", e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned() + "\n")
}

/// JSON on indented lines, but `0.0` for `-0.0`.
struct Unsigned<'a>(PrettyFormatter<'a>);

/// Methods that the indented form answers.
macro_rules! indented {
    ($($name:ident($($argument:ident: $type:ty)?)),*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $argument: $type)?) -> io::Result<()> {
            self.0.$name(writer $(, $argument)?)
        })*
    };
}

impl Formatter for Unsigned<'_> {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        self.0.write_f64(writer, value + 0.0)
    }

    indented!(
        begin_array(), end_array(), begin_array_value(first: bool), end_array_value(), begin_object(), end_object(),
        begin_object_key(first: bool), begin_object_value(), end_object_value()
    );
}

/// Counts work on a terminal; elsewhere it is silent.
pub fn progress_bar(what: &'static str) -> ProgressBar {
    if !io::stderr().is_terminal() || is_kept() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {what}, {{eta}} left")) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

/// A process as the JSON files name it: `name`, and its parameters.
pub struct ProcessName(pub NoiseProcess);

impl Serialize for ProcessName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.0.name())?;
        for (name, value) in self.0.parameters() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

/// A convention as the JSON files name it: `name`, its parameters, and `zero_snr` of a table that is so.
pub struct ConventionName(pub Convention);

impl Serialize for ConventionName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.0.name())?;
        for (name, value) in self.0.parameters() {
            map.serialize_entry(name, &value)?;
        }
        if let Convention::Ddpm(table) = &self.0
            && table.is_zero_snr()
        {
            map.serialize_entry("zero_snr", &true)?;
        }
        map.end()
    }
}

/// A number with its error, as the JSON files write it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Number {
    /// The number.
    pub value: f64,
    /// Its radius.
    pub error: f64,
}

impl From<Estimate> for Number {
    fn from(e: Estimate) -> Self {
        Self { value: e.value(), error: e.radius() }
    }
}

/// A number with its error and, where it was sampled, its standard error and level.
#[derive(Debug, Clone, Copy)]
pub struct Sampled(pub Estimate);

impl Serialize for Sampled {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "value", self.0.value())?;
        entry(&mut map, "error", self.0.radius())?;
        if let Some(s) = self.0.sampling() {
            entry(&mut map, "std_error", s.std_error)?;
            entry(&mut map, "level", s.level)?;
        }
        map.end()
    }
}

/// Adds a number to a JSON object, unless it has no finite value.
pub fn entry<M: SerializeMap>(map: &mut M, name: &str, value: f64) -> Result<(), M::Error> {
    if value.is_finite() { map.serialize_entry(name, &value) } else { Ok(()) }
}

/// A number of a noise level, by its name in the files.
type LevelColumn = (&'static str, fn(&NoiseLevel) -> f64);

/// The columns of a noise level, in the order of the files.
pub const LEVEL: [LevelColumn; 6] = [
    ("t", |l| l.t()),
    ("alpha", |l| l.alpha()),
    ("sigma", NoiseLevel::sigma),
    ("sigma_over_alpha", NoiseLevel::sigma_over_alpha),
    ("snr", NoiseLevel::snr),
    ("log_snr", NoiseLevel::log_snr),
];

/// A noise level as the JSON files write it.
pub struct Level(pub NoiseLevel);

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, read) in LEVEL {
            entry(&mut map, name, read(&self.0))?;
        }
        map.end()
    }
}

/// An aligned table of texts under a header.
pub fn aligned(header: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(header).add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let text = table.to_string();
    text.lines().map(|l| l.trim_end().to_owned() + "\n").collect()
}

/// A printed number, without the sign of one that is printed as 0.
fn unsigned(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if !rest.split('e').next().unwrap_or_default().contains(|c| ('1'..='9').contains(&c)) => {
            rest.to_owned()
        }
        _ => text,
    }
}

/// A number to six significant digits.
pub fn short(x: f64) -> String {
    significant(x, 6)
}

/// A number to so many significant digits, as they are after rounding.
pub(crate) fn significant(x: f64, digits: usize) -> String {
    let rounded = format!("{x:.*e}", digits - 1);
    let magnitude: i32 = rounded.rsplit('e').next().and_then(|p| p.parse().ok()).unwrap_or(0);
    unsigned(if (-3..5).contains(&magnitude) {
        format!("{x:.*}", (digits as i32 - 1 - magnitude).max(0) as usize)
    } else {
        rounded
    })
}

/// `value ± error` with as many digits as the error leaves, at most twelve; the error is that of what is printed.
pub fn with_error(e: Estimate) -> String {
    if e.radius() == 0.0 {
        return unsigned(format!("{}", e.value()));
    }
    // Two digits of the error show in the value.
    let places = 1 - e.radius().log10().floor() as i32;
    let magnitude = if e.value() == 0.0 { 0 } else { e.value().abs().log10().floor() as i32 };
    let (value, unit) = if (-4..7).contains(&magnitude) && places >= 0 {
        let places = places.min(12 - 1 - magnitude).clamp(0, 15);
        (format!("{:.*}", places as usize, e.value()), -places)
    } else {
        let digits = (magnitude + places).clamp(0, 11);
        (format!("{:.*e}", digits as usize, e.value()), magnitude - digits)
    };
    // What is cut off of the value is at most half a unit of its last place.
    let error = e.radius().max(0.5 * 10_f64.powi(unit));
    format!("{} ± {error:.0e}", unsigned(value))
}

/// A number whose error shows in none of four digits, with these; else with its error.
pub fn brief(e: Estimate) -> String {
    if e.radius() < 5e-5 * e.value().abs() { significant(e.value(), 4) } else { with_error(e) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn usage_errors_become_one_line() {
        let message = "error: the following required arguments were not provided:\n  --law <F>\n  --grid <G>\n\nUsage: x\n\nFor more information, try '--help'.\n";
        assert_eq!(usage_error(message), "the following required arguments were not provided: --law <F> --grid <G>");
    }

    #[test]
    fn numbers_show_the_digits_that_they_have() {
        assert_eq!(with_error(Estimate::new(0.356_316_360_213_1, 2e-13)), "0.356316360213 ± 5e-13");
        assert_eq!(with_error(Estimate::new(0.356_316_360_213_1, 2e-12)), "0.356316360213 ± 2e-12");
        assert_eq!(short(0.999_999_96), "1.00000");
        assert_eq!(brief(Estimate::new(0.043_541, 1e-9)), "0.04354");
        assert_eq!(brief(Estimate::new(1.369e-4, 1e-9)), "1.369e-4");
        assert_eq!(with_error(Estimate::new(12.345, 0.02)), "12.345 ± 2e-2");
        assert_eq!(with_error(Estimate::new(1.234e-9, 1e-12)), "1.2340e-9 ± 1e-12");
        assert_eq!(with_error(Estimate::new(123.0, 400.0)), "1.2e2 ± 4e2");
        assert_eq!(short(0.012_345_678), "0.0123457");
        assert_eq!(short(1234.5678), "1234.57");
        assert_eq!(short(1e-7), "1.00000e-7");
    }

    #[test]
    fn progress_is_one_line() {
        let told = |pieces, seconds| progress_line("law.toml", pieces, Duration::from_secs(seconds));
        assert_eq!(told((0, 48), 2), "law.toml: 0 of 48 pieces, 0:02");
        assert_eq!(told((12, 48), 61), "law.toml: 12 of 48 pieces, 1:01, about 3:03 left");
        assert_eq!(told((48, 48), 3600), "law.toml: 48 of 48 pieces, 60:00, about 0:00 left");
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(with_error(Estimate::new(-0.0, 0.0)), "0");
        assert_eq!(with_error(Estimate::new(-1e-3, 0.1)), "0.00 ± 1e-1");
        assert_eq!(with_error(Estimate::new(-0.5, 1e-2)), "-0.500 ± 1e-2");
        assert_eq!((short(-0.0).as_str(), short(-1.5e-7).as_str()), ("0.00000", "-1.50000e-7"));
        assert_eq!(json(&[-0.0, -1.0]).unwrap(), "[\n  0.0,\n  -1.0\n]\n");
    }
}
