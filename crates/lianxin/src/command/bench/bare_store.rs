//! The bare engine: the recorded statements of many registrations, given to SQLite with nothing between,
//! one hundred registrations a commit. What it reaches is the measure for the registration in the process.

use super::recorder::Recorded;
use db::Value;
use kernel::{Error, Result};
use rusqlite::{CachedStatement, Connection, types::Value as Sqlite};
use std::path::Path;
use std::time::Instant;

/// Registrations a commit.
const COMMIT: usize = 100;

/// Registrations a second.
pub(super) fn replay(file: &Path, all: &[Vec<Recorded>]) -> Result<f64> {
    let conn = Connection::open(file).map_err(Error::internal)?;
    conn.set_prepared_statement_cache_capacity(256);
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456;",
    )
    .map_err(Error::internal)?;
    let start = Instant::now();
    for part in all.chunks(COMMIT) {
        conn.execute_batch("BEGIN IMMEDIATE").map_err(Error::internal)?;
        for registration in part {
            for (sql, params) in registration {
                run(&conn, sql, params)?;
            }
        }
        conn.execute_batch("COMMIT").map_err(Error::internal)?;
    }
    Ok(all.len() as f64 / start.elapsed().as_secs_f64())
}

fn run(conn: &Connection, sql: &str, params: &[Value]) -> Result<()> {
    let mut stmt = conn.prepare_cached(sql).map_err(Error::internal)?;
    bind(&mut stmt, params)?;
    let mut rows = stmt.raw_query();
    while rows.next().map_err(Error::internal)?.is_some() {}
    Ok(())
}

/// `$1` is a name to SQLite, so each value goes to the parameter that bears its number.
fn bind(stmt: &mut CachedStatement<'_>, params: &[Value]) -> Result<()> {
    for at in 1..=stmt.parameter_count() {
        let number = stmt.parameter_name(at).and_then(|n| n[1..].parse::<usize>().ok()).unwrap_or(at);
        let value = match params.get(number - 1) {
            Some(Value::Int(n)) => Sqlite::Integer(*n),
            Some(Value::Real(n)) => Sqlite::Real(*n),
            Some(Value::Text(t)) => Sqlite::Text(t.clone()),
            Some(Value::Bytes(b)) => Sqlite::Blob(b.clone()),
            Some(Value::Null) | None => Sqlite::Null,
        };
        stmt.raw_bind_parameter(at, value).map_err(Error::internal)?;
    }
    Ok(())
}
