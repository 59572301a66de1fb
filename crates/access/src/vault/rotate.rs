//! Another master key: everything is wrapped anew, then the old key is forgotten.
//!
//! The new key is written beside the old one first, then comes into force in the database, and after that
//! nothing more is sealed under the old one. So a rotation may be broken off at any point and begun again, and a
//! site that runs meanwhile goes on: it reads the file again when it meets a key that it does not know.

use super::{Keyring, Label, Origin};
use crate::identity;
use crate::store;
use db::{Tx, params};
use kernel::{PersonId, Result, Timestamp, Uuid};

/// How far a rotation has come.
#[derive(Clone, Debug, Default)]
pub struct Rotation {
    /// The last person that was looked at.
    person: Option<PersonId>,
    persons_done: bool,
    /// The last text that was looked at.
    text: (Uuid, String),
}

/// Begins a rotation, or goes on with one that was broken off: makes a new key, unless more than one is
/// at hand already. Whether it goes on with an earlier one.
///
/// Errors: refused (`vault-key`) where the key in force is missing, internal where the file cannot be written.
pub fn begin(keys: &Keyring) -> Result<bool> {
    let goes_on = keys.count()? > 1;
    if !goes_on && *keys.origin() != Origin::Given {
        keys.add()?;
    }
    Ok(goes_on)
}

/// Lets the ring's first key come into force and says how much is still wrapped by others.
///
/// Errors: those of the database.
pub fn left(tx: &mut dyn Tx, keys: &Keyring, at: Timestamp) -> Result<i64> {
    let id = keys.id()?;
    tx.execute(&store::VAULT_KEY_PUT, &params![&id, at])?;
    tx.execute(&store::VAULT_KEYS_RETIRE, &params![&id, at])?;
    tx.scalar(&store::VAULT_LEFT, &params![&id])
}

/// Wraps up to `limit` more anew; how many, 0 when there is nothing left.
///
/// Errors: refused (`vault-key`) where a key is missing; those of the database.
pub fn step(tx: &mut dyn Tx, keys: &Keyring, so_far: &Rotation, limit: usize) -> Result<(usize, Rotation)> {
    let (id, mut now) = (keys.id()?, so_far.clone());
    if !now.persons_done {
        let after = now.person.unwrap_or(PersonId(Uuid::nil()));
        let rows = tx.query(&store::PERSONS_TO_REWRAP, &params![after, &id, limit])?;
        for row in &rows {
            let (person, key_id): (PersonId, String) = (row.get(0)?, row.get(3)?);
            let what = identity::label(row.get(1)?);
            let label = Label { owner: person.0, what: &what };
            let (new, wrapped) = keys.rewrap(label, &key_id, &row.get::<Vec<u8>>(2)?)?;
            tx.execute(&store::PERSON_REWRAP, &params![person, wrapped, new, key_id])?;
            now.person = Some(person);
        }
        now.persons_done = rows.is_empty();
        if !rows.is_empty() {
            return Ok((rows.len(), now));
        }
    }
    let rows = tx.query(&store::TEXTS_TO_REWRAP, &params![now.text.0, &now.text.1, &id, limit])?;
    for row in &rows {
        let (owner, slot, key_id): (Uuid, String, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
        let (new, wrapped) = keys.rewrap(Label { owner, what: &slot }, &key_id, &row.get::<Vec<u8>>(2)?)?;
        tx.execute(&store::TEXT_REWRAP, &params![owner, &slot, wrapped, new, key_id])?;
        now.text = (owner, slot);
    }
    Ok((rows.len(), now))
}

/// Forgets the old keys, if nothing is wrapped by them any more; how much still is.
///
/// Errors: those of the database; internal where the file cannot be written.
pub fn finish(tx: &mut dyn Tx, keys: &Keyring) -> Result<i64> {
    let left: i64 = tx.scalar(&store::VAULT_LEFT, &params![keys.id()?])?;
    if left == 0 && *keys.origin() != Origin::Given {
        keys.keep_current()?;
    }
    Ok(left)
}
