//! Visits on both engines: one transaction for what was learnt, promised and asked; each refusal with its reason.

mod common;

use access::accounts::Act;
use access::identity::NewPerson;
use common::MIGRATIONS;
use db::{Tx, params};
use kernel::{
    AccountId, Actor, DAY, Date, Error, HouseholdId, MINUTE, PersonId, RecordId, RequestId, Result, Role,
    Uuid,
};
use liaison::visits::{self, Answer, Kept, Need, NeedsOf, Outcome, Promised, Said, Then, Visit};
use records::{Listing, Taken, Whose};
use register::households::{self, NewMember, Relation};
use requests::Ctx;
use rules::case::State;
use testkit::{World, each_world};

db::statements! {
    PAIR = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, basis, recorded_at) \
        VALUES ($1, $2, $3, $4, $5, $6, 'test', $7)";
}

const NAME: &str = "梅长苏";
const PHONE: &str = "13800001234";
const CLASS: &str = "17.04.01";

/// A household with a cadre of another office who is paired with it.
struct Home {
    world: World,
    me: Ctx,
    id: HouseholdId,
    card: String,
    head: PersonId,
}

fn home(world: World) -> Home {
    // Somebody of the county's hall: only the pairing leads them here.
    let county = world.office("9", "county-centre");
    let me = world.staff(county, Role::Officer);
    let unit = world.unit("9010101");
    let (site, at, account) = (world.site.clone(), world.site.now(), me.account().expect("an account"));
    let made = world
        .site
        .db
        .write_now(move |tx| {
            let act = Act { actor: Actor::System, at };
            let who = NewPerson {
                name: Some(NAME.into()),
                phone: Some(PHONE.into()),
                address: Some("一组 12 号".into()),
                ..NewPerson::default()
            };
            let head = NewMember { relation: Relation::Head, who, from: None };
            let new = common::household(unit, vec![head], Vec::new());
            let made = households::add_in(tx, &site, &new, &act)?;
            pair(tx, &site, "liaison", account, &made)?;
            Ok(made)
        })
        .expect("a household");
    Home { world, me, id: made.id, card: made.card, head: made.head.expect("a head") }
}

fn pair(
    tx: &mut dyn Tx,
    site: &access::Site,
    kind: &str,
    who: AccountId,
    home: &households::Household,
) -> Result<()> {
    let mut id = [0u8; 16];
    site.chance.fill(&mut id);
    let from = Date::constant(2026, 1, 1);
    let values = params![Uuid::from_bytes(id), kind, who, home.id, home.path.as_str(), from, site.now()];
    tx.execute(&PAIR, &values).map(drop)
}

impl Home {
    fn visit(&self) -> Visit {
        let site = &self.world.site;
        Visit {
            id: RecordId::new(site.now(), &*site.chance),
            household: self.id,
            on: site.today(),
            device_at: None,
            seen_at: None,
            answers: Vec::new(),
            promises: Vec::new(),
            promised: Vec::new(),
            needs: Vec::new(),
            helped: Vec::new(),
            corrects: None,
        }
    }

    fn need(&self, text: &str) -> Need {
        let site = &self.world.site;
        Need {
            id: RequestId::new(site.now(), &*site.chance),
            class: CLASS.into(),
            text: text.into(),
            consent: true,
            person: None,
            then: Then::Pass,
            answer: String::new(),
            solved: None,
            grade: None,
        }
    }

    fn promised(&self, text: &str, days: i64) -> Promised {
        let site = &self.world.site;
        let due = site.zone.date(site.now().plus(days * DAY));
        Promised { id: RequestId::new(site.now(), &*site.chance).0, text: text.into(), due }
    }

    /// As whoever is paired with it, now.
    fn ctx(&self) -> Ctx {
        Ctx::new(&self.world.site, self.me.scope.clone())
    }

    async fn send(&self, visit: &Visit) -> Result<visits::Confirmed> {
        let visit = visit.clone();
        self.ctx().write(move |tx, ctx| visits::confirm(tx, ctx, &visit, None)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut dyn Tx, &Ctx) -> Result<T> + Send + Sync + 'static,
    ) -> T {
        self.ctx().read(look).await.expect("a look")
    }

    fn case(&self, number: &str) -> requests::case::Case {
        let (ctx, number) = (Ctx::system(&self.world.site), number.to_owned());
        let found =
            self.world.site.db.read_now(move |tx| requests::case::Case::find_number(tx, &ctx, &number));
        found.expect("the case")
    }
}

fn said(question: &str, choices: &[&str], text: &str) -> Said {
    let choices = choices.iter().map(|c| (*c).to_owned()).collect();
    Said { question: question.into(), choices, text: text.into() }
}

fn fields(e: &Error) -> Vec<String> {
    match e {
        Error::Invalid(all) => all.iter().map(|f| f.field.clone()).collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn one_visit_writes_what_was_learnt_promised_and_asked_and_the_same_again_writes_nothing() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let mut visit = home.visit();
        visit.answers =
            vec![said("family", &["away"], "梅长苏外出打工，电话13800001234"), said("disputes", &[], "")];
        visit.promised = vec![home.promised("下月初带农技员来", 10)];
        let settled = Need {
            then: Then::Settle,
            answer: "当场在手机上办好了".into(),
            solved: Some(true),
            grade: Some(1),
            ..home.need("医保卡不会激活")
        };
        visit.needs = vec![home.need("家里老人行动不便，想请人代办养老认证"), settled];
        let done = home.send(&visit).await.expect("it is taken");
        assert_eq!((done.taken, done.needs.len()), (Taken::New, 2));
        let again = home.send(&visit).await.expect("the same again");
        assert_eq!((again.taken, &again.needs), (Taken::Again, &done.needs));

        let (id, record) = (home.id, visit.id);
        let listed = home
            .read(move |tx, _| records::list(tx, &Listing::new(Whose::Household(id), visits::KIND, 9)))
            .await;
        assert_eq!(listed.len(), 1);
        let kept = format!("{} {}", listed[0].text, listed[0].data);
        assert!(kept.contains("有人外出或返乡") && !kept.contains(NAME) && !kept.contains(PHONE), "{kept}");
        let own = home.read(move |tx, ctx| records::own_words(tx, &ctx.site.keyring, record)).await;
        assert!(own.is_some_and(|o| o.contains(NAME)));

        // One is on its way by the centre of the household's township; the other is done and judged.
        let passed = home.case(&done.needs[0].number);
        assert_eq!(passed.row.channel, "visit");
        assert!(passed.row.place == Some(home.world.unit("9010101")) && passed.row.is_live());
        let heard = home
            .read(move |tx, _| visits::needs(tx, &NeedsOf::Household(id), kernel::Timestamp(i64::MAX), 9))
            .await;
        assert_eq!(heard.iter().map(|n| (n.settled, n.again)).collect::<Vec<_>>().len(), 2);
        assert!(
            heard.iter().any(|n| n.settled && matches!(n.state, State::Judged | State::Closed)),
            "{heard:?}"
        );
        let person = passed.row.person.expect("who asked");
        assert_ne!(person, home.head, "a person of its own, forgotten with the case");
        let open = home.read(move |tx, _| visits::open_at(tx, id)).await;
        assert_eq!(open.len(), 1);
        let faults = home
            .read(|tx, _| {
                let mut report = journal::verify(tx, &|_| {})?;
                journal::verify_ends(tx, &[records::ENDS, requests::ENDS].concat(), &mut report)?;
                Ok(format!("{:?}", report.faults))
            })
            .await;
        assert_eq!(faults, "[]");
    })
    .await;
}

#[tokio::test]
async fn the_id_of_somebody_elses_request_is_refused_and_tells_no_code() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        // A request of strangers, taken in at a window.
        let hall = home.world.office("901", "township-hall");
        let clerk = home.world.staff(hall, Role::Clerk);
        let mut new = requests::register::NewRequest::new(&clerk, "window");
        new.class = CLASS.into();
        new.body = "想请人代办养老认证".into();
        new.asked = false;
        new.place = Some(home.world.unit("90101"));
        let theirs = new.id;
        let there = clerk
            .write(move |tx, ctx| requests::register::register(tx, ctx, &new))
            .await
            .expect("it is taken");

        let mut visit = home.visit();
        visit.answers = vec![said("family", &["away"], "")];
        visit.promised = vec![home.promised("下月初带农技员来", 10)];
        visit.needs = vec![home.need("家里老人想办高龄补贴"), Need { id: theirs, ..home.need("看看别人的") }];
        let tried = home.send(&visit).await;
        assert!(matches!(tried, Err(Error::Refused { code: "need-known", .. })), "{tried:?}");
        let told = visits::confirm_all(&home.ctx(), vec![visit.clone()], None).await;
        assert_eq!((told[0].outcome, told[0].code), ("refused", Some("need-known")));
        assert!(told[0].needs.is_empty());
        let told = format!("{told:?}");
        assert!(!told.contains(&there.code) && !told.contains(&there.number), "{told}");

        // Nothing of the visit is there.
        let (id, record) = (home.id, visit.id);
        let written = home
            .read(move |tx, _| {
                let needs = visits::needs(tx, &NeedsOf::Household(id), kernel::Timestamp(i64::MAX), 9)?;
                let record = records::by_id(tx, record)?;
                Ok((record.is_some(), needs.len(), visits::open_at(tx, id)?.len()))
            })
            .await;
        assert_eq!(written, (false, 0, 0));
        // With an id of its own it is taken, and sent once more it is the same.
        visit.needs[1].id = home.need("").id;
        let done = home.send(&visit).await.expect("it is taken");
        assert_eq!(home.send(&visit).await.expect("again").needs, done.needs);
    })
    .await;
}

#[tokio::test]
async fn what_was_promised_is_answered_before_anything_else() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let id = home.id;
        let mut first = home.visit();
        first.promised = vec![
            home.promised("修好水管", 5),
            home.promised("问清补贴", 5),
            home.promised("带一本册子来", 5),
        ];
        home.send(&first).await.expect("promises are made");
        home.world.clock.advance(6 * DAY);
        let mut next = home.visit();
        let refused = home.send(&next).await.expect_err("they come first");
        let of = |n: usize| format!("promises.{}", first.promised[n].id);
        let mut named = fields(&refused);
        named.sort();
        let mut all = vec![of(0), of(1), of(2)];
        all.sort();
        assert_eq!(named, all);
        let answer = |n: usize, outcome: Answer, due: Option<Date>, text: &str| Kept {
            id: first.promised[n].id,
            outcome,
            due,
            text: text.into(),
        };
        let later = home.world.site.zone.date(home.world.site.now().plus(9 * DAY));
        // Not yet needs a day to come, cannot needs its reason.
        next.promises = vec![
            answer(0, Answer::Kept, None, ""),
            answer(1, Answer::Later, Some(home.world.site.today()), ""),
            answer(2, Answer::Cannot, None, ""),
        ];
        assert_eq!(fields(&home.send(&next).await.expect_err("incomplete")), [of(1), of(2)]);
        next.promises[1] = answer(1, Answer::Later, Some(later), "县里文件还没下来");
        next.promises[2] = answer(2, Answer::Cannot, None, "册子停印了");
        home.send(&next).await.expect("all are answered");
        let open = home.read(move |tx, _| visits::open_at(tx, id)).await;
        assert_eq!(open.iter().map(|p| (p.id, p.due)).collect::<Vec<_>>(), [(first.promised[1].id, later)]);
        // As it was known before that visit, three stood open with their first day; now there is one.
        let now = home.world.site.now();
        let unmet = |at: kernel::Timestamp| home.read(move |tx, _| visits::unmet(tx, "/9/", at, 9));
        let before = unmet(now).await;
        assert_eq!(before.len(), 3);
        assert!(before.iter().all(|p| p.due == p.first_due));
        let after = unmet(now.plus(1)).await;
        assert_eq!(after.iter().map(|p| p.due).collect::<Vec<_>>(), [later]);
        // A phone that did not know of a promise yet need not answer it.
        let unaware = Visit { seen_at: Some(first_seen(&home)), ..home.visit() };
        home.send(&unaware).await.expect("it could not know");
    })
    .await;
}

#[tokio::test]
async fn a_visit_answers_no_promise_of_another_household() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let (site, at) = (home.world.site.clone(), home.world.site.now());
        let (unit, account) = (home.world.unit("9010101"), home.me.account().expect("an account"));
        let other = home
            .world
            .site
            .db
            .write_now(move |tx| {
                let act = Act { actor: Actor::System, at };
                let who = NewPerson { name: Some("蔺晨".into()), ..NewPerson::default() };
                let head = NewMember { relation: Relation::Head, who, from: None };
                let new = common::household(unit, vec![head], Vec::new());
                let made = households::add_in(tx, &site, &new, &act)?;
                pair(tx, &site, "liaison", account, &made)?;
                Ok(made.id)
            })
            .expect("another household");
        let theirs =
            Visit { household: other, promised: vec![home.promised("修好路灯", 5)], ..home.visit() };
        home.send(&theirs).await.expect("promised there");
        let promise = theirs.promised[0].id;
        home.world.clock.advance(DAY);
        let due = home.world.site.zone.date(home.world.site.now().plus(9 * DAY));
        let nobody = home.promised("", 1).id;
        for (outcome, due, text) in [
            (Answer::Kept, None, ""),
            (Answer::Later, Some(due), "等路灯到货"),
            (Answer::Cannot, None, "没有路灯"),
        ] {
            for id in [promise, nobody] {
                let kept = Kept { id, outcome, due, text: text.into() };
                let visit = Visit { promises: vec![kept], ..home.visit() };
                let refused = home.send(&visit).await.expect_err("not a promise to this household");
                assert_eq!(fields(&refused), [format!("promises.{id}")]);
                let known = home.read(move |tx, _| records::by_id(tx, visit.id)).await;
                assert!(known.is_none(), "nothing is written");
            }
        }
        let open = home.read(move |tx, _| visits::open_at(tx, other)).await;
        assert_eq!(
            open.iter().map(|p| (p.id, p.due)).collect::<Vec<_>>(),
            [(promise, theirs.promised[0].due)],
            "it stands as it was"
        );
        // Answered twice in one visit is told as well; once, and where it was made, it ends.
        let kept = Kept { id: promise, outcome: Answer::Kept, due: None, text: String::new() };
        let mut there = Visit { household: other, promises: vec![kept.clone(), kept], ..home.visit() };
        assert_eq!(fields(&home.send(&there).await.expect_err("twice")), [format!("promises.{promise}")]);
        there.promises.pop();
        home.send(&there).await.expect("where it was made");
        assert!(home.read(move |tx, _| visits::open_at(tx, other)).await.is_empty());
    })
    .await;
}

fn first_seen(home: &Home) -> i64 {
    home.world.site.now().0 - 30 * DAY
}

#[tokio::test]
async fn what_is_wrong_is_told_at_each_field_and_nothing_is_written() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let (site, id) = (home.world.site.clone(), home.id);
        let mut visit = home.visit();
        visit.on = site.zone.date(site.now().plus(DAY));
        visit.answers = vec![said("weather", &[], "晴"), said("family", &["moon"], "")];
        let secretly = Need { consent: false, class: "17".into(), ..home.need("") };
        let empty = Need { then: Then::Settle, ..home.need("医保卡") };
        visit.needs = vec![secretly, empty];
        let named = fields(&home.send(&visit).await.expect_err("wrong in many places"));
        let expected = [
            "on",
            "answers.weather",
            "answers.family",
            "needs.0.text",
            "needs.0.consent",
            "needs.0.class",
            "needs.1.answer",
        ];
        assert_eq!(named, expected);
        // A fault that only the request finds undoes the whole visit.
        let mut visit = home.visit();
        visit.needs =
            vec![home.need("好的"), Need { person: Some(PersonId(Uuid::from_u128(1))), ..home.need("别人") }];
        assert_eq!(fields(&home.send(&visit).await.expect_err("nobody there")), ["needs.1.person"]);
        let old = Visit { on: Date::constant(2026, 9, 1), ..home.visit() };
        assert_eq!(fields(&home.send(&old).await.expect_err("too long ago")), ["on"]);
        let kept = home.read(move |tx, _| records::latest(tx, id, visits::KIND)).await;
        assert!(kept.is_none());
        let needs = home
            .read(move |tx, _| visits::needs(tx, &NeedsOf::Household(id), kernel::Timestamp(i64::MAX), 9))
            .await;
        assert!(needs.is_empty());
    })
    .await;
}

#[tokio::test]
async fn only_whoever_is_paired_visits_and_a_batch_is_answered_one_by_one() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let other = home.world.office("902", "township-affairs");
        let stranger = home.world.staff(other, Role::Officer);
        let visit = home.visit();
        let tried = visit.clone();
        let refused = stranger.write(move |tx, ctx| visits::confirm(tx, ctx, &tried, None)).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");

        let ours = home.world.site.now();
        // Noted yesterday by a phone whose clock runs an hour behind.
        let offline =
            Visit {
                device_at: Some(ours.0 - DAY), needs: vec![home.need("代办养老认证")], ..home.visit()
            };
        let wrong = Visit { answers: vec![said("weather", &[], "晴")], ..home.visit() };
        let nowhere = Visit { household: HouseholdId(Uuid::from_u128(5)), ..home.visit() };
        let batch = vec![offline.clone(), wrong, nowhere, offline.clone()];
        let answers = visits::confirm_all(&home.ctx(), batch, Some(ours.0 - 60 * MINUTE)).await;
        let short: Vec<(&str, Option<&str>)> =
            answers.iter().map(|o: &Outcome| (o.outcome, o.code)).collect();
        assert_eq!(
            short,
            [("taken", None), ("refused", Some("invalid")), ("refused", Some("not-yours")), ("again", None)]
        );
        assert_eq!(answers[1].fields[0].field, "answers.weather");
        assert_eq!(answers[0].needs, answers[3].needs);
        let id = offline.id;
        let kept = home.read(move |tx, _| records::by_id(tx, id)).await.expect("the record");
        assert_eq!((kept.clock_off, kept.clock_was_wrong()), (Some(60 * MINUTE), true));
        let other = Visit { answers: vec![said("family", &["work"], "")], ..offline };
        let differs = visits::confirm_all(&home.ctx(), vec![other], None).await;
        assert_eq!((differs[0].outcome, differs[0].code), ("refused", Some("record-differs")));
    })
    .await;
}

#[tokio::test]
async fn what_comes_up_again_within_the_year_is_marked_and_the_family_is_told_once() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let me = home.me.account().expect("an account");
        for _ in 0..2 {
            let mut visit = home.visit();
            visit.needs = vec![home.need("代办养老认证")];
            home.send(&visit).await.expect("it is taken");
            home.world.clock.advance(30 * DAY);
        }
        let mine = |home: &Home| {
            let ctx = home.ctx();
            async move {
                ctx.read(move |tx, ctx| {
                    visits::needs(tx, &NeedsOf::Account(me, ctx.today()), kernel::Timestamp(i64::MAX), 9)
                })
                .await
                .expect("needs")
            }
        };
        let all = mine(&home).await;
        assert_eq!(all.iter().map(|n| n.again).collect::<Vec<_>>(), [true, false], "latest first");
        let request = all[0].request;
        let early = home.ctx().write(move |tx, ctx| visits::told(tx, ctx, visits::Told { request })).await;
        assert!(matches!(early, Err(Error::NotFound)), "there is nothing to tell yet");
    })
    .await;
}

#[tokio::test]
async fn the_phone_gets_my_households_and_each_look_is_on_record() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let mut visit = home.visit();
        visit.promised = vec![home.promised("修好水管", 5)];
        visit.needs = vec![home.need("代办养老认证")];
        home.send(&visit).await.expect("it is taken");
        for _ in 0..2 {
            let mine = home.ctx().write(|tx, ctx| visits::mine(tx, ctx)).await.expect("mine");
            assert_eq!(mine.households.len(), 1);
            let one = &mine.households[0];
            assert_eq!(
                (one.people[0].name.as_str(), one.people[0].phone.as_str(), one.people[0].head),
                (NAME, PHONE, true)
            );
            assert_eq!(
                (one.promises.len(), one.needs.len(), one.last),
                (1, 1, Some(home.world.site.today()))
            );
            assert_eq!(mine.questions.len(), 5);
            assert_eq!((mine.keep_until - mine.as_of) / DAY, i64::from(home.world.site.pack.visit.keep_days));
        }
        let id = home.id;
        let looks = home.read(move |tx, _| journal::events(tx, id.0)).await;
        let looks: Vec<_> = looks.iter().filter(|e| e.kind == "look").collect();
        assert_eq!(looks.len(), 1, "once a day");
        assert!(!format!("{looks:?}").contains(NAME));
    })
    .await;
}

#[tokio::test]
async fn the_card_shows_contact_and_promises_and_takes_one_rating() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let mut visit = home.visit();
        visit.promised = vec![home.promised("修好水管", 5)];
        home.send(&visit).await.expect("it is taken");
        let code = home.card.clone();
        let public = home.world.public();
        let shown =
            public.read(move |tx, ctx| visits::card(tx, ctx, &code)).await.expect("a look").expect("a card");
        assert_eq!((shown.contacts.len(), shown.promises.len()), (1, 1));
        assert!(!shown.contacts[0].phone.is_empty());
        let wrong = public.read(|tx, ctx| visits::card(tx, ctx, "AAAAAAAAAAAA")).await.expect("a look");
        assert!(wrong.is_none());
        let rate = async |words: String| {
            let (code, good) = (home.card.clone(), requests::model::Satisfaction::Good);
            home.world.public().write(move |tx, ctx| visits::rate(tx, ctx, &code, good, &words)).await
        };
        let long = rate("好".repeat(201)).await;
        assert!(matches!(&long, Err(Error::Invalid(faults)) if faults[0].field == "words"), "{long:?}");
        let words = format!("{NAME}说修得好，电话 13812345678");
        for first in [true, false] {
            let rated = rate(words.clone()).await;
            assert_eq!(rated.is_ok(), first, "{rated:?}");
        }
        // Without the family's name and number, and forgotten with the words of the visit.
        let said = async || {
            let id = visit.id;
            home.read(move |tx, _| {
                let record = records::by_id(tx, id)?.expect("it stands");
                visits::rating(tx, &record, kernel::Timestamp(i64::MAX))
            })
            .await
            .expect("it was rated")
        };
        let kept = said().await;
        assert!(kept.words.contains("修得好"), "{kept:?}");
        assert!(!kept.words.contains(NAME) && !kept.words.contains("1381234"), "{kept:?}");
        let mut answer = home.visit();
        answer.promises =
            vec![Kept { id: visit.promised[0].id, outcome: Answer::Kept, due: None, text: String::new() }];
        home.send(&answer).await.expect("it is taken");
        home.world.clock.advance(3 * 365 * DAY + 3 * DAY);
        while visits::forget::sweep(&home.world.site).await.expect("swept") {}
        let left = said().await;
        assert_eq!((left.grade, left.words.as_str()), (kept.grade, ""));
    })
    .await;
}

#[tokio::test]
async fn a_visit_that_was_put_right_more_than_fifty_times_is_forgotten_whole() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let mut all: Vec<RecordId> = Vec::new();
        for n in 0..60 {
            let mut visit = home.visit();
            visit.answers = vec![said("family", &["away"], &format!("{NAME}外出打工，第 {n} 回"))];
            visit.corrects = all.last().copied();
            home.send(&visit).await.expect("it is taken");
            all.push(visit.id);
        }
        home.world.clock.advance(3 * 365 * DAY + 3 * DAY);
        while visits::forget::sweep(&home.world.site).await.expect("swept") {}
        for (n, id) in all.into_iter().enumerate() {
            let kept = home.read(move |tx, _| records::by_id(tx, id)).await.expect("it stands");
            let words = format!("{} {}", kept.text, kept.data);
            assert!(!words.contains("外出打工") && words.contains("有人外出或返乡"), "{n}: {words}");
            assert!(kept.forgotten_at.is_some(), "{n}");
            let own = home.read(move |tx, ctx| records::own_words(tx, &ctx.site.keyring, id)).await;
            assert_eq!(own, None, "{n}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_promise_is_forgotten_with_its_visit_once_it_is_answered_and_holds_it_back_until_then() {
    each_world("county", MIGRATIONS, |world| async move {
        let home = home(world);
        let mut first = home.visit();
        first.answers = vec![said("family", &["away"], "外出打工")];
        first.promised = vec![home.promised("下月初带农技员来", 10), home.promised("问清高龄补贴", 20)];
        home.send(&first).await.expect("it is taken");
        let kept = |n: usize, outcome: Answer, due: i64, text: &str| Kept {
            id: first.promised[n].id,
            outcome,
            due: (outcome == Answer::Later).then(|| home.promised("", due).due),
            text: text.into(),
        };
        let mut second = home.visit();
        second.promises = vec![kept(0, Answer::Kept, 0, ""), kept(1, Answer::Later, 30, "表还没批")];
        home.send(&second).await.expect("it is taken");

        let id = home.id;
        let sweep = async || {
            for _ in 0..32 {
                home.world.clock.advance(DAY);
                while visits::forget::sweep(&home.world.site).await.expect("swept") {}
            }
            let all = home.read(move |tx, _| visits::promises_of(tx, id, kernel::Timestamp(i64::MAX))).await;
            let words: Vec<String> = all
                .into_iter()
                .map(|(p, said)| {
                    let said: Vec<String> = said.into_iter().map(|s| s.text).collect();
                    format!("{} {:?} {}", p.text, p.state, said.join(" "))
                })
                .collect();
            words.join("; ")
        };
        home.world.clock.advance(3 * 365 * DAY);
        let words = sweep().await;
        for part in ["下月初带农技员来 Kept", "问清高龄补贴 Open 表还没批"] {
            assert!(words.contains(part), "one of them is open: {words}");
        }
        let visit = first.id;
        let record = home.read(move |tx, _| records::by_id(tx, visit)).await.expect("it stands");
        assert!(record.text.contains("外出打工"), "{}", record.text);

        let mut third = home.visit();
        third.promises = vec![kept(1, Answer::Cannot, 0, "政策变了")];
        home.send(&third).await.expect("it is taken");
        let words = sweep().await;
        assert!(words.contains("Kept") && words.contains("Cannot"), "what became of them stands: {words}");
        for part in ["农技员", "高龄补贴", "表还没批", "政策变了"] {
            assert!(!words.contains(part), "{part}: {words}");
        }
        let record = home.read(move |tx, _| records::by_id(tx, visit)).await.expect("it stands");
        assert!(record.forgotten_at.is_some() && !record.text.contains("外出打工"), "{}", record.text);
        let faults = home
            .read(|tx, _| {
                let mut report = journal::verify(tx, &|_| {})?;
                journal::verify_ends(tx, records::ENDS, &mut report)?;
                Ok(format!("{:?}", report.faults))
            })
            .await;
        assert_eq!(faults, "[]");
    })
    .await;
}
