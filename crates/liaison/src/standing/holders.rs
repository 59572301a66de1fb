//! What is asked of those who look after households: a day on which to go out.

use crate::facts::judge;
use crate::store::duties as store;
use db::{Tx, params};
use kernel::{AccountId, Date, Result, path_end};
use pack::{ObligationRule, Pack};
use rules::obligation::{Period, Span, Standing};
use std::collections::{BTreeMap, HashMap};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderDue {
    /// Who.
    pub account: AccountId,
    /// How it stands.
    pub standing: Standing,
}

/// Everybody who looks after households at and below `path`, of whom `duty` asks something in `period`.
///
/// Errors: those of the database.
pub fn holders(
    tx: &mut dyn Tx,
    pack: &Pack,
    duty: &ObligationRule,
    period: Period,
    path: &str,
    today: Date,
) -> Result<Vec<HolderDue>> {
    let mut seen: HashMap<AccountId, Vec<Date>> = HashMap::new();
    let mut until = period.to;
    for _ in 0..duty.grace {
        until = until.tomorrow().unwrap_or(until);
    }
    for r in tx.query(
        &store::SEEN_BY_ALL,
        &params![duty.pairing.as_str(), period.from, until, duty.record.as_str()],
    )? {
        seen.entry(r.get(0)?).or_default().push(r.get(1)?);
    }
    let mut lives: BTreeMap<AccountId, Vec<Span>> = BTreeMap::new();
    tx.each(&store::HOLDERS_OF, &params![duty.pairing.as_str(), path, path_end(path)], &mut |r| {
        let spans = lives.entry(r.get(0)?).or_default();
        let span = Span { from: r.get(1)?, to: r.get(2)? };
        if spans.last() != Some(&span) {
            spans.push(span);
        }
        Ok(())
    })?;
    let rule = duty.rule(pack.valid_from);
    let judged = lives.into_iter().map(|(account, life)| {
        let days = seen.get_mut(&account).map_or(&mut [][..], |days| {
            days.sort_unstable();
            days.as_mut_slice()
        });
        HolderDue { account, standing: judge(&rule, &duty.exempt, period, &life, &[], days, today) }
    });
    Ok(judged.filter(|h| !matches!(h.standing, Standing::NotApplicable(_))).collect())
}
