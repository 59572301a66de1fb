//! What is owed of every household of a site, computed in full, against the engine's own reading of the same rows.

use crate::cli::{Base, Where};
use crate::open;
use kernel::{Error, Result};
use liaison::standing::{count, read_alone, rehearse};
use std::path::Path;
use std::time::Instant;

/// How often; the middle one counts.
const ROUNDS: usize = 5;

/// What it took.
pub(super) struct Took {
    /// Households judged.
    pub(super) homes: usize,
    /// Rows read.
    pub(super) rows: usize,
    /// Milliseconds, computed in full.
    pub(super) full_ms: f64,
    /// Milliseconds, the rows alone.
    pub(super) rows_ms: f64,
}

/// Measures a site in `dir` with so many households, each with somebody, half of them seen.
pub(super) fn measure(dir: &Path, households: usize) -> Result<Took> {
    super::child::prepare(dir, &Base::default(), 0)?;
    let place = Where { dir: dir.to_owned(), base: Base::default() };
    let site = open::open(&place)?.site;
    let today = site.today();
    let some = u32::try_from(households).unwrap_or(u32::MAX);
    crate::demo::more_households(&site, some)?;
    let duty = site.pack.obligations.first().cloned().ok_or(Error::NotFound)?;
    let period = duty.window.at(today).ok_or(Error::NotFound)?;
    let before = duty.window.before(period).map_or(period.from, |p| p.from);
    let (at, kind) = (site.clone(), duty.pairing.clone());
    site.db
        .write_now(move |tx| rehearse(tx, &*at.chance, at.now(), &kind, "/", (before, today)).map(drop))?;
    let (mut full, mut alone) = (Vec::new(), Vec::new());
    let (mut homes, mut rows) = (0, 0);
    for _ in 0..ROUNDS {
        let (shared, rule) = (site.clone(), duty.clone());
        let start = Instant::now();
        let grids = site.db.snapshot_now(move |tx| count(tx, &shared.pack, &rule, period, "/", today))?;
        full.push(start.elapsed().as_secs_f64() * 1e3);
        homes = grids.values().map(|n| usize::try_from(n.owed + n.excused).unwrap_or(0)).sum();
        let (kind, tags) = (duty.pairing.clone(), [duty.only.clone(), duty.except.clone()].concat());
        let start = Instant::now();
        rows = site.db.snapshot_now(move |tx| read_alone(tx, &kind, &tags, period.from, period.to))?;
        alone.push(start.elapsed().as_secs_f64() * 1e3);
    }
    full.sort_by(f64::total_cmp);
    alone.sort_by(f64::total_cmp);
    Ok(Took { homes, rows, full_ms: full[ROUNDS / 2], rows_ms: alone[ROUNDS / 2] })
}
