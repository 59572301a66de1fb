//! What happens to a request until somebody works on it.

use super::super::texts::{Outcome, Say, write_answer};
use super::course::Course;
use kernel::{AccountId, Actor, DAY, MINUTE, Role, Timestamp, UnitId};
use requests::bulk::What;
use requests::notices::Told;
use rules::case::{State, Verb, Word};

impl Course<'_, '_> {
    /// Not accepted, merged or taken back at once; whether the story ends so.
    pub(super) fn early_end(&mut self, township: Option<UnitId>) -> bool {
        let d = &self.plan.dice;
        let desk = self.desk();
        if self.wants(State::NotAccepted) || self.natural(19) {
            let grounds = ["elsewhere", "unclear", "court", "repeated", "petition", "disclosure"];
            let known: Vec<&str> =
                grounds.into_iter().filter(|g| self.plan.pack.ground(g).is_some()).collect();
            if !known.is_empty() {
                let ground = d.pick::<&str>(&known).to_string();
                self.work(30, 420, &desk, What::Refuse { ground, note: String::new() });
                return true;
            }
        }
        let merges = self.wants(State::Merged) || self.natural(60);
        if let Some((into, until)) = merges.then(|| self.same_matter(township)).flatten() {
            let at = self.plan.office.after(self.at, d.from_to(20, 300));
            if at < until {
                let reason = "与此前登记的是同一件事，并案办理。".to_owned();
                self.step(at, &desk, What::Merge { into, reason });
                return true;
            }
        }
        if self.wants(State::Withdrawn) || self.natural(9) {
            let (at, reason) = (self.at_home(1, 20), self.say(Say::Withdraw));
            self.step(at, &Actor::Resident, What::Withdraw { reason });
            return true;
        }
        false
    }

    /// Another case of this batch about the same, nearby and still open.
    pub(super) fn same_matter(&self, township: Option<UnitId>) -> Option<(usize, Timestamp)> {
        let near = self.past.received_at.plus(-12 * DAY);
        let fits =
            |o: &&super::Open| o.class == self.past.class && o.from > near && o.until > self.at.plus(DAY);
        let open = self.plan.open.iter().rev().filter(fits);
        let wanted = self.wants(State::Merged);
        open.filter(|o| wanted || o.township == township).map(|o| (o.at, o.until)).next()
    }

    /// Settled while the person is there; whether the story goes that way.
    pub(super) fn settled(&mut self) -> bool {
        let share = if self.track.id == "consultation" { 420 } else { 120 };
        let class = self.plan.pack.class(&self.past.class);
        let fits = self.has(State::Registered, Verb::Settle) && !class.is_some_and(|c| c.major);
        let Actor::Staff { unit, .. } = self.past.actor else { return false };
        if !fits || !self.natural(share) {
            return false;
        }
        let actor = self.past.actor.clone();
        self.unit = unit;
        self.officer = Some(actor.clone());
        let phone =
            self.plan.pack.channel(&self.past.channel).is_some_and(|c| c.kind == pack::ChannelKind::Phone);
        let outcome = if self.plan.dice.percent(80) { Outcome::Done } else { Outcome::Explained };
        let said = self.plan.dice.percent(90);
        let what = What::Settle {
            text: write_answer(&self.plan.dice, &self.past.class, outcome, false, &self.around()),
            told: if phone { Told::OnPhone } else { Told::InPerson },
            evidence: self.evidence(false),
            word: said.then_some(Word::Solved),
            satisfaction: said.then(|| self.grade(true)),
        };
        let at = self.at.plus(self.plan.dice.from_to(3, 25) * MINUTE);
        self.step(at, &actor, what);
        if said {
            self.close(Word::Solved);
        } else {
            let leave = self.plan.dice.permille(400);
            self.after_answer(false, leave);
        }
        true
    }

    /// Sent out, sometimes to the wrong unit first; whether the story ends there.
    pub(super) fn assign(&mut self, desk: &Actor) -> bool {
        let right = self.unit;
        let disputes = self.wants(State::Arbitration);
        let returns = self.has(State::Assigned, Verb::Return)
            && (disputes || self.wants(State::Returned) || self.natural(30));
        let send = |unit| What::Assign { unit, note: String::new() };
        if let Some(wrong) =
            returns.then(|| self.plan.cast.beside(self.plan.pack, &self.plan.dice, right)).flatten()
        {
            self.work(10, 300, desk, send(wrong));
            self.give_back(wrong);
            if self.is_at(State::Returned) {
                return true;
            }
            let triage =
                self.plan.cast.centre().and_then(|c| self.actor(c, &[Role::Triage])).unwrap_or(desk.clone());
            let again = disputes || self.natural(120);
            if let Some(second) =
                again.then(|| self.plan.cast.beside(self.plan.pack, &self.plan.dice, right)).flatten()
            {
                self.work(
                    30,
                    300,
                    &triage,
                    What::Assign { unit: second, note: "按职责清单另行确定。".to_owned() },
                );
                self.give_back(second);
                if self.is_at(State::Arbitration) {
                    return true;
                }
                let (who, reason) = (self.supervisor(), "按职责清单，由该单位办理，不再退回。".to_owned());
                self.work(60, 500, &who, What::Arbitrate { unit: right, reason });
            } else {
                self.work(
                    30,
                    300,
                    &triage,
                    What::Assign { unit: right, note: "按职责清单改派。".to_owned() },
                );
            }
            return self.over;
        }
        self.work(8, 260, desk, send(right));
        self.is_at(State::Assigned)
    }

    pub(super) fn give_back(&mut self, unit: UnitId) {
        let kind = self.plan.cast.dir.get(unit).and_then(|u| self.plan.pack.unit_kind(&u.kind));
        let duty = kind.and_then(|k| k.duties.first()).map(|d| d.id.clone()).unwrap_or_default();
        let who = self.actor(unit, &[Role::Lead]).unwrap_or(Actor::System);
        let reason = self.say(Say::Return);
        self.work(40, 400, &who, What::Return { duty, reason });
    }

    /// Signed for, and the officer named.
    pub(super) fn sign(&mut self, may_stop: bool) {
        let lead = self.lead();
        let stops = may_stop && self.wants(State::Accepted);
        if self.has(State::Assigned, Verb::Accept) && (stops || self.plan.dice.percent(50)) {
            self.work(15, 400, &lead, What::Accept);
            if stops {
                return;
            }
        }
        let Some(officer) = self.pick_officer() else {
            self.over = true;
            return;
        };
        self.officer = Some(Actor::Staff { account: officer, unit: self.unit });
        self.work(10, 240, &lead, What::Name { officer, note: String::new() });
    }

    pub(super) fn pick_officer(&self) -> Option<AccountId> {
        let (cast, dice) = (self.plan.cast, &self.plan.dice);
        cast.one(dice, self.unit, Role::Officer).or_else(|| cast.one(dice, self.unit, Role::Lead))
    }
}
