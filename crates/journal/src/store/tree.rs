//! Leaves, roots of whole subtrees, heads and keys.

use super::events::Raw;
use crate::model::Hash;
use crate::tree::{Head, Leaf};
use db::{Row, Tx, params};
use kernel::{Date, Error, Result, Timestamp, Uuid};

db::statements! {
    /// The number of the newest event.
    pub(crate) NEWEST = sqlite "SELECT COALESCE(MAX(rowid), 0) FROM journal"
        postgres "SELECT last_value FROM journal_n_seq";
    /// Events of a range of numbers that are no leaves yet.
    pub(crate) UNSEALED = sqlite "SELECT j.rowid, j.stream, j.seq, j.hash FROM journal j
            WHERE j.rowid > $1 AND j.rowid <= $2
            AND NOT EXISTS (SELECT 1 FROM journal_leaves l WHERE l.stream = j.stream AND l.seq = j.seq)
            ORDER BY j.rowid"
        postgres "SELECT j.n, j.stream, j.seq, j.hash FROM journal j
            WHERE j.n > $1 AND j.n <= $2
            AND NOT EXISTS (SELECT 1 FROM journal_leaves l WHERE l.stream = j.stream AND l.seq = j.seq)
            ORDER BY j.n";
    pub(crate) SIZE = "SELECT idx + 1 FROM journal_leaves ORDER BY idx DESC LIMIT 1";
    pub(crate) LEAF_INSERT = "INSERT INTO journal_leaves (idx, stream, seq, hash) VALUES ($1, $2, $3, $4)";
    pub(crate) LEAF_HASHES = "SELECT hash FROM journal_leaves WHERE idx >= $1 AND idx < $2 ORDER BY idx";
    pub(crate) LEAF_BY_HASH = "SELECT idx, stream, seq, hash FROM journal_leaves WHERE hash = $1 ORDER BY idx LIMIT 1";
    pub(crate) LEAVES_BETWEEN = "SELECT idx, stream, seq, hash FROM journal_leaves
        WHERE hash >= $1 AND hash <= $2 ORDER BY hash, idx LIMIT $3";
    pub(crate) LEAF_BY_EVENT = "SELECT idx, stream, seq, hash FROM journal_leaves WHERE stream = $1 AND seq = $2";
    pub(crate) NODE_INSERT = "INSERT INTO journal_nodes (level, idx, hash) VALUES ($1, $2, $3)";
    pub(crate) NODE_HASHES = "SELECT hash FROM journal_nodes WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx";
    pub(crate) NODES = "SELECT level, idx, hash FROM journal_nodes ORDER BY level, idx";
    pub(crate) HEAD_INSERT = "INSERT INTO journal_heads (n, size, at, day, mark, note) VALUES ($1, $2, $3, $4, $5, $6)";
    pub(crate) HEAD_LATEST = "SELECT n, size, at, day, mark, note FROM journal_heads ORDER BY n DESC LIMIT 1";
    pub(crate) HEAD_BY_N = "SELECT n, size, at, day, mark, note FROM journal_heads WHERE n = $1";
    pub(crate) HEAD_COVERING = "SELECT n, size, at, day, mark, note FROM journal_heads
        WHERE size >= $1 ORDER BY size, n LIMIT 1";
    pub(crate) HEADS = "SELECT n, size, at, day, mark, note FROM journal_heads WHERE n < $1 ORDER BY n DESC LIMIT $2";
    pub(crate) HEADS_DAILY = "SELECT n, size, at, day, mark, note FROM journal_heads
        WHERE n < $1 AND day IS NOT NULL ORDER BY n DESC LIMIT $2";
    pub(crate) HEADS_ALL = "SELECT n, size, at, day, mark, note FROM journal_heads ORDER BY n";
    pub(crate) HEAD_OF_DAY = "SELECT n, size, at, day, mark, note FROM journal_heads WHERE day = $1";
    pub(crate) HEAD_SINCE = "SELECT n, size, at, day, mark, note FROM journal_heads
        WHERE at >= $1 ORDER BY at, n LIMIT 1";
    pub(crate) MARK = "SELECT mark FROM journal_heads WHERE at < $1 ORDER BY n DESC LIMIT 1";
    pub(crate) KEY_INSERT = "INSERT INTO journal_keys (vkey, since) VALUES ($1, $2) ON CONFLICT (vkey) DO NOTHING";
    pub(crate) KEYS = "SELECT vkey, since FROM journal_keys ORDER BY since, vkey";
    /// Whether a table and its indexes agree: a reader that goes by an index does not see what stands in the
    /// table. PostgreSQL keeps checksums of its own for that.
    pub(crate) DAMAGE = sqlite "SELECT integrity_check FROM pragma_integrity_check($1)"
        postgres "SELECT 'ok' WHERE $1 = $1";
    /// Every leaf with the event it stands for.
    pub(crate) LEAVES_EVENTS = "SELECT l.idx, l.stream, l.seq, l.hash,
            j.stream, j.seq, j.stream_kind, j.at, j.actor, j.kind, j.payload, j.prev_hash, j.hash
        FROM journal_leaves l LEFT JOIN journal j ON j.stream = l.stream AND j.seq = l.seq ORDER BY l.idx";
    pub(crate) EVENT_RAW = "SELECT stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash
        FROM journal WHERE stream = $1 AND seq = $2";
}

/// An event that is no leaf yet.
pub(crate) struct Unsealed {
    pub(crate) n: i64,
    pub(crate) stream: Uuid,
    pub(crate) seq: i64,
    pub(crate) hash: Hash,
}

/// The number of the newest event.
pub(crate) fn newest(tx: &mut dyn Tx) -> Result<i64> {
    tx.scalar(&NEWEST, &[])
}

/// Events numbered above `after` and up to `to` that are no leaves yet, in the order of their numbers.
pub(crate) fn unsealed(tx: &mut dyn Tx, after: i64, to: i64) -> Result<Vec<Unsealed>> {
    tx.query_map(&UNSEALED, &params![after, to], |r| {
        Ok(Unsealed { n: r.get(0)?, stream: r.get(1)?, seq: r.get(2)?, hash: r.get(3)? })
    })
}

/// How many leaves there are.
pub(crate) fn size(tx: &mut dyn Tx) -> Result<u64> {
    let row = tx.query_opt(&SIZE, &[])?;
    row.map_or(Ok(0), |r| count(r.get(0)?))
}

/// A number of rows as the tree counts.
pub(crate) fn count(n: i64) -> Result<u64> {
    u64::try_from(n).map_err(|_| Error::internal("journal: a number below zero"))
}

/// A place in the tree as a column holds it.
pub(crate) fn column(n: u64) -> Result<i64> {
    i64::try_from(n).map_err(|_| Error::internal("journal: a tree too large"))
}

pub(crate) fn add_leaf(tx: &mut dyn Tx, index: u64, event: &Unsealed) -> Result<()> {
    tx.put(&LEAF_INSERT, &params![column(index)?, event.stream, event.seq, event.hash])
}

/// Hashes of leaves (level 0) or of whole subtrees, from `from` to, not including, `to`.
pub(crate) fn hashes(tx: &mut dyn Tx, level: u32, from: u64, to: u64) -> Result<Vec<Hash>> {
    let (from, to) = (column(from)?, column(to)?);
    match level {
        0 => tx.query_map(&LEAF_HASHES, &params![from, to], |r| r.get(0)),
        level => tx.query_map(&NODE_HASHES, &params![i64::from(level), from, to], |r| r.get(0)),
    }
}

pub(crate) fn add_node(tx: &mut dyn Tx, level: u32, index: u64, hash: &Hash) -> Result<()> {
    tx.put(&NODE_INSERT, &params![i64::from(level), column(index)?, hash.as_slice()])
}

/// Every root that is kept: its level, its place and its hash as it stands there.
pub(crate) fn nodes(tx: &mut dyn Tx) -> Result<Vec<(i64, i64, Vec<u8>)>> {
    tx.query_map(&NODES, &[], |r| {
        Ok((r.get(0).unwrap_or(-1), r.get(1).unwrap_or(-1), r.get(2).unwrap_or_default()))
    })
}

fn leaf(r: &Row) -> Result<Leaf> {
    Ok(Leaf { index: count(r.get(0)?)?, stream: r.get(1)?, seq: r.get(2)?, hash: r.get(3)? })
}

pub(crate) fn leaf_by_hash(tx: &mut dyn Tx, hash: &Hash) -> Result<Option<Leaf>> {
    tx.query_opt(&LEAF_BY_HASH, &params![hash.as_slice()])?.as_ref().map(leaf).transpose()
}

pub(crate) fn leaves_between(tx: &mut dyn Tx, from: &Hash, to: &Hash, limit: usize) -> Result<Vec<Leaf>> {
    tx.query_map(&LEAVES_BETWEEN, &params![from.as_slice(), to.as_slice(), limit], leaf)
}

pub(crate) fn leaf_by_event(tx: &mut dyn Tx, stream: Uuid, seq: i64) -> Result<Option<Leaf>> {
    tx.query_opt(&LEAF_BY_EVENT, &params![stream, seq])?.as_ref().map(leaf).transpose()
}

fn head(r: &Row) -> Result<Head> {
    Ok(Head {
        n: r.get(0)?,
        size: count(r.get(1)?)?,
        at: r.get(2)?,
        day: r.get(3)?,
        mark: r.get(4)?,
        note: r.get(5)?,
    })
}

pub(crate) fn add_head(tx: &mut dyn Tx, head: &Head) -> Result<()> {
    let values = params![head.n, column(head.size)?, head.at, head.day, head.mark, head.note.as_str()];
    tx.execute(&HEAD_INSERT, &values).map(drop)
}

pub(crate) fn head_latest(tx: &mut dyn Tx) -> Result<Option<Head>> {
    tx.query_opt(&HEAD_LATEST, &[])?.as_ref().map(head).transpose()
}

pub(crate) fn head_by_n(tx: &mut dyn Tx, n: i64) -> Result<Option<Head>> {
    tx.query_opt(&HEAD_BY_N, &params![n])?.as_ref().map(head).transpose()
}

pub(crate) fn head_covering(tx: &mut dyn Tx, size: u64) -> Result<Option<Head>> {
    tx.query_opt(&HEAD_COVERING, &params![column(size)?])?.as_ref().map(head).transpose()
}

pub(crate) fn heads(tx: &mut dyn Tx, before: i64, limit: usize, daily: bool) -> Result<Vec<Head>> {
    let stmt = if daily { &HEADS_DAILY } else { &HEADS };
    tx.query_map(stmt, &params![before, limit], head)
}

/// Every head as it stands there, for the verifier: one that cannot be read has no note.
pub(crate) fn heads_all(tx: &mut dyn Tx) -> Result<Vec<Head>> {
    tx.query_map(&HEADS_ALL, &[], |r| {
        Ok(head(r).unwrap_or_else(|_| Head {
            n: r.get(0).unwrap_or_default(),
            size: 0,
            at: Timestamp(0),
            day: None,
            mark: 0,
            note: String::new(),
        }))
    })
}

pub(crate) fn head_of_day(tx: &mut dyn Tx, day: Date) -> Result<Option<Head>> {
    tx.query_opt(&HEAD_OF_DAY, &params![day])?.as_ref().map(head).transpose()
}

pub(crate) fn head_since(tx: &mut dyn Tx, at: Timestamp) -> Result<Option<Head>> {
    tx.query_opt(&HEAD_SINCE, &params![at])?.as_ref().map(head).transpose()
}

/// The newest event's number when the last head before `before` was signed; 0 where there is none.
pub(crate) fn mark(tx: &mut dyn Tx, before: Timestamp) -> Result<i64> {
    let row = tx.query_opt(&MARK, &params![before])?;
    row.map_or(Ok(0), |r| r.get(0))
}

pub(crate) fn add_key(tx: &mut dyn Tx, vkey: &str, since: Timestamp) -> Result<()> {
    tx.execute(&KEY_INSERT, &params![vkey, since]).map(drop)
}

/// What the engine itself finds wrong with the tables of the journal, in its words.
pub(crate) fn damage(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for table in ["journal", "journal_leaves", "journal_nodes", "journal_heads", "journal_keys"] {
        let said: Vec<String> = tx.query_map(&DAMAGE, &params![table], |r| r.get(0))?;
        out.extend(said.into_iter().filter(|s| s != "ok"));
    }
    Ok(out)
}

/// Every key as it stands there; a text or an instant that cannot be read is empty.
pub(crate) fn keys(tx: &mut dyn Tx) -> Result<Vec<(String, Timestamp)>> {
    tx.query_map(&KEYS, &[], |r| Ok((r.get(0).unwrap_or_default(), r.get(1).unwrap_or_default())))
}

/// A leaf as it stands there, with the event it stands for, where that is there.
pub(crate) struct Kept {
    pub(crate) index: i64,
    pub(crate) stream: Uuid,
    pub(crate) seq: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) event: Option<Raw>,
}

pub(crate) fn each_kept(tx: &mut dyn Tx, f: &mut dyn FnMut(Kept) -> Result<()>) -> Result<()> {
    tx.each(&LEAVES_EVENTS, &[], &mut |r| {
        // Joined by its stream, so that one is there is the one thing that can be relied on.
        let there = r.get::<Option<Uuid>>(4).unwrap_or_default().is_some();
        f(Kept {
            index: r.get(0).unwrap_or(-1),
            stream: r.get(1).unwrap_or(Uuid::nil()),
            seq: r.get(2).unwrap_or_default(),
            hash: r.get(3).unwrap_or_default(),
            event: there.then(|| Raw::as_it_stands(r, 4)),
        })
    })
}

/// One event as it stands there.
pub(crate) fn raw(tx: &mut dyn Tx, stream: Uuid, seq: i64) -> Result<Option<Raw>> {
    tx.query_opt(&EVENT_RAW, &params![stream, seq])?.map(|r| Raw::from_columns(&r, 0)).transpose()
}
