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
    /// The body as it came, for files.
    pub bytes: Vec<u8>,
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

    /// An attribute of every element that fits and has it, in the page's order.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let page = Html::parse_document(&self.body);
        let wanted = Selector::parse(selector).expect("a selector");
        page.select(&wanted).filter_map(|e| e.value().attr(name).map(str::to_owned)).collect()
    }

    /// Where the first link that fits leads.
    pub fn href(&self, selector: &str) -> Option<String> {
        self.attributes(selector, "href").into_iter().next()
    }

    /// The values of a form's fields as they stand on the page, hidden ones included; the last of those with
    /// the same name.
    pub fn form(&self, action: &str) -> BTreeMap<String, String> {
        self.fields(action).into_iter().collect()
    }

    /// The fields of the form to `action` as a browser would send them untouched, in the page's order.
    pub fn fields(&self, action: &str) -> Vec<(String, String)> {
        let page = Html::parse_document(&self.body);
        let field = Selector::parse("input, textarea, select").expect("a selector");
        let (option, chosen) = (
            Selector::parse("option").expect("a selector"),
            Selector::parse("option[selected]").expect("a selector"),
        );
        let form = self.form_to(&page, action);
        let mut out = Vec::new();
        for f in form.select(&field) {
            let Some(name) = f.value().attr("name") else { continue };
            let value = match f.value().name() {
                "textarea" => f.text().collect(),
                // A browser shows, and sends, the first where none is chosen.
                "select" => {
                    let shown = f.select(&chosen).next().or_else(|| f.select(&option).next());
                    shown.and_then(|o| o.value().attr("value")).unwrap_or("").to_owned()
                }
                _ if matches!(f.value().attr("type"), Some("radio" | "checkbox"))
                    && f.value().attr("checked").is_none() =>
                {
                    continue;
                }
                _ if matches!(f.value().attr("type"), Some("file" | "submit")) => continue,
                _ => f.value().attr("value").unwrap_or("").to_owned(),
            };
            out.push((name.to_owned(), value));
        }
        out
    }

    /// Whether the page has a form to `action`.
    pub fn has_form(&self, action: &str) -> bool {
        let page = Html::parse_document(&self.body);
        let form = Selector::parse("form").expect("a selector");
        page.select(&form).any(|f| leads_to(&f, action))
    }

    /// Whether a person could enter this value there: a field to write in, or a choice that is offered.
    fn offers(&self, action: &str, name: &str, value: &str) -> bool {
        let page = Html::parse_document(&self.body);
        let field = Selector::parse("input, textarea, select, button").expect("a selector");
        let option = Selector::parse("option").expect("a selector");
        let form = self.form_to(&page, action);
        form.select(&field).filter(|f| f.value().attr("name") == Some(name)).any(|f| {
            let own = f.value().attr("value").unwrap_or("");
            match (f.value().name(), f.value().attr("type")) {
                ("select", _) => f.select(&option).any(|o| o.value().attr("value").unwrap_or("") == value),
                ("button", _) | ("input", Some("radio" | "checkbox" | "submit")) => own == value,
                _ => true,
            }
        })
    }

    /// Whether the form to `action` is sent in parts, as one with files is.
    fn in_parts(&self, action: &str) -> bool {
        let page = Html::parse_document(&self.body);
        self.form_to(&page, action).value().attr("enctype") == Some("multipart/form-data")
    }

    fn form_to<'a>(&self, page: &'a Html, action: &str) -> scraper::ElementRef<'a> {
        let form = Selector::parse("form").expect("a selector");
        page.select(&form)
            .find(|f| leads_to(f, action))
            .unwrap_or_else(|| panic!("no form to {action} on {}: {}", self.path, self.text()))
    }

    /// Panics with the page's words unless the status is this one.
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.path, self.text());
        self
    }
}

fn leads_to(form: &scraper::ElementRef<'_>, action: &str) -> bool {
    form.value().attr("action").is_some_and(|a| a.split('?').next() == Some(action))
}

/// How a form without files is sent.
const FORM: &str = "application/x-www-form-urlencoded";

/// A file that a form brings: field, name, bytes.
pub type Attached<'a> = (&'a str, &'a str, &'a [u8]);

/// The line between the parts of a form with files.
const LINE: &str = "------------------------lianxin-test";

/// One visitor.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    language: &'static str,
    token: Option<String>,
    headers: Vec<(&'static str, String)>,
}

impl Client {
    /// A visitor of the site behind `router`.
    pub fn new(router: Router) -> Client {
        Client { router, cookies: BTreeMap::new(), language: "zh-CN", token: None, headers: Vec::new() }
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
        self.send(Method::POST, path, Some(body.finish().into()), FORM).await
    }

    /// Opens `page`, fills in its form to `action` and sends it, as a person would.
    pub async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        assert!(shown.status.is_success(), "{page}: {} {}", shown.status, shown.text());
        self.fill(&shown, action, fields, &[]).await
    }

    /// Fills in the form to `action` of a page at hand, with files where it takes some, and sends it. What is
    /// not named in `fields` is sent as the page has it.
    pub async fn fill(
        &mut self,
        shown: &Answer,
        action: &str,
        fields: &[(&str, &str)],
        files: &[Attached<'_>],
    ) -> Answer {
        for (name, value) in fields {
            let there = shown.offers(action, name, value);
            assert!(
                there,
                "{}: the form to {action} does not offer {name}={value}: {}",
                shown.path,
                shown.text()
            );
        }
        let mut all = shown.fields(action);
        all.retain(|(name, _)| fields.iter().all(|(n, _)| n != name));
        all.extend(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        if !shown.in_parts(action) {
            assert!(files.is_empty(), "the form to {action} takes no files");
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(all.iter());
            return self.send(Method::POST, action, Some(body.finish().into()), FORM).await;
        }
        let mut body = Vec::new();
        for (name, value) in &all {
            let head = format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(value.as_bytes());
            body.extend_from_slice(b"\r\n");
        }
        for (field, name, bytes) in files {
            let head = format!(
                "--{LINE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{LINE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={LINE}");
        self.send(Method::POST, action, Some(body), &kind).await
    }

    /// Presses a button of the form to `action` that sends it somewhere else (`formaction`), as one beside it
    /// may. `to` and the button's name and value have to stand on `page`, which may be a part of the page that
    /// came later.
    pub async fn press(
        &mut self,
        shown: &Answer,
        action: &str,
        (part, to): (&Answer, &str),
        (name, value): (&str, &str),
        fields: &[(&str, &str)],
    ) -> Answer {
        let button = format!("button[formaction='{to}'][name='{name}'][value='{value}']");
        assert!(part.find(&button).is_some(), "{}: no such button: {button}: {}", part.path, part.text());
        let mut all = shown.fields(action);
        all.retain(|(n, _)| fields.iter().all(|(f, _)| f != n));
        let sent: Vec<(&str, &str)> = all
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .chain(fields.iter().copied())
            .chain([(name, value)])
            .collect();
        self.post(to, &sent).await
    }

    /// Sends any request once, without following where it leads.
    pub async fn raw(&mut self, method: Method, path: &str, body: Option<String>, kind: &str) -> Answer {
        self.once(method, path, body.map(String::into_bytes), kind).await
    }

    /// Sends JSON as a script of a page of ours does: with the session, and the form token in the header.
    pub async fn json(&mut self, path: &str, token: &str, body: String) -> Answer {
        self.token = Some(token.to_owned());
        let answer = self.once(Method::POST, path, Some(body.into_bytes()), "application/json").await;
        self.token = None;
        answer
    }

    /// Sends bytes as they are, as a script of a page of ours does: with the session, and the form token in the header.
    /// `headers` go with it.
    pub async fn bytes(
        &mut self,
        path: &str,
        token: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Answer {
        self.token = Some(token.to_owned());
        self.headers = headers.to_vec();
        let answer = self.once(Method::POST, path, Some(body), "application/octet-stream").await;
        self.token = None;
        self.headers.clear();
        answer
    }

    async fn once(&mut self, method: Method, path: &str, body: Option<Vec<u8>>, kind: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1")
            .header(header::ACCEPT, "text/html,*/*;q=0.8")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header("sec-fetch-site", "same-origin");
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request = request.header(header::COOKIE, all.join("; "));
        }
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(token) = &self.token {
            request = request.header("x-csrf", token);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
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
        Answer {
            status: parts.status,
            path: path.to_owned(),
            headers: parts.headers,
            body,
            bytes: bytes.to_vec(),
        }
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<Vec<u8>>, kind: &str) -> Answer {
        let mut answer = self.once(method, path, body, kind).await;
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
