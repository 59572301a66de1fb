//! Windows of the calendar and the periods they cut it into.

use kernel::{Date, Say, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a rule counts in. In a pack: `month`, `quarter`, `half`, `year`, or a weekday with its place in the
/// month such as `saturday-2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Window {
    /// A calendar month.
    Month,
    /// January to March, and so on.
    Quarter,
    /// January to June, July to December.
    Half,
    /// A calendar year.
    Year,
    /// One day of each month: the n-th of its weekdays. A month without a fifth has no such day.
    Weekday {
        /// Which weekday.
        weekday: Weekday,
        /// The first is 1, at most 5.
        nth: i8,
    },
}

const WEEKDAYS: [(Weekday, &str, &str, &str); 7] = [
    (Weekday::Monday, "monday", "星期一", "Monday"),
    (Weekday::Tuesday, "tuesday", "星期二", "Tuesday"),
    (Weekday::Wednesday, "wednesday", "星期三", "Wednesday"),
    (Weekday::Thursday, "thursday", "星期四", "Thursday"),
    (Weekday::Friday, "friday", "星期五", "Friday"),
    (Weekday::Saturday, "saturday", "星期六", "Saturday"),
    (Weekday::Sunday, "sunday", "星期日", "Sunday"),
];

const ORDINALS: [(&str, &str); 5] = [
    ("第一个", "first"),
    ("第二个", "second"),
    ("第三个", "third"),
    ("第四个", "fourth"),
    ("第五个", "fifth"),
];

fn weekday_words(day: Weekday) -> (&'static str, &'static str, &'static str) {
    let index = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
    let (_, key, zh, en) = WEEKDAYS[index];
    (key, zh, en)
}

impl TryFrom<String> for Window {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no window: write month, quarter, half, year, or a weekday with its place such as saturday-2"
            )
        };
        Ok(match text.as_str() {
            "month" => Window::Month,
            "quarter" => Window::Quarter,
            "half" => Window::Half,
            "year" => Window::Year,
            other => {
                let (day, nth) = other.split_once('-').ok_or_else(wrong)?;
                let weekday = WEEKDAYS.iter().find(|w| w.1 == day).ok_or_else(wrong)?.0;
                let nth = nth.parse().ok().filter(|n| (1..=5).contains(n)).ok_or_else(wrong)?;
                Window::Weekday { weekday, nth }
            }
        })
    }
}

impl From<Window> for String {
    fn from(window: Window) -> String {
        match window {
            Window::Month => "month".into(),
            Window::Quarter => "quarter".into(),
            Window::Half => "half".into(),
            Window::Year => "year".into(),
            Window::Weekday { weekday, nth } => format!("{}-{nth}", weekday_words(weekday).0),
        }
    }
}

/// One stretch of days in which a rule is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// Its first day.
    pub from: Date,
    /// The first day after it.
    pub to: Date,
}

fn first_of(year: i16, month: i8) -> Option<Date> {
    Date::new(year, month, 1).ok()
}

/// `months` on from the first of a month.
fn months_on(first: Date, months: i32) -> Option<Date> {
    let count = i32::from(first.year()) * 12 + i32::from(first.month()) - 1 + months;
    let year = i16::try_from(count.div_euclid(12)).ok()?;
    first_of(year, i8::try_from(count.rem_euclid(12)).ok()? + 1)
}

impl Window {
    /// How many months from one to the next.
    fn months(self) -> i8 {
        match self {
            Window::Month | Window::Weekday { .. } => 1,
            Window::Quarter => 3,
            Window::Half => 6,
            Window::Year => 12,
        }
    }

    /// The period of which `day` is a day; of an n-th weekday the one in the month of `day`, before it or
    /// after it. None where the month has no such day, or at the end of the calendar.
    pub fn at(self, day: Date) -> Option<Period> {
        let first = first_of(day.year(), (day.month() - 1) / self.months() * self.months() + 1)?;
        self.starting(first)
    }

    fn starting(self, first: Date) -> Option<Period> {
        match self {
            Window::Weekday { weekday, nth } => {
                let from = first.nth_weekday_of_month(nth, weekday).ok()?;
                Some(Period { from, to: from.tomorrow().ok()? })
            }
            _ => Some(Period { from: first, to: months_on(first, i32::from(self.months()))? }),
        }
    }

    /// The period before; months without such a day are passed over.
    pub fn before(self, period: Period) -> Option<Period> {
        self.step(period, -1)
    }

    /// The period after.
    pub fn after(self, period: Period) -> Option<Period> {
        self.step(period, 1)
    }

    fn step(self, period: Period, way: i32) -> Option<Period> {
        let mut first = first_of(period.from.year(), period.from.month())?;
        // A fifth weekday is there at least once in four months.
        for _ in 0..4 {
            first = months_on(first, way * i32::from(self.months()))?;
            if let Some(found) = self.starting(first) {
                return Some(found);
            }
        }
        None
    }

    /// The periods that have a day in `[from, to)`, oldest first.
    pub fn periods(self, from: Date, to: Date) -> Vec<Period> {
        let Some(mut first) = self.at(from).map(|p| p.from).or_else(|| first_of(from.year(), from.month()))
        else {
            return Vec::new();
        };
        first = first_of(first.year(), first.month()).unwrap_or(first);
        let mut found = Vec::new();
        while first < to {
            found.extend(self.starting(first).filter(|p| p.to > from && p.from < to));
            let Some(next) = months_on(first, i32::from(self.months())) else { break };
            first = next;
        }
        found
    }

    /// The period that `key` (see [`Window::key`]) names.
    pub fn from_key(self, key: &str) -> Option<Period> {
        let number = |text: &str| text.parse::<i8>().ok();
        let day = match (self, key.len()) {
            (Window::Year, 4) => first_of(key.parse().ok()?, 1)?,
            (Window::Half, 7) => {
                first_of(key.get(..4)?.parse().ok()?, (number(key.get(6..)?)?.checked_sub(1)?) * 6 + 1)?
            }
            (Window::Quarter, 7) => {
                first_of(key.get(..4)?.parse().ok()?, (number(key.get(6..)?)?.checked_sub(1)?) * 3 + 1)?
            }
            (Window::Month, 7) => first_of(key.get(..4)?.parse().ok()?, number(key.get(5..)?)?)?,
            (Window::Weekday { .. }, 10) => key.parse().ok()?,
            _ => return None,
        };
        self.at(day).filter(|p| self.key(*p) == key)
    }

    /// A short name of `period`: `2026`, `2026-H1`, `2026-Q3`, `2026-08`, `2026-08-08`.
    pub fn key(self, period: Period) -> String {
        let (year, month) = (period.from.year(), period.from.month());
        match self {
            Window::Year => format!("{year:04}"),
            Window::Half => format!("{year:04}-H{}", (month - 1) / 6 + 1),
            Window::Quarter => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
            Window::Month => format!("{year:04}-{month:02}"),
            Window::Weekday { .. } => period.from.to_string(),
        }
    }

    /// What people call `period`.
    pub fn name(self, period: Period) -> Say {
        let (year, month) = (period.from.year(), period.from.month());
        match self {
            Window::Year => Say::new(format!("{year}年"), format!("{year}")),
            Window::Half => Say::new(
                format!("{year}年{}半年", if month == 1 { "上" } else { "下" }),
                format!("{} half of {year}", if month == 1 { "first" } else { "second" }),
            ),
            Window::Quarter => {
                let n = (month - 1) / 3 + 1;
                Say::new(
                    format!(
                        "{year}年第{}季度",
                        ["一", "二", "三", "四"][usize::try_from(n - 1).unwrap_or(0)]
                    ),
                    format!("Q{n} {year}"),
                )
            }
            Window::Month => Say::new(format!("{year}年{month}月"), format!("{year}-{month:02}")),
            Window::Weekday { .. } => {
                Say::new(format!("{year}年{month}月{}日", period.from.day()), period.from.to_string())
            }
        }
    }

    /// How often, in words: 每季度, 每月第二个星期六.
    pub fn say(self) -> Say {
        match self {
            Window::Month => Say::new("每月", "every month"),
            Window::Quarter => Say::new("每季度", "every quarter"),
            Window::Half => Say::new("每半年", "every half-year"),
            Window::Year => Say::new("每年", "every year"),
            Window::Weekday { weekday, nth } => {
                let (zh, en) = ORDINALS[usize::try_from(nth - 1).unwrap_or(0).min(4)];
                let (_, day_zh, day_en) = weekday_words(weekday);
                Say::new(format!("每月{zh}{day_zh}"), format!("on the {en} {day_en} of every month"))
            }
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from(*self))
    }
}
