//! Whoever acts on a pairing: its holder, and whoever checks it.

use crate::visits::words::Hide;
use crate::{Pairing, read};
use access::{Noun, Target, Verb};
use db::Tx;
use kernel::{AccountId, Actor, DAY, Date, Error, FieldError, HouseholdId, Result, Say, Timestamp, UnitId};
use register::households::{self, Household};
use requests::Ctx;

/// Whoever acts, for which unit, and where.
pub(super) struct At {
    pub account: AccountId,
    pub unit: UnitId,
    pub household: Household,
    pub ctx: Ctx,
    pub hide: Hide,
}

fn at(tx: &mut dyn Tx, ctx: &Ctx, household: Household, verb: Verb, noun: Noun, paired: bool) -> Result<At> {
    let account = ctx.account().ok_or(Error::SignIn)?;
    let actor = access::acting(&ctx.scope, verb, noun, Target::at(&household.path).paired(paired))?;
    let Actor::Staff { unit, .. } = actor else { return Err(Error::SignIn) };
    let mut own = ctx.clone();
    own.scope.actor = actor;
    let hide = Hide::of(tx, &ctx.site.keyring, &household)?;
    Ok(At { account, unit, household, ctx: own, hide })
}

/// The pairing of a kind with a household that is in force on a day.
///
/// Errors: those of the database.
pub(crate) fn pairing_on(
    tx: &mut dyn Tx,
    household: HouseholdId,
    kind: &str,
    on: Date,
) -> Result<Option<Pairing>> {
    Ok(read::of_household(tx, household, on)?.into_iter().find(|p| p.kind == kind))
}

/// As the holder of a pairing of `kind`, today or on the day it is about.
///
/// Errors: sign-in needed; not found where there is no such pairing of theirs.
pub(super) fn holder(tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId, kind: &str, on: Date) -> Result<At> {
    let account = ctx.account().ok_or(Error::SignIn)?;
    let household = households::get(tx, id)?.ok_or(Error::NotFound)?;
    let mut kinds = read::kinds_between(tx, account, id, ctx.today())?;
    if on < ctx.today() {
        kinds.extend(read::kinds_between(tx, account, id, on)?);
    }
    if !kinds.iter().any(|k| k == kind) {
        return Err(Error::NotFound);
    }
    at(tx, ctx, household, Verb::Visit, Noun::Household, true)
}

/// As whoever manages pairings there, and is not the holder.
///
/// Errors: not found; what the table refuses; refused (`pairing-ended`, `own-pairing`).
pub(super) fn checker(tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId, kind: &str) -> Result<At> {
    let household = households::get(tx, id)?.ok_or(Error::NotFound)?;
    let at = at(tx, ctx, household, Verb::Manage, Noun::Pairing, false)?;
    let Some(pairing) = pairing_on(tx, id, kind, ctx.today())? else {
        return Err(Error::refused(
            "pairing-ended",
            "这个结对已经结束，不用再检查。您写的还在，可以告诉现在结对的人。",
            "This pairing has ended and is checked no more. What you wrote is still there, to tell whoever looks after them now.",
        ));
    };
    if pairing.account == at.account {
        return Err(Error::refused(
            "own-pairing",
            "自己的结对要由别人来检查，请交给上一级或另一位负责人。",
            "One's own pairing is checked by somebody else: leave it to the unit above or another lead.",
        ));
    }
    Ok(at)
}

/// Faults that are gathered before anything is written.
#[derive(Default)]
pub(super) struct Faults(Vec<FieldError>);

impl Faults {
    pub fn add(&mut self, field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), say: Say::new(zh.into(), en.into()) });
    }

    pub fn too_long(&mut self, field: &str, text: &str, most: usize) {
        if text.trim().chars().count() > most {
            self.add(field, format!("最多 {most} 字。"), format!("At most {most} characters."));
        }
    }

    /// A day that is neither ahead nor too long ago to be entered.
    pub fn day(&mut self, ctx: &Ctx, on: Date) {
        let late = i64::from(ctx.site.pack.visit.late_days);
        let noon = ctx.site.zone.instant(ctx.today().at(12, 0, 0, 0));
        let first = ctx.site.zone.date(Timestamp(noon.0 - late * DAY));
        if on > ctx.today() {
            self.add("on", "日期在今天以后。", "The day lies ahead.");
        } else if on < first {
            self.add(
                "on",
                format!("已经过去 {late} 天以上，不能再补记。"),
                format!("It is more than {late} days ago and can no longer be entered."),
            );
        }
    }

    /// [`Error::Invalid`] where there is any.
    pub fn end(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}
