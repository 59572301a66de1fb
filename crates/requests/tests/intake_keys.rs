//! The operator's screen in a real browser, with the telephone in one hand: keys alone, from the first digit
//! to the receipt.

use std::path::Path;
use testkit::browser::{Driver, Page, Window};
use testkit::{World, skip};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

const ENTER: &str = "\u{E007}";
const ALT: &str = "\u{E00A}";
const CTRL: &str = "\u{E009}";
const LET_GO: &str = "\u{E000}";

/// The site on a port of this machine, for as long as the test runs.
async fn serve(world: &World) -> String {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    let router = access::frame(routes, world.site.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

async fn sign_in(page: &Page, base: &str, login: &str) {
    page.goto(&format!("{base}/sign-in")).await;
    page.fill("[name=login]", login).await;
    page.fill("[name=password]", "lianxin-test").await;
    page.keys(ENTER).await;
    page.until_left("/sign-in").await;
}

async fn focus(page: &Page) -> String {
    let at = page.run("const a = document.activeElement; return a.name || a.id || a.tagName").await;
    at.as_str().unwrap_or("").to_owned()
}

/// A picture, where somebody wants to look: `LIANXIN_SHOTS` names a folder.
async fn shot(page: &Page, name: &str) {
    if let Ok(folder) = std::env::var("LIANXIN_SHOTS") {
        page.shoot(&Path::new(&folder).join(format!("{name}.png"))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_taken_in_by_keys_alone() {
    let Some(driver) = Driver::start() else {
        return skip("browser", "a_call_is_taken_in_by_keys_alone", "there is no ChromeDriver");
    };
    let fresh = db::testing::engines().next().expect("SQLite");
    let world = World::build(fresh, "county", MIGRATIONS);
    let base = serve(&world).await;
    let page = driver.open(Window::DESK).await;
    sign_in(&page, &base, "operator.9-county-centre").await;
    page.goto(&format!("{base}/hotline")).await;
    assert_eq!(focus(&page).await, "phone", "the number comes first");
    page.keys(&format!("13900000009{ENTER}")).await;
    assert_eq!(focus(&page).await, "name");
    page.keys(&format!("试用人{ENTER}")).await;
    assert_eq!(focus(&page).await, "body");
    page.keys("村口路灯不亮，晚上看不见路。").await;
    page.until(".picks input").await;
    // One key takes the suggested class; its questions come.
    page.keys(&format!("{ALT}z{LET_GO}")).await;
    page.until("[name=asked]").await;
    assert_eq!(focus(&page).await, "class_pick");
    page.keys(ENTER).await;
    assert_eq!(focus(&page).await, "class_label", "the rest of the group is passed over");
    page.keys(ENTER).await;
    assert_eq!(focus(&page).await, "place_label");
    page.keys("柳树").await;
    page.until(".combo li[aria-selected=true]").await;
    page.keys(ENTER).await;
    assert_eq!(page.run("return document.querySelector('[name=place_label]').value").await, "柳树村");
    assert_eq!(focus(&page).await, "q_count", "what was found is taken, and on it goes");
    page.keys("2").await;
    // A key leads to the files; Enter goes on, and what was chosen is sent along.
    page.keys(&format!("{ALT}f{LET_GO}")).await;
    assert_eq!(focus(&page).await, "files");
    let photo = tempfile::Builder::new().suffix(".txt").tempfile().expect("a file");
    std::fs::write(photo.path(), "路灯编号 7").expect("it is written");
    page.type_into("[name=files]", &photo.path().display().to_string()).await;
    page.until("ul.preview li").await;
    // The driver takes keys sent to such a field for paths.
    page.run("document.activeElement.blur()").await;
    page.keys(&format!("{ALT}r{LET_GO}")).await;
    assert_eq!(focus(&page).await, "then");
    shot(&page, "hotline-filled").await;
    page.keys(&format!("{CTRL}{ENTER}{LET_GO}")).await;
    page.until(".slip").await;
    let said = page.text("main").await;
    assert!(said.contains("Registered") && said.contains("路灯不亮"), "{said}");
    let number = page.text(".slip .keys > div:nth-child(1) dd").await;
    let focused = page.run("return document.activeElement.getAttribute('href')").await;
    assert_eq!(focused, "/hotline", "the next call is one key away");
    shot(&page, "receipt").await;
    page.keys("o").await;
    page.until("#course").await;
    assert!(page.has("ul.files").await, "{number} has its file");
    page.client.back().await.expect("back");
    page.until(".slip").await;
    page.run("document.querySelector('[data-focus]').focus()").await;
    page.keys(ENTER).await;
    page.until(".first").await;
    assert_eq!(focus(&page).await, "phone");

    // The same caller again: the number shows what was asked before, the words show what is like it.
    page.keys("13900000009").await;
    page.until("[data-live-src='/intake/caller'] details").await;
    page.keys(&format!("{ALT}w{LET_GO}小学门口路灯不亮，晚上看不见路")).await;
    page.until("button[formaction='/intake/joinings']").await;
    shot(&page, "hotline-near").await;
    page.keys(&format!("{ALT}1{LET_GO}")).await;
    page.until(".slip").await;
    assert!(page.text("h1").await.contains("Joined"));
    page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_and_a_case_are_worked_by_keys_alone() {
    let Some(driver) = Driver::start() else {
        return skip("browser", "the_ledger_and_a_case_are_worked_by_keys_alone", "there is no ChromeDriver");
    };
    let fresh = db::testing::engines().next().expect("SQLite");
    let world = World::build(fresh, "county", MIGRATIONS);
    for body in ["村口路灯不亮，晚上看不见路。", "自来水管爆了，三组停水。", "水渠塌了一段。"]
    {
        let ctx = world.public();
        let mut new = requests::register::NewRequest::new(&ctx, "web");
        new.body = body.into();
        new.place = Some(world.unit("90101"));
        new.told = requests::notices::Told::OnPage;
        ctx.write(move |tx, ctx| requests::register::register(tx, ctx, &new)).await.expect("registered");
        world.clock.advance(60_000);
    }
    let base = serve(&world).await;
    let page = driver.open(Window::DESK).await;
    sign_in(&page, &base, "supervisor.9-county-centre").await;
    page.goto(&format!("{base}/requests?lang=zh")).await;
    let row = "return document.activeElement.textContent";
    page.keys("j").await;
    assert_eq!(page.run(row).await, "水渠塌了一段");
    page.keys("\u{E015}").await;
    assert_eq!(page.run(row).await, "自来水管爆了，三组停水", "the arrow goes on from a row");
    page.keys("k").await;
    assert_eq!(page.run(row).await, "水渠塌了一段");
    // The help names what there is, also what is folded away; its key unfolds it.
    page.keys("?").await;
    page.until_true("return document.querySelector('dialog[open]')?.innerText.includes('搜索') === true")
        .await;
    let help = page.text("dialog[open]").await;
    for said in ["搜索", "词语、编号、电话后四位", "下一行、上一行，回车打开"] {
        assert!(help.contains(said), "{said}: {help}");
    }
    page.keys("\u{E00C}").await;
    page.until("body:not(:has(dialog))").await;
    page.run("document.activeElement.blur()").await;
    page.keys("f").await;
    assert_eq!(focus(&page).await, "q");
    assert!(page.has("details[open] form.filter").await);
    page.keys(&format!("停水{ENTER}")).await;
    page.until_path("/requests?unit=9&q=").await;
    page.keys(&format!("j{ENTER}")).await;
    page.until("#course").await;
    // On the case: a note without leaving it.
    page.keys("i").await;
    assert_eq!(focus(&page).await, "text");
    page.keys("打过电话，三组已派人。").await;
    page.press(".compose button.btn", (0.5, 0.5)).await;
    page.until(".flash.ok").await;
    assert!(page.text("#course").await.contains("打过电话，三组已派人"));
    assert!(page.path().await.starts_with("/requests/"), "still on the case");
    page.keys("/").await;
    assert_eq!(focus(&page).await, "q", "the search box of every page");
    page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn desks_fit_their_windows() {
    let Some(driver) = Driver::start() else {
        return skip("browser", "desks_fit_their_windows", "there is no ChromeDriver");
    };
    let fresh = db::testing::engines().next().expect("SQLite");
    let world = World::build(fresh, "county", MIGRATIONS);
    let base = serve(&world).await;
    for (name, window, lang) in [
        ("desk", Window::DESK, "zh"),
        ("desk-en", Window::DESK, "en"),
        ("dark", Window::DESK.dark(), "zh"),
        ("phone", Window { height: 3_000, ..Window::PHONE }, "zh"),
        ("plain", Window::PHONE.plain(), "zh"),
    ] {
        let page = driver.open(window).await;
        sign_in(&page, &base, "operator.9-county-centre").await;
        for path in ["intake", "hotline", "meeting"] {
            page.goto(&format!("{base}/{path}?lang={lang}")).await;
            if window.scripts {
                assert!(!page.too_wide().await, "{path} is wider than {name}");
            }
            shot(&page, &format!("{path}-{name}")).await;
        }
        page.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_is_noted_on_a_phone_without_a_script() {
    let Some(driver) = Driver::start() else {
        return skip("browser", "a_meeting_is_noted_on_a_phone_without_a_script", "there is no ChromeDriver");
    };
    let fresh = db::testing::engines().next().expect("SQLite");
    let world = World::build(fresh, "county", MIGRATIONS);
    let base = serve(&world).await;
    let page = driver.open(Window { height: 2_400, ..Window::PHONE }.plain()).await;
    sign_in(&page, &base, "clerk.90101").await;
    page.goto(&format!("{base}/meeting?lang=zh")).await;
    page.fill("[name=host]", "村支书").await;
    page.fill("[name=what-2]", "自来水一到晚上就没有。").await;
    // The driver does not click where scripts are off; a key does the same.
    page.fill("button[name=more]", ENTER).await;
    page.until("[name=what-13]").await;
    page.fill("[name=what-13]", "村广场的灯坏了。").await;
    page.fill("[name=phone-13]", "138").await;
    page.fill("[name=present]", "31").await;
    page.fill("button.main", ENTER).await;
    page.until("#f-phone-13-error").await;
    shot(&page, "meeting-fault").await;
    page.fill("[name=phone-13]", "13900000006").await;
    page.fill("button.main", ENTER).await;
    page.until("table.data").await;
    let said = page.text("main").await;
    assert!(said.contains("记下 2 件") && said.contains("自来水一到晚上就没有"), "{said}");
    shot(&page, "meeting-list").await;
    page.fill(".tabs a:last-child", ENTER).await;
    page.until(".slips section").await;
    shot(&page, "meeting-slips").await;
    page.close().await;
}
