//! Passkeys over HTTP, on both engines, shown by a device made of a key pair: what it may and may not do.
//! A real browser is asked in the tests of the program.

mod house;

use access::factor;
use access::testing::PASSWORD;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::testing::each_engine_async;
use house::{Answer, Browser, world};
use http::StatusCode;
use kernel::{MINUTE, Role};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use scraper::{Html, Selector};
use sha2::{Digest, Sha256};

const ORIGIN: &str = "http://localhost";

/// A device with one key.
struct Device {
    key: EcdsaKeyPair,
    name: Vec<u8>,
    counter: u32,
    verifies: bool,
    origin: &'static str,
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Device {
    fn new(name: &[u8]) -> Device {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Device { key, name: name.to_vec(), counter: 0, verifies: true, origin: ORIGIN }
    }

    fn client(&self, kind: &str, page: &Answer, form: &str) -> String {
        let options: serde_json::Value =
            serde_json::from_str(&page.attr(&format!("form[action='{form}']"), "data-passkey")).unwrap();
        assert_eq!((options["origin"].as_str(), options["host"].as_str()), (Some(ORIGIN), Some("localhost")));
        serde_json::json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin })
            .to_string()
    }

    fn data(&self, new: bool) -> Vec<u8> {
        let mut out = Sha256::digest(b"localhost").to_vec();
        out.push(1 | if self.verifies { 4 } else { 0 } | if new { 0x40 } else { 0 });
        out.extend(self.counter.to_be_bytes());
        if new {
            out.extend([0; 16]);
            out.extend((self.name.len() as u16).to_be_bytes());
            out.extend(&self.name);
            out.extend([0xa5]);
        }
        out
    }

    /// What it answers when a key is added.
    fn made(&self, page: &Answer) -> Vec<(&'static str, String)> {
        let client = self.client("webauthn.create", page, "/account/passkeys");
        let der = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
        let spki: Vec<u8> = (0..der.len() / 2)
            .map(|i| u8::from_str_radix(&der[2 * i..2 * i + 2], 16).unwrap())
            .chain(self.key.public_key().as_ref().iter().copied())
            .collect();
        vec![("client", text(client.as_bytes())), ("data", text(&self.data(true))), ("spki", text(&spki))]
    }

    /// What it answers when it signs.
    fn shown(&mut self, page: &Answer, form: &str) -> Vec<(&'static str, String)> {
        self.counter += 1;
        let client = self.client("webauthn.get", page, form);
        let data = self.data(false);
        let message = [data.as_slice(), Sha256::digest(client.as_bytes()).as_slice()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &message).unwrap();
        vec![
            ("credential", text(&self.name)),
            ("client", text(client.as_bytes())),
            ("data", text(&data)),
            ("signature", text(signature.as_ref())),
            ("next", "/my".to_owned()),
        ]
    }
}

fn codes_on(page: &Answer) -> Vec<String> {
    let doc = Html::parse_document(&page.body);
    doc.select(&Selector::parse("ol.codes code").unwrap()).map(|e| e.text().collect()).collect()
}

async fn send(browser: &mut Browser, path: &str, fields: &[(&str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    browser.post(path, &fields).await
}

async fn add(browser: &mut Browser, device: &Device) -> Answer {
    let page = browser.get("/account/factor").await;
    send(browser, "/account/passkeys", &device.made(&page)).await
}

#[tokio::test]
async fn a_passkey_signs_in_after_the_password_and_without() {
    each_engine_async(async |db| {
        let w = world(db);
        let chen = w.staff("chen", Role::Officer);
        let mut b = w.signed_in("chen").await;
        let mut device = Device::new(b"key of chen");
        let done = add(&mut b, &device).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text(".errors"));
        let codes = codes_on(&done);
        assert_eq!(codes.len(), 10, "recovery codes come with the first");
        assert_eq!(
            add(&mut b, &device).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "it is there already"
        );
        assert_eq!(add(&mut b, &Device::new(b"another")).await.location, "/account/factor?done=passkey");
        let page = b.get("/account/factor").await;
        assert!(page.attr("form[action='/account/passkeys']", "data-passkey").contains(&text(b"another")));

        // After the password.
        let mut b = w.browser();
        let half = b.sign_in("chen", PASSWORD).await;
        assert_eq!(half.location, "/sign-in/second?next=%2Fmy");
        let page = b.get(&half.location).await;
        let answer = device.shown(&page, "/sign-in/second/passkey");
        let done = send(&mut b, "/sign-in/second/passkey", &answer).await;
        assert_eq!(done.location, "/my", "{}", done.text(".errors"));
        assert_eq!(b.get("/my").await.body, "chen");
        assert!(b.get("/account").await.body.contains("密码和通行密钥"));

        // Without one.
        let mut b = w.browser();
        let page = b.get("/sign-in?next=%2Fmy").await;
        let answer = device.shown(&page, "/sign-in/passkey");
        assert_eq!(send(&mut b, "/sign-in/passkey", &answer).await.location, "/my");
        // What was sent once does not count again, from whatever browser.
        let again = send(&mut w.browser(), "/sign-in/passkey", &answer).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

        // Taken away with a recovery code; with the last of them the password alone does again.
        let mut b = w.signed_in_by(&mut device).await;
        let keys = w.site.db.read(move |tx| factor::state(tx, chen)).await.unwrap().passkeys;
        assert_eq!(keys.len(), 2);
        let mine = keys.iter().position(|k| k.credential == device.name).expect("it is there");
        let away = |i: usize| format!("/account/passkeys/{}/removal", keys[i].id);
        let bare = b.post(&away(mine), &[("code", "000000000000")]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            b.post(&away(mine), &[("code", &codes[0])]).await.location,
            "/account/factor?done=key-off"
        );
        let page = w.browser().get("/sign-in").await;
        let gone = send(&mut w.browser(), "/sign-in/passkey", &device.shown(&page, "/sign-in/passkey")).await;
        assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            b.post(&away(1 - mine), &[("code", &codes[1])]).await.location,
            "/account/factor?done=key-off"
        );
        assert_eq!(w.browser().sign_in("chen", PASSWORD).await.location, "/my");
    })
    .await;
}

impl house::World {
    async fn signed_in_by(&self, device: &mut Device) -> Browser {
        let mut b = self.browser();
        let page = b.get("/sign-in?next=%2Fmy").await;
        let answer = device.shown(&page, "/sign-in/passkey");
        assert_eq!(send(&mut b, "/sign-in/passkey", &answer).await.location, "/my");
        b
    }
}

#[tokio::test]
async fn an_answer_that_does_not_fit_in_every_way_signs_nobody_in() {
    each_engine_async(async |db| {
        let w = world(db);
        w.staff("chen", Role::Officer);
        w.staff("wang", Role::Officer);
        let (mut chens, mut wangs) = (Device::new(b"key of chen"), Device::new(b"key of wang"));
        let mut b = w.signed_in("chen").await;
        chens.origin = "http://localhost.evil";
        assert_eq!(add(&mut b, &chens).await.status, StatusCode::UNPROCESSABLE_ENTITY, "made elsewhere");
        chens.origin = ORIGIN;
        let old = b.get("/account/factor").await;
        let late = chens.made(&old);
        w.clock.advance(5 * MINUTE + 1);
        let refused = send(&mut b, "/account/passkeys", &late).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "too late");
        assert_eq!(add(&mut b, &chens).await.status, StatusCode::OK);
        let mut other = w.signed_in("wang").await;
        let page = b.get("/account/factor").await;
        let refused = send(&mut other, "/account/passkeys", &wangs.made(&page)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "asked of somebody else");
        assert_eq!(add(&mut other, &wangs).await.status, StatusCode::OK);

        let form = "/sign-in/passkey";
        let page = w.browser().get("/sign-in").await;
        let mut tried = Vec::new();
        wangs.verifies = false;
        tried.push(("nobody made sure who it is", wangs.shown(&page, form)));
        wangs.verifies = true;
        wangs.origin = "https://localhost";
        tried.push(("another site", wangs.shown(&page, form)));
        wangs.origin = ORIGIN;
        let mut mixed = wangs.shown(&page, form);
        mixed[0].1 = text(b"key of chen");
        tried.push(("another's key", mixed));
        let mut unknown = wangs.shown(&page, form);
        unknown[0].1 = text(b"nobody's");
        tried.push(("an unknown key", unknown));
        let mut bent = wangs.shown(&page, form);
        bent[2].1 = text(&Device::data(&Device { counter: 99, ..Device::new(b"x") }, false));
        tried.push(("a count that was not signed", bent));
        tried.push(("nothing at all", Vec::new()));
        for (why, answer) in tried {
            let mut b = w.browser();
            let refused = send(&mut b, form, &answer).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
            assert!(b.get("/my").await.location.starts_with("/sign-in"), "{why}");
        }
        // It signs in; then a copy of it that has counted less does not.
        let page = w.browser().get("/sign-in").await;
        assert_eq!(send(&mut w.browser(), form, &wangs.shown(&page, form)).await.location, "/my");
        wangs.counter = 1;
        let page = w.browser().get("/sign-in").await;
        let copied = send(&mut w.browser(), form, &wangs.shown(&page, form)).await;
        assert_eq!(copied.status, StatusCode::UNPROCESSABLE_ENTITY);
        wangs.counter = 50;

        // At the second step only one's own counts, and it need not make sure who holds it.
        let mut b = w.browser();
        b.sign_in("chen", PASSWORD).await;
        let page = b.get("/sign-in/second").await;
        let form = "/sign-in/second/passkey";
        let refused = send(&mut b, form, &wangs.shown(&page, form)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        chens.verifies = false;
        assert_eq!(send(&mut b, form, &chens.shown(&page, form)).await.location, "/my");
        let bare = send(&mut w.browser(), form, &chens.shown(&page, form)).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "no password was given here");
    })
    .await;
}
