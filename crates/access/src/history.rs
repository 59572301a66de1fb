//! Who signed in when and how, kept for a time: so that somebody sees that it was not them.

use crate::accounts::Act;
use crate::store;
use db::{Tx, params};
use kernel::{AccountId, Actor, Error, Result, Say, SessionId, Timestamp};

/// How many are shown.
pub const SHOWN: i64 = 20;

/// How somebody came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By password alone.
    Password,
    /// By password and a code from their telephone.
    Totp,
    /// By password and a recovery code.
    Recovery,
    /// By password and a passkey.
    SecondKey,
    /// By a passkey alone.
    Passkey,
    /// By an identity provider.
    Oidc,
    /// By an identity provider, then by a second factor of ours.
    OidcSecond,
    /// By one click, on a demonstration.
    Demo,
    /// Nobody came in: an administrator took the second factor away.
    Reset,
}

impl How {
    const ALL: [How; 9] = [
        How::Password,
        How::Totp,
        How::Recovery,
        How::SecondKey,
        How::Passkey,
        How::Oidc,
        How::OidcSecond,
        How::Demo,
        How::Reset,
    ];

    /// As it is stored.
    pub fn key(self) -> &'static str {
        match self {
            How::Password => "password",
            How::Totp => "totp",
            How::Recovery => "recovery",
            How::SecondKey => "second-key",
            How::Passkey => "passkey",
            How::Oidc => "oidc",
            How::OidcSecond => "oidc-second",
            How::Demo => "demo",
            How::Reset => "reset",
        }
    }

    fn from_key(key: &str) -> Result<How> {
        let found = How::ALL.into_iter().find(|h| h.key() == key);
        found.ok_or_else(|| Error::internal(format!("a sign-in by {key}")))
    }

    /// What people call it.
    pub fn name(self) -> Say {
        match self {
            How::Password => Say::new("密码", "Password"),
            How::Totp => Say::new("密码和手机验证码", "Password and code"),
            How::Recovery => Say::new("密码和备用码", "Password and recovery code"),
            How::SecondKey => Say::new("密码和通行密钥", "Password and passkey"),
            How::Passkey => Say::new("通行密钥", "Passkey"),
            How::Oidc => Say::new("统一身份认证", "Identity provider"),
            How::OidcSecond => Say::new("统一身份认证和两步登录", "Identity provider and second factor"),
            How::Demo => Say::new("试用一键登录", "One click, on the demonstration"),
            How::Reset => Say::new("管理员取消了两步登录", "Second factor taken away by an administrator"),
        }
    }
}

/// One of somebody's sign-ins, as they see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// When.
    pub at: Timestamp,
    /// How.
    pub how: How,
    /// Browser and device, in short.
    pub agent: String,
    /// Tries that failed since the one before.
    pub failed: i64,
    /// A reset: who did it, where it was done on a page.
    pub by: Option<String>,
}

/// Somebody's sign-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The last ones, latest first.
    pub last: Vec<SignIn>,
    /// Tries that failed since, and when the last of them was.
    pub failed: Option<(i64, Timestamp)>,
}

/// The last [`SHOWN`] sign-ins of an account.
pub fn of(tx: &mut dyn Tx, account: AccountId) -> Result<History> {
    let last = tx.query_map(&store::SIGN_INS_OF, &params![account, SHOWN], |r| {
        Ok(SignIn {
            at: r.get(0)?,
            how: How::from_key(&r.get::<String>(1)?)?,
            agent: r.get(2)?,
            failed: r.get(3)?,
            by: r.get(4)?,
        })
    })?;
    let failed = tx.query_opt(&store::TRIES_FAILED, &params![account])?;
    Ok(History { last, failed: failed.map(|r| Ok::<_, Error>((r.get(0)?, r.get(1)?))).transpose()? })
}

/// Writes a sign-in down. True where a reset stands right before it, which they have not read of yet.
pub(crate) fn record(
    tx: &mut dyn Tx,
    id: SessionId,
    account: AccountId,
    at: Timestamp,
    how: How,
    agent: &str,
) -> Result<bool> {
    let before = tx.query_opt(&store::SIGN_IN_LAST, &params![account])?;
    let before = before.map(|r| r.get::<String>(0)).transpose()?;
    let failed = tx.query_opt(&store::TRIES_TAKE, &params![account])?;
    let failed = failed.map(|r| r.get::<i64>(0)).transpose()?.unwrap_or(0);
    let none: Option<AccountId> = None;
    tx.execute(&store::SIGN_IN_PUT, &params![id, account, at, how.key(), agent, failed, none])?;
    Ok(before.as_deref() == Some(How::Reset.key()))
}

/// Writes down that a second factor was taken away.
pub(crate) fn reset(tx: &mut dyn Tx, id: SessionId, account: AccountId, act: &Act) -> Result<()> {
    let by = match &act.actor {
        Actor::Staff { account, .. } => Some(*account),
        _ => None,
    };
    let values = params![id, account, act.at, How::Reset.key(), "", 0i64, by];
    tx.execute(&store::SIGN_IN_PUT, &values).map(|_| ())
}

/// Counts a failed try, where there is such an account. It costs the same where there is none.
pub(crate) fn failed(tx: &mut dyn Tx, login: &str, at: Timestamp) -> Result<()> {
    tx.execute(&store::TRY_FAILED, &params![login, at]).map(|_| ())
}

/// Forgets sign-ins until `before`; how many.
pub fn sweep(tx: &mut dyn Tx, before: Timestamp) -> Result<u64> {
    tx.execute(&store::SIGN_INS_SWEEP, &params![before])
}
