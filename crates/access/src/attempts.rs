//! Lock-out and throttling of sign-ins, in the database, so that several processes count as one.
//!
//! Failures are counted per login, whether such an account exists or not (so that the answer does
//! not tell), and per address. What is counted is kept under an HMAC: neither is stored.

use crate::secret::Secret;
use crate::site::Settings;
use crate::store;
use db::{Tx, params};
use kernel::{AccountId, Error, Result, Timestamp, Zone};

/// Whose failures are counted.
#[derive(Clone)]
pub struct Keys {
    login: Vec<u8>,
    address: Vec<u8>,
}

impl Keys {
    /// For one try from `address` at `login`.
    pub fn new(secret: &Secret, login: &str, address: &str) -> Self {
        Keys { login: login_key(secret, login), address: secret.mac("attempt-address", address.as_bytes()) }
    }

    /// For one try from `address` at the second factor of an account. It counts apart: whoever knows the
    /// password must not clear the count by giving it again.
    pub fn second(secret: &Secret, account: AccountId, address: &str) -> Self {
        Keys {
            login: second_key(secret, account),
            address: secret.mac("attempt-address", address.as_bytes()),
        }
    }
}

fn login_key(secret: &Secret, login: &str) -> Vec<u8> {
    secret.mac("attempt-login", login.as_bytes())
}

fn second_key(secret: &Secret, account: AccountId) -> Vec<u8> {
    secret.mac("attempt-second", &account.bytes())
}

/// Until when a try is refused unseen; nothing when it may go on.
pub fn locked_until(tx: &mut dyn Tx, keys: &Keys, now: Timestamp) -> Result<Option<Timestamp>> {
    let mut until = None;
    for key in [&keys.login, &keys.address] {
        if let Some(row) = tx.query_opt(&store::ATTEMPT_STATE, &params![key, now])? {
            until = until.max(Some(row.get(0)?));
        }
    }
    Ok(until)
}

/// Counts a failure.
pub fn failed(tx: &mut dyn Tx, keys: &Keys, settings: &Settings, now: Timestamp) -> Result<()> {
    let window = now.plus(-settings.lock_for);
    let until = now.plus(settings.lock_for);
    for (key, limit) in [(&keys.login, settings.lock_after), (&keys.address, settings.address_limit)] {
        tx.query(&store::ATTEMPT_FAILED, &params![key, now, window, limit, until])?;
    }
    tx.execute(&store::ATTEMPTS_SWEEP, &params![now.plus(-2 * settings.lock_for), now])?;
    Ok(())
}

/// Forgets the failures at a login: it was signed in to, or its password was set anew.
pub fn clear(tx: &mut dyn Tx, secret: &Secret, login: &str) -> Result<()> {
    tx.execute(&store::ATTEMPT_CLEAR, &params![login_key(secret, login)]).map(|_| ())
}

/// Forgets the failures at a second factor: it was shown.
pub fn clear_second(tx: &mut dyn Tx, secret: &Secret, account: AccountId) -> Result<()> {
    tx.execute(&store::ATTEMPT_CLEAR, &params![second_key(secret, account)]).map(|_| ())
}

/// What to tell somebody who has to wait before the next code.
pub fn wait_second(until: Timestamp, zone: Zone) -> Error {
    let at = zone.civil(until);
    Error::refused(
        "locked",
        format!(
            "验证码试错太多，请在 {:02}:{:02} 以后再试。手机丢了请联系系统管理员。",
            at.hour(),
            at.minute()
        ),
        format!(
            "Too many wrong codes. Try again after {:02}:{:02}. Lost your telephone? Ask the administrator.",
            at.hour(),
            at.minute()
        ),
    )
}

/// What to tell somebody who has to wait.
pub fn wait(until: Timestamp, zone: Zone) -> Error {
    let at = zone.civil(until);
    Error::refused(
        "locked",
        format!("试错次数太多，请在 {:02}:{:02} 以后再试，或请管理员重设密码。", at.hour(), at.minute()),
        format!(
            "Too many wrong tries. Try again after {:02}:{:02}, or ask the administrator to set a new password.",
            at.hour(),
            at.minute()
        ),
    )
}
