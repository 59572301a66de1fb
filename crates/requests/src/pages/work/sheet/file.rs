//! A file of a case, for those who may look at the case.

use super::Sheet;
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::attach;
use crate::uploads::OWNER;
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use files::{Attachment, Variant, respond};
use kernel::{AttachmentId, Error};
use serde::Deserialize;
use web::PageResult;
use web::components::FileItem;

/// Which of its pictures, and how.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// The small picture.
    #[serde(default)]
    small: bool,
    /// To be saved.
    #[serde(default)]
    save: bool,
}

/// `GET /requests/{number}/files/{id}`.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((number, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let id: AttachmentId = id.parse().map_err(|_| Error::NotFound)?;
    let file = ctx
        .read(move |tx, ctx| {
            let case = Case::find_number(tx, ctx, &number)?;
            let file = files::get(tx, id)?.ok_or(Error::NotFound)?;
            let own = file.owner_kind == OWNER && file.owner == case.row.id.0 && file.removed_at.is_none();
            if own { Ok(file) } else { Err(Error::NotFound) }
        })
        .await?;
    let variant = if asked.small { Variant::Thumb } else { Variant::Full };
    let (store, wanted) = (attach::store(&ctx), file.clone());
    let bytes = tokio::task::spawn_blocking(move || store.open(&wanted, variant))
        .await
        .map_err(Error::internal)??
        .ok_or(Error::NotFound)?;
    Ok(respond(&file, bytes, variant, asked.save))
}

/// A file in a list of the case page.
pub(super) fn item(s: &Sheet, f: &Attachment) -> FileItem {
    let href = format!("/requests/{}/files/{}", s.case.row.number, f.id);
    let shows = rules::case::Evidence::from_key(f.evidence.key());
    FileItem {
        name: f.name.clone(),
        bytes: f.size,
        thumb: f.thumb.then(|| format!("{href}?small=true")),
        note: shows.map(|e| e.name().to(s.eye.locale()).to_owned()).unwrap_or_default(),
        href,
    }
}
