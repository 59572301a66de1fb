//! The only place of this slice with SQL.

pub(crate) mod api;
pub(crate) mod branch;
pub(crate) mod bulk;
pub(crate) mod clocks;
pub(crate) mod desk;
pub(crate) mod duties;
pub(crate) mod filter;
pub(crate) mod given;
pub(crate) mod groups;
pub(crate) mod keeping;
pub(crate) mod ledger;
#[cfg(test)]
mod ledger_tests;
pub(crate) mod lots;
pub(crate) mod mediation;
pub(crate) mod meetings;
pub(crate) mod near;
pub(crate) mod own;
pub(crate) mod papers;
pub(crate) mod people;
pub(crate) mod queue;
pub(crate) mod request;
pub(crate) mod samples;
pub(crate) mod series;
pub(crate) mod shields;
pub(crate) mod streams;
pub(crate) mod tally;
pub(crate) mod untold;
pub(crate) mod was;
pub(crate) mod wishes;

use db::Stmt;

/// Every statement of the slice, for the test that prepares each on both engines.
pub fn statements() -> Vec<&'static Stmt> {
    [
        request::STATEMENTS,
        api::STATEMENTS,
        branch::STATEMENTS,
        bulk::STATEMENTS,
        clocks::STATEMENTS,
        keeping::STATEMENTS,
        duties::STATEMENTS,
        papers::STATEMENTS,
        people::STATEMENTS,
        lots::STATEMENTS,
        samples::STATEMENTS,
        was::STATEMENTS,
        wishes::STATEMENTS,
        series::STATEMENTS,
        shields::STATEMENTS,
        streams::STATEMENTS,
        tally::STATEMENTS,
        given::STATEMENTS,
        groups::STATEMENTS,
        own::STATEMENTS,
        desk::STATEMENTS,
        untold::STATEMENTS,
        near::STATEMENTS,
        mediation::STATEMENTS,
        meetings::STATEMENTS,
    ]
    .concat()
}
