//! A queue as a plain list: arbitration, review, sign-off, moderation, supervision.

use super::{Queue, tabs_of};
use crate::ctx::Ctx;
use crate::model::Request;
use crate::pages::eye::{Eye, names};
use crate::pages::turn::Leaf;
use crate::pages::work::desk::table;
use crate::pages::work::waiting::queues;
use crate::store::filter::Cursor;
use crate::store::queue::{Which, at, page as read};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::{Result, Role};
use maud::{Markup, html};
use serde::Deserialize;
use web::components::{card, card_with, empty_state, tabs};
use web::{Page, PageResult};

/// Rows on a page.
pub(super) const ROWS: i64 = 50;

/// Where the list goes on.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(super) after: String,
    #[serde(default)]
    pub(super) before: String,
}

impl Asked {
    /// The address of this page of a queue.
    pub(super) fn address(&self, queue: Queue) -> String {
        match Cursor::asked(&self.after, &self.before) {
            Some(at) => format!("{}?{}={at}", queue.path(), if at.back { "before" } else { "after" }),
            None => queue.path().to_owned(),
        }
    }
}

/// A page of a queue.
pub(super) struct Rows {
    pub(super) eye: Eye,
    pub(super) leaf: Leaf<Request>,
    /// What stands in each queue of the reader's.
    pub(super) waiting: Vec<(Queue, i64)>,
}

impl Rows {
    /// The way to the pages before and after; `address` is the list's with what is asked of it.
    pub(super) fn pager(&self, address: &str) -> Markup {
        self.leaf.pager(&self.eye.look, address, |r| at(r, false).to_string())
    }
}

/// Reads a page of a queue.
pub(super) async fn load(
    ctx: &Ctx,
    staff: &Staff,
    queue: Queue,
    which: Which,
    asked: &Asked,
) -> Result<Rows> {
    staff.need(&[queue.roles(), &[Role::Auditor]].concat())?;
    let cursor = Cursor::asked(&asked.after, &asked.before);
    let look = staff.look.clone();
    let within = queue.within(ctx);
    ctx.read(move |tx, ctx| {
        let rows = read(tx, &which, &within, cursor, ROWS + 1)?;
        let leaf = Leaf::cut(rows, ROWS as usize, cursor.map(|c| c.back));
        let known = names(tx, leaf.rows.iter().filter_map(|r| r.officer))?;
        let waiting = queues(tx, ctx, |_| true)?;
        Ok(Rows { eye: Eye::new(&look, ctx).with_names(known), leaf, waiting })
    })
    .await
}

/// The frame of every queue: its name and the way to the others.
pub(super) fn frame(eye: &Eye, queue: Queue, waiting: &[(Queue, i64)]) -> Page {
    let name = queue.name();
    let others = tabs_of(waiting, eye.locale(), queue);
    let nav = eye.look.chrome.nav.iter().find(|n| n.href.starts_with("/queues/")).map(|n| n.href.clone());
    Page::new(&eye.look, name.to(eye.locale()))
        .at(nav.as_deref().unwrap_or("/work"))
        .main(html! { @if others.len() > 1 { (tabs(eye.t("队列", "Queues"), &others)) } })
}

/// The list, or why it is empty, with the way on.
pub(super) fn body(r: &Rows, queue: Queue) -> Markup {
    let eye = &r.eye;
    let name = queue.name();
    let all: Vec<&Request> = r.leaf.rows.iter().collect();
    html! {
        @if all.is_empty() {
            (empty_state(queue.empty().to(eye.locale()), Some((eye.t("回到我的事", "Back to my work"), "/work"))))
        } @else {
            (card(None, table(eye, name.to(eye.locale()), &all)))
            (r.pager(queue.path()))
        }
    }
}

/// `GET /queues/…` of a plain queue.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
    queue: Queue,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let rows = load(&ctx, &staff, queue, queue.which(&ctx), &asked).await?;
    Ok(frame(&rows.eye, queue, &rows.waiting).main(body(&rows, queue)).into_response())
}

/// `GET /queues/supervision`: what the program proposes, then what is in force.
pub(crate) async fn supervision(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let queue = Queue::Supervision;
    let proposed = load(&ctx, &staff, queue, Which::Proposed, &Asked::default()).await?;
    let running = load(&ctx, &staff, queue, Which::Supervised, &asked).await?;
    let eye = &proposed.eye;
    let waiting = &running.waiting;
    if proposed.leaf.rows.is_empty() && running.leaf.rows.is_empty() {
        return Ok(frame(eye, queue, waiting).main(body(&running, queue)).into_response());
    }
    let first: Vec<&Request> = proposed.leaf.rows.iter().collect();
    let then: Vec<&Request> = running.leaf.rows.iter().collect();
    let (n, m) = (first.len(), then.len());
    let page = frame(eye, queue, waiting).main(html! {
        (card_with(eye.t("系统建议督办", "Proposed by the program"), html! { (n) }, html! {
            @if first.is_empty() { p.hint { (eye.t("没有新的建议。", "No new proposal.")) } }
            @else { (table(eye, eye.t("建议", "Proposed"), &first)) }
        }))
        (card_with(eye.t("督办中", "Under supervision"), html! { (m) }, html! {
            @if then.is_empty() { p.hint { (eye.t("没有在督办的。", "Nothing is under supervision.")) } }
            @else { (table(&running.eye, eye.t("督办中", "Under supervision"), &then)) }
        }))
        (running.pager(queue.path()))
    });
    Ok(page.into_response())
}
