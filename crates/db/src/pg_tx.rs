//! Statements on a PostgreSQL connection.

use crate::fault::{Fault, Outcome};
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
}

impl Link {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, prepared: HashMap::new() }
    }
}

/// A transaction, or in a plain read the connection.
pub(crate) struct PgTx<'c> {
    link: &'c mut Link,
    pub(crate) fault: Option<Fault>,
    tally: &'c AtomicU64,
}

impl<'c> PgTx<'c> {
    pub(crate) fn new(link: &'c mut Link, tally: &'c AtomicU64) -> Self {
        Self { link, fault: None, tally }
    }

    fn fail<T>(&mut self, fault: Fault) -> Result<T> {
        let error = fault.error();
        self.fault.get_or_insert(fault);
        Err(error)
    }

    /// Prepares once for each connection.
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
        let statement = match self.link.prepared.get(text) {
            Some(known) => known.clone(),
            None => {
                let fresh = self.link.client.prepare(text).map_err(|e| Fault::postgres(&stmt.name, &e))?;
                if self.link.prepared.len() >= CACHED {
                    self.link.prepared.clear();
                }
                self.link.prepared.insert(text.to_owned(), fresh.clone());
                fresh
            }
        };
        if statement.params().len() != params.len() {
            return Err(Fault::count(stmt, statement.params().len(), params.len()));
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

    fn query(&mut self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let ended = self.run(stmt, params, &mut |row| {
            rows.push(row);
            Ok(())
        });
        ended.or_else(|fault| self.fail(fault))??;
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
        let done = self.link.client.batch_execute(sql).map_err(|e| Fault::postgres(name, &e));
        done.or_else(|fault| self.fail(fault))
    }

    fn prepare(&mut self, stmt: &Stmt) -> Result<()> {
        let prepared = self.link.client.prepare(stmt.text(Engine::Postgres));
        prepared.map(drop).map_err(|e| Fault::postgres(&stmt.name, &e).error())
    }
}
