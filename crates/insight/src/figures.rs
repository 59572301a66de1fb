//! What a dashboard shows of one unit and a period, read in one look.

use crate::kept::Kept;
use crate::period::{Period, key};
use crate::store;
use db::Tx;
use kernel::{Date, Result, Timestamp, UnitId};
use register::Directory;
use requests::lots::{self, Results};
use requests::tally::{By, Counts, Slot, slots};
use std::collections::HashMap;
use std::sync::Arc;

/// Counters of one unit, place, class or month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<K> {
    /// What it is about.
    pub of: K,
    /// The counters.
    pub counts: Counts,
}

/// Everything one dashboard shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The whole period.
    pub total: Counts,
    /// The period of the same length right before.
    pub before: Counts,
    /// Open now.
    pub open: i64,
    /// Of that overdue.
    pub overdue: i64,
    /// By month of receipt, also the empty ones.
    pub months: Vec<Line<Date>>,
    /// The years in which anything was ever received, the latest first.
    pub years: Vec<i16>,
    /// By class of the first level, most first.
    pub classes: Vec<Line<String>>,
    /// By unit right below, most first.
    pub units: Vec<Line<UnitId>>,
    /// By area right below in which the matter lies, most first.
    pub places: Vec<Line<UnitId>>,
    /// What came of the call-backs drawn by lot of what was closed in the period.
    pub lots: Results,
}

/// Adds up.
pub(crate) fn add(a: &mut Counts, b: &Counts) {
    a.received += b.received;
    a.answered += b.answered;
    a.on_time += b.on_time;
    a.solved += b.solved;
    a.not_solved += b.not_solved;
    a.no_reply += b.no_reply;
    a.not_reached += b.not_reached;
    a.rated += b.rated;
    a.satisfied += b.satisfied;
    a.ended += b.ended;
    a.unsolvable += b.unsolvable;
    a.reworked += b.reworked;
}

/// Takes away.
fn take(a: &mut Counts, b: &Counts) {
    let minus = Counts {
        received: -b.received,
        answered: -b.answered,
        on_time: -b.on_time,
        solved: -b.solved,
        not_solved: -b.not_solved,
        no_reply: -b.no_reply,
        not_reached: -b.not_reached,
        rated: -b.rated,
        satisfied: -b.satisfied,
        ended: -b.ended,
        unsolvable: -b.unsolvable,
        reworked: -b.reworked,
    };
    add(a, &minus);
}

/// Reads the figures of `unit` for `period`.
pub fn read(
    tx: &mut dyn Tx,
    dir: &Arc<Directory>,
    unit: UnitId,
    period: &Period,
    kept: &Kept,
    now: Timestamp,
) -> Result<Figures> {
    let mut out = kept.figures(tx, (dir, unit, *period), |tx| count(tx, dir, unit, period))?;
    // Of the topmost unit all are open that have come in and not ended: that was counted with the rest.
    match below(dir, unit) {
        Some(unit) => (out.open, out.overdue) = store::standing(tx, unit, now)?,
        None => out.overdue = kept.overdue(tx, now)?,
    }
    Ok(out)
}

/// The unit, where it is not the topmost one, for which everything counts.
fn below(dir: &Directory, unit: UnitId) -> Option<UnitId> {
    Some(unit).filter(|u| dir.root().is_none_or(|r| r.id != *u))
}

/// What changes with the rows alone.
fn count(tx: &mut dyn Tx, dir: &Directory, unit: UnitId, period: &Period) -> Result<Figures> {
    let (from, to) = period.keys();
    // All months once: what came before and what is open are sums of them as well.
    let ever = slots(tx, unit, "", "9", By::Month)?;
    let sum = |from: &str, to: &str| {
        let mut out = Counts::default();
        ever.iter()
            .filter(|m| from <= m.by.as_str() && m.by.as_str() <= to)
            .for_each(|m| add(&mut out, &m.counts));
        out
    };
    let total = sum(&from, &to);
    let known: HashMap<&str, Counts> = ever.iter().map(|m| (m.by.as_str(), m.counts)).collect();
    let months = period
        .months()
        .into_iter()
        .map(|month| Line { of: month, counts: known.get(key(month).as_str()).copied().unwrap_or_default() })
        .collect::<Vec<_>>();

    let (a, b) = period.earlier().keys();
    let before = sum(&a, &b);

    let firsts = slots(tx, unit, &from, &to, By::Branch)?.into_iter().map(|s| (s.by, s.counts));
    let children: Vec<UnitId> = dir.children(unit).map(|u| u.id).collect();
    let by_unit = store::by_key(tx, "unit", &children, &from, &to)?;
    let places = areas(tx, dir, unit, &from, &to)?;
    let all = sum("", "9");
    let lots = lots::results(tx, below(dir, unit), period.from, period.end(), None)?;
    Ok(Figures {
        lots,
        total,
        before,
        open: all.received - all.ended,
        overdue: 0,
        months,
        years: years(&ever),
        classes: sorted(firsts),
        units: sorted(by_unit),
        places: sorted(places),
    })
}

/// The years of months in which something was received, the latest first.
pub(crate) fn years(months: &[Slot]) -> Vec<i16> {
    let mut out: Vec<i16> = months
        .iter()
        .filter(|m| m.counts.received > 0)
        .filter_map(|m| m.by.get(..4).and_then(|year| year.parse().ok()))
        .collect();
    out.sort_unstable_by(|a, b| b.cmp(a));
    out.dedup();
    out
}

/// By area right below `unit` in which the matter lies; what lies in `unit` and in none of them is its own.
pub(crate) fn areas(
    tx: &mut dyn Tx,
    dir: &Directory,
    unit: UnitId,
    from: &str,
    to: &str,
) -> Result<HashMap<UnitId, Counts>> {
    let keys: Vec<UnitId> = std::iter::once(unit).chain(dir.children(unit).map(|u| u.id)).collect();
    let mut out = store::by_key(tx, "area", &keys, from, to)?;
    let mut own = out.remove(&unit).unwrap_or_default();
    out.values().for_each(|counts| take(&mut own, counts));
    if own != Counts::default() {
        out.insert(unit, own);
    }
    Ok(out)
}

pub(crate) fn sorted<K: Ord + Clone>(lines: impl IntoIterator<Item = (K, Counts)>) -> Vec<Line<K>> {
    let mut out: Vec<Line<K>> = lines
        .into_iter()
        .filter(|(_, c)| *c != Counts::default())
        .map(|(of, counts)| Line { of, counts })
        .collect();
    out.sort_by(|a, b| b.counts.received.cmp(&a.counts.received).then(a.of.cmp(&b.of)));
    out
}
