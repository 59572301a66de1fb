//! Files that come with an act: taken in before the transaction, attached within it.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::store::request;
use db::Tx;
use files::{Attachment, Audience, Evidence, NewAttachment, Prepared, Whose};
use kernel::{AttachmentId, Error, RequestId, Result};

pub use crate::pages::attach::{bytes, store};
pub use crate::pages::public::attach::{Sent, Wanted, read_wanted, received};

/// The kind of owner under which a case's files stand.
pub const OWNER: &str = "request";

/// A file on disk that waits to be attached.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Made once, so that a repeated act attaches it once.
    pub id: AttachmentId,
    /// The file.
    pub file: Prepared,
    /// What it proves.
    pub evidence: Evidence,
    /// Who may see it.
    pub audience: Audience,
}

impl Upload {
    /// A file that proves nothing in particular, for staff and the person.
    pub fn new(ctx: &Ctx, file: Prepared) -> Upload {
        let id = AttachmentId::new(ctx.at, &*ctx.site.chance);
        Upload { id, file, evidence: Evidence::None, audience: Audience::Person }
    }
}

/// The same files once more, each with a key of its own, to go with the request `id` as well. One file goes with one request
/// once: its id there follows from both.
///
/// Errors: those of the disk; refused (`file-damaged`) where a file is gone.
pub async fn copies(ctx: &Ctx, id: RequestId, all: &[Upload]) -> Result<Vec<Upload>> {
    let (store, at, files) = (store(ctx), ctx.at, all.to_vec());
    let made = tokio::task::spawn_blocking(move || {
        files.into_iter().map(|u| Ok((store.copy(&u.file, at)?, u))).collect::<Result<Vec<_>>>()
    });
    let made = made.await.map_err(Error::internal)??;
    Ok(made.into_iter().map(|(file, u)| Upload { id: copy_id(ctx, id, &u.file), file, ..u }).collect())
}

/// How many of these files have no copy with the request `id`, nor had one that was taken back.
///
/// Errors: those of the database.
pub fn without_copy(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId, all: &[Upload]) -> Result<usize> {
    let mut none = 0;
    for upload in all {
        none += usize::from(files::get(tx, copy_id(ctx, id, &upload.file))?.is_none());
    }
    Ok(none)
}

/// Without the site's secret it says nothing about the file.
fn copy_id(ctx: &Ctx, id: RequestId, file: &Prepared) -> AttachmentId {
    let mac = ctx.site.secret.mac("request-copy-id", &[&id.bytes()[..], &file.print].concat());
    let mut id = [0u8; 16];
    id.copy_from_slice(&mac[..16]);
    // Version 8: an id of our own making.
    id[6] = id[6] & 0x0F | 0x80;
    id[8] = id[8] & 0x3F | 0x80;
    AttachmentId(kernel::Uuid::from_bytes(id))
}

/// Puts files with a case that was registered in the same transaction: they are those of whoever asked, and go with them.
/// Whether whoever acts may is the caller's business.
///
/// Errors: not found; those of the vault and the database.
pub fn along(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId, all: &[Upload]) -> Result<()> {
    let person = request::by_id(tx, id)?.ok_or(Error::NotFound)?.person;
    attach(tx, ctx, id, Whose::Person(person), all)
}

/// Attaches files to a case.
pub(crate) fn attach(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId, whose: Whose, all: &[Upload]) -> Result<()> {
    for upload in all {
        let new = NewAttachment {
            id: upload.id,
            owner_kind: OWNER,
            owner: id.0,
            evidence: upload.evidence,
            audience: upload.audience,
            whose,
            by: &ctx.scope.actor,
            at: ctx.at,
        };
        files::attach(tx, &ctx.site.keyring, &new, &upload.file)?;
    }
    Ok(())
}

/// The files of a case, without the names they came with.
pub(crate) fn of(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<Attachment>> {
    files::list(tx, OWNER, id.0)
}

/// One file of a case.
///
/// Errors: not found where there is none or it was taken back.
pub(crate) fn one(tx: &mut dyn Tx, case: &Case, id: AttachmentId) -> Result<Attachment> {
    let found = files::get(tx, id)?.filter(|f| f.owner_kind == OWNER && f.owner == case.row.id.0);
    found.filter(|f| f.removed_at.is_none()).ok_or(Error::NotFound)
}
