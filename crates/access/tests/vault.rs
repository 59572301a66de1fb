//! Master keys over a database: what is sealed, rotated, erased; what a site says without its key.

use access::identity::{self, NewPerson};
use access::vault::{self, Checkup, Damaged, KEY_FILE, Kind, Rotation, texts};
use access::{Keyring, SharedSite, testing};
use db::testing::each_engine;
use db::{Db, Stmt};
use kernel::{Error, PersonId, Timestamp, Uuid};
use std::sync::Arc;

const NAME: &str = "欧阳晓敏";
const PHONE: &str = "13987654321";
const ADDRESS: &str = "清溪村七组老槐树旁";
const IDNO: &str = "11010519491231002X";

/// A site on `db` whose master keys stand in `dir`, as one process sees them.
fn open(db: &Db, dir: &std::path::Path) -> SharedSite {
    db.migrate(&[journal::MIGRATIONS, access::MIGRATIONS].concat()).unwrap();
    let (mut site, _) = testing::site(db, testing::small_pack());
    site.keyring = Keyring::file(&dir.join(KEY_FILE), true).unwrap();
    Arc::new(site)
}

fn person(n: u128) -> NewPerson {
    NewPerson {
        id: Some(PersonId(Uuid::from_u128(n))),
        name: Some(NAME.into()),
        phone: Some(PHONE.into()),
        address: Some(ADDRESS.into()),
        idno: Some(IDNO.into()),
        at: Timestamp(n as i64),
        ..NewPerson::default()
    }
}

fn id(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn put(site: &SharedSite, n: u128) -> kernel::Result<PersonId> {
    let own = site.clone();
    site.db.write_now(move |tx| identity::put(tx, &own, &person(n)))
}

fn name(site: &SharedSite, n: u128) -> kernel::Result<Option<String>> {
    let keys = site.keyring.clone();
    site.db.read_now(move |tx| Ok(identity::get(tx, &keys, id(n))?.and_then(|p| p.name)))
}

/// Every column of the tables that hold people, as text and as bytes.
fn dump(db: &Db) -> Vec<u8> {
    let mut out = Vec::new();
    for table in ["persons", "sealed_texts", "vault_keys"] {
        let all = Stmt::dynamic("dump", format!("SELECT * FROM {table}"));
        let rows = db.read_now(move |tx| tx.query(&all, &[])).unwrap();
        for row in &rows {
            for at in 0..row.len() {
                match row.get::<db::Value>(at).unwrap() {
                    db::Value::Text(t) => out.extend_from_slice(t.as_bytes()),
                    db::Value::Bytes(b) => out.extend_from_slice(&b),
                    other => out.extend_from_slice(format!("{other:?}").as_bytes()),
                }
                out.push(0);
            }
        }
    }
    out
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

#[test]
fn the_database_holds_no_byte_of_who_asked() {
    each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let site = open(db, dir.path());
        for n in 1..=3 {
            put(&site, n).unwrap();
        }
        let keys = site.keyring.clone();
        let said = format!("我是{NAME}，电话{PHONE}");
        let kept = said.clone();
        let (known, text) = site
            .db
            .write_now(move |tx| {
                texts::keep(tx, &keys, Uuid::from_u128(9), "asked", &kept, Timestamp(1))?;
                let text = texts::open(tx, &keys, Uuid::from_u128(9), "asked")?;
                Ok((identity::known(tx, id(1))?.unwrap(), text))
            })
            .unwrap();
        assert_eq!(text.as_deref(), Some(said.as_str()));
        assert!(known.name && known.phone && known.address && known.idno && known.erased_at.is_none());
        let bytes = dump(db);
        assert!(bytes.len() > 1_000, "the dump has the rows");
        for part in [NAME, "欧阳", "晓敏", PHONE, "4321", ADDRESS, "清溪", IDNO, "1949"] {
            assert!(!holds(&bytes, part), "{part}");
        }
        assert_eq!(name(&site, 2).unwrap().as_deref(), Some(NAME));
    });
}

#[test]
fn a_row_moved_to_another_person_does_not_open() {
    each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let site = open(db, dir.path());
        put(&site, 1).unwrap();
        let own = site.clone();
        site.db
            .write_now(move |tx| {
                let other = NewPerson { name: Some("别人".into()), ..person(2) };
                identity::put(tx, &own, &other)?;
                tx.batch(
                    "swap",
                    "UPDATE persons SET sealed = (SELECT o.sealed FROM persons o WHERE o.id <> persons.id), \
                     wrapped_key = (SELECT o.wrapped_key FROM persons o WHERE o.id <> persons.id)",
                )
            })
            .unwrap();
        assert!(matches!(name(&site, 1), Err(Error::Internal(_))));
    });
}

#[test]
fn a_rotation_that_was_broken_off_goes_on_and_a_running_site_follows() {
    each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let (site, running) = (open(db, dir.path()), open(db, dir.path()));
        for n in 1..=7 {
            put(&site, n).unwrap();
        }
        let keys = running.keyring.clone();
        let words = move |tx: &mut dyn db::Tx| {
            (1..=5).try_for_each(|n| {
                texts::keep(tx, &keys, Uuid::from_u128(9), &format!("{n}"), "话", Timestamp(1))
            })
        };
        running.db.write_now(words).unwrap();
        let old = site.keyring.id().unwrap();
        let left = |site: &SharedSite| {
            let keys = site.keyring.clone();
            site.db.write_now(move |tx| vault::left(tx, &keys, Timestamp(5))).unwrap()
        };
        assert!(!vault::begin(&site.keyring).unwrap(), "a new one");
        assert_eq!(left(&site), 12);
        let step = |site: &SharedSite, from: &Rotation| {
            let (keys, from) = (site.keyring.clone(), from.clone());
            site.db.write_now(move |tx| vault::step(tx, &keys, &from, 3)).unwrap()
        };
        let (n, _) = step(&site, &Rotation::default());
        assert_eq!(n, 3);
        // Broken off here. Another process wrote with the old key before, and reads the new one by now.
        assert_eq!(name(&running, 1).unwrap().as_deref(), Some(NAME), "wrapped anew");
        assert_eq!(name(&running, 7).unwrap().as_deref(), Some(NAME), "not yet");
        put(&running, 8).unwrap();
        assert_ne!(running.keyring.id().unwrap(), old);
        // Called again: it goes on and does not make a third key.
        let again = open(db, dir.path());
        assert!(vault::begin(&again.keyring).unwrap());
        assert_eq!(left(&again), 9);
        let (mut total, mut from) = (0, Rotation::default());
        loop {
            let (n, next) = step(&again, &from);
            (total, from) = (total + n, next);
            if n == 0 {
                break;
            }
        }
        assert_eq!(total, 9);
        let keys = again.keyring.clone();
        assert_eq!(again.db.read_now(move |tx| vault::finish(tx, &keys)).unwrap(), 0);
        assert_eq!(again.keyring.count().unwrap(), 1);
        let fresh = open(db, dir.path());
        for n in 1..=8 {
            assert_eq!(name(&fresh, n).unwrap().as_deref(), Some(NAME));
        }
        let keys = fresh.keyring.clone();
        let texts = fresh.db.read_now(move |tx| texts::all(tx, &keys, Uuid::from_u128(9))).unwrap();
        assert!(texts.len() == 5 && texts.iter().all(|(_, t)| t == "话"));
        // The key file holds the old key no more.
        assert_ne!(fresh.keyring.id().unwrap(), old);
    });
}

#[test]
fn a_key_that_was_retired_seals_nothing_more() {
    each_engine(|db| {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let site = open(db, one.path());
        put(&site, 1).unwrap();
        // A process that was started with a file of its own: it must neither write nor read.
        let stranger = open(db, other.path());
        let said = put(&stranger, 2).unwrap_err();
        assert!(
            matches!(&said, Error::Refused { code: "vault-key", say } if say.zh.contains("主密钥不对") && say.en.contains("wrong master key")),
            "{said:?}"
        );
        let keys = stranger.keyring.clone();
        assert!(stranger.db.read_now(move |tx| keys.check(tx)).is_err());
        assert!(name(&stranger, 1).is_err());
        assert_eq!(name(&site, 2).unwrap(), None, "nothing was written");
        // Without the file at all: said with what to do, and what needs no name goes on.
        std::fs::remove_file(one.path().join(KEY_FILE)).unwrap();
        let (mut bare, _) = testing::site(db, testing::small_pack());
        bare.keyring = Keyring::file(&one.path().join(KEY_FILE), false).unwrap();
        let bare = Arc::new(bare);
        let keys = bare.keyring.clone();
        let said = bare.db.read_now(move |tx| keys.check(tx)).unwrap_err();
        assert!(
            said.say().zh.contains("读不到主密钥文件") && said.say().en.contains("cannot be read"),
            "{said:?}"
        );
        let known = bare.db.read_now(|tx| identity::known(tx, id(1))).unwrap().unwrap();
        assert!(known.phone);
        assert!(bare.db.read_now(Keyring::is_needed).unwrap());
    });
}

#[test]
fn who_was_erased_is_nobody_and_is_found_by_no_number() {
    each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let site = open(db, dir.path());
        put(&site, 1).unwrap();
        put(&site, 2).unwrap();
        let own = site.clone();
        let (first, again, found, tail, same, changed) = site
            .db
            .write_now(move |tx| {
                let first = identity::erase(tx, id(1), Timestamp(50))?;
                let again = identity::erase(tx, id(1), Timestamp(60))?;
                let changed = identity::change(tx, &own, id(1), &person(1))?;
                Ok((
                    first,
                    again,
                    identity::find_by_phone(tx, &own.secret, PHONE)?,
                    identity::find_by_tail(tx, &own.secret, "4321")?,
                    identity::same_phone(tx, id(2))?,
                    changed,
                ))
            })
            .unwrap();
        assert_eq!((first, again, changed), (true, false, false));
        assert_eq!((found, tail, same), (vec![id(2)], vec![id(2)], vec![id(2)]));
        assert_eq!(name(&site, 1).unwrap(), None);
        let known = site.db.read_now(|tx| identity::known(tx, id(1))).unwrap().unwrap();
        assert_eq!((known.erased_at, known.name, known.phone), (Some(Timestamp(50)), false, false));
    });
}

/// Every thing that is sealed is opened, and the ones that were damaged are named by what they are.
#[test]
fn what_does_not_open_any_more_is_named_and_the_rest_is_fine() {
    each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let site = open(db, dir.path());
        for n in 1..=40 {
            put(&site, n).unwrap();
        }
        let (case, file) = (Uuid::from_u128(900), Uuid::from_u128(901));
        let own = site.clone();
        site.db
            .write_now(move |tx| {
                texts::keep(tx, &own.keyring, case, "asked", "原话", Timestamp(1))?;
                let opened = vault::files::Opened {
                    key: vault::files::FileKey::make(&*own.chance),
                    name: "信.txt".into(),
                };
                vault::files::keep(tx, &own.keyring, case, file, &opened, Timestamp(1))?;
                identity::erase(tx, id(40), Timestamp(2))
            })
            .unwrap();
        let checked = |site: &SharedSite, sample| {
            let mut so_far = site.db.read_now(move |tx| Checkup::begin(tx, sample)).unwrap();
            loop {
                let (keys, chance, from) = (site.keyring.clone(), site.chance.clone(), so_far);
                let (n, next) = site.db.read_now(move |tx| from.step(tx, &keys, &*chance, 7)).unwrap();
                so_far = next;
                if n == 0 {
                    return so_far;
                }
            }
        };
        let all = checked(&site, None);
        assert_eq!((all.total, all.tried, all.seen, all.bad), (41, 41, 41, 0));
        for sample in [0, 1, 12, 41, 99] {
            let some = checked(&site, Some(sample));
            assert_eq!((some.tried, some.seen, some.bad), (sample.min(41), 41, 0));
        }

        // A byte of a wrapped key, of what it opens, a row moved to another person, a file's key, no key at all.
        let forge = |sql: &'static str| {
            let stmt = Stmt::dynamic("forger", sql);
            assert_eq!(site.db.write_now(move |tx| tx.execute(&stmt, &[])).unwrap(), 1, "{sql}");
        };
        let set = |column: &'static str, what: &'static str, to: Uuid| {
            let stmt = Stmt::dynamic(
                "forger",
                format!(
                    "UPDATE {what} SET {column} = $2 WHERE {} = $1",
                    if what == "persons" { "id" } else { "slot <> 'asked' AND owner" }
                ),
            );
            let junk = vec![7u8; 72];
            assert_eq!(
                site.db.write_now(move |tx| tx.execute(&stmt, &db::params![to, junk.clone()])).unwrap(),
                1
            );
        };
        set("wrapped_key", "persons", Uuid::from_u128(3));
        set("sealed", "persons", Uuid::from_u128(5));
        set("wrapped_key", "sealed_texts", case);
        forge("UPDATE persons SET wrapped_key = NULL WHERE created_at = 7");
        forge("UPDATE sealed_texts SET key_id = 'another' WHERE slot = 'asked'");
        let found = checked(&site, None);
        let named = |kind, id, slot: &str| Damaged { kind, id, slot: slot.to_owned() };
        let mut want = vec![
            named(Kind::Person, Uuid::from_u128(3), ""),
            named(Kind::Person, Uuid::from_u128(5), ""),
            named(Kind::Person, Uuid::from_u128(7), ""),
            named(Kind::Text, case, "asked"),
            named(Kind::File, file, ""),
        ];
        want.sort_by_key(|d| (d.id, d.slot.clone()));
        let mut damaged = found.damaged.clone();
        damaged.sort_by_key(|d| (d.id, d.slot.clone()));
        assert_eq!((found.tried, found.bad, damaged), (41, 5, want));
        assert_eq!(name(&site, 4).unwrap().as_deref(), Some(NAME));
    });
}
