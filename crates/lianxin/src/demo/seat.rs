//! Somebody of the demonstration who does something at an instant of the past.

use access::{SharedSite, accounts};
use db::Tx;
use kernel::{Actor, Grant, Result, Role, Scope, Timestamp, UnitId};
use requests::Ctx;

/// Who, where and when.
pub(super) struct Seat {
    pub(super) role: Role,
    pub(super) unit: UnitId,
    pub(super) at: Timestamp,
}

/// The villages, over which what is told is spread.
pub(super) fn villages(site: &SharedSite) -> Vec<UnitId> {
    register::directory(site).iter().filter(|u| u.kind == "village").map(|u| u.id).collect()
}

/// The first who holds that post, with its reach; none where nobody does.
///
/// Errors: those of the database.
pub(super) fn staff_of(tx: &mut dyn Tx, ctx: &Ctx, seat: &Seat) -> Result<Option<Ctx>> {
    let today = ctx.site.today();
    let Some((account, _)) = accounts::holders(tx, seat.unit, seat.role, today)?.into_iter().next() else {
        return Ok(None);
    };
    let kind = ctx.dir.get(seat.unit).map(|u| u.kind.clone()).unwrap_or_default();
    let path = match ctx.dir.parent(seat.unit) {
        Some(above) if register::serves_above(&ctx.site.pack, &kind) => above.path.clone(),
        _ => ctx.path(seat.unit).to_owned(),
    };
    let mut out = ctx.clone();
    out.at = seat.at;
    out.holder = None;
    out.scope = Scope {
        actor: Actor::Staff { account, unit: seat.unit },
        grants: vec![Grant { role: seat.role, unit: seat.unit, path }],
        on: today,
    };
    Ok(Some(out))
}
