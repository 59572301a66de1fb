//! Units as dated facts, on both engines.

use access::accounts::Act;
use access::testing::{self, small_pack, start};
use access::{SharedSite, seats};
use db::Db;
use db::testing::{each_engine, each_engine_async};
use kernel::{Actor, Date, Error, Locale, Role, Scope, Seeded, Text, UnitId};
use register::{Change, Directory, Mode, NewUnit, add_in, change, close, directory, units};
use std::sync::Arc;

fn open(db: &Db) -> SharedSite {
    db.migrate(&[journal::MIGRATIONS, access::MIGRATIONS, register::MIGRATIONS].concat()).unwrap();
    Arc::new(testing::site(db, small_pack()).0)
}

fn day(month: i8, day: i8) -> Date {
    Date::constant(2026, month, day)
}

/// County, two towns, an office, two villages of the same name, groups, a centre.
fn county(site: &SharedSite) {
    let rows = [
        ("52", "测试县", "county", "county", ""),
        ("52-centre", "县中心", "county", "county-centre", "52"),
        ("5201", "构树镇", "township", "township", "52"),
        ("5201-gj", "规建办", "township", "township-office", "5201"),
        ("520101", "河坝村", "village", "village", "5201"),
        ("52010103", "三组", "group", "group", "520101"),
        ("5202", "大坡镇", "township", "township", "52"),
        ("520201", "河坝村", "village", "village", "5202"),
    ];
    let (pack, chance, act) = (site.pack.clone(), Seeded::new(1), Act { actor: Actor::System, at: start() });
    let ids: Vec<UnitId> = rows.iter().map(|_| UnitId::new(start(), &chance)).collect();
    let rows = rows.map(|r| [r.0, r.1, r.2, r.3, r.4].map(str::to_owned));
    site.db
        .write_now(move |tx| {
            for ([code, name, level, kind, parent], id) in rows.iter().zip(&ids) {
                let parent = match parent.as_str() {
                    "" => None,
                    code => Some(units::by_code(tx, code)?.unwrap().id),
                };
                let new = NewUnit {
                    code: code.clone(),
                    name: Text::new(name.clone(), format!("{name} en")),
                    level: level.clone(),
                    kind: kind.clone(),
                    parent,
                    from: Some(day(1, 1)),
                    serves_above: register::serves_above(&pack, kind),
                    ..NewUnit::default()
                };
                add_in(tx, *id, &new, &act)?;
            }
            Ok(())
        })
        .unwrap();
    register::load_now(site).unwrap();
}

fn admin(site: &SharedSite) -> Scope {
    let root = directory(site).root().unwrap().id;
    let id = testing::staff(site, "root", Role::Admin, root).unwrap();
    let posts = site.db.read_now(move |tx| access::session::posts_of(tx, id)).unwrap();
    access::scope_of(id, &posts, site.today())
}

#[test]
fn every_statement_is_understood() {
    each_engine(|db| {
        open(db);
        db.prepare_all(&register::statements()).unwrap();
    });
}

#[test]
fn paths_and_what_stands_where() {
    each_engine(|db| {
        let site = open(db);
        county(&site);
        let d = directory(&site);
        assert_eq!(d.len(), 8);
        let group = d.by_code("52010103").unwrap();
        assert_eq!((group.path.as_str(), group.depth()), ("/52/5201/520101/52010103/", 3));
        assert_eq!(d.full_name(group.id, Locale::Zh), "构树镇 › 河坝村 › 三组");
        let names = |v: Vec<&register::Unit>| v.iter().map(|u| u.code.clone()).collect::<Vec<_>>();
        assert_eq!(names(d.ancestors(group.id)), ["52", "5201", "520101"]);
        assert_eq!(names(d.subtree("/52/5201/").collect()), ["5201", "5201-gj", "520101", "52010103"]);
        let root = d.root().unwrap();
        assert_eq!(names(d.children(root.id).collect()), ["52-centre", "5201", "5202"]);
        assert_eq!(d.at_level(group.id, "township").unwrap().code, "5201");
        assert_eq!(d.by_path("/52/5202/").unwrap().code, "5202");
        assert_eq!(d.path(UnitId(kernel::Uuid::nil())), "");
        let id = group.id;
        // The transaction says the same as the snapshot.
        let (up, down, below, found) = site
            .db
            .read_now(move |tx| {
                let root = units::by_code(tx, "52")?.unwrap();
                Ok((
                    units::ancestors(tx, id)?,
                    units::subtree(tx, "/52/5201/")?,
                    units::children(tx, root.id)?,
                    units::find(tx, "河坝村")?,
                ))
            })
            .unwrap();
        assert_eq!(names(up.iter().collect()), ["52", "5201", "520101"]);
        assert_eq!(names(down.iter().collect()), ["5201", "5201-gj", "520101", "52010103"]);
        assert_eq!(names(below.iter().collect()), ["52-centre", "5201", "5202"]);
        assert_eq!(names(found.iter().collect()), ["520101", "520201"]);
        // A centre serves what the unit above it covers.
        let centre = d.by_code("52-centre").unwrap().id;
        let seat = site.db.read_now(move |tx| seats::get(tx, centre)).unwrap().unwrap();
        assert_eq!((seat.path.as_str(), seat.serves.as_str()), ("/52/52-centre/", "/52/"));
        let seat = site.db.read_now(move |tx| seats::get(tx, id)).unwrap().unwrap();
        assert_eq!(seat.serves, seat.path);
    });
}

#[test]
fn units_are_found_by_what_people_type_and_by_addresses() {
    let db = db::testing::sqlite();
    let site = open(&db);
    county(&site);
    let d = directory(&site);
    let search = |text: &str| -> Vec<String> {
        d.search(text, site.today(), 10).iter().map(|u| u.code.clone()).collect()
    };
    assert_eq!(search("河坝"), ["520101", "520201"]);
    assert_eq!(search("河坝 大坡"), ["520201"]);
    assert_eq!(search("大坡 河坝"), ["520201"]);
    assert_eq!(search("5201-gj"), ["5201-gj"]);
    assert_eq!(search("构树镇")[0], "5201");
    assert_eq!(search("规建办 EN"), ["5201-gj"]);
    assert!(search("").is_empty() && search("没有").is_empty() && search("测试县 没有").is_empty());
    let locate = |text: &str| d.locate(text, site.today()).map(|u| u.code.clone());
    assert_eq!(locate("构树镇河坝村三组 12 号").as_deref(), Some("52010103"));
    assert_eq!(locate("大坡镇 河坝村").as_deref(), Some("520201"));
    assert_eq!(locate("河坝村"), None, "two villages have this name");
    assert_eq!(locate("某处"), None);
}

#[test]
fn what_cannot_be_a_unit_is_refused() {
    each_engine(|db| {
        let site = open(db);
        county(&site);
        let root = directory(&site).root().unwrap().id;
        let good = NewUnit {
            code: "5203".into(),
            name: Text::new("新镇", ""),
            level: "township".into(),
            kind: "township".into(),
            parent: Some(root),
            from: Some(day(1, 1)),
            ..NewUnit::default()
        };
        let try_add = |new: NewUnit| {
            let id = UnitId::new(start(), &Seeded::new(77));
            let act = Act { actor: Actor::System, at: start() };
            site.db.write_now(move |tx| add_in(tx, id, &new, &act))
        };
        let nowhere = UnitId(kernel::Uuid::from_u128(404));
        for (field, new) in [
            ("code", NewUnit { code: "5201".into(), ..good.clone() }),
            ("code", NewUnit { code: "有 空".into(), ..good.clone() }),
            ("code", NewUnit { code: "a/b".into(), ..good.clone() }),
            ("code", NewUnit { code: "".into(), ..good.clone() }),
            ("name", NewUnit { name: Text::new(" ", ""), ..good.clone() }),
            ("parent", NewUnit { parent: None, ..good.clone() }),
            ("parent", NewUnit { parent: Some(nowhere), ..good.clone() }),
        ] {
            match try_add(new) {
                Err(Error::Invalid(f)) => assert_eq!(f[0].field, field, "{f:?}"),
                other => panic!("{field}: {other:?}"),
            }
        }
        let unit = try_add(good).unwrap();
        assert_eq!(unit.name.en, "新镇", "the Chinese stands in");
    });
}

#[tokio::test]
async fn a_change_from_a_day_on_keeps_what_was_true_before() {
    each_engine_async(async |db| {
        let site = open(db);
        county(&site);
        let scope = admin(&site);
        let town = directory(&site).by_code("5201").unwrap().id;
        let renamed = Change {
            name: Some(Text::new("新构树镇", "New")),
            basis: "〔2026〕1号".into(),
            ..Change::default()
        };
        change(&site, &scope, town, renamed, Mode::From(day(2, 1))).await.unwrap();
        let phone = Change { phone: Some("8021".into()), ..Change::default() };
        change(&site, &scope, town, phone, Mode::From(day(2, 10))).await.unwrap();
        assert_eq!(directory(&site).name(town, Locale::Zh), "新构树镇", "pages know at once");
        let seat = site.db.read(move |tx| seats::get(tx, town)).await.unwrap().unwrap();
        assert_eq!(seat.name.zh, "新构树镇");
        let as_of = async |d: Date| {
            let dir = site.db.read(move |tx| Directory::as_of(tx, d)).await.unwrap();
            dir.get(town).map(|u| (u.name.zh.clone(), u.phone.clone()))
        };
        let old = || "构树镇".to_owned();
        let new = || "新构树镇".to_owned();
        assert_eq!(as_of(Date::constant(2025, 12, 31)).await, None);
        assert_eq!(as_of(day(1, 31)).await, Some((old(), None)));
        assert_eq!(as_of(day(2, 1)).await, Some((new(), None)));
        assert_eq!(as_of(day(2, 10)).await, Some((new(), Some("8021".into()))));
        // Not before what is known already.
        let back = Change { phone: Some("1".into()), ..Change::default() };
        let refused = change(&site, &scope, town, back.clone(), Mode::From(day(2, 10))).await;
        assert!(matches!(refused, Err(Error::Refused { code: "earlier-than-known", .. })), "{refused:?}");
        // Written wrong: the entry is superseded, not overwritten, and keeps its days.
        change(&site, &scope, town, back, Mode::Correct).await.unwrap();
        assert_eq!(as_of(day(2, 10)).await, Some((new(), Some("1".into()))));
        assert_eq!(as_of(day(2, 9)).await, Some((new(), None)));
        let facts = site.db.read(move |tx| units::history(tx, town)).await.unwrap();
        let phones: Vec<_> = facts.iter().filter(|f| f.field == "phone").collect();
        assert_eq!(phones.len(), 3);
        let wrong: Vec<_> = phones.iter().filter(|f| f.superseded_at.is_some()).collect();
        assert_eq!((wrong.len(), wrong[0].value.as_deref()), (1, Some("8021")));
        let events = site.db.read(move |tx| journal::events(tx, town.0)).await.unwrap();
        let kinds: Vec<_> = events.iter().map(|e| e.kind.as_str()).collect();
        assert_eq!(kinds, ["unit-added", "unit-changed", "unit-changed", "unit-corrected"]);
        // Nothing changed, nothing told.
        let same = Change { phone: Some("1".into()), ..Change::default() };
        change(&site, &scope, town, same, Mode::Correct).await.unwrap();
        assert_eq!(site.db.read(move |tx| journal::events(tx, town.0)).await.unwrap().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_unit_ends_after_those_below_it() {
    each_engine_async(async |db| {
        let site = open(db);
        county(&site);
        let scope = admin(&site);
        let of = |code: &str| directory(&site).by_code(code).unwrap().id;
        let (village, group) = (of("520101"), of("52010103"));
        let early = close(&site, &scope, village, day(4, 1)).await;
        assert!(matches!(early, Err(Error::Refused { code: "units-below", .. })), "{early:?}");
        close(&site, &scope, group, day(4, 1)).await.unwrap();
        close(&site, &scope, village, day(4, 1)).await.unwrap();
        let twice = close(&site, &scope, village, day(5, 1)).await;
        assert!(matches!(twice, Err(Error::Refused { code: "closed-already", .. })), "{twice:?}");
        let d = directory(&site);
        assert!(d.get(village).unwrap().is_open(day(3, 31)) && !d.get(village).unwrap().is_open(day(4, 1)));
        assert!(d.search("构树 河坝", day(4, 1), 9).is_empty());
        assert_eq!(d.search("构树 河坝", day(3, 31), 9).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_an_administrator_changes_units() {
    each_engine_async(async |db| {
        let site = open(db);
        county(&site);
        let root = directory(&site).root().unwrap().id;
        for role in Role::ALL.into_iter().filter(|r| *r != Role::Admin) {
            let id = testing::staff(&site, role.key(), role, root).unwrap();
            let posts = site.db.read(move |tx| access::session::posts_of(tx, id)).await.unwrap();
            let scope = access::scope_of(id, &posts, site.today());
            assert!(matches!(
                register::add(&site, &scope, NewUnit::default()).await,
                Err(Error::Forbidden(_))
            ));
            let nothing = change(&site, &scope, root, Change::default(), Mode::Correct).await;
            assert!(matches!(nothing, Err(Error::Forbidden(_))), "{role:?}");
            assert!(matches!(close(&site, &scope, root, day(4, 1)).await, Err(Error::Forbidden(_))));
        }
        let scope = admin(&site);
        let new = NewUnit {
            code: "5203".into(),
            name: Text::new("新镇", ""),
            level: "township".into(),
            kind: "township".into(),
            parent: Some(root),
            ..NewUnit::default()
        };
        let wrong = NewUnit { kind: "空".into(), level: "空".into(), ..new.clone() };
        assert!(matches!(register::add(&site, &scope, wrong).await, Err(Error::Invalid(f)) if f.len() == 2));
        let id = register::add(&site, &scope, new).await.unwrap();
        assert_eq!(directory(&site).get(id).unwrap().from, site.today());
    })
    .await;
}

#[tokio::test]
async fn a_change_by_another_process_is_noticed() {
    each_engine_async(async |db| {
        let here = open(db);
        county(&here);
        let there: SharedSite = Arc::new(testing::site(db, small_pack()).0);
        assert_eq!(directory(&there).len(), 8);
        let scope = admin(&here);
        let town = directory(&here).by_code("5201").unwrap().id;
        let renamed = Change { name: Some(Text::new("新构树镇", "New")), ..Change::default() };
        change(&here, &scope, town, renamed, Mode::Correct).await.unwrap();
        assert_eq!(directory(&there).name(town, Locale::Zh), "构树镇");
        register::look(&there).await.unwrap();
        assert_eq!(directory(&there).name(town, Locale::Zh), "新构树镇");
        // A snapshot that is held stays as it was.
        let held = directory(&there);
        register::look(&there).await.unwrap();
        assert!(Arc::ptr_eq(&held, &directory(&there)), "nothing changed, nothing read");
    })
    .await;
}
