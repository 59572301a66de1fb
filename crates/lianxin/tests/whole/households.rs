//! A household's own page, over HTTP: who looks after it, visits and promises, corrections, and families that were
//! written down twice.

use crate::house::{Does, House, each_house};
use crate::pages::faults;
use crate::stories::homes::{HEAD, HEAD_PHONE, home};
use access::accounts::Act;
use access::identity::NewPerson;
use kernel::{Actor, DAY, Date, HouseholdId, RecordId, RequestId, Role};
use liaison::visits::{self, Promised, Said, Visit};
use register::households::{self, Household, NewMember, NewTag, Relation};
use testkit::{Answer, Client};

const HALL: &str = "901-township-hall";
const VILLAGE: &str = "90101";
const FINANCE: &str = "901-township-finance";

/// A page in both languages, whole and without a missing word; the Chinese one.
async fn read(house: &House, client: &Client, path: &str) -> Answer {
    let dir = register::directory(&house.world.site);
    let mut known = dir.iter().map(|u| u.name.zh.clone()).collect::<Vec<_>>().join("\n");
    known += "\n赵德旺\n户口簿\n结对名册\n赵某\n老两口在家\n问清补贴\n一组\n号\n入户核实\n陈某\n其实是两家";
    let names = house.world.site.db.read_now(access::accounts::all_names).expect("names");
    let names: Vec<String> = names.into_iter().map(|(_, n)| n).collect();
    for english in [true, false] {
        let mut client = if english { client.clone().english() } else { client.clone() };
        let answer = client.get(path).await.expect(200);
        let wrong = faults(&answer, english, &known, &names);
        assert!(wrong.is_empty(), "{path}: {wrong:?}");
        if !english {
            return answer;
        }
    }
    unreachable!("the Chinese page comes last")
}

/// A visit today by whoever holds `role` in `unit`, with a promise for in five days.
fn visited(house: &House, home: &Household, role: Role, unit: &str) {
    let world = &house.world;
    let ctx = world.staff(world.unit(unit), role);
    let (site, id) = (world.site.clone(), home.id);
    let visit = Visit {
        id: RecordId::new(site.now(), &*site.chance),
        household: id,
        on: site.today(),
        device_at: None,
        seen_at: None,
        answers: vec![Said {
            question: "family".into(), choices: Vec::new(), text: "老两口在家".into()
        }],
        promises: Vec::new(),
        promised: vec![Promised {
            id: RequestId::new(site.now(), &*site.chance).0,
            text: "问清补贴".into(),
            due: site.zone.date(site.now().plus(5 * DAY)),
        }],
        needs: Vec::new(),
        helped: Vec::new(),
        corrects: None,
    };
    world.site.db.write_now(move |tx| visits::confirm(tx, &ctx, &visit, None).map(drop)).expect("a visit");
}

/// Somebody and a mark that were entered at this household alone.
fn only_there(house: &House, home: &Household) {
    let (site, home) = (house.world.site.clone(), home.clone());
    let act = Act { actor: Actor::System, at: site.now() };
    let written = house.world.site.db.write_now(move |tx| {
        let who = NewPerson { name: Some("陈秀英".into()), ..NewPerson::default() };
        let wife = NewMember { relation: Relation::Spouse, who, from: Some(home.from) };
        households::add_member_in(tx, &site, &home, &wife, "户口簿", &act)?;
        let tag = NewTag {
            tag: "hardship".into(),
            person: None,
            from: home.from,
            to: None,
            basis: "户口簿".into(),
            note: None,
        };
        households::tag_in(tx, &site, &home, &tag, &act)
    });
    written.expect("written");
}

/// Sends the second form of a page: all its fields are given.
async fn second(client: &mut Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = client.get(path).await.expect(200).form(path).remove(web::form::CSRF_FIELD).expect("a token");
    let mut all = vec![(web::form::CSRF_FIELD, token.as_str())];
    all.extend(fields);
    client.post(path, &all).await
}

fn now(house: &House, id: HouseholdId) -> Household {
    house.world.site.db.read_now(move |tx| households::get(tx, id)).expect("a look").expect("there")
}

/// No counter says something else than what is computed, and the journal is whole.
fn sound(house: &House) {
    let site = house.world.site.clone();
    let drifts = house.world.site.db.write_now(move |tx| liaison::tally::recount(tx, &site, false));
    assert_eq!(drifts.expect("a recount"), []);
    let report = house.world.site.db.snapshot_now(|tx| {
        let mut report = journal::verify(tx, &|_| {})?;
        journal::verify_ends(tx, &lianxin::capability::ends(), &mut report)?;
        Ok(report)
    });
    let report = report.expect("a look");
    assert!(report.whole(), "{report:?}");
}

#[tokio::test]
async fn a_households_page_says_who_comes_what_was_promised_and_who_it_was_before() {
    each_house("county", |house| async move {
        let one = home(&house, "9010101", Role::Liaison, HALL);
        house.swept("duties").await;
        visited(&house, &one, Role::Liaison, HALL);
        let path = format!("/households/{}", one.code);
        let carer = house.account(Role::Liaison, HALL);
        let name = house.world.site.db.read_now(access::accounts::all_names).expect("names");
        let name = name.into_iter().find(|(id, _)| id.to_string() == carer).expect("somebody").1;
        for (role, unit) in
            [(Role::Lead, VILLAGE), (Role::Auditor, "9-county-centre"), (Role::Supervisor, HALL)]
        {
            let page = read(&house, &house.staff(role, unit).await, &path).await;
            let text = page.text();
            for wanted in [name.as_str(), "联户干部", "老两口在家", "答应了还没做到的", "问清补贴", "赵某"]
            {
                assert!(text.contains(wanted), "{role:?}: {wanted}: {text}");
            }
            assert!(!text.contains(HEAD) && !text.contains(HEAD_PHONE), "{role:?} reads a surname only");
        }
        let page = read(&house, &house.staff(Role::Liaison, HALL).await, &path).await;
        assert!(page.text().contains(HEAD) && page.text().contains("记一次"), "{}", page.text());
        house.staff(Role::Lead, "902-township-economy").await.get(&path).await.expect(404);
        // Before anybody came there was nobody, and nothing was promised.
        let lead = house.staff(Role::Lead, VILLAGE).await;
        let before = read(&house, &lead, &format!("{path}?as_of=2026-01-01")).await;
        assert!(before.text().contains("那时没有人联系这一户") && !before.text().contains("问清补贴"));
        // Handed over: both stand on the page.
        house.world.clock.advance(3 * DAY);
        let mut boss = house.staff(Role::Supervisor, HALL).await;
        let people = format!("/people/{carer}/pairings");
        let shown = boss.get(&people).await.expect(200);
        let pairing = shown.attributes("input[name='pairing']", "value").remove(0);
        let to = house.account(Role::Lead, HALL);
        let fields =
            [("do", "hand-over"), ("pairing", pairing.as_str()), ("to", to.as_str()), ("basis", "分工会")];
        boss.submit(&people, &people, &fields).await.expect(200);
        let page = boss.get(&path).await.expect(200);
        assert!(page.text().contains("以前的联系人") && page.text().contains("分工会"), "{}", page.text());
        // It moves to another grid, and who looks after it goes along.
        let change = format!("{path}/change");
        let fields = [("part", "change"), ("unit", "9010201"), ("basis", "并组")];
        boss.submit(&change, &change, &fields).await.expect(200);
        let id = one.id;
        let grid = now(&house, id).path;
        assert!(grid.ends_with("/9010201/"), "{grid}");
        let pairings =
            house.world.site.db.read_now(move |tx| liaison::read::history(tx, id)).expect("pairings");
        assert!(pairings.len() == 2 && pairings.iter().all(|p| p.path == grid), "{pairings:?}");
        sound(&house);
        let today = house.world.site.today().to_string();
        let fields = [("part", "change"), ("how", "correct"), ("unit", "9020101"), ("basis", "写错了组")];
        let refused = second(&mut boss, &change, &fields).await.expect(422);
        assert!(
            refused.find("#f-unit-error").is_some() && refused.body.contains("写错了组"),
            "{}",
            refused.text()
        );
        // It ends, and so does whoever comes; what was entered and is wrong stays in the form.
        let wrong = [("part", "end"), ("on", today.as_str()), ("why", "")];
        let refused = second(&mut boss, &change, &wrong).await.expect(422);
        assert!(refused.find("#f-why-error").is_some() && refused.find("#f-basis-error").is_none());
        let fields = [("part", "end"), ("on", today.as_str()), ("why", "迁走")];
        second(&mut boss, &change, &fields).await.expect(200);
        let pairings =
            house.world.site.db.read_now(move |tx| liaison::read::history(tx, id)).expect("pairings");
        assert!(pairings.iter().all(|p| p.to.is_some()), "{pairings:?}");
        sound(&house);
        boss.get(&path).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_family_that_was_written_down_twice_is_linked_read_as_one_and_unlinked() {
    each_house("county", |house| async move {
        let one = home(&house, "9010101", Role::Liaison, HALL);
        house.world.clock.advance(1000);
        let two = home(&house, "9010201", Role::Lead, FINANCE);
        only_there(&house, &two);
        house.swept("duties").await;
        visited(&house, &two, Role::Lead, FINANCE);
        house.world.clock.advance(2 * DAY);
        let mut boss = house.staff(Role::Supervisor, HALL).await;
        let list = read(&house, &boss, "/households?unit=901").await;
        assert!(list.text().contains("1 对可能是同一户"), "{}", list.text());
        let all = read(&house, &boss, "/households/duplicates?unit=901").await;
        assert!(all.text().contains("姓名和电话相同") && !all.text().contains(HEAD), "{}", all.text());
        let link = all.href("td a[href*='/link?with=']").expect("a way to look");
        let both = read(&house, &boss, &link).await;
        assert!(both.text().contains(&one.code) && both.text().contains(&two.code));
        let action = link.split('?').next().expect("a path").to_owned();
        // Whoever may not decide does not get there.
        house.staff(Role::Liaison, HALL).await.get(&link).await.expect(404);
        house.staff(Role::Auditor, "9-county-centre").await.get(&link).await.expect(403);
        let fields = [("part", "link"), ("keep", one.code.as_str()), ("basis", "入户核实")];
        let unsure = boss.submit(&link, &action, &fields).await.expect(422);
        assert!(
            unsure.find("#f-sure-error").is_some() && unsure.body.contains("入户核实"),
            "{}",
            unsure.text()
        );
        let fields = [("part", "link"), ("keep", one.code.as_str()), ("basis", "入户核实"), ("sure", "yes")];
        let done = boss.submit(&link, &action, &fields).await.expect(200);
        assert_eq!(done.path, format!("/households/{}", one.code));
        // Read as one: what was written at the other is here, and stands there no more.
        let text = read(&house, &boss, &done.path).await.text();
        assert!(text.contains("问清补贴") && text.contains(&two.code), "{text}");
        // Who was entered at both stands there once; who was only at the other, and its mark, with where they come from.
        let from = format!("登记在并入的 {}", two.code);
        assert_eq!(text.matches(&from).count(), 2, "{text}");
        assert!(text.contains("陈某") && text.contains("困难户"), "{text}");
        for part in ["people", "tags"] {
            let page = read(&house, &boss, &format!("{}/{part}", done.path)).await.text();
            assert!(page.contains("陈某") || page.contains("困难户"), "{part}: {page}");
            assert_eq!(page.contains("在两户一起记为离开"), part == "people", "{page}");
        }
        let marked = read(&house, &boss, "/households?unit=901&tag=hardship").await.text();
        assert!(marked.contains(&one.code) && !marked.contains(&two.code), "{marked}");
        let gone = read(&house, &boss, &format!("/households/{}", two.code)).await.text();
        assert!(gone.contains("以那一户为准") && !gone.contains("问清补贴"), "{gone}");
        let list = read(&house, &boss, "/households?unit=901").await.text();
        assert!(list.contains(&one.code) && !list.contains(&two.code), "{list}");
        let (site, a, b) = (house.world.site.clone(), one.id, two.id);
        let carers = move |id| {
            let today = site.today();
            site.db.read_now(move |tx| liaison::read::of_household(tx, id, today)).expect("pairings")
        };
        assert_eq!((carers(a).len(), carers(b).len()), (1, 0), "nobody is counted twice");
        sound(&house);
        // Either card leads to the family, and its promise is answered at the next visit wherever it was made.
        let card = house.visitor().get(&format!("/card/{}", two.card)).await.expect(200);
        assert!(card.text().contains("问清补贴"), "{}", card.text());
        let open = house.world.site.db.read_now(move |tx| visits::open_at(tx, a)).expect("promises");
        assert_eq!(open.len(), 1);
        // It was two families after all.
        house.world.clock.advance(2 * DAY);
        let mut boss = house.staff(Role::Supervisor, HALL).await;
        let undo = format!("/households/{}/unlink", two.code);
        read(&house, &boss, &undo).await;
        boss.submit(&undo, &undo, &[("basis", "")]).await.expect(422);
        boss.submit(&undo, &undo, &[("basis", "其实是两家")]).await.expect(200);
        assert_eq!((carers(a).len(), carers(b).len()), (1, 1), "each has whom it had");
        let list = read(&house, &boss, "/households?unit=901").await.text();
        assert!(list.contains(&one.code) && list.contains(&two.code), "{list}");
        let text = read(&house, &boss, &format!("/households/{}", one.code)).await.text();
        assert!(!text.contains("问清补贴") && !text.contains("登记在并入的"), "{text}");
        // Who looked after it while it was linked stands on its page as well, with where.
        let text = read(&house, &boss, &format!("/households/{}", two.code)).await.text();
        assert!(text.contains(&format!("当时并入 {}", one.code)), "{text}");
        // Whoever has nothing to do with the other village sees neither its household there nor who looks after that.
        let mut lead = house.staff(Role::Lead, "90102").await;
        lead.get(&format!("/households/{}", one.code)).await.expect(404);
        let text = read(&house, &lead, &format!("/households/{}", two.code)).await.text();
        assert!(text.contains("其实是两家") && !text.contains(&one.code), "{text}");
        let all = read(&house, &boss, "/households/duplicates?unit=901").await;
        assert!(
            all.href("td a[href*='/link?with=']").is_none(),
            "what was found to be two is not proposed again"
        );
        sound(&house);
    })
    .await;
}

/// A household whose head has this name.
fn headed(house: &House, grid: &str, phone: Option<&str>, idno: Option<&str>) -> Household {
    house.world.clock.advance(1000);
    let (site, unit) = (house.world.site.clone(), house.world.unit(grid));
    let text = |t: &str| Some(t.to_owned());
    let who = NewPerson {
        name: text(HEAD),
        phone: phone.and_then(text),
        idno: idno.and_then(text),
        ..NewPerson::default()
    };
    let new = households::NewHousehold {
        id: None,
        unit,
        code: None,
        place: None,
        persons: None,
        from: Date::constant(2021, 3, 1),
        basis: "户口簿".into(),
        people: vec![NewMember { relation: Relation::Head, who, from: None }],
        tags: Vec::new(),
    };
    let act = Act { actor: Actor::System, at: site.now() };
    let made = house.world.site.db.write_now(move |tx| households::add_in(tx, &site, &new, &act));
    made.expect("a household")
}

#[tokio::test]
async fn every_pair_that_may_be_one_family_stands_on_one_of_several_pages() {
    each_house("county", |house| async move {
        // Sixteen heads of one name in a grid are 120 pairs, the least sure ones; three more are surer.
        let same: Vec<Household> =
            (0..16).map(|n| headed(&house, "9010101", Some(&format!("139000000{n:02}")), None)).collect();
        let idno = "11010519491231002X";
        let (a, b) = (
            headed(&house, "9010201", Some("13700000001"), Some(idno)),
            headed(&house, "9020101", Some("13700000002"), Some(idno)),
        );
        let c = headed(&house, "9010201", Some("13900000003"), None);
        let boss = house.staff(Role::Supervisor, "9-county-centre").await;
        let first = "/households/duplicates?unit=9";
        let link = "td a[href*='/link?with=']";
        let walk = async |boss: &Client| {
            let (mut pages, mut at) = (Vec::<Vec<String>>::new(), Some(first.to_owned()));
            while let Some(path) = at {
                let page = read(&house, boss, &path).await;
                assert!(page.body.len() < 50_000, "{path}: {} bytes", page.body.len());
                let back = page.href("nav.pager a[rel='prev']");
                assert_eq!(back.is_some(), !pages.is_empty(), "{path}");
                pages.push(page.attributes(link, "href"));
                assert!(pages.len() < 9, "it comes to an end");
                at = page.href("nav.pager a[rel='next']");
            }
            pages
        };
        let pages = walk(&boss).await;
        // c and the fourth of one telephone; c and a of one grid.
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 23]);
        let all: Vec<String> = pages.concat();
        let once: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(once.len(), 123, "each pair once");
        let pair = |other: &Household, kept: &Household| {
            format!("/households/{}/link?with={}", other.code, kept.code)
        };
        assert_eq!(all[..2], [pair(&b, &a), pair(&c, &same[3])], "the surest first");
        assert!(all.contains(&pair(&c, &a)) && all.contains(&pair(&same[15], &same[0])));
        // What is decided on the first page takes nothing away from the next, and brings nothing twice.
        let mut boss = boss;
        let shown = boss.get(first).await.expect(200);
        let next = shown.href("nav.pager a[rel='next']").expect("a next page");
        assert!(shown.text().contains("共 123 对"), "{}", shown.text());
        let decided = &pages[0][49];
        let (action, kept) = decided.split_once("?with=").expect("a pair");
        let token = boss.get(decided).await.expect(200).form(action).remove(web::form::CSRF_FIELD);
        let token = token.expect("a token");
        let fields = [
            (web::form::CSRF_FIELD, token.as_str()),
            ("part", "apart"),
            ("with", kept),
            ("why", "其实是两家"),
        ];
        boss.post(action, &fields).await.expect(200);
        let behind = boss.get(&next).await.expect(200);
        assert_eq!(behind.attributes(link, "href"), pages[1], "what was seen of the rest still stands");
        let left: Vec<String> = walk(&boss).await.concat();
        assert_eq!(left, all.iter().filter(|p| *p != decided).cloned().collect::<Vec<_>>());
        // Of a village only what lies in it, with pages of its own.
        let mut lead = house.staff(Role::Lead, VILLAGE).await;
        let own = lead.get("/households/duplicates?unit=90101").await.expect(200);
        assert!(own.text().contains("共 119 对"), "{}", own.text());
        let next = own.href("nav.pager a[rel='next']").expect("a next page");
        assert_eq!(lead.get(&next).await.expect(200).attributes(link, "href").len(), 50);
        // An address that was typed wrongly begins anew; one of another unit's list leads nowhere else.
        let astray = lead.get("/households/duplicates?unit=90101&behind=nonsense").await.expect(200);
        assert_eq!(astray.attributes(link, "href"), own.attributes(link, "href"));
        let other = next.replace("unit=90101", "unit=902");
        lead.get(&other).await.expect(404);
        sound(&house);
    })
    .await;
}

#[tokio::test]
async fn people_come_leave_and_are_put_right_and_nothing_that_was_typed_is_lost() {
    each_house("county", |house| async move {
        let one = home(&house, "9010101", Role::Liaison, HALL);
        let mut lead = house.staff(Role::Lead, VILLAGE).await;
        let people = format!("/households/{}/people", one.code);
        let come = [
            ("part", "come"),
            ("relation", "10"),
            ("name", "陈秀英"),
            ("phone", "1380000"),
            ("from", "2024-05-01"),
            ("basis", "户口簿"),
        ];
        let refused = lead.submit(&people, &people, &come).await.expect(422);
        assert!(
            refused.find("#f-phone-error").is_some() && refused.body.contains("陈秀英"),
            "{}",
            refused.text()
        );
        let come = [
            ("part", "come"),
            ("relation", "10"),
            ("name", "陈秀英"),
            ("phone", "13900001111"),
            ("from", "2024-05-01"),
            ("basis", "户口簿"),
        ];
        lead.submit(&people, &people, &come).await.expect(200);
        let id = one.id;
        let members = |house: &House| {
            let all = house.world.site.db.read_now(move |tx| households::members(tx, id)).expect("people");
            all.into_iter().filter(|m| m.superseded_at.is_none()).collect::<Vec<_>>()
        };
        let wife = members(&house).into_iter().find(|m| m.relation.key() == "10").expect("she");
        let page = read(&house, &lead, &people).await;
        let fix = page.href(&format!("td a[href$='{}']", wife.id)).expect("a way to put it right");
        let shown = read(&house, &lead, &fix).await;
        assert!(
            shown.text().contains("尾号 1111") && !shown.body.contains("13900001111"),
            "{}",
            shown.text()
        );
        // Two things wrong at once, each beside its field; what was typed stays.
        let wrong =
            [("part", "fix"), ("name", "陈秀云"), ("idno", "522121198001011234"), ("from", "2019-01-01")];
        let refused = lead.submit(&fix, &fix, &wrong).await.expect(422);
        for field in ["#f-idno-error", "#f-from-error", "#f-basis-error"] {
            assert!(refused.find(field).is_some(), "{field}: {}", refused.text());
        }
        assert!(refused.body.contains("陈秀云") && refused.body.contains("2019-01-01"));
        // A name is put right without anybody seeing the number, which stays.
        let right = [("part", "fix"), ("name", "陈秀云")];
        lead.submit(&fix, &fix, &right).await.expect(200);
        let who = move |house: &House, person| {
            let keys = house.world.site.keyring.clone();
            let found = house.world.site.db.read_now(move |tx| access::identity::get(tx, &keys, person));
            found.expect("a look").expect("somebody")
        };
        let known = who(&house, wife.person);
        assert_eq!((known.name.as_deref(), known.phone.as_deref()), (Some("陈秀云"), Some("13900001111")));
        lead.submit(&fix, &fix, &[("part", "fix"), ("without", "phone")]).await.expect(200);
        assert_eq!(who(&house, wife.person).phone, None);
        // She came a year earlier, and is no wife: another entry takes the place of the first.
        let right = [("part", "fix"), ("relation", "97"), ("from", "2023-05-01"), ("basis", "户口簿")];
        lead.submit(&fix, &fix, &right).await.expect(200);
        let now = members(&house).into_iter().find(|m| m.person == wife.person).expect("she");
        assert_eq!((now.relation.key(), now.from), ("97", Date::constant(2023, 5, 1)));
        lead.get(&fix).await.expect(404);
        let today = house.world.site.today().to_string();
        let go = [("part", "go"), ("entry", &now.id.to_string()), ("on", &today), ("why", "")];
        let refused = second(&mut lead, &people, &go).await.expect(422);
        assert!(refused.find("#f-why-error").is_some() && refused.find("#f-basis-error").is_none());
        let go = [("part", "go"), ("entry", &now.id.to_string()), ("on", &today), ("why", "迁出")];
        second(&mut lead, &people, &go).await.expect(200);
        assert!(members(&house).iter().any(|m| m.id == now.id && m.to == Some(house.world.site.today())));
        let strike = format!("{people}/{}", now.id);
        second(&mut lead, &strike, &[("part", "strike"), ("why", "录错了户")]).await.expect(200);
        assert!(members(&house).iter().all(|m| m.person != wife.person));
        // The journal knows that, and names nobody.
        let told = house.world.site.db.read_now(move |tx| journal::events(tx, id.0)).expect("events");
        let kinds: Vec<&str> = told.iter().map(|e| e.kind.as_str()).collect();
        for kind in [
            "household-person-added",
            "household-person-rewritten",
            "household-person-corrected",
            "household-person-ended",
            "household-person-struck",
        ] {
            assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
        }
        assert!(told.iter().all(|e| !e.payload.to_string().contains("陈秀")), "{told:?}");
        house.staff(Role::Officer, FINANCE).await.get(&fix).await.expect(404);
        sound(&house);
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_a_post_away_reads_what_is_still_with_them() {
    each_house("county", |house| async move {
        home(&house, "9010101", Role::Liaison, VILLAGE);
        let number = house.asked().await.number;
        let mut desk = house.staff(Role::Triage, HALL).await;
        let unit = house.unit(VILLAGE);
        desk.act(&number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
        let mut admin = house.staff(Role::Admin, "9-county-centre").await;
        let mut seen = Vec::new();
        for role in [Role::Liaison, Role::Lead] {
            let at = format!("/admin/accounts/{}", house.account(role, VILLAGE));
            let page = admin.get(&at).await.expect(200);
            let end = page.attributes("form[action$='/end']", "action");
            let end = end.iter().find(|a| a.contains("/posts/")).expect("a post to end").clone();
            let done = admin.fill(&page, &end, &[], &[]).await.expect(200);
            let said = done.find(".flash").unwrap_or_default() + &done.text();
            assert!(said.contains("岗位已终止") && said.contains("请本单位负责人移交给别人"), "{said}");
            assert!(!said.contains(HEAD) && !said.contains(&number), "a number, and nothing of what it is");
            seen.push((page.text(), said));
        }
        assert!(seen[0].0.contains("联系户 1 户") && seen[0].1.contains("联系户 1 户"), "{}", seen[0].1);
        assert!(seen[1].0.contains("在办诉求 1 件") && seen[1].1.contains("在办诉求 1 件"), "{}", seen[1].1);
        // Whoever holds nothing is let go without a word.
        let at = format!("/admin/accounts/{}", house.account(Role::Officer, FINANCE));
        assert!(!admin.get(&at).await.expect(200).text().contains("手上还有"));
    })
    .await;
}

#[tokio::test]
async fn whoever_stands_at_the_door_puts_the_household_on_the_map() {
    each_house("county", |house| async move {
        let home = home(&house, "9010101", Role::Liaison, VILLAGE);
        let mut boss = house.staff(Role::Supervisor, HALL).await;
        let form = format!("/households/{}/change", home.code);
        let page = boss.get(&form).await.expect(200);
        // The position of the telephone comes into the form; nothing is written before it is saved.
        let here = [("part", "change"), ("step", "here"), ("gps", "106.8123456,27.6543211")];
        let filled = boss.fill(&page, &form, &here, &[]).await.expect(200);
        let value = |page: &Answer, name: &str| page.attributes(&format!("input[name={name}]"), "value");
        assert_eq!(value(&filled, "lon"), ["106.812346"]);
        assert_eq!(value(&filled, "lat"), ["27.654321"]);
        assert_ne!(value(&boss.get(&form).await.expect(200), "lon"), ["106.812346"]);
        let half = [("part", "change"), ("how", "correct"), ("lon", ""), ("basis", "在门口定的位")];
        let half = boss.fill(&filled, &form, &half, &[]).await.expect(422);
        assert!(half.text().contains("经度和纬度要一起填"), "{}", half.text());
        let all = [("part", "change"), ("how", "correct"), ("basis", "在门口定的位")];
        boss.fill(&filled, &form, &all, &[]).await.expect(200);
        assert_eq!(value(&boss.get(&form).await.expect(200), "lon"), ["106.812346"]);
    })
    .await;
}
