//! Faults that one step shows by itself.

use super::fault::{Fault, FaultKind};
use crate::case::legal;
use crate::case::track::{Edge, Step, Track};
use crate::case::words::{ClockKind, Need, Party, State, Verb};
use std::collections::BTreeSet;

/// What an act always needs, whatever the track.
fn always_needs(verb: Verb) -> &'static [Need] {
    match verb {
        Verb::Assign => &[Need::Unit],
        Verb::Settle | Verb::Answer => &[Need::AnswerText],
        Verb::Decline => &[Need::AnswerText, Need::Reason],
        Verb::Merge => &[Need::OtherCase],
        Verb::Return => &[Need::Reason, Need::DutyItem],
        Verb::Arbitrate => &[Need::Unit, Need::Reason],
        Verb::Name => &[Need::Officer],
        Verb::Pause => &[Need::Question],
        Verb::Extend
        | Verb::Escalate
        | Verb::Refer
        | Verb::Rule
        | Verb::Reopen
        | Verb::Correct
        | Verb::Recall
        | Verb::GiveBack => &[Need::Reason],
        Verb::Decide => &[Need::Decision],
        Verb::AskHelp => &[Need::Unit],
        _ => &[],
    }
}

/// Who handles the case and so cannot judge it.
const HANDLERS: [Party; 3] = [Party::Officer, Party::Lead, Party::Helper];

pub(super) fn faults(track: &Track) -> Vec<Fault> {
    let mut out = Vec::new();
    let at = |kind, state, verb| Fault { kind, state, verb, path: Vec::new() };
    if track.step(track.start).is_none() {
        out.push(at(FaultKind::UnknownState(track.start), track.start, None));
    }
    let mut seen = BTreeSet::new();
    for step in &track.steps {
        if !seen.insert(step.state) {
            out.push(at(FaultKind::TwiceDescribed, step.state, None));
        }
        if !step.state.is_end() {
            open_step(step, &mut out);
        }
        for edge in &step.edges {
            one_edge(track, step.state, edge, &mut out);
        }
    }
    for clock in track.clocks_used() {
        if !track.clocks.contains_key(&clock) {
            let state = track.steps.iter().find(|s| s.clock == Some(clock)).map_or(track.start, |s| s.state);
            out.push(at(FaultKind::ClockWithoutLimit(clock), state, None));
        }
    }
    out
}

fn open_step(step: &Step, out: &mut Vec<Fault>) {
    let mut add = |kind| out.push(Fault { kind, state: step.state, verb: None, path: Vec::new() });
    let leads_on = |e: &&Edge| e.target(step.state) != step.state && e.verb != Verb::Withdraw;
    match step.owner {
        None => add(FaultKind::NoOwner),
        Some(owner)
            if !step.edges.iter().any(|e| e.target(step.state) != step.state && e.who.contains(&owner)) =>
        {
            add(FaultKind::OwnerCannotAct);
        }
        Some(_) => {}
    }
    if step.clock.is_none() {
        add(FaultKind::NoClock);
    }
    let mut ways = step.edges.iter().filter(leads_on).peekable();
    if ways.peek().is_some() && ways.all(|e| e.who.iter().all(|p| *p == Party::Person)) {
        add(FaultKind::HangsOnPerson);
    }
}

fn one_edge(track: &Track, from: State, edge: &Edge, out: &mut Vec<Fault>) {
    let to = edge.target(from);
    let mut add = |kind| out.push(Fault { kind, state: from, verb: Some(edge.verb), path: Vec::new() });
    if !legal::is_legal(from, edge.verb, to) {
        add(FaultKind::NotLegal(to));
    }
    if track.step(to).is_none() {
        add(FaultKind::UnknownState(to));
    }
    if edge.who.is_empty() {
        add(FaultKind::NobodyMay);
    }
    for need in always_needs(edge.verb).iter().filter(|n| !edge.needs.contains(n)) {
        add(FaultKind::NeedMissing(*need));
    }
    if edge.verb == Verb::Refuse {
        for need in [Need::Ground, Need::RightWay].iter().filter(|n| !edge.needs.contains(n)) {
            add(FaultKind::NoGround(*need));
        }
    }
    if edge.verb == Verb::Withdraw && edge.who.iter().any(|p| *p != Party::Person) {
        add(FaultKind::WithdrawnByOther);
    }
    let judges = match edge.verb {
        Verb::Judge => edge.who.iter().any(|p| !matches!(p, Party::Person | Party::Caller)),
        Verb::Lapse | Verb::Attempt | Verb::Rule | Verb::Arbitrate => {
            edge.who.iter().any(|p| HANDLERS.contains(p))
        }
        _ => false,
    };
    if judges {
        add(FaultKind::JudgesOwnCase);
    }
    // An answer ends the promise, and so does every end; nothing else may.
    if edge.stops.contains(&ClockKind::Answer) && !to.is_end() && to != State::Answered {
        add(FaultKind::PromiseStopped);
    }
}
