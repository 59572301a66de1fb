//! The only place of this slice with SQL.

pub(crate) mod clocks;
pub(crate) mod duties;
pub(crate) mod ledger;
pub(crate) mod people;
pub(crate) mod request;
pub(crate) mod tally;

use db::Stmt;

/// Every statement of the slice, for the test that prepares each on both engines.
pub fn statements() -> Vec<&'static Stmt> {
    [request::STATEMENTS, clocks::STATEMENTS, duties::STATEMENTS, people::STATEMENTS, tally::STATEMENTS]
        .concat()
}
