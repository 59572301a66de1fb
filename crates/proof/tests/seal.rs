//! Rounds of sealing: days are closed once, copies are complete, a key that is gone is not replaced.

use db::{Db, testing};
use journal::NewEvent;
use journal::tree::note::Checkpoint;
use journal::tree::{self, Head};
use kernel::{Actor, DAY, Date, MINUTE, Result, Seeded, Timestamp, Uuid, Zone};
use proof::{HEADS_FILE, KEY_FILE, Keeper, Sealer, heads_kept};
use std::path::Path;
use std::sync::Arc;

/// 2026-11-21 10:00 in China.
const START: Timestamp = Timestamp(1_795_226_400_000);

fn sealer(db: &Db, dir: &Path) -> Sealer {
    Sealer {
        db: db.clone(),
        keeper: Keeper::new(dir, None),
        origin: "lx.example/journal".into(),
        zone: Zone::CHINA,
        chance: Arc::new(Seeded::new(5)),
        lines: |_, size| Ok(vec![format!("leaves {size}")]),
    }
}

fn event(db: &Db, stream: u128) {
    db.write_now(move |tx| {
        let event = NewEvent {
            stream_kind: "request",
            stream: Uuid::from_u128(stream),
            at: START,
            actor: &Actor::System,
            kind: "register",
            payload: serde_json::json!({}),
        };
        journal::append_first(tx, &event).map(drop)
    })
    .unwrap();
}

fn all(db: &Db) -> Vec<Head> {
    let mut heads = db.read_now(|tx| tree::heads(tx, None, 100, false)).unwrap();
    heads.reverse();
    heads
}

fn round(sealer: &Sealer, at: Timestamp) -> Result<Option<Head>> {
    sealer.round(at, &|_| {})
}

#[test]
fn days_are_closed_once_and_every_head_has_its_copy() {
    testing::each_engine(|db| {
        db.migrate(journal::MIGRATIONS).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let sealer = sealer(db, dir.path());
        assert_eq!(round(&sealer, START).unwrap(), None, "nothing has happened");
        event(db, 1);
        let first = round(&sealer, START).unwrap().expect("a head");
        assert_eq!((first.size, first.day), (1, None));
        assert_eq!(first.checkpoint().unwrap().lines("leaves").collect::<Vec<_>>(), ["1"]);
        assert_eq!(round(&sealer, START.plus(5 * MINUTE)).unwrap(), None, "nothing new");
        event(db, 2);
        let due = |at| sealer.round_if_due(at, 10 * MINUTE).unwrap();
        assert_eq!(due(START.plus(9 * MINUTE)), None, "the last head is not old enough");
        let second = due(START.plus(10 * MINUTE - 5000)).expect("a head");
        assert!(second.checkpoint().unwrap().more.is_empty(), "only the first and those of days say more");
        // After midnight the day before is closed, with or without anything new.
        let midnight = Zone::CHINA.start_of(Date::constant(2026, 11, 22));
        assert_eq!(round(&sealer, midnight.plus(-1)).unwrap(), None);
        let closing = due(midnight).expect("a head");
        assert_eq!((closing.size, closing.day), (2, Some(Date::constant(2026, 11, 21))));
        assert_eq!(round(&sealer, midnight.plus(MINUTE)).unwrap(), None, "once");
        // A day on which nothing ran is not made up for.
        event(db, 3);
        let later = round(&sealer, midnight.plus(2 * DAY)).unwrap().expect("a head");
        assert_eq!(later.day, Some(Date::constant(2026, 11, 23)));
        let notes: Vec<String> = all(db).into_iter().map(|h| h.note).collect();
        assert_eq!(heads_kept(dir.path()).unwrap(), notes);

        // Whoever leads next from another place has the same key, and writes all of them down.
        let other = tempfile::tempdir().unwrap();
        std::fs::copy(dir.path().join(KEY_FILE), other.path().join(KEY_FILE)).unwrap();
        event(db, 4);
        round(&self::sealer(db, other.path()), midnight.plus(2 * DAY + MINUTE)).unwrap().expect("a head");
        let notes: Vec<String> = all(db).into_iter().map(|h| h.note).collect();
        assert_eq!((notes.len(), heads_kept(other.path()).unwrap()), (5, notes.clone()));
        // The first finds what the other signed.
        assert_eq!(round(&sealer, midnight.plus(2 * DAY + 2 * MINUTE)).unwrap(), None);
        assert_eq!(heads_kept(dir.path()).unwrap(), notes);
        let known = sealer.keeper.known().unwrap();
        assert!(notes.iter().all(|n| Checkpoint::open(n, &known[0]).is_ok()));
    });
}

#[test]
fn a_key_that_is_gone_stops_sealing_and_says_so() {
    let db = testing::sqlite();
    db.migrate(journal::MIGRATIONS).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let sealer = sealer(&db, dir.path());
    event(&db, 1);
    round(&sealer, START).unwrap().expect("a head");
    std::fs::remove_file(dir.path().join(KEY_FILE)).unwrap();
    event(&db, 2);
    let error = round(&sealer, START.plus(MINUTE)).unwrap_err();
    assert!(error.say().en.contains("seal.key"), "{error:?}");
    assert!(!dir.path().join(KEY_FILE).exists());
    // With another key in the variable it goes on, and both are known.
    let given = journal::tree::note::SigningKey::make("lx.example/journal", &Seeded::new(9)).unwrap();
    let sealer = Sealer { keeper: Keeper::new(dir.path(), Some(given.secret())), ..sealer };
    let head = round(&sealer, START.plus(MINUTE)).unwrap().expect("a head");
    assert!(Checkpoint::open(&head.note, given.public()).is_ok());
    let known = sealer.keeper.known().unwrap();
    assert_eq!(known.len(), 2);
    let anchors = heads_kept(dir.path()).unwrap();
    let report = db.snapshot_now(move |tx| tree::verify_tree(tx, &known, &anchors, &|_| {})).unwrap();
    assert!(report.whole(), "{:?}", report.faults);
    assert!(dir.path().join(HEADS_FILE).exists());
}
