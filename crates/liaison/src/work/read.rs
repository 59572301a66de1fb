//! Plans, help and checks as they are known now or were on a day.

use super::{CHECK, HELP, ItemStanding, PLAN, Plan, PlanItem};
use access::Keyring;
use db::Tx;
use kernel::{AccountId, Date, Error, HouseholdId, RecordId, Result, Timestamp};
use records::{Listing, Record, Whose};
use requests::Ctx;
use serde::Deserialize;

/// Records of a year that are read.
const MOST: usize = 400;

/// A plan on record.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownPlan {
    /// The record.
    pub record: RecordId,
    /// With which household it was agreed: the one that was asked for, or one that is linked to it.
    pub household: HouseholdId,
    /// Who wrote it.
    pub account: AccountId,
    /// When the first of it was agreed.
    pub made: Date,
    /// When this one was.
    pub on: Date,
    /// When it came in.
    pub at: Timestamp,
    /// The kind of pairing.
    pub kind: String,
    /// For which year.
    pub year: i16,
    /// What the household wishes to reach.
    pub wish: String,
    /// What is done for it.
    pub items: Vec<PlanItem>,
    /// The one it revises.
    pub corrects: Option<RecordId>,
}

/// Help on record.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownHelp {
    /// The record.
    pub record: RecordId,
    /// Who helped.
    pub account: AccountId,
    /// On which day.
    pub on: Date,
    /// When it came in.
    pub at: Timestamp,
    /// Towards which item.
    pub item: Option<String>,
    /// What came of it.
    pub effect: String,
    /// What was done; empty where the visit says it.
    pub text: String,
    /// The visit at which it was given, as it was put right last.
    pub visit: Option<Record>,
}

/// A check on record.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownCheck {
    /// The record.
    pub record: RecordId,
    /// Who checked.
    pub account: AccountId,
    /// On which day.
    pub on: Date,
    /// Where each item stood.
    pub items: Vec<ItemStanding>,
    /// What was asked of the holder.
    pub ask: String,
    /// A sentence of judgement.
    pub word: String,
}

#[derive(Deserialize)]
struct PlanData {
    kind: String,
    year: i16,
    made: Date,
    wish: String,
    items: Vec<PlanItem>,
}

#[derive(Deserialize)]
struct HelpData {
    kind: String,
    item: Option<String>,
    effect: String,
    text: String,
    visit: Option<RecordId>,
}

#[derive(Deserialize)]
struct CheckData {
    kind: String,
    year: i16,
    items: Vec<ItemStanding>,
    ask: String,
    word: String,
}

fn data<T: for<'de> Deserialize<'de>>(record: &Record) -> Result<T> {
    T::deserialize(&record.data).map_err(Error::internal)
}

fn plan_from(r: &Record) -> Result<KnownPlan> {
    let d: PlanData = data(r)?;
    Ok(KnownPlan {
        record: r.id,
        household: r.household,
        account: r.account,
        made: d.made,
        on: r.on,
        at: r.received_at,
        kind: d.kind,
        year: d.year,
        wish: d.wish,
        items: d.items,
        corrects: r.corrects,
    })
}

/// To which year a plan, help or a check belongs.
pub(super) fn year_of(record: &Record) -> Result<i16> {
    match record.data.get("year") {
        Some(year) => i16::deserialize(year).map_err(Error::internal),
        None => Ok(record.on.year()),
    }
}

fn first_of(year: i16) -> Option<Date> {
    Date::new(year, 1, 1).ok()
}

fn last_of(year: i16) -> Option<Date> {
    Date::new(year, 12, 31).ok()
}

/// The plan of a pairing for a year; `known` before an instant, now where left out. The household's own comes before that
/// of one that is linked to it.
///
/// Errors: those of the database.
pub fn plan_of(
    tx: &mut dyn Tx,
    household: HouseholdId,
    kind: &str,
    year: i16,
    known: Option<Timestamp>,
) -> Result<Option<KnownPlan>> {
    Ok(plans_of(tx, household, kind, year, known)?.into_iter().next())
}

/// The plan that holds, and behind it those of households that are one with this one, which stand beside it.
///
/// Errors: those of the database.
pub(super) fn plans_of(
    tx: &mut dyn Tx,
    household: HouseholdId,
    kind: &str,
    year: i16,
    known: Option<Timestamp>,
) -> Result<Vec<KnownPlan>> {
    // It may have been agreed in the year before.
    let listing = Listing {
        from: first_of(year - 1),
        to: last_of(year),
        known,
        ..Listing::new(Whose::Household(household), PLAN, MOST)
    };
    let mut plans = Vec::new();
    for record in records::list(tx, &listing)? {
        let plan = plan_from(&record)?;
        if plan.kind == kind && plan.year == year {
            plans.push(plan);
        }
    }
    plans.sort_by_key(|p| p.household != household);
    Ok(plans)
}

/// The plans of this year by the kinds of pairing that join whoever asks with a household, in the words as they were
/// written. That these are theirs is the caller's business.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub(crate) fn plans_between(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    household: HouseholdId,
    kinds: &[String],
) -> Result<Vec<KnownPlan>> {
    let mut out = Vec::new();
    for kind in kinds.iter().filter(|k| ctx.site.pack.work.is_for(k)) {
        if let Some(mut plan) = plan_of(tx, household, kind, ctx.today().year(), None)? {
            in_own_words(tx, &ctx.site.keyring, &mut plan)?;
            out.push(plan);
        }
    }
    Ok(out)
}

/// The plans that `plan` took the place of, the latest first.
///
/// Errors: those of the database.
pub fn plans_before(tx: &mut dyn Tx, plan: &KnownPlan) -> Result<Vec<KnownPlan>> {
    let mut out = Vec::new();
    let mut next = plan.corrects;
    while let Some(id) = next.filter(|_| out.len() < 50) {
        let Some(record) = records::by_id(tx, id)? else { break };
        let plan = plan_from(&record)?;
        next = plan.corrects;
        out.push(plan);
    }
    Ok(out)
}

/// A plan in the words as they were written, for whoever is paired with the household.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub(crate) fn in_own_words(tx: &mut dyn Tx, keys: &Keyring, plan: &mut KnownPlan) -> Result<()> {
    if let Some(own) = records::own_words(tx, keys, plan.record)? {
        let own: Plan = serde_json::from_str(&own).map_err(Error::internal)?;
        (plan.wish, plan.items) = (own.wish, own.items);
    }
    Ok(())
}

/// Help by a pairing in a year, the oldest first.
///
/// Errors: those of the database.
pub fn helps_of(
    tx: &mut dyn Tx,
    household: HouseholdId,
    kind: &str,
    year: i16,
    known: Option<Timestamp>,
) -> Result<Vec<KnownHelp>> {
    let listing = Listing {
        from: first_of(year),
        to: last_of(year),
        known,
        ..Listing::new(Whose::Household(household), HELP, MOST)
    };
    let mut out = Vec::new();
    for r in records::list(tx, &listing)? {
        let d: HelpData = data(&r)?;
        if d.kind != kind {
            continue;
        }
        out.push(KnownHelp {
            record: r.id,
            account: r.account,
            on: r.on,
            at: r.received_at,
            item: d.item,
            effect: d.effect,
            text: d.text,
            visit: d.visit.map(|id| records::put_right(tx, id, known)).transpose()?.flatten(),
        });
    }
    out.reverse();
    Ok(out)
}

/// Checks of a pairing's year, the latest first.
///
/// Errors: those of the database.
pub fn checks_of(
    tx: &mut dyn Tx,
    household: HouseholdId,
    kind: &str,
    year: i16,
    known: Option<Timestamp>,
) -> Result<Vec<KnownCheck>> {
    let listing = Listing {
        from: first_of(year),
        to: last_of(year + 1),
        known,
        ..Listing::new(Whose::Household(household), CHECK, MOST)
    };
    let mut out = Vec::new();
    for r in records::list(tx, &listing)? {
        let d: CheckData = data(&r)?;
        if d.kind == kind && d.year == year {
            out.push(KnownCheck {
                record: r.id,
                account: r.account,
                on: r.on,
                items: d.items,
                ask: d.ask,
                word: d.word,
            });
        }
    }
    Ok(out)
}
