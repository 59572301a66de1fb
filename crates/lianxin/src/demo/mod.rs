//! The demonstration: a made-up county with its units, people and requests. Everything comes from
//! the pack's `[demo]` and from texts of our own; the same seed on the same day makes the same data.

mod dice;
pub mod map;
mod persona;
mod places;
pub mod plan;
pub mod texts;
mod world;
mod write;

pub use dice::Dice;
pub use persona::{OFFERED, Persona, personas};
pub use places::Naming;
pub use world::{World, WorldPost, WorldUnit};

use access::{SharedSite, password};
use kernel::{Result, SystemChance};

/// How large and which.
#[derive(Clone, Debug)]
pub struct Size {
    /// How many requests.
    pub requests: u32,
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
    let cast = plan::Cast::new(&world, &site.pack, dir, size.seed);
    let mut plan = plan::Plan::new(&site.pack, &cast, site.now(), size.requests as usize, size.seed);
    write::requests(site, &mut plan, u64::from(size.requests))?;
    Ok(made)
}
