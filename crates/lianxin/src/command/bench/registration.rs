//! Durable registrations in the process, against the bare engine given the same statements.

use super::bare_store;
use super::recorder::{Recorded, Recorder};
use crate::cli::{Base, Where};
use crate::open;
use access::SharedSite;
use kernel::{Error, RequestId, Result, Scope, UnitId};
use requests::Ctx;
use requests::register::{NewRequest, prepare_now, register_now, take_in};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Callers at once: enough of them that, while some wait for their answer, a hundred can share a commit.
const CALLERS: usize = 128;

/// How often both are measured, one after the other.
const ROUNDS: usize = 3;

/// How many databases hold all registrations in the end: what is written down, and two in each round.
pub(super) const COPIES: u64 = 1 + 2 * ROUNDS as u64;

/// Registrations a second, in the round whose ratio is the middle one.
#[derive(Clone, Copy)]
pub(super) struct Rates {
    /// Through the program: state, event, notices, counters, search.
    pub(super) ours: f64,
    /// The bare engine, one hundred a commit.
    pub(super) bare: f64,
    /// Statements a registration.
    pub(super) statements: f64,
}

impl Rates {
    /// Ours by the bare engine's.
    pub(super) fn ratio(&self) -> f64 {
        self.ours / self.bare
    }
}

/// Measures with `n` registrations on SQLite in `dir`.
pub(super) fn measure(dir: &Path, n: usize) -> Result<Rates> {
    let base = fresh(&dir.join("base"))?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::internal)?;
    let recorded = dir.join("recorded");
    copy_site(&base, &recorded)?;
    let log = runtime.block_on(record(&recorded, n))?;
    let statements = log.iter().map(Vec::len).sum::<usize>() as f64 / n.max(1) as f64;
    let mut rounds = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let (timed, bare) = (dir.join(format!("timed-{round}")), dir.join(format!("bare-{round}")));
        copy_site(&base, &timed)?;
        copy_site(&base, &bare)?;
        let ours = runtime.block_on(run(&timed, n))?;
        let bare = bare_store::replay(&bare.join(open::DATABASE_FILE), &log)?;
        rounds.push(Rates { ours, bare, statements });
    }
    rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    Ok(rounds[ROUNDS / 2])
}

/// A county without requests.
fn fresh(dir: &Path) -> Result<PathBuf> {
    super::child::prepare(dir, &Base::default(), 0)?;
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

/// What can be asked for, and where.
struct Choice {
    classes: Vec<(String, String)>,
    places: Vec<UnitId>,
}

impl Choice {
    fn of(ctx: &Ctx) -> Choice {
        let fits =
            |c: &&pack::Class| c.is_leaf() && c.stop.is_none() && c.form.is_none() && c.subject.is_none();
        let name = |c: &pack::Class| (c.code.clone(), c.name.zh.clone());
        Choice {
            classes: ctx.site.pack.classes.iter().filter(fits).map(name).collect(),
            places: ctx.dir.iter().filter(|u| u.level == "village").map(|u| u.id).collect(),
        }
    }

    fn request(&self, ctx: &Ctx, n: usize) -> NewRequest {
        let (code, name) = &self.classes[n * 7 % self.classes.len()];
        let mut new = NewRequest::new(ctx, "web");
        new.class = code.clone();
        new.place = Some(self.places[n % self.places.len()]);
        new.title = format!("{name}，第 {n} 件");
        new.body = format!("{name}。已经有 {} 天了，一直没有人来看，请尽快处理，谢谢。", n % 30 + 1);
        new.person.phone = Some(format!("138{:08}", n % 100_000_000));
        new
    }
}

fn public(site: &SharedSite) -> Ctx {
    Ctx::new(site, Scope::public(site.today()))
}

async fn record(dir: &Path, n: usize) -> Result<Vec<Vec<Recorded>>> {
    let site = reopen(dir)?;
    let log: Arc<Mutex<Vec<Vec<Recorded>>>> = Arc::default();
    let choice = Choice::of(&public(&site));
    let all: Vec<usize> = (0..n).collect();
    for part in all.chunks(256) {
        let ctx = public(&site);
        let mut ready = Vec::with_capacity(part.len());
        for at in part {
            let mut new = choice.request(&ctx, *at);
            // Many of one instant in one transaction could meet in the number that sorts them.
            new.id = RequestId::new(ctx.at.plus(-(*at as i64)), &*site.chance);
            ready.push(prepare_now(&ctx, &new).await?);
        }
        let log = log.clone();
        let job = move |tx: &mut dyn db::Tx, ctx: &Ctx| {
            for one in &ready {
                let mut recorder = Recorder { inner: tx, log: Vec::new() };
                take_in(&mut recorder, ctx, one)?;
                log.lock().unwrap_or_else(|e| e.into_inner()).push(recorder.log);
            }
            Ok(())
        };
        ctx.write(job).await?;
    }
    site.db.close();
    Ok(std::mem::take(&mut *log.lock().unwrap_or_else(|e| e.into_inner())))
}

async fn run(dir: &Path, n: usize) -> Result<f64> {
    let site = reopen(dir)?;
    let choice = Arc::new(Choice::of(&public(&site)));
    let start = Instant::now();
    let mut callers = Vec::new();
    for caller in 0..CALLERS {
        let (site, choice) = (site.clone(), choice.clone());
        callers.push(tokio::spawn(async move {
            for at in (caller..n).step_by(CALLERS) {
                let ctx = public(&site);
                register_now(&ctx, &choice.request(&ctx, at)).await?;
            }
            Ok::<(), Error>(())
        }));
    }
    for caller in callers {
        caller.await.map_err(Error::internal)??;
    }
    let rate = n as f64 / start.elapsed().as_secs_f64();
    site.db.close();
    Ok(rate)
}
