//! Which database, and how much of the machine it may use.

use crate::Engine;
use std::path::{Path, PathBuf};

/// How to open a database. Make one with [`Config::new`] and change what should differ.
#[derive(Clone)]
pub struct Config {
    /// A file's path (or `sqlite:` and a path), or `postgres://user@host/name`, which may say
    /// `?sslmode=verify-full&sslrootcert=FILE`: disable, prefer, require, verify-ca or verify-full, as in
    /// PostgreSQL's own programs. Where nothing is said, a server on this machine is spoken to in clear,
    /// another under TLS where it can.
    pub url: String,
    /// The PostgreSQL schema to live in; made if it is missing. Letters, digits and `_`.
    pub schema: Option<String>,
    /// Connections that read; 0 lets the engine choose. One more writes.
    pub readers: usize,
    /// How many jobs may wait, reads and writes each. One more is told `Busy`.
    pub queue: usize,
    /// For filling a new database that can be made again: commits do not wait for the disk until
    /// [`crate::Db::close`].
    pub bulk: bool,
    /// What only SQLite knows.
    pub sqlite: SqliteOptions,
}

/// Settings that only SQLite knows.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Page cache of the writer, in KiB.
    pub writer_cache_kib: u32,
    /// Page cache of each reader, in KiB.
    pub reader_cache_kib: u32,
    /// Bytes of the file mapped into memory, by each connection. 0 by default: mapped pages count as
    /// the program's memory once for every connection.
    pub mmap_bytes: u64,
    /// Bytes in a page; only a new file takes it.
    pub page_size: u32,
    /// After how many pages the write-ahead log is copied into the file.
    pub checkpoint_pages: u32,
    /// How long to wait for another process's write, in milliseconds.
    pub busy_ms: u32,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            writer_cache_kib: 64 * 1024,
            reader_cache_kib: 8 * 1024,
            mmap_bytes: 0,
            page_size: 4096,
            checkpoint_pages: 4000,
            busy_ms: 5000,
        }
    }
}

impl Config {
    /// The database at `url` with the usual settings.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            schema: None,
            readers: 0,
            queue: 2048,
            bulk: false,
            sqlite: SqliteOptions::default(),
        }
    }

    /// The engine that `url` names.
    pub fn engine(&self) -> Engine {
        if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            Engine::Postgres
        } else {
            Engine::Sqlite
        }
    }

    /// The file, for SQLite.
    pub(crate) fn file(&self) -> PathBuf {
        Path::new(self.url.strip_prefix("sqlite:").unwrap_or(&self.url)).to_owned()
    }

    pub(crate) fn reader_count(&self) -> usize {
        match (self.readers, self.engine()) {
            (0, Engine::Sqlite) => std::thread::available_parallelism().map_or(2, |n| n.get()).clamp(2, 4),
            (0, Engine::Postgres) => 8,
            (n, _) => n,
        }
    }
}

impl std::fmt::Debug for Config {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("engine", &self.engine())
            .field("schema", &self.schema)
            .field("readers", &self.reader_count())
            .field("queue", &self.queue)
            .field("bulk", &self.bulk)
            .field("sqlite", &self.sqlite)
            .finish_non_exhaustive()
    }
}
