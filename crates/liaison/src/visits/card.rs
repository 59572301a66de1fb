//! A household's own page by the code on its card: who is my contact, what was promised, whom to complain to. Nothing
//! of other people, and nobody's name of the family.

use super::promises::{self, PromiseState};
use super::ratings::{Rated, Rating, WORDS_MAX};
use super::words::Hide;
use super::{HeardNeed, NeedsOf, withheld};
use crate::read;
use crate::work::{WrapUp, wrap_up};
use access::accounts;
use db::Tx;
use kernel::{AccountId, Date, Error, RecordId, Result, Text, Timestamp, UnitId};
use register::households::{self, Household};
use requests::Ctx;
use requests::model::Satisfaction;
use std::collections::HashSet;

/// The most promises and needs that the page shows.
pub(crate) const MOST: usize = 20;

/// Somebody who keeps in touch with the household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Their telephone number at work; of their unit where they have none.
    pub phone: String,
    /// Their unit.
    pub unit: Option<UnitId>,
    /// The kind of pairing, by its key in the pack.
    pub kind: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Card {
    /// The household.
    pub household: Household,
    /// Where it is.
    pub place: Text,
    /// Who keeps in touch with it.
    pub contacts: Vec<Contact>,
    /// What was promised: the text, the day promised now, where it stands, the reason given last.
    pub promises: Vec<(String, Date, PromiseState, String)>,
    /// What it asked for, at visits and from its card, the latest first; nothing that is kept from somebody.
    pub needs: Vec<HeardNeed>,
    /// What is planned with the household for this year, and what was done for it.
    pub plans: Vec<WrapUp>,
    /// The last visit, and what was said of it.
    pub last: Option<(RecordId, Date, Option<Rating>)>,
}

/// The number that reaches somebody: their own, else that of their unit, else the hotline.
pub(crate) fn phone(ctx: &Ctx, own: Option<&str>, unit: Option<UnitId>) -> String {
    let given = |phone: &&str| !phone.trim().is_empty();
    let of_unit = || unit.and_then(|u| ctx.dir.get(u)).and_then(|u| u.phone.as_deref()).filter(given);
    own.filter(given).or_else(of_unit).unwrap_or(&ctx.site.pack.site.hotline).to_owned()
}

/// Whom to complain to about somebody of `unit`: the unit above it, and its number, or that of the hotline. None where there
/// is no unit above.
pub(crate) fn above(ctx: &Ctx, unit: Option<UnitId>) -> Option<(UnitId, String)> {
    let above = ctx.dir.parent(unit?)?.id;
    Some((above, phone(ctx, None, Some(above))))
}

/// The page behind a code; none where there is no such card or the household is no longer there.
///
/// Errors: those of the database.
pub fn card(tx: &mut dyn Tx, ctx: &Ctx, code: &str) -> Result<Option<Card>> {
    let today = ctx.today();
    // Of a family that was written down twice either card is good.
    let found = households::by_card(tx, code)?.map(|h| households::kept(tx, h)).transpose()?;
    let Some(household) = found.filter(|h| h.is_open(today)) else { return Ok(None) };
    let mut contacts: Vec<Contact> = Vec::new();
    for pairing in read::of_household(tx, household.id, today)? {
        let (account, kind) = (pairing.account, pairing.kind);
        if contacts.iter().any(|c| c.account == account) {
            continue;
        }
        let Some(who) = accounts::by_id(tx, account)? else { continue };
        let unit = accounts::units_of(tx, account, today)?.first().copied();
        let phone = phone(ctx, who.phone.as_deref(), unit);
        contacts.push(Contact { account, name: who.name.clone(), phone, unit, kind });
    }
    let promises = promises::promises_of(tx, household.id, Timestamp(i64::MAX))?;
    // The family reads all of it; whoever of the staff opens its card reads what they may read elsewhere.
    let promises = withheld::answered(tx, ctx, promises)?
        .into_iter()
        .take(MOST)
        .map(|(p, said)| {
            let why = said.last().map(|s| s.text.clone()).unwrap_or_default();
            (p.text, p.due, p.state, why)
        })
        .collect();
    let needs = super::needs(tx, &NeedsOf::Household(household.id), Timestamp(i64::MAX), MOST)?;
    let mut plans = Vec::new();
    for kind in &ctx.site.pack.work.pairings {
        // Nothing is told of a year without a plan.
        let year = wrap_up(tx, ctx, household.id, kind, today.year(), today)?;
        plans.extend(Some(year).filter(|y| y.plan.is_some()));
    }
    let last = match records::latest(tx, household.id, super::KIND)? {
        Some(visit) => {
            // One that was put right since is the same visit to the family.
            let mut rated = super::rating(tx, &visit, Timestamp(i64::MAX))?;
            if withheld::visits_hidden(tx, ctx, HashSet::from([household.id]))?.contains(&visit.id) {
                rated.iter_mut().for_each(|said| said.words.clear());
            }
            Some((visit.id, visit.on, rated))
        }
        None => None,
    };
    Ok(Some(Card {
        place: super::mine::place(ctx, &household),
        household,
        contacts,
        promises,
        needs,
        plans,
        last,
    }))
}

/// The family rates the last visit, once; with words where it likes.
///
/// Errors: not found; invalid at `words`; refused (`rated`) a second time.
pub fn rate(tx: &mut dyn Tx, ctx: &Ctx, code: &str, grade: Satisfaction, words: &str) -> Result<()> {
    if words.trim().chars().count() > WORDS_MAX {
        return Err(Error::field(
            "words",
            format!("最多 {WORDS_MAX} 字。"),
            format!("At most {WORDS_MAX} characters."),
        ));
    }
    let card = card(tx, ctx, code)?.ok_or(Error::NotFound)?;
    let Some((visit, _, rated)) = card.last else { return Err(Error::NotFound) };
    if rated.is_some() {
        return Err(Error::refused("rated", "这次走访已经评过了。", "This visit has been rated already."));
    }
    let there = records::by_id(tx, visit)?.ok_or(Error::NotFound)?;
    let words = Hide::of(tx, &ctx.site.keyring, &card.household)?.out(words);
    let said = Rating { grade, words };
    let rated = Rated { record: visit, path: there.path, account: there.account, on: there.on, said };
    rated.write(tx, &ctx.site, &ctx.scope.actor, ctx.at)
}
