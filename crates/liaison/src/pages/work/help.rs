//! Help in half a minute: which item, what came of it, a line; or the visit that says it already.

use super::reader::{Asked, Found, context, find};
use super::words::{item_name, until};
use crate::pages::visits::books::{brought, said};
use crate::visits;
use crate::work::{Help, KnownPlan, help, in_own_words, plan_of};
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, RecordId, Result, Timestamp};
use maud::html;
use records::{Listing, Record, Whose};
use requests::Ctx;
use std::collections::HashMap;
use web::form::{
    Choice, Field, FormBody, date_field, error_summary, form as form_of, hidden, radios, submit, textarea,
};
use web::{FormState, Look, Page, PageResult, Values, format};

/// Visits that are offered.
const VISITS: usize = 3;

/// What the form offers.
struct Offered {
    found: Found,
    plan: Option<KnownPlan>,
    visits: Vec<Record>,
    /// What was asked for at each of them.
    asked: HashMap<RecordId, Vec<String>>,
}

fn offered(tx: &mut dyn db::Tx, ctx: &Ctx, code: &str, asked: &Asked) -> Result<Offered> {
    let found = find(tx, ctx, code, asked)?;
    if !found.holder {
        return Err(Error::NotFound);
    }
    let mut plan = plan_of(tx, found.home.id, &found.kind.id, ctx.today().year(), None)?;
    if let Some(plan) = &mut plan {
        in_own_words(tx, &ctx.site.keyring, plan)?;
    }
    let me = ctx.account();
    let recent = records::list(tx, &Listing::new(Whose::Household(found.home.id), visits::KIND, 10))?;
    let late = i32::from(ctx.site.pack.visit.late_days);
    let near = |r: &Record| (ctx.today() - r.on).get_days() <= late && r.on.year() == ctx.today().year();
    let mine = recent.into_iter().filter(|r| Some(r.account) == me && near(r)).take(VISITS).collect();
    let visits = visits::readable(tx, ctx, mine)?;
    let mut needs = HashMap::new();
    for visit in &visits {
        needs.insert(visit.id, visits::needs_heard_at(tx, visit, Timestamp(i64::MAX))?);
    }
    Ok(Offered { found, plan, visits, asked: needs })
}

/// `GET /plans/{code}/help?item=&visit=`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let given = asked.clone();
    let offered = ctx.read(move |tx, ctx| offered(tx, ctx, &code, &given)).await?;
    let mut values = Values::default();
    values.set("id", RecordId::new(ctx.at, &*ctx.site.chance).to_string());
    values.set("on", ctx.today().to_string());
    values.set("item", asked.item);
    // Whoever was there today has most likely helped there and then.
    let today = offered.visits.iter().find(|v| v.on == ctx.today()).map(|v| v.id.to_string());
    values.set("visit", if asked.visit.is_empty() { today.unwrap_or_default() } else { asked.visit });
    Ok(page(&staff.look, &ctx, &offered, &FormState::new(values)).into_response())
}

/// `POST /plans/{code}/help`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let asked = Asked { kind: values.one("kind").into(), ..Asked::default() };
    let offered = ctx.read(move |tx, ctx| offered(tx, ctx, &code, &asked)).await?;
    let done = match read(&ctx, &offered, &values) {
        Ok(input) => ctx.write(move |tx, ctx| help(tx, ctx, &input)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(Redirect::to(&offered.found.href("", &[("done", "help")])).into_response()),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let shown = page(&staff.look, &ctx, &offered, &state);
            Ok(shown.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

fn read(ctx: &Ctx, o: &Offered, values: &Values) -> Result<Help> {
    let visit = o.visits.iter().find(|v| v.id.to_string() == values.one("visit"));
    let on = match visit {
        Some(visit) => visit.on,
        None => values.parsed("on").ok_or_else(|| Error::field("on", "请填哪天帮的。", "Give the day."))?,
    };
    Ok(Help {
        id: values.parsed("id").unwrap_or_else(|| RecordId::new(ctx.at, &*ctx.site.chance)),
        household: o.found.home.id,
        kind: o.found.kind.id.clone(),
        on,
        item: values.opt("item").filter(|i| *i != "-").map(str::to_owned),
        effect: values.one("effect").to_owned(),
        text: values.one("text").trim().to_owned(),
        visit: visit.map(|v| v.id),
        corrects: None,
    })
}

fn page(look: &Look, ctx: &Ctx, o: &Offered, state: &FormState) -> Page {
    let (found, rule) = (&o.found, &ctx.site.pack.work);
    let title = format!("{} · {}", look.t("记一次帮扶", "Note help"), found.whose(look));
    let effects: Vec<Choice> =
        rule.effects.iter().map(|e| Choice::new(&e.id, e.name.to(look.locale))).collect();
    let action = format!("/plans/{}/help", found.home.code);
    found.frame(look, ctx, &title).main(form_of(
        look,
        &action,
        html! {
            (error_summary(look, state))
            (hidden("id", state.value("id")))
            (hidden("kind", &found.kind.id))
            section.card {
                (radios(look, state, Field::new("item", look.t("帮的是哪一项", "Towards which item")).required(), &items(look, ctx, o)))
                (radios(look, state, Field::new("effect", look.t("成效", "What came of it")).required(), &effects))
            }
            section.card {
                @if !o.visits.is_empty() {
                    (radios(look, state, Field::new("visit", look.t("走访里记过吗", "Does a visit say it already"))
                        .hint(look.t("选了走访，日期和内容就不用再写。", "With a visit chosen, day and words need not be written again.")), &at_visits(look, ctx, o)))
                }
                (textarea(look, state, Field::new("text", look.t("做了什么", "What was done")).max(300).private(), 2))
                (date_field(look, state, Field::new("on", look.t("哪天帮的", "On which day"))))
            }
            div.actions { (submit(look.t("记好了", "Done"))) }
        },
    ))
}

fn items(look: &Look, ctx: &Ctx, o: &Offered) -> Vec<Choice> {
    let mut out: Vec<Choice> = match &o.plan {
        Some(plan) => plan
            .items
            .iter()
            .map(|i| Choice::new(&i.item, item_name(look, ctx, i)).hint(until(look, i.by, plan.year)))
            .collect(),
        None => Vec::new(),
    };
    out.push(Choice::new("-", look.t("计划以外的", "Something beside the plan")));
    out
}

fn at_visits(look: &Look, ctx: &Ctx, o: &Offered) -> Vec<Choice> {
    let one = |v: &Record| {
        let words = said(ctx, &v.data, &v.text, look.locale);
        let day = format::day_near(look.locale, v.on, ctx.today());
        let label = look.t(&format!("{day}走访时"), &format!("At the visit of {day}")).to_owned();
        let asked = o.asked.get(&v.id).map_or(&[][..], Vec::as_slice);
        let words = if words.is_empty() { brought(look.locale, v, asked) } else { words };
        Choice::new(v.id.to_string(), label).hint(words)
    };
    let mut out: Vec<Choice> = o.visits.iter().map(one).collect();
    out.push(Choice::new("", look.t("不是走访时", "Not at a visit")));
    out
}
