//! Every shape of the ledger's query is prepared on both engines, and what comes out is what a plain
//! look at every row finds.

use super::filter::{Cursor, Filter, Reach, Sort, Standing, Without};
use super::groups::{By, Open, open_by, open_query, persons_query};
use super::ledger::{count, each, page, page_query};
use super::{duties, request};
use crate::case::Helper;
use crate::model::{PublicState, Request, Satisfaction};
use db::testing::Fresh;
use db::{Engine, Stmt};
use kernel::{AccountId, Chance, DAY, HOUR, PersonId, RequestId, Seeded, Timestamp, UnitId, Uuid};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rules::case::{Kind, State, Urgency, Word};
use std::collections::BTreeSet;

const NOW: Timestamp = Timestamp(1_763_000_000_000);
const EVENING: Timestamp = Timestamp(NOW.0 + 6 * HOUR);

/// Two branches of a small tree: 0 and 1 are townships, 2 and 3 lie below 0, 4 and 5 below 1.
fn unit(n: usize) -> UnitId {
    UnitId(Uuid::from_bytes([n as u8 + 1; 16]))
}

fn above(n: usize) -> Vec<usize> {
    match n {
        0 | 1 => vec![n],
        2 | 3 => vec![n, 0],
        _ => vec![n, 1],
    }
}

fn account(n: usize) -> AccountId {
    AccountId(Uuid::from_bytes([n as u8 + 100; 16]))
}

fn person(n: usize) -> PersonId {
    PersonId(Uuid::from_bytes([n as u8 + 200; 16]))
}

/// A row and what stands beside it.
#[derive(Clone, Debug)]
struct Sample {
    row: Request,
    first: usize,
    unit: usize,
    helper: Option<usize>,
}

impl Sample {
    fn parts(&self) -> impl Iterator<Item = usize> {
        [Some(self.first), Some(self.unit), self.helper].into_iter().flatten()
    }
    fn ord(&self) -> i64 {
        self.row.id.ord()
    }
}

fn pick<T: Copy>(chance: &Seeded, all: &[T]) -> T {
    all[chance.below(all.len() as u64) as usize]
}

fn sample(chance: &Seeded, n: i64) -> Sample {
    let often = |out_of: u64| chance.below(out_of) == 0;
    let received = Timestamp(NOW.0 - (chance.below(100 * 24) as i64) * HOUR);
    // The id may be made a little before the case is received.
    let id = RequestId::new(Timestamp(received.0 - chance.below(3) as i64 * HOUR), chance);
    let state = pick(chance, State::ALL);
    let ended = state.is_end();
    let due = (!often(10)).then(|| received.plus(chance.below(20) as i64 * DAY + HOUR));
    let owes = state.owes_answer() && state != State::Rework;
    let may_lack = ended && often(3);
    let answered = (!owes && !may_lack).then(|| received.plus(chance.below(15) as i64 * DAY));
    let (first, unit_at) = (chance.below(6) as usize, chance.below(6) as usize);
    let class = pick(chance, &["", "01.01.01", "01.01.02", "01.02.01", "02.01.01", "10.01.01"]);
    let words = ["路灯不亮", "水管漏水", "低保年审", "田埂塌方"];
    let row = Request {
        id,
        // Not drawn, so that the rest stays as it is without.
        shielded: n % 9 == 4,
        number: format!("T-2026-{n:05}"),
        code: "7K4M2P".into(),
        kind: pick(chance, Kind::ALL),
        channel: pick(chance, &["web", "window", "hotline"]).into(),
        class: class.into(),
        track: "standard".into(),
        pack: "county 1".into(),
        urgency: pick(chance, Urgency::ALL),
        title: format!("{}，{}", pick(chance, &words), pick(chance, &words)),
        body: String::new(),
        answers: serde_json::json!({}),
        place: (!often(4)).then(|| unit(chance.below(6) as usize)),
        place_text: String::new(),
        point: None,
        person: (!often(3)).then(|| person(chance.below(5) as usize)),
        state,
        first_unit: unit(first),
        unit: unit(unit_at),
        officer: (!often(5)).then(|| account(chance.below(4) as usize)),
        received_at: received,
        first_due: due,
        answer_due: due,
        step_due: None,
        answered_at: answered,
        ended_at: ended.then(|| received.plus(20 * DAY)),
        answer: None,
        unsolvable: false,
        word: answered.and_then(|_| (!often(3)).then(|| pick(chance, Word::ALL))),
        satisfaction: answered.and_then(|_| (!often(3)).then(|| pick(chance, Satisfaction::ALL))),
        returns: chance.below(2) as u32,
        reworks: chance.below(3) as u32 / 2,
        extensions: 0,
        decided: false,
        supervised: chance.below(4) as i64 - 1,
        public_state: pick(chance, PublicState::ALL),
        public_title: String::new(),
        public_body: String::new(),
        merged_into: None,
        history: false,
        source: String::new(),
        seq: 1,
        head: vec![0; 32],
    };
    let row = Request { supervised: row.supervised.max(0), ..row };
    Sample { row, first, unit: unit_at, helper: often(6).then(|| chance.below(6) as usize) }
}

fn fill(fresh: &Fresh, rows: i64) -> Vec<Sample> {
    fresh.migrate(crate::MIGRATIONS).expect("the tables are made");
    let chance = Seeded::new(11);
    let mut all: Vec<Sample> = (0..rows).map(|n| sample(&chance, n)).collect();
    // Two may have the same instant and differ in nothing but their id.
    all[1].row.received_at = all[0].row.received_at;
    all[1].row.answer_due = all[0].row.answer_due;
    let there = all.clone();
    fresh
        .write_now(move |tx| {
            for s in &there {
                request::insert(tx, &s.row)?;
                let units: BTreeSet<usize> = s.parts().flat_map(above).collect();
                let units: Vec<UnitId> = units.into_iter().map(unit).collect();
                request::reach(tx, &s.row, &units)?;
                request::set_tokens(tx, s.row.id, &rules::search::index_tokens(&s.row.title), true)?;
                if let Some(h) = s.helper {
                    let helper = Helper {
                        unit: unit(h),
                        asked_at: NOW,
                        question: String::new(),
                        reported_at: None,
                        report: String::new(),
                    };
                    duties::save_helper(tx, s.row.id, &helper)?;
                }
            }
            Ok(())
        })
        .expect("the rows are written");
    all
}

/// What the ledger should find, by looking at each row. What is shielded is in no ledger, whoever reads it.
fn fits(s: &Sample, reach: Reach, f: &Filter) -> bool {
    let r = &s.row;
    if r.shielded {
        return false;
    }
    // Told apart from the row's own reckoning: answered, judged and paused cases owe nothing.
    let owing = !matches!(r.state, State::Answered | State::Judged | State::Paused) && r.ended_at.is_none();
    let owed = r.answer_due.filter(|_| owing);
    let within = |id: UnitId| s.parts().flat_map(above).any(|n| unit(n) == id);
    let reached = match reach {
        Reach::Site => true,
        Reach::Unit(id) => within(id),
        Reach::Seat(id) => s.parts().any(|n| unit(n) == id),
        Reach::Own(account) => r.officer == Some(account),
        Reach::Public => r.public_state == PublicState::Shown,
    };
    let stands = match f.standing {
        Standing::Any => true,
        Standing::Live => r.ended_at.is_none(),
        Standing::Ended => r.ended_at.is_some(),
        Standing::Overdue => owed.is_some_and(|d| d < NOW),
        Standing::DueBefore(at) => owed.is_some_and(|d| d < at),
        Standing::DueWithin(a, b) => owed.is_some_and(|d| d >= a && d < b),
        Standing::In(state) => r.state == state,
    };
    let class = f.class.as_deref().is_none_or(|c| r.class == c || r.class.starts_with(&format!("{c}.")));
    let among = |ids: &Option<Vec<UnitId>>, id: Option<UnitId>| {
        ids.as_ref().is_none_or(|all| id.is_some_and(|id| all.contains(&id)))
    };
    let in_time = r.answered_at.map(|at| r.first_due.is_none_or(|d| at <= d));
    let happy = r.satisfaction.map(|s| s.counts());
    reached
        && stands
        && (f.states.is_empty() || f.states.contains(&r.state))
        && class
        && f.words.split_whitespace().all(|w| r.title.contains(w))
        && among(&f.places, r.place)
        && among(&f.handlers, Some(r.unit))
        && among(&f.accountable, Some(r.first_unit))
        && f.place.is_none_or(|p| r.place == Some(p))
        && f.handling.is_none_or(|u| r.unit == u)
        && f.officer.is_none_or(|o| r.officer == Some(o))
        && f.channel.as_ref().is_none_or(|c| r.channel == *c)
        && f.kind.is_none_or(|k| r.kind == k)
        && f.urgency.is_none_or(|u| r.urgency == u)
        && f.word.is_none_or(|w| r.word == Some(w) && r.state != State::Merged)
        && f.from.is_none_or(|t| r.received_at >= t)
        && f.to.is_none_or(|t| r.received_at < t)
        && f.satisfied.is_none_or(|yes| happy == Some(yes))
        && f.answered.is_none_or(|yes| r.answered_at.is_some() == yes)
        && f.on_time.is_none_or(|yes| in_time == Some(yes))
        && f.without.iter().all(|w| match w {
            Without::Class => r.class.is_empty(),
            Without::Place => r.place.is_none(),
            Without::Officer => r.officer.is_none(),
            Without::Word => r.answered_at.is_some() && (r.word.is_none() || r.state == State::Merged),
        })
        && (!f.supervised || r.supervised > 0)
        && (!f.reworked || r.reworks > 0)
        && (!f.unmoderated || r.public_state == PublicState::Waiting)
}

fn expected(all: &[Sample], reach: Reach, f: &Filter, sort: Sort) -> Vec<String> {
    let mut found: Vec<&Sample> = all.iter().filter(|s| fits(s, reach, f)).collect();
    match sort {
        Sort::Received => found.sort_by_key(|s| std::cmp::Reverse(s.ord())),
        Sort::Due => found.sort_by_key(|s| (s.row.owed(), s.ord())),
    }
    found.into_iter().map(|s| s.row.number.clone()).collect()
}

fn reaches() -> [Reach; 5] {
    [Reach::Site, Reach::Unit(unit(0)), Reach::Seat(unit(4)), Reach::Own(account(1)), Reach::Public]
}

type Condition = Box<dyn Fn(&mut Filter) + Send + Sync>;

/// Each condition by itself: what a pair of them is made of.
fn conditions() -> Vec<Condition> {
    let mut out: Vec<Condition> = vec![
        Box::new(|f| f.words = "路灯".into()),
        Box::new(|f| f.words = "水管 年审".into()),
        Box::new(|f| f.words = "漏".into()),
        Box::new(|f| f.words = "，。".into()),
        Box::new(|f| f.class = Some("01".into())),
        Box::new(|f| f.class = Some("01.01".into())),
        Box::new(|f| f.class = Some("01.01.02".into())),
        Box::new(|f| f.place = Some(unit(2))),
        Box::new(|f| f.places = Some(vec![unit(0), unit(2), unit(3)])),
        Box::new(|f| f.places = Some(vec![])),
        Box::new(|f| f.handling = Some(unit(3))),
        Box::new(|f| f.handlers = Some(vec![unit(1), unit(4)])),
        Box::new(|f| f.accountable = Some(vec![unit(0), unit(5)])),
        Box::new(|f| f.officer = Some(account(1))),
        Box::new(|f| f.channel = Some("hotline".into())),
        Box::new(|f| f.kind = Some(Kind::Help)),
        Box::new(|f| f.urgency = Some(Urgency::Urgent)),
        Box::new(|f| f.word = Some(Word::Solved)),
        Box::new(|f| f.from = Some(NOW.plus(-40 * DAY))),
        Box::new(|f| f.to = Some(NOW.plus(-20 * DAY))),
        Box::new(|f| f.states = vec![State::InHand, State::Answered, State::Closed]),
        Box::new(|f| f.supervised = true),
        Box::new(|f| f.reworked = true),
        Box::new(|f| f.unmoderated = true),
        Box::new(|f| f.without = vec![Without::Class]),
        Box::new(|f| f.without = vec![Without::Place]),
        Box::new(|f| f.without = vec![Without::Officer, Without::Word]),
    ];
    for yes in [true, false] {
        out.push(Box::new(move |f| f.satisfied = Some(yes)));
        out.push(Box::new(move |f| f.answered = Some(yes)));
        out.push(Box::new(move |f| f.on_time = Some(yes)));
    }
    for standing in [
        Standing::Live,
        Standing::Ended,
        Standing::Overdue,
        Standing::DueBefore(EVENING),
        Standing::DueWithin(NOW, EVENING),
        Standing::In(State::InHand),
        Standing::In(State::Closed),
    ] {
        out.push(Box::new(move |f| f.standing = standing));
    }
    out
}

/// Every pair of conditions, and each alone, and none.
fn pairs() -> Vec<Filter> {
    let all = conditions();
    let mut out = vec![Filter::default()];
    for (i, a) in all.iter().enumerate() {
        for b in &all[i..] {
            let mut f = Filter::default();
            a(&mut f);
            b(&mut f);
            out.push(f);
        }
    }
    out
}

#[test]
fn every_shape_of_the_query_is_understood_by_both_engines() {
    for fresh in db::testing::engines() {
        fresh.migrate(crate::MIGRATIONS).expect("the tables are made");
        let engine: Engine = fresh.engine();
        let cursors =
            [None, Some(Cursor { key: 5, ord: 7, back: false }), Some(Cursor { key: 5, ord: 7, back: true })];
        let mut shapes: Vec<Stmt> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut put = |stmt: Stmt| {
            if seen.insert(stmt.sql.to_string()) {
                shapes.push(stmt);
            }
        };
        for filter in pairs() {
            for reach in reaches() {
                for sort in [Sort::Received, Sort::Due] {
                    for cursor in cursors {
                        put(page_query(engine, reach, &filter, sort, cursor, NOW, 50).0);
                    }
                }
                for by in By::ALL {
                    put(open_query(engine, reach, &filter, by, NOW, EVENING).0);
                }
            }
        }
        for reach in reaches() {
            put(persons_query(engine, reach, &[person(1), person(2)], NOW, 20).0);
        }
        assert!(shapes.len() > 5_000, "{} shapes", shapes.len());
        let list: Vec<&Stmt> = shapes.iter().collect();
        fresh.prepare_all(&list).expect("every shape is prepared");
    }
}

#[test]
fn every_pair_of_conditions_finds_what_a_plain_look_finds() {
    for fresh in db::testing::engines() {
        let all = fill(&fresh, 240);
        fresh
            .read_now(move |tx| {
                for (n, filter) in pairs().into_iter().enumerate() {
                    // All reaches are met by all conditions, each pair by one.
                    let reach = reaches()[n % 5];
                    let sort = if n % 3 == 0 { Sort::Due } else { Sort::Received };
                    let mut got = Vec::new();
                    each(tx, reach, &filter, sort, NOW, &mut |r| {
                        got.push(r.number);
                        Ok(())
                    })?;
                    let want = expected(&all, reach, &filter, sort);
                    assert_eq!(got, want, "{reach:?} {sort:?} {filter:?}");
                    assert_eq!(count(tx, reach, &filter, NOW, 1000)?, want.len() as i64, "{filter:?}");
                }
                Ok(())
            })
            .expect("all pairs are read");
    }
}

#[test]
fn pages_follow_one_another_there_and_back() {
    for fresh in db::testing::engines() {
        let all = fill(&fresh, 240);
        let mut runner =
            TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
        let shape = (
            proptest::sample::subsequence((0..conditions().len()).collect::<Vec<_>>(), 0..3),
            0..5usize,
            any::<bool>(),
            1..40i64,
        );
        let done = runner.run(&shape, |(which, reach, due, size)| {
            let mut filter = Filter::default();
            let conditions = conditions();
            which.iter().for_each(|n| conditions[*n](&mut filter));
            let (reach, sort) = (reaches()[reach], if due { Sort::Due } else { Sort::Received });
            let want = expected(&all, reach, &filter, sort);
            let (there, back) = fresh
                .read_now(move |tx| {
                    let mut there: Vec<Vec<Request>> = Vec::new();
                    let mut cursor = None;
                    loop {
                        let rows = page(tx, reach, &filter, sort, cursor, NOW, size)?;
                        let Some(last) = rows.last() else { break };
                        cursor = Some(Cursor::at(last, sort, false));
                        there.push(rows);
                    }
                    let mut back: Vec<Vec<Request>> = Vec::new();
                    let mut first = there.last().and_then(|p| p.first()).cloned();
                    while let Some(row) = first {
                        let rows =
                            page(tx, reach, &filter, sort, Some(Cursor::at(&row, sort, true)), NOW, size)?;
                        first = rows.first().cloned();
                        back.push(rows);
                    }
                    Ok((there, back))
                })
                .expect("the pages are read");
            let got: Vec<String> = there.iter().flatten().map(|r| r.number.clone()).collect();
            prop_assert_eq!(&got, &want);
            // Going back from the last page leads over the same pages to the first.
            let before = there.len().saturating_sub(1);
            let turned: Vec<String> = back.iter().rev().flatten().map(|r| r.number.clone()).collect();
            let want_back: Vec<String> = there[..before].iter().flatten().map(|r| r.number.clone()).collect();
            prop_assert_eq!(turned, want_back);
            Ok(())
        });
        done.expect("every walk over the pages is whole");
    }
}

#[test]
fn counts_stop_at_the_cap() {
    for fresh in db::testing::engines() {
        fill(&fresh, 60);
        let got = fresh.read_now(|tx| count(tx, Reach::Site, &Filter::default(), NOW, 20)).expect("a count");
        assert_eq!(got, 21, "one more than the cap says that there are more");
    }
}

#[test]
fn open_cases_are_counted_by_what_they_have_in_common() {
    for fresh in db::testing::engines() {
        let all = fill(&fresh, 240);
        let f = Filter { kind: Some(Kind::Help), ..Filter::default() };
        let wanted = f.clone();
        let got: Vec<(Option<UnitId>, Open)> = fresh
            .read_now(move |tx| open_by(tx, Reach::Unit(unit(0)), &wanted, By::Handler, NOW, EVENING))
            .expect("the groups are read");
        let live = Filter { standing: Standing::Live, ..f };
        let mut met = 0;
        for n in 0..6 {
            let here: Vec<&Sample> =
                all.iter().filter(|s| s.unit == n && fits(s, Reach::Unit(unit(0)), &live)).collect();
            let open = got.iter().find(|(id, _)| *id == Some(unit(n))).map(|(_, o)| *o).unwrap_or_default();
            let how_many =
                |what: &dyn Fn(&Request) -> bool| here.iter().filter(|s| what(&s.row)).count() as i64;
            let want = Open {
                open: here.len() as i64,
                overdue: how_many(&|r| r.owed_by().is_some_and(|d| d < NOW)),
                today: how_many(&|r| r.owed_by().is_some_and(|d| d >= NOW && d < EVENING)),
                rework: how_many(&|r| r.state == State::Rework),
                supervised: how_many(&|r| r.supervised > 0),
            };
            assert_eq!(open, want, "unit {n}");
            met += want.open;
        }
        assert!(met > 0 && got.iter().map(|(_, o)| o.open).sum::<i64>() == met);
    }
}
