//! Which account somebody at the provider has. Once linked, only the provider's subject counts: whoever is
//! given the name of somebody who left finds nothing under it.

use super::token::Claims;
use super::{LinkBy, Provider};
use crate::accounts::{self, Account, Act, NewAccount, tell};
use crate::{Noun, SharedSite, Verb, session, store};
use db::{Tx, params};
use kernel::{AccountId, Date, Error, Result, Scope, Timestamp};
use serde_json::json;

/// What somebody at a provider has to be called at most, in characters.
const NAME_MAX: usize = 200;

/// A link of an account, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The provider's issuer.
    pub issuer: String,
    /// What they are called there.
    pub name: String,
    /// Since when it is theirs; none while nobody has come by it.
    pub since: Option<Timestamp>,
}

/// The links of an account.
///
/// Errors: those of the database.
pub fn links(tx: &mut dyn Tx, account: AccountId) -> Result<Vec<Link>> {
    tx.query_map(&store::OIDC_OF, &params![account], |r| {
        Ok(Link { issuer: r.get(0)?, name: r.get(1)?, since: r.get(2)? })
    })
}

/// An account to be made for somebody unknown, where the provider's settings say so.
#[derive(Clone)]
pub(crate) struct Spare {
    pub id: AccountId,
    pub pass_hash: String,
}

/// The name by which the provider's settings find the account; none where the token has none, or it is an
/// address that the provider did not check.
fn name_in(provider: &Provider, claims: &Claims) -> Option<String> {
    let name = claims.text(&provider.claim).filter(|n| n.chars().count() <= NAME_MAX)?;
    (provider.claim != "email" || claims.affirms("email_verified")).then(|| name.to_lowercase())
}

/// The account of whoever signed in at the provider, linked where the settings allow it.
///
/// Errors: refused where there is none (`oidc-unknown`), it is closed (`oidc-closed`), or its posts may not
/// come in by this provider (`oidc-role`).
pub(crate) fn account(
    tx: &mut dyn Tx,
    provider: &Provider,
    claims: &Claims,
    spare: Option<&Spare>,
    act: &Act,
    today: Date,
) -> Result<Account> {
    let id = match tx.query_opt(&store::OIDC_BY_SUBJECT, &params![&provider.issuer, &claims.subject])? {
        Some(row) => row.get(0)?,
        None => linked(tx, provider, claims, spare, act)?,
    };
    let account = accounts::by_id(tx, id)?.filter(|a| a.disabled_at.is_none());
    let Some(account) = account else {
        return Err(Error::refused(
            "oidc-closed",
            "您的账号已停用，请联系本单位的系统管理员。",
            "Your account is disabled: ask your administrator.",
        ));
    };
    let posts = session::posts_on(tx, account.id, today)?;
    if !provider.roles.is_empty() && posts.iter().any(|p| !provider.roles.contains(&p.role)) {
        let (zh, en) = (&provider.label.zh, &provider.label.en);
        return Err(Error::refused(
            "oidc-role",
            format!("您的岗位不能用“{zh}”登录，请用密码登录。"),
            format!("Your post does not sign in by \"{en}\": use your password."),
        ));
    }
    Ok(account)
}

fn linked(
    tx: &mut dyn Tx,
    provider: &Provider,
    claims: &Claims,
    spare: Option<&Spare>,
    act: &Act,
) -> Result<AccountId> {
    let unknown = || {
        let (zh, en) = (&provider.label.zh, &provider.label.en);
        Error::refused(
            "oidc-unknown",
            format!(
                "“{zh}”确认了您的身份，但这里没有与之关联的账号。请联系本单位的系统管理员关联，或用密码登录。"
            ),
            format!(
                "\"{en}\" knows you, but no account here is linked to you there. Ask your administrator to link it, or use your password."
            ),
        )
    };
    let name = name_in(provider, claims).ok_or_else(unknown)?;
    let (issuer, subject) = (provider.issuer.as_str(), claims.subject.as_str());
    let waiting = tx.query_opt(&store::OIDC_WAITING, &params![issuer, &name])?;
    if let Some(row) = waiting {
        let id: AccountId = row.get(0)?;
        if tx.exists(&store::OIDC_BIND, &params![issuer, id, subject, act.at])? {
            tell(tx, act, id, "oidc-linked", json!({ "provider": provider.id, "by": "first-sign-in" }))?;
            return Ok(id);
        }
        return Err(unknown());
    }
    let known = match provider.link {
        LinkBy::FirstSignIn => accounts::by_login(tx, &name)?.filter(|a| a.disabled_at.is_none()),
        LinkBy::Administrator => None,
    };
    let id = match (known, spare) {
        (Some(account), _) => account.id,
        (None, Some(spare)) if provider.create && accounts::by_login(tx, &name)?.is_none() => {
            let new = NewAccount {
                login: name.clone(),
                name: claims.text("name").unwrap_or(&name).chars().take(60).collect(),
                pass_hash: spare.pass_hash.clone(),
                must_change: true,
                ..NewAccount::default()
            };
            accounts::add_in(tx, spare.id, &new, act).map_err(|_| unknown())?;
            spare.id
        }
        _ => return Err(unknown()),
    };
    // An account that somebody else at the provider has is nobody else's.
    if !tx.exists(&store::OIDC_PUT, &params![issuer, id, &name, subject, act.at])? {
        return Err(unknown());
    }
    tell(tx, act, id, "oidc-linked", json!({ "provider": provider.id, "by": "first-sign-in" }))?;
    Ok(id)
}

/// Writes down what an account is called at a provider; who comes by that name first is linked to it.
///
/// Errors: invalid at `oidc-name`; refused (`oidc-taken`) where the account or the name is linked already.
pub async fn put(
    site: &SharedSite,
    scope: &Scope,
    account: AccountId,
    provider: &Provider,
    name: &str,
) -> Result<()> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    let name = name.trim().to_lowercase();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Error::field(
            "oidc-name",
            "请填写本人在那边的用户名。",
            "Enter what they are called at the provider.",
        ));
    }
    let (act, own) = (Act { actor: scope.actor.clone(), at: site.now() }, provider.clone());
    site.db
        .write(move |tx| {
            accounts::by_id(tx, account)?.ok_or(Error::NotFound)?;
            let (none, never): (Option<String>, Option<Timestamp>) = (None, None);
            if !tx.exists(&store::OIDC_PUT, &params![&own.issuer, account, &name, none, never])? {
                return Err(Error::refused(
                    "oidc-taken",
                    "这个账号或这个用户名已经关联过了，请先取消原来的关联。",
                    "This account or this name is linked already: end that link first.",
                ));
            }
            tell(tx, &act, account, "oidc-named", json!({ "provider": own.id }))
        })
        .await
}

/// Ends a link, and the account's sessions with it.
///
/// Errors: not found.
pub async fn end(site: &SharedSite, scope: &Scope, account: AccountId, provider: &Provider) -> Result<()> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    let (act, own) = (Act { actor: scope.actor.clone(), at: site.now() }, provider.clone());
    site.db
        .write(move |tx| {
            if !tx.exists(&store::OIDC_DROP, &params![&own.issuer, account])? {
                return Err(Error::NotFound);
            }
            session::revoke_all(tx, account, None)?;
            tell(tx, &act, account, "oidc-unlinked", json!({ "provider": own.id }))
        })
        .await
}
