//! Who looks after whom, over HTTP: coverage, a proposal before and after, one's own duties, cards, calendar, digest.

use crate::house::{House, OFFICE, each_house};
use crate::pages::faults;
use crate::stories::homes::{HEAD, HEAD_PHONE, home, home_at};
use access::accounts::Act;
use kernel::{DAY, Date, Role};
use register::households::{self, NewHousehold};
use requests::Ctx;
use testkit::{Answer, Client};

const HALL: &str = "901-township-hall";

/// So many households in a group since long ago.
async fn settle(house: &House, code: &'static str, many: usize) {
    let ctx = Ctx::system(&house.world.site);
    let made = ctx.write(move |tx, ctx| {
        let act = Act { actor: ctx.scope.actor.clone(), at: ctx.at };
        let unit = ctx.dir.by_code(code).expect("a group").id;
        for _ in 0..many {
            let new = NewHousehold {
                id: None,
                unit,
                code: None,
                place: None,
                persons: Some(3),
                from: Date::constant(2023, 1, 1),
                basis: "户口簿".into(),
                people: Vec::new(),
                tags: Vec::new(),
            };
            households::add_in(tx, &ctx.site, &new, &act)?;
        }
        Ok(())
    });
    made.await.expect("households");
}

/// A page in both languages, whole and without a missing word.
async fn read(house: &House, client: &Client, path: &str) -> Answer {
    let dir = register::directory(&house.world.site);
    let known = dir.iter().map(|u| u.name.zh.clone()).collect::<Vec<_>>().join("\n") + "\n户口簿\n分工会";
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

#[tokio::test]
async fn nobody_is_left_without_and_everybody_sees_whom_to_visit() {
    each_house("county", |house| async move {
        settle(&house, "9010101", 24).await;
        settle(&house, "9010201", 3).await;
        let mut boss = house.staff(Role::Supervisor, HALL).await;
        let page = read(&house, &boss, "/coverage?unit=901").await;
        assert!(page.text().contains("没人联系"), "{}", page.text());
        let made = boss.submit("/coverage?unit=901", "/proposals", &[]).await.expect(200);
        assert!(made.path.starts_with("/proposals/"), "{}", made.path);
        let before = read(&house, &boss, &made.path).await;
        assert!(before.text().contains("采用前") && before.text().contains("采用后"), "{}", before.text());
        let path = made.path.clone();
        boss.submit(&path, &path, &[]).await.expect(200);
        let after = read(&house, &boss, &path).await;
        assert!(after.text().contains("改了 27 户"), "{}", after.text());
        let covered = read(&house, &boss, "/coverage?unit=901").await;
        assert!(covered.text().contains("27 / 27"), "{}", covered.text());
        // Numbers by unit, and the list behind them.
        house.swept("duties").await;
        read(&house, &boss, "/duties/unit?unit=901&obligation=quarterly").await;
        read(&house, &boss, "/duties/unit?unit=901&obligation=quarterly&on=2026-09-30").await;
        // Paired on the 17th of November: less than half of the quarter is left, so nothing is asked of it.
        let excused = "/duties/list?unit=90101&obligation=quarterly&period=2026-Q4&which=excused";
        let excused = read(&house, &boss, excused).await;
        assert!(excused.text().contains("不够半程"), "{}", excused.text());
        house.world.clock.advance(50 * DAY);
        let mut boss = house.staff(Role::Supervisor, HALL).await;
        house.swept("duties").await;
        // Whoever leads the village looks after nobody, and sees on the desk what is due there.
        let mut lead = house.staff(Role::Lead, "90101").await;
        let desk = read(&house, &lead, "/work").await;
        assert!(
            desk.text().contains("每季度走访") && desk.text().contains("还要走访 24 户"),
            "{}",
            desk.text()
        );
        let way = "/duties/unit?unit=90101&obligation=quarterly";
        assert!(desk.body.contains(&way.replace('&', "&amp;")), "{}", desk.body);
        let there = lead.get(way).await.expect(200).text();
        assert!(there.contains("24"), "{there}");
        // The page of a household says what is due there, and leads to the numbers of its group.
        let home = lead.get("/households/9010101-001").await.expect(200);
        assert!(home.text().contains("每季度走访 · 2027年第一季度"), "{}", home.text());
        assert!(home.body.contains("href=\"/duties/unit?unit=9010101\""), "{}", home.body);
        let list = "/duties/list?unit=901&obligation=quarterly&period=2027-Q1&which=open";
        let list = read(&house, &boss, list).await;
        assert!(list.text().contains("9010101-001"), "{}", list.text());
        let file = boss.get("/pairings/list.csv?unit=901").await.expect(200);
        assert_eq!(file.body.lines().count(), 28);
        // One of those who have any.
        let today = house.world.site.today();
        let held = house
            .world
            .site
            .db
            .read_now(move |tx| {
                let kind = pack::load("county").expect("a pack").pairing("liaison").cloned().expect("a kind");
                liaison::coverage::loads(tx, &kind, "/9/901/", today)
            })
            .expect("loads");
        let one = held.first().expect("somebody").0;
        let found = house.world.site.db.read_now(move |tx| access::accounts::by_id(tx, one)).expect("a look");
        let login = found.expect("an account").login;
        let (role, unit) = login.split_once('.').expect("a role and a unit");
        let (role, me) = (Role::from_key(role).expect("a role"), one.to_string());
        let mut mine = house.staff(role, unit).await;
        let page = read(&house, &mine, "/duties").await;
        assert!(page.text().contains("户还要走访"), "{}", page.text());
        // Whoever opens their own work sees it there, too.
        let work = mine.get("/work").await.expect(200);
        assert!(
            work.text().contains("还要走访") && work.body.contains("href=\"/duties\""),
            "{}",
            work.text()
        );
        read(&house, &mine, &format!("/people/{me}/pairings")).await;
        let cards = read(&house, &mine, &format!("/people/{me}/cards")).await;
        assert!(cards.body.contains("div class=\"slips\"") && cards.body.contains("<svg class=\"qr\""));
        // Not for others.
        let mut far = house.staff(Role::Supervisor, "902-township-hall").await;
        for path in [
            "/coverage?unit=901",
            path.as_str(),
            &format!("/people/{me}/pairings"),
            &format!("/people/{me}/cards"),
            "/duties/list?unit=901",
        ] {
            far.get(path).await.expect(404);
        }
        // The calendar: an address that works until it is revoked, and names no household.
        let made = mine.submit("/duties", "/duties/feed", &[("do", "open")]).await.expect(200);
        let url = made
            .body
            .split("/duties/calendar/")
            .nth(1)
            .and_then(|s| s.split(".ics").next())
            .expect("an address");
        let address = format!("/duties/calendar/{url}.ics");
        let mut anybody = house.visitor();
        let calendar = anybody.get(&address).await.expect(200);
        assert!(
            calendar.body.starts_with("BEGIN:VCALENDAR\r\n")
                && calendar.body.contains("DTSTART;VALUE=DATE:20270331\r\nDTEND;VALUE=DATE:20270401"),
            "{}",
            calendar.body
        );
        assert_eq!(calendar.body.matches("BEGIN:VEVENT").count(), 1, "one entry for the period");
        assert!(!calendar.body.contains("9010101"), "no household");
        assert!(calendar.body.split("\r\n").all(|l| l.len() <= 75));
        mine.submit("/duties", "/duties/feed", &[("do", "revoke")]).await.expect(200);
        anybody.get(&address).await.expect(404);
        // The digest: on Monday, once, for those who want it.
        let digests = || {
            let me: kernel::AccountId = me.parse().expect("an id");
            house.world.site.db.read_now(move |tx| notify::about(tx, me.0)).expect("messages").len()
        };
        house.swept("digest").await;
        assert_eq!(digests(), 0, "nobody asked for one");
        mine.submit("/duties", "/duties/feed", &[("do", "digest")]).await.expect(200);
        house.swept("digest").await;
        assert_eq!(digests(), 0, "from the next Monday on");
        house.world.clock.advance(7 * DAY);
        for _ in 0..2 {
            house.swept("digest").await;
            assert_eq!(digests(), 1);
        }
        // Handing over: by the boss, from the person's page.
        let mut boss2 = house.staff(Role::Supervisor, HALL).await;
        let _ = &mut boss;
        let person = format!("/people/{me}/pairings");
        let shown = boss2.get(&person).await.expect(200);
        let pairing =
            shown.attributes("input[name=pairing]", "value").into_iter().next().expect("a household");
        let to = shown
            .attributes("select[name=to] option", "value")
            .into_iter()
            .find(|v| !v.is_empty())
            .expect("somebody");
        let on = house.world.site.today().to_string();
        let fields = [
            ("do", "hand-over"),
            ("pairing", pairing.as_str()),
            ("to", to.as_str()),
            ("on", on.as_str()),
            ("basis", "分工会"),
        ];
        let done = boss2.submit(&person, &person, &fields).await.expect(200);
        assert!(done.text().contains("已交接"), "{}", done.text());
        // An end is asked about first, with whom nobody will look after.
        let held = boss2.get(&format!("/people/{to}/pairings")).await.expect(200);
        let taken = held.attributes("input[name=pairing]", "value").len();
        assert!(taken > 0, "{}", held.text());
        let theirs = format!("/people/{to}/pairings");
        let ends = [("do", "end-all"), ("on", on.as_str()), ("basis", "分工会")];
        let asked = boss2.submit(&theirs, &theirs, &ends).await.expect(200);
        assert!(asked.text().contains("以后没有人联系"), "{}", asked.text());
        let still = boss2.get(&theirs).await.expect(200);
        assert_eq!(still.attributes("input[name=pairing]", "value").len(), taken, "nothing ends before that");
        let ended = boss2.fill(&asked, &theirs, &[("do", "end")], &[]).await.expect(200);
        assert!(ended.text().contains("已结束") && ended.text().contains("联系 0 户"), "{}", ended.text());
        // Whoever was left with nobody is found page by page on the coverage page, with the way to them.
        let open = boss2.get("/coverage?unit=901").await.expect(200);
        assert!(open.body.contains("href=\"/households/9010"), "{}", open.text());
        let wrong =
            boss2.submit(&person, &person, &[("do", "end"), ("on", on.as_str()), ("basis", "")]).await;
        wrong.expect(422);
        read(&house, &boss2, &person).await;
        let site = house.world.site.clone();
        let drifts = site.db.read_now({
            let site = site.clone();
            move |tx| liaison::tally::recount(tx, &site, false)
        });
        assert_eq!(drifts.expect("a recount"), []);
    })
    .await;
}

#[tokio::test]
async fn households_near_the_visitor_come_first_where_they_ask_for_it() {
    each_house("county", |house| async move {
        let at = [(106.50, 27.50), (106.52, 27.50), (106.501, 27.50)];
        let codes: Vec<String> =
            at.map(|place| home_at(&house, "9010101", Some(place), Role::Officer, OFFICE).code).to_vec();
        let nowhere = home(&house, "9010101", Role::Officer, OFFICE).code;
        let mut me = house.staff(Role::Officer, OFFICE).await;
        let page = me.get("/visits").await.expect(200);
        assert!(!page.text().contains("米"), "{}", page.text());
        let order = |page: &Answer, codes: &[&String]| {
            let text = page.text();
            let spots: Vec<usize> = codes.iter().map(|c| text.find(c.as_str()).expect("its code")).collect();
            assert!(spots.is_sorted(), "{codes:?}: {text}");
        };
        let near = me.fill(&page, "/visits/near", &[("gps", "106.5011,27.5")], &[]).await.expect(200);
        order(&near, &[&codes[2], &codes[0], &codes[1], &nowhere]);
        assert!(near.text().contains("约 50 米") && near.text().contains("约 1.8 公里"), "{}", near.text());
        assert!(near.text().contains("不留存"), "{}", near.text());
        let far = me.fill(&page, "/visits/near", &[("gps", "106.52,27.5")], &[]).await.expect(200);
        order(&far, &[&codes[1], &codes[2], &codes[0], &nowhere]);
        for wrong in ["", "here", "200,95", "106.5", "NaN,27.5", "1e999,27"] {
            let page = me.fill(&page, "/visits/near", &[("gps", wrong)], &[]).await.expect(200);
            assert!(page.text().contains("取不到位置"), "{wrong}: {}", page.text());
            order(&page, &[&codes[0], &codes[1], &codes[2], &nowhere]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_visitor_of_many_households_finds_each_on_a_line_by_the_same_name_on_both_pages() {
    each_house("county", |house| async move {
        let homes: Vec<_> = (0..8).map(|_| home(&house, "9010101", Role::Officer, OFFICE)).collect();
        let mut me = house.staff(Role::Officer, OFFICE).await;
        let page = me.get("/visits").await.expect(200);
        assert_eq!(
            page.body.matches("<details class=\"fold\"><summary>").count(),
            homes.len(),
            "{}",
            page.body
        );
        let line = |page: &Answer| {
            let from = page.body.find("<details class=\"fold\"").expect("a line");
            let end = page.body[from..].find("</summary>").expect("its end");
            page.body[from..from + end].to_owned()
        };
        let first = line(&page);
        assert!(first.contains(HEAD) && !first.contains(HEAD_PHONE) && !first.contains("记一次"), "{first}");
        // The one that was searched for is open.
        let found = me.get(&format!("/visits?q={}", homes[5].code)).await.expect(200);
        assert!(line(&found).contains("<details class=\"fold\" open>"), "{}", found.body);
        assert!(found.body.contains(HEAD_PHONE) && found.text().contains("记一次"), "{}", found.text());
        // Whoever looks after them reads the same name where they are told whom to see; others read the surname.
        let duties = me.get("/duties").await.expect(200);
        assert!(duties.text().contains(HEAD), "{}", duties.text());
        let mut boss = house.staff(Role::Supervisor, HALL).await;
        let seen = boss.get(&format!("/households/{}", homes[0].code)).await.expect(200);
        assert!(!seen.text().contains(HEAD), "{}", seen.text());
        let own = me.get(&format!("/households/{}", homes[0].code)).await.expect(200);
        assert!(own.body.contains("href=\"/duties\""), "{}", own.body);
    })
    .await;
}

#[tokio::test]
async fn a_need_takes_the_class_that_the_pack_proposes_for_what_was_heard_unless_another_is_chosen() {
    each_house("county", |house| async move {
        let home = home(&house, "9010101", Role::Officer, OFFICE);
        let mut me = house.staff(Role::Officer, OFFICE).await;
        let form = format!("/visits/new?household={}", home.id);
        let page = me.get(&form).await.expect(200);
        assert!(page.text().contains("水电路：路面坑洼破损"), "{}", page.text());
        let need = [
            ("answers.difficulties", "water-power-road"),
            ("n0.text", "村口的路坏了"),
            ("n0.consent", "yes"),
            ("n0.then", "pass"),
            ("n0.often", "03.02.01"),
        ];
        me.fill(&page, "/visits/new", &need, &[]).await.expect(200);
        let page = me.get(&form).await.expect(200);
        let other = [need.as_slice(), &[("n0.class", "01.01.01"), ("n0.class_label", "停水")]].concat();
        me.fill(&page, "/visits/new", &other, &[]).await.expect(200);
        let id = home.id;
        let heard = house.world.site.db.read_now(move |tx| {
            let of = liaison::visits::NeedsOf::Household(id);
            liaison::visits::needs(tx, &of, kernel::Timestamp(i64::MAX), 9)
        });
        let mut classes: Vec<String> = heard.expect("needs").into_iter().map(|n| n.class).collect();
        classes.sort();
        assert_eq!(classes, ["01.01.01", "03.02.01"]);
    })
    .await;
}
