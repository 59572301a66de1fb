//! Keys of other programs: Open311 and API clients. A key is shown once, when it is handed out; only
//! its hash is kept. Handing out and revoking are each one transaction with one event in the key's own
//! stream of the journal, which holds the program's name and nobody else's.

mod hand_out;
mod revoke;

pub use hand_out::{NewKey, hand_out, hand_out_in};
pub use revoke::{revoke, revoke_in};

use crate::accounts::Act;
use crate::session::sha256;
use crate::store;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Db, Row, Tx, params};
use kernel::{Chance, KeyId, MINUTE, Result, Timestamp};
use serde_json::Value;

/// To how long the last use of a key is known, in milliseconds: it is not written down each time.
const USED_TO: i64 = 5 * MINUTE;

/// A key as pages list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its id.
    pub id: KeyId,
    /// The program. Two keys of one name are one program: so a key can be replaced without a gap.
    pub name: String,
    /// Whom to ask about it.
    pub contact: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, to five minutes.
    pub used_at: Option<Timestamp>,
    /// Until when, where it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Whose key was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The key's id.
    pub id: KeyId,
    /// The program.
    pub name: String,
    used_at: Option<Timestamp>,
}

/// A key to hand out: 32 random bytes in 43 signs.
pub fn make(chance: &dyn Chance) -> String {
    let mut bytes = [0u8; 32];
    chance.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whose key this is; none when it is unknown or revoked.
pub fn find(tx: &mut dyn Tx, key: &str) -> Result<Option<Known>> {
    let row = tx.query_opt(&store::KEY_FIND, &params![sha256(key.as_bytes())])?;
    row.map(|r| Ok(Known { id: r.get(0)?, name: r.get(1)?, used_at: r.get(2)? })).transpose()
}

/// Writes down that a key is used, unless that was done less than five minutes ago. Where the database
/// has no time for it now, the next use will tell.
pub async fn touch(db: &Db, known: &Known, now: Timestamp) {
    let before = now.plus(-USED_TO);
    if known.used_at.is_some_and(|at| at > before) {
        return;
    }
    let id = known.id;
    if let Err(error) = db.write(move |tx| tx.execute(&store::KEY_USED, &params![id, now, before])).await {
        tracing::debug!(%error, "the use of a key was not written down");
    }
}

/// All keys, oldest first.
pub fn list(tx: &mut dyn Tx) -> Result<Vec<KeyInfo>> {
    tx.query_map(&store::KEYS, &[], info)
}

/// One key.
pub fn by_id(tx: &mut dyn Tx, id: KeyId) -> Result<Option<KeyInfo>> {
    tx.query_opt(&store::KEY_BY_ID, &params![id])?.as_ref().map(info).transpose()
}

fn info(r: &Row) -> Result<KeyInfo> {
    Ok(KeyInfo {
        id: r.get(0)?,
        name: r.get(1)?,
        contact: r.get(2)?,
        created_at: r.get(3)?,
        used_at: r.get(4)?,
        revoked_at: r.get(5)?,
    })
}

/// One event in the key's stream.
fn tell(tx: &mut dyn Tx, act: &Act, key: KeyId, kind: &str, payload: Value) -> Result<()> {
    let event =
        journal::NewEvent { stream_kind: "key", stream: key.0, at: act.at, actor: &act.actor, kind, payload };
    journal::append(tx, &event).map(|_| ())
}
