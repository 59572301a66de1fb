//! Forms of the officer: contact, progress, notes, help, waiting, more time, upward.

use super::arrange::{LONG, other_unit_field, reason_field, unit_field};
use super::bench::Bench;
use super::read::{unit_if, unit_of};
use crate::acts::{On, helpers, pause, progress, refer};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::pages::attach;
use crate::pages::work::act::Act;
use kernel::{Date, Error, Result};
use maud::{Markup, html};
use rules::case::{ClockKind, Evidence, State, Verb};
use rules::deadline::Limit;
use web::components::{attachments, disclosure};
use web::form::{Choice, Field, checkboxes, date_field, file_field, radios, text_field, textarea};
use web::{FormState, Values};

pub(crate) fn record_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let label = match b.act {
        Act::Contact => eye.t("怎么联系的，说了什么", "How the contact went"),
        Act::Note => eye.t("内容", "Text"),
        _ => eye.t("做了什么，看到什么", "What was done or seen"),
    };
    html! {
        (textarea(&eye.look, s, Field::new("text", label).required().max(LONG).key("1"), 4))
        (audience_field(b, s))
        (evidence_fields(b, s))
    }
}

/// Who may read it.
pub(crate) fn audience_field(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let choices = [
        Choice::new("inside", eye.t("内部", "Inside"))
            .hint(eye.t("只有经办这件事的人看得到", "Only those who work on it")),
        Choice::new("person", eye.t("诉求人可见", "The person as well"))
            .hint(eye.t("出现在诉求人自己的页面上", "It appears on the person's own page")),
    ];
    radios(&eye.look, s, Field::new("audience", eye.t("谁能看到", "Who may read it")).required(), &choices)
}

/// Evidence that the class asks for, each with a place of its own, and files besides.
pub(crate) fn evidence_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let facts = &b.case.facts;
    let asked: Vec<Evidence> =
        facts.evidence_due.iter().copied().filter(|e| *e != Evidence::Contact).collect();
    // What an answer lacks comes with it; where it may also say that nothing can be done, it need not.
    let must = b.act == Act::Answer && !b.can(Verb::Decline);
    let pictures = "image/jpeg,image/png,image/webp";
    let documents = "image/jpeg,image/png,image/webp,application/pdf,.doc,.docx,.xls,.xlsx";
    html! {
        @for e in &asked {
            @let name = e.name();
            @let hint = if facts.evidence.contains(e) { eye.t("已经有了，可以再补", "There already; more may be added") } else { eye.t("还缺", "Still missing") };
            @let accept = if *e == Evidence::Document { documents } else { pictures };
            @let field = Field { required: must && !facts.evidence.contains(e), ..Field::new(e.key(), name.to(eye.locale())).hint(hint) };
            (file_field(&eye.look, s, field, accept, true))
        }
        @if asked.is_empty() { (attachments(&eye.look, s, "files")) }
        @else { (disclosure(eye.t("别的照片或文件", "Other photos or documents"), attachments(&eye.look, s, "files"))) }
    }
}

pub(crate) async fn record(act: Act, ctx: &Ctx, on: On, v: &Values, sent: Vec<web::Upload>) -> Result<Case> {
    let audience = match v.one("audience") {
        "person" => Audience::Person,
        _ => Audience::Inside,
    };
    let reach = match audience {
        Audience::Inside => files::Audience::Inside,
        _ => files::Audience::Person,
    };
    let files = attach::take_in(ctx, sent, reach).await?;
    let input = progress::Note { on, text: v.one("text").to_owned(), audience, files };
    ctx.write(move |tx, ctx| match act {
        Act::Contact => progress::contact(tx, ctx, &input),
        Act::Progress => progress::progress(tx, ctx, &input),
        _ => progress::note(tx, ctx, &input),
    })
    .await
}

pub(crate) fn help_fields(b: &Bench, s: &FormState) -> Markup {
    html! {
        (unit_field(b, s, b.eye.t("请哪个单位", "Which unit")))
        (textarea(&b.eye.look, s, Field::new("question", b.eye.t("要对方做什么", "What it is asked to do")).required().max(LONG), 3))
    }
}

pub(crate) async fn help(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input =
        helpers::AskHelp { on, unit: unit_of(ctx, v, "unit")?, question: v.one("question").to_owned() };
    ctx.write(move |tx, ctx| helpers::ask(tx, ctx, &input)).await
}

pub(crate) fn report_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    html! {
        @for h in b.case.helpers.iter().filter(|h| h.reported_at.is_none()) {
            blockquote { p.hint { (eye.unit(h.unit)) } p { (h.question) } }
        }
        (textarea(&eye.look, s, Field::new("text", eye.t("办理情况", "What was done")).required().max(LONG).key("1"), 4))
    }
}

pub(crate) async fn report(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = helpers::Report { on, text: v.one("text").to_owned() };
    ctx.write(move |tx, ctx| helpers::report(tx, ctx, &input)).await
}

pub(crate) fn pause_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let most = eye.ctx.site.pack.pause.times;
    let hint = match eye.locale() {
        kernel::Locale::Zh => format!("这段话会发给诉求人。一件最多等 {most} 次。"),
        kernel::Locale::En => format!("This goes to the person. A case may wait {most} times at most."),
    };
    textarea(
        &eye.look,
        s,
        Field::new("question", eye.t("要诉求人补充什么", "What the person is to add"))
            .required()
            .hint(&hint)
            .max(500)
            .key("1"),
        3,
    )
}

pub(crate) async fn pause(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = pause::Pause { on, question: v.one("question").to_owned() };
    ctx.write(move |tx, ctx| pause::pause(tx, ctx, &input)).await
}

pub(crate) fn resume_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    textarea(
        &eye.look,
        s,
        Field::new("reason", eye.t("补充了什么，或为什么不再等", "What was added, or why the wait is over"))
            .max(LONG),
        3,
    )
}

pub(crate) async fn resume(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let why = v.one("reason").to_owned();
    ctx.write(move |tx, ctx| pause::resume(tx, ctx, on, &why)).await
}

pub(crate) fn extend_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let rule = &eye.ctx.site.pack.extension;
    let (most, unit) = amount(rule.cap);
    let unit = eye.locale().t(unit.0, unit.1);
    let kind = if b.case.row.state == State::Rework { ClockKind::Rework } else { ClockKind::Answer };
    let due = b.case.open_clock(kind).map(|c| eye.moment(c.due_at)).unwrap_or_default();
    let used = b.case.row.extensions;
    let hint = match eye.locale() {
        kernel::Locale::Zh => format!(
            "现在的期限是 {due}。一次最多 {most} {unit}，一件最多 {} 次，已用 {used} 次。依据：{}",
            rule.times, rule.citation.zh
        ),
        kernel::Locale::En => format!(
            "Due now: {due}. At most {most} {unit} at a time, {} times; used {used}. Rests on: {}",
            rule.times, rule.citation.en
        ),
    };
    let label = format!("{} ({unit})", eye.t("延长多少", "By how much"));
    html! {
        (text_field(&eye.look, s, Field { inputmode: "numeric", ..Field::new("by", &label).kind("number").required().hint(&hint).key("1") }))
        (reason_field(b, s, eye.t("理由（会告诉诉求人）", "Reason, which the person is told")))
        @if eye.ctx.site.pack.mediation_on(&b.case.row.track).is_some() {
            (checkboxes(&eye.look, s, Field::new("agreed", eye.t("各方意见", "The parties")).required(),
                &[Choice::new("yes", eye.t("各方当事人都同意延期", "All parties agree to more time"))]))
        }
    }
}

/// How many of what.
fn amount(limit: Limit) -> (u32, (&'static str, &'static str)) {
    match limit {
        Limit::WorkingDays(n) => (n.into(), ("个工作日", "working days")),
        Limit::CalendarDays(n) => (n.into(), ("日", "calendar days")),
        Limit::Hours(n) => (n, ("小时", "hours")),
        Limit::Minutes(n) => (n, ("分钟", "minutes")),
        Limit::WorkingHours(n) => (n.into(), ("个办公小时", "office hours")),
    }
}

/// So many of what the cap counts in.
fn like(cap: Limit, n: u32) -> Option<Limit> {
    let small = u16::try_from(n).ok();
    Some(match cap {
        Limit::WorkingDays(_) => Limit::WorkingDays(small?),
        Limit::CalendarDays(_) => Limit::CalendarDays(small?),
        Limit::Hours(_) => Limit::Hours(n),
        Limit::Minutes(_) => Limit::Minutes(n),
        Limit::WorkingHours(_) => Limit::WorkingHours(small?),
    })
}

pub(crate) async fn extend(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let by = v
        .parsed::<u32>("by")
        .and_then(|n| like(ctx.site.pack.extension.cap, n))
        .ok_or_else(|| Error::field("by", "请填一个整数。", "Please enter a whole number."))?;
    let input =
        pause::Extend { on, by, reason: v.one("reason").to_owned(), agreed: v.one("agreed") == "yes" };
    ctx.write(move |tx, ctx| pause::extend(tx, ctx, &input)).await
}

pub(crate) fn escalate_fields(b: &Bench, s: &FormState) -> Markup {
    reason_field(b, s, b.eye.t("为什么这里办不了", "Why it cannot be solved here"))
}

pub(crate) async fn escalate(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = refer::Escalate { on, reason: v.one("reason").to_owned() };
    ctx.write(move |tx, ctx| refer::escalate(tx, ctx, &input)).await
}

pub(crate) fn refer_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    textarea(
        &eye.look,
        s,
        Field::new("question", eye.t("提请研究什么", "What is to be decided")).required().max(LONG).key("1"),
        4,
    )
}

pub(crate) async fn refer(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = refer::Refer { on, question: v.one("question").to_owned() };
    ctx.write(move |tx, ctx| refer::refer(tx, ctx, &input)).await
}

pub(crate) fn decide_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let here = eye.unit(b.case.row.unit);
    let hint = say!(
        eye.look,
        "不填就由{here}照决定接着办；填了别的单位，就交给它签收、重定责任人。答复的日子不变。",
        "Left empty, {here} goes on by the decision; another unit signs for it and names an officer. The promised date stays."
    );
    html! {
        (date_field(&eye.look, s, Field::new("met_on", eye.t("哪天开的会", "When it met")).required()))
        (text_field(&eye.look, s, Field::new("who", eye.t("参加研究的职务", "Who took part, by post")).required().max(300).key("1")))
        (textarea(&eye.look, s, Field::new("decision", eye.t("决定的内容", "What was decided")).required().max(LONG), 4))
        (other_unit_field(b, s, eye.t("交给哪个单位办", "Which unit is to do it"), &hint))
        (attachments(&eye.look, s, "files"))
    }
}

pub(crate) async fn decide(ctx: &Ctx, on: On, v: &Values, sent: Vec<web::Upload>) -> Result<Case> {
    let met_on: Date = v.parsed("met_on").ok_or_else(|| {
        Error::field("met_on", "请填会议日期，如 2026-03-05。", "Please give the date, such as 2026-03-05.")
    })?;
    let unit = unit_if(ctx, v, "unit")?;
    let files = attach::take_in(ctx, sent, files::Audience::Inside).await?;
    let (who, decision) = (v.one("who").to_owned(), v.one("decision").to_owned());
    let input = refer::Decide { on, met_on, who, decision, unit, files };
    ctx.write(move |tx, ctx| refer::decide(tx, ctx, &input)).await
}
