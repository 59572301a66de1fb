//! On the page of an affair: how far it is, and who holds which paper.

use super::Sheet;
use crate::acts::papers::may_handle;
use crate::pages::papers::part;
use maud::{Markup, html};
use web::components::card_with;

/// The card; nothing where the case is no affair.
pub(super) fn card(s: &Sheet) -> Markup {
    let (eye, row) = (&s.eye, &s.case.row);
    let Some((affair, way)) = eye.ctx.site.pack.affair_of(&row.class).zip(s.way.as_ref()) else {
        return html! {};
    };
    let href = format!("/requests/{}/papers", row.number);
    let link = if may_handle(&eye.ctx, &s.case) {
        eye.t("收材料、移交、办步骤", "Take in, hand on, do a step")
    } else {
        eye.t("交接单", "Slips")
    };
    card_with(
        affair.name.to(eye.locale()),
        html! { a href=(href) { (link) } },
        html! {
            (part::way(eye, affair, way, !row.is_live()))
            (part::out(eye, &s.case))
            @if s.case.papers.is_empty() {
                h3 { (eye.t("要收的材料", "Papers that it needs")) }
                (part::needed(eye, affair))
            } @else {
                (part::holders(eye, &s.case.papers, eye.t("诉求人", "the person")))
            }
        },
    )
}
