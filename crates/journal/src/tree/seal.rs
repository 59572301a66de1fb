//! Sealing: new events become leaves, and the root over all leaves is signed.
//!
//! Only the leader seals ([`db::Lead`]); two at once do no harm, for the second finds the leaves there. New
//! events are read outside of the transaction that writes leaves, so that nobody who registers has to
//! wait for the sealer or is run again because of it.
//!
//! An event gets its number when it is written and is seen when its transaction ends, so one with a smaller
//! number can come later. So everything since the head of an hour ago is looked at again each time, and
//! everything there is once a day.

use crate::store::tree::{self as store, Unsealed};
use crate::tree::heads::Head;
use crate::tree::merkle;
use crate::tree::note::{Checkpoint, SigningKey};
use crate::tree::proofs::{STEP, Stored};
use db::{Db, Tx};
use kernel::{Date, Error, HOUR, Result, Timestamp};

/// How many numbers are looked at in one read.
const WINDOW: i64 = 20_000;
/// How many leaves one transaction writes.
const BATCH: usize = 2_000;
/// For how long an event may come late.
const LATE: i64 = HOUR;

/// What gathering came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gathered {
    /// New leaves.
    pub added: u64,
    /// The newest event's number before it began: for [`sign`].
    pub mark: i64,
}

/// Makes leaves of the events that are none yet; with `all` it looks at every event there is. Blocks;
/// `progress` is told how many leaves were added.
///
/// Errors: a conflict where somebody else seals at the same time.
pub fn gather(db: &Db, now: Timestamp, all: bool, progress: &dyn Fn(u64)) -> Result<Gathered> {
    let (mark, since) = db.read_now(move |tx| {
        let since = if all { 0 } else { store::mark(tx, now.plus(-LATE))? };
        Ok((store::newest(tx)?, since))
    })?;
    let (mut added, mut at) = (0, since);
    while at < mark {
        let to = at + WINDOW;
        let found = db.read_now(move |tx| store::unsealed(tx, at, to))?;
        let found = std::sync::Arc::new(found);
        for from in (0..found.len()).step_by(BATCH) {
            let part = found.clone();
            let to = (from + BATCH).min(part.len());
            db.write_now(move |tx| add(tx, &part[from..to]))?;
            added += (to - from) as u64;
            progress(added);
        }
        at = to;
    }
    Ok(Gathered { added, mark })
}

/// Adds leaves, and the roots of the whole subtrees that they complete.
fn add(tx: &mut dyn Tx, events: &[Unsealed]) -> Result<()> {
    let old = store::size(tx)?;
    for (index, event) in (old..).zip(events) {
        // Somebody else who seals has the same leaf: then it is a conflict, and this is given up whole.
        store::add_leaf(tx, index, event)?;
    }
    let (mut before, mut now) = (old, old + events.len() as u64);
    for level in 1.. {
        (before, now) = (before >> STEP, now >> STEP);
        if before == now {
            break;
        }
        for index in before..now {
            let below = store::hashes(tx, level - 1, index << STEP, (index + 1) << STEP)?;
            store::add_node(tx, level, index, &merkle::fold(below))?;
        }
    }
    Ok(())
}

/// What a head that closes a day says besides, and the very first: lines for a tree of so many leaves.
pub type Lines = fn(&mut dyn Tx, u64) -> Result<Vec<String>>;

/// Signs the root over all leaves, unless the last head says the same already; one that closes a `day` is
/// signed even where nothing was added, and only once. Blocks.
///
/// Errors: refused (`seal-key`) where earlier heads bear another origin than this key.
pub fn sign(
    db: &Db,
    key: &SigningKey,
    now: Timestamp,
    mark: i64,
    day: Option<Date>,
    lines: Lines,
) -> Result<Option<Head>> {
    // Signed outside: a transaction may run again, and a key is no part of it.
    let (size, root, last, day, more) = db.snapshot_now(move |tx| {
        let size = store::size(tx)?;
        let root = merkle::root(&mut Stored(tx), size)?;
        let closed = day.map_or(Ok(None), |d| store::head_of_day(tx, d))?.is_some();
        let (last, day) = (store::head_latest(tx)?, day.filter(|_| !closed));
        let more = if day.is_some() || last.is_none() { lines(tx, size)? } else { Vec::new() };
        Ok((size, root, last, day, more))
    })?;
    let same = last.as_ref().is_some_and(|h| h.size == size);
    if size == 0 || (same && day.is_none()) {
        return Ok(None);
    }
    let origin = key.public().name.clone();
    if let Some(other) = last.as_ref().map(Head::checkpoint).transpose()?.filter(|c| c.origin != origin) {
        return Err(Error::refused(
            "seal-key",
            format!("封存密钥属于“{origin}”，而已有的树头属于“{}”。请放回原来的密钥文件。", other.origin),
            format!(
                "The sealing key is for {origin}, earlier heads are for {}: put the former key back.",
                other.origin
            ),
        ));
    }
    // A clock that was put back must not make heads go back.
    let at = last.as_ref().map_or(now, |h| h.at.max(now));
    let note = key.sign(&Checkpoint { origin, size, root, at, mark, day, more });
    let head = Head { n: last.map_or(1, |h| h.n + 1), size, at, day, mark, note };
    let (kept, vkey) = (head.clone(), key.public().to_string());
    db.write_now(move |tx| {
        store::add_key(tx, &vkey, at)?;
        store::add_head(tx, &kept)
    })?;
    Ok(Some(head))
}
