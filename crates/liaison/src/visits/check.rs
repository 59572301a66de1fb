//! What is wrong with a visit, field by field, before anything is written.

use super::input::{Answer, Faulty, Then};
use super::promises::Promise;
use super::{Need, Visit};
use access::Site;
use kernel::{DAY, Date, Uuid};
use pack::Class;
use requests::Ctx;
use std::collections::BTreeSet;

/// The most characters of an answer.
pub(crate) const ANSWER_MAX: usize = 500;
/// The most characters of a promise.
pub(crate) const PROMISE_MAX: usize = 200;
/// The most needs of one visit.
pub(crate) const NEEDS_MOST: usize = 10;
/// How far ahead something can be promised, in days.
const AHEAD: i64 = 366;

/// The day so many days before `day`.
pub(super) fn before(site: &Site, day: Date, days: i64) -> Date {
    let noon = site.zone.instant(day.at(12, 0, 0, 0));
    site.zone.date(kernel::Timestamp(noon.0 - days * DAY))
}

/// Everything that is wrong. `open` are the promises that have to be answered, `strange` those that are answered and
/// were not made to this family.
pub(super) fn faults(ctx: &Ctx, visit: &Visit, open: &[Promise], strange: &[Uuid]) -> Faulty {
    let mut out = Faulty::default();
    day(ctx, visit, &mut out);
    answers(ctx, visit, &mut out);
    promises(visit, open, strange, &mut out);
    promised(ctx, visit, &mut out);
    if visit.needs.len() > NEEDS_MOST {
        out.add(
            "needs",
            format!("一次走访最多登记 {NEEDS_MOST} 件诉求。"),
            format!("One visit registers at most {NEEDS_MOST} needs."),
        );
    }
    for (n, one) in visit.needs.iter().enumerate() {
        need(ctx, n, one, &mut out);
    }
    helped(visit, &mut out);
    if visit.corrects.is_some()
        && !(visit.needs.is_empty()
            && visit.promised.is_empty()
            && visit.promises.is_empty()
            && visit.helped.is_empty())
    {
        out.add(
            "corrects",
            "更正只改日期和所记的内容；承诺、诉求和帮扶已经在办，请在各自的页面上处理。",
            "A correction changes the day and what was noted; promises, needs and help have gone their way and are handled there.",
        );
    }
    out
}

fn day(ctx: &Ctx, visit: &Visit, out: &mut Faulty) {
    let (today, late) = (ctx.today(), i64::from(ctx.site.pack.visit.late_days));
    if visit.on > today {
        out.add(
            "on",
            "走访日期在今天以后，请检查手机的日期。",
            "The day of the visit lies ahead: check the date of the phone.",
        );
    } else if visit.on < before(&ctx.site, today, late) {
        out.add(
            "on",
            format!("走访已经过去 {late} 天以上，不能再补记。"),
            format!("The visit is more than {late} days ago and can no longer be entered."),
        );
    }
}

fn answers(ctx: &Ctx, visit: &Visit, out: &mut Faulty) {
    let mut seen = BTreeSet::new();
    for said in &visit.answers {
        let at = format!("answers.{}", said.question);
        let Some(question) = ctx.site.pack.visit.question(&said.question) else {
            out.add(
                at,
                "没有这个问题，请更新手机上的表。",
                "There is no such question: update the form on the phone.",
            );
            continue;
        };
        if !seen.insert(&said.question) {
            out.add(at.clone(), "同一个问题写了两次。", "The same question is answered twice.");
        }
        if said.choices.iter().any(|c| question.choice(c).is_none()) {
            out.add(
                at.clone(),
                "没有这个选项，请更新手机上的表。",
                "There is no such choice: update the form on the phone.",
            );
        }
        too_long(&at, &said.text, ANSWER_MAX, out);
    }
}

/// Each item of a plan once; whether it can be helped with is asked where the help is written.
fn helped(visit: &Visit, out: &mut Faulty) {
    for (n, one) in visit.helped.iter().enumerate() {
        if visit.helped[..n].iter().any(|h| h.kind == one.kind && h.item == one.item) {
            out.add(format!("helped.{n}"), "同一项写了两次。", "The same item stands there twice.");
        }
    }
}

fn too_long(at: &str, text: &str, most: usize, out: &mut Faulty) {
    if text.trim().chars().count() > most {
        out.add(at, format!("最多 {most} 字。"), format!("At most {most} characters."));
    }
}

/// Every open promise is answered, and each answer says what it has to.
fn promises(visit: &Visit, open: &[Promise], strange: &[Uuid], out: &mut Faulty) {
    if visit.corrects.is_some() {
        return;
    }
    for promise in open.iter().filter(|p| visit.promises.iter().all(|k| k.id != p.id)) {
        out.add(
            format!("promises.{}", promise.id),
            "上次答应的事要先有个交代：做到了，还没有、改到哪天，还是做不到、因为什么。",
            "What was promised last time comes first: was it kept, not yet and until when, or can it not be kept and why?",
        );
    }
    for (n, kept) in visit.promises.iter().enumerate() {
        let at = format!("promises.{}", kept.id);
        if visit.promises[..n].iter().any(|k| k.id == kept.id) {
            out.add(at.clone(), "同一个承诺写了两次。", "The same promise is answered twice.");
        }
        // Whose it is instead is nobody's business here.
        if strange.contains(&kept.id) {
            out.add(
                at,
                "这个承诺不是答应这一户的，没有改动它；这次走访还没有记下。请去掉这一条再提交，走访的其他内容不用重写。",
                "This promise was not made to this household and stands as it was; the visit is not noted yet. Leave this answer out and send again; the rest need not be written anew.",
            );
            continue;
        }
        too_long(&at, &kept.text, PROMISE_MAX, out);
        match kept.outcome {
            Answer::Kept => {}
            Answer::Later if kept.due.is_none_or(|due| due <= visit.on) => {
                out.add(
                    at,
                    "改到哪一天？要在这次走访以后。",
                    "Until which day? It has to lie after this visit.",
                );
            }
            Answer::Later | Answer::Cannot if kept.text.trim().is_empty() => {
                out.add(at, "请写明原因，家里人会看到。", "Please say why: the family reads it.");
            }
            Answer::Later | Answer::Cannot => {}
        }
    }
}

fn promised(ctx: &Ctx, visit: &Visit, out: &mut Faulty) {
    let last = before(&ctx.site, visit.on, -AHEAD);
    for (n, one) in visit.promised.iter().enumerate() {
        let at = format!("promised.{n}");
        if one.text.trim().is_empty() {
            out.add(at.clone(), "答应了什么？", "What is promised?");
        }
        too_long(&at, &one.text, PROMISE_MAX, out);
        if one.due < visit.on || one.due > last {
            out.add(
                at,
                "答应的日期要在走访当天到一年以内。",
                "The day that is promised lies between the visit and a year later.",
            );
        }
    }
}

fn need(ctx: &Ctx, n: usize, need: &Need, out: &mut Faulty) {
    let at = |field: &str| format!("needs.{n}.{field}");
    if need.text.trim().is_empty() {
        out.add(at("text"), "请写明要办什么事。", "Please say what is needed.");
    }
    if !need.consent {
        out.add(
            at("consent"),
            "登记要征得本人同意；不同意的，记在走访里就行。",
            "It is registered only if they agree; otherwise leave it as a note of the visit.",
        );
    }
    let class = ctx.site.pack.class(&need.class);
    if !need.class.is_empty() && !class.is_some_and(Class::is_leaf) {
        out.add(
            at("class"),
            "请选到第三级分类，或者留空由中心来分。",
            "Choose a class of the third level, or leave it to the centre.",
        );
    }
    if class.is_some_and(|c| c.subject.is_some()) {
        out.add(
            at("class"),
            "这类要写明反映的是谁，请到“登记”页办理：那里会避开被反映的单位。",
            "This is about a unit or a person: take it in on the page for that, which keeps it from them.",
        );
    }
    if need.then == Then::Settle && need.answer.trim().is_empty() {
        out.add(at("answer"), "请写明当场怎么办的。", "Please say how it was settled.");
    }
    if need.grade.is_some_and(|g| requests::model::Satisfaction::from_grade(g).is_none()) {
        out.add(at("grade"), "满意程度为 1 到 5。", "Satisfaction goes from 1 to 5.");
    }
}
