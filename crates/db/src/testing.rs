//! Fresh databases for the tests of every crate: SQLite in a directory of its own, and PostgreSQL in
//! a schema of its own where `LIANXIN_TEST_PG` names a server. Both are gone at the end.

use crate::{Config, Db};
use kernel::{Chance, SystemChance};
use std::path::{Path, PathBuf};

/// The variable that names the PostgreSQL server to test on, as `postgres://user@host/name`.
pub const PG_VARIABLE: &str = "LIANXIN_TEST_PG";

/// A database of its own for one test. It is a [`Db`] by dereference, and is removed when dropped.
pub struct Fresh {
    db: Db,
    config: Config,
    dir: Option<PathBuf>,
}

impl std::ops::Deref for Fresh {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Fresh {
    /// How it was opened, to open it once more.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The directory of a SQLite database.
    pub fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.db.close();
        match (&self.dir, &self.config.schema) {
            // A test that failed already must not be hidden by a panic in its tidying up.
            (Some(dir), _) => drop(std::fs::remove_dir_all(dir)),
            (None, Some(_)) => {
                if let Err(e) = crate::pg::drop_schema(&self.config) {
                    eprintln!("the test's schema stays behind: {e}");
                }
            }
            (None, None) => {}
        }
    }
}

/// A fresh SQLite database.
pub fn sqlite() -> Fresh {
    sqlite_with(|_| {})
}

/// A fresh SQLite database with settings changed by `change`.
///
/// # Panics
/// Where it cannot be made.
pub fn sqlite_with(change: impl FnOnce(&mut Config)) -> Fresh {
    let dir = std::env::temp_dir().join(unique());
    let mut config = Config::new(dir.join("lianxin.db").display().to_string());
    config.readers = 2;
    change(&mut config);
    let db = Db::open(&config).expect("a fresh SQLite database opens");
    tell(db.engine());
    Fresh { db, config, dir: Some(dir) }
}

/// A fresh PostgreSQL schema, or `None`, said aloud, where no server is named.
pub fn postgres() -> Option<Fresh> {
    postgres_with(|_| {})
}

/// A fresh PostgreSQL schema with settings changed by `change`.
///
/// # Panics
/// Where a server is named and does not answer: a suite that should run must not pass by not running.
pub fn postgres_with(change: impl FnOnce(&mut Config)) -> Option<Fresh> {
    let Some(url) = std::env::var(PG_VARIABLE).ok().filter(|v| !v.is_empty()) else {
        eprintln!("skipped on PostgreSQL: {PG_VARIABLE} is not set");
        return None;
    };
    let mut config = Config::new(url);
    config.schema = Some(unique());
    config.readers = 2;
    change(&mut config);
    let db = Db::open(&config).expect("the server named for tests answers");
    tell(db.engine());
    Some(Fresh { db, config, dir: None })
}

/// A fresh database on each engine that there is: `for db in db::testing::engines() { … }`.
pub fn engines() -> impl Iterator<Item = Fresh> {
    // One after the other, so that the second is not held open while the first is tested.
    std::iter::once_with(|| Some(sqlite())).chain(std::iter::once_with(postgres)).flatten()
}

/// Runs a blocking test on each engine.
pub fn each_engine(test: impl Fn(&Db)) {
    for db in engines() {
        eprintln!("on {}", db.engine());
        test(&db);
    }
}

/// Runs an asynchronous test on each engine: `each_engine_async(async |db| { … }).await`.
pub async fn each_engine_async(test: impl AsyncFn(&Db)) {
    for db in engines() {
        eprintln!("on {}", db.engine());
        test(&db).await;
    }
}

/// Says on which engine the test that runs opened a database, in the file that the test command names.
fn tell(engine: crate::Engine) {
    use std::io::Write;
    let Some(file) = std::env::var_os("LIANXIN_ENGINES") else { return };
    let krate = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let program = std::env::current_exe().ok();
    let stem = program.as_deref().and_then(Path::file_stem).and_then(|s| s.to_str()).unwrap_or_default();
    let program = stem.rsplit_once('-').map_or(stem, |(name, _)| name);
    let thread = std::thread::current();
    let line = format!("{engine}\t{krate}\t{program}\t{}\n", thread.name().unwrap_or_default());
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(file);
    // One write, so that lines of tests that run at the same time do not mix. It is for people to read.
    let _ = opened.and_then(|mut file| file.write_all(line.as_bytes()));
}

fn unique() -> String {
    let mut bytes = [0; 8];
    SystemChance.fill(&mut bytes);
    format!("lianxin_test_{}_{:016x}", std::process::id(), u64::from_le_bytes(bytes))
}
