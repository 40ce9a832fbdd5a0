//! `infodyn figures`: the pictures of the theory, and the numbers behind them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use infodyn_claims::{Context, Effort, tables};
use infodyn_data::{Output, expect_unmoved, table_from_csv, table_to_csv};
use infodyn_figures::{
    Figure, Guidance, SymmetryBreaking, bandwidth_identity, filter, generative_bandwidth, guidance, hierarchy,
    many_classes, mean_field, offsets, pathwise_entropy, phase_diagram, real_data, schedule_costs, schedules,
    sharpening, speciation_collapse, symmetry_breaking,
};

use super::registry::digits;
use crate::report::Picture;
use crate::text::{Outcome, Refusal, pool, print, progress_bar};

/// The flags of `figures`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Names of figures; all when none is given.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Folder to write to [default: figures].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Seed of the random numbers.
    #[arg(long, value_name = "N", default_value_t = infodyn_monte_carlo::SEED)]
    seed: u64,
    /// Threads [default: one a core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

type Draw = fn(&Context) -> Result<Figure, Box<dyn std::error::Error + Send + Sync>>;

/// Every figure by its name.
const FIGURES: [(&str, Draw); 16] = [
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
    ("schedule-costs", |context| Ok(schedule_costs(&tables::schedule_costs(context)?)?)),
    ("guidance", |context| {
        Ok(guidance(Guidance {
            budget: &tables::guidance_budget()?,
            windows: &tables::guidance_windows()?,
            overshoot: &tables::guidance_overshoot()?,
            widths: &tables::guidance_widths(),
            chances: &tables::guidance_chances(context)?,
        })?)
    }),
    ("many-classes", |_| {
        let (branches, profile) = (tables::many_classes_branches(), tables::many_classes_profile());
        Ok(many_classes(&branches, &profile, &tables::many_classes_places()?)?)
    }),
];

/// The figures as they stand in a folder, or drawn now.
pub(super) fn pictures(folder: Option<&Path>, context: &Context) -> Outcome<Vec<Picture>> {
    let read = |name: &str, ending: &str, folder: &Path| {
        let path = folder.join(format!("{name}.{ending}"));
        std::fs::read_to_string(&path).map_err(|e| Refusal::flag(&path.display().to_string(), e))
    };
    let picture = |(name, draw): (&'static str, Draw)| {
        let (caption, svg) = match folder {
            Some(folder) => (read(name, "md", folder)?, read(name, "svg", folder)?),
            None => {
                let drawn =
                    draw(context).and_then(|figure| Ok(figure.render()?)).map_err(|e| Refusal::flag(name, e))?;
                (drawn.caption, drawn.svg)
            }
        };
        let (title, caption) = caption.trim_start_matches("# ").split_once('\n').unwrap_or((name, ""));
        let (title, caption) = (title.to_owned(), caption.trim().to_owned());
        Ok(Picture { name: name.to_owned(), title, caption, svg })
    };
    FIGURES.into_iter().map(picture).collect()
}

/// Calls `f` with each figure that is asked for, by its name.
fn each(args: &Args, mut f: impl FnMut(&str, &Figure) -> Outcome) -> Outcome {
    let known = FIGURES.map(|f| f.0);
    if let Some(id) = args.ids.iter().find(|id| !known.contains(&id.as_str())) {
        return Err(Refusal::flag("ID", format!("{id:?}, expected one of {}", known.join(", "))));
    }
    let context = Context::new(args.seed, Effort::Standard).with_digits(digits()?);
    let pool = pool(args.threads)?;
    let bar = progress_bar("figures");
    for (name, draw) in
        FIGURES.into_iter().filter(|(name, _)| args.ids.is_empty() || args.ids.iter().any(|id| id == name))
    {
        let figure = pool.install(|| draw(&context)).map_err(|e| Refusal::flag(name, e))?;
        bar.inc(1);
        f(name, &figure)?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Draws the figures into a folder.
pub fn draw(args: &Args, folder: &Path) -> Outcome {
    let folder = args.out.as_deref().unwrap_or(folder);
    std::fs::create_dir_all(folder).map_err(|e| Refusal::flag("--out", format!("{}: {e}", folder.display())))?;
    each(args, |name, figure| {
        let drawn = figure.render().map_err(|e| Refusal::flag(name, e))?;
        let csv = table_to_csv(&figure.data).map_err(|e| Refusal::flag(name, e))?;
        let files = [("png", drawn.png), ("svg", drawn.svg.into()), ("csv", csv), ("md", drawn.caption.into())];
        for (ending, bytes) in files {
            Output::any(&folder.join(format!("{name}.{ending}")))?.write(&bytes)?;
        }
        print(&format!("{name}: drawn\n"))
    })
}

/// Says which figures of a folder have data that are stale: 0, or 1.
pub fn check(args: &Args, folder: &Path) -> Outcome<ExitCode> {
    let mut stale = false;
    each(args, |name, figure| {
        let path = folder.join(format!("{name}.csv"));
        let committed = std::fs::read_to_string(&path).map_err(|e| Refusal::flag(&path.display().to_string(), e))?;
        match table_from_csv(&committed).and_then(|committed| expect_unmoved(&committed, &figure.data)) {
            Ok(()) => print(&format!("{name}: as committed\n")),
            Err(difference) => {
                stale = true;
                print(&format!("{name}: stale; {difference}\n"))
            }
        }
    })?;
    Ok(ExitCode::from(u8::from(stale)))
}
