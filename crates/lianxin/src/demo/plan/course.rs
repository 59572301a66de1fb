//! What happens to a request until it is answered.

use super::super::texts::{Around, Outcome, Say, write_answer, write_line};
use super::intake::Intake;
use super::{Fate, Moment, Plan};
use kernel::{AccountId, Actor, DAY, HOUR, MINUTE, Role, Timestamp, UnitId};
use requests::bulk::{Past, PastStep, What};
use requests::model::{Audience, Satisfaction};
use requests::notices::Told;
use rules::case::{ClockKind, Evidence, State, Track, Verb, Word};
use rules::deadline::{Limit, Rule, certify};

/// A course in the making.
pub(super) struct Course<'p, 'a> {
    pub(super) plan: &'p Plan<'a>,
    pub(super) past: Past,
    pub(super) track: &'p Track,
    pub(super) fate: Fate,
    /// Where it is to stand.
    target: Option<State>,
    /// The time of the story.
    pub(super) at: Timestamp,
    /// Nothing more happens: it stands where it should, or now is reached.
    pub(super) over: bool,
    /// The person has the word: nobody hurries any more.
    pub(super) answered: bool,
    /// Who handles it.
    pub(super) unit: UnitId,
    pub(super) officer: Option<Actor>,
    /// When the answer is due.
    pub(super) due: Timestamp,
    village: String,
    group: String,
    spot: usize,
}

impl Plan<'_> {
    /// Tells the course of a request that has come in.
    pub(super) fn course(&self, moment: &Moment, intake: Intake, township: Option<UnitId>) -> Past {
        let pack = self.pack;
        let class = &intake.past.class;
        // Chosen among the pack's own classes, each of which has a track.
        let Some(track) = pack.track_of(class) else { return intake.past };
        let target = match moment.fate {
            Fate::Stands(state) => Some(state),
            _ => None,
        };
        let face_to_face = intake.face_to_face;
        let mut course = Course {
            due: self.due(&intake.past),
            at: intake.past.received_at,
            unit: intake.handler,
            plan: self,
            track,
            fate: moment.fate,
            target,
            over: false,
            answered: false,
            officer: None,
            village: intake.village,
            group: intake.group,
            spot: intake.spot,
            past: intake.past,
        };
        course.tell(face_to_face, township);
        course.others();
        course.past
    }

    fn due(&self, past: &Past) -> Timestamp {
        let class = self.pack.class(&past.class);
        let kind = past.kind.or(class.map(|c| c.kind)).unwrap_or(rules::case::Kind::Help);
        let urgency = past.urgency.or(class.map(|c| c.urgency)).unwrap_or(rules::case::Urgency::Ordinary);
        match self.pack.limit(&past.class, kind, urgency, ClockKind::Answer) {
            Some(limit) => {
                let rule = Rule {
                    id: limit.id.clone(),
                    version: limit.version.clone(),
                    citation: limit.citation.clone(),
                    limit: limit.limit,
                    counting: self.pack.counting,
                };
                certify(&rule, past.received_at, self.office.calendar()).due
            }
            None => past.received_at.plus(5 * DAY),
        }
    }
}

impl<'p, 'a> Course<'p, 'a> {
    fn tell(&mut self, face_to_face: bool, township: Option<UnitId>) {
        let d = &self.plan.dice;
        if self.is_at(State::Registered) || self.early_end(township) || (face_to_face && self.settled()) {
            return;
        }
        let desk = self.desk();
        if self.has(State::Registered, Verb::Triage) && (self.wants(State::Triaged) || self.natural(250)) {
            let (class, unit) = (self.past.class.clone(), self.unit);
            self.work(10, 300, &desk, What::Triage { class, kind: None, urgency: None, unit, note: String::new() });
            if self.is_at(State::Triaged) {
                return;
            }
        }
        if self.assign(&desk) {
            return;
        }
        self.sign(true);
        if self.over || self.is_at(State::Accepted) {
            return;
        }
        self.in_hand();
        if self.over {
            return;
        }
        let cannot = self.has(State::InHand, Verb::Decline) && (self.wants(State::Unsolvable) || self.natural(38));
        self.answer(cannot, false);
        if self.over || self.is_at(State::Answered) {
            return;
        }
        let leave = d.permille(30);
        self.after_answer(cannot, leave);
    }

    // ---- small words -----------------------------------------------------------------

    pub(super) fn wants(&self, state: State) -> bool {
        self.target == Some(state)
    }

    /// Marks the end of the story where it has come to where it should stand.
    pub(super) fn is_at(&mut self, state: State) -> bool {
        self.over |= self.wants(state);
        self.over
    }

    /// Something that happens by itself now and then, but never to what is settled.
    pub(super) fn natural(&self, permille: u64) -> bool {
        self.fate == Fate::Open && self.plan.dice.permille(permille)
    }

    pub(super) fn has(&self, state: State, verb: Verb) -> bool {
        self.track.edges(state).iter().any(|e| e.verb == verb)
    }

    pub(super) fn say(&self, say: Say) -> String {
        let text = (0..6).map(|_| write_line(&self.plan.dice, say, &self.around())).find(|t| !t.is_empty());
        text.unwrap_or_else(|| "已记录。".to_owned())
    }

    pub(super) fn around(&self) -> Around<'_> {
        Around {
            village: &self.village,
            group: &self.group,
            unit: self.plan.cast.dir.name(self.unit, kernel::Locale::Zh),
            on: self.plan.office.date(self.at),
            spot: self.spot,
        }
    }

    /// A step that somebody of the staff takes after some minutes of office time.
    pub(super) fn work(&mut self, from: i64, to: i64, actor: &Actor, what: What) {
        let minutes = self.plan.dice.from_to(from, to);
        let span = self.due.0 - self.past.received_at.0;
        // What is due within a day or two is done by whoever is on duty, day and night.
        if span < 2 * DAY && self.at < self.due && !self.answered {
            let at = self.at.plus((minutes / 8).clamp(2, span / MINUTE / 12) * MINUTE);
            self.step(at, actor, what);
            return;
        }
        // What is to stand somewhere now has come there without delay, and short limits make quick.
        let minutes = match (self.target.is_some(), span / DAY) {
            (true, _) | (_, 0..5) => minutes / 3,
            (_, 5..10) => minutes * 2 / 3,
            _ => minutes,
        };
        let at = self.plan.office.after(self.at, minutes);
        self.step(at, actor, what);
    }

    pub(super) fn step(&mut self, at: Timestamp, actor: &Actor, what: What) {
        let at = at.max(self.at);
        if self.over || at >= self.plan.now {
            self.over = true;
            return;
        }
        self.at = at;
        self.past.then(at, actor, what);
    }

    /// An instant at which somebody at home does something: by day or in the evening.
    pub(super) fn at_home(&self, from_hours: i64, to_hours: i64) -> Timestamp {
        let at = self.at.plus(self.plan.dice.from_to(from_hours * 60, to_hours * 60) * MINUTE);
        match self.plan.office.minute(at) {
            0..=420 => at.plus(8 * HOUR),
            1320.. => at.plus(10 * HOUR),
            _ => at,
        }
    }

    pub(super) fn lead(&self) -> Actor {
        self.actor(self.unit, &[Role::Lead]).unwrap_or(Actor::System)
    }

    pub(super) fn actor(&self, unit: UnitId, roles: &[Role]) -> Option<Actor> {
        self.plan.cast.actor(&self.plan.dice, unit, roles)
    }

    pub(super) fn supervisor(&self) -> Actor {
        let centre = self.plan.cast.centre();
        centre.and_then(|c| self.actor(c, &[Role::Supervisor, Role::Lead])).unwrap_or(Actor::System)
    }

    /// Who sends it out: whoever took it in at a desk, or triage of the centre that received it.
    fn desk(&self) -> Actor {
        if let Actor::Staff { .. } = self.past.actor {
            return self.past.actor.clone();
        }
        let hall = self.past.place.and_then(|p| self.plan.cast.hall(self.plan.pack, p));
        let centre = hall.or(self.plan.cast.centre());
        centre.and_then(|c| self.actor(c, &[Role::Triage, Role::Operator, Role::Clerk])).unwrap_or(Actor::System)
    }

    // ---- before it is sent out -------------------------------------------------------

    /// Not accepted, merged or taken back at once; whether the story ends so.
    fn early_end(&mut self, township: Option<UnitId>) -> bool {
        let d = &self.plan.dice;
        let desk = self.desk();
        if self.wants(State::NotAccepted) || self.natural(19) {
            let grounds = ["elsewhere", "unclear", "court", "repeated", "petition", "disclosure"];
            let known: Vec<&str> = grounds.into_iter().filter(|g| self.plan.pack.ground(g).is_some()).collect();
            if !known.is_empty() {
                let ground = d.pick::<&str>(&known).to_string();
                self.work(30, 420, &desk, What::Refuse { ground, note: String::new() });
                return true;
            }
        }
        if self.wants(State::Merged) || self.natural(60) {
            if let Some((into, until)) = self.same_matter(township) {
                let at = self.plan.office.after(self.at, d.from_to(20, 300));
                if at < until {
                    let reason = "与此前登记的是同一件事，并案办理。".to_owned();
                    self.step(at, &desk, What::Merge { into, reason });
                    return true;
                }
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
    fn same_matter(&self, township: Option<UnitId>) -> Option<(usize, Timestamp)> {
        let near = self.past.received_at.plus(-12 * DAY);
        let fits = |o: &&super::Open| o.class == self.past.class && o.from > near && o.until > self.at.plus(DAY);
        let open = self.plan.open.iter().rev().filter(fits);
        let wanted = self.wants(State::Merged);
        open.filter(|o| wanted || o.township == township).map(|o| (o.at, o.until)).next()
    }

    /// Settled while the person is there; whether the story goes that way.
    fn settled(&mut self) -> bool {
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
        let phone = self.plan.pack.channel(&self.past.channel).is_some_and(|c| c.kind == pack::ChannelKind::Phone);
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
    fn assign(&mut self, desk: &Actor) -> bool {
        let right = self.unit;
        let disputes = self.wants(State::Arbitration);
        let returns = self.has(State::Assigned, Verb::Return)
            && (disputes || self.wants(State::Returned) || self.natural(30));
        let send = |unit| What::Assign { unit, note: String::new() };
        if let Some(wrong) = returns.then(|| self.plan.cast.beside(self.plan.pack, &self.plan.dice, right)).flatten() {
            self.work(10, 300, desk, send(wrong));
            self.give_back(wrong);
            if self.is_at(State::Returned) {
                return true;
            }
            let triage = self.plan.cast.centre().and_then(|c| self.actor(c, &[Role::Triage])).unwrap_or(desk.clone());
            let again = disputes || self.natural(120);
            if let Some(second) = again.then(|| self.plan.cast.beside(self.plan.pack, &self.plan.dice, right)).flatten() {
                self.work(30, 300, &triage, What::Assign { unit: second, note: "按职责清单另行确定。".to_owned() });
                self.give_back(second);
                if self.is_at(State::Arbitration) {
                    return true;
                }
                let (who, reason) = (self.supervisor(), "按职责清单，由该单位办理，不再退回。".to_owned());
                self.work(60, 500, &who, What::Arbitrate { unit: right, reason });
            } else {
                self.work(30, 300, &triage, What::Assign { unit: right, note: "按职责清单改派。".to_owned() });
            }
            return self.over;
        }
        self.work(8, 260, desk, send(right));
        self.is_at(State::Assigned)
    }

    fn give_back(&mut self, unit: UnitId) {
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

    fn pick_officer(&self) -> Option<AccountId> {
        let (cast, dice) = (self.plan.cast, &self.plan.dice);
        cast.one(dice, self.unit, Role::Officer).or_else(|| cast.one(dice, self.unit, Role::Lead))
    }

    // ---- while it is worked on -------------------------------------------------------

    fn in_hand(&mut self) {
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

    fn escalate(&mut self, officer: &Actor) {
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

    fn help(&mut self, officer: &Actor) {
        let Some(other) = self.plan.cast.beside(self.plan.pack, &self.plan.dice, self.unit) else { return };
        let question = self.say(Say::AskHelp);
        self.work(60, 400, officer, What::AskHelp { unit: other, question });
        let who = self.actor(other, &[Role::Officer, Role::Lead]).unwrap_or(Actor::System);
        let text = self.say(Say::HelpReport);
        self.work(200, 1000, &who, What::Report { unit: other, text });
    }

    /// A major matter, and now and then another, goes before the leading group.
    fn before_the_group(&mut self, class: &str) {
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
    fn press(&mut self) {
        let at = self.plan.office.after(self.due, self.plan.dice.from_to(300, 1200));
        if at < self.plan.now && at > self.at && self.plan.dice.percent(55) {
            let grade = if self.plan.dice.percent(78) { 1 } else { 2 };
            let (who, words) = (self.supervisor(), self.say(Say::Supervise));
            self.step(at, &who, What::Supervise { grade, words });
        }
    }

    // ---- the answer ------------------------------------------------------------------

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

    // ---- others ----------------------------------------------------------------------

    /// Those who join, and the moderator.
    fn others(&mut self) {
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

    fn moderate(&mut self, end: Option<Timestamp>) {
        let (d, pack) = (&self.plan.dice, self.plan.pack);
        let class = pack.class(&self.past.class);
        if !class.is_some_and(|c| c.moderation == pack::Moderation::Look) || d.percent(12) {
            return;
        }
        let from = end.unwrap_or(self.at).max(self.past.steps.last().map_or(self.at, |s| s.at));
        let at = self.plan.office.after(from, d.from_to(60, 1600));
        let Some(who) = self.plan.cast.centre().and_then(|c| self.actor(c, &[Role::Moderator])) else { return };
        if end.is_none() || at >= self.plan.now {
            return;
        }
        let show = d.percent(88);
        let reasons = &pack.public_ledger.reasons;
        let reason = if show || reasons.is_empty() { String::new() } else { d.pick(reasons).zh.clone() };
        self.past.steps.push(PastStep { at, actor: who, what: What::Moderate { show, reason }, told: None });
    }
}
