//! Records 纪实: what happened, written down once by whoever was there.
//!
//! ```text
//!  a visit ──▶ record (append-only) ──▶ obligations are met by it, ledgers are read from it
//!                  ▲
//!  a correction ───┘ names the record that it corrects
//! ```

mod store;

/// The statements of this slice.
pub fn statements() -> Vec<&'static db::Stmt> {
    store::STATEMENTS.to_vec()
}

/// The tables of this slice.
pub static MIGRATIONS: &[db::Migration] = &[];

/// What the tables of this slice say about their streams of the journal.
pub static ENDS: &[journal::Ends] = &[];
