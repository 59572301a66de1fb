//! Three years later: what was said at a home and the pictures taken there are forgotten, once nothing that came of the
//! visit is open or held by law; that there was a visit, what was tapped and every figure stand.

use super::homes::{HEAD, home, uploads};
use super::steps::{answered, dispatched, in_hand, says};
use crate::house::{Does, House, OFFICE, PICTURE, each_house};
use kernel::{AttachmentId, DAY, RecordId, RequestId, Role};
use liaison::work::{self, Help};
use requests::acts::hold;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::Client;

/// Days go by, and the job has its round on each.
async fn days(house: &House, n: usize) {
    for _ in 0..n {
        house.world.clock.advance(DAY);
        house.swept("forget-visits").await;
    }
}

/// The words as they were said, where they are still there.
fn own_words(house: &House, visit: RecordId) -> Option<String> {
    let site = house.world.site.clone();
    let keys = site.keyring.clone();
    site.db.read_now(move |tx| records::own_words(tx, &keys, visit)).expect("the vault")
}

fn on_disk(house: &House) -> usize {
    let mut open = vec![house.world.site.dir.join("files")];
    let mut n = 0;
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { n += 1 }
        }
    }
    n
}

/// A picture of a visit, as a phone sends it.
async fn picture(client: &mut Client, csrf: &str, id: AttachmentId, visit: RecordId) {
    let headers = [
        ("x-visit", visit.to_string()),
        ("x-size", PICTURE.len().to_string()),
        ("x-sum", hex::encode(Sha256::digest(PICTURE))),
        ("x-from", "0".to_owned()),
    ];
    let path = format!("/api/liaison/photos/{id}");
    let answer = client.bytes(&path, csrf, &headers, PICTURE.to_vec()).await.expect(200);
    assert!(answer.body.contains("\"taken\""), "{}", answer.body);
}

#[tokio::test]
async fn words_and_pictures_of_a_visit_are_forgotten_and_what_happened_stands() {
    each_house("county", |house| async move {
        let home = home(&house, "9010101", Role::Officer, OFFICE);
        let site = house.world.site.clone();
        let mut cadre = house.staff(Role::Officer, OFFICE).await;
        let mine: Value = serde_json::from_str(&cadre.get("/api/liaison/mine").await.expect(200).body).expect("JSON");
        let csrf = mine["csrf"].as_str().expect("a token").to_owned();
        let (visit, need) = (RecordId::new(site.now(), &*site.chance), RequestId::new(site.now(), &*site.chance));
        let said = format!("{HEAD}腰疼，不想让邻居知道");
        let one = json!({
            "id": visit, "household": home.id, "on": site.today().to_string(), "device_at": site.now().0,
            "answers": [{ "question": "family", "choices": ["people"], "text": said }],
            "needs": [{ "id": need, "class": house.class("standard", OFFICE.trim_start_matches("901-")), "text": "想申请临时救助", "consent": true }],
        });
        let batch = json!({ "sent_at": site.now().0, "visits": [one] });
        let taken = uploads(&mut cadre, &csrf, &batch).await;
        let (number, code) = (&taken["visits"][0]["needs"][0]["number"], &taken["visits"][0]["needs"][0]["code"]);
        let (number, code) = (number.as_str().expect("a number").to_owned(), code.as_str().expect("a code").to_owned());
        // Help at the visit has no words but those of the visit.
        let help = Help {
            id: RecordId::new(site.now(), &*site.chance),
            household: home.id,
            kind: "liaison".into(),
            on: site.today(),
            item: None,
            effect: site.pack.work.effects[0].id.clone(),
            text: String::new(),
            visit: Some(visit),
            corrects: None,
        };
        let officer = house.world.staff(house.world.unit(OFFICE), Role::Officer);
        officer.write(move |tx, ctx| work::help(tx, ctx, &help)).await.expect("help");
        let photo = AttachmentId::new(site.now(), &*site.chance);
        picture(&mut cadre, &csrf, photo, visit).await;
        let before = on_disk(&house);
        assert!(own_words(&house, visit).is_some_and(|t| t.contains(HEAD)));
        // Everything but the family's word and the end.
        house.deliver().await;
        dispatched(&house, &number).await;
        in_hand(&house, &number, OFFICE).await;
        house.deliver().await;
        answered(&mut cadre, &number, "材料已经交齐，钱下个月到。").await;
        house.deliver().await;
        let evidence = on_disk(&house) - before;

        let (page, address) = (format!("/visits/households/{}", home.code), format!("/visits/photos/{photo}"));
        let stands = async |words: bool| {
            let mut me = house.staff(Role::Officer, OFFICE).await;
            let shown = me.get(&page).await.expect(200).text();
            assert!(shown.contains("家里人口有变化") && shown.contains(&number), "what was tapped stands: {shown}");
            let diary = me.get("/visits/diary?from=2026-11-01&to=2026-11-30").await.expect(200).text();
            let past = me.get(&format!("{page}?as_of=2026-12-01")).await.expect(200).text();
            let helped = me.get(&format!("/plans/{}?kind=liaison&year=2026", home.code)).await.expect(200).text();
            for text in [&shown, &diary, &past, &helped] {
                assert_eq!(text.contains("腰疼"), words, "{text}");
                assert_eq!(text.contains("删去了"), !words, "{text}");
            }
            assert_eq!(me.get(&address).await.status, if words { 200 } else { 404 });
            assert_eq!(own_words(&house, visit).is_some(), words);
            assert_eq!(on_disk(&house), if words { before + evidence } else { evidence });
            house.books_are_right();
        };
        stands(true).await;
        // Three years: not on a clock that leapt there, and not while the request is open.
        house.world.clock.advance(3 * 365 * DAY + 3 * DAY);
        house.swept("forget-visits").await;
        stands(true).await;
        days(&house, 5).await;
        stands(true).await;
        // It ends, and an auditor holds it by law.
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        says(&mut me, &number, "yes", "5", "").await;
        house.staff(Role::Lead, OFFICE).await.act(&number, "closure", &[]).await;
        let auditor = house.world.staff(house.world.unit("9-county-centre"), Role::Auditor);
        auditor.write(move |tx, ctx| hold::place(tx, ctx, need.into(), "诉讼")).await.expect("held");
        days(&house, 31).await;
        stands(true).await;
        let auditor = house.world.staff(house.world.unit("9-county-centre"), Role::Auditor);
        auditor.write(move |tx, ctx| hold::release(tx, ctx, need.into(), "诉讼已了结")).await.expect("released");
        days(&house, 31).await;
        stands(false).await;

        // A visit of yesterday is untouched; the old one, sent once more, is still the same.
        let mut cadre = house.staff(Role::Officer, OFFICE).await;
        let mine: Value = serde_json::from_str(&cadre.get("/api/liaison/mine").await.expect(200).body).expect("JSON");
        let csrf = mine["csrf"].as_str().expect("a token").to_owned();
        let again = uploads(&mut cadre, &csrf, &batch).await;
        assert_eq!(again["visits"][0]["outcome"], "again");
        let fresh = RecordId::new(site.now(), &*site.chance);
        let one = json!({ "id": fresh, "household": home.id, "on": site.today().to_string(),
            "answers": [{ "question": "family", "choices": [], "text": format!("{HEAD}添了个孙女") }] });
        uploads(&mut cadre, &csrf, &json!({ "sent_at": site.now().0, "visits": [one] })).await;
        days(&house, 2).await;
        assert!(own_words(&house, fresh).is_some());
        let card = house.visitor().get(&format!("/card/{}", home.card)).await.expect(200).text();
        assert!(card.contains("最多保存 3 年"), "the family reads how long: {card}");
        assert!(card.contains("没做到的一直留着") && card.contains("跟着诉求保存"), "and what stays: {card}");
        house.books_are_right();
    })
    .await;
}
