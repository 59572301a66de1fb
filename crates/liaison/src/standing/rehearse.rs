//! A place where every household has somebody and half of them were seen: for measuring, never on a real site.

use crate::store::{duties as store, pairings};
use crate::visits::KIND as VISIT;
use db::{Tx, params};
use kernel::{AccountId, Chance, Date, HouseholdId, PairingId, RecordId, Result, Timestamp, Uuid, path_end};

/// Pairs every household at and below `path` by `kind` with made-up people, thirty to each, from a day on, and notes
/// that every second one was seen on `seen`; tells how many there are. Writes no events.
///
/// Errors: those of the database.
pub fn rehearse(
    tx: &mut dyn Tx,
    chance: &dyn Chance,
    at: Timestamp,
    kind: &str,
    path: &str,
    (from, seen): (Date, Date),
) -> Result<usize> {
    let mut homes: Vec<(HouseholdId, String)> = Vec::new();
    tx.each(&pairings::WITHOUT, &params![path, path_end(path), seen, kind, i64::MAX, "", ""], &mut |r| {
        homes.push((r.get(0)?, r.get(2)?));
        Ok(())
    })?;
    for (n, (home, path)) in homes.iter().enumerate() {
        let account = AccountId(Uuid::from_u128(1_000_000 + (n / 30) as u128));
        let id = PairingId::new(at, chance);
        tx.put(&pairings::PUT, &params![id, kind, account, *home, path.as_str(), from, "bench", at])?;
        if n % 2 == 0 {
            tx.put(&store::SAW, &params![kind, VISIT, *home, seen, RecordId::new(at, chance), account])?;
        }
    }
    Ok(homes.len())
}

/// Reads the same rows as a full computation and does nothing with them: what the engine itself takes.
///
/// Errors: those of the database.
pub fn read_alone(tx: &mut dyn Tx, kind: &str, tags: &[String], from: Date, to: Date) -> Result<usize> {
    let mut rows = 0;
    let mut one = |_: &db::Row| {
        rows += 1;
        Ok(())
    };
    tx.each(&store::SEEN_ALL, &params![kind, from, to, VISIT], &mut one)?;
    for tag in tags {
        tx.each(&store::TAG_SPANS_IN, &params![format!("tag:{tag}"), "/", path_end("/")], &mut one)?;
    }
    tx.each(&store::LIVES, &params![kind, "/", path_end("/"), from, to], &mut one)?;
    Ok(rows)
}
