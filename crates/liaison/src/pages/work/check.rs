//! A check in a minute: every item stands where the records put it, and whoever checks says so or otherwise.

use super::reader::{Asked, Found, context, find};
use super::words::{help_line, item_name, until};
use crate::pages::visits::books::or_gone;
use crate::work::{Check, ItemStanding, ItemState, WrapUp, check as write, wrap_up};
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, RecordId, Result};
use maud::html;
use requests::Ctx;
use web::components::card;
use web::form::{
    Choice, Field, FormBody, error_summary, form as form_of, hidden, radios, submit, text_field, textarea,
};
use web::{FormState, Look, Page, PageResult, Values, format};

/// What the form is about. `sent` comes back with what was typed, also where the pairing has ended meanwhile.
fn offered(tx: &mut dyn db::Tx, ctx: &Ctx, code: &str, asked: &Asked, sent: bool) -> Result<(Found, WrapUp)> {
    let found = find(tx, ctx, code, asked)?;
    if !(found.checker || sent && found.ended) {
        return Err(Error::NotFound);
    }
    let wrap = wrap_up(tx, ctx, found.home.id, &found.kind.id, found.year, ctx.today())?;
    Ok((found, wrap))
}

/// `GET /plans/{code}/check`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let (found, wrap) = ctx.read(move |tx, ctx| offered(tx, ctx, &code, &asked, false)).await?;
    let mut values = Values::default();
    values.set("id", RecordId::new(ctx.at, &*ctx.site.chance).to_string());
    for line in &wrap.items {
        values.set(format!("i.{}", line.item.item), line.state.key());
    }
    Ok(page(&staff.look, &ctx, &found, &wrap, &FormState::new(values)).into_response())
}

/// `POST /plans/{code}/check`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let asked =
        Asked { kind: values.one("kind").into(), year: values.one("year").into(), ..Asked::default() };
    let (found, wrap) = ctx.read(move |tx, ctx| offered(tx, ctx, &code, &asked, true)).await?;
    let standing =
        |item: &str, now: ItemState| ItemState::from_key(values.one(&format!("i.{item}"))).unwrap_or(now);
    let input = Check {
        id: values.parsed("id").unwrap_or_else(|| RecordId::new(ctx.at, &*ctx.site.chance)),
        household: found.home.id,
        kind: found.kind.id.clone(),
        year: found.year,
        on: ctx.today(),
        items: wrap
            .items
            .iter()
            .map(|l| ItemStanding { item: l.item.item.clone(), state: standing(&l.item.item, l.state) })
            .collect(),
        ask: values.one("ask").trim().to_owned(),
        word: values.one("word").trim().to_owned(),
    };
    match ctx.write(move |tx, ctx| write(tx, ctx, &input)).await {
        Ok(_) => Ok(Redirect::to(&found.href("", &[("done", "check")])).into_response()),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let shown = page(&staff.look, &ctx, &found, &wrap, &state);
            Ok(shown.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

fn page(look: &Look, ctx: &Ctx, found: &Found, wrap: &WrapUp, state: &FormState) -> Page {
    let title = format!("{} · {}", look.t("检查", "Check"), found.whose(look));
    let states: Vec<Choice> =
        ItemState::ALL.iter().map(|s| Choice::new(s.key(), s.name().to(look.locale))).collect();
    let action = format!("/plans/{}/check", found.home.code);
    let mut page = found.frame(look, ctx, &title);
    if let Some(plan) = &wrap.plan {
        page = page.main(card(
            Some(look.t("这一家想达到的", "What the family wishes to reach")),
            html! { p { (or_gone(&plan.wish, look.locale)) } },
        ));
    }
    if let Some(last) = wrap.checks.first() {
        let day = format::day_near(look.locale, last.on, ctx.today());
        page = page.main(card(
            Some(look.t(&format!("上次检查：{day}"), &format!("The last check: {day}"))),
            html! { p { @if last.ask.is_empty() { (look.t("没有要求", "Nothing was asked")) } @else { (last.ask) } } },
        ));
    }
    page.main(form_of(
        look,
        &action,
        html! {
            (error_summary(look, state))
            (hidden("id", state.value("id")))
            (hidden("kind", &found.kind.id))
            (hidden("year", &found.year.to_string()))
            @if wrap.items.is_empty() {
                p { (look.t("这一年还没有计划，可以请结对的人先做计划。", "There is no plan for this year yet: you can ask for one.")) }
            }
            @for line in &wrap.items {
                @let name = format!("i.{}", line.item.item);
                section.card {
                    (radios(look, state, Field::new(&name, &item_name(look, ctx, &line.item)).required(), &states))
                    p.hint { (until(look, line.item.by, wrap.year)) " · " (look.t("按纪实：", "by the records: ")) (line.state.name().to(look.locale)) }
                    @for help in line.helps.iter().rev().take(3) { p { (help_line(look, ctx, help)) } }
                }
            }
            section.card {
                (textarea(look, state, Field::new("ask", look.t("请结对的人做什么", "What is asked of whoever looks after them")).max(200).private()
                    .hint(look.t("没有要求的空着。", "Leave it where nothing is asked.")), 2))
                (text_field(look, state, Field::new("word", look.t("一句话评价", "A sentence of judgement")).max(200).private()
                    .hint(look.t("想写才写，年终总结里会看到。", "Only if you wish; the wrap-up shows it."))))
            }
            div.actions { (submit(look.t("检查完了", "Checked"))) }
        },
    ))
}
