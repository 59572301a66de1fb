//! The rows of reports.

use crate::period::Period;
use db::{Row, Tx, params};
use kernel::{AccountId, Date, Result, Timestamp, UnitId, Uuid};

db::statements! {
    pub(crate) INSERT_REPORT = "INSERT INTO reports (id, unit, from_month, to_month, as_of, version, replaces, note, \
        issued_at, account, shields, content, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    pub(crate) REPORTS = "SELECT id, unit, from_month, to_month, as_of, version, replaces, note, issued_at, account, \
        shields, content, hash FROM reports ORDER BY issued_at DESC, id DESC LIMIT $1";
    pub(crate) REPORT = "SELECT id, unit, from_month, to_month, as_of, version, replaces, note, issued_at, account, \
        shields, content, hash FROM reports WHERE id = $1";
    pub(crate) REPORTS_DISAGREE = "SELECT r.id, CAST(1 AS BIGINT), CAST(NULL AS BIGINT), '' FROM reports r \
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.stream = r.id) \
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j \
        WHERE j.stream_kind = 'report' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.id = j.stream)";
    pub(crate) REPORT_NEXT = "SELECT id FROM reports WHERE replaces = $1";
}

/// A report as it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its id, and its stream in the journal.
    pub id: Uuid,
    /// Whose figures.
    pub unit: UnitId,
    /// The first month, YYYY-MM.
    pub from: String,
    /// The last month.
    pub to: String,
    /// The day at whose end it was known.
    pub as_of: Date,
    /// From 1.
    pub version: i64,
    /// The version that it corrects.
    pub replaces: Option<Uuid>,
    /// Why it was corrected.
    pub note: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// By whom.
    pub account: AccountId,
    /// How often shields had changed by then.
    pub shields: i64,
    /// What it says, as it was kept.
    pub content: String,
    /// SHA-256 of that.
    pub hash: Vec<u8>,
}

impl Report {
    /// The months.
    ///
    /// Errors: internal where they are none.
    pub fn period(&self) -> Result<Period> {
        let month = |text: &str| format!("{text}-01").parse::<Date>().map_err(kernel::Error::internal);
        Ok(Period { from: month(&self.from)?, to: month(&self.to)? })
    }
}

fn report(row: &Row) -> Result<Report> {
    Ok(Report {
        id: row.get(0)?,
        unit: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        as_of: row.get(4)?,
        version: row.get(5)?,
        replaces: row.get(6)?,
        note: row.get(7)?,
        issued_at: row.get(8)?,
        account: row.get(9)?,
        shields: row.get(10)?,
        content: row.get(11)?,
        hash: row.get(12)?,
    })
}

/// Keeps a report.
pub(super) fn insert(tx: &mut dyn Tx, r: &Report) -> Result<()> {
    let values = params![
        r.id,
        r.unit,
        &r.from,
        &r.to,
        r.as_of,
        r.version,
        r.replaces,
        &r.note,
        r.issued_at,
        r.account,
        r.shields,
        &r.content,
        r.hash.clone()
    ];
    tx.execute(&INSERT_REPORT, &values).map(drop)
}

/// The last so many, latest first.
pub(crate) fn list(tx: &mut dyn Tx, limit: i64) -> Result<Vec<Report>> {
    tx.query_map(&REPORTS, &params![limit], report)
}

/// One by its id.
pub(crate) fn one(tx: &mut dyn Tx, id: Uuid) -> Result<Option<Report>> {
    tx.query_opt(&REPORT, &params![id])?.as_ref().map(report).transpose()
}

/// The version that corrects it.
pub(crate) fn next(tx: &mut dyn Tx, id: Uuid) -> Result<Option<Uuid>> {
    tx.query_opt(&REPORT_NEXT, &params![id])?.map(|r| r.get(0)).transpose()
}
