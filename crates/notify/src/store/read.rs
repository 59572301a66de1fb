//! What pages, tasks and watchdogs read from the outbox.

use crate::model::{APART, Message, State};
use crate::store::sql::*;
use crate::store::write::message_of;
use db::{Stmt, Tx, Value, params};
use kernel::{MessageId, Result, Timestamp, Uuid, path_end};

/// Which messages a list shows, newest first.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this state.
    pub state: Option<State>,
    /// Only this purpose.
    pub purpose: Option<String>,
    /// Only in the subtree of one of these paths; empty for all.
    pub paths: Vec<String>,
    /// Only those before this one: the last of the page before.
    pub before: Option<MessageId>,
    /// How many.
    pub limit: usize,
}

/// The messages that `filter` picks, newest first.
pub fn list(tx: &mut dyn Tx, filter: &Filter) -> Result<Vec<Message>> {
    let mut values =
        vec![Value::from(filter.before.unwrap_or(MessageId(Uuid::max()))), Value::from(filter.limit)];
    let mut sql = format!("SELECT {MESSAGE_COLUMNS} FROM messages WHERE id < $1 AND path <> '{APART}'");
    if let Some(state) = filter.state {
        values.push(state.key().into());
        sql.push_str(&format!(" AND state = ${}", values.len()));
    }
    if let Some(purpose) = &filter.purpose {
        values.push(purpose.into());
        sql.push_str(&format!(" AND purpose = ${}", values.len()));
    }
    let mut within = Vec::new();
    for path in &filter.paths {
        values.push(path.into());
        values.push(path_end(path).into());
        within.push(format!("(path >= ${} AND path < ${})", values.len() - 1, values.len()));
    }
    if !within.is_empty() {
        sql.push_str(&format!(" AND ({})", within.join(" OR ")));
    }
    sql.push_str(" ORDER BY id DESC LIMIT $2");
    tx.query_map(&Stmt::dynamic("messages page", sql), &values, message_of)
}

/// Puts the messages about a case where no list shows them: see [`APART`].
pub fn keep_apart(tx: &mut dyn Tx, about: Uuid) -> Result<()> {
    tx.execute(&MESSAGES_MOVE, &params![about, APART]).map(drop)
}

/// Puts them back among those of the unit at `path`.
pub fn put_back(tx: &mut dyn Tx, about: Uuid, path: &str) -> Result<()> {
    tx.execute(&MESSAGES_MOVE, &params![about, path]).map(drop)
}

/// Every message about a case, in the order in which they were queued.
pub fn about(tx: &mut dyn Tx, about: Uuid) -> Result<Vec<Message>> {
    tx.query_map(&MESSAGES_ABOUT, &params![about], message_of)
}

/// A clerk's tasks: messages in the subtree of `path` that will not arrive and that nobody has
/// acted on, oldest first, after message `after`.
pub fn undeliverable(
    tx: &mut dyn Tx,
    path: &str,
    after: Option<MessageId>,
    limit: usize,
) -> Result<Vec<Message>> {
    let after = after.unwrap_or(MessageId(Uuid::nil()));
    tx.query_map(&MESSAGES_TASKS, &params![path, path_end(path), after, limit], message_of)
}

/// How many there are of [`undeliverable`].
pub fn undeliverable_count(tx: &mut dyn Tx, path: &str) -> Result<i64> {
    tx.scalar(&MESSAGES_TASK_COUNT, &params![path, path_end(path)])
}

/// What should have gone out and has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// How many.
    pub count: i64,
    /// When the oldest was queued.
    pub oldest: Option<Timestamp>,
}

/// The watchdog's question: messages queued before `at` that no gateway has taken yet.
pub fn unsent(tx: &mut dyn Tx, at: Timestamp) -> Result<Unsent> {
    let r = tx.query_one(&MESSAGES_UNSENT, &params![at])?;
    Ok(Unsent { count: r.get(0)?, oldest: r.get(1)? })
}
