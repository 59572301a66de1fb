//! Passkeys: keys that a device keeps, and shows only to the site that they were made for (WebAuthn).

use crate::store;
use db::{Tx, params};
use kernel::{AccountId, Result, Timestamp};

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Its id.
    pub id: kernel::Uuid,
    /// Browser and device at which it was added, in short.
    pub name: String,
    /// The site that it answers to.
    pub host: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was last shown.
    pub used_at: Option<Timestamp>,
    /// As the device names it.
    pub credential: Vec<u8>,
}

/// The passkeys of an account, the first added first.
pub fn of(tx: &mut dyn Tx, account: AccountId) -> Result<Vec<Info>> {
    tx.query_map(&store::PASSKEYS_OF, &params![account], |r| {
        Ok(Info {
            id: r.get(0)?,
            name: r.get(1)?,
            host: r.get(2)?,
            added_at: r.get(3)?,
            used_at: r.get(4)?,
            credential: r.get(5)?,
        })
    })
}
