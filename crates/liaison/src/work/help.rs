//! Help is noted: which item, on which day, what was done, what came of it. What a visit says already is not typed again.

use super::record::{self, Entry, Who};
use super::who::{At, Faults, holder};
use super::{HELP, Help, items, read};
use crate::visits;
use crate::visits::words::Hide;
use access::Site;
use db::Tx;
use kernel::{Error, Result};
use records::Taken;
use register::households::{self, Household};
use requests::Ctx;
use serde_json::json;

/// The most characters of what was done.
pub(crate) const TEXT_MAX: usize = 300;

/// Writes help down.
///
/// Errors: not found where whoever asks has no such pairing with the household, or the visit is none there;
/// [`Error::Invalid`] with every faulty field; refused: `help-there` (the same item at the same visit),
/// `record-differs`, `record-corrected`.
pub fn help(tx: &mut dyn Tx, ctx: &Ctx, help: &Help) -> Result<Taken> {
    let at = holder(tx, ctx, help.household, &help.kind, help.on)?;
    if records::by_id(tx, help.id)?.is_none() {
        faults(ctx, help).end()?;
        if let Some(visit) = help.visit {
            let homes = households::same(tx, help.household)?;
            let there = records::by_id(tx, visit)?
                .filter(|v| v.kind == visits::KIND && homes.contains(&v.household) && v.on == help.on);
            there.ok_or(Error::NotFound)?;
            let latest = records::put_right(tx, visit, None)?.map(|v| v.id);
            let known = read::helps_of(tx, help.household, &help.kind, help.on.year(), None)?;
            let twice = |h: &read::KnownHelp| {
                h.visit.as_ref().map(|v| v.id) == latest
                    && h.item == help.item
                    && Some(h.record) != help.corrects
            };
            if known.iter().any(twice) {
                return Err(Error::refused(
                    "help-there",
                    "这次走访的这一项已经记过了，不用再记。",
                    "This item is noted for that visit already: it counts once.",
                ));
            }
        }
        if let Some(former) = help.corrects {
            let known = records::by_id(tx, former)?.ok_or(Error::NotFound)?;
            if known.account != at.account {
                return Err(Error::NotFound);
            }
        }
    }
    let At { account, unit, household, ctx, hide } = &at;
    let who = Who { actor: &ctx.scope.actor, account: *account, unit: *unit, at: ctx.at };
    write(tx, &ctx.site, household, &who, hide, help)
}

pub(super) fn write(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    who: &Who<'_>,
    hide: &Hide,
    help: &Help,
) -> Result<Taken> {
    let rule = &site.pack.work;
    let said = hide.out(&help.text);
    let name = |id: Option<&str>| id.and_then(|i| rule.item(i)).map_or("计划外", |i| i.name.zh.as_str());
    let effect = rule.effect(&help.effect).map_or("", |e| e.name.zh.as_str());
    let words = if said.is_empty() { String::new() } else { format!("：{said}") };
    let entry = Entry {
        id: help.id,
        record: HELP,
        kind: &help.kind,
        on: help.on,
        counts: help.on,
        text: format!("{}{words}，{effect}", name(help.item.as_deref())),
        data: json!({ "kind": help.kind, "item": help.item, "effect": help.effect, "text": said, "visit": help.visit }),
        hidden: said != help.text.trim(),
        corrects: help.corrects,
    };
    let taken = record::write(tx, site, household, who, entry, help)?;
    if taken == Taken::New {
        items::refresh(tx, site, help.household, &help.kind, help.on.year())?;
    }
    Ok(taken)
}

fn faults(ctx: &Ctx, help: &Help) -> Faults {
    let mut out = Faults::default();
    let rule = &ctx.site.pack.work;
    if !rule.is_for(&help.kind) {
        out.add("kind", "这类结对不做计划。", "Plans are not made by this kind of pairing.");
    }
    out.day(ctx, help.on);
    if help.item.as_deref().is_some_and(|i| rule.item(i).is_none()) {
        out.add("item", "没有这一项。", "There is no such item.");
    }
    if rule.effect(&help.effect).is_none() {
        out.add("effect", "请选成效怎么样。", "Choose what came of it.");
    }
    if help.visit.is_none() && help.text.trim().is_empty() {
        out.add(
            "text",
            "请写一句做了什么；走访里已经记过的，选那次走访就行。",
            "Say in a line what was done, or choose the visit that says it.",
        );
    }
    out.too_long("text", &help.text, TEXT_MAX);
    out
}
