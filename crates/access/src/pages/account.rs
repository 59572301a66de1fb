//! One account: its posts, a new password, closing and opening.

use super::accounts::{password_shown, state_pill};
use super::my_account::term;
use crate::accounts::{self, Account, NewPost};
use crate::history::{self, History};
use crate::session::{self, PostInfo};
use crate::{Noun, SharedSite, Staff, Verb, factor, oidc, seats};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{AccountId, Date, Error, Locale, PostId, Result, Role, Say, UnitId};
use maud::{Markup, html};
use web::components::{Column, Flash, FlashKind, Row, Table, Tone, card, pill};
use web::form::{self, Choice, Combo, Field};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// What was just done.
#[derive(serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /admin/accounts/{id}`
pub async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> PageResult {
    staff.demand(Verb::View, Noun::Account, "")?;
    let known = load(&site, super::id(&id)?).await?;
    let today = site.today();
    let mut start = Values::default();
    start.set("from", today.to_string());
    let mut page = page(&site, &staff, &known, &FormState::new(start));
    let look = &staff.look;
    let said = match done.done.as_str() {
        "post" => look.t("岗位已登记。", "The post was recorded."),
        "end" => look.t("岗位已终止。", "The post was ended."),
        "closed" => {
            look.t("账号已停用，登录中的设备都已退出。", "The account is disabled and signed out everywhere.")
        }
        "factor" => look.t(
            "两步登录已取消，本人下次登录时会看到提示。",
            "The second factor is gone; they are told when they sign in next.",
        ),
        "linked" => look.t(
            "已登记。本人第一次这样登录时就关联上。",
            "Written down: it is linked when they sign in that way for the first time.",
        ),
        "unlinked" => look
            .t("关联已取消，登录中的设备都已退出。", "The link is gone, and they are signed out everywhere."),
        "sessions" => look.t("已让所有设备退出。", "Signed out everywhere."),
        "contact" => look.t("联系方式已保存。", "It is saved how they are reached."),
        "opened" => look.t("账号已恢复。", "The account is in use again."),
        _ => "",
    };
    if !said.is_empty() {
        page = page.notice(Flash::ok(said));
    }
    if matches!(done.done.as_str(), "end" | "closed") && !known.held.is_empty() {
        page = page.notice(Flash::new(FlashKind::Warn, &left_behind(look, &known.held)));
    }
    Ok(page.into_response())
}

struct Known {
    account: Account,
    posts: Vec<PostInfo>,
    has: factor::State,
    history: History,
    sessions: usize,
    links: Vec<oidc::Link>,
    /// What they still answer for.
    held: Vec<Say>,
}

/// What somebody still answers for, and who has to give it to others.
fn left_behind(look: &Look, held: &[Say]) -> String {
    let all: Vec<&str> = held.iter().map(|s| s.to(look.locale)).collect();
    match look.locale {
        Locale::Zh => format!("手上还有：{}。请本单位负责人移交给别人。", all.join("、")),
        Locale::En => format!("Still with them: {}. Let the lead of the unit hand it over.", all.join(", ")),
    }
}

async fn load(site: &SharedSite, id: AccountId) -> Result<Known> {
    let (settings, now) = (site.settings.clone(), site.now());
    let (held, today) = (site.held.clone(), site.today());
    site.db
        .read(move |tx| {
            let account = accounts::by_id(tx, id)?.ok_or(Error::NotFound)?;
            let (posts, has, history) =
                (session::posts_of(tx, id)?, factor::state(tx, id)?, history::of(tx, id)?);
            let sessions = session::list(tx, id, &settings, now)?.len();
            let links = oidc::links(tx, id)?;
            let held = held.as_ref().map_or(Ok(Vec::new()), |held| held(tx, id, today))?;
            Ok(Known { account, posts, has, history, sessions, links, held })
        })
        .await
}

fn page(site: &SharedSite, staff: &Staff, known: &Known, state: &FormState) -> Page {
    let today = site.today();
    let look = &staff.look;
    let account = &known.account;
    let may = staff.may(Verb::ManageAccounts, Noun::Account, "");
    let mut page = Page::new(look, &account.name)
        .at("/admin/accounts")
        .crumbs(vec![web::page::Crumb {
            href: "/admin/accounts".into(),
            label: look.t("账号管理", "Accounts").into(),
        }])
        .lede(html! {
            (account.login)
            @if let Some(phone) = &account.phone { " · " (phone) }
            @if let Some(email) = &account.email { " · " (email) }
            " " (state_pill(look, account))
        })
        .main(card(
            Some(look.t("岗位", "Posts")),
            html! {
                (posts(look, account.id, &known.posts, today, may))
                @if may && !known.held.is_empty() { p.hint { (left_behind(look, &known.held)) } }
            },
        ));
    if may {
        page = page
            .main(card(Some(look.t("登记新岗位", "Record a post")), post_form(look, account.id, state)))
            .aside(card(Some(look.t("账号", "Account")), switches(look, known)));
        for body in super::oidc::cards(site, look, account.id, &known.links, state) {
            page = page.aside(body);
        }
    }
    if staff.may(Verb::ViewAudit, Noun::Account, "") {
        page = page.main(card(
            Some(look.t("最近的登录", "Last sign-ins")),
            html! {
                p { (standing(look, known)) }
                (super::history::table(look, &known.history, site.zone, site.now()))
            },
        ));
    }
    page
}

fn posts(look: &Look, account: AccountId, posts: &[PostInfo], today: Date, may: bool) -> Markup {
    let locale = look.locale;
    Table::new(look, look.t("岗位", "Posts"))
        .column(Column::new(look.t("岗位", "Post")).primary())
        .column(Column::new(look.t("单位", "Unit")))
        .column(Column::new(look.t("任期", "Term")))
        .column(Column::new(look.t("操作", "Action")))
        .rows(posts.iter().map(|p| {
            let open = may && p.from <= today && p.to.is_none_or(|to| to > today);
            let action = format!("/admin/accounts/{account}/posts/{}/end", p.id);
            Row::new(vec![
                html! { (p.role.name().to(locale)) @if !p.title.is_empty() { " · " (p.title) } },
                html! { (p.unit_name.to(locale)) },
                html! { (term(locale, p)) },
                html! { @if open {
                    (form::form_with(look, form::FormOptions { action: &action, class: "inline", ..Default::default() }, html! {
                        (form::hidden("on", &today.to_string()))
                        (form::button_danger(look.t("今天终止", "End today"),
                            look.t("从今天起不再担任这个岗位，确定吗？", "They no longer hold this post from today on. Sure?")))
                    }))
                } },
            ])
        }))
        .empty(html! { p { (look.t("还没有岗位：登录后什么也看不到。", "No posts yet: they can sign in but see nothing.")) } })
        .render()
}

fn post_form(look: &Look, account: AccountId, state: &FormState) -> Markup {
    let roles: Vec<Choice> =
        Role::ALL.iter().map(|r| Choice::new(r.key(), r.name().to(look.locale))).collect();
    let body = html! {
        (form::error_summary(look, state))
        (form::combobox(look, state, Field::new("unit", look.t("单位", "Unit")).required()
            .hint(look.t("输入名称或编码", "Type a name or a code")), Combo::Source { src: "/units/search", label: "" }))
        (form::select(look, state, Field::new("role", look.t("岗位", "Role")).required(), &roles))
        (form::text_field(look, state, Field::new("title", look.t("职务名称", "Title")).max(60)))
        (form::date_field(look, state, Field::new("from", look.t("到任日期", "From")).required()))
        (form::date_field(look, state, Field::new("to", look.t("止于（不含这一天）", "Until (not including)"))))
        (form::text_field(look, state, Field::new("basis", look.t("依据（任命文件、文号）", "Basis (appointment, its number)")).max(200)))
        div.actions { (form::submit(look.t("登记岗位", "Record the post"))) }
    };
    form::form(look, &format!("/admin/accounts/{account}/posts"), body)
}

/// Second factor and sessions in a line.
fn standing(look: &Look, known: &Known) -> Markup {
    let n = known.sessions;
    let signed_in = match (look.locale, n) {
        (Locale::Zh, 0) => "没有登录中的设备".to_owned(),
        (Locale::Zh, n) => format!("{n} 台设备登录中"),
        (Locale::En, 0) => "signed in nowhere".to_owned(),
        (Locale::En, 1) => "signed in on 1 device".to_owned(),
        (Locale::En, n) => format!("signed in on {n} devices"),
    };
    html! {
        @if known.has.any() { (pill(Tone::Ok, look.t("两步登录已开启", "Two-step sign-in is on"))) }
        @else { (pill(Tone::Plain, look.t("没有两步登录", "No second factor"))) }
        " " (signed_in)
    }
}

fn switches(look: &Look, known: &Known) -> Markup {
    let account = &known.account;
    let at = |what: &str| format!("/admin/accounts/{}/{what}", account.id);
    html! {
        div.do {
            (web::components::button_link(look.t("联系方式", "How they are reached"), &at("contact")))
            (form::form(look, &at("password"), form::button_danger(look.t("重设密码", "New password"),
                look.t("现在的密码立即失效，登录中的设备都会退出，确定吗？", "The present password ends at once, everywhere. Sure?"))))
            @if known.has.any() {
                (form::form(look, &at("factor-reset"), form::button_danger(look.t("取消两步登录", "Take second factor away"),
                    look.t("请先确认是本人要求的。取消后只凭密码就能登录，本人会看到提示，确定吗？",
                        "Be sure that they asked for it. The password alone will do then; they are told. Sure?"))))
            }
            @if known.sessions > 0 {
                (form::form(look, &at("sessions/end"), form::button(look.t("让所有设备退出", "Sign out everywhere"), "", "")))
            }
            @if account.disabled_at.is_none() {
                (form::form(look, &at("closure"), form::button_danger(look.t("停用账号", "Disable"),
                    look.t("停用后不能登录，登录中的设备都会退出，确定吗？", "They can no longer sign in. Sure?"))))
            } @else {
                (form::form(look, &at("opening"), form::button(look.t("恢复账号", "Enable"), "", "")))
            }
        }
    }
}

/// `POST /admin/accounts/{id}/password`: the answer shows the password, once.
pub async fn reset(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    let known = load(&site, super::id(&id)?).await?.account;
    let made = accounts::reset(&site, &staff.scope, known.id).await?;
    Ok(password_shown(&staff.look, &known.name, &known.login, &made, &id).into_response())
}

/// `POST /admin/accounts/{id}/factor-reset`
pub async fn reset_factor(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
) -> PageResult {
    factor::reset(&site, &staff.scope, super::id(&id)?).await?;
    Ok(back(&id, "factor"))
}

/// `POST /admin/accounts/{id}/sessions/end`
pub async fn end_sessions(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
) -> PageResult {
    accounts::end_sessions(&site, &staff.scope, super::id(&id)?).await?;
    Ok(back(&id, "sessions"))
}

/// `POST /admin/accounts/{id}/closure`
pub async fn close(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    accounts::disable(&site, &staff.scope, super::id(&id)?).await?;
    Ok(back(&id, "closed"))
}

/// `POST /admin/accounts/{id}/opening`
pub async fn open(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    accounts::enable(&site, &staff.scope, super::id(&id)?).await?;
    Ok(back(&id, "opened"))
}

fn back(id: &str, done: &str) -> axum::response::Response {
    Redirect::to(&format!("/admin/accounts/{id}?done={done}")).into_response()
}

/// `POST /admin/accounts/{id}/posts`
pub async fn add_post(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    let known = load(&site, super::id(&id)?).await?;
    let added = match read_post(&site, known.account.id, &values).await {
        Ok(new) => accounts::add_post(&site, &staff.scope, new).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(_) => Ok(back(&id, "post")),
        Err(error) => again(&site, &staff, known.account.id, values, error).await,
    }
}

/// The page again, with what was entered and why it was refused.
pub(super) async fn again(
    site: &SharedSite,
    staff: &Staff,
    account: AccountId,
    values: Values,
    error: Error,
) -> PageResult {
    let known = load(site, account).await?;
    let state = FormState::refused(values, error)?;
    let page = page(site, staff, &known, &state).status(http::StatusCode::UNPROCESSABLE_ENTITY);
    Ok(page.into_response())
}

async fn read_post(site: &SharedSite, account: AccountId, values: &Values) -> Result<NewPost> {
    let answer = form::combo_answer(values, "unit");
    let unit = site
        .db
        .read(move |tx| match answer.value.parse::<UnitId>() {
            Ok(unit) => Ok(seats::get(tx, unit)?),
            Err(_) => seats::named(tx, &answer.typed),
        })
        .await?;
    let unit = unit.ok_or_else(|| {
        Error::field(
            "unit",
            "没有找到这个单位，请从列表中选，或填完整的名称或编码。",
            "No such unit: choose from the list, or give its full name or code.",
        )
    })?;
    let role = Role::from_key(values.one("role"))
        .ok_or_else(|| Error::field("role", "请选择岗位。", "Choose a role."))?;
    let day = |field: &str| {
        values.one(field).parse::<Date>().map_err(|_| Error::field(field, "日期不对。", "This is no date."))
    };
    Ok(NewPost {
        account,
        unit: unit.unit,
        role,
        title: values.one("title").to_owned(),
        from: day("from")?,
        to: if values.opt("to").is_some() { Some(day("to")?) } else { None },
        basis: values.one("basis").to_owned(),
    })
}

/// `POST /admin/accounts/{id}/posts/{post}/end`
pub async fn end_post(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((id, post)): Path<(String, String)>,
    FormBody(values): FormBody,
) -> PageResult {
    let account: AccountId = super::id(&id)?;
    let post: PostId = super::id(&post)?;
    staff.demand(Verb::ManageAccounts, Noun::Account, "")?;
    if !load(&site, account).await?.posts.iter().any(|p| p.id == post) {
        return Err(Error::NotFound.into());
    }
    let on = values.parsed::<Date>("on").unwrap_or_else(|| site.today());
    accounts::end_post(&site, &staff.scope, post, on).await?;
    Ok(back(&id, "end"))
}
