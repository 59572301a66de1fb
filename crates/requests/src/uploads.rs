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

/// The same files once more, each with an id and a key of its own, to go with something else as well.
///
/// Errors: those of the disk.
pub async fn copies(ctx: &Ctx, all: &[Upload]) -> Result<Vec<Upload>> {
    let (store, at, files) = (store(ctx), ctx.at, all.to_vec());
    let made = tokio::task::spawn_blocking(move || {
        files.into_iter().map(|u| Ok((store.copy(&u.file, at)?, u))).collect::<Result<Vec<_>>>()
    });
    let made = made.await.map_err(Error::internal)??;
    let id = || AttachmentId::new(ctx.at, &*ctx.site.chance);
    Ok(made.into_iter().map(|(file, u)| Upload { id: id(), file, ..u }).collect())
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
