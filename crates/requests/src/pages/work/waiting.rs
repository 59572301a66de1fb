//! How much waits for somebody: the numbers in the navigation and on the tabs of the queues.

use super::desk::{TURN, units};
use super::queue::{self, Queue};
use crate::ctx::Ctx;
use crate::store::desk;
use access::SharedSite;
use db::Tx;
use kernel::{AccountId, Result, Role, Scope};

/// Counted so far: one more stands for "more than that".
const CAP: i64 = web::look::COUNTED as i64;

/// What waits for whoever looks. A number above [`web::look::COUNTED`] stands for "more than that".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// What is theirs to do on the desk: cases they answer for whose turn it is, cases to sign for or to
    /// sign off as lead, requests to help.
    pub desk: u64,
    /// What stands in the queues that are theirs to work.
    pub queues: u64,
}

/// What waits for the account in `scope`, by a few short counts through indexes.
///
/// Errors: those of the database.
pub async fn waiting(site: &SharedSite, scope: &Scope) -> Result<Waiting> {
    let ctx = Ctx::new(site, scope.clone());
    let Some(me) = ctx.account() else { return Ok(Waiting::default()) };
    ctx.read(move |tx, ctx| {
        let desk = desk(tx, ctx, me)?;
        // Those who only look have nothing waiting for them.
        let theirs = |q: &Queue| q.roles().iter().any(|r| ctx.scope.has(*r));
        let queues = queues(tx, ctx, theirs)?.into_iter().map(|(_, n)| n).sum::<i64>();
        let up = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(Waiting { desk: up(desk), queues: up(queues) })
    })
    .await
}

fn desk(tx: &mut dyn Tx, ctx: &Ctx, me: AccountId) -> Result<i64> {
    let mut n = desk::count_mine(tx, me, TURN, CAP)?;
    for unit in units(ctx, &[Role::Lead]) {
        n += desk::count_for_lead(tx, unit, CAP)?;
    }
    for unit in units(ctx, &[Role::Lead, Role::Officer]) {
        n += desk::count_asked_of(tx, unit, CAP)?;
    }
    Ok(n)
}

/// The queues of whoever looks, those that `wanted` takes, and how much stands in each.
pub(super) fn queues(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    wanted: impl Fn(&Queue) -> bool,
) -> Result<Vec<(Queue, i64)>> {
    let mine = queue::mine(&ctx.scope).into_iter().filter(|q| wanted(q));
    mine.map(|q| Ok((q, q.count(tx, ctx, CAP)?))).collect()
}
