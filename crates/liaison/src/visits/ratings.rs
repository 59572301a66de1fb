//! What families say of visits by the code of their card: beside the visit, and as counts. Nobody is ranked by it.

use super::{photos, store};
use db::{Tx, params};
use kernel::{AccountId, Date, Error, RecordId, Result, Timestamp, path_end};
use records::Record;
use requests::model::Satisfaction;

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

/// What the family said of a visit before `known`; of one that puts another right, what was said of that.
///
/// Errors: those of the database.
pub fn rating(tx: &mut dyn Tx, visit: &Record, known: Timestamp) -> Result<Option<Satisfaction>> {
    for id in photos::chain(tx, visit)? {
        if let Some(row) = tx.query_opt(&store::RATING, &params![id, known])? {
            return grade(row.get(0)?).map(Some);
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

/// The visits that were rated, or got `only` this grade, as they were put right last: the worst first, of one grade the
/// latest, `most` at most.
///
/// Errors: those of the database.
pub fn rated(
    tx: &mut dyn Tx,
    asked: &Ratings,
    only: Option<Satisfaction>,
    most: usize,
) -> Result<Vec<Record>> {
    let (from, to, known) = (asked.from, asked.to, asked.known);
    let (best, worst) = only.map_or((1, 5), |g| (g.grade(), g.grade()));
    let most = most as i64;
    let found: Vec<RecordId> = match &asked.of {
        RatingsOf::Account(id) => {
            let values = params![id, from, to, known, best, worst, most];
            tx.query_map(&store::RATED_BY, &values, |r| r.get(0))?
        }
        RatingsOf::Unit(path) => {
            let values = params![path.as_str(), path_end(path), from, to, known, best, worst, most];
            tx.query_map(&store::RATED_IN, &values, |r| r.get(0))?
        }
    };
    let known = Some(known).filter(|at| at.0 != i64::MAX);
    let mut out = Vec::with_capacity(found.len());
    for id in found {
        out.extend(records::put_right(tx, id, known)?);
    }
    Ok(out)
}

fn grade(stored: i64) -> Result<Satisfaction> {
    Satisfaction::from_grade(stored).ok_or_else(|| Error::internal(format!("rating {stored}")))
}
