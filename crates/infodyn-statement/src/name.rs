//! What statements can name, with shapes and units: one table for the parser, the printer and the documents.

use infodyn_core::Quantity;

use crate::unit::Unit;

/// What is said in a text, its unit, its meaning.
type Row<T> = (T, &'static str, Unit, &'static str);

macro_rules! table {
    ($(#[$doc:meta])* $name:ident: $($variant:ident $text:literal $unit:expr, $meaning:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $(#[doc = $meaning] $variant,)* }

        impl $name {
            /// All of them: the name, the unit, the meaning.
            pub const TABLE: &[Row<Self>] = &[$((Self::$variant, $text, $unit, $meaning),)*];

            /// The name.
            #[must_use]
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $text,)* } }

            /// The unit.
            #[must_use]
            pub fn unit(self) -> Unit { match self { $(Self::$variant => $unit,)* } }

            pub(crate) fn read(text: &str) -> Option<Self> {
                Self::TABLE.iter().find(|row| row.1 == text).map(|row| row.0)
            }
        }
    };
}

table! {
    /// A number of the process, the level or the law.
    Symbol:
    T "t" Unit::TIME, "time of the process";
    Alpha "alpha" Unit::NONE, "signal scale";
    Sigma "sigma" Unit::LENGTH, "noise scale";
    Sigma2 "sigma2" Unit::length(2), "noise variance";
    F "f" Unit::NONE.per(Unit::TIME), "drift coefficient";
    G "g" Unit::length(2).per(Unit::TIME).root(), "diffusion coefficient";
    G2 "g2" Unit::length(2).per(Unit::TIME), "squared diffusion coefficient";
    Snr "snr" Unit::length(-2), "signal-to-noise ratio `alpha^2/sigma^2`";
    LogSnr "log_snr" Unit::NONE, "its logarithm";
    SigmaOverAlpha "sigma_over_alpha" Unit::LENGTH, "`sigma/alpha`";
    Dim "D" Unit::NONE, "dimension";
    Components "K" Unit::NONE, "number of components";
    Points "N" Unit::NONE, "number of atoms, of a law of atoms";
    Labels "labels" Unit::NONE, "number of labels";
    Pi "pi" Unit::NONE, "3.14159...";
    TotalVariance "total_variance" Unit::length(2), "trace of the covariance of the law";
    TopVariance "top_variance" Unit::length(2), "largest eigenvalue of the covariance of the law";
    LabelPriorEntropy "label_prior_entropy" Unit::NATS, "`H(Y)`";
    DataEntropy "data_entropy" Unit::NATS, "`H(X_0)` of a law of atoms";
    Modes "modes" Unit::NONE, "number of modes of the marginal";
}

table! {
    /// What a marginal says at a drawn point.
    Pointwise:
    X "x" Unit::LENGTH, "the point (vector)";
    Score "score" Unit::length(-1), "`grad log p_t(x)` (vector)";
    Denoiser "denoiser" Unit::LENGTH, "posterior mean `E[X_0 given X_t = x]` (vector)";
    PosteriorCovariance "posterior_covariance" Unit::length(2), "`Cov[X_0 given X_t = x]` (matrix)";
    LogDensity "log_density" Unit::NATS, "`log p_t(x)`";
    LabelPosteriorEntropy "label_posterior_entropy" Unit::NATS, "entropy `h(x)` of the label's posterior";
}

table! {
    /// The variable in which something moves along the process.
    Clock:
    T "t" Unit::TIME, "time of the process";
    LogSnr "log_snr" Unit::NONE, "logarithm of the signal-to-noise ratio";
    Snr "snr" Unit::length(-2), "signal-to-noise ratio";
    SigmaOverAlpha "sigma_over_alpha" Unit::LENGTH, "`sigma/alpha`";
}

table! {
    /// Where the landscape of `-log p_t` changes.
    Critical:
    Pitchfork "pitchfork.snr" Unit::length(-2), "the first pitchfork from noise to data";
    Fold "fold.snr" Unit::length(-2), "the first fold";
    Branching "branching.snr" Unit::length(-2), "the first of either";
}

/// Functions of numbers, vectors and matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `e^x` of a number without unit.
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// Hyperbolic tangent of a number without unit.
    Tanh,
    /// Absolute value.
    Abs,
    /// The smaller of two.
    Min,
    /// The larger of two.
    Max,
    /// Trace of a matrix.
    Trace,
    /// Squared length of a vector, or of a matrix in the sum of squares.
    Norm2,
    /// Derivative of `score` or `denoiser` in `x`.
    Jacobian,
    /// Largest eigenvalue of a symmetric matrix.
    TopEigenvalue,
    /// Mean over the labels, by their weights, of what is said of `class[y]`.
    MeanOverY,
}

impl Function {
    /// All of them: name and meaning.
    pub const TABLE: &[(Self, &'static str, &'static str)] = &[
        (Self::Exp, "exp", "of a number without unit"),
        (Self::Log, "log", "natural logarithm"),
        (Self::Sqrt, "sqrt", "square root"),
        (Self::Tanh, "tanh", "of a number without unit"),
        (Self::Abs, "abs", "absolute value"),
        (Self::Min, "min", "the smaller of two numbers"),
        (Self::Max, "max", "the larger of two numbers"),
        (Self::Trace, "trace", "of a matrix"),
        (Self::Norm2, "norm2", "sum of squares of a vector or a matrix"),
        (Self::Jacobian, "jacobian", "of `score` or `denoiser`, in `x`, by differences"),
        (Self::TopEigenvalue, "top_eigenvalue", "of a symmetric matrix"),
        (Self::MeanOverY, "mean_over_y", "mean over the labels of what is said of `class[y]`"),
    ];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// How many arguments it takes.
    #[must_use]
    pub fn arguments(self) -> usize {
        if matches!(self, Self::Min | Self::Max) { 2 } else { 1 }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == text).map(|row| row.0)
    }
}

/// The forms that range over noise levels.
pub(crate) const FORMS: [&str; 6] = ["integral", "argmax", "maximum", "monotone", "increasing", "decreasing"];

/// Symbols of quantities beside their names.
pub const ALIASES: &[(&str, Quantity)] = &[
    ("H(X_t)", Quantity::MarginalEntropy),
    ("H(X_0|X_t)", Quantity::ConditionalEntropy),
    ("H(Y|X_t)", Quantity::LabelEntropy),
    ("I(X_0;X_t)", Quantity::MutualInformation),
    ("Var(h)", Quantity::LabelPosteriorEntropyVariance),
    ("Var(iota)", Quantity::LabelSurprisalVariance),
    ("eta", Quantity::BandwidthFraction),
    ("phi", Quantity::CloneAgreement),
];

/// Symbols of numbers beside their names.
pub const SYMBOL_ALIASES: &[(&str, Symbol)] =
    &[("H(Y)", Symbol::LabelPriorEntropy), ("H(X_0)", Symbol::DataEntropy), ("gamma", Symbol::Snr)];

/// The quantity of a name or a symbol.
pub(crate) fn quantity(text: &str) -> Option<Quantity> {
    let named = Quantity::ALL.iter().copied().find(|q| q.name() == text);
    named.or_else(|| ALIASES.iter().find(|a| a.0 == text).map(|a| a.1))
}

/// The number of a name or a symbol.
pub(crate) fn symbol(text: &str) -> Option<Symbol> {
    Symbol::read(text).or_else(|| SYMBOL_ALIASES.iter().find(|a| a.0 == text).map(|a| a.1))
}

/// The unit of a quantity.
#[must_use]
pub fn unit_of(quantity: Quantity) -> Unit {
    match quantity {
        Quantity::MarginalEntropy
        | Quantity::ConditionalEntropy
        | Quantity::MutualInformation
        | Quantity::LabelEntropy => Unit::NATS,
        Quantity::MarginalEntropyRate | Quantity::ConditionalEntropyRate | Quantity::LabelEntropyRate => {
            Unit::NATS.per(Unit::TIME)
        }
        Quantity::MeanScoreDivergence | Quantity::MeanScoreNorm2 | Quantity::MeanTopEigenvalue => Unit::length(-2),
        Quantity::Mmse => Unit::length(2),
        Quantity::PosteriorSquareTrace => Unit::length(4),
        Quantity::BandwidthFraction | Quantity::CloneAgreement => Unit::NONE,
        Quantity::LabelPosteriorEntropyVariance
        | Quantity::LabelSurprisalVariance
        | Quantity::PosteriorEntropyVariance
        | Quantity::SurprisalVariance => Unit::NATS.times(Unit::NATS),
    }
}

/// The nearest of `names`, as a question; nothing where none is near.
pub(crate) fn nearest(text: &str, names: impl Iterator<Item = &'static str>) -> String {
    let score = |name: &str| strsim::jaro_winkler(&text.to_lowercase(), &name.to_lowercase());
    let best = names.map(|name| (score(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|b| b.0 > 0.7).map_or_else(String::new, |b| format!("; did you mean {}?", b.1))
}

/// Everything that can stand as a name.
pub(crate) fn all_names() -> impl Iterator<Item = &'static str> {
    let symbols = Symbol::TABLE.iter().map(|row| row.1).chain(SYMBOL_ALIASES.iter().map(|a| a.0));
    let quantities = Quantity::ALL.iter().map(|q| q.name()).chain(ALIASES.iter().map(|a| a.0));
    let points = Pointwise::TABLE.iter().map(|row| row.1);
    symbols.chain(quantities).chain(points).chain(Critical::TABLE.iter().map(|row| row.1)).chain(["weights[0]"])
}
