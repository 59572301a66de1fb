//! The demonstration: a made-up county with its units, people and requests. Everything comes from
//! the pack's `[demo]` and from texts of our own; the same seed on the same day makes the same data.

mod dice;
mod homes;
pub mod map;
mod persona;
mod places;
pub mod plan;
mod shielded;
pub mod texts;
mod world;
mod write;

pub use dice::Dice;
pub use homes::SOME as SOME_HOUSEHOLDS;
pub use persona::{OFFERED, Persona, personas};
pub use places::Naming;
pub use world::{World, WorldPost, WorldUnit};

use access::{SharedSite, accounts, password, session};
use kernel::{Actor, Grant, Result, Role, Scope, SystemChance};

/// How large and which.
#[derive(Clone, Debug)]
pub struct Size {
    /// How many requests.
    pub requests: u32,
    /// How many households.
    pub households: u32,
    /// The same seed makes the same data.
    pub seed: u64,
}

/// Fills a site that has tables and nothing in them. Gives back the password that all its accounts
/// share, which is kept nowhere.
///
/// Errors: those of the database; a pack whose names do not suffice.
pub fn make(site: &SharedSite, size: &Size) -> Result<String> {
    let made = password::make(&SystemChance);
    // One hash for all: a thousand would take a minute, and the password is printed anyway.
    let hash = password::hash(site.settings.hashing, &SystemChance, &made)?;
    let world = World::new(&site.pack, site.now(), size.seed)?;
    write::write(site, &world, &hash)?;
    let dir = register::load_now(site)?;
    homes::write(site, size.households, size.seed)?;
    let cast = plan::Cast::new(&world, &site.pack, dir, size.seed);
    let apart = shielded::how_many(size.requests);
    let plain = size.requests - apart;
    let mut plan = plan::Plan::new(&site.pack, &cast, site.now(), plain as usize, size.seed);
    write::requests(site, &mut plan, u64::from(plain))?;
    shielded::write(site, apart)?;
    Ok(made)
}

/// How many times of call-backs by lot the demonstration has behind it.
const DRAWS: usize = 6;

/// Draws call-backs of the past weeks, and has the county's centre ask about most of them. For a site that is
/// sealed; one without a sealing key or an operator has no draws.
///
/// Errors: those of the database.
pub fn draws(site: &SharedSite, keeper: &proof::Keeper) -> Result<()> {
    let today = site.today();
    let caller = site.db.read_now(move |tx| {
        let Some(account) = accounts::by_login(tx, &format!("{}1", Role::Operator.key()))? else {
            return Ok(None);
        };
        let posts = session::posts_on(tx, account.id, today)?;
        Ok(posts.into_iter().find(|p| p.role == Role::Operator).map(|p| (account.id, p.unit)))
    })?;
    let dir = register::directory(site);
    let (Some(key), Some((account, unit)), Some(root)) = (keeper.key()?, caller, dir.root()) else {
        return Ok(());
    };
    let grants = vec![Grant { role: Role::Operator, unit, path: root.path.clone() }];
    let actor = Actor::Staff { account, unit };
    requests::lots::past(site, &key, DRAWS, &Scope { actor, grants, on: today })
}
