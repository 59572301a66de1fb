//! Dates and times as people type them into spreadsheets.
//!
//! Read: `2019/2/28 11:25:05`, `2019-04-08 08:37:20`, `2019-04-08T08:37`, `2019.5.9`, `20190509`,
//! `20190509083720`, `2019年5月9日 下午3点20分`, `5月9日` with a year given, and the serial numbers of
//! spreadsheets; with full-width digits and a day of the week too. Not read, because two people would read
//! them differently: `5/9/2019`, `19-5-9`, `2019年5月`, a time with a zone of its own.

use crate::chars::half;
use jiff::ToSpan;
use kernel::{Date, DateTime, Say};

/// A date that was read, with its time where one was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The wall clock; midnight where no time was given.
    pub when: DateTime,
    /// Whether a time was given.
    pub timed: bool,
}

/// Reads `text`; `year` stands in where none is written. The error is for the person whose cell it is.
pub fn parse(text: &str, year: Option<i16>) -> Result<Read, Say> {
    let tidy: String = text.trim().chars().map(half).collect();
    let tidy = tidy.trim().trim_matches('\'');
    if tidy.is_empty() {
        return Err(Say::new("没有填写时间。", "No date is given."));
    }
    let fault = |zh: &str, en: &str| {
        let shown: String = text.trim().chars().take(40).collect();
        Say::new(format!("“{shown}”{zh}"), format!("“{shown}” {en}"))
    };
    if tidy.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && tidy.bytes().filter(|b| *b == b'.').count() <= 1
    {
        return number(tidy).ok_or_else(|| {
            fault(
                "不是能认出的日期，请写成 2019-05-09 或 2019-05-09 15:20。",
                "is no date we can read: write 2019-05-09 or 2019-05-09 15:20.",
            )
        });
    }
    let mut scan = Scan { rest: tidy };
    match scan.date(year).and_then(|date| Ok((date, scan.time()?))) {
        Ok((date, time)) => combine(date, time)
            .ok_or_else(|| fault("不在能用的年份里。", "lies outside the years we can use.")),
        Err(Fault::NoYear) => Err(fault("没有写年份。", "has no year.")),
        Err(Fault::NoDay) => Err(fault("没有写到日。", "has no day.")),
        Err(Fault::NoSuchDay) => Err(fault("不是日历上有的日子。", "is not a day of the calendar.")),
        Err(Fault::NoSuchTime) => Err(fault("里的钟点不对。", "has a time that cannot be.")),
        Err(Fault::Unclear) => Err(fault(
            "看不出是哪一天，请写成 2019-05-09 或 2019-05-09 15:20。",
            "does not say clearly which day: write 2019-05-09 or 2019-05-09 15:20.",
        )),
    }
}

/// The date behind a spreadsheet's serial number: days since 1899-12-30, the fraction being the time.
/// `None` outside 1900 to 9999.
pub fn from_serial(serial: f64) -> Option<Read> {
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    // Serials below 61 are off by one day in the spreadsheets themselves, which believe in 1900-02-29.
    let seconds = (serial.fract() * 86_400.0).round() as i64;
    let base = Date::new(1899, 12, 30).ok()?.checked_add((serial.trunc() as i32).days()).ok()?;
    let when = base.at(0, 0, 0, 0).checked_add(seconds.seconds()).ok()?;
    Some(Read { when, timed: seconds != 0 })
}

enum Fault {
    NoYear,
    NoDay,
    NoSuchDay,
    NoSuchTime,
    Unclear,
}

/// Digits only, perhaps with one point: a packed date, or a serial number.
fn number(text: &str) -> Option<Read> {
    let digits = |from: usize, to: usize| text.get(from..to).and_then(|s| s.parse::<i16>().ok());
    let packed = !text.contains('.');
    match text.len() {
        8 | 12 | 14 if packed => {
            let date = Date::new(digits(0, 4)?, digits(4, 6)? as i8, digits(6, 8)? as i8).ok()?;
            let part = |from| if text.len() >= from + 2 { digits(from, from + 2) } else { Some(0) };
            let (h, m, s) = (part(8)?, part(10)?, part(12)?);
            let clock = h < 24 && m < 60 && s < 60;
            (plausible(date) && clock)
                .then(|| Read { when: date.at(h as i8, m as i8, s as i8, 0), timed: text.len() > 8 })
        }
        // Five digits before the point: 1927 to 2173. Fewer or more are some other number.
        _ if text.split('.').next()?.len() == 5 => from_serial(text.parse().ok()?),
        _ => None,
    }
}

fn plausible(date: Date) -> bool {
    (1900..=2200).contains(&date.year())
}

fn combine(date: Date, seconds: Option<i64>) -> Option<Read> {
    // 24:00 is the midnight at the end of the day.
    let when = date.at(0, 0, 0, 0).checked_add(seconds.unwrap_or(0).seconds()).ok()?;
    plausible(date).then_some(Read { when, timed: seconds.is_some() })
}

struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }

    fn eat(&mut self, words: &[&str]) -> Option<usize> {
        let (i, word) = words.iter().enumerate().find(|(_, w)| self.rest.starts_with(**w))?;
        self.rest = &self.rest[word.len()..];
        Some(i)
    }

    /// Up to `most` digits, and how many there were.
    fn digits(&mut self, most: usize) -> Option<(i16, usize)> {
        let len = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || len > most {
            return None;
        }
        let (number, rest) = self.rest.split_at(len);
        self.rest = rest;
        Some((number.parse().ok()?, len))
    }

    fn date(&mut self, default: Option<i16>) -> Result<Date, Fault> {
        let (first, len) = self.digits(4).ok_or(Fault::Unclear)?;
        self.skip();
        let (year, month) = if self.eat(&["月"]).is_some() {
            (default.ok_or(Fault::NoYear)?, first)
        } else {
            let chinese = self.eat(&["年"]).is_some();
            if len != 4 || (!chinese && self.eat(&["/", "-", ".", "–", "—"]).is_none()) {
                return Err(Fault::Unclear);
            }
            self.skip();
            let (month, _) = self.digits(2).ok_or(Fault::NoDay)?;
            self.skip();
            let parted = match chinese {
                true => self.eat(&["月"]),
                false => self.eat(&["/", "-", ".", "–", "—"]),
            };
            parted.ok_or(Fault::NoDay)?;
            (first, month)
        };
        self.skip();
        let (day, _) = self.digits(2).ok_or(Fault::NoDay)?;
        self.skip();
        self.eat(&["日", "号"]);
        self.skip();
        self.weekday();
        Date::new(year, month as i8, day as i8).map_err(|_| Fault::NoSuchDay)
    }

    fn weekday(&mut self) {
        let before = self.rest;
        let open = self.eat(&["(", "["]).is_some();
        let named = self.eat(&["星期", "周", "礼拜"]).is_some()
            && self.eat(&["一", "二", "三", "四", "五", "六", "日", "天"]).is_some();
        let closed = !open || self.eat(&[")", "]"]).is_some();
        if !named || !closed {
            self.rest = before;
        }
        self.skip();
    }

    /// Seconds since midnight, `0..=86400`; `None` where nothing follows the date.
    fn time(&mut self) -> Result<Option<i64>, Fault> {
        if self.eat(&["T", "t"]).is_none() {
            self.skip();
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let half_day = self.eat(&[
            "凌晨", "早上", "早晨", "清晨", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "AM", "am", "PM",
            "pm",
        ]);
        self.skip();
        let (hour, _) = self.digits(2).ok_or(Fault::Unclear)?;
        let mut parts = [i64::from(hour), 0, 0];
        if self.eat(&["点半", "时半"]).is_some() {
            parts[1] = 30;
        } else {
            let chinese = self.eat(&["点钟", "点", "时", ":"]).ok_or(Fault::Unclear)?;
            if let Some((minute, _)) = self.digits(2) {
                parts[1] = i64::from(minute);
                if self.eat(&["分", ":"]).is_some()
                    && let Some((second, _)) = self.digits(2)
                {
                    parts[2] = i64::from(second);
                    self.eat(&["秒"]);
                    if self.eat(&["."]).is_some() {
                        self.digits(9).ok_or(Fault::Unclear)?; // Parts of a second are dropped.
                    }
                }
            } else if chinese > 2 {
                return Err(Fault::NoSuchTime);
            }
        }
        self.skip();
        let half_day = half_day.or_else(|| {
            let after = self.eat(&["AM", "am", "PM", "pm"])?;
            Some(if after < 2 { 10 } else { 12 })
        });
        self.skip();
        if !self.rest.is_empty() {
            return Err(Fault::Unclear);
        }
        let [hour, minute, second] = parts;
        let hour = match half_day {
            // 凌晨12点 and 12 am are midnight at the beginning, 晚上12点 at the end of the day.
            Some(0 | 10 | 11) if hour == 12 => 0,
            Some(5) if hour < 4 => hour + 12,
            Some(6 | 7 | 12 | 13) if hour < 12 => hour + 12,
            Some(8 | 9) if (5..12).contains(&hour) => hour + 12,
            Some(8 | 9) if hour == 12 => 24,
            _ => hour,
        };
        if minute > 59 || second > 59 || hour * 3600 + minute * 60 + second > 86_400 {
            return Err(Fault::NoSuchTime);
        }
        Ok(Some(hour * 3600 + minute * 60 + second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn the_forms_that_people_type() {
        let day = date(2019, 5, 9);
        for (text, when, timed) in [
            ("2019/2/28 11:25:05", date(2019, 2, 28).at(11, 25, 5, 0), true),
            ("2019-04-08 08:37:20", date(2019, 4, 8).at(8, 37, 20, 0), true),
            ("2019-04-08T08:37:20.000", date(2019, 4, 8).at(8, 37, 20, 0), true),
            ("2019/5/9", day.at(0, 0, 0, 0), false),
            ("2019.5.9", day.at(0, 0, 0, 0), false),
            ("20190509", day.at(0, 0, 0, 0), false),
            ("201905090837", day.at(8, 37, 0, 0), true),
            ("20190509083720", day.at(8, 37, 20, 0), true),
            ("2019年5月9日", day.at(0, 0, 0, 0), false),
            ("2019年5月9日 下午3点20分", day.at(15, 20, 0, 0), true),
            ("2019年5月9日(星期四)下午3时", day.at(15, 0, 0, 0), true),
            ("2019年5月9号 周四 上午10点半", day.at(10, 30, 0, 0), true),
            ("2019 年 5 月 9 日15:20", day.at(15, 20, 0, 0), true),
            ("２０１９／５／９　１５：２０", day.at(15, 20, 0, 0), true),
            ("2019/5/9 3:20 PM", day.at(15, 20, 0, 0), true),
            ("2019/5/9 12:20 am", day.at(0, 20, 0, 0), true),
            ("2019-5-9 中午12点", day.at(12, 0, 0, 0), true),
            ("2019-5-9 中午1点", day.at(13, 0, 0, 0), true),
            ("2019-5-9 凌晨12点10分", day.at(0, 10, 0, 0), true),
            ("2019-5-9 晚上12点", date(2019, 5, 10).at(0, 0, 0, 0), true),
            ("2019-5-9 下午15:20", day.at(15, 20, 0, 0), true),
            ("2019-5-9 24:00", date(2019, 5, 10).at(0, 0, 0, 0), true),
            ("2019-5-9 0:00", day.at(0, 0, 0, 0), true),
            ("5月9日", date(2026, 5, 9).at(0, 0, 0, 0), false),
            ("5月9日 8:05", date(2026, 5, 9).at(8, 5, 0, 0), true),
            ("43594", day.at(0, 0, 0, 0), false),
            ("43594.5", day.at(12, 0, 0, 0), true),
            ("43524.475752314816", date(2019, 2, 28).at(11, 25, 5, 0), true),
            (" '2019-05-09 ", day.at(0, 0, 0, 0), false),
        ] {
            assert_eq!(parse(text, Some(2026)), Ok(Read { when, timed }), "{text}");
        }
    }

    #[test]
    fn what_is_unclear_is_refused_with_the_reason() {
        for (text, zh) in [
            ("", "没有填写"),
            ("5月9日", "没有写年份"),
            ("2019年5月", "没有写到日"),
            ("2019-5", "没有写到日"),
            ("2019-02-29", "不是日历上有的日子"),
            ("2019-13-01", "不是日历上有的日子"),
            ("2019-5-9 25:00", "钟点不对"),
            ("2019-5-9 24:01", "钟点不对"),
            ("2019-5-9 8:60", "钟点不对"),
            ("2019-5-9 下午", "看不出"),
            ("2019-5-9 8", "看不出"),
            ("5/9/2019", "看不出"),
            ("19-5-9", "看不出"),
            ("2019-5-9 8:00 左右", "看不出"),
            ("2019-5-9T08:00:00Z", "看不出"),
            ("明天", "看不出"),
            ("123", "不是能认出的日期"),
            ("20191301", "不是能认出的日期"),
            ("13800138000", "不是能认出的日期"),
            ("9999999999999999999999", "不是能认出的日期"),
            ("0001-01-01", "年份"),
        ] {
            let say = parse(text, None).unwrap_err();
            assert!(say.zh.contains(zh), "{text}: {}", say.zh);
            assert!(say.en.is_ascii() || say.en.contains('“'), "{}", say.en);
        }
    }

    #[test]
    fn serial_numbers_at_their_ends() {
        assert_eq!(from_serial(0.5), None);
        assert_eq!(from_serial(61.0).map(|r| r.when.date()), Some(date(1900, 3, 1)));
        assert_eq!(from_serial(2_958_465.0).map(|r| r.when.date()), Some(date(9999, 12, 31)));
        assert_eq!(from_serial(2_958_466.0), None);
        assert_eq!(from_serial(f64::NAN), None);
        assert_eq!(from_serial(2_958_465.999_999_9), None, "rounds past the last day");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(y in 1900i16..2200, m in 1i8..13, d in 1i8..29, h in 0i8..24, min in 0i8..60, s in 0i8..60) {
            let when = date(y, m, d).at(h, min, s, 0);
            for text in [
                format!("{y}/{m}/{d} {h}:{min:02}:{s:02}"),
                format!("{y}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}"),
                format!("{y}{m:02}{d:02}{h:02}{min:02}{s:02}"),
                format!("{y}年{m}月{d}日{h}时{min}分{s}秒"),
            ] {
                prop_assert_eq!(parse(&text, None), Ok(Read { when, timed: true }), "{}", text);
            }
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in any::<String>(), like in "[0-9０-９/.年月日号时点分半:上下午晚 T-]{0,24}", year in any::<Option<i16>>()) {
            for t in [text, like] {
                if let Err(say) = parse(&t, year) {
                    prop_assert!(!say.zh.is_empty() && !say.en.is_empty());
                }
            }
        }
    }
}
