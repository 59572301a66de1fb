//! What people are told beside the three notices, and in which language, on both engines.

use kernel::{DAY, Locale, Role};
use notify::{Message, Recipient};
use requests::Ctx;
use requests::acts::{
    On, answer, assign, close, handover, helpers, judge, person, progress, refer, refuse, returns, take,
};
use requests::case::Case;
use requests::ctx::Holder;
use requests::model::Audience;
use requests::notices::Told;
use requests::register::{NewRequest, register};
use rules::case::{Evidence, State, Word};
use testkit::{World, each_world};

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

async fn asked(world: &World, locale: Locale) -> On {
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
    new.person.name = Some("试用人".into());
    new.person.phone = Some("13800001234".into());
    new.person.locale = locale;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered").id.into()
}

async fn sent(world: &World, on: On) {
    let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
    let input = assign::Assign { on, unit: works(world), note: String::new() };
    desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
}

async fn name(world: &World, on: On, role: Role) {
    let input = take::Name { on, officer: world.account(works(world), role), note: String::new() };
    let lead = world.staff(works(world), Role::Lead);
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
}

/// In hand with the officer, who has spoken with the person.
async fn in_hand(world: &World, locale: Locale) -> On {
    let on = asked(world, locale).await;
    sent(world, on).await;
    name(world, on, Role::Officer).await;
    let spoken =
        progress::Note {
            on, text: "已联系本人。".into(), audience: Audience::Inside, files: Vec::new()
        };
    let officer = world.staff(works(world), Role::Officer);
    officer.write(move |tx, ctx| progress::contact(tx, ctx, &spoken)).await.expect("the contact");
    on
}

async fn answered(world: &World, on: On) {
    let input = answer::Answer { on, text: "已疏通".into(), unsolvable: false, files: Vec::new() };
    let officer = world.staff(works(world), Role::Officer);
    officer.write(move |tx, ctx| answer::answer(tx, ctx, &input)).await.expect("it is answered");
    world.deliver().await;
}

async fn says(world: &World, on: On, word: Word) {
    let ctx = held(world, on).await;
    let input = judge::Judge { on, word, satisfaction: None, note: "还在淹".into(), person: None };
    ctx.write(move |tx, ctx| judge::judge(tx, ctx, &input)).await.expect("it is judged");
}

async fn held(world: &World, on: On) -> Ctx {
    let person = case(world, on).await.row.person;
    world.public().held_by(Holder { request: on.id, person })
}

async fn case(world: &World, on: On) -> Case {
    let ctx = Ctx::system(&world.site);
    ctx.read(move |tx, ctx| Case::find(tx, ctx, on.id)).await.expect("the case is there")
}

async fn all(world: &World, on: On) -> Vec<Message> {
    Ctx::system(&world.site).read(move |tx, _| notify::about(tx, on.id.0)).await.expect("a look")
}

/// The texts of one wording, first to last.
async fn texts(world: &World, on: On, wording: &str) -> Vec<String> {
    let all = all(world, on).await;
    all.into_iter().filter(|m| m.template == wording).map(|m| m.body).collect()
}

async fn review(world: &World, on: On, upheld: bool) {
    let input = close::Review { on, upheld, reason: "现场看过，确实做了".into() };
    let county = world.staff(world.office("9", "county-centre"), Role::Supervisor);
    county.write(move |tx, ctx| close::review(tx, ctx, &input)).await.expect("it is ruled on");
}

#[tokio::test]
async fn after_each_no_and_at_the_end_the_person_is_told() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = in_hand(&world, Locale::Zh).await;
        answered(&world, on).await;
        let told = texts(&world, on, "result").await;
        assert!(told[0].contains("已答复：已疏通。事情解决了没有"), "{told:?}");

        says(&world, on, Word::NotSolved).await;
        assert_eq!(texts(&world, on, "rework").await.len(), 1);
        answered(&world, on).await;
        says(&world, on, Word::NotSolved).await;
        let now = case(&world, on).await.row;
        assert_eq!(now.state, State::Review);
        let told = texts(&world, on, "review").await;
        let date = world.site.zone.date(now.step_due.expect("the review has a date"));
        let day = format!("{}月{}日", date.month(), date.day());
        assert!(told.len() == 1 && told[0].contains("上级复核") && told[0].contains(&day), "{day}: {told:?}");

        // Sent back, answered, a third no, and then upheld.
        review(&world, on, false).await;
        let told = texts(&world, on, "reviewed").await;
        assert!(told[0].contains("退回重办") && told[0].contains("现场看过，确实做了。"), "{told:?}");
        answered(&world, on).await;
        says(&world, on, Word::NotSolved).await;
        review(&world, on, true).await;
        let told = texts(&world, on, "reviewed").await;
        assert!(told.len() == 2 && told.iter().any(|t| t.contains("答复维持不变")), "{told:?}");

        let lead = world.staff(works(&world), Role::Lead);
        lead.write(move |tx, ctx| close::close(tx, ctx, on, "")).await.expect("it is signed off");
        let told = texts(&world, on, "closed").await;
        assert!(told.len() == 1 && told[0].contains("已销号"), "{told:?}");

        let county = world.staff(world.office("9", "county-centre"), Role::Supervisor);
        county.write(move |tx, ctx| close::reopen(tx, ctx, on, "又堵了")).await.expect("it is opened");
        let told = texts(&world, on, "reopened").await;
        assert!(told.len() == 1 && told[0].contains("原因：又堵了。"), "{told:?}");
        let told = texts(&world, on, "officer-rework").await;
        assert!(told.iter().any(|t| t.contains("又堵了。")), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn another_officer_is_told_as_another_officer() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = in_hand(&world, Locale::Zh).await;
        assert_eq!(texts(&world, on, "handling").await.len(), 1);
        name(&world, on, Role::Lead).await;
        assert_eq!(
            (texts(&world, on, "handling").await.len(), texts(&world, on, "reassigned").await.len()),
            (1, 1)
        );

        let (from, to) =
            (world.account(works(&world), Role::Lead), world.account(works(&world), Role::Officer));
        let input = handover::HandOver { from, to, unit: None, note: "调走了。".into() };
        let lead = world.staff(works(&world), Role::Lead);
        lead.write(move |tx, ctx| handover::hand_over(tx, ctx, &input)).await.expect("it is handed over");
        let told = texts(&world, on, "reassigned").await;
        assert!(told.len() == 2 && told.iter().any(|t| t.contains("承办干部")), "{told:?}");
        let owed = case(&world, on).await.notices;
        let handling = owed.iter().filter(|n| n.notice == rules::case::Notice::Handling).count();
        assert_eq!(handling, 3, "each is owed and has to be met");
    })
    .await;
}

#[tokio::test]
async fn what_the_program_adds_is_in_the_language_of_the_reader() {
    each_world("county", MIGRATIONS, |world| async move {
        let ground = world.site.pack.grounds[0].clone();
        for (locale, said, way) in [
            (Locale::En, ground.text.en.clone(), ground.right_way.en.clone()),
            (Locale::Zh, ground.text.zh.clone(), ground.right_way.zh.clone()),
        ] {
            let on = asked(&world, locale).await;
            let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
            let input = refuse::Refuse { on, ground: ground.id.clone(), note: String::new() };
            desk.write(move |tx, ctx| refuse::refuse(tx, ctx, &input)).await.expect("it is refused");
            let told = texts(&world, on, "not-accepted").await;
            assert!(told[0].contains(&said) && told[0].contains(&way), "{told:?}");
        }

        let on = in_hand(&world, Locale::En).await;
        answered(&world, on).await;
        says(&world, on, Word::Solved).await;
        let lead = world.staff(works(&world), Role::Lead);
        lead.write(move |tx, ctx| close::close(tx, ctx, on, "")).await.expect("it is signed off");
        let told = texts(&world, on, "closed").await;
        assert!(told[0].contains("has ended: Closed."), "{told:?}");
        // Staff read Chinese, whatever the person does.
        let told = texts(&world, on, "officer-judged").await;
        assert!(told[0].contains("解决了"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn messages_to_units_name_the_right_unit_and_the_right_thing() {
    each_world("county", MIGRATIONS, |world| async move {
        let dir = register::directory(&world.site);
        let called = |unit| dir.name(unit, Locale::Zh).to_owned();
        let on = in_hand(&world, Locale::Zh).await;
        let other = world.office("901", "township-finance");
        let officer = world.staff(works(&world), Role::Officer);
        let input = helpers::AskHelp { on, unit: other, question: "请看经费".into() };
        officer.write(move |tx, ctx| helpers::ask(tx, ctx, &input)).await.expect("asked");
        let told = texts(&world, on, "helper-asked").await;
        assert!(told[0].contains(&format!("请{}协办", called(other))), "{told:?}");
        let helper = world.staff(other, Role::Officer);
        let input = helpers::Report { on, text: "经费已安排。".into() };
        helper.write(move |tx, ctx| helpers::report(tx, ctx, &input)).await.expect("reported");
        let told = texts(&world, on, "helper-reported").await;
        assert!(told.len() == 1 && told[0].contains(&called(other)), "{told:?}");
        let input = refer::Escalate { on, reason: "要跨村协调".into() };
        officer.write(move |tx, ctx| refer::escalate(tx, ctx, &input)).await.expect("passed up");
        let told = texts(&world, on, "escalated").await;
        let whole = told.len() == 1 && told[0].contains(&format!("{}上报", called(works(&world))));
        assert!(whole && told[0].contains("要跨村协调。请在"), "{told:?}");

        let on = asked(&world, Locale::Zh).await;
        sent(&world, on).await;
        let kind = world.site.pack.unit_kind("township-construction").expect("the kind");
        let duty = kind.duties.first().map(|d| d.id.clone()).unwrap_or_default();
        let input = returns::Return { on, duty, reason: "不归我们管".into() };
        let lead = world.staff(works(&world), Role::Lead);
        lead.write(move |tx, ctx| returns::hand_back(tx, ctx, &input)).await.expect("sent back");
        let told = texts(&world, on, "returned").await;
        assert!(told[0].contains(&format!("{}退回", called(works(&world)))), "{told:?}");

        let on = in_hand(&world, Locale::Zh).await;
        let ctx = held(&world, on).await;
        ctx.write(move |tx, ctx| person::withdraw(tx, ctx, on, "自己解决了")).await.expect("withdrawn");
        let officers: Vec<String> = all(&world, on)
            .await
            .into_iter()
            .filter(|m| matches!(m.to, Recipient::Account(_)))
            .map(|m| m.template)
            .collect();
        assert!(officers.contains(&"officer-withdrawn".to_owned()), "{officers:?}");
        assert!(!officers.contains(&"officer-added".to_owned()), "{officers:?}");
    })
    .await;
}

#[tokio::test]
async fn a_signal_names_the_limit_that_runs_out() {
    each_world("county", MIGRATIONS, |world| async move {
        let on = asked(&world, Locale::Zh).await;
        world.clock.advance(10 * DAY);
        requests::jobs::look(&world.site).await.expect("a look");
        let told = texts(&world, on, "officer-overdue").await;
        assert!(told.iter().any(|t| t.contains("的交办时限已超过")), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn a_message_keeps_the_version_of_its_wording_as_the_pack_writes_it() {
    each_world("pingxiang", MIGRATIONS, |world| async move {
        let on = asked(&world, Locale::Zh).await;
        let all = all(&world, on).await;
        let accepted = all.iter().find(|m| m.template == "accepted").expect("a message");
        assert_eq!(accepted.template_version, "pingxiang-1");
    })
    .await;
}

#[tokio::test]
async fn whoever_works_here_is_written_to_by_mail_where_no_text_message_goes() {
    each_world("county", MIGRATIONS, |world| async move {
        use access::accounts::{Contact, set_contact};
        let lead = world.account(works(&world), Role::Lead);
        let ctx = world.staff(works(&world), Role::Lead);
        let new = Contact { phone: String::new(), email: "works@town.example.org".into() };
        set_contact(&world.site, &ctx.scope, lead, new).await.expect("their own");
        let on = asked(&world, Locale::Zh).await;
        sent(&world, on).await;
        world.deliver().await;
        let all = world.site.db.read_now(move |tx| notify::about(tx, on.id.0)).expect("messages");
        let theirs = all.iter().find(|m| m.to == Recipient::Account(lead)).expect("the lead is told");
        assert_eq!((theirs.channel, theirs.state), (Some(notify::Channel::Email), notify::State::Delivered));
        // Whoever asked left a number and no address.
        let asked = all.iter().find(|m| matches!(m.to, Recipient::Person(_))).expect("the person is told");
        assert_eq!(asked.channel, Some(notify::Channel::Sms));
    })
    .await;
}
