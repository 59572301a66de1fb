//! Call-backs 回访: answered cases whose people have not said a word, and words drawn by lot to be asked
//! again. Nobody calls for their own unit.

use super::Queue;
use super::list::{Asked as Turn, Rows, body, frame, load};
use crate::acts::judge;
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use crate::pages::work::act::Act;
use crate::pages::work::form::{self, Bench};
use crate::store::queue::Which;
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use kernel::{Error, Locale};
use maud::{Markup, html};
use serde::Deserialize;
use web::components::{Chip, Column, Row, Table, actions, card, chips, empty_state, meta};
use web::form::{FormState, csrf_field, hidden};
use web::page::Crumb;
use web::{Page, PageResult};

/// What the list shows.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    after: String,
    #[serde(default)]
    before: String,
    /// Those tried today as well.
    #[serde(default)]
    tried: bool,
    /// Those drawn by lot.
    #[serde(default)]
    drawn: bool,
}

/// `GET /queues/callback`.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let queue = Queue::Callback;
    let mut which = if asked.drawn { super::drawn(&ctx) } else { queue.which(&ctx) };
    if let (Which::ToCall { day, .. } | Which::Drawn { day, .. }, true) = (&mut which, asked.tried) {
        day.clear();
    }
    let turn = Turn { after: asked.after.clone(), before: asked.before.clone() };
    let rows = load(&ctx, &staff, queue, which, &turn).await?;
    let eye = &rows.eye;
    let chip =
        |zh, en, on: bool, href: String| Chip { label: eye.t(zh, en).into(), href, on, ..Chip::default() };
    let shown = [
        chip("抽查的", "Drawn by lot", asked.drawn, address(asked.tried, !asked.drawn)),
        chip(
            "连今天打过的也显示",
            "Those tried today as well",
            asked.tried,
            address(!asked.tried, asked.drawn),
        ),
    ];
    let page = frame(eye, queue, &rows.waiting)
        .lede(html! { p { (lede(eye, asked.drawn)) } })
        .main(html! { (chips(&eye.look, &shown, html! {})) (list(&rows, &asked)) });
    Ok(page.into_response())
}

/// What the list holds.
fn lede(eye: &Eye, drawn: bool) -> String {
    let rule = &eye.ctx.site.pack.call_back;
    match (eye.locale(), drawn) {
        (Locale::Zh, false) => format!(
            "答复满 {} 天还没有评价的。不在同一天连打；{} 个不同的日子都没联系上，才可以不经评价销号。",
            rule.after_days, rule.attempt_days
        ),
        (Locale::En, false) => format!(
            "Answered {} days ago without a word. Attempts on {} different days can take the place of it.",
            rule.after_days, rule.attempt_days
        ),
        (Locale::Zh, true) => format!(
            "诉求人自己说“解决了”、已经销号的，抽签再问一次，办得特别快的、零差评单位的多抽。谁也选不了，人人可以重算；{} 天内问。",
            rule.window_days
        ),
        (Locale::En, true) => format!(
            "Some of those whose people said \"solved\" themselves are asked again after sign-off: by lot, and more where it was very fast or nobody ever complains. Nobody chose them, and anybody can compute it; ask within {} days.",
            rule.window_days
        ),
    }
}

/// The address of the list.
fn address(tried: bool, drawn: bool) -> String {
    let path = Queue::Callback.path();
    match (tried, drawn) {
        (false, false) => path.to_owned(),
        (true, false) => format!("{path}?tried=true"),
        (false, true) => format!("{path}?drawn=true"),
        (true, true) => format!("{path}?tried=true&drawn=true"),
    }
}

fn list(rows: &Rows, asked: &Asked) -> Markup {
    let eye = &rows.eye;
    if rows.leaf.rows.is_empty() && asked.drawn {
        let none = eye.t("没有抽到要再问的。", "Nobody was drawn to be asked again.");
        return empty_state(none, Some((eye.t("看待回访的", "Those to call back"), Queue::Callback.path())));
    }
    if rows.leaf.rows.is_empty() {
        return body(rows, Queue::Callback);
    }
    let all = rows.leaf.rows.iter().map(|r| {
        Row::new(vec![
            html! { (r.answered_at.map(|at| eye.day(at)).unwrap_or_default()) },
            html! { (r.title) },
            html! { (eye.unit(r.unit)) },
            html! { (eye.place(r)) },
            html! { span.nowrap { (r.number) } },
        ])
        .href(format!("/queues/callback/{}", r.number))
    });
    let table = Table::new(&eye.look, eye.t("待回访", "To call back"))
        .column(Column::new(eye.t("答复", "Answered")))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("承办单位", "Handled by")).bare())
        .column(Column::new(eye.t("地点", "Place")).bare())
        .column(Column::new(eye.t("编号", "Number")).bare())
        .rows(all)
        .render();
    html! { (card(None, table)) (rows.pager(&address(asked.tried, asked.drawn))) }
}

/// `GET /queues/callback/{number}`: what to say, and one button for each way the call can end.
pub(crate) async fn call(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
) -> PageResult {
    staff.need(Queue::Callback.roles())?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let mut bench = Bench::load(&ctx, &staff.look, &number, Act::Judgement).await?;
    if bench.sample.is_some() {
        bench.act = Act::Sample;
    } else if !judge::may_call(&ctx, &bench.case) {
        return Err(Error::refused(
            "not-to-call",
            "这件现在不由您回访：不在待评价，没有抽到，或者是您单位办的。",
            "This is not yours to call: it is not waiting for a word, was not drawn, or your unit handled it.",
        )
        .into());
    }
    let (eye, row) = (&bench.eye, &bench.case.row);
    let page = Page::new(&eye.look, eye.t("回访", "Call back"))
        .at(Queue::Callback.path())
        .crumbs(vec![
            Crumb { href: Queue::Callback.path().into(), label: Queue::Callback.name().to(eye.locale()).into() },
            Crumb { href: format!("/requests/{}", row.number), label: row.number.clone() },
        ])
        .lede(html! { p { (row.title) } (meta(&[html! { (eye.unit(row.unit)) }, html! { (eye.place(row)) }])) })
        .main(html! {
            (form::script_card(&bench))
            @if let Some(answer) = &row.answer { (card(Some(eye.t("答复是这样说的", "What was answered")), html! { p.lines { (answer) } })) }
            (card(Some(eye.t("接通了", "They answered the call")), form::form(&bench, &FormState::default(), &back(&bench))))
        })
        .aside(html! {
            (card(Some(eye.t("诉求人", "The person")), html! {
                p { a.btn href={ "/requests/" (row.number) "/identity" } data-key="t" { (eye.t("查看电话（会记录）", "Telephone (recorded)")) } }
            }))
            (card(Some(eye.t("没接通", "Nobody reached")), missed(&bench)))
        });
    Ok(page.into_response())
}

/// The list from which the call was made.
fn back(b: &Bench) -> String {
    address(false, b.sample.is_some())
}

/// One button for each way of reaching nobody.
fn missed(b: &Bench) -> Markup {
    let eye = &b.eye;
    let done = form::tried(b);
    let slug = if b.sample.is_some() { Act::SampleMissed.slug() } else { Act::Attempt.slug() };
    html! {
        p.hint { (done) }
        form method="post" action={ "/requests/" (b.case.row.number) "/" (slug) } {
            (csrf_field(&eye.look))
            (hidden("seq", &b.case.row.seq.to_string()))
            (hidden("back", &back(b)))
            (actions(html! {
                @for (key, zh, en) in judge::OUTCOMES {
                    button.btn type="submit" name="outcome" value=(key) { (eye.locale().t(zh, en)) }
                }
            }))
        }
        @if b.offers.iter().any(|o| o.act == Act::Lapse && o.blocked_by.is_empty()) {
            p { a href={ "/requests/" (b.case.row.number) "/lapse" } { (eye.t("日子够了，按逾期未评转销号", "Enough days: go on without a word")) } }
        }
    }
}
