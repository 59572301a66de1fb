//! Signing in and out.

use crate::entry::{Entered, Entry};
use crate::history::{self, How};
use crate::session::{self, Token};
use crate::{SharedSite, Site, Visitor, accounts, attempts, passkey, password, step};
use axum::extract::{ConnectInfo, FromRequestParts, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use kernel::{Error, Result};
use maud::html;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::net::SocketAddr;
use web::form::{self, Field, error_summary, hidden, text_field};
use web::look::local_path;
use web::{FormBody, FormState, Page, PageResult, Values};

/// Where to go afterwards.
#[derive(serde::Deserialize)]
pub struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// `GET /sign-in`
pub async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> PageResult {
    if visitor.account.is_some() {
        return Ok(Redirect::to(local_path(&query.next)).into_response());
    }
    Ok(page(&site, &visitor, &headers, &FormState::default(), &query.next).into_response())
}

pub(super) fn page(
    site: &Site,
    visitor: &Visitor,
    headers: &HeaderMap,
    state: &FormState,
    next: &str,
) -> Page {
    let here = passkey::here(site, headers);
    let look = &visitor.look;
    let body = html! {
        (error_summary(look, state))
        (text_field(look, state, Field::new("login", look.t("登录名", "Sign-in name")).required().private()
            .autocomplete("username").max(40)))
        (text_field(look, state, Field::new("password", look.t("密码", "Password")).required().private()
            .kind("password").autocomplete("current-password").max(password::MAX_LEN)))
        (hidden("next", local_path(next)))
        div.actions { (form::submit(look.t("登录", "Sign in"))) }
    };
    Page::new(look, look.t("工作人员登录", "Staff sign-in"))
        .narrow()
        .lede(html! { (look.t("提诉求、查进度不用登录，请回首页。", "No need to sign in to ask for something or to see where it stands: use the start page.")) })
        .main(html! { div.card {
            (form::form(look, "/sign-in", body))
            (super::passkeys::sign_in_form(site, look, here.as_ref(), next))
            (super::oidc::buttons(site, look, next))
        } })
        .main(html! { p.hint { (look.t("忘记密码请联系本单位的系统管理员。", "Forgotten your password? Ask your administrator for a new one.")) } })
}

/// `POST /sign-in`
pub async fn submit(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    from: Coming,
    FormBody(values): FormBody,
) -> PageResult {
    let next = values.one("next").to_owned();
    match try_sign_in(&site, &from, values.one("login"), password_of(&values, "password")).await {
        Ok(SignedIn::Whole { token, entered, must_change }) => {
            Ok(inside(&site, &token, &entered, must_change, &next))
        }
        Ok(SignedIn::Half(token)) => {
            let to =
                format!("/sign-in/second?next={}", utf8_percent_encode(local_path(&next), NON_ALPHANUMERIC));
            Ok(with_cookie(Redirect::to(&to).into_response(), &step::set_cookie(&site.settings, &token)))
        }
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let page =
                page(&site, &visitor, &headers, &state, &next).status(http::StatusCode::UNPROCESSABLE_ENTITY);
            Ok(page.into_response())
        }
    }
}

/// The answer to whoever came in: what has to be read or done first, then back to where they came from, or
/// to where their posts have their work.
pub(super) fn inside(
    site: &SharedSite,
    token: &Token,
    entered: &Entered,
    must_change: bool,
    next: &str,
) -> Response {
    let to = match local_path(next) {
        _ if must_change => "/account/password",
        _ if entered.due.is_some() => "/account/factor",
        _ if entered.reset => "/account",
        "/" => entered.home,
        path => path,
    };
    with_cookie(Redirect::to(to).into_response(), &session::set_cookie(&site.settings, token))
}

/// Where a try comes from.
pub struct Coming {
    /// The address, as far as it is known.
    pub address: String,
    /// Browser and device in short.
    pub agent: String,
    /// The session that the browser already holds; it ends.
    pub old: Option<Token>,
}

enum SignedIn {
    /// The password was all there is to show.
    Whole { token: Token, entered: Entered, must_change: bool },
    /// A second factor is still to be shown.
    Half(Token),
}

fn wrong() -> Error {
    Error::refused(
        "sign-in-failed",
        "登录名或密码不对。连续输错会锁定一段时间。",
        "Sign-in name or password is not right. Repeated wrong tries lock it for a while.",
    )
}

async fn try_sign_in(site: &SharedSite, from: &Coming, login: &str, password: String) -> Result<SignedIn> {
    // What cannot be a sign-in name counts like an unknown one.
    let login = login.to_lowercase().chars().take(80).collect::<String>();
    // Held until the failure is written down: otherwise a hundred tries at once would all find the
    // login unlocked.
    let door = password::door(site).await?;
    let now = site.now();
    let (name, secret, address) = (login.clone(), site.secret.clone(), from.address.clone());
    let (locked, account) = site
        .db
        .read(move |tx| {
            let keys = attempts::Keys::new(&secret, &name, &address);
            Ok((attempts::locked_until(tx, &keys, now)?, accounts::for_sign_in(tx, &name)?))
        })
        .await?;
    if let Some(until) = locked {
        return Err(attempts::wait(until, site.zone));
    }
    let open = account.filter(|a| !a.disabled);
    let stored = open.as_ref().map(|a| a.pass_hash.clone());
    let fits = password::fits_behind(&door, site, stored, password).await?;
    match open.filter(|_| fits) {
        Some(account) if account.secured => {
            let token = Token::make(&*site.chance);
            let made = token.clone();
            site.db.write(move |tx| step::open(tx, &made, account.id, "", now)).await?;
            Ok(SignedIn::Half(token))
        }
        Some(account) => {
            let entry = Entry::new(site, from);
            let token = entry.token.clone();
            let entered = site.db.write(move |tx| entry.open(tx, account.id, &login, How::Password)).await?;
            Ok(SignedIn::Whole { token, entered, must_change: account.must_change })
        }
        None => {
            let (secret, address, settings) =
                (site.secret.clone(), from.address.clone(), site.settings.clone());
            site.db
                .write(move |tx| {
                    let keys = attempts::Keys::new(&secret, &login, &address);
                    attempts::failed(tx, &keys, &settings, now)?;
                    history::failed(tx, &login, now)
                })
                .await?;
            Err(wrong())
        }
    }
}

impl FromRequestParts<SharedSite> for Coming {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(
        parts: &mut Parts,
        site: &SharedSite,
    ) -> std::result::Result<Self, Self::Rejection> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("");
        Ok(Coming {
            address: address_of(site, parts),
            agent: session::short_agent(agent),
            old: crate::visitor::token_of(site, parts),
        })
    }
}

/// A password as it was typed, blanks included.
pub(super) fn password_of(values: &Values, field: &str) -> String {
    values.all(field).first().cloned().unwrap_or_default()
}

/// The visitor's address: the connection's, or what a trusted proxy says, which is the last entry,
/// because earlier ones are the visitor's own claim.
pub fn address_of(site: &Site, parts: &Parts) -> String {
    let (headers, connection) = (&parts.headers, parts.extensions.get::<ConnectInfo<SocketAddr>>());
    let forwarded = headers.get("x-forwarded-for").and_then(|v| v.to_str().ok());
    match forwarded.filter(|_| site.settings.behind_proxy) {
        Some(list) => list.rsplit(',').next().unwrap_or("").trim().to_owned(),
        None => connection.map(|c| c.0.ip().to_string()).unwrap_or_default(),
    }
}

pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// `POST /sign-out`
pub async fn sign_out(State(site): State<SharedSite>, from: Coming) -> PageResult {
    let mut to = "/".to_owned();
    if let Some(token) = from.old {
        let issuer = site
            .db
            .write(move |tx| {
                let provider = session::provider(tx, &token)?;
                session::end(tx, &token).map(|()| provider)
            })
            .await?;
        // There they are signed in still, which a shared computer should not be.
        if let Some(provider) = site.settings.oidc.iter().find(|p| p.issuer == issuer) {
            to = format!("/signed-out/{}", provider.id);
        }
    }
    Ok(with_cookie(Redirect::to(&to).into_response(), &session::clear_cookie(&site.settings)))
}
