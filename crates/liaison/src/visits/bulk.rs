//! A past visit of the demonstration: written as it would have been then, without the questions that a form asks.

use super::words::{self, Hide};
use super::{KIND, Visit, promises};
use crate::seen;
use access::Site;
use db::Tx;
use kernel::{AccountId, Actor, Result, Timestamp, UnitId};
use records::NewRecord;
use register::households::Household;

/// Writes `visit` as confirmed at `at` by `account`, who goes for `unit`. Its needs are left out. Texts are taken as
/// they come: they are made up and name nobody.
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
