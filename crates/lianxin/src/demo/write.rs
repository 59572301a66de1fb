//! Writing the units and people of the demonstration.

use super::World;
use super::effort::Effort;
use super::needs::Needs;
use super::plan::Plan;
use crate::progress::Bar;
use access::SharedSite;
use access::accounts::{Act, NewAccount, NewPost, add_in, add_post_in};
use kernel::{Actor, Result};
use liaison::visits::bulk::need;
use requests::Ctx;
use requests::bulk::{self, Desk};
use std::sync::Arc;

/// Writes the requests of a plan with their whole past, and of which visits they came.
///
/// Errors: internal, naming case and step, where a course does not fit the pack's tracks.
pub(super) fn requests(
    site: &SharedSite,
    plan: &mut Plan<'_>,
    needs: &mut Needs,
    effort: &mut Effort,
) -> Result<()> {
    let bar = Bar::new(plan.count() as u64, "诉求 requests");
    let ctx = Ctx::system(site);
    let desk = {
        let ctx = ctx.clone();
        Arc::new(site.db.read_now(move |tx| Desk::load(tx, &ctx))?)
    };
    while let Some(batch) = plan.next_batch() {
        batch.iter().for_each(|case| effort.case(case));
        let (ctx, desk, born) = (ctx.clone(), desk.clone(), needs.born(site.now(), &batch));
        site.db.write_now(move |tx| {
            bulk::write_with(tx, &ctx, &desk, &batch)?;
            born.iter().try_for_each(|b| need(tx, &ctx.site, &b.need, b.unit, b.told_at))
        })?;
        bar.at(plan.done() as u64);
    }
    Ok(())
}

/// How many go into one transaction.
const BATCH: usize = 250;

/// Writes them; every account gets `pass_hash`.
///
/// Errors: those of the database.
pub(super) fn write(site: &SharedSite, world: &World, pass_hash: &str) -> Result<()> {
    let total = world.units.len() + world.posts.len();
    let bar = Bar::new(total as u64, "单位和人员 units and people");
    let act = Act { actor: Actor::System, at: site.now() };
    let mut done = 0;
    for units in world.units.chunks(BATCH) {
        let (units, act) = (Arc::new(units.to_vec()), act.clone());
        done += units.len();
        site.db.write_now(move |tx| {
            units.iter().try_for_each(|u| register::add_in(tx, u.id, &u.new, &act).map(|_| ()))
        })?;
        bar.at(done as u64);
    }
    for posts in world.posts.chunks(BATCH) {
        let (posts, act, hash, from) =
            (Arc::new(posts.to_vec()), act.clone(), pass_hash.to_owned(), world.from);
        done += posts.len();
        site.db.write_now(move |tx| {
            for p in posts.iter() {
                let account = NewAccount {
                    login: p.login.clone(),
                    name: p.name.clone(),
                    phone: Some(p.phone.clone()),
                    pass_hash: hash.clone(),
                    ..NewAccount::default()
                };
                add_in(tx, p.account, &account, &act)?;
                let post = NewPost {
                    account: p.account,
                    unit: p.unit,
                    role: p.role,
                    title: String::new(),
                    from,
                    to: None,
                    basis: "试用数据".to_owned(),
                };
                add_post_in(tx, p.post, &post, &act)?;
            }
            Ok(())
        })?;
        bar.at(done as u64);
    }
    Ok(())
}
