//! A new household: its grid, since when and on what it rests, and its head. Others who live there follow on its page.

use super::list::grid_field;
use super::people::{person_fields, person_of};
use super::reader::{context, day, home_page, query, refused};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, FieldError, Result};
use maud::html;
use register::households::{self, NewHousehold, NewMember, Relation};
use requests::Ctx;
use web::components::{actions, card};
use web::form::{Field, date_field, error_summary, form as post, submit, text_field};
use web::page::Crumb;
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// `GET /households/new?unit=`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(pairs): Query<Vec<(String, String)>>,
) -> PageResult {
    let ctx = context(&site, &staff);
    if !access::may_somewhere(&ctx.scope, Verb::Manage, Noun::Household) {
        access::demand(&ctx.scope, Verb::Manage, Noun::Household, "")?;
    }
    let mut values = Values::default();
    values.set("unit", *query(&pairs).get("unit").unwrap_or(&""));
    values.set("from", ctx.today().to_string());
    Ok(view(&staff.look, &ctx, &FormState::new(values)).into_response())
}

fn view(look: &Look, ctx: &Ctx, s: &FormState) -> Page {
    let body = html! {
        (error_summary(look, s))
        (grid_field(look, ctx, s))
        (date_field(look, s, Field::new("from", look.t("从哪天起", "Since")).required()))
        (text_field(look, s, Field::new("basis", look.t("依据", "Basis")).hint(look.t("户口簿、入户核实、迁入证明", "Household book, seen at a visit, papers")).required().max(200)))
        (text_field(look, s, Field::new("persons", look.t("人口", "Persons")).hint(look.t("不填就按登记的人数", "As many as are named where left out")).kind("number")))
        h2 { (look.t("户主", "The head")) }
        (person_fields(look, s))
        (actions(html! { (submit(look.t("登记", "Add"))) a.btn.quiet href="/households" { (look.t("返回", "Back")) } }))
    };
    Page::new(look, look.t("登记新户", "Add a household"))
        .at("/households")
        .narrow()
        .crumbs(vec![Crumb { href: "/households".into(), label: look.t("户", "Households").into() }])
        .main(card(None, post(look, "/households/new", body)))
}

/// `POST /households/new`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    if !access::may_somewhere(&ctx.scope, Verb::Manage, Noun::Household) {
        access::demand(&ctx.scope, Verb::Manage, Noun::Household, "")?;
    }
    let done = match new_of(&ctx, &values) {
        Ok(new) => households::add(&site, &ctx.scope, new).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(home) => Ok(Redirect::to(&home_page(&home.code)).into_response()),
        // Of the first person the fields stand in the form under their own names.
        Err(Error::Invalid(faults)) => {
            let plain =
                |f: FieldError| FieldError { field: f.field.trim_start_matches("people.0.").to_owned(), ..f };
            let state = FormState { values, errors: faults.into_iter().map(plain).collect() };
            Ok(refused(state, |s| view(&staff.look, &ctx, s)))
        }
        Err(error) => {
            let state = FormState::refused(values, error)?;
            Ok(refused(state, |s| view(&staff.look, &ctx, s)))
        }
    }
}

fn new_of(ctx: &Ctx, values: &Values) -> Result<NewHousehold> {
    let unit = ctx.dir.by_code(values.one("unit")).filter(|u| u.level == ctx.site.pack.household.level);
    let unit = unit.ok_or_else(|| {
        Error::field("unit", "没有这个网格，请核对编码。", "There is no such grid; look at the code again.")
    })?;
    let persons = match values.opt("persons") {
        None => None,
        Some(n) => Some(
            n.parse().map_err(|_| Error::field("persons", "人口填数字。", "Give a number of persons."))?,
        ),
    };
    Ok(NewHousehold {
        id: None,
        unit: unit.id,
        code: None,
        place: unit.lon.zip(unit.lat),
        persons,
        from: day(values, "from")?,
        basis: values.one("basis").to_owned(),
        people: vec![NewMember { relation: Relation::Head, who: person_of(values), from: None }],
        tags: Vec::new(),
    })
}
