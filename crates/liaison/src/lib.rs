//! Liaison 联户: going to people instead of waiting for them.
//!
//! ```text
//!  household ◀── pairing ── cadre            pack: [[pairing]], [[obligation]], [work]
//!      │             │                                │
//!      │             ├── plan, help, check ─▶ wrap-up of the year (a view)
//!      └── visits ───┴──▶ seen ──▶ standing (rules::obligation): met, due, missed, excused
//!                              └─▶ tally: counters of each grid, in the same transaction
//!  proposal (rules::assign) ──▶ looked at ──▶ applied, change by change
//! ```

pub mod calendar;
pub mod carers;
pub mod coverage;
pub mod digest;
pub mod end;
mod facts;
pub mod hand_over;
pub mod homes;
mod model;
pub mod pages;
pub mod pair;
pub mod propose;
pub mod read;
pub mod seen;
pub mod standing;
mod store;
pub mod tally;
pub mod visits;
pub mod work;

pub use model::Pairing;
pub use pages::{ROUTES, routes};

use db::Tx;
use kernel::{Actor, PairingId, Result, Timestamp};
use requests::Ctx;

/// The statements of this slice.
pub fn statements() -> Vec<&'static db::Stmt> {
    [store::statements(), visits::store::STATEMENTS.to_vec(), work::store::STATEMENTS.to_vec()].concat()
}

/// The tables of this slice.
pub static MIGRATIONS: &[db::Migration] = db::migrations!("liaison";
    "0001_pairings" = include_str!("../migrations/0001_pairings.sql"),
    "0002_visits" = include_str!("../migrations/0002_visits.sql"),
    "0003_work" = include_str!("../migrations/0003_work.sql"));

/// What the tables of this slice say about their streams of the journal.
pub static ENDS: &[journal::Ends] =
    &[journal::Ends { stream_kind: "pairing", disagree: &store::pairings::DISAGREE }];

/// One event in a pairing's stream.
pub(crate) fn tell(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    pairing: PairingId,
    kind: &str,
    payload: serde_json::Value,
) -> Result<()> {
    told(tx, &ctx.scope.actor, ctx.at, pairing, kind, payload)
}

pub(crate) fn told(
    tx: &mut dyn Tx,
    actor: &Actor,
    at: Timestamp,
    pairing: PairingId,
    kind: &str,
    payload: serde_json::Value,
) -> Result<()> {
    let event = journal::NewEvent { stream_kind: "pairing", stream: pairing.0, at, actor, kind, payload };
    journal::append(tx, &event).map(drop)
}
