//! Taking in with no other registration kept waiting: what needs no database, and what only reads, is done before the
//! transaction.

use super::{NewRequest, Ready, Registered, prepare, receipt, take_in};
use crate::ctx::Ctx;
use crate::store::request;
use crate::{shield, staff};
use db::Tx;
use kernel::{Error, RequestId, Result};

/// [`super::register`] in a transaction of its own, as fast as it can be: what needs no database is done before
/// it, and whether the id is known is asked only where it turns out to be.
pub async fn register_now(ctx: &Ctx, new: &NewRequest) -> Result<Registered> {
    register_and(ctx, new, |_, _, _| Ok(())).await
}

/// [`register_now`]; `also` writes what belongs to the request in the same transaction: both are there, or neither is.
///
/// Errors: those of the request, and those of `also`.
pub async fn register_and(
    ctx: &Ctx,
    new: &NewRequest,
    also: impl Fn(&mut dyn Tx, &Ctx, RequestId) -> Result<()> + Clone + Send + Sync + 'static,
) -> Result<Registered> {
    let mut new = new.clone();
    for _ in 0..3 {
        let id = new.id;
        let (ready, also) = (prepare_now(ctx, &new).await?, also.clone());
        let written = ctx.write(move |tx, ctx| {
            let done = take_in(tx, ctx, &ready)?;
            also(tx, ctx, done.id)?;
            Ok(done)
        });
        match written.await {
            Err(Error::Conflict(_)) => {}
            other => return other,
        }
        if let Some(row) = ctx.read(move |tx, _| request::by_id(tx, id)).await? {
            return Ok(receipt(&row));
        }
        // Another case of the same millisecond has the number that sorts it: rare, and nobody's fault.
        new.id = RequestId::new(ctx.site.now(), &*ctx.site.chance);
    }
    Err(Error::Busy)
}

/// [`prepare`], and looks up who leads the unit, so that no other registration has to wait for that.
///
/// Errors: as [`prepare`], and those of the database.
pub async fn prepare_now(ctx: &Ctx, new: &NewRequest) -> Result<Ready> {
    let routed = match new.subject.unit {
        Some(_) => {
            let new = new.clone();
            ctx.read(move |tx, ctx| shield::route(tx, ctx, &new)).await?
        }
        None => new.clone(),
    };
    let mut ready = prepare(ctx, &routed)?;
    let unit = ready.case.row.first_unit;
    if ready.lead.is_none() {
        ready.lead = Some(ctx.read(move |tx, ctx| staff::duty_officer(tx, ctx, unit)).await?);
    }
    Ok(ready)
}
