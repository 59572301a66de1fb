//! `restore`: a site out of a copy.

use super::backup::{MANIFEST, Manifest, copy_file, sums};
use super::say;
use crate::cli::Restore;
use crate::open;
use crate::outcome::{Failure, Outcome, file_error};
use crate::progress::Bar;
use kernel::{Error, Locale, Result};
use std::path::Path;

/// Checks the copy, then copies it into the new directory.
pub(super) fn run(args: &Restore, locale: Locale) -> Outcome {
    let manifest = read(&args.from)?;
    let found = sums(&args.from, locale)?;
    let changed: Vec<&str> = manifest
        .files
        .iter()
        .filter(|(path, sum)| found.get(*path) != Some(*sum))
        .map(|(path, _)| path.as_str())
        .collect();
    if !changed.is_empty() {
        let list = changed.join(", ");
        return Err(Failure::refused(
            "backup-changed",
            format!("备份不完整或被改动，没有恢复：{list}"),
            format!("the copy is not whole or was changed; nothing was restored: {list}"),
        ));
    }
    let dir = open::new_dir(&args.dir)?;
    let done = copy(&args.from, &dir, &manifest, locale);
    if done.is_err() {
        super::init::clear(&dir);
    }
    done?;
    let dir = dir.display();
    say(&match (locale, manifest.database) {
        (Locale::Zh, true) => format!("已恢复到 {dir}。启动：lianxin serve --dir {dir}\n"),
        (Locale::Zh, false) => format!("已恢复到 {dir}。数据库请另用 pg_restore 恢复，再启动。\n"),
        (Locale::En, true) => format!("Restored to {dir}. Start it: lianxin serve --dir {dir}\n"),
        (Locale::En, false) => {
            format!("Restored to {dir}. Bring the database back with pg_restore before starting.\n")
        }
    })?;
    say(locale.t(
        "启动前请把另行保存的 vault.key 放进这个目录。\n",
        "Before starting, put vault.key, which you keep apart, into that directory.\n",
    ))?;
    Ok(())
}

fn read(from: &Path) -> Result<Manifest> {
    let path = from.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|e| file_error(&path, &e))?;
    serde_json::from_str(&text).map_err(|e| {
        let path = path.display();
        Error::refused("backup-manifest", format!("读不懂 {path}:{e}"), format!("{path}: {e}"))
    })
}

fn copy(from: &Path, to: &Path, manifest: &Manifest, locale: Locale) -> Result<()> {
    let bar = Bar::new(manifest.files.len() as u64, locale.t("恢复文件", "restoring files"));
    for (i, path) in manifest.files.keys().enumerate() {
        copy_file(&from.join(path), &to.join(path))?;
        bar.at(i as u64 + 1);
    }
    for sub in ["files", "outbox"] {
        let path = to.join(sub);
        std::fs::create_dir_all(&path).map_err(|e| file_error(&path, &e))?;
    }
    Ok(())
}
