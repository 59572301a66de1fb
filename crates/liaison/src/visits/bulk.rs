//! A past visit of the demonstration, and what came of it: written as it would have been then, without the questions
//! that a form asks.

pub use super::needs::Born;
pub use super::ratings::Rated;

use super::words::{self, Hide};
use super::{KIND, Visit, promises, store, told};
use crate::seen;
use access::Site;
use db::{Tx, params};
use kernel::{AccountId, Actor, Error, RequestId, Result, Timestamp, UnitId};
use records::NewRecord;
use register::households::Household;

/// Writes `visit` as confirmed at `at` by `account`, who goes for `unit`. The requests of its needs come later, in the
/// order of time: then [`need`] notes each. Texts are taken as they come: they are made up and name nobody.
///
/// Errors: those of the records and the database.
pub fn past(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    account: AccountId,
    unit: UnitId,
    at: Timestamp,
    visit: &Visit,
) -> Result<()> {
    let hide = Hide::nobody();
    let kept = words::keep(&site.pack.visit, visit, &hide)?;
    let new = NewRecord {
        id: visit.id,
        kind: KIND,
        household: household.id,
        path: household.path.clone(),
        account,
        unit,
        on: visit.on,
        device_at: visit.device_at.map(Timestamp),
        sent_at: visit.device_at.map(|_| at),
        text: kept.text,
        data: kept.data,
        own: None,
        content: serde_json::to_string(visit).map_err(kernel::Error::internal)?,
        corrects: None,
    };
    let actor = Actor::Staff { account, unit };
    records::confirm(tx, site, &actor, at, &new)?;
    seen::seen(tx, site, household.id, account, visit.on, visit.id)?;
    promises::write(tx, site, visit, household, (account, at), &hide)
}

/// Notes a need whose request is there by now, and that the family was told how it ended by whoever heard it, who goes
/// for `unit`, where they were.
///
/// Errors: not found where there is no such request, or nobody heard it; those of the database.
pub fn need(
    tx: &mut dyn Tx,
    site: &Site,
    born: &Born,
    unit: UnitId,
    told_at: Option<Timestamp>,
) -> Result<()> {
    born.write(tx, site)?;
    let Some(at) = told_at else { return Ok(()) };
    let of_visit: Vec<(RequestId, String)> =
        tx.query_map(&store::NEEDS_OF_RECORD, &params![born.record], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let (_, number) = of_visit.iter().find(|(id, _)| *id == born.request).ok_or(Error::NotFound)?;
    let account = born.account.ok_or(Error::NotFound)?;
    let of = told::Of { request: born.request, number, heard: Some(born.household) };
    told::write(tx, site, &Actor::Staff { account, unit }, at, &of)
}

/// Writes what a family said of a visit at `at`.
///
/// Errors: those of the database.
pub fn rated(tx: &mut dyn Tx, site: &Site, rated: &Rated, at: Timestamp) -> Result<()> {
    rated.write(tx, site, &Actor::Resident, at)
}
