//! The second step of signing in: a code, a recovery code, or a passkey.

use super::sign_in::{Coming, Next, inside, with_cookie};
use crate::entry::Entry;
use crate::factor::{self, Door};
use crate::history::How;
use crate::session::{Token, Via};
use crate::step::{self, Halfway};
use crate::{SharedSite, Visitor, passkey};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use db::Tx;
use http::{HeaderMap, StatusCode};
use kernel::{Locale, Result, Timestamp};
use maud::html;
use web::form::{self, Field, error_summary, hidden, text_field};
use web::look::local_path;
use web::{FormBody, FormState, Page, PageResult, Values};

/// `GET /sign-in/second`
pub async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> PageResult {
    let Some((_, halfway)) = halfway(&site, &headers).await? else {
        return Ok(over(&visitor, &query.next).into_response());
    };
    Ok(page(&site, &visitor, &headers, &halfway, &FormState::default(), &query.next).await?.into_response())
}

/// Who gave the password on this browser.
async fn halfway(site: &SharedSite, headers: &HeaderMap) -> Result<Option<(Token, Halfway)>> {
    let Some(token) = step::token_of(&site.settings, headers) else { return Ok(None) };
    let (asked, now) = (token.clone(), site.now());
    Ok(site.db.read(move |tx| step::find(tx, &asked, now)).await?.map(|h| (token, h)))
}

async fn page(
    site: &SharedSite,
    visitor: &Visitor,
    headers: &HeaderMap,
    halfway: &Halfway,
    state: &FormState,
    next: &str,
) -> Result<Page> {
    let look = &visitor.look;
    let account = halfway.account;
    let has = site.db.read(move |tx| factor::state(tx, account)).await?;
    let hint = match has.totp {
        Some(_) => look.t(
            "打开手机上的验证器应用，填 6 位数字。手机不在身边时，填一个备用码。",
            "Open the authenticator on your telephone and enter the six digits. Without it, enter a recovery code.",
        ),
        None => look.t("设备不在身边时，填一个备用码。", "Without your device, enter a recovery code."),
    };
    let label = match has.totp {
        Some(_) => look.t("验证码", "Code"),
        None => look.t("备用码", "Recovery code"),
    };
    let field = Field { inputmode: "numeric", ..Field::new("code", label) };
    let body = html! {
        (error_summary(look, state))
        (text_field(look, state, field.required().private().hint(hint).autocomplete("one-time-code").max(20)))
        (hidden("next", local_path(next)))
        div.actions { (form::submit(look.t("登录", "Sign in"))) }
    };
    let here = passkey::here(site, headers);
    let key = super::passkeys::second_form(site, look, here.as_ref(), account, &has.passkeys, next);
    let back = match look.locale {
        Locale::Zh => format!("不是 {}？", halfway.login),
        Locale::En => format!("Not {}?", halfway.login),
    };
    Ok(Page::new(look, look.t("登录第二步", "Sign in, second step"))
        .narrow()
        .lede(html! { @match halfway.provider.is_empty() {
            true => { (look.t("密码正确，还差一步。", "The password is right; one more step.")) }
            false => { (look.t("身份已确认，还差一步。", "We know who you are; one more step.")) }
        } })
        .main(html! { div.card {
            @if has.totp.is_none() { (key) }
            (form::form(look, "/sign-in/second", body))
            @if has.totp.is_some() { (key) }
        } })
        .main(html! { p.hint {
            (back) " " a href="/sign-in" { (look.t("换一个账号登录", "Sign in as somebody else")) } " · "
            (look.t("手机和备用码都没有了，请联系本单位的系统管理员。", "Neither telephone nor recovery codes? Ask your administrator."))
        } }))
}

/// Nobody gave a password here, or it is too long ago.
fn over(visitor: &Visitor, next: &str) -> Page {
    let look = &visitor.look;
    let to = format!(
        "/sign-in?next={}",
        percent_encoding::utf8_percent_encode(local_path(next), percent_encoding::NON_ALPHANUMERIC)
    );
    Page::new(look, look.t("登录第二步", "Sign in, second step")).narrow().main(html! {
        div.card {
            p { (look.t(
                "第一步已经过了 10 分钟，或者还没有完成，请重新登录。",
                "The first step was more than ten minutes ago, or was never taken: please sign in again.",
            )) }
            div.actions { (web::components::main_link(look.t("重新登录", "Sign in again"), &to)) }
        }
    })
}

/// `POST /sign-in/second`
pub async fn submit(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    from: Coming,
    FormBody(values): FormBody,
) -> PageResult {
    let (given, zone) = (values.one("code").to_owned(), site.zone);
    go_in(&site, &visitor, &headers, &from, values.one("next"), move |tx, door, now| {
        factor::check(tx, door, &given, now).map(|checked| checked.how("code", zone))
    })
    .await
}

/// The second step, whatever is shown: whose it is, `show` in one transaction with the end of the step and
/// the beginning of the session, and the answer. The inner error of `show` is what the page says; a try that
/// failed has been counted and stays so.
pub(super) async fn go_in<F>(
    site: &SharedSite,
    visitor: &Visitor,
    headers: &HeaderMap,
    from: &Coming,
    next: &str,
    show: F,
) -> PageResult
where
    F: Fn(&mut dyn Tx, &Door, Timestamp) -> Result<Result<How>> + Send + Sync + 'static,
{
    let ended = || over(visitor, next).status(StatusCode::UNPROCESSABLE_ENTITY).into_response();
    let Some((token, known)) = halfway(site, headers).await? else { return Ok(ended()) };
    let via = Via { provider: known.provider.clone(), vouched: false };
    let entry = Entry::new(site, from).via(via);
    let door = Door::new(site, known.account, &known.login, from);
    let (opened, who) = (entry.token.clone(), known.clone());
    let done = site
        .db
        .write(move |tx| {
            // Looked for again: of two tries at once only one may end this step.
            if step::find(tx, &token, entry.now)?.is_none() {
                return Ok(None);
            }
            match show(tx, &door, entry.now)? {
                Ok(how) => {
                    step::end(tx, &token)?;
                    let how = if who.provider.is_empty() { how } else { How::OidcSecond };
                    entry.open(tx, who.account, &who.login, how).map(|entered| Some(Ok(entered)))
                }
                Err(refused) => Ok(Some(Err(refused))),
            }
        })
        .await?;
    match done {
        None => Ok(ended()),
        Some(Ok(entered)) => {
            let answer = inside(site, &opened, &entered, known.must_change, next);
            Ok(with_cookie(answer, &step::clear_cookie(&site.settings)))
        }
        Some(Err(error)) => {
            let state = FormState::refused(Values::default(), error)?;
            let page = page(site, visitor, headers, &known, &state, next).await?;
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}
