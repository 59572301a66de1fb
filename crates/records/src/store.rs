//! The statements over records.

/// Every statement of this file.
pub(crate) static STATEMENTS: &[&db::Stmt] = &[];
