//! Taking in at window, hotline and meeting, over HTTP and on both engines.

use access::accounts::{self, Act, NewPost};
use kernel::{Actor, PostId, Role, UnitId};
use requests::Ctx;
use requests::case::Case;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use rules::case::{Evidence, Notice, State, Word};
use testkit::{Answer, Client, World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

const LAMP: &str = "村口到小学一段路灯全灭，晚上孩子放学看不见路。";

fn site(world: &World) -> axum::Router {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    access::frame(routes, world.site.clone())
}

/// Somebody of the staff, signed in.
async fn staff(world: &World, login: &str) -> Client {
    let mut client = Client::new(site(world));
    let home = client.submit("/sign-in", "/sign-in", &[("login", login), ("password", "lianxin-test")]).await;
    assert_ne!(home.path, "/sign-in", "{login}: {}", home.text());
    client
}

/// Whoever is `held` in a unit also holds `role` there, as one person does in a small station.
fn also(world: &World, unit: UnitId, held: Role, role: Role) {
    let account = world.account(unit, held);
    let (site, from) = (world.site.clone(), world.site.today());
    let id = PostId::new(site.now(), &*site.chance);
    let act = Act { actor: Actor::System, at: site.now() };
    let post =
        NewPost { account, unit, role, title: String::new(), from, to: None, basis: "test".to_owned() };
    site.db.write_now(move |tx| accounts::add_post_in(tx, id, &post, &act)).expect("the post is given");
}

/// A class that asks nothing, needs no more than a word with the person, and can be settled there.
fn plain(world: &World) -> &pack::Class {
    let fits = |c: &&pack::Class| {
        c.is_leaf()
            && c.track == "standard"
            && c.evidence.iter().all(|e| *e == Evidence::Contact)
            && c.stop.is_none()
            && c.form.is_none()
            && !c.major
            && !c.visit
    };
    world.site.pack.classes.iter().find(fits).expect("a plain class")
}

/// What a form sends: as it stands on the page, with these fields in place of its own.
async fn send(who: &mut Client, page: &Answer, form: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = page.fields(form);
    all.retain(|(name, _)| fields.iter().all(|(n, _)| n != name));
    let own: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    who.post(to, &[own.as_slice(), fields].concat()).await
}

/// The number on a receipt.
fn number(page: &Answer) -> String {
    page.find(".slip .keys > div:nth-child(1) dd").unwrap_or_else(|| panic!("no receipt: {}", page.text()))
}

async fn case(world: &World, number: &str) -> Case {
    let (ctx, number) = (Ctx::system(&world.site), number.to_owned());
    ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await.expect("the case is there")
}

/// A lamp that somebody told of on the site.
async fn lamp(world: &World) -> Registered {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = "01.04.01".into();
    new.body = LAMP.into();
    new.place = Some(world.unit("90101"));
    new.person.phone = Some("13800001234".into());
    new.told = Told::OnPage;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

/// The seal code of a case: the hash of its first record.
fn seal_of(world: &World, number: &str) -> String {
    let number = number.to_owned();
    let stmt = db::Stmt::new(
        "seal",
        "SELECT j.hash FROM journal j JOIN requests r ON r.id = j.stream WHERE r.number = $1 AND j.seq = 1",
    );
    let read =
        move |tx: &mut dyn db::Tx| tx.query_one(&stmt, &db::params![number.as_str()])?.get::<Vec<u8>>(0);
    hex::encode(world.site.db.read_now(read).expect("a leaf"))
}

#[tokio::test]
async fn settled_on_the_spot_with_a_yes_it_is_signed_off_there_and_then() {
    each_world("county", MIGRATIONS, |world| async move {
        let class = plain(&world).code.clone();
        let hall = world.office("901", "township-hall");
        let mut clerk = staff(&world, "clerk.901-township-hall").await;
        let page = clerk.get("/intake").await.expect(200);
        assert!(!page.body.contains("value=\"send\""), "a clerk does not send out");
        let fields = [
            ("body", "问医保卡丢了怎么补。"),
            ("class", &class),
            ("class_label", &world.site.pack.class(&class).expect("the class").name.zh.clone()),
            ("name", "试用人"),
            ("phone", "13900000001"),
            ("told", "in-person"),
            ("then", "settle"),
        ];
        // Without the answer nothing is written, and what was entered stays.
        let again = clerk.fill(&page, "/intake", &fields, &[]).await.expect(422);
        assert!(again.body.contains("问医保卡丢了怎么补") && again.text().contains("请写明当场怎么办的"));
        let spot = [("answer", "已当场补办，卡已交给本人。"), ("solved", "yes"), ("grade", "4")];
        let not = clerk
            .fill(&again, "/intake", &[("answer", "请到县里办"), ("solved", "no")], &[])
            .await
            .expect(422);
        assert!(not.text().contains("没解决就不算当场办结"));
        let receipt = clerk.fill(&again, "/intake", &spot, &[]).await.expect(200);
        assert!(receipt.text().contains("已当场办结"), "{}", receipt.text());
        let now = case(&world, &number(&receipt)).await;
        assert_eq!((now.row.state, now.row.word), (State::Closed, Some(Word::Solved)));
        assert_eq!(now.row.first_unit, hall);
        assert!(now.notices.iter().all(|n| n.is_met() && n.how == "in-person"), "{:?}", now.notices);
        assert_eq!(now.notices.len(), Notice::ALL.len());
        // One message is enough for somebody who was there.
        let about = now.row.id.0;
        let sent = world.site.db.read(move |tx| notify::about(tx, about)).await.expect("a look");
        let sent: Vec<&str> = sent.iter().map(|m| m.template.as_str()).collect();
        assert_eq!(sent, ["settled"]);
    })
    .await;
}

#[tokio::test]
async fn who_leads_the_station_signs_off_with_the_same_stroke_and_only_once() {
    each_world("county", MIGRATIONS, |world| async move {
        let village = world.unit("90101");
        also(&world, village, Role::Lead, Role::Clerk);
        let class = plain(&world).code.clone();
        let mut lead = staff(&world, "lead.90101").await;
        let page = lead.get("/intake").await.expect(200);
        let fields = [
            ("body", "帮老人在手机上交电费。"),
            ("class", class.as_str()),
            ("class_label", plain(&world).name.zh.as_str()),
            ("then", "settle"),
            ("answer", "已帮办。"),
            ("solved", "yes"),
        ];
        let first = lead.fill(&page, "/intake", &fields, &[]).await.expect(200);
        let again = lead.fill(&page, "/intake", &fields, &[]).await.expect(200);
        assert_eq!(number(&first), number(&again), "the same form sent twice is one case");
        let now = case(&world, &number(&first)).await;
        assert_eq!(now.row.state, State::Closed);
        let leaf = seal_of(&world, &number(&first));
        assert_eq!(first.find(".slip code.hash").map(|c| c.replace(' ', "")), Some(leaf));
        assert_eq!(now.row.place, Some(village), "the clerk's own area is taken unless another is said");
        // Whoever nobody is named for has a code all the same; it is not shown to others.
        let code = first.find(".slip .keys > div:nth-child(2) dd").expect("a code");
        let mut hall = staff(&world, "clerk.901-township-hall").await;
        let path = first.path.clone();
        let seen = hall.get(&path).await.expect(200);
        assert!(!seen.body.contains(&code), "a ticket is good for one account");
    })
    .await;
}

#[tokio::test]
async fn sent_to_a_unit_that_one_leads_the_officer_is_named_and_the_person_told() {
    each_world("county", MIGRATIONS, |world| async move {
        let works = world.office("901", "township-construction");
        let (account, hall) = (world.account(works, Role::Lead), world.office("901", "township-hall"));
        // In a small township the head of the works office also sits at the hall's desk.
        let (site, from) = (world.site.clone(), world.site.today());
        let act = Act { actor: Actor::System, at: site.now() };
        let id = PostId::new(site.now(), &*site.chance);
        let post = NewPost {
            account,
            unit: hall,
            role: Role::Triage,
            title: String::new(),
            from,
            to: None,
            basis: "test".to_owned(),
        };
        site.db.write_now(move |tx| accounts::add_post_in(tx, id, &post, &act)).expect("the post is given");

        let mut desk = staff(&world, "lead.901-township-construction").await;
        let page = desk.get("/intake").await.expect(200);
        let hall_id = hall.to_string();
        let fields = [
            ("desk", hall_id.as_str()),
            ("body", LAMP),
            ("class", "01.04.01"),
            ("class_label", "路灯不亮"),
            ("phone", "13900000002"),
            ("told", "message"),
        ];
        let plan = send(&mut desk, &page, "/intake", "/intake/plan", &fields).await.expect(200);
        assert!(plan.body.contains("规划建设") || plan.body.contains("建设"), "{}", plan.body);
        let officer = world.account(works, Role::Officer).to_string();
        assert!(
            plan.body.contains(&officer),
            "the reader leads that unit and may name its officer: {}",
            plan.body
        );
        let asked = [
            ("then", "send"),
            ("asked", "01.04.01"),
            ("q_count", "3"),
            ("officer", officer.as_str()),
            ("officer_of", &works.to_string()),
        ];
        let receipt = send(&mut desk, &page, "/intake", "/intake", &[&fields[..], &asked[..]].concat())
            .await
            .expect(200);
        let now = case(&world, &number(&receipt)).await;
        assert_eq!((now.row.state, now.row.unit, now.row.first_unit), (State::InHand, works, hall));
        assert_eq!(now.row.officer, Some(world.account(works, Role::Officer)));
        assert!(now.notices.iter().any(|n| n.notice == Notice::Handling), "who handles it and by when");
        world.deliver().await;
        let now = case(&world, &now.row.number).await;
        assert!(now.notices.iter().all(|n| n.is_met()), "{:?}", now.notices);
        assert_eq!(now.row.answers["count"]["value"], 3, "{}", now.row.answers);
    })
    .await;
}

#[tokio::test]
async fn what_a_class_asks_and_whom_to_call_is_on_the_page_before_anything_is_written() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut operator = staff(&world, "operator.9-county-centre").await;
        let page = operator.get("/hotline").await.expect(200);
        let fields = [
            ("phone", "13900000003"),
            ("body", "楼道里闻到煤气味"),
            ("class", "01.03.01"),
            ("class_label", "燃气泄漏"),
            ("place_text", "城关小区"),
        ];
        let first = operator.fill(&page, "/hotline", &fields, &[]).await.expect(200);
        assert!(first.body.contains("tel:119") && first.text().contains("马上转接"), "{}", first.text());
        assert!(first.text().contains("还没有登记"));
        // Who has read it goes on: this class may be registered after the fact.
        let done = operator.fill(&first, "/hotline", &[("then", "leave")], &[]).await.expect(200);
        let now = case(&world, &number(&done)).await;
        assert_eq!(now.row.class, "01.03.01");
        assert_eq!(now.row.first_unit, world.office("9", "county-centre"));
        // A class that is never registered says so beside the class.
        let stopped = |c: &&pack::Class| c.is_leaf() && c.stop.as_ref().is_some_and(|s| !s.may_go_on);
        if let Some(never) = world.site.pack.classes.iter().find(stopped) {
            let fields = [
                ("asked", never.code.as_str()),
                ("class", &never.code),
                ("class_label", &never.name.zh),
                ("body", "着火了"),
            ];
            let refused = send(&mut operator, &page, "/hotline", "/hotline", &fields).await.expect(422);
            assert!(refused.body.contains(&format!("tel:{}", never.stop.as_ref().expect("a stop").call[0])));
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_script_the_page_is_shown_once_more_with_matters_like_it() {
    each_world("county", MIGRATIONS, |world| async move {
        let known = lamp(&world).await;
        let mut clerk = staff(&world, "clerk.90101").await;
        let page = clerk.get("/intake").await.expect(200);
        let fields = [
            ("body", "小学门口的路灯不亮，孩子晚上放学看不见路。"),
            ("phone", "13800001234"),
            ("plain", "1"),
        ];
        let look = send(&mut clerk, &page, "/intake", "/intake", &fields).await.expect(200);
        assert!(look.text().contains("还没有登记") && look.body.contains(&known.number), "{}", look.text());
        assert!(look.text().contains("并入这件"));
        // The village's clerk does not see the hall's case: only what the public sees of it.
        assert!(look.body.contains(&format!("/public/{}", known.number)), "{}", look.text());
        let done = clerk.fill(&look, "/intake", &[("then", "leave")], &[]).await.expect(200);
        let now = case(&world, &number(&done)).await;
        assert_eq!((now.row.state, now.row.class.as_str()), (State::Registered, ""));
    })
    .await;
}

#[tokio::test]
async fn an_operator_joins_a_caller_to_an_open_matter() {
    each_world("county", MIGRATIONS, |world| async move {
        let known = lamp(&world).await;
        let mut operator = staff(&world, "operator.9-county-centre").await;
        let page = operator.get("/hotline").await.expect(200);
        let told = [
            ("body", "小学门口路灯不亮，孩子放学看不见路"),
            ("class", "01.04.01"),
            ("class_label", "路灯不亮"),
        ];
        let near = send(&mut operator, &page, "/hotline", "/intake/near", &told).await.expect(200);
        assert!(near.body.contains(&known.number) && near.body.contains("data-key=\"1\""), "{}", near.body);
        let other = [("body", "自来水管爆了，三组停水"), ("class", ""), ("class_label", "")];
        let far = send(&mut operator, &page, "/hotline", "/intake/near", &other).await.expect(200);
        assert!(!far.body.contains(&known.number), "{}", far.body);

        let into = [("into", known.number.as_str())];
        let fields = [&told[..], &into[..]].concat();
        let refused = send(&mut operator, &page, "/hotline", "/intake/joinings", &fields).await.expect(422);
        assert!(refused.text().contains("并入要留下电话或姓名") && refused.body.contains("小学门口路灯不亮"));
        let fields = [&fields[..], &[("phone", "13900000004")]].concat();
        let done = send(&mut operator, &refused, "/hotline", "/intake/joinings", &fields).await.expect(200);
        let again = send(&mut operator, &refused, "/hotline", "/intake/joinings", &fields).await.expect(200);
        assert_eq!((number(&done), number(&again)), (known.number.clone(), known.number.clone()));
        let now = case(&world, &known.number).await;
        assert_eq!(now.joined.len(), 1, "sent twice, joined once");
        let code = done.find(".slip .keys > div:nth-child(2) dd").expect("a code");
        assert_ne!(code.replace('-', ""), now.row.code, "each has a code of their own");
        assert_eq!(code.replace('-', ""), now.joined[0].code);
        assert!(now.notices.iter().any(|n| n.person == Some(now.joined[0].person) && n.how == "call"));
    })
    .await;
}

#[tokio::test]
async fn a_picture_sent_while_on_the_telephone_goes_with_the_case() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut operator = staff(&world, "operator.9-county-centre").await;
        let page = operator.get("/hotline").await.expect(200);
        assert_eq!(page.attributes("#desk input[type=file]", "data-key"), ["f"], "a key leads to it");
        let fields = [("body", "路灯不亮，照片发来了"), ("phone", "13900000004"), ("then", "leave")];
        let files: [testkit::Attached; 2] =
            [("files", "灯.txt", "路灯编号 7".as_bytes()), ("files", "病毒.exe", b"MZ\x90\0\x03\0\0\0")];
        // What cannot be taken is said beside the field; what could is kept for the next try.
        let again = operator.fill(&page, "/hotline", &fields, &files).await.expect(422);
        assert!(
            again.find("#f-files-error").is_some() && again.text().contains("灯.txt"),
            "{}",
            again.text()
        );
        assert!(again.body.contains("照片发来了"));
        let done = operator.fill(&again, "/hotline", &[], &[]).await.expect(200);
        let id = case(&world, &number(&done)).await.row.id;
        let ctx = Ctx::system(&world.site);
        let all = ctx
            .read(move |tx, ctx| {
                let mut all = files::list(tx, requests::uploads::OWNER, id.0)?;
                files::name_all(tx, &ctx.site.keyring, &mut all, |_| true)?;
                Ok(all)
            })
            .await
            .expect("a list");
        assert_eq!(all.iter().map(|f| f.name.as_deref()).collect::<Vec<_>>(), [Some("灯.txt")]);
        assert!(all[0].of_person(), "taken in for the caller, it is theirs");
    })
    .await;
}

#[tokio::test]
async fn a_caller_is_known_by_their_number_told_how_it_stands_and_can_add_to_it() {
    each_world("county", MIGRATIONS, |world| async move {
        let known = lamp(&world).await;
        let mut operator = staff(&world, "operator.9-county-centre").await;
        let page = operator.get("/hotline").await.expect(200);
        let caller =
            send(&mut operator, &page, "/hotline", "/intake/caller", &[("phone", "138 0000 1234")]).await;
        assert!(caller.body.contains(&known.number), "{}", caller.body);
        // Those who may not know who asked are not told whose number it is.
        let mut triage = staff(&world, "triage.9-county-centre").await;
        let own = triage.get("/intake").await.expect(200);
        let hidden = send(&mut triage, &own, "/intake", "/intake/caller", &[("phone", "13800001234")])
            .await
            .expect(200);
        assert!(!hidden.body.contains(&known.number), "{}", hidden.body);
        // By the number that the caller quotes.
        let csrf = page.fields("/hotline/lookups");
        let token: Vec<(&str, &str)> =
            csrf.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(|(n, _)| *n != "lookup").collect();
        let found = operator
            .post("/hotline/case", &[&token[..], &[("lookup", &known.number)]].concat())
            .await
            .expect(200);
        assert!(found.body.contains("谁在办"), "{}", found.body);
        let none =
            operator.post("/hotline/case", &[&token[..], &[("lookup", "LXA20261117-99999")]].concat()).await;
        assert!(none.body.contains("没有这个编号"), "{}", none.body);
        let text = format!("text-{}", known.number);
        let more =
            [("number", known.number.as_str()), ("screen", "hotline"), (text.as_str(), "昨晚又灭了两盏。")];
        let back = operator.post("/intake/supplements", &[&token[..], &more[..]].concat()).await.expect(200);
        assert_eq!(back.path, "/hotline");
        assert!(back.text().contains("已补充到"), "{}", back.text());
        let page = operator.get(&format!("/requests/{}", known.number)).await.expect(200);
        assert!(page.text().contains("昨晚又灭了两盏"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn six_needs_of_a_meeting_go_in_together_or_not_at_all() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut clerk = staff(&world, "clerk.90101").await;
        let page = clerk.get("/meeting").await.expect(200);
        let more = clerk
            .fill(&page, "/meeting", &[("host", "村支书"), ("more", "5"), ("what-1", "修机耕道")], &[])
            .await
            .expect(200);
        assert!(
            more.body.contains("name=\"what-13\"") && more.body.contains("修机耕道"),
            "more lines, nothing lost"
        );
        let mut fields = vec![("present", "46"), ("host", "村支书")];
        for (field, text) in [
            ("what-1", "三组机耕道塌了一段，拉肥料过不去。"),
            ("what-2", "自来水一到晚上就没有。"),
            ("what-4", "问高龄补贴怎么领。"),
            ("what-5", "河边垃圾池满了没人清。"),
            ("what-6", "小学门口想装减速带。"),
            ("what-7", "村广场的灯坏了。"),
            ("class-7_label", "路灯不亮"),
            ("phone-2", "138"),
            ("then-4", "solved"),
            ("answer-4", "满八十岁，带身份证到村站登记。"),
        ] {
            fields.push((field, text));
        }
        let refused = clerk.fill(&more, "/meeting", &fields, &[]).await.expect(422);
        assert!(
            refused.body.contains("f-phone-2-error"),
            "the fault stands beside its line: {}",
            refused.text()
        );
        assert!(
            refused.text().contains("第 2 件：电话号码不完整"),
            "and above the sheet: {}",
            refused.text()
        );
        assert!(refused.body.contains("河边垃圾池满了没人清") && refused.body.contains("value=\"46\""));
        let fixed = [("phone-2", "13900000005")];
        let list = clerk.fill(&refused, "/meeting", &fixed, &[]).await.expect(200);
        let again = clerk.fill(&refused, "/meeting", &fixed, &[]).await.expect(200);
        assert_eq!(list.path, again.path, "the same sheet is one meeting");
        assert!(
            list.text().contains("记下 6 件，当场办结 1 件") && list.text().contains("到会 46 人"),
            "{}",
            list.text()
        );
        let ctx = Ctx::system(&world.site);
        let first = number_in(&list, 1);
        let numbers: Vec<String> = (1..=6).map(|n| number_in(&list, n)).collect();
        let tail = |n: &str| n[n.len() - 5..].parse::<u32>().expect("a running number");
        let run: Vec<u32> = numbers.iter().map(|n| tail(n)).collect();
        assert_eq!(run, (tail(&first)..tail(&first) + 6).collect::<Vec<_>>(), "{numbers:?}");
        assert_eq!(tail(&first), 1, "what was refused used no number up");
        let settled = case(&world, &numbers[2]).await;
        assert_eq!((settled.row.state, settled.row.channel.as_str()), (State::Closed, "meeting"));
        assert_eq!(case(&world, &numbers[5]).await.row.class, "01.04.01");
        assert_eq!(
            case(&world, &numbers[0]).await.row.place,
            Some(ctx.dir.by_code("90101").expect("the village").id)
        );
        // Codes are on the slips alone, and for whoever noted it down alone.
        let code = requests_code(&case(&world, &numbers[0]).await);
        assert!(!list.body.contains(&code));
        let slips = clerk.get(&format!("{}?view=slips", list.path)).await.expect(200);
        assert!(slips.body.contains(&code), "{}", slips.text());
        let leaf = seal_of(&world, &number_in(&list, 1));
        assert!(slips.text().contains(&format!("封存码 {}", &leaf[..8])), "{}", slips.text());
        let mut hall = staff(&world, "clerk.901-township-hall").await;
        let other = hall.get(&format!("{}?view=slips", list.path)).await.expect(200);
        assert!(!other.body.contains(&code));
        let mut elsewhere = staff(&world, "clerk.90201").await;
        elsewhere.get(&list.path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn clocks_of_an_earlier_meeting_run_from_its_day() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut clerk = staff(&world, "clerk.90101").await;
        let page = clerk.get("/meeting").await.expect(200);
        let fields = [("host", "村支书"), ("present", "12"), ("what-1", "修水渠"), ("held_on", "2026-11-10")];
        let list = clerk.fill(&page, "/meeting", &fields, &[]).await.expect(200);
        let now = case(&world, &number_in(&list, 1)).await;
        assert_eq!(world.site.zone.date(now.row.received_at).to_string(), "2026-11-10");
        let ms = (now.row.id.0.as_u128() >> 80) as i64;
        assert_eq!(ms, now.row.received_at.0, "it sorts by the day on which it was told");
        for (day, words) in [("2026-11-18", "在今天之后"), ("2026-10-01", "表格导入")] {
            let page = clerk.get("/meeting").await.expect(200);
            let fields = [("host", "村支书"), ("present", "12"), ("what-1", "修水渠"), ("held_on", day)];
            let refused = clerk.fill(&page, "/meeting", &fields, &[]).await.expect(422);
            assert!(refused.text().contains(words), "{day}: {}", refused.text());
        }
    })
    .await;
}

#[tokio::test]
async fn only_those_who_take_in_come_to_a_desk() {
    each_world("county", MIGRATIONS, |world| async move {
        for role in ["moderator", "auditor", "admin"] {
            let mut who = staff(&world, &format!("{role}.9-county-centre")).await;
            for path in ["/intake", "/hotline", "/meeting"] {
                who.get(path).await.expect(403);
            }
        }
        let mut clerk = staff(&world, "clerk.901-township-hall").await;
        clerk.get("/hotline").await.expect(403);
        clerk.get("/intake/receipts/LXA20261117-00001").await.expect(404);
        clerk.get("/meeting/nothing").await.expect(404);
        let mut nobody = Client::new(site(&world));
        assert_eq!(nobody.get("/intake").await.path.split('?').next(), Some("/sign-in"));
    })
    .await;
}

#[tokio::test]
async fn desks_speak_both_languages() {
    each_world("county", MIGRATIONS, |world| async move {
        for (path, zh, en) in [
            ("/intake", "窗口登记", "Take in at the window"),
            ("/hotline", "热线登记", "Hotline"),
            ("/meeting", "集体诉求会", "Villagers' meeting"),
        ] {
            let mut who = staff(&world, "operator.9-county-centre").await;
            assert!(who.get(path).await.expect(200).text().contains(zh));
            let mut who = who.english();
            let page = who.get(path).await.expect(200);
            assert!(page.text().contains(en), "{}", page.text());
            let han: String = page.text().chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
            assert!(han.chars().count() < 40, "untranslated on {path}: {han}");
        }
    })
    .await;
}

/// The number in a line of the list of a meeting.
fn number_in(list: &Answer, line: usize) -> String {
    list.find(&format!("table.data tbody tr:nth-child({line}) td:nth-child(2)"))
        .expect("a number in the line")
}

/// A query code as it is shown.
fn requests_code(case: &Case) -> String {
    case.row
        .code
        .parse::<rules::number::QueryCode>()
        .map_or_else(|_| case.row.code.clone(), |c| c.to_string())
}
