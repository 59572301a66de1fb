//! One door to SQLite or PostgreSQL.
//!
//! ```text
//!  use case ── db.write(|tx| …) ──▶ bounded queue ──▶ one thread that writes: up to 256 jobs in one
//!                                      │ full           transaction, one sync, then every answer
//!                                      ▼                  SQLite      runs each statement at once
//!                                    Busy (503)           PostgreSQL  lets inserts wait and merges them
//!  page ────── db.read(|tx| …) ───▶ bounded queue ──▶ a few connections that cannot write;
//!                                                     first for whoever came first (`in_turn`)
//! ```
//!
//! What a closure given to [`Db::write`] may rely on, on both engines:
//!
//! - It runs alone, as if no other write ran at the same time, in this process or another. It can be run
//!   more than once, so it has no effect but through its [`Tx`].
//! - `Ok` is told to the caller only after what it wrote is durable. `Err` and a panic undo all of
//!   it and nothing else. So a count of failed attempts must be written by a closure that ends `Ok`.
//! - A statement that failed spoils the whole closure, even if the closure goes on and ends `Ok`:
//!   PostgreSQL cannot go on after it, so SQLite may not either. Where a row may be there already,
//!   write `ON CONFLICT DO NOTHING RETURNING …` and look whether a row came back.
//!
//! What it asks of a closure that is to be quick on PostgreSQL, where each statement is a way there and
//! back for which all others wait: write with [`Tx::put`] where nobody needs to know what came of it. What
//! was put waits until a statement names its table, or until the commit; then the rows of all closures in
//! the transaction go in one statement for each text, and counters that many add to are added up first.
//! What [`Tx::query`] answered serves all closures of the transaction until one writes to a table of it.
//! Both read nothing but texts, so no view, trigger or function may use another table unnamed.
//!
//! SQL is written once, in the common subset, and named with [`statements!`]. `LIKE` tells capitals
//! from small letters and texts sort by code point on both engines. PostgreSQL wants to know each
//! parameter's type: write `CAST($1 AS TEXT) IS NULL`, not `$1 IS NULL`. No constraint may be
//! deferred: on SQLite it would be checked at the commit that many jobs share.

mod aside;
mod backup;
mod config;
mod fault;
mod handle;
mod job;
mod lead;
mod migrate;
mod pg;
mod pg_address;
mod pg_insert;
mod pg_later;
mod pg_lead;
mod pg_read;
mod pg_seen;
mod pg_tls;
mod pg_tx;
mod pg_value;
mod pg_write;
mod queue;
mod row;
mod sqlite;
mod stmt;
mod store;
pub mod testing;
mod turn;
mod tx;
mod value;

pub use aside::{Aside, put_aside};
pub use config::{Config, SqliteOptions};
pub use handle::Db;
pub use lead::Lead;
pub use migrate::Migration;
pub use pg::drop_schema;
pub use row::Row;
pub use stmt::Stmt;
pub use turn::in_turn;
pub use tx::{Engine, Mark, Tx};
pub use value::{FromValue, Value};

#[doc(hidden)]
pub use migrate::number_of;
