//! Tables of the error of a denoiser against the noise level.

use std::path::Path;

use infodyn_core::Estimate;

use crate::bounds;
use crate::error::{Wrong, name_of, quoted};
use crate::{Error, Result};

/// The names of the columns, as in a table of one's own, and as `infodyn profile` and `infodyn audit` write them.
const COLUMNS: [&[&str]; 3] = [&["sigma", "sigma_over_alpha"], &["mse", "mmse"], &["error", "mmse_error", "mse_error"]];

/// The rows of a `.csv` file with the columns `sigma,mse[,error]`, in any order with a header and in this one without:
/// `sigma/alpha`, `E|X_0 - D|^2` summed over the dimensions, and its radius, 0 where there is none. `sigma_over_alpha`,
/// `mmse`, `mmse_error` and `mse_error` are the same, and other columns are passed over.
///
/// # Errors
/// When the file cannot be read, a column is missing, or a cell is no finite number.
pub fn read_errors(path: &Path) -> Result<Vec<(f64, Estimate)>> {
    let file = name_of(path);
    let bytes = bounds::plain(path).map_err(|source| Error::Read { file: file.clone(), source })?;
    let wrong = |field: String, found: String, expected: &str| Wrong::new(found, expected).at(&file, &field);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(&bytes[..]);
    let records = reader.records().collect::<std::result::Result<Vec<_>, _>>();
    let records = records
        .map_err(|e| wrong("the whole file".into(), format!("not a .csv file ({e})"), "rows sigma,mse[,error]"))?;
    let none = || wrong("the whole file".into(), "no rows".into(), "rows sigma,mse[,error]");
    let first = records.first().ok_or_else(none)?;
    let header = first.iter().all(|cell| cell.parse::<f64>().is_err());
    let place = |k: usize| {
        if header { first.iter().position(|cell| COLUMNS[k].contains(&cell)) } else { (k < first.len()).then_some(k) }
    };
    let need = |k: usize| {
        let names = first.iter().take(12).map(quoted).collect::<Vec<_>>().join(", ");
        let expected = format!("a column {} or {}", COLUMNS[k][0], COLUMNS[k][1]);
        place(k).ok_or_else(|| wrong("row 1".into(), format!("columns {names}"), &expected))
    };
    let (sigma, mse, error) = (need(0)?, need(1)?, place(2));
    if !header && first.len() > 3 {
        return Err(wrong("row 1".into(), format!("{} cells without a header", first.len()), "sigma,mse[,error]"));
    }
    let row = |(i, record): (usize, &csv::StringRecord)| -> Result<(f64, Estimate)> {
        let number = |column: usize, least: f64| {
            let cell = record.get(column).unwrap_or("");
            let finite = cell.parse::<f64>().ok().filter(|x| x.is_finite() && *x >= least);
            let field = format!("row {}, column {}", i + 1, column + 1);
            let expected = if least == 0.0 { "a number that is not negative" } else { "a positive number" };
            finite.ok_or_else(|| wrong(field, quoted(cell), expected))
        };
        let radius = error.map_or(Ok(0.0), |c| number(c, 0.0))?;
        Ok((number(sigma, f64::MIN_POSITIVE)?, Estimate::new(number(mse, f64::MIN_POSITIVE)?, radius)))
    };
    records.iter().enumerate().skip(usize::from(header)).map(row).collect()
}
