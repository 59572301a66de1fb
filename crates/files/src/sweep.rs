//! Removing bytes that no row needs: uploads whose transaction failed, attachments taken back.

use crate::store;
use crate::vault::Store;
use db::Db;
use kernel::{DAY, Error, Result, Timestamp, Uuid};
use std::fs::{DirEntry, read_dir};
use std::path::Path;

/// How long an attachment that was taken back can still be brought back from disk.
const KEPT_AFTER_REMOVAL: i64 = 30 * DAY;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files looked at.
    pub seen: u64,
    /// Files removed.
    pub removed: u64,
    /// Bytes freed.
    pub bytes: u64,
}

/// Removes files older than a day that no attachment needs. One look-up a file and no list of all
/// of them; blocks, so call it from a thread of its own.
pub fn sweep(store: &Store, db: &Db, now: Timestamp) -> Result<Swept> {
    let fault = |e: std::io::Error| Error::internal(format!("sweeping files: {e}"));
    let mut swept = Swept::default();
    for dir in entries(store.root()).map_err(fault)? {
        let prefix = dir.file_name().to_string_lossy().into_owned();
        for file in entries(&dir.path()).map_err(fault)? {
            swept.seen += 1;
            let Some(len) = old(&file, now) else { continue };
            if needed(db, &prefix, &file, now)? {
                continue;
            }
            if std::fs::remove_file(file.path()).is_ok() {
                swept.removed += 1;
                swept.bytes += len;
            }
        }
    }
    Ok(swept)
}

/// Takes the files of `owner` off the disk whose key was destroyed. Call it after the commit that did so; what
/// it does not come to, [`sweep`] does. Blocks.
///
/// Errors: those of the database; internal where a file cannot be removed.
pub fn purge(store: &Store, db: &Db, owner_kind: &'static str, owner: Uuid) -> Result<()> {
    let forgotten = db.read_now(move |tx| store::forgotten(tx, owner_kind, owner))?;
    forgotten.iter().try_for_each(|blob| store.delete(blob))
}

fn needed(db: &Db, prefix: &str, file: &DirEntry, now: Timestamp) -> Result<bool> {
    let name = file.file_name().to_string_lossy().into_owned();
    if name.ends_with("part") {
        return Ok(false); // Left by a process that died while writing.
    }
    let hex = format!("{prefix}{}", name.strip_suffix(".thumb").unwrap_or(&name));
    let Some(blob) = hex::decode(hex).ok().and_then(|b| <[u8; 16]>::try_from(b).ok()) else {
        return Ok(true); // Not ours: leave it alone.
    };
    db.read_now(move |tx| store::kept(tx, &blob, now.plus(-KEPT_AFTER_REMOVAL)))
}

/// Its size, where it is a file last written more than a day ago.
fn old(file: &DirEntry, now: Timestamp) -> Option<u64> {
    let meta = file.metadata().ok().filter(|m| m.is_file())?;
    let since = meta.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    (since.as_millis() as i64 <= now.0 - DAY).then_some(meta.len())
}

fn entries(dir: &Path) -> std::io::Result<Vec<DirEntry>> {
    match read_dir(dir) {
        Ok(entries) => entries.collect(),
        // Nothing was ever uploaded; or a stray file lies beside the directories.
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(e) => Err(e),
    }
}
