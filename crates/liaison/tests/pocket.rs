//! The pocket book in a real browser: taken along, without network for two weeks, killed in the middle, sent twice,
//! refused with a reason. The network is gone where the program is gone.

mod common;

use access::accounts::Act;
use access::identity::NewPerson;
use common::MIGRATIONS;
use db::params;
use kernel::{Actor, DAY, HouseholdId, RecordId, Role, Uuid};
use liaison::visits::{self, PromiseState};
use liaison::work::{self, Plan, PlanItem};
use records::{Listing, Whose};
use register::households::{self, NewMember, Relation};
use std::path::Path;
use testkit::browser::{Driver, Page, Window};
use testkit::{World, skip};
use tokio::runtime::Runtime;

db::statements! {
    PAIR = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, basis, recorded_at) \
        VALUES ($1, $2, $3, $4, $5, '2026-01-01', 'test', $6)";
    UNPAIR = "UPDATE pairings SET to_date = '2026-01-02' WHERE household_id = $1";
    UPLOADS = "SELECT have, size, done_at FROM visit_uploads ORDER BY id";
}

const NAME: &str = "梅长苏";
const WORD: &str = "春风又绿江南岸";

/// The program on a port of this machine; it can be gone, and come back to the same port.
struct Net {
    port: u16,
    up: Option<Runtime>,
}

impl Net {
    fn new(world: &World) -> Net {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
        let mut net = Net { port: free.port(), up: None };
        net.up(world);
        net
    }

    fn up(&mut self, world: &World) {
        let routes = liaison::routes().merge(requests::routes()).merge(access::routes()).merge(web::router());
        let router = access::frame(routes, world.site.clone());
        let listener = std::net::TcpListener::bind(("127.0.0.1", self.port)).expect("its port");
        listener.set_nonblocking(true).expect("a listener");
        let runtime = Runtime::new().expect("a runtime");
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, router).await
        });
        self.up = Some(runtime);
    }

    /// Every connection ends with it.
    fn down(&mut self) {
        if let Some(runtime) = self.up.take() {
            let ended =
                std::thread::spawn(move || runtime.shutdown_timeout(std::time::Duration::from_secs(20)));
            ended.join().expect("it ends");
        }
    }

    fn base(&self) -> String {
        // A name for which browsers keep stores and workers without https.
        format!("http://localhost:{}", self.port)
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.down();
    }
}

/// Who is paired with the household.
const MINE: &str = "officer.9010101";
const OTHER: &str = "lead.90101";

struct Village {
    world: World,
    net: Net,
    home: HouseholdId,
}

fn village() -> Village {
    let fresh = db::testing::engines().next().expect("SQLite");
    let world = World::build(fresh, "county", MIGRATIONS);
    let unit = world.unit("9010101");
    let pairs = [world.account(unit, Role::Officer), world.account(world.unit("90101"), Role::Lead)];
    let (site, at) = (world.site.clone(), world.site.now());
    let home = world
        .site
        .db
        .write_now(move |tx| {
            let act = Act { actor: Actor::System, at };
            let who = NewPerson {
                name: Some(NAME.into()),
                phone: Some("13800001234".into()),
                ..NewPerson::default()
            };
            let head = NewMember { relation: Relation::Head, who, from: None };
            let new = common::household(unit, vec![head], Vec::new());
            let made = households::add_in(tx, &site, &new, &act)?;
            for (kind, account) in [("liaison", pairs[0]), ("help", pairs[1])] {
                let mut id = [0u8; 16];
                site.chance.fill(&mut id);
                let id = Uuid::from_bytes(id);
                tx.execute(&PAIR, &params![id, kind, account, made.id, made.path.as_str(), at])?;
            }
            Ok(made.id)
        })
        .expect("a household");
    let net = Net::new(&world);
    Village { world, net, home }
}

impl Village {
    /// How many visits of the household are on record.
    fn visits(&self) -> Vec<records::Record> {
        let home = self.home;
        let list = Listing::new(Whose::Household(home), visits::KIND, 9);
        self.world.site.db.read_now(move |tx| records::list(tx, &list)).expect("records")
    }

    async fn take_along(&self, page: &Page, login: &str) {
        let base = self.net.base();
        page.goto(&format!("{base}/sign-in?lang=zh")).await;
        page.fill("[name=login]", login).await;
        page.fill("[name=password]", "lianxin-test").await;
        page.keys("\u{E007}").await;
        page.until_left("/sign-in").await;
        page.goto(&format!("{base}/visits/pocket")).await;
        page.until("[data-view=new]:not([hidden])").await;
        page.fill("#w-new", WORD).await;
        page.fill("#w-again", WORD).await;
        page.click("#make button[type=submit]").await;
        page.until("#homes li").await;
        // The worker has the page at hand before the network goes.
        page.until_true("return navigator.serviceWorker.ready.then((r) => !!r.active)").await;
        // The clock of the site is days away from the browser's: it says so, and goes on.
        page.until("#told.soon").await;
    }

    /// Signs in where that is asked for, and opens the locked book.
    async fn come_back(&self, page: &Page) {
        let base = self.net.base();
        page.goto(&format!("{base}/sign-in?lang=zh&next=/visits/pocket")).await;
        if page.has("[name=password]").await && page.has("[name=login]").await {
            page.fill("[name=login]", MINE).await;
            page.fill("[name=password]", "lianxin-test").await;
            page.keys("\u{E007}").await;
            page.until("body:not(:has([name=login]))").await;
        }
        page.goto(&format!("{base}/visits/pocket?lang=zh")).await;
        page.until("[data-view=locked]:not([hidden])").await;
    }

    /// What is there of each picture, of how many bytes, and whether it stands with its visit.
    fn uploads(&self) -> Vec<(i64, i64, bool)> {
        let read = |r: &db::Row| Ok((r.get(0)?, r.get(1)?, r.get::<Option<i64>>(2)?.is_some()));
        self.world.site.db.read_now(move |tx| tx.query_map(&UPLOADS, &[], read)).expect("uploads")
    }

    /// Until so many visits are on record.
    async fn until_visits(&self, page: &Page, n: usize) {
        for _ in 0..2_000 {
            if self.visits().len() == n {
                return;
            }
            page.run("return new Promise((ok) => requestAnimationFrame(() => ok(1)))").await;
        }
        panic!("{} visits are there, not {n}", self.visits().len());
    }
}

async fn unlock(page: &Page) {
    page.until("[data-view=locked]:not([hidden])").await;
    page.fill("#w-open", WORD).await;
    page.click("#open button[type=submit]").await;
    page.until("[data-view=list]:not([hidden])").await;
}

/// Half a minute: one word tapped, one line, one need, one promise.
async fn note(page: &Page, need: &str, promise: &str) {
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    page.click("#f-answers input[type=checkbox]").await;
    if !need.is_empty() {
        page.click("#more").await;
        page.fill("[name='n0.text']", need).await;
        page.click("[name='n0.consent']").await;
    }
    if !promise.is_empty() {
        page.click("#promise").await;
        page.fill("[name='p0.text']", promise).await;
        page.run("document.querySelector(\"[name='p0.due']\").value = document.querySelector('[name=on]').value.replace(/..$/, '28')")
            .await;
    }
    page.click("#visit button[type=submit]").await;
    page.until("[data-view=list]:not([hidden])").await;
}

/// A picture that is several pieces long also after the phone has made it small.
fn picture(folder: &Path, name: &str) -> String {
    let mut seed = 7u32;
    let noise = image::RgbImage::from_fn(2000, 1500, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(seed >> 24) as u8, (seed >> 16) as u8, (seed >> 8) as u8])
    });
    let path = folder.join(name);
    noise.save_with_format(&path, image::ImageFormat::Jpeg).expect("a picture");
    path.to_str().expect("a path").to_owned()
}

/// Adds a picture to the visit that is open.
async fn add_picture(page: &Page, path: &str, there: usize) {
    page.type_into("#photo", path).await;
    page.until(&format!("#f-photos li:nth-child({there}) canvas")).await;
}

async fn shot(page: &Page, name: &str) {
    if let Ok(folder) = std::env::var("LIANXIN_SHOTS") {
        page.shoot(&Path::new(&folder).join(format!("{name}.png"))).await;
    }
}

fn driver(test: &str) -> Option<Driver> {
    let driver = Driver::start();
    if driver.is_none() {
        skip("browser", test, "there is no ChromeDriver");
    }
    driver
}

#[tokio::test(flavor = "multi_thread")]
async fn two_weeks_without_network_lose_nothing() {
    let Some(driver) = driver("two_weeks_without_network_lose_nothing") else { return };
    let mut v = village();
    let phone = tempfile::tempdir().expect("a folder");
    let page = driver.open_on(Window::PHONE, Some(phone.path())).await;
    v.take_along(&page, MINE).await;
    shot(&page, "pocket-1-taken-along").await;
    v.net.down();
    let base = v.net.base();

    // The page opens without network, locked; a wrong word opens nothing.
    page.goto(&format!("{base}/visits/pocket")).await;
    page.until("[data-view=locked]:not([hidden])").await;
    page.fill("#w-open", "猜一个口令").await;
    page.click("#open button[type=submit]").await;
    page.until("#told.late").await;
    assert!(!page.text("body").await.contains(NAME), "nobody is named before it is opened");
    unlock(&page).await;
    assert!(page.text("#homes").await.contains(NAME));

    // What was begun survives a dead battery; so does what was noted.
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    page.click("#more").await;
    page.fill("[name='n0.text']", "水渠堵了，想请人来看").await;
    page.until_true("return new Promise((ok) => { const r = indexedDB.open('lianxin-pocket'); r.onsuccess = () => { \
        const q = r.result.transaction('visits').objectStore('visits').count(); q.onsuccess = () => ok(q.result == 1); }; })")
        .await;
    shot(&page, "pocket-2-visit").await;
    page.die().await;
    let page = driver.open_on(Window::PHONE, Some(phone.path())).await;
    page.goto(&format!("{base}/visits")).await;
    unlock(&page).await;
    let homes = page.text("#homes").await;
    assert!(homes.contains("没写完"), "the draft is there: {homes}");
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    let kept = page.run("return document.querySelector(\"[name='n0.text']\").value").await;
    assert_eq!(kept, "水渠堵了，想请人来看");
    // Nothing goes without what the site would ask for as well.
    page.click("#visit button[type=submit]").await;
    page.until("#faults:not([hidden])").await;
    page.click("[name='n0.consent']").await;
    page.click("#promise").await;
    page.fill("[name='p0.text']", "带医保表格来").await;
    page.run("document.querySelector(\"[name='p0.due']\").value = '2027-01-10'").await;
    page.click("#visit button[type=submit]").await;
    page.until("#made .pill.soon").await;
    shot(&page, "pocket-3-waiting").await;

    // Nothing on the phone can be read without the word.
    let stored = page
        .run("return new Promise((ok) => { const r = indexedDB.open('lianxin-pocket'); r.onsuccess = () => { \
            const out = []; const t = r.result.transaction(['meta', 'visits']); \
            for (const s of ['meta', 'visits']) { t.objectStore(s).openCursor().onsuccess = (e) => { const c = e.target.result; if (!c) return; \
            const text = (v) => v instanceof Uint8Array || v instanceof ArrayBuffer ? new TextDecoder().decode(v) : v && typeof v == 'object' ? Object.values(v).map(text).join(' ') : String(v); \
            out.push(text(c.value)); c.continue(); }; } t.oncomplete = () => ok(out.join(' ')); }; })")
        .await;
    let stored = stored.as_str().unwrap_or("").to_owned();
    assert!(stored.contains("waiting"), "it was looked at: {stored}");
    for secret in [NAME, "13800001234", "水渠", "医保", WORD] {
        assert!(!stored.contains(secret), "{secret} lies open on the phone");
    }

    // Two weeks later there is a network; the sign-in still stands or is asked for, and all arrives once.
    v.world.clock.advance(14 * DAY);
    v.net.up(&v.world);
    page.click("#send").await;
    page.until("#told:not([hidden]) a[href^='/sign-in'], #told.ok, #made .pill.ok").await;
    if page.has("#told a[href^='/sign-in']").await {
        page.goto(&format!("{base}/sign-in?next=/visits/pocket")).await;
        page.fill("[name=login]", MINE).await;
        page.fill("[name=password]", "lianxin-test").await;
        page.keys("\u{E007}").await;
        unlock(&page).await;
    }
    page.until("#made .pill.ok").await;
    shot(&page, "pocket-4-sent").await;
    let told = page.text("#made").await;
    let records = v.visits();
    assert_eq!(records.len(), 1);
    assert!(told.contains("LXA-2026-00001"), "the family can be told the number: {told}");
    let home = v.home;
    let open = v.world.site.db.read_now(move |tx| visits::open_at(tx, home)).expect("promises");
    assert_eq!(open.len(), 1);
    page.close().await;
}

/// Whether the households lie on the phone, as anybody sees who has no word.
const HAS_BOOK: &str = "return new Promise((ok) => { const r = indexedDB.open('lianxin-pocket'); r.onsuccess = () => { \
    const q = r.result.transaction('meta').objectStore('meta').count('mine'); q.onsuccess = () => { r.result.close(); ok(q.result == 1); }; }; })";

/// The time until which they may lie there has passed.
const TIME_IS_UP: &str = "return new Promise((ok) => { const r = indexedDB.open('lianxin-pocket'); r.onsuccess = () => { \
    const t = r.result.transaction('meta', 'readwrite'), s = t.objectStore('meta'); let was = 0; \
    s.get('until').onsuccess = (e) => { was = e.target.result; s.put(Date.now() - 1, 'until'); }; \
    t.oncomplete = () => { r.result.close(); ok(was > Date.now()); }; }; })";

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_only_looked_at_waits_on_and_households_go_from_a_book_that_stays_locked() {
    let name = "a_visit_that_is_only_looked_at_waits_on_and_households_go_from_a_book_that_stays_locked";
    let Some(driver) = driver(name) else { return };
    let mut v = village();
    let page = driver.open(Window::PHONE).await;
    v.take_along(&page, MINE).await;
    assert!(!page.has("#may-go:not([hidden])").await, "nothing is there that could be lost");
    v.net.down();
    note(&page, "路灯坏了", "").await;
    page.until("#made .pill.soon").await;
    let lasting = page.run("return navigator.storage.persisted()").await.as_bool().unwrap_or(false);
    assert_eq!(page.has("#may-go:not([hidden])").await, !lasting, "what may be cleared is said");
    shot(&page, "pocket-may-go").await;

    // Looked at and left: it waits on. Changed and left: it is a draft.
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    page.click("#back").await;
    page.until("[data-view=list]:not([hidden])").await;
    assert!(page.has("#made .pill.soon").await, "it waits to be sent as before");
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    page.fill("[name='n0.text']", "，两盏").await;
    page.click("#back").await;
    page.until("[data-view=list]:not([hidden])").await;
    assert!(!page.has("#made .pill.soon").await, "what was changed is not sent before it is done");
    assert!(page.text("#homes").await.contains("没写完"));

    // Two weeks later, and nobody opens it.
    let base = v.net.base();
    assert_eq!(page.run(HAS_BOOK).await, true);
    assert_eq!(page.run(TIME_IS_UP).await, true, "it had time left");
    page.goto(&format!("{base}/visits/pocket")).await;
    page.until("[data-view=locked]:not([hidden])").await;
    assert_eq!(page.run(HAS_BOOK).await, false, "nobody has given the word, and they are gone");
    unlock(&page).await;
    assert!(page.text("#until").await.contains("到期"), "it says why they are gone");
    assert!(!page.text("#homes").await.contains(NAME));
    assert!(page.text("#unsent").await.contains('1'), "what was noted is still here");
    page.close().await;
}

/// The draft is sealed so late that what was noted meanwhile would be there before it, were it not to wait its turn.
const LATE_DRAFT: &str = "window.sealed = 0; const real = SubtleCrypto.prototype.encrypt; \
    SubtleCrypto.prototype.encrypt = async function (how, ...rest) { const box = await real.call(this, how, ...rest); \
    if (new TextDecoder().decode(how.additionalData).startsWith('visit ') && ++sealed == 1) { \
    for (let i = 0; i < 60 && !document.querySelector('#made li'); i++) await new Promise((ok) => requestAnimationFrame(ok)); } \
    return box; };";

/// The book is asked for, and the answer waits until it is let go.
const HELD: &str = "const real = window.fetch; const gate = new Promise((ok) => { window.letGo = ok; }); \
    window.fetch = async (...a) => { window.asked = 1; await gate; return real(...a); };";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_noted_while_the_book_is_busy_stays_noted_and_goes_with_the_next() {
    let name = "what_is_noted_while_the_book_is_busy_stays_noted_and_goes_with_the_next";
    let Some(driver) = driver(name) else { return };
    let mut v = village();
    let phone = tempfile::tempdir().expect("a folder");
    let page = driver.open_on(Window::PHONE, Some(phone.path())).await;
    v.take_along(&page, MINE).await;
    v.net.down();
    page.run(LATE_DRAFT).await;
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    page.click("#f-answers input[type=checkbox]").await;
    page.until_true("return sealed == 1").await;
    page.click("#visit button[type=submit]").await;
    page.until("#made .pill.soon").await;
    until_told(&page, "没有网络").await;

    // While it is on its way another is noted: nobody has to press anything for that one.
    v.net.up(&v.world);
    page.run(HELD).await;
    page.click("#send").await;
    page.until_true("return window.asked == 1").await;
    note(&page, "", "").await;
    page.until_true("return document.querySelectorAll('#made .pill.soon').length == 2").await;
    page.run("letGo()").await;
    page.until_true("return document.querySelectorAll('#made .pill.ok').length == 2").await;
    assert_eq!(v.visits().len(), 2);
    page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_in_while_the_answer_got_lost_is_taken_once() {
    let Some(driver) = driver("what_was_taken_in_while_the_answer_got_lost_is_taken_once") else { return };
    let mut v = village();
    let phone = tempfile::tempdir().expect("a folder");
    let page = driver.open_on(Window::PHONE, Some(phone.path())).await;
    v.take_along(&page, MINE).await;
    v.net.down();
    note(&page, "村口的桥栏杆松了", "").await;
    page.until("#told.soon").await;
    // The site takes it in, and its word is cut off on the way back.
    v.net.up(&v.world);
    page.run(
        "window.realFetch = window.fetch; window.fetch = async (...a) => { const r = await realFetch(...a); \
        if (String(a[0]).endsWith('/visits')) throw new TypeError('lost'); return r; }",
    )
    .await;
    page.click("#send").await;
    v.until_visits(&page, 1).await;
    page.until_true("return document.querySelector('#told').textContent.includes('没有网络')").await;
    assert_eq!(v.visits().len(), 1, "it is there, and the phone does not know");
    assert!(page.has("#made .pill.soon").await);
    page.die().await;
    let page = driver.open_on(Window::PHONE, Some(phone.path())).await;
    page.goto(&format!("{}/visits/pocket", v.net.base())).await;
    unlock(&page).await;
    page.until("#made .pill.ok, #told a[href^='/sign-in']").await;
    if page.has("#told a[href^='/sign-in']").await {
        page.goto(&format!("{}/sign-in?next=/visits/pocket", v.net.base())).await;
        page.fill("[name=login]", MINE).await;
        page.fill("[name=password]", "lianxin-test").await;
        page.keys("\u{E007}").await;
        unlock(&page).await;
        page.until("#made .pill.ok").await;
    }
    assert_eq!(v.visits().len(), 1);
    page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phones_on_one_household_keep_both_words_and_what_is_refused_stays() {
    let name = "two_phones_on_one_household_keep_both_words_and_what_is_refused_stays";
    let Some(driver) = driver(name) else { return };
    let mut v = village();
    let one = driver.open(Window::PHONE).await;
    let two = driver.open(Window::PHONE).await;
    v.take_along(&one, MINE).await;
    note(&one, "", "送修房的申请表").await;
    one.until("#made .pill.ok").await;
    // Both know of the promise, and neither has a network.
    one.click("#send").await;
    one.until("#homes b").await;
    v.take_along(&two, OTHER).await;
    v.net.down();
    for (page, choice) in [(&one, "kept"), (&two, "kept")] {
        page.click("#homes .btn.main").await;
        page.until("[data-view=visit]:not([hidden])").await;
        page.click(&format!("#f-promises input[value={choice}]")).await;
        page.click("#visit button[type=submit]").await;
        page.until("#made .pill.soon").await;
    }
    v.net.up(&v.world);
    for page in [&one, &two] {
        page.click("#send").await;
        page.until_true("return !document.querySelector('#made .pill.soon')").await;
        assert!(!page.has("#made .pill.late").await, "{}", page.text("#made").await);
    }
    assert_eq!(v.visits().len(), 3, "the first, and one of each phone");
    let home = v.home;
    let all = v
        .world
        .site
        .db
        .read_now(move |tx| visits::promises_of(tx, home, kernel::Timestamp(i64::MAX)))
        .expect("promises");
    assert_eq!(all.len(), 1);
    assert_ne!(all[0].0.state, PromiseState::Open);

    // The pairing ends while the phone is away: what comes is refused, and stays there with the reason.
    v.net.down();
    note(&one, "路灯又不亮了", "").await;
    v.world.site.db.write_now(move |tx| tx.execute(&UNPAIR, &params![home])).expect("ended");
    v.net.up(&v.world);
    one.click("#send").await;
    one.until("#made .pill.late").await;
    shot(&one, "pocket-5-refused").await;
    assert!(one.has("#made p.late").await, "{}", one.text("#made").await);
    assert!(one.text("#unsent").await.contains('1'), "it is not lost");
    assert_eq!(v.visits().len(), 3);
    one.close().await;
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_goes_to_another_phone_as_a_file_and_the_page_passes_axe() {
    let Some(driver) = driver("a_book_goes_to_another_phone_as_a_file") else { return };
    let mut v = village();
    let page = driver.open(Window::PHONE).await;
    v.take_along(&page, MINE).await;
    for view in ["list", "visit"] {
        if view == "visit" {
            page.click("#homes .btn.main").await;
            page.until("[data-view=visit]:not([hidden])").await;
        }
        assert!(!page.too_wide().await, "{view} is wider than 360 pixels");
        match page.axe().await {
            Some(found) => assert!(found.is_empty(), "{view}: {}", found.join("\n")),
            None => skip("axe", view, "LIANXIN_AXE names no file"),
        }
    }
    page.click("#back").await;
    v.net.down();
    // A picture alone is a draft as well, and goes along with the visit.
    let folder = tempfile::tempdir().expect("a folder");
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    add_picture(&page, &picture(folder.path(), "a.jpg"), 1).await;
    page.click("#back").await;
    page.until("#homes .pill.info").await;
    note(&page, "自来水浑", "").await;
    // What would be saved, as the file holds it.
    page.run("window.made = null; URL.createObjectURL = (b) => { b.text().then((t) => { window.made = t; }); return '#'; }").await;
    page.click("#download").await;
    page.until_true("return !!window.made").await;
    let file = page.run("return window.made").await.as_str().unwrap_or("").to_owned();
    assert!(file.contains("\"pocket\":1") && !file.contains("浑") && !file.contains(NAME));
    assert!(file.contains("\"photos\":[{") && file.len() > 300_000, "the picture is in it: {}", file.len());
    page.close().await;
    v.net.up(&v.world);

    let path = folder.path().join("book.json");
    std::fs::write(&path, file).expect("a file");
    let other = driver.open(Window::PHONE).await;
    v.take_along(&other, MINE).await;
    other.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })").await;
    other.type_into("[data-view=list] input[type=file]", path.to_str().expect("a path")).await;
    other.fill("#w-more", WORD).await;
    other.click("[data-view=list] form.bring button").await;
    other.until("#made .pill.ok").await;
    other.until_true("return document.querySelector('#made').textContent.includes('照片已收到 1 张')").await;
    assert_eq!(v.visits().len(), 1);
    other.close().await;
}

/// Waits until the page says this.
async fn until_told(page: &Page, words: &str) {
    for _ in 0..2_000 {
        if page.text("#told").await.contains(words) {
            return;
        }
        page.run("return new Promise((ok) => requestAnimationFrame(() => ok(1)))").await;
    }
    panic!("it says: {} {}", page.text("#told").await, page.text("#made-part").await);
}

/// Lets so many pieces of pictures through from here on; then the network is gone for them.
fn pieces_until_it_breaks(n: usize) -> String {
    format!(
        "window.sent = []; window.real = window.fetch; window.fetch = async (...a) => {{ \
         if (a[1]?.method == 'POST' && String(a[0]).includes('/photos/')) {{ \
         if (sent.length >= {n}) throw new TypeError('gone'); sent.push(String(a[1].headers['x-from'])); }} \
         return real(...a); }};"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_noted_offline_goes_on_where_it_broke_off_and_stands_with_the_visit() {
    let name = "a_picture_noted_offline_goes_on_where_it_broke_off_and_stands_with_the_visit";
    let Some(driver) = driver(name) else { return };
    let mut v = village();
    let folder = tempfile::tempdir().expect("a folder");
    let file = picture(folder.path(), "a.jpg");
    let wrong = folder.path().join("b.jpg");
    std::fs::write(&wrong, "no picture").expect("a file");
    let phone = tempfile::tempdir().expect("a folder");
    let page = driver.open_on(Window::PHONE, Some(phone.path())).await;
    v.take_along(&page, MINE).await;
    v.net.down();
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    add_picture(&page, &file, 1).await;
    page.type_into("#photo", wrong.to_str().expect("a path")).await;
    page.until("#photo-told:not([hidden])").await;
    // As many as the pack allows, and one can be left out again.
    add_picture(&page, &file, 2).await;
    add_picture(&page, &file, 3).await;
    page.until("#photo-field[hidden]").await;
    assert!(!page.too_wide().await, "pictures make the form wider than 360 pixels");
    shot(&page, "pocket-6-pictures").await;
    for left in [2, 1] {
        page.click("#f-photos li:last-child button").await;
        page.until(&format!("#f-photos:not(:has(li:nth-child({})))", left + 1)).await;
    }
    page.until("#photo-field:not([hidden])").await;
    page.click("#visit button[type=submit]").await;
    page.until("#made .pill.soon").await;
    let told = format!("{} {}", page.text("#made").await, page.text("#photos-left").await);
    assert!(told.contains("照片 1 张") && told.contains("MB"), "{told}");
    // Nothing of it lies open on the phone.
    let open = page
        .run("return new Promise((ok) => { const r = indexedDB.open('lianxin-pocket'); r.onsuccess = () => { \
            const q = r.result.transaction('pixels').objectStore('pixels').getAll(); q.onsuccess = () => ok(q.result.length == 1 \
            && q.result[0].data.length > 300000 && !new TextDecoder('latin1').decode(q.result[0].data.slice(0, 99)).includes('JFIF')); }; })")
        .await;
    assert_eq!(open, true);
    page.die().await;

    // A network for one piece, and the battery is dead.
    v.net.up(&v.world);
    let page = driver.open_on(Window::PHONE, Some(phone.path())).await;
    v.come_back(&page).await;
    page.run(&pieces_until_it_breaks(1)).await;
    unlock(&page).await;
    page.until("#made .pill.ok").await;
    until_told(&page, "没有网络").await;
    page.die().await;
    assert_eq!(v.visits().len(), 1);
    let there = v.uploads();
    assert!(there.len() == 1 && there[0].0 == 262_144 && there[0].1 > there[0].0 && !there[0].2, "{there:?}");

    // It goes on from there, and is shown where the visit is read.
    let page = driver.open_on(Window::PHONE, Some(phone.path())).await;
    v.come_back(&page).await;
    page.run(&pieces_until_it_breaks(99)).await;
    // Taken by the site, and the phone goes off as it notes that: it is counted once, and not lost.
    page.run(
        "window.off = 1; const real = IDBObjectStore.prototype.delete; IDBObjectStore.prototype.delete = function (k) { \
         if (off && this.name == 'pixels') { off = 0; throw new DOMException('off', 'AbortError'); } return real.call(this, k); };",
    )
    .await;
    unlock(&page).await;
    until_told(&page, "没能记到手机里").await;
    assert!(!page.text("#made").await.contains("照片已收到"), "{}", page.text("#made").await);
    page.click("#send").await;
    page.until_true("return document.querySelector('#made').textContent.includes('照片已收到')").await;
    assert!(page.text("#made").await.contains("照片已收到 1 张"), "{}", page.text("#made").await);
    assert_eq!(page.run("return sent[0]").await, "262144");
    let told = page.run("return performance.getEntriesByType('resource').map((e) => e.name).join(' ')").await;
    let told = told.as_str().unwrap_or("");
    assert!(told.contains("/api/liaison/photos/") && !told.contains('?'), "addresses get into logs: {told}");
    assert_eq!(page.text("#photos-left").await, "");
    assert!(v.uploads()[0].2);
    shot(&page, "pocket-7-pictures-sent").await;
    let home = v.home;
    let code = v
        .world
        .site
        .db
        .read_now(move |tx| households::get(tx, home))
        .expect("a look")
        .expect("a household")
        .code;
    page.goto(&format!("{}/visits/households/{code}", v.net.base())).await;
    page.until_true("const i = document.querySelector('ul.files img'); i?.scrollIntoView(); return !!i?.complete && i.naturalWidth > 100;")
        .await;
    shot(&page, "pocket-8-visit-with-picture").await;

    // What the site refuses stays on the phone, with the reason.
    v.come_back(&page).await;
    page.run(&pieces_until_it_breaks(0)).await;
    unlock(&page).await;
    // The list is drawn anew once it has asked the site.
    page.until("#told.soon:not([hidden])").await;
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    add_picture(&page, &file, 1).await;
    page.click("#visit button[type=submit]").await;
    page.until_true("return document.querySelectorAll('#made .pill.ok').length == 2").await;
    until_told(&page, "没有网络").await;
    v.world.clock.advance(40 * DAY);
    v.come_back(&page).await;
    unlock(&page).await;
    page.until("#made p.late").await;
    assert!(page.text("#made").await.contains("不再补照片"), "{}", page.text("#made").await);
    assert!(!page.text("#photos-left").await.is_empty(), "it is not lost");
    assert_eq!((v.visits().len(), v.uploads().len()), (2, 1));
    assert_eq!(page.run(STORED).await, "4 2 1 1", "the clock of the site is known from here on");

    // What the site has long had goes from the phone; a picture that it has not keeps its visit there.
    v.come_back(&page).await;
    unlock(&page).await;
    page.until("#made p.late").await;
    assert_eq!(page.run(STORED).await, "4 1 1 1");
    assert!(!page.text("#made").await.contains("照片已收到"), "{}", page.text("#made").await);
    // Where the answer to a picture is damaged, or there is nothing left of it, the list still stands.
    page.run("return new Promise((ok) => { const r = indexedDB.open('lianxin-pocket'); r.onsuccess = () => { \
        const t = r.result.transaction(['photos', 'pixels'], 'readwrite'), s = t.objectStore('photos'); \
        s.getAll().onsuccess = (e) => s.put({ ...e.target.result[0], said: { iv: new Uint8Array(12), data: new Uint8Array(32) } }); \
        t.objectStore('pixels').clear(); t.oncomplete = () => { r.result.close(); ok(1); }; }; })")
        .await;
    v.come_back(&page).await;
    unlock(&page).await;
    page.until("#told.soon:not([hidden])").await;
    page.click("#made .actions .btn:not(.quiet)").await;
    page.click("#send").await;
    page.until_true(&STORED.replace("ok([", "ok('4 1 0 0' == [")).await;
    page.close().await;
}

/// How many rows each store of the phone has.
const STORED: &str = "return new Promise((ok) => { const r = indexedDB.open('lianxin-pocket'); r.onsuccess = () => { \
    const out = {}; const t = r.result.transaction(['meta', 'visits', 'photos', 'pixels']); \
    for (const s of t.objectStoreNames) t.objectStore(s).count().onsuccess = (e) => { out[s] = e.target.result; }; \
    t.oncomplete = () => { r.result.close(); ok(['meta', 'visits', 'photos', 'pixels'].map((s) => out[s]).join(' ')); }; }; });";

/// Chooses a file in the form of a view, gives the word, and brings it in.
async fn bring_in(page: &Page, view: &str, file: &Path) {
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })").await;
    page.type_into(&format!("[data-view={view}] input[type=file]"), file.to_str().expect("a path")).await;
    page.fill(&format!("[data-view={view}] form.bring [name=word]"), WORD).await;
    page.click(&format!("[data-view={view}] form.bring button")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_brought_in_whole_or_not_at_all_and_without_what_is_damaged_in_it() {
    let name = "a_file_is_brought_in_whole_or_not_at_all_and_without_what_is_damaged_in_it";
    let Some(driver) = driver(name) else { return };
    let mut v = village();
    let folder = tempfile::tempdir().expect("a folder");
    let page = driver.open(Window::PHONE).await;
    v.take_along(&page, MINE).await;
    v.net.down();
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    add_picture(&page, &picture(folder.path(), "a.jpg"), 1).await;
    add_picture(&page, &picture(folder.path(), "b.jpg"), 2).await;
    page.click("#back").await;
    page.until("#homes .pill.info").await;
    page.run("window.made = null; URL.createObjectURL = (b) => { b.text().then((t) => { window.made = t; }); return '#'; }").await;
    page.click("#download").await;
    page.until_true("return !!window.made").await;
    let text = page.run("return window.made").await.as_str().unwrap_or("").to_owned();
    page.close().await;
    v.net.up(&v.world);
    let whole = folder.path().join("whole.json");
    std::fs::write(&whole, &text).expect("a file");
    let mut book: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let size = book["photos"][0]["box"]["data"].as_str().map_or(0, str::len);
    book["photos"][0]["box"]["data"] = "A".repeat(size / 4 * 4).into();
    let damaged = folder.path().join("damaged.json");
    std::fs::write(&damaged, book.to_string()).expect("a file");

    // The phone has no room for the pictures: nothing of the book is there, and it opens as a new one.
    let other = driver.open(Window::PHONE).await;
    let at = format!("{}/visits/pocket?lang=zh", v.net.base());
    other.goto(&at).await;
    other.until("[data-view=new]:not([hidden])").await;
    other
        .run(
            "const real = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (...a) { \
             if (this.name == 'pixels') throw new DOMException('full', 'QuotaExceededError'); return real.apply(this, a); };",
        )
        .await;
    bring_in(&other, "new", &whole).await;
    until_told(&other, "放不下").await;
    other.goto(&at).await;
    other.until("[data-view=new]:not([hidden])").await;
    assert_eq!(other.run(STORED).await, "0 0 0 0");

    // Without the picture that is damaged all else comes in, and it says so.
    bring_in(&other, "new", &damaged).await;
    other.until("#brought:not([hidden])").await;
    assert!(other.text("#brought").await.contains("1 条打不开"), "{}", other.text("#brought").await);
    assert!(other.text("#photos-left").await.contains("1 张"), "{}", other.text("#photos-left").await);
    assert!(!other.too_wide().await, "what is said of it is wider than 360 pixels");
    shot(&other, "pocket-9-brought-in").await;
    assert_eq!(other.run(STORED).await, "2 1 1 1");
    other.goto(&at).await;
    unlock(&other).await;

    // What the old phone still has comes in later; what is here already is not lost for it.
    bring_in(&other, "list", &whole).await;
    other.until_true("return document.querySelector('#photos-left').textContent.includes('2 张')").await;
    assert!(!other.has("#brought:not([hidden])").await);
    assert_eq!(other.run(STORED).await, "2 1 2 2");
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_towards_an_item_of_the_plan_is_noted_offline_with_the_visit() {
    let name = "help_towards_an_item_of_the_plan_is_noted_offline_with_the_visit";
    let Some(driver) = driver(name) else { return };
    let mut v = village();
    let (site, home, today) = (v.world.site.clone(), v.home, v.world.site.today());
    let (item, effect) =
        (site.pack.work.items().next().expect("an item").clone(), &site.pack.work.effects[0]);
    let plan = Plan {
        id: RecordId::new(site.now(), &*site.chance),
        household: home,
        kind: "liaison".into(),
        year: today.year(),
        on: today,
        wish: "想把核桃园管好".into(),
        items: vec![PlanItem { item: item.id.clone(), text: String::new(), by: today }],
        corrects: None,
    };
    let ctx = v.world.staff(v.world.unit("9010101"), Role::Officer);
    ctx.write(move |tx, ctx| work::plan(tx, ctx, &plan)).await.expect("planned");

    let page = driver.open(Window::PHONE).await;
    v.take_along(&page, MINE).await;
    v.net.down();
    page.click("#homes .btn.main").await;
    page.until("[data-view=visit]:not([hidden])").await;
    let asked = page.text("#f-helped").await;
    assert!(asked.contains(&item.name.zh) && asked.contains("这次没有"), "{asked}");
    page.click(&format!("#f-helped input[value='{}']", effect.id)).await;
    assert!(!page.too_wide().await, "items of the plan make the form wider than 360 pixels");
    shot(&page, "pocket-10-plan").await;
    // Left for now, it is a draft with what was tapped.
    page.click("#back").await;
    page.until("#homes .pill.info").await;
    page.click("#homes .btn.main").await;
    page.until(&format!("#f-helped input[value='{}']:checked", effect.id)).await;
    page.click("#visit button[type=submit]").await;
    page.until("#made .pill.soon").await;
    v.net.up(&v.world);
    page.click("#send").await;
    page.until("#made .pill.ok").await;
    let year = today.year();
    let helps =
        site.db.read_now(move |tx| work::helps_of(tx, home, "liaison", year, None)).expect("help on record");
    let visit = v.visits().remove(0);
    assert_eq!(helps.len(), 1);
    assert_eq!((helps[0].item.as_deref(), &helps[0].effect), (Some(item.id.as_str()), &effect.id));
    assert_eq!(helps[0].visit.as_ref().map(|r| r.id), Some(visit.id), "the words of the visit are its words");
    page.close().await;
}
