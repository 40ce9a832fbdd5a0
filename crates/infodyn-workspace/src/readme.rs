//! `readme`: the table of evidence in README.md, the page of claims, and the head of each claim's own page,
//! written from the registry.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use infodyn::commands::formula::LONG;
use infodyn::commands::registry::digits;
use infodyn::home::Home;
use infodyn::text::{Outcome, Refusal, print};
use infodyn_claims::{Check, Claim, Context, Effort, Family, Ingredient, Kind, registry};
use infodyn_data::Output;

/// The flags of `readme`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Say whether README.md, docs/claims.md and proofs/notes are as the registry would write them, and write nothing.
    #[arg(long)]
    check: bool,
}

const START: &str = "<!-- evidence: written by `cargo xtask readme` -->\n";
const END: &str = "<!-- end of evidence -->";
const HEAD: &str = "<!-- statement: written by cargo xtask readme -->\n";
const TAIL: &str = "<!-- end of statement -->";

/// Writes what the registry generates, or compares: 0, or 1 when something is stale.
pub(crate) fn run(args: &Args, home: &Home) -> Outcome<ExitCode> {
    let root = home.root.as_path();
    let context = Context::new(0, Effort::Standard).with_digits(digits()?).with_proofs(home.proofs.clone());
    let readme = between(root, "README.md", START, END, &families(&context)?)?;
    let mut stale = settle(args, root, "README.md", &readme)? | settle(args, root, "docs/claims.md", &page(&context)?)?;
    for claim in registry() {
        let name = format!("proofs/notes/{}.md", claim.id);
        let head = format!("{}\n{}\n", statement(&claim), facts(&claim, &context)?);
        stale |= settle(args, root, &name, &between(root, &name, HEAD, TAIL, &head)?)?;
    }
    Ok(ExitCode::from(u8::from(stale)))
}

/// The file with `text` in the place that the two comment lines mark.
fn between(root: &Path, name: &str, first: &str, last: &str, text: &str) -> Outcome<String> {
    let old = read(root, name)?;
    let (Some(start), Some(end)) = (old.find(first), old.find(last)) else {
        let why = format!("no place for what the registry writes, expected the lines {} and {last}", first.trim_end());
        return Err(Refusal::flag(name, why));
    };
    Ok(format!("{}{first}{text}{}", &old[..start], &old[end..]))
}

fn read(root: &Path, name: &str) -> Outcome<String> {
    std::fs::read_to_string(root.join(name)).map_err(|e| Refusal::flag(name, e))
}

/// Writes a file as it should be, or says whether it is not.
fn settle(args: &Args, root: &Path, name: &str, fresh: &str) -> Outcome<bool> {
    if !args.check {
        let path = root.join(name);
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| Refusal::flag(name, e))?;
        Output::any(&path)?.write(fresh.as_bytes())?;
        print(&format!("{name}: written\n"))?;
        return Ok(false);
    }
    let same = read(root, name).is_ok_and(|text| text == fresh);
    let says = if same { "as the registry writes it" } else { "stale; run cargo xtask readme" };
    print(&format!("{name}: {says}\n"))?;
    Ok(!same)
}

fn checks(claim: &Claim, context: &Context) -> Outcome<Vec<Check>> {
    claim.all_checks(context).map_err(|e| Refusal::flag(claim.id, e))
}

/// `9 symbolic, 4 quadrature`.
fn evidence(claim: &Claim, context: &Context) -> Outcome<String> {
    let checks = checks(claim, context)?;
    let count = |kind: Kind| checks.iter().filter(|c| c.kind == kind).count();
    let kinds: Vec<String> =
        Kind::ALL.into_iter().filter(|&k| count(k) > 0).map(|k| format!("{} {k}", count(k))).collect();
    Ok(kinds.join(", "))
}

/// The statement with its formulas in LaTeX.
fn statement(claim: &Claim) -> String {
    claim.stated(|equation| format!("${}$", equation.to_latex()), str::to_owned)
}

/// How many claims of each family have evidence of each kind.
fn families(context: &Context) -> Outcome<String> {
    let mut text = String::from("| family | claims | proof | symbolic | enclosure | quadrature | Monte Carlo |\n");
    text.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
    for family in Family::ALL {
        let claims = family.claims();
        let checks = claims.iter().map(|claim| checks(claim, context)).collect::<Outcome<Vec<_>>>()?;
        let with = |kind: Kind| checks.iter().filter(|of| of.iter().any(|c| c.kind == kind)).count().to_string();
        let counts = Kind::ALL.map(with).join(" | ");
        let _ = writeln!(text, "| {} {} | {} | {counts} |", family.letter(), family.name(), claims.len());
    }
    Ok(text)
}

/// Scope, origin, what the claim uses, its checks, and the ingredients that its mutants break.
fn facts(claim: &Claim, context: &Context) -> Outcome<String> {
    let mut text = format!("- Scope: {}\n- Origin: {}\n", claim.scope, claim.origin);
    if !claim.uses.is_empty() {
        let _ = writeln!(text, "- Uses: {}", claim.uses.join(", "));
    }
    let _ = writeln!(text, "- Checks: {}", evidence(claim, context)?);
    let broken: Vec<String> = Claim::ingredients(&checks(claim, context)?).iter().map(Ingredient::to_string).collect();
    let _ = writeln!(text, "- Mutants break: {}", broken.join(", "));
    Ok(text)
}

/// Every claim with every equation that a reader can take in, in LaTeX.
fn page(context: &Context) -> Outcome<String> {
    let mut text = String::from(
        "# The claims and their formulas\n\nWritten by `cargo xtask readme` from the registry: do not edit. The formulas are printed from the \
         expressions that `cargo xtask verify --evidence symbolic` decides; a formula in named quantities is decided at their definitions, \
         in the cases listed before it.\n",
    );
    for claim in registry() {
        let said = statement(&claim);
        let _ = write!(text, "\n## {} {}\n\n{said}\n\n{}", claim.id, claim.name, facts(&claim, context)?);
        let _ = writeln!(text, "- Page: [proofs/notes/{0}.md](../proofs/notes/{0}.md)", claim.id);
        for (equation, cases) in claim.cases() {
            let _ = write!(text, "\n{}", cases.join("; "));
            if equation.to_string().len() > LONG {
                let _ = writeln!(text, ": an equation too long to read");
            } else {
                let _ = writeln!(text, ":\n\n```math\n{}\n```", equation.to_latex());
            }
        }
    }
    Ok(text)
}
