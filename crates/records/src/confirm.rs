//! Writing it down, once: the same id again is the same record.

use crate::model::{NewRecord, Record};
use crate::store;
use access::{Site, vault};
use db::{Tx, params};
use journal::{Link, NewEvent};
use kernel::{Actor, Error, RecordId, Result, Timestamp};
use serde_json::json;

/// Under which slot of the vault the words themselves lie.
pub(crate) const OWN: &str = "own";

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is written now.
    New,
    /// The very same was written before: nothing was done.
    Again,
}

/// Whether `new` was written before. Of one that was forgotten nobody can tell what it said: it is taken for the same where
/// it comes from the same account.
///
/// Errors: refused (`record-differs`) where a record with this id says something else.
pub(crate) fn again(known: &Record, new: &NewRecord) -> Result<Taken> {
    let words = || -> Result<bool> {
        let salt: [u8; 16] = known.salt.as_slice().try_into().map_err(Error::internal)?;
        Ok(journal::commitment(&salt, &new.content) == known.bound)
    };
    if known.account == new.account && (known.forgotten_at.is_some() || words()?) {
        return Ok(Taken::Again);
    }
    Err(Error::refused(
        "record-differs",
        "这条记录已经收到过，内容不一样。已收到的不改动；要改，请在原记录上“更正”。",
        "A record with this id came in before and says something else. What came in stays; to change it, correct that record.",
    ))
}

/// Writes `new` down, with its event. Asking who may is the caller's business, whose record may be corrected by whom as
/// well, and so is everything that follows.
///
/// Errors: refused (`record-differs`) where a record with this id says something else, (`record-corrected`) where it
/// corrects one that has been corrected; not found where it corrects none of the same kind and household.
pub fn confirm(tx: &mut dyn Tx, site: &Site, actor: &Actor, at: Timestamp, new: &NewRecord) -> Result<Taken> {
    if let Some(known) = crate::by_id(tx, new.id)? {
        return again(&known, new);
    }
    if let Some(wrong) = new.corrects {
        supersede(tx, actor, at, new, wrong)?;
    }
    let mut salt = [0u8; 16];
    site.chance.fill(&mut salt);
    let bound = journal::commitment(&salt, &new.content);
    let payload = json!({
        "record": new.kind,
        "household": new.household.to_string(),
        "on": new.on.to_string(),
        "device_at": new.device_at.map(|t| t.0),
        "corrects": new.corrects.map(|c| c.to_string()),
        "content": bound,
    });
    let event = NewEvent { stream_kind: "record", stream: new.id.0, at, actor, kind: "confirm", payload };
    let stored = journal::append_first(tx, &event)?;
    let data = serde_json::to_string(&new.data).map_err(Error::internal)?;
    let off = new.sent_at.map(|sent| at.0 - sent.0);
    tx.put(
        &store::INSERT,
        &params![
            new.id,
            new.id.ord(),
            new.kind,
            new.household,
            new.path.as_str(),
            new.account,
            new.unit,
            new.on,
            new.device_at,
            off,
            at,
            new.text.as_str(),
            data,
            &salt,
            bound,
            new.corrects,
            stored.seq,
            stored.hash.to_vec()
        ],
    )?;
    for path in above(&new.path) {
        tx.put(&store::REACH, &params![path, new.kind, new.on, new.id.ord(), new.id])?;
    }
    if let Some(own) = &new.own {
        vault::texts::keep(tx, &site.keyring, new.id.0, OWN, own, at)?;
    }
    Ok(Taken::New)
}

/// Notes on the record `wrong` that there is a correction.
fn supersede(tx: &mut dyn Tx, actor: &Actor, at: Timestamp, new: &NewRecord, wrong: RecordId) -> Result<()> {
    let old = crate::by_id(tx, wrong)?
        .filter(|o| o.kind == new.kind && o.household == new.household)
        .ok_or(Error::NotFound)?;
    if old.superseded_at.is_some() {
        return Err(Error::refused(
            "record-corrected",
            "这条记录已经更正过，请更正最新的那一条。",
            "This record has been corrected already: correct the latest one.",
        ));
    }
    let prev = Link { seq: old.seq, hash: old.head.as_slice().try_into().map_err(Error::internal)? };
    let payload = json!({ "by": new.id.to_string() });
    let event = NewEvent { stream_kind: "record", stream: wrong.0, at, actor, kind: "corrected", payload };
    let stored = journal::append_at(tx, &prev, &event)?;
    let done = tx.execute(&store::SUPERSEDE, &params![wrong, at, stored.seq, stored.hash.to_vec()])?;
    if done == 1 { Ok(()) } else { Err(Error::internal("a record vanished while it was corrected")) }
}

/// The path itself and those of all units above it.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.char_indices().filter(|(at, c)| *c == '/' && *at > 0).map(|(at, _)| &path[..=at])
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn a_record_stands_in_the_list_of_each_unit_above() {
        assert_eq!(above("/9/901/90101/").collect::<Vec<_>>(), ["/9/", "/9/901/", "/9/901/90101/"]);
        assert_eq!(above("/").count(), 0);
    }
}
