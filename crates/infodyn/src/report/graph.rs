//! The claims as a graph: who uses whom, in layers, each claim right of all that it uses.

use std::collections::BTreeMap;

use infodyn_claims::Kind;
use infodyn_core::Verdict;
use maud::{Markup, html};

use super::entry::{Entry, Status};

const COLUMN: f64 = 132.0;
const LINE: f64 = 46.0;
const BOX: (f64, f64) = (84.0, 34.0);
/// Most claims of a column before the next is begun.
const TALL: usize = 12;

/// Column of each claim: one more than the largest of those that it uses, or the next where that one is full.
fn layers<'a>(entries: &[Entry<'a>]) -> BTreeMap<&'a str, (usize, usize)> {
    let mut at: BTreeMap<&'a str, (usize, usize)> = BTreeMap::new();
    let mut filled: Vec<usize> = Vec::new();
    let mut left: Vec<&Entry<'a>> = entries.iter().collect();
    while !left.is_empty() {
        let ready = |e: &&Entry<'a>| {
            e.claim.uses.iter().all(|id| at.contains_key(id) || entries.iter().all(|other| other.claim.id != *id))
        };
        let Some(next) = left.iter().position(ready) else { break };
        let entry = left.remove(next);
        let mut column = entry.claim.uses.iter().filter_map(|id| at.get(id)).map(|p| p.0 + 1).max().unwrap_or(0);
        loop {
            if filled.len() <= column {
                filled.resize(column + 1, 0);
            }
            if filled[column] < TALL {
                break;
            }
            column += 1;
        }
        at.insert(entry.claim.id, (column, filled[column]));
        filled[column] += 1;
    }
    at
}

/// The picture.
pub(super) fn draw(entries: &[Entry<'_>]) -> Markup {
    let at = layers(entries);
    let place = |id: &str| at.get(id).map(|&(column, row)| (10.0 + COLUMN * column as f64, 10.0 + LINE * row as f64));
    let columns = at.values().map(|p| p.0 + 1).max().unwrap_or(1) as f64;
    let rows = at.values().map(|p| p.1 + 1).max().unwrap_or(1) as f64;
    let (width, height) = (COLUMN * columns - (COLUMN - BOX.0) + 20.0, LINE * rows + 12.0);
    html! {
        svg.graph viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="group" aria-label="Claims and what they use" {
            @for entry in entries {
                @for used in entry.claim.uses {
                    @if let (Some(from), Some(to)) = (place(used), place(entry.claim.id)) {
                        @let (x0, y0, x1, y1) = (from.0 + BOX.0, from.1 + BOX.1 / 2.0, to.0, to.1 + BOX.1 / 2.0);
                        @let half = (x0 + x1) / 2.0;
                        path.edge d=(format!("M{x0} {y0} C{half} {y0} {half} {y1} {x1} {y1}")) data-from=(used) data-to=(entry.claim.id) {}
                    }
                }
            }
            @for entry in entries {
                @if let Some((x, y)) = place(entry.claim.id) { (node(entry, x, y)) }
            }
        }
    }
}

fn node(entry: &Entry<'_>, x: f64, y: f64) -> Markup {
    let held = |kind: Kind| match entry.verdict(kind) {
        Some(Verdict::Holds) => "held",
        Some(Verdict::Refuted) => "failed",
        Some(_) => "open",
        None => "absent",
    };
    let kinds: Vec<&str> = Kind::ALL.into_iter().filter(|&k| held(k) == "held").map(Kind::name).collect();
    let said = format!("{} {}, {}; {}", entry.claim.id, entry.claim.name, entry.status.name(), kinds.join(", "));
    html! {
        a.node href={ "#" (entry.anchor()) } aria-label=(said) data-id=(entry.claim.id) {
            title { (said) }
            rect class=(entry.status.name()) x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="6" {}
            text x=(x + 10.0) y=(y + 16.0) { (entry.claim.id) }
            text x=(x + BOX.0 - 10.0) y=(y + 16.0) text-anchor="end" { (Status::sign(entry.status)) }
            @for (i, kind) in Kind::ALL.into_iter().enumerate() {
                circle class={ "kind " (held(kind)) } cx=(x + 14.0 + 14.0 * i as f64) cy=(y + 26.0) r="3.5" {}
            }
        }
    }
}
