//! What families say of visits by the code of their card: beside the visit, and as counts. Nobody is ranked by it.

use super::{photos, store};
use access::Site;
use db::{Tx, params};
use journal::NewEvent;
use kernel::{AccountId, Actor, Date, Error, RecordId, Result, Timestamp, Uuid, path_end};
use records::Record;
use requests::model::Satisfaction;
use serde_json::json;

/// Whose visits were rated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RatingsOf {
    /// Of whoever was there.
    Account(AccountId),
    /// At households of a unit and below, by its path.
    Unit(String),
}

/// Visits made from one day to another, as far as they were rated before an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ratings {
    /// Whose.
    pub of: RatingsOf,
    /// From this day.
    pub from: Date,
    /// To this day.
    pub to: Date,
    /// As known before.
    pub known: Timestamp,
}

/// What a family said of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rated {
    /// The visit.
    pub record: RecordId,
    /// The path under which it is kept.
    pub path: String,
    /// Who was there.
    pub account: AccountId,
    /// On which day.
    pub on: Date,
    /// What they said.
    pub said: Rating,
}

/// What a family says of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// How satisfied they are.
    pub grade: Satisfaction,
    /// In their words, without names and numbers; mostly empty.
    pub words: String,
}

/// Words have at most so many characters.
pub const WORDS_MAX: usize = 200;

impl Rated {
    /// Writes it as it was said at `at`, with its event.
    ///
    /// Errors: those of the database.
    pub(super) fn write(&self, tx: &mut dyn Tx, site: &Site, actor: &Actor, at: Timestamp) -> Result<()> {
        let (grade, words) = (self.said.grade.grade(), self.said.words.as_str());
        let (path, said_on) = (self.path.as_str(), site.zone.date(at));
        let values = params![self.record, path, self.account, self.on, grade, words, said_on, at];
        tx.execute(&store::RATE, &values)?;
        let mut drawn = [0u8; 16];
        site.chance.fill(&mut drawn);
        let event = NewEvent {
            stream_kind: "visit-rated",
            stream: Uuid::from_bytes(drawn),
            at,
            actor,
            kind: "rated",
            // The journal can forget nothing, so the words are not in it.
            payload: json!({ "record": self.record.to_string(), "grade": grade }),
        };
        journal::append_first(tx, &event).map(drop)
    }
}

/// What the family said of a visit before `known`; of one that puts another right, what was said of that.
///
/// Errors: those of the database.
pub fn rating(tx: &mut dyn Tx, visit: &Record, known: Timestamp) -> Result<Option<Rating>> {
    for id in photos::chain(tx, visit)? {
        if let Some(row) = tx.query_opt(&store::RATING, &params![id, known])? {
            return Ok(Some(Rating { grade: grade(row.get(0)?)?, words: row.get(1)? }));
        }
    }
    Ok(None)
}

/// How many visits got each grade, best first; grades that nobody gave are left out.
///
/// Errors: those of the database.
pub fn graded(tx: &mut dyn Tx, asked: &Ratings) -> Result<Vec<(Satisfaction, i64)>> {
    let (from, to, known) = (asked.from, asked.to, asked.known);
    let found: Vec<(i64, i64)> = match &asked.of {
        RatingsOf::Account(id) => {
            tx.query_map(&store::GRADED_BY, &params![id, from, to, known], |r| Ok((r.get(0)?, r.get(1)?)))?
        }
        RatingsOf::Unit(path) => {
            let values = params![path.as_str(), path_end(path), from, to, known];
            tx.query_map(&store::GRADED_IN, &values, |r| Ok((r.get(0)?, r.get(1)?)))?
        }
    };
    found.into_iter().map(|(given, n)| Ok((grade(given)?, n))).collect()
}

/// The next `most` visits that were rated, or got `only` this grade, as they were put right last: the worst first, of one
/// grade the latest; behind the one that `after` names, which is what was given for the page before.
///
/// Errors: those of the database.
pub fn rated(
    tx: &mut dyn Tx,
    asked: &Ratings,
    only: Option<Satisfaction>,
    after: &str,
    most: usize,
) -> Result<(Vec<Record>, Option<String>)> {
    let (from, to, known) = (asked.from, asked.to, asked.known);
    let (best, worst) = only.map_or((1, 5), |g| (g.grade(), g.grade()));
    let (last, day, id) = behind(after).unwrap_or((9, String::new(), RecordId(Uuid::from_bytes([0; 16]))));
    let (day, limit) = (day.as_str(), most as i64);
    let read = |r: &db::Row| Ok((r.get::<RecordId>(0)?, r.get::<i64>(1)?, r.get::<Date>(2)?));
    let found: Vec<(RecordId, i64, Date)> = match &asked.of {
        RatingsOf::Account(account) => {
            let values = params![account, from, to, known, best, worst, last, day, id, limit];
            tx.query_map(&store::RATED_BY, &values, read)?
        }
        RatingsOf::Unit(path) => {
            let (path, end) = (path.as_str(), path_end(path));
            let values = params![path, end, from, to, known, best, worst, last, day, id, limit];
            tx.query_map(&store::RATED_IN, &values, read)?
        }
    };
    let next =
        found.last().filter(|_| found.len() == most).map(|(id, given, on)| format!("{given}.{on}.{id}"));
    let known = Some(known).filter(|at| at.0 != i64::MAX);
    let mut out = Vec::with_capacity(found.len());
    for (id, ..) in found {
        out.extend(records::put_right(tx, id, known)?);
    }
    Ok((out, next))
}

/// Where a page of rated visits ended: the grade, the day and the visit.
fn behind(after: &str) -> Option<(i64, String, RecordId)> {
    let mut parts = after.splitn(3, '.');
    let (given, day, id) = (parts.next()?, parts.next()?, parts.next()?);
    Some((given.parse().ok()?, day.parse::<Date>().ok()?.to_string(), id.parse().ok()?))
}

fn grade(stored: i64) -> Result<Satisfaction> {
    Satisfaction::from_grade(stored).ok_or_else(|| Error::internal(format!("rating {stored}")))
}
