//! Silence and words after an answer, on both engines: asked once more by message, called back by another
//! unit, lapsed as its own outcome; and words drawn by lot, asked again after the sign-off.

use kernel::{DAY, Error, HOUR, MINUTE, Role};
use requests::Ctx;
use requests::acts::sample::{self, Check};
use requests::acts::{On, answer, assign, close, judge, progress, take};
use requests::case::Case;
use requests::ctx::Holder;
use requests::lots::{self, Lot};
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

fn keeper(world: &World) -> proof::Keeper {
    proof::Keeper::new(&world.site.dir, None)
}

/// Signs a head, then binds and draws what is due, as the jobs would.
async fn rounds(world: &World) {
    let sealer = proof::Sealer {
        db: world.site.db.clone(),
        keeper: keeper(world),
        origin: "lx.example/journal".into(),
        zone: world.site.zone,
        chance: world.site.chance.clone(),
        lines: requests::lines,
    };
    let now = world.site.now();
    tokio::task::spawn_blocking(move || sealer.round(now, &|_| {})).await.expect("a thread").expect("a head");
    lots::look(&world.site, keeper(world)).await.expect("a round");
}

async fn all_lots(world: &World) -> Vec<Lot> {
    Ctx::system(&world.site).read(|tx, _| lots::list(tx, "9", 50)).await.expect("a look")
}

async fn samples(world: &World, on: On) -> Vec<sample::Sample> {
    Ctx::system(&world.site).read(move |tx, _| sample::of(tx, on.id)).await.expect("a look")
}

/// The next time that begins, on its first morning.
async fn begins(world: &World) -> Lot {
    rounds(world).await;
    let lots = all_lots(world).await;
    let lot = lots.into_iter().rev().find(|l| l.from > world.site.today()).expect("one is bound");
    let start = world.site.zone.start_of(lot.from);
    world.clock.set(start.plus(2 * MINUTE));
    rounds(world).await;
    world.clock.set(start.plus(9 * HOUR));
    lot
}

/// The first minutes after a time, with its draw.
async fn ends(world: &World, lot: &Lot) {
    world.clock.set(world.site.zone.start_of(lot.to.tomorrow().expect("a day")).plus(10 * MINUTE));
    rounds(world).await;
}

/// A case that is drawn: the only one of its unit in its time.
async fn drawn(world: &World) -> On {
    let lot = begins(world).await;
    let on = answered(world, Some("13800001234")).await;
    says(world, on, Word::Solved).await;
    signed_off(world, on).await;
    ends(world, &lot).await;
    assert_eq!(samples(world, on).await.len(), 1, "at least one of each unit");
    on
}

#[tokio::test]
async fn who_is_drawn_is_bound_before_and_drawn_once() {
    each_world("county", MIGRATIONS, |world| async move {
        let lot = begins(&world).await;
        assert_eq!(lot.commitment.len(), 32);
        assert!(lot.committed_at < world.site.zone.start_of(lot.from));
        let mut closed = Vec::new();
        for n in 0..24 {
            let phone = format!("1380000{n:04}");
            let on = answered(&world, Some(&phone)).await;
            says(&world, on, Word::Solved).await;
            signed_off(&world, on).await;
            closed.push(on);
            world.clock.advance(MINUTE);
        }
        // Nobody to call, no yes, or heard by a caller: never drawn.
        let nobody = answered(&world, None).await;
        says(&world, nobody, Word::Solved).await;
        signed_off(&world, nobody).await;
        let heard = answered(&world, Some("13800005555")).await;
        let input = judge::Judge {
            on: heard,
            word: Word::Solved,
            satisfaction: None,
            note: String::new(),
            person: None,
        };
        caller(&world).write(move |tx, ctx| judge::judge(tx, ctx, &input)).await.expect("it is judged");
        signed_off(&world, heard).await;
        let open = answered(&world, Some("13800006666")).await;

        // Nothing is drawn while the time lasts, nor after it before a head is signed.
        lots::look(&world.site, keeper(&world)).await.expect("a round");
        world.clock.set(world.site.zone.start_of(lot.to.tomorrow().expect("a day")).plus(MINUTE));
        lots::look(&world.site, keeper(&world)).await.expect("a round");
        assert!(
            samples(&world, closed[0]).await.is_empty()
                && all_lots(&world).await.iter().all(|l| l.drawn_at.is_none())
        );
        ends(&world, &lot).await;
        let after = all_lots(&world).await.into_iter().find(|l| l.from == lot.from).expect("it is there");
        let text =
            Ctx::system(&world.site).read(move |tx, _| lots::sheet(tx, lot.from)).await.expect("a look");
        let sheet = rules::lot::Sheet::parse(&text).expect("a sheet");
        assert_eq!(sheet.faults(), []);
        assert_eq!((after.cases, sheet.cases.len()), (24, 24));
        // Answered within a minute of fifteen days: each of them is fast, and the unit has no complaint.
        assert_eq!(sheet.units.iter().map(|u| (u.closed, u.bad)).collect::<Vec<_>>(), [(26, 0)]);
        assert_eq!(after.drawn, 24, "{text}");
        assert!(sheet.drawn.iter().all(|d| d.why == rules::lot::Why::Fast));
        for on in [nobody, heard, open] {
            assert!(samples(&world, on).await.is_empty());
        }

        // A second round draws nothing more, and all of it holds.
        rounds(&world).await;
        assert_eq!(all_lots(&world).await.iter().find(|l| l.from == lot.from), Some(&after));
        let keys = keeper(&world).known().expect("keys");
        let (again, known) = (after.clone(), keys.clone());
        let checked = Ctx::system(&world.site).read(move |tx, _| lots::check(tx, &again, &known)).await;
        let checked = checked.expect("a look").expect("a sheet");
        assert!(checked.good(), "{:?}", checked.found);
        let heads = proof::heads_kept(&world.site.dir).expect("heads");
        // The head that holds the hash of the sheet is that of the day on which it was drawn.
        world.clock.advance(DAY);
        rounds(&world).await;
        let later = proof::heads_kept(&world.site.dir).expect("heads");
        let good = |heads: &[String]| lots::check_file(&text, &keys, Some(heads)).expect("a sheet").good();
        assert!(good(&later) && !good(&heads) && !good(&later[later.len() - 1..]));
        let other = text.replacen("unit 26 0", "unit 26 1", 1);
        let checked = lots::check_file(&other, &keys, Some(&later)).expect("a sheet");
        assert!(!checked.good(), "the hash of the sheet binds what the draw does not go by");
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_the_key_cannot_tell_any_more_is_no_draw() {
    each_world("county", MIGRATIONS, |world| async move {
        let lot = begins(&world).await;
        let on = answered(&world, Some("13800001234")).await;
        says(&world, on, Word::Solved).await;
        signed_off(&world, on).await;
        let other = journal::tree::note::SigningKey::make("lx.example/journal", &kernel::Seeded::new(99))
            .expect("a key");
        std::fs::write(world.site.dir.join(proof::KEY_FILE), other.secret()).expect("exchanged");
        ends(&world, &lot).await;
        let after = all_lots(&world).await.into_iter().find(|l| l.from == lot.from).expect("it is there");
        assert_eq!((after.void.as_str(), after.drawn_at), ("key", None));
        assert!(samples(&world, on).await.is_empty());
        let told =
            Ctx::system(&world.site).read(|tx, _| journal::events(tx, lots::STREAM)).await.expect("a look");
        assert_eq!(told.last().map(|e| e.kind.as_str()), Some("void"));
    })
    .await;
}

/// The counters of draws say what the drawn words say.
async fn counted(world: &World) {
    let found = Ctx::system(&world.site).read(requests::recount).await;
    assert_eq!(found.expect("counted anew"), vec![]);
}

#[tokio::test]
async fn a_drawn_word_is_asked_again_by_another_unit_and_a_no_opens_the_case() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut desk = operator(&world).await;
        let queue = desk.get("/queues/callback?drawn=true").await.expect(200);
        assert!(queue.text().contains("没有抽到要再问的"), "{}", queue.text());
        let on = drawn(&world).await;
        let number = case(&world, on).await.row.number;
        let mut desk = operator(&world).await;
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
        counted(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_drawn_word_stands_where_it_is_confirmed_or_nobody_is_reached() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = drawn(&world).await;
        let input = Check { on, word: Word::Solved, satisfaction: None, note: "已经好了。".into() };
        let again = input.clone();
        caller(&world).write(move |tx, ctx| sample::check(tx, ctx, &input)).await.expect("asked");
        assert_eq!(case(&world, on).await.row.state, State::Closed);
        let twice = caller(&world).write(move |tx, ctx| sample::check(tx, ctx, &again)).await;
        assert!(matches!(twice, Err(Error::Refused { code: "not-drawn", .. })), "{twice:?}");

        let on = drawn(&world).await;
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
        world.clock.advance(i64::from(world.site.pack.call_back.window_days + 1) * DAY);
        let input = Check { on, word: Word::Solved, satisfaction: None, note: String::new() };
        let late = caller(&world).write(move |tx, ctx| sample::check(tx, ctx, &input)).await;
        assert!(matches!(late, Err(Error::Refused { code: "not-drawn", .. })), "{late:?}");
        counted(&world).await;
    })
    .await;
}
