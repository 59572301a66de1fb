//! One case, told in memory: what `register` and `step::take` do to a living one, without a database.

use super::Past;
use super::desk::Desk;
use super::head::Head;
use super::old::BY_LEDGER;
use super::people::Mail;
use crate::case::{Case, Supervision, WordRow};
use crate::ctx::Ctx;
use crate::model::{Audience, Entry, PublicState, Request};
use crate::notices::Told;
use crate::spoken::{self, Asked, Hidden, Slot};
use crate::step::{self, Deed};
use crate::store::was;
use crate::{clock, register, supervision};
use access::identity::NewPerson;
use journal::{Link, NewEvent, Sealed};
use kernel::{AccountId, Actor, Chance, Error, Result, Scope, Timestamp};
use pack::Class;
use rules::case::{ClockKind, Evidence, Facts, Kind, Party, State, Step, Urgency, advance};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An event of the journal, sealed.
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) kind: String,
    pub(super) sealed: Sealed,
}

/// A notice and who met it; the rest of it stands in [`Case::notices`] at the same place.
pub(super) type Meeter = Option<AccountId>;

/// A case while it is told.
pub(super) struct Story<'a> {
    /// The site, and who acts when at this point of the story.
    pub(super) ctx: Ctx,
    pub(super) desk: &'a Desk,
    pub(super) past: &'a Past,
    pub(super) chance: &'a dyn Chance,
    pub(super) case: Case,
    pub(super) evidence: BTreeSet<Evidence>,
    pub(super) entries: Vec<Entry>,
    pub(super) events: Vec<Event>,
    pub(super) meeters: Vec<Meeter>,
    pub(super) words: Vec<WordRow>,
    pub(super) supervisions: Vec<Supervision>,
    pub(super) mails: Vec<Mail>,
    /// How the row stood before each change.
    pub(super) was: Vec<[db::Value; 24]>,
    pub(super) persons: Vec<NewPerson>,
    /// What people wrote and the case leaves something out of.
    pub(super) texts: Vec<(Slot, String)>,
    pub(super) pauses: u32,
}

impl<'a> Story<'a> {
    /// The row as it is before anything happened.
    pub(super) fn open(ctx: &Ctx, desk: &'a Desk, past: &'a Past, head: &'a Head) -> Result<Story<'a>> {
        let mut ctx = ctx.clone();
        ctx.scope = Scope { actor: past.actor.clone(), grants: Vec::new(), on: ctx.scope.on };
        ctx.at = past.registered_at.unwrap_or(past.received_at);
        let pack = ctx.site.pack.clone();
        let class = pack.class(&past.class);
        if !past.class.is_empty() && !class.is_some_and(Class::is_leaf) {
            return Err(Error::internal(format!("class {} is not one of the third level", past.class)));
        }
        if past.place.is_some_and(|p| ctx.dir.get(p).is_none()) {
            return Err(Error::internal("its place is not in the register"));
        }
        let body = past.body.trim().to_owned();
        let title = past.title.trim();
        let title = if title.is_empty() { register::headline(&body) } else { title.to_owned() };
        if body.is_empty() || title.chars().count() > register::TITLE_MAX {
            return Err(Error::internal("its text is empty, or its title too long"));
        }
        let (place, answers) = (past.place_text.trim().to_owned(), past.answers.clone());
        let (asked, own) = Asked { title, body, place, answers }.hide(&past.person)?;
        let public = match register::public_state(&ctx, class) {
            PublicState::Shown if past.moderate => PublicState::Waiting,
            usual => usual,
        };
        let row = Request {
            id: head.id,
            shielded: false,
            number: head.number.clone(),
            code: head.code.clone(),
            kind: past.kind.or(class.map(|c| c.kind)).unwrap_or(Kind::Help),
            channel: past.channel.clone(),
            class: past.class.clone(),
            track: class.map_or("standard", |c| c.track.as_str()).to_owned(),
            pack: format!("{} {}", pack.id, pack.version),
            urgency: past.urgency.or(class.map(|c| c.urgency)).unwrap_or(Urgency::Ordinary),
            public_title: asked.title.clone(),
            public_body: asked.body.clone(),
            title: asked.title,
            body: asked.body,
            answers: asked.answers,
            place: past.place,
            place_text: asked.place,
            point: past.point,
            person: head.person,
            state: class.and_then(|c| pack.track(&c.track)).map_or(State::Registered, |t| t.start),
            first_unit: head.first_unit,
            unit: head.first_unit,
            officer: desk.lead(head.first_unit),
            received_at: past.received_at,
            first_due: None,
            answer_due: None,
            step_due: None,
            answered_at: None,
            ended_at: None,
            answer: None,
            unsolvable: false,
            word: None,
            satisfaction: None,
            returns: 0,
            reworks: 0,
            extensions: 0,
            decided: false,
            supervised: 0,
            public_state: public,
            merged_into: None,
            history: past.handled.is_some(),
            source: past.source.clone(),
            seq: 0,
            head: Vec::new(),
        };
        let case = Case {
            stored: was::facts(&row),
            facts: Facts::new(row.state),
            row,
            clocks: Vec::new(),
            notices: Vec::new(),
            helpers: Vec::new(),
            joined: Vec::new(),
            left: Vec::new(),
            attempts: Vec::new(),
            ruled: false,
            papers: Vec::new(),
            filed: None,
            shield: None,
        };
        let mut story = Story {
            chance: &head.chance,
            desk,
            past,
            case,
            evidence: BTreeSet::new(),
            entries: Vec::new(),
            events: Vec::new(),
            meeters: Vec::new(),
            words: Vec::new(),
            supervisions: Vec::new(),
            mails: Vec::new(),
            was: Vec::new(),
            persons: Vec::new(),
            pauses: 0,
            texts: own.map(|text| (Slot::Asked, text)).into_iter().collect(),
            ctx,
        };
        if let Some(id) = head.person {
            story.persons.push(NewPerson { id: Some(id), at: story.ctx.at, ..past.person.clone() });
        }
        Ok(story)
    }

    /// Registering: the clocks and notices with which the track begins.
    pub(super) fn begin(&mut self) -> Result<()> {
        let begin = self.case.track(&self.ctx)?.begin.clone();
        for kind in &begin.starts {
            let clock = clock::fresh(&self.ctx, &self.case, *kind, self.past.received_at)?;
            self.case.clocks.push(clock);
        }
        step::set_dates(&self.ctx, &mut self.case)?;
        self.case.stored = was::facts(&self.case.row);
        if !self.past.source.is_empty() {
            self.arrive()?;
            // The older ledger has taken it in; whoever is to be told by now is told by the next step.
            for notice in &begin.notices {
                let (person, at) = (self.case.row.person, self.past.received_at);
                self.meet(*notice, 0, person, Some(at), BY_LEDGER);
            }
            return Ok(());
        }
        let salt = self.salt();
        let payload = register::payload(&self.case.row, &salt);
        self.record("register", payload)?;
        let data = json!({ "channel": self.case.row.channel });
        self.line("register", Audience::Person, "", step::data_with_salt(data, &salt));
        for notice in &begin.notices {
            self.owe_to(*notice, self.case.row.person, self.past.told);
        }
        Ok(())
    }

    /// Moves the story on to `at`, where `actor` does something: clocks that spoke up till then have.
    pub(super) fn go(&mut self, at: Timestamp, actor: &Actor) {
        self.tick(at);
        self.ctx.at = at;
        self.ctx.scope.actor = actor.clone();
    }

    /// Who takes the step, as the track sees them. Whose post allowed it is not asked of a past.
    fn parties(&self) -> &'static [Party] {
        use Party::*;
        match self.ctx.scope.actor {
            Actor::Staff { .. } => &[Clerk, Triage, Lead, Officer, Helper, Supervisor, Caller],
            Actor::Resident | Actor::Client { .. } => &[Person],
            Actor::System => &[System],
        }
    }

    /// A step, as [`step::take`] takes it.
    pub(super) fn take(
        &mut self,
        deed: Deed,
        told: Option<Told>,
        change: impl FnOnce(&mut Request),
    ) -> Result<Step> {
        self.take_as(deed, told, self.parties(), change)
    }

    pub(super) fn take_as(
        &mut self,
        mut deed: Deed,
        told: Option<Told>,
        parties: &[Party],
        change: impl FnOnce(&mut Request),
    ) -> Result<Step> {
        deed.given.second = self.case.is_second(&self.ctx);
        self.case.facts = self.case.facts_with(&self.ctx, self.shown());
        let track = self.case.track(&self.ctx)?;
        let step = advance(track, &self.case.facts, deed.verb, &deed.given, parties)?;
        self.case.ruled = step::is_ruled(&step, deed.verb, self.case.ruled);
        let at = self.ctx.at;
        let before = supervision::counts(&self.case.row);
        change(&mut self.case.row);
        step::follow(&mut self.case.row, &step, deed.verb, at);
        for kind in &step.stops {
            self.stop(*kind, clock::is_done_by(deed.verb));
        }
        if step.to == State::Paused && step.from != State::Paused {
            self.rest();
        } else if step.from == State::Paused && step.to != State::Paused {
            self.go_on();
        }
        for kind in &step.starts {
            let clock = clock::fresh(&self.ctx, &self.case, *kind, at)?;
            self.case.clocks.push(clock);
        }
        if self.case.row.state.is_end() {
            ClockKind::ALL.iter().for_each(|kind| self.stop(*kind, false));
        }
        self.write_down(deed.verb.key(), deed.audience, &deed.body, deed.data)?;
        for notice in &step.notices {
            self.owe(*notice, told);
        }
        if supervision::counts(&self.case.row) != before {
            self.propose(at);
        }
        Ok(step)
    }

    /// An entry that changes no state, as [`step::note`] writes it.
    pub(super) fn write_down(
        &mut self,
        verb: &str,
        audience: Audience,
        body: &str,
        data: Value,
    ) -> Result<()> {
        step::set_dates(&self.ctx, &mut self.case)?;
        let hidden = (step::by_person(&self.ctx) && !body.is_empty()).then(|| self.hide(body));
        let body = hidden.as_ref().map_or(body, |h| h.text.as_str());
        let salt = self.salt();
        let payload = step::payload(&self.case.row, &salt, body, data.clone());
        self.record(verb, payload)?;
        self.line(verb, audience, body, step::kept(data, &salt, body));
        if let Some(own) = hidden.as_ref().and_then(|h| h.own.clone()) {
            self.texts.push((Slot::Entry(self.case.row.seq), own));
        }
        self.was.extend(was::values(&self.case.stored, &self.case.row, self.ctx.at));
        self.case.stored = was::facts(&self.case.row);
        Ok(())
    }

    /// What somebody wrote, without the names of those who have the matter.
    pub(super) fn hide(&self, text: &str) -> Hidden {
        spoken::hide(text, self.persons.iter().filter_map(|p| p.name.as_ref()))
    }

    pub(super) fn record(&mut self, kind: &str, payload: Value) -> Result<()> {
        let link: Option<Link> = self.events.last().map(|e| e.sealed.link());
        let event = NewEvent {
            stream_kind: "request",
            stream: self.case.row.id.0,
            at: self.ctx.at,
            actor: &self.ctx.scope.actor,
            kind,
            payload,
        };
        let sealed = journal::seal(link.as_ref(), &event)?;
        self.case.row.seq = sealed.seq;
        self.case.row.head = sealed.hash.to_vec();
        self.events.push(Event { at: self.ctx.at, kind: kind.to_owned(), sealed });
        Ok(())
    }

    pub(super) fn line(&mut self, verb: &str, audience: Audience, body: &str, data: Value) {
        self.entries.push(step::entry(&self.ctx, &self.case, verb, audience, body, data));
    }

    pub(super) fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.chance.fill(&mut salt);
        salt
    }

    /// Evidence that is there: what was shown, and that the person was contacted.
    fn shown(&self) -> BTreeSet<Evidence> {
        let mut shown = self.evidence.clone();
        if crate::case::spoken_with(&self.case.clocks, &self.case.notices) {
            shown.insert(Evidence::Contact);
        }
        shown
    }

    fn stop(&mut self, kind: ClockKind, done: bool) {
        clock::stop_runs(&mut self.case.clocks, kind, self.ctx.at, done);
    }

    fn rest(&mut self) {
        let at = self.ctx.at;
        for c in self.case.clocks.iter_mut().filter(|c| may_rest(c.kind) && c.stopped_at.is_none()) {
            c.paused_at = Some(at);
            c.next_signal = None;
        }
    }

    fn go_on(&mut self) {
        let ctx = &self.ctx;
        for c in self.case.clocks.iter_mut().filter(|c| may_rest(c.kind) && c.stopped_at.is_none()) {
            if let Some(paused) = c.paused_at.take() {
                let next = rules::deadline::resume(&c.certificate, paused, ctx.at, &ctx.site.calendar);
                clock::replace(ctx, c, next);
            }
        }
    }

    /// Class, kind and urgency as settled anew; the answer clock is counted again from its start.
    pub(super) fn set_class(&mut self, class: &Class, kind: Kind, urgency: Urgency) -> Result<()> {
        let row = &mut self.case.row;
        row.class.clone_from(&class.code);
        row.kind = kind;
        row.urgency = urgency;
        row.track.clone_from(&class.track);
        if matches!(row.public_state, PublicState::Waiting | PublicState::Shown) {
            row.public_state = register::public_state(&self.ctx, Some(class));
        }
        let rule = clock::rule(&self.ctx, &self.case, ClockKind::Answer)?;
        let ctx = &self.ctx;
        for c in self.case.clocks.iter_mut().filter(|c| c.kind == ClockKind::Answer && c.stopped_at.is_none())
        {
            let next = rules::deadline::certify(&rule, c.started_at, &ctx.site.calendar);
            clock::replace(ctx, c, next);
        }
        Ok(())
    }
}

/// The clocks that rest while the case waits for the person.
fn may_rest(kind: ClockKind) -> bool {
    matches!(kind, ClockKind::Answer | ClockKind::Contact)
}
