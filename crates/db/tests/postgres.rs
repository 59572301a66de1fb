//! What only PostgreSQL can do to us: conflicts, broken connections, a fate that is unknown.

use db::testing::{Fresh, postgres_with};
use db::{Stmt, Tx, params};
use kernel::{Error, Result};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

mod store {
    db::statements! {
        pub PUT = "INSERT INTO spot (id, n) VALUES ($1, $2)";
        pub GET = "SELECT n FROM spot WHERE id = $1";
        pub SET = "UPDATE spot SET n = $2 WHERE id = $1";
        pub SUM = "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM spot";
        pub ME = sqlite "SELECT 0" postgres "SELECT pg_backend_pid()";
        pub KILL = sqlite "SELECT $1" postgres "SELECT pg_terminate_backend($1)";
        pub OTHERS = sqlite "SELECT 0" postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = $1 AND pid <> pg_backend_pid()";
    }
}
use store::*;

static TABLES: &[db::Migration] = db::migrations!("test";
    "0001_spot" = "CREATE TABLE spot (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");

/// A schema with two spots, whose connections bear a name of their own.
fn fresh(name: &str) -> Option<Fresh> {
    let db = postgres_with(|c| {
        let mark = if c.url.contains('?') { '&' } else { '?' };
        c.url = format!("{}{mark}application_name={name}", c.url);
    })?;
    db.migrate(TABLES).unwrap();
    db.write_now(|tx| tx.execute(&PUT, &params![1, 0]).and(tx.execute(&PUT, &params![2, 0]))).unwrap();
    Some(db)
}

fn kill_me(tx: &mut dyn Tx) -> Result<()> {
    let me: i64 = tx.scalar(&ME, &[])?;
    tx.query(&KILL, &params![me]).map(drop)
}

/// Two closures that each read the spot which the other writes: run one after the other, the second
/// sees what the first wrote; side by side without care, neither does.
fn crossing(db: &Fresh, hide: bool) -> (u32, i64) {
    let runs = Arc::new(AtomicU32::new(0));
    let both_have_read = Arc::new(Barrier::new(2));
    std::thread::scope(|s| {
        for (reads, writes) in [(1, 2), (2, 1)] {
            let (runs, both_have_read) = (runs.clone(), both_have_read.clone());
            s.spawn(move || {
                db.write_now(move |tx| {
                    let run = runs.fetch_add(1, Ordering::SeqCst);
                    let seen: i64 = tx.scalar(&GET, &params![reads])?;
                    if run < 2 {
                        both_have_read.wait();
                    }
                    let written = tx.execute(&SET, &params![writes, seen + 1]);
                    // A closure may turn the engine's wish into an error of its own.
                    if hide { written.map_err(|_| Error::NotFound) } else { written }
                })
                .unwrap();
            });
        }
    });
    (runs.load(Ordering::SeqCst), db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap())
}

#[test]
fn closures_that_cross_are_run_as_if_one_after_the_other() {
    let Some(db) = fresh("lianxin-crossing") else { return };
    let (runs, sum) = crossing(&db, false);
    assert!(runs > 2 && sum == 3, "{runs} runs, {sum}");
}

#[test]
fn a_conflict_hidden_in_another_error_is_still_run_again() {
    let Some(db) = fresh("lianxin-hidden") else { return };
    let runs = Arc::new(AtomicU32::new(0));
    let both = Arc::new(Barrier::new(2));
    std::thread::scope(|s| {
        for _ in 0..2 {
            let (runs, both) = (runs.clone(), both.clone());
            let db = &db;
            s.spawn(move || {
                db.write_now(move |tx| {
                    let run = runs.fetch_add(1, Ordering::SeqCst);
                    let seen: i64 = tx.scalar(&GET, &params![1])?;
                    if run < 2 {
                        both.wait();
                    }
                    tx.execute(&SET, &params![1, seen + 1]).map_err(|_| Error::NotFound)
                })
                .unwrap();
            });
        }
    });
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap(), 2);
    let (runs, sum) = crossing(&db, true);
    assert!(runs > 2 && sum > 0, "{runs} runs, {sum}");
}

#[test]
fn killed_connections_are_made_anew() {
    let Some(db) = fresh("lianxin-killed") else { return };
    let Some(killer) = fresh("lianxin-killer") else { return };
    for round in 1..=5i64 {
        for _ in 0..4 {
            db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap();
        }
        killer.write_now(|tx| tx.query(&OTHERS, &params!["lianxin-killed"])).unwrap();
        // What had not begun is served on a new connection: nobody notices.
        db.write_now(move |tx| tx.execute(&SET, &params![1, round])).unwrap();
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap(), round);
    }
}

#[test]
fn a_connection_that_breaks_before_the_commit_costs_one_more_run() {
    let Some(db) = fresh("lianxin-before") else { return };
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    db.write_now(move |tx| {
        let seen: i64 = tx.scalar(&GET, &params![1])?;
        tx.execute(&SET, &params![1, seen + 1])?;
        if counted.fetch_add(1, Ordering::SeqCst) == 0 { kill_me(tx) } else { Ok(()) }
    })
    .unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap(), 1);
    // One that breaks it every time is given up, and the next one is served.
    assert!(matches!(db.write_now(kill_me), Err(Error::Busy)));
    assert_eq!(db.write_now(|tx| tx.execute(&SET, &params![1, 7])).unwrap(), 1);
}

#[test]
fn a_connection_that_breaks_at_the_commit_is_told_and_not_repeated() {
    let Some(db) = fresh("lianxin-at") else { return };
    static DIES: &[db::Migration] = db::migrations!("dies"; "0001_dies" = "
        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON spot DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.n = 13) EXECUTE FUNCTION die();");
    db.migrate(DIES).unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let ended = db.write_now(move |tx| {
        counted.fetch_add(1, Ordering::SeqCst);
        tx.execute(&SET, &params![1, 13])
    });
    assert!(matches!(ended, Err(Error::Refused { code: "fate-unknown", .. })), "{ended:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(db.write_now(|tx| tx.execute(&SET, &params![1, 14])).unwrap(), 1);
}

#[test]
fn what_changed_under_a_prepared_statement_is_prepared_anew() {
    let Some(db) = fresh("lianxin-plan") else { return };
    let all = || Stmt::dynamic("all", "SELECT * FROM spot ORDER BY id");
    for _ in 0..4 {
        assert_eq!(db.read_now(move |tx| tx.query(&all(), &[])).unwrap()[0].len(), 2);
    }
    db.write_now(|tx| tx.batch("alter", "ALTER TABLE spot ADD COLUMN more TEXT")).unwrap();
    for _ in 0..4 {
        assert_eq!(db.read_now(move |tx| tx.query(&all(), &[])).unwrap()[0].len(), 3);
    }
}

#[test]
fn numbers_fit_the_type_that_the_server_wants() {
    let Some(db) = fresh("lianxin-types") else { return };
    let one = |sql: &'static str, value: db::Value| {
        db.read_now(move |tx| tx.query_one(&Stmt::dynamic("one", sql), &params![value.clone()]))
    };
    let int = |sql, v: i64| one(sql, v.into()).unwrap().get::<i64>(0).unwrap();
    assert_eq!(int("SELECT CAST($1 AS INTEGER)", -5), -5);
    assert_eq!(int("SELECT CAST($1 AS SMALLINT)", 5), 5);
    assert_eq!(int("SELECT CAST($1 AS NUMERIC)", i64::MIN), i64::MIN);
    assert_eq!(int("SELECT CAST($1 AS BOOLEAN)", 1), 1);
    assert_eq!(int("SELECT length(substr('abc', $1))", 2), 2);
    assert_eq!(one("SELECT CAST($1 AS DOUBLE PRECISION)", 3.into()).unwrap().get::<f64>(0).unwrap(), 3.0);
    assert_eq!(one("SELECT CAST($1 AS VARCHAR)", "连".into()).unwrap().get::<String>(0).unwrap(), "连");
    assert_eq!(one("SELECT $1", "x".into()).unwrap().get::<String>(0).unwrap(), "x");
    for (sql, v) in [("SELECT CAST($1 AS INTEGER)", i64::MAX), ("SELECT CAST($1 AS TEXT)", 77_123)] {
        let text = one(sql, v.into()).unwrap_err().to_string();
        assert!(text.contains("one: ") && !text.contains("77123"), "{text}");
    }
    for ty in ["BIGINT", "TEXT", "BYTEA", "DOUBLE PRECISION", "NUMERIC", "BOOLEAN"] {
        let sql = format!("SELECT CAST($1 AS {ty})");
        let row = db
            .read_now(move |tx| tx.query_one(&Stmt::dynamic("null", sql.clone()), &params![db::Value::Null]))
            .unwrap();
        assert_eq!(row.get::<Option<i64>>(0).unwrap(), None);
    }
}

#[test]
fn a_server_that_is_not_there_is_told_without_the_password() {
    let e = db::Db::open(&db::Config::new("postgres://me:hush@127.0.0.1:1/none")).unwrap_err();
    let shown = format!("{e} {:?}", db::Config::new("postgres://me:hush@127.0.0.1:1/none"));
    assert!(matches!(e, Error::Internal(_)) && !shown.contains("hush"), "{shown}");
}

#[test]
fn a_leader_whose_connection_breaks_knows_it_and_another_takes_over() {
    let Some(db) = fresh("leaders") else { return };
    let (mut one, mut two) = (db.lead("jobs").unwrap(), db.lead("jobs").unwrap());
    assert!(one.hold() && !two.hold());
    // Everyone's connections, the one under the leader's lock among them.
    db.write_now(|tx| tx.query(&OTHERS, &params!["leaders"]).map(drop)).unwrap();
    assert!(!one.hold(), "it sees that it has lost it");
    assert!(!two.hold(), "its own connection is gone as well");
    // The server gives a lock back a moment after it has told that the connection ends.
    assert!((0..100_000).any(|_| two.hold()), "a new one takes the lead");
    assert!(!one.hold());
}
