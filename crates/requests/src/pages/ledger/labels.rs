//! The conditions of a ledger in words: for chips, for the heading of a printed page, for saved views.

use crate::export::{ALONE, Asked, CONDITIONS, NAMES, NONE, Sort};
use crate::pages::eye::Eye;
use kernel::{Date, Locale};
use rules::case::{Kind, State, Urgency, Word};
use web::format;

/// A condition in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// Its name in the address.
    pub(super) name: &'static str,
    /// In words: `类别：路灯`.
    pub(super) text: String,
}

/// Every condition that is set, in one order. The days of receipt are one.
pub(super) fn labels(eye: &Eye, asked: &Asked) -> Vec<Label> {
    let mut out = Vec::new();
    for name in &NAMES[CONDITIONS] {
        let value = asked.get(name);
        if value.is_empty() || (*name == "to" && !asked.get("from").is_empty()) {
            continue;
        }
        out.push(Label { name, text: text(eye, asked, name, value) });
    }
    out
}

fn text(eye: &Eye, asked: &Asked, name: &str, value: &str) -> String {
    let locale = eye.locale();
    let with = |zh: &str, en: &str, what: &str| match locale {
        Locale::Zh => format!("{zh}：{what}"),
        Locale::En => format!("{en}: {what}"),
    };
    let yes = |zh: &str, en: &str, no_zh: &str, no_en: &str| {
        if value == "yes" { locale.t(zh, en).to_owned() } else { locale.t(no_zh, no_en).to_owned() }
    };
    let word = |name: Option<kernel::Say>| name.map_or_else(|| value.to_owned(), |s| s.to(locale).to_owned());
    match name {
        "class" | "place" | "officer" | "word" if value == NONE => missing(locale, name).to_owned(),
        "view" => {
            let view = eye.ctx.site.pack.views.iter().find(|v| v.id == value);
            with("视图", "View", view.map_or(value, |v| v.name.to(locale)))
        }
        "q" => with("含", "Contains", value),
        "standing" => standing(locale, value),
        "as_of" => as_of(eye, asked),
        "from" | "to" => received(eye, asked.get("from"), asked.get("to")),
        "class" => with("类别", "Class", &class(eye, value)),
        "place" => with("地点", "Place", &unit(eye, value)),
        "handling" => with("承办", "Handled by", &unit(eye, value)),
        "level" => {
            let level = eye.ctx.site.pack.level(value);
            with("承办层级", "Level", level.map_or(value, |l| l.name.to(locale)))
        }
        "first" => with("首接", "First to receive", &unit(eye, value)),
        "officer" => with("责任人", "Officer", eye.officer(value.parse().ok())),
        "channel" => with("渠道", "Channel", eye.channel(value)),
        "kind" => with("类型", "Kind", &word(Kind::from_key(value).map(|k| k.name()))),
        "urgency" => word(Urgency::from_key(value).map(|u| u.name())),
        "word" => with("评价", "Word", &word(Word::from_key(value).map(|w| w.name()))),
        "answered" => yes("已答复", "Answered", "未答复", "Not answered"),
        "on_time" => yes("按时答复", "Answered on time", "超期答复", "Answered late"),
        "satisfied" => yes("满意", "Satisfied", "不满意", "Not satisfied"),
        "supervised" => yes("督办中", "Supervised", "", ""),
        "reworked" => yes("重办过", "Reworked", "", ""),
        "unmoderated" => yes("待公开审核", "Awaiting moderation", "", ""),
        _ => value.to_owned(),
    }
}

/// Where cases stand, in words.
pub(super) fn standing(locale: Locale, value: &str) -> String {
    match value {
        "" => locale.t("全部", "All").to_owned(),
        "live" => locale.t("未办结", "Open").to_owned(),
        "ended" => locale.t("已办结", "Ended").to_owned(),
        "overdue" => locale.t("逾期未答复", "Overdue").to_owned(),
        "today" => locale.t("今天到期", "Due today").to_owned(),
        "week" => locale.t("七天内到期", "Due within 7 days").to_owned(),
        other => State::from_key(other).map_or_else(|| other.to_owned(), |s| s.name().to(locale).to_owned()),
    }
}

/// A class with those above it, or its code where the pack has none of it.
/// What is said of cases that have no class, place, officer or word.
pub(super) fn missing(locale: Locale, name: &str) -> &'static str {
    match name {
        "class" => locale.t("待定分类", "Not classified yet"),
        "place" | "handling" => locale.t("没有选地点", "No place chosen"),
        "officer" => locale.t("没有责任人", "Nobody named"),
        _ => locale.t("还没有评价", "Not judged yet"),
    }
}

pub(super) fn class(eye: &Eye, code: &str) -> String {
    let path = eye.ctx.site.pack.class_path(code);
    if path.is_empty() {
        return code.to_owned();
    }
    path.iter().map(|t| t.to(eye.locale())).collect::<Vec<_>>().join(" › ")
}

fn received(eye: &Eye, from: &str, to: &str) -> String {
    let (locale, today) = (eye.locale(), eye.ctx.today());
    let day = |text: &str| {
        text.parse::<Date>().map_or_else(|_| text.to_owned(), |d| format::day_near(locale, d, today))
    };
    match (locale, from.is_empty(), to.is_empty()) {
        (Locale::Zh, false, true) => format!("{}起受理", day(from)),
        (Locale::Zh, true, _) => format!("{}及以前受理", day(to)),
        (Locale::Zh, false, false) if from == to => format!("{}受理", day(from)),
        (Locale::Zh, false, false) => format!("{}至{}受理", day(from), day(to)),
        (Locale::En, false, true) => format!("Received since {}", day(from)),
        (Locale::En, true, _) => format!("Received up to {}", day(to)),
        (Locale::En, false, false) if from == to => format!("Received {}", day(from)),
        (Locale::En, false, false) => format!("Received {} to {}", day(from), day(to)),
    }
}

/// As of which day, in words.
fn as_of(eye: &Eye, asked: &Asked) -> String {
    let day = asked.as_of().map(|d| format::day_year(eye.locale(), d)).unwrap_or_default();
    match (asked.past(&eye.ctx), eye.locale()) {
        (Some(_), Locale::Zh) => format!("截至{day}所知"),
        (Some(_), Locale::En) => format!("As known on {day}"),
        (None, Locale::Zh) => "那一天还没过完：现在的情况".to_owned(),
        (None, Locale::En) => "That day is not over: as it stands now".to_owned(),
    }
}

/// The order in words.
pub(super) fn order(eye: &Eye, sort: Sort) -> &str {
    match sort {
        Sort::Received => eye.t("最近受理的在前", "latest received first"),
        Sort::Due => eye.t("先到期的在前", "due first"),
    }
}

/// A unit by its code; with `!` after it, that unit alone.
pub(super) fn unit(eye: &Eye, code: &str) -> String {
    let alone = code.strip_suffix(ALONE);
    match (eye.ctx.dir.by_code(alone.unwrap_or(code)), alone, eye.locale()) {
        (Some(unit), None, locale) => unit.name(locale).to_owned(),
        (Some(unit), Some(_), Locale::Zh) => format!("{}本级", unit.name(Locale::Zh)),
        (Some(unit), Some(_), Locale::En) => format!("{} itself", unit.name(Locale::En)),
        (None, _, _) => code.to_owned(),
    }
}
