//! One key: whose it is, when it was used, and revoking it.

use super::keys::{state_pill, used};
use crate::keys::{self, KeyInfo};
use crate::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, KeyId, Result};
use maud::{Markup, html};
use web::components::{card, definitions};
use web::form::{self, Choice, Field};
use web::page::Crumb;
use web::{FormBody, FormState, Look, Page, PageResult, format};

/// `GET /admin/keys/{id}`
pub async fn show(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    staff.demand(Verb::View, Noun::Key, "")?;
    let key = load(&site, super::id(&id)?).await?;
    Ok(page(&site, &staff, &key, &FormState::default()).into_response())
}

async fn load(site: &SharedSite, id: KeyId) -> Result<KeyInfo> {
    site.db.read(move |tx| keys::by_id(tx, id)).await?.ok_or(Error::NotFound)
}

fn page(site: &SharedSite, staff: &Staff, key: &KeyInfo, state: &FormState) -> Page {
    let (look, zone, now) = (&staff.look, site.zone, site.now());
    let at = |at| format::moment_near(look.locale, zone, at, now);
    let mut facts = vec![
        (look.t("联系人", "Whom to ask"), html! { (key.contact) }),
        (look.t("发放时间", "Handed out"), html! { (at(key.created_at)) }),
        (look.t("最近使用", "Last used"), html! { (used(look, key, zone, now)) }),
    ];
    if let Some(revoked) = key.revoked_at {
        facts.push((look.t("吊销时间", "Revoked"), html! { (at(revoked)) }));
    }
    let crumb =
        Crumb { href: "/admin/keys".into(), label: look.t("接口密钥", "Keys for programs").into() };
    let mut page = Page::new(look, &key.name)
        .narrow()
        .at("/admin/keys")
        .crumbs(vec![crumb])
        .lede(state_pill(look, key))
        .main(card(None, definitions(&facts)));
    if key.revoked_at.is_none() && staff.may(Verb::Manage, Noun::Key, "") {
        page = page.main(card(Some(look.t("吊销", "Revoke it")), revoking(look, key, state)));
    }
    page
}

fn revoking(look: &Look, key: &KeyInfo, state: &FormState) -> Markup {
    let sure = look.t("我知道对方会立即连不上", "I know that the other system is cut off at once");
    let body = html! {
        p { (look.t("吊销后这把密钥立即失效，不能恢复；已登记的诉求照常办理。要换密钥，先用同一名称发一把新的，对方换好后再吊销这把。",
            "A revoked key opens nothing any more and cannot come back; what was taken in with it goes on. To replace a key, hand out another under the same name first.")) }
        (form::error_summary(look, state))
        (form::checkboxes(look, state, Field::new("sure", look.t("确认", "Confirm")).required(), &[Choice::new("yes", sure)]))
        div.actions { (form::button_danger(look.t("吊销密钥", "Revoke the key"), "")) }
    };
    form::form(look, &format!("/admin/keys/{}/revocation", key.id), body)
}

/// `POST /admin/keys/{id}/revocation`
pub async fn revoke(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    staff.demand(Verb::Manage, Noun::Key, "")?;
    let key = load(&site, super::id(&id)?).await?;
    if values.one("sure") != "yes" {
        let error = Error::field(
            "sure",
            "请先勾选确认；密钥还没有吊销。",
            "Tick the box first; the key has not been revoked.",
        );
        let state = FormState::refused(values, error)?;
        let page = page(&site, &staff, &key, &state).status(http::StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(page.into_response());
    }
    keys::revoke(&site, &staff.scope, key.id).await?;
    Ok(Redirect::to("/admin/keys?done=revoked").into_response())
}
