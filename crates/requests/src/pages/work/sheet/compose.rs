//! A note written where one reads it: at the head of what happened, for the colleagues alone or for the
//! person as well. And what to do about something that was entered wrongly.

use super::Sheet;
use crate::pages::work::act::Act;
use crate::pages::work::form::LONG;
use maud::{Markup, html};
use web::components::disclosure;
use web::form::{Field, FormOptions, FormState, form_with, hidden, textarea};

/// The form; nothing for those who only read.
pub(super) fn note(s: &Sheet) -> Markup {
    if s.offers.iter().all(|o| o.act != Act::Note) {
        return html! {};
    }
    let (eye, number) = (&s.eye, &s.case.row.number);
    let (action, draft) = (format!("/requests/{number}/notes"), format!("{number}-notes"));
    let text =
        Field::new("text", eye.t("写一条备注", "Write a note")).required().max(LONG).key(Act::Note.key());
    let choices = [
        ("inside", eye.t("只给经办人看", "Inside only")),
        ("person", eye.t("诉求人也能看到", "The person reads it as well")),
    ];
    let body = html! {
        // Nobody's note is overtaken by what others do meanwhile, so no event is named.
        (hidden("back", &format!("/requests/{number}#course")))
        (textarea(&eye.look, &FormState::default(), text, 2))
        div.row-of {
            fieldset.picks.row-of {
                legend.sr { (eye.t("谁能看到", "Who may read it")) }
                @for (i, (value, label)) in choices.iter().enumerate() {
                    label.chip { input type="radio" name="audience" value=(value) checked[i == 0]; (label) }
                }
            }
            button.btn type="submit" { (eye.t("记下", "Keep it")) }
            a.btn.quiet href=(action) { (eye.t("带照片或文件", "With a photo or file")) }
        }
    };
    form_with(
        &eye.look,
        FormOptions { action: &action, draft: &draft, class: "compose", ..FormOptions::default() },
        body,
    )
}

/// What to do about an entry that is wrong: nothing is erased, and what can be put right is named.
pub(super) fn amend(s: &Sheet) -> Markup {
    let eye = &s.eye;
    let number = &s.case.row.number;
    let way = |act: Act| s.offers.iter().any(|o| o.act == act && o.blocked_by.is_empty());
    let ways = [
        (Act::Correction, eye.t("类别、地点、标题写错了", "Class, place or title is wrong")),
        (Act::Triage, eye.t("分错了", "It was sorted wrongly")),
        (Act::Return, eye.t("交错了单位", "It was sent to the wrong unit")),
        (Act::Resumption, eye.t("不该暂停", "It should not wait")),
        (Act::Officer, eye.t("责任人定错了", "The wrong officer was named")),
        (Act::Reopening, eye.t("不该了结", "It should not have ended")),
    ];
    let open: Vec<_> = ways.iter().filter(|(act, _)| way(*act)).collect();
    if open.is_empty() && !way(Act::Note) {
        return html! {};
    }
    let body = html! {
        p.hint {
            @if open.is_empty() { (eye.t("写下的不能删改。有错的，写一条备注说明，记在它后面。", "What is written is neither changed nor erased. Say what is wrong in a note, which stands after it.")) }
            @else { (eye.t("写下的不能删改，先前的都在。能改正的这样改：", "What is written is neither changed nor erased. What can be put right:")) }
        }
        ul.plain {
            @for (act, what) in &open {
                @let name = act.name();
                li { (what) (eye.t("：", ": ")) a href={ "/requests/" (number) "/" (act.slug()) } { (name.to(eye.locale())) } }
            }
            @if way(Act::Note) && !open.is_empty() { li { (eye.t("别的：写一条备注说明，记在它后面。", "Anything else: say so in a note, which stands after it.")) } }
        }
    };
    disclosure(eye.t("有一条写错了？", "Is an entry wrong?"), body)
}
