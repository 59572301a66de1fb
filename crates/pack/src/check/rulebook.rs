//! Grounds, extension, supervision, call-back, satisfaction, forms.

use super::Book;
use kernel::Say;
use rules::case::{ClockKind, Party};
use rules::deadline::Limit;

pub(super) fn check(book: &mut Book<'_>) {
    let pack = book.pack;
    if pack.grounds.is_empty() {
        book.add(
            "ground",
            "没有不予受理的依据，就没有一件可以不受理。",
            "there is no ground for not accepting.",
        );
    }
    for ground in &pack.grounds {
        let at = format!("ground/{}", ground.id);
        book.bilingual(&format!("{at}/text"), &ground.text);
        book.bilingual(&format!("{at}/right_way"), &ground.right_way);
        book.bilingual(&format!("{at}/citation"), &ground.citation);
    }
    if pack.extension.who.is_empty() {
        book.add("extension", "没有写谁可以延期（who）。", "it does not say who may extend (who).");
    }
    for (i, grade) in pack.supervision.iter().enumerate() {
        let at = format!("supervision/{}", grade.id);
        book.bilingual(&format!("{at}/name"), &grade.name);
        if usize::from(grade.grade) != i + 1 {
            book.add(&at, "督办等级要从 1 起依次写。", "grades of supervision are written in order from 1.");
        }
        if grade.when.is_empty() {
            book.add(&at, "没有写什么时候提出（when）。", "it does not say when it is proposed (when).");
        }
        // Whoever handles it, or serves at a window, would be pressing themselves.
        if grade.who != [Party::Supervisor] {
            book.add(
                &format!("{at}/who"),
                "督办由督办员签发：who = [\"supervisor\"]。",
                "supervision is issued by a supervisor: who = [\"supervisor\"].",
            );
        }
    }
    let call = &pack.call_back;
    if call.attempt_days == 0 || call.attempt_days > call.window_days || call.after_days > call.window_days {
        book.add(
            "call_back",
            "回访的次数和天数对不上：至少一天，且都在窗口期内。",
            "call-back days do not fit: at least one, all within the window.",
        );
    }
    if call.lapse_days < call.window_days {
        book.add(
            "call_back/lapse_days",
            "还在回访期内就算逾期未评了。",
            "it would lapse while there is still time to call back.",
        );
    }
    let lapses = |limit: Limit| matches!(limit, Limit::CalendarDays(n) if u32::from(n) == call.lapse_days);
    for rule in pack.limits.iter().filter(|r| r.clock == ClockKind::Evaluation && !lapses(r.limit)) {
        book.add(
            &format!("limit/{}", rule.id),
            format!("评价时限与回访规则的 lapse_days 不一致，应为 {} 天。", call.lapse_days),
            format!("the time to judge differs from lapse_days of the call-backs: {} days.", call.lapse_days),
        );
    }
    if [call.lot.percent, call.lot.fast_percent, call.lot.spotless_percent].iter().any(|p| *p > 100) {
        book.add("call_back/lot", "抽签的比例不能超过 100。", "no more than 100 per cent can be drawn.");
    }
    let scores: Vec<u8> = pack.satisfaction.iter().map(|g| g.score).collect();
    if scores != [5, 4, 3, 2, 1] {
        book.add(
            "satisfaction",
            "满意度要写五档，分值依次为 5、4、3、2、1。",
            "satisfaction has five grades with scores 5, 4, 3, 2, 1 in this order.",
        );
    }
    if pack.satisfaction.windows(2).any(|w| w[1].satisfied && !w[0].satisfied) {
        book.add(
            "satisfaction",
            "好的一档不算满意，差的一档反而算满意。",
            "a worse grade counts as satisfied and a better one does not.",
        );
    }
    let demands = pack.classes.iter().any(|c| !c.evidence.is_empty());
    if demands && pack.unsolvable_evidence.is_empty() {
        book.add(
            "unsolvable_evidence",
            "没有写“不能解决”时要什么凭据。",
            "it does not say which evidence an unsolvable case needs.",
        );
    }
    for (key, form) in &pack.forms {
        for fault in rules::form::check(form) {
            let say = Say::new(
                format!("{}：{}", fault.at, fault.say.zh),
                format!("{}: {}", fault.at, fault.say.en),
            );
            book.say(&format!("form/{key}/question/{}", fault.at), say);
        }
    }
}
