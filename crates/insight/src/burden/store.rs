//! The rows of the meter: a role, a week, a form.

use super::Figures;
use db::{Row, Tx, params};
use kernel::{Date, Result};

db::statements! {
    pub(crate) ADD_BURDEN = "INSERT INTO burden_weeks (week, role, route, sent, questions, typed, signs, known) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (week, role, route) DO UPDATE SET \
        sent = burden_weeks.sent + excluded.sent, questions = burden_weeks.questions + excluded.questions, \
        typed = burden_weeks.typed + excluded.typed, signs = burden_weeks.signs + excluded.signs, \
        known = burden_weeks.known + excluded.known";
    pub(crate) BURDEN_OF = "SELECT role, route, sent, questions, typed, signs, known FROM burden_weeks \
        WHERE week = $1 ORDER BY role, sent DESC, route";
    pub(crate) BURDEN_WEEKS = "SELECT week, CAST(SUM(sent) AS BIGINT), CAST(SUM(questions) AS BIGINT), \
        CAST(SUM(typed) AS BIGINT), CAST(SUM(signs) AS BIGINT), CAST(SUM(known) AS BIGINT) FROM burden_weeks \
        WHERE week > $1 GROUP BY week ORDER BY week DESC";
}

/// One line of the meter.
pub(crate) struct Line {
    pub(crate) role: String,
    pub(crate) route: String,
    pub(crate) figures: Figures,
}

fn figures(r: &Row, from: usize) -> Result<Figures> {
    Ok(Figures {
        sent: r.get(from)?,
        questions: r.get(from + 1)?,
        typed: r.get(from + 2)?,
        signs: r.get(from + 3)?,
        known: r.get(from + 4)?,
    })
}

/// Adds to a line.
pub(crate) fn add(tx: &mut dyn Tx, week: Date, role: &str, route: &str, f: Figures) -> Result<()> {
    let row = params![week, role, route, f.sent, f.questions, f.typed, f.signs, f.known];
    tx.execute(&ADD_BURDEN, &row).map(drop)
}

/// The lines of a week: by role, the most sent form first.
pub(crate) fn week(tx: &mut dyn Tx, monday: Date) -> Result<Vec<Line>> {
    tx.query_map(&BURDEN_OF, &params![monday], |r| {
        Ok(Line { role: r.get(0)?, route: r.get(1)?, figures: figures(r, 2)? })
    })
}

/// The sums of all weeks after this one, the latest first.
pub(crate) fn weeks(tx: &mut dyn Tx, after: Date) -> Result<Vec<(Date, Figures)>> {
    tx.query_map(&BURDEN_WEEKS, &params![after], |r| Ok((r.get(0)?, figures(r, 1)?)))
}
