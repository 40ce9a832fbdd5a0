//! What statements come to on laws of which it is known.
#![allow(clippy::unwrap_used)]

use infodyn::check::Judgement;
use infodyn_core::{Covariance, Mixture, NoiseProcess};
use infodyn_search::{Case, Effort, Outcome};
use infodyn_statement::Statement;

fn cases() -> Vec<Case> {
    let line = Mixture::new(
        &[0.3, 0.5, 0.2],
        &[vec![-1.2], vec![0.4], vec![2.0]],
        Covariance::isotropics(&[0.05, 0.1, 0.2]).unwrap(),
    )
    .unwrap();
    let pair = Mixture::symmetric_pair(&[1.0], 0.0).unwrap();
    let full = Covariance::full(&[[0.3, 0.1], [0.1, 0.2]]).unwrap();
    let plane =
        Mixture::new(&[0.4, 0.6], &[vec![-1.0, 0.2], vec![1.0, 0.5]], vec![full, Covariance::isotropic(0.1).unwrap()])
            .unwrap();
    let mut cases = Vec::new();
    for law in [line, pair, plane] {
        for (process, log_snr) in [(NoiseProcess::Ve, 0.3), (NoiseProcess::Ou, -1.0)] {
            cases.push(Case { law: law.clone(), process, log_snr });
        }
    }
    cases
}

#[test]
fn probe() {
    for text in std::env::var("PROBE").unwrap_or_default().split(';').filter(|t| !t.trim().is_empty()) {
        let statement = match Statement::parse(text) {
            Ok(s) => s,
            Err(e) => {
                println!("{text}: {e}");
                continue;
            }
        };
        println!("{statement}");
        let judgement = Judgement::new(statement, None);
        for case in cases() {
            let start = std::time::Instant::now();
            let finding = judgement.find(&case, Effort::Quick);
            let sides = finding.sides.map(|s| format!("{} | {}", s.lhs, s.rhs)).unwrap_or_default();
            println!(
                "  K{} D{} {} {:?} {sides} {:.1} ms",
                case.law.components(),
                case.law.dim(),
                case.process,
                finding.outcome,
                start.elapsed().as_secs_f64() * 1e3
            );
        }
        let _: Option<Outcome> = None;
    }
}
