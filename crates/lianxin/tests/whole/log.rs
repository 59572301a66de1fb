//! What the program writes to its log, with nothing left out, kept for a test to read.

use std::io::Write;
use std::sync::{Mutex, OnceLock};
use tracing_subscriber::EnvFilter;

static KEPT: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();

struct Keeper;

impl Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        KEPT.get_or_init(Mutex::default).lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on everything is kept that any thread of this process logs, libraries as well, but for those by which
/// tests read pages: they are no part of the program and tell of each sign.
pub(crate) fn keep() {
    let program = EnvFilter::new("trace,html5ever=off,selectors=off,cssparser=off,scraper=off");
    let all = tracing_subscriber::fmt().with_env_filter(program).with_ansi(false);
    // Where several tests share a process, the first has begun.
    drop(all.with_writer(|| Keeper).try_init());
}

/// How much was logged so far.
pub(crate) fn mark() -> usize {
    KEPT.get_or_init(Mutex::default).lock().unwrap().len()
}

/// The lines that were logged since a mark.
pub(crate) fn since(mark: usize) -> Vec<String> {
    let kept = KEPT.get_or_init(Mutex::default).lock().unwrap();
    String::from_utf8_lossy(&kept[mark.min(kept.len())..]).lines().map(str::to_owned).collect()
}

/// What was logged so far.
pub(crate) fn kept() -> Vec<u8> {
    KEPT.get_or_init(Mutex::default).lock().unwrap().clone()
}
