//! The register: units, households and who looks after them as dated facts, and the spreadsheets they come from.
//!
//! ```text
//! add ──▶ unit row, seat for access, event        change from a day ─▶ facts [from, to) + row of today
//!  │                                              correct ──────────▶ fact supersedes fact
//!  └─ version + 1 ─▶ Directory read anew, here at once, in other processes by watch()
//! ```
//!
//! Grids, villages and places that people choose are units like any other; what a level or a kind
//! means is the pack's business. A unit's path never changes (moving units is for a later issue),
//! so that cases can keep it.

mod add;
mod cache;
mod change;
mod close;
mod directory;
pub mod households;
pub mod import;
mod model;
pub mod outline;
mod pages;
pub mod pairings;
mod store;
pub mod units;

pub use add::{NewUnit, add, add_in, serves_above};
pub use cache::{directory, load, load_now, look, watch};
pub use change::{Change, Mode, change, change_in};
pub use close::close;
pub use directory::Directory;
pub use model::Unit;
pub use pages::{ROUTES, routes};
pub use store::statements;

use access::accounts::Act;
use db::Tx;
use kernel::{Result, UnitId};

/// What the rows of units and households say about their streams of the journal.
pub static ENDS: &[journal::Ends] = &[
    journal::Ends { stream_kind: "unit", disagree: &store::UNITS_DISAGREE },
    journal::Ends { stream_kind: "household", disagree: &store::households::HOUSEHOLDS_DISAGREE },
];

/// The tables of the register.
pub static MIGRATIONS: &[db::Migration] = db::migrations!("register"; "0001_register" = include_str!("../migrations/0001_register.sql"),
        "0002_households" = include_str!("../migrations/0002_households.sql"),
        "0003_pairings" = include_str!("../migrations/0003_pairings.sql"));

/// One event in the unit's stream.
pub(crate) fn tell(
    tx: &mut dyn Tx,
    act: &Act,
    unit: UnitId,
    kind: &str,
    payload: serde_json::Value,
) -> Result<()> {
    let event = journal::NewEvent {
        stream_kind: "unit",
        stream: unit.0,
        at: act.at,
        actor: &act.actor,
        kind,
        payload,
    };
    journal::append(tx, &event).map(|_| ())
}
