//! Wording: placeholders, both languages, length.

use super::Book;
use crate::model::words::{MUST_HAVE, PLACEHOLDERS, SMS_CHARS, typical};
use kernel::Locale;
use rules::case::Notice;

/// Whether a telephone would take what follows an address for a part of it.
fn runs_on(text: &str) -> bool {
    text.split("{url}")
        .skip(1)
        .any(|rest| rest.chars().next().is_some_and(|c| !c.is_whitespace() && c != '.'))
}

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    for id in MUST_HAVE.iter().filter(|id| pack.template(id).is_none()) {
        book.add("template", format!("缺“{id}”的文字。"), format!("the wording \"{id}\" is missing."));
    }
    for notice in Notice::ALL {
        if pack.templates.iter().filter(|t| t.notice == Some(*notice)).count() != 1 {
            book.add(
                "template",
                format!("{}要有且只有一条文字（notice = \"{}\"）。", notice.name().zh, notice.key()),
                format!("exactly one wording has notice = \"{}\".", notice.key()),
            );
        }
    }
    for template in &pack.templates {
        let at = format!("template/{}", template.id);
        if !MUST_HAVE.contains(&template.id.as_str()) {
            book.add(
                &at,
                format!("没有一处会发“{}”。请删去，或核对名称。", template.id),
                format!("nothing ever sends \"{}\": delete it, or correct its name.", template.id),
            );
        }
        if [&template.body.zh, &template.body.en].iter().any(|t| runs_on(t)) {
            book.add(
                &format!("{at}/body"),
                "{url} 后面紧跟着别的字，手机会把它们当成网址的一部分。请把 {url} 放在最后，或空一格。",
                "what follows {url} without a space is taken for a part of the address: put {url} last, or a space.",
            );
        }
        book.bilingual(&format!("{at}/subject"), &template.subject);
        book.bilingual(&format!("{at}/body"), &template.body);
        for name in template.placeholders() {
            book.known(&format!("{at}/body"), ("占位符", "placeholder"), name, PLACEHOLDERS);
        }
        for (part, text) in [("body", &template.body), ("subject", &template.subject)] {
            if [&text.zh, &text.en].iter().any(|t| t.matches('{').count() != t.matches('}').count()) {
                book.add(&format!("{at}/{part}"), "花括号没有成对。", "a brace is not closed.");
            }
        }
        let length = template.fill(Locale::Zh, &typical(pack)).body.chars().count();
        if length > SMS_CHARS {
            book.add(
                &format!("{at}/body"),
                format!("填好后约 {length} 个字，超过 {SMS_CHARS} 个，请缩短。"),
                format!("filled in, the Chinese text has about {length} characters, more than {SMS_CHARS}: shorten it."),
            );
        }
    }
    for answer in &pack.answers {
        let at = format!("answer/{}", answer.id);
        book.bilingual(&format!("{at}/name"), &answer.name);
        book.bilingual(&format!("{at}/text"), &answer.text);
        if let Some(class) = answer.class.as_deref().filter(|c| pack.class(c).is_none()) {
            book.add(
                &format!("{at}/class"),
                format!("没有分类“{class}”。"),
                format!("there is no class \"{class}\"."),
            );
        }
    }
    for purpose in &pack.purposes {
        book.bilingual(&format!("purpose/{}", purpose.id), &purpose.text);
    }
}
