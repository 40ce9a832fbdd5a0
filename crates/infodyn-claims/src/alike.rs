//! What the cases of a claim have in common: a statement that holds because of it was never put to the test.

use infodyn_core::Mixture;

/// What all of some laws share: a dimension, the weights, one covariance for all components. Of laws with one component
/// the weights say nothing; nothing is said of no laws.
#[must_use]
pub fn alike<'a>(laws: impl Iterator<Item = &'a Mixture>) -> Vec<String> {
    let laws: Vec<&Mixture> = laws.collect();
    let Some(first) = laws.first() else { return Vec::new() };
    let mut shared = Vec::new();
    if laws.iter().all(|law| law.dim() == first.dim()) {
        shared.push(format!("dimension {}", first.dim()));
    }
    let mixed: Vec<&&Mixture> = laws.iter().filter(|law| law.components() > 1).collect();
    let Some(first) = mixed.first() else {
        shared.push("one component".to_owned());
        return said(shared);
    };
    let even = |law: &Mixture| law.weights().iter().all(|w| *w == law.weights()[0]);
    if mixed.iter().all(|law| even(law)) {
        shared.push("equal weights".to_owned());
    } else if mixed.iter().all(|law| law.weights() == first.weights()) {
        let weights: Vec<String> = first.weights().iter().map(f64::to_string).collect();
        shared.push(format!("weights {}", weights.join(", ")));
    }
    let one = |law: &Mixture| (1..law.components()).all(|k| law.covariance(k) == law.covariance(0));
    if mixed.iter().all(|law| one(law)) {
        shared.push("one covariance for all components".to_owned());
    }
    said(shared)
}

fn said(shared: Vec<String>) -> Vec<String> {
    shared.into_iter().map(|what| format!("all cases: {what}")).collect()
}
