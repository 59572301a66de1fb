//! Notices whose message did not arrive and that nothing has met: a clerk tells the person in another way.

use crate::model::Request;
use crate::store::request::{columns, read, word};
use db::{Tx, params};
use kernel::{MessageId, Result, Timestamp, path_end};
use rules::case::Notice;

db::statements! {
    pub(crate) UNTOLD = concat!("SELECT ", columns!(), ", n.notice, m.id, m.created_at, m.failed_reason \
        FROM messages m JOIN request_notices n ON n.request = m.about AND n.message = m.id \
        JOIN requests r ON r.id = n.request \
        WHERE m.state = 'permanent-failure' AND m.path >= $1 AND m.path < $2 AND m.id > $3 \
        AND r.shielded = 0 AND n.met_at IS NULL AND (n.notice <> 'result' OR n.round = r.reworks) ORDER BY m.id LIMIT $4");
    pub(crate) UNTOLD_BACK = concat!("SELECT ", columns!(), ", n.notice, m.id, m.created_at, m.failed_reason \
        FROM messages m JOIN request_notices n ON n.request = m.about AND n.message = m.id \
        JOIN requests r ON r.id = n.request \
        WHERE m.state = 'permanent-failure' AND m.path >= $1 AND m.path < $2 AND m.id < $3 \
        AND r.shielded = 0 AND n.met_at IS NULL AND (n.notice <> 'result' OR n.round = r.reworks) ORDER BY m.id DESC LIMIT $4");
    pub(crate) COUNT_UNTOLD = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM messages m \
        JOIN request_notices n ON n.request = m.about AND n.message = m.id JOIN requests r ON r.id = n.request \
        WHERE m.state = 'permanent-failure' AND m.path >= $1 AND m.path < $2 AND r.shielded = 0 AND n.met_at IS NULL \
        AND (n.notice <> 'result' OR n.round = r.reworks) LIMIT $3) AS t";
}

/// Where a page of them goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum From {
    /// Behind this message.
    After(MessageId),
    /// In front of this message.
    Before(MessageId),
}

impl From {
    /// From the oldest on.
    pub(crate) const START: From = From::After(MessageId(kernel::Uuid::nil()));
}

/// A notice that did not arrive.
#[derive(Clone, Debug)]
pub(crate) struct Untold {
    pub(crate) case: Request,
    pub(crate) notice: Notice,
    pub(crate) message: MessageId,
    /// When it was queued.
    pub(crate) since: Timestamp,
    /// Why it did not arrive: a word of the outbox.
    pub(crate) why: String,
}

/// Those of the units below `path`, `most` after a message or before one; oldest first, and going back
/// latest first.
pub(crate) fn untold(tx: &mut dyn Tx, path: &str, from: From, most: i64) -> Result<Vec<Untold>> {
    let (stmt, at) = match from {
        From::After(at) => (&UNTOLD, at),
        From::Before(at) => (&UNTOLD_BACK, at),
    };
    tx.query_map(stmt, &params![path, path_end(path), at, most], |row| {
        let notice: String = row.get(45)?;
        Ok(Untold {
            case: read(row)?,
            notice: word("notice", &notice, Notice::from_key(&notice))?,
            message: row.get(46)?,
            since: row.get(47)?,
            why: row.get::<Option<String>>(48)?.unwrap_or_default(),
        })
    })
}

/// How many there are, counted up to `cap`; one more stands for "more than that".
pub(crate) fn count(tx: &mut dyn Tx, path: &str, cap: i64) -> Result<i64> {
    tx.scalar(&COUNT_UNTOLD, &params![path, path_end(path), cap + 1])
}
