//! What an event is.

use kernel::{Actor, Timestamp, Uuid};
use serde_json::Value;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// An event to append.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// What the stream is about: `request`, `account`, `site`, …
    pub stream_kind: &'static str,
    /// The id of the thing whose history this is.
    pub stream: Uuid,
    /// When it happened, by the site's clock.
    pub at: Timestamp,
    /// Who did it.
    pub actor: &'a Actor,
    /// What happened, a stable word such as `assigned`.
    pub kind: &'a str,
    /// Its particulars; no personal data in clear (see the crate's documentation).
    pub payload: Value,
}

/// The end of a chain: what the next event links to. Keep it in the row of the thing itself
/// (`seq`, `hash`) and the next event needs no read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The place in the stream, from 1.
    pub seq: i64,
    /// The hash of that event.
    pub hash: Hash,
}

impl Link {
    /// From the two columns in which a caller keeps it; `None` when the hash is not 32 bytes.
    pub fn from_columns(seq: i64, hash: &[u8]) -> Option<Link> {
        Some(Link { seq, hash: hash.try_into().ok()? })
    }
}

/// What appending gives back: the new end of the chain.
pub type Stored = Link;

/// An event as it stands in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What the stream is about.
    pub stream_kind: String,
    /// The id of the thing.
    pub stream: Uuid,
    /// The place in the stream, from 1.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub kind: String,
    /// Its particulars.
    pub payload: Value,
    /// The hash of the event before; `None` for the first.
    pub prev_hash: Option<Hash>,
    /// The hash of this event.
    pub hash: Hash,
}
