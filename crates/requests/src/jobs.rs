//! What happens by itself when a clock says so: signals at 80 % of the time, on the last day and when
//! over; waiting that ends; judgement that was not given; supervision that is proposed. Each look reads
//! only the clocks whose next signal is due, through an index, never all cases.

use crate::acts::{judge, pause};
use crate::case::{Case, ClockRow};
use crate::clock;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::notices;
use crate::staff;
use crate::store::{clocks, duties, people};
use crate::supervision;
use access::SharedSite;
use db::Tx;
use kernel::{Error, RequestId, Result, Say, Timestamp, Zone};
use rules::case::{ClockKind, State};

/// How many clocks one transaction looks at.
const BATCH: i64 = 100;

/// Gives every signal that is due now; says how many.
pub async fn look(site: &SharedSite) -> Result<usize> {
    Ok(look_at_clocks(site).await? + look_at_orders(site).await?)
}

/// Orders of supervision that nobody answered in the time after which the grade above is proposed.
async fn look_at_orders(site: &SharedSite) -> Result<usize> {
    let mut given = 0;
    loop {
        let ctx = Ctx::system(site);
        let due = ctx.read(|tx, ctx| duties::due_orders(tx, ctx.at, BATCH)).await?;
        if due.is_empty() {
            return Ok(given);
        }
        given += due.len();
        ctx.write(move |tx, ctx| {
            due.iter().try_for_each(|(id, grade)| {
                duties::order_looked_at(tx, *id, *grade)?;
                let case = Case::find(tx, ctx, *id)?;
                supervision::propose(tx, ctx, &case)
            })
        })
        .await?;
    }
}

async fn look_at_clocks(site: &SharedSite) -> Result<usize> {
    let mut given = 0;
    loop {
        let ctx = Ctx::system(site);
        let due = ctx.read(|tx, ctx| clocks::due_signals(tx, ctx.at, BATCH)).await?;
        if due.is_empty() {
            return Ok(given);
        }
        for (id, clock) in due {
            match ctx.write(move |tx, ctx| signal(tx, ctx, id, clock.kind, clock.run)).await {
                Ok(()) => given += 1,
                // One case that cannot go on must not hold up the others: its signal is put off.
                Err(error) => {
                    tracing::warn!(%error, kind = clock.kind.key(), "a signal could not be given");
                    ctx.write(move |tx, ctx| put_off(tx, ctx, id, clock.kind, clock.run)).await?;
                }
            }
        }
    }
}

fn find(case: &Case, kind: ClockKind, run: i64) -> Option<ClockRow> {
    case.clocks.iter().find(|c| c.kind == kind && c.run == run && c.is_open()).cloned()
}

fn put_off(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId, kind: ClockKind, run: i64) -> Result<()> {
    let case = Case::find(tx, ctx, id)?;
    if let Some(mut clock) = find(&case, kind, run) {
        clock.next_signal = Some(ctx.at.plus(kernel::HOUR));
        clocks::save_clock(tx, id, &clock)?;
    }
    Ok(())
}

fn signal(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId, kind: ClockKind, run: i64) -> Result<()> {
    let mut case = Case::find(tx, ctx, id)?;
    let Some(mut clock) = find(&case, kind, run) else { return Ok(()) };
    if clock.next_signal.is_none_or(|at| at > ctx.at) {
        return Ok(());
    }
    let told = clock.signalled;
    clock.signalled = level(ctx.site.zone, ctx.at, &clock);
    clock::plan_signal(ctx, &mut clock, ctx.at);
    clocks::save_clock(tx, id, &clock)?;
    if let Some(own) = case.clocks.iter_mut().find(|c| c.kind == kind && c.run == run) {
        *own = clock.clone();
    }
    match (kind, clock.signalled) {
        // The person's own time: it ends by itself, nobody is warned.
        (ClockKind::Pause, 3) => pause::resume(tx, ctx, id.into(), "").map(drop),
        (ClockKind::Evaluation, 3) => lapse(tx, ctx, &case),
        (ClockKind::Evaluation, 1) => ask_again(tx, ctx, &case),
        (ClockKind::Pause | ClockKind::Evaluation, _) => Ok(()),
        (_, 1 | 2) => {
            // The date of the clock that is running out, which need not be the one the person was promised.
            let extra = [("due", Fill::At(clock.due_at)), ("clock", Fill::Named(kind.name()))];
            messages::tell_officer(tx, ctx, &case, Wording::OfficerDueSoon, &extra)
        }
        // Told before that it is over: what comes later only concerns those who supervise.
        _ if told == 3 => supervision::propose(tx, ctx, &case),
        _ => overdue(tx, ctx, &case, &clock),
    }
}

/// 1 at 80 % of the time, 2 on the last day, 3 when over; a level that was slept through is skipped.
pub(crate) fn level(zone: Zone, at: Timestamp, clock: &ClockRow) -> i64 {
    if at > clock.due_at {
        3
    } else if zone.date(at) >= zone.date(clock.due_at) {
        2
    } else {
        1
    }
}

/// Some days after the answer: whoever has not said a word is asked once more, before somebody calls.
fn ask_again(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<()> {
    let words = people::words(tx, case.row.id)?;
    let said = |person| words.iter().any(|w| w.round == case.row.round() && w.person == Some(person));
    for person in case.people().filter(|p| !said(*p)) {
        messages::tell_person(tx, ctx, case, Wording::CallBack, person, &[])?;
    }
    Ok(())
}

/// The time to judge is over. Where attempts are demanded and not made, the case stays in the call-back
/// queue and the supervisor sees it there.
fn lapse(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<()> {
    if case.row.state != State::Answered {
        return Ok(());
    }
    match judge::lapse(tx, ctx, case.row.id.into()) {
        Err(Error::Refused { .. }) => Ok(()),
        other => other.map(drop),
    }
}

/// Over: the officer and the lead are told, and supervision is proposed where the pack says so.
fn overdue(tx: &mut dyn Tx, ctx: &Ctx, case: &Case, clock: &ClockRow) -> Result<()> {
    let days = notices::overdue_days(ctx, Some(clock.due_at)).to_string();
    let extra =
        [("days", Fill::Named(Say::new(days.clone(), days))), ("clock", Fill::Named(clock.kind.name()))];
    messages::tell_officer(tx, ctx, case, Wording::OfficerOverdue, &extra)?;
    if let Some(lead) = staff::duty_officer_for(tx, ctx, case.row.unit, case.shield.as_ref())?
        .filter(|l| Some(*l) != case.row.officer)
    {
        messages::tell(tx, ctx, case, Wording::LeadOverdue, lead, &extra)?;
    }
    supervision::propose(tx, ctx, case)
}
