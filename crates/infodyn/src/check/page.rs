//! What came of a file of claims, as one HTML page that needs nothing outside itself.

use infodyn_search::{Answer, Checked, Claim, Counterexample, Expected, Verdict};
use maud::{Markup, html};

use super::claims::{Report, brief, law, word};
use crate::report::shell;
use crate::text::short;

/// The page.
#[must_use]
pub fn page(report: &Report) -> String {
    let good = report.claims.iter().filter(|(_, checked)| checked.as_expected).count();
    let all = report.claims.len();
    let mutants = || report.claims.iter().flat_map(|(_, checked)| &checked.mutants);
    let dead = mutants().filter(|m| matches!(m.verdict, Verdict::Refuted(_))).count();
    let title =
        if good == all { report.title.clone() } else { format!("{} not as expected · {}", all - good, report.title) };
    let body = html! {
        a.skip href="#claims" { "Skip to the claims" }
        header {
            h1 { (report.title) }
            p { "Each claim was tried on random laws that hit the corners where statements die, and so were its mutants, neighbours that are false. "
                "A claim that survives was not refuted; that it is true is not said." }
            @if good == all {
                div.banner.holds { strong { "every claim came out as " code { (report.file) } " says" } }
            } @else {
                div.banner.refuted role="alert" {
                    strong { (all - good) " not as expected: " }
                    @for (claim, _) in report.claims.iter().filter(|(_, c)| !c.as_expected) { a href={ "#" (claim.id) } { (claim.id) } " " }
                }
            }
            dl.tally {
                div.count { dt { "claims as expected" } dd { (good) " of " (all) } }
                div.count { dt { "mutants refuted" } dd { (dead) " of " (mutants().count()) } }
                div.count { dt { "cases each" } dd { (report.cases) } }
            }
        }
        main {
            section #claims {
                h2 { "Claims" }
                @for (claim, checked) in &report.claims { (section(claim, checked, report)) }
            }
            section #run {
                h2 { "This run" }
                p { "The same command gives the same page: " code { "infodyn check " (report.file) " --cases " (report.cases) " --seed " (report.seed) } "." }
            }
        }
    };
    shell(&title, &body).into_string()
}

fn section(claim: &Claim, checked: &Checked, report: &Report) -> Markup {
    let domain = &claim.domain;
    let list = |names: Vec<String>| names.join(", ");
    let range = |r: std::ops::RangeInclusive<usize>| match (r.start(), r.end()) {
        (a, b) if a == b => a.to_string(),
        (a, b) => format!("{a} to {b}"),
    };
    let given: Vec<String> = domain.hypotheses().iter().map(|h| h.word().to_owned()).collect();
    let answer = &checked.answer;
    let proposed = report.proposed.iter().find(|(id, _)| *id == claim.id).map_or(&[][..], |(_, found)| found);
    let status =
        (!checked.as_expected).then_some(if word(&answer.verdict) == "undecided" { "undecided" } else { "refuted" });
    html! {
        section.claim id=(claim.id) data-status=[status] {
            h3 { (claim.id) " " (mark(answer)) @if !checked.as_expected { " not as expected" } }
            p.statement { code { (claim.statement.trim()) } @if let Some(hypothesis) = &claim.hypothesis { " where " code { (hypothesis) } } }
            dl.facts {
                dt { "from" } dd { (claim.source) }
                dt { "expected" } dd { (if claim.expected == Expected::Survives { "survives" } else { "refuted" }) }
                dt { "laws" } dd {
                    (list(domain.families().iter().map(|f| f.name().to_owned()).collect()))
                    @if !given.is_empty() { ", all " (list(given)) }
                    "; " (range(domain.components())) " components in " (range(domain.dim())) " dimensions"
                }
                dt { "processes" } dd { (list(domain.processes().iter().map(ToString::to_string).collect())) }
                (facts(answer))
            }
            @if !claim.mutants.is_empty() {
                details {
                    summary { "Mutants: " (claim.mutants.len()) }
                    div.scroll tabindex="0" role="region" aria-label={ "Mutants of " (claim.id) } {
                        table { thead { tr { th { "mutant" } th { "verdict" } th { "on" } } } tbody {
                            @for (statement, answer) in claim.mutants.iter().zip(&checked.mutants) {
                                tr { td { code { (statement) } } td { (mark(answer)) } td { (on(answer)) } }
                            }
                        } }
                    }
                }
            }
            @if !proposed.is_empty() {
                details {
                    summary { "Refuted too, and not among the mutants: " (proposed.len()) }
                    ul { @for statement in proposed { li { code { (statement) } } } }
                }
            }
        }
    }
}

fn mark(answer: &Answer) -> Markup {
    let (word, class) = match word(&answer.verdict) {
        "survived" => ("survived", "mark holds"),
        "refuted" => ("refuted", "mark refuted"),
        other => (other, "mark undecided"),
    };
    html! { span class=(class) { (word) } }
}

/// What the verdict rests on.
fn facts(answer: &Answer) -> Markup {
    let tally = &answer.tally;
    let powers = tally.families.iter().filter_map(|f| Some(format!("{} {:.0e}", f.family, f.power?.median)));
    let powers: Vec<String> = powers.collect();
    let bare: Vec<&str> = tally.uncovered().into_iter().map(infodyn_search::Corner::name).collect();
    html! {
        dt { "cases" } dd {
            (tally.cases) " random, " (tally.local) " of local search; it holds in " (tally.holds) ", " (tally.undecided) " are undecided, "
            "in " (tally.outside) " its conditions fail"
        }
        @match &answer.verdict {
            Verdict::Survived => {
                @if !powers.is_empty() { dt { "power" } dd { "relative error caught in half of the cases: " (powers.join(", ")) } }
                @if !bare.is_empty() { dt { "not covered" } dd { (bare.join(", ")) } }
            }
            Verdict::Refuted(found) => { dt { "counterexample" } dd { (counterexample(found)) } }
            Verdict::Nothing(why) => { dt { "undecided" } dd { (why) } }
        }
    }
}

fn counterexample(found: &Counterexample) -> String {
    format!("{}: {}; off by {} times its error", brief(found), law(&found.case.law), short(found.excess))
}

fn on(answer: &Answer) -> String {
    match &answer.verdict {
        Verdict::Refuted(found) => counterexample(found),
        Verdict::Survived => format!("{} cases", answer.tally.holds),
        Verdict::Nothing(why) => why.clone(),
    }
}
