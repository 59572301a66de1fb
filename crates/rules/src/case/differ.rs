//! What a step that was taken would have been under another track.

use super::track::{Edge, Track};
use super::words::{ClockKind, Need, Notice, State, Verb};
use std::collections::BTreeSet;

/// A step as it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was registered.
    Registered {
        /// Where it stood then.
        to: State,
    },
    /// One step of its course.
    Step {
        /// Where the case stood.
        from: State,
        /// What was done.
        verb: Verb,
        /// Where it stood then.
        to: State,
    },
}

/// How the same step differs under another track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepDiff {
    /// The other track has no such step there.
    pub gone: bool,
    /// Notices it would make due besides.
    pub more_notices: Vec<Notice>,
    /// Notices it would not make due any more.
    pub fewer_notices: Vec<Notice>,
    /// What it would ask for besides.
    pub more_needs: Vec<Need>,
    /// What it would not ask for any more.
    pub fewer_needs: Vec<Need>,
    /// Clocks it would start besides.
    pub more_clocks: Vec<ClockKind>,
    /// Clocks it would not start any more.
    pub fewer_clocks: Vec<ClockKind>,
}

impl StepDiff {
    /// Whether nothing differs.
    pub fn is_none(&self) -> bool {
        *self == StepDiff::default()
    }
}

/// What follows from a step: of all edges that could have been it, what each of them asks for and starts.
#[derive(Default)]
struct Follows {
    notices: BTreeSet<Notice>,
    needs: BTreeSet<Need>,
    clocks: BTreeSet<ClockKind>,
}

fn follows(track: &Track, taken: &Taken) -> Option<Follows> {
    let (from, verb, to) = match *taken {
        Taken::Registered { to } => {
            let begin = &track.begin;
            return (track.start == to).then(|| Follows {
                notices: begin.notices.iter().copied().collect(),
                clocks: begin.starts.iter().copied().collect(),
                ..Follows::default()
            });
        }
        Taken::Step { from, verb, to } => (from, verb, to),
    };
    let fits = |e: &&Edge| e.verb == verb && e.target(from) == to;
    let mut edges = track.edges(from).iter().filter(fits);
    let first = edges.next()?;
    let mut out = Follows {
        notices: first.notices.iter().copied().collect(),
        needs: first.needs.iter().copied().collect(),
        clocks: first.starts.iter().copied().collect(),
    };
    // The record does not say which edge it was where several lead there: only what all have is certain.
    for edge in edges {
        out.notices.retain(|n| edge.notices.contains(n));
        out.needs.retain(|n| edge.needs.contains(n));
        out.clocks.retain(|c| edge.starts.contains(c));
    }
    Some(out)
}

/// Compares a step that `was` allowed with what `would` be. A step that even the former track does not
/// know (a correction, an older version of the rules) differs in nothing.
pub fn differ(was: &Track, would: &Track, taken: &Taken) -> StepDiff {
    let Some(old) = follows(was, taken) else { return StepDiff::default() };
    let Some(new) = follows(would, taken) else { return StepDiff { gone: true, ..StepDiff::default() } };
    StepDiff {
        gone: false,
        more_notices: new.notices.difference(&old.notices).copied().collect(),
        fewer_notices: old.notices.difference(&new.notices).copied().collect(),
        more_needs: new.needs.difference(&old.needs).copied().collect(),
        fewer_needs: old.needs.difference(&new.needs).copied().collect(),
        more_clocks: new.clocks.difference(&old.clocks).copied().collect(),
        fewer_clocks: old.clocks.difference(&new.clocks).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACK: &str = r#"
        id = "t"
        name = { zh = "试", en = "trial" }
        start = "registered"
        begin = { starts = ["dispatch"], notices = ["accepted"] }
        [[step]]
        state = "registered"
        [[step.go]]
        verb = "assign"
        to = "assigned"
        who = ["triage"]
        needs = ["unit"]
        starts = ["acceptance"]
        [[step]]
        state = "answered"
        [[step.go]]
        verb = "judge"
        to = "judged"
        who = ["person"]
        notices = ["result"]
        [[step.go]]
        verb = "judge"
        to = "judged"
        who = ["caller"]
    "#;

    fn tracks(change: impl Fn(&mut Track)) -> (Track, Track) {
        let was: Track = toml::from_str(TRACK).expect("a track");
        let mut would = was.clone();
        change(&mut would);
        (was, would)
    }

    const ASSIGNED: Taken = Taken::Step { from: State::Registered, verb: Verb::Assign, to: State::Assigned };

    #[test]
    fn the_same_track_differs_in_nothing() {
        let (was, would) = tracks(|_| {});
        for taken in [Taken::Registered { to: State::Registered }, ASSIGNED] {
            assert!(differ(&was, &would, &taken).is_none());
        }
    }

    #[test]
    fn what_is_added_and_taken_away_is_told() {
        let (was, would) = tracks(|t| {
            t.begin.notices.clear();
            let edge = &mut t.steps[0].edges[0];
            edge.needs = vec![Need::Reason];
            edge.notices = vec![Notice::Handling];
            edge.starts = vec![];
        });
        let began = differ(&was, &would, &Taken::Registered { to: State::Registered });
        assert_eq!(began, StepDiff { fewer_notices: vec![Notice::Accepted], ..StepDiff::default() });
        let assigned = StepDiff {
            more_notices: vec![Notice::Handling],
            more_needs: vec![Need::Reason],
            fewer_needs: vec![Need::Unit],
            fewer_clocks: vec![ClockKind::Acceptance],
            ..StepDiff::default()
        };
        assert_eq!(differ(&was, &would, &ASSIGNED), assigned);
    }

    #[test]
    fn a_step_that_is_not_there_any_more_is_gone_and_one_that_never_was_is_nothing() {
        let (was, would) = tracks(|t| t.steps[0].edges.clear());
        assert!(differ(&was, &would, &ASSIGNED).gone);
        assert!(differ(&would, &was, &ASSIGNED).is_none());
    }

    #[test]
    fn where_two_edges_lead_there_only_what_both_have_counts() {
        let (was, would) = tracks(|t| t.steps[1].edges[0].notices.clear());
        let judged = Taken::Step { from: State::Answered, verb: Verb::Judge, to: State::Judged };
        assert!(differ(&was, &would, &judged).is_none());
    }
}
