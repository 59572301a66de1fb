//! The sheet that a map is drawn on: degrees to a drawing and back.

/// A ring of points: longitude and latitude in degrees.
pub(super) type Ring = Vec<(f64, f64)>;

/// Empty space around the map.
const EDGE: f64 = 4.0;

/// Where a point of the earth falls on the sheet. One degree of longitude is shorter than one of
/// latitude by the cosine of the latitude; over a county that is all the projection one needs.
pub(super) struct Sheet {
    west: f64,
    north: f64,
    scale: f64,
    squeeze: f64,
    /// How high it is, at the width it was made for.
    pub(super) height: f64,
}

impl Sheet {
    /// A sheet of this width around all rings; none where they have no point.
    pub(super) fn over<'a, I: Iterator<Item = &'a Ring>>(rings: impl Fn() -> I, width: f64) -> Option<Sheet> {
        let points = || rings().flatten().filter(|p| p.0.is_finite() && p.1.is_finite());
        points().next()?;
        let fold = |f: fn(f64, f64) -> f64, start: f64, y: bool| {
            points().fold(start, |m, p| f(m, if y { p.1 } else { p.0 }))
        };
        let (west, east) = (fold(f64::min, f64::MAX, false), fold(f64::max, f64::MIN, false));
        let (south, north) = (fold(f64::min, f64::MAX, true), fold(f64::max, f64::MIN, true));
        let squeeze = ((south + north) / 2.0).to_radians().cos().max(0.05);
        let (w, h) = (((east - west) * squeeze).max(1e-9), (north - south).max(1e-9));
        // A long narrow county does not become a tower.
        let scale = (width - 2.0 * EDGE) / w.max(h * 0.8);
        Some(Sheet { west, north, scale, squeeze, height: h * scale + 2.0 * EDGE })
    }

    /// Where a point of the earth is drawn.
    pub(super) fn at(&self, p: &(f64, f64)) -> (f64, f64) {
        (EDGE + (p.0 - self.west) * self.squeeze * self.scale, EDGE + (self.north - p.1) * self.scale)
    }

    /// The point of the earth that is drawn there.
    pub(super) fn back(&self, x: f64, y: f64) -> (f64, f64) {
        (self.west + (x - EDGE) / self.scale / self.squeeze, self.north - (y - EDGE) / self.scale)
    }

    /// Rings as the `d` of an SVG path.
    pub(super) fn path(&self, rings: &[Ring]) -> String {
        let mut d = String::new();
        for ring in rings.iter().filter(|r| r.len() > 2) {
            for (i, p) in ring.iter().enumerate().filter(|(_, p)| p.0.is_finite() && p.1.is_finite()) {
                let (x, y) = self.at(p);
                d.push_str(&format!("{}{x:.1} {y:.1}", if i == 0 { "M" } else { "L" }));
            }
            d.push('Z');
        }
        d
    }

    /// The middle of the widest ring's box, where a name goes, and how wide that is.
    pub(super) fn middle(&self, rings: &[Ring]) -> Option<(f64, f64, f64)> {
        let boxes = rings.iter().filter(|r| !r.is_empty()).map(|r| {
            let xy: Vec<(f64, f64)> = r.iter().map(|p| self.at(p)).collect();
            let x = xy.iter().fold((f64::MAX, f64::MIN), |m, p| (m.0.min(p.0), m.1.max(p.0)));
            let y = xy.iter().fold((f64::MAX, f64::MIN), |m, p| (m.0.min(p.1), m.1.max(p.1)));
            ((x.0 + x.1) / 2.0, (y.0 + y.1) / 2.0, x.1 - x.0)
        });
        boxes.max_by(|a, b| a.2.total_cmp(&b.2))
    }
}
