//! The visitor tells the family how their need ended.

use super::store;
use db::{Tx, params};
use journal::NewEvent;
use kernel::{Error, RequestId, Result, Uuid};
use requests::Ctx;
use serde_json::json;

/// Which need the family was told of.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The request.
    pub request: RequestId,
}

/// Notes that whoever heard the need has told the family how it ended. A second time changes nothing.
///
/// Errors: not found where it was somebody else who heard it, or it has not been answered yet.
pub fn told(tx: &mut dyn Tx, ctx: &Ctx, input: Told) -> Result<()> {
    let account = ctx.account().ok_or(Error::SignIn)?;
    let mine = super::needs(tx, &super::NeedsOf::Account(account), kernel::Timestamp(i64::MAX), 10_000)?;
    let need = mine.iter().find(|n| n.request == input.request).ok_or(Error::NotFound)?;
    if !need.to_tell() {
        return if need.told_on.is_some() { Ok(()) } else { Err(Error::NotFound) };
    }
    tx.execute(&store::NEED_TOLD, &params![input.request, account, ctx.today(), ctx.at])?;
    let mut drawn = [0u8; 16];
    ctx.site.chance.fill(&mut drawn);
    let event = NewEvent {
        stream_kind: "visit-told",
        stream: Uuid::from_bytes(drawn),
        at: ctx.at,
        actor: &ctx.scope.actor,
        kind: "told",
        payload: json!({ "number": need.number, "household": need.household.to_string() }),
    };
    journal::append_first(tx, &event).map(drop)
}
