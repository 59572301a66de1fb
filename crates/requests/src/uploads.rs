//! Files that come with an act: taken in before the transaction, attached within it.

use crate::case::Case;
use crate::ctx::Ctx;
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
