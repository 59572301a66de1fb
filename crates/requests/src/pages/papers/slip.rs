//! One hand-over for printing: which papers, original or copy, from whom to whom, when, and where both sign.

use super::{called, part};
use crate::case::{Case, SlipRow};
use crate::ctx::Ctx;
use crate::pages::eye::{Eye, names};
use crate::store::papers as store;
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{Error, Result};
use maud::{Markup, html};
use web::components::button_link;
use web::page::Crumb;
use web::{Page, PageResult};

/// A slip, and the names on it.
pub(in crate::pages) struct Sheet {
    pub(in crate::pages) case: Case,
    pub(in crate::pages) slip: SlipRow,
    pub(in crate::pages) names: std::collections::HashMap<kernel::AccountId, String>,
}

/// One slip of a case that may be looked at.
///
/// Errors: not found where there is none.
pub(in crate::pages) fn read(tx: &mut dyn Tx, case: Case, slip: i64) -> Result<Sheet> {
    let all = store::slips(tx, case.row.id)?;
    let slip = all.into_iter().find(|s| s.slip.no == slip).ok_or(Error::NotFound)?;
    let names = names(tx, part::people(&case.papers, std::slice::from_ref(&slip)))?;
    Ok(Sheet { case, slip, names })
}

/// `GET /requests/{number}/papers/{slip}`.
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((number, slip)): Path<(String, String)>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let wanted: i64 = slip.parse().map_err(|_| Error::NotFound)?;
    let asked = number.clone();
    let sheet = ctx
        .read(move |tx, ctx| {
            let case = Case::find_number(tx, ctx, &asked)?;
            read(tx, case, wanted)
        })
        .await?;
    let eye = Eye::new(&staff.look, &ctx).with_names(sheet.names.clone());
    let own = eye.t("诉求人", "the person");
    Ok(page(&eye, &sheet, &format!("/requests/{number}/papers"), own).into_response())
}

/// The page, with the way back to `home`.
pub(in crate::pages) fn page(eye: &Eye, s: &Sheet, home: &str, own: &str) -> Page {
    let look = &eye.look;
    Page::new(look, look.t("材料交接单", "Hand-over of papers"))
        .narrow()
        .crumbs(vec![Crumb { href: home.to_owned(), label: s.case.row.number.clone() }])
        .main(printed(eye, s, own))
        .main(html! { p.actions {
            button.btn.main type="button" data-print data-key="p" hidden { (look.t("打印", "Print")) }
            (button_link(look.t("返回", "Back"), home))
        } })
}

/// What is printed.
fn printed(eye: &Eye, s: &Sheet, own: &str) -> Markup {
    let (from, to) = part::ends(eye, &s.slip, own);
    let papers: Vec<_> = s.case.papers.iter().filter(|p| s.slip.slip.papers.contains(&p.no)).collect();
    let affair = eye.ctx.site.pack.affair_of(&s.case.row.class);
    html! {
        section.slip.handover {
            div.head {
                span.seal aria-hidden="true" { "连心" }
                span { (eye.t("材料交接单", "Hand-over of papers")) " " (s.case.row.number) "-" (s.slip.slip.no) }
            }
            dl.facts {
                @if let Some(affair) = affair { div { dt { (eye.t("事项", "Affair")) } dd { (affair.name.to(eye.locale())) } } }
                div { dt { (eye.t("交出", "From")) } dd { b { (from) } } }
                div { dt { (eye.t("收到", "To")) } dd { b { (to) } } }
                div { dt { (eye.t("时间", "When")) } dd { (part::made(eye, &s.slip)) } }
                div { dt { (eye.t("状态", "State")) } dd { (part::outcome(eye, &s.slip)) } }
            }
            div {
                ol.plain { @for p in &papers { li { (called(eye, &p.paper, p.form)) } } }
                p.hint { (eye.t("共 ", "In all ")) (papers.len()) (eye.t(" 份。证件上的内容不登记。", ". What stands on them is not noted.")) }
            }
            dl.facts.sign {
                div { dt { (eye.t("交出人签字", "Signed, from")) } dd { } }
                div { dt { (eye.t("签收人签字", "Signed, to")) } dd { } }
                div { dt { (eye.t("日期", "Date")) } dd { } }
            }
        }
    }
}
