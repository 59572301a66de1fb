//! What is answered where there is no page, no such verb, or no answer in time.

use axum::extract::{OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kernel::{Error, Say};
use maud::html;
use std::time::Duration;
use web::components::{button_link, empty_state};
use web::{ApiError, Look, Page, WebError};

/// Whether other programs come by this path, so that a fault is told in JSON.
fn is_for_programs(path: &str) -> bool {
    access::guard::EXEMPT.iter().any(|p| path.starts_with(p))
}

/// No page here.
pub(super) async fn not_found(OriginalUri(uri): OriginalUri, look: Look) -> Response {
    match is_for_programs(uri.path()) {
        true => ApiError(Error::NotFound).into_response(),
        false => WebError::with(Error::NotFound, &look).into_response(),
    }
}

/// A page is here, but nothing is to be sent to it in this way.
pub(super) async fn not_allowed(OriginalUri(uri): OriginalUri, look: Look) -> Response {
    let title = Say::new("这个网址不能这样用", "This address is not used in this way");
    let text = Say::new(
        "您可能刷新了一个已经提交过的页面。没有写入任何内容。",
        "You may have reloaded a page that was sent already. Nothing was written.",
    );
    answer(StatusCode::METHOD_NOT_ALLOWED, &title, &text, uri.path(), &look)
}

/// Ends an answer that takes too long. What was asked of the database may still be done, and the
/// page says so.
pub(super) async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let look = request.extensions().get::<Look>().cloned().unwrap_or_default();
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let title = Say::new("用时太长", "This took too long");
            let text = Say::new(
                "系统没能及时答复。再次提交前，请先看看刚才的内容是否已经保存。",
                "No answer in time. Before you send it again, please see whether it was kept.",
            );
            answer(StatusCode::GATEWAY_TIMEOUT, &title, &text, &path, &look)
        }
    }
}

fn answer(status: StatusCode, title: &Say, text: &Say, path: &str, look: &Look) -> Response {
    if is_for_programs(path) {
        let body = serde_json::json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "detail": text.en,
            "detail_zh": text.zh,
        });
        let kind = [(http::header::CONTENT_TYPE, "application/problem+json")];
        return (status, kind, body.to_string()).into_response();
    }
    let body = html! {
        div.fault {
            (empty_state(text.to(look.locale), None))
            p.actions { (button_link(look.t("回到首页", "To the start page"), "/")) }
        }
    };
    Page::new(look, title.to(look.locale)).narrow().main(body).status(status).into_response()
}
