//! The demonstration: its size, its people, and that its past is one the rules allow.

use kernel::{Role, Seeded, TestClock, Timestamp, Zone};
use lianxin::config::Config;
use lianxin::demo::{self, Size};
use lianxin::{capability, open};
use rules::case::State;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

struct Demo {
    site: access::SharedSite,
    password: String,
    // Dropped last: the database and the directory go with it.
    _db: db::testing::Fresh,
    _dir: tempfile::TempDir,
}

fn make(db: db::testing::Fresh, now: Timestamp, requests: u32, seed: u64) -> Demo {
    db.migrate(&capability::migrations()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let config = Config::parse("pack = \"county\"\ndemo = true").unwrap();
    let pack = open::load_pack(dir.path(), "county").unwrap();
    let mut site = open::assemble(dir.path(), (*db).clone(), pack, &config).unwrap();
    site.clock = Arc::new(TestClock::at(now));
    site.chance = Arc::new(Seeded::new(seed));
    site.settings.hashing = access::password::Hashing::CHEAP;
    let site = Arc::new(site);
    let password = demo::make(&site, &Size { requests, seed }).unwrap();
    Demo { site, password, _db: db, _dir: dir }
}

fn at(month: i8, day: i8, hour: i8) -> Timestamp {
    Zone::CHINA.instant(jiff::civil::date(2026, month, day).at(hour, 20, 0, 0))
}

fn count(demo: &Demo, sql: &'static str) -> i64 {
    demo.site.db.read_now(move |tx| tx.query_one(&db::Stmt::dynamic("count", sql), &[])?.get(0)).unwrap()
}

fn groups(demo: &Demo, sql: &'static str) -> BTreeMap<String, i64> {
    demo.site
        .db
        .read_now(move |tx| {
            tx.query_map(&db::Stmt::dynamic("groups", sql), &[], |r| Ok((r.get(0)?, r.get(1)?)))
        })
        .unwrap()
        .into_iter()
        .collect()
}

#[test]
fn the_county_has_its_units_posts_and_a_lead_wherever_a_case_can_go() {
    for db in db::testing::engines() {
        let demo = make(db, at(11, 18, 11), 40, 1);
        let levels = groups(&demo, "SELECT level, CAST(COUNT(*) AS BIGINT) FROM units GROUP BY level");
        let n = |level: &str| levels.get(level).copied().unwrap_or(0);
        assert_eq!(
            [n("county"), n("township"), n("village"), n("group"), n("point")],
            [1, 10, 69, 312, 400],
            "{levels:?}"
        );
        let pack = &demo.site.pack;
        assert_eq!(count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM posts"), i64::from(pack.demo.posts));
        assert_eq!(
            count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM units WHERE geometry IS NOT NULL"),
            1 + 10 + 69
        );

        let dir = register::directory(&demo.site);
        let handlers: BTreeSet<&str> = pack.classes.iter().map(|c| c.handler.as_str()).collect();
        let today = demo.site.today();
        let units: Vec<_> = dir.iter().filter(|u| handlers.contains(u.kind.as_str())).map(|u| u.id).collect();
        assert!(units.len() > 150, "{}", units.len());
        let without: Vec<_> = demo
            .site
            .db
            .read_now(move |tx| {
                let mut without = Vec::new();
                for unit in &units {
                    let has = |tx: &mut dyn db::Tx, role| {
                        access::accounts::holders(tx, *unit, role, today).map(|h| !h.is_empty())
                    };
                    if !has(tx, Role::Lead)? || !has(tx, Role::Officer)? {
                        without.push(*unit);
                    }
                }
                Ok(without)
            })
            .unwrap();
        assert!(without.is_empty(), "without lead or officer: {without:?}");
    }
}

#[test]
fn every_role_can_be_stepped_into_and_the_password_fits() {
    let demo = make(db::testing::sqlite(), at(11, 18, 11), 0, 1);
    let today = demo.site.today();
    let people = demo.site.db.read_now(move |tx| demo::personas(tx, today)).unwrap();
    for role in Role::ALL {
        let n = people.iter().filter(|p| p.role == role).count();
        assert!((2..=3).contains(&n), "{role:?}: {n}");
    }
    let first = people[0].login.clone();
    let hash: String = demo
        .site
        .db
        .read_now(move |tx| {
            let sql = "SELECT pass_hash FROM accounts WHERE login = $1";
            tx.query_one(&db::Stmt::dynamic("hash", sql), &db::params![first.as_str()])?.get(0)
        })
        .unwrap();
    assert!(access::password::fits(&hash, &demo.password));
}

/// The bulk loader refuses every step that the case machine would refuse of a person, so a plan
/// that goes in is one that the rules allow: on ordinary days, at night, on weekends, in holidays.
#[test]
fn the_past_is_one_that_the_rules_allow_whenever_it_is_made() {
    for (i, now) in [at(11, 18, 11), at(10, 4, 23), at(2, 19, 9), at(6, 14, 3)].into_iter().enumerate() {
        let demo = make(db::testing::sqlite(), now, 350, i as u64 + 10);
        assert_eq!(count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM requests"), 350);
        let latest = count(&demo, "SELECT CAST(MAX(at) AS BIGINT) FROM request_entries");
        assert!(Timestamp(latest) <= demo.site.clock.now(), "nothing happens after now");
    }
}

#[test]
fn a_thousand_requests_show_every_state_and_look_like_a_county() {
    let demo = make(db::testing::sqlite(), at(11, 18, 11), 1200, 3);
    let states = groups(&demo, "SELECT state, CAST(COUNT(*) AS BIGINT) FROM requests GROUP BY state");
    for state in State::ALL {
        assert!(states.contains_key(state.key()), "no case is {}: {states:?}", state.key());
    }
    let total = 1200.0;
    let open: i64 = states
        .iter()
        .filter(|(key, _)| State::from_key(key).is_some_and(|s| !s.is_end()))
        .map(|(_, n)| *n)
        .sum();
    assert!((0.05..0.12).contains(&(open as f64 / total)), "{states:?}");
    assert!(states["closed"] as f64 / total > 0.75, "{states:?}");

    let share = |part, whole| count(&demo, part) as f64 / count(&demo, whole) as f64;
    let solved = share(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE word = 'solved'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE word IN ('solved', 'not-solved')",
    );
    assert!((0.76..0.88).contains(&solved), "solved {solved}");
    let satisfied = share(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE satisfaction <= 3",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE satisfaction IS NOT NULL",
    );
    assert!((0.83..0.93).contains(&satisfied), "satisfied {satisfied}");
    let distinct = share(
        "SELECT CAST(COUNT(DISTINCT body) AS BIGINT) FROM requests",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests",
    );
    assert!(distinct > 0.97, "distinct texts {distinct}");
    for table in [
        "SELECT CAST(COUNT(*) AS BIGINT) FROM request_joined",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM request_helpers",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM request_supervisions",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE returns > 0",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE reworks > 0",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE extensions > 0",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE word = 'not-reached'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE public_state = 'hidden'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM messages WHERE state = 'delivered'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM messages WHERE state = 'permanent-failure'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM request_samples WHERE done_at IS NULL",
    ] {
        assert!(count(&demo, table) > 0, "{table}");
    }
    let ctx = requests::Ctx::system(&demo.site);
    let drifted = demo.site.db.read_now(move |tx| requests::recount(tx, &ctx)).unwrap();
    assert!(drifted.is_empty(), "counters agree with the cases: {drifted:?}");
    let read = |tx: &mut dyn db::Tx| {
        let mut report = journal::verify(tx, &|_| {})?;
        journal::verify_ends(tx, &lianxin::capability::ends(), &mut report)?;
        Ok(report)
    };
    let report = demo.site.db.snapshot_now(read).unwrap();
    assert!(report.whole() && report.events > 5000, "{report:?}");
}

#[test]
fn the_same_seed_on_the_same_day_makes_the_same_data() {
    let texts = |seed| {
        let demo = make(db::testing::sqlite(), at(11, 18, 11), 60, seed);
        demo.site
            .db
            .read_now(|tx| {
                let sql = "SELECT number, title, body, state FROM requests ORDER BY number";
                tx.query_map(&db::Stmt::dynamic("texts", sql), &[], |r| {
                    Ok([r.get::<String>(0)?, r.get(1)?, r.get(2)?, r.get(3)?])
                })
            })
            .unwrap()
    };
    assert_eq!(texts(5), texts(5));
    assert_ne!(texts(5), texts(6));
}
