//! Spreadsheets of requests: every row accounted for, never twice, never half; the real files too.

use kernel::{Date, Error, Locale, Role, Timestamp, Zone};
use requests::Ctx;
use requests::case::Case;
use requests::import::{self, Options, Outcome, Plan, Unanswered};
use requests::model::PublicState;
use rules::case::{ClockKind, State, Word};
use rules::deadline::Limit;
use std::path::PathBuf;
use std::sync::Arc;
use testkit::{Client, World, at, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

/// Whoever may bring old cases in.
fn importer(world: &World) -> Ctx {
    world.staff(world.office("9", "county-centre"), Role::Supervisor)
}

async fn supervisor(world: &World) -> Client {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    let mut client = Client::new(access::frame(routes, world.site.clone()));
    let who = [("login", "supervisor.9-county-centre"), ("password", "lianxin-test")];
    let home = client.submit("/sign-in", "/sign-in", &who).await;
    assert_ne!(home.path, "/sign-in", "{}", home.text());
    client
}

fn read(ctx: &Ctx, name: &str, text: &str) -> Plan {
    import::read(ctx, text.as_bytes(), name, &Options::default()).expect("the sheet is read")
}

async fn run(ctx: &Ctx, plan: Plan) -> Outcome {
    import::run(ctx, Arc::new(plan), Arc::new(|_, _| {})).await.expect("it is taken in")
}

async fn checked(world: &World) {
    let ctx = Ctx::system(&world.site);
    assert_eq!(ctx.read(requests::recount).await.expect("counted"), vec![]);
    let report = world.site.db.read_now(|tx| journal::verify(tx, &|_| {})).expect("the journal is read");
    assert!(report.whole(), "{report:?}");
}

/// The case made from a row of a file.
async fn case_of(world: &World, file: &str, row: i64) -> Case {
    let ctx = Ctx::system(&world.site);
    let file = file.to_owned();
    let found = ctx.read(move |tx, ctx| {
        let by_row = db::Stmt::dynamic(
            "test",
            "SELECT request FROM request_originals WHERE file = $1 AND row_number = $2",
        );
        let id = tx.scalar(&by_row, &db::params![file.as_str(), row])?;
        Case::find(tx, ctx, id)
    });
    found.await.unwrap_or_else(|e| panic!("row {row}: {e}"))
}

const HEAD: &str = "编号,诉求人,联系电话,标题,诉求内容,受理时间,答复意见,答复时间,分类,所属村,渠道,点赞数\n";

fn sheet(rows: &[&str]) -> String {
    format!("{HEAD}{}\n", rows.join("\n"))
}

#[tokio::test]
async fn each_row_is_taken_or_comes_back_with_its_reason() {
    each_world("county", MIGRATIONS, |world| async move {
        let ctx = importer(&world);
        let text = sheet(&[
            "1,张三,13800001234,路灯不亮,村口路灯坏了,2019/5/9 8:05,,,,东山镇柳树村,网上填报,3",
            "1,张三,13800001234,路灯不亮,村口路灯坏了,2019/5/9 8:05,,,,东山镇柳树村,网上填报,3",
            "2,李四,,,水渠堵了,,,,,,,",
            "3,李四,,,水渠堵了,明天,,,,,,",
            "4,李四,,,水渠堵了,2030-01-01,,,,,,",
            "5,李四,,,水渠堵了,2019-05-09 10:00,已疏通,2019-05-09 09:00,,,,",
            "6,李四,,,水渠堵了,2019-05-09 10:00,已疏通,,,,,",
            "7,李四,,,,2019-05-09,,,,,,",
            "8,李四,12,,下午写的,2019年5月9日 下午3点20分,,,不存在的类,柳树村,飞鸽,",
            "9,李四,,,序号日期,43594.5,,,,,,",
            "10,李四,,,当天答复,2019-05-09 16:00,已办,2019-05-09,,,,",
            "合计,,,,,,,,,,,3",
        ]);
        let plan = read(&ctx, "台账.csv", &text);
        let preview = plan.preview(&ctx, 3);
        assert_eq!((preview.rows, preview.good, preview.repeated, preview.refused), (11, 4, 1, 6));
        assert_eq!((preview.history, preview.placed, preview.skipped.len()), (1, 1, 1));
        assert_eq!(preview.headings.len(), 12);
        assert!(preview.headings.iter().all(|h| h.field.is_some()));
        let mut codes: Vec<&str> = preview.problems.iter().map(|c| c.code).collect();
        codes.sort_unstable();
        assert_eq!(
            codes,
            [
                "answered-before-received",
                "answered-missing",
                "no-text",
                "received-future",
                "received-missing",
                "received-unreadable"
            ]
        );
        let mut notes: Vec<&str> = preview.notes.iter().map(|c| c.code).collect();
        notes.sort_unstable();
        assert_eq!(notes, ["channel-unknown", "class-unknown", "phone-incomplete"]);
        assert_eq!(preview.sample[0].place, "东山镇 › 柳树村");
        let (name, bytes) = plan.refusals_file(Locale::Zh).expect("written").expect("some are refused");
        assert_eq!(name, "台账-refused.csv");
        let outcome = run(&ctx, plan).await;
        let wanted = Outcome { rows: 11, taken: 4, already: 0, repeated: 1, refused: 6, skipped: 1 };
        assert_eq!(outcome, wanted);

        // What became of them.
        let now = case_of(&world, "台账.csv", 2).await;
        assert_eq!(now.row.received_at, at(2019, 5, 9, 8, 5));
        assert_eq!(
            (now.row.state, now.row.channel.as_str(), now.row.history),
            (State::Registered, "web", false)
        );
        assert_eq!(now.row.place, Some(world.unit("90101")));
        assert_eq!(
            now.row.first_unit,
            world.office("901", "township-hall"),
            "the centre that serves the place"
        );
        assert!(now.row.is_overdue(world.site.clock.now()));
        assert!(now.row.public_state != PublicState::Shown, "nothing of an import is published unseen");
        assert!(now.notices.iter().all(|n| n.is_met() && n.message.is_none()), "nobody is sent a message");
        assert_eq!(case_of(&world, "台账.csv", 10).await.row.received_at, at(2019, 5, 9, 15, 20));
        assert_eq!(case_of(&world, "台账.csv", 11).await.row.received_at, at(2019, 5, 9, 12, 0));
        let old = case_of(&world, "台账.csv", 12).await.row;
        assert!(old.history && old.state == State::Closed && old.word == Some(Word::NoReply));
        assert_eq!(old.answered_at, Some(old.received_at), "a day without a time is no fault");
        checked(&world).await;

        // The refused ones, corrected; two of them still wrong.
        let back = String::from_utf8(bytes).expect("text");
        assert!(back.contains("第 4 行") && back.contains("没有受理时间"), "{back}");
        let mended = back
            .replace("水渠堵了,明天", "水渠堵了,2019-5-10")
            .replace("水渠堵了,2030-01-01", "水渠堵了,2019-5-11")
            .replace("2019-05-09 09:00", "2019-05-12 09:00")
            .replace("10:00,已疏通,,", "10:00,已疏通,2019-05-13,");
        let plan = read(&ctx, &name, &mended);
        assert_eq!(plan.refusals_file(Locale::En).expect("written").expect("two are refused").0, name);
        let outcome = run(&ctx, plan).await;
        assert_eq!((outcome.rows, outcome.taken, outcome.refused), (6, 4, 2));

        // Neither file brings anything in again, under whatever name.
        for (name, text) in [("台账.csv", &text), (name.as_str(), &mended), ("副本 (2).csv", &text)] {
            let plan = read(&ctx, name, text);
            let good = plan.good();
            let db_ctx = ctx.clone();
            let again = Arc::new(plan);
            let counted = again.clone();
            let known = db_ctx.read(move |tx, _| import::already(tx, &counted)).await.expect("a look");
            assert_eq!(known, good);
            let outcome = import::run(&ctx, again, Arc::new(|_, _| {})).await.expect("nothing to do");
            assert_eq!((outcome.taken, outcome.already), (0, good), "{name}");
        }
        checked(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_map_says_what_the_sheet_does_not() {
    each_world("county", MIGRATIONS, |world| async move {
        let ctx = importer(&world);
        let text = "甲,乙,丙\n第一件:路灯不亮,09/05/2019 8:05,打电话\n第二件:水渠堵了,5月10日,打电话\n";
        let refused = import::read(&ctx, text.as_bytes(), "x.csv", &Options::default());
        assert!(matches!(refused, Err(Error::Refused { .. })), "nothing is recognised");
        let map = "body = '甲'\nreceived_at = '乙'\nchannel = '丙'\nheading_row = 1\ndate_order = 'dmy'\n\
                   [values.channel]\n'打电话' = 'hotline'";
        let options = Options {
            map: Some(sheets::Map::parse(map).expect("a map")),
            year: Some(2019),
            ..Options::default()
        };
        let plan = import::read(&ctx, text.as_bytes(), "x.csv", &options).expect("read");
        assert_eq!(run(&ctx, plan).await.taken, 2);
        let first = case_of(&world, "x.csv", 2).await.row;
        assert_eq!((first.received_at, first.channel.as_str()), (at(2019, 5, 9, 8, 5), "hotline"));
        assert_eq!(first.title, "第一件:路灯不亮", "the first sentence is the title where there is none");
        assert_eq!(case_of(&world, "x.csv", 3).await.row.received_at, at(2019, 5, 10, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_ledger_that_was_finished_elsewhere_can_be_put_away() {
    each_world("county", MIGRATIONS, |world| async move {
        let ctx = importer(&world);
        let text = sheet(&[
            "1,甲,,没有答复的,内容,2019-05-09,,,,,,",
            "2,乙,,答复了的,内容,2019-05-09,已办,2019-05-10,,,,",
        ]);
        let options = Options { unanswered: Unanswered::History, ..Options::default() };
        let plan = import::read(&ctx, text.as_bytes(), "旧.csv", &options).expect("read");
        assert_eq!(run(&ctx, plan).await.taken, 2);
        let old = case_of(&world, "旧.csv", 2).await.row;
        assert!(old.history && old.state == State::Closed && old.answered_at.is_none() && old.word.is_none());
        let counts = requests::tally::counts(&old);
        assert_eq!((counts.received, counts.answered, counts.on_time, counts.ended), (1, 0, 0, 1));
        checked(&world).await;
    })
    .await;
}

/// Many cases of one instant still sort, and the first may be worked with like any other.
#[tokio::test]
async fn a_thousand_rows_of_one_day() {
    each_world("county", MIGRATIONS, |world| async move {
        let ctx = importer(&world);
        let rows: Vec<String> = (0..1000).map(|n| format!("{n},,,,第{n}件,2019-05-09,,,,,,")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let done = Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = done.clone();
        let progress = move |n: usize, all: usize| seen.lock().expect("a list").push((n, all));
        let plan = Arc::new(read(&ctx, "一天.csv", &sheet(&rows)));
        let outcome = import::run(&ctx, plan, Arc::new(progress)).await.expect("taken in");
        assert_eq!(outcome.taken, 1000);
        assert_eq!(*done.lock().expect("a list"), [(0, 1000), (500, 1000), (1000, 1000)]);
        checked(&world).await;
        let now = case_of(&world, "一天.csv", 2).await;
        assert_eq!((now.row.number.ends_with("-2019-00001"), now.row.class.as_str()), (true, ""));
        let desk = world.staff(world.office("9", "county-centre"), Role::Triage);
        let works = world.office("901", "township-construction");
        let class =
            world.site.pack.classes.iter().find(|c| c.is_leaf() && c.track == "standard").expect("a class");
        let input = requests::acts::triage::Triage {
            on: now.row.id.into(),
            class: class.code.clone(),
            kind: class.kind,
            urgency: class.urgency,
            unit: works,
            note: String::new(),
        };
        desk.write(move |tx, ctx| requests::acts::triage::triage(tx, ctx, &input))
            .await
            .expect("it can be worked with");
        assert_eq!(case_of(&world, "一天.csv", 2).await.row.state, State::Triaged);
        checked(&world).await;
    })
    .await;
}

#[tokio::test]
async fn only_whoever_may_import_does() {
    each_world("county", MIGRATIONS, |world| async move {
        let text = sheet(&["1,甲,,标题,内容,2019-05-09,,,,,,"]);
        for (unit, role) in [("county-centre", Role::Clerk), ("county-centre", Role::Admin)] {
            let ctx = world.staff(world.office("9", unit), role);
            let plan = Arc::new(read(&ctx, "x.csv", &text));
            let refused = import::run(&ctx, plan, Arc::new(|_, _| {})).await;
            assert!(refused.is_err(), "{refused:?}");
        }
        let ctx = world.staff(world.office("901", "township-hall"), Role::Supervisor);
        let plan = Arc::new(read(&ctx, "x.csv", &text));
        assert!(import::run(&ctx, plan, Arc::new(|_, _| {})).await.is_err(), "not for the whole county");
    })
    .await;
}

fn data(test: &str, name: &str) -> Option<PathBuf> {
    match std::env::var_os("LIANXIN_DATA") {
        Some(dir) => Some(PathBuf::from(dir).join(name)),
        None => {
            testkit::skip("data", test, "LIANXIN_DATA is not set");
            None
        }
    }
}

async fn twice(world: &World, path: &std::path::Path, rows: usize) {
    let ctx = importer(world);
    let wanted = Outcome { rows, skipped: 0, ..Outcome::default() };
    let plan = Arc::new(import::read_file(&ctx, path, &Options::default()).expect("read"));
    for (taken, already) in [(rows, 0), (0, rows)] {
        let outcome = import::run(&ctx, plan.clone(), Arc::new(|_, _| {})).await.expect("it is taken in");
        assert_eq!(outcome.rows, outcome.taken + outcome.already + outcome.repeated + outcome.refused);
        assert_eq!(outcome, Outcome { taken, already, ..wanted }, "every row is accounted for");
    }
    checked(world).await;
}

#[tokio::test]
async fn the_requests_of_2019_go_in() {
    let Some(path) = data("the_requests_of_2019_go_in", "requests-2019.xlsx") else { return };
    each_world("county", MIGRATIONS, |world| {
        let path = path.clone();
        async move {
            twice(&world, &path, 4326).await;
            let now = case_of(&world, "requests-2019.xlsx", 2).await;
            assert_eq!(now.row.received_at, at(2019, 2, 28, 11, 25).plus(5_000));
            assert_eq!(now.row.state, State::Registered);
            let ctx = Ctx::system(&world.site);
            let open = ctx.read(|tx, _| {
                let all =
                    "SELECT COUNT(*) FROM requests WHERE ended_at IS NULL AND history = 0 AND first_due < $1";
                tx.scalar::<i64>(&db::Stmt::dynamic("test", all), &db::params![at(2020, 12, 31, 0, 0)])
            });
            assert_eq!(open.await.expect("counted"), 4326, "each received at its own time, each long due");

            // What the counters know is told whole; anything else is counted so far, and all of it for who asks.
            let mut lead = supervisor(&world).await;
            let whole = async |lead: &mut Client, path: &str| {
                let ledger = lead.get(path).await.text();
                assert!(ledger.contains("4,326 件，") && !ledger.contains("数清总数"), "{ledger}");
            };
            whole(&mut lead, "/requests?standing=live").await;
            let so_far = lead.get("/requests?standing=live&channel=import").await;
            assert!(so_far.text().contains("2,000 件以上"), "{}", so_far.text());
            let count = "/requests?standing=live&channel=import&count=all";
            assert!(so_far.body.contains(&format!("href=\"{}\"", count.replace('&', "&amp;"))));
            whole(&mut lead, count).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_answered_requests_go_in_with_their_own_times() {
    let test = "the_answered_requests_go_in_with_their_own_times";
    let Some(path) = data(test, "answered-requests.xlsx") else { return };
    each_world("county", MIGRATIONS, |world| {
        let path = path.clone();
        async move {
            twice(&world, &path, 2816).await;
            let first = case_of(&world, "answered-requests.xlsx", 2).await;
            assert_eq!(first.row.received_at, at(2019, 4, 25, 9, 32).plus(9_000));
            assert_eq!(first.row.answered_at, Some(at(2019, 5, 10, 14, 56).plus(53_000)));
            assert!(first.row.history && first.row.state == State::Closed);

            // On time or not, counted once more from the sheet's own cells, by walking the days.
            let ctx = Ctx::system(&world.site);
            let stored = ctx.read(|tx, _| {
                let all = "SELECT o.row_number, r.class, r.kind, r.urgency, r.first_due, r.answered_at <= r.first_due \
                           FROM requests r JOIN request_originals o ON o.request = r.id ORDER BY o.row_number";
                let sql = if tx.engine() == db::Engine::Postgres {
                    all.replace("r.answered_at <= r.first_due", "CASE WHEN r.answered_at <= r.first_due THEN 1 ELSE 0 END")
                } else {
                    all.to_owned()
                };
                tx.query_map(&db::Stmt::dynamic("test", sql), &[], |r| {
                    Ok((
                        r.get::<i64>(0)?,
                        r.get::<String>(1)?,
                        r.get::<String>(2)?,
                        r.get::<String>(3)?,
                        r.get::<Timestamp>(4)?,
                        r.get::<bool>(5)?,
                    ))
                })
            });
            let stored = stored.await.expect("read");
            let book = sheets::open(&path).expect("opened");
            let known = sheets::Recogniser::new(sheets::request_headings());
            let reading = book.read(&known, None).expect("read");
            let mut in_time = 0;
            for (row, (number, class, kind, urgency, due, on_time)) in reading.rows().zip(&stored) {
                assert_eq!(i64::from(row.number), *number);
                let kind = rules::case::Kind::from_key(kind).expect("a kind");
                let urgency = rules::case::Urgency::from_key(urgency).expect("an urgency");
                let rule = world.site.pack.limit(class, kind, urgency, ClockKind::Answer).expect("a limit");
                let last = last_instant(&world, wall(row.get("received_at")), rule.limit);
                assert_eq!(*due, last, "row {number}");
                let answered = wall(row.get("answered_at")).1.max(wall(row.get("received_at")).1);
                assert_eq!(*on_time, answered <= last, "row {number}");
                in_time += usize::from(*on_time);
            }
            assert!(in_time > 100 && in_time < 2716, "some were in time and some were not: {in_time}");
        }
    })
    .await;
}

/// `2019/4/25 9:32:09`, or the day alone, read without the house's own reader.
fn wall(text: &str) -> (Date, Timestamp) {
    let mut n: Vec<i32> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|p| p.parse().ok()).collect();
    n.resize(6, 0);
    let date = Date::new(n[0] as i16, n[1] as i8, n[2] as i8).expect("a day");
    (date, Zone::CHINA.instant(date.at(n[3] as i8, n[4] as i8, n[5] as i8, 0)))
}

/// The last instant of a limit: the day of receipt is not counted, a rest day moves the end on, the last
/// day ends at midnight; hours run through.
fn last_instant(world: &World, (from, at): (Date, Timestamp), limit: Limit) -> Timestamp {
    let works = |d: Date| world.site.calendar.day(d).works();
    let (mut day, mut left, working) = match limit {
        Limit::WorkingDays(n) => (from, n, true),
        Limit::CalendarDays(n) => (from, n, false),
        Limit::Hours(n) => return at.plus(i64::from(n) * kernel::HOUR),
        other => panic!("no answer limit of the pack is {other}"),
    };
    while left > 0 {
        day = day.tomorrow().expect("a day");
        left -= u16::from(!working || works(day));
    }
    while !works(day) {
        day = day.tomorrow().expect("a day");
    }
    world.site.zone.start_of(day).plus(kernel::DAY - 1)
}
