//! What runs in the background while a site is served.

use crate::config::Config;
use access::{SharedSite, identity};
use db::Tx;
use kernel::Result;
use notify::{Addresses, Deliverer, Recipient, Resolver};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

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
            Arc::new(Vault),
            gateways,
            settings.delivery,
            None,
        )
        .start(heard);
        let others =
            vec![tokio::spawn(register::watch(site.clone())), tokio::spawn(requests::jobs::run(site.clone()))];
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

/// Looks addresses up when a message goes out: people in the identity tables, staff among the accounts.
struct Vault;

impl Resolver for Vault {
    fn resolve(&self, tx: &mut dyn Tx, to: &Recipient) -> Result<Addresses> {
        let phone = match to {
            Recipient::Person(id) => identity::get(tx, *id)?.and_then(|p| p.phone),
            Recipient::Account(id) => access::accounts::by_id(tx, *id)?.and_then(|a| a.phone),
            Recipient::Address(_) => None,
        };
        Ok(Addresses { phone, ..Addresses::default() })
    }
}
