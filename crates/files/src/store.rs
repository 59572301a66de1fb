//! The attachments' SQL.

use crate::model::{Attachment, Audience, Evidence, NewAttachment};
use crate::vault::Prepared;
use db::{Row, Tx, params};
use kernel::{Actor, AttachmentId, Error, Result, Timestamp, Uuid};

db::statements! {
    pub(crate) ATTACHMENT_INSERT = "INSERT INTO attachments (id, owner_kind, owner, seq, name, mime, size, sha256,
        width, height, thumb, evidence, audience, added_by, at)
        SELECT $1, $2, $3, COALESCE(MAX(seq), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
        FROM attachments WHERE owner = $3 AND owner_kind = $2
        ON CONFLICT (id) DO NOTHING";
    pub(crate) ATTACHMENT_GET = "SELECT id, owner_kind, owner, seq, name, mime, size, sha256, width, height, thumb,
        evidence, audience, added_by, at, removed_at FROM attachments WHERE id = $1";
    pub(crate) ATTACHMENT_LIST = "SELECT id, owner_kind, owner, seq, name, mime, size, sha256, width, height, thumb,
        evidence, audience, added_by, at, removed_at FROM attachments
        WHERE owner = $1 AND owner_kind = $2 AND removed_at IS NULL ORDER BY seq";
    pub(crate) ATTACHMENT_COUNT = "SELECT COUNT(*) FROM attachments
        WHERE owner = $1 AND owner_kind = $2 AND removed_at IS NULL";
    pub(crate) ATTACHMENT_AUDIENCE = "UPDATE attachments SET audience = $2 WHERE id = $1 AND removed_at IS NULL";
    pub(crate) ATTACHMENT_REMOVE = "UPDATE attachments SET removed_by = $2, removed_at = $3
        WHERE id = $1 AND removed_at IS NULL";
    pub(crate) ATTACHMENT_FORGET = "UPDATE attachments SET name = '', removed_by = COALESCE(removed_by, $2),
        removed_at = COALESCE(removed_at, $3) WHERE id = $1";
    pub(crate) ATTACHMENT_KEPT = "SELECT 1 FROM attachments
        WHERE sha256 = $1 AND (removed_at IS NULL OR removed_at > $2) LIMIT 1";
}

/// Attaches a prepared file in the caller's transaction. The same id again changes nothing and
/// gives back what stands.
///
/// Errors: [`Error::Internal`] when the id belongs to something else's attachment.
pub fn attach(tx: &mut dyn Tx, new: &NewAttachment<'_>, file: &Prepared) -> Result<Attachment> {
    tx.execute(
        &ATTACHMENT_INSERT,
        &params![
            new.id,
            new.owner_kind,
            new.owner,
            file.name.as_str(),
            file.kind.mime(),
            file.size as i64,
            file.sha256,
            file.pixels.map(|p| p.0),
            file.pixels.map(|p| p.1),
            file.thumb,
            new.evidence.key(),
            new.audience.key(),
            actor_text(new.by)?,
            new.at
        ],
    )?;
    match get(tx, new.id)? {
        Some(a) if a.owner == new.owner && a.owner_kind == new.owner_kind => Ok(a),
        _ => Err(Error::internal(format!("attachment {} belongs elsewhere", new.id))),
    }
}

/// The attachment with this id, taken back or not.
pub fn get(tx: &mut dyn Tx, id: AttachmentId) -> Result<Option<Attachment>> {
    tx.query_opt(&ATTACHMENT_GET, &params![id])?.map(|r| attachment_of(&r)).transpose()
}

/// What is attached to the owner, in the order in which it came; not what was taken back.
pub fn list(tx: &mut dyn Tx, owner_kind: &str, owner: Uuid) -> Result<Vec<Attachment>> {
    tx.query_map(&ATTACHMENT_LIST, &params![owner, owner_kind], attachment_of)
}

/// How many [`list`] would give.
pub fn count(tx: &mut dyn Tx, owner_kind: &str, owner: Uuid) -> Result<i64> {
    tx.scalar(&ATTACHMENT_COUNT, &params![owner, owner_kind])
}

/// Changes who may see it; `false` when there is no such attachment.
pub fn set_audience(tx: &mut dyn Tx, id: AttachmentId, audience: Audience) -> Result<bool> {
    Ok(tx.execute(&ATTACHMENT_AUDIENCE, &params![id, audience.key()])? == 1)
}

/// Takes it back: nobody gets it any more, the row stays. `false` when there is none to take back.
pub fn remove(tx: &mut dyn Tx, id: AttachmentId, by: &Actor, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&ATTACHMENT_REMOVE, &params![id, actor_text(by)?, at])? == 1)
}

/// Takes it back and forgets what it was called, which may say whose it is.
pub fn forget(tx: &mut dyn Tx, id: AttachmentId, by: &Actor, at: Timestamp) -> Result<()> {
    tx.execute(&ATTACHMENT_FORGET, &params![id, actor_text(by)?, at]).map(drop)
}

/// Whether any row still needs these bytes; one that was taken back after `since` does.
pub(crate) fn kept(tx: &mut dyn Tx, sha256: &[u8; 32], since: Timestamp) -> Result<bool> {
    tx.exists(&ATTACHMENT_KEPT, &params![sha256, since])
}

fn actor_text(actor: &Actor) -> Result<String> {
    serde_json::to_string(actor).map_err(Error::internal)
}

fn attachment_of(r: &Row) -> Result<Attachment> {
    let (width, height): (Option<u32>, Option<u32>) = (r.get(8)?, r.get(9)?);
    let (evidence, audience): (String, String) = (r.get(11)?, r.get(12)?);
    let unknown = |what: &str| Error::internal(format!("attachments: no such word: {what}"));
    Ok(Attachment {
        id: r.get(0)?,
        owner_kind: r.get(1)?,
        owner: r.get(2)?,
        seq: r.get(3)?,
        name: r.get(4)?,
        mime: r.get(5)?,
        size: r.get::<i64>(6)?.unsigned_abs(),
        sha256: r.get(7)?,
        pixels: width.zip(height),
        thumb: r.get(10)?,
        evidence: Evidence::from_key(&evidence).ok_or_else(|| unknown(&evidence))?,
        audience: Audience::from_key(&audience).ok_or_else(|| unknown(&audience))?,
        by: serde_json::from_str(&r.get::<String>(13)?).map_err(Error::internal)?,
        at: r.get(14)?,
        removed_at: r.get(15)?,
    })
}
