//! 反映窗口的人：a woman complains of a township's window by telephone at night; the window never learns of it.

use super::homes::{home, look_after};
use crate::house::{Does, House, OFFICE, each_house, receipt};
use kernel::{Error, Role};
use requests::acts::take as name;
use requests::register::{NewRequest, register_now};
use requests::shield::Subject;

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

/// Somebody complains about that office; the number.
async fn complaint(house: &House) -> String {
    let ctx = house.world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = "13.02.02".into();
    new.body = SAID.into();
    new.subject = Subject { unit: Some(house.world.unit(OFFICE)), name: String::new() };
    register_now(&ctx, &new).await.expect("it is registered").number
}

/// Whether the holder of a post finds the case by its number, and on the list of those that are kept from others.
async fn finds(house: &House, role: Role, unit: &str, number: &str) -> bool {
    let mut one = house.staff(role, unit).await;
    let there = one.get(&format!("/requests/{number}")).await;
    let never = one.get("/requests/LXCOUNTY-2026-09999").await;
    let listed = one.get("/shielded").await;
    let found = there.status == 200;
    assert!(found || (there.status, there.text()) == (never.status, never.text()), "{}", there.text());
    assert_eq!(listed.body.contains(number), found, "{}", listed.text());
    found
}

#[tokio::test]
async fn whoever_visits_the_same_family_as_the_one_complained_about_does_not_learn_of_it() {
    each_house("zhucheng", |house| async move {
        let (inspection, civil) = ("9-county-inspection", "9-county-civil");
        // An officer of the township's office and one of the city's inspection go to the same family.
        let family = home(&house, "9010101", Role::Officer, OFFICE);
        look_after(&house, &family, Role::Officer, inspection);

        // A woman complains about that office. The case goes to the city's centre.
        let number = complaint(&house).await;
        let mut triage = house.staff(Role::Triage, "9-county-centre").await;
        let (unit, name) = house.unit(inspection);
        triage.act(&number, "assignment", &[("unit", &unit), ("unit_label", &name)]).await;

        // Inspection gets it; not the officer who meets the other in that family's house.
        let mut lead = house.staff(Role::Lead, inspection).await;
        let choice = lead.get(&format!("/requests/{number}/officer")).await.expect(200);
        let shut_out = house.account(Role::Officer, inspection);
        assert!(!choice.body.contains(&shut_out), "they are not offered: {}", choice.text());
        // Nor taken from a page that was made up.
        let named = name::Name {
            on: house.case(&number).await.row.id.into(),
            officer: shut_out.parse().expect("an id"),
            note: String::new(),
        };
        let boss = house.world.staff(house.world.unit(inspection), Role::Lead);
        let refused = boss.write(move |tx, ctx| name::name(tx, ctx, &named)).await.err();
        assert!(matches!(refused, Some(Error::Invalid(_))), "{refused:?}");
        assert!(finds(&house, Role::Lead, inspection, &number).await);
        assert!(!finds(&house, Role::Officer, inspection, &number).await);

        // Nor does somebody who begins to go there afterwards: the lead is shut out from that day.
        let another = home(&house, "9010101", Role::Officer, OFFICE);
        look_after(&house, &another, Role::Lead, inspection);
        assert!(!finds(&house, Role::Lead, inspection, &number).await);

        // A family that both have in common only with the officer shut out keeps nobody else away.
        let third = home(&house, "9010101", Role::Officer, "901-township-affairs");
        look_after(&house, &third, Role::Officer, inspection);
        let fourth = home(&house, "9010101", Role::Officer, "901-township-affairs");
        look_after(&house, &fourth, Role::Officer, civil);
        let number = complaint(&house).await;
        let (unit, name) = house.unit(civil);
        triage.act(&number, "assignment", &[("unit", &unit), ("unit_label", &name)]).await;
        assert!(finds(&house, Role::Lead, civil, &number).await);
        let mut lead = house.staff(Role::Lead, civil).await;
        let officer = house.account(Role::Officer, civil);
        lead.act(&number, "officer", &[("officer", &officer)]).await;
        assert!(finds(&house, Role::Officer, civil, &number).await);
        house.books_are_right();
    })
    .await;
}
