//! Answers of `infodyn audit`, read back.

use std::path::Path;

use infodyn_core::Estimate;

use crate::bounds;
use crate::error::name_of;
use crate::fields::Fields;
use crate::node::Node;
use crate::{Error, Result};

/// The error of a model by level, as `infodyn audit` wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditFile {
    /// `sigma/alpha`, and `E|X_0 - D|^2` with its radius; levels at which the model gave no number are left out.
    pub rows: Vec<(f64, Estimate)>,
    /// `E|X_0 - E X_0|^2` of the law.
    pub variance: f64,
}

/// Reads a `.json` file that `infodyn audit --out` wrote.
///
/// # Errors
/// When the file cannot be read or is no such answer.
pub fn read_audit(path: &Path) -> Result<AuditFile> {
    let file = name_of(path);
    let text = bounds::text(path).map_err(|source| Error::Read { file: file.clone(), source })?;
    let mut fields = Fields::new(&file, Node::parse(&file, &text, true)?)?;
    let expected = "\"infodyn.audit/1\", as `infodyn audit` writes it";
    let node = fields.need("schema", expected)?;
    if fields.text("schema", &node, expected)? != "infodyn.audit/1" {
        return Err(fields.wrong("schema", &node.describe(), expected));
    }
    let node = fields.need("variance", "a number")?;
    let variance = fields.number("variance", &node)?;
    let node = fields.need("levels", "a list of levels")?;
    let Node::List(list) = node else { return Err(fields.wrong("levels", &node.describe(), "a list of levels")) };
    let mut rows = Vec::new();
    for (i, node) in list.into_iter().enumerate() {
        let mut level = Fields::new(&file, node)?;
        let sigma = level.need("sigma", "a number")?;
        let sigma = level.number(&format!("levels[{i}].sigma"), &sigma)?;
        let Some(node) = level.take("mse") else { continue };
        let mut mse = Fields::new(&file, node)?;
        let mut number = |name: &str| {
            let node = mse.need(name, "a number")?;
            mse.number(&format!("levels[{i}].mse.{name}"), &node)
        };
        rows.push((sigma, Estimate::new(number("value")?, number("error")?)));
    }
    Ok(AuditFile { rows, variance })
}
