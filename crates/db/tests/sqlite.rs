//! What only SQLite can do to us: a shared commit that fails, another process, a file to copy.

use db::testing::{sqlite, sqlite_with};
use db::{Db, Stmt, Tx, params};
use kernel::{Error, Result};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

mod store {
    db::statements! {
        pub PUT = "INSERT INTO leaf (id, t) VALUES ($1, $2)";
        pub IDS = "SELECT id FROM leaf ORDER BY id";
        pub COUNT = "SELECT COUNT(*) FROM leaf";
    }
}
use store::*;

static TABLES: &[db::Migration] = db::migrations!("test";
    "0001_leaf" = "CREATE TABLE leaf (id BIGINT PRIMARY KEY, t TEXT NOT NULL)");

fn ids(db: &Db) -> Vec<i64> {
    db.read_now(|tx| tx.query_map(&IDS, &[], |r| r.get(0))).unwrap()
}

/// Something that waits for the database.
type Task = Box<dyn Fn(&Db) -> Result<u64> + Send>;

/// Holds the writer, lets `jobs` queue up behind it in their order, and so makes them one batch; the
/// holder is in it, too, and has its fate.
fn as_one_batch(db: &Db, jobs: Vec<Task>) -> Vec<Result<u64>> {
    let (started, has_started) = mpsc::sync_channel(1);
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    std::thread::scope(|s| {
        let holder = s.spawn(move || {
            db.write_now(move |_| {
                started.send(()).map_err(Error::internal)?;
                released.lock().unwrap().recv().map_err(Error::internal)
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
        // Run again, it would wait for ever; so it meets a closed door, and fails.
        drop(release);
        // It wrote nothing, so whether it was told "done" matters to nobody.
        let _ = holder.join().unwrap();
        waiting.into_iter().map(|w| w.join().unwrap()).collect()
    })
}

fn put(id: i64) -> Task {
    Box::new(move |db| db.write_now(move |tx| tx.execute(&PUT, &params![id, "x"])))
}

#[test]
fn in_one_batch_each_job_stands_for_itself() {
    let db = sqlite();
    db.migrate(TABLES).unwrap();
    let refuses: Task =
        Box::new(|db| db.write_now(|tx| tx.execute(&PUT, &params![2, "x"]).and(Err(Error::NotFound))));
    let panics: Task = Box::new(|db| {
        db.write_now(|tx| {
            tx.execute(&PUT, &params![3, "x"])?;
            panic!("in the middle")
        })
    });
    // The one after the refusal sees its row gone and takes the key; the repeated one meets it.
    let ends = as_one_batch(&db, vec![put(1), refuses, put(2), panics, put(3), put(1), put(4)]);
    assert!(matches!(
        ends.as_slice(),
        [Ok(1), Err(Error::NotFound), Ok(1), Err(Error::Internal(_)), Ok(1), Err(Error::Conflict(_)), Ok(1)]
    ));
    assert_eq!(ids(&db), [1, 2, 3, 4]);
}

#[test]
fn a_full_disk_tells_everyone_the_truth() {
    let db = sqlite();
    db.migrate(TABLES).unwrap();
    db.write_now(|tx| tx.batch("limit", "PRAGMA max_page_count = 40")).unwrap();
    let large = |id: i64, len: usize| -> Task {
        Box::new(move |db| db.write_now(move |tx| tx.execute(&PUT, &params![id, "x".repeat(len)])))
    };
    let jobs = vec![put(1), large(2, 30_000), large(3, 900_000), put(4), large(5, 900_000), put(6)];
    let ends = as_one_batch(&db, jobs);
    assert!(matches!(&ends[2], Err(Error::Full(t)) if t.contains("store::PUT")), "{:?}", ends[2]);
    // Whoever was told "done" finds it there, and nobody else.
    let told: Vec<i64> = (1..).zip(&ends).filter(|(_, e)| e.is_ok()).map(|(i, _)| i).collect();
    assert_eq!(ids(&db), told);
    assert!(told.contains(&6), "{told:?}");
    db.write_now(|tx| tx.execute(&PUT, &params![7, "x"])).unwrap();
}

#[test]
fn another_process_that_writes_makes_us_busy_and_no_more() {
    let db = sqlite_with(|c| c.sqlite.busy_ms = 20);
    db.migrate(TABLES).unwrap();
    let other = Db::open(db.config()).unwrap();
    let (started, has_started) = mpsc::sync_channel(1);
    let (release, released) = mpsc::channel::<()>();
    let released = Arc::new(Mutex::new(released));
    std::thread::scope(|s| {
        let holder = s.spawn(|| {
            other.write_now(move |tx| {
                tx.execute(&PUT, &params![1, "x"])?;
                started.send(()).map_err(Error::internal)?;
                released.lock().unwrap().recv().map_err(Error::internal)
            })
        });
        has_started.recv().unwrap();
        assert!(matches!(db.write_now(|tx| tx.execute(&PUT, &params![2, "x"])), Err(Error::Busy)));
        assert!(ids(&db).is_empty());
        release.send(()).unwrap();
        holder.join().unwrap().unwrap();
    });
    db.write_now(|tx| tx.execute(&PUT, &params![2, "x"])).unwrap();
    assert_eq!(ids(&db), [1, 2]);
}

#[tokio::test]
async fn a_caller_who_left_before_the_turn_is_not_served() {
    let db = sqlite();
    db.migrate(TABLES).unwrap();
    let (started, has_started) = mpsc::sync_channel(1);
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let holding = (*db).clone();
    let holder = std::thread::spawn(move || {
        holding.write_now(move |_| {
            started.send(()).map_err(Error::internal)?;
            released.lock().unwrap().recv().map_err(Error::internal)
        })
    });
    has_started.recv().unwrap();
    {
        let leaving = db.write(|tx| tx.execute(&PUT, &params![1, "x"]));
        let mut leaving = Box::pin(leaving);
        // Once is enough to queue up.
        tokio::select! { biased; _ = &mut leaving => panic!("served at once"), () = std::future::ready(()) => {} }
        assert_eq!(db.waiting(), (1, 0));
    }
    release.send(()).unwrap();
    holder.join().unwrap().unwrap();
    db.write(|tx| tx.execute(&PUT, &params![2, "x"])).await.unwrap();
    assert_eq!(ids(&db), [2]);
}

#[test]
fn a_backup_is_whole_while_others_write() {
    let db = sqlite();
    db.migrate(TABLES).unwrap();
    let fill = |tx: &mut dyn Tx, from: i64, n: i64| {
        (from..from + n).try_for_each(|i| tx.execute(&PUT, &params![i, "x".repeat(3000)]).map(drop))
    };
    db.write_now(move |tx| fill(tx, 0, 6000)).unwrap();
    let to = db.dir().unwrap().join("copy.db");
    let (mut last, mut told) = ((0, 0), 0);
    db.backup_with(&to, |done, all| {
        // A write in the middle of the copy neither waits for it nor gets into it.
        db.write_now(move |tx| fill(tx, 10_000 + i64::from(told) * 10, 10)).unwrap();
        (last, told) = ((done, all), told + 1);
    })
    .unwrap();
    assert!(told > 1 && last.0 == last.1, "{told} {last:?}");
    let copy = Db::open(&db::Config::new(to.display().to_string())).unwrap();
    assert_eq!(copy.read_now(|tx| tx.scalar::<i64>(&COUNT, &[])).unwrap(), 6000);
    let check = Stmt::dynamic("check", "PRAGMA integrity_check");
    assert_eq!(copy.read_now(move |tx| tx.scalar::<String>(&check, &[])).unwrap(), "ok");
    assert!(matches!(db.backup_to(&to), Err(Error::Refused { code: "file-exists", .. })));
}

#[test]
fn a_commit_waits_for_the_disk_unless_it_is_a_bulk_load() {
    for (bulk, wanted) in [(false, 2), (true, 0)] {
        let db = sqlite_with(|c| c.bulk = bulk);
        let how = |sql: &'static str| db.write_now(move |tx| tx.scalar::<i64>(&Stmt::dynamic("p", sql), &[]));
        assert_eq!(how("PRAGMA synchronous").unwrap(), wanted);
        assert_eq!(how("PRAGMA foreign_keys").unwrap(), 1);
        assert_eq!(how("PRAGMA page_size").unwrap(), 4096);
        let mode = Stmt::dynamic("p", "PRAGMA journal_mode");
        assert_eq!(db.write_now(move |tx| tx.scalar::<String>(&mode, &[])).unwrap(), "wal");
        db.migrate(TABLES).unwrap();
        db.close();
        let log = db.dir().unwrap().join("lianxin.db-wal");
        assert!(!log.exists() || log.metadata().unwrap().len() == 0, "all is in the file");
    }
}
