//! The answer 答复: done, or cannot be solved, because; with evidence, and wordings to start from.

use super::bench::Bench;
use super::handle::evidence_fields;
use crate::acts::{On, answer};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::attach;
use kernel::{Error, Result};
use maud::{Markup, html};
use rules::case::{Evidence, Verb};
use web::components::card;
use web::form::{Choice, Field, hidden, radios, textarea};
use web::{FormState, Values};

/// The longest answer, in characters: it is read on a telephone.
const MOST: usize = 2_000;

/// What the form starts with: a wording, where one was chosen.
pub(crate) fn start(b: &Bench, template: &str) -> Values {
    let mut v = Values::default();
    if let Some((text, unsolvable)) = wording(b, template) {
        v.set("text", text);
        v.set("end", if unsolvable { "unsolvable" } else { "result" });
    }
    if !v.has("end") {
        v.set("end", if b.can(Verb::Answer) { "result" } else { "unsolvable" });
    }
    v
}

fn wording(b: &Bench, key: &str) -> Option<(String, bool)> {
    let (row, eye) = (&b.case.row, &b.eye);
    if let Some(at) = key.strip_prefix("own-") {
        let own = b.own.get(at.parse::<usize>().ok()?)?;
        return Some((own.1.clone(), false));
    }
    let template = eye.ctx.site.pack.answers_for(&row.class).into_iter().find(|a| a.id == key)?;
    Some((template.text.to(eye.locale()).to_owned(), template.unsolvable))
}

pub(crate) fn fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let (result, unsolvable) = (b.can(Verb::Answer), b.can(Verb::Decline));
    let hint = eye.t(
        "诉求人会读到全文。说清做了什么、什么时候、还有什么。",
        "The person reads all of it: what was done, when, and what remains.",
    );
    html! {
        blockquote.asked { p.hint { (eye.t("诉求人说", "What the person said")) } p { (b.case.row.body) } }
        (textarea(&eye.look, s, Field::new("text", eye.t("答复", "The answer")).required().hint(hint).max(MOST).key("1"), 6))
        @if result && unsolvable {
            (radios(&eye.look, s, Field::new("end", eye.t("结果", "Outcome")).required(), &[
                Choice::new("result", eye.t("办好了，或已说明", "Done, or explained")),
                Choice::new("unsolvable", eye.t("不能解决", "Cannot be solved")).hint(eye.t("答复里写明原因。单独计数，不算办结。", "The answer says why. Counted apart.")),
            ]))
        } @else if unsolvable {
            (hidden("end", "unsolvable"))
            p.flash.soon { span { (eye.t("这是“不能解决”的答复：请写明原因。办好了的由责任人答复。", "This answers that it cannot be solved: say why. What is done is answered by the officer.")) } }
        } @else {
            (hidden("end", "result"))
            p.hint { (eye.t("确实不能解决的，由承办单位负责人答复。", "Where it cannot be solved, the lead of the unit answers.")) }
        }
        (missing(b))
        (evidence_fields(b, s))
    }
}

/// The evidence that has to come with it.
fn missing(b: &Bench) -> Markup {
    let (eye, facts) = (&b.eye, &b.case.facts);
    let names: Vec<String> = facts
        .evidence_due
        .difference(&facts.evidence)
        .filter(|e| **e != Evidence::Contact)
        .map(|e| e.name().to(eye.locale()).to_owned())
        .collect();
    html! {
        @if !names.is_empty() {
            p.hint { b { (eye.t("答复前要有：", "Needed with the answer: ")) } (names.join(eye.t("、", ", "))) }
        }
    }
}

/// Wordings to start from, the reader's own first. Blanks have to be filled in.
pub(crate) fn wordings(b: &Bench) -> Markup {
    let eye = &b.eye;
    let href = |key: &str| format!("/requests/{}/answer?template={key}", b.case.row.number);
    let ready = eye.ctx.site.pack.answers_for(&b.case.row.class);
    card(
        Some(eye.t("用现成的写法开头", "Start from a wording")),
        html! {
            p.hint { (eye.t("空白处 ____ 要填好才能发出。会换掉上面已写的内容。", "Fill in the blanks ____. It takes the place of what is written above.")) }
            ul.plain {
                @for (i, (name, body)) in b.own.iter().enumerate() {
                    li { a href=(href(&format!("own-{i}"))) { (name) } p.hint { (short(body)) } }
                }
                @for a in &ready {
                    li { a href=(href(&a.id)) { (a.name.to(eye.locale())) } p.hint { (short(a.text.to(eye.locale()))) } }
                }
            }
        },
    )
}

fn short(text: &str) -> String {
    let mut out: String = text.chars().take(48).collect();
    if text.chars().count() > 48 {
        out.push('…');
    }
    out
}

pub(crate) async fn answer(ctx: &Ctx, on: On, v: &Values, sent: Vec<web::Upload>) -> Result<Case> {
    let text = v.one("text").to_owned();
    if text.contains("____") {
        return Err(Error::field("text", "还有空白“____”没有填。", "There are blanks ____ to fill in."));
    }
    if text.chars().count() > MOST {
        return Err(Error::field(
            "text",
            format!("答复最多 {MOST} 字，长的内容请作为附件。"),
            format!("An answer has {MOST} characters at most; attach what is longer."),
        ));
    }
    let unsolvable = match v.one("end") {
        "result" => false,
        "unsolvable" => true,
        _ => return Err(Error::field("end", "请选择结果。", "Please choose the outcome.")),
    };
    let files = attach::take_in(ctx, sent, files::Audience::Person).await?;
    let input = answer::Answer { on, text, unsolvable, files };
    ctx.write(move |tx, ctx| answer::answer(tx, ctx, &input)).await
}
