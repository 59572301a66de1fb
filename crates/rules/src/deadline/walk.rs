//! The count itself: from the start, day by day, to the due instant.
//!
//! A certificate is counted in *stretches*: the limit of the rule, then each extension of another sort.
//! Pauses are laid over all of them: the days after the one on which a pause begins, up to and with the day
//! on which it ends, do not count, as the day of a start does not (民法典 art. 201).

use super::{Arrival, Closes, Counting, Limit, Run, Step, Why};
use crate::calendar::{Calendar, DayKind};
use kernel::{Date, HOUR, MINUTE, Timestamp, Zone};

/// What a count needs to know.
pub(super) struct Task<'a> {
    pub calendar: &'a Calendar,
    pub zone: Zone,
    pub start: Timestamp,
    pub limit: Limit,
    pub counting: Counting,
    pub steps: &'a [Step],
}

/// What a count gives.
pub(super) struct Counted {
    pub days: Vec<Run>,
    pub due: Timestamp,
    pub warn: Timestamp,
    pub provisional: bool,
}

#[derive(Clone, Copy)]
struct Pause {
    from: Timestamp,
    to: Timestamp,
}

struct Walk<'a> {
    task: &'a Task<'a>,
    pauses: Vec<Pause>,
    runs: Vec<Run>,
    provisional: bool,
}

/// The day after; the last day that can be written stays where it is.
pub(super) fn next(date: Date) -> Date {
    date.tomorrow().unwrap_or(Date::MAX)
}

pub(super) fn count(task: &Task) -> Counted {
    let mut pauses: Vec<Pause> = task
        .steps
        .iter()
        .filter_map(|s| match s {
            Step::Pause { from, to } => Some(Pause { from: *from, to: *to }),
            Step::Extend { .. } => None,
        })
        .collect();
    pauses.sort_by_key(|p| (p.from, p.to));
    let mut walk = Walk { task, pauses, runs: Vec::new(), provisional: false };
    let mut due = task.start;
    for (i, stretch) in stretches(task).into_iter().enumerate() {
        due = walk.stretch(stretch, due, i == 0);
    }
    let warn = warn(task.start, due, &walk.pauses);
    Counted { days: walk.runs, due, warn, provisional: walk.provisional }
}

/// The limit, and each extension; calendar days are added up before they roll over a rest day, so that
/// 60 and 30 days are 90.
fn stretches(task: &Task) -> Vec<Limit> {
    let mut out = vec![task.limit];
    for step in task.steps {
        let Step::Extend { by, .. } = step else { continue };
        match (out.last_mut(), by) {
            (Some(Limit::CalendarDays(n)), Limit::CalendarDays(m)) => *n = n.saturating_add(*m),
            _ => out.push(*by),
        }
    }
    out
}

/// Four fifths of the time that runs, pauses left out.
fn warn(start: Timestamp, due: Timestamp, pauses: &[Pause]) -> Timestamp {
    let clipped = || {
        pauses
            .iter()
            .map(|p| (p.from.clamp(start, due), p.to.clamp(start, due)))
            .filter(|(from, to)| from < to)
    };
    let paused: i64 = clipped().map(|(from, to)| to.0 - from.0).sum();
    let runs = (due.0 - start.0 - paused).max(0);
    let mut at = start.plus(runs / 5 * 4 + runs % 5 * 4 / 5);
    for (from, to) in clipped() {
        if from < at {
            at = at.plus(to.0 - from.0);
        }
    }
    at.min(due)
}

impl Walk<'_> {
    fn stretch(&mut self, limit: Limit, from: Timestamp, first: bool) -> Timestamp {
        match limit {
            Limit::Hours(n) => self.continuous(from, i64::from(n) * HOUR),
            Limit::Minutes(n) => self.continuous(from, i64::from(n) * MINUTE),
            Limit::WorkingHours(n) => self.office_hours(from, i64::from(n) * HOUR),
            Limit::WorkingDays(n) => self.days(from, n, true, first),
            Limit::CalendarDays(n) => self.days(from, n, false, first),
        }
    }

    /// What the calendar says; from here on the result rests on it.
    fn kind(&mut self, date: Date) -> DayKind {
        self.provisional |= !self.task.calendar.published(date);
        self.task.calendar.day(date)
    }

    /// Notes each of `from..=to` that has not been noted yet.
    fn note_span(&mut self, from: Date, to: Date, why: Why) {
        let from = match self.runs.last() {
            Some(last) if last.to >= from => next(last.to),
            _ => from,
        };
        if from > to || self.runs.last().is_some_and(|last| last.to == Date::MAX) {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if last.why == why && next(last.to) == from => last.to = to,
            _ => self.runs.push(Run { from, to, why }),
        }
    }

    fn note(&mut self, date: Date, why: Why) {
        self.note_span(date, date, why);
    }

    /// The pause that holds all of `date`: it began on an earlier day and lasts into it.
    fn paused(&self, date: Date) -> bool {
        let zone = self.task.zone;
        self.pauses.iter().any(|p| zone.date(p.from) < date && date <= zone.date(p.to))
    }

    fn end_of(&self, date: Date) -> Timestamp {
        let zone = self.task.zone;
        match self.task.counting.closes {
            Closes::Midnight => zone.start_of(date).plus(kernel::DAY - 1),
            Closes::Office => zone.start_of(date).plus(self.task.counting.office.window().1),
        }
    }

    /// The day that counts as the day of the start.
    fn arrival(&mut self, from: Timestamp) -> Date {
        let zone = self.task.zone;
        let mut date = zone.date(from);
        if self.task.counting.arrival == Arrival::AsItHappened {
            return date;
        }
        let closed = from.0 - zone.start_of(date).0 > self.task.counting.office.window().1;
        if closed {
            self.note(date, Why::Closed);
            date = next(date);
        }
        while !self.kind(date).works() && date < Date::MAX {
            self.note(date, Why::Closed);
            date = next(date);
        }
        date
    }

    fn days(&mut self, from: Timestamp, n: u16, working: bool, first: bool) -> Timestamp {
        let mut date = self.task.zone.date(from);
        if first {
            date = self.arrival(from);
            self.note(date, Why::Start);
        }
        let mut left = n;
        while left > 0 && date < Date::MAX {
            date = next(date);
            if self.paused(date) {
                self.note(date, Why::Paused);
                continue;
            }
            let why = if working { Why::from(self.kind(date)) } else { Why::Calendar };
            self.note(date, why);
            left -= u16::from(why.counted());
        }
        self.settle(date, from)
    }

    /// Where a count that ends on `date` is due: not within a pause, not on a rest day, not before `from`.
    fn settle(&mut self, mut date: Date, from: Timestamp) -> Timestamp {
        let zone = self.task.zone;
        let mut not_before = from;
        while date < Date::MAX {
            let due = self.end_of(date);
            if let Some(pause) = self.pauses.iter().find(|p| p.from <= due && due < p.to) {
                not_before = not_before.max(pause.to);
                let to = zone.date(pause.to);
                if to > date {
                    self.note_span(next(date), to, Why::Paused);
                    date = to;
                    continue;
                }
            }
            if self.kind(date).works() && due >= not_before {
                break;
            }
            date = next(date);
            let kind = self.kind(date);
            self.note(date, if kind.works() { Why::LastDay } else { kind.into() });
        }
        self.end_of(date)
    }

    fn continuous(&mut self, from: Timestamp, ms: i64) -> Timestamp {
        let mut due = from.plus(ms);
        for pause in &self.pauses {
            let begin = pause.from.max(from);
            if begin <= due && pause.to > begin {
                due = due.plus(pause.to.0 - begin.0);
            }
        }
        let zone = self.task.zone;
        self.note_span(zone.date(from), zone.date(due), Why::Continuous);
        due
    }

    fn office_hours(&mut self, from: Timestamp, ms: i64) -> Timestamp {
        let zone = self.task.zone;
        let (opens, closes) = self.task.counting.office.window();
        let (mut at, mut left, mut date) = (from, ms, zone.date(from));
        while date < Date::MAX {
            let kind = self.kind(date);
            let midnight = zone.start_of(date);
            let (open, close) = (midnight.plus(opens), midnight.plus(closes));
            let mut ran = false;
            at = at.max(open);
            while kind.works() && at <= close {
                if let Some(pause) = self.pauses.iter().find(|p| p.from <= at && at < p.to) {
                    at = pause.to;
                    continue;
                }
                let pause = self.pauses.iter().map(|p| p.from).find(|p| *p > at);
                let stop = pause.map_or(close, |p| p.min(close));
                ran |= at < stop;
                if stop.0 - at.0 > left || (stop.0 - at.0 == left && pause != Some(stop)) {
                    self.note(date, kind.into());
                    return at.plus(left);
                }
                left -= stop.0 - at.0;
                if stop == close && pause != Some(close) {
                    break;
                }
                at = stop;
            }
            let why = if kind.works() && !ran {
                // Nothing of the day was left: it began after closing, or the clock stood all day.
                if date == zone.date(from) { Why::Start } else { Why::Paused }
            } else {
                kind.into()
            };
            self.note(date, why);
            date = next(date);
        }
        self.end_of(date)
    }
}
