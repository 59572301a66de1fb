//! Refuses a track that would let a case be lost, or signed off without what is owed.
//!
//! Two walks look at every course a case can take. The first goes through the product of state, notices,
//! evidence, the person's word and attempts, returns, reworks, helpers and the leading group's decision,
//! and takes whatever the edges do not forbid: what an edge does not demand is taken to be missing. The second goes
//! through state and running clocks. Both go breadth first, so that each fault shows the shortest way to it.

mod clocks;
mod fault;
mod shape;
mod walk;

pub use fault::{Fault, FaultKind};

use super::track::Track;

/// What the classes of a track demand of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct CheckInput {
    /// Whether a class on it demands evidence.
    pub evidence: bool,
    /// Whether a class on it is a major matter, which the leading group has to decide.
    pub major: bool,
}

/// Everything wrong with a track, the plainest faults first; empty where it is sound.
pub fn check(track: &Track, demand: &CheckInput) -> Vec<Fault> {
    let mut faults = shape::faults(track);
    if track.step(track.start).is_some() {
        walk::faults(track, *demand, &mut faults);
        clocks::faults(track, &mut faults);
    }
    faults
}
