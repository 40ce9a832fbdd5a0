//! Lists of noise levels, as `infodyn schedule` writes them.

use std::path::Path;

use crate::array::Array;
use crate::bounds;
use crate::error::{Wrong, name_of, quoted};
use crate::fields::Fields;
use crate::node::Node;
use crate::{Error, Result};

/// What holds the levels in an answer of `infodyn schedule`.
const FIELD: &str = "sigmas";

/// The `sigma/alpha` of a schedule, in the order of the file: the field `sigmas` of a `.json` file, or a `.npy` file of
/// one array of shape `[n]`.
///
/// # Errors
/// When the file cannot be read, has another ending, or does not hold a list of finite numbers.
pub fn read_sigmas(path: &Path) -> Result<Vec<f64>> {
    let file = name_of(path);
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let read = || bounds::plain(path).map_err(|source| Error::Read { file: file.clone(), source });
    match ending.as_str() {
        "json" => {
            let bytes = read()?;
            let mut fields = Fields::new(&file, Node::parse(&file, &String::from_utf8_lossy(&bytes), true)?)?;
            let node = fields.need(FIELD, "the levels, as `infodyn schedule` writes them")?;
            fields.numbers(FIELD, &node)
        }
        "npy" => {
            let bytes = read()?;
            let list = Array::new(Box::new(&bytes[..]), bytes.len() as u64).and_then(|array| match array.shape() {
                [_] => array.points(None, usize::MAX).map(|found| found.points).map_err(|fault| fault.wrong),
                shape => Err(Wrong::new(format!("shape {shape:?}"), "a list of levels, shape [n]")),
            });
            Ok(list.map_err(|wrong| wrong.at(&file, "the array"))?.concat())
        }
        _ => Err(Wrong::new(format!("ending {}", quoted(&ending)), "a .json or .npy file").at(&file, "the whole file")),
    }
}
