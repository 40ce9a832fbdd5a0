//! Results as JSON, CSV and npz, written beside their place and renamed into it.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use infodyn_core::Estimate;
use npyz::WriterBuilder;

use crate::error::{name_of, one_line};
use crate::{Error, Result};

/// The formats of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `.json`.
    Json,
    /// `.csv`: a header and one row a noise level; an empty cell where there is no value.
    Csv,
    /// `.npz`: one array a column, NaN where there is no value.
    Npz,
    /// `.png`: a picture.
    Png,
    /// `.svg`: a picture.
    Svg,
    /// Any other: the bytes as they come.
    Bytes,
}

/// A file that will hold a result.
#[derive(Debug, Clone)]
pub struct Output {
    path: PathBuf,
    format: Format,
}

impl Output {
    /// A file to write to; the format follows its ending. Fails at once when the folder cannot be
    /// written to, before any work is done.
    ///
    /// # Errors
    /// [`Error::Ending`], [`Error::Write`].
    pub fn new(path: &Path) -> Result<Self> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        let format = match ending.to_ascii_lowercase().as_str() {
            "json" => Format::Json,
            "csv" => Format::Csv,
            "npz" => Format::Npz,
            "png" => Format::Png,
            "svg" => Format::Svg,
            _ => return Err(Error::Ending { file: name_of(path), ending: one_line(&ending) }),
        };
        Self::in_format(path, format)
    }

    /// A file of any ending, for bytes that are made elsewhere: pictures, pages, text.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn any(path: &Path) -> Result<Self> {
        Self::in_format(path, Format::Bytes)
    }

    fn in_format(path: &Path, format: Format) -> Result<Self> {
        let output = Self { path: path.into(), format };
        if path.is_dir() {
            return Err(output.failed("it is a folder"));
        }
        if !output.is_special() {
            output.beside()?;
        }
        Ok(output)
    }

    /// Whether a device or a pipe stands there, which is written to and stays what it is.
    fn is_special(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|there| !there.is_file() && !there.is_dir())
    }

    /// The format that the ending names.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Writes the file: whole, or not at all; a device or a pipe takes the bytes as they come.
    ///
    /// # Errors
    /// [`Error::Write`]; a file that stood in the place before is then untouched.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        if self.is_special() {
            let open = std::fs::OpenOptions::new().write(true).open(&self.path);
            return open.and_then(|mut file| file.write_all(bytes)).map_err(|e| self.failed(&e.to_string()));
        }
        let mut file = self.beside()?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| self.failed(&e.to_string()))?;
        file.persist(&self.path).map_err(|e| self.failed(&e.error.to_string()))?;
        Ok(())
    }

    fn beside(&self) -> Result<tempfile::NamedTempFile> {
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        // As an ordinary new file: what the user's mask leaves.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder.prefix(".infodyn-").tempfile_in(folder).map_err(|e| {
            let kind = e.kind();
            self.failed(&format!("{kind} in folder {}", name_of(folder)))
        })
    }

    fn failed(&self, message: &str) -> Error {
        Error::Write { file: name_of(&self.path), message: one_line(message) }
    }
}

/// Ending of the name of a column of radii.
pub(crate) const ERROR: &str = "_error";

/// Columns of numbers by name, for CSV and npz.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    columns: Vec<(String, Vec<Option<f64>>)>,
}

impl Columns {
    /// No columns yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column `name` of numbers without error.
    pub fn numbers(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        self.push(name, values.into_iter().map(Some));
    }

    pub(crate) fn push(&mut self, name: &str, values: impl Iterator<Item = Option<f64>>) {
        self.columns.push((name.into(), values.map(finite).collect()));
    }

    /// Adds columns `name` and `name_error`; leaves both out when there is no value at all.
    pub fn estimates(&mut self, name: &str, values: &[Option<Estimate>]) {
        if values.iter().any(Option::is_some) {
            self.push(name, values.iter().map(|e| e.map(|e| e.value())));
            self.push(&format!("{name}{ERROR}"), values.iter().map(|e| e.map(|e| e.radius())));
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|c| c.0.as_str())
    }

    fn rows(&self) -> usize {
        self.columns.iter().map(|c| c.1.len()).max().unwrap_or(0)
    }

    /// The text of a CSV file. Numbers read back to the same bits.
    ///
    /// # Errors
    /// When the text cannot be put together in memory.
    pub fn to_csv(&self) -> std::io::Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|c| &c.0))?;
        for row in 0..self.rows() {
            let cell = |c: &(String, Vec<Option<f64>>)| c.1.get(row).copied().flatten();
            writer.write_record(self.columns.iter().map(|c| cell(c).map_or(String::new(), |x| format!("{x:?}"))))?;
        }
        writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    /// The bytes of a deflated npz file of `f8` arrays.
    ///
    /// # Errors
    /// When the archive cannot be put together in memory.
    pub fn to_npz(&self) -> std::io::Result<Vec<u8>> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for (name, values) in &self.columns {
            archive.start_file(format!("{name}.npy"), options)?;
            let mut array = npyz::WriteOptions::new()
                .default_dtype()
                .shape(&[values.len() as u64])
                .writer(&mut archive)
                .begin_nd()?;
            array.extend(values.iter().map(|v| v.unwrap_or(f64::NAN)))?;
            array.finish()?;
        }
        Ok(archive.finish()?.into_inner())
    }
}

/// The bytes of a `.npy` file of one array, of `f8` or `i8` as the numbers are, row-major.
///
/// # Errors
/// When it cannot be put together in memory, or the shape is that of another number of entries.
pub fn npy<T: npyz::AutoSerialize + Copy>(values: &[T], shape: &[u64]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut array = npyz::WriteOptions::new().default_dtype().shape(shape).writer(&mut bytes).begin_nd()?;
    array.extend(values.iter().copied())?;
    array.finish()?;
    Ok(bytes)
}

/// A number that a file can carry; 0 has no sign.
fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|x| x.is_finite()).map(|x| x + 0.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn zero_has_no_sign_and_what_is_not_finite_no_place() {
        let mut columns = Columns::new();
        columns.numbers("x", [-0.0, f64::NAN, -1.5]);
        assert_eq!(String::from_utf8(columns.to_csv().unwrap()).unwrap(), "x\n0.0\n\"\"\n-1.5\n");
    }
}
