//! Tracks: sound by `rules::case::check` for what the classes on them demand, every time with a source.

use super::Book;
use crate::Class;
use rules::case::Verb;
use rules::case::check::{CheckInput, check as faults};

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    for track in &pack.tracks {
        let at = format!("track/{}", track.id);
        book.bilingual(&format!("{at}/name"), &track.name);
        if pack.places.has(&format!("{at}/clocks")) {
            book.add(
                &format!("{at}/clocks"),
                "时限不写在流程里，请写成 limit 并注明出处。",
                "times do not stand in a track: write a limit with its source.",
            );
        }
        let on_it: Vec<&Class> = pack.classes.iter().filter(|c| c.is_leaf() && c.track == track.id).collect();
        let demand = CheckInput {
            evidence: on_it.iter().any(|c| !c.evidence.is_empty()),
            major: on_it.iter().any(|c| c.major),
        };
        for fault in faults(track, &demand) {
            book.say(&format!("{at}/step/{}", fault.state.key()), fault.say());
        }
        for step in &track.steps {
            for edge in step.edges.iter().filter(|e| e.verb == Verb::Extend) {
                for who in edge.who.iter().filter(|w| !pack.extension.who.contains(w)) {
                    book.add(
                        &format!("{at}/step/{}", step.state.key()),
                        format!("延期规则没有授权“{}”延期。", who.name().zh),
                        format!("the extension rule does not name: {}.", who.name().en),
                    );
                }
            }
        }
    }
    for rule in &pack.limits {
        let at = format!("limit/{}", rule.id);
        book.bilingual(&format!("{at}/citation"), &rule.citation);
        if let Some(track) = &rule.track {
            let known: Vec<&str> = pack.tracks.iter().map(|t| t.id.as_str()).collect();
            book.known(&format!("{at}/track"), ("流程", "track"), track, &known);
        }
        let named = || pack.classes.iter().any(|c| c.limits.values().any(|id| *id == rule.id));
        if rule.by_class && !named() {
            book.add(
                &at,
                "没有一个分类用到它。请删去，或在分类里点名。",
                "no class names it: delete it, or name it in a class.",
            );
        }
    }
}
