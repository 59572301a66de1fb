//! Once only: a write that comes twice with the same key is done once and answered twice.

use crate::store;
use db::{Tx, params};
use kernel::{Error, Result, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome<T> {
    /// The result; of the first time, where this is a repetition.
    pub value: T,
    /// Whether this was a repetition, so that nothing was done.
    pub again: bool,
}

/// Runs `work` unless `key` was used before in `scope`; then gives back what came of it that time.
/// All inside the caller's transaction. The result is stored as JSON, so it holds ids, never names.
/// An empty key runs `work` each time.
pub fn once<T: Serialize + DeserializeOwned>(
    tx: &mut dyn Tx,
    scope: &str,
    key: &str,
    at: Timestamp,
    work: impl FnOnce(&mut dyn Tx) -> Result<T>,
) -> Result<Outcome<T>> {
    if key.is_empty() {
        return Ok(Outcome { value: work(tx)?, again: false });
    }
    if tx.exists(&store::ONCE_TAKE, &params![scope, key, at])? {
        let value = work(tx)?;
        let json = serde_json::to_string(&value).map_err(Error::internal)?;
        tx.execute(&store::ONCE_KEEP, &params![scope, key, json])?;
        return Ok(Outcome { value, again: false });
    }
    let json: String = tx.scalar(&store::ONCE_FOUND, &params![scope, key])?;
    let value = serde_json::from_str(&json)
        .map_err(|_| Error::internal("an idempotency key was used for something else in the same scope"))?;
    Ok(Outcome { value, again: true })
}

/// Forgets keys used until `before`.
pub fn sweep(tx: &mut dyn Tx, before: Timestamp) -> Result<u64> {
    tx.execute(&store::ONCE_SWEEP, &params![before])
}
