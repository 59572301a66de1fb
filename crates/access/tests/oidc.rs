//! Signing in through an identity provider, over HTTP, on both engines: a provider of ours on loopback, honest
//! and otherwise.

mod house;

use access::oidc::{LinkBy, Provider, links};
use access::testing::PASSWORD;
use access::{accounts, factor, history};
use axum::extract::{Form, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use db::testing::each_engine_async;
use db::{Db, Stmt, params};
use house::{Answer, Browser, World, world_with};
use http::{HeaderMap, StatusCode, header};
use kernel::{AccountId, MINUTE, Role, Text};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn key() -> EcdsaKeyPair {
    let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap()
}

/// What somebody who signed in gets for their code.
struct Grant {
    challenge: String,
    redirect: String,
    claims: Value,
}

/// The provider's inside.
struct Inside {
    issuer: String,
    key: EcdsaKeyPair,
    kid: String,
    /// The key and name that it publishes.
    published: Value,
    grants: HashMap<String, Grant>,
    key_calls: usize,
}

impl Inside {
    fn publish(&mut self) {
        let point = self.key.public_key().as_ref();
        self.published = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig",
            "alg": "ES256", "x": b64(&point[1..33]), "y": b64(&point[33..]) }] });
    }

    fn token(&self, claims: &Value) -> String {
        let head = json!({ "alg": "ES256", "kid": self.kid });
        let signed = format!("{}.{}", b64(head.to_string()), b64(claims.to_string()));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", b64(signature.as_ref()))
    }
}

#[derive(Clone)]
struct Idp(Arc<Mutex<Inside>>);

type Shared = State<Idp>;

impl Idp {
    async fn start() -> Idp {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let mut inside = Inside {
            issuer,
            key: key(),
            kid: "k1".into(),
            published: Value::Null,
            grants: HashMap::new(),
            key_calls: 0,
        };
        inside.publish();
        let idp = Idp(Arc::new(Mutex::new(inside)));
        idp.serve(listener);
        idp
    }

    fn serve(&self, listener: tokio::net::TcpListener) {
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(offer))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    }

    /// Moves to another address.
    fn move_to(&self, issuer: &str, listener: tokio::net::TcpListener) {
        self.0.lock().unwrap().issuer = issuer.to_owned();
        self.serve(listener);
    }

    fn issuer(&self) -> String {
        self.0.lock().unwrap().issuer.clone()
    }

    /// Somebody signs in: from where the browser was sent, back to where it is sent then. `change` changes
    /// claims of the token; null takes one away.
    fn sign_in(&self, sent: &str, subject: &str, name: &str, now: i64, change: Value) -> String {
        let mut inside = self.0.lock().unwrap();
        let query = query(sent);
        assert_eq!(
            (query["response_type"].as_str(), query["code_challenge_method"].as_str()),
            ("code", "S256")
        );
        assert!(query["scope"].split(' ').any(|s| s == "openid"));
        let mut claims = json!({ "iss": inside.issuer, "aud": query["client_id"], "sub": subject,
            "nonce": query["nonce"], "iat": now / 1000, "exp": now / 1000 + 300, "preferred_username": name,
            "at_hash": b64(&Sha256::digest(b"opaque")[..16]) });
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name.as_str()] = value.clone(),
            }
        }
        let code = format!("code-{}", inside.grants.len());
        let (challenge, redirect) = (query["code_challenge"].clone(), query["redirect_uri"].clone());
        inside.grants.insert(code.clone(), Grant { challenge, redirect: redirect.clone(), claims });
        let path = redirect.strip_prefix("https://lx.test").unwrap_or_else(|| panic!("{redirect}"));
        format!("{path}?code={code}&state={}", query["state"])
    }
}

/// The pairs behind the question mark.
fn query(url: &str) -> HashMap<String, String> {
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let (_, query) = url.split_once('?').unwrap_or_else(|| panic!("{url}"));
    query.split('&').map(|pair| pair.split_once('=').unwrap()).map(|(k, v)| (plain(k), plain(v))).collect()
}

async fn offer(State(idp): Shared) -> Json<Value> {
    let issuer = idp.issuer();
    Json(json!({ "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "end_session_endpoint": format!("{issuer}/out") }))
}

async fn keys(State(idp): Shared) -> Json<Value> {
    let mut inside = idp.0.lock().unwrap();
    inside.key_calls += 1;
    Json(inside.published.clone())
}

async fn token(
    State(idp): Shared,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let mut inside = idp.0.lock().unwrap();
    let refuse = |word: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": word })));
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or("");
    if given != format!("Basic {}", STANDARD.encode("lianxin:s3cret")) {
        return refuse("invalid_client");
    }
    // A code counts once.
    let Some(grant) = inside.grants.remove(&form["code"]) else { return refuse("invalid_grant") };
    let proven = b64(Sha256::digest(form["code_verifier"].as_bytes())) == grant.challenge;
    if !proven || form["redirect_uri"] != grant.redirect || form["grant_type"] != "authorization_code" {
        return refuse("invalid_grant");
    }
    let id_token = inside.token(&grant.claims);
    (StatusCode::OK, Json(json!({ "access_token": "opaque", "token_type": "Bearer", "id_token": id_token })))
}

fn provider(issuer: &str) -> Provider {
    Provider {
        id: "gov".into(),
        issuer: issuer.to_owned(),
        client_id: "lianxin".into(),
        client_secret: Some(Zeroizing::new("s3cret".into())),
        label: Text::new("统一身份", "One ID"),
        claim: "preferred_username".into(),
        link: LinkBy::FirstSignIn,
        create: false,
        roles: Vec::new(),
        second_factor: Vec::new(),
        scopes: vec!["profile".into()],
    }
}

/// A site with this provider, and an officer `chen`.
fn site(db: &Db, idp: &Idp, change: impl FnOnce(&mut Provider)) -> (World, AccountId) {
    let mut provider = provider(&idp.issuer());
    change(&mut provider);
    let world = world_with(db, |site| {
        let mut pack = (*site.pack).clone();
        pack.site.url = "https://lx.test".into();
        site.pack = Arc::new(pack);
        site.settings.oidc = vec![provider];
    });
    let chen = world.staff("chen", Role::Officer);
    (world, chen)
}

/// Off to the provider; where the browser is sent.
async fn off(browser: &mut Browser) -> String {
    let sent = browser.get("/sign-in/with/gov?next=%2Fmy").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    sent.location
}

/// There and back.
async fn there_and_back(
    world: &World,
    idp: &Idp,
    subject: &str,
    name: &str,
    change: Value,
) -> (Browser, Answer) {
    let mut browser = world.browser();
    let sent = off(&mut browser).await;
    let back = idp.sign_in(&sent, subject, name, world.site.now().0, change);
    let answer = browser.get(&back).await;
    (browser, answer)
}

fn refused(answer: &Answer, why: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.location);
    let said = answer.text(".error-summary, [role=alert]");
    assert!(answer.body.contains(why), "{why}: {said}");
    assert!(!answer.set_cookie.iter().any(|c| c.starts_with("lx=") && !c.contains("Max-Age=0")));
}

impl World {
    async fn how(&self, account: AccountId) -> Vec<history::How> {
        let all = self.site.db.read(move |tx| history::of(tx, account)).await.unwrap();
        all.last.into_iter().map(|s| s.how).collect()
    }

    fn kinds(&self, account: AccountId) -> Vec<String> {
        let events = self.site.db.read_now(move |tx| journal::events(tx, account.0)).unwrap();
        events.into_iter().map(|e| e.kind).collect()
    }

    async fn linked(&self, account: AccountId) -> usize {
        self.site.db.read(move |tx| links(tx, account)).await.unwrap().len()
    }
}

#[tokio::test]
async fn whoever_signs_in_there_comes_in_here_and_stays_who_they_are() {
    each_engine_async(async |db: &Db| {
        let idp = Idp::start().await;
        let (world, chen) = site(db, &idp, |_| {});
        let page = world.browser().get("/sign-in").await;
        assert!(
            page.body.contains("用统一身份登录") && page.body.contains("/sign-in/with/gov"),
            "{}",
            page.body
        );
        let (mut browser, answer) = there_and_back(&world, &idp, "u-1", "Chen", json!({})).await;
        assert_eq!(
            (answer.status, answer.location.as_str()),
            (StatusCode::SEE_OTHER, "/my"),
            "{}",
            answer.body
        );
        assert_eq!(browser.get("/my").await.body, "chen");
        assert_eq!(world.how(chen).await, [history::How::Oidc]);
        assert!(world.kinds(chen).contains(&"oidc-linked".to_owned()));
        // From now on the subject counts: another name is the same person, the same name another one.
        let (mut again, _) = there_and_back(&world, &idp, "u-1", "chen.li", json!({})).await;
        assert_eq!(again.get("/my").await.body, "chen");
        let (_, other) = there_and_back(&world, &idp, "u-2", "chen", json!({})).await;
        refused(&other, "没有与之关联的账号");
        // Out here, and the way out there.
        let out = browser.post("/sign-out", &[]).await;
        assert_eq!(out.location, "/signed-out/gov");
        let page = browser.get("/signed-out/gov").await;
        assert!(page.attr(".card a", "href").starts_with(&format!("{}/out?", idp.issuer())), "{}", page.body);
        assert_eq!(browser.get("/my").await.status, StatusCode::SEE_OTHER);
        // A closed account stays closed.
        let disable = Stmt::new("test", "UPDATE accounts SET disabled_at = 1 WHERE id = $1");
        world.site.db.write(move |tx| tx.execute(&disable, &params![chen])).await.unwrap();
        let (_, closed) = there_and_back(&world, &idp, "u-1", "chen", json!({})).await;
        refused(&closed, "已停用");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_lets_nobody_in_and_passwords_go_on_working() {
    each_engine_async(async |db: &Db| {
        let idp = Idp::start().await;
        let (world, chen) = site(db, &idp, |_| {});
        let now = world.site.now().0;
        for change in [
            json!({ "nonce": "other" }),
            json!({ "nonce": null }),
            json!({ "aud": "another-site" }),
            json!({ "aud": ["lianxin", "another-site"] }),
            json!({ "iss": "https://evil.example" }),
            json!({ "exp": now / 1000 - 61 }),
            json!({ "iat": now / 1000 + 61 }),
            json!({ "at_hash": "AAAA" }),
            json!({ "sub": null }),
        ] {
            let (_, answer) = there_and_back(&world, &idp, "u-1", "chen", change).await;
            refused(&answer, "没有通过核对");
        }
        // Another state; a browser that never set off; one that took too long; the same answer twice.
        let mut browser = world.browser();
        let sent = off(&mut browser).await;
        let back = idp.sign_in(&sent, "u-1", "chen", now, json!({}));
        let mut stranger = world.browser();
        refused(&stranger.get(&back).await, "不是从这个浏览器开始");
        off(&mut stranger).await;
        refused(&stranger.get(&back).await, "不是从这个浏览器开始");
        world.clock.advance(10 * MINUTE + 1);
        refused(&browser.get(&back).await, "超过 10 分钟");
        let mut browser = world.browser();
        let sent = off(&mut browser).await;
        let back = idp.sign_in(&sent, "u-1", "chen", world.site.now().0, json!({}));
        let cookies = browser.cookies.clone();
        assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
        let mut thief = world.browser();
        thief.cookies = cookies;
        refused(&thief.get(&back).await, "没有通过核对");
        // Another issuer answers, or the provider says no.
        let mut browser = world.browser();
        let state = query(&off(&mut browser).await)["state"].clone();
        let mixed = format!("/sign-in/callback/gov?code=x&state={state}&iss=https%3A%2F%2Fevil.example");
        refused(&browser.get(&mixed).await, "没有通过核对");
        let state = query(&off(&mut browser).await)["state"].clone();
        let denied = format!("/sign-in/callback/gov?error=access_denied&state={state}");
        refused(&browser.get(&denied).await, "取消了登录");
        assert_eq!(world.browser().get("/sign-in/with/other").await.status, StatusCode::NOT_FOUND);
        let mut browser = world.browser();
        assert_eq!(browser.sign_in("chen", PASSWORD).await.location, "/my");
        assert_eq!(world.how(chen).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_new_key_is_asked_for_once_and_anothers_never_counts() {
    each_engine_async(async |db: &Db| {
        let idp = Idp::start().await;
        let (world, _) = site(db, &idp, |_| {});
        let (_, answer) = there_and_back(&world, &idp, "u-1", "chen", json!({})).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(idp.0.lock().unwrap().key_calls, 1);
        {
            let mut inside = idp.0.lock().unwrap();
            (inside.key, inside.kid) = (key(), "k2".into());
            inside.publish();
        }
        let (_, answer) = there_and_back(&world, &idp, "u-1", "chen", json!({})).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(idp.0.lock().unwrap().key_calls, 2);
        // Signed by a key that nobody published, under a name that is known and under one that is not.
        for (kid, calls) in [("k2", 2), ("k3", 3)] {
            {
                let mut inside = idp.0.lock().unwrap();
                (inside.key, inside.kid) = (key(), kid.into());
            }
            let (_, answer) = there_and_back(&world, &idp, "u-1", "chen", json!({})).await;
            refused(&answer, "没有通过核对");
            assert_eq!(idp.0.lock().unwrap().key_calls, calls);
        }
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_and_passwords_work() {
    each_engine_async(async |db: &Db| {
        // An address of ours at which nobody listens yet.
        let closed = tokio::net::TcpSocket::new_v4().unwrap();
        closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let issuer = format!("http://{}", closed.local_addr().unwrap());
        let idp = Idp::start().await;
        let (world, _) = site(db, &idp, |p| p.issuer = issuer.clone());
        let answer = world.browser().get("/sign-in/with/gov").await;
        refused(&answer, "暂时连不上");
        assert!(answer.body.contains("name=\"password\""), "the form is there");
        let mut browser = world.browser();
        assert_eq!(browser.sign_in("chen", PASSWORD).await.location, "/my");
        // It is left alone for five seconds, then asked again.
        let again = world.browser().get("/sign-in/with/gov").await;
        refused(&again, "暂时连不上");
        idp.move_to(&issuer, closed.listen(16).unwrap());
        refused(&world.browser().get("/sign-in/with/gov").await, "暂时连不上");
        world.clock.advance(5_000);
        let sent = world.browser().get("/sign-in/with/gov").await;
        assert!(sent.location.starts_with(&issuer), "{}", sent.body);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_links_an_account_and_ends_the_link() {
    each_engine_async(async |db: &Db| {
        let idp = Idp::start().await;
        let (world, chen) = site(db, &idp, |p| p.link = LinkBy::Administrator);
        world.staff("boss", Role::Admin);
        let (_, answer) = there_and_back(&world, &idp, "u-1", "chen", json!({})).await;
        refused(&answer, "没有与之关联的账号");
        assert_eq!(world.linked(chen).await, 0);
        let mut boss = world.signed_in("boss").await;
        let page = format!("/admin/accounts/{chen}");
        assert!(boss.get(&page).await.body.contains("本人在那边的用户名"));
        let put = format!("{page}/links");
        let empty = boss.post(&put, &[("provider", "gov"), ("oidc-name", " ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = boss.post(&put, &[("provider", "gov"), ("oidc-name", "Li.Chen@gov")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let twice = boss.post(&put, &[("provider", "gov"), ("oidc-name", "x")]).await;
        assert!(twice.body.contains("已经关联过"), "{}", twice.body);
        assert!(boss.get(&page).await.body.contains("还没有这样登录过"));
        let (mut browser, _) = there_and_back(&world, &idp, "u-1", "li.chen@gov", json!({})).await;
        assert_eq!(browser.get("/my").await.body, "chen");
        let (_, other) = there_and_back(&world, &idp, "u-9", "li.chen@gov", json!({})).await;
        refused(&other, "没有与之关联的账号");
        // Who is no administrator links nobody.
        let mut own = world.signed_in("chen").await;
        assert_eq!(
            own.post(&put, &[("provider", "gov"), ("oidc-name", "y")]).await.status,
            StatusCode::FORBIDDEN
        );
        let ended = boss.post(&format!("{put}/gov/end"), &[]).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/my").await.status, StatusCode::SEE_OTHER, "signed out");
        let (_, answer) = there_and_back(&world, &idp, "u-1", "li.chen@gov", json!({})).await;
        refused(&answer, "没有与之关联的账号");
        let kinds = world.kinds(chen);
        assert!(["oidc-named", "oidc-linked", "oidc-unlinked"].iter().all(|k| kinds.iter().any(|n| n == k)));
    })
    .await;
}

#[tokio::test]
async fn accounts_are_made_and_roles_kept_out_only_where_the_settings_say_so() {
    each_engine_async(async |db: &Db| {
        let idp = Idp::start().await;
        let (world, _) = site(db, &idp, |p| {
            p.create = true;
            p.roles = vec![Role::Lead];
        });
        let (mut browser, answer) =
            there_and_back(&world, &idp, "u-7", "newcomer", json!({ "name": "新来的" })).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        // No post, so nothing but their own account; and no password to change that they never had.
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        let made = world.site.db.read(|tx| accounts::by_login(tx, "newcomer")).await.unwrap().unwrap();
        assert_eq!(made.name, "新来的");
        let (_, officer) = there_and_back(&world, &idp, "u-1", "chen", json!({})).await;
        refused(&officer, "岗位不能用");
        world.staff("lead", Role::Lead);
        let (mut browser, _) = there_and_back(&world, &idp, "u-3", "lead", json!({})).await;
        assert_eq!(browser.get("/my").await.body, "lead");
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_unless_the_provider_did_so() {
    each_engine_async(async |db: &Db| {
        let idp = Idp::start().await;
        let (world, chen) = site(db, &idp, |p| p.second_factor = vec!["otp".into()]);
        let key = factor::totp::Key::from_bytes(vec![5; 20]);
        let sealed = world.site.secret.seal(&*world.site.chance, "totp", &chen.bytes(), key.bytes()).unwrap();
        let put = Stmt::new(
            "test",
            "INSERT INTO totps (account_id, sealed, since, last_step) VALUES ($1, $2, 0, 0)",
        );
        world.site.db.write(move |tx| tx.execute(&put, &params![chen, &sealed])).await.unwrap();
        let (mut browser, half) =
            there_and_back(&world, &idp, "u-1", "chen", json!({ "amr": ["pwd"] })).await;
        assert!(half.location.starts_with("/sign-in/second?"), "{} {}", half.location, half.body);
        assert_eq!(browser.get("/my").await.status, StatusCode::SEE_OTHER, "not in yet");
        let page = browser.get(&half.location).await;
        assert!(page.body.contains("身份已确认"), "{}", page.body);
        let code = key.code(world.site.now().0 / factor::totp::STEP);
        let done = browser.post("/sign-in/second", &[("code", &code), ("next", "/my")]).await;
        assert_eq!(done.location, "/my", "{}", done.body);
        assert_eq!(world.how(chen).await, [history::How::OidcSecond]);
        let (mut browser, whole) =
            there_and_back(&world, &idp, "u-1", "chen", json!({ "amr": ["pwd", "otp"] })).await;
        assert_eq!(whole.location, "/my");
        assert_eq!(browser.get("/my").await.body, "chen");
    })
    .await;
}

#[tokio::test]
async fn a_role_that_has_to_have_a_second_factor_has_one_only_where_the_provider_vouches() {
    each_engine_async(async |db: &Db| {
        let idp = Idp::start().await;
        let mut provider = provider(&idp.issuer());
        provider.second_factor = vec!["mfa".into()];
        let world = world_with(db, |site| {
            let mut pack = (*site.pack).clone();
            pack.site.url = "https://lx.test".into();
            site.pack = Arc::new(pack);
            site.settings.oidc = vec![provider];
            site.settings.second_factor = vec![(Role::Officer, 0)];
        });
        world.staff("chen", Role::Officer);
        let (mut browser, made) = there_and_back(&world, &idp, "u-1", "chen", json!({})).await;
        assert_eq!(made.location, "/account/factor");
        assert_eq!(browser.get("/my").await.location, "/account/factor", "nothing else until it is set up");
        let (mut browser, done) = there_and_back(&world, &idp, "u-1", "chen", json!({ "acr": "mfa" })).await;
        assert_eq!(done.location, "/my");
        assert_eq!(browser.get("/my").await.body, "chen");
    })
    .await;
}
