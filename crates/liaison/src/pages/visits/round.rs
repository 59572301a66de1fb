//! A round of many households in one go: one word for all, and a line for each where there is more.

use crate::visits::{self, Faulty, MyHousehold, Outcome, Said, Visit, household_of, households_of};
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::{Date, RecordId, Result};
use maud::{Markup, html};
use requests::Ctx;
use web::components::{Flash, FlashKind, button_link, empty_state, flash, main_link};
use web::form::{self, Choice, Field, checkboxes, date_field, error_summary, hidden, select, text_field};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

async fn mine(ctx: &Ctx, me: kernel::AccountId) -> Result<Vec<MyHousehold>> {
    let mut all = ctx
        .read(move |tx, ctx| {
            let mut out = Vec::new();
            for (id, kinds) in households_of(tx, me, ctx.today())? {
                out.extend(household_of(tx, ctx, id, kinds)?);
            }
            Ok(out)
        })
        .await?;
    all.sort_by(|a, b| (a.last, &a.code).cmp(&(b.last, &b.code)));
    Ok(all)
}

/// `GET /visits/round`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let all = mine(&ctx, staff.account()?.id).await?;
    let mut values = Values::default();
    values.set("on", ctx.today().to_string());
    for home in &all {
        values.set(format!("{}.id", home.id), RecordId::new(ctx.at, &*ctx.site.chance).to_string());
    }
    Ok(page(&staff.look, &ctx, &FormState::new(values), &all, &[]).into_response())
}

/// `POST /visits/round`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(mut values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let all = mine(&ctx, staff.account()?.id).await?;
    let chosen: Vec<&MyHousehold> =
        all.iter().filter(|h| values.all("seen").contains(&h.id.to_string())).collect();
    let wrong = faults(&ctx, &values, &all, chosen.is_empty());
    if !wrong.0.is_empty() {
        let state = FormState { values, errors: wrong.0 };
        let shown = page(&staff.look, &ctx, &state, &all, &[]);
        return Ok(shown.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    let on = values.parsed::<Date>("on").unwrap_or(ctx.today());
    let sent = chosen.iter().map(|home| visit(&ctx, &values, home, on)).collect();
    let done = visits::confirm_all(&ctx, sent, None).await;
    let told: Vec<(&MyHousehold, Outcome)> = chosen.into_iter().zip(done).collect();
    // What was taken is done; what was not stays ticked with its reason.
    let left: Vec<String> = told
        .iter()
        .filter(|(_, o)| !matches!(o.outcome, "taken" | "again"))
        .map(|(home, _)| home.id.to_string())
        .collect();
    for home in all.iter().filter(|h| !left.contains(&h.id.to_string())) {
        values.set(format!("{}.id", home.id), RecordId::new(ctx.at, &*ctx.site.chance).to_string());
        values.set(format!("{}.text", home.id), "");
    }
    let status = if left.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    values.0.insert("seen".into(), left);
    Ok(page(&staff.look, &ctx, &FormState::new(values), &all, &told).status(status).into_response())
}

/// What has to be put right before any of it is written: nobody's words are dropped, and none goes under a question that
/// nobody chose.
fn faults(ctx: &Ctx, values: &Values, all: &[MyHousehold], none: bool) -> Faulty {
    let mut out = Faulty::default();
    let seen = values.all("seen");
    let told: Vec<&MyHousehold> =
        all.iter().filter(|h| !values.one(&format!("{}.text", h.id)).trim().is_empty()).collect();
    if values.parsed::<Date>("on").is_none() {
        out.add("on", "请填哪天去的。", "Please give the day.");
    }
    if none && told.is_empty() {
        out.add("seen", "请勾上去过的户。", "Please tick where you were.");
    }
    if !told.is_empty() && ctx.site.pack.visit.question(values.one("about")).is_none() {
        out.add(
            "about",
            "写了话，请选写的是关于什么。",
            "Something is written: please choose what it is about.",
        );
    }
    for home in told.into_iter().filter(|h| !seen.contains(&h.id.to_string())) {
        out.add(
            format!("{}.text", home.id),
            "这一户写了话，没有勾“去过了”：请勾上，或者把话去掉。",
            "There are words here, but no tick that you were there: tick it, or take the words away.",
        );
    }
    out
}

fn visit(ctx: &Ctx, values: &Values, home: &MyHousehold, on: Date) -> Visit {
    let text = values.one(&format!("{}.text", home.id)).trim();
    let said = Said { question: values.one("about").to_owned(), choices: Vec::new(), text: text.to_owned() };
    Visit {
        id: values
            .parsed(&format!("{}.id", home.id))
            .unwrap_or_else(|| RecordId::new(ctx.at, &*ctx.site.chance)),
        household: home.id,
        on,
        device_at: None,
        seen_at: None,
        answers: if text.is_empty() { Vec::new() } else { vec![said] },
        promises: Vec::new(),
        promised: Vec::new(),
        needs: Vec::new(),
        helped: Vec::new(),
        corrects: None,
    }
}

fn page(
    look: &Look,
    ctx: &Ctx,
    state: &FormState,
    all: &[MyHousehold],
    told: &[(&MyHousehold, Outcome)],
) -> Page {
    let taken = told.iter().filter(|(_, o)| matches!(o.outcome, "taken" | "again")).count();
    let questions: Vec<Choice> = ctx
        .site
        .pack
        .visit
        .questions
        .iter()
        .map(|q| Choice::new(q.id.as_str(), q.name.to(look.locale)))
        .collect();
    Page::new(look, look.t("一次记多户", "Several households at once"))
        .at("/visits")
        .narrow()
        .lede(html! { p { (look.t(
            "勾上去过的户。有诉求、有答应过的事的，请一户一户记。",
            "Tick where you were. Where there is a need or an open promise, note that household by itself.")) } })
        .main(html! {
            @if taken > 0 {
                (flash(&Flash::new(FlashKind::Ok, look.t(&format!("记好了 {taken} 户。"), &format!("{taken} households are on record.")))))
            }
            @for (home, outcome) in told {
                @if let Some(reason) = outcome.reason.as_ref().filter(|_| outcome.outcome != "again") {
                    (flash(&Flash::new(FlashKind::Warn, &format!("{}：{}", home.code, reason.to(look.locale)))))
                }
            }
            @if all.is_empty() {
                (empty_state(look.t("现在没有与您结对的户。", "No household is paired with you now."), None))
            } @else {
                (form::form(look, "/visits/round", html! {
                    (error_summary(look, state))
                    (date_field(look, state, Field::new("on", look.t("哪天去的", "On which day")).required()))
                    (select(look, state, Field::new("about", look.t("写的话是关于", "What is written is about"))
                        .hint(look.t("写了话的才要选。", "Only where something is written.")), &questions))
                    @for home in all { (line(look, state, home)) }
                    div.actions { (form::submit(look.t("记好了", "Done"))) (button_link(look.t("返回", "Back"), "/visits")) }
                }))
            }
            @if taken > 0 { div.actions { (main_link(look.t("我联系的户", "My households"), "/visits")) } }
        })
}

fn line(look: &Look, state: &FormState, home: &MyHousehold) -> Markup {
    let who = home.people.first().map_or(home.code.as_str(), |p| p.name.as_str());
    let (id, text) = (format!("{}.id", home.id), format!("{}.text", home.id));
    let label = format!("{who} · {}", home.code);
    html! {
        section.card {
            (hidden(&id, state.value(&id)))
            @if home.promises.is_empty() {
                (checkboxes(look, state, Field::new("seen", &label), &[Choice::new(home.id.to_string(), look.t("去过了", "Was there"))]))
                (text_field(look, state, Field::new(&text, look.t("新情况", "What is new")).max(500)))
            } @else {
                p { b { (label) } " · " a href={ "/visits/new?household=" (home.id) } {
                    (look.t("有答应过的事，单独记", "A promise is open: note it by itself")) } }
            }
        }
    }
}
