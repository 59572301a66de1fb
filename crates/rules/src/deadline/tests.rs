use super::*;
use jiff::civil::date;
use kernel::{DAY, HOUR, Locale, MINUTE};
use proptest::prelude::*;

fn cal() -> &'static Calendar {
    Calendar::built_in()
}

fn at(y: i16, m: i8, d: i8, h: i8, min: i8) -> Timestamp {
    Zone::CHINA.instant(date(y, m, d).at(h, min, 0, 0))
}

fn end(y: i16, m: i8, d: i8) -> Timestamp {
    Timestamp(Zone::CHINA.start_of(date(y, m, d)).0 + DAY - 1)
}

fn rule(limit: &str) -> Rule {
    Rule {
        id: "answer".into(),
        version: "1".into(),
        citation: Text::new("规则", "rule"),
        limit: limit.parse().unwrap(),
        counting: Counting::default(),
    }
}

fn office(limit: &str, arrival: Arrival) -> Rule {
    let counting = Counting { closes: Closes::Office, arrival, ..Counting::default() };
    Rule { counting, ..rule(limit) }
}

fn due(limit: &str, start: Timestamp) -> Timestamp {
    certify(&rule(limit), start, cal()).due
}

#[test]
fn working_days_at_one_less_the_limit_and_one_more() {
    // 2026-11-17 is a Tuesday; 21 and 22 are the weekend.
    let start = at(2026, 11, 17, 9, 12);
    for (limit, day) in
        [("0wd", 17), ("1wd", 18), ("3wd", 20), ("4wd", 23), ("5wd", 24), ("8wd", 27), ("9wd", 30)]
    {
        assert_eq!(due(limit, start), end(2026, 11, day), "{limit}");
    }
}

#[test]
fn working_days_around_the_spring_festival_of_2026() {
    // 14 February is worked, 15 to 23 are off, 28 is worked.
    let start = at(2026, 2, 12, 16, 0);
    for (limit, m, d) in
        [("1wd", 2, 13), ("2wd", 2, 14), ("3wd", 2, 24), ("6wd", 2, 27), ("7wd", 2, 28), ("8wd", 3, 2)]
    {
        assert_eq!(due(limit, start), end(2026, m, d), "{limit}");
    }
    // The start on a rest day: the first working day after it is day 1.
    assert_eq!(due("1wd", at(2026, 2, 18, 10, 0)), end(2026, 2, 24));
    assert_eq!(due("0wd", at(2026, 2, 18, 10, 0)), end(2026, 2, 24));
}

#[test]
fn calendar_days_roll_over_a_rest_day_only_at_the_end() {
    // From 2026-09-15: the tenth day is 25 September, a holiday that lasts to the 27th.
    let start = at(2026, 9, 15, 8, 0);
    for (limit, m, d) in
        [("9d", 9, 24), ("10d", 9, 28), ("12d", 9, 28), ("13d", 9, 28), ("14d", 9, 29), ("16d", 10, 8)]
    {
        assert_eq!(due(limit, start), end(2026, m, d), "{limit}");
    }
    // A weekend day that is worked is no rest day: 2026-09-20 is a Sunday.
    assert_eq!(due("5d", start), end(2026, 9, 20));
    let cert = certify(&rule("10d"), start, cal());
    assert_eq!(cert.days().filter(|d| d.counted).count(), 10);
    assert_eq!(cert.days().last().map(|d| d.why), Some(Why::LastDay));
}

#[test]
fn hours_and_minutes_run_on() {
    let start = at(2026, 2, 15, 23, 30);
    assert_eq!(due("24h", start), start.plus(DAY));
    assert_eq!(due("30m", start), start.plus(30 * MINUTE));
    assert_eq!(due("0m", start), start);
}

#[test]
fn office_hours_run_while_offices_are_open() {
    // Offices 08:30 to 17:30. Friday 2026-11-20 16:00, then the weekend.
    for (limit, start, due_at) in [
        ("1wh", at(2026, 11, 20, 16, 0), at(2026, 11, 20, 17, 0)),
        ("2wh", at(2026, 11, 20, 16, 0), at(2026, 11, 23, 9, 0)),
        ("2wh", at(2026, 11, 20, 15, 30), at(2026, 11, 20, 17, 30)),
        ("4wh", at(2026, 11, 21, 3, 0), at(2026, 11, 23, 12, 30)),
        ("4wh", at(2026, 11, 23, 7, 0), at(2026, 11, 23, 12, 30)),
        ("10wh", at(2026, 11, 20, 18, 0), at(2026, 11, 24, 9, 30)),
        ("0wh", at(2026, 11, 20, 18, 0), at(2026, 11, 23, 8, 30)),
    ] {
        assert_eq!(due(limit, start), due_at, "{limit}");
    }
}

#[test]
fn office_closing_ends_the_day_and_moves_what_comes_late() {
    let (happened, opening) = (Arrival::AsItHappened, Arrival::NextOpening);
    for (arrival, start, day) in [
        (happened, at(2026, 11, 17, 17, 30), 18),
        (opening, at(2026, 11, 17, 17, 30), 18),
        (happened, at(2026, 11, 17, 17, 31), 18),
        (opening, at(2026, 11, 17, 17, 31), 19),
        (opening, at(2026, 11, 18, 6, 0), 19),
        (happened, at(2026, 11, 20, 20, 0), 23),
        (opening, at(2026, 11, 20, 20, 0), 24),
        (happened, at(2026, 11, 21, 9, 0), 23),
        (opening, at(2026, 11, 21, 9, 0), 24),
    ] {
        let cert = certify(&office("1wd", arrival), start, cal());
        assert_eq!(cert.due, at(2026, 11, day, 17, 30), "{arrival:?} {start:?}");
        assert_eq!(recompute(&cert, cal()), Ok(()));
    }
    // Due at closing time of the same day, but it came after that: the next working day.
    let cert = certify(&office("0wd", happened), at(2026, 11, 20, 20, 0), cal());
    assert_eq!(cert.due, at(2026, 11, 23, 17, 30));
}

#[test]
fn late_is_after_the_due_instant() {
    let cert = certify(&rule("5wd"), at(2026, 11, 17, 9, 12), cal());
    assert!(!cert.overdue(cert.due.plus(-1)) && !cert.overdue(cert.due) && cert.overdue(cert.due.plus(1)));
}

#[test]
fn the_warning_comes_at_four_fifths_of_the_running_time() {
    let start = at(2026, 11, 17, 9, 0);
    let cert = certify(&rule("10h"), start, cal());
    assert_eq!(cert.warn, start.plus(8 * HOUR));
    // A pause of three hours before that moves it by three hours, one after it does not.
    let early = resume(&cert, start.plus(HOUR), start.plus(4 * HOUR), cal());
    assert_eq!((early.due, early.warn), (start.plus(13 * HOUR), start.plus(11 * HOUR)));
    let late = resume(&cert, start.plus(9 * HOUR), start.plus(12 * HOUR), cal());
    assert_eq!((late.due, late.warn), (start.plus(13 * HOUR), start.plus(8 * HOUR)));
}

#[test]
fn a_pause_keeps_what_was_left() {
    let cert = certify(&rule("5wd"), at(2026, 11, 17, 9, 12), cal());
    for (from, to, day, why) in [
        ((18, 10), (18, 16), 24, "within one day nothing changes"),
        ((18, 10), (19, 9), 25, "one working day"),
        ((20, 10), (23, 9), 25, "over a weekend one working day"),
        ((20, 10), (22, 9), 24, "into a weekend nothing"),
        ((24, 10), (26, 9), 26, "on the last day: due the day it runs again"),
        ((24, 10), (28, 9), 30, "runs again on a rest day: the next working day"),
        ((17, 10), (18, 9), 25, "on the day of the start"),
    ] {
        let next = resume(&cert, at(2026, 11, from.0, from.1, 0), at(2026, 11, to.0, to.1, 0), cal());
        assert_eq!(next.due, end(2026, 11, day), "{why}");
        assert_eq!(next.basis(), Basis::Paused);
        assert_eq!(recompute(&next, cal()), Ok(()));
    }
    let over = resume(&cert, cert.due.plus(1), cert.due.plus(DAY), cal());
    assert_eq!(over, cert, "after the due instant a pause gives nothing back");
    // A pause that begins when the rest days at the end of calendar days have begun.
    let cert = certify(&rule("10d"), at(2026, 9, 15, 8, 0), cal());
    let next = resume(&cert, at(2026, 9, 26, 8, 0), at(2026, 9, 30, 8, 0), cal());
    assert_eq!(next.due, end(2026, 9, 30));
}

#[test]
fn a_pause_that_ends_after_closing_leaves_the_next_working_day() {
    let cert = certify(&office("5wd", Arrival::AsItHappened), at(2026, 11, 17, 9, 12), cal());
    for (from, to, day) in [
        ((24, 16), at(2026, 11, 24, 17, 29), 24),
        ((24, 16), at(2026, 11, 24, 17, 30), 24),
        ((24, 16), at(2026, 11, 24, 17, 31), 25),
        ((24, 16), at(2026, 11, 26, 17, 30), 26),
        ((24, 16), at(2026, 11, 26, 20, 0), 27),
        ((24, 16), at(2026, 11, 27, 20, 0), 30),
    ] {
        let next = resume(&cert, at(2026, 11, from.0, from.1, 0), to, cal());
        assert_eq!(next.due, at(2026, 11, day, 17, 30), "{to:?}");
    }
}

#[test]
fn an_extension_counts_on_from_the_end() {
    let start = at(2026, 11, 17, 9, 12);
    for (limit, by, day) in
        [("5wd", "0wd", 24), ("5wd", "1wd", 25), ("5wd", "3wd", 27), ("5wd", "4wd", 30), ("3d", "2d", 23)]
    {
        let cert = certify(&rule(limit), start, cal());
        let next = extend(&cert, by.parse().unwrap(), start.plus(HOUR), cal());
        assert_eq!(next.due, end(2026, 11, day), "{limit} + {by}");
        assert_eq!(next.basis(), Basis::Extended);
        assert_eq!(recompute(&next, cal()), Ok(()));
    }
    let hours = extend(&certify(&rule("24h"), start, cal()), Limit::Hours(6), start, cal());
    assert_eq!(hours.due, start.plus(30 * HOUR));
    let mixed = extend(&certify(&rule("24h"), start, cal()), Limit::WorkingDays(1), start, cal());
    assert_eq!(mixed.due, end(2026, 11, 19));
    // Calendar days add up before they roll: 2026-11-21 is a Saturday.
    let four = certify(&rule("4d"), start, cal());
    assert_eq!(four.due, end(2026, 11, 23));
    assert_eq!(extend(&four, Limit::CalendarDays(3), start, cal()).due, end(2026, 11, 24));
}

#[test]
fn an_unpublished_year_makes_it_provisional() {
    let start = at(2026, 12, 28, 9, 0); // a Monday; the 31st is the third working day
    for (limit, provisional) in [("3wd", false), ("4wd", true), ("3d", false), ("4d", true), ("200h", false)]
    {
        let cert = certify(&rule(limit), start, cal());
        assert_eq!(cert.provisional, provisional, "{limit}");
        assert_eq!(explain(&cert, Locale::Zh).provisional.is_some(), provisional);
    }
    // Once the year is published, the recount says what changed.
    let cert = certify(&rule("4wd"), start, cal());
    let mut newer = cal().clone();
    newer.version = "2027.1".into();
    newer.years.insert(2027, crate::calendar::Year::default());
    assert_eq!(recompute(&cert, &newer), Err(Difference::Provisional { was: true, now: false }));
    newer.years.get_mut(&2027).unwrap().off.insert(date(2027, 1, 1));
    let day = Difference::Day { date: date(2027, 1, 1), was: Some(Why::Workday), now: Some(Why::Holiday) };
    assert_eq!(recompute(&cert, &newer), Err(day));
}

#[test]
fn a_changed_certificate_is_found_out() {
    let cert = certify(&rule("5wd"), at(2026, 11, 17, 9, 12), cal());
    assert_eq!(recompute(&cert, cal()), Ok(()));
    let due = Certificate { due: cert.due.plus(DAY), ..cert.clone() };
    assert!(matches!(recompute(&due, cal()), Err(Difference::Due { .. })));
    let warn = Certificate { warn: cert.warn.plus(1), ..cert.clone() };
    assert!(matches!(recompute(&warn, cal()), Err(Difference::Warn { .. })));
    let limit = Certificate { limit: Limit::WorkingDays(6), ..cert.clone() };
    assert!(matches!(recompute(&limit, cal()), Err(Difference::Day { was: None, now: Some(_), .. })));
    let mut days = cert.clone();
    days.days[1].why = Why::Holiday;
    assert!(matches!(recompute(&days, cal()), Err(Difference::Day { .. })));
    let other = Certificate { calendar: "elsewhere".into(), ..cert };
    assert!(matches!(recompute(&other, cal()), Err(Difference::OtherCalendar { .. })));
}

#[test]
fn it_is_explained_in_plain_words() {
    let said = |cert: &Certificate| explain(cert, Locale::Zh).headline;
    let start = at(2026, 11, 17, 9, 12);
    let cert = certify(&office("5wd", Arrival::AsItHappened), start, cal());
    assert_eq!(
        said(&cert),
        "从11月17日（不计当天）起 5 个工作日；11月21、22日是周末，不计；到11月24日 17:30 为止。"
    );
    assert_eq!(
        explain(&cert, Locale::En).headline,
        "5 working days from 17 November (that day not counted); 21–22 November: weekend, not counted; due by 24 November 17:30."
    );
    let lines: Vec<_> = explain(&cert, Locale::Zh).lines.into_iter().map(|l| l.text).collect();
    assert_eq!(lines[0], "11月17日 周二：开始的当天，不计");
    assert_eq!(lines[1], "11月18日 周三：第 1 天");
    assert_eq!(lines[4], "11月21日 周六：周末，不计");
    assert_eq!(lines[7], "11月24日 周二：第 5 天");
    assert_eq!(
        said(&certify(&rule("3wd"), at(2026, 2, 12, 16, 0), cal())),
        "从2月12日（不计当天）起 3 个工作日；2月14日调休上班，计入；2月15日至23日是节假日，不计；到2月24日 24:00 为止。"
    );
    assert_eq!(
        said(&certify(&rule("24h"), start, cal())),
        "从11月17日 09:12 起连续 24 小时；到11月18日 09:12 为止。"
    );
    assert_eq!(
        said(&certify(&rule("4d"), start, cal())),
        "从11月17日（不计当天）起 4 日；11月22日是周末，不计；11月23日是休息后的第一个工作日，期限顺延到这一天；到11月23日 24:00 为止。"
    );
    let extended = extend(&certify(&rule("1wd"), start, cal()), Limit::WorkingDays(1), start, cal());
    assert_eq!(
        said(&extended),
        "从11月17日（不计当天）起 1 个工作日；经批准延长 1 个工作日；到11月19日 24:00 为止。"
    );
    let paused = resume(&certify(&rule("1wd"), start, cal()), start, start.plus(2 * DAY), cal());
    assert_eq!(
        said(&paused),
        "从11月17日（不计当天）起 1 个工作日；11月18、19日暂停计时，不计；到11月20日 24:00 为止。"
    );
    let long = said(&certify(&rule("30wd"), at(2026, 9, 1, 9, 0), cal()));
    assert!(long.contains("其间周末") && long.contains("9月20日调休上班，计入"), "{long}");
    let years = said(&certify(&rule("5wd"), at(2025, 12, 30, 9, 0), cal()));
    assert!(
        years.starts_with("从2025年12月30日") && years.ends_with("到2026年1月7日 24:00 为止。"),
        "{years}"
    );
    let late = said(&certify(&office("1wd", Arrival::NextOpening), at(2026, 11, 20, 20, 0), cal()));
    assert!(late.starts_with("11月20日 20:00 不在办公时间，按11月23日收到；"), "{late}");
}

#[test]
fn limits_have_a_short_text() {
    for text in ["5wd", "0wd", "15d", "24h", "30m", "4wh", "3650d"] {
        assert_eq!(text.parse::<Limit>().unwrap().to_string(), text);
    }
    for text in ["", "5", "wd", "-1d", "3651d", "5 wd", "1.5h", "99999999999d", "5WD", "٣d", "87601h"] {
        assert!(text.parse::<Limit>().is_err(), "{text}");
    }
    assert_eq!(serde_json::to_string(&Limit::WorkingDays(5)).unwrap(), "\"5wd\"");
    assert_eq!("08:30".parse::<DayTime>().unwrap().to_string(), "08:30");
    for text in ["24:01", "8", "08:60", "+8:30", "008:30", ""] {
        assert!(text.parse::<DayTime>().is_err(), "{text}");
    }
}

#[test]
fn a_certificate_is_small_and_reads_back() {
    let cert = certify(&rule("60d"), at(2026, 3, 2, 9, 0), cal());
    let json = serde_json::to_string(&cert).unwrap();
    assert!(json.len() < 900, "{} bytes: {json}", json.len());
    assert_eq!(serde_json::from_str::<Certificate>(&json).unwrap(), cert);
}

// The same law, written once more and as simply as it can be: a list of days, walked one by one.

fn rests(day: Date) -> bool {
    let year = cal().years.get(&day.year());
    match year {
        Some(y) if y.off.contains(&day) => true,
        Some(y) if y.makeup.contains(&day) => false,
        _ => day.weekday().to_monday_one_offset() > 5,
    }
}

fn naive(start: Date, n: u16, working: bool) -> Date {
    let mut day = start;
    let mut left = n;
    while left > 0 {
        day = day.tomorrow().unwrap();
        if !working || !rests(day) {
            left -= 1;
        }
    }
    while rests(day) {
        day = day.tomorrow().unwrap();
    }
    day
}

fn any_start() -> impl Strategy<Value = Timestamp> {
    (at(2004, 1, 1, 0, 0).0..at(2027, 6, 1, 0, 0).0).prop_map(Timestamp)
}

fn any_limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (0u16..60).prop_map(Limit::WorkingDays),
        (0u16..120).prop_map(Limit::CalendarDays),
        (0u32..500).prop_map(Limit::Hours),
        (0u32..5000).prop_map(Limit::Minutes),
        (0u16..60).prop_map(Limit::WorkingHours),
    ]
}

fn any_counting() -> impl Strategy<Value = Counting> {
    (any::<bool>(), any::<bool>()).prop_map(|(close, next)| Counting {
        office: OfficeHours::default(),
        closes: if close { Closes::Office } else { Closes::Midnight },
        arrival: if next { Arrival::NextOpening } else { Arrival::AsItHappened },
    })
}

/// Working minutes from `from` to `to`, each looked at on its own.
fn open_minutes(from: Timestamp, to: Timestamp) -> i64 {
    let mut n = 0;
    let mut t = from;
    while t < to {
        let when = Zone::CHINA.civil(t);
        let minute = i64::from(when.hour()) * 60 + i64::from(when.minute());
        n += i64::from(!rests(when.date()) && (510..1050).contains(&minute));
        t = t.plus(MINUTE);
    }
    n
}

#[test]
fn under_another_rule_the_start_and_the_steps_stay() {
    let start = at(2026, 11, 17, 9, 12);
    let cert = certify(&rule("5wd"), start, cal());
    assert_eq!(under(&cert, &rule("5wd"), cal()), cert);
    assert_eq!(under(&cert, &rule("8wd"), cal()).due, end(2026, 11, 27));
    let longer = extend(&cert, Limit::WorkingDays(2), at(2026, 11, 18, 9, 0), cal());
    assert_eq!(under(&longer, &rule("3wd"), cal()).due, longer_by(&rule("3wd"), start, 2));
}

fn longer_by(rule: &Rule, start: Timestamp, days: u16) -> Timestamp {
    extend(&certify(rule, start, cal()), Limit::WorkingDays(days), start, cal()).due
}

#[test]
fn a_certificate_is_kept_in_few_words() {
    let cert = certify(&rule("3wd"), at(2026, 11, 19, 9, 12), cal());
    let kept: serde_json::Value = serde_json::to_value(&cert).unwrap();
    assert_eq!(kept["days"], "2026-11-19 start 1 workday 1 weekend 2 workday 2");
    assert_eq!(kept["counting"], "08:30-17:30 midnight as_it_happened");
    for broken in ["start 1", "2026-11-19 start", "2026-11-19 start 0", "2026-11-19 holidays 2"] {
        let mut other = kept.clone();
        other["days"] = broken.into();
        assert!(serde_json::from_value::<Certificate>(other).is_err(), "{broken}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn days_agree_with_the_naive_walk(start in any_start(), n in 0u16..150, working: bool) {
        let limit = if working { Limit::WorkingDays(n) } else { Limit::CalendarDays(n) };
        let cert = certify(&Rule { limit, ..rule("1d") }, start, cal());
        let day = naive(Zone::CHINA.date(start), n, working);
        prop_assert_eq!(cert.due, Timestamp(Zone::CHINA.start_of(day).0 + DAY - 1));
        prop_assert_eq!(cert.days().filter(|d| d.counted).count(), usize::from(n));
    }

    #[test]
    fn a_paused_count_agrees_with_the_naive_walk(start in any_start(), n in 1u16..40, before in 0i64..30, long in 0i64..30) {
        let cert = certify(&Rule { limit: Limit::WorkingDays(n), ..rule("1d") }, start, cal());
        let from = start.plus(before * DAY).min(cert.due);
        let next = resume(&cert, from, from.plus(long * DAY), cal());
        // Days used up to and with that of the pause; the rest from the day it runs again.
        let (stopped, again) = (Zone::CHINA.date(from), Zone::CHINA.date(from.plus(long * DAY)));
        let used = cert.days().filter(|d| d.counted && d.date <= stopped).count() as u16;
        prop_assert_eq!(next.due_day(), naive(again, n - used, true));
    }

    #[test]
    fn office_hours_agree_with_counting_minutes(start in any_start(), n in 1u16..30) {
        let start = Timestamp(start.0 / MINUTE * MINUTE);
        let cert = certify(&Rule { limit: Limit::WorkingHours(n), ..rule("1d") }, start, cal());
        prop_assert_eq!(open_minutes(start, cert.due), i64::from(n) * 60);
        prop_assert_eq!(open_minutes(start, cert.due.plus(-MINUTE)), i64::from(n) * 60 - 1);
    }

    #[test]
    fn whatever_happens_it_holds_together(
        start in any_start(), limit in any_limit(), counting in any_counting(),
        steps in prop::collection::vec((any::<bool>(), any_limit(), 0i64..20 * DAY, 0i64..20 * DAY), 0..5),
    ) {
        let mut cert = certify(&Rule { limit, counting, ..rule("1d") }, start, cal());
        let mut clock = start;
        for (pause, by, wait, long) in steps {
            clock = clock.plus(wait);
            let next = if pause {
                let next = resume(&cert, clock, clock.plus(long), cal());
                if clock <= cert.due {
                    prop_assert!(next.due >= clock.plus(long), "never due before the clock runs again");
                }
                clock = clock.plus(long);
                next
            } else {
                extend(&cert, by, clock, cal())
            };
            prop_assert!(next.due >= cert.due, "no step takes time away: {:?} -> {:?}", cert, next);
            cert = next;
        }
        prop_assert_eq!(recompute(&cert, cal()), Ok(()));
        prop_assert!(cert.start <= cert.warn && cert.warn <= cert.due);
        let days: Vec<_> = cert.days().collect();
        prop_assert!(days.windows(2).all(|w| w[0].date.tomorrow().unwrap() == w[1].date), "{:?}", cert.days);
        prop_assert_eq!(days.first().map(|d| d.date), Some(Zone::CHINA.date(start)));
        prop_assert_eq!(days.last().map(|d| d.date), Some(cert.due_day()));
        let text = serde_json::to_string(&cert).unwrap();
        prop_assert_eq!(serde_json::from_str::<Certificate>(&text).unwrap(), cert.clone());
        for locale in [Locale::Zh, Locale::En] {
            prop_assert_eq!(explain(&cert, locale).lines.len(), days.len());
        }
    }

    #[test]
    fn a_longer_limit_is_never_due_earlier(start in any_start(), n in 0u16..100, working: bool) {
        let limit = |n| if working { Limit::WorkingDays(n) } else { Limit::CalendarDays(n) };
        let cert = |n| certify(&Rule { limit: limit(n), ..rule("1d") }, start, cal());
        prop_assert!(cert(n).due <= cert(n + 1).due);
    }
}
