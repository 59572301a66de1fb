//! The bytes of a file that was sent in: in the site's directory, for its owner alone, for two days.

use super::store;
use access::SharedSite;
use kernel::{DAY, Error, Result, Uuid};
use std::path::{Path, PathBuf};

/// How long a file is kept, in milliseconds.
const KEPT: i64 = 2 * DAY;

/// The directory under the site's.
const DIR: &str = "imports";

fn path(dir: &Path, id: Uuid, ending: &str) -> PathBuf {
    dir.join(DIR).join(format!("{id}.{ending}"))
}

/// What lies beside an import: the sheet itself, and first passwords that were not fetched yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The file as it was sent.
    Sheet,
    /// First passwords of new accounts.
    Passwords,
}

impl Part {
    fn ending(self) -> &'static str {
        match self {
            Part::Sheet => "sheet",
            Part::Passwords => "passwords.csv",
        }
    }
}

/// Writes a file that nobody else on the machine may read. Blocks.
///
/// Errors: internal where the disk fails.
pub(super) fn write(dir: &Path, id: Uuid, part: Part, bytes: &[u8]) -> Result<()> {
    use std::io::Write;
    let path = path(dir, id, part.ending());
    let fault = |e: std::io::Error| Error::internal(format!("{}: {e}", path.display()));
    std::fs::create_dir_all(dir.join(DIR)).map_err(fault)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(&path).and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all())).map_err(fault)
}

/// Reads it; none where it is gone. Blocks.
///
/// Errors: internal where the disk fails.
pub(super) fn read(dir: &Path, id: Uuid, part: Part) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path(dir, id, part.ending())) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::internal(format!("an import's file: {e}"))),
    }
}

/// Whether it is there. Blocks.
pub(super) fn is_there(dir: &Path, id: Uuid, part: Part) -> bool {
    path(dir, id, part.ending()).is_file()
}

/// Removes it, where it is there. Blocks.
pub(super) fn remove(dir: &Path, id: Uuid, part: Part) {
    let path = path(dir, id, part.ending());
    if let Err(error) = std::fs::remove_file(&path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "a file that was sent in could not be removed");
    }
}

/// Removes files that came two days ago or more, with their rows; and files without a row.
pub(crate) async fn sweep(site: &SharedSite) -> Result<usize> {
    let before = site.now().plus(-KEPT);
    let old = site.db.write(move |tx| store::drop_old(tx, before)).await?;
    let (dir, now) = (site.dir.clone(), site.now());
    let removed = tokio::task::spawn_blocking(move || {
        for id in &old {
            remove(&dir, *id, Part::Sheet);
            remove(&dir, *id, Part::Passwords);
        }
        old.len() + left_behind(&dir.join(DIR), now.0 - KEPT - DAY)
    });
    removed.await.map_err(Error::internal)
}

/// Removes what a process left that died between file and row; how many files.
fn left_behind(dir: &Path, before: i64) -> usize {
    let Ok(files) = std::fs::read_dir(dir) else { return 0 };
    let old = |f: &std::fs::DirEntry| {
        let written = f.metadata().and_then(|m| m.modified()).ok();
        let since = written.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        since.is_some_and(|s| (s.as_millis() as i64) < before)
    };
    files.flatten().filter(old).filter(|f| std::fs::remove_file(f.path()).is_ok()).count()
}
