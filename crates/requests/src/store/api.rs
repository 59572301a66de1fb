//! What programs ask for: lists of what they may read, and which cases a program took in itself.

use crate::model::Request;
use crate::store::ledger::{Filter, Query, Reach};
use crate::store::request::{columns, read};
use db::{Row, Stmt, Tx, params};
use kernel::{AttachmentId, RequestId, Result, Timestamp};

/// The columns that follow those of the request: when it last changed, and its first public file. After
/// them comes whether it is the program's own.
macro_rules! more {
    () => {
        ", (SELECT e.at FROM request_entries e WHERE e.request = r.id AND e.seq = r.seq), \
         (SELECT a.id FROM attachments a WHERE a.owner = r.id AND a.owner_kind = 'request' \
         AND a.audience = 'public' AND a.removed_at IS NULL ORDER BY a.seq LIMIT 1)"
    };
}

/// Where the further columns begin.
const MORE: usize = 45;

db::statements! {
    pub(crate) REMEMBER = "INSERT INTO request_clients (client, ord, request) VALUES ($1, $2, $3) \
        ON CONFLICT (client, ord) DO NOTHING";
    pub(crate) ONE = concat!("SELECT ", columns!(), more!(), ", CAST(CASE WHEN EXISTS (SELECT 1 FROM request_clients k \
        WHERE k.client = $2 AND k.ord = r.ord) THEN 1 ELSE 0 END AS BIGINT) FROM requests r WHERE r.number = $1 AND r.shielded = 0");
}

/// A case with what a program is told of it besides its row.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) row: Request,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
    /// The first of its files that everybody may see.
    pub(crate) file: Option<AttachmentId>,
    /// Whether the program that asks took it in.
    pub(crate) own: bool,
}

/// Which cases a program may find in a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// What a ledger can be asked for.
    pub(crate) filter: Filter,
    /// Only these numbers, where given.
    pub(crate) numbers: Option<Vec<String>>,
    /// Only these classes, where given.
    pub(crate) classes: Option<Vec<String>>,
    /// Published ones are among them where they were received before this instant.
    pub(crate) published_before: Option<Timestamp>,
    /// Those that this program took in are among them.
    pub(crate) client: Option<String>,
    /// Only those received before the case with this number of order.
    pub(crate) before: Option<i64>,
    /// How many to leave out.
    pub(crate) skip: i64,
    /// How many at most.
    pub(crate) limit: i64,
}

fn told(row: &Row) -> Result<Told> {
    let request = read(row)?;
    let updated: Option<Timestamp> = row.get(MORE)?;
    let (file, own) = (row.get(MORE + 1)?, row.get(MORE + 2)?);
    Ok(Told { updated_at: updated.unwrap_or(request.received_at), file, own, row: request })
}

/// Keeps that `client` took a case in.
pub(crate) fn remember(tx: &mut dyn Tx, client: &str, id: RequestId) -> Result<()> {
    tx.put(&REMEMBER, &params![client, id.ord(), id])
}

/// The case with this number, as `client` sees it.
pub(crate) fn one(tx: &mut dyn Tx, number: &str, client: Option<&str>) -> Result<Option<Told>> {
    tx.query_opt(&ONE, &params![number, client.unwrap_or("")])?.as_ref().map(told).transpose()
}

/// The cases asked for, latest received first. Cases without a class are left out: nobody outside can
/// say yet what they are about.
pub(crate) fn list(tx: &mut dyn Tx, asked: &Asked, now: Timestamp) -> Result<Vec<Told>> {
    let mut q = Query::compose(tx.engine(), Reach::Site, &asked.filter, now);
    q.and("r.class <> ''");
    for (column, texts) in [("r.number", &asked.numbers), ("r.class", &asked.classes)] {
        match texts.as_deref() {
            None => {}
            Some([]) => q.and("1 = 0"),
            Some(texts) => {
                let list: Vec<String> = texts.iter().map(|t| q.value(t.as_str())).collect();
                q.and(format!("{column} IN ({})", list.join(", ")));
            }
        }
    }
    let published = asked.published_before.map(|at| {
        let v = q.value(at);
        format!("(r.public_state = 'shown' AND r.received_at <= {v})")
    });
    let client = q.value(asked.client.as_deref().unwrap_or(""));
    let own = format!("EXISTS (SELECT 1 FROM request_clients k WHERE k.client = {client} AND k.ord = r.ord)");
    match (published, asked.client.is_some()) {
        (Some(published), true) => q.and(format!("({published} OR {own})")),
        (Some(published), false) => q.and(published),
        (None, true) => q.and(own.clone()),
        (None, false) => q.and("1 = 0"),
    }
    if let Some(before) = asked.before {
        let v = q.value(before);
        q.and(format!("r.ord < {v}"));
    }
    let (limit, skip) = (q.value(asked.limit), q.value(asked.skip));
    let own = format!("CAST(CASE WHEN {own} THEN 1 ELSE 0 END AS BIGINT)");
    let select = format!("{}, {own}", concat!(columns!(), more!()));
    let sql = q.text(&select, &format!("ORDER BY r.ord DESC LIMIT {limit} OFFSET {skip}"));
    tx.query_map(&Stmt::dynamic("requests::api_list", sql), &q.values, told)
}
