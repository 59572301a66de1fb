//! Records 纪实: what happened, written down once by whoever was there.
//!
//! ```text
//!  a visit ──▶ record (append-only) ──▶ obligations are met by it, ledgers are read from it
//!                  ▲
//!  a correction ───┘ names the record that it corrects; that one stays as it was
//! ```
//!
//! A record is written by [`confirm`] inside the transaction of whoever knows what it means (`liaison` for visits).
//! It keeps the day on which it happened, the clock of the phone and ours with what lay between them, the words without
//! names, and, where that leaves something out, the words themselves sealed under the record. The same id again is the
//! same record: uploads can be repeated. There is no way to change one; once its time is over it is left without words
//! ([`forget`]), and what happened stands.

mod confirm;
mod forget;
mod model;
mod read;
mod store;

pub use confirm::{Taken, confirm};
pub use forget::{Left, forget, put_off, to_forget};
pub use model::{NewRecord, Record};
pub use read::{Cursor, Listing, Whose, as_of, by_id, latest, latest_by, list, own_words, put_right};

/// The statements of this slice.
pub fn statements() -> Vec<&'static db::Stmt> {
    store::STATEMENTS.to_vec()
}

/// The tables of this slice.
pub static MIGRATIONS: &[db::Migration] =
    db::migrations!("records"; "0001_records" = include_str!("../migrations/0001_records.sql"));

/// What the tables of this slice say about their streams of the journal.
pub static ENDS: &[journal::Ends] = &[journal::Ends { stream_kind: "record", disagree: &store::DISAGREE }];
