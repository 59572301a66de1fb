//! A certificate in plain words: one sentence, and each day with its reason.

use super::{Certificate, Closes, DayNote, Limit, Run, Step, Why};
use kernel::{Date, Locale, Timestamp, Weekday, Zone};

/// A certificate in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The one sentence.
    pub headline: String,
    /// Each day, oldest first.
    pub lines: Vec<Line>,
    /// What to know where it rests on a year that has not been published.
    pub provisional: Option<String>,
}

/// One day in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The day and why.
    pub day: DayNote,
    /// Which of the counted days it is, from 1; `None` where it does not count.
    pub number: Option<u32>,
    /// In words.
    pub text: String,
}

/// More groups of skipped days than this are added up instead of listed.
const LISTED: usize = 5;

/// Explains `cert` to a reader of `locale`.
pub fn explain(cert: &Certificate, locale: Locale) -> Explanation {
    let years = cert.zone.date(cert.start).year() != cert.due_day().year();
    let say = Sayer { locale, years };
    let mut parts = vec![say.opening(cert)];
    let told: Vec<&Run> = cert.days.iter().filter(|r| !matches!(r.why, Why::Start | Why::Closed)).collect();
    let skips = told.iter().filter(|r| matches!(r.why, Why::Weekend | Why::Holiday)).count();
    if skips > LISTED {
        parts.push(say.sums(cert));
        parts.extend(
            told.iter().filter(|r| matches!(r.why, Why::MakeUp | Why::Paused)).filter_map(|r| say.run(r)),
        );
    } else {
        parts.extend(told.iter().filter_map(|r| say.run(r)));
    }
    parts.extend(cert.steps.iter().filter_map(|s| match s {
        Step::Extend { by, .. } => Some(match locale {
            Locale::Zh => format!("经批准延长 {}", by.say().zh),
            Locale::En => format!("extended by {}", by.say().en),
        }),
        Step::Pause { .. } => None,
    }));
    parts.push(say.due(cert));
    let headline = match locale {
        Locale::Zh => format!("{}。", parts.join("；")),
        Locale::En => format!("{}.", parts.join("; ")),
    };
    let mut count = 0;
    let lines = cert
        .days()
        .map(|day| {
            let number = day.counted.then(|| {
                count += 1;
                count
            });
            Line { day, number, text: say.line(&day, number) }
        })
        .collect();
    let provisional = cert.provisional.then(|| {
        let year = cert.due_day().year();
        match locale {
            Locale::Zh => format!("{year} 年的放假安排尚未公布，这里暂时只按周末休息推算，公布后截止日可能变化。"),
            Locale::En => format!(
                "The holidays of {year} have not been announced; only weekends are left out for now, and the date may change."
            ),
        }
    });
    Explanation { headline, lines, provisional }
}

struct Sayer {
    locale: Locale,
    years: bool,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs()).clamp(1, 12) - 1]
}

impl Sayer {
    fn date(&self, d: Date) -> String {
        let year = |before: &str, after: &str| match self.years {
            true => format!("{before}{}{after}", d.year()),
            false => String::new(),
        };
        match self.locale {
            Locale::Zh => format!("{}{}月{}日", year("", "年"), d.month(), d.day()),
            Locale::En => format!("{} {}{}", d.day(), month(d), year(" ", "")),
        }
    }

    fn span(&self, run: &Run) -> String {
        let (a, b) = (run.from, run.to);
        let one_month = (a.year(), a.month()) == (b.year(), b.month());
        match self.locale {
            _ if a == b => self.date(a),
            Locale::Zh if one_month && a.tomorrow().ok() == Some(b) => {
                format!("{}、{}日", self.date(a).trim_end_matches('日'), b.day())
            }
            Locale::Zh if one_month => format!("{}至{}日", self.date(a), b.day()),
            Locale::Zh => format!("{}至{}", self.date(a), self.date(b)),
            Locale::En if one_month => format!("{}–{}", a.day(), self.date(b)),
            Locale::En => format!("{} – {}", self.date(a), self.date(b)),
        }
    }

    fn instant(&self, zone: Zone, at: Timestamp) -> String {
        let when = zone.civil(at);
        format!("{} {:02}:{:02}", self.date(when.date()), when.hour(), when.minute())
    }

    fn opening(&self, cert: &Certificate) -> String {
        let limit = cert.limit.say().to(self.locale).to_owned();
        if cert.limit.continuous() || matches!(cert.limit, Limit::WorkingHours(_)) {
            let at = self.instant(cert.zone, cert.start);
            let on = cert.limit.continuous();
            return match self.locale {
                Locale::Zh => format!("从{at} 起{}{limit}", if on { "连续 " } else { " " }),
                Locale::En => format!("{limit}{} from {at}", if on { " without interruption" } else { "" }),
            };
        }
        let start =
            cert.days.iter().find(|r| r.why == Why::Start).map_or(cert.zone.date(cert.start), |r| r.from);
        let closed = cert.days.iter().any(|r| r.why == Why::Closed);
        let (start, came) = (self.date(start), self.instant(cert.zone, cert.start));
        match self.locale {
            Locale::Zh if closed => {
                format!("{came} 不在办公时间，按{start}收到；从{start}（不计当天）起 {limit}")
            }
            Locale::Zh => format!("从{start}（不计当天）起 {limit}"),
            Locale::En if closed => format!(
                "it came on {came}, outside office hours, and counts as received on {start}; {limit} from then (that day not counted)"
            ),
            Locale::En => format!("{limit} from {start} (that day not counted)"),
        }
    }

    fn run(&self, run: &Run) -> Option<String> {
        let days = self.span(run);
        let (zh, en) = match run.why {
            Why::Weekend => ("是周末，不计", "weekend, not counted"),
            Why::Holiday => ("是节假日，不计", "holiday, not counted"),
            Why::MakeUp => ("调休上班，计入", "a weekend day that is worked, counted"),
            Why::Paused => ("暂停计时，不计", "the clock stood, not counted"),
            Why::LastDay => (
                "是休息后的第一个工作日，期限顺延到这一天",
                "the first working day after the rest: the end moves here",
            ),
            _ => return None,
        };
        Some(match self.locale {
            Locale::Zh => format!("{days}{zh}"),
            Locale::En => format!("{days}: {en}"),
        })
    }

    fn sums(&self, cert: &Certificate) -> String {
        let n = |why: Why| cert.days().filter(|d| d.why == why).count();
        let (weekend, holiday) = (n(Why::Weekend), n(Why::Holiday));
        match self.locale {
            Locale::Zh if holiday == 0 => format!("其间周末 {weekend} 天不计"),
            Locale::Zh => format!("其间周末 {weekend} 天、节假日 {holiday} 天不计"),
            Locale::En => format!("{weekend} weekend days and {holiday} holidays in between are not counted"),
        }
    }

    fn due(&self, cert: &Certificate) -> String {
        let whole_day = cert.counting.closes == Closes::Midnight && cert.due.0 % 1000 == 999;
        let at = match whole_day {
            true => format!("{} 24:00", self.date(cert.due_day())),
            false => self.instant(cert.zone, cert.due),
        };
        match self.locale {
            Locale::Zh => format!("到{at} 为止"),
            Locale::En => format!("due by {at}"),
        }
    }

    fn line(&self, day: &DayNote, number: Option<u32>) -> String {
        let d = day.date;
        let (zh, en) = match day.why {
            Why::Start => ("开始的当天，不计".into(), "the day of the start, not counted".into()),
            Why::Closed => ("不在办公时间，不计".into(), "offices closed, not counted".into()),
            Why::Weekend => ("周末，不计".into(), "weekend, not counted".into()),
            Why::Holiday => ("节假日，不计".into(), "holiday, not counted".into()),
            Why::Paused => ("暂停计时，不计".into(), "the clock stood, not counted".into()),
            Why::LastDay => ("期限顺延到这一天".into(), "the end moves here".into()),
            Why::Continuous => ("连续计时".into(), "the clock runs on".into()),
            Why::MakeUp => {
                let n = number.unwrap_or(0);
                (format!("调休上班，第 {n} 天"), format!("a weekend day that is worked, day {n}"))
            }
            Why::Workday | Why::Calendar => {
                let n = number.unwrap_or(0);
                (format!("第 {n} 天"), format!("day {n}"))
            }
        };
        let (zh_week, en_week) = match d.weekday() {
            Weekday::Monday => ("周一", "Mon"),
            Weekday::Tuesday => ("周二", "Tue"),
            Weekday::Wednesday => ("周三", "Wed"),
            Weekday::Thursday => ("周四", "Thu"),
            Weekday::Friday => ("周五", "Fri"),
            Weekday::Saturday => ("周六", "Sat"),
            Weekday::Sunday => ("周日", "Sun"),
        };
        match self.locale {
            Locale::Zh => format!("{} {zh_week}：{zh}", self.date(d)),
            Locale::En => format!("{en_week} {}: {en}", self.date(d)),
        }
    }
}
