//! The statements over pairings.

/// Every statement of this file.
pub(crate) static STATEMENTS: &[&db::Stmt] = &[];
