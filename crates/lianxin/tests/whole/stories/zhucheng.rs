//! Zhucheng: the grid leader hears five things; what cannot be solved there goes to the unit's ledger and on to the
//! city's; everybody up to the city sees who holds it now. The phone does it without network as well.

use super::homes::{HEAD, home, uploads};
use super::steps::{dispatched, in_hand};
use super::village63::{in_hardship_of, until};
use crate::house::{Does, each_house};
use kernel::{RequestId, Role, Uuid};
use rules::case::State;
use serde_json::{Value, json};

#[tokio::test]
async fn five_things_are_asked_and_what_cannot_be_solved_climbs_from_grid_to_unit_to_city() {
    each_house("zhucheng", |house| async move {
        let home = home(&house, "9010101", Role::Officer, "901-township-affairs");
        let mut cadre = house.staff(Role::Officer, "901-township-affairs").await;
        let site = house.world.site.clone();

        // Everything the phone needs, before it leaves the network.
        let mine = cadre.get("/api/liaison/mine").await.expect(200);
        let mine: Value = serde_json::from_str(&mine.body).expect("JSON");
        let asked: Vec<&str> = mine["questions"].as_array().expect("questions").iter().filter_map(|q| q["id"].as_str()).collect();
        assert_eq!(asked, ["family", "difficulties", "prosper", "disputes", "suggestions"]);
        assert_eq!(mine["households"][0]["people"][0]["name"], HEAD);
        let csrf = mine["csrf"].as_str().expect("a token").to_owned();

        // At the door, without network.
        let plain = house.class("standard", "township-affairs");
        let id = |n: u128| RequestId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)).to_string();
        let now = site.now().0;
        let visit = json!({
            "id": id(1), "household": home.id, "on": site.today().to_string(), "device_at": now - 60_000, "seen_at": mine["as_of"],
            "answers": [{ "question": "difficulties", "choices": ["living"], "text": "老人看病花销大" }],
            "promised": [{ "id": id(2), "text": "问清大病救助怎么申请", "due": site.today().to_string() }],
            "needs": [{ "id": id(3), "class": plain, "text": "申请大病救助的材料不知道怎么备", "consent": true }],
        });
        let wrong = json!({ "id": id(4), "household": home.id, "on": site.today().to_string(), "weather": "sunny" });
        house.minutes_pass(30);
        let batch = json!({ "sent_at": now + 30 * 60_000, "visits": [visit, wrong] });
        let unsigned = cadre.json("/api/liaison/visits", "", batch.to_string()).await;
        assert_eq!(unsigned.status, 403, "without the token nothing is taken");
        let first = uploads(&mut cadre, &csrf, &batch).await;
        assert_eq!((&first["visits"][0]["outcome"], &first["visits"][1]["outcome"]), (&json!("taken"), &json!("refused")), "{first}");
        let again = uploads(&mut cadre, &csrf, &batch).await;
        assert_eq!(again["visits"][0]["outcome"], "again");
        assert_eq!(again["visits"][0]["needs"], first["visits"][0]["needs"]);
        let number = first["visits"][0]["needs"][0]["number"].as_str().expect("a number").to_owned();
        assert!(house.messages(&number).await.iter().any(|m| m.starts_with("person <- accepted")), "told by message");

        // The unit's ledger …
        dispatched(&house, &number).await;
        house.minutes_pass(10);
        let office = "901-township-affairs";
        in_hand(&house, &number, office).await;
        let mut lead = house.staff(Role::Lead, office).await;
        let held = cadre.get("/visits/needs").await.expect(200).text();
        assert!(held.contains(&number) && held.contains("社会事务"), "{held}");
        // … and, where it cannot be solved there, the city's.
        lead.act(&number, "escalation", &[("reason", "要市里医保部门定")]).await;
        let up = house.case(&number).await;
        assert!(up.row.state == State::Assigned && up.row.unit.to_string() != house.unit(office).0);
        let holder = register::directory(&site).get(up.row.unit).map(|u| u.name.zh.clone()).expect("a unit");
        for (role, unit, code) in [(Role::Supervisor, "9-county-centre", "9"), (Role::Supervisor, "9-county-centre", "901")] {
            let mut above = house.staff(role, unit).await;
            let book = above.get(&format!("/visits/needs?unit={code}")).await.expect(200).text();
            assert!(book.contains(&number) && book.contains(&holder), "{code}: {book}");
            let promises = above.get(&format!("/visits/promises?unit={code}")).await.expect(200).text();
            assert!(promises.contains("问清大病救助怎么申请"), "{promises}");
            let classes = above.get(&format!("/visits/classes?unit={code}&format=csv")).await.expect(200);
            assert_eq!(classes.body.lines().count(), 2, "{}", classes.body);
        }
        // Somebody of another township sees nothing of it.
        let mut other = house.staff(Role::Lead, "902-township-affairs").await;
        other.get("/visits/needs?unit=901").await.expect(404);
        other.get(&format!("/visits/new?household={}", home.id)).await.expect(404);
        let theirs = other.get("/visits/needs").await.expect(200).text();
        assert!(!theirs.contains(&number), "{theirs}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_round_of_many_households_is_one_form() {
    each_house("zhucheng", |house| async move {
        let unit = "901-township-affairs";
        let homes: Vec<_> = (0..3).map(|_| home(&house, "9010101", Role::Officer, unit)).collect();
        let mut cadre = house.staff(Role::Officer, unit).await;
        let page = cadre.get("/visits/round").await.expect(200);
        let nobody = cadre.fill(&page, "/visits/round", &[], &[]).await;
        assert_eq!(nobody.status, 422, "{}", nobody.text());
        let (first, second) = (homes[0].id.to_string(), homes[1].id.to_string());
        let said = format!("{first}.text");
        let about = house.world.site.pack.visit.questions[0].id.clone();
        let fields = [
            ("seen", first.as_str()),
            ("seen", second.as_str()),
            ("about", about.as_str()),
            (said.as_str(), "核桃收得好"),
        ];
        let done = cadre.fill(&page, "/visits/round", &fields, &[]).await.expect(200);
        assert!(done.text().contains("记好了 2 户"), "{}", done.text());
        let diary = cadre.get("/visits/diary?format=csv").await.expect(200);
        assert_eq!(diary.body.lines().count(), 3, "{}", diary.body);
        // Sent once more, nothing is written twice.
        let again = cadre.fill(&page, "/visits/round", &fields, &[]).await.expect(200);
        assert!(again.text().contains("记好了 2 户"), "{}", again.text());
        assert_eq!(cadre.get("/visits/diary?format=csv").await.expect(200).body.lines().count(), 3);
        let file = cadre.get("/visits/diary?format=xlsx").await.expect(200);
        assert!(!file.body.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_second_saturday_is_the_leaders_day_and_being_there_makes_it_true() {
    each_house("zhucheng", |house| async move {
        let home = in_hardship_of(&house, "city-leader", Role::Lead, "9");
        let owed = "领导干部民情工作日";
        until(&house, "2026-12-12").await;
        let mut leader = house.staff(Role::Lead, "9").await;
        let before = leader.get("/duties").await.expect(200).text();
        assert!(before.contains("12月12日 周六 领导干部民情工作日"), "{before}");
        assert!(before.contains("1 户还要走访"), "their household of the month as well: {before}");
        let page = leader.get(&format!("/visits/new?household={}", home.id)).await.expect(200);
        leader.fill(&page, "/visits/new", &[], &[]).await.expect(200);
        let after = leader.get("/duties").await.expect(200).text();
        assert!(after.contains(&format!("{owed} · 2026年12月12日 已走访 12月12日")), "{after}");
        assert!(after.contains("本期都走到了"), "one visit is both: {after}");
        // The next one nobody keeps: the day after, it is missed.
        until(&house, "2027-01-10").await;
        let mut leader = house.staff(Role::Lead, "9").await;
        let missed = leader.get("/duties").await.expect(200).text();
        assert!(missed.contains(&format!("{owed} · 2027年1月9日 没走到")), "{missed}");
        assert!(missed.contains("2月13日 周六"), "and when the next one is: {missed}");
        house.books_are_right();
    })
    .await;
}
