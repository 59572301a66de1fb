//! The residents' pages in a real browser on a telephone of 360 pixels: what the script adds, that
//! nothing is wider than the screen, and what axe has to say.

use db::testing::engines;
use testkit::World;
use testkit::browser::{Driver, Page, Window};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

/// A small county on a port of its own, for as long as the test runs.
async fn served() -> (World, String) {
    let fresh = engines().next().expect("SQLite is always there");
    let world = World::build(fresh, "county", MIGRATIONS);
    let app = access::frame(web::router().merge(requests::routes()), world.site.clone())
        .layer(axum::middleware::from_fn(web::assets::security_headers));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (world, base)
}

/// Nothing wider than the screen, and nothing for axe to say.
async fn sound(page: &Page, what: &str) {
    assert!(!page.too_wide().await, "{what} is wider than the screen");
    if let Some(faults) = page.axe().await {
        assert!(faults.is_empty(), "{what}: {faults:#?}");
    }
}

/// Chooses from a list, as a finger does.
async fn choose(page: &Page, list: &str, value: &str) {
    page.run(&format!(
        "const s = document.querySelector({list:?}); s.value = {value:?}; \
         for (const t of ['input', 'change']) s.dispatchEvent(new Event(t, {{bubbles: true}}))"
    ))
    .await;
}

/// Clicks after bringing it to the middle: the bar with the main button lies over the lower edge.
async fn press(page: &Page, css: &str) {
    page.run(&format!("document.querySelector({css:?}).scrollIntoView({{block: 'center'}})")).await;
    page.click(css).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_and_looking_on_a_telephone() {
    let Some(driver) = Driver::start() else {
        testkit::skip("browser", "asking_and_looking_on_a_telephone", "there is no chromedriver");
        return;
    };
    let (_world, base) = served().await;
    let page = driver.open(Window::PHONE).await;
    page.goto(&format!("{base}/ask?lang=zh")).await;
    sound(&page, "the first step").await;
    page.fill("#f-text", "小学门口的路灯全灭了，孩子放学看不见路").await;
    page.until("label.option input[value='01.04.01']").await;
    press(&page, "label.option:has(input[value='01.04.01'])").await;
    page.click(".btn.main").await;
    // The class was chosen while writing: one step less. The list of villages follows the township.
    page.until("#f-at0").await;
    sound(&page, "the particulars").await;
    choose(&page, "#f-at0", "901").await;
    page.until("#f-at1").await;
    choose(&page, "#f-at1", "90101").await;
    page.until("#f-at2").await;
    page.fill("#f-phone", "138").await;
    page.click(".btn.main").await;
    page.until(".errors").await;
    let said = page.text(".errors").await;
    assert!(said.contains("电话"), "{said}");
    sound(&page, "the refused form").await;
    page.fill("#f-phone", "").await;
    page.click(".btn.main").await;
    page.until(".keys").await;
    sound(&page, "the receipt").await;
    let number = page.text(".keys > div:nth-child(1) dd").await;
    assert_eq!(page.path().await, format!("/r/{number}"));
    // What was kept on the device while writing is gone, and names were never kept.
    let kept =
        page.run("return Object.keys(localStorage).filter(k => k.startsWith('lx:draft:')).length").await;
    assert_eq!(kept.as_u64(), Some(0), "the draft is gone");

    // Somebody with the same matter is shown it as soon as the place is chosen.
    page.goto(&format!("{base}/ask")).await;
    page.fill("#f-text", "路灯全灭，小学门口晚上看不见路").await;
    page.until("label.option input[value='01.04.01']").await;
    press(&page, "label.option:has(input[value='01.04.01'])").await;
    page.click(".btn.main").await;
    page.until("#f-at0").await;
    choose(&page, "#f-at0", "901").await;
    page.until(".alike").await;
    assert!(page.text(".alike").await.contains("已有 1 人"));
    sound(&page, "a similar matter").await;

    for path in [
        "/find",
        "/public",
        &format!("/public/{number}"),
        &format!("/public/{number}/join"),
        &format!("/r/{number}/slip"),
    ] {
        page.goto(&format!("{base}{path}")).await;
        sound(&page, path).await;
    }
    // Large print, in English, by night.
    page.goto(&format!("{base}/ask?lang=en")).await;
    page.click("button[name='elder']").await;
    for path in ["/ask".to_owned(), "/public".to_owned(), format!("/r/{number}")] {
        page.goto(&format!("{base}{path}")).await;
        sound(&page, &format!("{path} in large print")).await;
    }
    page.close().await;
}

/// The middle of what is pressed.
const MIDDLE: (f64, f64) = (0.5, 0.5);

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_needs_no_script_from_the_first_word_to_the_last() {
    let Some(driver) = Driver::start() else {
        testkit::skip("browser", "a_resident_needs_no_script", "there is no chromedriver");
        return;
    };
    let (world, base) = served().await;
    // So tall that the bar with the main button lies over nothing.
    let page = driver.open(Window { height: 2_600, ..Window::PHONE }.plain()).await;
    page.goto(&format!("{base}/ask?lang=zh")).await;
    page.fill("#f-text", "小学门口的路灯全灭了，孩子放学看不见路").await;
    page.press(".btn.main", MIDDLE).await;
    page.until("input[name=class][value='01.04.01']").await;
    page.press("label.option:has(input[value='01.04.01'])", MIDDLE).await;
    page.press(".btn.main", MIDDLE).await;
    page.until("#f-at0").await;
    // Where: pointed at, area by area, until the lists say the village.
    page.press("button[value=map]", MIDDLE).await;
    page.until(".pick").await;
    page.press(".pick input", (0.4, 0.8)).await;
    page.until("#f-at1").await;
    page.press(".pick input", (0.2, 0.5)).await;
    page.until("#f-at2").await;
    page.press(".pick input", MIDDLE).await;
    page.until(".spot").await;
    let photo = tempfile::Builder::new().suffix(".txt").tempfile().expect("a file");
    std::fs::write(photo.path(), "路灯编号 7").expect("it is written");
    page.type_into("#f-files", &photo.path().display().to_string()).await;
    // A fault loses nothing: neither what was written, nor the spot, nor the file.
    page.fill("#f-phone", "138").await;
    page.press("button.main[value=send]", MIDDLE).await;
    page.until("#f-phone-error").await;
    assert!(page.has(".spot").await && page.has("input[name=kept]").await);
    page.fill("#f-phone", "13800001234").await;
    page.press("button.main[value=send]", MIDDLE).await;
    page.until(".keys").await;
    let (number, code) =
        (page.text(".keys > div:nth-child(1) dd").await, page.text(".keys > div:nth-child(2) dd").await);
    assert!(page.has("svg.qr").await);
    let own = number.clone();
    let ctx = requests::Ctx::system(&world.site);
    let case =
        ctx.read(move |tx, ctx| requests::case::Case::find_number(tx, ctx, &own)).await.expect("a case");
    assert_eq!(case.row.place, Some(world.unit("90101")));
    assert!(case.row.point.is_some());

    page.goto(&format!("{base}/r/{number}/slip")).await;
    assert!(page.has("button[data-print][hidden]").await, "scripts are off indeed");

    // On another day: by number and code, and something is added.
    page.client.delete_all_cookies().await.expect("a new browser");
    page.goto(&format!("{base}/r/{number}?lang=zh")).await;
    assert!(page.text("h1").await.contains("查进度"), "what the slip's picture leads to asks for the code");
    page.fill("#f-code", &code).await;
    page.press(".btn.main", MIDDLE).await;
    page.until("#add").await;
    page.press("#add summary", MIDDLE).await;
    page.fill("#add textarea", "还有一盏在闪。").await;
    page.press("#add .btn.main", MIDDLE).await;
    page.until(".flash.ok").await;
    assert!(page.text("main").await.contains("还有一盏在闪"));
    // Taken back, after being asked once more.
    page.press(&format!("a[href='/r/{number}/withdrawal']"), MIDDLE).await;
    page.until("button.danger").await;
    page.press("button.danger", MIDDLE).await;
    page.until(".flash.ok").await;
    assert!(page.text("main").await.contains("已撤回"));
    page.close().await;
}
