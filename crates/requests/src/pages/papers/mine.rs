//! `/papers`: what I hold of people's papers, originals first, and what waits for me to confirm.

use super::called;
use crate::ctx::Ctx;
use crate::pages::eye::{Eye, names};
use crate::pages::turn::Leaf;
use crate::store::papers::{self, HeldPaper, Place, WaitingSlip};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use serde::Deserialize;
use web::components::{Column, Row, Table, Tone, card, empty_state, pager, pill};
use web::{Page, PageResult, format};

/// Papers on a page, and slips.
const ROWS: usize = 50;
/// Papers are counted up to here.
const CAP: i64 = 999;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The last paper of the page before.
    after: String,
    /// The last slip of the page before.
    slips: String,
}

/// What the page shows.
struct Shown {
    held: Leaf<HeldPaper>,
    /// Originals and other papers.
    counts: (i64, i64),
    waiting: Leaf<WaitingSlip>,
}

/// `GET /papers`.
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let me = staff.account()?.id;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let (after, behind): (Option<Place>, Option<Place>) =
        (asked.after.parse().ok(), asked.slips.parse().ok());
    let (shown, known) = ctx
        .read(move |tx, ctx| {
            let units = crate::pages::work::receiving_units(ctx);
            let held = papers::held_by(tx, me, after.unwrap_or(Place::START), ROWS as i64 + 1)?;
            let held = Leaf::cut(held, ROWS, after.map(|_| false));
            let counts = papers::count_held(tx, me, CAP)?;
            let mut waiting = Vec::new();
            for unit in units {
                waiting.extend(papers::waiting_at(
                    tx,
                    unit,
                    behind.unwrap_or(Place::START),
                    ROWS as i64 + 1,
                )?);
            }
            waiting.sort_by_key(|w| w.place);
            let waiting = Leaf::cut(waiting, ROWS, behind.map(|_| false));
            let known = names(tx, waiting.rows.iter().filter_map(|w| w.from).collect::<Vec<_>>())?;
            Ok((Shown { held, counts, waiting }, known))
        })
        .await?;
    let eye = Eye::new(&staff.look, &ctx).with_names(known);
    Ok(page(&eye, &shown).into_response())
}

fn page(eye: &Eye, shown: &Shown) -> Page {
    Page::new(&eye.look, eye.t("我手里的材料", "Papers in my hands"))
        .at("/work")
        .lede(html! { p { (eye.t(
            "群众交来的材料，原件要当面交还本人。移交给别人的，对方签收以前还算在您手里。",
            "What people handed in. Originals go back to them in person; what you hand on stays yours until the other side confirms.")) } })
        .main(html! { @if !shown.held.prev {
            (card(Some(eye.t("等我签收", "Waiting for me to confirm")), to_confirm(eye, &shown.waiting)))
        } })
        .main(html! { @if !shown.waiting.prev {
            (card(Some(eye.t("在我手里", "In my hands")), in_hand(eye, shown)))
        } })
}

fn to_confirm(eye: &Eye, waiting: &Leaf<WaitingSlip>) -> Markup {
    if waiting.rows.is_empty() && !waiting.prev {
        return empty_state(eye.t("没有等您签收的材料。", "Nothing waits for you."), None);
    }
    let rows = waiting.rows.iter().map(|w| {
        Row::new(vec![
            html! { (w.title) },
            html! { (w.number) },
            html! { (eye.officer(w.from)) },
            html! { (w.papers) },
            html! { (eye.day(w.at)) },
        ])
        .href(format!("/requests/{}/papers", w.number))
    });
    let table = Table::new(&eye.look, eye.t("等我签收", "Waiting for me to confirm"))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("编号", "Number")))
        .column(Column::new(eye.t("交出人", "From")))
        .column(Column::new(eye.t("份数", "Papers")).number())
        .column(Column::new(eye.t("从哪天起", "Since")))
        .rows(rows)
        .render();
    let next = waiting.rows.last().filter(|_| waiting.next).map(|w| format!("/papers?slips={}", w.place));
    html! { (table) (pager(&eye.look, waiting.prev.then_some("/papers"), next.as_deref(), "")) }
}

fn in_hand(eye: &Eye, shown: &Shown) -> Markup {
    let held = &shown.held;
    if held.rows.is_empty() && !held.prev {
        return empty_state(eye.t("您手里没有群众的材料。", "You hold nobody's papers."), None);
    }
    let (originals, others) = (format::capped(shown.counts.0, CAP), format::capped(shown.counts.1, CAP));
    let count = match eye.locale() {
        kernel::Locale::Zh => format!("原件 {originals} 份，其他 {others} 份。已了结的，复印件不再列出。"),
        kernel::Locale::En => {
            format!("{originals} originals, {others} others. Copies of cases that have ended are not listed.")
        }
    };
    let rows = held
        .rows
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
    let table = Table::new(&eye.look, eye.t("在我手里", "In my hands"))
        .column(Column::new(eye.t("材料", "Paper")).primary())
        .column(Column::new(eye.t("事项", "Matter")))
        .column(Column::new(eye.t("编号", "Number")))
        .column(Column::new(eye.t("从哪天起", "Since")))
        .rows(rows)
        .render();
    let next = held.rows.last().filter(|_| held.next).map(|p| format!("/papers?after={}", p.at));
    html! {
        p.hint { (count) }
        (table)
        (pager(&eye.look, held.prev.then_some("/papers"), next.as_deref(), ""))
    }
}
