//! Tables and statements of all capabilities together, on both engines.

use crate::store;
use db::testing::{each_engine, engines};
use db::{Db, Engine, Migration, Stmt};
use lianxin::capability;
use std::collections::BTreeMap;

#[test]
fn every_statement_of_every_capability_prepares() {
    let all = capability::statements();
    assert!(all.len() > 100, "{} statements: was a list left out?", all.len());
    each_engine(|db| {
        db.migrate(&capability::migrations()).expect("the tables are made");
        db.prepare_all(&all).expect("all prepare");
    });
}

#[test]
fn few_statements_differ_between_the_engines() {
    let all = capability::statements();
    let own: Vec<_> = all.iter().filter(|s| s.postgres.is_some()).map(|s| s.name.clone()).collect();
    let most = all.len().div_ceil(33);
    assert!(own.len() <= most, "{} of {} differ, more than 3 %: {own:?}", own.len(), all.len());
}

/// Everything the database says of its tables, as lines.
fn tables(db: &Db) -> Vec<String> {
    let asked: Vec<&'static Stmt> = match db.engine() {
        Engine::Sqlite => vec![&store::SQLITE],
        Engine::Postgres => vec![&store::PG_COLUMNS, &store::PG_INDEXES, &store::PG_CONSTRAINTS],
    };
    let mut out = Vec::new();
    for stmt in asked {
        let rows = db.read_now(move |tx| tx.query(stmt, &[])).expect("the tables are named");
        for row in &rows {
            let part = |i| row.get::<String>(i).expect("text");
            out.push(format!("{} {} {}", part(0), part(1), part(2)));
        }
    }
    out
}

/// The lists that programs of the past had: each capability's first so many migrations.
fn pasts() -> Vec<Vec<Migration>> {
    let all = capability::migrations();
    let mut nth: BTreeMap<&str, usize> = BTreeMap::new();
    let depth: Vec<usize> = all
        .iter()
        .map(|m| {
            let n = nth.entry(m.slice).or_default();
            *n += 1;
            *n
        })
        .collect();
    let deepest = depth.iter().copied().max().unwrap_or(0);
    let kept = |most: usize| all.iter().zip(&depth).filter(|(_, d)| **d <= most).map(|(m, _)| *m).collect();
    (1..=deepest).map(kept).collect()
}

#[test]
fn a_fresh_site_has_the_tables_of_an_upgraded_one() {
    for (fresh, upgraded) in engines().zip(engines()) {
        eprintln!("on {}", fresh.engine());
        let all = capability::migrations();
        assert_eq!(fresh.migrate(&all).expect("made at once"), all.len());
        let mut applied = 0;
        for past in pasts() {
            applied += upgraded.migrate(&past).expect("made step by step");
        }
        assert_eq!(applied, all.len());
        let (a, b) = (tables(&fresh), tables(&upgraded));
        assert!(a.len() > 30, "{a:?}");
        assert_eq!(a, b);
        assert_eq!(fresh.migrate(&all).expect("nothing to do"), 0);
    }
}

/// Statements that read cases and do not leave out what is shielded, each with the reason why that leaks nothing.
/// A new one is written with `shielded = 0`, or it says here why not.
const READ_SHIELDED_TOO: &[(&str, &str)] = &[
    ("request::BY_ID", "one case: whoever opens it asks `Case`, which asks the shield"),
    ("request::BY_NUMBER", "one case: whoever opens it asks `Case`, which asks the shield"),
    ("request::BY_SOURCE", "an import looks whether its own row is there; imported cases name no subject"),
    ("request::DISAGREE", "`journal verify`, on the shell"),
    ("branch::CLASSES_IN_USE", "which classes of the pack have cases at all; no case is named or counted"),
    ("bulk::COUNTED", "the recount, on the shell; a shielded case counts nothing"),
    ("clocks::EVERY_CLOCK", "`deadline verify`, on the shell"),
    ("clocks::CLOCKS_STARTED", "`pack what-if`, on the shell"),
    ("clocks::STEPS_TAKEN", "`pack what-if`, on the shell"),
    ("given::NUMBER_SEALED", "whether a number is under a signed head; tells no more than that it was given"),
    ("given::NUMBERS_BY_STATE", "the public series is complete: a shielded number counts as never published"),
    (
        "given::NUMBERS_LISTED",
        "the public series is complete: a shielded number is listed as never published",
    ),
    ("keeping::STILL_NEEDED", "whether somebody's own data is still needed"),
];

#[test]
fn every_statement_that_reads_cases_leaves_out_what_is_shielded() {
    let reads = |sql: &str| {
        let words: Vec<&str> = sql.split_whitespace().collect();
        words.windows(2).any(|w| {
            matches!(w[0], "FROM" | "JOIN" | "(FROM") && w[1].trim_end_matches([')', ',', ';']) == "requests"
        })
    };
    let all = capability::statements();
    let mut seen = Vec::new();
    let mut forgot = Vec::new();
    for stmt in all.iter().filter(|s| reads(&s.sql)) {
        let excused = READ_SHIELDED_TOO.iter().find(|(name, _)| stmt.name.ends_with(&format!("::{name}")));
        match excused {
            Some((name, why)) => {
                assert!(!why.is_empty());
                seen.push(*name);
            }
            None if stmt.sql.contains("shielded") => {}
            None => forgot.push(stmt.name.clone()),
        }
    }
    assert!(forgot.is_empty(), "these read shielded cases: {forgot:?}");
    let stale: Vec<_> = READ_SHIELDED_TOO.iter().map(|(n, _)| *n).filter(|n| !seen.contains(n)).collect();
    assert!(stale.is_empty(), "these are not there, or do not read cases: {stale:?}");
}

/// Places where statements are composed while the program runs, and what keeps shielded cases out of each.
const COMPOSED: &[(&str, &str)] = &[
    ("insight::by_key", "counters, in which no shielded case counts"),
    ("messages page", "messages, without those apart"),
    ("requests::api_list", "`Query::compose`"),
    ("requests::count_mine", "shielded = 0"),
    ("requests::ledger", "`Query::compose`"),
    ("requests::ledger_branch", "`Query::make`, and `shielded = 0` where the rows are read"),
    ("requests::ledger_count", "`Query::make`"),
    ("requests::lot_drawn", "shielded = 0"),
    ("requests::lot_results", "`Query::compose`"),
    ("requests::mine", "shielded = 0"),
    ("requests::of_persons", "`Query::compose`"),
    ("requests::open_by", "`Query::compose`"),
    ("requests::queue", "`queue::compose`"),
    ("requests::queue_count", "`queue::compose`"),
];

#[test]
fn no_statement_is_composed_that_nobody_looked_at() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crates");
    let mut found = std::collections::BTreeSet::new();
    let mut todo = vec![crates.to_owned()];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(&dir).expect("a directory").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // Tests compose statements of their own; the door to the database is below all of this.
            if path.is_dir() && !matches!(name.as_str(), "tests" | "target" | "examples" | "db" | "bench") {
                todo.push(path);
            } else if name.ends_with(".rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                for after in text.split("dynamic(\"").skip(1) {
                    found.insert(after.split('"').next().unwrap_or_default().to_owned());
                }
            }
        }
    }
    let known: std::collections::BTreeSet<String> = COMPOSED.iter().map(|(n, _)| (*n).to_owned()).collect();
    assert_eq!(found, known);
}
