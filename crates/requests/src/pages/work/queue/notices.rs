//! Messages that did not arrive and that nobody has acted on: a clerk tells the person in another way
//! and puts it on record.

use super::Queue;
use super::list::{Asked, ROWS, frame};
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use crate::store::untold::{self, Untold};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{MessageId, Result, Role};
use maud::html;
use web::components::{Column, Row, Table, Tone, card, empty_state, pager, pill};
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

/// How many notices wait for somebody to act.
pub(crate) fn undelivered(tx: &mut dyn Tx, ctx: &Ctx) -> Result<i64> {
    paths(ctx).iter().map(|p| untold::count(tx, p)).sum()
}

/// `GET /queues/notices`.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    staff.need(&[Queue::Notices.roles(), &[Role::Auditor]].concat())?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let after: Option<MessageId> = asked.after.parse().ok();
    let (rows, next) = ctx
        .read(move |tx, ctx| {
            let mut out: Vec<Untold> = Vec::new();
            for path in paths(ctx) {
                out.extend(untold::untold(tx, &path, after, ROWS + 1)?);
            }
            out.sort_by_key(|u| u.message);
            let more = out.len() as i64 > ROWS;
            out.truncate(ROWS as usize);
            let next = out.last().filter(|_| more).map(|u| u.message);
            Ok((out, next))
        })
        .await?;
    Ok(page(&Eye::new(&staff.look, &ctx), &rows, next).into_response())
}

fn page(eye: &Eye, rows: &[Untold], next: Option<MessageId>) -> Page {
    let queue = Queue::Notices;
    let locale = eye.locale();
    let table = Table::new(&eye.look, queue.name().to(locale).to_owned())
        .column(Column::new(eye.t("欠了多久", "Owed since")))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("哪一次告知", "Which notice")))
        .column(Column::new(eye.t("为什么没到", "Why it did not arrive")))
        .column(Column::new(eye.t("状态", "State")))
        .column(Column::new(eye.t("编号", "Number")))
        .rows(rows.iter().map(|u| {
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
            .href(format!("/requests/{}/notice-act", u.case.number))
        }))
        .render();
    let next = next.map(|n| format!("{}?after={n}", queue.path()));
    frame(eye, queue)
        .lede(html! { p { (eye.t("打电话、上门、当面或书面告知以后，打开这一件登记。", "Tell the person by telephone, on a visit, in person or in writing; then open the case and put it on record.")) } })
        .main(html! {
            @if rows.is_empty() { (empty_state(queue.empty().to(locale), Some((eye.t("回到我的事", "Back to my work"), "/work")))) }
            @else { (card(None, table)) (pager(&eye.look, None, next.as_deref(), "")) }
        })
}
