//! Forms after the answer: the person's word by telephone, attempts, review, sign-off, reopening.

use super::arrange::{LONG, note_field, reason_field};
use super::bench::Bench;
use crate::acts::{On, close, judge, sample, wish};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Satisfaction;
use crate::pages::work::people::pseudonym;
use kernel::{Error, PersonId, Result};
use maud::{Markup, html};
use rules::case::Word;
use std::collections::BTreeMap;
use web::components::{card, grade_choice, yes_no};
use web::form::{Choice, Field, radios, select, textarea};
use web::{FormState, Values};

pub(crate) fn judge_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let people: Vec<Choice> = b
        .case
        .staying()
        .map(|p| b.case.place_of(p))
        .map(|i| Choice::new(i.to_string(), pseudonym(i, eye.locale())))
        .collect();
    html! {
        @if people.len() > 1 {
            (select(&eye.look, s, Field::new("who", eye.t("谁的话", "Whose word")).required(), &people))
        }
        (word_fields(b, s))
    }
}

/// Solved or not, how satisfied, and what they said.
pub(crate) fn word_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    html! {
        (yes_no(&eye.look, s, Field::new("solved", eye.t("第一问：事情解决了没有", "First: is it solved?")).required(), eye.t("解决了", "Solved"), eye.t("没解决", "Not solved")))
        (grade_choice(&eye.look, s, Field::new("grade", eye.t("第二问：对办理满意吗", "Second: how satisfied with the handling?"))))
        p.hint { (eye.t("没有说满意不满意的，第二问空着。", "Leave the second out where they did not say.")) }
        (textarea(&eye.look, s, Field::new("note", eye.t("原话", "In their words")).max(LONG), 3))
    }
}

pub(crate) async fn judge(ctx: &Ctx, on: On, case: &Case, v: &Values) -> Result<Case> {
    let input = judge::Judge {
        on,
        word: yes_or_no(v)?,
        satisfaction: Satisfaction::chosen(v, "grade"),
        note: v.one("note").to_owned(),
        person: whose(case, v),
    };
    ctx.write(move |tx, ctx| judge::judge(tx, ctx, &input)).await
}

/// The answer to the first question.
fn yes_or_no(v: &Values) -> Result<Word> {
    match v.one("solved") {
        "yes" => Ok(Word::Solved),
        "no" => Ok(Word::NotSolved),
        _ => Err(Error::field("solved", "请选择“解决了”或“没解决”。", "Please choose solved or not solved.")),
    }
}

/// A word drawn by lot, as it was said again.
pub(crate) async fn check(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let (word, note) = (yes_or_no(v)?, v.one("note").to_owned());
    let input = sample::Check { on, word, satisfaction: Satisfaction::chosen(v, "grade"), note };
    ctx.write(move |tx, ctx| sample::check(tx, ctx, &input)).await
}

pub(crate) async fn check_missed(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = judge::Missed { on, outcome: v.one("outcome").to_owned(), note: v.one("note").to_owned() };
    ctx.write(move |tx, ctx| sample::missed(tx, ctx, &input)).await
}

/// Whose word it is: 0 who asked, then those who joined, in order.
fn whose(case: &Case, v: &Values) -> Option<PersonId> {
    match v.parsed::<usize>("who") {
        None => case.speaker(),
        Some(0) => case.row.person,
        Some(n) => case.joined.get(n - 1).map(|j| j.person),
    }
}

/// What the caller says.
pub(crate) fn script_card(b: &Bench) -> Markup {
    card(Some(b.eye.t("这样问", "What to say")), html! { p { (script(b)) } })
}

/// The script of the pack with the case's own words in it.
pub(crate) fn script(b: &Bench) -> String {
    let (eye, row) = (&b.eye, &b.case.row);
    let values: BTreeMap<&str, String> = BTreeMap::from([
        ("site", eye.ctx.site.pack.site.short.to(eye.locale()).to_owned()),
        ("title", row.title.clone()),
        ("number", row.number.clone()),
        ("unit", eye.unit(row.unit).to_owned()),
    ]);
    let mut out = eye.ctx.site.pack.call_back.script.to(eye.locale()).to_owned();
    for (name, value) in values {
        out = out.replace(&format!("{{{name}}}"), &value);
    }
    out
}

/// On how many days somebody tried to reach the person, out of how many.
pub(crate) fn tried(b: &Bench) -> String {
    let facts = &b.case.facts;
    let days = b.sample.as_ref().map_or(i64::from(facts.attempt_days), |s| s.days);
    match b.eye.locale() {
        kernel::Locale::Zh => format!("已在 {days} 天试过，要 {} 天。", facts.attempts_needed),
        kernel::Locale::En => format!("Tried on {days} days of {}.", facts.attempts_needed),
    }
}

pub(crate) fn missed_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let choices: Vec<Choice> =
        judge::OUTCOMES.iter().map(|(key, zh, en)| Choice::new(*key, eye.locale().t(zh, en))).collect();
    let hint = tried(b);
    html! {
        (radios(&eye.look, s, Field::new("outcome", eye.t("怎么样", "How it ended")).required().hint(&hint), &choices))
        (note_field(b, s, eye.t("备注", "Remark"), false))
    }
}

pub(crate) async fn missed(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = judge::Missed { on, outcome: v.one("outcome").to_owned(), note: v.one("note").to_owned() };
    ctx.write(move |tx, ctx| judge::missed(tx, ctx, &input)).await
}

pub(crate) async fn lapse(ctx: &Ctx, on: On) -> Result<Case> {
    ctx.write(move |tx, ctx| judge::lapse(tx, ctx, on)).await
}

pub(crate) fn review_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    html! {
        @if let Some(answer) = &b.case.row.answer {
            blockquote { p.hint { (eye.t("现在的答复", "The answer as it stands")) } p { (answer) } }
        }
        (radios(&eye.look, s, Field::new("ruling", eye.t("裁定", "Ruling")).required(), &[
            Choice::new("upheld", eye.t("维持", "It stands")).hint(eye.t("转销号，“没解决”照样计数", "It goes to sign-off; the no still counts")),
            Choice::new("back", eye.t("退回再办", "Back to work")).hint(eye.t("按重办时限再办一次", "It is worked on once more under its own clock")),
        ]))
        (reason_field(b, s, eye.t("理由（会告诉诉求人）", "Reason, which the person is told")))
    }
}

pub(crate) async fn review(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let upheld = match v.one("ruling") {
        "upheld" => true,
        "back" => false,
        _ => return Err(Error::field("ruling", "请选择裁定。", "Please choose the ruling.")),
    };
    let input = close::Review { on, upheld, reason: v.one("reason").to_owned() };
    ctx.write(move |tx, ctx| close::review(tx, ctx, &input)).await
}

pub(crate) fn close_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let row = &b.case.row;
    let word = row.word.map(|w| w.name().to(eye.locale()).to_owned()).unwrap_or_default();
    let grade = row.satisfaction.map(|g| g.name().to(eye.locale()).to_owned()).unwrap_or_default();
    html! {
        ul.checks {
            li { (eye.t("三次告知都已完成", "All three notices are met")) }
            li { (eye.t("办结凭据齐全", "The evidence is there")) }
            li { (eye.t("诉求人的话：", "The person's word: ")) (word) @if !grade.is_empty() { " · " (grade) } }
        }
        (textarea(&eye.look, s, Field::new("note", eye.t("销号说明", "Remark")).max(LONG), 2))
    }
}

pub(crate) async fn close(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let note = v.one("note").to_owned();
    ctx.write(move |tx, ctx| close::close(tx, ctx, on, &note)).await
}

pub(crate) fn give_back_fields(b: &Bench, s: &FormState) -> Markup {
    reason_field(b, s, b.eye.t("为什么退回", "Why it is given back"))
}

pub(crate) async fn give_back(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let why = v.one("reason").to_owned();
    ctx.write(move |tx, ctx| wish::give_back(tx, ctx, on, &why)).await
}

pub(crate) fn reopen_fields(b: &Bench, s: &FormState) -> Markup {
    reason_field(b, s, b.eye.t("为什么重启", "Why it is opened again"))
}

pub(crate) async fn reopen(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let why = v.one("reason").to_owned();
    ctx.write(move |tx, ctx| close::reopen(tx, ctx, on, &why)).await
}
