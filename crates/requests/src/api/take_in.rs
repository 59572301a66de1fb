//! Taking in what a program sends: once for each idempotency key, in the program's name.

use super::client::Client;
use crate::ctx::Ctx;
use crate::pages::spot;
use crate::register::{self, NewRequest, Registered};
use crate::store::api;
use http::HeaderMap;
use kernel::{Error, FieldError, Result, Say};
use sha2::{Digest, Sha256};
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
    /// What the person is given; none where it was taken in before under the same idempotency key, so that
    /// nothing was done now.
    pub(super) new: Option<Registered>,
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
/// Errors: those of [`register::register`]; a conflict where the key was used for another request.
pub(super) async fn take_in(ctx: &Ctx, client: &Client, mut new: NewRequest, once: String) -> Result<Taken> {
    let mark = if once.is_empty() { String::new() } else { mark(ctx, &new) };
    // A point alone says where as well, where the grid has outlines.
    if let Some(point) = new.point.filter(|_| new.place.is_none()) {
        new.place = ctx.read(move |tx, ctx| spot::unit_at(tx, ctx, spot::degrees(point))).await?;
    }
    let (ready, name) = (Arc::new(register::prepare(ctx, &new)?), client.name.clone());
    let scope = format!("client {name}");
    ctx.write(move |tx, ctx| {
        let mut new = None;
        let done = access::once(tx, &scope, &once, ctx.at, |tx| {
            let got = register::take_in(tx, ctx, &ready)?;
            api::remember(tx, &name, got.id)?;
            let number = got.number.clone();
            new = Some(got);
            Ok((number, mark.clone()))
        })?;
        let (number, before) = done.value;
        if before != mark {
            return Err(Error::Conflict(Say::new(
                "这个 Idempotency-Key 已经用于另一件诉求，没有写入任何内容。",
                "This Idempotency-Key was used for another request; nothing was written.",
            )));
        }
        Ok(Taken { number, new })
    })
    .await
}

/// Tells one request from another without saying anything of either: keyed with the site's secret, and
/// too short to be turned round.
fn mark(ctx: &Ctx, new: &NewRequest) -> String {
    let files: Vec<_> = new.files.iter().map(|f| f.file.print).collect();
    let person = (&new.person.name, &new.person.phone, &new.person.address, new.person.locale);
    let what = (&new.class, new.kind, new.urgency, &new.title, &new.body, &new.answers);
    let place = (new.place, &new.place_text, new.point);
    let mut hash = Sha256::new();
    hash.update(ctx.site.secret.bytes());
    hash.update(format!("{what:?} {place:?} {person:?} {files:?}"));
    hex::encode(&hash.finalize()[..8])
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
