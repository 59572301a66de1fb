//! Pairings and obligations: every level, tag and kind is known, and what is asked can be done.

use super::Book;
use crate::model::liaison::{DutyOf, GRACE, RECORDS};
use rules::obligation::Window;

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    let levels: Vec<&str> = pack.levels.iter().map(|l| l.id.as_str()).collect();
    for kind in &pack.pairings {
        let at = format!("pairing/{}", kind.id);
        book.bilingual(&format!("{at}/name"), &kind.name);
        book.bilingual(&format!("{at}/holder"), &kind.holder);
        book.bilingual(&format!("{at}/about"), &kind.about);
        book.bilingual(&format!("{at}/citation"), &kind.citation);
        for level in kind.levels.iter().chain(&kind.within) {
            book.known(&at, ("层级", "level"), level, &levels);
        }
        tags(book, &at, &kind.only);
        if kind.roles.is_empty() {
            book.add(&at, "要写明哪些岗位可以结对（roles）。", "say which posts may take it on (roles).");
        }
        if kind.quota == 0 || kind.least > kind.quota {
            book.add(
                &format!("{at}/quota"),
                "每人至少能联系 1 户，最少户数（least）不能超过最多户数（quota）。",
                "a person can have one household at least, and the least is not above the quota.",
            );
        }
    }
    let kinds: Vec<&str> = pack.pairings.iter().map(|k| k.id.as_str()).collect();
    for duty in &pack.obligations {
        let at = format!("obligation/{}", duty.id);
        book.bilingual(&format!("{at}/name"), &duty.name);
        book.bilingual(&format!("{at}/citation"), &duty.citation);
        book.known(&format!("{at}/pairing"), ("结对类型", "kind of pairing"), &duty.pairing, &kinds);
        book.known(&format!("{at}/record"), ("纪实", "record"), &duty.record, &RECORDS);
        if duty.record != "visit" && !pack.work.is_for(&duty.pairing) {
            book.add(
                &format!("{at}/pairing"),
                "这类结对不做计划（work.pairings 里没有），不会有这样的纪实。",
                "plans are not made by this kind of pairing (see work.pairings), so there are no such records.",
            );
        }
        if duty.of == DutyOf::Holder && duty.record == "check" {
            book.add(
                &format!("{at}/of"),
                "检查由别人做，不能要求结对的人自己完成。",
                "a check is made by somebody else and cannot be asked of the holder.",
            );
        }
        tags(book, &at, duty.only.iter().chain(&duty.except).chain(&duty.exempt));
        let most = if matches!(duty.window, Window::Weekday { .. }) { 1 } else { 28 };
        if !(1..=most).contains(&duty.times) {
            book.add(
                &format!("{at}/times"),
                format!("次数要在 1 到 {most} 之间：同一天的只算一次。"),
                format!("between 1 and {most} times: those of one day count once."),
            );
        }
        if duty.grace > GRACE {
            book.add(
                &format!("{at}/grace"),
                format!("宽限最多 {GRACE} 天，再长就和下一期混在一起了。"),
                format!("at most {GRACE} days of grace: with more it runs into the next period."),
            );
        }
        if duty.of == DutyOf::Holder && !(duty.only.is_empty() && duty.except.is_empty()) {
            book.add(
                &at,
                "要求联系人本人的（of = \"holder\"），不能再按户的标签区分。",
                "what is asked of the holder cannot depend on a household's tags.",
            );
        }
    }
}

fn tags<'t>(book: &mut Book<'_>, at: &str, used: impl IntoIterator<Item = &'t String>) {
    let known: Vec<&str> = book.pack.tags.iter().map(|t| t.id.as_str()).collect();
    for tag in used {
        book.known(at, ("标签", "mark"), tag, &known);
    }
}
