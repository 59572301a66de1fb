//! Counters that pages show are kept in the transaction of each act. Counted anew, they are the same: after
//! every single act of a long course, and after any story ([`crate::house::House::books_are_right`]).

use crate::house::{Does, OFFICE, each_house};
use crate::stories::steps::{dispatched, in_hand, says};
use kernel::{DAY, Role};
use rules::case::State;

#[tokio::test]
async fn the_counters_are_right_after_every_act() {
    each_house("county", |house| async move {
        let got = house.asked().await;
        let number = got.number.clone();
        house.books_are_right();
        dispatched(&house, &number).await;
        house.books_are_right();
        in_hand(&house, &number, OFFICE).await;
        house.books_are_right();

        // Put right by a correcting entry: another class, another place. The counters move with it.
        let mut lead = house.staff(Role::Lead, OFFICE).await;
        let place = house.unit("90102");
        let right = [
            ("class", "17.04.01"),
            ("class_label", "代缴代领"),
            ("place", place.0.as_str()),
            ("place_label", place.1.as_str()),
            ("reason", "说的是石桥村。"),
        ];
        lead.act(&number, "correction", &right).await;
        house.books_are_right();
        let counts = house.counts("9").await;
        assert_eq!((counts.received, counts.answered, counts.ended), (1, 0, 0));

        // Answered late, then no, then answered again, then yes.
        house.world.clock.advance(40 * DAY);
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        officer.act(&number, "answer", &[("text", "办了。")]).await;
        house.books_are_right();
        let counts = house.counts("9").await;
        assert_eq!((counts.answered, counts.on_time), (1, 0), "late is late");
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &got.code)]).await.expect(200);
        says(&mut me, &number, "no", "2", "没有").await;
        house.books_are_right();
        officer.act(&number, "answer", &[("text", "真的办了。")]).await;
        says(&mut me, &number, "yes", "4", "").await;
        house.books_are_right();
        house.deliver().await;
        let mut lead = house.staff(Role::Lead, OFFICE).await;
        lead.act(&number, "closure", &[]).await;
        house.books_are_right();
        let counts = house.counts("901").await;
        assert_eq!((counts.solved, counts.satisfied, counts.ended, counts.reworked), (1, 1, 1, 1));

        // It is back: what had ended has not ended any more.
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        let again = format!("/r/{number}/reopening");
        me.fill(&page, &again, &[("reason", "又没人管了")], &[]).await.expect(200);
        assert_eq!(house.case(&number).await.row.state, State::Rework);
        assert_eq!(house.counts("901").await.ended, 0);
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn merging_and_taking_back_are_counted_once() {
    each_house("county", |house| async move {
        let (first, second, third) = (house.asked().await, house.asked().await, house.asked().await);
        let mut desk = house.staff(Role::Triage, "901-township-hall").await;
        desk.act(&second.number, "merge", &[("into", &first.number), ("reason", "同一件事。")]).await;
        house.books_are_right();
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &third.number), ("code", &third.code)]).await.expect(200);
        let page = format!("/r/{}/withdrawal", third.number);
        me.submit(&page, &page, &[("reason", "自己扫了")]).await.expect(200);
        let counts = house.counts("9").await;
        assert_eq!((counts.received, counts.ended, counts.solved), (3, 2, 0));
        house.books_are_right();
    })
    .await;
}
