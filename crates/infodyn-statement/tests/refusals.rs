//! What is no statement: one line each, that says where, what and what to write.

use infodyn_statement::Statement;

#[test]
fn each_has_a_line_that_a_user_can_act_on() {
    let lines = [
        ("", "column 1: nothing, expected a statement such as mmse <= gaussian.mmse"),
        ("mmse", "column 1: mmse is a number, expected a relation such as mmse <= gaussian.mmse"),
        ("mmse = 1", "column 6: `=`, expected == for equality, <= or >="),
        ("mmse <= ", "column 9: the text ends, expected a number, a name or a ("),
        ("mmse mmse", "column 6: `mmse`, expected an operator (+ - * / ^ == <= >= < > and implies) or the end"),
        ("(mmse <= 1", "column 1: this ( is never closed, expected a ) after it"),
        ("mmse) <= 1", "column 5: this ) closes nothing, expected a ( before it"),
        ("mmsee <= 1", "column 1: unknown name mmsee; did you mean mmse?"),
        ("qwzx <= 1", "column 1: unknown name qwzx"),
        ("gaussian.mse <= 1", "column 1: unknown quantity mse; did you mean mmse?"),
        (
            "law.mmse <= 1",
            "column 1: unknown name law.mmse; what has parts are gaussian, class[y], pitchfork, fold and branching",
        ),
        ("sqr(mmse) <= 1", "column 1: unknown function sqr; did you mean sqrt?"),
        ("max(mmse) <= 1", "column 1: max takes two arguments, and has 1"),
        (
            "integral(mmse, snr) <= 1",
            "column 1: integral takes four arguments: integral(mmse, snr, 0.1, 10), and has 2",
        ),
        ("d(mmse)/d(time) <= 0", "column 9: unknown clock time; a clock is t, log_snr, snr or sigma_over_alpha"),
        (
            "label_entropy + label_entropy_rate <= 1",
            "column 15: label_entropy is in nats, and label_entropy_rate in nats per time: they cannot be added",
        ),
        (
            "conditional_entropy_rate == g*(D/sigma^2)",
            "column 26: conditional_entropy_rate is in nats per time, and g*(D/sigma^2) in 1/length/time^(1/2): they cannot be compared",
        ),
        ("mmse <= sigma", "column 6: mmse is in length^2, and sigma in length: they cannot be compared"),
        ("at x: score <= 1", "column 16: 1 is a number, expected a vector, as score is"),
        ("at x: score <= denoiser/sigma^2", "column 7: score is a vector, expected a number, or == in place of <="),
        ("norm2(score) <= 1", "column 7: score is said of a point, expected at x: before it"),
        ("exp(mmse) <= 1", "column 5: mmse is in length^2, expected a number without unit in exp"),
        ("at x: trace(score) <= 1", "column 13: score is a vector, expected a matrix such as jacobian(score)"),
        ("mmse <= 1 + (eta <= 1)", "column 18: bandwidth_fraction <= 1 is a statement, expected a number"),
        ("guided(2) <= 1", "column 1: `guided`, expected guided(2).class[y].variance_ratio"),
        ("guided(2).mmse <= 1", "column 10: `.`, expected guided(2).class[y].variance_ratio"),
        ("1e999 <= mmse", "column 1: the number 1e999, expected at most 1.8e308"),
    ];
    for (text, line) in lines {
        let error = Statement::parse(text).map(|s| s.to_string()).map_err(|e| e.to_string());
        assert_eq!(error, Err(line.to_owned()), "{text}");
    }
}

#[test]
fn a_chain_of_relations_is_its_pairs_and_symbols_are_names() {
    let printed = |text: &str| Statement::parse(text).map_or_else(|e| e.to_string(), |s| s.to_string());
    assert_eq!(
        printed("pitchfork.snr > argmax(Var(h), snr) > argmax(d(H(Y|X_t))/d(log_snr), snr)"),
        "pitchfork.snr > argmax(label_posterior_entropy_variance, snr) and \
         argmax(label_posterior_entropy_variance, snr) > argmax(d(label_entropy)/d(log_snr), snr)"
    );
    assert_eq!(
        printed("at x:jacobian(score)==alpha^2/sigma^4*posterior_covariance - jacobian(denoiser)/(alpha*sigma2)*alpha"),
        "at x: jacobian(score) == alpha^2/sigma^4*posterior_covariance - jacobian(denoiser)/(alpha*sigma2)*alpha"
    );
}

/// Each small change says something else, and fits in its units.
#[test]
fn edits_are_other_statements() {
    let of = |text: &str| Statement::parse(text).map(|s| s.edits()).unwrap_or_default();
    let edits = of("weights[0] == 1/2 implies d(label_entropy)/d(snr) <= mmse + total_variance/2");
    let texts: Vec<String> = edits.iter().map(|e| e.statement.to_string()).collect();
    for expected in [
        "weights[0] == 1/2 implies d(label_entropy)/d(snr) >= mmse + total_variance/2",
        "weights[0] == 1/2 implies d(label_entropy)/d(snr) <= mmse - total_variance/2",
        "d(label_entropy)/d(snr) <= mmse + total_variance/2",
    ] {
        assert!(texts.iter().any(|t| t == expected), "{expected}: {texts:#?}");
    }
    // The other clocks have other units.
    assert!(texts.iter().all(|t| t.contains("d(label_entropy)/d(snr)")), "{texts:#?}");
    assert!(of("d(mmse)/dt >= 0").iter().any(|e| e.statement.to_string() == "d(mmse)/d(log_snr) >= 0"));
}

/// What is read can be read again as it is printed: a chain is written out, and is as long as that.
#[test]
fn a_chain_is_as_long_as_it_is_printed() {
    let chain = |links: usize| format!("1{}", "==1".repeat(links));
    let short = Statement::parse(&chain(80)).unwrap();
    assert_eq!(Statement::parse(&short.to_string()), Ok(short));
    let error = Statement::parse(&chain(120)).unwrap_err().to_string();
    assert!(error.contains("its chains written out, expected at most 1000"), "{error}");
}

/// A statement may stand on several lines, and what is wrong with it is told on one.
#[test]
fn lines_of_a_statement_are_blanks() {
    let on_lines = Statement::parse("mmse\n  <= \t1").unwrap();
    assert_eq!(on_lines.to_string(), "mmse <= 1");
    let error = Statement::parse("argmax(snr*mmse, log_m\n\n-o) <= 1").unwrap_err().to_string();
    assert!(error.contains("unknown clock log_m  -o") && !error.contains('\n'), "{error}");
}
