//! The list of accounts, and a new one.

use crate::accounts::{self, Account, NewAccount};
use crate::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use web::components::{Column, Row, Table, Tone, empty_state, main_link, pager, pill};
use web::form::{self, Field};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format};

/// Accounts on one page of the list.
const PAGE: i64 = 50;

/// What to list.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

/// `GET /admin/accounts`
pub async fn list(State(site): State<SharedSite>, staff: Staff, Query(asked): Query<Asked>) -> PageResult {
    staff.demand(Verb::List, Noun::Account, "")?;
    let (q, after) = (asked.q.clone(), asked.after.clone());
    let found = site.db.read(move |tx| accounts::page(tx, &q, &after, PAGE)).await?;
    let look = &staff.look;
    let table = Table::new(look, look.t("账号", "Accounts"))
        .column(Column::new(look.t("姓名", "Name")).primary())
        .column(Column::new(look.t("登录名", "Sign-in name")))
        .column(Column::new(look.t("电话", "Telephone")))
        .column(Column::new(look.t("状态", "State")))
        .rows(found.accounts.iter().map(|a| {
            Row::new(vec![
                html! { (a.name) },
                html! { (a.login) },
                html! { (a.phone.as_deref().unwrap_or("—")) },
                state_pill(look, a),
            ])
            .href(format!("/admin/accounts/{}", a.id))
        }))
        .empty(empty_state(look.t("没有符合的账号。", "No account fits."), None))
        .render();
    let link = |after: &str| {
        let enc = |s: &str| utf8_percent_encode(s, NON_ALPHANUMERIC).to_string();
        format!("/admin/accounts?q={}&after={}", enc(&asked.q), enc(after))
    };
    let first = (!asked.after.is_empty()).then(|| link(""));
    let next = found.next.as_deref().map(link);
    let note = match look.locale {
        kernel::Locale::Zh => format!("共 {} 个", format::number(found.total)),
        kernel::Locale::En => format!("{} in all", format::number(found.total)),
    };
    let mut page = Page::new(look, look.t("账号管理", "Accounts")).at("/admin/accounts");
    if staff.may(Verb::ManageAccounts, Noun::Account, "") {
        page = page.tools(main_link(look.t("新建账号", "New account"), "/admin/accounts/new"));
    }
    Ok(page
        .main(search(look, &asked.q))
        .main(table)
        .main(pager(look, first.as_deref(), next.as_deref(), &note))
        .into_response())
}

fn search(look: &Look, q: &str) -> Markup {
    let state = FormState::new([("q".to_owned(), q.to_owned())].into_iter().collect());
    html! {
        form.inline method="get" action="/admin/accounts" role="search" {
            (form::text_field(look, &state, Field::new("q", look.t("姓名或登录名", "Name or sign-in name")).kind("search")))
            (form::button(look.t("查找", "Search"), "", ""))
        }
    }
}

/// Open, waiting for its first password, or closed.
pub(super) fn state_pill(look: &Look, account: &Account) -> Markup {
    if account.disabled_at.is_some() {
        pill(Tone::Plain, look.t("已停用", "Disabled"))
    } else if account.must_change {
        pill(Tone::Soon, look.t("待改初始密码", "First password not changed"))
    } else {
        pill(Tone::Ok, look.t("正常", "In use"))
    }
}

/// `GET /admin/accounts/new`
pub async fn form(staff: Staff) -> PageResult {
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    Ok(form_page(&staff.look, &FormState::default()).into_response())
}

fn form_page(look: &Look, state: &FormState) -> Page {
    let body = html! {
        (form::error_summary(look, state))
        (form::text_field(look, state, Field::new("name", look.t("姓名", "Name")).required().private().max(60)))
        (form::text_field(look, state, Field::new("login", look.t("登录名", "Sign-in name")).required().private().max(40)
            .hint(look.t("字母、数字、汉字或 . - _ @，不分大小写。", "Letters, digits, or . - _ @; capitals do not matter."))))
        (super::contact::fields(look, state))
        div.actions { (form::submit(look.t("建立账号", "Make the account"))) }
    };
    Page::new(look, look.t("新建账号", "New account"))
        .narrow()
        .at("/admin/accounts")
        .lede(html! { (look.t("系统会生成初始密码，只显示一次。", "A first password is made and shown once.")) })
        .main(html! { div.card { (form::form(look, "/admin/accounts", body)) } })
}

/// `POST /admin/accounts`: the answer shows the password, once, so it is no redirect.
pub async fn add(State(site): State<SharedSite>, staff: Staff, FormBody(values): FormBody) -> PageResult {
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    let new = NewAccount {
        login: values.one("login").to_owned(),
        name: values.one("name").to_owned(),
        phone: values.opt("phone").map(str::to_owned),
        email: values.opt("email").map(str::to_owned),
        ..NewAccount::default()
    };
    let (login, name) = (new.login.to_lowercase(), new.name.clone());
    match accounts::add(&site, &staff.scope, new).await {
        Ok((id, password)) => {
            Ok(password_shown(&staff.look, &name, &login, &password, &id.to_string()).into_response())
        }
        Err(error) => Ok(refused(&staff.look, values, error)?),
    }
}

fn refused(look: &Look, values: Values, error: kernel::Error) -> kernel::Result<Response> {
    let state = FormState::refused(values, error)?;
    Ok(form_page(look, &state).status(http::StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// The page that shows a made password.
pub(super) fn password_shown(look: &Look, name: &str, login: &str, password: &str, id: &str) -> Page {
    Page::new(look, look.t("初始密码", "First password")).narrow().at("/admin/accounts").main(html! {
        div.card {
            p { (look.t("请当面或打电话告诉本人，不要发在群里。离开这一页后不再显示。",
                "Tell them in person or by telephone, not in a chat group. It is not shown again.")) }
            (web::components::definitions(&[
                (look.t("姓名", "Name"), html! { (name) }),
                (look.t("登录名", "Sign-in name"), html! { (login) }),
                (look.t("初始密码", "First password"), html! { code { (password) } }),
            ]))
            p.actions { (main_link(look.t("分配岗位", "Give posts"), &format!("/admin/accounts/{id}"))) }
        }
    })
}
