//! What clocks bring about by themselves in a story: signals, and supervision that is proposed.

use super::story::Story;
use crate::case::Supervision;
use crate::{clock, jobs};
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
                clock::plan_signal(&self.ctx, c);
                if level == 3 {
                    overdue.push(at);
                }
            }
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
        let pack = self.ctx.site.pack.clone();
        for grade in &pack.supervision {
            let known = self.supervisions.iter().any(|s| s.grade == i64::from(grade.grade));
            let fired = grade
                .when
                .iter()
                .find(|w| jobs::reached(&self.ctx, &self.case, w.trigger) >= i64::from(w.at));
            if let (false, Some(rule)) = (known, fired) {
                self.supervisions.push(Supervision {
                    grade: i64::from(grade.grade),
                    proposed_at: at,
                    why: rule.trigger.key().to_owned(),
                    issued_at: None,
                    issued_by: None,
                    words: String::new(),
                    dismissed_at: None,
                });
            }
        }
        self.ctx.at = now;
    }
}
