//! Reading and running in the background, and waiting for it a little.
//!
//! What a look showed is kept in memory for the next page, for the few files that are looked at now; another
//! process, or this one after a while, reads the file again.

use super::look::{self, Seen};
use super::{Import, run};
use access::SharedSite;
use kernel::{Error, Result, Scope, Uuid};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// How many looks are kept.
const KEPT: usize = 6;
/// How long an answer waits for what goes on in the background before it says so.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How far a run is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// So far, and out of how many.
    pub(super) fn at(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// So far, and out of how many; 0 where that is not known.
    pub(super) fn now(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// What a look came to.
type Looked = Option<std::result::Result<Arc<Seen>, Arc<Error>>>;

/// A look that goes on or is over.
#[derive(Clone)]
struct Look {
    id: Uuid,
    choice: String,
    seen: watch::Receiver<Looked>,
}

/// One for a process, kept in [`access::Kept`].
#[derive(Default)]
pub(super) struct Desk {
    looks: Mutex<Vec<Look>>,
    runs: Mutex<Vec<(Uuid, Arc<Progress>)>>,
}

/// What is seen of a file now; none where it is still being read.
///
/// Errors: not found where the file is gone.
pub(super) async fn seen(site: &SharedSite, scope: &Scope, import: &Import) -> Result<Option<Arc<Seen>>> {
    let mut looked = begin(site, scope, import)?;
    let waited = tokio::time::timeout(PATIENCE, looked.wait_for(Option::is_some)).await;
    match waited.ok().and_then(|seen| seen.ok()).and_then(|seen| seen.clone()) {
        None => Ok(None),
        Some(Ok(seen)) => Ok(Some(seen)),
        Some(Err(error)) => {
            forget(site, import.id);
            Err(match &*error {
                Error::NotFound => Error::NotFound,
                Error::Busy => Error::Busy,
                Error::Full(what) => Error::Full(what.clone()),
                other => Error::internal(other),
            })
        }
    }
}

fn begin(site: &SharedSite, scope: &Scope, import: &Import) -> Result<watch::Receiver<Looked>> {
    let choice = import.choice.to_json()?;
    let desk = site.kept.get::<Desk>();
    let mut looks = desk.looks.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(known) = looks.iter().find(|l| l.id == import.id && l.choice == choice) {
        return Ok(known.seen.clone());
    }
    looks.retain(|l| l.id != import.id);
    if looks.len() >= KEPT {
        looks.remove(0);
    }
    let (told, seen) = watch::channel(None);
    looks.push(Look { id: import.id, choice, seen: seen.clone() });
    drop(looks);
    let (site, scope, import) = (site.clone(), scope.clone(), import.clone());
    tokio::task::spawn_blocking(move || {
        let looked = look::look(&site, &scope, &import).map(Arc::new).map_err(Arc::new);
        told.send_replace(Some(looked));
    });
    Ok(seen)
}

/// Forgets what was seen of a file: it is gone, or what is there already has changed.
pub(super) fn forget(site: &SharedSite, id: Uuid) {
    let desk = site.kept.get::<Desk>();
    desk.looks.lock().unwrap_or_else(|e| e.into_inner()).retain(|l| l.id != id);
}

/// How far a run in this process is.
pub(super) fn progress(site: &SharedSite, id: Uuid) -> Option<(u64, u64)> {
    let desk = site.kept.get::<Desk>();
    let runs = desk.runs.lock().unwrap_or_else(|e| e.into_inner());
    runs.iter().find(|(run, _)| *run == id).map(|(_, p)| p.now())
}

/// Takes a file in, in the background, and waits for it a little. The caller has begun it in the table.
pub(super) async fn start(site: &SharedSite, scope: &Scope, import: &Import) -> Result<()> {
    let mut looked = begin(site, scope, import)?;
    let progress = Arc::new(Progress::default());
    let desk = site.kept.get::<Desk>();
    desk.runs.lock().unwrap_or_else(|e| e.into_inner()).push((import.id, progress.clone()));
    let (site, scope, import) = (site.clone(), scope.clone(), import.clone());
    let work = tokio::spawn(async move {
        let seen = looked.wait_for(Option::is_some).await.ok().and_then(|seen| seen.clone());
        let id = import.id;
        let at = site.clone();
        let ran = tokio::task::spawn_blocking(move || match seen {
            Some(Ok(seen)) => run::run(&at, &scope, &import, &seen, &progress),
            Some(Err(error)) => run::give_up(&at, &import, &error),
            None => run::give_up(&at, &import, &Error::internal("reading the file broke off")),
        });
        if let Err(error) = ran.await {
            tracing::error!(%error, "an import broke off");
        }
        forget(&site, id);
        desk.runs.lock().unwrap_or_else(|e| e.into_inner()).retain(|(run, _)| *run != id);
    });
    // It goes on whether anybody waits or not.
    drop(tokio::time::timeout(PATIENCE, work).await);
    Ok(())
}
