//! The report: one HTML page with all that a run of the registry came to, which needs nothing outside itself.
//!
//! [`page`] is a function of its [`Material`] alone: what it is given decides what it says.

mod claim;
mod entry;
mod formula;
mod graph;
mod strip;

use infodyn_claims::Family;
use infodyn_core::Verdict;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::entry::{Entry, Status, entries};
pub(crate) use self::entry::{Material, Picture};
use crate::text::Outcome;

/// The whole page.
pub(crate) fn page(material: &Material<'_>) -> Outcome<String> {
    let entries = entries(material);
    let count = |status: Status| entries.iter().filter(|e| e.status == status).count();
    let refuted: Vec<&Entry<'_>> = entries.iter().filter(|e| e.status == Status::Refuted).collect();
    let open: Vec<&Entry<'_>> = entries.iter().filter(|e| e.status == Status::Undecided).collect();
    let survivors = material.falsification.mutants.iter().filter(|t| t.verdict != Verdict::Refuted).count();
    let title = match (refuted.len(), open.len()) {
        (0, 0) => "infodyn: every claim holds".to_owned(),
        (0, n) => format!("infodyn: {n} undecided"),
        (n, _) => format!("REFUTED: {n} · infodyn"),
    };
    let families: Vec<Family> =
        Family::ALL.into_iter().filter(|&f| entries.iter().any(|e| e.family == Some(f))).collect();
    let mut sections = Vec::new();
    for &family in &families {
        let of: Vec<&Entry<'_>> = entries.iter().filter(|e| e.family == Some(family)).collect();
        let claims = of.iter().map(|e| claim::section(e)).collect::<Outcome<Vec<Markup>>>()?;
        sections.push(html! {
            section.family data-family=(family.letter()) {
                h2 { "Family " (family.letter()) ": " (family.name()) }
                @for claim in &claims { (claim) }
            }
        });
    }
    let checks = material.report.claims.iter().map(|c| c.evidence.len()).sum::<usize>();
    let body = html! {
        a.skip href="#claims" { "Skip to the claims" }
        header {
            h1 { "The information dynamics of generative diffusion, checked" }
            p { "Every claim of the theory, judged by routes that do not know each other, and broken on purpose: what follows is one run of "
                code { "cargo xtask report" } "." }
            p { "Proved: a machine has checked a proof, for the laws that the mark names. Holds: independent routes agree within errors that would have shown a mistake." }
            (banner(&refuted, &open, survivors))
            dl.tally {
                @for status in Status::ALL.into_iter().rev() {
                    @if count(status) > 0 || status == Status::Holds {
                        div class={ "count " (status.name()) } { dt { (status.sign()) " " (status.name()) } dd { (count(status)) } }
                    }
                }
                div.count { dt { "checks" } dd { (checks) } }
                div.count { dt { "mutants refuted" } dd { (material.falsification.mutants.len() - survivors) " of " (material.falsification.mutants.len()) } }
            }
        }
        nav aria-label="Parts of the page" {
            a href="#graph" { "What rests on what" } a href="#claims" { "Claims" }
            a href="#figures" { "Figures" } a href="#run" { "This run" }
        }
        main {
            section #graph {
                h2 { "What rests on what" }
                p { "Each claim stands to the right of those that it uses. The five marks under a name are its kinds of evidence: proof, symbolic, enclosure, quadrature, Monte Carlo; a filled one holds." }
                div.scroll tabindex="0" role="region" aria-label="Graph of the claims, scrolls sideways" { (graph::draw(&entries)) }
            }
            section #claims {
                h2 { "Claims" }
                (filter(&families))
                @for section in &sections { (section) }
            }
            section #figures {
                h2 { "Figures" }
                p { "Those that say so are reconstructions: the paper's own figures were not at hand. Each shows the claims named under it, and is drawn from the numbers that the registry checks." }
                @for picture in material.pictures { (figure(picture, &entries)) }
            }
            section #run {
                h2 { "This run" }
                div.scroll tabindex="0" role="region" aria-label="The run" {
                    table { caption { "What it was made with" } tbody {
                        @for (name, value) in material.run { tr { th scope="row" { (name) } td { code { (value) } } } }
                    } }
                }
                p { "The same seed gives the same bits on one machine for any number of threads, and numbers within their errors on any machine." }
                p { "Holds: independent routes agree within errors that would have shown a mistake of the stated power. It is evidence, not proof, "
                    "except where an identity was decided exactly or a machine-checked proof is named." }
            }
        }
        script { (PreEscaped(include_str!("script.js"))) }
    };
    Ok(shell(&title, &body).into_string())
}

/// A page in the dress of the report.
pub(crate) fn shell(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body { (body) }
        }
    }
}

/// What nobody may miss.
fn banner(refuted: &[&Entry<'_>], open: &[&Entry<'_>], survivors: usize) -> Markup {
    html! {
        @if !refuted.is_empty() {
            div.banner.refuted role="alert" {
                strong { (Status::Refuted.sign()) " " (refuted.len()) " refuted: " }
                @for entry in refuted { a href={ "#" (entry.anchor()) } { (entry.claim.id) " " (entry.claim.name) } " " }
            }
        }
        @if !open.is_empty() {
            div.banner.undecided role="alert" {
                strong { (Status::Undecided.sign()) " " (open.len()) " undecided: " }
                @for entry in open { a href={ "#" (entry.anchor()) } { (entry.claim.id) " " (entry.claim.name) } " " }
            }
        }
        @if survivors > 0 {
            div.banner.refuted role="alert" { strong { (survivors) " mutants were not refuted: checks that cannot fail." } }
        }
        @if refuted.is_empty() && open.is_empty() && survivors == 0 {
            div.banner.holds { strong { (Status::Holds.sign()) " every claim holds, and every mutant was refuted" } }
        }
    }
}

fn filter(families: &[Family]) -> Markup {
    html! {
        form.filter role="search" aria-label="Filter the claims" {
            label { "Search " input #search type="search" placeholder="B2, mmse, pitchfork" autocomplete="off"; }
            label { "Family " select #family { option value="" { "all" } @for family in families { option value=(family.letter()) { (family.letter()) ": " (family.name()) } } } }
            label { "Status " select #status { option value="" { "all" } @for status in Status::ALL { option value=(status.name()) { (status.name()) } } } }
            output #shown for="search family status" aria-live="polite" {}
        }
    }
}

fn figure(picture: &Picture, entries: &[Entry<'_>]) -> Markup {
    let shows = entries.iter().filter(|e| e.pictures.iter().any(|p| p.name == picture.name));
    html! {
        figure id={ "figure-" (picture.name) } {
            h3 { (picture.title) }
            div.scroll tabindex="0" role="region" aria-label={ "Figure: " (picture.title) } { (PreEscaped(&picture.svg)) }
            figcaption {
                (claim::prose(&picture.caption)) " Shown: "
                @for entry in shows { a href={ "#" (entry.anchor()) } { (entry.claim.id) } " " }
                "Repeat: " code { "cargo xtask figures " (picture.name) }
            }
        }
    }
}

#[cfg(test)]
mod tests;
