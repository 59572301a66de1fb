//! How long a list is, where the counters of the dashboard know it: exact, however long, and without counting.

use crate::Ctx;
use crate::export::{ALONE, Asked, Book, CONDITIONS, NAMES, NONE, Reach};
use crate::store::tally::{By, Counts, of_class, open_in, slots};
use db::Tx;
use kernel::{Date, Result, UnitId};

/// The names that say of what the counters are asked.
const OF: [&str; 4] = ["from", "to", "first", "class"];

/// The number of cases that `asked` names in `book`; none where the counters do not know.
pub(super) fn count(tx: &mut dyn Tx, ctx: &Ctx, asked: &Asked, book: &Book) -> Result<Option<i64>> {
    let set = || NAMES[CONDITIONS].iter().filter(|n| !asked.get(n).is_empty());
    if let (Reach::Unit(unit), true) =
        (book.reach, set().eq([&"standing"]) && asked.get("standing") == "live")
    {
        return open_in(tx, unit).map(Some);
    }
    let mut more = set().filter(|n| !OF.contains(n));
    let measure = match (more.next(), more.next()) {
        (None, _) => Some(received as Measure),
        (Some(name), None) => measure(name, asked.get(name)),
        _ => None,
    };
    let (Some(measure), Some((unit, alone)), Some((from, to))) =
        (measure, whose(ctx, asked, book), months(asked))
    else {
        return Ok(None);
    };
    let mut n = measure(&sum(tx, unit, asked.get("class"), &from, &to)?);
    if alone {
        for child in ctx.dir.children(unit) {
            n -= measure(&sum(tx, child.id, asked.get("class"), &from, &to)?);
        }
    }
    Ok(Some(n))
}

type Measure = fn(&Counts) -> i64;

fn received(c: &Counts) -> i64 {
    c.received
}

/// What one more condition counts.
fn measure(name: &str, value: &str) -> Option<Measure> {
    Some(match (name, value) {
        ("answered", "yes") => |c| c.answered,
        ("answered", "no") => |c| c.received - c.answered,
        ("on_time", "yes") => |c| c.on_time,
        ("on_time", "no") => |c| c.answered - c.on_time,
        ("satisfied", "yes") => |c| c.satisfied,
        ("satisfied", "no") => |c| c.rated - c.satisfied,
        ("word", "solved") => |c| c.solved,
        ("word", "not-solved") => |c| c.not_solved,
        ("word", "no-reply") => |c| c.no_reply,
        ("word", "not-reached") => |c| c.not_reached,
        ("word", NONE) => |c| c.answered - c.solved - c.not_solved - c.no_reply - c.not_reached,
        ("standing", "live") => |c| c.received - c.ended,
        ("standing", "ended") => |c| c.ended,
        ("standing", "unsolvable") => |c| c.unsolvable,
        ("reworked", "yes") => |c| c.reworked,
        _ => return None,
    })
}

/// Whose counters: those of the unit that received first, alone or with what is below it. All of that stands in the
/// ledger of each unit above as well. What the site received is everything.
fn whose(ctx: &Ctx, asked: &Asked, book: &Book) -> Option<(UnitId, bool)> {
    if !book.has_branches() {
        return None;
    }
    let base = ctx.dir.get(book.unit?)?;
    let first = asked.get("first");
    if first.is_empty() {
        return (book.reach == Reach::Site).then_some((base.id, false));
    }
    let alone = first.strip_suffix(ALONE);
    let unit = ctx.dir.by_code(alone.unwrap_or(first))?;
    unit.path.starts_with(base.path.as_str()).then_some((unit.id, alone.is_some()))
}

/// Whole months; the counters know no days.
fn months(asked: &Asked) -> Option<(String, String)> {
    let month = |name: &str, open: &str, edge: fn(Date) -> Date| match asked.get(name) {
        "" => Some(open.to_owned()),
        day => {
            let day: Date = day.parse().ok()?;
            (edge(day) == day).then(|| format!("{:04}-{:02}", day.year(), day.month()))
        }
    };
    Some((month("from", "", |d| d.first_of_month())?, month("to", "9", |d| d.last_of_month())?))
}

/// The counters of a unit, of one class or of a branch of them.
fn sum(tx: &mut dyn Tx, unit: UnitId, class: &str, from: &str, to: &str) -> Result<Counts> {
    match class {
        "" => Ok(slots(tx, unit, from, to, By::Total)?.first().map(|s| s.counts).unwrap_or_default()),
        NONE => of_class(tx, unit, from, to, ""),
        code => of_class(tx, unit, from, to, code),
    }
}
