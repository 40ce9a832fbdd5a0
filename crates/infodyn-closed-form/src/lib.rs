//! Formulas for Gaussian mixtures: marginals, Gaussian laws, symmetric pairs.
