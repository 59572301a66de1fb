//! Silence and words after an answer, on both engines: asked once more by message, called back by another
//! unit, lapsed as its own outcome; and words drawn by lot, asked again after the sign-off.

use kernel::{DAY, Error, HOUR, MINUTE, Role};
use requests::Ctx;
use requests::acts::sample::{self, Check};
use requests::acts::{On, answer, assign, close, judge, progress, take};
use requests::case::Case;
use requests::ctx::Holder;
use requests::model::{Audience, Satisfaction};
use requests::notices::Told;
use requests::register::{NewRequest, register};
use rules::case::{Evidence, State, Word};
use testkit::{Client, World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

fn works(world: &World) -> kernel::UnitId {
    world.office("901", "township-construction")
}

/// A plain request, answered by the works office; `phone` where the person left one, nobody named where not.
async fn answered(world: &World, phone: Option<&str>) -> On {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    let plain = |c: &&pack::Class| {
        let light = c.evidence.iter().all(|e| *e == Evidence::Contact);
        c.is_leaf() && c.track == "standard" && c.form.is_none() && !c.major && light
    };
    new.class = world.site.pack.classes.iter().find(plain).expect("a plain class").code.clone();
    new.body = "村口的涵洞堵了，一下雨就淹路。".into();
    new.place = Some(world.unit("90101"));
    new.told = Told::OnPage;
    if phone.is_some() {
        new.person.name = Some("试用人".into());
        new.person.phone = phone.map(str::to_owned);
    }
    let id = ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered").id;
    let on: On = id.into();
    let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
    let input = assign::Assign { on, unit: works(world), note: String::new() };
    desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
    let input = take::Name { on, officer: world.account(works(world), Role::Officer), note: String::new() };
    let lead = world.staff(works(world), Role::Lead);
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
    let spoken =
        progress::Note {
            on, text: "已联系本人。".into(), audience: Audience::Inside, files: Vec::new()
        };
    let officer = world.staff(works(world), Role::Officer);
    officer.write(move |tx, ctx| progress::contact(tx, ctx, &spoken)).await.expect("the contact");
    let text = "已疏通，雨天再看。".to_owned();
    let input = answer::Answer { on, text, unsolvable: false, files: Vec::new() };
    officer.write(move |tx, ctx| answer::answer(tx, ctx, &input)).await.expect("it is answered");
    world.deliver().await;
    on
}

async fn case(world: &World, on: On) -> Case {
    let ctx = Ctx::system(&world.site);
    ctx.read(move |tx, ctx| Case::find(tx, ctx, on.id)).await.expect("the case is there")
}

async fn look(world: &World) {
    requests::jobs::look(&world.site).await.expect("a look");
}

fn caller(world: &World) -> Ctx {
    world.staff(world.office("9", "county-centre"), Role::Operator)
}

/// The person says so on their own page.
async fn says(world: &World, on: On, word: Word) {
    let person = case(world, on).await.row.person;
    let ctx = world.public().held_by(Holder { request: on.id, person });
    let satisfaction = Some(Satisfaction::Good);
    let input = judge::Judge { on, word, satisfaction, note: String::new(), person: None };
    ctx.write(move |tx, ctx| judge::judge(tx, ctx, &input)).await.expect("it is judged");
}

async fn signed_off(world: &World, on: On) {
    let lead = world.staff(works(world), Role::Lead);
    lead.write(move |tx, ctx| close::close(tx, ctx, on, "")).await.expect("it is signed off");
}

async fn tried(world: &World, on: On, outcome: &str) -> kernel::Result<Case> {
    let input = judge::Missed { on, outcome: outcome.into(), note: String::new() };
    caller(world).write(move |tx, ctx| judge::missed(tx, ctx, &input)).await
}

async fn messages(world: &World, on: On, purpose: &str) -> usize {
    let all = Ctx::system(&world.site).read(move |tx, _| notify::about(tx, on.id.0)).await.expect("a look");
    all.iter().filter(|m| m.purpose == purpose).count()
}

async fn operator(world: &World) -> Client {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    let mut client = Client::new(access::frame(routes, world.site.clone()));
    let fields = [("login", "operator.9-county-centre"), ("password", "lianxin-test")];
    let home = client.submit("/sign-in", "/sign-in", &fields).await;
    assert_ne!(home.path, "/sign-in", "{}", home.text());
    client
}

#[tokio::test]
async fn whoever_is_silent_is_asked_once_more_and_then_called() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = answered(&world, Some("13800001234")).await;
        let rule = world.site.pack.call_back.clone();
        world.clock.advance(i64::from(rule.after_days) * DAY - MINUTE);
        look(&world).await;
        assert_eq!(messages(&world, on, "call-back").await, 0, "their own word comes first");
        world.clock.advance(2 * MINUTE);
        look(&world).await;
        look(&world).await;
        assert_eq!(messages(&world, on, "call-back").await, 1, "once");
        let mut desk = operator(&world).await;
        let queue = desk.get("/queues/callback").await.expect(200);
        assert!(queue.text().contains(&case(&world, on).await.row.number), "{}", queue.text());

        // Whoever has said a word is left alone.
        let on = answered(&world, Some("13800001235")).await;
        says(&world, on, Word::Solved).await;
        world.clock.advance(i64::from(rule.after_days) * DAY + MINUTE);
        look(&world).await;
        assert_eq!(messages(&world, on, "call-back").await, 0);
    })
    .await;
}

#[tokio::test]
async fn silence_is_told_apart_from_nobody_reached() {
    each_world("county", MIGRATIONS, |world| async move {
        let rule = world.site.pack.call_back.clone();
        for (outcomes, expected) in [
            (["no-answer", "wrong-number"], Word::NotReached),
            (["no-answer", "refused"], Word::NoReply),
            (["call-later", "no-answer"], Word::NoReply),
        ] {
            let on = answered(&world, Some("13800001234")).await;
            for n in 0..rule.attempt_days as usize {
                world.clock.advance(DAY);
                tried(&world, on, outcomes[n % 2]).await.expect("an attempt");
            }
            // A limit that would end on a rest day ends on the next working day.
            world.clock.advance(i64::from(rule.lapse_days + 3) * DAY);
            look(&world).await;
            let now = case(&world, on).await.row;
            assert_eq!((now.state, now.word), (State::Judged, Some(expected)), "{outcomes:?}");
        }

        // Nobody tried: it stays with those who call.
        let on = answered(&world, Some("13800001234")).await;
        world.clock.advance(i64::from(rule.lapse_days + 3) * DAY);
        look(&world).await;
        assert_eq!(case(&world, on).await.row.state, State::Answered);

        // Nobody named, so there is nobody to call: the time alone ends it, and a second person signs.
        let on = answered(&world, None).await;
        world.clock.advance(i64::from(rule.lapse_days) * DAY - HOUR);
        look(&world).await;
        assert_eq!(case(&world, on).await.row.state, State::Answered);
        world.clock.advance(4 * DAY);
        look(&world).await;
        let now = case(&world, on).await.row;
        assert_eq!((now.state, now.word), (State::Judged, Some(Word::NoReply)));
        let officer = world.staff(works(&world), Role::Officer);
        let alone = officer.write(move |tx, ctx| close::close(tx, ctx, on, "")).await;
        assert!(matches!(alone, Err(Error::Refused { code: "missing", .. })), "{alone:?}");
        signed_off(&world, on).await;
    })
    .await;
}

#[tokio::test]
async fn the_lot_is_drawn_with_the_word_and_kept_in_the_journal() {
    each_world("county", MIGRATIONS, |world| async move {
        let (mut drawn, mut all) = (0, 0);
        for _ in 0..40 {
            let on = answered(&world, Some("13800001234")).await;
            says(&world, on, Word::Solved).await;
            let (events, samples) = Ctx::system(&world.site)
                .read(move |tx, _| Ok((journal::events(tx, on.id.0)?, sample::of(tx, on.id)?)))
                .await
                .expect("a look");
            let judged = events.iter().find(|e| e.kind == "judge").expect("the word is in the journal");
            let lot = judged.payload["data"]["lot"].as_i64().expect("with its number");
            assert!((0..sample::LOTS as i64).contains(&lot));
            let share = i64::from(world.site.pack.call_back.sample_percent) * 100;
            assert_eq!(samples.len(), usize::from(lot < share), "lot {lot} of {share}");
            assert!(samples.iter().all(|s| s.lot == lot && s.done_at.is_none()));
            (drawn, all) = (drawn + samples.len(), all + 1);
        }
        assert!(drawn < all, "some, not all");

        // No number is drawn for a no, nor where nobody could be called.
        for (phone, word) in [(Some("13800001234"), Word::NotSolved), (None, Word::Solved)] {
            let on = answered(&world, phone).await;
            says(&world, on, word).await;
            let events = Ctx::system(&world.site).read(move |tx, _| journal::events(tx, on.id.0)).await;
            let events = events.expect("a look");
            let judged = events.iter().find(|e| e.kind == "judge").expect("the word");
            assert!(judged.payload["data"]["lot"].is_null(), "{:?}", judged.payload);
        }
    })
    .await;
}

/// The first of many cases whose number is drawn, signed off.
async fn drawn(world: &World) -> On {
    for _ in 0..200 {
        let on = answered(world, Some("13800001234")).await;
        says(world, on, Word::Solved).await;
        let samples = Ctx::system(&world.site).read(move |tx, _| sample::of(tx, on.id)).await;
        if !samples.expect("a look").is_empty() {
            return on;
        }
    }
    panic!("a share of five in a hundred and none of two hundred drawn");
}

#[tokio::test]
async fn a_drawn_word_is_asked_again_by_another_unit_and_a_no_opens_the_case() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = drawn(&world).await;
        let number = case(&world, on).await.row.number;
        let mut desk = operator(&world).await;
        let queue = desk.get("/queues/callback?drawn=true").await.expect(200);
        assert!(!queue.text().contains(&number), "not before it is signed off: {}", queue.text());
        signed_off(&world, on).await;
        let queue = desk.get("/queues/callback?drawn=true").await.expect(200);
        assert!(queue.text().contains(&number), "{}", queue.text());

        // Whoever handled it may not ask, nor may another who was not named for it.
        let input = Check { on, word: Word::Solved, satisfaction: None, note: String::new() };
        let lead = world.staff(works(&world), Role::Lead);
        let own = lead.write(move |tx, ctx| sample::check(tx, ctx, &input)).await;
        assert!(matches!(own, Err(Error::Forbidden(_))), "{own:?}");

        let page = format!("/queues/callback/{number}");
        let shown = desk.get(&page).await.expect(200);
        let act = format!("/requests/{number}/sample");
        let fields = [("solved", "no"), ("grade", "2"), ("note", "下雨又堵了。")];
        let after = desk.fill(&shown, &act, &fields, &[]).await.expect(200);
        assert!(after.text().contains("已重启"), "{}", after.text());
        let now = case(&world, on).await.row;
        assert_eq!((now.state, now.word, now.reworks), (State::Rework, None, 1));
        let samples = Ctx::system(&world.site).read(move |tx, _| sample::of(tx, on.id)).await;
        let samples = samples.expect("a look");
        assert_eq!(
            (samples[0].outcome.as_str(), samples[0].satisfaction),
            ("other", Some(Satisfaction::Bad))
        );
        let queue = desk.get("/queues/callback?drawn=true").await.expect(200);
        assert!(!queue.text().contains(&number), "{}", queue.text());
    })
    .await;
}

#[tokio::test]
async fn a_drawn_word_stands_where_it_is_confirmed_or_nobody_is_reached() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = drawn(&world).await;
        signed_off(&world, on).await;
        let input = Check { on, word: Word::Solved, satisfaction: None, note: "已经好了。".into() };
        let again = input.clone();
        caller(&world).write(move |tx, ctx| sample::check(tx, ctx, &input)).await.expect("asked");
        assert_eq!(case(&world, on).await.row.state, State::Closed);
        let twice = caller(&world).write(move |tx, ctx| sample::check(tx, ctx, &again)).await;
        assert!(matches!(twice, Err(Error::Refused { code: "not-drawn", .. })), "{twice:?}");

        let on = drawn(&world).await;
        signed_off(&world, on).await;
        for _ in 0..world.site.pack.call_back.attempt_days {
            for _ in 0..2 {
                let input = judge::Missed { on, outcome: "no-answer".into(), note: String::new() };
                caller(&world).write(move |tx, ctx| sample::missed(tx, ctx, &input)).await.ok();
            }
            world.clock.advance(DAY);
        }
        let samples = Ctx::system(&world.site).read(move |tx, _| sample::of(tx, on.id)).await;
        assert_eq!(samples.expect("a look")[0].outcome, "not-reached");
        assert_eq!(case(&world, on).await.row.word, Some(Word::Solved));

        // What is forgotten by now is not asked any more.
        let on = drawn(&world).await;
        signed_off(&world, on).await;
        world.clock.advance(i64::from(world.site.pack.call_back.window_days + 1) * DAY);
        let input = Check { on, word: Word::Solved, satisfaction: None, note: String::new() };
        let late = caller(&world).write(move |tx, ctx| sample::check(tx, ctx, &input)).await;
        assert!(matches!(late, Err(Error::Refused { code: "not-drawn", .. })), "{late:?}");
    })
    .await;
}
