//! `/shielded`: the cases that are kept from the units they are about. They stand in no ledger, no search and no
//! count; whoever may open them finds them here.

use super::desk;
use crate::ctx::Ctx;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::shield;
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::response::IntoResponse;
use maud::html;
use web::components::{card, card_with, empty_state};
use web::{Page, PageResult};

/// The most ended cases that are listed.
const ENDED: usize = 100;

/// `GET /shielded`.
pub(crate) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    staff.need(super::SHIELDERS)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let all = ctx.read(shield::visible).await?;
    Ok(page(&Eye::new(&staff.look, &ctx), &all).into_response())
}

fn page(eye: &Eye, all: &[Request]) -> Page {
    let open: Vec<&Request> = all.iter().filter(|r| r.is_live()).collect();
    let ended: Vec<&Request> = all.iter().filter(|r| !r.is_live()).take(ENDED).collect();
    let title = eye.t("受保护的诉求", "Shielded cases");
    let list = |label: &str, rows: &[&Request]| {
        let n = rows.len();
        card_with(
            label,
            html! { (n) (eye.t(" 件", if n == 1 { " case" } else { " cases" })) },
            desk::table(eye, label, rows),
        )
    };
    Page::new(&eye.look, title)
        .at("/work")
        .lede(html! { p { (eye.t(
            "反映单位或人员的诉求。被反映的单位、它的人和同院的单位看不到，也不在台账、搜索、统计和导出里。只在这里，按编号打开后照常办。",
            "Complaints about units or persons. Those concerned cannot see them, and they stand in no ledger, search, count or export. They are listed here only; opened by number they are handled as any case.")) } })
        .main(html! {
            @if all.is_empty() {
                (card(None, empty_state(eye.t("没有您能办的受保护诉求。", "There is no shielded case for you."), Some((eye.t("我的事", "My work"), "/work")))))
            }
            @if !open.is_empty() { (list(eye.t("在办", "Open"), &open)) }
            @if !ended.is_empty() { (list(eye.t("已了结", "Ended"), &ended)) }
        })
}
