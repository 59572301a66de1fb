//! Durable registrations in the process, against the bare engine given the same statements.

use super::bare_store;
use super::recorder::{Recorded, Recorder};
use crate::cli::{Base, Where};
use crate::open;
use access::SharedSite;
use kernel::{Error, Result, Scope};
use requests::Ctx;
use requests::register::{NewRequest, prepare, register_now, take_in};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Callers at once.
const CALLERS: usize = 64;

/// Registrations a second.
pub(super) struct Rates {
    /// Through the program: state, event, notices, counters, search.
    pub(super) ours: f64,
    /// The bare engine, one hundred a commit.
    pub(super) bare: f64,
    /// Statements a registration.
    pub(super) statements: f64,
}

/// Measures with `n` registrations on SQLite in `dir`.
pub(super) fn measure(dir: &Path, n: usize) -> Result<Rates> {
    let base = fresh(&dir.join("base"))?;
    let (recorded, timed, bare) = (dir.join("recorded"), dir.join("timed"), dir.join("bare"));
    for copy in [&recorded, &timed, &bare] {
        copy_site(&base, copy)?;
    }
    let log = record(&recorded, n)?;
    let ours = run(&timed, n)?;
    let statements = log.iter().map(Vec::len).sum::<usize>() as f64 / n.max(1) as f64;
    let bare = bare_store::replay(&bare.join(open::DATABASE_FILE), &log)?;
    Ok(Rates { ours, bare, statements })
}

/// A county without requests.
fn fresh(dir: &Path) -> Result<PathBuf> {
    super::child::prepare(dir, 0)?;
    Ok(dir.to_owned())
}

fn reopen(dir: &Path) -> Result<SharedSite> {
    let place = Where { dir: dir.to_owned(), base: Base::default() };
    Ok(open::open(&place)?.site)
}

fn copy_site(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).map_err(Error::internal)?;
    for entry in std::fs::read_dir(from).map_err(Error::internal)? {
        let entry = entry.map_err(Error::internal)?;
        if entry.file_type().map_err(Error::internal)?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).map_err(Error::internal)?;
        }
    }
    Ok(())
}

fn one(ctx: &Ctx, n: usize) -> NewRequest {
    let pack = &ctx.site.pack;
    let leaves: Vec<&pack::Class> =
        pack.classes.iter().filter(|c| c.is_leaf() && c.stop.is_none() && c.form.is_none()).collect();
    let class = leaves[n * 7 % leaves.len()];
    let places: Vec<_> = ctx.dir.iter().filter(|u| u.level == "village").collect();
    let mut new = NewRequest::new(ctx, "web");
    new.class = class.code.clone();
    new.place = Some(places[n % places.len()].id);
    new.title = format!("{}，第 {n} 件", class.name.zh);
    new.body = format!("{}。已经有 {} 天了，一直没有人来看，请尽快处理，谢谢。", class.name.zh, n % 30 + 1);
    new.person.phone = Some(format!("138{:08}", n % 100_000_000));
    new
}

fn record(dir: &Path, n: usize) -> Result<Vec<Vec<Recorded>>> {
    let site = reopen(dir)?;
    let log: Arc<Mutex<Vec<Vec<Recorded>>>> = Arc::default();
    for at in 0..n {
        let ctx = Ctx::new(&site, Scope::public(site.today()));
        let ready = prepare(&ctx, &one(&ctx, at))?;
        let (ctx, log) = (ctx.clone(), log.clone());
        site.db.write_now(move |tx| {
            let mut recorder = Recorder { inner: tx, log: Vec::new() };
            take_in(&mut recorder, &ctx, &ready)?;
            log.lock().unwrap_or_else(|e| e.into_inner()).push(recorder.log);
            Ok(())
        })?;
    }
    site.db.close();
    Ok(std::mem::take(&mut *log.lock().unwrap_or_else(|e| e.into_inner())))
}

fn run(dir: &Path, n: usize) -> Result<f64> {
    let site = reopen(dir)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::internal)?;
    let rate = runtime.block_on(async {
        let start = Instant::now();
        let mut callers = Vec::new();
        for caller in 0..CALLERS {
            let site = site.clone();
            callers.push(tokio::spawn(async move {
                for at in (caller..n).step_by(CALLERS) {
                    let ctx = Ctx::new(&site, Scope::public(site.today()));
                    register_now(&ctx, &one(&ctx, at)).await?;
                }
                Ok::<(), Error>(())
            }));
        }
        for caller in callers {
            caller.await.map_err(Error::internal)??;
        }
        Ok::<f64, Error>(n as f64 / start.elapsed().as_secs_f64())
    })?;
    site.db.close();
    Ok(rate)
}
