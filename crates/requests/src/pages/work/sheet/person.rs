//! Who the person is: shown once for a purpose, and put on record where the person reads it.

use super::may_know;
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::pages::eye::Eye;
use crate::pages::work::people::pseudonym;
use crate::step;
use access::identity::{self, Person};
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use kernel::{Error, Result};
use maud::{Markup, html};
use serde_json::json;
use web::components::{Definition, Flash, FlashKind, Pair, actions, card, definitions};
use web::form::{Choice, Field, FormState, error_summary, form as post, radios, submit, text_field};
use web::page::Crumb;
use web::{FormBody, Page, PageResult, Values};

async fn find(ctx: &Ctx, number: &str) -> Result<Case> {
    let number = number.to_owned();
    let case = ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await?;
    if !may_know(ctx, &case) {
        // Says who may, or that nobody was named.
        if case.row.person.is_none() {
            return Err(Error::NotFound);
        }
        let target = access::Target::at(ctx.path(case.row.unit)).officer(case.row.officer);
        access::demand(&ctx.scope, access::Verb::ViewIdentity, access::Noun::Identity, target)?;
    }
    Ok(case)
}

/// `GET /requests/{number}/identity`: asks what for.
pub(crate) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let case = find(&ctx, &number).await?;
    let eye = Eye::new(&staff.look, &ctx);
    Ok(asking(&eye, &case, &FormState::default()).into_response())
}

/// `POST /requests/{number}/identity`: shows it, after the look is on record.
pub(crate) async fn look(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let case = find(&ctx, &number).await?;
    let eye = Eye::new(&staff.look, &ctx);
    let body = match purpose(&ctx, &values) {
        Ok(body) => body,
        Err(error) => {
            let state = FormState::refused(values, error)?;
            return Ok(asking(&eye, &case, &state).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    let key = values.one("purpose").to_owned();
    let people = ctx.write(move |tx, ctx| {
        let mut case = Case::find_number(tx, ctx, &number)?;
        if !may_know(ctx, &case) {
            return Err(Error::NotFound);
        }
        let ctx = &case.acting(ctx, access::Verb::ViewIdentity, access::Noun::Identity);
        let all: Vec<_> = case.people().collect();
        step::note(
            tx,
            ctx,
            &mut case,
            "look",
            Audience::Person,
            &body,
            json!({ "purpose": key, "people": all.len() }),
        )?;
        all.into_iter().map(|p| identity::get(tx, p)).collect::<Result<Vec<Option<Person>>>>()
    });
    let people = people.await?;
    let mut response = shown(&eye, &case, &people).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The purpose in words, as the person reads it on their own page.
fn purpose(ctx: &Ctx, v: &Values) -> Result<String> {
    let chosen = ctx.site.pack.purposes.iter().find(|p| p.id == v.one("purpose"));
    let Some(purpose) = chosen else {
        return Err(Error::field("purpose", "请选择查看的目的。", "Please say what for."));
    };
    match v.opt("why") {
        Some(why) => Ok(format!("{}：{}", purpose.text.zh, why.chars().take(200).collect::<String>())),
        None if purpose.explain => {
            Err(Error::field("why", "这个目的要写明具体事由。", "This purpose needs a sentence."))
        }
        None => Ok(purpose.text.zh.clone()),
    }
}

fn frame(eye: &Eye, case: &Case) -> Page {
    let row = &case.row;
    Page::new(&eye.look, eye.t("诉求人是谁", "Who the person is")).at("/requests").narrow().crumbs(vec![
        Crumb { href: format!("/requests/{}", row.number), label: format!("{} {}", row.number, row.title) },
    ])
}

fn asking(eye: &Eye, case: &Case, s: &FormState) -> Page {
    let purposes: Vec<Choice> = eye
        .ctx
        .site
        .pack
        .purposes
        .iter()
        .map(|p| {
            let choice = Choice::new(&p.id, p.text.to(eye.locale()));
            if p.explain { choice.hint(eye.t("要写明事由", "needs a sentence")) } else { choice }
        })
        .collect();
    let action = format!("/requests/{}/identity", case.row.number);
    frame(eye, case)
        .lede(html! { p { (eye.t("查看会记在案上，诉求人在自己的页面看得到：谁、什么时候、为什么。", "The look goes on record; the person sees on their page who looked, when and what for.")) } })
        .main(card(None, post(&eye.look, &action, html! {
            (error_summary(&eye.look, s))
            (radios(&eye.look, s, Field::new("purpose", eye.t("为什么要看", "What for")).required(), &purposes))
            (text_field(&eye.look, s, Field::new("why", eye.t("具体事由", "In a sentence")).max(200)))
            (actions(html! {
                (submit(eye.t("记录并查看", "Record it and show")))
                a.btn.quiet href={ "/requests/" (case.row.number) } { (eye.t("返回", "Back")) }
            }))
        })))
}

fn shown(eye: &Eye, case: &Case, people: &[Option<Person>]) -> Page {
    frame(eye, case)
        .notice(Flash::new(FlashKind::Info, eye.t("这次查看已记录。离开此页后要再看，需重新记录。", "The look is on record. To see this again later it is recorded anew.")))
        .main(html! {
            @for (i, person) in people.iter().enumerate() { (one(eye, i, person.as_ref())) }
            (actions(html! { a.btn.main href={ "/requests/" (case.row.number) } { (eye.t("回到这件诉求", "Back to the case")) } }))
        })
}

fn one(eye: &Eye, i: usize, person: Option<&Person>) -> Markup {
    let Some(p) = person else {
        return card(
            Some(&pseudonym(i, eye.locale())),
            html! { p { (eye.t("身份已删除。", "The identity was erased.")) } },
        );
    };
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let phone = text(&p.phone);
    let mut facts: Vec<Definition> = vec![
        Pair::text(eye.t("姓名", "Name"), &text(&p.name)),
        (
            eye.t("电话", "Telephone"),
            html! { @if phone.is_empty() { "—" } @else { a href={ "tel:" (phone) } { (phone) } } },
        ),
        Pair::text(eye.t("住址", "Address"), &text(&p.address)),
    ];
    if p.idno.is_some() {
        facts.push(Pair::text(eye.t("证件号", "Identity number"), &text(&p.idno)));
    }
    card(Some(&pseudonym(i, eye.locale())), definitions(&facts))
}
