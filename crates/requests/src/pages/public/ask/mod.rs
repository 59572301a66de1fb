//! `/ask`: asking, in three light steps on one address: what it is, which class, the particulars. What
//! was entered travels with the form, so that every step works without a script and a step back loses
//! nothing. The number of the case-to-be is made when the form is opened: sent twice, it is one case.

mod card;
mod class;
mod details;
mod start;
mod take;

use super::spot::{self, Map};
use super::{attach, pass, place, questions};
use crate::ctx::{Ctx, Holder};
use crate::led;
use crate::register::{BODY_MAX, Registered};
use access::{SharedSite, Visitor};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Error, FieldError, Scope};
use maud::{Markup, html};
use web::form::{csrf_field, hidden};
use web::{FormBody, FormState, Look, Page, PageResult};

/// Chosen in place of a class: the centre is to say.
pub(super) const UNKNOWN: &str = "-";

/// What a step of the form knows.
pub(super) struct Asking {
    pub(super) look: Look,
    pub(super) ctx: Ctx,
    pub(super) state: FormState,
    pub(super) files: Vec<crate::uploads::Upload>,
    /// The grid map, as far as it was asked for.
    pub(super) map: Map,
}

impl Asking {
    pub(super) fn text(&self) -> &str {
        self.state.values.one("text")
    }

    /// The class chosen, where it is one that takes requests.
    pub(super) fn class(&self) -> Option<&pack::Class> {
        self.ctx.site.pack.class(self.state.values.one("class")).filter(|c| c.is_leaf())
    }

    /// Whether the question of the class is settled.
    pub(super) fn classified(&self) -> bool {
        self.class().is_some() || self.state.values.one("class") == UNKNOWN
    }

    /// The word of the card that led here, where the request is tied to its household: not where the family does not want
    /// that, and not where it is about a unit or somebody, who may be the very contact.
    fn tied(&self) -> Option<&str> {
        let word = self.state.values.opt(led::FIELD).filter(|_| !self.state.values.has(card::APART));
        word.filter(|_| self.class().is_none_or(|c| c.subject.is_none()))
    }

    fn fault(&mut self, field: &str, zh: &str, en: &str) {
        let say = kernel::Say::new(zh.to_owned(), en.to_owned());
        self.state.errors.push(FieldError { field: field.into(), say });
    }
}

/// Everybody asks as the public, also members of staff who happen to be signed in.
fn public(site: &SharedSite) -> Ctx {
    Ctx::new(site, Scope::public(site.today()))
}

/// `GET /ask`, with the place chosen already where whoever led here knows it.
pub(super) async fn open(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Query(known): Query<Vec<(String, String)>>,
) -> PageResult {
    let ctx = public(&site);
    let mut state = FormState::default();
    let names = place::names(&ctx);
    for (name, code) in known.into_iter().filter(|(name, _)| names.contains(name)) {
        state.values.set(name, code);
    }
    state.values.set("ask", take::seal(&ctx));
    let asking = Asking { look: visitor.look, ctx, state, files: Vec::new(), map: Map::None };
    Ok(start::page(&asking).into_response())
}

/// `POST /ask`: every step; the button says which.
pub(super) async fn step(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    request: Request,
) -> PageResult {
    let ctx = public(&site);
    let sent = attach::read(&ctx, request, |v| v.one("ask").to_owned()).await;
    let mut state = FormState { values: sent.values, errors: sent.faults };
    if take::unseal(&ctx, state.values.one("ask")).is_none() {
        // Open for days, or made up: a new number, and what was entered stays.
        state.values.set("ask", take::seal(&ctx));
    }
    let stale = card::drop_stale(&ctx, &mut state.values).await?;
    let step = state.values.one("step").to_owned();
    let other = state.values.one("join").to_owned();
    let map = spot::follow(&ctx, &mut state.values, visitor.look.locale).await?;
    let mut asking = Asking { look: visitor.look, ctx, state, files: sent.files, map };
    if stale {
        card::say_stale(&mut asking);
    }
    if !other.is_empty() {
        let words = asking.text().to_owned();
        return super::join::from_ask(&asking.look, &asking.ctx, &other, &words, &asking.state.values).await;
    }
    if asking.text().is_empty() && step != "start" {
        asking.fault("text", "请说说要办什么事。", "Please say what is needed.");
        return Ok(refused(start::page(&asking)));
    }
    if asking.text().chars().count() > BODY_MAX && step != "start" {
        asking.fault(
            "text",
            &format!("内容太长，最多 {BODY_MAX} 字，可以把材料作为附件上传。"),
            &format!("Too long: at most {BODY_MAX} characters. Longer material can be attached as a file."),
        );
        return Ok(refused(start::page(&asking)));
    }
    if let Some(page) = on_the_way(&mut asking, &step) {
        return Ok(page.into_response());
    }
    send(asking, &headers).await
}

/// The pages before the last; nothing when it is to be sent.
fn on_the_way(asking: &mut Asking, step: &str) -> Option<Page> {
    match step {
        "start" => Some(start::page(asking)),
        "text" if asking.classified() => Some(details::page(asking, &[])),
        "text" | "class" => Some(class::page(asking, None)),
        _ if step.starts_with("browse:") => Some(class::page(asking, step.strip_prefix("browse:"))),
        _ if !asking.classified() => {
            asking.fault(
                "class",
                "请选一类；拿不准就选“不知道”。",
                "Please choose one; “I do not know” will do.",
            );
            Some(class::page(asking, None).status(StatusCode::UNPROCESSABLE_ENTITY))
        }
        "send" | "enter" => None,
        // Choosing places step by step, or coming on from the classes.
        _ => Some(details::page(asking, &[])),
    }
}

fn refused(page: Page) -> Response {
    page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

async fn send(mut asking: Asking, headers: &HeaderMap) -> PageResult {
    if let Some(done) = take::done_before(&asking).await? {
        return Ok(receipt(&asking.ctx, headers, &done).await?);
    }
    if details::must_stop(&asking) {
        return Ok(details::page(&asking, &[]).into_response());
    }
    let alike = take::alike(&asking).await?;
    let seen = asking.state.values.one("seen");
    let unseen = alike.iter().any(|a| !seen.split(' ').any(|s| s == a.row.number));
    if unseen && asking.state.errors.is_empty() {
        return Ok(details::page(&asking, &alike).into_response());
    }
    let mut faults = take::question_faults(&asking);
    if let Err(Error::Invalid(more)) = take::subject(&asking) {
        faults.extend(more);
    }
    faults.append(&mut asking.state.errors);
    if faults.is_empty() {
        match take::register(&asking).await {
            Ok(done) => return Ok(receipt(&asking.ctx, headers, &done).await?),
            Err(Error::Invalid(more)) => faults = take::own_faults(&asking, more),
            Err(Error::Refused { say, .. } | Error::Conflict(say)) => {
                faults.push(FieldError { field: String::new(), say });
            }
            Err(other) => return Err(other.into()),
        }
    }
    asking.state.errors = faults;
    Ok(refused(details::page(&asking, &alike)))
}

/// Goes on to the case, whose page shows the receipt; the code travels in no address.
async fn receipt(ctx: &Ctx, headers: &HeaderMap, done: &Registered) -> kernel::Result<Response> {
    let id = done.id;
    let row =
        ctx.site.db.read(move |tx| crate::store::request::by_id(tx, id)).await?.ok_or(Error::NotFound)?;
    let holder = Holder { request: id, person: row.person };
    let response = Redirect::to(&format!("/r/{}", done.number)).into_response();
    Ok(pass::grant(&ctx.site, headers, response, &holder, true))
}

/// What was entered on other steps, sent along: everything but what the page itself shows.
fn carried(asking: &Asking, shown: &[&str]) -> Markup {
    let values = &asking.state.values;
    let skip = |name: &str| {
        shown.iter().any(|s| *s == name || s.strip_suffix('*').is_some_and(|p| name.starts_with(p)))
    };
    let mine = |name: &str| {
        matches!(
            name,
            "text"
                | "class"
                | "called"
                | "seen"
                | "place_text"
                | "address"
                | "name"
                | "phone"
                | "ask"
                | "lon"
                | "lat"
                | led::FIELD
                | card::APART
        ) || crate::pages::subject::FIELDS.contains(&name)
            || name.starts_with(questions::PREFIX)
            || place::names(&asking.ctx).iter().any(|n| n == name)
    };
    html! {
        @for (name, all) in values.iter().filter(|(n, _)| mine(n) && !skip(n)) {
            @for value in all { (hidden(name, value)) }
        }
        @if !skip("kept") { (attach::carried(&asking.ctx, values.one("ask"), &asking.files)) }
    }
}

/// `POST /ask/classes`: classes that fit what is being written.
pub(super) async fn live_classes(
    State(site): State<SharedSite>,
    look: Look,
    FormBody(values): FormBody,
) -> PageResult {
    let asking =
        Asking { look, ctx: public(&site), state: FormState::new(values), files: Vec::new(), map: Map::None };
    Ok(class::suggestions(&asking, 4, true).into_response())
}

/// `POST /ask/places/{level}`: the list below the place chosen.
pub(super) async fn live_places(
    State(site): State<SharedSite>,
    look: Look,
    Path(level): Path<usize>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = public(&site);
    Ok(place::list(&look, &FormState::new(values), &ctx, level.clamp(1, 9), false).into_response())
}

/// `POST /ask/similar`: open published matters like this one at the place chosen.
pub(super) async fn live_similar(
    State(site): State<SharedSite>,
    look: Look,
    FormBody(values): FormBody,
) -> PageResult {
    let asking =
        Asking { look, ctx: public(&site), state: FormState::new(values), files: Vec::new(), map: Map::None };
    let alike = if asking.text().is_empty() { Vec::new() } else { take::alike(&asking).await? };
    Ok(details::similar(&asking, &alike).into_response())
}

/// `POST /ask/map`: the map of the place chosen.
pub(super) async fn live_map(
    State(site): State<SharedSite>,
    look: Look,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = public(&site);
    let (sent, locale) = (values.clone(), look.locale);
    let map = ctx.read(move |tx, ctx| spot::read(tx, ctx, &sent, locale)).await?;
    Ok(spot::view(&look, &ctx, &values, &map).into_response())
}

/// A form of these steps. Where other buttons stand before the main one, `enter` says what the key of
/// that name does instead of pressing the first of them.
fn steps_form(asking: &Asking, enter: Option<&str>, files: bool, body: Markup) -> Markup {
    let look = &asking.look;
    html! {
        form #steps method="post" action="/ask" enctype=[files.then_some("multipart/form-data")] data-draft="ask" {
            (csrf_field(look))
            @if let Some(step) = enter {
                button.sr type="submit" name="step" value=(step) tabindex="-1" aria-hidden="true" { "·" }
            }
            (body)
        }
    }
}

/// Which step of how many.
fn count(look: &Look, n: u8) -> Markup {
    html! { span.hint { (say!(look, "第 {n} 步，共 3 步", "Step {n} of 3")) } }
}

use details::stop_card;
pub(super) use take::channel;
