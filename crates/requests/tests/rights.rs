//! Rights around a case, on both engines: what comes back to whoever settled it, through which post somebody
//! acts, and what is said first: that it is there, whose it is, and only then what is missing.

use kernel::{Actor, Error, Grant, Role};
use requests::Ctx;
use requests::acts::{On, answer, assign, close, helpers, judge, progress, settle, take};
use requests::case::Case;
use requests::ctx::Holder;
use requests::model::Audience;
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

async fn asked(world: &World, ctx: &Ctx, channel: &str) -> On {
    let mut new = NewRequest::new(ctx, channel);
    let plain = |c: &&pack::Class| {
        let light = c.evidence.iter().all(|e| *e == Evidence::Contact);
        c.is_leaf() && c.track == "standard" && c.form.is_none() && !c.major && light
    };
    new.class = world.site.pack.classes.iter().find(plain).expect("a plain class").code.clone();
    new.body = "想知道村卫生室几点开门。".into();
    new.place = Some(world.unit("90101"));
    new.told = Told::InPerson;
    new.person.name = Some("试用人".into());
    new.person.phone = Some("13800001234".into());
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered").id.into()
}

async fn case(world: &World, on: On) -> Case {
    let ctx = Ctx::system(&world.site);
    ctx.read(move |tx, ctx| Case::find(tx, ctx, on.id)).await.expect("the case is there")
}

async fn says(world: &World, on: On, word: Word) {
    let person = case(world, on).await.row.person;
    let ctx = world.public().held_by(Holder { request: on.id, person });
    let input = judge::Judge { on, word, satisfaction: None, note: String::new(), person: None };
    ctx.write(move |tx, ctx| judge::judge(tx, ctx, &input)).await.expect("it is judged");
}

/// The unit in which each event of a kind was done.
async fn seats(world: &World, on: On, kind: &'static str) -> Vec<kernel::UnitId> {
    let events = Ctx::system(&world.site).read(move |tx, _| journal::events(tx, on.id.0)).await;
    let of = |e: journal::Event| match e.actor {
        Actor::Staff { unit, .. } if e.kind == kind => Some(unit),
        _ => None,
    };
    events.expect("the journal").into_iter().filter_map(of).collect()
}

#[tokio::test]
async fn whoever_settled_it_answers_again_and_signs_it_off() {
    each_world("county", MIGRATIONS, |world| async move {
        for (role, code, channel) in [
            (Role::Clerk, "901-township-hall", "window"),
            (Role::Operator, "9-county-centre", "hotline"),
            (Role::Triage, "901-township-hall", "window"),
        ] {
            let me = world.staff(world.unit(code), role);
            let on = asked(&world, &me, channel).await;
            let input = settle::Settle {
                on,
                text: "每天八点到五点。".into(),
                word: None,
                satisfaction: None,
                told: Told::InPerson,
            };
            me.write(move |tx, ctx| settle::settle(tx, ctx, &input)).await.expect("settled");
            world.deliver().await;
            says(&world, on, Word::NotSolved).await;
            let now = case(&world, on).await.row;
            assert_eq!((now.state, now.officer), (State::Rework, me.account()), "{role:?}");

            // It has come back to them: they work on it, answer, and sign it off on the person's own yes.
            let spoken =
                progress::Note {
                    on, text: "又问了一次。".into(), audience: Audience::Inside, files: vec![]
                };
            me.write(move |tx, ctx| progress::contact(tx, ctx, &spoken)).await.expect("contacted");
            let input =
                answer::Answer { on, text: "周末也开。".into(), unsolvable: false, files: vec![] };
            me.write(move |tx, ctx| answer::answer(tx, ctx, &input)).await.expect("answered");
            world.deliver().await;
            says(&world, on, Word::Solved).await;
            me.write(move |tx, ctx| close::close(tx, ctx, on, "")).await.expect("signed off");
            assert_eq!(case(&world, on).await.row.state, State::Closed, "{role:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_holds_several_posts_acts_from_the_one_that_allows_it() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = asked(&world, &world.public(), "web").await;
        let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
        let input = assign::Assign { on, unit: works(&world), note: String::new() };
        desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("assigned");

        // The lead of the works office, whose earliest post is that of an officer of the finance office and
        // who also sits at the county's hotline.
        let finance = world.office("901", "township-finance");
        let hotline = world.office("9", "county-centre");
        let mut lead = world.staff(works(&world), Role::Lead);
        let account = lead.account().expect("an account");
        lead.scope.actor = Actor::Staff { account, unit: finance };
        let post = |role, unit, path: &str| Grant { role, unit, path: path.to_owned() };
        let path = lead.path(finance).to_owned();
        lead.scope.grants.insert(0, post(Role::Officer, finance, &path));
        lead.scope.grants.push(post(Role::Operator, hotline, "/9/"));

        lead.write(move |tx, ctx| take::accept(tx, ctx, on)).await.expect("accepted");
        assert_eq!(seats(&world, on, "accept").await, [works(&world)]);
        let officer = world.account(works(&world), Role::Officer);
        let input = take::Name { on, officer, note: String::new() };
        lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("named");
        let officer = world.staff(works(&world), Role::Officer);
        let input = helpers::AskHelp { on, unit: finance, question: "有经费吗？".into() };
        officer.write(move |tx, ctx| helpers::ask(tx, ctx, &input)).await.expect("asked");

        // As helper they report for the office that was asked.
        let input = helpers::Report { on, text: "有。".into() };
        lead.write(move |tx, ctx| helpers::report(tx, ctx, &input)).await.expect("reported");
        assert_eq!(seats(&world, on, "report").await, [finance]);

        let spoken =
            progress::Note { on, text: "已联系。".into(), audience: Audience::Inside, files: vec![] };
        officer.write(move |tx, ctx| progress::contact(tx, ctx, &spoken)).await.expect("contacted");
        let input = answer::Answer { on, text: "已办。".into(), unsolvable: false, files: vec![] };
        officer.write(move |tx, ctx| answer::answer(tx, ctx, &input)).await.expect("answered");
        let input = judge::Missed { on, outcome: "no-answer".into(), note: String::new() };
        // Whoever leads the unit that handled it does not call, not from the hotline either.
        let own = input.clone();
        let refused = lead.write(move |tx, ctx| judge::missed(tx, ctx, &own)).await;
        assert!(matches!(refused, Err(Error::Refused { code: "not-yours", .. })), "{refused:?}");
        // The one at the hotline calls for the hotline, though their earliest post is elsewhere.
        let elsewhere = world.office("901", "township-agriculture");
        let mut caller = world.staff(elsewhere, Role::Officer);
        caller.scope.grants.push(post(Role::Operator, hotline, "/9/"));
        caller.write(move |tx, ctx| judge::missed(tx, ctx, &input)).await.expect("an attempt");
        assert_eq!(seats(&world, on, "attempt").await, [hotline]);
        assert_eq!(case(&world, on).await.attempts[0].unit, hotline);
    })
    .await;
}

async fn staff(world: &World, login: &str) -> Client {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    let mut client = Client::new(access::frame(routes, world.site.clone()));
    let home = client.submit("/sign-in", "/sign-in", &[("login", login), ("password", "lianxin-test")]).await;
    assert_ne!(home.path, "/sign-in", "{login}: {}", home.text());
    client
}

#[tokio::test]
async fn sight_comes_first_then_the_right_then_what_was_entered() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = asked(&world, &world.public(), "web").await;
        let number = case(&world, on).await.row.number;
        let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
        let input = assign::Assign { on, unit: works(&world), note: String::new() };
        desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("assigned");
        let county = "supervisor.9-county-centre";
        let (lead, officer) = ("lead.901-township-construction", "officer.901-township-construction");
        let elsewhere = "lead.902-township-construction";
        // Every act is sent with nothing in it.
        for (login, act, status) in [
            (elsewhere, "supervision", 404),
            (officer, "supervision", 403),
            (county, "supervision", 422),
            (elsewhere, "officer", 404),
            (officer, "officer", 403),
            (lead, "officer", 422),
            (elsewhere, "correction", 404),
            (officer, "correction", 403),
            (lead, "correction", 422),
            (officer, "return", 403),
            (lead, "return", 422),
            (officer, "moderation", 403),
            (officer, "sample", 403),
            (county, "sample", 409),
            (lead, "answer", 409),
        ] {
            let mut client = staff(&world, login).await;
            let page = client.get("/find").await.expect(200);
            let token = page.form("/find").get(web::form::CSRF_FIELD).cloned().expect("a form token");
            let field = (web::form::CSRF_FIELD, token.as_str());
            let got = client.post(&format!("/requests/{number}/{act}"), &[field]).await;
            assert_eq!(got.status, status, "{login} {act}: {}", got.text());
        }
        let new = asked(&world, &world.public(), "web").await;
        let new = case(&world, new).await.row.number;
        for (login, status) in [
            ("triage.902-township-hall", 404),
            ("clerk.901-township-hall", 403),
            ("triage.901-township-hall", 422),
        ] {
            let mut client = staff(&world, login).await;
            let page = client.get("/find").await.expect(200);
            let token = page.form("/find").get(web::form::CSRF_FIELD).cloned().expect("a form token");
            let field = (web::form::CSRF_FIELD, token.as_str());
            let got = client.post(&format!("/queues/triage/{new}"), &[field]).await;
            assert_eq!(got.status, status, "{login}: {}", got.text());
        }
        // The acts themselves keep the same order.
        let mine = world.staff(works(&world), Role::Officer);
        let input = take::Name { on, officer: world.account(works(&world), Role::Lead), note: String::new() };
        let refused = mine.write(move |tx, ctx| take::name(tx, ctx, &input)).await;
        assert!(matches!(refused, Err(kernel::Error::Forbidden(_))), "{refused:?}");
        let input = close::Review { on, upheld: true, reason: String::new() };
        let refused = mine.write(move |tx, ctx| close::review(tx, ctx, &input)).await;
        assert!(matches!(refused, Err(kernel::Error::Forbidden(_))), "{refused:?}");
    })
    .await;
}
