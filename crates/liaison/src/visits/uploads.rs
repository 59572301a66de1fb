//! Pictures from a phone: in pieces, so that one that broke off goes on where it was.
//!
//! ```text
//!  how much is there? ─▶ piece, piece … each closed ─▶ whole: taken in, put with the visit ─▶ taken
//!         ▲                    │ broke off                        │ refused, with the reason: stays on the phone
//!         └────────────────────┘ later, on any process            └ the same again: again; another under its id: refused
//! ```
//!
//! What is half there is closed under a key of its own that the vault keeps, is bounded for each account, and is gone after
//! a day ([`sweep`]); the phone has it still and begins anew. Which upload a picture was is known for [`KNOWN`].

use super::confirm::own;
use super::{photos, store};
use access::vault::files::FileKey;
use access::vault::texts;
use db::{Tx, params};
use files::Limits;
use kernel::{AccountId, AttachmentId, DAY, Error, RecordId, Result, Say, Timestamp};
use records::Record;
use requests::Ctx;
use requests::uploads::store as file_store;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The most bytes of one piece.
pub const PIECE_MOST: usize = 512 << 10;
/// The least bytes of one piece, but for the last of a picture: so no picture has more than some hundred rows.
pub const PIECE_LEAST: usize = 64 << 10;
/// The most bytes of one picture: phones make them smaller before they keep them.
pub const PICTURE_MOST: i64 = 6 << 20;
/// The most pictures of one account that are half there.
pub const OPEN_MOST: i64 = 12;
/// For how long something that is half there waits for its rest, in milliseconds.
pub const WAITS: i64 = DAY;
/// For how long it is known which upload a picture was that was taken, in milliseconds.
pub const KNOWN: i64 = 92 * DAY;

/// So many of each kind are swept at once.
const SWEPT: i64 = 500;

/// Under which slot of the vault the key of a picture's pieces lies.
const KEY: &str = "pieces";

/// One piece of a picture.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The picture, made by the phone.
    pub id: AttachmentId,
    /// The visit that it goes with, which is on record already.
    pub visit: RecordId,
    /// Bytes of the whole picture.
    pub size: i64,
    /// SHA-256 of the whole picture.
    pub sum: [u8; 32],
    /// Where in the picture the piece begins.
    pub from: i64,
    /// The piece; empty to ask that what is whole already is taken in.
    pub bytes: Vec<u8>,
}

/// What is there of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct There {
    /// So many bytes from its beginning on.
    pub have: i64,
    /// It stands with its visit.
    pub done: bool,
}

/// What came of a piece.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The picture.
    pub id: AttachmentId,
    /// `more`: go on from `have`; `taken`; `again`, taken before; `refused`, keep it with the reason; `retry`, later.
    pub outcome: &'static str,
    /// So many bytes are there.
    pub have: i64,
    /// Why it was refused, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Why it was not taken, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Say>,
}

/// A picture whose pieces come.
struct Upload {
    visit: RecordId,
    account: AccountId,
    size: i64,
    bound: String,
    have: i64,
    done: bool,
}

fn upload(tx: &mut dyn Tx, id: AttachmentId) -> Result<Option<Upload>> {
    let row = tx.query_opt(&store::UPLOAD, &params![id])?;
    row.map(|r| {
        Ok(Upload {
            visit: r.get(0)?,
            account: r.get(1)?,
            size: r.get(2)?,
            bound: r.get(3)?,
            have: r.get(4)?,
            done: r.get::<Option<i64>>(5)?.is_some(),
        })
    })
    .transpose()
}

/// What is there of a picture of whoever asks; nothing of one that is not theirs.
///
/// Errors: sign-in needed; those of the database.
pub fn there(tx: &mut dyn Tx, ctx: &Ctx, id: AttachmentId) -> Result<There> {
    let me = ctx.account().ok_or(Error::SignIn)?;
    let known = upload(tx, id)?.filter(|u| u.account == me);
    Ok(known.map_or(There { have: 0, done: false }, |u| There { have: u.have, done: u.done }))
}

/// Takes a piece, and the picture where it is whole with it.
///
/// Errors: none but that somebody has to be signed in: what is wrong stands in the answer.
pub async fn take(ctx: &Ctx, piece: Piece) -> Result<Answer> {
    let id = piece.id;
    let (own, sum) = (piece.clone(), piece.sum);
    let step = ctx.write(move |tx, ctx| keep(tx, ctx, &own)).await;
    let done = match step {
        Ok(Step::Whole) => whole(ctx, id, sum).await.map(|()| Step::Taken),
        other => other,
    };
    let answer = |outcome, have| Answer { id, outcome, have, code: None, reason: None };
    Ok(match done {
        Ok(Step::More(have)) => answer("more", have),
        Ok(Step::Whole | Step::Taken) => answer("taken", piece.size),
        Ok(Step::Again) => answer("again", piece.size),
        Err(Error::SignIn) => return Err(Error::SignIn),
        Err(error) => {
            let (outcome, code) = outcome(&error);
            let reason = match &error {
                Error::Invalid(faults) => faults.first().map(|f| f.say.clone()),
                Error::NotFound => Some(Say::new(
                    "这次走访不在您名下，照片没有收下。",
                    "This visit is not one of yours: the picture was not taken.",
                )),
                other => Some(other.say()),
            };
            Answer { code: Some(code), reason, ..answer(outcome, 0) }
        }
    })
}

fn outcome(error: &Error) -> (&'static str, &'static str) {
    match error {
        Error::Refused { code: code @ ("photo-waiting" | "photo-damaged"), .. } => ("retry", *code),
        Error::Refused { code, .. } if code.starts_with("photo-") => ("refused", *code),
        Error::Invalid(_) => ("refused", "no-picture"),
        Error::NotFound => ("refused", "not-yours"),
        Error::Forbidden(_) => ("refused", "not-allowed"),
        _ => ("retry", "later"),
    }
}

/// What a piece leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    More(i64),
    Whole,
    Taken,
    Again,
}

/// What tells the picture of one visit from another: without the site's secret it says nothing about either.
fn bound(ctx: &Ctx, piece: &Piece) -> String {
    let what = [&piece.id.bytes()[..], &piece.visit.bytes(), &piece.sum].concat();
    hex::encode(ctx.site.secret.mac("visit-photo", &what))
}

fn place(id: AttachmentId, from: i64) -> Vec<u8> {
    [&id.bytes()[..], &from.to_be_bytes()].concat()
}

fn key_of(tx: &mut dyn Tx, ctx: &Ctx, id: AttachmentId) -> Result<FileKey> {
    let text = texts::open(tx, &ctx.site.keyring, id.0, KEY)?;
    text.and_then(|t| FileKey::from_hex(&t))
        .ok_or_else(|| Error::internal("the key of a picture's pieces is gone"))
}

/// Keeps a piece where it fits.
fn keep(tx: &mut dyn Tx, ctx: &Ctx, piece: &Piece) -> Result<Step> {
    let visit = own(tx, ctx, piece.visit)?;
    let bound = bound(ctx, piece);
    let known = match upload(tx, piece.id)? {
        Some(known) => {
            if known.account != visit.account
                || known.visit != visit.id
                || known.size != piece.size
                || known.bound != bound
            {
                return Err(photos::differs());
            }
            known
        }
        None => match files::get(tx, piece.id)? {
            // Taken so long ago that no more is known of it.
            Some(file) if file.owner_kind == photos::OWNER && file.owner == visit.id.0 => {
                return Ok(Step::Again);
            }
            Some(_) => return Err(photos::differs()),
            None => begin(tx, ctx, piece, &visit, bound)?,
        },
    };
    if known.done {
        return Ok(Step::Again);
    }
    // What came twice, or out of turn, is no fault: the phone goes on from where we are.
    if piece.from != known.have || piece.bytes.is_empty() {
        return Ok(if known.have == known.size { Step::Whole } else { Step::More(known.have) });
    }
    let have = known.have + piece.bytes.len() as i64;
    if have > known.size {
        return Err(damaged());
    }
    if piece.bytes.len() < PIECE_LEAST && have < known.size {
        return Err(small());
    }
    let key = key_of(tx, ctx, piece.id)?;
    let closed = key.close(&*ctx.site.chance, &piece.bytes, &place(piece.id, piece.from))?;
    tx.execute(&store::PIECE_INSERT, &params![piece.id, piece.from, closed])?;
    tx.execute(&store::UPLOAD_MORE, &params![piece.id, have, ctx.at])?;
    Ok(if have == known.size { Step::Whole } else { Step::More(have) })
}

/// The first piece of a picture.
fn begin(tx: &mut dyn Tx, ctx: &Ctx, piece: &Piece, visit: &Record, bound: String) -> Result<Upload> {
    if !(1..=PICTURE_MOST).contains(&piece.size) {
        let most = PICTURE_MOST >> 20;
        return Err(Error::refused(
            "photo-large",
            format!("这张照片超过 {most} MB，没有收下。"),
            format!("This picture has more than {most} MB and was not taken."),
        ));
    }
    photos::in_time(ctx, visit)?;
    photos::room(tx, ctx, visit)?;
    if tx.scalar::<i64>(&store::UPLOADS_OPEN, &params![visit.account])? >= OPEN_MOST {
        return Err(Error::refused(
            "photo-waiting",
            "没传完的照片太多，先把那些传完，或者过一天再传。",
            "Too many pictures are half there: send the rest of those first, or try again in a day.",
        ));
    }
    let key = FileKey::make(&*ctx.site.chance);
    texts::keep(tx, &ctx.site.keyring, piece.id.0, KEY, &key.to_hex(), ctx.at)?;
    let values = params![piece.id, visit.id, visit.account, piece.size, bound.as_str(), ctx.at];
    tx.execute(&store::UPLOAD_INSERT, &values)?;
    Ok(Upload { visit: visit.id, account: visit.account, size: piece.size, bound, have: 0, done: false })
}

fn small() -> Error {
    let least = PIECE_LEAST >> 10;
    Error::refused(
        "photo-piece",
        format!("每段至少 {least} KB（最后一段除外），这段没有收下。"),
        format!("A piece has at least {least} KB, but for the last one: this one was not taken."),
    )
}

fn damaged() -> Error {
    Error::refused(
        "photo-damaged",
        "照片在路上损坏了，从头再传一次。",
        "The picture was damaged on its way: it is sent once more from its beginning.",
    )
}

/// Takes in a picture that is whole. One that cannot be taken leaves nothing here.
async fn whole(ctx: &Ctx, id: AttachmentId, sum: [u8; 32]) -> Result<()> {
    let done = take_in(ctx, id, sum).await;
    let over = match &done {
        Err(Error::Refused { code, .. }) => code.starts_with("photo-"),
        Err(error) => matches!(error, Error::Invalid(_) | Error::NotFound),
        Ok(()) => false,
    };
    if over {
        ctx.write(move |tx, _| drop_one(tx, id)).await?;
    }
    done
}

async fn take_in(ctx: &Ctx, id: AttachmentId, sum: [u8; 32]) -> Result<()> {
    let bytes = ctx.read(move |tx, ctx| put_together(tx, ctx, id)).await?;
    if <[u8; 32]>::from(Sha256::digest(&bytes)) != sum {
        return Err(damaged());
    }
    let (disk, at) = (file_store(ctx), ctx.at);
    let work = move || {
        // Named by nobody: a phone's own name for it says nothing that anybody needs.
        let name = "照片";
        if !files::sniff(&bytes, name)?.picture() {
            return Err(Error::field("files", "这不是照片。", "This is no picture."));
        }
        disk.prepare(&bytes, name, &Limits::default(), at)
    };
    let file = tokio::task::spawn_blocking(work).await.map_err(Error::internal)??;
    ctx.write(move |tx, ctx| {
        // Swept in this moment: the phone begins anew.
        let known = upload(tx, id)?.ok_or(Error::Busy)?;
        // Somebody else was faster: the same picture, sent twice at once.
        if known.done {
            return Ok(());
        }
        let visit = own(tx, ctx, known.visit)?;
        photos::add(tx, ctx, &visit, id, &file)?;
        tx.execute(&store::UPLOAD_DONE, &params![id, ctx.at])?;
        drop_pieces(tx, id)
    })
    .await
}

fn put_together(tx: &mut dyn Tx, ctx: &Ctx, id: AttachmentId) -> Result<Vec<u8>> {
    let key = key_of(tx, ctx, id)?;
    let mut out = Vec::new();
    for row in tx.query(&store::PIECES, &params![id])? {
        let (from, closed): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let piece = key.open(&closed, &place(id, from)).filter(|_| from == out.len() as i64);
        out.extend_from_slice(&piece.ok_or_else(damaged)?);
    }
    Ok(out)
}

fn drop_pieces(tx: &mut dyn Tx, id: AttachmentId) -> Result<()> {
    tx.execute(&store::PIECES_DROP, &params![id])?;
    texts::forget(tx, id.0, KEY)
}

fn drop_one(tx: &mut dyn Tx, id: AttachmentId) -> Result<()> {
    if tx.execute(&store::UPLOAD_DROP, &params![id])? > 0 {
        drop_pieces(tx, id)?;
    }
    Ok(())
}

/// Forgets what was half there and got no piece for as long as it waits, and what was taken long ago; says whether there
/// may be more.
///
/// Errors: those of the database.
pub fn sweep(tx: &mut dyn Tx, now: Timestamp) -> Result<bool> {
    let waited = params![now.plus(-WAITS), SWEPT];
    let old: Vec<AttachmentId> = tx.query_map(&store::UPLOADS_OLD, &waited, |r| r.get(0))?;
    old.iter().try_for_each(|id| drop_one(tx, *id))?;
    let done = tx.execute(&store::UPLOADS_KNOWN_DROP, &params![now.plus(-KNOWN), SWEPT])?;
    Ok(old.len() as i64 == SWEPT || done as i64 == SWEPT)
}
