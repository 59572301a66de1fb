//! Migrations: numbered in each slice, forward only, each with the checksum of its file.
//!
//! What the engines must be told in different words stands between the lines `-- only sqlite` or
//! `-- only postgres` and `-- end`.

use crate::{Engine, Stmt, Tx, params, store};
use kernel::{Error, Result, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One file of changes to the tables of a slice. Made by [`crate::migrations!`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The slice, by its crate's name.
    pub slice: &'static str,
    /// Its number in the slice, from 1.
    pub number: u32,
    /// The file's name without ending: `0001_requests`.
    pub name: &'static str,
    /// What it does.
    pub sql: &'static str,
}

/// The migrations of a slice, as `&'static [Migration]`; the number is the name's first digits.
///
/// ```
/// use db::Migration;
/// pub static MIGRATIONS: &[Migration] = db::migrations!("units";
///     "0001_unit" = "CREATE TABLE unit (id BYTEA PRIMARY KEY)",
///     "0002_code" = "ALTER TABLE unit ADD COLUMN code TEXT",
/// );
/// assert_eq!(MIGRATIONS[1].number, 2);
/// ```
#[macro_export]
macro_rules! migrations {
    ($slice:expr; $($name:literal = $sql:expr),+ $(,)?) => {
        &[$($crate::Migration {
            slice: $slice,
            number: $crate::number_of($name),
            name: $name,
            sql: $sql,
        }),+]
    };
    ($slice:expr; $($name:literal = $sql:expr);+ $(;)?) => {
        $crate::migrations!($slice; $($name = $sql),+)
    };
}

/// The number that a migration's name begins with. A name without one does not compile.
#[doc(hidden)]
pub const fn number_of(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (mut i, mut n) = (0, 0);
    while i < bytes.len() && bytes[i].is_ascii_digit() {
        n = n * 10 + (bytes[i] - b'0') as u32;
        i += 1;
    }
    assert!(n > 0, "a migration's name begins with its number, such as 0001_requests");
    n
}

/// The lines of a migration that are for `engine`.
fn section(migration: &Migration, engine: Engine) -> Result<String> {
    let fault = |line: usize, what: &str| {
        Error::Internal(format!("{}/{}.sql line {line}: {what}", migration.slice, migration.name))
    };
    let mut out = String::with_capacity(migration.sql.len());
    let mut only: Option<Engine> = None;
    for (i, line) in migration.sql.lines().enumerate() {
        match line.trim() {
            "-- only sqlite" | "-- only postgres" if only.is_some() => {
                return Err(fault(i + 1, "a section begins inside a section"));
            }
            "-- only sqlite" => only = Some(Engine::Sqlite),
            "-- only postgres" => only = Some(Engine::Postgres),
            "-- end" if only.is_none() => return Err(fault(i + 1, "`-- end` without a beginning")),
            "-- end" => only = None,
            _ if only.is_none_or(|e| e == engine) => out.push_str(line),
            _ => {}
        }
        // Lines keep their numbers, so that an engine's message points into the file.
        out.push('\n');
    }
    match only {
        None => Ok(out),
        Some(_) => Err(fault(migration.sql.lines().count(), "a section without `-- end`")),
    }
}

fn checksum(sql: &str) -> String {
    let text = sql.replace("\r\n", "\n");
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Brings the tables up to `migrations`, in the order given, and says how many were applied. All in
/// the transaction `tx`, so that a fault leaves everything as it was.
pub(crate) fn run(tx: &mut dyn Tx, migrations: &[Migration], now: Timestamp) -> Result<usize> {
    check_list(migrations)?;
    tx.execute(&store::MIGRATIONS_TABLE, &[])?;
    let mut applied: BTreeMap<(String, u32), (String, String)> = BTreeMap::new();
    tx.each(&store::APPLIED, &[], &mut |row| {
        applied.insert((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?));
        Ok(())
    })?;
    // A slice that is not in the list is somebody else's; one that is must not be ahead of it.
    for (slice, number) in applied.keys() {
        let known = migrations.iter().filter(|m| m.slice == slice).map(|m| m.number).max();
        if known.is_some_and(|last| last < *number) {
            return Err(Error::refused(
                "database-newer",
                format!(
                    "数据库比程序新（{slice} 的第 {number} 号变更程序不认识）。请换用更新的程序，数据没有改动。"
                ),
                format!(
                    "The database is newer than this program (it does not know change {number} of {slice}). \
                     Use a newer program; the data was not touched."
                ),
            ));
        }
    }
    let mut done = 0;
    for m in migrations {
        let sum = checksum(m.sql);
        match applied.get(&(m.slice.to_owned(), m.number)) {
            Some((_, known)) if *known == sum => continue,
            Some((name, _)) => {
                return Err(Error::refused(
                    "migration-changed",
                    format!(
                        "{}/{name}.sql 已经执行过，但文件后来被改动了。请恢复原文件，另写一个新文件。",
                        m.slice
                    ),
                    format!(
                        "{}/{name}.sql has been applied and was changed afterwards. \
                         Put the file back as it was and write the change into a new one.",
                        m.slice
                    ),
                ));
            }
            None => {}
        }
        let later = applied.keys().any(|(s, n)| s == m.slice && *n > m.number);
        if later {
            return Err(Error::refused(
                "migration-out-of-order",
                format!("{}/{}.sql 的编号小于已经执行过的变更，请改用新的编号。", m.slice, m.name),
                format!(
                    "{}/{}.sql comes before a change that is applied already; give it a new number.",
                    m.slice, m.name
                ),
            ));
        }
        tx.batch(&format!("{}/{}.sql", m.slice, m.name), &section(m, tx.engine())?)?;
        tx.execute(&store::ADD_APPLIED, &params![m.slice, m.number, m.name, sum, now])?;
        tracing::info!(slice = m.slice, migration = m.name, "applied");
        done += 1;
    }
    Ok(done)
}

fn check_list(migrations: &[Migration]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    for m in migrations {
        if !seen.insert((m.slice, m.number)) || last.get(m.slice).is_some_and(|l| *l > m.number) {
            return Err(Error::Internal(format!(
                "{}/{}.sql: its number is used twice or out of order in the program's list",
                m.slice, m.name
            )));
        }
        last.insert(m.slice, m.number);
    }
    Ok(())
}

/// Prepares every statement and lists all that the engine does not understand.
pub(crate) fn prepare_all(tx: &mut dyn Tx, stmts: &[Stmt]) -> Result<()> {
    let engine = tx.engine();
    let faults: Vec<String> =
        stmts.iter().filter_map(|s| tx.prepare(s).err().map(|e| format!("\n  {e}"))).collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::Internal(format!("{engine} does not take {} statements:{}", faults.len(), faults.concat())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_for_its_engine_and_lines_keep_their_numbers() {
        let sql = "a\n-- only sqlite\nb\n-- end\n  -- only postgres\nc\n-- end\nd";
        let m = Migration { slice: "s", number: 1, name: "0001_x", sql };
        assert_eq!(section(&m, Engine::Sqlite).unwrap(), "a\n\nb\n\n\n\n\nd\n");
        assert_eq!(section(&m, Engine::Postgres).unwrap(), "a\n\n\n\n\nc\n\nd\n");
        for bad in ["-- end", "-- only sqlite\nx", "-- only sqlite\n-- only postgres\n-- end"] {
            let e = section(&Migration { sql: bad, ..m }, Engine::Sqlite).unwrap_err();
            assert!(e.to_string().contains("s/0001_x.sql line"), "{e}");
        }
    }

    #[test]
    fn the_checksum_does_not_mind_line_ends_but_minds_all_else() {
        assert_eq!(checksum("a\r\nb"), checksum("a\nb"));
        assert_ne!(checksum("a\nb"), checksum("a\nb "));
    }
}
