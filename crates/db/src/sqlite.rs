//! SQLite: one thread writes, a few read.

use crate::fault::{Fault, Outcome};
use crate::job::{Job, Mode};
use crate::queue::Queue;
use crate::{Config, Engine, Mark, Row, Stmt, Tx, Value};
use kernel::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ToSql, types::ToSqlOutput};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many jobs share one transaction and so one wait for the disk.
const BATCH: usize = 256;
/// Prepared statements kept for each connection.
const CACHED: usize = 512;

/// Opens the file for writing, making it if it is missing.
pub(crate) fn writer(config: &Config) -> Result<Connection> {
    let conn = open(config, config.sqlite.writer_cache_kib)?;
    let fault = |e| Fault::sqlite("opening for writing", &e).error();
    let sync = if config.bulk { "OFF" } else { "FULL" };
    conn.execute_batch(&format!(
        "PRAGMA synchronous={sync}; PRAGMA wal_autocheckpoint={}; PRAGMA journal_size_limit=67108864;",
        config.sqlite.checkpoint_pages
    ))
    .map_err(fault)?;
    Ok(conn)
}

/// Opens the file for reading only.
pub(crate) fn reader(config: &Config) -> Result<Connection> {
    let conn = open(config, config.sqlite.reader_cache_kib)?;
    conn.execute_batch("PRAGMA query_only=ON")
        .map_err(|e| Fault::sqlite("opening for reading", &e).error())?;
    Ok(conn)
}

fn open(config: &Config, cache_kib: u32) -> Result<Connection> {
    let file = config.file();
    let fault = |e: rusqlite::Error| Error::Internal(format!("{}: {e}", file.display()));
    let conn = Connection::open(&file).map_err(fault)?;
    conn.set_prepared_statement_cache_capacity(CACHED);
    // Otherwise each new value of a parameter in a LIMIT, or beside a partial index, has the statement prepared anew.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
    let o = &config.sqlite;
    // `page_size` has to stand before the journal mode, which writes the first page.
    // `case_sensitive_like`: as PostgreSQL compares, and so that a prefix can use an index.
    conn.execute_batch(&format!(
        "PRAGMA busy_timeout={}; PRAGMA page_size={}; PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; \
         PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{cache_kib}; PRAGMA mmap_size={}; \
         PRAGMA case_sensitive_like=ON; PRAGMA trusted_schema=OFF;",
        o.busy_ms, o.page_size, o.mmap_bytes
    ))
    .map_err(fault)?;
    Ok(conn)
}

/// Moves the log into the file and empties it.
pub(crate) fn empty_log(config: &Config) -> Result<()> {
    let conn = open(config, 256)?;
    let fault = |e: rusqlite::Error| Error::Internal(format!("emptying the log: {e}"));
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0)).map_err(fault)?;
    if busy == 0 { Ok(()) } else { Err(Error::Busy) }
}

/// The writer's life: batch after batch until the queue is closed, then tidying up.
pub(crate) fn write_jobs(conn: Connection, queue: Arc<Queue>, tally: Arc<AtomicU64>) {
    while let Some(mut waiting) = queue.take(BATCH) {
        while !waiting.is_empty() {
            one_transaction(&conn, &queue, &mut waiting, &tally);
        }
    }
    // Also after a bulk load everything has to be on the disk now. A fault here loses nothing: the
    // log is read again at the next start.
    let last = "PRAGMA synchronous=FULL; PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);";
    if let Err(e) = conn.execute_batch(last) {
        tracing::warn!("closing the database: {e}");
    }
}

/// How the jobs of a transaction are kept apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Apart {
    /// Not at all: right as long as each of them ends well or has written nothing when it fails.
    Trusting,
    /// Each in a savepoint, which copies every page that a job touches.
    Savepoints,
}

/// How a transaction went so far.
enum Went {
    Well,
    /// A job failed after it had written, and nothing but the whole transaction can be undone.
    Mixed,
}

/// Runs the waiting jobs in one transaction, commits, and only then answers. Those that come while it
/// runs go with it, up to [`BATCH`]: callers who were just answered are back before the first jobs are
/// done, and each that came along saves a wait for the disk.
///
/// Savepoints cost a third of the rate and are seldom needed, so the jobs are first run without. If one
/// of them fails after it has written, all is undone and the same jobs run again, each in a savepoint.
///
/// Where the engine gives up the transaction under a job (a full disk), that job and those before it are
/// told, and the rest stay in `waiting` for the next one.
fn one_transaction(conn: &Connection, queue: &Queue, waiting: &mut VecDeque<Job>, tally: &AtomicU64) {
    let mut ran: Vec<Job> = Vec::with_capacity(BATCH);
    let mut ended = attempt(conn, Apart::Trusting, Some(queue), waiting, &mut ran, tally);
    if matches!(ended, Ok(Went::Mixed)) {
        let rest = std::mem::replace(waiting, ran.drain(..).collect());
        ended = attempt(conn, Apart::Savepoints, None, waiting, &mut ran, tally);
        waiting.extend(rest);
    }
    if let Err(fault) = ended {
        tracing::error!("{} writes undone: {}", ran.len(), fault.text());
        roll_back(conn);
        for job in &mut ran {
            job.spoil(fault.error());
        }
    }
    for job in ran {
        job.answer();
    }
}

/// One go at the waiting jobs, committed where it went well and undone where it did not.
fn attempt(
    conn: &Connection,
    apart: Apart,
    more: Option<&Queue>,
    waiting: &mut VecDeque<Job>,
    ran: &mut Vec<Job>,
    tally: &AtomicU64,
) -> Outcome<Went> {
    if let Err(fault) = verb(conn, "BEGIN IMMEDIATE") {
        // Nothing has been run; another process may hold the file.
        ran.extend(waiting.drain(..));
        return Err(fault);
    }
    match run_all(conn, apart, more, waiting, ran, tally)? {
        Went::Well => verb(conn, "COMMIT").map(|()| Went::Well),
        Went::Mixed => {
            roll_back(conn);
            Ok(Went::Mixed)
        }
    }
}

fn roll_back(conn: &Connection) {
    if !conn.is_autocommit()
        && let Err(e) = conn.execute_batch("ROLLBACK")
    {
        tracing::error!("rolling back: {e}");
    }
}

fn run_all(
    conn: &Connection,
    apart: Apart,
    more: Option<&Queue>,
    waiting: &mut VecDeque<Job>,
    ran: &mut Vec<Job>,
    tally: &AtomicU64,
) -> Outcome<Went> {
    let point = |text: &str| if apart == Apart::Savepoints { verb(conn, text) } else { Ok(()) };
    loop {
        if let Some(queue) = more
            && waiting.is_empty()
            && ran.len() < BATCH
        {
            waiting.append(&mut queue.more(BATCH - ran.len()));
        }
        let Some(mut job) = waiting.pop_front() else { return Ok(Went::Well) };
        if job.abandoned() {
            continue;
        }
        let began = point("SAVEPOINT job");
        let mut tx = SqliteTx { conn, fault: None, reads: false, wrote: false, tally };
        let mut keep = began.is_ok() && job.run(&mut tx);
        if keep && let Some(fault) = &tx.fault {
            job.spoil(fault.error());
            keep = false;
        }
        let (gave_up, wrote) = (tx.fault.take(), tx.wrote);
        ran.push(job);
        began?;
        if conn.is_autocommit() {
            return Err(gave_up.unwrap_or_else(|| Fault::Broken("the transaction was given up".into())));
        }
        if !keep && wrote {
            if apart == Apart::Trusting {
                return Ok(Went::Mixed);
            }
            verb(conn, "ROLLBACK TO job")?;
        }
        point("RELEASE job")?;
    }
}

/// A reader's life.
pub(crate) fn read_jobs(conn: Connection, queue: Arc<Queue>, tally: Arc<AtomicU64>) {
    while let Some(jobs) = queue.take(1) {
        for mut job in jobs {
            if job.abandoned() {
                continue;
            }
            let snapshot = job.mode() == Mode::Snapshot;
            let began = if snapshot { verb(&conn, "BEGIN") } else { Ok(()) };
            let mut tx = SqliteTx { conn: &conn, fault: None, reads: true, wrote: false, tally: &tally };
            match began {
                Err(fault) => job.spoil(fault.error()),
                Ok(()) => {
                    if job.run(&mut tx)
                        && let Some(fault) = &tx.fault
                    {
                        job.spoil(fault.error());
                    }
                }
            }
            if !conn.is_autocommit()
                && let Err(e) = conn.execute_batch("ROLLBACK")
            {
                tracing::error!("ending a read: {e}");
            }
            job.answer();
        }
    }
}

fn verb(conn: &Connection, sql: &str) -> Outcome<()> {
    let run = || conn.prepare_cached(sql)?.raw_execute();
    run().map(drop).map_err(|e| Fault::sqlite(sql, &e))
}

pub(crate) struct SqliteTx<'c> {
    pub(crate) conn: &'c Connection,
    pub(crate) fault: Option<Fault>,
    /// Whether the connection only ever reads.
    pub(crate) reads: bool,
    /// Whether a statement ran that may have changed something.
    pub(crate) wrote: bool,
    pub(crate) tally: &'c AtomicU64,
}

impl SqliteTx<'_> {
    /// Remembers a fault, so that the closure cannot end well over it.
    fn fail<T>(&mut self, fault: Fault) -> Result<T> {
        let error = fault.error();
        self.fault.get_or_insert(fault);
        Err(error)
    }

    /// Binds and steps through; `row` sees each row and may end it with an error of its own.
    fn run(
        &mut self,
        stmt: &Stmt,
        params: &[Value],
        row: &mut dyn FnMut(&mut Row) -> Result<()>,
    ) -> Outcome<Result<u64>> {
        self.tally.fetch_add(1, Ordering::Relaxed);
        if let Some(fault) = Fault::in_params(params) {
            return Err(fault);
        }
        let fault = |e| Fault::sqlite(&stmt.name, &e);
        let mut prepared = self.conn.prepare_cached(stmt.text(Engine::Sqlite)).map_err(fault)?;
        // To SQLite `$2` is a name, with its place in the order of first use.
        let mut wanted = 0;
        for place in 1..=prepared.parameter_count() {
            let number = prepared.parameter_name(place).and_then(|n| n.get(1..)?.parse::<usize>().ok());
            let Some(number) = number.filter(|n| *n > 0) else {
                return Err(Fault::Broken(format!("{}: parameters are written $1, $2, …", stmt.name)));
            };
            wanted = wanted.max(number);
            if let Some(value) = params.get(number - 1) {
                prepared.raw_bind_parameter(place, value).map_err(fault)?;
            }
        }
        if wanted != params.len() {
            return Err(Fault::count(stmt, wanted, params.len()));
        }
        self.wrote |= !prepared.readonly();
        let columns = prepared.column_count();
        if columns == 0 {
            return Ok(Ok(prepared.raw_execute().map_err(fault)? as u64));
        }
        let mut one = Row::new(Arc::from(&*stmt.name), Vec::new());
        let mut rows = prepared.raw_query();
        while let Some(found) = rows.next().map_err(fault)? {
            // One row for all: who reads half a million of them pays for the room of texts and ids once.
            one.fill(columns, |i, into| found.get_ref(i).map(|v| put(v, into))).map_err(fault)?;
            if let Err(e) = row(&mut one) {
                return Ok(Err(e));
            }
        }
        drop(rows);
        let changed = if prepared.readonly() { 0 } else { self.conn.changes() };
        Ok(Ok(changed))
    }
}

impl Tx for SqliteTx<'_> {
    fn execute(&mut self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        self.run(stmt, params, &mut |_| Ok(())).or_else(|fault| self.fail(fault))?
    }

    fn put(&mut self, stmt: &Stmt, params: &[Value]) -> Result<()> {
        self.execute(stmt, params).map(drop)
    }

    fn query(&mut self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let ended = self.run(stmt, params, &mut |row| {
            rows.push(row.take());
            Ok(())
        });
        ended.or_else(|fault| self.fail(fault))??;
        Ok(rows)
    }

    fn each(&mut self, stmt: &Stmt, params: &[Value], row: &mut dyn FnMut(&Row) -> Result<()>) -> Result<()> {
        self.run(stmt, params, &mut |r| row(r)).or_else(|fault| self.fail(fault))?.map(drop)
    }

    fn mark(&mut self) -> Result<Option<Mark>> {
        if !self.reads {
            return Ok(None);
        }
        // It tells what others committed, which for a connection that reads is everybody.
        let asked = || self.conn.prepare_cached("PRAGMA data_version")?.query_row([], |r| r.get(0));
        match asked() {
            Ok(version) => Ok(Some(Mark { conn: std::ptr::from_ref(self.conn).addr(), version })),
            Err(e) => self.fail(Fault::sqlite("PRAGMA data_version", &e)),
        }
    }

    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn batch(&mut self, name: &str, sql: &str) -> Result<()> {
        self.wrote = true;
        self.conn.execute_batch(sql).or_else(|e| self.fail(Fault::sqlite(name, &e)))
    }

    fn prepare(&mut self, stmt: &Stmt) -> Result<()> {
        let prepared = self.conn.prepare(stmt.text(Engine::Sqlite));
        prepared.map(drop).map_err(|e| Fault::sqlite(&stmt.name, &e).error())
    }
}

/// A value of the engine, in the room of the one that stood there.
fn put(from: ValueRef<'_>, into: &mut Value) {
    match (from, into) {
        (ValueRef::Text(v), Value::Text(room)) => {
            room.clear();
            room.push_str(&String::from_utf8_lossy(v));
        }
        (ValueRef::Blob(v), Value::Bytes(room)) => {
            room.clear();
            room.extend_from_slice(v);
        }
        (ValueRef::Text(v), into) => *into = Value::Text(String::from_utf8_lossy(v).into_owned()),
        (ValueRef::Blob(v), into) => *into = Value::Bytes(v.to_vec()),
        (ValueRef::Null, into) => *into = Value::Null,
        (ValueRef::Integer(v), into) => *into = Value::Int(v),
        (ValueRef::Real(v), into) => *into = Value::Real(v),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(v) => ValueRef::Integer(*v),
            Value::Real(v) => ValueRef::Real(*v),
            Value::Text(v) => ValueRef::Text(v.as_bytes()),
            Value::Bytes(v) => ValueRef::Blob(v),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_statement_is_prepared_once_whatever_its_parameters_are() {
        let dir = tempfile::tempdir().unwrap();
        let conn = writer(&Config::new(dir.path().join("x.db").display().to_string())).unwrap();
        conn.execute_batch(
            "CREATE TABLE t (a BIGINT NOT NULL, b BIGINT); CREATE INDEX t_a ON t (a) WHERE b = 0;
             INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
             SELECT i % 3, i % 2 FROM n; ANALYZE",
        )
        .unwrap();
        for (sql, n) in [
            ("SELECT count(*) FROM (SELECT 1 FROM t LIMIT $1)", [2, 3, 4]),
            ("SELECT count(*) FROM t WHERE a = 1 AND b = $1", [0, 1, 0]),
            ("SELECT count(*) FROM t WHERE a > $1", [0, 1, 2]),
        ] {
            let mut stmt = conn.prepare(sql).unwrap();
            for value in n {
                stmt.query_row([value], |r| r.get::<_, i64>(0)).unwrap();
                stmt.clear_bindings();
            }
            assert_eq!(stmt.get_status(StatementStatus::RePrepare), 0, "{sql}");
        }
    }
}
