//! The bytes on disk, each file closed under a key of its own: `files/ab/cdef…`, a small picture beside it as
//! `cdef….thumb`.

use crate::closed::{self, Place};
use crate::limits::Limits;
use crate::model::Attachment;
use crate::name::clean_name;
use crate::picture;
use crate::sniff::{Kind, sniff};
use access::vault::files::{FileKey, Opened};
use kernel::{Chance, Error, Result, Timestamp};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// Where a site keeps its files. Clones are the same place.
#[derive(Clone)]
pub struct Store {
    root: PathBuf,
    chance: Arc<dyn Chance>,
    /// One picture is unfolded at a time: a large one takes 150 MB for a moment.
    unfolding: Arc<Mutex<()>>,
}

/// A file that is safe on disk and waits to be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// What opens it, and its name, made safe.
    pub opened: Opened,
    /// What it is, by its bytes.
    pub kind: Kind,
    /// The bytes kept, before they were closed.
    pub size: u64,
    /// Where it lies.
    pub blob: [u8; 16],
    /// SHA-256 of the bytes kept, to tell one file from another; it is written down nowhere.
    pub print: [u8; 32],
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
    /// The files of the site in `dir`, with keys and places drawn from `chance`.
    pub fn new(dir: &Path, chance: Arc<dyn Chance>) -> Self {
        Self { root: dir.join("files"), chance, unfolding: Arc::default() }
    }

    /// Takes in a file: looks what it is, checks it, makes pictures anew, closes it, writes it to disk
    /// and waits until it is there. Takes up to a second for a large picture: call it from a blocking
    /// thread, before the transaction that attaches it.
    ///
    /// Errors: [`Error::Invalid`] on `files` with what is wrong and what to do.
    pub fn prepare(&self, bytes: &[u8], name: &str, limits: &Limits, now: Timestamp) -> Result<Prepared> {
        // Only for messages; which ending it gets is known later.
        let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        limits.check_size(&shown, bytes.len() as u64)?;
        let kind = sniff(bytes, &shown)?;
        let key = FileKey::make(&*self.chance);
        if !kind.picture() {
            return Ok(Prepared {
                blob: self.keep(bytes, None, &key, now)?,
                opened: Opened { key, name: clean_name(name, kind) },
                kind,
                size: bytes.len() as u64,
                print: Sha256::digest(bytes).into(),
                pixels: None,
                thumb: false,
            });
        }
        let remade = {
            let _one_at_a_time = self.unfolding.lock().unwrap_or_else(|e| e.into_inner());
            picture::remake(bytes, kind, &shown, limits)?
        };
        Ok(Prepared {
            blob: self.keep(&remade.bytes, Some(&remade.thumb), &key, now)?,
            opened: Opened { key, name: clean_name(name, remade.kind) },
            kind: remade.kind,
            size: remade.bytes.len() as u64,
            print: Sha256::digest(&remade.bytes).into(),
            pixels: Some((remade.width, remade.height)),
            thumb: true,
        })
    }

    /// The same file once more, under a place and a key of its own: either can be forgotten without the other. Blocks.
    ///
    /// Errors: refused (`file-damaged`) when the file is gone or was changed; those of the disk.
    pub fn copy(&self, of: &Prepared, now: Timestamp) -> Result<Prepared> {
        let read = |variant| {
            let place = Place { blob: &of.blob, variant };
            let read = File::open(self.path(&of.blob, variant)).and_then(|mut file| {
                let length = file.metadata()?.len();
                closed::read(&mut file, length, &of.opened.key, place)
            });
            read.ok().flatten().ok_or_else(damaged)
        };
        let (bytes, thumb) = (read(Variant::Full)?, of.thumb.then(|| read(Variant::Thumb)).transpose()?);
        let key = FileKey::make(&*self.chance);
        let blob = self.keep(&bytes, thumb.as_deref(), &key, now)?;
        Ok(Prepared { blob, opened: Opened { key, name: of.opened.name.clone() }, ..of.clone() })
    }

    /// The bytes of an attachment; `None` when it was taken back or has no small picture. Blocks.
    ///
    /// Errors: refused (`file-damaged`) when the file is gone or is not the one that was attached.
    pub fn open(&self, attachment: &Attachment, key: &FileKey, variant: Variant) -> Result<Option<Vec<u8>>> {
        if attachment.removed_at.is_some() || (variant == Variant::Thumb && !attachment.thumb) {
            return Ok(None);
        }
        let place = Place { blob: &attachment.blob, variant };
        let read = File::open(self.path(&attachment.blob, variant)).and_then(|mut file| {
            let length = file.metadata()?.len();
            // Only what can be it is read at all.
            if variant == Variant::Full && length != closed::length(attachment.size) {
                return Ok(None);
            }
            closed::read(&mut file, length, key, place)
        });
        let why = match read {
            Ok(Some(bytes)) => return Ok(Some(bytes)),
            Ok(None) => "it was changed".to_owned(),
            Err(e) => e.to_string(),
        };
        tracing::error!(id = %attachment.id, why, "an attachment does not open");
        Err(damaged())
    }

    /// Takes the bytes off the disk. What is gone already is no fault.
    ///
    /// Errors: internal where they are there and cannot be removed.
    pub fn delete(&self, blob: &[u8; 16]) -> Result<()> {
        for variant in [Variant::Full, Variant::Thumb] {
            match std::fs::remove_file(self.path(blob, variant)) {
                Err(e) if e.kind() != ErrorKind::NotFound => {
                    return Err(Error::internal(format!("removing a file: {e}")));
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, blob: &[u8; 16], variant: Variant) -> PathBuf {
        let hex = hex::encode(blob);
        let (dir, rest) = hex.split_at(2);
        match variant {
            Variant::Full => self.root.join(dir).join(rest),
            Variant::Thumb => self.root.join(dir).join(format!("{rest}.thumb")),
        }
    }

    fn keep(&self, bytes: &[u8], thumb: Option<&[u8]>, key: &FileKey, now: Timestamp) -> Result<[u8; 16]> {
        let mut blob = [0u8; 16];
        self.chance.fill(&mut blob);
        // The small picture first: where the file itself is there, so is the small one.
        if let Some(thumb) = thumb {
            self.put(thumb, key, Place { blob: &blob, variant: Variant::Thumb }, now)?;
        }
        self.put(bytes, key, Place { blob: &blob, variant: Variant::Full }, now)?;
        Ok(blob)
    }

    /// Writes closed `bytes` so that they are there whole or not at all, and on the disk when this returns.
    fn put(&self, bytes: &[u8], key: &FileKey, place: Place<'_>, now: Timestamp) -> Result<()> {
        let fault = |e: std::io::Error| Error::file("keeping a file", &e);
        let path = self.path(place.blob, place.variant);
        let dir = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(dir).map_err(fault)?;
        let temporary = path.with_extension(match place.variant {
            Variant::Full => "part",
            Variant::Thumb => "thumb-part",
        });
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = (|| {
            let mut file = options.open(&temporary).map_err(fault)?;
            closed::write(&mut file, bytes, key, &*self.chance, place)?.map_err(fault)?;
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(now.0.max(0) as u64))
                .and_then(|()| file.sync_all())
                .and_then(|()| std::fs::rename(&temporary, &path))
                .map_err(fault)
        })();
        if written.is_err() {
            // What is left of it is swept later if it cannot be removed now.
            drop(std::fs::remove_file(&temporary));
        }
        written?;
        #[cfg(unix)]
        File::open(dir).and_then(|d| d.sync_all()).map_err(fault)?;
        Ok(())
    }
}

fn damaged() -> Error {
    Error::refused(
        "file-damaged",
        "这个附件打不开：磁盘上的内容丢失或被改动过。请联系管理员从备份恢复。",
        "This attachment does not open: what lies on the disk is lost or was changed. Ask the administrator to \
         bring it back from a copy.",
    )
}
