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

/// The numbers of theory.md G3 are of a flow from no signal; here it starts where the law is hardly to be seen.
#[test]
fn guidance_widens_a_broad_class_and_narrows_a_narrow_one() {
    let variances = Covariance::isotropics(&[4.0, 0.25]).unwrap();
    let law = Mixture::new(&[0.5, 0.5], &[vec![0.0], vec![0.0]], variances).unwrap();
    let case = Case { law, process: NoiseProcess::Ve, log_snr: 0.0 };
    let outcome =
        |text: &str| Judgement::new(Statement::parse(text).unwrap(), None).find(&case, Effort::Careful).outcome;
    for (label, omega, stated) in [(0, 2, 1.557_231_97), (1, 2, 0.302_447_191_5), (1, 4, 0.045_746_543_2)] {
        let ratio = format!("guided({omega}).class[{label}].variance_ratio");
        for (text, holds) in [(format!("abs({ratio} - {stated}) <= 0.01"), true), (format!("{ratio} <= 1"), label == 1)]
        {
            let outcome = outcome(&text);
            assert_eq!(matches!(outcome, Outcome::Holds { .. }), holds, "{text}: {outcome:?}");
        }
    }
    let outcome = outcome("guided(1).class[y].variance_ratio == 1");
    assert!(matches!(outcome, Outcome::Holds { power, .. } if power < 1e-9), "{outcome:?}");
}

/// Branching, variance and rate come in this order for two atoms of equal weight; of two that are hardly unequal the
/// landscape branches later, and of a weight below 2.14e-5 the rate comes first.
#[test]
fn the_order_of_two_atoms_depends_on_their_weights() {
    let order = "branching.snr <= argmax(Var(h), snr) <= argmax(snr*mmse, snr)";
    let later = "argmax(Var(h), snr) <= argmax(snr*mmse, snr)";
    let holds = |text: &str, weight: f64| {
        let law = Mixture::atoms(&[weight, 1.0 - weight], &[vec![-1.0], vec![1.0]]).unwrap();
        let case = Case { law, process: NoiseProcess::Ve, log_snr: 0.0 };
        match Judgement::new(Statement::parse(text).unwrap(), None).find(&case, Effort::Quick).outcome {
            Outcome::Holds { .. } => true,
            Outcome::Refuted { .. } => false,
            other => panic!("{text} at {weight}: {other:?}"),
        }
    };
    assert_eq!([0.5, 0.42].map(|w| holds(order, w)), [true, false]);
    assert_eq!([0.42, 2.2e-5, 2.1e-5].map(|w| holds(later, w)), [true, true, false]);
}

/// Far from all atoms but one, posterior variances are below the smallest doubles: nothing is said of them.
#[test]
fn what_underflows_refutes_nothing() {
    let law = Mixture::atoms(&[0.5, 0.5], &[vec![0.0], vec![1.0]]).unwrap();
    for text in [
        "at x: trace(jacobian(denoiser)) == alpha/sigma^2*trace(posterior_covariance)",
        "at x: trace(posterior_covariance) > 0",
    ] {
        let judgement = Judgement::new(Statement::parse(text).unwrap(), None);
        for snr in [1400.0_f64, 1500.0, 1600.0, 1e4] {
            let case = Case { law: law.clone(), process: NoiseProcess::Ve, log_snr: snr.ln() };
            for effort in [Effort::Quick, Effort::Careful] {
                let outcome = judgement.find(&case, effort).outcome;
                assert!(!matches!(outcome, Outcome::Refuted { .. }), "{text} at {snr}: {outcome:?}");
            }
        }
    }
}

fn claims(file: &str, flags: &[&str]) -> (Option<i32>, serde_json::Value) {
    let path = format!("{}/../../{file}", env!("CARGO_MANIFEST_DIR"));
    let output = run(&[&["check", &path, "--json"], flags].concat());
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!("{e}: {}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code(), document)
}

/// A few cases of what `infodyn check tests/registry.toml --cases 1000` tries: no claim falls, most mutants do, and on
/// small laws.
#[test]
fn the_registry_survives_its_own_medicine() {
    let (_, document) = claims("tests/registry.toml", &["--cases", "12"]);
    let list = document["claims"].as_array().unwrap();
    let survivors = list.iter().filter(|c| c["verdict"] == "survived").count();
    assert!(list.len() >= 43 && survivors == list.len(), "{survivors} of {}", list.len());
    let mutants: Vec<&serde_json::Value> = list.iter().flat_map(|c| c["mutants"].as_array().unwrap()).collect();
    let fallen = || mutants.iter().filter(|m| m["verdict"] == "refuted");
    let small = |m: &&&serde_json::Value| {
        let law = &m["counterexample"]["law"];
        let (rows, first) = (law["means"].as_array().unwrap(), law["means"][0].as_array().unwrap());
        rows.len() <= 3 && first.len() <= 2
    };
    assert!(fallen().count() >= 70, "{} of {}", fallen().count(), mutants.len());
    assert_eq!(fallen().filter(small).count(), fallen().count());
}

/// The page of a file of claims says what its JSON says, and what did not come out as it should stands first.
#[test]
fn a_page_tells_what_came_of_claims() {
    let place = tempfile::tempdir().unwrap();
    let (file, page) = (place.path().join("two.toml"), place.path().join("two.html"));
    let text = "title = \"Two < three\"\n[[claim]]\nid = \"bound\"\nstatement = \"mmse <= gaussian.mmse\"\nsource = \"here\"\n\
                mutants = [\"mmse <= 0.5*gaussian.mmse\"]\n[[claim]]\nid = \"wrong\"\nstatement = \"label_entropy <= 0\"\n\
                source = \"nowhere\"\n";
    std::fs::write(&file, text).unwrap();
    let arguments = ["check", file.to_str().unwrap(), "--cases", "8", "--out", page.to_str().unwrap()];
    assert_eq!(run(&arguments).status.code(), Some(1));
    let told = std::fs::read_to_string(&page).unwrap();
    for part in [
        "Two &lt; three",
        "1 not as expected",
        "<a href=\"#wrong\">wrong</a>",
        "mmse &lt;= 0.5*gaussian.mmse",
        "1 of 2",
        "counterexample",
        "--cases 8 --seed",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("src=") && !told.contains("href=\"http"));
    let output = run(&["check", "mmse <= 1", "--out", page.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("ends in .json"), "a statement has no page");
}

/// Claims of a file that is tried twice get the same answers, proposals among them, on any number of threads; what is
/// proposed is refuted and is no mutant of the file.
#[test]
fn claims_are_proposed_mutants() {
    let asked = ["--cases", "6", "--propose"];
    let (code, document) = claims("examples/papers/guo-shamai-verdu-2005.toml", &asked);
    assert_eq!(code, Some(0), "{document}");
    let bound = &document["claims"][1];
    let proposed: Vec<&str> = bound["proposed"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
    assert_eq!(proposed, ["mmse <= -gaussian.mmse", "mmse >= gaussian.mmse"]);
    let one_thread = claims("examples/papers/guo-shamai-verdu-2005.toml", &[&asked[..], &["--threads", "1"]].concat());
    assert_eq!(one_thread.1, document);
    let output = run(&["check", "mmse <= 1", "--propose"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("expected a file of claims"));
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
