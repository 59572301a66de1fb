//! The file of a mediation, and the parties to the dispute.

use crate::model::Satisfaction;
use crate::store::request::word;
use db::{Tx, params};
use kernel::{AccountId, Date, Error, RequestId, Result, Timestamp, UnitId};
use rules::deadline::Certificate;
use rules::mediation::{FileItem, Performed, Source};
use serde::{Deserialize, Serialize};

rules::vocabulary! {
    /// On which side a party stands.
    Side {
        /// Who asked for it.
        Applicant = "applicant", "申请人", "Applicant";
        /// The other side.
        Respondent = "respondent", "被申请人", "Respondent";
        /// Somebody else concerned.
        Third = "third", "第三方", "Third party";
    }
}

db::statements! {
    pub(crate) FILE_ITEMS = "SELECT no, item, on_date, perform_by, at, account, unit, words, files, certificate, facts \
        FROM request_file_items WHERE request = $1 ORDER BY no";
    pub(crate) FILE_ITEM = "INSERT INTO request_file_items (request, no, item, on_date, perform_by, at, account, unit, \
        words, files, certificate, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    pub(crate) PARTIES = "SELECT no, side, shown, gave, at, account FROM request_parties WHERE request = $1 ORDER BY no";
    pub(crate) PARTY = "INSERT INTO request_parties (request, no, side, shown, gave, at, account) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(crate) LEAVE_ITEM_WORDS = "UPDATE request_file_items SET words = $3 WHERE request = $1 AND no = $2";
    pub(crate) LEAVE_FILE_WORDS = "UPDATE request_file_items SET words = '' WHERE request = $1";
    pub(crate) LEAVE_PARTIES = "UPDATE request_parties SET shown = '', gave = '' WHERE request = $1";
}

/// An item of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRow {
    /// Its number within the case.
    pub no: i64,
    /// Which.
    pub item: FileItem,
    /// The day that stands on it.
    pub on: Date,
    /// Of an agreement: by when it is performed.
    pub perform_by: Option<Date>,
    /// When it was filed.
    pub at: Timestamp,
    /// By whom.
    pub account: AccountId,
    /// For which unit.
    pub unit: UnitId,
    /// What it says, without names.
    pub words: String,
    /// How many scans came with it.
    pub files: i64,
    /// Of an agreement: until when the court may be asked to confirm it, and why then.
    pub confirm: Option<Certificate>,
    /// What its printed form asks besides.
    pub facts: ItemFacts,
}

/// What the printed form of an item asks besides day and words. Nothing in it says who anybody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemFacts {
    /// Of an acceptance: where the dispute came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Of a return visit: which party was visited, by its number within the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visited: Option<i64>,
    /// Of a return visit: how far the agreement was performed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub performed: Option<Performed>,
    /// Of a return visit: how satisfied they were with the mediation, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<Satisfaction>,
}

/// A party, without who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyRow {
    /// Its number within the case.
    pub no: i64,
    /// On which side.
    pub side: Side,
    /// The family name alone.
    pub shown: String,
    /// What else there is of them to be looked at, in words of [`crate::acts::look::Field`].
    pub gave: String,
    /// When it was noted.
    pub at: Timestamp,
    /// By whom.
    pub account: AccountId,
}

fn day(text: &str) -> Result<Date> {
    text.parse().map_err(Error::internal)
}

/// The items of a file, as they were filed.
pub(crate) fn items(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<ItemRow>> {
    tx.query_map(&FILE_ITEMS, &params![id], |row| {
        let (item, on, by): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let confirm: String = row.get(9)?;
        let confirm = (!confirm.is_empty()).then(|| serde_json::from_str(&confirm)).transpose();
        Ok(ItemRow {
            no: row.get(0)?,
            item: word("item", &item, FileItem::from_key(&item))?,
            on: day(&on)?,
            perform_by: if by.is_empty() { None } else { Some(day(&by)?) },
            at: row.get(4)?,
            account: row.get(5)?,
            unit: row.get(6)?,
            words: row.get(7)?,
            files: row.get(8)?,
            confirm: confirm.map_err(Error::internal)?,
            facts: facts_of(&row.get::<String>(10)?)?,
        })
    })
}

fn facts_of(text: &str) -> Result<ItemFacts> {
    if text.is_empty() {
        Ok(ItemFacts::default())
    } else {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

/// Files an item.
pub(crate) fn file(tx: &mut dyn Tx, id: RequestId, row: &ItemRow) -> Result<()> {
    let confirm = row.confirm.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?;
    let facts = match row.facts == ItemFacts::default() {
        true => String::new(),
        false => serde_json::to_string(&row.facts).map_err(Error::internal)?,
    };
    let values = params![
        id,
        row.no,
        row.item.key(),
        row.on.to_string(),
        row.perform_by.map(|d| d.to_string()).unwrap_or_default(),
        row.at,
        row.account,
        row.unit,
        &row.words,
        row.files,
        confirm.unwrap_or_default(),
        facts
    ];
    tx.execute(&FILE_ITEM, &values).map(drop)
}

/// The parties, as they were noted.
pub(crate) fn parties(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<PartyRow>> {
    tx.query_map(&PARTIES, &params![id], |row| {
        let side: String = row.get(1)?;
        Ok(PartyRow {
            no: row.get(0)?,
            side: word("side", &side, Side::from_key(&side))?,
            shown: row.get(2)?,
            gave: row.get(3)?,
            at: row.get(4)?,
            account: row.get(5)?,
        })
    })
}

/// Notes a party.
pub(crate) fn party(tx: &mut dyn Tx, id: RequestId, row: &PartyRow) -> Result<()> {
    let values = params![id, row.no, row.side.key(), &row.shown, &row.gave, row.at, row.account];
    tx.execute(&PARTY, &values).map(drop)
}

/// Leaves the words of an item as they are shown from now on.
pub(crate) fn leave_words(tx: &mut dyn Tx, id: RequestId, no: i64, words: &str) -> Result<()> {
    tx.execute(&LEAVE_ITEM_WORDS, &params![id, no, words]).map(drop)
}

/// Leaves nothing of who the parties are, and of what was written of them.
pub(crate) fn forget(tx: &mut dyn Tx, id: RequestId) -> Result<()> {
    tx.execute(&LEAVE_FILE_WORDS, &params![id])?;
    tx.execute(&LEAVE_PARTIES, &params![id]).map(drop)
}
