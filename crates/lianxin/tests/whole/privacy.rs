//! Who asked: nowhere in the database in clear, whatever people write where; seen by nobody without a look on
//! record; read by the person on their own page.

use crate::house::{Does, House, LOOKED_AT, OFFICE, each_house};
use crate::log;
use crate::stories::steps::{dispatched, in_hand};
use access::identity::NewPerson;
use db::{Engine, Stmt, Value};
use kernel::{PersonId, Role};
use requests::Ctx;
use requests::acts::join::{Join, join};
use requests::acts::person::{Supplement, supplement};
use requests::ctx::Holder;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use std::path::Path;

const NAME: &str = "欧阳晓敏";
const PHONE: &str = "13987654321";
const ADDRESS: &str = "老槐树巷尽头第二家";
const IDNO: &str = "11010519491231002X";
const JOINER: &str = "慕容秋水";
const JOINER_PHONE: &str = "13612345678";

/// What must be found nowhere: whole and in parts.
const TRACES: [&str; 11] =
    [NAME, "欧阳", "晓敏", PHONE, "7654321", ADDRESS, "老槐树", IDNO, "19491231", JOINER, JOINER_PHONE];

/// A case whose asker writes who they are wherever there is room for it.
async fn talkative(house: &House) -> Registered {
    let ctx = house.world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = LOOKED_AT.to_owned();
    new.title = format!("{NAME}家门口没有人扫雪");
    new.body = format!("我叫{NAME}，身份证{IDNO}，电话{PHONE}，住{ADDRESS}，门口没有人扫雪，摔跤了。");
    new.place = Some(house.world.unit("90101"));
    new.place_text = ADDRESS.into();
    new.person = NewPerson {
        name: Some(NAME.into()),
        phone: Some(PHONE.into()),
        address: Some(ADDRESS.into()),
        idno: Some(IDNO.into()),
        ..NewPerson::default()
    };
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("registered")
}

async fn adds(house: &House, got: &Registered) {
    let person = house.case(&got.number).await.row.person;
    let ctx = house.world.public().held_by(Holder { request: got.id, person });
    let text = format!("打我电话{PHONE}，找{NAME}。");
    let input = Supplement { on: got.id.into(), text, files: Vec::new() };
    ctx.write(move |tx, ctx| supplement(tx, ctx, &input).map(drop)).await.expect("added");
}

async fn joins(house: &House, got: &Registered) -> String {
    let ctx = Ctx::system(&house.world.site);
    let input = Join {
        id: got.id,
        key: PersonId::new(ctx.at, &*house.world.site.chance),
        person: NewPerson {
            name: Some(JOINER.into()),
            phone: Some(JOINER_PHONE.into()),
            ..NewPerson::default()
        },
        channel: "hotline".into(),
        words: format!("我是{JOINER}，我家也是，电话{JOINER_PHONE}。"),
        told: Told::OnPhone,
    };
    ctx.write(move |tx, ctx| join(tx, ctx, &input)).await.expect("joined").code
}

/// Every column of every table, as bytes.
pub(crate) fn dump(house: &House) -> Vec<(String, Vec<u8>)> {
    let db = &house.world.site.db;
    let engine = db.engine();
    let tables = match engine {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'request_search%'"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()"
        }
    };
    let tables: Vec<String> = db
        .read_now(move |tx| tx.query_map(&Stmt::dynamic("tables", tables), &[], |r| r.get(0)))
        .expect("tables");
    assert!(tables.len() > 30, "{tables:?}");
    let mut out = Vec::new();
    for table in tables {
        let sql = match (engine, table.as_str()) {
            (Engine::Postgres, "request_search") => {
                "SELECT CAST(tokens AS TEXT) FROM request_search".to_owned()
            }
            _ => format!("SELECT * FROM {table}"),
        };
        let rows = db.read_now(move |tx| tx.query(&Stmt::dynamic("dump", sql.clone()), &[])).expect("rows");
        let mut bytes = Vec::new();
        for value in rows.iter().flat_map(|r| r.values()) {
            match value {
                Value::Text(t) => bytes.extend_from_slice(t.as_bytes()),
                Value::Bytes(b) => bytes.extend_from_slice(b),
                other => bytes.extend_from_slice(format!("{other:?}").as_bytes()),
            }
            bytes.push(0);
        }
        out.push((table, bytes));
    }
    out
}

pub(crate) fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|w| w == text)
}

/// The bytes of every file below a directory, with its name.
pub(crate) fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
        match entry.path() {
            path if path.is_dir() => out.extend(files(&path)),
            path => out.push((path.display().to_string(), std::fs::read(&path).expect("a file"))),
        }
    }
    out
}

/// Everything that is written down about the house: tables, raw files, what was sent, what was logged.
fn written(house: &House) -> Vec<(String, Vec<u8>)> {
    let mut all = dump(house);
    all.extend(house.world.database_dir().map(files).unwrap_or_default());
    all.extend(files(&house.world.site.dir));
    all.push(("the log".into(), log::kept()));
    all
}

#[tokio::test]
async fn nothing_written_down_names_who_asked() {
    log::keep();
    each_house("county", |house| async move {
        let got = talkative(&house).await;
        adds(&house, &got).await;
        joins(&house, &got).await;
        dispatched(&house, &got.number).await;
        in_hand(&house, &got.number, OFFICE).await;
        house.deliver().await;
        let all = written(&house);
        assert!(all.iter().any(|(_, bytes)| holds(bytes, "没有人扫雪".as_bytes())), "the case is there");
        assert!(all.iter().any(|(place, bytes)| place == "the log" && holds(bytes, b"/requests/{number}")));
        for (place, bytes) in &all {
            for trace in TRACES {
                assert!(!holds(bytes, trace.as_bytes()), "{place} holds {trace}");
            }
        }
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_look_needs_a_purpose_is_listed_for_the_person_and_shows_what_was_asked_for_only() {
    each_house("county", |house| async move {
        let got = talkative(&house).await;
        adds(&house, &got).await;
        dispatched(&house, &got.number).await;
        in_hand(&house, &got.number, OFFICE).await;
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        let case = format!("/requests/{}", got.number);
        let page = officer.get(&case).await.expect(200);
        assert!(page.text().contains("诉求人甲") && page.text().contains("〔姓名〕"), "{}", page.text());
        for trace in TRACES {
            assert!(!page.body.contains(trace), "{trace}");
        }
        let look = format!("{case}/identity");
        let refused = officer.submit(&look, &look, &[]).await;
        assert_eq!(refused.status, 422, "no purpose, no look");
        let seen =
            officer.submit(&look, &look, &[("purpose", "contact"), ("see", "phone")]).await.expect(200);
        assert!(seen.body.contains(PHONE) && !seen.body.contains(NAME), "{}", seen.text());
        let seen = officer.submit(&look, &look, &[("purpose", "visit"), ("see", "words")]).await.expect(200);
        assert!(seen.body.contains(ADDRESS) && seen.text().contains("找欧阳晓敏"), "{}", seen.text());
        // The journal knows that and what for, and nobody's name.
        let id = got.id.0;
        let events = house.world.site.db.read_now(move |tx| journal::events(tx, id)).expect("events");
        let looks: Vec<_> = events.iter().filter(|e| e.kind == "look").collect();
        assert_eq!(looks.len(), 2, "a refused look is none");
        assert_eq!(looks[0].payload["data"]["fields"], serde_json::json!(["phone"]));
        assert!(TRACES.iter().all(|t| !format!("{events:?}").contains(t)));
        // The person reads it on their page, and their own words as they wrote them.
        let mut person = house.visitor();
        let opened = person.submit("/find", "/find", &[("number", &got.number), ("code", &got.code)]).await;
        let own = opened.expect(200);
        let text = own.text();
        assert!(text.contains("为办理此事与您联系") && text.contains("看了：电话"), "{text}");
        assert!(text.contains(NAME) && text.contains(PHONE) && text.contains("打我电话"), "{text}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn one_who_looks_too_often_has_to_wait() {
    each_house("county", |house| async move {
        let got = talkative(&house).await;
        dispatched(&house, &got.number).await;
        in_hand(&house, &got.number, OFFICE).await;
        let ctx = house.world.staff(house.world.unit(OFFICE), Role::Officer);
        let look = requests::acts::look::Look {
            number: got.number.clone(),
            purpose: "contact".into(),
            why: String::new(),
            fields: vec![requests::acts::look::Field::Phone],
        };
        let mut last = Ok(());
        let mut taken = 0;
        while last.is_ok() && taken <= requests::acts::look::LOOKS {
            let look = look.clone();
            let ctx = ctx.clone();
            last = ctx.write(move |tx, ctx| requests::acts::look::look(tx, ctx, &look).map(drop)).await;
            taken += i64::from(last.is_ok());
        }
        assert_eq!(taken, requests::acts::look::LOOKS);
        assert!(matches!(last, Err(kernel::Error::Refused { code: "looks", .. })), "{last:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_found_or_read_by_name_in_lists() {
    each_house("county", |house| async move {
        let got = talkative(&house).await;
        let mut triage = house.staff(Role::Triage, "901-township-hall").await;
        let queue = triage.get("/queues/triage").await.expect(200);
        assert!(queue.body.contains(&got.number), "{}", queue.text());
        let found = triage.get("/requests?q=欧阳").await.expect(200);
        assert!(!found.body.contains(&got.number), "nobody is found by name");
        for page in [&queue.body, &found.body] {
            assert!(TRACES.iter().skip(2).all(|t| !page.contains(t)));
        }
    })
    .await;
}

/// A case with its officer.
async fn in_hands(house: &House) -> Registered {
    let got = talkative(house).await;
    dispatched(house, &got.number).await;
    in_hand(house, &got.number, OFFICE).await;
    got
}

#[tokio::test]
async fn an_officer_gets_in_touch_without_seeing_the_number() {
    each_house("county", |house| async move {
        let got = talkative(&house).await;
        dispatched(&house, &got.number).await;
        let mut lead = house.staff(Role::Lead, OFFICE).await;
        let sign = format!("/requests/{}/acceptance", got.number);
        if lead.get(&sign).await.has_form(&sign) {
            lead.act(&got.number, "acceptance", &[]).await;
        }
        lead.act(&got.number, "officer", &[("officer", &house.account(Role::Officer, OFFICE))]).await;
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        let page = format!("/requests/{}/relay", got.number);
        let form = officer.get(&page).await.expect(200);
        assert!(!form.body.contains(PHONE) && !form.body.contains(NAME));
        for (text, why) in
            [("请回电13800002222", "手机号"), ("", "请写下"), (&*"长".repeat(81), "最多 80 字")]
        {
            let refused = officer.submit(&page, &page, &[("way", "message"), ("text", text)]).await;
            assert!(refused.status == 422 && refused.text().contains(why), "{text}: {}", refused.text());
        }
        let before = house.messages(&got.number).await.len();
        let text = "明天上午九点去看现场，请留人。";
        officer.act(&got.number, "relay", &[("way", "message"), ("text", text)]).await;
        let all = house.messages(&got.number).await;
        assert_eq!(all.len(), before + 1);
        let sent = all.iter().find(|m| m.contains("person <- relay")).expect("the message");
        assert!(sent.contains(text) && !sent.contains(PHONE), "{sent}");
        house.deliver().await;
        // A call that reached nobody; on enough different days they stand for the record of contact.
        let days = house.world.site.pack.call_back.attempt_days.max(1);
        for _ in 0..days {
            assert!(!house.case(&got.number).await.facts.evidence.contains(&rules::case::Evidence::Contact));
            officer.act(&got.number, "relay", &[("way", "no-answer"), ("text", "")]).await;
            house.minutes_pass(24 * 60);
            officer = house.staff(Role::Officer, OFFICE).await;
        }
        let case = house.case(&got.number).await;
        assert!(case.facts.evidence.contains(&rules::case::Evidence::Contact), "{:?}", case.attempts);
        assert_eq!(case.facts.attempt_days, 0, "nobody was asked for a judgement");
        // The person reads the message on their page, and that nobody looked.
        let mut person = house.visitor();
        let own = person.submit("/find", "/find", &[("number", &got.number), ("code", &got.code)]).await;
        let said = own.expect(200).text();
        assert!(said.contains(text) && said.contains("还没有人查看过"), "{said}");
        house.books_are_right();
    })
    .await;
}

/// The case at its end: signed off after a yes.
async fn ended(house: &House) -> Registered {
    let got = in_hands(house).await;
    adds(house, &got).await;
    let person = house.case(&got.number).await.row.person;
    let ctx = house.world.public().held_by(Holder { request: got.id, person });
    let id = got.id;
    ctx.write(move |tx, ctx| requests::acts::person::withdraw(tx, ctx, id.into(), "不用了").map(drop))
        .await
        .expect("taken back");
    got
}

/// What opens the person of a case: their wrapped key, as it stands in the database.
fn wrapped(house: &House, person: PersonId) -> Vec<u8> {
    let key = Stmt::new("test", "SELECT wrapped_key FROM persons WHERE id = $1");
    let row =
        house.world.site.db.read_now(move |tx| tx.query_one(&key, &db::params![person])).expect("a row");
    row.get(0).expect("a key")
}

#[tokio::test]
async fn whoever_asks_to_be_forgotten_is_gone_from_database_log_and_backup() {
    log::keep();
    each_house("county", |house| async move {
        let got = ended(&house).await;
        house.deliver().await;
        let case = house.case(&got.number).await;
        let key = wrapped(&house, case.row.person.expect("a person"));
        assert!(key.len() > 60);
        let counts = house.counts("901").await;
        let mut person = house.visitor();
        let own = format!("/r/{}", got.number);
        person.submit("/find", "/find", &[("number", &got.number), ("code", &got.code)]).await.expect(200);
        // Their copy holds all of it.
        let copy = person.get(&format!("{own}/copy")).await.expect(200);
        for part in [NAME, PHONE, ADDRESS, IDNO, "打我电话"] {
            assert!(copy.body.contains(part), "{part}: {}", copy.body);
        }
        let page = format!("{own}/erasure");
        let done = person.submit(&page, &page, &[]).await.expect(200);
        assert!(done.text().contains("已删除"), "{}", done.text());
        // No trace of the person, and none of what opened them: tables, file, log, files, a backup of now.
        let mut all = written(&house);
        if house.world.database_dir().is_some() {
            let to = tempfile::tempdir().expect("a directory");
            house.world.site.db.backup_to(&to.path().join("copy.db")).expect("a backup");
            all.extend(files(to.path()));
        }
        for (place, bytes) in &all {
            assert!(!holds(bytes, &key), "{place} holds the key");
            for trace in TRACES {
                assert!(!holds(bytes, trace.as_bytes()), "{place} holds {trace}");
            }
        }
        // The case, its number and the statistics stay; the page opens still, and says so.
        assert_eq!(house.counts("901").await, counts);
        let again = person.get(&page).await.expect(200);
        assert!(again.text().contains("没有您的身份信息了"), "{}", again.text());
        let mut auditor = house.staff(Role::Auditor, "9-county-centre").await;
        let sheet = auditor.get(&format!("/requests/{}", got.number)).await.expect(200);
        assert!(sheet.text().contains("删除诉求人身份"), "{}", sheet.text());
        house.books_are_right();
    })
    .await;
}

/// So many days go by, with a round of the job on each.
async fn days_pass(house: &House, days: i64) {
    for _ in 0..days {
        house.minutes_pass(24 * 60);
        house.swept("forget").await;
    }
}

#[tokio::test]
async fn nobody_is_forgotten_while_it_is_open_or_held_by_law() {
    each_house("county", |house| async move {
        let open = in_hands(&house).await;
        let mut person = house.visitor();
        person.submit("/find", "/find", &[("number", &open.number), ("code", &open.code)]).await.expect(200);
        let page = format!("/r/{}/erasure", open.number);
        let said = person.get(&page).await.expect(200).text();
        assert!(said.contains("还在办"), "{said}");
        let tried = person.post(&page, &[]).await;
        assert!(tried.status.is_client_error(), "{}", tried.status);

        let got = ended(&house).await;
        let hold = format!("/requests/{}/hold", got.number);
        let mut lead = house.staff(Role::Lead, OFFICE).await;
        assert!(lead.get(&hold).await.status.is_client_error(), "a lead holds nothing by law");
        let mut auditor = house.staff(Role::Auditor, "9-county-centre").await;
        let refused = auditor.submit(&hold, &hold, &[]).await;
        assert_eq!(refused.status, 422, "without a reason nothing is held");
        auditor.submit(&hold, &hold, &[("reason", "法院调取证据")]).await.expect(200);
        let mut person = house.visitor();
        person.submit("/find", "/find", &[("number", &got.number), ("code", &got.code)]).await.expect(200);
        let page = format!("/r/{}/erasure", got.number);
        let said = person.get(&page).await.expect(200).text();
        assert!(said.contains("依法保留") && said.contains("法院调取证据"), "{said}");
        // Nor by itself, however long ago it ended.
        let days = i64::from(house.world.site.pack.keeping.days);
        house.minutes_pass((days + 1) * 24 * 60);
        days_pass(&house, 5).await;
        let id = house.case(&got.number).await.row.person.expect("a person");
        assert!(!wrapped(&house, id).is_empty());
        auditor = house.staff(Role::Auditor, "9-county-centre").await;
        auditor.submit(&hold, &hold, &[("reason", "案件已结")]).await.expect(200);
        days_pass(&house, 31).await;
        let known = house.world.site.db.read_now(move |tx| access::identity::known(tx, id)).expect("read");
        assert!(known.is_some_and(|k| k.erased_at.is_some()), "released, and over time");
        let kinds: Vec<String> = {
            let stream = got.id.0;
            let events = house.world.site.db.read_now(move |tx| journal::events(tx, stream)).expect("events");
            events.into_iter().map(|e| e.kind).collect()
        };
        assert!(kinds.ends_with(&["hold".into(), "release".into(), "forget".into()]), "{kinds:?}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn at_the_end_of_its_time_who_asked_is_forgotten_and_not_a_day_before() {
    each_house("county", |house| async move {
        let got = ended(&house).await;
        let id = house.case(&got.number).await.row.person.expect("a person");
        let days = i64::from(house.world.site.pack.keeping.days);
        let erased = || {
            let known =
                house.world.site.db.read_now(move |tx| access::identity::known(tx, id)).expect("read");
            known.is_some_and(|k| k.erased_at.is_some())
        };
        house.minutes_pass((days - 5) * 24 * 60 - 60);
        days_pass(&house, 5).await;
        assert!(!erased());
        house.minutes_pass(120);
        house.swept("forget").await;
        assert!(erased());
        house.swept("forget").await;
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_wrong_year_on_the_clock_destroys_nothing() {
    each_house("county", |house| async move {
        let got = ended(&house).await;
        let id = house.case(&got.number).await.row.person.expect("a person");
        let erased = || {
            let read = move |tx: &mut dyn db::Tx| access::identity::known(tx, id);
            house.world.site.db.read_now(read).expect("read").is_some_and(|k| k.erased_at.is_some())
        };
        days_pass(&house, 10).await;
        // Ten years on, for two days, until somebody sees it.
        let wrong = 3650 * 24 * 60;
        house.minutes_pass(wrong);
        house.swept("forget").await;
        days_pass(&house, 2).await;
        assert!(!erased());
        house.minutes_pass(-wrong);
        days_pass(&house, 10).await;
        assert!(!erased());
        house.books_are_right();
    })
    .await;
}
