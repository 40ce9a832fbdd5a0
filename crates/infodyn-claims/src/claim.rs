//! What a claim is.

use std::fmt;
use std::str::FromStr;

use infodyn_core::{Comparison, Mixture, Verdict};
use infodyn_monte_carlo::{NoiseLaw, Settings};
use infodyn_symbolic::theory::{Equation, Identity};

use crate::{Case, Result, enclosures};

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

/// How much work a run may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Effort {
    /// The smallest samples that the intervals allow: for the test that counts false alarms, not offered as a flag.
    Smallest,
    /// Half the samples of the standard.
    Quick,
    /// What CI runs.
    #[default]
    Standard,
    /// Minutes: tighter intervals, and limits from one more size. What neither is sampled nor a limit is at every effort as
    /// sharp as double precision allows.
    Full,
}

impl Effort {
    /// The name in files and flags.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Smallest => "smallest",
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Full => "full",
        }
    }
}

impl FromStr for Effort {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        [Self::Quick, Self::Standard, Self::Full]
            .into_iter()
            .find(|e| e.name() == text)
            .ok_or_else(|| "expected quick, standard or full".into())
    }
}

/// What all checks of a run share.
#[derive(Debug, Clone)]
pub struct Context {
    /// Seed of all random numbers.
    pub seed: u64,
    /// How much work.
    pub effort: Effort,
    /// A labelled data set, for the checks that speak of real data.
    pub digits: Option<Mixture>,
    /// The machine proofs that there are.
    pub proofs: Vec<Proof>,
}

/// A machine proof of a claim, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Id of the claim.
    pub claim: String,
    /// For which laws: one of the closed list in `proofs/README.md`.
    pub scope: String,
    /// The file below `proofs/theories`.
    pub file: String,
    /// Its headline theorems.
    pub theorems: Vec<String>,
    /// Why it does not count here, such as that no checker has seen it as it is.
    pub unchecked: Option<String>,
}

impl Context {
    /// Level of every Monte Carlo interval of the registry: one false alarm in `10^9` intervals, so
    /// that a run of fewer than a thousand stays below one in a million (union bound).
    pub const CONFIDENCE: f64 = 1.0 - 1e-9;

    /// Samples of a Monte Carlo check whose points cost `cost` times those of a few components in
    /// a few dimensions.
    #[must_use]
    pub fn samples(&self, cost: u64) -> u64 {
        let base: u64 = match self.effort {
            Effort::Smallest => 0,
            Effort::Quick => 1 << 18,
            Effort::Standard => 1 << 19,
            // Eight times the work of the simulations: radii fall by 2.8, and a run stays within minutes.
            Effort::Full => 1 << 22,
        };
        (base / cost).max(1 << 13)
    }

    /// Sizes from which a limit is extrapolated, where `usual` do: one more at full effort, which cannot widen its radius.
    #[must_use]
    pub fn sizes(&self, usual: i32) -> i32 {
        usual + i32::from(self.effort == Effort::Full)
    }

    /// Settings of a simulation whose random stream is its own, by its name: the same for its mutants.
    #[must_use]
    pub fn settings(&self, stream: &str, cost: u64) -> Settings {
        // FNV-1a.
        let hash =
            stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Settings {
            seed: self.seed,
            stream: (hash >> 33) as u32,
            samples: self.samples(cost),
            confidence: Self::CONFIDENCE,
            noise: NoiseLaw::Gaussian,
        }
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

/// One ingredient broken: what makes a claim's mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mutation {
    /// Nothing is broken.
    None,
    /// The forward noise is uniform, with the same mean and covariance as the Gaussian.
    Noise,
    /// The score and the posterior are computed with the first weight three times too large.
    Weight,
    /// The score and the posterior are computed with `sigma` in place of `sigma^2`.
    Sigma,
    /// Rates are read in the clock of another process.
    Clock,
    /// The label is that of the next component.
    Label,
    /// The formula itself is changed; the words say how.
    Formula(&'static str),
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "nothing broken",
            Self::Noise => "uniform noise in place of Gaussian",
            Self::Weight => "one wrong weight in the posterior",
            Self::Sigma => "sigma in place of sigma^2 in the score",
            Self::Clock => "the clock of another process",
            Self::Label => "the label of another component",
            Self::Formula(how) => how,
        })
    }
}

type Run = Box<dyn Fn(&Context, Mutation) -> Result<Comparison> + Send + Sync>;

/// What a check does.
enum Work {
    /// Compares two routes, with an ingredient broken or none.
    Compare(Run),
    /// Decides an identity and its mutant.
    Decide(Box<Identity>),
    /// Tells what the proof checker said.
    Read(Proof),
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

    /// The point at which an identity fails, and by how much there; or that nothing was shown; or why a proof is skipped.
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

/// One comparison of two routes on one case, or one exact identity, and the mutants that it must refute.
pub struct Check {
    /// The kind of evidence.
    pub kind: Kind,
    /// `LAW/PROCESS/t=TIME`, and what is compared where a claim compares several things; of an identity, its name.
    pub case: String,
    /// What it must refute, besides its own statement rescaled.
    pub refutes: Vec<Mutation>,
    work: Work,
}

impl Check {
    /// A check on a case; `what` is appended to the case's name unless empty.
    pub fn new(
        kind: Kind,
        case: &Case,
        what: &str,
        refutes: &[Mutation],
        run: impl Fn(&Context, &Case) -> Result<Comparison> + Send + Sync + 'static,
    ) -> Self {
        let name = if what.is_empty() { case.name() } else { format!("{}: {what}", case.name()) };
        let refutes: Vec<Mutation> = refutes.iter().copied().filter(|&t| case.shows(t)).collect();
        let case = case.clone();
        Self::number(kind, name, &refutes, move |context, mutation| run(context, &case.clone().mutated(mutation)))
    }

    /// A check that plays on no one case: a critical value, a limit, an experiment. `run` is told which
    /// ingredient is broken.
    pub fn number(
        kind: Kind,
        case: impl Into<String>,
        refutes: &[Mutation],
        run: impl Fn(&Context, Mutation) -> Result<Comparison> + Send + Sync + 'static,
    ) -> Self {
        Self { kind, case: case.into(), refutes: refutes.to_vec(), work: Work::Compare(Box::new(run)) }
    }

    /// A check of an exact identity.
    #[must_use]
    pub fn exact(identity: Identity) -> Self {
        Self {
            kind: Kind::Symbolic,
            case: identity.case.clone(),
            refutes: vec![Mutation::Formula(identity.mutant.broken)],
            work: Work::Decide(Box::new(identity)),
        }
    }

    /// A machine proof as evidence; its mutants are the statements that the checker rejects, tested with it.
    #[must_use]
    pub fn proof(proof: &Proof) -> Self {
        let case = format!("{}, {}: {}", proof.file, proof.scope, proof.theorems.join(", "));
        Self { kind: Kind::Proof, case, refutes: Vec::new(), work: Work::Read(proof.clone()) }
    }

    /// For which laws it is a proof, if it is one.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        match &self.work {
            Work::Read(proof) => Some(&proof.scope),
            _ => None,
        }
    }

    /// Runs the check with one ingredient broken, or none.
    ///
    /// # Errors
    /// When a route gives no answer.
    pub fn answer(&self, context: &Context, mutation: Mutation) -> Result<Answer> {
        Ok(match (&self.work, mutation) {
            (Work::Compare(run), _) => Answer::Comparison(run(context, mutation)?),
            (Work::Decide(identity), Mutation::None) => Answer::Decision(identity.equation.decide()),
            (Work::Decide(identity), _) => Answer::Decision(identity.mutant.equation.decide()),
            (Work::Read(proof), _) => Answer::Proof(proof.clone()),
        })
    }
}

/// A statement of the theory, checked.
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
    /// All checks: proofs first, then exact ones, enclosures last.
    ///
    /// # Errors
    /// When a case is not valid.
    pub fn all_checks(&self, context: &Context) -> Result<Vec<Check>> {
        let proofs = context.proofs.iter().filter(|p| p.claim == self.id).map(Check::proof);
        let exact = (self.formulas)().into_iter().map(Check::exact);
        let enclosures = enclosures::checks(self.id);
        Ok(proofs.chain(exact).chain((self.checks)(context)?).chain(enclosures).collect())
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
