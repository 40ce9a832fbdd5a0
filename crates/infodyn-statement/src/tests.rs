//! What is printed reads back as itself.

use infodyn_core::Quantity;
use proptest::prelude::*;

use crate::name::{Clock, Critical, Function, Pointwise, Symbol};
use crate::parse::parse;
use crate::syntax::{Direction, Expr, Extreme, Index, Kind, Operator, Relation, Subject};

fn any_of<T: Clone + std::fmt::Debug + 'static>(
    all: &'static [(T, &'static str, crate::Unit, &'static str)],
) -> impl Strategy<Value = T> {
    (0..all.len()).prop_map(|i| all[i].0.clone())
}

fn made(kind: Kind) -> Expr {
    Expr::new(kind, 1)
}

/// Numbers of any form, whatever their units.
fn number() -> impl Strategy<Value = Expr> {
    let index = || prop_oneof![(0..12_usize).prop_map(Index::Number), Just(Index::Each)];
    let subject = prop_oneof![Just(Subject::Law), Just(Subject::Gaussian), index().prop_map(Subject::Class)];
    let leaf = prop_oneof![
        prop_oneof![(0..1000_u32).prop_map(f64::from), 0.0..1e3, any::<f64>().prop_map(f64::abs)]
            .prop_filter("finite", |x| x.is_finite())
            .prop_map(Kind::Number),
        any_of(Symbol::TABLE).prop_map(Kind::Symbol),
        any_of(Pointwise::TABLE).prop_map(Kind::Pointwise),
        any_of(Critical::TABLE).prop_map(Kind::Critical),
        index().prop_map(Kind::Weight),
        ((0..100_u32).prop_map(|x| f64::from(x) / 8.0), index()).prop_map(|(w, y)| Kind::Guided(w, y)),
        (subject, 0..Quantity::ALL.len()).prop_map(|(s, q)| Kind::Quantity(s, Quantity::ALL[q])),
    ]
    .prop_map(made);
    leaf.prop_recursive(5, 30, 3, |inner| {
        let one = inner.clone().prop_map(Box::new);
        let two = (one.clone(), one.clone());
        prop_oneof![
            one.clone().prop_map(Kind::Negative),
            (0..5_usize, two.clone()).prop_map(|(i, (a, b))| {
                let all = [Operator::Add, Operator::Subtract, Operator::Times, Operator::Divide, Operator::Power];
                Kind::Arithmetic(all[i], a, b)
            }),
            (0..Function::TABLE.len(), two.clone()).prop_map(|(i, (a, b))| {
                let function = Function::TABLE[i].0;
                Kind::Call(function, [*a, *b].into_iter().take(function.arguments()).collect())
            }),
            (one.clone(), any_of(Clock::TABLE)).prop_map(|(a, c)| Kind::Slope(a, c)),
            (one.clone(), any_of(Clock::TABLE), two).prop_map(|(a, c, (from, to))| Kind::Integral(
                a,
                c,
                Box::new([*from, *to])
            )),
            (any::<bool>(), one, any_of(Clock::TABLE))
                .prop_map(|(place, a, c)| { Kind::Peak(if place { Extreme::Argmax } else { Extreme::Maximum }, a, c) }),
        ]
        .prop_map(made)
    })
}

fn statement() -> impl Strategy<Value = Expr> {
    let numbers = (number().prop_map(Box::new), number().prop_map(Box::new));
    let leaf = prop_oneof![
        (0..5_usize, numbers).prop_map(|(i, (a, b))| {
            let all = [Relation::Equal, Relation::AtMost, Relation::AtLeast, Relation::Less, Relation::Greater];
            Kind::Relation(all[i], a, b)
        }),
        (0..3_usize, number(), any_of(Clock::TABLE)).prop_map(|(i, a, c)| {
            let all = [Direction::Increasing, Direction::Decreasing, Direction::Monotone];
            Kind::Monotone(all[i], Box::new(a), c)
        }),
    ]
    .prop_map(made);
    leaf.prop_recursive(3, 6, 2, |inner| {
        let one = inner.prop_map(Box::new);
        let two = (one.clone(), one.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| Kind::And(a, b)),
            two.prop_map(|(a, b)| Kind::Implies(a, b)),
            one.prop_map(Kind::At),
        ]
        .prop_map(made)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_printed_reads_as_itself(tree in statement()) {
        let text = tree.to_string();
        prop_assume!(text.len() <= 1000 && text.matches('(').count() <= 40);
        prop_assert_eq!(parse(&text).map_err(|e| format!("{text}: {e}")), Ok(tree));
    }
}

/// Pieces of texts, whole and broken.
const PIECES: [&str; 40] = [
    "mmse",
    "class[y].mmse",
    "class[",
    "weights[99999999999999999999]",
    "gaussian.",
    ".",
    "d(",
    ")/dt",
    ")/d(snr)",
    "d",
    "(",
    ")",
    "H(X_0|X_t)",
    "H(",
    "|",
    "at x:",
    "at",
    " x",
    ":",
    "and",
    "implies",
    "==",
    "<=",
    "=",
    "<",
    "+",
    "-",
    "*",
    "/",
    "^",
    "1e999",
    "1.",
    ".5",
    "1e",
    "integral(",
    ", snr, ",
    "jacobian(score)",
    "\u{3b3}",
    "\n",
    " ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Any text is a statement or gets its line; none stops the program.
    #[test]
    fn no_text_is_too_much(pieces in prop::collection::vec(0..PIECES.len(), 0..60), junk in "\\PC{0,20}", n in 0..3_usize) {
        let mut text: String = pieces.iter().map(|&i| PIECES[i]).collect();
        if n == 0 {
            text.push_str(&junk);
        }
        match crate::Statement::parse(&text) {
            Ok(statement) => {
                let printed = statement.to_string();
                prop_assert_eq!(crate::Statement::parse(&printed).map(|s| s.to_string()), Ok(printed));
                let _ = statement.edits();
            }
            Err(error) => prop_assert!(error.to_string().starts_with("column ")),
        }
    }
}

#[test]
fn depth_is_bounded() {
    for text in ["(".repeat(5000), "-".repeat(999) + "1", "d(".repeat(400), "1^".repeat(499) + "1", "x".repeat(1001)] {
        assert!(crate::Statement::parse(&text).is_err(), "{}", &text[..10]);
    }
}
