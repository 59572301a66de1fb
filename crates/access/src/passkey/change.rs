//! A passkey is added, or taken away: one transaction, one event.

use super::{About, Answer, Here, challenge, verify};
use crate::accounts::{Act, tell};
use crate::factor::{self, with_code};
use crate::pages::Coming;
use crate::{SharedSite, store};
use db::params;
use kernel::{Error, Result, Scope, Uuid};
use serde_json::json;

/// The most that an account may have.
const MOST: usize = 10;

/// Adds the passkey that a device has made. Gives back the recovery codes to show, once; none where they hold
/// some already.
///
/// Errors: refused where the answer does not fit, the key is there already, or there are too many.
pub async fn add(
    site: &SharedSite,
    scope: &Scope,
    here: &Here,
    answer: &Answer,
    name: &str,
) -> Result<Vec<String>> {
    let account = scope.account().ok_or(Error::SignIn)?;
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    let challenge = verify::challenge_in(&answer.client, "webauthn.create", here);
    let fits =
        challenge.is_some_and(|c| challenge::fits(&site.secret, &c, act.at, &About::Add(account).bytes()));
    let asserted = verify::asserted(&answer.data, &here.host).filter(|_| fits && verify::is_key(&answer.key));
    let Some((credential, counter)) = asserted.and_then(|a| Some((a.credential?, a.counter))) else {
        return Err(Error::refused(
            "passkey-unfit",
            "没有加成：设备的回答不符合要求，或者等得太久。请再试一次。",
            "Not added: what the device answered does not fit, or it took too long. Please try again.",
        ));
    };
    let id = Uuid::from_bytes(kernel::SessionId::new(act.at, &*site.chance).0.into_bytes());
    let (codes, secret) = (factor::make_codes(&*site.chance), site.secret.clone());
    let (host, key, name) = (here.host.clone(), answer.key.clone(), name.to_owned());
    site.db
        .write(move |tx| {
            let values = params![
                credential.as_slice(),
                id,
                account,
                name.as_str(),
                host.as_str(),
                key.as_slice(),
                i64::from(counter),
                act.at
            ];
            let there = super::of(tx, account)?.len();
            if there >= MOST || !tx.exists(&store::PASSKEY_PUT, &values)? {
                return Err(Error::refused(
                    "passkey-there",
                    "没有加成：这台设备已经加过，或者已有 10 个通行密钥。",
                    "Not added: this device is there already, or there are ten passkeys.",
                ));
            }
            tell(tx, &act, account, "factor-added", json!({ "kind": "passkey", "passkey": id }))?;
            factor::put_codes(tx, &secret, account, &codes)
        })
        .await
}

/// Takes a passkey away.
///
/// Errors: not found; as [`with_code`].
pub async fn remove(
    site: &SharedSite,
    scope: &Scope,
    login: &str,
    from: &Coming,
    code: &str,
    id: Uuid,
) -> Result<()> {
    with_code(site, scope, login, from, code, move |tx, account, act| {
        if tx.execute(&store::PASSKEY_DROP, &params![id, account])? == 0 {
            return Err(Error::NotFound);
        }
        factor::drop_codes_if_last(tx, account)?;
        tell(tx, act, account, "factor-removed", json!({ "kind": "passkey", "passkey": id }))
    })
    .await
}
