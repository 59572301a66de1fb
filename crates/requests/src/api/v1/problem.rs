//! Faults as `application/problem+json` (RFC 9457), in both languages.

use crate::api::client::KEY_HEADER;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::{Error, Say};
use serde::Serialize;
use utoipa::ToSchema;
use web::ApiError;

/// Why a request was not answered.
pub(super) enum Problem {
    /// A use case ended so.
    Of(Error),
    /// The request itself is no request.
    Request {
        /// The status.
        status: StatusCode,
        /// A stable word for programs.
        code: &'static str,
        /// For the person who writes the program.
        say: Say,
    },
}

/// Why a request was not answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(in crate::api) struct ProblemBody {
    /// Always `about:blank`: the code says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The name of the status.
    title: String,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// A stable word for programs, such as `invalid`, `key`, `not-found`.
    code: &'static str,
    /// What happened and what to do, in English.
    detail: String,
    /// The same in Chinese.
    detail_zh: String,
    /// The number under which a fault of ours stands in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    incident: Option<String>,
    /// What is wrong with each field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FieldProblem {
    /// The field.
    field: String,
    /// What is wrong, in English.
    detail: String,
    /// The same in Chinese.
    detail_zh: String,
}

impl Problem {
    /// Something in the address or a header is wrong.
    pub(super) fn bad(zh: impl Into<String>, en: impl Into<String>) -> Problem {
        let say = Say::new(zh.into(), en.into());
        Problem::Request { status: StatusCode::BAD_REQUEST, code: "bad-request", say }
    }

    /// There is no key, or it is not in force.
    pub(super) fn key() -> Problem {
        let say = Say::new(
            format!("请求头 {KEY_HEADER} 里没有有效的密钥。密钥由平台管理员发放。"),
            format!(
                "The header {KEY_HEADER} holds no valid key. The administrator of this site hands keys out."
            ),
        );
        Problem::Request { status: StatusCode::UNAUTHORIZED, code: "key", say }
    }

    /// The address is right and the method is not.
    pub(super) fn not_allowed() -> Problem {
        let say = Say::new(
            "这个地址不支持这种请求方法，可用的方法见 Allow。",
            "This address does not take this method; the header Allow lists those it takes.",
        );
        Problem::Request { status: StatusCode::METHOD_NOT_ALLOWED, code: "method", say }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Problem::Of(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, say) = match self {
            Problem::Of(error) => return ApiError(error).into_response(),
            Problem::Request { status, code, say } => (status, code, say),
        };
        let body = ProblemBody {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code,
            detail: say.en.into_owned(),
            detail_zh: say.zh.into_owned(),
            incident: None,
            errors: Vec::new(),
        };
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("ApiKey header=\"X-Api-Key\""));
        }
        response
    }
}
