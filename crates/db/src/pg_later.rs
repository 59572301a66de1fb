//! Writes that wait: kept while a transaction runs, merged, and sent before anything could see that they
//! have not been sent yet.
//!
//! Rows of one statement go together, over all closures of the transaction. A closure's own writes keep
//! their order, and so do all writes to one table; between tables the order of different closures may
//! change, which nothing sees: no insert reads another table, and a foreign key that minds makes a fault,
//! upon which each closure is run by itself.

use crate::pg_insert::{Insert, speaks_of};
use crate::{Stmt, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// How many rows wait at most.
const ROWS: usize = 8192;

/// Rows of one statement.
pub(crate) struct Group {
    pub(crate) name: Cow<'static, str>,
    pub(crate) sql: Cow<'static, str>,
    pub(crate) insert: Arc<Insert>,
    pub(crate) rows: Vec<Vec<Value>>,
    /// Where the row with a key is, for rows that may meet.
    keys: HashMap<Vec<u8>, usize>,
}

/// What waits in a transaction.
#[derive(Default)]
pub(crate) struct Later {
    /// Of closures that ended well, in the order in which it will be sent.
    groups: Vec<Group>,
    /// Of the closure that runs.
    own: Vec<(Stmt, Arc<Insert>, Vec<Value>)>,
    /// Which tables it is for.
    tables: Vec<Arc<Insert>>,
    rows: usize,
}

impl Later {
    /// Adds a row of the closure that runs; false where there are too many now.
    pub(crate) fn add(&mut self, stmt: &Stmt, insert: Arc<Insert>, row: &[Value]) -> bool {
        if !self.tables.iter().any(|known| known.table == insert.table) {
            self.tables.push(insert.clone());
        }
        self.own.push((stmt.clone(), insert, row.to_vec()));
        self.rows += 1;
        self.rows < ROWS
    }

    /// Whether the closure that runs has writes here.
    pub(crate) fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Whether a statement could see that something has not been sent.
    pub(crate) fn minded_by(&self, sql: &str) -> bool {
        self.tables.iter().any(|insert| speaks_of(sql, &insert.table))
    }

    /// The closure that runs ended well.
    pub(crate) fn keep(&mut self) {
        let mut at = 0;
        for (stmt, insert, row) in std::mem::take(&mut self.own) {
            at = self.place(at, stmt, insert, row);
        }
    }

    /// The closure that runs failed.
    pub(crate) fn forget(&mut self) {
        self.rows -= self.own.len();
        self.own.clear();
    }

    /// Everything, to be sent now.
    pub(crate) fn take(&mut self) -> Vec<Group> {
        self.keep();
        self.tables.clear();
        self.rows = 0;
        std::mem::take(&mut self.groups)
    }

    /// Puts a row into a group not before `from`, and says into which.
    fn place(&mut self, from: usize, stmt: Stmt, insert: Arc<Insert>, row: Vec<Value>) -> usize {
        let sql = match stmt.postgres {
            Some(own) => own,
            None => stmt.sql,
        };
        // The last group of this table: were it joined before another one, rows would overtake.
        let last = self.groups.iter().rposition(|g| g.insert.table == insert.table);
        let mut row = Some(row);
        if let Some(at) = last.filter(|at| *at >= from)
            && self.groups[at].sql == sql
        {
            row = row.and_then(|row| self.groups[at].join(row));
            if row.is_none() {
                return at;
            }
        }
        let mut group = Group { name: stmt.name, sql, insert, rows: Vec::new(), keys: HashMap::new() };
        // Nothing is in it that the row could meet.
        row.and_then(|row| group.join(row));
        self.groups.push(group);
        self.groups.len() - 1
    }
}

impl Group {
    /// Adds a row, or gives it back where it cannot go into one statement with another one here.
    fn join(&mut self, row: Vec<Value>) -> Option<Vec<Value>> {
        let key = self.insert.meet.as_ref().and_then(|meet| Some((meet, meet.key(&row)?)));
        if let Some((meet, key)) = key {
            if let Some(at) = self.keys.get(&key) {
                return if meet.join(&mut self.rows[*at], &row) { None } else { Some(row) };
            }
            self.keys.insert(key, self.rows.len());
        }
        self.rows.push(row);
        None
    }
}
