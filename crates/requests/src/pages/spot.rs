//! The grid map: areas as they are drawn, and what a point on them means.

use crate::ctx::Ctx;
use crate::model::Point;
use db::Tx;
use kernel::{Locale, Result, UnitId};
use register::outline::{self, Degrees, contains};
use web::charts::PickArea;

/// Areas on a map: those right below a unit, or the unit itself where none below it has an outline.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// The unit that is drawn.
    pub(crate) of: UnitId,
    /// The areas, each with its unit.
    pub(crate) areas: Vec<(UnitId, PickArea)>,
}

impl Grid {
    /// The map on which the next choice after `chosen` is made: what lies below it, otherwise the area
    /// itself, otherwise that of the nearest unit above that has one; from the root where nothing is
    /// chosen. Nothing where no unit has an outline.
    pub(crate) fn read(
        tx: &mut dyn Tx,
        ctx: &Ctx,
        chosen: Option<UnitId>,
        locale: Locale,
    ) -> Result<Option<Grid>> {
        let (mut at, today) = (chosen.or(ctx.dir.root().map(|r| r.id)), ctx.today());
        let area = |id: UnitId, rings| {
            let chosen = Some(id) == chosen;
            (id, PickArea { label: ctx.dir.name(id, locale).to_owned(), chosen, rings })
        };
        while let Some(unit) = at {
            let open = |id: UnitId| ctx.dir.get(id).is_some_and(|u| u.is_open(today));
            let below = outline::below(tx, unit)?;
            let areas: Vec<_> =
                below.into_iter().filter(|(id, _)| open(*id)).map(|(id, rings)| area(id, rings)).collect();
            if !areas.is_empty() {
                return Ok(Some(Grid { of: unit, areas }));
            }
            let own = outline::of(tx, unit)?;
            if !own.is_empty() {
                return Ok(Some(Grid { of: unit, areas: vec![area(unit, own)] }));
            }
            at = ctx.dir.parent(unit).map(|u| u.id);
        }
        Ok(None)
    }

    /// The areas alone, to be drawn.
    pub(crate) fn drawn(&self) -> Vec<PickArea> {
        self.areas.iter().map(|(_, a)| a.clone()).collect()
    }

    /// The unit in whose area a point lies.
    pub(crate) fn at(&self, point: Degrees) -> Option<UnitId> {
        self.areas.iter().find(|(_, a)| contains(&a.rings, point)).map(|(id, _)| *id)
    }
}

/// The smallest unit in whose outline a point lies, going down from the root; nothing where it lies in none.
pub(crate) fn unit_at(tx: &mut dyn Tx, ctx: &Ctx, point: Degrees) -> Result<Option<UnitId>> {
    let mut found = None;
    let mut at = ctx.dir.root().map(|r| r.id);
    while let Some(unit) = at {
        at = outline::below(tx, unit)?.into_iter().find(|(_, r)| contains(r, point)).map(|(id, _)| id);
        found = at.or(found);
    }
    Ok(found)
}

/// Whether a point may belong to a place: it lies in the outline of the place, or of the nearest unit
/// above that has one.
pub(crate) fn fits(tx: &mut dyn Tx, ctx: &Ctx, place: UnitId, point: Degrees) -> Result<bool> {
    let mut at = Some(place);
    while let Some(unit) = at {
        let own = outline::of(tx, unit)?;
        if !own.is_empty() {
            return Ok(contains(&own, point));
        }
        at = ctx.dir.parent(unit).map(|u| u.id);
    }
    Ok(true)
}

/// A point in degrees as it is stored.
pub(crate) fn stored((lon, lat): Degrees) -> Point {
    let e6 = |degrees: f64| (degrees * 1e6).round() as i64;
    Point { lon_e6: e6(lon), lat_e6: e6(lat) }
}

/// A stored point in degrees.
pub(crate) fn degrees(point: Point) -> Degrees {
    (point.lon_e6 as f64 / 1e6, point.lat_e6 as f64 / 1e6)
}
