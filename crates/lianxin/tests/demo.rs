//! The demonstration: its size, its people, and that its past is one the rules allow.

use kernel::{Role, Seeded, TestClock, Timestamp, Zone};
use lianxin::config::Config;
use lianxin::demo::{self, Size};
use lianxin::{capability, open};
use rules::case::State;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

struct Demo {
    site: access::SharedSite,
    password: String,
    // Dropped last: the database and the directory go with it.
    _db: db::testing::Fresh,
    _dir: tempfile::TempDir,
}

fn make(db: db::testing::Fresh, now: Timestamp, requests: u32, seed: u64) -> Demo {
    make_of("county", db, now, &Size { requests, households: 120, seed })
}

fn make_of(pack: &str, db: db::testing::Fresh, now: Timestamp, size: &Size) -> Demo {
    make_scaled(pack, db, now, size, |_| ())
}

/// Of a pack whose demonstration is made smaller.
fn make_scaled(
    pack: &str,
    db: db::testing::Fresh,
    now: Timestamp,
    size: &Size,
    scale: impl FnOnce(&mut pack::Demo),
) -> Demo {
    db.migrate(&capability::migrations()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let config = Config::parse(&format!("pack = \"{pack}\"\ndemo = true")).unwrap();
    let mut pack = open::load_pack(dir.path(), pack).unwrap();
    scale(&mut Arc::get_mut(&mut pack).expect("nobody else has it yet").demo);
    let mut site = open::assemble(dir.path(), (*db).clone(), pack, &config).unwrap();
    site.clock = Arc::new(TestClock::at(now));
    site.chance = Arc::new(Seeded::new(size.seed));
    site.settings.hashing = access::password::Hashing::CHEAP;
    let site = Arc::new(site);
    let password = demo::make(&site, size).unwrap();
    Demo { site, password, _db: db, _dir: dir }
}

fn at(month: i8, day: i8, hour: i8) -> Timestamp {
    Zone::CHINA.instant(jiff::civil::date(2026, month, day).at(hour, 20, 0, 0))
}

fn count(demo: &Demo, sql: &'static str) -> i64 {
    demo.site.db.read_now(move |tx| tx.query_one(&db::Stmt::dynamic("count", sql), &[])?.get(0)).unwrap()
}

fn groups(demo: &Demo, sql: &'static str) -> BTreeMap<String, i64> {
    demo.site
        .db
        .read_now(move |tx| {
            tx.query_map(&db::Stmt::dynamic("groups", sql), &[], |r| Ok((r.get(0)?, r.get(1)?)))
        })
        .unwrap()
        .into_iter()
        .collect()
}

#[test]
fn the_county_has_its_units_posts_and_a_lead_wherever_a_case_can_go() {
    for db in db::testing::engines() {
        let demo = make(db, at(11, 18, 11), 40, 1);
        let levels = groups(&demo, "SELECT level, CAST(COUNT(*) AS BIGINT) FROM units GROUP BY level");
        let n = |level: &str| levels.get(level).copied().unwrap_or(0);
        assert_eq!(
            [n("county"), n("township"), n("village"), n("group"), n("point")],
            [1, 10, 69, 312, 400],
            "{levels:?}"
        );
        let pack = &demo.site.pack;
        assert_eq!(count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM posts"), i64::from(pack.demo.posts));
        assert_eq!(
            count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM units WHERE geometry IS NOT NULL"),
            1 + 10 + 69
        );

        let dir = register::directory(&demo.site);
        let handlers: BTreeSet<&str> = pack.classes.iter().map(|c| c.handler.as_str()).collect();
        let today = demo.site.today();
        let units: Vec<_> = dir.iter().filter(|u| handlers.contains(u.kind.as_str())).map(|u| u.id).collect();
        assert!(units.len() > 150, "{}", units.len());
        let without: Vec<_> = demo
            .site
            .db
            .read_now(move |tx| {
                let mut without = Vec::new();
                for unit in &units {
                    let has = |tx: &mut dyn db::Tx, role| {
                        access::accounts::holders(tx, *unit, role, today).map(|h| !h.is_empty())
                    };
                    if !has(tx, Role::Lead)? || !has(tx, Role::Officer)? {
                        without.push(*unit);
                    }
                }
                Ok(without)
            })
            .unwrap();
        assert!(without.is_empty(), "without lead or officer: {without:?}");
    }
}

#[test]
fn every_role_can_be_stepped_into_and_the_password_fits() {
    let demo = make(db::testing::sqlite(), at(11, 18, 11), 0, 1);
    let today = demo.site.today();
    let people = demo.site.db.read_now(move |tx| demo::personas(tx, today)).unwrap();
    for role in Role::ALL {
        let n = people.iter().filter(|p| p.role == role).count();
        assert!((2..=3).contains(&n), "{role:?}: {n}");
    }
    let first = people[0].login.clone();
    let hash: String = demo
        .site
        .db
        .read_now(move |tx| {
            let sql = "SELECT pass_hash FROM accounts WHERE login = $1";
            tx.query_one(&db::Stmt::dynamic("hash", sql), &db::params![first.as_str()])?.get(0)
        })
        .unwrap();
    assert!(access::password::fits(&hash, &demo.password));
}

/// The bulk loader refuses every step that the case machine would refuse of a person, so a plan
/// that goes in is one that the rules allow: on ordinary days, at night, on weekends, in holidays.
#[test]
fn the_past_is_one_that_the_rules_allow_whenever_it_is_made() {
    for (i, now) in [at(11, 18, 11), at(10, 4, 23), at(2, 19, 9), at(6, 14, 3)].into_iter().enumerate() {
        let demo = make(db::testing::sqlite(), now, 350, i as u64 + 10);
        assert_eq!(count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM requests"), 350);
        let latest = count(&demo, "SELECT CAST(MAX(at) AS BIGINT) FROM request_entries");
        assert!(Timestamp(latest) <= demo.site.clock.now(), "nothing happens after now");
    }
}

#[test]
fn a_thousand_requests_show_every_state_and_look_like_a_county() {
    let demo = make(db::testing::sqlite(), at(11, 18, 11), 1200, 3);
    let states = groups(&demo, "SELECT state, CAST(COUNT(*) AS BIGINT) FROM requests GROUP BY state");
    for state in State::ALL {
        assert!(states.contains_key(state.key()), "no case is {}: {states:?}", state.key());
    }
    let total = 1200.0;
    let open: i64 = states
        .iter()
        .filter(|(key, _)| State::from_key(key).is_some_and(|s| !s.is_end()))
        .map(|(_, n)| *n)
        .sum();
    assert!((0.05..0.12).contains(&(open as f64 / total)), "{states:?}");
    assert!(states["closed"] as f64 / total > 0.75, "{states:?}");

    let share = |part, whole| count(&demo, part) as f64 / count(&demo, whole) as f64;
    let solved = share(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE word = 'solved'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE word IN ('solved', 'not-solved')",
    );
    assert!((0.76..0.88).contains(&solved), "solved {solved}");
    let satisfied = share(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE satisfaction <= 3",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE satisfaction IS NOT NULL",
    );
    assert!((0.83..0.93).contains(&satisfied), "satisfied {satisfied}");
    let distinct = share(
        "SELECT CAST(COUNT(DISTINCT body) AS BIGINT) FROM requests",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests",
    );
    assert!(distinct > 0.97, "distinct texts {distinct}");
    for table in [
        "SELECT CAST(COUNT(*) AS BIGINT) FROM request_joined",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM request_helpers",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM request_supervisions",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE returns > 0",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE reworks > 0",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE extensions > 0",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE word = 'not-reached'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE public_state = 'hidden'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM messages WHERE state = 'delivered'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM messages WHERE state = 'permanent-failure'",
    ] {
        assert!(count(&demo, table) > 0, "{table}");
    }
    let ctx = requests::Ctx::system(&demo.site);
    let drifted = demo.site.db.read_now(move |tx| requests::recount(tx, &ctx)).unwrap();
    assert!(drifted.is_empty(), "counters agree with the cases: {drifted:?}");
    let read = |tx: &mut dyn db::Tx| {
        let mut report = journal::verify(tx, &|_| {})?;
        journal::verify_ends(tx, &lianxin::capability::ends(), &mut report)?;
        Ok(report)
    };
    let report = demo.site.db.snapshot_now(read).unwrap();
    assert!(report.whole() && report.events > 5000, "{report:?}");
}

#[test]
fn the_same_seed_on_the_same_day_makes_the_same_data() {
    let texts = |seed| {
        let demo = make(db::testing::sqlite(), at(11, 18, 11), 60, seed);
        demo.site
            .db
            .read_now(|tx| {
                let sql = "SELECT number, title, body, state FROM requests ORDER BY number";
                tx.query_map(&db::Stmt::dynamic("texts", sql), &[], |r| {
                    Ok([r.get::<String>(0)?, r.get(1)?, r.get(2)?, r.get(3)?])
                })
            })
            .unwrap()
    };
    assert_eq!(texts(5), texts(5));
    assert_ne!(texts(5), texts(6));
}

/// The first whole number in a text, `1,284` as one.
fn first_number(text: &str) -> Option<i64> {
    let from = text.find(|c: char| c.is_ascii_digit())?;
    let digits = text[from..].chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',');
    digits.collect::<String>().parse().ok()
}

/// Every link of a dashboard to a ledger, with the number that stands there.
fn numbers(page: &str) -> Vec<(String, String, i64)> {
    use scraper::{ElementRef, Html, Selector};
    let page = Html::parse_document(page);
    let all = |css: &str| Selector::parse(css).expect("a selector");
    let text = |e: ElementRef<'_>| e.text().collect::<Vec<_>>().join(" ");
    let mut out = Vec::new();
    for link in page.select(&all("main a[href^='/requests?'], main a[href^='/lots/drawn?']")) {
        let href = link.value().attr("href").unwrap_or_default().to_owned();
        let (name, number) = match link.value().attr("class").unwrap_or_default() {
            "tile" => {
                let part = |css: &str| link.select(&all(css)).next().map(text).unwrap_or_default();
                let (label, value, note) = (part(".label"), part("b"), part(".note"));
                // A rate is made of a number that stands below it.
                let rate = value.ends_with('%') || value.starts_with('—');
                (label, first_number(if rate { &note } else { &value }))
            }
            "col" => {
                let said = link.value().attr("aria-label").unwrap_or_default().to_owned();
                let number = said.split("受理").nth(1).and_then(first_number);
                (said, number)
            }
            _ => {
                let above = |names: &[&str]| {
                    link.ancestors().filter_map(ElementRef::wrap).find(|e| names.contains(&e.value().name()))
                };
                // A row of a table, a fact with its name, or a sentence with its number in it.
                let row =
                    above(&["tr", "dd", "p"]).unwrap_or_else(|| panic!("a link outside the tables: {href}"));
                let own = above(&["td", "th", "dd", "small"]);
                let own = own.filter(|e| {
                    matches!(e.value().name(), "dd" | "small") || e.value().classes().any(|c| c == "n")
                });
                // A bar's link stands beside its number; a rate is made of a number that stands behind it.
                let cell = own.or_else(|| row.select(&all("td.n")).next()).map_or_else(|| text(link), text);
                let rate = text(link).trim_end().ends_with('%');
                let number =
                    if rate { cell.split_once('%').map_or("", |(_, made_of)| made_of) } else { &cell };
                (text(row), first_number(number))
            }
        };
        out.push((href, name.clone(), number.unwrap_or_else(|| panic!("no number at {name}"))));
    }
    out
}

/// The rows of a list, page by page.
async fn rows_of(reader: &mut testkit::Client, href: &str) -> i64 {
    let (mut rows, mut next) = (0, Some(href.to_owned()));
    while let Some(path) = next {
        let page = reader.get(&path).await.expect(200);
        rows += page.attributes("main tbody a.row", "href").len() as i64;
        next = page.href("a[rel='next']");
    }
    rows
}

#[tokio::test]
async fn every_number_of_a_dashboard_is_as_long_as_the_list_behind_it() {
    for db in db::testing::engines() {
        let demo = make(db, at(11, 18, 11), 700, 11);
        let keeper = proof::Keeper::new(&demo.site.dir, None);
        sealer(&demo, &keeper).round(demo.site.now(), &|_| {}).unwrap();
        let site = demo.site.clone();
        tokio::task::spawn_blocking(move || demo::draws(&site, &keeper)).await.unwrap().unwrap();
        let app = lianxin::server::app(demo.site.clone(), &Default::default(), Arc::default());
        let (mut lists, mut drawn, mut long) = (0, 0, 0);
        let logins: &[&str] = match demo.site.db.engine() {
            db::Engine::Sqlite => &["supervisor1", "auditor1", "lead1", "lead2"],
            db::Engine::Postgres => &["supervisor1", "lead1"],
        };
        for login in logins {
            let mut reader = testkit::Client::new(app.clone());
            let fields = [("login", *login), ("password", demo.password.as_str())];
            let home = reader.submit("/sign-in", "/sign-in", &fields).await;
            assert_ne!(home.path, "/sign-in", "{}", home.text());
            let mut todo = vec!["/dashboard"];
            if *login == "supervisor1" {
                todo.extend(["/dashboard?as_of=2026-11-12", "/dashboard/map?measure=unanswered"]);
            }
            let mut todo: Vec<String> = todo.into_iter().map(str::to_owned).collect();
            let mut seen = BTreeMap::new();
            while let Some(path) = todo.pop() {
                let shown = reader.get(&path).await.expect(200);
                if path == "/dashboard" {
                    let below = shown.attributes("main td a", "href");
                    todo.extend(below.into_iter().filter(|h| h.starts_with("/dashboard?")).take(2));
                }
                for (href, name, number) in numbers(&shown.body) {
                    // The same list stands behind a column and its line of the table.
                    if let Some(known) = seen.insert(href.clone(), number) {
                        assert_eq!(known, number, "{login} {path}: {name} -> {href}");
                        continue;
                    }
                    let list = reader.get(&href).await.expect(200);
                    let said = list.find(".lede").and_then(|t| first_number(&t)).unwrap_or(0);
                    assert_eq!(said, number, "{login} {path}: {name} -> {href}");
                    lists += 1;
                    // What the counters say is as long as the rows are many.
                    if href.starts_with("/lots/") || path == "/dashboard" && (51..200).contains(&number) {
                        assert_eq!(
                            rows_of(&mut reader, &href).await,
                            number,
                            "{login} {path}: {name} -> {href}"
                        );
                        if href.starts_with("/lots/") { drawn += 1 } else { long += 1 }
                    }
                }
            }
        }
        eprintln!("{lists} lists, {drawn} of draws, {long} long ones");
        assert!(lists > 200 && drawn > 4 && long > 4, "{lists} lists, {drawn} of draws, {long} long ones");
    }
}

/// Reworks count as every other answer that is owed.
#[tokio::test]
async fn overdue_means_the_same_in_dashboard_list_mark_and_export() {
    let demo = make(db::testing::sqlite(), at(11, 18, 11), 1500, 11);
    let app = lianxin::server::app(demo.site.clone(), &Default::default(), Arc::default());
    let mut reader = testkit::Client::new(app);
    let fields = [("login", "supervisor1"), ("password", demo.password.as_str())];
    reader.submit("/sign-in", "/sign-in", &fields).await.expect(200);

    // The export of all that is open, looked through by hand: date owed, now past.
    let rows = |csv: &str| -> Vec<Vec<String>> {
        let lines = csv.trim_start_matches('\u{feff}').lines().skip(1);
        lines.map(|l| l.split(',').map(|c| c.trim_matches('"').to_owned()).collect()).collect()
    };
    let columns = "cols=number.due.state";
    let live = reader.get(&format!("/requests/export.csv?standing=live&{columns}")).await.expect(200);
    let now = "2026-11-18 11:20";
    let late: BTreeSet<(String, String)> = rows(&live.body)
        .into_iter()
        .filter(|r| !r[1].is_empty() && r[1].as_str() < now)
        .map(|r| (r[0].clone(), r[2].clone()))
        .collect();
    assert!(late.iter().any(|(_, state)| state == "重办中"), "no rework is late: another seed");
    assert!(late.iter().any(|(_, state)| state == "办理中"), "{late:?}");

    let filtered = reader.get(&format!("/requests/export.csv?standing=overdue&{columns}")).await.expect(200);
    let filtered: BTreeSet<_> =
        rows(&filtered.body).into_iter().map(|r| (r[0].clone(), r[2].clone())).collect();
    assert_eq!(filtered, late, "the filter and the export");
    let home = reader.get("/dashboard").await.expect(200);
    let tile = numbers(&home.body).into_iter().find(|(href, ..)| href.contains("standing=overdue"));
    assert_eq!(tile.map(|(_, _, n)| n), Some(late.len() as i64), "the dashboard");

    // The mark in the list: what is due first stands first, so the late ones end where the others begin.
    let (mut marked, mut next) = (BTreeSet::new(), Some("/requests?standing=live&sort=due".to_owned()));
    while let Some(path) = next {
        let page = reader.get(&path).await.expect(200);
        let html = scraper::Html::parse_document(&page.body);
        let css = |css: &str| scraper::Selector::parse(css).expect("a selector");
        let mut any = false;
        for row in html.select(&css("main tbody tr")) {
            if row
                .select(&css(".pill.late"))
                .next()
                .is_some_and(|p| p.text().any(|t| t.contains('超') || t.contains('逾')))
            {
                any = true;
                let text: String = row.text().collect::<Vec<_>>().join(" ");
                marked.extend(late.iter().filter(|(n, _)| text.contains(n.as_str())).map(|(n, _)| n.clone()));
                let known = late.iter().any(|(n, _)| text.contains(n.as_str()));
                assert!(known, "marked and not late: {text}");
            }
        }
        next = page.href("a[rel='next']").filter(|_| any);
    }
    assert_eq!(marked.len(), late.len(), "every late one is marked");
}

#[tokio::test]
async fn supervision_sees_the_signs_of_a_year_and_what_is_behind_each() {
    let demo = make(db::testing::sqlite(), at(11, 18, 11), 3_000, 12);
    while insight::signs::look(&demo.site).await.expect("a look") {}
    let app = lianxin::server::app(demo.site.clone(), &Default::default(), Arc::default());
    let path = "/dashboard/signs";
    // The demonstration reaches back a little further than a dashboard does of its own accord.
    let all = "/dashboard/signs?from=2025-09&to=2026-11";
    for login in ["supervisor1", "auditor1"] {
        let mut reader = testkit::Client::new(app.clone());
        let fields = [("login", login), ("password", demo.password.as_str())];
        reader.submit("/sign-in", "/sign-in", &fields).await;
        assert!(reader.get("/dashboard").await.body.contains(path), "{login} is led there");
        let shown = reader.get(all).await.expect(200);
        let kept = groups(&demo, "SELECT sign, CAST(COUNT(*) AS BIGINT) FROM signs GROUP BY sign");
        assert!(kept.len() >= 3, "{kept:?}");
        for (sign, n) in &kept {
            let name = rules::signs::Sign::from_key(sign).expect("a sign").name().zh;
            assert!(
                shown.text().contains(&format!("{name} {}", web::format::number(*n))),
                "{name} {n}: {}",
                shown.text()
            );
        }
        let behind = shown.attributes("td a", "href");
        for href in behind.iter().take(6) {
            reader.get(href).await.expect(200);
        }
        assert!(!behind.is_empty());
        let (sign, n) = kept.iter().max_by_key(|(_, n)| **n).expect("one");
        let one = reader.get(&format!("{all}&sign={sign}")).await.expect(200);
        let listed = one.attributes("td a[href^='/requests/']", "href").len() as i64;
        assert!(listed >= (*n).min(50), "{listed} of {n}");
    }
    let mut lead = testkit::Client::new(app.clone());
    lead.submit("/sign-in", "/sign-in", &[("login", "lead1"), ("password", demo.password.as_str())]).await;
    assert!(!lead.get("/dashboard").await.body.contains(path));
    lead.get(path).await.expect(404);
}

fn sealer(demo: &Demo, keeper: &proof::Keeper) -> proof::Sealer {
    proof::Sealer {
        db: demo.site.db.clone(),
        keeper: keeper.clone(),
        origin: "lx.example/journal".into(),
        zone: demo.site.zone,
        chance: demo.site.chance.clone(),
        lines: requests::lines,
    }
}

#[test]
fn call_backs_of_past_weeks_were_drawn_by_lot_and_most_are_asked() {
    for db in db::testing::engines() {
        let demo = make(db, at(11, 18, 11), 1500, 3);
        let site = &demo.site;
        let keeper = proof::Keeper::new(&site.dir, None);
        sealer(&demo, &keeper).round(site.now(), &|_| {}).unwrap();
        demo::draws(site, &keeper).unwrap();
        let lots = site.db.read_now(|tx| requests::lots::list(tx, "9", 50)).unwrap();
        assert_eq!(lots.len(), 6);
        let (first, last) = (lots[5].from, lots[0].to);
        assert!(last < site.today() && lots.iter().all(|l| l.drawn_at.is_some()));
        let keys = keeper.known().unwrap();
        for lot in lots {
            let keys = keys.clone();
            let checked =
                site.db.read_now(move |tx| requests::lots::check(tx, &lot, &keys)).unwrap().unwrap();
            assert!(checked.good(), "{:?}", checked.found);
        }
        let r = site.db.read_now(move |tx| requests::lots::results(tx, None, first, last, None)).unwrap();
        assert!(r.drawn() > 20 && r.solved > r.not_solved && r.not_reached > 0 && r.waiting() > 0, "{r:?}");
        let ctx = requests::Ctx::system(site);
        assert!(site.db.read_now(move |tx| requests::recount(tx, &ctx)).unwrap().is_empty());
        let report = site.db.snapshot_now(|tx| {
            let mut report = journal::verify(tx, &|_| {})?;
            journal::verify_ends(tx, &lianxin::capability::ends(), &mut report)?;
            Ok(report)
        });
        assert!(report.unwrap().whole());
    }
}

#[test]
fn families_of_all_sizes_live_in_the_grids_and_can_be_found() {
    for db in db::testing::engines() {
        let demo = make(db, at(11, 18, 11), 0, 1);
        assert_eq!(count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM households"), 120);
        let sizes = groups(
            &demo,
            "SELECT CAST(persons AS TEXT), CAST(COUNT(*) AS BIGINT) FROM households GROUP BY persons",
        );
        assert!(sizes.len() >= 5, "{sizes:?}");
        let relations = groups(
            &demo,
            "SELECT relation, CAST(COUNT(*) AS BIGINT) FROM household_people GROUP BY relation",
        );
        assert_eq!(relations.get("02"), Some(&120), "one head each: {relations:?}");
        assert!(relations.len() >= 6, "{relations:?}");
        let tags =
            groups(&demo, "SELECT field, CAST(COUNT(*) AS BIGINT) FROM household_facts GROUP BY field");
        assert!(tags.len() >= 4, "{tags:?}");
        let (secret, keyring, today) =
            (demo.site.secret.clone(), demo.site.keyring.clone(), demo.site.today());
        demo.site
            .db
            .read_now(move |tx| {
                use register::households::{self, Asked, By};
                let page = households::page(tx, &Asked { path: "", tag: None, on: today }, None, 200)?;
                assert_eq!(page.len(), 120);
                for household in &page {
                    let head = household.head.expect("a head");
                    let head = access::identity::get(tx, &keyring, head)?.expect("somebody");
                    let idno = head.idno.expect("a number");
                    let fits = rules::idcheck::identity(&idno).expect("a number that fits");
                    assert!(fits.birth < today, "{}", fits.birth);
                    let found = households::find(tx, &secret, By::Idno(&idno), today)?;
                    assert!(found.iter().any(|(h, _)| *h == household.id));
                    let people = households::standing(tx, household.id, today)?.expect("there").members;
                    assert_eq!(people.len() as i64, household.persons);
                }
                let mut report = journal::verify(tx, &|_| {})?;
                journal::verify_ends(tx, register::ENDS, &mut report)?;
                assert!(report.faults.is_empty(), "{:?}", report.faults);
                Ok(())
            })
            .unwrap();
    }
}

/// What a family said, what was promised and what became of it, by household and day.
type Told = Vec<(String, String, String, String)>;

#[test]
fn households_are_visited_promises_open_and_met_and_some_wait_still() {
    let told = |demo: &Demo| -> Told {
        let read = |r: &db::Row| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?));
        let sql = "SELECT h.code, r.on_date, r.text, COALESCE(p.text, '') || COALESCE(p.state, '') FROM records r \
            JOIN households h ON h.id = r.household LEFT JOIN visit_promises p ON p.record = r.id \
            ORDER BY h.code, r.on_date, p.text";
        demo.site.db.read_now(move |tx| tx.query_map(&db::Stmt::dynamic("told", sql), &[], read)).unwrap()
    };
    for db in db::testing::engines() {
        let demo = make(db, at(11, 18, 11), 0, 7);
        let site = &demo.site;
        let visits = count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM records");
        assert!((60..400).contains(&visits), "{visits} visits of 120 households");
        let states =
            groups(&demo, "SELECT state, CAST(COUNT(*) AS BIGINT) FROM visit_promises GROUP BY state");
        assert!(states.contains_key("open") && states.contains_key("kept"), "{states:?}");
        let owed = groups(&demo, "SELECT 'owed', CAST(SUM(owed) AS BIGINT) FROM duty_tally")["owed"];
        let met = groups(&demo, "SELECT 'met', CAST(SUM(met) AS BIGINT) FROM duty_tally")["met"];
        assert!(0 < met && met < owed, "{met} of {owed}");
        let own = site.clone();
        let drifts = site.db.write_now(move |tx| liaison::tally::recount(tx, &own, false)).unwrap();
        assert!(drifts.is_empty(), "{drifts:?}");
        let report = site.db.snapshot_now(|tx| {
            let mut report = journal::verify(tx, &|_| {})?;
            journal::verify_ends(tx, &lianxin::capability::ends(), &mut report)?;
            Ok(report)
        });
        assert!(report.unwrap().whole());
        let later = count(&demo, "SELECT CAST(MAX(received_at) AS BIGINT) FROM records");
        assert!(Timestamp(later) <= site.clock.now(), "nothing happens after now");
        // Whoever can be stepped into has been at somebody's door.
        let mine = "SELECT CAST(COUNT(*) AS BIGINT) FROM records r JOIN accounts a ON a.id = r.account \
            WHERE a.login IN ('liaison1', 'officer1', 'lead1', 'liaison2', 'officer2', 'lead2')";
        assert!(count(&demo, mine) > 0);
    }
    let again = |seed| told(&make(db::testing::sqlite(), at(11, 18, 11), 0, seed));
    assert_eq!(again(7), again(7));
    assert_ne!(again(7), again(8));
}

/// Pages of whoever is offered for looking after households are not empty, whatever the pack.
#[test]
fn everybody_offered_for_households_looks_after_some_and_nobody_after_more_than_the_quota() {
    let packs = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs")).unwrap();
    let mut packs: Vec<String> = packs.map(|p| p.unwrap().file_name().into_string().unwrap()).collect();
    packs.sort();
    assert!(packs.len() >= 6, "{packs:?}");
    for pack in packs {
        let size = Size { requests: 0, households: 600, seed: 3 };
        let demo = make_of(&pack, db::testing::sqlite(), at(11, 18, 11), &size);
        let (today, own) = (demo.site.today(), demo.site.clone());
        let dir = register::directory(&demo.site);
        let idle: Vec<String> = demo
            .site
            .db
            .read_now(move |tx| {
                let mut idle = Vec::new();
                let people = demo::personas(tx, today)?;
                let looks_after = |p: &&demo::Persona| p.role == Role::Liaison;
                assert!(people.iter().filter(looks_after).count() == demo::OFFERED, "{people:?}");
                for one in &people {
                    let account = access::accounts::by_login(tx, &one.login)?.expect("an account").id;
                    // Whoever may by their post, where families live inside of its border, does as well.
                    let mut ought = looks_after(&one);
                    for kind in own.pack.pairings.iter().filter(|k| k.only.is_empty()) {
                        for unit in access::accounts::units_of(tx, account, today)? {
                            let unit = dir.get(unit).expect("a unit");
                            let Some(inside) = liaison::carers::border(&dir, kind, unit) else { continue };
                            let path = inside.path.as_str();
                            let lives = !liaison::coverage::loads(tx, kind, path, today)?.is_empty();
                            let may = liaison::carers::post_for(tx, &dir, kind, account, path, today)?;
                            ought |= lives && may.is_some();
                        }
                    }
                    if ought && liaison::read::of_account(tx, account, today)?.is_empty() {
                        idle.push(format!("{} of {}", one.login, one.unit.zh));
                    }
                }
                for kind in &own.pack.pairings {
                    for (account, n) in liaison::coverage::loads(tx, kind, "/", today)? {
                        assert!(n <= i64::from(kind.quota), "{account} has {n} by {}", kind.id);
                    }
                }
                Ok(idle)
            })
            .unwrap();
        assert!(idle.is_empty(), "{pack}: {idle:?}");
    }
}

/// A hundredth of Zhucheng and a twentieth of Zhengan, as many households to a grid as there are of the whole.
#[test]
fn every_grid_has_somebody_and_every_household_is_looked_after_within_the_quota() {
    for (pack, villages, groups, points, posts, households) in
        [("zhucheng", 3, 14, 72, 40, 3200), ("zhengan", 8, 61, 149, 200, 2250)]
    {
        let size = Size { requests: 0, households, seed: 5 };
        let demo = make_scaled(pack, db::testing::sqlite(), at(11, 18, 11), &size, |demo| {
            (demo.townships, demo.villages, demo.groups) = (2, villages, groups);
            (demo.points, demo.posts) = (points, posts);
        });
        let n = |sql: &'static str| count(&demo, sql);
        let staffed =
            n("SELECT CAST(COUNT(DISTINCT u.id) AS BIGINT) FROM units u JOIN posts p ON p.unit_id = u.id \
            WHERE u.level = 'point' AND p.role = 'liaison'");
        assert_eq!(staffed, i64::from(points), "{pack}: points with somebody");
        assert_eq!(n("SELECT CAST(COUNT(*) AS BIGINT) FROM households"), i64::from(households), "{pack}");
        let kind = demo.site.pack.pairing("liaison").expect("a kind").clone();
        let (today, quota) = (demo.site.today(), i64::from(kind.quota));
        // Some were moved elsewhere today, so that there is something to propose: until then nobody was without.
        let before = today.yesterday().unwrap();
        let dir = register::directory(&demo.site);
        let (homes, paired, most, free, without) = demo
            .site
            .db
            .read_now(move |tx| {
                let grids = liaison::coverage::of(tx, &kind, "/", before)?;
                let all = grids.values().fold(liaison::coverage::Cover::default(), |a, b| a.plus(*b));
                let most = liaison::coverage::loads(tx, &kind, "/", before)?.iter().map(|l| l.1).max();
                // Whoever was moved has a post still, and takes on as many as they had.
                let loads: BTreeMap<_, _> =
                    liaison::coverage::loads(tx, &kind, "/", today)?.into_iter().collect();
                let grids = liaison::coverage::of(tx, &kind, "/", today)?;
                let without: i64 = grids.values().map(|c| c.without()).sum();
                let people = liaison::carers::candidates(tx, &dir, &kind, "/", today)?;
                let free: i64 =
                    people.iter().map(|p| quota - loads.get(&p.account).copied().unwrap_or(0)).sum();
                Ok((all.homes, all.paired, most.unwrap_or(0), free, without))
            })
            .unwrap();
        assert_eq!((homes, paired), (i64::from(households), homes), "{pack}: with somebody");
        assert!((1..=quota).contains(&most), "{pack}: somebody has {most}");
        assert!(without > 0 && without <= free, "{pack}: {without} without, room for {free}");
    }
}

#[test]
fn families_ask_for_something_at_the_door_and_hear_how_it_ended() {
    for db in db::testing::engines() {
        let size = Size { requests: 700, households: 500, seed: 5 };
        let demo = make_of("county", db, at(11, 18, 11), &size);
        assert_eq!(
            count(&demo, "SELECT CAST(COUNT(*) AS BIGINT) FROM requests"),
            700,
            "needs are among them"
        );
        let n = |sql: &'static str| count(&demo, sql);
        let (visits, needs) = (
            n("SELECT CAST(COUNT(*) AS BIGINT) FROM records WHERE kind = 'visit'"),
            n("SELECT CAST(COUNT(*) AS BIGINT) FROM visit_needs"),
        );
        let share = needs as f64 / visits as f64;
        // Some six of a hundred; of this few visits it can be a little more or less.
        assert!((0.04..0.09).contains(&share), "{needs} of {visits}");
        // Each is one with its visit and its request: person, day, place, class, and shielded is none.
        let one = "SELECT CAST(COUNT(*) AS BIGINT) FROM visit_needs n JOIN records v ON v.id = n.record \
            JOIN requests r ON r.id = n.request JOIN households h ON h.id = n.household \
            WHERE v.account = n.account AND v.household = n.household AND v.on_date = n.on_date AND v.path = n.path \
            AND r.class = n.class AND r.received_at = v.received_at AND n.at = v.received_at AND r.place = h.unit_id \
            AND r.channel = 'visit' AND r.shielded = 0";
        assert_eq!(n(one), needs);
        let states = groups(
            &demo,
            "SELECT r.state, CAST(COUNT(*) AS BIGINT) FROM visit_needs n JOIN requests r ON r.id = n.request \
            GROUP BY r.state",
        );
        let closed = states.get("closed").copied().unwrap_or(0);
        assert!(states.len() >= 5 && closed * 10 > needs * 6, "{states:?} of {needs}");
        let settled =
            n("SELECT CAST(COUNT(*) AS BIGINT) FROM visit_needs n JOIN requests r ON r.id = n.request \
            WHERE n.settled = 1 AND r.state = 'closed' AND r.word = 'solved' AND r.officer = n.account");
        assert_eq!(settled, n("SELECT CAST(SUM(settled) AS BIGINT) FROM visit_needs"));
        let again = n("SELECT CAST(SUM(again) AS BIGINT) FROM visit_needs");
        let told = n("SELECT CAST(COUNT(*) AS BIGINT) FROM visit_needs WHERE told_at IS NOT NULL");
        let early =
            n("SELECT CAST(COUNT(*) AS BIGINT) FROM visit_needs n JOIN requests r ON r.id = n.request \
            WHERE n.told_at < r.answered_at AND r.reworks = 0");
        assert!(
            settled > 3 && again > 1 && told > needs / 3 && early == 0,
            "{settled} {again} {told} {early}"
        );
        // Whoever reads a visit sees what came of it; whoever was there what is still to be told.
        let (site, all) = (demo.site.clone(), kernel::Timestamp(i64::MAX));
        let of: kernel::AccountId = demo
            .site
            .db
            .read_now(|tx| {
                let sql = "SELECT account FROM visit_needs GROUP BY account ORDER BY COUNT(*) DESC, account LIMIT 1";
                tx.query_one(&db::Stmt::dynamic("of", sql), &[])?.get(0)
            })
            .unwrap();
        let today = site.zone.date(site.clock.now());
        let heard = site
            .db
            .read_now(move |tx| {
                liaison::visits::needs(tx, &liaison::visits::NeedsOf::Account(of, today), all, 50)
            })
            .unwrap();
        assert!(heard.len() > 1, "{heard:?}");
        let rated = n("SELECT CAST(COUNT(*) AS BIGINT) FROM visit_ratings");
        assert!((visits / 16..visits / 6).contains(&rated), "{rated} of {visits}");
        let good = n("SELECT CAST(COUNT(*) AS BIGINT) FROM visit_ratings WHERE grade <= 2");
        assert!(good * 10 > rated * 7, "{good} of {rated}");
        let ctx = requests::Ctx::system(&demo.site);
        assert!(demo.site.db.read_now(move |tx| requests::recount(tx, &ctx)).unwrap().is_empty());
        let report = demo.site.db.snapshot_now(|tx| {
            let mut report = journal::verify(tx, &|_| {})?;
            journal::verify_ends(tx, &lianxin::capability::ends(), &mut report)?;
            Ok(report)
        });
        assert!(report.unwrap().whole());
    }
}

/// Pages of the meter have weeks behind them, made of what was done in them.
#[tokio::test]
async fn weeks_of_forms_stand_behind_what_was_done_and_each_is_called_by_what_it_is_for() {
    let demo = make(db::testing::sqlite(), at(11, 18, 11), 700, 11);
    let n = |sql: &'static str| count(&demo, sql);
    let weeks = n("SELECT COUNT(DISTINCT week) FROM burden_weeks");
    assert!((25..=27).contains(&weeks), "{weeks} weeks");
    let sent = |route: &'static str| -> i64 {
        let sql = "SELECT CAST(COALESCE(SUM(sent), 0) AS BIGINT) FROM burden_weeks WHERE route = $1";
        let read = move |tx: &mut dyn db::Tx| {
            tx.query_one(&db::Stmt::dynamic("sent", sql), &db::params![route])?.get(0)
        };
        demo.site.db.read_now(read).unwrap()
    };
    let since = demo.site.now().plus(-26 * 7 * kernel::DAY).0;
    let visits = format!("SELECT COUNT(*) FROM records WHERE kind = 'visit' AND received_at >= {since}");
    assert_eq!(sent("/visits/new"), n(visits.leak()), "one form for each visit");
    let answers = format!(
        "SELECT COUNT(*) FROM request_entries WHERE verb = 'answer' AND at >= {since} AND account IS NOT NULL"
    );
    // Those few that living people of the demonstration gave come through no form.
    let (formed, given) = (sent("/requests/{number}/answer"), n(answers.leak()));
    assert!(formed > 50 && (given - 12..=given).contains(&formed), "{formed} of {given}");
    assert_eq!(
        n("SELECT COUNT(*) FROM burden_weeks WHERE route LIKE '/requests/%' AND role = 'resident'"),
        0
    );

    let app = lianxin::server::app(demo.site.clone(), &Default::default(), Arc::default());
    let mut reader = testkit::Client::new(app);
    let fields = [("login", "auditor1"), ("password", demo.password.as_str())];
    reader.submit("/sign-in", "/sign-in", &fields).await;
    let page = reader.get("/burden?week=2026-11-09").await.expect(200);
    let text = page.text();
    assert!(text.contains("记一次走访") && text.contains("答复诉求人") && !text.contains("记好了"), "{text}");
    assert!(page.body.len() < 50 * 1024, "{} bytes", page.body.len());
}
