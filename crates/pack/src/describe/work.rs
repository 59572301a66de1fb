//! What a plan of a pairing can hold, as a sentence.

use super::sourced;
use crate::{Pack, WorkItem};
use kernel::Say;

/// What plans are made of, and that the year's view is computed.
pub(super) fn work(pack: &Pack) -> Vec<Say> {
    let rule = &pack.work;
    if rule.pairings.is_empty() {
        return Vec::new();
    }
    let source = sourced(&rule.citation, rule.tag);
    let join = |items: &[WorkItem], pick: fn(&WorkItem) -> &str, comma: &str| {
        items.iter().map(pick).collect::<Vec<_>>().join(comma)
    };
    let zh: Vec<String> = rule
        .groups
        .iter()
        .map(|g| format!("{}（{}）", g.name.zh, join(&g.items, |i| &i.name.zh, "、")))
        .collect();
    let en: Vec<String> = rule
        .groups
        .iter()
        .map(|g| format!("{} ({})", g.name.en, join(&g.items, |i| &i.name.en, ", ")))
        .collect();
    vec![Say::new(
        format!(
            "{}的计划从这些里选：{}。{}从纪实里算出来，不另填表。{}",
            rule.name.zh,
            zh.join("，"),
            rule.wrap_up.zh,
            source.zh
        ),
        format!(
            "{}: a plan chooses from {}. {} is computed from the records; nothing is filled in for it. {}",
            rule.name.en,
            en.join("; "),
            rule.wrap_up.en,
            source.en
        ),
    )]
}
