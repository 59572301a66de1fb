//! The permission table, whole and in one place: who may do what to what, and how far.
//!
//! What is not here is denied. Pages print it (`/access/why`), [`crate::explain`] names the row
//! that decided, and the tests walk it. A row's reach is measured from the unit of the post that
//! carries the role; posts end, and with them the reach.
//!
//! Kept true by tests: the auditor holds no verb that changes anything; the administrator holds
//! no row on a request, an identity, a ledger or a dashboard, and may bring households in but not
//! look at one; nobody but the person judges or withdraws a request.

use crate::words::{Noun, Reach, Verb};
use kernel::{Role, Say};

/// Whom a row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody who holds a post today.
    Staff,
    /// Holders of a post with this role.
    Role(Role),
}

impl Who {
    /// What people call them.
    pub fn name(self) -> Say {
        match self {
            Who::Anyone => Say::new("所有人", "Everybody"),
            Who::Staff => Say::new("任何在岗人员", "Anyone in post"),
            Who::Role(role) => role.name(),
        }
    }
}

/// One line: `who` may do each of `verbs` to `noun`, as far as `reach`.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub who: Who,
    /// What may be done.
    pub verbs: &'static [Verb],
    /// To what.
    pub noun: Noun,
    /// How far.
    pub reach: Reach,
}

const fn row(who: Who, noun: Noun, reach: Reach, verbs: &'static [Verb]) -> Row {
    Row { who, verbs, noun, reach }
}

use Noun as N;
use Reach as R;
use Verb::*;

const CLERK: Who = Who::Role(Role::Clerk);
const OPERATOR: Who = Who::Role(Role::Operator);
const OFFICER: Who = Who::Role(Role::Officer);
const LIAISON: Who = Who::Role(Role::Liaison);
const LEAD: Who = Who::Role(Role::Lead);
const TRIAGE: Who = Who::Role(Role::Triage);
const SUPERVISOR: Who = Who::Role(Role::Supervisor);
const MODERATOR: Who = Who::Role(Role::Moderator);
const AUDITOR: Who = Who::Role(Role::Auditor);
const ADMIN: Who = Who::Role(Role::Admin);

/// What those who settle on the spot may do to what they answered themselves: it may come back to them.
const OF_ONES_OWN: &[Verb] = &[View, Work, Answer, Pause, Escalate, Refer, Close];

/// The table.
pub static TABLE: &[Row] = &[
    // Everybody, and whoever shows the query code of a case.
    row(Who::Anyone, N::Request, R::Public, &[Submit]),
    row(Who::Anyone, N::Request, R::Holder, &[View, Supplement, Withdraw, Judge, Print]),
    row(Who::Anyone, N::PublicLedger, R::Public, &[View, List]),
    row(Who::Anyone, N::Rules, R::Public, &[View, List, Print]),
    // Everybody in post.
    row(Who::Staff, N::Unit, R::Site, &[View, List]),
    row(Who::Staff, N::Template, R::Site, &[View, List]),
    // Whoever is paired with a household today: the pairing is the stated need to know who lives there.
    row(Who::Staff, N::Household, R::Pairing, &[View, List, Visit, ViewIdentity, Print]),
    row(Who::Staff, N::Request, R::Pairing, &[Register, Settle]),
    row(Who::Staff, N::Pairing, R::Own, &[View, List, Print]),
    row(Who::Staff, N::Visit, R::Pairing, &[View, List]),
    row(Who::Staff, N::Visit, R::Own, &[View, List, Correct, Export, Print]),
    // A wish that is shown to everybody may be taken up by whoever can answer for it, of any unit.
    row(CLERK, N::Request, R::Site, &[TakeUp]),
    row(OPERATOR, N::Request, R::Site, &[TakeUp]),
    row(OFFICER, N::Request, R::Site, &[TakeUp]),
    row(LIAISON, N::Request, R::Site, &[TakeUp]),
    row(LEAD, N::Request, R::Site, &[TakeUp]),
    row(TRIAGE, N::Request, R::Site, &[TakeUp]),
    // The window: takes in, tells people what a message could not, calls back.
    row(CLERK, N::Request, R::Subtree, &[View, List, Register, Settle, Merge, Correct, CallBack, Print]),
    row(CLERK, N::Request, R::Own, OF_ONES_OWN),
    row(CLERK, N::Identity, R::Subtree, &[ViewIdentity]),
    row(CLERK, N::Ledger, R::Subtree, &[View, List, Print]),
    row(CLERK, N::Outbox, R::Subtree, &[View, List, Deliver]),
    // The hotline: takes in, dispatches, calls back.
    row(
        OPERATOR,
        N::Request,
        R::Subtree,
        &[View, List, Register, Settle, Triage, Assign, Refuse, Merge, Correct, CallBack, Print],
    ),
    row(OPERATOR, N::Request, R::Own, OF_ONES_OWN),
    row(OPERATOR, N::Identity, R::Subtree, &[ViewIdentity]),
    row(OPERATOR, N::Ledger, R::Subtree, &[View, List, Print]),
    row(OPERATOR, N::Outbox, R::Subtree, &[View, List, Deliver]),
    // The officer: sees the unit's cases, acts on those that are theirs.
    row(OFFICER, N::Request, R::Unit, &[View, List, Register, Settle, Accept, Print]),
    row(
        OFFICER,
        N::Request,
        R::Own,
        &[View, List, Work, Answer, Pause, Return, Escalate, Refer, Close, Correct, HandOver, Print],
    ),
    row(OFFICER, N::Identity, R::Own, &[ViewIdentity]),
    row(OFFICER, N::Ledger, R::Unit, &[View, List, Print]),
    row(OFFICER, N::Ledger, R::Own, &[View, List, Export, Print]),
    row(OFFICER, N::Dashboard, R::Unit, &[View]),
    // The liaison officer: keeps the register of the grids that the post is for, sees masked names there, takes
    // needs in and answers for what was settled on the spot.
    row(LIAISON, N::Household, R::Subtree, &[View, List, Visit, Manage, ViewIdentity, Print]),
    row(LIAISON, N::Pairing, R::Subtree, &[View, List]),
    row(LIAISON, N::Request, R::Unit, &[View, List, Register, Settle, Print]),
    row(LIAISON, N::Request, R::Own, OF_ONES_OWN),
    row(LIAISON, N::Identity, R::Own, &[ViewIdentity]),
    row(LIAISON, N::Ledger, R::Own, &[View, List, Print]),
    // The lead of a unit: names officers, gives time within the rule, passes up, signs.
    row(
        LEAD,
        N::Request,
        R::Subtree,
        &[
            View, List, Register, Settle, Assign, Accept, Name, Work, Answer, Return, Extend, Pause,
            Escalate, Refer, Close, Merge, Correct, HandOver, Print,
        ],
    ),
    row(LEAD, N::Request, R::Above, &[Review, Arbitrate]),
    row(LEAD, N::Identity, R::Unit, &[ViewIdentity]),
    row(LEAD, N::Ledger, R::Subtree, &[View, List, Export, Print]),
    row(LEAD, N::Dashboard, R::Subtree, &[View, List, Export, Print]),
    row(LEAD, N::Outbox, R::Subtree, &[View, List]),
    row(LEAD, N::Template, R::Unit, &[Manage]),
    row(LEAD, N::Household, R::Subtree, &[View, List, Manage, Merge, ViewIdentity, Export, Print]),
    row(LEAD, N::Pairing, R::Subtree, &[View, List, Manage, Export, Print]),
    row(LEAD, N::Visit, R::Subtree, &[View, List, Export, Print]),
    // Triage of a centre: finds the class, the course and the unit. It needs no names for that, but of those
    // whose case it settled.
    row(
        TRIAGE,
        N::Request,
        R::Subtree,
        &[View, List, Register, Settle, Triage, Assign, Refuse, Merge, Correct, Escalate, Print],
    ),
    row(TRIAGE, N::Request, R::Own, OF_ONES_OWN),
    row(TRIAGE, N::Identity, R::Own, &[ViewIdentity]),
    row(TRIAGE, N::Ledger, R::Subtree, &[View, List, Print]),
    row(TRIAGE, N::Dashboard, R::Subtree, &[View]),
    // Supervision of a centre: presses, arbitrates, reviews, brings old cases in.
    row(
        SUPERVISOR,
        N::Request,
        R::Subtree,
        &[
            View, List, Register, Assign, Refuse, Arbitrate, Extend, Escalate, Refer, Decide, Supervise,
            CallBack, Review, Close, Merge, Correct, HandOver, Print, Import,
        ],
    ),
    row(SUPERVISOR, N::Identity, R::Subtree, &[ViewIdentity]),
    row(SUPERVISOR, N::Ledger, R::Subtree, &[View, List, Export, Print]),
    row(SUPERVISOR, N::Dashboard, R::Subtree, &[View, List, Export, Print]),
    row(SUPERVISOR, N::Outbox, R::Subtree, &[View, List, Deliver]),
    row(SUPERVISOR, N::Journal, R::Subtree, &[View, List]),
    row(SUPERVISOR, N::Template, R::Subtree, &[Manage]),
    row(
        SUPERVISOR,
        N::Household,
        R::Subtree,
        &[View, List, Manage, Merge, ViewIdentity, Import, Export, Print],
    ),
    row(SUPERVISOR, N::Pairing, R::Subtree, &[View, List, Manage, Import, Export, Print]),
    row(SUPERVISOR, N::Visit, R::Subtree, &[View, List, Export, Print]),
    // The moderator decides what everybody may read; who asked is no part of that.
    row(MODERATOR, N::Request, R::Subtree, &[View, List, Moderate]),
    row(MODERATOR, N::PublicLedger, R::Subtree, &[Moderate, Export, Print]),
    // The auditor sees all and changes nothing.
    row(AUDITOR, N::Request, R::Site, &[View, List, Export, Print, Hold]),
    row(AUDITOR, N::Identity, R::Site, &[View, List, ViewIdentity]),
    row(AUDITOR, N::Ledger, R::Site, &[View, List, Export, Print]),
    row(AUDITOR, N::PublicLedger, R::Site, &[View, List, Export, Print]),
    row(AUDITOR, N::Dashboard, R::Site, &[View, List, Export, Print]),
    row(AUDITOR, N::Outbox, R::Site, &[View, List, Export]),
    row(AUDITOR, N::Account, R::Site, &[View, List, Export, ViewAudit]),
    row(AUDITOR, N::Key, R::Site, &[View, List]),
    row(AUDITOR, N::Health, R::Site, &[View]),
    row(AUDITOR, N::Unit, R::Site, &[View, List, Export]),
    row(AUDITOR, N::Pack, R::Site, &[View, List, Export]),
    row(AUDITOR, N::Rules, R::Site, &[View, List, Export, Print]),
    row(AUDITOR, N::Journal, R::Site, &[View, List, Export, ViewAudit]),
    row(AUDITOR, N::Template, R::Site, &[View, List, Export]),
    row(AUDITOR, N::Household, R::Site, &[View, List, ViewIdentity, Export, Print]),
    row(AUDITOR, N::Pairing, R::Site, &[View, List, Export, Print]),
    row(AUDITOR, N::Visit, R::Site, &[View, List, Export, Print]),
    // The administrator keeps accounts, keys, units and the pack, and sees no case.
    row(ADMIN, N::Account, R::Site, &[View, List, ManageAccounts, Import, Export, ViewAudit]),
    row(ADMIN, N::Key, R::Site, &[View, List, Manage]),
    row(ADMIN, N::Health, R::Site, &[View]),
    row(ADMIN, N::Unit, R::Site, &[View, List, Manage, Import, Export]),
    row(ADMIN, N::Pack, R::Site, &[View, List, ManagePack, Export]),
    row(ADMIN, N::Template, R::Site, &[View, List]),
    // Brings the lists in that people have; what stands in the register afterwards is not theirs to look at.
    row(ADMIN, N::Household, R::Site, &[Import]),
    // States of delivery only: the text of a message is `View`, which it does not have.
    row(ADMIN, N::Outbox, R::Site, &[List]),
];
