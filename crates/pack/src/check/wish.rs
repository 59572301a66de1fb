//! Wishes: a class whose course somebody can take up is shown after a look and with leave, never without.

use super::Book;
use crate::{Class, Moderation};
use rules::case::{Kind, Verb};
use rules::form;

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    for class in pack.classes.iter().filter(|c| c.is_leaf()) {
        let open = pack.track(&class.track).is_some_and(|t| {
            t.steps.iter().flat_map(|s| &s.edges).any(|e| matches!(e.verb, Verb::TakeUp | Verb::GiveBack))
        });
        if open {
            one(book, class);
        }
    }
}

fn one(book: &mut Book<'_>, class: &Class) {
    let (pack, at) = (book.pack, format!("class/{}", class.code));
    if class.kind != Kind::Wish {
        book.add(
            &at,
            "只有微心愿（kind = \"wish\"）能用可以认领的流程。",
            "only a wish (kind = \"wish\") takes a course that somebody can take up.",
        );
    }
    if class.moderation != Moderation::Look {
        book.add(
            &at,
            "微心愿要审核后才公开：请写 moderation = \"look\"。",
            "a wish is shown after a moderator's look: write moderation = \"look\".",
        );
    }
    let asks = pack.form_of(&class.code).is_some_and(|form| {
        let mut questions = form.questions.iter();
        questions.any(|q| q.name == pack.wish.consent && q.required && matches!(q.kind, form::Kind::YesNo))
    });
    if !asks {
        book.add(
            &at,
            format!("表单里没有必答的是非题“{}”：不同意公开的心愿不能上墙。", pack.wish.consent),
            format!(
                "its form has no required yes-or-no question \"{}\": no wish is shown without leave.",
                pack.wish.consent
            ),
        );
    }
}
