//! What a writing transaction has read: kept until it writes to a table that was read, so that what every
//! closure looks up is looked up once for all of them. Nobody else writes meanwhile.

use crate::pg_insert::{speaks_of, target};
use crate::{Row, Value};
use std::collections::HashMap;

/// How many answers are kept.
const MOST: usize = 1024;

/// Answers by text and parameters.
#[derive(Default)]
pub(crate) struct Seen {
    by_text: HashMap<String, HashMap<Vec<u8>, Vec<Row>>>,
    count: usize,
}

impl Seen {
    /// The answer that was given to this before.
    pub(crate) fn get(&self, sql: &str, params: &[Value]) -> Option<Vec<Row>> {
        self.by_text.get(sql)?.get(&key(params)).cloned()
    }

    /// Keeps an answer, where it comes from tables alone.
    pub(crate) fn keep(&mut self, sql: &str, params: &[Value], rows: &[Row]) {
        if !reads_tables(sql) {
            return;
        }
        if self.count >= MOST {
            self.forget_all();
        }
        self.count += 1;
        self.by_text.entry(sql.to_owned()).or_default().insert(key(params), rows.to_vec());
    }

    /// A statement is run.
    pub(crate) fn ran(&mut self, sql: &str) {
        if self.count == 0 || reads_tables(sql) {
            return;
        }
        match target(sql) {
            Some(table) => self.written(table),
            None => self.forget_all(),
        }
    }

    /// A table is written to.
    pub(crate) fn written(&mut self, table: &str) {
        let count = &mut self.count;
        self.by_text.retain(|sql, answers| {
            let stays = !speaks_of(sql, table);
            if !stays {
                *count = count.saturating_sub(answers.len());
            }
            stays
        });
    }

    /// Nobody knows what was written.
    pub(crate) fn forget_all(&mut self) {
        self.by_text.clear();
        self.count = 0;
    }
}

/// Whether a statement does nothing but read tables; a function alone may say something else each time.
fn reads_tables(sql: &str) -> bool {
    sql.trim_start().starts_with("SELECT") && speaks_of(sql, "FROM")
}

/// Parameters as bytes, different for different ones.
pub(crate) fn key(params: &[Value]) -> Vec<u8> {
    let mut key = Vec::with_capacity(64);
    for value in params {
        let (kind, bytes): (u8, &[u8]) = match value {
            Value::Null => (0, &[]),
            Value::Int(v) => (1, &v.to_be_bytes()),
            Value::Real(v) => (2, &v.to_bits().to_be_bytes()),
            Value::Text(v) => (3, v.as_bytes()),
            Value::Bytes(v) => (4, v),
        };
        key.push(kind);
        key.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        key.extend_from_slice(bytes);
    }
    key
}
