//! A site with a few pages, and browsers without a screen that come to it.

// Each test file uses its own part of this.
#![allow(dead_code)]

use access::testing::{self, PASSWORD, small_pack};
use access::{MIGRATIONS, SharedSite, Site, Staff, Visitor, frame, routes};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::{get, post};
use db::Db;
use http::{Method, Request, StatusCode, header};
use kernel::{AccountId, Role, TestClock, UnitId};
use scraper::{Html, Selector};
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;

pub struct World {
    pub site: SharedSite,
    pub clock: TestClock,
    pub router: Router,
    pub root: UnitId,
}

pub fn world_with(db: &Db, change: impl FnOnce(&mut Site)) -> World {
    db.migrate(&[journal::MIGRATIONS, MIGRATIONS].concat()).unwrap();
    let (mut site, clock) = testing::site(db, small_pack());
    change(&mut site);
    let site: SharedSite = Arc::new(site);
    let root = testing::seat(&site, "/52/", "测试县").unwrap();
    let echo = |visitor: Visitor| async move { visitor.account.map_or("nobody".to_owned(), |a| a.login) };
    let extra = Router::new()
        .route("/my", get(|staff: Staff| async move { staff.0.account.unwrap().login }))
        .route("/write", post(echo))
        .route("/api/write", post(echo))
        .route("/api/read", get(echo));
    let router = frame(routes().merge(extra).merge(web::router()), site.clone());
    World { site, clock, router, root }
}

pub fn world(db: &Db) -> World {
    world_with(db, |_| {})
}

impl World {
    pub fn staff(&self, login: &str, role: Role) -> AccountId {
        testing::staff(&self.site, login, role, self.root).unwrap()
    }
    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new(), headers: Vec::new() }
    }
    pub async fn signed_in(&self, login: &str) -> Browser {
        let mut b = self.browser();
        let answer = b.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        b
    }
}

pub struct Browser {
    pub router: Router,
    pub cookies: BTreeMap<String, String>,
    pub headers: Vec<(&'static str, String)>,
}

pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub set_cookie: Vec<String>,
    pub body: String,
}

impl Answer {
    pub fn text(&self, css: &str) -> String {
        let doc = Html::parse_document(&self.body);
        doc.select(&Selector::parse(css).unwrap())
            .next()
            .map(|e| e.text().collect::<String>())
            .unwrap_or_default()
    }
    pub fn attr(&self, css: &str, name: &str) -> String {
        let doc = Html::parse_document(&self.body);
        let found = doc.select(&Selector::parse(css).unwrap()).next();
        found.and_then(|e| e.value().attr(name)).unwrap_or_default().to_owned()
    }
}

impl Browser {
    pub async fn send(&mut self, method: Method, path: &str, kind: Option<&str>, body: String) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "lx.test");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let set_cookie: Vec<String> = parts
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|v| v.to_str().unwrap().to_owned())
            .collect();
        for line in &set_cookie {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status,
            location: parts.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap()).to_owned(),
            set_cookie,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, String::new()).await
    }

    /// Posts without a token of its own.
    pub async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = fields
            .iter()
            .map(|(k, v)| format!("{}={}", encoded(k), encoded(v)))
            .collect::<Vec<_>>()
            .join("&");
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body).await
    }

    pub async fn token(&mut self) -> String {
        let token = self.get("/access/why").await.attr("input[name=_csrf]", "value");
        assert!(!token.is_empty());
        token
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token().await;
        let mut all = vec![(web::form::CSRF_FIELD, token.as_str())];
        all.extend(fields);
        self.post_bare(path, &all).await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("login", login), ("password", password), ("next", "/my")]).await
    }
}

pub fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}
