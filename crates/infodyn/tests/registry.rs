//! The commands that run the registry: schema, exit codes, one line for bad input, generated documents.
#![allow(clippy::unwrap_used)]

mod common;

use std::process::Command;

use common::run as infodyn;
use serde_json::Value;

#[test]
fn verify_writes_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verify.json");
    let out = infodyn(&["verify", "B2", "--effort", "quick", "--json", file.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(String::from_utf8(out.stdout).unwrap().contains("holds"));
    let document: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!((&document["schema"], &document["verdict"]), (&"infodyn.verify/1".into(), &"holds".into()));
    assert_eq!((&document["seed"], &document["effort"]), (&20_250_827.into(), &"quick".into()));
    let claim = &document["claims"][0];
    for field in ["id", "name", "verdict", "statement", "scope"] {
        assert!(claim[field].is_string(), "{field}");
    }
    let evidence = claim["evidence"].as_array().unwrap();
    for kind in ["symbolic", "enclosure", "quadrature", "monte-carlo"] {
        assert!(evidence.iter().any(|e| e["kind"] == kind), "{kind}");
    }
    for e in evidence {
        assert!(e["case"].is_string() && e["seconds"].is_number() && e["verdict"] == "holds");
        let exact = e["kind"] == "symbolic";
        for field in ["residual", "bound", "power"] {
            assert_eq!(e[field].is_number(), !exact, "{field} of {e}");
        }
        for side in ["lhs", "rhs"] {
            assert_eq!(e[side].is_array(), e["kind"] == "enclosure", "{side} of {e}");
            assert_eq!(e[side].is_number(), !exact && e["kind"] != "enclosure", "{side} of {e}");
        }
        assert_eq!(e["samples"].is_number(), e["kind"] == "monte-carlo", "{e}");
    }
}

#[test]
fn falsify_refutes_and_says_what() {
    let out = infodyn(&["falsify", "B2", "--evidence", "quadrature,symbolic"]);
    assert_eq!(out.status.code(), Some(0));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("one wrong weight in the posterior") && text.contains("0 not refuted"));
}

#[test]
fn bad_flags_get_one_line_and_exit_2() {
    for (arguments, part) in [
        (vec!["verify", "Z9"], "expected one of A1"),
        (vec!["verify", "--evidence", "rumour"], "expected one of proof"),
        (vec!["falsify", "--evidence", "proof"], "no claim asked for has a check of this kind"),
        (vec!["verify", "--effort", "heroic"], "expected quick, standard or full"),
        (vec!["verify", "--threads", "0"], "--threads"),
        (vec!["verify", "B2", "--json", "/nowhere/x.json"], "/nowhere"),
        (vec!["falsify", "--seed", "x"], "--seed"),
        (vec!["figures", "no-such-figure"], "expected one of bandwidth-identity"),
        (vec!["verify", "--evidence", "proof"], "in a checkout of the workspace only"),
    ] {
        let out = infodyn(&arguments);
        let message = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{arguments:?}: {message}");
        assert!(message.contains(part), "{arguments:?}: {message}");
        assert!(out.stdout.is_empty());
    }
}

/// Far from any checkout, with nothing but itself.
#[test]
fn the_program_works_in_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("infodyn");
    std::fs::copy(env!("CARGO_BIN_EXE_infodyn"), &program).unwrap();
    let run = |arguments: &[&str]| {
        let out = Command::new(&program).args(arguments).current_dir(&folder).env_clear().output().unwrap();
        assert_eq!(out.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    assert!(run(&["verify", "B2", "--effort", "quick"]).contains("proofs: in a checkout of the workspace only"));
    let document: Value =
        serde_json::from_str(&run(&["falsify", "B2", "--evidence", "symbolic", "--json", "-"])).unwrap();
    assert_eq!((&document["schema"], &document["all_refuted"]), (&"infodyn.falsify/1".into(), &true.into()));
    // A file of any name.
    run(&["verify", "A1", "--evidence", "symbolic", "--json", "answer"]);
    run(&["figures", "offsets"]);
    for file in ["answer", "figures/offsets.svg", "figures/offsets.csv"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
}
