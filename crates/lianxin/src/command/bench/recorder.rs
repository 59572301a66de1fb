//! Writes down every statement that goes through a transaction, so that the bare engine can be given
//! exactly the same work.

use db::{Engine, Row, Stmt, Tx, Value};
use kernel::Result;

/// One statement with its parameters.
pub(super) type Recorded = (String, Vec<Value>);

/// A transaction that takes notes.
pub(super) struct Recorder<'a> {
    pub(super) inner: &'a mut dyn Tx,
    pub(super) log: Vec<Recorded>,
}

impl Recorder<'_> {
    fn note(&mut self, stmt: &Stmt, params: &[Value]) {
        self.log.push((stmt.text(self.inner.engine()).to_owned(), params.to_vec()));
    }
}

impl Tx for Recorder<'_> {
    fn execute(&mut self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        self.note(stmt, params);
        self.inner.execute(stmt, params)
    }

    fn put(&mut self, stmt: &Stmt, params: &[Value]) -> Result<()> {
        self.note(stmt, params);
        self.inner.put(stmt, params)
    }

    fn each(&mut self, stmt: &Stmt, params: &[Value], row: &mut dyn FnMut(&Row) -> Result<()>) -> Result<()> {
        self.note(stmt, params);
        self.inner.each(stmt, params, row)
    }

    fn query(&mut self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        self.note(stmt, params);
        self.inner.query(stmt, params)
    }

    fn engine(&self) -> Engine {
        self.inner.engine()
    }

    fn batch(&mut self, name: &str, sql: &str) -> Result<()> {
        self.inner.batch(name, sql)
    }

    fn prepare(&mut self, stmt: &Stmt) -> Result<()> {
        self.inner.prepare(stmt)
    }
}
