//! What access keeps, on both engines.

use access::accounts::{self, Act, NewAccount, NewPost};
use access::identity::{self, NewPerson};
use access::keys::{self, NewKey};
use access::testing::{self, small_pack, start};
use access::{MIGRATIONS, Outcome, SharedSite, Token, attempts, once, seats, session};
use db::Db;
use db::testing::{each_engine, each_engine_async};
use kernel::{
    AccountId, Actor, DAY, Date, Error, HOUR, Locale, MINUTE, PersonId, PostId, Role, Scope, Seeded,
    SessionId, TestClock, Timestamp, Uuid,
};
use std::sync::Arc;

fn open(db: &Db) -> (SharedSite, TestClock) {
    db.migrate(&[journal::MIGRATIONS, MIGRATIONS].concat()).unwrap();
    let (site, clock) = testing::site(db, small_pack());
    (Arc::new(site), clock)
}

fn admin(site: &SharedSite) -> Scope {
    let root = testing::seat(site, "/52/", "县").unwrap();
    let id = testing::staff(site, "root", Role::Admin, root).unwrap();
    let posts = site.db.read_now(move |tx| session::posts_on(tx, id, Date::constant(2026, 3, 3))).unwrap();
    access::scope_of(id, &posts, site.today())
}

fn kinds(site: &SharedSite, stream: Uuid) -> Vec<String> {
    let events = site.db.read_now(move |tx| journal::events(tx, stream)).unwrap();
    events.into_iter().map(|e| e.kind).collect()
}

#[test]
fn every_statement_is_understood() {
    each_engine(|db| {
        open(db);
        db.prepare_all(access::STATEMENTS).unwrap();
    });
}

#[tokio::test]
async fn an_account_is_made_once_and_its_name_stays_out_of_the_journal() {
    each_engine_async(async |db| {
        let (site, _) = open(db);
        let scope = admin(&site);
        let new = NewAccount { login: " ZhouQM ".into(), name: "周启明".into(), ..NewAccount::default() };
        let (id, password) = accounts::add(&site, &scope, new.clone()).await.unwrap();
        let known = site.db.read(move |tx| accounts::by_login(tx, "zhouqm")).await.unwrap().unwrap();
        assert_eq!((known.id, known.name.as_str(), known.must_change), (id, "周启明", true));
        assert!(access::password::judge("p", &password, "zhouqm").is_ok());
        match accounts::add(&site, &scope, new).await {
            Err(Error::Invalid(f)) => assert_eq!(f[0].field, "login"),
            other => panic!("{other:?}"),
        }
        let events = site.db.read(move |tx| journal::events(tx, id.0)).await.unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].actor, scope.actor);
        let payload = events[0].payload.to_string();
        assert!(!payload.contains('周') && !payload.contains("zhouqm"), "{payload}");
        for bad in ["", "a", "a b", "名 字", &"x".repeat(41)] {
            let new = NewAccount { login: bad.into(), name: "甲".into(), ..NewAccount::default() };
            assert!(matches!(accounts::add(&site, &scope, new).await, Err(Error::Invalid(_))), "{bad:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_an_administrator_manages_accounts() {
    each_engine_async(async |db| {
        let (site, _) = open(db);
        let unit = testing::seat(&site, "/52/", "县").unwrap();
        for role in Role::ALL.into_iter().filter(|r| *r != Role::Admin) {
            let id = testing::staff(&site, role.key(), role, unit).unwrap();
            let posts = site.db.read(move |tx| session::posts_of(tx, id)).await.unwrap();
            let scope = access::scope_of(id, &posts, site.today());
            let new = NewAccount { login: "x1".into(), name: "甲".into(), ..NewAccount::default() };
            assert!(matches!(accounts::add(&site, &scope, new).await, Err(Error::Forbidden(_))), "{role:?}");
            assert!(matches!(accounts::reset(&site, &scope, id).await, Err(Error::Forbidden(_))));
            assert!(matches!(accounts::disable(&site, &scope, id).await, Err(Error::Forbidden(_))));
        }
    })
    .await;
}

#[tokio::test]
async fn a_post_reaches_from_its_first_day_until_the_day_it_ends() {
    each_engine_async(async |db| {
        let (site, _) = open(db);
        let scope = admin(&site);
        let town = testing::seat(&site, "/52/01/", "构树镇").unwrap();
        let new = NewAccount { login: "he".into(), name: "何".into(), ..NewAccount::default() };
        let (id, _) = accounts::add(&site, &scope, new).await.unwrap();
        let day = |d: i8| Date::constant(2026, 3, d);
        let post = NewPost {
            account: id,
            unit: town,
            role: Role::Clerk,
            title: "窗口组长".into(),
            from: day(5),
            to: None,
            basis: "任〔2026〕3号".into(),
        };
        let pid = accounts::add_post(&site, &scope, post.clone()).await.unwrap();
        let held = async |d: i8| site.db.read(move |tx| session::posts_on(tx, id, day(d))).await.unwrap();
        assert!(held(4).await.is_empty());
        assert_eq!(held(5).await[0].title, "窗口组长");
        assert_eq!(held(5).await[0].path, "/52/01/");
        // The same post twice at a time is refused; an end before the beginning too.
        assert!(matches!(accounts::add_post(&site, &scope, post.clone()).await, Err(Error::Invalid(_))));
        let wrong = NewPost { role: Role::Lead, to: Some(day(5)), ..post.clone() };
        assert!(matches!(accounts::add_post(&site, &scope, wrong).await, Err(Error::Invalid(_))));
        accounts::end_post(&site, &scope, pid, day(9)).await.unwrap();
        assert_eq!(held(8).await.len(), 1);
        assert!(held(9).await.is_empty());
        assert!(matches!(accounts::end_post(&site, &scope, pid, day(9)).await, Err(Error::NotFound)));
        // After it has ended it can be held again.
        accounts::add_post(&site, &scope, NewPost { from: day(20), ..post }).await.unwrap();
        assert_eq!(held(20).await.len(), 1);
        assert_eq!(kinds(&site, id.0), ["account-added", "post-added", "post-ended", "post-added"]);
        let there = site
            .db
            .read(move |tx| {
                Ok((
                    accounts::colleagues(tx, town, day(6))?,
                    accounts::holders(tx, town, Role::Clerk, day(6))?,
                    accounts::first_holder(tx, Role::Clerk, day(6))?,
                    accounts::first_holder(tx, Role::Clerk, day(10))?,
                ))
            })
            .await
            .unwrap();
        assert_eq!(there.0[0].name, "何");
        assert_eq!((there.1, there.2, there.3), (vec![(id, "何".to_owned())], Some(id), None));
    })
    .await;
}

#[test]
fn those_who_serve_a_centre_reach_what_it_serves_and_those_who_handle_do_not() {
    each_engine(|db| {
        let (site, _) = open(db);
        let centre = testing::seat(&site, "/52/centre/", "县中心").unwrap();
        site.db
            .write_now(move |tx| {
                let seat = seats::get(tx, centre)?.unwrap();
                seats::put(tx, &seats::Seat { serves: "/52/".into(), ..seat })
            })
            .unwrap();
        for (role, path) in [
            (Role::Supervisor, "/52/"),
            (Role::Operator, "/52/"),
            (Role::Officer, "/52/centre/"),
            (Role::Lead, "/52/centre/"),
        ] {
            let id = testing::staff(&site, role.key(), role, centre).unwrap();
            let posts = site.db.read_now(move |tx| session::posts_of(tx, id)).unwrap();
            assert_eq!(access::scope_of(id, &posts, site.today()).grants[0].path, path, "{role:?}");
        }
    });
}

#[tokio::test]
async fn disabling_and_resetting_end_every_session() {
    each_engine_async(async |db| {
        let (site, _) = open(db);
        let scope = admin(&site);
        let town = testing::seat(&site, "/52/01/", "构树镇").unwrap();
        let id = testing::staff(&site, "chen", Role::Officer, town).unwrap();
        let live = async || {
            let settings = site.settings.clone();
            site.db.read(move |tx| session::list(tx, id, &settings, start())).await.unwrap().len()
        };
        let sign_in = async |n: u64| {
            let (token, settings) = (Token::make(&Seeded::new(n)), site.settings.clone());
            let sid = SessionId::new(start(), &Seeded::new(n));
            site.db
                .write(move |tx| {
                    session::open(tx, sid, &token, id, &settings, start(), "Edge", &session::Via::default())
                })
                .await
                .unwrap();
        };
        sign_in(1).await;
        sign_in(2).await;
        assert_eq!(live().await, 2);
        accounts::reset(&site, &scope, id).await.unwrap();
        assert_eq!(live().await, 0);
        sign_in(3).await;
        accounts::disable(&site, &scope, id).await.unwrap();
        accounts::disable(&site, &scope, id).await.unwrap();
        assert_eq!(live().await, 0);
        accounts::enable(&site, &scope, id).await.unwrap();
        assert_eq!(
            kinds(&site, id.0),
            ["account-added", "post-added", "password-reset", "account-disabled", "account-enabled"]
        );
        let me = scope.account().unwrap();
        assert!(matches!(
            accounts::disable(&site, &scope, me).await,
            Err(Error::Refused { code: "own-account", .. })
        ));
        let nobody = AccountId(Uuid::from_u128(1));
        assert!(matches!(accounts::disable(&site, &scope, nobody).await, Err(Error::NotFound)));
    })
    .await;
}

#[test]
fn a_session_ends_when_idle_and_at_its_end() {
    each_engine(|db| {
        let (site, _) = open(db);
        let town = testing::seat(&site, "/52/01/", "构树镇").unwrap();
        let id = testing::staff(&site, "chen", Role::Officer, town).unwrap();
        let (token, settings) = (Token::make(&Seeded::new(1)), site.settings.clone());
        let (hash, sid) = (token.hash(), SessionId::new(start(), &Seeded::new(1)));
        site.db
            .write_now(move |tx| {
                session::open(tx, sid, &token, id, &settings, start(), "", &session::Via::default())
            })
            .unwrap();
        let found = |at: Timestamp| {
            let (hash, settings) = (hash.clone(), site.settings.clone());
            site.db.read_now(move |tx| session::find(tx, &hash, &settings, at, site_day(at))).unwrap()
        };
        let now = start();
        assert_eq!(found(now).unwrap().posts.len(), 1);
        assert!(found(now.plus(30 * MINUTE - 1)).is_some());
        assert!(found(now.plus(30 * MINUTE)).is_none(), "idle");
        let forever = access::Settings { idle: 99 * DAY, ..site.settings.clone() };
        let late = |at: Timestamp| {
            let (hash, settings) = (hash.clone(), forever.clone());
            site.db
                .read_now(move |tx| session::find(tx, &hash, &settings, at, site_day(at)))
                .unwrap()
                .is_some()
        };
        assert!(late(now.plus(8 * HOUR - 1)));
        assert!(!late(now.plus(8 * HOUR)), "over");
    });
}

fn site_day(at: Timestamp) -> Date {
    kernel::Zone::CHINA.date(at)
}

#[test]
fn five_failures_lock_a_login_known_or_not_for_a_quarter_of_an_hour() {
    each_engine(|db| {
        let (site, _) = open(db);
        let (secret, settings) = (site.secret.clone(), site.settings.clone());
        let now = start();
        let fail = |login: &'static str, from: String, at: Timestamp| {
            let (secret, settings) = (secret.clone(), settings.clone());
            site.db
                .write_now(move |tx| {
                    attempts::failed(tx, &attempts::Keys::new(&secret, login, &from), &settings, at)
                })
                .unwrap();
        };
        let locked = |login: &'static str, from: &'static str, at: Timestamp| {
            let secret = secret.clone();
            site.db
                .read_now(move |tx| {
                    attempts::locked_until(tx, &attempts::Keys::new(&secret, login, from), at)
                })
                .unwrap()
        };
        for n in 0..4 {
            fail("ghost", format!("10.0.0.{n}"), now.plus(n));
        }
        assert_eq!(locked("ghost", "a", now.plus(5)), None);
        fail("ghost", "10.0.0.9".into(), now.plus(10));
        assert_eq!(locked("ghost", "a", now.plus(11)), Some(now.plus(10 + 15 * MINUTE)));
        assert_eq!(locked("ghost", "a", now.plus(10 + 15 * MINUTE)), None);
        assert_eq!(locked("other", "a", now.plus(11)), None);
        // Failures further apart than the window do not add up.
        for n in 0..10 {
            fail("slow", format!("10.1.0.{n}"), now.plus(n * 16 * MINUTE));
        }
        assert_eq!(locked("slow", "a", now.plus(9 * 16 * MINUTE)), None);
        // One address that tries many logins has to wait too.
        for login in ["a1", "a2", "a3", "a4", "a5", "a6"] {
            for _ in 0..5 {
                fail(login, "10.9.9.9".into(), now);
            }
        }
        assert!(locked("fresh", "10.9.9.9", now).is_some());
        assert!(locked("fresh", "10.9.9.8", now).is_none());
        let secret = secret.clone();
        site.db.write_now(move |tx| attempts::clear(tx, &secret, "ghost")).unwrap();
        assert_eq!(locked("ghost", "a", now.plus(11)), None);
    });
}

#[test]
fn a_person_is_found_by_number_and_by_its_tail() {
    each_engine(|db| {
        let (site, _) = open(db);
        let person = |n: u128, phone: &str, at: i64| NewPerson {
            id: Some(PersonId(Uuid::from_u128(n))),
            name: Some(" 诉求人 ".into()),
            phone: Some(phone.into()),
            address: Some("".into()),
            locale: Locale::En,
            at: Timestamp(at),
            ..NewPerson::default()
        };
        let people = vec![
            person(1, "138 0000 1234", 1),
            person(2, "+86-13800001234", 2),
            person(3, "0851-2222 1234", 3),
            person(4, "无", 4),
            // Repeated: nothing happens.
            NewPerson { name: Some("别人".into()), ..person(1, "13900000000", 5) },
        ];
        let own = site.clone();
        let people = identity::seal_many(&site, &people).unwrap();
        site.db.write_now(move |tx| identity::put_many(tx, &own, &people)).unwrap();
        let keys = site.keyring.clone();
        let secret = site.secret.clone();
        let (same, tail, none, got) = site
            .db
            .read_now(move |tx| {
                Ok((
                    identity::find_by_phone(tx, &secret, "13800001234")?,
                    identity::find_by_tail(tx, &secret, "1234")?,
                    identity::find_by_phone(tx, &secret, "无")?,
                    identity::get(tx, &keys, PersonId(Uuid::from_u128(1)))?,
                ))
            })
            .unwrap();
        let id = |n: u128| PersonId(Uuid::from_u128(n));
        assert_eq!(same, [id(2), id(1)]);
        assert_eq!(tail, [id(3), id(2), id(1)]);
        assert!(none.is_empty());
        let got = got.unwrap();
        assert_eq!(
            (got.name.as_deref(), got.phone.as_deref(), got.address),
            (Some("诉求人"), Some("138 0000 1234"), None)
        );
        assert_eq!((got.locale, got.created_at), (Locale::En, Timestamp(1)));
        let (own, secret) = (site.clone(), site.secret.clone());
        let moved = site
            .db
            .write_now(move |tx| {
                let new = NewPerson { phone: Some("13911112222".into()), ..NewPerson::default() };
                let done = identity::change(tx, &own, id(1), &new)?;
                Ok((
                    done,
                    identity::find_by_phone(tx, &secret, "139 1111 2222")?,
                    identity::find_by_phone(tx, &secret, "13800001234")?,
                ))
            })
            .unwrap();
        assert_eq!(moved, (true, vec![id(1)], vec![id(2)]));
    });
}

#[tokio::test]
async fn a_key_names_its_program_until_it_is_revoked() {
    each_engine_async(async |db| {
        let (site, clock) = open(db);
        let scope = admin(&site);
        let new = NewKey { name: " county hub ".into(), contact: "李工 0851-00000000".into() };
        let (id, key) = keys::hand_out(&site, &scope, new).await.unwrap();
        assert_eq!(key.len(), 43);
        let k = key.clone();
        let look = move |tx: &mut dyn db::Tx| Ok((keys::find(tx, &k)?, keys::find(tx, "x")?));
        let (right, wrong) = site.db.read(look.clone()).await.unwrap();
        let known = right.expect("it is known");
        assert_eq!((known.id, known.name.as_str(), wrong), (id, "county hub", None));
        // The first use is written down, the next ones for five minutes not.
        let info = || site.db.read_now(move |tx| keys::by_id(tx, id)).unwrap().unwrap();
        assert_eq!(info().used_at, None);
        keys::touch(&site.db, &known, site.now()).await;
        assert_eq!(info().used_at, Some(start()));
        clock.advance(MINUTE);
        let known = site.db.read(look.clone()).await.unwrap().0.unwrap();
        keys::touch(&site.db, &known, site.now()).await;
        assert_eq!(info().used_at, Some(start()));
        clock.advance(5 * MINUTE);
        keys::touch(&site.db, &known, site.now()).await;
        assert_eq!(info().used_at, Some(start().plus(6 * MINUTE)));
        // Revoked, once.
        keys::revoke(&site, &scope, id).await.unwrap();
        keys::revoke(&site, &scope, id).await.unwrap();
        assert_eq!(site.db.read(look).await.unwrap(), (None, None));
        assert_eq!(info().revoked_at, Some(site.now()));
        assert_eq!(kinds(&site, id.0), ["key-handed-out", "key-revoked"]);
        let events = site.db.read(move |tx| journal::events(tx, id.0)).await.unwrap();
        assert!(events.iter().all(|e| e.actor == scope.actor && !e.payload.to_string().contains('李')));
        // Somebody has to stand for it, and it has to have a name.
        for (name, contact) in [("", "x"), ("x", "x"), ("hub", " "), (&"x".repeat(61), "x"), ("a\nb", "x")] {
            let new = NewKey { name: name.into(), contact: contact.into() };
            let refused = keys::hand_out(&site, &scope, new).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{name:?} {contact:?}: {refused:?}");
        }
        assert!(matches!(
            keys::hand_out(&site, &Scope::public(site.today()), NewKey::default()).await,
            Err(Error::Forbidden(_) | Error::SignIn)
        ));
        assert_eq!(site.db.read(keys::list).await.unwrap().len(), 1);
    })
    .await;
}

#[test]
fn what_comes_twice_is_done_once() {
    each_engine(|db| {
        let (site, _) = open(db);
        let run = |scope: &'static str, key: &'static str, value: i64| {
            site.db.write_now(move |tx| once(tx, scope, key, start(), |_| Ok(value))).unwrap()
        };
        assert_eq!(run("requests", "k1", 7), Outcome { value: 7, again: false });
        assert_eq!(run("requests", "k1", 8), Outcome { value: 7, again: true });
        assert_eq!(run("messages", "k1", 9), Outcome { value: 9, again: false });
        assert_eq!(run("requests", "", 1), Outcome { value: 1, again: false });
        assert_eq!(run("requests", "", 2), Outcome { value: 2, again: false });
        // What failed was not done: the key is free again.
        let failed: kernel::Result<Outcome<i64>> =
            site.db.write_now(|tx| once(tx, "requests", "k2", start(), |_| Err(Error::NotFound)));
        assert!(matches!(failed, Err(Error::NotFound)));
        assert_eq!(run("requests", "k2", 3), Outcome { value: 3, again: false });
        let swept = site.db.write_now(|tx| access::sweep_once(tx, start())).unwrap();
        assert_eq!(swept, 3);
        assert_eq!(run("requests", "k1", 8), Outcome { value: 8, again: false });
    });
}

#[test]
fn accounts_are_listed_page_by_page_and_found_by_any_part() {
    each_engine(|db| {
        let (site, _) = open(db);
        let act = Act { actor: Actor::System, at: start() };
        site.db
            .write_now(move |tx| {
                for n in 0..25u128 {
                    let new = NewAccount {
                        login: format!("u{n:02}"),
                        name: if n % 5 == 0 { format!("张_{n}") } else { format!("李{n}") },
                        pass_hash: "-".into(),
                        ..NewAccount::default()
                    };
                    accounts::add_in(tx, AccountId(Uuid::from_u128(n + 1)), &new, &act)?;
                }
                Ok(())
            })
            .unwrap();
        let page = |q: &'static str, after: &'static str| {
            site.db.read_now(move |tx| accounts::page(tx, q, after, 10)).unwrap()
        };
        let first = page("", "");
        assert_eq!((first.accounts.len(), first.total, first.next.as_deref()), (10, 25, Some("u09")));
        let last = page("", "u19");
        assert_eq!((last.accounts.len(), last.next), (5, None));
        assert_eq!(page("张", "").total, 5);
        assert_eq!(page("U0", "").total, 10);
        // Signs that mean something to the database mean nothing here.
        assert_eq!((page("_", "").total, page("%", "").total, page("!", "").total), (5, 0, 0));
        let ids = site.db.read_now(accounts::all_names).unwrap();
        assert_eq!(ids.len(), 25);
    });
}

#[test]
fn posts_without_a_unit_known_are_refused() {
    each_engine(|db| {
        let (site, _) = open(db);
        let town = testing::seat(&site, "/52/01/", "构树镇").unwrap();
        let id = testing::staff(&site, "chen", Role::Officer, town).unwrap();
        let act = Act { actor: Actor::System, at: start() };
        let post = NewPost {
            account: id,
            unit: kernel::UnitId(Uuid::from_u128(404)),
            role: Role::Lead,
            title: String::new(),
            from: site.today(),
            to: None,
            basis: String::new(),
        };
        let (p, a) = (post.clone(), act.clone());
        let faults =
            site.db.write_now(move |tx| accounts::add_post_in(tx, PostId(Uuid::from_u128(1)), &p, &a));
        assert!(matches!(faults, Err(Error::Invalid(f)) if f[0].field == "unit"));
        let nobody = NewPost { account: AccountId(Uuid::from_u128(404)), unit: town, ..post };
        let none =
            site.db.write_now(move |tx| accounts::add_post_in(tx, PostId(Uuid::from_u128(1)), &nobody, &act));
        assert!(matches!(none, Err(Error::NotFound)));
        let named = site.db.read_now(|tx| {
            Ok((seats::named(tx, "构树镇")?, seats::named(tx, "01")?, seats::named(tx, "无")?))
        });
        let (by_name, by_code, none) = named.unwrap();
        assert_eq!((by_name.unwrap().unit, by_code.unwrap().unit, none), (town, town, None));
    });
}
