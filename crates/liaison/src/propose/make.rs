//! Computing a proposal from what is there.

use super::model::{Proposal, by_id};
use crate::carers::{Candidate, border, candidates};
use crate::store::{duties, pairings, proposals as store};
use access::{Noun, Verb};
use db::{Tx, Value, params};
use kernel::{AccountId, Error, HouseholdId, Result, Uuid, path_end};
use register::Directory;
use requests::Ctx;
use rules::assign::{Area, Carer, Gap, Home, Ways, propose};
use std::collections::{HashMap, HashSet};

/// A household as it is listed.
struct Listed {
    id: HouseholdId,
    code: String,
    path: String,
    held: Option<AccountId>,
}

/// Areas by their paths, numbered as they are first named.
#[derive(Default)]
struct Areas {
    numbers: HashMap<String, u32>,
    list: Vec<Area>,
}

impl Areas {
    fn number(&mut self, dir: &Directory, kind: &pack::PairingKind, path: &str) -> u32 {
        if let Some(known) = self.numbers.get(path) {
            return *known;
        }
        let unit = dir.by_path(path);
        #[allow(clippy::cast_possible_truncation)]
        let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
        let at = unit.and_then(|u| Some((millionths(u.lon?), millionths(u.lat?))));
        let border = unit.and_then(|u| border(dir, kind, u)).map(|u| u.path.clone()).unwrap_or_default();
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(Area { path: path.to_owned(), at, border });
        self.numbers.insert(path.to_owned(), number);
        number
    }
}

/// What was computed, before it is kept.
pub(super) struct Computed {
    homes: Vec<Listed>,
    people: Vec<Candidate>,
    made: rules::assign::Proposal,
    before: u64,
}

impl Computed {
    /// Whether everybody has somebody by it.
    pub(super) fn covers_all(&self) -> bool {
        self.made.uncovered.is_empty()
    }

    /// Households that had nobody and get somebody, with the paths of their grids.
    pub(super) fn new_pairs(&self) -> impl Iterator<Item = (HouseholdId, &str, AccountId)> {
        self.homes.iter().zip(&self.made.holder).filter_map(|(home, to)| {
            let to = self.people.get(usize::try_from((*to)?).ok()?)?.account;
            home.held.is_none().then_some((home.id, home.path.as_str(), to))
        })
    }
}

/// Computes and keeps a proposal for the households at and below `path`. Nothing is changed by it.
///
/// Errors: not found; forbidden; invalid at `kind`; refused `nobody-there` where there is no household.
pub fn make(tx: &mut dyn Tx, ctx: &Ctx, id: Uuid, kind: &str, path: &str) -> Result<Proposal> {
    access::demand(&ctx.scope, Verb::Manage, Noun::Pairing, path)?;
    let kind = ctx
        .site
        .pack
        .pairing(kind)
        .ok_or_else(|| Error::field("kind", "请选一种结对类型。", "Choose a kind of pairing."))?;
    let computed = compute(tx, ctx, kind, path)?;
    if computed.homes.is_empty() {
        return Err(Error::refused(
            "nobody-there",
            "这里还没有登记住户，先导入住户再排。",
            "No household is registered here; bring them in first.",
        ));
    }
    keep(tx, ctx, id, kind, path, &computed)?;
    by_id(tx, id)?.ok_or(Error::NotFound)
}

/// For so few people, what each of them has is asked for one by one: reading everybody's would read all pairings there are.
const FEW: usize = 500;

/// What these people have by a kind, wherever the households lie.
fn loads(tx: &mut dyn Tx, kind: &str, people: &[Candidate]) -> Result<HashMap<AccountId, i64>> {
    if people.len() > FEW {
        return sums(tx, &pairings::ALL_LOADS, &params![kind]);
    }
    people.iter().map(|p| Ok((p.account, crate::read::load(tx, p.account, kind)?))).collect()
}

/// Who is to look after whom at and below `path`.
pub(super) fn compute(tx: &mut dyn Tx, ctx: &Ctx, kind: &pack::PairingKind, path: &str) -> Result<Computed> {
    let (today, end) = (ctx.today(), path_end(path));
    let homes = households(tx, kind, path, today)?;
    let people = candidates(tx, &ctx.dir, kind, path, today)?;
    // What somebody has elsewhere counts as well.
    let all = loads(tx, &kind.id, &people)?;
    let here: HashMap<AccountId, i64> =
        sums(tx, &pairings::LOADS, &params![kind.id.as_str(), path, end.as_str(), today])?;
    let mut areas = Areas::default();
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let numbers: HashMap<AccountId, u32> =
        people.iter().enumerate().map(|(n, p)| (p.account, number(n))).collect();
    let rows: Vec<Home> = homes
        .iter()
        .map(|h| Home {
            area: areas.number(&ctx.dir, kind, &h.path),
            held: h.held.and_then(|a| numbers.get(&a).copied()),
        })
        .collect();
    let carers: Vec<Carer> = people
        .iter()
        .map(|p| {
            let elsewhere = all.get(&p.account).unwrap_or(&0) - here.get(&p.account).unwrap_or(&0);
            let quota = i64::from(kind.quota).saturating_sub(elsewhere).max(0);
            Carer {
                area: areas.number(&ctx.dir, kind, ctx.dir.path(p.unit)),
                quota: u32::try_from(quota).unwrap_or(0),
                anywhere: kind.within.is_none(),
            }
        })
        .collect();
    let ways = Ways::new(&areas.list);
    let made = propose(&rows, &carers, &ways);
    let before = rows
        .iter()
        .filter_map(|h| Some(ways.between(h.area, carers.get(usize::try_from(h.held?).ok()?)?.area)))
        .sum();
    Ok(Computed { homes, people, made, before })
}

fn sums(tx: &mut dyn Tx, stmt: &db::Stmt, values: &[Value]) -> Result<HashMap<AccountId, i64>> {
    Ok(tx.query_map(stmt, values, |r| Ok((r.get(0)?, r.get(1)?)))?.into_iter().collect())
}

fn households(
    tx: &mut dyn Tx,
    kind: &pack::PairingKind,
    path: &str,
    today: kernel::Date,
) -> Result<Vec<Listed>> {
    let end = path_end(path);
    let mut held: HashMap<HouseholdId, AccountId> = HashMap::new();
    let values = params![kind.id.as_str(), path, end.as_str(), today, i64::MAX];
    tx.each(&pairings::LISTED, &values, &mut |r| {
        held.insert(r.get(3)?, r.get(2)?);
        Ok(())
    })?;
    let mut tagged: HashSet<HouseholdId> = HashSet::new();
    for tag in &kind.only {
        let values = params![format!("tag:{tag}"), path, end.as_str()];
        tx.each(&duties::TAG_SPANS_IN, &values, &mut |r| {
            let span = rules::obligation::Span { from: r.get(1)?, to: r.get(2)? };
            if span.has(today) {
                tagged.insert(r.get(0)?);
            }
            Ok(())
        })?;
    }
    let mut homes = Vec::new();
    tx.each(&pairings::HOUSEHOLDS_IN, &params![path, end.as_str(), today], &mut |r| {
        let id = r.get(0)?;
        if kind.only.is_empty() || tagged.contains(&id) {
            homes.push(Listed { id, code: r.get(1)?, path: r.get(2)?, held: held.get(&id).copied() });
        }
        Ok(())
    })?;
    Ok(homes)
}

fn keep(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    id: Uuid,
    kind: &pack::PairingKind,
    path: &str,
    computed: &Computed,
) -> Result<()> {
    let Computed { homes, people, made, before } = computed;
    let gaps: HashMap<u32, Gap> = made.uncovered.iter().copied().collect();
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let (mut moved, mut added, mut dropped) = (0i64, 0i64, 0i64);
    for (n, (home, to)) in homes.iter().zip(&made.holder).enumerate() {
        let to = to.and_then(|c| people.get(usize::try_from(c).ok()?)).map(|p| p.account);
        if home.held == to && to.is_some() {
            continue;
        }
        match (home.held, to) {
            (Some(_), Some(_)) => moved += 1,
            (None, Some(_)) => added += 1,
            (Some(_), None) => dropped += 1,
            (None, None) => {}
        }
        let gap = gaps.get(&u32::try_from(n).unwrap_or(u32::MAX)).map(|g| match g {
            Gap::Nobody => "nobody",
            Gap::Full => "full",
        });
        let row = params![id, home.path.as_str(), home.code.as_str(), home.id, home.held, to, gap];
        rows.push(row.to_vec());
    }
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let way = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let values = params![
        id,
        kind.id.as_str(),
        path,
        ctx.at,
        ctx.account().ok_or(Error::NotFound)?,
        ctx.today(),
        number(homes.len()),
        number(people.len()),
        i64::from(made.kept),
        moved,
        added,
        dropped,
        number(made.uncovered.len()),
        way(*before),
        way(made.way)
    ];
    tx.execute(&store::INSERT, &values)?;
    for row in &rows {
        tx.put(&store::CHANGE, row)?;
    }
    Ok(())
}
