//! Words drawn by lot to be asked again.

use crate::model::Satisfaction;
use db::{Tx, params};
use kernel::{AccountId, RequestId, Result, Timestamp, UnitId};

db::statements! {
    pub(crate) UPSERT_SAMPLE = "INSERT INTO request_samples (request, round, drawn_at, lot, days, last_day, done_at, \
        account, unit, outcome, satisfaction) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
        ON CONFLICT (request, round) DO UPDATE SET days = excluded.days, last_day = excluded.last_day, \
        done_at = excluded.done_at, account = excluded.account, unit = excluded.unit, \
        outcome = excluded.outcome, satisfaction = excluded.satisfaction";
    pub(crate) SAMPLES = "SELECT round, drawn_at, lot, days, last_day, done_at, account, unit, outcome, satisfaction \
        FROM request_samples WHERE request = $1 ORDER BY round";
}

/// A word drawn by lot.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The answer round whose word is asked again.
    pub round: i64,
    /// When it was drawn: with the word.
    pub drawn_at: Timestamp,
    /// The number drawn.
    pub lot: i64,
    /// Different days on which nobody was reached.
    pub days: i64,
    /// The last of them; empty before.
    pub last_day: String,
    /// When it was done with.
    pub done_at: Option<Timestamp>,
    /// Who called.
    pub account: Option<AccountId>,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// `""` before it is done, then `same`, `other` or `not-reached`.
    pub outcome: String,
    /// How satisfied they said they were.
    pub satisfaction: Option<Satisfaction>,
}

impl Sample {
    /// Drawn with this number, nobody called yet.
    pub(crate) fn drawn(round: i64, at: Timestamp, lot: i64) -> Sample {
        Sample {
            round,
            drawn_at: at,
            lot,
            days: 0,
            last_day: String::new(),
            done_at: None,
            account: None,
            unit: None,
            outcome: String::new(),
            satisfaction: None,
        }
    }
}

/// Writes a sample, newly drawn or called.
pub(crate) fn save(tx: &mut dyn Tx, request: RequestId, s: &Sample) -> Result<()> {
    let values = params![
        request,
        s.round,
        s.drawn_at,
        s.lot,
        s.days,
        &s.last_day,
        s.done_at,
        s.account,
        s.unit,
        &s.outcome,
        s.satisfaction.map(|s| s.grade())
    ];
    tx.execute(&UPSERT_SAMPLE, &values).map(drop)
}

/// What was drawn of a case, first to last.
pub(crate) fn of(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<Sample>> {
    tx.query_map(&SAMPLES, &params![request], |row| {
        let grade: Option<i64> = row.get(9)?;
        Ok(Sample {
            round: row.get(0)?,
            drawn_at: row.get(1)?,
            lot: row.get(2)?,
            days: row.get(3)?,
            last_day: row.get(4)?,
            done_at: row.get(5)?,
            account: row.get(6)?,
            unit: row.get(7)?,
            outcome: row.get(8)?,
            satisfaction: grade.and_then(Satisfaction::from_grade),
        })
    })
}
