//! How a request comes in: what about, where, by which way, from whom, in which words.

use super::super::texts::{Around, Manner, write_request};
use super::{Fate, Moment, Plan, Settled, answers};
use access::identity::NewPerson;
use kernel::{Actor, DAY, Locale, Role, UnitId};
use pack::{ChannelKind, PlaceNeed};
use requests::bulk::Past;
use requests::model::Point;
use rules::case::{State, Urgency};

/// A request that has come in, and what its course has to know.
pub(super) struct Intake {
    pub(super) past: Past,
    /// The unit that should handle it.
    pub(super) handler: UnitId,
    /// The village and the group, for texts.
    pub(super) village: String,
    pub(super) group: String,
    /// What settles the landmarks of its texts.
    pub(super) spot: usize,
    /// Whether somebody of the staff is with the person.
    pub(super) face_to_face: bool,
    /// What was done there and then, where that is known already.
    pub(super) settled: Option<Settled>,
}

impl Plan<'_> {
    pub(super) fn intake(&mut self, moment: &Moment) -> Intake {
        // A matter that fits what is settled is soon met with: every track has classes in every month.
        for _ in 0..400 {
            if let Some(intake) = self.try_intake(moment) {
                return intake;
            }
        }
        // Nothing fits in this pack: then it goes its own way.
        loop {
            let open = Moment { at: moment.at, fate: Fate::Open };
            if let Some(intake) = self.try_intake(&open) {
                return intake;
            }
        }
    }

    fn try_intake(&mut self, moment: &Moment) -> Option<Intake> {
        let date = self.office.date(moment.at);
        self.know_shares(date.month());
        let (shares, weights) = self.shares.get(&date.month())?;
        let mut pick: &str = shares.get(self.dice.weighted(weights))?.code;
        // What is to be merged has to be about the same as something that is open.
        let same = match moment.fate {
            Fate::Stands(State::Merged) => self.open.iter().rev().find(|o| o.until > moment.at.plus(DAY)),
            _ => None,
        };
        if let Some(open) = same {
            pick = &open.class;
        }
        let (pack, cast, dice) = (self.pack, self.cast, &self.dice);
        let class = pack.class(pick)?;
        let track = pack.track_of(pick)?;
        if let Fate::Stands(state) = moment.fate {
            let settled =
                matches!(state, State::Closed | State::Merged | State::Withdrawn | State::NotAccepted);
            if !settled && track.step(state).is_none() {
                return None;
            }
        }
        if moment.fate == Fate::Stuck && matches!(track.id.as_str(), "consultation") {
            return None;
        }

        let weights: Vec<u64> = cast.villages.iter().map(|(_, w)| *w).collect();
        let village = cast.villages.get(dice.weighted(&weights))?.0;
        let groups: Vec<UnitId> = cast.dir.children(village).map(|u| u.id).collect();
        let placeless =
            class.place == PlaceNeed::None || (class.place == PlaceNeed::Optional && dice.percent(25));
        let group = (!groups.is_empty() && dice.percent(68)).then(|| *dice.pick(&groups));
        let place = (!placeless).then(|| group.unwrap_or(village));
        let handler = cast.handler(pack, &class.handler, place.or(Some(village)))?;
        if !cast.has(handler, Role::Lead) {
            return None;
        }
        let name = |unit: UnitId| cast.dir.name(unit, Locale::Zh).to_owned();
        let (village_name, group_name) = (name(village), group.map(name).unwrap_or_default());

        let channel = self.channel(moment);
        let kind = pack.channel(&channel)?.kind;
        let (actor, first_unit) = match self.desk(kind, village) {
            Some((actor, unit)) => (actor, Some(unit)),
            None => (Actor::Resident, None),
        };
        let unit_name = name(handler);
        let spot = dice.below(1 << 30);
        let around = Around { village: &village_name, group: &group_name, unit: &unit_name, on: date, spot };
        let words = write_request(dice, pick, self.manner(kind), &around)?;

        let mut past = Past::new(&channel, moment.at);
        past.class = pick.to_owned();
        past.urgency = (class.urgency == Urgency::Ordinary && dice.percent(3)).then_some(Urgency::Urgent);
        past.title = words.title;
        past.body = words.body;
        if let Some(form) = pack.form_of(pick).filter(|_| dice.percent(80)) {
            past.answers = answers::answers(form, dice, date);
        }
        past.place = place;
        if let Some(unit) = place.and_then(|p| cast.dir.get(p)).filter(|_| dice.percent(30)) {
            past.point = unit.lon.zip(unit.lat).map(|(lon, lat)| Point {
                lon_e6: (lon * 1e6) as i64 + dice.from_to(-1500, 1500),
                lat_e6: (lat * 1e6) as i64 + dice.from_to(-1500, 1500),
            });
        }
        if place.is_some() && dice.percent(35) {
            past.place_text = dice.pick(&super::super::texts::common("spots")).to_string();
        }
        past.first_unit = first_unit;
        past.actor = actor;
        past.person = self.person(kind, &village_name, &group_name);
        let face_to_face = matches!(kind, ChannelKind::Window | ChannelKind::Visit | ChannelKind::Phone);
        Some(Intake {
            past,
            handler,
            village: village_name,
            group: group_name,
            spot,
            face_to_face,
            settled: None,
        })
    }

    /// The way in: windows and visits by day, the site and the hotline always.
    fn channel(&self, moment: &Moment) -> String {
        let open = self.office.open(moment.at);
        let evening = (18 * 60..22 * 60).contains(&self.office.minute(moment.at));
        let weight = |kind: ChannelKind| match kind {
            ChannelKind::Web => 380,
            ChannelKind::Phone => 290,
            ChannelKind::Window if open => 190,
            ChannelKind::Visit if open => 100,
            ChannelKind::Meeting if evening => 260,
            ChannelKind::Meeting if open => 25,
            ChannelKind::Letter if open => 22,
            ChannelKind::Chat => 24,
            ChannelKind::Text => 30,
            _ => 0,
        };
        let weights: Vec<u64> = self.pack.channels.iter().map(|c| weight(c.kind)).collect();
        self.pack.channels[self.dice.weighted(&weights)].id.clone()
    }

    /// Who takes it in, and in which unit; nobody where the person writes it in.
    fn desk(&self, kind: ChannelKind, village: UnitId) -> Option<(Actor, UnitId)> {
        let (cast, dice) = (self.cast, &self.dice);
        let hall = cast.hall(self.pack, village);
        let unit = match kind {
            ChannelKind::Web | ChannelKind::Text | ChannelKind::Client | ChannelKind::Import => return None,
            ChannelKind::Phone | ChannelKind::Letter => cast.centre()?,
            ChannelKind::Window => match dice.below(10) {
                0 => cast.centre()?,
                1..=5 => hall?,
                _ => village,
            },
            ChannelKind::Visit | ChannelKind::Meeting | ChannelKind::Chat => village,
        };
        let roles: &[Role] = match kind {
            ChannelKind::Phone => &[Role::Operator, Role::Clerk],
            ChannelKind::Visit | ChannelKind::Meeting | ChannelKind::Chat => {
                &[Role::Officer, Role::Clerk, Role::Lead]
            }
            _ => &[Role::Clerk, Role::Officer],
        };
        cast.actor(dice, unit, roles).map(|actor| (actor, unit))
    }

    fn manner(&self, kind: ChannelKind) -> Manner {
        use Manner::*;
        let weighted: &[(Manner, u64)] = match kind {
            ChannelKind::Phone => &[(Note, 88), (Plain, 12)],
            ChannelKind::Window => &[(Short, 45), (Plain, 35), (Note, 20)],
            ChannelKind::Letter => &[(Long, 100)],
            ChannelKind::Visit => &[(Visit, 100)],
            ChannelKind::Meeting => &[(Meeting, 100)],
            ChannelKind::Text => &[(Short, 85), (Annoyed, 15)],
            _ => &[(Plain, 48), (Short, 24), (Annoyed, 17), (Long, 11)],
        };
        let weights: Vec<u64> = weighted.iter().map(|(_, w)| *w).collect();
        weighted[self.dice.weighted(&weights)].0
    }

    /// Who asks: some come again, some give no name.
    fn person(&mut self, kind: ChannelKind, village: &str, group: &str) -> NewPerson {
        let unnamed = match kind {
            ChannelKind::Web => 14,
            ChannelKind::Meeting => 25,
            _ => 4,
        };
        if self.dice.percent(unnamed) {
            return NewPerson::default();
        }
        let known = !self.regulars.is_empty() && self.dice.percent(7);
        let (name, phone) = if known {
            self.dice.pick(&self.regulars).clone()
        } else {
            (self.names.person(), phone(&self.dice))
        };
        if !known && self.dice.percent(12) && self.regulars.len() < 2000 {
            self.regulars.push((name.clone(), phone.clone()));
        }
        let at_home = self.dice.percent(60);
        NewPerson {
            name: Some(name),
            phone: self.dice.percent(96).then_some(phone),
            address: at_home.then(|| format!("{village}{group}{}号", self.dice.from_to(1, 88))),
            locale: Locale::Zh,
            ..NewPerson::default()
        }
    }
}

/// Eleven digits that no operator gives to anybody: subscribers' numbers begin with 13 to 19.
pub(in crate::demo) fn phone(dice: &super::super::Dice) -> String {
    format!("100{:08}", dice.below(100_000_000))
}
