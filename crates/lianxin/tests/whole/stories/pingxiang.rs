//! Pingxiang: visits as kin. Settled on the spot or registered with who, what, officer, contact and time limit;
//! ordinary matters by the township's offices, major ones by the leading group; three messages to person and officer.

use super::homes::{HEAD, HEAD_PHONE, home};
use super::steps::{answered, dispatched, in_hand, says};
use crate::house::{Does, House, each_house};
use kernel::Role;
use requests::model::Satisfaction;
use rules::case::{State, Word};
use testkit::{Answer, Client};
use web::form::CSRF_FIELD;

/// Registers what is heard on a visit.
async fn heard(house: &House, cadre: &mut Client, class: &str, body: &str, more: &[(&str, &str)]) -> Answer {
    let page = cadre.get("/intake").await.expect(200);
    let name = house.world.site.pack.class(class).map(|c| c.name.zh.clone()).expect("its name");
    let place = house.unit("90101");
    let mut fields = vec![
        ("body", body),
        ("class", class),
        ("class_label", name.as_str()),
        ("place", place.0.as_str()),
        ("place_label", place.1.as_str()),
        ("place_text", "一组"),
        ("name", "赵五"),
        ("phone", "13800005678"),
        ("address", "一组 3 号"),
        ("channel", "visit"),
        ("told", "in-person"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(n, _)| n != name));
    fields.extend(more);
    let done = cadre.fill(&page, "/intake", &fields, &[]).await.expect(200);
    // Shown once more where the class asks something; then it goes through.
    if done.path.starts_with("/intake/receipts/") {
        done
    } else {
        cadre.fill(&done, "/intake", &fields, &[]).await.expect(200)
    }
}

fn number(receipt: &Answer) -> String {
    receipt.find(".keys > div:nth-child(1) dd").unwrap_or_else(|| panic!("no receipt: {}", receipt.text()))
}

#[tokio::test]
async fn a_visit_settles_on_the_spot_or_registers_and_three_messages_reach_person_and_officer() {
    each_house("pingxiang", |house| async move {
        let plain = house.class("standard", "township-affairs");
        let mut cadre = house.staff(Role::Clerk, "90101").await;

        // Settled at the door, judged at the door.
        let at_once =
            [("then", "settle"), ("answer", "当场在手机上激活了。"), ("solved", "yes"), ("grade", "5")];
        let receipt = heard(&house, &mut cadre, &plain, "医保卡不会激活。", &at_once).await;
        let now = house.case(&number(&receipt)).await;
        assert_eq!((now.row.channel.as_str(), now.row.word), ("visit", Some(Word::Solved)));
        assert_eq!(now.row.satisfaction, Some(Satisfaction::VeryGood));
        assert!(now.notices.iter().all(requests::model::NoticeRow::is_met), "told face to face, all three");
        if now.row.state == State::Judged {
            let mut lead = house.staff(Role::Lead, "90101").await;
            lead.act(&now.row.number, "closure", &[]).await;
        }
        assert_eq!(house.case(&now.row.number).await.row.state, State::Closed);

        // Registered: who, what, officer, contact, time limit. All of it on the slip.
        house.minutes_pass(30);
        let later = [("then", "leave"), ("told", "message")];
        let receipt = heard(&house, &mut cadre, &plain, "低保复核材料被退回。", &later).await;
        let number = number(&receipt);
        let slip = receipt.text();
        for part in ["低保复核材料被退回", "谁来办", "联系电话", "答复期限"] {
            assert!(slip.contains(part), "{part}: {slip}");
        }
        let office = "901-township-affairs";
        let mut desk = house.staff(Role::Triage, "901-township-hall").await;
        let queue = desk.get("/queues/triage").await.expect(200);
        desk.fill(&queue, &format!("/queues/triage/{number}"), &[("do", "send")], &[]).await.expect(200);
        assert_eq!(house.case(&number).await.row.unit.to_string(), house.unit(office).0, "an ordinary matter stays in the township");
        house.minutes_pass(30);
        in_hand(&house, &number, office).await;
        house.minutes_pass(60);
        let mut officer = house.staff(Role::Officer, office).await;
        officer.act(&number, "answer", &[("text", "材料补齐，已通过。")]).await;
        house.minutes_pass(60);
        let code = house.case(&number).await.row.code;
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        says(&mut me, &number, "yes", "4", "").await;
        let said = house.messages(&number).await.join("\n");
        insta::allow_duplicates! { insta::assert_snapshot!(said, @r#"
person <- accepted: 【连心中心】第1条：您反映的“低保复核材料被退回”已登记受理，编号PXA-2026-00002，查询码{code}，封存码{leaf}，11月24日前答复。https://lx.example/r/PXA-2026-00002
staff <- unit-assigned: 【连心中心】第1条：PXA-2026-00002“低保复核材料被退回”已受理，交乡镇社会事务办公室办理，请在11月18日前签收并定责任人。
person <- handling: 【连心中心】第2条：PXA-2026-00002由乡镇社会事务办公室承办干部901-township-affairs办理，电话12345，11月24日前办好回您话。https://lx.example/r/PXA-2026-00002
staff <- officer-assigned: 【连心中心】第2条：您是PXA-2026-00002“低保复核材料被退回”的责任人，群众已收到您的电话，11月24日前办好回话。
person <- result: 【连心中心】第3条：PXA-2026-00002办理结果：材料补齐，已通过。办好了没有、您满意不满意，请告诉我们（查询码{code}）：https://lx.example/r/PXA-2026-00002
staff <- officer-judged: 【连心中心】第3条：PXA-2026-00002“低保复核材料被退回”群众说：解决了 满意。请在11月20日前销号或重办。
"#); }
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_major_matter_waits_for_the_leading_groups_decision() {
    each_house("pingxiang", |house| async move {
        let major = house.major();
        let mut cadre = house.staff(Role::Clerk, "90101").await;
        let page = cadre.get("/intake").await.expect(200);
        // Nobody settles it at the door.
        let name = house.world.site.pack.class(&major).map(|c| c.name.zh.clone()).expect("its name");
        let place = house.unit("90101");
        let tried = [
            ("body", "通组路要重修。"),
            ("class", major.as_str()),
            ("class_label", name.as_str()),
            ("place", place.0.as_str()),
            ("place_label", place.1.as_str()),
            ("name", "赵五"),
            ("channel", "visit"),
            ("then", "settle"),
            ("answer", "答应今年修。"),
        ];
        let refused = cadre.fill(&page, "/intake", &tried, &[]).await;
        assert!(!refused.path.starts_with("/intake/receipts/"), "{}", refused.text());
        assert_eq!(house.counts("9").await.received, 0, "nothing is written");

        let receipt = heard(&house, &mut cadre, &major, "通组路要重修。", &[("then", "leave")]).await;
        let number = number(&receipt);
        let office = "901-township-construction";
        let unit = house.unit(office);
        let mut desk = house.staff(Role::Triage, "901-township-hall").await;
        desk.act(&number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
        in_hand(&house, &number, office).await;

        // No answer before the decision: the page says what is missing.
        let mut officer = house.staff(Role::Officer, office).await;
        let blocked = officer.get(&format!("/requests/{number}/answer")).await.expect(200);
        assert!(
            blocked.text().contains("还不能办这一步") && blocked.text().contains("领导小组"),
            "{}",
            blocked.text()
        );
        let page = format!("/requests/{number}/answer");
        let note = officer.get(&format!("/requests/{number}/progress")).await.expect(200);
        let csrf = note.form(&format!("/requests/{number}/progress"))[CSRF_FIELD].clone();
        let forced =
            officer.post(&page, &[(CSRF_FIELD, &csrf), ("text", "答应今年修。"), ("end", "result")]).await;
        assert_eq!(forced.status, 422, "{}", forced.text());
        assert_eq!(house.case(&number).await.row.state, State::InHand);

        let mut lead = house.staff(Role::Lead, office).await;
        lead.act(&number, "referral", &[("question", "是否列入今年项目")]).await;
        assert_eq!(house.case(&number).await.row.state, State::Referred);
        let mut county = house.staff(Role::Supervisor, "9-county-centre").await;
        county
            .act(&number, "decision", &[("who", "组长、副组长、规建办"), ("decision", "列入今年第二批。")])
            .await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.decided), (State::InHand, true));
        answered(&mut officer, &number, "列入今年第二批，九月动工。").await;
        assert_eq!(house.case(&number).await.row.state, State::Answered);
        house.books_are_right();
    })
    .await;
}

/// The form of a visit at a household, filled in.
async fn visited(
    cadre: &mut Client,
    home: &register::households::Household,
    fields: &[(&str, &str)],
) -> Answer {
    let page = cadre.get(&format!("/visits/new?household={}", home.id)).await.expect(200);
    cadre.fill(&page, "/visits/new", fields, &[]).await
}

#[tokio::test]
async fn a_visit_as_kin_ends_with_the_family_told_and_the_promise_answered() {
    each_house("pingxiang", |house| async move {
        let home = home(&house, "9010101", Role::Officer, "90101");
        let plain = house.class("standard", "township-affairs");
        let mut cadre = house.staff(Role::Officer, "90101").await;
        let mine = cadre.get("/visits").await.expect(200);
        assert!(mine.text().contains(HEAD) && mine.text().contains(&home.code), "{}", mine.text());

        // Half a minute at the door: one thing solved on the spot, one registered, one promised.
        let today = house.world.site.today();
        let soon = house.world.site.zone.date(house.world.site.now().plus(5 * kernel::DAY)).to_string();
        let told = [
            ("answers.family", "away"),
            ("answers.family.text", "儿子赵小军去了外地打工"),
            ("n0.text", "医保卡不会激活"),
            ("n0.class", plain.as_str()),
            ("n0.class_label", "医保"),
            ("n0.consent", "yes"),
            ("n0.then", "settle"),
            ("n0.answer", "当场在手机上激活了"),
            ("n0.solved", "yes"),
            ("n0.grade", "5"),
            ("n1.text", "低保复核材料被退回"),
            ("n1.class", plain.as_str()),
            ("n1.class_label", "低保"),
            ("n1.consent", "yes"),
            ("promised.0", "下次带一份政策明白卡来"),
            ("promised.0.due", soon.as_str()),
        ];
        let done = visited(&mut cadre, &home, &told).await.expect(200);
        let numbers: Vec<String> =
            done.text().split_whitespace().filter(|w| w.starts_with("PX")).map(str::to_owned).collect();
        assert_eq!(numbers.len(), 2, "{}", done.text());
        let settled = house.case(&numbers[0]).await;
        assert_eq!((settled.row.channel.as_str(), settled.row.word), ("visit", Some(Word::Solved)));
        // What was chosen is what is kept.
        assert_eq!(settled.row.satisfaction, Some(Satisfaction::VeryGood));
        assert!(done.text().contains("当场办好了，编号留给家里人"), "{}", done.text());

        // The other goes to the township's office; person and officer get their three messages.
        let number = numbers[1].clone();
        house.minutes_pass(30);
        dispatched(&house, &number).await;
        house.minutes_pass(30);
        in_hand(&house, &number, "901-township-affairs").await;
        let held = cadre.get("/visits/after").await.expect(200).text();
        assert!(held.contains("乡镇社会事务办公室") && held.contains(&number), "{held}");
        assert!(held.contains(HEAD), "by the name by which whoever is paired knows the family: {held}");
        house.minutes_pass(60);
        let mut officer = house.staff(Role::Officer, "901-township-affairs").await;
        answered(&mut officer, &number, "材料补齐，已通过。").await;
        house.minutes_pass(60);
        let code = house.case(&number).await.row.code;
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        says(&mut me, &number, "yes", "4", "").await;
        let said = house.messages(&number).await.join("\n");
        for part in
            ["person <- accepted", "person <- handling", "person <- result", "staff <- officer-assigned"]
        {
            assert!(said.contains(part), "{part}: {said}");
        }

        // The visitor reads how it ended, tells the family, and says so; once.
        let after = cadre.get("/visits/after").await.expect(200);
        assert!(
            after.text().contains("有结果了，请告诉家里人") && after.text().contains("材料补齐，已通过。"),
            "{}",
            after.text()
        );
        let after = cadre.fill(&after, "/visits/after", &[], &[]).await.expect(200);
        assert!(!after.has_form("/visits/after"), "{}", after.text());

        // Next time what was promised comes first.
        house.world.clock.advance(6 * kernel::DAY);
        let mut cadre = house.staff(Role::Officer, "90101").await;
        let refused = visited(&mut cadre, &home, &[]).await.expect(422);
        assert!(refused.text().contains("上次答应的事要先有个交代"), "{}", refused.text());
        let promise = refused.find("input[type='radio'][value='kept']");
        assert!(promise.is_some() || refused.body.contains("value=\"kept\""));
        let name = refused
            .body
            .split("name=\"promises.")
            .nth(1)
            .and_then(|s| s.split('"').next())
            .expect("a promise");
        let field = format!("promises.{name}");
        visited(&mut cadre, &home, &[(field.as_str(), "kept")]).await.expect(200);

        // The family sees it by the code of its card: the contact and what was promised, and nobody's name of theirs.
        let mut family = house.visitor();
        let card = family.get(&format!("/card/{}", home.card)).await.expect(200);
        assert!(card.text().contains("政策明白卡") && card.text().contains("做到了"), "{}", card.text());
        assert!(!card.text().contains(HEAD) && !card.body.contains(HEAD_PHONE));
        let rated = family
            .fill(&card, &format!("/card/{}/rating", home.card), &[("grade", "5")], &[])
            .await
            .expect(200);
        assert!(rated.text().contains("您评的是： 非常满意"), "{}", rated.text());

        // The diary is there without a word typed for it, as a page and as a file, without the family's names.
        let diary = cadre.get("/visits/diary").await.expect(200);
        assert!(
            diary.text().contains("有人外出或返乡") && !diary.text().contains("赵小军"),
            "{}",
            diary.text()
        );
        let file = cadre.get("/visits/diary?format=csv").await.expect(200);
        assert_eq!(file.body.lines().count(), 3, "{}", file.body);
        let before = cadre.get(&format!("/visits/diary?as_of={today}")).await.expect(200);
        assert!(before.text().contains("有人外出或返乡"), "{}", before.text());
        house.books_are_right();
    })
    .await;
}
