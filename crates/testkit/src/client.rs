//! A browser without a screen: keeps cookies, follows redirects, fills in the forms a page has.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use scraper::{Html, Selector};
use std::collections::BTreeMap;
use tower::ServiceExt;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// Where it was found in the end, after redirects.
    pub path: String,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// The page without its tags, white space folded: what a person reads.
    pub fn text(&self) -> String {
        let page = Html::parse_document(&self.body);
        let main = Selector::parse("main").expect("a selector");
        let words: Vec<String> = match page.select(&main).next() {
            Some(main) => main.text().map(str::to_owned).collect(),
            None => page.root_element().text().map(str::to_owned).collect(),
        };
        words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first element that fits, as text.
    pub fn find(&self, selector: &str) -> Option<String> {
        let page = Html::parse_document(&self.body);
        let found = page.select(&Selector::parse(selector).expect("a selector")).next()?;
        Some(found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The values of a form's fields as they stand on the page, hidden ones included.
    pub fn form(&self, action: &str) -> BTreeMap<String, String> {
        let page = Html::parse_document(&self.body);
        let form = Selector::parse("form").expect("a selector");
        let field = Selector::parse("input, textarea, select").expect("a selector");
        let option = Selector::parse("option[selected]").expect("a selector");
        let mut out = BTreeMap::new();
        let fits = |f: &scraper::ElementRef<'_>| {
            f.value().attr("action").is_some_and(|a| a.split('?').next() == Some(action))
        };
        let Some(form) = page.select(&form).find(fits) else {
            panic!("no form to {action} on {}: {}", self.path, self.text());
        };
        for f in form.select(&field) {
            let Some(name) = f.value().attr("name") else { continue };
            let value = match f.value().name() {
                "textarea" => f.text().collect(),
                "select" => f.select(&option).next().and_then(|o| o.value().attr("value")).unwrap_or("").to_owned(),
                _ if matches!(f.value().attr("type"), Some("radio" | "checkbox"))
                    && f.value().attr("checked").is_none() =>
                {
                    continue;
                }
                _ => f.value().attr("value").unwrap_or("").to_owned(),
            };
            out.insert(name.to_owned(), value);
        }
        out
    }

    /// Panics with the page's words unless the status is this one.
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.path, self.text());
        self
    }
}

/// One visitor.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    language: &'static str,
}

impl Client {
    /// A visitor of the site behind `router`.
    pub fn new(router: Router) -> Client {
        Client { router, cookies: BTreeMap::new(), language: "zh-CN" }
    }

    /// The same visitor, reading English.
    pub fn english(mut self) -> Client {
        self.language = "en";
        self
    }

    /// Gets a page, following redirects.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, "").await
    }

    /// Sends fields as a form from nowhere: whatever `fields` lacks is not sent.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.send(Method::POST, path, Some(body.finish()), "application/x-www-form-urlencoded").await
    }

    /// Opens `page`, fills in its form to `action` and sends it, as a person would.
    pub async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        assert!(shown.status.is_success(), "{page}: {} {}", shown.status, shown.text());
        let mut all = shown.form(action);
        for (name, value) in fields {
            all.insert((*name).to_owned(), (*value).to_owned());
        }
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(all.iter());
        self.send(Method::POST, action, Some(body.finish()), "application/x-www-form-urlencoded").await
    }

    /// Sends any request once, without following where it leads.
    pub async fn raw(&mut self, method: Method, path: &str, body: Option<String>, kind: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header("sec-fetch-site", "same-origin");
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request = request.header(header::COOKIE, all.join("; "));
        }
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(Body::from(body.unwrap_or_default())).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap_or("").split(';').next().unwrap_or("");
            if let Some((name, value)) = pair.split_once('=') {
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        let bytes = to_bytes(body, 64 * 1024 * 1024).await.expect("a body");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, path: path.to_owned(), headers: parts.headers, body }
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<String>, kind: &str) -> Answer {
        let mut answer = self.raw(method, path, body, kind).await;
        for _ in 0..5 {
            if !answer.status.is_redirection() {
                break;
            }
            let Some(to) = answer.headers.get(header::LOCATION).and_then(|l| l.to_str().ok()) else { break };
            let to = to.to_owned();
            answer = self.raw(Method::GET, &to, None, "").await;
        }
        answer
    }
}
