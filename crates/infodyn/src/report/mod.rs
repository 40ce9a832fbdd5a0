//! The report: one HTML page with all that a run of the registry came to, which needs nothing outside itself.
//!
//! [`page`] is a function of its [`Material`] alone: what it is given decides what it says.

mod claim;
mod formula;
mod graph;
mod strip;

use std::collections::BTreeMap;

use infodyn_claims::{Claim, ClaimReport, Falsification, Family, Kind, MutantReport, Report};
use infodyn_core::Verdict;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::proofs::Statement;
use crate::text::{Outcome, Refusal};

/// A figure as the report shows it.
pub(crate) struct Picture {
    /// Name of its files.
    pub(crate) name: String,
    /// One line that says what it shows.
    pub(crate) title: String,
    /// Caption, with the ids of the claims that it shows.
    pub(crate) caption: String,
    /// The drawing.
    pub(crate) svg: String,
}

/// Everything that the page shows.
pub(crate) struct Material<'a> {
    /// The claims, in the order of the theory.
    pub(crate) claims: &'a [Claim],
    /// What checking them came to.
    pub(crate) report: &'a Report,
    /// What breaking them came to.
    pub(crate) falsification: &'a Falsification,
    /// What is proved of them.
    pub(crate) proofs: &'a [Statement],
    /// The figures.
    pub(crate) pictures: &'a [Picture],
    /// Where, by which version and with what the run was made: name and value.
    pub(crate) run: &'a [(&'static str, String)],
}

/// Where a claim stands: computed, never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Refuted,
    Undecided,
    Holds,
    Proved,
}

impl Status {
    const ALL: [Self; 4] = [Self::Refuted, Self::Undecided, Self::Holds, Self::Proved];

    fn name(self) -> &'static str {
        match self {
            Self::Refuted => "refuted",
            Self::Undecided => "undecided",
            Self::Holds => "holds",
            Self::Proved => "proved",
        }
    }

    /// A sign beside the colour, for those who cannot tell colours.
    fn sign(self) -> &'static str {
        match self {
            Self::Refuted => "✗",
            Self::Undecided => "?",
            Self::Holds => "✓",
            Self::Proved => "∎",
        }
    }
}

impl From<Verdict> for Status {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Holds => Self::Holds,
            Verdict::Refuted => Self::Refuted,
            Verdict::Undecided | Verdict::Skipped => Self::Undecided,
        }
    }
}

/// One claim with all that is known of it.
struct Entry<'a> {
    claim: &'a Claim,
    family: Option<Family>,
    report: &'a ClaimReport,
    mutants: Vec<&'a MutantReport>,
    proofs: Vec<&'a Statement>,
    pictures: Vec<&'a Picture>,
    used_by: Vec<&'a str>,
    status: Status,
}

impl Entry<'_> {
    fn anchor(&self) -> String {
        anchor(self.claim.id)
    }

    /// What its evidence of one kind came to; `None` where there is none.
    fn verdict(&self, kind: Kind) -> Option<Verdict> {
        let of = || self.report.evidence.iter().filter(|e| e.kind == kind).map(|e| e.verdict);
        let worst = [Verdict::Refuted, Verdict::Undecided, Verdict::Holds, Verdict::Skipped];
        worst.into_iter().find(|v| of().any(|found| found == *v))
    }
}

fn anchor(id: &str) -> String {
    format!("claim-{id}")
}

/// Refuted if a check refutes it or a mutant survives; proved when it holds, a proof is accepted, and all that it
/// uses is proved.
fn entries<'a>(material: &Material<'a>) -> Vec<Entry<'a>> {
    let mut statuses: BTreeMap<&str, Status> = BTreeMap::new();
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for report in &material.report.claims {
        let Some(claim) = material.claims.iter().find(|c| c.id == report.id) else { continue };
        let mutants: Vec<_> = material.falsification.mutants.iter().filter(|t| t.id == claim.id).collect();
        let survives = mutants.iter().any(|t| t.verdict != Verdict::Refuted);
        let mut status = Status::from(report.verdict);
        if survives && status == Status::Holds {
            status = Status::Undecided;
        }
        let names = |p: &&Picture| p.caption.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == claim.id);
        let entry = Entry {
            claim,
            family: Family::of(claim.id),
            report,
            mutants,
            proofs: material.proofs.iter().filter(|p| p.claim == claim.id).collect(),
            pictures: material.pictures.iter().filter(names).collect(),
            used_by: material.claims.iter().filter(|c| c.uses.contains(&claim.id)).map(|c| c.id).collect(),
            status,
        };
        statuses.insert(claim.id, status);
        entries.push(entry);
    }
    // Proved needs all that is used to be proved: once around for each claim is enough, for there is no cycle.
    for _ in 0..entries.len() {
        for entry in &mut entries {
            let proof = entry.verdict(Kind::Proof) == Some(Verdict::Holds);
            let uses = entry.claim.uses.iter().all(|id| statuses.get(id) == Some(&Status::Proved));
            if entry.status == Status::Holds && proof && uses {
                entry.status = Status::Proved;
                statuses.insert(entry.claim.id, Status::Proved);
            }
        }
    }
    entries
}

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
    let page = html! {
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
            body {
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
                        p { "Reconstructions: the paper's own figures were not at hand. Each shows the claims named under it, and is drawn from the numbers that the registry checks." }
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
            }
        }
    };
    Ok(page.into_string())
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

/// MathML of an equation.
fn typeset(equation: &infodyn_symbolic::theory::Equation) -> Outcome<String> {
    equation.to_mathml().map_err(|e| Refusal::flag("MathML", e))
}

#[cfg(test)]
mod tests;
