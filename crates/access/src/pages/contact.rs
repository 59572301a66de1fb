//! How somebody is reached at work: telephone and e-mail, for oneself and for who manages accounts.

use crate::accounts::{self, Account, Contact};
use crate::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{AccountId, Error, Result};
use maud::{Markup, html};
use web::form::{self, Field};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// `GET /account/contact`
pub async fn mine(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let id = staff.account()?.id;
    shown(&site, &staff, id, MINE).await
}

/// `POST /account/contact`
pub async fn set_mine(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let id = staff.account()?.id;
    set(&site, &staff, id, MINE, values).await
}

/// `GET /admin/accounts/{id}/contact`
pub async fn theirs(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    shown(&site, &staff, super::id(&id)?, &format!("/admin/accounts/{id}")).await
}

/// `POST /admin/accounts/{id}/contact`
pub async fn set_theirs(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    set(&site, &staff, super::id(&id)?, &format!("/admin/accounts/{id}"), values).await
}

/// The page from which somebody comes to their own.
const MINE: &str = "/account";

async fn known(site: &SharedSite, id: AccountId) -> Result<Account> {
    site.db.read(move |tx| accounts::by_id(tx, id)).await?.ok_or(Error::NotFound)
}

async fn shown(site: &SharedSite, staff: &Staff, id: AccountId, from: &str) -> PageResult {
    let account = known(site, id).await?;
    let values = [
        ("phone", account.phone.clone().unwrap_or_default()),
        ("email", account.email.clone().unwrap_or_default()),
    ];
    let state = FormState::new(values.into_iter().collect());
    Ok(page(&staff.look, &account, from, &state).into_response())
}

async fn set(site: &SharedSite, staff: &Staff, id: AccountId, from: &str, values: Values) -> PageResult {
    let new = Contact { phone: values.one("phone").to_owned(), email: values.one("email").to_owned() };
    match accounts::set_contact(site, &staff.scope, id, new).await {
        Ok(()) => Ok(Redirect::to(&format!("{from}?done=contact")).into_response()),
        Err(error) => {
            let account = known(site, id).await?;
            let state = FormState::refused(values, error)?;
            let page = page(&staff.look, &account, from, &state);
            Ok(page.status(http::StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

/// Both fields, also for a new account.
pub(super) fn fields(look: &Look, state: &FormState) -> Markup {
    html! {
        (form::text_field(look, state, Field::new("phone", look.t("工作电话", "Telephone at work")).kind("tel").private().max(40)))
        (form::text_field(look, state, Field::new("email", look.t("工作邮箱", "E-mail at work")).kind("email").private().max(254)
            .hint(look.t("短信送不到时，通知发到这里。", "Messages go there where no text message arrives."))))
    }
}

fn page(look: &Look, account: &Account, from: &str, state: &FormState) -> Page {
    let body = html! {
        (form::error_summary(look, state))
        (fields(look, state))
        div.actions {
            (form::submit(look.t("保存", "Save")))
            a.btn.quiet href=(from) { (look.t("返回", "Back")) }
        }
    };
    Page::new(look, look.t("联系方式", "How to reach you"))
        .narrow()
        .at(if from == MINE { MINE } else { "/admin/accounts" })
        .crumbs(vec![web::page::Crumb { href: from.to_owned(), label: account.name.clone() }])
        .main(html! { div.card { (form::form(look, &format!("{from}/contact"), body)) } })
}
