//! A schedule in the form of a library: a file with the answer beside it, or text.

use std::path::{Path, PathBuf};

use infodyn_data::Output;

use super::told::{Document, columns};
use crate::export::{Export, Format};
use crate::text::{Destination, Outcome, Refusal};

/// Where an answer in the form of a library goes.
pub(super) struct Delivery {
    pub(super) format: Format,
    pub(super) file: Option<[Output; 2]>,
}

impl Delivery {
    /// Checks format and destination.
    pub(super) fn open(name: Option<&str>, destination: &Destination) -> Outcome<Option<Self>> {
        let Some(name) = name else { return Ok(None) };
        let format = Format::of(name).map_err(|e| Refusal::flag(e.flag, e.why))?;
        let file = |path: &Path| Output::any(path).map_err(|e| Refusal::flag("--out", e));
        let sidecar = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(".json");
            PathBuf::from(name)
        };
        let file = destination
            .path()
            .map(|path| -> Outcome<[Output; 2]> { Ok([file(path)?, file(&sidecar(path))?]) })
            .transpose()?;
        if format == Format::Npy && file.is_none() {
            return Err(Refusal::flag("--format", "npy without a file, expected --out FILE.npy"));
        }
        Ok(Some(Self { format, file }))
    }

    /// The sidecar first, then the file; or the text on standard output.
    pub(super) fn deliver(
        &self,
        document: &Document,
        export: &Export,
        is_json: bool,
        table: impl FnOnce() -> String,
    ) -> Outcome {
        let json = crate::text::json(document)?;
        let bytes = match self.format {
            Format::Npy => {
                let shape = [export.values.len() as u64];
                infodyn_data::npy(&export.values, &shape).map_err(|e| Refusal::flag("--out", e))?
            }
            Format::Csv => columns(document).to_csv().map_err(|e| Refusal::flag("--out", e))?,
            Format::Json => json.clone().into_bytes(),
            _ => pasted(document, export).into_bytes(),
        };
        if let Some([file, sidecar]) = &self.file {
            if self.format != Format::Json {
                sidecar.write(json.as_bytes()).map_err(|e| Refusal::flag("--out", e))?;
            }
            file.write(&bytes).map_err(|e| Refusal::flag("--out", e))?;
        }
        let text = match self.file {
            _ if is_json => json,
            Some(_) => table(),
            None => String::from_utf8_lossy(&bytes).into_owned(),
        };
        crate::text::print(&text)
    }
}

/// What is pasted into a program: a string alone, or Python under a comment.
fn pasted(document: &Document, export: &Export) -> String {
    if export.python.is_empty() {
        return export.text.clone() + "\n";
    }
    let Document { clock, steps, version, .. } = document;
    let library = export.format.library();
    let mut text = format!("# infodyn {version}: clock {clock}, {steps} steps, for {library}\n");
    export.notes.iter().for_each(|note| text += &format!("# {note}\n"));
    text + &export.python + "\n"
}
