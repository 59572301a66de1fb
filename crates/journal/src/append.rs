//! Adding events.

use crate::canonical::{self, Fields};
use crate::model::{Hash, Link, NewEvent, Stored};
use crate::store::events as store;
use db::Tx;
use kernel::{Error, Result, Say};

/// An event with its link and hash computed, ready to be written: for a slice that writes it
/// inside a larger statement of its own. The fields are the columns of table `journal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The place in the stream, from 1.
    pub seq: i64,
    /// Who, as canonical JSON.
    pub actor: String,
    /// Particulars, as canonical JSON.
    pub payload: String,
    /// The hash of the event before; empty for the first.
    pub prev_hash: Vec<u8>,
    /// The hash of this event.
    pub hash: Hash,
}

impl Sealed {
    /// The end of the chain once this is written.
    pub fn link(&self) -> Link {
        Link { seq: self.seq, hash: self.hash }
    }
}

/// Computes the link and the hash of `event` after `prev`; writes nothing.
pub fn seal(prev: Option<&Link>, event: &NewEvent<'_>) -> Result<Sealed> {
    let actor = canonical::json(&serde_json::to_value(event.actor).map_err(Error::internal)?);
    let payload = canonical::json(&event.payload);
    let prev_hash = prev.map(|p| p.hash.to_vec()).unwrap_or_default();
    let seq = prev.map_or(1, |p| p.seq + 1);
    let hash = canonical::hash(&Fields {
        prev_hash: &prev_hash,
        stream_kind: event.stream_kind,
        stream: event.stream,
        seq,
        at: event.at,
        actor: &actor,
        kind: event.kind,
        payload: &payload,
    });
    Ok(Sealed { seq, actor, payload, prev_hash, hash })
}

/// Appends to the stream, reading its last link first.
///
/// Errors: [`Error::Conflict`] when somebody else appended meanwhile.
pub fn append(tx: &mut dyn Tx, event: &NewEvent<'_>) -> Result<Stored> {
    match store::head(tx, event.stream)? {
        Some(prev) => append_at(tx, &prev, event),
        None => append_first(tx, event),
    }
}

/// Appends the first event of a new stream, with no read.
///
/// Errors: [`Error::Conflict`] when the stream has events already, perhaps told only at the end of the
/// transaction.
pub fn append_first(tx: &mut dyn Tx, event: &NewEvent<'_>) -> Result<Stored> {
    let sealed = seal(None, event)?;
    store::insert_new(tx, event, &sealed)?;
    Ok(sealed.link())
}

/// Appends after `prev`, which the caller holds in its own row; the statement itself makes sure
/// that `prev` is in the journal and that nothing follows it.
///
/// Errors: [`Error::Conflict`] when `prev` is not the end of the stream.
pub fn append_at(tx: &mut dyn Tx, prev: &Link, event: &NewEvent<'_>) -> Result<Stored> {
    let sealed = seal(Some(prev), event)?;
    written(store::insert_after(tx, event, &sealed)?, sealed.link())
}

/// Appends several events of one stream in their order, after `prev` or as the first, with no read. Gives back the new end, or `prev` when there is nothing to append.
///
/// Errors: [`Error::Conflict`] as for [`append_at`]; internal when the events name several streams.
pub fn append_many(tx: &mut dyn Tx, prev: Option<&Link>, events: &[NewEvent<'_>]) -> Result<Option<Stored>> {
    let Some(first) = events.first() else { return Ok(prev.copied()) };
    if events.iter().any(|e| e.stream != first.stream) {
        return Err(Error::internal("journal: append_many with events of several streams"));
    }
    let mut link = prev.copied();
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let sealed = seal(link.as_ref(), event)?;
        link = Some(sealed.link());
        rows.push((event, sealed));
    }
    let count = store::insert_many(tx, prev, &rows)?;
    match link {
        Some(link) if count == rows.len() as u64 => Ok(Some(link)),
        _ => Err(overtaken()),
    }
}

fn written(count: u64, link: Link) -> Result<Stored> {
    if count == 1 { Ok(link) } else { Err(overtaken()) }
}

fn overtaken() -> Error {
    Error::Conflict(Say::new(
        "别人刚刚处理过这一件，请刷新看看现在的情况，再决定怎么做。",
        "Somebody else has just acted on this. Look at how it stands now, then decide.",
    ))
}
