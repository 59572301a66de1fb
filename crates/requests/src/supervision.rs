//! When the program proposes supervision 督办, by the grades of the pack. A person issues it.
//!
//! ```text
//!  clock over + N days ─┐
//!  order issued + N days ┼─> propose ─> queue of those who supervise ─> order, or the reason against it
//!  step, joining ───────┘
//! ```
//!
//! What comes with time has an instant of its own at the clock or the order, read through an index;
//! what is counted (returns, reworks, extensions, people) is looked at by the act that counts it.

use crate::case::{Case, ClockRow, Supervision};
use crate::ctx::Ctx;
use crate::model::Request;
use crate::store::duties;
use db::Tx;
use kernel::{RequestId, Result, Timestamp};
use pack::{SupervisionGrade, Trigger};
use rules::case::{ClockKind, Party};
use rules::deadline::{self, Certificate, Rule};

/// Why an order was issued that the program had not proposed.
pub(crate) const BY_HAND: &str = "by-hand";

/// The supervisions of a case, proposed and issued, the mildest first.
pub fn of(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<Supervision>> {
    duties::supervisions(tx, id)
}

/// The grade of the pack with this number.
pub(crate) fn grade(ctx: &Ctx, number: i64) -> Option<&SupervisionGrade> {
    ctx.site.pack.supervision.iter().find(|g| i64::from(g.grade) == number)
}

/// Whether whoever acts may issue this grade: by the pack's list for it and by the permission table.
pub(crate) fn may_issue(ctx: &Ctx, case: &Case, grade: &SupervisionGrade) -> bool {
    let parties: Vec<Party> = case.parties(ctx);
    case.may(ctx, access::Verb::Supervise) && grade.who.iter().any(|who| parties.contains(who))
}

/// Whether this is a proposal that whoever acts may decide on.
pub(crate) fn is_open_for(ctx: &Ctx, case: &Case, proposal: &Supervision) -> bool {
    let open = proposal.issued_at.is_none() && proposal.dismissed_at.is_none();
    open && grade(ctx, proposal.grade).is_some_and(|g| may_issue(ctx, case, g))
}

/// Proposes each grade whose trigger has come about, once.
pub(crate) fn propose(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<()> {
    let known = duties::supervisions(tx, case.row.id)?;
    for (grade, why) in fired(ctx, case, &known) {
        duties::propose(tx, &case.row, grade, ctx.at, why.key())?;
    }
    Ok(())
}

/// [`propose`], where an act has counted something up that grades look at.
pub(crate) fn propose_after(tx: &mut dyn Tx, ctx: &Ctx, before: &Request, case: &Case) -> Result<()> {
    if counts(before) == counts(&case.row) { Ok(()) } else { propose(tx, ctx, case) }
}

/// What grades look at besides time and people: returns, reworks, extensions.
pub(crate) fn counts(row: &Request) -> [u32; 3] {
    [row.returns, row.reworks, row.extensions]
}

/// The grades that are to be proposed now and were not before, with the trigger that fired.
pub(crate) fn fired(ctx: &Ctx, case: &Case, known: &[Supervision]) -> Vec<(i64, Trigger)> {
    let mut out = Vec::new();
    for grade in &ctx.site.pack.supervision {
        let number = i64::from(grade.grade);
        if known.iter().any(|s| s.grade == number) {
            continue;
        }
        let lower = known.iter().find(|s| s.grade == number - 1).and_then(|s| s.issued_at);
        let rule = grade.when.iter().find(|w| reached(ctx, case, w.trigger, lower) >= i64::from(w.at));
        out.extend(rule.map(|rule| (number, rule.trigger)));
    }
    out
}

/// How far a trigger has come; `lower` is when the grade below was issued.
fn reached(ctx: &Ctx, case: &Case, trigger: Trigger, lower: Option<Timestamp>) -> i64 {
    if let Some(kind) = watched(trigger) {
        let clock = case.open_clock(kind).filter(|c| c.is_late(ctx.at));
        return clock.map_or(-1, |c| (ctx.at.0 - c.due_at.0) / kernel::DAY);
    }
    match trigger {
        Trigger::Reworked => i64::from(case.row.reworks),
        Trigger::Returned => i64::from(case.row.returns),
        Trigger::Extended => i64::from(case.row.extensions),
        Trigger::Joined => case.joined.len() as i64 + 1,
        Trigger::Unanswered if case.row.state.owes_answer() => {
            lower.map_or(-1, |at| (ctx.at.0 - at.0) / kernel::DAY)
        }
        _ => -1,
    }
}

/// The clock whose days over a trigger counts.
fn watched(trigger: Trigger) -> Option<ClockKind> {
    match trigger {
        Trigger::AcceptanceOverdue => Some(ClockKind::Acceptance),
        Trigger::AnswerOverdue => Some(ClockKind::Answer),
        Trigger::ReworkOverdue => Some(ClockKind::Rework),
        _ => None,
    }
}

/// The numbers of days after which some grade looks at this trigger.
fn days(ctx: &Ctx, fits: impl Fn(&SupervisionGrade, Trigger) -> bool) -> impl Iterator<Item = i64> {
    let all = ctx.site.pack.supervision.iter();
    all.flat_map(|g| g.when.iter().map(move |w| (g, w)))
        .filter(move |(g, w)| fits(g, w.trigger))
        .map(|(_, w)| i64::from(w.at) * kernel::DAY)
}

/// The first instant after `after` at which a clock that is over makes some grade look.
pub(crate) fn next_of_clock(ctx: &Ctx, clock: &ClockRow, after: Timestamp) -> Option<Timestamp> {
    days(ctx, |_, trigger| watched(trigger) == Some(clock.kind))
        .map(|days| clock.due_at.plus(days.max(1)))
        .filter(|at| *at > after)
        .min()
}

/// When the grade above looks at an order of this grade that was issued at `at` and is not answered.
pub(crate) fn next_of_order(ctx: &Ctx, number: i64, at: Timestamp) -> Option<Timestamp> {
    days(ctx, |g, trigger| i64::from(g.grade) == number + 1 && trigger == Trigger::Unanswered)
        .map(|days| at.plus(days.max(1)))
        .min()
}

/// By when the unit explains itself after an order of this grade, issued now, and why then.
pub(crate) fn reply(ctx: &Ctx, grade: &SupervisionGrade) -> Certificate {
    let rule = Rule {
        id: format!("supervision-{}", grade.id),
        version: ctx.site.pack.version.clone(),
        citation: grade.citation.clone(),
        limit: grade.limit,
        counting: ctx.site.pack.counting,
    };
    deadline::certify(&rule, ctx.at, &ctx.site.calendar)
}
