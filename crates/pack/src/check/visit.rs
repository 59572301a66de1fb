//! Visits: few questions, few choices, both languages, and every reference.

use super::Book;
use crate::model::site::ChannelKind;
use crate::model::visit::{MOST_CHOICES, MOST_QUESTIONS};

pub(super) fn check(book: &mut Book<'_>) {
    let rule = &book.pack.visit;
    for (field, text) in [
        ("name", &rule.name),
        ("diary", &rule.diary),
        ("ledger", &rule.ledger),
        ("citation", &rule.citation),
        ("keep_citation", &rule.keep_citation),
    ] {
        book.bilingual(&format!("visit/{field}"), text);
    }
    let by_visit: Vec<&str> =
        book.pack.channels.iter().filter(|c| c.kind == ChannelKind::Visit).map(|c| c.id.as_str()).collect();
    book.known("visit/channel", ("入户走访的渠道", "channel of home visits"), &rule.channel, &by_visit);
    if !(1..=60).contains(&rule.keep_days) {
        book.add(
            "visit/keep_days",
            "手机上保存的天数要在 1 到 60 之间：够用就行，不多存一天。",
            "a phone keeps what it needs for 1 to 60 days: as long as it is needed, and not a day more.",
        );
    }
    if !(1..=30).contains(&rule.keep_years) {
        book.add(
            "visit/keep_years",
            "走访的原话和照片保存 1 到 30 年：够用就行，不多存一年。",
            "what was said at visits and their pictures are kept for 1 to 30 years: as long as needed, and not a year more.",
        );
    }
    if rule.again_months == 0 {
        book.add("visit/again_months", "至少 1 个月。", "at least one month.");
    }
    if rule.questions.is_empty() || rule.questions.len() > MOST_QUESTIONS {
        book.add(
            "visit/question",
            format!("走访要问 1 到 {MOST_QUESTIONS} 项，多了半分钟记不完。"),
            format!("a visit asks 1 to {MOST_QUESTIONS} things: more are not noted in half a minute."),
        );
    }
    let tags: Vec<&str> = book.pack.tags.iter().map(|t| t.id.as_str()).collect();
    for question in &rule.questions {
        let asked_of = question.choices.iter().flat_map(|c| &c.only).chain(&question.only);
        for tag in asked_of {
            let at = format!("visit/question/{}", question.id);
            book.known(&at, ("标签", "tag"), tag, &tags);
        }
        let at = format!("visit/question/{}", question.id);
        book.bilingual(&format!("{at}/name"), &question.name);
        book.bilingual(&format!("{at}/ask"), &question.ask);
        if question.choices.len() > MOST_CHOICES {
            book.add(
                &at,
                format!("一项最多 {MOST_CHOICES} 个选项，其余的可以写几个字。"),
                format!("a question has at most {MOST_CHOICES} choices; the rest can be written in words."),
            );
        }
        for choice in &question.choices {
            let at = format!("{at}/choice/{}", choice.id);
            book.bilingual(&format!("{at}/name"), &choice.name);
            if let Some(class) = choice.class.as_deref().filter(|c| book.pack.class(c).is_none()) {
                book.add(
                    &format!("{at}/class"),
                    format!("没有分类“{class}”。"),
                    format!("there is no class \"{class}\"."),
                );
            }
            for class in &choice.propose {
                // What names a unit or a person is taken in on a page of its own, never at the door.
                let fits = |c: &crate::Class| c.is_leaf() && c.subject.is_none();
                if !book.pack.class(class).is_some_and(fits) {
                    book.add(
                        &format!("{at}/propose"),
                        format!("“{class}”不是可以在走访中登记的三级分类。"),
                        format!("\"{class}\" is no class of the third level that a visit can register."),
                    );
                }
            }
        }
    }
}
