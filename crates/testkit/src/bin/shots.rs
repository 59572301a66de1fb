//! Pictures of the program for the README: starts a demonstration and photographs its pages.
//!
//! `cargo xtask shots` runs it; called by hand: `shots PROGRAM OUT-DIRECTORY`.

use std::path::{Path, PathBuf};
use testkit::browser::{Driver, Page, Window};
use testkit::program::Demo;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [program, out] = args.as_slice() else {
        eprintln!("usage: shots PROGRAM OUT-DIRECTORY");
        std::process::exit(2);
    };
    let out = PathBuf::from(out);
    std::fs::create_dir_all(&out).expect("the directory is made");
    let demo = Demo::start(Path::new(program), 3_000);
    let Some(driver) = Driver::start() else {
        eprintln!("there is no ChromeDriver; set LIANXIN_CHROMEDRIVER");
        std::process::exit(1);
    };
    residents(&driver, &demo.base, &out).await;
    staff(&driver, &demo.base, &out, Window::DESK, "light").await;
    staff(&driver, &demo.base, &out, Window::DESK, "dark").await;
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

async fn residents(driver: &Driver, base: &str, out: &Path) {
    let page = driver.open(Window::PHONE).await;
    look(&page, base, "zh", false, "light").await;
    page.goto(&format!("{base}/ask")).await;
    page.fill("textarea[name='text']", "村口到小学的路灯有五盏不亮，晚上孩子放学看不见路，请尽快修好。")
        .await;
    page.click("button.main[name='step'][value='text']").await;
    page.until("button.main[name='step'][value='details']").await;
    page.shoot(&out.join("ask-class-phone-zh.png")).await;
    page.run("document.querySelector(\"input[name='class']\").click()").await;
    page.click("button.main[name='step'][value='details']").await;
    page.until("button.main[name='step'][value='send']").await;
    if page.has("input[name='place_text']").await {
        page.fill("input[name='place_text']", "学校路中段").await;
    }
    page.shoot(&out.join("ask-details-phone-zh.png")).await;
    page.click("button.main[name='step'][value='send']").await;
    let case = page.until_path("/r/").await;
    for (language, elder, name) in LOOKS {
        look(&page, base, language, elder, "light").await;
        for (path, what) in [("/", "start"), ("/ask", "ask"), (case.as_str(), "case")] {
            page.goto(&format!("{base}{path}")).await;
            page.shoot(&out.join(format!("{what}-phone-{name}.png"))).await;
        }
    }
    page.close().await;
}

async fn staff(driver: &Driver, base: &str, out: &Path, window: Window, theme: &str) {
    for language in ["zh", "en"] {
        let page = driver.open(window).await;
        let name = |what: &str| out.join(format!("{what}-desk-{language}-{theme}.png"));
        let pages = [
            ("operator1", "/hotline", "operator"),
            ("officer1", "/work", "work"),
            ("supervisor1", "/requests", "ledger"),
            ("supervisor1", "/dashboard", "dashboard"),
            ("supervisor1", "/dashboard/map", "map"),
            ("triage1", "/queues/triage", "triage"),
            ("clerk1", "/intake", "intake"),
            ("auditor1", "/rules", "rules"),
        ];
        for (login, path, what) in pages {
            page.enter(base, login).await;
            look(&page, base, language, false, theme).await;
            page.goto(&format!("{base}{path}")).await;
            page.shoot(&name(what)).await;
        }
        page.enter(base, "lead1").await;
        look(&page, base, language, false, theme).await;
        page.goto(&format!("{base}/requests?standing=in-hand")).await;
        let first = page
            .run("const a=document.querySelector('main table a[href^=\"/requests/\"]');return a&&a.href")
            .await;
        if let Some(url) = first.as_str() {
            page.goto(url).await;
            page.shoot(&name("case")).await;
        }
        page.close().await;
    }
}
