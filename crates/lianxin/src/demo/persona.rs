//! The persons whom the start page of a demonstration offers: a few of each role, under sign-in
//! names that can be remembered (`clerk1`, `lead2` …).

use super::{WorldPost, WorldUnit};
use access::{accounts, session};
use db::Tx;
use kernel::{Date, Result, Role, Text};
use pack::Pack;

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
    let level_of = |post: &WorldPost| {
        let unit = units.iter().find(|u| u.id == post.unit);
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
