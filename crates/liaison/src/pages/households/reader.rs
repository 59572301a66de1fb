//! A household as it may be shown to whoever asks: one that may not be looked at is not there.

use access::{Noun, SharedSite, Staff, Target, Verb};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use db::Tx;
use kernel::{Date, Error, HouseholdId, Locale, Result};
use maud::Markup;
use pack::HouseholdTag;
use register::households::{self, Fact, Household};
use requests::Ctx;
use std::collections::HashMap;
use web::components::{Tone, card, disclosure};
use web::page::Crumb;
use web::{FormState, Look, Page, PageResult, Values};

/// A household with what whoever asks is to it.
pub(super) struct Found {
    pub(super) home: Household,
    /// Paired with it today.
    pub(super) paired: bool,
}

impl Found {
    pub(super) fn target(&self) -> Target<'_> {
        Target::at(&self.home.path).paired(self.paired)
    }

    pub(super) fn may(&self, ctx: &Ctx, verb: Verb) -> bool {
        access::may(&ctx.scope, verb, Noun::Household, self.target())
    }
}

/// The household with this code.
///
/// Errors: not found, also where it may not be looked at; what the table refuses.
pub(super) fn find(tx: &mut dyn Tx, ctx: &Ctx, code: &str, verb: Verb) -> Result<Found> {
    let home = households::by_code(tx, code)?.ok_or(Error::NotFound)?;
    let found = Found { paired: paired(tx, ctx, &home)?, home };
    access::demand(&ctx.scope, verb, Noun::Household, found.target())?;
    Ok(found)
}

fn paired(tx: &mut dyn Tx, ctx: &Ctx, home: &Household) -> Result<bool> {
    match ctx.account() {
        Some(me) => crate::read::is_paired(tx, me, home.id, ctx.today()),
        None => Ok(false),
    }
}

/// The same, for a page.
pub(super) async fn found(ctx: &Ctx, code: &str, verb: Verb) -> Result<Found> {
    let code = code.to_owned();
    ctx.read(move |tx, ctx| find(tx, ctx, &code, verb)).await
}

pub(super) fn context(site: &SharedSite, staff: &Staff) -> Ctx {
    Ctx::new(site, staff.scope.clone())
}

/// Whether a mark is shown to whoever asks: a sensitive one only to those whose post needs it, and to whoever is paired.
pub(super) fn sees(ctx: &Ctx, paired: bool, tag: &HouseholdTag) -> bool {
    !tag.sensitive || paired || tag.seen_by.iter().any(|role| ctx.scope.has(*role))
}

/// The marks to be shown, each once, in the order of the pack.
pub(super) fn marks<'p>(ctx: &'p Ctx, paired: bool, facts: &[Fact]) -> Vec<&'p HouseholdTag> {
    let there = |tag: &&HouseholdTag| facts.iter().any(|f| f.tag() == Some(&tag.id));
    ctx.site.pack.tags.iter().filter(there).filter(|t| sees(ctx, paired, t)).collect()
}

/// How a mark is coloured; its word says the same.
pub(super) fn tone(tag: &HouseholdTag) -> Tone {
    if tag.sensitive { Tone::Plain } else { Tone::Info }
}

pub(super) fn home_page(code: &str) -> String {
    format!("/households/{code}")
}

/// A page about one household.
pub(super) fn frame(look: &Look, home: &Household, title: &str) -> Page {
    let list = Crumb { href: "/households".to_owned(), label: look.t("户", "Households").to_owned() };
    let own = Crumb { href: home_page(&home.code), label: home.code.clone() };
    Page::new(look, title).at("/households").narrow().crumbs(vec![list, own])
}

/// After an act: back to the household, or the form again with what is wrong.
#[expect(clippy::result_large_err, reason = "what every handler gives back")]
pub(super) fn ended(
    done: Result<()>,
    code: &str,
    values: Values,
    again: impl FnOnce(&FormState) -> Page,
) -> PageResult {
    match done {
        Ok(()) => Ok(Redirect::to(&home_page(code)).into_response()),
        Err(error) => Ok(refused(FormState::refused(values, error)?, again)),
    }
}

pub(super) fn refused(state: FormState, again: impl FnOnce(&FormState) -> Page) -> Response {
    again(&state).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

/// What one of several forms of a page shows: what was sent, where it was this one that was sent, and otherwise what it
/// begins with. Each of them has a field `part`.
pub(super) fn own(s: &FormState, part: &str, fresh: &FormState) -> FormState {
    if s.value("part") == part { s.clone() } else { fresh.clone() }
}

/// A seldom form, folded away; open where something in it is wrong.
pub(super) fn folded(title: &str, state: &FormState, form: Markup) -> Markup {
    if state.errors.is_empty() { disclosure(title, form) } else { card(Some(title), form) }
}

/// The same error with the fault of `from` beside the field `to`, where a page asks twice for the same.
pub(super) fn beside(error: Error, from: &str, to: &str) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            faults.iter_mut().filter(|f| f.field == from).for_each(|f| f.field = to.to_owned());
            Error::Invalid(faults)
        }
        other => other,
    }
}

/// A day out of a form; the error stands beside its field.
pub(super) fn day(values: &Values, field: &str) -> Result<Date> {
    values
        .parsed::<Date>(field)
        .ok_or_else(|| Error::field(field, "请填日期，如 2026-03-01。", "Give a date, such as 2026-03-01."))
}

/// The names of grids by id, for facts that hold one.
pub(super) fn grid_name(ctx: &Ctx, locale: Locale, value: &str) -> String {
    value.parse().map(|id| ctx.dir.full_name(id, locale)).unwrap_or_default()
}

/// The codes of the rows that are one household with this one, its own among them.
pub(super) fn codes(tx: &mut dyn Tx, id: HouseholdId) -> Result<HashMap<HouseholdId, String>> {
    let mut codes = HashMap::new();
    for id in households::same(tx, id)? {
        codes.extend(households::get(tx, id)?.map(|h| (id, h.code)));
    }
    Ok(codes)
}

/// Where something was written down that is shown at the household that stands for both.
pub(super) fn from(look: &Look, code: &str) -> String {
    look.t(&format!("登记在并入的 {code}"), &format!("entered at {code}, which is linked")).to_owned()
}

/// What is looked for in the address of a list.
pub(super) fn query(pairs: &[(String, String)]) -> HashMap<&str, &str> {
    pairs.iter().map(|(k, v)| (k.as_str(), v.trim())).filter(|(_, v)| !v.is_empty()).collect()
}
