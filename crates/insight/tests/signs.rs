//! The unit answers everything with the same words, waits twice where it should have asked for more time, and
//! what it signed off comes back: supervision sees it, and each sign names its cases.

use access::SharedSite;
use db::Stmt;
use kernel::{DAY, HOUR, Locale, Role, Timestamp, UnitId};
use requests::Ctx;
use requests::acts::{On, answer, assign, close, judge, pause, progress, take};
use requests::ctx::Holder;
use requests::model::Audience;
use requests::notices::Told;
use requests::register::{NewRequest, register};
use rules::case::{Evidence, Word};
use testkit::{World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
    insight::MIGRATIONS,
];

fn works(world: &World) -> UnitId {
    world.office("901", "township-construction")
}

async fn asked(world: &World, words: &str) -> On {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    let plain = |c: &&pack::Class| {
        let light = c.evidence.iter().all(|e| *e == Evidence::Contact);
        c.is_leaf() && c.track == "standard" && c.form.is_none() && !c.major && light
    };
    new.class = world.site.pack.classes.iter().find(plain).expect("a plain class").code.clone();
    new.body = words.into();
    new.place = Some(world.unit("90101"));
    new.told = Told::OnPage;
    new.person.locale = Locale::Zh;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered").id.into()
}

/// From the triage desk into the hands of the officer, who speaks with the person.
async fn in_hand(world: &World, on: On) {
    let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
    let input = assign::Assign { on, unit: works(world), note: String::new() };
    desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
    let input = take::Name { on, officer: world.account(works(world), Role::Officer), note: String::new() };
    let lead = world.staff(works(world), Role::Lead);
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
    let note =
        progress::Note {
            on, text: "已联系本人。".into(), audience: Audience::Inside, files: Vec::new()
        };
    let officer = world.staff(works(world), Role::Officer);
    officer.write(move |tx, ctx| progress::contact(tx, ctx, &note)).await.expect("the contact");
}

async fn answered(world: &World, on: On, words: &str) {
    let input = answer::Answer { on, text: words.into(), unsolvable: false, files: Vec::new() };
    let officer = world.staff(works(world), Role::Officer);
    officer.write(move |tx, ctx| answer::answer(tx, ctx, &input)).await.expect("it is answered");
}

async fn signed_off(world: &World, on: On) {
    let find = Ctx::system(&world.site);
    let case = find.read(move |tx, ctx| requests::case::Case::find(tx, ctx, on.id)).await.expect("a case");
    let ctx = world.public().held_by(Holder { request: on.id, person: case.row.person });
    let input =
        judge::Judge { on, word: Word::Solved, satisfaction: None, note: String::new(), person: None };
    ctx.write(move |tx, ctx| judge::judge(tx, ctx, &input)).await.expect("it is judged");
    let lead = world.staff(works(world), Role::Lead);
    lead.write(move |tx, ctx| close::close(tx, ctx, on, "")).await.expect("it is signed off");
}

async fn found(world: &World) -> Vec<String> {
    world.clock.advance(2 * HOUR);
    while insight::signs::look(&world.site).await.expect("a look") {}
    rows(&world.site)
}

fn rows(site: &SharedSite) -> Vec<String> {
    let sql = "SELECT s.sign, r.body, s.other FROM signs s JOIN requests r ON r.id = s.request ORDER BY s.sign, r.ord";
    let stmt = Stmt::dynamic("signs", sql);
    let read =
        |r: &db::Row| Ok(format!("{} {} {}", r.get::<String>(0)?, r.get::<String>(1)?, r.get::<String>(2)?));
    site.db.read_now(move |tx| tx.query_map(&stmt, &[], read)).expect("rows")
}

#[tokio::test]
async fn the_same_words_and_what_came_back_are_seen_once() {
    each_world("county", MIGRATIONS, |world| async move {
        const WORDS: &str = "已安排人员到现场处理完毕，感谢您的来电。";
        let mut all = Vec::new();
        for matter in
            ["村口的涵洞堵了，一下雨就淹路。", "文化广场的健身器材坏了两台。", "小学门口没有斑马线。"]
        {
            let on = asked(&world, matter).await;
            in_hand(&world, on).await;
            answered(&world, on, WORDS).await;
            world.clock.advance(kernel::MINUTE);
            all.push(on);
        }
        assert_eq!(
            found(&world).await,
            ["same-answer 小学门口没有斑马线。 "],
            "two are no sign, the third is"
        );

        signed_off(&world, all[0]).await;
        world.clock.advance(9 * DAY);
        let again = asked(&world, "涵洞又堵了，村口一下雨就淹路，没法走。").await;
        in_hand(&world, again).await;
        answered(&world, again, "这次把涵洞整个换成了大口径的管子。").await;
        let seen = found(&world).await;
        assert!(seen.len() == 2 && seen[0].starts_with("back 村口的涵洞堵了"), "{seen:?}");
        assert!(seen[0].contains("-2026-"), "it names the case that came after it: {seen:?}");
        assert_eq!(found(&world).await, seen, "a second look finds nothing twice");
    })
    .await;
}

#[tokio::test]
async fn waiting_twice_and_answering_at_the_last_minute_are_seen() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = asked(&world, "自来水管爆裂，三组停水两天。").await;
        in_hand(&world, on).await;
        for _ in 0..2 {
            let officer = world.staff(works(&world), Role::Officer);
            let wait = pause::Pause { on, question: "请补充位置。".into() };
            officer.write(move |tx, ctx| pause::pause(tx, ctx, &wait)).await.expect("it waits");
            world.clock.advance(HOUR);
            let officer = world.staff(works(&world), Role::Officer);
            officer.write(move |tx, ctx| pause::resume(tx, ctx, on, "好了")).await.expect("it goes on");
        }
        let find = Ctx::system(&world.site);
        let case =
            find.read(move |tx, ctx| requests::case::Case::find(tx, ctx, on.id)).await.expect("a case");
        let due: Timestamp = case.row.answer_due.expect("a date");
        world.clock.set(due.plus(-HOUR / 2));
        answered(&world, on, "水管已换新，三组恢复供水。").await;
        let seen = found(&world).await;
        let signs: Vec<&str> = seen.iter().filter_map(|s| s.split(' ').next()).collect();
        assert_eq!(signs, ["last-hour", "pauses"], "{seen:?}");
    })
    .await;
}
