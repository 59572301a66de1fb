//! The middleware around every page, and the routes that belong to the shell itself.

use crate::components::FlashKind;
use crate::errors::{WebError, render_failure};
use crate::form::FormBody;
use crate::look::{ELDER_COOKIE, LANG_COOKIE, Look, THEME_COOKIE, Theme, local_path, locale_of, query_lang};
use axum::Router;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};
use kernel::Locale;

/// Lays the [`Look`] in the request, keeps a language chosen by `?lang=`, and renders errors in it.
/// Put it outermost; where another middleware completes the look, put [`errors`] inside that one too.
pub async fn shell(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let chosen = parts.uri.query().and_then(query_lang);
    let look = Look::from_request_parts(&parts);
    parts.extensions.insert(look.clone());
    let mut response = render_failure(next.run(Request::from_parts(parts, body)).await, &look);
    if let Some(locale) = chosen {
        set_cookie(response.headers_mut(), LANG_COOKIE, locale_key(locale));
    }
    let html =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if look.notice.is_some() && html && !response.status().is_redirection() {
        append_cookie(response.headers_mut(), NOTICE_COOKIE, "", Duration::ZERO);
    }
    response
}

/// The cookie that carries a message over a redirect.
pub const NOTICE_COOKIE: &str = "lx_notice";

/// Goes on to `href`, where the next page says `text` once. Keep people's data out of the text.
pub fn redirect_with(href: &str, kind: FlashKind, text: &str) -> Response {
    let mut response = Redirect::to(href).into_response();
    let value = URL_SAFE_NO_PAD.encode(format!("{} {text}", kind.key()));
    append_cookie(response.headers_mut(), NOTICE_COOKIE, &value, Duration::minutes(2));
    response
}

pub(crate) fn read_notice(value: &str) -> Option<(FlashKind, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
    let (kind, text) = text.split_once(' ')?;
    Some((FlashKind::from_key(kind)?, text.to_owned()))
}

/// Renders errors with the look that lies in the request here, frame and navigation included.
pub async fn errors(request: Request, next: Next) -> Response {
    let look = request.extensions().get::<Look>().cloned();
    let response = next.run(request).await;
    match look {
        Some(look) => render_failure(response, &look),
        None => response,
    }
}

/// The routes of the shell: `POST /look`, the assets, the icon and the manifest.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/look", post(set_look))
        .route("/assets/{hash}/{file}", get(crate::assets::serve))
        .route("/favicon.ico", get(crate::assets::icon))
        .route("/manifest.webmanifest", get(crate::assets::manifest))
}

/// Keeps what the reader chose and goes back to where they were.
async fn set_look(FormBody(values): FormBody) -> Result<Response, WebError> {
    let mut headers = HeaderMap::new();
    if let Some(locale) = values.opt("lang").and_then(locale_of) {
        set_cookie(&mut headers, LANG_COOKIE, locale_key(locale));
    }
    if let Some(elder) = values.opt("elder") {
        set_cookie(&mut headers, ELDER_COOKIE, if elder == "1" { "1" } else { "0" });
    }
    if let Some(theme) = values.opt("theme") {
        set_cookie(&mut headers, THEME_COOKIE, Theme::from_key(theme).key());
    }
    let back = local_path(values.one("back")).to_owned();
    Ok((headers, Redirect::to(&back)).into_response())
}

fn locale_key(locale: Locale) -> &'static str {
    locale.t("zh", "en")
}

/// Adds a cookie of taste: a year long. It says nothing about the person.
fn set_cookie(headers: &mut HeaderMap, name: &'static str, value: &str) {
    append_cookie(headers, name, value, Duration::days(365));
}

fn append_cookie(headers: &mut HeaderMap, name: &'static str, value: &str, age: Duration) {
    let cookie =
        Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax).max_age(age).build();
    if let Ok(v) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(header::SET_COOKIE, v);
    }
}
