//! The middleware in front of all pages: it finds out who comes, and refuses writing that did not
//! start on a page of ours.
//!
//! A writing request (anything but GET, HEAD, OPTIONS) has to pass these locks:
//!
//! 1. What the browser says about where it comes from: `Sec-Fetch-Site` must be `same-origin` or
//!    `none`; where a browser is too old to say so, `Origin` must name the host asked for. (A
//!    proxy that rewrites `Host` does no harm to the first, which is why it is asked first.)
//! 2. A token bound to the session: header `x-csrf`, or field `_csrf`, which in a multipart form
//!    has to be the first field. Without a session the token is bound to a visitor's cookie; since
//!    there is no sign-in to abuse then, a browser's own word `same-origin` is enough, so a form
//!    that stood open on a resident's telephone for days can still be sent.
//!
//! Doors for programs (`/api/`, `/open311/`) are exempt, and there the session cookie says nothing
//! when something is written, so nothing can be written in a person's name. What our own pages send there
//! ([`BY_SESSION`]) passes the locks with the token in the header.

use crate::site::{SharedSite, Site};
use crate::visitor::{NoCookies, Visitor};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use kernel::{Error, Say};
use web::WebError;

/// Paths that programs write to, without a form token and without a session.
pub const EXEMPT: [&str; 2] = ["/api/", "/open311/"];

/// Among those, paths that our own pages write to from a telephone: with the session and its token, like any form.
pub const BY_SESSION: [&str; 1] = ["/api/liaison/"];

/// Whether programs write there without a form token.
pub fn is_exempt(path: &str) -> bool {
    EXEMPT.iter().any(|p| path.starts_with(p)) && !BY_SESSION.iter().any(|p| path.starts_with(p))
}

/// Paths that nobody has to be known for.
const UNKNOWN: [&str; 2] = ["/assets/", "/healthz"];

const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf");

/// Puts the whole frame around the routes of a site: look, visitor, form tokens, errors.
pub fn frame(routes: Router<SharedSite>, site: SharedSite) -> Router {
    routes
        .layer(middleware::from_fn(web::shell::errors))
        .layer(middleware::from_fn_with_state(site.clone(), guard))
        .layer(middleware::from_fn(web::shell::shell))
        .with_state(site)
}

/// The middleware itself; [`frame`] mounts it where it belongs, inside `web::shell::shell`.
pub async fn guard(State(site): State<SharedSite>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if UNKNOWN.iter().any(|p| path.starts_with(p)) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let writes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let exempt = is_exempt(&path);
    if exempt && writes {
        parts.extensions.insert(NoCookies);
    }
    let mut visitor = match Visitor::load(&site, &parts).await {
        Ok(visitor) => visitor,
        Err(error) => return WebError::from(error).into_response(),
    };
    let mut hand_out = None;
    if visitor.look.csrf.is_empty() && !exempt && !writes {
        let (bytes, cookie) = web::csrf::new_visitor(&*site.chance, site.settings.https);
        visitor = visitor.with_token(&site, Some(bytes));
        hand_out = Some(cookie);
    }
    let look = visitor.look.clone();
    let signed_in = visitor.session.is_some();
    parts.extensions.insert(look.clone());
    parts.extensions.insert(visitor);
    if !exempt && path.contains("%00") {
        // No text that is stored holds this character, so nothing goes by such an address.
        return WebError::with(Error::NotFound, &look).into_response();
    }

    if writes && !exempt {
        if is_foreign(&parts.headers) {
            return refuse().into_response();
        }
        let by_header = parts.headers.get(&CSRF_HEADER).and_then(|v| v.to_str().ok());
        let proven = match by_header {
            Some(given) => is_token(&site, &parts, given),
            None => !signed_in && fetch_site(&parts.headers) == Some("same-origin"),
        };
        let request = Request::from_parts(parts, body);
        return if proven { next.run(request).await } else { web::csrf::guard(request, next).await };
    }
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(cookie) = hand_out.filter(|_| is_page(&response))
        && let Ok(value) = HeaderValue::from_str(&cookie)
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn is_token(site: &Site, parts: &http::request::Parts, given: &str) -> bool {
    let bytes = match crate::visitor::token_of(site, parts) {
        Some(token) => Some(token.hash()),
        None => web::csrf::visitor(&parts.headers),
    };
    bytes.is_some_and(|b| web::csrf::verify(site.secret.bytes(), &b, given))
}

fn fetch_site(headers: &HeaderMap) -> Option<&str> {
    headers.get("sec-fetch-site")?.to_str().ok()
}

/// Whether the browser says that the request started on another site.
fn is_foreign(headers: &HeaderMap) -> bool {
    if let Some(site) = fetch_site(headers) {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = headers.get(header::ORIGIN).map(|v| v.to_str().unwrap_or("null")) else {
        return false;
    };
    let from = origin.split_once("://").map(|(_, host)| host);
    let asked = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    from.is_none() || !(from == asked("host") || from == asked("x-forwarded-host"))
}

fn refuse() -> WebError {
    Error::Forbidden(Say::new(
        "这次提交不是从本站的页面发出的，没有写入任何内容。",
        "This was not sent from a page of this site; nothing was written.",
    ))
    .into()
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    response.status().is_success() && kind.is_some_and(|k| k.starts_with("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn the_browsers_word_on_where_a_form_comes_from() {
        for (pairs, foreign) in [
            (&[("sec-fetch-site", "same-origin")][..], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            // The proxy changed the host; the browser knows better.
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://a.cn"), ("host", "127.0.0.1")], false),
            (&[("origin", "https://a.cn"), ("host", "a.cn")], false),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], false),
            (&[("origin", "https://evil.cn"), ("host", "a.cn")], true),
            (&[("origin", "null"), ("host", "a.cn")], true),
            (&[("origin", "https://a.cn"), ("host", "inner"), ("x-forwarded-host", "a.cn")], false),
            (&[], false),
        ] {
            assert_eq!(is_foreign(&headers(pairs)), foreign, "{pairs:?}");
        }
    }
}
