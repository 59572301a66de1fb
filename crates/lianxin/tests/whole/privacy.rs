//! Who asked: nowhere in the database in clear, whatever people write where; seen by nobody without a look on
//! record; read by the person on their own page.

use crate::house::{House, LOOKED_AT, OFFICE, each_house};
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

/// Everything that is written down about the house: tables, raw files, what was sent.
fn written(house: &House) -> Vec<(String, Vec<u8>)> {
    let mut all = dump(house);
    all.extend(house.world.database_dir().map(files).unwrap_or_default());
    all.extend(files(&house.world.site.dir));
    all
}

#[tokio::test]
async fn nothing_written_down_names_who_asked() {
    each_house("county", |house| async move {
        let got = talkative(&house).await;
        adds(&house, &got).await;
        joins(&house, &got).await;
        dispatched(&house, &got.number).await;
        in_hand(&house, &got.number, OFFICE).await;
        house.deliver().await;
        let all = written(&house);
        assert!(all.iter().any(|(_, bytes)| holds(bytes, "没有人扫雪".as_bytes())), "the case is there");
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
