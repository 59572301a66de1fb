//! Shielding: a complaint about a unit or a person is kept from them.
//!
//! ```text
//!  class asks whom it is about ─> conflict set ─> the nearest centre above that is not in it decides
//!  triage puts it on with a reason ┘     │
//!                                        ├─ in no list, count, search or export for anybody: `shielded = 0`
//!                                        ├─ opened by its number through [`crate::case::Case`], which asks here
//!                                        └─ listed apart, on `/shielded`, to those who may open it
//! ```
//!
//! The set is `rules::shield`: the unit, what is below it, its house. Shut out is whoever holds a post in it
//! today, whoever held one on the day of the case, whoever is named, and whoever looks, or on that day looked, after a
//! household together with one of the unit, of what is below it, or of that name, whatever else they may reach.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Request;
use crate::register::NewRequest;
use crate::store::shields;
use access::accounts;
use db::Tx;
use kernel::{AccountId, Actor, Date, Error, FieldError, RequestId, Result, Role, Say, UnitId};
use pack::{Class, SubjectNeed};
use register::pairings;
use rules::shield::{Seat, shuts_out, takes_along};
use std::collections::BTreeSet;

/// The longest name of somebody complained about, in characters.
pub const NAME_MAX: usize = 40;

/// So many shielded cases are looked through at most; they are few.
const MOST: i64 = 500;

/// Whom a request is about, as far as somebody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The unit.
    pub unit: Option<UnitId>,
    /// The person in words; sealed in the vault. Members of staff of that name are shut out.
    pub name: String,
}

/// Whom a case is kept from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shield {
    /// The unit that it is about.
    pub unit: UnitId,
    /// The first member of staff of the name that was given.
    pub account: Option<AccountId>,
    /// Who held a post in the set on the day it was put up, who is named, and who looked after a household with them.
    pub people: BTreeSet<AccountId>,
}

/// Where a unit stands.
fn seat(ctx: &Ctx, unit: UnitId) -> Seat<'_> {
    let in_house = |u: &register::Unit| ctx.site.pack.unit_kind(&u.kind).is_some_and(|k| k.same_house);
    let mut host = ctx.dir.get(unit);
    while let Some(u) = host.filter(|u| in_house(u)) {
        match ctx.dir.parent(u.id) {
            Some(above) => host = Some(above),
            None => break,
        }
    }
    Seat { path: ctx.path(unit), house: host.map_or("", |u| u.path.as_str()) }
}

/// Somebody with whom one looks after a household.
pub(crate) struct Near {
    account: AccountId,
    /// Where they hold a post.
    units: Vec<UnitId>,
}

/// With whom somebody looks after a household on a day; nobody where nobody acts.
pub(crate) fn near(tx: &mut dyn Tx, account: impl Into<Option<AccountId>>, on: Date) -> Result<Vec<Near>> {
    let Some(account) = account.into() else { return Ok(Vec::new()) };
    pairings::beside(tx, account, on)?
        .into_iter()
        .map(|account| Ok(Near { account, units: accounts::units_of(tx, account, on)? }))
        .collect()
}

impl Shield {
    /// The shield of a case about `subject`, with everybody who held a post in the set on one of these days.
    pub(crate) fn of(tx: &mut dyn Tx, ctx: &Ctx, subject: &Subject, days: &[Date]) -> Result<Option<Shield>> {
        let Some(unit) = subject.unit else { return Ok(None) };
        let named = match subject.name.trim() {
            "" => Vec::new(),
            name => accounts::called(tx, name)?,
        };
        let mut out =
            Shield { unit, account: named.first().copied(), people: named.iter().copied().collect() };
        let set: Vec<UnitId> = ctx.dir.iter().map(|u| u.id).filter(|u| out.covers(ctx, *u)).collect();
        for day in days {
            let mut close: BTreeSet<AccountId> = named.iter().copied().collect();
            for unit in &set {
                let posted = accounts::posted(tx, *unit, *day)?;
                if out.takes_along(ctx, *unit) {
                    close.extend(&posted);
                }
                out.people.extend(posted);
            }
            for account in close {
                out.people.extend(pairings::beside(tx, account, *day)?);
            }
        }
        Ok(Some(out))
    }

    /// Whether those of a unit take those along with whom they look after a household.
    fn takes_along(&self, ctx: &Ctx, unit: UnitId) -> bool {
        takes_along(seat(ctx, self.unit), seat(ctx, unit))
    }

    /// Whether one of these is of the unit, of what is below it, or named.
    fn is_beside(&self, ctx: &Ctx, near: &[Near]) -> bool {
        near.iter()
            .any(|n| self.account == Some(n.account) || n.units.iter().any(|u| self.takes_along(ctx, *u)))
    }

    /// The shield as whoever acts has to be asked of it: with themselves among those it shuts out where they look
    /// after a household today together with somebody it is about.
    pub(crate) fn asked_by(mut self, ctx: &Ctx, near: &[Near]) -> Shield {
        self.people.extend(ctx.account().filter(|_| self.is_beside(ctx, near)));
        self
    }

    /// Whether a unit is in the conflict set.
    pub fn covers(&self, ctx: &Ctx, unit: UnitId) -> bool {
        shuts_out(seat(ctx, self.unit), seat(ctx, unit))
    }

    /// Whether whoever acts must not know of the case. A program never does.
    pub fn shuts_out(&self, ctx: &Ctx) -> bool {
        match &ctx.scope.actor {
            Actor::System | Actor::Resident => false,
            Actor::Client { .. } => true,
            Actor::Staff { account, .. } => {
                self.people.contains(account) || ctx.scope.grants.iter().any(|g| self.covers(ctx, g.unit))
            }
        }
    }

    /// The same of an account, by the posts it holds today.
    pub fn shuts_out_account(&self, tx: &mut dyn Tx, ctx: &Ctx, account: AccountId) -> Result<bool> {
        if self.people.contains(&account) {
            return Ok(true);
        }
        let posts = accounts::units_of(tx, account, ctx.today())?;
        if posts.into_iter().any(|unit| self.covers(ctx, unit)) {
            return Ok(true);
        }
        Ok(self.is_beside(ctx, &near(tx, account, ctx.today())?))
    }

    /// Who decides: the nearest centre or unit above that is not in the set and has somebody to answer; none
    /// where there is nobody.
    pub(crate) fn decider(&self, tx: &mut dyn Tx, ctx: &Ctx) -> Result<Option<(UnitId, AccountId)>> {
        for unit in self.above(ctx) {
            for (lead, _) in accounts::holders(tx, unit, Role::Lead, ctx.today())? {
                if !self.shuts_out_account(tx, ctx, lead)? {
                    return Ok(Some((unit, lead)));
                }
            }
        }
        Ok(None)
    }

    /// The units that could decide, nearest first.
    fn above(&self, ctx: &Ctx) -> Vec<UnitId> {
        let mut out = superiors(ctx, self.unit);
        out.retain(|unit| !self.covers(ctx, *unit));
        out
    }
}

/// The superiors of a unit, nearest first: of each unit above its centre, then itself.
pub(crate) fn superiors(ctx: &Ctx, unit: UnitId) -> Vec<UnitId> {
    let centre = |kind: &str| ctx.site.pack.unit_kind(kind).is_some_and(|k| k.centre);
    let mut out = Vec::new();
    for at in ctx.dir.ancestors(unit).iter().rev() {
        out.extend(
            ctx.dir.children(at.id).filter(|u| centre(&u.kind) && u.is_open(ctx.today())).map(|u| u.id),
        );
        out.push(at.id);
    }
    out
}

/// There is nobody uninvolved to decide: where else to go, in the words of the pack.
pub(crate) fn nobody_decides(ctx: &Ctx) -> Error {
    let words = &ctx.site.pack.shield.elsewhere;
    Error::field("subject", words.zh.clone(), words.en.clone())
}

/// Whether a shield stands on a case and keeps it from whoever acts: then what lies beside it, such as pictures of the
/// visit at which it was heard, is kept from them as well.
///
/// Errors: those of the database.
pub fn keeps_out(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<bool> {
    let Some(shield) = shields::of(tx, id)? else { return Ok(false) };
    let near = near(tx, ctx.account(), ctx.today())?;
    Ok(shield.asked_by(ctx, &near).shuts_out(ctx))
}

/// Refuses a unit or an officer of the conflict set. Asked of each step that moves the case.
pub(crate) fn stays_outside(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    before: (UnitId, Option<AccountId>),
) -> Result<()> {
    let Some(shield) = &case.shield else { return Ok(()) };
    let row = &case.row;
    if row.unit != before.0 {
        unit_outside(ctx, shield, row.unit)?;
    }
    match row.officer.filter(|o| Some(*o) != before.1) {
        Some(officer) => officer_outside(tx, ctx, shield, officer),
        None => Ok(()),
    }
}

/// A unit that is not in the set.
///
/// Errors: at the field `unit`.
pub(crate) fn unit_outside(ctx: &Ctx, shield: &Shield, unit: UnitId) -> Result<()> {
    if !shield.covers(ctx, unit) {
        return Ok(());
    }
    Err(Error::field(
        "unit",
        "这件反映的正是这个单位，或与它同院、隶属的单位，要回避，请交给不相干的单位。",
        "This case is about that unit, or one below it or in its house: choose one that is not involved.",
    ))
}

fn officer_outside(tx: &mut dyn Tx, ctx: &Ctx, shield: &Shield, officer: AccountId) -> Result<()> {
    if !shield.shuts_out_account(tx, ctx, officer)? {
        return Ok(());
    }
    Err(Error::field(
        "officer",
        "这个人在回避范围内，请定不相干的人。",
        "This person is involved in the matter: name somebody who is not.",
    ))
}

/// What is missing or wrong in whom a request is about.
pub(crate) fn faults(ctx: &Ctx, class: Option<&Class>, new: &NewRequest) -> Vec<FieldError> {
    let subject = &new.subject;
    let fault = |field: &str, zh: &str, en: &str| FieldError {
        field: field.into(),
        say: Say::new(zh.to_owned(), en.to_owned()),
    };
    let mut out = Vec::new();
    // At a meeting it is said before everybody; triage can put the shield up afterwards.
    let need = class.and_then(|c| c.subject).filter(|_| new.asked);
    if need.is_some() && subject.unit.is_none() {
        out.push(fault(
            "subject",
            "请选择反映的是哪个单位，打几个字就能找到。",
            "Please choose the unit it is about; a word or two finds it.",
        ));
    }
    if need == Some(SubjectNeed::Person) && subject.name.trim().is_empty() {
        out.push(fault("subject_name", "请写明反映的是谁。", "Please say whom it is about."));
    }
    if subject.name.chars().count() > NAME_MAX {
        out.push(fault("subject_name", "最多 40 字。", "At most 40 characters."));
    }
    let Some(unit) = subject.unit else { return out };
    if ctx.dir.get(unit).is_none() {
        out.push(fault(
            "subject",
            "没有这个单位，请重新选择。",
            "There is no such unit; please choose again.",
        ));
        return out;
    }
    let shield = Shield { unit, account: None, people: BTreeSet::new() };
    if shield.above(ctx).is_empty() {
        let words = &ctx.site.pack.shield.elsewhere;
        out.push(fault("subject", &words.zh, &words.en));
    } else if shield.shuts_out(ctx) {
        out.push(not_by_you());
    }
    out
}

/// Whoever is involved does not take it in.
fn not_by_you() -> FieldError {
    let say = Say::new(
        "反映的是您本人、您所在或同院的单位，您要回避，不能受理。请让对方用手机自己填，或拨打热线。",
        "It is about you, your unit or your house, so you cannot take it in. Ask the person to use the public page or the hotline.",
    );
    FieldError { field: "subject".into(), say }
}

/// The shielded cases that whoever asks may open: open ones first, latest first.
pub fn visible(tx: &mut dyn Tx, ctx: &Ctx) -> Result<Vec<Request>> {
    let mut out = Vec::new();
    let Some(me) = ctx.account().filter(|_| !ctx.scope.grants.is_empty()) else { return Ok(out) };
    let near = near(tx, me, ctx.today())?;
    for shields::Listed { row, shield, helpers } in shields::all(tx, me, MOST)? {
        if shield.asked_by(ctx, &near).shuts_out(ctx) {
            continue;
        }
        let mut also: Vec<&str> = helpers.iter().map(|h| ctx.path(*h)).collect();
        also.push(ctx.path(row.first_unit));
        let target = access::Target::at(ctx.path(row.unit)).officer(row.officer).also(&also);
        if access::may(&ctx.scope, access::Verb::View, access::Noun::Request, target) {
            out.push(row);
        }
    }
    Ok(out)
}

/// How many times a shield was put up or lifted so far: what [`crate::past::Filter::shields`] asks for, so that
/// figures are computed again with the shields of then.
///
/// Errors: those of the database.
pub fn changes(tx: &mut dyn Tx) -> Result<i64> {
    shields::changes(tx)
}

/// Finds out who decides on a request that names its subject; leaves others alone.
///
/// Errors: [`Error::Invalid`] with every faulty field, also where nobody is left to decide.
pub(crate) fn route(tx: &mut dyn Tx, ctx: &Ctx, new: &NewRequest) -> Result<NewRequest> {
    let mut out = new.clone();
    if new.subject.unit.is_none() {
        return Ok(out);
    }
    let day = ctx.site.zone.date(new.received_at);
    let days = if day == ctx.today() { vec![day] } else { vec![day, ctx.today()] };
    let known = new.subject.unit.is_some_and(|u| ctx.dir.get(u).is_some());
    if let Some(shield) = Shield::of(tx, ctx, &new.subject, &days)?.filter(|_| known) {
        // What else is wrong is told together, by the check.
        crate::register::check(ctx, new)?;
        if shield.shuts_out(ctx) {
            return Err(Error::Invalid(vec![not_by_you()]));
        }
        out.decider = Some(shield.decider(tx, ctx)?.ok_or_else(|| nobody_decides(ctx))?);
        out.shield = Some(shield);
    }
    Ok(out)
}
