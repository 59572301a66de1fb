//! At the door and after it: a round that drops no words, what the family says of a visit and who reads it, cards.

use super::homes::home;
use super::steps::{answered, dispatched, in_hand, says};
use crate::house::{Does, OFFICE, each_house, receipt};
use kernel::Role;

#[tokio::test]
async fn a_round_drops_no_words_and_files_none_under_a_question_that_nobody_chose() {
    each_house("pingxiang", |house| async move {
        let one = home(&house, "9010101", Role::Officer, "90101");
        let two = home(&house, "9010101", Role::Officer, "90101");
        let mut cadre = house.staff(Role::Officer, "90101").await;
        let page = cadre.get("/visits/round").await.expect(200);
        let (seen, other, text) = (one.id.to_string(), two.id.to_string(), format!("{}.text", two.id));
        let sent = [("seen", seen.as_str()), (text.as_str(), "儿子回来了")];
        let refused = cadre.fill(&page, "/visits/round", &sent, &[]).await.expect(422);
        assert!(refused.body.contains("儿子回来了"), "{}", refused.body);
        let told = refused.text();
        assert!(told.contains("没有勾“去过了”") && told.contains("请选写的是关于什么"), "{told}");
        let diary = cadre.get("/visits/diary").await.expect(200).text();
        assert!(!diary.contains(&one.code) && !diary.contains(&two.code), "nothing is written: {diary}");

        let about = house.world.site.pack.visit.asked(&[]).last().expect("a question").clone();
        let sent = [("seen", other.as_str()), ("about", about.id.as_str())];
        let done = cadre.fill(&refused, "/visits/round", &sent, &[]).await.expect(200);
        assert!(done.text().contains("记好了 1 户") && !done.body.contains("儿子回来了"), "{}", done.text());
        let diary = cadre.get("/visits/diary").await.expect(200).text();
        assert!(diary.contains(&format!("{}：儿子回来了", about.name.zh)), "{diary}");

        // A row that is refused is no success.
        let late = house.world.site.zone.date(house.world.site.now().plus(3 * kernel::DAY)).to_string();
        let sent = [("seen", seen.as_str()), ("on", late.as_str())];
        cadre.fill(&done, "/visits/round", &sent, &[]).await.expect(422);
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn what_the_family_says_of_a_visit_is_read_by_the_visitor_and_their_lead() {
    each_house("pingxiang", |house| async move {
        let home = home(&house, "9010101", Role::Officer, "90101");
        let mut cadre = house.staff(Role::Officer, "90101").await;
        let today = house.world.site.today();
        // A need and a promise, and nothing that was tapped.
        let page = cadre.get(&format!("/visits/new?household={}", home.id)).await.expect(200);
        let due = house.world.site.zone.date(house.world.site.now().plus(5 * kernel::DAY)).to_string();
        let sent = [
            ("n0.text", "低保复核材料被退回"),
            ("n0.consent", "yes"),
            ("promised.0", "带一份政策明白卡来"),
            ("promised.0.due", due.as_str()),
        ];
        let done = cadre.fill(&page, "/visits/new", &sent, &[]).await.expect(200);
        assert!(done.text().contains("请告诉家里人"), "{}", done.text());
        let diary = cadre.get("/visits/diary").await.expect(200).text();
        assert!(diary.contains("登记诉求：低保复核材料被退回") && !diary.contains("没有新情况"), "{diary}");
        let seen = cadre.get(&format!("/visits/households/{}", home.code)).await.expect(200).text();
        assert!(seen.contains("登记诉求：低保复核材料被退回") && !seen.contains("没有新情况"), "{seen}");

        // An open promise is shown whenever it was made, and by days where days are asked for.
        let all = cadre.get("/visits/promises").await.expect(200).text();
        assert!(all.contains("政策明白卡") && all.contains("不论哪天答应的"), "{all}");
        let then = cadre.get("/visits/promises?from=2020-01-01&to=2020-12-31").await.expect(200).text();
        assert!(!then.contains("政策明白卡"), "{then}");
        let now = cadre.get(&format!("/visits/promises?from={today}&to={today}")).await.expect(200).text();
        assert!(now.contains("政策明白卡"), "{now}");

        // The family's page leads whoever looks after it to the form of a visit, and nobody else.
        let card = format!("/card/{}", home.card);
        assert!(cadre.get(&card).await.expect(200).text().contains("记一次走访"));
        let mut family = house.visitor();
        let page = family.get(&card).await.expect(200);
        assert!(!page.text().contains("记一次走访"), "{}", page.text());
        let rated = family
            .fill(&page, &format!("{card}/rating"), &[("grade", "2"), ("words", "站了几分钟就走了")], &[])
            .await
            .expect(200);
        assert!(rated.text().contains("您评的是： 不满意 · 站了几分钟就走了"), "{}", rated.text());
        let section = cadre.get(&format!("/visits/households/{}", home.code)).await.expect(200);
        assert!(section.text().contains("家里人的评价： 不满意 站了几分钟就走了"), "{}", section.text());

        let mut lead = house.staff(Role::Lead, "90101").await;
        for path in ["/visits/diary", "/visits/diary?only=rated", "/visits/diary?only=4"] {
            let own = cadre.get(path).await.expect(200);
            assert!(own.text().contains("不满意 1") && own.text().contains(&home.code), "{}", own.text());
            assert!(own.text().contains("不满意 · 站了几分钟就走了"), "{}", own.text());
        }
        let none = cadre.get("/visits/diary?only=1").await.expect(200);
        assert!(!none.text().contains(&home.code), "{}", none.text());
        let listed = lead.get("/visits/diary?unit=90101&only=4").await.expect(200);
        assert!(
            listed.text().contains("不满意 1") && listed.text().contains(&home.code),
            "{}",
            listed.text()
        );
        let before = today.yesterday().expect("a day before");
        let then = lead.get(&format!("/visits/diary?unit=90101&as_of={before}")).await.expect(200);
        assert!(!then.text().contains("不满意"), "{}", then.text());
        let file = lead.get("/visits/diary?unit=90101&format=csv").await.expect(200);
        assert!(file.body.contains("家里人的评价") && file.body.contains("不满意"), "{}", file.body);
        let seen = cadre.get(&format!("/visits/households/{}", home.code)).await.expect(200).text();
        assert!(seen.contains("家里人的评价： 不满意"), "{seen}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn wrong_cards_keep_no_right_one_away_behind_the_same_address() {
    each_house("pingxiang", |house| async move {
        let home = home(&house, "9010101", Role::Officer, "90101");
        let mut family = house.visitor();
        let first = family.get("/card/WRONG0000000").await.expect(404);
        assert!(first.text().contains("没有找到这张卡"), "{}", first.text());
        for n in 1..20 {
            family.get(&format!("/card/WRONG{n:07}")).await.expect(404);
        }
        let held = family.get("/card/WRONG0000099").await.expect(429);
        assert!(held.text().contains("卡上的码输错太多次了"), "{}", held.text());
        family.get(&format!("/card/{}", home.card)).await.expect(200);
        house.world.clock.advance(6 * kernel::MINUTE);
        family.get("/card/WRONG0000099").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn the_family_asks_from_its_card_the_contact_sees_it_it_is_solved_and_the_family_is_told() {
    each_house("county", |house| async move {
        let home = home(&house, "9010101", Role::Officer, OFFICE);
        let mut family = house.visitor();
        let card = family.get(&format!("/card/{}", home.card)).await.expect(200);
        assert!(!card.text().contains("我家要办的事"), "{}", card.text());
        // By the button of the card, with the grid chosen and nothing in the address.
        let start = family.fill(&card, "/ask", &[], &[]).await.expect(200);
        let words = "今年橘子卖不出去，想请人帮着找找销路";
        let classes =
            family.fill(&start, "/ask", &[("text", words), ("step", "text")], &[]).await.expect(200);
        let page = family
            .fill(&classes, "/ask", &[("class", "02.02.04"), ("step", "details")], &[])
            .await
            .expect(200);
        assert!(page.text().contains("从我家的联系卡来的"), "{}", page.text());
        let done = family.fill(&page, "/ask", &[("step", "send")], &[]).await.expect(200);
        let (number, code) = receipt(&done);

        // What waits for the contact: on their list, at the household, and in their telephone.
        let mut contact = house.staff(Role::Officer, OFFICE).await;
        let waits = contact.get("/visits/after").await.expect(200).text();
        assert!(waits.contains("橘子卖不出去") && waits.contains("正在办 1"), "{waits}");
        let homes = contact.get("/visits").await.expect(200).text();
        assert!(homes.contains("在办或等您回话的事 1"), "{homes}");
        let phone = contact.get("/api/liaison/mine").await.expect(200);
        assert!(phone.body.contains(&number), "{}", phone.body);
        let mut stranger = house.staff(Role::Officer, "90102").await;
        let none = stranger.get("/visits/after").await.expect(200);
        assert!(!none.body.contains(&number), "{}", none.text());

        house.deliver().await;
        dispatched(&house, &number).await;
        in_hand(&house, &number, OFFICE).await;
        answered(&mut contact, &number, "合作社上门收走了。").await;
        let card = house.visitor().get(&format!("/card/{}", home.card)).await.expect(200);
        let there = card.find("a[href^='/r/']").is_some_and(|text| text == number);
        assert!(there && card.text().contains("橘子卖不出去"), "{}", card.text());
        assert!(
            !card.text().contains("合作社上门"),
            "what was answered stands on its own page: {}",
            card.text()
        );

        let tell = contact.get("/visits/after").await.expect(200);
        assert!(
            tell.text().contains("请告诉家里人 1") && tell.text().contains("从联系卡上提的"),
            "{}",
            tell.text()
        );
        assert!(
            stranger.get("/visits/after").await.expect(200).find("form[action='/visits/after']").is_none()
        );
        let told = contact.fill(&tell, "/visits/after", &[], &[]).await.expect(200);
        assert!(
            told.text().contains("告诉家里人：") && !told.text().contains("请告诉家里人"),
            "{}",
            told.text()
        );
        let card = house.visitor().get(&format!("/card/{}", home.card)).await.expect(200).text();
        assert!(card.contains("联系人来说过"), "{card}");

        family.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        says(&mut family, &number, "yes", "5", "").await;
        house.staff(Role::Lead, OFFICE).await.act(&number, "closure", &[]).await;
        let card = house.visitor().get(&format!("/card/{}", home.card)).await.expect(200).text();
        assert!(card.contains("已销号"), "{card}");
        house.books_are_right();
    })
    .await;
}
