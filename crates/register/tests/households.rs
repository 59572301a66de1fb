//! Households as dated facts, on both engines.

use access::accounts::Act;
use access::identity::{self, NewPerson};
use access::testing::{self, small_pack, start};
use access::{SharedSite, vault};
use db::Db;
use db::testing::each_engine;
use kernel::{
    AccountId, Actor, Date, Error, HouseholdId, PersonId, Role, Scope, Text, Timestamp, UnitId, Uuid,
};
use register::households::{self as hh, *};
use register::{Mode, NewUnit, add_in as add_unit, directory};
use std::sync::Arc;

const PHONE: &str = "13800001234";
/// Made up; the check character fits.
const IDNO: &str = "11010519491231002X";

fn open(db: &Db) -> SharedSite {
    db.migrate(&[journal::MIGRATIONS, access::MIGRATIONS, register::MIGRATIONS].concat()).unwrap();
    let site = Arc::new(testing::site(db, small_pack()).0);
    let act = act();
    let units = [
        ("52", "测试县", ""),
        ("01", "河坝村", "52"),
        ("0101", "一组", "01"),
        ("0102", "二组", "01"),
        ("02", "坡上村", "52"),
        ("0201", "甲组", "02"),
    ];
    let at = site.clone();
    site.db
        .write_now(move |tx| {
            for (code, name, parent) in units {
                let parent = register::units::by_code(tx, parent)?.map(|u| u.id);
                let new = NewUnit {
                    code: code.into(),
                    name: Text::new(name, name),
                    level: "village".into(),
                    kind: "village".into(),
                    parent,
                    from: Some(Date::constant(2020, 1, 1)),
                    ..NewUnit::default()
                };
                add_unit(tx, UnitId::new(act.at, &*at.chance), &new, &act)?;
            }
            Ok(())
        })
        .unwrap();
    register::load_now(&site).unwrap();
    site
}

fn act() -> Act {
    Act {
        actor: Actor::Staff { account: AccountId(Uuid::from_u128(9)), unit: UnitId(Uuid::from_u128(1)) },
        at: start(),
    }
}

fn unit(site: &SharedSite, code: &str) -> UnitId {
    directory(site).by_code(code).unwrap().id
}

fn day(site: &SharedSite, back: i64) -> Date {
    site.zone.date(Timestamp(start().0 - back * kernel::DAY))
}

fn who(name: &str) -> NewPerson {
    NewPerson { name: Some(name.into()), ..NewPerson::default() }
}

/// A family of three since long ago.
fn family(site: &SharedSite, grid: &str) -> NewHousehold {
    let head = NewPerson {
        phone: Some(PHONE.into()),
        idno: Some(IDNO.into()),
        address: Some("一组 12 号".into()),
        ..who("王德贵")
    };
    let member = |relation, who| NewMember { relation, who, from: None };
    NewHousehold {
        id: None,
        unit: unit(site, grid),
        code: None,
        place: Some((107.9, 27.2)),
        persons: None,
        from: Date::constant(2021, 3, 1),
        basis: "户口簿".into(),
        people: vec![
            member(Relation::Head, head),
            member(Relation::Spouse, who("李秀英")),
            member(Relation::Son, who("王建国")),
        ],
        tags: Vec::new(),
    }
}

fn write<T: Send + 'static>(
    site: &SharedSite,
    f: impl Fn(&mut dyn db::Tx, &access::Site) -> kernel::Result<T> + Send + Sync + 'static,
) -> kernel::Result<T> {
    let at = site.clone();
    site.db.write_now(move |tx| f(tx, &at))
}

fn added(site: &SharedSite, grid: &str) -> Household {
    let new = family(site, grid);
    write(site, move |tx, site| hh::add_in(tx, site, &new, &act())).unwrap()
}

fn now(site: &SharedSite, id: HouseholdId) -> Household {
    site.db.read_now(move |tx| hh::get(tx, id)).unwrap().unwrap()
}

fn events(site: &SharedSite, id: HouseholdId) -> Vec<(String, String)> {
    site.db
        .read_now(move |tx| {
            let stmt = db::Stmt::dynamic(
                "events",
                "SELECT kind, payload FROM journal WHERE stream = $1 ORDER BY seq",
            );
            tx.query_map(&stmt, &db::params![id], |r| Ok((r.get(0)?, r.get(1)?)))
        })
        .unwrap()
}

#[test]
fn a_household_is_added_and_found_again_and_nothing_personal_stands_in_clear() {
    each_engine(|db| {
        let site = open(db);
        let h = added(&site, "0101");
        assert_eq!((h.code.as_str(), h.path.as_str(), h.persons), ("0101-001", "/52/01/0101/", 3));
        assert_eq!((h.card.len(), h.kept), (12, None));
        assert_eq!(added(&site, "0101").code, "0101-002");
        let (secret, keyring, today, code, card) =
            (site.secret.clone(), site.keyring.clone(), day(&site, 0), h.code.clone(), h.card.to_lowercase());
        let id = h.id;
        site.db
            .read_now(move |tx| {
                assert_eq!(hh::by_code(tx, &format!(" {code}"))?.unwrap().id, id);
                assert_eq!(hh::by_card(tx, &card)?.unwrap().id, id);
                for by in
                    [By::Name("王 德贵"), By::Phone("138 0000 1234"), By::Idno("１１０１０５194912310０２x")]
                {
                    let found = hh::find(tx, &secret, by, today)?;
                    assert_eq!(found.len(), 2, "{by:?}");
                    assert!(found.iter().any(|(h, _)| *h == id), "{by:?}");
                    assert!(
                        hh::find(tx, &secret, by, Date::constant(2021, 2, 28))?.is_empty(),
                        "before it began"
                    );
                }
                assert!(
                    hh::find(tx, &secret, By::Name("王德"), today)?.is_empty(),
                    "a name is found in full only"
                );
                let known = hh::get(tx, id)?.unwrap();
                assert_eq!(hh::head_name(tx, &keyring, &known)?.as_deref(), Some("王某"));
                let head = identity::get(tx, &keyring, known.head.unwrap())?.unwrap();
                assert_eq!((head.name.as_deref(), head.idno.as_deref()), (Some("王德贵"), Some(IDNO)));
                for table in ["households", "household_facts", "household_people", "journal"] {
                    let stmt = db::Stmt::dynamic("all", format!("SELECT * FROM {table}"));
                    let all = format!("{:?}", tx.query(&stmt, &[])?);
                    for secret in ["王德贵", "李秀英", PHONE, IDNO, "12 号"] {
                        assert!(!all.contains(secret), "{table} holds {secret}");
                    }
                }
                Ok(())
            })
            .unwrap();
        let told = events(&site, id);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, "household-added");
    });
}

#[test]
fn the_same_id_again_is_the_same_household() {
    each_engine(|db| {
        let site = open(db);
        let new = NewHousehold { id: Some(HouseholdId(Uuid::from_u128(77))), ..family(&site, "0101") };
        let first = new.clone();
        let first = write(&site, move |tx, site| hh::add_in(tx, site, &first, &act())).unwrap();
        let again = write(&site, move |tx, site| hh::add_in(tx, site, &new, &act())).unwrap();
        assert_eq!(first, again);
        assert_eq!(events(&site, first.id).len(), 1);
    });
}

#[test]
fn what_is_wrong_is_said_beside_its_field() {
    each_engine(|db| {
        let site = open(db);
        let taken = added(&site, "0101").code;
        let mut new = family(&site, "0101");
        new.basis = " ".into();
        new.persons = Some(100);
        new.code = Some(taken);
        new.from = day(&site, -1);
        new.people[0].who.idno = Some("110105194912310021".into());
        new.people[1].relation = Relation::Head;
        new.people[2].who.name = None;
        let Err(Error::Invalid(faults)) = write(&site, move |tx, site| hh::add_in(tx, site, &new, &act()))
        else {
            panic!("taken in")
        };
        let fields: Vec<&str> = faults.iter().map(|f| f.field.as_str()).collect();
        for field in ["basis", "persons", "code", "from", "people.0.idno", "people", "people.2.name"] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
    });
}

#[test]
fn what_changed_and_what_was_wrong_can_be_asked_as_of_any_day() {
    each_engine(|db| {
        let site = open(db);
        let h = added(&site, "0101");
        let (id, moved, other) = (h.id, day(&site, 100), unit(&site, "0102"));
        let son = site
            .db
            .read_now(move |tx| hh::members(tx, id))
            .unwrap()
            .into_iter()
            .find(|m| m.relation == Relation::Son)
            .unwrap();
        let son = son.person;
        let step = |c: HouseholdChange, mode: Mode| {
            let known = now(&site, id);
            write(&site, move |tx, site| hh::change_in(tx, site, &known, &c, mode, &act()))
        };
        let basis = || "入户核实".to_owned();
        step(
            HouseholdChange { grid: Some(other), persons: Some(4), basis: basis(), ..Default::default() },
            Mode::From(moved),
        )
        .unwrap();
        step(
            HouseholdChange { persons: Some(5), basis: "写错了".into(), ..Default::default() },
            Mode::Correct,
        )
        .unwrap();
        step(
            HouseholdChange { head: Some(son), basis: basis(), ..Default::default() },
            Mode::From(day(&site, 10)),
        )
        .unwrap();
        // Nothing comes before what is known already.
        let early = step(
            HouseholdChange { persons: Some(6), basis: basis(), ..Default::default() },
            Mode::From(moved),
        );
        assert!(matches!(early, Err(Error::Refused { .. })), "{early:?}");

        let today = now(&site, id);
        assert_eq!((today.path.as_str(), today.persons, today.head), ("/52/01/0102/", 5, Some(son)));
        assert_eq!(
            (today.code.as_str(), today.card.as_str()),
            (h.code.as_str(), h.card.as_str()),
            "code and card stay"
        );
        let (first, head, before, after) = (h.from, h.head, day(&site, 101), moved);
        site.db
            .read_now(move |tx| {
                let at = |tx: &mut dyn db::Tx, on| {
                    hh::standing(tx, id, on)
                        .map(|s| s.map(|s| (s.household.path, s.household.persons, s.household.head)))
                };
                assert_eq!(at(tx, before)?, Some(("/52/01/0101/".into(), 3, head)));
                assert_eq!(at(tx, first)?, Some(("/52/01/0101/".into(), 3, head)));
                assert_eq!(at(tx, after)?, Some(("/52/01/0102/".into(), 5, head)));
                assert_eq!(hh::standing(tx, id, first.yesterday().unwrap())?, None);
                let list = |tx: &mut dyn db::Tx, path: &str, on| {
                    hh::page(tx, &Asked { path, tag: None, on }, None, 10)
                        .map(|p| p.into_iter().map(|h| (h.path, h.persons)).collect::<Vec<_>>())
                };
                assert_eq!(list(tx, "/52/01/0101/", before)?, [("/52/01/0101/".into(), 3)]);
                assert_eq!(list(tx, "/52/01/0102/", before)?, []);
                assert_eq!(list(tx, "/52/01/0102/", after)?, [("/52/01/0102/".into(), 5)]);
                assert_eq!(list(tx, "/52/01/", after)?.len(), 1);
                assert_eq!(list(tx, "", after)?.len(), 1);
                let facts = hh::history(tx, id)?;
                let persons: Vec<_> = facts
                    .iter()
                    .filter(|f| f.field == "persons")
                    .map(|f| (f.value.as_deref().unwrap(), f.superseded_at.is_some()))
                    .collect();
                assert_eq!(persons, [("3", false), ("4", true), ("5", false)]);
                Ok(())
            })
            .unwrap();
        let kinds: Vec<String> = events(&site, id).into_iter().map(|(k, _)| k).collect();
        assert_eq!(
            kinds,
            ["household-added", "household-changed", "household-corrected", "household-changed"]
        );
    });
}

#[test]
fn a_first_entry_that_was_wrong_is_kept_as_superseded() {
    each_engine(|db| {
        let site = open(db);
        let h = added(&site, "0101");
        let (id, known) = (h.id, h.clone());
        let fix = HouseholdChange { persons: Some(2), basis: "数错了".into(), ..Default::default() };
        write(&site, move |tx, site| hh::change_in(tx, site, &known, &fix, Mode::Correct, &act())).unwrap();
        site.db
            .read_now(move |tx| {
                let all = hh::history(tx, id)?;
                let told: Vec<_> = all
                    .iter()
                    .map(|f| (f.value.as_deref().unwrap(), f.superseded_at.is_some(), f.basis.as_str()))
                    .collect();
                assert_eq!(told.len(), 2);
                assert!(
                    told.contains(&("3", true, "户口簿")) && told.contains(&("2", false, "数错了")),
                    "{told:?}"
                );
                assert_eq!(hh::standing(tx, id, h.from)?.unwrap().household.persons, 2, "it was never three");
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn tags_have_days_and_their_note_is_sealed() {
    each_engine(|db| {
        let site = open(db);
        let (a, b) = (added(&site, "0101"), added(&site, "0201"));
        let (from, to) = (day(&site, 60), day(&site, 30));
        let new = NewTag {
            tag: "hardship".into(),
            person: a.head,
            from,
            to: None,
            basis: "民政名册".into(),
            note: Some("糖尿病".into()),
        };
        let put = |h: &Household, new: &NewTag| {
            let (h, new) = (h.clone(), new.clone());
            write(&site, move |tx, site| hh::tag_in(tx, site, &h, &new, &act()))
        };
        let fact = put(&a, &new).unwrap();
        assert!(put(&a, &new).is_err(), "twice at one time");
        put(&a, &NewTag { person: None, ..new.clone() }).unwrap();
        put(&b, &NewTag { person: None, note: None, ..new.clone() }).unwrap();
        let known = a.clone();
        write(&site, move |tx, site| hh::untag_in(tx, site, &known, fact, Some(to), "已脱困", &act()))
            .unwrap();
        let (keyring, ids) = (site.keyring.clone(), [a.id, b.id]);
        site.db
            .read_now(move |tx| {
                let listed = |tx: &mut dyn db::Tx, path: &str, on, limit| {
                    hh::page(tx, &Asked { path, tag: Some("hardship"), on }, None, limit)
                        .map(|p| p.into_iter().map(|h| h.id).collect::<Vec<_>>())
                };
                assert_eq!(listed(tx, "/52/", from, 10)?, ids, "two marks in a household list it once");
                assert_eq!(listed(tx, "/52/", from, 2)?, ids);
                assert_eq!(listed(tx, "/52/02/", from, 10)?, ids[1..]);
                assert_eq!(listed(tx, "/52/", from.yesterday().unwrap(), 10)?, []);
                assert_eq!(hh::tags(tx, ids[0], from)?.len(), 2);
                assert_eq!(hh::tags(tx, ids[0], to)?.len(), 1);
                assert!(hh::has_tag(tx, ids[0], "hardship", to)? && !hh::has_tag(tx, ids[0], "other", to)?);
                assert_eq!(vault::texts::open(tx, &keyring, fact, "note")?.as_deref(), Some("糖尿病"));
                let mut spans = Vec::new();
                hh::tag_spans(tx, "hardship", &mut |h, from, to| {
                    spans.push((h, from, to));
                    Ok(())
                })?;
                assert_eq!(spans.len(), 3);
                assert!(spans.contains(&(ids[0], from, Some(to))));
                Ok(())
            })
            .unwrap();
        let told = format!("{:?}", events(&site, a.id));
        assert!(!told.contains("糖尿病") && told.contains("household-untagged"), "{told}");
    });
}

#[test]
fn people_come_and_go_and_are_written_anew() {
    each_engine(|db| {
        let site = open(db);
        let h = added(&site, "0101");
        let (id, known, from) = (h.id, h.clone(), day(&site, 20));
        let baby = NewMember { relation: Relation::Grandchild, who: who("王小苗"), from: Some(from) };
        let baby =
            write(&site, move |tx, site| hh::add_member_in(tx, site, &known, &baby, "出生证明", &act()))
                .unwrap();
        let known = h.clone();
        let second = NewMember { relation: Relation::Head, who: who("王二"), from: None };
        let refused =
            write(&site, move |tx, site| hh::add_member_in(tx, site, &known, &second, "口述", &act()));
        assert!(matches!(refused, Err(Error::Invalid(f)) if f[0].field == "relation"), "one head");
        let all = site.db.read_now(move |tx| hh::members(tx, id)).unwrap();
        let head = all.iter().find(|m| m.relation == Relation::Head).unwrap().clone();
        let (known, gone) = (h.clone(), day(&site, 5));
        write(&site, move |tx, site| hh::end_member_in(tx, site, &known, head.id, gone, "去世", &act()))
            .unwrap();
        assert_eq!(now(&site, id).head, None);
        let known = now(&site, id);
        let fix =
            MemberFix {
                relation: Relation::Daughter, from, to: None, basis: "写错了".into(), strike: false
            };
        write(&site, move |tx, site| hh::fix_member_in(tx, site, &known, baby.id, &fix, &act())).unwrap();
        let known = now(&site, id);
        let spouse = all.iter().find(|m| m.relation == Relation::Spouse).unwrap().id;
        write(&site, move |tx, site| {
            hh::redo_person_in(
                tx,
                site,
                &known,
                spouse,
                &NewPerson { phone: Some("13900009999".into()), ..who("李秀兰") },
                &act(),
            )
        })
        .unwrap();
        let (secret, today) = (site.secret.clone(), day(&site, 0));
        site.db
            .read_now(move |tx| {
                let there = |tx: &mut dyn db::Tx, on| {
                    hh::standing(tx, id, on).map(|s| {
                        let mut all: Vec<_> = s.unwrap().members.iter().map(|m| m.relation).collect();
                        all.sort();
                        all
                    })
                };
                use Relation::*;
                assert_eq!(there(tx, from.yesterday().unwrap())?, [Head, Spouse, Son]);
                assert_eq!(there(tx, from)?, [Head, Spouse, Son, Daughter]);
                assert_eq!(there(tx, today)?, [Spouse, Son, Daughter]);
                assert_eq!(hh::members(tx, id)?.len(), 5, "the entry that was wrong is kept");
                assert!(hh::find(tx, &secret, By::Name("李秀英"), today)?.is_empty());
                assert_eq!(hh::find(tx, &secret, By::Phone("139 0000 9999"), today)?.len(), 1);
                assert!(
                    hh::find(tx, &secret, By::Idno(IDNO), today)?.is_empty(),
                    "whoever left is not there today"
                );
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn an_ended_household_is_there_until_then_and_the_ends_of_its_stream_agree() {
    each_engine(|db| {
        let site = open(db);
        let h = added(&site, "0101");
        let (known, on) = (h.clone(), day(&site, 3));
        write(&site, move |tx, site| hh::close_in(tx, site, &known, on, "搬到外地", &act())).unwrap();
        let known = now(&site, h.id);
        let twice = write(&site, move |tx, site| hh::close_in(tx, site, &known, on, "搬到外地", &act()));
        assert!(matches!(twice, Err(Error::Refused { .. })));
        site.db
            .read_now(move |tx| {
                let n = |tx: &mut dyn db::Tx, on| {
                    hh::page(tx, &Asked { path: "", tag: None, on }, None, 9).map(|p| p.len())
                };
                assert_eq!((n(tx, on.yesterday().unwrap())?, n(tx, on)?), (1, 0));
                assert_eq!(hh::count(tx, "/52/", on)?, 0);
                Ok(())
            })
            .unwrap();
        let report = || {
            site.db
                .read_now(|tx| {
                    let mut report = journal::verify(tx, &|_| {})?;
                    journal::verify_ends(tx, register::ENDS, &mut report)?;
                    Ok(report.faults.len())
                })
                .unwrap()
        };
        assert_eq!(report(), 0);
        let id = h.id;
        write(&site, move |tx, _| {
            tx.execute(&db::Stmt::dynamic("cut", "DELETE FROM journal WHERE stream = $1"), &db::params![id])
        })
        .unwrap();
        assert_eq!(report(), 1, "a household without its stream is named");
    });
}

#[test]
fn pages_follow_one_another_without_a_gap() {
    each_engine(|db| {
        let site = open(db);
        let mut all = Vec::new();
        for grid in ["0102", "0101", "0101", "0201", "0101"] {
            all.push(added(&site, grid));
        }
        let mover = all[1].clone();
        let change =
            HouseholdChange { grid: Some(unit(&site, "0201")), basis: "搬家".into(), ..Default::default() };
        let on = day(&site, 7);
        write(&site, move |tx, site| hh::change_in(tx, site, &mover, &change, Mode::From(on), &act()))
            .unwrap();
        for (on, first) in [(day(&site, 8), "0101-001"), (day(&site, 0), "0101-002")] {
            for limit in 1..=6 {
                let seen = site
                    .db
                    .read_now(move |tx| {
                        let (mut seen, mut after) = (Vec::new(), None);
                        loop {
                            let page =
                                hh::page(tx, &Asked { path: "/52/", tag: None, on }, after.as_ref(), limit)?;
                            let Some(last) = page.last() else { return Ok(seen) };
                            after = Some(Cursor::behind(last));
                            seen.extend(page.into_iter().map(|h| (h.path, h.code)));
                        }
                    })
                    .unwrap();
                assert_eq!(seen.len(), 5, "{on} {limit}");
                assert!(seen.is_sorted(), "{seen:?}");
                assert_eq!(seen[0].1, first);
            }
        }
    });
}

#[tokio::test]
async fn who_may_is_asked_of_the_table() {
    db::testing::each_engine_async(async |db| {
        let site = open(db);
        let (grid, other) = (unit(&site, "0101"), unit(&site, "02"));
        let scope = |role, at: UnitId, path: &str| Scope {
            actor: Actor::Staff { account: AccountId(Uuid::from_u128(9)), unit: at },
            grants: vec![kernel::Grant { role, unit: at, path: path.into() }],
            on: site.today(),
        };
        let village = scope(Role::Liaison, unit(&site, "01"), "/52/01/");
        let strange = scope(Role::Liaison, other, "/52/02/");
        let h = hh::add(&site, &village, family(&site, "0101")).await.unwrap();
        assert_eq!(h.unit, grid);
        assert!(matches!(hh::add(&site, &strange, family(&site, "0101")).await, Err(Error::NotFound)));
        let change = HouseholdChange { persons: Some(4), basis: "入户".into(), ..Default::default() };
        let refused = hh::change(&site, &strange, h.id, change.clone(), Mode::Correct).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        hh::change(&site, &village, h.id, change, Mode::Correct).await.unwrap();
        let auditor = scope(Role::Auditor, other, "/52/02/");
        let refused = hh::close(&site, &auditor, h.id, site.today(), "试".into()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    })
    .await;
}

#[test]
fn duplicates_are_proposed_linked_and_unlinked_and_nothing_is_lost() {
    each_engine(|db| {
        let site = open(db);
        let (a, b) = (added(&site, "0101"), added(&site, "0201"));
        let mut other = family(&site, "0101");
        other.people[0].who.idno = None;
        other.people[0].who.phone = None;
        let c = write(&site, move |tx, site| hh::add_in(tx, site, &other, &act())).unwrap();
        let today = day(&site, 0);
        let proposed = |path: &'static str| {
            let found = site.db.read_now(move |tx| hh::proposals(tx, path, None, 9)).unwrap();
            // Of two that were written down in one moment either may be called the first.
            let mut all: Vec<_> =
                found.into_iter().map(|p| (p.kept.min(p.other), p.kept.max(p.other), p.why)).collect();
            all.sort();
            all
        };
        let pair = |x: &Household, y: &Household, why| (x.id.min(y.id), x.id.max(y.id), why);
        let mut both = [pair(&a, &b, Alike::Idno), pair(&a, &c, Alike::HeadName)];
        both.sort();
        assert_eq!(proposed("/52/"), both);
        assert_eq!(proposed("/52/02/"), []);
        let (kept, linked) = (a.clone(), b.clone());
        let join = move |tx: &mut dyn db::Tx, site: &access::Site| {
            hh::link_in(tx, site, &linked, &kept, "入户核实是一家", &act())
        };
        write(&site, join).unwrap();
        let (now_b, now_a) = (now(&site, b.id), now(&site, a.id));
        assert_eq!((now_b.kept, now_a.kept), (Some(a.id), None));
        assert_eq!(proposed("/52/"), [pair(&a, &c, Alike::HeadName)]);
        let (id, there) = (b.id, now_b.clone());
        site.db
            .read_now(move |tx| {
                assert_eq!(hh::kept(tx, there.clone())?.id, now_a.id, "it reads through to the kept one");
                let n = hh::page(tx, &Asked { path: "", tag: None, on: today }, None, 9)?.len();
                assert_eq!(n, 2, "the linked one stands in no list");
                assert_eq!(hh::members(tx, id)?.len(), 3, "its people are still there");
                Ok(())
            })
            .unwrap();
        // No chains: neither the linked one nor the one that stands for it is linked on.
        for (from, to) in [(b.id, c.id), (a.id, c.id), (c.id, b.id)] {
            let (from, to) = (now(&site, from), now(&site, to));
            let again = write(&site, move |tx, site| hh::link_in(tx, site, &from, &to, "再并", &act()));
            assert!(matches!(again, Err(Error::Refused { .. })), "{again:?}");
        }
        let other = now(&site, b.id);
        write(&site, move |tx, site| hh::unlink_in(tx, site, &other, "其实是两家", &act())).unwrap();
        assert_eq!(now(&site, b.id), b, "as if it had never been linked");
        let id = b.id;
        let links = site.db.read_now(move |tx| hh::links(tx, id)).unwrap();
        assert_eq!(links.len(), 1);
        assert!(links[0].undone_at.is_some() && links[0].by.is_some(), "{links:?}");
        let kinds: Vec<String> = events(&site, b.id).into_iter().map(|(k, _)| k).collect();
        assert_eq!(kinds, ["household-added", "household-linked", "household-unlinked"]);
    });
}

#[test]
fn what_is_found_at_once_is_what_was_found_one_by_one() {
    each_engine(|db| {
        let site = open(db);
        // The same family twice; a namesake of its head in the same grid; two others who share a name and a telephone.
        let lone = |name: &str, phone: Option<&str>| {
            let mut new = family(&site, "0101");
            new.people.truncate(1);
            new.people[0].who = NewPerson { phone: phone.map(str::to_owned), ..who(name) };
            new
        };
        let two = || lone("萧景琰", Some("13900000008"));
        for new in [family(&site, "0101"), family(&site, "0101"), lone("王德贵", None), two(), two()] {
            write(&site, move |tx, site| hh::add_in(tx, site, &new, &act())).unwrap();
        }
        let listed = || site.db.read_now(|tx| hh::proposals(tx, "/", None, 100)).unwrap();
        let one_by_one = listed();
        let why: Vec<Alike> = one_by_one.iter().map(|p| p.why).collect();
        assert_eq!(why, [Alike::Idno, Alike::NamePhone, Alike::HeadName, Alike::HeadName]);
        let today = day(&site, 0);
        let found = write(&site, move |tx, _| hh::find_alike(tx, today)).unwrap();
        assert_eq!((found, listed()), (4, one_by_one));
    });
}

#[test]
fn no_list_of_duplicates_is_read_from_beginning_to_end() {
    each_engine(|db| {
        let site = open(db);
        // The other engine decides by how full its tables are: here they are empty.
        if db.engine() != db::Engine::Sqlite {
            return;
        }
        let all = register::statements();
        let plan = |name: &str, values: usize| {
            let stmt = all.iter().find(|s| s.name.ends_with(name)).expect("a statement");
            let asked = db::Stmt::dynamic("plan", format!("EXPLAIN QUERY PLAN {}", stmt.text(db.engine())));
            let values = vec![db::Value::Null; values];
            site.db.read_now(move |tx| tx.query_map(&asked, &values, |r| r.get::<String>(3))).unwrap()
        };
        // Read in the order of the index, so no more than what is shown.
        let page = plan("::ALIKE_IN", 6);
        let step = "INDEX household_alikes_in (why=? AND (path,kept_id,other_id)>(?,?,?) AND path<?)";
        assert!(page.len() == 1 && page[0].contains(step), "{page:?}");
        let count = plan("::ALIKE_COUNT", 3);
        let list = count.iter().find(|s| s.contains("household_alikes")).expect("the table");
        assert!(list.contains("INDEX household_alikes_in (why=? AND path>? AND path<?)"), "{count:?}");
        let few = [
            ("::HEADED", 3),
            ("::ALIKE_TO", 2),
            ("::ALIKE_DROP", 1),
            ("::ALIKE_DROP_OTHER", 1),
            ("::TAGGED_LINKED", 6),
        ];
        for (name, values) in few {
            let steps = plan(name, values);
            assert!(!steps.iter().any(|s| s.starts_with("SCAN")), "{name}: {steps:?}");
        }
        // However many of that name there are: those of the grid.
        let heads = plan("::HEADED", 3);
        assert!(!heads.iter().any(|s| s.contains("household_people_name")), "{heads:?}");
    });
}

#[test]
fn whoever_was_entered_at_both_rows_leaves_and_is_put_right_at_both() {
    each_engine(|db| {
        let site = open(db);
        let (a, b) = (added(&site, "0101"), added(&site, "0201"));
        let (kept, linked) = (a.clone(), b.clone());
        write(&site, move |tx, site| hh::link_in(tx, site, &linked, &kept, "入户核实", &act())).unwrap();
        // The entries of the head that stand at each row: since when, and until when.
        let entries = |site: &SharedSite, id: HouseholdId, person: PersonId| {
            let all = site.db.read_now(move |tx| hh::members(tx, id)).unwrap();
            let own = all.into_iter().filter(|m| m.person == person && m.superseded_at.is_none());
            own.map(|m| (m.id, m.from, m.to)).collect::<Vec<_>>()
        };
        let (head, twin) = (a.head.unwrap(), b.head.unwrap());
        let until = |site: &SharedSite| {
            let to = |id, person| entries(site, id, person).iter().map(|e| e.2).collect::<Vec<_>>();
            [to(a.id, head), to(b.id, twin)]
        };
        let living = |site: &SharedSite| {
            let (id, on) = (a.id, day(site, 0));
            let there = site.db.read_now(move |tx| hh::living(tx, id, on)).unwrap();
            there.iter().filter(|m| m.relation == Relation::Head).count()
        };
        let first = |site: &SharedSite| entries(site, a.id, head)[0];
        let (since, gone) = (first(&site).1, day(&site, 5));
        let fix = |from, to, strike| MemberFix {
            relation: Relation::Head,
            from,
            to,
            basis: "写错了".into(),
            strike,
        };
        assert_eq!(living(&site), 1);

        let (known, entry) = (now(&site, a.id), first(&site).0);
        write(&site, move |tx, site| hh::end_member_in(tx, site, &known, entry, gone, "去世", &act()))
            .unwrap();
        assert_eq!((until(&site), living(&site)), ([vec![Some(gone)], vec![Some(gone)]], 0));
        assert_eq!((now(&site, a.id).head, now(&site, b.id).head), (None, None));
        let kinds: Vec<String> = events(&site, b.id).into_iter().map(|(k, _)| k).collect();
        assert_eq!(kinds, ["household-added", "household-linked", "household-person-ended"]);

        // It was somebody else who died.
        let (known, entry, back) = (now(&site, a.id), first(&site).0, fix(since, None, false));
        write(&site, move |tx, site| hh::fix_member_in(tx, site, &known, entry, &back, &act())).unwrap();
        assert_eq!((until(&site), living(&site)), ([vec![None], vec![None]], 1));
        assert_eq!((now(&site, a.id).head, now(&site, b.id).head), (Some(head), Some(twin)));

        // A name that was wrong, and a last day in one correction, at the row that is linked.
        let known = now(&site, b.id);
        let entry = entries(&site, b.id, twin)[0].0;
        let new = Correction {
            name: Some("王德桂".into()),
            phone: None,
            idno: Some("110105194912310038".into()),
            address: None,
            without: vec!["phone".into()],
            relation: Relation::Head,
            from: since,
            to: Some(gone),
            basis: "户口簿".into(),
        };
        write(&site, move |tx, site| hh::correct_in(tx, site, &known, entry, &new, &act())).unwrap();
        assert_eq!(until(&site), [vec![Some(gone)], vec![Some(gone)]]);
        let keyring = site.keyring.clone();
        let names = site.db.read_now(move |tx| {
            let who = |tx: &mut dyn db::Tx, p| identity::get(tx, &keyring, p).map(|p| p.unwrap());
            let (one, other) = (who(tx, head)?, who(tx, twin)?);
            Ok([one, other].map(|p| (p.name.unwrap(), p.phone, p.idno.unwrap())))
        });
        let right = ("王德桂".to_owned(), None, "110105194912310038".to_owned());
        assert_eq!(names.unwrap(), [right.clone(), right]);
        let (secret, before) = (site.secret.clone(), gone.yesterday().unwrap());
        let found = site.db.read_now(move |tx| hh::find(tx, &secret, By::Name("王德桂"), before)).unwrap();
        assert_eq!(found.len(), 2, "both are found by what is right");

        // What one row says from a later day on than the last never was.
        let known = now(&site, b.id);
        let (entry, later) = (entries(&site, b.id, twin)[0].0, fix(day(&site, 3), None, false));
        write(&site, move |tx, site| hh::fix_member_in(tx, site, &known, entry, &later, &act())).unwrap();
        assert_eq!(until(&site), [vec![None], vec![None]]);
        let (known, entry) = (now(&site, a.id), first(&site).0);
        write(&site, move |tx, site| hh::end_member_in(tx, site, &known, entry, gone, "去世", &act()))
            .unwrap();
        assert_eq!(until(&site), [vec![Some(gone)], vec![]]);
    });
}

#[test]
fn an_entry_that_is_struck_is_struck_at_both_rows() {
    each_engine(|db| {
        let site = open(db);
        let (a, b) = (added(&site, "0101"), added(&site, "0201"));
        let (kept, linked) = (a.clone(), b.clone());
        write(&site, move |tx, site| hh::link_in(tx, site, &linked, &kept, "入户核实", &act())).unwrap();
        let id = a.id;
        let all = site.db.read_now(move |tx| hh::members(tx, id)).unwrap();
        let head = all.into_iter().find(|m| m.relation == Relation::Head).unwrap();
        let fix = MemberFix {
            relation: head.relation,
            from: head.from,
            to: None,
            basis: "没有这个人".into(),
            strike: true,
        };
        let known = now(&site, a.id);
        write(&site, move |tx, site| hh::fix_member_in(tx, site, &known, head.id, &fix, &act())).unwrap();
        let on = day(&site, 0);
        let there = site.db.read_now(move |tx| hh::living(tx, id, on)).unwrap();
        assert!(there.iter().all(|m| m.relation != Relation::Head), "{there:?}");
        assert_eq!((now(&site, a.id).head, now(&site, b.id).head), (None, None));
    });
}

#[test]
fn pairs_are_listed_page_by_page_each_once() {
    each_engine(|db| {
        let site = open(db);
        // Five rows of one family in three grids: ten pairs for their number.
        for grid in ["0101", "0101", "0102", "0201", "0201"] {
            added(&site, grid);
        }
        let mut other = family(&site, "0201");
        other.people.truncate(1);
        other.people[0].who = who("王德贵");
        write(&site, move |tx, site| hh::add_in(tx, site, &other, &act())).unwrap();
        for (path, all) in [("/52/", 12), ("/52/01/", 3), ("/52/01/0101/", 1), ("/52/02/", 3), ("/", 12)] {
            let whole = site.db.read_now(move |tx| hh::proposals(tx, path, None, 99)).unwrap();
            assert_eq!(whole.len(), all, "{path}");
            assert!(whole.is_sorted_by_key(|p| (p.why.rank(), p.path.clone(), p.kept, p.other)));
            for most in 1..=5 {
                let mut seen: Vec<Proposal> = Vec::new();
                loop {
                    let after = seen.last().cloned();
                    let read = move |tx: &mut dyn db::Tx| hh::proposals(tx, path, after.as_ref(), most);
                    let page = site.db.read_now(read).unwrap();
                    if page.is_empty() {
                        break;
                    }
                    assert!(page.len() <= most);
                    seen.extend(page);
                }
                assert_eq!(seen, whole, "{path} {most}");
            }
            assert_eq!(site.db.read_now(move |tx| hh::proposed(tx, path)).unwrap(), all as i64);
        }
    });
}

#[test]
fn a_third_copy_that_is_like_the_linked_row_alone_is_proposed_against_the_kept_one() {
    each_engine(|db| {
        let site = open(db);
        // The kept one and the linked one share nobody; the third shares the linked one's head.
        let alone = |grid: &str, name: &str, phone: &str| {
            let mut new = family(&site, grid);
            new.people.truncate(1);
            new.people[0].who = NewPerson { phone: Some(phone.into()), ..who(name) };
            write(&site, move |tx, site| hh::add_in(tx, site, &new, &act())).unwrap()
        };
        let kept = alone("0101", "王德贵", "13900000001");
        let linked = alone("0102", "李秀英", "13900000002");
        let third = alone("0102", "李秀英", "13900000002");
        let today = day(&site, 0);
        let pairs = || {
            let drift = site.db.read_now(move |tx| hh::alike_drift(tx, today)).unwrap();
            assert_eq!(drift, [], "found at once it is the same");
            let all = site.db.read_now(|tx| hh::proposals(tx, "/", None, 99)).unwrap();
            all.into_iter().map(|p| (p.kept.min(p.other), p.kept.max(p.other), p.path)).collect::<Vec<_>>()
        };
        let pair =
            |x: &Household, y: &Household, path: &str| (x.id.min(y.id), x.id.max(y.id), path.to_owned());
        assert_eq!(pairs(), [pair(&linked, &third, "/52/01/0102/")]);
        let (one, other) = (kept.clone(), linked.clone());
        write(&site, move |tx, site| hh::link_in(tx, site, &other, &one, "一家", &act())).unwrap();
        assert_eq!(pairs(), [pair(&kept, &third, "/52/01/")]);
        // What changes at the linked row is the kept one's.
        let row = now(&site, linked.id);
        let id = row.id;
        let entry = site.db.read_now(move |tx| hh::members(tx, id)).unwrap()[0].id;
        let known = row.clone();
        write(&site, move |tx, site| hh::end_member_in(tx, site, &known, entry, today, "迁出", &act()))
            .unwrap();
        assert_eq!(pairs(), []);
        let back = MemberFix {
            relation: Relation::Head,
            from: row.from,
            to: None,
            basis: "写错了".into(),
            strike: false,
        };
        let known = now(&site, linked.id);
        write(&site, move |tx, site| hh::fix_member_in(tx, site, &known, entry, &back, &act())).unwrap();
        assert_eq!(pairs(), [pair(&kept, &third, "/52/01/")]);
        let row = now(&site, linked.id);
        write(&site, move |tx, site| hh::unlink_in(tx, site, &row, "其实是两家", &act())).unwrap();
        assert_eq!(pairs(), [pair(&linked, &third, "/52/01/0102/")]);
        // Found to be two, it is not proposed by way of the link either.
        let (one, other) = (linked.clone(), third.clone());
        write(&site, move |tx, site| hh::apart_in(tx, site, &other, &one, "同名", &act())).unwrap();
        assert_eq!(pairs(), []);
        // What is not as it is found is told.
        let (x, y) = (kept.id.min(third.id), kept.id.max(third.id));
        write(&site, move |tx, _| {
            let put = "INSERT INTO household_alikes (kept_id, other_id, why, path) VALUES ($1, $2, 0, '/')";
            tx.execute(&db::Stmt::dynamic("wrong", put), &db::params![x, y])
        })
        .unwrap();
        let drift = site.db.read_now(move |tx| hh::alike_drift(tx, today)).unwrap();
        assert_eq!(drift, [hh::AlikeDrift { kept: x, other: y, missing: false }]);
    });
}

#[test]
fn whoever_may_act_at_the_linked_row_alone_does_not_end_what_stands_at_the_kept_one() {
    each_engine(|db| {
        let site = open(db);
        let (a, b) = (added(&site, "0101"), added(&site, "0201"));
        let id = b.id;
        let all = site.db.read_now(move |tx| hh::members(tx, id)).unwrap();
        let entry = |relation| all.iter().find(|m| m.relation == relation).unwrap().id;
        let (head, wife) = (entry(Relation::Head), entry(Relation::Spouse));
        let may = |path: &str, unit: UnitId, entry: Uuid| {
            let grant = kernel::Grant { role: Role::Liaison, unit, path: path.into() };
            let actor = Actor::Staff { account: AccountId(Uuid::from_u128(9)), unit };
            let scope = Scope { actor, grants: vec![grant], on: site.today() };
            let known = now(&site, id);
            site.db.read_now(move |tx| hh::demand_twins(tx, &scope, access::Verb::Manage, &known, entry))
        };
        let (there, above) = (unit(&site, "02"), unit(&site, "52"));
        assert!(may("/52/02/", there, head).is_ok(), "they are two");
        let (kept, linked) = (a.clone(), b.clone());
        write(&site, move |tx, site| hh::link_in(tx, site, &linked, &kept, "入户核实", &act())).unwrap();
        let refused = may("/52/02/", there, head);
        assert!(matches!(refused, Err(Error::Refused { code: "entered-at-kept", .. })), "{refused:?}");
        assert!(may("/52/02/", there, wife).is_ok(), "by her name alone she may be another");
        assert!(may("/52/", above, head).is_ok());
    });
}
