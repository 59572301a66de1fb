//! The journal on both engines: linking, refusing, and finding what was touched past the program.

use db::{Db, Stmt, params, testing};
use journal::{FaultKind, Link, NewEvent, Report};
use kernel::{AccountId, Actor, Error, Result, Timestamp, UnitId, Uuid};
use serde_json::json;

fn ready(db: &Db) {
    db.migrate(journal::MIGRATIONS).unwrap();
}

fn stream(n: u8) -> Uuid {
    Uuid::from_bytes([n; 16])
}

fn staff() -> Actor {
    Actor::Staff { account: AccountId(stream(8)), unit: UnitId(stream(9)) }
}

fn ev<'a>(stream: Uuid, at: i64, actor: &'a Actor, kind: &'a str) -> NewEvent<'a> {
    NewEvent {
        stream_kind: "request",
        stream,
        at: Timestamp(at),
        actor,
        kind,
        payload: json!({"z": at, "a": "一"}),
    }
}

/// Streams 1 and 2 with `n` events each, written in turns.
fn fill(db: &Db, n: i64) {
    db.write_now(move |tx| {
        for i in 1..=n {
            for s in [1, 2] {
                journal::append(tx, &ev(stream(s), i * 10, &staff(), "noted"))?;
            }
        }
        Ok(())
    })
    .unwrap();
}

fn run(db: &Db, sql: &'static str) {
    let stmt = Stmt::new("forger", sql);
    db.write_now(move |tx| tx.execute(&stmt, &[])).unwrap();
}

fn report(db: &Db) -> Report {
    db.snapshot_now(|tx| journal::verify(tx, &|_| {})).unwrap()
}

fn fault(db: &Db) -> (Uuid, i64, FaultKind) {
    let report = report(db);
    assert_eq!((report.faulty, report.faults.len()), (1, 1), "{report:?}");
    let f = &report.faults[0];
    assert_eq!(f.stream_kind, "request");
    (f.stream, f.seq, f.kind)
}

#[test]
fn every_statement_is_understood() {
    testing::each_engine(|db| {
        ready(db);
        db.prepare_all(&journal::statements()).unwrap();
    });
}

#[test]
fn events_come_back_as_they_were_written_and_linked() {
    testing::each_engine(|db| {
        ready(db);
        let (first, second) = db
            .write_now(|tx| {
                let first = journal::append_first(tx, &ev(stream(1), 5, &Actor::Resident, "registered"))?;
                Ok((first, journal::append(tx, &ev(stream(1), 6, &staff(), "assigned"))?))
            })
            .unwrap();
        assert_eq!((first.seq, second.seq), (1, 2));
        let (events, later, head, none) = db
            .read_now(move |tx| {
                Ok((
                    journal::events(tx, stream(1))?,
                    journal::events_after(tx, stream(1), 1)?,
                    journal::head(tx, stream(1))?,
                    journal::head(tx, stream(3))?,
                ))
            })
            .unwrap();
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].prev_hash, None);
        assert_eq!(events[1].prev_hash, Some(first.hash));
        assert_eq!(events[0].actor, Actor::Resident);
        assert_eq!((&events[1].actor, events[1].kind.as_str()), (&staff(), "assigned"));
        assert_eq!(events[1].payload, json!({"a": "一", "z": 6}));
        assert_eq!((events[1].at, events[1].stream), (Timestamp(6), stream(1)));
        assert_eq!(later, events[1..]);
        assert_eq!((head, none), (Some(second), None));
    });
}

#[test]
fn all_ways_of_appending_make_the_same_chain() {
    testing::each_engine(|db| {
        ready(db);
        let actor = staff();
        let ends = db
            .write_now(move |tx| {
                let at = |s, i| ev(stream(s), i, &actor, "noted");
                let mut one = journal::append_first(tx, &at(1, 1))?;
                for i in 2..=4 {
                    one = journal::append_at(tx, &one, &at(1, i))?;
                }
                let two = journal::append_many(tx, None, &[at(2, 1), at(2, 2)])?;
                let two = journal::append_many(tx, two.as_ref(), &[at(2, 3), at(2, 4)])?;
                assert_eq!(journal::append_many(tx, two.as_ref(), &[])?, two);
                assert!(journal::append_many(tx, two.as_ref(), &[at(2, 5), at(1, 5)]).is_err());
                // The same events under the same id give the same hash whatever wrote them.
                let sealed = journal::seal(None, &at(2, 1))?;
                Ok((one, two, sealed.link(), journal::events(tx, stream(2))?[0].hash))
            })
            .unwrap();
        assert_eq!((ends.0.seq, ends.1.map(|l| l.seq)), (4, Some(4)));
        assert_eq!(ends.2.hash, ends.3);
        assert!(report(db).whole());
    });
}

#[test]
fn a_link_that_is_not_the_end_is_a_conflict_and_writes_nothing() {
    testing::each_engine(|db| {
        ready(db);
        fill(db, 2);
        let old = db.read_now(|tx| Ok(journal::events(tx, stream(1))?.remove(0))).unwrap();
        let conflict = |r: Result<Link>| assert!(matches!(r, Err(Error::Conflict(_))), "{r:?}");
        let stale = Link { seq: 1, hash: old.hash };
        let forged = Link { seq: 2, hash: [0; 32] };
        let ahead = Link { seq: 7, hash: old.hash };
        for link in [stale, forged, ahead] {
            conflict(db.write_now(move |tx| journal::append_at(tx, &link, &ev(stream(1), 9, &staff(), "x"))));
        }
        conflict(db.write_now(|tx| journal::append_first(tx, &ev(stream(1), 9, &staff(), "x"))));
        let r = report(db);
        assert_eq!((r.streams, r.events, r.whole()), (2, 4, true));
    });
}

#[test]
fn a_whole_record_is_whole_and_progress_is_told() {
    testing::each_engine(|db| {
        ready(db);
        assert_eq!(report(db), Report::default());
        fill(db, 700);
        let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let told = seen.clone();
        let r = db.snapshot_now(move |tx| journal::verify(tx, &|n| told.lock().unwrap().push(n))).unwrap();
        assert_eq!((r.streams, r.events, r.whole()), (2, 1400, true));
        assert!(seen.lock().unwrap().ends_with(&[1000, 1400]));
    });
}

/// One forgery a row: what was done to stream 1 of five events, and what has to be named.
#[test]
fn every_kind_of_forgery_is_named_at_its_place() {
    use FaultKind::*;
    let s1 = "stream = (SELECT MIN(stream) FROM journal)";
    let cases: &[(&str, &[String], i64, FaultKind)] = &[
        ("payload", &[format!("UPDATE journal SET payload = '{{}}' WHERE seq = 3 AND {s1}")], 3, Changed),
        ("time", &[format!("UPDATE journal SET at = at - 1 WHERE seq = 1 AND {s1}")], 1, Changed),
        ("actor", &[format!("UPDATE journal SET actor = '{{\"by\":\"system\"}}' WHERE seq = 5 AND {s1}")], 5, Changed),
        ("kind", &[format!("UPDATE journal SET kind = 'closed' WHERE seq = 2 AND {s1}")], 2, Changed),
        ("stream kind", &[format!("UPDATE journal SET stream_kind = 'x' WHERE seq = 2 AND {s1}")], 2, Changed),
        ("hash", &[format!("UPDATE journal SET hash = prev_hash WHERE seq = 4 AND {s1}")], 4, Changed),
        ("actor is not JSON", &[format!("UPDATE journal SET actor = 'nobody' WHERE seq = 4 AND {s1}")], 4, Changed),
        ("first gone", &[format!("DELETE FROM journal WHERE seq = 1 AND {s1}")], 1, Removed),
        ("middle gone", &[format!("DELETE FROM journal WHERE seq = 3 AND {s1}")], 3, Removed),
        (
            "gone and the rest moved up",
            &[
                format!("DELETE FROM journal WHERE seq = 2 AND {s1}"),
                format!("UPDATE journal SET seq = 2 WHERE seq = 3 AND {s1}"),
                format!("UPDATE journal SET seq = 3 WHERE seq = 4 AND {s1}"),
                format!("UPDATE journal SET seq = 4 WHERE seq = 5 AND {s1}"),
            ],
            2,
            Removed,
        ),
        (
            "swapped",
            &[
                format!("UPDATE journal SET seq = 99 WHERE seq = 2 AND {s1}"),
                format!("UPDATE journal SET seq = 2 WHERE seq = 3 AND {s1}"),
                format!("UPDATE journal SET seq = 3 WHERE seq = 99 AND {s1}"),
            ],
            2,
            Reordered,
        ),
        (
            "moved to the end",
            &[format!("UPDATE journal SET seq = 6 WHERE seq = 2 AND {s1}")],
            2,
            Reordered,
        ),
        (
            "put in between, the rest moved down",
            &[
                format!("UPDATE journal SET seq = 6 WHERE seq = 5 AND {s1}"),
                format!("UPDATE journal SET seq = 5 WHERE seq = 4 AND {s1}"),
                format!("UPDATE journal SET seq = 4 WHERE seq = 3 AND {s1}"),
                format!(
                    "INSERT INTO journal SELECT stream, 3, stream_kind, at, actor, kind, payload, prev_hash, hash
                     FROM journal WHERE seq = 2 AND {s1}"
                ),
            ],
            3,
            Inserted,
        ),
    ];
    testing::each_engine(|db| {
        ready(db);
        for (what, steps, seq, kind) in cases {
            run(db, "DELETE FROM journal");
            fill(db, 5);
            for step in *steps {
                let stmt = Stmt::dynamic("forger", step.clone());
                // PostgreSQL has no MIN for bytes before version 18.
                let stmt = Stmt {
                    postgres: Some(
                        stmt.sql
                            .replace(
                                "MIN(stream) FROM journal",
                                "stream FROM journal ORDER BY stream LIMIT 1",
                            )
                            .into(),
                    ),
                    ..stmt
                };
                db.write_now(move |tx| tx.execute(&stmt, &[])).unwrap();
            }
            assert_eq!(fault(db), (stream(1), *seq, *kind), "{what}");
        }
    });
}

/// A forger who knows the layout and computes one hash anew is betrayed by the next link.
#[test]
fn a_rehashed_event_breaks_the_next_link_and_is_named_itself() {
    testing::each_engine(|db| {
        ready(db);
        fill(db, 3);
        db.write_now(|tx| {
            let events = journal::events(tx, stream(1))?;
            let prev = Link { seq: 1, hash: events[0].hash };
            let actor = staff();
            let forged = journal::seal(Some(&prev), &ev(stream(1), 77, &actor, "noted"))?;
            let stmt = Stmt::new(
                "forger",
                "UPDATE journal SET at = $1, payload = $2, hash = $3 WHERE stream = $4 AND seq = 2",
            );
            tx.execute(&stmt, &params![77, forged.payload, forged.hash, stream(1)])
        })
        .unwrap();
        assert_eq!(fault(db), (stream(1), 2, FaultKind::Changed));
    });
}

/// What no chain can show: the end cut off. The caller's own row shows it.
#[test]
fn a_cut_end_is_seen_against_the_kept_link() {
    testing::each_engine(|db| {
        ready(db);
        fill(db, 3);
        let kept = db.read_now(|tx| journal::head(tx, stream(1))).unwrap().unwrap();
        assert!(db.read_now(move |tx| journal::check_head(tx, stream(1), &kept)).unwrap());
        run(db, "DELETE FROM journal WHERE seq = 3");
        assert!(report(db).whole());
        assert!(!db.read_now(move |tx| journal::check_head(tx, stream(1), &kept)).unwrap());
    });
}

/// Random single-row damage to a longer stream is always found, at the row or the one after it.
#[test]
fn no_single_mutation_goes_unseen() {
    use kernel::{Chance, Seeded};
    testing::each_engine(|db| {
        ready(db);
        let chance = Seeded::new(7);
        fill(db, 12);
        for _ in 0..40 {
            let seq = 1 + chance.below(12) as i64;
            let column = ["at", "actor", "kind", "payload", "stream_kind", "prev_hash", "hash"]
                [chance.below(7) as usize];
            let mut junk = [0u8; 32];
            chance.fill(&mut junk);
            let r = db.write_now(move |tx| {
                let put = Stmt::dynamic(
                    "forger",
                    format!("UPDATE journal SET {column} = $3 WHERE stream = $1 AND seq = $2"),
                );
                let get = Stmt::dynamic(
                    "forger",
                    format!("SELECT {column} FROM journal WHERE stream = $1 AND seq = $2"),
                );
                let old = tx.query_one(&get, &params![stream(2), seq])?.values()[0].clone();
                let new: db::Value = match column {
                    "at" => db::Value::Int(i64::from(junk[0]) + 1000),
                    "prev_hash" | "hash" => junk.into(),
                    _ => format!("\"{:?}\"", junk).into(),
                };
                tx.execute(&put, &params![stream(2), seq, new])?;
                let report = journal::verify(tx, &|_| {})?;
                tx.execute(&put, &params![stream(2), seq, old])?;
                Ok(report)
            });
            let r = r.unwrap();
            assert_eq!(r.faulty, 1, "{column} of {seq}");
            assert_eq!((r.faults[0].stream, r.faults[0].seq), (stream(2), seq), "{column}");
        }
        assert!(report(db).whole());
    });
}
