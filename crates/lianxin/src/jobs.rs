//! What runs in the background while a site is served.

use crate::config::Config;
use access::SharedSite;
use kernel::{DAY, Result};
use notify::Deliverer;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How long after the start the first sweep comes.
const FIRST_SWEEP: Duration = Duration::from_secs(600);

/// The jobs of a site.
pub(crate) struct Jobs {
    shutdown: watch::Sender<bool>,
    deliverer: notify::Running,
    others: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// Starts them.
    ///
    /// Errors: the gateways are set up wrongly.
    pub(crate) fn start(site: &SharedSite, config: &Config) -> Result<Jobs> {
        let (shutdown, heard) = watch::channel(false);
        let settings = config.delivery();
        let gateways = settings.gateways(&site.dir, site.zone)?;
        let deliverer = Deliverer::new(
            site.db.clone(),
            site.clock.clone(),
            site.chance.clone(),
            Arc::new(notify::Vault),
            gateways,
            settings.delivery,
            None,
        )
        .start(heard);
        let others = vec![
            tokio::spawn(register::watch(site.clone())),
            tokio::spawn(requests::jobs::run(site.clone())),
            tokio::spawn(sweep(site.clone())),
        ];
        Ok(Jobs { shutdown, deliverer, others })
    }

    /// Lets the round under way end and stops.
    pub(crate) async fn stop(self) {
        self.shutdown.send_replace(true);
        for job in &self.others {
            job.abort();
        }
        self.deliverer.ended().await;
    }
}

/// Once a day, and a while after the start: bytes that no attachment needs, and keys of repeated
/// writes that nobody repeats any more.
async fn sweep(site: SharedSite) {
    let mut tick = tokio::time::interval_at(Instant::now() + FIRST_SWEEP, Duration::from_secs(86_400));
    loop {
        tick.tick().await;
        let now = site.now();
        let before = now.plus(-7 * DAY);
        if let Err(error) = site.db.write(move |tx| access::sweep_once(tx, before)).await {
            tracing::warn!(%error, "old keys of writes could not be forgotten");
        }
        let (db, store) = (site.db.clone(), files::Store::new(&site.dir));
        match tokio::task::spawn_blocking(move || files::sweep(&store, &db, now)).await {
            Ok(Ok(swept)) => tracing::debug!(removed = swept.removed, "files swept"),
            Ok(Err(error)) => tracing::warn!(%error, "files could not be swept"),
            Err(error) => tracing::error!(%error, "sweeping files broke off"),
        }
    }
}
