//! Forms beside the course: correction, supervision, publishing.

use super::arrange::{LONG, class_field, kind_and_urgency, reason_field};
use super::bench::Bench;
use super::read::{class_of, kind_of, unit_if, urgency_of};
use crate::acts::{On, correct, moderate, supervise};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::store::duties::Supervision;
use crate::supervision;
use kernel::{Error, Locale, Result, UnitId};
use maud::{Markup, html};
use web::form::{Choice, Combo, Field, combobox, hidden, radios, select, text_field, textarea};
use web::{FormState, Values};

pub(crate) fn correct_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let now: Option<UnitId> = s.value("place").parse().ok();
    let shown = now.map(|u| eye.ctx.dir.name(u, eye.locale()).to_owned()).unwrap_or_default();
    html! {
        (text_field(&eye.look, s, Field::new("title", eye.t("标题", "Title")).required().max(crate::register::TITLE_MAX)))
        (class_field(b, s))
        (kind_and_urgency(b, s))
        (combobox(&eye.look, s, Field::new("place", eye.t("地点", "Place")), Combo::Source { src: "/places/search", label: &shown }))
        (text_field(&eye.look, s, Field::new("place_text", eye.t("具体位置", "Where exactly")).max(200)))
        (reason_field(b, s, eye.t("为什么更正", "Why it is corrected")))
    }
}

pub(crate) async fn correct(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = correct::Correct {
        on,
        class: class_of(ctx, v)?,
        kind: kind_of(v)?,
        urgency: urgency_of(v)?,
        title: v.one("title").to_owned(),
        place: unit_if(ctx, v, "place")?,
        place_text: v.one("place_text").to_owned(),
        reason: v.one("reason").to_owned(),
    };
    ctx.write(move |tx, ctx| correct::correct(tx, ctx, &input)).await
}

pub(crate) fn supervise_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let grades: Vec<Choice> = eye
        .ctx
        .site
        .pack
        .supervision
        .iter()
        .filter(|g| supervision::may_issue(&eye.ctx, &b.case, g))
        .map(|g| {
            let limit = g.limit.say();
            let hint = match eye.locale() {
                Locale::Zh => format!("{}时限：{}。", g.text.zh, limit.zh),
                Locale::En => format!("{} Within {}.", g.text.en, limit.en),
            };
            Choice::new(g.grade.to_string(), g.name.to(eye.locale())).hint(hint)
        })
        .collect();
    html! {
        (radios(&eye.look, s, Field::new("grade", eye.t("级别", "Grade")).required(), &grades))
        (textarea(&eye.look, s, Field::new("words", eye.t("督办要求", "What is ordered")).required().max(LONG).key("1"), 3))
    }
}

pub(crate) async fn supervise(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let grade = v
        .parsed("grade")
        .ok_or_else(|| Error::field("grade", "请选择督办级别。", "Please choose the grade."))?;
    let input = supervise::Supervise { on, grade, words: v.one("words").to_owned() };
    ctx.write(move |tx, ctx| supervise::issue(tx, ctx, &input)).await
}

pub(crate) fn dismiss_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let open: Vec<Choice> = b
        .supervisions
        .iter()
        .filter(|p| supervision::is_open_for(&b.eye.ctx, &b.case, p))
        .map(|p| {
            let why = pack::Trigger::from_key(&p.why)
                .map(|t| t.name().to(eye.locale()).to_owned())
                .unwrap_or_default();
            Choice::new(p.grade.to_string(), grade_name(b, p.grade)).hint(why)
        })
        .collect();
    html! {
        (radios(&eye.look, s, Field::new("grade", eye.t("哪一级建议", "Which proposal")).required(), &open))
        (reason_field(b, s, eye.t("为什么不必督办", "Why none is needed")))
    }
}

pub(crate) fn reply_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let waiting: Vec<_> = b.supervisions.iter().filter(|o| o.waits()).collect();
    let due = |o: &Supervision| o.reply.as_ref().map(|reply| eye.moment(reply.due)).unwrap_or_default();
    html! {
        @match waiting[..] {
            [one] => {
                (hidden("grade", &one.grade.to_string()))
                blockquote { p { b { (grade_name(b, one.grade)) } " · " (eye.t("回复期限", "reply by")) " " (due(one)) } p.lines { (one.words) } }
            }
            _ => {
                @let choices: Vec<Choice> = waiting.iter().map(|o| {
                    let hint = format!("{} · {}", due(o), o.words);
                    Choice::new(o.grade.to_string(), grade_name(b, o.grade)).hint(hint)
                }).collect();
                (radios(&eye.look, s, Field::new("grade", eye.t("答复哪一级督办", "Which order")).required(), &choices))
            }
        }
        (textarea(&eye.look, s, Field::new("words", eye.t("情况、原因、下一步", "How it stands, why, what is next")).required().max(LONG).key("1"), 4))
    }
}

pub(crate) async fn reply(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let grade: i64 = v
        .parsed("grade")
        .ok_or_else(|| Error::field("grade", "请选择答复哪一级督办。", "Please choose the order."))?;
    let words = v.one("words").to_owned();
    ctx.write(move |tx, ctx| supervise::reply(tx, ctx, on, grade, &words)).await
}

pub(crate) fn grade_name(b: &Bench, grade: i64) -> String {
    let all = &b.eye.ctx.site.pack.supervision;
    all.iter()
        .find(|g| i64::from(g.grade) == grade)
        .map_or_else(|| grade.to_string(), |g| g.name.to(b.eye.locale()).to_owned())
}

pub(crate) async fn dismiss(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let grade: i64 = v
        .parsed("grade")
        .ok_or_else(|| Error::field("grade", "请选择哪一级建议。", "Please choose the proposal."))?;
    let why = v.one("reason").to_owned();
    ctx.write(move |tx, ctx| supervise::dismiss(tx, ctx, on, grade, &why)).await
}

/// What a moderator starts with: the masked text as it would be shown.
pub(crate) fn start_moderation(b: &Bench) -> Values {
    let row = &b.case.row;
    [("title", row.public_title.as_str()), ("body", row.public_body.as_str()), ("show", "yes")]
        .into_iter()
        .collect()
}

pub(crate) fn moderate_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let reasons: Vec<Choice> = eye
        .ctx
        .site
        .pack
        .public_ledger
        .reasons
        .iter()
        .map(|r| Choice::new(&r.zh, r.to(eye.locale())))
        .collect();
    html! {
        details { summary { (eye.t("看原文", "The text as it came")) } blockquote { p { b { (b.case.row.title) } } p { (b.case.row.body) } } }
        (radios(&eye.look, s, Field::new("show", eye.t("公开吗", "Publish it?")).required(), &[
            Choice::new("yes", eye.t("公开下面的文字", "Publish the text below")),
            Choice::new("no", eye.t("不公开，只留编号和理由", "Do not publish; number and reason stay")),
        ]))
        (text_field(&eye.look, s, Field::new("title", eye.t("公开标题", "Public title")).max(crate::register::TITLE_MAX).key("1")))
        (textarea(&eye.look, s, Field::new("body", eye.t("公开内容", "Public text")).max(LONG), 5))
        (select(&eye.look, s, Field::new("reason", eye.t("不公开的理由", "Reason for not publishing")), &reasons))
    }
}

pub(crate) async fn moderate(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let show = match v.one("show") {
        "yes" => true,
        "no" => false,
        _ => {
            return Err(Error::field("show", "请选择公开或不公开。", "Please choose whether to publish it."));
        }
    };
    let input = moderate::Moderate {
        on,
        show,
        title: v.one("title").to_owned(),
        body: v.one("body").to_owned(),
        reason: v.one("reason").to_owned(),
    };
    ctx.write(move |tx, ctx| moderate::moderate(tx, ctx, &input)).await
}
