//! Who has somebody and who has nobody, grid by grid: what the coverage page and a proposal compare.

use crate::store::{pairings as store, proposals};
use db::{Tx, params};
use kernel::{AccountId, Date, HouseholdId, Result, Uuid, path_end};
use pack::PairingKind;
use std::collections::BTreeMap;

/// Of one grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Cover {
    /// Households that the kind is for.
    pub homes: i64,
    /// Of which somebody looks after.
    pub paired: i64,
}

impl Cover {
    /// Nobody looks after so many.
    pub fn without(self) -> i64 {
        (self.homes - self.paired).max(0)
    }

    /// Both together.
    pub fn plus(self, other: Cover) -> Cover {
        Cover { homes: self.homes + other.homes, paired: self.paired + other.paired }
    }
}

/// Each grid at and below `path` on a day.
///
/// Errors: those of the database.
pub fn of(tx: &mut dyn Tx, kind: &PairingKind, path: &str, on: Date) -> Result<BTreeMap<String, Cover>> {
    let end = path_end(path);
    let mut grids: BTreeMap<String, Cover> = BTreeMap::new();
    if kind.only.is_empty() {
        for r in tx.query(&store::HOUSEHOLDS_BY_GRID, &params![path, end.as_str(), on])? {
            grids.entry(r.get(0)?).or_default().homes += r.get::<i64>(1)?;
        }
    }
    for tag in &kind.only {
        let values = params![path, end.as_str(), on, format!("tag:{tag}")];
        for r in tx.query(&store::TAGGED_BY_GRID, &values)? {
            grids.entry(r.get(0)?).or_default().homes += r.get::<i64>(1)?;
        }
    }
    let values = params![path, end.as_str(), on, kind.id.as_str()];
    for r in tx.query(&store::PAIRED_BY_GRID, &values)? {
        grids.entry(r.get(0)?).or_default().paired += r.get::<i64>(1)?;
    }
    Ok(grids)
}

/// How many each person looks after, of those with any at and below `path`, wherever the households lie.
///
/// Errors: those of the database.
pub fn loads(tx: &mut dyn Tx, kind: &PairingKind, path: &str, on: Date) -> Result<Vec<(AccountId, i64)>> {
    let values = params![kind.id.as_str(), path, path_end(path), on];
    let here: Vec<(AccountId, i64)> = tx.query_map(&store::LOADS, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(here)
}

/// Households at and below `path` without anybody, behind the one with this path and code, in order, at most `most`: id,
/// code, path of the grid.
///
/// Errors: those of the database.
pub fn without(
    tx: &mut dyn Tx,
    kind: &PairingKind,
    path: &str,
    on: Date,
    (after, code): (&str, &str),
    most: i64,
) -> Result<Vec<(HouseholdId, String, String)>> {
    // Read from where it goes on, so that a later page costs no more than the first.
    let from = if after > path { after } else { path };
    let values = params![from, path_end(path), on, kind.id.as_str(), most, after, code];
    tx.query_map(&store::WITHOUT, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
}

/// What a proposal makes of it: `before` with its changes.
///
/// Errors: those of the database.
pub fn after(
    tx: &mut dyn Tx,
    proposal: Uuid,
    before: &BTreeMap<String, Cover>,
) -> Result<BTreeMap<String, Cover>> {
    let mut grids = before.clone();
    let rows = tx.query(&proposals::CHANGES_BY_GRID, &params![proposal])?;
    for r in rows {
        let (had, gets): (i64, i64) = (r.get(1)?, r.get(2)?);
        grids.entry(r.get(0)?).or_default().paired += gets - had;
    }
    Ok(grids)
}
