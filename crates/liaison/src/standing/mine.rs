//! Who is due for me.

use super::{Duty, duties, since};
use crate::facts;
use crate::model::Pairing;
use crate::store::{duties as store, pairings};
use crate::visits::KIND as VISIT;
use crate::work::CHECK;
use db::{Tx, params};
use kernel::{AccountId, Date, HouseholdId, Result};
use pack::{DutyOf, Pack};
use rules::obligation::{Period, Span, Standing, Window};
use std::collections::HashMap;

/// One of my households.
#[derive(Clone, Debug)]
pub struct MyHousehold {
    /// The pairing.
    pub pairing: Pairing,
    /// The household's code.
    pub code: String,
    /// Its tags today.
    pub tags: Vec<String>,
    /// When it was last seen by somebody paired with it.
    pub last: Option<Date>,
    /// What is owed.
    pub duties: Vec<Duty>,
}

impl MyHousehold {
    /// By when something has to happen next; none where nothing is due.
    pub fn due(&self) -> Option<Date> {
        self.duties.iter().filter_map(by).min()
    }

    /// By when something that this kind of record fulfils has to happen next; none where nothing is due.
    pub fn due_by(&self, pack: &Pack, record: &str) -> Option<Date> {
        let of_it = |d: &&Duty| pack.obligation(&d.obligation).is_some_and(|o| o.record == record);
        self.duties.iter().filter(of_it).filter_map(by).min()
    }
}

fn by(duty: &Duty) -> Option<Date> {
    match duty.standing {
        Standing::Due { by, .. } => Some(by),
        _ => None,
    }
}

/// Everybody whom `account` looks after on `today`, with what is owed: what is due first, then by code.
///
/// Errors: those of the database.
pub fn mine(tx: &mut dyn Tx, pack: &Pack, account: AccountId, today: Date) -> Result<Vec<MyHousehold>> {
    let all = facts::of_mine(tx, account, today, since(today))?;
    let codes: HashMap<HouseholdId, String> = tx
        .query_map(&pairings::CODES_OF, &params![account, today], |r| Ok((r.get(0)?, r.get(1)?)))?
        .into_iter()
        .collect();
    let held = tx.query_map(&pairings::OF_ACCOUNT_ON, &params![account, today], Pairing::from_row)?;
    let mut list: Vec<MyHousehold> = held
        .into_iter()
        .map(|pairing| {
            let facts = all.get(&pairing.household).cloned().unwrap_or_default();
            let mut tags: Vec<String> =
                facts.tags.iter().filter(|(_, s)| s.has(today)).map(|(t, _)| t.clone()).collect();
            tags.sort();
            tags.dedup();
            // Checks are made by somebody else.
            let of_kind = |d: &Duty| {
                pack.obligation(&d.obligation).is_some_and(|o| o.pairing == pairing.kind && o.record != CHECK)
            };
            MyHousehold {
                code: codes.get(&pairing.household).cloned().unwrap_or_default(),
                tags,
                last: facts.days(&pairing.kind, VISIT).iter().rev().find(|d| **d <= today).copied(),
                duties: duties(pack, &facts, today).into_iter().filter(of_kind).collect(),
                pairing,
            }
        })
        .collect();
    list.sort_by(|a, b| {
        let key = |h: &MyHousehold| (h.due().is_none(), h.due(), h.code.clone());
        key(a).cmp(&key(b))
    });
    Ok(list)
}

/// What is asked of `account` itself (a day on which to go out), of the periods of today and, where that one is over, of
/// the next, so that one always sees when to go out.
///
/// Errors: those of the database.
pub fn my_own(tx: &mut dyn Tx, pack: &Pack, account: AccountId, today: Date) -> Result<Vec<Duty>> {
    let mut own = Vec::new();
    if pack.obligations.iter().all(|o| o.of != DutyOf::Holder) {
        return Ok(own);
    }
    let mut lives: HashMap<String, Vec<Span>> = HashMap::new();
    for r in tx.query(&store::LIFE_OF_HOLDER, &params![account])? {
        lives.entry(r.get(0)?).or_default().push(Span { from: r.get(1)?, to: r.get(2)? });
    }
    let mut seen: HashMap<(String, String), Vec<Date>> = HashMap::new();
    for r in tx.query(&store::SEEN_BY, &params![account, since(today)])? {
        seen.entry((r.get(0)?, r.get(2)?)).or_default().push(r.get(1)?);
    }
    for duty in pack.obligations.iter().filter(|o| o.of == DutyOf::Holder) {
        let Some(life) = lives.get(&duty.pairing) else { continue };
        let key = (duty.pairing.clone(), duty.record.clone());
        let days = seen.get(&key).map_or(&[][..], Vec::as_slice);
        for period in own_periods(duty.window, today) {
            let at = today.max(period.from);
            let standing =
                facts::judge(&duty.rule(pack.valid_from), &duty.exempt, period, life, &[], days, at);
            if !matches!(standing, Standing::NotApplicable(_)) {
                own.push(Duty { obligation: duty.id.clone(), period, standing });
            }
        }
    }
    Ok(own)
}

/// The period of today, where it is a day of this month also before it comes and after it is over; then the next one.
fn own_periods(window: Window, today: Date) -> Vec<Period> {
    // Far enough for the next fifth weekday of a month.
    let far = (0..124).fold(today, |day, _| day.tomorrow().unwrap_or(day));
    let over = window.at(today).filter(|p| p.to <= today);
    over.into_iter().chain(window.periods(today, far).into_iter().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_the_day_of_a_month_is_over_the_next_one_stands_there_too() {
        let d = |text: &str| text.parse::<Date>().unwrap();
        let days = |window: &str, today: &str| -> Vec<Date> {
            let window = Window::try_from(window.to_owned()).unwrap();
            own_periods(window, d(today)).iter().map(|p| p.from).collect()
        };
        let second = "saturday-2";
        assert_eq!(days(second, "2026-11-01"), [d("2026-11-14")]);
        assert_eq!(days(second, "2026-11-14"), [d("2026-11-14")]);
        assert_eq!(days(second, "2026-11-23"), [d("2026-11-14"), d("2026-12-12")]);
        // A month without a fifth Saturday.
        assert_eq!(days("saturday-5", "2026-11-01"), [d("2027-01-30")]);
        assert_eq!(days("quarter", "2026-11-23"), [d("2026-10-01")]);
    }
}
