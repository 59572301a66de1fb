//! The ledger over HTTP and as a file: whose cases stand in it, what its numbers lead to, what is kept.

use access::accounts::{self, Act, NewPost};
use kernel::{Actor, HOUR, Locale, PostId, Role, UnitId};
use requests::Ctx;
use requests::acts::{assign, returns, take, triage};
use requests::case::Case;
use requests::export::{self, Asked, Column, Format, Spec};
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use rules::case::{Evidence, Kind, Urgency};
use testkit::{Client, World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

fn site(world: &World) -> axum::Router {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    access::frame(routes, world.site.clone())
}

async fn staff(world: &World, role: Role, code: &str) -> Client {
    let mut client = Client::new(site(world));
    let login = format!("{}.{code}", role.key());
    let home =
        client.submit("/sign-in", "/sign-in", &[("login", &login), ("password", "lianxin-test")]).await;
    assert_ne!(home.path, "/sign-in", "{login}: {}", home.text());
    client
}

fn plain_class(world: &World) -> String {
    let fits = |c: &&pack::Class| {
        c.is_leaf()
            && c.track == "standard"
            && c.evidence.iter().all(|e| *e == Evidence::Contact)
            && c.stop.is_none()
            && c.form.is_none()
            && !c.major
    };
    world.site.pack.classes.iter().find(fits).expect("a plain class").code.clone()
}

/// Somebody at `place` asks for something.
async fn asked(world: &World, place: &str, title: &str, phone: &str) -> Registered {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = plain_class(world);
    new.title = title.into();
    new.body = format!("{title}，请来看看。");
    new.place = Some(world.unit(place));
    new.person.name = Some("试用人".into());
    new.person.phone = Some(phone.into());
    new.told = Told::OnPage;
    world.clock.advance(kernel::MINUTE);
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

/// The township's desk sends it to one of its offices.
async fn sent(world: &World, town: &str, got: &Registered, kind: &str) -> UnitId {
    let (desk, unit) =
        (world.staff(world.office(town, "township-hall"), Role::Triage), world.office(town, kind));
    let id = got.id;
    let input = triage::Triage {
        on: id.into(),
        class: plain_class(world),
        kind: Kind::Help,
        urgency: Urgency::Ordinary,
        unit,
        note: String::new(),
    };
    desk.write(move |tx, ctx| triage::triage(tx, ctx, &input)).await.expect("it is triaged");
    let input = assign::Assign { on: id.into(), unit, note: String::new() };
    desk.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await.expect("it is assigned");
    unit
}

/// The officer of the office is named.
async fn named(world: &World, unit: UnitId, got: &Registered) {
    let (lead, id, officer) = (world.staff(unit, Role::Lead), got.id, world.account(unit, Role::Officer));
    lead.write(move |tx, ctx| take::accept(tx, ctx, id.into())).await.expect("it is accepted");
    let input = take::Name { on: id.into(), officer, note: String::new() };
    lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
}

/// Gives somebody another post.
fn also(world: &World, account: kernel::AccountId, role: Role, unit: UnitId) {
    let (from, chance, at) = (world.site.today(), world.site.chance.clone(), world.site.now());
    let post = NewPost { account, unit, role, title: String::new(), from, to: None, basis: "test".into() };
    let act = Act { actor: Actor::System, at };
    let id = PostId::new(at, &*chance);
    world.site.db.write_now(move |tx| accounts::add_post_in(tx, id, &post, &act)).expect("a second post");
}

/// A few cases in two townships, at different points of their way.
async fn county(world: &World) -> Vec<Registered> {
    let mut all = Vec::new();
    for (n, (place, title)) in [
        ("90101", "村口路灯全灭"),
        ("90102", "水管漏水三天"),
        ("9010101", "低保年审代办"),
        ("90201", "田埂塌方"),
        ("90202", "河边路灯不亮"),
        ("902", "街上积水"),
    ]
    .into_iter()
    .enumerate()
    {
        all.push(asked(world, place, title, &format!("1380000{:04}", 1230 + n)).await);
    }
    let works = sent(world, "901", &all[0], "township-construction").await;
    named(world, works, &all[0]).await;
    sent(world, "901", &all[1], "township-construction").await;
    sent(world, "902", &all[3], "township-agriculture").await;
    all
}

/// The numbers of the cases on a page, in their order.
fn numbers(page: &testkit::Answer) -> Vec<String> {
    page.body
        .split("class=\"row\" href=\"/requests/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

/// Every post of the county as somebody who acts by it.
fn everybody(world: &World) -> Vec<(String, Ctx)> {
    let dir = register::directory(&world.site);
    let mut out = Vec::new();
    for unit in dir.iter() {
        let posts = world.site.pack.unit_kind(&unit.kind).map(|k| k.posts.clone()).unwrap_or_default();
        for role in posts {
            out.push((format!("{}.{}", role.key(), unit.code), world.staff(unit.id, role)));
        }
    }
    out
}

#[tokio::test]
async fn nobody_lists_what_they_may_not_look_at() {
    each_world("county", MIGRATIONS, |world| async move {
        let all = county(&world).await;
        // One case was sent to the wrong office, came back, and went to another one: it has left the first.
        let (id, lost) = (all[1].id, world.office("901", "township-construction"));
        let lead = world.staff(lost, Role::Lead);
        let kind = &world.site.pack.unit_kind("township-construction").expect("the kind").duties;
        let duty = kind.first().map(|d| d.id.clone()).unwrap_or_default();
        let back = returns::Return { on: id.into(), duty, reason: "不属本站职责".into() };
        lead.write(move |tx, ctx| returns::hand_back(tx, ctx, &back)).await.expect("it is returned");
        let unit = world.office("901", "township-agriculture");
        let ruling = returns::Ruling { on: id.into(), unit, reason: "由农业站承办".into() };
        let desk = world.staff(world.office("901", "township-hall"), Role::Triage);
        desk.write(move |tx, ctx| returns::rule(tx, ctx, &ruling)).await.expect("it goes to another office");

        let mut seen = 0;
        for (who, ctx) in everybody(&world) {
            for book in export::shelf(&ctx, access::Verb::List) {
                let spec = Spec {
                    book,
                    asked: Asked::parse("cols=number"),
                    locale: Locale::Zh,
                    format: Format::Csv,
                };
                let listed = csv(&ctx, &spec).await;
                for row in &listed[1..] {
                    let number = row[0].clone();
                    let found = ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await;
                    assert!(found.is_ok(), "{who} lists {} and may not look at it", row[0]);
                    seen += 1;
                }
            }
        }
        assert!(seen > 20, "{seen}");
        let lost = world.staff(lost, Role::Lead);
        let book = export::open(&lost, access::Verb::List, "").expect("a ledger");
        let spec = Spec { book, asked: Asked::parse("cols=number"), locale: Locale::Zh, format: Format::Csv };
        let listed = csv(&lost, &spec).await;
        assert!(listed.iter().all(|r| r[0] != all[1].number) && listed.iter().any(|r| r[0] == all[0].number));
    })
    .await;
}

/// The file as rows of cells.
async fn csv(ctx: &Ctx, spec: &Spec) -> Vec<Vec<String>> {
    let (mine, what) = (ctx.clone(), spec.clone());
    let bytes = ctx
        .site
        .db
        .snapshot(move |tx| {
            let mut out = std::io::Cursor::new(Vec::new());
            export::export(tx, &mine, &what, &mut out)?;
            Ok(out.into_inner())
        })
        .await
        .expect("the file is written");
    cells(&bytes)
}

fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let book = sheets::open_bytes(bytes, "x").expect("the file can be read");
    let wide = book.sheets[0].rows.first().map_or(0, |r| r.cells.len() as u32);
    book.sheets[0].rows.iter().map(|r| (0..wide).map(|c| r.text(c).to_owned()).collect()).collect()
}

#[tokio::test]
async fn other_units_ledgers_are_not_there() {
    each_world("county", MIGRATIONS, |world| async move {
        let all = county(&world).await;
        let mut clerk = staff(&world, Role::Clerk, "901-township-hall").await;
        let page = clerk.get("/requests").await.expect(200);
        assert!(page.text().contains("台账 · 东山镇") && page.text().contains("3 件"), "{}", page.text());
        assert_eq!(numbers(&page), [all[2].number.as_str(), &all[1].number, &all[0].number], "latest first");
        for path in [
            "/requests?unit=902",
            "/requests?unit=9",
            "/requests?unit=nowhere",
            "/requests/by/unit?unit=90201",
        ] {
            clerk.get(path).await.expect(404);
        }
        // A branch below is there; what is not below finds nothing even when asked for by a condition.
        let below = clerk.get("/requests?unit=90101").await.expect(200);
        assert!(below.text().contains("柳树村"), "{}", below.text());
        for path in
            ["/requests?place=902", "/requests?handling=902", "/requests?q=田埂", "/requests?first=902"]
        {
            let none = clerk.get(path).await.expect(200);
            assert_eq!(numbers(&none), Vec::<String>::new(), "{path}");
            assert!(none.text().contains("没有符合这些条件的诉求"), "{}", none.text());
        }
        // A clerk may not take files out; the lead may, of their own branch.
        for path in ["/requests/export.csv", "/requests/export.xlsx"] {
            let refused = clerk.get(path).await;
            assert!(matches!(refused.status.as_u16(), 403 | 404), "{path}: {}", refused.status);
        }
        let mut lead = staff(&world, Role::Lead, "902-township-hall").await;
        lead.get("/requests/export.csv").await.expect(200);
        lead.get("/requests/export.csv?unit=901").await.expect(404);
        // A day that is none: said at its field, and nothing is shown or handed out as if it were one.
        for (query, field) in [("from=2026-02-30", "from"), ("to=x", "to"), ("as_of=9999-99-99", "as_of")] {
            let page = lead.get(&format!("/requests?{query}")).await.expect(422);
            assert!(page.text().contains("这一天") && numbers(&page).is_empty(), "{query}: {}", page.text());
            assert_eq!(page.attributes(".error", "id"), [format!("f-{field}-error")], "{query}");
            for path in ["/requests/export.csv", "/requests/export.xlsx", "/requests/by/unit"] {
                let refused = lead.get(&format!("{path}?{query}")).await.expect(422);
                assert!(refused.text().contains("这一天"), "{path}: {}", refused.text());
            }
        }
        // A character that no text holds stands in no address of ours.
        lead.get("/requests/%00").await.expect(404);
        // Who sees no cases has no ledger; who is not signed in is sent to sign in.
        for role in [Role::Admin, Role::Moderator] {
            let mut other = staff(&world, role, "9-county-centre").await;
            for path in [
                "/requests",
                "/requests/by/unit",
                "/search?q=路灯",
                "/requests/views",
                "/requests/choices/class?q=灯",
            ] {
                other.get(path).await.expect(403);
            }
        }
        let mut nobody = Client::new(site(&world));
        assert_eq!(nobody.get("/requests").await.path.split('?').next(), Some("/sign-in"));
        // The auditor sees all.
        let mut auditor = staff(&world, Role::Auditor, "9-county-centre").await;
        assert_eq!(numbers(&auditor.get("/requests").await.expect(200)).len(), all.len());
    })
    .await;
}

#[tokio::test]
async fn a_number_jumps_words_search_and_four_digits_find_the_caller() {
    each_world("county", MIGRATIONS, |world| async move {
        let all = county(&world).await;
        let mut clerk = staff(&world, Role::Clerk, "901-township-hall").await;
        let case = format!("/requests/{}", all[0].number);
        let typed = all[0].number.to_lowercase().replace('-', " ");
        let q = typed.replace(' ', "+");
        assert_eq!(clerk.get(&format!("/search?q={q}")).await.expect(200).path, case);
        assert_eq!(clerk.get(&format!("/requests?q={q}")).await.expect(200).path, case);
        // Another township's number is no case here.
        let other = clerk.get(&format!("/search?q={}", all[3].number)).await.expect(200);
        assert!(other.path.starts_with("/requests?q=") && numbers(&other).is_empty(), "{}", other.path);
        let found = clerk.get("/search?q=%E8%B7%AF%E7%81%AF").await.expect(200);
        assert_eq!(numbers(&found), [all[0].number.as_str()]);
        // The clerk may see who asked and finds the call; triage may not, and finds nothing.
        let tail = clerk.get("/requests?q=1231").await.expect(200);
        assert!(
            tail.text().contains("电话后四位相符") && tail.text().contains(&all[1].number),
            "{}",
            tail.text()
        );
        assert!(!tail.body.contains("试用人") && !tail.body.contains("13800001231"));
        let away = clerk.get("/requests?q=1233").await.expect(200);
        assert!(!away.text().contains(&all[3].number), "another township's caller");
        let mut desk = staff(&world, Role::Triage, "901-township-hall").await;
        let blind = desk.get("/requests?q=1231").await.expect(200);
        assert!(!blind.text().contains(&all[1].number), "{}", blind.text());
    })
    .await;
}

#[tokio::test]
async fn a_file_says_what_the_page_says() {
    each_world("county", MIGRATIONS, |world| async move {
        let all = county(&world).await;
        let mut lead = staff(&world, Role::Lead, "901-township-hall").await;
        let query = "q=%E8%B7%AF&cols=state.number.matter.place.unit.class.took.on_time.received.channel";
        let page = lead.get(&format!("/requests?{query}")).await.expect(200);
        assert_eq!(numbers(&page), [all[0].number.as_str()]);
        let file = lead.get(&format!("/requests/export.csv?{query}")).await.expect(200);
        let header =
            |name: &str| file.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        assert!(
            header("content-disposition").contains("UTF-8''%E5%8F%B0%E8%B4%A6-"),
            "{}",
            header("content-disposition")
        );
        assert!(
            header("content-disposition").ends_with("-2026-11-17.csv"),
            "{}",
            header("content-disposition")
        );
        assert_eq!(header("content-length"), file.body.len().to_string());
        let rows = cells(file.body.as_bytes());
        assert_eq!(rows.len(), 2);
        let text = page.text();
        for (head, cell) in rows[0].iter().zip(&rows[1]) {
            assert!(text.contains(head.as_str()), "the page has no column {head}");
            if head != "受理时间" && !cell.is_empty() {
                assert!(text.contains(cell.as_str()), "{head} {cell}: {text}");
            }
        }
        let heads: Vec<&str> = rows[0].iter().map(String::as_str).collect();
        assert_eq!(heads[..4], ["状态", "编号", "事项", "地点"], "in the order of the page");

        // Both kinds of file hold the same, in both languages, and never who asked.
        let ctx = world.staff(world.office("901", "township-hall"), Role::Lead);
        let every: Vec<&str> = Column::ALL.iter().map(|c| c.key()).collect();
        for locale in [Locale::Zh, Locale::En] {
            let asked = Asked::parse(&format!("cols={}&sort=due", every.join(".")));
            let spec =
                |format| Spec::new(&ctx, asked.clone(), format, locale).expect("a lead may take it out");
            let from_csv = csv(&ctx, &spec(Format::Csv)).await;
            let (file, rows) = blocking(&ctx, spec(Format::Xlsx)).await;
            assert_eq!(rows, 3);
            let from_xlsx = cells(&file);
            assert_eq!(from_csv.len(), from_xlsx.len());
            for (a, b) in from_csv.iter().zip(&from_xlsx) {
                for (a, b) in a.iter().zip(b) {
                    assert_eq!(a.trim_end_matches(":00"), b.trim_end_matches(":00"));
                }
            }
            assert_eq!(from_csv[0][1], locale.t("编号", "Number"));
            let whole = from_csv.concat().join(" ");
            assert!(!whole.contains("试用人") && !whole.contains("1380000123"), "{whole}");
        }
        // Nothing of it after the day before; today is not over, so that it stands as it is.
        let of = |day: kernel::Date| {
            let asked = Asked::default().with("as_of", &day.to_string());
            Spec::new(&ctx, asked, Format::Csv, Locale::Zh).expect("a spec")
        };
        assert_eq!(csv(&ctx, &of(ctx.today().yesterday().expect("a day"))).await.len(), 1);
        assert_eq!(csv(&ctx, &of(ctx.today())).await.len(), 4);

        // What was taken out is in the journal, without the words looked for.
        let told = world.site.db.read(|tx| journal::events(tx, export::STREAM)).await.expect("the journal");
        assert_eq!(told.len(), 3, "one over HTTP, two by the library");
        assert_eq!(told[0].payload["rows"], 1);
        assert_eq!(told[0].payload["unit"], "901-township-hall");
        let filter = told[0].payload["filter"].as_str().unwrap_or_default();
        assert!(filter.contains("q=*") || filter.contains("q=%2A"), "{filter}");
        assert!(told[0].actor.account().is_some());
    })
    .await;
}

async fn blocking(ctx: &Ctx, spec: Spec) -> (Vec<u8>, u64) {
    let ctx = ctx.clone();
    tokio::task::spawn_blocking(move || {
        let (mut file, rows) = export::to_file(&ctx, &spec).expect("the file is written");
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).expect("the file is read");
        (bytes, rows)
    })
    .await
    .expect("the thread ends well")
}

#[tokio::test]
async fn an_officer_takes_out_what_is_theirs_and_no_more() {
    each_world("county", MIGRATIONS, |world| async move {
        let all = county(&world).await;
        let mut officer = staff(&world, Role::Officer, "901-township-construction").await;
        let page = officer.get("/requests").await.expect(200);
        assert_eq!(numbers(&page).len(), 2, "the unit's");
        assert!(!page.body.contains("/requests/export"), "no file of the unit's ledger");
        officer.get("/requests/export.csv?unit=901-township-construction").await.expect(404);
        assert!(page.body.contains("href=\"/requests?unit=mine\""), "the other ledger is a click away");
        let mine = officer.get("/requests?unit=mine").await.expect(200);
        assert_eq!(numbers(&mine), [all[0].number.as_str()]);
        assert!(mine.body.contains("/requests/export.csv?unit=mine"));
        let file = officer.get("/requests/export.csv?unit=mine").await.expect(200);
        assert_eq!(cells(file.body.as_bytes()).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn every_number_of_a_table_is_the_length_of_its_list() {
    each_world("county", MIGRATIONS, |world| async move {
        county(&world).await;
        world.clock.advance(40 * kernel::DAY);
        let mut followed = 0;
        for (role, code) in [
            (Role::Supervisor, "9-county-centre"),
            (Role::Lead, "901-township-hall"),
            (Role::Clerk, "901-township-hall"),
            (Role::Officer, "901-township-construction"),
        ] {
            let mut who = staff(&world, role, code).await;
            for by in ["unit", "officer", "level", "class", "place", "channel"] {
                let page = who.get(&format!("/requests/by/{by}")).await.expect(200);
                for (href, shown) in links(&page.body) {
                    let list = who.get(&href).await.expect(200);
                    // A rate leads to the cases that make its upper number.
                    let Ok(n) = shown.replace(',', "").parse::<usize>() else { continue };
                    assert_eq!(numbers(&list).len(), n, "{by} as {role:?}: {href}");
                    followed += 1;
                }
            }
            who.get("/requests/by/nothing").await.expect(404);
        }
        assert!(followed > 40, "{followed}");
    })
    .await;
}

/// The links to lists in the tables, with what they show.
fn links(body: &str) -> Vec<(String, String)> {
    let main = body.split("<table").skip(1).collect::<Vec<_>>().join("<table");
    main.split("<a href=\"/requests?")
        .skip(1)
        .filter_map(|rest| {
            let (href, rest) = rest.split_once('"')?;
            let shown = rest.split_once('>')?.1.split('<').next()?;
            Some((format!("/requests?{}", href.replace("&amp;", "&")), shown.trim().to_owned()))
        })
        .collect()
}

#[tokio::test]
async fn views_are_kept_renamed_and_forgotten_by_whoever_made_them() {
    each_world("county", MIGRATIONS, |world| async move {
        county(&world).await;
        let mut clerk = staff(&world, Role::Clerk, "901-township-hall").await;
        let query = "/requests?q=%E8%B7%AF%E7%81%AF&sort=due&cols=number.matter";
        let kept = clerk.submit(query, "/requests/views", &[("name", "路灯的事")]).await.expect(200);
        assert!(
            kept.path.starts_with("/requests?q=") && kept.text().contains("视图已保存"),
            "{}",
            kept.text()
        );
        assert!(kept.find("nav.tabs a[aria-current]").is_some_and(|t| t == "路灯的事"), "{}", kept.body);
        clerk.submit("/requests", "/requests/views", &[("name", "全部的事")]).await.expect(200);
        let empty = clerk.submit("/requests", "/requests/views", &[("name", " ")]).await;
        assert!(empty.text().contains("请写 1 到 20 个字的名称"), "{}", empty.text());
        let views = clerk.get("/requests/views").await.expect(200);
        assert!(
            views.text().contains("路灯的事") && views.text().contains("含：路灯；先到期的在前"),
            "{}",
            views.text()
        );
        let taken = clerk
            .submit("/requests/views", "/requests/views/name", &[("from", "路灯的事"), ("to", "全部的事")])
            .await;
        assert!(taken.text().contains("已有同名的视图"), "{}", taken.text());
        let named = clerk
            .submit("/requests/views", "/requests/views/name", &[("from", "路灯的事"), ("to", "灯")])
            .await;
        assert!(named.text().contains("已改名"), "{}", named.text());
        // Nobody else has it, or can forget it.
        let mut other = staff(&world, Role::Lead, "901-township-hall").await;
        assert!(other.get("/requests/views").await.expect(200).text().contains("还没有存下的视图"));
        other.submit("/requests", "/requests/views", &[("name", "别的")]).await.expect(200);
        let missing = other.submit("/requests/views", "/requests/views/removal", &[("name", "灯")]).await;
        missing.expect(404);
        clerk.submit("/requests/views", "/requests/views/removal", &[("name", "灯")]).await.expect(200);
        assert!(!clerk.get("/requests").await.text().contains("路灯的事"));

        // The shell finds views by their name: those of everybody, and one's own where it is the only one.
        let site = world.site.clone();
        let found = world.site.db.read(move |tx| {
            Ok((
                export::view(tx, &site.pack, "逾期")?.query(),
                export::view(tx, &site.pack, "全部的事")?.query(),
                export::view(tx, &site.pack, "没有").is_err(),
            ))
        });
        let (built_in, own, missing) = found.await.expect("the views are read");
        assert_eq!((built_in.as_str(), own.as_str(), missing), ("standing=overdue&sort=due", "", true));
    })
    .await;
}

#[tokio::test]
async fn the_form_of_conditions_is_read_without_a_script() {
    each_world("county", MIGRATIONS, |world| async move {
        let all = county(&world).await;
        let mut clerk = staff(&world, Role::Clerk, "901-township-hall").await;
        // What was typed is looked up; the columns follow the boxes.
        let sent = "/requests?filter=1&q=&unit=901&unit_label=%E4%B8%9C%E5%B1%B1%E9%95%87&place=&place_label=%E6%9F%B3%E6%A0%91%E6%9D%91&standing=live&sort=due&col=number&col=state";
        let page = clerk.get(sent).await.expect(200);
        assert_eq!(page.path, "/requests?unit=901&standing=live&place=90101&sort=due&cols=number.state");
        assert_eq!(numbers(&page).len(), 2, "the village and its group: {}", page.text());
        assert!(!page.text().contains(&all[1].number));
        // What fits nothing finds nothing, and says so.
        let none = clerk.get("/requests?filter=1&class_label=%E6%97%A0%E6%AD%A4%E7%B1%BB").await.expect(200);
        assert!(none.text().contains("类别：无此类") && numbers(&none).is_empty(), "{}", none.text());
        let hits = clerk.get("/requests/choices/place?q=%E6%9F%B3%E6%A0%91").await.expect(200);
        assert!(hits.body.contains("\"value\":\"90101\""), "{}", hits.body);
        assert!(clerk.get("/requests/choices/unit?q=%E8%A5%BF%E6%B2%B3").await.expect(200).body.starts_with("[]"));
        clerk.get("/requests/choices/else?q=x").await.expect(404);
        // Whoever comes from a number of answers and changes another condition keeps this one.
        let answered = clerk.get("/requests?answered=no").await.expect(200);
        assert_eq!(answered.attributes("#f-answered option[selected]", "value"), ["no"], "{}", answered.body);
    })
    .await;
}

#[tokio::test]
async fn wordings_of_ones_own_stand_beside_those_of_the_pack() {
    each_world("county", MIGRATIONS, |world| async move {
        let mut officer = staff(&world, Role::Officer, "901-township-construction").await;
        let page = officer.get("/templates").await.expect(200);
        let packs = &world.site.pack.answers;
        assert!(packs.iter().all(|t| page.text().contains(&t.name.zh)), "{}", page.text());
        let refused = officer.submit("/templates", "/templates", &[("name", "修灯"), ("body", " ")]).await;
        assert!(
            refused.text().contains("个字的内容") && refused.body.contains("value=\"修灯\""),
            "{}",
            refused.text()
        );
        officer
            .submit("/templates", "/templates", &[("name", "修灯"), ("body", "已于____换好灯。\n____")])
            .await
            .expect(200);
        let twice = officer.submit("/templates", "/templates", &[("name", "修灯"), ("body", "x")]).await;
        assert!(twice.text().contains("已有一条同名"), "{}", twice.text());
        let first = packs[0].id.clone();
        officer.submit("/templates", "/templates/copy", &[("id", &first)]).await.expect(200);
        let twice = officer.submit("/templates", "/templates/copy", &[("id", &first)]).await.expect(200);
        assert!(twice.text().contains(&format!("{} 2", packs[0].name.zh)), "{}", twice.text());
        let change = "/templates/change?name=%E4%BF%AE%E7%81%AF";
        let form = officer.get(change).await.expect(200);
        assert_eq!(form.form("/templates/change")["body"].trim(), "已于____换好灯。\n____");
        let changed = officer.submit(change, "/templates/change", &[("name", "换灯")]).await.expect(200);
        assert!(changed.text().contains("换灯"), "{}", changed.text());
        let clash = officer
            .submit(
                "/templates/change?name=%E6%8D%A2%E7%81%AF",
                "/templates/change",
                &[("name", &packs[0].name.zh)],
            )
            .await
            .expect(422);
        assert!(clash.text().contains("已有一条同名"));
        // Another's cannot be changed, and is not there.
        let mut other = staff(&world, Role::Officer, "901-township-agriculture").await;
        other.get("/templates/change?name=%E6%8D%A2%E7%81%AF").await.expect(404);
        assert!(!other.get("/templates").await.expect(200).text().contains("换灯"));
        officer.submit("/templates", "/templates/removal", &[("name", "换灯")]).await.expect(200);
        officer.get("/templates/change?name=%E6%8D%A2%E7%81%AF").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn cases_are_handed_over_to_a_colleague_who_can_answer() {
    each_world("county", MIGRATIONS, |world| async move {
        let all = county(&world).await;
        let works = world.office("901", "township-construction");
        let lead = world.account(works, Role::Lead).to_string();
        let mut officer = staff(&world, Role::Officer, "901-township-construction").await;
        let page = officer.get("/hand-over").await.expect(200);
        assert!(
            page.text().contains("移交我的诉求") && page.text().contains(&all[0].number),
            "{}",
            page.text()
        );
        let empty =
            officer.submit("/hand-over", "/hand-over", &[("to", &lead), ("note", "")]).await.expect(422);
        assert!(empty.text().contains("请写明移交的原因"), "{}", empty.text());
        let other = world.account(world.office("901", "township-agriculture"), Role::Officer).to_string();
        // Somebody of another office is not offered, and refused where sent all the same.
        let form = officer.get("/hand-over").await.form("/hand-over");
        let sent =
            [("_csrf", form["_csrf"].as_str()), ("from", &form["from"]), ("to", &other), ("note", "调走")];
        let away = officer.post("/hand-over", &sent).await.expect(422);
        assert!(away.text().contains("没有移交任何一件"), "{}", away.text());
        let stale = officer
            .submit("/hand-over", "/hand-over", &[("to", &lead), ("note", "调走"), ("count", "7")])
            .await;
        assert!(stale.text().contains("刚刚有变化"), "{}", stale.text());
        // Nobody hands over for somebody out of their reach.
        let from = world.account(works, Role::Officer).to_string();
        let mut stranger = staff(&world, Role::Lead, "902-township-hall").await;
        stranger.get(&format!("/hand-over?from={from}")).await.expect(404);
        let done = officer
            .submit("/hand-over", "/hand-over", &[("to", &lead), ("note", "调走，控制箱已订货")])
            .await
            .expect(200);
        assert!(done.text().contains("已移交 1 件") && done.text().contains("不用移交"), "{}", done.text());

        // The supervisor above hands the lead's cases back.
        world.clock.advance(HOUR);
        let mut above = staff(&world, Role::Supervisor, "901-township-hall").await;
        let page = above.get("/hand-over").await.expect(200);
        assert!(page.body.contains(&lead), "the lead is among those with open cases: {}", page.text());
        let path = format!("/hand-over?from={lead}");
        let back =
            above.submit(&path, "/hand-over", &[("to", &from), ("note", "还给原责任人")]).await.expect(200);
        assert!(back.text().contains("已移交"), "{}", back.text());
        let mut clerk = staff(&world, Role::Clerk, "901-township-hall").await;
        clerk.get("/hand-over").await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn whoever_works_in_two_units_hands_over_unit_by_unit() {
    each_world("county", MIGRATIONS, |world| async move {
        let (works, farms) =
            (world.office("901", "township-construction"), world.office("901", "township-agriculture"));
        let leaving = world.account(works, Role::Officer);
        also(&world, leaving, Role::Officer, farms);
        for (kind, place) in [("township-construction", "90101"), ("township-agriculture", "90102")] {
            let got = asked(&world, place, "水管漏水三天", "13800001234").await;
            let unit = sent(&world, "901", &got, kind).await;
            let (lead, id) = (world.staff(unit, Role::Lead), got.id);
            lead.write(move |tx, ctx| take::accept(tx, ctx, id.into())).await.expect("it is accepted");
            let input = take::Name { on: id.into(), officer: leaving, note: String::new() };
            lead.write(move |tx, ctx| take::name(tx, ctx, &input)).await.expect("the officer is named");
        }
        let mut officer = staff(&world, Role::Officer, "901-township-construction").await;
        let page = officer.get("/hand-over").await.expect(200);
        assert!(page.text().contains("没有一位同事能全接"), "{}", page.text());
        let mut left = 2;
        for (unit, code) in [(works, "901-township-construction"), (farms, "901-township-agriculture")] {
            let path = format!("/hand-over?from={leaving}&unit={code}");
            let href = page.attributes("a.chip", "href").into_iter().find(|h| *h == path);
            let to = world.account(unit, Role::Lead).to_string();
            let done = officer
                .submit(&href.expect("the unit is a choice"), "/hand-over", &[("to", &to), ("note", "调走")])
                .await
                .expect(200);
            left -= 1;
            assert!(done.text().contains("已移交 1 件"), "{}", done.text());
            assert_eq!(done.text().contains("还有 1 件"), left == 1, "{}", done.text());
        }
    })
    .await;
}

#[tokio::test]
async fn every_page_of_the_ledger_reads_in_both_languages_and_stays_small() {
    each_world("county", MIGRATIONS, |world| async move {
        county(&world).await;
        let mut lead = staff(&world, Role::Lead, "901-township-hall").await;
        let mut english = staff(&world, Role::Lead, "901-township-hall").await.english();
        english.submit("/requests", "/requests/views", &[("name", "Mine")]).await.expect(200);
        let every: Vec<&str> = Column::ALL.iter().map(|c| c.key()).collect();
        let wide = format!("/requests?cols={}", every.join("."));
        let conditions = "/requests?standing=overdue&from=2026-01-01&to=2026-02-01&class=01&place=901&handling=901!&level=township&first=901&channel=web&kind=help&urgency=urgent&word=solved&answered=no&on_time=no&satisfied=no&supervised=yes&reworked=yes&unmoderated=yes&sort=due";
        for path in [
            "/requests", &wide, conditions, "/requests/by/unit", "/requests/by/officer", "/requests/by/level",
            "/requests/by/class", "/requests/by/place", "/requests/by/channel", "/requests/views", "/templates",
            "/hand-over",
        ] {
            let (zh, en) = (lead.get(path).await.expect(200), english.get(path).await.expect(200));
            assert!(zh.body.contains("lang=\"zh-CN\"") && en.body.contains("lang=\"en\""), "{path}");
            assert!(zh.body.len() < 50_000 && en.body.len() < 50_000, "{path}: {} {}", zh.body.len(), en.body.len());
        }
        // The chips, the filter and the heads of an English page hold no Chinese but names.
        let page = english.get(conditions).await.expect(200);
        for part in ["div.chips", "form.filter", "nav.tabs"] {
            let text = page.find(part).unwrap_or_default();
            let han = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect::<String>();
            let known = "东山镇本级";
            assert!(han.chars().all(|c| known.contains(c)), "{part}: {han}");
        }
        // Paging: the cursor of a page that is not there any more still reads.
        lead.get("/requests?after=0.1").await.expect(200);
        lead.get("/requests?after=x.y&before=").await.expect(200);
        let token = lead.get("/requests").await.form("/requests/views")["_csrf"].clone();
        let wrong = lead.post("/requests", &[("_csrf", &token)]).await;
        assert_eq!(wrong.status.as_u16(), 405);
    })
    .await;
}

/// A file taken out as of a day is the file that was taken out when that day ended, byte for byte, on both
/// engines; and so are page and tables.
#[tokio::test]
async fn as_of_a_day_it_is_the_ledger_of_that_evening() {
    let files = std::sync::Mutex::new(Vec::<Vec<Vec<u8>>>::new());
    each_world("county", MIGRATIONS, |world| {
        let files = &files;
        async move {
            let views = [
                "",
                "standing=live&sort=due",
                "standing=overdue",
                "unit=901-township-hall&cols=number.state.officer.took.answer",
            ];
            let evening = |world: &World| {
                let today = world.site.today();
                world.clock.set(world.site.zone.start_of(today.tomorrow().expect("a day")).plus(-1));
                today
            };
            let take = async |world: &World, day: Option<kernel::Date>| {
                let ctx = Ctx::system(&world.site);
                let mut out = Vec::new();
                for view in views {
                    for format in [Format::Csv, Format::Xlsx] {
                        let mut asked = Asked::parse(view);
                        if let Some(day) = day {
                            asked = asked.with("as_of", &day.to_string());
                        }
                        let spec = Spec::new(&ctx, asked, format, Locale::Zh).expect("a spec");
                        out.push(blocking(&ctx, spec).await.0);
                    }
                }
                out
            };
            let all = county(&world).await;
            let first = evening(&world);
            let then = take(&world, None).await;
            world.clock.advance(10 * HOUR);
            let unit = world.office("902", "township-agriculture");
            named(&world, unit, &all[3]).await;
            sent(&world, "902", &all[4], "township-construction").await;
            asked(&world, "90201", "桥栏杆松动", "13900001111").await;
            let second = evening(&world);
            let later = take(&world, None).await;
            world.clock.advance(20 * kernel::DAY);
            asked(&world, "90101", "井盖丢失", "13900002222").await;
            assert_ne!(then, later);
            for (day, want) in [(first, &then), (second, &later)] {
                let again = take(&world, Some(day)).await;
                assert_eq!(&again, want, "as of {day}");
                assert_eq!(again, take(&world, Some(day)).await, "taken out twice");
            }

            // The page and the tables lead to the same, and keep the day in every link.
            let mut boss = staff(&world, Role::Supervisor, "9-county-centre").await;
            let query = format!("as_of={first}");
            let page = boss.get(&format!("/requests?{query}")).await.expect(200);
            assert_eq!(numbers(&page).len(), 6, "{}", page.text());
            assert!(page.text().contains("所知"), "{}", page.text());
            for link in
                page.body.split("href=\"/requests?").skip(1).map(|l| l.split('"').next().unwrap_or_default())
            {
                let kept =
                    link.contains(&query) || !page.body.contains(&format!("href=\"/requests?{link}&amp;"));
                assert!(kept, "{link}");
            }
            // So do the views: those of everybody, of the pack, and one's own.
            boss.submit("/requests?word=solved", "/requests/views", &[("name", "说解决了")])
                .await
                .expect(200);
            let page = boss.get(&format!("/requests?{query}")).await.expect(200);
            let row = page.body.split("aria-label=\"视图\"").nth(1).and_then(|r| r.split("</nav>").next());
            let tabs: Vec<&str> = row.expect("the views").split("href=\"/requests?").skip(1).collect();
            let own = world.site.pack.views.len();
            assert!(tabs.len() > own.min(2) + 2 && row.unwrap_or("").contains("说解决了"), "{row:?}");
            for tab in tabs {
                assert!(tab.split('"').next().unwrap_or_default().contains(&query), "{tab}");
            }
            let table = boss
                .get(&format!("/requests/by/unit?{query}&from=2026-11-01&to=2026-11-30"))
                .await
                .expect(200);
            let links: Vec<(String, i64)> = counted(&table);
            assert!(links.len() > 4, "{}", table.text());
            for (href, n) in links {
                assert!(href.contains(&query), "{href}");
                assert_eq!(numbers(&boss.get(&href).await.expect(200)).len() as i64, n, "{href}");
            }
            files.lock().expect("the files").push([then, later].concat());
        }
    })
    .await;
    let files = files.into_inner().expect("the files");
    assert!(files.windows(2).all(|w| w[0] == w[1]), "the engines give the same bytes");
}

/// The links of a page's tables whose text is a number, with that number.
fn counted(page: &testkit::Answer) -> Vec<(String, i64)> {
    let cells = page.body.split("href=\"/requests?").skip(1);
    let read = |cell: &str| {
        let (href, rest) = cell.split_once("\">")?;
        let n: i64 = rest.split('<').next()?.parse().ok()?;
        Some((format!("/requests?{}", href.replace("&amp;", "&")), n))
    };
    cells.filter_map(read).collect()
}
