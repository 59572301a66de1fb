//! Files that come with an act: taken in before the transaction, attached within it.

use crate::ctx::Ctx;
use db::Tx;
use files::{Attachment, Audience, Evidence, NewAttachment, Prepared};
use kernel::{AttachmentId, RequestId, Result};

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
pub(crate) fn attach(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId, all: &[Upload]) -> Result<()> {
    for upload in all {
        let new = NewAttachment {
            id: upload.id,
            owner_kind: OWNER,
            owner: id.0,
            evidence: upload.evidence,
            audience: upload.audience,
            by: &ctx.scope.actor,
            at: ctx.at,
        };
        files::attach(tx, &new, &upload.file)?;
    }
    Ok(())
}

/// The files of a case.
pub(crate) fn of(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<Attachment>> {
    files::list(tx, OWNER, id.0)
}
