//! Getting messages out: failover, waits, receipts, lost answers, several processes.

mod rig;

use db::testing;
use kernel::{HOUR, MINUTE, MessageId, Timestamp};
use notify::{Channel, Delivery, Found, Gateways, NewMessage, Reason, Settled, State};
use rig::*;
use std::sync::{Arc, Mutex};

fn down() -> Delivery {
    Delivery::Down("503".to_owned())
}

#[tokio::test]
async fn delivered_with_proof_and_the_journal_knows() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", [Delivery::Delivered("far-1".to_owned())]);
        let rig = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        rig.book.put(50, Some(" 13800000000 "), None);
        rig.queue(new(1, person(50))).await;
        let turn = rig.after(5000).await;
        assert_eq!((turn.taken, turn.settled), (1, 1));
        {
            let sent = sms.sent.lock().unwrap();
            assert_eq!((sent[0].to.as_str(), sent[0].id), ("13800000000", MessageId(uuid(1))));
        }
        let m = rig.get(1).await;
        let at = Timestamp(T0.0 + 5000);
        assert_eq!((m.state, m.sent_at, m.delivered_at), (State::Delivered, Some(at), Some(at)));
        assert_eq!((m.attempts, m.next_try_at, m.channel), (1, None, Some(Channel::Sms)));
        assert_eq!(
            m.proof,
            format!(r#"{{"at":{},"channel":"sms","gateway":"sms","reference":"far-1"}}"#, at.0)
        );
        let events = rig.events(1).await;
        assert_eq!((events.len(), events[0].kind.as_str()), (1, "delivered"));
        assert!(!events[0].payload.to_string().contains("138"), "no address in the journal");
        assert_eq!(rig.after(HOUR).await.taken, 0, "and that was that");
    })
    .await;
}

#[tokio::test]
async fn the_next_gateway_takes_over_and_the_next_channel_after_a_refusal() {
    testing::each_engine_async(async |db| {
        let first = Scripted::new("first", [down()]);
        let second = Scripted::new("second", [Delivery::Refused("550 no such number".to_owned())]);
        let mail = Scripted::new("mail", [Delivery::Sent("q1".to_owned())]);
        let gateways = Gateways::new()
            .with(first.clone(), SMS)
            .with(second.clone(), SMS)
            .with(mail.clone(), &[Channel::Email]);
        let rig = Rig::new(db, gateways);
        rig.book.put(50, Some("1"), Some("li@example.org"));
        rig.book.put(51, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        rig.queue(new(2, person(51))).await;
        rig.queue(NewMessage { channel_hint: Some(Channel::Email), ..new(3, person(50)) }).await;
        rig.turn().await;
        let m = rig.get(1).await;
        assert_eq!((m.state, m.channel, m.gateway.as_str()), (State::Sent, Some(Channel::Email), "mail"));
        assert!(m.proof.is_empty(), "sent is not delivered");
        // For the second there is nothing but the number: the gateway that is down may know better.
        assert_eq!(rig.state(2).await, State::TechnicalFailure);
        assert_eq!(rig.get(3).await.gateway, "mail");
        assert_eq!(
            (first.count(), second.count(), mail.count()),
            (2, 2, 2),
            "hinted mail went there at once"
        );
    })
    .await;
}

#[tokio::test]
async fn a_number_that_takes_nothing_is_a_clerks_task_at_once() {
    testing::each_engine_async(async |db| {
        let said = "phone_number 13812345678 is not valid".to_owned();
        let sms = Scripted::new("sms", [Delivery::Refused(said)]);
        let rig = Rig::new(db, Gateways::new().with(sms, SMS));
        rig.book.put(50, Some("13812345678"), None);
        rig.queue(new(1, person(50))).await;
        rig.turn().await;
        let m = rig.get(1).await;
        assert_eq!((m.state, m.failed_reason), (State::PermanentFailure, Some(Reason::Refused)));
        assert_eq!(rig.history(1).await[0].detail, "phone_number … is not valid");
    })
    .await;
}

#[tokio::test]
async fn failures_wait_longer_each_time_until_a_clerk_takes_over() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", [Delivery::NotReached("off".to_owned())]);
        let rig = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        rig.book.put(50, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        let mut waits = Vec::new();
        loop {
            assert_eq!(rig.turn().await.settled, 1);
            let m = rig.get(1).await;
            let Some(next) = m.next_try_at else { break };
            assert_eq!((m.state, m.failed_reason), (State::TemporaryFailure, Some(Reason::NotReached)));
            waits.push((next.0 - kernel::Clock::now(&rig.clock).0) / MINUTE);
            rig.clock.set(next.plus(-1));
            assert_eq!(rig.turn().await.taken, 0, "not a moment earlier");
            rig.clock.set(next);
        }
        assert_eq!(waits[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(waits.iter().sum::<i64>(), 72 * 60, "the last attempt is on the limit");
        let m = rig.get(1).await;
        assert_eq!((m.state, m.failed_reason), (State::PermanentFailure, Some(Reason::TooOld)));
        assert_eq!(sms.count(), waits.len() + 1);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_asked_for_until_it_comes() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", [Delivery::Accepted("far-1".to_owned())]);
        let rig = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        rig.book.put(50, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        rig.turn().await;
        assert_eq!(rig.state(1).await, State::Sending);
        for _ in 0..5 {
            rig.clock.set(rig.get(1).await.next_try_at.unwrap());
            assert_eq!(rig.turn().await.settled, 1);
            assert_eq!(rig.state(1).await, State::Sending);
        }
        assert_eq!(rig.history(1).await.len(), 1, "asking in vain is no news");
        *sms.standing.lock().unwrap() = Delivery::Delivered("far-1".to_owned());
        rig.after(HOUR).await;
        let m = rig.get(1).await;
        assert_eq!((m.state, m.sent_at, m.attempts), (State::Delivered, Some(T0), 1));
        assert!(m.proof.contains("far-1"));
        assert_eq!(sms.count(), 1, "sent once");
    })
    .await;
}

#[tokio::test]
async fn a_telephone_that_was_off_gets_it_again_and_silence_ends_at_a_clerk() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", [Delivery::Accepted("far-1".to_owned())]);
        let rig = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        rig.book.put(50, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        rig.turn().await;
        *sms.standing.lock().unwrap() = Delivery::NotReached("temporary-failure".to_owned());
        rig.after(HOUR).await;
        assert_eq!(rig.state(1).await, State::TemporaryFailure);
        rig.after(HOUR).await;
        assert_eq!((rig.state(1).await, sms.count()), (State::Sending, 2));
        *sms.standing.lock().unwrap() = Delivery::Pending;
        rig.after(72 * HOUR).await;
        let m = rig.get(1).await;
        assert_eq!((m.state, m.failed_reason), (State::PermanentFailure, Some(Reason::NoReceipt)));
    })
    .await;
}

#[tokio::test]
async fn after_a_lost_answer_the_gateway_is_asked_before_anything_is_sent_again() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", [Delivery::Unclear("timeout".to_owned())]);
        let other = Scripted::new("other", []);
        let rig = Rig::new(db, Gateways::new().with(sms.clone(), SMS).with(other.clone(), SMS));
        rig.book.put(50, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        rig.turn().await;
        assert_eq!(rig.state(1).await, State::TechnicalFailure);
        assert_eq!(other.count(), 0, "it may be under way: nobody else sends it now");
        *sms.known.lock().unwrap() = Found::Known(Delivery::Accepted("far-1".to_owned()));
        rig.after(MINUTE).await;
        assert_eq!((rig.state(1).await, sms.count(), other.count()), (State::Sending, 1, 0));
    })
    .await;
}

#[tokio::test]
async fn a_process_that_died_gives_its_messages_back_and_they_are_asked_after() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", []);
        *sms.known.lock().unwrap() = Found::Known(Delivery::Delivered("far-1".to_owned()));
        let rig = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        rig.book.put(50, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        // Died between taking and settling: the claim is all that it left.
        let take = db::Stmt::new(
            "test",
            "UPDATE messages SET claim = claim + 1, next_try_at = next_try_at + 300000",
        );
        db.write(move |tx| tx.execute(&take, &[])).await.unwrap();
        assert_eq!(rig.turn().await.taken, 0, "its lease still holds");
        rig.after(5 * MINUTE).await;
        assert_eq!((rig.state(1).await, sms.count()), (State::Delivered, 0), "found, not sent again");

        *sms.known.lock().unwrap() = Found::NotThere;
        rig.queue(NewMessage { at: kernel::Clock::now(&rig.clock), ..new(2, person(50)) }).await;
        let take = db::Stmt::new("test", "UPDATE messages SET claim = claim + 1 WHERE state = 'created'");
        db.write(move |tx| tx.execute(&take, &[])).await.unwrap();
        rig.turn().await;
        assert_eq!((rig.state(2).await, sms.count()), (State::Delivered, 1), "unknown there: sent");
    })
    .await;
}

#[tokio::test]
async fn two_processes_never_send_the_same_message() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", []);
        let one = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        let two = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        one.book.put(50, Some("1"), None);
        two.book.put(50, Some("1"), None);
        for n in 1..=150 {
            one.queue(new(n, person(50))).await;
        }
        let mut taken = 0;
        while taken < 150 {
            let (a, b) = tokio::join!(one.worker.turn(), two.worker.turn());
            // Under contention PostgreSQL may send a claim away: the next round takes it.
            taken += a.map_or(0, |t| t.taken) + b.map_or(0, |t| t.taken);
        }
        let mut ids: Vec<_> = sms.sent.lock().unwrap().iter().map(|m| m.id).collect();
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!((all, ids.len(), taken), (150, 150, 150));
    })
    .await;
}

#[tokio::test]
async fn a_broken_gateway_rests_and_messages_wait_without_counting_attempts() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", [down()]);
        let rig = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        rig.book.put(50, Some("1"), None);
        for n in 1..=5 {
            rig.queue(new(n, person(50))).await;
        }
        rig.turn().await;
        assert_eq!(sms.count(), 5);
        rig.queue(new(6, person(50))).await;
        rig.turn().await;
        let m = rig.get(6).await;
        assert_eq!((m.state, m.attempts, sms.count()), (State::Created, 0, 5));
        assert_eq!(m.next_try_at, Some(T0.plus(MINUTE)), "when the gateway has rested");
        assert!(rig.history(6).await.is_empty());
        sms.answers.lock().unwrap().clear();
        rig.after(HOUR).await;
        for n in 1..=6 {
            assert_eq!(rig.state(n).await, State::Delivered, "{n}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_gateway_it_waits_and_says_so() {
    testing::each_engine_async(async |db| {
        let rig = Rig::new(db, Gateways::new());
        rig.book.put(50, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        rig.turn().await;
        let m = rig.get(1).await;
        assert_eq!((m.state, m.failed_reason), (State::TechnicalFailure, Some(Reason::NoGateway)));
        assert_eq!(m.attempts, 0);
    })
    .await;
}

#[tokio::test]
async fn an_act_recorded_while_it_is_out_wins() {
    testing::each_engine_async(async |db| {
        let sms = Scripted::new("sms", [Delivery::Accepted("far-1".to_owned())]);
        let rig = Rig::new(db, Gateways::new().with(sms.clone(), SMS));
        rig.book.put(50, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        rig.turn().await;
        db.write(|tx| {
            let act = notify::NewReplacement {
                act: notify::Act::Visit,
                acted_at: T0,
                actor: &clerk(),
                note: "上门时说了",
                at: T0,
            };
            notify::replace(tx, MessageId(uuid(1)), &act)
        })
        .await
        .unwrap();
        *sms.standing.lock().unwrap() = Delivery::Refused("gone".to_owned());
        assert_eq!(rig.after(HOUR).await.taken, 0);
        assert_eq!(rig.state(1).await, State::Replaced);
    })
    .await;
}

#[tokio::test]
async fn the_hook_is_told_in_the_same_transaction() {
    testing::each_engine_async(async |db| {
        let told: Arc<Mutex<Vec<Settled>>> = Arc::default();
        let heard = told.clone();
        let hook: notify::Hook = Arc::new(move |tx, s| {
            // What it reads is what is being written.
            assert_eq!(notify::get(tx, s.id)?.map(|m| m.state), Some(s.state));
            heard.lock().unwrap().push(s.clone());
            Ok(())
        });
        let sms = Scripted::new("sms", []);
        let rig = Rig::with_hook(db, Gateways::new().with(sms, SMS), Some(hook));
        rig.book.put(50, Some("1"), None);
        rig.queue(new(1, person(50))).await;
        rig.queue(new(2, person(51))).await;
        rig.turn().await;
        let mut told = told.lock().unwrap().clone();
        told.sort_by_key(|s| s.id);
        told.dedup();
        let states: Vec<State> = told.iter().map(|s| s.state).collect();
        assert_eq!(states, [State::Delivered, State::PermanentFailure]);
        assert_eq!((told[0].about, told[0].purpose.as_str()), (Some(uuid(100)), "accepted"));
    })
    .await;
}
