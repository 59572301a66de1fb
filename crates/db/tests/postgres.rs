//! What only PostgreSQL can do to us: conflicts, broken connections, a fate that is unknown.

use db::testing::{Fresh, postgres_with};
use db::{Db, Stmt, Tx, params};
use kernel::{Error, Result};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};

mod store {
    db::statements! {
        pub PUT = "INSERT INTO spot (id, n) VALUES ($1, $2)";
        pub GET = "SELECT n FROM spot WHERE id = $1";
        pub RAISE = "UPDATE spot SET n = n + 1 WHERE id = $1 RETURNING n";
        pub SET = "UPDATE spot SET n = $2 WHERE id = $1";
        pub IDS = "SELECT id FROM spot ORDER BY id";
        pub PART = "INSERT INTO part (id, spot) VALUES ($1, $2)";
        pub PARTS = "SELECT COUNT(*) FROM part";
        pub COUNT_UP = "INSERT INTO tally (k, n, last) VALUES ($1, $2, $3)
            ON CONFLICT (k) DO UPDATE SET n = tally.n + excluded.n, last = excluded.last";
        pub TALLY = "SELECT n, last FROM tally WHERE k = $1";
        pub SUM = "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM spot";
        pub ME = sqlite "SELECT 0" postgres "SELECT pg_backend_pid()";
        pub KILL = sqlite "SELECT $1" postgres "SELECT pg_terminate_backend($1)";
        pub OTHERS = sqlite "SELECT 0" postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = $1 AND pid <> pg_backend_pid()";
    }
}
use store::*;

static TABLES: &[db::Migration] = db::migrations!("test";
    "0001_spot" = "CREATE TABLE spot (id BIGINT PRIMARY KEY, n BIGINT NOT NULL);
        CREATE TABLE part (id BIGINT PRIMARY KEY, spot BIGINT NOT NULL REFERENCES spot (id));
        CREATE TABLE tally (k TEXT PRIMARY KEY, n BIGINT NOT NULL, last BIGINT NOT NULL)");

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

/// Makes the engine ask to run a transaction again before run `until`.
fn asks_again(tx: &mut dyn Tx, run: u32, until: u32) -> Result<()> {
    if run < until { tx.batch("again", "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$") } else { Ok(()) }
}

#[test]
fn what_the_engine_undoes_is_run_again_whatever_the_closure_makes_of_it() {
    let Some(db) = fresh("lianxin-again") else { return };
    for hide in [false, true] {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        db.write_now(move |tx| {
            let run = counted.fetch_add(1, Ordering::SeqCst);
            let seen: i64 = tx.scalar(&GET, &params![1])?;
            tx.execute(&SET, &params![1, seen + 1])?;
            let asked = asks_again(tx, run, 2);
            if hide { asked.map_err(|_| Error::NotFound) } else { asked }
        })
        .unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 3);
    }
    assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap(), 2);
    let ended = db.write_now(|tx| asks_again(tx, 0, 1));
    assert!(matches!(ended, Err(Error::Busy)), "{ended:?}");
}

/// Each reads and then writes one more: side by side, they would meet, and run in vain.
#[test]
fn processes_write_one_after_the_other() {
    let Some(db) = fresh("lianxin-processes") else { return };
    std::thread::scope(|s| {
        for spot in [1, 2, 1, 2] {
            let other = Db::open(db.config()).unwrap();
            s.spawn(move || {
                let runs = Arc::new(AtomicU32::new(0));
                for _ in 0..10 {
                    let counted = runs.clone();
                    other
                        .write_now(move |tx| {
                            counted.fetch_add(1, Ordering::SeqCst);
                            let seen: i64 = tx.scalar(&GET, &params![spot])?;
                            tx.execute(&SET, &params![spot, seen + 1])
                        })
                        .unwrap();
                }
                assert_eq!(runs.load(Ordering::SeqCst), 10, "nobody ran in vain");
            });
        }
    });
    assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap(), 40);
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

/// A write of 13 breaks the connection at the commit.
static DIES: &[db::Migration] = db::migrations!("dies"; "0001_dies" = "
    CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON spot DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.n = 13) EXECUTE FUNCTION die();");

#[test]
fn a_connection_that_breaks_at_the_commit_is_told_and_not_repeated() {
    let Some(db) = fresh("lianxin-at") else { return };
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
    let e = Db::open(&db::Config::new("postgres://me:hush@127.0.0.1:1/none")).unwrap_err();
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

/// A write, from another thread.
type Task = Box<dyn Fn(&Db) -> Result<()> + Send>;

/// Holds the writer, lets `jobs` queue up behind it in their order, and so makes them one transaction. The
/// holder is in it as well, and is not run again.
fn as_one_batch(db: &Db, jobs: Vec<Task>) -> Vec<Result<()>> {
    let (started, has_started) = mpsc::sync_channel(1);
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    std::thread::scope(|s| {
        let holder = s.spawn(move || {
            db.write_now(move |_| {
                // Run again, it finds nobody who would release it, and goes on.
                let _ = started.try_send(());
                let _ = released.lock().unwrap().recv();
                Ok(())
            })
        });
        has_started.recv().unwrap();
        let waiting: Vec<_> = jobs
            .into_iter()
            .enumerate()
            .map(|(i, job)| {
                let handle = s.spawn(move || job(db));
                while db.waiting() < (i + 1, 0) {
                    std::thread::yield_now();
                }
                handle
            })
            .collect();
        release.send(()).unwrap();
        drop(release);
        let _ = holder.join().unwrap();
        waiting.into_iter().map(|w| w.join().unwrap()).collect()
    })
}

fn task(f: impl Fn(&mut dyn Tx) -> Result<()> + Send + Sync + Clone + 'static) -> Task {
    Box::new(move |db| db.write_now(f.clone()))
}

fn put(id: i64) -> Task {
    task(move |tx| tx.put(&PUT, &params![id, 0]))
}

fn ids(db: &Db) -> Vec<i64> {
    db.read_now(|tx| tx.query_map(&IDS, &[], |r| r.get(0))).unwrap()
}

#[test]
fn in_one_transaction_each_job_stands_for_itself() {
    let Some(db) = fresh("lianxin-batch") else { return };
    let before = db.statements_run();
    let ends = as_one_batch(&db, (3..40).map(put).collect());
    assert!(ends.iter().all(|e| e.is_ok()), "{ends:?}");
    assert_eq!(db.statements_run() - before, 1, "all rows in one statement");
    assert_eq!(ids(&db), (1..40).collect::<Vec<i64>>());
    // Refused before and after it wrote, a panic, a key that is there, told late and at once.
    let ends = as_one_batch(
        &db,
        vec![
            put(41),
            task(|tx| tx.put(&PUT, &params![42, 0]).and(Err(Error::NotFound))),
            put(42),
            task(|tx| tx.execute(&PUT, &params![43, 0]).and(Err(Error::NotFound))),
            put(43),
            task(|tx| {
                tx.execute(&PUT, &params![44, 0])?;
                panic!("in the middle")
            }),
            put(44),
            put(41),
            task(|tx| tx.execute(&PUT, &params![42, 0]).map(drop)),
            put(45),
            task(|_| Ok(())),
        ],
    );
    assert!(
        matches!(
            ends.as_slice(),
            [
                Ok(()),
                Err(Error::NotFound),
                Ok(()),
                Err(Error::NotFound),
                Ok(()),
                Err(Error::Internal(_)),
                Ok(()),
                Err(Error::Conflict(_)),
                Err(Error::Conflict(_)),
                Ok(()),
                Ok(())
            ]
        ),
        "{ends:?}"
    );
    assert_eq!(ids(&db), (1..40).chain(41..46).collect::<Vec<i64>>());
}

#[test]
fn what_waits_is_seen_and_keeps_its_order() {
    let Some(db) = fresh("lianxin-order") else { return };
    // A part needs its spot; and each closure reads what it and those before it have put off.
    let whole = |id: i64| {
        task(move |tx| {
            tx.put(&PUT, &params![id, 1])?;
            tx.put(&PART, &params![id, id])
        })
    };
    let other_way_round = |id: i64, spot: i64| {
        task(move |tx| {
            tx.put(&PART, &params![id, 1])?;
            tx.put(&PUT, &params![spot, 1])?;
            tx.put(&PART, &params![spot, spot])
        })
    };
    let sees = |sum: i64, parts: i64| {
        task(move |tx| {
            let seen = (tx.scalar::<i64>(&SUM, &[])?, tx.scalar::<i64>(&PARTS, &[])?);
            if seen == (sum, parts) { Ok(()) } else { Err(Error::Internal(format!("{seen:?}"))) }
        })
    };
    let ends = as_one_batch(
        &db,
        vec![
            whole(3),
            other_way_round(4, 5),
            whole(6),
            sees(3, 4),
            whole(7),
            sees(4, 5),
            other_way_round(8, 9),
        ],
    );
    assert!(ends.iter().all(|e| e.is_ok()), "{ends:?}");
    assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&PARTS, &[])).unwrap(), 7);
    // A parent that is missing is the fault of the one who left it out.
    let orphan = task(|tx| tx.put(&PART, &params![50, 99]));
    let ends = as_one_batch(&db, vec![whole(51), orphan, whole(52)]);
    assert!(
        matches!(ends.as_slice(), [Ok(()), Err(Error::Internal(t)), Ok(())] if t.contains("store::PART")),
        "{ends:?}"
    );
}

#[test]
fn counts_of_many_are_added_up_first() {
    let Some(db) = fresh("lianxin-counts") else { return };
    let count = |by: i64| {
        task(move |tx| {
            tx.insert_many(
                &COUNT_UP,
                [params!["all", by, by], params!["all", 1, by], params![format!("of {by}"), 1, by]],
            )
        })
    };
    for round in 1..=2 {
        let before = db.statements_run();
        let ends = as_one_batch(&db, (1..=10).map(count).collect());
        assert!(ends.iter().all(|e| e.is_ok()), "{ends:?}");
        assert_eq!(db.statements_run() - before, 1);
        let row = db.read_now(|tx| tx.query_one(&TALLY, &params!["all"])).unwrap();
        assert_eq!((row.get::<i64>(0).unwrap(), row.get::<i64>(1).unwrap()), (65 * round, 10));
        let row = db.read_now(|tx| tx.query_one(&TALLY, &params!["of 3"])).unwrap();
        assert_eq!(row.get::<i64>(0).unwrap(), round);
    }
    // What cannot be added up here is the engine's to say.
    let ends = as_one_batch(&db, vec![count(i64::MAX), count(1)]);
    assert!(matches!(ends.as_slice(), [Err(Error::Internal(_)), Ok(())]), "{ends:?}");
}

#[test]
fn a_fault_of_a_write_that_waited_surfaces() {
    let Some(db) = fresh("lianxin-late") else { return };
    let late = db.write_now(|tx| tx.put(&PUT, &params![1, 0]));
    assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    // Before a read of the same table it is told in the closure, which cannot walk past it.
    let walked = db.write_now(|tx| {
        tx.put(&PUT, &params![1, 0])?;
        assert!(matches!(tx.scalar::<i64>(&SUM, &[]), Err(Error::Conflict(_))));
        Ok(())
    });
    assert!(matches!(walked, Err(Error::Conflict(_))), "{walked:?}");
    let nul = db.write_now(|tx| tx.put(&COUNT_UP, &params!["a\0b", 1, 1]));
    assert!(matches!(nul, Err(Error::Refused { code: "text-with-nul", .. })), "{nul:?}");
    let short = db.write_now(|tx| tx.put(&PUT, &params![1]));
    assert!(matches!(&short, Err(Error::Internal(t)) if t.contains("takes 2")), "{short:?}");
    let wrong = db.write_now(|tx| tx.put(&PUT, &params!["one", 1]));
    assert!(matches!(&wrong, Err(Error::Internal(t)) if t.contains("store::PUT")), "{wrong:?}");
    // A read does not write later either.
    for read in
        [db.read_now(|tx| tx.put(&PUT, &params![9, 0])), db.snapshot_now(|tx| tx.put(&PUT, &params![9, 0]))]
    {
        assert!(matches!(read, Err(Error::Internal(_))), "{read:?}");
    }
    assert_eq!(ids(&db), [1, 2]);
}

#[test]
fn a_connection_that_breaks_under_many_tells_nobody_what_is_not_so() {
    let Some(db) = fresh("lianxin-many") else { return };
    // Once: all are run again.
    let runs = Arc::new(AtomicU32::new(0));
    let once = task(move |tx| if runs.fetch_add(1, Ordering::SeqCst) == 0 { kill_me(tx) } else { Ok(()) });
    let ends = as_one_batch(&db, vec![put(3), once, put(4)]);
    assert!(ends.iter().all(|e| e.is_ok()), "{ends:?}");
    // Whoever breaks it every time fails alone.
    let ends = as_one_batch(&db, vec![put(5), task(kill_me), put(6), put(7)]);
    assert!(matches!(ends.as_slice(), [Ok(()), Err(Error::Busy), Ok(()), Ok(())]), "{ends:?}");
    assert_eq!(ids(&db), (1..8).collect::<Vec<i64>>());
    // At the commit nobody knows, but whoever wrote nothing.
    db.migrate(DIES).unwrap();
    let failed = task(|tx| tx.put(&PUT, &params![9, 0]).and(Err(Error::NotFound)));
    let dies = task(|tx| tx.execute(&SET, &params![1, 13]).map(drop));
    let ends = as_one_batch(&db, vec![put(8), failed, dies]);
    assert!(
        matches!(
            ends.as_slice(),
            [
                Err(Error::Refused { code: "fate-unknown", .. }),
                Err(Error::NotFound),
                Err(Error::Refused { code: "fate-unknown", .. })
            ]
        ),
        "{ends:?}"
    );
    assert_eq!(ids(&db), (1..8).collect::<Vec<i64>>());
}

#[test]
fn what_the_engine_undoes_is_run_again_for_all() {
    let Some(db) = fresh("lianxin-all-again") else { return };
    let runs = Arc::new(AtomicU32::new(0));
    let some_times = task(move |tx| asks_again(tx, runs.fetch_add(1, Ordering::SeqCst), 4));
    let ends = as_one_batch(&db, vec![put(3), some_times, put(4)]);
    assert!(ends.iter().all(|e| e.is_ok()), "{ends:?}");
    let ends = as_one_batch(&db, vec![put(5), task(|tx| asks_again(tx, 0, 1)), put(6)]);
    assert!(matches!(ends.as_slice(), [Ok(()), Err(Error::Busy), Ok(())]), "{ends:?}");
    assert_eq!(ids(&db), (1..7).collect::<Vec<i64>>());
}

#[test]
fn what_many_look_up_is_looked_up_once_and_never_stale() {
    let Some(db) = fresh("lianxin-seen") else { return };
    let reads = |wanted: i64| {
        task(move |tx| {
            let seen: i64 = tx.scalar(&GET, &params![1])?;
            if seen == wanted { Ok(()) } else { Err(Error::Internal(format!("{seen}, not {wanted}"))) }
        })
    };
    let before = db.statements_run();
    let ends = as_one_batch(&db, (0..9).map(|_| reads(0)).collect());
    assert!(ends.iter().all(|e| e.is_ok()), "{ends:?}");
    assert_eq!(db.statements_run() - before, 1);
    let sets = |to: i64| task(move |tx| tx.execute(&SET, &params![1, to]).map(drop));
    let raises = task(|tx| tx.query(&RAISE, &params![1]).map(drop));
    let script = task(|tx| tx.batch("script", "UPDATE spot SET n = 9 WHERE id = 1"));
    let ends = as_one_batch(
        &db,
        vec![reads(0), sets(4), reads(4), raises, reads(5), put(3), reads(5), script, reads(9), reads(9)],
    );
    assert!(ends.iter().all(|e| e.is_ok()), "{ends:?}");
    // What was written and undone is not seen either.
    let undone = task(|tx| {
        tx.execute(&SET, &params![1, 77])?;
        let seen: i64 = tx.scalar(&GET, &params![1])?;
        Err(Error::Internal(seen.to_string()))
    });
    let ends = as_one_batch(&db, vec![reads(9), undone, reads(9)]);
    assert!(matches!(ends.as_slice(), [Ok(()), Err(Error::Internal(t)), Ok(())] if t == "77"), "{ends:?}");
    // A closure's own inserts, put off, are seen as well.
    let counts = task(|tx| {
        for n in 1..=3 {
            tx.put(&PART, &params![n, 1])?;
            assert_eq!(tx.scalar::<i64>(&PARTS, &[])?, n);
        }
        Ok(())
    });
    let ends = as_one_batch(&db, vec![counts]);
    assert!(ends[0].is_ok(), "{ends:?}");
    // Each statement of a read sees what is committed when it starts.
    let other = Db::open(db.config()).unwrap();
    let (first, second) = db
        .read_now(move |tx| {
            let first: i64 = tx.scalar(&GET, &params![1])?;
            std::thread::scope(|s| {
                s.spawn(|| other.write_now(|tx| tx.execute(&SET, &params![1, 10]))).join()
            })
            .map_err(|_| Error::NotFound)??;
            Ok((first, tx.scalar::<i64>(&GET, &params![1])?))
        })
        .unwrap();
    assert_eq!((first, second), (9, 10));
}
