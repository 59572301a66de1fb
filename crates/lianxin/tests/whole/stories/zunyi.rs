//! Zunyi: villagers' meetings of demands, one problem one officer, a feedback ledger sorted every day, and what is
//! not solved is not struck off.

use super::steps::says;
use crate::house::{Does, each_house};
use kernel::Role;
use rules::case::{State, Word};
use std::collections::BTreeSet;

#[tokio::test]
async fn several_needs_at_one_meeting_each_with_its_officer_and_none_struck_off_unsolved() {
    each_house("zunyi", |house| async move {
        let class = house.class("standard", "township-");
        let name = house.world.site.pack.class(&class).map(|c| c.name.zh.clone()).expect("its name");

        // The station's clerk notes what three villagers say, in one pass. A line without its class goes to triage.
        let mut clerk = house.staff(Role::Clerk, "90101").await;
        let sheet = clerk.get("/meeting").await.expect(200);
        let mut lines = vec![
            ("host", "柳树村支书"),
            ("present", "42"),
            ("what-1", "橘子卖不出去，烂在地里。"),
            ("name-1", "赵五"),
            ("phone-1", "13800005678"),
            ("class-1", class.as_str()),
            ("class-1_label", name.as_str()),
            ("what-2", "村口没有垃圾桶。"),
            ("name-2", "钱六"),
            ("what-3", "老人领补贴不方便。"),
            ("name-3", "孙七"),
        ];
        lines.push(("told", "in-person"));
        let list = clerk.fill(&sheet, "/meeting", &lines, &[]).await.expect(200);
        let numbers: BTreeSet<String> = list
            .body
            .split("/requests/")
            .skip(1)
            .filter_map(|s| s.split(['"', '/', '?', '<']).next())
            .filter(|n| n.starts_with("ZY"))
            .map(str::to_owned)
            .collect();
        assert_eq!(numbers.len(), 3, "one line, one number: {}", list.text());
        // The same sheet sent twice is one meeting.
        let again = clerk.fill(&sheet, "/meeting", &lines, &[]).await.expect(200);
        assert_eq!(again.path, list.path);
        assert_eq!(house.counts("9").await.received, 3);
        let lead = house.world.account(house.world.unit("90101"), Role::Lead);
        for number in &numbers {
            let now = house.case(number).await;
            assert_eq!(now.row.officer, Some(lead), "one problem, one officer, from the first moment");
            assert_eq!((now.row.channel.as_str(), now.row.state), ("meeting", State::Registered));
        }

        // The feedback ledger of the township shows them to whoever sorts it today.
        let mut desk = house.staff(Role::Triage, "901-township-hall").await;
        let ledger = desk.get("/requests").await.expect(200);
        let view = ledger
            .body
            .split('"')
            .find(|s| s.starts_with("/requests?") && s.contains("view=feedback"))
            .unwrap_or_else(|| panic!("no feedback ledger on the page: {}", ledger.text()))
            .replace("&amp;", "&");
        let feedback = desk.get(&view).await.expect(200);
        assert!(feedback.text().contains("该催的催"), "it says what it is for: {}", feedback.text());
        for number in &numbers {
            assert!(feedback.text().contains(number), "{number}: {}", feedback.text());
        }

        // The orange one goes to the township.
        let mut found = None;
        for number in &numbers {
            if house.case(number).await.row.body.contains("橘子") {
                found = Some(number.clone());
            }
        }
        let number = found.expect("the oranges");
        let office = "901-township-agriculture";
        let unit = house.unit(office);
        desk.act(&number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
        let mut lead = house.staff(Role::Lead, office).await;
        lead.act(&number, "officer", &[("officer", &house.account(Role::Officer, office))]).await;
        let mut officer = house.staff(Role::Officer, office).await;
        officer.act(&number, "contact", &[("text", "到地里看了。"), ("audience", "inside")]).await;

        // Nobody can say "cannot be solved": the form does not offer it, and the act refuses it.
        let page = officer.get(&format!("/requests/{number}/answer")).await.expect(200);
        assert!(!page.body.contains("value=\"unsolvable\""), "{}", page.text());
        let refused = lead.try_act(&number, "answer", &[]).await;
        assert!(
            matches!(refused.status.as_u16(), 403 | 404 | 409 | 422),
            "{} {}",
            refused.status,
            refused.text()
        );

        // Twice answered, twice no; the county finds that enough was done, and it still goes on.
        let code = house.case(&number).await.row.code;
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        for said in ["联系了一家超市。", "又联系了一家。"] {
            officer.act(&number, "answer", &[("text", said)]).await;
            says(&mut me, &number, "no", "2", "还是卖不掉").await;
        }
        let mut county = house.staff(Role::Supervisor, "9-county-centre").await;
        county.act(&number, "review", &[("ruling", "upheld"), ("reason", "已尽力，继续办。")]).await;
        let now = house.case(&number).await;
        assert_eq!(now.row.state, State::Rework, "what is not solved is not struck off");
        let refused = county.try_act(&number, "closure", &[]).await;
        assert!(
            matches!(refused.status.as_u16(), 403 | 404 | 409 | 422),
            "{} {}",
            refused.status,
            refused.text()
        );

        // Solved in the end, and said so: only now it is struck off, and leaves the feedback ledger.
        officer.act(&number, "answer", &[("text", "合作社全收了。")]).await;
        says(&mut me, &number, "yes", "5", "").await;
        house.deliver().await;
        lead.act(&number, "closure", &[]).await;
        let now = house.case(&number).await;
        assert_eq!((now.row.state, now.row.word), (State::Closed, Some(Word::Solved)));
        let feedback = desk.get(&view).await.expect(200);
        assert!(!feedback.text().contains(&number), "{}", feedback.text());
        house.books_are_right();
    })
    .await;
}
