//! `GET /api/v1/requests`: the public ledger and what the program took in itself, masked.

use super::Answer;
use super::keyed::Keyed;
use super::problem::Problem;
use super::query::Query;
use crate::api::client::Base;
use crate::api::sight::{self, Seen};
use crate::api::text::{Words, w3c};
use crate::ctx::Ctx;
use crate::store::api::Asked;
use crate::store::ledger::{Filter, Standing};
use access::SharedSite;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use kernel::{Error, Locale, Text, UnitId};
use serde::Serialize;
use utoipa::ToSchema;

/// The most cases in one answer.
pub(in crate::api) const LIMIT_MAX: i64 = 200;
/// How many where nothing is said.
pub(in crate::api) const LIMIT: i64 = 50;

/// A page of cases.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CaseList {
    /// Latest received first.
    requests: Vec<Case>,
    /// What to send as `cursor` for those before them; null at the end.
    next: Option<String>,
}

/// A case, as far as programs may read it. Texts are masked: names, numbers and addresses are left out.
#[derive(Serialize, ToSchema)]
#[schema(as = Request)]
pub(in crate::api) struct Case {
    /// The number people quote.
    number: String,
    /// `open` until nothing more is owed, then `closed`.
    #[schema(pattern = "^(open|closed)$")]
    status: &'static str,
    /// Where it stands, for programs.
    state: &'static str,
    /// Where it stands, in words.
    state_name: Words,
    /// The code of its class; empty where triage has still to settle it.
    class: String,
    /// What the public calls the class.
    class_name: Words,
    /// What kind of need.
    kind: &'static str,
    /// In a few words, masked; the class's name where it may not be read.
    title: String,
    /// The text, masked; the class's name where it may not be read.
    description: String,
    /// Whether everybody may read it.
    published: bool,
    /// Whether this key took it in, so that it may be read before it is published.
    own: bool,
    /// The place, no finer than a village.
    place: Option<Place>,
    /// The unit that answers for it now.
    unit: Words,
    /// When it was received.
    #[schema(format = DateTime)]
    received_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// By when an answer is promised.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// When the first answer was given.
    #[schema(format = DateTime)]
    answered_at: Option<String>,
    /// When it ended.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// The latest answer, masked; told where one request is asked for, not in lists.
    answer: Option<String>,
    /// Whether the latest answer is that it cannot be solved.
    unsolvable: bool,
    /// What the person said of the result, or why nothing was said.
    word: Option<Words>,
    /// The first picture or document that everybody may see.
    media_url: Option<String>,
}

/// A place.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Place {
    /// The code of the unit.
    code: String,
    /// Its name with those above it.
    name: Words,
    /// Degrees north, rounded to about a kilometre.
    lat: Option<f64>,
    /// Degrees east, rounded to about a kilometre.
    long: Option<f64>,
}

/// `GET /api/v1/requests`
pub(super) async fn list(
    State(site): State<SharedSite>,
    Keyed(client): Keyed,
    Base(base): Base,
    query: Query,
) -> Answer<CaseList> {
    let ctx = client.ctx(&site);
    let limit = query.number("limit", 1, LIMIT_MAX)?.unwrap_or(LIMIT);
    let own = query.word("own", &["true", "false"])? == Some("true");
    let asked = Asked {
        filter: filter(&ctx, &query)?,
        // A program may ask for its own alone; then nothing that is merely public is among them.
        published_before: sight::published_before(&ctx).filter(|_| !own),
        client: Some(client.name),
        before: query.number("cursor", 0, i64::MAX)?,
        // One more than a page has tells whether it goes on.
        limit: limit + 1,
        ..Asked::default()
    };
    let mut all = ctx.read(move |tx, ctx| sight::list(tx, ctx, &asked)).await?;
    let more = all.len() as i64 > limit;
    all.truncate(limit as usize);
    let next = all.last().filter(|_| more).map(|seen| seen.row().id.ord().to_string());
    Ok(Json(CaseList { requests: all.iter().map(|seen| case(&ctx, seen, &base)).collect(), next }))
}

/// `GET /api/v1/requests/{number}`
pub(super) async fn show(
    State(site): State<SharedSite>,
    Keyed(client): Keyed,
    Base(base): Base,
    number: Result<Path<String>, PathRejection>,
) -> Answer<Case> {
    let ctx = client.ctx(&site);
    let Path(number) = number.map_err(|_| Error::NotFound)?;
    let seen = ctx.read(move |tx, ctx| sight::one(tx, ctx, &number, Some(&client.name))).await?;
    let seen = seen.ok_or(Error::NotFound)?;
    Ok(Json(case(&ctx, &seen, &base)))
}

fn filter(ctx: &Ctx, query: &Query) -> Result<Filter, Problem> {
    let pack = &ctx.site.pack;
    let unknown =
        |field: &str| Problem::bad(format!("没有这个 {field}。"), format!("There is no such {field}."));
    let class = match query.text("class")? {
        None => None,
        Some(code) => Some(pack.class(code).ok_or_else(|| unknown("class"))?.code.clone()),
    };
    let places = match query.text("place")? {
        None => None,
        Some(code) => Some(below(ctx, code).ok_or_else(|| unknown("place"))?),
    };
    let zone = ctx.site.zone;
    let standing = match query.word("status", &["open", "closed"])? {
        Some("open") => Standing::Live,
        Some(_) => Standing::Ended,
        None => Standing::Any,
    };
    let day_after = |day: kernel::Date| day.tomorrow().unwrap_or(day);
    Ok(Filter {
        class,
        places,
        standing,
        from: query.date("from")?.map(|day| zone.start_of(day)),
        to: query.date("to")?.map(|day| zone.start_of(day_after(day))),
        ..Filter::default()
    })
}

/// The units at or below the place with this code, where cases are told from one another at its level:
/// a list by anything finer would tell what the cases themselves do not.
fn below(ctx: &Ctx, code: &str) -> Option<Vec<UnitId>> {
    let unit = ctx.dir.by_code(code)?;
    let levels = sight::levels(ctx);
    let told = unit.parent.is_none() || levels.contains(&unit.level.as_str());
    told.then(|| ctx.dir.subtree(&unit.path).map(|u| u.id).collect())
}

fn case(ctx: &Ctx, seen: &Seen, base: &str) -> Case {
    let (row, zone) = (seen.row(), ctx.site.zone);
    let unit = ctx.dir.get(row.unit).map_or_else(|| Text::new("—", "—"), |u| u.name.clone());
    Case {
        number: row.number.clone(),
        status: seen.status(),
        state: row.state.key(),
        state_name: row.state.name().into(),
        class: row.class.clone(),
        class_name: Words::from(&seen.class_name(ctx)),
        kind: row.kind.key(),
        title: seen.title(ctx, Locale::Zh),
        description: seen.description(ctx, Locale::Zh),
        published: seen.is_published(ctx),
        own: seen.own(),
        place: place(ctx, seen),
        unit: Words::from(&unit),
        received_at: w3c(zone, row.received_at),
        updated_at: w3c(zone, seen.updated_at()),
        due_at: seen.expected().map(|at| w3c(zone, at)),
        answered_at: row.answered_at.map(|at| w3c(zone, at)),
        ended_at: row.ended_at.map(|at| w3c(zone, at)),
        answer: seen.answer(),
        unsolvable: row.unsolvable,
        word: row.word.map(|w| w.name().into()),
        media_url: seen.file(ctx).map(|path| format!("{base}{path}")),
    }
}

fn place(ctx: &Ctx, seen: &Seen) -> Option<Place> {
    let unit = seen.place(ctx)?;
    let (zh, en) = (ctx.dir.full_name(unit.id, Locale::Zh), ctx.dir.full_name(unit.id, Locale::En));
    let point = seen.point(ctx);
    Some(Place {
        code: unit.code.clone(),
        name: Words { zh, en },
        lat: point.map(|p| p.0),
        long: point.map(|p| p.1),
    })
}
