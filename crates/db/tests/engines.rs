//! What the door promises, on both engines.

use db::testing::{each_engine, each_engine_async, engines};
use db::{Config, Db, Engine, Stmt, Value, params};
use kernel::{Date, Error, Timestamp, UnitId};

mod store {
    db::statements! {
        pub ADD = "INSERT INTO thing (id, n, r, t, b, d) VALUES ($1, $2, $3, $4, $5, $6)";
        pub ALL = "SELECT id, n, r, t, b, d FROM thing ORDER BY id";
        pub BY_N = "SELECT t FROM thing WHERE n = $1";
        pub COUNT = "SELECT COUNT(*) FROM thing";
        pub SUM = "SELECT CAST(SUM(n) AS BIGINT) FROM thing";
        pub RAW_SUM = "SELECT SUM(n), AVG(n), SUM(n) / 3.0 FROM thing";
        pub BUMP = "UPDATE thing SET n = $2 WHERE id = $1 AND n = $3";
        pub TWICE = "SELECT COUNT(*) FROM thing WHERE n >= $2 AND (t = $1 OR t = concat($1, 'x'))";
        pub RETURNING = "INSERT INTO thing (id, n) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING n";
        pub LIKE = concat!("SELECT t FROM thing WHERE t LIKE $1", " ORDER BY t");
        pub SIZE = sqlite "SELECT 1 WHERE $1 > 0" postgres "SELECT CAST(1 AS BIGINT) WHERE CAST($1 AS BIGINT) > 0";
        pub INDEXES =
            sqlite "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
            postgres "SELECT CAST(indexname AS TEXT) FROM pg_indexes
                WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey' ORDER BY 1";
        pub CHILD = "INSERT INTO child (id, thing) VALUES ($1, $2)";
    }
}
use store::*;

static TABLES: &[db::Migration] = db::migrations!("test";
    "0001_thing" = "CREATE TABLE thing (id BYTEA PRIMARY KEY, n BIGINT, r DOUBLE PRECISION, t TEXT, b BYTEA, d TEXT);
        CREATE TABLE child (id BYTEA PRIMARY KEY, thing BYTEA NOT NULL REFERENCES thing (id));",
);

fn add(tx: &mut dyn db::Tx, id: u8, n: i64) -> kernel::Result<u64> {
    tx.execute(&ADD, &params![[id; 16], n, Value::Null, None::<String>, None::<Vec<u8>>, None::<Date>])
}

#[test]
fn values_come_back_as_they_went_in() {
    each_engine(|db| {
        assert_eq!(db.migrate(TABLES).unwrap(), 1);
        let id = UnitId::from_bytes(&[7; 16]).unwrap();
        let day: Date = "2024-02-29".parse().unwrap();
        db.write_now(move |tx| {
            tx.execute(&ADD, &params![id, i64::MIN, 0.1, "连心 ' \u{10FFFF}", vec![0u8, 255], day])?;
            tx.execute(&ADD, &params![[9u8; 16], Timestamp(i64::MAX), f64::MAX, "", Vec::<u8>::new(), "x"])?;
            add(tx, 8, 1)?;
            tx.execute(&ADD, &params![[6u8; 16], true, 3i64, String::new(), b"a".as_slice(), "x"])
        })
        .unwrap();
        let rows = db.read_now(|tx| tx.query(&ALL, &[])).unwrap();
        assert_eq!(rows.len(), 4);
        assert!(rows[0].get::<bool>(1).unwrap() && rows[0].get::<f64>(2).unwrap() == 3.0);
        let r = &rows[1];
        assert_eq!((r.get::<UnitId>(0).unwrap(), r.get::<i64>(1).unwrap(), r.len()), (id, i64::MIN, 6));
        assert_eq!(r.get::<f64>(2).unwrap(), 0.1);
        assert_eq!(r.get::<String>(3).unwrap(), "连心 ' \u{10FFFF}");
        assert_eq!(r.get::<Vec<u8>>(4).unwrap(), [0, 255]);
        assert_eq!(r.get::<Date>(5).unwrap(), day);
        for i in 2..6 {
            assert_eq!(rows[2].get::<Option<String>>(i).unwrap(), None);
        }
        assert_eq!(rows[3].get::<Timestamp>(1).unwrap(), Timestamp(i64::MAX));
        assert_eq!(
            (rows[3].get::<f64>(2).unwrap(), rows[3].get::<String>(3).unwrap()),
            (f64::MAX, String::new())
        );
        assert_eq!(rows[3].get::<Vec<u8>>(4).unwrap(), Vec::<u8>::new());
        for wrong in
            [r.get::<String>(1).unwrap_err(), r.get::<i64>(2).unwrap_err(), r.get::<i64>(6).unwrap_err()]
        {
            let text = wrong.to_string();
            assert!(text.contains("store::ALL") && !text.contains("连心"), "{text}");
        }
    });
}

#[test]
fn rows_read_one_after_another_hold_what_stands_in_each() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| {
            tx.execute(
                &ADD,
                &params![[1; 16], 1, Value::Null, "长一点的字", b"abc".as_slice(), "2026-02-28"],
            )?;
            tx.execute(&ADD, &params![[2; 16], 2, 0.5, None::<String>, None::<Vec<u8>>, "2026-2-28"])?;
            tx.execute(&ADD, &params![[3; 16], 3, Value::Null, "短", b"x".as_slice(), "2026-02-30"])
        })
        .unwrap();
        let (seen, kept) = db
            .read_now(|tx| {
                let mut seen = Vec::new();
                tx.each(&ALL, &[], &mut |r| {
                    let text = r.text(3).ok().map(str::to_owned);
                    seen.push((r.get::<i64>(1)?, text, r.get::<Option<Vec<u8>>>(4)?, r.get::<Date>(5).ok()));
                    Ok(())
                })?;
                let kept: Vec<i64> =
                    tx.query(&ALL, &[])?.iter().map(|r| r.get(1)).collect::<kernel::Result<_>>()?;
                Ok((seen, kept))
            })
            .unwrap();
        let day: Date = "2026-02-28".parse().unwrap();
        assert_eq!(kept, [1, 2, 3]);
        assert_eq!(seen[0], (1, Some("长一点的字".to_owned()), Some(b"abc".to_vec()), Some(day)));
        assert_eq!(seen[1], (2, None, None, None), "dates are written in one form only");
        assert_eq!(seen[2], (3, Some("短".to_owned()), Some(b"x".to_vec()), None), "there is no such day");
    });
}

#[test]
fn sums_are_numbers_on_both() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| add(tx, 1, 40_000).and(add(tx, 2, -10_000_000_000))).unwrap();
        let row = db.read_now(|tx| tx.query_one(&RAW_SUM, &[])).unwrap();
        assert_eq!(row.get::<i64>(0).unwrap(), -9_999_960_000);
        assert_eq!(row.get::<f64>(1).unwrap(), -4_999_980_000.0);
        assert!((row.get::<f64>(2).unwrap() + 3_333_320_000.0).abs() < 1e-6);
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap(), -9_999_960_000);
    });
}

#[test]
fn parameters_are_found_by_their_number() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| tx.execute(&ADD, &params![[1u8; 16], 5, 1.0, "ax", [0u8; 1], "d"])).unwrap();
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&TWICE, &params!["a", 5])).unwrap(), 1);
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&TWICE, &params!["a", 6])).unwrap(), 0);
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&SIZE, &params![3])).unwrap(), 1);
        for given in [&params!["a"][..], &params!["a", 5, 6][..]] {
            let given = given.to_vec();
            let e = db.read_now(move |tx| tx.query(&TWICE, &given)).unwrap_err();
            assert!(e.to_string().contains("store::TWICE"), "{e}");
        }
    });
}

#[test]
fn like_minds_capitals_on_both() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| {
            let rows = ["abc", "ABC", "Abd"]
                .iter()
                .enumerate()
                .map(|(i, t)| params![[i as u8; 16], 1, 1.0, *t, [0u8; 1], "d"]);
            tx.insert_many(&ADD, rows)
        })
        .unwrap();
        let found = db.read_now(|tx| tx.query_map(&LIKE, &params!["A%"], |r| r.get::<String>(0))).unwrap();
        assert_eq!(found, ["ABC", "Abd"]);
    });
}

#[test]
fn a_refused_job_leaves_nothing_and_a_panic_is_an_error() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        let refused = db.write_now(|tx| {
            add(tx, 1, 1)?;
            Err::<(), _>(Error::refused("no", "不行", "no"))
        });
        assert!(matches!(refused, Err(Error::Refused { code: "no", .. })));
        let e = db
            .write_now(|tx| {
                add(tx, 2, 1)?;
                if tx.exists(&COUNT, &[])? {
                    panic!("on purpose");
                }
                Ok(())
            })
            .unwrap_err();
        assert!(matches!(&e, Error::Internal(t) if t.contains("on purpose")), "{e}");
        let e = db.read_now(|_| -> kernel::Result<()> { panic!("while reading") }).unwrap_err();
        assert!(matches!(&e, Error::Internal(t) if t.contains("while reading")), "{e}");
        db.write_now(|tx| add(tx, 3, 1)).unwrap();
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&COUNT, &[])).unwrap(), 1);
    });
}

#[test]
fn a_fault_cannot_be_walked_past() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| add(tx, 1, 1)).unwrap();
        let walked = db.write_now(|tx| {
            let _ = add(tx, 1, 1);
            let _ = add(tx, 2, 1);
            Ok(())
        });
        assert!(matches!(walked, Err(Error::Conflict(_))), "{walked:?}");
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&COUNT, &[])).unwrap(), 1);
    });
}

#[test]
fn keys_that_exist_and_keys_that_do_not() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| add(tx, 1, 1)).unwrap();
        assert!(matches!(db.write_now(|tx| add(tx, 1, 2)), Err(Error::Conflict(_))));
        let again = db.write_now(|tx| tx.query_opt(&RETURNING, &params![[1u8; 16], 2])).unwrap();
        assert!(again.is_none());
        let fresh = db.write_now(|tx| tx.query_one(&RETURNING, &params![[2u8; 16], 2])).unwrap();
        assert_eq!(fresh.get::<i64>(0).unwrap(), 2);
        assert_eq!(db.write_now(|tx| tx.execute(&RETURNING, &params![[3u8; 16], 2])).unwrap(), 1);
        assert_eq!(db.write_now(|tx| tx.execute(&RETURNING, &params![[3u8; 16], 2])).unwrap(), 0);
        let e = db.write_now(|tx| tx.execute(&CHILD, &params![[1u8; 16], [99u8; 16]])).unwrap_err();
        assert!(matches!(&e, Error::Internal(t) if t.contains("store::CHILD")), "{e}");
        let e = db.write_now(|tx| tx.query(&BY_N, &params!["secret words"])).map(|r| r.len());
        // SQLite compares a number with a text and finds nothing; PostgreSQL refuses. Neither tells the value.
        if let Err(e) = e {
            assert!(e.to_string().contains("store::BY_N") && !e.to_string().contains("secret"), "{e}");
        }
        let nul = db.write_now(|tx| tx.query(&LIKE, &params!["a\0b"]));
        assert!(matches!(nul, Err(Error::Refused { code: "text-with-nul", .. })), "{nul:?}");
    });
}

#[test]
fn rows_stream_and_stop_where_told() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| (0..200).try_for_each(|i| add(tx, i, i64::from(i)).map(drop))).unwrap();
        let (seen, error) = db
            .snapshot_now(|tx| {
                let mut seen = 0;
                let ended = tx.each(&ALL, &[], &mut |_| {
                    seen += 1;
                    if seen == 5 { Err(Error::NotFound) } else { Ok(()) }
                });
                Ok((seen, ended.is_err()))
            })
            .unwrap();
        assert_eq!((seen, error), (5, true));
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&COUNT, &[])).unwrap(), 200);
        let before = db.statements_run();
        db.read_now(|tx| tx.query(&ALL, &[]).and(tx.query(&COUNT, &[]))).unwrap();
        assert_eq!(db.statements_run() - before, 2);
    });
}

#[test]
fn a_read_cannot_write_and_a_closure_cannot_wait_for_another() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        assert!(matches!(db.read_now(|tx| add(tx, 1, 1)), Err(Error::Internal(_))));
        assert!(matches!(db.snapshot_now(|tx| add(tx, 1, 1)), Err(Error::Internal(_))));
        let other = (*db).clone();
        let nested = db.write_now(move |_| other.write_now(|tx| add(tx, 1, 1)));
        assert!(matches!(nested, Err(Error::Internal(_))));
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&COUNT, &[])).unwrap(), 0);
    });
}

#[test]
fn sixty_four_callers_count_to_three_hundred_and_twenty() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| add(tx, 1, 0)).unwrap();
        // Reading, then writing what was read plus one: every lost update would show.
        std::thread::scope(|s| {
            for _ in 0..64 {
                s.spawn(|| {
                    for _ in 0..5 {
                        db.write_now(|tx| {
                            let n: i64 = tx.scalar(&SUM, &[])?;
                            let changed = tx.execute(&BUMP, &params![[1u8; 16], n + 1, n])?;
                            assert_eq!(changed, 1);
                            Ok(())
                        })
                        .unwrap();
                    }
                });
            }
        });
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&SUM, &[])).unwrap(), 320);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_share_a_commit_do_not_share_a_fate() {
    each_engine_async(async |db| {
        db.migrate(TABLES).unwrap();
        let mut tasks = Vec::new();
        for i in 0..120u8 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move {
                db.write(move |tx| {
                    add(tx, i, 1)?;
                    match i % 3 {
                        0 => Ok(()),
                        1 => Err(Error::NotFound),
                        _ => panic!("job {i}"),
                    }
                })
                .await
            }));
        }
        for (i, task) in tasks.into_iter().enumerate() {
            match (i % 3, task.await.unwrap()) {
                (0, Ok(())) | (1, Err(Error::NotFound)) | (2, Err(Error::Internal(_))) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(db.read(|tx| tx.scalar::<i64>(&COUNT, &[])).await.unwrap(), 40);
    })
    .await;
}

#[test]
fn a_full_queue_says_busy_at_once() {
    let one = |c: &mut Config| c.queue = 1;
    let dbs = [Some(db::testing::sqlite_with(one)), db::testing::postgres_with(one)];
    for db in dbs.into_iter().flatten() {
        let (started, has_started) = std::sync::mpsc::sync_channel(1);
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (started, released) = (started, std::sync::Mutex::new(released));
        std::thread::scope(|s| {
            let held = s.spawn(|| {
                db.write_now(move |_| {
                    started.send(()).map_err(Error::internal)?;
                    released.lock().unwrap().recv().map_err(Error::internal)
                })
            });
            has_started.recv().unwrap();
            // One runs; of the others exactly one finds room to wait.
            let others: Vec<_> = (0..8).map(|_| s.spawn(|| db.write_now(|_| Ok(())))).collect();
            while others.iter().filter(|o| o.is_finished()).count() < 7 {
                std::thread::yield_now();
            }
            release.send(()).unwrap();
            let ends: Vec<_> = others.into_iter().map(|o| o.join().unwrap()).collect();
            assert_eq!(ends.iter().filter(|e| matches!(e, Err(Error::Busy))).count(), 7);
            assert_eq!(ends.iter().filter(|e| e.is_ok()).count(), 1);
            held.join().unwrap().unwrap();
        });
    }
}

#[test]
fn reading_goes_on_while_somebody_writes() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| add(tx, 1, 1)).unwrap();
        let (wrote, has_written) = std::sync::mpsc::sync_channel(1);
        let (release, released) = std::sync::mpsc::channel::<()>();
        let released = std::sync::Mutex::new(released);
        std::thread::scope(|s| {
            let writer = s.spawn(|| {
                db.write_now(move |tx| {
                    add(tx, 2, 1)?;
                    wrote.send(()).map_err(Error::internal)?;
                    released.lock().unwrap().recv().map_err(Error::internal)
                })
            });
            has_written.recv().unwrap();
            assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&COUNT, &[])).unwrap(), 1);
            release.send(()).unwrap();
            writer.join().unwrap().unwrap();
        });
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&COUNT, &[])).unwrap(), 2);
    });
}

#[test]
fn a_snapshot_sees_one_state() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        let (looked, has_looked) = std::sync::mpsc::sync_channel(1);
        let (release, released) = std::sync::mpsc::channel::<()>();
        let released = std::sync::Mutex::new(released);
        std::thread::scope(|s| {
            let reader = s.spawn(|| {
                db.snapshot_now(move |tx| {
                    let before: i64 = tx.scalar(&COUNT, &[])?;
                    looked.send(()).map_err(Error::internal)?;
                    released.lock().unwrap().recv().map_err(Error::internal)?;
                    Ok((before, tx.scalar::<i64>(&COUNT, &[])?))
                })
            });
            has_looked.recv().unwrap();
            db.write_now(|tx| add(tx, 1, 1)).unwrap();
            release.send(()).unwrap();
            assert_eq!(reader.join().unwrap().unwrap(), (0, 0));
        });
    });
}

#[test]
fn every_statement_is_prepared_and_every_fault_told() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        db.prepare_all(STATEMENTS).unwrap();
        let bad =
            [Stmt::dynamic("bad::one", "SELECT nothing FROM thing"), Stmt::dynamic("bad::two", "SELEC 1")];
        let all: Vec<&Stmt> = STATEMENTS.iter().copied().chain(&bad).collect();
        let text = db.prepare_all(&all).unwrap_err().to_string();
        assert!(
            text.contains("bad::one") && text.contains("bad::two") && !text.contains("store::"),
            "{text}"
        );
    });
}

#[test]
fn migrations_go_forward_only() {
    for db in engines() {
        static MORE: &[db::Migration] = db::migrations!("test";
            "0001_thing" = TABLES[0].sql,
            "0002_more" = "-- only sqlite\nCREATE TABLE lite (x BIGINT);\n-- end\n-- only postgres\nCREATE TABLE pg (x BIGINT);\n-- end\n",
        );
        static OTHER: &[db::Migration] = db::migrations!("other"; "0001_o" = "CREATE TABLE o (x BIGINT)");
        let code = |r: kernel::Result<usize>| match r {
            Err(Error::Refused { code, say }) => (code, say.en.into_owned()),
            other => panic!("{other:?}"),
        };
        assert_eq!(db.migrate(TABLES).unwrap(), 1);
        assert_eq!(db.migrate(MORE).unwrap(), 1);
        assert_eq!(db.migrate(MORE).unwrap(), 0);
        // Another slice's list alone is no newer database.
        assert_eq!(db.migrate(OTHER).unwrap(), 1);
        assert_eq!(code(db.migrate(TABLES)).0, "database-newer");
        let mut changed = MORE.to_vec();
        changed[1].sql = "CREATE TABLE lite (x BIGINT, y BIGINT)";
        let (c, text) = code(db.migrate(&changed));
        assert!(c == "migration-changed" && text.contains("test/0002_more.sql"), "{text}");
        // One that the engine does not take leaves nothing of its neighbours either.
        let mut broken = MORE.to_vec();
        broken.push(db::Migration {
            slice: "test",
            number: 3,
            name: "0003_a",
            sql: "CREATE TABLE a (x BIGINT)",
        });
        broken.push(db::Migration { slice: "test", number: 4, name: "0004_b", sql: "CREATE TABEL b" });
        let e = db.migrate(&broken).unwrap_err();
        assert!(matches!(&e, Error::Internal(t) if t.contains("test/0004_b.sql")), "{e}");
        assert_eq!(db.migrate(&broken[..3]).unwrap(), 1);
        broken.remove(2);
        broken[2] =
            db::Migration { slice: "test", number: 3, name: "0003_a", sql: "CREATE TABLE a (x BIGINT)" };
        assert_eq!(db.migrate(&broken).unwrap(), 0);
        broken.remove(1);
        assert_eq!(db.migrate(&broken).unwrap(), 0);
        let mine = if db.engine() == Engine::Sqlite { "SELECT x FROM lite" } else { "SELECT x FROM pg" };
        db.prepare_all(&[&Stmt::dynamic("mine", mine)]).unwrap();
    }
}

#[test]
fn several_processes_may_migrate_at_once() {
    for db in engines() {
        let applied: Vec<usize> = std::thread::scope(|s| {
            let starts: Vec<_> = (0..4)
                .map(|_| s.spawn(|| Db::open(db.config()).and_then(|d| d.migrate(TABLES)).unwrap()))
                .collect();
            starts.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(applied.iter().sum::<usize>(), 1);
    }
}

#[test]
fn closing_finishes_what_waits_and_takes_no_more() {
    for db in engines() {
        db.migrate(TABLES).unwrap();
        db.write_now(|tx| add(tx, 1, 1)).unwrap();
        db.close();
        assert!(matches!(db.write_now(|tx| add(tx, 2, 1)), Err(Error::Internal(_))));
        let again = Db::open(db.config()).unwrap();
        assert_eq!(again.read_now(|tx| tx.scalar::<i64>(&COUNT, &[])).unwrap(), 1);
    }
}

#[test]
fn one_leads_and_another_takes_over() {
    for here in engines() {
        eprintln!("on {}", here.engine());
        let db: &Db = &here;
        // Two processes on one database are two handles to it.
        let other = Db::open(here.config()).unwrap();
        let (mut one, mut two) = (db.lead("jobs").unwrap(), other.lead("jobs").unwrap());
        assert!(one.hold(), "nobody had it");
        assert!(!two.hold(), "one has it");
        assert!(one.hold() && !two.hold(), "and keeps it");
        let mut apart = other.lead("other").unwrap();
        assert!(apart.hold(), "another lead is another matter");
        drop(one);
        assert!(two.hold(), "given back, and taken over");
        let mut again = db.lead("jobs").unwrap();
        assert!(!again.hold());
        // Another database has a lead of its own.
        let elsewhere = engines().find(|e| e.engine() == db.engine()).unwrap();
        assert!(elsewhere.lead("jobs").unwrap().hold());
        other.close();
    }
}

#[test]
fn indexes_put_aside_come_back_and_those_that_keep_keys_apart_stay() {
    each_engine(|db| {
        db.migrate(TABLES).unwrap();
        let made = db::migrations!("more";
            "0001_indexes" = "CREATE INDEX thing_n ON thing (n) WHERE n IS NOT NULL;
                CREATE UNIQUE INDEX thing_t ON thing (t); CREATE INDEX child_of ON child (thing);");
        db.migrate(made).unwrap();
        let there = |tx: &mut dyn db::Tx| -> kernel::Result<Vec<String>> {
            tx.query_map(&INDEXES, &[], |r| r.get(0))
        };
        let (aside, left) = db
            .write_now(move |tx| {
                let aside = db::put_aside(tx, &["thing"])?;
                add(tx, 1, 5)?;
                Ok((aside, there(tx)?))
            })
            .unwrap();
        assert_eq!(left, ["child_of", "thing_t"]);
        let (back, found) = db
            .write_now(move |tx| {
                aside.put_back(tx)?;
                Ok((there(tx)?, tx.query(&BY_N, &params![5])?.len()))
            })
            .unwrap();
        assert_eq!((back, found), (["child_of", "thing_n", "thing_t"].map(str::to_owned).to_vec(), 1));
    });
}

#[test]
fn what_can_be_seen_has_the_same_mark_until_a_row_is_changed() {
    for fresh in engines() {
        fresh.migrate(TABLES).unwrap();
        // Marks are those of one connection, so there is one.
        let db = Db::open(&db::Config { readers: 1, ..fresh.config().clone() }).unwrap();
        let marks = |db: &Db| {
            let one = db.read_now(|tx| tx.mark()).unwrap();
            (one, db.snapshot_now(|tx| tx.mark()).unwrap())
        };
        let (first, second) = marks(&db);
        assert_eq!(first, second);
        assert_eq!(first.is_some(), db.engine() == Engine::Sqlite);
        db.write_now(|tx| add(tx, 1, 1)).unwrap();
        let (third, fourth) = marks(&db);
        assert_eq!(third, fourth);
        // Somebody else's process.
        fresh.write_now(|tx| add(tx, 2, 1)).unwrap();
        let fifth = db.read_now(|tx| tx.mark()).unwrap();
        if db.engine() == Engine::Sqlite {
            assert_ne!(first, third, "a row was added");
            assert_ne!(third, fifth, "another process added a row");
        }
        assert_eq!(
            db.write_now(|tx| tx.mark()).unwrap(),
            None,
            "what is written is not told from what was there"
        );
        db.close();
    }
}
