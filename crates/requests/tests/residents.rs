//! What residents do on the site, over HTTP and on both engines: ask, follow, add, judge, join, read.

use files::Evidence;
use kernel::{DAY, HOUR, Role};
use requests::acts::{answer, assign, close, judge, moderate, pause, progress, take, triage};
use requests::case::Case;
use requests::model::{Audience, PublicState};
use requests::uploads::Upload;
use requests::{Ctx, Ctx as Acting};
use rules::case::{ClockKind, Kind, State, Urgency, Word};
use testkit::{Answer, Client, World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

const WORDS: &str = "村口到小学一段路灯全灭了，我是王小明，电话13800001234，孩子放学看不见路。";
const LAMP: &str = "01.04.01";

fn visitor(world: &World) -> Client {
    Client::new(access::frame(requests::routes(), world.site.clone()))
}

/// The three steps up to the last page of the form.
async fn to_details(who: &mut Client, words: &str, class: &str) -> Answer {
    let start = who.get("/ask").await.expect(200);
    let classes = who.fill(&start, "/ask", &[("text", words), ("step", "text")], &[]).await.expect(200);
    who.fill(&classes, "/ask", &[("class", class), ("step", "details")], &[]).await.expect(200)
}

/// Chooses the place as somebody without a script does: list by list.
async fn at_village(who: &mut Client, page: &Answer) -> Answer {
    let page = who.fill(page, "/ask", &[("at0", "901"), ("step", "place")], &[]).await.expect(200);
    who.fill(&page, "/ask", &[("at1", "90101"), ("step", "place")], &[]).await.expect(200)
}

/// Asks for the lamp, with name and number, and comes to the receipt.
async fn asked(who: &mut Client) -> Answer {
    let page = to_details(who, WORDS, LAMP).await;
    let page = at_village(who, &page).await;
    let fields = [
        ("place_text", "学校路"),
        ("name", "王小明"),
        ("phone", "138 0000 1234"),
        ("q_count", "3"),
        ("step", "send"),
    ];
    who.fill(&page, "/ask", &fields, &[]).await.expect(200)
}

/// Number and query code on a receipt.
fn keys(page: &Answer) -> (String, String) {
    let number = page.find(".keys > div:nth-child(1) dd").expect("a number");
    let code = page.find(".keys > div:nth-child(2) dd").expect("a code");
    (number, code)
}

async fn case(world: &World, number: &str) -> Case {
    let (ctx, number) = (Ctx::system(&world.site), number.to_owned());
    ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await.expect("the case is there")
}

async fn into_hand(world: &World, number: &str) -> Acting {
    let id = case(world, number).await.row.id;
    let hall = world.office("901", "township-hall");
    let works = world.office("901", "township-construction");
    let desk = world.staff(hall, Role::Triage);
    let input = triage::Triage {
        on: id.into(),
        class: LAMP.into(),
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
    let input =
        take::Name { on: id.into(), officer: world.account(works, Role::Officer), note: String::new() };
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
    let officer = world.staff(works, Role::Officer);
    let spoken =
        progress::Note {
            on: id.into(), text: "内部备注".into(), audience: Audience::Inside, files: vec![]
        };
    officer.write(move |tx, ctx| progress::contact(tx, ctx, &spoken)).await.expect("the contact is noted");
    officer
}

/// What the class demands before it may be answered.
fn proof(world: &World, evidence: Evidence) -> Upload {
    let store = files::Store::new(&world.site.dir, world.site.chance.clone());
    let file =
        store.prepare(b"seen", "seen.txt", &files::Limits::default(), world.site.now()).expect("it is kept");
    Upload { evidence, ..Upload::new(&world.public(), file) }
}

async fn answered(world: &World, officer: &Acting, number: &str) {
    let id = case(world, number).await.row.id;
    let officer = Ctx::new(&world.site, officer.scope.clone());
    let reply = answer::Answer {
        on: id.into(),
        text: "已更换控制箱，路灯恢复。王小明您好，可拨13911112222找我们。".into(),
        unsolvable: false,
        files: [Evidence::Before, Evidence::After].map(|shows| proof(world, shows)).to_vec(),
    };
    officer.write(move |tx, ctx| answer::answer(tx, ctx, &reply)).await.expect("it is answered");
}

#[tokio::test]
async fn asking_following_judging() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        // The classes are suggested from the words.
        let start = me.get("/ask").await.expect(200);
        let classes = me.fill(&start, "/ask", &[("text", WORDS), ("step", "text")], &[]).await.expect(200);
        assert!(classes.body.contains(&format!("value=\"{LAMP}\"")), "{}", classes.text());
        let receipt = asked(&mut me).await;
        let (number, code) = keys(&receipt);
        assert_eq!(receipt.path, format!("/r/{number}"), "no code in the address");
        assert!(receipt.text().contains("收到了") && receipt.text().contains("为什么是这一天"));
        let now = case(&world, &number).await;
        assert_eq!(now.row.class, LAMP);
        assert_eq!(now.row.place, Some(world.unit("90101")));
        assert_eq!(now.row.channel, "web");
        // The page itself shows the code no longer than the receipt is shown; the slip does.
        world.clock.advance(HOUR);
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(!page.body.contains(&code) && page.text().contains("待分流"));
        let slip = me.get(&format!("/r/{number}/slip")).await.expect(200);
        assert!(slip.body.contains(&code));
        // Telephones are led to the page by its number alone: the code is in print only.
        // One leads to the case, one to the proof that it is on record.
        assert_eq!(slip.attributes("svg.qr path", "d").len(), 2);

        // Another browser: nothing without the code, and with it the same page.
        let mut other = visitor(&world);
        let asked_for = other.get(&format!("/r/{number}")).await.expect(403);
        assert!(!asked_for.body.contains("路灯") && asked_for.form("/find")["number"] == number);
        let open = other
            .submit("/find", "/find", &[("number", &number.to_lowercase()), ("code", &code.to_lowercase())])
            .await;
        assert!(open.expect(200).text().contains("学校路"));

        // It is worked on; what is inside stays inside.
        let officer = into_hand(&world, &number).await;
        let id = now.row.id;
        let input = pause::Pause { on: id.into(), question: "请发一张灯杆编号的照片。".into() };
        officer.write(move |tx, ctx| pause::pause(tx, ctx, &input)).await.expect("it waits");
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(
            page.text().contains("灯杆编号的照片") && !page.text().contains("内部备注"),
            "{}",
            page.text()
        );
        let action = format!("/r/{number}/supplement");
        let added = me
            .fill(
                &page,
                &action,
                &[("text", "编号是 A17。")],
                &[("files", "杆号.txt", "编号 A17".as_bytes())],
            )
            .await;
        assert!(added.clone().expect(200).text().contains("编号是 A17"), "{}", added.text());
        assert_eq!(case(&world, &number).await.row.state, State::InHand, "what was waited for sets it going");
        let file =
            added.body.split("/files/").nth(1).and_then(|t| t.split('"').next()).expect("a file").to_owned();
        let file = format!("/r/{number}/files/{file}");
        assert_eq!(me.get(&file).await.expect(200).body, "编号 A17");
        visitor(&world).get(&file).await.expect(404);
        // The same form sent again adds nothing.
        let again = me.fill(&page, &action, &[("text", "编号是 A17。")], &[]).await.expect(200);
        assert_eq!(again.text().matches("编号是 A17").count(), 1);

        // A form that was open before the answer came is refused kindly, and keeps what was written.
        world.deliver().await;
        answered(&world, &officer, &number).await;
        let action = format!("/r/{number}/judgement");
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains("路灯恢复") && page.text().contains("上级复核"), "{}", page.text());
        let stale = [("seq", "3"), ("word", "no"), ("note", "后半段还是黑的")];
        let mut fields: Vec<(String, String)> = page.fields(&action);
        fields.retain(|(n, _)| stale.iter().all(|(s, _)| s != n));
        let all: Vec<(&str, &str)> =
            fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(stale).collect();
        let refused = me.post(&action, &all).await.expect(422);
        assert!(refused.text().contains("有了新的变化") && refused.body.contains("后半段还是黑的"));
        assert_eq!(refused.form(&action)["word"], "no", "nothing entered is lost");
        me.fill(&page, &action, &[("grade", "3")], &[]).await.expect(422);

        // No means no: it is worked on again. Twice the same is once.
        let done = me
            .fill(&page, &action, &[("word", "no"), ("grade", "2"), ("note", "后半段还是黑的")], &[])
            .await
            .expect(200);
        assert!(done.text().contains("没有办结"), "{}", done.text());
        let twice = me
            .fill(&page, &action, &[("word", "no"), ("grade", "2"), ("note", "后半段还是黑的")], &[])
            .await
            .expect(200);
        assert_eq!(twice.text().matches("评价：没解决").count(), 1, "{}", twice.text());
        let now = case(&world, &number).await;
        assert_eq!((now.row.state, now.row.reworks), (State::Rework, 1));
        answered(&world, &officer, &number).await;
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        me.fill(&page, &action, &[("word", "yes"), ("grade", "5")], &[]).await.expect(200);
        let now = case(&world, &number).await;
        assert_eq!(now.row.satisfaction.map(|s| s.grade()), Some(1), "the page's best is the record's best");
        assert_eq!(now.row.state, State::Judged);
    })
    .await;
}

#[tokio::test]
async fn codes_cannot_be_guessed_and_numbers_not_probed() {
    each_world("county", MIGRATIONS, |world| async move {
        let (number, code) = keys(&asked(&mut visitor(&world)).await);
        let mut thief = visitor(&world);
        let wrong =
            thief.submit("/find", "/find", &[("number", &number), ("code", "222222")]).await.expect(422);
        let unknown = thief
            .submit("/find", "/find", &[("number", "ZZ-2026-00001"), ("code", "222222")])
            .await
            .expect(422);
        assert_eq!(wrong.find(".errors"), unknown.find(".errors"), "the same answer");
        assert!(!wrong.body.contains("222222"), "a code does not travel back");
        for _ in 0..4 {
            thief.submit("/find", "/find", &[("number", &number), ("code", "bad")]).await.expect(422);
        }
        let locked =
            thief.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(422);
        assert!(locked.text().contains("试错次数太多"), "{}", locked.text());
        for _ in 0..4 {
            thief.submit("/find", "/find", &[("number", "ZZ-2026-00001"), ("code", "bad")]).await.expect(422);
        }
        let also =
            thief.submit("/find", "/find", &[("number", "ZZ-2026-00001"), ("code", "bad")]).await.expect(422);
        assert_eq!(locked.find(".errors"), also.find(".errors"), "an unknown number locks alike");
        world.clock.advance(16 * kernel::MINUTE);
        thief.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        // A pass is for one case and for half a day.
        world.clock.advance(13 * HOUR);
        thief.get(&format!("/r/{number}")).await.expect(403);
        let mut forger = visitor(&world);
        let cookie = "00".repeat(57);
        let forged = forger.raw(axum::http::Method::GET, &format!("/r/{number}?{cookie}"), None, "").await;
        assert_eq!(forged.status.as_u16(), 403);
    })
    .await;
}

#[tokio::test]
async fn the_same_form_twice_is_one_case_and_faults_lose_nothing() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let page = to_details(&mut me, WORDS, LAMP).await;
        // No place: refused beside its field, with everything kept, files too.
        let fields = [("phone", "12"), ("q_how", "other"), ("q_count", "many"), ("step", "send")];
        let files: [(&str, &str, &[u8]); 2] = [
            ("files", "说明.txt", "灯坏了三盏".as_bytes()),
            ("files", "照片.jpg", &[0xff, 0xd8, 0xff, 0x00, 0x01]),
        ];
        let bad = me.fill(&page, "/ask", &fields, &files).await.expect(422);
        let said = bad.find(".errors").expect("the faults");
        assert!(said.contains("照片.jpg") && said.contains("整数") && said.contains("写明"), "{said}");
        assert!(bad.text().contains("说明.txt") && bad.form("/ask")["phone"] == "12");
        let bad = me
            .fill(&bad, "/ask", &[("q_count", "2"), ("q_how", "dark"), ("step", "send")], &[])
            .await
            .expect(422);
        let said = bad.find(".errors").expect("the faults");
        assert!(said.contains("在哪里") && said.contains("电话"), "{said}");
        let page = at_village(&mut me, &bad).await;
        let send = [("phone", ""), ("step", "send")];
        let first = keys(&me.fill(&page, "/ask", &send, &[]).await.expect(200));
        let again = keys(&me.fill(&page, "/ask", &send, &[]).await.expect(200));
        assert_eq!(first, again);
        let shown = me.get(&format!("/r/{}", first.0)).await.expect(200);
        assert_eq!(shown.text().matches("说明.txt").count(), 1, "the file that was taken in came along once");
        // A made-up number for the case, or a made-up file, is not believed.
        let mut forged = page.fields("/ask");
        forged.retain(|(n, _)| n != "ask" && n != "kept");
        forged.push(("ask".into(), "01890000-0000-7000-8000-000000000000.00".into()));
        forged.push(("kept".into(), "7b7d.00".into()));
        forged.push(("step".into(), "send".into()));
        let all: Vec<(&str, &str)> = forged.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let refused = me.post("/ask", &all).await.expect(422);
        assert!(refused.text().contains("重新选择"), "{}", refused.text());
        me.post("/ask", &[("step", "send")]).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn an_emergency_names_whom_to_call_before_anything_else() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let start = me.get("/ask").await.expect(200);
        let fire =
            me.fill(&start, "/ask", &[("text", "我家隔壁正在起火"), ("step", "text")], &[]).await.expect(200);
        assert!(fire.body.contains("href=\"tel:119\"") && fire.find(".stop").is_some(), "{}", fire.text());
        let stop =
            me.fill(&fire, "/ask", &[("class", "09.01.01"), ("step", "details")], &[]).await.expect(200);
        assert!(stop.find("h1").unwrap().contains("先打电话") && !stop.body.contains("name=\"phone\""));
        let on = me.fill(&stop, "/ask", &[("step", "details")], &[]).await.expect(200);
        assert!(on.body.contains("name=\"phone\""), "it can still be registered afterwards");
        // An answer can stop the form as well.
        let page = to_details(&mut me, "停水了，电线也断在地上", "01.01.01").await;
        let page = at_village(&mut me, &page).await;
        let stop = me
            .fill(&page, "/ask", &[("q_danger", "yes"), ("q_reach", "one"), ("step", "send")], &[])
            .await
            .expect(200);
        assert!(stop.body.contains("href=\"tel:95598\"") && stop.find(".keys").is_none(), "{}", stop.text());
    })
    .await;
}

#[tokio::test]
async fn a_joiner_has_a_code_a_notice_and_a_word_of_their_own_and_sees_nobody() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut first = visitor(&world);
        let (number, code) = keys(&asked(&mut first).await);
        assert_eq!(
            case(&world, &number).await.row.public_state,
            PublicState::Shown,
            "lamps are shown at once"
        );
        // The same matter at the same place is offered instead of a second case.
        let mut second = visitor(&world);
        let page = to_details(&mut second, "小学门口的路灯全灭，晚上看不见路", LAMP).await;
        let page = at_village(&mut second, &page).await;
        let offered =
            second.fill(&page, "/ask", &[("name", "李四"), ("step", "send")], &[]).await.expect(200);
        assert!(
            offered.text().contains("是不是同一件事") && offered.text().contains("已有 1 人"),
            "{}",
            offered.text()
        );
        assert!(!offered.body.contains("王小明") && !offered.body.contains("13800001234"));
        let action = format!("/public/{number}/joining");
        let join = second.fill(&offered, "/ask", &[("join", &number)], &[]).await.expect(200);
        assert_eq!(join.form(&action)["name"], "李四");
        let receipt = second.fill(&join, &action, &[("words", "我家门口那盏也灭了")], &[]).await.expect(200);
        let own = keys(&receipt);
        assert_eq!(own.0, number);
        assert_ne!(own.1, code, "a code of their own");
        assert!(
            !receipt.body.contains("王小明")
                && !receipt.body.contains("学校路")
                && receipt.text().contains("我家门口那盏也灭了")
        );
        let again = second.fill(&join, &action, &[("words", "我家门口那盏也灭了")], &[]).await.expect(200);
        assert_eq!(keys(&again), own, "joining twice is joining once");
        assert_eq!(case(&world, &number).await.joined.len(), 1);
        // It is not offered in the way a second time: another matter goes through.
        let sent = second.fill(&offered, "/ask", &[("step", "send")], &[]).await.expect(200);
        assert_ne!(keys(&sent).0, number);
        // Nor does the first see who joined; and nobody takes back what others have, too.
        let page = first.get(&format!("/r/{number}")).await.expect(200);
        assert!(
            page.text().contains("2 人") && !page.body.contains("李四") && !page.body.contains("withdrawal")
        );
        let mut by_code = visitor(&world);
        by_code.submit("/find", "/find", &[("number", &number), ("code", &own.1)]).await.expect(200);
        let adds = by_code.get(&format!("/r/{number}")).await.expect(200);
        let action = format!("/r/{number}/supplement");
        by_code
            .fill(
                &adds,
                &action,
                &[("text", "我是李四，电话13922223333，还是黑的。")],
                &[("files", "我家.txt", b"x")],
            )
            .await
            .expect(200);
        let page = first.get(&format!("/r/{number}")).await.expect(200);
        assert!(
            page.text().contains("还是黑的")
                && !page.body.contains("13922223333")
                && !page.body.contains("我家.txt"),
            "{}",
            page.text()
        );
    })
    .await;
}

#[tokio::test]
async fn a_joiner_gets_the_files_of_the_house_and_never_those_of_who_asked() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut first = visitor(&world);
        let (number, code) = keys(&asked(&mut first).await);
        let mut second = visitor(&world);
        let join = second.get(&format!("/public/{number}/join")).await.expect(200);
        let action = format!("/public/{number}/joining");
        let joined = second.fill(&join, &action, &[("words", "我家门口那盏也灭了")], &[]).await.expect(200);
        let own = keys(&joined).1;

        // What staff took in at somebody's home is as much theirs as what they sent themselves.
        let row = case(&world, &number).await.row;
        let (id, person) = (row.id, row.person.expect("who asked"));
        let works = world.office("901", "township-construction");
        let officer = world.staff(works, Role::Officer);
        let at_home = proof(&world, Evidence::None);
        let all = vec![at_home.clone()];
        officer
            .write(move |tx, ctx| requests::uploads::along(tx, ctx, id, &all))
            .await
            .expect("it stands with the request");
        let listed = world.site.db.read_now(move |tx| files::list(tx, "request", id.0)).expect("files");
        assert!(listed.iter().any(|f| f.id == at_home.id && f.whose == files::Whose::Person(Some(person))));
        // Something that the house made for everybody in it, and what the joiner adds.
        let officer = into_hand(&world, &number).await;
        let house = proof(&world, Evidence::None);
        let spoken = progress::Note {
            on: id.into(),
            text: "已排查线路".into(),
            audience: Audience::Person,
            files: vec![house.clone()],
        };
        officer.write(move |tx, ctx| progress::progress(tx, ctx, &spoken)).await.expect("it is noted");
        let page = |code: String| {
            let (world, number) = (&world, &number);
            async move {
                let mut who = visitor(world);
                who.submit("/find", "/find", &[("number", number), ("code", &code)]).await.expect(200);
                let page = who.get(&format!("/r/{number}")).await.expect(200);
                (who, page)
            }
        };
        let (mut joiner, adds) = page(own).await;
        let mine = [("files", "我家.txt", &b"x"[..])];
        joiner
            .fill(&adds, &format!("/r/{number}/supplement"), &[("text", "还是黑的")], &mine)
            .await
            .expect(200);
        let listed = world.site.db.read_now(move |tx| files::list(tx, "request", id.0)).expect("files");
        let added = listed.iter().map(|f| f.id).find(|f| *f != at_home.id && *f != house.id).expect("theirs");

        let seen = joiner.get(&format!("/r/{number}")).await.expect(200);
        let address = |file: kernel::AttachmentId| format!("/r/{number}/files/{file}");
        // What a joiner adds is for the staff alone.
        for (file, theirs) in [(at_home.id, false), (house.id, true), (added, false)] {
            assert_eq!(seen.body.contains(&address(file)), theirs, "{}", seen.text());
            for small in ["", "?thumb"] {
                let got = joiner.get(&format!("{}{small}", address(file))).await;
                let status = if theirs && small.is_empty() { 200 } else { 404 };
                assert_eq!(got.status, status, "{file}{small}");
            }
        }
        let (mut asker, seen) = page(code).await;
        assert!(seen.body.contains(&address(at_home.id)) && seen.body.contains(&address(house.id)));
        asker.get(&address(at_home.id)).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn the_public_reads_the_matter_and_never_who() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let (number, _) = keys(&asked(&mut me).await);
        let officer = into_hand(&world, &number).await;
        answered(&world, &officer, &number).await;
        let mut anyone = visitor(&world);
        let secret = ["王小明", "13800001234", "138 0000 1234", "13911112222", "学校路", "内部备注"];
        let list = anyone.get("/public").await.expect(200);
        let one = anyone.get(&format!("/public/{number}")).await.expect(200);
        assert!(
            list.text().contains("路灯") && one.text().contains("路灯恢复") && one.text().contains("柳树村"),
            "{}",
            one.text()
        );
        for page in [&list, &one] {
            for s in secret {
                assert!(!page.body.contains(s), "{s} on {}", page.path);
            }
        }
        // The index knows more than is shown; the search does not tell.
        for (q, hit) in [
            ("路灯", true),
            ("13800001234", false),
            ("王小明", false),
            ("学校路", false),
            (number.as_str(), true),
        ] {
            let found = anyone.get(&format!("/public?q={}", escape(q))).await.expect(200);
            assert_eq!(found.body.contains(&format!("/public/{number}\"")), hit, "{q}");
        }
        for (query, hit) in [
            ("class=01", true),
            ("class=02", false),
            ("place=901", true),
            ("place=902", false),
            ("state=open", true),
            ("state=answered", true),
            ("state=closed", false),
            ("before=1", false),
            ("after=1", true),
        ] {
            let found = anyone.get(&format!("/public?{query}")).await.expect(200);
            assert_eq!(found.body.contains(&format!("/public/{number}\"")), hit, "{query}");
        }
        // What is no day is said at its field, with what was entered; the list is that of now.
        let wrong = anyone.get("/public?as_of=2026-02-30&class=01").await.expect(422);
        assert_eq!(wrong.attributes("#f-as-of", "value"), ["2026-02-30"]);
        assert_eq!(wrong.attributes("#f-as-of", "aria-describedby"), ["f-as-of-error"]);
        assert!(wrong.find("#f-as-of-error").is_some_and(|e| e.contains("没有“2026-02-30”这一天")));
        assert!(wrong.body.contains(&format!("/public/{number}\"")), "{}", wrong.text());
        assert!(wrong.attributes(".chips a", "href").iter().all(|h| !h.contains("as_of")));
        // Hidden: number and reason stay.
        let desk = world.staff(world.office("9", "county-centre"), Role::Moderator);
        let id = case(&world, &number).await.row.id;
        let input = moderate::Moderate {
            on: id.into(),
            show: false,
            title: String::new(),
            body: String::new(),
            reason: "能认出当事人".into(),
        };
        desk.write(move |tx, ctx| moderate::moderate(tx, ctx, &input)).await.expect("it is hidden");
        let one = anyone.get(&format!("/public/{number}")).await.expect(200);
        assert!(one.text().contains("能认出当事人") && !one.text().contains("路灯"), "{}", one.text());
        assert!(!anyone.get("/public").await.expect(200).body.contains(&number));
        anyone.get(&format!("/public/{number}/join")).await.expect(404);
        anyone.get("/public/ZZ-2026-00001").await.expect(404);
        anyone.get("/public/nonsense").await.expect(404);
        assert_eq!(anyone.raw(axum::http::Method::PUT, "/public", None, "").await.status.as_u16(), 405);
    })
    .await;
}

fn escape(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// Chinese characters on an English page are a word that is missing.
fn chinese(text: &str) -> String {
    text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect()
}

#[tokio::test]
async fn both_languages_have_every_word_and_taking_back_asks_first() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world).english();
        let words = "The street lamp by the school is dark";
        let start = me.get("/ask").await.expect(200);
        let classes = me.fill(&start, "/ask", &[("text", words), ("step", "text")], &[]).await.expect(200);
        let more = me.fill(&classes, "/ask", &[("step", "browse:01")], &[]).await.expect(200);
        let details = me.fill(&more, "/ask", &[("class", LAMP), ("step", "details")], &[]).await.expect(200);
        let centre = me.fill(&more, "/ask", &[("class", "-"), ("step", "details")], &[]).await.expect(200);
        let receipt = me
            .fill(&details, "/ask", &[("place_text", "by the school"), ("step", "send")], &[])
            .await
            .expect(200);
        let (number, _) = keys(&receipt);
        let home = format!("/r/{number}");
        world.clock.advance(HOUR);
        let pages = [
            start,
            classes,
            more,
            details,
            centre,
            receipt,
            me.get(&home).await.expect(200),
            me.get(&format!("{home}/slip")).await.expect(200),
            me.get(&format!("{home}/withdrawal")).await.expect(200),
            me.get("/find").await.expect(200),
            me.get("/public").await.expect(200),
            me.get(&format!("/public/{number}")).await.expect(200),
            me.get(&format!("/public/{number}/join")).await.expect(200),
        ];
        // The county of the tests has names in Chinese only, and so have its people.
        let names = [
            "连心",
            "试点县",
            "东山镇",
            "西河乡",
            "柳树村",
            "石桥村",
            "县党群服务中心",
            "乡镇便民服务中心",
            "镇便民服务中心",
            "单位负责人",
            "村民组",
            "一组",
        ];
        for page in &pages {
            let mut text = page.text();
            for unit in register::directory(&world.site).iter() {
                text = text.replace(&unit.name.zh, "");
            }
            for n in names {
                text = text.replace(n, "");
            }
            assert_eq!(chinese(&text), "", "{}: {text}", page.path);
        }
        // Taking back: the page asks, a stale form is refused, then it is done.
        let ask = me.get(&format!("{home}/withdrawal")).await.expect(200);
        let action = format!("{home}/withdrawal");
        me.fill(&ask, &action, &[("seq", "99")], &[]).await.expect(422);
        let done = me.fill(&ask, &action, &[("reason", "repaired")], &[]).await.expect(200);
        assert!(done.text().contains("Taken back") || done.text().contains("taken back"), "{}", done.text());
        assert_eq!(case(&world, &number).await.row.state, State::Withdrawn);
        assert!(!done.has_form(&format!("{home}/supplement")));
        me.post(&format!("{home}/supplement"), &[("text", "late"), ("key", "k1")]).await.expect(422);
        // Leaving: this browser forgets it.
        let page = me.get(&home).await.expect(200);
        me.fill(&page, &format!("{home}/leave"), &[], &[]).await.expect(200);
        me.get(&home).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn any_words_lead_to_the_classes() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world).english();
        for words in [
            "小学门口的井盖不见了",
            "〔〕〕〔",
            "电话：13800001234，微信 abc12345，我是王小明",
            "x",
            "〔手机号〕〔",
        ] {
            let start = me.get("/ask").await.expect(200);
            me.fill(&start, "/ask", &[("text", words), ("step", "text")], &[]).await.expect(200);
        }
    })
    .await;
}

#[tokio::test]
async fn words_that_name_the_place_choose_it_and_the_class_says_what_it_will_show() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let page = to_details(&mut me, WORDS, LAMP).await;
        let class = world.site.pack.class(LAMP).expect("the class");
        let evidence = pack::evidence(class);
        assert!(!evidence.zh.is_empty() && page.find(".about").expect("the class").contains(&*evidence.zh));
        let fields = [("place_text", "东山镇石桥村小学门口"), ("q_count", "1"), ("step", "send")];
        let receipt = me.fill(&page, "/ask", &fields, &[]).await.expect(200);
        let row = case(&world, &keys(&receipt).0).await.row;
        assert_eq!(row.place, Some(world.unit("90102")));
        // Of two villages of one name nobody chooses.
        let page = to_details(&mut me, "小学门口的路灯全灭了。", LAMP).await;
        let fields = [("place_text", "石桥村小学门口"), ("q_count", "1"), ("step", "send")];
        let receipt = me.fill(&page, "/ask", &fields, &[]).await.expect(200);
        assert_eq!(case(&world, &keys(&receipt).0).await.row.place, None);
    })
    .await;
}

#[tokio::test]
async fn the_place_is_pointed_at_on_the_map_without_a_script() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let page = to_details(&mut me, WORDS, LAMP).await;
        assert!(page.find(".pick").is_none(), "the map comes when it is asked for");
        let press = |x: &'static str, y: &'static str| [("pick.x", x), ("pick.y", y), ("step", "")];
        let page = me.fill(&page, "/ask", &[("step", "map")], &[]).await.expect(200);
        assert!(page.find(".pick input[type=image]").is_some());
        assert_eq!(page.attributes(".pick svg", "aria-label"), ["地图：东山镇、西河乡"]);
        // A press on the map of everything chooses the township and shows it larger.
        let page = send(&mut me, &page, &press("150", "250")).await;
        assert_eq!(page.form("/ask")["at0"], "901");
        assert_eq!(page.attributes(".pick svg", "aria-label"), ["地图：柳树村、石桥村"]);
        assert!(page.find(".spot").is_none(), "a finger covers villages there: no spot yet");
        // Beside the map nothing changes but what the page says.
        let off = send(&mut me, &page, &press("150", "2000")).await;
        assert!(off.text().contains("点在图外了") && !off.form("/ask").contains_key("lon"));
        let page = send(&mut me, &page, &press("70", "80")).await;
        assert_eq!(page.form("/ask")["at1"], "90101");
        let page = send(&mut me, &page, &press("144", "144")).await;
        assert!(page.text().contains("位置点好了（柳树村）"), "{}", page.text());
        // Another township in the list: the spot does not go with it.
        let fields = [("at0", "902"), ("at1", ""), ("q_count", "3"), ("step", "send")];
        let away = send(&mut me, &page, &fields).await;
        let (number, _) = keys(&away);
        let row = case(&world, &number).await.row;
        assert_eq!((row.place, row.point), (Some(world.unit("902")), None));

        let mut me = visitor(&world);
        let page = to_details(&mut me, "我家门口的路灯坏了。", LAMP).await;
        let outside = [("gps", "116.4,39.9"), ("step", "here")];
        let far = send(&mut me, &page, &outside).await;
        assert!(far.text().contains("您现在的位置不在这里"), "{}", far.text());
        let page = send(&mut me, &page, &[("gps", "107.15,27.05"), ("step", "here")]).await;
        assert_eq!(page.form("/ask")["at1"], "90102");
        let (number, _) = keys(&send(&mut me, &page, &[("q_count", "1"), ("step", "send")]).await);
        let row = case(&world, &number).await.row;
        assert_eq!(row.place, Some(world.unit("90102")));
        let point = row.point.expect("a spot");
        assert_eq!((point.lon_e6, point.lat_e6), (107_150_000, 27_050_000));
        // Nobody but staff reads where exactly.
        let public = me.get(&format!("/public/{number}")).await;
        assert!(!public.body.contains("107.15"), "{}", public.text());
        let hall = world.office("901", "township-hall");
        let mut desk = testkit::Client::new(access::frame(
            requests::routes().merge(access::routes()),
            world.site.clone(),
        ));
        let login = format!("triage.{}", register::directory(&world.site).get(hall).expect("it").code);
        desk.submit("/sign-in", "/sign-in", &[("login", &login), ("password", "lianxin-test")]).await;
        let sheet = desk.get(&format!("/requests/{number}")).await.expect(200);
        assert!(sheet.text().contains("东经 107.15000，北纬 27.05000"), "{}", sheet.text());
        assert!(sheet.find(".pick .spot").is_some() && sheet.find(".pick input").is_none());
    })
    .await;
}

/// Sends the page's form with some fields changed, as a browser would; a press on a picture is no field
/// that the page offers.
async fn send(me: &mut Client, page: &Answer, fields: &[(&str, &str)]) -> Answer {
    let all = page.fields("/ask");
    let kept = all.iter().filter(|(n, _)| fields.iter().all(|(f, _)| f != n));
    let sent: Vec<_> = kept.map(|(n, v)| (n.as_str(), v.as_str())).chain(fields.iter().copied()).collect();
    me.post("/ask", &sent).await.expect(200)
}

/// The person's word on their own page.
async fn says_no(world: &World, number: &str) {
    let row = case(world, number).await.row;
    let person = world.public().held_by(requests::ctx::Holder { request: row.id, person: row.person });
    let no = judge::Judge {
        on: row.id.into(),
        word: Word::NotSolved,
        satisfaction: None,
        note: "还是黑的。".into(),
        person: None,
    };
    person.write(move |tx, ctx| judge::judge(tx, ctx, &no)).await.expect("the word is taken");
}

/// A step of the strip: what it is called, how far it is, and its day.
fn strip(page: &Answer, nth: usize) -> String {
    page.find(&format!("ol.steps li:nth-child({nth})")).expect("a step")
}

#[tokio::test]
async fn during_the_review_the_person_reads_who_reviews_by_when_and_then_what_was_ruled() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let (number, _) = keys(&asked(&mut me).await);
        let home = format!("/r/{number}");
        let officer = into_hand(&world, &number).await;
        world.clock.advance(HOUR);
        answered(&world, &officer, &number).await;
        says_no(&world, &number).await;
        // Worked on again: the answer is still to come, and what is to come has no day.
        let page = me.get(&home).await.expect(200);
        assert!(page.text().contains("负责答复"), "{}", page.text());
        assert!(strip(&page, 4).trim().ends_with("尚未开始"), "{}", strip(&page, 4));

        world.clock.advance(HOUR);
        answered(&world, &officer, &number).await;
        says_no(&world, &number).await;
        let now = case(&world, &number).await;
        assert_eq!(now.row.state, State::Review);
        let due = now.open_clock(ClockKind::Review).expect("it is reviewed by a day").due_at;
        let said = web::format::day_said(kernel::Locale::Zh, world.site.zone.date(due), world.site.today());
        let page = me.get(&home).await.expect(200);
        let head = page.find(".due").expect("the date");
        assert!(head.contains(&said) && head.contains("由上级复核"), "{said}: {head}");
        assert!(head.contains("上级督办员裁定") && !page.text().contains("负责答复"), "{head}");
        assert!(strip(&page, 4).contains("已完成"), "{}", strip(&page, 4));
        assert!(strip(&page, 5).contains("上级复核") && strip(&page, 5).contains("正在进行"));

        let centre = world.office("9", "county-centre");
        let superior = world.staff(centre, Role::Supervisor);
        let ruling =
            close::Review { on: now.row.id.into(), upheld: true, reason: "灯已经亮了。".into() };
        superior.write(move |tx, ctx| close::review(tx, ctx, &ruling)).await.expect("it is ruled");
        let page = me.get(&home).await.expect(200);
        let text = page.text();
        let name =
            register::directory(&world.site).get(centre).map(|u| u.name.zh.clone()).unwrap_or_default();
        assert!(page.find(".due").expect("the date").contains("上级复核：维持答复"), "{text}");
        assert!(text.contains(&format!("{name}裁定：维持答复")) && text.contains("灯已经亮了"), "{text}");
        assert!(text.contains("照样计数") && text.contains("投诉"), "{text}");
        assert!(!page.find(".due").expect("the date").contains("期限之前"), "{text}");
        assert!(text.contains(&format!("{name}复核：维持答复")), "{text}");
    })
    .await;
}

#[tokio::test]
async fn the_slip_does_not_stand_above_what_happened_since() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let receipt = asked(&mut me).await;
        let (number, code) = keys(&receipt);
        assert!(receipt.body.contains(&code) && receipt.text().contains("接下来"));
        let home = format!("/r/{number}");
        into_hand(&world, &number).await;
        // Nothing is to come that has come already; the code can still be read.
        let page = me.get(&home).await.expect(200);
        assert!(page.body.contains(&code) && !page.text().contains("接下来"), "{}", page.text());
        let ask = format!("{home}/withdrawal");
        let gone = me.submit(&ask, &ask, &[("reason", "自己修好了")]).await.expect(200);
        let text = gone.text();
        assert!(text.contains("撤回") && !text.contains("收到了，已登记"), "{text}");
        assert!(!text.contains("为什么是这一天"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_by_mistake_goes_on_under_its_number_with_new_dates() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let receipt = asked(&mut me).await;
        let (number, code) = keys(&receipt);
        let home = format!("/r/{number}");
        into_hand(&world, &number).await;
        let before = case(&world, &number).await.row;
        let (ask, again) = (format!("{home}/withdrawal"), format!("{home}/reopening"));
        me.submit(&ask, &ask, &[("reason", "自己修好了")]).await.expect(200);
        world.clock.advance(10 * DAY);
        // Without a word why, nothing is begun; what was written stays.
        let page = me.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        assert!(page.text().contains("还要办？"), "{}", page.text());
        me.fill(&page, &again, &[("reason", " ")], &[]).await.expect(422);
        assert_eq!(case(&world, &number).await.row.state, State::Withdrawn);
        let text = me.fill(&page, &again, &[("reason", "又坏了，还要修")], &[]).await.expect(200).text();
        assert!(text.contains("为什么是这一天") && text.contains("又坏了，还要修"), "{text}");
        let now = case(&world, &number).await.row;
        assert_eq!((now.state, now.unit, now.ended_at), (State::Registered, now.first_unit, None));
        assert_ne!(now.unit, before.unit, "it awaits the desk where it was received");
        assert!(now.officer.is_some() && now.officer != before.officer, "with somebody who answers for it");
        assert!(now.answer_due > before.answer_due, "ten days on, the dates are new ones");
        assert_eq!(now.received_at, before.received_at);
        // It goes its way again, to its end, and can be taken back again.
        let officer = into_hand(&world, &number).await;
        answered(&world, &officer, &number).await;
        let page = me.get(&home).await.expect(200);
        let judgement = format!("{home}/judgement");
        me.fill(&page, &judgement, &[("word", "no"), ("note", "没有亮")], &[]).await.expect(200);
        assert_eq!(case(&world, &number).await.row.state, State::Rework);
        me.submit(&ask, &ask, &[("reason", "不用了")]).await.expect(200);
        // What had been answered once goes back to whoever works on it again.
        let page = me.get(&home).await.expect(200);
        me.fill(&page, &again, &[("reason", "还是要修")], &[]).await.expect(200);
        let now = case(&world, &number).await.row;
        assert_eq!((now.state, now.reworks), (State::Rework, 2));
        assert_eq!(now.officer, officer.account());
    })
    .await;
}

#[tokio::test]
async fn too_long_a_text_comes_back_at_the_first_step_with_every_word() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut me = visitor(&world);
        let start = me.get("/ask").await.expect(200);
        let most = requests::register::BODY_MAX;
        assert!(start.text().contains(&format!("最多 {most} 字")), "{}", start.text());
        let long = "灯".repeat(most + 1);
        let back = me.fill(&start, "/ask", &[("text", &long), ("step", "text")], &[]).await.expect(422);
        assert!(back.text().contains("内容太长") && back.body.contains(&long), "what was written is kept");
        let fits = "灯".repeat(most);
        me.fill(&back, "/ask", &[("text", &fits), ("step", "text")], &[]).await.expect(200);
    })
    .await;
}
