//! How many tests of which kind ran, and on which engine: told at the end, counted nowhere.
//!
//! A test that opens a database appends one line, `engine TAB crate TAB program TAB test`, to the file named by
//! `LIANXIN_ENGINES`; the other half, which tests there are, is read from what nextest printed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The variable that names the file.
pub const VARIABLE: &str = "LIANXIN_ENGINES";

/// The file of one run.
pub struct Engines(PathBuf);

impl Engines {
    /// An empty file under `folder`.
    pub fn new(folder: &Path) -> Result<Self, String> {
        let file = folder.join(format!("engines-{}.txt", std::process::id()));
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&file, ""))
            .map_err(|e| format!("{}: {e}", file.display()))?;
        Ok(Self(file))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A line for each kind: how many ran, and how many of them opened a database on each engine.
    pub fn told(&self, lines: &[String]) -> Vec<String> {
        told(&std::fs::read_to_string(&self.0).unwrap_or_default(), lines)
    }
}

impl Drop for Engines {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What the tests of a program are: those inside of a crate look at its parts, those beside it at what it does for its
/// users, those of the program at the whole.
fn kind(program: &str) -> &'static str {
    match program.split_once("::") {
        None => "unit and property",
        Some((_, inside)) if inside.starts_with("bin/") => "unit and property",
        Some(("lianxin", "whole")) => "whole house: packs' stories, every route, every statement",
        Some(("lianxin", "faults")) => "faults: killed, full, cut off",
        Some(("lianxin", _)) => "program: shell, demonstration, server",
        Some(_) => "stories and use cases of one crate",
    }
}

fn told(opened: &str, lines: &[String]) -> Vec<String> {
    let mut on: BTreeMap<(String, &str), BTreeSet<&str>> = BTreeMap::new();
    for line in opened.lines() {
        let [engine, krate, program, test] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        // The tests inside of a crate run in a program of its name.
        let inside = krate.replace('-', "_") == program;
        let name = if inside { krate.to_owned() } else { format!("{krate}::{program}") };
        on.entry((name, test)).or_default().insert(engine);
    }
    let mut table: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for line in lines.iter().map(|line| line.trim_start()).filter(|line| line.starts_with("PASS [")) {
        let mut words = line.split_whitespace().rev();
        let (Some(test), Some(program)) = (words.next(), words.next()) else { continue };
        let row = table.entry(kind(program)).or_default();
        let engines = on.get(&(program.to_owned(), test));
        let opened = |engine| usize::from(engines.is_some_and(|e| e.contains(engine)));
        *row = (row.0 + 1, row.1 + opened("SQLite"), row.2 + opened("PostgreSQL"));
    }
    let row =
        |(kind, (all, lite, pg)): (&str, _)| format!("{all} {kind}; on SQLite {lite}, on PostgreSQL {pg}");
    table.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_told_by_kind_and_engine() {
        let opened = "SQLite\trequests\tsample\ta::b\nPostgreSQL\trequests\tsample\ta::b\nSQLite\trequests\tsample\ta::b\n\
                      SQLite\trequests\trequests\tlots::c\nodd line\n";
        let lines = [
            "        PASS [   0.172s] ( 139/1073) requests::sample a::b",
            "        PASS [   0.172s] ( 140/1073) requests::sample d",
            "        PASS [   0.172s] ( 141/1073) requests lots::c",
            "        FAIL [   0.172s] ( 142/1073) requests lots::e",
            "        PASS [   0.172s] ( 143/1073) lianxin::whole walk::f",
        ];
        assert_eq!(
            told(opened, &lines.map(str::to_owned)),
            [
                "2 stories and use cases of one crate; on SQLite 1, on PostgreSQL 1",
                "1 unit and property; on SQLite 1, on PostgreSQL 0",
                "1 whole house: packs' stories, every route, every statement; on SQLite 0, on PostgreSQL 0",
            ]
        );
    }
}
