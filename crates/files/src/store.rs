//! The attachments' SQL.

use crate::model::{Attachment, Audience, Evidence, NewAttachment, Whose};
use crate::vault::Prepared;
use access::Keyring;
use access::vault::files::{self as vault, Opened};
use db::{Row, Tx, params};
use kernel::{Actor, AttachmentId, Error, Result, Timestamp, Uuid};

db::statements! {
    pub(crate) ATTACHMENT_INSERT = "INSERT INTO attachments (id, owner_kind, owner, seq, handed_in, person, mime,
        size, blob, width, height, thumb, evidence, audience, added_by, at)
        SELECT $1, $2, $3, COALESCE(MAX(seq), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
        FROM attachments WHERE owner = $3 AND owner_kind = $2
        ON CONFLICT (id) DO NOTHING RETURNING id";
    pub(crate) ATTACHMENT_GET = "SELECT id, owner_kind, owner, seq, mime, size, blob, width, height, thumb,
        evidence, audience, added_by, at, removed_at, handed_in, person FROM attachments WHERE id = $1";
    pub(crate) ATTACHMENT_LIST = "SELECT id, owner_kind, owner, seq, mime, size, blob, width, height, thumb,
        evidence, audience, added_by, at, removed_at, handed_in, person FROM attachments
        WHERE owner = $1 AND owner_kind = $2 AND removed_at IS NULL ORDER BY seq";
    pub(crate) ATTACHMENT_COUNT = "SELECT COUNT(*) FROM attachments
        WHERE owner = $1 AND owner_kind = $2 AND removed_at IS NULL";
    pub(crate) ATTACHMENT_AUDIENCE = "UPDATE attachments SET audience = $2 WHERE id = $1 AND removed_at IS NULL";
    pub(crate) ATTACHMENT_REMOVE = "UPDATE attachments SET removed_by = $2, removed_at = $3
        WHERE id = $1 AND removed_at IS NULL";
    pub(crate) ATTACHMENT_FORGET = "UPDATE attachments SET removed_by = COALESCE(removed_by, $2),
        removed_at = COALESCE(removed_at, $3), forgotten_at = $3 WHERE id = $1";
    pub(crate) ATTACHMENTS_FORGOTTEN = "SELECT blob FROM attachments
        WHERE owner = $1 AND owner_kind = $2 AND forgotten_at IS NOT NULL";
    pub(crate) ATTACHMENT_KEPT = "SELECT 1 FROM attachments
        WHERE blob = $1 AND forgotten_at IS NULL AND (removed_at IS NULL OR removed_at > $2) LIMIT 1";
}

/// Attaches a prepared file in the caller's transaction, and keeps what opens it. The same id again changes
/// nothing and gives back what stands.
///
/// Errors: [`Error::Internal`] when the id belongs to something else's attachment; refused (`vault-key`) where
/// the master key is missing.
pub fn attach(
    tx: &mut dyn Tx,
    keys: &Keyring,
    new: &NewAttachment<'_>,
    file: &Prepared,
) -> Result<Attachment> {
    let (handed_in, person) = match new.whose {
        Whose::Person(person) => (true, person),
        Whose::House => (false, None),
    };
    let values = params![
        new.id,
        new.owner_kind,
        new.owner,
        handed_in,
        person,
        file.kind.mime(),
        file.size as i64,
        file.blob,
        file.pixels.map(|p| p.0),
        file.pixels.map(|p| p.1),
        file.thumb,
        new.evidence.key(),
        new.audience.key(),
        actor_text(new.by)?,
        new.at
    ];
    if tx.exists(&ATTACHMENT_INSERT, &values)? {
        vault::keep(tx, keys, new.owner, new.id.0, &file.opened, new.at)?;
    }
    match get(tx, new.id)? {
        Some(a) if a.owner == new.owner && a.owner_kind == new.owner_kind => Ok(a),
        _ => Err(Error::internal(format!("attachment {} belongs elsewhere", new.id))),
    }
}

/// The attachment with this id, taken back or not.
pub fn get(tx: &mut dyn Tx, id: AttachmentId) -> Result<Option<Attachment>> {
    tx.query_opt(&ATTACHMENT_GET, &params![id])?.map(|r| attachment_of(&r)).transpose()
}

/// What opens it; none where that was destroyed.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn open(tx: &mut dyn Tx, keys: &Keyring, attachment: &Attachment) -> Result<Option<Opened>> {
    vault::open(tx, keys, attachment.owner, attachment.id.0)
}

/// What is attached to the owner, in the order in which it came; not what was taken back. Without names.
pub fn list(tx: &mut dyn Tx, owner_kind: &str, owner: Uuid) -> Result<Vec<Attachment>> {
    tx.query_map(&ATTACHMENT_LIST, &params![owner, owner_kind], attachment_of)
}

/// Opens the names of those of one owner that `which` says.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn name_all(
    tx: &mut dyn Tx,
    keys: &Keyring,
    all: &mut [Attachment],
    which: impl Fn(&Attachment) -> bool,
) -> Result<()> {
    let Some(owner) = all.iter().find(|a| which(a)).map(|a| a.owner) else { return Ok(()) };
    let names = vault::names(tx, keys, owner)?;
    for a in all.iter_mut().filter(|a| which(a)) {
        a.name = names.iter().find(|(id, _)| *id == a.id.0).map(|(_, name)| name.clone());
    }
    Ok(())
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

/// Takes it back and destroys what opens it, and its name. The bytes stay until [`crate::purge`].
pub fn forget(tx: &mut dyn Tx, attachment: &Attachment, by: &Actor, at: Timestamp) -> Result<()> {
    vault::forget(tx, attachment.owner, attachment.id.0)?;
    tx.execute(&ATTACHMENT_FORGET, &params![attachment.id, actor_text(by)?, at]).map(drop)
}

/// Where the bytes lie whose key was destroyed.
pub(crate) fn forgotten(tx: &mut dyn Tx, owner_kind: &str, owner: Uuid) -> Result<Vec<[u8; 16]>> {
    tx.query_map(&ATTACHMENTS_FORGOTTEN, &params![owner, owner_kind], |r| r.get(0))
}

/// Whether any row still needs these bytes; one that was taken back after `since` does.
pub(crate) fn kept(tx: &mut dyn Tx, blob: &[u8; 16], since: Timestamp) -> Result<bool> {
    tx.exists(&ATTACHMENT_KEPT, &params![blob, since])
}

fn actor_text(actor: &Actor) -> Result<String> {
    serde_json::to_string(actor).map_err(Error::internal)
}

fn attachment_of(r: &Row) -> Result<Attachment> {
    let (width, height): (Option<u32>, Option<u32>) = (r.get(7)?, r.get(8)?);
    let (evidence, audience): (String, String) = (r.get(10)?, r.get(11)?);
    let unknown = |what: &str| Error::internal(format!("attachments: no such word: {what}"));
    Ok(Attachment {
        id: r.get(0)?,
        owner_kind: r.get(1)?,
        owner: r.get(2)?,
        seq: r.get(3)?,
        whose: if r.get(15)? { Whose::Person(r.get(16)?) } else { Whose::House },
        name: None,
        mime: r.get(4)?,
        size: r.get::<i64>(5)?.unsigned_abs(),
        blob: r.get(6)?,
        pixels: width.zip(height),
        thumb: r.get(9)?,
        evidence: Evidence::from_key(&evidence).ok_or_else(|| unknown(&evidence))?,
        audience: Audience::from_key(&audience).ok_or_else(|| unknown(&audience))?,
        by: serde_json::from_str(&r.get::<String>(12)?).map_err(Error::internal)?,
        at: r.get(13)?,
        removed_at: r.get(14)?,
    })
}
