//! The one snapshot of the units that a site's pages share.

use crate::Directory;
use crate::store;
use access::{SharedSite, Site};
use kernel::Result;
use std::sync::{Arc, RwLock};

#[derive(Default)]
struct Cache(RwLock<Option<Arc<Directory>>>);

impl Cache {
    fn get(&self) -> Option<Arc<Directory>> {
        self.0.read().unwrap_or_else(|e| e.into_inner()).clone()
    }
    fn put(&self, directory: Directory) -> Arc<Directory> {
        let shared = Arc::new(directory);
        *self.0.write().unwrap_or_else(|e| e.into_inner()) = Some(shared.clone());
        shared
    }
}

/// All units of the site, from memory. The first time it waits for the database; [`load`] at the
/// start spares that. Not inside a database closure: there, read [`crate::units`].
pub fn directory(site: &Site) -> Arc<Directory> {
    let cache = site.kept.get::<Cache>();
    if let Some(known) = cache.get() {
        return known;
    }
    match site.db.snapshot_now(Directory::read) {
        Ok(read) => cache.put(read),
        Err(error) => {
            // Pages then show a dash for a name; the next one tries again.
            tracing::error!(%error, "the units could not be read");
            Arc::default()
        }
    }
}

/// Reads the units anew: at the start, and after each change.
///
/// Errors: those of the database.
pub async fn load(site: &Site) -> Result<Arc<Directory>> {
    let read = site.db.snapshot(Directory::read).await?;
    Ok(site.kept.get::<Cache>().put(read))
}

/// [`load`] for the shell: blocks this thread.
///
/// Errors: those of the database.
pub fn load_now(site: &Site) -> Result<Arc<Directory>> {
    let read = site.db.snapshot_now(Directory::read)?;
    Ok(site.kept.get::<Cache>().put(read))
}

/// Looks every five seconds whether another process changed the units. Runs until it is dropped.
pub async fn watch(site: SharedSite) {
    let mut tick = tokio::time::interval(std::time::Duration::from_secs(5));
    loop {
        tick.tick().await;
        if let Err(error) = look(&site).await {
            tracing::warn!(%error, "could not see whether the units changed");
        }
    }
}

/// Reads the units anew where the register has another version than the snapshot.
///
/// Errors: those of the database.
pub async fn look(site: &Site) -> Result<()> {
    let version: i64 = site.db.read(|tx| tx.scalar(&store::VERSION, &[])).await?;
    let known = site.kept.get::<Cache>().get().map(|d| d.version());
    if known != Some(version) {
        load(site).await?;
    }
    Ok(())
}
