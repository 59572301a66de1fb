//! Requests 诉求: from the first word to sign-off.
//!
//! ```text
//!  register ─> triage ─> assign ─> accept, name ─> work … ─> answer ─> the person judges ─> close 销号
//!     │ refuse, merge, settle        │ return, arbitrate       │ decline: "cannot be solved, because …"
//!     └─ notice 1: accepted          └─ notice 2: who, by when └─ notice 3: the result, please judge
//! ```
//!
//! The machine stands in `rules::case`; here it is given rows, clocks with certificates, notices through
//! the outbox, counters and pages. Every act goes through [`step`]: asked of the permission table and the
//! machine, written in one transaction with its journal event.

pub mod acts;
pub mod api;
pub mod bulk;
pub mod case;
mod clock;
pub mod ctx;
pub mod export;
pub mod given;
pub mod import;
pub mod intake;
pub mod jobs;
pub mod led;
pub mod lots;
pub mod meeting;
mod messages;
pub mod model;
pub mod notices;
pub mod pages;
pub mod past;
mod recheck;
mod recount;
pub mod register;
pub mod shield;
pub mod spoken;
mod staff;
mod step;
mod store;
pub mod supervision;
pub mod tally;
pub mod uploads;
mod what_if;

pub use ctx::Ctx;
pub use pages::{ROUTES, routes};
pub use recheck::{Checked, Finding, Found, recheck};
pub use recount::{Difference, recount};
pub use store::statements;
pub use what_if::{Change, Seen, Trial, WhatIf, what_if};

/// What the rows of cases say about their streams of the journal.
pub static ENDS: &[journal::Ends] = &[
    journal::Ends { stream_kind: "request", disagree: &store::request::DISAGREE },
    journal::Ends { stream_kind: "export", disagree: &store::streams::EXPORTS_DISAGREE },
    journal::Ends { stream_kind: "lot", disagree: &store::streams::LOTS_DISAGREE },
];

/// The tables of this slice.
pub static MIGRATIONS: &[db::Migration] = db::migrations!("requests";
        "0001_requests" = include_str!("../migrations/0001_requests.sql"),
        "0002_meetings" = include_str!("../migrations/0002_meetings.sql"),
        "0003_clients" = include_str!("../migrations/0003_clients.sql"),
        "0004_samples" = include_str!("../migrations/0004_samples.sql"),
        "0005_was" = include_str!("../migrations/0005_was.sql"),
        "0006_affairs" = include_str!("../migrations/0006_affairs.sql"),
        "0007_mediation" = include_str!("../migrations/0007_mediation.sql"));

/// How many open cases somebody answers for; of shielded ones nothing is said.
///
/// Errors: those of the database.
pub fn open_with(tx: &mut dyn db::Tx, officer: kernel::AccountId) -> kernel::Result<i64> {
    store::desk::count_open_of(tx, officer)
}

/// What the head of a day says besides: how far each series of numbers had come, and what is bound and drawn of
/// call-backs by lot.
///
/// Errors: those of the database.
pub fn lines(tx: &mut dyn db::Tx, size: u64) -> kernel::Result<Vec<String>> {
    let mut out = given::lines(tx, size)?;
    out.extend(lots::lines(tx)?);
    Ok(out)
}
