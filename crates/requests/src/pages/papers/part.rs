//! The part of a case's page, for staff and for the person, that says how far the affair is and who holds which paper.

use super::{called, in_hands};
use crate::acts::affair::Way;
use crate::case::{Case, PaperRow, SlipRow};
use crate::pages::eye::Eye;
use maud::{Markup, html};
use pack::Affair;
use rules::papers::{Goal, Hand, SlipEnd};
use web::components::{Column, Row, Step, StepState, Table, Tone, pill, steps_down};
use web::format;

/// The steps: what is done and when, what comes next and by when, who does it and where.
pub(in crate::pages) fn way(eye: &Eye, affair: &Affair, way: &Way, ended: bool) -> Markup {
    let locale = eye.locale();
    let items: Vec<Step> = affair
        .steps
        .iter()
        .map(|step| {
            let done = way.done.iter().find(|d| d.step == step.id);
            let next = way.next.as_ref().filter(|(next, _)| next.id == step.id && !ended);
            let place = format!("{} · {}", step.who.to(locale), step.place.to(locale));
            let (sub, state) = match (done, next) {
                (Some(done), _) => (eye.day(done.at), StepState::Done),
                (None, Some((_, due))) => {
                    let day = eye.day(due.due);
                    let by = match locale {
                        kernel::Locale::Zh => format!("{day}前 · {place}"),
                        kernel::Locale::En => format!("by {day} · {place}"),
                    };
                    (by, StepState::Now)
                }
                (None, None) => (format!("{} · {place}", step.within.say().to(locale)), StepState::Next),
            };
            Step { label: step.what.to(locale).to_owned(), sub, state }
        })
        .collect();
    steps_down(&eye.look, &items)
}

/// Who holds which paper, and where each is going.
pub(in crate::pages) fn holders(eye: &Eye, papers: &[PaperRow], own: &str) -> Markup {
    let rows = papers.iter().map(|p| {
        let going = p.to.map(|(to, at)| {
            let to = match to {
                Goal::Person => own.to_owned(),
                Goal::Unit(unit) => eye.unit(unit).to_owned(),
            };
            let since = eye.day(at);
            match eye.locale() {
                kernel::Locale::Zh => format!("{since}移交{to}，待签收"),
                kernel::Locale::En => format!("to {to} since {since}, not confirmed yet"),
            }
        });
        Row::new(vec![
            html! { (called(eye, &p.paper, p.form)) },
            html! {
                b { (in_hands(eye, p.holder, own)) }
                @if let Some(going) = &going { br; (pill(Tone::Soon, going)) }
            },
            html! { (eye.day(p.since)) },
        ])
    });
    Table::new(&eye.look, eye.t("材料在谁手里", "Who holds which paper"))
        .column(Column::new(eye.t("材料", "Paper")).primary())
        .column(Column::new(eye.t("在谁手里", "In whose hands")))
        .column(Column::new(eye.t("从哪天起", "Since")))
        .rows(rows)
        .render()
}

/// Originals that still have to come back, said in one line; nothing where none are out.
pub(in crate::pages) fn out(eye: &Eye, case: &Case) -> Markup {
    let n = case.papers.iter().filter(|p| p.rule().is_out()).count();
    html! {
        @if n > 0 {
            p { (pill(Tone::Soon, &match eye.locale() {
                kernel::Locale::Zh => format!("还有 {n} 件原件没有交还本人"),
                kernel::Locale::En => format!("{n} originals are not back with the person yet"),
            })) }
        }
    }
}

/// The papers that the affair needs, in what form and when.
pub(in crate::pages) fn needed(eye: &Eye, affair: &Affair) -> Markup {
    html! {
        ul.plain {
            @for paper in &affair.papers {
                li {
                    (called(eye, &paper.id, paper.form))
                    @if let Some(when) = &paper.when { " " span.quiet { (when.to(eye.locale())) } }
                }
            }
        }
    }
}

/// The slips, latest first, each with a page for printing below `base`.
pub(in crate::pages) fn slips(eye: &Eye, all: &[SlipRow], base: &str, own: &str) -> Markup {
    let rows = all.iter().rev().map(|s| {
        let (from, to) = ends(eye, s, own);
        Row::new(vec![
            html! { (eye.t("第 ", "No. ")) (s.slip.no) (eye.t(" 号", "")) },
            html! { (from) " → " (to) },
            html! { (s.slip.papers.len()) },
            html! { (outcome(eye, s)) },
        ])
        .href(format!("{base}/papers/{}", s.slip.no))
    });
    Table::new(&eye.look, eye.t("交接单", "Slips"))
        .column(Column::new(eye.t("交接单", "Slip")).primary())
        .column(Column::new(eye.t("从谁到谁", "From whom to whom")))
        .column(Column::new(eye.t("份数", "Papers")).number())
        .column(Column::new(eye.t("状态", "State")))
        .rows(rows)
        .render()
}

/// From whom a slip goes, and to whom.
pub(super) fn ends(eye: &Eye, s: &SlipRow, own: &str) -> (String, String) {
    let to = match (s.slip.end, s.slip.to) {
        (SlipEnd::Received(hand @ Hand::Staff(..)), _) => in_hands(eye, hand, own),
        (_, Goal::Person) => own.to_owned(),
        (_, Goal::Unit(unit)) => eye.unit(unit).to_owned(),
    };
    let from = in_hands(eye, s.slip.from, own);
    let from = match (s.slip.from, eye.locale()) {
        (Hand::Staff(giver, _), kernel::Locale::Zh) if giver != s.slip.by => {
            format!("{from}，由{}代交", eye.officer(Some(s.slip.by)))
        }
        (Hand::Staff(giver, _), kernel::Locale::En) if giver != s.slip.by => {
            format!("{from}, handed on by {}", eye.officer(Some(s.slip.by)))
        }
        _ => from,
    };
    (from, to)
}

/// How far a slip is, in words.
pub(super) fn outcome(eye: &Eye, s: &SlipRow) -> Markup {
    let when = s.ended_at.map(|at| eye.moment(at)).unwrap_or_default();
    let (tone, what) = match (s.slip.end, s.how.as_str()) {
        (SlipEnd::Open, _) => (Tone::Soon, eye.t("待签收", "not confirmed yet")),
        (SlipEnd::Recalled, _) => (Tone::Plain, eye.t("已收回", "called back")),
        (SlipEnd::Received(_), "page") => (Tone::Ok, eye.t("本人在网页上签收", "confirmed by the person")),
        (SlipEnd::Received(_), "signed") => (Tone::Ok, eye.t("本人在纸面上签收", "signed for on paper")),
        (SlipEnd::Received(_), _) => (Tone::Ok, eye.t("已签收", "confirmed")),
    };
    html! { (pill(tone, what)) @if !when.is_empty() { " " span.quiet { (when) } } }
}

/// The day on which a slip was made, in full.
pub(super) fn made(eye: &Eye, s: &SlipRow) -> String {
    format::moment_year(eye.locale(), eye.ctx.site.zone, s.at)
}

/// The accounts that papers and slips name.
pub(in crate::pages) fn people(papers: &[PaperRow], slips: &[SlipRow]) -> Vec<kernel::AccountId> {
    let of = |hand: Hand| match hand {
        Hand::Staff(account, _) => Some(account),
        Hand::Person => None,
    };
    let held = papers.iter().filter_map(|p| of(p.holder));
    let moved = slips.iter().flat_map(|s| [of(s.slip.from), Some(s.slip.by), s.by]).flatten();
    held.chain(moved).collect()
}
