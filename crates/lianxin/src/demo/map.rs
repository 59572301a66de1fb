//! The map of a county that is nowhere: cells around scattered centres, nested, without gaps.
//!
//! Straight cells are cut out of a rounded outline by the lines halfway between centres (Voronoi),
//! townships first, then the villages of each. Then every point is moved by one smooth map of the
//! plane onto itself, which bends all borders alike: neighbours still share theirs, and what was
//! inside stays inside.

use super::Dice;

/// A point: kilometres east and north of the middle, or degrees once it is on the map.
pub type Point = (f64, f64);

/// A polygon: its corners against the clock, the first not repeated.
pub type Ring = Vec<Point>;

/// Kilometres from the middle to the border, about.
const RADIUS: f64 = 22.0;
/// Borders are bent at points no further apart than this.
const STEP: f64 = 0.6;

/// An outline of the county before bending: convex, a little uneven.
pub fn outline(dice: &Dice) -> Ring {
    let n = 24;
    let (wide, high) = (1.0 + 0.2 * dice.unit(), 0.9);
    (0..n)
        .map(|i| {
            let angle = std::f64::consts::TAU * f64::from(i) / f64::from(n);
            (RADIUS * wide * angle.cos(), RADIUS * high * angle.sin())
        })
        .collect()
}

/// Cuts a convex ring into `n` convex cells of about the same size. The cells and their order are
/// the same for the same dice.
pub fn cut(ring: &Ring, n: usize, dice: &Dice) -> Vec<Ring> {
    let mut centres: Vec<Point> = (0..n).map(|_| inside(ring, dice)).collect();
    let mut cells = cells(ring, &centres);
    // Centres move to the middle of their cells: even sizes, no needles.
    for _ in 0..4 {
        for (centre, cell) in centres.iter_mut().zip(&cells) {
            if cell.len() > 2 {
                *centre = middle(cell);
            }
        }
        cells = self::cells(ring, &centres);
    }
    cells
}

fn cells(ring: &Ring, centres: &[Point]) -> Vec<Ring> {
    centres
        .iter()
        .map(|&(ax, ay)| {
            centres.iter().filter(|c| **c != (ax, ay)).fold(ring.clone(), |cell, &(bx, by)| {
                // What is nearer to a than to b: n·p <= n·m with n = b - a and m halfway.
                let (nx, ny) = (bx - ax, by - ay);
                let limit = nx * (ax + bx) / 2.0 + ny * (ay + by) / 2.0;
                clip(&cell, nx, ny, limit)
            })
        })
        .collect()
}

/// The part of a convex ring where `nx·x + ny·y <= limit`.
fn clip(ring: &Ring, nx: f64, ny: f64, limit: f64) -> Ring {
    let side = |p: Point| nx * p.0 + ny * p.1 - limit;
    let mut out = Ring::with_capacity(ring.len() + 1);
    for (i, &here) in ring.iter().enumerate() {
        let next = ring[(i + 1) % ring.len()];
        let (a, b) = (side(here), side(next));
        if a <= 0.0 {
            out.push(here);
        }
        if (a < 0.0 && b > 0.0) || (a > 0.0 && b < 0.0) {
            let t = a / (a - b);
            out.push((here.0 + t * (next.0 - here.0), here.1 + t * (next.1 - here.1)));
        }
    }
    out
}

/// A point in a convex ring, rarely near its border.
pub fn inside(ring: &Ring, dice: &Dice) -> Point {
    let weights: Vec<f64> = ring.iter().map(|_| dice.unit() + 0.05).collect();
    let sum: f64 = weights.iter().sum();
    ring.iter().zip(&weights).fold((0.0, 0.0), |(x, y), (p, w)| (x + p.0 * w / sum, y + p.1 * w / sum))
}

/// The middle of an area.
pub fn middle(ring: &Ring) -> Point {
    let (mut area, mut x, mut y) = (0.0, 0.0, 0.0);
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let cross = a.0 * b.1 - b.0 * a.1;
        area += cross;
        x += (a.0 + b.0) * cross;
        y += (a.1 + b.1) * cross;
    }
    if area.abs() < 1e-9 {
        ring.first().copied().unwrap_or_default()
    } else {
        (x / (3.0 * area), y / (3.0 * area))
    }
}

/// Twice the area, positive against the clock.
pub fn double_area(ring: &[Point]) -> f64 {
    ring.iter()
        .enumerate()
        .map(|(i, a)| {
            let b = ring[(i + 1) % ring.len()];
            a.0 * b.1 - b.0 * a.1
        })
        .sum()
}

/// Bends the plane and puts it on the globe.
#[derive(Clone, Copy, Debug)]
pub struct Projection {
    /// Degrees east of the middle.
    pub lon: f64,
    /// Degrees north of the middle.
    pub lat: f64,
    /// Turns the waves, so that counties differ.
    pub phase: f64,
}

impl Projection {
    /// The place of a point, in degrees. The waves are gentle enough for no two points to meet: the
    /// slopes of the displacement add up to less than one.
    pub fn place(&self, (x, y): Point) -> Point {
        let p = self.phase;
        let wave =
            |u: f64, v: f64, length: f64, high: f64, turn: f64| high * ((u + 0.6 * v) / length + turn).sin();
        let bent_x =
            x + wave(y, x, 5.0, 1.1, p) + wave(y, -x, 1.7, 0.28, 2.0 * p) + wave(x, y, 0.7, 0.07, 3.0 * p);
        let bent_y = y
            + wave(x, y, 4.3, 0.9, 1.3 + p)
            + wave(x, -y, 1.5, 0.25, 0.7 * p)
            + wave(y, x, 0.8, 0.07, 5.0 * p);
        let km_per_degree = 111.2;
        (self.lon + bent_x / (km_per_degree * self.lat.to_radians().cos()), self.lat + bent_y / km_per_degree)
    }

    /// A ring as a GeoJSON polygon.
    pub fn geojson(&self, ring: &Ring) -> String {
        let mut bent: Vec<Point> = Vec::new();
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            // Both neighbours walk along their border from the same end, so they meet the same points.
            let (from, to, back) = if a <= b { (a, b, false) } else { (b, a, true) };
            let pieces = ((to.0 - from.0).hypot(to.1 - from.1) / STEP).ceil().max(1.0) as usize;
            let along = |k: usize| {
                let t = k as f64 / pieces as f64;
                self.place((from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1)))
            };
            let walk: Vec<Point> =
                if back { (1..=pieces).rev().map(along).collect() } else { (0..pieces).map(along).collect() };
            bent.extend(walk);
        }
        let mut text: Vec<String> = bent.iter().map(|(lon, lat)| format!("[{lon:.5},{lat:.5}]")).collect();
        text.extend(text.first().cloned());
        format!("{{\"type\":\"Polygon\",\"coordinates\":[[{}]]}}", text.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rings(geojson: &str) -> Ring {
        let value: serde_json::Value = serde_json::from_str(geojson).unwrap();
        let ring: Vec<Point> = value["coordinates"][0]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| (p[0].as_f64().unwrap(), p[1].as_f64().unwrap()))
            .collect();
        assert_eq!(ring.first(), ring.last(), "closed");
        ring[..ring.len() - 1].to_vec()
    }

    #[test]
    fn cells_fill_the_outline_and_do_not_overlap() {
        let dice = Dice::new(1, "map");
        let whole = outline(&dice);
        let cells = cut(&whole, 10, &dice);
        let sum: f64 = cells.iter().map(|c| double_area(c)).sum();
        assert!((sum - double_area(&whole)).abs() < 1e-6, "no gap, no overlap");
        let (least, most) =
            cells.iter().map(|c| double_area(c)).fold((f64::MAX, 0f64), |(a, b), x| (a.min(x), b.max(x)));
        assert!(least * 4.0 > most, "about the same size: {least} {most}");
    }

    #[test]
    fn bending_keeps_the_areas_together() {
        let dice = Dice::new(9, "map");
        let at = Projection { lon: 107.9, lat: 27.2, phase: 0.4 };
        let whole = outline(&dice);
        let bent_sum: f64 = cut(&whole, 8, &dice)
            .iter()
            .map(|c| {
                let ring = rings(&at.geojson(c));
                assert!(double_area(&ring) > 0.0, "against the clock");
                double_area(&ring)
            })
            .sum();
        let bent_whole = double_area(&rings(&at.geojson(&whole)));
        // Corners are rounded to a metre and borders cut into pieces: a thousandth at most.
        assert!((bent_sum - bent_whole).abs() < bent_whole / 500.0, "{bent_sum} {bent_whole}");
    }

    #[test]
    fn the_plane_does_not_fold() {
        let at = Projection { lon: 0.0, lat: 0.0, phase: 1.1 };
        let d = 1e-4;
        for i in -100..100 {
            for j in -100..100 {
                let p = (f64::from(i) * 0.25, f64::from(j) * 0.25);
                let (a, b, c) = (at.place(p), at.place((p.0 + d, p.1)), at.place((p.0, p.1 + d)));
                let turn = (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
                assert!(turn > 0.0, "{p:?}");
            }
        }
    }
}
