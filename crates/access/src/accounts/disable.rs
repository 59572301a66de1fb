//! An account is closed, or opened again. Its sessions end with it; its acts stay signed.

use super::{Act, tell};
use crate::{Noun, SharedSite, Verb, session, store};
use db::params;
use kernel::{AccountId, Error, Result, Scope};

/// Closes an account. Doing it twice changes nothing.
///
/// Errors: not found; refused for one's own account, so that nobody locks the last door behind them.
pub async fn disable(site: &SharedSite, scope: &Scope, account: AccountId) -> Result<()> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    if scope.account() == Some(account) {
        return Err(Error::refused(
            "own-account",
            "不能停用自己的账号，请另一位管理员来做。",
            "You cannot disable your own account; ask another administrator.",
        ));
    }
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db
        .write(move |tx| {
            super::by_id(tx, account)?.ok_or(Error::NotFound)?;
            if tx.exists(&store::ACCOUNT_DISABLE, &params![account, act.at])? {
                session::revoke_all(tx, account, None)?;
                tell(tx, &act, account, "account-disabled", serde_json::json!({}))?;
            }
            Ok(())
        })
        .await
}

/// Ends all sessions of an account, wherever they are.
///
/// Errors: not found.
pub async fn end_sessions(site: &SharedSite, scope: &Scope, account: AccountId) -> Result<()> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db
        .write(move |tx| {
            super::by_id(tx, account)?.ok_or(Error::NotFound)?;
            session::revoke_all(tx, account, None)?;
            tell(tx, &act, account, "sessions-ended", serde_json::json!({}))
        })
        .await
}

/// Opens it again. Doing it twice changes nothing.
///
/// Errors: not found.
pub async fn enable(site: &SharedSite, scope: &Scope, account: AccountId) -> Result<()> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db
        .write(move |tx| {
            super::by_id(tx, account)?.ok_or(Error::NotFound)?;
            if tx.exists(&store::ACCOUNT_ENABLE, &params![account])? {
                tell(tx, &act, account, "account-enabled", serde_json::json!({}))?;
            }
            Ok(())
        })
        .await
}
