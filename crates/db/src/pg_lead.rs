//! The lead on PostgreSQL: an advisory lock of a connection of its own.

use crate::fault::{Fault, Outcome};
use crate::pg::apart;
use crate::pg_address::{Address, Role};
use crate::pg_tx::Link;
use crate::{Config, store};
use kernel::Result;
use std::time::Duration;

/// A connection that claims a lead.
pub(crate) struct Seat {
    address: Address,
    name: &'static str,
    link: Option<Link>,
    held: bool,
}

impl Seat {
    pub(crate) fn new(config: &Config, name: &'static str) -> Result<Self> {
        let mut address = Address::of(config)?;
        // A leader that cannot reach the server has to know it as soon as the server does.
        address.give_up_after(Duration::from_secs(20));
        Ok(Self { address, name, link: None, held: false })
    }

    /// Takes the lead where nobody has it; looks whether it was lost where it was taken.
    pub(crate) fn hold(&mut self) -> bool {
        match apart(|| Ok(self.look())) {
            Ok(Ok(held)) => self.held = held,
            Ok(Err(fault)) => {
                tracing::warn!("no connection to claim the lead: {}", fault.text());
                self.let_go();
            }
            Err(error) => {
                tracing::error!(%error, "claiming the lead broke off");
                self.let_go();
            }
        }
        self.held
    }

    fn look(&mut self) -> Outcome<bool> {
        let fault = |e| Fault::postgres("claiming the lead", &e);
        let link = match &mut self.link {
            Some(link) => link,
            none => {
                let mut link = self.address.connect(Role::Keep)?;
                link.client.batch_execute(store::PG_LEAD_SETUP).map_err(fault)?;
                none.insert(link)
            }
        };
        if self.held {
            return link.client.batch_execute(store::PG_PING).map(|()| true).map_err(fault);
        }
        let row = link.client.query_one(store::PG_LEAD, &[&self.name]).map_err(fault)?;
        Ok(row.get(0))
    }

    fn let_go(&mut self) {
        let held = std::mem::take(&mut self.held);
        if let Some(mut link) = self.link.take() {
            // Closing waits for the connection's end, on a runtime of its own. The lock would go with it
            // a moment later; where that cannot be said any more, it goes all the same.
            drop(apart(|| {
                if held {
                    drop(link.client.batch_execute(store::PG_LEAD_BACK));
                }
                drop(link);
                Ok(())
            }));
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.let_go();
    }
}
