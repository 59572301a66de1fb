//! Those who join a case, and the moderator.

use super::super::texts::{Say, write_line};
use super::Fate;
use super::course::Course;
use kernel::{Actor, DAY, HOUR, Role, Timestamp};
use requests::bulk::{PastStep, What};
use rules::case::State;

impl Course<'_, '_> {
    /// Those who join, and the moderator.
    pub(super) fn others(&mut self) {
        let d = &self.plan.dice;
        let end = self.past.steps.iter().find(|s| super::is_end(&s.what)).map(|s| s.at);
        let until = end.unwrap_or(self.plan.now);
        let room = until.0 - self.past.received_at.0;
        let never = self.past.steps.iter().any(|s| matches!(s.what, What::Merge { .. }));
        if room > 2 * DAY && !never && self.fate != Fate::Stands(State::Merged) && d.permille(26) {
            let many = if d.percent(5) { d.from_to(10, 14) } else { d.from_to(1, 4) };
            for _ in 0..many {
                let at = self.past.received_at.plus(d.from_to(2 * HOUR, room - HOUR));
                self.past.joins.push(requests::bulk::PastJoin {
                    at,
                    actor: Actor::Resident,
                    person: access::identity::NewPerson {
                        phone: Some(super::intake::phone(d)),
                        ..Default::default()
                    },
                    channel: "web".to_owned(),
                    words: write_line(d, Say::Join, &self.around()),
                });
            }
            self.past.joins.sort_by_key(|j| j.at);
        }
        self.moderate(end);
    }

    pub(super) fn moderate(&mut self, end: Option<Timestamp>) {
        let (d, pack) = (&self.plan.dice, self.plan.pack);
        let class = pack.class(&self.past.class);
        let looked = class.is_some_and(|c| c.moderation == pack::Moderation::Look);
        if !looked || d.percent(12) {
            return;
        }
        let from = end.unwrap_or(self.at).max(self.past.steps.last().map_or(self.at, |s| s.at));
        let at = self.plan.office.after(from, d.from_to(60, 1600));
        let Some(who) = self.plan.cast.centre().and_then(|c| self.actor(c, &[Role::Moderator])) else {
            return;
        };
        if end.is_none() || at >= self.plan.now {
            return;
        }
        let kind = self.past.kind.or(class.map(|c| c.kind)).unwrap_or(rules::case::Kind::Help);
        let leave = requests::acts::wish::may_show(pack, kind, &self.past.answers);
        let show = leave && d.percent(88);
        let reasons = &pack.public_ledger.reasons;
        let reason = if show || reasons.is_empty() { String::new() } else { d.pick(reasons).zh.clone() };
        self.past.steps.push(PastStep { at, actor: who, what: What::Moderate { show, reason }, told: None });
    }
}
