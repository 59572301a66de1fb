//! The persons whom the start page of a demonstration offers: a few of each role, under sign-in
//! names that can be remembered (`clerk1`, `lead2` …).

use super::{WorldPost, WorldUnit};
use access::accounts::Act;
use access::{SharedSite, accounts, session};
use db::Tx;
use kernel::{AccountId, Actor, Date, Result, Role, Text, UnitId};
use pack::Pack;
use std::collections::{BTreeMap, HashMap};

/// How many of each role.
pub const OFFERED: usize = 3;

/// Somebody to step into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persona {
    /// The part they play.
    pub role: Role,
    /// The sign-in name.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their unit.
    pub unit: Text,
}

/// Gives a few holders of each role a name that can be remembered, as different units as there are.
pub(super) fn rename(pack: &Pack, units: &[WorldUnit], posts: &mut [WorldPost]) {
    let by_id: HashMap<UnitId, &WorldUnit> = units.iter().map(|u| (u.id, u)).collect();
    let level_of = |post: &WorldPost| {
        let unit = by_id.get(&post.unit).copied();
        let level = unit.map_or("", |u| u.new.level.as_str());
        let is_centre = unit.and_then(|u| pack.unit_kind(&u.new.kind)).is_some_and(|k| k.centre);
        let depth = pack.levels.iter().position(|l| l.id == level).unwrap_or(usize::MAX);
        (depth, is_centre)
    };
    for role in Role::ALL {
        let mut held: Vec<(usize, (usize, bool))> =
            posts.iter().enumerate().filter(|(_, p)| p.role == role).map(|(i, p)| (i, level_of(p))).collect();
        // Those who handle are met in ordinary offices, those who run the desks in a centre.
        let desk = matches!(role, Role::Operator | Role::Triage | Role::Supervisor | Role::Moderator);
        held.sort_by_key(|(i, (depth, centre))| (*centre != desk, *depth, *i));
        let mut chosen: Vec<usize> = Vec::new();
        let mut depths: Vec<usize> = Vec::new();
        for (i, (depth, _)) in &held {
            if !depths.contains(depth) && chosen.len() < OFFERED {
                depths.push(*depth);
                chosen.push(*i);
            }
        }
        for (i, _) in &held {
            if chosen.len() < OFFERED && !chosen.contains(i) {
                chosen.push(*i);
            }
        }
        for (n, i) in chosen.into_iter().enumerate() {
            posts[i].login = format!("{}{}", role.key(), n + 1);
        }
    }
}

/// Whoever is offered for looking after households and looks after none leaves the name to somebody who does: of a unit
/// of the same level where there is one, otherwise of a unit like none of those that are offered.
///
/// Errors: those of the database.
pub(super) fn settle(site: &SharedSite) -> Result<()> {
    let (today, own, dir) = (site.today(), site.clone(), register::directory(site));
    let act = Act { actor: Actor::System, at: site.now() };
    let key = Role::Liaison.key();
    site.db.write_now(move |tx| {
        let mut loads: BTreeMap<AccountId, i64> = BTreeMap::new();
        for kind in &own.pack.pairings {
            for (account, n) in liaison::coverage::loads(tx, kind, "/", today)? {
                *loads.entry(account).or_default() += n;
            }
        }
        let level = |unit: UnitId| dir.get(unit).map(|u| u.level.clone()).unwrap_or_default();
        let mut idle: Vec<(String, AccountId, UnitId)> = Vec::new();
        let mut offered: Vec<AccountId> = Vec::new();
        let mut levels: Vec<String> = Vec::new();
        for login in (1..=OFFERED).map(|n| format!("{key}{n}")) {
            let Some(account) = accounts::by_login(tx, &login)? else { continue };
            let Some(unit) = accounts::units_of(tx, account.id, today)?.first().copied() else { continue };
            if loads.contains_key(&account.id) {
                offered.push(account.id);
                levels.push(level(unit));
            } else {
                idle.push((login, account.id, unit));
            }
        }
        if idle.is_empty() {
            return Ok(());
        }
        let mut others: Vec<(AccountId, UnitId)> = Vec::new();
        for account in loads.keys().filter(|a| !offered.contains(a)) {
            let posts = session::posts_on(tx, *account, today)?;
            others.extend(posts.iter().find(|p| p.role == Role::Liaison).map(|p| (*account, p.unit)));
        }
        for (login, account, unit) in idle {
            let same = level(unit);
            let rank = |(_, unit): &(AccountId, UnitId)| {
                let own = level(*unit);
                (own != same, levels.contains(&own))
            };
            let Some(at) = (0..others.len()).min_by_key(|n| rank(&others[*n])) else { return Ok(()) };
            let (busy, theirs) = others.remove(at);
            let code = dir.get(unit).map(|u| u.code.clone()).unwrap_or_default();
            accounts::rename_in(tx, account, &format!("{code}-{key}"), &act)?;
            accounts::rename_in(tx, busy, &login, &act)?;
            levels.push(level(theirs));
        }
        Ok(())
    })
}

/// The persons to step into, by role.
///
/// Errors: those of the database.
pub fn personas(tx: &mut dyn Tx, today: Date) -> Result<Vec<Persona>> {
    let mut out = Vec::new();
    for role in Role::ALL {
        for n in 1..=OFFERED {
            let login = format!("{}{n}", role.key());
            let Some(account) = accounts::by_login(tx, &login)? else { continue };
            let posts = session::posts_on(tx, account.id, today)?;
            let Some(post) = posts.into_iter().find(|p| p.role == role) else { continue };
            if account.disabled_at.is_none() {
                out.push(Persona { role, login, name: account.name, unit: post.unit_name });
            }
        }
    }
    Ok(out)
}
