//! Putting a visit right, by whoever made it: the form of a visit, filled in with what was noted. What went its way with the
//! visit is shown, and why it is not changed here.

use super::books::learnt;
use super::form::{self, Asked};
use super::{read, section, take};
use crate::pages::work::words::name_of;
use crate::visits::correct::{self, Correction};
use access::{SharedSite, Staff};
use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, FieldError, Locale, RecordId, Result};
use maud::{Markup, html};
use requests::Ctx;
use requests::uploads::{self, Sent, Upload, Wanted};
use std::sync::Arc;
use web::components::{Flash, FlashKind, button_link, flash};
use web::form::{Came, FormOptions, error_summary, form_with, hidden, submit};
use web::{FormState, Look, Page, PageResult, Values, format, redirect_with};

async fn open(ctx: &Ctx, id: &str) -> Result<Correction> {
    let id: RecordId = id.parse().map_err(|_| Error::NotFound)?;
    ctx.read(move |tx, ctx| correct::open(tx, ctx, id)).await
}

/// `GET /visits/{id}/correction`; of a visit that was put right before: that of the latest.
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let of = open(&ctx, &id).await?;
    if let Some(latest) = latest(&ctx, of.visit.id).await? {
        return Ok(Redirect::to(&address(latest)).into_response());
    }
    let mut values = Values::default();
    values.set("id", fresh(&ctx));
    read::start(&mut values, of.visit.on, &of.said);
    Ok(page(&staff.look, &ctx, &FormState::new(values), &of, &[]).into_response())
}

/// `POST /visits/{id}/correction`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    came: Option<Extension<Came>>,
    request: Request,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let of = open(&ctx, &id).await?;
    let wanted = Wanted { most: usize::from(site.pack.visit.photos), pictures: true };
    let Sent { mut values, files, faults } =
        uploads::read_wanted(&ctx, request, wanted, |v| form::bind(v.one("id"))).await;
    if let Some(Extension(came)) = came {
        came.form(&values);
    }
    let read = read::correction(&ctx, &values, &of, &asked(&ctx, &of));
    let done = match if faults.is_empty() { read } else { Err(Error::Invalid(faults)) } {
        Ok(visit) => {
            let photos = Arc::new(files.clone());
            ctx.write(move |tx, ctx| take::on_record(tx, ctx, &visit, &photos)).await
        }
        Err(error) => Err(error),
    };
    let error = match done {
        Ok((_, put)) => return Ok(redirect_with(&back(&of), FlashKind::Ok, &said(&staff.look, put))),
        Err(error) => error,
    };
    // It was put right meanwhile, perhaps by this very form: what was typed goes to the one that stands now.
    let overtaken = matches!(error, Error::Refused { code: "record-corrected" | "record-differs", .. });
    let newer = if overtaken { latest(&ctx, of.visit.id).await? } else { None };
    let (of, error) = match newer {
        Some(latest) => {
            values.set("id", fresh(&ctx));
            let of = open(&ctx, &latest.to_string()).await?;
            let error = stands(&ctx, &of);
            (of, error)
        }
        None => (of, at_form(error)),
    };
    let state = FormState::refused(values, error)?;
    let shown = page(&staff.look, &ctx, &state, &of, &files).status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(shown.into_response())
}

/// The visit as it was put right last, where that is another record.
async fn latest(ctx: &Ctx, id: RecordId) -> Result<Option<RecordId>> {
    let latest = ctx.read(move |tx, _| records::put_right(tx, id, None)).await?;
    Ok(latest.map(|r| r.id).filter(|latest| *latest != id))
}

fn fresh(ctx: &Ctx) -> String {
    RecordId::new(ctx.at, &*ctx.site.chance).to_string()
}

fn address(id: RecordId) -> String {
    format!("/visits/{id}/correction")
}

/// Where the visit stands for whoever may read there; one's own diary for others.
fn back(of: &Correction) -> String {
    if of.reads { format!("/visits/households/{}", of.code) } else { "/visits/diary".to_owned() }
}

fn asked<'a>(ctx: &'a Ctx, of: &Correction) -> Vec<Asked<'a>> {
    let tags = of.home.as_ref().map_or(&[][..], |home| &home.tags);
    form::questions(&ctx.site.pack.visit, tags, &of.said)
}

fn said(look: &Look, pictures: usize) -> String {
    let more = match (look.locale, pictures) {
        (_, 0) => String::new(),
        (Locale::Zh, n) => format!("新放了 {n} 张照片。"),
        (Locale::En, n) => format!(" Pictures added: {n}."),
    };
    let done = look.t(
        "更正好了。原来写的留着，按以前的日子查还看得到。",
        "It is put right. What stood there before is kept, and seen by whoever asks as of a day before.",
    );
    format!("{done}{more}")
}

/// What is said where there is a newer correction.
fn stands(ctx: &Ctx, of: &Correction) -> Error {
    let now = |l: Locale| match learnt(ctx, &of.visit, l) {
        text if text.is_empty() => l.t("没有新情况", "nothing new").to_owned(),
        text => text,
    };
    let day = |l: Locale| format::day_year(l, of.visit.on);
    let (zh, en) = (Locale::Zh, Locale::En);
    Error::refused(
        "record-corrected",
        format!(
            "这次走访在这之前已经更正过，现在记的是：{}，{}。您写的没有写入，都还在下面；再交一次，就更正现在这一条。",
            day(zh),
            now(zh)
        ),
        format!(
            "This visit was put right before. It says now: {}, {}. What you typed is not written and still below: send it once more to correct that.",
            day(en),
            now(en)
        ),
    )
}

/// Faults where the form can show them.
fn at_form(error: Error) -> Error {
    match error {
        // That the visit is one's own was asked before: it is the day that does not fit.
        Error::NotFound => Error::field(
            "on",
            "那一天您没有联系这一户，走访不能改到那天。别的都没有丢，还在下面。",
            "You did not look after this household on that day: the visit cannot be moved there. Nothing else is lost.",
        ),
        Error::Invalid(faults) => Error::Invalid(faults.into_iter().map(at_day).collect()),
        other => take::given_back(other),
    }
}

/// Whether the household was there is a question of the day.
fn at_day(fault: FieldError) -> FieldError {
    let field = if fault.field == "household" { "on".to_owned() } else { fault.field };
    FieldError { field, say: fault.say }
}

fn page(look: &Look, ctx: &Ctx, state: &FormState, of: &Correction, photos: &[Upload]) -> Page {
    let rule = &ctx.site.pack.visit;
    let name = rule.name.to(look.locale);
    let who = of.home.as_ref().and_then(|h| h.people.first()).map_or(of.code.as_str(), |p| p.name.as_str());
    let title = look.t(&format!("更正{name} · {who}"), &format!("Put right: {name} · {who}")).to_owned();
    let action = address(of.visit.id);
    let room = of.photos.len() < usize::from(rule.photos);
    let noted = format::moment_year(look.locale, ctx.site.zone, of.visit.received_at);
    Page::new(look, title)
        .at("/visits")
        .narrow()
        .lede(html! { p { (format::day_year(look.locale, of.visit.on)) " · " (of.code) " · " (look.t("收到于 ", "received ")) (noted) } })
        .main(html! {
            @if of.visit.on < of.first { (flash(&Flash::new(FlashKind::Warn, &old(look, ctx, of)))) }
            @if unknown(ctx, of) { (flash(&Flash::new(FlashKind::Info, look.t(
                "有些回答的问题或选项，现在的表上已经没有了，更正以后不再列出；原来的记录里还有。",
                "Some answers are to questions or choices that the form has no longer: a correction leaves them out, the record before it has them still.")))) }
            (form_with(look, FormOptions { action: &action, files: room, ..FormOptions::default() }, html! {
                (error_summary(look, state))
                (hidden("id", state.value("id")))
                (form::day(look, state))
                (form::learnt(look, state, &asked(ctx, of)))
                @if rule.photos > 0 { (form::pictures(look, ctx, state, photos, &standing(look, of), room)) }
                div.actions { (submit(look.t("更正", "Put right"))) (button_link(look.t("不改了", "Leave it as it is"), &back(of))) }
            }))
            (stays(look, ctx, of))
        })
}

/// What is said of a visit that lies too far back to be noted with its day.
fn old(look: &Look, ctx: &Ctx, of: &Correction) -> String {
    let (late, first) = (ctx.site.pack.visit.late_days, format::day_year(look.locale, of.first));
    look.t(
        &format!("这次走访记的日子已经过去 {late} 天以上。只有当时把日子记错了、实际在 {first} 或以后的，才能更正。"),
        &format!("The day of this visit is more than {late} days ago. It can be put right only where that day was wrong and the visit was on {first} or later."),
    )
    .to_owned()
}

/// Whether something was answered that the form does not ask any more.
fn unknown(ctx: &Ctx, of: &Correction) -> bool {
    let known = |s: &crate::visits::Said| {
        let question = ctx.site.pack.visit.question(&s.question);
        question.is_some_and(|q| s.choices.iter().all(|c| q.choice(c).is_some()))
    };
    !of.said.iter().all(known)
}

/// Pictures that stand with the visit.
fn standing(look: &Look, of: &Correction) -> Markup {
    let n = of.photos.len();
    html! {
        @if n > 0 {
            @if of.home.is_some() { (section::small(look, &of.photos)) }
            p.hint { (look.t(
                &format!("已有 {n} 张，更正以后还在。要去掉，到这一户的走访页上去掉。"),
                &format!("{n} stand with it and stay. To take one out, go to the page of the household's visits."),
            )) }
        }
    }
}

/// What is not changed here, and why.
fn stays(look: &Look, ctx: &Ctx, of: &Correction) -> Markup {
    let l = look.locale;
    if of.promised.is_empty() && of.answered.is_empty() && of.needs.is_empty() && of.helped.is_empty() {
        return html! {};
    }
    html! {
        section.card {
            h2 { (look.t("更正不改动的", "What a correction leaves as it is")) }
            p.hint { (look.t("这些在走访那天就有了去处，家里人也知道。", "These went their way on the day of the visit, and the family knows of them.")) }
            @if !of.promised.is_empty() {
                h3 { (look.t("答应下来的事", "What was promised")) }
                ul { @for p in &of.promised { li { (p.text) " · " (look.t("答应的日子：", "promised for ")) (format::day_near(l, p.due, ctx.today())) } } }
                p.hint { (look.t("写错了或者做不到，下次走访先向家里人交代：那里可以改日子，说明原因。", "Where it is wrong or cannot be kept, tell the family first thing at the next visit: there the day is changed, with the reason.")) }
            }
            @if !of.answered.is_empty() {
                h3 { (look.t("上次答应的，这次的交代", "What became of earlier promises")) }
                ul { @for (p, s) in &of.answered { li { (p.text)
                    @if let Some(outcome) = s.outcome { " · " (outcome.name().to(l)) }
                    @if let Some(due) = s.due { " " (format::day_near(l, due, ctx.today())) }
                    @if !s.text.is_empty() { " " (s.text) } } } }
                p.hint { (look.t("家里人在联系卡的页面上已经看到了；还没做到的，下次走访再交代。", "The family sees it on the page of their card; what is still open is answered at the next visit.")) }
            }
            @if !of.needs.is_empty() {
                h3 { (look.t("要办的事", "What is needed")) }
                ul { @for n in &of.needs { li { (n.number) " " (n.title) " · " (n.state.name().to(l)) } } }
                p.hint { (look.t("已经登记成诉求，由受理的单位办理，写错的要告诉承办人。", "It is registered as a request and in the hands of a unit: tell whoever handles it what is wrong.")) " "
                    a href="/visits/after" { (look.t("办得怎么样了", "What became of it")) } }
            }
            @if !of.helped.is_empty() {
                h3 { (look.t("帮了计划里的哪项", "Which items of the plan were helped")) }
                ul { @for h in &of.helped { li { (name_of(look, ctx, h.item.as_deref())) " · " (format::day_near(l, h.on, ctx.today())) } } }
                p.hint { (look.t("帮扶另有记录，日子和效果照旧；说的话跟着这次更正。", "Help is a record of its own and keeps its day and what came of it; its words are those of this visit.")) " "
                    @if of.home.is_some() { a href={ "/plans/" (of.code) } { (ctx.site.pack.work.name.to(l)) } } }
            }
        }
    }
}
