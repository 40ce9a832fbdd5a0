//! One Gaussian of any covariance and dimension: every moment in closed form.

use infodyn_core::{Channel, Coordinate, Error, Estimate, Fault, Moment, Part, Reading, Route};

/// The route of formulas: serves laws of one Gaussian `N(mu, C)`.
///
/// # Formula
/// In the principal axes of `C` it is a product of [`Coordinate`]s, whose moments add; the largest eigenvalue of
/// `grad s` is that of the widest. The posterior has the same covariance at every `x`, so its entropy does not vary.
///
/// # Accuracy
/// That of [`Coordinate::mean`], summed.
///
/// # Errors
/// For a law of more than one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClosedForm;

impl Route for ClosedForm {
    type Error = Error;

    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>, Error> {
        let Some(law) = channel.law().mixture().filter(|law| law.components() == 1) else {
            let found = channel.law().mixture().map_or(0, infodyn_core::Mixture::components);
            return Err(Fault::Length { found, expected: 1 }.of(Part::Components));
        };
        let variance = |i| law.covariance(0).eigenvalue(i);
        let mean = |&moment: &Moment| match moment {
            Moment::TopEigenvalue => {
                Coordinate::new(channel, (0..law.dim()).map(variance).fold(0.0, f64::max)).mean(moment)
            }
            Moment::DataEntropyVariance => Some(Estimate::ZERO),
            _ => channel.averaged(moment, &[1.0], |_, i| variance(i)),
        };
        Ok(moments.iter().map(mean).collect())
    }

    fn reading(&self) -> Option<Reading> {
        Some(Reading::Eigenvalues)
    }
}
