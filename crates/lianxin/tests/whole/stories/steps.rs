//! Steps that several stories take, each by the pages of those who take it.

use crate::house::{Does, House, PICTURE};
use kernel::Role;
use testkit::{Answer, Client};

/// Triage sends it to the unit that the class and the place propose.
pub async fn dispatched(house: &House, number: &str) {
    let mut desk = house.staff(Role::Triage, "901-township-hall").await;
    let queue = desk.get("/queues/triage").await.expect(200);
    let form = format!("/queues/triage/{number}");
    desk.fill(&queue, &form, &[("do", "send")], &[]).await.expect(200);
}

/// Accepted by the lead of a unit and given to its officer, who talks to the person.
pub async fn in_hand(house: &House, number: &str, unit: &str) {
    let mut lead = house.staff(Role::Lead, unit).await;
    // Some courses have no step of its own for signing: whoever names the officer signs.
    let page = format!("/requests/{number}/acceptance");
    if lead.get(&page).await.has_form(&page) {
        lead.act(number, "acceptance", &[]).await;
    }
    house.minutes_pass(10);
    lead.act(number, "officer", &[("officer", &house.account(Role::Officer, unit))]).await;
    house.minutes_pass(10);
    let mut officer = house.staff(Role::Officer, unit).await;
    officer.act(number, "contact", &[("text", "电话里说清了。"), ("audience", "inside")]).await;
}

/// The officer answers, with a picture wherever the class asks for evidence.
pub async fn answered(officer: &mut Client, number: &str, text: &str) {
    let page = format!("/requests/{number}/answer");
    let shown = officer.get(&page).await.expect(200);
    let asked = ["before", "after", "document"];
    let there = |name: &&str| shown.find(&format!("input[type='file'][name='{name}']")).is_some();
    let files: Vec<testkit::Attached<'_>> =
        asked.iter().filter(|n| there(n)).map(|n| (*n, "照片.png", PICTURE)).collect();
    officer.fill(&shown, &page, &[("text", text)], &files).await.expect(200);
}

/// The person's word on their own page.
pub async fn says(me: &mut Client, number: &str, word: &str, grade: &str, note: &str) -> Answer {
    let page = me.get(&format!("/r/{number}")).await.expect(200);
    let fields = [("word", word), ("grade", grade), ("note", note)];
    me.fill(&page, &format!("/r/{number}/judgement"), &fields, &[]).await.expect(200)
}
