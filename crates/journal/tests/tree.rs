//! The tree: against the definition, against another program's tree, and stored on both engines.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use db::{Db, Stmt, params, testing};
use journal::tree::merkle::{self, Frontier, Nodes};
use journal::tree::note::{Checkpoint, SigningKey};
use journal::tree::receipt::{self, Opening, Receipt};
use journal::tree::{self, TreeFault, TreeReport};
use journal::{FaultKind, Hash, NewEvent};
use kernel::{Actor, Date, HOUR, Result, Seeded, Timestamp, Uuid};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

// ---- the definition -------------------------------------------------------------------

/// MTH as RFC 6962 writes it, without a thought of speed.
fn defined(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => Sha256::new().chain_update([0]).chain_update(one).finalize().into(),
        many => {
            let mut k = 1;
            while k * 2 < many.len() {
                k *= 2;
            }
            let (left, right) = (defined(&many[..k]), defined(&many[k..]));
            Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
        }
    }
}

/// A tree in memory whose whole subtrees are computed by the definition.
struct InMemory<'a>(&'a [Vec<u8>]);

impl Nodes for InMemory<'_> {
    fn get(&mut self, level: u32, index: u64) -> Result<Hash> {
        let (from, to) = ((index << level) as usize, ((index + 1) << level) as usize);
        Ok(defined(&self.0[from..to]))
    }
}

fn entries(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| format!("entry {i} {}", "x".repeat(i % 7)).into_bytes()).collect()
}

#[test]
fn every_proof_of_every_small_tree_holds_and_no_other() {
    let all = entries(33);
    let roots: Vec<Hash> = (0..=all.len()).map(|n| defined(&all[..n])).collect();
    let leaves: Vec<Hash> = all.iter().map(|e| merkle::leaf(e)).collect();
    let mut grown = Frontier::default();
    for size in 0..=all.len() as u64 {
        assert_eq!(merkle::root(&mut InMemory(&all), size).unwrap(), roots[size as usize]);
        assert_eq!((grown.size(), grown.root()), (size, roots[size as usize]));
        if let Some(leaf) = leaves.get(size as usize) {
            grown.push(*leaf);
        }
        for index in 0..size {
            let path = merkle::inclusion(&mut InMemory(&all), index, size).unwrap().unwrap();
            let proves = |leaf: &Hash, at, of, path: &[Hash]| {
                merkle::proves_inclusion(leaf, at, of, path, &roots[size as usize])
            };
            let leaf = &leaves[index as usize];
            assert!(proves(leaf, index, size, &path), "{index} of {size}");
            // Neither another leaf, another place, another path, nor a path cut short or made longer.
            for other in (0..size).filter(|o| *o != index) {
                assert!(!proves(&leaves[other as usize], index, size, &path));
                assert!(!proves(leaf, other, size, &path), "{index} as {other} of {size}");
            }
            assert!(!proves(leaf, size, size, &path));
            assert!(path.is_empty() || !proves(leaf, index, size, &path[1..]));
            assert!(!proves(leaf, index, size, &[path.as_slice(), &[[9; 32]]].concat()));
        }
        assert_eq!(merkle::inclusion(&mut InMemory(&all), size, size).unwrap(), None);
        for old in 1..=size {
            let path = merkle::consistency(&mut InMemory(&all), old, size).unwrap().unwrap();
            let (of_old, of_new) = (&roots[old as usize], &roots[size as usize]);
            assert!(merkle::proves_consistency(old, size, of_old, of_new, &path), "{old} in {size}");
            for other in (1..=size).filter(|o| *o != old) {
                assert!(!merkle::proves_consistency(old, size, &roots[other as usize], of_new, &path));
                assert!(
                    !merkle::proves_consistency(other, size, &roots[other as usize], of_new, &path),
                    "{other} for {old} in {size}"
                );
            }
            assert!(old == size || !merkle::proves_consistency(old, size, of_old, &[9; 32], &path));
        }
        assert_eq!(merkle::consistency(&mut InMemory(&all), 0, size).unwrap(), None);
        assert_eq!(merkle::consistency(&mut InMemory(&all), size + 1, size).unwrap(), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn another_program_comes_to_the_same_tree_and_the_same_proofs(size in 1usize..400, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>()) {
        let all = entries(size);
        let mut theirs = MemoryBackedTree::<sha2_11::Sha256, Vec<u8>>::new();
        all.iter().for_each(|e| theirs.push(e.clone()));
        let root = merkle::root(&mut InMemory(&all), size as u64).unwrap();
        let known = theirs.root();
        prop_assert_eq!(known.as_bytes().as_slice(), &root[..]);
        let index = at.index(size);
        let ours = merkle::inclusion(&mut InMemory(&all), index as u64, size as u64).unwrap().unwrap();
        let path = theirs.prove_inclusion(index);
        prop_assert_eq!(path.as_bytes(), ours.concat());
        let old = old.index(size) + 1;
        let ours = merkle::consistency(&mut InMemory(&all), old as u64, size as u64).unwrap().unwrap();
        let path = theirs.prove_consistency(size - old);
        prop_assert_eq!(path.as_bytes(), ours.concat());
    }
}

// ---- stored -----------------------------------------------------------------------------

const ORIGIN: &str = "lianxin.example/journal";
const START: Timestamp = Timestamp(1_763_769_600_000);

fn key() -> SigningKey {
    SigningKey::make(ORIGIN, &Seeded::new(11)).unwrap()
}

fn ready(db: &Db) {
    db.migrate(journal::MIGRATIONS).unwrap();
}

fn stream(n: u64) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(n))
}

/// Writes `n` events in turns into `streams` streams, after those that are there.
fn write(db: &Db, streams: u64, n: u64) {
    db.write_now(move |tx| {
        for i in 0..n {
            let event = NewEvent {
                stream_kind: "request",
                stream: stream(i % streams),
                at: START.plus(i as i64),
                actor: &Actor::System,
                kind: "noted",
                payload: serde_json::json!({ "number": format!("N-{}", i % streams), "text": journal::commitment(&[7; 16], "水渠堵了") }),
            };
            journal::append(tx, &event)?;
        }
        Ok(())
    })
    .unwrap();
}

fn seal(db: &Db, at: Timestamp) -> Option<tree::Head> {
    let gathered = tree::gather(db, at, false, &|_| {}).unwrap();
    tree::sign(db, &key(), at, gathered.mark, None, lines).unwrap()
}

fn report_with(db: &Db, anchors: &[String]) -> TreeReport {
    let (keys, anchors) = ([key().public().clone()], anchors.to_vec());
    db.snapshot_now(move |tx| tree::verify_tree(tx, &keys, &anchors, &|_| {})).unwrap()
}

fn report(db: &Db) -> TreeReport {
    report_with(db, &[])
}

/// All leaves in their order.
fn leaves(db: &Db) -> Vec<Hash> {
    let all = Stmt::new("leaves", "SELECT hash FROM journal_leaves ORDER BY idx");
    db.read_now(move |tx| tx.query_map(&all, &[], |r| r.get(0))).unwrap()
}

fn forge(db: &Db, sql: &'static str) {
    let stmt = Stmt::new("forger", sql);
    let changed = db.write_now(move |tx| tx.execute(&stmt, &[])).unwrap();
    assert!(changed > 0, "{sql}");
}

#[test]
fn what_is_sealed_is_the_tree_of_the_definition_and_proves_itself() {
    testing::each_engine(|db| {
        ready(db);
        let mut heads = Vec::new();
        // Across the borders at which roots of subtrees are kept.
        for (round, n) in [1, 5, 250, 1, 300, 256].into_iter().enumerate() {
            write(db, 7, n);
            let head = seal(db, START.plus(round as i64 * HOUR)).expect("a head");
            let all = leaves(db);
            let mut grown = Frontier::default();
            all.iter().for_each(|leaf| grown.push(*leaf));
            let said = Checkpoint::open(&head.note, key().public()).unwrap();
            assert_eq!((said.size, said.root, said.at), (all.len() as u64, grown.root(), head.at));
            assert_eq!((head.n, head.size), (round as i64 + 1, said.size));
            heads.push((head, said));
        }
        assert_eq!(seal(db, START.plus(10 * HOUR)), None, "nothing new, nothing signed");
        let all = leaves(db);
        assert_eq!(all.len(), 813);
        for (head, said) in &heads {
            for index in [0, 1, 5, 254, 255, 256, 257, 511, 512, 812] {
                let size = head.size;
                let path = db.read_now(move |tx| tree::inclusion(tx, index, size)).unwrap();
                let Some(path) = path else {
                    assert!(index >= size);
                    continue;
                };
                assert!(merkle::proves_inclusion(&all[index as usize], index, size, &path, &said.root));
            }
            for (newer, later) in &heads {
                let (old, new) = (head.size, newer.size);
                let path = db.read_now(move |tx| tree::consistency(tx, old, new)).unwrap();
                let proves =
                    path.is_some_and(|p| merkle::proves_consistency(old, new, &said.root, &later.root, &p));
                assert_eq!(proves, old <= new, "{old} in {new}");
            }
        }
        // The events of a stream stand in their order.
        let hash = all[8];
        let leaf = db.read_now(move |tx| tree::find_leaf(tx, &hash)).unwrap().unwrap();
        assert_eq!(
            db.read_now(move |tx| tree::leaf_of(tx, leaf.stream, leaf.seq)).unwrap().unwrap().index,
            8
        );
        assert_eq!(db.read_now(|tx| tree::inclusion(tx, 0, 9_999)).unwrap(), None);
        let report = report(db);
        assert_eq!((report.leaves, report.heads, report.waiting, report.faults), (813, 6, 0, vec![]));
    });
}

#[test]
fn a_large_tree_reads_few_rows_for_a_proof() {
    let db = testing::sqlite();
    ready(&db);
    write(&db, 1, 1);
    // More than the second level of kept roots begins with; made here, for events would take long.
    let fill = |from: i64, to: i64| {
        let leaf = Stmt::new(
            "fill",
            "INSERT INTO journal (stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash) VALUES ($1, 1, 'x', 0, '', '', '', $2, $3)",
        );
        db.write_now(move |tx| {
            for i in from..to {
                let hash: Hash = Sha256::digest(i.to_be_bytes()).into();
                tx.execute(&leaf, &params![stream(1000 + i as u64), Vec::new(), hash])?;
            }
            Ok(())
        })
        .unwrap();
    };
    fill(0, 70_000);
    let head = seal(&db, START).unwrap();
    let said = head.checkpoint().unwrap();
    let all = leaves(&db);
    let mut grown = Frontier::default();
    all.iter().for_each(|l| grown.push(*l));
    assert_eq!((said.size, said.root), (70_001, grown.root()));
    for index in [0, 255, 65_535, 65_536, 70_000] {
        let before = db.statements_run();
        let path = db.read_now(move |tx| tree::inclusion(tx, index, 70_001)).unwrap().unwrap();
        assert!(merkle::proves_inclusion(&all[index as usize], index, 70_001, &path, &said.root));
        assert!(db.statements_run() - before < 60, "{} statements", db.statements_run() - before);
    }
}

/// A head says how many leaves it found.
fn lines(_: &mut dyn db::Tx, size: u64) -> Result<Vec<String>> {
    Ok(vec![format!("leaves {size}")])
}

#[test]
fn each_day_is_closed_once_and_keys_are_kept() {
    testing::each_engine(|db| {
        ready(db);
        let day = Date::constant(2026, 11, 21);
        assert_eq!(
            tree::sign(db, &key(), START, 0, Some(day), lines).unwrap(),
            None,
            "there is nothing to sign"
        );
        write(db, 1, 3);
        let first = seal(db, START).unwrap();
        let closed = tree::sign(db, &key(), START.plus(HOUR), 3, Some(day), lines)
            .unwrap()
            .expect("the same tree, for the day");
        assert_eq!((closed.n, closed.size, closed.day), (2, first.size, Some(day)));
        let said = closed.checkpoint().unwrap();
        assert_eq!((said.day, said.mark), (Some(day), 3));
        assert_eq!(said.lines("leaves").collect::<Vec<_>>(), ["3"], "what it is to say besides");
        assert_eq!(db.read_now(move |tx| tree::of_day(tx, day)).unwrap(), Some(closed.clone()));
        assert_eq!(tree::sign(db, &key(), START.plus(HOUR), 3, Some(day), lines).unwrap(), None, "once");
        let (daily, all, latest) = db
            .read_now(|tx| {
                Ok((tree::heads(tx, None, 9, true)?, tree::heads(tx, Some(2), 9, false)?, tree::latest(tx)?))
            })
            .unwrap();
        assert_eq!((daily, all, latest), (vec![closed.clone()], vec![first.clone()], Some(closed)));
        assert_eq!(db.read_now(|tx| tree::head_at_least(tx, 2)).unwrap(), Some(first));
        let keys = db.read_now(tree::keys).unwrap();
        assert_eq!(keys, [(key().public().clone(), START)]);
        // Another site's key does not go on with this tree.
        write(db, 1, 1);
        let other = SigningKey::make("elsewhere.example/journal", &Seeded::new(1)).unwrap();
        assert!(tree::sign(db, &other, START, 0, None, lines).is_ok_and(|h| h.is_none()), "not a leaf yet");
        tree::gather(db, START.plus(2 * HOUR), false, &|_| {}).unwrap();
        assert!(tree::sign(db, &other, START, 0, None, lines).is_err());
    });
}

#[test]
fn an_event_that_comes_late_is_sealed_with_the_next() {
    let Some(db) = testing::postgres() else { return };
    ready(&db);
    write(&db, 1, 1);
    // A number is taken, and others are written and sealed before what bears it can be seen: as with
    // whoever writes past the program, without waiting for its turn.
    let next = Stmt::dynamic("next", "SELECT nextval(pg_get_serial_sequence('journal', 'n'))");
    let taken: i64 = db.write_now(move |tx| tx.scalar(&next, &[])).unwrap();
    write(&db, 1, 2);
    assert_eq!(seal(&db, START).unwrap().size, 3, "what can be seen is sealed");
    db.write_now(move |tx| {
        let event = NewEvent {
            stream_kind: "request",
            stream: stream(50),
            at: START,
            actor: &Actor::System,
            kind: "noted",
            payload: serde_json::json!({}),
        };
        journal::append_first(tx, &event)?;
        tx.batch("free", "ALTER TABLE journal ALTER COLUMN n SET GENERATED BY DEFAULT")?;
        let late = Stmt::dynamic("late", "UPDATE journal SET n = $1 WHERE stream = $2");
        tx.execute(&late, &db::params![taken, stream(50)]).map(drop)
    })
    .unwrap();
    let head = seal(&db, START.plus(1)).expect("the late one");
    assert_eq!(head.size, 4);
    let last = db.read_now(|tx| tree::leaf_of(tx, stream(50), 1)).unwrap().unwrap();
    assert_eq!(last.index, 3);
    assert!(report(&db).whole());
}

#[test]
fn whatever_is_done_to_the_tree_is_named() {
    for (what, sql, named) in [
        (
            "an event's words",
            "UPDATE journal SET payload = '{}' WHERE seq = 2 AND stream = (SELECT stream FROM journal_leaves WHERE idx = 9)",
            "leaf 9 ",
        ),
        (
            "an event",
            "DELETE FROM journal WHERE seq = 2 AND stream = (SELECT stream FROM journal_leaves WHERE idx = 9)",
            "leaf 9 ",
        ),
        (
            "a leaf's hash",
            "UPDATE journal_leaves SET hash = (SELECT hash FROM journal_leaves WHERE idx = 3) WHERE idx = 9",
            "leaf 9 ",
        ),
        ("a leaf", "DELETE FROM journal_leaves WHERE idx = 9", "leaf 9 "),
        ("the last leaf", "DELETE FROM journal_leaves WHERE idx = 599", "leaf 599 "),
        (
            "a root of a subtree",
            "UPDATE journal_nodes SET hash = (SELECT hash FROM journal_nodes WHERE idx = 1) WHERE idx = 0",
            "subtree 0 on level 1",
        ),
        ("a root taken away", "DELETE FROM journal_nodes WHERE idx = 1", "subtree 1 on level 1"),
        ("a head's size", "UPDATE journal_heads SET size = size - 1 WHERE n = 2", "head 2 "),
        ("a head in the middle", "DELETE FROM journal_heads WHERE n = 2", "head 3 "),
        ("a head's mark", "UPDATE journal_heads SET mark = mark + 1 WHERE n = 2", "head 2 "),
        ("a head's day", "UPDATE journal_heads SET day = '2026-11-20' WHERE n = 2", "head 2 "),
        ("a key's time", "UPDATE journal_keys SET since = since + 1", "key "),
        ("a key taken away", "DELETE FROM journal_keys", "key "),
        ("a key put in", "INSERT INTO journal_keys (vkey, since) VALUES ('x+y+z', 1)", "key x+y+z"),
        (
            "a head's note",
            "UPDATE journal_heads SET note = (SELECT note FROM journal_heads WHERE n = 1) WHERE n = 3",
            "head 3 ",
        ),
    ] {
        testing::each_engine(|db| {
            ready(db);
            for at in 0..3 {
                write(db, 7, 200);
                seal(db, START.plus(at * HOUR)).unwrap();
            }
            assert!(report(db).whole());
            forge(db, sql);
            let report = report(db);
            assert!(!report.whole(), "{what} on {}", db.engine());
            let first = report.faults[0].say();
            assert!(first.en.contains(named), "{what} on {}: {:?}", db.engine(), report.faults);
        });
    }
}

#[test]
fn who_changes_everything_that_hangs_together_is_found_by_what_was_signed() {
    testing::each_engine(|db| {
        ready(db);
        let mut anchors = Vec::new();
        for at in 0..3 {
            write(db, 7, 200);
            anchors.push(seal(db, START.plus(at * HOUR)).unwrap().note);
        }
        // The last event of a stream is written anew, with its hash, its leaf and the roots over it.
        let forged = db
            .write_now(|tx| {
                let gone = Stmt::new("forger", "DELETE FROM journal WHERE stream = $1 AND seq = $2");
                let last = journal::head(tx, stream(3))?.expect("an end");
                tx.execute(&gone, &params![stream(3), last.seq])?;
                let before = journal::head(tx, stream(3))?.expect("an end");
                let event = NewEvent {
                    stream_kind: "request",
                    stream: stream(3),
                    at: START,
                    actor: &Actor::System,
                    kind: "closed",
                    payload: serde_json::json!({}),
                };
                let anew = journal::append_at(tx, &before, &event)?;
                let leaf =
                    Stmt::new("forger", "UPDATE journal_leaves SET hash = $3 WHERE stream = $1 AND seq = $2");
                tx.execute(&leaf, &params![stream(3), anew.seq, anew.hash])?;
                Ok(anew)
            })
            .unwrap();
        let index = db.read_now(move |tx| tree::leaf_of(tx, stream(3), forged.seq)).unwrap().unwrap().index;
        let found = report(db);
        let meant =
            |f: &TreeFault| matches!(f, TreeFault::Leaf { from, to } if (*from..*to).contains(&index));
        assert!(found.faults.iter().any(meant), "{:?}", found.faults);
        // And where the heads are taken away that would show it, the copies show that.
        forge(db, "DELETE FROM journal_heads");
        forge(db, "DELETE FROM journal_keys");
        assert_eq!(report(db).faults, vec![], "nothing in the database tells");
        let found = report_with(db, &anchors);
        assert!(
            found.faults.iter().any(|f| matches!(f, TreeFault::HeadGone { size: 600 })),
            "{:?}",
            found.faults
        );
        assert!(found.faults.iter().any(meant), "{:?}", found.faults);
        // A copy that nobody signed says nothing.
        assert_eq!(report_with(db, &["nonsense".to_owned()]).faults, vec![]);
    });
}

#[test]
fn an_event_put_in_later_is_no_leaf_and_is_named() {
    let db = testing::sqlite();
    ready(&db);
    for at in 0..4 {
        write(&db, 3, 30);
        seal(&db, START.plus(at * HOUR)).unwrap();
    }
    // Put among the old ones, where the sealer does not look any more.
    forge(&db, "INSERT INTO journal (rowid, stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash)
        SELECT -5, X'00000000000000000000000000000001', 1, stream_kind, at, actor, kind, payload, X'', hash FROM journal WHERE rowid = 1");
    forge(&db, "UPDATE journal SET rowid = 1000 WHERE rowid = 7");
    write(&db, 3, 1);
    let found = report(&db);
    assert_eq!(found.waiting, 1, "the newest waits for the sealer");
    seal(&db, START.plus(5 * HOUR)).unwrap();
    forge(&db, "UPDATE journal SET rowid = 7 WHERE rowid = -5");
    let found = report(&db);
    let named = TreeFault::Unsealed { stream: Uuid::from_u128(1), seq: 1 };
    assert_eq!(found.faults, [named]);
}

// ---- receipts ---------------------------------------------------------------------------

fn opening() -> Opening {
    Opening { salt: hex::encode([7; 16]), words: "水渠堵了".into() }
}

fn receipt_of(db: &Db, n: u64) -> Receipt {
    let number = format!("N-{n}");
    db.read_now(move |tx| receipt::receipt(tx, &number, stream(n), Some(opening()))).unwrap()
}

#[test]
fn a_receipt_is_checked_without_the_site_and_every_change_of_it_is_seen() {
    testing::each_engine(|db| {
        ready(db);
        write(db, 7, 20);
        let early = receipt_of(db, 3);
        assert_eq!(early.sealed, None);
        let checked = early.check(None);
        assert!(checked.good() && checked.steps.iter().any(|s| s.good.is_none()), "{:?}", checked.steps);
        seal(db, START).unwrap();
        write(db, 7, 300);
        seal(db, START.plus(HOUR)).unwrap();

        let receipt = receipt_of(db, 3);
        let (key, other) = (key(), SigningKey::make(ORIGIN, &Seeded::new(12)).unwrap());
        let checked = receipt.check(Some(key.public()));
        assert!(checked.good() && checked.steps.len() == 7, "{:?}", checked.steps);
        assert_eq!(checked.head.as_ref().map(|h| h.size), Some(320));
        assert_eq!(checked.event.as_ref().map(|e| (e.seq, e.stream)), Some((1, stream(3))));
        assert!(receipt.check(None).good());
        assert!(!receipt.check(Some(other.public())).good(), "not the key that is trusted");
        // It travels as a file.
        let text = serde_json::to_string(&receipt).unwrap();
        assert_eq!(serde_json::from_str::<Receipt>(&text).unwrap(), receipt);

        let change = |f: &dyn Fn(&mut Receipt)| {
            let mut changed = receipt.clone();
            f(&mut changed);
            assert_ne!(changed, receipt);
            changed.check(Some(key.public())).good()
        };
        assert!(!change(&|r| r.number = "N-4".into()));
        assert!(!change(&|r| r.leaf = "00".repeat(32)));
        assert!(!change(&|r| r.event = early.event.replace('A', "B")));
        assert!(!change(&|r| r.format = "x".into()));
        assert!(!change(&|r| r.text.as_mut().unwrap().words.push('。')));
        assert!(!change(&|r| r.text.as_mut().unwrap().salt = "00".repeat(16)));
        assert!(!change(&|r| r.sealed.as_mut().unwrap().index += 1));
        assert!(!change(&|r| drop(r.sealed.as_mut().unwrap().path.pop())));
        assert!(!change(&|r| r.sealed.as_mut().unwrap().path[0] = "?".into()));
        assert!(!change(
            &|r| r.sealed.as_mut().unwrap().head = r.sealed.as_ref().unwrap().head.replace("320", "321")
        ));
        assert!(!change(&|r| r.sealed.as_mut().unwrap().key = other.public().to_string()));
        assert!(change(&|r| r.text = None), "without the words it proves as much of the rest");
        let mut empty = receipt.clone();
        empty.event = String::new();
        assert!(!empty.check(None).good());
        assert!(db.read_now(|tx| receipt::receipt(tx, "N-99", stream(99), None)).is_err());
    });
}

#[test]
fn two_heads_are_shown_to_belong_together() {
    testing::each_engine(|db| {
        ready(db);
        write(db, 3, 10);
        let old = seal(db, START).unwrap();
        write(db, 3, 400);
        let new = seal(db, START.plus(HOUR)).unwrap();
        let proof = db.read_now(move |tx| receipt::consistency(tx, &old, &new)).unwrap().unwrap();
        let key = key();
        let checked = proof.check(Some(key.public()));
        assert!(checked.good() && checked.steps.len() == 5, "{:?}", checked.steps);
        let mut turned = proof.clone();
        std::mem::swap(&mut turned.from, &mut turned.to);
        assert!(!turned.check(None).good());
        let mut other = proof;
        other.path.pop();
        assert!(!other.check(None).good());
    });
}

#[test]
fn what_a_chain_cannot_name_the_tree_does() {
    testing::each_engine(|db| {
        ready(db);
        write(db, 5, 40);
        seal(db, START).unwrap();
        // A whole stream is taken away: the chains that are left hold.
        let gone = Stmt::new("forger", "DELETE FROM journal WHERE stream = $1");
        db.write_now(move |tx| tx.execute(&gone, &params![stream(2)])).unwrap();
        assert!(db.snapshot_now(|tx| journal::verify(tx, &|_| {})).unwrap().whole());
        let found = report(db);
        assert_eq!(found.faulty, 8);
        let first = TreeFault::Event { index: 2, stream: stream(2), seq: 1, kind: FaultKind::Removed };
        assert_eq!(found.faults[0], first);
    });
}
