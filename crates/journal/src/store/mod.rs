//! The journal's SQL.

pub(crate) mod events;
pub(crate) mod tree;

use db::Stmt;

/// Every statement of the journal, for the test that prepares each on both engines.
pub fn statements() -> Vec<&'static Stmt> {
    [events::STATEMENTS, tree::STATEMENTS].concat()
}
