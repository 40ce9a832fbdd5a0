//! `infodyn figures`: the pictures of the theory, and the numbers behind them.

use std::path::PathBuf;
use std::process::ExitCode;

use infodyn_claims::{Context, Effort, tables};
use infodyn_data::{Output, expect_unmoved, table_from_csv, table_to_csv};
use infodyn_figures::{
    Figure, SymmetryBreaking, bandwidth_identity, filter, generative_bandwidth, hierarchy, mean_field, offsets,
    pathwise_entropy, phase_diagram, real_data, schedules, sharpening, speciation_collapse, symmetry_breaking,
};

use super::registry::{digits, workspace};
use crate::report::Picture;
use crate::text::{Outcome, Refusal, pool, print, progress_bar};

/// The flags of `figures`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names of figures; all when none is given.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Compare the data with the committed CSV files, each number within its radius, and write nothing.
    #[arg(long)]
    check: bool,
    /// Folder to write to [default: figures/ of the workspace].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Seed of the random numbers.
    #[arg(long, value_name = "N", default_value_t = 20_250_827)]
    seed: u64,
    /// Threads [default: one a core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

type Draw = fn(&Context) -> Result<Figure, Box<dyn std::error::Error + Send + Sync>>;

/// Every figure by its name.
const FIGURES: [(&str, Draw); 13] = [
    ("bandwidth-identity", |context| {
        Ok(bandwidth_identity(&tables::bandwidth_mixture()?, &tables::bandwidth_data(context)?)?)
    }),
    ("generative-bandwidth", |_| Ok(generative_bandwidth(&tables::generative_bandwidth()?)?)),
    ("symmetry-breaking", |context| {
        Ok(symmetry_breaking(&SymmetryBreaking {
            branches: &tables::symmetry_breaking_branches()?,
            paths: &tables::symmetry_breaking_paths(context)?,
            landscape: &tables::symmetry_breaking_landscape()?,
            profile: &tables::symmetry_breaking_profile()?,
            critical: &tables::symmetry_breaking_critical()?,
        })?)
    }),
    ("hierarchy", |context| {
        let [four, eight] = tables::hierarchy(context)?;
        Ok(hierarchy(&four, &eight)?)
    }),
    ("pathwise-entropy", |context| {
        let (paths, means) = (tables::pathwise_paths(context)?, tables::pathwise_means(context)?);
        Ok(pathwise_entropy(&paths, &means, &tables::pathwise_decisions(context)?)?)
    }),
    ("sharpening", |_| Ok(sharpening(&tables::sharpening()?, &tables::sharpening_widths()?)?)),
    ("phase-diagram", |_| {
        let (folds, found, cusp) = (tables::phase_folds(), tables::phase_found()?, tables::phase_cusp());
        Ok(phase_diagram(&folds, &found, &cusp, &tables::phase_peaks()?, &tables::phase_curves()?)?)
    }),
    ("filter", |context| {
        Ok(filter(&tables::filter_gaussian()?, &tables::filter_circle()?, &tables::filter_digits(context)?)?)
    }),
    ("offsets", |_| Ok(offsets(&tables::offsets()?, &tables::offsets_critical()?)?)),
    ("speciation-collapse", |context| {
        let (clones, regimes) = (tables::clone_agreement(context)?, tables::regimes(context)?);
        let (dimensions, points) = (tables::times_against_dimension(context)?, tables::times_against_points(context)?);
        Ok(speciation_collapse(&clones, &regimes, &dimensions, &points)?)
    }),
    ("mean-field", |_| Ok(mean_field(&tables::mean_field()?, &tables::mean_field_exponents()?)?)),
    ("real-data", |context| Ok(real_data(&tables::real_data(context)?)?)),
    ("schedules", |_| Ok(schedules(&tables::schedules()?)?)),
];

/// The figures as they are committed.
pub(super) fn drawn() -> Outcome<Vec<Picture>> {
    let read = |name: &str, ending: &str| {
        let path = workspace().join(format!("figures/{name}.{ending}"));
        std::fs::read_to_string(&path).map_err(|e| Refusal::flag(&path.display().to_string(), e))
    };
    let picture = |(name, _): (&str, Draw)| {
        let (caption, svg) = (read(name, "md")?, read(name, "svg")?);
        let (title, caption) = caption.trim_start_matches("# ").split_once('\n').unwrap_or((name, ""));
        let (title, caption) = (title.to_owned(), caption.trim().to_owned());
        Ok(Picture { name: name.to_owned(), title, caption, svg })
    };
    FIGURES.into_iter().map(picture).collect()
}

/// Draws the figures, or says which are stale: 0, or 1.
pub(crate) fn run(args: &Args) -> Outcome<ExitCode> {
    let known = FIGURES.map(|f| f.0);
    if let Some(id) = args.ids.iter().find(|id| !known.contains(&id.as_str())) {
        return Err(Refusal::flag("ID", format!("{id:?}, expected one of {}", known.join(", "))));
    }
    let folder = args.out.clone().unwrap_or_else(|| workspace().join("figures"));
    let context = Context::new(args.seed, Effort::Standard).with_digits(digits()?);
    let pool = pool(args.threads)?;
    let bar = progress_bar("figures");
    let mut stale = false;
    for (name, draw) in FIGURES {
        if !args.ids.is_empty() && args.ids.iter().all(|id| id != name) {
            continue;
        }
        let figure = pool.install(|| draw(&context)).map_err(|e| Refusal::flag(name, e))?;
        bar.inc(1);
        let place = |ending: &str| folder.join(format!("{name}.{ending}"));
        if args.check {
            let path = place("csv");
            let shown = path.display().to_string();
            let committed = std::fs::read_to_string(&path).map_err(|e| Refusal::flag(&shown, e))?;
            match table_from_csv(&committed).and_then(|committed| expect_unmoved(&committed, &figure.data)) {
                Ok(()) => print(&format!("{name}: as committed\n"))?,
                Err(difference) => {
                    stale = true;
                    print(&format!("{name}: stale; {difference}\n"))?;
                }
            }
            continue;
        }
        let drawn = figure.render().map_err(|e| Refusal::flag(name, e))?;
        let csv = table_to_csv(&figure.data).map_err(|e| Refusal::flag(name, e))?;
        let files = [("png", drawn.png), ("svg", drawn.svg.into()), ("csv", csv), ("md", drawn.caption.into())];
        for (ending, bytes) in files {
            Output::any(&place(ending))?.write(&bytes)?;
        }
        print(&format!("{name}: drawn\n"))?;
    }
    bar.finish_and_clear();
    Ok(ExitCode::from(u8::from(stale)))
}
