//! `backup`: a copy of a site, taken while it runs.
//!
//! ```text
//! TO/lianxin.db     the database as it was at one moment (left out on PostgreSQL: pg_dump)
//! TO/files, outbox  what was there when they were copied; a file without a row does no harm
//! TO/lianxin.toml, secret.key, seal.key (unless it is in the variable), seal.pub, seal.heads
//! (the master key, vault.key, is left out on purpose: a copy alone tells nobody who asked)
//! TO/MANIFEST.json  SHA-256 of every file; written last, so a copy without it is not whole
//! ```

use super::say;
use crate::cli::Backup;
use crate::config::CONFIG_FILE;
use crate::open::{self, DATABASE_FILE};
use crate::outcome::{Outcome, file_error};
use crate::progress::Bar;
use kernel::{Error, Locale, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The list of what a copy holds.
pub(super) const MANIFEST: &str = "MANIFEST.json";

/// What a copy holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The program that made it.
    pub(super) version: String,
    /// The pack in force.
    pub(super) pack: String,
    /// When, in milliseconds.
    pub(super) at: i64,
    /// Whether the database is in it.
    pub(super) database: bool,
    /// SHA-256 of each file by its path.
    pub(super) files: BTreeMap<String, String>,
}

/// Copies.
pub(super) fn run(args: &Backup, locale: Locale) -> Outcome {
    let opened = open::open(&args.place)?;
    let (from, to) = (&args.place.dir, open::new_dir(&args.to)?);
    let done = copy(from, &to, &opened, locale);
    if done.is_err() {
        super::init::clear(&to);
    }
    let manifest = done?;
    let (n, to) = (manifest.files.len(), to.display());
    say(&match (locale, manifest.database) {
        (Locale::Zh, true) => format!("已备份 {n} 个文件到 {to}\n"),
        (Locale::Zh, false) => {
            format!("已备份 {n} 个文件到 {to}；数据库在 PostgreSQL 上，请用 pg_dump 另行备份。\n")
        }
        (Locale::En, true) => format!("{n} files are copied to {to}\n"),
        (Locale::En, false) => {
            format!("{n} files are copied to {to}; the database is on PostgreSQL: copy it with pg_dump.\n")
        }
    })?;
    say(locale.t(
        "主密钥（vault.key）不在备份里，请另行保存；没有它，备份里的姓名、电话和住址读不出来。\n",
        "The master key (vault.key) is not in the copy: keep it apart. Without it names, numbers and addresses in \
         the copy cannot be read.\n",
    ))?;
    Ok(())
}

fn copy(from: &Path, to: &Path, opened: &open::Opened, locale: Locale) -> Result<Manifest> {
    let site = &*opened.site;
    let database = site.db.engine() == db::Engine::Sqlite;
    if database {
        let bar = Bar::new(0, locale.t("复制数据库", "copying the database"));
        site.db.backup_with(&to.join(DATABASE_FILE), |done, total| bar.of(done, total))?;
    }
    for name in [CONFIG_FILE, access::SECRET_FILE] {
        copy_file(&from.join(name), &to.join(name))?;
    }
    for name in [proof::KEY_FILE, proof::KEYS_FILE, proof::HEADS_FILE] {
        if from.join(name).exists() {
            copy_file(&from.join(name), &to.join(name))?;
        }
    }
    let mut found = Vec::new();
    for name in ["files", "outbox"] {
        walk(from, Path::new(name), &mut found)?;
    }
    let bar = Bar::new(found.len() as u64, locale.t("复制附件", "copying attachments"));
    for (i, path) in found.iter().enumerate() {
        copy_file(&from.join(path), &to.join(path))?;
        bar.at(i as u64 + 1);
    }
    drop(bar);
    let manifest = Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pack: format!("{} {}", site.pack.id, site.pack.version),
        at: site.now().0,
        database,
        files: sums(to, locale)?,
    };
    let text = serde_json::to_string_pretty(&manifest).map_err(Error::internal)?;
    let path = to.join(MANIFEST);
    std::fs::write(&path, text).map_err(|e| file_error(&path, &e))?;
    Ok(manifest)
}

/// The files below `from/at`, as paths from `from`.
pub(super) fn walk(from: &Path, at: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let dir = from.join(at);
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(file_error(&dir, &e)),
    };
    for entry in entries {
        let entry = entry.map_err(|e| file_error(&dir, &e))?;
        let path = at.join(entry.file_name());
        if from.join(&path).is_dir() {
            walk(from, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Copies a file with its permissions, and waits until it is on the disk.
pub(super) fn copy_file(from: &Path, to: &Path) -> Result<()> {
    if let Some(dir) = to.parent() {
        std::fs::create_dir_all(dir).map_err(|e| file_error(dir, &e))?;
    }
    std::fs::copy(from, to).map_err(|e| file_error(from, &e))?;
    std::fs::File::open(to).and_then(|f| f.sync_all()).map_err(|e| file_error(to, &e))
}

/// SHA-256 of every file below `dir`, but for the manifest.
pub(super) fn sums(dir: &Path, locale: Locale) -> Result<BTreeMap<String, String>> {
    let mut found = Vec::new();
    walk(dir, Path::new(""), &mut found)?;
    found.retain(|p| p != Path::new(MANIFEST));
    let bar = Bar::new(found.len() as u64, locale.t("计算校验值", "checksums"));
    let mut out = BTreeMap::new();
    for (i, path) in found.iter().enumerate() {
        out.insert(path.display().to_string(), sum(&dir.join(path))?);
        bar.at(i as u64 + 1);
    }
    Ok(out)
}

fn sum(path: &Path) -> Result<String> {
    let mut file = std::fs::File::open(path).map_err(|e| file_error(path, &e))?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0u8; 1 << 16]);
    loop {
        let n = file.read(&mut buffer).map_err(|e| file_error(path, &e))?;
        if n == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..n]);
    }
}
