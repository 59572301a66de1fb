//! Files that come with a form: taken in one by one as they arrive, so that a fault in one loses nothing
//! else. Those taken in travel with the form as sealed tokens until it is sent without faults.

use crate::ctx::Ctx;
use crate::pages::attach::store;
use crate::uploads::Upload;
use access::vault::files::{FileKey, Opened};
use axum::body::Bytes;
use axum::extract::multipart::Field as Part;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use files::{Evidence, Kind, Limits, Prepared};
use kernel::{AttachmentId, Error, FieldError, HOUR, Say, Timestamp};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use web::components::{Icon, icon};
use web::form::{Field, FormState, file_field};
use web::{Look, Values, format};
use zeroize::Zeroizing;

/// Files taken in wait so long; those that belong to no case are swept away after a day.
const WAIT: i64 = 20 * HOUR;
/// Bytes in one field that is no file.
const TEXT: usize = 64 << 10;
/// Fields and files of one form.
const PARTS: usize = 400;

/// What a form takes.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The most files.
    pub most: usize,
    /// Pictures alone.
    pub pictures: bool,
}

impl Wanted {
    /// Everything that can be handed in.
    pub(crate) fn anything() -> Wanted {
        Wanted { most: Limits::default().max_files, pictures: false }
    }
}

/// What a form sent.
pub struct Sent {
    /// The fields.
    pub values: Values,
    /// The files, those of earlier tries included.
    pub files: Vec<Upload>,
    /// What is wrong with files, in the field `files`.
    pub faults: Vec<FieldError>,
}

/// Reads a form that may bring anything.
pub(crate) async fn read(ctx: &Ctx, request: Request, bind: impl Fn(&Values) -> String) -> Sent {
    read_wanted(ctx, request, Wanted::anything(), bind).await
}

/// Reads a form of either encoding. Never fails: what cannot be read is a fault beside what could. `bind` names the
/// form, so that what it carries opens in no other.
pub async fn read_wanted(
    ctx: &Ctx,
    request: Request,
    wanted: Wanted,
    bind: impl Fn(&Values) -> String,
) -> Sent {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let mut sent = Sent { values: Values::default(), files: Vec::new(), faults: Vec::new() };
    if kind.starts_with("multipart/form-data") {
        match Multipart::from_request(request, &()).await {
            Ok(parts) => sent.take_parts(ctx, wanted, parts).await,
            Err(_) => sent.cut_off(),
        }
    } else {
        match Bytes::from_request(request, &()).await {
            Ok(bytes) => sent.values = web::form::parse_form(&bytes),
            Err(_) => sent.cut_off(),
        }
    }
    sent.take_kept(ctx, &bind(&sent.values));
    let most = wanted.most;
    if sent.files.len() > most {
        sent.files.truncate(most);
        sent.fault(match wanted.pictures {
            true => Say::new(
                format!("最多 {most} 张照片，多出来的没有收下。"),
                format!("At most {most} pictures: the rest was left out."),
            ),
            false => Say::new(
                format!("最多 {most} 个文件，多出来的没有收下。"),
                format!("At most {most} files: the rest was left out."),
            ),
        });
    }
    sent
}

impl Sent {
    fn fault(&mut self, say: Say) {
        self.faults.push(FieldError { field: "files".into(), say });
    }

    fn cut_off(&mut self) {
        self.fault(Say::new(
            "没有收到完整的内容，可能是照片加起来太大。请少传几张再提交。",
            "What arrived was not whole; the pictures may be too large together. Send fewer of them.",
        ));
    }

    async fn take_parts(&mut self, ctx: &Ctx, wanted: Wanted, mut parts: Multipart) {
        for n in 0.. {
            let part = match parts.next_field().await {
                Ok(Some(part)) if n < PARTS => part,
                Ok(None) => break,
                _ => return self.cut_off(),
            };
            let file = part.file_name().map(|name| name.chars().take(120).collect::<String>());
            let name = part.name().unwrap_or("").to_owned();
            let most = if file.is_some() { Limits::default().max_bytes as usize } else { TEXT };
            let Some(bytes) = whole(part, most + 1).await else { return self.cut_off() };
            match file {
                None => self.values.push(name, String::from_utf8_lossy(&bytes[..bytes.len().min(most)])),
                // An empty field for files.
                Some(_) if bytes.is_empty() => {}
                Some(file) => self.take_file(ctx, wanted, file, bytes).await,
            }
        }
    }

    async fn take_file(&mut self, ctx: &Ctx, wanted: Wanted, name: String, bytes: Vec<u8>) {
        // One more than allowed is enough to say so.
        if self.files.len() > wanted.most {
            return;
        }
        if wanted.pictures && files::sniff(&bytes, &name).is_ok_and(|kind| !kind.picture()) {
            return self.fault(Say::new(
                format!("“{name}”不是照片，这里只收照片。"),
                format!("\"{name}\" is no picture: only pictures are taken here."),
            ));
        }
        let (store, at) = (store(ctx), ctx.at);
        let done = tokio::task::spawn_blocking(move || store.prepare(&bytes, &name, &Limits::default(), at));
        match done.await {
            Ok(Ok(file)) => self.files.push(upload(ctx, file)),
            Ok(Err(Error::Invalid(faults))) => faults.into_iter().for_each(|f| self.fault(f.say)),
            other => {
                tracing::error!(?other, "a file could not be kept");
                self.fault(Say::new(
                    "文件没有保存成功，请再传一次。",
                    "A file could not be kept: please send it again.",
                ));
            }
        }
    }

    fn take_kept(&mut self, ctx: &Ctx, bind: &str) {
        let fresh = std::mem::take(&mut self.files);
        let tokens = self.values.0.remove("kept").unwrap_or_default();
        for token in tokens.iter().take(2 * Limits::default().max_files) {
            match Kept::open(ctx, bind, token) {
                Some(upload) if self.files.iter().all(|u| u.id != upload.id) => self.files.push(upload),
                Some(_) => {}
                None => self.fault(Say::new(
                    "先前选的文件放得太久了，请重新选择。",
                    "Files chosen earlier have waited too long: please choose them again.",
                )),
            }
        }
        self.files.extend(fresh);
    }
}

/// The bytes of a part, at most `most`; the rest is read and dropped. Nothing where it breaks off.
async fn whole(mut part: Part<'_>, most: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        match part.chunk().await {
            Ok(Some(chunk)) => {
                let room = most.saturating_sub(out.len()).min(chunk.len());
                out.extend_from_slice(&chunk[..room]);
            }
            Ok(None) => return Some(out),
            Err(_) => return None,
        }
    }
}

/// A picture of the person's shows how it was before.
fn upload(ctx: &Ctx, file: Prepared) -> Upload {
    let evidence = if file.kind.picture() { Evidence::Before } else { Evidence::None };
    Upload { evidence, ..Upload::new(ctx, file) }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    id: AttachmentId,
    key: String,
    name: String,
    mime: String,
    size: u64,
    blob: String,
    print: String,
    pixels: Option<(u32, u32)>,
    thumb: bool,
    at: Timestamp,
}

const PURPOSE: &str = "kept-file";

impl Kept {
    /// What travels with the form: sealed, as it opens the file, and bound to this form.
    fn seal(ctx: &Ctx, bind: &str, upload: &Upload) -> String {
        let f = &upload.file;
        let kept = Kept {
            id: upload.id,
            key: f.opened.key.to_hex().to_string(),
            name: f.opened.name.clone(),
            mime: f.kind.mime().to_owned(),
            size: f.size,
            blob: hex::encode(f.blob),
            print: hex::encode(f.print),
            pixels: f.pixels,
            thumb: f.thumb,
            at: ctx.at,
        };
        let json = Zeroizing::new(serde_json::to_vec(&kept).unwrap_or_default());
        let sealed = ctx.site.secret.seal(&*ctx.site.chance, PURPOSE, bind.as_bytes(), &json);
        hex::encode(sealed.unwrap_or_default())
    }

    fn open(ctx: &Ctx, bind: &str, token: &str) -> Option<Upload> {
        let json = ctx.site.secret.unseal(PURPOSE, bind.as_bytes(), &hex::decode(token).ok()?)?;
        let kept: Kept = serde_json::from_slice(&json).ok()?;
        if !(0..WAIT).contains(&(ctx.at.0 - kept.at.0)) {
            return None;
        }
        let file = Prepared {
            opened: Opened { key: FileKey::from_hex(&kept.key)?, name: kept.name },
            kind: Kind::from_mime(&kept.mime)?,
            size: kept.size,
            blob: hex::decode(kept.blob).ok()?.try_into().ok()?,
            print: hex::decode(kept.print).ok()?.try_into().ok()?,
            pixels: kept.pixels,
            thumb: kept.thumb,
        };
        Some(Upload { id: kept.id, ..upload(ctx, file) })
    }
}

/// Files taken in earlier, sent along by a page that does not show them.
pub(crate) fn carried(ctx: &Ctx, bind: &str, files: &[Upload]) -> Markup {
    html! { @for f in files { (web::form::hidden("kept", &Kept::seal(ctx, bind, f))) } }
}

/// The field for files, with those that were taken in by an earlier try; `key` leads to it.
pub(crate) fn field(
    look: &Look,
    state: &FormState,
    ctx: &Ctx,
    bind: &str,
    files: &[Upload],
    key: &str,
) -> Markup {
    let limits = Limits::default();
    let (most, size) = (limits.max_files, limits.max_bytes >> 20);
    let hint = say!(
        look,
        "最多 {most} 个，每个不超过 {size} MB。照片里的拍摄地点等信息会自动去掉。",
        "Up to {most}, each at most {size} MB. Where and how a photo was taken is removed from it."
    );
    html! {
        (received(look, ctx, bind, files))
        (file_field(look, state, Field::new("files", look.t("照片或文件", "Photos or documents")).hint(&hint).key(key),
            "image/jpeg,image/png,image/webp,application/pdf,.docx,.xlsx,.txt,audio/mpeg,.amr,.m4a", true))
    }
}

/// The files that an earlier try brought, each to be left out by taking its tick away.
pub fn received(look: &Look, ctx: &Ctx, bind: &str, files: &[Upload]) -> Markup {
    html! {
        @if !files.is_empty() {
            fieldset.field {
                legend { (look.t("已收下的文件", "Files received")) }
                p.hint { (look.t("不想交的，取消勾选。", "Untick what you do not want to send.")) }
                div.options {
                    @for f in files {
                        label.option {
                            input type="checkbox" name="kept" value=(Kept::seal(ctx, bind, f)) checked;
                            span { (icon(Icon::Clip)) " " (f.file.opened.name) small { (format::size(f.file.size)) } }
                        }
                    }
                }
            }
        }
    }
}
