//! What waits for somebody on their desk: whom they have to see themselves, and what is due in the units that they lead.

use super::{mine, of_households};
use crate::store::duties as store;
use crate::visits::{KIND as VISIT, households_of, needs_to_tell, promises_open_readable, promises_owed};
use access::{Noun, Verb};
use db::{Tx, params};
use kernel::{AccountId, HouseholdId, Result, Role, Text, path_end};
use requests::Ctx;
use requests::pages::{Duties, UnitDuty};
use std::collections::BTreeSet;

/// How many of the households that somebody looks after they have to see, how many promises to them are open, how many of
/// these families they have to tell how a need ended, and what is due in the units that they lead.
///
/// Errors: those of the database.
pub fn waits(tx: &mut dyn Tx, ctx: &Ctx, account: AccountId) -> Result<Duties> {
    let owed = promises_owed(tx, account, ctx.today())?;
    let promises = promises_open_readable(tx, ctx, owed)?.len();
    let tell = usize::try_from(needs_to_tell(tx, account, ctx.today())?).unwrap_or(0);
    let units = of_units(tx, ctx)?;
    if households_of(tx, account, ctx.today())?.is_empty() {
        return Ok(Duties { homes: 0, promises, tell, units });
    }
    let pack = &ctx.site.pack;
    let due = |h: &super::MyHousehold| h.due_by(pack, VISIT).map(|_| h.pairing.household);
    let homes: BTreeSet<HouseholdId> = mine(tx, pack, account, ctx.today())?.iter().filter_map(due).collect();
    Ok(Duties { homes: homes.len(), promises, tell, units })
}

/// What is due in the units that whoever acts leads, each with what is below it, by the counters alone: a desk is opened
/// all day, and a county has too many households to ask each. What is not counted is not told here.
fn of_units(tx: &mut dyn Tx, ctx: &Ctx) -> Result<Vec<UnitDuty>> {
    let led: Vec<_> = ctx.scope.grants.iter().filter(|g| g.role == Role::Lead).collect();
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for grant in &led {
        // Of a unit below another one that they lead the numbers are among those of that one.
        let within = led.iter().any(|g| g.path != grant.path && grant.path.starts_with(&g.path));
        if within
            || !seen.insert(grant.unit)
            || !access::may(&ctx.scope, Verb::List, Noun::Pairing, grant.path.as_str())
        {
            continue;
        }
        let code = ctx.dir.get(grant.unit).map_or("", |u| u.code.as_str());
        for duty in of_households(&ctx.site.pack).filter(|o| o.record == VISIT) {
            let Some(period) = duty.window.at(ctx.today()) else { continue };
            let now = duty.window.key(period);
            let before = duty.window.before(period).map_or_else(String::new, |p| duty.window.key(p));
            let values = params![
                duty.id.as_str(),
                now.as_str(),
                before.as_str(),
                grant.path.as_str(),
                path_end(&grant.path)
            ];
            let counted: Vec<(String, i64)> =
                tx.query_map(&store::TALLY_OPEN, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
            let of = |key: &str| counted.iter().find(|(period, _)| period == key).map_or(0, |(_, n)| *n);
            let (open, missed) = (of(&now), of(&before));
            if open == 0 && missed == 0 {
                continue;
            }
            let period = duty.window.name(period);
            let name = |zh: &str, en: &str| {
                Text::new(format!("{} {zh}", duty.name.zh), format!("{}, {en}", duty.name.en))
            };
            out.push(UnitDuty {
                unit: grant.unit,
                name: name(&period.zh, &period.en),
                open,
                missed,
                href: format!("/duties/unit?unit={code}&obligation={}", duty.id),
            });
        }
    }
    Ok(out)
}
