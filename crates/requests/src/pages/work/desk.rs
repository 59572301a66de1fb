//! My work: what is due, what waits for me as lead, what my unit was asked, what I wait for.

use super::beside::{self, Duties};
use super::next;
use super::queue::{self, Queue};
use crate::ctx::Ctx;
use crate::export;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::shield;
use crate::store::papers::Place;
use crate::store::{desk, papers};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::State;
use axum::response::IntoResponse;
use db::Tx;
use kernel::{AccountId, DAY, Locale, Result, Role, Timestamp, UnitId};
use maud::{Markup, html};
use rules::case::State as Stand;
use web::components::{Column, Row, Table, Tile, Tone, button_link, card, card_with, empty_state, tiles};
use web::{Page, PageResult, format};

/// The most rows that are read for a list.
const MOST: i64 = 240;
/// The most rows a list shows, so that the page stays small; the ledger has the rest.
const SHOWN: usize = 20;
/// The same for what has to be done first.
const FIRST: usize = 40;
/// So long a case that my unit sent back is shown, decided or not.
const SENT_BACK: i64 = 30 * DAY;
/// Papers are counted so far.
const CAP: i64 = 999;
/// Queues are counted so far: whoever has more than that does not need the number.
const WAITING: i64 = web::look::COUNTED as i64;

/// Where a case waits for the one who answers for it.
pub(super) const TURN: &[Stand] =
    &[Stand::Registered, Stand::Triaged, Stand::Returned, Stand::InHand, Stand::Rework];

struct Desk {
    mine: Vec<Request>,
    /// To sign for, to name an officer for, to sign off: in units that I lead.
    lead: Vec<Request>,
    /// Helping requests to my units.
    help: Vec<Request>,
    /// What my units sent back: no longer theirs to open, but theirs to hear of.
    returned: Vec<desk::SentBack>,
    /// Queues that are mine to work, with how many wait.
    queues: Vec<(Queue, i64)>,
    /// How many open cases that are kept from somebody I may open.
    shielded: usize,
    /// Slips that wait for me to confirm, and in my hands originals and other papers.
    papers: (usize, (i64, i64)),
    /// Households to be seen and promises open.
    duties: Duties,
}

fn read(tx: &mut dyn Tx, ctx: &Ctx, me: AccountId) -> Result<Desk> {
    let mut lead = Vec::new();
    let (mut help, mut returned) = (Vec::new(), Vec::new());
    for unit in units(ctx, &[Role::Lead]) {
        lead.extend(desk::for_lead(tx, unit, MOST)?);
    }
    for unit in units(ctx, &[Role::Lead, Role::Officer]) {
        help.extend(desk::asked_of(tx, unit, MOST)?);
        returned.extend(desk::returned_by(tx, unit, ctx.at.plus(-SENT_BACK), SHOWN as i64)?);
    }
    let queues = queue::mine(&ctx.scope)
        .into_iter()
        .map(|q| Ok((q, q.count(tx, ctx, WAITING)?)))
        .collect::<Result<_>>()?;
    let mine = desk::mine(tx, me, MOST)?;
    let shielded = shield::visible(tx, ctx)?.iter().filter(|r| r.is_live()).count();
    let mut waiting = 0;
    for unit in receiving_units(ctx) {
        waiting += papers::waiting_at(tx, unit, Place::START, MOST)?.len();
    }
    let papers = (waiting, papers::count_held(tx, me, CAP)?);
    let duties = beside::duties(tx, ctx, me)?;
    Ok(Desk { mine, lead, help, returned, queues, shielded, papers, duties })
}

/// The units for which somebody may sign for papers: those in which they work on cases.
pub(in crate::pages) fn receiving_units(ctx: &Ctx) -> Vec<UnitId> {
    let apart = [Role::Admin, Role::Auditor, Role::Moderator];
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|r| !apart.contains(r)).collect();
    units(ctx, &roles)
}

/// The units in which somebody holds one of these roles.
pub(super) fn units(ctx: &Ctx, roles: &[Role]) -> Vec<UnitId> {
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
        // Signed off by the lead of the unit, not by the officer who answered.
        Stand::Judged if !units(ctx, &[Role::Lead]).contains(&r.unit) => return Turn::Others,
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
        .lede(html! { @if !nothing { p { (lede) } } })
        .tools(tools(eye))
        .main(html! {
            @if !desk.queues.is_empty() { (queue_tiles(eye, &desk.queues)) }
            @if desk.shielded > 0 { (shielded_card(eye, desk.shielded)) }
            @if desk.papers != (0, (0, 0)) { (papers_card(eye, desk.papers)) }
            (beside::view(eye, &desk.duties))
            @if nothing {
                (empty_state(
                    if ctx.scope.has(Role::Auditor) { eye.t("您看得到每个队列和全部台账，不用办件。", "You see every queue and the whole ledger; nothing is yours to handle.") }
                    else if empty_queues && desk.duties.own() { eye.t("没有您负责的诉求；要走访的户在上面。", "You answer for no case; the households to see stand above.") }
                    else if empty_queues { eye.t("现在没有要您办的事。新的事交到您手上时会出现在这里。", "Nothing is yours to do now. What is given to you appears here.") }
                    else { eye.t("没有您负责的诉求；上面的队列里有事等着。", "You answer for no case; the queues above have work.") },
                    Some((eye.t("看台账", "To the ledger"), "/requests")),
                ))
            }
            @if !urgent.is_empty() || (!desk.mine.is_empty() && lead.is_empty()) {
                (list(eye, eye.t("先办这些", "First these"), &urgent, FIRST))
            }
            (list(eye, eye.t("等我以负责人处理", "Waiting for me as lead"), &lead, SHOWN))
            (list(eye, eye.t("请我单位协办的", "My unit is asked to help"), &desk.help.iter().collect::<Vec<_>>(), SHOWN))
            (list(eye, eye.t("在办，还有时间", "In hand, with time left"), &later, SHOWN))
            (list(eye, eye.t("我在等的", "What I wait for"), &others, SHOWN))
            (sent_back(eye, &desk.returned))
        })
}

/// The way to the cases that are listed nowhere else.
fn shielded_card(eye: &Eye, n: usize) -> Markup {
    card(
        None,
        html! { p.row-of {
            span { b { (eye.t("受保护的诉求", "Shielded cases")) } (eye.t("：在办 ", ": ")) (n) (eye.t(" 件，不在别的列表和数里", " open, in no other list or count")) }
            a href="/shielded" { (eye.t("去看", "Open the list")) }
        } },
    )
}

/// The way to the papers of affairs that wait for me, or that I hold.
fn papers_card(eye: &Eye, (waiting, (originals, others)): (usize, (i64, i64))) -> Markup {
    let (originals, others) = (format::capped(originals, CAP), format::capped(others, CAP));
    let text = match eye.locale() {
        Locale::Zh => format!("：等我签收 {waiting} 单，在我手里原件 {originals} 份，其他 {others} 份"),
        Locale::En => {
            format!(": {waiting} slips wait for me; in my hands {originals} originals, {others} other papers")
        }
    };
    card(
        None,
        html! { p.row-of {
            span { b { (eye.t("群众的材料", "People's papers")) } (text) }
            a href="/papers" { (eye.t("去看", "Open the list")) }
        } },
    )
}

/// What belongs to the desk besides the cases.
fn tools(eye: &Eye) -> Markup {
    let scope = &eye.ctx.scope;
    let may = |verb, noun| access::may_somewhere(scope, verb, noun);
    html! {
        @if may(Verb::TakeUp, Noun::Request) { (button_link(eye.t("心愿墙", "Wishes"), "/wishes")) }
        @if may(Verb::Answer, Noun::Request) && may(Verb::List, Noun::Template) {
            (button_link(eye.t("答复参考", "Answer wordings"), "/templates"))
        }
        @if may(Verb::HandOver, Noun::Request) {
            (button_link(eye.t("移交我的事", "Hand over"), "/hand-over"))
        }
    }
}

fn queue_tiles(eye: &Eye, queues: &[(Queue, i64)]) -> Markup {
    let items: Vec<Tile> = queues
        .iter()
        .map(|(q, n)| Tile {
            label: q.name().to(eye.locale()).to_owned(),
            value: format::capped(*n, WAITING),
            note: String::new(),
            href: Some(q.path().to_owned()),
            tone: Tone::Plain,
        })
        .collect();
    tiles(&items)
}

/// One list of the desk, its first `most` rows.
fn list(eye: &Eye, title: &str, all: &[&Request], most: usize) -> Markup {
    let n = all.len();
    let urgent = most == FIRST;
    html! {
        @if n > 0 || urgent {
            (card_with(title, html! { (n) (eye.t(" 件", if n == 1 { " case" } else { " cases" })) }, html! {
                @if n == 0 { p.hint { (eye.t("没有逾期或快到期的。", "Nothing overdue or due soon.")) } }
                @else { (table(eye, title, &all[..n.min(most)])) }
                @if n > most { p.hint { (rest(eye, n - most)) } }
            }))
        }
    }
}

/// What was sent back and what became of it. Whoever has no part in a case any more does not open it, so the
/// rows lead nowhere.
fn sent_back(eye: &Eye, all: &[desk::SentBack]) -> Markup {
    let title = eye.t("我在等的：退出去的单", "What I wait for: sent back");
    let rows = all.iter().map(|r| {
        let (unit, first) = (eye.unit(r.unit), eye.unit(r.first_unit));
        let now = match (r.decided, eye.locale()) {
            (true, Locale::Zh) => format!("已定，不再由本单位办，现在在{unit}"),
            (true, Locale::En) => format!("decided: no longer yours; {unit} has it"),
            (false, Locale::Zh) => format!("等{first}或督办员裁定"),
            (false, Locale::En) => format!("{first} or the arbiter decides"),
        };
        Row::new(vec![
            html! { (r.title) },
            html! { (eye.moment(r.at)) },
            html! { (now) },
            html! { span.nowrap { (r.number) } },
        ])
    });
    html! {
        @if !all.is_empty() {
            (card(Some(title), Table::new(&eye.look, title)
                .column(Column::new(eye.t("事项", "Matter")).primary())
                .column(Column::new(eye.t("退单", "Sent back")))
                .column(Column::new(eye.t("现在", "Now")))
                .column(Column::new(eye.t("编号", "Number")).bare())
                .rows(rows)
                .render()))
        }
    }
}

/// Where the rows are that the list leaves out.
fn rest(eye: &Eye, n: usize) -> Markup {
    let own = export::open(&eye.ctx, Verb::List, export::MINE).is_ok();
    let href = format!("/requests?{}standing=live&sort=due", if own { "unit=mine&" } else { "" });
    let text = match eye.locale() {
        Locale::Zh => format!("还有 {n} 件，按到期先后在台账里"),
        Locale::En => format!("{n} more, due first, in the ledger"),
    };
    html! { a href=(href) { (text) } }
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
        .column(Column::new(eye.t("状态", "State")).bare())
        .column(Column::new(eye.t("这一步", "This step")))
        .column(Column::new(eye.t("地点", "Place")).bare().seldom())
        .column(Column::new(eye.t("编号", "Number")).bare())
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
