//! A forger with a pencil: a copy of the record is changed in thousands of places, one at a time, and each
//! change must be found. How many is set by `LIANXIN_MUTATIONS`; what came of a large run stands in
//! docs/reliability.md.

use crate::house::{House, OFFICE};
use crate::stories::steps::{dispatched, in_hand};
use db::{Db, Stmt, Tx, Value};
use journal::tree::note::PublicKey;
use journal::tree::verify_tree;
use kernel::{Chance, Result, Seeded};
use lianxin::capability;
use proof::{Keeper, heads_kept};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::World;

/// The tables of the record and their columns.
const TABLES: [(&str, &[&str]); 5] = [
    ("journal", &["stream", "seq", "stream_kind", "at", "actor", "kind", "payload", "prev_hash", "hash"]),
    ("journal_leaves", &["idx", "stream", "seq", "hash"]),
    ("journal_nodes", &["level", "idx", "hash"]),
    ("journal_heads", &["n", "size", "at", "day", "mark", "note"]),
    ("journal_keys", &["vkey", "since"]),
];

/// What is known outside of the database.
#[derive(Clone)]
struct Outside {
    keys: Arc<Vec<PublicKey>>,
    heads: Arc<Vec<String>>,
}

/// What verifying says: every fault in words; empty where all is well.
fn faults(tx: &mut dyn Tx, outside: &Outside) -> Result<Vec<String>> {
    let mut chains = journal::verify(tx, &|_| {})?;
    journal::verify_ends(tx, &capability::ends(), &mut chains)?;
    let tree = verify_tree(tx, &outside.keys, &outside.heads, &|_| {})?;
    let mut out: Vec<String> =
        chains.faults.iter().map(|f| format!("{} #{} {:?}", f.stream, f.seq, f.kind)).collect();
    out.extend(tree.faults.iter().map(|f| f.say().en.into_owned()));
    assert_eq!(out.is_empty(), chains.whole() && tree.whole());
    Ok(out)
}

/// A house with a few cases, sealed over some days, and something that waits for the sealer.
async fn sealed_house() -> (House, Outside) {
    let house = House::open(World::build(db::testing::sqlite(), "county", &[&capability::migrations()]));
    for days in 0..3 {
        for _ in 0..3 {
            let number = house.asked().await.number;
            dispatched(&house, &number).await;
            in_hand(&house, &number, OFFICE).await;
        }
        house.swept("seal").await;
        house.minutes_pass(24 * 60 + days);
    }
    house.swept("seal").await;
    house.asked().await;
    let dir = house.world.site.dir.clone();
    let keys = Arc::new(Keeper::new(&dir, None).known().expect("keys"));
    let outside = Outside { keys, heads: Arc::new(heads_kept(&dir).expect("heads")) };
    assert_eq!((outside.keys.len(), outside.heads.len()), (1, 4));
    (house, outside)
}

/// One change: the rows that it touches, by table and number, and the statements that make it.
struct Change {
    what: String,
    table: &'static str,
    rows: Vec<i64>,
    /// Statements with their values; each changes at least one row.
    make: Vec<(String, Vec<Value>)>,
    /// Words that the report must hold: the event that was changed.
    named: Option<String>,
}

struct Forger<'a> {
    db: &'a Db,
    chance: Seeded,
    rows: BTreeMap<&'static str, Vec<i64>>,
}

impl Forger<'_> {
    fn pick<'t, T>(&self, of: &'t [T]) -> &'t T {
        &of[self.chance.below(of.len() as u64) as usize]
    }

    fn row(&self, table: &'static str) -> i64 {
        *self.pick(&self.rows[table])
    }

    fn read(&self, sql: String, row: i64) -> Vec<Value> {
        let stmt = Stmt::dynamic("forger", sql);
        self.db.read_now(move |tx| Ok(tx.query_one(&stmt, &[row.into()])?.values().to_vec())).expect("a row")
    }

    /// Another value in place of this one.
    fn other(&self, value: &Value) -> Value {
        let n = self.chance.below(1 << 30) as i64;
        match value {
            Value::Int(v) => match self.chance.below(4) {
                0 => Value::Int(v + 1),
                1 => Value::Int(v - 1),
                2 => Value::Int(v ^ (1 << self.chance.below(40))),
                _ => Value::Int(n),
            },
            Value::Bytes(b) => {
                let mut b = b.clone();
                match (b.len(), self.chance.below(6)) {
                    (0, _) => b.push(7),
                    (len, 0) => b.truncate(len - 1),
                    (_, 1) => b.push(0),
                    (len, _) => b[self.chance.below(len as u64) as usize] ^= 1 << self.chance.below(8),
                }
                Value::Bytes(b)
            }
            Value::Text(t) if t.is_empty() => Value::Text("x".into()),
            Value::Text(t) => {
                let mut chars: Vec<char> = t.chars().collect();
                let at = self.chance.below(chars.len() as u64) as usize;
                match self.chance.below(5) {
                    0 => drop(chars.remove(at)),
                    1 => chars.insert(at, ' '),
                    _ => chars[at] = if chars[at] == '7' { '8' } else { '7' },
                }
                Value::Text(chars.into_iter().collect())
            }
            _ => Value::Text("2026-11-19".into()),
        }
    }

    fn cell(&self) -> Change {
        let weights = [0, 0, 0, 0, 0, 1, 1, 2, 3, 4];
        let (table, columns) = TABLES[*self.pick(&weights)];
        let (column, row) = (*self.pick(columns), self.row(table));
        let old = self.read(format!("SELECT {column} FROM {table} WHERE rowid = $1"), row).remove(0);
        let new = self.other(&old);
        let named = (table == "journal" && !matches!(column, "stream" | "seq")).then(|| self.event(row));
        Change {
            what: format!("{table}.{column} of row {row}: {old:?} to {new:?}"),
            table,
            rows: vec![row],
            make: vec![(format!("UPDATE {table} SET {column} = $1 WHERE rowid = $2"), vec![new, row.into()])],
            named,
        }
    }

    /// An event as reports name it.
    fn event(&self, row: i64) -> String {
        let of = self.read("SELECT stream, seq FROM journal WHERE rowid = $1".into(), row);
        match (&of[0], &of[1]) {
            (Value::Bytes(stream), Value::Int(seq)) => {
                format!("{} #{seq}", kernel::Uuid::from_slice(stream).expect("a stream"))
            }
            other => panic!("{other:?}"),
        }
    }

    fn deletion(&self) -> Change {
        let (table, _) = *self.pick(&TABLES);
        let row = self.row(table);
        Change {
            what: format!("row {row} of {table} taken out"),
            table,
            rows: vec![row],
            make: vec![(format!("DELETE FROM {table} WHERE rowid = $1"), vec![row.into()])],
            named: (table == "journal").then(|| self.event(row)),
        }
    }

    /// A copy of a row under another key.
    fn insertion(&self) -> Change {
        let (table, columns) = *self.pick(&TABLES);
        let row = self.row(table);
        let mut values =
            self.read(format!("SELECT {} FROM {table} WHERE rowid = $1", columns.join(", ")), row);
        let key = match table {
            "journal" | "journal_nodes" => 1,
            _ => 0,
        };
        values[key] = match &values[key] {
            Value::Int(_) => Value::Int(100_000 + self.chance.below(1000) as i64),
            other => self.other(other),
        };
        if table == "journal_leaves" {
            values[2] = Value::Int(100_000);
        }
        if table == "journal_heads" {
            values[3] = Value::Null;
        }
        let slots: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
        Change {
            what: format!("a copy of row {row} of {table}"),
            table,
            rows: Vec::new(),
            make: vec![(
                format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), slots.join(", ")),
                values,
            )],
            named: None,
        }
    }

    /// Two rows change places: their keys stay, what they hold goes over.
    fn exchange(&self) -> Option<Change> {
        let (table, columns) = TABLES[self.chance.below(4) as usize];
        let (a, b) = (self.row(table), self.row(table));
        let keys = if table == "journal" || table == "journal_nodes" { 2 } else { 1 };
        let list = columns[keys..].join(", ");
        let of = |row| self.read(format!("SELECT {list} FROM {table} WHERE rowid = $1"), row);
        let (of_a, of_b) = (of(a), of(b));
        if of_a == of_b {
            return None;
        }
        let sets: Vec<String> =
            columns[keys..].iter().enumerate().map(|(n, c)| format!("{c} = ${}", n + 2)).collect();
        let sql = format!("UPDATE {table} SET {} WHERE rowid = $1", sets.join(", "));
        let with = |row: i64, values: Vec<Value>| [vec![row.into()], values].concat();
        let mut make = Vec::new();
        if table == "journal_leaves" {
            // An event is a leaf once: one steps aside.
            make.push(("UPDATE journal_leaves SET seq = -1 WHERE rowid = $1".to_owned(), vec![a.into()]));
        }
        if table == "journal_heads" {
            make.push(("UPDATE journal_heads SET day = NULL WHERE rowid = $1".to_owned(), vec![a.into()]));
        }
        make.push((sql.clone(), with(b, of_a)));
        make.push((sql, with(a, of_b)));
        Some(Change {
            what: format!("rows {a} and {b} of {table} exchanged"),
            table,
            rows: vec![a, b],
            make,
            named: None,
        })
    }
}

/// Makes a change, verifies, and puts back what was there. None where the tables do not take the change.
fn tried(db: &Db, change: &Change, outside: &Outside) -> Option<Result<Vec<String>>> {
    let made = Arc::new(AtomicBool::new(false));
    let columns = TABLES.iter().find(|t| t.0 == change.table).expect("a table").1.join(", ");
    let (table, flag, outside) = (change.table, made.clone(), outside.clone());
    let rows: Vec<i64> = change.rows.clone();
    let make: Vec<(Stmt, Vec<Value>)> =
        change.make.iter().map(|(sql, v)| (Stmt::dynamic("forger", sql.clone()), v.clone())).collect();
    let newest = Stmt::dynamic("forger", format!("SELECT MAX(rowid) FROM {table}"));
    let keep = Stmt::dynamic("forger", format!("SELECT rowid, {columns} FROM {table} WHERE rowid = $1"));
    let clear = Stmt::dynamic("forger", format!("DELETE FROM {table} WHERE rowid = $1 OR rowid > $2"));
    let slots: Vec<String> = (1..=columns.split(", ").count() + 1).map(|n| format!("${n}")).collect();
    let back = Stmt::dynamic(
        "forger",
        format!("INSERT INTO {table} (rowid, {columns}) VALUES ({})", slots.join(", ")),
    );
    let found = db.write_now(move |tx| {
        flag.store(false, Ordering::SeqCst);
        let last: i64 = tx.scalar(&newest, &[])?;
        let mut kept = Vec::new();
        for row in &rows {
            kept.push(tx.query_one(&keep, &[(*row).into()])?.values().to_vec());
        }
        for (stmt, values) in &make {
            tx.execute(stmt, values)?;
        }
        flag.store(true, Ordering::SeqCst);
        let found = faults(tx, &outside)?;
        for row in rows.iter().copied().chain([-1]) {
            tx.execute(&clear, &[row.into(), last.into()])?;
        }
        for values in &kept {
            tx.execute(&back, values)?;
        }
        Ok(found)
    });
    made.load(Ordering::SeqCst).then_some(found)
}

fn times() -> u64 {
    std::env::var("LIANXIN_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(300)
}

#[tokio::test]
async fn whatever_is_changed_in_a_row_of_the_record_is_found() {
    let (house, outside) = sealed_house().await;
    let db = &house.world.site.db;
    let mut rows = BTreeMap::new();
    for (table, _) in TABLES {
        let all = Stmt::dynamic("rows", format!("SELECT rowid FROM {table}"));
        rows.insert(table, db.read_now(move |tx| tx.query_map(&all, &[], |r| r.get(0))).expect("rows"));
    }
    assert!(rows.values().all(|r: &Vec<i64>| !r.is_empty()), "{rows:?}");
    let forger = Forger { db, chance: Seeded::new(20_261_121), rows };
    let (mut done, mut refused, mut unseen): (BTreeMap<&str, u64>, u64, Vec<String>) = Default::default();
    let mut unnamed = Vec::new();
    while done.values().sum::<u64>() < times() {
        let (kind, change) = match forger.chance.below(10) {
            0 => ("rows taken out", Some(forger.deletion())),
            1 => ("rows put in", Some(forger.insertion())),
            2 => ("rows exchanged", forger.exchange()),
            _ => ("cells changed", Some(forger.cell())),
        };
        let Some(change) = change else { continue };
        let Some(found) = tried(db, &change, &outside) else {
            refused += 1;
            continue;
        };
        *done.entry(kind).or_default() += 1;
        let said = found.unwrap_or_else(|e| vec![format!("cannot be read: {e}")]);
        if said.is_empty() {
            unseen.push(change.what);
        } else if change.named.is_some_and(|n| !said.iter().any(|s| s.contains(&n))) {
            unnamed.push(format!("{}: {said:?}", change.what));
        }
    }
    println!("{done:?}; {refused} that the tables do not take");
    let clean = outside.clone();
    let left = db.snapshot_now(move |tx| faults(tx, &clean)).expect("verified");
    assert_eq!(left, Vec::<String>::new(), "everything was put back");
    assert!(unseen.is_empty(), "{} not found: {:#?}", unseen.len(), unseen);
    assert!(unnamed.is_empty(), "{} not named: {:#?}", unnamed.len(), unnamed);
}

/// Every row of the record as it stands in a file, in the order of the tables themselves.
fn dump(path: &Path) -> rusqlite::Result<Vec<String>> {
    let file = rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut out = Vec::new();
    for (table, columns) in TABLES {
        let sql = format!("SELECT {} FROM {table} NOT INDEXED", columns.join(", "));
        let mut stmt = file.prepare(&sql)?;
        let mut rows = stmt.query([])?;
        while let Some(row) = rows.next()? {
            let cells: Vec<String> = (0..columns.len()).map(|c| format!("{:?}", row.get_ref(c))).collect();
            out.push(format!("{table} {}", cells.join(" ")));
        }
    }
    Ok(out)
}

/// The pages of the file that hold the tables of the record, and how large a page is.
fn pages(path: &Path) -> (Vec<u64>, u64) {
    let file = rusqlite::Connection::open(path).expect("it opens");
    let size = file.query_row("PRAGMA page_size", [], |r| r.get::<_, i64>(0)).expect("a size");
    let sql = "SELECT pageno FROM dbstat WHERE name IN
        (SELECT name FROM sqlite_master WHERE tbl_name LIKE 'journal%') ORDER BY pageno";
    let mut stmt = file.prepare(sql).expect("the pages can be told");
    let pages = stmt.query_map([], |r| r.get::<_, i64>(0)).expect("pages");
    (pages.map(|p| p.expect("a page") as u64).collect(), size as u64)
}

#[tokio::test]
async fn whatever_byte_is_changed_in_the_file_is_found_or_holds_nothing() {
    let (house, outside) = sealed_house().await;
    let dir = tempfile::tempdir().expect("a directory");
    let (sound, copy) = (dir.path().join("sound.db"), dir.path().join("copy.db"));
    house.world.site.db.backup_to(&sound).expect("a copy");
    let (bytes, before) = (std::fs::read(&sound).expect("read"), dump(&sound).expect("rows"));
    let (pages, size) = pages(&sound);
    assert!(pages.len() > 20, "{} pages", pages.len());
    let chance = Seeded::new(20_261_122);
    let (mut found, mut nothing, mut unseen) = (0, 0, Vec::new());
    for _ in 0..times() {
        let page = pages[chance.below(pages.len() as u64) as usize];
        let at = ((page - 1) * size + chance.below(size)) as usize;
        let mut changed = bytes.clone();
        changed[at] ^= 1 << chance.below(8);
        std::fs::write(&copy, &changed).expect("written");
        let outside = outside.clone();
        let mut config = db::Config::new(copy.display().to_string());
        config.readers = 1;
        let said = Db::open(&config).and_then(|db| {
            let said = db.snapshot_now(move |tx| faults(tx, &outside));
            db.close();
            said
        });
        match said {
            Ok(said) if said.is_empty() && dump(&copy).is_ok_and(|now| now == before) => nothing += 1,
            Ok(said) if said.is_empty() => unseen.push(at),
            _ => found += 1,
        }
        for end in ["db", "db-wal", "db-shm"] {
            let left = copy.with_extension(end);
            if left.exists() {
                std::fs::remove_file(left).expect("removed");
            }
        }
    }
    println!("bytes changed: {found} found, {nothing} where no row of the record stands");
    assert!(unseen.is_empty(), "not found: {unseen:?}");
    assert!(found > times() / 4, "{found} of {}", times());
}
