//! The page itself: its head, and what stands where.

use super::parts::{self, Forms};
use super::receipt::{self, Seal};
use super::{Mine, course, departure, looks, papers, slip};
use crate::pages::eye::Eye;
use crate::pages::public::pass::Held;
use crate::pages::public::words;
use kernel::Locale;
use maud::{Markup, html};
use rules::case::{ClockKind, State};
use web::components::{Due, FlashKind, Tone, due_block, flash, steps};
use web::{Page, format};

pub(super) fn page(eye: &Eye, held: &Held, mine: &Mine, seal: &Seal, forms: &Forms) -> Page {
    let row = &mine.case.row;
    let fresh = held.pass.receipt(mine.now) && !forms.refused() && !row.state.is_end();
    let title = if mine.joined.is_some() { mine.hidden(&row.public_title) } else { row.title.clone() };
    let mut page =
        Page::new(&eye.look, if fresh { eye.t("已收到", "Received").to_owned() } else { title.clone() })
            .at("/find")
            .narrow()
            .own_heading();
    if fresh {
        page = page
            .main(web::form::draft_done("ask"))
            .main(web::form::draft_done("join"))
            .main(slip::fresh(eye, mine));
    }
    page.main(head(eye, mine, &title, fresh))
        .main(departure::gone(eye, mine))
        .main(kept_from(eye, mine))
        .main(parts::waiting(eye, mine))
        .main(parts::ruled(eye, mine))
        .main(parts::answer(eye, mine))
        .main(papers::part_of(eye, mine))
        .main(confirm(eye, mine))
        .main(parts::judging(eye, mine, forms))
        .main(parts::who(eye, mine))
        .main(course::done(eye, mine))
        .main(course::notices(eye, mine))
        .main(receipt::section(eye, mine, seal))
        .main(looks::card(eye, mine))
        .main(parts::said(eye, mine))
        .main(parts::more(eye, mine, forms))
        .main(leave(eye, mine))
}

/// State, title, the date that counts with its reason, and the way so far.
fn head(eye: &Eye, mine: &Mine, title: &str, fresh: bool) -> Markup {
    let row = &mine.case.row;
    html! {
        section.card {
            div.row-of { (eye.state(row)) span.hint { (row.number) } }
            @if fresh { h2.title { (title) } } @else { h1.matter { (title) } }
            (due(eye, mine))
            (steps(&eye.look, &words::way(eye, row, &mine.entries)))
            (why(eye, mine))
        }
    }
}

/// From whom it is kept, and who decides.
fn kept_from(eye: &Eye, mine: &Mine) -> Markup {
    let Some(shield) = &mine.case.shield else { return html! {} };
    let (look, dir) = (&eye.look, &eye.ctx.dir);
    let about = dir.full_name(shield.unit, look.locale);
    let decides = dir.full_name(mine.case.row.unit, look.locale);
    html! {
        section.card {
            h2 { (eye.t("被反映的单位看不到", "The unit concerned cannot see this")) }
            p { (say!(look,
                "{about}和它的人，还有同院的单位，都查不到、数不到这一件，也收不到任何通知。",
                "{about}, its people and those in its house can neither find nor count this, and get no notice of it.")) }
            p { (say!(look, "现在由{decides}办，它与这件事不相干。", "{decides} handles it now and is not involved.")) }
            p.hint { (eye.t("您自己告诉别人，或者内容里写了只有您知道的细节，平台管不到。", "What you tell others yourself, or what only you could know, the platform cannot hide.")) }
        }
    }
}

/// The date that counts.
fn due(eye: &Eye, mine: &Mine) -> Markup {
    let (row, look, zone) = (&mine.case.row, &eye.look, eye.ctx.site.zone);
    let t = |zh: &str, en: &str| eye.t(zh, en).to_owned();
    let unit = eye.unit(row.unit);
    let who = say!(look, "{unit}负责答复。", "{unit} answers for it.");
    let block = match row.state {
        State::Withdrawn | State::NotAccepted | State::Merged => Due {
            date: row.ended_at.map(|e| eye.day(e)).unwrap_or_default(),
            sub: row.state.name().to(look.locale).to_owned(),
            detail: match (&mine.main, row.state) {
                (Some(n), _) if mine.left => {
                    say!(look, "合并到 {n} 一起办理。", "Handled together with {n}.")
                }
                (Some(n), _) => say!(
                    look,
                    "合并到 {n} 一起办理，告知照常发给您。",
                    "Handled together with {n}; you are told all the same."
                ),
                (_, State::NotAccepted) => t(
                    "依据和正确的途径写在下面的答复里。",
                    "The ground and the right way stand in the answer below.",
                ),
                _ => String::new(),
            },
            ..Due::default()
        },
        State::Paused if mine.left => Due {
            date: t("等其他人补充", "Waiting for the others"),
            sub: t("补充后继续计时", "the clock goes on once they have added it"),
            detail: who,
            ..Due::default()
        },
        State::Paused => Due {
            tone: Tone::Soon,
            date: t("等您补充", "Waiting for you"),
            sub: t("补充后继续计时", "the clock goes on once you have added it"),
            detail: who,
            ..Due::default()
        },
        State::Review => reviewed_by(eye, mine),
        _ if mine.ruling().is_some_and(|e| Mine::is_upheld(e) && row.state != State::Answered) => Due {
            date: mine.ruling().map(|e| eye.day(e.at)).unwrap_or_default(),
            sub: t("上级复核：维持答复", "a superior reviewed it: the answer stands"),
            detail: if mine.left {
                String::new()
            } else {
                t("您说的“没有解决”照样计数。", "Your word that it is not solved stands in every count.")
            },
            ..Due::default()
        },
        State::Answered | State::Judged | State::Closed | State::Unsolvable => Due {
            tone: if row.unsolvable { Tone::Plain } else { Tone::Ok },
            date: row.answered_at.map(|a| eye.day(a)).unwrap_or_default(),
            sub: if row.state == State::Answered && !mine.left {
                t("已答复，请您评价", "answered: please judge it")
            } else {
                t("已答复", "answered")
            },
            detail: in_time(eye, mine),
            ..Due::default()
        },
        _ => match row.answer_due {
            Some(at) if at < mine.now => {
                let late = format::span(look.locale, mine.now.0 - at.0);
                Due {
                    tone: Tone::Late,
                    date: say!(look, "已超期 {late}", "{late} overdue"),
                    sub: say!(look, "应在 {day} 答复", "an answer was due on {day}", day = eye.day(at)),
                    detail: t(
                        "承办单位的负责人和督办人员都已收到提醒。",
                        "The head of the unit and supervision have been told.",
                    ),
                    ..Due::default()
                }
            }
            Some(at) => Due {
                tone: if zone.date(at) == eye.ctx.today() { Tone::Soon } else { Tone::Plain },
                date: format::day_said(look.locale, zone.date(at), eye.ctx.today()),
                sub: match clock_of(eye, at) {
                    Some(clock) if mine.left => {
                        say!(look, "{clock} 前答复其他人", "by {clock}: the others are answered")
                    }
                    None if mine.left => t("或之前答复其他人", "at the latest the others are answered"),
                    Some(clock) => say!(look, "{clock} 前答复您", "by {clock}: the day you are answered"),
                    None => t("或之前答复您", "at the latest you are answered"),
                },
                detail: who,
                ..Due::default()
            },
            None => Due { date: t("待定", "Not set yet"), detail: who, ..Due::default() },
        },
    };
    html! { (due_block(look, &block)) }
}

/// By when the superior reviews it, and that it is not the unit itself.
fn reviewed_by(eye: &Eye, mine: &Mine) -> Due {
    let (look, zone) = (&eye.look, eye.ctx.site.zone);
    let unit = eye.unit(mine.case.row.unit);
    let mut who = say!(
        look,
        "由{unit}的上级督办员裁定：维持答复，或退回重办。",
        "The supervisor above {unit} decides: the answer stands, or it is worked on again."
    );
    if !mine.left {
        who.push_str(eye.t("裁定后告诉您。", " You are told."));
    }
    match mine.case.open_clock(ClockKind::Review).map(|c| c.due_at) {
        Some(at) if at < mine.now => Due {
            tone: Tone::Late,
            date: say!(
                look,
                "复核超期 {late}",
                "{late} overdue",
                late = format::span(look.locale, mine.now.0 - at.0)
            ),
            sub: say!(look, "应在 {day} 复核", "the review was due on {day}", day = eye.day(at)),
            detail: who,
            ..Due::default()
        },
        Some(at) => Due {
            date: format::day_said(look.locale, zone.date(at), eye.ctx.today()),
            sub: match clock_of(eye, at) {
                Some(clock) => say!(look, "{clock} 前由上级复核", "by {clock}: a superior reviews it"),
                None => eye.t("或之前由上级复核", "at the latest a superior reviews it").to_owned(),
            },
            detail: who,
            ..Due::default()
        },
        None => Due {
            date: eye.t("等上级复核", "A superior reviews it").to_owned(),
            detail: who,
            ..Due::default()
        },
    }
}

/// The clock time of a due instant, unless it is the end of the day.
fn clock_of(eye: &Eye, at: kernel::Timestamp) -> Option<String> {
    (at.0 % 1000 != 999).then(|| format::clock(eye.ctx.site.zone, at))
}

/// Whether the first answer kept the date.
fn in_time(eye: &Eye, mine: &Mine) -> String {
    let row = &mine.case.row;
    match (row.answered_at, row.first_due) {
        (Some(a), Some(d)) if a <= d => {
            say!(eye.look, "在 {day} 的期限之前。", "Before the date promised, {day}.", day = eye.day(d))
        }
        (Some(_), Some(d)) => {
            say!(
                eye.look,
                "期限是 {day}，这次超期了。",
                "The date promised was {day}: this was late.",
                day = eye.day(d)
            )
        }
        _ => String::new(),
    }
}

/// Why that day: the certificate in words, and each day.
fn why(eye: &Eye, mine: &Mine) -> Markup {
    let kinds = match mine.case.row.state {
        // Nothing is waited for any more.
        State::Withdrawn | State::NotAccepted => return html! {},
        State::Review => [ClockKind::Review, ClockKind::Rework],
        _ => [ClockKind::Rework, ClockKind::Answer],
    };
    let clock = kinds.iter().find_map(|k| mine.case.clocks.iter().rev().find(|c| c.kind == *k));
    let Some(clock) = clock else { return html! {} };
    let words = rules::deadline::explain(&clock.certificate, eye.locale());
    let rule = clock.certificate.citation.to(eye.locale());
    let body = html! {
        p { (full(eye.locale(), &words.headline)) }
        @if let Some(p) = &words.provisional { (flash(&web::components::Flash::new(FlashKind::Warn, p))) }
        ol.days {
            @for line in &words.lines {
                li.counted[line.day.counted] {
                    span { (format::day_week(eye.locale(), line.day.date)) }
                    span { (reason(eye, line)) }
                }
            }
        }
        @if !rule.is_empty() { p.hint { (eye.t("依据：", "Source: ")) (rule) } }
        p.hint {
            (eye.t("谁都可以照这张表重算一遍。日历：", "Anyone can count it again. Calendar: "))
            (clock.certificate.calendar) " " (clock.certificate.calendar_version)
        }
    };
    web::components::disclosure(eye.t("为什么是这一天", "Why this day"), body)
}

fn reason(eye: &Eye, line: &rules::deadline::Line) -> String {
    let text = line.text.split_once([':', '：']).map_or(line.text.as_str(), |(_, t)| t.trim());
    full(eye.locale(), text)
}

/// Sentences of the rules with the punctuation of the page.
fn full(locale: Locale, text: &str) -> String {
    match locale {
        Locale::En => text.to_owned(),
        Locale::Zh => text.replace(',', "，").replace(';', "；").replace('(', "（").replace(')', "）"),
    }
}

/// For devices that more than one person uses.
fn leave(eye: &Eye, mine: &Mine) -> Markup {
    let number = &mine.case.row.number;
    html! {
        div.actions {
            a.btn href={ "/r/" (number) "/slip" } { (eye.t("查看回执（可打印）", "The slip, for printing")) }
            (web::form::form_with(&eye.look, web::form::FormOptions { action: &format!("/r/{number}/leave"), class: "inline", ..Default::default() },
                web::form::button_quiet(eye.t("这台设备不是我的，退出", "Not my device: leave"))))
        }
    }
}

/// Until when the parties may ask the court together to confirm what was agreed.
fn confirm(eye: &Eye, mine: &Mine) -> Markup {
    let Some(due) = &mine.confirm else { return html! {} };
    let day = eye.day(due.due);
    html! {
        section.card {
            h2 { (eye.t("调解协议的司法确认", "Confirmation of the agreement by the court")) }
            p { (say!(&eye.look, "需要的话，双方可以在 {day} 前共同向人民法院申请确认。确认后一方不履行，可以申请强制执行。",
                "If you wish, both of you may ask the court together to confirm it until {day}. Confirmed, it can be enforced.")) }
            p.hint { (due.citation.to(eye.locale())) }
        }
    }
}
