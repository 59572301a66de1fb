//! Forms prove that they came from a page of ours.
//!
//! The token is bound to the session by HMAC, so nothing is stored. A visitor without a session
//! gets a random cookie that stands in for it. Cookies are `SameSite=Lax` as well: two locks.

use crate::errors::WebError;
use crate::form::{CSRF_FIELD, first_multipart_value, parse_form};
use crate::look::{Look, cookie};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use hmac::{Hmac, Mac};
use http::{HeaderMap, Method, header};
use kernel::{Chance, Error, Say};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The cookie of a visitor without a session: random bytes, gone when the browser closes.
pub const VISITOR_COOKIE: &str = "lx_v";

/// The largest body that [`guard`] reads to find a token.
pub const MAX_BODY: usize = 32 * 1024 * 1024;

/// The token for the session with these bytes.
pub fn token(secret: &[u8], session: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(mac(secret, session).finalize().into_bytes())
}

/// Whether `given` is the token for the session with these bytes; takes the same time either way.
pub fn verify(secret: &[u8], session: &[u8], given: &str) -> bool {
    URL_SAFE_NO_PAD.decode(given).is_ok_and(|bytes| mac(secret, session).verify_slice(&bytes).is_ok())
}

fn mac(secret: &[u8], session: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length; the error exists for other algorithms only.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(b"lianxin form token 1\0");
    mac.update(session);
    mac
}

/// The visitor's bytes from the request, where the cookie is there and whole.
pub fn visitor(headers: &HeaderMap) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(cookie(headers, VISITOR_COOKIE)?).ok()?;
    (bytes.len() == 18).then_some(bytes)
}

/// New bytes for a visitor, and the `Set-Cookie` value that hands them out.
pub fn new_visitor(chance: &dyn Chance, secure: bool) -> (Vec<u8>, String) {
    let mut bytes = vec![0u8; 18];
    chance.fill(&mut bytes);
    let cookie = Cookie::build((VISITOR_COOKIE, URL_SAFE_NO_PAD.encode(&bytes)))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .build();
    (bytes, cookie.to_string())
}

/// Refuses every writing request whose form does not carry the token in the request's [`Look`].
///
/// Put it inside the middleware that fills in `Look::csrf`, around pages only: other programs prove
/// themselves otherwise and carry no cookies. An empty token in the look refuses all writing.
pub async fn guard(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let look = parts.extensions.get::<Look>().cloned().unwrap_or_else(|| Look::from_request_parts(&parts));
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        let error = Error::field(
            "",
            "提交的内容太大了，请减少附件。",
            "Too large: please send fewer or smaller files.",
        );
        return WebError::with(error, &look).into_response();
    };
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let given = if kind.starts_with("multipart/form-data") {
        first_multipart_value(kind, &bytes, CSRF_FIELD).await
    } else {
        parse_form(&bytes).opt(CSRF_FIELD).map(str::to_owned)
    };
    let same = given.is_some_and(|g| bool::from(g.as_bytes().ct_eq(look.csrf.as_bytes())));
    if look.csrf.is_empty() || !same {
        let say = Say::new(
            "这个页面开得太久了，请刷新后再提交，填写的内容请先复制好。",
            "This page has been open too long: copy what you wrote, reload the page and send it again.",
        );
        return WebError::with(Error::Forbidden(say), &look).into_response();
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    #[test]
    fn a_token_fits_its_session_and_no_other() {
        let t = token(b"secret", b"one");
        assert!(verify(b"secret", b"one", &t));
        assert!(!verify(b"secret", b"two", &t));
        assert!(!verify(b"other", b"one", &t));
        assert!(!verify(b"secret", b"one", ""));
        assert!(!verify(b"secret", b"one", &t[1..]));
    }

    #[test]
    fn a_visitor_is_known_again() {
        let (bytes, set) = new_visitor(&Seeded::new(3), true);
        assert!(set.contains("HttpOnly") && set.contains("Secure") && set.contains("SameSite=Lax"));
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, set.split(';').next().unwrap().parse().unwrap());
        assert_eq!(visitor(&headers), Some(bytes));
        headers.insert(header::COOKIE, "lx_v=short".parse().unwrap());
        assert_eq!(visitor(&headers), None);
    }
}
