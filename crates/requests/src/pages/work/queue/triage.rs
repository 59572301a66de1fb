//! Triage 分流: one case in front with what is proposed for it, the others waiting beside. One key takes
//! the proposal and goes on to the next.

use super::Queue;
use super::list::{Asked as Turn, Rows, body, frame, load};
use crate::acts::{On, assign, returns, triage};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Request;
use crate::pages::work::act::Act;
use crate::pages::work::form::{self, Bench, class_of, unit_of};
use crate::pages::work::next;
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use db::Tx;
use kernel::{Error, Result};
use maud::{Markup, html};
use rules::case::{Kind, State as Stand, Urgency};
use serde::Deserialize;
use web::components::{FlashKind, actions, card, card_with, meta};
use web::form::{FormOptions, error_summary, form_with, hidden};
use web::{FormBody, FormState, Page, PageResult, Values, redirect_with};

/// Which case is in front, on which page of those that wait.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    at: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    before: String,
}

/// `GET /queues/triage`.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let queue = Queue::Triage;
    let turn = Turn { after: asked.after, before: asked.before };
    let here = turn.address(queue);
    let rows = load(&ctx, &staff, queue, queue.which(&ctx), &turn).await?;
    let all = &rows.leaf.rows;
    let front = all.iter().find(|r| r.number == asked.at).or(all.first()).map(|r| r.number.clone());
    let Some(number) = front else {
        return Ok(frame(&rows.eye, queue, &rows.waiting).main(body(&rows, queue)).into_response());
    };
    let bench = Bench::load(&ctx, &staff.look, &number, Act::Triage).await?;
    let state = FormState::new(start(&bench));
    Ok(page(&rows, &bench, &state, &here).into_response())
}

fn start(b: &Bench) -> Values {
    let row = &b.case.row;
    let mut v = Values::default();
    v.set("class", row.class.as_str());
    v.set("kind", row.kind.key());
    v.set("urgency", row.urgency.key());
    v.set("unit", b.proposed.map(|u| u.to_string()).unwrap_or_default());
    v
}

fn page(rows: &Rows, b: &Bench, s: &FormState, here: &str) -> Page {
    let queue = Queue::Triage;
    frame(&rows.eye, queue, &rows.waiting).main(front(b, s)).aside(waiting(rows, &b.case.row.number, here))
}

/// The case in front, and its form.
fn front(b: &Bench, s: &FormState) -> Markup {
    let (eye, row) = (&b.eye, &b.case.row);
    let action = format!("/queues/triage/{}", row.number);
    let may =
        b.offers.iter().any(|o| matches!(o.act, Act::Assignment | Act::Ruling) && o.blocked_by.is_empty());
    let options = FormOptions { action: &action, enter_next: true, class: "wide", ..FormOptions::default() };
    card(
        None,
        html! {
            div.row-of { (eye.state(row)) (eye.due(row)) }
            h2 { a href={ "/requests/" (row.number) } { (row.title) } }
            (meta(&[
                html! { span.nowrap { (row.number) } },
                html! { (eye.place(row)) },
                html! { (eye.channel(&row.channel)) " · " (eye.moment(row.received_at)) },
            ]))
            p.lines { (row.body) }
            @if may {
                (form_with(&eye.look, options, html! {
                    (error_summary(&eye.look, s))
                    (hidden("seq", &row.seq.to_string()))
                    (form::fields_of_triage(b, s))
                    (actions(html! {
                        button.btn.main type="submit" name="do" value="send" data-key="a" {
                            span { (eye.t("就这样交办", "Send it like this")) } kbd { "a" }
                        }
                        button.btn type="submit" name="do" value="keep" { (eye.t("只分流，先不交办", "Settle it, send later")) }
                    }))
                }))
            }
            (others(b))
        },
    )
}

/// What else can be done with it.
fn others(b: &Bench) -> Markup {
    let eye = &b.eye;
    let wanted = [Act::Merge, Act::Refusal, Act::Settlement, Act::Correction];
    let links: Vec<Markup> = b
        .offers
        .iter()
        .filter(|o| wanted.contains(&o.act) && o.blocked_by.is_empty())
        .map(|o| {
            let name = o.act.name();
            let key = Some(o.act.key()).filter(|k| !k.is_empty());
            html! { a.btn.quiet href={ "/requests/" (b.case.row.number) "/" (o.act.slug()) } data-key=[key] {
                span { (name.to(eye.locale())) } @if let Some(k) = key { kbd { (k) } }
            } }
        })
        .collect();
    html! { @if !links.is_empty() { (actions(html! { @for l in &links { (l) } })) } }
}

/// The others, due first; `here` is the address of the page of them that is shown.
fn waiting(rows: &Rows, number: &str, here: &str) -> Markup {
    let eye = &rows.eye;
    let leaf = &rows.leaf;
    let n = leaf.rows.len();
    let join = if here.contains('?') { '&' } else { '?' };
    card_with(
        eye.t("按到期先后", "Due first"),
        html! { (n) @if leaf.next { "+" } },
        html! {
            ul.queue data-rows {
                @for r in &leaf.rows {
                    li {
                        a href={ (here) (join) "at=" (r.number) } aria-current=[(r.number == number).then_some("true")] {
                            (r.title)
                        }
                        span.quiet { (by(eye, r)) " · " (eye.class_short(&r.class)) }
                    }
                }
            }
            (rows.pager(Queue::Triage.path()))
        },
    )
}

fn by(eye: &crate::pages::eye::Eye, r: &Request) -> String {
    r.step_due.or(r.answer_due).map_or_else(|| "—".to_owned(), |at| eye.moment(at))
}

/// `POST /queues/triage/{number}`: settles class and unit, and sends it out unless only the first is wanted.
pub(crate) async fn dispatch(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    staff
        .need(Queue::Triage.roles())
        .or_else(|_| staff.need(&[kernel::Role::Clerk, kernel::Role::Supervisor]))?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let wanted = number.clone();
    let case = ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &wanted)).await?;
    let send = values.one("do") != "keep";
    // What is missing from the form concerns only those who may send it.
    case.demand(&ctx, if send { access::Verb::Assign } else { access::Verb::Triage })?;
    match settle(&ctx, &case, &values, send).await {
        Ok(done) => {
            let (act, locale) = (if send { Act::Assignment } else { Act::Triage }, staff.look.locale);
            let text = ctx.read(move |tx, ctx| next::said(tx, ctx, act, &done, locale)).await?;
            Ok(redirect_with(Queue::Triage.path(), FlashKind::Ok, &format!("{number} {text}")))
        }
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let queue = Queue::Triage;
            let rows = load(&ctx, &staff, queue, queue.which(&ctx), &Turn::default()).await?;
            let bench = Bench::load(&ctx, &staff.look, &number, Act::Triage).await?;
            Ok(page(&rows, &bench, &state, queue.path())
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .into_response())
        }
    }
}

/// Both steps in one transaction: nothing is half done.
async fn settle(ctx: &Ctx, case: &Case, v: &Values, send: bool) -> Result<Case> {
    let on = On { id: case.row.id, seq: v.parsed("seq") };
    let input = triage::Triage {
        on,
        class: class_of(ctx, v)?,
        kind: Kind::from_key(v.one("kind")).unwrap_or(case.row.kind),
        urgency: Urgency::from_key(v.one("urgency")).unwrap_or(case.row.urgency),
        unit: unit_of(ctx, v, "unit")?,
        note: v.one("note").to_owned(),
    };
    ctx.write(move |tx, ctx| both(tx, ctx, &input, send)).await
}

fn both(tx: &mut dyn Tx, ctx: &Ctx, input: &triage::Triage, send: bool) -> Result<Case> {
    let case = crate::acts::open(tx, ctx, input.on)?;
    if case.row.state == Stand::Returned {
        let reason = if input.note.is_empty() {
            return Err(Error::field(
                "note",
                "退回来的再交办，请写明理由。",
                "It was returned: please give the reason.",
            ));
        } else {
            input.note.clone()
        };
        return returns::rule(tx, ctx, &returns::Ruling { on: input.on, unit: input.unit, reason });
    }
    let row = &case.row;
    let same = row.class == input.class && row.kind == input.kind && row.urgency == input.urgency;
    // Where the course has a step of its own for it, or something changes, it is taken; dispatch follows.
    let can = case.choices(ctx)?.iter().any(|c| c.verb == rules::case::Verb::Triage);
    let mut on = input.on;
    let mut done = case;
    if can && (!same || !send) {
        done = triage::triage(tx, ctx, input)?;
        on = On { id: on.id, seq: None };
    } else if !same {
        return Err(Error::field(
            "class",
            "现在这一步不能改类别，请先更正。",
            "The class cannot be changed at this step: correct it first.",
        ));
    }
    if !send {
        return Ok(done);
    }
    // The remark went with triage already.
    let note = if on.seq.is_none() { String::new() } else { input.note.clone() };
    assign::assign(tx, ctx, &assign::Assign { on, unit: input.unit, note })
}
