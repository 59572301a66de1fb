//! The people of a request: who joined, what they said, how often nobody was reached.

use crate::model::Satisfaction;
use crate::store::duties::person_key;
use crate::store::request::word;
use db::{Tx, Value, params};
use kernel::{AccountId, PersonId, RequestId, Result, Timestamp, UnitId, Uuid};
use rules::case::Word;

db::statements! {
    pub(crate) INSERT_JOINED = "INSERT INTO request_joined (request, person, code, channel, joined_at, words) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (request, person) DO NOTHING";
    pub(crate) JOINED = "SELECT person, code, channel, joined_at, words FROM request_joined \
        WHERE request = $1 ORDER BY joined_at, person";
    pub(crate) INSERT_LEFT = "INSERT INTO request_left (request, person, left_at) VALUES ($1, $2, $3)";
    pub(crate) DELETE_LEFT = "DELETE FROM request_left WHERE request = $1 AND person = $2";
    pub(crate) LEFT = "SELECT person FROM request_left WHERE request = $1 ORDER BY left_at, person";
    pub(crate) UPSERT_WORD = "INSERT INTO request_words (request, round, person, at, via, word, satisfaction, note, \
        account, unit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
        ON CONFLICT (request, round, person) DO UPDATE SET at = excluded.at, via = excluded.via, \
        word = excluded.word, satisfaction = excluded.satisfaction, note = excluded.note, \
        account = excluded.account, unit = excluded.unit";
    pub(crate) WORDS = "SELECT round, person, at, via, word, satisfaction, note, account FROM request_words \
        WHERE request = $1 ORDER BY at, person";
    pub(crate) INSERT_ATTEMPT = "INSERT INTO request_attempts (request, round, at, day, account, unit, outcome, note) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (request, round, at) DO NOTHING";
    pub(crate) ATTEMPTS = "SELECT round, at, day, account, unit, outcome, note FROM request_attempts \
        WHERE request = $1 ORDER BY at";
}

/// Somebody who has the same matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// Who.
    pub person: PersonId,
    /// Their own query code.
    pub code: String,
    /// How they came.
    pub channel: String,
    /// When.
    pub joined_at: Timestamp,
    /// What they said of it.
    pub words: String,
}

/// Adds somebody with the same matter; `false` when they were there already.
pub(crate) fn insert_joined(tx: &mut dyn Tx, request: RequestId, j: &Joined) -> Result<bool> {
    let values = params![request, j.person, &j.code, &j.channel, j.joined_at, &j.words];
    Ok(tx.execute(&INSERT_JOINED, &values)? == 1)
}

/// Those who have the same matter.
pub(crate) fn joined(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<Joined>> {
    tx.query(&JOINED, &params![request])?
        .iter()
        .map(|row| {
            Ok(Joined {
                person: row.get(0)?,
                code: row.get(1)?,
                channel: row.get(2)?,
                joined_at: row.get(3)?,
                words: row.get(4)?,
            })
        })
        .collect()
}

/// Puts down that somebody leaves the case to the others.
pub(crate) fn insert_left(
    tx: &mut dyn Tx,
    request: RequestId,
    person: Option<PersonId>,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&INSERT_LEFT, &params![request, person_key(person), at]).map(drop)
}

/// Takes back that somebody left the case.
pub(crate) fn delete_left(tx: &mut dyn Tx, request: RequestId, person: PersonId) -> Result<()> {
    tx.execute(&DELETE_LEFT, &params![request, person]).map(drop)
}

/// Those who left the case to the others.
pub(crate) fn left(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<Option<PersonId>>> {
    tx.query_map(&LEFT, &params![request], |row| {
        let person: PersonId = row.get(0)?;
        Ok((person.0 != Uuid::nil()).then_some(person))
    })
}

/// A person's word on one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct WordRow {
    /// The answer round.
    pub round: i64,
    /// Whose, where a person is named.
    pub person: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// `page`, `window`, `call`, `message`, or `clock` where the time ran out.
    pub via: String,
    /// Solved or not, or why it is not known.
    pub word: Word,
    /// Satisfaction, asked apart.
    pub satisfaction: Option<Satisfaction>,
    /// What they added.
    pub note: String,
    /// Who called, where somebody did.
    pub account: Option<AccountId>,
    /// For which unit.
    pub unit: Option<UnitId>,
}

/// Writes a word; a later one of the same person in the same round takes the place of the earlier.
pub(crate) fn save_word(tx: &mut dyn Tx, request: RequestId, w: &WordRow) -> Result<()> {
    tx.execute(&UPSERT_WORD, &word_values(request, w)).map(drop)
}

/// The parameters of [`UPSERT_WORD`].
pub(crate) fn word_values(request: RequestId, w: &WordRow) -> [Value; 10] {
    params![
        request,
        w.round,
        person_key(w.person),
        w.at,
        &w.via,
        w.word.key(),
        w.satisfaction.map(|s| s.grade()),
        &w.note,
        w.account,
        w.unit
    ]
}

/// The words given so far.
pub(crate) fn words(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<WordRow>> {
    tx.query(&WORDS, &params![request])?
        .iter()
        .map(|row| {
            let person: PersonId = row.get(1)?;
            let key: String = row.get(4)?;
            let grade: Option<i64> = row.get(5)?;
            Ok(WordRow {
                round: row.get(0)?,
                person: (person.0 != Uuid::nil()).then_some(person),
                at: row.get(2)?,
                via: row.get(3)?,
                word: word("word", &key, Word::from_key(&key))?,
                satisfaction: grade.and_then(Satisfaction::from_grade),
                note: row.get(6)?,
                account: row.get(7)?,
                unit: None,
            })
        })
        .collect()
}

/// A failed attempt to reach the person.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The answer round.
    pub round: i64,
    /// When.
    pub at: Timestamp,
    /// The civil day, since days count.
    pub day: String,
    /// Who tried.
    pub account: AccountId,
    /// For which unit.
    pub unit: UnitId,
    /// `no-answer`, `wrong-number`, `refused`, `call-later`.
    pub outcome: String,
    /// A remark.
    pub note: String,
}

/// Writes an attempt.
pub(crate) fn insert_attempt(tx: &mut dyn Tx, request: RequestId, a: &Attempt) -> Result<()> {
    let values = params![request, a.round, a.at, &a.day, a.account, a.unit, &a.outcome, &a.note];
    tx.execute(&INSERT_ATTEMPT, &values).map(drop)
}

/// The attempts so far.
pub(crate) fn attempts(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<Attempt>> {
    tx.query(&ATTEMPTS, &params![request])?
        .iter()
        .map(|row| {
            Ok(Attempt {
                round: row.get(0)?,
                at: row.get(1)?,
                day: row.get(2)?,
                account: row.get(3)?,
                unit: row.get(4)?,
                outcome: row.get(5)?,
                note: row.get(6)?,
            })
        })
        .collect()
}
