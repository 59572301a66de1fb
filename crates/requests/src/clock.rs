//! Starting, stopping, resting and extending the clocks of a case. Each date carries its certificate.

use crate::case::{Case, ClockRow};
use crate::ctx::Ctx;
use crate::store::clocks;
use crate::supervision;
use db::Tx;
use kernel::{Error, Result, Timestamp};
use pack::Pack;
use rules::case::{ClockKind, Kind, Urgency, Verb};
use rules::deadline::{self, Certificate, Limit, Rule};

/// The rule for a clock of this case, from the pack.
pub(crate) fn rule(ctx: &Ctx, case: &Case, kind: ClockKind) -> Result<Rule> {
    let row = &case.row;
    rule_for(&ctx.site.pack, &row.class, row.kind, row.urgency, kind)
        .ok_or_else(|| Error::internal(format!("no limit for clock {} of class {}", kind.key(), row.class)))
}

/// The rule for a clock of cases of this class; none where the pack has none.
pub(crate) fn rule_for(
    pack: &Pack,
    class: &str,
    need: Kind,
    urgency: Urgency,
    clock: ClockKind,
) -> Option<Rule> {
    let limit = pack.limit(class, need, urgency, clock)?;
    Some(Rule {
        id: limit.id.clone(),
        version: limit.version.clone(),
        citation: limit.citation.clone(),
        limit: limit.limit,
        counting: pack.counting,
    })
}

/// Starts a new run of a clock at `at`.
pub(crate) fn start(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    kind: ClockKind,
    at: Timestamp,
) -> Result<()> {
    let clock = fresh(ctx, case, kind, at)?;
    clocks::save_clock(tx, case.row.id, &clock)?;
    case.clocks.push(clock);
    Ok(())
}

/// A new run of a clock, not yet written.
pub(crate) fn fresh(ctx: &Ctx, case: &Case, kind: ClockKind, at: Timestamp) -> Result<ClockRow> {
    let certificate = deadline::certify(&rule(ctx, case, kind)?, at, &ctx.site.calendar);
    let run = case.clocks.iter().filter(|c| c.kind == kind).count() as i64 + 1;
    let mut clock = ClockRow {
        kind,
        run,
        unit: case.row.unit,
        officer: case.row.officer,
        started_at: at,
        warn_at: certificate.warn,
        due_at: certificate.due,
        stopped_at: None,
        done: false,
        paused_at: None,
        provisional: certificate.provisional,
        signalled: 0,
        next_signal: None,
        certificate,
        earlier: Vec::new(),
    };
    plan_signal(ctx, &mut clock, at);
    Ok(clock)
}

/// Stops every open run of a clock among `clocks`; gives back the places of those that changed. Where none is open any
/// more, and what it waited for is done only now, the latest run says so.
pub(crate) fn stop_runs(clocks: &mut [ClockRow], kind: ClockKind, at: Timestamp, done: bool) -> Vec<usize> {
    let of: Vec<usize> = (0..clocks.len()).filter(|i| clocks[*i].kind == kind).collect();
    let open: Vec<usize> = of.iter().copied().filter(|i| clocks[*i].is_open()).collect();
    for i in &open {
        let clock = &mut clocks[*i];
        (clock.stopped_at, clock.next_signal, clock.done) = (Some(at), None, done);
    }
    match of.last() {
        Some(last) if open.is_empty() && done && !clocks[*last].done => {
            clocks[*last].done = true;
            vec![*last]
        }
        _ => open,
    }
}

/// Whether a step that stops a clock does what it waited for. Whoever gives a wish back has done nothing, nor has
/// a unit from which the case was taken back.
pub(crate) fn is_done_by(verb: Verb) -> bool {
    !matches!(verb, Verb::GiveBack | Verb::Recall)
}

/// Lets the latest run of a clock go on under its date, as if it had never been stopped: what stopped it is undone,
/// and nobody wins time by that. Starts one where there was none.
pub(crate) fn restart(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    kind: ClockKind,
    at: Timestamp,
) -> Result<()> {
    let Some(clock) = case.clocks.iter_mut().rev().find(|c| c.kind == kind) else {
        return start(tx, ctx, case, kind, at);
    };
    (clock.stopped_at, clock.done) = (None, false);
    plan_signal(ctx, clock, at);
    clocks::save_clock(tx, case.row.id, clock)
}

/// Stops every open run of a clock.
pub(crate) fn stop(
    tx: &mut dyn Tx,
    case: &mut Case,
    kind: ClockKind,
    at: Timestamp,
    done: bool,
) -> Result<()> {
    for i in stop_runs(&mut case.clocks, kind, at, done) {
        clocks::save_clock(tx, case.row.id, &case.clocks[i])?;
    }
    Ok(())
}

/// Stops everything: the case has ended, and what was not done by then was not done.
pub(crate) fn stop_all(tx: &mut dyn Tx, case: &mut Case, at: Timestamp) -> Result<()> {
    for kind in ClockKind::ALL {
        stop(tx, case, *kind, at, false)?;
    }
    Ok(())
}

/// Rests a clock: only while waiting for the person.
pub(crate) fn rest(tx: &mut dyn Tx, case: &mut Case, kind: ClockKind, at: Timestamp) -> Result<()> {
    change(tx, case, kind, |c| {
        c.paused_at = Some(at);
        c.next_signal = None;
    })
}

/// Lets a resting clock go on; what was left is left.
pub(crate) fn go_on(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    kind: ClockKind,
    at: Timestamp,
) -> Result<()> {
    change(tx, case, kind, |c| {
        if let Some(paused) = c.paused_at.take() {
            let next = deadline::resume(&c.certificate, paused, at, &ctx.site.calendar);
            replace(ctx, c, next);
        }
    })
}

/// Gives a clock more time.
pub(crate) fn extend(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, kind: ClockKind, by: Limit) -> Result<()> {
    change(tx, case, kind, |c| {
        let next = deadline::extend(&c.certificate, by, ctx.at, &ctx.site.calendar);
        replace(ctx, c, next);
    })
}

/// Counts a clock anew from its start under the class and urgency as they are now.
pub(crate) fn recount(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, kind: ClockKind) -> Result<()> {
    let rule = rule(ctx, case, kind)?;
    change(tx, case, kind, |c| {
        let next = deadline::certify(&rule, c.started_at, &ctx.site.calendar);
        replace(ctx, c, next);
    })
}

pub(crate) fn replace(ctx: &Ctx, clock: &mut ClockRow, next: Certificate) {
    let before = std::mem::replace(&mut clock.certificate, next);
    clock.earlier.push(before);
    clock.due_at = clock.certificate.due;
    clock.warn_at = clock.certificate.warn;
    clock.provisional = clock.certificate.provisional;
    clock.signalled = 0;
    plan_signal(ctx, clock, ctx.at);
}

fn change(
    tx: &mut dyn Tx,
    case: &mut Case,
    kind: ClockKind,
    mut with: impl FnMut(&mut ClockRow),
) -> Result<()> {
    for clock in case.clocks.iter_mut().filter(|c| c.kind == kind && c.stopped_at.is_none()) {
        with(clock);
        clocks::save_clock(tx, case.row.id, clock)?;
    }
    Ok(())
}

/// How long nobody calls after an answer, so that the person's own word can come first.
fn silent_for(ctx: &Ctx) -> i64 {
    i64::from(ctx.site.pack.call_back.after_days) * kernel::DAY
}

/// When the signal of a clock that follows the one given at `after` is due: at 80 % of the time, on the
/// morning of the last day, when over, and then whenever a grade of supervision looks at it.
pub(crate) fn plan_signal(ctx: &Ctx, clock: &mut ClockRow, after: Timestamp) {
    let morning = ctx.site.zone.start_of(ctx.site.zone.date(clock.due_at));
    clock.next_signal = match clock.signalled {
        // Whoever has not said a word is asked once more when somebody might call.
        0 if clock.kind == ClockKind::Evaluation => Some(clock.started_at.plus(silent_for(ctx)).min(morning)),
        0 if clock.warn_at < clock.due_at => Some(clock.warn_at),
        0 | 1 => Some(morning.max(clock.started_at).max(clock.warn_at)),
        2 => Some(clock.due_at.plus(1)),
        _ => supervision::next_of_clock(ctx, clock, after),
    };
}
