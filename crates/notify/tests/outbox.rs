//! The outbox itself, without anybody delivering: queueing, lists, tasks, recorded acts.

mod rig;

use db::testing;
use kernel::{Error, MessageId, Timestamp, Uuid};
use notify::{Act, Filter, Gateways, NewMessage, NewReplacement, Reason, Recipient, State, Went};
use rig::*;

#[test]
fn every_statement_is_understood() {
    testing::each_engine(|db| {
        // One of them looks where streams of the journal end.
        db.migrate(&[journal::MIGRATIONS, notify::MIGRATIONS].concat()).unwrap();
        db.prepare_all(notify::STATEMENTS).unwrap();
    });
}

#[tokio::test]
async fn a_message_comes_back_as_it_was_queued_and_only_once() {
    testing::each_engine_async(async |db| {
        let rig = Rig::new(db, Gateways::new());
        rig.queue(new(1, person(9))).await;
        rig.queue(NewMessage { body: "again".to_owned(), ..new(1, person(9)) }).await;
        rig.queue(new(2, Recipient::Address("lx@example.org".to_owned()))).await;
        let m = rig.get(1).await;
        assert_eq!((m.state, m.to, m.body.as_str()), (State::Created, person(9), "您的诉求已受理 1"));
        assert_eq!((m.created_at, m.next_try_at, m.attempts), (T0, Some(T0), 0));
        assert_eq!(
            (m.template_version.as_str(), m.purpose.as_str(), m.path.as_str()),
            ("trial-3", "accepted", "/c/t1/")
        );
        let all = db.read(|tx| notify::about(tx, uuid(100))).await.unwrap();
        assert_eq!(all.iter().map(|m| m.id).collect::<Vec<_>>(), [MessageId(uuid(1)), MessageId(uuid(2))]);
        assert_eq!(all[1].to, Recipient::Address("lx@example.org".to_owned()));
        let none = db.read(|tx| notify::get(tx, MessageId(uuid(3)))).await.unwrap();
        assert_eq!(none, None);
    })
    .await;
}

#[tokio::test]
async fn an_act_undone_takes_its_message_with_it() {
    testing::each_engine_async(async |db| {
        let rig = Rig::new(db, Gateways::new());
        let undone = db
            .write(|tx| {
                notify::queue(tx, &new(1, person(9)))?;
                Err::<(), _>(Error::NotFound)
            })
            .await;
        assert!(matches!(undone, Err(Error::NotFound)));
        assert_eq!(rig.turn().await.taken, 0);
    })
    .await;
}

#[tokio::test]
async fn lists_filter_and_page() {
    testing::each_engine_async(async |db| {
        let rig = Rig::new(db, Gateways::new());
        for n in 1..=9 {
            let path = if n % 3 == 0 { "/c/t2/" } else { "/c/t1/v/" };
            let purpose = if n % 2 == 0 { "result" } else { "accepted" };
            rig.queue(NewMessage { path, purpose, ..new(n, person(50 + n)) }).await;
        }
        rig.book.put(51, None, None);
        // Nobody can be reached: all of the first round fail for good.
        rig.turn().await;
        rig.queue(new(20, person(9))).await;
        let ids = async |f: Filter| {
            let found = db.read(move |tx| notify::list(tx, &f)).await.unwrap();
            found.iter().map(|m| m.id.0.as_bytes()[0]).collect::<Vec<_>>()
        };
        let all = Filter { limit: 4, ..Filter::default() };
        assert_eq!(ids(all.clone()).await, [20, 9, 8, 7]);
        assert_eq!(ids(Filter { before: Some(MessageId(uuid(7))), ..all.clone() }).await, [6, 5, 4, 3]);
        let purpose = Some("result".to_owned());
        assert_eq!(ids(Filter { purpose: purpose.clone(), ..all.clone() }).await, [8, 6, 4, 2]);
        assert_eq!(ids(Filter { state: Some(State::Created), ..all.clone() }).await, [20]);
        let failed =
            Filter { state: Some(State::PermanentFailure), paths: vec!["/c/t2/".to_owned()], ..all.clone() };
        assert_eq!(ids(failed.clone()).await, [9, 6, 3]);
        assert_eq!(ids(Filter { purpose, ..failed }).await, [6]);
        let both = vec!["/c/t2/".to_owned(), "/c/t1/v/".to_owned()];
        assert_eq!(ids(Filter { paths: both, ..all.clone() }).await, [9, 8, 7, 6]);
        assert_eq!(ids(Filter { paths: vec!["/c/t1".to_owned()], ..all }).await, [20, 8, 7, 5]);
    })
    .await;
}

#[tokio::test]
async fn a_clerk_sees_the_tasks_of_the_subtree_and_records_the_act() {
    testing::each_engine_async(async |db| {
        let rig = Rig::new(db, Gateways::new());
        for (n, path) in [(1, "/c/t1/"), (2, "/c/t1/v/"), (3, "/c/t10/"), (4, "/c/t2/")] {
            rig.queue(NewMessage { path, ..new(n, person(50)) }).await;
        }
        rig.turn().await;
        let tasks = async |path: &'static str, after: Option<u8>, limit: usize| {
            let after = after.map(|n| MessageId(uuid(n)));
            let found = db.read(move |tx| notify::undeliverable(tx, path, after, limit)).await.unwrap();
            found.iter().map(|m| m.id.0.as_bytes()[0]).collect::<Vec<_>>()
        };
        let count = async |path: &'static str| {
            db.read(move |tx| notify::undeliverable_count(tx, path)).await.unwrap()
        };
        assert_eq!(tasks("/c/t1/", None, 9).await, [1, 2]);
        assert_eq!(tasks("/c/", None, 2).await, [1, 2]);
        assert_eq!(tasks("/c/", Some(2), 9).await, [3, 4]);
        assert_eq!((count("/c/t1/").await, count("/c/").await, count("/d/").await), (2, 4, 0));

        let record = async |n: u8, note: &'static str, acted: Timestamp| {
            db.write(move |tx| {
                let new = NewReplacement {
                    act: Act::Telephone,
                    acted_at: acted,
                    actor: &clerk(),
                    note,
                    at: Timestamp(T0.0 + 1000),
                };
                notify::replace(tx, MessageId(uuid(n)), &new)
            })
            .await
        };
        assert!(matches!(record(1, "  ", T0).await, Err(Error::Invalid(f)) if f[0].field == "note"));
        let future = record(1, "说好了", Timestamp(T0.0 + 2000)).await;
        assert!(matches!(future, Err(Error::Invalid(f)) if f[0].field == "acted_at"));
        assert!(matches!(record(77, "说好了", T0).await, Err(Error::NotFound)));
        record(1, "打通了座机,本人已知道", T0).await.unwrap();
        let again = record(1, "说好了", T0).await;
        assert!(matches!(again, Err(Error::Refused { code: "already-told", .. })));

        assert_eq!(tasks("/c/t1/", None, 9).await, [2]);
        let m = rig.get(1).await;
        assert!(m.state == State::Replaced && m.state.told());
        assert_eq!(m.proof, format!(r#"{{"act":"telephone","at":{}}}"#, T0.0));
        let r = db.read(|tx| notify::replacement(tx, MessageId(uuid(1)))).await.unwrap().unwrap();
        assert_eq!((r.act, r.acted_at, &r.actor), (Act::Telephone, T0, &clerk()));
        assert_eq!(r.note, "打通了座机,本人已知道");
        let events = rig.events(1).await;
        let kinds: Vec<&str> = events.iter().map(|e| e.kind.as_str()).collect();
        assert_eq!(kinds, ["permanent-failure", "replaced"]);
        assert_eq!(events[1].actor, clerk());
        assert!(!events[1].payload.to_string().contains("座机"), "the clerk's words stay out of the journal");
        assert_eq!(rig.history(1).await.last().unwrap().state, State::Replaced);
    })
    .await;
}

#[tokio::test]
async fn a_failed_message_is_sent_again_once_the_address_is_known() {
    testing::each_engine_async(async |db| {
        let gateway = Scripted::new("sms", []);
        let rig = Rig::new(db, Gateways::new().with(gateway.clone(), SMS));
        rig.queue(new(1, person(50))).await;
        rig.turn().await;
        let m = rig.get(1).await;
        assert_eq!((m.state, m.failed_reason), (State::PermanentFailure, Some(notify::Reason::NoAddress)));
        rig.book.put(50, Some("13800000000"), None);
        let late = Timestamp(T0.0 + 100 * kernel::HOUR);
        rig.clock.set(late);
        let resend =
            async || db.write(move |tx| notify::resend(tx, MessageId(uuid(1)), &clerk(), late)).await;
        resend().await.unwrap();
        assert!(matches!(resend().await, Err(Error::Refused { code: "not-failed", .. })));
        rig.turn().await;
        let m = rig.get(1).await;
        assert_eq!((m.state, m.failed_reason, m.attempts), (State::Delivered, None, 1));
        assert_eq!(gateway.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_watchdog_counts_what_no_gateway_has_taken() {
    testing::each_engine_async(async |db| {
        let down = Scripted::new("sms", [notify::Delivery::Down("503".to_owned())]);
        let rig = Rig::new(db, Gateways::new().with(down, SMS));
        rig.book.put(50, Some("13800000000"), None);
        for n in 1..=3 {
            let at = Timestamp(T0.0 - i64::from(n) * 1000);
            rig.queue(NewMessage { at, ..new(n, person(50)) }).await;
        }
        rig.turn().await;
        let unsent =
            async |ago: i64| db.read(move |tx| notify::unsent(tx, Timestamp(T0.0 - ago))).await.unwrap();
        let found = unsent(0).await;
        assert_eq!((found.count, found.oldest), (3, Some(Timestamp(T0.0 - 3000))));
        assert_eq!(unsent(2500).await.count, 1);
        assert_eq!(unsent(3000).await, notify::Unsent::default());
    })
    .await;
}

#[test]
fn every_word_reads_back_and_is_said_in_both_languages() {
    for s in State::ALL {
        assert_eq!(State::from_key(s.key()), Some(*s));
        assert!(s.say().zh != s.say().en);
    }
    for a in Act::ALL {
        assert_eq!(Act::from_key(a.key()), Some(*a));
    }
    assert_eq!(State::from_key("gone"), None);
    let told: Vec<&str> = State::ALL.iter().filter(|s| s.told()).map(|s| s.key()).collect();
    assert_eq!(told, ["delivered", "replaced"], "sent without a receipt is no proof");
    assert_eq!(uuid(1), Uuid::from_bytes([1; 16]));
}

#[tokio::test]
async fn a_message_of_a_past_stands_as_it_went_and_is_never_sent() {
    testing::each_engine_async(async |db| {
        let rig = Rig::new(db, Gateways::new());
        let at = Timestamp(T0.0 + 7_000);
        db.write(move |tx| {
            notify::queue_past(tx, &new(1, person(9)), Went::Delivered { gateway: "file", at })?;
            notify::queue_past(tx, &new(2, person(8)), Went::Failed { why: Reason::NoAddress, at })
        })
        .await
        .unwrap();
        assert_eq!(rig.turn().await.taken, 0);
        let m = rig.get(1).await;
        assert_eq!((m.state, m.gateway.as_str(), m.attempts), (State::Delivered, "file", 1));
        assert_eq!((m.created_at, m.delivered_at, m.next_try_at), (T0, Some(at), None));
        assert!(m.proof.contains("file"));
        let m = rig.get(2).await;
        assert_eq!((m.state, m.failed_reason), (State::PermanentFailure, Some(Reason::NoAddress)));
        let (tasks, passed) = db
            .read(|tx| Ok((notify::undeliverable_count(tx, "/")?, notify::history(tx, MessageId(uuid(1)))?)))
            .await
            .unwrap();
        assert_eq!((tasks, passed.len(), passed[0].at), (1, 1, at));
        let whole = db.read(|tx| journal::verify(tx, &|_| {})).await.unwrap();
        assert!(whole.whole() && whole.events == 2, "{whole:?}");
    })
    .await;
}
