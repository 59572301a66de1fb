//! Keys of programs: Open311 and API clients.

use crate::session::sha256;
use crate::store;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Tx, params};
use kernel::{Chance, Result, Timestamp, Uuid};

/// A key as pages list it; the key itself is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its id.
    pub id: Uuid,
    /// For whom.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, where it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A key to hand out: 32 random bytes in 43 signs.
pub fn make(chance: &dyn Chance) -> String {
    let mut bytes = [0u8; 32];
    chance.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Keeps the hash of `key` under `name`.
pub fn add(tx: &mut dyn Tx, id: Uuid, name: &str, key: &str, at: Timestamp) -> Result<()> {
    tx.execute(&store::KEY_INSERT, &params![id, name, sha256(key.as_bytes()), at]).map(|_| ())
}

/// The name that `key` was given to; none when it is unknown or revoked.
pub fn verify_key(tx: &mut dyn Tx, key: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&store::KEY_FIND, &params![sha256(key.as_bytes())])?;
    row.map(|r| r.get(0)).transpose()
}

/// Revokes a key; whether it was in force.
pub fn revoke(tx: &mut dyn Tx, id: Uuid, at: Timestamp) -> Result<bool> {
    tx.exists(&store::KEY_REVOKE, &params![id, at])
}

/// All keys, oldest first.
pub fn list(tx: &mut dyn Tx) -> Result<Vec<KeyInfo>> {
    tx.query_map(&store::KEYS, &[], |r| {
        Ok(KeyInfo { id: r.get(0)?, name: r.get(1)?, created_at: r.get(2)?, revoked_at: r.get(3)? })
    })
}
