//! The fields of an address, read strictly: what is there has to fit; what nobody asked for is ignored.

use super::problem::Problem;
use axum::extract::FromRequestParts;
use http::request::Parts;
use kernel::Date;
use std::convert::Infallible;
use web::Values;
use web::form::parse_form;

/// The fields after the `?`.
pub(super) struct Query(Values);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Query(parse_form(parts.uri.query().unwrap_or("").as_bytes())))
    }
}

impl Query {
    /// The value of a field that may stand once.
    ///
    /// Errors: 400 where it stands more often, or is empty.
    pub(super) fn text(&self, field: &str) -> Result<Option<&str>, Problem> {
        match self.0.all(field) {
            [] => Ok(None),
            [one] if !one.is_empty() => Ok(Some(one)),
            _ => Err(Problem::bad(
                format!("{field} 要写一次，而且不能为空。"),
                format!("{field} is to be given once, and not empty."),
            )),
        }
    }

    /// The value as something else.
    fn read<T>(
        &self,
        field: &str,
        how: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        let fault = || Problem::bad(format!("{field} 应为 {how}。"), format!("{field} has to be {how}."));
        read(text).map(Some).ok_or_else(fault)
    }

    /// A whole number within bounds.
    pub(super) fn number(&self, field: &str, min: i64, max: i64) -> Result<Option<i64>, Problem> {
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse::<i64>().ok()).flatten();
        self.read(field, &format!("{min}…{max}"), |t| digits(t).filter(|n| (min..=max).contains(n)))
    }

    /// A civil date.
    pub(super) fn date(&self, field: &str) -> Result<Option<Date>, Problem> {
        // Ten signs: other spellings of a date are no promise of ours.
        let read =
            |t: &str| if t.len() == 10 { t.parse::<Date>().ok().filter(|d| d.year() >= 1) } else { None };
        self.read(field, "YYYY-MM-DD", read)
    }

    /// One of these words.
    pub(super) fn word(&self, field: &str, words: &[&'static str]) -> Result<Option<&'static str>, Problem> {
        self.read(field, &words.join(" | "), |t| words.iter().copied().find(|w| *w == t))
    }
}
