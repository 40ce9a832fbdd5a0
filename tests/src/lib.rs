//! Whole-workspace tests live in `tests/`.
