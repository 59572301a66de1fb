//! Complaints about a unit or a person are kept from them, and decided by a superior who is not involved.

use access::accounts::{self, Act, NewPost};
use kernel::{AccountId, Actor, Error, PostId, Role, UnitId};
use requests::acts::assign::{Assign, assign};
use requests::acts::helpers::{AskHelp, ask};
use requests::acts::shield::{Put, lift, put};
use requests::acts::take::{Name, name};
use requests::case::Case;
use requests::model::PublicState;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register, register_now};
use requests::shield::{Subject, visible};
use requests::tally::{By, slots};
use requests::{Ctx, recount};
use testkit::{World, each_world};

fn migrations() -> Vec<db::Migration> {
    [
        access::MIGRATIONS,
        register::MIGRATIONS,
        journal::MIGRATIONS,
        notify::MIGRATIONS,
        files::MIGRATIONS,
        requests::MIGRATIONS,
    ]
    .concat()
}

async fn each(story: impl AsyncFn(World)) {
    each_world("county", &[&migrations()], |world| story(world)).await;
}

/// Rude at the window.
const CLASS: &str = "13.02.02";

fn about(ctx: &Ctx, unit: UnitId, name: &str) -> NewRequest {
    let mut new = NewRequest::new(ctx, "web");
    new.class = CLASS.into();
    new.body = "在窗口办证被骂了一顿。".into();
    new.subject = Subject { unit: Some(unit), name: name.into() };
    new.told = Told::OnPage;
    new
}

async fn complained(world: &World, unit: UnitId, name: &str) -> Registered {
    let ctx = world.public();
    register_now(&ctx, &about(&ctx, unit, name)).await.expect("it is registered")
}

async fn sees(ctx: &Ctx, number: &str) -> bool {
    let number = number.to_owned();
    match ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(other) => panic!("{other}"),
    }
}

async fn listed(ctx: &Ctx) -> usize {
    ctx.read(visible).await.expect("the list").len()
}

/// One more post for somebody.
fn also(world: &World, account: AccountId, unit: UnitId, role: Role) {
    let site = &world.site;
    let (now, chance, from) = (site.now(), site.chance.clone(), site.today());
    site.db
        .write_now(move |tx| {
            let post =
                NewPost { account, unit, role, title: String::new(), from, to: None, basis: "test".into() };
            accounts::add_post_in(
                tx,
                PostId::new(now, &*chance),
                &post,
                &Act { actor: Actor::System, at: now },
            )
        })
        .expect("a post");
}

/// The scope of everything somebody holds.
async fn whole(world: &World, ctx: &Ctx) -> Ctx {
    let account = ctx.account().expect("staff");
    let today = world.site.today();
    let dir = register::directory(&world.site);
    let units = ctx.read(move |tx, _| accounts::units_of(tx, account, today)).await.expect("posts");
    let mut out = ctx.clone();
    for unit in units.into_iter().filter(|u| ctx.scope.grants.iter().all(|g| g.unit != *u)) {
        out.scope.grants.push(kernel::Grant { role: Role::Officer, unit, path: dir.path(unit).to_owned() });
    }
    out
}

#[tokio::test]
async fn a_complaint_goes_around_the_unit_it_is_about() {
    each(async |world| {
        let (office, hall) = (world.unit("901-township-economy"), world.unit("901-township-hall"));
        let centre = world.unit("9-county-centre");
        let done = complained(&world, office, "").await;
        let system = Ctx::system(&world.site);
        let number = done.number.clone();
        let case =
            system.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await.expect("it is there");
        assert!(case.row.shielded && case.row.public_state == PublicState::Never);
        assert_eq!((case.row.unit, case.row.first_unit), (centre, centre));
        assert_eq!(case.row.officer, Some(world.account(centre, Role::Lead)));
        // Its number runs in the series of whoever decides.
        let plain = {
            let ctx = world.public();
            let mut new = NewRequest::new(&ctx, "web");
            new.class = "17.03.01".into();
            new.body = "路灯不亮。".into();
            new.place = Some(world.unit("90101"));
            register_now(&ctx, &new).await.expect("registered").number
        };
        assert_ne!(done.number.split('-').next(), plain.split('-').next());
        // The whole house is shut out, and who is not in it finds it by its number and on the list.
        for (unit, role, there) in [
            (office, Role::Officer, false),
            (office, Role::Lead, false),
            (hall, Role::Triage, false),
            (hall, Role::Supervisor, false),
            (hall, Role::Clerk, false),
            (world.unit("90101"), Role::Lead, false),
            (world.unit("902-township-hall"), Role::Supervisor, false),
            (centre, Role::Supervisor, true),
            (centre, Role::Triage, true),
            (centre, Role::Lead, true),
            (centre, Role::Auditor, true),
        ] {
            let ctx = world.staff(unit, role);
            assert_eq!(sees(&ctx, &done.number).await, there, "{role:?}");
            assert_eq!(listed(&ctx).await, usize::from(there), "{role:?}");
        }
        // It counts nowhere, and a recount says the same.
        let root = world.unit("9");
        let counted = system
            .read(move |tx, _| slots(tx, root, "2000-01", "2999-12", By::Total))
            .await
            .expect("counters");
        assert_eq!(counted.first().map(|s| s.counts.received), Some(1));
        assert_eq!(system.read(recount).await.expect("counted"), vec![]);
    })
    .await;
}

#[tokio::test]
async fn a_village_is_decided_on_by_its_township_and_a_centre_by_nobody_here() {
    each(async |world| {
        let village = world.unit("90101");
        let done = complained(&world, village, "").await;
        let hall = world.staff(world.unit("901-township-hall"), Role::Triage);
        assert!(sees(&hall, &done.number).await);
        assert!(!sees(&world.staff(village, Role::Officer), &done.number).await);
        // Below it, too.
        assert!(!sees(&world.staff(world.unit("9010101"), Role::Officer), &done.number).await);

        let ctx = world.public();
        for unit in ["9", "9-county-centre"] {
            let refused = register_now(&ctx, &about(&ctx, world.unit(unit), "")).await;
            let Err(Error::Invalid(faults)) = refused else { panic!("{refused:?}") };
            assert_eq!(faults[0].field, "subject");
            assert_eq!(faults[0].say.zh, world.site.pack.shield.elsewhere.zh, "{unit}");
        }
        let mut unsaid = about(&ctx, village, "");
        unsaid.subject = Subject::default();
        unsaid.body = String::new();
        let Err(Error::Invalid(faults)) = register_now(&ctx, &unsaid).await else { panic!("no unit") };
        let fields: Vec<&str> = faults.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["body", "subject"], "all faults at once");
    })
    .await;
}

#[tokio::test]
async fn whoever_sits_in_the_house_does_not_take_the_complaint_in() {
    each(async |world| {
        let office = world.unit("901-township-economy");
        let clerk = world.staff(world.unit("901-township-hall"), Role::Clerk);
        let mut new = about(&clerk, office, "");
        new.first_unit = clerk.unit();
        let refused = register_now(&clerk, &new).await;
        let Err(Error::Invalid(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!(faults[0].field, "subject");
        // A village's clerk may: it reaches the county without them.
        let village = world.staff(world.unit("90101"), Role::Clerk);
        new.first_unit = village.unit();
        let again = new.clone();
        let done = village.write(move |tx, ctx| register(tx, ctx, &again)).await.expect("taken in");
        assert!(!sees(&village, &done.number).await);
        // Sent twice it is one.
        let twice = village.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("the same");
        assert_eq!(twice.number, done.number);
    })
    .await;
}

#[tokio::test]
async fn other_posts_old_posts_and_names_shut_out_as_well() {
    each(async |world| {
        let (office, centre) = (world.unit("901-township-economy"), world.unit("9-county-centre"));
        // An auditor of the whole site who has a post in the house, too.
        let auditor = world.staff(centre, Role::Auditor);
        also(&world, auditor.account().expect("staff"), office, Role::Officer);
        let done = complained(&world, office, "").await;
        assert!(!sees(&whole(&world, &auditor).await, &done.number).await);
        assert_eq!(listed(&whole(&world, &auditor).await).await, 0);
        // Their posts of that day count, also when they hold them no more.
        assert!(!sees(&auditor, &done.number).await, "held a post there on the day");
        // Whoever comes to the house later is shut out while they are there.
        let triage = world.staff(centre, Role::Triage);
        assert!(sees(&triage, &done.number).await);
        also(&world, triage.account().expect("staff"), world.unit("901-township-hall"), Role::Officer);
        assert!(!sees(&whole(&world, &triage).await, &done.number).await);
        // Named, and of another unit: the supervisor of the county's own centre.
        let named = complained(&world, world.unit("90201"), "督办员9-county-centre").await;
        assert!(!sees(&world.staff(centre, Role::Supervisor), &named.number).await);
        assert!(sees(&world.staff(centre, Role::Operator), &named.number).await);
        // The name itself is nowhere in clear.
        let id = named.id;
        let kept = world.site.db.read_now(move |tx| access::vault::texts::slots(tx, id.0)).expect("slots");
        assert!(kept.contains(&"subject".to_owned()), "{kept:?}");
    })
    .await;
}

#[tokio::test]
async fn it_is_not_sent_to_those_it_is_about_nor_named_after_them() {
    each(async |world| {
        let office = world.unit("901-township-economy");
        let done = complained(&world, office, "").await;
        let triage = world.staff(world.unit("9-county-centre"), Role::Triage);
        let to = |unit: UnitId| Assign { on: done.id.into(), unit, note: String::new() };
        for house in ["901-township-economy", "901-township-discipline", "901"] {
            let input = to(world.unit(house));
            let refused = triage.write(move |tx, ctx| assign(tx, ctx, &input)).await;
            let Err(Error::Invalid(faults)) = refused else { panic!("{house}: {refused:?}") };
            assert_eq!(faults[0].field, "unit");
        }
        let inspection = world.unit("9-county-inspection");
        let input = to(inspection);
        triage.write(move |tx, ctx| assign(tx, ctx, &input)).await.expect("sent");
        let lead = world.staff(inspection, Role::Lead);
        let officer = world.account(inspection, Role::Officer);
        also(&world, officer, office, Role::Officer);
        let input = Name { on: done.id.into(), officer, note: String::new() };
        let refused = lead.write(move |tx, ctx| name(tx, ctx, &input)).await;
        assert!(matches!(&refused, Err(Error::Invalid(f)) if f[0].field == "officer"), "{refused:?}");
        let me = lead.account().expect("staff");
        let input = Name { on: done.id.into(), officer: me, note: String::new() };
        lead.write(move |tx, ctx| name(tx, ctx, &input)).await.expect("named");
        let input = AskHelp { on: done.id.into(), unit: office, question: "情况？".into() };
        let refused = lead.write(move |tx, ctx| ask(tx, ctx, &input)).await;
        assert!(matches!(&refused, Err(Error::Invalid(f)) if f[0].field == "unit"), "{refused:?}");
        // No message went to anybody of the house, and none of them is in the outbox.
        let (id, zero) = (done.id, world.unit("901"));
        let mails = world.site.db.read_now(move |tx| notify::about(tx, id.0)).expect("messages");
        assert!(!mails.is_empty());
        let dir = register::directory(&world.site);
        let house = dir.path(zero).to_owned();
        for mail in mails {
            assert_eq!(mail.path, notify::APART);
            if let notify::Recipient::Account(who) = mail.to {
                let today = world.site.today();
                let units =
                    world.site.db.read_now(move |tx| accounts::units_of(tx, who, today)).expect("posts");
                assert!(units.iter().all(|u| !dir.path(*u).starts_with(&house)), "{}", mail.template);
            }
        }
        let all = world
            .site
            .db
            .read_now(|tx| notify::list(tx, &notify::Filter { limit: 100, ..Default::default() }))
            .expect("the outbox");
        assert!(all.iter().all(|m| m.about != Some(done.id.0)));
    })
    .await;
}

#[tokio::test]
async fn a_shield_is_put_up_afterwards_and_lifted_by_the_superior() {
    each(async |world| {
        let (office, hall) = (world.unit("901-township-economy"), world.unit("901-township-hall"));
        let ctx = world.public();
        let mut new = NewRequest::new(&ctx, "web");
        new.class = "17.03.01".into();
        new.body = "说好的补助一直没有，窗口的人还骂人。".into();
        new.place = Some(world.unit("90101"));
        let done = register_now(&ctx, &new).await.expect("registered");
        let triage = world.staff(hall, Role::Triage);
        assert!(sees(&triage, &done.number).await);
        let subject = Subject { unit: Some(office), name: String::new() };
        let bare = Put { on: done.id.into(), subject: subject.clone(), reason: " ".into() };
        let refused = triage.write(move |tx, ctx| put(tx, ctx, &bare)).await;
        assert!(matches!(&refused, Err(Error::Invalid(f)) if f[0].field == "reason"), "{refused:?}");
        // A lead may not: only who sends cases, and supervision.
        let input = Put { on: done.id.into(), subject, reason: "反映的是本镇窗口。".into() };
        let lead = world.staff(world.unit("9-county-centre"), Role::Moderator);
        let same = input.clone();
        assert!(lead.write(move |tx, ctx| put(tx, ctx, &same)).await.is_err());
        let case = triage.write(move |tx, ctx| put(tx, ctx, &input)).await.expect("shielded");
        let centre = world.unit("9-county-centre");
        assert_eq!((case.row.unit, case.row.public_state), (centre, PublicState::Never));
        assert!(!sees(&triage, &done.number).await, "gone for whoever put it up");
        let system = Ctx::system(&world.site);
        assert_eq!(system.read(recount).await.expect("counted"), vec![]);
        let counts = |unit: UnitId| {
            let system = system.clone();
            async move {
                let all = system.read(move |tx, _| slots(tx, unit, "2000-01", "2999-12", By::Total)).await;
                all.expect("counters").first().map_or(0, |s| s.counts.received)
            }
        };
        assert_eq!((counts(world.unit("901")).await, counts(world.unit("9")).await), (0, 0));

        // The county's supervision lifts it; nobody below may, and not without a reason.
        let supervisor = world.staff(centre, Role::Supervisor);
        let (id, town) = (done.id, world.staff(hall, Role::Supervisor));
        assert!(town.write(move |tx, ctx| lift(tx, ctx, id.into(), "x")).await.is_err());
        let operator = world.staff(centre, Role::Operator);
        let refused = operator.write(move |tx, ctx| lift(tx, ctx, id.into(), "x")).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        assert!(supervisor.write(move |tx, ctx| lift(tx, ctx, id.into(), "")).await.is_err());
        let case =
            supervisor.write(move |tx, ctx| lift(tx, ctx, id.into(), "与窗口无关。")).await.expect("lifted");
        assert!(!case.row.shielded && case.row.public_state == PublicState::Never);
        assert!(sees(&triage, &done.number).await);
        assert_eq!((counts(world.unit("901")).await, counts(world.unit("9")).await), (1, 1));
        assert_eq!(system.read(recount).await.expect("counted"), vec![]);
        let report = world.site.db.snapshot_now(|tx| journal::verify(tx, &|_| {})).expect("read");
        assert!(report.whole(), "{report:?}");
    })
    .await;
}
