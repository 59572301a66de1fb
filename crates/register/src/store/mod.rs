//! The SQL of the register. The functions that run it stand with their topics.

pub(crate) mod alike;
pub(crate) mod households;
pub(crate) mod pairings;
mod units;

pub(crate) use units::*;

use db::Stmt;

/// Every statement of the register, for the test that prepares each on both engines.
pub fn statements() -> Vec<&'static Stmt> {
    [units::STATEMENTS, households::STATEMENTS, alike::STATEMENTS, pairings::STATEMENTS].concat()
}
