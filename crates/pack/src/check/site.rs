//! Levels, kinds of unit, ways in, the demonstration.

use super::Book;
use kernel::Role;

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    let levels: Vec<&str> = pack.levels.iter().map(|l| l.id.as_str()).collect();
    let kinds: Vec<&str> = pack.unit_kinds.iter().map(|k| k.id.as_str()).collect();
    let site = &pack.site;
    for (at, text) in [
        ("name", &pack.name),
        ("about", &pack.about),
        ("site/name", &site.name),
        ("site/short", &site.short),
        ("site/office", &site.office),
        ("site/welcome", &site.welcome),
        ("site/complaints", &site.complaints),
    ] {
        book.bilingual(at, text);
    }
    if levels.is_empty() {
        book.add("level", "一个层级也没有。", "there is no level.");
    }
    for level in &pack.levels {
        book.bilingual(&format!("level/{}", level.id), &level.name);
    }
    for kind in &pack.unit_kinds {
        let at = format!("unit_kind/{}", kind.id);
        book.bilingual(&format!("{at}/name"), &kind.name);
        book.known(&format!("{at}/level"), ("层级", "level"), &kind.level, &levels);
        if let Some(parent) = &kind.parent {
            book.known(&format!("{at}/parent"), ("层级", "level"), parent, &levels);
        }
        if kind.office && kind.parent.is_none() {
            book.add(
                &at,
                "是内设单位，却没写挂在哪一级（parent）。",
                "it is an office and does not say of what level (parent).",
            );
        }
        let mut seen = vec![kind.id.as_str()];
        let mut up = kind.up.as_deref();
        while let Some(id) = up {
            if seen.contains(&id) {
                book.add(
                    &format!("{at}/up"),
                    format!("上报绕回了“{id}”。"),
                    format!("escalation leads back to \"{id}\"."),
                );
                break;
            }
            book.known(&format!("{at}/up"), ("单位类别", "kind of unit"), id, &kinds);
            seen.push(id);
            up = pack.unit_kind(id).and_then(|k| k.up.as_deref());
        }
        for (i, duty) in kind.duties.iter().enumerate() {
            book.bilingual(&format!("{at}/duty/{}", duty.id), &duty.text);
            if kind.duties[..i].iter().any(|d| d.id == duty.id) {
                book.add(
                    &at,
                    format!("职责“{}”写了两次。", duty.id),
                    format!("duty \"{}\" is given twice.", duty.id),
                );
            }
        }
    }
    if !pack.unit_kinds.iter().any(|k| k.centre) {
        book.add(
            "unit_kind",
            "没有分流中心：至少一类单位要写 centre = true。",
            "there is no centre: at least one kind of unit says centre = true.",
        );
    }
    for channel in &pack.channels {
        book.bilingual(&format!("channel/{}", channel.id), &channel.name);
        book.bilingual(&format!("channel/{}", channel.id), &channel.hours);
    }
    if !pack.channels.iter().any(|c| c.public) {
        book.add(
            "channel",
            "没有一条向群众公布的渠道（public = true）。",
            "no way in is shown to the public (public = true).",
        );
    }
    for role in pack.role_names.keys() {
        let known: Vec<&str> = Role::ALL.iter().map(|r| r.key()).collect();
        book.known(&format!("role/{role}"), ("角色", "role"), role, &known);
    }
    book.known("meeting/level", ("层级", "level"), &pack.meeting.level, &levels);
    if pack.counting.office.from >= pack.counting.office.to {
        book.add(
            "counting/office",
            "办公时间的开始不在结束之前。",
            "office hours do not begin before they end.",
        );
    }
    if !(1..=99).contains(&pack.warn_percent) {
        book.add(
            "warn_percent",
            "提醒的百分数应在 1 到 99 之间。",
            "the percentage of the first signal is 1 to 99.",
        );
    }
    if pack.public_ledger.reasons.is_empty() {
        book.add("public_ledger", "没有写不公开的理由。", "there is no reason for not showing a case.");
    }
    for view in &pack.views {
        book.bilingual(&format!("view/{}", view.id), &view.name);
        if let Some(channel) = view.channel.as_deref().filter(|c| pack.channel(c).is_none()) {
            book.add(
                &format!("view/{}/channel", view.id),
                format!("没有渠道“{channel}”。"),
                format!("there is no channel \"{channel}\"."),
            );
        }
    }
    demo(book);
}

fn demo(book: &mut Book<'_>) {
    let demo = &book.pack.demo;
    if !(demo.townships <= demo.villages && demo.villages <= demo.groups) {
        book.add(
            "demo",
            "演示规模应是乡镇不多于村、村不多于组。",
            "the demonstration has no more townships than villages, no more villages than groups.",
        );
    }
    if demo.place_first.len() != demo.place_first_en.len()
        || demo.place_second.len() != demo.place_second_en.len()
    {
        book.add(
            "demo",
            "地名用字的中英文个数要一样。",
            "made-up names need as many syllables in English as in Chinese.",
        );
    }
    let names = demo.place_first.len() * demo.place_second.len();
    if names < (demo.townships + demo.villages) as usize {
        book.add(
            "demo",
            format!("地名不够用：只能拼出 {names} 个。"),
            format!("there are too few names: only {names} can be made."),
        );
    }
    if demo.surnames.is_empty() || demo.given_names.is_empty() {
        book.add("demo", "没有写演示用的姓名。", "there are no made-up people's names.");
    }
}
