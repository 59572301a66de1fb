//! Whole pasts: the same rows as the living acts write, numbers without gaps, faults named.

use kernel::{Actor, DAY, HOUR, Role, Timestamp, UnitId};
use requests::Ctx;
use requests::acts::{
    answer, assign, close, helpers, judge, moderate, pause, person, progress, supervise, take, triage,
};
use requests::bulk::{self, Handled, Past, What};
use requests::case::Case;
use requests::model::{Audience, PublicState, Satisfaction};
use requests::notices::Told;
use requests::past::{self, Filter, Reach, Standing};
use requests::register::{NewRequest, register};
use rules::case::{ClockKind, Kind, State, Urgency, Word};
use rules::deadline::Limit;
use std::collections::BTreeMap;
use testkit::{World, at, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

fn plain_class(world: &World) -> String {
    let fits = |c: &&pack::Class| {
        c.is_leaf()
            && c.track == "standard"
            && c.evidence.iter().all(|e| *e == rules::case::Evidence::Contact)
            && c.stop.is_none()
            && c.form.is_none()
            && !c.major
            && c.moderation != pack::Moderation::Never
    };
    world.site.pack.classes.iter().find(fits).expect("a plain class").code.clone()
}

const BODY: &str = "村口到小学一段路灯全灭,晚上孩子放学看不见路。";

async fn case(world: &World, id: kernel::RequestId) -> Case {
    let ctx = Ctx::system(&world.site);
    ctx.read(move |tx, ctx| Case::find(tx, ctx, id)).await.expect("the case is there")
}

/// Every table that a case has rows in, without what is drawn by lot.
const TABLES: &[(&str, &str)] = &[
    (
        "requests",
        "SELECT number, kind, channel, class, track, pack, urgency, title, body, answers, place, place_text, lon_e6, \
         lat_e6, state, first_unit, unit, officer, received_at, first_due, answer_due, step_due, answered_at, ended_at, \
         answer, unsolvable, word, satisfaction, returns, reworks, extensions, decided, supervised, public_state, \
         public_title, public_body, history, source, seq FROM requests ORDER BY number",
    ),
    ("reach", "SELECT unit, live, owed FROM request_reach ORDER BY unit"),
    ("series", "SELECT series, year, last FROM request_series ORDER BY series, year"),
    (
        "entries",
        "SELECT seq, at, account, unit, who, verb, state, audience, body, data FROM request_entries ORDER BY seq",
    ),
    (
        "clocks",
        "SELECT kind, run, unit, officer, started_at, warn_at, due_at, stopped_at, done, paused_at, provisional, signalled, \
         next_signal, certificate, earlier FROM request_clocks ORDER BY kind, run",
    ),
    (
        "notices",
        "SELECT notice, round, due_at, met_at, how, account FROM request_notices ORDER BY notice, round",
    ),
    ("helpers", "SELECT unit, asked_at, question, reported_at, report FROM request_helpers ORDER BY unit"),
    (
        "was",
        "SELECT seq, until, kind, class, urgency, place, state, unit, officer, first_due, answer_due, step_due, owed, \
         answered_at, ended_at, unsolvable, word, satisfaction, returns, reworks, extensions, supervised, public_state \
         FROM request_was ORDER BY seq",
    ),
    (
        "words",
        "SELECT round, at, via, word, satisfaction, note, account, unit FROM request_words ORDER BY round",
    ),
    ("attempts", "SELECT round, at, day, account, unit, outcome, note FROM request_attempts ORDER BY at"),
    (
        "supervisions",
        "SELECT grade, proposed_at, why, issued_at, issued_by, words, dismissed_at, replied_at, live FROM request_supervisions \
         ORDER BY grade",
    ),
    (
        "journal",
        "SELECT seq, at, actor, kind, payload FROM journal WHERE stream_kind = 'request' ORDER BY seq",
    ),
    ("persons", "SELECT fields, phone_key IS NULL, locale, created_at, erased_at FROM persons"),
    // What people wrote and the cases leave something out of.
    ("texts", "SELECT SUBSTR(slot, 1, 5) FROM sealed_texts ORDER BY 1"),
    (
        "tally",
        "SELECT dim, key, month, class, received, answered, on_time, solved, not_solved, no_reply, not_reached, rated, \
         satisfied, ended, unsolvable, reworked FROM request_tally WHERE received <> 0 ORDER BY dim, key, month, class",
    ),
];

/// A cell without salts and commitments, which differ from one telling to the next.
fn cell(value: &db::Value) -> String {
    match value {
        db::Value::Text(text) if text.starts_with('{') => {
            let mut json: serde_json::Value = serde_json::from_str(text).expect("JSON");
            if let Some(map) = json.as_object_mut() {
                map.remove("salt");
                map.remove("text");
            }
            json.to_string()
        }
        other => format!("{other:?}"),
    }
}

async fn tables(world: &World) -> BTreeMap<&'static str, Vec<Vec<String>>> {
    let read = world.site.db.read(|tx| {
        let mut out = BTreeMap::new();
        for (name, sql) in TABLES {
            let rows = tx.query_map(&db::Stmt::dynamic("test", *sql), &[], |row| {
                (0..row.len()).map(|i| Ok(cell(&row.get::<db::Value>(i)?))).collect()
            })?;
            out.insert(*name, rows);
        }
        Ok(out)
    });
    read.await.expect("the tables are read")
}

async fn checked(world: &World) {
    let ctx = Ctx::system(&world.site);
    let differing = ctx.read(requests::recount).await.expect("counted");
    assert_eq!(differing, vec![], "the counters say what the cases say");
    let report = world.site.db.read_now(|tx| journal::verify(tx, &|_| {})).expect("the journal is read");
    assert!(report.whole(), "{report:?}");
}

/// The units and people of the story.
struct Cast {
    hall: UnitId,
    works: UnitId,
    peace: UnitId,
    county: UnitId,
}

impl Cast {
    fn of(world: &World) -> Cast {
        Cast {
            hall: world.office("901", "township-hall"),
            works: world.office("901", "township-construction"),
            peace: world.office("901", "township-peace"),
            county: world.office("9", "county-centre"),
        }
    }

    fn actor(&self, world: &World, unit: UnitId, role: Role) -> Actor {
        Actor::Staff { account: world.account(unit, role), unit }
    }
}

/// When each thing of the story happens.
fn times() -> Vec<Timestamp> {
    let start = at(2026, 11, 17, 9, 30);
    [0, 1, 2, 3, 4, 5, 6, 24, 50, 51, 75, 76, 80, 100, 101, 124, 125, 150]
        .map(|h| start.plus(h * HOUR))
        .to_vec()
}

/// Every ledger as it stands, or as it was known at an instant: what a case says there, without texts.
async fn ledgers(world: &World, as_of: Option<Timestamp>) -> Vec<String> {
    let cast = Cast::of(world);
    let officer = world.account(cast.works, Role::Officer);
    let reaches = [
        Reach::Site,
        Reach::Unit(world.unit("901")),
        Reach::Unit(cast.works),
        Reach::Unit(world.unit("902")),
        Reach::Seat(cast.hall),
        Reach::Seat(cast.works),
        Reach::Seat(cast.peace),
        Reach::Own(officer),
    ];
    let mut ctx = Ctx::system(&world.site);
    ctx.at = as_of.unwrap_or(ctx.at);
    let standings = [Standing::Any, Standing::Live, Standing::Overdue, Standing::In(State::Rework)];
    ctx.read(move |tx, ctx| {
        let mut out = Vec::new();
        for reach in reaches {
            for standing in standings {
                let filter = Filter { standing, as_of, ..Filter::default() };
                past::each(tx, ctx, reach, &filter, &mut |mut r| {
                    // The record goes on, and texts of now are shown.
                    (r.seq, r.head, r.decided) = (0, Vec::new(), false);
                    out.push(format!("{reach:?} {standing:?} {r:?}"));
                    Ok(())
                })?;
                let n = past::count(tx, ctx, reach, &filter)?;
                out.push(format!("{reach:?} {standing:?} {n}"));
            }
        }
        Ok(out)
    })
    .await
    .expect("the ledgers are read")
}

async fn lived(world: &World) -> kernel::RequestId {
    lived_and_seen(world, &mut Vec::new()).await
}

/// The story, and after each step every ledger as it stood.
async fn lived_and_seen(world: &World, seen: &mut Vec<(Timestamp, Vec<String>)>) -> kernel::RequestId {
    let cast = Cast::of(world);
    let when = times();
    let mut tick = when.iter().copied();
    let mut next = async || {
        seen.push((world.site.now(), ledgers(world, None).await));
        world.clock.set(tick.next().expect("a time"));
        requests::jobs::look(&world.site).await.expect("the clocks are looked at");
    };
    next().await;
    let class = plain_class(world);
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = class.clone();
    new.body = BODY.into();
    new.place = Some(world.unit("90101"));
    new.place_text = "学校路".into();
    new.person.name = Some("试用人".into());
    let id = ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("registered").id;
    let holder = || world.public().held_by(requests::ctx::Holder { request: id, person: None });
    let person_of = case(world, id).await.row.person;
    let on = requests::acts::On::from(id);

    next().await;
    let input = triage::Triage {
        on,
        class,
        kind: Kind::Complaint,
        urgency: Urgency::Ordinary,
        unit: cast.works,
        note: "请核实".into(),
    };
    world
        .staff(cast.hall, Role::Triage)
        .write(move |tx, ctx| triage::triage(tx, ctx, &input))
        .await
        .expect("triaged");
    next().await;
    let input = assign::Assign { on, unit: cast.works, note: "尽快".into() };
    world
        .staff(cast.hall, Role::Triage)
        .write(move |tx, ctx| assign::assign(tx, ctx, &input))
        .await
        .expect("assigned");
    next().await;
    let officer = world.account(cast.works, Role::Officer);
    let input = take::Name { on, officer, note: "你来办".into() };
    world
        .staff(cast.works, Role::Lead)
        .write(move |tx, ctx| take::name(tx, ctx, &input))
        .await
        .expect("named");
    next().await;
    let officer = || world.staff(cast.works, Role::Officer);
    let note = |text: &str, audience| progress::Note { on, text: text.into(), audience, files: vec![] };
    let input = note("已电话联系。", Audience::Inside);
    officer().write(move |tx, ctx| progress::contact(tx, ctx, &input)).await.expect("contacted");
    next().await;
    let input = helpers::AskHelp { on, unit: cast.peace, question: "请核实线路归属".into() };
    officer().write(move |tx, ctx| helpers::ask(tx, ctx, &input)).await.expect("asked");
    next().await;
    let input = helpers::Report { on, text: "归供电所".into() };
    world
        .staff(cast.peace, Role::Lead)
        .write(move |tx, ctx| helpers::report(tx, ctx, &input))
        .await
        .expect("reported");
    next().await;
    let input = pause::Pause { on, question: "是哪一根灯杆?".into() };
    officer().write(move |tx, ctx| pause::pause(tx, ctx, &input)).await.expect("paused");
    next().await;
    let input = person::Supplement { on, text: "第三根".into(), files: vec![] };
    holder().write(move |tx, ctx| person::supplement(tx, ctx, &input)).await.expect("supplemented");
    next().await;
    let input = pause::Extend { on, by: Limit::WorkingDays(3), reason: "等配件".into(), agreed: false };
    world
        .staff(cast.works, Role::Lead)
        .write(move |tx, ctx| pause::extend(tx, ctx, &input))
        .await
        .expect("extended");
    next().await;
    let input = note("控制箱进水。", Audience::Person);
    officer().write(move |tx, ctx| progress::progress(tx, ctx, &input)).await.expect("noted");
    next().await;
    let reply = |text: &str| answer::Answer { on, text: text.into(), unsolvable: false, files: vec![] };
    let input = reply("已更换控制箱。");
    officer().write(move |tx, ctx| answer::answer(tx, ctx, &input)).await.expect("answered");
    next().await;
    let word = judge::Judge {
        on,
        word: Word::NotSolved,
        satisfaction: Some(Satisfaction::Bad),
        note: "还是不亮".into(),
        person: None,
    };
    let input = word.clone();
    let held = world.public().held_by(requests::ctx::Holder { request: id, person: person_of });
    held.write(move |tx, ctx| judge::judge(tx, ctx, &input)).await.expect("the no is taken");
    next().await;
    let input = supervise::Supervise { on, grade: 1, words: "限期办结".into() };
    world
        .staff(cast.county, Role::Supervisor)
        .write(move |tx, ctx| supervise::issue(tx, ctx, &input))
        .await
        .expect("supervised");
    next().await;
    let input = moderate::Moderate {
        on,
        show: false,
        title: String::new(),
        body: String::new(),
        reason: "能认出当事人".into(),
    };
    world
        .staff(cast.county, Role::Moderator)
        .write(move |tx, ctx| moderate::moderate(tx, ctx, &input))
        .await
        .expect("moderated");
    next().await;
    let input = reply("重新接线,已亮。");
    officer().write(move |tx, ctx| answer::answer(tx, ctx, &input)).await.expect("answered again");
    next().await;
    let input = judge::Judge {
        word: Word::Solved,
        satisfaction: Some(Satisfaction::Good),
        note: String::new(),
        ..word
    };
    world
        .staff(cast.county, Role::Operator)
        .write(move |tx, ctx| judge::judge(tx, ctx, &input))
        .await
        .expect("the yes is taken down");
    next().await;
    officer().write(move |tx, ctx| close::close(tx, ctx, on, "已销号")).await.expect("signed off");
    id
}

fn told(world: &World) -> Past {
    let cast = Cast::of(world);
    let mut when = times().into_iter();
    let mut next = || when.next().expect("a time");
    let mut past = Past::new("web", next());
    past.class = plain_class(world);
    past.body = BODY.into();
    past.place = Some(world.unit("90101"));
    past.place_text = "学校路".into();
    past.person.name = Some("试用人".into());
    let desk = cast.actor(world, cast.hall, Role::Triage);
    let lead = cast.actor(world, cast.works, Role::Lead);
    let officer = cast.actor(world, cast.works, Role::Officer);
    let helper = cast.actor(world, cast.peace, Role::Lead);
    let supervisor = cast.actor(world, cast.county, Role::Supervisor);
    let moderator = cast.actor(world, cast.county, Role::Moderator);
    let operator = cast.actor(world, cast.county, Role::Operator);
    let answer = |text: &str| What::Answer { text: text.into(), unsolvable: false, evidence: vec![] };
    let steps = [
        (
            &desk,
            What::Triage {
                class: past.class.clone(),
                kind: Some(Kind::Complaint),
                urgency: Some(Urgency::Ordinary),
                unit: cast.works,
                note: "请核实".into(),
            },
        ),
        (&desk, What::Assign { unit: cast.works, note: "尽快".into() }),
        (&lead, What::Name { officer: world.account(cast.works, Role::Officer), note: "你来办".into() }),
        (&officer, What::Contact { text: "已电话联系。".into(), audience: Audience::Inside }),
        (&officer, What::AskHelp { unit: cast.peace, question: "请核实线路归属".into() }),
        (&helper, What::Report { unit: cast.peace, text: "归供电所".into() }),
        (&officer, What::Pause { question: "是哪一根灯杆?".into() }),
        (&Actor::Resident, What::Supplement { text: "第三根".into() }),
        (&lead, What::Extend { by: Limit::WorkingDays(3), reason: "等配件".into() }),
        (&officer, What::Progress { text: "控制箱进水。".into(), audience: Audience::Person }),
        (&officer, answer("已更换控制箱。")),
        (
            &Actor::Resident,
            What::Judge {
                word: Word::NotSolved,
                satisfaction: Some(Satisfaction::Bad),
                note: "还是不亮".into(),
            },
        ),
        (&supervisor, What::Supervise { grade: 1, words: "限期办结".into() }),
        (&moderator, What::Moderate { show: false, reason: "能认出当事人".into() }),
        (&officer, answer("重新接线,已亮。")),
        (
            &operator,
            What::Judge { word: Word::Solved, satisfaction: Some(Satisfaction::Good), note: String::new() },
        ),
        (&officer, What::Close { note: "已销号".into() }),
    ];
    for (actor, what) in steps {
        past.then(next(), actor, what);
    }
    past
}

async fn write(world: &World, batch: Vec<Past>) -> kernel::Result<Vec<kernel::RequestId>> {
    Ctx::system(&world.site).write(move |tx, ctx| bulk::write(tx, ctx, &batch)).await
}

/// Living acts and telling leave the same rows in every table.
#[tokio::test]
async fn a_story_told_is_the_story_lived() {
    let dumps = std::sync::Mutex::new(Vec::new());
    each_world("county", MIGRATIONS, |world| {
        let dumps = &dumps;
        async move {
            lived(&world).await;
            checked(&world).await;
            let dump = tables(&world).await;
            dumps.lock().expect("the dumps").push(dump);
        }
    })
    .await;
    let found = std::sync::Mutex::new(0);
    each_world("county", MIGRATIONS, |world| {
        let (dumps, found) = (&dumps, &found);
        async move {
            world.clock.set(*times().last().expect("a time"));
            let id = write(&world, vec![told(&world)]).await.expect("told")[0];
            checked(&world).await;
            let now = case(&world, id).await;
            assert_eq!((now.row.state, now.row.reworks, now.row.extensions), (State::Closed, 1, 1));
            let told = tables(&world).await;
            let at = std::mem::replace(&mut *found.lock().expect("a number"), 1);
            let lived = dumps.lock().expect("the dumps")[at].clone();
            for (table, rows) in &lived {
                assert_eq!(rows.len(), told[table].len(), "rows of {table}");
                for (a, b) in rows.iter().zip(&told[table]) {
                    assert_eq!(a, b, "{table}");
                }
            }
        }
    })
    .await;
}

/// A ledger as of an instant is the ledger that was read at that instant, however much has happened since; what
/// is taken over later with dates of long ago was not known then.
#[tokio::test]
async fn what_was_known_is_known_again() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut seen = Vec::new();
        lived_and_seen(&world, &mut seen).await;
        world.clock.advance(DAY);
        let mut old = Past::new("import", at(2026, 11, 17, 9, 0));
        old.body = "物业收费不合理。".into();
        old.place = Some(world.unit("90101"));
        old.source = "1#a".into();
        old.registered_at = Some(world.site.clock.now());
        old.handled = Some(Handled { answer: Some("已责令整改。".into()), ..Handled::default() });
        write(&world, vec![old]).await.expect("taken over");
        world.clock.advance(DAY);
        // Of one instant the last: what happened in it counts.
        let seen: BTreeMap<Timestamp, Vec<String>> = seen.into_iter().collect();
        assert!(seen.len() > 15);
        let shapes: std::collections::BTreeSet<String> = seen.values().map(|s| s.concat()).collect();
        assert!(shapes.len() > 10, "the ledgers changed with each step: {}", shapes.len());
        for (at, then) in seen {
            let again = ledgers(&world, Some(at)).await;
            for (a, b) in then.iter().zip(&again) {
                assert_eq!(a, b, "as of {at:?}");
            }
            assert_eq!(then.len(), again.len(), "as of {at:?}");
        }
        let now = ledgers(&world, Some(world.site.now())).await;
        assert_eq!(now, ledgers(&world, None).await, "as of now is now");
    })
    .await;
}

/// What nobody said face to face went out as messages where the past says so; what failed is a task.
#[tokio::test]
async fn a_past_that_was_mailed_leaves_an_outbox() {
    each_world("county", MIGRATIONS, |world| async move {
        let cast = Cast::of(&world);
        world.clock.set(at(2026, 10, 13, 8, 0));
        let start = at(2026, 10, 12, 8, 0);
        let (desk, lead) =
            (cast.actor(&world, cast.hall, Role::Triage), cast.actor(&world, cast.works, Role::Lead));
        let past = |phone: Option<String>, channel: &str| {
            let mut past = Past::new(channel, start);
            past.class = plain_class(&world);
            past.body = "水渠堵了。".into();
            past.place = Some(world.unit("90102"));
            past.person.name = Some("甲".into());
            past.person.phone = phone;
            past.actor = cast.actor(&world, cast.hall, Role::Clerk);
            past.mailed = true;
            past.then(start.plus(HOUR), &desk, What::Assign { unit: cast.works, note: String::new() });
            let officer = world.account(cast.works, Role::Officer);
            past.then(start.plus(2 * HOUR), &lead, What::Name { officer, note: String::new() });
            past
        };
        let mut batch: Vec<Past> = (0..60).map(|n| past(Some(format!("138{n:08}")), "window")).collect();
        batch.push(past(None, "window"));
        batch.push(past(None, "web"));
        let ids = write(&world, batch).await.expect("told");
        checked(&world).await;
        let mut failed = 0;
        for id in &ids[..60] {
            let case = case(&world, *id).await;
            let about = id.0;
            let mails = world.site.db.read(move |tx| notify::about(tx, about)).await.expect("a look");
            assert_eq!(mails.len(), 2, "accepted, and who handles it");
            for (mail, notice) in mails.iter().zip(&case.notices) {
                assert_eq!(Some(mail.id), notice.message);
                assert_eq!(notice.is_met(), mail.state == notify::State::Delivered);
                assert!(
                    mail.body.contains(&case.row.number) && !mail.body.contains("负责，电话，"),
                    "{}",
                    mail.body
                );
                failed += usize::from(mail.failed_reason == Some(notify::Reason::Refused));
            }
        }
        assert!((1..20).contains(&failed), "a few of 120: {failed}");
        // Whoever left no number at a window is a clerk's task; whoever came by the site has their page.
        let (none, page) = (case(&world, ids[60]).await, case(&world, ids[61]).await);
        assert!(none.notices.iter().all(|n| n.message.is_some() && !n.is_met()), "{:?}", none.notices);
        assert!(page.notices.iter().all(|n| n.message.is_none() && n.is_met()), "{:?}", page.notices);
        let unsent = world.site.db.read(|tx| notify::unsent(tx, kernel::Timestamp(i64::MAX))).await;
        assert_eq!(unsent.expect("a look").count, 0, "nothing of it goes out now");
    })
    .await;
}

/// A batch of every ending: numbers without gaps, counters and chain whole, each state as told.
#[tokio::test]
async fn a_batch_of_every_ending() {
    each_world("county", MIGRATIONS, |world| async move {
        let cast = Cast::of(&world);
        let start = at(2026, 10, 12, 8, 0);
        let desk = cast.actor(&world, cast.hall, Role::Triage);
        let clerk = cast.actor(&world, cast.hall, Role::Clerk);
        let lead = cast.actor(&world, cast.works, Role::Lead);
        let caller = cast.actor(&world, cast.county, Role::Operator);
        let plain = |n: i64| {
            let mut past = Past::new("window", start.plus(n * HOUR));
            past.class = plain_class(&world);
            past.body = format!("第{n}件:水渠堵了。");
            past.place = Some(world.unit("90102"));
            past.person.name = Some("甲".into());
            past.person.phone = Some("13800001234".into());
            past.actor = clerk.clone();
            past.told = Some(Told::InPerson);
            past
        };
        let hour = |n: i64, h: i64| start.plus((n + h) * HOUR);
        let in_hand = |past: &mut Past, n: i64| {
            past.then(hour(n, 1), &desk, What::Assign { unit: cast.works, note: String::new() });
            let officer = world.account(cast.works, Role::Officer);
            past.then(hour(n, 2), &lead, What::Name { officer, note: String::new() });
        };
        let mut batch: Vec<Past> = (0..60).map(plain).collect();
        // 0: settled on the spot; 1: refused; 2: withdrawn; 3: merged into 5; 4: unsolvable, not reached.
        batch[0].then(
            hour(0, 0),
            &clerk,
            What::Settle {
                text: "当场疏通。".into(),
                told: Told::InPerson,
                evidence: vec![rules::case::Evidence::Contact],
                word: Some(Word::Solved),
                satisfaction: Some(Satisfaction::VeryGood),
            },
        );
        batch[0].then(hour(0, 1), &clerk, What::Close { note: String::new() });
        let ground = world.site.pack.grounds[0].id.clone();
        batch[1].then(hour(1, 1), &desk, What::Refuse { ground, note: "请走诉讼".into() });
        batch[2].then(hour(2, 1), &Actor::Resident, What::Withdraw { reason: "自己解决了".into() });
        batch[3].then(hour(3, 4), &desk, What::Merge { into: 5, reason: "同一条渠".into() });
        in_hand(&mut batch[4], 4);
        let text = "渠已划入水库淹没区,不能再修。".into();
        batch[4].then(
            hour(4, 5),
            &lead,
            What::Answer { text, unsolvable: true, evidence: vec![rules::case::Evidence::Document] },
        );
        for day in 0..i64::from(world.site.pack.call_back.attempt_days) {
            let what = What::Attempt { outcome: "no-answer".into(), note: String::new() };
            batch[4].then(hour(4, 6 + day * 24), &caller, what);
        }
        batch[4].then(hour(4, 100), &caller, What::Lapse);
        batch[4].then(hour(4, 101), &lead, What::Close { note: String::new() });
        in_hand(&mut batch[5], 5);
        for n in 6..60 {
            in_hand(&mut batch[n as usize], n);
        }
        world.clock.set(at(2026, 11, 17, 9, 30));
        let ids = write(&world, batch).await.expect("told");
        checked(&world).await;
        let mut states = Vec::new();
        for id in &ids[..6] {
            states.push(case(&world, *id).await.row.state);
        }
        use State::*;
        assert_eq!(states, [Closed, NotAccepted, Withdrawn, Merged, Unsolvable, InHand]);
        let main = case(&world, ids[5]).await;
        assert_eq!(main.joined.len(), 1, "whoever asked in the merged case is told in the other");
        assert_eq!(case(&world, ids[3]).await.row.merged_into, Some(ids[5]));
        let mut numbers = Vec::new();
        for id in &ids {
            numbers.push(case(&world, *id).await.row.number);
        }
        let running: Vec<u32> = numbers
            .iter()
            .map(|n| n.rsplit('-').next().and_then(|t| t.parse().ok()).expect("a number"))
            .collect();
        assert_eq!(running, (1..=60).collect::<Vec<_>>(), "in the order of the batch, without gaps");
        // The open ones are long over: their signals are given, so nobody is flooded afterwards.
        let clock = main.open_clock(ClockKind::Answer).expect("it runs");
        assert_eq!((clock.signalled, clock.next_signal), (3, None));
        // The next living case goes on with the numbers.
        let ctx = world.staff(cast.hall, Role::Clerk);
        let mut new = NewRequest::new(&ctx, "window");
        new.body = "路灯不亮".into();
        new.place = Some(world.unit("90102"));
        let number = ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("registered").number;
        assert!(number.ends_with("-00061"), "{number}");
        checked(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_step_that_the_machine_refuses_is_named_and_nothing_is_written() {
    each_world("county", MIGRATIONS, |world| async move {
        let cast = Cast::of(&world);
        let officer = cast.actor(&world, cast.works, Role::Officer);
        let start = at(2026, 11, 2, 8, 0);
        let good = || {
            let mut past = Past::new("web", start);
            past.body = "路灯不亮".into();
            past
        };
        let fails = async |past: Past, words: &[&str]| {
            let error = write(&world, vec![good(), past]).await.expect_err("refused").to_string();
            assert!(words.iter().all(|w| error.contains(w)), "{error}");
        };
        let mut past = good();
        past.then(start.plus(HOUR), &officer, What::Close { note: String::new() });
        fails(past, &["case 1", "step 0", "close", "not-in-this-state"]).await;
        let mut past = good();
        past.then(start.plus(HOUR), &officer, What::Note { text: "甲".into(), audience: Audience::Inside });
        past.then(start, &officer, What::Note { text: "乙".into(), audience: Audience::Inside });
        fails(past, &["case 1", "step 1", "note"]).await;
        let mut past = good();
        past.class = "no-such".into();
        fails(past, &["case 1", "no-such"]).await;
        let mut past = good();
        past.body = " ".into();
        fails(past, &["case 1", "text"]).await;
        let mut past = good();
        past.first_unit = Some(UnitId(kernel::Uuid::nil()));
        fails(past, &["case 1", "unit"]).await;
        let rows = tables(&world).await;
        assert!(rows["requests"].is_empty() && rows["series"].is_empty() && rows["journal"].is_empty());
    })
    .await;
}

/// History keeps its own times, is never counted as solved, and can be opened again and worked with.
#[tokio::test]
async fn history_is_what_the_older_ledger_says() {
    each_world("county", MIGRATIONS, |world| async move {
        let received = at(2019, 4, 25, 9, 32);
        let old = |days: i64, source: &str| {
            let mut past = Past::new("import", received);
            past.body = "物业收费不合理。".into();
            past.person.name = Some("A00045581".into());
            past.source = source.into();
            past.registered_at = Some(world.site.clock.now());
            past.handled = Some(Handled {
                answer: Some("已责令整改。".into()),
                answered_at: Some(received.plus(days * DAY)),
                ..Handled::default()
            });
            past
        };
        let ids = write(&world, vec![old(3, "1#a"), old(300, "2#b")]).await.expect("taken over");
        checked(&world).await;
        for (id, on_time) in ids.iter().zip([true, false]) {
            let now = case(&world, *id).await;
            assert!(now.row.history && now.row.state == State::Closed && now.row.word == Some(Word::NoReply));
            assert_eq!(now.row.received_at, received);
            assert_eq!(now.row.ended_at, now.row.answered_at);
            assert_eq!(now.row.answered_at <= now.row.first_due, on_time);
            let counts = requests::tally::counts(&now.row);
            assert_eq!((counts.answered, counts.on_time, counts.solved), (1, i64::from(on_time), 0));
            let clock = &now.clocks[0];
            rules::deadline::recompute(&clock.certificate, &world.site.calendar).expect("counts again");
            assert_eq!(now.row.public_state, PublicState::Waiting);
        }
        let events = world.site.db.read_now({
            let id = ids[0];
            move |tx| journal::events(tx, id.0)
        });
        let events = events.expect("the journal is read");
        assert!(
            events.iter().all(|e| e.kind == "import" && e.at == world.site.clock.now()),
            "not back-dated"
        );
        let id = ids[0];
        let above = world.staff(world.office("9", "county-centre"), Role::Supervisor);
        above
            .write(move |tx, ctx| close::reopen(tx, ctx, id.into(), "问题又出现了"))
            .await
            .expect("it can be opened again");
        assert_eq!(case(&world, id).await.row.state, State::Rework);
        checked(&world).await;
    })
    .await;
}
