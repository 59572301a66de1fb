//! Taking in at a desk: window, hotline, meeting.
//!
//! ```text
//! register ─┬─ settled on the spot ─ the person's word ─ signed off, where whoever acts may
//!           ├─ sent to the unit that answers ─ its officer named, where whoever acts leads it
//!           └─ left to triage
//! ```
//!
//! All of it in one transaction: there is a case with everything that was said, or none.

use crate::acts::{assign, close, settle, take};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::register::{NewRequest, Registered, register};
use crate::staff;
use crate::store::request;
use access::{Noun, Target, Verb};
use db::Tx;
use kernel::{AccountId, Error, RequestId, Result, Role, UnitId};
use rules::case::{ClockKind, Facts, Kind, Need, Party, State, Urgency, Verb as Step, Word, choices};
use rules::deadline::{Certificate, Rule, certify};

/// What somebody at a desk takes in, and what they do with it at once.
#[derive(Clone, Debug)]
pub struct Intake {
    /// What is asked.
    pub new: NewRequest,
    /// What happens to it at once.
    pub then: Then,
}

/// What happens at once.
#[derive(Clone, Debug)]
pub enum Then {
    /// The centre finds the unit.
    Leave,
    /// It is settled on the spot 当场办结.
    Settle(Spot),
    /// It goes to the unit that answers 交办.
    Send(Send),
}

/// Settled on the spot.
#[derive(Clone, Debug)]
pub struct Spot {
    /// What was done.
    pub text: String,
    /// What the person says of it; none where they were not asked.
    pub word: Option<Word>,
    /// How satisfied they are.
    pub satisfaction: Option<crate::model::Satisfaction>,
}

/// Sent on.
#[derive(Clone, Debug)]
pub struct Send {
    /// The unit that answers.
    pub unit: UnitId,
    /// The officer, where whoever acts leads that unit.
    pub officer: Option<AccountId>,
    /// A word to the unit.
    pub note: String,
}

/// Whether a case bears this id, whoever asked: ids that were made elsewhere may not name somebody else's.
///
/// Errors: those of the database.
pub fn is_known(tx: &mut dyn Tx, id: RequestId) -> Result<bool> {
    request::by_id(tx, id).map(|row| row.is_some())
}

/// Takes it in and does with it what was said. The same id again gives back what the first time gave,
/// and does nothing.
///
/// Errors: those of the acts; nothing is written then.
pub fn take_in(tx: &mut dyn Tx, ctx: &Ctx, input: &Intake) -> Result<Registered> {
    let known = request::by_id(tx, input.new.id)?.is_some();
    let done = register(tx, ctx, &input.new)?;
    if known {
        return Ok(done);
    }
    if input.new.subject.unit.is_some() {
        // Whoever decides on it finds the unit; at the desk nothing more can be done.
        return Ok(done);
    }
    match &input.then {
        Then::Leave => {}
        Then::Settle(spot) => on_the_spot(tx, ctx, &done, &input.new, spot)?,
        Then::Send(to) => send(tx, ctx, &done, to)?,
    }
    Ok(done)
}

fn on_the_spot(tx: &mut dyn Tx, ctx: &Ctx, done: &Registered, new: &NewRequest, spot: &Spot) -> Result<()> {
    let input = settle::Settle {
        on: done.id.into(),
        text: spot.text.clone(),
        word: spot.word,
        satisfaction: spot.satisfaction,
        told: new.told,
    };
    settle::settle(tx, ctx, &input)?;
    let case = Case::find(tx, ctx, done.id)?;
    let ready = |c: &rules::case::Choice| c.verb == Step::Close && c.blocked_by.is_empty();
    if case.row.state == State::Judged && case.choices(ctx)?.iter().any(ready) {
        close::on_the_spot(tx, ctx, done.id.into(), "")?;
    }
    Ok(())
}

fn send(tx: &mut dyn Tx, ctx: &Ctx, done: &Registered, to: &Send) -> Result<()> {
    let input = assign::Assign { on: done.id.into(), unit: to.unit, note: to.note.clone() };
    assign::assign(tx, ctx, &input)?;
    if let Some(officer) = to.officer {
        let input = take::Name { on: done.id.into(), officer, note: String::new() };
        take::name(tx, ctx, &input)?;
    }
    Ok(())
}

/// What whoever sits at a desk may do at once with a case of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Settle it on the spot.
    pub settle: bool,
    /// It needs the leading group's decision, so nobody settles it on the spot.
    pub major: bool,
    /// Send it to the unit that answers.
    pub send: bool,
}

/// What may be done at once with a case of this class (`""` for one without) received by `desk`: asked
/// of the machine and the permission table before there is a case.
pub fn open(ctx: &Ctx, desk: UnitId, class: &str) -> Open {
    let pack = &ctx.site.pack;
    let class = pack.class(class);
    let Some(track) = pack.track(class.map_or("standard", |c| c.track.as_str())) else {
        return Open::default();
    };
    let mut facts = Facts::new(track.start);
    facts.major = class.is_some_and(|c| c.major);
    let all = choices(track, &facts, &parties(ctx, desk), false);
    let path = ctx.path(desk);
    let may = |step: Step| access::may(&ctx.scope, Verb::of_case(step), Noun::Request, Target::at(path));
    let find = |step: Step| all.iter().find(|c| c.verb == step && may(step));
    Open {
        settle: find(Step::Settle).is_some_and(|c| c.blocked_by.is_empty()),
        major: find(Step::Settle).is_some_and(|c| c.blocked_by.contains(&Need::GroupApproval)),
        send: find(Step::Assign).is_some(),
    }
}

/// The parts that whoever sits at a desk plays towards a case it has just received.
fn parties(ctx: &Ctx, desk: UnitId) -> Vec<Party> {
    let (scope, path) = (&ctx.scope, ctx.path(desk));
    [
        (scope.sits_in(&[Role::Lead], desk), Party::Lead),
        (scope.covers(&[Role::Triage, Role::Operator], path), Party::Triage),
        (scope.covers(&[Role::Clerk, Role::Operator], path), Party::Clerk),
        (scope.covers(&[Role::Supervisor], path), Party::Supervisor),
    ]
    .into_iter()
    .filter(|(plays, _)| *plays)
    .map(|(_, party)| party)
    .collect()
}

/// The officers whom whoever acts may name in a unit; none where they do not lead it.
pub fn may_name(tx: &mut dyn Tx, ctx: &Ctx, unit: UnitId) -> Result<Vec<(AccountId, String)>> {
    let leads = ctx.scope.sits_in(&[Role::Lead], unit)
        && access::may(&ctx.scope, Verb::Name, Noun::Request, ctx.path(unit));
    if leads { staff::officers(tx, ctx, unit) } else { Ok(Vec::new()) }
}

/// The answer's date as it would be promised now, with its certificate; none where the pack has no
/// limit for it.
pub fn promise(ctx: &Ctx, class: &str, kind: Option<Kind>, urgency: Option<Urgency>) -> Option<Certificate> {
    let pack = &ctx.site.pack;
    let of = pack.class(class);
    let kind = kind.or(of.map(|c| c.kind)).unwrap_or(Kind::Help);
    let urgency = urgency.or(of.map(|c| c.urgency)).unwrap_or(Urgency::Ordinary);
    let limit = pack.limit(class, kind, urgency, ClockKind::Answer)?;
    let rule = Rule {
        id: limit.id.clone(),
        version: limit.version.clone(),
        citation: limit.citation.clone(),
        limit: limit.limit,
        counting: pack.counting,
    };
    Some(certify(&rule, ctx.at, &ctx.site.calendar))
}

/// A fault of what was said to happen at once; one field, so that a form can show it there.
pub(crate) fn not_open(zh: &'static str, en: &'static str) -> Error {
    Error::field("then", zh, en)
}
