//! What waits for somebody stands beside the navigation: for staff, of what is theirs, and at once after
//! they did something. Pages of residents count nothing.

use crate::house::{House, OFFICE, each_house};
use crate::stories::steps::{dispatched, in_hand};
use kernel::Role;
use testkit::Client;

/// The number beside an entry of the navigation; none where there is none.
async fn beside(client: &mut Client, href: &str) -> Option<String> {
    let page = client.get("/work").await.expect(200);
    page.find(&format!("nav.main a[href='{href}'] .count"))
}

async fn seconds_pass(house: &House, seconds: i64) {
    house.world.clock.advance(seconds * 1000);
}

#[tokio::test]
async fn what_waits_stands_beside_the_navigation_of_those_it_waits_for() {
    each_house("county", |house| async move {
        let mut triage = house.staff(Role::Triage, "901-township-hall").await;
        assert_eq!(beside(&mut triage, "/queues/triage").await, None, "nothing waits yet");
        let got = house.asked().await;
        // Of one instant, neither would come first.
        seconds_pass(&house, 1).await;
        house.asked().await;
        seconds_pass(&house, 11).await;
        assert_eq!(beside(&mut triage, "/queues/triage").await.as_deref(), Some("2"));
        let queue = triage.get("/queues/triage").await.expect(200);
        let send = format!("/queues/triage/{}", got.number);
        triage.fill(&queue, &send, &[("do", "send")], &[]).await.expect(200);
        // No clock has moved: whoever acted sees it at once.
        assert_eq!(beside(&mut triage, "/queues/triage").await.as_deref(), Some("1"));

        // The lead has it to sign for, then the officer to answer; the neighbours have nothing.
        let mut lead = house.staff(Role::Lead, OFFICE).await;
        assert_eq!(beside(&mut lead, "/work").await.as_deref(), Some("1"));
        in_hand(&house, &got.number, OFFICE).await;
        seconds_pass(&house, 11).await;
        assert_eq!(beside(&mut lead, "/work").await, None);
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        assert_eq!(beside(&mut officer, "/work").await.as_deref(), Some("1"));
        let mut other = house.staff(Role::Officer, "901-township-construction").await;
        assert_eq!(beside(&mut other, "/work").await, None);
        // An auditor sees every queue, but none of it waits for them.
        let mut auditor = house.staff(Role::Auditor, "9-county-centre").await;
        let page = auditor.get("/queues/supervision").await.expect(200);
        assert_eq!(page.find("nav.main .count"), None);
        assert_eq!(page.find("nav.tabs a[href='/queues/triage'] .count").as_deref(), Some("1"));

        let mut resident = house.visitor();
        for path in ["/", "/ask", "/find", "/public", "/rules"] {
            let page = resident.get(path).await.expect(200);
            assert_eq!(page.find("nav.main .count"), None, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_desk_leads_to_what_belongs_to_it() {
    each_house("county", |house| async move {
        let got = house.asked().await;
        dispatched(&house, &got.number).await;
        in_hand(&house, &got.number, OFFICE).await;
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        let page = officer.get("/work").await.expect(200);
        for path in ["/templates", "/hand-over"] {
            assert!(page.find(&format!("main a[href='{path}']")).is_some(), "{path}");
            officer.get(path).await.expect(200);
        }
        // Those who never answer have neither.
        let mut clerk = house.staff(Role::Clerk, "901-township-hall").await;
        let page = clerk.get("/work").await.expect(200);
        assert!(page.find("main a[href='/hand-over']").is_none());
    })
    .await;
}
