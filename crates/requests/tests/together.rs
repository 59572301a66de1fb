//! Several people with one matter, and several units with one case, on both engines.

use access::accounts::{self, Act, NewPost};
use access::identity::NewPerson;
use kernel::{Actor, DAY, Error, PersonId, PostId, RequestId, Role};
use requests::Ctx;
use requests::acts::{answer, assign, close, helpers, join, judge, merge, progress, refer, take};
use requests::case::Case;
use requests::model::Audience;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use rules::case::{ClockKind, Evidence, Notice, State, Word};
use testkit::{Answer, Client, World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

const HALL: &str = "901-township-hall";
const WORKS: &str = "901-township-construction";
const CENTRE: &str = "9-county-centre";

fn visitor(world: &World) -> Client {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    Client::new(access::frame(routes, world.site.clone()))
}

async fn staff(world: &World, role: Role, code: &str) -> Client {
    let mut client = visitor(world);
    let login = format!("{}.{code}", role.key());
    let home =
        client.submit("/sign-in", "/sign-in", &[("login", &login), ("password", "lianxin-test")]).await;
    assert_ne!(home.path, "/sign-in", "{login}: {}", home.text());
    client
}

fn class(world: &World, major: bool) -> String {
    let fits = |c: &&pack::Class| {
        c.is_leaf()
            && c.major == major
            && (major || c.track == "standard" && c.evidence.iter().all(|e| *e == Evidence::Contact))
            && c.stop.is_none()
            && c.form.is_none()
    };
    world.site.pack.classes.iter().find(fits).expect("such a class").code.clone()
}

/// At the window of the township.
async fn asked(world: &World, class: &str, phone: Option<&str>) -> Registered {
    let ctx = world.staff(world.office("901", "township-hall"), Role::Clerk);
    let mut new = NewRequest::new(&ctx, "window");
    new.class = class.to_owned();
    new.body = "桥头护栏断了一截,晚上骑车看不清。".into();
    new.place = Some(world.unit("90101"));
    new.place_text = "桥头".into();
    new.person.name = Some("试用人".into());
    new.person.phone = phone.map(str::to_owned);
    new.told = Told::No;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

async fn joins(world: &World, id: RequestId, name: &str, phone: Option<&str>) -> Registered {
    let ctx = world.staff(world.office("901", "township-hall"), Role::Clerk);
    let input = join::Join {
        id,
        key: PersonId::new(ctx.at, &*world.site.chance),
        person: NewPerson {
            name: Some(name.into()),
            phone: phone.map(str::to_owned),
            ..NewPerson::default()
        },
        channel: "window".into(),
        words: "我家门口也一样。".into(),
        told: Told::No,
    };
    ctx.write(move |tx, ctx| join::join(tx, ctx, &input)).await.expect("they join")
}

async fn case(world: &World, id: RequestId) -> Case {
    let ctx = Ctx::system(&world.site);
    ctx.read(move |tx, ctx| Case::find(tx, ctx, id)).await.expect("the case is there")
}

/// How many of those who asked have not left it.
fn there(case: &Case) -> usize {
    let all = std::iter::once(case.row.person).chain(case.joined.iter().map(|j| Some(j.person)));
    all.filter(|p| !case.has_left(*p)).count()
}

/// Sent to the works office, which names its officer; they have been in touch.
async fn in_hand(world: &World, id: RequestId) {
    let works = world.office("901", "township-construction");
    let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
    let input = assign::Assign { on: id.into(), unit: works, note: String::new() };
    desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
    let lead = world.staff(works, Role::Lead);
    let input =
        take::Name { on: id.into(), officer: world.account(works, Role::Officer), note: String::new() };
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
    let note = progress::Note {
        on: id.into(),
        text: "已电话联系。".into(),
        audience: Audience::Inside,
        files: vec![],
    };
    let officer = world.staff(works, Role::Officer);
    officer.write(move |tx, ctx| progress::contact(tx, ctx, &note)).await.expect("the contact is noted");
}

async fn answered(world: &World, id: RequestId) {
    let officer = world.staff(world.office("901", "township-construction"), Role::Officer);
    let reply =
        answer::Answer { on: id.into(), text: "护栏已修好。".into(), unsolvable: false, files: vec![] };
    officer.write(move |tx, ctx| answer::answer(tx, ctx, &reply)).await.expect("it is answered");
}

fn holder(world: &World, id: RequestId, person: Option<PersonId>) -> Ctx {
    world.public().held_by(requests::ctx::Holder { request: id, person })
}

fn word(id: RequestId, word: Word) -> judge::Judge {
    judge::Judge { on: id.into(), word, satisfaction: None, note: String::new(), person: None }
}

/// Whether a notice to somebody is met.
fn is_met(case: &Case, notice: Notice, person: Option<PersonId>) -> Option<bool> {
    case.notices.iter().find(|n| n.notice == notice && n.person == person).map(|n| n.is_met())
}

#[tokio::test]
async fn an_act_in_place_of_a_message_is_for_those_whom_it_told() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &class(&world, false), None).await;
        joins(&world, got.id, "李四", None).await;
        world.deliver().await;
        let now = case(&world, got.id).await;
        let (first, second) = (now.row.person, Some(now.joined[0].person));
        let number = &got.number;
        let mut clerk = staff(&world, Role::Clerk, HALL).await;
        let queue = clerk.get("/queues/notices").await.expect(200);
        let links = queue.attributes("a", "href");
        let rows: Vec<&String> = links.iter().filter(|h| h.contains("/notice-act?message=")).collect();
        assert_eq!(rows.len(), 2, "a row for each of the two: {links:?}");
        let of = |p: Option<PersonId>| {
            now.notices.iter().find(|n| n.person == p).and_then(|n| n.message).expect("a message").to_string()
        };

        // The row of the second leads to a form that has the second, and the notice, ticked.
        let page = format!("/requests/{number}/notice-act");
        let shown = clerk.get(&format!("{page}?message={}", of(second))).await.expect(200);
        assert_eq!(shown.attributes("input[name=who]", "value"), ["0", "1"], "{}", shown.text());
        assert_eq!(shown.attributes("input[name=who][checked]", "value"), ["1"]);
        assert_eq!(shown.attributes("input[name=notice][checked]", "value"), ["accepted"]);
        assert!(shown.text().contains("先提的人") && shown.text().contains("联名"), "{}", shown.text());
        let told = [("how", "visit"), ("note", "上门告知了李家,说晓得了。")];
        clerk.fill(&shown, &page, &told, &[]).await.expect(200);
        let now = case(&world, got.id).await;
        assert_eq!(is_met(&now, Notice::Accepted, second), Some(true));
        assert_eq!(is_met(&now, Notice::Accepted, first), Some(false), "the first was not told");
        let queue = clerk.get("/queues/notices").await.expect(200);
        assert!(queue.text().contains(number), "the other is still to be told: {}", queue.text());

        let course = clerk.get(&format!("/requests/{number}")).await.expect(200);
        assert!(course.text().contains("诉求人乙"), "who was told: {}", course.text());

        // One person is left: nothing more is asked.
        let shown = clerk.get(&page).await.expect(200);
        assert!(shown.attributes("input[name=who]", "value").is_empty(), "{}", shown.text());
        let told = [("notice", "accepted"), ("how", "visit"), ("note", "上门说了。")];
        clerk.fill(&shown, &page, &told, &[]).await.expect(200);
        assert_eq!(is_met(&case(&world, got.id).await, Notice::Accepted, first), Some(true));
    })
    .await;
}

#[tokio::test]
async fn where_two_are_owed_a_notice_somebody_says_who_was_told() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &class(&world, false), None).await;
        joins(&world, got.id, "李四", None).await;
        world.deliver().await;
        let page = format!("/requests/{}/notice-act", got.number);
        let mut clerk = staff(&world, Role::Clerk, HALL).await;
        let told = [("notice", "accepted"), ("how", "visit"), ("note", "上门告知。")];
        let nobody = clerk.submit(&page, &page, &told).await.expect(422);
        assert!(nobody.text().contains("请勾选告知了谁"), "{}", nobody.text());
        let both = [told[0], told[1], told[2], ("who", "0"), ("who", "1")];
        clerk.submit(&page, &page, &both).await.expect(200);
        let now = case(&world, got.id).await;
        assert!(now.notices.iter().all(|n| n.is_met()), "both were told: {:?}", now.notices);
    })
    .await;
}

#[tokio::test]
async fn who_joins_after_the_answer_is_told_the_result_and_may_judge() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &class(&world, false), Some("13800001234")).await;
        let id = got.id;
        in_hand(&world, id).await;
        let other = asked(&world, &class(&world, false), Some("13800005678")).await;
        answered(&world, id).await;
        world.deliver().await;
        joins(&world, id, "李四", Some("13911112222")).await;
        let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
        let into =
            merge::Merge {
                on: other.id.into(), into: got.number.clone(), reason: "同一处护栏。".into()
            };
        desk.write(move |tx, ctx| merge::merge(tx, ctx, &into)).await.expect("it is merged");

        let now = case(&world, id).await;
        assert_eq!(now.joined.len(), 2);
        for joined in &now.joined {
            for notice in Notice::ALL {
                assert_eq!(is_met(&now, *notice, Some(joined.person)), Some(false), "{notice:?}");
            }
        }
        // The first is content; it is not signed off before the others are told, too.
        let yes = word(id, Word::Solved);
        holder(&world, id, now.row.person)
            .write(move |tx, ctx| judge::judge(tx, ctx, &yes))
            .await
            .expect("yes");
        let lead = world.staff(world.office("901", "township-construction"), Role::Lead);
        let early = lead.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await;
        assert!(matches!(early, Err(Error::Refused { code: "missing", .. })), "{early:?}");
        // Those who came later have a word of their own.
        let late = word(id, Word::Solved);
        holder(&world, id, Some(now.joined[0].person))
            .write(move |tx, ctx| judge::judge(tx, ctx, &late))
            .await
            .expect("they are heard");
        world.deliver().await;
        lead.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await.expect("it is signed off");
    })
    .await;
}

#[tokio::test]
async fn the_leading_group_gives_a_major_matter_to_another_unit() {
    each_world("county", MIGRATIONS, |world| async move {
        for elsewhere in [false, true] {
            let got = asked(&world, &class(&world, true), Some("13800001234")).await;
            let (id, number) = (got.id, got.number.clone());
            in_hand(&world, id).await;
            let works = world.office("901", "township-construction");
            let other = world.office("902", "township-construction");
            let before = case(&world, id).await;
            let lead = world.staff(works, Role::Lead);
            let input = refer::Refer { on: id.into(), question: "谁来修".into() };
            lead.write(move |tx, ctx| refer::refer(tx, ctx, &input)).await.expect("it is referred");

            let mut boss = staff(&world, Role::Supervisor, CENTRE).await;
            let page = format!("/requests/{number}/decision");
            let shown = boss.get(&page).await.expect(200);
            assert!(shown.text().contains("交给哪个单位办"), "{}", shown.text());
            let name = register::directory(&world.site).get(other).map(|u| u.name.zh.clone());
            let (name, unit) = (name.unwrap_or_default(), other.to_string());
            let mut fields = vec![("who", "组长、副组长"), ("decision", "列入今年第二批。")];
            if elsewhere {
                fields.extend([("unit", unit.as_str()), ("unit_label", name.as_str())]);
            }
            let minutes: &[testkit::Attached<'_>] = &[("files", "纪要.txt", b"minutes".as_slice())];
            let done = boss.fill(&shown, &page, &fields, minutes).await.expect(200);
            let now = case(&world, id).await;
            assert!(now.row.decided);
            assert_eq!(now.row.first_unit, before.row.first_unit, "accountable to the end");
            assert_eq!(now.row.answer_due, before.row.answer_due, "the person's clock never stopped");
            if elsewhere {
                assert!(done.text().contains("已交办"), "{}", done.text());
                assert_eq!((now.row.state, now.row.unit), (State::Assigned, other));
                assert_eq!(now.row.officer, Some(world.account(other, Role::Lead)), "its lead answers");
                assert!(now.open_clock(ClockKind::Acceptance).is_some());
                assert!(now.open_clock(ClockKind::Contact).is_some());
                let sent = world.site.db.read_now(move |tx| notify::about(tx, id.0)).expect("the messages");
                let last = sent.iter().filter(|m| m.template == "unit-assigned").count();
                assert_eq!(last, 2, "told as on assignment, like the unit before it");
            } else {
                assert_eq!((now.row.state, now.row.unit), (State::InHand, works), "the officer goes on");
                assert_eq!(now.row.officer, before.row.officer);
            }
        }
    })
    .await;
}

/// Gives somebody another post.
fn also(world: &World, account: kernel::AccountId, role: Role, unit: kernel::UnitId) {
    let (from, chance, at) = (world.site.today(), world.site.chance.clone(), world.site.now());
    let post = NewPost { account, unit, role, title: String::new(), from, to: None, basis: "test".into() };
    let act = Act { actor: Actor::System, at };
    let id = PostId::new(at, &*chance);
    world.site.db.write_now(move |tx| accounts::add_post_in(tx, id, &post, &act)).expect("a second post");
}

#[tokio::test]
async fn nobody_calls_back_for_a_unit_in_which_they_hold_any_post() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &class(&world, false), Some("13800001234")).await;
        let (id, number) = (got.id, &got.number);
        let works = world.office("901", "township-construction");
        let helping = world.office("901", "township-affairs");
        in_hand(&world, id).await;
        let officer = world.staff(works, Role::Officer);
        let ask = helpers::AskHelp { on: id.into(), unit: helping, question: "请核对。".into() };
        officer.write(move |tx, ctx| helpers::ask(tx, ctx, &ask)).await.expect("help is asked");
        let helper = world.staff(helping, Role::Officer);
        let report = helpers::Report { on: id.into(), text: "核对过了。".into() };
        helper.write(move |tx, ctx| helpers::report(tx, ctx, &report)).await.expect("it is reported");
        answered(&world, id).await;
        world.deliver().await;
        world.clock.advance(DAY * 10);
        // The lead of the works office, and an officer of the helping one, are clerks of the township hall as well.
        let hall = world.office("901", "township-hall");
        for (role, unit) in [(Role::Lead, works), (Role::Officer, helping)] {
            also(&world, world.account(unit, role), Role::Clerk, hall);
        }
        for (role, code) in [(Role::Lead, WORKS), (Role::Officer, "901-township-affairs")] {
            let mut own = staff(&world, role, code).await;
            let queue = own.get("/queues/callback").await.expect(200);
            assert!(!queue.text().contains(number), "{code}: {}", queue.text());
            let form = own.get(&format!("/requests/{number}/judgement")).await;
            assert!(!form.status.is_success(), "{code}: {}", form.text());
        }
        let mut clerk = staff(&world, Role::Clerk, HALL).await;
        let queue = clerk.get("/queues/callback").await.expect(200);
        assert!(queue.text().contains(number), "{}", queue.text());
        clerk.get(&format!("/requests/{number}/judgement")).await.expect(200);
    })
    .await;
}

async fn opened(mut who: Client, number: &str, code: &str) -> (Client, Answer) {
    let page = who.submit("/find", "/find", &[("number", number), ("code", code)]).await.expect(200);
    (who, page)
}

/// Leaves the case by the page, and gives back what the page says then.
async fn leaves(world: &World, number: &str, code: &str) -> Answer {
    let (mut who, page) = opened(visitor(world), number, code).await;
    assert!(page.text().contains("不能撤回") && !page.body.contains("/withdrawal"), "{}", page.text());
    let link = format!("/r/{number}/departure");
    assert!(page.attributes("a", "href").contains(&link), "{}", page.text());
    let asks = who.get(&link).await.expect(200);
    assert!(asks.text().contains("退出不能反悔"), "{}", asks.text());
    who.fill(&asks, &link, &[("reason", "已经搬走了")], &[]).await.expect(200)
}

fn owed_to(case: &Case, person: Option<PersonId>) -> Vec<Notice> {
    case.notices.iter().filter(|n| n.person == person && !n.is_met()).map(|n| n.notice).collect()
}

#[tokio::test]
async fn who_asked_first_leaves_and_whoever_joined_has_the_word() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &class(&world, false), Some("13800001234")).await;
        let (id, number) = (got.id, &got.number);
        let own = joins(&world, id, "李四", Some("13911112222")).await;
        in_hand(&world, id).await;
        let before = case(&world, id).await;
        let (first, second) = (before.row.person, Some(before.joined[0].person));
        assert_eq!(owed_to(&before, first), [Notice::Accepted, Notice::Handling]);
        let gone = leaves(&world, number, &got.code).await;
        assert!(gone.text().contains("您已退出这件诉求"), "{}", gone.text());
        assert!(!gone.has_form(&format!("/r/{number}/supplement")), "nothing is added any more");
        assert!(
            gone.text().contains("答复其他人") && !gone.text().contains("或之前答复您"),
            "{}",
            gone.text()
        );

        let now = case(&world, id).await;
        assert_eq!((now.row.state, now.row.unit), (before.row.state, before.row.unit), "it goes on");
        assert_eq!(now.row.answer_due, before.row.answer_due, "by the same date");
        assert!(owed_to(&now, first).is_empty(), "nothing is owed to them any more");
        assert!(now.notices.iter().filter(|n| n.person == first).all(|n| n.how == "left"));
        assert_eq!(owed_to(&now, second), [Notice::Accepted, Notice::Handling], "to the other as before");
        let sent =
            |world: &World| world.site.db.read_now(move |tx| notify::about(tx, id.0)).expect("messages");
        let theirs = |m: &&notify::Message| first.is_some_and(|p| m.to == notify::Recipient::Person(p));
        assert_eq!(
            sent(&world).iter().filter(theirs).map(|m| m.state).collect::<Vec<_>>(),
            [notify::State::CalledOff, notify::State::CalledOff]
        );
        let mut clerk = staff(&world, Role::Clerk, HALL).await;
        let sheet = clerk.get(&format!("/requests/{number}")).await.expect(200);
        assert!(sheet.text().contains("退出这件，由其他人继续"), "{}", sheet.text());

        // The answer is told to the other alone, who judges it; then it is signed off.
        answered(&world, id).await;
        world.deliver().await;
        let now = case(&world, id).await;
        assert!(owed_to(&now, second).is_empty() && is_met(&now, Notice::Result, first).is_none());
        assert_eq!(sent(&world).iter().filter(theirs).count(), 2, "no message more");
        let (_, page) = opened(visitor(&world), number, &got.code).await;
        assert!(
            page.text().contains("已答复") && !page.text().contains("已答复，请您评价"),
            "{}",
            page.text()
        );
        let mut yes = word(id, Word::Solved);
        let own_word = yes.clone();
        let refused = holder(&world, id, first).write(move |tx, ctx| judge::judge(tx, ctx, &own_word)).await;
        assert!(matches!(refused, Err(Error::Refused { code: "left", .. })), "{refused:?}");
        yes.note = "修得好。".into();
        holder(&world, id, second).write(move |tx, ctx| judge::judge(tx, ctx, &yes)).await.expect("yes");
        let now = case(&world, id).await;
        assert_eq!((now.row.state, now.row.word), (State::Judged, Some(Word::Solved)));
        let lead = world.staff(world.office("901", "township-construction"), Role::Lead);
        lead.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await.expect("it is signed off");
        let report = world.site.db.read_now(|tx| journal::verify(tx, &|_| {})).expect("the journal");
        assert!(report.whole(), "{report:?}");
        let (_, page) = opened(visitor(&world).english(), number, &own.code).await;
        assert!(!page.text().contains("You have left"), "the other has not: {}", page.text());
    })
    .await;
}

#[tokio::test]
async fn who_joined_leaves_and_whoever_is_alone_then_takes_it_back() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &class(&world, false), Some("13800001234")).await;
        let own = joins(&world, got.id, "李四", Some("13911112222")).await;
        let number = &got.number;
        leaves(&world, number, &own.code).await;
        let now = case(&world, got.id).await;
        assert_eq!(now.row.state, State::Registered);
        assert!(owed_to(&now, Some(now.joined[0].person)).is_empty());
        assert_eq!(owed_to(&now, now.row.person), [Notice::Accepted]);
        let (mut again, page) = opened(visitor(&world).english(), number, &own.code).await;
        assert!(page.text().contains("You have left this case"), "{}", page.text());
        let second = again.get(&format!("/r/{number}/departure")).await.expect(200);
        assert!(second.text().contains("cannot be left now"), "{}", second.text());
        // Nobody else is in it: it is whoever asked who takes it back.
        let (mut me, page) = opened(visitor(&world), number, &got.code).await;
        let back = format!("/r/{number}/withdrawal");
        assert!(page.attributes("a", "href").contains(&back), "{}", page.text());
        me.submit(&back, &back, &[]).await.expect(200);
        assert_eq!(case(&world, got.id).await.row.state, State::Withdrawn);
    })
    .await;
}

#[tokio::test]
async fn a_word_given_before_counts_once_who_asked_first_has_left() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &class(&world, false), Some("13800001234")).await;
        let id = got.id;
        joins(&world, id, "李四", Some("13911112222")).await;
        in_hand(&world, id).await;
        answered(&world, id).await;
        let now = case(&world, id).await;
        let yes = word(id, Word::Solved);
        holder(&world, id, Some(now.joined[0].person))
            .write(move |tx, ctx| judge::judge(tx, ctx, &yes))
            .await
            .expect("they are heard");
        assert_eq!(case(&world, id).await.row.state, State::Answered, "who asked first has the word");
        leaves(&world, &got.number, &got.code).await;
        let now = case(&world, id).await;
        assert_eq!((now.row.state, now.row.word), (State::Judged, Some(Word::Solved)));
    })
    .await;
}

#[tokio::test]
async fn what_was_merged_by_mistake_goes_its_own_way_again_under_its_own_dates() {
    each_world("county", MIGRATIONS, |world| async move {
        let main = asked(&world, &class(&world, false), Some("13800001234")).await;
        let other = asked(&world, &class(&world, false), Some("13800005678")).await;
        joins(&world, other.id, "李四", Some("13911112222")).await;
        in_hand(&world, main.id).await;
        let before = case(&world, other.id).await;
        let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
        let into =
            merge::Merge { on: other.id.into(), into: main.number.clone(), reason: "同一处。".into() };
        desk.write(move |tx, ctx| merge::merge(tx, ctx, &into)).await.expect("it is merged");
        assert_eq!(there(&case(&world, main.id).await), 3);
        world.deliver().await;
        world.clock.set(world.site.now().plus(DAY));

        // It was another bridge: the desk takes it out again, with the reason.
        let page = format!("/requests/{}/reopening", other.number);
        let mut clerk = staff(&world, Role::Triage, HALL).await;
        let done = clerk.submit(&page, &page, &[("reason", "是另一座桥。")]).await.expect(200);
        assert!(done.text().contains("已重启"), "{}", done.text());

        let now = case(&world, other.id).await;
        assert_eq!((now.row.state, now.row.merged_into, now.row.ended_at), (State::Registered, None, None));
        assert_eq!(now.row.answer_due, before.row.answer_due, "nobody wins or loses time by it");
        assert_eq!(now.clocks.iter().filter(|c| c.kind == ClockKind::Answer).count(), 1);
        assert!(now.open_clock(ClockKind::Dispatch).is_some());
        // Those who came along are told that it goes on, and hear no more of the first.
        let sent = world
            .site
            .db
            .read_now({
                let id = other.id;
                move |tx| notify::about(tx, id.0)
            })
            .expect("messages");
        assert_eq!(sent.iter().filter(|m| m.template == "reopened").count(), 2);
        let first = case(&world, main.id).await;
        assert_eq!(there(&first), 1);
        answered(&world, main.id).await;
        let sent = world
            .site
            .db
            .read_now({
                let id = main.id;
                move |tx| notify::about(tx, id.0)
            })
            .expect("messages");
        assert_eq!(sent.iter().filter(|m| m.template == "result").count(), 1);
        // Their codes open their own page again.
        let mut person = visitor(&world);
        let fields = [("number", other.number.as_str()), ("code", other.code.as_str())];
        let mine = person.submit("/find", "/find", &fields).await.expect(200);
        assert!(
            mine.text().contains(&other.number) && !mine.text().contains(&main.number),
            "{}",
            mine.text()
        );

        // The same matter after all: merged once more, they have it again.
        let (id, into) = (other.id, main.number.clone());
        let again = merge::Merge { on: id.into(), into, reason: "还是同一处。".into() };
        desk.write(move |tx, ctx| merge::merge(tx, ctx, &again)).await.expect("it is merged again");
        assert_eq!(there(&case(&world, main.id).await), 3);
    })
    .await;
}
