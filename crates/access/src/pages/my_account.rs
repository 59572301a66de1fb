//! My account: the posts I hold, my password, where I am signed in.

use super::sign_in::password_of;
use crate::history::{self, How};
use crate::session::{self, PostInfo, SessionInfo};
use crate::{SharedSite, Staff, accounts, factor, password};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, Locale, SessionId, Timestamp, Zone};
use maud::{Markup, html};
use web::components::{Column, Flash, FlashKind, Row, Table, Tone, button_link, card, pill};
use web::form::{self, Field};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format};

/// What was just done.
#[derive(serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /account`
pub async fn show(State(site): State<SharedSite>, staff: Staff, Query(done): Query<Done>) -> PageResult {
    let account = staff.account()?;
    let (id, settings, now) = (account.id, site.settings.clone(), site.now());
    let (known, posts, sessions, has, history) = site
        .db
        .read(move |tx| {
            let sessions = session::list(tx, id, &settings, now)?;
            let known = accounts::by_id(tx, id)?.ok_or(Error::NotFound)?;
            Ok((known, session::posts_of(tx, id)?, sessions, factor::state(tx, id)?, history::of(tx, id)?))
        })
        .await?;
    let look = &staff.look;
    let mut page = Page::new(look, look.t("我的账号", "My account"))
        .lede(html! { (account.name) " · " (account.login) })
        .tools(button_link(look.t("修改密码", "Change password"), "/account/password"))
        .main(card(Some(look.t("我的岗位", "My posts")), posts_table(look, &posts, site.today())))
        .main(card(Some(look.t("联系方式", "How I am reached")), reached(look, &known)))
        .main(card(Some(look.t("两步登录", "Two-step sign-in")), second_factor(look, &has)))
        .main(card(
            Some(look.t("登录中的设备", "Where I am signed in")),
            html! {
                (sessions_table(look, &sessions, staff.session, site.zone, now))
                @if sessions.len() > 1 {
                    (form::form(look, "/account/sessions/end", html! { div.actions {
                        (form::button(look.t("其他设备全部退出", "Sign out everywhere else"), "", ""))
                    } }))
                }
            },
        ))
        .main(card(
            Some(look.t("最近的登录", "Last sign-ins")),
            html! {
                (super::history::table(look, &history, site.zone, now))
                p.hint { (look.t("有不是您本人的登录，请马上修改密码，并告诉系统管理员。",
                    "Was one of these not you? Change your password at once and tell the administrator.")) }
            },
        ))
        .main(html! { p.hint {
            (look.t("能看什么、能做什么，由今天在任的岗位决定。", "What you can see and do follows from the posts you hold today.")) " "
            a href="/access/why" { (look.t("查看权限表", "See the permission table")) }
        } });
    match done.done.as_str() {
        "password" => {
            page = page.notice(Flash::ok(
                look.t("密码已修改，其他设备已退出。", "Password changed; other devices were signed out."),
            ))
        }
        "contact" => {
            page = page.notice(Flash::ok(look.t("联系方式已保存。", "It is saved how you are reached.")))
        }
        "sessions" => {
            page = page.notice(Flash::ok(look.t("其他设备都已退出。", "All other devices were signed out.")))
        }
        "session" => page = page.notice(Flash::ok(look.t("那台设备已退出。", "That device was signed out."))),
        _ => {}
    }
    // Told until something is set up again, or the record of it is forgotten.
    if !has.any() && history.last.iter().any(|s| s.how == How::Reset) {
        page = page.notice(Flash::new(
            FlashKind::Warn,
            look.t(
                "管理员取消了您的两步登录，见下面的登录记录。不是您要求的，请马上联系管理员；是的话，请重新设置。",
                "An administrator took your second factor away: see your sign-ins below. If you did not ask for it, call them now; if you did, set it up again.",
            ),
        ));
    }
    Ok(page.into_response())
}

/// Telephone and e-mail, to which messages go.
fn reached(look: &Look, account: &accounts::Account) -> Markup {
    let or_none =
        |given: &Option<String>| given.clone().unwrap_or_else(|| look.t("没有填写", "None").to_owned());
    html! {
        (web::components::definitions(&[
            (look.t("工作电话", "Telephone at work"), html! { (or_none(&account.phone)) }),
            (look.t("工作邮箱", "E-mail at work"), html! { (or_none(&account.email)) }),
        ]))
        div.actions { (button_link(look.t("修改", "Change"), "/account/contact")) }
    }
}

fn second_factor(look: &Look, has: &factor::State) -> Markup {
    let on = match look.locale {
        Locale::Zh => format!("已开启，备用码还有 {} 个", has.codes),
        Locale::En => format!("On; {} recovery codes left", has.codes),
    };
    html! {
        p {
            @if has.any() { (pill(Tone::Ok, &on)) }
            @else { (pill(Tone::Soon, look.t("没有开启", "Off"))) " "
                (look.t("只凭密码就能登录。", "The password alone signs in.")) }
        }
        div.actions { (button_link(if has.any() { look.t("管理", "Manage") } else { look.t("设置两步登录", "Set it up") }, "/account/factor")) }
    }
}

/// Posts with their time, those of today marked.
pub(super) fn posts_table(look: &Look, posts: &[PostInfo], today: kernel::Date) -> Markup {
    let locale = look.locale;
    Table::new(look, look.t("岗位", "Posts"))
        .column(Column::new(look.t("岗位", "Post")).primary())
        .column(Column::new(look.t("单位", "Unit")))
        .column(Column::new(look.t("任期", "Term")))
        .column(Column::new(look.t("状态", "State")))
        .rows(posts.iter().map(|p| {
            Row::new(vec![
                html! { (p.role.name().to(locale)) @if !p.title.is_empty() { " · " (p.title) } },
                html! { (p.unit_name.to(locale)) },
                html! { (term(locale, p)) },
                state_of(look, p, today),
            ])
        }))
        .empty(html! { p { (look.t("还没有岗位。", "No posts yet.")) } })
        .render()
}

/// From when until when.
pub(super) fn term(locale: Locale, p: &PostInfo) -> String {
    let from = format::day_year(locale, p.from);
    match (locale, p.to) {
        (Locale::Zh, None) => format!("{from}起"),
        (Locale::En, None) => format!("since {from}"),
        (Locale::Zh, Some(to)) => format!("{from}至{}（不含）", format::day_year(locale, to)),
        (Locale::En, Some(to)) => format!("{from} until {}, not including it", format::day_year(locale, to)),
    }
}

fn state_of(look: &Look, p: &PostInfo, today: kernel::Date) -> Markup {
    if p.from > today {
        pill(Tone::Info, look.t("未到任", "Not yet"))
    } else if p.to.is_some_and(|to| to <= today) {
        pill(Tone::Plain, look.t("已卸任", "Ended"))
    } else {
        pill(Tone::Ok, look.t("在任", "In post"))
    }
}

fn sessions_table(
    look: &Look,
    sessions: &[SessionInfo],
    mine: Option<SessionId>,
    zone: Zone,
    now: Timestamp,
) -> Markup {
    Table::new(look, look.t("登录中的设备", "Sessions"))
        .column(Column::new(look.t("设备", "Device")).primary())
        .column(Column::new(look.t("登录时间", "Signed in")))
        .column(Column::new(look.t("最近使用", "Last used")))
        .column(Column::new(look.t("操作", "Action")))
        .rows(sessions.iter().map(|s| {
            let agent =
                if s.agent.is_empty() { look.t("未知设备", "Unknown device") } else { s.agent.as_str() };
            let last = if Some(s.id) == mine { now } else { s.last_seen };
            Row::new(vec![
                html! { (agent) },
                html! { (format::moment_near(look.locale, zone, s.created_at, now)) },
                html! { (format::moment_near(look.locale, zone, last, now)) },
                html! {
                    @if Some(s.id) == mine {
                        (pill(Tone::Ok, look.t("这台设备", "This device")))
                    } @else {
                        (form::form(look, &format!("/account/sessions/{}/end", s.id),
                            form::button(look.t("退出", "Sign out"), "", "")))
                    }
                },
            ])
        }))
        .render()
}

/// `GET /account/password`
pub async fn password_form(staff: Staff) -> PageResult {
    Ok(password_page(&staff, &FormState::default())?.into_response())
}

fn password_page(staff: &Staff, state: &FormState) -> kernel::Result<Page> {
    let look = &staff.look;
    let account = staff.account()?;
    let hint = match look.locale {
        Locale::Zh => format!("至少 {} 个字符，几个词连起来最好记。", password::MIN_LEN),
        Locale::En => {
            format!("At least {} characters; a few words in a row are easy to remember.", password::MIN_LEN)
        }
    };
    let body = html! {
        (form::error_summary(look, state))
        // So that a password store knows whose it is.
        input type="hidden" name="username" autocomplete="username" value=(account.login);
        (form::text_field(look, state, Field::new("current", look.t("现在的密码", "Present password")).required().private()
            .kind("password").autocomplete("current-password")))
        (form::text_field(look, state, Field::new("password", look.t("新密码", "New password")).required().private()
            .kind("password").autocomplete("new-password").hint(&hint)))
        (form::text_field(look, state, Field::new("again", look.t("再输一次新密码", "The new password once more")).required().private()
            .kind("password").autocomplete("new-password")))
        div.actions { (form::submit(look.t("修改密码", "Change password"))) }
    };
    let mut page = Page::new(look, look.t("修改密码", "Change password"))
        .narrow()
        .main(html! { div.card { (form::form(look, "/account/password", body)) } });
    if account.must_change {
        page = page.notice(Flash::new(
            FlashKind::Warn,
            look.t(
                "这个密码是别人给您设的，请先换成自己的。",
                "Somebody else set this password for you: please choose your own first.",
            ),
        ));
    }
    Ok(page)
}

/// `POST /account/password`
pub async fn password(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let (current, chosen) = (password_of(&values, "current"), password_of(&values, "password"));
    let result = if chosen == password_of(&values, "again") {
        accounts::change_own(&site, &staff.scope, staff.session, current, chosen).await
    } else {
        Err(Error::field("again", "两次输入的新密码不一样。", "The two new passwords differ."))
    };
    match result {
        Ok(()) => Ok(Redirect::to("/account?done=password").into_response()),
        Err(error) => {
            let state = FormState::refused(Values::default(), error)?;
            let page = password_page(&staff, &state)?.status(http::StatusCode::UNPROCESSABLE_ENTITY);
            Ok(page.into_response())
        }
    }
}

/// `POST /account/sessions/end`: all but this one.
pub async fn end_others(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let (account, keep) = (staff.account()?.id, staff.session);
    site.db.write(move |tx| session::revoke_all(tx, account, keep)).await?;
    Ok(Redirect::to("/account?done=sessions").into_response())
}

/// `POST /account/sessions/{id}/end`
pub async fn end_session(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    let (account, id): (_, SessionId) = (staff.account()?.id, super::id(&id)?);
    if !site.db.write(move |tx| session::revoke(tx, account, id)).await? {
        return Err(Error::NotFound.into());
    }
    Ok(Redirect::to("/account?done=session").into_response())
}
