//! The clock of the machine jumps, back and on: the loop runs to its end, the record holds, nobody is told
//! anything twice, and nothing is destroyed that is not due.

use crate::house::{Does, House, OFFICE, each_house};
use crate::stories::steps::{answered, dispatched, in_hand, says};
use kernel::{DAY, HOUR, MINUTE, Role};
use rules::case::State;

/// Where the hands are put, from where they stood at the beginning, before each step.
const HANDS: [[i64; 5]; 4] = [
    // An hour back for winter, and on again.
    [-HOUR, MINUTE, -HOUR, HOUR, -HOUR],
    // A battery is empty: years back, then right again.
    [-2000 * DAY, -2000 * DAY + HOUR, HOUR, -2000 * DAY, 2 * HOUR],
    // Somebody types a wrong year, and puts it right.
    [400 * DAY, 0, 400 * DAY + HOUR, HOUR, 401 * DAY],
    // It stands still.
    [0; 5],
];

/// Everything that runs by itself, once.
async fn all_jobs(house: &House) {
    for job in ["clocks", "seal", "forget", "once", "sign-ins", "files", "signs"] {
        house.swept(job).await;
    }
    house.deliver().await;
}

#[tokio::test]
async fn the_clock_jumps_between_any_two_steps_and_the_loop_runs_to_its_end() {
    each_house("county", |house| async move {
        let start = house.world.clock.clone();
        for hands in HANDS {
            use kernel::Clock;
            let zero = start.now();
            let put = |n: usize| house.world.clock.set(zero.plus(hands[n]));
            put(0);
            let got = house.asked().await;
            all_jobs(&house).await;
            put(1);
            dispatched(&house, &got.number).await;
            all_jobs(&house).await;
            put(2);
            in_hand(&house, &got.number, OFFICE).await;
            all_jobs(&house).await;
            put(3);
            let mut officer = house.staff(Role::Officer, OFFICE).await;
            answered(&mut officer, &got.number, "已派人扫雪，路通了。").await;
            all_jobs(&house).await;
            put(4);
            let mut me = house.visitor();
            me.submit("/find", "/find", &[("number", &got.number), ("code", &got.code)]).await.expect(200);
            says(&mut me, &got.number, "yes", "5", "").await;
            let mut lead = house.staff(Role::Lead, OFFICE).await;
            lead.act(&got.number, "closure", &[]).await;
            all_jobs(&house).await;
            assert_eq!(house.case(&got.number).await.row.state, State::Closed);
            let said = house.messages(&got.number).await;
            for once in ["accepted", "handling", "result", "closed"] {
                let times = said.iter().filter(|m| m.starts_with(&format!("person <- {once}"))).count();
                assert_eq!(times, 1, "{once} after {hands:?}: {said:#?}");
            }
            house.books_are_right();
            house.world.clock.set(zero.plus(3 * HOUR));
        }
    })
    .await;
}
