//! A visit is confirmed: one transaction for everything that follows from it.

use super::check::faults;
use super::input::{NeedTaken, Then};
use super::needs::Born;
use super::promises::{self, Promise};
use super::words::{Hide, keep};
use super::{Helped, KIND, Need, Outcome, Visit, store, withheld};
use crate::{read, seen, work};
use access::identity::{self, NewPerson};
use access::{Noun, Target, Verb};
use db::{Tx, params};
use kernel::{
    AccountId, Actor, Date, Error, Grant, HouseholdId, PersonId, RecordId, Result, Role, Timestamp, UnitId,
};
use records::{NewRecord, Record, Taken};
use register::households::{self, Household};
use requests::Ctx;
use requests::intake::{self, Intake, Spot};
use requests::model::Satisfaction;
use requests::notices::Told;
use requests::register::NewRequest;
use rules::case::Word;

/// What came of a visit that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Whether it is written now or was before.
    pub taken: Taken,
    /// The requests that came of its needs.
    pub needs: Vec<NeedTaken>,
}

/// Whoever visits, for which unit, and where.
pub(super) struct At {
    pub(super) account: AccountId,
    unit: UnitId,
    pub(super) household: Household,
    ctx: Ctx,
}

/// Confirms a visit. `sent_at` is the phone's clock at the upload, in milliseconds since 1970.
///
/// Errors: not found, where the household is none or not one of whoever asks; [`Error::Invalid`] with every faulty
/// field; refused where this id was sent before with something else (`record-differs`), or the id of a need or a promise is
/// that of another (`need-known`, `promise-known`); nothing is written then.
pub fn confirm(tx: &mut dyn Tx, ctx: &Ctx, visit: &Visit, sent_at: Option<i64>) -> Result<Confirmed> {
    let sent = visit;
    let moved = moved(tx, ctx, visit)?;
    let visit = moved.as_ref().unwrap_or(visit);
    let at = at(tx, ctx, visit)?;
    let ctx = &at.ctx;
    let hide = Hide::of(tx, &ctx.site.keyring, &at.household)?;
    let known = records::by_id(tx, visit.id)?.is_some();
    let wrong = visit.corrects.map(|wrong| own(tx, ctx, wrong)).transpose()?;
    if !known {
        let strange = promises::strange(tx, &at.household, &visit.promises)?;
        faults(ctx, visit, &to_answer(tx, ctx, visit)?, &strange).end()?;
    }
    let mut kept = keep(&ctx.site.pack.visit, visit, &hide)?;
    if let Some(wrong) = &wrong {
        kept.came_of(wrong);
    }
    let new = NewRecord {
        id: visit.id,
        kind: KIND,
        household: at.household.id,
        path: at.household.path.clone(),
        account: at.account,
        unit: at.unit,
        on: visit.on,
        device_at: visit.device_at.map(Timestamp),
        sent_at: visit.device_at.and(sent_at).map(Timestamp),
        text: kept.text,
        data: kept.data,
        own: kept.own,
        // As it was sent: the same once more is the same, whatever was linked meanwhile.
        content: serde_json::to_string(sent).map_err(Error::internal)?,
        corrects: visit.corrects,
    };
    let taken = records::confirm(tx, &ctx.site, &ctx.scope.actor, ctx.at, &new)?;
    if taken == Taken::Again {
        return Ok(Confirmed { taken, needs: needs_of(tx, visit)? });
    }
    if let Some(wrong) = visit.corrects {
        seen::unseen(tx, &ctx.site, at.household.id, wrong)?;
    }
    seen::seen(tx, &ctx.site, at.household.id, at.account, visit.on, visit.id)?;
    promises::write(tx, &ctx.site, visit, &at.household, (at.account, ctx.at), &hide)?;
    for (n, helped) in visit.helped.iter().enumerate() {
        help(tx, ctx, visit, helped).map_err(|e| at_item(e, n))?;
    }
    let mut needs = Vec::new();
    for (n, need) in visit.needs.iter().enumerate() {
        needs.push(register(tx, &at, visit, need, &hide).map_err(|e| under(e, n))?);
    }
    Ok(Confirmed { taken, needs })
}

/// [`confirm`] for each of many, each in a transaction of its own and answered apart.
pub async fn confirm_all(ctx: &Ctx, visits: Vec<Visit>, sent_at: Option<i64>) -> Vec<Outcome> {
    let mut out = Vec::with_capacity(visits.len());
    for visit in visits {
        let id = visit.id;
        let done = ctx.write(move |tx, ctx| confirm(tx, ctx, &visit, sent_at)).await;
        out.push(outcome(id, done));
    }
    out
}

/// What to answer for a visit.
fn outcome(id: RecordId, done: Result<Confirmed>) -> Outcome {
    let empty =
        Outcome { id, outcome: "refused", needs: Vec::new(), code: None, reason: None, fields: Vec::new() };
    match done {
        Ok(Confirmed { taken, needs }) => {
            Outcome { outcome: if taken == Taken::New { "taken" } else { "again" }, needs, ..empty }
        }
        Err(error) => {
            let reason = Some(error.say());
            match error {
                Error::Invalid(fields) => Outcome { code: Some("invalid"), reason, fields, ..empty },
                Error::Refused { code, .. } => Outcome { code: Some(code), reason, ..empty },
                Error::NotFound => Outcome {
                    code: Some("not-yours"),
                    reason: Some(kernel::Say::new(
                        "这一户不在您联系的户里（可能已经换了人）。记录留在手机上，请交给现在的联系人，或请单位调整结对。",
                        "This household is not one of yours (any more). The record stays on the phone: hand it to whoever is their contact now, or have the pairing put right.",
                    )),
                    ..empty
                },
                Error::Forbidden(_) => Outcome { code: Some("not-allowed"), reason, ..empty },
                Error::Conflict(_)
                | Error::Busy
                | Error::TooMany { .. }
                | Error::Full(_)
                | Error::Internal(_) => Outcome { outcome: "retry", code: Some("later"), reason, ..empty },
                Error::SignIn => Outcome { outcome: "retry", code: Some("sign-in"), reason, ..empty },
            }
        }
    }
}

/// The visit at the household that stands for the one it was noted at: a phone that was away does not know of the link,
/// and whoever looks after the family looks after it there now.
fn moved(tx: &mut dyn Tx, ctx: &Ctx, visit: &Visit) -> Result<Option<Visit>> {
    let Some(account) = ctx.account() else { return Ok(None) };
    let Some(kept) = households::get(tx, visit.household)?.and_then(|h| h.kept) else { return Ok(None) };
    let away =
        !paired(tx, ctx, account, visit.household, visit.on)? && paired(tx, ctx, account, kept, visit.on)?;
    Ok(away.then(|| Visit { household: kept, ..visit.clone() }))
}

/// Whoever was paired on the day of the visit may still enter it after the pairing ended.
fn paired(tx: &mut dyn Tx, ctx: &Ctx, account: AccountId, id: HouseholdId, on: Date) -> Result<bool> {
    let today = ctx.today();
    Ok(read::is_paired(tx, account, id, today)? || (on <= today && read::is_paired(tx, account, id, on)?))
}

/// The visit of whoever asks: what one learnt at the door only oneself can put right.
pub(super) fn own(tx: &mut dyn Tx, ctx: &Ctx, id: RecordId) -> Result<Record> {
    let me = ctx.account().ok_or(Error::SignIn)?;
    records::by_id(tx, id)?.filter(|r| r.kind == KIND && r.account == me).ok_or(Error::NotFound)
}

/// [`there`], and whether the household was in the register on the day of the visit.
fn at(tx: &mut dyn Tx, ctx: &Ctx, visit: &Visit) -> Result<At> {
    let at = there(tx, ctx, visit.household, visit.on)?;
    if !at.household.is_open(visit.on) {
        return Err(Error::field(
            "household",
            "这一户在走访那天还没有登记，或者已经注销。",
            "This household was not in the register on the day of the visit.",
        ));
    }
    Ok(at)
}

/// Whether whoever asks may visit there on a day, and for which unit they do.
pub(super) fn there(tx: &mut dyn Tx, ctx: &Ctx, household: HouseholdId, on: Date) -> Result<At> {
    let account = ctx.account().ok_or(Error::SignIn)?;
    let household = households::get(tx, household)?.ok_or(Error::NotFound)?;
    let paired = paired(tx, ctx, account, household.id, on)?;
    let target = || Target::at(&household.path).paired(paired);
    if !access::may(&ctx.scope, Verb::Visit, Noun::Household, target()) {
        return Err(Error::NotFound);
    }
    let actor = access::acting(&ctx.scope, Verb::Visit, Noun::Household, target())?;
    let Actor::Staff { unit, .. } = actor else { return Err(Error::SignIn) };
    let mut own = ctx.clone();
    own.scope.actor = actor;
    Ok(At { account, unit, household, ctx: own })
}

/// The promises that this visit has to answer: those that were there when the phone last knew, as far as they are not kept
/// from whoever visits.
fn to_answer(tx: &mut dyn Tx, ctx: &Ctx, visit: &Visit) -> Result<Vec<Promise>> {
    let open = promises::open_at(tx, visit.household)?;
    let mut open = withheld::promises(tx, ctx, open)?;
    if let Some(seen) = visit.seen_at {
        open.retain(|p| p.made_at.0 <= seen);
    }
    open.retain(|p| p.made_on <= visit.on);
    Ok(open)
}

/// What the first upload of this visit gave.
fn needs_of(tx: &mut dyn Tx, visit: &Visit) -> Result<Vec<NeedTaken>> {
    let mut all = tx.query_map(&store::NEEDS_OF_RECORD, &params![visit.id], |r| {
        Ok(NeedTaken { id: r.get(0)?, number: r.get(1)?, code: r.get(2)?, due: r.get(3)? })
    })?;
    all.sort_by_key(|n| visit.needs.iter().position(|sent| sent.id == n.id));
    Ok(all)
}

/// A need becomes a request of the household's, taken in where requests of its grid are received.
fn register(tx: &mut dyn Tx, at: &At, visit: &Visit, need: &Need, hide: &Hide) -> Result<NeedTaken> {
    // The phone made it: the receipt of a request that is there already is not for whoever names it.
    if intake::is_known(tx, need.id)? {
        return Err(Error::refused(
            "need-known",
            "这件诉求的编号已经用过。",
            "The id of this need has been used before.",
        ));
    }
    let ctx = &door(at);
    let settle = need.then == Then::Settle;
    let person = who(tx, at, need)?;
    let reachable = person.phone.is_some();
    let mut new = NewRequest::new(ctx, &ctx.site.pack.visit.channel);
    new.id = need.id;
    new.class = need.class.clone();
    new.body = need.text.trim().to_owned();
    new.place = Some(at.household.unit);
    new.person = person;
    new.others = hide.names().to_vec();
    // The class's own questions would be too many at the door: whoever handles it asks what is missing.
    new.asked = false;
    // On the spot everything is said face to face; what was noted without network is told by message.
    new.told = if settle || (visit.device_at.is_none() && !reachable) { Told::InPerson } else { Told::No };
    let then = match need.then {
        Then::Pass => intake::Then::Leave,
        Then::Settle => intake::Then::Settle(Spot {
            text: need.answer.trim().to_owned(),
            word: need.solved.map(|s| if s { Word::Solved } else { Word::NotSolved }),
            satisfaction: need.grade.and_then(Satisfaction::from_grade),
        }),
    };
    let done = intake::take_in(tx, ctx, &Intake { new, then })?;
    let born = Born {
        request: need.id,
        record: Some(visit.id),
        household: visit.household,
        path: at.household.path.clone(),
        account: Some(at.account),
        class: need.class.clone(),
        settled: settle,
        on: visit.on,
        at: ctx.at,
    };
    born.write(tx, &ctx.site)?;
    Ok(NeedTaken { id: done.id, number: done.number, code: done.code, due: done.due.map(|t| t.0) })
}

/// At the door the visitor is the window of the unit that receives what comes from this household, and nothing else.
fn door(at: &At) -> Ctx {
    let mut ctx = at.ctx.clone();
    ctx.scope.grants =
        vec![Grant { role: Role::Clerk, unit: at.unit, path: above(&at.household.path).to_owned() }];
    ctx
}

/// The path of the topmost unit: whoever receives what comes from there stands below it.
fn above(path: &str) -> &str {
    let second = path.char_indices().filter(|(_, c)| *c == '/').nth(1);
    second.map_or(path, |(end, _)| &path[..=end])
}

/// Whoever of the household asks, copied for the case: it is forgotten with the case, the household's own is not.
fn who(tx: &mut dyn Tx, at: &At, need: &Need) -> Result<NewPerson> {
    let chosen: Option<PersonId> = match need.person {
        Some(one) => {
            let there = households::people(tx, at.household.id)?;
            if !there.iter().any(|m| m.person == one && m.is_there(at.ctx.today())) {
                return Err(Error::field("person", "这个人不在这一户。", "Nobody of that household."));
            }
            Some(one)
        }
        None => at.household.head,
    };
    let found = chosen.map(|id| identity::get(tx, &at.ctx.site.keyring, id)).transpose()?.flatten();
    Ok(match found {
        Some(p) => NewPerson {
            name: p.name,
            phone: p.phone.filter(|n| identity::normal_phone(n).is_some()),
            address: p.address,
            idno: None,
            locale: p.locale,
            ..NewPerson::default()
        },
        None => NewPerson::default(),
    })
}

/// Help towards an item of a plan is a record of its own, which names the visit.
fn help(tx: &mut dyn Tx, ctx: &Ctx, visit: &Visit, helped: &Helped) -> Result<()> {
    let help = work::Help {
        id: helped.id,
        household: visit.household,
        kind: helped.kind.clone(),
        on: visit.on,
        item: Some(helped.item.clone()),
        effect: helped.effect.clone(),
        text: String::new(),
        visit: Some(visit.id),
        corrects: None,
    };
    work::help(tx, ctx, &help).map(drop)
}

/// Faults of help stand beside its item; that there is no such pairing any more is one of them.
fn at_item(error: Error, n: usize) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            faults.iter_mut().for_each(|f| f.field = format!("helped.{n}"));
            Error::Invalid(faults)
        }
        Error::NotFound => Error::field(
            format!("helped.{n}"),
            "这项计划的结对已经不在您名下，这项帮扶记不上，请去掉它。",
            "The pairing of this plan is not yours any more: leave this item out.",
        ),
        other => other,
    }
}

/// Faults of a need stand beside its fields.
fn under(error: Error, n: usize) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            faults.iter_mut().for_each(|f| f.field = format!("needs.{n}.{}", f.field));
            Error::Invalid(faults)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn the_door_opens_below_the_topmost_unit() {
        assert_eq!(above("/9/901/90101/"), "/9/");
        assert_eq!(above("/9/"), "/9/");
        assert_eq!(above("/"), "/");
    }
}
