//! Second factors over HTTP, on both engines: setting up, the second step, being made to, losing the telephone.

mod house;

use access::factor::totp::{Key, STEP};
use access::testing::PASSWORD;
use access::{factor, history, session};
use db::testing::each_engine_async;
use house::{Answer, Browser, World, world, world_with};
use http::StatusCode;
use kernel::{AccountId, DAY, MINUTE, Role, Scope, Uuid};
use scraper::{Html, Selector};

/// The key that a page shows, as a telephone reads it.
fn key_on(page: &Answer) -> Key {
    let text = page.text("code.key");
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for sign in text.chars().filter(|c| !c.is_whitespace()) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(sign).expect("base 32") as u32;
        held = (held << 5) | value;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    assert_eq!(bytes.len(), 20, "{text}");
    Key::from_bytes(bytes)
}

impl World {
    /// What the telephone shows now.
    fn shown(&self, key: &Key) -> String {
        key.code(self.site.now().0 / STEP)
    }

    /// Waits for the next code.
    fn next(&self, key: &Key) -> String {
        self.clock.advance(STEP);
        self.shown(key)
    }

    async fn scope(&self, account: AccountId) -> Scope {
        let posts = self.site.db.read(move |tx| session::posts_of(tx, account)).await.unwrap();
        access::scope_of(account, &posts, self.site.today())
    }

    fn kinds(&self, stream: Uuid) -> Vec<String> {
        let events = self.site.db.read_now(move |tx| journal::events(tx, stream)).unwrap();
        events.into_iter().map(|e| e.kind).collect()
    }
}

fn codes_on(page: &Answer) -> Vec<String> {
    let doc = Html::parse_document(&page.body);
    doc.select(&Selector::parse("ol.codes code").unwrap()).map(|e| e.text().collect()).collect()
}

/// Sets codes up on the page; gives back the key and the recovery codes.
async fn set_up(w: &World, browser: &mut Browser) -> (Key, Vec<String>) {
    let page = browser.get("/account/factor").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.location);
    let (key, sealed) = (key_on(&page), page.attr("input[name=key]", "value"));
    assert!(page.body.contains("svg") && page.body.contains("otpauth://totp/"), "a picture and a link");
    let done = browser.post("/account/factor", &[("key", &sealed), ("first", &w.shown(&key))]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text(".errors"));
    let codes = codes_on(&done);
    assert_eq!(codes.len(), 10);
    (key, codes)
}

#[tokio::test]
async fn with_a_second_factor_the_password_opens_one_page_only() {
    each_engine_async(async |db| {
        let w = world(db);
        let chen = w.staff("chen", Role::Officer);
        let mut b = w.signed_in("chen").await;
        let page = b.get("/account/factor").await;
        let sealed = page.attr("input[name=key]", "value");
        let wrong = b.post("/account/factor", &[("key", &sealed), ("first", "000000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(key_on(&wrong), key_on(&page), "the telephone need not learn another key");
        let (key, codes) = set_up(&w, &mut b).await;
        assert!(w.kinds(chen.0).contains(&"factor-added".to_owned()));
        let again = b.post("/account/factor", &[("key", &sealed), ("first", &w.next(&key_on(&page)))]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "it is set up already");

        let mut b = w.browser();
        let half = b.sign_in("chen", PASSWORD).await;
        assert_eq!(half.location, "/sign-in/second?next=%2Fmy");
        let cookie = half.set_cookie.iter().find(|c| c.starts_with("lx-step=")).expect("a cookie of its own");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("Max-Age=600") && !b.cookies.contains_key("lx")
        );
        for path in ["/my", "/account", "/account/factor"] {
            assert!(b.get(path).await.location.starts_with("/sign-in"), "{path}");
        }
        // Its token is no session's either.
        let step = b.cookies["lx-step"].clone();
        let mut thief = w.browser();
        thief.cookies.insert("lx".into(), step);
        assert!(thief.get("/my").await.location.starts_with("/sign-in"));

        let page = b.get(&half.location).await;
        assert_eq!((page.status, page.attr("input[name=next]", "value").as_str()), (StatusCode::OK, "/my"));
        assert_eq!(page.attr("input[name=code]", "autocomplete"), "one-time-code");
        let code = w.next(&key);
        let mut other = w.browser();
        other.sign_in("chen", PASSWORD).await;
        let done = b.post("/sign-in/second", &[("code", &code), ("next", "/my")]).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/my"));
        assert_eq!(b.get("/my").await.body, "chen");
        assert!(!b.cookies.contains_key("lx-step"), "the step is over");
        // The same code does not count twice, whoever saw it over the shoulder.
        let replayed = other.post("/sign-in/second", &[("code", &code)]).await;
        assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
        // A recovery code does, once.
        let loose = codes[3].replace('-', " ");
        let done = other.post("/sign-in/second", &[("code", &loose)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text(".errors"));
        let mut third = w.browser();
        third.sign_in("chen", PASSWORD).await;
        let spent = third.post("/sign-in/second", &[("code", &codes[3])]).await;
        assert_eq!(spent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(other.get("/account").await.body.contains("9 个"), "nine are left");
        // Nothing of it can be read in the database.
        let (mut found, whole) =
            (Vec::new(), w.site.db.read(move |tx| factor::state(tx, chen)).await.unwrap());
        found.push(whole.codes);
        assert_eq!((found, whole.any()), (vec![9], true));
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_lock_and_the_password_does_not_unlock() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chen", Role::Officer);
        let (key, codes) = set_up(&w, &mut w.signed_in("chen").await).await;
        let mut b = w.browser();
        b.sign_in("chen", PASSWORD).await;
        for _ in 0..5 {
            let wrong = b.post("/sign-in/second", &[("code", "123")]).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        for code in [w.next(&key), codes[0].clone()] {
            let mut b = w.browser();
            b.sign_in("chen", PASSWORD).await;
            let locked = b.post("/sign-in/second", &[("code", &code)]).await;
            assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(locked.text(".errors").contains("10:15"), "{}", locked.text(".errors"));
        }
        w.clock.advance(15 * MINUTE);
        let mut b = w.browser();
        b.sign_in("chen", PASSWORD).await;
        let done = b.post("/sign-in/second", &[("code", &codes[0])]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "a code that was refused unseen is still good");
        // What failed is shown to whom it concerns.
        assert!(b.get("/account").await.body.contains("5 次失败"));
    })
    .await;
}

#[tokio::test]
async fn the_second_step_has_ten_minutes_and_ends_with_the_password() {
    each_engine_async(async |db| {
        let w = world(db);
        let chen = w.staff("chen", Role::Officer);
        let root = w.staff("root", Role::Admin);
        let (key, _) = set_up(&w, &mut w.signed_in("chen").await).await;
        let mut b = w.browser();
        // Without a password there is nothing to do here.
        let bare = b.get("/sign-in/second").await;
        assert!(bare.body.contains("/sign-in?next=") && bare.attr("input[name=code]", "name").is_empty());
        let bare = b.post("/sign-in/second", &[("code", &w.next(&key))]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        b.sign_in("chen", PASSWORD).await;
        w.clock.advance(10 * MINUTE);
        let late = b.post("/sign-in/second", &[("code", &w.next(&key))]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(b.get("/my").await.location.starts_with("/sign-in"));
        // A new password ends what the old one began.
        b.sign_in("chen", PASSWORD).await;
        access::accounts::reset(&w.site, &w.scope(root).await, chen).await.unwrap();
        let ended = b.post("/sign-in/second", &[("code", &w.next(&key))]).await;
        assert_eq!(ended.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(b.get("/my").await.location.starts_with("/sign-in"));
    })
    .await;
}

#[tokio::test]
async fn whose_post_demands_it_sets_it_up_before_anything_else() {
    each_engine_async(async |db| {
        let w = world_with(db, |s| s.settings.second_factor = vec![(Role::Admin, 0), (Role::Auditor, 14)]);
        w.staff("root", Role::Admin);
        w.staff("audit", Role::Auditor);
        w.staff("chen", Role::Officer);
        let mut officer = w.browser();
        assert_eq!(officer.sign_in("chen", PASSWORD).await.location, "/my", "nothing is asked of others");

        let mut admin = w.browser();
        assert_eq!(admin.sign_in("root", PASSWORD).await.location, "/account/factor");
        for path in ["/my", "/admin/accounts", "/admin/keys/new"] {
            assert_eq!(admin.get(path).await.location, "/account/factor", "{path}");
        }
        // A page that forgets to ask finds nothing that they may.
        let why = admin.get("/access/why?verb=manage-accounts&noun=account&path=/52/").await;
        assert_eq!(why.status, StatusCode::OK);
        let page = admin.get("/account/factor").await;
        assert!(page.text("main").contains("要先设置两步登录"), "{}", page.text("main"));
        assert!(!page.body.contains("以后再设置"));
        let made = admin.post("/admin/accounts", &[("login", "x1"), ("name", "x")]).await;
        assert_eq!(made.location, "/account/factor", "nothing is written either");
        set_up(&w, &mut admin).await;
        assert_eq!(admin.get("/admin/accounts").await.status, StatusCode::OK);

        let mut auditor = w.browser();
        assert_eq!(auditor.sign_in("audit", PASSWORD).await.location, "/account/factor");
        let page = auditor.get("/account/factor").await;
        assert!(page.body.contains("3月17日") && page.body.contains("以后再设置"), "{}", page.text("main"));
        assert_eq!(auditor.get("/admin/accounts").await.status, StatusCode::OK, "there is time yet");
        w.clock.advance(13 * DAY);
        let mut auditor = w.signed_in("audit").await;
        assert_eq!(auditor.get("/admin/accounts").await.status, StatusCode::OK);
        w.clock.advance(DAY);
        let mut auditor = w.signed_in("audit").await;
        assert_eq!(auditor.get("/admin/accounts").await.location, "/account/factor");
    })
    .await;
}

#[tokio::test]
async fn whose_telephone_is_lost_is_helped_and_told() {
    each_engine_async(async |db| {
        let w = world(db);
        let chen = w.staff("chen", Role::Officer);
        let root = w.staff("root", Role::Admin);
        let mut b = w.signed_in("chen").await;
        let (_, codes) = set_up(&w, &mut b).await;
        let mut admin = w.signed_in("root").await;
        let page = format!("/admin/accounts/{chen}");
        assert!(admin.get(&page).await.body.contains("两步登录已开启"));
        let done = admin.post(&format!("{page}/factor-reset"), &[]).await;
        assert_eq!(done.location, format!("{page}?done=factor"));
        assert!(b.get("/my").await.location.starts_with("/sign-in"), "they are signed out");
        assert_eq!(w.kinds(chen.0).last().map(String::as_str), Some("factor-reset"));
        w.clock.advance(MINUTE);
        // The password alone does again, and leads to where they are told.
        let mut b = w.browser();
        assert_eq!(b.sign_in("chen", PASSWORD).await.location, "/account");
        let told = b.get("/account").await;
        assert!(told.text("main").contains("管理员取消了您的两步登录"), "{}", told.text("main"));
        assert!(told.text("main").contains("测试root"), "and by whom");
        w.clock.advance(MINUTE);
        assert_eq!(w.browser().sign_in("chen", PASSWORD).await.location, "/my", "led there once");
        // Old recovery codes are worth nothing under a new key.
        let (_, fresh) = set_up(&w, &mut b).await;
        assert!(fresh.iter().all(|c| !codes.contains(c)));
        assert!(!b.get("/account").await.text("main").contains("管理员取消了您的两步登录"));
        // Nobody takes their own away like this, and nothing is taken twice.
        let scope = w.scope(root).await;
        for (account, code) in [(root, "own-account"), (root, "own-account")] {
            let refused = factor::reset(&w.site, &scope, account).await.unwrap_err();
            assert!(matches!(refused, kernel::Error::Refused { code: c, .. } if c == code), "{refused}");
        }
        factor::reset(&w.site, &scope, chen).await.unwrap();
        let refused = factor::reset(&w.site, &scope, chen).await.unwrap_err();
        assert!(matches!(refused, kernel::Error::Refused { code: "no-factor", .. }), "{refused}");
        let lead = w.staff("lead", Role::Lead);
        let refused = factor::reset(&w.site, &w.scope(lead).await, chen).await.unwrap_err();
        assert!(matches!(refused, kernel::Error::Forbidden(_)), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_changed_only_by_who_shows_it() {
    each_engine_async(async |db| {
        let w = world(db);
        let chen = w.staff("chen", Role::Officer);
        let mut b = w.signed_in("chen").await;
        let (key, old) = set_up(&w, &mut b).await;
        let refused = b.post("/account/factor/codes", &[("code", "000000")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let new = b.post("/account/factor/codes", &[("code", &w.next(&key))]).await;
        let new = codes_on(&new);
        assert!(new.len() == 10 && new.iter().all(|c| !old.contains(c)));
        let refused = b.post("/account/factor/removal", &[("code", &old[0])]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the old ones ended");
        let off = b.post("/account/factor/removal", &[("code", &new[0])]).await;
        assert_eq!(off.location, "/account/factor?done=off");
        assert_eq!(w.browser().sign_in("chen", PASSWORD).await.location, "/my");
        let left = w.site.db.read(move |tx| factor::state(tx, chen)).await.unwrap();
        assert_eq!((left.any(), left.codes), (false, 0));
        let kinds = w.kinds(chen.0);
        assert_eq!(kinds[2..], ["factor-added", "recovery-codes-made", "factor-removed"], "{kinds:?}");
        // After a while at the same desk, the password is asked for again.
        w.clock.advance(11 * MINUTE);
        let page = b.get("/account/factor").await;
        let (key, sealed) = (key_on(&page), page.attr("input[name=key]", "value"));
        assert_eq!(page.attr("input[name=password]", "type"), "password");
        let code = w.shown(&key);
        let bare = b.post("/account/factor", &[("key", &sealed), ("first", &code)]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("key", sealed.as_str()), ("first", &code), ("password", PASSWORD)];
        assert_eq!(codes_on(&b.post("/account/factor", &fields).await).len(), 10);
        // A key that somebody else's page was given is no good here.
        w.staff("wang", Role::Officer);
        let mut other = w.signed_in("wang").await;
        let moved = other.post("/account/factor", &fields).await;
        assert_eq!(moved.location, "/account/factor");
    })
    .await;
}

#[tokio::test]
async fn sign_ins_are_on_record_for_a_time() {
    each_engine_async(async |db| {
        let w = world(db);
        let chen = w.staff("chen", Role::Officer);
        for wrong in ["a", "b"] {
            w.browser().sign_in("chen", wrong).await;
        }
        w.browser().sign_in("nobody-here", "a").await;
        let mut b = w.browser();
        b.headers.push(("user-agent", "Mozilla/5.0 (Linux; Android 13) Chrome/120".into()));
        b.sign_in("chen", PASSWORD).await;
        let text = b.get("/account").await.text("main");
        for word in ["Chrome · Android", "2 次失败", "最近的登录"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        w.browser().sign_in("chen", "c").await;
        assert!(b.get("/account").await.text("main").contains("1 次失败"), "since this sign-in");
        // Others are signed out at once; this one stays.
        let mut elsewhere = w.signed_in("chen").await;
        assert_eq!(b.post("/account/sessions/end", &[]).await.location, "/account?done=sessions");
        assert!(elsewhere.get("/my").await.location.starts_with("/sign-in"));
        assert_eq!(b.get("/my").await.body, "chen");
        // An administrator reads it, and may end all of them.
        w.staff("root", Role::Admin);
        let mut admin = w.signed_in("root").await;
        let page = format!("/admin/accounts/{chen}");
        let text = admin.get(&page).await.text("main");
        assert!(text.contains("Chrome · Android") && text.contains("1 台设备登录中"), "{text}");
        let done = admin.post(&format!("{page}/sessions/end"), &[]).await;
        assert_eq!(done.location, format!("{page}?done=sessions"));
        assert!(b.get("/my").await.location.starts_with("/sign-in"));
        assert_eq!(w.kinds(chen.0).last().map(String::as_str), Some("sessions-ended"));
        // It is forgotten in time.
        let count = |w: &World| w.site.db.read_now(move |tx| Ok(history::of(tx, chen)?.last.len())).unwrap();
        assert_eq!(count(&w), 2);
        let before = w.site.now();
        w.clock.advance(MINUTE);
        w.signed_in("chen").await;
        assert_eq!(w.site.db.write(move |tx| history::sweep(tx, before)).await.unwrap(), 3);
        assert_eq!(count(&w), 1);
    })
    .await;
}
