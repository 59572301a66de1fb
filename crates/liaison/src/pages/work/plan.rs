//! The plan of a pairing: chosen by tapping, with a word where one is needed. What the plan said before is offered.

use super::reader::{Asked, Found, context, find, found};
use crate::work::{self, ItemState, KnownPlan, Plan, PlanItem, plan, plan_of, wrap_up};
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use kernel::{Date, Error, Locale, RecordId, Result};
use maud::{Markup, html};
use pack::{WorkGroup, WorkItem};
use requests::Ctx;
use web::components::disclosure;
use web::form::{
    Choice, Field, FormBody, error_summary, form as form_of, hidden, select, submit, text_field, textarea,
};
use web::{FormState, Look, Page, PageResult, Values};

/// `GET /plans/{code}/plan`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let (found, values) = ctx.read(move |tx, ctx| start(tx, ctx, &code, &asked)).await?;
    Ok(page(&staff.look, &ctx, &found, &FormState::new(values)).into_response())
}

/// What the form begins with: the plan that is there, or what was left over from last year's.
fn start(tx: &mut dyn db::Tx, ctx: &Ctx, code: &str, asked: &Asked) -> Result<(Found, Values)> {
    let found = find(tx, ctx, code, asked)?;
    if !found.holder {
        return Err(Error::NotFound);
    }
    let mut values = Values::default();
    values.set("id", RecordId::new(ctx.at, &*ctx.site.chance).to_string());
    let (id, kind) = (found.home.id, found.kind.id.as_str());
    let mut there = plan_of(tx, id, kind, found.year, None)?;
    if let Some(plan) = &mut there {
        work::in_own_words(tx, &ctx.site.keyring, plan)?;
        if plan.household == id {
            values.set("corrects", plan.record.to_string());
        }
        fill(&mut values, plan, |_| true);
    } else if let Some(mut last) = plan_of(tx, id, kind, found.year - 1, None)? {
        work::in_own_words(tx, &ctx.site.keyring, &mut last)?;
        let wrap = wrap_up(tx, ctx, id, kind, found.year - 1, ctx.today())?;
        let open = |item: &str| wrap.items.iter().any(|i| i.item.item == item && i.state != ItemState::Done);
        fill(&mut values, &last, open);
    }
    Ok((found, values))
}

fn fill(values: &mut Values, plan: &KnownPlan, keep: impl Fn(&str) -> bool) {
    values.set("wish", plan.wish.as_str());
    for i in plan.items.iter().filter(|i| keep(&i.item)) {
        values.push("item", i.item.as_str());
        values.set(format!("i.{}.text", i.item), i.text.as_str());
        values.set(format!("i.{}.by", i.item), i.by.month().to_string());
    }
}

/// `POST /plans/{code}/plan`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let asked =
        Asked { kind: values.one("kind").into(), year: values.one("year").into(), ..Asked::default() };
    let found = found(&ctx, &code, &asked).await?;
    if !found.holder {
        return Err(Error::NotFound.into());
    }
    let input = read(&ctx, &found, &values);
    match ctx.write(move |tx, ctx| plan(tx, ctx, &input)).await {
        Ok(_) => Ok(Redirect::to(&found.href("", &[("done", "plan")])).into_response()),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            Ok(page(&staff.look, &ctx, &found, &state)
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .into_response())
        }
    }
}

fn last_day(year: i16, month: i8) -> Option<Date> {
    Date::new(year, month, 1).ok().map(Date::last_of_month)
}

fn read(ctx: &Ctx, found: &Found, values: &Values) -> Plan {
    let item = |id: &String| PlanItem {
        item: id.clone(),
        text: values.one(&format!("i.{id}.text")).trim().to_owned(),
        by: values
            .parsed::<i8>(&format!("i.{id}.by"))
            .and_then(|month| last_day(found.year, month))
            .or_else(|| last_day(found.year, 12))
            .unwrap_or(ctx.today()),
    };
    Plan {
        id: values.parsed("id").unwrap_or_else(|| RecordId::new(ctx.at, &*ctx.site.chance)),
        household: found.home.id,
        kind: found.kind.id.clone(),
        year: found.year,
        on: ctx.today(),
        wish: values.one("wish").trim().to_owned(),
        items: values.all("item").iter().map(item).collect(),
        corrects: values.parsed("corrects"),
    }
}

fn page(look: &Look, ctx: &Ctx, found: &Found, state: &FormState) -> Page {
    let year = look.t(&format!("{}年的计划", found.year), &format!("The plan for {}", found.year)).to_owned();
    let rule = &ctx.site.pack.work;
    let months: Vec<Choice> = (1..=12)
        .map(|m| {
            let label = match look.locale {
                Locale::Zh => format!("{m}月底前"),
                Locale::En => last_day(found.year, m)
                    .map(|d| format!("by the end of {}", web::format::month_short(Locale::En, d)))
                    .unwrap_or_default(),
            };
            Choice::new(m.to_string(), label)
        })
        .collect();
    let action = format!("/plans/{}/plan", found.home.code);
    found.frame(look, ctx, &format!("{year} · {}", found.whose(look))).main(form_of(
        look,
        &action,
        html! {
            (error_summary(look, state))
            (hidden("id", state.value("id")))
            (hidden("corrects", state.value("corrects")))
            (hidden("kind", &found.kind.id))
            (hidden("year", &found.year.to_string()))
            section.card {
                (textarea(look, state, Field::new("wish", look.t("这一家今年想达到什么", "What the family wishes to reach this year"))
                    .required().max(300).private().hint(look.t("用他们的话，一句就行。", "In their words; a line will do.")), 2))
            }
            @if let Some(wrong) = state.error("items", look.locale) { p.error #f-items { (wrong) } }
            @for group in &rule.groups {
                (offered(look, state, group, &months))
            }
            div.actions { (submit(look.t("就这么定", "Agreed"))) }
            p.hint { (look.t("家里人扫联系卡能看到这份计划。以后可以改，改之前的也留着。",
                "The family sees this plan by the code of its card. It can be revised; what it said before is kept.")) }
        },
    ))
}

/// The items of a group as words to tap; their own words and months are out of the way until they are wanted.
fn offered(look: &Look, state: &FormState, group: &WorkGroup, months: &[Choice]) -> Markup {
    let chosen = state.values.all("item");
    let (now, later): (Vec<&WorkItem>, Vec<&WorkItem>) =
        group.items.iter().partition(|i| chosen.contains(&i.id));
    let wrong = group.items.iter().find_map(|i| state.error(&format!("i.{}", i.id), look.locale));
    html! {
        section.card {
            fieldset.field.picks {
                legend { (group.name.to(look.locale)) }
                @if let Some(wrong) = wrong { p.error { (wrong) } }
                div.chips { @for item in &group.items { label.chip {
                    input type="checkbox" name="item" value=(item.id) checked[chosen.contains(&item.id)];
                    (item.name.to(look.locale))
                } } }
            }
            @for item in now { (more(look, state, item, months)) }
            @if !later.is_empty() {
                (disclosure(look.t("具体做什么、做到哪个月", "What exactly, and by which month"), html! {
                    @for item in later { (more(look, state, item, months)) }
                }))
            }
        }
    }
}

/// The words and the month of one item.
fn more(look: &Look, state: &FormState, item: &WorkItem, months: &[Choice]) -> Markup {
    let (text, by) = (format!("i.{}.text", item.id), format!("i.{}.by", item.id));
    let name = item.name.to(look.locale);
    let what = look.t(&format!("{name}：具体做什么"), &format!("{name}: what exactly")).to_owned();
    let when = look.t(&format!("{name}：做到哪个月"), &format!("{name}: by which month")).to_owned();
    html! { div.stack {
        (text_field(look, state, Field::new(&text, &what).max(200).private()))
        (select(look, state, Field::new(&by, &when).hint(look.t("不选就是年底。", "The year's end where left out.")), months))
    } }
}
