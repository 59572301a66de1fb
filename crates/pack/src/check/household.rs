//! Households: their level is there, each mark has a need, and whatever names a mark names one that is there.

use super::Book;
use crate::model::household::HouseholdTag;

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    let levels: Vec<&str> = pack.levels.iter().map(|l| l.id.as_str()).collect();
    book.known("household/level", ("层级", "level"), &pack.household.level, &levels);
    book.bilingual("household/grid", &pack.household.grid);
    for tag in &pack.tags {
        one(book, tag);
    }
    let tags: Vec<&str> = pack.tags.iter().map(|t| t.id.as_str()).collect();
    let named = |book: &mut Book<'_>, at: String, keys: &[String]| {
        for key in keys {
            book.known(&at, ("标签", "tag"), key, &tags);
        }
    };
    for kind in &pack.pairings {
        named(book, format!("pairing/{}/only", kind.id), &kind.only);
    }
    for duty in &pack.obligations {
        named(book, format!("obligation/{}/only", duty.id), &duty.only);
        named(book, format!("obligation/{}/except", duty.id), &duty.except);
    }
    for question in &pack.visit.questions {
        let at = format!("visit/question/{}", question.id);
        named(book, format!("{at}/only"), &question.only);
        for choice in &question.choices {
            named(book, format!("{at}/choice/{}/only", choice.id), &choice.only);
        }
    }
}

fn one(book: &mut Book<'_>, tag: &HouseholdTag) {
    let at = format!("tag/{}", tag.id);
    book.bilingual(&format!("{at}/name"), &tag.name);
    book.bilingual(&format!("{at}/need"), &tag.need);
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if tag.id.is_empty() || tag.id.len() > 30 || !tag.id.chars().all(fine) {
        book.add(
            &at,
            "标签的编号用小写字母、数字和 -，30 个以内。",
            "a tag's id is up to 30 small letters, digits or -.",
        );
    }
    if tag.sensitive && tag.seen_by.is_empty() {
        book.add(
            &at,
            "是敏感信息，要写明哪些岗位因工作需要可以看（seen_by）。",
            "it is sensitive: say which posts need to see it (seen_by).",
        );
    }
    if !tag.sensitive && !tag.seen_by.is_empty() {
        book.add(
            &format!("{at}/seen_by"),
            "只有敏感的标签（sensitive = true）才写谁可以看。",
            "who may see it is said of sensitive tags only (sensitive = true).",
        );
    }
    if tag.demo > 1000 {
        book.add(
            &format!("{at}/demo"),
            "每千户最多 1000 户。",
            "of a thousand households at most a thousand.",
        );
    }
}
