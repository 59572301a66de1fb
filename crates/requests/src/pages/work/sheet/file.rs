//! A file of a case, for those who may look at the case.

use super::Sheet;
use crate::acts::look;
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::attach;
use crate::uploads;
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
    let (own, variant) = (number.clone(), if asked.small { Variant::Thumb } else { Variant::Full });
    let (file, known) = ctx
        .read(move |tx, ctx| {
            let case = Case::find_number(tx, ctx, &own)?;
            let mut file = [uploads::one(tx, &case, id)?];
            files::name_all(tx, &ctx.site.keyring, &mut file, |f| !f.of_person())?;
            let [file] = file;
            let known = variant == Variant::Thumb || look::file_on_record(tx, ctx, &case, &file)?;
            Ok((file, known))
        })
        .await?;
    // Written down before it is shown: a look that is not on record does not happen.
    if !known {
        ctx.write(move |tx, ctx| look::file(tx, ctx, &number, id)).await?;
    }
    let bytes = attach::bytes(&ctx, &file, variant).await?;
    Ok(respond(&file, &file.called(staff.look.locale), bytes, variant, asked.save))
}

/// A file in a list of the case page.
pub(super) fn item(s: &Sheet, f: &Attachment) -> FileItem {
    let href = format!("/requests/{}/files/{}", s.case.row.number, f.id);
    let shows = rules::case::Evidence::from_key(f.evidence.key());
    FileItem {
        name: f.called(s.eye.locale()),
        bytes: f.size,
        thumb: f.thumb.then(|| format!("{href}?small=true")),
        note: shows.map(|e| e.name().to(s.eye.locale()).to_owned()).unwrap_or_default(),
        href,
    }
}
