//! Taking in 受理登记: one number, one case, whatever the channel.

mod now;
mod numbers;
mod valid;

pub use now::{prepare_now, register_and, register_now};
pub(crate) use numbers::{holder, number, said, take};
pub use valid::headline;
pub(crate) use valid::{check, for_all, named, receiving_unit};

use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::{Audience, Point, PublicState, Request};
use crate::notices::{self, Told};
use crate::shield::{self, Shield, Subject};
use crate::spoken::{self, Asked, Slot};
use crate::step::{above, entry, salt};
use crate::store::{clocks, request, shields, was};
use crate::{clock, staff, tally};
use access::identity::{self, NewPerson};
use access::{Noun, Verb};
use db::Tx;
use journal::NewEvent;
use kernel::{AccountId, Error, PersonId, RequestId, Result, Timestamp, UnitId};
use pack::{Class, Moderation};
use rules::case::{ClockKind, Facts, Kind, State, Urgency};
use rules::number::QueryCode;
use serde_json::json;
use std::collections::BTreeMap;
use valid::validate;

/// The longest title, in characters.
pub const TITLE_MAX: usize = 60;
/// The longest text, in characters.
pub const BODY_MAX: usize = 8_000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// Made when the form was opened, so that a repeated upload is the same case.
    pub id: RequestId,
    /// The way it came in: a channel of the pack.
    pub channel: String,
    /// Class code; `""` where nobody could say, for triage to settle.
    pub class: String,
    /// What kind of need; the class's own where nobody said.
    pub kind: Option<Kind>,
    /// How soon; the class's own where nobody said.
    pub urgency: Option<Urgency>,
    /// In a few words; made from the text where left out.
    pub title: String,
    /// In the person's words.
    pub body: String,
    /// Answers to the class's own questions, as they came from the form.
    pub answers: BTreeMap<String, Vec<String>>,
    /// Whether the class's own questions could be put, unlike in a letter; whoever handles it asks them otherwise.
    pub asked: bool,
    /// The unit or grid it is about.
    pub place: Option<UnitId>,
    /// The place in words.
    pub place_text: String,
    /// The point on the map.
    pub point: Option<Point>,
    /// Who asks, as far as they said.
    pub person: NewPerson,
    /// Names of others who may be named in it, such as whoever lives with them: they are hidden as well.
    pub others: Vec<String>,
    /// The unit that receives it; found from the place where left out.
    pub first_unit: Option<UnitId>,
    /// When it was received.
    pub received_at: Timestamp,
    /// How the person was told that it is registered.
    pub told: Told,
    /// Files that came with it, already on disk.
    pub files: Vec<crate::uploads::Upload>,
    /// Whom it is about, where it is a complaint about a unit or a person.
    pub subject: Subject,
    /// From whom it is kept: found out with who decides.
    pub(crate) shield: Option<Shield>,
    /// Who decides on it.
    pub(crate) decider: Option<(UnitId, AccountId)>,
}

impl NewRequest {
    /// An empty request that came in by `channel` now.
    pub fn new(ctx: &Ctx, channel: &str) -> NewRequest {
        NewRequest {
            id: RequestId::new(ctx.at, &*ctx.site.chance),
            channel: channel.to_owned(),
            class: String::new(),
            kind: None,
            urgency: None,
            title: String::new(),
            body: String::new(),
            answers: BTreeMap::new(),
            asked: true,
            place: None,
            place_text: String::new(),
            point: None,
            person: NewPerson::default(),
            others: Vec::new(),
            first_unit: None,
            received_at: ctx.at,
            told: Told::No,
            files: Vec::new(),
            subject: Subject::default(),
            shield: None,
            decider: None,
        }
    }
}

/// What the person is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The case.
    pub id: RequestId,
    /// Its number.
    pub number: String,
    /// The query code.
    pub code: String,
    /// By when an answer is promised.
    pub due: Option<Timestamp>,
}

/// A request that is valid, with everything worked out that needs no look at the database: dates with their certificates,
/// masked texts, search tokens. Made before the transaction, so that the one writer is not kept waiting for it.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Without its clocks, which are ready to be written.
    case: Case,
    clocks: Vec<clocks::Values>,
    /// Who leads the first unit, where somebody looked already.
    lead: Option<Option<AccountId>>,
    person: Option<NewPerson>,
    files: Vec<crate::uploads::Upload>,
    told: Told,
    tokens: String,
    salt: [u8; 16],
    /// The words themselves, to be sealed, where the case leaves something out.
    own: Option<String>,
    /// The name of whom it is about, to be sealed.
    subject: Option<String>,
}

/// Takes a request in. The same id again gives back what the first time gave.
///
/// Errors: [`Error::Invalid`] with every faulty field; nothing is written then.
pub fn register(tx: &mut dyn Tx, ctx: &Ctx, new: &NewRequest) -> Result<Registered> {
    if let Some(row) = request::by_id(tx, new.id)? {
        return Ok(receipt(&row));
    }
    let new = shield::route(tx, ctx, new)?;
    take_in(tx, ctx, &prepare(ctx, &new)?)
}

/// Checks a request and works out what needs no look at the database.
///
/// Errors: [`Error::Invalid`] with every faulty field; what the permission table refuses.
pub fn prepare(ctx: &Ctx, new: &NewRequest) -> Result<Ready> {
    let valid = validate(ctx, new)?;
    if new.subject.unit.is_some() && new.decider.is_none() {
        return Err(Error::internal("nobody was asked who decides"));
    }
    let verb = if ctx.scope.account().is_some() { Verb::Register } else { Verb::Submit };
    // Whoever takes it in does so for their own desk, also where somebody else decides.
    let desk = new.first_unit.unwrap_or(valid.first_unit);
    access::demand(&ctx.scope, verb, Noun::Request, ctx.path(desk))?;

    let person = named(&new.person).then(|| NewPerson {
        id: Some(PersonId::new(ctx.at, &*ctx.site.chance)),
        at: ctx.at,
        ..new.person.clone()
    });
    let asked = Asked {
        title: valid.title,
        body: valid.body,
        place: new.place_text.trim().to_owned(),
        answers: valid.answers,
    };
    let (asked, own) = asked.hide_also(&new.person, &new.others)?;
    let row = row(ctx, new, valid.class, valid.first_unit, asked, person.as_ref().and_then(|p| p.id));
    let tokens = tokens(ctx, &row);
    let mut case = Case {
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
        shield: new.shield.clone(),
    };
    let track = case.track(ctx)?;
    for kind in &track.begin.starts {
        let clock = clock::fresh(ctx, &case, *kind, new.received_at)?;
        case.clocks.push(clock);
    }
    let due = |kind: ClockKind| case.open_clock(kind).map(|c| c.due_at);
    let (answer, step) =
        (due(ClockKind::Answer), track.step(track.start).and_then(|s| s.clock).and_then(due));
    (case.row.first_due, case.row.answer_due, case.row.step_due) = (answer, answer, step);
    let clocks = case.clocks.drain(..).map(|c| clocks::clock_values(new.id, &c)).collect::<Result<_>>()?;
    Ok(Ready {
        case,
        clocks,
        lead: new.decider.map(|(_, lead)| Some(lead)),
        person,
        files: new.files.clone(),
        told: new.told,
        tokens,
        salt: salt(ctx),
        own,
        subject: Some(new.subject.name.trim().to_owned()).filter(|n| !n.is_empty() && new.shield.is_some()),
    })
}

/// The row as it begins; its number and its officer come with the transaction.
fn row(
    ctx: &Ctx,
    new: &NewRequest,
    class: Option<&Class>,
    first_unit: UnitId,
    asked: Asked,
    person: Option<PersonId>,
) -> Request {
    Request {
        id: new.id,
        shielded: new.shield.is_some(),
        number: String::new(),
        code: QueryCode::draw(&*ctx.site.chance).into(),
        kind: new.kind.or(class.map(|c| c.kind)).unwrap_or(Kind::Help),
        channel: new.channel.clone(),
        class: new.class.clone(),
        track: class.map_or("standard", |c| c.track.as_str()).to_owned(),
        pack: format!("{} {}", ctx.site.pack.id, ctx.site.pack.version),
        urgency: new.urgency.or(class.map(|c| c.urgency)).unwrap_or(Urgency::Ordinary),
        public_title: asked.title.clone(),
        public_body: asked.body.clone(),
        title: asked.title,
        body: asked.body,
        answers: asked.answers,
        place: new.place,
        place_text: asked.place,
        point: new.point,
        person,
        state: class.and_then(|c| ctx.site.pack.track(&c.track)).map_or(State::Registered, |t| t.start),
        first_unit,
        unit: first_unit,
        officer: None,
        received_at: new.received_at,
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
        public_state: if new.shield.is_some() { PublicState::Never } else { public_state(ctx, class) },
        merged_into: None,
        history: false,
        source: String::new(),
        seq: 0,
        head: Vec::new(),
    }
}

/// Writes a request that is ready, with everything that belongs to its first moment.
///
/// Errors: [`Error::Conflict`] where its id is taken: the same request was sent twice.
pub fn take_in(tx: &mut dyn Tx, ctx: &Ctx, ready: &Ready) -> Result<Registered> {
    let mut case = ready.case.clone();
    let first_unit = case.row.first_unit;
    if let Some(who) = &ready.person {
        identity::put(tx, &ctx.site, who)?;
    }
    case.row.number = number(tx, ctx, first_unit, case.row.received_at)?;
    case.row.officer = match ready.lead {
        Some(known) => known,
        None => staff::duty_officer(tx, ctx, first_unit)?,
    };
    let id = case.row.id;
    let event = NewEvent {
        stream_kind: "request",
        stream: id.0,
        at: ctx.at,
        actor: &ctx.scope.actor,
        kind: "register",
        payload: payload(&case.row, &ready.salt),
    };
    let stored = journal::append_first(tx, &event)?;
    case.row.seq = stored.seq;
    case.row.head = stored.hash.to_vec();
    request::insert(tx, &case.row)?;
    clocks::insert_all(tx, &ready.clocks, case.row.officer)?;
    spoken::keep(tx, ctx, id, &Slot::Asked, ready.own.as_deref())?;
    if let Some(shield) = &case.shield {
        shields::put(tx, id, shield, ctx.at)?;
        spoken::keep(tx, ctx, id, &Slot::Subject, ready.subject.as_deref())?;
    }
    request::reach(tx, &case.row, &above(ctx, first_unit))?;
    let found_by = format!("{} {}", rules::search::index_tokens(&case.row.number), ready.tokens);
    request::set_tokens(tx, id, &found_by, true)?;
    let data = json!({ "channel": case.row.channel, "salt": hex::encode(ready.salt) });
    clocks::insert_entry(tx, id, &entry(ctx, &case, "register", Audience::Person, "", data))?;
    let person = case.row.person;
    crate::uploads::attach(tx, ctx, id, files::Whose::Person(person), &ready.files)?;
    let who = ready.person.as_ref().zip(person).map(|(p, id)| notices::Addressee {
        id,
        locale: p.locale,
        reachable: p.phone.as_deref().is_some_and(|n| !n.trim().is_empty()),
    });
    for notice in &case.track(ctx)?.begin.notices {
        notices::owe_known(tx, ctx, &mut case, *notice, person, who, ready.told)?;
    }
    tally::first(tx, ctx, &case.row)?;
    Ok(receipt(&case.row))
}

/// What the journal says of a new case.
pub(crate) fn payload(row: &Request, salt: &[u8; 16]) -> serde_json::Value {
    json!({
        "number": row.number,
        "channel": row.channel,
        "class": row.class,
        "kind": row.kind.key(),
        "unit": row.unit.to_string(),
        "due": row.answer_due.map(|t| t.0),
        "text": journal::commitment(salt, &row.body),
    })
}

fn receipt(row: &Request) -> Registered {
    Registered { id: row.id, number: row.number.clone(), code: row.code.clone(), due: row.answer_due }
}

/// By which words a case is found: number, title, text, place and the names of class and place.
pub(crate) fn tokens(ctx: &Ctx, row: &Request) -> String {
    let place = row.place.and_then(|p| ctx.dir.get(p)).map(|u| u.name.zh.as_str()).unwrap_or("");
    let class = ctx.site.pack.class(&row.class).map(|c| c.name.zh.as_str()).unwrap_or("");
    let text = [row.number.as_str(), &row.title, &row.body, &row.place_text, place, class].join("\n");
    rules::search::index_tokens(&text)
}

pub(crate) fn public_state(ctx: &Ctx, class: Option<&Class>) -> PublicState {
    match class.map_or(ctx.site.pack.public_ledger.default, |c| c.moderation) {
        Moderation::Auto => PublicState::Shown,
        Moderation::Look => PublicState::Waiting,
        Moderation::Never => PublicState::Never,
    }
}
