//! A check of a pairing by the lead of its place: what is done, what lags, what is asked of the holder.

use super::record::{self, Entry, Who};
use super::who::{At, Faults, checker};
use super::{CHECK, Check};
use crate::visits::words::Hide;
use access::Site;
use db::Tx;
use kernel::Result;
use records::Taken;
use register::households::Household;
use requests::Ctx;
use serde_json::json;

/// The most characters of what is asked, and of the sentence.
pub(crate) const ASK_MAX: usize = 200;

/// Writes a check down.
///
/// Errors: not found; what the table refuses; refused: `pairing-ended`, `own-pairing`, `record-differs`; [`Error::Invalid`] with every
/// faulty field.
pub fn check(tx: &mut dyn Tx, ctx: &Ctx, check: &Check) -> Result<Taken> {
    let at = checker(tx, ctx, check.household, &check.kind)?;
    if records::by_id(tx, check.id)?.is_none() {
        faults(ctx, check).end()?;
    }
    let At { account, unit, household, ctx, hide } = &at;
    let who = Who { actor: &ctx.scope.actor, account: *account, unit: *unit, at: ctx.at };
    write(tx, &ctx.site, household, &who, hide, check)
}

pub(super) fn write(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    who: &Who<'_>,
    hide: &Hide,
    check: &Check,
) -> Result<Taken> {
    let (ask, word) = (hide.out(&check.ask), hide.out(&check.word));
    let line = |i: &super::ItemStanding| {
        let name = site.pack.work.item(&i.item).map_or(i.item.as_str(), |known| known.name.zh.as_str());
        format!("{name}{}", i.state.name().zh)
    };
    let mut text = check.items.iter().map(line).collect::<Vec<_>>();
    text.extend([&ask, &word].into_iter().filter(|t| !t.is_empty()).cloned());
    let entry = Entry {
        id: check.id,
        record: CHECK,
        kind: &check.kind,
        on: check.on,
        counts: check.on,
        hidden: ask != check.ask.trim() || word != check.word.trim(),
        text: text.join("；"),
        data: json!({ "kind": check.kind, "year": check.year, "items": check.items, "ask": ask, "word": word }),
        corrects: None,
    };
    record::write(tx, site, household, who, entry, check)
}

fn faults(ctx: &Ctx, check: &Check) -> Faults {
    let mut out = Faults::default();
    let rule = &ctx.site.pack.work;
    if !rule.is_for(&check.kind) {
        out.add("kind", "这类结对不做计划。", "Plans are not made by this kind of pairing.");
    }
    out.day(ctx, check.on);
    // Until the spring the year before can still be looked at.
    if !(check.on.year() - 1..=check.on.year()).contains(&check.year) {
        out.add("year", "只能检查今年或去年的。", "A check is of this year or the one before.");
    }
    for item in check.items.iter().filter(|i| rule.item(&i.item).is_none()) {
        out.add(format!("i.{}", item.item), "没有这一项。", "There is no such item.");
    }
    out.too_long("ask", &check.ask, ASK_MAX);
    out.too_long("word", &check.word, ASK_MAX);
    out
}
