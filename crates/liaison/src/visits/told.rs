//! Whoever looks after a family tells it how its need ended, whoever heard it; where nobody does, whoever heard it.

use super::{needs, store};
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

/// Notes that whoever looks after the family today has told it how its need ended; where nobody does, whoever heard it. A
/// second time changes nothing.
///
/// Errors: not found where it is another's to tell, or it has not been answered yet.
pub fn told(tx: &mut dyn Tx, ctx: &Ctx, input: Told) -> Result<()> {
    let account = ctx.account().ok_or(Error::SignIn)?;
    let need = needs::kept_by(tx, account, ctx.today(), input.request)?.ok_or(Error::NotFound)?;
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
