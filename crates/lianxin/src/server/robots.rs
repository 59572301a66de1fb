//! `GET /robots.txt`: the public pages may be found, a case by its number may not.

use axum::response::{IntoResponse, Response};
use http::header;

const TEXT: &str =
    "User-agent: *\nAllow: /$\nAllow: /public\nAllow: /rules\nAllow: /proof\nAllow: /assets/\nDisallow: /\n";

/// The file.
pub(super) async fn show() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, TEXT).into_response()
}
