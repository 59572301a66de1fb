//! Messages that did not arrive and that nobody has acted on: a clerk tells the person in another way
//! and puts it on record.

use super::Queue;
use super::list::{Asked, ROWS, frame};
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use crate::pages::turn::Leaf;
use crate::pages::work::waiting::queues;
use crate::store::untold::{self, From, Untold};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{Result, Role};
use maud::html;
use web::components::{Column, Row, Table, Tone, card, empty_state, pill};
use web::{Page, PageResult};

/// The paths within which the reader tells people.
fn paths(ctx: &Ctx) -> Vec<String> {
    if ctx.scope.has(Role::Auditor) {
        return ctx.dir.root().map(|u| vec![u.path.clone()]).unwrap_or_default();
    }
    let roles = Queue::Notices.roles();
    let mut all: Vec<String> =
        ctx.scope.grants.iter().filter(|g| roles.contains(&g.role)).map(|g| g.path.clone()).collect();
    all.sort();
    all.dedup_by(|later, kept| later.starts_with(kept.as_str()));
    all
}

/// How many notices wait for somebody to act, counted up to `cap`.
pub(super) fn undelivered(tx: &mut dyn Tx, ctx: &Ctx, cap: i64) -> Result<i64> {
    paths(ctx).iter().map(|p| untold::count(tx, p, cap)).sum()
}

/// `GET /queues/notices`.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    staff.need(&[Queue::Notices.roles(), &[Role::Auditor]].concat())?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let back = asked.before.parse().ok().map(From::Before);
    let from = back.or(asked.after.parse().ok().map(From::After));
    let (leaf, waiting) =
        ctx.read(move |tx, ctx| Ok((read(tx, ctx, from)?, queues(tx, ctx, |_| true)?))).await?;
    Ok(page(&Eye::new(&staff.look, &ctx), &leaf, &waiting).into_response())
}

/// A page of them, oldest first.
fn read(tx: &mut dyn Tx, ctx: &Ctx, from: Option<From>) -> Result<Leaf<Untold>> {
    let back = from.map(|f| matches!(f, From::Before(_)));
    let mut out: Vec<Untold> = Vec::new();
    for path in paths(ctx) {
        out.extend(untold::untold(tx, &path, from.unwrap_or(From::START), ROWS + 1)?);
    }
    out.sort_by_key(|u| u.message);
    // Of several paths each brought a page; those nearest to where it goes on are kept.
    let most = ROWS as usize + 1;
    match back {
        Some(true) => out.drain(..out.len().saturating_sub(most)).for_each(drop),
        _ => out.truncate(most),
    }
    Ok(Leaf::cut(out, ROWS as usize, back))
}

fn page(eye: &Eye, leaf: &Leaf<Untold>, waiting: &[(Queue, i64)]) -> Page {
    let queue = Queue::Notices;
    let locale = eye.locale();
    let table = Table::new(&eye.look, queue.name().to(locale).to_owned())
        .column(Column::new(eye.t("欠了多久", "Owed since")))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("哪一次告知", "Which notice")).bare())
        .column(Column::new(eye.t("为什么没到", "Why it did not arrive")))
        .column(Column::new(eye.t("状态", "State")).bare())
        .column(Column::new(eye.t("编号", "Number")).bare())
        .rows(leaf.rows.iter().map(|u| {
            let why = notify::Reason::from_key(&u.why).map(|r| r.say().to(locale).to_owned());
            let what = u.notice.name();
            Row::new(vec![
                html! { (eye.moment(u.since)) },
                html! { (u.case.title) },
                html! { (what.to(locale)) },
                pill(Tone::Late, &why.unwrap_or_else(|| eye.t("无法送达", "cannot be delivered").to_owned())),
                eye.state(&u.case),
                html! { span.nowrap { (u.case.number) } },
            ])
            .href(format!("/requests/{}/notice-act?message={}", u.case.number, u.message))
        }))
        .render();
    frame(eye, queue, waiting)
        .lede(html! { p { (eye.t("打电话、上门、当面或书面告知以后，打开这一件登记。", "Tell the person by telephone, on a visit, in person or in writing; then open the case and put it on record.")) } })
        .main(html! {
            @if leaf.rows.is_empty() { (empty_state(queue.empty().to(locale), Some((eye.t("回到我的事", "Back to my work"), "/work")))) }
            @else { (card(None, table)) (leaf.pager(&eye.look, queue.path(), |u| u.message.to_string())) }
        })
}
