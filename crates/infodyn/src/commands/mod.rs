//! The subcommands: each reads its flags, asks the library, and delivers an answer.

pub(crate) mod baseline;
pub(crate) mod certify;
pub(crate) mod convert;
pub(crate) mod critical;
pub(crate) mod falsify;
pub(crate) mod figures;
pub(crate) mod formula;
pub(crate) mod paths;
pub(crate) mod profile;
pub(crate) mod readme;
pub(crate) mod registry;
pub(crate) mod report;
pub(crate) mod verify;
