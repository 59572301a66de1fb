//! What happens while somebody works on it, up to the answer.

use super::super::texts::{Outcome, Say, write_answer};
use super::Fate;
use super::course::Course;
use kernel::{Actor, DAY, HOUR, Role, Timestamp};
use requests::bulk::What;
use requests::model::{Audience, Satisfaction};
use rules::case::{Evidence, State, Verb};
use rules::deadline::Limit;

impl Course<'_, '_> {
    pub(super) fn in_hand(&mut self) {
        let officer = self.officer.clone().unwrap_or(Actor::System);
        let to_inside = |text| What::Progress { text, audience: Audience::Inside };
        let to_person = |text| What::Progress { text, audience: Audience::Person };
        let (pack, class) = (self.plan.pack, self.past.class.clone());
        let must = pack.evidence(&class, false).contains(&Evidence::Contact)
            || pack.evidence(&class, true).contains(&Evidence::Contact);
        if must || self.plan.dice.percent(82) {
            let text = self.say(Say::Progress);
            self.work(30, 500, &officer, What::Contact { text, audience: Audience::Inside });
        }
        if self.natural(15) || (self.fate == Fate::Stuck && self.plan.dice.percent(20)) {
            self.escalate(&officer);
        }
        if self.wants(State::InHand) || self.fate == Fate::Stuck {
            if self.plan.dice.percent(60) {
                let text = self.say(Say::Progress);
                self.work(120, 900, &officer, to_person(text));
            }
            self.press();
            self.over = true;
            return;
        }
        if self.natural(35) {
            let (at, text) = (self.at_home(6, 40), self.say(Say::Supplement));
            self.step(at, &Actor::Resident, What::Supplement { text });
        }
        if self.has(State::InHand, Verb::Pause) && (self.wants(State::Paused) || self.natural(32)) {
            let question = self.say(Say::Pause);
            self.work(60, 500, &officer, What::Pause { question });
            if self.is_at(State::Paused) {
                return;
            }
            let (at, text) = (self.at_home(5, 60), self.say(Say::Supplement));
            self.step(at, &Actor::Resident, What::Supplement { text });
        }
        if self.has(State::InHand, Verb::AskHelp) && self.natural(42) {
            self.help(&officer);
        }
        self.before_the_group(&class);
        if self.over {
            return;
        }
        if self.natural(8) {
            let (at, reason) = (self.at_home(10, 60), self.say(Say::Withdraw));
            self.step(at, &Actor::Resident, What::Withdraw { reason });
            self.over = true;
            return;
        }
        for _ in 0..self.plan.dice.weighted(&[40, 42, 14, 4]) {
            let text = self.say(Say::Progress);
            let note = if self.plan.dice.percent(45) { to_person(text) } else { to_inside(text) };
            self.work(60, 500, &officer, note);
        }
    }

    pub(super) fn escalate(&mut self, officer: &Actor) {
        let up = self.plan.cast.up(self.plan.pack, self.unit);
        let Some(up) = up.filter(|u| self.plan.cast.has(*u, Role::Lead)) else { return };
        if !self.has(State::InHand, Verb::Escalate) {
            return;
        }
        let reason = "超出本单位权限，请上级单位牵头办理。".to_owned();
        self.work(120, 700, officer, What::Escalate { unit: Some(up), reason });
        self.unit = up;
        self.sign(false);
    }

    pub(super) fn help(&mut self, officer: &Actor) {
        let Some(other) = self.plan.cast.beside(self.plan.pack, &self.plan.dice, self.unit) else { return };
        let question = self.say(Say::AskHelp);
        self.work(60, 400, officer, What::AskHelp { unit: other, question });
        let who = self.actor(other, &[Role::Officer, Role::Lead]).unwrap_or(Actor::System);
        let text = self.say(Say::HelpReport);
        self.work(200, 1000, &who, What::Report { unit: other, text });
    }

    /// A major matter, and now and then another, goes before the leading group.
    pub(super) fn before_the_group(&mut self, class: &str) {
        let major = self.plan.pack.class(class).is_some_and(|c| c.major);
        let may = self.has(State::InHand, Verb::Refer);
        if !may || !(major || self.wants(State::Referred) || self.natural(6)) {
            return;
        }
        let question = "涉及面较大，请领导小组研究处理意见。".to_owned();
        let lead = self.lead();
        self.work(120, 900, &lead, What::Refer { question });
        if self.is_at(State::Referred) {
            return;
        }
        let at = self.plan.office.after(self.at, self.plan.dice.from_to(540, 2700));
        let met_on = self.plan.office.date(at);
        let decision = "同意承办单位意见，按政策办理，所需资金由财政统筹。".to_owned();
        let who = "县分管领导、承办单位和相关单位负责人".to_owned();
        let clerk = self.supervisor();
        self.step(at, &clerk, What::Decide { met_on, who, decision });
    }

    /// Late as it is, somebody presses.
    pub(super) fn press(&mut self) {
        let at = self.plan.office.after(self.due, self.plan.dice.from_to(300, 1200));
        if at < self.plan.now && at > self.at && self.plan.dice.percent(55) {
            let grade = if self.plan.dice.percent(78) { 1 } else { 2 };
            let (who, words) = (self.supervisor(), self.say(Say::Supervise));
            self.step(at, &who, What::Supervise { grade, words });
        }
    }

    pub(super) fn evidence(&self, unsolvable: bool) -> Vec<Evidence> {
        let all = self.plan.pack.evidence(&self.past.class, unsolvable);
        all.iter().copied().filter(|e| *e != Evidence::Contact).collect()
    }

    /// How good a unit is at it, from -7 to 7: so that units differ.
    pub(super) fn quality(&self) -> i64 {
        let bytes = self.unit.bytes();
        i64::from(bytes[15] % 15) - 7
    }

    pub(super) fn grade(&self, solved: bool) -> Satisfaction {
        use Satisfaction::{Bad, Fair, Good, VeryBad, VeryGood};
        let weighted: [(Satisfaction, u64); 5] = match solved {
            true => [(VeryGood, 45), (Good, 37), (Fair, 15), (Bad, 3), (VeryBad, 0)],
            false => [(VeryGood, 0), (Good, 12), (Fair, 32), (Bad, 38), (VeryBad, 18)],
        };
        weighted[self.plan.dice.weighted(&weighted.map(|(_, w)| w))].0
    }

    pub(super) fn answer(&mut self, cannot: bool, again: bool) {
        let officer = self.officer.clone().unwrap_or(Actor::System);
        let actor = if cannot { self.lead() } else { officer };
        if !again && self.target.is_none() {
            self.until_answer();
        }
        if self.over {
            return;
        }
        let outcome = match (cannot, self.plan.dice.percent(80)) {
            (true, _) => Outcome::Cannot,
            (false, true) => Outcome::Done,
            (false, false) => Outcome::Explained,
        };
        let looked = self.track.id != "consultation";
        let text = write_answer(&self.plan.dice, &self.past.class, outcome, looked, &self.around());
        let evidence = self.evidence(cannot);
        self.work(10, 200, &actor, What::Answer { text, unsolvable: cannot, evidence });
    }

    /// Lets time pass until about when it is answered: mostly in time, by some units less so.
    fn until_answer(&mut self) {
        let d = &self.plan.dice;
        let total = self.due.0 - self.past.received_at.0;
        let in_time = d.percent((95 + self.quality() / 2).clamp(80, 99) as u64);
        if in_time {
            let share = d.from_to(25, 92);
            let at = Timestamp(self.past.received_at.0 + total / 100 * share);
            // Offices open later: what would come too late then is done at once.
            let night = total < 2 * DAY;
            let open = if night { at } else { self.plan.office.after(at, 0) };
            let spare = if night { total / 8 } else { 4 * HOUR };
            if open > self.at && open < self.due.plus(-spare) {
                self.at = open;
            }
            return;
        }
        if self.has(State::InHand, Verb::Extend) && d.percent(45) && self.at < self.due.plus(-4 * HOUR) {
            let (lead, reason) = (self.lead(), self.say(Say::Extend));
            let by = Limit::WorkingDays(d.from_to(2, 5) as u16);
            let before = Timestamp(self.due.0 - d.from_to(2, 4) * HOUR).max(self.at);
            self.step(before, &lead, What::Extend { by, reason });
        }
        self.press();
        let late = self.due.plus(d.from_to(3, 110) * HOUR);
        self.at = self.plan.office.after(late.max(self.at), d.from_to(0, 240));
    }
}
