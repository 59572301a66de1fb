//! Tests that cannot run say so in a file, as a test program itself knows only passed and failed.
//!
//! A test that lacks something (an engine, a folder of data) appends one line, `what: test: why`,
//! to the file named by `LIANXIN_SKIPS` and returns. The test command takes it off the passed ones.

use super::count::Count;
use std::path::{Path, PathBuf};

/// The variable that names the file.
pub const VARIABLE: &str = "LIANXIN_SKIPS";

/// The file of one run.
pub struct Skips(PathBuf);

impl Skips {
    /// An empty file under `folder`.
    pub fn new(folder: &Path) -> Result<Self, String> {
        let file = folder.join(format!("skips-{}.txt", std::process::id()));
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&file, ""))
            .map_err(|e| format!("{}: {e}", file.display()))?;
        Ok(Self(file))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Moves the tests that skipped themselves from passed to skipped, and gives their reasons.
    /// Those that lack something in `excused` are taken off and told, but not counted.
    pub fn settle(&self, count: &mut Count, excused: &[&str]) -> Vec<String> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        settle(&text, count, excused)
    }
}

impl Drop for Skips {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn settle(text: &str, count: &mut Count, excused: &[&str]) -> Vec<String> {
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.sort_unstable();
    lines.dedup();
    let mut told = Vec::new();
    for line in lines {
        count.passed = count.passed.saturating_sub(1);
        let what = line.split(':').next().unwrap_or_default().trim();
        if excused.contains(&what) {
            told.push(format!("not counted: {line}"));
        } else {
            count.skipped += 1;
            told.push(format!("skipped: {line}"));
        }
    }
    told
}

/// Says that the running test cannot run.
#[cfg(test)]
pub fn tell(what: &str, test: &str, why: &str) {
    use std::io::Write;
    eprintln!("skipped: {what}: {test}: {why}");
    if let Some(file) = std::env::var_os(VARIABLE) {
        let opened = std::fs::OpenOptions::new().append(true).create(true).open(file);
        let _ = opened.and_then(|mut file| file.write_all(format!("{what}: {test}: {why}\n").as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_skipped_itself_did_not_pass() {
        let text = "postgres: a: no server\ndata: b: no folder\n\npostgres: a: no server\n";
        let mut count = Count { passed: 10, failed: 1, skipped: 0 };
        assert_eq!(settle(text, &mut count, &[]).len(), 2);
        assert_eq!(count, Count { passed: 8, failed: 1, skipped: 2 });
        let mut count = Count { passed: 10, failed: 0, skipped: 0 };
        let told = settle(text, &mut count, &["data"]);
        assert_eq!(told, ["not counted: data: b: no folder", "skipped: postgres: a: no server"]);
        assert_eq!(count, Count { passed: 8, failed: 0, skipped: 1 });
    }
}
