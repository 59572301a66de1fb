//! `POST /api/v1/requests`: a program sends what somebody asked it for.

use super::keyed::Sending;
use super::problem::Problem;
use crate::api::client::{Base, Client, channel};
use crate::api::take_in::{once_key, renamed, take_in};
use crate::api::text::{clean, w3c};
use crate::ctx::Ctx;
use crate::model::Point;
use crate::register::NewRequest;
use crate::store::request;
use access::SharedSite;
use access::identity::NewPerson;
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use kernel::{Error, FieldError, Locale, Result as Done, Say, Timestamp};
use rules::case::{Kind, Urgency};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The largest body: the longest text in its longest spelling, and room for answers.
pub(in crate::api) const BODY_MAX: usize = 128 << 10;

/// The longest name, place or address.
const LINE_MAX: usize = 200;

/// What somebody asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewRequest)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewCase {
    /// The code of a class of the third level.
    #[schema(example = "01.04.01")]
    class: String,
    /// In the person's words.
    #[schema(min_length = 1, max_length = 8000, example = "北门路灯三天不亮")]
    description: String,
    /// In a few words; made from the text where left out.
    #[schema(max_length = 60)]
    title: Option<String>,
    /// What kind of need; the class's own where left out.
    #[schema(pattern = "^(consultation|help|complaint|report|suggestion|affair|dispute|wish)$")]
    kind: Option<String>,
    /// How soon; the class's own where left out.
    #[schema(pattern = "^(ordinary|urgent|emergency)$")]
    urgency: Option<String>,
    /// The code of the unit or grid it is about.
    place: Option<String>,
    /// The place in words; the unit is found in it where no code is given.
    #[schema(max_length = 200)]
    address: Option<String>,
    /// Degrees north (WGS 84); together with `long`.
    #[schema(minimum = -90, maximum = 90)]
    lat: Option<f64>,
    /// Degrees east (WGS 84); together with `lat`.
    #[schema(minimum = -180, maximum = 180)]
    long: Option<f64>,
    /// Answers to the questions of the class, by their names.
    #[serde(default)]
    answers: Option<BTreeMap<String, Given>>,
    /// Who asks, as far as they said. Kept apart from the case, and in no answer of this interface.
    person: Option<Person>,
}

/// An answer: one value, or several.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(in crate::api) enum Given {
    /// One.
    One(String),
    /// Several, for a question of kind `many`.
    Many(Vec<String>),
}

/// Who asks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Person {
    /// The whole name.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// A telephone number, for the three notices.
    #[schema(max_length = 200)]
    phone: Option<String>,
    /// Where they live, where somebody has to call on them.
    #[schema(max_length = 200)]
    address: Option<String>,
    /// The language of what is sent to them: `zh` or `en`.
    #[schema(pattern = "^(zh|en)$")]
    language: Option<String>,
}

/// What the person is to be given.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Registered {
    /// The number people quote.
    number: String,
    /// With the number, it opens the case's page: for the person alone.
    query_code: String,
    /// The page where they follow, add to and judge it.
    page: String,
    /// When it was received.
    #[schema(format = DateTime)]
    received_at: String,
    /// By when an answer is promised.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// What they should know at once; an emergency number first of all.
    notice: Option<crate::api::text::Words>,
}

/// `POST /api/v1/requests`
pub(super) async fn create(
    State(site): State<SharedSite>,
    Sending(client): Sending,
    Base(base): Base,
    request: Request,
) -> Result<Response, Problem> {
    let once = once_key(request.headers()).map_err(|error| match error {
        Error::Invalid(faults) => {
            let say = faults.first().map_or_else(|| Say::new("", ""), |f| f.say.clone());
            Problem::bad(say.zh, say.en)
        }
        other => Problem::Of(other),
    })?;
    let sent = body(request).await?;
    let ctx = client.ctx(&site);
    let new = asked(&ctx, &sent)?;
    let (class, received_at) = (new.class.clone(), new.received_at);
    let taken =
        take_in(&ctx, &client, new, once).await.map_err(|e| renamed(e, &[("body", "description")]))?;
    let (status, told) = match taken.new {
        Some(new) => (StatusCode::CREATED, Told { code: new.code, received_at, due: new.due }),
        None => (StatusCode::OK, told_before(&ctx, &client, &taken.number).await?),
    };
    let location = [(header::LOCATION, format!("/api/v1/requests/{}", taken.number))];
    Ok((status, location, Json(receipt(&ctx, taken.number, told, &class, &base))).into_response())
}

/// The body, where it is JSON of the right shape.
async fn body(request: Request) -> Result<NewCase, Problem> {
    if !is_json(request.headers()) {
        let say =
            Say::new("请用 Content-Type: application/json 提交。", "Send Content-Type: application/json.");
        return Err(Problem::Request { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, code: "media-type", say });
    }
    let bytes = to_bytes(request.into_body(), BODY_MAX).await.map_err(|_| {
        let (zh, en) =
            (format!("内容超过 {BODY_MAX} 字节。"), format!("The body is larger than {BODY_MAX} bytes."));
        Problem::Request { status: StatusCode::PAYLOAD_TOO_LARGE, code: "too-large", say: Say::new(zh, en) }
    })?;
    serde_json::from_slice(&bytes).map_err(|e| match e.classify() {
        // The text names fields and positions; values that were sent are not for the log, but they may go
        // back to where they came from.
        serde_json::error::Category::Data => {
            Problem::Of(Error::field("", format!("内容的结构不对：{e}"), format!("The shape is wrong: {e}")))
        }
        _ => Problem::bad(format!("这不是 JSON:{e}"), format!("This is not JSON: {e}")),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/json"))
}

/// What is asked, as the use case wants it.
///
/// Errors: [`Error::Invalid`] with every faulty field that the use case does not know of.
fn asked(ctx: &Ctx, sent: &NewCase) -> Done<NewRequest> {
    let mut faults: Vec<FieldError> = Vec::new();
    let mut fault = |field: &str, zh: String, en: String| {
        faults.push(FieldError { field: field.to_owned(), say: Say::new(zh, en) });
    };
    let mut new = NewRequest::new(ctx, channel(&ctx.site));
    new.class = clean(&sent.class);
    if new.class.is_empty() {
        fault("class", "请选到第三级分类。".into(), "Please choose a class of the third level.".into());
    }
    new.body = clean(&sent.description);
    new.title = clean(sent.title.as_deref().unwrap_or(""));
    if let Some(word) = &sent.kind {
        new.kind = Kind::from_key(word);
        if new.kind.is_none() {
            fault("kind", "没有这种诉求。".into(), "There is no such kind.".into());
        }
    }
    if let Some(word) = &sent.urgency {
        new.urgency = Urgency::from_key(word);
        if new.urgency.is_none() {
            fault("urgency", "没有这种紧急程度。".into(), "There is no such urgency.".into());
        }
    }
    let mut line = |field: &str, text: &Option<String>| -> Option<String> {
        let text = clean(text.as_deref().unwrap_or(""));
        if text.chars().count() > LINE_MAX {
            fault(field, format!("最多 {LINE_MAX} 个字。"), format!("At most {LINE_MAX} characters."));
        }
        Some(text).filter(|t| !t.is_empty())
    };
    new.place_text = line("address", &sent.address).unwrap_or_default();
    let person = sent.person.as_ref();
    let mut of =
        |field: &str, pick: fn(&Person) -> &Option<String>| person.and_then(|p| line(field, pick(p)));
    new.person = NewPerson {
        name: of("person.name", |p| &p.name),
        phone: of("person.phone", |p| &p.phone),
        address: of("person.address", |p| &p.address),
        ..NewPerson::default()
    };
    match person.and_then(|p| p.language.as_deref()) {
        None | Some("zh") => {}
        Some("en") => new.person.locale = Locale::En,
        Some(_) => fault("person.language", "zh 或 en。".into(), "zh or en.".into()),
    }
    let today = ctx.today();
    new.place = match sent.place.as_deref() {
        None => ctx.dir.locate(&new.place_text, today).map(|u| u.id),
        Some(code) => {
            let unit = ctx.dir.by_code(code).filter(|u| u.is_open(today));
            if unit.is_none() {
                fault(
                    "place",
                    "没有这个编码的单位或网格。".into(),
                    "There is no unit or grid with this code.".into(),
                );
            }
            unit.map(|u| u.id)
        }
    };
    new.point = match (sent.lat, sent.long) {
        (None, None) => None,
        (Some(lat), Some(long)) if lat.abs() <= 90.0 && long.abs() <= 180.0 => {
            Some(Point { lat_e6: (lat * 1e6).round() as i64, lon_e6: (long * 1e6).round() as i64 })
        }
        _ => {
            fault(
                "lat",
                "lat 和 long 要一起给，单位为度。".into(),
                "lat and long come together, in degrees.".into(),
            );
            None
        }
    };
    for (name, given) in sent.answers.iter().flatten() {
        let values = match given {
            Given::One(one) => vec![clean(one)],
            Given::Many(all) => all.iter().map(|one| clean(one)).collect(),
        };
        new.answers.insert(clean(name), values);
    }
    if faults.is_empty() { Ok(new) } else { Err(Error::Invalid(faults)) }
}

/// What a receipt says of the case.
struct Told {
    code: String,
    received_at: Timestamp,
    due: Option<Timestamp>,
}

/// What was told when it was taken in.
async fn told_before(ctx: &Ctx, client: &Client, number: &str) -> Done<Told> {
    let wanted = number.to_owned();
    let row = ctx.read(move |tx, _| request::by_number(tx, &wanted)).await?;
    let row = row.ok_or_else(|| Error::internal(format!("{}: {number} is gone", client.name)))?;
    Ok(Told { code: row.code, received_at: row.received_at, due: row.answer_due })
}

fn receipt(ctx: &Ctx, number: String, told: Told, class: &str, base: &str) -> Registered {
    let stop = ctx.site.pack.class(class).and_then(|c| c.stop.as_ref());
    let zone = ctx.site.zone;
    Registered {
        page: format!("{base}/r/{number}"),
        query_code: told.code,
        received_at: w3c(zone, told.received_at),
        due_at: told.due.map(|at| w3c(zone, at)),
        notice: stop.map(|s| (&s.text).into()),
        number,
    }
}
