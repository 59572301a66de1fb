//! Tickets: what a form or an address carries and nobody may make up.

use crate::ctx::Ctx;
use kernel::{DAY, MINUTE, PersonId, Timestamp, Uuid};

/// A form may stand open so long and still be the same case when sent twice.
const OPEN: i64 = DAY;

/// So long a receipt is shown with its query code.
const RECEIPT: i64 = 12 * kernel::HOUR;

/// An id for something to be made by the form that is being opened: the case sorts by it, so it is signed.
pub(super) fn fresh(ctx: &Ctx) -> String {
    let id = kernel::RequestId::new(ctx.at, &*ctx.site.chance);
    sign(ctx, "desk", &id.to_string())
}

/// The id of a form, where it is ours and not too old; a new one otherwise.
pub(super) fn id_of(ctx: &Ctx, text: &str) -> Uuid {
    let known = unsign(ctx, "desk", text).and_then(|id| id.parse::<Uuid>().ok());
    let young = |id: &Uuid| (-MINUTE..OPEN).contains(&(ctx.at.0 - (id.as_u128() >> 80) as i64));
    known.filter(young).unwrap_or_else(|| kernel::RequestId::new(ctx.at, &*ctx.site.chance).0)
}

/// The ticket itself again, where it is good; a new one otherwise.
pub(super) fn again(ctx: &Ctx, text: &str) -> String {
    sign(ctx, "desk", &id_of(ctx, text).to_string())
}

/// What a receipt's address carries: for whose code, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    /// Who joined; none for who asked.
    pub(super) joiner: Option<PersonId>,
    made: Timestamp,
}

impl Receipt {
    /// A ticket for the receipt of a case, for whoever is signed in.
    pub(super) fn issue(ctx: &Ctx, number: &str, joiner: Option<PersonId>) -> String {
        let who = joiner.map(|p| p.to_string()).unwrap_or_default();
        sign(ctx, number, &format!("{}_{who}", ctx.at.0))
    }

    /// What a ticket says, where it is for this case and this member of staff, and not too old.
    pub(super) fn read(ctx: &Ctx, number: &str, text: &str) -> Option<Receipt> {
        let said = unsign(ctx, number, text)?;
        let (at, who) = said.split_once('_')?;
        let receipt = Receipt { joiner: who.parse().ok(), made: Timestamp(at.parse().ok()?) };
        (0..RECEIPT).contains(&(ctx.at.0 - receipt.made.0)).then_some(receipt)
    }
}

/// Tickets are good for the account that they were given to.
fn mac(ctx: &Ctx, label: &str, text: &str) -> String {
    let who = ctx.account().map(|a| a.to_string()).unwrap_or_default();
    hex::encode(&ctx.site.secret.mac("desk-ticket", format!("{who}\n{label}\n{text}").as_bytes())[..12])
}

fn sign(ctx: &Ctx, label: &str, text: &str) -> String {
    format!("{text}.{}", mac(ctx, label, text))
}

fn unsign(ctx: &Ctx, label: &str, ticket: &str) -> Option<String> {
    let (text, sign) = ticket.rsplit_once('.')?;
    (mac(ctx, label, text) == sign).then(|| text.to_owned())
}
