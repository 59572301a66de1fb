//! Counting anew what the counters say: from the cases themselves.

use crate::ctx::Ctx;
use crate::store::bulk::{self, Slot};
use crate::store::samples;
use crate::store::tally::Counts;
use crate::tally;
use db::Tx;
use kernel::{Result, UnitId};
use std::collections::BTreeMap;

/// A counter that says something else than the cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `unit`, `branch`, `class`, `place` or `area`; `lot` for call-backs that were drawn.
    pub dim: String,
    /// The unit or place.
    pub key: UnitId,
    /// The month of receipt, `YYYY-MM`; the first day of what a lot was drawn of.
    pub month: String,
    /// The class; `""` for units and places, and for what nobody has classed yet; why a call-back was drawn and how it ended.
    pub class: String,
    /// What the counters say.
    pub kept: Counts,
    /// What the cases say.
    pub counted: Counts,
}

/// Counts every case anew and names each counter that differs; nothing is written. Reads all cases, so
/// it belongs in a snapshot, on the command line or in a test.
pub fn recount(tx: &mut dyn Tx, ctx: &Ctx) -> Result<Vec<Difference>> {
    let mut counted: BTreeMap<Slot, Counts> = BTreeMap::new();
    bulk::each_counted(tx, &mut |row| {
        let month = tally::month(ctx, &row);
        let counts = tally::counts(&row);
        tally::each_place(ctx, &row, &month, |p| {
            let slot = (p.dim.to_owned(), p.key, p.month.to_owned(), p.class.to_owned());
            counted.entry(slot).or_default().add(&counts);
        });
        Ok(())
    })?;
    if let Some(site) = ctx.dir.root().map(|u| u.id) {
        samples::each_counted(tx, &mut |lot, of, counts| {
            counted.entry(("lot".to_owned(), site, lot, of)).or_default().add(&counts);
        })?;
    }
    let mut out = Vec::new();
    let mut compare = |slot: Slot, kept: Counts, counted: Counts| {
        if kept != counted {
            let (dim, key, month, class) = slot;
            out.push(Difference { dim, key, month, class, kept, counted });
        }
    };
    bulk::each_tally(tx, &mut |slot, kept| {
        let counts = counted.remove(&slot).unwrap_or_default();
        compare(slot, kept, counts);
        Ok(())
    })?;
    for (slot, counts) in counted {
        compare(slot, Counts::default(), counts);
    }
    Ok(out)
}
