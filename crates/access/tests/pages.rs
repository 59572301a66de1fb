//! The pages of access over HTTP, on both engines.

mod house;

use access::keys::{self, NewKey};
use access::testing::{self, PASSWORD};
use access::{Access, ROUTES, accounts, session};
use db::testing::each_engine_async;
use house::{Browser, World, world, world_with};
use http::{Method, StatusCode};
use kernel::{Actor, KeyId, MINUTE, Role};

#[tokio::test]
async fn signing_in_and_out() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chen", Role::Officer);
        let mut b = w.browser();
        let sent = b.get("/my").await;
        assert_eq!((sent.status, sent.location.as_str()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fmy"));
        let page = b.get(&sent.location).await;
        assert_eq!(page.attr("input[name=next]", "value"), "/my");
        let done = b.sign_in("  Chen ", PASSWORD).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/my"));
        let cookie = done.set_cookie.iter().find(|c| c.starts_with("lx=")).unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"));
        assert_eq!(b.get("/my").await.body, "chen");
        // Already in: the page leads on.
        assert_eq!(b.get("/sign-in?next=%2Faccount").await.location, "/account");
        let out = b.post("/sign-out", &[]).await;
        assert_eq!((out.status, out.location.as_str()), (StatusCode::SEE_OTHER, "/"));
        assert_eq!(b.get("/my").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn over_https_the_cookie_is_tied_to_the_host() {
    let db = db::testing::sqlite();
    let w = world_with(&db, |s| s.settings.https = true);
    w.staff("chen", Role::Officer);
    let mut b = w.browser();
    let done = b.sign_in("chen", PASSWORD).await;
    let cookie = done.set_cookie.iter().find(|c| c.starts_with("__Host-lx=")).expect("the prefix");
    assert!(cookie.contains("; Secure"));
    assert_eq!(b.get("/my").await.body, "chen");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_told_the_same() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chen", Role::Officer);
        w.staff("gone", Role::Officer);
        let admin = w.staff("root", Role::Admin);
        let posts = w.site.db.read(move |tx| session::posts_of(tx, admin)).await.unwrap();
        let scope = access::scope_of(admin, &posts, w.site.today());
        let gone = w.site.db.read(|tx| accounts::by_login(tx, "gone")).await.unwrap().unwrap();
        accounts::disable(&w.site, &scope, gone.id).await.unwrap();
        let mut texts = Vec::new();
        for (login, password) in [("chen", "wrong"), ("ghost", PASSWORD), ("gone", PASSWORD), ("", "")] {
            let answer = w.browser().sign_in(login, password).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
            assert!(!answer.body.contains(PASSWORD), "a password never travels back");
            texts.push(answer.text(".errors"));
        }
        assert!(!texts[0].is_empty());
        assert!(texts.iter().all(|t| *t == texts[0]), "{texts:?}");
        assert!(w.browser().sign_in("chen", PASSWORD).await.location == "/my");
    })
    .await;
}

#[tokio::test]
async fn five_wrong_tries_lock_for_a_quarter_of_an_hour() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chen", Role::Officer);
        for _ in 0..5 {
            w.browser().sign_in("chen", "wrong").await;
        }
        let locked = w.browser().sign_in("chen", PASSWORD).await;
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(locked.text(".errors").contains("10:15"), "{}", locked.text(".errors"));
        w.clock.advance(15 * MINUTE);
        assert_eq!(w.browser().sign_in("chen", PASSWORD).await.status, StatusCode::SEE_OTHER);
        // A success clears the count.
        for _ in 0..4 {
            w.browser().sign_in("chen", "wrong").await;
        }
        assert_eq!(w.browser().sign_in("chen", PASSWORD).await.status, StatusCode::SEE_OTHER);
        for _ in 0..4 {
            w.browser().sign_in("chen", "wrong").await;
        }
        assert_eq!(w.browser().sign_in("chen", PASSWORD).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn many_tries_at_once_do_not_get_past_the_lock() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chen", Role::Officer);
        let mut tries = Vec::new();
        for _ in 0..40 {
            let mut b = w.browser();
            let token = b.token().await;
            tries.push(tokio::spawn(async move {
                let fields =
                    [(web::form::CSRF_FIELD, token.as_str()), ("login", "chen"), ("password", "wrong")];
                b.post_bare("/sign-in", &fields).await.text(".errors")
            }));
        }
        let mut tried = 0;
        for t in tries {
            let text = t.await.unwrap();
            tried += usize::from(!text.contains("10:15"));
        }
        // Five, and those that were already at the door: four at a time.
        assert!((5..=8).contains(&tried), "{tried}");
    })
    .await;
}

#[tokio::test]
async fn a_session_planted_before_signing_in_is_worth_nothing_after() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chen", Role::Officer);
        w.staff("evil", Role::Officer);
        let planted = w.signed_in("evil").await.cookies["lx"].clone();
        let mut b = w.browser();
        b.cookies.insert("lx".into(), planted.clone());
        let token = b.token().await;
        let done = b
            .post_bare(
                "/sign-in",
                &[(web::form::CSRF_FIELD, &token), ("login", "chen"), ("password", PASSWORD)],
            )
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert_ne!(b.cookies["lx"], planted);
        assert_eq!(b.get("/my").await.body, "chen");
        let mut other = w.browser();
        other.cookies.insert("lx".into(), planted);
        assert_eq!(other.get("/my").await.status, StatusCode::SEE_OTHER);
        // A made-up token is no session either.
        let mut b = w.browser();
        b.cookies.insert("lx".into(), "A".repeat(43));
        assert_eq!(b.get("/my").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_after_signing_in() {
    let db = db::testing::sqlite();
    let w = world(&db);
    w.staff("chen", Role::Officer);
    for bad in ["https://evil.example", "//evil.example", "/\\evil", ""] {
        let mut b = w.browser();
        let done = b.post("/sign-in", &[("login", "chen"), ("password", PASSWORD), ("next", bad)]).await;
        assert_eq!(done.location, "/my", "{bad}");
    }
}

#[tokio::test]
async fn idle_sessions_end_and_use_is_written_down_every_five_minutes() {
    each_engine_async(async |db| {
        let w = world(db);
        let id = w.staff("chen", Role::Officer);
        let mut b = w.signed_in("chen").await;
        let last_seen = async || {
            let (settings, now) = (w.site.settings.clone(), w.site.now());
            w.site.db.read(move |tx| session::list(tx, id, &settings, now)).await.unwrap()[0].last_seen
        };
        let began = last_seen().await;
        w.clock.advance(4 * MINUTE);
        b.get("/my").await;
        assert_eq!(last_seen().await, began, "not on each request");
        w.clock.advance(2 * MINUTE);
        b.get("/my").await;
        assert_eq!(last_seen().await, began.plus(6 * MINUTE));
        w.clock.advance(29 * MINUTE);
        assert_eq!(b.get("/my").await.body, "chen");
        w.clock.advance(31 * MINUTE);
        assert_eq!(b.get("/my").await.status, StatusCode::SEE_OTHER);
        // However busy, the day's work ends.
        let mut b = w.signed_in("chen").await;
        for _ in 0..23 {
            w.clock.advance(20 * MINUTE);
            assert_eq!(b.get("/my").await.body, "chen");
        }
        w.clock.advance(20 * MINUTE);
        assert_eq!(b.get("/my").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_form_from_elsewhere_writes_nothing() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chen", Role::Officer);
        let mut b = w.signed_in("chen").await;
        let token = b.token().await;
        let field = web::form::CSRF_FIELD;
        assert_eq!(b.post_bare("/write", &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(b.post_bare("/write", &[(field, "x")]).await.status, StatusCode::FORBIDDEN);
        let foreign = w.browser().token().await;
        assert_eq!(b.post_bare("/write", &[(field, &foreign)]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(b.post_bare("/write", &[(field, &token)]).await.body, "chen");
        // A form with files brings the token in its first field.
        let multi = |name: &str| {
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{token}\r\n--XX--\r\n")
        };
        let kind = Some("multipart/form-data; boundary=XX");
        assert_eq!(b.send(Method::POST, "/write", kind, multi(field)).await.body, "chen");
        assert_eq!(b.send(Method::POST, "/write", kind, multi("other")).await.status, StatusCode::FORBIDDEN);
        // A script sends it in a header.
        b.headers = vec![("x-csrf", token.clone())];
        assert_eq!(b.post_bare("/write", &[]).await.body, "chen");
        b.headers = vec![("x-csrf", foreign)];
        assert_eq!(b.post_bare("/write", &[]).await.status, StatusCode::FORBIDDEN);
        // What the browser says about the origin counts even beside a good token.
        b.headers = vec![("sec-fetch-site", "cross-site".into())];
        assert_eq!(b.post_bare("/write", &[(field, &token)]).await.status, StatusCode::FORBIDDEN);
        b.headers = vec![("origin", "https://evil.example".into())];
        assert_eq!(b.post_bare("/write", &[(field, &token)]).await.status, StatusCode::FORBIDDEN);
        b.headers = vec![("origin", "https://lx.test".into())];
        assert_eq!(b.post_bare("/write", &[(field, &token)]).await.body, "chen");
        // A session is not believed on the browser's word alone.
        b.headers = vec![("sec-fetch-site", "same-origin".into())];
        assert_eq!(b.post_bare("/write", &[]).await.status, StatusCode::FORBIDDEN);
        // Without one there is nothing to abuse.
        let mut nobody = w.browser();
        nobody.headers = b.headers.clone();
        assert_eq!(nobody.post_bare("/write", &[]).await.body, "nobody");
        nobody.headers.clear();
        assert_eq!(nobody.post_bare("/write", &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(nobody.post("/write", &[]).await.body, "nobody");
    })
    .await;
}

#[tokio::test]
async fn doors_for_programs_do_not_know_the_session_when_they_write() {
    let db = db::testing::sqlite();
    let w = world(&db);
    w.staff("chen", Role::Officer);
    let mut b = w.signed_in("chen").await;
    assert_eq!(b.post_bare("/api/write", &[]).await.body, "nobody");
    assert_eq!(b.get("/api/read").await.body, "chen");
}

#[tokio::test]
async fn a_made_password_is_shown_once_and_has_to_be_changed() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("root", Role::Admin);
        let mut admin = w.signed_in("root").await;
        let made =
            admin.post("/admin/accounts", &[("login", "He"), ("name", "何秀兰"), ("phone", "8021")]).await;
        assert_eq!(made.status, StatusCode::OK);
        let password = made.text("code");
        assert_eq!(password.len(), 19);
        let href = made.attr("a.btn.main", "href");
        let page = admin.get(&href).await;
        assert!(page.body.contains("何秀兰") && !page.body.contains(&password));

        let mut b = w.browser();
        assert_eq!(b.sign_in("he", &password).await.location, "/account/password");
        assert_eq!(b.get("/my").await.location, "/account/password");
        assert_eq!(b.get("/account/password").await.status, StatusCode::OK);
        let mine = "构树 镇 village 7";
        for (current, new, again, field) in [
            ("wrong", mine, mine, "current"),
            (password.as_str(), mine, "other", "again"),
            (password.as_str(), "short", "short", "password"),
            (password.as_str(), password.as_str(), password.as_str(), "password"),
        ] {
            let bad = b
                .post("/account/password", &[("current", current), ("password", new), ("again", again)])
                .await;
            assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(bad.body.contains(&format!("f-{field}-error")), "{field}");
        }
        let done =
            b.post("/account/password", &[("current", &password), ("password", mine), ("again", mine)]).await;
        assert_eq!(done.location, "/account?done=password");
        assert_eq!(b.get("/my").await.body, "he");
        assert_eq!(w.browser().sign_in("he", &password).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(w.browser().sign_in("he", mine).await.location, "/my");

        // The administrator sets a new one: the old one and every session end.
        let reset = admin.post(&format!("{href}/password"), &[]).await;
        assert_eq!(reset.text("code").len(), 19);
        assert_eq!(b.get("/my").await.status, StatusCode::SEE_OTHER);
        assert_eq!(w.browser().sign_in("he", mine).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(w.browser().sign_in("he", &reset.text("code")).await.location, "/account/password");
    })
    .await;
}

#[tokio::test]
async fn people_say_themselves_how_they_are_reached_and_the_administrator_can() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("root", Role::Admin);
        let id = w.staff("chen", Role::Officer);
        let other = w.staff("wu", Role::Officer);
        let known = async || w.site.db.read(move |tx| accounts::by_id(tx, id)).await.unwrap().unwrap();
        let mut chen = w.signed_in("chen").await;
        // What is wrong is said at the field, what was entered is kept, and nothing is written.
        let bad = chen.post("/account/contact", &[("phone", "8021"), ("email", "chen at town")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.body.contains("f-email-error") && bad.body.contains("chen at town"), "{}", bad.body);
        assert!(bad.body.contains("8021") && known().await.phone.is_none());
        let fields = [("phone", "8021"), ("email", " chen@town.example.org ")];
        assert_eq!(chen.post("/account/contact", &fields).await.location, "/account?done=contact");
        let mine = chen.get("/account").await;
        assert!(mine.body.contains("8021") && mine.body.contains("chen@town.example.org"));
        assert!(chen.get("/account/contact").await.body.contains("chen@town.example.org"), "as it stands");
        // Nobody else's, but for whoever manages accounts.
        for who in [id, other] {
            let theirs = format!("/admin/accounts/{who}/contact");
            assert_eq!(chen.post(&theirs, &fields).await.status, StatusCode::FORBIDDEN);
        }
        let mut admin = w.signed_in("root").await;
        let at = format!("/admin/accounts/{id}");
        let none = admin.post(&format!("{at}/contact"), &[("phone", ""), ("email", "")]).await;
        assert_eq!(none.location, format!("{at}?done=contact"));
        assert_eq!((known().await.phone, known().await.email), (None, None));
        let nobody = format!("/admin/accounts/{}/contact", kernel::AccountId(kernel::Uuid::from_u128(1)));
        assert_eq!(admin.post(&nobody, &fields).await.status, StatusCode::NOT_FOUND);
        // A new account takes both at once.
        let he = [("login", "he"), ("name", "何秀兰"), ("phone", ""), ("email", "he@town.example.org")];
        admin.post("/admin/accounts", &he).await;
        let he = w.site.db.read(|tx| accounts::by_login(tx, "he")).await.unwrap().unwrap();
        assert_eq!(he.email.as_deref(), Some("he@town.example.org"));
    })
    .await;
}

#[tokio::test]
async fn posts_are_given_and_ended_on_the_page() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("root", Role::Admin);
        let town = testing::seat(&w.site, "/52/01/", "构树镇").unwrap();
        let id = w.staff("chen", Role::Officer);
        let mut admin = w.signed_in("root").await;
        let at = format!("/admin/accounts/{id}");
        let fields = |unit: &'static str, label: &'static str| {
            vec![
                ("unit", unit),
                ("unit_label", label),
                ("role", "lead"),
                ("title", "镇长"),
                ("from", "2026-03-03"),
            ]
        };
        let bad = admin.post(&format!("{at}/posts"), &fields("", "没有的镇")).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            bad.body.contains("f-unit-error") && bad.body.contains("没有的镇"),
            "what was entered is kept"
        );
        // Without a script the name is typed.
        assert_eq!(
            admin.post(&format!("{at}/posts"), &fields("", "构树镇")).await.location,
            format!("{at}?done=post")
        );
        let page = admin.get(&at).await;
        assert!(page.body.contains("镇长") && page.body.contains("构树镇"));
        let mut chen = w.signed_in("chen").await;
        let mine = chen.get("/account").await;
        assert!(mine.body.contains("镇长"), "{}", mine.body);
        let posts = w.site.db.read(move |tx| session::posts_of(tx, id)).await.unwrap();
        let lead = posts.iter().find(|p| p.unit == town).unwrap();
        let end = format!("{at}/posts/{}/end", lead.id);
        assert_eq!(admin.post(&end, &[("on", "2026-03-03")]).await.location, format!("{at}?done=end"));
        assert_eq!(admin.post(&end, &[("on", "2026-03-03")]).await.status, StatusCode::NOT_FOUND);
        // A post of somebody else is not found under this account.
        let root = w.site.db.read(|tx| accounts::by_login(tx, "root")).await.unwrap().unwrap();
        let other = format!("/admin/accounts/{}/posts/{}/end", root.id, posts[0].id);
        assert_eq!(admin.post(&other, &[]).await.status, StatusCode::NOT_FOUND);
        // Closing and opening.
        assert_eq!(admin.post(&format!("{at}/closure"), &[]).await.location, format!("{at}?done=closed"));
        assert_eq!(chen.get("/my").await.status, StatusCode::SEE_OTHER);
        assert_eq!(admin.post(&format!("{at}/opening"), &[]).await.location, format!("{at}?done=opened"));
        assert_eq!(w.browser().sign_in("chen", PASSWORD).await.status, StatusCode::SEE_OTHER);
        let own = format!("/admin/accounts/{}/closure", root.id);
        assert_eq!(admin.post(&own, &[]).await.status, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn one_signs_other_devices_out_but_nobody_elses() {
    each_engine_async(async |db| {
        let w = world(db);
        let id = w.staff("chen", Role::Officer);
        let other = w.staff("wu", Role::Officer);
        let mut here = w.signed_in("chen").await;
        let mut there = w.signed_in("chen").await;
        w.signed_in("wu").await;
        let settings = w.site.settings.clone();
        let now = w.site.now();
        let (mine, theirs) = w
            .site
            .db
            .read(move |tx| {
                Ok((session::list(tx, id, &settings, now)?, session::list(tx, other, &settings, now)?))
            })
            .await
            .unwrap();
        assert_eq!((mine.len(), theirs.len()), (2, 1));
        let page = here.get("/account").await;
        let action = page.attr("form[action^='/account/sessions/']", "action");
        assert_eq!(
            here.post(&format!("/account/sessions/{}/end", theirs[0].id), &[]).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(here.post(&action, &[]).await.location, "/account?done=session");
        assert_eq!(there.get("/my").await.status, StatusCode::SEE_OTHER);
        assert_eq!(here.get("/my").await.body, "chen");
    })
    .await;
}

#[tokio::test]
async fn one_click_signs_in_on_a_demonstration_and_nowhere_else() {
    each_engine_async(async |db| {
        let w = world(db);
        assert_eq!(w.browser().post("/demo/enter", &[("role", "clerk")]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
    each_engine_async(async |db| {
        let w = world_with(db, |s| s.demo = true);
        w.staff("b-clerk", Role::Clerk);
        w.staff("a-clerk", Role::Clerk);
        let mut b = w.browser();
        let done = b.post("/demo/enter", &[("role", "clerk")]).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/my"));
        assert_eq!(b.get("/my").await.body, "a-clerk");
        // An administrator's work is elsewhere.
        w.staff("root", Role::Admin);
        assert_eq!(w.browser().post("/demo/enter", &[("role", "admin")]).await.location, "/admin/accounts");
        let done = b.post("/demo/enter", &[("login", "b-clerk"), ("next", "/account")]).await;
        assert_eq!(done.location, "/account");
        assert_eq!(b.get("/my").await.body, "b-clerk");
        assert_eq!(b.post("/demo/enter", &[("role", "lead")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(b.post("/demo/enter", &[("role", "rubbish")]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

fn handed_out(w: &World) -> KeyId {
    let (id, at) = (KeyId::new(w.site.now(), &*w.site.chance), w.site.now());
    let new = NewKey { name: "hub".into(), contact: "test".into() };
    let act = accounts::Act { actor: Actor::System, at };
    w.site.db.write_now(move |tx| keys::hand_out_in(tx, id, &new, "k", &act)).unwrap();
    id
}

/// Every route as nobody, as the wrong role and as the right one, by the rule that it states.
#[tokio::test]
async fn every_route_keeps_its_rule() {
    each_engine_async(async |db| {
        // A provider that nobody keeps there: its pages say so.
        let gov = access::oidc::Provider {
            id: "gov".into(),
            issuer: "http://127.0.0.1:1".into(),
            client_id: "lianxin".into(),
            client_secret: None,
            label: kernel::Text::new("统一身份", "One ID"),
            claim: "preferred_username".into(),
            link: access::oidc::LinkBy::Administrator,
            create: false,
            roles: Vec::new(),
            second_factor: Vec::new(),
            scopes: Vec::new(),
        };
        let w = house::world_with(db, |site| site.settings.oidc = vec![gov]);
        let root = w.staff("root", Role::Admin);
        for role in Role::ALL.into_iter().filter(|r| *r != Role::Admin) {
            w.staff(role.key(), role);
        }
        let posts = w.site.db.read(move |tx| session::posts_of(tx, root)).await.unwrap();
        let key = handed_out(&w).to_string();
        let fill = |path: &str| {
            let id = if path.starts_with("/admin/keys/") { key.clone() } else { root.to_string() };
            path.replace("{id}", &id).replace("{post}", &posts[0].id.to_string()).replace("{provider}", "gov")
        };
        let mut nobody = w.browser();
        let mut people = Vec::new();
        for role in Role::ALL {
            let login = if role == Role::Admin { "root" } else { role.key() };
            people.push((role, w.signed_in(login).await));
        }
        for rule in ROUTES {
            let path = fill(rule.path);
            // The route is there, and only under its verbs.
            let wrong = nobody.send(Method::DELETE, &path, None, String::new()).await;
            assert!(matches!(wrong.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::FORBIDDEN), "{path}");
            let answer = match rule.method {
                "GET" => nobody.get(&path).await,
                _ => nobody.post(&path, &[]).await,
            };
            match rule.access {
                Access::Public => assert!(
                    answer.status != StatusCode::NOT_FOUND && !answer.location.starts_with("/sign-in"),
                    "{rule:?}"
                ),
                Access::Demo => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{rule:?}"),
                _ => assert!(answer.location.starts_with("/sign-in"), "{rule:?}: {}", answer.status),
            }
            // Writing routes would change the others' standing; whoever may not, may be asked safely.
            let Access::Role(roles) = rule.access else { continue };
            for (role, browser) in &mut people {
                let allowed = roles.contains(role);
                if rule.method == "POST" && allowed {
                    continue;
                }
                let answer = match rule.method {
                    "GET" => browser.get(&path).await,
                    _ => browser.post(&path, &[]).await,
                };
                let want = if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(answer.status, want, "{role:?} {rule:?}");
            }
        }
        // Ids that are none, or of nothing.
        let (_, admin) = people.iter_mut().find(|(r, _)| *r == Role::Admin).unwrap();
        for bad in ["rubbish", "00000000-0000-7000-8000-000000000000"] {
            assert_eq!(
                admin.get(&format!("/admin/accounts/{bad}")).await.status,
                StatusCode::NOT_FOUND,
                "{bad}"
            );
            let closing = admin.post(&format!("/admin/accounts/{bad}/closure"), &[]).await;
            assert_eq!(closing.status, StatusCode::NOT_FOUND, "{bad}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_page_is_there_in_both_languages_and_light() {
    let db = db::testing::sqlite();
    let w = world(&db);
    let root = w.staff("root", Role::Admin);
    let mut admin = w.signed_in("root").await;
    let mut nobody = w.browser();
    for (path, public) in [
        ("/sign-in".to_owned(), true),
        ("/access/why".to_owned(), true),
        ("/access/why?verb=close&noun=request&path=/52/".to_owned(), false),
        ("/account".to_owned(), false),
        ("/account/password".to_owned(), false),
        ("/account/contact".to_owned(), false),
        ("/account/factor".to_owned(), false),
        ("/sign-in/second".to_owned(), true),
        ("/admin/accounts".to_owned(), false),
        ("/admin/accounts?q=nobody".to_owned(), false),
        ("/admin/accounts/new".to_owned(), false),
        ("/admin/keys".to_owned(), false),
        ("/admin/keys/new".to_owned(), false),
        (format!("/admin/accounts/{root}"), false),
        (format!("/admin/accounts/{root}/contact"), false),
    ] {
        let browser = if public { &mut nobody } else { &mut admin };
        let join = if path.contains('?') { '&' } else { '?' };
        let mut titles = Vec::new();
        for (lang, tag) in [("zh", "zh-CN"), ("en", "en")] {
            let page = browser.get(&format!("{path}{join}lang={lang}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path} {lang}");
            assert_eq!(page.attr("html", "lang"), tag);
            assert!(page.body.len() < 50_000, "{path}: {} bytes", page.body.len());
            titles.push(page.text("h1"));
            assert!(page.body.contains(if lang == "zh" { "测试平台" } else { "Test site" }), "{path}");
        }
        // The heading of an account is a name, which is the same in both.
        assert!(titles[0] != titles[1] || path.contains(&root.to_string()), "{path}: {titles:?}");
    }
}

#[tokio::test]
async fn a_page_costs_few_statements() {
    let db = db::testing::sqlite();
    let w = world(&db);
    w.staff("root", Role::Admin);
    let mut admin = w.signed_in("root").await;
    let cost = async |browser: &mut Browser, path: &str| {
        let before = w.site.db.statements_run();
        browser.get(path).await;
        w.site.db.statements_run() - before
    };
    // A visitor without a session costs the database nothing.
    assert_eq!(cost(&mut w.browser(), "/sign-in").await, 0);
    // Session, posts; then what the page shows.
    assert_eq!(cost(&mut admin, "/my").await, 2);
    // Account, session list, posts, three on the second factor, two on the history.
    assert_eq!(cost(&mut admin, "/account").await, 10);
    assert_eq!(cost(&mut admin, "/admin/accounts").await, 4);
}

#[tokio::test]
async fn a_key_is_handed_out_shown_once_and_revoked_after_a_second_look() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chief", Role::Admin);
        w.staff("auditor", Role::Auditor);
        w.staff("window", Role::Clerk);
        let mut chief = w.signed_in("chief").await;
        let list = chief.get("/admin/keys").await;
        assert!(list.body.contains("还没有发放过密钥"), "{}", list.body);
        let form = [("name", "县平台"), ("contact", "")];
        let refused = chief.post("/admin/keys", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("县平台"), "what was entered is kept");
        let form = [("name", "县平台"), ("contact", "李工 0851")];
        let made = chief.post("/admin/keys", &form).await;
        assert_eq!(made.status, StatusCode::OK);
        let key = made.text("code.secret");
        assert_eq!(key.len(), 43, "{}", made.body);
        let known = w.site.db.read(move |tx| access::keys::find(tx, &key)).await.unwrap().unwrap();
        assert_eq!(known.name, "县平台");
        // It stands in the list, without the key.
        let list = chief.get("/admin/keys").await;
        for word in ["县平台", "李工 0851", "从未使用"] {
            assert!(list.body.contains(word), "{word}: {}", list.body);
        }
        assert!(!list.body.contains(&made.text("code.secret")));
        let one = list.attr("td a", "href");
        let revocation = format!("{one}/revocation");
        // Revoking wants a tick.
        let again = chief.post(&revocation, &[]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        let live = |w: &World| w.site.db.read_now(access::keys::list).unwrap()[0].revoked_at.is_none();
        assert!(live(&w) && again.body.contains("还没有吊销"), "{}", again.body);
        // The auditor looks and cannot act; a clerk does not even look.
        let mut auditor = w.signed_in("auditor").await;
        let seen = auditor.get(&one).await;
        assert!(seen.status == StatusCode::OK && !seen.body.contains("revocation"), "{}", seen.body);
        assert_eq!(auditor.get("/admin/keys/new").await.status, StatusCode::FORBIDDEN);
        let mut window = w.signed_in("window").await;
        assert_eq!(window.get("/admin/keys").await.status, StatusCode::FORBIDDEN);
        assert_eq!(window.get(&one).await.status, StatusCode::FORBIDDEN);
        for who in [&mut auditor, &mut window] {
            assert_eq!(who.post(&revocation, &[("sure", "yes")]).await.status, StatusCode::FORBIDDEN);
        }
        assert!(live(&w));
        let done = chief.post(&revocation, &[("sure", "yes")]).await;
        assert_eq!(done.location, "/admin/keys?done=revoked");
        let list = chief.get(&done.location).await;
        assert!(list.text("section.card h2") == "已吊销" && !live(&w), "{}", list.body);
        assert_eq!(chief.get("/admin/keys/none").await.status, StatusCode::NOT_FOUND);
        let nobody = "/admin/keys/01890000-0000-7000-8000-000000000000";
        assert_eq!(chief.get(nobody).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
