//! `infodyn formula`: a claim's formulas, printed from the expressions that are decided.

use std::fmt::Write as _;

use infodyn_claims::{Claim, registry};

use crate::text::{Outcome, Refusal, print};

/// The flags of `formula`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of a claim, such as B2.
    #[arg(value_name = "CLAIM")]
    claim: String,
    #[command(flatten)]
    format: Format,
    /// Also those that are longer than a screen.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Format {
    /// Plain text, the default.
    #[arg(long)]
    text: bool,
    /// LaTeX, for math mode.
    #[arg(long)]
    latex: bool,
    /// Propositions of Coq about reals.
    #[arg(long)]
    coq: bool,
    /// MathML elements.
    #[arg(long)]
    mathml: bool,
}

/// An equation of more characters than this, as plain text, is for machines.
pub const LONG: usize = 400;

/// Prints the formulas of one claim.
pub fn run(args: &Args) -> Outcome {
    let known = registry();
    let Some(claim) = known.iter().find(|c| c.id == args.claim) else {
        let ids: Vec<&str> = known.iter().map(|c| c.id).collect();
        return Err(Refusal::flag("CLAIM", format!("{:?}, expected one of {}", args.claim, ids.join(", "))));
    };
    print(&text(claim, args)?)
}

fn text(claim: &Claim, args: &Args) -> Outcome<String> {
    let (open, close) = match &args.format {
        Format { latex: true, .. } => ("% ", ""),
        Format { coq: true, .. } => ("(* ", " *)"),
        Format { mathml: true, .. } => ("<!-- ", " -->"),
        _ => ("", ""),
    };
    let plain = open.is_empty();
    let mut text = format!("{open}{} {}{close}\n", claim.id, claim.name);
    if plain {
        let _ = writeln!(text, "{}\n", claim.text());
    }
    let (mut cases, mut long) = (0, 0);
    for (equation, of) in claim.cases() {
        cases += of.len();
        let line = equation.to_string();
        if line.len() > LONG && !args.all {
            long += 1;
            continue;
        }
        let line = match &args.format {
            Format { latex: true, .. } => equation.to_latex(),
            Format { coq: true, .. } => equation.to_coq(),
            Format { mathml: true, .. } => equation.to_mathml().map_err(|e| Refusal::flag("--mathml", e))?,
            _ => line,
        };
        let _ = writeln!(text, "{open}{}{close}\n{}{line}", of.join("; "), if plain { "    " } else { "" });
    }
    if plain || long > 0 {
        let _ = write!(text, "{open}{cases} identities decided");
        let _ = if long > 0 { write!(text, "; {long} equations too long to show, see --all") } else { Ok(()) };
        let _ = writeln!(text, "{close}");
    }
    Ok(text)
}
