//! Formulas that a statement writes in plain text, such as `v = alpha^2 q + sigma^2`, as MathML.

use infodyn_core::NoiseProcess;
use infodyn_symbolic::mathml;

/// MathML of a formula in plain text; `None` for what is not one, such as the name of a process.
pub(super) fn typeset(plain: &str) -> Option<String> {
    if plain.trim().is_empty() || plain.contains("--") || plain.parse::<NoiseProcess>().is_ok() {
        return None;
    }
    let tokens = tokens(plain)?;
    mathml(&sequence(&tokens)?).ok()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'a> {
    Name(&'a str),
    Number(&'a str),
    Sign(&'a str),
    Space,
}

/// Signs of more than one character, before their beginnings.
const SIGNS: [&str; 8] = ["...", "<=", ">=", "->", ">>", "+-", "^T", " . "];

fn tokens(mut rest: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let run = |of: fn(char) -> bool| rest.find(|c| !of(c)).unwrap_or(rest.len());
        let (token, length) = if let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) {
            (Token::Sign(sign), sign.len())
        } else if first.is_ascii_alphabetic() {
            let length = run(|c| c.is_ascii_alphanumeric());
            // `lambda_max` is one name; `k_H` is a letter with an index.
            let length = if rest.starts_with("lambda_max") { "lambda_max".len() } else { length };
            (Token::Name(&rest[..length]), length)
        } else if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit() || c == '.');
            // A full stop or a comma after a number is not a part of it.
            let length = rest[..length].trim_end_matches('.').len();
            (Token::Number(&rest[..length]), length)
        } else if first == ' ' {
            (Token::Space, 1)
        } else if first.is_ascii() {
            (Token::Sign(&rest[..1]), 1)
        } else {
            return None;
        };
        tokens.push(token);
        rest = &rest[length..];
    }
    Some(tokens)
}

/// LaTeX of a run of tokens.
fn sequence(tokens: &[Token<'_>]) -> Option<String> {
    let mut latex = String::new();
    let mut at = 0;
    while at < tokens.len() {
        let (piece, used) = match &tokens[at..] {
            [Token::Name("sqrt"), Token::Sign("("), ..] => {
                let (inside, used) = group(&tokens[at + 1..])?;
                (format!("\\sqrt{{{}}}", sequence(inside)?), used + 1)
            }
            // A fraction of whole numbers.
            [Token::Sign("("), Token::Number(a), Token::Sign("/"), Token::Number(b), Token::Sign(")"), ..] => {
                (format!("\\tfrac{{{a}}}{{{b}}}"), 5)
            }
            [Token::Sign("^T"), ..] => ("^{\\mathsf T}".into(), 1),
            [Token::Sign(script @ ("^" | "_")), ..] => {
                let (inside, used) = operand(&tokens[at + 1..])?;
                (format!("{script}{{{inside}}}"), used + 1)
            }
            // A star without a right operand marks a solution; with a power after it, both stand above.
            [Token::Sign("*"), Token::Sign("^"), ..] => {
                let (inside, used) = operand(&tokens[at + 2..])?;
                (format!("^{{*{inside}}}"), used + 2)
            }
            [Token::Name("from"), Token::Space, ..] => {
                let (inside, used) = bound(&tokens[at + 2..])?;
                (format!("_{{{inside}}}"), used + 2)
            }
            [Token::Name("to"), Token::Space, ..] => {
                let (inside, used) = bound(&tokens[at + 2..])?;
                (format!("^{{{inside}}}"), used + 2)
            }
            [Token::Name(name), ..] => (format!("{} ", self::name(name)), 1),
            [Token::Number(digits), ..] => ((*digits).into(), 1),
            [Token::Sign(sign), ..] => (self::sign(sign)?.into(), 1),
            // Between factors; operators bring their own space.
            [Token::Space, next, ..] if at > 0 && factor(tokens[at - 1]) && factor(*next) => ("\\,".into(), 1),
            [Token::Space, ..] => (String::new(), 1),
            [] => return None,
        };
        latex += &piece;
        at += used;
    }
    Some(latex)
}

/// Whether a token can begin or end a factor of a product.
fn factor(token: Token<'_>) -> bool {
    match token {
        Token::Name(name) => !["given", "of", "from", "to", "integral"].contains(&name),
        Token::Number(_) => true,
        Token::Sign(sign) => ["(", ")", "[", "]", "|", "*", "^T"].contains(&sign),
        Token::Space => false,
    }
}

/// What a script applies to: a group without its brackets, a name, a number or a sign; and how many tokens it takes.
fn operand(tokens: &[Token<'_>]) -> Option<(String, usize)> {
    match tokens {
        [Token::Sign("(" | "{"), ..] => group(tokens).and_then(|(inside, used)| Some((sequence(inside)?, used))),
        [Token::Name(name), ..] => Some((self::name(name), 1)),
        [Token::Number(digits), ..] => Some(((*digits).into(), 1)),
        [Token::Sign("*"), ..] => Some(("*".into(), 1)),
        _ => None,
    }
}

/// A bound of an integral: up to the next space.
fn bound<'a>(tokens: &[Token<'a>]) -> Option<(String, usize)> {
    let used = tokens.iter().position(|t| *t == Token::<'a>::Space).unwrap_or(tokens.len());
    Some((sequence(&tokens[..used])?, used))
}

/// The tokens between a bracket and its partner, and how many tokens there are with both.
fn group<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<(&'t [Token<'a>], usize)> {
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign("(" | "{") => depth += 1,
            Token::Sign(")" | "}") => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some((&tokens[1..i], i + 1));
        }
    }
    None
}

fn name(name: &str) -> String {
    const GREEK: [&str; 17] = [
        "alpha", "beta", "chi", "eta", "gamma", "lambda", "mu", "nu", "phi", "pi", "psi", "sigma", "tau", "iota",
        "Lambda", "Phi", "Sigma",
    ];
    const FUNCTIONS: [&str; 5] = ["log", "exp", "tanh", "arctan", "min"];
    let mut letters = name.chars();
    let (first, rest) = (letters.next().unwrap_or_default(), letters.as_str());
    match name {
        "lambda_max" => "\\lambda_{\\max}".into(),
        "given" => "\\mid".into(),
        "grad" => "\\nabla".into(),
        "infinity" => "\\infty".into(),
        "sum" => "\\sum".into(),
        "integral" => "\\int".into(),
        "of" => "\\,".into(),
        "where" | "for" | "and" | "step" | "forward" | "backward" => format!("\\text{{{name}}}"),
        _ if GREEK.contains(&name) || FUNCTIONS.contains(&name) => format!("\\{name}"),
        _ if rest.is_empty() => name.into(),
        // A differential, or a letter with a number.
        _ if first == 'd' && (rest.len() == 1 || GREEK.contains(&rest)) => format!("d{}", self::name(rest)),
        _ if rest.chars().all(|c| c.is_ascii_digit()) => format!("{first}_{{{rest}}}"),
        _ => format!("\\operatorname{{{name}}}"),
    }
}

fn sign(sign: &str) -> Option<&str> {
    Some(match sign {
        "<=" => "\\le ",
        ">=" => "\\ge ",
        "->" => "\\to ",
        ">>" => "\\gg ",
        "+-" => "\\pm ",
        "..." => "\\ldots ",
        "~" => "\\sim ",
        "*" => "^{*}",
        " . " | "." => "\\cdot ",
        "{" => "\\{",
        "}" => "\\}",
        "|" | "<" | ">" | "=" | "+" | "-" | "/" | "(" | ")" | "[" | "]" | "," | ";" | ":" | "'" => sign,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latex(plain: &str) -> String {
        sequence(&tokens(plain).unwrap()).unwrap()
    }

    #[test]
    fn plain_formulas_become_latex() {
        for (plain, expected) in [
            ("v = alpha^2 q + sigma^2", "v =\\alpha ^{2}\\,q +\\sigma ^{2}"),
            ("+-mu", "\\pm \\mu "),
            ("(1/2) log(1 + a^2 - q)", "\\tfrac{1}{2}\\,\\log (1+a ^{2}-q )"),
            ("D^(-1/2)", "D ^{-1/2}"),
            ("N^{2/D}", "N ^{2/D }"),
            ("m*^2", "m ^{*2}"),
            ("E[s X_t^T]", "E [s \\,X _{t}^{\\mathsf T}]"),
            ("k_V = 1.345", "k _{V}=1.345"),
            ("dtau", "d\\tau "),
            ("q1", "q_{1} "),
            ("sqrt(k) mmse", "\\sqrt{k }\\,\\operatorname{mmse} "),
            ("integral from 0 to sigma of s", "\\int _{0}^{\\sigma }\\, s "),
        ] {
            assert_eq!(latex(plain), expected, "{plain}");
        }
    }

    #[test]
    fn names_of_processes_stay_as_they_are() {
        for plain in ["ou", "ve", "edm", "vp-linear", "--law"] {
            assert_eq!(typeset(plain), None, "{plain}");
        }
    }

    /// Every formula of every statement can be typeset, but for names.
    #[test]
    fn every_formula_of_the_statements_is_typeset() {
        for claim in infodyn_claims::registry() {
            let _ = claim.stated(
                |_| String::new(),
                |words| {
                    for plain in words.split('`').skip(1).step_by(2) {
                        let name = plain.parse::<NoiseProcess>().is_ok();
                        assert!(name || typeset(plain).is_some(), "{}: {plain}", claim.id);
                    }
                    String::new()
                },
            );
        }
    }
}
