//! What time brings about by itself in a story: signals, and supervision that is proposed.

use super::story::Story;
use crate::case::Supervision;
use crate::{clock, jobs, supervision};
use kernel::Timestamp;
use rules::case::ClockKind;

impl Story<'_> {
    /// Gives the signals that came up to `to`, as the jobs give them to a living case. What ends by
    /// itself (a pause, the time to judge) is left to the jobs.
    pub(super) fn tick(&mut self, to: Timestamp) {
        let zone = self.ctx.site.zone;
        let mut overdue = Vec::new();
        for c in self.case.clocks.iter_mut().filter(|c| c.is_open() && c.paused_at.is_none()) {
            while let Some(at) = c.next_signal.filter(|at| *at <= to) {
                let level = jobs::level(zone, at, c);
                if level == 3 && matches!(c.kind, ClockKind::Pause | ClockKind::Evaluation) {
                    break;
                }
                c.signalled = level;
                clock::plan_signal(&self.ctx, c, at);
                if level == 3 {
                    overdue.push(at);
                }
            }
        }
        for order in &mut self.supervisions {
            overdue.extend(order.next_signal.take_if(|at| *at <= to));
        }
        overdue.sort();
        overdue.into_iter().for_each(|at| self.propose(at));
    }

    /// Supervision that the program would have proposed at `at`; never for what was imported, which
    /// would bury those who supervise under what is long past.
    pub(super) fn propose(&mut self, at: Timestamp) {
        if !self.past.source.is_empty() {
            return;
        }
        let now = std::mem::replace(&mut self.ctx.at, at);
        let fired = supervision::fired(&self.ctx, &self.case, &self.supervisions);
        self.supervisions.extend(fired.iter().map(|(n, why)| Supervision::proposed(*n, at, why.key())));
        self.ctx.at = now;
    }
}
