//! Beside a case: by when and why, what one can do now, who answers for it, what the person was told.

use super::Sheet;
use super::line::{delivery, told};
use crate::case::ClockRow;
use crate::model::NoticeRow;
use crate::pages::work::act::{Act, Offer};
use crate::pages::work::people::pseudonym;
use kernel::Locale;
use maud::{Markup, html};
use rules::case::{ClockKind, Notice, State};
use rules::deadline::explain;
use web::components::{
    Definition, Due, Pair, Tone, action_list, card, card_with, definitions, disclosure, due_block, pill,
};
use web::form::{csrf_field, hidden};
use web::format;

/// The date that counts now, and why that date.
pub(super) fn due(s: &Sheet) -> Markup {
    let (eye, row) = (&s.eye, &s.case.row);
    let locale = eye.locale();
    let Some((clock, sub)) = counting(s) else {
        let (date, sub) = match row.ended_at {
            Some(at) => (eye.day(at), row.state.name().to(locale).to_owned()),
            None => ("—".to_owned(), eye.t("没有期限在走", "no clock is running").to_owned()),
        };
        return card(None, due_block(&eye.look, &Due { tone: Tone::Ok, date, sub, ..Due::default() }));
    };
    let zone = eye.ctx.site.zone;
    let (day, today) = (zone.date(clock.due_at), eye.ctx.today());
    let resting = clock.paused_at.is_some();
    let late = !resting && clock.due_at < eye.ctx.at;
    let tone = if late {
        Tone::Late
    } else if !resting && (day == today || clock.warn_at <= eye.ctx.at) {
        Tone::Soon
    } else {
        Tone::Info
    };
    let date =
        if resting { eye.t("停走", "Resting").to_owned() } else { format::day_said(locale, day, today) };
    let hour = format::clock(zone, clock.due_at);
    let until = if hour == "23:59" { String::new() } else { format!("{hour} ") };
    let sub = match (resting, late, locale) {
        (true, _, _) => sub.to_owned(),
        (_, true, Locale::Zh) => {
            format!("{until}应{sub}，{}", format::time_left(locale, eye.ctx.at, clock.due_at))
        }
        (_, true, Locale::En) => {
            format!("{until}{sub} was due, {}", format::time_left(locale, eye.ctx.at, clock.due_at))
        }
        (_, _, Locale::Zh) => format!("{until}前{sub}"),
        (_, _, Locale::En) if until.is_empty() => format!("is the last day to {sub}"),
        (_, _, Locale::En) => format!("by {until}to {sub}"),
    };
    let block = Due {
        tone,
        date,
        sub,
        detail: explain(&clock.certificate, locale).headline,
        why: Some(format!("/requests/{}/why/{}", row.number, clock.kind.key())),
    };
    let own = own_clock(s).filter(|c| c.kind != clock.kind);
    card(
        None,
        html! {
            (due_block(&eye.look, &block))
            @if let Some(own) = own {
                p.row-of {
                    span { (own.kind.name().to(locale)) "：" (eye.moment(own.due_at)) }
                    @if own.is_late(eye.ctx.at) { (pill(Tone::Late, &format::time_left(locale, eye.ctx.at, own.due_at))) }
                    a href={ "/requests/" (row.number) "/why/" (own.kind.key()) } { (eye.t("为什么", "Why")) }
                }
            }
            @if let Some(next) = &s.next { p.hint { (eye.t("下一步：", "Next: ")) (next) } }
        },
    )
}

/// The clock that the person is promised by, or the one that runs after the answer.
fn counting(s: &Sheet) -> Option<(&ClockRow, &'static str)> {
    let t = |zh, en| s.eye.locale().t(zh, en);
    let open = |kind| s.case.open_clock(kind);
    let row = &s.case.row;
    match row.state {
        state if state.is_end() => None,
        State::Answered => {
            open(ClockKind::Evaluation).map(|c| (c, t("等诉求人评价", "wait for the person's word")))
        }
        State::Judged => open(ClockKind::SignOff).map(|c| (c, t("销号", "sign off"))),
        State::Review => open(ClockKind::Review).map(|c| (c, t("复核裁定", "rule on the review"))),
        State::Rework => open(ClockKind::Rework).map(|c| (c, t("重新答复", "answer again"))),
        _ => open(ClockKind::Answer).or_else(|| open(ClockKind::Rework)).map(|c| (c, t("答复", "answer"))),
    }
}

/// The clock of the present owner.
fn own_clock(s: &Sheet) -> Option<&ClockRow> {
    let kind = s.case.track(&s.eye.ctx).ok()?.step(s.case.row.state)?.clock?;
    s.case.open_clock(kind)
}

/// What one can do now: the first thing large, exceptions folded, what is not possible yet with what is missing.
pub(super) fn can(s: &Sheet) -> Markup {
    let eye = &s.eye;
    // A note is written at the head of what happened.
    let open = |o: &&Offer| o.blocked_by.is_empty() && o.act != Act::Note;
    let usual: Vec<Markup> =
        s.offers.iter().filter(open).filter(|o| o.main || !o.act.is_seldom()).map(|o| button(s, o)).collect();
    let seldom: Vec<Markup> =
        s.offers.iter().filter(open).filter(|o| !o.main && o.act.is_seldom()).map(|o| button(s, o)).collect();
    let blocked: Vec<&Offer> = s.offers.iter().filter(|o| !o.blocked_by.is_empty()).collect();
    if s.offers.iter().all(|o| o.act == Act::Note) {
        return card(
            Some(eye.t("现在可以", "What you can do now")),
            html! { p.hint {
                @if s.offers.is_empty() { (eye.t("这件现在不由您办。可以看，不能改。", "This is not yours to act on now: you can look, not change.")) }
                @else { (eye.t("现在没有要您办的，可以在经过里写备注。", "Nothing is yours to do now; you can write a note below.")) }
            } },
        );
    }
    card(
        Some(eye.t("现在可以", "What you can do now")),
        html! {
            @if !usual.is_empty() { (action_list(&usual)) }
            @for o in &blocked {
                @let needs: Vec<String> = o.blocked_by.iter().map(|n| n.name().to(eye.locale()).to_owned()).collect();
                p.hint {
                    b { (o.act.name().to(eye.locale())) } (eye.t("：还缺 ", ": still missing: "))
                    (needs.join(eye.t("、", ", ")))
                }
            }
            @if !seldom.is_empty() {
                @if usual.is_empty() { (action_list(&seldom)) }
                @else { (disclosure(eye.t("更多", "More"), action_list(&seldom))) }
            }
        },
    )
}

fn button(s: &Sheet, o: &Offer) -> Markup {
    let eye = &s.eye;
    let href = format!("/requests/{}/{}", s.case.row.number, o.act.slug());
    let name = label(s, o);
    let key = Some(o.act.key()).filter(|k| !k.is_empty());
    if o.act == Act::Acceptance {
        // Nothing to fill in: one stroke.
        return html! {
            form.inline method="post" action=(href) {
                (csrf_field(&eye.look))
                (hidden("seq", &s.case.row.seq.to_string()))
                button.btn.main[o.main] type="submit" data-key=[key] { span { (name) } @if let Some(k) = key { kbd { (k) } } }
            }
        };
    }
    html! {
        a.btn.main[o.main] href=(href) data-key=[key] { span { (name) } @if let Some(k) = key { kbd { (k) } } }
    }
}

fn label(s: &Sheet, o: &Offer) -> String {
    let eye = &s.eye;
    let name = o.act.name();
    let rule = &eye.ctx.site.pack.extension;
    match (o.act, eye.locale()) {
        (Act::Extension, Locale::Zh) => format!("延期（一次最多 {}）", rule.cap.say().zh),
        (Act::Extension, Locale::En) => format!("Extend (at most {} at a time)", rule.cap.say().en),
        (Act::Officer, _) if s.case.row.state == State::InHand => {
            eye.t("换责任人", "Change the officer").to_owned()
        }
        (Act::Officer, _) if s.case.row.state == State::Assigned => {
            eye.t("签收并定责任人", "Sign for it and name the officer").to_owned()
        }
        _ => name.to(eye.locale()).to_owned(),
    }
}

/// Who answers for it, who helps, and what has to be shown before sign-off.
pub(super) fn answers(s: &Sheet) -> Markup {
    let (eye, row) = (&s.eye, &s.case.row);
    let locale = eye.locale();
    let unit = eye.ctx.dir.get(row.unit);
    let phone = unit.and_then(|u| u.phone.clone()).unwrap_or_default();
    let officer = match row.officer {
        Some(_) if phone.is_empty() => eye.officer(row.officer).to_owned(),
        Some(_) => format!("{} · {phone}", eye.officer(row.officer)),
        None => eye.t("未定", "not named yet").to_owned(),
    };
    let mut facts: Vec<Definition> = vec![
        Pair::text(eye.t("首接单位", "First unit"), eye.unit(row.first_unit)),
        Pair::text(eye.t("主办", "Handled by"), eye.unit(row.unit)),
        Pair::text(eye.t("责任人", "Officer"), &officer),
    ];
    if !s.case.helpers.is_empty() {
        facts.push((eye.t("协办", "Helping"), helpers(s)));
    }
    facts.push((eye.t("办结凭据", "Evidence"), evidence(s)));
    let person = html! {
        @if s.may_know {
            a href={ "/requests/" (row.number) "/identity" } { (eye.t("查看身份（会记录）", "Who it is (recorded)")) }
        } @else if row.person.is_some() {
            span.quiet { (eye.t("您无权查看身份", "not yours to see")) }
        } @else {
            span.quiet { (eye.t("未留姓名", "nobody named")) }
        }
    };
    facts.push((
        eye.t("诉求人", "The person"),
        html! { @if row.person.is_some() { (pseudonym(0, locale)) " " } (person) },
    ));
    if let Some(address) = &s.address {
        let note = eye.t("（要上门，承办人可见）", " (shown because a visit is needed)");
        facts.push((eye.t("上门地址", "Address"), html! { (address) span.quiet { (note) } }));
    }
    if row.returns + row.reworks + row.extensions > 0 {
        let counts = match locale {
            Locale::Zh => format!("退单 {} · 重办 {} · 延期 {}", row.returns, row.reworks, row.extensions),
            Locale::En => {
                format!("returned {}, reworked {}, extended {}", row.returns, row.reworks, row.extensions)
            }
        };
        facts.push((eye.t("次数", "Times"), html! { (counts) }));
    }
    card(Some(eye.t("谁负责", "Who answers for it")), definitions(&facts))
}

fn helpers(s: &Sheet) -> Markup {
    let eye = &s.eye;
    html! {
        @for h in &s.case.helpers {
            details {
                summary {
                    (eye.unit(h.unit)) " "
                    @match h.reported_at {
                        Some(at) => { (pill(Tone::Ok, eye.t("已反馈", "reported"))) " " span.quiet { (eye.day(at)) } },
                        None => (pill(Tone::Soon, eye.t("未反馈", "no report yet"))),
                    }
                }
                p.hint { (h.question) }
                @if !h.report.is_empty() { p.lines { (h.report) } }
            }
        }
    }
}

fn evidence(s: &Sheet) -> Markup {
    let (eye, facts) = (&s.eye, &s.case.facts);
    if facts.evidence_due.is_empty() {
        return html! { span.quiet { (eye.t("这类不要求", "none demanded")) } };
    }
    html! {
        @for e in &facts.evidence_due {
            @let name = e.name();
            @let have = facts.evidence.contains(e);
            div { (name.to(eye.locale())) " " (pill(if have { Tone::Ok } else { Tone::Soon }, if have { eye.t("有", "there") } else { eye.t("缺", "missing") })) }
        }
    }
}

/// The three notices, each with how it was met, for everyone who asked.
pub(super) fn notices(s: &Sheet) -> Markup {
    let (eye, row) = (&s.eye, &s.case.row);
    let round = row.round();
    let facts: Vec<Definition> = Notice::ALL
        .iter()
        .map(|n| {
            let owed: Vec<&NoticeRow> = s
                .case
                .notices
                .iter()
                .filter(|r| r.notice == *n && (*n != Notice::Result || r.round == round))
                .collect();
            let name = match n {
                Notice::Accepted => eye.t("受理告知", "1. Accepted"),
                Notice::Handling => eye.t("承办告知", "2. Who, by when"),
                Notice::Result => eye.t("结果告知", "3. The result"),
            };
            (name, notice(s, &owed))
        })
        .collect();
    let record = s.offers.iter().any(|o| o.act == Act::Told);
    let link = html! { @if record {
        a href={ "/requests/" (row.number) "/notice-act" } { (eye.t("登记另行告知", "Record an act")) }
    } };
    card_with(eye.t("三次告知", "The three notices"), link, definitions(&facts))
}

fn notice(s: &Sheet, owed: &[&NoticeRow]) -> Markup {
    let eye = &s.eye;
    if owed.is_empty() {
        return html! { span.quiet { (eye.t("还没到", "not due yet")) } };
    }
    let met = owed.iter().filter(|r| r.is_met()).count();
    let last = owed.last().copied();
    html! {
        @if met == owed.len() { (pill(Tone::Ok, eye.t("已完成", "met"))) }
        @else { (pill(Tone::Soon, eye.t("未完成", "not met"))) }
        @if owed.len() > 1 { " " span.quiet { (format::of(met as i64, owed.len() as i64)) } }
        @if let Some(last) = last {
            " " span.quiet {
                (told(&last.how, eye.locale()))
                @if let Some(at) = last.met_at { " " (eye.day(at)) }
            }
            @if last.met_at.is_none() {
                @if let Some(m) = s.messages.iter().find(|m| Some(m.id) == last.message) { (delivery(s, m)) }
            }
        }
    }
}
