//! The little SQL of the program itself.

use db::{Tx, params};
use kernel::{DAY, Result, Timestamp};

db::statements! {
    /// Whether the database answers.
    pub(crate) ALIVE = "SELECT 1";
    pub(crate) JOB_NOTE = "INSERT INTO jobs (name, began_at, took_ms, good_at, fault, even_since)
        VALUES ($1, $2, $3, $4, $5, $2)
        ON CONFLICT (name) DO UPDATE SET even_since = CASE WHEN excluded.began_at BETWEEN jobs.began_at
                AND jobs.began_at + $6 THEN jobs.even_since ELSE excluded.began_at END, began_at = excluded.began_at, took_ms = excluded.took_ms,
            good_at = COALESCE(excluded.good_at, jobs.good_at), fault = excluded.fault";
    /// Bytes of the database: of the file, or of the tables and indexes in the schema.
    pub(crate) BYTES = sqlite "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        postgres "SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS BIGINT)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'm')";
    pub(crate) JOBS = "SELECT name, began_at, took_ms, good_at, fault, even_since FROM jobs ORDER BY name";
}

/// The last round of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRun {
    /// Which job.
    pub name: String,
    /// When it began.
    pub began_at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// When the last round began that ended well.
    pub good_at: Option<Timestamp>,
    /// What it ended with; empty where it ended well.
    pub fault: String,
    /// Since when its rounds have followed one another without a leap of more than [`LEAP`], or back.
    pub even_since: Timestamp,
}

/// Two rounds further apart than this have a leap between them: the clock was changed, or nothing ran. In
/// milliseconds.
const LEAP: i64 = 2 * DAY;
/// So long rounds have to have been even before anything is destroyed, in milliseconds.
const EVEN_FOR: i64 = 3 * DAY;

impl JobRun {
    /// Whether the clock can be trusted at `now` so far that what has had its time may be destroyed: a wrong
    /// year must not do what can never be undone.
    pub(crate) fn is_even(&self, now: Timestamp) -> bool {
        (0..=LEAP).contains(&(now.0 - self.began_at.0)) && now.0 - self.even_since.0 >= EVEN_FOR
    }
}

/// Notes a round; an empty `fault` is one that ended well.
pub(crate) fn note_job(
    tx: &mut dyn Tx,
    name: &str,
    began: Timestamp,
    took_ms: i64,
    fault: &str,
) -> Result<()> {
    let good = fault.is_empty().then_some(began);
    tx.execute(&JOB_NOTE, &params![name, began, took_ms, good, fault, LEAP]).map(|_| ())
}

/// The size of the database in bytes.
pub(crate) fn bytes(tx: &mut dyn Tx) -> Result<i64> {
    tx.scalar(&BYTES, &[])
}

/// The last round of every job that ever ran.
pub(crate) fn job_runs(tx: &mut dyn Tx) -> Result<Vec<JobRun>> {
    tx.query_map(&JOBS, &[], |r| {
        Ok(JobRun {
            name: r.get(0)?,
            began_at: r.get(1)?,
            took_ms: r.get(2)?,
            good_at: r.get(3)?,
            fault: r.get(4)?,
            even_since: r.get(5)?,
        })
    })
}
