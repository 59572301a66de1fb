//! Files of a form: looked at and safe on disk before the transaction that attaches them.

use crate::ctx::Ctx;
use crate::uploads::Upload;
use files::{Attachment, Audience, Evidence, Limits, Store, Variant};
use kernel::{Error, Result};
use std::sync::{Arc, OnceLock};

/// The store of a site: one, so that one large picture is unfolded at a time.
#[derive(Default)]
struct Place(OnceLock<Store>);

/// The store of the site's files.
pub fn store(ctx: &Ctx) -> Store {
    let place: Arc<Place> = ctx.site.kept.get();
    place.0.get_or_init(|| Store::new(&ctx.site.dir, ctx.site.chance.clone())).clone()
}

/// What is in a file. Its key is asked for anew each time, so that nothing opens once that is destroyed.
///
/// Errors: not found where it was taken back or forgotten; refused (`file-damaged`).
pub async fn bytes(ctx: &Ctx, file: &Attachment, variant: Variant) -> Result<Vec<u8>> {
    let wanted = file.clone();
    let opened = ctx.read(move |tx, ctx| files::open(tx, &ctx.site.keyring, &wanted)).await?;
    let key = opened.ok_or(Error::NotFound)?.key;
    let (store, wanted) = (store(ctx), file.clone());
    tokio::task::spawn_blocking(move || store.open(&wanted, &key, variant))
        .await
        .map_err(Error::internal)??
        .ok_or(Error::NotFound)
}

/// Takes in what a form brought. The field's name says what a file shows: `before`, `after`,
/// `document`; anything else shows nothing in particular.
///
/// Errors: [`Error::Invalid`] at the field of the file that cannot be taken.
pub(crate) async fn take_in(ctx: &Ctx, sent: Vec<web::Upload>, audience: Audience) -> Result<Vec<Upload>> {
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    let limits = Limits::default();
    limits.check_count(sent.len())?;
    let (store, own, at) = (store(ctx), ctx.clone(), ctx.at);
    let work = move || {
        sent.iter()
            .map(|f| {
                let file =
                    store.prepare(&f.bytes, &f.name, &limits, at).map_err(|e| at_field(e, &f.field))?;
                let evidence = Evidence::from_key(&f.field).unwrap_or(Evidence::None);
                Ok(Upload { evidence, audience, ..Upload::new(&own, file) })
            })
            .collect::<Result<Vec<Upload>>>()
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// The fault stands beside the field that brought the file.
fn at_field(error: Error, field: &str) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            faults.iter_mut().for_each(|f| f.field = field.to_owned());
            Error::Invalid(faults)
        }
        other => other,
    }
}
