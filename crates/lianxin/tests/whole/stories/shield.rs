//! 反映窗口的人：a woman complains of a township's window by telephone at night; the window never learns of it.

use crate::house::{Does, each_house, receipt};
use kernel::Role;

const SAID: &str = "便民服务中心窗口的人把我的材料扔了出来，还说爱上哪儿告上哪儿告。";

#[tokio::test]
async fn a_complaint_about_a_window_goes_around_it() {
    each_house("county", |house| async move {
        let mut woman = house.visitor();
        // She writes it on her telephone and does not say whom it is about.
        let first = woman.submit("/ask", "/ask", &[("text", SAID), ("step", "text")]).await.expect(200);
        let class = [("class", "13.02.02"), ("step", "details")];
        let chosen = woman.fill(&first, "/ask", &class, &[]).await.expect(200);
        assert!(chosen.text().contains("反映的是谁"), "{}", chosen.text());
        let asked = woman.fill(&chosen, "/ask", &[("step", "send")], &[]).await.expect(422);
        assert!(asked.text().contains("请选择反映的是哪个单位"), "{}", asked.text());
        assert!(asked.body.contains("爱上哪儿告上哪儿告"), "nothing is lost");
        // A name that nobody has is said beside the field, too.
        let wrong = [("subject_label", "没有这个中心"), ("step", "send")];
        let asked = woman.fill(&asked, "/ask", &wrong, &[]).await.expect(422);
        assert!(asked.text().contains("没有找到“没有这个中心”"), "{}", asked.text());
        // Without a script, what she typed is looked up.
        let (hall, name) = house.unit("901-township-hall");
        let right = [
            ("subject", hall.as_str()),
            ("subject_label", name.as_str()),
            ("subject_name", "窗口的李某"),
            ("step", "send"),
        ];
        let page = woman.fill(&asked, "/ask", &right, &[]).await.expect(200);
        let (number, _) = receipt(&page);
        assert!(page.text().contains("被反映的单位看不到"), "{}", page.text());
        assert!(page.text().contains("现在由"), "who decides is said: {}", page.text());

        // The window and everybody of the township look for it in vain; her number is one that never was.
        for (role, unit) in [
            (Role::Clerk, "901-township-hall"),
            (Role::Triage, "901-township-hall"),
            (Role::Supervisor, "901-township-hall"),
            (Role::Lead, "901-township-discipline"),
        ] {
            let mut one = house.staff(role, unit).await;
            let there = one.get(&format!("/requests/{number}")).await;
            let never = one.get("/requests/LXCOUNTY-2026-09999").await;
            assert_eq!((there.status, there.text()), (never.status, never.text()));
            assert!(!one.get("/requests").await.expect(200).body.contains(&number));
        }

        // The county's centre has it on a list of its own, and cannot send it where it came from.
        let mut triage = house.staff(Role::Triage, "9-county-centre").await;
        assert!(triage.get("/work").await.expect(200).text().contains("受保护的诉求"));
        assert!(triage.get("/shielded").await.expect(200).body.contains(&number));
        let (office, office_name) = house.unit("901-township-discipline");
        let to = [("unit", office.as_str()), ("unit_label", office_name.as_str())];
        let refused = triage.try_act(&number, "assignment", &to).await;
        assert!(refused.status == 422 && refused.text().contains("要回避"), "{}", refused.text());
        let (inspection, name) = house.unit("9-county-inspection");
        triage.act(&number, "assignment", &[("unit", &inspection), ("unit_label", &name)]).await;
        let mut lead = house.staff(Role::Lead, "9-county-inspection").await;
        lead.act(&number, "officer", &[("officer", &house.account(Role::Officer, "9-county-inspection"))])
            .await;
        let mut officer = house.staff(Role::Officer, "9-county-inspection").await;
        let list = officer.get("/shielded").await.expect(200);
        assert!(list.body.contains(&number) && !list.body.contains("窗口的李某"), "the name is sealed");
        officer.act(&number, "progress", &[("text", "调看了监控，属实。"), ("audience", "person")]).await;

        // She reads it on her page; nobody of the township was told anything.
        let own = woman.get(&format!("/r/{number}")).await.expect(200);
        assert!(own.text().contains("调看了监控"), "{}", own.text());
        house.deliver().await;
        let mut clerk = house.staff(Role::Clerk, "901-township-hall").await;
        assert!(!clerk.get("/outbox").await.expect(200).body.contains(&number));
        // A clerk there cannot take such a complaint in: they are told to step back, and keep what was typed.
        let desk = clerk.get("/intake").await.expect(200);
        let typed = [("body", SAID), ("class", "13.02.02"), ("class_label", "窗口态度差"), ("then", "leave")];
        let more = clerk.fill(&desk, "/intake", &typed, &[]).await;
        let hall_name = house.unit("901-township-hall").1;
        let about = [("subject", hall.as_str()), ("subject_label", hall_name.as_str())];
        let back = clerk.fill(&more, "/intake", &about, &[]).await.expect(422);
        assert!(
            back.text().contains("您要回避") && back.body.contains("爱上哪儿告上哪儿告"),
            "{}",
            back.text()
        );
        house.books_are_right();
    })
    .await;
}
