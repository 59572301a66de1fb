//! What does not go its plain way, over the pages: returns, evidence, messages that do not arrive, supervision.

use kernel::{DAY, Error, Role};
use requests::Ctx;
use requests::acts::{recall, returns};
use requests::case::Case;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use rules::case::{ClockKind, Evidence, State};
use testkit::{Client, World, each_world};

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

async fn staff(world: &World, role: Role, code: &str) -> Client {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    let mut client = Client::new(access::frame(routes, world.site.clone()));
    let login = format!("{}.{code}", role.key());
    let home =
        client.submit("/sign-in", "/sign-in", &[("login", &login), ("password", "lianxin-test")]).await;
    assert_ne!(home.path, "/sign-in", "{login}: {}", home.text());
    client
}

/// A class on the standard track with this evidence.
fn class(world: &World, fits: impl Fn(&[Evidence]) -> bool) -> String {
    let pack = &world.site.pack;
    let asks = |code: &str| pack.form_of(code).is_some_and(|f| f.questions.iter().any(|q| q.required));
    let found = pack
        .classes
        .iter()
        .find(|c| c.is_leaf() && c.track == "standard" && !c.major && !asks(&c.code) && fits(&c.evidence));
    found.expect("such a class").code.clone()
}

fn plain(world: &World) -> String {
    class(world, |e| e.iter().all(|e| *e == Evidence::Contact))
}

async fn asked(world: &World, class: &str, phone: Option<&str>) -> Registered {
    // Who leaves no number comes to the window, where a clerk has to tell them.
    let (ctx, channel) = match phone {
        Some(_) => (world.public(), "web"),
        None => (world.staff(world.office("901", "township-hall"), Role::Clerk), "window"),
    };
    let mut new = NewRequest::new(&ctx, channel);
    new.class = class.to_owned();
    new.body = "桥头护栏断了一截,晚上骑车看不清。".into();
    new.place = Some(world.unit("90101"));
    new.place_text = "桥头".into();
    new.person.name = Some("试用人".into());
    new.person.phone = phone.map(str::to_owned);
    new.told = Told::No;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

/// Fills in the form of an act, and says that it went through.
async fn act(client: &mut Client, number: &str, act: &str, fields: &[(&str, &str)]) -> testkit::Answer {
    let page = format!("/requests/{number}/{act}");
    client.submit(&page, &page, fields).await.expect(200)
}

async fn send_to_works(world: &World, number: &str) {
    let works = world.office("901", "township-construction");
    let name = register::directory(&world.site).get(works).map(|u| u.name.zh.clone()).unwrap_or_default();
    let mut desk = staff(world, Role::Triage, HALL).await;
    act(&mut desk, number, "assignment", &[("unit", &works.to_string()), ("unit_label", &name)]).await;
}

async fn case(world: &World, number: &str) -> Case {
    let (ctx, number) = (Ctx::system(&world.site), number.to_owned());
    ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await.expect("the case is there")
}

/// A first item of the duty list of the works office.
fn duty(world: &World) -> String {
    let kind = world.site.pack.unit_kind("township-construction").expect("the kind");
    kind.duties.first().map(|d| d.id.clone()).unwrap_or_default()
}

#[tokio::test]
async fn a_second_return_goes_to_the_arbiter() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain(&world), Some("13800001234")).await;
        let number = &got.number;
        let duty = duty(&world);
        send_to_works(&world, number).await;
        let mut lead = staff(&world, Role::Lead, WORKS).await;
        let sent =
            act(&mut lead, number, "return", &[("duty", &duty), ("reason", "属于村道,由村里管。")]).await;
        assert!(sent.path == "/work" && sent.text().contains("期限照走"), "{} {}", sent.path, sent.text());

        // It is back at the top of the triage queue; sending it out again needs a reason.
        let mut desk = staff(&world, Role::Triage, HALL).await;
        let queue = desk.get("/queues/triage").await.expect(200);
        assert!(queue.text().contains("退单待定"), "{}", queue.text());
        let works = world.office("901", "township-construction");
        let name = register::directory(&world.site).get(works).map(|u| u.name.zh.clone()).unwrap_or_default();
        let fields = [("unit", works.to_string()), ("unit_label", name.clone())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let mut ruling = fields.clone();
        ruling.push(("reason", "县道养护清单上有这座桥。"));
        act(&mut desk, number, "ruling", &ruling).await;

        let mut lead = staff(&world, Role::Lead, WORKS).await;
        let again = act(&mut lead, number, "return", &[("duty", &duty), ("reason", "还是不归我们。")]).await;
        assert!(again.text().contains("这是第二次"), "{}", again.text());
        let mut arbiter = staff(&world, Role::Supervisor, CENTRE).await;
        assert!(arbiter.get("/queues/arbitration").await.expect(200).text().contains(number));
        let ruled = act(&mut arbiter, number, "ruling", &ruling).await;
        assert!(ruled.text().contains("待签收"), "{}", ruled.text());
    })
    .await;
}

#[tokio::test]
async fn the_arbiter_rules_it_back_and_the_unit_cannot_return_it_again() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain(&world), Some("13800001234")).await;
        let number = &got.number;
        send_to_works(&world, number).await;
        let works = world.office("901", "township-construction");
        let name = register::directory(&world.site).get(works).map(|u| u.name.zh.clone()).unwrap_or_default();
        let works = works.to_string();
        let ruling = [("unit", works.as_str()), ("unit_label", name.as_str()), ("reason", "清单上有。")];
        let mut lead = staff(&world, Role::Lead, WORKS).await;
        // That the unit does something else is no ground; that its list is silent is one.
        let away = [("duty", returns::NOT_LISTED), ("reason", "路灯不归我们。")];
        for (role, code) in [(Role::Triage, HALL), (Role::Supervisor, CENTRE)] {
            act(&mut lead, number, "return", &away).await;
            // No longer theirs to open, but they see that it is not decided yet.
            let work = lead.get("/work").await.expect(200);
            assert!(work.text().contains(number) && work.text().contains("督办员裁定"), "{}", work.text());
            lead.get(&format!("/requests/{number}")).await.expect(404);
            let mut decides = staff(&world, role, code).await;
            act(&mut decides, number, "ruling", &ruling).await;
        }

        let page = format!("/requests/{number}");
        let form = format!("{page}/return");
        let before = lead.get(&page).await.expect(200);
        assert!(!before.body.contains(&form), "it is not offered");
        assert!(before.text().contains("职责清单里没有这一项"), "{}", before.text());
        let refused = lead.get(&form).await.expect(409);
        assert!(refused.text().contains("已经由督办员裁定"), "{}", refused.text());
        let token = before.attributes("input[name=_csrf]", "value").remove(0);
        let away = [away[0], away[1], ("_csrf", token.as_str())];
        let posted = lead.post(&form, &away).await.expect(409);
        assert!(posted.text().contains("不能再退"), "{}", posted.text());

        // It is theirs to sign for; once it is signed for it is still theirs.
        act(&mut lead, number, "acceptance", &[]).await;
        lead.post(&form, &away).await.expect(409);
        assert!(case(&world, number).await.facts.ruled);
        // Passed on to whoever is above, it is that unit's own question.
        act(&mut lead, number, "escalation", &[("reason", "要上面协调。")]).await;
        assert!(!case(&world, number).await.facts.ruled);
        // It went elsewhere in the end, and who sent it back reads where.
        let work = lead.get("/work").await.expect(200);
        assert!(work.text().contains("不再由本单位办"), "{}", work.text());
    })
    .await;
}

#[tokio::test]
async fn the_evidence_comes_with_the_answer() {
    each_world("county", MIGRATIONS, |world| async move {
        let code = class(&world, |e| e.contains(&Evidence::After) && !e.contains(&Evidence::Contact));
        let class = world.site.pack.class(&code).expect("the class").clone();
        let got = asked(&world, &code, Some("13800001234")).await;
        let number = &got.number;
        send_to_works(&world, number).await;
        let works = world.office("901", "township-construction");
        let officer = world.account(works, Role::Officer).to_string();
        let mut lead = staff(&world, Role::Lead, WORKS).await;
        act(&mut lead, number, "officer", &[("officer", &officer)]).await;

        let mut officer = staff(&world, Role::Officer, WORKS).await;
        let page = format!("/requests/{number}/answer");
        let shown = officer.get(&page).await.expect(200);
        assert!(shown.text().contains("办理后照片"), "{}", shown.text());
        let without = officer.fill(&shown, &page, &[("text", "已修好。")], &[]).await.expect(422);
        assert!(
            without.text().contains("办结凭据") && without.body.contains("已修好。"),
            "{}",
            without.text()
        );
        let png = picture();
        let mut files: Vec<(&str, &str, &[u8])> = vec![("after", "后.png", &png)];
        if class.evidence.contains(&Evidence::Before) {
            files.push(("before", "前.png", &png));
        }
        if class.evidence.contains(&Evidence::Document) {
            files.push(("document", "材料.png", &png));
        }
        let done = officer.fill(&without, &page, &[("text", "已修好。")], &files).await.expect(200);
        assert!(done.text().contains("已答复") && done.text().contains("后.png"), "{}", done.text());

        // Whoever may see the case may see the picture; another township may not.
        let at = done.body.find("/files/").expect("a link to the picture");
        let id = &done.body[at + 7..at + 43];
        let file = format!("/requests/{number}/files/{id}");
        let sent = officer.get(&file).await.expect(200);
        assert_eq!(sent.headers.get("content-type").and_then(|v| v.to_str().ok()), Some("image/png"));
        let mut other = staff(&world, Role::Lead, "902-township-construction").await;
        assert_eq!(other.get(&file).await.status, 404);
        assert_eq!(
            officer.get(&format!("/requests/{number}/files/{}", kernel::Uuid::nil())).await.status,
            404
        );
    })
    .await;
}

/// A picture of four pixels.
fn picture() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001149444154789c63f8\
               0f060c0a090b80080045af083ba02b53a00000000049454e44ae426082";
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|c| u8::from_str_radix(std::str::from_utf8(c).unwrap_or("0"), 16).unwrap_or(0))
        .collect()
}

#[tokio::test]
async fn a_message_that_does_not_arrive_becomes_a_task() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain(&world), None).await;
        let number = &got.number;
        world.deliver().await;
        let mut clerk = staff(&world, Role::Clerk, HALL).await;
        let queue = clerk.get("/queues/notices").await.expect(200);
        assert!(queue.text().contains(number), "{}", queue.text());
        let fields = [("notice", "accepted"), ("how", "visit"), ("note", "上门告知本人,表示知道了。")];
        let told = act(&mut clerk, number, "notice-act", &fields).await;
        assert!(
            told.text().contains("已登记另行告知") && told.text().contains("上门告知"),
            "{}",
            told.text()
        );
        let queue = clerk.get("/queues/notices").await.expect(200);
        assert!(!queue.text().contains(number), "{}", queue.text());
        assert_eq!(
            clerk.get(&format!("/requests/{number}/notice-act")).await.status,
            409,
            "nothing is owed any more"
        );
    })
    .await;
}

#[tokio::test]
async fn supervision_is_proposed_by_the_clock_and_issued_by_a_person() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain(&world), Some("13800001234")).await;
        let number = &got.number;
        send_to_works(&world, number).await;
        world.clock.advance(6 * DAY);
        requests::jobs::look(&world.site).await.expect("the clocks are looked at");
        let mut boss = staff(&world, Role::Supervisor, CENTRE).await;
        let queue = boss.get("/queues/supervision").await.expect(200);
        assert!(queue.text().contains("系统建议督办") && queue.text().contains(number), "{}", queue.text());
        let refused = boss
            .submit(
                &format!("/requests/{number}/supervision"),
                &format!("/requests/{number}/supervision"),
                &[("grade", "1")],
            )
            .await
            .expect(422);
        assert!(refused.text().contains("请写明督办要求"), "{}", refused.text());
        let issued =
            act(&mut boss, number, "supervision", &[("grade", "1"), ("words", "两天内签收。")]).await;
        assert!(issued.text().contains("督办中"), "{}", issued.text());
        let queue = boss.get("/queues/supervision").await.expect(200);
        assert!(queue.text().contains("督办中") && queue.text().contains(number), "{}", queue.text());
    })
    .await;
}

#[tokio::test]
async fn every_queue_says_when_it_is_empty_and_keeps_others_out() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut boss = staff(&world, Role::Supervisor, CENTRE).await;
        for queue in ["arbitration", "callback", "review", "signoff", "supervision", "notices"] {
            let page = boss.get(&format!("/queues/{queue}")).await.expect(200);
            assert!(page.find(".empty").is_some(), "{queue}: {}", page.text());
        }
        let mut officer = staff(&world, Role::Officer, WORKS).await;
        for queue in
            ["triage", "arbitration", "callback", "review", "signoff", "supervision", "moderation", "notices"]
        {
            assert_eq!(officer.get(&format!("/queues/{queue}")).await.status, 403, "{queue}");
        }
        let work = officer.get("/work").await.expect(200);
        assert!(work.text().contains("现在没有要您办的事"), "{}", work.text());
        let found = officer.get("/classes/search?q=%E8%B7%AF%E7%81%AF").await.expect(200);
        assert!(found.body.starts_with('[') && found.body.contains("label"), "{}", found.body);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_dispatch_is_taken_back_until_it_is_signed_for_and_wins_no_time() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain(&world), Some("13800001234")).await;
        let number = &got.number;
        let before = case(&world, number).await;
        let dispatch = before.open_clock(ClockKind::Dispatch).expect("it awaits dispatch").due_at;
        send_to_works(&world, number).await;
        world.clock.set(world.site.now().plus(3_600_000));

        // The centre sees its mistake; without a reason nothing happens.
        let mut desk = staff(&world, Role::Triage, HALL).await;
        let page = format!("/requests/{number}");
        let form = format!("{page}/recall");
        assert!(desk.get(&page).await.expect(200).body.contains(&form), "it is offered");
        let silent = desk.submit(&form, &form, &[("reason", " ")]).await.expect(422);
        assert!(silent.text().contains("请写明理由"), "{}", silent.text());
        let back = act(&mut desk, number, "recall", &[("reason", "桥在村道上，应当交村里。")]).await;
        assert!(back.text().contains("已收回，请重新交办"), "{}", back.text());

        // It awaits dispatch under the date it had; the unit has it no more, was told, and was not late.
        let now = case(&world, number).await;
        assert_eq!(now.row.state, State::Registered);
        assert_eq!((now.row.unit, now.row.answer_due), (now.row.first_unit, before.row.answer_due));
        assert_eq!(now.open_clock(ClockKind::Dispatch).map(|c| (c.run, c.due_at)), Some((1, dispatch)));
        assert_eq!(now.row.step_due, Some(dispatch));
        for kind in [ClockKind::Acceptance, ClockKind::Contact] {
            let clock = now.clocks.iter().find(|c| c.kind == kind).expect("it ran");
            assert!(clock.stopped_at.is_some() && !clock.done, "{kind:?}");
        }
        let mut lead = staff(&world, Role::Lead, WORKS).await;
        lead.get(&page).await.expect(404);
        let id = now.row.id;
        let sent = world.site.db.read_now(move |tx| notify::about(tx, id.0)).expect("messages");
        let told = sent.iter().find(|m| m.template == "unit-recalled").expect("the lead is told");
        assert!(told.body.contains("已收回") && told.body.contains("桥在村道上"), "{}", told.body);
        let queue = desk.get("/queues/triage").await.expect(200);
        assert!(queue.text().contains(number), "{}", queue.text());
        // Whoever asked reads that it was taken back, not why.
        let mut person = Client::new(access::frame(
            requests::routes().merge(access::routes()).merge(web::router()),
            world.site.clone(),
        ));
        let fields = [("number", number.as_str()), ("code", got.code.as_str())];
        let mine = person.submit("/find", "/find", &fields).await.expect(200);
        assert!(mine.text().contains("收回交办") && !mine.text().contains("村道"), "{}", mine.text());

        // Sent again and signed for, it stands.
        send_to_works(&world, number).await;
        act(&mut lead, number, "acceptance", &[]).await;
        assert!(!desk.get(&page).await.expect(200).body.contains(&form), "it is offered no more");
        desk.get(&form).await.expect(409);
        let ctx = world.staff(world.office("901", "township-hall"), Role::Triage);
        let late = ctx.write(move |tx, ctx| recall::recall(tx, ctx, id.into(), "晚了")).await;
        assert!(matches!(late, Err(Error::Refused { code: "not-in-this-state", .. })), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn what_a_unit_has_sent_back_is_ruled_on_and_not_taken_back() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain(&world), Some("13800001234")).await;
        let number = &got.number;
        send_to_works(&world, number).await;
        let mut lead = staff(&world, Role::Lead, WORKS).await;
        let duty = duty(&world);
        act(&mut lead, number, "return", &[("duty", &duty), ("reason", "属于村道。")]).await;
        let works = world.office("901", "township-construction");
        let ctx = world.staff(world.office("901", "township-hall"), Role::Triage);
        let id = case(&world, number).await.row.id;
        let ruling = returns::Ruling { on: id.into(), unit: works, reason: "清单上有。".into() };
        ctx.write(move |tx, ctx| returns::rule(tx, ctx, &ruling)).await.expect("it is ruled");
        let late = ctx.write(move |tx, ctx| recall::recall(tx, ctx, id.into(), "再想想")).await;
        assert!(matches!(late, Err(Error::Refused { code: "signed", .. })), "{late:?}");
    })
    .await;
}
