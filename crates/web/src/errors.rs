//! One place turns the errors of use cases into answers, in the reader's language.
//!
//! A handler returns [`PageResult`] and uses `?`. The answer it makes without knowing the reader
//! carries the error along; the middleware in [`crate::shell`] finds it and renders the page anew
//! with the reader's [`Look`]. A handler that has the look at hand may also say [`WebError::with`].

use crate::components::{button_link, empty_state};
use crate::look::Look;
use crate::page::Page;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::{Chance, Error, Locale, SystemChance};
use maud::html;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// What a page handler returns.
pub type PageResult = Result<Response, WebError>;
/// What an API handler returns.
pub type ApiResult<T = Response> = Result<T, ApiError>;

/// An error on its way to a page.
#[derive(Debug)]
pub struct WebError(pub Error, pub Option<Look>);

impl WebError {
    /// The error, to be rendered with this look at once.
    pub fn with(error: Error, look: &Look) -> Self {
        WebError(error, Some(look.clone()))
    }
}

impl From<Error> for WebError {
    fn from(error: Error) -> Self {
        WebError(error, None)
    }
}

/// An error on its way to another program: `application/problem+json` (RFC 9457).
#[derive(Debug)]
pub struct ApiError(pub Error);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        ApiError(error)
    }
}

/// The error behind an answer, kept as an extension of the response until it is rendered.
#[derive(Clone)]
struct Failure {
    error: Arc<Error>,
    incident: Option<String>,
}

/// The status that tells this error to a browser or a program.
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::SignIn => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Refused { .. } | Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let failure = Failure { incident: log(&self.0), error: Arc::new(self.0) };
        match self.1 {
            Some(look) => render(&failure, &look),
            None => {
                let mut response = render(&failure, &Look::new(Locale::default()));
                response.extensions_mut().insert(failure);
                response
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let incident = log(&self.0);
        let status = status(&self.0);
        let say = self.0.say();
        let mut body = serde_json::json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "code": code(&self.0),
            "detail": say.en,
            "detail_zh": say.zh,
        });
        if let Some(id) = incident {
            body["incident"] = id.into();
        }
        if let Error::Invalid(fields) = &self.0 {
            body["errors"] = fields
                .iter()
                .map(|f| serde_json::json!({ "field": f.field, "detail": f.say.en, "detail_zh": f.say.zh }))
                .collect();
        }
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after(&self.0) {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// After how many seconds it may be tried again; none where waiting does not help.
pub fn retry_after(error: &Error) -> Option<u32> {
    match error {
        Error::Busy => Some(5),
        Error::TooMany { wait } => Some((*wait).max(1)),
        _ => None,
    }
}

/// A stable word for programs.
fn code(error: &Error) -> &'static str {
    match error {
        Error::NotFound => "not-found",
        Error::SignIn => "sign-in",
        Error::Forbidden(_) => "forbidden",
        Error::Invalid(_) => "invalid",
        Error::Refused { code, .. } => code,
        Error::Conflict(_) => "conflict",
        Error::Busy => "busy",
        Error::TooMany { .. } => "too-many",
        Error::Full(_) => "storage-full",
        Error::Internal(_) => "internal",
    }
}

/// Writes a fault of ours to the log under a number that the person can tell us. What was entered
/// never goes there, so all other errors are silent.
fn log(error: &Error) -> Option<String> {
    let (Error::Internal(what) | Error::Full(what)) = error else { return None };
    let mut bytes = [0u8; 5];
    SystemChance.fill(&mut bytes);
    let incident: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    tracing::error!(%incident, what, "a request ended with a fault of ours");
    Some(incident)
}

/// Renders the error that an answer carries, if it carries one, for this reader.
pub(crate) fn render_failure(mut response: Response, look: &Look) -> Response {
    match response.extensions_mut().remove::<Failure>() {
        Some(failure) => render(&failure, look),
        None => response,
    }
}

fn render(failure: &Failure, look: &Look) -> Response {
    let error = &*failure.error;
    if matches!(error, Error::SignIn) {
        let next = utf8_percent_encode(&look.path, NON_ALPHANUMERIC);
        return Redirect::to(&format!("/sign-in?next={next}")).into_response();
    }
    let mut response = page(error, look, failure.incident.as_deref()).into_response();
    if let Some(seconds) = retry_after(error) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The page that tells an error: what happened, what was kept, what to do next.
pub fn page(error: &Error, look: &Look, incident: Option<&str>) -> Page {
    let fields = match error {
        Error::Invalid(fields) => fields.as_slice(),
        _ => &[],
    };
    let body = html! {
        div.fault {
            (empty_state(&error.text(look.locale), None))
            @if fields.len() > 1 {
                ul { @for f in fields { li { (f.say.to(look.locale)) } } }
            }
            p.hint { (advice(error, look)) }
            @if let Some(id) = incident {
                p.hint { (look.t("事件编号", "Incident")) " " code { (id) } }
            }
            p.actions { (button_link(look.t("回到首页", "To the start page"), "/")) }
        }
    };
    Page::new(look, heading(error, look)).narrow().main(body).status(status(error))
}

fn heading<'a>(error: &Error, look: &Look) -> &'a str {
    match error {
        Error::NotFound => look.t("没有找到这一页", "Page not found"),
        Error::SignIn => look.t("请先登录", "Please sign in"),
        Error::Forbidden(_) => look.t("您没有这项权限", "You may not do this"),
        Error::Invalid(_) => look.t("填写的内容需要改正", "Please correct what you entered"),
        Error::Refused { .. } => look.t("现在还不能这样办", "This cannot be done now"),
        Error::Conflict(_) => look.t("已被别人改动", "Somebody else changed it meanwhile"),
        Error::Busy => look.t("现在人多", "Busy just now"),
        Error::TooMany { .. } => look.t("提交得太频繁", "Too many at once"),
        Error::Full(_) => look.t("存储空间已满", "No room left"),
        Error::Internal(_) => look.t("系统出了问题", "Something went wrong"),
    }
}

/// What to do next.
fn advice<'a>(error: &Error, look: &Look) -> &'a str {
    match error {
        Error::NotFound => look.t(
            "请核对网址或编号。若编号写在回执上，可在首页输入查询码。",
            "Check the address or the number. With a receipt in hand, enter its query code on the start page.",
        ),
        Error::Forbidden(_) => {
            look.t("若工作需要，请联系本单位负责人。", "If your work needs it, ask the lead of your unit.")
        }
        Error::Full(_) => look.t(
            "请尽快告诉管理员，并报下面的事件编号。返回上一页，填写的内容还在，可以先抄下来。",
            "Please tell the administrator at once, with the incident number below. What you entered is still on the page before this one.",
        ),
        Error::Internal(_) => look.t(
            "请把下面的事件编号告诉管理员，便于查找原因。",
            "Please give the incident number below to the administrator.",
        ),
        Error::Busy | Error::TooMany { .. } => {
            look.t("没有写入任何内容，可以放心重试。", "Nothing was written; it is safe to try again.")
        }
        _ => look.t("请返回上一页，改好后再提交。", "Go back one page, change it and send it again."),
    }
}
