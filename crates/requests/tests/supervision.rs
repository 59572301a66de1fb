//! Supervision 督办 by the grades of the pack, on both engines: proposed when its day has come, without
//! anybody looking at the case; issued by whom the pack names; never twice.

use kernel::{AccountId, DAY, Error, HOUR, MINUTE, Role};
use requests::Ctx;
use requests::acts::{On, assign, join, returns, supervise, take};
use requests::case::Case;
use requests::register::{NewRequest, register};
use rules::case::{ClockKind, Party};
use testkit::{Client, World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

/// A plain request, sent to the works office of the township.
async fn assigned(world: &World) -> On {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    let fits = |c: &&pack::Class| c.is_leaf() && c.track == "standard" && c.form.is_none() && !c.major;
    new.class = world.site.pack.classes.iter().find(fits).expect("a plain class").code.clone();
    new.body = "村口的涵洞堵了，一下雨就淹路。".into();
    new.place = Some(world.unit("90101"));
    new.person.name = Some("试用人".into());
    new.person.phone = Some("13800001234".into());
    let id = ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered").id;
    send(world, id.into()).await;
    id.into()
}

fn works(world: &World) -> kernel::UnitId {
    world.office("901", "township-construction")
}

async fn send(world: &World, on: On) {
    let unit = works(world);
    let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
    let note = "请尽快看看。".to_owned();
    let input = returns::Ruling { on, unit, reason: note.clone() };
    let first = assign::Assign { on, unit, note };
    let state = case(world, on).await.row.state;
    desk.write(move |tx, ctx| match state {
        rules::case::State::Returned => returns::rule(tx, ctx, &input),
        _ => assign::assign(tx, ctx, &first),
    })
    .await
    .expect("it is sent");
}

async fn desk(world: &World, login: &str) -> Client {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    let mut client = Client::new(access::frame(routes, world.site.clone()));
    let fields = [("login", login), ("password", "lianxin-test")];
    let home = client.submit("/sign-in", "/sign-in", &fields).await;
    assert_ne!(home.path, "/sign-in", "{}", home.text());
    client
}

async fn named(world: &World, on: On) -> AccountId {
    let officer = world.account(works(world), Role::Officer);
    let input = take::Name { on, officer, note: String::new() };
    let lead = world.staff(works(world), Role::Lead);
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
    officer
}

async fn case(world: &World, on: On) -> Case {
    let ctx = Ctx::system(&world.site);
    ctx.read(move |tx, ctx| Case::find(tx, ctx, on.id)).await.expect("the case is there")
}

/// Grades proposed or issued, each with why.
async fn grades(world: &World, on: On) -> Vec<(i64, String)> {
    let ctx = Ctx::system(&world.site);
    let all = ctx.read(move |tx, _| requests::supervision::of(tx, on.id)).await.expect("a look");
    all.into_iter().map(|s| (s.grade, s.why)).collect()
}

async fn order(ctx: &Ctx, on: On, grade: i64) -> kernel::Result<Case> {
    let input =
        supervise::Supervise { on, grade, words: "三天内到现场，报送办理情况。".into() };
    ctx.write(move |tx, ctx| supervise::issue(tx, ctx, &input)).await
}

fn county(world: &World) -> Ctx {
    world.staff(world.office("9", "county-centre"), Role::Supervisor)
}

async fn look(world: &World) {
    requests::jobs::look(&world.site).await.expect("a look");
    assert_eq!(requests::jobs::look(&world.site).await.expect("again"), 0, "each signal once");
}

fn list(expected: &[(i64, &str)]) -> Vec<(i64, String)> {
    expected.iter().map(|(n, why)| (*n, (*why).to_owned())).collect()
}

#[tokio::test]
async fn each_grade_is_proposed_on_its_day_after_the_limit_and_not_before() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = assigned(&world).await;
        named(&world, on).await;
        let due = case(&world, on).await.open_clock(ClockKind::Answer).expect("it runs").due_at;

        // The pack says one day over, five, and fifteen.
        world.clock.set(due.plus(MINUTE));
        look(&world).await;
        assert_eq!(grades(&world, on).await, [], "over, but not by a day");
        for (days, expected) in [
            (1, list(&[(1, "answer-overdue")])),
            (4, list(&[(1, "answer-overdue")])),
            (5, list(&[(1, "answer-overdue"), (2, "answer-overdue")])),
            (15, list(&[(1, "answer-overdue"), (2, "answer-overdue"), (3, "answer-overdue")])),
        ] {
            world.clock.set(due.plus(days * DAY - MINUTE));
            look(&world).await;
            assert!(grades(&world, on).await.len() <= expected.len(), "not before day {days}");
            world.clock.set(due.plus(days * DAY + MINUTE));
            look(&world).await;
            assert_eq!(grades(&world, on).await, expected, "{days} days over");
        }
        let rest = case(&world, on).await.open_clock(ClockKind::Answer).and_then(|c| c.next_signal);
        assert_eq!(rest, None, "nothing more to look at");
    })
    .await;
}

#[tokio::test]
async fn what_is_counted_is_proposed_by_the_act_that_counts_it() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = assigned(&world).await;
        let duty = {
            let kind = world.site.pack.unit_kind("township-construction").expect("the kind");
            kind.duties.first().map(|d| d.id.clone()).unwrap_or_default()
        };
        for (n, expected) in [(1, list(&[])), (2, list(&[(1, "returned")]))] {
            let lead = world.staff(works(&world), Role::Lead);
            let input = returns::Return { on, duty: duty.clone(), reason: "不归我们管。".into() };
            lead.write(move |tx, ctx| returns::hand_back(tx, ctx, &input)).await.expect("it is sent back");
            assert_eq!(grades(&world, on).await, expected, "return {n}");
            if n == 1 {
                send(&world, on).await;
            }
        }

        // Ten people with the same matter.
        let on = assigned(&world).await;
        for n in 1..10 {
            assert_eq!(grades(&world, on).await, [], "{n} people");
            let desk = world.staff(world.office("901", "township-hall"), Role::Clerk);
            let person =
                access::identity::NewPerson { name: Some(format!("同事人{n}")), ..Default::default() };
            let input = join::Join {
                id: on.id,
                key: kernel::PersonId::new(desk.at, &*world.site.chance),
                person,
                channel: "window".into(),
                words: "我家门口也淹。".into(),
                told: requests::notices::Told::InPerson,
            };
            desk.write(move |tx, ctx| join::join(tx, ctx, &input)).await.expect("they join");
        }
        assert_eq!(grades(&world, on).await, list(&[(2, "joined")]));
    })
    .await;
}

#[tokio::test]
async fn an_order_that_is_not_answered_brings_the_grade_above() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = assigned(&world).await;
        let officer = named(&world, on).await;
        order(&county(&world), on, 1).await.expect("it is issued");
        let ctx = Ctx::system(&world.site);
        let orders = ctx.read(move |tx, _| requests::supervision::of(tx, on.id)).await.expect("a look");
        let reply = orders[0].reply.clone().expect("a day by which the unit explains itself");
        rules::deadline::recompute(&reply, &world.site.calendar).expect("it can be counted again");
        let told = ctx.read(move |tx, _| notify::about(tx, on.id.0)).await.expect("messages");
        let told: Vec<_> = told.into_iter().filter(|m| m.purpose == "supervision").map(|m| m.to).collect();
        let lead = world.account(works(&world), Role::Lead);
        assert_eq!(told.len(), 2, "{told:?}");
        for account in [lead, officer] {
            assert!(told.contains(&notify::Recipient::Account(account)), "{told:?}");
        }

        world.clock.advance(3 * DAY - HOUR);
        look(&world).await;
        assert_eq!(grades(&world, on).await, list(&[(1, "by-hand")]));
        world.clock.advance(2 * HOUR);
        look(&world).await;
        assert_eq!(grades(&world, on).await, list(&[(1, "by-hand"), (2, "unanswered")]));
    })
    .await;
}

#[tokio::test]
async fn the_unit_replies_to_each_order_once_and_whoever_issued_it_is_told() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = assigned(&world).await;
        named(&world, on).await;
        let supervisor = county(&world);
        order(&supervisor, on, 1).await.expect("it is issued");
        order(&supervisor, on, 2).await.expect("so is the next");
        let reply = |who: Ctx, grade: i64| async move {
            let words = "配件昨天到货，明天下午装好。";
            who.write(move |tx, ctx| supervise::reply(tx, ctx, on, grade, words)).await
        };
        let refused = reply(world.staff(world.office("901", "township-hall"), Role::Clerk), 1).await;
        assert!(matches!(refused, Err(Error::Forbidden(_) | Error::NotFound)), "{refused:?}");

        // On the page: both orders wait, each with the day by which.
        let number = case(&world, on).await.row.number;
        let mut lead = desk(&world, "lead.901-township-construction").await;
        let page = lead.get(&format!("/requests/{number}")).await.expect(200);
        assert!(page.text().contains("还没说明"), "{}", page.text());
        let address = format!("/requests/{number}/supervision-reply");
        let form = lead.get(&address).await.expect(200);
        let bad = lead.fill(&form, &address, &[("grade", "2"), ("words", " ")], &[]).await.expect(422);
        assert!(bad.text().contains("请写明情况"), "{}", bad.text());
        let fields = [("grade", "2"), ("words", "配件昨天到货，明天下午装好。")];
        let page = lead.fill(&form, &address, &fields, &[]).await.expect(200);
        assert!(page.text().contains("已说明") && page.text().contains("答复督办"), "{}", page.text());
        let ctx = Ctx::system(&world.site);
        let told = ctx.read(move |tx, _| notify::about(tx, on.id.0)).await.expect("messages");
        let told: Vec<_> = told.into_iter().filter(|m| m.purpose == "supervision-reply").collect();
        assert_eq!(told.len(), 1);
        let issuer = supervisor.account().expect("a person issued it");
        assert_eq!(told[0].to, notify::Recipient::Account(issuer));
        assert!(told[0].body.contains("配件昨天到货"), "{}", told[0].body);

        // Once; the other order still waits, and is late after its day.
        let twice = reply(world.staff(works(&world), Role::Lead), 2).await;
        assert!(matches!(twice, Err(Error::NotFound)), "{twice:?}");
        world.clock.advance(30 * DAY);
        let mut lead = desk(&world, "lead.901-township-construction").await;
        let page = lead.get(&format!("/requests/{number}")).await.expect(200);
        assert!(page.text().contains("逾期未说明"), "{}", page.text());
        let officer = world.staff(works(&world), Role::Officer);
        reply(officer, 1).await.expect("late is better than never");
        let page = lead.get(&format!("/requests/{number}")).await.expect(200);
        assert!(page.text().contains("迟了才说明"), "{}", page.text());
        lead.get(&address).await.expect(409);
    })
    .await;
}

#[tokio::test]
async fn only_those_whom_the_pack_names_for_a_grade_issue_it() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = assigned(&world).await;
        // The same site under a pack that gives the third grade to somebody else.
        let mut pack = (*world.site.pack).clone();
        pack.supervision[2].who = vec![Party::Triage];
        let old = &world.site;
        let secret = access::Secret::load_or_make(&old.dir, &kernel::SystemChance).expect("the secret");
        let mut site =
            access::Site::new(old.db.clone(), pack.into(), old.dir.clone(), secret, old.keyring.clone());
        site.clock = old.clock.clone();
        site.chance = old.chance.clone();
        let site = std::sync::Arc::new(site);
        register::load_now(&site).expect("the units are read");
        let ctx = Ctx::new(&site, county(&world).scope);
        let refused = order(&ctx, on, 3).await;
        assert!(matches!(&refused, Err(Error::Forbidden(say)) if say.zh.contains("约谈督办")), "{refused:?}");
        assert_eq!(grades(&world, on).await, []);
        order(&ctx, on, 2).await.expect("the second grade is the supervisor's");

        // A lead may not supervise, whatever the grade.
        let refused = order(&world.staff(works(&world), Role::Lead), on, 1).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    })
    .await;
}
