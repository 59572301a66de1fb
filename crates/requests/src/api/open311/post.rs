//! `POST requests`: a program sends what somebody asked it for.

use super::form::{Fault, Form};
use super::node::Node;
use super::{questions, services};
use crate::api::client::{self, Client, channel};
use crate::api::take_in::{once_key, renamed, take_in};
use crate::api::text::{clean, full_name};
use crate::ctx::Ctx;
use crate::model::Point;
use crate::pages::attach;
use crate::register::NewRequest;
use access::SharedSite;
use access::identity::NewPerson;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::Response;
use files::Audience;
use http::{StatusCode, header};
use kernel::{Locale, Say};
use pack::Class;
use web::form::{Limits, parse_form, read_multipart};
use web::{Upload, Values};

/// The largest request with its pictures.
pub(super) const BODY_MAX: usize = 32 << 20;

/// The longest place in words, and the longest name.
const LINE_MAX: usize = 200;

/// `POST /open311/v2/requests.json`, `.xml`
pub(super) async fn post(State(site): State<SharedSite>, form: Form, request: Request) -> Response {
    match work(&site, form.locale, request).await {
        Ok(made) => form.answer(StatusCode::CREATED, "service_requests", &Node::List(vec![made])),
        Err(fault) => form.give("errors", Err(fault)),
    }
}

async fn work(site: &SharedSite, locale: Locale, request: Request) -> Result<Node, Fault> {
    let (parts, body) = request.into_parts();
    client::admit(site, &parts)?;
    let headers = parts.headers.clone();
    let (values, sent) = read(Request::from_parts(parts, body)).await?;
    let client = match Client::by_key(site, values.one("api_key")).await? {
        Some(client) => client,
        None => Client::by_header(site, &headers).await?.ok_or_else(Fault::key)?,
    };
    client.admit(site)?;
    let code = values
        .opt("service_code")
        .ok_or_else(|| Fault::bad("缺少 service_code。", "service_code was not provided."))?;
    let class = services::find(&site.pack, code).ok_or_else(services::unknown)?;
    let ctx = client.ctx(site);
    let once = once_key(&headers)?;
    let mut new = asked(&ctx, class, &values)?;
    new.files = attach::take_in(&ctx, pictures(sent), Audience::Person).await?;
    let names = [("body", "description"), ("place", "address_string"), ("address", "address_string")];
    let taken = take_in(&ctx, &client, new, once).await.map_err(|e| renamed(e, &names))?;
    let stop = site.pack.form_of(&class.code).and_then(|form| {
        let answers = questions::answers(form, &values, site.zone);
        rules::form::stopped(form, &answers).map(|s| s.say.to(locale).to_owned())
    });
    Ok(Node::Map(vec![
        ("service_request_id", taken.number.into()),
        ("service_notice", notice(class, stop, locale).into()),
        ("account_id", Node::Nothing),
    ]))
}

/// What the person should know at once: an emergency number first of all.
fn notice(class: &Class, stop: Option<String>, locale: Locale) -> String {
    let of_class = class.stop.as_ref().map(|s| format!("{} ({})", s.text.to(locale), s.call.join(", ")));
    let note = class.note.as_ref().map(|n| n.to(locale).to_owned());
    stop.into_iter().chain(of_class).chain(note).collect::<Vec<_>>().join(" ")
}

/// The fields and the files of either encoding.
async fn read(request: Request) -> Result<(Values, Vec<Upload>), Fault> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let kind = kind.to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        let parts = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
        return Ok(read_multipart(parts, Limits::default()).await?);
    }
    // Some clients send no type at all; any other type is something else.
    if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
        let say = Say::new(
            "请用 application/x-www-form-urlencoded 或 multipart/form-data 提交。",
            "Send application/x-www-form-urlencoded or multipart/form-data.",
        );
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, say));
    }
    let bytes = Bytes::from_request(request, &()).await.map_err(|_| unreadable())?;
    Ok((parse_form(&bytes), Vec::new()))
}

fn unreadable() -> Fault {
    Fault::bad("没有收到完整的内容，或者内容太大。", "What arrived was not whole, or too large.")
}

/// Files in the field of the standard.
fn pictures(sent: Vec<Upload>) -> Vec<Upload> {
    sent.into_iter().filter(|f| f.field == "media" || f.field == "media[]").collect()
}

/// What is asked, as the use case wants it.
fn asked(ctx: &Ctx, class: &Class, values: &Values) -> Result<NewRequest, Fault> {
    let mut new = NewRequest::new(ctx, channel(&ctx.site));
    new.class = class.code.clone();
    new.body = clean(values.one("description"));
    // We fetch nothing from elsewhere: whoever handles it decides whether to follow a link.
    if let Some(url) = values.opt("media_url").filter(|u| !new.body.is_empty() && is_link(u)) {
        new.body.push_str(&format!("\n{}", clean(url)));
    }
    if let Some(form) = ctx.site.pack.form_of(&class.code) {
        new.answers = questions::answers(form, values, ctx.site.zone);
    }
    let line = |field: &str| -> Result<String, Fault> {
        let text = clean(values.one(field));
        match text.chars().count() <= LINE_MAX {
            true => Ok(text),
            false => Err(Fault::bad(
                format!("{field} 最多 {LINE_MAX} 个字。"),
                format!("{field} has at most {LINE_MAX} characters."),
            )),
        }
    };
    new.place_text = line("address_string")?;
    let by_id = ctx.dir.by_code(values.one("address_id")).filter(|u| u.is_open(ctx.today()));
    new.place = by_id.or_else(|| ctx.dir.locate(&new.place_text, ctx.today())).map(|u| u.id);
    new.point = point(values)?;
    let name = full_name(&line("first_name")?, &line("last_name")?);
    let (phone, email) = (line("phone")?, line("email")?);
    let some = |text: String| Some(text).filter(|t| !t.is_empty());
    new.person = NewPerson {
        name: some(name),
        phone: some(phone),
        // The one way that is left to reach somebody; it stands with the address, where identity is kept.
        address: some(email).filter(|_| !class.visit),
        ..NewPerson::default()
    };
    Ok(new)
}

fn is_link(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && text.len() <= 2_000
        && !text.contains(char::is_whitespace)
}

/// Degrees north and east; both or neither.
fn point(values: &Values) -> Result<Option<Point>, Fault> {
    let fault = || {
        Fault::bad(
            "lat 和 long 应为 WGS84 的度数，两个都要有。",
            "lat and long are degrees in WGS84, both of them.",
        )
    };
    let degrees = |field: &str, most: f64| -> Result<Option<i64>, Fault> {
        let Some(text) = values.opt(field) else { return Ok(None) };
        match text.parse::<f64>() {
            Ok(n) if n.is_finite() && n.abs() <= most => Ok(Some((n * 1e6).round() as i64)),
            _ => Err(fault()),
        }
    };
    match (degrees("lat", 90.0)?, degrees("long", 180.0)?) {
        (Some(lat_e6), Some(lon_e6)) => Ok(Some(Point { lon_e6, lat_e6 })),
        (None, None) => Ok(None),
        _ => Err(fault()),
    }
}
