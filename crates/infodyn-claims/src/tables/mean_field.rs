//! The exponents of the pitchfork, from computed fixed points.

use infodyn_core::{Column, Estimate, Table, ulps};

use super::{logarithmic, places};
use crate::Result;
use crate::branching::{MeanField, NormalForm};
use crate::limit::log_slopes;

/// Half the distance of the atoms.
const A: f64 = 1.3;

/// What is followed, and what `a` to this power makes a pure number of.
const LAWS: [(&str, MeanField, i32); 5] = [
    ("order", MeanField::Order, 1),
    ("barrier", MeanField::Barrier, 0),
    ("chi_below", MeanField::Below, 2),
    ("chi_above", MeanField::Above, 2),
    ("response", MeanField::Field, 1),
];

/// Claim C4 for the atoms `+-1.3` in `ve`: what is followed to the branching, over the distance
/// `|v_c - v|/v_c` or over the field `e a`, as pure numbers: `x*/a`, the barrier `dU`, `chi/v_c` on both sides, and
/// `x/a` in a field.
///
/// | column | what |
/// |---|---|
/// | `distance`, `field` | `abs(v_c - v)/v_c`; `e a` |
/// | `NAME` | `order`, `barrier`, `chi_below`, `chi_above`, `response`: from the computed fixed points |
/// | `NAME_theory` | the amplitude and power of C4 |
/// | `distance_between`, `field_between` | geometric means of neighbours |
/// | `NAME_slope` | slope of `log NAME` between neighbours |
///
/// # Errors
/// When a fixed point is not found.
pub fn mean_field() -> Result<Table> {
    let distances: Vec<f64> = (0..11).map(|i| 10.0_f64.powf(f64::from(i) / 3.0 - 4.0)).collect();
    let fields = logarithmic(1e-9, 0.3, 12);
    let between = |xs: &[f64]| xs.windows(2).map(|p| (p[0] * p[1]).sqrt()).collect::<Vec<_>>();
    let mut table = Table::new();
    for (name, xs) in [("distance", &distances), ("field", &fields)] {
        table = table.with(name, "", places(xs)).with(&format!("{name}_between"), "", places(&between(xs)));
    }
    for (name, law, power) in LAWS {
        let sizes = if law == MeanField::Field { &fields } else { &distances };
        let value = |&s: &f64| Ok(law.at(A, s)? * Estimate::given(A).powi(-power));
        let values: Vec<Estimate> = sizes.iter().map(value).collect::<Result<_>>()?;
        let (p, amplitude) = (law.exponent(), law.amplitude(NormalForm::of_atoms(A)));
        let amplitude = Estimate::rounded(amplitude, ulps::formula(10, 1));
        let theory = |&s: &f64| amplitude * law.far(A, s).powf(p) * Estimate::given(A).powi(-power);
        table = table.with(name, "", values.iter().copied());
        table = table.with(&format!("{name}_theory"), "", sizes.iter().map(theory));
        table.columns.push(Column {
            name: format!("{name}_slope"),
            unit: String::new(),
            values: log_slopes(sizes, &values).into_iter().map(Some).collect(),
        });
    }
    Ok(table)
}

/// One row: the exponent of each law, `NAME_exponent`, fitted to fixed points at six distances and extrapolated to the
/// branching, beside that of the theory, `NAME_exponent_theory`.
///
/// # Errors
/// When a fixed point is not found.
pub fn mean_field_exponents() -> Result<Table> {
    let mut table = Table::new();
    for (name, law, _) in LAWS {
        table = table.with(&format!("{name}_exponent"), "", [law.fitted_exponent(A, A * A)?]).with(
            &format!("{name}_exponent_theory"),
            "",
            [Estimate::near(law.exponent())],
        );
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C4.
    #[test]
    fn the_exponents_and_the_nearest_slopes() {
        let (table, fits) = (mean_field().unwrap(), mean_field_exponents().unwrap());
        let exponents = [0.5, 2.0, -1.0, -1.0, 1.0 / 3.0];
        for ((name, _, _), truth) in LAWS.into_iter().zip(exponents) {
            let fitted = fits.column(&format!("{name}_exponent")).unwrap().values[0].unwrap();
            assert!(fitted.contains(truth) && fitted.radius() < 1e-4, "{name}: {fitted}");
            let slopes = table.column(&format!("{name}_slope")).unwrap();
            // The two neighbours nearest to the branching: the next term is of the order of the distance, or of its
            // third root squared.
            let first = slopes.values[0].unwrap();
            assert!((first.value() - truth).abs() < first.radius() + 1e-3, "{name}: {first}");
        }
    }
}
