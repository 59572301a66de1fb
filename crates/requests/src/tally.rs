//! What a step adds to the counters: derived from the row before and after, so that no step can
//! forget it and a recount gives the same.

use crate::ctx::Ctx;
use crate::model::Request;
use crate::store::tally::{self, Place};
use db::Tx;
use kernel::Result;
use rules::case::{State, Word};

pub use tally::{By, Counts, Slot, open_in, read_counts, slots, sums};

/// How a request counts as it stands. A shielded one counts nowhere: whoever must not know of it could read it
/// off any total.
pub fn counts(r: &Request) -> Counts {
    if r.shielded {
        return Counts::default();
    }
    let n = i64::from;
    let merged = r.state == State::Merged;
    let said = |w: Word| n(r.word == Some(w) && !merged);
    Counts {
        received: 1,
        answered: n(r.answered_at.is_some()),
        on_time: n(r.answered_at.is_some() && in_time(r)),
        solved: said(Word::Solved),
        not_solved: said(Word::NotSolved),
        no_reply: said(Word::NoReply),
        not_reached: said(Word::NotReached),
        rated: n(r.satisfaction.is_some()),
        satisfied: n(r.satisfaction.is_some_and(|s| s.counts())),
        ended: n(!r.is_live()),
        unsolvable: n(r.state == State::Unsolvable),
        reworked: n(r.reworks > 0),
    }
}

/// Whether the first answer came within what was promised then.
fn in_time(r: &Request) -> bool {
    match (r.answered_at, r.first_due) {
        (Some(at), Some(due)) => at <= due,
        (Some(_), None) => true,
        _ => false,
    }
}

/// The month under which a request counts: that of its receipt.
pub fn month(ctx: &Ctx, r: &Request) -> String {
    let day = ctx.site.zone.date(r.received_at);
    format!("{:04}-{:02}", day.year(), day.month())
}

/// Counts a new request.
pub(crate) fn first(tx: &mut dyn Tx, ctx: &Ctx, r: &Request) -> Result<()> {
    write(tx, ctx, r, counts(r))
}

/// Counts what changed between `before` and `after`.
pub(crate) fn record(tx: &mut dyn Tx, ctx: &Ctx, before: &Request, after: &Request) -> Result<()> {
    if before.class != after.class || before.place != after.place {
        write(tx, ctx, before, difference(Counts::default(), counts(before)))?;
        return write(tx, ctx, after, counts(after));
    }
    let change = difference(counts(after), counts(before));
    if change == Counts::default() { Ok(()) } else { write(tx, ctx, after, change) }
}

fn difference(a: Counts, b: Counts) -> Counts {
    Counts {
        received: a.received - b.received,
        answered: a.answered - b.answered,
        on_time: a.on_time - b.on_time,
        solved: a.solved - b.solved,
        not_solved: a.not_solved - b.not_solved,
        no_reply: a.no_reply - b.no_reply,
        not_reached: a.not_reached - b.not_reached,
        rated: a.rated - b.rated,
        satisfied: a.satisfied - b.satisfied,
        ended: a.ended - b.ended,
        unsolvable: a.unsolvable - b.unsolvable,
        reworked: a.reworked - b.reworked,
    }
}

fn write(tx: &mut dyn Tx, ctx: &Ctx, r: &Request, change: Counts) -> Result<()> {
    if change == Counts::default() {
        return Ok(());
    }
    let month = month(ctx, r);
    let mut all = Vec::with_capacity(8);
    each_place(ctx, r, &month, |place| all.push(tally::values(&place, &change)));
    tally::add_all(tx, &all)
}

/// The class of the first level that a class belongs to.
fn branch(class: &str) -> &str {
    class.split('.').next().unwrap_or("")
}

/// Every slot under which a request counts: for each unit from the accountable one up all classes
/// together, the branch of the class and the class itself; its place, and for each area around it.
pub(crate) fn each_place(ctx: &Ctx, r: &Request, month: &str, mut slot: impl FnMut(Place<'_>)) {
    let above = ctx.dir.ancestors(r.first_unit);
    for key in std::iter::once(r.first_unit).chain(above.iter().map(|u| u.id)) {
        slot(Place { dim: "unit", key, month, class: "" });
        slot(Place { dim: "branch", key, month, class: branch(&r.class) });
        slot(Place { dim: "class", key, month, class: &r.class });
    }
    if let Some(key) = r.place {
        slot(Place { dim: "place", key, month, class: "" });
        let around = ctx.dir.ancestors(key);
        for key in std::iter::once(key).chain(around.iter().map(|u| u.id)) {
            slot(Place { dim: "area", key, month, class: "" });
        }
    }
}
