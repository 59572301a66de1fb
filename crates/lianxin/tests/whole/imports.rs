//! Spreadsheets in the browser: looked at, put right, taken in once, and what was refused taken in later.

use crate::house::{House, each_house};
use db::{Stmt, params};
use kernel::{DAY, Role};
use testkit::{Answer, Client};

const CENTRE: &str = "9-county-centre";

const SHEET: &str = "编号,诉求人,联系电话,标题,大意,受理时间,答复意见,答复时间\n\
    1,张三,13800001234,路灯不亮,村口路灯坏了,2019/5/9 8:05,,\n\
    1,张三,13800001234,路灯不亮,村口路灯坏了,2019/5/9 8:05,,\n\
    2,李四,,水渠堵了,水渠堵了没人管,2019-05-09 10:00,已疏通,2019-05-10 09:00\n\
    3,王五,,路不平,路面塌陷,明天,,\n\
    合计,,,,,,,\n";

/// Waits as a browser does: a page that renews itself is asked for again.
pub async fn settled(who: &mut Client, mut shown: Answer) -> Answer {
    while shown.headers.contains_key("refresh") {
        shown = who.get(&shown.path).await.expect(200);
    }
    shown
}

async fn sent(who: &mut Client, what: &str, name: &str, text: &str) -> Answer {
    let form = format!("/imports/{what}");
    let page = who.get(&form).await.expect(200);
    let shown = who.fill(&page, &form, &[], &[("sheet", name, text.as_bytes())]).await.expect(200);
    settled(who, shown).await
}

async fn run(who: &mut Client, shown: &Answer) -> Answer {
    let action = format!("{}/run", shown.path);
    let done = who.fill(shown, &action, &[], &[]).await.expect(200);
    settled(who, done).await
}

/// How many cases of the ledger hold these words.
async fn in_ledger(house: &House, words: &str) -> usize {
    let mut reader = house.staff(Role::Supervisor, CENTRE).await;
    let page = reader.get("/requests?standing=all").await.expect(200);
    page.body.matches(words).count()
}

/// A ledger of two cases is taken in.
pub async fn taken_in(house: &House) {
    let mut who = house.staff(Role::Supervisor, CENTRE).await;
    let seen = sent(&mut who, "requests", "台账.csv", SHEET).await;
    run(&mut who, &seen).await;
}

#[tokio::test]
async fn a_ledger_is_looked_at_put_right_and_taken_in_once() {
    each_house("county", |house| async move {
        let mut who = house.staff(Role::Supervisor, CENTRE).await;
        let seen = sent(&mut who, "requests", "台账.csv", SHEET).await;
        let text = seen.text();
        for word in [
            "共 4 行，还没有写入任何内容",
            "可以导入 2",
            "表内重复 1",
            "退回 1",
            "1 行归档为历史件，1 行成为待分流的诉求",
            "受理时间看不懂",
            "不是数据的行 (1)",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert_eq!(in_ledger(&house, "路灯不亮").await, 0, "nothing is written by looking");

        // “大意” is no name that is known: the person says what it is.
        assert!(text.contains("大意 村口路灯坏了 只留在原始行"), "{text}");
        let column = format!("{}/columns/4", seen.path);
        let form = who.get(&column).await.expect(200);
        let seen = who.fill(&form, &column, &[("field", "body")], &[]).await.expect(200);
        let seen = settled(&mut who, seen).await;
        assert!(seen.text().contains("大意 村口路灯坏了 内容"), "{}", seen.text());
        // And may take a column out of use.
        let column = format!("{}/columns/2", seen.path);
        let form = who.get(&column).await.expect(200);
        let seen = who.fill(&form, &column, &[("field", "-")], &[]).await.expect(200);
        let seen = settled(&mut who, seen).await;
        assert!(seen.text().contains("联系电话 13800001234 不用"), "{}", seen.text());

        // The refused rows are a file to correct.
        let refused = who.get(&format!("{}/refused", seen.path)).await.expect(200);
        assert!(refused.headers["content-disposition"].to_str().unwrap().contains("refused.csv"));
        assert!(refused.body.contains("第 5 行") && refused.body.contains("路面塌陷"), "{}", refused.body);

        let done = run(&mut who, &seen).await;
        let text = done.text();
        for word in ["共 4 行，导入完成", "已导入 2", "退回 1"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(in_ledger(&house, "路灯不亮").await > 0);
        house.books_are_right();
        // A second click comes to the same page and writes nothing.
        let page = who.get("/imports").await.expect(200);
        let token = page.form("/look").get("_csrf").cloned().expect("a token");
        let again = who.post(&format!("{}/run", seen.path), &[("_csrf", &token)]).await.expect(200);
        assert!(again.text().contains("已导入 2"), "{}", again.text());

        // The same file once more: nothing new in it.
        let seen = sent(&mut who, "requests", "台账（副本）.csv", SHEET).await;
        let column = format!("{}/columns/4", seen.path);
        let form = who.get(&column).await.expect(200);
        let seen = who.fill(&form, &column, &[("field", "body")], &[]).await.expect(200);
        let seen = settled(&mut who, seen).await;
        let text = seen.text();
        assert!(text.contains("可以导入 0") && text.contains("已有，不重复导入 2"), "{text}");
        assert!(
            text.contains("没有新的行可以导入") && !seen.has_form(&format!("{}/run", seen.path)),
            "{text}"
        );

        // The corrected refusals bring the rest.
        let right = refused.body.replace("明天", "2019-05-11").replace("大意", "内容");
        let seen = sent(&mut who, "requests", "台账-refused.csv", &right).await;
        assert!(seen.text().contains("可以导入 1"), "{}", seen.text());
        let done = run(&mut who, &seen).await;
        assert!(done.text().contains("已导入 1"), "{}", done.text());
        house.books_are_right();

        // The journal says that it was done, and nothing of who stands in the sheet.
        let id: kernel::Uuid = done.path.rsplit('/').next().and_then(|s| s.parse().ok()).expect("an id");
        let events = house.world.site.db.read_now(move |tx| journal::events(tx, id)).expect("events");
        assert_eq!((events.len(), events[0].kind.as_str()), (1, "imported"));
        assert_eq!(
            (events[0].payload["taken"].as_i64(), events[0].payload["refused"].as_i64()),
            (Some(1), Some(0))
        );
        assert!(!events[0].payload.to_string().contains("台账"));
        let list = who.get("/imports").await.expect(200).text();
        assert!(list.contains("台账.csv") && list.contains("已导入") && list.contains("还没导入"), "{list}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_says_why_and_what_to_do() {
    each_house("county", |house| async move {
        let mut who = house.staff(Role::Supervisor, CENTRE).await;
        // No file at all.
        let page = who.get("/imports/requests").await.expect(200);
        let refused = who.fill(&page, "/imports/requests", &[("history", "1")], &[]).await.expect(422);
        assert!(refused.text().contains("请选择一个表格文件"), "{}", refused.text());
        // No sheet.
        let seen = sent(&mut who, "requests", "照片.xlsx", "PK\u{3}\u{4} no sheet").await;
        assert!(!seen.has_form(&format!("{}/run", seen.path)), "{}", seen.text());
        // A sheet without a column that is needed: it is named, and the others are shown.
        let seen = sent(&mut who, "requests", "少一列.csv", "编号,标题\n1,路灯\n").await;
        let text = seen.text();
        assert!(text.contains("缺：受理时间") && text.contains("标题 路灯 标题"), "{text}");
        assert!(!seen.has_form(&format!("{}/run", seen.path)));
        // Read otherwise: rows without an answer as history, a year for dates without one.
        let seen = sent(&mut who, "requests", "没写年.csv", "编号,标题,受理时间\n1,路灯,3月5日\n").await;
        assert!(seen.text().contains("退回 1"), "{}", seen.text());
        let options = format!("{}/options", seen.path);
        let said = [("year", "2018"), ("history", "1")];
        let seen = who.fill(&seen, &options, &said, &[]).await.expect(200);
        let seen = settled(&mut who, seen).await;
        assert!(seen.text().contains("1 行归档为历史件，0 行成为待分流的诉求"), "{}", seen.text());
        // Thought better of.
        let removal = format!("{}/removal", seen.path);
        let list = who.fill(&seen, &removal, &[], &[]).await.expect(200);
        assert!(!list.text().contains("没写年.csv"), "{}", list.text());
        who.get(&seen.path).await.expect(404);
        assert_eq!(in_ledger(&house, "路灯").await, 0);
        // Two days later the others are gone as well, file and row.
        house.world.clock.advance(2 * DAY + 1);
        let dir = house.world.site.dir.join("imports");
        assert_eq!(std::fs::read_dir(&dir).expect("files").count(), 2);
        house.swept("imports").await;
        assert_eq!(std::fs::read_dir(&dir).expect("files").count(), 0);
    })
    .await;
}

#[tokio::test]
async fn units_and_accounts_come_in_by_the_administrator() {
    each_house("county", |house| async move {
        let mut admin = house.staff(Role::Admin, CENTRE).await;
        let units = "编码,名称,层级,类别,上级\n90103,杨树村,village,village,901\n,没有上级的村,village,village,九九\n";
        let seen = sent(&mut admin, "units", "单位.csv", units).await;
        assert!(seen.text().contains("可以导入 1") && seen.text().contains("没有找到上级单位“九九”"), "{}", seen.text());
        let done = run(&mut admin, &seen).await;
        assert!(done.text().contains("已导入 1"), "{}", done.text());
        let list = admin.get("/units/90103").await.expect(200);
        assert!(list.text().contains("杨树村"), "{}", list.text());

        let people = "姓名,登录名,所在单位,岗位\n周启明,zhouqm,90103,clerk\n";
        let seen = sent(&mut admin, "accounts", "人员.csv", people).await;
        assert!(seen.text().contains("可以导入 1"), "{}", seen.text());
        let done = run(&mut admin, &seen).await;
        assert!(done.text().contains("初始密码"), "{}", done.text());
        // Once, and then never again.
        let fetch = format!("{}/passwords", done.path);
        let file = admin.fill(&done, &fetch, &[], &[]).await.expect(200);
        assert!(file.body.contains("zhouqm") && file.body.contains("周启明"), "{}", file.body);
        let password = file.body.lines().nth(1).and_then(|l| l.split(',').next_back()).expect("a password").trim();
        let mut fresh = house.visitor();
        let landed = fresh.submit("/sign-in", "/sign-in", &[("login", "zhouqm"), ("password", password)]).await;
        assert_eq!(landed.path, "/account/password");
        admin.post(&fetch, &[("_csrf", &done.form(&fetch)["_csrf"])]).await.expect(404);
        assert!(!admin.get(&done.path).await.expect(200).has_form(&fetch));
    })
    .await;
}

#[tokio::test]
async fn nobody_sees_or_runs_what_somebody_else_sent() {
    each_house("county", |house| async move {
        let mut who = house.staff(Role::Supervisor, CENTRE).await;
        let seen = sent(&mut who, "requests", "台账.csv", SHEET).await;
        // The administrator imports units and accounts, never cases.
        let mut admin = house.staff(Role::Admin, CENTRE).await;
        admin.get("/imports/requests").await.expect(404);
        admin.get(&seen.path).await.expect(404);
        who.get("/imports/units").await.expect(403);
        assert!(!admin.get("/imports").await.expect(200).text().contains("台账.csv"));
        // Whoever supervises a township is told who may.
        let mut below = house.staff(Role::Supervisor, "901-township-hall").await;
        let told = below.get("/imports/requests").await.expect(200);
        assert!(told.text().contains("全县范围") && !told.has_form("/imports/requests"), "{}", told.text());
        below.get(&seen.path).await.expect(404);
        // The same post does not open a file that somebody else sent.
        who.get(&seen.path).await.expect(200);
        let hand = Stmt::new("handed over", "UPDATE imports SET account = $1");
        let somebody = kernel::Uuid::from_u128(1);
        house.world.site.db.write_now(move |tx| tx.execute(&hand, &params![somebody])).expect("handed over");
        who.get(&seen.path).await.expect(404);
        who.get(&format!("{}/refused", seen.path)).await.expect(404);
        // Under another heading it is not there either.
        let id = seen.path.rsplit('/').next().expect("an id");
        admin.get(&format!("/imports/units/{id}")).await.expect(404);
    })
    .await;
}
