//! Zhengan: five levels, county to household; whoever lives near calls in, also from beyond the township's border. What is
//! asked at the door is handled on people's behalf, and at each level it can be seen who holds it now.

use super::affairs::at_the_village;
use super::homes::{HEAD, home, uploads};
use super::steps::in_hand;
use crate::house::{Does, each_house};
use kernel::{Error, PairingId, RequestId, Role, Uuid};
use liaison::pair::{NewPairing, pair};
use rules::case::State;
use serde_json::{Value, json};

/// The group in which the family lives, and a village of the township next to it.
const GROUP: &str = "9010101";
const BEYOND: &str = "90201";

#[tokio::test]
async fn whoever_lives_near_calls_in_across_the_border_and_each_level_sees_who_holds_what_was_asked() {
    each_house("zhengan", |house| async move {
        let home = home(&house, GROUP, Role::Liaison, BEYOND);
        let site = house.world.site.clone();
        let mut near = house.staff(Role::Liaison, BEYOND).await;
        assert!(near.get("/visits").await.expect(200).text().contains(HEAD));

        // An errand is asked for at the door, with consent; the pack has it as one.
        let mine = near.get("/api/liaison/mine").await.expect(200);
        let mine: Value = serde_json::from_str(&mine.body).expect("JSON");
        let csrf = mine["csrf"].as_str().expect("a token").to_owned();
        let id = |n: u128| RequestId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)).to_string();
        let (now, today) = (site.now().0, site.today().to_string());
        let visit = json!({
            "id": id(1), "household": home.id, "on": today, "device_at": now - 60_000, "seen_at": mine["as_of"],
            "answers": [{ "question": "difficulties", "choices": [], "text": "腿脚不便" }],
            "needs": [{ "id": id(2), "class": "17.04.02", "text": "老年证旧了要换，腿脚不便，请人代办。", "consent": true }],
        });
        let taken = uploads(&mut near, &csrf, &json!({ "sent_at": now, "visits": [visit] })).await;
        let number = taken["visits"][0]["needs"][0]["number"].as_str().unwrap_or_else(|| panic!("{taken}")).to_owned();
        assert!(number.starts_with("ZA"), "{number}");

        // Village, township, county: whoever asked for her, and each level above, reads who has it.
        at_the_village(&house, &number).await;
        let mut seen = Vec::new();
        loop {
            let case = house.case(&number).await;
            let unit = register::directory(&site).get(case.row.unit).cloned().expect("a unit");
            let held = near.get("/visits/needs").await.expect(200).text();
            assert!(held.contains(&number) && held.contains(&unit.name.zh), "{}: {held}", unit.name.zh);
            for code in ["9", "901", "90101", GROUP] {
                let mut above = house.staff(Role::Supervisor, "9-county-centre").await;
                let book = above.get(&format!("/visits/needs?unit={code}")).await.expect(200).text();
                assert!(book.contains(&number) && book.contains(&unit.name.zh), "{code}: {book}");
            }
            seen.push(unit.level.clone());
            if seen.len() == 3 {
                break;
            }
            if case.row.state == State::Assigned {
                in_hand(&house, &number, &unit.code).await;
            }
            let mut lead = house.staff(Role::Lead, &unit.code).await;
            lead.act(&number, "escalation", &[("reason", "要上一级定")]).await;
        }
        assert_eq!(seen, ["village", "township-office", "county-office"]);
        // Her own township's liaison, with whom she is not paired, does not find her there.
        let mut other = house.staff(Role::Liaison, "90101").await;
        other.get(&format!("/visits/new?household={}", home.id)).await.expect(404);
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn where_the_pack_keeps_to_the_township_nobody_from_beyond_it_is_paired() {
    each_house("county", |house| async move {
        let home = home(&house, GROUP, Role::Liaison, "90101");
        let world = &house.world;
        let new = NewPairing {
            id: PairingId::new(world.site.now(), &*world.site.chance),
            kind: world.site.pack.pairings[0].id.clone(),
            account: world.account(world.unit(BEYOND), Role::Liaison),
            household: home.id,
            from: world.site.today(),
            basis: "住得近".into(),
        };
        let ctx = world.staff(world.office("9", "county-centre"), Role::Supervisor);
        let refused = world.site.db.write_now(move |tx| pair(tx, &ctx, &new));
        assert!(matches!(refused, Err(Error::Refused { code: "may-not-hold", .. })), "{refused:?}");
    })
    .await;
}
