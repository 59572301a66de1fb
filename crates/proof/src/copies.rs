//! The file of heads beside the database: one signed note after the other, added to only. Copied away now
//! and then, it is what shows that heads were taken out of the database.

use crate::key::add;
use db::Tx;
use journal::tree::{self, Head, note};
use kernel::{Error, Result};
use std::path::Path;

/// The file in the site's directory.
pub const HEADS_FILE: &str = "seal.heads";

/// How many heads are read at once.
const PAGE: usize = 500;

/// The notes of the file, in order; none where there is no file.
///
/// Errors: internal where it cannot be read.
pub fn heads_kept(dir: &Path) -> Result<Vec<String>> {
    let path = dir.join(HEADS_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(note::split(&text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Error::internal(format!("cannot read {}: {e}", path.display()))),
    }
}

/// The heads that are newer than `last`, the newest note of the file, oldest first.
pub(crate) fn missing(tx: &mut dyn Tx, last: Option<&str>) -> Result<Vec<Head>> {
    let at = last.and_then(|note| note::Checkpoint::parse(note).ok()).map(|c| c.at);
    let (mut out, mut before) = (Vec::new(), None);
    loop {
        let page = tree::heads(tx, before, PAGE, false)?;
        let whole = page.len() == PAGE;
        before = page.last().map(|h| h.n);
        for head in page {
            // Heads of one millisecond are told apart by their text.
            if last == Some(head.note.as_str()) || at.is_some_and(|at| head.at < at) {
                out.reverse();
                return Ok(out);
            }
            out.push(head);
        }
        if !whole {
            out.reverse();
            return Ok(out);
        }
    }
}

/// Adds heads to the file.
pub(crate) fn keep(dir: &Path, heads: &[Head]) -> Result<()> {
    let text: String = heads.iter().map(|h| format!("{}\n", h.note)).collect();
    let path = dir.join(HEADS_FILE);
    add(&path, &text).map_err(|e| Error::internal(format!("cannot write {}: {e}", path.display())))
}
