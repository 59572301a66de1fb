//! A plan is agreed with a household, or revised: a revised one is a record that names the one it corrects.

use super::record::{self, Entry, Who};
use super::who::{At, Faults, holder};
use super::{PLAN, Plan, PlanItem, items, read};
use crate::visits::words::Hide;
use access::Site;
use db::Tx;
use kernel::{Date, Error, Result};
use records::Taken;
use register::households::Household;
use requests::Ctx;
use serde_json::json;
use std::collections::BTreeSet;

/// The most characters of the wish.
pub(crate) const WISH_MAX: usize = 300;
/// The most characters of an item.
pub(crate) const ITEM_MAX: usize = 200;
/// The most items of one plan: more are not worked on in a year.
pub(crate) const ITEMS_MOST: usize = 8;

/// Writes a plan down.
///
/// Errors: not found where whoever asks has no such pairing with the household; [`Error::Invalid`] with every faulty
/// field; refused: `plan-there` (there is one for the year: revise it), `record-differs`, `record-corrected`.
pub fn plan(tx: &mut dyn Tx, ctx: &Ctx, plan: &Plan) -> Result<Taken> {
    let at = holder(tx, ctx, plan.household, &plan.kind, plan.on)?;
    let mut made = plan.on;
    if records::by_id(tx, plan.id)?.is_none() {
        faults(ctx, plan).end()?;
        let there = read::plan_of(tx, plan.household, &plan.kind, plan.year, None)?;
        made = match (there, plan.corrects) {
            (None, None) => plan.on,
            // The plan of a household that is linked stays with it: this one stands before it.
            (Some(other), None) if other.household != plan.household => other.made,
            (Some(former), Some(id)) if former.record == id && former.household == plan.household => {
                former.made
            }
            (Some(_), _) => {
                return Err(Error::refused(
                    "plan-there",
                    "这一年的计划已经有了（可能刚被别人改过），请在现有的计划上改。",
                    "There is a plan for this year (somebody may just have revised it): revise that one.",
                ));
            }
            (None, Some(_)) => return Err(Error::NotFound),
        };
    }
    let At { account, unit, household, ctx, hide } = &at;
    let who = Who { actor: &ctx.scope.actor, account: *account, unit: *unit, at: ctx.at };
    write(tx, &ctx.site, household, &who, hide, plan, made)
}

pub(super) fn write(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    who: &Who<'_>,
    hide: &Hide,
    plan: &Plan,
    made: Date,
) -> Result<Taken> {
    let wish = hide.out(&plan.wish);
    let masked: Vec<PlanItem> =
        plan.items.iter().map(|i| PlanItem { text: hide.out(&i.text), ..i.clone() }).collect();
    let same = |a: &str, b: &str| a == b.trim();
    let hidden =
        !same(&wish, &plan.wish) || masked.iter().zip(&plan.items).any(|(m, i)| !same(&m.text, &i.text));
    let line = |i: &PlanItem| {
        let name = site.pack.work.item(&i.item).map_or(i.item.as_str(), |known| known.name.zh.as_str());
        let words = if i.text.is_empty() { String::new() } else { format!("：{}", i.text) };
        format!("{name}{words}（{}月底前）", i.by.month())
    };
    let text = format!("{wish}；{}", masked.iter().map(line).collect::<Vec<_>>().join("；"));
    // It counts for the year that it is for, since the day on which the first of it was made.
    let first = Date::new(plan.year, 1, 1).map_err(Error::internal)?;
    let last = Date::new(plan.year, 12, 31).map_err(Error::internal)?;
    let entry = Entry {
        id: plan.id,
        record: PLAN,
        kind: &plan.kind,
        on: plan.on,
        counts: made.clamp(first, last),
        text,
        data: json!({ "kind": plan.kind, "year": plan.year, "made": made, "wish": wish, "items": masked }),
        hidden,
        corrects: plan.corrects,
    };
    let taken = record::write(tx, site, household, who, entry, plan)?;
    if taken == Taken::New {
        items::renew(tx, site, plan.household, &plan.kind, plan.year, who.at)?;
    }
    Ok(taken)
}

fn faults(ctx: &Ctx, plan: &Plan) -> Faults {
    let mut out = Faults::default();
    let rule = &ctx.site.pack.work;
    if !rule.is_for(&plan.kind) {
        out.add("kind", "这类结对不做计划。", "Plans are not made by this kind of pairing.");
    }
    out.day(ctx, plan.on);
    if !(plan.on.year()..=plan.on.year() + 1).contains(&plan.year) {
        out.add("year", "只能做今年或明年的计划。", "A plan is for this year or the next.");
    }
    if plan.wish.trim().is_empty() {
        out.add(
            "wish",
            "请写这一家今年想达到什么，一句话就行。",
            "Say in a line what the family wishes to reach.",
        );
    }
    out.too_long("wish", &plan.wish, WISH_MAX);
    if plan.items.is_empty() || plan.items.len() > ITEMS_MOST {
        out.add(
            "items",
            format!("请选 1 到 {ITEMS_MOST} 项要帮的事。"),
            format!("Choose 1 to {ITEMS_MOST} things to be done."),
        );
    }
    let mut seen = BTreeSet::new();
    for item in &plan.items {
        let field = format!("i.{}", item.item);
        if rule.item(&item.item).is_none() || !seen.insert(item.item.as_str()) {
            out.add(
                field.clone(),
                "没有这一项，或者选了两次。",
                "There is no such item, or it is there twice.",
            );
        }
        out.too_long(&format!("{field}.text"), &item.text, ITEM_MAX);
        if item.by.year() != plan.year {
            out.add(
                format!("{field}.by"),
                format!("要在 {} 年以内做到。", plan.year),
                format!("The last day lies in {}.", plan.year),
            );
        }
    }
    out
}
