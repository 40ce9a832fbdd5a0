//! Reference values with their source: `references.tsv`, a row a case.
//!
//! Composite Gauss-Legendre of 40 nodes a panel on `[-60, 60]` standard deviations of each component,
//! panels of at most one standard deviation with ends at and around every centre in units of every
//! width and around every posterior crossing, 45-digit arithmetic (mpmath); each number agreed to
//! 22 digits with that of halved panels, and is rounded to double precision here. Inputs are the
//! doubles that are written; the last number but one is `E b = E sum_y pi_y |s_y - s|^2`.

/// A mixture in one dimension at one noise level, and the ten numbers in the order of [`ORDER`].
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) weights: Vec<f64>,
    pub(crate) means: Vec<f64>,
    pub(crate) variances: Vec<f64>,
    pub(crate) alpha: f64,
    pub(crate) sigma2: f64,
    pub(crate) values: Vec<f64>,
}

/// Names of the numbers.
pub(crate) const ORDER: [&str; 10] = [
    "marginal_entropy",
    "mean_score_norm2",
    "mean_score_divergence",
    "mmse",
    "mutual_information",
    "label_entropy",
    "label_posterior_entropy_variance",
    "label_surprisal_variance",
    "label_production",
    "clone_agreement",
];

/// The cases.
pub(crate) fn cases() -> Vec<Case> {
    let mut rows = include_str!("references.tsv").lines().map(|line| line.split('\t').collect::<Vec<_>>());
    assert_eq!(rows.next().unwrap()[6..], ORDER);
    let number = |text: &str| text.parse::<f64>().unwrap();
    let numbers = |text: &str| text.split(',').map(number).collect::<Vec<_>>();
    let case = |row: Vec<&'static str>| Case {
        name: row[0],
        weights: numbers(row[1]),
        means: numbers(row[2]),
        variances: numbers(row[3]),
        alpha: number(row[4]),
        sigma2: number(row[5]),
        values: row[6..].iter().map(|&text| number(text)).collect(),
    };
    rows.map(case).collect()
}
