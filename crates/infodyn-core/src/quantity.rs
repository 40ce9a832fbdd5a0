//! The quantities along a process, by the names that every route, file and figure uses.

use crate::Estimate;

macro_rules! quantities {
    ($($variant:ident $name:literal $unit:literal $symbol:literal : $doc:literal;)*) => {
        /// A quantity along the process. Rates are per unit of the process's own time `t`, which
        /// increases with noise; entropies are in nats.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Quantity { $(#[doc = $doc] $variant,)* }

        impl Quantity {
            /// All of them, in the order of the files.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The field's name in JSON and CSV.
            #[must_use]
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $name,)* } }

            /// Its unit, for axes; empty when it has none.
            #[must_use]
            pub fn unit(self) -> &'static str { match self { $(Self::$variant => $unit,)* } }

            /// Its symbol, for axes and tables.
            #[must_use]
            pub fn symbol(self) -> &'static str { match self { $(Self::$variant => $symbol,)* } }
        }
    };
}

quantities! {
    MarginalEntropy "marginal_entropy" "nats" "H(X_t)": "`H(X_t)`, differential entropy of the marginal.";
    MarginalEntropyRate "marginal_entropy_rate" "nats per unit time" "dH(X_t)/dt": "`d/dt H(X_t)`.";
    ConditionalEntropy "conditional_entropy" "nats" "H(X_0|X_t)": "`H(X_0 given X_t)`: discrete for atoms, differential for a law with a density.";
    ConditionalEntropyRate "conditional_entropy_rate" "nats per unit time" "dH(X_0|X_t)/dt": "`d/dt H(X_0 given X_t)`: the generative bandwidth.";
    MutualInformation "mutual_information" "nats" "I(X_0;X_t)": "`I(X_0;X_t)`.";
    MeanScoreDivergence "mean_score_divergence" "" "E div s": "`E[div s(X_t)]`.";
    MeanScoreNorm2 "mean_score_norm2" "" "E|s|^2": "`E|s(X_t)|^2`.";
    Mmse "mmse" "" "mmse": "`E tr Cov[X_0 given X_t]`.";
    BandwidthFraction "bandwidth_fraction" "" "eta": "`eta = (gamma/D) mmse`: the part of the noise bandwidth that the score lets through.";
    LabelEntropy "label_entropy" "nats" "H(Y|X_t)": "`H(Y given X_t)`.";
    LabelEntropyRate "label_entropy_rate" "nats per unit time" "dH(Y|X_t)/dt": "`d/dt H(Y given X_t)`.";
    LabelPosteriorEntropyVariance "label_posterior_entropy_variance" "nats^2" "Var h": "`Var h(X_t)`, `h` the entropy of the label's posterior.";
    LabelSurprisalVariance "label_surprisal_variance" "nats^2" "Var iota": "`Var[-log pi_Y(X_t)]`.";
    PosteriorEntropyVariance "posterior_entropy_variance" "nats^2" "Var H[X_0|x]": "`Var` over `X_t` of the entropy of `p(X_0 given X_t)`.";
    SurprisalVariance "surprisal_variance" "nats^2" "Var[-log p(X_0|X_t)]": "`Var[-log p(X_0 given X_t)]`.";
    CloneAgreement "clone_agreement" "" "phi": "`E sum_y pi_y(X_t)^2`.";
    PosteriorSquareTrace "posterior_square_trace" "" "E tr S^2": "`E tr S^2`, `S = Cov[X_0 given X_t]`: what the mmse loses per unit of `gamma`.";
    MeanTopEigenvalue "mean_top_eigenvalue" "" "E lambda_max": "`E lambda_max(grad s(X_t))`.";
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The quantities of one law at one noise level: those that exist and were computed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profile {
    values: Vec<(Quantity, Estimate)>,
}

impl Profile {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a quantity, replacing an earlier value.
    pub fn set(&mut self, quantity: Quantity, estimate: Estimate) {
        match self.values.binary_search_by_key(&quantity, |v| v.0) {
            Ok(i) => self.values[i].1 = estimate,
            Err(i) => self.values.insert(i, (quantity, estimate)),
        }
    }

    /// The quantity, where it exists.
    #[must_use]
    pub fn get(&self, quantity: Quantity) -> Option<Estimate> {
        self.values.binary_search_by_key(&quantity, |v| v.0).ok().map(|i| self.values[i].1)
    }

    /// All that is known, in the order of [`Quantity::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Quantity, Estimate)> + '_ {
        self.values.iter().copied()
    }
}
