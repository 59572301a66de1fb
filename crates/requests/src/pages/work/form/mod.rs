//! One page for each act: its form, and what comes of sending it.
//!
//! ```text
//!  GET  /requests/{number}/{act} ─ the form, or what is missing before it can be done
//!  POST /requests/{number}/{act} ─ the act ─> 303 to the case: done, who is next, by when
//!                                        └──> the form again, all kept, the fault beside its field
//! ```

mod answer;
mod arrange;
mod bench;
mod handle;
mod keep;
mod read;
mod relay;
mod told;
mod word;

pub(crate) use arrange::{LONG, triage_fields as fields_of_triage};
pub(crate) use bench::Bench;
pub(crate) use read::{class_of, unit_of};
pub(crate) use word::{script_card, tried};

use super::act::{Act, Offer};
use super::next;
use crate::acts::On;
use crate::case::Case;
use crate::ctx::Ctx;
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::{Error, Result};
use maud::{Markup, html};
use serde::Deserialize;
use web::components::{Flash, FlashKind, actions, card, meta};
use web::form::{FormOptions, button_danger, error_summary, form_with, hidden, submit as main_button};
use web::page::Crumb;
use web::{FormState, Look, MultipartBody, Page, PageResult, Values, redirect_with};

/// What an address may ask of a form.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// A wording to start an answer from.
    #[serde(default)]
    template: String,
    /// The message that did not arrive and that an act replaces.
    #[serde(default)]
    message: String,
}

/// `GET`: the form.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
    act: Act,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let bench = Bench::load(&ctx, &staff.look, &number, act).await?;
    let offer = bench.offer().cloned();
    match offer {
        Some(offer) if offer.blocked_by.is_empty() => {
            let state = FormState::new(start(&bench, &asked));
            Ok(page(&bench, &state).into_response())
        }
        Some(offer) => Ok(blocked(&bench, &offer).into_response()),
        None => Err(refusal(&ctx, &bench).into()),
    }
}

/// `POST`: the act.
pub(crate) async fn submit(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    body: MultipartBody,
    act: Act,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let bench = Bench::load(&ctx, &staff.look, &number, act).await?;
    let seen: Option<i64> = body.values.parsed("seq");
    // Sight, then the right, then what was entered; but a page that was overtaken is told so by the act.
    if bench.offer().is_none() && seen.is_none_or(|seq| seq == bench.case.row.seq) {
        return Err(refusal(&ctx, &bench).into());
    }
    let case = bench.case;
    let on = On { id: case.row.id, seq: seen };
    let values = body.values;
    match run(act, &ctx, on, &case, &values, body.files).await {
        Ok(case) => done(&ctx, &staff.look, act, case, &values).await,
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let bench = Bench::load(&ctx, &staff.look, &number, act).await?;
            Ok(page(&bench, &state).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

/// Back to the case, or to the list that the act was taken from.
async fn done(ctx: &Ctx, look: &Look, act: Act, case: Case, values: &Values) -> PageResult {
    let locale = look.locale;
    let number = case.row.number.clone();
    // Whoever sent it away may not be concerned with it any more.
    let stays = case.may(ctx, access::Verb::View);
    let text = ctx.read(move |tx, ctx| next::said(tx, ctx, act, &case, locale)).await?;
    let back = match values.one("back") {
        "" if stays => format!("/requests/{number}"),
        "" => "/work".to_owned(),
        path => web::look::local_path(path).to_owned(),
    };
    Ok(redirect_with(&back, FlashKind::Ok, &text))
}

async fn run(act: Act, ctx: &Ctx, on: On, case: &Case, v: &Values, files: Vec<web::Upload>) -> Result<Case> {
    match act {
        Act::Triage => arrange::triage(ctx, on, v).await,
        Act::Assignment => arrange::assign(ctx, on, v).await,
        Act::Recall => arrange::recall(ctx, on, v).await,
        Act::Settlement => arrange::settle(ctx, on, v).await,
        Act::Refusal => arrange::refuse(ctx, on, v).await,
        Act::Merge => arrange::merge(ctx, on, v).await,
        Act::Acceptance => arrange::accept(ctx, on).await,
        Act::Officer => arrange::name(ctx, on, v).await,
        Act::Return => arrange::hand_back(ctx, on, v).await,
        Act::Ruling => arrange::rule(ctx, on, v).await,
        Act::Contact | Act::Progress | Act::Note => handle::record(act, ctx, on, v, files).await,
        Act::Help => handle::help(ctx, on, v).await,
        Act::HelpReport => handle::report(ctx, on, v).await,
        Act::Pause => handle::pause(ctx, on, v).await,
        Act::Resumption => handle::resume(ctx, on, v).await,
        Act::Extension => handle::extend(ctx, on, v).await,
        Act::Escalation => handle::escalate(ctx, on, v).await,
        Act::GiveBack => word::give_back(ctx, on, v).await,
        Act::Referral => handle::refer(ctx, on, v).await,
        Act::Decision => handle::decide(ctx, on, v, files).await,
        Act::Answer => answer::answer(ctx, on, v, files).await,
        Act::Judgement => word::judge(ctx, on, case, v).await,
        Act::Attempt => word::missed(ctx, on, v).await,
        Act::Lapse => word::lapse(ctx, on).await,
        Act::Sample => word::check(ctx, on, v).await,
        Act::SampleMissed => word::check_missed(ctx, on, v).await,
        Act::Review => word::review(ctx, on, v).await,
        Act::Closure => word::close(ctx, on, v).await,
        Act::Reopening => word::reopen(ctx, on, v).await,
        Act::Correction => keep::correct(ctx, on, v).await,
        Act::Supervision => keep::supervise(ctx, on, v).await,
        Act::SupervisionReply => keep::reply(ctx, on, v).await,
        Act::Dismissal => keep::dismiss(ctx, on, v).await,
        Act::Moderation => keep::moderate(ctx, on, v).await,
        Act::Relay => relay::send(ctx, on, v).await,
        Act::Told => told::act(ctx, on, case, v).await,
    }
}

/// What the form starts with.
fn start(b: &Bench, asked: &Asked) -> Values {
    match b.act {
        Act::Triage | Act::Correction => arrange::start(b),
        Act::Assignment | Act::Ruling => arrange::start_unit(b),
        Act::Answer => answer::start(b, &asked.template),
        Act::Contact | Act::Progress => [("audience", "person")].into_iter().collect(),
        Act::Note => [("audience", "inside")].into_iter().collect(),
        Act::Moderation => keep::start_moderation(b),
        Act::Told => told::start(b, &asked.message),
        Act::Decision => [("met_on", b.eye.ctx.today().to_string())].into_iter().collect(),
        _ => Values::default(),
    }
}

/// The fields of an act.
pub(crate) fn fields(b: &Bench, s: &FormState) -> Markup {
    match b.act {
        Act::Triage => arrange::triage_fields(b, s),
        Act::Assignment => arrange::assign_fields(b, s),
        Act::Recall => arrange::recall_fields(b, s),
        Act::Settlement => arrange::settle_fields(b, s),
        Act::Refusal => arrange::refuse_fields(b, s),
        Act::Merge => arrange::merge_fields(b, s),
        Act::Acceptance | Act::Lapse => html! {},
        Act::Officer => arrange::name_fields(b, s),
        Act::Return => arrange::return_fields(b, s),
        Act::Ruling => arrange::ruling_fields(b, s),
        Act::Contact | Act::Progress | Act::Note => handle::record_fields(b, s),
        Act::Help => handle::help_fields(b, s),
        Act::HelpReport => handle::report_fields(b, s),
        Act::Pause => handle::pause_fields(b, s),
        Act::Resumption => handle::resume_fields(b, s),
        Act::Extension => handle::extend_fields(b, s),
        Act::Escalation => handle::escalate_fields(b, s),
        Act::GiveBack => word::give_back_fields(b, s),
        Act::Referral => handle::refer_fields(b, s),
        Act::Decision => handle::decide_fields(b, s),
        Act::Answer => answer::fields(b, s),
        Act::Judgement => word::judge_fields(b, s),
        Act::Sample => word::word_fields(b, s),
        Act::Attempt | Act::SampleMissed => word::missed_fields(b, s),
        Act::Review => word::review_fields(b, s),
        Act::Closure => word::close_fields(b, s),
        Act::Reopening => word::reopen_fields(b, s),
        Act::Correction => keep::correct_fields(b, s),
        Act::Supervision => keep::supervise_fields(b, s),
        Act::SupervisionReply => keep::reply_fields(b, s),
        Act::Dismissal => keep::dismiss_fields(b, s),
        Act::Moderation => keep::moderate_fields(b, s),
        Act::Relay => relay::fields(b, s),
        Act::Told => told::fields(b, s),
    }
}

/// Whether the form brings files.
fn brings_files(act: Act) -> bool {
    matches!(act, Act::Contact | Act::Progress | Act::Note | Act::Answer | Act::Decision)
}

/// What asks once more before it is done.
fn confirm(b: &Bench) -> Option<&str> {
    let t = |zh, en| b.eye.t(zh, en);
    match b.act {
        Act::Refusal => {
            Some(t("确定不予受理？诉求人会收到通知。", "Not accept it? The person will be told."))
        }
        Act::Merge => Some(t("确定并案？本件随即了结。", "Merge it? This case ends with it.")),
        Act::Lapse => Some(t("确定不再回访？", "Stop trying to reach the person?")),
        _ => None,
    }
}

/// The form itself, for its own page and for the queues.
pub(crate) fn form(b: &Bench, s: &FormState, back: &str) -> Markup {
    let look = &b.eye.look;
    let action = format!("/requests/{}/{}", b.case.row.number, b.act.slug());
    let draft = format!("{}-{}", b.case.row.number, b.act.slug());
    let name = b.act.name();
    let label = name.to(look.locale);
    let options = FormOptions {
        action: &action,
        files: brings_files(b.act),
        draft: if s.values.is_empty() || s.errors.is_empty() { &draft } else { "" },
        ..FormOptions::default()
    };
    form_with(
        look,
        options,
        html! {
            (error_summary(look, s))
            (hidden("seq", &b.case.row.seq.to_string()))
            @if !back.is_empty() { (hidden("back", back)) }
            (fields(b, s))
            (actions(html! {
                @match confirm(b) {
                    Some(ask) => (button_danger(label, ask)),
                    None => (main_button(label)),
                }
                a.btn.quiet href={ "/requests/" (b.case.row.number) } { (look.t("返回", "Back")) }
            }))
        },
    )
}

fn page(b: &Bench, s: &FormState) -> Page {
    let eye = &b.eye;
    frame(b).main(card(None, form(b, s, ""))).main(html! {
        @if let Some(more) = below(b) { (more) }
        @if !s.errors.is_empty() && s.errors.iter().any(|e| e.field.is_empty()) {
            p.hint { a href={ "/requests/" (b.case.row.number) } target="_blank" rel="noopener" {
                (eye.t("在新窗口看最新情况", "See how it stands in a new window"))
            } }
        }
    })
}

/// What helps to fill the form in, below it.
fn below(b: &Bench) -> Option<Markup> {
    match b.act {
        Act::Answer => Some(answer::wordings(b)),
        Act::Merge => Some(arrange::alike(b)),
        Act::Judgement | Act::Attempt | Act::Sample | Act::SampleMissed => Some(word::script_card(b)),
        _ => None,
    }
}

fn frame(b: &Bench) -> Page {
    let (eye, row) = (&b.eye, &b.case.row);
    let name = b.act.name();
    let about = b.act.about();
    Page::new(&eye.look, name.to(eye.locale()))
        .at("/work")
        .narrow()
        .crumbs(vec![Crumb { href: format!("/requests/{}", row.number), label: format!("{} {}", row.number, row.title) }])
        .lede(html! {
            p { (about.to(eye.locale())) }
            (meta(&[html! { (eye.state(row)) }, html! { (eye.due(row)) }, html! { (eye.class(&row.class)) }, html! { (eye.unit(row.unit)) }]))
        })
}

/// What has to be there first.
fn blocked(b: &Bench, offer: &Offer) -> Page {
    let eye = &b.eye;
    frame(b)
        .notice(Flash::new(FlashKind::Warn, eye.t("还不能办这一步，下面的先要有。", "Not possible yet. This has to be there first.")))
        .main(card(
            None,
            html! {
                ul { @for need in &offer.blocked_by { li { (need.name().to(eye.locale())) } } }
                (actions(html! { a.btn href={ "/requests/" (b.case.row.number) } { (eye.t("返回", "Back")) } }))
            },
        ))
}

/// The right that an act beside the course needs.
fn beside(act: Act) -> Option<access::Verb> {
    Some(match act {
        Act::Note | Act::Told | Act::Relay => access::Verb::Work,
        Act::Moderation => access::Verb::Moderate,
        Act::Dismissal => access::Verb::Supervise,
        Act::Sample | Act::SampleMissed => access::Verb::CallBack,
        _ => return None,
    })
}

/// Why the act is not offered at all.
fn refusal(ctx: &Ctx, b: &Bench) -> Error {
    let state = b.case.row.state;
    let told = b.act == Act::Told && crate::notices::may_tell(ctx, &b.case);
    if let Some(right) = beside(b.act).filter(|_| !told)
        && let Err(error) = b.case.demand(ctx, right)
    {
        return error;
    }
    let Some(verb) = b.act.verb(state) else {
        let (zh, en) = (b.act.name().zh, b.act.name().en);
        let stands = state.name();
        return Error::refused(
            "not-in-this-state",
            format!("这件现在是“{}”，不能“{zh}”。", stands.zh),
            format!("The case is \"{}\": \"{en}\" is not possible now.", stands.en),
        );
    };
    if let Err(error) = b.case.demand_step(ctx, verb) {
        return error;
    }
    let Ok(track) = b.case.track(ctx) else { return Error::NotFound };
    let given = rules::case::Given::default();
    match rules::case::advance(track, &b.case.facts, verb, &given, &b.case.parties(ctx)) {
        Err(refusal) => refusal.into(),
        Ok(_) => Error::NotFound,
    }
}
