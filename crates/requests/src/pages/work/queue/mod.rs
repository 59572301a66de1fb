//! The queues: cases that wait for somebody with a certain part, what is due first at the top.

mod callback;
mod list;
mod notices;
mod triage;

pub(crate) use callback::call;
pub(crate) use triage::dispatch;

use crate::acts::sample;
use crate::ctx::Ctx;
use crate::store::queue::{self as store, Not, Which, Within};
use access::SharedSite;
use axum::Router;
use axum::routing::get;
use db::Tx;
use kernel::{DAY, Result, Role, Say, Scope, UnitId};
use rules::case::State;
use web::components::Tab;

/// One queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queue {
    /// To find class and unit for, to send out, returned.
    Triage,
    /// Returned twice: the arbiter rules.
    Arbitration,
    /// Answered, and the person has not said a word.
    Callback,
    /// A second no.
    Review,
    /// Judged, to be signed off.
    Signoff,
    /// Supervision proposed and in force.
    Supervision,
    /// Waiting for a look before the public sees it.
    Moderation,
    /// Messages that did not arrive.
    Notices,
}

const ALL: [Queue; 8] = [
    Queue::Triage,
    Queue::Arbitration,
    Queue::Callback,
    Queue::Review,
    Queue::Signoff,
    Queue::Supervision,
    Queue::Moderation,
    Queue::Notices,
];

impl Queue {
    /// Its address.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Queue::Triage => "/queues/triage",
            Queue::Arbitration => "/queues/arbitration",
            Queue::Callback => "/queues/callback",
            Queue::Review => "/queues/review",
            Queue::Signoff => "/queues/signoff",
            Queue::Supervision => "/queues/supervision",
            Queue::Moderation => "/queues/moderation",
            Queue::Notices => "/queues/notices",
        }
    }

    /// What people call it.
    pub(crate) fn name(self) -> Say {
        match self {
            Queue::Triage => Say::new("待分流", "To triage"),
            Queue::Arbitration => Say::new("待裁定", "To arbitrate"),
            Queue::Callback => Say::new("待回访", "To call back"),
            Queue::Review => Say::new("待复核", "To review"),
            Queue::Signoff => Say::new("待销号", "To sign off"),
            Queue::Supervision => Say::new("督办", "Supervision"),
            Queue::Moderation => Say::new("待公开审核", "To moderate"),
            Queue::Notices => Say::new("没送到的告知", "Not delivered"),
        }
    }

    /// What stands there when nothing waits.
    fn empty(self) -> Say {
        match self {
            Queue::Triage => Say::new(
                "没有待分流的诉求。新的会按到期先后出现在这里。",
                "Nothing to triage. What comes in appears here, due first.",
            ),
            Queue::Arbitration => Say::new("没有待裁定的退单。", "No return waits for a ruling."),
            Queue::Callback => Say::new(
                "今天没有要回访的。答复后诉求人几天没有评价的会排到这里。",
                "Nobody to call today. Those who have not judged some days after the answer come here.",
            ),
            Queue::Review => Say::new(
                "没有待复核的。重办后诉求人仍说没解决的会到这里。",
                "Nothing to review. What is still not solved after a rework comes here.",
            ),
            Queue::Signoff => Say::new("没有待销号的。", "Nothing to sign off."),
            Queue::Supervision => {
                Say::new("没有建议，也没有在督办的。", "Nothing is proposed and nothing under supervision.")
            }
            Queue::Moderation => Say::new("没有待审核的。", "Nothing to moderate."),
            Queue::Notices => Say::new("没有送不到的告知。", "Every message has arrived or is under way."),
        }
    }

    /// The roles whose work it is.
    pub(crate) fn roles(self) -> &'static [Role] {
        match self {
            Queue::Triage => &[Role::Triage, Role::Operator],
            Queue::Arbitration | Queue::Review | Queue::Supervision => &[Role::Supervisor],
            Queue::Callback => &[Role::Clerk, Role::Operator, Role::Supervisor],
            Queue::Signoff => &[Role::Lead, Role::Supervisor],
            Queue::Moderation => &[Role::Moderator],
            Queue::Notices => &[Role::Clerk, Role::Operator, Role::Supervisor],
        }
    }

    /// Which cases.
    pub(crate) fn which(self, ctx: &Ctx) -> Which {
        match self {
            Queue::Triage => Which::In(&[State::Registered, State::Triaged, State::Returned]),
            Queue::Arbitration => Which::In(&[State::Arbitration]),
            Queue::Callback => Which::ToCall {
                before: ctx.at.plus(-i64::from(ctx.site.pack.call_back.after_days) * DAY),
                day: ctx.today().to_string(),
                not: own_work(ctx),
            },
            Queue::Review => Which::In(&[State::Review]),
            Queue::Signoff => Which::In(&[State::Judged]),
            Queue::Supervision => Which::Proposed,
            Queue::Moderation => Which::Unmoderated,
            // Found through the outbox: see `notices`.
            Queue::Notices => Which::In(&[]),
        }
    }

    /// How many wait here for whoever acts, counted up to `cap`; one more stands for "more than that".
    pub(crate) fn count(self, tx: &mut dyn Tx, ctx: &Ctx, cap: i64) -> Result<i64> {
        match self {
            Queue::Notices => notices::undelivered(tx, ctx, cap),
            _ => store::count(tx, &self.which(ctx), &self.within(ctx), cap),
        }
    }

    /// How far the reader reaches with the part that it is for; the auditor sees all.
    pub(crate) fn within(self, ctx: &Ctx) -> Within {
        if ctx.scope.has(Role::Auditor) {
            return Within::Site;
        }
        let mut units = Vec::new();
        for grant in ctx.scope.grants.iter().filter(|g| self.roles().contains(&g.role)) {
            match ctx.dir.by_path(&grant.path) {
                Some(unit) if unit.parent.is_none() && grant.role != Role::Lead => return Within::Site,
                Some(unit) => units.push(unit.id),
                None => {}
            }
        }
        units.sort();
        units.dedup();
        // A lead signs for their own unit; the case of a unit below has a lead of its own.
        let only_lead =
            !ctx.scope.grants.iter().any(|g| g.role != Role::Lead && self.roles().contains(&g.role));
        if self == Queue::Signoff && only_lead { Within::Own(units) } else { Within::Units(units) }
    }
}

/// Words drawn by lot that wait to be asked again.
fn drawn(ctx: &Ctx) -> Which {
    Which::Drawn { since: sample::since(ctx), day: ctx.today().to_string(), not: own_work(ctx) }
}

/// What somebody may not call about: the work of every unit in which they hold a post, and their own.
fn own_work(ctx: &Ctx) -> Not {
    let mut units: Vec<UnitId> = ctx.scope.grants.iter().map(|g| g.unit).collect();
    units.sort();
    units.dedup();
    Not { units, officer: ctx.account() }
}

/// The queues that are somebody's to work, and for the auditor to look at.
pub(crate) fn mine(scope: &Scope) -> Vec<Queue> {
    let all = scope.has(Role::Auditor);
    ALL.into_iter().filter(|q| all || q.roles().iter().any(|r| scope.has(*r))).collect()
}

/// Tabs that lead from one queue of the reader's to the next, each with what stands in it.
fn tabs_of(waiting: &[(Queue, i64)], locale: kernel::Locale, here: Queue) -> Vec<Tab> {
    let count = |n: i64| u64::try_from(n).ok().filter(|n| *n > 0);
    waiting
        .iter()
        .map(|(q, n)| Tab {
            label: q.name().to(locale).to_owned(),
            href: q.path().to_owned(),
            current: *q == here,
            count: count(*n),
        })
        .collect()
}

/// The routes of the queues.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/queues/triage", get(triage::show))
        .route("/queues/callback", get(callback::show))
        .route("/queues/supervision", get(list::supervision))
        .route("/queues/notices", get(notices::show))
        .route("/queues/arbitration", get(|s, staff, q| list::show(s, staff, q, Queue::Arbitration)))
        .route("/queues/review", get(|s, staff, q| list::show(s, staff, q, Queue::Review)))
        .route("/queues/signoff", get(|s, staff, q| list::show(s, staff, q, Queue::Signoff)))
        .route("/queues/moderation", get(|s, staff, q| list::show(s, staff, q, Queue::Moderation)))
}
