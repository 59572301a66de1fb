//! How somebody is reached at work: messages to them go there.

use super::{Act, tell};
use crate::{Noun, SharedSite, Verb, store};
use db::params;
use kernel::{AccountId, Error, Result, Scope};

/// How somebody is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Their telephone number at work; empty where there is none.
    pub phone: String,
    /// Their e-mail address at work; empty where there is none.
    pub email: String,
}

/// Writes down how somebody is reached: they themselves, or who manages accounts. Number and address stay out of the
/// journal, which says only which of them there are.
///
/// Errors: invalid at `phone` or `email`; not found; what the table refuses.
pub async fn set_contact(site: &SharedSite, scope: &Scope, account: AccountId, new: Contact) -> Result<()> {
    if scope.account() != Some(account) {
        crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    }
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    let phone = Some(new.phone.trim().to_owned()).filter(|p| !p.is_empty());
    if phone.as_ref().is_some_and(|p| p.chars().count() > 40) {
        return Err(Error::field("phone", "电话太长，最多 40 个字符。", "At most 40 characters."));
    }
    let email = email_of(&new.email)?;
    let said = serde_json::json!({ "phone": phone.is_some(), "email": email.is_some() });
    site.db
        .write(move |tx| {
            if !tx.exists(&store::ACCOUNT_CONTACT, &params![account, phone.as_deref(), email.as_deref()])? {
                return Err(Error::NotFound);
            }
            tell(tx, &act, account, "account-contact", said.clone())
        })
        .await
}

/// An e-mail address as it is kept; none where nothing is given. Whether it can be written to shows only when a message
/// goes there.
///
/// Errors: invalid, at field `email`.
pub fn email_of(given: &str) -> Result<Option<String>> {
    let email = given.trim();
    if email.is_empty() {
        return Ok(None);
    }
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    let fine = email.chars().count() <= 254
        && email.rsplit_once('@').is_some_and(|(user, host)| {
            plain(user)
                && plain(host)
                && host.contains('.')
                && host.split('.').all(|label| !label.is_empty())
                && !user.contains(['@', ',', ';', '<', '>', '"'])
        });
    if fine {
        Ok(Some(email.to_owned()))
    } else {
        Err(Error::field(
            "email",
            "邮箱地址不对，应像 name@example.org。",
            "This is no e-mail address: it should read like name@example.org.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::email_of;

    #[test]
    fn addresses_are_taken_as_written_and_what_is_none_is_refused() {
        assert_eq!(email_of("  ").unwrap(), None);
        assert_eq!(email_of(" zhang@town.example.org ").unwrap().as_deref(), Some("zhang@town.example.org"));
        assert_eq!(email_of("张三@例子.中国").unwrap().as_deref(), Some("张三@例子.中国"));
        for bad in
            ["zhang", "zhang@", "@town.org", "zhang@town", "a b@town.org", "a@b@town.org", "a@town..org"]
        {
            assert!(email_of(bad).is_err(), "{bad}");
        }
        assert!(email_of(&format!("{}@town.org", "a".repeat(250))).is_err());
    }
}
