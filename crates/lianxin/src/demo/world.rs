//! The units and people of the demonstration, before they are written.

use super::map::{self, Point, Projection, Ring};
use super::places::{self, numeral};
use super::{Dice, Naming, Size, homes};
use kernel::{AccountId, Date, PostId, Result, Role, Text, Timestamp, UnitId};
use pack::{Pack, UnitKind};
use std::collections::HashMap;

/// A unit to be written.
#[derive(Clone, Debug)]
pub struct WorldUnit {
    /// Its id.
    pub id: UnitId,
    /// What the register is told.
    pub new: register::NewUnit,
}

/// An account with its posts, to be written.
#[derive(Clone, Debug)]
pub struct WorldPost {
    /// The account.
    pub account: AccountId,
    /// Its sign-in name.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The telephone at work.
    pub phone: String,
    /// The post.
    pub post: PostId,
    /// In which unit.
    pub unit: UnitId,
    /// The part played.
    pub role: Role,
}

/// Everything but requests.
#[derive(Clone, Debug)]
pub struct World {
    /// Each after the one above it.
    pub units: Vec<WorldUnit>,
    /// One post to an account.
    pub posts: Vec<WorldPost>,
    /// Since when all of it has been there.
    pub from: Date,
}

/// More than one of a role in the county's centre, so that a desk can be handed over.
fn how_many(kind: &UnitKind, role: Role) -> usize {
    match (kind.centre, kind.up.is_none(), role) {
        (true, true, Role::Operator) => 4,
        (true, true, Role::Triage | Role::Supervisor | Role::Clerk) => 3,
        (true, true, Role::Moderator | Role::Auditor | Role::Admin | Role::Officer) => 2,
        _ => 1,
    }
}

impl World {
    /// The world of a pack's `[demo]` as it stands at `at`, with people for as many households as there are to be.
    ///
    /// Errors: internal where the pack's names do not suffice.
    pub fn new(pack: &Pack, at: Timestamp, size: &Size) -> Result<World> {
        let dice = Dice::new(size.seed, "world");
        let today = pack.zone.date(at);
        // Long enough before the first request for every post to be held by then.
        let back = jiff_months(pack.demo.months + 6);
        let from = today.checked_sub(back).unwrap_or(today).first_of_month();
        let mut maker = Maker {
            pack,
            naming: Naming::new(&pack.demo, &dice),
            at,
            from,
            projection: Projection { lon: pack.demo.lon, lat: pack.demo.lat, phase: dice.unit() * 6.0 },
            dice,
            units: Vec::new(),
        };
        maker.county()?;
        let posts = maker.posts(size);
        Ok(World { units: maker.units, posts, from })
    }

    /// The units of a level, in order.
    pub fn at_level(&self, level: &str) -> impl Iterator<Item = &WorldUnit> {
        self.units.iter().filter(move |u| u.new.level == level)
    }
}

fn jiff_months(n: u32) -> jiff::Span {
    jiff::Span::new().months(i64::from(n))
}

struct Maker<'p> {
    pack: &'p Pack,
    naming: Naming<'p>,
    at: Timestamp,
    from: Date,
    projection: Projection,
    dice: Dice,
    units: Vec<WorldUnit>,
}

impl<'p> Maker<'p> {
    fn county(&mut self) -> Result<()> {
        let demo = &self.pack.demo;
        let levels: Vec<&str> = self.pack.levels.iter().filter(|l| l.place).map(|l| l.id.as_str()).collect();
        let ring = map::outline(&self.dice);
        let area = |at: usize| levels.get(at).and_then(|l| self.area_kind(l));
        let (Some(county), Some(township)) = (area(0), area(1)) else { return Ok(()) };
        let (village, group, point) = (area(2), area(3), area(4));
        let root = self.area(county, None, demo.code.clone(), demo.county.clone(), &ring);
        self.offices(county, root, &demo.code, &demo.county, &ring);
        let towns = demo.townships as usize;
        let mut villages_left = spread(demo.villages as usize, towns);
        let mut groups_left = spread(demo.groups as usize, demo.villages as usize);
        let mut points_left = spread(demo.points as usize, demo.groups as usize);
        for (t, town_ring) in map::cut(&ring, towns, &self.dice).iter().enumerate() {
            let rural = t + 1 == towns && towns > 1;
            let name =
                suffixed(self.naming.place()?, if rural { ("乡", "Township") } else { ("镇", "Town") });
            let code = format!("{}{:02}", demo.code, t + 1);
            let town = self.area(township, Some(root), code.clone(), name.clone(), town_ring);
            self.offices(township, town, &code, &name, town_ring);
            let Some(village) = village else { continue };
            let n = villages_left.next().unwrap_or(0);
            for (v, ring) in map::cut(town_ring, n, &self.dice).iter().enumerate() {
                // The seat of the county has communities, the country has villages.
                let kind = if t == 0 && v < 3 { ("社区", "Community") } else { ("村", "Village") };
                let bare = self.naming.place()?;
                let name = match &demo.village_word {
                    Some(word) => suffixed(bare.clone(), (&word.zh, &word.en)),
                    None => suffixed(bare.clone(), kind),
                };
                let code = format!("{code}{:02}", v + 1);
                let village = self.area(village, Some(town), code.clone(), name.clone(), ring);
                let Some(group) = group else { continue };
                for g in 1..=groups_left.next().unwrap_or(0) {
                    let code = format!("{code}{g:02}");
                    let spot = map::inside(ring, &self.dice);
                    let said = match &demo.group_word {
                        Some(word) => places::side(&bare, g, word),
                        None => Text::new(format!("{}组", numeral(g)), format!("Group {g}")),
                    };
                    let id = self.spot(group, village, code.clone(), said, spot);
                    let Some(point) = point else { continue };
                    for p in 1..=points_left.next().unwrap_or(0) {
                        let near = (spot.0 + self.dice.unit() * 0.3, spot.1 + self.dice.unit() * 0.3);
                        let said = match &demo.point_word {
                            Some(word) => {
                                Text::new(format!("第{}{}", numeral(p), word.zh), format!("{} {p}", word.en))
                            }
                            None => self.point_name(&name, g, p),
                        };
                        self.spot(point, id, format!("{code}-{p}"), said, near);
                    }
                }
            }
        }
        Ok(())
    }

    /// The kind of the areas of a level: the first that is no office.
    fn area_kind(&self, level: &str) -> Option<&'p UnitKind> {
        self.pack.unit_kinds.iter().find(|k| k.level == level && !k.office)
    }

    /// An area with an outline.
    fn area(
        &mut self,
        kind: &UnitKind,
        parent: Option<UnitId>,
        code: String,
        name: Text,
        ring: &Ring,
    ) -> UnitId {
        let outline = self.projection.geojson(ring);
        self.add(kind, parent, code, name, map::middle(ring), Some(outline))
    }

    /// A place without one.
    fn spot(&mut self, kind: &UnitKind, parent: UnitId, code: String, name: Text, at: Point) -> UnitId {
        self.add(kind, Some(parent), code, name, at, None)
    }

    fn add(
        &mut self,
        kind: &UnitKind,
        parent: Option<UnitId>,
        code: String,
        name: Text,
        at: Point,
        geometry: Option<String>,
    ) -> UnitId {
        let id = UnitId::new(self.at, self.dice.chance());
        let (lon, lat) = self.projection.place(at);
        let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
        let phone = (kind.office || kind.posts.contains(&Role::Clerk)).then(|| self.phone());
        self.units.push(WorldUnit {
            id,
            new: register::NewUnit {
                code,
                name,
                level: kind.level.clone(),
                kind: kind.id.clone(),
                parent,
                from: Some(self.from),
                basis: "试用数据".to_owned(),
                phone,
                address: None,
                lon: Some(round(lon)),
                lat: Some(round(lat)),
                geometry,
                serves_above: register::serves_above(self.pack, &kind.id),
            },
        });
        id
    }

    /// The offices of an area.
    fn offices(&mut self, above: &UnitKind, parent: UnitId, code: &str, name: &Text, ring: &Ring) {
        let pack = self.pack;
        for kind in pack.unit_kinds.iter().filter(|k| k.office && k.parent.as_deref() == Some(&above.level)) {
            let own = kind.id.strip_prefix(&format!("{}-", above.level)).unwrap_or(&kind.id);
            // The county's centre is the site itself: its cases carry the plain series.
            let tail = if kind.centre && kind.up.is_none() { "0" } else { own };
            let said = office_name(&kind.name, name, &above.name);
            self.spot(kind, parent, format!("{code}-{tail}"), said, map::middle(ring));
        }
    }

    fn point_name(&mut self, village: &Text, group: usize, n: usize) -> Text {
        const SPOTS: [(&str, &str); 16] = [
            ("老戏台", "Old Stage"),
            ("大樟树", "Great Camphor"),
            ("老井边", "Old Well"),
            ("小学旁", "By the School"),
            ("桥头", "Bridge Head"),
            ("晒谷坝", "Threshing Floor"),
            ("新房子", "New Houses"),
            ("上院子", "Upper Yard"),
            ("下院子", "Lower Yard"),
            ("茶园", "Tea Garden"),
            ("大塘", "Great Pond"),
            ("风雨桥", "Covered Bridge"),
            ("合作社", "Co-operative"),
            ("广场", "Square"),
            ("垭口", "Pass"),
            ("碾房", "Mill"),
        ];
        let (zh, en) =
            SPOTS[(group * 5 + n * 3 + village.zh.chars().map(|c| c as usize).sum::<usize>()) % SPOTS.len()];
        Text::new(format!("{zh}服务点"), format!("{en} Service Point"))
    }

    /// A number nobody has: no area code begins so.
    fn phone(&self) -> String {
        format!("0000-{:07}", 2_000_000 + self.dice.below(7_999_999))
    }

    /// How many look after the households of each grid, by its code; nothing where the pack does not ask for it.
    fn holders(&self, size: &Size) -> HashMap<String, usize> {
        let (each, level) = (self.pack.demo.homes_per_holder as usize, &self.pack.household.level);
        if each == 0 {
            return HashMap::new();
        }
        let grids = self.units.iter().filter(|u| u.new.level == *level).map(|u| u.new.code.as_str());
        let homes = homes::by_grid(grids, size.households, size.seed);
        homes.into_iter().map(|(code, n)| (code.to_owned(), n.div_ceil(each).max(1))).collect()
    }

    /// Posts as the kinds say, up to as many as the pack says; those of the lowest units give way, but for those who
    /// look after households where the pack says how many each may have.
    fn posts(&mut self, size: &Size) -> Vec<WorldPost> {
        let holders = self.holders(size);
        let kinds = &self.pack.unit_kinds;
        let wanted = |u: &WorldUnit| kinds.iter().find(|k| k.id == u.new.kind);
        let depth =
            |u: &WorldUnit| self.pack.levels.iter().position(|l| l.id == u.new.level).unwrap_or(usize::MAX);
        let mut order: Vec<usize> = (0..self.units.len()).collect();
        order.sort_by_key(|i| depth(&self.units[*i]));
        let mut out: Vec<WorldPost> = Vec::new();
        let mut others = 0;
        for at in order {
            let unit = self.units[at].clone();
            let Some(kind) = wanted(&unit) else { continue };
            for (place, role) in kind.posts.iter().enumerate() {
                let needed = holders.get(&unit.new.code).filter(|_| place == 0).copied();
                for n in 1..=needed.unwrap_or_else(|| how_many(kind, *role)) {
                    if needed.is_none() {
                        if others >= self.pack.demo.posts as usize && !kind.posts.contains(&Role::Lead) {
                            continue;
                        }
                        others += 1;
                    }
                    let login = match n {
                        1 => format!("{}-{}", unit.new.code, role.key()),
                        n => format!("{}-{}{n}", unit.new.code, role.key()),
                    };
                    out.push(WorldPost {
                        account: AccountId::new(self.at, self.dice.chance()),
                        login,
                        name: self.naming.person(),
                        phone: self.phone(),
                        post: PostId::new(self.at, self.dice.chance()),
                        unit: unit.id,
                        role: *role,
                    });
                }
            }
        }
        super::persona::rename(self.pack, &self.units, &mut out);
        out
    }
}

fn suffixed(name: Text, (zh, en): (&str, &str)) -> Text {
    Text::new(format!("{}{zh}", name.zh), format!("{} {en}", name.en))
}

/// What an office is called there: the word for the kind of area above it gives way to the area's name.
fn office_name(kind: &Text, area: &Text, above: &Text) -> Text {
    // `乡镇党委政府` and `县委县政府` begin with the word itself; where the area is called otherwise, the office tells.
    let words = || ["乡镇", "县"].into_iter();
    let of_area = words().find(|w| above.zh.starts_with(w));
    let word = of_area.or_else(|| words().find(|w| kind.zh.contains(w))).unwrap_or("");
    let zh = match kind.zh.find(word) {
        Some(0) if !word.is_empty() => format!("{}{}", area.zh, &kind.zh[word.len()..]),
        Some(_) if !word.is_empty() => kind.zh.replacen(word, area.zh.trim_end_matches(['县', '市']), 1),
        _ => format!("{}{}", area.zh, kind.zh),
    };
    let lower = kind.en.strip_prefix("Township ").or(kind.en.strip_prefix("County ")).unwrap_or(&kind.en);
    let mut en = lower.to_owned();
    if let Some(first) = en.get(..1) {
        let big = first.to_uppercase();
        en.replace_range(..1, &big);
    }
    Text::new(zh, format!("{} {en}", area.en))
}

/// `total` over `n` heaps, as even as can be.
fn spread(total: usize, n: usize) -> impl Iterator<Item = usize> {
    (0..n).map(move |i| total * (i + 1) / n - total * i / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heaps_add_up() {
        for (total, n) in [(69, 10), (312, 69), (400, 312), (3, 5), (0, 4)] {
            let heaps: Vec<_> = spread(total, n).collect();
            assert_eq!((heaps.len(), heaps.iter().sum::<usize>()), (n, total));
            assert!(heaps.iter().max().unwrap() - heaps.iter().min().unwrap() <= 1);
        }
    }

    #[test]
    fn offices_carry_the_name_of_their_area() {
        let t = Text::new;
        let county = t("云溪县", "Yunxi County");
        let above = t("县委县政府", "County");
        assert_eq!(
            office_name(&t("县水务局", "Water bureau"), &county, &above),
            t("云溪县水务局", "Yunxi County Water bureau")
        );
        assert_eq!(
            office_name(&t("市生态环境局县分局", "Environment branch"), &county, &above).zh,
            "市生态环境局云溪分局"
        );
        let town = t("青溪镇", "Qingxi Town");
        let hall = office_name(
            &t("乡镇便民服务中心", "Township service hall"),
            &town,
            &t("乡镇党委政府", "Township"),
        );
        assert_eq!(hall, t("青溪镇便民服务中心", "Qingxi Town Service hall"));
    }
}
