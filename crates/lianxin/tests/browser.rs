//! The real program in a real browser: telephone and desk, by day and in the dark, with axe on every page.

use std::path::Path;
use testkit::browser::{Driver, Page, Window};
use testkit::program::Demo;

const PUBLIC: [&str; 7] = ["/", "/ask", "/find", "/public", "/rules", "/proof", "/proof/check"];

fn start(test: &str) -> Option<(Demo, Driver)> {
    let Some(driver) = Driver::start() else {
        testkit::skip("browser", test, "there is no ChromeDriver");
        return None;
    };
    Some((Demo::start(Path::new(env!("CARGO_BIN_EXE_lianxin")), 300), driver))
}

async fn language(page: &Page, base: &str, tag: &str) {
    page.goto(&format!("{base}/robots.txt")).await;
    page.run(&format!("document.cookie='lx_lang={tag};path=/'")).await;
}

/// Axe finds nothing wrong with the page at hand; a skip where axe is not at hand.
async fn accessible(page: &Page, path: &str) {
    match page.axe().await {
        Some(found) => assert!(found.is_empty(), "{path}: {}", found.join("\n")),
        None => testkit::skip("axe", path, "LIANXIN_AXE names no file"),
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_resident_asks_and_follows_on_a_telephone() {
    let Some((demo, driver)) = start("a resident asks") else { return };
    let page = driver.open(Window::PHONE).await;
    page.goto(&format!("{}/ask", demo.base)).await;
    page.fill("textarea[name='text']", "村口到小学的路灯有五盏不亮，晚上看不见路，请尽快修好。").await;
    page.click("button.main[name='step'][value='text']").await;
    page.until("button.main[name='step'][value='details']").await;
    page.run("document.querySelector(\"input[name='class']\").click()").await;
    page.click("button.main[name='step'][value='details']").await;
    page.until("button.main[name='step'][value='send']").await;
    if page.has("input[name='place_text']").await {
        page.fill("input[name='place_text']", "学校路中段").await;
    }
    page.click("button.main[name='step'][value='send']").await;
    let path = page.until_path("/r/").await;
    let said = page.text("main").await;
    let number = path.trim_start_matches("/r/").split('?').next().unwrap_or("").to_owned();
    assert!(said.contains(&number), "{number} is told: {said}");
    assert!(!path.contains("code"), "no code stands in an address");
    page.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn public_pages_fit_a_telephone_and_pass_axe_in_both_languages() {
    let Some((demo, driver)) = start("public pages") else { return };
    for tag in ["zh", "en"] {
        let page = driver.open(Window::PHONE).await;
        language(&page, &demo.base, tag).await;
        for path in PUBLIC {
            page.goto(&format!("{}{path}", demo.base)).await;
            assert!(!page.too_wide().await, "{path} in {tag} is wider than 360 pixels");
            accessible(&page, path).await;
        }
        page.close().await;
    }
}

#[tokio::test(flavor = "current_thread")]
async fn public_pages_pass_axe_in_the_dark_and_in_large_print() {
    let Some((demo, driver)) = start("dark and large") else { return };
    for cookie in ["lx_theme=dark", "lx_elder=1"] {
        let page = driver.open(Window::PHONE).await;
        page.goto(&format!("{}/robots.txt", demo.base)).await;
        page.run(&format!("document.cookie='{cookie};path=/'")).await;
        for path in PUBLIC {
            page.goto(&format!("{}{path}", demo.base)).await;
            assert!(!page.too_wide().await, "{path} with {cookie} is wider than 360 pixels");
            accessible(&page, path).await;
        }
        page.close().await;
    }
}

#[tokio::test(flavor = "current_thread")]
async fn staff_pages_pass_axe_at_the_desk_by_day_and_in_the_dark() {
    let Some((demo, driver)) = start("staff pages") else { return };
    let pages = [
        ("officer1", "/work"),
        ("operator1", "/hotline"),
        ("clerk1", "/intake"),
        ("clerk1", "/meeting"),
        ("triage1", "/queues/triage"),
        ("supervisor1", "/requests"),
        ("supervisor1", "/queues/supervision"),
        ("supervisor1", "/dashboard"),
        ("supervisor1", "/dashboard/map"),
        ("supervisor1", "/shielded"),
        ("supervisor1", "/lots"),
        ("supervisor1", "/reports"),
        ("supervisor1", "/outbox"),
        ("moderator1", "/queues/moderation"),
        ("admin1", "/admin/accounts"),
        ("auditor1", "/access/why"),
    ];
    // English words are longer: on the smaller of the two screens.
    for (theme, tag, width) in [("light", "zh", 1280), ("dark", "en", 1024)] {
        let page = driver.open(Window { width, ..Window::DESK }).await;
        for (login, path) in pages {
            page.enter(&demo.base, login).await;
            language(&page, &demo.base, tag).await;
            page.run(&format!("document.cookie='lx_theme={theme};path=/'")).await;
            page.goto(&format!("{}{path}", demo.base)).await;
            assert!(page.has("h1").await, "{path} has a heading for {login}");
            assert!(!page.too_wide().await, "{path} in {tag} is wider than {width} pixels for {login}");
            accessible(&page, path).await;
        }
        page.close().await;
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_officer_opens_a_case_by_keys_and_the_page_fits_a_telephone() {
    let Some((demo, driver)) = start("an officer's keys") else { return };
    let page = driver.open(Window::DESK).await;
    page.enter(&demo.base, "supervisor1").await;
    page.goto(&format!("{}/requests", demo.base)).await;
    page.until("[data-rows] tr, [data-rows] li").await;
    page.client
        .find(fantoccini::Locator::Css("body"))
        .await
        .expect("a page")
        .send_keys("jj")
        .await
        .expect("keys");
    page.keys("\u{E007}").await;
    page.until("h1").await;
    let path = page.path().await;
    assert!(path.starts_with("/requests/"), "Enter opens the case: {path}");
    accessible(&page, &path).await;
    page.close().await;

    let phone = driver.open(Window::PHONE).await;
    phone.enter(&demo.base, "supervisor1").await;
    phone.goto(&format!("{}{path}", demo.base)).await;
    assert!(!phone.too_wide().await, "a case is wider than 360 pixels");
    accessible(&phone, &path).await;
    phone.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_passkey_is_added_and_signs_in_with_and_without_the_password() {
    let Some((demo, driver)) = start("a passkey") else { return };
    // Passkeys belong to names, never to bare numbers.
    let base = demo.base.replace("127.0.0.1", "localhost");
    let page = driver.open(Window::PHONE).await;
    page.goto(&format!("{}/sign-in", demo.base)).await;
    assert!(!page.has("form[data-passkey]").await, "nothing is offered under a number");
    page.with_device().await;
    page.enter(&base, "officer1").await;
    page.goto(&format!("{base}/account/factor")).await;
    accessible(&page, "/account/factor").await;
    assert!(!page.too_wide().await, "setting up is wider than 360 pixels");
    page.click("form[action='/account/passkeys'] button").await;
    page.until("ol.codes").await;
    accessible(&page, "recovery codes").await;
    assert!(!page.too_wide().await, "recovery codes are wider than 360 pixels");

    page.client.delete_all_cookies().await.expect("signed out");
    page.goto(&format!("{base}/sign-in")).await;
    page.click("form[action='/sign-in/passkey'] button").await;
    page.until_path("/work").await;

    page.client.delete_all_cookies().await.expect("signed out");
    page.goto(&format!("{base}/sign-in")).await;
    page.fill("input[name='login']", "officer1").await;
    page.fill("input[name='password']", &demo.password).await;
    page.click("form[action='/sign-in'] button.main").await;
    page.until_path("/sign-in/second").await;
    accessible(&page, "/sign-in/second").await;
    assert!(!page.too_wide().await, "the second step is wider than 360 pixels");
    page.click("form[action='/sign-in/second/passkey'] button").await;
    page.until_path("/work").await;
    page.goto(&format!("{base}/account")).await;
    let said = page.text("main").await;
    assert!(said.contains("Password and passkey") && said.contains("One click"), "{said}");
    accessible(&page, "/account").await;
    page.close().await;
}

/// Something done to a receipt.
type Change<'a> = &'a dyn Fn(&mut journal::tree::receipt::Receipt);

/// A receipt of a made-up record, and the key that sealed it.
fn receipt() -> (journal::tree::receipt::Receipt, String) {
    use journal::tree::receipt::{Opening, receipt};
    use kernel::{Actor, Seeded, Timestamp, Uuid};
    let db = db::testing::sqlite();
    db.migrate(journal::MIGRATIONS).expect("tables");
    let (words, salt) = ("水渠堵了，庄稼要旱死", [7; 16]);
    for n in 0..300u128 {
        db.write_now(move |tx| {
            let event = journal::NewEvent {
                stream_kind: "request",
                stream: Uuid::from_u128(n),
                at: Timestamp(1_795_226_400_000 + n as i64),
                actor: &Actor::Resident,
                kind: "register",
                payload: serde_json::json!({
                    "number": format!("LXA-2026-{n:05}"),
                    "text": journal::commitment(&salt, words),
                }),
            };
            journal::append_first(tx, &event).map(drop)
        })
        .expect("an event");
    }
    let dir = tempfile::tempdir().expect("a directory");
    let sealer = proof::Sealer {
        db: (*db).clone(),
        keeper: proof::Keeper::new(dir.path(), None),
        origin: "lx.example/journal".into(),
        zone: kernel::Zone::CHINA,
        chance: std::sync::Arc::new(Seeded::new(5)),
        lines: |_, _| Ok(vec!["numbers LXA-2026 299".into()]),
    };
    sealer.round(Timestamp(1_795_226_500_000), &|_| {}).expect("sealed").expect("a head");
    let opening = Opening { salt: hex::encode(salt), words: words.into() };
    let made = db
        .read_now(move |tx| receipt(tx, "LXA-2026-00201", Uuid::from_u128(201), Some(opening.clone())))
        .expect("a receipt");
    let key = made.sealed.as_ref().expect("sealed").key.clone();
    (made, key)
}

/// Chooses a file and waits for the verdict.
async fn verdict(page: &Page, file: &Path, kind: &str) -> String {
    page.run(
        "document.getElementById('found').replaceChildren(); document.getElementById('file').value = ''",
    )
    .await;
    page.type_into("#file", &file.display().to_string()).await;
    page.until(&format!("#found .flash.{kind}")).await;
    page.text("#found").await
}

#[tokio::test(flavor = "current_thread")]
async fn a_receipt_is_checked_in_the_browser_on_the_site_and_out_of_a_file() {
    let Some((demo, driver)) = start("a receipt in the browser") else { return };
    let (good, key) = receipt();
    assert!(good.check(None).good());
    let dir = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let text = |r: &journal::tree::receipt::Receipt| serde_json::to_string(r).expect("text");
    let file = write("good.json", &text(&good));
    let changes: [(&str, Change<'_>); 6] = [
        ("its number", &|r| r.number = "LXA-2026-00202".into()),
        ("the words", &|r| r.text.as_mut().expect("words").words.push('！')),
        ("the leaf", &|r| r.leaf = "0".repeat(64)),
        ("its place", &|r| r.sealed.as_mut().expect("sealed").index += 1),
        ("the path", &|r| drop(r.sealed.as_mut().expect("sealed").path.pop())),
        ("the head", &|r| {
            let sealed = r.sealed.as_mut().expect("sealed");
            sealed.head = sealed.head.replace("\n300\n", "\n301\n");
        }),
    ];
    let page = driver.open(Window::PHONE).await;
    language(&page, &demo.base, "en").await;
    // The page that is saved, as the site hands it out.
    page.goto(&format!("{}/proof/check", demo.base)).await;
    let saved = page.run("return fetch('/proof/check.html').then(r => r.text())").await;
    let saved = write("saved.html", saved.as_str().expect("a page"));
    for address in [format!("{}/proof/check", demo.base), format!("file://{}", saved.display())] {
        page.goto(&address).await;
        // Not the key of this site: that is said; with the right one all holds.
        let said = verdict(&page, &file, "late").await;
        assert!(said.contains("does not hold"), "{address}: {said}");
        page.run(&format!("document.getElementById('key').value = {key:?}")).await;
        let said = verdict(&page, &file, "ok").await;
        for wanted in ["It holds", "LXA-2026-00201", "水渠堵了", "300 records", "The key is the one above"]
        {
            assert!(said.contains(wanted), "{address}: {wanted} in {said}");
        }
        assert!(!page.too_wide().await, "{address} is wider than the screen");
        for (n, (what, change)) in changes.iter().enumerate() {
            let mut bad = good.clone();
            change(&mut bad);
            let file = write(&format!("bad-{n}.json"), &text(&bad));
            let said = verdict(&page, &file, "late").await;
            assert!(said.contains("It does not hold"), "{address}: {what}: {said}");
        }
        let mut open = good.clone();
        open.sealed = None;
        let said = verdict(&page, &write("open.json", &text(&open)), "soon").await;
        assert!(said.contains("not sealed yet"), "{said}");
        let said = verdict(&page, &write("other.json", "[]"), "late").await;
        assert!(said.contains("neither a receipt"), "{said}");
    }
    page.close().await;
}
