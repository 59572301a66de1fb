//! What others ask about pairings.

use crate::model::Pairing;
use crate::store::pairings as store;
use db::{Tx, params};
use kernel::{AccountId, Date, HouseholdId, PairingId, Result};

/// A pairing; none where it is not there or was superseded.
pub fn by_id(tx: &mut dyn Tx, id: PairingId) -> Result<Option<Pairing>> {
    tx.query_opt(&store::BY_ID, &params![id])?.as_ref().map(Pairing::from_row).transpose()
}

/// By which kinds `account` looks after `household` on a day; empty where not at all.
pub fn kinds_between(
    tx: &mut dyn Tx,
    account: AccountId,
    household: HouseholdId,
    on: Date,
) -> Result<Vec<String>> {
    tx.query_map(&store::BETWEEN, &params![account, household, on], |r| r.get(0))
}

/// Whether `account` looks after `household` on a day: what [`access::Target::paired`] is told.
pub fn is_paired(tx: &mut dyn Tx, account: AccountId, household: HouseholdId, on: Date) -> Result<bool> {
    Ok(!kinds_between(tx, account, household, on)?.is_empty())
}

/// The pairings of somebody on a day, in the order of grids.
pub fn of_account(tx: &mut dyn Tx, account: AccountId, on: Date) -> Result<Vec<Pairing>> {
    tx.query_map(&store::OF_ACCOUNT_ON, &params![account, on], Pairing::from_row)
}

/// All pairings somebody has or had, the latest first.
pub fn history_of_account(tx: &mut dyn Tx, account: AccountId, most: i64) -> Result<Vec<Pairing>> {
    tx.query_map(&store::OF_ACCOUNT, &params![account, most], Pairing::from_row)
}

/// All pairings a household has or had, the oldest first.
pub fn history(tx: &mut dyn Tx, household: HouseholdId) -> Result<Vec<Pairing>> {
    tx.query_map(&store::OF_HOUSEHOLD, &params![household], Pairing::from_row)
}

/// Who looks after a household on a day.
pub fn of_household(tx: &mut dyn Tx, household: HouseholdId, on: Date) -> Result<Vec<Pairing>> {
    Ok(history(tx, household)?.into_iter().filter(|p| p.is_in_force(on)).collect())
}

/// How many households somebody looks after by a kind.
pub fn load(tx: &mut dyn Tx, account: AccountId, kind: &str) -> Result<i64> {
    tx.scalar(&store::LOAD, &params![account, kind])
}
