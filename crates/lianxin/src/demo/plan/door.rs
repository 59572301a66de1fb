//! What a family asks for when somebody of the staff is at their door: taken in with the visit, and on its way like any
//! other request.

use super::super::texts::{Around, Manner, Outcome, write_answer, write_request};
use super::course::Course;
use super::intake::Intake;
use super::{Fate, Moment, Plan, moments};
use access::identity::NewPerson;
use kernel::{Actor, HOUR, Locale, MINUTE, RequestId, Role, Timestamp, UnitId};
use pack::VisitRule;
use requests::bulk::{Past, What};
use requests::model::Satisfaction;
use requests::notices::Told;
use rules::case::{Evidence, State, Verb, Word};

/// No more than one request in so many is heard at a door.
const ONE_IN: usize = 4;

/// A visit at which something is asked for.
#[derive(Clone, Debug)]
pub struct Door<'d> {
    /// When it came in.
    pub at: Timestamp,
    /// Who was there.
    pub actor: Actor,
    /// The grid of the household.
    pub grid: UnitId,
    /// Who asks.
    pub person: NewPerson,
    /// The class of what they asked for before, where that comes up again.
    pub again: Option<&'d str>,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The request.
    pub id: RequestId,
    /// Its class.
    pub class: String,
    /// In a few words.
    pub title: String,
    /// In the family's words.
    pub body: String,
    /// What was done there and then.
    pub settled: Option<Settled>,
}

/// Settled at the door, to the family's satisfaction.
#[derive(Clone, Debug)]
pub struct Settled {
    /// What was done.
    pub text: String,
    /// How satisfied they are.
    pub grade: Satisfaction,
}

impl Plan<'_> {
    /// How many requests can be heard at doors.
    pub fn doors(&self) -> usize {
        self.count / ONE_IN
    }

    /// Takes in what is asked for at a door; none where this pack has nothing that fits, or enough was heard. Before the
    /// first batch.
    pub fn hear(&mut self, door: &Door<'_>) -> Option<Heard> {
        // What is asked for in this very hour is still being noted.
        if self.doors.len() >= self.doors() || door.at.plus(HOUR) > self.now {
            return None;
        }
        let fitting = moments::standing(self.working_days(door.at));
        let stands = (!fitting.is_empty() && self.dice.percent(60)).then(|| *self.dice.pick(&fitting));
        let stands = stands.filter(|_| door.again.is_none());
        (0..60).find_map(|tried| {
            let fate = stands.filter(|_| tried < 30).map_or(Fate::Open, Fate::Stands);
            self.try_door(door, fate, tried)
        })
    }

    /// How many working days ago something was.
    fn working_days(&self, at: Timestamp) -> i64 {
        let (day, mut before, mut days) = (self.office.date(at), self.office.date(self.now), 0);
        while before > day {
            days += i64::from(self.office.calendar().is_workday(before));
            let Ok(yesterday) = before.yesterday() else { break };
            before = yesterday;
        }
        days
    }

    fn try_door(&mut self, door: &Door<'_>, fate: Fate, tried: usize) -> Option<Heard> {
        let date = self.office.date(door.at);
        self.know_shares(date.month());
        let (shares, weights) = self.shares.get(&date.month())?;
        let (pack, cast, dice) = (self.pack, self.cast, &self.dice);
        let pick: &str = match door.again.filter(|_| tried == 0) {
            Some(class) => class,
            None => shares.get(dice.weighted(weights))?.code,
        };
        // Mostly it belongs to one of the questions that are asked at the door.
        if door.again.is_none() && begun_by(&pack.visit, pick).is_none() && dice.percent(70) {
            return None;
        }
        let (class, track) = (pack.class(pick)?, pack.track_of(pick)?);
        if matches!(fate, Fate::Stands(state) if track.step(state).is_none()) {
            return None;
        }
        let handler = cast.handler(pack, &class.handler, Some(door.grid))?;
        if !cast.has(handler, Role::Lead) {
            return None;
        }
        let spot = dice.below(1 << 30);
        let own = |unit: UnitId| cast.dir.name(unit, Locale::Zh).to_owned();
        let village = cast.village(door.grid)?;
        let group = cast.below(village, door.grid).map(own).unwrap_or_default();
        let village_name = own(village);
        let Actor::Staff { unit, .. } = door.actor else { return None };
        let unit_name = own(handler);
        let around = Around { village: &village_name, group: &group, unit: &unit_name, on: date, spot };
        let words = write_request(dice, pick, Manner::Visit, &around)?;
        let may = track.edges(track.start).iter().any(|e| e.verb == Verb::Settle) && !class.major;
        let settled = (fate == Fate::Open && may && dice.percent(22)).then(|| {
            let unit_name = own(unit);
            let around = Around { unit: &unit_name, ..around };
            let text = write_answer(dice, pick, Outcome::Done, false, &around);
            let grade = [Satisfaction::VeryGood, Satisfaction::Good, Satisfaction::Fair];
            Settled { text, grade: grade[dice.weighted(&[50, 40, 10])] }
        });

        let mut past = Past::new(&pack.visit.channel, door.at);
        let id = RequestId::new(door.at.plus(dice.from_to(0, MINUTE)), dice.chance());
        past.id = Some(id);
        past.class = pick.to_owned();
        past.title = words.title;
        past.body = words.body;
        past.place = Some(door.grid);
        past.actor = door.actor.clone();
        past.person = door.person.clone();
        past.told = settled.is_some().then_some(Told::InPerson);
        let heard = Heard {
            id,
            class: past.class.clone(),
            title: past.title.clone(),
            body: past.body.clone(),
            settled: settled.clone(),
        };
        let intake =
            Intake { past, handler, village: village_name, group, spot, face_to_face: false, settled };
        self.doors.push_back((Moment { at: door.at, fate }, intake));
        Some(heard)
    }
}

impl Course<'_, '_> {
    /// Settled with the visit, and signed off with the family's word.
    pub(super) fn at_the_door(&mut self, settled: Settled) {
        let actor = self.past.actor.clone();
        let evidence: Vec<Evidence> = self.evidence(false);
        let what = What::Settle {
            text: settled.text,
            told: Told::InPerson,
            evidence,
            word: Some(Word::Solved),
            satisfaction: Some(settled.grade),
        };
        self.step(self.at, &actor, what);
        self.step(self.at, &actor, What::Close { note: String::new() });
        self.over = true;
    }
}

/// The question at the door, and the choice of it, by which needs of a class are begun.
pub fn begun_by<'r>(rule: &'r VisitRule, class: &str) -> Option<(&'r str, &'r str)> {
    let fits = |above: &str| class.strip_prefix(above).is_some_and(|r| r.is_empty() || r.starts_with('.'));
    rule.questions.iter().find_map(|q| {
        let choice = q.choices.iter().find(|c| c.class.as_deref().is_some_and(fits))?;
        Some((q.id.as_str(), choice.id.as_str()))
    })
}

/// The states in which something heard at a door may be made to stand.
pub(super) fn can_stand(state: State) -> bool {
    // Ends come about by themselves, and what nobody has looked at is of this very hour.
    !state.is_end() && state != State::Registered
}
