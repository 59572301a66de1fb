//! A key is handed out.

use super::tell;
use crate::accounts::Act;
use crate::session::sha256;
use crate::{Noun, SharedSite, Verb, store};
use db::{Tx, params};
use kernel::{Error, FieldError, KeyId, Result, Say, Scope};

/// Who gets a key.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    /// The program, 2 to 60 characters.
    pub name: String,
    /// Whom to ask about it: somebody's name and telephone number or address.
    pub contact: String,
}

/// Hands out a key, which is given back to be passed on and is kept nowhere.
///
/// Errors: invalid fields; what the table refuses.
pub async fn hand_out(site: &SharedSite, scope: &Scope, new: NewKey) -> Result<(KeyId, String)> {
    let actor = crate::acting(scope, Verb::Manage, Noun::Key, "")?;
    let key = super::make(&*site.chance);
    let (id, kept) = (KeyId::new(site.now(), &*site.chance), key.clone());
    let act = Act { actor, at: site.now() };
    site.db.write(move |tx| hand_out_in(tx, id, &new, &kept, &act)).await?;
    Ok((id, key))
}

/// The same inside a transaction, for the shell: keeps the hash of `key`.
///
/// Errors: invalid fields.
pub fn hand_out_in(tx: &mut dyn Tx, id: KeyId, new: &NewKey, key: &str, act: &Act) -> Result<()> {
    let (name, contact) = (new.name.trim(), new.contact.trim());
    let mut faults = Vec::new();
    let mut fault = |field: &str, zh: &'static str, en: &'static str| {
        faults.push(FieldError { field: field.into(), say: Say::new(zh, en) });
    };
    let plain = |text: &str| !text.chars().any(char::is_control);
    if !(2..=60).contains(&name.chars().count()) || !plain(name) {
        fault("name", "请填写程序名称，2 到 60 字。", "Name the program in 2 to 60 characters.");
    }
    if contact.is_empty() || contact.chars().count() > 120 || !plain(contact) {
        fault(
            "contact",
            "请填写联系人和联系方式，120 字以内。",
            "Say whom to ask about it, in at most 120 characters.",
        );
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    tx.execute(&store::KEY_INSERT, &params![id, name, contact, sha256(key.as_bytes()), act.at])?;
    tell(tx, act, id, "key-handed-out", serde_json::json!({ "name": name }))
}
