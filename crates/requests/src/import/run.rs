//! Taking in the good rows of a plan: all of them, or none.

use super::plan::Plan;
use crate::bulk::{Desk, Past, write_with};
use crate::ctx::Ctx;
use crate::store::request;
use access::{Noun, Verb};
use db::Tx;
use kernel::{Error, Result};
use std::sync::Arc;

/// How many cases are told and written at a time; all of them in one transaction.
const BATCH: usize = 500;
/// How often it is tried where another import made the same ids.
const TRIES: usize = 3;

/// Told rows done and rows in all.
pub type Progress = Arc<dyn Fn(usize, usize) + Send + Sync>;

/// What became of the rows: `rows = taken + already + repeated + refused`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows of the sheet.
    pub rows: usize,
    /// Taken in.
    pub taken: usize,
    /// There already, from an earlier import.
    pub already: usize,
    /// Twice in this file.
    pub repeated: usize,
    /// Refused; see [`Plan::refusals_file`].
    pub refused: usize,
    /// Titles, sums and signatures, which are no rows.
    pub skipped: usize,
}

/// How many of the good rows are there already, from an earlier import.
pub fn already(tx: &mut dyn Tx, plan: &Plan) -> Result<usize> {
    let mut count = 0;
    for past in &plan.pasts {
        count += usize::from(request::by_source(tx, &past.source)?.is_some());
    }
    Ok(count)
}

/// Takes the good rows in.
///
/// Errors: not allowed for whoever may not import here; nothing is written then, nor after any other
/// error.
pub async fn run(ctx: &Ctx, plan: Arc<Plan>, progress: Progress) -> Result<Outcome> {
    for _ in 1..TRIES {
        let (plan, progress) = (plan.clone(), progress.clone());
        match ctx.write(move |tx, ctx| run_in(tx, ctx, &plan, &*progress)).await {
            Err(Error::Conflict(_)) => {}
            other => return other,
        }
    }
    ctx.write(move |tx, ctx| run_in(tx, ctx, &plan, &*progress)).await
}

/// [`run`] for the shell: blocks this thread.
///
/// Errors: as [`run`].
pub fn run_now(ctx: &Ctx, plan: &Arc<Plan>, progress: &Progress) -> Result<Outcome> {
    for left in (0..TRIES).rev() {
        let (ctx, plan, progress) = (ctx.clone(), plan.clone(), progress.clone());
        let db = ctx.site.db.clone();
        match db.write_now(move |tx| run_in(tx, &ctx, &plan, &*progress)) {
            Err(Error::Conflict(_)) if left > 0 => {}
            other => return other,
        }
    }
    Err(Error::Busy)
}

/// [`run`] within a transaction of the caller.
///
/// Errors: as [`run`].
pub fn run_in(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    plan: &Plan,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Result<Outcome> {
    let root = ctx.dir.root().ok_or_else(|| {
        Error::refused(
            "no-units",
            "还没有任何单位，请先导入单位。",
            "There is no unit yet: import the units first.",
        )
    })?;
    access::demand(&ctx.scope, Verb::Import, Noun::Request, &root.path)?;
    let mut fresh: Vec<&Past> = Vec::with_capacity(plan.pasts.len());
    for past in &plan.pasts {
        if request::by_source(tx, &past.source)?.is_none() {
            fresh.push(past);
        }
    }
    let desk = Desk::load(tx, ctx)?;
    let mut done = 0;
    for part in fresh.chunks(BATCH) {
        progress(done, fresh.len());
        let batch: Vec<Past> = part.iter().map(|p| (*p).clone()).collect();
        done += write_with(tx, ctx, &desk, &batch)?.len();
    }
    progress(done, fresh.len());
    Ok(Outcome {
        rows: plan.rows,
        taken: done,
        already: plan.pasts.len() - done,
        repeated: plan.repeated.len(),
        refused: plan.refused(),
        skipped: plan.skipped().count(),
    })
}
