//! What happens after the answer: the person's word, another try, the signature.

use super::super::texts::{Say, write_line};
use super::course::Course;
use kernel::{Actor, DAY, HOUR, Role};
use requests::bulk::What;
use rules::case::{State, Word};

impl Course<'_, '_> {
    /// From the answer to sign-off. `leave`: nobody says anything and nobody is reached.
    pub(super) fn after_answer(&mut self, cannot: bool, leave: bool) {
        self.answered = true;
        let settled = self.wants(State::Closed) || self.wants(State::Judged);
        let no = self.wants(State::Rework) || self.wants(State::Review);
        if leave && !settled && !no {
            self.nobody();
            return;
        }
        let yes = match (settled, no, cannot) {
            (true, _, _) => true,
            (_, true, _) => false,
            // Whoever hears that it cannot be done rarely says that it is solved.
            (_, _, true) => self.plan.dice.percent(28),
            _ => self.plan.dice.percent((71 + self.quality()).clamp(40, 95) as u64),
        };
        if self.word(yes) {
            return;
        }
        if yes {
            self.sign_off(Word::Solved);
        } else {
            self.again(cannot);
        }
    }

    /// The person's word; whether the story ends with it.
    fn word(&mut self, yes: bool) -> bool {
        let d = &self.plan.dice;
        let say = if yes { Say::Good } else { Say::Bad };
        let satisfaction = d.percent(93).then(|| self.grade(yes));
        let what = What::Judge {
            word: if yes { Word::Solved } else { Word::NotSolved },
            satisfaction,
            note: write_line(d, say, &self.around()),
        };
        if d.percent(46) {
            let at = self.at_home(1, 70);
            self.step(at, &Actor::Resident, what);
        } else {
            let caller = self.caller();
            if d.percent(18) {
                let note = write_line(d, Say::NoAnswer, &self.around());
                self.work(900, 1500, &caller, What::Attempt { outcome: "no-answer".to_owned(), note });
            }
            self.work(1400, 2600, &caller, what);
        }
        self.over
    }

    /// Somebody of another unit who calls back.
    fn caller(&self) -> Actor {
        let cast = self.plan.cast;
        let hall = self.past.place.and_then(|p| cast.hall(self.plan.pack, p)).filter(|h| *h != self.unit);
        let from = match (hall, self.plan.dice.percent(60)) {
            (Some(hall), true) => Some(hall),
            _ => cast.centre(),
        };
        from.and_then(|u| self.actor(u, &[Role::Clerk, Role::Operator])).unwrap_or(Actor::System)
    }

    /// Calls on different days reach nobody, and the time to judge runs out.
    fn nobody(&mut self) {
        let answered = self.at;
        let caller = self.caller();
        // Two days at least: that is what replaces the person's word.
        let mut from = answered.plus(2 * DAY);
        for outcome in ["no-answer", "wrong-number"] {
            let note = write_line(&self.plan.dice, Say::NoAnswer, &self.around());
            let at = self.plan.office.after(from, self.plan.dice.from_to(5, 500));
            self.step(at, &caller, What::Attempt { outcome: outcome.to_owned(), note });
            // A whole day of office time later it is another day, whatever holidays lie between.
            from = self.plan.office.after(at, 540);
        }
        // Where nothing takes the place of the person's word, it goes on waiting for that.
        if !self.has(State::Answered, rules::case::Verb::Lapse) {
            self.over = true;
            return;
        }
        let over = answered.plus(i64::from(self.plan.pack.call_back.lapse_days) * DAY + 9 * HOUR);
        self.step(over, &Actor::System, What::Lapse);
        if !self.over {
            self.sign_off(Word::NotReached);
        }
    }

    /// A no: worked on again, judged again, and after a second no reviewed by a superior.
    fn again(&mut self, cannot: bool) {
        self.work_again();
        if self.is_at(State::Rework) {
            return;
        }
        self.answer(cannot, true);
        if self.over {
            return;
        }
        let solved = !self.wants(State::Review) && self.plan.dice.percent(if cannot { 15 } else { 28 });
        if self.word(solved) {
            return;
        }
        if solved {
            self.sign_off(Word::Solved);
            return;
        }
        if self.is_at(State::Review) {
            return;
        }
        let upheld = self.plan.dice.percent(80);
        let reason = match upheld {
            true => "承办单位已按规定办理，答复依据充分，予以维持。",
            false => "办理不到位，退回承办单位重新办理。",
        };
        let who = self.supervisor();
        self.work(400, 2200, &who, What::Review { upheld, reason: reason.to_owned() });
        if upheld {
            self.sign_off(Word::NotSolved);
            return;
        }
        self.work_again();
        self.answer(cannot, true);
        if self.over || self.word(true) {
            return;
        }
        self.sign_off(Word::Solved);
    }

    fn work_again(&mut self) {
        let officer = self.officer.clone().unwrap_or(Actor::System);
        let text = self.say(Say::Progress);
        let what = What::Progress { text, audience: requests::model::Audience::Person };
        self.work(200, 900, &officer, what);
    }

    fn sign_off(&mut self, word: Word) {
        if !self.is_at(State::Judged) {
            self.close(word);
        }
    }

    /// Signed off. Without the person's own yes somebody other than the officer signs.
    pub(super) fn close(&mut self, word: Word) {
        let officer = self.officer.as_ref().and_then(Actor::account);
        let lead = self.actor(self.unit, &[Role::Lead]).filter(|l| l.account() != officer);
        let who = match (word, lead) {
            (_, Some(lead)) => lead,
            (_, None) => self.supervisor(),
        };
        self.work(60, 1100, &who, What::Close { note: String::new() });
        self.over = true;
    }
}
