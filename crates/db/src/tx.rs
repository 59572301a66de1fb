//! The one trait that use cases and queries see.

use crate::{FromValue, Row, Stmt, Value};
use kernel::{Error, Result};

/// Which database is behind the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// SQLite, in the process.
    Sqlite,
    /// PostgreSQL, over a connection.
    Postgres,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        })
    }
}

/// What a connection that reads can see: where two are the same, no row was changed between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    pub(crate) conn: usize,
    pub(crate) version: i64,
}

/// A transaction, or in a read the connection.
///
/// Every verb fails with `Conflict` where a row with this key is there already, `Busy` where the
/// engine asks to try again, `Refused` (`text-with-nul`) where a text holds a NUL character, which
/// cannot be stored, and `Internal`, naming the statement but no parameter, for the rest.
pub trait Tx {
    /// Runs a statement and says how many rows it changed.
    fn execute(&mut self, stmt: &Stmt, params: &[Value]) -> Result<u64>;

    /// Runs a statement of which nobody needs to know what it did, at the latest before anything could see
    /// that it has not been run yet, or at the commit. On PostgreSQL, where each statement is a way there
    /// and back, plain inserts wait, and many rows go in one: those of one closure and of others that share
    /// its transaction. A fault may so be told only at the end, when the closure cannot answer it any more.
    fn put(&mut self, stmt: &Stmt, params: &[Value]) -> Result<()>;

    /// Hands row after row to `row` without holding the whole answer, for exports. An error from
    /// `row` ends it and comes back.
    fn each(&mut self, stmt: &Stmt, params: &[Value], row: &mut dyn FnMut(&Row) -> Result<()>) -> Result<()>;

    /// All rows.
    fn query(&mut self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>>;

    /// What can be seen now. None in a write, and where asking costs as much as looking again.
    fn mark(&mut self) -> Result<Option<Mark>> {
        Ok(None)
    }

    /// Which engine this is, for the rare answer that has to differ.
    fn engine(&self) -> Engine;

    /// Runs a script of several statements without parameters; `name` is for messages. For
    /// migrations and tests.
    fn batch(&mut self, name: &str, sql: &str) -> Result<()>;

    /// Checks that the engine understands the statement, without running it.
    fn prepare(&mut self, stmt: &Stmt) -> Result<()>;
}

impl<'t> dyn Tx + 't {
    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`Tx`].
    pub fn query_opt(&mut self, stmt: &Stmt, params: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(stmt, params)?.into_iter().next())
    }

    /// The one row that must be there.
    ///
    /// # Errors
    /// `Internal` where there is none; otherwise as [`Tx`].
    pub fn query_one(&mut self, stmt: &Stmt, params: &[Value]) -> Result<Row> {
        self.query_opt(stmt, params)?.ok_or_else(|| Error::Internal(format!("{}: no row", stmt.name)))
    }

    /// The first column of the one row that must be there, as a count gives it.
    ///
    /// # Errors
    /// As [`Row::get`] and `query_one`.
    pub fn scalar<T: FromValue>(&mut self, stmt: &Stmt, params: &[Value]) -> Result<T> {
        self.query_one(stmt, params)?.get(0)
    }

    /// Whether there is any row.
    ///
    /// # Errors
    /// As [`Tx`].
    pub fn exists(&mut self, stmt: &Stmt, params: &[Value]) -> Result<bool> {
        Ok(!self.query(stmt, params)?.is_empty())
    }

    /// Every row turned into a `T`.
    ///
    /// # Errors
    /// As [`Tx`], and those of `read`.
    pub fn query_map<T>(
        &mut self,
        stmt: &Stmt,
        params: &[Value],
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.each(stmt, params, &mut |row| {
            out.push(read(row)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// [`Tx::put`] for each of many rows.
    ///
    /// # Errors
    /// As [`Tx`]; the first fault ends it.
    pub fn insert_many<R: AsRef<[Value]>>(
        &mut self,
        stmt: &Stmt,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<()> {
        rows.into_iter().try_for_each(|row| self.put(stmt, row.as_ref()))
    }
}
