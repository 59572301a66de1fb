//! The request loop from the first word to sign-off, as a story, on both engines.

use kernel::{DAY, Error, HOUR, Role, Timestamp};
use requests::acts::{answer, assign, close, judge, progress, returns, take, triage};
use requests::case::Case;
use requests::model::{Audience, Satisfaction};
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use requests::{Ctx, Trial, recheck, what_if};
use rules::case::{ClockKind, Evidence, Kind, Notice, State, Urgency, Word};
use testkit::{World, at, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

/// A class of the pack whose sign-off needs no photographs.
fn plain_class(world: &World) -> String {
    let pack = &world.site.pack;
    let fits = |c: &&pack::Class| {
        c.is_leaf()
            && c.track == "standard"
            && c.evidence.iter().all(|e| *e == Evidence::Contact)
            && c.stop.is_none()
            && c.form.is_none()
            && !c.major
    };
    pack.classes.iter().find(fits).expect("a plain class").code.clone()
}

async fn asked(world: &World, phone: Option<&str>) -> Registered {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = plain_class(world);
    new.body = "村口到小学一段路灯全灭,晚上孩子放学看不见路。".into();
    new.place = Some(world.unit("90101"));
    new.place_text = "学校路".into();
    new.person.name = Some("试用人".into());
    new.person.phone = phone.map(str::to_owned);
    new.told = Told::OnPage;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

async fn case(world: &World, id: kernel::RequestId) -> Case {
    let ctx = Ctx::system(&world.site);
    ctx.read(move |tx, ctx| Case::find(tx, ctx, id)).await.expect("the case is there")
}

async fn to_in_hand(world: &World, id: kernel::RequestId) -> kernel::UnitId {
    let hall = world.office("901", "township-hall");
    let works = world.office("901", "township-construction");
    let desk = world.staff(hall, Role::Triage);
    let class = plain_class(world);
    let input = triage::Triage {
        on: id.into(),
        class,
        kind: Kind::Help,
        urgency: Urgency::Ordinary,
        unit: works,
        note: String::new(),
    };
    desk.write(move |tx, ctx| triage::triage(tx, ctx, &input)).await.expect("it is triaged");
    let input = assign::Assign { on: id.into(), unit: works, note: String::new() };
    desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
    let lead = world.staff(works, Role::Lead);
    lead.write(move |tx, ctx| take::accept(tx, ctx, id.into())).await.expect("it is accepted");
    let officer = world.account(works, Role::Officer);
    let input = take::Name { on: id.into(), officer, note: String::new() };
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
    let spoken = progress::Note {
        on: id.into(),
        text: "已电话联系。".into(),
        audience: Audience::Inside,
        files: vec![],
    };
    let officer = world.staff(works, Role::Officer);
    officer.write(move |tx, ctx| progress::contact(tx, ctx, &spoken)).await.expect("the contact is noted");
    works
}

fn holder(world: &World, case: &Case) -> Ctx {
    world.public().held_by(requests::ctx::Holder { request: case.row.id, person: case.row.person })
}

#[tokio::test]
async fn from_the_first_word_to_sign_off() {
    each_world("county", MIGRATIONS, |world| async move {
        // A resident asks on a Tuesday morning; the date follows from the pack and counts working days.
        let got = asked(&world, Some("13800001234")).await;
        let now = case(&world, got.id).await;
        assert_eq!(now.row.state, State::Registered);
        assert!(now.row.officer.is_some(), "somebody answers for it from the first moment");
        let promise = now.open_clock(ClockKind::Answer).expect("the answer clock runs").certificate.clone();
        assert_eq!(Some(promise.due), got.due);
        rules::deadline::recompute(&promise, &world.site.calendar).expect("the date can be counted again");

        let works = to_in_hand(&world, got.id).await;
        let now = case(&world, got.id).await;
        assert_eq!(now.row.state, State::InHand);
        assert_eq!(now.row.unit, works);
        assert_eq!(
            now.row.first_unit,
            world.office("901", "township-hall"),
            "first to receive, accountable to the end"
        );
        assert_eq!(now.row.officer, Some(world.account(works, Role::Officer)));

        // Signing off at once is refused: nothing is answered yet.
        let id = got.id;
        let officer = world.staff(works, Role::Officer);
        let refused = officer.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await;
        assert!(matches!(refused, Err(Error::Refused { code: "not-in-this-state", .. })), "{refused:?}");

        // First contact, progress, answer.
        world.clock.advance(3 * HOUR);
        let officer = world.staff(works, Role::Officer);
        let note = |text: &str, audience| progress::Note {
            on: id.into(),
            text: text.into(),
            audience,
            files: vec![],
        };
        let seen = note("控制箱进水，要换两台。", Audience::Person);
        officer.write(move |tx, ctx| progress::progress(tx, ctx, &seen)).await.expect("progress is noted");
        let reply = answer::Answer {
            on: id.into(),
            text: "已更换控制箱,路灯全部恢复。".into(),
            unsolvable: false,
            files: vec![],
        };
        officer.write(move |tx, ctx| answer::answer(tx, ctx, &reply)).await.expect("it is answered");
        let now = case(&world, id).await;
        assert_eq!(now.row.state, State::Answered);
        assert!(now.row.answered_at.is_some() && now.open_clock(ClockKind::Answer).is_none());
        assert_eq!(now.notices.iter().map(|n| n.notice).collect::<Vec<_>>(), Notice::ALL);

        // The officer cannot judge the own work.
        let input = judge::Judge {
            on: id.into(),
            word: Word::Solved,
            satisfaction: None,
            note: String::new(),
            person: None,
        };
        let own = input.clone();
        let refused = officer.write(move |tx, ctx| judge::judge(tx, ctx, &own)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_) | Error::Refused { .. })), "{refused:?}");

        // The person says it is solved, on the page.
        let person = holder(&world, &now);
        let said = judge::Judge { satisfaction: Some(Satisfaction::Good), ..input };
        person.write(move |tx, ctx| judge::judge(tx, ctx, &said)).await.expect("the word is taken");

        // Not before all three notices have arrived.
        let refused = officer.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await;
        assert!(matches!(refused, Err(Error::Refused { code: "missing", .. })), "{refused:?}");
        world.deliver().await;
        officer.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await.expect("it is signed off");
        let now = case(&world, id).await;
        assert_eq!(now.row.state, State::Closed);
        assert!(now.clocks.iter().all(|c| !c.is_open()));
        let report = world.site.db.read_now(|tx| journal::verify(tx, &|_| {})).expect("the journal is read");
        assert!(report.whole(), "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn the_unit_returns_it_twice_the_arbiter_rules_and_the_deadline_stands() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, None).await;
        let id = got.id;
        let promised = case(&world, id).await.row.answer_due;
        let hall = world.office("901", "township-hall");
        let works = world.office("901", "township-construction");
        let desk = world.staff(hall, Role::Triage);
        let lead = world.staff(works, Role::Lead);
        let duty = |w: &World| {
            let kind = "township-construction";
            w.site
                .pack
                .unit_kind(kind)
                .and_then(|k| k.duties.first())
                .map(|d| d.id.clone())
                .unwrap_or_default()
        };
        for (round, expected) in [(1, State::Returned), (2, State::Arbitration)] {
            let input = assign::Assign { on: id.into(), unit: works, note: String::new() };
            if round == 1 {
                desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
            } else {
                let ruling = returns::Ruling { on: id.into(), unit: works, reason: "属本站职责".into() };
                desk.write(move |tx, ctx| returns::rule(tx, ctx, &ruling)).await.expect("the centre decides");
            }
            let back =
                returns::Return { on: id.into(), duty: duty(&world), reason: "不属本站职责".into() };
            lead.write(move |tx, ctx| returns::hand_back(tx, ctx, &back)).await.expect("it is returned");
            assert_eq!(case(&world, id).await.row.state, expected);
        }
        // A second return is not for the centre that sent it.
        let ruling = returns::Ruling { on: id.into(), unit: works, reason: "再次交办".into() };
        let refused = desk.write(move |tx, ctx| returns::rule(tx, ctx, &ruling)).await;
        assert!(refused.is_err(), "{refused:?}");
        let county = world.office("9", "county-centre");
        let arbiter = world.staff(county, Role::Supervisor);
        let ruling =
            returns::Ruling { on: id.into(), unit: works, reason: "裁定由规建办承办".into() };
        arbiter.write(move |tx, ctx| returns::rule(tx, ctx, &ruling)).await.expect("the arbiter rules");
        let now = case(&world, id).await;
        assert_eq!((now.row.state, now.row.returns), (State::Assigned, 2));
        assert_eq!(now.row.answer_due, promised, "the person's clock never stopped");
    })
    .await;
}

#[tokio::test]
async fn a_no_opens_a_rework_and_a_second_no_a_review() {
    each_world("county", MIGRATIONS, |world| async move {
        let id = asked(&world, Some("13900004321")).await.id;
        let works = to_in_hand(&world, id).await;
        for (round, expected) in [(0, State::Rework), (1, State::Review)] {
            let officer = world.staff(works, Role::Officer);
            let reply = answer::Answer {
                on: id.into(),
                text: format!("已处理{round}"),
                unsolvable: false,
                files: vec![],
            };
            officer.write(move |tx, ctx| answer::answer(tx, ctx, &reply)).await.expect("it is answered");
            let now = case(&world, id).await;
            let said = judge::Judge {
                on: id.into(),
                word: Word::NotSolved,
                satisfaction: Some(Satisfaction::Bad),
                note: "还是不亮".into(),
                person: None,
            };
            holder(&world, &now)
                .write(move |tx, ctx| judge::judge(tx, ctx, &said))
                .await
                .expect("the no is taken");
            assert_eq!(case(&world, id).await.row.state, expected);
        }
        let above = world.staff(world.office("9", "county-centre"), Role::Supervisor);
        let ruling = close::Review { on: id.into(), upheld: false, reason: "再修一次".into() };
        above.write(move |tx, ctx| close::review(tx, ctx, &ruling)).await.expect("the superior rules");
        let now = case(&world, id).await;
        assert_eq!((now.row.state, now.row.reworks), (State::Rework, 2));
        assert!(now.open_clock(ClockKind::Rework).is_some());
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_the_telephone_and_two_people_sign() {
    each_world("county", MIGRATIONS, |world| async move {
        let id = asked(&world, Some("13700007777")).await.id;
        let works = to_in_hand(&world, id).await;
        let officer = world.staff(works, Role::Officer);
        let reply =
            answer::Answer { on: id.into(), text: "已修好。".into(), unsolvable: false, files: vec![] };
        officer.write(move |tx, ctx| answer::answer(tx, ctx, &reply)).await.expect("it is answered");
        world.deliver().await;
        let county = world.office("9", "county-centre");
        for day in 0..world.site.pack.call_back.attempt_days {
            let caller = world.staff(county, Role::Operator);
            let missed = judge::Missed { on: id.into(), outcome: "no-answer".into(), note: String::new() };
            caller.write(move |tx, ctx| judge::missed(tx, ctx, &missed)).await.expect("the attempt is noted");
            // A second call on the same day is noted, but is no second day.
            if day == 0 {
                world.clock.advance(HOUR);
                let caller = world.staff(county, Role::Operator);
                let again = judge::Missed { on: id.into(), outcome: "no-answer".into(), note: String::new() };
                caller.write(move |tx, ctx| judge::missed(tx, ctx, &again)).await.expect("noted as well");
                assert_eq!(case(&world, id).await.facts.attempt_days, 1);
            }
            world.clock.advance(DAY);
        }
        let caller = world.staff(county, Role::Operator);
        caller
            .write(move |tx, ctx| judge::lapse(tx, ctx, id.into()))
            .await
            .expect("attempts stand for the word");
        let now = case(&world, id).await;
        assert_eq!((now.row.state, now.row.word), (State::Judged, Some(Word::NotReached)));
        // The officer alone cannot sign it off now; a second person can.
        let officer = world.staff(works, Role::Officer);
        let refused = officer.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await;
        assert!(matches!(refused, Err(Error::Refused { code: "missing", .. })), "{refused:?}");
        let lead = world.staff(works, Role::Lead);
        lead.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await.expect("the lead signs");
        assert_eq!(case(&world, id).await.row.state, State::Closed);
    })
    .await;
}

#[tokio::test]
async fn signals_come_once_each_and_supervision_is_proposed() {
    each_world("county", MIGRATIONS, |world| async move {
        let id = asked(&world, None).await.id;
        let works = to_in_hand(&world, id).await;
        let clock = case(&world, id).await.open_clock(ClockKind::Answer).cloned().expect("it runs");
        requests::jobs::look(&world.site).await.expect("a look");
        for (when, level) in [(clock.warn_at, 1), (clock.due_at.plus(-HOUR), 2), (clock.due_at.plus(DAY), 3)]
        {
            world.clock.set(when);
            requests::jobs::look(&world.site).await.expect("a look");
            assert_eq!(
                requests::jobs::look(&world.site).await.expect("a second look"),
                0,
                "each signal once"
            );
            let now = case(&world, id).await;
            let seen = now.open_clock(ClockKind::Answer).map(|c| c.signalled);
            assert_eq!(seen, Some(level));
        }
        let now = case(&world, id).await;
        assert!(now.row.is_overdue(world.site.clock.now()));
        assert_eq!(now.row.unit, works);
    })
    .await;
}

#[tokio::test]
async fn a_stale_page_is_refused_and_a_stranger_finds_nothing() {
    each_world("county", MIGRATIONS, |world| async move {
        let id = asked(&world, None).await.id;
        let seen = case(&world, id).await.row.seq;
        let works = to_in_hand(&world, id).await;
        let officer = world.staff(works, Role::Officer);
        let on = requests::acts::On { id, seq: Some(seen) };
        let note =
            progress::Note { on, text: "迟到的一笔".into(), audience: Audience::Inside, files: vec![] };
        let refused = officer.write(move |tx, ctx| progress::progress(tx, ctx, &note)).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        // The other township's people do not even learn that it exists.
        let elsewhere = world.staff(world.office("902", "township-construction"), Role::Officer);
        let missing = elsewhere.read(move |tx, ctx| Case::find(tx, ctx, id)).await;
        assert!(matches!(missing, Err(Error::NotFound)));
        // Nor does an administrator, who keeps accounts and sees no case.
        let admin = world.staff(world.office("9", "county-centre"), Role::Admin);
        assert!(admin.read(move |tx, ctx| Case::find(tx, ctx, id)).await.is_err());
        // The auditor sees it and can change nothing.
        let auditor = world.staff(world.office("9", "county-centre"), Role::Auditor);
        let shown = auditor.read(move |tx, ctx| Case::find(tx, ctx, id).and_then(|c| c.choices(ctx))).await;
        assert_eq!(shown.expect("shown"), vec![]);
    })
    .await;
}

#[tokio::test]
async fn the_date_counts_working_days_over_a_holiday() {
    each_world("county", MIGRATIONS, |world| async move {
        // The eve of the National Day holiday 2026: seven days off, Saturday the 10th is worked.
        world.clock.set(at(2026, 9, 30, 15, 0));
        let id = asked(&world, None).await.id;
        let clock = case(&world, id).await.open_clock(ClockKind::Answer).cloned().expect("it runs");
        let day = world.site.zone.date(clock.due_at);
        assert!(
            day > kernel::Date::constant(2026, 10, 7),
            "no limit in working days ends in the holiday: {day}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_case_that_came_as_urgent_and_is_not_differs_in_nothing_under_its_own_rules() {
    each_world("county", MIGRATIONS, |world| async move {
        let ctx = world.public();
        let mut new = NewRequest::new(&ctx, "web");
        new.class = plain_class(&world);
        new.urgency = Some(Urgency::Urgent);
        new.body = "水管爆了，巷口全是水。".into();
        new.place = Some(world.unit("90101"));
        new.place_text = "巷口".into();
        new.told = Told::OnPage;
        let got = ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered");
        let looked_at = async |world: &World| {
            let ctx = Ctx::system(&world.site);
            let read = ctx.read(|tx, ctx| {
                let all = (Timestamp(0), ctx.at.plus(DAY));
                let trial = Trial { pack: &ctx.site.pack, from: all.0, to: all.1 };
                Ok((what_if(tx, ctx, &trial, &|_| {})?, recheck(tx, ctx, &|_| {})?))
            });
            read.await.expect("gone through again")
        };
        // The date of the answer follows what it is found to be; that of sending it out was another promise.
        world.clock.advance(HOUR);
        let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
        let input = triage::Triage {
            on: got.id.into(),
            class: plain_class(&world),
            kind: Kind::Help,
            urgency: Urgency::Ordinary,
            unit: world.office("901", "township-construction"),
            note: String::new(),
        };
        desk.write(move |tx, ctx| triage::triage(tx, ctx, &input)).await.expect("it is triaged");
        let now = case(&world, got.id).await;
        let rule = |kind| &now.open_clock(kind).expect("it runs").certificate.rule;
        assert!(rule(ClockKind::Dispatch).ends_with("-urgent"), "{}", rule(ClockKind::Dispatch));
        assert!(!rule(ClockKind::Answer).ends_with("-urgent"), "{}", rule(ClockKind::Answer));
        let (tried, checked) = looked_at(&world).await;
        assert_eq!((tried.clocks, tried.changes), (2, Default::default()));
        assert_eq!((checked.certificates, checked.found), (3, vec![]));

        // And once all of them have stopped.
        let input = assign::Assign {
            on: got.id.into(),
            unit: world.office("901", "township-construction"),
            note: String::new(),
        };
        desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
        let (tried, checked) = looked_at(&world).await;
        assert_eq!((tried.clocks, tried.changes), (4, Default::default()));
        assert_eq!(checked.found, vec![]);
    })
    .await;
}
