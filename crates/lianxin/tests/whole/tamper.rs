//! What somebody who can write to the database past the program may try, and what verifying says of it.

use crate::house::{House, OFFICE, each_house};
use crate::imports::taken_in;
use crate::stories::steps::{dispatched, in_hand};
use db::{Stmt, Tx, Value, params};
use journal::{FaultKind, Link, NewEvent, Report};
use kernel::{Actor, Result, Role, Uuid};
use lianxin::capability;
use serde_json::json;

fn verified(house: &House) -> Report {
    let look = |tx: &mut dyn Tx| {
        let mut report = journal::verify(tx, &|_| {})?;
        journal::verify_ends(tx, &capability::ends(), &mut report)?;
        Ok(report)
    };
    house.world.site.db.snapshot_now(look).expect("it is read")
}

/// Runs a statement as a forger would; it has to change something.
fn forge<const N: usize>(house: &House, sql: &'static str, params: [Value; N]) {
    let stmt = Stmt::new("forger", sql);
    let changed = house.world.site.db.write_now(move |tx| tx.execute(&stmt, &params)).expect("forged");
    assert!(changed > 0, "{sql}");
}

/// Several cases with a few events each: number, stream, end of the stream.
async fn cases(house: &House, n: usize) -> Vec<(String, Uuid, Link)> {
    let mut out = Vec::new();
    for _ in 0..n {
        let number = house.asked().await.number;
        dispatched(house, &number).await;
        in_hand(house, &number, OFFICE).await;
        let stream = house.case(&number).await.row.id.0;
        let end = house.world.site.db.read_now(move |tx| journal::head(tx, stream)).expect("read");
        out.push((number, stream, end.expect("it has events")));
    }
    out
}

#[tokio::test]
async fn cut_off_ends_and_lost_rows_are_found_with_their_names() {
    each_house("county", |house| async move {
        let all = cases(&house, 5).await;
        let login = format!("{}.{OFFICE}", Role::Officer.key());
        let key = house.key("county-hub");
        assert!(verified(&house).whole());

        // The last event of a case.
        let (cut, cut_at) = (all[0].1, all[0].2.seq);
        forge(&house, "DELETE FROM journal WHERE stream = $1 AND seq = $2", params![cut, cut_at]);
        // A whole case's history, and an account's.
        forge(&house, "DELETE FROM journal WHERE stream = $1", params![all[1].1]);
        let of_account = "DELETE FROM journal WHERE stream = (SELECT id FROM accounts WHERE login = $1)";
        forge(&house, of_account, params![login.clone()]);
        // One more event, well linked, as a program of the forger's own would write it.
        let (added, link) = (all[2].1, all[2].2);
        let append = move |tx: &mut dyn Tx| -> Result<Link> {
            let event = NewEvent {
                stream_kind: "request",
                stream: added,
                at: kernel::Timestamp(1),
                actor: &Actor::System,
                kind: "closed",
                payload: json!({}),
            };
            journal::append_at(tx, &link, &event)
        };
        house.world.site.db.write_now(append).expect("appended");
        // The last event of a case taken off and written anew, well linked.
        let (anew, end) = (all[3].1, all[3].2.seq);
        forge(&house, "DELETE FROM journal WHERE stream = $1 AND seq = $2", params![anew, end]);
        let before = house.world.site.db.read_now(move |tx| journal::head(tx, anew)).expect("read");
        let before = before.expect("there are more");
        let rewrite = move |tx: &mut dyn Tx| -> Result<Link> {
            let event = NewEvent {
                stream_kind: "request",
                stream: anew,
                at: kernel::Timestamp(1),
                actor: &Actor::System,
                kind: "closed",
                payload: json!({}),
            };
            journal::append_at(tx, &before, &event)
        };
        house.world.site.db.write_now(rewrite).expect("rewritten");
        // An event in the middle, changed in place.
        let edited = all[4].1;
        forge(&house, "UPDATE journal SET at = at + 1 WHERE stream = $1 AND seq = 2", params![edited]);
        // A row whose history stays behind.
        forge(&house, "DELETE FROM api_keys WHERE id = $1", params![key]);

        let report = verified(&house);
        let mut found: Vec<_> =
            report.faults.iter().map(|f| (f.name.as_str(), f.stream_kind.as_str(), f.seq, f.kind)).collect();
        found.sort_by_key(|f| (f.1.to_owned(), f.0.to_owned()));
        let mut wanted = vec![
            (all[0].0.as_str(), "request", cut_at, FaultKind::CutOff),
            (&all[1].0, "request", 1, FaultKind::CutOff),
            (&login, "account", 1, FaultKind::CutOff),
            (&all[2].0, "request", all[2].2.seq + 1, FaultKind::Inserted),
            (&all[3].0, "request", end, FaultKind::Changed),
            ("", "request", 2, FaultKind::Changed),
            ("", "key", 1, FaultKind::RowGone),
        ];
        wanted.sort_by_key(|f| (f.1.to_owned(), f.0.to_owned()));
        assert_eq!(found, wanted);
        assert_eq!(report.faulty, 7);
    })
    .await;
}

/// Streams that are about messages, files taken out, files taken in, draws and reports: each cut off at its end, and
/// each without its row, is found.
#[tokio::test]
async fn streams_of_every_kind_are_found_where_they_are_cut_off() {
    each_house("county", |house| async move {
        // One of each kind: messages that went out and one that was sent again, an import, exports, a bound draw, a
        // report.
        cases(&house, 2).await;
        house.deliver().await;
        house.swept("seal").await;
        house.swept("lots").await;
        let mut boss = house.staff(Role::Supervisor, "9-county-centre").await;
        for _ in 0..2 {
            boss.get("/requests/export.csv").await.expect(200);
        }
        let form = boss.get("/reports").await.expect(200);
        let day = house.world.site.today().yesterday().expect("a day").to_string();
        let fields = [("from", "2026-11"), ("to", "2026-11"), ("as_of", day.as_str())];
        boss.fill(&form, "/reports", &fields, &[]).await.expect(200);
        taken_in(&house).await;
        let all = ends(&house);
        for kind in ["account", "unit", "request", "message", "export", "import", "lot", "report"] {
            assert!(all.iter().any(|e| e.0 == kind), "no stream of the kind {kind}: {all:?}");
        }
        let report = verified(&house);
        assert!(report.whole(), "{report:?}");

        // The last event of one stream of each kind.
        let mut wanted = Vec::new();
        for kind in ["message", "export", "import", "lot", "report"] {
            let (_, stream, seq) = *all.iter().find(|e| e.0 == kind).expect("one");
            forge(&house, "DELETE FROM journal WHERE stream = $1 AND seq = $2", params![stream, seq]);
            wanted.push((kind.to_owned(), seq, FaultKind::CutOff));
            let report = verified(&house);
            assert_eq!(report.faulty, wanted.len() as u64, "{kind}: {report:?}");
        }
        let mut found: Vec<_> =
            verified(&house).faults.into_iter().map(|f| (f.stream_kind, f.seq, f.kind)).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        wanted.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(found, wanted);

        // Rows whose events stay behind; the row of an import goes by itself after two days.
        let before = verified(&house).faulty;
        let other = all.iter().filter(|e| e.0 == "message").nth(1).expect("another message").1;
        forge(&house, "DELETE FROM message_states WHERE message_id = $1", params![other]);
        assert_eq!(verified(&house).faulty, before + 1);
        forge(&house, "DELETE FROM messages WHERE id = $1", params![other]);
        let gone = verified(&house).faults.into_iter().find(|f| f.stream == other).expect("it is named");
        assert_eq!((gone.seq, gone.kind), (1, FaultKind::RowGone));
    })
    .await;
}

/// Where each stream ends.
fn ends(house: &House) -> Vec<(String, Uuid, i64)> {
    let stmt = Stmt::new(
        "ends",
        "SELECT stream_kind, stream, MAX(seq) FROM journal GROUP BY stream_kind, stream ORDER BY 1, 2",
    );
    let read = |row: &db::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    house.world.site.db.read_now(move |tx| tx.query_map(&stmt, &[], read)).expect("the ends")
}
