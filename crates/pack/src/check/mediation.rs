//! Mediation: a course that there is, what its file must hold, and the other ways where it fails.

use super::Book;
use rules::case::Kind;
use rules::mediation::FileItem;

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    let Some(rule) = &pack.mediation else { return };
    let tracks: Vec<&str> = pack.tracks.iter().map(|t| t.id.as_str()).collect();
    book.known("mediation/track", ("流程", "track"), &rule.track, &tracks);
    for (field, text) in [
        ("citation", &rule.citation),
        ("keep_citation", &rule.keep_citation),
        ("confirm_citation", &rule.confirm_citation),
        ("other_ways", &rule.other_ways),
    ] {
        book.bilingual(&format!("mediation/{field}"), text);
    }
    if !(1..=200).contains(&rule.keep_years) {
        book.add("mediation/keep_years", "卷宗保存年限写 1 到 200。", "the file is kept for 1 to 200 years.");
    }
    for must in [FileItem::Record, FileItem::Agreement] {
        let there =
            rule.mandatory.contains(&must) || must.instead().is_some_and(|i| rule.mandatory.contains(&i));
        if !there {
            book.add(
                "mediation/mandatory",
                format!("必备材料里少了“{}”：没有它，谈不上达成协议。", must.name().zh),
                format!(
                    "\"{}\" is not among the mandatory items: without it nothing was agreed.",
                    must.name().en
                ),
            );
        }
    }
    for class in
        pack.classes.iter().filter(|c| c.is_leaf() && c.track == rule.track && c.kind != Kind::Dispute)
    {
        book.add(
            &format!("class/{}", class.code),
            "走调解流程的要是矛盾调解（kind = \"dispute\"）。",
            "what takes the course of mediation is a dispute (kind = \"dispute\").",
        );
    }
}
