//! The head of a case: state, title, what it is, and how far it has come.

use super::Sheet;
use crate::pages::work::people::pseudonym;
use kernel::{Locale, Timestamp};
use maud::{Markup, html};
use rules::case::State;
use web::components::{Step, StepState, Tone, meta, pill, steps};

pub(super) fn card(s: &Sheet) -> Markup {
    let (eye, row) = (&s.eye, &s.case.row);
    let place = eye.place(row);
    let people = people(s);
    html! {
        section.card {
            div.row-of {
                (eye.state(row))
                @if row.is_overdue(eye.ctx.at) { (eye.due(row)) }
                @if row.supervised > 0 { (pill(Tone::Late, eye.t("督办中", "Under supervision"))) }
                @if s.case.clocks.iter().any(|c| c.is_open() && c.provisional) {
                    (pill(Tone::Soon, eye.t("期限暂定", "Date provisional")))
                }
                @if row.shielded { (pill(Tone::Soon, eye.t("受保护", "Shielded"))) }
                @if row.history { (pill(Tone::Plain, eye.t("历史台账", "From an older ledger"))) }
            }
            h1 { (row.title) }
            (meta(&[
                html! { span.nowrap { (row.number) } },
                html! { (eye.class(&row.class)) },
                html! { @if place.is_empty() { (eye.t("没有填地点", "No place given")) } @else { (place) } },
                html! { (people) " · " (eye.channel(&row.channel)) },
                html! { (row.kind.name().to(eye.locale())) " · " (row.urgency.name().to(eye.locale())) },
            ]))
            (steps(&eye.look, &way(s)))
            @if let Some(into) = &s.into {
                p { (eye.t("已并入 ", "Merged into ")) a href={ "/requests/" (into) } { (into) } }
            }
        }
    }
}

fn people(s: &Sheet) -> String {
    let joined = s.case.joined.len();
    let first = match s.case.row.person {
        Some(_) => pseudonym(0, s.eye.locale()),
        None => s.eye.t("未留姓名", "Nobody named").to_owned(),
    };
    match (joined, s.eye.locale()) {
        (0, _) => first,
        (n, Locale::Zh) => format!("{first}，另有 {n} 人提出同一件事"),
        (n, Locale::En) => format!("{first} and {n} more"),
    }
}

/// Five steps, each with when or who.
fn way(s: &Sheet) -> Vec<Step> {
    let (eye, row) = (&s.eye, &s.case.row);
    let at = |verb: &str| s.entries.iter().rev().find(|e| e.verb == verb).map(|e| e.at);
    let day = |at: Option<Timestamp>| at.map(|t| eye.day(t)).unwrap_or_default();
    let sent = at("assign").or_else(|| at("settle"));
    let officer = match row.state {
        State::Registered | State::Triaged | State::Returned | State::Arbitration | State::Assigned => {
            String::new()
        }
        _ => Some(eye.officer(row.officer)).filter(|n| *n != "—").unwrap_or("").to_owned(),
    };
    let now = position(s);
    let labels = [
        (eye.t("受理", "Received"), eye.day(row.received_at)),
        (eye.t("交办", "Dispatched"), day(sent)),
        (eye.t("办理", "Handled"), officer),
        (eye.t("答复", "Answered"), day(row.answered_at)),
        (eye.t("评价销号", "Judged, closed"), day(row.ended_at)),
    ];
    let stopped = matches!(row.state, State::Withdrawn | State::NotAccepted | State::Merged | State::Paused);
    labels
        .into_iter()
        .enumerate()
        .map(|(i, (label, sub))| {
            let state = match i.cmp(&now) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal if stopped => StepState::Stopped,
                std::cmp::Ordering::Equal => StepState::Now,
                std::cmp::Ordering::Greater => StepState::Next,
            };
            // What is still to come has no day, also where it came once before.
            let sub = if state == StepState::Next { String::new() } else { sub };
            Step { label: label.to_owned(), sub, state }
        })
        .collect()
}

/// At which of the five steps it stands; five where it is through.
fn position(s: &Sheet) -> usize {
    let row = &s.case.row;
    match row.state {
        State::Registered | State::Triaged | State::Returned | State::Arbitration => 1,
        State::Assigned
        | State::Accepted
        | State::InHand
        | State::Paused
        | State::Referred
        | State::Rework => 2,
        State::Answered | State::Judged | State::Review => 4,
        State::Closed | State::Unsolvable => 5,
        // Where it left the way.
        State::NotAccepted => 1,
        State::Withdrawn | State::Merged if row.answered_at.is_some() => 4,
        State::Withdrawn | State::Merged if s.entries.iter().any(|e| e.verb == "assign") => 2,
        State::Withdrawn | State::Merged => 1,
    }
}
