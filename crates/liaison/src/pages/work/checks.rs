//! Many checks by one button of a unit's page.

use super::reader::Asked;
use super::unit::{Desk, PAGE};
use crate::work::{self, Check, ItemStanding, wrap_up};
use access::{SharedSite, Staff};
use axum::extract::State;
use db::Tx;
use kernel::{Error, HouseholdId, RecordId, Result};
use register::households;
use requests::Ctx;
use web::components::FlashKind;
use web::form::FormBody;
use web::{PageResult, redirect_with};

/// `POST /plans/unit`: a check of each that is ticked, with every item where the records put it. A pairing that has
/// ended meanwhile, or is one's own, is named; the others are checked all the same.
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let field = |name: &str| values.one(name).to_owned();
    let asked = Asked { unit: field("unit"), kind: field("kind"), after: field("after"), ..Asked::default() };
    let d = Desk::open(&site, &staff, asked)?;
    let homes: Vec<HouseholdId> =
        values.all("home").iter().filter_map(|h| h.parse().ok()).take(PAGE).collect();
    let (kind, year) = (d.kind.id.clone(), d.year);
    let left = d
        .ctx
        .write(move |tx, ctx| {
            let mut left = Vec::new();
            for (n, household) in homes.iter().enumerate() {
                if !check_one(tx, ctx, *household, &kind, year, n)? {
                    left.extend(households::get(tx, *household)?.map(|h| h.code));
                }
            }
            Ok(left)
        })
        .await?;
    let next = d.href(&d.unit.code, &[("after", &d.asked.after)]);
    let look = &d.look;
    let left = left.join(look.t("、", ", "));
    Ok(match left.is_empty() {
        true => redirect_with(&next, FlashKind::Ok, look.t("检查记好了。", "The checks are on record.")),
        false => redirect_with(
            &next,
            FlashKind::Warn,
            look.t(
                &format!("检查记好了，这几户没有记：{left}。结对已经结束，或者是您自己的。"),
                &format!(
                    "The checks are on record, but for {left}: their pairing has ended, or is your own."
                ),
            ),
        ),
    })
}

/// Checks one pairing; whether it could be.
fn check_one(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    household: HouseholdId,
    kind: &str,
    year: i16,
    n: usize,
) -> Result<bool> {
    let wrap = wrap_up(tx, ctx, household, kind, year, ctx.today())?;
    // What was checked today is checked.
    if wrap.checks.first().is_some_and(|c| c.on == ctx.today()) {
        return Ok(true);
    }
    let items = wrap.items.iter();
    let standing = items.map(|l| ItemStanding { item: l.item.item.clone(), state: l.state });
    let new = Check {
        id: RecordId::new(ctx.at.plus(i64::try_from(n).unwrap_or(0)), &*ctx.site.chance),
        household,
        kind: kind.to_owned(),
        year,
        on: ctx.today(),
        items: standing.collect(),
        ask: String::new(),
        word: String::new(),
    };
    match work::check(tx, ctx, &new) {
        Ok(_) => Ok(true),
        // Refused before anything is written.
        Err(Error::Refused { code: "pairing-ended" | "own-pairing", .. }) => Ok(false),
        Err(other) => Err(other),
    }
}
