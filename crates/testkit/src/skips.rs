//! A test that cannot run says so, and the test command counts it as skipped.

use std::io::Write;

/// Says that `test` did not run because `what` is missing, and why: one line to standard error, and one
/// to the file that the test command names in `LIANXIN_SKIPS`.
pub fn skip(what: &str, test: &str, why: &str) {
    eprintln!("skipped: {what}: {test}: {why}");
    let Ok(path) = std::env::var("LIANXIN_SKIPS") else { return };
    if let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(path) {
        // One write, so that lines of tests that run at the same time do not mix.
        let _ = file.write_all(format!("{what}: {test}: {why}\n").as_bytes());
    }
}
