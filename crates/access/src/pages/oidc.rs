//! Signing in through an identity provider: there, back, and out again; and which account is linked.

use super::sign_in::{Coming, Next, inside, with_cookie};
use crate::accounts::Act;
use crate::entry::{Entered, Entry};
use crate::history::How;
use crate::oidc::coming::{self, Going};
use crate::oidc::link::{self, Spare};
use crate::oidc::remote::{self, Fault};
use crate::oidc::{Link, Provider, by_id};
use crate::session::{Token, Via};
use crate::{Noun, SharedSite, Site, Staff, Verb, Visitor, factor, passkey, password, step};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode};
use kernel::{AccountId, Actor, Error, Locale, Result};
use maud::{Markup, html};
use web::components::{button_link, card, main_link};
use web::form::{self, Choice, Field};
use web::look::local_path;
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// A button for each provider of the sign-in page. Links: what leads away from the site is no form.
pub(super) fn buttons(site: &Site, look: &Look, next: &str) -> Markup {
    html! {
        @if !site.settings.oidc.is_empty() {
            div.actions {
                @for p in &site.settings.oidc {
                    @let to = format!("/sign-in/with/{}?next={}", p.id, remote::quoted(local_path(next)));
                    (button_link(&with(look, p), &to))
                }
            }
        }
    }
}

fn with(look: &Look, provider: &Provider) -> String {
    match look.locale {
        Locale::Zh => format!("用{}登录", provider.label.zh),
        Locale::En => format!("Sign in with {}", provider.label.en),
    }
}

fn back_to(site: &Site, headers: &HeaderMap, provider: &Provider) -> String {
    format!("{}/sign-in/callback/{}", passkey::origin(site, headers), provider.id)
}

/// The sign-in page with what went wrong; whoever was on their way is so no more.
fn refused(
    site: &SharedSite,
    visitor: &Visitor,
    headers: &HeaderMap,
    error: Error,
    next: &str,
) -> Result<Response> {
    let state = FormState::refused(Values::default(), error)?;
    let page = super::sign_in::page(site, visitor, headers, &state, next);
    let answer = page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response();
    Ok(with_cookie(answer, &coming::clear_cookie(&site.settings)))
}

/// `GET /sign-in/with/{provider}`: off to the provider.
pub async fn start(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<Next>,
) -> PageResult {
    let provider = by_id(&site, &id).ok_or(Error::NotFound)?;
    let known = match remote::known(&site, provider).await {
        Ok(known) => known,
        Err(fault) => {
            return Ok(refused(&site, &visitor, &headers, fault.told(provider), &query.next)?);
        }
    };
    let going = Going::new(&site, local_path(&query.next));
    let to = remote::way_in(provider, &known.offer, &going, &back_to(&site, &headers, provider));
    let cookie = going.set_cookie(&site, provider)?;
    Ok(with_cookie(Redirect::to(&to).into_response(), &cookie))
}

/// What the provider sends back.
#[derive(serde::Deserialize)]
pub struct Sent {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
    iss: Option<String>,
}

/// How far somebody got.
enum Came {
    Whole(Token, Entered),
    Half(Token),
}

/// `GET /sign-in/callback/{provider}`: back from the provider.
pub async fn back(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    from: Coming,
    Path(id): Path<String>,
    Query(sent): Query<Sent>,
) -> PageResult {
    let provider = by_id(&site, &id).ok_or(Error::NotFound)?;
    let going = Going::of(&site, provider, &headers).filter(|g| g.state == sent.state);
    let Some(going) = going else {
        return Ok(refused(&site, &visitor, &headers, lost(), "/")?);
    };
    let back = back_to(&site, &headers, provider);
    match come(&site, provider, &going, &from, &sent, &back).await {
        Ok(came) => Ok(with_cookie(let_in(&site, came, &going.next), &coming::clear_cookie(&site.settings))),
        Err(error @ Error::Refused { .. }) => Ok(refused(&site, &visitor, &headers, error, &going.next)?),
        Err(error) => Err(error.into()),
    }
}

fn let_in(site: &SharedSite, came: Came, next: &str) -> Response {
    match came {
        Came::Whole(token, entered) => inside(site, &token, &entered, false, next),
        Came::Half(token) => {
            let to = format!("/sign-in/second?next={}", remote::quoted(local_path(next)));
            with_cookie(Redirect::to(&to).into_response(), &step::set_cookie(&site.settings, &token))
        }
    }
}

fn lost() -> Error {
    Error::refused(
        "oidc-lost",
        "这次登录不是从这个浏览器开始的，或者已经超过 10 分钟，请重新登录。",
        "This sign-in did not begin in this browser, or it took more than ten minutes: please sign in again.",
    )
}

async fn come(
    site: &SharedSite,
    provider: &Provider,
    going: &Going,
    from: &Coming,
    sent: &Sent,
    back: &str,
) -> Result<Came> {
    let told = |fault: Fault| fault.told(provider);
    let known = remote::known(site, provider).await.map_err(told)?;
    // Who else answers in its place (RFC 9207).
    let silent = sent.iss.is_none() && known.offer.authorization_response_iss_parameter_supported;
    if silent || sent.iss.as_ref().is_some_and(|iss| *iss != provider.issuer) {
        return Err(told(Fault::Wrong("the answer comes from another issuer".to_owned())));
    }
    match sent.error.as_str() {
        "" => {}
        "access_denied" => {
            return Err(Error::refused(
                "oidc-denied",
                "您在那边取消了登录，或者没有获准。可以再试一次，或用密码登录。",
                "You cancelled there, or were not let in. Try again, or use your password.",
            ));
        }
        other => {
            let word =
                other.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(60).collect::<String>();
            return Err(told(Fault::Wrong(format!("it answers {word}"))));
        }
    }
    let claims = remote::claims(site, provider, going, &sent.code, back).await.map_err(told)?;
    // Made before the transaction, as a password's hash takes its time; mostly not needed.
    let spare = match provider.create {
        true => Some(Spare {
            id: AccountId::new(site.now(), &*site.chance),
            pass_hash: password::hash_for(site, password::make(&*site.chance)).await?,
        }),
        false => None,
    };
    let via = Via {
        provider: provider.issuer.clone(),
        vouched: !provider.second_factor.is_empty() && claims.vouches(&provider.second_factor),
    };
    let (entry, own, today) = (Entry::new(site, from).via(via.clone()), provider.clone(), site.today());
    let opened = entry.token.clone();
    let entered = site
        .db
        .write(move |tx| {
            let act = Act { actor: Actor::System, at: entry.now };
            let account = link::account(tx, &own, &claims, spare.as_ref(), &act, today)?;
            if !via.vouched && factor::state(tx, account.id)?.any() {
                step::open(tx, &entry.token, account.id, &via.provider, entry.now)?;
                return Ok(None);
            }
            entry.open(tx, account.id, &account.login, How::Oidc).map(Some)
        })
        .await?;
    Ok(match entered {
        Some(entered) => Came::Whole(opened, entered),
        None => Came::Half(opened),
    })
}

/// `GET /signed-out/{provider}`: signed out here, and the way to do so there.
pub async fn signed_out(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> PageResult {
    let provider = by_id(&site, &id).ok_or(Error::NotFound)?;
    if visitor.account.is_some() {
        return Ok(Redirect::to("/account").into_response());
    }
    let look = &visitor.look;
    let home = format!("{}/sign-in", passkey::origin(&site, &headers));
    let out = remote::way_out(&site, provider, &home).await;
    let label = provider.label.to(look.locale);
    Ok(Page::new(look, look.t("已退出登录", "Signed out"))
        .narrow()
        .main(html! { div.card {
            p { (match look.locale {
                Locale::Zh => format!("您已退出本站，但在“{label}”那边可能还登录着。这台电脑别人也用的话，请在那边也退出。"),
                Locale::En => format!("You are signed out here, and may still be signed in at \"{label}\". On a computer that others use, sign out there as well."),
            }) }
            div.actions {
                @if let Some(out) = &out { (main_link(look.t("在那边也退出", "Sign out there as well"), out)) }
                (button_link(look.t("回首页", "Start page"), "/"))
            }
        } })
        .into_response())
}

/// The cards of an account's page about providers; none where there are no providers.
pub(super) fn cards(
    site: &Site,
    look: &Look,
    account: AccountId,
    links: &[Link],
    state: &FormState,
) -> Vec<Markup> {
    let all = &site.settings.oidc;
    let of = |p: &Provider| links.iter().find(|l| l.issuer == p.issuer);
    let free: Vec<Choice> =
        all.iter().filter(|p| of(p).is_none()).map(|p| Choice::new(&p.id, p.label.to(look.locale))).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let body = html! {
        @for p in all {
            @if let Some(link) = of(p) {
                p { b { (p.label.to(look.locale)) } (look.t("：", ": ")) (link.name) " "
                    @match link.since {
                        Some(at) => { span.hint { (web::format::day_year(look.locale, site.zone.date(at))) (look.t(" 关联", " linked")) } }
                        None => { span.hint { (look.t("还没有这样登录过", "has not come that way yet")) } }
                    }
                }
                (form::form(look, &format!("/admin/accounts/{account}/links/{}/end", p.id),
                    form::button_danger(look.t("取消关联", "End the link"),
                        look.t("取消后不能再这样登录，登录中的设备都会退出，确定吗？", "They can no longer sign in that way, and are signed out. Sure?"))))
            }
        }
        @if !free.is_empty() {
            (form::form(look, &format!("/admin/accounts/{account}/links"), html! {
                (form::select(look, state, Field::new("provider", look.t("身份系统", "Provider")).required(), &free))
                (form::text_field(look, state, Field::new("oidc-name", look.t("本人在那边的用户名", "What they are called there")).required()
                    .hint(look.t("本人第一次这样登录时关联，以后只认那边的内部编号。", "Linked when they first sign in that way; after that only the provider's own number counts.")).max(200)))
                div.actions { (form::submit(look.t("登记", "Record"))) }
            }))
        }
    };
    vec![card(Some(look.t("统一身份登录", "Identity provider")), body)]
}

/// `POST /admin/accounts/{id}/links`
pub async fn link(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    let account: AccountId = super::id(&id)?;
    let provider = by_id(&site, values.one("provider")).ok_or(Error::NotFound)?;
    match link::put(&site, &staff.scope, account, provider, values.one("oidc-name")).await {
        Ok(()) => Ok(Redirect::to(&format!("/admin/accounts/{account}?done=linked")).into_response()),
        Err(error) => super::account::again(&site, &staff, account, values, error).await,
    }
}

/// `POST /admin/accounts/{id}/links/{provider}/end`
pub async fn unlink(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((id, provider)): Path<(String, String)>,
) -> PageResult {
    let account: AccountId = super::id(&id)?;
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    let provider = by_id(&site, &provider).ok_or(Error::NotFound)?;
    link::end(&site, &staff.scope, account, provider).await?;
    Ok(Redirect::to(&format!("/admin/accounts/{account}?done=unlinked")).into_response())
}
