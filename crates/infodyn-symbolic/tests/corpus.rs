//! A corpus of generated identities and near-identities for the zero test.
//!
//! The generator is fixed, so that every run sees the same thousand cases.

use infodyn_symbolic::{Expr, Function, Node, Symbol, Verdict, decide, is_identically_zero};

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize].clone()
    }

    fn number(&mut self) -> Expr {
        let n = [1, 2, 3, 5, -1, -2, -3][self.below(7) as usize];
        Expr::ratio(n, [1, 1, 2, 3, 7][self.below(5) as usize])
    }
}

struct Generator {
    random: Random,
    real: Vec<Symbol>,
    positive: Vec<Symbol>,
}

impl Generator {
    fn new(seed: u64) -> Self {
        Generator {
            random: Random(seed),
            real: vec![Symbol::real("x"), Symbol::real("y")],
            positive: vec![Symbol::positive("a"), Symbol::positive("b")],
        }
    }

    /// An expression that is positive for all values of the symbols.
    fn positive(&mut self, depth: u32) -> Expr {
        match if depth == 0 { 0 } else { self.random.below(7) } {
            0 => Expr::from(self.random.pick(&self.positive)),
            1 => 1 + self.any(depth - 1).pow(2),
            2 => self.any(depth - 1).exp(),
            3 => self.positive(depth - 1) + self.positive(depth - 1),
            4 => self.positive(depth - 1) * self.positive(depth - 1),
            5 => self.positive(depth - 1).sqrt(),
            _ => self.any(depth - 1).cosh(),
        }
    }

    /// An expression that is defined for all values of the symbols.
    fn any(&mut self, depth: u32) -> Expr {
        match if depth == 0 { self.random.below(3) } else { 2 + self.random.below(9) } {
            0 | 2 => Expr::from(self.random.pick(&self.real)),
            1 => self.random.number() * Expr::from(self.random.pick(&self.real)),
            3 => self.any(depth - 1) + self.any(depth - 1),
            4 => self.any(depth - 1) * self.any(depth - 1),
            5 => self.any(depth - 1) + self.random.number(),
            6 => self.any(depth - 1) / self.positive(depth - 1),
            7 => self.any(depth - 1).tanh(),
            8 => self.positive(depth - 1).log(),
            9 => self.positive(depth),
            _ => self.any(depth - 1).pow(self.random.pick(&[2, 3])),
        }
    }

    /// The same function written in another way.
    fn rewritten(&mut self, e: &Expr) -> Expr {
        let chance = self.random.below(3) > 0;
        match e.node() {
            Node::Number(_) | Node::Pi | Node::Symbol(..) => e.clone(),
            Node::Sum(terms) => {
                let terms: Vec<_> = terms.iter().rev().map(|t| self.rewritten(t)).collect();
                terms.into_iter().sum()
            }
            Node::Product(factors) => {
                let mut factors: Vec<_> = factors.iter().map(|t| self.rewritten(t)).collect();
                let position = factors.iter().position(|f| matches!(f.node(), Node::Sum(_)));
                match position {
                    Some(i) if chance => {
                        let sum = factors.remove(i);
                        let Node::Sum(terms) = sum.node() else { unreachable!() };
                        let rest: Expr = factors.into_iter().product();
                        terms.iter().map(|term| term * &rest).sum()
                    }
                    _ => factors.into_iter().rev().product(),
                }
            }
            Node::Power(base, r) => {
                let base = self.rewritten(base);
                if chance && r.is_int() && *r == 2.into() { &base * &base } else { base.power(r) }
            }
            Node::Apply(function, u) => {
                let u = self.rewritten(u);
                match function {
                    Function::Exp if chance => (&u / 2).exp().pow(2),
                    Function::Tanh if chance => 1 - 2 / ((2 * &u).exp() + 1),
                    Function::Cosh if chance => (u.exp() + (-&u).exp()) / 2,
                    Function::Sinh if chance => u.cosh() * u.tanh(),
                    Function::Log if chance => u.pow(3).log() / 3,
                    _ => u.apply(*function),
                }
            }
        }
    }

    /// Two expressions for the same function.
    fn identity(&mut self) -> (Expr, Expr) {
        let x = self.real[0].clone();
        let depth = 1 + self.random.below(3) as u32;
        let (f, g) = (self.any(depth), self.any(depth));
        let (p, q) = (self.positive(depth), self.positive(depth));
        match self.random.below(20) {
            0 => ((&f * &g * &p).diff(&x), f.diff(&x) * &g * &p + &f * (&g * &p).diff(&x)),
            1 => ((&f / &p).diff(&x), (f.diff(&x) * &p - &f * p.diff(&x)) / p.pow(2)),
            2 => ((&p * &q).log().diff(&x), p.diff(&x) / &p + q.diff(&x) / &q),
            3 => ((&f * p.log()).exp().diff(&x), (&f * p.log()).exp() * (&f * p.log()).diff(&x)),
            4 => ((f.sinh() / f.cosh()).diff(&x), (1 - f.tanh().pow(2)) * f.diff(&x)),
            5 => (f.diff(&x).diff(&self.real[1]), f.diff(&self.real[1]).diff(&x)),
            6 => {
                let chain = f.diff(&x).substitute(&[(&x, g.clone())]) * g.diff(&x);
                let still = f.diff(&self.real[1]).substitute(&[(&x, g.clone())]);
                let y = self.real[1].clone();
                let both = f.substitute(&[(&x, g.clone())]);
                // Along the diagonal direction (1, 1): the chain rule in both variables.
                (both.diff(&x) + both.diff(&y), chain + f.diff(&x).substitute(&[(&x, g.clone())]) * g.diff(&y) + still)
            }
            7 => ((&f + &g).pow(3), f.pow(3) + 3 * f.pow(2) * &g + 3 * &f * g.pow(2) + g.pow(3)),
            8 => (f.pow(2) - g.pow(2), (&f - &g) * (&f + &g)),
            9 => ((&f + &g).exp(), f.exp() * g.exp()),
            10 => ((&f + &g).tanh(), (f.tanh() + g.tanh()) / (1 + f.tanh() * g.tanh())),
            11 => ((2 * &f).cosh(), 2 * f.sinh().pow(2) + 1),
            12 => ((&p * &q).log(), p.log() + q.log()),
            13 => ((&p * &q).sqrt(), p.sqrt() * q.sqrt()),
            14 => (1 / (&p * (&p + &q)), (1 / &p - 1 / (&p + &q)) / &q),
            15 => (f.tanh().artanh(), f.clone()),
            16 => ((&p / &q).log().exp(), &p / &q),
            17 => ((p.sqrt() + q.sqrt()) * (p.sqrt() - q.sqrt()), &p - &q),
            _ => {
                let e = self.any(depth.min(2) + 1);
                let other = self.rewritten(&e);
                (e, other)
            }
        }
    }
}

/// The right side with one of its terms multiplied by `1 + 1e-9`, if some term is not the zero function.
fn perturbed(e: &Expr) -> Option<Expr> {
    let off = 1 + Expr::ratio(1, 1_000_000_000);
    let whole = [e.clone()];
    let terms = if let Node::Sum(terms) = e.node() { &terms[..] } else { &whole[..] };
    let chosen = terms.iter().position(|term| decide(term).is_nonzero())?;
    Some(terms.iter().enumerate().map(|(i, t)| if i == chosen { t * &off } else { t.clone() }).sum())
}

#[test]
fn a_thousand_generated_cases() {
    let mut generator = Generator::new(20_250_827);
    let (mut undecided, mut missed) = (Vec::new(), Vec::new());
    let (mut identities, mut near) = (0, 0);
    while identities < 500 || near < 500 {
        let (lhs, rhs) = generator.identity();
        if lhs == rhs {
            continue;
        }
        let difference = &lhs - &rhs;
        if identities < 500 {
            identities += 1;
            match decide(&difference) {
                Verdict::Zero => {}
                Verdict::Undecided => undecided.push(format!("{lhs} = {rhs}")),
                Verdict::Nonzero { witness } => panic!("{lhs} = {rhs} was refuted: {witness}"),
            }
        }
        let Some(wrong) = perturbed(&rhs) else { continue };
        if near < 500 {
            near += 1;
            let difference = &lhs - wrong;
            assert_ne!(is_identically_zero(&difference), Some(true), "the normal form of {difference} vanished");
            match decide(&difference) {
                Verdict::Zero => panic!("{difference} was called zero"),
                Verdict::Undecided => missed.push(difference.to_string()),
                Verdict::Nonzero { .. } => {}
            }
        }
    }
    println!("undecided identities:\n{}\nundecided near-identities:\n{}", undecided.join("\n"), missed.join("\n"));
    assert!(undecided.len() <= 10, "{} identities undecided", undecided.len());
    assert!(missed.len() <= 10, "{} near-identities undecided", missed.len());
}
