//! How it stands with one subject in one period.

use super::days::{Days, Span, between};
use super::{Excuse, Period, Rule, Standing, Subject, Why, Window};
use kernel::Date;

/// How many times are owed in `period`, at least once; or why none: [`Standing::Excused`] or
/// [`Standing::NotApplicable`].
pub fn owed(rule: &Rule, subject: &Subject<'_>, period: Period) -> Result<u32, Standing> {
    let none = |why| Err(Standing::NotApplicable(why));
    let whole = |spans: &[Span]| Days::within(spans, period.from, period.to);
    let force = whole(&[rule.force]);
    if force.is_empty() {
        return none(Why::NotInForce);
    }
    let there = whole(subject.life);
    if there.is_empty() {
        return none(Why::Absent);
    }
    let mut under = there.and(&force);
    let tagged = |tags: &[String]| {
        let held = subject.tags.iter().filter(|(tag, _)| tags.iter().any(|t| t == tag)).map(|(_, span)| span);
        Days::within(held, period.from, period.to)
    };
    if !rule.only.is_empty() {
        under = under.and(&tagged(&rule.only));
        if under.is_empty() {
            return none(Why::NoTag);
        }
    }
    if !rule.except.is_empty() {
        under = under.minus(&tagged(&rule.except));
        if under.is_empty() {
            return none(Why::OtherRule);
        }
    }
    // It was there and the rule in force, but never on the same day.
    if under.is_empty() {
        return none(Why::Absent);
    }
    if !under.reaches(period.to) {
        return Err(Standing::Excused(Excuse::Left));
    }
    let length = between(period.from, period.to);
    let share = |days: u32| {
        let doubled = 2 * u64::from(rule.times) * u64::from(days) + u64::from(length);
        u32::try_from(doubled / (2 * u64::from(length))).unwrap_or(u32::MAX)
    };
    if share(under.count()) == 0 {
        return Err(Standing::Excused(Excuse::Short));
    }
    match share(under.minus(&whole(subject.exempt)).count()) {
        0 => Err(Standing::Excused(Excuse::Exempt)),
        times => Ok(times),
    }
}

/// The day after the days of grace.
fn closes(rule: &Rule, period: Period) -> Date {
    let mut day = period.to;
    for _ in 0..rule.grace {
        day = day.tomorrow().unwrap_or(day);
    }
    day
}

/// The places in `records` (sorted) of the first record of each day in `[from, to)`.
fn distinct(records: &[Date], from: Date, to: Date) -> Vec<usize> {
    let start = records.partition_point(|d| *d < from);
    let mut found: Vec<usize> = Vec::new();
    for (place, day) in records.iter().enumerate().skip(start).take_while(|(_, d)| **d < to) {
        if found.last().is_none_or(|last| records[*last] != *day) {
            found.push(place);
        }
    }
    found
}

/// How many of the first days with records in `period` the period before has taken in its days of grace.
fn taken(rule: &Rule, subject: &Subject<'_>, period: Period, records: &[Date]) -> usize {
    // The grace of an n-th weekday ends before the next one.
    if rule.grace == 0 || matches!(rule.window, Window::Weekday { .. }) {
        return 0;
    }
    // Back to a period that begins without a record that another could take.
    let mut chain = Vec::new();
    let mut at = period;
    while let Some(earlier) = rule.window.before(at) {
        let from = earlier.to;
        if distinct(records, from, closes(rule, earlier)).is_empty() {
            break;
        }
        chain.push(earlier);
        at = earlier;
    }
    let mut taken = 0;
    for earlier in chain.into_iter().rev() {
        let need = owed(rule, subject, earlier).map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let own = distinct(records, earlier.from, earlier.to).len().saturating_sub(taken);
        let lent = distinct(records, earlier.to, closes(rule, earlier)).len();
        taken = need.saturating_sub(own).min(lent);
    }
    taken
}

/// The places in `records` of those that count for `period`, in order: at most as many as are owed. Records after
/// `today` are not known yet.
pub fn counted(
    rule: &Rule,
    subject: &Subject<'_>,
    period: Period,
    records: &[Date],
    today: Date,
) -> Vec<usize> {
    let Ok(need) = owed(rule, subject, period) else { return Vec::new() };
    let known = &records[..records.partition_point(|d| *d <= today)];
    let skip = taken(rule, subject, period, known);
    let mut mine = distinct(known, period.from, closes(rule, period));
    // In the days of grace only what is lacking is taken, so the rest stays with the next period.
    mine.drain(..skip.min(mine.len()));
    mine.truncate(usize::try_from(need).unwrap_or(usize::MAX));
    mine
}

/// How it stands with `subject` in `period` on `today`.
///
/// `records` are the days on which something happened that counts for this rule, sorted; those of earlier periods
/// matter only for rules with days of grace. Facts that begin later than `today` are taken as planned.
pub fn standing(
    rule: &Rule,
    subject: &Subject<'_>,
    period: Period,
    records: &[Date],
    today: Date,
) -> Standing {
    let need = match owed(rule, subject, period) {
        Ok(need) => need,
        Err(why) => return why,
    };
    if today < period.from {
        return Standing::NotApplicable(Why::Ahead);
    }
    let by = counted(rule, subject, period, records, today);
    let lacking = need.saturating_sub(u32::try_from(by.len()).unwrap_or(u32::MAX));
    match by.last() {
        Some(last) if lacking == 0 => Standing::Met { on: records[*last], by },
        _ => {
            let end = closes(rule, period);
            let last_of = |day: Date| day.yesterday().unwrap_or(day);
            if today < period.to {
                Standing::Due { by: last_of(period.to), more: lacking, late: false }
            } else if today < end {
                Standing::Due { by: last_of(end), more: lacking, late: true }
            } else {
                Standing::Missed { by: last_of(end), lacking }
            }
        }
    }
}
