//! Statements on a PostgreSQL connection.

use crate::fault::{Fault, Outcome};
use crate::pg_insert::Insert;
use crate::pg_later::{Group, Later};
use crate::pg_seen::Seen;
use crate::{Engine, Row, Stmt, Tx, Value};
use kernel::Result;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, Statement};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Prepared statements kept for each connection.
const CACHED: usize = 1024;

/// A connection and what is prepared on it.
pub(crate) struct Link {
    pub(crate) client: Client,
    prepared: HashMap<String, Statement>,
    /// What is known of the texts of writes that may wait.
    inserts: HashMap<String, Option<Arc<Insert>>>,
}

impl Link {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, prepared: HashMap::new(), inserts: HashMap::new() }
    }

    /// Prepares once for each connection.
    fn prepared(&mut self, name: &str, text: &str) -> Outcome<Statement> {
        if let Some(known) = self.prepared.get(text) {
            return Ok(known.clone());
        }
        let fresh = self.client.prepare(text).map_err(|e| Fault::postgres(name, &e))?;
        if self.prepared.len() >= CACHED {
            self.prepared.clear();
        }
        self.prepared.insert(text.to_owned(), fresh.clone());
        Ok(fresh)
    }

    /// What an insert says, read once; none where it cannot wait.
    fn insert(&mut self, text: &str) -> Option<Arc<Insert>> {
        if let Some(known) = self.inserts.get(text) {
            return known.clone();
        }
        let read = Insert::read(text).map(Arc::new);
        if self.inserts.len() >= CACHED {
            self.inserts.clear();
        }
        self.inserts.insert(text.to_owned(), read.clone());
        read
    }
}

/// A transaction, or in a plain read the connection.
pub(crate) struct PgTx<'c> {
    link: &'c mut Link,
    pub(crate) fault: Option<Fault>,
    /// Whether the fault may be that of another closure's write, sent on behalf of this one.
    pub(crate) shared: bool,
    /// Whether the closure that runs has sent anything that may have changed something.
    pub(crate) wrote: bool,
    later: Later,
    /// In a transaction that writes, what it has read.
    seen: Option<Seen>,
    tally: &'c AtomicU64,
}

impl<'c> PgTx<'c> {
    pub(crate) fn new(link: &'c mut Link, tally: &'c AtomicU64) -> Self {
        let later = Later::default();
        Self { link, fault: None, shared: false, wrote: false, later, seen: None, tally }
    }

    /// A transaction in which nobody else writes.
    pub(crate) fn writing(link: &'c mut Link, tally: &'c AtomicU64) -> Self {
        Self { seen: Some(Seen::default()), ..Self::new(link, tally) }
    }

    fn fail<T>(&mut self, fault: Fault) -> Result<T> {
        let error = fault.error();
        self.fault.get_or_insert(fault);
        Err(error)
    }

    /// The closure that ran is done: what it put off is kept where it ended well.
    pub(crate) fn next(&mut self, kept: bool) {
        if kept {
            self.later.keep()
        } else {
            self.later.forget()
        }
        self.wrote = false;
    }

    /// Sends what waits.
    pub(crate) fn flush(&mut self) -> Outcome<()> {
        self.wrote |= self.later.has_own();
        for group in self.later.take() {
            if let Err(fault) = self.send(&group) {
                self.shared = true;
                self.fault.get_or_insert_with(|| fault.clone());
                return Err(fault);
            }
        }
        Ok(())
    }

    fn send(&mut self, group: &Group) -> Outcome<()> {
        self.tally.fetch_add(1, Ordering::Relaxed);
        let fault = |e| Fault::postgres(&group.name, &e);
        let one = self.link.prepared(&group.name, &group.sql)?;
        if let [row] = group.rows.as_slice() {
            let given: Vec<&(dyn ToSql + Sync)> = row.iter().map(|v| v as _).collect();
            return self.link.client.execute(&one, &given).map(drop).map_err(fault);
        }
        let many = self.link.prepared(&group.name, &group.insert.of_many(one.params()))?;
        let columns: Vec<Vec<&Value>> =
            (0..group.insert.width).map(|at| group.rows.iter().map(|row| &row[at]).collect()).collect();
        let given: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|c| c as _).collect();
        self.link.client.execute(&many, &given).map(drop).map_err(fault)
    }

    /// Sends what the statement could see, and prepares it.
    fn prepared(&mut self, stmt: &Stmt, params: &[Value]) -> Outcome<Statement> {
        self.tally.fetch_add(1, Ordering::Relaxed);
        if let Some(fault) = &self.fault {
            // The transaction is spoilt; the server would only say so again.
            return Err(fault.clone());
        }
        if let Some(fault) = Fault::in_params(params) {
            return Err(fault);
        }
        let text = stmt.text(Engine::Postgres);
        if self.later.minded_by(text) {
            self.flush()?;
        }
        let statement = self.link.prepared(&stmt.name, text)?;
        if statement.params().len() != params.len() {
            return Err(Fault::count(stmt, statement.params().len(), params.len()));
        }
        self.wrote |= !text.trim_start().starts_with("SELECT");
        if let Some(seen) = &mut self.seen {
            seen.ran(text);
        }
        Ok(statement)
    }

    fn run(
        &mut self,
        stmt: &Stmt,
        params: &[Value],
        row: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Outcome<Result<()>> {
        let statement = self.prepared(stmt, params)?;
        let fault = |e| Fault::postgres(&stmt.name, &e);
        let name: Arc<str> = Arc::from(&*stmt.name);
        let mut rows = self.link.client.query_raw(&statement, params).map_err(fault)?;
        while let Some(found) = rows.next().map_err(fault)? {
            let mut values = Vec::with_capacity(found.len());
            for i in 0..found.len() {
                values.push(found.try_get::<_, Value>(i).map_err(fault)?);
            }
            if let Err(e) = row(Row::new(name.clone(), values)) {
                return Ok(Err(e));
            }
        }
        Ok(Ok(()))
    }
}

impl Tx for PgTx<'_> {
    fn execute(&mut self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        let given: Vec<&(dyn ToSql + Sync)> = params.iter().map(|v| v as _).collect();
        let done = self.prepared(stmt, params).and_then(|statement| {
            self.link.client.execute(&statement, &given).map_err(|e| Fault::postgres(&stmt.name, &e))
        });
        done.or_else(|fault| self.fail(fault))
    }

    fn put(&mut self, stmt: &Stmt, params: &[Value]) -> Result<()> {
        let Some(insert) = self.link.insert(stmt.text(Engine::Postgres)) else {
            return self.execute(stmt, params).map(drop);
        };
        let wrong = self.fault.clone().or_else(|| Fault::in_params(params)).or_else(|| {
            (insert.width != params.len()).then(|| Fault::count(stmt, insert.width, params.len()))
        });
        if let Some(fault) = wrong {
            return self.fail(fault);
        }
        if let Some(seen) = &mut self.seen {
            seen.written(&insert.table);
        }
        if self.later.add(stmt, insert, params) {
            return Ok(());
        }
        self.flush().or_else(|fault| self.fail(fault))
    }

    fn query(&mut self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        let text = stmt.text(Engine::Postgres);
        let known =
            self.seen.as_ref().filter(|_| self.fault.is_none()).and_then(|seen| seen.get(text, params));
        if let Some(rows) = known {
            return Ok(rows);
        }
        let mut rows = Vec::new();
        let ended = self.run(stmt, params, &mut |row| {
            rows.push(row);
            Ok(())
        });
        ended.or_else(|fault| self.fail(fault))??;
        if let Some(seen) = &mut self.seen {
            seen.keep(text, params, &rows);
        }
        Ok(rows)
    }

    fn each(&mut self, stmt: &Stmt, params: &[Value], row: &mut dyn FnMut(&Row) -> Result<()>) -> Result<()> {
        self.run(stmt, params, &mut |r| row(&r)).or_else(|fault| self.fail(fault))?
    }

    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn batch(&mut self, name: &str, sql: &str) -> Result<()> {
        if let Some(fault) = &self.fault {
            return Err(fault.error());
        }
        self.wrote = true;
        if let Some(seen) = &mut self.seen {
            seen.forget_all();
        }
        if let Err(fault) = self.flush() {
            return self.fail(fault);
        }
        let done = self.link.client.batch_execute(sql).map_err(|e| Fault::postgres(name, &e));
        done.or_else(|fault| self.fail(fault))
    }

    fn prepare(&mut self, stmt: &Stmt) -> Result<()> {
        let prepared = self.link.client.prepare(stmt.text(Engine::Postgres));
        prepared.map(drop).map_err(|e| Fault::postgres(&stmt.name, &e).error())
    }
}
