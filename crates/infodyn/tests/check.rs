//! What statements come to on laws of which it is known, and what `infodyn check` says of them.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod common;

use common::run;
use infodyn::check::Judgement;
use infodyn_core::{Covariance, Mixture, NoiseProcess};
use infodyn_search::{Case, Effort, Outcome};
use infodyn_statement::Statement;

fn cases() -> Vec<Case> {
    let narrow = Covariance::isotropics(&[0.05, 0.1, 0.2]).unwrap();
    let line = Mixture::new(&[0.3, 0.5, 0.2], &[vec![-1.2], vec![0.4], vec![2.0]], narrow).unwrap();
    let pair = Mixture::symmetric_pair(&[1.0], 0.0).unwrap();
    let round = Covariance::isotropic(0.1).unwrap();
    let full = Covariance::full(&[[0.3, 0.1], [0.1, 0.2]]).unwrap();
    let plane = Mixture::new(&[0.4, 0.6], &[vec![-1.0, 0.2], vec![1.0, 0.5]], vec![full, round]).unwrap();
    let levels = [(NoiseProcess::Ve, 0.3), (NoiseProcess::Ou, -1.0)];
    let of = |law: Mixture| levels.map(|(process, log_snr)| Case { law: law.clone(), process, log_snr });
    [line, pair, plane].into_iter().flat_map(of).collect()
}

fn outcomes(text: &str) -> Vec<Outcome> {
    let judgement = Judgement::new(Statement::parse(text).unwrap(), None);
    cases().iter().map(|case| judgement.find(case, Effort::Quick).outcome).collect()
}

/// Theorems hold sharply, and their neighbours are false, on a line and in a plane.
#[test]
fn theorems_hold_and_their_neighbours_do_not() {
    for (theorem, wrong) in [
        (
            "-d(I(X_0;X_t))/dt == g^2/2*(D/sigma^2 + mean_score_divergence)",
            "-d(I(X_0;X_t))/dt == g^2/2*(D/sigma^2 - mean_score_divergence)",
        ),
        ("d(I(X_0;X_t))/d(snr) == mmse/2", "d(I(X_0;X_t))/d(snr) == mmse"),
        ("d(I(X_0;X_t))/d(log_snr) == eta*D/2", "d(I(X_0;X_t))/d(log_snr) == eta*D/2*(1 + 1e-5)"),
        (
            "d(mmse)/d(sigma_over_alpha) == 2*posterior_square_trace*snr^1.5",
            "d(mmse)/d(sigma_over_alpha) == posterior_square_trace*snr^1.5",
        ),
        ("integral(mmse/2, snr, snr/4, snr) <= I(X_0;X_t)", "integral(mmse/2, snr, snr/4, snr) == I(X_0;X_t)"),
        (
            "mutual_information == H(Y) - H(Y|X_t) + mean_over_y(class[y].mutual_information)",
            "mutual_information == H(Y) + H(Y|X_t)",
        ),
        ("at x: score == (alpha*denoiser - x)/sigma2", "at x: score == (denoiser - 2*x)/sigma2"),
        (
            "at x: trace(jacobian(score)) == snr/sigma2*trace(posterior_covariance) - D/sigma2",
            "at x: trace(jacobian(score)) == snr/sigma2*trace(posterior_covariance)",
        ),
        (
            "at x: jacobian(denoiser) == alpha/sigma2*posterior_covariance",
            "at x: jacobian(denoiser) == 2*alpha/sigma2*posterior_covariance",
        ),
        ("mmse <= gaussian.mmse <= D*sigma2/alpha^2", "mmse >= gaussian.mmse"),
        ("decreasing(mmse, snr) and increasing(H(Y|X_t), t)", "monotone(Var(h), log_snr)"),
    ] {
        for outcome in outcomes(theorem) {
            assert!(
                matches!(outcome, Outcome::Holds { excess, power } if excess < 1.0 && power < 1e-3),
                "{theorem}: {outcome:?}"
            );
        }
        let refuted = |o: &Outcome| matches!(o, Outcome::Refuted { excess } if *excess > 1.0);
        assert!(outcomes(wrong).iter().all(refuted), "{wrong}: {:?}", outcomes(wrong));
    }
}

/// The pair's numbers of theory.md C8; of laws without a pitchfork nothing is said.
#[test]
fn peaks_and_pitchforks_stand_where_theory_says() {
    let known = "abs(argmax(Var(h), snr) - 1.3454776697250416864) <= 1e-9 and abs(pitchfork.snr - 1) <= 1e-9";
    let said = outcomes(known);
    assert!(said[2..4].iter().all(|o| matches!(o, Outcome::Holds { .. })), "{said:?}");
    assert!(
        said[..2].iter().chain(&said[4..]).all(|o| matches!(o, Outcome::Refuted { .. } | Outcome::Outside)),
        "{said:?}"
    );
    let said = outcomes("argmax(Var(h), snr) == pitchfork.snr");
    assert!(said[2..4].iter().all(|o| matches!(o, Outcome::Refuted { .. })), "{said:?}");
    assert!(said[..2].iter().all(|o| *o == Outcome::Outside), "{said:?}");
    assert!(outcomes("modes <= K").iter().all(|o| matches!(o, Outcome::Holds { .. })));
}

/// The counterexample that is written is one again, bit for bit, and proved.
#[test]
fn a_counterexample_comes_back() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("found.toml").display().to_string();
    let asked =
        ["check", "class[y].mmse <= mmse", "--process", "ve", "--dim", "1", "--counterexample", &file, "--json"];
    let first = run(&asked);
    assert_eq!(first.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    let found = &document["counterexample"];
    assert!(found["enclosed"].as_bool().unwrap(), "{found}");
    assert_eq!(run(&[&asked[..], &["--threads", "1"]].concat()).stdout, first.stdout);
    let level = format!("snr:{}", found["snr"].as_f64().unwrap());
    let law = format!("file:{file}");
    let again =
        run(&["check", "class[y].mmse <= mmse", "--process", "ve", "--laws", &law, "--level", &level, "--json"]);
    assert_eq!(again.status.code(), Some(1));
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["counterexample"]["routes"], found["routes"]);
}

/// What is not understood is one line, and exit 2.
#[test]
fn empty_domains_and_wrong_flags_are_one_line() {
    for (args, said) in [
        (&["check", "mmse <= 1", "--laws", "gaussain"][..], "gaussain"),
        (&["check", "mmse <= 1", "--laws", ""], "the domain is empty"),
        (&["check", "mmse <= 1", "--dim", "3..2"], "the domain is empty: dimensions 3..2"),
        (&["check", "mmse <= 1", "--dim", "two"], "--dim: \"two\", expected a number"),
        (&["check", "mmse <= 1", "--process", "vpp"], "--process"),
        (&["check", "mmse <= 1", "--where", "K = 2"], "--where: column 3: `=`, expected =="),
        (&["check", "mmse <= 1", "--level", "snr:1"], "--level: with the random laws gaussian, expected --laws file:F"),
        (&["check", "mmse <= 1", "--out", "x.csv"], "--out: expected a name that ends in .json"),
        (&["check", "mmse + t <= 1"], "mmse is in length^2, and t in time"),
    ] {
        let output = run(args);
        let line = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {line}");
        assert!(line.contains(said) && line.matches('\n').count() == 1 && output.stdout.is_empty(), "{args:?}: {line}");
    }
}
