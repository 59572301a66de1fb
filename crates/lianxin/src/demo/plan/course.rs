//! What happens to a request until it is answered.

use super::super::texts::{Around, Say, write_line};
use super::intake::Intake;
use super::{Fate, Moment, Plan};
use kernel::{Actor, DAY, HOUR, MINUTE, Role, Timestamp, UnitId};
use requests::bulk::{Past, What};
use rules::case::{ClockKind, State, Track, Verb};
use rules::deadline::{Rule, certify};

/// A course in the making.
pub(super) struct Course<'p, 'a> {
    pub(super) plan: &'p Plan<'a>,
    pub(super) past: Past,
    pub(super) track: &'p Track,
    pub(super) fate: Fate,
    /// Where it is to stand.
    pub(super) target: Option<State>,
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
    pub(super) village: String,
    pub(super) group: String,
    pub(super) spot: usize,
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
        let (face_to_face, settled) = (intake.face_to_face, intake.settled);
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
        match settled {
            Some(settled) => course.at_the_door(settled),
            None => course.tell(face_to_face, township),
        }
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
            self.work(
                10,
                300,
                &desk,
                What::Triage { class, kind: None, urgency: None, unit, note: String::new() },
            );
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
        let cannot =
            self.has(State::InHand, Verb::Decline) && (self.wants(State::Unsolvable) || self.natural(38));
        self.answer(cannot, false);
        if self.over || self.is_at(State::Answered) {
            return;
        }
        let leave = d.permille(30);
        self.after_answer(cannot, leave);
    }

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

    /// Who sends it out: whoever took it in at a desk, or triage of the centre that received it. Whoever was at a door
    /// has no desk.
    pub(super) fn desk(&self) -> Actor {
        if let (Actor::Staff { .. }, None) = (&self.past.actor, self.past.id) {
            return self.past.actor.clone();
        }
        let hall = self.past.place.and_then(|p| self.plan.cast.hall(self.plan.pack, p));
        let centre = hall.or(self.plan.cast.centre());
        centre
            .and_then(|c| self.actor(c, &[Role::Triage, Role::Operator, Role::Clerk]))
            .unwrap_or(Actor::System)
    }
}
