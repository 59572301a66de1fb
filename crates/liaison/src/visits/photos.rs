//! Pictures with a visit 照片: as many as the pack allows, never asked for, and never a proof of having been there.
//!
//! ```text
//!  taken in (crate files: no place, no time) ─▶ add: a file of the visit, sealed ─▶ whoever is paired sees it
//!                                                          │                    └▶ others by a look on record
//!                                                          └─ take_out: its key is destroyed, by whoever took it
//! ```
//!
//! A correction of the visit shows the pictures of the visit that it corrects, and may bring more up to the same number.

use access::{Noun, Target, Verb};
use db::Tx;
use files::{Attachment, Audience, Evidence, NewAttachment, Prepared, Whose};
use journal::NewEvent;
use kernel::{AttachmentId, DAY, Error, RecordId, Result, Timestamp, Uuid};
use records::Record;
use register::households::{self, Household};
use requests::Ctx;
use requests::acts::look::{FILES, throttle};
use requests::uploads::Upload;
use serde_json::json;

/// Under which kind of owner the pictures of a visit stand; the owner is its record.
pub const OWNER: &str = "visit";

/// The kind of stream in which the journal tells of a picture.
const STREAM: &str = "visit-photo";

/// The visit itself, then those that it corrects, the latest first: all of them, however often it was put right. Whom a
/// request of the first is kept from, and what is forgotten, must not depend on how many came after it.
pub(super) fn chain(tx: &mut dyn Tx, visit: &Record) -> Result<Vec<RecordId>> {
    let mut out = vec![visit.id];
    let mut next = visit.corrects;
    while let Some(id) = next {
        out.push(id);
        next = records::by_id(tx, id)?.and_then(|r| r.corrects);
    }
    Ok(out)
}

/// The pictures of a visit and of those that it corrects, as were there before `known`; what was taken out is gone for
/// past days as well. Without names.
///
/// Errors: those of the database.
pub fn of(tx: &mut dyn Tx, visit: &Record, known: Option<Timestamp>) -> Result<Vec<Attachment>> {
    let mut out = Vec::new();
    for id in chain(tx, visit)?.into_iter().rev() {
        out.extend(files::list(tx, OWNER, id.0)?);
    }
    out.retain(|f| known.is_none_or(|at| f.at < at));
    Ok(out)
}

/// [`of`], as far as whoever asks may know of them.
///
/// Errors: those of the database.
pub(crate) fn shown(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    visit: &Record,
    known: Option<Timestamp>,
) -> Result<Vec<Attachment>> {
    let all = of(tx, visit, known)?;
    if !all.is_empty() && kept_from(tx, ctx, visit)? { Ok(Vec::new()) } else { Ok(all) }
}

/// Whether the pictures of a visit are kept from whoever asks, as is a request that came of it: they may show what it is
/// about. A visit, what it corrects and what corrects it are one.
fn kept_from(tx: &mut dyn Tx, ctx: &Ctx, visit: &Record) -> Result<bool> {
    for request in super::needs::born_of(tx, visit)? {
        if requests::shield::keeps_out(tx, ctx, request)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether one more picture fits: a visit, what it corrects and what corrects it are one visit to whoever counts.
///
/// Errors: refused (`photo-many`) where the visit has as many as the pack allows.
pub(crate) fn room(tx: &mut dyn Tx, ctx: &Ctx, visit: &Record) -> Result<()> {
    let most = usize::from(ctx.site.pack.visit.photos);
    let latest = records::put_right(tx, visit.id, None)?.ok_or(Error::NotFound)?;
    if of(tx, &latest, None)?.len() < most {
        return Ok(());
    }
    Err(Error::refused(
        "photo-many",
        format!("一次走访最多放 {most} 张照片，这张没有收下。要换，先在走访记录里去掉一张。"),
        format!(
            "At most {most} pictures go with a visit: this one was not taken. To exchange one, take one out first."
        ),
    ))
}

/// Whether a picture may still be added to a visit that is on record.
///
/// Errors: refused (`photo-late`) where it came in longer ago than a visit may be entered late.
pub(crate) fn in_time(ctx: &Ctx, visit: &Record) -> Result<()> {
    let late = i64::from(ctx.site.pack.visit.late_days);
    if ctx.at.0 <= visit.received_at.0 + late * DAY {
        return Ok(());
    }
    Err(Error::refused(
        "photo-late",
        format!("走访已经收到 {late} 天以上，不再补照片。"),
        format!("The visit came in more than {late} days ago: no picture is added any more."),
    ))
}

/// Puts the pictures of a form with its visit, which may have been on record before: then only those that it has not had
/// yet. How many are put there.
///
/// Errors: refused: `photo-many`, `photo-late`; those of the vault and the database.
pub(crate) fn with_form(tx: &mut dyn Tx, ctx: &Ctx, visit: &Record, all: &[Upload]) -> Result<usize> {
    let mut put = 0;
    for Upload { file, .. } in all {
        let id = id_of(ctx, visit.id, file);
        // One that was taken out meanwhile does not come back either.
        if files::get(tx, id)?.is_none() {
            in_time(ctx, visit)?;
            add(tx, ctx, visit, id, file)?;
            put += 1;
        }
    }
    Ok(put)
}

/// The same picture with the same visit is one, however often its form is sent; without the site's secret the id says
/// nothing about either.
fn id_of(ctx: &Ctx, visit: RecordId, file: &Prepared) -> AttachmentId {
    let mac = ctx.site.secret.mac("visit-photo-id", &[&visit.bytes()[..], &file.print].concat());
    let mut id = [0u8; 16];
    id.copy_from_slice(&mac[..16]);
    // Version 8: an id of our own making.
    id[6] = id[6] & 0x0F | 0x80;
    id[8] = id[8] & 0x3F | 0x80;
    AttachmentId(Uuid::from_bytes(id))
}

/// Puts a picture with a visit, in the caller's transaction. Whether whoever asks may is the caller's business.
///
/// Errors: refused: `photo-many`, `photo-differs` (something else bears this id); those of the vault and the database.
pub fn add(tx: &mut dyn Tx, ctx: &Ctx, visit: &Record, id: AttachmentId, file: &Prepared) -> Result<()> {
    if files::get(tx, id)?.is_some() {
        return Err(differs());
    }
    room(tx, ctx, visit)?;
    let new = NewAttachment {
        id,
        owner_kind: OWNER,
        owner: visit.id.0,
        evidence: Evidence::None,
        audience: Audience::Inside,
        // Taken at somebody's home: it may show who lives there, whoever pressed the button.
        whose: Whose::Person(None),
        by: &ctx.scope.actor,
        at: ctx.at,
    };
    files::attach(tx, &ctx.site.keyring, &new, file)?;
    let payload = json!({ "visit": visit.id.to_string(), "household": visit.household.to_string() });
    let event = NewEvent {
        stream_kind: STREAM,
        stream: id.0,
        at: ctx.at,
        actor: &ctx.scope.actor,
        kind: "add",
        payload,
    };
    journal::append_first(tx, &event).map(drop)
}

/// What is said where an id was used for another picture.
pub(crate) fn differs() -> Error {
    Error::refused(
        "photo-differs",
        "这个编号下已经有另一张照片，这张没有收下。",
        "Another picture bears this id: this one was not taken.",
    )
}

/// A picture and what whoever asks is to it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The picture, without a name.
    pub file: Attachment,
    /// The household on whose page it stands.
    pub home: Household,
    /// Paired with the household today: it is shown without a look each time.
    pub paired: bool,
    /// May take it out.
    pub takes_out: bool,
}

/// The picture with this id.
///
/// Errors: not found, also where the visit's words may not be read, where it may be seen by nobody but whoever is paired,
/// and where a request that came of the visit is kept from whoever asks.
pub fn find(tx: &mut dyn Tx, ctx: &Ctx, id: AttachmentId) -> Result<Seen> {
    let file = files::get(tx, id)?.filter(|f| f.owner_kind == OWNER && f.removed_at.is_none());
    let file = file.ok_or(Error::NotFound)?;
    let visit = records::by_id(tx, RecordId(file.owner))?.ok_or(Error::NotFound)?;
    let home = households::get(tx, visit.household)?.ok_or(Error::NotFound)?;
    let home = households::kept(tx, home)?;
    let me = ctx.account().ok_or(Error::SignIn)?;
    let paired = crate::read::is_paired(tx, me, home.id, ctx.today())?;
    let target = || Target::at(&home.path).paired(paired);
    if !access::may(&ctx.scope, Verb::View, Noun::Visit, target()) || !(paired || may_look(ctx, &home)) {
        return Err(Error::NotFound);
    }
    if kept_from(tx, ctx, &visit)? {
        return Err(Error::NotFound);
    }
    let takes_out = may_take_out(ctx, &home, &visit, paired);
    Ok(Seen { file, home, paired, takes_out })
}

/// Whether whoever is not paired may look at pictures of this household, on record.
pub(crate) fn may_look(ctx: &Ctx, home: &Household) -> bool {
    access::may(&ctx.scope, Verb::ViewIdentity, Noun::Household, home.path.as_str())
}

/// Whoever was there takes it out as long as they are paired, and whoever keeps the register there.
pub(crate) fn may_take_out(ctx: &Ctx, home: &Household, visit: &Record, paired: bool) -> bool {
    paired && ctx.account() == Some(visit.account)
        || access::may(&ctx.scope, Verb::Manage, Noun::Household, home.path.as_str())
}

/// Puts on record that whoever is not paired opens the picture, once a day for each of them.
///
/// Errors: as [`find`]; refused (`looks`) for whoever has opened too many.
pub fn look(tx: &mut dyn Tx, ctx: &Ctx, id: AttachmentId) -> Result<()> {
    let seen = find(tx, ctx, id)?;
    let account = ctx.account().ok_or(Error::SignIn)?;
    if seen.paired {
        return Ok(());
    }
    let key = format!("{account} {id} {}", ctx.today());
    let done = access::once(tx, "visit-photo-look", &key, ctx.at, |tx| {
        throttle(tx, ctx, "file", FILES)?;
        for id in households::same(tx, seen.home.id)? {
            let home = households::get(tx, id)?.ok_or(Error::NotFound)?;
            households::looked(tx, &ctx.site, &ctx.scope, &home, LOOK, "打开走访的照片")?;
        }
        Ok(())
    });
    done.map(drop)
}

/// What stands for the purpose where a picture was looked at.
pub(crate) const LOOK: &str = "visit-photo";

/// Takes a picture out of its visit: what opens it is destroyed. The bytes go after the commit, by [`files::purge`].
///
/// Errors: as [`find`]; not found for whoever may see it and not take it out.
pub fn take_out(tx: &mut dyn Tx, ctx: &Ctx, id: AttachmentId) -> Result<Seen> {
    let seen = find(tx, ctx, id)?;
    if !seen.takes_out {
        return Err(Error::NotFound);
    }
    files::forget(tx, &seen.file, &ctx.scope.actor, ctx.at)?;
    let event = NewEvent {
        stream_kind: STREAM,
        stream: id.0,
        at: ctx.at,
        actor: &ctx.scope.actor,
        kind: "take-out",
        payload: json!({ "household": seen.home.id.to_string() }),
    };
    journal::append(tx, &event)?;
    Ok(seen)
}
