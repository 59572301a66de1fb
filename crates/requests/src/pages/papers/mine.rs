//! `/papers`: what I hold of people's papers, and what waits for me to confirm.

use super::called;
use crate::ctx::Ctx;
use crate::pages::eye::{Eye, names};
use crate::store::papers::{self, HeldPaper, WaitingSlip};
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::response::IntoResponse;
use maud::{Markup, html};
use web::components::{Column, Row, Table, Tone, card, empty_state, pill};
use web::{Page, PageResult};

/// The most lines of either list.
const MOST: i64 = 100;

/// `GET /papers`.
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let me = staff.account()?.id;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let (held, waiting, known) = ctx
        .read(move |tx, ctx| {
            let units = crate::pages::work::receiving_units(ctx);
            let held = papers::held_by(tx, me, MOST)?;
            let mut waiting = Vec::new();
            for unit in units {
                waiting.extend(papers::waiting_at(tx, unit, MOST)?);
            }
            let known = names(tx, waiting.iter().filter_map(|w| w.from).collect::<Vec<_>>())?;
            Ok((held, waiting, known))
        })
        .await?;
    let eye = Eye::new(&staff.look, &ctx).with_names(known);
    Ok(page(&eye, &held, &waiting).into_response())
}

fn page(eye: &Eye, held: &[HeldPaper], waiting: &[WaitingSlip]) -> Page {
    Page::new(&eye.look, eye.t("我手里的材料", "Papers in my hands"))
        .at("/work")
        .lede(html! { p { (eye.t(
            "群众交来的材料，原件要当面交还本人。移交给别人的，对方签收以前还算在您手里。",
            "What people handed in. Originals go back to them in person; what you hand on stays yours until the other side confirms.")) } })
        .main(card(Some(eye.t("等我签收", "Waiting for me to confirm")), to_confirm(eye, waiting)))
        .main(card(Some(eye.t("在我手里", "In my hands")), in_hand(eye, held)))
}

fn to_confirm(eye: &Eye, waiting: &[WaitingSlip]) -> Markup {
    if waiting.is_empty() {
        return empty_state(eye.t("没有等您签收的材料。", "Nothing waits for you."), None);
    }
    let rows = waiting.iter().map(|w| {
        Row::new(vec![
            html! { (w.title) },
            html! { (w.number) },
            html! { (eye.officer(w.from)) },
            html! { (w.papers) },
            html! { (eye.day(w.at)) },
        ])
        .href(format!("/requests/{}/papers", w.number))
    });
    Table::new(&eye.look, eye.t("等我签收", "Waiting for me to confirm"))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("编号", "Number")))
        .column(Column::new(eye.t("交出人", "From")))
        .column(Column::new(eye.t("份数", "Papers")).number())
        .column(Column::new(eye.t("从哪天起", "Since")))
        .rows(rows)
        .render()
}

fn in_hand(eye: &Eye, held: &[HeldPaper]) -> Markup {
    if held.is_empty() {
        return empty_state(eye.t("您手里没有群众的材料。", "You hold nobody's papers."), None);
    }
    let rows = held
        .iter()
        .map(|p| {
            Row::new(vec![
                html! { (called(eye, &p.paper, p.form)) },
                html! { (p.title) },
                html! { (p.number) },
                html! { (eye.day(p.since)) @if p.bound { " " (pill(Tone::Soon, eye.t("待对方签收", "not confirmed yet"))) } },
            ])
            .href(format!("/requests/{}/papers", p.number))
        });
    Table::new(&eye.look, eye.t("在我手里", "In my hands"))
        .column(Column::new(eye.t("材料", "Paper")).primary())
        .column(Column::new(eye.t("事项", "Matter")))
        .column(Column::new(eye.t("编号", "Number")))
        .column(Column::new(eye.t("从哪天起", "Since")))
        .rows(rows)
        .render()
}
