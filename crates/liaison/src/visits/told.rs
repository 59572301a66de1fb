//! The visitor tells the family how their need ended; of one that they asked from their card, whoever looks after them.

use super::store;
use access::Site;
use db::{Tx, params};
use journal::NewEvent;
use kernel::{Actor, Error, HouseholdId, RequestId, Result, Timestamp, Uuid};
use requests::Ctx;
use serde_json::json;

/// Which need the family was told of.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The request.
    pub request: RequestId,
}

/// Notes that whoever heard the need has told the family how it ended, or whoever looks after a family that asked from its
/// card. A second time changes nothing.
///
/// Errors: not found where it is another's to tell, or it has not been answered yet.
pub fn told(tx: &mut dyn Tx, ctx: &Ctx, input: Told) -> Result<()> {
    let account = ctx.account().ok_or(Error::SignIn)?;
    let of = super::NeedsOf::Account(account, ctx.today());
    let mine = super::needs(tx, &of, kernel::Timestamp(i64::MAX), 10_000)?;
    let need = mine.iter().find(|n| n.request == input.request).ok_or(Error::NotFound)?;
    if !need.to_tell() {
        return if need.told_on.is_some() { Ok(()) } else { Err(Error::NotFound) };
    }
    let of = Of {
        request: need.request,
        number: &need.number,
        heard: (!need.from_card()).then_some(need.household),
    };
    write(tx, &ctx.site, &ctx.scope.actor, ctx.at, &of)
}

/// Which need, and of which household where it was heard at a visit.
pub(super) struct Of<'n> {
    pub(super) request: RequestId,
    pub(super) number: &'n str,
    pub(super) heard: Option<HouseholdId>,
}

/// Writes that the family was told at `at`, with its event.
pub(super) fn write(tx: &mut dyn Tx, site: &Site, actor: &Actor, at: Timestamp, of: &Of<'_>) -> Result<()> {
    tx.execute(&store::NEED_TOLD, &params![of.request, site.zone.date(at), at])?;
    let mut payload = json!({ "number": of.number });
    // Of one that came from a card the journal must not say whose it was: it can forget nothing.
    if let Some(home) = of.heard {
        payload["household"] = json!(home.to_string());
    }
    let mut drawn = [0u8; 16];
    site.chance.fill(&mut drawn);
    let event = NewEvent {
        stream_kind: "visit-told",
        stream: Uuid::from_bytes(drawn),
        at,
        actor,
        kind: "told",
        payload,
    };
    journal::append_first(tx, &event).map(drop)
}
