//! Call-backs by lot as people meet them: bound before, drawn after, asked by another unit, published, and
//! computed again by a command that needs no site.

use crate::house::{Does, House, OFFICE, each_house};
use kernel::{DAY, Date, HOUR, MINUTE, Role};
use requests::lots;
use std::path::Path;
use std::process::Command;

fn told(dir: &Path, args: &[&str]) -> (i32, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_lianxin"))
        .current_dir(dir)
        .args(["lot", "verify", "--lang", "en"])
        .args(args)
        .output()
        .expect("the program runs");
    let words = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    (out.status.code().unwrap_or(-1), words)
}

/// The jobs of one night.
async fn night(house: &House) {
    house.swept("seal").await;
    house.swept("lots").await;
}

/// A case from asking to sign-off, with the person's own yes.
async fn closed(house: &House) -> String {
    let number = house.asked().await.number;
    let mut desk = house.staff(Role::Triage, "901-township-hall").await;
    let unit = house.unit(OFFICE);
    desk.act(&number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
    let mut lead = house.staff(Role::Lead, OFFICE).await;
    lead.act(&number, "officer", &[("officer", &house.account(Role::Officer, OFFICE))]).await;
    let mut officer = house.staff(Role::Officer, OFFICE).await;
    let page = format!("/requests/{number}/contact");
    let shown = officer.get(&page).await.expect(200);
    let said = [("text", "当面说清了。"), ("audience", "inside")];
    officer.fill(&shown, &page, &said, &[("files", "路口.txt", "雪".as_bytes())]).await.expect(200);
    house.minutes_pass(24 * 60);
    let mut officer = house.staff(Role::Officer, OFFICE).await;
    let mut lead = house.staff(Role::Lead, OFFICE).await;
    let page = format!("/requests/{number}/answer");
    let shown = officer.get(&page).await.expect(200);
    let answer = [("text", "雪已扫净。")];
    officer.fill(&shown, &page, &answer, &[("files", "后.txt", "净".as_bytes())]).await.expect(200);
    house.deliver().await;
    let code = house.case(&number).await.row.code;
    let mut me = house.visitor();
    me.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
    let page = format!("/r/{number}");
    let shown = me.get(&page).await.expect(200);
    let fields = [("word", "yes"), ("grade", "2"), ("note", "")];
    me.fill(&shown, &format!("{page}/judgement"), &fields, &[]).await.expect(200);
    lead.act(&number, "closure", &[]).await;
    assert!(!house.case(&number).await.row.is_live(), "{:?}", house.case(&number).await.row.state);
    number
}

/// The dashboard of a past day has the draws of then, and of them what had been said by then.
async fn yesterday_is_told_as_it_was_known(house: &House, before: Date, drawn: Date, asked: Date) {
    let mut boss = house.staff(Role::Supervisor, "9-county-centre").await.english();
    for unit in ["9", "901"] {
        let mut said = Vec::new();
        for day in [before, drawn, asked] {
            let page = format!("/dashboard?unit={unit}&from=2026-10&to=2026-12&as_of={day}");
            let board = boss.get(&page).await.expect(200);
            assert!(board.text().contains("as known on"), "{}", board.text());
            let card = board.text().split_once("Call-backs by lot").map(|(_, rest)| rest.to_owned());
            let words = |card: String| card.split_whitespace().take(30).collect::<Vec<_>>().join(" ");
            said.push(card.map(words).unwrap_or_default());
        }
        assert_eq!(said[0], "", "{unit}: it was not drawn yet");
        assert!(said[1].contains("Not asked 1") && said[1].contains("Drawn 1"), "{unit}: {said:?}");
        assert!(said[2].contains("Not asked 0") && said[2].contains("Drawn 1"), "{unit}: {said:?}");
    }
    // A unit that has no part in it has none.
    let other = format!("/dashboard?unit=902&from=2026-10&to=2026-12&as_of={asked}");
    let board = boss.get(&other).await.expect(200);
    assert!(!board.text().contains("Call-backs by lot"), "{}", board.text());
}

#[tokio::test]
async fn a_draw_is_bound_before_asked_by_others_published_and_computed_again() {
    each_house("county", |house| async move {
        let (clock, zone) = (&house.world.clock, house.world.site.zone);
        let mut nobody = house.visitor().english();
        let empty = nobody.get("/proof/lots").await.expect(200);
        assert!(empty.text().contains("None yet"), "{}", empty.text());
        night(&house).await;
        let lot = house
            .world
            .site
            .db
            .read_now(|tx| lots::list(tx, "9", 9))
            .expect("lots")
            .pop()
            .expect("one is bound");
        let from = zone.start_of(lot.from);
        clock.set(from.plus(2 * MINUTE));
        night(&house).await;
        let page = format!("/proof/lots/{}", lot.from);
        let bound = nobody.get(&page).await.expect(200);
        let hash = hex::encode(&lot.commitment);
        assert!(bound.text().split_whitespace().collect::<String>().contains(&hash), "{}", bound.text());
        let heads = nobody.get("/proof/heads.txt").await.expect(200).body;
        assert!(heads.contains(&format!("lot {} {} {hash}", lot.from, lot.to)), "{heads}");

        clock.set(from.plus(9 * HOUR));
        let number = closed(&house).await;
        clock.set(zone.start_of(lot.to.tomorrow().expect("a day")).plus(2 * MINUTE));
        night(&house).await;
        night(&house).await;

        // Supervision sees what was drawn and why; the public waits for the calls; the officer learns nothing.
        clock.advance(9 * HOUR);
        let mut boss = house.staff(Role::Supervisor, "9-county-centre").await.english();
        let list = boss.get("/lots").await.expect(200);
        assert!(list.body.contains(&format!("/lots?from={}", lot.from)), "{}", list.text());
        let one = boss.get(&format!("/lots?from={}", lot.from)).await.expect(200);
        assert!(one.text().contains(&number) && one.text().contains("not asked yet"), "{}", one.text());
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        officer.get("/lots").await.expect(403);
        let own = officer.get(&format!("/requests/{number}")).await.expect(200);
        assert!(!own.text().contains("抽"), "{}", own.text());
        let shut = nobody.get(&page).await.expect(200);
        assert!(shut.text().contains("When the calls are over"), "{}", shut.text());
        nobody.get(&format!("{page}/draw.txt")).await.expect(404);
        let board = boss.get("/dashboard").await.expect(200);
        assert!(board.text().contains("Call-backs by lot"), "{}", board.text());
        // Behind each figure stands its list; who is still to be asked is told to supervision alone.
        let behind = board.attributes("a[href^='/lots/drawn']", "href");
        assert_eq!(behind.len(), 2, "drawn, and not asked: {behind:?}");
        for href in behind {
            assert!(boss.get(&href).await.expect(200).text().contains(&number), "{href}");
        }
        let mut lead = house.staff(Role::Lead, OFFICE).await.english();
        let own = lead.get("/dashboard").await.expect(200);
        assert!(own.text().contains("Not asked 1"), "{}", own.text());
        assert!(own.attributes("a[href^='/lots/drawn']", "href").is_empty(), "{}", own.body);
        for result in ["any", "waiting"] {
            let shut = lead.get(&format!("/lots/drawn?result={result}")).await.expect(403);
            assert!(!shut.text().contains(&number), "{}", shut.text());
        }
        let solved = lead.get("/lots/drawn").await.expect(200);
        assert!(!solved.text().contains(&number), "{}", solved.text());
        lead.get("/lots/drawn?unit=902&result=solved").await.expect(404);

        // Somebody of another unit asks, on another day.
        let drawn = house.world.site.today();
        clock.advance(DAY);
        let mut boss = house.staff(Role::Supervisor, "9-county-centre").await.english();
        let mut caller = house.staff(Role::Operator, "9-county-centre").await;
        let queue = caller.get("/queues/callback?drawn=true").await.expect(200);
        assert!(queue.text().contains(&number), "{}", queue.text());
        let shown = caller.get(&format!("/queues/callback/{number}")).await.expect(200);
        let said = [("solved", "yes"), ("grade", "1"), ("note", "")];
        caller.fill(&shown, &format!("/requests/{number}/sample"), &said, &[]).await.expect(200);
        let one = boss.get(&format!("/lots?from={}", lot.from)).await.expect(200);
        assert!(one.text().contains("solved indeed"), "{}", one.text());
        let mut lead = house.staff(Role::Lead, OFFICE).await.english();
        let own = lead.get("/dashboard").await.expect(200);
        let behind = own.attributes("a[href^='/lots/drawn']", "href");
        assert!(behind.iter().any(|h| h.ends_with("result=solved")), "{behind:?}");
        assert!(behind.iter().all(|h| !h.ends_with("any") && !h.ends_with("waiting")), "{behind:?}");
        for href in behind {
            assert!(lead.get(&href).await.expect(200).text().contains(&number), "{href}");
        }
        let asked = house.world.site.today();
        clock.advance(DAY);
        yesterday_is_told_as_it_was_known(&house, lot.to, drawn, asked).await;

        // All are asked: everybody computes it again, by the file and the heads alone.
        let open = nobody.get(&page).await.expect(200);
        assert!(open.text().contains("computed again: the same"), "{}", open.text());
        let sheet = nobody.get(&format!("{page}/draw.txt")).await.expect(200).body;
        assert!(!sheet.contains(&number), "cases are named by seal codes");
        clock.advance(DAY);
        night(&house).await;
        let dir = tempfile::tempdir().expect("a directory");
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("written");
        write("draw.txt", &sheet);
        write("heads.txt", &nobody.get("/proof/heads.txt").await.expect(200).body);
        write("late.txt", heads.split("\n\n").next().unwrap_or_default());
        write("changed.txt", &sheet.replacen("drawn ", "drawn 0", 1));
        write(
            "other.txt",
            &sheet
                .replace(" fast\n", " lot\n")
                .replace(" spotless\n", " lot\n")
                .replacen("seed ", "seed 0", 1),
        );
        let word = sheet.lines().rev().find(|l| l.starts_with("drawn")).expect("one is drawn").to_owned();
        write("less.txt", &sheet.replace(&format!("{word}\n"), ""));
        let keys = proof::Keeper::new(&house.world.site.dir, None).known().expect("keys");
        let key = keys[0].to_string();
        for (code, args, words) in [
            (0, &["draw.txt"][..], "same result"),
            (0, &["draw.txt", "--key", &key, "--heads", "heads.txt"], "signed in a head"),
            (1, &["draw.txt", "--key", &key, "--heads", "late.txt"], "None of the heads"),
            (1, &["less.txt"], "another result"),
            (1, &["changed.txt"], "no sheet"),
            (1, &["other.txt"], "no sheet"),
            (1, &["heads.txt"], "no sheet"),
        ] {
            let (got, said) = told(dir.path(), args);
            assert!(got == code && said.contains(words), "{args:?}: {got} {said}");
        }
    })
    .await;
}
