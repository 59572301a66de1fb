//! One door to SQLite or PostgreSQL.
//!
//! ```text
//!  use case ── db.write(|tx| …) ──▶ bounded queue ──▶ SQLite: one writer thread, up to 256 jobs
//!                                      │ full           in one transaction, each in a savepoint;
//!                                      ▼                one sync, then every answer
//!                                    Busy (503)       ▶ PostgreSQL: worker threads, SERIALIZABLE,
//!                                                       run again on 40001 and 40P01
//!  page ────── db.read(|tx| …) ───▶ bounded queue ──▶ a few connections that cannot write
//! ```
//!
//! What a closure given to [`Db::write`] may rely on, on both engines:
//!
//! - It runs alone, as if no other write ran at the same time. It can be run more than once, so it
//!   has no effect but through its [`Tx`].
//! - `Ok` is told to the caller only after what it wrote is durable. `Err` and a panic undo all of
//!   it and nothing else. So a count of failed attempts must be written by a closure that ends `Ok`.
//! - A statement that failed spoils the whole closure, even if the closure goes on and ends `Ok`:
//!   PostgreSQL cannot go on after it, so SQLite may not either. Where a row may be there already,
//!   write `ON CONFLICT DO NOTHING RETURNING …` and look whether a row came back.
//!
//! What it asks of a closure that is to be quick on PostgreSQL: do not look whether a new thing is
//! there before adding it. Ids grow with time, so those who register at the same moment look at the
//! same page of the index, and SERIALIZABLE must take that for a quarrel: two look-ups in a
//! registration made 1.7 to 2.4 runs of it and a quarter of the rate; without them it was 1.04 to
//! 1.15, as under REPEATABLE READ. Spread a counter that everyone adds to over several rows.
//!
//! SQL is written once, in the common subset, and named with [`statements!`]. `LIKE` tells capitals
//! from small letters and texts sort by code point on both engines. PostgreSQL wants to know each
//! parameter's type: write `CAST($1 AS TEXT) IS NULL`, not `$1 IS NULL`. No constraint may be
//! deferred: on SQLite it would be checked at the commit that many jobs share.

mod backup;
mod config;
mod fault;
mod handle;
mod job;
mod lead;
mod migrate;
mod pg;
mod pg_address;
mod pg_lead;
mod pg_tls;
mod pg_tx;
mod pg_value;
mod queue;
mod row;
mod sqlite;
mod stmt;
mod store;
pub mod testing;
mod tx;
mod value;

pub use config::{Config, SqliteOptions};
pub use handle::Db;
pub use lead::Lead;
pub use migrate::Migration;
pub use row::Row;
pub use stmt::Stmt;
pub use tx::{Engine, Tx};
pub use value::{FromValue, Value};

#[doc(hidden)]
pub use migrate::number_of;
