//! Printers: plain text, LaTeX, MathML and Coq.
//!
//! One traversal serves all formats. A product becomes a fraction whose denominator collects the negative
//! powers, and a sum prints `-` for a term with a negative coefficient; brackets appear where the precedence
//! of the format asks for them.

use std::fmt;

use dashu_ratio::RBig;

use crate::expr::{Expr, Function, Node};
use crate::notation::{coq_name, latex_name};

/// Bracketing strength: a part is bracketed when it binds less than its place needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Power,
    Atom,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Latex,
    Coq,
}

struct Printed {
    text: String,
    binding: Binding,
}

impl Printed {
    fn at_least(self, binding: Binding, format: Format) -> String {
        if self.binding >= binding { self.text } else { format.bracketed(&self.text) }
    }
}

impl Format {
    fn bracketed(self, inner: &str) -> String {
        match self {
            Format::Latex => format!(r"\left({inner}\right)"),
            Format::Text | Format::Coq => format!("({inner})"),
        }
    }

    fn name(self, name: &str) -> String {
        match self {
            Format::Text => name.to_string(),
            Format::Latex => latex_name(name),
            Format::Coq => coq_name(name),
        }
    }

    fn function(self, function: Function) -> String {
        match (format!("{function:?}").to_lowercase(), self) {
            (name, Format::Latex) => format!(r"\{name}"),
            (_, Format::Coq) if function == Function::Log => "ln".into(),
            (name, _) => name,
        }
    }

    /// A sum, or a single negative term.
    fn sum(self, terms: &[Expr]) -> Printed {
        let mut text = String::new();
        for (i, term) in terms.iter().enumerate() {
            let (negative, magnitude) = signed(term);
            text += match (i, negative) {
                (0, true) => "-",
                (0, false) => "",
                (_, true) => " - ",
                (_, false) => " + ",
            };
            // In Coq, unary minus binds tighter than the quotient.
            let tight = i == 0 && negative && self == Format::Coq;
            let binding = if tight { Binding::Power } else { Binding::Product };
            text += &self.print(&magnitude).at_least(binding, self);
        }
        Printed { text, binding: Binding::Sum }
    }

    fn print(self, e: &Expr) -> Printed {
        let atom = |text: String| Printed { text, binding: Binding::Atom };
        match e.node() {
            _ if signed(e).0 => self.sum(std::slice::from_ref(e)),
            Node::Sum(terms) => self.sum(terms),
            Node::Number(value) if value.is_int() => atom(value.numerator().to_string()),
            Node::Number(_) => self.fraction(std::slice::from_ref(e)),
            Node::Pi => atom(match self {
                Format::Text => "pi".into(),
                Format::Latex => r"\pi".into(),
                Format::Coq => "PI".into(),
            }),
            Node::Symbol(name, _) => atom(self.name(name)),
            Node::Product(factors) => self.fraction(factors),
            Node::Power(_, r) if *r < RBig::ZERO => self.fraction(std::slice::from_ref(e)),
            Node::Power(base, r) => self.power(base, r),
            Node::Apply(function, u) => {
                let name = self.function(*function);
                match self {
                    Format::Coq => Printed {
                        text: format!("{name} {}", self.print(u).at_least(Binding::Atom, self)),
                        binding: Binding::Power,
                    },
                    _ => atom(format!("{name}{}", self.bracketed(&self.print(u).text))),
                }
            }
        }
    }

    /// A power with a positive exponent.
    fn power(self, base: &Expr, r: &RBig) -> Printed {
        let (p, q) = (r.numerator().to_string(), r.denominator().to_string());
        let (inside, tight) = (self.print(base).text, self.print(base).at_least(Binding::Atom, self));
        let (text, binding) = match (self, q.as_str(), p.as_str()) {
            (Format::Latex, "2", "1") => (format!(r"\sqrt{{{inside}}}"), Binding::Atom),
            (Format::Text, "2", "1") => (format!("sqrt({inside})"), Binding::Atom),
            (Format::Coq, "2", "1") => (format!("sqrt {tight}"), Binding::Power),
            (Format::Latex, "1", _) => (format!("{tight}^{{{p}}}"), Binding::Power),
            (Format::Latex, ..) => (format!("{tight}^{{{p}/{q}}}"), Binding::Power),
            (Format::Text, "1", _) => (format!("{tight}^{p}"), Binding::Power),
            (Format::Text, ..) => (format!("{tight}^({p}/{q})"), Binding::Power),
            (Format::Coq, "1", _) => (format!("{tight} ^ {p}"), Binding::Power),
            (Format::Coq, "2", _) => (format!("(sqrt {tight}) ^ {p}"), Binding::Power),
            (Format::Coq, ..) => (format!("Rpower {tight} ({p} / {q})"), Binding::Power),
        };
        Printed { text, binding }
    }

    /// A product as a fraction.
    fn fraction(self, factors: &[Expr]) -> Printed {
        let (mut above, mut below) = (Vec::new(), Vec::new());
        for factor in factors {
            match factor.node() {
                Node::Number(value) => {
                    let (numerator, denominator) = value.clone().into_parts();
                    above.push(Expr::from(RBig::from(numerator)));
                    below.push(Expr::from(RBig::from(denominator)));
                }
                Node::Power(base, r) if *r < RBig::ZERO => below.push(base.power(&-r)),
                _ => above.push(factor.clone()),
            }
        }
        let is_one = |e: &Expr| e.as_number().is_some_and(RBig::is_one);
        above.retain(|e| !is_one(e));
        below.retain(|e| !is_one(e));
        // `g^2/2*(a + b)`: sums stand behind the fraction, unless they are all that is above its line.
        let is_sum = |e: &Expr| matches!(e.node(), Node::Sum(_));
        let (mut behind, rest): (Vec<Expr>, Vec<Expr>) = above.iter().cloned().partition(is_sum);
        if below.is_empty() || rest.is_empty() || self == Format::Coq {
            behind.clear();
        } else {
            above = rest;
        }
        let line = |parts: &[Expr]| match parts {
            [] => Printed { text: "1".into(), binding: Binding::Atom },
            [one] => self.print(one),
            _ => {
                let parts: Vec<_> = parts.iter().map(|e| self.print(e).at_least(Binding::Power, self)).collect();
                let separator = match self {
                    Format::Text => "*",
                    Format::Latex => r" \, ",
                    Format::Coq => " * ",
                };
                Printed { text: parts.join(separator), binding: Binding::Product }
            }
        };
        let (above, denominator) = (line(&above), line(&below));
        if below.is_empty() {
            return above;
        }
        let mut text = match self {
            Format::Latex => format!(r"\frac{{{}}}{{{}}}", above.text, denominator.text),
            Format::Text | Format::Coq => {
                let slash = if self == Format::Coq { " / " } else { "/" };
                let above = above.at_least(Binding::Product, self);
                format!("{above}{slash}{}", denominator.at_least(Binding::Power, self))
            }
        };
        for sum in &behind {
            let times = if self == Format::Latex { r" \, " } else { "*" };
            text += &format!("{times}{}", self.print(sum).at_least(Binding::Power, self));
        }
        Printed { text, binding: Binding::Product }
    }
}

/// Whether the expression is a number or a product with a negative coefficient, and its opposite if so.
fn signed(e: &Expr) -> (bool, Expr) {
    let leading = match e.node() {
        Node::Product(factors) => factors.first().and_then(Expr::as_number),
        _ => e.as_number(),
    };
    match leading {
        Some(value) if *value < RBig::ZERO => (true, -e),
        _ => (false, e.clone()),
    }
}

impl fmt::Display for Expr {
    /// Plain text: `x^2/(2*v)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Format::Text.print(self).text)
    }
}

impl Expr {
    /// LaTeX, for math mode.
    ///
    /// ```
    /// use infodyn_symbolic::Symbol;
    /// let (x, v) = (Symbol::real("x"), Symbol::positive("sigma_1"));
    /// assert_eq!((-x.pow(2) / (2 * &v)).exp().to_latex(), r"\exp\left(-\frac{x^{2}}{2 \, \sigma_{1}}\right)");
    /// ```
    #[must_use]
    pub fn to_latex(&self) -> String {
        Format::Latex.print(self).text
    }

    /// A term of the Coq reals, in `R_scope`; half-integer powers are powers of `sqrt`, others `Rpower`.
    ///
    /// ```
    /// use infodyn_symbolic::Symbol;
    /// let (x, v) = (Symbol::real("x"), Symbol::positive("v"));
    /// assert_eq!((&x - (-x.pow(2) / (2 * &v)).exp()).to_coq(), "x - exp (-(x ^ 2 / (2 * v)))");
    /// ```
    #[must_use]
    pub fn to_coq(&self) -> String {
        Format::Coq.print(self).text
    }

    /// A MathML element, made from [`Expr::to_latex`].
    ///
    /// # Errors
    /// When the LaTeX is not understood, as for a symbol whose name is not a name.
    pub fn to_mathml(&self) -> Result<String, MathmlError> {
        mathml(&self.to_latex())
    }
}

/// LaTeX as MathML, a `math` element.
///
/// # Errors
/// When the LaTeX is not understood.
pub fn mathml(latex: &str) -> Result<String, MathmlError> {
    let refused = |reason: String| MathmlError { latex: latex.to_owned(), reason };
    let config = math_core::MathCoreConfig::default();
    let converter = math_core::LatexToMathML::new(config).map_err(|(_, _, name)| refused(name))?;
    let converted = converter.convert_with_local_counter(latex, math_core::MathDisplay::Inline);
    converted.map_err(|error| refused(format!("{error:?}")))
}

/// A formula that could not be converted to MathML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no MathML for `{latex}`: {reason}")]
pub struct MathmlError {
    /// The LaTeX source.
    pub latex: String,
    /// What the converter said.
    pub reason: String,
}
