//! Areas, the ways between them and their borders.

/// One area (a grid, a village, a unit) from which people come and in which households lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its path in the tree of units, `/`-separated and ending in `/`.
    pub path: String,
    /// Longitude and latitude in millionths of a degree.
    pub at: Option<(i32, i32)>,
    /// The path of the unit whose border counts: areas with the same one are open to each other.
    pub border: String,
}

/// How far it is between areas.
#[derive(Clone, Debug)]
pub struct Ways {
    paths: Vec<String>,
    /// Metres east and north of the first; none where a position is unknown.
    metres: Option<Vec<(i64, i64)>>,
    border: Vec<u32>,
    borders: u32,
}

impl Ways {
    /// Ways between `areas`: in metres where the position of each is known, otherwise a thousand for each step up and
    /// down the tree of units.
    pub fn new(areas: &[Area]) -> Ways {
        let mut names: Vec<&str> = areas.iter().map(|a| a.border.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let find = |name: &str| names.binary_search(&name).map_or(0, super::place);
        let known: Option<Vec<(i32, i32)>> = areas.iter().map(|a| a.at).collect();
        let metres = known.filter(|k| !k.is_empty()).map(|known| {
            // One scale for all, so that ways obey the triangle inequality.
            let count = i64::try_from(known.len()).unwrap_or(i64::MAX);
            let middle = known.iter().map(|(_, lat)| i64::from(*lat)).sum::<i64>() / count;
            // 111.32 km a degree; the whole-number part of the cosine in thousandths is near enough.
            #[allow(clippy::cast_possible_truncation)]
            let narrow = ((middle as f64 / 1e6).to_radians().cos() * 1000.0).round() as i64;
            known
                .iter()
                .map(|(lon, lat)| {
                    (i64::from(*lon) * 11_132 / 100_000 * narrow / 1000, i64::from(*lat) * 11_132 / 100_000)
                })
                .collect()
        });
        Ways {
            metres,
            border: areas.iter().map(|a| find(&a.border)).collect(),
            borders: super::place(names.len()),
            paths: areas.iter().map(|a| a.path.clone()).collect(),
        }
    }

    /// How many areas.
    pub fn areas(&self) -> u32 {
        super::place(self.border.len())
    }

    /// How many parts the borders make.
    pub fn borders(&self) -> u32 {
        self.borders
    }

    /// In which part `area` lies.
    pub fn border(&self, area: u32) -> u32 {
        self.border[super::at(area)]
    }

    /// How far it is, rounded up (which keeps the triangle inequality).
    pub fn between(&self, a: u32, b: u32) -> u64 {
        if a == b {
            return 0;
        }
        match &self.metres {
            Some(metres) => {
                let (a, b) = (metres[super::at(a)], metres[super::at(b)]);
                let square = (a.0 - b.0).unsigned_abs().pow(2) + (a.1 - b.1).unsigned_abs().pow(2);
                let root = square.isqrt();
                root + u64::from(root * root < square)
            }
            None => steps(&self.paths[super::at(a)], &self.paths[super::at(b)]) * 1000,
        }
    }
}

/// Steps up from one path to what both have in common and down to the other.
fn steps(a: &str, b: &str) -> u64 {
    let parts = |path: &str| path.split('/').filter(|p| !p.is_empty()).count();
    let common = a.split('/').zip(b.split('/')).take_while(|(x, y)| x == y && !x.is_empty()).count();
    (parts(a) + parts(b)).saturating_sub(2 * common) as u64
}
