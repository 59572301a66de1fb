//! "I have this too": joining a published open matter. Whoever joins has a code, notices and a word of
//! their own.

use super::ask::channel;
use super::{matter, pass};
use crate::acts::join::{Join, join};
use crate::ctx::{Ctx, Holder};
use crate::notices::Told;
use access::identity::NewPerson;
use access::{SharedSite, Visitor};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Error, PersonId, Scope};
use maud::html;
use rules::number::RequestNumber;
use web::form::{Field, FormOptions, error_summary, form_with, hidden, text_field, textarea};
use web::page::Crumb;
use web::{FormBody, FormState, Look, Page, PageResult, Values};

fn public(site: &SharedSite) -> Ctx {
    Ctx::new(site, Scope::public(site.today()))
}

/// `GET /public/{number}/join`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = public(&site);
    Ok(page(&visitor.look, &ctx, &number, FormState::default()).await?.into_response())
}

/// The same from the form of a new request, with what was written there.
pub(super) async fn from_ask(look: &Look, ctx: &Ctx, number: &str, text: &str, sent: &Values) -> PageResult {
    let mut values = Values::default();
    values.set("words", text);
    for name in ["name", "phone"] {
        if let Some(v) = sent.opt(name) {
            values.set(name, v);
        }
    }
    Ok(page(look, ctx, number, FormState::new(values)).await?.into_response())
}

/// A key for whoever is about to join, made when the form is opened.
fn seal(ctx: &Ctx) -> String {
    let id = PersonId::new(ctx.at, &*ctx.site.chance);
    format!("{id}.{}", hex::encode(&ctx.site.secret.mac("join", &id.bytes())[..12]))
}

fn unseal(ctx: &Ctx, text: &str) -> Option<PersonId> {
    let (id, sign) = text.split_once('.')?;
    let id: PersonId = id.parse().ok()?;
    (hex::encode(&ctx.site.secret.mac("join", &id.bytes())[..12]) == sign).then_some(id)
}

async fn page(look: &Look, ctx: &Ctx, number: &str, mut state: FormState) -> kernel::Result<Page> {
    let shown = matter::load(ctx, number).await?;
    let row = &shown.row;
    if !matter::is_shown(ctx, row) {
        return Err(Error::NotFound);
    }
    if !row.is_live() {
        return Err(ended());
    }
    if state.value("key").is_empty() {
        state.values.set("key", seal(ctx));
    }
    let body = html! {
        (error_summary(look, &state))
        (hidden("key", state.value("key")))
        (textarea(look, &state, Field::new("words", look.t("您那里是什么情况", "How it is where you are")).max(1_000)
            .hint(look.t("在哪里、影响到谁，写一两句就行。", "Where, and whom it troubles: a line or two will do.")), 3))
        (text_field(look, &state, Field::new("name", look.t("怎么称呼您", "Your name")).private().autocomplete("name").max(40)))
        (text_field(look, &state, Field { inputmode: "tel", ..Field::new("phone", look.t("电话", "Telephone")) }
            .kind("tel").private().autocomplete("tel").max(24)
            .hint(look.t("用来发送告知。可以不填，凭编号和查询码自己来查。", "For the notices. You may leave it out and look it up with number and code."))))
        div.actions { (web::form::submit(look.t("我也加入", "I have this too"))) }
    };
    let (number, n) = (&row.number, shown.people);
    let action = format!("/public/{number}/joining");
    Ok(Page::new(look, look.t("我也有这件事", "I have this too"))
        .at("/public")
        .narrow()
        .crumbs(vec![
            Crumb { href: "/public".into(), label: look.t("公开台账", "Public ledger").into() },
            Crumb { href: format!("/public/{number}"), label: number.clone() },
        ])
        .main(html! {
            section.card {
                h2 { (shown.text(&row.public_title)) }
                p.hint { (say!(look, "已有 {n} 人反映。加入后您会有自己的查询码，一样收到告知、一样评价。",
                    "{n} so far. You get a query code of your own, the same notices, and the same say in the end.")) }
            }
            section.card { (form_with(look, FormOptions { action: &action, draft: "join", ..FormOptions::default() }, body)) }
        }))
}

fn ended() -> Error {
    Error::refused(
        "ended",
        "那件已经办结，请作为新的一件提出。",
        "That one has ended: please ask as a new request.",
    )
}

/// `POST /public/{number}/joining`
pub(super) async fn submit(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = public(&site);
    let state = match take(&visitor.look, &ctx, &headers, &number, &values).await {
        Ok(response) => return Ok(response),
        Err(error) => FormState::refused(values, error)?,
    };
    let page = page(&visitor.look, &ctx, &number, state).await?;
    Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn take(
    look: &Look,
    ctx: &Ctx,
    headers: &HeaderMap,
    number: &str,
    values: &Values,
) -> kernel::Result<Response> {
    let number: RequestNumber = number.parse().map_err(|_| Error::NotFound)?;
    let row = matter::load(ctx, &number.to_string()).await?.row;
    if values.opt("phone").is_some_and(|p| access::identity::normal_phone(p).is_none()) {
        return Err(Error::field(
            "phone",
            "电话号码不完整，请检查。",
            "The telephone number is not complete.",
        ));
    }
    let key = unseal(ctx, values.one("key"));
    let input = Join {
        id: row.id,
        key: key.unwrap_or_else(|| PersonId::new(ctx.at, &*ctx.site.chance)),
        person: NewPerson {
            name: values.opt("name").map(|n| n.chars().take(40).collect()),
            phone: values.opt("phone").map(str::to_owned),
            locale: look.locale,
            ..NewPerson::default()
        },
        channel: channel(ctx),
        words: values.one("words").chars().take(1_000).collect(),
        told: Told::OnPage,
    };
    let holder = Holder { request: input.id, person: Some(input.key) };
    let done = ctx.write(move |tx, ctx| join(tx, ctx, &input)).await?;
    let response = Redirect::to(&format!("/r/{}", done.number)).into_response();
    Ok(pass::grant(&ctx.site, headers, response, &holder, true))
}
