//! The subcommands: each reads its flags, asks the library, and delivers an answer.

pub mod audit;
pub mod check;
pub mod convert;
pub mod critical;
pub mod explore;
pub mod falsify;
pub mod figures;
pub mod fit;
pub mod formula;
pub mod guidance;
pub mod parts;
pub mod paths;
mod points;
pub mod profile;
pub mod registry;
pub mod report;
pub mod sample;
pub mod schedule;
pub mod study;
mod toward;
pub mod verify;
