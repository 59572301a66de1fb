//! Addresses as the program knows them.

use crate::deliver::Resolver;
use crate::model::{Addresses, Recipient};
use access::{Keyring, Site, accounts, identity};
use db::Tx;
use kernel::Result;

/// Looks addresses up when a message goes out: people in the identity tables, staff among the accounts.
#[derive(Clone, Debug)]
pub struct Vault(Keyring);

impl Vault {
    /// With the keys of this site.
    pub fn new(site: &Site) -> Vault {
        Vault(site.keyring.clone())
    }
}

impl Resolver for Vault {
    fn resolve(&self, tx: &mut dyn Tx, to: &Recipient) -> Result<Addresses> {
        let (phone, email) = match to {
            Recipient::Person(id) => (identity::get(tx, &self.0, *id)?.and_then(|p| p.phone), None),
            Recipient::Account(id) => accounts::by_id(tx, *id)?.map_or((None, None), |a| (a.phone, a.email)),
            Recipient::Address(_) => (None, None),
        };
        Ok(Addresses { phone, email, ..Addresses::default() })
    }
}
