//! What people wrote, as they wrote it: kept sealed where the masked text leaves something out.

use super::{Keyring, Label, Sealed};
use crate::store;
use db::{Row, Tx, params};
use kernel::{Error, Result, Timestamp, Uuid};

/// Keeps `text` of `owner` under `slot`, in place of what was there.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn keep(
    tx: &mut dyn Tx,
    keys: &Keyring,
    owner: Uuid,
    slot: &str,
    text: &str,
    at: Timestamp,
) -> Result<()> {
    let plain = serde_json::to_vec(text).map_err(Error::internal)?;
    keys.admit(tx, at)?;
    let s = keys.seal(Label { owner, what: slot }, &plain)?;
    tx.put(&store::TEXT_PUT, &params![owner, slot, s.data, s.wrapped, s.key_id])
}

/// The text of `owner` under `slot`, where one is kept.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn open(tx: &mut dyn Tx, keys: &Keyring, owner: Uuid, slot: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&store::TEXT_GET, &params![owner, slot])?;
    row.map(|r| read(keys, owner, &r).map(|(_, text)| text)).transpose()
}

/// Whether there is any text of `owner`.
///
/// Errors: those of the database.
pub fn any(tx: &mut dyn Tx, owner: Uuid) -> Result<bool> {
    tx.exists(&store::TEXT_ANY, &params![owner])
}

/// Under which slots there are texts of `owner`.
///
/// Errors: those of the database.
pub fn slots(tx: &mut dyn Tx, owner: Uuid) -> Result<Vec<String>> {
    tx.query_map(&store::TEXTS_OF, &params![owner], |r| r.get(0))
}

/// All texts of `owner`, each with its slot.
///
/// Errors: as [`open`].
pub fn all(tx: &mut dyn Tx, keys: &Keyring, owner: Uuid) -> Result<Vec<(String, String)>> {
    tx.query(&store::TEXTS_OF, &params![owner])?.iter().map(|r| read(keys, owner, r)).collect()
}

/// The texts that open files of `owner`, each with its slot; the other functions leave these out.
pub(super) fn of_files(tx: &mut dyn Tx, keys: &Keyring, owner: Uuid) -> Result<Vec<(String, String)>> {
    tx.query(&store::TEXTS_OF_FILES, &params![owner])?.iter().map(|r| read(keys, owner, r)).collect()
}

/// Destroys one text of `owner` with its key.
///
/// Errors: those of the database.
pub fn forget(tx: &mut dyn Tx, owner: Uuid, slot: &str) -> Result<()> {
    tx.execute(&store::TEXT_DROP, &params![owner, slot]).map(drop)
}

fn read(keys: &Keyring, owner: Uuid, row: &Row) -> Result<(String, String)> {
    let slot: String = row.get(0)?;
    let sealed = Sealed { data: row.get(1)?, wrapped: row.get(2)?, key_id: row.get(3)? };
    let plain = keys.open(Label { owner, what: &slot }, &sealed)?;
    Ok((slot, serde_json::from_slice(&plain).map_err(Error::internal)?))
}
