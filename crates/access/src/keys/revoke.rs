//! A key is revoked: from the next request on it opens nothing.

use super::tell;
use crate::accounts::Act;
use crate::{Noun, SharedSite, Verb, store};
use db::{Tx, params};
use kernel::{Error, KeyId, Result, Scope};

/// Revokes a key. Doing it twice changes nothing.
///
/// Errors: not found; what the table refuses.
pub async fn revoke(site: &SharedSite, scope: &Scope, id: KeyId) -> Result<()> {
    let actor = crate::acting(scope, Verb::Manage, Noun::Key, "")?;
    let act = Act { actor, at: site.now() };
    site.db
        .write(move |tx| {
            super::by_id(tx, id)?.ok_or(Error::NotFound)?;
            revoke_in(tx, id, &act).map(|_| ())
        })
        .await
}

/// The same inside a transaction, for the shell; whether it was in force.
pub fn revoke_in(tx: &mut dyn Tx, id: KeyId, act: &Act) -> Result<bool> {
    let was = tx.exists(&store::KEY_REVOKE, &params![id, act.at])?;
    if was {
        tell(tx, act, id, "key-revoked", serde_json::json!({}))?;
    }
    Ok(was)
}
