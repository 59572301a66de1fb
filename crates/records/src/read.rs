//! Reading what was written down: of a household, by a person, in a unit; as it is known now or was on a day.

use crate::confirm::OWN;
use crate::model::Record;
use crate::store;
use access::{Keyring, vault};
use db::{Row, Tx, params};
use kernel::{AccountId, DAY, Date, Error, HouseholdId, RecordId, Result, Timestamp, Zone};

/// Whose records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of a household, and of those that are linked to it.
    Household(HouseholdId),
    /// Of whoever was there.
    Account(AccountId),
    /// Of all households in the unit with this path and below it.
    Unit(String),
}

/// Where a page of a list ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The day of the last record shown.
    pub on: Date,
    /// Its number.
    pub ord: i64,
}

/// What is listed: latest first.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Whose.
    pub whose: Whose,
    /// Of which kind.
    pub kind: &'static str,
    /// From this day on.
    pub from: Option<Date>,
    /// To this day, itself included.
    pub to: Option<Date>,
    /// As was known before this instant; as is known now where left out.
    pub known: Option<Timestamp>,
    /// After this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub most: usize,
}

impl Listing {
    /// The latest `most` records of a kind.
    pub fn new(whose: Whose, kind: &'static str, most: usize) -> Listing {
        Listing { whose, kind, from: None, to: None, known: None, after: None, most }
    }
}

impl Record {
    /// Where a list goes on after this record.
    pub fn cursor(&self) -> Cursor {
        Cursor { on: self.on, ord: self.id.ord() }
    }
}

/// The instant before which everything counts as known on `day`: its end.
pub fn as_of(zone: Zone, day: Date) -> Timestamp {
    Timestamp(zone.instant(day.at(0, 0, 0, 0)).0 + DAY)
}

/// The record with this id, whatever became of it.
///
/// Errors: those of the database.
pub fn by_id(tx: &mut dyn Tx, id: RecordId) -> Result<Option<Record>> {
    tx.query_opt(&store::BY_ID, &params![id])?.as_ref().map(read).transpose()
}

/// The record with this id as it was put right last, known before an instant, now where left out: its correction, or the
/// correction of that, and so on; itself where there is none.
///
/// Errors: those of the database.
pub fn put_right(tx: &mut dyn Tx, id: RecordId, known: Option<Timestamp>) -> Result<Option<Record>> {
    let before = |at: Timestamp| known.is_none_or(|known| at < known);
    let Some(mut latest) = by_id(tx, id)? else { return Ok(None) };
    while latest.superseded_at.is_some_and(before) {
        let values = params![latest.household, latest.kind.as_str(), latest.id];
        let Some(row) = tx.query_opt(&store::CORRECTION, &values)? else { break };
        latest = read(&row)?;
    }
    Ok(Some(latest))
}

/// The words themselves, where the record leaves something out. Give them to nobody but whoever may have them.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn own_words(tx: &mut dyn Tx, keys: &Keyring, id: RecordId) -> Result<Option<String>> {
    vault::texts::open(tx, keys, id.0, OWN)
}

/// A page of records, latest first; those that were corrected by then are left out.
///
/// Errors: those of the database.
pub fn list(tx: &mut dyn Tx, asked: &Listing) -> Result<Vec<Record>> {
    let (first, last) = (asked.from.unwrap_or(Date::MIN), asked.to.unwrap_or(Date::MAX));
    // Days as they are stored: years below 0 and above 9999 do not occur.
    let first = if asked.from.is_some() { first.to_string() } else { String::new() };
    let last = if asked.to.is_some() { last.to_string() } else { "9".to_owned() };
    let known = asked.known.map_or(i64::MAX, |t| t.0);
    let (day, ord) = match asked.after {
        Some(at) => (at.on.to_string(), at.ord),
        None => ("9".to_owned(), 0),
    };
    let rest = |whose: db::Value| -> Vec<db::Value> {
        params![whose, asked.kind, first.as_str(), last.as_str(), known, day.as_str(), ord, asked.most as i64]
            .to_vec()
    };
    match &asked.whose {
        Whose::Household(id) => {
            let mut all = Vec::new();
            let homes = register::households::same(tx, *id)?;
            for home in &homes {
                all.extend(tx.query_map(&store::OF_HOUSEHOLD, &rest(home.into()), read)?);
            }
            if homes.len() > 1 {
                all.sort_by_key(|r: &Record| std::cmp::Reverse((r.on, r.id.ord())));
                all.truncate(asked.most);
            }
            Ok(all)
        }
        Whose::Account(id) => tx.query_map(&store::OF_ACCOUNT, &rest(id.into()), read),
        Whose::Unit(path) => tx.query_map(&store::OF_UNIT, &rest(path.as_str().into()), read),
    }
}

/// The latest record of a kind at a household or at one that is linked to it.
///
/// Errors: those of the database.
pub fn latest(tx: &mut dyn Tx, household: HouseholdId, kind: &'static str) -> Result<Option<Record>> {
    Ok(list(tx, &Listing::new(Whose::Household(household), kind, 1))?.pop())
}

/// On which day somebody was last at each of the households where they were from `since` on.
///
/// Errors: those of the database.
pub fn latest_by(
    tx: &mut dyn Tx,
    account: AccountId,
    kind: &str,
    since: Date,
) -> Result<Vec<(HouseholdId, Date)>> {
    tx.query_map(&store::LATEST_BY, &params![account, kind, since], |r| Ok((r.get(0)?, r.get(1)?)))
}

fn read(row: &Row) -> Result<Record> {
    let data: String = row.get(11)?;
    Ok(Record {
        id: row.get(0)?,
        kind: row.get(1)?,
        household: row.get(2)?,
        path: row.get(3)?,
        account: row.get(4)?,
        unit: row.get(5)?,
        on: row.get(6)?,
        device_at: row.get(7)?,
        clock_off: row.get(8)?,
        received_at: row.get(9)?,
        text: row.get(10)?,
        data: serde_json::from_str(&data).map_err(Error::internal)?,
        corrects: row.get(12)?,
        superseded_at: row.get(13)?,
        seq: row.get(14)?,
        head: row.get(15)?,
        salt: row.get(16)?,
        bound: row.get(17)?,
        forgotten_at: row.get(18)?,
    })
}
