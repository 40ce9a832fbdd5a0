//! Residuals against bounds as a picture: a dot a check, one row a kind of evidence.

use infodyn_claims::{Evidence, Kind};
use infodyn_core::Verdict;
use maud::{Markup, html};

const LEFT: f64 = 96.0;
const RIGHT: f64 = 560.0;
const ROW: f64 = 22.0;
/// Decades of residual/bound in sight; what lies outside stands at the edge.
const DECADES: (f64, f64) = (-4.0, 1.0);

fn x(ratio: f64) -> f64 {
    let decade = ratio.max(1e-300).log10().clamp(DECADES.0, DECADES.1);
    LEFT + (RIGHT - LEFT) * (decade - DECADES.0) / (DECADES.1 - DECADES.0)
}

/// The picture; `None` where no evidence has numbers.
pub(super) fn draw(evidence: &[Evidence]) -> Option<Markup> {
    let ratio = |e: &Evidence| e.comparison.map(|c| c.residual() / c.bound()).filter(|r| r.is_finite());
    let rows: Vec<(Kind, Vec<&Evidence>)> = Kind::ALL
        .into_iter()
        .map(|kind| (kind, evidence.iter().filter(|e| e.kind == kind && ratio(e).is_some()).collect::<Vec<_>>()))
        .filter(|row| !row.1.is_empty())
        .collect();
    let (height, width) = (ROW * rows.len() as f64 + 40.0, RIGHT + 24.0);
    let bottom = ROW * rows.len() as f64 + 6.0;
    (!rows.is_empty()).then(|| html! {
        svg.strip viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img"
            aria-label="Residual over bound of every check that has numbers; a dot right of 1 refutes" {
            rect.beyond x=(x(1.0)) y="2" width=(RIGHT - x(1.0)) height=(bottom - 2.0) {}
            line.bound x1=(x(1.0)) x2=(x(1.0)) y1="2" y2=(bottom) {}
            @for (i, (kind, of)) in rows.iter().enumerate() {
                @let y = ROW * i as f64 + 15.0;
                text x="0" y=(y + 4.0) { (kind.name()) }
                line.rail x1=(LEFT) x2=(RIGHT) y1=(y) y2=(y) {}
                @for e in of {
                    circle class={ "dot " (e.verdict.name()) } cx=(format!("{:.1}", x(ratio(e).unwrap_or(0.0)))) cy=(y) r=(if e.verdict == Verdict::Holds { 3.5 } else { 5.0 }) {
                        title { (e.case) ": " (e.verdict.name()) }
                    }
                }
            }
            @for decade in -4..=1 {
                @let at = x(10f64.powi(decade));
                line.rail x1=(at) x2=(at) y1=(bottom) y2=(bottom + 4.0) {}
                text.tick x=(at) y=(bottom + 16.0) text-anchor="middle" { @if decade == -4 { "≤ " } (10f64.powi(decade)) }
            }
            text.tick x=((LEFT + RIGHT) / 2.0) y=(bottom + 31.0) text-anchor="middle" { "residual / bound; beyond 1 refutes" }
        }
    })
}
