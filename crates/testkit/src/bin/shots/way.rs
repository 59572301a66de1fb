//! A visit without network, from the door to the number that the family is told, in pictures: `way-1-…` to `way-4-…`.

use crate::{look, take};
use serde_json::{Value, json};
use std::path::Path;
use testkit::browser::{Driver, Page, Window};

/// The word that opens the pocket book of these pictures.
const WORD: &str = "春风又绿江南岸";

/// What the family asks for.
const NEED: &str = "想请村里在晒场边修个雨棚，秋收下雨时好收粮。";

/// Takes the pictures.
pub(crate) async fn shoot(driver: &Driver, base: &str, out: &Path) {
    let page = driver.open(Window::PHONE).await;
    visit(&page, base, out).await;
    page.close().await;
}

async fn visit(page: &Page, base: &str, out: &Path) {
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
