//! What if: the record of a time, gone through again under another pack or calendar.
//!
//! Nothing is written. Each step that was taken is looked up in the other pack's course of its class, each
//! clock that started is counted anew from the same start with the same pauses and extensions. What people
//! would have done otherwise under other rules nobody can tell, and this does not guess it.

use crate::clock;
use crate::ctx::Ctx;
use crate::store::clocks::{self, ClockRow, StepTaken};
use db::Tx;
use kernel::{Result, Timestamp};
use pack::Pack;
use rules::case::{ClockKind, Need, Notice, State, Taken, Verb, differ};
use rules::deadline;
use std::collections::BTreeMap;

/// How many cases are named for each kind of difference.
const NAMED: usize = 5;

/// The rules to try, and the time to try them on.
pub struct Trial<'a> {
    /// The other pack, with its calendar.
    pub pack: &'a Pack,
    /// From when on.
    pub from: Timestamp,
    /// Until, not including, when.
    pub to: Timestamp,
}

/// A kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A deadline would fall earlier.
    Earlier(ClockKind),
    /// A deadline would fall later.
    Later(ClockKind),
    /// It was in time and would have been late.
    NewBreach(ClockKind),
    /// It was late and would have been in time.
    NoBreach(ClockKind),
    /// A notice would be owed besides.
    MoreNotice(Notice),
    /// A notice would not be owed.
    FewerNotice(Notice),
    /// A clock would start besides.
    MoreClock(ClockKind),
    /// A clock would not start.
    FewerClock(ClockKind),
    /// The step would ask for something besides.
    MoreNeed(Verb, Need),
    /// The step would not ask for something any more.
    FewerNeed(Verb, Need),
    /// The step could not be taken there.
    Gone(State, Verb),
    /// The other pack has no such class.
    NoClass,
}

/// How often something differs, and where for example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many times.
    pub n: u64,
    /// The first cases.
    pub cases: Vec<String>,
}

/// What would have differed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// Steps looked at.
    pub steps: u64,
    /// Clocks counted anew.
    pub clocks: u64,
    /// The differences.
    pub changes: BTreeMap<Change, Seen>,
}

impl WhatIf {
    fn note(&mut self, change: Change, number: &str) {
        let seen = self.changes.entry(change).or_default();
        seen.n += 1;
        if seen.cases.len() < NAMED && seen.cases.last().is_none_or(|last| last != number) {
            seen.cases.push(number.to_owned());
        }
    }
}

/// Goes through the time again. Reads the whole of it, so it belongs in a snapshot; `each` is told how many
/// steps and clocks have been looked at.
pub fn what_if(tx: &mut dyn Tx, ctx: &Ctx, trial: &Trial<'_>, each: &dyn Fn(u64)) -> Result<WhatIf> {
    let mut out = WhatIf::default();
    let time = (trial.from, trial.to);
    clocks::each_step(tx, time, &mut |step| {
        out.steps += 1;
        each(out.steps);
        stepped(&mut out, ctx, trial, &step);
        Ok(())
    })?;
    clocks::each_started(tx, time, &mut |row, of| {
        if of.history {
            return Ok(());
        }
        out.clocks += 1;
        each(out.steps + out.clocks);
        let rule = clock::rule_for(trial.pack, &of.class, of.kind, of.urgency, row.kind);
        if let Some(rule) = rule {
            let would = deadline::under(&row.certificate, &rule, trial.pack.calendar()).due;
            timed(&mut out, &row, would, ctx.at, &of.number);
        }
        Ok(())
    })?;
    Ok(out)
}

fn stepped(out: &mut WhatIf, ctx: &Ctx, trial: &Trial<'_>, step: &StepTaken) {
    let taken = match (step.from, Verb::from_key(&step.verb)) {
        (None, _) => Taken::Registered { to: step.to },
        (Some(from), Some(verb)) => Taken::Step { from, verb, to: step.to },
        // A note, a notice met, a correction: the machine has no part in it.
        (Some(_), None) => return,
    };
    let Some(was) = ctx.site.pack.track(&step.track) else { return };
    // A case nobody has classified yet goes by a track of its own accord.
    let would = match step.class.as_str() {
        "" => trial.pack.track(&step.track),
        class => trial.pack.track_of(class),
    };
    let Some(would) = would else {
        out.note(Change::NoClass, &step.number);
        return;
    };
    let diff = differ(was, would, &taken);
    if diff.is_none() {
        return;
    }
    let mut all: Vec<Change> = Vec::new();
    if let Taken::Step { from, verb, .. } = taken {
        all.extend(diff.gone.then_some(Change::Gone(from, verb)));
        all.extend(diff.more_needs.into_iter().map(|need| Change::MoreNeed(verb, need)));
        all.extend(diff.fewer_needs.into_iter().map(|need| Change::FewerNeed(verb, need)));
    }
    all.extend(diff.more_notices.into_iter().map(Change::MoreNotice));
    all.extend(diff.fewer_notices.into_iter().map(Change::FewerNotice));
    all.extend(diff.more_clocks.into_iter().map(Change::MoreClock));
    all.extend(diff.fewer_clocks.into_iter().map(Change::FewerClock));
    all.into_iter().for_each(|change| out.note(change, &step.number));
}

fn timed(out: &mut WhatIf, row: &ClockRow, would: Timestamp, now: Timestamp, number: &str) {
    let due = row.due_at;
    if would == due {
        return;
    }
    let change = if would < due { Change::Earlier(row.kind) } else { Change::Later(row.kind) };
    out.note(change, number);
    // While a clock rests nothing is late.
    let until = match (row.stopped_at, row.paused_at) {
        (Some(at), _) | (None, Some(at)) => at,
        (None, None) => now,
    };
    match (until > due, until > would) {
        (false, true) => out.note(Change::NewBreach(row.kind), number),
        (true, false) => out.note(Change::NoBreach(row.kind), number),
        _ => {}
    }
}
