//! A plan, help or a check as a record, with what follows from any of them.

use crate::seen::{self, Noted};
use access::Site;
use db::Tx;
use kernel::{AccountId, Actor, Date, Error, RecordId, Result, Timestamp, UnitId};
use records::{NewRecord, Taken};
use register::households::Household;
use serde::Serialize;
use serde_json::Value;

/// Who writes something down, and when.
pub(super) struct Who<'a> {
    pub actor: &'a Actor,
    pub account: AccountId,
    pub unit: UnitId,
    pub at: Timestamp,
}

/// What is written down.
pub(super) struct Entry<'a> {
    pub id: RecordId,
    /// Of what kind the record is.
    pub record: &'static str,
    /// The kind of pairing that it belongs to.
    pub kind: &'a str,
    /// The day on which it happened.
    pub on: Date,
    /// The day on which it counts.
    pub counts: Date,
    /// What it says, without names.
    pub text: String,
    /// The same as data.
    pub data: Value,
    /// Whether that leaves something out: then what was sent is sealed.
    pub hidden: bool,
    /// The record that it corrects.
    pub corrects: Option<RecordId>,
}

/// Writes it down as it was `sent`, and notes for which pairing it counts.
pub(super) fn write(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    who: &Who<'_>,
    entry: Entry<'_>,
    sent: &impl Serialize,
) -> Result<Taken> {
    let content = serde_json::to_string(sent).map_err(Error::internal)?;
    let new = NewRecord {
        id: entry.id,
        kind: entry.record,
        household: household.id,
        path: household.path.clone(),
        account: who.account,
        unit: who.unit,
        on: entry.on,
        device_at: None,
        sent_at: None,
        text: entry.text,
        data: entry.data,
        own: entry.hidden.then(|| content.clone()),
        content,
        corrects: entry.corrects,
    };
    let taken = records::confirm(tx, site, who.actor, who.at, &new)?;
    if taken == Taken::Again {
        return Ok(taken);
    }
    if let Some(former) = entry.corrects {
        seen::unseen(tx, site, household.id, former)?;
    }
    let noted = Noted {
        kind: entry.kind,
        record_kind: entry.record,
        household: household.id,
        account: who.account,
        on: entry.counts,
        record: entry.id,
    };
    seen::noted(tx, site, &noted)?;
    Ok(taken)
}
