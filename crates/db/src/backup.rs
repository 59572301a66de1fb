//! A copy of a SQLite database while it is in use.

use crate::{Config, Engine, sqlite};
use kernel::{Error, Result};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, Error as Lite};
use std::path::Path;

/// Pages copied between two words about progress.
const STEP: i32 = 2048;

pub(crate) fn run(config: &Config, to: &Path, mut progress: impl FnMut(u64, u64)) -> Result<()> {
    if config.engine() == Engine::Postgres {
        return Err(Error::refused(
            "backup-by-server",
            "数据在 PostgreSQL 上，请用 pg_dump 或服务器自己的备份。",
            "The data is on PostgreSQL: use pg_dump or the server's own backup.",
        ));
    }
    if to.exists() {
        return Err(Error::refused(
            "file-exists",
            format!("{} 已经存在，请换一个文件名。", to.display()),
            format!("{} is there already; choose another name.", to.display()),
        ));
    }
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let done = copy(config, part, &mut progress)
        .and_then(|()| std::fs::File::open(part)?.sync_all())
        .and_then(|()| std::fs::rename(part, to))
        .map_err(|e| Error::Internal(format!("backup to {}: {e}", to.display())));
    if done.is_err() {
        // Best effort: the error above is the one to tell.
        let _ = std::fs::remove_file(part);
    }
    done
}

fn copy(config: &Config, part: &Path, progress: &mut dyn FnMut(u64, u64)) -> std::io::Result<()> {
    let from = sqlite::reader(config).map_err(std::io::Error::other)?;
    let other = |e: Lite| std::io::Error::other(e);
    // An open read keeps one state in view, so that others' writes do not start the copy anew.
    from.execute_batch("BEGIN; SELECT COUNT(*) FROM sqlite_schema;").map_err(other)?;
    if part.exists() {
        std::fs::remove_file(part)?;
    }
    let mut target = Connection::open(part).map_err(other)?;
    {
        let backup = Backup::new(&from, &mut target).map_err(other)?;
        loop {
            let step = backup.step(STEP).map_err(other)?;
            let p = backup.progress();
            progress((p.pagecount - p.remaining).max(0) as u64, p.pagecount.max(0) as u64);
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(std::time::Duration::from_millis(20)),
            }
        }
    }
    // One file, without a log beside it, until it is opened again.
    target.execute_batch("PRAGMA journal_mode=DELETE").map_err(other)?;
    target.close().map_err(|(_, e)| other(e))
}
