//! The registry runs.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use infodyn_claims::{Context, Effort, falsify, verify};
use infodyn_core::Verdict;

#[test]
fn print() {
    let context = Context { seed: 20_250_827, effort: Effort::Quick, digits: None };
    let ids: Vec<String> = std::env::var("IDS").map(|s| s.split(',').map(String::from).collect()).unwrap_or_default();
    let start = std::time::Instant::now();
    let report = verify(&context, &ids, &[], &|_, _| ()).unwrap();
    for c in &report.claims {
        println!("{} {}", c.id, c.verdict);
        for e in &c.evidence {
            if let Some(x) = e.comparison {
                println!(
                    "   {:10} {:11} {:60} lhs {:.9e} rhs {:.9e} residual {:.1e} bound {:.1e} power {:.1e} {:.2}s",
                    e.verdict.name(),
                    e.kind.name(),
                    e.case,
                    x.lhs.value,
                    x.rhs.value,
                    x.residual(),
                    x.bound(),
                    x.power(),
                    e.seconds
                );
            } else {
                println!("   {:10} {:11} {:60} {:?}", e.verdict.name(), e.kind.name(), e.case, e.why);
            }
        }
    }
    println!("{:?}", start.elapsed());
    let f = falsify(&context, &ids, &[], &|_, _| ()).unwrap();
    for t in &f.twins {
        if t.kind == infodyn_claims::Kind::MonteCarlo && t.twin != "scaled by 1 + 10 power" {
            if let Some(c) = t.comparison {
                println!("RATIO {:6.2} {} {} {}", c.residual() / c.bound(), t.id, t.case, t.twin);
            }
        }
        if t.verdict != Verdict::Refuted {
            println!(
                "NOT REFUTED {} {} {} {}: {:?} {:?}",
                t.id,
                t.kind,
                t.case,
                t.twin,
                t.comparison.map(|c| (c.lhs.value, c.rhs.value, c.bound(), c.sharpness)),
                t.why
            );
        }
    }
    println!("{} twins {:?}", f.twins.len(), start.elapsed());
}
