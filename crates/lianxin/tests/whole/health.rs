//! What the site says of its own standing: a page for the administrator, numbers for watchers, a word for
//! load balancers.

use crate::house::{House, each_house};
use db::{Stmt, Value, params};
use kernel::{DAY, HOUR, MINUTE, Role};
use testkit::Answer;

/// Writes down a round of a job, as the leader would.
fn ran<const N: usize>(house: &House, values: [Value; N]) {
    let note = Stmt::new(
        "a round",
        "INSERT INTO jobs (name, began_at, took_ms, good_at, fault, even_since) VALUES ($1, $2, $3, $4, $5, $2)
         ON CONFLICT (name) DO UPDATE SET began_at = excluded.began_at, good_at = excluded.good_at, fault = excluded.fault",
    );
    house.world.site.db.write_now(move |tx| tx.execute(&note, &values)).expect("noted");
}

#[tokio::test]
async fn the_page_names_what_is_to_be_looked_after() {
    each_house("county", |house| async move {
        let centre = "9-county-centre";
        let mut admin = house.staff(Role::Admin, centre).await;
        let now = house.world.site.now();
        for (name, took) in [("clocks", 12), ("outbox", 1500), ("once", 1), ("files", 1)] {
            ran(&house, params![name, now, took, now, ""]);
        }
        house.asked().await;
        let text = admin.get("/admin/health").await.expect(200).text();
        // The one complaint is that a site in earnest is not served over https.
        for word in ["有一件事要处理", "不是 https", "期限提醒", "12 毫秒", "由另一个进程运行", "Lianxin"]
        {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(!text.contains("还没有发出"), "{text}");

        // Nobody sends for an hour; a job fails, and another has stopped.
        house.world.clock.advance(HOUR);
        let later = house.world.site.now();
        ran(&house, params!["outbox", later, 1, now, "the gateway is set up wrongly"]);
        let mut admin = house.staff(Role::Admin, centre).await;
        let text = admin.get("/admin/health").await.expect(200).text();
        for word in [
            "有 4 件事要处理",
            "条消息还没有发出",
            "1 小时",
            "the gateway is set up wrongly",
            "“期限提醒”已有 1 小时 没有运行",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
        let english = admin.get("/admin/health?lang=en").await.expect(200).text();
        assert!(
            english.contains("4 things to look after") && english.contains("have not gone out"),
            "{english}"
        );
        // The auditor may look, others may not.
        house.staff(Role::Auditor, centre).await.get("/admin/health").await.expect(200);
        house.staff(Role::Operator, centre).await.get("/admin/health").await.expect(403);
    })
    .await;
}

fn said(answer: Answer) -> serde_json::Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
}

#[tokio::test]
async fn machines_are_told_the_truth() {
    each_house("county", |house| async move {
        let mut anyone = house.visitor();
        let health = said(anyone.get("/healthz").await.expect(200));
        assert_eq!((health["database"].as_str(), health["jobs"].as_str()), (Some("ok"), Some("unknown")));
        assert_eq!(health["leads"], false);
        let now = house.world.site.now();
        ran(&house, params!["clocks", now, 1, now, ""]);
        ran(&house, params!["files", now.plus(-DAY), 1, now.plus(-DAY), ""]);
        assert_eq!(said(anyone.get("/healthz").await)["jobs"], "ok");
        ran(&house, params!["outbox", now, 1, now, "broken"]);
        assert_eq!(said(anyone.get("/healthz").await)["jobs"], "failing");
        house.asked().await;
        house.world.clock.advance(20 * MINUTE);
        assert_eq!(said(anyone.get("/healthz").await)["jobs"], "late");
        let numbers = house.metrics().await;
        for wanted in [
            "lianxin_leader 0",
            "lianxin_messages_unsent_oldest_seconds 1200",
            "lianxin_job_good_age_seconds{job=\"clocks\"} 1200",
            "lianxin_job_failing{job=\"outbox\"} 1",
            "lianxin_job_failing{job=\"clocks\"} 0",
        ] {
            assert!(numbers.lines().any(|l| l == wanted), "{wanted}\n{numbers}");
        }
        let of = |name: &str| -> u64 {
            let line = numbers.lines().find(|l| l.starts_with(name)).unwrap_or_else(|| panic!("no {name}"));
            line.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number")
        };
        assert!(of("lianxin_database_bytes") > 100_000);
        assert!(of("lianxin_messages_unsent ") > 0);
        // The database is gone: nothing can be served, and that is said.
        let db = house.world.site.db.clone();
        tokio::task::spawn_blocking(move || db.close()).await.expect("closed");
        let health = said(anyone.get("/healthz").await.expect(503));
        assert_eq!(
            (health["status"].as_str(), health["database"].as_str()),
            (Some("unavailable"), Some("down"))
        );
    })
    .await;
}
