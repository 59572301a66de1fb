//! Something happened for a pairing (a visit, a plan, help, a check): what the record tells obligations, in the record's
//! own transaction.

use crate::store::duties as store;
use crate::visits::KIND as VISIT;
use crate::{read, tally};
use access::Site;
use db::{Tx, params};
use kernel::{AccountId, Date, HouseholdId, RecordId, Result};
use register::households;

/// The household, and the one it is linked to.
pub(crate) fn stands_for(tx: &mut dyn Tx, household: HouseholdId) -> Result<Vec<HouseholdId>> {
    let kept = households::get(tx, household)?.and_then(|h| h.kept);
    Ok(std::iter::once(household).chain(kept).collect())
}

/// Something that counts for a pairing of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted<'a> {
    /// The kind of pairing.
    pub kind: &'a str,
    /// The kind of record.
    pub record_kind: &'static str,
    /// Of which household.
    pub household: HouseholdId,
    /// Who wrote the record.
    pub account: AccountId,
    /// The day for which it counts.
    pub on: Date,
    /// The record.
    pub record: RecordId,
}

/// Notes that `account` saw `household` on a day, as `record` says, and counts it for every kind of pairing that joined
/// the two on that day; tells which. Where the household was linked to another meanwhile it counts for that one as
/// well. The same again changes nothing.
///
/// Errors: those of the database.
pub fn seen(
    tx: &mut dyn Tx,
    site: &Site,
    household: HouseholdId,
    account: AccountId,
    on: Date,
    record: RecordId,
) -> Result<Vec<String>> {
    let kinds = read::kinds_between(tx, account, household, on)?;
    if kinds.is_empty() {
        return Ok(kinds);
    }
    for home in stands_for(tx, household)? {
        tally::around(tx, site, home, |tx| {
            for kind in &kinds {
                put(tx, &Noted { kind, record_kind: VISIT, household: home, account, on, record })?;
            }
            Ok(())
        })?;
    }
    Ok(kinds)
}

/// Notes that a record was made for a pairing, and counts it.
///
/// Errors: those of the database.
pub(crate) fn noted(tx: &mut dyn Tx, site: &Site, new: &Noted<'_>) -> Result<()> {
    for household in stands_for(tx, new.household)? {
        tally::around(tx, site, household, |tx| put(tx, &Noted { household, ..*new }))?;
    }
    Ok(())
}

fn put(tx: &mut dyn Tx, n: &Noted<'_>) -> Result<()> {
    let values = params![n.kind, n.record_kind, n.household, n.on, n.record, n.account];
    tx.execute(&store::SAW, &values).map(drop)
}

/// Takes back what `record` told: it was corrected. Whatever the correction tells is noted again.
///
/// Errors: those of the database.
pub fn unseen(tx: &mut dyn Tx, site: &Site, household: HouseholdId, record: RecordId) -> Result<()> {
    for home in stands_for(tx, household)? {
        tally::around(tx, site, home, |tx| {
            tx.execute(&store::FORGET_SEEN, &params![record, home]).map(drop)
        })?;
    }
    Ok(())
}
