//! Taking in what a program sends: once for each idempotency key, in the program's name.

use super::client::Client;
use crate::ctx::Ctx;
use crate::register::{NewRequest, register};
use crate::store::api;
use http::HeaderMap;
use kernel::{Error, FieldError, Result};
use std::sync::Arc;

/// The header that makes a repeated request harmless.
pub(super) const ONCE_HEADER: &str = "idempotency-key";

/// The longest idempotency key.
pub(super) const ONCE_MAX: usize = 200;

/// What was taken in.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// Its number.
    pub(super) number: String,
    /// Whether it was taken in before under the same idempotency key, so that nothing was done now.
    pub(super) again: bool,
}

/// The idempotency key of a request, empty where there is none.
///
/// Errors: [`Error::Invalid`] where it is too long or not plain ASCII.
pub(super) fn once_key(headers: &HeaderMap) -> Result<String> {
    let Some(value) = headers.get(ONCE_HEADER) else { return Ok(String::new()) };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= ONCE_MAX => Ok(key.to_owned()),
        _ => Err(Error::field(
            "Idempotency-Key",
            format!("Idempotency-Key 应为 1 到 {ONCE_MAX} 个 ASCII 字符。"),
            format!("Idempotency-Key has 1 to {ONCE_MAX} ASCII characters."),
        )),
    }
}

/// Takes it in, unless the same program did so before under the same idempotency key.
///
/// Errors: those of [`register`].
pub(super) async fn take_in(ctx: &Ctx, client: &Client, new: NewRequest, once: String) -> Result<Taken> {
    let (new, name) = (Arc::new(new), client.name.clone());
    let scope = format!("client {name}");
    ctx.write(move |tx, ctx| {
        let done = access::once(tx, &scope, &once, ctx.at, |tx| {
            let got = register(tx, ctx, &new)?;
            api::remember(tx, &name, got.id)?;
            Ok(got.number)
        })?;
        Ok(Taken { number: done.value, again: done.again })
    })
    .await
}

/// The faults of `error` under the names that the interface has for the fields.
pub(super) fn renamed(error: Error, names: &[(&str, &str)]) -> Error {
    let rename = |f: FieldError| match names.iter().find(|(ours, _)| *ours == f.field) {
        Some((_, theirs)) => FieldError { field: (*theirs).to_owned(), ..f },
        None => f,
    };
    match error {
        Error::Invalid(faults) => Error::Invalid(faults.into_iter().map(rename).collect()),
        other => other,
    }
}
