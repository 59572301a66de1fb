//! Messages that did not arrive and that nobody has acted on: a clerk tells the person in another way
//! and puts it on record.

use super::Queue;
use super::list::{Asked, ROWS, frame};
use crate::ctx::Ctx;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::store::{desk, request};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{MessageId, RequestId, Result, Role};
use maud::html;
use notify::Message;
use rules::case::Notice;
use web::components::{Column, Row, Table, Tone, card, empty_state, pager, pill};
use web::PageResult;

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

/// How many messages wait for somebody to act.
pub(crate) fn undelivered(tx: &mut dyn Tx, ctx: &Ctx) -> Result<i64> {
    paths(ctx).iter().map(|p| notify::undeliverable_count(tx, p)).sum()
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
    let found = ctx
        .read(move |tx, ctx| {
            let mut out: Vec<Message> = Vec::new();
            for path in paths(ctx) {
                out.extend(notify::undeliverable(tx, &path, after, ROWS as usize + 1)?);
            }
            out.sort_by_key(|m| m.id);
            let more = out.len() as i64 > ROWS;
            out.truncate(ROWS as usize);
            let next = out.last().filter(|_| more).map(|m| m.id);
            let mut rows: Vec<(Message, Option<Request>)> = Vec::new();
            for m in out {
                let case = match m.about {
                    Some(id) => request::by_id(tx, RequestId(id))?.filter(|r| desk::may_see(ctx, r)),
                    None => None,
                };
                rows.push((m, case));
            }
            Ok((rows, next))
        })
        .await?;
    let (rows, next) = found;
    let eye = Eye::new(&staff.look, &ctx);
    let queue = Queue::Notices;
    let locale = eye.locale();
    let table = Table::new(&eye.look, queue.name().to(locale).to_owned())
        .column(Column::new(eye.t("欠了多久", "Owed since")))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("哪一次告知", "Which notice")))
        .column(Column::new(eye.t("为什么没到", "Why it did not arrive")))
        .column(Column::new(eye.t("编号", "Number")))
        .rows(rows.iter().map(|(m, case)| {
            let what = Notice::from_key(&m.purpose)
                .map_or_else(|| eye.t("其他消息", "Another message").to_owned(), |n| n.name().to(locale).to_owned());
            let why = m.failed_reason.map(|r| r.say().to(locale).to_owned()).unwrap_or_default();
            let row = Row::new(vec![
                html! { (eye.moment(m.created_at)) },
                html! { @if let Some(c) = case { (c.title) } @else { (eye.t("（看不到的事项）", "(not yours to see)")) } },
                html! { (what) },
                pill(Tone::Late, &why),
                html! { @if let Some(c) = case { span.nowrap { (c.number) } } },
            ]);
            match case {
                // A notice of the three is put on record there; anything else is looked at.
                Some(c) if Notice::from_key(&m.purpose).is_some() => row.href(format!("/requests/{}/notice-act", c.number)),
                Some(c) => row.href(format!("/requests/{}", c.number)),
                None => row,
            }
        }))
        .render();
    let next = next.map(|n| format!("{}?after={n}", queue.path()));
    let page = frame(&eye, queue)
        .lede(html! { p { (eye.t("打电话、上门、当面或书面告知以后，打开这一件登记。", "Tell the person by telephone, on a visit, in person or in writing; then open the case and put it on record.")) } })
        .main(html! {
            @if rows.is_empty() { (empty_state(queue.empty().to(locale), Some((eye.t("回到我的事", "Back to my work"), "/work")))) }
            @else { (card(None, table)) (pager(&eye.look, None, next.as_deref(), "")) }
        });
    Ok(page.into_response())
}
