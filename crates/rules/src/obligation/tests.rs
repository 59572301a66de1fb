use super::*;
use kernel::{Date, Weekday};
use proptest::prelude::*;

fn d(text: &str) -> Date {
    text.parse().expect("a date")
}

fn quarterly() -> Rule {
    Rule {
        window: Window::Quarter,
        times: 1,
        grace: 0,
        only: Vec::new(),
        except: vec!["hardship".into()],
        force: Span::since(d("2020-01-01")),
    }
}

fn monthly() -> Rule {
    Rule { window: Window::Month, only: vec!["hardship".into()], except: Vec::new(), ..quarterly() }
}

fn q1() -> Period {
    Window::Quarter.at(d("2026-02-14")).expect("a quarter")
}

fn always() -> Vec<Span> {
    vec![Span::since(d("2021-05-01"))]
}

fn at(rule: &Rule, life: &[Span], tags: &[(&str, Span)], records: &[&str], today: &str) -> Standing {
    let records: Vec<Date> = records.iter().map(|r| d(r)).collect();
    let today = d(today);
    let period = rule.window.at(today).expect("a period");
    standing(rule, &Subject { life, tags, exempt: &[] }, period, &records, today)
}

#[test]
fn a_quarter_is_met_by_a_visit_on_its_first_and_on_its_last_day_and_by_none_beside_it() {
    let rule = quarterly();
    let life = always();
    let subject = Subject { life: &life, tags: &[], exempt: &[] };
    let table = [("2025-12-31", false), ("2026-01-01", true), ("2026-03-31", true), ("2026-04-01", false)];
    for (day, met) in table {
        let now = standing(&rule, &subject, q1(), &[d(day)], d("2026-04-02"));
        assert_eq!(matches!(now, Standing::Met { .. }), met, "{day}: {now:?}");
        if !met {
            assert_eq!(now, Standing::Missed { by: d("2026-03-31"), lacking: 1 });
        }
    }
}

#[test]
fn it_is_due_until_the_last_day_and_missed_on_the_day_after() {
    let rule = quarterly();
    let due = Standing::Due { by: d("2026-03-31"), more: 1, late: false };
    assert_eq!(at(&rule, &always(), &[], &[], "2026-01-01"), due);
    assert_eq!(at(&rule, &always(), &[], &[], "2026-03-31"), due);
    let subject = Subject { life: &always(), tags: &[], exempt: &[] };
    let after = standing(&rule, &subject, q1(), &[], d("2026-04-01"));
    assert_eq!(after, Standing::Missed { by: d("2026-03-31"), lacking: 1 });
    let before = standing(&rule, &subject, q1(), &[], d("2025-12-31"));
    assert_eq!(before, Standing::NotApplicable(Why::Ahead));
}

#[test]
fn in_the_days_of_grace_it_is_due_late_and_a_visit_counts_for_the_quarter_that_lacks_it() {
    let rule = Rule { grace: 7, ..quarterly() };
    let life = always();
    let subject = Subject { life: &life, tags: &[], exempt: &[] };
    let look = |records: &[&str], today: &str| {
        let records: Vec<Date> = records.iter().map(|r| d(r)).collect();
        standing(&rule, &subject, q1(), &records, d(today))
    };
    assert_eq!(
        look(&["2025-12-28"], "2026-04-07"),
        Standing::Due { by: d("2026-04-07"), more: 1, late: true }
    );
    assert_eq!(look(&["2025-12-28"], "2026-04-08"), Standing::Missed { by: d("2026-04-07"), lacking: 1 });
    let late = ["2025-12-28", "2026-04-07"];
    assert_eq!(look(&late, "2026-04-08"), Standing::Met { by: vec![1], on: d("2026-04-07") });
    assert!(matches!(look(&["2025-12-28", "2026-04-08"], "2026-04-08"), Standing::Missed { .. }));
    // The visit that was late for the first quarter is none of the second.
    let q2 = rule.window.after(q1()).expect("a quarter");
    let records = [d("2025-12-28"), d("2026-04-07")];
    assert!(matches!(
        standing(&rule, &subject, q2, &records, d("2026-04-08")),
        Standing::Due { more: 1, .. }
    ));
    // But it is, where the first quarter had its own.
    let records = [d("2025-12-28"), d("2026-01-20"), d("2026-04-07")];
    assert!(matches!(standing(&rule, &subject, q2, &records, d("2026-04-08")), Standing::Met { .. }));
}

#[test]
fn twice_means_two_days() {
    let rule = Rule { times: 2, ..quarterly() };
    let lacking = |records: &[&str]| match at(&rule, &always(), &[], records, "2026-03-01") {
        Standing::Due { more, .. } => more,
        Standing::Met { .. } => 0,
        other => panic!("{other:?}"),
    };
    assert_eq!(lacking(&[]), 2);
    assert_eq!(lacking(&["2026-01-05"]), 1);
    assert_eq!(lacking(&["2026-01-05", "2026-01-05"]), 1);
    assert_eq!(lacking(&["2026-01-05", "2026-02-05"]), 0);
    assert_eq!(lacking(&["2026-01-05", "2026-02-05", "2026-02-06"]), 0);
}

#[test]
fn hardship_is_monthly_instead_of_quarterly_from_the_day_it_is_found() {
    let tags = [("hardship", Span::since(d("2026-02-14")))];
    let other = Standing::NotApplicable(Why::OtherRule);
    let no_tag = Standing::NotApplicable(Why::NoTag);
    // The quarter in which it begins is not asked for any more; February from its half on.
    assert_eq!(at(&quarterly(), &always(), &tags, &[], "2026-03-01"), Standing::Excused(Excuse::Left));
    assert_eq!(at(&quarterly(), &always(), &tags, &[], "2026-05-01"), other);
    assert_eq!(at(&monthly(), &always(), &tags, &[], "2026-01-20"), no_tag);
    assert!(matches!(at(&monthly(), &always(), &tags, &[], "2026-02-20"), Standing::Due { .. }));
    assert!(matches!(at(&monthly(), &always(), &tags, &["2026-02-01"], "2026-02-20"), Standing::Met { .. }));
    // It ends in May: that month is let go, and the quarter asked for, where half of it is left.
    for (end, owed) in [("2026-05-15", true), ("2026-05-16", true), ("2026-05-17", false)] {
        let tags = [("hardship", Span::new(d("2026-02-14"), d(end)))];
        assert_eq!(at(&monthly(), &always(), &tags, &[], "2026-05-20"), Standing::Excused(Excuse::Left));
        let quarter = at(&quarterly(), &always(), &tags, &[], "2026-06-20");
        assert_eq!(quarter.is_owed(), owed, "{end}: {quarter:?}");
    }
}

#[test]
fn who_comes_in_the_middle_owes_from_half_of_the_days_on() {
    // 90 days: 45 are a half. From 15 February on there are 45 days left.
    for (from, owed) in [("2026-02-14", true), ("2026-02-15", true), ("2026-02-16", false)] {
        let now = at(&quarterly(), &[Span::since(d(from))], &[], &[], "2026-03-20");
        assert_eq!(now.is_owed(), owed, "{from}: {now:?}");
    }
    let short = at(&quarterly(), &[Span::since(d("2026-02-16"))], &[], &[], "2026-03-20");
    assert_eq!(short, Standing::Excused(Excuse::Short));
}

#[test]
fn who_leaves_before_the_end_owes_nothing_and_who_leaves_after_it_does() {
    for (to, owed) in [("2026-03-30", false), ("2026-03-31", false), ("2026-04-01", true)] {
        let now = at(&quarterly(), &[Span::new(d("2021-01-01"), d(to))], &[], &[], "2026-03-20");
        assert_eq!(now.is_owed(), owed, "{to}: {now:?}");
    }
    let gone = at(&quarterly(), &[Span::new(d("2021-01-01"), d("2025-12-31"))], &[], &[], "2026-03-20");
    assert_eq!(gone, Standing::NotApplicable(Why::Absent));
}

#[test]
fn who_is_exempt_for_more_than_half_owes_nothing() {
    for (to, owed) in [("2026-02-14", true), ("2026-02-15", true), ("2026-02-16", false)] {
        let life = always();
        let exempt = [Span::new(d("2025-11-01"), d(to))];
        let subject = Subject { life: &life, tags: &[], exempt: &exempt };
        let now = standing(&quarterly(), &subject, q1(), &[], d("2026-03-20"));
        assert_eq!(now.is_owed(), owed, "{to}: {now:?}");
        if !owed {
            assert_eq!(now, Standing::Excused(Excuse::Exempt));
        }
    }
}

#[test]
fn the_second_saturday_is_one_day() {
    let window = Window::try_from("saturday-2".to_owned()).expect("a window");
    let rule = Rule { window, ..quarterly() };
    let day = |month: &str| window.at(d(month)).expect("a day").from;
    for (month, second) in
        [("2026-08-01", "2026-08-08"), ("2026-05-31", "2026-05-09"), ("2026-02-01", "2026-02-14")]
    {
        assert_eq!(day(month), d(second));
    }
    let subject = Subject { life: &always(), tags: &[], exempt: &[] };
    let period = window.at(d("2026-08-08")).expect("a day");
    for (record, met) in [("2026-08-07", false), ("2026-08-08", true), ("2026-08-09", false)] {
        let now = standing(&rule, &subject, period, &[d(record)], d("2026-08-10"));
        assert_eq!(matches!(now, Standing::Met { .. }), met, "{record}");
    }
}

#[test]
fn a_month_without_a_fifth_friday_has_none() {
    let window = Window::try_from("friday-5".to_owned()).expect("a window");
    assert_eq!(window.at(d("2026-02-10")), None);
    let january = window.at(d("2026-01-10")).expect("a day");
    assert_eq!(january.from, d("2026-01-30"));
    assert_eq!(window.after(january).expect("the next").from, d("2026-05-29"));
    assert_eq!(window.before(window.after(january).expect("the next")), Some(january));
}

#[test]
fn windows_are_named_and_found_again() {
    let table = [
        ("month", "2026-08", "2026年8月"),
        ("quarter", "2026-Q3", "2026年第三季度"),
        ("half", "2026-H2", "2026年下半年"),
        ("year", "2026", "2026年"),
        ("saturday-2", "2026-08-08", "2026年8月8日"),
    ];
    for (text, key, name) in table {
        let window = Window::try_from(text.to_owned()).expect("a window");
        let period = window.at(d("2026-08-20")).expect("a period");
        assert_eq!(window.key(period), key);
        assert_eq!(window.from_key(key), Some(period));
        assert_eq!(window.name(period).zh, name);
        assert_eq!(window.to_string(), text);
    }
    for wrong in ["week", "saturday", "saturday-0", "saturday-6", "funday-1", ""] {
        assert!(Window::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    for wrong in ["", "2026-Q5", "2026-Q0", "2026-08-09", "2026-Q", "季度二〇", "2026-9"] {
        for window in ["month", "quarter", "half", "saturday-2"] {
            let window = Window::try_from(window.to_owned()).expect("a window");
            assert_eq!(window.from_key(wrong), None, "{wrong}");
        }
    }
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        Just(Window::Month),
        Just(Window::Quarter),
        Just(Window::Half),
        Just(Window::Year),
        (1i8..=5).prop_map(|nth| Window::Weekday { weekday: Weekday::Saturday, nth }),
    ]
}

/// The n-th day from the first of 2025.
fn day(n: i32) -> Date {
    static DAYS: std::sync::LazyLock<Vec<Date>> = std::sync::LazyLock::new(|| {
        std::iter::successors(Some(d("2025-01-01")), |day| day.tomorrow().ok()).take(2000).collect()
    });
    DAYS[usize::try_from(n).expect("a place")]
}

fn span() -> impl Strategy<Value = Span> {
    (0i32..800, proptest::option::of(1i32..500))
        .prop_map(|(from, length)| Span { from: day(from), to: length.map(|l| day(from + l)) })
}

/// One day after another, as slowly as one likes: who was under the rule on each day, and which period takes a record.
fn by_walking(
    rule: &Rule,
    subject: &Subject<'_>,
    records: &[Date],
    today: Date,
) -> std::collections::BTreeMap<Period, (Option<u32>, u32)> {
    let mut periods = std::collections::BTreeMap::new();
    let held = |tags: &[String], on: Date| {
        subject.tags.iter().any(|(tag, span)| tags.iter().any(|t| t == tag) && span.has(on))
    };
    let under = |on: Date| {
        rule.force.has(on)
            && subject.life.iter().any(|s| s.has(on))
            && (rule.only.is_empty() || held(&rule.only, on))
            && !held(&rule.except, on)
    };
    for n in 0..1400 {
        let on = day(n);
        if let Some(period) = rule.window.at(on).filter(|p| p.from == on) {
            let (mut length, mut days, mut last) = (0u64, 0u64, false);
            let mut walk = on;
            while walk < period.to {
                length += 1;
                last = under(walk);
                let exempt = subject.exempt.iter().any(|s| s.has(walk));
                days += u64::from(last && !exempt);
                walk = walk.tomorrow().expect("a day");
            }
            // Half a time and more is one.
            let mut need = 0;
            while (2 * u64::from(need) + 1) * length <= 2 * u64::from(rule.times) * days {
                need += 1;
            }
            periods.insert(period, (if last && need > 0 { Some(need) } else { None }, 0u32));
        }
        if on > today || !records.contains(&on) {
            continue;
        }
        let open = |period: &Period| {
            let mut close = period.to;
            for _ in 0..rule.grace {
                close = close.tomorrow().expect("a day");
            }
            period.from <= on && on < close
        };
        if let Some((_, (_, made))) =
            periods.iter_mut().find(|(p, (need, made))| open(p) && need.is_some_and(|n| *made < n))
        {
            *made += 1;
        }
    }
    periods
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_same_as_walking_from_day_to_day(
        window in window(), times in 1u32..5, grace in 0u8..=MOST_GRACE,
        only in any::<bool>(), except in any::<bool>(), force in span(),
        life in proptest::collection::vec(span(), 1..3),
        a in proptest::collection::vec(span(), 0..3), b in proptest::collection::vec(span(), 0..3),
        exempt in proptest::collection::vec(span(), 0..2),
        mut visits in proptest::collection::vec(0i32..900, 0..30), today in 0i32..1000,
    ) {
        let rule = Rule {
            window, times, grace,
            only: if only { vec!["a".into()] } else { Vec::new() },
            except: if except { vec!["b".into()] } else { Vec::new() },
            force,
        };
        visits.sort_unstable();
        let records: Vec<Date> = visits.iter().map(|n| day(*n)).collect();
        let tags: Vec<(&str, Span)> =
            a.iter().map(|s| ("a", *s)).chain(b.iter().map(|s| ("b", *s))).collect();
        let subject = Subject { life: &life, tags: &tags, exempt: &exempt };
        let today = day(today);
        for (period, (need, made)) in by_walking(&rule, &subject, &records, today) {
            if period.from > day(950) {
                continue;
            }
            let owed_now = owed(&rule, &subject, period);
            prop_assert_eq!(owed_now.clone().ok(), need, "{} {:?}", period.from, owed_now);
            let by = counted(&rule, &subject, period, &records, today);
            prop_assert_eq!(by.len(), usize::try_from(made).unwrap_or(0), "{} {:?}", period.from, by);
            let now = standing(&rule, &subject, period, &records, today);
            let met = need.is_some_and(|n| n == made) && period.from <= today;
            prop_assert_eq!(matches!(now, Standing::Met { .. }), met, "{:?}", now);
            if let Standing::Due { more, .. } | Standing::Missed { lacking: more, .. } = now {
                prop_assert_eq!(Some(more), need.map(|n| n - made));
            }
        }
    }

    #[test]
    fn periods_follow_one_another(window in window(), n in 0i32..800) {
        let from = day(n);
        let periods = window.periods(from, day(n + 500));
        for pair in periods.windows(2) {
            prop_assert_eq!(window.after(pair[0]), Some(pair[1]));
            prop_assert_eq!(window.before(pair[1]), Some(pair[0]));
            prop_assert!(pair[0].to <= pair[1].from);
        }
        for period in &periods {
            prop_assert_eq!(window.from_key(&window.key(*period)), Some(*period));
            prop_assert_eq!(window.at(period.from), Some(*period));
        }
        if !matches!(window, Window::Weekday { .. }) {
            prop_assert!(periods.windows(2).all(|pair| pair[0].to == pair[1].from));
            prop_assert!(periods[0].from <= from);
        }
    }
}
