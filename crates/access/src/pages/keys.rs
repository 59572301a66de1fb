//! The list of keys for programs, and handing one out.

use crate::keys::{self, KeyInfo, NewKey};
use crate::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use kernel::{Timestamp, Zone};
use maud::{Markup, html};
use web::components::{Column, Flash, Row, Table, Tone, card, definitions, empty_state, main_link, pill};
use web::form::{self, Field};
use web::{FormBody, FormState, Look, Page, PageResult, format};

/// What was just done.
#[derive(serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /admin/keys`
pub async fn list(State(site): State<SharedSite>, staff: Staff, Query(done): Query<Done>) -> PageResult {
    staff.demand(Verb::List, Noun::Key, "")?;
    let all = site.db.read(keys::list).await?;
    let (over, live): (Vec<KeyInfo>, Vec<KeyInfo>) = all.into_iter().partition(|k| k.revoked_at.is_some());
    let (look, zone, now) = (&staff.look, site.zone, site.now());
    let may = staff.may(Verb::Manage, Noun::Key, "");
    let new = (look.t("发放密钥", "Hand out a key"), "/admin/keys/new");
    let none = empty_state(look.t("还没有发放过密钥。", "No key is in force."), may.then_some(new));
    let mut page = Page::new(look, look.t("接口密钥", "Keys for programs")).at("/admin/keys").lede(html! {
        (look.t("别的系统凭密钥登记诉求、查公开进度。", "With a key another system takes requests in and follows them in public.")) " "
        a href="/api" { (look.t("接口说明", "What it can do")) }
    });
    if may && !live.is_empty() {
        page = page.tools(main_link(new.0, new.1));
    }
    if done.done == "revoked" {
        page = page.notice(Flash::ok(
            look.t("密钥已吊销，立即失效。", "The key is revoked and opens nothing any more."),
        ));
    }
    page =
        page.main(table(look, look.t("有效的密钥", "Keys in force"), &live, zone, now).empty(none).render());
    if !over.is_empty() {
        let table = table(look, look.t("已吊销的密钥", "Revoked keys"), &over, zone, now);
        page = page.main(card(Some(look.t("已吊销", "Revoked")), table.render()));
    }
    Ok(page.into_response())
}

fn table(look: &Look, caption: &str, keys: &[KeyInfo], zone: Zone, now: Timestamp) -> Table {
    let at = |at| format::moment_near(look.locale, zone, at, now);
    let over = keys.iter().any(|k| k.revoked_at.is_some());
    let mut table = Table::new(look, caption)
        .column(Column::new(look.t("程序", "Program")).primary())
        .column(Column::new(look.t("联系人", "Whom to ask")))
        .column(Column::new(look.t("发放时间", "Handed out")))
        .column(Column::new(look.t("最近使用", "Last used")));
    if over {
        table = table.column(Column::new(look.t("吊销时间", "Revoked")));
    }
    table.rows(keys.iter().map(|k| {
        let mut cells = vec![
            html! { (k.name) },
            html! { (k.contact) },
            html! { (at(k.created_at)) },
            html! { (used(look, k, zone, now)) },
        ];
        cells.extend(k.revoked_at.map(|revoked| html! { (at(revoked)) }));
        Row::new(cells).href(format!("/admin/keys/{}", k.id))
    }))
}

/// When it was last used.
pub(super) fn used(look: &Look, key: &KeyInfo, zone: Zone, now: Timestamp) -> String {
    match key.used_at {
        Some(at) => format::moment_near(look.locale, zone, at, now),
        None => look.t("从未使用", "Never").to_owned(),
    }
}

/// Whether it opens anything.
pub(super) fn state_pill(look: &Look, key: &KeyInfo) -> Markup {
    match key.revoked_at {
        Some(_) => pill(Tone::Plain, look.t("已吊销", "Revoked")),
        None => pill(Tone::Ok, look.t("有效", "In force")),
    }
}

/// `GET /admin/keys/new`
pub async fn form(staff: Staff) -> PageResult {
    staff.demand(Verb::Manage, Noun::Key, "")?;
    Ok(form_page(&staff.look, &FormState::default()).into_response())
}

fn form_page(look: &Look, state: &FormState) -> Page {
    let name = look.t(
        "对方系统的名称，记入它登记的每件诉求。换密钥时用同一个名称，两把密钥算同一个程序。",
        "What the other system is called; each request it takes in says so. Two keys of one name are one program, so that a key can be replaced without a gap.",
    );
    let whom = look.t(
        "出了问题找谁：姓名和电话或邮箱，只有管理员和审计员看得到。",
        "Whom to ask when something is wrong: a name with a number or an address, for administrators and auditors only.",
    );
    let body = html! {
        (form::error_summary(look, state))
        (form::text_field(look, state, Field::new("name", look.t("程序名称", "Program")).required().max(60).hint(name)))
        (form::text_field(look, state, Field::new("contact", look.t("联系人", "Whom to ask")).required().private().max(120).hint(whom)))
        div.actions { (form::submit(look.t("生成密钥", "Make the key"))) }
    };
    Page::new(look, look.t("发放密钥", "Hand out a key"))
        .narrow()
        .at("/admin/keys")
        .lede(html! { (look.t("密钥只显示一次，系统里只留校验值。", "The key is shown once; only a check value of it is kept.")) })
        .main(html! { div.card { (form::form(look, "/admin/keys", body)) } })
}

/// `POST /admin/keys`: the answer shows the key, once, so it is no redirect.
pub async fn hand_out(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    staff.demand(Verb::Manage, Noun::Key, "")?;
    let new = NewKey { name: values.one("name").to_owned(), contact: values.one("contact").to_owned() };
    let name = new.name.clone();
    match keys::hand_out(&site, &staff.scope, new).await {
        Ok((_, key)) => Ok(shown(&staff.look, &name, &key)),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let page = form_page(&staff.look, &state).status(http::StatusCode::UNPROCESSABLE_ENTITY);
            Ok(page.into_response())
        }
    }
}

/// The page that shows a key, once.
fn shown(look: &Look, name: &str, key: &str) -> Response {
    let body = html! {
        div.card {
            p { (look.t("请经可靠的途径交给对方，不要发在群里。离开这一页后不再显示。",
                "Pass it on in a way that nobody else reads, not in a chat group. It is not shown again.")) }
            (definitions(&[
                (look.t("程序", "Program"), html! { (name) }),
                (look.t("密钥", "Key"), html! { code.secret { (key) } }),
                (look.t("用法", "Use"), html! { (look.t("放在请求头 ", "In the header ")) code { "X-Api-Key" } (look.t("，或 Open311 的表单字段 ", ", or in the Open311 form field ")) code { "api_key" } }),
            ]))
            p.actions { (main_link(look.t("已交给对方", "It is passed on"), "/admin/keys")) }
        }
    };
    let mut response =
        Page::new(look, look.t("新密钥", "New key")).narrow().at("/admin/keys").main(body).into_response();
    // Whoever sits down here next and goes back must not find it.
    response.headers_mut().insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}
