//! Pairing work: items and effects with words in both languages, few enough, and kinds of pairing that there are.

use super::Book;
use crate::model::work::{MOST_EFFECTS, MOST_ITEMS};
use std::collections::BTreeSet;

pub(super) fn check(book: &mut Book<'_>) {
    let rule = &book.pack.work;
    for (field, text) in [("name", &rule.name), ("wrap_up", &rule.wrap_up), ("citation", &rule.citation)] {
        book.bilingual(&format!("work/{field}"), text);
    }
    let kinds: Vec<&str> = book.pack.pairings.iter().map(|k| k.id.as_str()).collect();
    for kind in &rule.pairings {
        book.known("work/pairings", ("结对类型", "kind of pairing"), kind, &kinds);
    }
    let mut seen = BTreeSet::new();
    for group in &rule.groups {
        let at = format!("work/group/{}", group.id);
        book.bilingual(&format!("{at}/name"), &group.name);
        for item in &group.items {
            let at = format!("{at}/item/{}", item.id);
            book.bilingual(&format!("{at}/name"), &item.name);
            if !seen.insert(item.id.as_str()) {
                book.add(&at, "两组里不能有同一个项目。", "no two groups hold the same item.");
            }
        }
    }
    if seen.is_empty() || seen.len() > MOST_ITEMS {
        book.add(
            "work/group",
            format!("计划要有 1 到 {MOST_ITEMS} 个项目可选，多了手机上看不过来。"),
            format!(
                "a plan chooses from 1 to {MOST_ITEMS} items: more cannot be read through on a telephone."
            ),
        );
    }
    for effect in &rule.effects {
        book.bilingual(&format!("work/effect/{}/name", effect.id), &effect.name);
    }
    if rule.effects.len() > MOST_EFFECTS || !rule.effects.iter().any(|e| e.done) {
        book.add(
            "work/effect",
            format!("成效最多 {MOST_EFFECTS} 种，其中至少一种表示办成了（done = true）。"),
            format!(
                "at most {MOST_EFFECTS} effects, one of which at least says that it is done (done = true)."
            ),
        );
    }
}
