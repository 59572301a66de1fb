//! `requests` and `tokens`: what was asked and where it stands.

use super::form::{Fault, Form, split};
use super::node::Node;
use crate::api::client::{Base, Client};
use crate::api::sight::{self, Seen};
use crate::api::text::{instant, w3c};
use crate::ctx::Ctx;
use crate::store::api::Asked;
use crate::store::ledger::{Filter, Standing};
use access::SharedSite;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use kernel::{DAY, Locale, Scope, Timestamp};
use rules::number::RequestNumber;
use web::Values;
use web::form::parse_form;

/// How far back a list goes where nothing is said, in days: the standard's own number.
const DAYS: i64 = 90;

/// The most requests in one answer, and how many where nothing is said: the standard's own number.
const PAGE_MAX: i64 = 1_000;

/// How far pages may be counted; whoever needs more asks by date.
const DEPTH_MAX: i64 = 20_000;

/// The most numbers or classes asked for at once.
const NAMES_MAX: usize = 200;

/// Who reads: a program with a key, or anybody.
async fn reader(
    site: &SharedSite,
    headers: &HeaderMap,
    values: &Values,
) -> Result<(Ctx, Option<Client>), Fault> {
    let by_field = Client::by_key(site, values.one("api_key")).await?;
    let client = match by_field {
        Some(client) => Some(client),
        None => Client::by_header(site, headers).await?,
    };
    let ctx = match &client {
        Some(client) => client.ctx(site),
        None => Ctx::new(site, Scope::public(site.today())),
    };
    Ok((ctx, client))
}

/// `GET /open311/v2/requests.json`, `.xml`
pub(super) async fn list(
    State(site): State<SharedSite>,
    form: Form,
    Base(base): Base,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let values = parse_form(query.unwrap_or_default().as_bytes());
    let work = async {
        let (ctx, client) = reader(&site, &headers, &values).await?;
        let mut asked = asked(&ctx, &values)?;
        asked.published_before = sight::published_before(&ctx);
        asked.client = client.map(|c| c.name);
        let all = ctx.read(move |tx, ctx| sight::list(tx, ctx, &asked)).await?;
        Ok(Node::List(all.iter().map(|seen| request(&ctx, seen, form.locale, &base)).collect()))
    };
    form.give("service_requests", work.await)
}

/// `GET /open311/v2/requests/{number}.json`, `.xml`
pub(super) async fn show(
    State(site): State<SharedSite>,
    form: Form,
    Base(base): Base,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    file: Result<Path<String>, PathRejection>,
) -> Response {
    let values = parse_form(query.unwrap_or_default().as_bytes());
    let work = async {
        let number = name_of(file)?;
        let (ctx, client) = reader(&site, &headers, &values).await?;
        let name = client.map(|c| c.name);
        let seen = ctx.read(move |tx, ctx| sight::one(tx, ctx, &number, name.as_deref())).await?;
        let seen = seen.ok_or_else(unknown)?;
        Ok(Node::List(vec![request(&ctx, &seen, form.locale, &base)]))
    };
    form.give("service_requests", work.await)
}

/// `GET /open311/v2/tokens/{token}.json`, `.xml`: a request has its number at once, so the number is the
/// token. That there is one is no secret: numbers are given out one after the other.
pub(super) async fn token(
    State(site): State<SharedSite>,
    form: Form,
    file: Result<Path<String>, PathRejection>,
) -> Response {
    let work = async {
        let token = name_of(file)?;
        let number = token.parse::<RequestNumber>().map_err(|_| unknown())?.to_string();
        let ctx = Ctx::new(&site, Scope::public(site.today()));
        let wanted = number.clone();
        let found = ctx.read(move |tx, _| crate::store::request::by_number(tx, &wanted)).await?;
        found.filter(|r| !r.shielded).ok_or_else(unknown)?;
        let one = Node::Map(vec![("service_request_id", number.into()), ("token", token.into())]);
        Ok(Node::List(vec![one]))
    };
    form.give("service_requests", work.await)
}

fn name_of(file: Result<Path<String>, PathRejection>) -> Result<String, Fault> {
    let Path(file) = file.map_err(|_| unknown())?;
    split(&file).map(|(name, _)| name.to_owned()).ok_or_else(unknown)
}

fn unknown() -> Fault {
    Fault::missing(
        "没有这个 service_request_id，或者它没有公开。",
        "There is no request with this service_request_id, or it is not published.",
    )
}

/// What the fields of the address ask for.
fn asked(ctx: &Ctx, values: &Values) -> Result<Asked, Fault> {
    let names = |field: &str| -> Result<Option<Vec<String>>, Fault> {
        let Some(text) = values.opt(field) else { return Ok(None) };
        let all: Vec<String> =
            text.split(',').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        if all.len() > NAMES_MAX {
            let (zh, en) =
                (format!("{field} 一次最多 {NAMES_MAX} 个。"), format!("{field} takes at most {NAMES_MAX}."));
            return Err(Fault::bad(zh, en));
        }
        Ok(Some(all))
    };
    let numbers = names("service_request_id")?.map(|all| {
        all.iter().filter_map(|n| n.parse::<RequestNumber>().ok()).map(|n| n.to_string()).collect::<Vec<_>>()
    });
    let pack = &ctx.site.pack;
    let classes = names("service_code")?
        .map(|all| all.into_iter().filter(|code| pack.class(code).is_some()).collect::<Vec<_>>());
    let (start, end) = (date(ctx, values, "start_date")?, date(ctx, values, "end_date")?);
    // Whoever names cases wants these, however old; otherwise a list has a beginning.
    let from = match (start, &numbers) {
        (Some(start), _) => Some(start),
        (None, Some(_)) => None,
        (None, None) => Some(end.unwrap_or(ctx.at).plus(-DAYS * DAY)),
    };
    let limit = count(values, "page_size", PAGE_MAX)?.unwrap_or(PAGE_MAX);
    let page = count(values, "page", DEPTH_MAX)?.unwrap_or(1);
    let skip = (page - 1) * limit;
    if skip > DEPTH_MAX {
        return Err(Fault::bad(
            format!("翻页最多到第 {DEPTH_MAX} 条，再往前请用 end_date。"),
            format!("Pages end at the {DEPTH_MAX}th request; use end_date to go further back."),
        ));
    }
    let filter =
        Filter { standing: standing(values)?, from, to: end.map(|end| end.plus(1)), ..Filter::default() };
    Ok(Asked { filter, numbers, classes, limit, skip, ..Asked::default() })
}

fn standing(values: &Values) -> Result<Standing, Fault> {
    let words: Vec<&str> = values.one("status").split(',').map(str::trim).filter(|s| !s.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    if words.iter().any(|w| !matches!(*w, "open" | "closed")) {
        return Err(Fault::bad("status 只能是 open 或 closed。", "status is open or closed."));
    }
    Ok(match (has("open"), has("closed")) {
        (true, false) => Standing::Live,
        (false, true) => Standing::Ended,
        _ => Standing::Any,
    })
}

fn date(ctx: &Ctx, values: &Values, field: &str) -> Result<Option<Timestamp>, Fault> {
    let Some(text) = values.opt(field) else { return Ok(None) };
    instant(text, ctx.site.zone).map(Some).ok_or_else(|| {
        Fault::bad(
            format!("{field} 要写成 2026-03-02T09:30:00+08:00 这样的时间。"),
            format!("{field} is written like 2026-03-02T09:30:00+08:00."),
        )
    })
}

fn count(values: &Values, field: &str, max: i64) -> Result<Option<i64>, Fault> {
    let Some(text) = values.opt(field) else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(n) if (1..=max).contains(&n) => Ok(Some(n)),
        _ => Err(Fault::bad(
            format!("{field} 应为 1 到 {max} 的整数。"),
            format!("{field} is a whole number from 1 to {max}."),
        )),
    }
}

/// A request as the standard has it.
fn request(ctx: &Ctx, seen: &Seen, locale: Locale, base: &str) -> Node {
    let (row, zone) = (seen.row(), ctx.site.zone);
    let point = seen.point(ctx);
    let degrees = |n: Option<f64>| n.map_or(Node::Nothing, Node::Real);
    let place = seen.place(ctx).map(|u| ctx.dir.full_name(u.id, locale));
    let notice = ctx.site.pack.class(&row.class).and_then(|c| c.note.as_ref()).map(|n| n.to(locale));
    Node::Map(vec![
        ("service_request_id", row.number.as_str().into()),
        ("status", seen.status().into()),
        ("status_notes", notes(seen, locale).into()),
        ("service_name", seen.class_name(ctx).to(locale).into()),
        ("service_code", row.class.as_str().into()),
        ("description", seen.description(ctx, locale).into()),
        ("agency_responsible", ctx.dir.name(row.unit, locale).into()),
        ("service_notice", notice.unwrap_or("").into()),
        ("requested_datetime", w3c(zone, row.received_at).into()),
        ("updated_datetime", w3c(zone, seen.updated_at()).into()),
        ("expected_datetime", seen.expected().map(|at| w3c(zone, at)).into()),
        ("address", place.into()),
        ("address_id", seen.place(ctx).map(|u| u.code.clone()).into()),
        ("zipcode", Node::Nothing),
        ("lat", degrees(point.map(|p| p.0))),
        ("long", degrees(point.map(|p| p.1))),
        ("media_url", seen.file(ctx).map(|path| format!("{base}{path}")).into()),
    ])
}

/// Where it stands, and the answer where it may be read.
fn notes(seen: &Seen, locale: Locale) -> String {
    let state = seen.row().state.name();
    match seen.answer() {
        Some(answer) => format!("{}{}{answer}", state.to(locale), locale.t("：", ": ")),
        None => state.to(locale).to_owned(),
    }
}
