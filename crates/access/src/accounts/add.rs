//! A new account.

use super::{Act, email_of, login_of, tell};
use crate::{Noun, SharedSite, Verb, password, store};
use db::{Tx, params};
use kernel::{AccountId, Error, FieldError, Result, Say, Scope};

/// What a new account is made of.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// The sign-in name.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Their telephone number at work.
    pub phone: Option<String>,
    /// Their e-mail address at work.
    pub email: Option<String>,
    /// The password's stored form ([`password::hash`]). [`add`] makes password and hash itself.
    pub pass_hash: String,
    /// Whether they have to choose another at the first sign-in.
    pub must_change: bool,
}

/// Makes an account with a made password, which is given back to be handed over and is kept nowhere.
///
/// Errors: invalid fields; a sign-in name that is taken; what the table refuses.
pub async fn add(site: &SharedSite, scope: &Scope, new: NewAccount) -> Result<(AccountId, String)> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    let made = password::make(&*site.chance);
    let pass_hash = password::hash_for(site, made.clone()).await?;
    let new = NewAccount { pass_hash, must_change: true, ..new };
    let id = AccountId::new(site.now(), &*site.chance);
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db.write(move |tx| add_in(tx, id, &new, &act)).await?;
    Ok((id, made))
}

/// The same inside a transaction, for imports and the shell: the hash is in `new`.
///
/// Errors: invalid fields; a sign-in name that is taken.
pub fn add_in(tx: &mut dyn Tx, id: AccountId, new: &NewAccount, act: &Act) -> Result<()> {
    let login = login_of(&new.login)?;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(Error::field("name", "请填写姓名，60 字以内。", "Give a name of at most 60 characters."));
    }
    let phone = new.phone.as_deref().map(str::trim).filter(|p| !p.is_empty());
    let email = email_of(new.email.as_deref().unwrap_or(""))?;
    let values = params![id, login, name, phone, new.pass_hash.as_str(), new.must_change, act.at, email];
    if !tx.exists(&store::ACCOUNT_INSERT, &values)? {
        return Err(Error::Invalid(vec![FieldError {
            field: "login".into(),
            say: Say::new(
                "这个登录名已经有人用了，请换一个。",
                "This sign-in name is taken; choose another.",
            ),
        }]));
    }
    tell(tx, act, id, "account-added", serde_json::json!({ "must_change": new.must_change }))
}
