//! Which steps exist at all. A track may use fewer of them, never others.

use super::words::{State, Verb};
use State::*;

/// Whether any track may lead from `from` by `verb` to `to`.
pub fn is_legal(from: State, verb: Verb, to: State) -> bool {
    if from.is_end() {
        // What was refused, merged or taken back by mistake starts again where it began.
        return verb == Verb::Reopen
            && match from {
                Closed | Unsolvable => to == Rework,
                Withdrawn | NotAccepted => matches!(to, Registered | Rework),
                Merged => to == Registered,
                _ => false,
            };
    }
    match verb {
        Verb::Triage => from == Registered && to == Triaged,
        Verb::Assign => matches!(from, Registered | Triaged | Returned) && to == Assigned,
        Verb::Recall => from == Assigned && to == Registered,
        Verb::Settle => from == Registered && to == Answered,
        Verb::Refuse => matches!(from, Registered | Triaged | Returned) && to == NotAccepted,
        Verb::Merge => matches!(from, Registered | Triaged | Assigned | Accepted | InHand) && to == Merged,
        Verb::Accept => from == Assigned && to == Accepted,
        Verb::Return => matches!(from, Assigned | Accepted) && matches!(to, Returned | Arbitration),
        Verb::Arbitrate => from == Arbitration && to == Assigned,
        Verb::Name => match from {
            Assigned | Accepted => to == InHand,
            InHand | Paused | Rework | Answered | Judged => to == from,
            _ => false,
        },
        Verb::Contact | Verb::Progress => {
            matches!(from, Accepted | InHand | Paused | Rework | Answered | Judged) && to == from
        }
        Verb::AskHelp | Verb::Report => matches!(from, InHand | Rework | Paused) && to == from,
        Verb::Pause => from == InHand && to == Paused,
        Verb::Resume => from == Paused && to == InHand,
        Verb::Extend => matches!(from, InHand | Rework) && to == from,
        Verb::Escalate => matches!(from, Accepted | InHand | Rework) && to == Assigned,
        Verb::Refer => matches!(from, InHand | Rework) && to == Referred,
        Verb::Decide => from == Referred && matches!(to, InHand | Assigned),
        Verb::Answer | Verb::Decline => matches!(from, InHand | Rework) && to == Answered,
        Verb::Judge => from == Answered && matches!(to, Judged | Rework | Review),
        Verb::Attempt => from == Answered && to == Answered,
        Verb::Lapse => from == Answered && to == Judged,
        Verb::Rule => from == Review && matches!(to, Rework | Judged),
        Verb::Close => from == Judged && matches!(to, Closed | Unsolvable),
        Verb::Withdraw => to == Withdrawn,
        Verb::Reopen => false,
        Verb::Correct | Verb::Supervise => to == from,
        Verb::TakeUp => from == Registered && to == InHand,
        // Once the person has judged it, it is finished by whoever began it, or by another whom the lead names.
        Verb::GiveBack => from == InHand && to == Registered,
    }
}
