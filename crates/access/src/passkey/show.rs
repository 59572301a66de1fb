//! A device shows a passkey.

use super::{About, Answer, Here, challenge, text, verify};
use crate::{Secret, once, store};
use db::{Tx, params};
use kernel::{AccountId, Result, Timestamp};

/// Whose passkey was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub account: AccountId,
    pub login: String,
    pub must_change: bool,
}

/// Checks what a device answered and writes down that it was; none where anything does not fit: the
/// challenge, the site, the account, the signature, the device's count, or that it was sent before.
pub(crate) fn show(
    tx: &mut dyn Tx,
    secret: &Secret,
    here: &Here,
    about: About,
    answer: &Answer,
    now: Timestamp,
) -> Result<Option<Shown>> {
    let Some(challenge) = verify::challenge_in(&answer.client, "webauthn.get", here) else { return Ok(None) };
    if !challenge::fits(secret, &challenge, now, &about.bytes()) {
        return Ok(None);
    }
    let Some(asserted) = verify::asserted(&answer.data, &here.host) else { return Ok(None) };
    let Some(row) = tx.query_opt(&store::PASSKEY_GET, &params![answer.credential.as_slice()])? else {
        return Ok(None);
    };
    let (account, host, key, counted): (AccountId, String, Vec<u8>, i64) =
        (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
    // Without a password the device has to have made sure who holds it.
    let theirs = match about {
        About::SignIn => asserted.verified,
        About::Second(wanted) | About::Add(wanted) => wanted == account,
    };
    let counter = i64::from(asserted.counter);
    // A device that counts never counts back: two of them would be copies of one key.
    let copied = counter <= counted && (counter > 0 || counted > 0);
    let fits = theirs && !copied && host == here.host;
    if !fits || !verify::signed(&key, &answer.data, &answer.client, &answer.signature) {
        return Ok(None);
    }
    if once(tx, "passkey", &text(&challenge), now, |_| Ok(()))?.again {
        return Ok(None);
    }
    tx.execute(&store::PASSKEY_USED, &params![answer.credential.as_slice(), counter, now])?;
    Ok(Some(Shown { account, login: row.get(5)?, must_change: row.get(6)? }))
}
