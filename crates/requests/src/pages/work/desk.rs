//! My work: what is due, what waits for me as lead, what my unit was asked, what I wait for.

use super::next;
use super::queue::{self, Queue};
use crate::ctx::Ctx;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::store::{desk, queue as store};
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::response::IntoResponse;
use db::Tx;
use kernel::{AccountId, DAY, Locale, Result, Role, Timestamp, UnitId};
use maud::{Markup, html};
use rules::case::State as Stand;
use web::components::{Column, Row, Table, Tile, Tone, card_with, empty_state, tiles};
use web::{Page, PageResult, format};

/// The most rows a list shows; the ledger has the rest.
const MOST: i64 = 60;
/// Queues are counted so far.
const CAP: i64 = 999;

struct Desk {
    mine: Vec<Request>,
    /// To sign for, to name an officer for, to sign off: in units that I lead.
    lead: Vec<Request>,
    /// Helping requests to my units.
    help: Vec<Request>,
    /// Queues that are mine to work, with how many wait.
    queues: Vec<(Queue, i64)>,
}

fn read(tx: &mut dyn Tx, ctx: &Ctx, me: AccountId) -> Result<Desk> {
    let mut lead = Vec::new();
    let mut help = Vec::new();
    for unit in units(ctx, &[Role::Lead]) {
        lead.extend(desk::of_unit(tx, unit, &[Stand::Assigned, Stand::Accepted, Stand::Judged], MOST)?);
    }
    for unit in units(ctx, &[Role::Lead, Role::Officer]) {
        help.extend(desk::asked_of(tx, unit, MOST)?);
    }
    let mut queues = Vec::new();
    for queue in queue::mine(&ctx.scope) {
        let waiting = match queue {
            Queue::Notices => queue::undelivered(tx, ctx)?,
            _ => store::count(tx, &queue.which(ctx), &queue.within(ctx), CAP)?,
        };
        queues.push((queue, waiting));
    }
    let mine = desk::mine(tx, me, 4 * MOST)?;
    Ok(Desk { mine, lead, help, queues })
}

/// The units in which somebody holds one of these roles.
fn units(ctx: &Ctx, roles: &[Role]) -> Vec<UnitId> {
    let mut out: Vec<UnitId> =
        ctx.scope.grants.iter().filter(|g| roles.contains(&g.role)).map(|g| g.unit).collect();
    out.sort();
    out.dedup();
    out
}

/// `GET /work`.
pub(crate) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let me = staff.account()?.id;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let desk = ctx.read(move |tx, ctx| read(tx, ctx, me)).await?;
    Ok(page(&Eye::new(&staff.look, &ctx), desk).into_response())
}

/// Where an own case stands for the one who answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Late,
    Today,
    Soon,
    Later,
    Others,
    Lead,
}

fn turn(ctx: &Ctx, r: &Request) -> Turn {
    match r.state {
        Stand::Assigned | Stand::Accepted | Stand::Judged => return Turn::Lead,
        Stand::Paused | Stand::Answered | Stand::Referred | Stand::Review | Stand::Arbitration => {
            return Turn::Others;
        }
        _ => {}
    }
    near_by(ctx, r)
}

/// How near the next date of a case is.
fn near_by(ctx: &Ctx, r: &Request) -> Turn {
    let Some(due) = due(r) else { return Turn::Later };
    let (day, today) = (ctx.site.zone.date(due), ctx.today());
    if due < ctx.at {
        Turn::Late
    } else if day == today {
        Turn::Today
    } else if due.0 - ctx.at.0 <= 3 * DAY {
        Turn::Soon
    } else {
        Turn::Later
    }
}

fn due(r: &Request) -> Option<Timestamp> {
    // While it waits for the person the promised date rests.
    match (r.step_due, r.owed_by()) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn page(eye: &Eye, desk: Desk) -> Page {
    let ctx = &eye.ctx;
    let pick = |turns: &[Turn]| -> Vec<&Request> {
        desk.mine.iter().filter(|r| turns.contains(&turn(ctx, r))).collect()
    };
    let (late, today, soon) = (pick(&[Turn::Late]), pick(&[Turn::Today]), pick(&[Turn::Soon]));
    let (later, others) = (pick(&[Turn::Later]), pick(&[Turn::Others]));
    let mut lead: Vec<&Request> = desk.lead.iter().collect();
    // What I answer for myself, in a unit that I do not lead.
    lead.extend(pick(&[Turn::Lead]).into_iter().filter(|r| desk.lead.iter().all(|l| l.id != r.id)));
    let urgent: Vec<&Request> = late.iter().chain(&today).chain(&soon).copied().collect();
    let nothing = desk.mine.is_empty() && desk.lead.is_empty() && desk.help.is_empty();
    let empty_queues = desk.queues.iter().all(|(_, n)| *n == 0);
    // What waits for me as lead counts as well: its step is mine.
    let (mut over, mut on_day, mut near) = (late.len(), today.len(), soon.len());
    for r in &lead {
        match near_by(ctx, r) {
            Turn::Late => over += 1,
            Turn::Today => on_day += 1,
            Turn::Soon => near += 1,
            _ => {}
        }
    }
    let lede = match eye.locale() {
        Locale::Zh => format!("逾期 {over}，今天到期 {on_day}，三天内到期 {near}"),
        Locale::En => format!("{over} overdue, {on_day} due today, {near} within three days"),
    };
    Page::new(&eye.look, eye.t("我的事", "My work"))
        .at("/work")
        .lede(html! { p { (lede) } })
        .main(html! {
            @if !desk.queues.is_empty() { (queue_tiles(eye, &desk.queues)) }
            @if nothing {
                (empty_state(
                    if empty_queues { eye.t("现在没有要您办的事。新的事交到您手上时会出现在这里。", "Nothing is yours to do now. What is given to you appears here.") }
                    else { eye.t("没有您负责的诉求；上面的队列里有事等着。", "You answer for no case; the queues above have work.") },
                    Some((eye.t("看台账", "To the ledger"), "/requests")),
                ))
            }
            (list(eye, eye.t("先办这些", "First these"), &urgent, eye.t("没有逾期或快到期的。", "Nothing overdue or due soon."), !desk.mine.is_empty() && lead.is_empty()))
            (list(eye, eye.t("等我以负责人处理", "Waiting for me as lead"), &lead, "", false))
            (list(eye, eye.t("请我单位协办的", "My unit is asked to help"), &desk.help.iter().collect::<Vec<_>>(), "", false))
            (list(eye, eye.t("在办，还有时间", "In hand, with time left"), &later, "", false))
            (list(eye, eye.t("我在等的", "What I wait for"), &others, "", false))
        })
}

fn queue_tiles(eye: &Eye, queues: &[(Queue, i64)]) -> Markup {
    let items: Vec<Tile> = queues
        .iter()
        .map(|(q, n)| Tile {
            label: q.name().to(eye.locale()).to_owned(),
            value: if *n > CAP { format!("{CAP}+") } else { format::number(*n) },
            note: String::new(),
            href: Some(q.path().to_owned()),
            tone: Tone::Plain,
        })
        .collect();
    tiles(&items)
}

fn list(eye: &Eye, title: &str, all: &[&Request], empty: &str, always: bool) -> Markup {
    if all.is_empty() && !always {
        return html! {};
    }
    let n = all.len();
    html! {
        (card_with(title, html! { (n) (eye.t(" 件", if n == 1 { " case" } else { " cases" })) }, html! {
            @if all.is_empty() { p.hint { (empty) } } @else { (table(eye, title, all)) }
        }))
    }
}

/// Cases of one's desk: a date before a state.
pub(super) fn table(eye: &Eye, caption: &str, all: &[&Request]) -> Markup {
    let rows = all.iter().map(|r| {
        let tone = match due(r) {
            Some(at) if at < eye.ctx.at => Tone::Late,
            Some(at) if eye.ctx.site.zone.date(at) == eye.ctx.today() => Tone::Soon,
            _ => Tone::Plain,
        };
        Row::new(vec![
            html! { (eye.due(r)) },
            html! { (r.title) },
            html! { (eye.state(r)) },
            html! { (step(eye, r)) },
            html! { (eye.place(r)) },
            html! { span.nowrap { (r.number) } },
        ])
        .href(format!("/requests/{}", r.number))
        .tone(tone)
    });
    Table::new(&eye.look, caption)
        .column(Column::new(eye.t("答复期限", "Answer due")))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("状态", "State")))
        .column(Column::new(eye.t("这一步", "This step")))
        .column(Column::new(eye.t("地点", "Place")).seldom())
        .column(Column::new(eye.t("编号", "Number")))
        .rows(rows)
        .render()
}

/// When the present step is due, where that is another date than the answer's.
fn step(eye: &Eye, r: &Request) -> Markup {
    let Some(at) = r.step_due.filter(|at| Some(*at) != r.answer_due || !r.state.owes_answer()) else {
        return html! { span.quiet.none { "—" } };
    };
    let locale = eye.locale();
    html! {
        time datetime=(format::iso(eye.ctx.site.zone, at)) { (next::by_when(&eye.ctx, locale, at)) }
        @if at < eye.ctx.at { " " span.late { (format::time_left(locale, eye.ctx.at, at)) } }
    }
}
