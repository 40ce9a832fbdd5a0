//! One claim: its statement, its evidence, its mutants.

use infodyn_claims::{Evidence, Family, Kind};
use infodyn_core::{Relation, Verdict};
use maud::{Markup, PreEscaped, html};

use super::entry::{Entry, Status, anchor};
use super::{formula, strip};
use crate::home::Statement;
use crate::text::{Outcome, Refusal};

/// An equation of more characters than this, as plain text, is for machines.
const LONG: usize = 240;

/// The claim's part of the page.
pub(super) fn section(entry: &Entry<'_>) -> Outcome<Markup> {
    let claim = entry.claim;
    let mut formulas = Vec::new();
    for (equation, cases) in claim.cases() {
        if equation.to_string().len() <= LONG {
            formulas.push((typeset(&equation)?, cases));
        }
    }
    let refuted = entry.mutants.iter().filter(|t| t.verdict == Verdict::Refuted).count();
    let command = format!("cargo xtask verify {0} && cargo xtask falsify {0}", claim.id);
    Ok(html! {
        article.claim
            id=(entry.anchor())
            data-family=[entry.family.map(Family::letter)]
            data-status=(entry.status.name())
        {
            h3 {
                span class={ "mark " (entry.status.name()) } {
                    (entry.status.sign()) " " (entry.status.name())
                    @if entry.status == Status::Proved { ": " (scopes(entry)) }
                }
                " " a href={ "#" (entry.anchor()) } { (claim.id) } " " (claim.name)
            }
            div.scroll tabindex="0" role="region" aria-label={ "Statement of " (claim.id) } { p.statement { (statement(entry)?) } }
            dl.facts {
                dt { "Scope" } dd { (prose(claim.scope)) }
                @for note in &entry.report.notes { dt { "Note" } dd { (note) } }
                dt { "Origin" } dd { (prose(&claim.origin.to_string())) }
                @if !claim.uses.is_empty() { dt { "Uses" } dd { @for id in claim.uses { a href={ "#" (anchor(id)) } { (id) } " " } } }
                @if !entry.used_by.is_empty() { dt { "Used by" } dd { @for id in &entry.used_by { a href={ "#" (anchor(id)) } { (id) } " " } } }
                @if !entry.pictures.is_empty() {
                    dt { "Figures" } dd { @for p in &entry.pictures { a href={ "#figure-" (p.name) } { (p.title) } " " } }
                }
                dt { "Repeat" } dd { code { (command) } }
            }
            (kinds(entry))
            @if let Some(picture) = strip::draw(&entry.report.evidence) {
                div.scroll tabindex="0" role="region" aria-label={ "Residuals of " (claim.id) " against their bounds" } { (picture) }
            }
            @if !formulas.is_empty() {
                details { summary { "Formulas decided exactly: " (formulas.len()) }
                    @for (mathml, cases) in &formulas {
                        div.formula { p.cases { (cases.join("; ")) } div.scroll tabindex="0" role="region" aria-label="Formula" { (PreEscaped(mathml)) } }
                    }
                }
            }
            @for proof in &entry.proofs { (self::proof(entry, proof)) }
            details { summary { "Checks: " (entry.report.evidence.len()) } (checks(entry)) }
            details { summary { "Mutants refuted: " (refuted) " of " (entry.mutants.len()) } (mutants(entry)) }
        }
    })
}

fn statement(entry: &Entry<'_>) -> Outcome<Markup> {
    let failed = std::cell::RefCell::new(None);
    let text = entry.claim.stated(
        |equation| {
            typeset(equation).unwrap_or_else(|e| {
                *failed.borrow_mut() = Some(e);
                String::new()
            })
        },
        |words| prose(words).into_string(),
    );
    failed.into_inner().map_or(Ok(PreEscaped(text)), Err)
}

/// The scopes of the claim's proofs, each once.
fn scopes(entry: &Entry<'_>) -> String {
    let mut all: Vec<&str> = entry.proofs.iter().map(|p| p.scope.as_str()).collect();
    all.dedup();
    all.join("; ")
}

/// What is proved, in words and as the checker reads it.
fn proof(entry: &Entry<'_>, proof: &Statement) -> Markup {
    let unchecked = entry.report.evidence.iter().filter(|e| e.kind == Kind::Proof).find_map(|e| e.why.as_ref());
    let count = proof.theorems.len();
    html! {
        details.proof {
            summary { "Machine proof: " (count) (if count == 1 { " theorem, " } else { " theorems, " }) (proof.scope) }
            @if let Some(why) = unchecked { p { strong { "Skipped in this run: " (why) } } }
            div.scroll tabindex="0" role="region" aria-label={ "What is proved of " (proof.claim) } { pre.words { (proof.words) } }
            div.scroll tabindex="0" role="region" aria-label={ "Theorems of " (proof.claim) } {
                pre { @for theorem in &proof.theorems { code { (theorem) } "\n\n" } }
            }
            p { small { "In " code { "proofs/theories/" (proof.file) } "; every definition is restated in full in " code { "proofs/check/" } ". Repeat: " code { "cargo xtask prove" } } }
        }
    }
}

/// MathML of an equation.
fn typeset(equation: &infodyn_symbolic::theory::Equation) -> Outcome<String> {
    equation.to_mathml().map_err(|e| Refusal::flag("MathML", e))
}

/// Text with formulas and names between backquotes.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (i, part) in text.split('`').enumerate() {
            @if i % 2 == 0 { (part) }
            @else if let Some(mathml) = formula::typeset(part) { (PreEscaped(mathml)) }
            @else { code { (part) } }
        }
    }
}

/// How many checks of each kind hold.
fn kinds(entry: &Entry<'_>) -> Markup {
    let of = |kind: Kind| -> Vec<&Evidence> { entry.report.evidence.iter().filter(|e| e.kind == kind).collect() };
    html! {
        ul.kinds {
            @for kind in Kind::ALL {
                @let all = of(kind);
                @let hold = all.iter().filter(|e| e.verdict == Verdict::Holds).count();
                @if !all.is_empty() {
                    li class=(entry.verdict(kind).map_or("", Verdict::name)) { (kind.name()) ": " (hold) " of " (all.len()) " hold" }
                }
            }
        }
    }
}

fn number(x: f64) -> String {
    if x == 0.0 || (1e-3..1e5).contains(&x.abs()) { format!("{x:.9}") } else { format!("{x:.6e}") }
}

fn checks(entry: &Entry<'_>) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Checks of " (entry.claim.id) } {
            table {
                caption { "Checks of " (entry.claim.id) ": the two sides, how far apart they are, how far apart they may be, and the smallest error that each would catch" }
                thead { tr { @for name in ["kind", "case", "left", "right", "residual", "bound", "power", "seconds", "verdict"] { th scope="col" { (name) } } } }
                tbody {
                    @for e in &entry.report.evidence {
                        tr class=(e.verdict.name()) {
                            td { (e.kind.name()) }
                            td.case { (e.case) @if let Some(why) = &e.why { br; small { (why) } } }
                            @if let Some(c) = &e.comparison {
                                td { (number(c.lhs().value())) } td { @if c.relation() == Relation::AtMost { "≥ " } (number(c.rhs().value())) }
                                td { (format!("{:.1e}", c.residual())) } td { (format!("{:.1e}", c.bound())) }
                                td { @if c.relation() == Relation::Equal { (format!("{:.0e}", c.power())) } }
                            } @else { td colspan="5" { (if e.kind == Kind::Proof { "machine-checked" } else { "exact" }) } }
                            td { (format!("{:.2}", e.seconds)) } td { (Status::from(e.verdict).sign()) " " (e.says()) }
                        }
                    }
                }
            }
        }
    }
}

fn mutants(entry: &Entry<'_>) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Mutants of " (entry.claim.id) } {
            table {
                caption { "Mutants of " (entry.claim.id) ": one ingredient broken; a residual above its bound refutes" }
                thead { tr { @for name in ["kind", "case", "ingredient", "what was broken", "residual / bound", "verdict"] { th scope="col" { (name) } } } }
                tbody {
                    @for t in &entry.mutants {
                        tr class=(if t.verdict == Verdict::Refuted { "" } else { "refuted" }) {
                            td { (t.kind.name()) } td.case { (t.case) } td { (t.ingredient) } td { (t.mutant) }
                            td { @if let Some(c) = &t.comparison { (format!("{:.1e}", c.residual() / c.bound())) } @else { "witness" } }
                            td { (t.verdict.name()) }
                        }
                    }
                }
            }
        }
    }
}
