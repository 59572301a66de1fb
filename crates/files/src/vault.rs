//! The bytes on disk, each under its own hash: `files/ab/cdef…`, a small picture beside it as
//! `cdef….thumb`.

use crate::limits::Limits;
use crate::model::Attachment;
use crate::name::clean_name;
use crate::picture;
use crate::sniff::{Kind, sniff};
use kernel::{Error, Result, Timestamp};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// Where a site keeps its files. Clones are the same place.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    /// One picture is unfolded at a time: a large one takes 150 MB for a moment.
    unfolding: Arc<Mutex<()>>,
}

/// A file that is safe on disk and waits to be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Its name, made safe.
    pub name: String,
    /// What it is, by its bytes.
    pub kind: Kind,
    /// The bytes kept.
    pub size: u64,
    /// Their hash.
    pub sha256: [u8; 32],
    /// A picture's width and height, upright.
    pub pixels: Option<(u32, u32)>,
    /// Whether there is a small picture of it.
    pub thumb: bool,
}

/// Which picture of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// The file itself.
    Full,
    /// The small picture.
    Thumb,
}

impl Store {
    /// The files of the site in `dir`.
    pub fn new(dir: &Path) -> Self {
        Self { root: dir.join("files"), unfolding: Arc::default() }
    }

    /// Takes in a file: looks what it is, checks it, makes pictures anew, writes it to disk and
    /// waits until it is there. Takes up to a second for a large picture: call it from a blocking
    /// thread, before the transaction that attaches it.
    ///
    /// Errors: [`Error::Invalid`] on `files` with what is wrong and what to do.
    pub fn prepare(&self, bytes: &[u8], name: &str, limits: &Limits, now: Timestamp) -> Result<Prepared> {
        // Only for messages; which ending it gets is known later.
        let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        limits.check_size(&shown, bytes.len() as u64)?;
        let kind = sniff(bytes, &shown)?;
        if !kind.picture() {
            let sha256 = self.keep(bytes, None, now)?;
            let size = bytes.len() as u64;
            return Ok(Prepared {
                name: clean_name(name, kind),
                kind,
                size,
                sha256,
                pixels: None,
                thumb: false,
            });
        }
        let remade = {
            let _one_at_a_time = self.unfolding.lock().unwrap_or_else(|e| e.into_inner());
            picture::remake(bytes, kind, &shown, limits)?
        };
        let sha256 = self.keep(&remade.bytes, Some(&remade.thumb), now)?;
        Ok(Prepared {
            name: clean_name(name, remade.kind),
            kind: remade.kind,
            size: remade.bytes.len() as u64,
            sha256,
            pixels: Some((remade.width, remade.height)),
            thumb: true,
        })
    }

    /// The bytes of an attachment; `None` when it was taken back or has no small picture.
    ///
    /// Errors: internal when the file is gone or is not the one that was attached.
    pub fn open(&self, attachment: &Attachment, variant: Variant) -> Result<Option<Vec<u8>>> {
        if attachment.removed_at.is_some() || (variant == Variant::Thumb && !attachment.thumb) {
            return Ok(None);
        }
        let path = self.path(&attachment.sha256, variant);
        let bytes = std::fs::read(&path)
            .map_err(|e| Error::internal(format!("attachment {}: {e}", attachment.id)))?;
        if variant == Variant::Full && <[u8; 32]>::from(Sha256::digest(&bytes)) != attachment.sha256 {
            return Err(Error::internal(format!("attachment {}: the file was changed", attachment.id)));
        }
        Ok(Some(bytes))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, sha256: &[u8; 32], variant: Variant) -> PathBuf {
        let hex = hex::encode(sha256);
        let (dir, rest) = hex.split_at(2);
        match variant {
            Variant::Full => self.root.join(dir).join(rest),
            Variant::Thumb => self.root.join(dir).join(format!("{rest}.thumb")),
        }
    }

    fn keep(&self, bytes: &[u8], thumb: Option<&[u8]>, now: Timestamp) -> Result<[u8; 32]> {
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        let fault = |e: std::io::Error| Error::internal(format!("keeping a file: {e}"));
        // The small picture first: where the file itself is there, so is the small one.
        if let Some(thumb) = thumb {
            put(&self.path(&sha256, Variant::Thumb), thumb, now).map_err(fault)?;
        }
        put(&self.path(&sha256, Variant::Full), bytes, now).map_err(fault)?;
        Ok(sha256)
    }
}

/// Writes `bytes` to `path` so that it is there whole or not at all, and on the disk when this
/// returns. Where it is there already only its time is renewed, so that it is not swept away
/// before the new row stands.
fn put(path: &Path, bytes: &[u8], now: Timestamp) -> std::io::Result<()> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(now.0.max(0) as u64);
    if std::fs::metadata(path).is_ok_and(|m| m.len() == bytes.len() as u64) {
        return std::fs::File::options().append(true).open(path)?.set_modified(time);
    }
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir)?;
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let temporary = dir.join(format!("{}.{n}.part", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = (|| {
        let mut file = options.open(&temporary)?;
        file.write_all(bytes)?;
        file.set_modified(time)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    })();
    if written.is_err() {
        // What is left of it is swept later if it cannot be removed now.
        drop(std::fs::remove_file(&temporary));
    }
    written?;
    #[cfg(unix)]
    std::fs::File::open(dir)?.sync_all()?;
    Ok(())
}
