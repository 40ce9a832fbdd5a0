//! What the page is made of: the claims, each with all that is known of it.

use std::collections::BTreeMap;

use infodyn_claims::{Claim, ClaimReport, Falsification, Family, Kind, MutantReport, Report};
use infodyn_core::Verdict;

use crate::home::Statement;

/// A figure as the report shows it.
pub(crate) struct Picture {
    /// Name of its files.
    pub(crate) name: String,
    /// One line that says what it shows.
    pub(crate) title: String,
    /// Caption, with the ids of the claims that it shows.
    pub(crate) caption: String,
    /// The drawing.
    pub(crate) svg: String,
}

/// Everything that the page shows.
pub(crate) struct Material<'a> {
    /// The claims, in the order of the theory.
    pub(crate) claims: &'a [Claim],
    /// What checking them came to.
    pub(crate) report: &'a Report,
    /// What breaking them came to.
    pub(crate) falsification: &'a Falsification,
    /// What is proved of them.
    pub(crate) proofs: &'a [Statement],
    /// The figures.
    pub(crate) pictures: &'a [Picture],
    /// Where, by which version and with what the run was made: name and value.
    pub(crate) run: &'a [(&'static str, String)],
}

/// Where a claim stands: computed, never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Refuted,
    Undecided,
    Holds,
    Proved,
}

impl Status {
    pub(super) const ALL: [Self; 4] = [Self::Refuted, Self::Undecided, Self::Holds, Self::Proved];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Refuted => "refuted",
            Self::Undecided => "undecided",
            Self::Holds => "holds",
            Self::Proved => "proved",
        }
    }

    /// A sign beside the colour, for those who cannot tell colours.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Refuted => "✗",
            Self::Undecided => "?",
            Self::Holds => "✓",
            Self::Proved => "∎",
        }
    }
}

impl From<Verdict> for Status {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Holds => Self::Holds,
            Verdict::Refuted => Self::Refuted,
            Verdict::Undecided | Verdict::Skipped => Self::Undecided,
        }
    }
}

/// One claim with all that is known of it.
pub(super) struct Entry<'a> {
    pub(super) claim: &'a Claim,
    pub(super) family: Option<Family>,
    pub(super) report: &'a ClaimReport,
    pub(super) mutants: Vec<&'a MutantReport>,
    pub(super) proofs: Vec<&'a Statement>,
    pub(super) pictures: Vec<&'a Picture>,
    pub(super) used_by: Vec<&'a str>,
    pub(super) status: Status,
}

impl Entry<'_> {
    pub(super) fn anchor(&self) -> String {
        anchor(self.claim.id)
    }

    /// What its evidence of one kind came to; `None` where there is none.
    pub(super) fn verdict(&self, kind: Kind) -> Option<Verdict> {
        let of = || self.report.evidence.iter().filter(|e| e.kind == kind).map(|e| e.verdict);
        let worst = [Verdict::Refuted, Verdict::Undecided, Verdict::Holds, Verdict::Skipped];
        worst.into_iter().find(|v| of().any(|found| found == *v))
    }
}

pub(super) fn anchor(id: &str) -> String {
    format!("claim-{id}")
}

/// Refuted if a check refutes it or a mutant survives; proved when it holds, a proof is accepted, and all that it
/// uses is proved.
pub(super) fn entries<'a>(material: &Material<'a>) -> Vec<Entry<'a>> {
    let mut statuses: BTreeMap<&str, Status> = BTreeMap::new();
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for report in &material.report.claims {
        let Some(claim) = material.claims.iter().find(|c| c.id == report.id) else { continue };
        let mutants: Vec<_> = material.falsification.mutants.iter().filter(|t| t.id == claim.id).collect();
        let survives = mutants.iter().any(|t| t.verdict != Verdict::Refuted);
        let mut status = Status::from(report.verdict);
        if survives && status == Status::Holds {
            status = Status::Undecided;
        }
        let names = |p: &&Picture| p.caption.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == claim.id);
        let entry = Entry {
            claim,
            family: Family::of(claim.id),
            report,
            mutants,
            proofs: material.proofs.iter().filter(|p| p.claim == claim.id).collect(),
            pictures: material.pictures.iter().filter(names).collect(),
            used_by: material.claims.iter().filter(|c| c.uses.contains(&claim.id)).map(|c| c.id).collect(),
            status,
        };
        statuses.insert(claim.id, status);
        entries.push(entry);
    }
    // Proved needs all that is used to be proved: once around for each claim is enough, for there is no cycle.
    for _ in 0..entries.len() {
        for entry in &mut entries {
            let proof = entry.verdict(Kind::Proof) == Some(Verdict::Holds);
            let uses = entry.claim.uses.iter().all(|id| statuses.get(id) == Some(&Status::Proved));
            if entry.status == Status::Holds && proof && uses {
                entry.status = Status::Proved;
                statuses.insert(entry.claim.id, Status::Proved);
            }
        }
    }
    entries
}
