//! Requests as they were known at a past instant, for figures that the counters of today cannot give.

use crate::ctx::Ctx;
use crate::model::Request;
use crate::store::ledger;
use db::Tx;
use kernel::Result;

pub use crate::store::filter::{Filter, Reach, Standing};

/// Every request of a ledger that a filter names, as it stands or, where the filter says so, as it stood.
///
/// Errors: those of the database and of `each`.
pub fn each(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    reach: Reach,
    filter: &Filter,
    each: &mut dyn FnMut(Request) -> Result<()>,
) -> Result<()> {
    ledger::each(tx, reach, filter, ledger::Sort::Received, ctx.at, each)
}

/// How many of a ledger a filter names.
///
/// Errors: those of the database.
pub fn count(tx: &mut dyn Tx, ctx: &Ctx, reach: Reach, filter: &Filter) -> Result<i64> {
    ledger::count(tx, reach, filter, ctx.at, i64::MAX - 1)
}
