//! What the repository as a whole may hold.

use super::{Checkout, Finding};

/// The most crates that the lock file may name.
const CRATES: usize = 450;

/// Nothing of others is committed: no spreadsheet, no minified script.
pub fn foreign_files(checkout: &Checkout) -> Vec<Finding> {
    let remedy = "take it out; tests make the files they need, and the test command installs the tools";
    let suspects = [".xlsx", ".xls", ".xlsm", ".ods", ".min.js", ".min.css"];
    checkout
        .paths
        .iter()
        .filter(|path| {
            let lower = path.to_ascii_lowercase();
            suspects.iter().any(|end| lower.ends_with(end))
                || lower.split('/').any(|part| part == "node_modules")
        })
        .map(|path| Finding::at(path, 0, "a spreadsheet or a script of somebody else's", remedy))
        .collect()
}

/// Few dependencies: each is somebody else's code to trust, to build and to follow.
pub fn lock_file(checkout: &Checkout) -> Vec<Finding> {
    let lock = checkout.texts.iter().find(|file| file.path == "Cargo.lock");
    let crates = lock.map_or(0, |file| file.text.lines().filter(|line| *line == "[[package]]").count());
    let what = format!("{crates} crates, more than {CRATES}");
    let remedy = "do without one, or without one of its features";
    (crates > CRATES).then(|| Finding::at("Cargo.lock", 1, what, remedy)).into_iter().collect()
}

/// A crate without `[lints] workspace = true` is checked by nobody.
pub fn lints(checkout: &Checkout) -> Vec<Finding> {
    checkout
        .texts
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
        .filter(|file| {
            let table = file.text.parse::<toml::Table>().unwrap_or_default();
            table.get("lints").and_then(|lints| lints.get("workspace")).and_then(|on| on.as_bool())
                != Some(true)
        })
        .map(|file| {
            Finding::at(&file.path, 1, "the lints are not taken over", "add [lints] workspace = true")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::spots;

    #[test]
    fn files_of_others_are_found() {
        let checkout = Checkout::of(&[
            ("data/a.XLSX", ""),
            ("web/axe.min.js", ""),
            ("web/app.js", ""),
            ("a/xls.rs", ""),
        ]);
        assert_eq!(spots(&foreign_files(&checkout)), ["data/a.XLSX:0", "web/axe.min.js:0"]);
    }

    #[test]
    fn the_lock_file_is_counted() {
        let lock = |n: usize| "[[package]]\nname = \"a\"\n".repeat(n);
        assert_eq!(lock_file(&Checkout::of(&[("Cargo.lock", &lock(450))])), []);
        assert_eq!(spots(&lock_file(&Checkout::of(&[("Cargo.lock", &lock(451))]))), ["Cargo.lock:1"]);
    }

    #[test]
    fn crates_take_the_lints() {
        let good = "[package]\nname = \"a\"\n[lints]\nworkspace = true\n";
        let checkout = Checkout::of(&[
            ("crates/a/Cargo.toml", good),
            ("crates/b/Cargo.toml", "[package]\nname = \"b\"\n"),
        ]);
        assert_eq!(spots(&lints(&checkout)), ["crates/b/Cargo.toml:1"]);
    }
}
