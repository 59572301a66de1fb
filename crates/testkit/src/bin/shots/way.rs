//! The way of a need from a visit without network to sign-off, in pictures: `way-1-…` to `way-9-…`; and a county before
//! and after somebody is proposed for each household.

use crate::{DESK, look, take};
use serde_json::{Value, json};
use std::path::Path;
use testkit::browser::{Driver, Page, Window};

/// The word that opens the pocket book of these pictures.
const WORD: &str = "春风又绿江南岸";

/// What the family asks for.
const NEED: &str = "想请村里在晒场边修个雨棚，秋收下雨时好收粮。";

/// Takes the pictures.
pub(crate) async fn shoot(driver: &Driver, base: &str, out: &Path) {
    let phone = driver.open(Window::PHONE).await;
    let number = visit(&phone, base, out).await;
    phone.close().await;
    let desk = driver.open(Window::DESK).await;
    let picture = |name: &str| out.join(format!("way-{name}.png"));

    // The centre finds class and unit. The unit is that of somebody whose part can be played here.
    let lead = unit_of(&desk, base, "lead1").await;
    enter(&desk, base, "triage1").await;
    let act = |name: &str| format!("{base}/requests/{number}/{name}");
    desk.goto(&act("triage")).await;
    take(&desk, &picture("5-triage"), DESK).await;
    desk.fill("[name=class_label]", CLASS).await;
    desk.fill("[name=unit_label]", &lead).await;
    send(&desk).await;

    // The unit names who answers for it; they call, go there, and answer.
    enter(&desk, base, "lead1").await;
    desk.goto(&act("officer")).await;
    desk.run(
        "const o = document.querySelector('main [name=officer]'); \
         if (o.tagName == 'SELECT') o.selectedIndex = o.options.length - 1; else o.click()",
    )
    .await;
    send(&desk).await;
    take(&desk, &picture("6-in-hand"), 1_400).await;
    for (act_name, text) in [
        ("contact", "电话里问清了想搭在哪里，约好明天上午去看。"),
        ("answer", "雨棚列入了今年的小修计划，位置和您在晒场一起看定了，秋收前搭好。"),
    ] {
        desk.goto(&act(act_name)).await;
        desk.fill("main textarea[name=text]", text).await;
        send(&desk).await;
    }
    // Whoever did not handle it asks the family.
    enter(&desk, base, "operator1").await;
    desk.goto(&act("judgement")).await;
    desk.run("document.querySelector('main [name=solved][value=yes]').click()").await;
    desk.run("const g=document.querySelector('main [name=grade]'); if (g) g.click()").await;
    take(&desk, &picture("7-judged"), DESK).await;
    send(&desk).await;
    enter(&desk, base, "lead1").await;
    // Not before each of the three messages has arrived.
    for _ in 0..300 {
        desk.goto(&act("closure")).await;
        if desk.has("main form button.main[type=submit]").await {
            break;
        }
    }
    send(&desk).await;
    desk.goto(&format!("{base}/requests/{number}")).await;
    take(&desk, &picture("8-closed"), 1_600).await;

    // Who looks after whom, before and after a proposal.
    enter(&desk, base, "supervisor1").await;
    desk.goto(&format!("{base}/coverage")).await;
    desk.click("main form[action='/proposals'] button").await;
    desk.until_path("/proposals/").await;
    take(&desk, &out.join("coverage-before-after.png"), 1_800).await;
    desk.close().await;

    // And whoever brought it reads how it ended, to tell the family.
    let phone = driver.open(Window::PHONE).await;
    enter(&phone, base, "liaison1").await;
    phone.goto(&format!("{base}/visits/needs")).await;
    take(&phone, &picture("9-told"), 1_200).await;
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
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let found = said
        .split(|c| !word(c))
        .find(|w| w.matches('-').count() >= 2 && w.ends_with(|c: char| c.is_ascii_digit()));
    found.unwrap_or_else(|| panic!("no number in {said}")).to_owned()
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

/// The unit of a person of the demonstration, as the start page names it.
async fn unit_of(page: &Page, base: &str, login: &str) -> String {
    page.goto(&format!("{base}/")).await;
    let said = page.text(&format!("button[name='login'][value='{login}'] span")).await;
    said.rsplit_once(" · ").map_or(said.clone(), |(_, unit)| unit.trim().to_owned())
}

/// The class, as the centre types it.
const CLASS: &str = "对村里发展的建议";

/// Sends the form of an act and waits for the page that follows.
async fn send(page: &Page) {
    let before = page.path().await;
    page.click("main form button.main[type=submit]").await;
    let here = serde_json::to_string(&before).unwrap_or_default();
    page.until_true(&format!("return location.pathname + location.search != {here}")).await;
}
