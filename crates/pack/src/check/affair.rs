//! Affairs: steps that somebody takes somewhere within a time, papers that the pack knows, and a class that needs them.

use super::Book;
use rules::case::Kind;
use std::collections::BTreeSet;

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    let papers: Vec<&str> = pack.papers.iter().map(|p| p.id.as_str()).collect();
    let affairs: Vec<&str> = pack.affairs.iter().map(|a| a.id.as_str()).collect();
    for paper in &pack.papers {
        book.bilingual(&format!("paper/{}/name", paper.id), &paper.name);
    }
    for affair in &pack.affairs {
        let at = format!("affair/{}", affair.id);
        book.bilingual(&format!("{at}/name"), &affair.name);
        book.bilingual(&format!("{at}/citation"), &affair.citation);
        if affair.steps.is_empty() {
            book.add(
                &at,
                "代办事项没有写步骤。请用 [[affair.step]] 写明谁来办、多久办、在哪儿办。",
                "the affair has no steps. Write [[affair.step]]: who does it, within how long, where.",
            );
        }
        if affair.papers.is_empty() {
            book.add(
                &at,
                "代办事项没有写要什么材料。请写 paper = [ { id = \"…\", form = \"original\" } ]。",
                "the affair does not say which papers it needs. Write paper = [ { id = \"…\", form = \"original\" } ].",
            );
        }
        for step in &affair.steps {
            let at = format!("{at}/step/{}", step.id);
            book.bilingual(&format!("{at}/what"), &step.what);
            book.bilingual(&format!("{at}/who"), &step.who);
            book.bilingual(&format!("{at}/where"), &step.place);
        }
        for paper in &affair.papers {
            let at = format!("{at}/paper/{}", paper.id);
            book.known(&at, ("材料", "paper"), &paper.id, &papers);
            if let Some(when) = &paper.when {
                book.bilingual(&format!("{at}/when"), when);
            }
        }
    }
    let mut used = BTreeSet::new();
    for class in &pack.classes {
        let Some(id) = &class.affair else { continue };
        let at = format!("class/{}/affair", class.code);
        used.insert(id.as_str());
        book.known(&at, ("代办事项", "affair"), id, &affairs);
        if class.is_leaf() && class.kind != Kind::Affair {
            book.add(
                &at,
                "只有事务代办（kind = \"affair\"）才写代办事项。",
                "only an affair handled for someone (kind = \"affair\") names one.",
            );
        }
        if class.subject.is_some() {
            book.add(
                &at,
                "反映单位或人员的诉求不是代办，不能两样都写。",
                "what names a unit or a person is no affair: give one of the two.",
            );
        }
    }
    for idle in affairs.iter().filter(|a| !used.contains(*a)) {
        book.add(
            &format!("affair/{idle}"),
            "没有分类用到这个代办事项。请在分类里写 affair，或删去它。",
            "no class is about this affair. Name it in a class, or delete it.",
        );
    }
}
