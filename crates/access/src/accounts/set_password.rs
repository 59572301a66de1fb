//! A new password: chosen by its owner, or made by an administrator for somebody locked out.

use super::{Act, tell};
use crate::{Noun, Secret, SharedSite, Verb, attempts, password, session, store};
use db::{Tx, params};
use kernel::{AccountId, Error, Result, Scope, SessionId};

/// Makes a new password for an account and gives it back to be handed over. Its sessions end, its
/// lock-out too, and it has to be changed at the next sign-in.
///
/// Errors: not found; what the table refuses.
pub async fn reset(site: &SharedSite, scope: &Scope, account: AccountId) -> Result<String> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    let made = password::make(&*site.chance);
    let hash = password::hash_for(site, made.clone()).await?;
    let (secret, act) = (site.secret.clone(), Act { actor: scope.actor.clone(), at: site.now() });
    site.db.write(move |tx| reset_in(tx, &secret, account, &hash, &act)).await?;
    Ok(made)
}

/// The same inside a transaction, for the shell.
///
/// Errors: not found.
pub fn reset_in(
    tx: &mut dyn Tx,
    secret: &Secret,
    account: AccountId,
    pass_hash: &str,
    act: &Act,
) -> Result<()> {
    let known = super::by_id(tx, account)?.ok_or(Error::NotFound)?;
    tx.query(&store::ACCOUNT_PASSWORD, &params![account, pass_hash, true])?;
    session::revoke_all(tx, account, None)?;
    attempts::clear(tx, secret, &known.login)?;
    tell(tx, act, account, "password-reset", serde_json::json!({}))
}

/// Somebody changes their own password. Their other sessions end.
///
/// Errors: invalid at `current` or `password`; busy.
pub async fn change_own(
    site: &SharedSite,
    scope: &Scope,
    keep: Option<SessionId>,
    current: String,
    chosen: String,
) -> Result<()> {
    let account = scope.account().ok_or(Error::SignIn)?;
    let row = site
        .db
        .read(move |tx| tx.query_opt(&store::ACCOUNT_BY_ID, &params![account]))
        .await?
        .ok_or(Error::SignIn)?;
    let (login, stored): (String, String) = (row.get(1)?, row.get(8)?);
    password::judge("password", &chosen, &login)?;
    if current == chosen {
        return Err(Error::field(
            "password",
            "新密码要和现在的不同。",
            "Choose one that differs from the present one.",
        ));
    }
    if !password::fits_for(site, Some(stored), current).await? {
        return Err(Error::field("current", "现在的密码不对。", "The present password is not right."));
    }
    let hash = password::hash_for(site, chosen).await?;
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db
        .write(move |tx| {
            tx.query(&store::ACCOUNT_PASSWORD, &params![account, hash.as_str(), false])?;
            session::revoke_all(tx, account, keep)?;
            tell(tx, &act, account, "password-changed", serde_json::json!({}))
        })
        .await
}
