//! Pictures of the program for the README: starts a demonstration and photographs its pages.
//!
//! `cargo xtask shots` runs it; called by hand: `shots PROGRAM OUT-DIRECTORY`. The directory holds these
//! pictures and nothing else: what an earlier run left there goes.

mod way;

use std::path::{Path, PathBuf};
use testkit::browser::{Driver, Page, Window};
use testkit::picture;
use testkit::program::Demo;

/// So much of a page is shown, in pixels.
const PHONE: u64 = 1_500;
const DESK: u64 = 1_100;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [program, out] = args.as_slice() else {
        eprintln!("usage: shots PROGRAM OUT-DIRECTORY");
        std::process::exit(2);
    };
    let out = PathBuf::from(out);
    std::fs::create_dir_all(&out).expect("the directory is made");
    for old in std::fs::read_dir(&out).expect("it is read").flatten() {
        if old.path().extension().is_some_and(|e| e == "png") {
            std::fs::remove_file(old.path()).expect("an old picture goes");
        }
    }
    let demo = Demo::start(Path::new(program), 3_000);
    let Some(driver) = Driver::start_in("zh_CN") else {
        eprintln!("there is no ChromeDriver; set LIANXIN_CHROMEDRIVER");
        std::process::exit(1);
    };
    residents(&driver, &demo.base, &out).await;
    way::shoot(&driver, &demo.base, &out).await;
    for (language, theme, name) in [("zh", "light", "zh"), ("zh", "dark", "zh-dark"), ("en", "light", "en")] {
        staff(&driver, &demo.base, &out, (language, theme, name)).await;
    }
}

/// Takes a picture and makes it small.
async fn take(page: &Page, file: &Path, most: u64) {
    page.shoot_part(file, most).await;
    picture::shrink(file).expect("the picture is made small");
    println!("{}", file.display());
}

/// Sets language, large print and light as a reader would have chosen them.
async fn look(page: &Page, base: &str, language: &str, elder: bool, theme: &str) {
    page.goto(&format!("{base}/robots.txt")).await;
    let elder = if elder { "1" } else { "0" };
    page.run(&format!(
        "document.cookie='lx_lang={language};path=/';document.cookie='lx_elder={elder};path=/';\
         document.cookie='lx_theme={theme};path=/'"
    ))
    .await;
}

const LOOKS: [(&str, bool, &str); 3] = [("zh", false, "zh"), ("en", false, "en"), ("zh", true, "elder")];

/// The form of somebody who asks, step by step, and the page on which they follow it.
async fn residents(driver: &Driver, base: &str, out: &Path) {
    let page = driver.open(Window::PHONE).await;
    look(&page, base, "zh", false, "light").await;
    page.goto(&format!("{base}/")).await;
    take(&page, &out.join("start-phone-zh.png"), 1_200).await;
    page.goto(&format!("{base}/ask")).await;
    let words = "村口到小学的路灯有五盏不亮，晚上孩子放学看不见路，请尽快修好。";
    page.fill("textarea[name='text']", words).await;
    page.until("input[name='class']").await;
    for (language, elder, name) in LOOKS {
        look(&page, base, language, elder, "light").await;
        page.goto(&format!("{base}/ask")).await;
        page.until("textarea[name='text']").await;
        take(&page, &out.join(format!("ask-phone-{name}.png")), PHONE).await;
    }
    look(&page, base, "zh", false, "light").await;
    page.goto(&format!("{base}/ask")).await;
    page.fill("textarea[name='text']", words).await;
    page.click("button.main[name='step'][value='text']").await;
    page.until("button.main[name='step'][value='details']").await;
    page.run("document.querySelector(\"input[name='class']\").click()").await;
    page.click("button.main[name='step'][value='details']").await;
    page.until("button[value='map']").await;
    page.press("button[value='map']", (0.5, 0.5)).await;
    page.until(".pick").await;
    page.press(".pick input", (0.5, 0.5)).await;
    page.until("#f-at1").await;
    page.fill("input[name='place_text']", "学校路中段").await;
    page.run("scrollTo(0, 0)").await;
    take(&page, &out.join("ask-details-phone-zh.png"), 2_000).await;
    page.press("button.main[value='send']", (0.5, 0.5)).await;
    page.until_true("return location.pathname != '/ask' || !!document.querySelector('section.alike')").await;
    // Something alike is open nearby: this is another matter, so it is sent once more.
    if page.has("section.alike").await {
        page.press("button.main[value='send']", (0.5, 0.5)).await;
    }
    let case = page.until_path("/r/").await;
    for (language, elder, name) in LOOKS {
        look(&page, base, language, elder, "light").await;
        page.goto(&format!("{base}{case}")).await;
        take(&page, &out.join(format!("case-phone-{name}.png")), PHONE).await;
    }
    page.close().await;
}

/// The desks, in one language and one light.
async fn staff(driver: &Driver, base: &str, out: &Path, (language, theme, name): (&str, &str, &str)) {
    let page = driver.open(Window::DESK).await;
    let file = |what: &str| out.join(format!("{what}-desk-{name}.png"));
    let pages = [
        ("officer1", "/work", "work"),
        ("supervisor1", "/requests?standing=live&sort=due", "ledger"),
        ("supervisor1", "/dashboard", "dashboard"),
        ("supervisor1", "/dashboard/map", "map"),
        ("triage1", "/queues/triage", "triage"),
        ("supervisor1", "/shielded", "shielded"),
        ("auditor1", "/rules", "rules"),
    ];
    for (login, path, what) in pages {
        enter(&page, base, login, language, theme).await;
        page.goto(&format!("{base}{path}")).await;
        take(&page, &file(what), DESK).await;
    }
    // An officer's case with something to do.
    enter(&page, base, "officer1", language, theme).await;
    page.goto(&format!("{base}/work")).await;
    let first = page.run("const a=document.querySelector('main a.row');return a&&a.href").await;
    page.goto(first.as_str().expect("the officer has a case")).await;
    take(&page, &file("case"), 1_400).await;
    // The operator in the middle of a call: a class taken, matters like it beside.
    enter(&page, base, "operator1", language, theme).await;
    page.goto(&format!("{base}/hotline")).await;
    page.fill("[name=phone]", "13900000009").await;
    page.fill("[name=body]", "村里的路灯坏了好几盏，晚上看不见路。").await;
    page.until(".picks input").await;
    page.press(".picks label", (0.5, 0.5)).await;
    page.until("[name=asked]").await;
    page.until("ul.near").await;
    take(&page, &file("operator"), 1_400).await;
    page.close().await;
}

/// Steps into a person of the demonstration who reads in this language and light.
async fn enter(page: &Page, base: &str, login: &str, language: &str, theme: &str) {
    page.enter(base, login).await;
    look(page, base, language, false, theme).await;
}
