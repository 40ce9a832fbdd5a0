//! Law files, data sets and output formats: the only readers and writers of foreign files.
//!
//! [`LawFile::read`] turns a TOML or JSON law file, and the data set that it may point to, into a
//! [`Mixture`](infodyn_core::Mixture), [`AnyLaw::read`] into that or a [`Sphere`](infodyn_core::Sphere), and
//! [`DataSet::read`] into the points as they stand. [`law_text`] is a mixture as a law file. [`Output`] writes JSON,
//! CSV or npz beside its place and renames it there, so that nothing is ever half-written.
//!
//! This crate computes nothing: a number leaves it as it was written in a file, but for the
//! `scale` and `shift` of a data set.

mod array;
mod audit_file;
mod bounds;
mod claims_file;
#[cfg(feature = "parquet")]
mod columns;
mod committed;
mod dataset;
mod error;
mod errors;
mod fields;
mod idx;
mod images;
mod labels;
mod law_file;
mod law_text;
mod levels;
mod model_file;
mod node;
mod output;
mod part_file;
mod shards;
mod table;

pub use audit_file::{AuditFile, read_audit};
pub use bounds::text as read_text;
pub use claims_file::{ClaimText, ClaimsFile};
pub use committed::{TableError, expect_unmoved, table_from_csv, table_to_csv};
pub use error::Error;
pub use errors::read_errors;
pub use law_file::{AnyLaw, DataSet, LawFile, SphereFile};
pub use law_text::law_text;
pub use levels::read_sigmas;
pub use model_file::{Declaration, InputNames, InputScaling, ModelFile, ModelOutput, NoiseInput, Overrides};
pub use output::{Columns, Format, Output, npy};
pub use part_file::{Kept, Loop, PartFile};
pub use shards::Shards;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
