//! JSON or XML, as the end of the path says; and faults in that form.

use super::node::Node;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use kernel::{Error, Locale, Say};
use std::convert::Infallible;
use web::Look;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

/// How this answer has to be given: form and language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) kind: Kind,
    pub(super) locale: Locale,
}

/// What stands before the suffix in the last part of a path, and the form the suffix names.
pub(super) fn split(file: &str) -> Option<(&str, Kind)> {
    let (name, suffix) = file.rsplit_once('.')?;
    match suffix {
        "json" => Some((name, Kind::Json)),
        "xml" => Some((name, Kind::Xml)),
        _ => None,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Form {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let look = parts.extensions.get::<Look>().cloned();
        let look = look.unwrap_or_else(|| Look::from_request_parts(parts));
        let kind = split(parts.uri.path()).map_or(Kind::Json, |(_, kind)| kind);
        Ok(Form { kind, locale: look.locale })
    }
}

impl Form {
    /// An answer; `root` names the XML document.
    pub(super) fn answer(self, status: StatusCode, root: &str, node: &Node) -> Response {
        let (kind, body) = match self.kind {
            Kind::Json => ("application/json; charset=utf-8", node.json()),
            Kind::Xml => ("text/xml; charset=utf-8", node.xml(root)),
        };
        (status, [(header::CONTENT_TYPE, kind)], body).into_response()
    }

    /// The answer of a handler, or its fault.
    pub(super) fn give(self, root: &str, done: Result<Node, Fault>) -> Response {
        match done {
            Ok(node) => self.answer(StatusCode::OK, root, &node),
            Err(fault) => self.fault(&fault),
        }
    }

    fn fault(self, fault: &Fault) -> Response {
        let code = Node::Int(i64::from(fault.status.as_u16()));
        let error = Node::Map(vec![("code", code), ("description", fault.say.to(self.locale).into())]);
        let mut response = self.answer(fault.status, "errors", &Node::List(vec![error]));
        if let Some(seconds) = fault.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Why a request was not answered, in the words of the standard: a status and a text.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    pub(super) say: Say,
    /// After how many seconds it may be tried again.
    retry_after: Option<u32>,
}

impl Fault {
    /// A fault of the request.
    pub(super) fn new(status: StatusCode, say: Say) -> Fault {
        Fault { status, say, retry_after: None }
    }

    /// Something in the request is wrong.
    pub(super) fn bad(zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, Say::new(zh.into(), en.into()))
    }

    /// Nothing there.
    pub(super) fn missing(zh: &'static str, en: &'static str) -> Fault {
        Fault::new(StatusCode::NOT_FOUND, Say::new(zh, en))
    }

    /// The key is not there, or is none.
    pub(super) fn key() -> Fault {
        let say = Say::new(
            "缺少 api_key，或者它无效。密钥由平台管理员发放。",
            "The api_key is missing or not valid. The administrator of this site hands keys out.",
        );
        Fault::new(StatusCode::FORBIDDEN, say)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::SignIn | Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::Invalid(_) | Error::Refused { .. } | Error::Conflict(_) => StatusCode::BAD_REQUEST,
            Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Full(what) => {
                tracing::error!(what, "an Open311 request met a full disk");
                StatusCode::INSUFFICIENT_STORAGE
            }
            Error::Internal(what) => {
                tracing::error!(what, "an Open311 request ended with a fault of ours");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let say = match &error {
            Error::Invalid(faults) => {
                let all = |locale: Locale| {
                    let each = faults.iter().map(|f| match f.field.as_str() {
                        "" => f.say.to(locale).to_owned(),
                        field => format!("{field}: {}", f.say.to(locale)),
                    });
                    each.collect::<Vec<_>>().join("; ")
                };
                Say::new(all(Locale::Zh), all(Locale::En))
            }
            other => other.say(),
        };
        Fault { status, say, retry_after: web::errors::retry_after(&error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_with_dots_keeps_them() {
        assert_eq!(split("01.02.03.json"), Some(("01.02.03", Kind::Json)));
        assert_eq!(split("LX-2026-00012.xml"), Some(("LX-2026-00012", Kind::Xml)));
        assert_eq!(split("01.02.03"), None);
        assert_eq!(split(""), None);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let error = Error::Invalid(vec![
            kernel::FieldError { field: "phone".into(), say: Say::new("甲", "one") },
            kernel::FieldError { field: String::new(), say: Say::new("乙", "two") },
        ]);
        let fault = Fault::from(error);
        assert_eq!((fault.status.as_u16(), fault.say.to(Locale::En)), (400, "phone: one; two"));
    }
}
