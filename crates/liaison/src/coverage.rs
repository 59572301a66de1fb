//! Who has somebody and who has nobody, grid by grid: what the coverage page and a proposal compare.

use crate::carers::{border, candidates};
use crate::store::{pairings as store, proposals};
use db::{Tx, params};
use kernel::{AccountId, Date, HouseholdId, Result, Uuid, path_end};
use pack::PairingKind;
use register::Directory;
use std::collections::{BTreeMap, BTreeSet};

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

/// Those with a post at and below `path` who may take on households there and have none at all. Nobody where the kind
/// does not say how many everybody is to have at the least.
///
/// Errors: those of the database.
pub fn idle(
    tx: &mut dyn Tx,
    dir: &Directory,
    kind: &PairingKind,
    path: &str,
    on: Date,
) -> Result<Vec<AccountId>> {
    if kind.least == 0 {
        return Ok(Vec::new());
    }
    let held: BTreeSet<AccountId> = loads(tx, kind, "/", on)?.into_iter().map(|l| l.0).collect();
    let fits = |unit| kind.within.is_none() || dir.get(unit).and_then(|u| border(dir, kind, u)).is_some();
    let below = |unit| dir.path(unit).starts_with(path);
    let people = candidates(tx, dir, kind, path, on)?;
    let none = people.iter().filter(|p| !held.contains(&p.account) && fits(p.unit) && below(p.unit));
    Ok(none.map(|p| p.account).collect())
}

/// Households at and below `path` that the kind is for and that have nobody, behind the one with this path and code, in order, at most `most`: id,
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
    let end = path_end(path);
    if kind.only.is_empty() {
        let values = params![from, end, on, kind.id.as_str(), most, after, code];
        return tx.query_map(&store::WITHOUT, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)));
    }
    // With two of the tags a household is one all the same.
    let mut found: BTreeMap<(String, String), HouseholdId> = BTreeMap::new();
    for tag in &kind.only {
        let field = format!("tag:{tag}");
        let values = params![from, end.as_str(), on, kind.id.as_str(), most, after, code, field];
        for r in tx.query(&store::TAGGED_WITHOUT, &values)? {
            found.insert((r.get(2)?, r.get(1)?), r.get(0)?);
        }
    }
    let most = usize::try_from(most).unwrap_or(0);
    Ok(found.into_iter().take(most).map(|((path, code), id)| (id, code, path)).collect())
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
