//! What a claim is.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use infodyn_core::{Comparison, Mutation, Verdict};
use infodyn_symbolic::theory::{Equation, Identity};

use crate::{Case, Context, Error, Ingredient, Proof, Result};

/// A kind of evidence, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A machine-checked proof.
    Proof,
    /// An exact identity between expressions.
    Symbolic,
    /// Interval arithmetic.
    Enclosure,
    /// Deterministic numerical integration, differentiation and root-finding with error estimates.
    Quadrature,
    /// Simulation with confidence intervals.
    MonteCarlo,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Proof, Self::Symbolic, Self::Enclosure, Self::Quadrature, Self::MonteCarlo];

    /// The name in files and flags.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proof => "proof",
            Self::Symbolic => "symbolic",
            Self::Enclosure => "enclosure",
            Self::Quadrature => "quadrature",
            Self::MonteCarlo => "monte-carlo",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let known = || Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|k| k.name() == text).ok_or_else(|| format!("expected one of {}", known()))
    }
}

/// Where a claim comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The source paper states it (abstract, sequels, derivation); what is quoted says where.
    Paper(&'static str),
    /// Known from elsewhere; the paper builds on it.
    Elsewhere(&'static str),
    /// Stated first here.
    New,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paper(part) => write!(f, "the paper ({part})"),
            Self::Elsewhere(source) => write!(f, "from elsewhere: {source}"),
            Self::New => f.write_str("new here"),
        }
    }
}

type Run = Arc<dyn Fn(&Context) -> Result<Comparison> + Send + Sync>;
type RunOn = Arc<dyn Fn(&Context, &Case) -> Result<Comparison> + Send + Sync>;

/// What a check or a mutant does.
enum Work {
    /// Compares two routes.
    Compare(Run),
    /// Decides an identity.
    Decide(Box<Equation>),
    /// Tells what the proof checker said.
    Read(Proof),
}

impl Work {
    fn answer(&self, context: &Context) -> Result<Answer> {
        Ok(match self {
            Self::Compare(run) => Answer::Comparison(run(context)?),
            Self::Decide(equation) => Answer::Decision(equation.decide()),
            Self::Read(proof) => Answer::Proof(proof.clone()),
        })
    }
}

/// What a check says.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Two numbers, each with its error.
    Comparison(Comparison),
    /// Whether an identity is exactly true.
    Decision(infodyn_symbolic::Verdict),
    /// A machine proof, checked or not.
    Proof(Proof),
}

impl Answer {
    /// What follows for the statement.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Comparison(comparison) => comparison.verdict(),
            Self::Decision(infodyn_symbolic::Verdict::Zero) => Verdict::Holds,
            Self::Decision(infodyn_symbolic::Verdict::Nonzero { .. }) => Verdict::Refuted,
            Self::Decision(infodyn_symbolic::Verdict::Undecided) => Verdict::Undecided,
            Self::Proof(proof) if proof.unchecked.is_some() => Verdict::Skipped,
            Self::Proof(_) => Verdict::Holds,
        }
    }

    /// The numbers, if it has them.
    #[must_use]
    pub fn comparison(&self) -> Option<Comparison> {
        match self {
            Self::Comparison(comparison) => Some(*comparison),
            Self::Decision(_) | Self::Proof(_) => None,
        }
    }

    /// The point at which an identity fails, and by how much there; or that nothing was shown; or why a proof is
    /// skipped.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        match self {
            Self::Decision(infodyn_symbolic::Verdict::Nonzero { witness }) => {
                Some(format!("the sides differ by {witness}"))
            }
            Self::Decision(infodyn_symbolic::Verdict::Undecided) => Some("neither zero nor nonzero was shown".into()),
            Self::Proof(proof) => proof.unchecked.clone(),
            _ => None,
        }
    }
}

/// The computation of a check with another value of one ingredient, which the check must refute.
pub struct Mutant {
    /// What is broken.
    pub ingredient: Ingredient,
    /// How: what stands in place of what.
    pub how: String,
    work: Work,
}

/// One comparison of two routes on one case, or one exact identity, and the mutants that it must refute.
pub struct Check {
    /// The kind of evidence.
    pub kind: Kind,
    /// `LAW/PROCESS/t=TIME`, and what is compared where a claim compares several things; of an identity, its name.
    pub case: String,
    claim: &'static str,
    mutants: Vec<Mutant>,
    work: Work,
    on: Option<(Case, RunOn)>,
}

impl Check {
    fn of(kind: Kind, case: String, work: Work) -> Self {
        Self { kind, case, claim: "", mutants: Vec::new(), work, on: None }
    }

    /// A check on a case; `what` is appended to the case's name unless empty.
    pub fn new(
        kind: Kind,
        case: &Case,
        what: &str,
        run: impl Fn(&Context, &Case) -> Result<Comparison> + Send + Sync + 'static,
    ) -> Self {
        Self::on_case(kind, case, what, Arc::new(run))
    }

    // What is made of a function is compiled once and not for each of hundreds of them: here, and where mutants are
    // added.
    fn on_case(kind: Kind, case: &Case, what: &str, run: RunOn) -> Self {
        let name = if what.is_empty() { case.name() } else { format!("{}: {what}", case.name()) };
        let work = on_case(&run, case.clone());
        Self { on: Some((case.clone(), run)), ..Self::of(kind, name, work) }
    }

    /// A check that plays on no one case: a critical value, a limit, an experiment.
    pub fn number(
        kind: Kind,
        case: impl Into<String>,
        run: impl Fn(&Context) -> Result<Comparison> + Send + Sync + 'static,
    ) -> Self {
        Self::of(kind, case.into(), Work::Compare(Arc::new(run)))
    }

    /// Adds the mutants that run the check on its case with an ingredient of the channel broken; those that change
    /// nothing on the law are left out, and all on a check without a case.
    #[must_use]
    pub fn breaking(mut self, mutations: &[Mutation]) -> Self {
        let Some((case, run)) = &self.on else { return self };
        for &mutation in mutations.iter().filter(|&&m| case.shows(m)) {
            let work = on_case(run, case.clone().mutated(mutation));
            self.mutants.push(Mutant { ingredient: mutation.into(), how: mutation.to_string(), work });
        }
        self
    }

    /// Adds a mutant: the computation of the check on its case with another value of an ingredient. `how` says what
    /// stands in place of what. Without a case, nothing runs and the mutant stands.
    #[must_use]
    pub fn mutant(
        self,
        ingredient: Ingredient,
        how: &str,
        run: impl Fn(&Context, &Case) -> Result<Comparison> + Send + Sync + 'static,
    ) -> Self {
        self.mutant_on_case(ingredient, how, &(Arc::new(run) as RunOn))
    }

    fn mutant_on_case(self, ingredient: Ingredient, how: &str, run: &RunOn) -> Self {
        let work = match self.on() {
            Some(case) => on_case(run, case.clone()),
            None => Work::Compare(Arc::new(|_| Err(Error::NoCase))),
        };
        self.with(ingredient, how, work)
    }

    /// Adds a mutant as [`Check::mutant`], of a check that plays on no one case.
    #[must_use]
    pub fn variant(
        self,
        ingredient: Ingredient,
        how: &str,
        run: impl Fn(&Context) -> Result<Comparison> + Send + Sync + 'static,
    ) -> Self {
        self.with(ingredient, how, Work::Compare(Arc::new(run)))
    }

    fn with(mut self, ingredient: Ingredient, how: &str, work: Work) -> Self {
        self.mutants.push(Mutant { ingredient, how: how.to_owned(), work });
        self
    }

    /// A check of an exact identity.
    #[must_use]
    pub fn exact(identity: Identity) -> Self {
        let work = Work::Decide(Box::new(identity.mutant.equation));
        let mutant = Mutant { ingredient: Ingredient::Formula, how: identity.mutant.broken.to_owned(), work };
        let work = Work::Decide(Box::new(identity.equation));
        Self { mutants: vec![mutant], ..Self::of(Kind::Symbolic, identity.case, work) }
    }

    /// A machine proof as evidence; its mutants are the statements that the checker rejects, tested with it.
    #[must_use]
    pub fn proof(proof: &Proof) -> Self {
        let case = format!("{}, {}: {}", proof.file, proof.scope, proof.theorems.join(", "));
        Self::of(Kind::Proof, case, Work::Read(proof.clone()))
    }

    /// For which laws it is a proof, if it is one.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        match &self.work {
            Work::Read(proof) => Some(&proof.scope),
            _ => None,
        }
    }

    /// Whether its evidence is at hand: all is but a proof that no checker has seen.
    pub(crate) fn at_hand(&self) -> bool {
        !matches!(&self.work, Work::Read(proof) if proof.unchecked.is_some())
    }

    /// What it must refute.
    #[must_use]
    pub fn mutants(&self) -> &[Mutant] {
        &self.mutants
    }

    /// The case that it plays on, if it is one.
    #[must_use]
    pub fn on(&self) -> Option<&Case> {
        self.on.as_ref().map(|(case, _)| case)
    }

    /// The run with the check's own random stream, made of claim, kind and case.
    #[must_use]
    pub fn context(&self, context: &Context) -> Context {
        context.for_part(&[self.claim, self.kind.name(), &self.case])
    }

    /// Runs the check.
    ///
    /// # Errors
    /// When a route gives no answer.
    pub fn answer(&self, context: &Context) -> Result<Answer> {
        self.work.answer(&self.context(context))
    }

    /// Runs one of its mutants, on the random stream of the check.
    ///
    /// # Errors
    /// When a route gives no answer.
    pub fn broken(&self, context: &Context, mutant: &Mutant) -> Result<Answer> {
        mutant.work.answer(&self.context(context))
    }
}

fn on_case(run: &RunOn, case: Case) -> Work {
    let run = run.clone();
    Work::Compare(Arc::new(move |context| run(context, &case)))
}

/// A statement of the theory, checked.
#[derive(Clone, Copy)]
pub struct Claim {
    /// The id of `docs/theory.md`.
    pub id: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// What is claimed, in plain text with `code` for formulas; `{0}` is the first equation of [`Claim::cases`].
    pub statement: &'static str,
    /// For which laws and processes, and what the evidence covers.
    pub scope: &'static str,
    /// Where it comes from.
    pub origin: Origin,
    /// Ids of the claims that it uses.
    pub uses: &'static [&'static str],
    /// Its pointwise and algebraic core as exact identities.
    pub formulas: fn() -> Vec<Identity>,
    /// Its numerical checks.
    pub checks: fn(&Context) -> Result<Vec<Check>>,
}

impl Claim {
    /// All checks: proofs first, then exact ones.
    ///
    /// # Errors
    /// When a case is not valid, or a check has no mutant: nothing would show that it can fail.
    pub fn all_checks(&self, context: &Context) -> Result<Vec<Check>> {
        let proofs = context.proofs.iter().filter(|p| p.claim == self.id).map(Check::proof);
        let exact = (self.formulas)().into_iter().map(Check::exact);
        let mut all: Vec<Check> = proofs.chain(exact).chain((self.checks)(context)?).collect();
        for check in &mut all {
            check.claim = self.id;
            if check.mutants.is_empty() && check.kind != Kind::Proof {
                return Err(Error::NoMutant { claim: self.id, case: check.case.clone() });
            }
        }
        Ok(all)
    }

    /// The ingredients that the mutants of some checks break, each once, in the order of the list.
    #[must_use]
    pub fn ingredients(checks: &[Check]) -> Vec<Ingredient> {
        let mut all: Vec<Ingredient> = checks.iter().flat_map(|c| &c.mutants).map(|m| m.ingredient).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The equations that its identities are cases of, as they are written, each once, with the names of the cases.
    #[must_use]
    pub fn cases(&self) -> Vec<(Equation, Vec<String>)> {
        let mut all: Vec<(Equation, Vec<String>)> = Vec::new();
        for Identity { written, case, .. } in (self.formulas)() {
            match all.iter_mut().find(|(equation, _)| *equation == written) {
                Some((_, cases)) => cases.push(case),
                None => all.push((written, vec![case])),
            }
        }
        all
    }

    /// The statement: its prose and, in place, its equations.
    #[must_use]
    pub fn stated(&self, equation: impl Fn(&Equation) -> String, prose: impl Fn(&str) -> String) -> String {
        let (cases, mut text) = (self.cases(), String::new());
        // In one pass, for LaTeX has braces of its own; braces that hold no place belong to the prose around them.
        let (mut words, mut rest) = (String::new(), self.statement);
        while let Some((before, after)) = rest.split_once('{') {
            let place = after.split_once('}').and_then(|(n, rest)| Some((cases.get(n.parse::<usize>().ok()?)?, rest)));
            words += before;
            if let Some(((written, _), beyond)) = place {
                text += &(prose(&std::mem::take(&mut words)) + &equation(written));
                rest = beyond;
            } else {
                words.push('{');
                rest = after;
            }
        }
        text += &prose(&(words + rest));
        text
    }

    /// The statement in plain text.
    #[must_use]
    pub fn text(&self) -> String {
        self.stated(|equation| format!("`{equation}`"), str::to_owned)
    }
}
