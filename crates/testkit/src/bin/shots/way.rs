//! The way of a need from a visit without network to sign-off, in pictures: `way-1-…` to `way-9-…`; and who looks after
//! whom, before and after a proposal: `coverage-before-after`.

use crate::{DESK, look, take};
use serde_json::{Value, json};
use std::path::Path;
use testkit::browser::{Driver, Page, Window};

/// The word that opens the pocket book of these pictures.
const WORD: &str = "春风又绿江南岸";

/// What the family asks for.
const NEED: &str = "想请村里在晒场边修个雨棚，秋收下雨时好收粮。";

/// The class, as the centre types it.
const CLASS: &str = "对村里发展的建议";

/// Who leads the unit that handles it, and answers.
const LEAD: &str = "lead1";

/// How often a page is asked for again until the messages have arrived.
const LOOKS: usize = 300;

/// Takes the pictures.
pub(crate) async fn shoot(driver: &Driver, base: &str, out: &Path) {
    let phone = driver.open(Window::PHONE).await;
    let number = visit(&phone, base, out).await;
    phone.close().await;
    let desk = driver.open(Window::DESK).await;
    handled(&desk, base, out, &number).await;
    covered(&desk, base, out).await;
    desk.close().await;
    // Whoever brought it reads how it ended, to tell the family.
    let phone = driver.open(Window::PHONE).await;
    enter(&phone, base, "liaison1").await;
    phone.goto(&format!("{base}/visits/needs")).await;
    take(&phone, &out.join("way-9-told.png"), 1_200).await;
    phone.close().await;
}

/// A visit without network, and what the phone says when the network is back: the number of the need.
async fn visit(page: &Page, base: &str, out: &Path) -> String {
    let picture = |name: &str| out.join(format!("way-{name}.png"));
    enter(page, base, "liaison1").await;
    page.goto(&format!("{base}/visits/pocket")).await;
    page.until("[data-view=new]:not([hidden])").await;
    page.fill("#w-new", WORD).await;
    page.fill("#w-again", WORD).await;
    page.click("#make button[type=submit]").await;
    page.until("#homes li").await;
    page.until_true("return navigator.serviceWorker.ready.then((r) => !!r.active)").await;
    take(page, &picture("1-taken-along"), 1_000).await;
    network(page, false).await;
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    page.click("#f-answers input[type=checkbox]").await;
    page.click("#more").await;
    page.fill("[name='n0.text']", NEED).await;
    page.click("[name='n0.consent']").await;
    take(page, &picture("2-at-the-door"), 1_600).await;
    page.click("#visit button[type=submit]").await;
    page.until("#made .pill.soon").await;
    take(page, &picture("3-without-network"), 1_000).await;
    network(page, true).await;
    page.click("#send").await;
    page.until("#made .pill.ok").await;
    take(page, &picture("4-sent"), 1_000).await;
    let said = page.text("#made").await;
    let number = |w: &&str| w.starts_with(|c: char| c.is_ascii_uppercase()) && w.matches('-').count() >= 2;
    let found = said.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).find(number);
    found.unwrap_or_else(|| panic!("no number in {said}")).to_owned()
}

/// From the centre to sign-off.
async fn handled(desk: &Page, base: &str, out: &Path, number: &str) {
    let picture = |name: &str| out.join(format!("way-{name}.png"));
    let act = |name: &str| format!("{base}/requests/{number}/{name}");

    // The centre finds class and unit. The unit is that of somebody whose part can be played here.
    look(desk, base, "zh", false, "light").await;
    desk.goto(&format!("{base}/")).await;
    let button = format!("button[name='login'][value='{LEAD}']");
    let unit = desk.text(&format!("{button} span")).await;
    let unit = unit.rsplit_once(" · ").map_or(unit.as_str(), |(_, unit)| unit.trim()).to_owned();
    let name = desk.text(&format!("{button} b")).await;
    enter(desk, base, "triage1").await;
    desk.goto(&act("triage")).await;
    desk.fill("[name=class_label]", CLASS).await;
    desk.fill("[name=unit_label]", &unit).await;
    take(desk, &picture("5-triage"), DESK).await;
    send(desk).await;
    desk.goto(&act("assignment")).await;
    desk.fill("[name=unit_label]", &unit).await;
    send(desk).await;

    // The unit signs for it and names who answers; they call, go there, and answer.
    enter(desk, base, LEAD).await;
    desk.goto(&act("acceptance")).await;
    send(desk).await;
    desk.goto(&act("officer")).await;
    let wanted = serde_json::to_string(&name).unwrap_or_default();
    desk.run(&format!(
        "const mine = (e) => e.textContent.includes({wanted}); \
         const o = [...document.querySelectorAll('main [name=officer] option')].find(mine); \
         if (o) o.selected = true; \
         else [...document.querySelectorAll('main label')].filter(mine)[0].click();"
    ))
    .await;
    send(desk).await;
    for (act_name, text) in [
        ("contact", "电话里问清了想搭在哪里，约好明天上午去看。"),
        ("answer", "雨棚列入了今年的小修计划，位置和您在晒场一起看定了，秋收前搭好。"),
    ] {
        desk.goto(&act(act_name)).await;
        desk.fill("main textarea[name=text]", text).await;
        send(desk).await;
    }
    desk.goto(&format!("{base}/requests/{number}")).await;
    take(desk, &picture("6-answered"), 1_400).await;

    // Whoever did not handle it asks the family.
    enter(desk, base, "operator1").await;
    desk.goto(&act("judgement")).await;
    desk.run("document.querySelector('main [name=solved][value=yes]').click()").await;
    desk.run("const g = document.querySelector('main [name=grade]'); if (g) g.click()").await;
    take(desk, &picture("7-judged"), DESK).await;
    send(desk).await;
    enter(desk, base, LEAD).await;
    // Not before each of the three messages has arrived.
    for _ in 0..LOOKS {
        desk.goto(&act("closure")).await;
        if desk.has("main form button.main[type=submit]").await {
            break;
        }
    }
    send(desk).await;
    desk.goto(&format!("{base}/requests/{number}")).await;
    take(desk, &picture("8-closed"), 1_600).await;
}

/// Households with nobody, before somebody is proposed for each of them and after.
async fn covered(desk: &Page, base: &str, out: &Path) {
    enter(desk, base, "supervisor1").await;
    desk.goto(&format!("{base}/coverage")).await;
    desk.click("main form[action='/proposals'] button").await;
    desk.until_path("/proposals/").await;
    take(desk, &out.join("coverage-before-after.png"), 2_400).await;
}

/// Steps into a person of the demonstration, in Chinese.
async fn enter(page: &Page, base: &str, login: &str) {
    page.enter(base, login).await;
    look(page, base, "zh", false, "light").await;
}

/// Gives the page a network, or takes it away.
async fn network(page: &Page, there: bool) {
    page.devtools("Network.enable", json!({})).await;
    let wanted: Value =
        json!({ "offline": !there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    page.devtools("Network.emulateNetworkConditions", wanted).await;
}

/// Sends the form of an act and waits for the page that follows.
async fn send(page: &Page) {
    let before = page.path().await;
    page.click("main form button.main[type=submit]").await;
    let here = serde_json::to_string(&before).unwrap_or_default();
    page.until_true(&format!("return location.pathname + location.search != {here}")).await;
}
