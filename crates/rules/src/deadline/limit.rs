//! How long somebody has, and how the days are counted.

use kernel::Say;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The most days a limit may have: ten years.
const MOST_DAYS: u32 = 3_650;

/// How long somebody has. In packs a short text: `5wd`, `15d`, `24h`, `30m`, `4wh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Limit {
    /// Working days 工作日, make-up days counted, the day of the start not (民法典 art. 201).
    WorkingDays(u16),
    /// Calendar days 日, the day of the start not counted; an end on a rest day moves on to the next
    /// working day (民法典 arts. 201, 203).
    CalendarDays(u16),
    /// Hours without interruption.
    Hours(u32),
    /// Minutes without interruption.
    Minutes(u32),
    /// Hours while offices are open.
    WorkingHours(u16),
}

impl Limit {
    /// The limit in words.
    pub fn say(self) -> Say {
        let en = |n: u32, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
        match self {
            Limit::WorkingDays(n) => Say::new(format!("{n} 个工作日"), en(n.into(), "working day")),
            Limit::CalendarDays(n) => Say::new(format!("{n} 日"), en(n.into(), "calendar day")),
            Limit::Hours(n) => Say::new(format!("{n} 小时"), en(n, "hour")),
            Limit::Minutes(n) => Say::new(format!("{n} 分钟"), en(n, "minute")),
            Limit::WorkingHours(n) => Say::new(format!("{n} 个办公小时"), en(n.into(), "office hour")),
        }
    }

    /// Whether it runs without interruption, day and night.
    pub fn continuous(self) -> bool {
        matches!(self, Limit::Hours(_) | Limit::Minutes(_))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::WorkingDays(n) => write!(f, "{n}wd"),
            Limit::CalendarDays(n) => write!(f, "{n}d"),
            Limit::Hours(n) => write!(f, "{n}h"),
            Limit::Minutes(n) => write!(f, "{n}m"),
            Limit::WorkingHours(n) => write!(f, "{n}wh"),
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || format!("`{text}` is no limit: write 5wd, 15d, 24h, 30m or 4wh, ten years at most");
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let n: u32 = number.parse().map_err(|_| fault())?;
        let days = |most: u32| if n <= most { Ok(n as u16) } else { Err(fault()) };
        match unit {
            "wd" => days(MOST_DAYS).map(Limit::WorkingDays),
            "d" => days(MOST_DAYS).map(Limit::CalendarDays),
            "wh" => days(MOST_DAYS * 8).map(Limit::WorkingHours),
            "h" if n <= MOST_DAYS * 24 => Ok(Limit::Hours(n)),
            "m" if n <= MOST_DAYS * 24 * 60 => Ok(Limit::Minutes(n)),
            _ => Err(fault()),
        }
    }
}

impl TryFrom<String> for Limit {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> String {
        limit.to_string()
    }
}

/// A time of day by the wall clock, to the minute: `08:30`; `24:00` is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayTime(u16);

impl DayTime {
    /// From hour and minute; nothing past 24:00.
    pub const fn new(hour: u16, minute: u16) -> Option<DayTime> {
        if minute < 60 && hour * 60 + minute <= 1440 { Some(DayTime(hour * 60 + minute)) } else { None }
    }

    /// Minutes since midnight, `0..=1440`.
    pub fn minutes(self) -> i64 {
        i64::from(self.0)
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for DayTime {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || format!("`{text}` is no time of day: write 08:30");
        let (h, m) = text.split_once(':').ok_or_else(fault)?;
        let part = |p: &str, most: u16| match p.parse::<u16>() {
            Ok(n) if p.len() <= 2 && n <= most && p.bytes().all(|b| b.is_ascii_digit()) => Ok(n),
            _ => Err(fault()),
        };
        DayTime::new(part(h, 24)?, part(m, 59)?).ok_or_else(fault)
    }
}

impl TryFrom<String> for DayTime {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<DayTime> for String {
    fn from(time: DayTime) -> String {
        time.to_string()
    }
}

/// When offices are open on a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeHours {
    /// Opening.
    pub from: DayTime,
    /// Closing, after `from`; hours the wrong way round are read as the whole day.
    pub to: DayTime,
}

impl Default for OfficeHours {
    /// 08:30 to 17:30.
    fn default() -> Self {
        OfficeHours { from: DayTime(510), to: DayTime(1050) }
    }
}

impl OfficeHours {
    /// Opening and closing as milliseconds since midnight.
    pub(super) fn window(self) -> (i64, i64) {
        let (from, to) = if self.from < self.to { (self.from.0, self.to.0) } else { (0, 1440) };
        (i64::from(from) * kernel::MINUTE, i64::from(to) * kernel::MINUTE)
    }
}

/// When the last day ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closes {
    /// At 24:00; the last millisecond of the day is still in time.
    #[default]
    Midnight,
    /// When the office closes.
    Office,
}

/// What counts as the day of the start, for limits in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// The day on which it happened, whatever the hour.
    #[default]
    AsItHappened,
    /// What arrives after closing or on a rest day counts as arriving at the next opening.
    NextOpening,
}

/// How a pack counts: its office hours and what follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Counting {
    /// When offices are open.
    pub office: OfficeHours,
    /// When the last day ends.
    pub closes: Closes,
    /// What counts as the day of the start.
    pub arrival: Arrival,
}
