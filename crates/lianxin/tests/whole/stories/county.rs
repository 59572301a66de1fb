//! A county: from the first word on a telephone to sign-off, and what may go wrong on the way.

use super::steps::{dispatched, in_hand, says};
use crate::house::{Does, each_house, receipt};
use kernel::Role;
use rules::case::{ClockKind, State, Word};
use testkit::{Answer, Client};

const ERRAND: &str = "我叫王小明，电话13800001234。母亲八十岁，走不动，想请人代领高龄补贴。";

/// Asks on the site, step by step as on a telephone without a script, and comes to the receipt.
async fn ask(me: &mut Client, words: &str, class: &str) -> Answer {
    let start = me.get("/ask").await.expect(200);
    let classes = me.fill(&start, "/ask", &[("text", words), ("step", "text")], &[]).await.expect(200);
    let page = me.fill(&classes, "/ask", &[("class", class), ("step", "details")], &[]).await.expect(200);
    let page = me.fill(&page, "/ask", &[("at0", "901"), ("step", "place")], &[]).await.expect(200);
    let page = me.fill(&page, "/ask", &[("at1", "90101"), ("step", "place")], &[]).await.expect(200);
    let who = [("name", "王小明"), ("phone", "138 0000 1234"), ("place_text", "一组8号"), ("step", "send")];
    me.fill(&page, "/ask", &who, &[]).await.expect(200)
}

#[tokio::test]
async fn a_resident_asks_on_a_phone_the_window_triages_the_village_station_accepts_the_officer_answers_the_resident_says_solved_the_lead_signs_off()
 {
    each_house("county", |house| async move {
        let mut me = house.visitor();
        let (number, code) = receipt(&ask(&mut me, ERRAND, "17.04.01").await);
        let promised = house.case(&number).await.row.answer_due.expect("a date is promised");

        house.minutes_pass(20);
        dispatched(&house, &number).await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.unit), (State::Assigned, house.world.unit("90101")));
        house.minutes_pass(20);
        in_hand(&house, &number, "90101").await;
        house.minutes_pass(90);
        let mut officer = house.staff(Role::Officer, "90101").await;
        officer.act(&number, "answer", &[("text", "补贴已代领，送到家里，老人签了字。")]).await;
        house.deliver().await;

        // The resident reads on the page who answered and says what came of it.
        house.minutes_pass(60);
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains("补贴已代领") && page.text().contains("承办干部90101"), "{}", page.text());
        says(&mut me, &number, "yes", "5", "很快").await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.word), (State::Judged, Some(Word::Solved)));

        let mut lead = house.staff(Role::Lead, "90101").await;
        assert!(lead.get("/queues/signoff").await.expect(200).text().contains(&number));
        lead.act(&number, "closure", &[]).await;
        house.deliver().await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.answer_due), (State::Closed, Some(promised)));

        // Three notices, each once, and what staff were told. The person's number stands in none of them.
        let said = house.messages(&number).await.join("\n");
        insta::allow_duplicates! { insta::assert_snapshot!(said, @r#"
person <- accepted: 【连心平台】您反映的“母亲八十岁，走不动，想请人代领高…”已受理，编号LXA-2026-00001，查询码{code}，封存码{leaf}。11月24日前答复您。查询：https://lx.example/r/LXA-2026-00001
staff <- unit-assigned: 【连心平台】LXA-2026-00001“母亲八十岁，走不动，想请人代领高…”交办柳树村，请在11月18日前签收并定责任人。
person <- handling: 【连心平台】LXA-2026-00001由柳树村承办干部90101负责，电话12345，11月24日前答复您。查询：https://lx.example/r/LXA-2026-00001
staff <- officer-assigned: 【连心平台】您是LXA-2026-00001“母亲八十岁，走不动，想请人代领高…”的责任人，请先联系诉求人，11月24日前答复。
person <- result: 【连心平台】LXA-2026-00001已答复：补贴已代领，送到家里，老人签了字。事情解决了没有、是否满意，请您评价（查询码{code}）：https://lx.example/r/LXA-2026-00001
person <- closed: 【连心平台】LXA-2026-00001已办结：已销号。如果问题又出现，可凭查询码{code}重新提起：https://lx.example/r/LXA-2026-00001
staff <- officer-judged: 【连心平台】LXA-2026-00001“母亲八十岁，走不动，想请人代领高…”诉求人已评价：解决了 非常满意。请在11月20日前销号。
"#); }

        // Everybody reads the matter, nobody who asked.
        let mut anyone = house.visitor();
        let list = anyone.get("/public").await.expect(200);
        let one = anyone.get(&format!("/public/{number}")).await.expect(200);
        for page in [&list, &one] {
            assert!(page.text().contains("代领高龄补贴"), "{}", page.text());
            for secret in ["王小明", "13800001234", "138 0000 1234", "8号", code.as_str()] {
                assert!(!page.body.contains(secret), "{secret} on {}", page.path);
            }
        }
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn the_township_returns_it_twice_the_county_rules_the_deadline_stands() {
    each_house("county", |house| async move {
        let mut me = house.visitor();
        let (number, _) = receipt(&ask(&mut me, "村口的公厕没有人打扫，臭得很。", "01.06.01").await);
        let promised = house.case(&number).await.row.answer_due;
        let said = me.get(&format!("/r/{number}")).await.expect(200).find(".keys");
        let works = house.unit("901-township-construction");
        dispatched(&house, &number).await;

        let mut lead = house.staff(Role::Lead, "901-township-construction").await;
        let reasons = [("duty", "2"), ("reason", "这座公厕由村里管护。")];
        lead.act(&number, "return", &reasons).await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.returns), (State::Returned, 1));

        // The hall looks at the duty list and sends it once more to the same office.
        let mut desk = house.staff(Role::Triage, "901-township-hall").await;
        let same = [
            ("unit", works.0.as_str()),
            ("unit_label", works.1.as_str()),
            ("reason", "职责清单第二条写明公厕维护。"),
        ];
        desk.act(&number, "ruling", &same).await;
        lead.act(&number, "return", &reasons).await;
        let now = house.case(&number).await;
        assert_eq!(
            (now.row.state, now.row.returns),
            (State::Arbitration, 2),
            "a second return goes to the arbiter by itself"
        );

        // The hall that sent it cannot rule any more; the county can, and its ruling binds.
        let refused = desk.try_act(&number, "ruling", &same).await;
        assert!(matches!(refused.status.as_u16(), 403 | 409 | 422), "{} {}", refused.status, refused.text());
        let mut county = house.staff(Role::Supervisor, "9-county-centre").await;
        assert!(county.get("/queues/arbitration").await.expect(200).text().contains(&number));
        county.act(&number, "ruling", &same).await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.unit.to_string()), (State::Assigned, works.0));
        assert_eq!(now.row.answer_due, promised, "the person's clock never stopped");
        assert_eq!(
            now.clocks.iter().filter(|c| c.kind == ClockKind::Answer).count(),
            1,
            "nor was it counted anew"
        );
        assert_eq!(me.get(&format!("/r/{number}")).await.expect(200).find(".keys"), said);
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_no_opens_a_rework_the_second_no_goes_to_the_county_satisfaction_is_counted_apart() {
    each_house("county", |house| async move {
        let mut me = house.visitor();
        let (number, _) = receipt(&ask(&mut me, ERRAND, "17.04.01").await);
        dispatched(&house, &number).await;
        in_hand(&house, &number, "90101").await;
        let mut officer = house.staff(Role::Officer, "90101").await;
        officer.act(&number, "answer", &[("text", "已登记，下月去领。")]).await;
        says(&mut me, &number, "no", "2", "人还是要自己去").await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.reworks), (State::Rework, 1));
        assert!(now.open_clock(ClockKind::Rework).is_some(), "a clock of its own");

        house.minutes_pass(60);
        officer.act(&number, "answer", &[("text", "补贴已领，放在村委会。")]).await;
        says(&mut me, &number, "no", "2", "走不动，拿不到").await;
        assert_eq!(house.case(&number).await.row.state, State::Review);

        // The county looks at both answers and sends it back once more.
        let mut county = house.staff(Role::Supervisor, "9-county-centre").await;
        let queue = county.get("/queues/review").await.expect(200);
        assert!(queue.text().contains(&number), "{}", queue.text());
        county.act(&number, "review", &[("ruling", "back"), ("reason", "要送到家。")]).await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.reworks), (State::Rework, 2));

        house.minutes_pass(60);
        officer.act(&number, "answer", &[("text", "已送到家里。")]).await;
        says(&mut me, &number, "yes", "2", "事情办了，来回跑了三次").await;
        house.deliver().await;
        let mut lead = house.staff(Role::Lead, "90101").await;
        lead.act(&number, "closure", &[]).await;

        // Solved it is, and not satisfied: two numbers.
        let counts = house.counts("9").await;
        assert_eq!((counts.received, counts.solved, counts.not_solved), (1, 1, 0));
        assert_eq!((counts.rated, counts.satisfied, counts.reworked), (1, 0, 1));
        house.books_are_right();
    })
    .await;
}
