//! One step of a case: the machine is asked, and what follows is written together or not at all.
//!
//! ```text
//! act ─> permission table ─> rules::case::advance ─> row, clocks, notices, entry, journal, counters
//! ```

use crate::acts::forget;
use crate::case::Case;
use crate::clock;
use crate::ctx::Ctx;
use crate::model::{Audience, Entry, Request};
use crate::notices::Told;
use crate::spoken::{self, Slot};
use crate::store::{clocks, duties, keeping, papers, request, was};
use crate::{notices, supervision, tally};
use db::Tx;
use journal::{Link, NewEvent};
use kernel::{Actor, Error, Result, Say, Timestamp};
use rules::case::{ClockKind, Given, State, Step, Verb, advance};
use serde_json::{Value, json};

/// What somebody does, with what they bring along.
pub(crate) struct Deed {
    pub(crate) verb: Verb,
    pub(crate) given: Given,
    /// Who may read the text.
    pub(crate) audience: Audience,
    /// What is said.
    pub(crate) body: String,
    /// More, as JSON without personal data.
    pub(crate) data: Value,
    /// How the person who asked is told of it, where they are there.
    pub(crate) told: Told,
}

impl Deed {
    /// A deed that says nothing yet.
    pub(crate) fn new(verb: Verb) -> Deed {
        Deed {
            verb,
            given: Given::default(),
            audience: Audience::Inside,
            body: String::new(),
            data: json!({}),
            told: Told::No,
        }
    }
    /// What is handed over with it.
    pub(crate) fn with(mut self, have: impl IntoIterator<Item = rules::case::Need>) -> Deed {
        self.given.have.extend(have);
        self
    }
    /// What is said, and to whom.
    pub(crate) fn say(mut self, audience: Audience, body: impl Into<String>) -> Deed {
        self.audience = audience;
        self.body = body.into();
        self
    }
    /// How the person who asked is told of it, where they are there.
    pub(crate) fn told(mut self, told: Told) -> Deed {
        self.told = told;
        self
    }
    /// More, as JSON without personal data.
    pub(crate) fn data(mut self, data: Value) -> Deed {
        self.data = data;
        self
    }
}

/// Takes the step, or refuses it with nothing written.
///
/// `change` sets what the act itself changes in the row (unit, officer, answer); state, counters of
/// returns and reworks, dates, clocks and notices follow from the machine.
pub(crate) fn take(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    mut deed: Deed,
    change: impl FnOnce(&mut Request),
) -> Result<Step> {
    case.demand_step(ctx, deed.verb)?;
    deed.given.second = case.is_second(ctx);
    let track = case.track(ctx)?;
    let step = advance(track, &case.facts, deed.verb, &deed.given, &case.parties(ctx))?;
    let before = case.row.clone();
    case.ruled = is_ruled(&step, deed.verb, case.ruled);

    change(&mut case.row);
    let row = &mut case.row;
    follow(row, &step, deed.verb, ctx.at);

    for kind in &step.stops {
        clock::stop(tx, case, *kind, ctx.at, clock::is_done_by(deed.verb))?;
    }
    if step.to == State::Paused && step.from != State::Paused {
        for kind in [ClockKind::Answer, ClockKind::Contact] {
            clock::rest(tx, case, kind, ctx.at)?;
        }
    } else if step.from == State::Paused && step.to != State::Paused {
        for kind in [ClockKind::Answer, ClockKind::Contact] {
            clock::go_on(tx, ctx, case, kind, ctx.at)?;
        }
    }
    for kind in &step.starts {
        match undoes(&step, deed.verb) {
            true => clock::restart(tx, ctx, case, *kind, ctx.at)?,
            false => clock::start(tx, ctx, case, *kind, ctx.at)?,
        }
    }
    if case.row.state.is_end() {
        clock::stop_all(tx, case, ctx.at)?;
    }
    finish(tx, ctx, case, &before, deed.verb.key(), deed.audience, &deed.body, deed.data)?;
    for notice in &step.notices {
        notices::owe(tx, ctx, case, *notice, deed.told)?;
    }
    tally::record(tx, ctx, &before, &case.row)?;
    supervision::propose_after(tx, ctx, &before, case)?;
    Ok(step)
}

/// Whether a step undoes what should not have been done, so that clocks go on under the dates they had.
fn undoes(step: &Step, verb: Verb) -> bool {
    verb == Verb::Recall || step.from == State::Merged
}

/// What a step changes in the row by itself, whatever the act.
pub(crate) fn follow(row: &mut Request, step: &Step, verb: Verb, at: Timestamp) {
    row.state = step.to;
    match verb {
        Verb::Return => row.returns += 1,
        Verb::Judge | Verb::Rule | Verb::Reopen if step.to == State::Rework => row.reworks += 1,
        _ => {}
    }
    if matches!(verb, Verb::Answer | Verb::Decline | Verb::Settle) {
        row.answered_at.get_or_insert(at);
    }
    // A new round is judged anew.
    if step.to == State::Rework && step.from != State::Rework {
        row.word = None;
        row.satisfaction = None;
    }
    if row.state.is_end() {
        row.ended_at = Some(at);
    } else if step.from.is_end() {
        row.ended_at = None;
    }
}

/// Whether a ruling binds the unit that has the case after a step: until somebody sends it elsewhere.
pub(crate) fn is_ruled(step: &Step, verb: Verb, before: bool) -> bool {
    if step.to == State::Assigned && step.from != State::Assigned { verb == Verb::Arbitrate } else { before }
}

/// Writes an entry that changes no state: a note, a notice met, a correction.
pub(crate) fn note(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    kind: &str,
    audience: Audience,
    body: &str,
    data: Value,
) -> Result<()> {
    let before = case.row.clone();
    finish(tx, ctx, case, &before, kind, audience, body, data)
}

/// Dates, reach, entry, journal and the row itself.
#[allow(clippy::too_many_arguments)] // One private seam; a struct for it would only move the list.
pub(crate) fn finish(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    before: &Request,
    kind: &str,
    audience: Audience,
    body: &str,
    data: Value,
) -> Result<()> {
    crate::shield::stays_outside(tx, ctx, case, (before.unit, before.officer))?;
    set_dates(ctx, case)?;
    let id = case.row.id;
    let hidden = match by_person(ctx) && !body.is_empty() {
        true => Some(spoken::hide(body, spoken::names(tx, ctx, case)?.iter())),
        false => None,
    };
    let body = hidden.as_ref().map_or(body, |h| h.text.as_str());
    if case.row.unit != before.unit {
        let units = ledgers(ctx, case);
        request::reach(tx, &case.row, &units)?;
        // Who has no part in it any more may not look at it, so it leaves their ledgers, too.
        let mut gone = above(ctx, before.unit);
        gone.retain(|u| !units.contains(u));
        request::leave(tx, id, &gone)?;
    }
    if case.row.is_live() != before.is_live() {
        duties::supervisions_live(tx, &case.row)?;
        if !case.papers.is_empty() {
            papers::list_copies(tx, id, case.row.is_live())?;
        }
    }
    // The file of a mediation names people, also where nobody asked for it.
    let somebody = case.people().next().is_some() || case.filed.is_some();
    if case.row.ended_at != before.ended_at && somebody {
        keeping::keep(tx, id, forget::due(ctx, &case.row))?;
    }
    if case.row.owed() != before.owed() {
        request::restand(tx, &case.row)?;
    }
    let salt = salt(ctx);
    let payload = payload(&case.row, &salt, body, data);
    let hash: [u8; 32] = case.row.head.as_slice().try_into().map_err(Error::internal)?;
    let link = Link { seq: case.row.seq, hash };
    let event =
        NewEvent { stream_kind: "request", stream: id.0, at: ctx.at, actor: &ctx.scope.actor, kind, payload };
    let stored = journal::append_at(tx, &link, &event)?;
    case.row.seq = stored.seq;
    case.row.head = stored.hash.to_vec();
    clocks::insert_entry(
        tx,
        id,
        &entry(ctx, case, kind, audience, body, kept(data_of(&event), &salt, body)),
    )?;
    let own = hidden.as_ref().and_then(|h| h.own.as_deref());
    spoken::keep(tx, ctx, id, &Slot::Entry(case.row.seq), own)?;
    was::keep(tx, &case.stored, &case.row, ctx.at)?;
    case.stored = was::facts(&case.row);
    request::update(tx, &case.row)
}

/// Whether the text comes from somebody outside: then nobody else reads it before names and numbers are out.
pub(crate) fn by_person(ctx: &Ctx) -> bool {
    matches!(ctx.scope.actor, Actor::Resident | Actor::Client { .. })
}

/// What the journal says of a step: ids, words of the machine, and a commitment to the text, where
/// there is one.
pub(crate) fn payload(row: &Request, salt: &[u8; 16], body: &str, data: Value) -> Value {
    let mut out = json!({
        "state": row.state.key(),
        "unit": row.unit.to_string(),
        "officer": row.officer.map(|o| o.to_string()),
        "due": row.answer_due.map(|t| t.0),
        "data": data,
    });
    if !body.is_empty() {
        out["text"] = journal::commitment(salt, body).into();
    }
    out
}

/// What the entry keeps of a step: its data, and the salt where there is a text to check.
pub(crate) fn kept(data: Value, salt: &[u8; 16], body: &str) -> Value {
    if body.is_empty() { data } else { data_with_salt(data, salt) }
}

/// The entry keeps the salt: whoever may read the text can check it against the journal.
pub(crate) fn data_with_salt(data: Value, salt: &[u8; 16]) -> Value {
    match data {
        Value::Object(mut map) => {
            map.insert("salt".into(), Value::String(hex::encode(salt)));
            Value::Object(map)
        }
        other => other,
    }
}

fn data_of(event: &NewEvent<'_>) -> Value {
    event.payload.get("data").cloned().unwrap_or_else(|| json!({}))
}

/// Sixteen random bytes under which a text is committed to.
pub(crate) fn salt(ctx: &Ctx) -> [u8; 16] {
    let mut salt = [0u8; 16];
    ctx.site.chance.fill(&mut salt);
    salt
}

/// The line of the timeline for what has just been done.
pub(crate) fn entry(
    ctx: &Ctx,
    case: &Case,
    verb: &str,
    audience: Audience,
    body: &str,
    data: Value,
) -> Entry {
    let (who, unit) = match &ctx.scope.actor {
        Actor::Staff { unit, .. } => ("staff", Some(*unit)),
        Actor::Resident => ("person", None),
        Actor::System => ("system", None),
        Actor::Client { .. } => ("client", None),
    };
    Entry {
        seq: case.row.seq,
        at: ctx.at,
        account: ctx.account(),
        unit,
        who: who.to_owned(),
        verb: verb.to_owned(),
        state: case.row.state,
        audience,
        body: body.to_owned(),
        data,
    }
}

/// The unit and those above it, without the root: whoever sits there sees everything anyway.
pub(crate) fn above(ctx: &Ctx, unit: kernel::UnitId) -> Vec<kernel::UnitId> {
    let mut all: Vec<kernel::UnitId> = ctx.dir.ancestors(unit).iter().skip(1).map(|u| u.id).collect();
    all.push(unit);
    all
}

/// The units in whose ledgers a case stands: those that handle it, received it first or help, and all
/// above them.
pub(crate) fn ledgers(ctx: &Ctx, case: &Case) -> Vec<kernel::UnitId> {
    let parts = [case.row.first_unit, case.row.unit].into_iter().chain(case.helpers.iter().map(|h| h.unit));
    let mut all: Vec<kernel::UnitId> = parts.flat_map(|unit| above(ctx, unit)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What the person is promised, and when the present owner has to act.
pub(crate) fn set_dates(ctx: &Ctx, case: &mut Case) -> Result<()> {
    let own = case.track(ctx)?.step(case.row.state).and_then(|s| s.clock);
    let due = |kind: ClockKind| case.open_clock(kind).filter(|c| c.paused_at.is_none()).map(|c| c.due_at);
    let step_due = own.and_then(due);
    let first = case.clocks.iter().rev().find(|c| c.kind == ClockKind::Answer).map(|c| c.due_at);
    let again = due(ClockKind::Rework);
    if case.row.answered_at.is_none() {
        case.row.first_due = first;
    }
    case.row.step_due = step_due;
    case.row.answer_due = again.or(first);
    Ok(())
}

/// Somebody else has changed it since the page was read.
pub(crate) fn stale() -> Error {
    Error::Conflict(Say::new(
        "这件诉求刚刚有了新的变化，请看过最新情况再办；您填写的内容还在。",
        "This case has just changed. Look at how it stands now; what you entered is kept.",
    ))
}
