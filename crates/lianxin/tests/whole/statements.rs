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
