//! Reports: issued by somebody, kept as they were, computed again to the byte, corrected by a new version; and
//! every cell of them is the length of the list that it opens.

use crate::house::{Does, House, OFFICE, each_house};
use crate::stories::steps;
use db::{Stmt, params};
use kernel::Role;
use testkit::{Answer, Client};

/// The figures of a page's tables with the list behind each.
fn cells(page: &Answer) -> Vec<(String, usize)> {
    let read = |cell: &str| {
        let (href, rest) = cell.split_once("\">")?;
        let n: usize = rest.split('<').next()?.trim().parse().ok()?;
        Some((format!("/requests?{}", href.replace("&amp;", "&")), n))
    };
    page.body.split("href=\"/requests?").skip(1).filter_map(read).collect()
}

fn rows(page: &Answer) -> usize {
    page.body.matches("class=\"row\" href=\"/requests/").count()
}

async fn handled(house: &House, number: &str) {
    let mut desk = house.staff(Role::Triage, "901-township-hall").await;
    let unit = house.unit(OFFICE);
    desk.act(number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
    let mut lead = house.staff(Role::Lead, OFFICE).await;
    lead.act(number, "officer", &[("officer", &house.account(Role::Officer, OFFICE))]).await;
    let mut officer = house.staff(Role::Officer, OFFICE).await;
    officer.act(number, "contact", &[("text", "当面说清了。"), ("audience", "inside")]).await;
    steps::answered(&mut officer, number, "雪已扫净。").await;
    house.deliver().await;
}

async fn says(house: &House, number: &str, word: &str, grade: &str) {
    let code = house.case(number).await.row.code;
    let mut me = house.visitor();
    me.submit("/find", "/find", &[("number", number), ("code", &code)]).await.expect(200);
    steps::says(&mut me, number, word, grade, "").await;
}

async fn boss(house: &House) -> Client {
    house.staff(Role::Supervisor, "9-county-centre").await.english()
}

#[tokio::test]
async fn a_report_stays_as_it_was_issued_and_every_cell_opens_its_list() {
    let bytes = std::sync::Mutex::new(Vec::<(String, Vec<String>)>::new());
    each_house("county", |house| {
        let bytes = &bytes;
        async move {
            let mut numbers = Vec::new();
            for _ in 0..4 {
                numbers.push(house.asked().await.number);
                house.minutes_pass(1);
            }
            handled(&house, &numbers[0]).await;
            says(&house, &numbers[0], "yes", "1").await;
            handled(&house, &numbers[1]).await;
            says(&house, &numbers[1], "no", "5").await;
            let day = house.world.site.today().to_string();
            house.minutes_pass(24 * 60);

            // Today is not over; yesterday is.
            let mut boss = boss(&house).await;
            let form = boss.get("/reports").await.expect(200);
            assert!(form.text().contains("No report has been issued yet"), "{}", form.text());
            let today = house.world.site.today().to_string();
            let wrong = [("from", "2026-11"), ("to", "2026-11"), ("as_of", today.as_str())];
            let refused = boss.fill(&form, "/reports", &wrong, &[]).await.expect(422);
            assert!(refused.text().contains("a day that is over"), "{}", refused.text());
            let right = [("from", "2026-11"), ("to", "2026-11"), ("as_of", day.as_str())];
            let kept = boss.fill(&form, "/reports", &right, &[]).await.expect(200);
            let here = kept.path.clone();
            let all = cells(&kept);
            assert!(all.len() > 15, "{}", kept.text());
            for (href, n) in &all {
                let list = boss.get(href).await.expect(200);
                assert_eq!(rows(&list), *n, "{href}: {}", list.text());
            }

            // What happens afterwards changes the dashboard of today and not the report.
            handled(&house, &numbers[2]).await;
            house.asked().await;
            let again = boss.get(&here).await.expect(200);
            assert_eq!(cells(&again), all);
            let check = boss.get(&format!("{here}/check")).await.expect(200);
            assert!(check.text().contains("the same, byte for byte"), "{}", check.text());
            for file in ["report.csv", "report.xlsx"] {
                let file = format!("{here}/{file}");
                let (a, b) = (boss.get(&file).await.expect(200), boss.get(&file).await.expect(200));
                assert_eq!(a.body, b.body);
            }

            // The dashboard of that day says the same, and its cells open lists of that length.
            let board =
                boss.get(&format!("/dashboard?from=2026-11&to=2026-11&as_of={day}")).await.expect(200);
            assert!(board.text().contains("as known on"), "{}", board.text());
            for (href, n) in cells(&board) {
                let list = boss.get(&href).await.expect(200);
                assert!(
                    href.contains(&format!("as_of={day}")) && rows(&list) == n,
                    "{href} {n}: {}",
                    list.text()
                );
            }

            // A correction is a new version that names the old one; the old one stays.
            let fields = [("note", "补算一天"), ("as_of", day.as_str())];
            let second = boss.fill(&again, "/reports", &fields, &[]).await.expect(200);
            assert!(second.text().contains("version 2") && second.body.contains(&here), "{}", second.text());
            let old = boss.get(&here).await.expect(200);
            assert!(
                old.text().contains("corrected later") && old.body.contains(&second.path),
                "{}",
                old.text()
            );
            let list = boss.get("/reports").await.expect(200);
            assert!(list.body.contains(&here) && list.body.contains(&second.path), "{}", list.text());

            // Another township's lead does not find it, who may not take figures out sees no reports.
            let mut other = house.staff(Role::Lead, "902-township-economy").await;
            other.get(&here).await.expect(404);
            house.staff(Role::Officer, OFFICE).await.get("/reports").await.expect(403);

            // Kept text that is changed past the program is told.
            let id: kernel::Uuid = here.rsplit('/').next().and_then(|i| i.parse().ok()).expect("an id");
            let read = Stmt::new("read", "SELECT content FROM reports WHERE id = $1");
            let content: String = house
                .world
                .site
                .db
                .read_now(move |tx| tx.query_one(&read, &params![id])?.get(0))
                .expect("what is kept");
            let forged = content.replacen("\"received\":4", "\"received\":5", 1);
            assert_ne!(forged, content);
            let write = Stmt::new("forger", "UPDATE reports SET content = $2 WHERE id = $1");
            let put = forged.clone();
            house
                .world
                .site
                .db
                .write_now(move |tx| tx.execute(&write, &params![id, put.as_str()]))
                .expect("forged");
            let check = boss.get(&format!("{here}/check")).await.expect(200);
            for words in ["does not have the hash", "Computed again it differs", "Received：5 → 4"] {
                assert!(check.text().contains(words), "{words}: {}", check.text());
            }
            let links = all.iter().map(|(href, n)| format!("{href} {n}")).collect();
            bytes.lock().expect("what was kept").push((content, links));
        }
    })
    .await;
    let bytes = bytes.into_inner().expect("what was kept");
    assert!(bytes.windows(2).all(|w| w[0] == w[1]), "the engines keep the same bytes");
}

/// A case that is shielded after a report was issued stays counted in it: computed again, the report is the same to
/// the byte, whatever happens to shields. Lists and files leave the case out, of past days as well, for everybody.
#[tokio::test]
async fn a_shield_put_up_later_leaves_the_report_and_empties_the_list() {
    each_house("county", |house| async move {
        let mut numbers = Vec::new();
        for _ in 0..3 {
            numbers.push(house.asked().await.number);
            house.minutes_pass(1);
        }
        let day = house.world.site.today().to_string();
        house.minutes_pass(24 * 60);
        let mut boss = boss(&house).await;
        let file = format!("/requests/export.csv?as_of={day}");
        let before = boss.get(&file).await.expect(200).body;
        assert_eq!(before, boss.get(&file).await.expect(200).body);
        let first = issued(&mut boss, &day).await;
        assert!(first.contains(">3<"), "three were received");

        // Supervision finds that one is about an office.
        let number = &numbers[1];
        shields(&mut boss, &house, number).await;
        let second = issued(&mut boss, &day).await;
        assert!(!second.contains(">3<") && second.contains(">2<"), "{second}");
        for page in [&first, &second] {
            agrees(&mut boss, page).await;
        }
        // The figure opens a list that the case has left, as it has left each file, which is told in words.
        let list = boss.get(&format!("/requests?as_of={day}")).await.expect(200);
        assert!(!list.body.contains(number) && list.body.contains(&numbers[0]), "{}", list.text());
        let after = boss.get(&file).await.expect(200).body;
        let without: String =
            before.split_inclusive('\n').filter(|line| !line.contains(number.as_str())).collect();
        assert!(after == without && after != before, "one line less and nothing else:\n{after}\n{before}");
        assert_eq!(after, boss.get(&file).await.expect(200).body);

        // Lifted, it stands in lists and files as before; put up again, it leaves them again.
        boss.act(number, "shield", &[("reason", "查明和单位无关")]).await;
        assert_eq!(before, boss.get(&file).await.expect(200).body);
        let third = issued(&mut boss, &day).await;
        assert!(third.contains(">3<"), "{third}");
        for page in [&first, &second, &third] {
            agrees(&mut boss, page).await;
        }
        shields(&mut boss, &house, number).await;
        for page in [&first, &second, &third] {
            agrees(&mut boss, page).await;
        }
        assert_eq!(after, boss.get(&file).await.expect(200).body);
        house.books_are_right();
    })
    .await;
}

/// Issues a report of November as of `day`; gives back its page.
async fn issued(boss: &mut Client, day: &str) -> String {
    let form = boss.get("/reports").await.expect(200);
    let fields = [("from", "2026-11"), ("to", "2026-11"), ("as_of", day)];
    let page = boss.fill(&form, "/reports", &fields, &[]).await.expect(200);
    let figures = cells(&page).into_iter().map(|(_, n)| format!(" >{n}<")).collect::<String>();
    format!("{}{figures}", page.path)
}

/// The report whose page this is says the same when it is computed again, and its page names no shield.
async fn agrees(boss: &mut Client, page: &str) {
    let path = page.split(' ').next().unwrap_or_default();
    let check = boss.get(&format!("{path}/check")).await.expect(200);
    assert!(check.text().contains("the same, byte for byte"), "{}", check.text());
    let shown = boss.get(path).await.expect(200);
    for words in [check.text(), shown.text()] {
        assert!(!words.to_lowercase().contains("shield"), "{words}");
    }
}

async fn shields(boss: &mut Client, house: &House, number: &str) {
    let (unit, name) = house.unit(OFFICE);
    let about = [
        ("subject", unit.as_str()),
        ("subject_label", name.as_str()),
        ("subject_name", ""),
        ("reason", "说的是这个单位"),
    ];
    boss.act(number, "shield", &about).await;
}
