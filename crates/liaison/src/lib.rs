//! Liaison 联户: going to people instead of waiting for them.
//!
//! ```text
//!  household ◀── pairing ── cadre          pack: [[pairing]], [[obligation]]
//!      │             │                              │
//!      └── visits ───┴──▶ standing (rules::obligation): met, due, missed, excused
//! ```

pub mod pages;
mod store;

pub use pages::{ROUTES, routes};

/// The statements of this slice.
pub fn statements() -> Vec<&'static db::Stmt> {
    store::STATEMENTS.to_vec()
}

/// The tables of this slice.
pub static MIGRATIONS: &[db::Migration] = &[];

/// What the tables of this slice say about their streams of the journal.
pub static ENDS: &[journal::Ends] = &[];
