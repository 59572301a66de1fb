//! Whether the clock of every state runs when the state is entered.

use super::fault::{Fault, FaultKind};
use crate::case::legal;
use crate::case::track::Track;
use crate::case::words::{ClockKind, State, Verb};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Where a case stands and which clocks run.
type Node = (State, BTreeSet<ClockKind>);

pub(super) fn faults(track: &Track, out: &mut Vec<Fault>) {
    let begin: Node = (track.start, track.begin.starts.iter().copied().collect());
    let mut came: BTreeMap<Node, Option<(Node, Verb)>> = BTreeMap::from([(begin.clone(), None)]);
    let mut queue = VecDeque::from([begin]);
    let mut told = BTreeSet::new();
    while let Some(node) = queue.pop_front() {
        let state = node.0;
        if let Some(clock) = track.step(state).and_then(|s| s.clock)
            && !node.1.contains(&clock)
            && told.insert((state, clock))
        {
            let path = path(&came, &node);
            let verb = path.last().map(|(_, v)| *v);
            out.push(Fault { kind: FaultKind::ClockNotStarted(clock), state, verb, path });
        }
        for edge in track.edges(state) {
            let to = edge.target(state);
            if !legal::is_legal(state, edge.verb, to) || track.step(to).is_none() {
                continue;
            }
            let mut running = node.1.clone();
            for clock in &edge.stops {
                running.remove(clock);
            }
            running.extend(edge.starts.iter().copied());
            if to.is_end() {
                running.clear();
            }
            let next = (to, running);
            if !came.contains_key(&next) {
                came.insert(next.clone(), Some((node.clone(), edge.verb)));
                queue.push_back(next);
            }
        }
    }
}

fn path(came: &BTreeMap<Node, Option<(Node, Verb)>>, to: &Node) -> Vec<(State, Verb)> {
    let mut out = Vec::new();
    let mut at = to;
    while let Some(Some((before, verb))) = came.get(at) {
        out.push((before.0, *verb));
        at = before;
    }
    out.reverse();
    out
}
