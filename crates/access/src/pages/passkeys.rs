//! Passkeys: adding and removing mine, and showing one at sign-in.

use super::factor::{codes_shown, password_field, refused, still_them};
use super::second::go_in;
use super::sign_in::{Coming, inside};
use crate::entry::Entry;
use crate::history::How;
use crate::passkey::{self, About, Answer, Here, Info};
use crate::{SharedSite, Site, Staff, Visitor};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use http::{HeaderMap, StatusCode};
use kernel::{Error, Result, Uuid};
use maud::{Markup, html};
use web::form;
use web::look::local_path;
use web::{FormBody, FormState, Look, PageResult, Values};

/// A form that the script opens, fills in and sends. Without a script, or where the browser cannot, it stays
/// hidden.
fn asking(look: &Look, action: &str, options: &str, fields: &[&str], body: Markup) -> Markup {
    html! {
        div hidden {
            form method="post" action=(action) data-passkey=(options) {
                (form::csrf_field(look))
                @for name in fields { (form::hidden(name, "")) }
                (body)
                p.error role="alert" data-failed hidden {
                    (look.t("设备没有回应，或者您取消了。可以再试一次。", "The device did not answer, or you cancelled. You may try again."))
                }
            }
        }
        script type="module" src=(web::assets::url("passkey.js")) {}
    }
}

const SHOWN: [&str; 4] = ["credential", "client", "data", "signature"];

/// The button for those who add a key, with their password where they came in a while ago.
pub(super) fn add_form(
    site: &Site,
    staff: &Staff,
    here: &Here,
    known: &[Info],
    fresh: bool,
) -> Result<Markup> {
    let (look, account) = (&staff.look, staff.account()?);
    let user = Some((account.id, account.login.as_str(), account.name.as_str()));
    let options = passkey::options(site, here, About::Add(account.id), known, user);
    Ok(asking(
        look,
        "/account/passkeys",
        &options,
        &["client", "data", "spki"],
        html! {
            p { (look.t(
                "用这台设备的指纹、人脸或锁屏密码登录，也可以用安全钥匙。不用输验证码，假网站骗不走。",
                "Sign in with this device's finger, face or screen lock, or with a security key. Nothing to type, and no false site can take it.",
            )) }
            @if !fresh { (password_field(look, &FormState::default(), "key-password")) }
            div.actions { (form::button(look.t("添加通行密钥", "Add a passkey"), "", "")) }
        },
    ))
}

/// The button at the second step; nothing where the account has none for this site.
pub(super) fn second_form(
    site: &Site,
    look: &Look,
    here: Option<&Here>,
    account: kernel::AccountId,
    known: &[Info],
    next: &str,
) -> Markup {
    let Some(here) = here.filter(|h| known.iter().any(|k| k.host == h.host)) else { return html! {} };
    let options = passkey::options(site, here, About::Second(account), known, None);
    asking(
        look,
        "/sign-in/second/passkey",
        &options,
        &SHOWN,
        html! {
            (form::hidden("next", local_path(next)))
            div.actions { (form::button(look.t("用通行密钥", "Use a passkey"), "", "")) }
        },
    )
}

/// The button of the sign-in page.
pub(super) fn sign_in_form(site: &Site, look: &Look, here: Option<&Here>, next: &str) -> Markup {
    let Some(here) = here else { return html! {} };
    let options = passkey::options(site, here, About::SignIn, &[], None);
    asking(
        look,
        "/sign-in/passkey",
        &options,
        &SHOWN,
        html! {
            (form::hidden("next", local_path(next)))
            div.actions { (form::button(look.t("用通行密钥登录", "Sign in with a passkey"), "", "")) }
        },
    )
}

/// `POST /account/passkeys`: the answer shows recovery codes where these are the first.
pub async fn add(
    State(site): State<SharedSite>,
    staff: Staff,
    headers: HeaderMap,
    from: Coming,
    FormBody(values): FormBody,
) -> PageResult {
    let here = passkey::here(&site, &headers).ok_or(Error::NotFound)?;
    let done = match still_them(&site, &staff, &values, "key-password").await {
        Ok(()) => passkey::add(&site, &staff.scope, &here, &Answer::read(&values), &from.agent).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(codes) if codes.is_empty() => Ok(Redirect::to("/account/factor?done=passkey").into_response()),
        Ok(codes) => Ok(codes_shown(&staff.look, &staff.account()?.login, &codes).into_response()),
        Err(error) => Ok(refused(&site, &staff, &headers, None, error).await?),
    }
}

/// `POST /account/passkeys/{id}/removal`
pub async fn remove(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    headers: HeaderMap,
    from: Coming,
    FormBody(values): FormBody,
) -> PageResult {
    let (login, id): (_, Uuid) = (staff.account()?.login.clone(), super::id(&id)?);
    match passkey::remove(&site, &staff.scope, &login, &from, values.one("code"), id).await {
        Ok(()) => Ok(Redirect::to("/account/factor?done=key-off").into_response()),
        Err(error) => Ok(refused(&site, &staff, &headers, None, error).await?),
    }
}

fn unfit() -> Error {
    Error::refused(
        "passkey-unfit",
        "这个通行密钥不能登录：本站不认识它，或者等得太久。请再试一次，或用密码登录。",
        "This passkey does not sign in: it is not known here, or it took too long. Try again, or use your password.",
    )
}

/// `POST /sign-in/passkey`: without a password; the device has made sure who holds it.
pub async fn sign_in(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    from: Coming,
    FormBody(values): FormBody,
) -> PageResult {
    let next = values.one("next").to_owned();
    let here = passkey::here(&site, &headers).ok_or(Error::NotFound)?;
    let (entry, answer, secret) = (Entry::new(&site, &from), Answer::read(&values), site.secret.clone());
    let opened = entry.token.clone();
    let done = site
        .db
        .write(move |tx| {
            let Some(who) = passkey::show(tx, &secret, &here, About::SignIn, &answer, entry.now)? else {
                return Ok(None);
            };
            let entered = entry.open(tx, who.account, &who.login, How::Passkey)?;
            Ok(Some((entered, who.must_change)))
        })
        .await?;
    match done {
        Some((entered, must_change)) => Ok(inside(&site, &opened, &entered, must_change, &next)),
        None => {
            let state = FormState::refused(Values::default(), unfit())?;
            let page = super::sign_in::page(&site, &visitor, &headers, &state, &next);
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

/// `POST /sign-in/second/passkey`: after the password.
pub async fn second(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    from: Coming,
    FormBody(values): FormBody,
) -> PageResult {
    let here = passkey::here(&site, &headers).ok_or(Error::NotFound)?;
    let answer = Answer::read(&values);
    go_in(&site, &visitor, &headers, &from, values.one("next"), move |tx, door, now| {
        let about = About::Second(door.account);
        if passkey::show(tx, &door.secret, &here, about, &answer, now)?.is_some() {
            return Ok(Ok(How::SecondKey));
        }
        door.failed(tx, now)?;
        Ok(Err(unfit()))
    })
    .await
}
