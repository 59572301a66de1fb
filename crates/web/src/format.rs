//! Dates, spans and numbers as people read them, in both languages.

use kernel::{DAY, Date, HOUR, Locale, MINUTE, Timestamp, Weekday, Zone};
use words::{MONTHS, weekday};

mod words {
    use kernel::Weekday;

    pub(super) const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    pub(super) fn weekday(day: Weekday) -> (&'static str, &'static str) {
        match day {
            Weekday::Monday => ("周一", "Mon"),
            Weekday::Tuesday => ("周二", "Tue"),
            Weekday::Wednesday => ("周三", "Wed"),
            Weekday::Thursday => ("周四", "Thu"),
            Weekday::Friday => ("周五", "Fri"),
            Weekday::Saturday => ("周六", "Sat"),
            Weekday::Sunday => ("周日", "Sun"),
        }
    }
}

fn month_name(date: Date) -> &'static str {
    MONTHS[(date.month() - 1) as usize]
}

/// `11月24日`, `24 Nov`.
pub fn day(locale: Locale, date: Date) -> String {
    match locale {
        Locale::Zh => format!("{}月{}日", date.month(), date.day()),
        Locale::En => format!("{} {}", date.day(), month_name(date)),
    }
}

/// `2026年11月24日`, `24 Nov 2026`.
pub fn day_year(locale: Locale, date: Date) -> String {
    match locale {
        Locale::Zh => format!("{}年{}", date.year(), day(locale, date)),
        Locale::En => format!("{} {}", day(locale, date), date.year()),
    }
}

/// The day, with its year only where that is another one than `today`'s.
pub fn day_near(locale: Locale, date: Date, today: Date) -> String {
    if date.year() == today.year() { day(locale, date) } else { day_year(locale, date) }
}

/// `11月24日 周二`, `Tue 24 Nov`.
pub fn day_week(locale: Locale, date: Date) -> String {
    let (zh, en) = weekday(date.weekday());
    match locale {
        Locale::Zh => format!("{} {zh}", day(locale, date)),
        Locale::En => format!("{en} {}", day(locale, date)),
    }
}

/// `周二`, `Tue`.
pub fn week_day(locale: Locale, day: Weekday) -> &'static str {
    let (zh, en) = weekday(day);
    locale.t(zh, en)
}

/// `2026年11月`, `Nov 2026`.
pub fn month(locale: Locale, date: Date) -> String {
    match locale {
        Locale::Zh => format!("{}年{}月", date.year(), date.month()),
        Locale::En => format!("{} {}", month_name(date), date.year()),
    }
}

/// `11月`, `Nov`: for the foot of a chart.
pub fn month_short(locale: Locale, date: Date) -> String {
    match locale {
        Locale::Zh => format!("{}月", date.month()),
        Locale::En => month_name(date).to_owned(),
    }
}

/// `17:30`.
pub fn clock(zone: Zone, at: Timestamp) -> String {
    let t = zone.civil(at).time();
    format!("{:02}:{:02}", t.hour(), t.minute())
}

/// `11月24日 17:30`, `24 Nov 17:30`.
pub fn moment(locale: Locale, zone: Zone, at: Timestamp) -> String {
    format!("{} {}", day(locale, zone.date(at)), clock(zone, at))
}

/// `2026年11月24日 17:30`, `24 Nov 2026 17:30`.
pub fn moment_year(locale: Locale, zone: Zone, at: Timestamp) -> String {
    format!("{} {}", day_year(locale, zone.date(at)), clock(zone, at))
}

/// The moment, with its year only where that is another one than `now`'s.
pub fn moment_near(locale: Locale, zone: Zone, at: Timestamp, now: Timestamp) -> String {
    format!("{} {}", day_near(locale, zone.date(at), zone.date(now)), clock(zone, at))
}

/// For `<time datetime>`: `2026-11-24T17:30`.
pub fn iso(zone: Zone, at: Timestamp) -> String {
    format!("{}T{}", zone.date(at), clock(zone, at))
}

/// The day a person would say: today, tomorrow, yesterday, otherwise the date with its weekday.
pub fn day_said(locale: Locale, date: Date, today: Date) -> String {
    match (date - today).get_days() {
        0 => locale.t("今天", "Today").to_owned(),
        1 => locale.t("明天", "Tomorrow").to_owned(),
        -1 => locale.t("昨天", "Yesterday").to_owned(),
        _ if date.year() == today.year() => day_week(locale, date),
        _ => day_year(locale, date),
    }
}

/// A span of `ms` milliseconds in its two largest parts: `2 天 3 小时`, `2 d 3 h`. Minutes only below
/// a day; less than a minute is `不到 1 分钟`, `under 1 min`.
pub fn span(locale: Locale, ms: i64) -> String {
    let ms = ms.saturating_abs();
    let (days, hours, minutes) = (ms / DAY, ms % DAY / HOUR, ms % HOUR / MINUTE);
    let d = || format!("{days} {}", locale.t("天", "d"));
    let h = || format!("{hours} {}", locale.t("小时", "h"));
    let m = || format!("{minutes} {}", locale.t("分钟", "min"));
    match (days, hours, minutes) {
        (0, 0, 0) => locale.t("不到 1 分钟", "under 1 min").to_owned(),
        (0, 0, _) => m(),
        (0, _, 0) => h(),
        (0, _, _) => format!("{} {}", h(), m()),
        (_, 0, _) => d(),
        // From ten days on nobody counts the hours.
        (10.., _, _) => d(),
        _ => format!("{} {}", d(), h()),
    }
}

/// `剩 2 天 3 小时`, `2 d 3 h left`; after the time `逾期 2 天`, `2 d overdue`.
pub fn time_left(locale: Locale, now: Timestamp, due: Timestamp) -> String {
    let span = span(locale, due.0.saturating_sub(now.0));
    match (locale, now <= due) {
        (Locale::Zh, true) => format!("剩 {span}"),
        (Locale::En, true) => format!("{span} left"),
        (Locale::Zh, false) => format!("逾期 {span}"),
        (Locale::En, false) => format!("{span} overdue"),
    }
}

/// A count that stops at `cap`: `999+` where there is more.
pub fn capped(n: i64, cap: i64) -> String {
    if n > cap { format!("{}+", number(cap)) } else { number(n) }
}

/// `12,345`.
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A large number in short: `12.3 万`, `123 k`; below ten thousand in full.
pub fn short_number(locale: Locale, n: i64) -> String {
    let tenth = |unit: i64, word: &str| {
        let tenths = n / (unit / 10);
        match tenths % 10 {
            0 => format!("{} {word}", number(tenths / 10)),
            rest => format!("{}.{} {word}", number(tenths / 10), rest.abs()),
        }
    };
    match (locale, n.unsigned_abs()) {
        (_, ..10_000) => number(n),
        (Locale::Zh, ..100_000_000) => tenth(10_000, "万"),
        (Locale::Zh, _) => tenth(100_000_000, "亿"),
        (Locale::En, ..1_000_000) => tenth(1_000, "k"),
        (Locale::En, _) => tenth(1_000_000, "M"),
    }
}

/// A share in per cent with one decimal, rounded half up: `94.1 %`; `—` of nothing.
pub fn percent(n: i64, of: i64) -> String {
    if of <= 0 {
        return "—".to_owned();
    }
    let permille = (i128::from(n) * 2000 + i128::from(of)).div_euclid(2 * i128::from(of));
    format!("{}.{} %", permille / 10, permille % 10)
}

/// What a share is made of: `288 / 306`.
pub fn of(n: i64, of: i64) -> String {
    format!("{} / {}", number(n), number(of))
}

/// A size in bytes: `640 B`, `82 KB`, `1.2 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        ..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => {
            let tenths = bytes / 104_858;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Locale::{En, Zh};

    fn date(y: i16, m: i8, d: i8) -> Date {
        Date::constant(y, m, d)
    }

    #[test]
    fn days_in_both_languages() {
        let d = date(2026, 11, 24);
        assert_eq!((day_week(Zh, d), day_week(En, d)), ("11月24日 周二".into(), "Tue 24 Nov".into()));
        assert_eq!(
            (day_near(Zh, d, date(2027, 1, 1)), day_near(En, d, d)),
            ("2026年11月24日".into(), "24 Nov".into())
        );
        assert_eq!(
            (day_said(Zh, d, d), day_said(En, date(2026, 11, 25), d)),
            ("今天".into(), "Tomorrow".into())
        );
        let at = Zone::CHINA.instant(d.at(17, 30, 0, 0));
        assert_eq!(moment(Zh, Zone::CHINA, at), "11月24日 17:30");
        assert_eq!(iso(Zone::CHINA, at), "2026-11-24T17:30");
    }

    #[test]
    fn spans_and_what_is_left() {
        let now = Timestamp(0);
        assert_eq!(time_left(Zh, now, Timestamp(2 * DAY + 3 * HOUR + 5)), "剩 2 天 3 小时");
        assert_eq!(time_left(En, now, Timestamp(2 * DAY + 3 * HOUR)), "2 d 3 h left");
        assert_eq!(time_left(Zh, now, Timestamp(-2 * DAY)), "逾期 2 天");
        assert_eq!(time_left(En, now, Timestamp(-30)), "under 1 min overdue");
        assert_eq!(span(Zh, 12 * DAY + 5 * HOUR), "12 天");
        assert_eq!(span(En, HOUR + 5 * MINUTE), "1 h 5 min");
        assert_eq!(span(Zh, i64::MIN), span(Zh, i64::MAX));
    }

    #[test]
    fn numbers_and_shares() {
        assert_eq!(
            (number(1_234_567), number(-1000), number(0)),
            ("1,234,567".into(), "-1,000".into(), "0".into())
        );
        assert_eq!(
            (percent(288, 306), percent(1, 3), percent(0, 0)),
            ("94.1 %".into(), "33.3 %".into(), "—".into())
        );
        assert_eq!(
            (percent(1, 1), percent(1, 2000), of(288, 306)),
            ("100.0 %".into(), "0.1 %".into(), "288 / 306".into())
        );
        assert_eq!(
            (short_number(Zh, 123_456), short_number(En, 123_456)),
            ("12.3 万".into(), "123.4 k".into())
        );
        assert_eq!((short_number(Zh, 9_999), short_number(En, 2_000_000)), ("9,999".into(), "2 M".into()));
        assert_eq!(
            (size(640), size(83_000), size(1_300_000)),
            ("640 B".into(), "82 KB".into(), "1.2 MB".into())
        );
    }
}
