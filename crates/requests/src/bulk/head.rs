//! What is settled of each case before it is told: its id, its number, its person.

use super::Past;
use super::chance::Drawn;
use crate::ctx::Ctx;
use crate::register;
use db::Tx;
use kernel::{Chance, Error, PersonId, RequestId, Result, Timestamp, UnitId};
use rules::number::QueryCode;
use std::collections::{BTreeMap, HashSet};

/// What is settled beforehand.
pub(super) struct Head {
    pub(super) id: RequestId,
    pub(super) number: String,
    pub(super) code: String,
    pub(super) person: Option<PersonId>,
    pub(super) first_unit: UnitId,
    pub(super) chance: Drawn,
}

/// Draws ids and codes in the order of the batch, and takes the numbers of each series in one statement.
pub(super) fn heads(tx: &mut dyn Tx, ctx: &Ctx, batch: &[Past]) -> Result<Vec<Head>> {
    let mut out = Vec::with_capacity(batch.len());
    // Those that were made elsewhere are taken before any is drawn.
    let mut ords: HashSet<i64> = batch.iter().filter_map(|p| p.id.map(|id| id.ord())).collect();
    if ords.len() < batch.iter().filter(|p| p.id.is_some()).count() {
        return Err(Error::internal("bulk: two cases have one id"));
    }
    let mut series: BTreeMap<(UnitId, i16), Vec<usize>> = BTreeMap::new();
    for (at, past) in batch.iter().enumerate() {
        let first_unit = past
            .receiving_unit(ctx)
            .filter(|u| ctx.dir.get(*u).is_some())
            .ok_or_else(|| Error::internal(format!("bulk: case {at}: no unit receives it")))?;
        let chance = Drawn::new(&*ctx.site.chance);
        let mut draw = || loop {
            let id = RequestId::new(spread(past.received_at, &chance), &chance);
            if ords.insert(id.ord()) {
                break id;
            }
        };
        let id = past.id.unwrap_or_else(&mut draw);
        let named = register::named(&past.person);
        let registered = past.registered_at.unwrap_or(past.received_at);
        out.push(Head {
            id,
            number: String::new(),
            code: QueryCode::draw(&chance).into(),
            person: named.then(|| PersonId::new(registered, &chance)),
            first_unit,
            chance,
        });
        let year = ctx.site.zone.date(past.received_at).year();
        series.entry((register::holder(ctx, first_unit), year)).or_default().push(at);
    }
    for ((holder, year), cases) in series {
        let count = cases.len() as i64;
        let taken = register::take(tx, ctx, holder, year, count)?;
        for (n, at) in (taken.last - count + 1..).zip(cases) {
            out[at].number = register::said(&taken.series, year, n)?;
        }
    }
    Ok(out)
}

/// The instant from which an id is made. Sheets often give the second, or only the day: many cases of
/// one instant would have too few different numbers to sort by, so they are spread over that second.
fn spread(at: Timestamp, chance: &dyn Chance) -> Timestamp {
    if at.0 % 1000 == 0 { at.plus(chance.below(1000) as i64) } else { at }
}
