//! The hotline: who calls about a matter that is open already is joined to it.

use super::steps::{dispatched, in_hand, says};
use crate::house::{BODY, Does, LOOKED_AT, OFFICE, each_house};
use kernel::Role;
use rules::case::{State, Word};

#[tokio::test]
async fn the_hotline_operator_joins_a_caller_to_an_open_matter_each_is_told_and_each_judges() {
    each_house("county", |house| async move {
        // Somebody has asked for it on the site, and it is in hand.
        let first = house.asked().await;
        let number = first.number.clone();
        dispatched(&house, &number).await;
        in_hand(&house, &number, OFFICE).await;

        // Another calls. While the operator types, the open matter shows beside the form.
        let mut operator = house.staff(Role::Operator, "9-county-centre").await;
        let page = operator.get("/hotline").await.expect(200);
        let place = house.unit("90101");
        let typed = [
            ("phone", "13922223333"),
            ("name", "李四"),
            ("body", "小学那条路没有人扫雪，娃娃摔了。"),
            ("class", LOOKED_AT),
            ("class_label", "对村里发展的建议"),
            ("place", place.0.as_str()),
            ("place_label", place.1.as_str()),
            ("told", "call"),
        ];
        let mut fields: Vec<(String, String)> = page.fields("/hotline");
        fields.retain(|(n, _)| typed.iter().all(|(t, _)| t != n));
        fields.extend(typed.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let all: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let near = operator.post("/intake/near", &all).await.expect(200);
        assert!(near.body.contains(&number) && near.body.contains("1 人"), "{}", near.body);
        assert!(!near.body.contains("王小明") && !near.body.contains("13800001234"), "nobody reads who has it");
        let to = (&near, "/intake/joinings");
        let receipt = operator.press(&page, "/hotline", to, ("into", &number), &typed).await.expect(200);
        assert!(receipt.text().contains("已并入") && receipt.text().contains(&number), "{}", receipt.text());
        let now = house.case(&number).await;
        assert_eq!(now.joined.len(), 1, "one matter, two people");
        let code = now.joined[0].code.clone();
        assert_ne!(code, first.code, "a code of their own");

        // The operator, asked by the same caller tomorrow, sees the case beside the number.
        let again = operator.get("/hotline").await.expect(200);
        let mut fields = again.fields("/hotline");
        fields.retain(|(n, _)| n != "phone");
        fields.push(("phone".into(), "13922223333".into()));
        let all: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let known = operator.post("/intake/caller", &all).await.expect(200);
        assert!(known.body.contains(&number), "{}", known.body);

        // The answer goes to both.
        house.minutes_pass(60);
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        officer.act(&number, "answer", &[("text", "已排班，每天早上六点半扫。")]).await;
        house.deliver().await;
        let said = house.messages(&number).await.join("\n");
        insta::allow_duplicates! { insta::assert_snapshot!(said, @r#"
person <- accepted: 【连心平台】您反映的“村口到小学一段路没有人扫雪，孩子…”已受理，编号LXA-2026-00001，查询码{code}，封存码{leaf}。12月1日前答复您。查询：https://lx.example/r/LXA-2026-00001
staff <- unit-assigned: 【连心平台】LXA-2026-00001“村口到小学一段路没有人扫雪，孩子…”交办乡镇经济发展办公室，请在11月18日前签收并定责任人。
person <- handling: 【连心平台】LXA-2026-00001由乡镇经济发展办公室承办干部901-township-economy负责，电话12345，12月1日前答复您。查询：https://lx.example/r/LXA-2026-00001
staff <- officer-assigned: 【连心平台】您是LXA-2026-00001“村口到小学一段路没有人扫雪，孩子…”的责任人，请先联系诉求人，12月1日前答复。
joined 1 <- accepted: 【连心平台】您反映的“村口到小学一段路没有人扫雪，孩子…”已受理，编号LXA-2026-00001，查询码{code 1}，封存码{leaf}。12月1日前答复您。查询：https://lx.example/r/LXA-2026-00001
joined 1 <- handling: 【连心平台】LXA-2026-00001由乡镇经济发展办公室承办干部901-township-economy负责，电话12345，12月1日前答复您。查询：https://lx.example/r/LXA-2026-00001
joined 1 <- result: 【连心平台】LXA-2026-00001已答复：已排班，每天早上六点半扫。事情解决了没有、是否满意，请您评价（查询码{code 1}）：https://lx.example/r/LXA-2026-00001
person <- result: 【连心平台】LXA-2026-00001已答复：已排班，每天早上六点半扫。事情解决了没有、是否满意，请您评价（查询码{code}）：https://lx.example/r/LXA-2026-00001
"#); }

        // Each judges with their own code, and apart.
        let mut caller = house.visitor();
        caller.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        says(&mut caller, &number, "yes", "3", "扫是扫了，晚了些").await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.word), (State::Answered, None), "the one who asked has not spoken");
        let mut asker = house.visitor();
        asker.submit("/find", "/find", &[("number", &number), ("code", &first.code)]).await.expect(200);
        says(&mut asker, &number, "yes", "5", "").await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.word), (State::Judged, Some(Word::Solved)));
        let page = caller.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains("扫是扫了") && !page.text().contains("王小明"), "{}", page.text());

        let mut lead = house.staff(Role::Lead, OFFICE).await;
        lead.act(&number, "closure", &[]).await;
        assert_eq!(house.case(&number).await.row.state, State::Closed);
        let counts = house.counts("9").await;
        assert_eq!((counts.received, counts.solved), (1, 1), "one matter is counted once");
        assert!(BODY.contains("扫雪"));
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_joiners_no_is_a_no_and_it_is_worked_on_again() {
    each_house("county", |house| async move {
        let first = house.asked().await;
        let number = first.number.clone();
        dispatched(&house, &number).await;
        in_hand(&house, &number, OFFICE).await;
        let code = house.joined(&number, "李四", "13922223333").await;
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        officer.act(&number, "answer", &[("text", "已扫。")]).await;
        let mut joiner = house.visitor();
        joiner.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        says(&mut joiner, &number, "no", "1", "我家门口没扫").await;
        assert_eq!(house.case(&number).await.row.state, State::Rework);
        officer.act(&number, "answer", &[("text", "都扫了。")]).await;

        // The one who asked is content before the joiner has spoken: the joiner is still heard.
        let mut asker = house.visitor();
        asker.submit("/find", "/find", &[("number", &number), ("code", &first.code)]).await.expect(200);
        says(&mut asker, &number, "yes", "5", "").await;
        says(&mut joiner, &number, "no", "2", "还是没扫到我家").await;
        let now = house.case(&number).await;
        assert_eq!(now.row.word, Some(Word::Solved), "the word of the one who asked stands");
        let page = joiner.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains("还是没扫到我家"), "{}", page.text());
        house.books_are_right();
    })
    .await;
}
