//! What is known of a household as far as obligations ask for it.

use crate::store::duties as store;
use db::{Row, Tx, params};
use kernel::{AccountId, Date, HouseholdId, Result};
use pack::{ObligationRule, Pack};
use rules::obligation::{Period, Rule, Span, Standing, Subject, standing};
use std::collections::{BTreeMap, HashMap};

/// When it was on whose kind of list, its tags, the days on which something happened for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// By kind of pairing.
    pub lives: BTreeMap<String, Vec<Span>>,
    /// Tags and when it had them.
    pub tags: Vec<(String, Span)>,
    /// By kind of pairing and kind of record, sorted.
    pub seen: BTreeMap<(String, String), Vec<Date>>,
    /// The path of its grid.
    pub path: String,
}

impl Facts {
    /// The days on which a record of this kind was made for a pairing of that kind.
    pub fn days(&self, pairing: &str, record: &str) -> &[Date] {
        let found = self.seen.iter().find(|((p, r), _)| p == pairing && r == record);
        found.map_or(&[], |(_, days)| days.as_slice())
    }

    /// How it stands with one obligation in one period.
    pub fn standing(&self, pack: &Pack, duty: &ObligationRule, period: Period, today: Date) -> Standing {
        let none = Vec::new();
        let life = self.lives.get(&duty.pairing).unwrap_or(&none);
        let tags: Vec<(&str, Span)> = self.tags.iter().map(|(tag, span)| (tag.as_str(), *span)).collect();
        let days = self.days(&duty.pairing, &duty.record);
        judge(&duty.rule(pack.valid_from), &duty.exempt, period, life, &tags, days, today)
    }
}

/// How it stands by a rule with somebody of whom this is known; marks in `exempt` take them out for their time.
pub(crate) fn judge(
    rule: &Rule,
    exempt: &[String],
    period: Period,
    life: &[Span],
    tags: &[(&str, Span)],
    seen: &[Date],
    today: Date,
) -> Standing {
    let exempt: Vec<Span> =
        tags.iter().filter(|(tag, _)| exempt.iter().any(|e| e == tag)).map(|(_, span)| *span).collect();
    standing(rule, &Subject { life, tags, exempt: &exempt }, period, seen, today)
}

fn span(r: &Row, at: usize) -> Result<Span> {
    Ok(Span { from: r.get(at)?, to: r.get(at + 1)? })
}

fn tag(field: &str) -> String {
    field.strip_prefix("tag:").unwrap_or(field).to_owned()
}

/// Of one household: records since `since`.
pub(crate) fn of(tx: &mut dyn Tx, household: HouseholdId, since: Date) -> Result<Facts> {
    let mut facts = Facts::default();
    for r in tx.query(&store::LIFE_OF, &params![household])? {
        facts.lives.entry(r.get(0)?).or_default().push(span(&r, 1)?);
        facts.path = r.get(3)?;
    }
    for r in tx.query(&store::TAGS_OF, &params![household])? {
        facts.tags.push((tag(&r.get::<String>(0)?), span(&r, 1)?));
    }
    for r in tx.query(&store::SEEN_OF, &params![household, since])? {
        facts.seen.entry((r.get(0)?, r.get(2)?)).or_default().push(r.get(1)?);
    }
    Ok(facts)
}

/// Of every household that somebody looks after on a day.
pub(crate) fn of_mine(
    tx: &mut dyn Tx,
    account: AccountId,
    on: Date,
    since: Date,
) -> Result<HashMap<HouseholdId, Facts>> {
    let mut all: HashMap<HouseholdId, Facts> = HashMap::new();
    for r in tx.query(&store::LIVES_OF_MINE, &params![account, on])? {
        let facts = all.entry(r.get(0)?).or_default();
        let lives = facts.lives.entry(r.get(1)?).or_default();
        let span = span(&r, 2)?;
        // Somebody who has a household by two kinds of pairing joins it twice.
        if !lives.contains(&span) {
            lives.push(span);
        }
        facts.path = r.get(4)?;
    }
    for r in tx.query(&store::TAGS_OF_MINE, &params![account, on])? {
        let facts = all.entry(r.get(0)?).or_default();
        facts.tags.push((tag(&r.get::<String>(1)?), span(&r, 2)?));
    }
    for r in tx.query(&store::SEEN_OF_MINE, &params![account, on, since])? {
        let facts = all.entry(r.get(0)?).or_default();
        facts.seen.entry((r.get(1)?, r.get(3)?)).or_default().push(r.get(2)?);
    }
    for facts in all.values_mut() {
        facts.seen.values_mut().for_each(|days| days.sort_unstable());
    }
    Ok(all)
}
