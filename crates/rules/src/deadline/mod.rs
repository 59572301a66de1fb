//! Deadline certificates 时限凭证: when something is due, and each day that says why.
//!
//! ```text
//!  certify ──► certificate ──pause over──► resume ──► certificate ──granted──► extend ──► certificate
//!                  └── anyone, any time, with the calendar it names: recompute, explain
//! ```
//!
//! A certificate is never changed: a pause or an extension gives another that carries the whole story, so the
//! newest one alone can be recomputed.
//!
//! Sources: 民法典 arts. 200–204 (the day of the start is not counted; an end on a rest day moves to the day
//! after the rest; the last day ends at 24:00, or when business closes). Limits in hours run on without interruption.

mod compact;
mod explain;
mod limit;
#[cfg(test)]
mod tests;
mod walk;

pub use explain::{Explanation, Line, explain};
pub use limit::{Arrival, Closes, Counting, DayTime, Limit, OfficeHours};

use crate::calendar::{Calendar, DayKind};
use kernel::{Date, Say, Text, Timestamp, Zone};
use serde::{Deserialize, Serialize};
use walk::{Counted, Task};

/// A limit as a rulebook states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its stable name.
    pub id: String,
    /// The version of the pack or rulebook it stands in.
    pub version: String,
    /// Where it is written, for people.
    #[serde(default)]
    pub citation: Text,
    /// How long.
    pub limit: Limit,
    /// How it is counted.
    #[serde(default)]
    pub counting: Counting,
}

/// Why a day counts or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The day of the start: not counted.
    Start,
    /// It arrived while offices were closed; not counted.
    Closed,
    /// A working day: counted.
    Workday,
    /// A weekend day worked instead of another: counted.
    MakeUp,
    /// A weekend: not counted.
    Weekend,
    /// A holiday: not counted.
    Holiday,
    /// Any day, where calendar days are counted: counted.
    Calendar,
    /// The clock runs through it without interruption: counted.
    Continuous,
    /// The clock stood: not counted.
    Paused,
    /// The end moved here from a rest day: not counted among the days of the limit.
    LastDay,
}

impl Why {
    /// Whether the day is one of those the limit counts.
    pub fn counted(self) -> bool {
        matches!(self, Why::Workday | Why::MakeUp | Why::Calendar | Why::Continuous)
    }
}

impl From<DayKind> for Why {
    fn from(kind: DayKind) -> Why {
        match kind {
            DayKind::Workday => Why::Workday,
            DayKind::MakeUp => Why::MakeUp,
            DayKind::Weekend => Why::Weekend,
            DayKind::Holiday => Why::Holiday,
        }
    }
}

/// Days in a row with one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first.
    pub from: Date,
    /// The last, `from` itself for a single day.
    pub to: Date,
    /// Why they count or do not.
    pub why: Why,
}

/// One day of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayNote {
    /// The day.
    pub date: Date,
    /// Whether it is one of those the limit counts.
    pub counted: bool,
    /// Why.
    pub why: Why,
}

/// What happened to the clock after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// It stood from one instant to another.
    Pause {
        /// When it stopped.
        from: Timestamp,
        /// When it ran again.
        to: Timestamp,
    },
    /// It was extended.
    Extend {
        /// By how much.
        by: Limit,
        /// When that was granted.
        at: Timestamp,
    },
}

/// What made a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The start of the clock.
    Original,
    /// The end of a pause.
    Paused,
    /// An extension.
    Extended,
}

/// When something is due, with all that is needed to count it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The rule's name.
    pub rule: String,
    /// The rule's version.
    pub rule_version: String,
    /// Where the rule is written.
    pub citation: Text,
    /// The calendar's name.
    pub calendar: String,
    /// The calendar's version.
    pub calendar_version: String,
    /// The zone in which days begin and end.
    pub zone: Zone,
    /// When the clock started.
    pub start: Timestamp,
    /// The limit as the rule states it.
    pub limit: Limit,
    /// How it is counted.
    #[serde(with = "compact::counting")]
    pub counting: Counting,
    /// Pauses and extensions since the start, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Each day from the start to the due day, as runs with one reason.
    #[serde(with = "compact::days")]
    pub days: Vec<Run>,
    /// The last instant that is in time.
    pub due: Timestamp,
    /// Four fifths of the running time: when to warn.
    pub warn: Timestamp,
    /// Whether it rests on a year whose holidays have not been published.
    pub provisional: bool,
}

impl Certificate {
    /// What made this certificate: the last step, or the start.
    pub fn basis(&self) -> Basis {
        match self.steps.last() {
            None => Basis::Original,
            Some(Step::Pause { .. }) => Basis::Paused,
            Some(Step::Extend { .. }) => Basis::Extended,
        }
    }

    /// Every day from the start to the due day.
    pub fn days(&self) -> impl Iterator<Item = DayNote> + '_ {
        self.days.iter().flat_map(|run| {
            std::iter::successors(Some(run.from), |d| d.tomorrow().ok())
                .take_while(|d| *d <= run.to)
                .map(|date| DayNote { date, counted: run.why.counted(), why: run.why })
        })
    }

    /// The day on which it is due.
    pub fn due_day(&self) -> Date {
        self.zone.date(self.due)
    }

    /// Whether `at` is too late.
    pub fn overdue(&self, at: Timestamp) -> bool {
        at > self.due
    }

    /// The limit with its extensions, each as granted.
    pub fn extensions(&self) -> impl Iterator<Item = Limit> + '_ {
        self.steps.iter().filter_map(|s| match s {
            Step::Extend { by, .. } => Some(*by),
            Step::Pause { .. } => None,
        })
    }

    fn count(&self, calendar: &Calendar) -> Counted {
        walk::count(&Task {
            calendar,
            zone: self.zone,
            start: self.start,
            limit: self.limit,
            counting: self.counting,
            steps: &self.steps,
        })
    }

    fn counted(mut self, calendar: &Calendar) -> Certificate {
        let Counted { days, due, warn, provisional } = self.count(calendar);
        self.calendar_version.clone_from(&calendar.version);
        Certificate { days, due, warn, provisional, ..self }
    }
}

/// Starts a clock under `rule` at `start`.
pub fn certify(rule: &Rule, start: Timestamp, calendar: &Calendar) -> Certificate {
    Certificate {
        rule: rule.id.clone(),
        rule_version: rule.version.clone(),
        citation: rule.citation.clone(),
        calendar: calendar.id.clone(),
        calendar_version: calendar.version.clone(),
        zone: calendar.zone,
        start,
        limit: rule.limit,
        counting: rule.counting,
        steps: Vec::new(),
        days: Vec::new(),
        due: start,
        warn: start,
        provisional: false,
    }
    .counted(calendar)
}

/// The certificate after a pause: what was left when the clock stopped is left when it runs again.
///
/// In days: the day of the pause has been used, the day on which the clock runs again is not counted, and a
/// pause within one day changes nothing. In hours: to the millisecond. A pause that began after the due
/// instant gives no time back, and the certificate is returned as it is.
pub fn resume(
    cert: &Certificate,
    paused_at: Timestamp,
    resumed_at: Timestamp,
    calendar: &Calendar,
) -> Certificate {
    let mut next = cert.clone();
    if paused_at > cert.due {
        return next;
    }
    let from = paused_at.max(cert.start);
    next.steps.push(Step::Pause { from, to: resumed_at.max(from) });
    next.counted(calendar)
}

/// The certificate after an extension granted at `at`: counted on from where the time would have ended.
/// Calendar days are added up before they roll over a rest day: 60 and 30 are 90.
pub fn extend(cert: &Certificate, by: Limit, at: Timestamp, calendar: &Calendar) -> Certificate {
    let mut next = cert.clone();
    next.steps.push(Step::Extend { by, at });
    next.counted(calendar)
}

/// What `cert` would say under another rule or calendar: from the same start, with the same pauses and
/// extensions. What was promised stays promised; this is for people who decide whether to change it.
pub fn under(cert: &Certificate, rule: &Rule, calendar: &Calendar) -> Certificate {
    let fresh = certify(rule, cert.start, calendar);
    Certificate { steps: cert.steps.clone(), ..fresh }.counted(calendar)
}

/// Where a certificate and its recount part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It was counted by another calendar: this one cannot tell.
    OtherCalendar {
        /// The calendar it names.
        named: String,
        /// The one at hand.
        given: String,
    },
    /// A day was noted otherwise; `None` where one of the two does not reach that day.
    Day {
        /// The first such day.
        date: Date,
        /// As certified.
        was: Option<Why>,
        /// As recounted.
        now: Option<Why>,
    },
    /// The due instant.
    Due {
        /// As certified.
        was: Timestamp,
        /// As recounted.
        now: Timestamp,
    },
    /// The instant of the warning.
    Warn {
        /// As certified.
        was: Timestamp,
        /// As recounted.
        now: Timestamp,
    },
    /// All is the same, but a year has been published since (or was not, where it said so).
    Provisional {
        /// As certified.
        was: bool,
        /// As recounted.
        now: bool,
    },
}

impl Difference {
    /// For people.
    pub fn say(&self) -> Say {
        match self {
            Difference::OtherCalendar { named, given } => Say::new(
                format!("凭证用的是日历 {named}，手头的是 {given}。"),
                format!("It was counted by calendar {named}, not {given}."),
            ),
            Difference::Day { date, .. } => Say::new(
                format!("从 {date} 这一天起，重算与凭证不一致。"),
                format!("From {date} on, the recount differs from the certificate."),
            ),
            Difference::Due { .. } => {
                Say::new("重算的截止时间与凭证不一致。", "The recount gives another due time.")
            }
            Difference::Warn { .. } => {
                Say::new("重算的提醒时间与凭证不一致。", "The recount gives another warning time.")
            }
            Difference::Provisional { .. } => Say::new(
                "截止时间不变，但放假安排的公布情况与凭证所记不同。",
                "The due time stands, but the holidays have been published since, or had not been.",
            ),
        }
    }
}

/// Counts a certificate again from what it says of itself.
///
/// A newer version of the same calendar may be given: it differs only where its days do.
pub fn recompute(cert: &Certificate, calendar: &Calendar) -> Result<(), Difference> {
    if cert.calendar != calendar.id {
        let (named, given) = (cert.calendar.clone(), calendar.id.clone());
        return Err(Difference::OtherCalendar { named, given });
    }
    let again = cert.clone().counted(calendar);
    let (mut was, mut now) = (cert.days(), again.days());
    loop {
        match (was.next(), now.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let date = a.into_iter().chain(b).map(|n| n.date).min().unwrap_or(Date::MIN);
                let why = |n: Option<DayNote>| n.filter(|n| n.date == date).map(|n| n.why);
                return Err(Difference::Day { date, was: why(a), now: why(b) });
            }
        }
    }
    if cert.due != again.due {
        return Err(Difference::Due { was: cert.due, now: again.due });
    }
    if cert.warn != again.warn {
        return Err(Difference::Warn { was: cert.warn, now: again.warn });
    }
    if cert.provisional != again.provisional {
        return Err(Difference::Provisional { was: cert.provisional, now: again.provisional });
    }
    Ok(())
}
