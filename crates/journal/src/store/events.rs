//! Events.

use crate::append::Sealed;
use crate::canonical::{self, Fields};
use crate::model::{Event, Hash, Link, NewEvent};
use db::{Row, Tx, Value, params};
use kernel::{Error, Result, Timestamp, Uuid};

db::statements! {
    pub(crate) JOURNAL_NEW = "INSERT INTO journal
        (stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub(crate) JOURNAL_FIRST = "INSERT INTO journal
        (stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (stream, seq) DO NOTHING";
    pub(crate) JOURNAL_AFTER = "INSERT INTO journal
        (stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash)
        SELECT stream, seq + 1, $3, $4, $5, $6, $7, hash, $8
        FROM journal WHERE stream = $1 AND seq = $2 AND hash = $9
        ON CONFLICT (stream, seq) DO NOTHING";
    pub(crate) JOURNAL_HEAD = "SELECT seq, hash FROM journal WHERE stream = $1 ORDER BY seq DESC LIMIT 1";
    pub(crate) JOURNAL_BEGIN = "SELECT seq, hash FROM journal WHERE stream = $1 AND seq = 1";
    pub(crate) JOURNAL_EVENTS = "SELECT stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash
        FROM journal WHERE stream = $1 AND seq > $2 ORDER BY seq";
    pub(crate) JOURNAL_ALL = "SELECT stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash
        FROM journal ORDER BY stream, seq";
}

fn values(event: &NewEvent<'_>, s: &Sealed) -> [Value; 9] {
    params![
        event.stream,
        s.seq,
        event.stream_kind,
        event.at,
        s.actor.as_str(),
        event.kind,
        s.payload.as_str(),
        s.prev_hash.as_slice(),
        s.hash
    ]
}

/// Writes the first event of a stream; one that is there already is a conflict, perhaps told at the end.
pub(crate) fn insert_new(tx: &mut dyn Tx, event: &NewEvent<'_>, s: &Sealed) -> Result<()> {
    tx.put(&JOURNAL_NEW, &values(event, s))
}

pub(crate) fn insert_first(tx: &mut dyn Tx, event: &NewEvent<'_>, s: &Sealed) -> Result<u64> {
    tx.execute(&JOURNAL_FIRST, &values(event, s))
}

pub(crate) fn insert_after(tx: &mut dyn Tx, event: &NewEvent<'_>, s: &Sealed) -> Result<u64> {
    tx.execute(
        &JOURNAL_AFTER,
        &params![
            event.stream,
            s.seq - 1,
            event.stream_kind,
            event.at,
            s.actor.as_str(),
            event.kind,
            s.payload.as_str(),
            s.hash,
            s.prev_hash.as_slice()
        ],
    )
}

/// Writes the rows, the first of them under the same guard as a single one.
pub(crate) fn insert_many(
    tx: &mut dyn Tx,
    prev: Option<&Link>,
    rows: &[(&NewEvent<'_>, Sealed)],
) -> Result<u64> {
    let Some(((event, sealed), rest)) = rows.split_first() else { return Ok(0) };
    let mut count = match prev {
        Some(_) => insert_after(tx, event, sealed)?,
        None => insert_first(tx, event, sealed)?,
    };
    if count == 0 {
        return Ok(0);
    }
    for (event, sealed) in rest {
        count += insert_first(tx, event, sealed)?;
    }
    Ok(count)
}

/// The end of the stream's chain; `None` for a stream without events.
pub fn head(tx: &mut dyn Tx, stream: Uuid) -> Result<Option<Link>> {
    let row = tx.query_opt(&JOURNAL_HEAD, &params![stream])?;
    row.map(|r| Ok(Link { seq: r.get(0)?, hash: r.get(1)? })).transpose()
}

/// The first event of the stream: its place and its hash, which is its leaf's. None for a stream without any.
pub fn first(tx: &mut dyn Tx, stream: Uuid) -> Result<Option<Link>> {
    let row = tx.query_opt(&JOURNAL_BEGIN, &params![stream])?;
    row.map(|r| Ok(Link { seq: r.get(0)?, hash: r.get(1)? })).transpose()
}

/// Whether the stream still ends where the caller's own row says. A `false` means that events were
/// cut off or added past the program.
pub fn check_head(tx: &mut dyn Tx, stream: Uuid, link: &Link) -> Result<bool> {
    Ok(head(tx, stream)?.as_ref() == Some(link))
}

/// Every event of the stream, in order.
pub fn events(tx: &mut dyn Tx, stream: Uuid) -> Result<Vec<Event>> {
    events_after(tx, stream, 0)
}

/// The events of the stream after place `seq`, in order.
pub fn events_after(tx: &mut dyn Tx, stream: Uuid, seq: i64) -> Result<Vec<Event>> {
    let rows = tx.query(&JOURNAL_EVENTS, &params![stream, seq])?;
    rows.iter().map(event_of).collect()
}

/// A row as it is stored, for the verifier: nothing parsed that could fail on a tampered row.
pub(crate) struct Raw {
    pub stream: Uuid,
    pub seq: i64,
    pub stream_kind: String,
    pub at: Timestamp,
    pub actor: String,
    pub kind: String,
    pub payload: String,
    pub prev_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

/// The rows of one stream as they are stored, in order.
pub(crate) fn raw_of_stream(tx: &mut dyn Tx, stream: Uuid) -> Result<Vec<Raw>> {
    Ok(tx.query(&JOURNAL_EVENTS, &params![stream, 0])?.iter().map(|row| Raw::as_it_stands(row, 0)).collect())
}

pub(crate) fn each_raw(tx: &mut dyn Tx, f: &mut dyn FnMut(Raw) -> Result<()>) -> Result<()> {
    tx.each(&JOURNAL_ALL, &[], &mut |row| f(Raw::as_it_stands(row, 0)))
}

fn event_of(row: &Row) -> Result<Event> {
    Raw::from_columns(row, 0)?.event()
}

impl Raw {
    /// The columns from `first` on as an event's.
    pub(crate) fn from_columns(row: &Row, first: usize) -> Result<Raw> {
        Ok(Raw {
            stream: row.get(first)?,
            seq: row.get(first + 1)?,
            stream_kind: row.get(first + 2)?,
            at: row.get(first + 3)?,
            actor: row.get(first + 4)?,
            kind: row.get(first + 5)?,
            payload: row.get(first + 6)?,
            prev_hash: row.get(first + 7)?,
            hash: row.get(first + 8)?,
        })
    }

    /// The same for the verifier: of a row that cannot be read as one, where it stands and nothing more,
    /// so that no hash fits it.
    pub(crate) fn as_it_stands(row: &Row, first: usize) -> Raw {
        Self::from_columns(row, first).unwrap_or_else(|_| Raw {
            stream: row.get(first).unwrap_or(Uuid::nil()),
            seq: row.get(first + 1).unwrap_or_default(),
            stream_kind: row.get(first + 2).unwrap_or_default(),
            at: Timestamp(0),
            actor: String::new(),
            kind: String::new(),
            payload: String::new(),
            prev_hash: Vec::new(),
            hash: Vec::new(),
        })
    }

    /// The bytes that are hashed.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        canonical::event(&Fields {
            prev_hash: &self.prev_hash,
            stream_kind: &self.stream_kind,
            stream: self.stream,
            seq: self.seq,
            at: self.at,
            actor: &self.actor,
            kind: &self.kind,
            payload: &self.payload,
        })
    }

    fn event(self) -> Result<Event> {
        let raw = self;
        Ok(Event {
            stream_kind: raw.stream_kind,
            stream: raw.stream,
            seq: raw.seq,
            at: raw.at,
            actor: serde_json::from_str(&raw.actor).map_err(Error::internal)?,
            kind: raw.kind,
            payload: serde_json::from_str(&raw.payload).map_err(Error::internal)?,
            prev_hash: if raw.prev_hash.is_empty() { None } else { Some(hash_of(&raw.prev_hash)?) },
            hash: hash_of(&raw.hash)?,
        })
    }
}

fn hash_of(bytes: &[u8]) -> Result<Hash> {
    bytes.try_into().map_err(|_| Error::internal("journal: a hash is not 32 bytes long"))
}
