//! A picture of a visit: for whoever is paired with the household, and for others with a look on record.

use crate::visits::photos::{self, Seen};
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use files::{Attachment, Variant};
use kernel::{AttachmentId, Error, Locale};
use requests::{Ctx, uploads};
use web::PageResult;
use web::components::FlashKind;
use web::redirect_with;

/// Which of its pictures.
#[derive(serde::Deserialize, Default)]
pub(super) struct Asked {
    /// The small one.
    #[serde(default)]
    small: bool,
}

/// What the picture in this place of a visit is called.
pub(super) fn called(locale: Locale, place: usize) -> String {
    format!("{}{place}", locale.t("照片", "Picture "))
}

/// Where a picture is.
pub(super) fn href(file: &Attachment) -> String {
    format!("/visits/photos/{}", file.id)
}

/// `GET /visits/photos/{id}?small=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let id: AttachmentId = id.parse().map_err(|_| Error::NotFound)?;
    let Seen { file, paired, .. } = ctx.read(move |tx, ctx| photos::find(tx, ctx, id)).await?;
    // Written down before it is shown, the small one as well: somebody's home is seen on it.
    if !paired {
        ctx.write(move |tx, ctx| photos::look(tx, ctx, id)).await?;
    }
    let variant = if asked.small { Variant::Thumb } else { Variant::Full };
    let bytes = uploads::bytes(&ctx, &file, variant).await?;
    let locale = staff.look.locale;
    let ending = files::Kind::from_mime(&file.mime).map_or("jpg", files::Kind::ending);
    let name = format!("{}.{ending}", called(locale, usize::try_from(file.seq).unwrap_or(1)));
    Ok(files::respond(&file, &name, bytes, variant, false))
}

/// `POST /visits/photos/{id}/removal`: it is taken out of the visit; a copy that went along with a need belongs to the request.
pub(super) async fn take_out(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let id: AttachmentId = id.parse().map_err(|_| Error::NotFound)?;
    let seen = ctx.write(move |tx, ctx| photos::take_out(tx, ctx, id)).await?;
    let (store, db, owner) = (uploads::store(&ctx), site.db.clone(), seen.file.owner);
    let work = move || files::purge(&store, &db, photos::OWNER, owner);
    // It is out: what opens it is destroyed. Bytes that could not be removed now are swept later.
    if let Err(error) = tokio::task::spawn_blocking(work).await.map_err(Error::internal)? {
        tracing::warn!(%error, "the bytes of a picture that was taken out are removed later");
    }
    let page = format!("/visits/households/{}", seen.home.code);
    let said = staff.look.t(
        "照片已去掉，在走访里不能再打开；已经随诉求转去的，诉求里还有。",
        "The picture is taken out and no longer opens at the visit; one that was passed on with a need stays there.",
    );
    Ok(redirect_with(&page, FlashKind::Ok, said))
}
