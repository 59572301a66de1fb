//! A track: the course a class of requests takes, as a pack writes it.

use super::words::{ClockKind, Need, Notice, Party, State, Verb, When};
use crate::deadline::Limit;
use kernel::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The course a class of requests takes: who owns each state under which clock, and what leads on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// Its key in the pack.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// The ordinary limit of each clock; a class or urgency may set its own. A pack fills them in from
    /// its limits, each of which carries its source.
    #[serde(default)]
    pub clocks: BTreeMap<ClockKind, Limit>,
    /// Where it starts.
    pub start: State,
    /// What registering starts: it is a step as well, though it comes from no state.
    #[serde(default)]
    pub begin: Begin,
    /// The states it uses.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// What follows from registering.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// Clocks it starts.
    #[serde(default)]
    pub starts: Vec<ClockKind>,
    /// Notices it makes due.
    #[serde(default)]
    pub notices: Vec<Notice>,
}

/// One state of a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which state.
    pub state: State,
    /// Who has to do something next; none for an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Party>,
    /// The clock that runs while it stands there; none for an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockKind>,
    /// What may be done.
    #[serde(default, rename = "go")]
    pub edges: Vec<Edge>,
}

/// One thing that may be done in a state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// What.
    pub verb: Verb,
    /// Where it leads; the same state when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<State>,
    /// Who may.
    pub who: Vec<Party>,
    /// What it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// In which case this edge is the one taken.
    #[serde(default = "always", skip_serializing_if = "is_always")]
    pub when: When,
    /// Clocks it starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts: Vec<ClockKind>,
    /// Clocks it stops.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<ClockKind>,
    /// Notices it makes due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

fn always() -> When {
    When::Always
}

fn is_always(when: &When) -> bool {
    *when == When::Always
}

impl Track {
    /// The step for a state, where the track uses it.
    pub fn step(&self, state: State) -> Option<&Step> {
        self.steps.iter().find(|s| s.state == state)
    }

    /// Every clock that it starts or waits under, in order.
    pub fn clocks_used(&self) -> Vec<ClockKind> {
        let mut out = self.begin.starts.clone();
        for step in &self.steps {
            out.extend(step.clock);
            out.extend(step.edges.iter().flat_map(|e| e.starts.iter().copied()));
        }
        out.sort();
        out.dedup();
        out
    }

    /// The edges out of a state; empty where the track does not use it.
    pub fn edges(&self, state: State) -> &[Edge] {
        self.step(state).map(|s| s.edges.as_slice()).unwrap_or(&[])
    }
}

impl Edge {
    /// Where it leads from `from`.
    pub fn target(&self, from: State) -> State {
        self.to.unwrap_or(from)
    }
}
