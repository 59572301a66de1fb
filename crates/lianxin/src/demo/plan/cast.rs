//! Who sits where, and who handles what.

use super::super::{Dice, World};
use kernel::{AccountId, Actor, Role, UnitId};
use pack::Pack;
use register::Directory;
use std::collections::HashMap;
use std::sync::Arc;

/// Units and their people.
pub struct Cast {
    /// The units.
    pub dir: Arc<Directory>,
    posts: HashMap<UnitId, Vec<(Role, AccountId)>>,
    /// The county's centre.
    centre: Option<UnitId>,
    /// The level of townships.
    township: String,
    /// The level of villages.
    village: String,
    /// Villages, the busier first, and how busy each is.
    pub(super) villages: Vec<(UnitId, u64)>,
}

impl Cast {
    /// The cast of a world.
    pub fn new(world: &World, pack: &Pack, dir: Arc<Directory>, seed: u64) -> Cast {
        let mut posts: HashMap<UnitId, Vec<(Role, AccountId)>> = HashMap::new();
        for p in &world.posts {
            posts.entry(p.unit).or_default().push((p.role, p.account));
        }
        let places: Vec<&str> = pack.levels.iter().filter(|l| l.place).map(|l| l.id.as_str()).collect();
        let centre = dir
            .iter()
            .find(|u| {
                pack.unit_kind(&u.kind).is_some_and(|k| k.centre)
                    && dir.parent(u.id).map(|p| p.id) == dir.root().map(|r| r.id)
            })
            .map(|u| u.id);
        let dice = Dice::new(seed, "villages");
        let mut villages: Vec<UnitId> =
            dir.iter().filter(|u| places.get(2) == Some(&u.level.as_str())).map(|u| u.id).collect();
        dice.shuffle(&mut villages);
        let villages = villages
            .into_iter()
            .enumerate()
            .map(|(i, id)| (id, (1000.0 / (3.0 + i as f64).sqrt()) as u64 + 60))
            .collect();
        let level = |n: usize| places.get(n).unwrap_or(&"").to_string();
        Cast { dir, posts, centre, township: level(1), village: level(2), villages }
    }

    /// The township of a place.
    pub(super) fn township(&self, place: UnitId) -> Option<UnitId> {
        self.dir.at_level(place, &self.township).map(|u| u.id)
    }

    /// The village of a place.
    pub(super) fn village(&self, place: UnitId) -> Option<UnitId> {
        self.dir.at_level(place, &self.village).map(|u| u.id)
    }

    /// The unit right below a village in which a grid lies; none where the village is the grid.
    pub(super) fn below(&self, village: UnitId, grid: UnitId) -> Option<UnitId> {
        let above = self.dir.ancestors(grid);
        let chain = above.iter().map(|u| u.id).chain([grid]);
        chain.skip_while(|u| *u != village).nth(1)
    }

    /// The county's centre.
    pub(super) fn centre(&self) -> Option<UnitId> {
        self.centre
    }

    /// The office of this kind that serves a place, or the one that answers where no place is known.
    pub(super) fn handler(&self, pack: &Pack, kind: &str, place: Option<UnitId>) -> Option<UnitId> {
        let found = place.and_then(|place| {
            let rule = pack.handler_rule(kind)?;
            let above = self.dir.at_level(place, rule.ancestor)?;
            if !rule.child {
                return Some(above.id);
            }
            self.child(above.id, &rule.kind.id)
        });
        found.or_else(|| {
            let kind = pack.handler_without_place(kind)?;
            self.child(self.dir.root()?.id, &kind.id)
        })
    }

    fn child(&self, of: UnitId, kind: &str) -> Option<UnitId> {
        self.dir.children(of).find(|u| u.kind == kind).map(|u| u.id)
    }

    /// Where a unit passes things up to.
    pub(super) fn up(&self, pack: &Pack, unit: UnitId) -> Option<UnitId> {
        let up = pack.unit_kind(&self.dir.get(unit)?.kind)?.up.as_deref()?;
        let above = self.dir.ancestors(unit);
        above.iter().rev().find_map(|a| if a.kind == up { Some(a.id) } else { self.child(a.id, up) })
    }

    /// Another office beside this one, to be wrong about or to ask for help.
    pub(super) fn beside(&self, pack: &Pack, dice: &Dice, unit: UnitId) -> Option<UnitId> {
        let parent = self.dir.parent(unit)?.id;
        let others: Vec<UnitId> = self
            .dir
            .children(parent)
            .filter(|u| u.id != unit && pack.unit_kind(&u.kind).is_some_and(|k| k.office && !k.centre))
            .map(|u| u.id)
            .filter(|u| self.has(*u, Role::Lead))
            .collect();
        (!others.is_empty()).then(|| *dice.pick(&others))
    }

    /// The centre of the area in which a unit stands, below the county.
    pub(super) fn hall(&self, pack: &Pack, place: UnitId) -> Option<UnitId> {
        let town = self.township(place)?;
        self.dir.children(town).find(|u| pack.unit_kind(&u.kind).is_some_and(|k| k.centre)).map(|u| u.id)
    }

    /// Whether anybody plays this part there.
    pub(super) fn has(&self, unit: UnitId, role: Role) -> bool {
        self.posts.get(&unit).is_some_and(|all| all.iter().any(|(r, _)| *r == role))
    }

    /// One who plays this part in a unit.
    pub(super) fn one(&self, dice: &Dice, unit: UnitId, role: Role) -> Option<AccountId> {
        let all: Vec<AccountId> =
            self.posts.get(&unit)?.iter().filter(|(r, _)| *r == role).map(|(_, a)| *a).collect();
        (!all.is_empty()).then(|| *dice.pick(&all))
    }

    /// One who plays one of these parts in a unit, as who acts.
    pub(super) fn actor(&self, dice: &Dice, unit: UnitId, roles: &[Role]) -> Option<Actor> {
        roles.iter().find_map(|r| self.one(dice, unit, *r)).map(|account| Actor::Staff { account, unit })
    }
}
