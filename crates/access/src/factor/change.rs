//! Setting a second factor up, taking it away, new recovery codes: one transaction, one event each.

use super::check::{code_hash, with_code};
use super::totp::Key;
use super::{CODE_DIGITS, CODES};
use crate::accounts::{self, Act, tell};
use crate::pages::Coming;
use crate::{Noun, Secret, SharedSite, Verb, history, session, store};
use db::{Tx, params};
use kernel::{AccountId, Chance, Error, Result, Scope, SessionId};
use serde_json::json;

/// Somebody's telephone makes codes from `key` from now on, as a first code shows. Gives back the recovery
/// codes to show, once; none where they hold some already.
///
/// Errors: invalid at `first`; refused where codes are set up already.
pub async fn set_up(site: &SharedSite, scope: &Scope, key: Key, code: &str) -> Result<Vec<String>> {
    let account = scope.account().ok_or(Error::SignIn)?;
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    let typed: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = key.fits(&typed, act.at, 0).ok_or_else(|| {
        Error::field(
            "first",
            "这个验证码对不上。请填手机上现在显示的 6 位数字；总是不对时，请打开手机的“自动设置时间”。",
            "This code does not fit. Enter the six digits shown now; where none ever fits, let the telephone set its clock by itself.",
        )
    })?;
    let sealed = site.secret.seal(&*site.chance, "totp", &account.bytes(), key.bytes())?;
    let (codes, secret) = (make_codes(&*site.chance), site.secret.clone());
    site.db
        .write(move |tx| {
            if !tx.exists(&store::TOTP_PUT, &params![account, sealed.as_slice(), act.at, step])? {
                return Err(Error::refused(
                    "factor-there",
                    "这个账号已经设置了手机验证码。",
                    "Codes from a telephone are set up for this account already.",
                ));
            }
            tell(tx, &act, account, "factor-added", json!({ "kind": "totp" }))?;
            put_codes(tx, &secret, account, &codes)
        })
        .await
}

/// New recovery codes; the old ones end. Gives them back, to be shown once.
///
/// Errors: as [`with_code`].
pub async fn new_codes(
    site: &SharedSite,
    scope: &Scope,
    login: &str,
    from: &Coming,
    code: &str,
) -> Result<Vec<String>> {
    let (codes, secret) = (make_codes(&*site.chance), site.secret.clone());
    with_code(site, scope, login, from, code, move |tx, account, act| {
        tx.execute(&store::CODES_DROP, &params![account])?;
        tell(tx, act, account, "recovery-codes-made", json!({}))?;
        put_codes(tx, &secret, account, &codes)
    })
    .await
}

/// Codes from a telephone are no longer asked for.
///
/// Errors: as [`with_code`].
pub async fn remove_totp(
    site: &SharedSite,
    scope: &Scope,
    login: &str,
    from: &Coming,
    code: &str,
) -> Result<()> {
    with_code(site, scope, login, from, code, |tx, account, act| {
        if tx.execute(&store::TOTP_DROP, &params![account])? == 0 {
            return Err(Error::NotFound);
        }
        drop_codes_if_last(tx, account)?;
        tell(tx, act, account, "factor-removed", json!({ "kind": "totp" }))
    })
    .await
}

/// An administrator takes away whatever second factor somebody has: their telephone is lost. Their sessions
/// end, and their own page tells them.
///
/// Errors: not found; refused for one's own account; what the table refuses.
pub async fn reset(site: &SharedSite, scope: &Scope, account: AccountId) -> Result<()> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    if scope.account() == Some(account) {
        return Err(Error::refused(
            "own-account",
            "自己的两步登录请在“我的账号”里关闭，或请另一位管理员来做。",
            "Turn your own second factor off on your account page, or ask another administrator.",
        ));
    }
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    let id = SessionId::new(act.at, &*site.chance);
    site.db.write(move |tx| reset_in(tx, id, account, &act)).await
}

/// The same inside a transaction, for the shell; `id` is new.
///
/// Errors: not found where there is no such account; refused where it has no second factor.
pub fn reset_in(tx: &mut dyn Tx, id: SessionId, account: AccountId, act: &Act) -> Result<()> {
    accounts::by_id(tx, account)?.ok_or(Error::NotFound)?;
    let had = tx.execute(&store::TOTP_DROP, &params![account])?
        + tx.execute(&store::PASSKEYS_DROP, &params![account])?;
    if had == 0 {
        return Err(Error::refused(
            "no-factor",
            "这个账号没有设置两步登录。",
            "This account has no second factor.",
        ));
    }
    tx.execute(&store::CODES_DROP, &params![account])?;
    session::revoke_all(tx, account, None)?;
    history::reset(tx, id, account, act)?;
    tell(tx, act, account, "factor-reset", json!({}))
}

/// Recovery codes in groups of four digits.
pub(crate) fn make_codes(chance: &dyn Chance) -> Vec<String> {
    let one = || {
        let digits: Vec<String> = (0..CODE_DIGITS).map(|_| chance.below(10).to_string()).collect();
        digits.chunks(4).map(|c| c.concat()).collect::<Vec<_>>().join("-")
    };
    let mut out: Vec<String> = Vec::with_capacity(CODES);
    while out.len() < CODES {
        let code = one();
        if !out.contains(&code) {
            out.push(code);
        }
    }
    out
}

/// Keeps `codes` where the account has none left; gives back those to show.
pub(crate) fn put_codes(
    tx: &mut dyn Tx,
    secret: &Secret,
    account: AccountId,
    codes: &[String],
) -> Result<Vec<String>> {
    if tx.scalar::<i64>(&store::CODES_LEFT, &params![account])? > 0 {
        return Ok(Vec::new());
    }
    tx.execute(&store::CODES_DROP, &params![account])?;
    for code in codes {
        let digits = code.replace('-', "");
        tx.execute(&store::CODE_PUT, &params![account, code_hash(secret, account, &digits)])?;
    }
    Ok(codes.to_vec())
}

/// With the last second factor its recovery codes go.
pub(crate) fn drop_codes_if_last(tx: &mut dyn Tx, account: AccountId) -> Result<()> {
    if !super::state(tx, account)?.any() {
        tx.execute(&store::CODES_DROP, &params![account])?;
    }
    Ok(())
}
