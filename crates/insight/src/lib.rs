//! Insight: what the records add up to, for any unit over everything below it.
//!
//! ```text
//!  requests ── counters, kept with each act ──▶ figures ──▶ dashboard, map ──▶ the list behind each number
//!           └─ open cases, through their index ──┘          rules page ◀── the pack in force
//! ```
//!
//! Nothing is counted anew over all cases: what has happened is summed from the counters of
//! `requests::tally`, what is open now is counted through the indexes of what is open. Every number comes
//! with its n and leads to its list; a rate of few cases is not shown as a rate.

pub mod burden;
pub mod figures;
mod kept;
mod pages;
pub mod past;
mod period;
pub mod reports;
pub mod signs;
mod store;

pub use kept::Kept;
pub use pages::{ROUTES, routes};
pub use period::Period;

/// The statements of this slice.
pub fn statements() -> Vec<&'static db::Stmt> {
    [store::STATEMENTS, signs::store::STATEMENTS, reports::store::STATEMENTS, burden::store::STATEMENTS]
        .concat()
}

/// What the rows of reports say about their streams of the journal.
pub static ENDS: &[journal::Ends] =
    &[journal::Ends { stream_kind: "report", disagree: &reports::store::REPORTS_DISAGREE }];

/// The tables of this slice.
pub static MIGRATIONS: &[db::Migration] = db::migrations!("insight"; "0001_signs" = include_str!("../migrations/0001_signs.sql"),
        "0002_reports" = include_str!("../migrations/0002_reports.sql"),
        "0003_burden" = include_str!("../migrations/0003_burden.sql"));
