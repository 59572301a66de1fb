//! Two places and their ways of working, at the level of acts, on both engines. The same stories are told
//! over HTTP where the whole program is put together.

use kernel::{Error, HOUR, RequestId, Role, UnitId};
use requests::Ctx;
use requests::acts::{answer, assign, close, judge, progress, refer, settle, take};
use requests::case::Case;
use requests::ctx::Holder;
use requests::model::{Audience, Satisfaction};
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use rules::case::{ClockKind, Evidence, Need, State, Verb, Word};
use std::collections::BTreeSet;
use testkit::{World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

/// A class on `track` that asks nothing further, handled by an office whose kind begins with `handler`.
fn class(world: &World, track: &str, handler: &str) -> String {
    let fits = |c: &&pack::Class| {
        c.is_leaf()
            && c.track == track
            && c.handler.starts_with(handler)
            && (c.major || c.evidence.iter().all(|e| *e == Evidence::Contact))
            && c.stop.is_none()
            && c.form.is_none()
    };
    world
        .site
        .pack
        .classes
        .iter()
        .find(fits)
        .unwrap_or_else(|| panic!("no {track} class for {handler}"))
        .code
        .clone()
}

async fn case(world: &World, id: RequestId) -> Case {
    let ctx = Ctx::system(&world.site);
    ctx.read(move |tx, ctx| Case::find(tx, ctx, id)).await.expect("the case is there")
}

async fn taken_in(
    world: &World,
    by: &Ctx,
    channel: &str,
    class: &str,
    body: &str,
    phone: Option<&str>,
    told: Told,
) -> Registered {
    let mut new = NewRequest::new(by, channel);
    new.class = class.to_owned();
    new.body = body.to_owned();
    new.place = Some(world.unit("9010101"));
    new.place_text = "祠堂边".into();
    new.person.name = Some("试用人".into());
    new.person.phone = phone.map(str::to_owned);
    new.person.address = Some("一组 8 号".into());
    new.first_unit = by.unit();
    new.told = told;
    by.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

/// Sent to `unit`, accepted, given to its officer, and the person contacted.
async fn in_hand(world: &World, id: RequestId, unit: UnitId) {
    let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
    let input = assign::Assign { on: id.into(), unit, note: String::new() };
    desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
    world.clock.advance(HOUR);
    let lead = world.staff(unit, Role::Lead);
    let officer = world.account(unit, Role::Officer);
    let input = take::Name { on: id.into(), officer, note: String::new() };
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
    world.clock.advance(HOUR);
    let spoken = note(id, "已上门见面。");
    world
        .staff(unit, Role::Officer)
        .write(move |tx, ctx| progress::contact(tx, ctx, &spoken))
        .await
        .expect("contact");
}

fn note(id: RequestId, text: &str) -> progress::Note {
    progress::Note { on: id.into(), text: text.into(), audience: Audience::Inside, files: vec![] }
}

fn reply(id: RequestId, text: &str, unsolvable: bool) -> answer::Answer {
    answer::Answer { on: id.into(), text: text.into(), unsolvable, files: vec![] }
}

async fn says(world: &World, id: RequestId, word: Word, grade: Satisfaction) {
    let now = case(world, id).await;
    let person = world.public().held_by(Holder { request: id, person: now.row.person });
    let said =
        judge::Judge { on: id.into(), word, satisfaction: Some(grade), note: String::new(), person: None };
    person.write(move |tx, ctx| judge::judge(tx, ctx, &said)).await.expect("the word is taken");
}

/// The messages about a case: to whom and from which template, oldest first.
fn sent(world: &World, id: RequestId) -> Vec<(&'static str, String)> {
    let all = world.site.db.read_now(move |tx| notify::about(tx, id.0)).expect("the outbox is read");
    let to = |m: &notify::Message| match m.to {
        notify::Recipient::Person(_) => "person",
        notify::Recipient::Account(_) => "officer",
        notify::Recipient::Address(_) => "address",
    };
    all.iter().map(|m| (to(m), m.template.clone())).collect()
}

/// After every story: the record is whole, and the counters say what the cases say.
fn books_are_right(world: &World) {
    let report = world.site.db.read_now(|tx| journal::verify(tx, &|_| {})).expect("the journal is read");
    assert!(report.whole(), "{report:?}");
    let ctx = Ctx::system(&world.site);
    let found = world.site.db.snapshot_now(move |tx| requests::recount(tx, &ctx)).expect("counted anew");
    assert_eq!(found, vec![]);
}

#[tokio::test]
async fn zunyi_several_needs_in_one_meeting_and_what_is_not_solved_is_not_struck_off() {
    each_world("zunyi", MIGRATIONS, |world| async move {
        // The villagers say three things; the station's clerk writes one line for each.
        let clerk = world.staff(world.unit("90101"), Role::Clerk);
        let class = class(&world, "standard", "township-");
        let mut ids = Vec::new();
        for body in ["水渠垮了一段。", "村口没有垃圾桶。", "老人领补贴不方便。"] {
            ids.push(taken_in(&world, &clerk, "meeting", &class, body, None, Told::InPerson).await.id);
        }
        let mut numbers = BTreeSet::new();
        for id in &ids {
            let now = case(&world, *id).await;
            numbers.insert(now.row.number.clone());
            assert_eq!(
                now.row.officer,
                Some(world.account(world.unit("90101"), Role::Lead)),
                "one problem, one officer"
            );
            assert!(now.row.answer_due.is_some() && now.open_clock(ClockKind::Dispatch).is_some());
        }
        assert_eq!(numbers.len(), 3, "one line, one number");
        let view = world.site.pack.views.iter().find(|v| v.id == "feedback").expect("the feedback ledger");
        assert!(view.daily && view.states.contains(&State::Registered));

        // The township cannot say "cannot be solved": there is no such end here.
        let (id, works) = (ids[0], world.office("901", "township-agriculture"));
        in_hand(&world, id, works).await;
        let lead = world.staff(works, Role::Lead);
        let no = reply(id, "没有经费。", true);
        let refused = lead.write(move |tx, ctx| answer::answer(tx, ctx, &no)).await;
        assert!(matches!(refused, Err(Error::Refused { code: "not-in-this-state", .. })), "{refused:?}");
        let offered = lead.read(move |tx, ctx| Case::find(tx, ctx, id)?.choices(ctx)).await.expect("choices");
        assert!(offered.iter().all(|c| c.verb != Verb::Decline));

        // Two answers, two times no; the county finds that enough was done, and it still goes on.
        for round in 0..2 {
            let officer = world.staff(works, Role::Officer);
            let yes = reply(id, &format!("修了第{}段。", round + 1), false);
            officer.write(move |tx, ctx| answer::answer(tx, ctx, &yes)).await.expect("it is answered");
            says(&world, id, Word::NotSolved, Satisfaction::Bad).await;
        }
        assert_eq!(case(&world, id).await.row.state, State::Review);
        let county = world.staff(world.office("9", "county-centre"), Role::Supervisor);
        let ruling = close::Review { on: id.into(), upheld: true, reason: "已尽力，继续办。".into() };
        county.write(move |tx, ctx| close::review(tx, ctx, &ruling)).await.expect("the county rules");
        let now = case(&world, id).await;
        assert_eq!(now.row.state, State::Rework, "what is not solved is not struck off");
        let refused = county.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await;
        assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");

        // Solved in the end, and said so: only now it is struck off.
        let officer = world.staff(works, Role::Officer);
        let yes = reply(id, "全段修好放水。", false);
        officer.write(move |tx, ctx| answer::answer(tx, ctx, &yes)).await.expect("it is answered");
        says(&world, id, Word::Solved, Satisfaction::Good).await;
        world.deliver().await;
        for notice in case(&world, id).await.notices.iter().filter(|n| !n.is_met()) {
            // Nobody left a number: a clerk tells them face to face, and puts it on record.
            let (notice, clerk) = (notice.notice, world.staff(world.unit("90101"), Role::Clerk));
            clerk
                .write(move |tx, ctx| {
                    let mut case = Case::find(tx, ctx, id)?;
                    let whom = requests::notices::owed(&case, notice);
                    if whom.is_empty() {
                        return Ok(());
                    }
                    requests::notices::record_act(
                        tx,
                        ctx,
                        &mut case,
                        notice,
                        &whom,
                        "in-person",
                        "组里碰面时说的。",
                    )
                })
                .await
                .expect("told in person");
        }
        let lead = world.staff(works, Role::Lead);
        lead.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await.expect("it is struck off");
        assert_eq!(case(&world, id).await.row.state, State::Closed);
        books_are_right(&world);
    })
    .await;
}

#[tokio::test]
async fn pingxiang_a_visit_settles_on_the_spot_or_registers_and_three_texts_reach_both() {
    each_world("pingxiang", MIGRATIONS, |world| async move {
        // Settled at the door.
        let village = world.unit("90101");
        let cadre = world.staff(village, Role::Clerk);
        let plain = class(&world, "standard", "township-affairs");
        let id = taken_in(&world, &cadre, "visit", &plain, "医保卡不会激活。", None, Told::InPerson).await.id;
        let input = settle::Settle {
            on: id.into(),
            text: "当场在手机上激活了。".into(),
            word: Some(Word::Solved),
            satisfaction: Some(Satisfaction::VeryGood),
            told: Told::InPerson,
        };
        cadre.write(move |tx, ctx| settle::settle(tx, ctx, &input)).await.expect("it is settled");
        let now = case(&world, id).await;
        assert_eq!((now.row.state, now.row.word), (State::Judged, Some(Word::Solved)));
        assert!(now.notices.iter().all(requests::model::NoticeRow::is_met), "told face to face");
        let lead = world.staff(village, Role::Lead);
        lead.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await.expect("it is signed off");

        // Registered: who, what, officer, contact, time limit.
        let got = taken_in(
            &world,
            &cadre,
            "visit",
            &plain,
            "低保复核材料被退回。",
            Some("13800001234"),
            Told::InPerson,
        )
        .await;
        let now = case(&world, got.id).await;
        assert!(
            now.row.person.is_some()
                && !now.row.title.is_empty()
                && now.row.officer.is_some()
                && got.due.is_some()
        );
        let office = world.office("901", "township-affairs");
        in_hand(&world, got.id, office).await;
        let now = case(&world, got.id).await;
        assert_eq!((now.row.unit, now.row.officer), (office, Some(world.account(office, Role::Officer))));
        let id = got.id;
        let yes = reply(id, "材料补齐，已通过。", false);
        world
            .staff(office, Role::Officer)
            .write(move |tx, ctx| answer::answer(tx, ctx, &yes))
            .await
            .expect("answered");
        says(&world, id, Word::Solved, Satisfaction::Good).await;
        let all = sent(&world, id);
        let of =
            |who: &str| all.iter().filter(|(to, _)| *to == who).map(|(_, t)| t.as_str()).collect::<Vec<_>>();
        assert_eq!(of("officer"), ["unit-assigned", "officer-assigned", "officer-judged"]);
        assert_eq!(of("person"), ["handling", "result"], "accepted was said at the door");

        // A major matter is the leading group's: no answer before its decision is recorded.
        let major = class(&world, "major", "");
        let id =
            taken_in(&world, &cadre, "visit", &major, "通组路要重修。", Some("13800005678"), Told::InPerson)
                .await
                .id;
        let unit = world.office("901", "township-construction");
        in_hand(&world, id, unit).await;
        let officer = world.staff(unit, Role::Officer);
        let early = reply(id, "答应今年修。", false);
        let refused = officer.write(move |tx, ctx| answer::answer(tx, ctx, &early)).await;
        assert!(matches!(refused, Err(Error::Refused { code: "missing", .. })), "{refused:?}");
        let lead = world.staff(unit, Role::Lead);
        let input = refer::Refer { on: id.into(), question: "是否列入今年项目".into() };
        lead.write(move |tx, ctx| refer::refer(tx, ctx, &input)).await.expect("it is referred");
        assert_eq!(case(&world, id).await.row.state, State::Referred);
        let county = world.staff(world.office("9", "county-centre"), Role::Supervisor);
        let input = refer::Decide {
            on: id.into(),
            met_on: world.site.today(),
            who: "组长、副组长、规建办".into(),
            decision: "列入今年第二批。".into(),
            unit: None,
            files: vec![],
        };
        county.write(move |tx, ctx| refer::decide(tx, ctx, &input)).await.expect("it is decided");
        let now = case(&world, id).await;
        assert_eq!((now.row.state, now.row.decided), (State::InHand, true));
        let offered =
            officer.read(move |tx, ctx| Case::find(tx, ctx, id)?.choices(ctx)).await.expect("choices");
        let answer = offered.iter().find(|c| c.verb == Verb::Answer).expect("it can be answered");
        assert!(!answer.blocked_by.contains(&Need::GroupApproval), "{answer:?}");
        books_are_right(&world);
    })
    .await;
}
