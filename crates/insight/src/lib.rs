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

pub mod figures;
mod pages;
mod period;
mod store;

pub use pages::{ROUTES, routes};
pub use period::Period;
pub use store::STATEMENTS;
