//! Classes: codes, what each names, a limit for every clock, a unit that handles it.

use super::Book;
use crate::{Class, Moderation, PlaceNeed};
use rules::case::{Kind, Urgency};

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    let tracks: Vec<&str> = pack.tracks.iter().map(|t| t.id.as_str()).collect();
    let kinds: Vec<&str> = pack.unit_kinds.iter().map(|k| k.id.as_str()).collect();
    let forms: Vec<&str> = pack.forms.keys().map(String::as_str).collect();
    let limits: Vec<&str> = pack.limits.iter().map(|l| l.id.as_str()).collect();
    if !pack.classes.iter().any(Class::is_leaf) {
        book.add(
            "class",
            "没有一个三级分类，诉求无处可归。",
            "there is no class of the third level, so no request can be of one.",
        );
    }
    for class in &pack.classes {
        let at = format!("class/{}", class.code);
        if !well_formed(&class.code) {
            book.add(&at, "代码应写成 02、02.03 或 02.03.01。", "a code is written 02, 02.03 or 02.03.01.");
        }
        if let Some(parent) = class.parent().filter(|p| pack.class(p).is_none()) {
            book.add(
                &at,
                format!("上一级“{parent}”不存在。"),
                format!("the class above, \"{parent}\", does not exist."),
            );
        }
        book.bilingual(&format!("{at}/name"), &class.name);
        if class.public_name != class.name {
            book.bilingual(&format!("{at}/public_name"), &class.public_name);
        }
        if let Some(note) = &class.note {
            book.bilingual(&format!("{at}/note"), note);
        }
        book.known(&format!("{at}/track"), ("流程", "track"), &class.track, &tracks);
        if let Some(form) = &class.form {
            book.known(&format!("{at}/form"), ("表单", "form"), form, &forms);
        }
        if let Some(stop) = &class.stop {
            book.bilingual(&format!("{at}/stop"), &stop.text);
            if stop.call.is_empty() {
                book.add(
                    &format!("{at}/stop"),
                    "让人停下，却没写打什么电话（call）。",
                    "it stops the form and does not say whom to call (call).",
                );
            }
        }
        for (clock, id) in &class.limits {
            let path = format!("{at}/limits/{}", clock.key());
            book.known(&path, ("时限", "limit"), id, &limits);
            if let Some(rule) = pack.limit_rule(id).filter(|r| r.clock != *clock) {
                book.add(
                    &path,
                    format!("“{id}”是{}，不是{}。", rule.clock.name().zh, clock.name().zh),
                    format!("\"{id}\" is for \"{}\", not for \"{}\".", rule.clock.name().en, clock.name().en),
                );
            }
        }
        if class.is_leaf() {
            leaf(book, class, &at, &kinds);
        } else if class.stop.is_some() {
            book.add(
                &format!("{at}/stop"),
                "只有三级分类能让表单停下。",
                "only a class of the third level stops the form.",
            );
        }
    }
}

fn well_formed(code: &str) -> bool {
    (1..=3).contains(&code.split('.').count())
        && code.split('.').all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
}

fn leaf(book: &mut Book<'_>, class: &Class, at: &str, kinds: &[&str]) {
    let pack = book.pack;
    if class.handler.is_empty() {
        book.add(
            at,
            "没有承办单位类别（handler），上级也没写。",
            "it has no handler, nor has any class above it.",
        );
    } else {
        book.known(&format!("{at}/handler"), ("单位类别", "kind of unit"), &class.handler, kinds);
        if pack.unit_kind(&class.handler).is_some()
            && class.place != PlaceNeed::Required
            && pack.handler_without_place(&class.handler).is_none()
        {
            book.add(
                at,
                "可以不填地点，可不填地点时找不到承办单位。请改为必填，或给单位类别写上 up。",
                "the place may be left out, and then no unit can be found. Require it, or give the kind of unit an `up`.",
            );
        }
    }
    if class.subject.is_some() {
        if class.moderation != Moderation::Never {
            book.add(
                at,
                "指名反映单位或人员的，不能公开：请写 moderation = \"never\"。",
                "it names a unit or a person, so it is never shown: write moderation = \"never\".",
            );
        }
        book.bilingual("shield/elsewhere", &pack.shield.elsewhere);
    }
    if class.visit && class.place == PlaceNeed::None {
        book.add(at, "要上门，却不问地点。", "somebody has to call there, and the place is not asked.");
    }
    let Some(track) = pack.track(&class.track) else { return };
    for clock in track.clocks_used() {
        for kind in Kind::ALL {
            for urgency in Urgency::ALL {
                if pack.limit(&class.code, *kind, *urgency, clock).is_none() {
                    book.add(
                        &format!("track/{}", track.id),
                        format!(
                            "“{}”没有时限。请在 limit 里写一条 clock = \"{}\" 的通用时限。",
                            clock.name().zh,
                            clock.key()
                        ),
                        format!(
                            "\"{}\" has no limit. Add a general one with clock = \"{}\".",
                            clock.name().en,
                            clock.key()
                        ),
                    );
                }
            }
        }
    }
}
