//! Taking a code: the six digits of now, or a recovery code. Each counts once, and wrong ones lock as
//! wrong passwords do.

use super::CODE_DIGITS;
use super::totp::{DIGITS, Key};
use crate::accounts::Act;
use crate::history::How;
use crate::pages::Coming;
use crate::{Secret, Settings, SharedSite, attempts, history, store};
use db::{Tx, params};
use kernel::{AccountId, Error, Result, Scope, Timestamp, Zone};

/// Against which account codes are tried, and from where.
#[derive(Clone)]
pub(crate) struct Door {
    pub secret: Secret,
    pub settings: Settings,
    pub account: AccountId,
    pub login: String,
    pub address: String,
}

impl Door {
    pub fn new(site: &SharedSite, account: AccountId, login: &str, from: &Coming) -> Self {
        Door {
            secret: site.secret.clone(),
            settings: site.settings.clone(),
            account,
            login: login.to_owned(),
            address: from.address.clone(),
        }
    }

    fn keys(&self) -> attempts::Keys {
        attempts::Keys::second(&self.secret, self.account, &self.address)
    }

    /// Until when nothing is looked at.
    pub fn locked(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<Option<Timestamp>> {
        attempts::locked_until(tx, &self.keys(), now)
    }

    /// Counts a failure.
    pub fn failed(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<()> {
        attempts::failed(tx, &self.keys(), &self.settings, now)?;
        history::failed(tx, &self.login, now)
    }
}

/// What came of a try. A wrong one is no error: it has been written down and has to stay so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    Right(How),
    Wrong,
    Locked(Timestamp),
}

impl Checked {
    /// How, or the error to show at `field`.
    pub fn how(self, field: &str, zone: Zone) -> Result<How> {
        match self {
            Checked::Right(how) => Ok(how),
            Checked::Wrong => Err(Error::field(
                field,
                "验证码不对、已过期或已用过。请填手机上现在显示的 6 位数字，或一个没用过的备用码。",
                "This code is wrong, over or used. Enter the six digits shown now, or a recovery code not used yet.",
            )),
            Checked::Locked(until) => Err(attempts::wait_second(until, zone)),
        }
    }
}

/// Tries what somebody typed.
pub(crate) fn check(tx: &mut dyn Tx, door: &Door, given: &str, now: Timestamp) -> Result<Checked> {
    if let Some(until) = door.locked(tx, now)? {
        return Ok(Checked::Locked(until));
    }
    match taken(tx, &door.secret, door.account, given, now)? {
        Some(how) => Ok(Checked::Right(how)),
        None => {
            door.failed(tx, now)?;
            Ok(Checked::Wrong)
        }
    }
}

fn taken(
    tx: &mut dyn Tx,
    secret: &Secret,
    account: AccountId,
    given: &str,
    now: Timestamp,
) -> Result<Option<How>> {
    let digits = digits_of(given);
    if digits.len() == CODE_DIGITS {
        let hash = code_hash(secret, account, &digits);
        let used = tx.exists(&store::CODE_TAKEN, &params![account, hash, now])?;
        return Ok(used.then_some(How::Recovery));
    }
    if digits.len() != DIGITS {
        return Ok(None);
    }
    let Some(row) = tx.query_opt(&store::TOTP_GET, &params![account])? else { return Ok(None) };
    let (sealed, last): (Vec<u8>, i64) = (row.get(0)?, row.get(2)?);
    // A key that does not open was sealed under another secret: nothing fits it any more.
    let Some(key) = secret.unseal("totp", &account.bytes(), &sealed) else { return Ok(None) };
    let Some(step) = Key::from_bytes(key.to_vec()).fits(&digits, now, last) else { return Ok(None) };
    Ok(tx.exists(&store::TOTP_TAKEN, &params![account, step])?.then_some(How::Totp))
}

/// The digits that somebody typed, whatever stands between them; those of Chinese keyboards count.
fn digits_of(given: &str) -> String {
    let plain = |c: char| match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
        c => Some(c).filter(char::is_ascii_digit),
    };
    given.chars().take(40).filter_map(plain).collect()
}

/// What is kept of a recovery code.
pub(super) fn code_hash(secret: &Secret, account: AccountId, digits: &str) -> Vec<u8> {
    secret.mac("recovery-code", &[&account.bytes(), digits.as_bytes()].concat())
}

/// Does `work` in one transaction with taking a code of the one who asks for it.
///
/// Errors: invalid at `code`; locked; those of `work`, and then no code was taken.
pub(crate) async fn with_code<T, F>(
    site: &SharedSite,
    scope: &Scope,
    login: &str,
    from: &Coming,
    given: &str,
    work: F,
) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&mut dyn Tx, AccountId, &Act) -> Result<T> + Send + Sync + 'static,
{
    let account = scope.account().ok_or(Error::SignIn)?;
    let (door, given) = (Door::new(site, account, login, from), given.to_owned());
    let (act, zone) = (Act { actor: scope.actor.clone(), at: site.now() }, site.zone);
    site.db
        .write(move |tx| match check(tx, &door, &given, act.at)? {
            Checked::Right(_) => work(tx, account, &act).map(Ok),
            other => Ok(Err(other)),
        })
        .await?
        .or_else(|other| other.how("code", zone).and(Err(Error::internal("a right code was refused"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_people_type_them() {
        assert_eq!(digits_of(" 123 456 "), "123456");
        assert_eq!(digits_of("1234-5678-9012"), "123456789012");
        assert_eq!(digits_of("１２３４５６"), "123456");
        assert_eq!(digits_of("abc"), "");
    }
}
