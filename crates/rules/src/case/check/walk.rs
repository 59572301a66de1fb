//! Every course a case can take, with what is owed at its end.

use super::CheckInput;
use super::fault::{Fault, FaultKind};
use crate::case::legal;
use crate::case::track::{Edge, Track};
use crate::case::words::{Need, Notice, Party, State, Verb, When, Word};
use std::collections::{BTreeSet, HashMap};

/// Where a case stands and what is certain about it, whatever people leave out that they may leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Node {
    state: State,
    /// Notices made due, one bit each in the order of the vocabulary.
    due: u8,
    /// Whether an edge demanded that all notices be met.
    told: bool,
    /// Whether an edge demanded the evidence.
    shown: bool,
    /// The person's word on the last answer.
    word: Option<Word>,
    /// Whether somebody tried to reach the person.
    tried: bool,
    /// Whether an edge demanded the word or the attempts.
    asked: bool,
    unsolvable: bool,
    /// None, once, more often.
    returns: u8,
    /// The arbiter gave it to the unit that has it.
    ruled: bool,
    /// A unit has signed for it, or has sent it back.
    signed: bool,
    reworked: bool,
    decided: bool,
    /// Whether an edge demanded the decision.
    approved: bool,
    helper_open: bool,
}

/// What somebody may bring along that decides which edge is taken.
#[derive(Clone, Copy)]
struct Brought {
    word: Option<Word>,
    upheld: Option<bool>,
}

impl Brought {
    fn with(verb: Verb) -> Vec<Brought> {
        let word = |w| Brought { word: Some(w), upheld: None };
        match verb {
            Verb::Judge => vec![word(Word::Solved), word(Word::NotSolved)],
            Verb::Lapse => vec![word(Word::NoReply)],
            Verb::Rule => {
                [true, false].into_iter().map(|u| Brought { word: None, upheld: Some(u) }).collect()
            }
            _ => vec![Brought { word: None, upheld: None }],
        }
    }
}

struct Walk<'a> {
    track: &'a Track,
    demand: CheckInput,
    nodes: Vec<Node>,
    came: Vec<Option<(usize, Verb)>>,
    known: HashMap<Node, usize>,
    /// Edges back, for what can still reach an end; withdrawing and joining do not count as a way on.
    back: Vec<Vec<usize>>,
    told: BTreeSet<(FaultKind, State)>,
    faults: Vec<Fault>,
}

pub(super) fn faults(track: &Track, demand: CheckInput, out: &mut Vec<Fault>) {
    let mut walk = Walk {
        track,
        demand,
        nodes: Vec::new(),
        came: Vec::new(),
        known: HashMap::new(),
        back: Vec::new(),
        told: out.iter().map(|f| (f.kind, f.state)).collect(),
        faults: Vec::new(),
    };
    let begin = Node {
        state: track.start,
        due: bits(&track.begin.notices),
        told: false,
        shown: false,
        word: None,
        tried: false,
        asked: false,
        unsolvable: false,
        returns: 0,
        ruled: false,
        signed: false,
        reworked: false,
        decided: false,
        approved: false,
        helper_open: false,
    };
    walk.reach(begin, None, true);
    let mut next = 0;
    while next < walk.nodes.len() {
        walk.leave(next);
        next += 1;
    }
    walk.unreachable();
    walk.dead_ends();
    out.append(&mut walk.faults);
}

fn bits(notices: &[Notice]) -> u8 {
    Notice::ALL.iter().enumerate().filter(|(_, n)| notices.contains(n)).map(|(i, _)| 1 << i).sum()
}

impl Walk<'_> {
    /// Notes a node; `way_on` is whether the step to it is a way towards an end.
    fn reach(&mut self, node: Node, from: Option<(usize, Verb)>, way_on: bool) {
        let id = *self.known.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            self.came.push(from);
            self.back.push(Vec::new());
            self.nodes.len() - 1
        });
        if let (Some((before, _)), true) = (from, way_on) {
            self.back[id].push(before);
        }
    }

    fn path(&self, mut at: usize) -> Vec<(State, Verb)> {
        let mut out = Vec::new();
        while let Some((before, verb)) = self.came[at] {
            out.push((self.nodes[before].state, verb));
            at = before;
        }
        out.reverse();
        out
    }

    /// Notes a fault once, on the shortest way to it.
    fn fault(&mut self, kind: FaultKind, at: usize, state: State, verb: Option<Verb>) {
        if self.told.insert((kind, state)) {
            let mut path = self.path(at);
            path.extend(verb.map(|v| (self.nodes[at].state, v)));
            self.faults.push(Fault { kind, state, verb, path });
        }
    }

    fn leave(&mut self, id: usize) {
        let node = self.nodes[id];
        let track = self.track;
        let edges = track.edges(node.state);
        for (i, edge) in edges.iter().enumerate() {
            // The machine refuses it, on every track.
            if edge.verb == Verb::Return && node.ruled || edge.verb == Verb::Recall && node.signed {
                continue;
            }
            if !edges[..i].iter().any(|e| e.verb == edge.verb) {
                self.uncovered(id, edge.verb);
            }
            for brought in Brought::with(edge.verb) {
                if legal::is_legal(node.state, edge.verb, edge.target(node.state))
                    && track.step(edge.target(node.state)).is_some()
                    && holds(edge.when, &node, brought)
                {
                    self.take(id, edge, brought);
                }
            }
        }
    }

    /// Whether what the person says, or how it was ruled, would find no edge.
    fn uncovered(&mut self, id: usize, verb: Verb) {
        let node = self.nodes[id];
        for brought in Brought::with(verb) {
            let heard =
                self.track.edges(node.state).iter().any(|e| e.verb == verb && holds(e.when, &node, brought));
            if heard {
                continue;
            }
            let case = match verb {
                Verb::Judge if brought.word == Some(Word::Solved) => When::Solved,
                Verb::Judge if node.reworked => When::NotSolvedAgain,
                Verb::Judge => When::NotSolved,
                Verb::Rule if brought.upheld == Some(true) => When::Upheld,
                Verb::Rule => When::SentBack,
                Verb::Return if node.returns > 0 => When::SecondReturn,
                Verb::Return => When::FirstReturn,
                Verb::Close if node.unsolvable => When::CannotBeSolved,
                Verb::Close => When::HasResult,
                _ => continue,
            };
            self.fault(FaultKind::CaseMissing(case), id, node.state, Some(verb));
        }
    }

    fn take(&mut self, id: usize, edge: &Edge, brought: Brought) {
        let was = self.nodes[id];
        let to = edge.target(was.state);
        if !self.can_meet(id, edge) {
            return;
        }
        let needs = |n| edge.needs.contains(&n);
        let mut now = Node { state: to, ..was };
        now.told |= needs(Need::AllNotices);
        now.shown |= needs(Need::Evidence);
        now.approved |= needs(Need::GroupApproval);
        match edge.verb {
            Verb::Answer | Verb::Decline | Verb::Settle => {
                // A new answer: told, shown and judged anew.
                now.due &= !bits(&[Notice::Result]);
                (now.told, now.word, now.tried, now.asked) = (false, None, false, false);
                now.shown = needs(Need::Evidence);
                now.unsolvable = edge.verb == Verb::Decline;
            }
            Verb::Judge => {
                now.word = brought.word;
                now.asked = true;
            }
            Verb::Lapse => {
                now.word = brought.word;
                now.asked = needs(Need::PersonsWord);
            }
            Verb::Attempt => now.tried = true,
            Verb::Return => {
                if was.returns > 0 && to != State::Arbitration {
                    self.fault(FaultKind::NoArbiter, id, was.state, Some(edge.verb));
                }
                now.returns = 1;
            }
            Verb::Decide => now.decided = true,
            Verb::AskHelp => now.helper_open = true,
            Verb::Report => now.helper_open = false,
            _ => {}
        }
        now.reworked |= to == State::Rework;
        if to == State::Assigned && was.state != to {
            now.ruled = edge.verb == Verb::Arbitrate;
        }
        // Whoever takes it from there, other than by taking it back, has signed for it.
        now.signed |=
            was.state == State::Assigned && matches!(edge.verb, Verb::Accept | Verb::Name | Verb::Return);
        now.due |= bits(&edge.notices);
        if needs(Need::PersonsWord) && edge.verb == Verb::Close {
            now.asked = true;
        }
        if needs(Need::HelpersReported) {
            now.helper_open = false;
        }
        if matches!(to, State::Closed | State::Unsolvable) && !was.state.is_end() {
            self.at_the_end(id, edge, &now);
        }
        if to.is_end() && to != State::Merged {
            // Nobody owes help to what has ended; what is taken apart again is as it was.
            now.helper_open = false;
        }
        let way_on = !matches!(edge.verb, Verb::Withdraw | Verb::Merge | Verb::Reopen | Verb::Recall);
        self.reach(now, Some((id, edge.verb)), way_on);
    }

    /// Whether what the edge needs can be there at all on this course.
    fn can_meet(&mut self, id: usize, edge: &Edge) -> bool {
        let node = self.nodes[id];
        for need in &edge.needs {
            let can = match need {
                Need::AllNotices => {
                    let due = node.due | bits(&edge.notices);
                    for (i, notice) in Notice::ALL.iter().enumerate() {
                        if due & (1 << i) == 0 {
                            self.fault(FaultKind::NoticeNeverDue(*notice), id, node.state, Some(edge.verb));
                        }
                    }
                    // Told once, with the cause; not a second time as a dead end.
                    true
                }
                Need::PersonsWord => match node.word {
                    Some(Word::Solved | Word::NotSolved) => true,
                    Some(Word::NoReply | Word::NotReached) => node.tried,
                    None => edge.verb == Verb::Judge || (edge.verb == Verb::Lapse && node.tried),
                },
                Need::SecondSignature => {
                    node.word == Some(Word::Solved) || edge.who.iter().any(|p| *p != Party::Officer)
                }
                Need::GroupApproval => node.decided || !self.demand.major,
                Need::HelpersReported => !node.helper_open,
                _ => true,
            };
            if !can {
                return false;
            }
        }
        true
    }

    fn at_the_end(&mut self, id: usize, edge: &Edge, now: &Node) {
        let state = now.state;
        let mut add = |kind| self.fault(kind, id, state, Some(edge.verb));
        if !now.told {
            Notice::ALL.iter().for_each(|n| add(FaultKind::SkipsNotice(*n)));
        }
        if self.demand.evidence && !now.shown {
            self.fault(FaultKind::SkipsEvidence, id, state, Some(edge.verb));
        }
        let mut add = |kind| self.fault(kind, id, state, Some(edge.verb));
        match now.word {
            None => add(FaultKind::SkipsWord),
            Some(Word::NoReply | Word::NotReached) if !now.asked || !now.tried => {
                add(FaultKind::SkipsAttempts)
            }
            _ => {}
        }
        if now.word != Some(Word::Solved) && !edge.needs.contains(&Need::SecondSignature) {
            add(if edge.who.contains(&Party::Officer) {
                FaultKind::OfficerCloses
            } else {
                FaultKind::SkipsSecondSignature
            });
        }
        if now.helper_open {
            add(FaultKind::ForgetsHelper);
        }
        if now.unsolvable != (state == State::Unsolvable) {
            add(FaultKind::WrongEnd);
        }
        if self.demand.major && !now.approved {
            self.fault(FaultKind::SkipsDecision, id, state, Some(edge.verb));
        }
    }

    fn unreachable(&mut self) {
        let reached: BTreeSet<State> = self.nodes.iter().map(|n| n.state).collect();
        for step in &self.track.steps {
            if !reached.contains(&step.state) && self.told.insert((FaultKind::Unreachable, step.state)) {
                let fault =
                    Fault { kind: FaultKind::Unreachable, state: step.state, verb: None, path: Vec::new() };
                self.faults.push(fault);
            }
        }
    }

    fn dead_ends(&mut self) {
        let mut alive: Vec<bool> = self.nodes.iter().map(|n| n.state.is_end()).collect();
        let mut queue: Vec<usize> = (0..alive.len()).filter(|i| alive[*i]).collect();
        while let Some(id) = queue.pop() {
            for before in self.back[id].clone() {
                if !alive[before] {
                    alive[before] = true;
                    queue.push(before);
                }
            }
        }
        // One cause makes everything before it dead as well: only those are told from which nothing
        // dead follows in another state, or the first of a circle.
        let dead: Vec<usize> = (0..alive.len()).filter(|i| !alive[*i]).collect();
        let mut goes_on = vec![false; alive.len()];
        for id in &dead {
            for before in &self.back[*id] {
                goes_on[*before] |= self.nodes[*before].state != self.nodes[*id].state;
            }
        }
        let ends: Vec<usize> = dead.iter().copied().filter(|i| !goes_on[*i]).collect();
        for id in if ends.is_empty() { dead.into_iter().take(1).collect() } else { ends } {
            self.fault(FaultKind::DeadEnd, id, self.nodes[id].state, None);
        }
    }
}

fn holds(when: When, node: &Node, brought: Brought) -> bool {
    match when {
        When::Always => true,
        When::Solved => brought.word.is_some_and(|w| w != Word::NotSolved),
        When::NotSolved => brought.word == Some(Word::NotSolved) && !node.reworked,
        When::NotSolvedAgain => brought.word == Some(Word::NotSolved) && node.reworked,
        When::FirstReturn => node.returns == 0,
        When::SecondReturn => node.returns > 0,
        When::Upheld => brought.upheld == Some(true),
        When::SentBack => brought.upheld == Some(false),
        When::CannotBeSolved => node.unsolvable,
        When::HasResult => !node.unsolvable,
        When::FirstRound => !node.reworked,
        When::LaterRound => node.reworked,
    }
}
