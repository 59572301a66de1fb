//! The case machine 诉求办理: which steps exist, who may take them, what they need and start.
//!
//! ```text
//!  registered ─ triage ─> triaged ─ assign ─> assigned ─ accept ─> accepted ─ name ─> in-hand
//!      │  └───────────────── assign ───────────^ │ ^ │                               │ ^   │
//!      │ settle (person is there)        return  v │ └────────── escalate ───────────┘ │   │ pause/resume
//!      │                        returned / arbitration      referred <── refer/decide ─┘  paused
//!      v                                                                             │ answer, decline
//!   answered <───────────────────────────────────────────────────────────────────────┘
//!      │ judge: solved                      judge: not solved          judge: not solved again
//!      │ lapse, attempts on different days        v                          v
//!      v                                        rework ─ answer ─> answered  review ─ rule ─> rework / judged
//!   judged ─ close ─> closed / unsolvable
//!
//!  undone: assigned ─ recall (no unit has signed for it yet) ─> registered
//!  a wish besides: registered ─ take-up (anybody of the staff) ─> in-hand ─ give-back ─> registered
//!  ends besides: withdrawn (the person), not-accepted (ground and right way told), merged
//! ```
//!
//! A pack writes tracks ([`Track`]) out of this closed vocabulary; [`legal`] bounds what a track can
//! say, [`check`] refuses one with a dead end, a step without owner or clock, or a way to an end that
//! skips the three notices, the evidence or the person's word. [`advance`] is the only way on.

pub mod check;
mod differ;
pub mod legal;
mod machine;
#[cfg(test)]
mod tests;
mod track;
pub mod words;

pub use differ::{StepDiff, Taken, differ};
pub use machine::{Choice, Facts, Given, Refusal, Step, advance, choices};
pub use track::{Begin, Edge, Step as TrackStep, Track};
pub use words::{ClockKind, Evidence, Kind, Need, Notice, Party, State, Urgency, Verb, When, Word};
