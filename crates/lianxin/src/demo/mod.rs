//! The demonstration: a made-up county with its units, people and requests. Everything comes from
//! the pack's `[demo]` and from texts of our own; the same seed on the same day makes the same data.

mod affairs;
mod dice;
mod effort;
mod homes;
pub mod map;
mod mediations;
mod needs;
mod pairs;
mod persona;
mod places;
pub mod plan;
mod seat;
mod shielded;
pub mod texts;
mod visits;
mod wishes;
mod work;
mod world;
mod write;

pub use dice::Dice;
pub use homes::SOME as SOME_HOUSEHOLDS;
pub use persona::{OFFERED, Persona, personas};
pub use places::Naming;
pub use world::{World, WorldPost, WorldUnit};

use crate::progress::Bar;
use access::{SharedSite, accounts, password, session};
use insight::Period;
use insight::reports::{self, Issue};
use kernel::{Actor, Error, Grant, HOUR, RequestId, Result, Role, Scope, SystemChance};
use requests::Ctx;

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
    let world = World::new(&site.pack, site.now(), size)?;
    write::write(site, &world, &hash)?;
    let dir = register::load_now(site)?;
    homes::write(site, size.households, size.seed)?;
    Bar::during("结对 pairings", || pairs::write(site, size.seed))?;
    persona::settle(site)?;
    let cast = plan::Cast::new(&world, &site.pack, dir, size.seed);
    let (apart, errands) = (shielded::how_many(size.requests), affairs::how_many(size.requests));
    let (wishes, disputes) = (wishes::how_many(size.requests), mediations::how_many(size.requests));
    let plain = size.requests - apart - errands - wishes - disputes;
    let mut plan = plan::Plan::new(&site.pack, &cast, site.now(), plain as usize, size.seed);
    let mut effort = effort::Effort::new(site, &world);
    let mut needs = visits::write(site, size.seed, &mut plan, &mut effort)?;
    Bar::during("计划和帮扶 plans and help", || {
        work::write(site, size.seed)?;
        pairs::move_some(site)?;
        pairs::count(site)
    })?;
    write::requests(site, &mut plan, &mut needs, &mut effort)?;
    Bar::during("代办、心愿和调解 affairs, wishes and disputes", || {
        effort.write()?;
        shielded::write(site, apart)?;
        affairs::write(site, errands)?;
        wishes::write(site, wishes)?;
        mediations::write(site, disputes)
    })?;
    Ok(made)
}

/// More families in the grids of a demonstration, for measuring.
///
/// Errors: those of the database.
pub fn more_households(site: &SharedSite, wanted: u32) -> Result<()> {
    homes::write(site, wanted, 11)
}

/// How many times of call-backs by lot the demonstration has behind it.
const DRAWS: usize = 6;

/// Draws call-backs of the past weeks, and has the county's centre ask about most of them. For a site that is
/// sealed; one without a sealing key or an operator has no draws.
///
/// Errors: those of the database.
pub fn draws(site: &SharedSite, keeper: &proof::Keeper) -> Result<()> {
    let (Some(key), Some(caller)) = (keeper.key()?, first(site, Role::Operator)?) else { return Ok(()) };
    requests::lots::past(site, &key, DRAWS, &caller)
}

/// The first of those offered in this role, with the reach of the whole site.
fn first(site: &SharedSite, role: Role) -> Result<Option<Scope>> {
    let today = site.today();
    let found = site.db.read_now(move |tx| {
        let Some(account) = accounts::by_login(tx, &format!("{}1", role.key()))? else { return Ok(None) };
        let posts = session::posts_on(tx, account.id, today)?;
        Ok(posts.into_iter().find(|p| p.role == role).map(|p| (account.id, p.unit)))
    })?;
    let dir = register::directory(site);
    let (Some((account, unit)), Some(root)) = (found, dir.root()) else { return Ok(None) };
    let grants = vec![Grant { role, unit, path: root.path.clone() }];
    Ok(Some(Scope { actor: Actor::Staff { account, unit }, grants, on: today }))
}

/// How long after the end of a month its report is issued, where there was time for that.
const ISSUED_AFTER: i64 = 33 * HOUR;

/// Issues the report of last month over the whole site, as known at its end. After the draws, which reach back.
///
/// Errors: those of the database.
pub fn report(site: &SharedSite) -> Result<()> {
    let (Some(scope), Some(unit)) =
        (first(site, Role::Supervisor)?, register::directory(site).root().map(|r| r.id))
    else {
        return Ok(());
    };
    let month = site.today().first_of_month();
    let as_of = month.yesterday().map_err(Error::internal)?;
    let mut ctx = Ctx::new(site, scope);
    ctx.at = ctx.at.min(site.zone.start_of(month).plus(ISSUED_AFTER));
    let id = RequestId::new(ctx.at, &*site.chance).0;
    let issue = Issue { unit, period: Period::last(1, as_of), as_of, replaces: None, note: String::new() };
    site.db.write_now(move |tx| reports::issue(tx, &ctx, id, &issue)).map(drop)
}
