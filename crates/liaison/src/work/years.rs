//! The years of several pairings added up, for a person or a village: each line opens to the pairing behind it.

use super::{PairingLine, wrap_up};
use crate::visits::{KIND as VISIT, PromiseState};
use db::Tx;
use kernel::{Date, Result};
use requests::Ctx;

/// Of so many pairings at most the years are added up; a larger unit is read by the units below it.
pub const MOST_YEARS: usize = 200;

/// What came of a year beside the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// Visits.
    pub visits: usize,
    /// Periods in which a visit was owed so far.
    pub owed: usize,
    /// Those in which it was made.
    pub met: usize,
    /// Promises.
    pub promised: usize,
    /// Those that were kept.
    pub kept: usize,
    /// Those that are open, or cannot be kept.
    pub unmet: usize,
    /// Needs that were raised.
    pub needs: usize,
    /// Those that have ended.
    pub ended: usize,
}

impl Year {
    /// Adds another.
    pub fn add(&mut self, o: &Year) {
        self.visits += o.visits;
        self.owed += o.owed;
        self.met += o.met;
        self.promised += o.promised;
        self.kept += o.kept;
        self.unmet += o.unmet;
        self.needs += o.needs;
        self.ended += o.ended;
    }
}

/// The year of each of `lines`, as it was known at the end of `on`.
///
/// Errors: those of the database.
pub fn years(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    lines: &[PairingLine],
    kind: &str,
    year: i16,
    on: Date,
) -> Result<Vec<Year>> {
    let visit = |id: &str| ctx.site.pack.obligation(id).is_some_and(|o| o.record == VISIT);
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        let w = wrap_up(tx, ctx, line.household, kind, year, on)?;
        let duties = w.duties.iter().filter(|d| visit(&d.obligation));
        let kept = w.promised(PromiseState::Kept);
        out.push(Year {
            visits: w.visits.len(),
            owed: duties.clone().map(|d| d.owed).sum(),
            met: duties.map(|d| d.met).sum(),
            promised: w.promises.len(),
            kept,
            unmet: w.promises.len() - kept,
            needs: w.needs.len(),
            ended: w.needs.iter().filter(|n| n.ended_at.is_some()).count(),
        });
    }
    Ok(out)
}
