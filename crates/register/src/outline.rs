//! Outlines of units on the map: what their GeoJSON says, as rings of points.

use crate::store;
use db::{Tx, params};
use kernel::{Result, UnitId};
use serde_json::Value;

/// A point in degrees: east, then north.
pub type Degrees = (f64, f64);

/// The rings of an area; holes are rings as well.
pub type Rings = Vec<Vec<Degrees>>;

/// The rings of a GeoJSON Polygon or MultiPolygon; none of anything else.
pub fn rings(geometry: &str) -> Rings {
    let Ok(value) = serde_json::from_str::<Value>(geometry) else { return Vec::new() };
    let coordinates = &value["coordinates"];
    match value["type"].as_str() {
        Some("Polygon") => polygon(coordinates),
        Some("MultiPolygon") => coordinates.as_array().into_iter().flatten().flat_map(polygon).collect(),
        _ => Vec::new(),
    }
}

fn polygon(rings: &Value) -> Rings {
    let point = |p: &Value| Some((p.get(0)?.as_f64()?, p.get(1)?.as_f64()?));
    let ring = |r: &Value| r.as_array().into_iter().flatten().filter_map(point).collect::<Vec<_>>();
    rings.as_array().into_iter().flatten().map(ring).filter(|r| r.len() > 2).collect()
}

/// Whether a point lies in an area: a line from it crosses its rings an odd number of times.
pub fn contains(rings: &[Vec<Degrees>], (x, y): Degrees) -> bool {
    let crosses = |ring: &Vec<Degrees>| {
        let corners = ring.iter().zip(ring.iter().cycle().skip(1));
        corners
            .filter(|(a, b)| (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0)
            .count()
    };
    rings.iter().map(crosses).sum::<usize>() % 2 == 1
}

/// Whether a unit right below this one has an outline.
pub fn any_below(tx: &mut dyn Tx, unit: UnitId) -> Result<bool> {
    Ok(tx.query_opt(&store::OUTLINE_BELOW, &params![unit])?.is_some())
}

/// The outline of a unit; empty where it has none.
pub fn of(tx: &mut dyn Tx, unit: UnitId) -> Result<Rings> {
    let row = tx.query_opt(&store::UNIT_OUTLINE, &params![unit])?;
    Ok(row.map(|r| r.get::<String>(0)).transpose()?.map(|text| rings(&text)).unwrap_or_default())
}

/// The outlines of the units right below one, of those that have any.
pub fn below(tx: &mut dyn Tx, unit: UnitId) -> Result<Vec<(UnitId, Rings)>> {
    let all: Vec<(UnitId, String)> =
        tx.query_map(&store::OUTLINES_BELOW, &params![unit], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(all.into_iter().map(|(id, text)| (id, rings(&text))).filter(|(_, r)| !r.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_are_read_and_nonsense_is_none() {
        let square = r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#;
        assert_eq!(rings(square), vec![vec![(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]]);
        for bad in ["", "[]", "{}", r#"{"type":"Polygon"}"#, r#"{"type":"Polygon","coordinates":[[["x"]]]}"#]
        {
            assert!(rings(bad).is_empty(), "{bad}");
        }
    }

    #[test]
    fn a_point_is_in_an_area_or_in_its_hole_or_outside() {
        let outer = vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)];
        let hole = vec![(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0), (1.0, 1.0)];
        let area = vec![outer, hole];
        for (point, inside) in
            [((3.0, 3.0), true), ((1.5, 1.5), false), ((5.0, 1.0), false), ((-0.1, 2.0), false)]
        {
            assert_eq!(contains(&area, point), inside, "{point:?}");
        }
        assert!(!contains(&[], (0.0, 0.0)));
    }
}
